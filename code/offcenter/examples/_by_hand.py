"""What runs and curvatures by hand have in common."""

from __future__ import annotations

import numpy as np

from offcenter.remedies import batch_norm
from offcenter.spectrum import second_moment

__all__ = ["behind_norm", "curvatures", "errors_in_turn", "length_of", "stays_within"]


def behind_norm(
    X: np.ndarray, w: np.ndarray, targets: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return a batch-normalized sum's loss, what it puts out, and the loss's slopes by the sums.

    The loss is half the mean squared error; there is no scale or shift behind the norm.

    Parameters
    ----------
    X : ndarray, shape (N, n)
    w : ndarray, shape (n,)
    targets : ndarray, shape (N,)
    """
    sums = X @ w
    outputs = batch_norm(sums[:, None])[:, 0]
    errors = (outputs - targets) / len(X)
    slopes = (errors - errors.mean() - outputs * (errors @ outputs) / len(X)) / sums.std()
    return float(np.mean((outputs - targets) ** 2)) / 2, outputs, slopes


def curvatures(X: np.ndarray) -> np.ndarray:
    """Return those of half the mean squared error of a linear unit with a bias, the largest first.

    Parameters
    ----------
    X : ndarray, shape (N, n) or (N,)
        The inputs, one example a row.
    """
    return np.linalg.eigvalsh(second_moment(X.reshape(len(X), -1), bias=True))[::-1]


def errors_in_turn(
    X: np.ndarray, goal: np.ndarray, step_size: float, steps: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return δ of each step on one example after the other, from 0, and the weights after each.

    Parameters
    ----------
    X : ndarray, shape (N, n)
    goal : ndarray, shape (n,)
        The weights that fit.
    step_size : float
    steps : int, optional
        How many; if it is not given, those to 1 % of the distance.
    """
    w, errors, places, near = np.zeros(len(goal)), [], [], 0.01 * np.linalg.norm(goal)
    while np.linalg.norm(w - goal) > near if steps is None else len(errors) < steps:
        x = X[len(errors) % len(X)]
        errors.append(x @ (w - goal))
        w = w - step_size * errors[-1] * x
        places.append(w)
    return np.array(errors), np.array(places)


def length_of(places: np.ndarray) -> float:
    """Return how long the way through these places is."""
    return float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())


def stays_within(limit: float, distances: np.ndarray) -> int:
    """Return the place, from 0, of the distance from which on all are at most `limit`.

    It may come near and leave again, so the last that is larger decides.
    """
    return int(np.flatnonzero(np.asarray(distances) > limit)[-1]) + 1
