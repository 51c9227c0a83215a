"""The math font of a page: STIX Two Math with the characters of the page's formulas, no more.

It stands in the page: so it costs no request, formulas have their final size at the first paint,
and pages opened from a folder, which may not fetch fonts, have it too.
"""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, fromstring

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

# Not packed: unpacking it for each page would take most of the time.
FONT = Path(__file__).parent / "math.ttf"
# The MATH table stays: browsers place scripts, fractions, roots and large delimiters by it.
OPTIONS = {
    "layout_features": ["ssty", "dtls", "flac"],
    "hinting": False,
    "glyph_names": False,
    "notdef_outline": True,
    # None of these has anything for formulas.
    "drop_tables": ["GDEF", "GPOS", "GSUB", "gasp"],
    # Who made the font and its license go with every copy.
    "name_IDs": [0, 13, 14],
}

_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_TOKEN = re.compile(
    r"<(?P<tag>mi|mn|mo|mtext|ms)\b(?P<attributes>[^>]*)>(?P<text>[^<]*)</(?P=tag)>"
)
_ROOT = re.compile(r"<m(?:sqrt|root)\b.*?</m(?:sqrt|root)>", re.DOTALL)
_HIGH = re.compile(
    r"<m(?:frac|table|under|over|subsup|root)|<msqrt.*<msqrt|<msu[bp].*<msu[bp]", re.DOTALL
)
_ON_TOP_OF_EACH_OTHER = {"mfrac", "mtable", "munder", "mover", "munderover"}
_SCRIPTS = {"msub", "msup", "msubsup", "mmultiscripts"}
# A sign is as high above the axis as below, and estimates may be low.
_SPARE = 1.25
_LARGE = set("∑∏⋃⋂⨁⨂")
# Invisible operators and spaces draw nothing.
_DRAWN_AS_NOTHING = set("\u2061\u2062\u2063\u2064\u200b\n\t")
_HEBREW_AND_OTHER = {"ı": "𝚤", "ȷ": "𝚥"}


def italic(letter: str) -> str:
    """Return the mathematical italic of a letter, as browsers draw an `mi` of one letter.

    Source: MathML Core, "italic mappings".
    """
    code = ord(letter)
    if letter == "h":
        return "ℎ"
    if "A" <= letter <= "Z":
        return chr(0x1D434 + code - ord("A"))
    if "a" <= letter <= "z":
        return chr(0x1D44E + code - ord("a"))
    if "Α" <= letter <= "Ω":
        return chr(0x1D6E2 + code - ord("Α"))
    if "α" <= letter <= "ω":
        return chr(0x1D6FC + code - ord("α"))
    variants = {"ϴ": 0x1D6F3, "∇": 0x1D6FB, "∂": 0x1D715, "ϵ": 0x1D716, "ϑ": 0x1D717}
    variants |= {"ϰ": 0x1D718, "ϕ": 0x1D719, "ϱ": 0x1D71A, "ϖ": 0x1D71B}
    return chr(variants[letter]) if letter in variants else _HEBREW_AND_OTHER.get(letter, letter)


def characters(html: str) -> set[str]:
    """Return the characters that the formulas of a page draw."""
    found: set[str] = set()
    for formula in _FORMULA.findall(html):
        for token in _TOKEN.finditer(formula):
            text = unescape(token["text"])
            single = token["tag"] == "mi" and len(text) == 1
            if single and 'mathvariant="normal"' not in token["attributes"]:
                text = italic(text)
            found |= set(text)
        if "<msqrt" in formula or "<mroot" in formula:
            # The sign of a root stands in no token: the element itself draws it.
            found.add("√")
    return found - _DRAWN_AS_NOTHING


