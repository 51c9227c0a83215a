"""Formulas: LaTeX to MathML while the book is built, by Temml in an embedded JavaScript engine.

A formula that does not parse is a warning with its file and line, so it fails the build; the
reader's browser needs no script to lay it out, and a screen reader reads it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from offcenter_site.build.scripts import engine_with

logger = logging.getLogger(__name__)

MATHML = "http://www.w3.org/1998/Math/MathML"
TEMML = Path(__file__).parent / "vendor" / "temml.min.js"

# The site forbids style attributes (Content-Security-Policy).  The few that Temml writes are either
# what the style sheet does anyway (None) or become a class of it.
_STYLE_CLASSES = {
    "display:block math;": None,
    "math-depth:0;": "tml-flat",
    "padding:3pt;border:1px solid;": "tml-boxed",
    "math-style:normal;math-depth:0;": "tml-flat",
}
_TAG_WITH_STYLE = re.compile(
    r"<(?P<tag>\w+)(?P<before>[^<>]*?) style=\"(?P<style>[^\"]*)\"(?P<after>[^<>]*)>"
)
_SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
_STRUT = {"width": "0em", "height": "0.66em", "depth": "0.2em"}
_NEVER_STRETCHED = {"−", "+", "±"}
# Browsers that know this element draw their own line, the style sheet a second one.
_LINES = {"top", "bottom"}
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_STRUCTURE = re.compile(
    r"(?P<open>\\begin\b|\\left\b|(?<!\\)\{)|\\end\b|\\right\b|(?<!\\)\}|(?P<space>,\s*\\q?quad\b\s*)"
)
_OPENING = re.compile(r"[(\[“‘−]+$")
_CLOSING = re.compile(r"^[^\s\w]+|^-\w+")


class FormulaError(ValueError):
    """A formula that Temml cannot parse, or that needs what the site does not allow."""


@cache
def _engine() -> MiniRacer:
    return engine_with(TEMML.read_text(encoding="utf-8"))


def _without_style(match: re.Match[str]) -> str:
    tag, style = match["tag"], match["style"]
    attributes = match["before"] + match["after"]
    if tag != "mtd" and style not in _STYLE_CLASSES:
        raise FormulaError(f"the formula needs the style {style!r}, which the site does not allow")
    if name := _STYLE_CLASSES.get(style):
        if 'class="' in attributes:
            attributes = attributes.replace('class="', f'class="{name} ', 1)
        else:
            attributes += f' class="{name}"'
    return f"<{tag}{attributes}>"


def _without_usual_form(row: ElementTree.Element) -> None:
    """Let browsers see by its place what an operator is, where that is what it says."""
    if row.tag == "mrow" and len(row) > 1:
        for place, form in ((0, "prefix"), (-1, "postfix")):
            if row[place].tag == "mo" and row[place].get("form") == form:
                del row[place].attrib["form"]


def _without_idle_parts(element: ElementTree.Element) -> None:
    """Take out spaces of no width, the rows that are left with one part, and what is usual."""
    for place, part in enumerate(element):
        if part.tag == "mrow" and not part.attrib and len(part) == 2:
            kept = [child for child in part if child.tag != "mspace" or child.attrib]
            if len(kept) == 1:
                element[place] = kept[0]
        _without_idle_parts(element[place])
    if element.text in _NEVER_STRETCHED:
        element.attrib.pop("stretchy", None)


def _with_own_lines(element: ElementTree.Element) -> None:
    """Make of what has a line over or under it a part whose border is that line."""
    if element.tag == "menclose" and element.get("notation") in _LINES:
        del element.attrib["notation"]
        element.tag = "mpadded"
        if len(element) == 1 and element[0].tag == "mrow" and not element[0].attrib:
            element[:] = element[0]


def _with_pairs(row: ElementTree.Element) -> None:
    """Make of "1,3" in a row two numbers with a comma between them, and leave 1,000 one number."""
    for number in row.findall("mn"):
        digits = number.text or ""
        entries = digits.split(",")
        if row.tag in _SCRIPTS | {"mfrac"} or len(entries) < 2 or _THOUSANDS.fullmatch(digits):
            continue
        parts = []
        for entry in entries:
            for tag, text in (("mo", ","), ("mn", entry)):
                parts.append(ElementTree.Element(tag))
                parts[-1].text = text
        place = list(row).index(number)
        row[place : place + 1] = parts[1:]


def _set_as_tex_does(formula: ElementTree.Element) -> None:
    _without_idle_parts(formula)
    for element in list(formula.iter()):
        _with_own_lines(element)
        _with_pairs(element)
    for element in list(formula.iter()):
        # These say what an operator is, and change nothing in how it is set.
        for idle in ("fence", "separator"):
            element.attrib.pop(idle, None)
        if element.tag in _SCRIPTS:
            # Operators within a script stand close.
            for operator in [o for script in element[1:] for o in script.iter("mo")]:
                operator.attrib |= {"lspace": "0em", "rspace": "0em"}
        elif element.tag == "msqrt":
            # The lowest sign of a root is higher than most letters and would hang below the line.
            row = ElementTree.Element("mrow")
            row.append(ElementTree.Element("mspace", _STRUT))
            row.extend(element)
            element[:] = [row]
    for element in formula.iter():
        _without_usual_form(element)
    # A formula is a row of itself.
    if len(formula) == 1 and formula[0].tag == "mrow" and not formula[0].attrib:
        formula[:] = formula[0]


@cache
def to_mathml(latex: str, *, display: bool, xml: bool = False) -> str:
    """Return `latex` as a MathML element, with its namespace if it is to stand in XML.

    Raises
    ------
    FormulaError
        If the formula does not parse.
    """
    options = {"displayMode": display, "throwOnError": True, "strict": False}
    try:
        markup = _engine().call("temml.renderToString", latex, options)
    except JSEvalException as error:
        reason = str(error).partition("ParseError:")[2].strip().splitlines()[0]
        raise FormulaError(f"the formula does not parse: {reason}") from error
    formula = ElementTree.fromstring(_TAG_WITH_STYLE.sub(_without_style, markup))
    _set_as_tex_does(formula)
    # What is copied, and what a reader without MathML hears; browsers do not translate it.
    classes = f"{formula.attrib.pop('class', '')} notranslate".strip()
    # First what formulas have in common: so it compresses better.
    formula.attrib = {"class": classes, **formula.attrib, "alttext": " ".join(latex.split())}
    if xml:
        formula.set("xmlns", MATHML)
    return ElementTree.tostring(formula, encoding="unicode", short_empty_elements=False)


def pieces_of(latex: str) -> list[str]:
    """Return the formulas of one line that stand side by side, "a = b,\\qquad c = d"."""
    if r"\\" in re.sub(r"\\begin\{(\w+)\}.*?\\end\{\1\}", "", latex, flags=re.DOTALL):
        return [latex]
    pieces, depth, last = [], 0, 0
    for sign in _STRUCTURE.finditer(latex):
        if sign["space"]:
            if depth == 0:
                pieces.append(latex[last : sign.start() + 1])
                last = sign.end()
        else:
            depth += 1 if sign["open"] else -1
    return [piece.strip() for piece in [*pieces, latex[last:]]]


def _markup(self: HTML5Translator, node: nodes.Element, latex: str, *, display: bool) -> str:
    if display and r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{aligned}}{latex}\end{{aligned}}"
    try:
        return to_mathml(latex, display=display, xml=self.builder.name == "epub")
    except FormulaError as error:
        logger.warning("%s in %r", error, latex, location=node, type="formula")
        return f"<code>{nodes.unescape(latex)}</code>"


def _visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_markup(self, node, node.astext().strip(), display=False))
    raise nodes.SkipNode


def _visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math-block"))
    self.body.append('<div class="math-scroll">')
    formulas = [_markup(self, node, p, display=True) for p in pieces_of(node.astext().strip())]
    # On a phone those that stand side by side go below each other.
    row = '<div class="math-row">{}</div>' if len(formulas) > 1 else "{}"
    self.body.append(row.format(" ".join(formulas)))
    self.body.append("</div>")
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


class KeepPunctuation(SphinxPostTransform):
    """Keep a formula and the punctuation that touches it on one line."""

    default_priority = 900
    formats = ("html",)

    def run(self, **_: object) -> None:
        """Wrap each formula and what touches it in a span that does not break."""
        for node in list(self.document.findall(nodes.math)):
            parent, index = node.parent, node.parent.index(node)
            before = parent[index - 1] if index else None
            after = parent[index + 1] if index + 1 < len(parent) else None
            head = _OPENING.search(before) if isinstance(before, nodes.Text) else None
            tail = _CLOSING.search(after) if isinstance(after, nodes.Text) else None
            if not head and not tail:
                continue
            wrapped = nodes.inline("", "", classes=["nobr"])
            if head:
                wrapped += nodes.Text(head[0])
                # By place: texts are equal by content, so `replace` could find an earlier one.
                parent[index - 1] = nodes.Text(head.string[: head.start()])
            wrapped += node.deepcopy()
            if tail:
                wrapped += nodes.Text(tail[0])
                parent[index + 1] = nodes.Text(tail.string[tail.end() :])
            parent.replace(node, wrapped)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer under the name that `html_math_renderer` selects."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    app.add_post_transform(KeepPunctuation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
