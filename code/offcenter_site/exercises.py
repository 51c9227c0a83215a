"""Solutions that open without a script, and an edition of the book that has none.

Each solution is a `details` element, closed at first.  With the environment variable
OFFCENTER_STUDENTS set, the book is built without solutions and without what is for teachers only.
"""

from __future__ import annotations

import os

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
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


class TeachersDirective(SphinxDirective):
    """What the students' edition leaves out, beside the solutions."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the content, or nothing."""
        if self.config.hide_solutions:
            return []
        box = nodes.container(classes=["teachers"])
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def _choose_edition(app: Sphinx, config: Config) -> None:
    config.hide_solutions = bool(os.environ.get("OFFCENTER_STUDENTS"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Replace what sphinx-exercise writes for a solution."""
    app.setup_extension("sphinx_exercise")
    app.add_directive("teachers", TeachersDirective)
    app.connect("config-inited", _choose_edition)
    app.add_post_transform(WithoutInnerSections)
    solution = (_visit_solution, _depart_solution)
    app.add_node(solution_node, override=True, html=solution, singlehtml=solution)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