def _height(element: Element) -> float:
    """Return about how high an element is, in em."""
    parts = [_height(child) for child in element]
    if element.tag in _ON_TOP_OF_EACH_OTHER:
        return sum(parts) + 0.3 * len(parts)
    if element.tag in _SCRIPTS:
        return parts[0] + 0.5 * sum(parts[1:])
    if not parts:
        return 2.3 if element.text == "∫" else 1.4 if element.text in _LARGE else 0.9
    return max(parts)


def heights(html: str) -> dict[str, float]:
    """Return how high, in em, each character is drawn at most that grows with what it stands by.

    A root is high if it stands over more than a letter with an exponent.
    """
    found: dict[str, float] = {}
    for row in (row for text in _FORMULA.findall(html) for row in fromstring(text).iter()):
        for sign in row.findall("mo"):
            if sign.text and sign.get("stretchy") != "false":
                # What TeX calls big has a size of its own.
                asked = float(sign.get("minsize", "0em").removesuffix("em"))
                about = max(asked, _SPARE * _height(row))
                found[sign.text] = max(found.get(sign.text, 0), about)
    if any(_HIGH.search(root) for root in _ROOT.findall(html)):
        found["√"] = math.inf
    return found


class MissingCharacter(ValueError):
    """A formula draws a character that the math font does not have."""


def _keep_low(font: TTFont, heights: Mapping[str, float]) -> None:
    """Take the sizes of characters out that are higher than asked for.

    That is for the looks too: by the standard a sign is set as wide as the widest of its sizes,
    whichever it takes, so the high ones leave a gap beside the low one.
    """
    variants, cmap = font["MATH"].table.MathVariants, font.getBestCmap()
    unit = font["head"].unitsPerEm
    limits = {glyph: heights.get(chr(code), 0) * unit for code, glyph in cmap.items()}
    for glyphs, constructions in (
        (variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction),
        (variants.HorizGlyphCoverage.glyphs, variants.HorizGlyphConstruction),
    ):
        for glyph, construction in zip(glyphs, constructions, strict=True):
            sizes, limit = construction.MathGlyphVariantRecord, limits.get(glyph, math.inf)
            lower = sum(size.AdvanceMeasurement < limit for size in sizes)
            if lower < len(sizes):
                construction.MathGlyphVariantRecord = sizes[: lower + 1]
                construction.VariantCount = lower + 1
                construction.GlyphAssembly = None


def cut(
    source: Path,
    drawn: frozenset[str],
    *,
    heights: Mapping[str, float] | None = None,
    flavor: str | None = "woff2",
) -> bytes:
    """Return the font at `source` with the characters `drawn` and no others, packed as `flavor`.

    With `heights` each has its sizes up to the height given there, in em, or the first if none is.

    Raises
    ------
    MissingCharacter
        If the font has not all of them.
    """
    # A build that writes no formula does without the time of this import.
    from fontTools import subset

    options = subset.Options(**OPTIONS, flavor=flavor)
    file = io.BytesIO()
    with subset.load_font(source, options) as font:
        if missing := drawn - set(map(chr, font.getBestCmap())):
            raise MissingCharacter(
                f"{source.name} has no {' '.join(sorted(missing))}: add it in whole_font.py"
            )
        if heights is not None:
            _keep_low(font, heights)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=map(ord, drawn))
        subsetter.subset(font)
        if heights is not None:
            # No browser moves scripts by the shapes of letters.
            font["MATH"].table.MathGlyphInfo.MathKernInfo = None
        subset.save_font(font, file, options)
    return file.getvalue()


@cache
def _for_page(drawn: frozenset[str], heights: frozenset[tuple[str, float]]) -> str:
    return base64.b64encode(cut(FONT, drawn, heights=dict(heights))).decode()


def font_face(html: str) -> str:
    """Return the style that brings the math font of a page, or nothing if it has no formula."""
    drawn = frozenset(characters(html))
    if not drawn:
        return ""
    data = _for_page(drawn, frozenset(heights(html).items()))
    return (
        '@font-face{font-family:"Offcenter Math";'
        f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
    )
