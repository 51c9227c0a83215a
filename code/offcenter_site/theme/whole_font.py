"""Cut STIX Two Math down to what formulas may need, for the build to cut on; run by hand.

    npm pack @fontsource/stix-two-math && tar xzf fontsource-stix-two-math-*.tgz
    PYTHONPATH=code .venv/bin/python -m offcenter_site.theme.whole_font \\
        package/files/stix-two-math-latin-400-normal.woff2
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

from offcenter_site.theme.fonts import FONT, cut

# Ranges of Unicode, each from its first character to its last.
RANGES = (
    "\u0020\u007e",  # Latin letters, digits, signs
    "\u00a0\u00ff",  # ± × · ¬ and others
    "\u02c6\u02dc",  # accents
    "\u0391\u03f6",  # Greek
    "\u2016\u2037",  # ‖, dots, primes
    "\u203e\u203e",  # bar
    "\u2102\u2135",  # ℂ ℎ ℏ ℓ ℝ ℵ
    "\u2190\u2199",  # arrows
    "\u21a6\u21a6",  # ↦
    "\u21d0\u21d5",  # double arrows
    "\u2200\u22ff",  # operators
    "\u2308\u230b",  # ceilings and floors
    "\u23de\u23df",  # braces over and under
    "\u27e8\u27e9",  # angle brackets
    "\u2a7d\u2a7e",  # slanted ≤ ≥
    "\u2aaf\u2ab0",  # ⪯ ⪰
    "\U0001d400\U0001d467",  # bold and italic Latin
    "\U0001d49c\U0001d4b5",  # script capitals
    "\U0001d538\U0001d550",  # double-struck capitals
    "\U0001d6a4\U0001d71b",  # bold and italic Greek
    "\U0001d7cf\U0001d7d9",  # bold digits, double-struck 𝟙
)

# In an em: a fourth of what the source has.  At the size of text that moves no point of an outline
# by more than a twenty-fifth of a pixel, and a page costs a kilobyte less.
UNITS = 250


def main(source: str) -> None:
    """Write what the font at `source` has of these ranges."""
    wanted = {chr(code) for first, last in RANGES for code in range(ord(first), ord(last) + 1)}
    with TTFont(source) as font:
        known = set(map(chr, font.getBestCmap()))
    whole = cut(Path(source), frozenset(wanted & known), flavor=None)
    with TTFont(BytesIO(whole)) as font:
        scale_upem(font, UNITS)
        font.save(FONT)
    print(f"{FONT.name}: {FONT.stat().st_size} bytes, {len(wanted & known)} characters")


if __name__ == "__main__":
    main(*sys.argv[1:])
