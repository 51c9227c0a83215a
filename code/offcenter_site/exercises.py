"""Solutions that open without a script: each is a `details` element, closed at first."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import is_extension_node, solution_node


class WithoutInnerSections(SphinxPostTransform):
    """Take the content of exercises out of sphinx-exercise's sections, which all have one id."""

    default_priority = 900

    def run(self, **_: object) -> None:
        """Replace each inner section by its children."""
        for node in self.document.findall(is_extension_node):
            for section in [child for child in node if isinstance(child, nodes.section)]:
                # Not `replace_self`: it would hand the id on.
                place = node.index(section)
                node[place : place + 1] = section.children


def _visit_solution(self: HTML5Translator, node: solution_node) -> None:
    # A link within the summary could not be reached by keyboard apart from it: the title is text.
    title = node.next_node(nodes.title)
    self.body.append(self.starttag(node, "details", CLASS="solution"))
    self.body.append(f"<summary>{self.encode(title.astext())}</summary>")
    node.remove(title)


def _depart_solution(self: HTML5Translator, node: solution_node) -> None:
    self.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Replace what sphinx-exercise writes for a solution."""
    app.setup_extension("sphinx_exercise")
    app.add_post_transform(WithoutInnerSections)
    solution = (_visit_solution, _depart_solution)
    app.add_node(solution_node, override=True, html=solution, singlehtml=solution)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
