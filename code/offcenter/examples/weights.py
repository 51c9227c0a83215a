"""Initial weights: what a start of one kind does to sums, sizes and gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._quadrature import normal_product
from offcenter._store import stored
from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.network import relu_cosines
from offcenter.spectrum import offset_share

__all__ = ["Assumed", "ByLayer", "Factors", "FourUnits", "Kept", "Positive", "Read", "Scale"]
__all__ += ["Starts", "assumed", "by_layer", "factors", "four_units", "kept", "positive", "read"]
__all__ += ["scale", "starts"]


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
class Assumed:
    """Two units with the sums ln 3 and −ln 3 for example A, and −ln 3 and ln 3 for B.

    `rows`: the activation, its two outputs for A and for B, their mean, mean square and variance
    over units and examples, the cosine of the two examples, and the square of the mean.
    `square`: the mean square of the sums, (ln 3)².
    `factors`: n times the variance of the weights that keeps, behind sigmoids, the mean square of
    the sums, and that keeps their variance; `common`: what the mean adds to the mean square of the
    next sums with the second, `off` its root, and `slope` the sigmoid's slope there.
    `deep`: layer, and the cosine there of two examples that start at right angles, for tanh, ReLU
    and sigmoid, in the limit of unlimited width, with sums kept at mean square 1.
    `sizes`: n times the variance that keeps it, for the same three.
    """

    rows: tuple[tuple[float | str, ...], ...]
    square: float
    factors: tuple[float, float]
    common: float
    off: float
    slope: float
    deep: tuple[tuple[float, ...], ...]
    sizes: tuple[float, float, float]


def _sigmoid_cosines(layers: int) -> list[float]:
    """Return the cosine behind each wide layer of sigmoids, from 0, of sums of mean square 1."""
    sigmoid, found = ACTIVATIONS["sigmoid"].value, [0.0]
    for _ in range(layers):
        found.append(normal_product(sigmoid, found[-1]) / normal_product(sigmoid, 1.0))
    return found[1:]


@example("weights-assumed")
def assumed() -> Assumed:
    """Return Var(x) and E[x²] behind three activations, and what the sigmoid's mean does."""
    sums = np.log(3) * np.array([[1.0, -1.0], [-1.0, 1.0]])
    sigmoid, square = ACTIVATIONS["sigmoid"], float(np.log(3) ** 2)
    rows, spreads = [], {}
    for key, name in (("tanh", "tanh"), ("relu", "ReLU"), ("sigmoid", "sigmoid")):
        Z = ACTIVATIONS[key].value(sums)
        cosine = Z[0] @ Z[1] / (Z[0] @ Z[0])
        vectors = (f"({listed(z, 'z.3g')})" for z in Z)
        spreads[key] = (float(np.mean(Z**2)), float(Z.var()))
        mean = float(Z.mean())
        rows.append((name, *vectors, mean, *spreads[key], float(cosine), mean**2))
    size, variance = spreads["sigmoid"]
    factors = square / size, square / variance
    common = factors[1] * rows[-1][3] ** 2
    layers, kinds = range(1, 4), (ACTIVATIONS["tanh"], ACTIVATIONS["relu"], sigmoid)
    sizes = [float(1 / (a.variance + a.mean**2)) for a in kinds]
    deep = zip(layers, (0.0,) * 3, relu_cosines(3)[1:].tolist(), _sigmoid_cosines(3), strict=True)
    return Assumed(
        rows=tuple(rows),
        square=square,
        factors=factors,
        common=common,
        off=common**0.5,
        slope=sigmoid.derivative(common**0.5).item(),
        deep=tuple(deep),
        sizes=(sizes[0], sizes[1], sizes[2]),
    )


