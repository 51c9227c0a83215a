"""What the small book computes."""

from __future__ import annotations


def total(count: int) -> int:
    """Return the sum of `count` ones, count."""
    return sum(1 for _ in range(count))
