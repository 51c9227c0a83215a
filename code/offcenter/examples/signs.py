"""Signs: one unit, one layer, one hidden error, by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter._written import written
from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until
from offcenter.signs import convolution_gradient, orthant_split

__all__ = [
    "Backward",
    "CenteredInput",
    "Filter",
    "HiddenError",
    "Labels",
    "MixedLabels",
    "PreActivations",
    "Random",
    "Reach",
    "Slope",
    "SmallNetwork",
    "SoftmaxRows",
    "UnitGradients",
    "WaysOut",
    "backward",
    "centered_input",
    "filter_gradients",
    "hidden",
    "labels",
    "mixed_labels",
    "network",
    "pre_activations",
    "random",
    "reach",
    "slope",
    "softmax_rows",
    "unit",
    "ways_out",
]

X = np.array([1.0, 2.0])


@dataclass(frozen=True)
class UnitGradients:
    """The gradients δx of one unit for both signs of δ and for a mixed input."""

    inputs: np.ndarray
    below: np.ndarray
    above: np.ndarray
    mixed_below: np.ndarray


@example("signs-unit")
def unit() -> UnitGradients:
    """Return δx for x = (1, 2) and δ = ∓½, and for (1, −2) and −½."""
    return UnitGradients(X, -0.5 * X, 0.5 * X, -0.5 * X * [1, -1])


@dataclass(frozen=True)
class CenteredInput:
    """One input and the gradient δx on it, as it is and with the mean of all inputs subtracted."""

    raw: np.ndarray
    raw_gradient: np.ndarray
    centered: np.ndarray
    gradient: np.ndarray


@example("signs-centered-input")
def centered_input() -> CenteredInput:
    """Return them for (1, 3), one of the four pairs of 1 and 3, and δ = 2."""
    raw = FOUR[1]
    centered = raw - FOUR.mean(axis=0)
    return CenteredInput(raw, 2 * raw, centered, 2 * centered)


@dataclass(frozen=True)
class Labels:
    """A logistic unit at w = 0, b = 0: δ for the labels 1 and 0, and the gradients δx."""

    error_one: float
    error_zero: float
    gradient_one: np.ndarray
    gradient_zero: np.ndarray


@example("signs-labels")
def labels() -> Labels:
    """Return δ = σ(0) − y and δx for x = (1, 2)."""
    output = ACTIVATIONS["sigmoid"].value(0.0).item()
    return Labels(output - 1, output, (output - 1) * X, output * X)


@dataclass(frozen=True)
class MixedLabels:
    """A logistic unit with weights of both signs, on a positive and on a mixed input.

    `rows`: its sum, its output, δ, and the three entries of δx.
    """

    rows: tuple[tuple[float, ...], ...]


@example("signs-mixed-labels")
def mixed_labels() -> MixedLabels:
    """Return them for w = (2, −1, 1), b = 0: (½, 2, 1) labeled 1 and 0, (−½, 1, 2) labeled 1."""
    rows, positive, mixed = [], np.array([0.5, 2.0, 1.0]), np.array([-0.5, 1.0, 2.0])
    for x, label in ((positive, 1), (positive, 0), (mixed, 1)):
        total = float(x @ [2.0, -1.0, 1.0])
        output = ACTIVATIONS["sigmoid"].value(total).item()
        rows.append((total, output, output - label, *((output - label) * x)))
    return MixedLabels(tuple(rows))


@dataclass(frozen=True)
class HiddenError:
    """The error of a hidden sigmoid unit that two units read, both with positive errors."""

    error: float


@example("signs-hidden")
def hidden() -> HiddenError:
    """Return δ = σ′(0)(W₁δ₁ + W₂δ₂) for weights 2, −3 and errors 0.4, 0.5."""
    slope = ACTIVATIONS["sigmoid"].derivative(0.0).item()
    return HiddenError(slope * float(np.dot((2.0, -3.0), (0.4, 0.5))))


@dataclass(frozen=True)
class SmallNetwork:
    """Two hidden sigmoid units that read (1, 2), each with the sum 0, and a linear output unit.

    `rows`: for each hidden unit its weight to the output, what comes back to it, its error, and
    the gradient of its two weights.
    """

    output: float
    output_error: float
    rows: tuple[tuple[float, ...], ...]


@example("signs-network")
def network() -> SmallNetwork:
    """Return the errors of a whole small network with the output weights 2, −4 and the label 1."""
    sigmoid, weights, label = ACTIVATIONS["sigmoid"], np.array([2.0, -4.0]), 1.0
    output = float(weights @ sigmoid.value(np.zeros(2)))
    output_error = output - label
    back = weights * output_error
    deltas = sigmoid.derivative(np.zeros(2)) * back
    rows = tuple(
        (float(w), float(b), float(d), *(float(d) * X))
        for w, b, d in zip(weights, back, deltas, strict=True)
    )
    return SmallNetwork(output, output_error, rows)


@dataclass(frozen=True)
class SoftmaxRows:
    """Three softmax outputs that read (1, 2, 3), and steps of size 1 of the first row's weights.

    `rows`: for each output its δ, and the gradient of its weights.  `first`, `second`: the steps
    with δ on (1, 2, 3) and −δ on (3, 2, 1); `both`: their sum.
    """

    rows: tuple[tuple[float | str, ...], ...]
    first: np.ndarray
    second: np.ndarray
    both: np.ndarray


@example("signs-softmax-rows")
def softmax_rows() -> SoftmaxRows:
    """Return δxᵀ for the outputs 0.2, 0.5, 0.3, of which the second should be 1."""
    x, deltas = np.array([1.0, 2.0, 3.0]), np.array([0.2, 0.5 - 1, 0.3])
    rows = tuple(
        (f"{k}: δ = {written(delta)}", *map(float, delta * x))
        for k, delta in enumerate(deltas.tolist(), 1)
    )
    first, second = -deltas[0] * x, deltas[0] * x[::-1]
    return SoftmaxRows(rows, first, second, (first + second).round(12) + 0.0)


@dataclass(frozen=True)
class Reach:
    """A goal that needs one weight up and one down: in two legs, and along two given examples.

    `by_hand`: the length of the way along (2, 1) and (1, 2), and that by the straight one.
    """

    goal: np.ndarray
    straight: float
    two_legs: float
    detour: float
    multiples: np.ndarray
    along: float
    times: float
    by_hand: tuple[float, float]


@example("signs-reach")
def reach() -> Reach:
    """Return the ways to (1, −1): any one-signed legs, and multiples of (1, 0.9) and (0.9, 1)."""
    goal = np.array([1.0, -1.0])
    examples = np.array([[1.0, 0.9], [0.9, 1.0]])
    multiples = np.linalg.solve(examples.T, goal)
    along = float(np.abs(multiples) @ np.linalg.norm(examples, axis=1))
    straight = float(np.linalg.norm(goal))
    split = orthant_split(goal)
    # (2, 1) − (1, 2) is the goal.
    by_hand = float(np.linalg.norm([2.0, 1.0]) + np.linalg.norm([1.0, 2.0]))
    return Reach(
        goal=goal,
        straight=straight,
        two_legs=split.detour * straight,
        detour=split.detour,
        multiples=multiples,
        along=along,
        times=along / straight,
        by_hand=(by_hand, by_hand / straight),
    )


@dataclass(frozen=True)
class WaysOut:
    """Gradients of two weights with mixed signs, and how each comes about."""

    mixed_input: np.ndarray
    batch: np.ndarray
    convolution: np.ndarray
    penalty: np.ndarray


@example("signs-ways-out")
def ways_out() -> WaysOut:
    """Return δx for x = (1, −2); two examples; one kernel at two places; a weight penalty.

    The batch is the sum of δx for the errors 1, −1 and the inputs (1, 3), (2, 1), which the kernel
    reads at its two places; the penalty 0.1‖w‖²/2 is at w = (8, 1).
    """
    pair, errors = np.array([[1.0, 3.0], [2.0, 1.0]]), np.array([1.0, -1.0])
    return WaysOut(
        mixed_input=-0.5 * np.array([1.0, -2.0]),
        batch=errors @ pair,
        convolution=convolution_gradient(pair, errors),
        penalty=-0.5 * X + 0.1 * np.array([8.0, 1.0]),
    )


@dataclass(frozen=True)
class PreActivations:
    """Sums w·x of the inputs (1, 1), (1, 3), (3, 1), (3, 3) for two sets of weights.

    `sigmoid`: what the sigmoid makes of the second sum of `mixed`.
    """

    mixed: np.ndarray
    mixed_mean: float
    sigmoid: float
    negative: np.ndarray
    centered: np.ndarray


@example("signs-pre-activations")
def pre_activations() -> PreActivations:
    """Return w·x for w = (½, −1) and w = (−½, −½), and the latter for centered inputs."""
    inputs = FOUR
    mixed = inputs @ [0.5, -1.0]
    negative = inputs @ [-0.5, -0.5]
    centered = (inputs - 2) @ [-0.5, -0.5] + 0.0
    sigmoid = float(ACTIVATIONS["sigmoid"].value(mixed[1]))
    return PreActivations(mixed, mixed.mean(), sigmoid, negative, centered)


@dataclass(frozen=True)
class Filter:
    """A filter of two weights on the pixels 1, 1, 3, 3, 1, with half the sum of squared errors.

    `edge`: for each of the four places its δ, and the two entries of δ times its patch, from
    (0, 0), if the filter should become (1, −1).
    `edge_gradient`, `sum_gradient`: the sums over the places; the latter for the goal (1, 1).
    `curvatures`: along (1, 1) and (1, −1), and the same with 2 subtracted from each pixel.
    `steps`: of the step size that suits both best, to 1 % of the way to (1, −1).
    `one_sign`: the gradient if only the average of the places is read on, with the error −4.
    """

    edge: tuple[tuple[float, ...], ...]
    edge_gradient: np.ndarray
    sum_gradient: np.ndarray
    curvatures: tuple[float, ...]
    steps: int
    one_sign: np.ndarray


@example("signs-filter")
def filter_gradients() -> Filter:
    """Return the gradients of the filter for two goals, and the curvatures along them."""
    patches = np.lib.stride_tricks.sliding_window_view(np.array([1.0, 1.0, 3.0, 3.0, 1.0]), 2)
    edge, both = np.array([1.0, -1.0]), np.array([1.0, 1.0])
    errors = 0 - patches @ edge
    inputs = (patches, patches - 2)
    curvatures = [float(((Z @ way) ** 2).sum() / 2) for Z in inputs for way in (both, edge)]
    step = 2 / (curvatures[0] + curvatures[1])
    return Filter(
        edge=tuple(
            (float(e), *(float(e) * patch + 0)) for e, patch in zip(errors, patches, strict=True)
        ),
        edge_gradient=convolution_gradient(patches, errors),
        sum_gradient=convolution_gradient(patches, 0 - patches @ both),
        curvatures=tuple(curvatures),
        steps=steps_until(patches.T @ patches, edge, step, 0.01),
        one_sign=convolution_gradient(patches, np.full(4, -4 / 4)),
    )


@dataclass(frozen=True)
class Backward:
    """Two units with errors (1, −1) that read two sigmoid units, each with the output ½.

    `weights`: the gradients δaᵀ of their weights, a row for a unit; `back`: Wᵀδ for the weights
    (2, −1) and (−1, 3); `below`: the errors of the two sigmoid units, and the gradients of their
    weights, which read (1, 2).
    `single_weights`, `single_back`: δx and δw of one unit with x = (1, 2), w = (1, −1), δ = −½.
    `positive`: Wᵀδ for the weights (2, 1) and (1, 3), and the errors (1, 1) and (1, −1).
    """

    weights: np.ndarray
    back: np.ndarray
    below: tuple[tuple[float, ...], ...]
    single_weights: np.ndarray
    single_back: np.ndarray
    positive: np.ndarray


@example("signs-backward")
def backward() -> Backward:
    """Return what goes to the weights of a layer, and what goes back to the layer below."""
    W, errors = np.array([[2.0, -1.0], [-1.0, 3.0]]), np.array([1.0, -1.0])
    sigmoid = ACTIVATIONS["sigmoid"]
    back = W.T @ errors
    below = sigmoid.derivative(np.zeros(2)) * back
    return Backward(
        weights=np.outer(errors, sigmoid.value(np.zeros(2))),
        back=back,
        below=tuple((float(e), *(float(e) * X)) for e in below),
        single_weights=-0.5 * X,
        single_back=-0.5 * np.array([1.0, -1.0]),
        positive=np.array([[1.0, 1.0], errors]) @ np.abs(W),
    )


@dataclass(frozen=True)
class Slope:
    """A sigmoid neuron at w = 0, b = 0, with the loss ½(a − y)².

    `rows`: ∂L/∂a and the two weights' gradients, for x = (1, 2) with y = 0 and 1, and for (1, −2)
    with y = 1.
    """

    rows: tuple[tuple[float, ...], ...]


@example("signs-slope")
def slope() -> Slope:
    """Return them for a = σ(0) and σ′(0)."""
    sigmoid, rows = ACTIVATIONS["sigmoid"], []
    output, steep = sigmoid.value(0.0).item(), sigmoid.derivative(0.0).item()
    for x, target in ((X, 0), (X, 1), (X * [1, -1], 1)):
        rows.append((output - target, *map(float, (output - target) * steep * x)))
    return Slope(tuple(rows))


@dataclass(frozen=True)
class Random:
    """Random networks: which signs a neuron of the second hidden layer has on one example.

    `one_sign`, `positive`: the shares of neurons and examples with a gradient of one sign, and of
    positive entries alone, medians over the networks; with sigmoids, and with tanh.
    `ends`: the least and most of the positive with sigmoids.
    """

    one_sign: tuple[float, float]
    positive: tuple[float, float]
    ends: tuple[float, float]


@stored
def _second_layer(name: str, seed: int) -> tuple[float, float]:
    """Return the share of one-signed and of positive gradients in one network."""
    activation, rng = ACTIVATIONS[name], np.random.default_rng(seed)
    first = rng.standard_normal((20, 10)) / np.sqrt(10)
    second = rng.standard_normal((20, 20)) / np.sqrt(20)
    last = rng.standard_normal(20) / np.sqrt(20)
    inputs, labels = rng.standard_normal((1000, 10)), rng.integers(0, 2, 1000)
    read = activation.value(inputs @ first.T)
    sums = read @ second.T
    # Cross-entropy behind a sigmoid.
    errors = ACTIVATIONS["sigmoid"].value(activation.value(sums) @ last) - labels
    deltas = activation.derivative(sums) * errors[:, None] * last
    gradients = deltas[:, :, None] * read[:, None, :]
    positive, negative = (gradients > 0).all(axis=2), (gradients < 0).all(axis=2)
    return float((positive | negative).mean()), float(positive.mean())


@example("signs-random")
def random() -> Random:
    """Return the shares of 21 networks of 10 inputs and two layers of 20, on 1000 examples."""
    sigmoid, tanh = (
        np.array([_second_layer(name, seed) for seed in range(21)]) for name in ("sigmoid", "tanh")
    )
    one_sign, positive = (
        (float(np.median(sigmoid[:, k])), float(np.median(tanh[:, k]))) for k in range(2)
    )
    ends = (float(sigmoid[:, 1].min()), float(sigmoid[:, 1].max()))
    return Random(one_sign, positive, ends)
