"""Cut STIX Two Math down to what the book may use; run by hand, needs fonttools and brotli.

    npm pack @fontsource/stix-two-math && tar xzf fontsource-stix-two-math-*.tgz
    python code/offcenter_site/theme/subset_font.py package/files/*.woff2

The MATH table stays: browsers place scripts, fractions, roots and large delimiters by it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

TARGET = Path(__file__).parent / "offcenter" / "static" / "math.woff2"

ASCII = range(0x20, 0x7F)
GREEK = [*range(0x391, 0x3AA), *range(0x3B1, 0x3CA), 0x3D1, 0x3D5, 0x3F1, 0x3F5]
ITALIC = [*range(0x1D434, 0x1D468), 0x210E]
ITALIC_GREEK = range(0x1D6E2, 0x1D71C)
# Vectors and matrices.
BOLD = [*range(0x1D400, 0x1D434), *range(0x1D6A8, 0x1D6E2), *range(0x1D7CE, 0x1D7D8)]
BLACKBOARD = [ord(letter) for letter in "ℂ𝔼ℕℙℝℤ𝟏𝟙"]
SCRIPT = [ord(letter) for letter in "𝒜ℬ𝒞𝒟ℰℱ𝒢ℋℐ𝒥𝒦ℒℳ𝒩𝒪𝒫𝒬ℛ𝒮𝒯𝒰𝒱𝒲𝒳𝒴𝒵ℓ"]
SIGNS = [
    ord(sign)
    for sign in "±×÷·¬°§¯´¨′″‴‖…‾⁄−∓∗∘∙√∛∝∞∂∇∀∃∄∅∈∉∋∑∏∐∫∬∮∧∨∩∪∴∶∼≁≃≅≈≉≔≕≜≝≟≠≡≢≤≥≪≫≲≳≺≻⊂⊃⊄⊆⊇⊕⊖⊗⊙⊘"
    "⊤⊥⊢⊨⋅⋆⋮⋯⋱⋰⌈⌉⌊⌋⟨⟩⟦⟧⟵⟶⟷⟸⟹⟺⟼←↑→↓↔↕↦⇐⇒⇔⇑⇓⇌⪅⪆⩽⩾△▽□■◦★†‡⏞⏟⏠⏡⎴⎵ˆˇ˘˙˜˝ı"
    "\u2009\u200a\u2002\u2003\u2004\u2005\u2061\u2062\u2063\u2064\u00a0\u0302\u0303\u0304\u0307"
    "\u0308\u030a\u030c\u20d7\u0305\u0332\u0338"
]
CHARACTERS = {*ASCII, *GREEK, *ITALIC, *ITALIC_GREEK, *BOLD, *BLACKBOARD, *SCRIPT, *SIGNS}
# Glyph variants for smaller scripts and the dotless i under an accent are chosen by MathML layout.
FEATURES = ["ssty", "dtls", "flac"]


def main(source: str) -> None:
    """Write the subset of the font at `source`."""
    options = subset.Options(
        flavor="woff2",
        layout_features=FEATURES,
        hinting=False,
        desubroutinize=True,
        name_IDs=[0, 1, 2, 4, 6, 13, 14],
        notdef_outline=True,
        glyph_names=False,
    )
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=CHARACTERS)
    subsetter.subset(font)
    subset.save_font(font, str(TARGET), options)
    missing = sorted(CHARACTERS - set(font.getBestCmap()))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes; not in the font: {missing}")


if __name__ == "__main__":
    main(sys.argv[1])
