"""Cut STIX Two Math down to what the book uses; run by hand, needs fonttools and brotli.

    npm pack @fontsource/stix-two-math && tar xzf fontsource-stix-two-math-*.tgz
    make book && PYTHONPATH=code .venv/bin/python -m offcenter_site.theme.subset_font \\
        package/files/stix-two-math-latin-400-normal.woff2 _build/html

The MATH table stays: browsers place scripts, fractions, roots and large delimiters by it.
A test fails when a page needs a character that the font no longer has.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

from offcenter_site.theme.fonts import characters, italic

TARGET = Path(__file__).parent / "math.woff2"
# Beyond what is in use, so that most new formulas need no new font.
MARGIN = {
    *"0123456789()[]{}|/.,:;!=+<>%",
    *"±×·−∓√∞∑∏∫≈≠≤≥≪≫∝∈→←⇒⇔⊤⊥⋅⋯…‖⟨⟩′∼¯ˆ˜˙‾",
    *"𝔼ℝℙ",
    *(italic(letter) for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNPQRSTUVWXYZ"),
    *(italic(letter) for letter in "αβγδεζηθκλμνξπρστφχψωΔΓΛΣΦϕ∂∇"),
    *"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \u00a0",
    *"αβγδεζηθκλμνξπρστφχψωΔΓΛΣΦ~",
}


def main(source: str, site: str) -> None:
    """Write the subset of the font at `source` that the pages under `site` need."""
    used = {c for page in Path(site).rglob("*.html") for c in characters(page.read_text("utf-8"))}
    options = subset.Options(
        flavor="woff2",
        layout_features=["ssty", "dtls", "flac"],
        hinting=False,
        glyph_names=False,
        notdef_outline=True,
        name_IDs=[0, 1, 2, 13, 14],
    )
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, used | MARGIN))
    subsetter.subset(font)
    subset.save_font(font, str(TARGET), options)
    missing = sorted(used - set(map(chr, font.getBestCmap())))
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes; not in the font: {missing}")


if __name__ == "__main__":
    main(*sys.argv[1:])
