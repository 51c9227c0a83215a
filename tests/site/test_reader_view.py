"""What Mozilla's Readability, which makes the reader view of Firefox, keeps of each page."""

from __future__ import annotations

from pathlib import Path

import pytest

from offcenter_site.theme.reader_view import with_harmless_names

READABILITY = (Path(__file__).parent / "vendor" / "Readability.js").read_text(encoding="utf-8")
KEPT = """() => {
  const squash = (text) => text.replace(/\\s+/g, ' ').trim();
  const article = new Readability(document.cloneNode(true)).parse();
  const view = new DOMParser().parseFromString(article?.content ?? '', 'text/html');
  const text = squash(view.body.textContent);
  const must = '.claim-sentence, h2, h3, figcaption, dt, .admonition-title, table caption';
  const words = [...document.querySelectorAll('main')].flatMap(
    (main) => [...main.querySelectorAll(must)].map((part) => squash(part.textContent)));
  const drawings = (root) => root.querySelectorAll('figure svg').length;
  return {
    lost: words.filter((part) => part && !text.includes(part)),
    drawings: drawings(document.querySelector('main')) - drawings(view),
  };
}"""
# Lists of links, which a reader view leaves out as a whole.
LISTS = {"404.html", "search.html", "genindex.html"}


def test_reader_view_keeps_claims_headings_figures_and_terms(page_name: str, visit) -> None:
    if page_name in LISTS or page_name.startswith("figure/"):
        return
    with visit(page_name, java_script_enabled=True) as page:
        page.evaluate(READABILITY + ";globalThis.Readability = Readability; 0")
        assert page.evaluate(KEPT) == {"lost": [], "drawings": 0}


@pytest.mark.parametrize(
    "name", ["the-comments", "relu-share", "what-is-related", "a.offset_share"]
)
def test_a_name_that_would_drop_its_element_goes_within(name: str) -> None:
    kept = f'<section class="a"><span id="{name}"></span><p>'
    assert with_harmless_names(f'<section class="a" id="{name}"><p>') == kept


@pytest.mark.parametrize("name", ["the-shares", "the-answer", "claim-signs-flip"])
def test_other_names_stay(name: str) -> None:
    assert with_harmless_names(f'<div id="{name}">') == f'<div id="{name}">'
