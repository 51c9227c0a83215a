"""Numbers as pages write them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction


def written(value: float | Fraction, form: str = "zg") -> str:
    """Return a number with a minus sign instead of a hyphen, and no sign before a zero."""
    return format(value, form).replace("-", "−")


def listed(values: Iterable[float], form: str = "zg", between: str = ", ") -> str:
    """Return numbers in a row, such as 1, −2, 3."""
    return between.join(written(value, form) for value in values)
