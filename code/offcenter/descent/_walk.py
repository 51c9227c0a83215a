"""The loop that all descent methods share.

Flipping the sign of a feature flips signs here and changes no rounding, so that paths of flipped
problems agree to the last bit: arrays are made contiguous, for the sums to run in the same order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from offcenter import _checks
from offcenter.descent._path import Path

__all__ = ["quadratic", "walk"]

# (weights, last displacement) → (the gradient that is used, displacement)
Move = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def quadratic(H: np.ndarray, w0: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the checked curvature and start of a quadratic loss."""
    H = np.ascontiguousarray(_checks.symmetric("H", H))
    eigenvalues = np.linalg.eigvalsh(H)
    if eigenvalues[0] < -1e-10 * np.abs(eigenvalues).max():
        raise ValueError(
            f"H must have no negative eigenvalue, or there is no minimum; got {eigenvalues[0]:g}"
        )
    if np.ndim(w0) == 2:
        return H, np.ascontiguousarray(_checks.matrix("w0", w0, rows=len(H)))
    return H, _checks.vector("w0", w0, size=len(H))


def walk(
    move: Move,
    loss: Callable[[np.ndarray], float],
    w0: np.ndarray,
    minimum: np.ndarray,
    steps: int,
    stop: Callable[[np.ndarray], bool] = lambda w: False,
) -> Path:
    """Take `steps` moves from `w0`, or fewer if `stop` says so of a point, and record them."""
    steps = _checks.count("steps", steps)
    points, losses = np.empty((steps + 1, *w0.shape)), np.empty(steps + 1)
    gradients = np.empty((steps, *w0.shape))
    w, displacement = w0, np.zeros_like(w0)
    step = 0
    try:
        with np.errstate(over="raise", invalid="raise"):
            points[0], losses[0] = w, loss(w)
            for step in range(1, steps + 1):
                gradients[step - 1], displacement = move(w, displacement)
                w = w + displacement
                points[step], losses[step] = w, loss(w)
                if stop(w):
                    break
    except FloatingPointError as error:
        raise ValueError(
            f"step_size must be small enough for {steps} steps: "
            f"the path leaves the range of floats at step {step}"
        ) from error
    return Path(points[: step + 1], losses[: step + 1], gradients[:step], minimum)
