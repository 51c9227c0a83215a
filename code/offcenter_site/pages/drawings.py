"""Figures: the SVG of a cell's output stands in the page itself.

So it costs no request, follows the page's theme, prints sharp, and its text can be selected.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

_ALT = re.compile(r'<svg\b[^>]*\saria-label="[^"]*\w')


class InlineDrawings(SphinxPostTransform):
    """Replace each image that is an SVG with the SVG."""

    default_priority = 5  # before Sphinx copies images and picks among formats
    formats = ("html",)

    def run(self, **_: object) -> None:
        """Read each file; one without a text alternative is a warning."""
        for node in list(self.document.findall(nodes.image)):
            uri = node["uri"]
            # Sphinx has made the path relative to the source folder, or has warned that no file is
            # there; an address of another host stays a link.
            path = Path(self.app.srcdir) / uri
            if "://" in uri or path.suffix != ".svg" or not path.is_file():
                continue
            text = path.read_text(encoding="utf-8")
            svg = text[text.index("<svg") :]  # an XML declaration has no place in HTML
            if not _ALT.match(svg):
                logger.warning("figure without a text alternative: %s", uri, location=node)
            node.replace_self(nodes.raw("", svg, format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(InlineDrawings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
