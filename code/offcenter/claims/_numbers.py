"""Numbers that a claim hands to pages, under names that pages know."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["key_of", "ranged"]


def key_of(name: str) -> str:
    """Return a name as numbers are called: with underscores in place of hyphens and spaces."""
    return name.replace("-", "_").replace(" ", "_")


def ranged(key: str, values: ArrayLike) -> dict[str, float]:
    """Return the median, the least and the most of some values, under one key."""
    values = np.asarray(values, dtype=float)
    return {
        key: float(np.median(values)),
        f"{key}_least": float(values.min()),
        f"{key}_most": float(values.max()),
    }
