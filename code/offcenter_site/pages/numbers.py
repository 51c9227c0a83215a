"""Numbers for people: how a computed value stands in prose, in a table and in a formula."""

from __future__ import annotations

import re

import numpy as np

_SCIENTIFIC = re.compile(r"(?P<mantissa>-?[\d.]+)e(?P<exponent>[+-]\d+)")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHOWN = 8


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
        return f"{match['mantissa']} × 10{str(int(match['exponent'])).translate(_SUPERSCRIPTS)}"

    return _SCIENTIFIC.sub(power_of_ten, text).replace("-", "−")


def format_side(value: object) -> str:
    """Return one side of a claim, a number or an array, in a line; a long array is cut."""
    array = np.asarray(value)
    if array.dtype.kind == "b":
        array = np.where(array, "yes", "no")
    entries = array.ravel().tolist()
    shown = ", ".join(format_number(entry) for entry in entries[:_SHOWN])
    return f"{shown}, … ({len(entries)} in all)" if len(entries) > _SHOWN else shown
