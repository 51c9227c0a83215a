"""The Fisher matrix of a whole network: exact, from the Jacobian of its outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from offcenter import _checks
from offcenter.network import Network, forward, initialize, softmax

__all__ = [
    "LIKELIHOODS",
    "STEPS",
    "add_step",
    "kronecker_step",
    "largest_eigenvalue",
    "network_fisher",
    "output_gram",
    "output_jacobian",
    "squared_loss_step",
    "width_eigenvalues",
]

LIKELIHOODS = ("softmax", "gaussian")
STEPS = ("gradient", "natural")


def _errors(network: Network, X: np.ndarray) -> tuple[tuple[np.ndarray, ...], list[np.ndarray]]:
    """Inputs of each layer, and ∂(each output)/∂s of each layer, shape (N, outputs, units)."""
    states = forward(network, X)
    outputs = network.sizes[-1]
    error = np.broadcast_to(np.eye(outputs), (len(X), outputs, outputs))
    errors = [error]
    layers = list(zip(network.weights, states.pre_activations, strict=True))
    for (_, below), (W, _) in reversed(list(pairwise(layers))):
        error = (error @ W) * network.activation.derivative(below)[:, np.newaxis, :]
        errors.append(error)
    return states.inputs, errors[::-1]


def output_jacobian(network: Network, X: object) -> np.ndarray:
    """Return the derivatives of each output by each parameter, for each example.

    Parameters
    ----------
    network : Network
    X : array-like, shape (N, inputs)

    Returns
    -------
    ndarray, shape (N, outputs, parameters)
        Layer by layer, the weights of a layer row by row, then its biases.

    Raises
    ------
    ValueError
        If `X` does not fit the network or is not finite.
    """
    X = _checks.matrix("X", X, columns=network.sizes[0])
    inputs, errors = _errors(network, X)
    parts = []
    for x, error in zip(inputs, errors, strict=True):
        by_weight = error[..., np.newaxis] * x[:, np.newaxis, np.newaxis, :]
        parts += [by_weight.reshape(*error.shape[:2], -1), error]
    return np.concatenate(parts, axis=2)


def network_fisher(network: Network, X: object, *, likelihood: str = "softmax") -> np.ndarray:
    """Return the Fisher matrix of all parameters of a network, F = E[JᵀSJ].

    J is the Jacobian of the outputs.  For class probabilities p = softmax(outputs), S is
    diag(p) − ppᵀ; for Gaussian outputs of variance 1 it is the identity.

    Parameters
    ----------
    network : Network
        A small one: the matrix has parameters² entries.
    X : array-like, shape (N, inputs)
    likelihood : {"softmax", "gaussian"}

    Returns
    -------
    ndarray, shape (parameters, parameters)

    Raises
    ------
    ValueError
        If `X` does not fit the network, is not finite, or the likelihood is unknown.
    """
    likelihood = _checks.one_of("likelihood", likelihood, LIKELIHOODS)
    X = _checks.matrix("X", X, columns=network.sizes[0])
    J = output_jacobian(network, X)
    if likelihood == "softmax":
        p = softmax(forward(network, X).logits)
        # J with the mean over classes subtracted, by the probabilities: JᵀSJ = Σₖ pₖ jₖjₖᵀ.
        J = (J - np.einsum("nk,nkp->np", p, J)[:, np.newaxis]) * np.sqrt(p)[..., np.newaxis]
    flat = J.reshape(-1, J.shape[-1])
    return flat.T @ flat / len(X)


def output_gram(network: Network, X: object) -> np.ndarray:
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
    if network.sizes[-1] != 1:
        raise ValueError(f"network must have one output, got {network.sizes[-1]}")
    X = _checks.matrix("X", X, columns=network.sizes[0])
    inputs, errors = _errors(network, X)
    return sum(
        (x @ x.T) * (error[:, 0] @ error[:, 0].T) for x, error in zip(inputs, errors, strict=True)
    )


def largest_eigenvalue(network: Network, X: object, *, subtract_mean: bool = False) -> float:
    """Return λmax of the Gaussian Fisher matrix of the weights, from the N × N matrix JJᵀ/N.

    Parameters
    ----------
    network : Network
        With one output.
    X : array-like, shape (N, inputs)
    subtract_mean : bool
        If True, the output is taken less its mean over the examples.

    Raises
    ------
    ValueError
        If the network has more than one output, or `X` does not fit it or is not finite.
    """
    K = output_gram(network, X)
    if subtract_mean:
        means = K.mean(axis=0)
        K = K - means - means[:, np.newaxis] + K.mean()
    return float(np.linalg.eigvalsh(K)[-1] / len(K))


def width_eigenvalues(
    activation: str,
    widths: Sequence[int],
    *,
    seeds: Sequence[int],
    subtract_mean: bool = False,
) -> np.ndarray:
    """Return λmax of the Fisher matrix of random networks by width, the mean over `seeds`.

    Two hidden layers as wide as the input, one output, and as many N(0, I) examples as the width.

    Parameters
    ----------
    activation : str
        A key of `ACTIVATIONS`; for "relu" the weights start √2 times as large.
    widths : sequence of int, length k
    seeds : sequence of int
        One network each.
    subtract_mean : bool
        As for `largest_eigenvalue`.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    ValueError
        If a width is below 2, a seed negative, no seed given, or the activation unknown.
    """
    widths = [_checks.count("widths", width, minimum=2) for width in widths]
    seeds = [_checks.count("seeds", seed, minimum=0) for seed in seeds]
    if not seeds:
        raise ValueError("seeds must hold at least one seed, got none")

    def one(width: int, seed: int) -> float:
        rng = np.random.default_rng(seed)
        network = initialize(
            [width, width, width, 1],
            activation=activation,
            rng=rng,
            gain=np.sqrt(2) if activation == "relu" else 1.0,
        )
        X = rng.standard_normal((width, width))
        return largest_eigenvalue(network, X, subtract_mean=subtract_mean)

    return np.array([np.mean([one(width, seed) for seed in seeds]) for width in widths])


def squared_loss_step(
    network: Network, X: object, targets: object, *, method: str = "natural"
) -> np.ndarray:
    """Return the step −F⁻¹g, or −g, of all parameters for half the mean squared error, to add.

    g = E[Jᵀ(output − target)] and F = E[JᵀJ], J the Jacobian of the outputs.

    Parameters
    ----------
    network : Network
    X : array-like, shape (N, inputs)
    targets : array-like, shape (N, outputs)
    method : {"natural", "gradient"}

    Returns
    -------
    ndarray, shape (parameters,)
        In the order of `output_jacobian`.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, the method is unknown, or F is singular.
    """
    method = _checks.one_of("method", method, STEPS)
    X = _checks.matrix("X", X, columns=network.sizes[0])
    targets = _checks.matrix("targets", targets, rows=len(X), columns=network.sizes[-1])
    errors = forward(network, X).logits - targets
    g = np.einsum("nkp,nk->p", output_jacobian(network, X), errors) / len(X)
    if method == "gradient":
        return -g
    F = network_fisher(network, X, likelihood="gaussian")
    if np.linalg.matrix_rank(F, hermitian=True) < len(F):
        raise ValueError(
            "X must give a Fisher matrix of full rank: more examples than parameters, "
            "no unit that is idle or that copies another"
        )
    return -np.linalg.solve(F, g)


def add_step(network: Network, step: object) -> Network:
    """Return the network with its parameters moved by `step`.

    Parameters
    ----------
    network : Network
    step : array-like, shape (parameters,)
        In the order of `output_jacobian`.

    Raises
    ------
    ValueError
        If the step has another size or is not finite.
    """
    sizes = [size for W in network.weights for size in (W.size, W.shape[0])]
    step = _checks.vector("step", step, size=sum(sizes))
    parts = np.split(step, np.cumsum(sizes)[:-1])
    weights = tuple(
        W + part.reshape(W.shape) for W, part in zip(network.weights, parts[::2], strict=True)
    )
    biases = tuple(b + part for b, part in zip(network.biases, parts[1::2], strict=True))
    return replace(network, weights=weights, biases=biases)


def kronecker_step(X: object, errors: object) -> tuple[np.ndarray, np.ndarray]:
    """Return the Kronecker-factored natural gradient step of a layer with biases, to add.

    Δ(W, b) = −G⁻¹ E[δx̃ᵀ] A⁻¹ with A = E[x̃x̃ᵀ] and G = E[δδᵀ].

    Parameters
    ----------
    X : array-like, shape (N, n)
    errors : array-like, shape (N, units)
        Used for the gradient and, as is common, for G too.

    Returns
    -------
    dW : ndarray, shape (units, n)
    db : ndarray, shape (units,)

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, or a factor is singular.
    """
    X = _checks.matrix("X", X)
    delta = _checks.matrix("errors", errors, rows=len(X))
    extended = np.column_stack([X, np.ones(len(X))])
    A, G = extended.T @ extended / len(X), delta.T @ delta / len(X)
    for name, factor in (("X", A), ("errors", G)):
        if np.linalg.matrix_rank(factor, hermitian=True) < len(factor):
            raise ValueError(f"{name} must give a factor of full rank")
    step = -np.linalg.solve(G, delta.T @ extended / len(X)) @ np.linalg.inv(A)
    return step[:, :-1], step[:, -1]
