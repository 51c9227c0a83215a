"""Layers: what the first reads, what one hands on, and what the last one gets back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArrivalError
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.network import relu_cosines
from offcenter.normal import normal_cdf, normal_density
from offcenter.spectrum import offset_share

__all__ = ["Alike", "Converted", "First", "Hidden", "OutputLayer", "alike", "converted", "first"]
__all__ += ["TwoProblems", "hidden", "output_layer", "two_problems"]


@dataclass(frozen=True)
class First:
    """A ReLU unit that should learn the weights (1, ½) on (1 or 3, 1 or 3), as is and centered.

    `rows`: the inputs, the four sums, how many of them are on, the largest and the smallest
    curvature, and the steps from (1.1, 0.5) to 1 % of the distance at the step size `sizes`,
    the best for these curvatures.  `matrices`: the curvature.
    `with_bias`: κ of weights and bias for normal inputs of variance 1 with the means (2, 2), and
    (0, 0).
    """

    rows: tuple[tuple[float | str, ...], ...]
    matrices: tuple[np.ndarray, ...]
    sizes: tuple[float, ...]
    with_bias: tuple[float, ...]


def _half_space(w: np.ndarray, mean: np.ndarray) -> float:
    """Return κ of E[φ′(w·x)(x, 1)(x, 1)ᵀ] for ReLU and x ~ N(mean, I) in the plane.

    With u along w, on where u > −a, a = w·mean/|w|: P = Φ(a), E[u] = φ(a), E[u²] = Φ(a) − aφ(a).
    """
    along = w / np.linalg.norm(w)
    across = np.array([-along[1], along[0]])
    a, c = along @ mean, across @ mean
    p, d = float(normal_cdf(a)), float(normal_density(a))
    level = d + a * p
    M = np.array(
        [
            [p + a * level, c * level, level],
            [c * level, (1 + c * c) * p, c * p],
            [level, c * p, p],
        ]
    )
    return float(np.linalg.cond(M))


@example("layers-first")
def first() -> First:
    """Return sums, curvatures and the run of a single ReLU unit without a bias."""
    relu, goal, start = ACTIVATIONS["relu"], np.array([1.0, 0.5]), np.array([1.1, 0.5])
    rows, matrices, sizes = [], [], []
    for name, X in (("raw", FOUR), ("centered", FOUR - 2)):
        sums = X @ goal
        M = X.T @ (relu.derivative(sums)[:, None] * X) / 4
        flat, steep = np.linalg.eigvalsh(M)
        eta, w, steps = 2 / (flat + steep), start, 0
        while np.linalg.norm(w - goal) > 0.01 * np.linalg.norm(start - goal):
            if steps == 1000:
                raise ArrivalError("the unit did not reach its goal")
            delta = (relu.value(X @ w) - relu.value(sums)) * relu.derivative(X @ w)
            w, steps = w - eta * X.T @ delta / 4, steps + 1
        rows.append((name, listed(sums), int((sums > 0).sum()), float(steep), float(flat), steps))
        matrices.append(M)
        sizes.append(float(eta))
    return First(
        rows=tuple(rows),
        matrices=tuple(matrices),
        sizes=tuple(sizes),
        with_bias=tuple(_half_space(goal, np.array([m, m])) for m in (2.0, 0.0)),
    )


@dataclass(frozen=True)
class Hidden:
    """What share of the mean square of a layer's outputs is their mean, in wide random networks.

    `rows`: activation and data, then the share in the data and after layers 1, 2 and 3.
    `outputs`: activation, what it makes of the sums −1 and 1, the mean of these two; mean over
    standard deviation of the outputs for standard normal sums.
    `uniform`: that ratio for numbers that are uniform on [0, 1].
    """

    examples: int
    outputs: tuple[tuple[float | str, ...], ...]
    uniform: float
    rows: tuple[tuple[float | str, ...], ...]


def _standardized(s: np.ndarray) -> np.ndarray:
    return (s - s.mean(axis=0)) / s.std(axis=0)


@example("layers-hidden")
def hidden() -> Hidden:
    """Return the shares for normal data of mean 1 or 0 in 400 inputs, and 400 units a layer."""
    rng = np.random.default_rng(0)
    width, examples = 400, 1000
    noise = rng.standard_normal((examples, width))
    weights = rng.standard_normal((3, width, width)) / np.sqrt(width)

    def shares(data: np.ndarray, name: str, norm: bool) -> tuple[float, ...]:
        X, result = data, [offset_share(data)]
        for W in weights:
            s = X @ W
            X = ACTIVATIONS[name].value(_standardized(s) if norm else s)
            result.append(offset_share(X))
        return tuple(result)

    rows = []
    for label, name, norm in (
        ("ReLU", "relu", False),
        ("sigmoid", "sigmoid", False),
        ("tanh", "tanh", False),
        ("batch norm, then ReLU", "relu", True),
    ):
        for data_label, data in (("mean 1", noise + 1), ("mean 0", noise - noise.mean(axis=0))):
            rows.append((label, data_label, *shares(data, name, norm)))
    outputs = []
    for label, name in (("ReLU", "relu"), ("sigmoid", "sigmoid"), ("ELU", "elu"), ("tanh", "tanh")):
        phi = ACTIVATIONS[name]
        low, high = pair = phi.value(np.array([-1.0, 1.0]))
        mean, ratio = float(pair.mean()), phi.mean / phi.variance**0.5
        shown = listed((low, high), "z.2g", " and ")
        outputs.append((label, shown, round(mean, 12) + 0.0, round(ratio, 12) + 0.0))
    return Hidden(examples, tuple(outputs), 3**0.5, tuple(rows))


@dataclass(frozen=True)
class OutputLayer:
    """Three classes, the first is right; the outputs are .7, .2 and .1; the layer below puts out h.

    `probabilities`, `errors` p − y; `positive`, `centered`: for h = (1, 2) and h = (1, −1), the
    gradient in the two weights of each class; `missed`: for a sigmoid that says .01 where 1 is
    right, the error with cross-entropy and with half the squared error, as the sum sees them;
    `signed`: t = 2p − 1 for the first p and the label 1, and the error (t − 1)/2 of its sum.
    """

    probabilities: np.ndarray
    errors: np.ndarray
    positive: np.ndarray
    centered: np.ndarray
    missed: np.ndarray
    signed: np.ndarray


@example("layers-outputs")
def output_layer() -> OutputLayer:
    """Return p − y, its products with h, and p − y against (p − y)p(1 − p)."""
    p = np.array([0.7, 0.2, 0.1])
    errors = p - [1, 0, 0]
    missed = 0.01
    return OutputLayer(
        probabilities=p,
        errors=errors,
        positive=np.outer(errors, [1.0, 2.0]),
        centered=np.outer(errors, [1.0, -1.0]),
        missed=np.array([missed - 1, (missed - 1) * missed * (1 - missed)]),
        signed=np.array([2 * p[0] - 1, ((2 * p[0] - 1) - 1) / 2]),
    )


@dataclass(frozen=True)
class Converted:
    """The function 3 tanh(x) + 1, also as 6σ(2x) − 2, and tanh(x) by two σ units without a bias.

    `rows`: the input, tanh(x), 3 tanh(x) + 1, σ(2x), and 6σ(2x) − 2.
    `pair`: σ(2x), σ(−2x) and their difference at x = 1.
    """

    rows: tuple[tuple[float, ...], ...]
    pair: tuple[float, ...]


@example("layers-converted")
def converted() -> Converted:
    """Return the values of both at −1, 0 and 1."""
    sigmoid, tanh = (ACTIVATIONS[name].value for name in ("sigmoid", "tanh"))
    x = np.array([-1.0, 0.0, 1.0])
    a, s = tanh(x), sigmoid(2 * x)
    table = np.column_stack([x, a, 3 * a + 1, s, 6 * s - 2])
    return Converted(
        rows=tuple(tuple(row) for row in table.tolist()),
        pair=(float(s[2]), float(s[0]), float(s[2] - s[0])),
    )


@dataclass(frozen=True)
class Alike:
    """Four inputs, ±(1, 0) and ±(0, 1), through the ReLU units (±1, ±1); and through wide layers.

    `rows`: the input, its four sums, what the ReLU makes of them, and that less its mean over the
    inputs.
    `pairs`: two inputs; their cosine, those of their sums, of their outputs, and of the last.
    `wide`: how many wide random layers, the cosine that they make of 0, and the length of the
    difference of two vectors of this cosine and one length, as a part of that length.
    """

    rows: tuple[tuple[str, ...], ...]
    pairs: tuple[tuple[float | str, ...], ...]
    wide: tuple[tuple[float, ...], ...]


def _cosine(X: np.ndarray, i: int, j: int) -> float:
    lengths = np.linalg.norm(X, axis=1)
    return round(float(X[i] @ X[j] / (lengths[i] * lengths[j])), 12) + 0.0


@example("layers-alike")
def alike() -> Alike:
    """Return outputs and cosines of one layer, and the cosines of up to 50 wide ones."""
    X = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    W = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    sums = X @ W.T
    outputs = ACTIVATIONS["relu"].value(sums)
    centered = outputs - outputs.mean(axis=0)
    stages = (X, sums, outputs, centered)
    cosines = relu_cosines(50)
    return Alike(
        rows=tuple(
            (f"({listed(x)})", *(listed(stage[i]) for stage in stages[1:])) for i, x in enumerate(X)
        ),
        pairs=tuple(
            (name, *(_cosine(stage, 0, j) for stage in stages))
            for name, j in (("(1, 0) and (0, 1)", 1), ("(1, 0) and (−1, 0)", 2))
        ),
        wide=tuple(
            (layers, float(cosines[layers]), float(np.sqrt(2 - 2 * cosines[layers])))
            for layers in (0, 1, 10, 50)
        ),
    )


@dataclass(frozen=True)
class TwoProblems:
    """A mean, or an error that vanishes: standard normal examples, ten layers, random errors.

    `rows`: activation, the mean of the first layer's outputs, and the root mean square of the
    errors δ at the first layer's sums over that at the last one's; medians over the draws.
    `ranges`: the least and the most of the last.
    `nine`: what nine slopes of ¼ leave of an error.
    """

    draws: int
    width: int
    examples: int
    layers: int
    rows: tuple[tuple[float | str, ...], ...]
    ranges: tuple[tuple[float, float], ...]
    nine: float


@example("layers-two-problems")
def two_problems() -> TwoProblems:
    """Return the rows for weights of variance 1/width, with ReLU 2/width, and biases 0."""
    draws, width, examples, layers, rows, ranges = 21, 100, 200, 10, [], []
    for label, name, less in (
        ("sigmoid", "sigmoid", 0.0),
        ("sigmoid − ½", "sigmoid", 0.5),
        ("tanh", "tanh", 0.0),
        ("ReLU", "relu", 0.0),
    ):
        phi, found = ACTIVATIONS[name], []
        for draw in range(draws):
            rng = np.random.default_rng(draw)
            a, sums, means = rng.standard_normal((examples, width)), [], []
            weights = rng.standard_normal((layers, width, width)) * width**-0.5
            if name == "relu":
                weights = weights * 2**0.5
            for W in weights:
                sums.append(a @ W)
                a = phi.value(sums[-1]) - less
                means.append(a.mean())
            delta = rng.standard_normal((examples, width)) * phi.derivative(sums[-1])
            last = np.mean(delta**2)
            for W, s in zip(weights[:0:-1], sums[-2::-1], strict=True):
                delta = delta @ W.T * phi.derivative(s)
            found.append((means[0], np.sqrt(np.mean(delta**2) / last)))
        middle, ratio = np.median(found, axis=0).tolist()
        rows.append((label, middle, ratio))
        ranges.append((float(np.min(found, axis=0)[1]), float(np.max(found, axis=0)[1])))
    slope = float(ACTIVATIONS["sigmoid"].derivative(np.array(0.0)))
    return TwoProblems(
        draws, width, examples, layers, tuple(rows), tuple(ranges), slope ** (layers - 1)
    )
