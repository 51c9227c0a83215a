"""The math font of a page: STIX Two Math with the characters of the page's formulas, no more.

It stands in the page: so it costs no request, formulas have their final size at the first paint,
and pages opened from a folder, which may not fetch fonts, have it too.
"""

from __future__ import annotations

import base64
import hashlib
import io
import math
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from offcenter._store import kept
from offcenter_site.theme.heights import FORMULA, heights_in

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.tables.otTables import MathGlyphConstruction

# Not packed: unpacking it for each page would take most of the time.
FONT = Path(__file__).parent / "math.ttf"
# The MATH table stays: browsers place scripts, fractions, roots and large delimiters by it.
OPTIONS = {
    "layout_features": ["ssty", "dtls", "flac"],
    "hinting": False,
    "glyph_names": False,
    "notdef_outline": False,
    # None of these has anything for formulas.
    "drop_tables": ["GDEF", "GPOS", "GSUB", "gasp"],
    # Who made the font and its license go with every copy.
    "name_IDs": [0, 13, 14],
}

_TOKEN = re.compile(
    r"<(?P<tag>mi|mn|mo|mtext|ms)\b(?P<attributes>[^>]*)>(?P<text>[^<]*)</(?P=tag)>"
)
_ACCENTED = re.compile(r"<mover\b.*?</mover>", re.DOTALL)
# By how much heights may be overestimated, and underestimated; roots are not.
_UNDER, _OVER = 1.1, 1.2
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
    for formula in FORMULA.findall(html):
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


class MissingCharacter(ValueError):
    """A formula draws a character that the math font does not have."""


def _keep(
    construction: MathGlyphConstruction, wanted: frozenset[float], spare: float, unit: int
) -> None:
    """Leave a sign its first size, and those that one of the heights `wanted` may take.

    One that grows sideways, of infinite height, keeps all.
    """
    sizes, pieces = construction.MathGlyphVariantRecord, construction.GlyphAssembly is not None
    kept = {0}
    # How wide a sign grows is not known here.
    if math.inf in wanted:
        return
    for height in wanted:
        least, most = height / _UNDER * unit, height * spare * unit
        first = sum(size.AdvanceMeasurement < least for size in sizes)
        last = sum(size.AdvanceMeasurement < most for size in sizes)
        # The largest serves what is larger still, if the font has no pieces.
        kept.update(range(min(first, len(sizes) - (not pieces)), last + 1))
    construction.MathGlyphVariantRecord = [size for i, size in enumerate(sizes) if i in kept]
    construction.VariantCount = len(construction.MathGlyphVariantRecord)
    if len(sizes) not in kept:
        construction.GlyphAssembly = None


def _keep_sizes(font: TTFont, heights: Mapping[str, frozenset[float]]) -> None:
    """Take the sizes of signs out that nothing asks for.

    That is for the looks too: by the standard a sign is set as wide as the widest of its sizes,
    whichever it takes, so the high ones leave a gap beside the low one.
    """
    variants, cmap = font["MATH"].table.MathVariants, font.getBestCmap()
    unit = font["head"].unitsPerEm
    signs = {glyph: chr(code) for code, glyph in cmap.items()}
    for coverage, constructions, grows in (
        (variants.VertGlyphCoverage, variants.VertGlyphConstruction, math.isfinite),
        (variants.HorizGlyphCoverage, variants.HorizGlyphConstruction, math.isinf),
    ):
        for glyph, construction in zip(coverage.glyphs, constructions, strict=True):
            # What is no character is a size of one.
            if sign := signs.get(glyph):
                wanted = frozenset(filter(grows, heights.get(sign, ())))
                _keep(construction, wanted, 1 if sign == "√" else _OVER, unit)


def accented(html: str) -> frozenset[str]:
    """Return the characters of a page that stand under an accent, and the accents."""
    return frozenset(characters(f"<math>{''.join(_ACCENTED.findall(html))}</math>"))


def _keep_accents(font: TTFont, kept: frozenset[str]) -> None:
    """Take out where accents sit on what has none."""
    names = {glyph for code, glyph in font.getBestCmap().items() if chr(code) in kept}
    info = font["MATH"].table.MathGlyphInfo
    places = info.MathTopAccentAttachment
    pairs = zip(places.TopAccentCoverage.glyphs, places.TopAccentAttachment, strict=True)
    left = [(glyph, place) for glyph, place in pairs if glyph in names]
    if not left:
        info.MathTopAccentAttachment = None
        return
    places.TopAccentCoverage.glyphs = [glyph for glyph, _ in left]
    places.TopAccentAttachment = [place for _, place in left]
    places.TopAccentAttachmentCount = len(left)


def cut(
    source: Path,
    drawn: frozenset[str],
    *,
    accents: frozenset[str] | None = None,
    heights: Mapping[str, frozenset[float]] | None = None,
    flavor: str | None = "woff2",
) -> bytes:
    """Return the font at `source` with the characters `drawn` and no others, packed as `flavor`.

    With `heights` each has the sizes for the heights given there, in em, and its first; with
    `accents` only these know where an accent sits on them.

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
            _keep_sizes(font, heights)
        if accents is not None:
            _keep_accents(font, accents)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=map(ord, drawn))
        subsetter.subset(font)
        if heights is not None:
            # No browser moves scripts by the shapes of letters.
            font["MATH"].table.MathGlyphInfo.MathKernInfo = None
            # One has all characters; the others are for programs older than browsers.
            font["cmap"].tables = [max(font["cmap"].tables, key=lambda table: len(table.cmap))]
        subset.save_font(font, file, options)
    return file.getvalue()


@cache
def _cutter() -> tuple[str, ...]:
    """Return what a cut font depends on besides what a page asks for, in a few characters."""
    files = (FONT, Path(__file__))
    return (
        *(hashlib.sha256(path.read_bytes()).hexdigest() for path in files),
        *(version(package) for package in ("fonttools", "brotli")),
    )


@cache
def _for_page(
    drawn: frozenset[str],
    accents: frozenset[str],
    heights: frozenset[tuple[str, frozenset[float]]],
) -> str:
    """Return the font of a page, packed and in base 64.

    It is kept: to cut the fonts of a whole book takes some seconds.
    """
    # In order: sets have another in each process.
    asked = (
        *(sorted(signs) for signs in (drawn, accents)),
        sorted((sign, sorted(high)) for sign, high in heights),
    )
    return kept(
        "cut font",
        "offcenter._store",
        (*_cutter(), *asked),
        lambda: base64.b64encode(cut(FONT, drawn, accents=accents, heights=dict(heights))).decode(),
    )


def font_face(html: str) -> str:
    """Return the style that brings the math font of a page, or nothing if it has no formula."""
    drawn = frozenset(characters(html))
    if not drawn:
        return ""
    data = _for_page(drawn, accented(html), frozenset(heights_in(html).items()))
    return (
        '@font-face{font-family:"Offcenter Math";'
        f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
    )
