"""What is drawn, and what mixed signs and a mean of 0 do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.examples._record import example
from offcenter.examples._regression import NEGATED, UNIFORM, WAYS, median_steps, steps_of
from offcenter.examples._steps import ends
from offcenter.experiment import CHANGES, Regression, regression

__all__ = [
    "Demo",
    "Reach",
    "Setting",
    "Signs",
    "WithoutBias",
    "demo",
    "reach",
    "setting",
    "signs",
    "without_bias",
]


@dataclass(frozen=True)
class Setting:
    """What is drawn, and the ranges over the draws of the full batch's steps."""

    examples: int
    inputs: int
    draws: int
    raw: tuple[int, int]
    centered: tuple[int, int]


@example("regression-setting")
def setting() -> Setting:
    """Return the numbers of the problem, and the least and most steps."""
    problem = regression(UNIFORM)
    draws, examples, width = problem.inputs.shape
    raw, centered = (steps_of(UNIFORM, change, "descent") for change in ("none", "centered"))
    return Setting(
        examples,
        width - 1,
        draws,
        ends(raw),
        ends(centered),
    )


@dataclass(frozen=True)
class Signs:
    """Steps raw, with every second input negated, and centered.

    `full`: of all examples; `single`: of one example a step; `negated`: of all examples, with all
    inputs negated.
    """

    full: tuple[int, ...]
    single: tuple[int, ...]
    negated: int


@example("regression-signs")
def signs() -> Signs:
    """Return the medians for inputs uniform on [0, 1]."""
    return Signs(
        tuple(median_steps(UNIFORM, change) for change in WAYS),
        tuple(median_steps(UNIFORM, change, "1") for change in WAYS),
        median_steps(UNIFORM, "negated"),
    )


@dataclass(frozen=True)
class Reach:
    """Steps on one example, raw, with every second input negated, and centered.

    `one_signed`: the shares of examples on which all weights move the same way, if they move;
    `within`: the most by which an input's weight can be off once the raw problem's goal is met.
    """

    one_signed: tuple[float, ...]
    within: float


@example("regression-reach")
def reach() -> Reach:
    """Return the shares, and the largest √(2 · goal · (H⁻¹)ᵢᵢ) of all draws and inputs."""
    shares = []
    for change in WAYS:
        x = regression(UNIFORM, change).inputs[:, :, :-1]
        shares.append(float(((x > 0).all(axis=2) | (x < 0).all(axis=2)).mean()))
    problem = regression(UNIFORM)
    inverse = np.linalg.inv(problem.curvature)
    # What is missing, d, has the loss ½dᵀHd.
    off = np.sqrt(2 * problem.goal[:, None] * np.diagonal(inverse, axis1=1, axis2=2))
    return Reach(tuple(shares), float(off[:, :-1].max()))


@dataclass(frozen=True)
class Demo:
    """What the lines of `numpy-demo` print: one draw, at 1/(largest curvature).

    `rows`: as they stand, with 1 added to the inputs, with standard normal inputs, and at 1.9 in
    the place of 1; the steps raw, with every second input negated, and centered.
    `standardized`: the steps of the first row with the centered inputs divided by their spread.
    `curvatures`: of the first row, raw and centered: the largest, the smallest, and their ratio.
    """

    rows: tuple[tuple[int, ...], ...]
    standardized: int
    curvatures: tuple[tuple[float, float, float], ...]


def _at_a_share(problem: Regression, share: float) -> int:
    """Return the steps of the first draw at `share`/(largest curvature)."""
    values, missing = (part[0] for part in problem.axes)
    factors, steps = (1 - share * values / values[-1]) ** 2, 0
    while missing.sum() > problem.goal[0]:
        missing, steps = missing * factors, steps + 1
    return steps


@example("regression-demo")
def demo() -> Demo:
    """Return the steps and the curvatures of seed 0."""
    cases = ((UNIFORM, 1.0), ("uniform on [1, 2]", 1.0), ("identity", 1.0), (UNIFORM, 1.9))
    curvatures = []
    for change in ("none", "centered"):
        values = np.linalg.eigvalsh(regression(UNIFORM, change, draws=1).curvature[0])
        curvatures.append((float(values[-1]), float(values[0]), float(values[-1] / values[0])))
    return Demo(
        tuple(
            tuple(_at_a_share(regression(inputs, way, draws=1), share) for way in WAYS)
            for inputs, share in cases
        ),
        _at_a_share(regression(UNIFORM, "standardized", draws=1), 1.0),
        tuple(curvatures),
    )


#: What a neuron without a bias reads, from numbers u that are uniform on [0, 1].
_READ: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "[0, 1]": lambda U: U,
    "negated": CHANGES[NEGATED],
    "[−1, 100]": lambda U: 101 * U - 1,
    "−1 or 100": lambda U: np.where(U < 0.99, -1.0, 100.0),
    "[−1, 1]": lambda U: 2 * U - 1,
    "one-hot": lambda U: np.eye(U.shape[1])[np.arange(len(U)) % U.shape[1]],
}


@stored
def _steps_without_bias(name: str) -> np.ndarray:
    """Return the steps of each draw to targets that are linear in what is read."""
    examples, width, draws = 1000, 20, 21
    read, targets = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        U = rng.random((examples, width))
        weights = rng.standard_normal(width)
        X = _READ[name](U)
        read.append(X)
        # The same targets as in the row before if signs are negated.
        targets.append((U if name == "negated" else X) @ weights)
    return Regression(np.array(read), np.array(targets)).descent_steps()


@dataclass(frozen=True)
class WithoutBias:
    """A linear neuron without a bias, which reads 20 inputs of other signs or another mean.

    `rows`: the median steps, and the least and the most of the draws, for inputs uniform on [0, 1],
    these with every second negated, uniform on [−1, 100], 100 in 1% of cases and else −1, uniform
    on [−1, 1], and one-hot of 20 categories, each in 50 of the 1000 examples.
    """

    rows: tuple[tuple[int, int, int], ...]


@example("regression-without-bias")
def without_bias() -> WithoutBias:
    """Return the medians and the ranges."""
    runs = [_steps_without_bias(name) for name in _READ]
    return WithoutBias(tuple((int(np.median(steps)), *ends(steps)) for steps in runs))
