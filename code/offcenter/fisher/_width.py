"""The largest eigenvalue of the Fisher matrix of random networks, and how it grows with width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArgumentError
from offcenter.fisher._network import backpropagate
from offcenter.network import Network, initialize

__all__ = ["largest_eigenvalue", "normalized_gram", "output_gram", "width_eigenvalues"]


def _batch(network: Network, X: ArrayLike) -> np.ndarray:
    if network.sizes[-1] != 1:
        raise ArgumentError(f"network must have one output, got {network.sizes[-1]}")
    return _checks.matrix("X", X, columns=network.sizes[0])


@guarded
def output_gram(network: Network, X: ArrayLike) -> np.ndarray:
    """Return the products of the output gradients of all pairs of examples, by the weights.

    For a network with one output, K = JJᵀ over the weights of all layers, without the biases;
    K/N has the non-zero eigenvalues of the Gaussian Fisher matrix, and is small for wide networks.

    Parameters
    ----------
    network : Network
        With one output.
    X : array-like, shape (N, inputs)

    Returns
    -------
    ndarray, shape (N, N)

    Raises
    ------
    ValueError
        If the network has more than one output, or `X` does not fit it or is not finite.
    """
    X = _batch(network, X)
    inputs, errors = backpropagate(network, X)
    layers = zip(inputs, errors, strict=True)
    return np.sum([(x @ x.T) * (error[:, 0] @ error[:, 0].T) for x, error in layers], axis=0)


@guarded
def normalized_gram(network: Network, X: ArrayLike) -> np.ndarray:
    """Return `output_gram` of the network with batch normalization in each hidden layer.

    Each hidden pre-activation has its mean over the batch subtracted and is divided by its
    standard deviation; K has the derivatives through both, so all examples enter each output.

    Parameters
    ----------
    network : Network
        With one output; biases do not matter.
    X : array-like, shape (N, inputs)
        The batch.

    Returns
    -------
    ndarray, shape (N, N)

    Raises
    ------
    ValueError
        If the network has more than one output, `X` does not fit it or is not finite, or a hidden
        unit is constant over the batch.
    """
    x = _batch(network, X)
    layers = []
    for W in network.weights[:-1]:
        s = x @ W.T
        spread = s.std(axis=0)
        if not spread.all():
            raise ArgumentError("X must give hidden units that vary over the batch")
        s = (s - s.mean(axis=0)) / spread
        layers.append((W, x, s, spread))
        x = network.activation.value(s)
    K = x @ x.T
    # error[i, t] is the derivative of output i in the activations of example t.
    error = np.eye(len(x))[:, :, np.newaxis] * network.weights[-1][0]
    for W, x, s, spread in reversed(layers):
        error = error * network.activation.derivative(s)
        along = np.mean(error * s, axis=1, keepdims=True)
        error = (error - error.mean(axis=1, keepdims=True) - s * along) / spread
        pairs = x @ x.T
        # In one piece: NumPy before 2 multiplies matrices with gaps by loops of its own.
        for unit in np.ascontiguousarray(np.moveaxis(error, 2, 0)):
            K = K + unit @ pairs @ unit.T
        error = error @ W
    return K


@guarded
def largest_eigenvalue(
    network: Network, X: ArrayLike, *, subtract_mean: bool = False, batch_norm: bool = False
) -> float:
    """Return λmax of the Gaussian Fisher matrix of the weights, from the N × N matrix JJᵀ/N.

    Parameters
    ----------
    network : Network
        With one output.
    X : array-like, shape (N, inputs)
    subtract_mean : bool
        If True, the output is taken less its mean over the examples.
    batch_norm : bool
        If True, hidden layers are normalized as in `normalized_gram`.

    Raises
    ------
    ValueError
        If the network has more than one output, or `X` does not fit it or is not finite.
    """
    K = normalized_gram(network, X) if batch_norm else output_gram(network, X)
    if subtract_mean:
        means = K.mean(axis=0)
        K = K - means - means[:, np.newaxis] + K.mean()
    return float(np.linalg.eigvalsh(K)[-1] / len(K))


@guarded
@stored
def width_eigenvalues(
    activation: str,
    widths: Sequence[int],
    *,
    seeds: Sequence[int],
    subtract_mean: bool = False,
    batch_norm: bool = False,
    examples: int | None = None,
) -> np.ndarray:
    """Return λmax of the Fisher matrix of random networks by width, the mean over `seeds`.

    Two hidden layers as wide as the input, one output, and examples drawn from N(0, I).

    Parameters
    ----------
    activation : str
        A key of `ACTIVATIONS`; for "relu" the weights start √2 times as large.
    widths : sequence of int, length k
    seeds : sequence of int
        One network each.
    subtract_mean, batch_norm : bool
        As for `largest_eigenvalue`.
    examples : int, optional
        How many; without it as many as the width.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    ValueError
        If a width or the number of examples is below 2, a seed negative, no seed
        given, or the activation unknown.
    """
    activation = _checks.one_of("activation", activation, ACTIVATIONS)
    widths = [_checks.count("widths", width, minimum=2) for width in widths]
    count = None if examples is None else _checks.count("examples", examples, minimum=2)
    seeds = [_checks.count("seeds", seed, minimum=0) for seed in seeds]
    if not seeds:
        raise ArgumentError("seeds must hold at least one seed, got none")

    def one(width: int, seed: int) -> float:
        rng = np.random.default_rng(seed)
        network = initialize(
            [width, width, width, 1],
            activation=activation,
            rng=rng,
            gain=np.sqrt(2) if activation == "relu" else 1.0,
        )
        X = rng.standard_normal((count or width, width))
        return largest_eigenvalue(network, X, subtract_mean=subtract_mean, batch_norm=batch_norm)

    return np.array([np.mean([one(width, seed) for seed in seeds]) for width in widths])
