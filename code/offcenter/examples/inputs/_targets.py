"""Targets: their mean, their deviation, and codes of labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.examples._hidden_layer import Runs
from offcenter.examples._record import example
from offcenter.examples._rules import Adam
from offcenter.examples._steps import steps_until

__all__ = ["Flats", "Labels", "Targets", "flats", "labels", "targets"]


@dataclass(frozen=True)
class Flats:
    """Two flats of 240 and 280 thousand: their mean and deviation, and the targets standardized.

    `square`: the mean squared error of predictions that are 0; `of_mean`: the part of it that is
    the squared mean, and `percent`: this as a share.
    `back`: what an output of ½ means.
    """

    mean: float
    deviation: float
    square: float
    of_mean: float
    percent: float
    standardized: np.ndarray
    back: float


@example("inputs-flats")
def flats() -> Flats:
    """Return the moments of two prices."""
    y = np.array([240.0, 280.0])
    mean, deviation, square = float(y.mean()), float(y.std()), float((y**2).mean())
    return Flats(
        mean,
        deviation,
        square,
        mean**2,
        100 * mean**2 / square,
        (y - mean) / deviation,
        mean + deviation / 2,
    )


@dataclass(frozen=True)
class Labels:
    """Cross-entropy of labels 0/1 and the logistic loss of ±1 at the score 2; and rare positives.

    `positive`, `negative`: of an example of either class, in both codes.
    `start`: the log-odds of one positive in a hundred; `rare`: the mean cross-entropy of such
    labels if all scores are 0, and if all are `start`.
    """

    positive: tuple[float, float]
    negative: tuple[float, float]
    start: float
    rare: tuple[float, float]


@example("inputs-labels")
def labels() -> Labels:
    """Return the losses at the score 2, and those of a constant score."""
    score, share = 2.0, 0.01
    p, start = 1 / (1 + np.exp(-score)), float(np.log(share / (1 - share)))
    rare = (share * np.log1p(np.exp(-s)) + (1 - share) * np.log1p(np.exp(s)) for s in (0.0, start))
    at_zero, at_start = (float(loss) for loss in rare)
    return Labels(
        positive=(float(-np.log(p)), float(np.log1p(np.exp(-score)))),
        negative=(float(-np.log(1 - p)), float(np.log1p(np.exp(score)))),
        start=start,
        rare=(at_zero, at_start),
    )


@dataclass(frozen=True)
class Targets:
    """A bias alone on its way from 0 to 100; and a network's targets.

    `descent_steps`, `adam_steps`: steps to within 1 %, of size 1 and 1/100; `adam_least`: 99 over
    the latter.
    `rows`: for gradient descent at its best rate, Adam at 0.001 and Adam at 0.01, the final mean
    squared error as a share of the targets' variance, the median over the draws, for targets of
    mean 0 and deviation 1, mean 0 and deviation 100, mean 300 and deviation 100; `rescued`: the
    last by Adam at 0.3, 1, 3 and 10.
    """

    descent_steps: int
    adam_steps: int
    adam_least: int
    rows: tuple[tuple[float, ...], ...]
    rescued: tuple[float, ...]


def _adam_steps(goal: float, step_size: float) -> int:
    """Return the steps until the bias of ½(b − goal)² has left less than one percent of `goal`."""
    b, adam, steps = 0.0, Adam(), 0
    while abs(b - goal) > 0.01 * abs(goal):
        b, steps = b + step_size * adam(b - goal), steps + 1
    return steps


_TARGETS = ((0.0, 1.0), (0.0, 100.0), (300.0, 100.0))
_DESCENT_RATES = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)


@stored
def _left_of_targets(method: str, mean: float, deviation: float, rates: tuple[float, ...]) -> float:
    """Return the median over five draws of the final share, at the rate where that is least.

    300 examples of 20 inputs, 16 ReLU units, 500 full-batch steps.
    """
    draws, examples, inputs, hidden = 5, 300, 20, 16
    read, wanted, first, last = [], [], [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((examples, inputs))
        y = np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + x[:, 3]
        read.append(x)
        wanted.append(mean + deviation * (y - y.mean()) / y.std())
        first.append(rng.standard_normal((inputs, hidden)) * (2 / inputs) ** 0.5)
        last.append(rng.standard_normal(hidden) / hidden**0.5)
    # Of each draw a run for each rate.
    parts = (read, wanted, first, np.zeros((draws, hidden)), last, np.zeros(draws))
    runs = Runs(*(np.repeat(np.array(part), len(rates), axis=0) for part in parts))
    sizes, adams = np.tile(rates, draws), [Adam() for _ in range(3)]
    with np.errstate(over="ignore", invalid="ignore"):
        left = runs.losses()
        for _ in range(500):
            slopes = runs.slopes()
            if method == "Adam":
                slopes = [-adam(g) for adam, g in zip(adams, slopes, strict=True)]
            runs.move(sizes, slopes)
            left = runs.losses()
    shares = np.nan_to_num(left / deviation**2, nan=np.inf).reshape(draws, len(rates))
    return float(np.median(shares, axis=0).min())


@example("inputs-targets")
def targets() -> Targets:
    """Return a bias's way to the mean 100, and the network's runs."""
    methods = (("descent", _DESCENT_RATES), ("Adam", (0.001,)), ("Adam", (0.01,)))
    return Targets(
        descent_steps=steps_until(np.eye(1), np.ones(1), 1.0, 0.01),
        adam_steps=_adam_steps(100.0, 0.01),
        adam_least=round(99 / 0.01),
        rows=tuple(
            tuple(_left_of_targets(method, *target, rates) for target in _TARGETS)
            for method, rates in methods
        ),
        rescued=tuple(
            _left_of_targets("Adam", *_TARGETS[-1], (rate,)) for rate in (0.3, 1.0, 3.0, 10.0)
        ),
    )
