"""The heavy ball: what momentum does for a mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.errors import ArrivalError
from offcenter.examples._record import example
from offcenter.examples._regression import CASES, median_steps
from offcenter.examples._steps import SHARES, ends
from offcenter.experiment import regression

__all__ = ["Momentum", "momentum"]

_FACTORS = (0.9, 0.95, 0.93, 0.85, 0.8, 0.7, 0.6, 0.5, 0.3, 0.97, 0.98, 0.99, 0.0)
_LONGEST = 20_000


@stored
def _momentum_steps(inputs: str, change: str) -> np.ndarray:
    """Return the heavy ball's steps of each draw, with its best of the factors and 400 rates.

    v ← βv − ηg, w ← w + v, for η up to its limit 2(1 + β)/λmax, along the eigenvectors.
    """
    problem = regression(inputs, change)
    values, missing = problem.axes
    # Along an axis of curvature λ what is missing, d, has the loss ½λd².
    start = np.sqrt(2 * missing / values)
    fewest = np.full(len(values), _LONGEST)
    for beta in _FACTORS:
        rates = 2 * (1 + beta) * SHARES[:, None, None] / values[:, -1:]
        d = np.broadcast_to(start, (SHARES.size, *start.shape)).copy()
        v, step = np.zeros_like(d), 0
        # Who has arrived with another factor need not be followed any longer.
        while (step < fewest).any():
            step += 1
            v = beta * v - rates * values * d
            d += v
            arrived = ((d**2 * values).sum(axis=2) / 2 <= problem.goal).any(axis=0)
            fewest = np.where(arrived, np.minimum(fewest, step), fewest)
    if (fewest == _LONGEST).any():
        raise ArrivalError("some rate must reach the goal, and none did")
    return fewest


@dataclass(frozen=True)
class Momentum:
    """Steps with momentum, the factor and the rate at their best.

    `rows`: the median, and the least and the most of the draws, for inputs uniform on [0, 1], for
    these centered, for inputs uniform on [2, 3], and for these centered.
    `gains`: how many times the centered steps the raw ones are, with momentum and with Adam, on
    [0, 1] and on [2, 3].
    """

    rows: tuple[tuple[int, int, int], ...]
    gains: tuple[tuple[float, float], ...]


@example("regression-momentum")
def momentum() -> Momentum:
    """Return the medians and the ranges."""
    runs = [_momentum_steps(*case) for case in CASES]
    medians = [int(np.median(steps)) for steps in runs]
    adam = [median_steps(*case, "Adam") for case in CASES]
    return Momentum(
        tuple((median, *ends(steps)) for median, steps in zip(medians, runs, strict=True)),
        tuple((medians[k] / medians[k + 1], adam[k] / adam[k + 1]) for k in (0, 2)),
    )
