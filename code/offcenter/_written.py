"""Numbers as pages write them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction


def written(value: float, form: str = "zg") -> str:
    """Return a number with a minus sign instead of a hyphen; the z takes the sign from a zero."""
    return format(value, form).replace("-", "−")


def listed(values: Iterable[float], form: str = "zg", between: str = ", ") -> str:
    """Return numbers in a row, such as 1, −2, 3."""
    return between.join(written(value, form) for value in values)


def fractions(values: Iterable[float | Fraction]) -> tuple[str, ...]:
    """Return numbers as fractions with denominators of at most 100, such as −2/3."""
    near = (Fraction(value).limit_denominator(100) for value in values)
    return tuple(str(value).replace("-", "−") for value in near)
