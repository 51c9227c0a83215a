"""Short vectors do not break over lines, and nothing else is held together."""

from __future__ import annotations

import pytest

from offcenter_site.theme.unbroken import with_breaks_in_names, with_whole_terms


@pytest.mark.parametrize(
    "vector",
    [
        *("(1, −1)", "(0.9, 1)", "(½, −½)", "(1, …, 1)", "(x, 1)", "(1, −2, 3)", "(a, 9b)"),
        *("[0, 1]", "[−1, 1]", "[0, ∞)"),
        *("2/λmax", "1.75/λmax", "1/κ", "1/n", "M/λmax", "(1/n, 1)"),
    ],
)
def test_a_short_vector_or_quotient_stays_on_one_line(vector: str) -> None:
    held = f'<span class="nobr">{vector}</span>'
    assert with_whole_terms(f"<p>Along {vector}, say.</p>") == f"<p>Along {held}, say.</p>"


def test_what_stands_behind_a_number_of_its_own_stays_with_its_slash() -> None:
    value = '<span class="value">1.7</span>'
    held = f'{value}<span class="nobr">/λmax</span>'
    assert with_whole_terms(f"<p>At {value}/λmax.</p>") == f"<p>At {held}.</p>"


@pytest.mark.parametrize(
    "words",
    [
        "(Exercise 5.3, Remedies)",
        "(0.1234, −0.5678, 0.9)",  # too long for a narrow line
        "(as it is, say)",
        "and/or, input/output, 1/3, a/b/c",
        "[LeCun, 1998]",
        "<code>(1, 2)</code>",
        "<pre><span>draw</span>(1, 2)</pre>",
        '<svg aria-label="From (1, 2)."><text>(1, 2)</text></svg>',
        '<math alttext="(1, 2)"><mo>(</mo></math>',
    ],
)
def test_all_else_stays_as_it_is(words: str) -> None:
    assert with_whole_terms(f"<p>{words}</p>") == f"<p>{words}</p>"


def test_name_in_a_heading_breaks_behind_its_dots() -> None:
    name = '<code translate="no">offcenter.examples.batch_norm</code>'
    broken = name.replace(".", ".<wbr>")
    assert with_breaks_in_names(f"<h2>{name}</h2>") == f"<h2>{broken}</h2>"
    assert with_breaks_in_names(f"<p>{name}</p>") == f"<p>{name}</p>"
