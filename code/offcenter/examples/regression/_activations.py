"""Inputs that are activations, or averages of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example
from offcenter.examples._regression import NEGATED, WAYS, median_steps, steps_of
from offcenter.examples._steps import ends, steps_from_slowest
from offcenter.experiment import CHANGES, Regression
from offcenter.spectrum import iid_condition_number, iid_eigenvalues, iid_second_moment

__all__ = [
    "Activations",
    "AveragedTokens",
    "Averages",
    "Gates",
    "Places",
    "activations",
    "averaged_tokens",
    "averages",
    "gates",
    "places",
]


@dataclass(frozen=True)
class Activations:
    """Rows: mean and standard deviation of an activation of N(0, 1), and the steps.

    In order: sigmoid, tanh, ReLU.  `negated` and `shifted` are for the sigmoid, with every second
    one negated and with ½ subtracted.
    `together`, `apart`: if a neuron's 20 weights on independent sigmoids rise by 0.1, by how much
    its sum rises on average; if ten rise and ten fall, the standard deviation of its change.
    """

    rows: tuple[tuple[float, float, int], ...]
    negated: int
    shifted: int
    together: float
    apart: float


@example("regression-activations")
def activations() -> Activations:
    """Return the rows for 20 independent activations."""
    rows = []
    for name in ("sigmoid", "tanh", "relu"):
        known = ACTIVATIONS[name]
        rows.append((known.mean, known.variance**0.5, median_steps(name)))
    sigmoid = ACTIVATIONS["sigmoid"]
    return Activations(
        tuple(rows),
        median_steps("sigmoid", NEGATED),
        median_steps("sigmoid", "less ½"),
        together=0.1 * 20 * sigmoid.mean,
        apart=0.1 * (20 * sigmoid.variance) ** 0.5,
    )


@dataclass(frozen=True)
class Gates:
    """Activations of N(0, 1) that are partly negative.

    `rows`: mean, standard deviation, steps, steps with the means subtracted; ReLU, leaky ReLU,
    GELU, SiLU, ELU, tanh.  `standardized`: steps of standardized ReLUs.
    """

    rows: tuple[tuple[float, float, int, int], ...]
    standardized: int


@example("regression-gates")
def gates() -> Gates:
    """Return the rows for 20 independent activations."""
    rows = []
    for name in ("relu", "leaky_relu", "gelu", "silu", "elu", "tanh"):
        known = ACTIVATIONS[name]
        steps = (median_steps(name), median_steps(name, "centered"))
        rows.append((known.mean, known.variance**0.5, *steps))
    return Gates(tuple(rows), median_steps("relu", "standardized"))


@dataclass(frozen=True)
class Places:
    """Steps from inputs of another mean or spread, and the ranges over the draws.

    `far`: uniform on [−6, −5]; `relu` and `tanh`: scaled to the spread of the sigmoid's outputs;
    `ranges`: least and most steps with the sigmoid, with ½ subtracted from it, with ReLU and tanh.
    """

    far: int
    relu: int
    tanh: int
    ranges: tuple[tuple[int, int], ...]


@example("regression-places")
def places() -> Places:
    """Return the medians and the ranges."""
    scaled = "scaled to the sigmoid's spread"
    cases = (("sigmoid", "none"), ("sigmoid", "less ½"), ("relu", "none"), ("tanh", "none"))
    counts = [steps_of(*case, "descent") for case in cases]
    return Places(
        median_steps("uniform on [−6, −5]"),
        median_steps("relu", scaled),
        median_steps("tanh", scaled),
        tuple(ends(steps) for steps in counts),
    )


@dataclass(frozen=True)
class Averages:
    """Inputs that are even averages over tokens, each divided by its standard deviation.

    `rows`: tokens averaged, mean²/variance of an average, median steps with the mean left in and
    with it subtracted; `negated`: the same with every second average negated; `ranges`: the least
    and the most steps of each row with the mean left in.
    """

    rows: tuple[tuple[float, ...], ...]
    negated: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]


@stored
def _steps_on_averages(tokens: int, change: str) -> np.ndarray:
    """Return the steps of each draw from averages of so many features uniform on [0, 1]."""
    examples, width, draws = 1000, 20, 21
    read, targets = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        X = rng.random((examples, tokens, width)).mean(axis=1)
        targets.append(X @ rng.standard_normal(width))
        read.append(append_one(CHANGES[change](X / X.std(axis=0))))
    return Regression(np.array(read), np.array(targets)).descent_steps()


@example("regression-averages")
def averages() -> Averages:
    """Return rows for averages of 1, 4 and 16."""
    counts = (1, 4, 16)
    runs = [[_steps_on_averages(k, change) for change in WAYS] for k in counts]
    return Averages(
        # ½ and 1/(12k): the mean and the variance.
        tuple(
            (k, (1 / 4) / (1 / (12 * k)), int(np.median(left)), int(np.median(subtracted)))
            for k, (left, _, subtracted) in zip(counts, runs, strict=True)
        ),
        tuple(int(np.median(negated)) for _, negated, _ in runs),
        tuple(ends(left) for left, *_ in runs),
    )


@dataclass(frozen=True)
class AveragedTokens:
    """Two inputs, each the even average of k tokens' features that are 1 or 3, independently.

    `rows`: k, the variance of an average, its mean²/variance, the largest and the smallest
    curvature of half the mean squared error without a bias, their ratio, and the steps to 1 % of
    the distance along both at the rate 2/(largest + smallest).
    """

    rows: tuple[tuple[float, ...], ...]


@example("regression-averaged-tokens")
def averaged_tokens() -> AveragedTokens:
    """Return rows for averages of 1, 2 and 4."""
    rows = []
    for k in (1, 2, 4):
        least, most = iid_eigenvalues(2, 2.0, 1 / k).tolist()
        ratio = iid_condition_number(2, 2.0, 1 / k)
        steps = steps_from_slowest(iid_second_moment(2, 2.0, 1 / k))
        rows.append((k, 1 / k, 4.0 * k, most, least, ratio, steps))
    return AveragedTokens(tuple(rows))
