"""Initial weights: what a start of one kind does to sums, sizes and gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example
from offcenter.network import relu_cosines
from offcenter.spectrum import offset_share

__all__ = ["ByLayer", "Factors", "FourUnits", "Kept", "Starts", "by_layer", "factors", "four_units"]
__all__ += ["kept", "starts"]


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
        shown = listed(values)
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

    def vector(values: np.ndarray) -> str:
        return f"({listed(values)})"

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
        weights = " ".join(map(vector, W))
        rows.append((name, weights, vector(v), vector(h), error, *map(vector, gradient)))
    n, size = 100, 0.1
    common = n * size
    slopes = ACTIVATIONS["sigmoid"].derivative(np.array([0.0, common])).tolist()
    return Starts(tuple(rows), common, n**0.5 * size, tuple(slopes), common**10)


@dataclass(frozen=True)
class FourUnits:
    """Units with the weights ±1 and ±½, in all signs, read outputs a = (1, 3) and a = (3, 1).

    `rows`: the weights, the sum for each of the two, the mean of the two sums, and the mean of what
    ReLU makes of them; in the last row the means over the units.
    `sum_spread`: the standard deviation of the sum of n weights of variance 2/n, whatever n is.
    """

    rows: tuple[tuple[float | str, ...], ...]
    sum_spread: float


@example("weights-four-units")
def four_units() -> FourUnits:
    """Return w·a, its mean over the examples, over the units, and behind ReLU."""
    a = np.array([[1.0, 3.0], [3.0, 1.0]])
    weights = {
        "(1, ½)": (1.0, 0.5),
        "(1, −½)": (1.0, -0.5),
        "(−1, ½)": (-1.0, 0.5),
        "(−1, −½)": (-1.0, -0.5),
    }
    sums = np.array(list(weights.values())) @ a.T
    numbers = np.column_stack([sums, sums.mean(axis=1), np.maximum(sums, 0).mean(axis=1)])
    rows = [(name, *row) for name, row in zip(weights, numbers.tolist(), strict=True)]
    rows.append(("mean", *numbers.mean(axis=0).tolist()))
    return FourUnits(tuple(rows), sum_spread=2**0.5)


@dataclass(frozen=True)
class ByLayer:
    """Centered normal examples in ReLU layers of He's weights, biases 0.

    `rows`: layer; the mean of its sums over units and examples; of each unit's mean over the
    examples the root mean square over units, and the same of its standard deviation; what share of
    the mean square of the outputs is their mean, all averaged over the draws; and that share in the
    limit of unlimited width.
    """

    draws: int
    width: int
    examples: int
    rows: tuple[tuple[float, ...], ...]


@example("weights-by-layer")
def by_layer() -> ByLayer:
    """Return layers 1, 2, 5 and 10."""
    draws, width, examples, layers = 6, 300, 200, (1, 2, 5, 10)
    theory, found = relu_cosines(layers[-1]), {layer: [] for layer in layers}
    for draw in range(draws):
        rng = np.random.default_rng(draw)
        x = rng.standard_normal((examples, width))
        x = x - x.mean(axis=0)
        for layer in range(1, layers[-1] + 1):
            s = x @ (rng.standard_normal((width, width)) * (2 / width) ** 0.5)
            x = np.maximum(s, 0)
            if layer in layers:
                means, variances = s.mean(axis=0), s.var(axis=0)
                measured = means.mean(), np.mean(means**2), variances.mean(), offset_share(x)
                found[layer].append(measured)
    rows = []
    for layer in layers:
        common, square, variance, share = np.mean(found[layer], axis=0).tolist()
        # A zero of either sign is shown as one.
        sizes = round(common, 2) + 0.0, square**0.5, variance**0.5
        rows.append((layer, *sizes, share, float(theory[layer])))
    return ByLayer(draws, width, examples, tuple(rows))


@dataclass(frozen=True)
class Kept:
    """What ReLU layers of He's weights keep: centered normal examples, as in `ByLayer`.

    `rows`: layer, mean square of its outputs, the same with Xavier's weights (He's over √2), and
    what share of either is the outputs' mean.
    `steepest`: what share of the eigenvalues' sum of E[aaᵀ] the largest has behind the last layer.
    `centered_share`, `centered_size`: the mean's share and the mean square behind the last layer if
    the bias of each unit is −w·μ, μ the mean of what it reads.
    """

    draws: int
    width: int
    examples: int
    rows: tuple[tuple[float, ...], ...]
    steepest: float
    centered_share: float
    centered_size: float


@example("weights-kept")
def kept() -> Kept:
    """Return layers 1, 2 and 10, averaged over the draws."""
    draws, width, examples, layers = 6, 300, 200, (1, 2, 10)
    found, steepest, centered = {layer: [] for layer in layers}, [], []
    for draw in range(draws):
        rng = np.random.default_rng(draw)
        x = rng.standard_normal((examples, width))
        x = y = x - x.mean(axis=0)
        for layer in range(1, layers[-1] + 1):
            W = rng.standard_normal((width, width)) * (2 / width) ** 0.5
            x, sums = np.maximum(x @ W, 0), y @ W
            y = np.maximum(sums - sums.mean(axis=0), 0)
            if layer in layers:
                # ReLU lets a positive factor through: weights over √2 halve the mean square.
                size = np.mean(x**2)
                found[layer].append((size, size / 2**layer, offset_share(x)))
        # The matrix of the examples' products has the eigenvalues of E[aaᵀ].
        values = np.linalg.eigvalsh(x @ x.T)
        steepest.append(values[-1] / values.sum())
        centered.append((offset_share(y), np.mean(y**2)))
    rows = [(layer, *np.mean(found[layer], axis=0).tolist()) for layer in layers]
    share, size = np.mean(centered, axis=0).tolist()
    return Kept(draws, width, examples, tuple(rows), float(np.mean(steepest)), share, size)
