"""Names that a page keeps for those who link to it: ``{anchor}`name` `` where the thing once was.

No label: what is there now is elsewhere, under the same name.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole


class AnchorRole(SphinxRole):
    """A place in the page with a name, and nothing to see."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the place."""
        return [nodes.inline(ids=[self.text])], []


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the role."""
    app.add_role("anchor", AnchorRole())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
