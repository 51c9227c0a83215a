"""Code cells on a page: the argument is shown, the apparatus is folded.

A cell of imports alone is not shown, and a figure offers the line that draws it behind its caption.
Notebooks have all of it.
"""

from __future__ import annotations

import ast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform


def is_import_only(source: str) -> bool:
    """Whether a cell does nothing but import."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return bool(body) and all(isinstance(line, ast.Import | ast.ImportFrom) for line in body)


def is_drawing(source: str) -> bool:
    """Whether a cell does nothing but draw a figure of the library."""
    try:
        *before, last = ast.parse(source).body or [ast.Pass()]
    except SyntaxError:
        return False
    return (
        isinstance(last, ast.Expr)
        and isinstance(last.value, ast.Call)
        and isinstance(last.value.func, ast.Name)
        and last.value.func.id == "draw"
        and all(isinstance(line, ast.Import | ast.ImportFrom) for line in before)
    )


def _part(cell: nodes.container, name: str) -> nodes.Element | None:
    for child in cell.children:
        if isinstance(child, nodes.Element) and name in child.get("classes", ()):
            return child
    return None


class FoldApparatus(SphinxPostTransform):
    """Leave out cells of imports; put the code of a drawing behind the figure."""

    default_priority = 4
    formats = ("html",)

    def run(self, **_: object) -> None:
        """Look at each cell of the page."""
        for cell in list(self.document.findall(nodes.container)):
            if "cell" not in cell.get("classes", ()):
                continue
            given, output = _part(cell, "cell_input"), _part(cell, "cell_output")
            if given is None:
                continue
            source = given.astext()
            if output is None and is_import_only(source):
                cell.parent.remove(cell)
            elif output is not None and is_drawing(source):
                cell.remove(given)
                fold = '<details class="figure-code"><summary>Code of this figure</summary>'
                cell += nodes.raw("", fold, format="html")
                cell += given
                cell += nodes.raw("", "</details>", format="html")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.add_post_transform(FoldApparatus)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
