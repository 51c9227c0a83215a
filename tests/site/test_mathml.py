"""Formulas become MathML while the book is built, and those that do not parse say so."""

from xml.etree import ElementTree

import pytest
import sympy as sp
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document

from offcenter_site.pages.mathml import MATHML, FormulaError, KeepPunctuation, pieces_of, to_mathml


def test_inline_and_display_differ():
    assert "display" not in to_mathml("x", display=False)
    assert 'display="block"' in to_mathml("x", display=True)


@pytest.mark.parametrize(
    "latex",
    [
        r"\mathbb{E}[xx^\top] = C + \mu\mu^\top",
        r"\begin{aligned} a &= b \\ &= c \end{aligned}",
        r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
        r"\underbrace{\delta}_{\text{either sign}} \, x",
        r"\lVert d_+\rVert + \lVert d_-\rVert \le \sqrt{2}\,\lVert d\rVert",
        sp.latex(sp.Matrix([[1, 2], [-1, -2]])),
        sp.latex(sp.Derivative(sp.Function("L")(sp.Symbol("s")), sp.Symbol("s"))),
        sp.latex(sp.Piecewise((sp.Symbol("z"), sp.Symbol("z") > 0), (0, True))),
    ],
)
def test_no_formula_carries_a_style_attribute(latex):
    assert " style=" not in to_mathml(latex, display=True)


def test_operators_in_scripts_stand_close_and_others_do_not():
    formula = ElementTree.fromstring(to_mathml(r"x_{t+1} - \sum_{i=1}^n y^{-2}", display=True))
    close = {
        o.text for o in formula.iter("mo") if o.get("lspace") == "0em" and o.get("rspace") == "0em"
    }
    assert close == {"+", "=", "−"}
    assert next(o for o in formula.iter("mo") if o.text == "−").get("lspace") != "0em"


def test_root_stands_on_the_line_whatever_is_in_it():
    root = ElementTree.fromstring(to_mathml(r"\sqrt{u}", display=False)).find(".//msqrt")
    assert root[0][0].tag == "mspace"
    assert root[0][0].get("width") == "0em"
    assert root[0][1].find(".//mi").text == "u"


@pytest.mark.parametrize(
    ("latex", "pieces"),
    [
        (r"a = b,\qquad c = d.", ["a = b,", "c = d."]),
        (r"a = b, \quad c = d, \quad e", ["a = b,", "c = d,", "e"]),
        (r"p \quad\text{of } n", [r"p \quad\text{of } n"]),
        (r"\text{a,\quad b}", [r"\text{a,\quad b}"]),
        (r"\left(a,\quad b\right)", [r"\left(a,\quad b\right)"]),
        (r"a &= b,\quad c \\ d &= e", [r"a &= b,\quad c \\ d &= e"]),
        (
            r"g = \begin{pmatrix}a\\b\end{pmatrix},\quad \{c\},\quad d",
            [r"g = \begin{pmatrix}a\\b\end{pmatrix},", r"\{c\},", "d"],
        ),
    ],
)
def test_formulas_side_by_side_can_go_below_each_other(latex, pieces):
    assert pieces_of(latex) == pieces


def test_formula_in_xml_names_its_namespace_once():
    formula = to_mathml(r"\sqrt{u}", display=False, xml=True)
    assert formula.count("xmlns") == 1
    assert ElementTree.fromstring(formula).tag == f"{{{MATHML}}}math"


@pytest.mark.parametrize(
    "latex", [r"\frac{1}{", r"\nosuchcommand x", r"\left( x", r"\color{red}{x}"]
)
def test_what_the_site_cannot_show_is_refused(latex):
    with pytest.raises(FormulaError):
        to_mathml(latex, display=True)


def test_each_full_stop_stays_in_its_place_when_several_are_alike():
    settings = get_default_settings()
    document = new_document("page", settings)
    paragraph = nodes.paragraph()
    for part in (nodes.emphasis("", "a"), nodes.Text("."), nodes.math("", "x"), nodes.Text(".")):
        paragraph += part
    document += paragraph
    KeepPunctuation(document).run()
    assert paragraph.astext() == "a.x."


def test_line_over_a_formula_is_drawn_by_the_style_sheet_alone():
    # Firefox and Safari draw a line of their own for a menclose, Chromium none.
    formula = ElementTree.fromstring(to_mathml(r"\overline{xx^\top}", display=False))
    assert formula.find(".//menclose") is None
    over = formula.find(".//*[@class='tml-overline']")
    assert over.tag == "mpadded"
    assert [part.tag for part in over] == ["mi", "msup"]


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        ("(1,3)", "( 1 , 3 )"),
        ("(-2,-1,3)", "( − 2 , − 1 , 3 )"),
        ("(0.5,1,30)", "( 0.5 , 1 , 30 )"),
        ("(3,1½)", "( 3 , 1 ½ )"),
        ("22{,}500 + 1,000.5", "22,500 + 1,000.5"),
        (r"\sqrt{1,3}", "1 , 3"),
    ],
)
def test_a_pair_of_integers_is_two_numbers_and_thousands_are_one(latex, parts):
    formula = ElementTree.fromstring(to_mathml(latex, display=False))
    assert " ".join(part.text for part in formula.iter() if part.text) == parts


def test_a_minus_before_a_formula_stays_with_it():
    paragraph = nodes.paragraph("", "", nodes.Text("relu(−"), nodes.math("", "x"), nodes.Text(")"))
    document = new_document("page", get_default_settings())
    document += paragraph
    KeepPunctuation(document).run()
    assert [part.astext() for part in paragraph] == ["relu", "(−x)", ""]
