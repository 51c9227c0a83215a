"""The math font of a page: STIX Two Math with the characters of the page's formulas, no more.

It stands in the page: so it costs no request, formulas have their final size at the first paint,
and pages opened from a folder, which may not fetch fonts, have it too.
"""

from __future__ import annotations

import base64
import io
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

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
    # Who made the font and its license go with every copy.
    "name_IDs": [0, 13, 14],
}

_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_TOKEN = re.compile(
    r"<(?P<tag>mi|mn|mo|mtext|ms)\b(?P<attributes>[^>]*)>(?P<text>[^<]*)</(?P=tag)>"
)
_ROOT = re.compile(r"<m(?:sqrt|root)\b.*?</m(?:sqrt|root)>", re.DOTALL)
_HIGH = re.compile(r"<m(?:frac|table|under|over|subsup|root)|<msqrt.*<msqrt", re.DOTALL)
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&#x27;": "'", "&quot;": '"'}
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
            text = token["text"]
            for entity, character in _ENTITIES.items():
                text = text.replace(entity, character)
            single = token["tag"] == "mi" and len(text) == 1
            if single and 'mathvariant="normal"' not in token["attributes"]:
                text = italic(text)
            found |= set(text)
        if "<msqrt" in formula or "<mroot" in formula:
            # The sign of a root stands in no token: the element itself draws it.
            found.add("√")
    return found - _DRAWN_AS_NOTHING


def has_tall_root(html: str) -> bool:
    """Whether a root on the page stands over something higher than a letter with an exponent."""
    return any(_HIGH.search(root) for root in _ROOT.findall(html))


class MissingCharacter(ValueError):
    """A formula draws a character that the math font does not have."""


def _keep_the_short_root(font: TTFont) -> None:
    # By the standard a root is set as wide as with the widest of its signs, whichever it takes, so
    # the high ones leave a gap behind the low one.
    variants = font["MATH"].table.MathVariants
    root = variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[ord("√")])
    construction = variants.VertGlyphConstruction[root]
    construction.MathGlyphVariantRecord = construction.MathGlyphVariantRecord[:1]
    construction.VariantCount = 1
    construction.GlyphAssembly = None


def cut(
    source: Path,
    drawn: frozenset[str],
    *,
    tall_roots: bool = True,
    flavor: str | None = "woff2",
) -> bytes:
    """Return the font at `source` with the characters `drawn` and no others, packed as `flavor`.

    Without `tall_roots` it has the root sign in its first size only.

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
        if "√" in drawn and not tall_roots:
            _keep_the_short_root(font)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=map(ord, drawn))
        subsetter.subset(font)
        subset.save_font(font, file, options)
    return file.getvalue()


@cache
def _for_page(drawn: frozenset[str], tall_roots: bool) -> str:
    return base64.b64encode(cut(FONT, drawn, tall_roots=tall_roots)).decode()


def font_face(html: str) -> str:
    """Return the style that brings the math font of a page, or nothing if it has no formula."""
    drawn = frozenset(characters(html))
    if not drawn:
        return ""
    data = _for_page(drawn, has_tall_root(html))
    return (
        '@font-face{font-family:"Offcenter Math";'
        f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
    )
