"""The Fisher matrix of a whole network, exact, from the Jacobian of its outputs; its steps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError
from offcenter.network import Network, forward, softmax

__all__ = [
    "LIKELIHOODS",
    "STEPS",
    "add_step",
    "backpropagate",
    "network_fisher",
    "output_jacobian",
    "squared_loss_step",
]

LIKELIHOODS = ("softmax", "gaussian")
STEPS = ("gradient", "natural", "pseudo-inverse")


def backpropagate(
    network: Network, X: np.ndarray
) -> tuple[tuple[np.ndarray, ...], list[np.ndarray]]:
    """Return the inputs of each layer, and ∂(each output)/∂s of each, (N, outputs, units)."""
    states = forward(network, X)
    outputs = network.sizes[-1]
    error = np.broadcast_to(np.eye(outputs), (len(X), outputs, outputs))
    errors = [error]
    layers = list(zip(network.weights, states.pre_activations, strict=True))
    for (_, below), (W, _) in reversed(list(pairwise(layers))):
        error = (error @ W) * network.activation.derivative(below)[:, np.newaxis, :]
        errors.append(error)
    return states.inputs, errors[::-1]


@guarded
def output_jacobian(network: Network, X: ArrayLike) -> np.ndarray:
    """Return the derivatives of each output by each parameter, for each example.

    Parameters
    ----------
    network : Network
    X : array-like, shape (N, inputs)

    Returns
    -------
    ndarray, shape (N, outputs, P)
        Layer by layer, the weights of a layer row by row, then its biases.

    Raises
    ------
    ValueError
        If `X` does not fit the network or is not finite.
    """
    X = _checks.matrix("X", X, columns=network.sizes[0])
    inputs, errors = backpropagate(network, X)
    parts = []
    for x, error in zip(inputs, errors, strict=True):
        by_weight = error[..., np.newaxis] * x[:, np.newaxis, np.newaxis, :]
        parts += [by_weight.reshape(*error.shape[:2], -1), error]
    return np.concatenate(parts, axis=2)


@guarded
def network_fisher(network: Network, X: ArrayLike, *, likelihood: str = "softmax") -> np.ndarray:
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
    ndarray, shape (P, P)

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


@guarded
def squared_loss_step(
    network: Network, X: ArrayLike, targets: ArrayLike, *, method: str = "natural"
) -> np.ndarray:
    """Return a step of all parameters for half the mean squared error, to add.

    g = E[Jᵀ(output − target)] and F = E[JᵀJ], J the Jacobian of the outputs.

    Parameters
    ----------
    network : Network
    X : array-like, shape (N, inputs)
    targets : array-like, shape (N, outputs)
    method : {"natural", "gradient", "pseudo-inverse"}
        −F⁻¹g, −g, or −F⁺g, the shortest of the steps that F alone cannot tell apart.

    Returns
    -------
    ndarray, shape (P,)
        In the order of `output_jacobian`.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, the method is unknown, or F is singular
        and not asked to be.
    """
    method = _checks.one_of("method", method, STEPS)
    X = _checks.matrix("X", X, columns=network.sizes[0])
    targets = _checks.matrix("targets", targets, rows=len(X), columns=network.sizes[-1])
    errors = forward(network, X).logits - targets
    g = np.einsum("nkp,nk->p", output_jacobian(network, X), errors) / len(X)
    if method == "gradient":
        return -g
    F = network_fisher(network, X, likelihood="gaussian")
    if method == "pseudo-inverse":
        return -np.linalg.pinv(F, hermitian=True) @ g
    if np.linalg.matrix_rank(F, hermitian=True) < len(F):
        raise ArgumentError(
            "X must give a Fisher matrix of full rank: more examples than parameters, "
            "no unit that is idle or that copies another"
        )
    return -np.linalg.solve(F, g)


@guarded
def add_step(network: Network, step: ArrayLike) -> Network:
    """Return the network with its parameters moved by `step`.

    Parameters
    ----------
    network : Network
    step : array-like, shape (P,)
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
