"""Numbers for people: how a computed value stands in prose, in a table and in a formula."""

from __future__ import annotations

import math
import re

from offcenter.claims import Part

_SCIENTIFIC = re.compile(r"(?P<mantissa>-?[\d.]+)e(?P<exponent>[+-]\d+)")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Where theory says 0, or a bound as small, what is smaller is rounding: its digits are the
# processor's.
_ROUNDING, _ROUNDED = 1e-9, "0 up to rounding"


def format_number(value: float | int | str, spec: str = "", *, latex: bool = False) -> str:
    """Return `value` by the format `spec`, with a true minus sign and powers of ten.

    Without `spec` a whole number is printed whole, any other with six significant digits.

    Raises
    ------
    ValueError
        If `spec` does not fit the value.
    """
    if isinstance(value, str):
        return format(value, spec)
    whole = isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15)
    text = format(value, spec) if spec else (f"{value:.0f}" if whole else f"{value:.6g}")
    if latex:
        power = _SCIENTIFIC.sub(
            lambda m: rf"{m['mantissa']} \times 10^{{{int(m['exponent'])}}}", text
        )
        # The braces keep a thousands separator from spacing like a comma in a list.
        return power.replace(",", "{,}").replace("%", r"\%")

    def power_of_ten(match: re.Match[str]) -> str:
        # Joined: a power of ten stays on one line.
        exponent = str(int(match["exponent"])).translate(_SUPERSCRIPTS)
        return f"{match['mantissa']}\u00a0×\u00a010{exponent}"

    return _SCIENTIFIC.sub(power_of_ten, text).replace("-", "−")


def _short(value: float) -> str:
    return "" if value == round(value) else ".4g"


def format_observed(part: Part, spec: str = "") -> str:
    """Return what was observed of one part, the rounding of a 0 by that name."""
    if part.observed and max(abs(part.observed), abs(part.theory)) <= _ROUNDING:
        return _ROUNDED
    return format_number(part.observed, spec)


def format_result(part: Part, *, label: bool) -> str:
    """Return the result of one part in a few words: "0.603, measured 0.604 ± 0.004"."""
    if part.error:
        # As many digits as the error lets one read.
        digits = max(0, -math.floor(math.log10(part.error)))
        theory, observed, error = (
            format_number(value, f".{digits}f")
            for value in (part.theory, part.observed, part.error)
        )
        words = f"{theory}, measured {observed} ± {error}"
    else:
        theory = format_number(part.theory, _short(part.theory))
        observed = format_observed(part, _short(part.observed))
        same = observed == theory or (observed == _ROUNDED and not part.theory)
        words = observed if same else f"{theory}, observed {observed}"
    if part.relation != "equal":
        words = f"{part.relation} {words}"
    unit = f" {part.unit}" if part.unit else ""
    return f"{part.label}: {words}{unit}" if label else f"{words}{unit}"
