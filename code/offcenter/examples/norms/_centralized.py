"""Gradient centralization on two examples."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter.examples._record import example
from offcenter.spectrum import second_moment

__all__ = ["CentralizedStep", "centralized_step"]


@dataclass(frozen=True)
class CentralizedStep:
    """A linear unit with the weights (0, 0) and the bias 0 learns 8 from (4, 6), 12 from (6, 4).

    The loss is the mean of half the squared errors.
    `errors`, `gradient`, `mean`, `centralized`, `bias`: the errors, the weights' gradient, the mean
    of that, that less the mean, and the bias's gradient.
    `curvatures`, `losses`, `steps`: for the plain gradient and the centralized one the curvatures
    on the way, the loss after 0 to 3 steps at the rate that is best in the long run, and the number
    of steps until it is 1 % of the first.
    `after`, `errors_after`: weights and bias after one such centralized step, and the errors.
    `stuck`: the errors that stay without a bias.
    """

    errors: np.ndarray
    gradient: np.ndarray
    mean: float
    centralized: np.ndarray
    bias: float
    curvatures: tuple[tuple[float, float], ...]
    losses: tuple[tuple[float, ...], ...]
    steps: tuple[int, int]
    after: np.ndarray
    errors_after: np.ndarray
    stuck: np.ndarray


@example("norms-centralized-step")
def centralized_step() -> CentralizedStep:
    """Return the step by hand, and how far either method comes at its best rate."""
    X, y = np.array([[4.0, 6.0], [6.0, 4.0]]), np.array([8.0, 12.0])
    errors = 0 - y
    gradient = errors @ X / 2
    rest = gradient - gradient.mean()
    first = float(np.mean(errors**2) / 2)
    curvatures, losses, steps = [], [], []
    for read in (X, X - X.mean(axis=1, keepdims=True)):
        # The third value is 0: no step goes there.
        low, high = np.linalg.eigvalsh(second_moment(read, bias=True))[1:].round(12).tolist()
        curvatures.append((high, low))
        # Of both parts of the errors a step leaves the same, with one sign or the other.
        left = ((high - low) / (high + low)) ** 2
        losses.append(tuple(first * left**step for step in range(4)))
        steps.append(math.ceil(math.log(0.01) / math.log(left)))
    rate = 2 / sum(curvatures[1])
    after = -rate * np.append(rest, errors.mean())
    return CentralizedStep(
        errors=errors,
        gradient=gradient,
        mean=float(gradient.mean()),
        centralized=rest,
        bias=float(errors.mean()),
        curvatures=tuple(curvatures),
        losses=tuple(losses),
        steps=tuple(steps),
        after=after,
        errors_after=append_one(X) @ after - y,
        stuck=X @ -rest / 2 - y,
    )
