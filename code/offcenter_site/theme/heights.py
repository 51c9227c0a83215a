"""How high the signs of a page's formulas are drawn that grow with what they stand by.

Formulas are laid out as browsers do it (MathML Core, with the constants of STIX Two Math), by
letters of a few shapes.  Over the formulas of the book this is at most a tenth above and a sixth
below what Chromium draws.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element, fromstring

FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)

# All lengths are in em.
AXIS = 0.26
# A display sign such as a sum takes the size that the font gives it.
DISPLAY_OPERATOR = 1.8
LOWEST_ROOT = 1.27
LARGE = frozenset("∑∏⋃⋂⨁⨂∫")
_FENCES = frozenset("()[]{}|∥‖⟨⟩⌈⌉⌊⌋")
_LOW = frozenset("acegmnopqrsuvwxyzαγεηικμνοπρςστυφχψω,.−+=~")
_HANGING = frozenset("gjpqyfβγζημξρςφϕχψQ,;") | _FENCES
_SCRIPTS = frozenset({"msub", "msup", "msubsup"})
_STACKS = frozenset({"munder", "mover", "munderover"})
SCRIPT = 0.7


class _Extent(NamedTuple):
    """How far something reaches above the baseline and below it."""

    above: float
    below: float

    @property
    def height(self) -> float:
        return self.above + self.below


class _Style(NamedTuple):
    """What an element has from those around it."""

    display: bool = False
    cramped: bool = False

    def within(self, element: Element) -> _Style:
        """Return the style of an element, which may set its own."""
        if element.tag == "math":
            return _Style(display=element.get("display") == "block")
        set_here = element.get("displaystyle", "false" if element.tag == "mtable" else None)
        return self if set_here is None else self._replace(display=set_here == "true")

    def below(self, element: Element, place: int) -> _Style:
        """Return the style that an element of this one gives to a child."""
        small = element.tag == "mfrac" or (element.tag in _SCRIPTS and place > 0)
        low = element.tag == "msqrt" or (element.tag == "mfrac" and place == 1)
        return _Style(self.display and not small, self.cramped or low)


def _em(length: str) -> float:
    return float(length.removesuffix("em")) if length.endswith("em") else 0.0


def _token(element: Element, style: _Style) -> _Extent:
    text = (element.text or "").strip()
    if element.tag == "mspace":
        return _Extent(_em(element.get("height", "")), _em(element.get("depth", "")))
    if text == "∫":
        return _Extent(1.5, 0.9) if style.display else _Extent(0.75, 0.25)
    if text in LARGE:
        return _Extent(1.0, 0.45) if style.display else _Extent(0.78, 0.27)
    if not text:
        return _Extent(0, 0)
    return _Extent(0.47 if set(text) <= _LOW else 0.68, 0.22 if set(text) & _HANGING else 0)


def _fraction(top: _Extent, bottom: _Extent, style: _Style) -> _Extent:
    size, shift, gap = (1, 0.64, 0.18) if style.display else (SCRIPT, 0.585, 0.1)
    return _Extent(
        max(AXIS + gap + size * top.height, shift + size * top.above),
        max(gap - AXIS + size * bottom.height, shift + size * bottom.below),
    )


def _with_scripts(tag: str, parts: list[_Extent], style: _Style) -> _Extent:
    base, *scripts = parts
    above, below = base
    if tag != "msub":
        shift = max(0.25 if style.cramped else 0.36, above - 0.23)
        above = max(above, shift + SCRIPT * scripts[-1].above)
    if tag != "msup":
        # Beside a superscript a subscript makes room for it.
        shift = max(0.21 if tag == "msub" else 0.31, base.below + 0.16 if base.below > 0.3 else 0)
        below = max(below, shift + SCRIPT * scripts[0].below)
    return _Extent(above, below)


def _stack(element: Element, parts: list[_Extent]) -> _Extent:
    above, below = parts[0]
    if element.tag != "munder":
        accent = element[-1].tag == "mo" and element[-1].text != "⏞"
        above += 0.45 if accent else 0.15 + SCRIPT * parts[-1].height
    if element.tag != "mover":
        below += 0.15 + SCRIPT * parts[1].height
    return _Extent(above, below)


def _extent(element: Element, style: _Style) -> _Extent:
    style = style.within(element)
    parts = [_extent(child, style.below(element, i)) for i, child in enumerate(element)]
    if not parts:
        return _token(element, style)
    if element.tag == "mfrac":
        return _fraction(parts[0], parts[1], style)
    if element.tag == "mtable":
        half = sum(max(0.66, row.above) + max(0.24, row.below) + 0.3 for row in parts) / 2
        return _Extent(half + AXIS, half - AXIS)
    if element.tag in _SCRIPTS:
        return _with_scripts(element.tag, parts, style)
    if element.tag in _STACKS:
        return _stack(element, parts)
    above, below = max(part.above for part in parts), max(part.below for part in parts)
    if element.tag == "msqrt":
        above += _over_root(style)
        # The lowest sign reaches as far over as under what is lower.
        spare = max(0, LOWEST_ROOT - above - below) / 2
        above, below = above + spare, below + spare
    return _Extent(above, below)


def _over_root(style: _Style) -> float:
    """Return how high the line of a root is, with the space above and below it."""
    return 0.32 if style.display else 0.24


def _row_of(root: Element) -> Element:
    row = Element("mrow")
    row.extend(root)
    return row


def _in_row(element: Element, style: _Style) -> Iterator[tuple[str, float]]:
    """Yield the signs of a row that grow, each with its height."""
    others = [child for child in element if child.text not in _FENCES]
    extents = [_extent(child, style) for child in others] or [_Extent(0.68, 0)]
    above, below = max(part.above for part in extents), max(part.below for part in extents)
    # As high above the axis as below.
    row = 2 * max(above - AXIS, below + AXIS)
    for sign in element.findall("mo"):
        if not sign.text or sign.get("stretchy") == "false":
            continue
        if sign.text in LARGE:
            yield sign.text, DISPLAY_OPERATOR if style.display else 0
        elif element.tag in _STACKS:
            yield sign.text, math.inf  # it grows sideways
        elif sign.text in _FENCES:
            # What TeX calls big has a size of its own.
            yield sign.text, _em(sign.get("minsize", "")) or row


def _signs(element: Element, style: _Style) -> Iterator[tuple[str, float]]:
    style = style.within(element)
    if element.tag == "msqrt":
        yield "√", _extent(_row_of(element), style).height + _over_root(style)
    yield from _in_row(element, style)
    for place, child in enumerate(element):
        yield from _signs(child, style.below(element, place))


def heights_in(html: str) -> dict[str, frozenset[float]]:
    """Return how high, in em, each sign of a page's formulas is drawn that grows."""
    found: dict[str, set[float]] = {}
    for formula in FORMULA.findall(html):
        for sign, height in _signs(fromstring(formula), _Style()):
            found.setdefault(sign, set()).add(round(height, 2))
    return {sign: frozenset(heights) for sign, heights in found.items()}
