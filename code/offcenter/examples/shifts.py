"""Shifts: what a mean of the inputs changes, and what makes up for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.data import load_digits
from offcenter.examples._record import example
from offcenter.examples.paths import steps_from_slowest, steps_until
from offcenter.spectrum import condition_number, offset_share

__all__ = [
    "BiasFollows",
    "Hidden",
    "ImageMeans",
    "Methods",
    "Moving",
    "OutputLayer",
    "SignsOfInputs",
    "bias_follows",
    "hidden",
    "image_means",
    "methods",
    "moving",
    "output_layer",
    "signs_of_inputs",
]


@dataclass(frozen=True)
class BiasFollows:
    """A linear unit reads 1 or 3 and should put out −1 or 1, from w = b = 0.

    `step_size` is the best one.  As fractions: `first` and `second`, (w, b) after one and two
    steps, and after the first the `outputs`, the `errors` and the `slopes` in w and b.
    `taken_back`: the share of the weight's first step that the second undoes; `steps` to 1 % of the
    distance.
    `rows`: the mean m of an input m ± 1, steps to 1 % of the distance at the best step size, at
    the best two step sizes (one for the weight, one for the bias), and with the bias that is best
    for the weight after each step.
    """

    step_size: str
    first: tuple[str, ...]
    outputs: tuple[str, ...]
    errors: tuple[str, ...]
    slopes: tuple[str, ...]
    second: tuple[str, ...]
    taken_back: float
    steps: int
    rows: tuple[tuple[float, int, int, int], ...]


def _written(values: Iterable[Fraction]) -> tuple[str, ...]:
    return tuple(str(value).replace("-", "−") for value in values)


@example("shifts-bias-follows")
def bias_follows() -> BiasFollows:
    """Return two steps by hand for mean 2, and the table for other means."""
    inputs, targets = (Fraction(1), Fraction(3)), (-1, 1)

    def errors_at(w: Fraction, b: Fraction) -> list[Fraction]:
        return [w * x + b - y for x, y in zip(inputs, targets, strict=True)]

    def slopes_of(errors: list[Fraction]) -> tuple[Fraction, Fraction]:
        of_weight = sum((e * x for e, x in zip(errors, inputs, strict=True)), Fraction())
        return of_weight / 2, sum(errors, Fraction()) / 2

    rate = 2 / (sum((x * x for x in inputs), Fraction()) / 2 + 1)
    start = slopes_of(errors_at(Fraction(), Fraction()))
    w, b = (-rate * slope for slope in start)
    errors = errors_at(w, b)
    slopes = slopes_of(errors)
    second = w - rate * slopes[0], b - rate * slopes[1]
    rows = []
    for mean in (0.0, 2.0, 10.0):
        A = np.array([[1 + mean**2, mean], [mean, 1.0]])
        distance = np.array([1.0, -mean])
        # With one step size for each entry, descent is plain descent on a rescaled problem, and
        # two entries are served best by equal diagonals.
        scale = 1 / np.sqrt(np.diag(A))
        scaled = A * np.outer(scale, scale)
        rows.append(
            (
                mean,
                steps_until(A, distance, 2 / np.trace(A), 0.01),
                steps_until(scaled, distance / scale, 2 / np.trace(scaled), 0.01),
                _with_the_best_bias(mean),
            )
        )
    return BiasFollows(
        step_size=str(rate),
        first=_written((w, b)),
        outputs=_written(w * x + b for x in inputs),
        errors=_written(errors),
        slopes=_written(slopes),
        second=_written(second),
        taken_back=float(1 - second[0] / w),
        steps=rows[1][1],
        rows=tuple(rows),
    )


def _with_the_best_bias(mean: float) -> int:
    """Return the steps of size 1 in w, with b at its best after each, until w is within 1 %."""
    x = np.array([mean - 1, mean + 1])
    y = x - mean
    w, steps = 0.0, 0
    while abs(w - 1) > 0.01:
        b = (y - w * x).mean()
        w, steps = w - ((w * x + b - y) * x).mean(), steps + 1
    return steps


@dataclass(frozen=True)
class SignsOfInputs:
    """Two independent inputs with two equally likely values each, and no bias.

    `rows`: the values of the first and of the second, the signs of a gradient's two entries, how
    large the mean is for the spread, κ, and steps to 1 % from the slowest start.
    `below`: a gradient for x = (−1, −2), δ = −0.5.
    """

    rows: tuple[tuple[float | str, ...], ...]
    below: np.ndarray


@example("shifts-signs")
def signs_of_inputs() -> SignsOfInputs:
    """Return the table for inputs of one sign, of opposite signs, and of both."""

    def named(values: tuple[float, float]) -> str:
        return " or ".join(f"{v:g}".replace("-", "−") for v in values)

    rows = []
    for first, second in (
        ((1.0, 3.0), (1.0, 3.0)),
        ((-1.0, -3.0), (-1.0, -3.0)),
        ((1.0, 3.0), (-1.0, -3.0)),
        ((-1.0, 3.0), (-1.0, 3.0)),
        ((-1.0, 1.0), (-1.0, 1.0)),
    ):
        X = np.array([[a, b] for a in first for b in second])
        products = X[:, 0] * X[:, 1]
        signs = "equal" if (products > 0).all() else "opposite" if (products < 0).all() else "both"
        M = X.T @ X / 4
        relative = abs(np.mean(first)) / np.std(first)
        rows.append(
            (
                named(first),
                named(second),
                signs,
                float(relative),
                condition_number(M),
                steps_from_slowest(M),
            )
        )
    return SignsOfInputs(tuple(rows), below=-0.5 * np.array([-1.0, -2.0]))


@dataclass(frozen=True)
class Hidden:
    """What share of the mean square of a layer's outputs is their mean, in wide random networks.

    `rows`: activation and data, then the share in the data and after layers 1, 2 and 3.
    `sigmoid`, `tanh`: outputs for the sums −1 and 1; `sigmoid_share`: the share of their mean.
    """

    examples: int
    sigmoid: np.ndarray
    sigmoid_share: float
    tanh: np.ndarray
    rows: tuple[tuple[float | str, ...], ...]


def _standardized(s: np.ndarray) -> np.ndarray:
    return (s - s.mean(axis=0)) / s.std(axis=0)


@example("shifts-hidden")
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
        for data_label, data in (("mean 1", noise + 1), ("centered", noise - noise.mean(axis=0))):
            rows.append((label, data_label, *shares(data, name, norm)))
    sigmoid, tanh = (ACTIVATIONS[name].value(np.array([-1.0, 1.0])) for name in ("sigmoid", "tanh"))
    return Hidden(
        examples=examples,
        sigmoid=sigmoid,
        sigmoid_share=offset_share(sigmoid[:, None]),
        tanh=tanh,
        rows=tuple(rows),
    )


@dataclass(frozen=True)
class Moving:
    """Steps to 1 % of a unit with weight and bias, for inputs that stay and inputs that change.

    `still`: inputs 1 or 3 at the best step size; `centered`: the same less 2; `changing`: inputs
    ±0.8 and ±1.2 in turn, at step size 1, by the two `factors`.
    """

    still: int
    centered: int
    changing: int
    factors: tuple[float, float]


@example("shifts-moving")
def moving() -> Moving:
    """Return the three numbers of steps."""
    record = bias_follows()
    factors = (1 - 0.8**2, 1 - 1.2**2)
    distance, steps = 1.0, 0
    while abs(distance) > 0.01:
        distance, steps = distance * factors[steps % 2], steps + 1
    return Moving(record.steps, record.rows[0][1], steps, factors)


@dataclass(frozen=True)
class OutputLayer:
    """Three classes, the first is right; the outputs are .7, .2 and .1; the layer below puts out h.

    `probabilities`, `errors` p − y; `positive`, `centered`: for h = (1, 2) and h = (1, −1), the
    gradient in the two weights of each class; `missed`: for a sigmoid that says .01 where 1 is
    right, the error with cross-entropy and with half the squared error, as the sum sees them.
    """

    probabilities: np.ndarray
    errors: np.ndarray
    positive: np.ndarray
    centered: np.ndarray
    missed: np.ndarray


@example("shifts-outputs")
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
    )


@dataclass(frozen=True)
class ImageMeans:
    """Three images of two pixels, (1, 3), (3, 5), (5, 7), and the digits, less four means.

    `rows`: what is subtracted, the three images then, and what share of the mean square their mean
    over the images makes up, for these three and for the digits.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("shifts-images")
