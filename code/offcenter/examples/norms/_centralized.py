"""Gradient centralization on two examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example

__all__ = ["CentralizedStep", "centralized_step"]


@dataclass(frozen=True)
class CentralizedStep:
    """A linear unit with the weights (0, 0) learns −2 from (4, 6), and 2 from (6, 4).

    `error`: on the first; `gradient`, `mean`, `centralized`: of its weights, the mean of that, and
    that less the mean; `plain_step`, `step`, `plain_after`, `after`: steps of size ½ against either
    and the weights then; `plain_error`, `other_error`: on the second example then.
    `curvatures`, `limits`: of half the mean squared error, and 2 over each.
    `negated`, `negated_mean`: the first gradient if the second input is negated, less its mean,
    and that mean.
    """

    error: float
    gradient: np.ndarray
    mean: float
    centralized: np.ndarray
    plain_step: np.ndarray
    step: np.ndarray
    plain_after: np.ndarray
    after: np.ndarray
    plain_error: float
    other_error: float
    curvatures: np.ndarray
    limits: np.ndarray
    negated: np.ndarray
    negated_mean: float


@example("norms-centralized-step")
def centralized_step() -> CentralizedStep:
    """Return the step by hand, and what it may be long by."""
    X, y, w = np.array([[4.0, 6.0], [6.0, 4.0]]), np.array([-2.0, 2.0]), np.zeros(2)
    error = X[0] @ w - y[0]
    gradient = error * X[0]
    rest = gradient - gradient.mean()
    ends = [w - gradient / 2, w - rest / 2]
    values = np.linalg.eigvalsh(X.T @ X / 2)[::-1].round(12)
    other = gradient * [1, -1]
    return CentralizedStep(
        error=float(error),
        gradient=gradient,
        mean=float(gradient.mean()),
        centralized=rest,
        plain_step=ends[0] - w,
        step=ends[1] - w,
        plain_after=ends[0],
        after=ends[1],
        plain_error=float(X[1] @ ends[0] - y[1]),
        other_error=float(X[1] @ ends[1] - y[1]),
        curvatures=values,
        limits=2 / values,
        negated=other - other.mean(),
        negated_mean=float(other.mean()),
    )
