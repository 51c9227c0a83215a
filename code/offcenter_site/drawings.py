"""Figures: the SVG of a cell's output stands in the page itself.

So it costs no request, follows the page's theme, prints sharp, and its text can be selected.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from sphinx.application import Sphinx  # isort: skip

logger = logging.getLogger(__name__)


class InlineDrawings(SphinxPostTransform):
    """Replace each image that is an SVG with the SVG."""

    default_priority = 5  # before Sphinx copies images and picks among formats
    formats = ("html",)

    def run(self, **_: object) -> None:
        """Read each file; one without a text alternative is a warning."""
        for node in list(self.document.findall(nodes.image)):
            uri = node["uri"]
            if not uri.endswith(".svg"):
                continue
            path = Path(uri) if Path(uri).is_absolute() else Path(self.app.srcdir) / uri.lstrip("/")
            svg = path.read_text(encoding="utf-8")
            if 'aria-label="' not in svg:
                logger.warning("figure without a text alternative: %s", uri, location=node)
            node.replace_self(nodes.raw("", svg, format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(InlineDrawings)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
