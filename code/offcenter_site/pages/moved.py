"""Parts of a page that moved to another: their addresses stay, and lead on.

    ```{moved} networks-depth fig-networks-depth
    Depth has {ref}`a chapter of its own <starts>`.
    ```

Each name is one that stands on the page of the first link.  A reader who comes by an old address
finds the sentence; the script of the page leads on to the same name there.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class MovedDirective(SphinxDirective):
    """The old addresses of what moved, and a sentence that says where it is."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the sentence, with a place for each name."""
        box = nodes.container(classes=["moved"])
        # Names without labels, as of the role `anchor`: the labels moved with their things.
        box += [nodes.inline(ids=[name]) for name in self.arguments[0].split()]
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("moved", MovedDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
