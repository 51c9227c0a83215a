"""Worked examples and figures on pages that start no kernel.

``{example}`name key .2f` `` prints a number of an example of the library, `\\example{name key .2f}`
does so in a formula, `{example-table}` prints its rows, and `{drawing}` draws a figure.
"""

from __future__ import annotations

import re

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.writers.html5 import HTML5Translator

from offcenter_site.pages.numbers import format_number

logger = logging.getLogger(__name__)

_IN_FORMULA = re.compile(r"\\example\s*\{(?P<words>[^{}]*)\}")


class ExampleError(ValueError):
    """A page asks for an example or a number that does not exist."""


class drawing_box(nodes.container):
    """A drawn figure and its caption."""


def _record(name: str) -> object:
    # A build that reads no page does without the time of this import.
    from offcenter.examples import EXAMPLES

    if name not in EXAMPLES:
        raise ExampleError(f"there is no example {name!r}")
    return EXAMPLES[name]()


def example_value(words: str, *, latex: bool = False) -> str:
    """Return the number that `words`, "name key [format]", name.

    Raises
    ------
    ExampleError
        If there is no such example or number, or the format does not fit.
    """
    name, _, rest = words.strip().partition(" ")
    key, _, spec = rest.strip().partition(" ")
    record = _record(name)
    from offcenter.examples import number_of

    try:
        return format_number(number_of(record, key), spec.strip(), latex=latex)
    except ValueError as error:
        raise ExampleError(f"example {name}, {key}: {error}") from error


class ExampleRole(SphinxRole):
    """A number of an example in prose."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number, or a warning where there is none."""
        try:
            text = example_value(self.text)
        except ExampleError as error:
            logger.warning("%s", error, location=self.get_location(), type="example")
            text = "?"
        return [nodes.inline(self.rawtext, text, classes=["value"])], []


class ExamplesInFormulas(SphinxTransform):
    """A number of an example in a formula."""

    default_priority = 500

    def apply(self, **_: object) -> None:
        """Put the numbers into the formulas of the page."""
        formulas = (nodes.math, nodes.math_block)
        for node in self.document.findall(nodes.Element):
            if not isinstance(node, formulas):
                continue
            try:
                text = _IN_FORMULA.sub(
                    lambda match: example_value(match["words"], latex=True), node.astext()
                )
            except ExampleError as error:
                logger.warning("%s", error, location=node, type="example")
                continue
            if text != node.astext():
                # Not `children = …`: a text without a parent stops the later transforms.
                node[:] = [nodes.Text(text)]


class ExampleTableDirective(SphinxDirective):
    """The rows of an example as a table: its content is the head, `formats` one for a column."""

    required_arguments = 2
    has_content = True
    option_spec = {"formats": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the table, parsed as a Markdown table so that heads may hold formulas."""
        name, key = self.arguments
        formats = self.options["formats"].split()
        head = "".join(self.content)
        try:
            rows = getattr(_record(name), key)
            lines = [
                " | ".join(
                    format_number(value, "" if spec == "-" else spec)
                    for value, spec in zip(row, formats, strict=True)
                )
                for row in rows
            ]
        except (AttributeError, TypeError, ValueError) as error:
            logger.warning("%s: %s", name, error, location=self.get_location(), type="example")
            return []
        # What has no format is a word.
        rule = "|".join("---" if spec == "-" else "---:" for spec in formats)
        text = [f"| {head} |", f"|{rule}|", *(f"| {line} |" for line in lines)]
        box = nodes.Element()
        self.state.nested_parse(StringList(text, self.get_source_info()[0]), 0, box)
        return list(box.children)


class DrawingDirective(SphinxDirective):
    """A figure of the library, drawn without a kernel: its content is the caption."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the drawing in a box."""
        # As late: it brings matplotlib.
        from offcenter.figures import draw

        try:
            svg = draw(self.arguments[0]).svg
        except ValueError as error:
            logger.warning("%s", error, location=self.get_location(), type="example")
            return []
        box = drawing_box("", nodes.raw("", svg, format="html"))
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def _visit_drawing(self: HTML5Translator, node: drawing_box) -> None:
    # Not docutils' figure: Sphinx would number it, and answers are not numbered.
    self.body.append(self.starttag(node, "figure") + node[0].astext() + "<figcaption>\n")
    del node[0]


def _depart_drawing(self: HTML5Translator, node: drawing_box) -> None:
    self.body.append("</figcaption></figure>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the roles and directives."""
    box = (_visit_drawing, _depart_drawing)
    app.add_node(drawing_box, html=box, singlehtml=box)
    app.add_role("example", ExampleRole())
    app.add_transform(ExamplesInFormulas)
    app.add_directive("example-table", ExampleTableDirective)
    app.add_directive("drawing", DrawingDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
