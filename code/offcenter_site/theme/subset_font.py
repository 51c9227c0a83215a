"""Cut STIX Two Math down to what formulas of this book may need; run by hand, once in a while.

    npm pack @fontsource/stix-two-math && tar xzf fontsource-stix-two-math-*.tgz
    make book && PYTHONPATH=code .venv/bin/python -m offcenter_site.theme.subset_font \\
        package/files/stix-two-math-latin-400-normal.woff2 _build/html

The build fails when a page needs a character that the font does not have.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

from offcenter_site.theme.fonts import FONT, OPTIONS, characters, italic

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
    options = subset.Options(**OPTIONS)
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, used | MARGIN))
    subsetter.subset(font)
    subset.save_font(font, str(FONT), options)
    missing = sorted(used - set(map(chr, font.getBestCmap())))
    print(f"{FONT.name}: {FONT.stat().st_size} bytes; not in the font: {missing}")


if __name__ == "__main__":
    main(*sys.argv[1:])
