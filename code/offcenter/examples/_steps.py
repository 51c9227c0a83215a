"""Steps of descent on a bowl, as several examples count them."""

from __future__ import annotations

from typing import Any

import numpy as np

from offcenter.errors import ArrivalError

__all__ = ["SHARES", "best_step", "ends", "first_within", "steps_from_slowest", "steps_until"]

#: The step sizes of which one is the best, as parts of the limit 2/λmax.
SHARES = np.linspace(0.025, 0.9995, 400)


def best_step(H: np.ndarray) -> float:
    """Return the fixed step size that is best in the long run, 2/(λmin + λmax)."""
    values = np.linalg.eigvalsh(H)
    return float(2 / (values[0] + values[-1]))


def ends(values: np.ndarray) -> tuple[Any, Any]:
    """Return the least and the most of some numbers: integers of integers, else floats."""
    return values.min().item(), values.max().item()


def steps_until(
    H: np.ndarray, d: np.ndarray, step_size: float, goal: float, *, limit: int = 1_000_000
) -> int:
    """Return how many steps d ← (I − ηH)d take until ‖d‖ is at most `goal` of what it was.

    Parameters
    ----------
    H : ndarray, shape (n, n)
    d : ndarray, shape (n,)
        The distance from the minimum at the start.
    step_size, goal : float
    limit : int

    Raises
    ------
    ArrivalError
        If it does not get there in fewer than `limit` steps.
    """
    H, d = np.asarray(H, dtype=float), np.asarray(d, dtype=float)
    near = goal * np.linalg.norm(d)
    for step in range(limit):
        if np.linalg.norm(d) <= near:
            return step
        d = d - step_size * (H @ d)
    raise ArrivalError(f"the descent did not reach its goal in fewer than {limit:,} steps")


def first_within(limit: float, distances: np.ndarray) -> int:
    """Return the number, from 1, of the first distance that is at most `limit`.

    Raises
    ------
    ArrivalError
        If none is.
    """
    near = np.flatnonzero(np.asarray(distances) <= limit)
    if near.size == 0:
        raise ArrivalError(f"none of {len(distances)} distances is at most {limit:g}")
    return int(near[0]) + 1


def steps_from_slowest(H: np.ndarray) -> int:
    """Return the steps to 1 % at the best fixed step size, from the start that is the slowest.

    Raises
    ------
    ArrivalError
        If it does not get there within a million steps.
    """
    vectors = np.linalg.eigh(H)[1]
    slowest = vectors[:, 0] + vectors[:, -1]
    return steps_until(H, slowest, best_step(H), 0.01)
