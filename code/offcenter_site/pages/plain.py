"""A formula as one writes it in a line: for titles, descriptions, the search and its engines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal
from xml.etree import ElementTree

from docutils import nodes

from offcenter_site.pages.mathml import FormulaError, to_mathml

_SAME = str.maketrans({"⋅": "·", "∼": "~", "∣": "|", "⋯": "…", "⊤": "ᵀ", "∗": "*", "ϵ": "ε"})
# With a space on both sides.
_SPACED = set("=<>≤≥≪≫≠≈≡~∝∈⊂→⇒⇔⟺↦←+−±∓×⊗⊙≻⪰≺⪯")
_SIGNS = {"+", "−", "±", "∓"}
_BARS = ("|", "‖")
_HALVES = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/8": "⅛"}
_ACCENTS = {"‾": "\u0304", "ˆ": "\u0302", **dict.fromkeys("~˜", "\u0303"), "˙": "\u0307"}
_KEPT_FACES = set("ℝℕℓ𝟏")
_APPLIES = "\u2061"
_HIGH = str.maketrans(
    "0123456789+−=()abcdefghijklmnoprstuvwxyzᵀ*′",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ*′",
)
_LOW = str.maketrans("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
# Base, subscript and superscript of what has them.
_SCRIPTS = {
    **dict.fromkeys(("msub", "munder"), (0, 1, None)),
    **dict.fromkeys(("msup", "mover"), (0, None, 1)),
    **dict.fromkeys(("msubsup", "munderover"), (0, 1, 2)),
}

_Kind = Literal["factor", "fraction", "function", "operator", "space", "open", "close"]


class _NotInALine(ValueError):
    """What has no writing in one line: rows in a brace, dots that go down."""


@dataclass
class _Part:
    text: str
    kind: _Kind = "factor"
    # A name, not a product of letters.
    word: bool = False


def _letters(text: str) -> str:
    faces = (
        letter if letter in _KEPT_FACES or not ("\u2100" <= letter <= "\u214f" or letter > "𝐀")
        else unicodedata.normalize("NFKC", letter)
        for letter in text.translate(_SAME)
    )  # fmt: skip
    return "".join(faces)


def _matrix(table: ElementTree.Element) -> _Part:
    """Return a matrix in brackets, its rows apart by semicolons."""
    rows = [[_joined(_parts(cell)) for cell in row] for row in table]
    if not all(map(all, rows)):
        raise _NotInALine(table.tag)
    return _Part(f"[{'; '.join(', '.join(row) for row in rows)}]")


def _overlined(element: ElementTree.Element) -> bool:
    return "tml-overline" in element.get("class", "").split()


def _parts(element: ElementTree.Element) -> list[_Part]:
    """Return what stands in a row, and in the rows within it."""
    tags = [child.tag for child in element]
    if "mtable" in tags:
        before, after = tags.index("mtable") - 1, tags.index("mtable") + 1
        if before < 0 or after >= len(tags) or element[before].text not in ("(", "["):
            raise _NotInALine("mtable")
        table = _matrix(element[after - 1])
        return [*_several(element[:before]), table, *_several(element[after + 1 :])]
    return _several(element)


def _several(elements: ElementTree.Element | list[ElementTree.Element]) -> list[_Part]:
    found: list[_Part] = []
    for element in elements:
        if element.tag in ("mrow", "mstyle", "mpadded") and not _overlined(element):
            found += _parts(element)
        elif element.text == _APPLIES:
            found[-1].kind, found[-1].word = "function", True
        else:
            found.append(_part(element))
    return found


def _part(element: ElementTree.Element) -> _Part:
    if element.tag in _SCRIPTS:
        return _with_scripts(element)
    if element.tag == "mfrac" and "linethickness" not in element.attrib:
        return _fraction(*map(_argument, element))
    if element.tag == "msqrt":
        text = _joined(_parts(element))
        simple = re.fullmatch(r"\w[\u0300-\u036f]?|\d+", text.rstrip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙ"))
        return _Part("√" + (text if simple else f"({text})"))
    if _overlined(element):
        return _Part("".join(f"{letter}\u0305" for letter in _joined(_parts(element))))
    if element.tag == "mspace":
        width = float(element.get("width", "0").rstrip("empt"))
        return _Part(" " if width > 0.1 else "", "space")
    if element.tag not in ("mi", "mn", "mo", "mtext"):
        raise _NotInALine(element.tag)
    return _leaf(element.tag, _letters(element.text or ""))


def _leaf(tag: str, text: str) -> _Part:
    if text in ("⋱", "⋮"):
        raise _NotInALine(text)
    if text in ("(", "[", "⟨", "⌊"):
        return _Part(text, "open")
    if text in (")", "]", "⟩", "⌋"):
        return _Part(text, "close")
    if text in ("∑", "∏", "∫"):
        return _Part(text, "function")
    if tag == "mo" or text in ("/", "."):
        return _Part(text, "factor" if text in ("′", "‖", "…", "∇", "*") else "operator")
    return _Part(text, word=tag == "mtext")


def _argument(element: ElementTree.Element) -> list[_Part]:
    return _parts(element) if element.tag == "mrow" else _several([element])


def _one(parts: list[_Part]) -> _Part:
    return parts[0] if len(parts) == 1 else _Part(_joined(parts))


def _with_scripts(element: ElementTree.Element) -> _Part:
    at, below, above = _SCRIPTS[element.tag]
    if element[-1].text == "⏟":
        return _one(_argument(element[at]))
    if element[at].tag == "munder" and element[at][-1].text == "⏟":
        # The note under the brace is left out.
        return _part(element[at])
    base = _one(_argument(element[at]))
    if not base.text or (element.tag == "mover" and (element[1].text or "") in "→⏞"):
        raise _NotInALine(element.tag)
    if element.tag == "mover" and (accent := _ACCENTS.get(element[1].text or "")):
        if len(base.text) > 1:
            raise _NotInALine(element.tag)
        return _Part(unicodedata.normalize("NFC", base.text + accent))
    if base.kind == "fraction":
        base.text, base.kind = f"({base.text})", "factor"
    high, low = (
        "" if place is None else _script(mark, _argument(element[place]), table)
        for mark, place, table in (("^", above, _HIGH), ("_", below, _LOW))
    )
    base.text += high + low if high.startswith("′") else low + high
    return base


def _script(mark: str, parts: list[_Part], table: dict[int, int]) -> str:
    text = _joined(parts).replace(" ", "")
    if not text:
        return ""
    if not parts[0].word and all(ord(letter) in table for letter in text):
        return text.translate(table)
    return mark + (text if re.fullmatch(r"\w+", text) else f"({text})")


def _outermost(parts: list[_Part]) -> Iterator[_Part]:
    """Yield the parts, without spaces, and what stands in parentheses as one factor."""
    depth = 0
    for part in parts:
        depth += part.kind == "open"
        if not depth and part.kind != "space":
            yield part
        if part.kind == "close":
            depth -= 1
            if not depth:
                yield _Part("()")


def _fraction(above: list[_Part], below: list[_Part]) -> _Part:
    top, bottom = _joined(above), _joined(below)
    if half := _HALVES.get(f"{top}/{bottom}"):
        return _Part(half)
    if any(part.kind in ("fraction", "operator") for part in _outermost(above)):
        top = f"({top})"
    factors = list(_outermost(below))
    # ∂w, or ln(r)
    pair = len(factors) == 2 and (
        factors[0].text == "∂" or (factors[0].word and factors[1].text == "()")
    )
    if (len(factors) > 1 and not pair) or (factors[:1] and factors[0].kind == "fraction"):
        bottom = f"({bottom})"
    return _Part(f"{top}/{bottom}", "fraction")


def _takes_along(before: _Part, after: _Part) -> bool:
    """Return whether the line of a fraction would take its neighbors along."""
    return (
        after.kind in ("factor", "fraction", "function", "open")
        or before.kind in ("function", "fraction")
        or bool({before.text, after.text} & {"·", "×", "⊗", "/"})
    )


def _joined(parts: list[_Part]) -> str:
    """Return the parts as text, with parentheses and spaces where a line needs them."""
    solid, spaced = [], set()
    for part in parts:
        if part.kind != "space":
            solid.append(part)
        elif part.text:
            spaced.add(len(solid))
    edge, text = _Part("", "operator"), ""
    for place, (before, part) in enumerate(pairwise([edge, *solid])):
        after = solid[place + 1] if place + 1 < len(solid) else edge
        words = part.text
        if words in _HALVES.values() and before.text[-1:].isdigit():
            # 2½ would be a sum.
            words = f"·{words}"
        if part.kind == "fraction" and _takes_along(before, after):
            words = f"({words})"
        sign = part.text in _SIGNS and (before.kind in ("operator", "open") or before.text in _BARS)
        if part.text in _SPACED and not sign:
            words = f" {words} "
        elif part.text == ",":
            words += " "
        elif part.kind == "function":
            apart = before.kind in ("factor", "fraction", "close") and before.text not in _BARS
            words = (" " if apart else "") + words
            takes = after.kind in ("factor", "function") and after.text[0] not in "(["
            words += " " if takes else ""
        # A subscript without a raised letter behind it would take a letter in.
        ends = re.search(r"[_^]\w+$", before.text) and re.match(r"\w|√", words)
        apart = ends or (place in spaced and before.kind in ("factor", "fraction", "close"))
        text += (" " if apart else "") + words
    return re.sub(r"\s+", " ", text).strip()


def plain_formula(latex: str) -> str | None:
    """Return LaTeX as one would write it in a line, `\\frac{1}{2}` as ½, or nothing if one cannot.

    The notes under braces are left out.
    """
    try:
        text = _joined(_parts(ElementTree.fromstring(to_mathml(latex, display=False))))
    except (FormulaError, _NotInALine):
        return None
    return re.sub(r"\s+([,;:)\]]|\.(?!\d))", r"\1", text)


def cut(text: str, longest: int) -> str:
    """Return a text that is too long up to the last whole word that fits, with an ellipsis."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def plain_text(node: nodes.Node) -> str:
    """Return the text of a node with its formulas as one would write them in a line."""
    if isinstance(node, (nodes.math, nodes.math_block)):
        return plain_formula(node.astext()) or ""
    if isinstance(node, (nodes.raw, nodes.comment)):
        return ""
    if isinstance(node, nodes.Text):
        return str(node)
    return "".join(map(plain_text, node.children))
