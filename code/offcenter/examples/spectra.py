"""Curvature: the second moment of a few inputs, with a mean and without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example
from offcenter.examples.paths import steps_until
from offcenter.spectrum import condition_number, iid_condition_number, with_bias

__all__ = ["OneOrThree", "one_or_three"]


@dataclass(frozen=True)
class OneOrThree:
    """Two inputs, each 1 or 3 with equal chances: mean 2, variance 1."""

    examples: np.ndarray
    moment: np.ndarray
    steep: float
    flat: float
    condition: float
    share: float
    best_step: float
    factor: float
    steps: int
    centered_moment: np.ndarray
    centered_condition: float
    centered_steps: int
    bias_condition: float
    bias_steps: int
    hundred_condition: float
    hundred_steps: int
    hundred_bias_condition: float


def _steps(H: np.ndarray) -> int:
    """Return the steps to 1 % at the best fixed step size, from the start that is the slowest."""
    values, vectors = np.linalg.eigh(H)
    slowest = vectors[:, 0] + vectors[:, -1]
    return steps_until(H, slowest, 2 / (values[0] + values[-1]), 0.01)


@example("spectra-one-or-three")
def one_or_three() -> OneOrThree:
    """Return E[xxᵀ], its eigenvalues, κ, and the steps that descent takes to 1 %."""
    X = np.array([[a, b] for a in (1.0, 3.0) for b in (1.0, 3.0)])
    M = X.T @ X / 4
    flat, steep = np.linalg.eigvalsh(M)
    centered = X - X.mean(axis=0)
    C = centered.T @ centered / 4
    best = 2 / (steep + flat)
    A = with_bias(C, X.mean(axis=0))
    hundred = np.eye(100) + 4 * np.ones((100, 100))
    return OneOrThree(
        examples=X,
        moment=M,
        steep=steep,
        flat=flat,
        condition=condition_number(M),
        share=4 / 5,
        best_step=best,
        factor=1 - best * flat,
        steps=_steps(M),
        centered_moment=C,
        centered_condition=condition_number(C),
        centered_steps=_steps(C),
        bias_condition=condition_number(A),
        bias_steps=_steps(A),
        hundred_condition=iid_condition_number(100, 2.0, 1.0),
        hundred_steps=_steps(hundred),
        hundred_bias_condition=iid_condition_number(100, 2.0, 1.0, bias=True),
    )
