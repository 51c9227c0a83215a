"""Scaling: ranges, standard deviations and units of features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter.examples._record import example
from offcenter.examples._steps import best_step, steps_until
from offcenter.remedies import batch_norm, layer_norm
from offcenter.spectrum import condition_number, iid_condition_number

__all__ = [
    "OriginalUnits",
    "Ranges",
    "Scales",
    "SmallInputs",
    "TwoWays",
    "original_units",
    "ranges",
    "scales",
    "small_inputs",
    "two_ways",
]


@dataclass(frozen=True)
class Ranges:
    """The values 1, 2, 3, 4, 10 in three ranges, and 1 … 5.

    `rows`: the writing, its mean and variance, κ of ten such independent inputs with a bias.
    `even`: the same for 1 … 5.
    """

    mean: float
    variance: float
    rows: tuple[tuple[float | str, ...], ...]
    even: tuple[tuple[float | str, ...], ...]


@example("inputs-ranges")
def ranges() -> Ranges:
    """Return what min-max to [0, 1] and [−1, 1] and z-scores leave of the mean."""

    def table(x: np.ndarray) -> tuple[tuple[float | str, ...], ...]:
        unit = (x - x.min()) / (x.max() - x.min())
        writings = {"[0, 1]": unit, "[−1, 1]": 2 * unit - 1, "z-scores": (x - x.mean()) / x.std()}
        return tuple(
            (
                name,
                round(float(z.mean()), 12) + 0.0,
                float(z.var()),
                iid_condition_number(10, float(z.mean()), float(z.var()), bias=True),
            )
            for name, z in writings.items()
        )

    x = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    return Ranges(x.mean(), x.var(), table(x), table(np.arange(1.0, 6.0)))


@dataclass(frozen=True)
class Scales:
    """Two centered uncorrelated features, of spread 1 and more; and two correlated ones.

    `rows`: the larger spread, κ, the best fixed step size, the factor by which a step of that size
    multiplies the distance of either weight, and the steps to 1 %.
    `biased`: the steps to 1 % with a bias, for spreads of 1 and 10, twice 10, twice 0.1, twice 1.
    """

    rows: tuple[tuple[float, float, float, float, float, int], ...]
    biased: tuple[int, ...]
    correlated_condition: float


@example("inputs-scales")
def scales() -> Scales:
    """Return the table for spreads of 1, 2, 10 and 100, and κ for a correlation of 0.9."""
    rows = []
    for spread in (1.0, 2.0, 10.0, 100.0):
        H = np.diag([1.0, spread**2])
        step = best_step(H)
        factors = (1 - step * np.diag(H)).tolist()
        steps = steps_until(H, np.ones(2), step, 0.01)
        rows.append((spread, condition_number(H), step, *factors, steps))
    biased = []
    for pair in ((1.0, 10.0), (10.0, 10.0), (0.1, 0.1), (1.0, 1.0)):
        H = np.diag([*np.square(pair), 1.0])
        biased.append(steps_until(H, np.ones(3), best_step(H), 0.01))
    return Scales(tuple(rows), tuple(biased), condition_number(np.array([[1, 0.9], [0.9, 1]])))


@dataclass(frozen=True)
class OriginalUnits:
    """Prices of four houses by area and age, learned on standardized columns, and turned back.

    `rows`: area, age, and price.
    `learned`, `original`: weights of area and age, and bias, before and after; `scaled`: what is
    learned if prices are standardized, too; `before`, `after`: the price of a house of 110 m² and
    25 years by the first two; `monthly`: the weight of the age in months.
    `penalized`, `penalized_raw`: the weights in original units if half their squares are added to
    the mean of half the squared errors, for standardized and for raw columns.
    """

    rows: tuple[tuple[float, ...], ...]
    learned: tuple[float, ...]
    original: tuple[float, ...]
    scaled: tuple[float, ...]
    before: float
    after: float
    monthly: float
    penalized: tuple[float, ...]
    penalized_raw: tuple[float, ...]


def _ridge(X: np.ndarray, y: np.ndarray, strength: float) -> np.ndarray:
    """Return weights and a bias that is free, for the mean of half the squared errors."""
    centered = X - X.mean(axis=0)
    moment = centered.T @ centered / len(X) + strength * np.eye(X.shape[1])
    w = np.linalg.solve(moment, centered.T @ y / len(X))
    return np.append(w, y.mean() - w @ X.mean(axis=0))


@example("inputs-original-units")
def original_units() -> OriginalUnits:
    """Return the weights in both units, and those of a penalty that acts in either."""
    X = np.array([[80.0, 20.0], [80.0, 40.0], [120.0, 20.0], [120.0, 40.0]])
    y = np.array([285.0, 195.0, 405.0, 315.0])
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    Z = (X - mean) / deviation

    def back(w: np.ndarray) -> np.ndarray:
        weights = w[:-1] / deviation
        return np.append(weights, w[-1] - weights @ mean)

    learned = _ridge(Z, y, 0.0)
    original, house = back(learned), np.array([110.0, 25.0])
    return OriginalUnits(
        rows=tuple((*x, price) for x, price in zip(X, y, strict=True)),
        learned=tuple(learned),
        original=tuple(original),
        scaled=tuple(_ridge(Z, (y - y.mean()) / y.std(), 0.0)),
        before=float(learned @ np.append((house - mean) / deviation, 1.0)),
        after=float(original @ np.append(house, 1.0)),
        monthly=float(original[1] / 12),
        penalized=tuple(back(_ridge(Z, y, 1.0))[:-1]),
        penalized_raw=tuple(_ridge(X, y, 1.0)[:-1]),
    )


@dataclass(frozen=True)
class SmallInputs:
    """Eight examples of one input: 8, six times 10, and 12, with the targets −1, 3 and 7.

    `rows`: the input less its mean, how many have it, the target, δ of a linear unit with w = b =
    0, and what the example gives to the gradients in w and in b.
    `slopes`, `after`: both gradients, means over the eight, and w and b after a step of size 1.
    `square`: the mean square of the input less its mean; `raw_slopes`, `raw_limit`, `raw_steps`:
    for the input as it is both gradients, the step size above which descent explodes, and the
    steps to 1 % of the distance at the one that is best in the long run.
    """

    rows: tuple[tuple[float, ...], ...]
    slopes: np.ndarray
    after: np.ndarray
    square: float
    raw_slopes: np.ndarray
    raw_limit: float
    raw_steps: int


@example("inputs-small")
def small_inputs() -> SmallInputs:
    """Return the first step of w and b on ½δ², and how long the raw input takes."""
    x = np.array([8.0, *6 * [10.0], 12.0])
    z = x - x.mean()
    # The targets are 2z + 3, and the outputs at the start are 0.
    delta, goal = -(2 * z + 3), np.array([2.0, 3.0])
    centered, raw = (append_one(inputs) for inputs in (z, x))
    slopes, H = centered.T @ delta / 8, raw.T @ raw / 8
    start = np.array([0.0, 2 * x.mean()]) - goal
    return SmallInputs(
        rows=tuple(
            (float(v), int(sum(z == v)), -float(d), float(d), float(d * v) + 0.0, float(d))
            for v, d in zip(z[[0, 1, 7]], delta[[0, 1, 7]], strict=True)
        ),
        slopes=slopes,
        after=-slopes,
        square=float((z**2).mean()),
        raw_slopes=raw.T @ delta / 8,
        raw_limit=float(2 / np.linalg.eigvalsh(H)[-1]),
        raw_steps=steps_until(H, start, best_step(H), 0.01),
    )


@dataclass(frozen=True)
class TwoWays:
    """Four flats of two features, normalized by features, and by examples.

    `rows`: rooms, m², and the rent in hundred euros; `features`: each column standardized;
    `layer`: each row standardized; `means`: of the columns of the features as they are and of
    these two, a row each.
    `weights`: both weights and the bias after a step of size 1 from zeros on `features`; `new`: the
    rent that they give 4 rooms and 100 m².
    """

    rows: np.ndarray
    features: np.ndarray
    layer: np.ndarray
    means: np.ndarray
    weights: np.ndarray
    new: float


@example("inputs-two-ways")
def two_ways() -> TwoWays:
    """Return what is left of the columns' means, and a step on half the mean squared error."""
    rows = np.array([[2.0, 40, 5], [2, 80, 8], [4, 40, 6], [4, 80, 9]])
    X = rows[:, :2]
    features, layer = batch_norm(X), layer_norm(X)
    weights = append_one(features).T @ rows[:, 2] / 4
    new = (np.array([4.0, 100.0]) - X.mean(axis=0)) / X.std(axis=0)
    return TwoWays(
        rows=rows,
        features=features,
        layer=layer,
        means=np.array([Z.mean(axis=0) + 0.0 for Z in (X, features, layer)]),
        weights=weights,
        new=float(new @ weights[:2] + weights[2]),
    )
