"""Stands in for the book's extension where `make bench` builds with default Jupyter Book.

Each role of ours prints its text and each directive what it holds, or nothing; so the pages are
the same, and what the extension does for them is not done.  Exercises are sphinx-exercise's own.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

ROLES = ("anchor", "claim", "value", "example", "preset")
HOLDING = ("teachers", "answer-fold")
EMPTY = (
    "answers",
    "claim",
    "claims",
    "downloads",
    "drawing",
    "example-table",
    "exercises",
    "movable",
    "moved",
    "practice",
)


class _AnyOption(dict):
    """Options of every name, taken as text."""

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> object:
        return lambda text: text


class _Text(SphinxRole):
    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        return [nodes.inline("", self.text)], []


class _Empty(SphinxDirective):
    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = _AnyOption()

    def run(self) -> list[nodes.Node]:
        return []


class _Holding(_Empty):
    def run(self) -> list[nodes.Node]:
        return self.parse_content_to_nodes()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register what does next to nothing under each name of ours."""
    for name in ROLES:
        app.add_role(name, _Text())
    for name in EMPTY:
        app.add_directive(name, _Empty)
    for name in HOLDING:
        app.add_directive(name, _Holding)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
