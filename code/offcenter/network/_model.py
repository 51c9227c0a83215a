"""The network: its parameters, its forward pass, and the backward pass beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.activations import ACTIVATIONS, Activation
from offcenter.errors import ArgumentError, ArgumentTypeError

__all__ = [
    "Gradients",
    "Network",
    "States",
    "accuracy",
    "backward",
    "cross_entropy",
    "forward",
    "initialize",
    "softmax",
]


@dataclass(frozen=True, eq=False)
class Network(Record):
    """A multilayer perceptron: hidden layers φ(Wx + b), and a last layer that is linear.

    Parameters
    ----------
    weights : tuple of ndarray
        W of each layer, shape (outputs, inputs).
    biases : tuple of ndarray
        b of each layer, shape (outputs,).
    activation : Activation
        φ of the hidden layers.

    Raises
    ------
    ValueError
        If the shapes do not fit each other, or a number is not finite.
    TypeError
        If `activation` is no `Activation`, or weights or biases are no real numbers.
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    activation: Activation

    def __post_init__(self) -> None:
        if not isinstance(self.activation, Activation):
            raise ArgumentTypeError(
                f"activation must be an Activation, got {self.activation!r:.80}"
            )
        if not self.weights or len(self.weights) != len(self.biases):
            raise ArgumentError(
                "weights and biases must have one entry a layer, "
                f"got {len(self.weights)} and {len(self.biases)}"
            )
        columns, weights, biases = None, [], []
        for layer, (W, b) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            weights.append(_checks.matrix(f"weights of layer {layer}", W, columns=columns))
            columns = weights[-1].shape[0]
            biases.append(_checks.vector(f"biases of layer {layer}", b, size=columns))
        # The record is frozen also for itself.
        object.__setattr__(self, "weights", tuple(weights))
        object.__setattr__(self, "biases", tuple(biases))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of inputs, of units of each hidden layer, and of outputs."""
        return (self.weights[0].shape[1], *(W.shape[0] for W in self.weights))


@dataclass(frozen=True, eq=False)
class States(Record):
    """What the forward pass leaves behind, for N examples.

    Parameters
    ----------
    inputs : tuple of ndarray
        x of each layer, shape (N, inputs): the data, then the activations.
    pre_activations : tuple of ndarray
        s of each layer, shape (N, outputs).
    """

    inputs: tuple[np.ndarray, ...]
    pre_activations: tuple[np.ndarray, ...]

    @property
    def logits(self) -> np.ndarray:
        """The outputs of the network, shape (N, classes)."""
        return self.pre_activations[-1]


@dataclass(frozen=True, eq=False)
class Gradients(Record):
    """What the backward pass gives, for N examples.

    Parameters
    ----------
    errors : tuple of ndarray
        δ = ∂L/∂s of each layer, where L is the loss of one example, shape (N, outputs).
    weights, biases : tuple of ndarray
        The gradients of the mean loss, E[δxᵀ] and E[δ].
    """

    errors: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]


@guarded
def initialize(
    sizes: Sequence[int],
    *,
    activation: str | Activation,
    rng: np.random.Generator,
    gain: float = 1.0,
) -> Network:
    """Return a network with random weights, N(0, gain²/inputs), and biases 0.

    The gain holds for the hidden layers; the last layer, which has no activation, has gain 1.

    Parameters
    ----------
    sizes : sequence of int
        Number of inputs, of units of each hidden layer, and of outputs.
    activation : str or Activation
        One of the names of `ACTIVATIONS`, or an activation.
    rng : numpy.random.Generator
    gain : float
        √2 keeps the mean square of ReLU layers.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or an argument is out of range.
    """
    sizes = [_checks.count("sizes", size) for size in sizes]
    if len(sizes) < 2:
        raise ArgumentError(f"sizes must have at least two entries, got {len(sizes)}")
    rng = _checks.generator("rng", rng)
    gain = _checks.number("gain", gain, above=0)
    if isinstance(activation, str):
        activation = ACTIVATIONS[_checks.one_of("activation", activation, ACTIVATIONS)]
    layers = list(pairwise(sizes))
    _checks.room("the numbers in sizes", max(inputs * outputs for inputs, outputs in layers))
    gains = [gain] * (len(layers) - 1) + [1.0]
    weights = tuple(
        g / math.sqrt(inputs) * rng.standard_normal((outputs, inputs))
        for g, (inputs, outputs) in zip(gains, layers, strict=True)
    )
    return Network(weights, tuple(np.zeros(outputs) for _, outputs in layers), activation)


@guarded
def forward(network: Network, X: np.ndarray) -> States:
    """Return the states of all layers: s = Wx + b, and the next x = φ(s).

    Parameters
    ----------
    network : Network
    X : ndarray, shape (N, inputs)

    Raises
    ------
    ValueError
        If `X` is not a finite matrix with as many columns as the network has inputs.
    """
    x = _checks.matrix("X", X, columns=network.sizes[0])
    inputs, pre_activations = [], []
    for layer, (W, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        if layer > 0:
            x = network.activation.value(pre_activations[-1])
        inputs.append(x)
        pre_activations.append(x @ W.T + b)
    return States(tuple(inputs), tuple(pre_activations))


@guarded
def backward(network: Network, states: States, labels: np.ndarray) -> Gradients:
    """Return the gradients of the mean cross-entropy: δ ← φ′(s)·Wᵀδ, ∂L/∂W = δxᵀ, ∂L/∂b = δ.

    Parameters
    ----------
    network : Network
    states : States
        From `forward`.
    labels : ndarray of int, shape (N,)
        The class of each example, from 0 to classes − 1.

    Raises
    ------
    ValueError
        If `labels` are not such classes.
    """
    labels = _classes(labels, states.logits)
    examples = labels.size
    error = softmax(states.logits)
    error[np.arange(examples), labels] -= 1.0
    errors = [error]
    for W, s in zip(network.weights[:0:-1], states.pre_activations[-2::-1], strict=True):
        errors.append(network.activation.derivative(s) * (errors[-1] @ W))
    errors.reverse()
    weights = tuple(d.T @ x / examples for d, x in zip(errors, states.inputs, strict=True))
    return Gradients(tuple(errors), weights, tuple(d.mean(axis=0) for d in errors))


@guarded
def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the probabilities of the classes, exp(logit) over its sum, shape (N, classes).

    Parameters
    ----------
    logits : ndarray, shape (N, classes)

    Raises
    ------
    ValueError
        If `logits` is not a finite matrix.
    """
    logits = _checks.matrix("logits", logits)
    # A common shift changes nothing and keeps exp from overflowing.
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@guarded
def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean of −log p(label) over the examples, p the softmax of the logits.

    Parameters
    ----------
    logits : ndarray, shape (N, classes)
    labels : ndarray of int, shape (N,)

    Raises
    ------
    ValueError
        If `logits` is not a finite matrix, or `labels` are not classes from 0 to classes − 1.
    """
    logits = _checks.matrix("logits", logits)
    labels = _classes(labels, logits)
    shifted = logits - logits.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(labels.size), labels]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - chosen))


@guarded
def accuracy(network: Network, X: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of examples whose largest logit is that of the label.

    Raises
    ------
    ValueError
        As `forward` and `cross_entropy`.
    """
    logits = forward(network, X).logits
    return float(np.mean(logits.argmax(axis=1) == _classes(labels, logits)))


def _classes(labels: np.ndarray, logits: np.ndarray) -> np.ndarray:
    labels = _checks.rectangular("labels", labels)
    examples, classes = logits.shape
    if labels.dtype.kind not in "iu":
        raise ArgumentTypeError(f"labels must be whole numbers, got an array of {labels.dtype}")
    if labels.shape != (examples,):
        raise ArgumentError(f"labels must have shape ({examples},), got {labels.shape}")
    if labels.min() < 0 or labels.max() >= classes:
        raise ArgumentError(
            f"labels must be from 0 to {classes - 1}, got {labels.min()} to {labels.max()}"
        )
    return labels
