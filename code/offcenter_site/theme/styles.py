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


# What stands on few pages, and in no preview.
_RARE = frozenset(
    [
        "letters",
        "entries",
        "search",
        "search-kind",
        "search-status",
        "claims-chapter",
        "claims-entry",
        "claims-facts",
        "answers-entry",
        "answers-topic",
        "related",
        "field-list",
        "citation-list",
        "topic",
        "sidebar",
        "movable-switch",
        "movable-player",
        "movable-play",
        "movable-scrub",
        "movable-guess",
        "movable-answer",
    ]
)
_RULE = re.compile(r"(?P<selectors>[^{}]+)\{[^{}]*\}")
_NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
_NAMES = re.compile(r'(?:class|id)="([^"]*)"')


def needed(style: str, html: str) -> str:
    """Return a style without the rules for what stands on few pages and not on this one."""
    here = {name for names in _NAMES.findall(html) for name in names.split()}
    absent = _RARE - here

    def kept(rule: re.Match[str]) -> str:
        parts = rule["selectors"].split(",")
        idle = all(absent & set(_NAME.findall(part)) for part in parts)
        return "" if idle else rule[0]

    return _RULE.sub(kept, style)


@cache
def _base() -> str:
    return cssmin(STYLE.read_text(encoding="utf-8"))


def styles_in(html: str) -> list[str]:
    """Return the styles that stand in a page."""
    return _ELEMENT.findall(html)


def take_styles(body: str, pagename: str, *, all_rules: bool) -> tuple[str, str]:
    """Return the text of a page without the styles in it, and the style that the page needs.

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
    return body, face + (rules if all_rules else needed(rules, body))