@dataclass(frozen=True)
class Starts:
    """Two ReLU units read the inputs (1, 2), and a linear unit reads the two; its target is 1.

    `rows`: the kind of start, the weights of the two, those behind them, what the two put out, the
    error δ, the gradients by the weights of the first and of the second.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("weights-starts")
def starts() -> Starts:
    """Return one backward pass for each of four starts."""
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
    return Starts(tuple(rows))


@dataclass(frozen=True)
class FourUnits:
    """Units with the weights ±1 and ±½, in all signs, read outputs a = (1, 3) and a = (3, 1).

    `rows`: the weights, the sum for each of the two, the mean of the two sums, and the mean of what
    ReLU makes of them; in the last row the means over the units.
    """

    rows: tuple[tuple[float | str, ...], ...]


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
    return FourUnits(tuple(rows))


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

    `rows`: layer, mean square of its outputs, and what share of it is the outputs' mean.
    `centered_share`, `centered_size`: the mean's share and the mean square behind the last layer if
    the bias of each unit is −w·μ, μ the mean of what it reads.
    """

    draws: int
    width: int
    examples: int
    rows: tuple[tuple[float, ...], ...]
    centered_share: float
    centered_size: float


@example("weights-kept")
def kept() -> Kept:
    """Return layers 1, 2 and 10, averaged over the draws."""
    draws, width, examples, layers = 6, 300, 200, (1, 2, 10)
    found, centered = {layer: [] for layer in layers}, []
    for draw in range(draws):
        rng = np.random.default_rng(draw)
        x = rng.standard_normal((examples, width))
        x = y = x - x.mean(axis=0)
        for layer in range(1, layers[-1] + 1):
            W = rng.standard_normal((width, width)) * (2 / width) ** 0.5
            x, sums = np.maximum(x @ W, 0), y @ W
            y = np.maximum(sums - sums.mean(axis=0), 0)
            if layer in layers:
                found[layer].append((np.mean(x**2), offset_share(x)))
        centered.append((offset_share(y), np.mean(y**2)))
    rows = [(layer, *np.mean(found[layer], axis=0).tolist()) for layer in layers]
    share, size = np.mean(centered, axis=0).tolist()
    return Kept(draws, width, examples, tuple(rows), share, size)


@dataclass(frozen=True)
class Read:
    """A linear unit reads two independent ReLU outputs, each 0 or 2k; its goal is (2, 0)/k.

    `rows`: k; the outputs' mean square; its share due to the mean; the two curvatures; what each
    step of 2 over their sum leaves of the distance, from 0, raw and less the mean.
    """

    rows: tuple[tuple[float, ...], ...]


@example("weights-read")
def read() -> Read:
    """Return the scale 1 and its double."""
    rows = []
    for k in (1.0, 2.0):
        a, goal, left = (FOUR - 1) * k, np.array([2.0, 0.0]) / k, []
        for inputs in (a - a.mean(axis=0), a):
            M = inputs.T @ inputs / 4
            flat, steep = np.linalg.eigvalsh(M).tolist()
            off = goal - 2 / (steep + flat) * M @ goal
            left.append(float(np.linalg.norm(off) / np.linalg.norm(goal)))
        size = float(np.mean(a**2))
        rows.append((k, size, float(a.mean() ** 2) / size, steep, flat, left[1], left[0]))
    return Read(tuple(rows))


@dataclass(frozen=True)
class Positive:
    """Standard normal examples behind ReLU layers of He's weights, and of their absolute values.

    `sizes`: the root mean square of the last layer's outputs, for either (the median over the
    draws); `ranges`: the least and the most, the second in billions as `billions` is.
    `cosines`: the mean cosine of two units' outputs there, of those that are not 0 throughout.
    `mean_size`: E|z| of a standard normal z; `mean_weight`: that of a weight; `gain`: by what the
    mean weights of a layer multiply the mean of its inputs.
    """

    draws: int
    width: int
    examples: int
    layers: int
    sizes: tuple[float, float]
    billions: float
    ranges: tuple[tuple[float, float], tuple[float, float]]
    cosines: tuple[float, float]
    mean_size: float
    mean_weight: float
    gain: float


