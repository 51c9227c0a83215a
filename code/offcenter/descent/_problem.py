"""What is descended: a loss, its gradient, a start and the minimum, in one record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter.errors import ArgumentError

__all__ = ["Problem", "mean_squared_error", "quadratic"]


@dataclass(frozen=True, eq=False)
class Problem:
    """A loss to descend.

    Parameters
    ----------
    loss : callable
        The full loss of weights shaped like `start`.
    gradient : callable
        The gradient that a step uses; of a batch drawn anew at each call where there are batches.
    start : array, shape (n,) or (n, k)
        The first weights.
    minimum : array, shaped like `start`
        The minimum that the distances are measured from, of several the nearest to the start.
    """

    loss: Callable[[np.ndarray], float]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: np.ndarray
    minimum: np.ndarray

    @property
    def at_rest(self) -> np.ndarray:
        """A velocity of 0 at the start."""
        return np.zeros_like(self.start)


def quadratic(H: ArrayLike, w0: ArrayLike) -> Problem:
    """Return ½wᵀHw with its gradient Hw and its minimum 0, for one output or the sum over k.

    Flipping the sign of a feature flips signs here and changes no rounding, so that paths of
    flipped problems agree to the last bit: arrays are contiguous, for sums to run in one order.

    Raises
    ------
    ValueError
        If H is not symmetric or has a negative eigenvalue, or `w0` does not fit.
    """
    H = np.ascontiguousarray(_checks.symmetric("H", H))
    eigenvalues = np.linalg.eigvalsh(H)
    if eigenvalues[0] < -1e-10 * np.abs(eigenvalues).max():
        raise ArgumentError(
            f"H must have no negative eigenvalue, or there is no minimum; got {eigenvalues[0]:g}"
        )
    if _checks.rectangular("w0", w0).ndim == 2:
        start = np.ascontiguousarray(_checks.matrix("w0", w0, rows=len(H)))
    else:
        start = _checks.vector("w0", w0, size=len(H))

    def gradient(w: np.ndarray) -> np.ndarray:
        return H @ w

    def loss(w: np.ndarray) -> float:
        return 0.5 * float(np.vdot(w, H @ w))

    return Problem(loss, gradient, start, np.zeros_like(start))


def mean_squared_error(
    X: ArrayLike, y: ArrayLike, w0: ArrayLike, *, batch_size: int, rng: np.random.Generator
) -> Problem:
    """Return (1/2p) Σ (xᵢ·w − yᵢ)² over all examples, with the gradient (1/B) Σ δᵢxᵢ of a batch.

    Raises
    ------
    ValueError
        If a shape or a bound is wrong.
    TypeError
        If `rng` is not a generator.
    """
    X = np.ascontiguousarray(_checks.matrix("X", X))
    y = _checks.vector("y", y, size=X.shape[0])
    w0 = _checks.vector("w0", w0, size=X.shape[1])
    rng = _checks.generator("rng", rng)
    size = _checks.count("batch_size", batch_size)

    def gradient(w: np.ndarray) -> np.ndarray:
        batch = rng.integers(len(X), size=size)
        return (X[batch] @ w - y[batch]) @ X[batch] / size

    def loss(w: np.ndarray) -> float:
        errors = X @ w - y
        return 0.5 * float(errors @ errors) / len(X)

    # Steps never leave w0 plus the span of the inputs, so this is the minimum that they can reach.
    minimum = w0 + np.linalg.lstsq(X, y - X @ w0, rcond=None)[0]
    return Problem(loss, gradient, w0, minimum)
