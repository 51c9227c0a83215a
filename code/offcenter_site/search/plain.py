"""A formula in a line of plain text, for titles, excerpts and words of the search."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = {
    "partial": "∂",
    "nabla": "∇",
    "cdot": "·",
    "times": "×",
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ne": "≠",
    "approx": "≈",
    "in": "∈",
    "to": "→",
    "infty": "∞",
    "pm": "±",
    "sum": "∑",
    "sqrt": "√",
    "dots": "…",
    "ldots": "…",
    "cdots": "…",
    "top": "ᵀ",
    "varphi": "φ",
    "varepsilon": "ε",
    "quad": " ",
    "tilde": "",
    "bar": "",
    "hat": "",
    "mathbb": "",
    "mathrm": "",
    "text": "",
    "operatorname": "",
    "left": "",
    "right": "",
    "frac": "",
    "tfrac": "",
    "dfrac": "",
    "lVert": "‖",
    "rVert": "‖",
    "succ": "≻",
    "max": "max",
    "min": "min",
}
_FRACTION = re.compile(r"\\[dt]?frac\s*(?:\{([^{}]*)\}|(\w))\s*(?:\{([^{}]*)\}|(\w))")


def _sign(match: re.Match[str]) -> str:
    name, space = match.groups()
    if name in _SIGNS:
        sign = _SIGNS[name]
        return sign if not sign or sign in "∂∇√" else sign + space
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    spelled = "LAMDA" if name.lower() == "lambda" else name.upper()
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {spelled}") + space
    except KeyError:
        return f" {name} "


def plain_formula(latex: str) -> str:
    """Return LaTeX as one would write it in a line: ``\\frac{1}{2}`` is 1/2."""
    text = _FRACTION.sub(lambda m: f"{m[1] or m[2]}/{m[3] or m[4]}", latex)
    text = re.sub(r"\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\label\{[^}]*\}|\\[,;:! ]|\\\\|&", " ", text)
    text = re.sub(r"\\([A-Za-z]+)(\s?)", _sign, text)
    text = re.sub(r"([α-ωΑ-Ω]) (?=[A-Za-zα-ω])", r"\1", re.sub(r"\\(.)", r"\1", text))
    return re.sub(r"\s+", " ", text.replace("{", "").replace("}", "").replace("^ᵀ", "ᵀ")).strip()
