"""Layers: errors on their way back, and the signs that they give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter._written import written
from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import PAIR
from offcenter.examples._record import example
from offcenter.examples._steps import ends

__all__ = [
    "Backward",
    "HiddenError",
    "Random",
    "SmallNetwork",
    "SoftmaxRows",
    "TwoLayers",
    "TwoNeurons",
    "TwoRows",
    "backward",
    "hidden",
    "network",
    "random",
    "softmax_rows",
    "two_layers",
    "two_neurons",
    "two_rows",
]

_X = np.array([1.0, 2.0])


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
        (float(w), float(b), float(d), *(float(d) * _X))
        for w, b, d in zip(weights, back, deltas, strict=True)
    )
    return SmallNetwork(output, output_error, rows)


@dataclass(frozen=True)
class SoftmaxRows:
    """Three softmax outputs that read (1, 2, 3).

    `rows`: for each output its δ, and the gradient of its weights.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("signs-softmax-rows")
def softmax_rows() -> SoftmaxRows:
    """Return δxᵀ for the outputs 0.2, 0.5, 0.3, of which the second should be 1."""
    x, deltas = np.array([1.0, 2.0, 3.0]), np.array([0.2, 0.5 - 1, 0.3])
    rows = tuple(
        (f"{k}: δ = {written(delta)}", *map(float, delta * x))
        for k, delta in enumerate(deltas.tolist(), 1)
    )
    return SoftmaxRows(rows)


@dataclass(frozen=True)
class TwoRows:
    """Two linear neurons read (3, 1) and (1, 3) in turn, from 0; (1, −1) and (−1, 0) are right.

    `rows`: of the first three steps of size 0.1 both δ, and the weights of both neurons after.
    `batch`: the gradient of half the squared error at the start, averaged over both examples.
    """

    rows: tuple[tuple[float, ...], ...]
    batch: np.ndarray


@example("signs-two-rows")
def two_rows() -> TwoRows:
    """Return the steps of both rows of the weights, each with a δ of its own."""
    inputs, goal = PAIR, np.array([[1.0, -1.0], [-1.0, 0.0]])
    W, rows = np.zeros((2, 2)), []
    for x in inputs[[0, 1, 0]]:
        errors = (W - goal) @ x
        W = W - 0.1 * np.outer(errors, x)
        rows.append(tuple(np.concatenate([errors, W.ravel()]).round(12).tolist()))
    return TwoRows(tuple(rows), -goal @ inputs.T @ inputs / 2)


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
        below=tuple((float(e), *(float(e) * _X)) for e in below),
        single_weights=-0.5 * _X,
        single_back=-0.5 * np.array([1.0, -1.0]),
        positive=np.array([[1.0, 1.0], errors]) @ np.abs(W),
    )


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
    return Random(one_sign, positive, ends(sigmoid[:, 1]))


@dataclass(frozen=True)
class TwoNeurons:
    """Linear neurons with the weights (1, −1) and (1, 0) read (2, 1); the targets are 3 and 1.

    `rows`: for each its output, its δ, the gradient of its weights, and their step of rate 0.1.
    `other_error`: the first neuron's gradient if its δ is 2; `other_input`: both neurons' with the
    same δ on (2, −1).
    `second`: the first neuron's gradient with δ = 2 on (1, 2); `second_step`: its step; `together`:
    both steps; `batch`: the mean of both gradients.
    """

    rows: tuple[tuple[float, ...], ...]
    other_error: np.ndarray
    other_input: np.ndarray
    second: np.ndarray
    second_step: np.ndarray
    together: np.ndarray
    batch: np.ndarray


@example("signs-two-neurons")
def two_neurons() -> TwoNeurons:
    """Return the gradients δxᵀ of half the squared error, and what changes their signs."""
    x, other, rate = np.array([2.0, 1.0]), np.array([1.0, 2.0]), 0.1
    outputs = np.array([[1.0, -1.0], [1.0, 0.0]]) @ x
    errors = outputs - [3.0, 1.0]
    gradients, second = np.outer(errors, x), 2.0 * other
    rows = tuple(
        (float(z), float(e), *map(float, g), *map(float, -rate * g + 0.0))
        for z, e, g in zip(outputs, errors, gradients, strict=True)
    )
    return TwoNeurons(
        rows=rows,
        other_error=2.0 * x,
        other_input=np.outer(errors, x * [1, -1]),
        second=second,
        second_step=-rate * second,
        together=(-rate * (gradients[0] + second)).round(12),
        batch=(gradients[0] + second) / 2,
    )


@dataclass(frozen=True)
class TwoLayers:
    """ReLUs with the weights (3, 1), (1, −1), (1, 1) read (1, −2); their reader has (2, −1, 1).

    The loss is half the squared error of the reader's output, with the target 1.
    `sums`, `outputs`: of the ReLUs; `output`, `error`: the reader's, and its δ; `second`: the
    gradient of its weights.
    `errors`: the ReLUs' δ; `first`: the gradient of their weights.
    """

    sums: np.ndarray
    outputs: np.ndarray
    output: float
    error: float
    second: np.ndarray
    errors: np.ndarray
    first: np.ndarray


@example("signs-two-layers")
def two_layers() -> TwoLayers:
    """Return both layers' gradients on one example, by the chain rule."""
    relu, x = ACTIVATIONS["relu"], np.array([1.0, -2.0])
    sums = np.array([[3.0, 1.0], [1.0, -1.0], [1.0, 1.0]]) @ x
    reader, outputs = np.array([2.0, -1.0, 1.0]), relu.value(sums)
    output = float(reader @ outputs)
    error = output - 1
    errors = error * reader * relu.derivative(sums) + 0.0
    return TwoLayers(
        sums=sums,
        outputs=outputs,
        output=output,
        error=error,
        second=error * outputs + 0.0,
        errors=errors,
        first=np.outer(errors, x) + 0.0,
    )
