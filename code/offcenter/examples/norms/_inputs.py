"""Batch norm on two inputs of unequal scales, and behind the weights that read them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._by_hand import curvatures
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.remedies import batch_norm
from offcenter.spectrum import second_moment

__all__ = ["OnInputs", "on_inputs"]


@dataclass(frozen=True)
class OnInputs:
    """A unit with a bias reads 2 or 4 and 20 or 40, in all four ways.

    `curvatures`: of half the mean squared error, for the inputs as they are, with their means
    cancelled, and standardized, a row each; `ratios`: the largest over the smallest.
    `moment`: the mean products of the inputs and 1.
    `normed`: a sum with the weights (1, 1) behind batch norm, for the four.
    """

    curvatures: np.ndarray
    ratios: np.ndarray
    moment: np.ndarray
    normed: np.ndarray


@example("norms-on-inputs")
def on_inputs() -> OnInputs:
    """Return the curvatures that batch norm in either place leaves."""
    signs = FOUR - 2
    X = np.array([3.0, 30.0]) + signs * [1, 10]
    values = np.array([curvatures(Z) for Z in (X, X - X.mean(axis=0), signs)])
    return OnInputs(
        curvatures=values,
        ratios=values[:, 0] / values[:, -1],
        moment=second_moment(X, bias=True),
        normed=batch_norm(X.sum(axis=1)[:, None])[:, 0],
    )
