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


@cache
def _base() -> str:
    return cssmin(STYLE.read_text(encoding="utf-8"))


def styles_in(html: str) -> list[str]:
    """Return the styles that stand in a page."""
    return _ELEMENT.findall(html)


def take_styles(body: str, pagename: str) -> tuple[str, list[str]]:
    """Return the text of a page without the styles in it, and all styles that the page needs.

    A character that the math font lacks is a warning, and so fails the build.
    """
    parts = map(cssmin, styles_in(body))
    body = _ELEMENT.sub("", body)
    try:
        face = font_face(body)
    except MissingCharacter as problem:
        logger.warning("%s", problem, location=pagename)
        face = ""
    return body, [_base(), *parts, *([face] if face else [])]
