"""A formula as one writes it in a line: for titles, descriptions, the search and its engines."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from docutils import nodes

_PIECE = re.compile(r"\\[A-Za-z]+\s*|\\.|\s+|.", re.DOTALL)
_SIGNS = {
    "partial": "∂",
    "nabla": "∇",
    "cdot": "·",
    "infty": "∞",
    "dots": "…",
    "ldots": "…",
    "cdots": "…",
    "top": "ᵀ",
    "varphi": "φ",
    "varepsilon": "ε",
    "ell": "ℓ",
    "odot": "⊙",
    "circ": "∘",
    "lVert": "‖",
    "rVert": "‖",
    "lvert": "|",
    "rvert": "|",
    "langle": "⟨",
    "rangle": "⟩",
    "lfloor": "⌊",
    "rfloor": "⌋",
    "prime": "′",
    "ast": "*",
    "perp": "⊥",
    "|": "‖",
    "{": "{",
    "}": "}",
    "%": "%",
    "&": "&",
    "_": "_",
}
# With a space on both sides.
_RELATIONS = {
    "times": "×",
    "otimes": "⊗",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ll": "≪",
    "gg": "≫",
    "ne": "≠",
    "neq": "≠",
    "approx": "≈",
    "equiv": "≡",
    "sim": "~",
    "propto": "∝",
    "in": "∈",
    "subset": "⊂",
    "to": "→",
    "rightarrow": "→",
    "Rightarrow": "⇒",
    "iff": "⇔",
    "mapsto": "↦",
    "leftarrow": "←",
    "gets": "←",
    "mid": "|",
    "pm": "±",
    "mp": "∓",
    "succ": "≻",
    "succeq": "⪰",
    "prec": "≺",
    "preceq": "⪯",
}
_SUMS = {"sum": "∑", "prod": "∏", "int": "∫"}
_FUNCTIONS = set(
    re.findall(
        r"\w+", "arccos arcsin arctan cos det exp inf lim ln log max min Pr sin sup tan tanh"
    )
)
_WORDS = {"text", "mathrm", "operatorname", "textrm", "textbf", "mbox"}
_FACES = {"mathbf", "boldsymbol", "mathcal", "mathsf", "mathit", "mathbb"}
_FRACTIONS = {"frac", "tfrac", "dfrac"}
_ACCENTS = {
    "bar": "\u0304",
    "overline": "\u0304",
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "dot": "\u0307",
}
# What only says how a formula is set.
_IDLE = set(
    re.findall(
        r"\S+",
        "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr textstyle"
        " displaystyle limits nolimits nonumber ! /",
    )
)
_SPACES = {",", ";", ":", " ", "quad", "qquad", ">"}
_HALVES = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/8": "⅛"}
_BOLD = {("mathbb", "R"): "ℝ", ("mathbb", "N"): "ℕ", ("mathbf", "1"): "𝟏"}
_HIGH = str.maketrans(
    "0123456789+−=()abcdefghijklmnoprstuvwxyzᵀ*′",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ*′",
)
_LOW = str.maketrans("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")

_TIMES = ("·", "×", "/")

_Kind = Literal["factor", "fraction", "function", "sign", "space", "open", "close"]


class _NotInALine(ValueError):
    """What has no writing in one line: a brace over rows, dots that go down."""


@dataclass
class _Part:
    text: str
    kind: _Kind = "factor"
    # A name, not a product of letters.
    word: bool = False


def _enclosed(text: str) -> str:
    return f"({text})"


def _outermost(parts: list[_Part]) -> list[_Part]:
    """Return the parts, without spaces, and what stands in parentheses as one factor."""
    found: list[_Part] = []
    depth = 0
    for part in parts:
        if part.kind == "open":
            depth += 1
        if not depth and part.kind != "space":
            found.append(part)
        if part.kind == "close":
            depth -= 1
            found += [] if depth else [_Part("()")]
    return found


def _divides(before: _Part, after: _Part) -> bool:
    """Return whether the line of a fraction would take its neighbors along."""
    return (
        after.kind in ("factor", "fraction", "function", "open")
        or before.kind in ("function", "fraction")
        or before.text.strip() in _TIMES
        or after.text.strip() in _TIMES
    )


def _joined(parts: list[_Part]) -> str:
    """Return the parts as text, with parentheses and spaces where a line needs them."""
    solid = [part for part in parts if part.kind != "space"]
    edge = _Part("", "sign")
    text = ""
    for part, before, after in zip(solid, [edge, *solid], [*solid[1:], edge], strict=False):
        place = next(i for i, other in enumerate(parts) if other is part)
        spaced = place + 1 < len(parts) and parts[place + 1].kind == "space"
        words = part.text
        if part.kind == "fraction" and _divides(before, after):
            words = _enclosed(words)
        if part.kind == "function":
            text += " " if before.kind in ("factor", "fraction", "close") else ""
            words += " " if after.kind in ("factor", "function") else ""
        if part.text in "=<>+−" and spaced and before.kind not in ("sign", "open"):
            text += " "
        text += words + (" " if spaced and part.text != "·" and after.text != "·" else "")
    return re.sub(r"\s+", " ", text).strip()


class _Reader:
    def __init__(self, latex: str) -> None:
        self.pieces = _PIECE.findall(latex)
        self.place = 0

    def peek(self) -> str:
        return self.pieces[self.place] if self.place < len(self.pieces) else ""

    def next(self) -> str:
        piece = self.peek()
        self.place += 1
        return piece

    def skip_spaces(self) -> None:
        while self.peek().isspace():
            self.place += 1

    def raw(self) -> str:
        """Return the source of the next argument in braces."""
        self.skip_spaces()
        if self.peek() != "{":
            return self.next()
        depth, source = 0, ""
        while piece := self.next():
            depth += {"{": 1, "}": -1}.get(piece, 0)
            source += piece
            if not depth:
                return source[1:-1]
        raise _NotInALine(source)

    def argument(self) -> list[_Part]:
        self.skip_spaces()
        if self.peek() == "{":
            self.place += 1
            return self.parts("}")
        # Without braces it is one digit.
        return [_Part(self.next())] if self.peek().isdigit() else self.one()

    def parts(self, end: str = "") -> list[_Part]:
        """Read up to `end`, or to the end of the formula."""
        found: list[_Part] = []
        while (piece := self.peek()) != end:
            if not piece:
                raise _NotInALine(end)
            self.add(found)
        self.place += 1
        return found

    def add(self, found: list[_Part]) -> None:
        if self.peek() in ("^", "_"):
            self.script(found)
        else:
            found += self.one()

    def script(self, found: list[_Part]) -> None:
        mark, parts = self.next(), self.argument()
        text = _joined(parts)
        table = _HIGH if mark == "^" else _LOW
        base = next((part for part in reversed(found) if part.kind != "space"), None)
        if base is None:
            raise _NotInALine(mark)
        if base.kind == "fraction":
            base.text, base.kind = _enclosed(base.text), "factor"
        word = len(parts) == 1 and parts[0].word
        dense = text.replace(" ", "")
        if not word and all(ord(letter) in table for letter in dense):
            base.text += dense.translate(table)
        else:
            base.text += mark + (text if re.fullmatch(r"\w+", text) else _enclosed(text))

    def one(self) -> list[_Part]:
        piece = self.next()
        if piece.isspace():
            return [_Part(" ", "space")]
        if piece == "{":
            return self.parts("}")
        if piece.startswith("\\"):
            return self.command(piece[1:].strip() or " ")
        if piece in "&~":
            return [_Part(" ", "space")]
        if piece in "([":
            return [_Part(piece, "open")]
        if piece in ")]":
            return [_Part(piece, "close")]
        if piece in "+-=<>/,;:.!|":
            return [_Part("−" if piece == "-" else piece, "sign")]
        if piece.isdigit():
            while self.peek().isdigit() or (
                self.peek() in (".", ",") and "".join(self.pieces[self.place + 1 :])[:1].isdigit()
            ):
                piece += self.next()
        return [_Part("′" if piece == "'" else piece, "factor")]

    def command(self, name: str) -> list[_Part]:
        if name in _IDLE:
            return []
        if name in _SPACES:
            return [_Part(" ", "space")]
        if name in _RELATIONS:
            return [_Part(f" {_RELATIONS[name]} ", "sign")]
        if name in _SUMS:
            return [_Part(_SUMS[name], "function")]
        if name in _FUNCTIONS:
            return [_Part(name, "function", word=True)]
        if name in _WORDS:
            return [_Part(self.raw(), "factor", word=True)]
        if name in _FACES:
            text = _joined(self.argument())
            return [_Part(_BOLD.get((name, text), text))]
        if name in _FRACTIONS:
            return [self.fraction(self.argument(), self.argument())]
        if name in _ACCENTS:
            # Over more than a letter only a line can stand.
            text = _joined(self.argument())
            if len(text) > 1 and name == "overline":
                return [_Part("".join(f"{letter}\u0305" for letter in text))]
            if len(text) != 1:
                raise _NotInALine(name)
            return [_Part(unicodedata.normalize("NFC", text + _ACCENTS[name]))]
        if name == "sqrt":
            text = _joined(self.argument())
            simple = re.fullmatch(r"\w[\u0300-\u036f]?|\d+", text.rstrip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙ"))
            return [_Part("√" + (text if simple else _enclosed(text)))]
        if name == "underbrace":
            parts = self.argument()
            self.skip_spaces()
            if self.peek() == "_":
                self.place += 1
                self.argument()
            return parts
        if name == "label":
            self.raw()
            return []
        if name == "begin":
            return [self.matrix(self.raw())]
        return [self.letter(name)]

    def letter(self, name: str) -> _Part:
        if name in _SIGNS:
            return _Part(_SIGNS[name], "sign" if name == "cdot" else "factor")
        case = "CAPITAL" if name[0].isupper() else "SMALL"
        spelled = "LAMDA" if name.lower() == "lambda" else name.upper()
        try:
            return _Part(unicodedata.lookup(f"GREEK {case} LETTER {spelled}"))
        except KeyError:
            raise _NotInALine(name) from None

    def fraction(self, above: list[_Part], below: list[_Part]) -> _Part:
        top, bottom = _joined(above), _joined(below)
        if half := _HALVES.get(f"{top}/{bottom}"):
            return _Part(half)
        if any(p.kind == "fraction" or p.text in ("+", "−", "/", ",") for p in _outermost(above)):
            top = _enclosed(top)
        factors = _outermost(below)
        # ∂w, or ln(r)
        pair = len(factors) == 2 and (
            factors[0].text in ("∂", "d")
            or ((factors[0].word or factors[0].kind == "function") and factors[1].text == "()")
        )
        if (len(factors) > 1 and not pair) or (factors[:1] and factors[0].kind == "fraction"):
            bottom = _enclosed(bottom)
        return _Part(f"{top}/{bottom}", "fraction")

    def matrix(self, kind: str) -> _Part:
        """Return a matrix in brackets, its rows apart by semicolons."""
        if kind not in ("pmatrix", "bmatrix"):
            raise _NotInALine(kind)
        rows: list[list[list[_Part]]] = [[[]]]
        while (piece := self.peek()) != "\\end":
            if not piece:
                raise _NotInALine(kind)
            if piece == "&":
                self.place += 1
                rows[-1].append([])
            elif piece == "\\\\":
                self.place += 1
                rows.append([[]])
            else:
                self.add(rows[-1][-1])
        self.place += 1
        self.raw()
        cells = [[_joined(cell) for cell in row] for row in rows]
        if not all(map(all, cells)):
            raise _NotInALine(kind)
        return _Part(f"[{'; '.join(', '.join(row) for row in cells)}]")


def plain_formula(latex: str) -> str | None:
    """Return LaTeX as one would write it in a line, `\\frac{1}{2}` as ½, or nothing if one cannot.

    The notes under braces are left out.
    """
    try:
        text = _joined(_Reader(latex).parts())
    except _NotInALine:
        return None
    return re.sub(r"\s+([,;:)\]]|\.(?!\d))", r"\1", text)


def plain_text(node: nodes.Node) -> str:
    """Return the text of a node with its formulas as one would write them in a line."""
    if isinstance(node, (nodes.math, nodes.math_block)):
        return plain_formula(node.astext()) or ""
    if isinstance(node, (nodes.raw, nodes.comment)):
        return ""
    if isinstance(node, nodes.Text):
        return str(node)
    return "".join(map(plain_text, node.children))
