"""Inputs that are scaled, correlated, or sparse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.examples._record import example
from offcenter.examples._regression import UNIFORM, less_their_mean, median_steps
from offcenter.examples._steps import ends
from offcenter.experiment import Regression, regression

__all__ = ["Correlated", "Ranges", "Scales", "Sparse", "correlated", "ranges", "scales", "sparse"]


@dataclass(frozen=True)
class Scales:
    """Rows: κ and steps of standardized inputs, one times 10, all times 5, all times 0.1."""

    rows: tuple[tuple[float, int], ...]


@example("regression-scales")
def scales() -> Scales:
    """Return the medians for inputs uniform on [0, 1]."""
    rows = []
    for more in ("", ", one times 10", ", times 5", ", times 0.1"):
        change = f"standardized{more}"
        kappa = float(np.median(regression(UNIFORM, change).condition))
        rows.append((kappa, median_steps(UNIFORM, change)))
    return Scales(tuple(rows))


@dataclass(frozen=True)
class Correlated:
    """Steps of inputs that correlate at 0.9: raw, centered, standardized, whitened."""

    steps: tuple[int, ...]


@example("regression-correlated")
def correlated() -> Correlated:
    """Return the medians."""
    changes = ("none", "centered", "standardized", "whitened")
    return Correlated(tuple(median_steps("correlated", change) for change in changes))


@dataclass(frozen=True)
class Ranges:
    """Rows: steps with each feature brought to [0, 1], to [−1, 1], to z-scores.

    For uniform, normal and exponential inputs.
    """

    rows: tuple[tuple[int, ...], ...]


@example("regression-ranges")
def ranges() -> Ranges:
    """Return the medians."""
    changes = ("to [0, 1]", "to [−1, 1]", "standardized")
    laws = (UNIFORM, "identity", "exponential")
    return Ranges(tuple(tuple(median_steps(law, change) for change in changes) for law in laws))


@dataclass(frozen=True)
class Sparse:
    """Independent inputs that are 0 or 1, with a bias, and one outlier.

    `rows`, raw, divided by the standard deviations, centered, both: steps to the targets w·x of
    the raw inputs, and to these less their mean; `ranges`: the least and the most of each.
    `ones`: how many 1s an example has on average.
    `steep`: how many times as steep as centered the loss is along the sum of all weights if a
    thousand inputs are 1 in 1% of examples, divided.
    `outlier`: the standard deviation of 999 values of mean 0 and variance 1 and of one that is
    1000; standardized, the spread of the 999, the outlier, and its share of the variance.
    """

    inputs: int
    examples: int
    draws: int
    rows: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, ...], ...]
    ones: float
    steep: float
    outlier: tuple[float, float, float, float]


_FREQUENCIES = np.geomspace(0.01, 0.3, 100)
_SPARSE_EXAMPLES, _SPARSE_DRAWS = 2000, 21


@stored
def _sparse() -> np.ndarray:
    """Return the steps of each draw, shape (4, 2, draws)."""
    inputs, targets = [], []
    for seed in range(_SPARSE_DRAWS):
        rng = np.random.default_rng(seed)
        X = (rng.random((_SPARSE_EXAMPLES, _FREQUENCIES.size)) < _FREQUENCIES).astype(float)
        targets.append(X @ rng.standard_normal(_FREQUENCIES.size))
        inputs.append(X)
    X, y = np.array(inputs), np.array(targets)
    centered, spread = X - X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    steps = []
    for read in (X, X / spread, centered, centered / spread):
        problem = Regression(np.pad(read, ((0, 0), (0, 0), (0, 1)), constant_values=1.0), y)
        steps.append((problem.descent_steps(), less_their_mean(problem).descent_steps()))
    return np.array(steps)


@example("regression-sparse")
def sparse() -> Sparse:
    """Return the medians, and what follows from the frequencies."""
    steps = _sparse()
    n, p = 1000, 0.01
    others, far = 999, 1000.0
    mean = far / (others + 1)
    variance = (others + far**2) / (others + 1) - mean**2
    deviation = variance**0.5
    share = (far - mean) ** 2 / (others + 1) / variance
    return Sparse(
        _FREQUENCIES.size,
        _SPARSE_EXAMPLES,
        _SPARSE_DRAWS,
        tuple((int(a), int(b)) for a, b in np.median(steps, axis=2)),
        tuple((*ends(a), *ends(b)) for a, b in steps),
        float(_FREQUENCIES.sum()),
        1 + n * p / (1 - p),
        (deviation, 1 / deviation, (far - mean) / deviation, share),
    )
