"""Initial weights: what a start of one kind does to sums, sizes and gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example

__all__ = ["Factors", "Starts", "factors", "starts"]


@dataclass(frozen=True)
class Factors:
    """Four sums −3, −1, 1, 3 behind an activation, and what their mean square asks of the weights.

    `rows`: activation, its four values, their mean and mean square, and n times the variance of the
    weights that brings the next sums to the size before.
    `back`: the same for the errors on their way back, behind ReLU.
    `normal`: n times the variance that keeps standard normal sums at variance 1, for ReLU less its
    mean and for tanh.
    """

    rows: tuple[tuple[float | str, ...], ...]
    back: float
    normal: tuple[float, float]


@example("weights-factors")
def factors() -> Factors:
    """Return E[s²]/E[φ(s)²] and 1/E[φ′(s)²]."""
    sums = np.array([-3.0, -1.0, 1.0, 3.0])
    on = (sums > 0).astype(float)
    kinds = {
        "s itself": sums,
        "size of s": np.abs(sums),
        "ReLU": sums * on,
        "ReLU − mean": sums * on - (sums * on).mean(),
    }
    rows = []
    for name, values in kinds.items():
        shown = ", ".join(f"{value + 0:g}" for value in values).replace("-", "−")
        square = float(np.mean(values**2))
        rows.append((name, shown, float(values.mean()), square, float(np.mean(sums**2)) / square))
    normal = 1 / ACTIVATIONS["relu"].variance, 1 / ACTIVATIONS["tanh"].variance
    return Factors(tuple(rows), float(1 / np.mean(on**2)), normal)


@dataclass(frozen=True)
class Starts:
    """Two ReLU units read the inputs (1, 2), and a linear unit reads the two; its target is 1.

    `rows`: the kind of start, the weights of the two, those behind them, what the two put out, the
    error δ, the gradients by the weights of the first and of the second.
    `common`, `spread`: 100 inputs of 1 with weights that are all .1, and ±.1 at random: the sum of
    the first, and the standard deviation of the second.
    `slopes`: of the sigmoid at 0 and at the first sum.
    `ten_layers`: by what such positive weights multiply the sums of 100 units in ten layers.
    """

    rows: tuple[tuple[float | str, ...], ...]
    common: float
    spread: float
    slopes: tuple[float, float]
    ten_layers: float


@example("weights-starts")
def starts() -> Starts:
    """Return one backward pass for each of four starts, and the sums of many inputs."""
    x, target = np.array([1.0, 2.0]), 1.0

    def written(values: np.ndarray) -> str:
        numbers = ", ".join(f"{value + 0:g}" for value in values).replace("-", "−")
        return f"({numbers})"

    rows = []
    for name, W, v in (
        ("all 0", np.zeros((2, 2)), np.zeros(2)),
        ("all ½", np.full((2, 2), 0.5), np.full(2, 0.5)),
        ("all positive", np.array([[0.5, 0.5], [0.25, 0.25]]), np.array([0.5, 1.0])),
        ("of both signs", np.array([[0.5, 0.5], [1.0, -0.25]]), np.array([0.5, -0.5])),
    ):
        s = W @ x
        h = np.maximum(s, 0)
        error = float(v @ h - target)
        gradient = np.outer(error * v * (s > 0), x)
        weights = " ".join(map(written, W))
        rows.append((name, weights, written(v), written(h), error, *map(written, gradient)))
    n, size = 100, 0.1
    common = n * size
    slopes = ACTIVATIONS["sigmoid"].derivative(np.array([0.0, common])).tolist()
    return Starts(tuple(rows), common, n**0.5 * size, tuple(slopes), common**10)
