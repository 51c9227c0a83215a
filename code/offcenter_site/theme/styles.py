"""The styles that stand in a page: those of all pages, of what is in it, and its math font."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from rcssmin import cssmin
from sphinx.util import logging

from offcenter_site.theme.fonts import MissingCharacter, font_face

logger = logging.getLogger(__name__)

STYLE = Path(__file__).parent / "offcenter" / "style.css"
_ELEMENT = re.compile(r"<style>(.*?)</style>\s*", re.DOTALL)
_ROOM = Path(__file__).parents[1]
_RULE = re.compile(r"(?P<selectors>[^{}]+)\{[^{}]*\}")
_EMPTY = re.compile(r"@[^{}]+\{\s*\}")
_WITHOUT = re.compile(r":not\([^()]*\)")
# A class, an id, or the color of a part of a drawing.
_ASKED = re.compile(r'(?:fill|stroke)="[^"]*"|(?<=[.#])-?[A-Za-z_][\w-]*')
_GIVEN = re.compile(r'(?:class|id)="([^"]*)"|((?:fill|stroke)="#[^"]*")')
_ADDED = re.compile(
    r'(?:\b(?:className|id) = |classList\.(?:add|toggle)\(|setAttribute\("class", )"([^"]*)"'
)

# What the preview of a link to another page may hold, by where the link leads.
_PREVIEWED = {
    "": (
        "chr-med chr-sml headerlink nobr section-number tml-display tml-flat tml-med-pad"
        " tml-overline tml-sml-pad wbk-med-acc wbk-sml wbk-sml-acc"
    ),
    "claim-": (
        "claim claim-facts claim-mark claim-more claim-parts claim-result claim-sentence"
        " table-scroll"
    ),
    "fig-": "caption-number caption-text",
    "equation-": "eqno math-block math-row math-scroll",
    "(?:ex|sol)-": (
        "admonition admonition-title cell cell_input cell_output eqno exercise highlight"
        " k kc kn math-block math-scroll mf mi ow s2 sa si solution"
    ),
    r"id\d": "citation label",
    r"[\w.]+\.": "field-list property py sig sig-name sig-param",
}


def _given(html: str) -> frozenset[str]:
    """Return the classes and ids of a page, and the colors of its drawings."""
    return frozenset(
        name
        for names, color in _GIVEN.findall(html)
        for name in ([color] if color else re.findall(r"[\w-]+", names))
    )


@cache
def _always() -> frozenset[str]:
    """Return what stands in the frame of each page, and what scripts may add."""
    frame = (STYLE.parent / f"{name}.html" for name in ("layout", "place", "citation"))
    scripts = [path for path in _ROOM.rglob("*.js") if path.parent.name != "vendor"]
    added = _ADDED.findall("".join(path.read_text(encoding="utf-8") for path in scripts))
    return _given("".join(path.read_text(encoding="utf-8") for path in frame)).union(added)


def _previewed(html: str) -> frozenset[str]:
    """Return what previews may bring to a page, by its links to other pages."""
    found = [
        names
        for target, names in _PREVIEWED.items()
        if re.search(rf'href="[^":]*\.html[^":]*#{target}', html)
    ]
    return frozenset(" ".join(found).split())


def needed(style: str, html: str) -> str:
    """Return a style without the rules for what is not on a page and cannot come to it."""
    here = _given(html) | _always() | _previewed(html)
    figures = re.search(r'href="[^":]*#fig-', html)

    def idle(selector: str) -> bool:
        asked = _ASKED.findall(_WITHOUT.sub("", selector))
        return any(name not in here and not (figures and "=" in name) for name in asked)

    def kept(rule: re.Match[str]) -> str:
        return "" if all(map(idle, rule["selectors"].split(","))) else rule[0]

    return _EMPTY.sub("", _RULE.sub(kept, style))


@cache
def _base() -> str:
    return cssmin(STYLE.read_text(encoding="utf-8"))


def styles_in(html: str) -> list[str]:
    """Return the styles that stand in a page."""
    return _ELEMENT.findall(html)


def take_styles(body: str, pagename: str, *, contents: str, all_rules: bool) -> tuple[str, str]:
    """Return the text of a page without the styles in it, and the style that the page needs.

    `contents` is the list of the chapters beside it.

    With `all_rules` no rule is left out: the page has parts that are not in its text.
    A character that the math font lacks is a warning, and so fails the build.
    """
    parts = map(cssmin, styles_in(body))
    body = _ELEMENT.sub("", body)
    try:
        face = font_face(body)
    except MissingCharacter as problem:
        logger.warning("%s", problem, location=pagename)
        face = ""
    rules = "".join([_base(), *parts])
    # One element, since the policy has a hash for each.
    return body, face + (rules if all_rules else needed(rules, body + contents))
