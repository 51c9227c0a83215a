"""Categories: bits and one-hot codes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example
from offcenter.examples._steps import steps_from_slowest
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    iid_second_moment,
    second_moment,
)

__all__ = ["Bits", "Categories", "bits", "categories"]


@dataclass(frozen=True)
class Bits:
    """κ of 100 independent bits that are 1 with probability p; and one fair bit with a bias.

    `plain`: p, κ coded 0/1 and ±1, without a bias; `biased`: p, κ coded 0/1, ±1 and standardized,
    with a bias.
    `one`: the code of the fair bit, κ, steps to 1 % from the slowest start; `curvatures`: the
    largest and the smallest coded 0/1.
    `run`: the steps of the fair bit coded 0/1 at the rate 1 from 0, to the targets 1 if it is on
    and −1 if not: the step, w, b, what the unit says of the bit on and off.
    `rare`: κ of one bit that is on in 1 %, with a bias, coded 0/1 and ±1.
    `border`, `border_of_two`: the p at which both codes have one κ with a bias, for 100 and 2 bits.
    """

    plain: tuple[tuple[float, ...], ...]
    biased: tuple[tuple[float, ...], ...]
    one: tuple[tuple[str, float, int], ...]
    curvatures: tuple[float, float]
    run: tuple[tuple[float, ...], ...]
    rare: tuple[float, float]
    border: float
    border_of_two: float


def _codes(p: float) -> tuple[tuple[float, float], ...]:
    """Return the mean and the variance of a bit coded 0/1, ±1 and standardized."""
    return (p, p * (1 - p)), (2 * p - 1, 4 * p * (1 - p)), (0.0, 1.0)


def _with_bias(n: int, p: float) -> list[float]:
    """Return κ of n bits with a bias, in the three codes."""
    return [iid_condition_number(n, m, v, bias=True) for m, v in _codes(p)]


def _border(n: int) -> float:
    """Return the p below which 0/1 has the smaller κ with a bias, by halving."""
    low, high = 0.01, 0.5
    for _ in range(40):
        p = (low + high) / 2
        zero_one, plus_minus, _standardized = _with_bias(n, p)
        low, high = (p, high) if zero_one < plus_minus else (low, p)
    return high


@example("inputs-bits")
def bits() -> Bits:
    """Return the tables for p = .05, .25, .5, .95, and the run of one bit."""
    plain, biased, one = [], [], []
    for p in (0.05, 0.25, 0.5, 0.95):
        plain.append((p, *(iid_condition_number(100, m, v) for m, v in _codes(p)[:2])))
        biased.append((p, *_with_bias(100, p)))
    for code, mean, variance in (("0/1", 0.5, 0.25), ("±1", 0.0, 1.0)):
        H = iid_second_moment(1, mean, variance, bias=True)
        one.append((code, condition_number(H), steps_from_slowest(H)))
    flat, steep = np.linalg.eigvalsh(iid_second_moment(1, 0.5, 0.25, bias=True))
    X, targets, w, run = np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([1.0, -1.0]), np.zeros(2), []
    for step in range(4):
        run.append((step, *w.tolist(), *(X @ w).tolist()))
        w = w - X.T @ (X @ w - targets) / 2
    zero_one, plus_minus, _standardized = _with_bias(1, 0.01)
    return Bits(
        plain=tuple(plain),
        biased=tuple(biased),
        one=tuple(one),
        curvatures=(float(steep), float(flat)),
        run=tuple(run),
        rare=(zero_one, plus_minus),
        border=_border(100),
        border_of_two=_border(2),
    )


@dataclass(frozen=True)
class Categories:
    """One-hot inputs of 100 examples, 90, 9 and 1 of a category, as 0/1 and standardized.

    `rows`: how many examples, the deviation; what standardizing makes of 1 and 0; which part of its
    distance from the intercept a category keeps under a penalty of ½ on the sum of squared weights,
    beside half the summed squared errors, as 0/1 and standardized.
    `ratios`: the largest curvature of half the mean squared error over the smallest, with a bias
    and without the curvature 0, as 0/1 and standardized.
    `apart`: how far two examples of different categories are from each other as 0/1, and
    standardized one of the first and one of the second category, and one of the first and the rare.
    `even_condition`, `bias_condition`: κ of three equal frequencies, without a bias and with one,
    without the curvature 0.
    """

    rows: tuple[tuple[float, ...], ...]
    ratios: tuple[float, float]
    apart: tuple[float, float, float]
    rare_one: float
    even_condition: float
    bias_condition: float


def _ratio_with_bias(X: np.ndarray) -> float:
    """Return κ with a bias, of the curvatures that are not 0."""
    values = np.linalg.eigvalsh(second_moment(X, bias=True))
    return float(values[-1] / values[1])


@example("inputs-categories")
def categories() -> Categories:
    """Return what standardizing makes of each category, and what a penalty and descent do."""
    count, penalty = np.array([90.0, 9.0, 1.0]), 1.0
    p = count / 100
    deviation = np.sqrt(p * (1 - p))
    one, zero = (1 - p) / deviation, -p / deviation
    # A weight of the divided column is the category's distance times the deviation.
    kept = [count / (count + penalty * scale**2) for scale in (1.0, deviation)]
    columns = np.array([count, deviation, one, zero, *kept])
    X = np.repeat(np.eye(3), [90, 9, 1], axis=0)
    standardized = (X - p) / deviation
    first, second, rare = standardized[[0, 90, 99]]
    return Categories(
        rows=tuple(tuple(row) for row in columns.T.tolist()),
        ratios=(_ratio_with_bias(X), _ratio_with_bias(standardized)),
        apart=(
            math.sqrt(2),
            float(np.linalg.norm(first - second)),
            float(np.linalg.norm(first - rare)),
        ),
        rare_one=float(one[-1]),
        even_condition=condition_number(np.eye(3) / 3),
        bias_condition=_ratio_with_bias(np.eye(3)),
    )
