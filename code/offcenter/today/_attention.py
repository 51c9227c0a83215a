"""Attention as what it is for means: weighted averages."""

from __future__ import annotations

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError

__all__ = ["attend", "attention_weights"]


@guarded
def attention_weights(scores: object) -> np.ndarray:
    """Return the softmax of each row, positive weights that sum to 1, shape (T, T).

    A score of −∞ gives the weight 0; NaN, +∞, or a row of −∞ alone is refused.

    Parameters
    ----------
    scores : array-like, shape (T, T)
        One token that attends a row.

    Raises
    ------
    ValueError
        If a row has no finite score, or an entry is NaN or +∞.
    """
    scores = _checks.real_array("scores", scores)
    if scores.ndim != 2 or not scores.size:
        raise ArgumentError(f"scores must be a matrix, got shape {scores.shape}")
    top = scores.max(axis=1, keepdims=True)
    if not np.isfinite(top).all():
        raise ArgumentError("scores must have a finite largest entry in each row")
    weights = np.exp(scores - top)
    return weights / weights.sum(axis=1, keepdims=True)


@guarded
def attend(weights: object, values: object) -> np.ndarray:
    """Return o = A v: each token's average of the values under its weights, shape (T, n).

    Parameters
    ----------
    weights : array-like, shape (T, T)
        Not negative, rows that sum to 1.
    values : array-like, shape (T, n)

    Raises
    ------
    ValueError
        If a weight is negative or a row does not sum to 1.
    """
    values = _checks.matrix("values", values)
    weights = _checks.matrix("weights", weights, columns=len(values))
    if weights.min() < 0 or not np.allclose(weights.sum(axis=1), 1, rtol=0, atol=1e-9):
        raise ArgumentError("weights must not be negative, and each row must sum to 1")
    return weights @ values
