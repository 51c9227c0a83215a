"""Targets: their mean, their deviation, and codes of labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until

__all__ = ["Targets", "targets"]


@dataclass(frozen=True)
class Targets:
    """A bias alone on its way from 0 to 100; two codes of one label; and a network's targets.

    `descent_steps`, `adam_steps`: steps to within 1 %, of size 1 and 1/100; `adam_least`: 99 over
    the latter.
    `label_loss`: of a positive example with the sum 2, in the codes 0/1 and ±1.
    `rows`: for gradient descent at its best rate, Adam at 0.001 and Adam at 0.01, the final mean
    squared error as a share of the targets' variance, the median over the draws, for targets of
    mean 0 and deviation 1, mean 0 and deviation 100, mean 300 and deviation 100; `rescued`: the
    last by Adam at 0.3.
    """

    descent_steps: int
    adam_steps: int
    adam_least: int
    label_loss: tuple[float, float]
    rows: tuple[tuple[float, ...], ...]
    rescued: float


def _adam_steps(goal: float, step_size: float) -> int:
    """Return the steps until the bias of ½(b − goal)² has left less than one percent of `goal`."""
    b = first = second = 0.0
    step = 0
    while abs(b - goal) > 0.01 * abs(goal):
        step += 1
        gradient = b - goal
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        mean, square = first / (1 - 0.9**step), second / (1 - 0.999**step)
        b -= step_size * mean / (square**0.5 + 1e-8)
    return step


_TARGETS = ((0.0, 1.0), (0.0, 100.0), (300.0, 100.0))
_DESCENT_RATES = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)


@stored
def _left_of_targets(method: str, mean: float, deviation: float, rates: tuple[float, ...]) -> float:
    """Return the median over five draws of the final share, at the rate where that is least.

    300 examples of 20 inputs, 16 ReLU units, 500 full-batch steps.
    """
    draws, examples, inputs, hidden = 5, 300, 20, 16
    X, t = np.empty((draws, examples, inputs)), np.empty((draws, examples, 1))
    first, last = np.empty((draws, inputs, hidden)), np.empty((draws, hidden, 1))
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((examples, inputs))
        y = np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + x[:, 3]
        X[seed], t[seed, :, 0] = x, (y - y.mean()) / y.std()
        first[seed] = rng.standard_normal((inputs, hidden)) * (2 / inputs) ** 0.5
        last[seed] = rng.standard_normal((hidden, 1)) / hidden**0.5
    targets, sizes = mean + deviation * t, np.array(rates)[:, None, None, None]
    # Weights and biases of both layers, shape (rates, draws, …).
    starts = (first, np.zeros((draws, 1, hidden)), last, np.zeros((draws, 1, 1)))
    p = [np.tile(part, (len(rates), 1, 1, 1)) for part in starts]
    m, v = ([np.zeros_like(part) for part in p] for _ in range(2))
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, 501):
            h = np.maximum(X @ p[0] + p[1], 0)
            errors = (h @ p[2] + p[3] - targets) / examples
            back = (errors @ p[2].swapaxes(2, 3)) * (h > 0)
            slopes = (
                X.swapaxes(1, 2) @ back,
                back.sum(axis=2, keepdims=True),
                h.swapaxes(2, 3) @ errors,
                errors.sum(axis=2, keepdims=True),
            )
            for i, g in enumerate(slopes):
                if method == "descent":
                    p[i] -= sizes * g
                    continue
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g**2
                root = np.sqrt(v[i] / (1 - 0.999**step)) + 1e-8
                p[i] -= sizes * m[i] / (1 - 0.9**step) / root
        out = np.maximum(X @ p[0] + p[1], 0) @ p[2] + p[3]
        left = ((out - targets) ** 2).mean(axis=(2, 3)) / deviation**2
    return float(np.median(np.nan_to_num(left, nan=np.inf), axis=1).min())


@example("inputs-targets")
def targets() -> Targets:
    """Return a bias's way to the mean 100, a loss in both codes, and the network's runs."""
    score = 2.0
    probability = 1 / (1 + np.exp(-score))
    methods = (("descent", _DESCENT_RATES), ("Adam", (0.001,)), ("Adam", (0.01,)))
    return Targets(
        descent_steps=steps_until(np.eye(1), np.ones(1), 1.0, 0.01),
        adam_steps=_adam_steps(100.0, 0.01),
        adam_least=round(99 / 0.01),
        label_loss=(float(-np.log(probability)), float(np.log1p(np.exp(-score)))),
        rows=tuple(
            tuple(_left_of_targets(method, *target, rates) for target in _TARGETS)
            for method, rates in methods
        ),
        rescued=_left_of_targets("Adam", *_TARGETS[-1], (0.3,)),
    )
