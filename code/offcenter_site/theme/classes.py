"""The classes that a page keeps: those that a style or a script of the site asks for.

Sphinx, docutils and Pygments write many more; they would be a fiftieth of what is sent.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_ROOM = Path(__file__).parents[1]
_ELEMENT = re.compile(r'(<(?!math\b)[a-z][\w-]*(?:\s[^<>]*?)?) class="([^"]*)"')
_IN_STYLE = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_IN_SCRIPT = re.compile(r"""(["'`])(.*?)\1""")
_BARE = re.compile(r"<span>([^<]*)</span>")


@cache
def asked_for() -> frozenset[str]:
    """Return the names after a dot in styles, and all words of the texts in scripts."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in _ROOM.rglob("*.*s*")
        if path.suffix in (".css", ".js") and path.parent.name != "vendor"
    }
    found: set[str] = set()
    for path, text in texts.items():
        if path.suffix == ".css":
            found.update(_IN_STYLE.findall(text))
        else:
            for _, words in _IN_SCRIPT.findall(text):
                found.update(re.findall(r"[A-Za-z][\w-]+", words))
    # Scripts speak of the element and the attribute of these names; Sphinx has a class of the one
    # around each bit of code, and of the other around what is a class in Python.
    return frozenset(found - {"pre", "class"})


def _kept(match: re.Match[str]) -> str:
    names = [name for name in match[2].split() if name in asked_for()]
    return f'{match[1]} class="{" ".join(names)}"' if names else match[1]


def without_idle_classes(html: str) -> str:
    """Return the text of a page without classes that nothing asks for, and spans left bare."""
    html = _ELEMENT.sub(_kept, html)
    # Spans that held others are bare when those are gone.
    count = 1
    while count:
        html, count = _BARE.subn(r"\1", html)
    return html
