"""What helps with an exercise: how hard it is, a hint that opens, and a check of the answer.

    ```{practice} ex-signs-hand
    :level: easy
    :ask: The first entry of the batch gradient
    :answer: -2
    The hint.
    ```

Of the answer the page holds a hash only, so that who reads the source does not read it by chance;
who wants to know can open the solution, and the students' edition has none.  Without a script
there is no check.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context
from fractions import Fraction
from html import escape
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

LEVELS = ("easy", "medium", "hard")
# Builders of what is no HTML.  Not "epub", which takes what is there for "html" as long as no node
# has a name of its own there.
_PLAIN = ("notebooks", "slides", "latex", "text", "man", "texinfo")


class exercise_hint(nodes.General, nodes.Element):
    """The hint, closed at first."""


class exercise_check(nodes.General, nodes.Element):
    """The field for the answer, and the hash of it."""


def canonical(text: str) -> str:
    """Return an answer as it is compared: a number to three digits, or words in lower case.

    Raises
    ------
    ValueError
        If it is a number whose digits would be written with an exponent.
    """
    text = text.strip().replace("−", "-")
    try:
        value = float(Fraction(text))
    except (ValueError, ZeroDivisionError):
        return " ".join(text.lower().split())
    if value and not 1e-4 <= abs(value) < 1e5:
        raise ValueError(f"answer must be 0 or between 1e-4 and 1e5 in size, got {text}")
    # A half goes up, as the page's script rounds; a zero has no sign.
    rounded = Context(prec=3, rounding=ROUND_HALF_UP).create_decimal_from_float(value)
    return repr(float(rounded) + 0.0).removesuffix(".0")


def digest(label: str, text: str) -> str:
    """Return the hash of an answer, salted with its exercise (Fowler, Noll and Vo, 32 bits)."""
    state = 0x811C9DC5
    for byte in f"{label} {canonical(text)}".encode():
        state = (state ^ byte) * 0x01000193 % 2**32
    return f"{state:08x}"


def _choices(text: str) -> list[str]:
    return [choice.strip() for choice in text.split(";")]


class PracticeDirective(SphinxDirective):
    """``{practice} label-of-the-exercise`` with a level, a hint, and perhaps a question."""

    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012
        "level": lambda text: directives.choice(text, LEVELS),
        "ask": directives.unchanged_required,
        "answer": directives.unchanged_required,
        "choices": _choices,
    }

    def run(self) -> list[nodes.Node]:
        """Return the level, the hint, and the check where there is a question."""
        label, options = self.arguments[0], self.options
        self.assert_has_content()
        if "level" not in options:
            raise self.error(f"practice must have a level, one of {', '.join(LEVELS)}")
        if ("ask" in options) != ("answer" in options):
            raise self.error("practice must have both ask and answer, or neither")
        if "choices" in options and options.get("answer") not in options["choices"]:
            raise self.error("the answer must be one of the choices")
        box = nodes.container(classes=["practice"], exercise=label, level=options["level"])
        box += nodes.paragraph("", f"Level: {options['level']}.", classes=["practice-level"])
        fold = exercise_hint()
        self.state.nested_parse(self.content, self.content_offset, fold)
        box += fold
        if "ask" in options:
            asked, _ = self.state.inline_text(options["ask"], self.lineno)
            try:
                found = digest(label, options["answer"])
            except ValueError as problem:
                raise self.error(str(problem)) from problem
            box += exercise_check(
                "", *asked, salt=label, digest=found, choices=options.get("choices", [])
            )
        levels_of(self.env)[label] = options["level"]
        self.set_source_info(box)
        return [box]


def levels_of(env: Any) -> dict[str, str]:
    """Return the level of each exercise."""
    return vars(env).setdefault("offcenter_levels", {})


def _merge(app: Sphinx, env: Any, docnames: set[str], other: Any) -> None:
    levels_of(env).update(levels_of(other))


def _visit_hint(self: HTML5Translator, node: exercise_hint) -> None:
    self.body.append('<details class="hint"><summary>Hint</summary>\n')


def _depart_hint(self: HTML5Translator, node: exercise_hint) -> None:
    self.body.append("</details>\n")


def _visit_check(self: HTML5Translator, node: exercise_check) -> None:
    self.body.append(
        f'<form class="check" data-salt="{escape(node["salt"])}"'
        f' data-digest="{node["digest"]}" hidden><label>'
    )


def _depart_check(self: HTML5Translator, node: exercise_check) -> None:
    if node["choices"]:
        options = "".join(f"<option>{escape(choice)}</option>" for choice in node["choices"])
        field = f'<select required><option value="">choose</option>{options}</select>'
    else:
        field = '<input required size="8" autocomplete="off">'
    colon = "" if node.astext().endswith("?") else ":"
    self.body.append(
        f'{colon} {field}</label> <button>Check</button> <span role="status"></span></form>\n'
    )


def _visit_plain(self: nodes.NodeVisitor, node: exercise_hint) -> None:
    """Let the paragraphs of the hint stand as they are."""


def _make_still(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.name == "html":
        return
    # Only a page of the site has a script for the field.
    for form in list(doctree.findall(exercise_check)):
        form.parent.remove(form)
    # Where nothing opens and closes, the words say what they are.
    folds = [] if app.builder.format == "html" else list(doctree.findall(exercise_hint))
    for fold in folds:
        first = fold.next_node(nodes.paragraph)
        if first is not None:
            first.insert(0, nodes.Text("Hint: "))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, and what it becomes in each format."""
    opening = (_visit_hint, _depart_hint)
    plain: dict[str, Any] = {name: (_visit_plain, _visit_plain) for name in _PLAIN}
    app.add_node(exercise_hint, html=opening, singlehtml=opening, **plain)
    app.add_node(exercise_check, html=(_visit_check, _depart_check))
    app.add_directive("practice", PracticeDirective)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-resolved", _make_still)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
