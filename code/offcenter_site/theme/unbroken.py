"""Where a line may break: not in (1, −1), [0, 1] or 2/λmax, which a phone would break often.

And in a heading that is a name of the library behind its dots, not within a word.
"""

from __future__ import annotations

import re

# What is no prose, and the tags of what is.
_ASIDE = re.compile(
    r"(<(pre|code|svg|math|script|style|textarea|select)\b.*?</\2>|<[^>]*>)", re.DOTALL
)
# No entry has a space in it, or a word.
_ENTRY = r"(?:(?![^\W\d_]{2})[^\s()\[\],&]){1,7}"
_VECTOR = rf"[(\[]{_ENTRY}(?:, {_ENTRY}){{1,3}}[)\]]"
# Browsers break behind a slash before a letter, not before a digit.
_QUOTIENT = r"(?<![\w/.])(?:[\d.,½]{1,5}|[^\W\d_])?/(?:[^\W\d_a-zA-Z][a-z]{0,3}|[a-zA-Z])(?![\w/])"
_TERM = re.compile(rf"{_VECTOR}|{_QUOTIENT}")
_LONGEST = 20
_NAME_IN_HEADING = re.compile(r"(?<=<h\d><code translate=\"no\">)[\w.]+")


def _held(match: re.Match[str]) -> str:
    return f'<span class="nobr">{match[0]}</span>' if len(match[0]) <= _LONGEST else match[0]


def with_whole_terms(html: str) -> str:
    """Return the text of a page with each short vector or quotient in a span that stays whole."""
    parts, place = [], 0
    for aside in _ASIDE.finditer(html):
        parts += [_TERM.sub(_held, html[place : aside.start()]), aside[0]]
        place = aside.end()
    return "".join([*parts, _TERM.sub(_held, html[place:])])


def with_breaks_in_names(html: str) -> str:
    """Return the text of a page whose headings of dotted names may break behind the dots."""
    return _NAME_IN_HEADING.sub(lambda name: name[0].replace(".", ".<wbr>"), html)
