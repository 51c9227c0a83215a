"""The constant input of the bias, in one place for the package."""

from __future__ import annotations

import numpy as np

__all__ = ["append_one"]


def append_one(X: np.ndarray) -> np.ndarray:
    """Return x̃ = (x, 1) for each row x of `X`, shape (N, n + 1)."""
    return np.column_stack([X, np.ones(len(X))])
