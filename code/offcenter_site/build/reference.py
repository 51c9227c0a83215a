"""The library's reference pages: docstrings are plain text with mathematics, not reStructuredText.

An absolute value |x| would be a substitution there, and the w* of a minimum the start of emphasis.
A source is written as in the pages, {cite} with a key.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

_CITATION = re.compile(r"\{cite\}`(?P<key>[^`]+)`")
_MARKUP = re.compile(r"\||(?<=\S)\*|(?<=\w)_(?!\w)")


def _as_text(
    app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]
) -> None:
    escaped = (_MARKUP.sub(r"\\\g<0>", line) for line in lines)
    lines[:] = [_CITATION.sub(r":cite:t:`\g<key>`", line) for line in escaped]


def _without_arguments(
    app: Sphinx, what: str, name: str, obj: object, options: object, given: str, returned: str
) -> tuple[str, str] | None:
    """Leave out the arguments of an example's record whose docstring names each of its fields.

    Nobody makes one by hand, and two hundred of them would weigh four kilobytes.
    """
    said = obj.__doc__ or ""
    if not name.startswith("offcenter.examples.") or not is_dataclass(obj):
        return None
    return ("", "") if all(f"`{f.name}`" in said for f in fields(obj)) else None


class ListsOutOfParagraphs(SphinxPostTransform):
    """Take a list of return values out of the paragraph that Sphinx puts it in: no valid HTML."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_: object) -> None:
        """Replace each paragraph that holds a list by what it holds."""
        for node in list(self.document.findall(nodes.paragraph)):
            if any(isinstance(child, nodes.bullet_list) for child in node):
                node.replace_self(node.children)


def setup(app: Sphinx) -> dict[str, bool]:
    """Escape before napoleon reads the sections."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_post_transform(ListsOutOfParagraphs)
    app.connect("autodoc-process-docstring", _as_text, priority=100)
    app.connect("autodoc-process-signature", _without_arguments)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
