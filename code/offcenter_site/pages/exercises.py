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
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode
from sphinx.writers.html5 import HTML5Translator
from sphinx_exercise.nodes import is_extension_node, solution_node

from offcenter_site.pages.practice import levels_of

logger = logging.getLogger(__name__)


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
        if self.config.offcenter_students:
            return []
        box = nodes.container(classes=["teachers"])
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class exercises_list(nodes.General, nodes.Element):
    """The place of the list of all exercises; filled when every page is read."""


class ExercisesListDirective(SphinxDirective):
    """The list of the exercises of one kind, such as `by-hand`, in reading order."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place for the list."""
        return [exercises_list(kind=self.arguments[0])]


def _fill_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    registry = getattr(app.env, "sphinx_exercise_registry", {})
    pages = list(app.env.collect_relations())
    solutions = {
        entry["node"]["target_label"]: label
        for label, entry in registry.items()
        if entry["type"].startswith("solution")
    }
    for holder in list(doctree.findall(exercises_list)):
        chosen = [
            (entry["docname"], label)
            for label, entry in registry.items()
            if entry["type"].startswith("exercise") and holder["kind"] in entry["node"]["classes"]
        ]
        items = nodes.bullet_list()
        for page, label in sorted(chosen, key=lambda pair: pages.index(pair[0])):
            numbers = app.env.toc_fignumbers[page]["exercise"][label]
            words = f"Exercise {'.'.join(map(str, numbers))}, {app.env.titles[page].astext()}"
            level = levels_of(app.env).get(label)
            line = nodes.paragraph()
            line += make_refnode(app.builder, docname, page, label, nodes.inline("", words))
            if level is not None:
                line += nodes.Text(f" ({level})")
            if label in solutions and not app.config.offcenter_students:
                line += nodes.Text(": ")
                answer = nodes.inline("", "expected answer")
                line += make_refnode(app.builder, docname, page, solutions[label], answer)
            items += nodes.list_item("", line)
        if not items:
            logger.warning("no exercise is of the kind %r", holder["kind"], location=docname)
        holder.replace_self(items)


def _choose_edition(app: Sphinx, config: Config) -> None:
    config.offcenter_students = bool(os.environ.get("OFFCENTER_STUDENTS"))


def _drop_solutions(app: Sphinx, doctree: nodes.document) -> None:
    # Not sphinx-exercise's own `hide_solutions`: it leaves the cells of a solution that has some.
    if app.config.offcenter_students:
        for node in list(doctree.findall(solution_node)):
            node.parent.remove(node)


def setup(app: Sphinx) -> dict[str, bool]:
    """Replace what sphinx-exercise writes for a solution."""
    app.setup_extension("sphinx_exercise")
    app.add_directive("teachers", TeachersDirective)
    app.add_directive("exercises", ExercisesListDirective)
    app.connect("doctree-resolved", _fill_lists)
    app.add_config_value("offcenter_students", False, "env", types=(bool,))
    app.connect("config-inited", _choose_edition)
    app.connect("doctree-read", _drop_solutions, priority=400)
    app.add_post_transform(WithoutInnerSections)
    solution = (_visit_solution, _depart_solution)
    app.add_node(solution_node, override=True, html=solution, singlehtml=solution)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
