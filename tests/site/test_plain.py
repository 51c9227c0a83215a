"""A formula in a line says what it says on the page: what a line would change is enclosed."""

import pytest
from docutils import nodes

from offcenter_site.pages.plain import plain_formula, plain_text


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\frac{\partial L}{\partial w} = \delta x", "∂L/∂w = δx"),
        (r"\kappa = \lambda_{\max}/\lambda_{\min}", "κ = λ_max/λ_min"),
        (r"x \in \mathbb R^n", "x ∈ ℝⁿ"),
        (r"M = \mathbb E[xx^\top]", "M = E[xxᵀ]"),
        (r"w\cdot x + b", "w·x + b"),
        (r"w\cdot(x-\bar x)", "w·(x − x̄)"),
        (r"\hat x_k = (s_k - \mu)/\sigma", "x̂ₖ = (sₖ − μ)/σ"),
        (r"F^{-1}g", "F⁻¹g"),
        (r"\theta^{-1/2}", "θ^(−1/2)"),
        (r"x^2_{ij} + w'_j", "xᵢⱼ² + w′ⱼ"),
        (r"n_{\text{in}}", "n_in"),
        (r"g_y g_y^\top w^\ast \tilde x", "g_y g_yᵀ w*x̃"),
        (r"W^{(l)}_{i,j}", "W_(i,j)⁽ˡ⁾"),
        (r"\overline{w\cdot x}", "w̅·̅x̅"),
        (r"\frac{\overline{x}}{2} + (1,3)", "x̅/2 + (1, 3)"),
        (r"g - \bar g\,\mathbf 1", "g − ḡ 𝟏"),
        (r"0.5\,(3, 1)\;-\;1,000", "0.5 (3, 1) − 1,000"),
        (r"\eta > .5 .", "η > .5."),
        (r"x^{} + y_{}", "x + y"),
    ],
)
def test_a_formula_reads_as_in_a_line(latex, plain):
    assert plain_formula(latex) == plain


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        # Above and below the line.
        (r"\frac{(m - c)^2}{(m - c)^2 + s^2}", "(m − c)²/((m − c)² + s²)"),
        (r"\frac{a + b}{2c}", "(a + b)/(2c)"),
        (r"\frac{1/6}{1/4}", "(1/6)/(1/4)"),
        (r"\frac{s}{\text{std}(s)}", "s/std(s)"),
        (r"\frac{\ln(1/\varepsilon)}{\ln(1/r)}", "ln(1/ε)/ln(1/r)"),
        # Beside it.
        (r"\frac{\partial L}{\partial s}\,\frac{\partial s}{\partial w}", "(∂L/∂s) (∂s/∂w)"),
        (r"\frac1\sigma\Big(g - \tfrac1n\textstyle\sum_j g_j\Big)", "(1/σ)(g − (1/n) ∑ⱼ gⱼ)"),
        (r"n\cdot\tfrac2n\times 3", "n·(2/n) × 3"),
        (r"\tanh\tfrac s2", "tanh(s/2)"),
        (r"\left(\frac{a}{b}\right)^2 + \frac{a}{b}", "(a/b)² + a/b"),
        (r"{\frac ab}^2", "(a/b)²"),
        (r"\tfrac12\lambda a^2", "½λa²"),
        (r"2\tfrac12", "2·½"),
        (r"\sqrt2\,\sqrt{v_i}\,\sqrt{a + b}", "√2 √vᵢ √(a + b)"),
        (r"\tfrac12\log p", "½ log p"),
        (r"-\log p", "−log p"),
        (r"\mathrm E[\max(s,0)^2]", "E[max(s, 0)²]"),
        (r"D/\sin\theta", "D/sin θ"),
        (r"e\cdot\underbrace{f'(s)}_{a}\cdot\,x_i", "e·f′(s)·xᵢ"),
        (r"\lVert\sum_j g_j\rVert", "‖∑ⱼ gⱼ‖"),
        (r"|-x|", "|−x|"),
        (r"\frac{1}{d\,\lambda}", "1/(d λ)"),
        (r"e^\theta x", "e^θ x"),
    ],
)
def test_what_a_line_would_change_is_enclosed(latex, plain):
    assert plain_formula(latex) == plain


def test_a_matrix_stands_in_brackets_and_notes_under_braces_are_left_out():
    square, column = r"\begin{pmatrix}5&4_1\\4&5\end{pmatrix}", r"\begin{bmatrix}1\\2\end{bmatrix}"
    assert plain_formula(rf"\underbrace{{{square}}}_{{F}} = {column}") == "[5, 4₁; 4, 5] = [1; 2]"


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{cases}1\\2\end{cases}",
        r"\begin{pmatrix}1&\\&2\end{pmatrix}",
        r"\begin{pmatrix}1",
        r"\ddots",
        r"\hat{ab}",
        r"{a",
        r"\text{a",
        "^2",
        r"\vec x",
        r"\binom nk",
        r"\overbrace{x}^a",
    ],
)
def test_what_has_no_writing_in_a_line_has_none(latex):
    assert plain_formula(latex) is None


def test_text_has_its_formulas_in_a_line():
    words = nodes.paragraph("", "", nodes.Text("if "), nodes.math("", r"w\cdot x > 0"))
    words += [nodes.raw("", "<b>", format="html"), nodes.strong("", ", yes")]
    assert plain_text(words) == "if w·x > 0, yes"
