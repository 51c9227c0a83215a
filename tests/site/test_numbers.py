"""Computed numbers are set as people write them."""

import re
from pathlib import Path

import pytest
from sphinx.errors import SphinxError

from offcenter.claims import CLAIMS, Check, at_most, equal
from offcenter_site.pages.claims import value_of
from offcenter_site.pages.numbers import format_number, format_result

ROOT = Path(__file__).resolve().parents[2]


def _near(theory, observed):
    return equal("x", theory=theory, observed=observed, tolerance=1e-3, because="a test", matters=1)


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (3, "", "3"),
        (3.0, "", "3"),
        (-2.5, "", "−2.5"),
        (0.603123456, "", "0.603123"),
        (0.603123456, ".2f", "0.60"),
        (0.412, ".0%", "41%"),
        (15633.6, ",.0f", "15,634"),
        (8.5e-14, ".1e", "8.5\u00a0×\u00a010⁻¹⁴"),
        ("north-west", "", "north-west"),
    ],
)
def test_number_in_prose(value, spec, text):
    assert format_number(value, spec) == text


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (8.5e-14, ".1e", r"8.5 \times 10^{-14}"),
        (15633.6, ",.0f", "15{,}634"),
        (0.41, ".0%", r"41\%"),
        (-2.5, "", "-2.5"),
    ],
)
def test_number_in_a_formula(value, spec, text):
    assert format_number(value, spec, latex=True) == text


def test_format_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="format"):
        format_number(1.5, "d")


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (equal("x", theory=0.60312, observed=0.6041, error=0.004), "0.603, measured 0.604 ± 0.004"),
        (equal("x", theory=25, observed=25, unit="steps"), "25 steps"),
        (at_most("x", bound=2**0.5, observed=1.41, matters=0.1), "at most 1.414, observed 1.41"),
        (_near(0, 0), "0"),
        # The digits of rounding are those of one processor.
        (_near(0, -3e-16), "0 up to rounding"),
        (
            at_most("x", bound=1e-9, observed=4e-16, matters=1),
            "at most 1\u00a0×\u00a010⁻⁹, observed 0 up to rounding",
        ),
        (_near(0, 2e-9), "0, observed 2\u00a0×\u00a010⁻⁹"),
        (_near(1e-4, 3e-16), "0.0001, observed 3\u00a0×\u00a010⁻¹⁶"),
    ],
)
def test_a_result_of_a_claim_is_readable(part, text):
    assert format_result(part, label=False) == text
    assert format_result(part, label=True) == f"x: {text}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("dice:.0f", "dice .0f"),
        ("observed:ten dice .3f", "observed:ten dice: .3f"),
        ("observed:ten dice, loaded .3f", "observed:ten dice, loaded: .3f"),
    ],
)
def test_who_sets_a_format_in_the_wrong_place_is_told_the_right_one(written, meant):
    parts = [equal(label, theory=1, observed=1) for label in ("ten dice", "ten dice, loaded")]
    results = {"toy.mean": Check(*parts, numbers={"dice": 10})}
    with pytest.raises(SphinxError, match=f"; the format stands so: {re.escape(meant)}$"):
        value_of(results, f"toy.mean {written}")
    assert value_of(results, f"toy.mean {meant}")


def test_what_is_no_number_with_a_format_is_given_none():
    results = {"toy.mean": Check(equal("ten dice", theory=1, observed=1), numbers={"dice": 10})}
    with pytest.raises(SphinxError, match=r"it has dice, observed:ten dice$"):
        value_of(results, "toy.mean dices")


# What a number must not exceed, and what it must not fall below; "about" takes it back.
_VALUE = r"\{value\}`(\S+) (\S+)(?: ([^`\s]+))?`"
_BOUNDS = (
    (rf"\b(?:up to|at most|no more than) {_VALUE}", 1),
    (rf"\b(?:at least|over|more than) {_VALUE}", -1),
    (rf"(?<!about ){_VALUE} or more", -1),
)


def test_a_bound_in_a_chapter_is_rounded_to_the_side_on_which_it_holds():
    # Once 0.357 stood as "0.36 or more", 4.844 as "up to 4.8" and 1.022 as "up to 1.02".
    pages = [page.read_text("utf-8") for page in (ROOT / "index.md", *(ROOT / "book").glob("*.md"))]
    margins = {}
    for pattern, side in _BOUNDS:
        for match in re.finditer(pattern, "\n".join(pages), re.IGNORECASE):
            id, name, spec = match.groups()
            # What is not among the numbers is the result of a part, printed with its own digits.
            exact = CLAIMS[id].result().numbers.get(name)
            if exact is not None:
                printed = format(exact, spec or "").replace(",", "")
                number = float(printed.rstrip("%")) / (100 if printed.endswith("%") else 1)
                margins[match[0]] = side * (number - exact)
    assert len(margins) > 10
    assert [words for words, margin in margins.items() if margin < -1e-12] == []