@example("weights-positive")
def positive() -> Positive:
    """Return the sizes and cosines behind ten layers of 100 units."""
    draws, width, examples, layers = 21, 100, 1000, 10
    found = ([], [])
    for draw in range(draws):
        rng = np.random.default_rng(draw)
        start = rng.standard_normal((examples, width))
        weights = rng.standard_normal((layers, width, width)) * (2 / width) ** 0.5
        for results, ws in zip(found, (weights, np.abs(weights)), strict=True):
            x = start
            for W in ws:
                x = np.maximum(x @ W, 0)
            # A unit that is off for all examples has no direction.
            on = x[:, x.any(axis=0)]
            on = on / np.linalg.norm(on, axis=0)
            count = on.shape[1]
            cosine = (np.sum(on.sum(axis=1) ** 2) - count) / (count * (count - 1))
            results.append((np.sqrt(np.mean(x**2)), cosine))
    (he, he_cosine), (size, cosine) = np.median(found, axis=1).tolist()
    (least, most), (low, high) = (
        (float(np.min(results, axis=0)[0]), float(np.max(results, axis=0)[0])) for results in found
    )
    mean_size = (2 / np.pi) ** 0.5
    mean_weight = mean_size * (2 / width) ** 0.5
    return Positive(
        draws,
        width,
        examples,
        layers,
        sizes=(he, size),
        billions=size / 1e9,
        ranges=((least, most), (low / 1e9, high / 1e9)),
        cosines=(he_cosine, cosine),
        mean_size=float(mean_size),
        mean_weight=float(mean_weight),
        gain=float(width * mean_weight),
    )


@dataclass(frozen=True)
class Scale:
    """Ten tanh layers without biases, and weights of the standard deviation σ.

    `rows`, for σ = 0.01, 1/√n and 1: √n·σ; the standard deviation of the outputs of layers 1, 2 and
    10; their mean in layer 10; what share of their mean square is due to the units' means.
    `shifted`: that mean and share for inputs of mean 1, with σ = 1/√n.
    `ten`: what ten factors √n·σ make, for σ = 0.01.
    `edge`: tanh(2).  `slope`: tanh's slope where it is 0.99.
    `flat`: the share of outputs beyond ±0.99 in layer 10 for σ = 1.
    `back`: by what a layer multiplies the root mean square of an error on its way back, for σ = 1:
    the mean over the layers, the least and the most; `back_small`: that mean for σ = 0.01.
    All are medians of the draws.
    """

    width: int
    examples: int
    draws: int
    rows: tuple[tuple[float, ...], ...]
    shifted: tuple[float, float]
    ten: float
    edge: float
    slope: float
    flat: float
    back: tuple[float, float, float]
    back_small: float


_WIDE, _READ, _RANDOM = 500, 500, 3


@stored
def _scaled(deviation: float, mean: float) -> np.ndarray:
    """Return the medians of what `Scale` needs for one standard deviation and inputs' mean."""
    found = []
    for seed in range(_RANDOM):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((_READ, _WIDE)) + mean
        weights = rng.standard_normal((10, _WIDE, _WIDE)) * deviation
        outputs = []
        for W in weights:
            x = np.tanh(x @ W)
            outputs.append(x)
        share = (x.mean(axis=0) ** 2).mean() / (x**2).mean()
        flat = (np.abs(x) > 0.99).mean()
        error, factors = rng.standard_normal(x.shape), []
        for W, y in zip(weights[::-1], outputs[::-1], strict=True):
            before = (error**2).mean()
            error = (error * (1 - y**2)) @ W.T
            factors.append(((error**2).mean() / before) ** 0.5)
        spreads = (outputs[layer].std() for layer in (0, 1, 9))
        back = np.mean(factors), np.min(factors), np.max(factors)
        found.append((*spreads, x.mean(), share, flat, *back))
    return np.median(found, axis=0)


@example("weights-scale")
def scale() -> Scale:
    """Return the medians over the draws."""
    deviations = (0.01, _WIDE**-0.5, 1.0)
    runs = [_scaled(deviation, 0.0).tolist() for deviation in deviations]
    shifted = _scaled(_WIDE**-0.5, 1.0).tolist()
    factors = [_WIDE**0.5 * deviation for deviation in deviations]
    rows = [
        # A zero of either sign is shown as one.
        (factor, *run[:3], round(run[3], 3) + 0.0, run[4])
        for factor, run in zip(factors, runs, strict=True)
    ]
    return Scale(
        _WIDE,
        _READ,
        _RANDOM,
        tuple(rows),
        (round(shifted[3], 2) + 0.0, shifted[4]),
        factors[0] ** 10,
        float(np.tanh(2)),
        1 - 0.99**2,
        runs[2][5],
        tuple(runs[2][6:]),
        runs[0][6],
    )
