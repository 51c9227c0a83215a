"""Short vectors do not break over lines, and nothing else is held together."""

from __future__ import annotations

import pytest

from offcenter_site.theme.unbroken import with_whole_vectors


@pytest.mark.parametrize(
    "vector", ["(1, −1)", "(0.9, 1)", "(½, −½)", "(1, …, 1)", "(x, 1)", "(1, −2, 3)", "(a, 9b)"]
)
def test_a_short_vector_stays_on_one_line(vector: str) -> None:
    held = f'<span class="nobr">{vector}</span>'
    assert with_whole_vectors(f"<p>Along {vector}, say.</p>") == f"<p>Along {held}, say.</p>"


@pytest.mark.parametrize(
    "words",
    [
        "(Exercise 5.3, Remedies)",
        "(0.1234, −0.5678, 0.9)",  # too long for a narrow line
        "(as it is, say)",
        "<code>(1, 2)</code>",
        "<pre><span>draw</span>(1, 2)</pre>",
        '<svg aria-label="From (1, 2)."><text>(1, 2)</text></svg>',
        '<math alttext="(1, 2)"><mo>(</mo></math>',
    ],
)
def test_all_else_stays_as_it_is(words: str) -> None:
    assert with_whole_vectors(f"<p>{words}</p>") == f"<p>{words}</p>"


BROKEN = r"""() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const aside = "code, pre, svg, math, select, textarea, script";
    if (node.parentElement.closest(aside)) continue;
    // In a table on a phone a pair may break behind its comma, so that the table need not scroll.
    const whole = node.parentElement.closest(".table-scroll")
      ? /\([−\d.½¼]+,(?= [−\d.½¼]+\))|(?<=\([−\d.½¼]+, )[−\d.½¼]+\)/g
      : /\([−\d.½¼]+, [−\d.½¼]+\)/g;
    for (const match of node.data.matchAll(whole)) {
      const range = new Range();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) found.push(match[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("width", [320, 360])
def test_no_pair_of_numbers_breaks_on_a_phone(page_name: str, visit, width: int) -> None:
    with visit(page_name, width=width, is_mobile=True, has_touch=True) as page:
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        assert page.evaluate(BROKEN) == []
