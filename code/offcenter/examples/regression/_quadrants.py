"""Best weights that all have one sign: whether positive inputs are then the better ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.examples._record import example
from offcenter.examples._regression import UNIFORM
from offcenter.examples._steps import ends
from offcenter.experiment import Regression, regression

__all__ = ["Quadrants", "quadrants"]


@dataclass(frozen=True)
class Quadrants:
    """Steps to best weights in an allowed quadrant, with a bias, for inputs uniform on [0, 1].

    `rows`: the best weights and bias, the steps with the inputs raw and centered; medians.
    `ranges`: the least and the most of the draws of each row, raw and centered.
    `standardized`: the last row with the centered inputs divided by their standard deviations.
    `more_bias`: the last row raw, with 3 as the best bias.
    `one_in`: among how many choices of 20 signs one has all alike.
    """

    rows: tuple[tuple[str | int, ...], ...]
    ranges: tuple[tuple[int, int, int, int], ...]
    standardized: int
    more_bias: int
    one_in: int


_WEIGHTS = ("normal, mixed signs", "their absolute values", "all 1")


@stored
def _steps(weights: str, bias: float, change: str) -> np.ndarray:
    """Return the full-batch steps of each draw to targets that these best weights give."""
    raw = regression(UNIFORM)
    best = raw.solution
    if weights == "all 1":
        best = np.ones_like(best)
    elif weights == "their absolute values":
        best = np.abs(best)
    best[:, -1] = bias
    targets = np.einsum("snk,sk->sn", raw.inputs, best)
    return Regression(regression(UNIFORM, change).inputs, targets).descent_steps()


@example("regression-quadrants")
def quadrants() -> Quadrants:
    """Return the medians, each with the best of 400 step sizes."""
    rows, ranges = [], []
    for weights, bias in (*((weights, 0) for weights in _WEIGHTS), ("all 1", 2)):
        steps = [_steps(weights, float(bias), change) for change in ("none", "centered")]
        rows.append((weights, bias, *(int(np.median(s)) for s in steps)))
        ranges.append((*ends(steps[0]), *ends(steps[1])))
    return Quadrants(
        tuple(rows),
        tuple(ranges),
        int(np.median(_steps("all 1", 2.0, "standardized"))),
        int(np.median(_steps("all 1", 3.0, "none"))),
        2**20 // 2,
    )
