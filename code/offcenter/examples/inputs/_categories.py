"""Categories: bits and one-hot codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example
from offcenter.examples._steps import best_step, steps_from_slowest, steps_until
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

    `rows`: p, κ coded 0/1, coded ±1, with the mean subtracted (no bias), then 0/1, ±1,
    standardized with a bias.
    `biased`: p and the last three.
    `one`: the code of the fair bit, κ, steps to 1 % from the slowest start.
    `border`, `border_of_two`: the p at which both codes have one κ with a bias, for 100 and 2 bits.
    """

    rows: tuple[tuple[float, ...], ...]
    biased: tuple[tuple[float, ...], ...]
    one: tuple[tuple[str, float, int], ...]
    border: float
    border_of_two: float


def _border(n: int) -> float:
    """Return the p below which 0/1 has the smaller κ with a bias, by halving."""
    low, high = 0.01, 0.5
    for _ in range(40):
        p = (low + high) / 2
        zero_one = iid_condition_number(n, p, p * (1 - p), bias=True)
        plus_minus = iid_condition_number(n, 2 * p - 1, 4 * p * (1 - p), bias=True)
        low, high = (p, high) if zero_one < plus_minus else (low, p)
    return high


@example("inputs-bits")
def bits() -> Bits:
    """Return the table for p = .05, .25, .5, .95."""
    rows, one = [], []
    for p in (0.05, 0.25, 0.5, 0.95):
        codes = ((p, p * (1 - p)), (2 * p - 1, 4 * p * (1 - p)), (0.0, 1.0))
        plain = (iid_condition_number(100, m, v) for m, v in codes)
        biased = (iid_condition_number(100, m, v, bias=True) for m, v in codes)
        rows.append((p, *plain, *biased))
    for code, mean, variance in (("0/1", 0.5, 0.25), ("±1", 0.0, 1.0)):
        H = iid_second_moment(1, mean, variance, bias=True)
        one.append((code, condition_number(H), steps_from_slowest(H)))
    return Bits(
        rows=tuple(rows),
        biased=tuple((row[0], *row[4:]) for row in rows),
        one=tuple(one),
        border=_border(100),
        border_of_two=_border(2),
    )


@dataclass(frozen=True)
class Categories:
    """One-hot inputs with frequencies .9, .09, .01: κ, steps, and what standardizing writes.

    `bias_condition`: κ of three equal frequencies with a bias, without the curvature 0.
    """

    condition: float
    steps: int
    even_condition: float
    rare_one: float
    rare_zero: float
    scaled_condition: float
    bias_condition: float


def _equal_with_bias() -> float:
    values = np.linalg.eigvalsh(second_moment(np.eye(3), bias=True))
    return float(values[-1] / values[1])


@example("inputs-categories")
def categories() -> Categories:
    """Return κ and steps from (1, 1, 1), the standardized rare column, and κ if each is scaled."""
    p = np.array([0.9, 0.09, 0.01])
    deviation = np.sqrt(p[-1] * (1 - p[-1]))
    M = np.diag(p)
    return Categories(
        condition=condition_number(M),
        steps=steps_until(M, np.ones(3), best_step(M), 0.01),
        even_condition=condition_number(np.eye(3) / 3),
        rare_one=(1 - p[-1]) / deviation,
        rare_zero=-p[-1] / deviation,
        scaled_condition=condition_number(np.diag(p / p)),
        bias_condition=_equal_with_bias(),
    )
