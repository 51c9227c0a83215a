"""Layers: what the first reads, what one hands on, and what the last one gets back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArrivalError
from offcenter.examples._hidden_layer import Runs
from offcenter.examples._record import example
from offcenter.examples._steps import ends
from offcenter.network import relu_cosines
from offcenter.spectrum import offset_share

__all__ = ["Alike", "Converted", "First", "Hidden", "OutputLayer", "alike", "converted", "first"]
__all__ += ["FourCases", "TwoProblems", "four_cases", "hidden", "output_layer", "two_problems"]


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
    """What the last layer gets back from the loss.

    `probabilities`, `errors`: of three classes, of which the first is right, and p − y; `wrong`: at
    the sum −4, where the label is positive, what is used at the output, the output, and the error
    of the sum; `missed`: the first two errors for a sigmoid that says .01; `signed`: t = 2p − 1 for
    the first p and the label 1, and the error (t − 1)/2 of its sum; `twice`: what a softmax makes
    of the largest of ten probabilities that are 1, 0, …, 0.
    """

    probabilities: np.ndarray
    errors: np.ndarray
    wrong: tuple[tuple[float | str, ...], ...]
    missed: np.ndarray
    signed: np.ndarray
    twice: float


@example("layers-outputs")
def output_layer() -> OutputLayer:
    """Return p − y, (p − y)p(1 − p), and (t − y)(1 − t²) for a tanh with the labels ±1."""
    p = np.array([0.7, 0.2, 0.1])
    z, missed = np.array(-4.0), 0.01
    s, t = (float(ACTIVATIONS[name].value(z)) for name in ("sigmoid", "tanh"))
    wrong = (
        ("sigmoid, cross-entropy", s, s - 1),
        ("sigmoid, half the squared error", s, (s - 1) * s * (1 - s)),
        ("tanh, half the squared error", t, (t - 1) * (1 - t**2)),
    )
    return OutputLayer(
        probabilities=p,
        errors=p - [1, 0, 0],
        wrong=wrong,
        missed=np.array([missed - 1, (missed - 1) * missed * (1 - missed)]),
        signed=np.array([2 * p[0] - 1, ((2 * p[0] - 1) - 1) / 2]),
        twice=float(np.e / (np.e + 9)),
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
            for layers in (0, 1, 2, 10, 50)
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
        ranges.append(ends(np.array(found)[:, 1]))
    slope = float(ACTIVATIONS["sigmoid"].derivative(np.array(0.0)))
    return TwoProblems(
        draws, width, examples, layers, tuple(rows), tuple(ranges), slope ** (layers - 1)
    )


@dataclass(frozen=True)
class FourCases:
    """The gradient of a sigmoid unit that reads two inputs, alone or the first of ten in a row.

    Its weights are 0; the others read the one before with the weight 1 and the bias −½.  The error
    at the last output is 1.
    `rows`: for the inputs (4, 8) and (−4, 8) the gradient if it stands alone, then if it is the
    first of ten; `errors`: the error δ at its sum, in both cases.
    """

    rows: tuple[tuple[float, ...], ...]
    errors: tuple[float, float]


@example("layers-four-cases")
def four_cases() -> FourCases:
    """Return the gradients, one-signed and mixed, for an error that arrives or vanishes."""
    errors, sigmoid = [], ACTIVATIONS["sigmoid"]
    for units in (1, 10):
        z, slopes = np.zeros(1), []
        for _ in range(units):
            slopes.append(sigmoid.derivative(z).item())
            z = sigmoid.value(z) - 0.5
        errors.append(float(np.prod(slopes)))
    rows = (
        tuple(delta * x for delta in errors for x in inputs) for inputs in ((4.0, 8.0), (-4.0, 8.0))
    )
    return FourCases(tuple(rows), (errors[0], errors[1]))


@dataclass(frozen=True)
class First:
    """Networks of one layer of ReLUs whose data, and whose ReLU outputs, are centered or not.

    The loss is half the mean squared error, in full batches; He's weights, biases 0.  The targets
    are a sum of ReLUs with standard normal weights on the inputs, which are uniform on [0, 1], less
    ½; the steps are those to a tenth of the targets' variance.
    `rows`: what is centered, percent of the ReLUs that are on for all or for no examples at the
    start, best of `rates` learning rates and its steps; medians, the percents means, over `draws`.
    `ranges`: least and most steps of each row.
    `linear`: steps with the data raw and centered, to 1 % of the variance of targets w·x.
    """

    examples: int
    inputs: int
    units: int
    draws: int
    rates: int
    rows: tuple[tuple[float | str, ...], ...]
    ranges: tuple[tuple[int, int], ...]
    linear: tuple[int, int]


_EXAMPLES, _INPUTS, _UNITS, _DRAWS = 500, 20, 20, 5
_RATES = 2.0 ** (np.arange(-10, 4) / 2)
_WAYS = ("nothing", "the data", "data and ReLU outputs")


def _drawn(seed: int, *, linear: bool) -> tuple[np.ndarray, ...]:
    """Return inputs, targets, first and second weights."""
    rng = np.random.default_rng(seed)
    X = rng.random((_EXAMPLES, _INPUTS))
    if linear:
        y = X @ rng.standard_normal(_INPUTS)
    else:
        y = np.maximum((X - 0.5) @ rng.standard_normal((_INPUTS, 5)), 0).sum(axis=1)
    W = rng.standard_normal((_INPUTS, _UNITS)) * np.sqrt(2 / _INPUTS)
    return X, y, W, rng.standard_normal(_UNITS) / np.sqrt(_UNITS)


def _first_to_arrive(way: str, seed: int, *, linear: bool) -> tuple[float, ...]:
    """Return the steps of the best rate, that rate, and the share of ReLUs that do not switch.

    Raises
    ------
    ArrivalError
        If no rate arrives.
    """
    X, y, below, above = _drawn(seed, linear=linear)
    X = X if way == "nothing" else X - X.mean(axis=0)
    outputs = way == _WAYS[-1]
    on = X @ below > 0
    still = float((on.all(axis=0) | ~on.any(axis=0)).mean())
    # One network for each rate; the first that arrives has the best.
    c = 0.0
    if outputs:
        # What centering takes from the output at the start, the bias gives back.
        c = np.maximum(X @ below, 0).mean(axis=0) @ above
    parts = (below, np.zeros(_UNITS), above, np.array(c))
    parts = (np.repeat(part[None], len(_RATES), axis=0) for part in parts)
    runs = Runs(X[None], y[None], *parts, unit="relu less its mean" if outputs else "relu")
    goal, rates = (0.01 if linear else 0.1) * y.var(), _RATES
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(3000):
            losses = runs.losses()
            there = losses <= goal
            if there.any():
                return step, float(rates[there][0]), still
            on = np.isfinite(losses)
            if not on.all():
                rates = rates[on]
                runs.keep(on)
            runs.move(rates, runs.slopes())
    raise ArrivalError("some learning rate must reach the goal, and none did")


@stored
def _arrivals(way: str, linear: bool) -> np.ndarray:
    """Return `_first_to_arrive` of each draw, a row each."""
    return np.array([_first_to_arrive(way, seed, linear=linear) for seed in range(_DRAWS)])


@example("layers-first")
def first() -> First:
    """Return the table, and two medians for linear targets."""
    runs = [_arrivals(way, False) for way in _WAYS]
    raw, data = (int(np.median(_arrivals(way, True)[:, 0])) for way in _WAYS[:2])
    return First(
        _EXAMPLES,
        _INPUTS,
        _UNITS,
        _DRAWS,
        len(_RATES),
        tuple(
            (way, 100 * float(r[:, 2].mean()), float(np.median(r[:, 1])), int(np.median(r[:, 0])))
            for way, r in zip(_WAYS, runs, strict=True)
        ),
        tuple(ends(r[:, 0].astype(int)) for r in runs),
        (raw, data),
    )
