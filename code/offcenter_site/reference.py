"""The library's reference pages: docstrings are plain text with mathematics, not reStructuredText.

An absolute value |x| would be a substitution there, and the w* of a minimum the start of emphasis.
"""

from __future__ import annotations

import re

from sphinx.application import Sphinx

_MARKUP = re.compile(r"\||(?<=\S)\*|(?<=\w)_(?!\w)")


def _escape(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    lines[:] = [_MARKUP.sub(r"\\\g<0>", line) for line in lines]


def setup(app: Sphinx) -> dict[str, bool]:
    """Escape before napoleon reads the sections."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", _escape, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