def image_means() -> ImageMeans:
    """Return the table for nothing, one number, a number for each pixel, and one for each image."""
    three, digits = np.array([[1.0, 3], [3, 5], [5, 7]]), load_digits().inputs
    means: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "nothing": np.zeros_like,
        "one number for all": lambda X: X.mean(keepdims=True),
        "each pixel's": lambda X: X.mean(axis=0),
        "each image's own": lambda X: X.mean(axis=1, keepdims=True),
    }
    rows = []
    for name, mean in means.items():
        small = three - mean(three)
        images = " ".join(f"({a:g}, {b:g})".replace("-", "−") for a, b in small)
        rows.append((name, images, offset_share(small), offset_share(digits - mean(digits))))
    return ImageMeans(tuple(rows))


@dataclass(frozen=True)
class Methods:
    """Which predictions change when the inputs are shifted, or one of them is rescaled.

    `rows`: the method, and by how much its predictions for other inputs change at most, if 10 is
    added to both inputs, and if the second is multiplied by 10.
    """

    rows: tuple[tuple[float | str, ...], ...]


def _by_least_squares(penalty: float, *, bias: bool) -> Callable[..., np.ndarray]:
    def predict(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
        center, level = (X.mean(axis=0), y.mean()) if bias else (np.zeros(2), 0.0)
        Z = X - center
        w = np.linalg.solve(Z.T @ Z + penalty * np.eye(2), Z.T @ (y - level))
        return (new - center) @ w + level

    return predict


def _by_descent(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return the predictions after 20 steps from 0, each of size 1/λmax."""
    A, B = (np.column_stack([Z, np.ones(len(Z))]) for Z in (X, new))
    H = A.T @ A / len(A)
    w = np.zeros(3)
    for _ in range(20):
        w = w - A.T @ (A @ w - y) / len(A) / np.linalg.eigvalsh(H)[-1]
    return B @ w


def _by_neighbor(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    return y[((new[:, None] - X) ** 2).sum(axis=2).argmin(axis=1)]


def _by_stump(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return the predictions of the one split with the least squared error."""

    def tried(feature: int, at: float) -> tuple[float, np.ndarray]:
        left, others = X[:, feature] <= at, X[:, feature] > at
        low, high = y[left].mean(), y[others].mean()
        error = ((np.where(left, low, high) - y) ** 2).sum()
        return error, np.where(new[:, feature] <= at, low, high)

    places = [(j, (a + b) / 2) for j in (0, 1) for a, b in pairwise(np.unique(X[:, j]))]
    return min((tried(j, at) for j, at in places), key=lambda pair: pair[0])[1]


@example("shifts-methods")
def methods() -> Methods:
    """Return the table for six methods on twelve examples and their predictions at 50 others."""
    rng = np.random.default_rng(0)
    X, new = rng.standard_normal((12, 2)), rng.standard_normal((50, 2))
    y = X @ [1.0, 0.5] + np.sin(2 * X[:, 0])
    predictors = {
        "least squares with bias": _by_least_squares(0.0, bias=True),
        "least squares without bias": _by_least_squares(0.0, bias=False),
        "ridge, bias not penalized": _by_least_squares(1.0, bias=True),
        "gradient descent, 20 steps": _by_descent,
        "nearest neighbor": _by_neighbor,
        "decision tree of one split": _by_stump,
    }
    rows = []
    for name, predict in predictors.items():
        plain = predict(X, y, new)
        moved = (predict(X + 10, y, new + 10), predict(X * [1, 10], y, new * [1, 10]))
        rows.append((name, *(float(np.abs(other - plain).max().round(9)) for other in moved)))
    return Methods(tuple(rows))
