"""Other parameters for the same function, so that a comparison starts from equal networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArgumentError
from offcenter.network._model import Network

__all__ = ["as_sigmoid_network", "center_activation", "flip_inputs", "shift_inputs"]


@guarded
def shift_inputs(network: Network, shift: np.ndarray) -> Network:
    """Return the network that gives for x − shift what `network` gives for x.

    The first bias absorbs the shift: Wx + b = W(x − shift) + (b + W·shift).

    Parameters
    ----------
    network : Network
    shift : ndarray, shape (inputs,)

    Raises
    ------
    ValueError
        If `shift` is not a finite vector of that size.
    """
    shift = _checks.vector("shift", shift, size=network.sizes[0])
    first = network.biases[0] + network.weights[0] @ shift
    return replace(network, biases=(first, *network.biases[1:]))


@guarded
def flip_inputs(network: Network, signs: np.ndarray) -> Network:
    """Return the network that gives for D x what `network` gives for x, D = diag(signs).

    Parameters
    ----------
    network : Network
    signs : ndarray, shape (inputs,)
        Each −1 or +1.

    Raises
    ------
    ValueError
        If `signs` has another size or other entries.
    """
    signs = _checks.vector("signs", signs, size=network.sizes[0])
    if not np.isin(signs, (-1.0, 1.0)).all():
        raise ArgumentError("signs must hold only −1 and +1")
    return replace(network, weights=(network.weights[0] * signs, *network.weights[1:]))


@guarded
def center_activation(network: Network) -> Network:
    """Return the same function with the activation φ − m, m = E[φ(z)], z ~ N(0, 1).

    The next bias absorbs the mean: Wφ + b = W(φ − m) + (b + m·W1).

    Parameters
    ----------
    network : Network
    """
    mean = network.activation.mean
    later = (
        b + mean * W.sum(axis=1)
        for W, b in zip(network.weights[1:], network.biases[1:], strict=True)
    )
    return Network(network.weights, (network.biases[0], *later), network.activation.centered())


@guarded
def as_sigmoid_network(network: Network) -> Network:
    """Return the same function with σ in place of tanh, by tanh(z) = 2σ(2z) − 1.

    Parameters
    ----------
    network : Network
        With the activation tanh.

    Raises
    ------
    ValueError
        If its activation is another.
    """
    if network.activation.name != "tanh":
        raise ArgumentError(f"network must have the activation tanh, got {network.activation.name}")
    last = len(network.weights) - 1
    weights, biases = [], []
    for layer, (W, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        before, after = (1.0 if layer == 0 else 2.0), (1.0 if layer == last else 2.0)
        offset = 0.0 if layer == 0 else W.sum(axis=1)
        weights.append(after * before * W)
        biases.append(after * (b - offset))
    return Network(tuple(weights), tuple(biases), ACTIVATIONS["sigmoid"])
