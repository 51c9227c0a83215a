"""What is drawn, and what mixed signs and a mean of 0 do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example
from offcenter.examples._regression import UNIFORM, WAYS, ends, median_steps, steps_of
from offcenter.experiment import Regression, regression

__all__ = ["Demo", "Reach", "Setting", "Signs", "demo", "reach", "setting", "signs"]


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
