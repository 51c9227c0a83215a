"""Condition numbers, and the steps that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.examples._record import example
from offcenter.examples._regression import (
    CASES,
    UNIFORM,
    WAYS,
    less_their_mean,
    median_steps,
    steps_of,
)
from offcenter.examples._steps import SHARES, ends
from offcenter.experiment import regression
from offcenter.spectrum import condition_number, iid_condition_number, iid_eigenvalues, with_bias

__all__ = [
    "Conditions",
    "Curvature",
    "Halved",
    "Slower",
    "conditions",
    "curvature",
    "halved",
    "slower",
]


@dataclass(frozen=True)
class Conditions:
    """κ of the inputs and the bias, and what of the loss at the start is along the flattest axis.

    `raw`, `centered`: κ; `flattest`: the share of the loss, in percent, raw;
    `worst`: the steps to the goal if all of the loss were along the flattest axis, raw, at the best
    rate of the long run.
    Medians; `ranges`: the least and the most of the draws, in this order.
    """

    raw: float
    centered: float
    flattest: float
    worst: float
    ranges: tuple[tuple[float, float], ...]


@example("regression-conditions")
def conditions() -> Conditions:
    """Return them for inputs uniform on [0, 1]."""
    problem, other = (regression(UNIFORM, change) for change in ("none", "centered"))
    losses, kappa = problem.axes[1], problem.condition
    flattest = 100 * losses[:, 0] / losses.sum(axis=1)
    kept = (kappa - 1) / (kappa + 1)
    worst = np.log(losses.sum(axis=1) / problem.goal) / -2 / np.log(kept)
    of_draws = kappa, other.condition, flattest, worst
    raw, centered, share, longest = (float(np.median(x)) for x in of_draws)
    ranges = tuple(ends(x) for x in of_draws)
    return Conditions(raw, centered, share, longest, ranges)


@dataclass(frozen=True)
class Curvature:
    """The largest curvature over the smallest: raw, every second input negated, and centered.

    `sides`: the raw curvatures in the weights across and along the inputs' mean, as expected.
    """

    kappas: tuple[float, ...]
    sides: tuple[float, float]


@example("regression-curvature")
def curvature() -> Curvature:
    """Return the medians for inputs uniform on [0, 1]."""
    problems = [regression(UNIFORM, change) for change in WAYS]
    kappas = tuple(float(np.median(problem.condition)) for problem in problems)
    inputs, mean, variance = problems[0].inputs.shape[2] - 1, 1 / 2, 1 / 12
    return Curvature(kappas, (variance, variance + inputs * mean**2))


@dataclass(frozen=True)
class Halved:
    """Steps at the best learning rate and at half of it.

    If several rates are best, it is half of the smallest.
    `rows`: the medians for inputs uniform on [0, 1], for these centered, for inputs uniform on
    [2, 3], and for these centered; `ranges`: the least and the most at half the rate.
    """

    rows: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, int], ...]


@stored
def _halved_steps(inputs: str, change: str) -> np.ndarray:
    """Return each draw's steps at half of its best rate, in the directions of the eigenvectors."""
    problem, counts = regression(inputs, change), []
    values, losses = problem.axes
    for draw, (fewest, goal) in enumerate(zip(problem.descent_steps(), problem.goal, strict=True)):
        parts = 2 * values[draw] / values[draw, -1]
        left = (1 - SHARES[:, None] * parts) ** (2 * fewest) @ losses[draw]
        slowly = (1 - SHARES[np.argmax(left <= goal)] / 2 * parts) ** 2
        steps = np.arange(10 * fewest)
        counts.append(int(np.argmax(slowly ** steps[:, None] @ losses[draw] <= goal)))
    return np.array(counts)


@example("regression-halved")
def halved() -> Halved:
    """Return the medians and the ranges."""
    runs = [(median_steps(*case), _halved_steps(*case)) for case in CASES]
    return Halved(
        tuple((fewest, int(np.median(steps))) for fewest, steps in runs),
        tuple(ends(steps) for _, steps in runs),
    )


@stored
def _slower(inputs: str, change: str) -> tuple[np.ndarray, np.ndarray]:
    """Return each draw's κ, and its steps to targets less their mean."""
    problem = regression(inputs, change)
    return problem.condition, less_their_mean(problem).descent_steps()


@stored
def _compromise_steps(inputs: str) -> np.ndarray:
    """Return the steps of each draw with the step size 2/(λmax + λmin)."""
    problem = regression(inputs)
    values, missing = problem.axes
    factors = (1 - 2 * values / (values[:, -1:] + values[:, :1])) ** 2
    steps = np.zeros(len(missing), dtype=int)
    while (late := missing.sum(axis=1) > problem.goal).any():
        missing, steps = missing * np.where(late[:, None], factors, 1.0), steps + late
    return steps


@dataclass(frozen=True)
class Slower:
    """What a mean costs n independent inputs of mean m and variance s², with a bias.

    `rows`, for inputs uniform on [0, 1] that are centered, then as they are, and on [2, 3]: κ,
    steps to the targets w·x and to these less their mean.
    `total`, `estimate`, `times`: on [0, 1] T = 1 + s² + nm², T²/s², and κ over κ of the centered.
    `limit`: on [0, 1], 2/λmax.  `compromise`: steps there with the step size 2/(λmax + λmin).
    `without_bias`: κ on [0, 1].  `correlated`: κ, κ centered and their ratio if all correlate at ½.
    `sampled`: the median κ of the draws; `ranges`: the least and the most steps of each row.
    """

    rows: tuple[tuple[float, int, int], ...]
    total: float
    estimate: float
    times: float
    limit: float
    compromise: int
    without_bias: float
    correlated: tuple[float, float, float]
    sampled: tuple[float, ...]
    ranges: tuple[tuple[int, ...], ...]


@example("regression-slower")
def slower() -> Slower:
    """Return κ in closed form, and the medians."""
    n, variance = 20, 1 / 12
    rows, sampled, ranges = [], [], []
    for mean, case in (
        (0.0, (UNIFORM, "centered")),
        (0.5, (UNIFORM, "none")),
        (2.5, ("uniform on [2, 3]", "none")),
    ):
        kappas, level = _slower(*case)
        drawn = steps_of(*case, "descent")
        kappa = iid_condition_number(n, mean, variance, bias=True)
        rows.append((kappa, int(np.median(drawn)), int(np.median(level))))
        sampled.append(float(np.median(kappas)))
        ranges.append((*ends(drawn), *ends(level)))
    total = 1 + variance + n * 0.5**2
    alike = variance * (np.eye(n) + 1) / 2
    raw, centered = (condition_number(with_bias(alike, np.full(n, m))) for m in (0.5, 0.0))
    return Slower(
        tuple(rows),
        total,
        total**2 / variance,
        rows[1][0] / rows[0][0],
        float(2 / iid_eigenvalues(n, 0.5, variance, bias=True).max()),
        int(np.median(_compromise_steps(UNIFORM))),
        iid_condition_number(n, 0.5, variance),
        (raw, centered, raw / centered),
        tuple(sampled),
        tuple(ranges),
    )
