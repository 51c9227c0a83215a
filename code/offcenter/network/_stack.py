"""Many networks of one shape at once: their losses and gradients, and what is made of these.

Parameters of R networks are the rows of one array θ, shape (R, P): of each layer the weights, row
by row, then the biases.  So an optimizer, a Hessian-vector product or an inner product is a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError, ArgumentTypeError
from offcenter.network._examples import Examples, checked, cross_entropies
from offcenter.network._model import Network

__all__ = ["Family", "Problem", "curvature", "stack"]

# Arrays of about this many numbers stay in the cache, and are several times faster than long ones.
_CACHED = 60_000


def _sigmoid(s: np.ndarray) -> np.ndarray:
    # σ(s) = (1 + tanh(s/2))/2, in place: it overflows nowhere.
    s *= 0.5
    np.tanh(s, out=s)
    s += 1.0
    s *= 0.5
    return s


# φ in place, and φ′ and φ″ as functions of φ: what a backward pass has at hand.
_FUNCTIONS: dict[str, tuple[Callable, Callable, Callable]] = {
    "sigmoid": (
        _sigmoid,
        lambda a: a * (1.0 - a),
        lambda a: a * (1.0 - a) * (1.0 - 2.0 * a),
    ),
    "steep-sigmoid": (
        lambda s: np.multiply(_sigmoid(s), 4.0, out=s),
        lambda a: a * (1.0 - a / 4.0),
        lambda a: a * (1.0 - a / 4.0) * (1.0 - a / 2.0),
    ),
    "tanh": (
        lambda s: np.tanh(s, out=s),
        lambda a: 1.0 - a * a,
        lambda a: -2.0 * a * (1.0 - a * a),
    ),
    "relu": (lambda s: np.maximum(s, 0.0, out=s), lambda a: a > 0.0, np.zeros_like),
}


def _layers_checked(self: Family, theta: np.ndarray) -> tuple[Family, np.ndarray]:
    # Any numbers: results are written into such views.
    array = _checks.real_array("theta", theta)
    if array.ndim != 2 or array.shape[1] < self.parameters:
        raise ArgumentError(
            f"theta must have shape (R, {self.parameters}) or longer rows, got {array.shape}"
        )
    return self, array


def _logits_checked(
    self: Family, theta: np.ndarray, X: np.ndarray
) -> tuple[Family, np.ndarray, np.ndarray]:
    theta = _checks.matrix("theta", theta, columns=self.parameters)
    return self, theta, _checks.shaped("X", X, len(theta), None, self.sizes[0])


@dataclass(frozen=True)
class Family:
    """What all networks of a stack have in common.

    Parameters
    ----------
    sizes : tuple of int
        Number of inputs, of units of each hidden layer, and of outputs.
    activation : str
        Of the hidden layers: sigmoid, steep-sigmoid (4σ, of slope 1 at 0), tanh or relu.
    subtracted : float
        A number that is subtracted from each activation: hidden units put out φ(s) − subtracted.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or the activation is none of these.
    """

    sizes: tuple[int, ...]
    activation: str
    subtracted: float = 0.0

    def __post_init__(self) -> None:
        sizes = tuple(_checks.count("sizes", size) for size in _checks.several("sizes", self.sizes))
        if len(sizes) < 2:
            raise ArgumentError(f"sizes must have at least two entries, got {len(sizes)}")
        # The record is frozen also for itself.
        object.__setattr__(self, "sizes", sizes)
        _checks.one_of("activation", self.activation, _FUNCTIONS)
        _checks.number("subtracted", self.subtracted)

    @property
    def parameters(self) -> int:
        """P, the number of weights and biases of one network."""
        return sum(outputs * (inputs + 1) for inputs, outputs in pairwise(self.sizes))

    @guarded(infinite=True, checks=_layers_checked)
    def layers(self, theta: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return views of `theta`, by layer: weights (R, outputs, inputs), biases (R, outputs).

        What a row of `theta` holds behind its first P numbers is of no layer.
        """
        views, begin = [], 0
        for inputs, outputs in pairwise(self.sizes):
            middle = begin + outputs * inputs
            end = middle + outputs
            weights = theta[:, begin:middle].reshape(-1, outputs, inputs)
            views.append((weights, theta[:, middle:end]))
            begin = end
        return views

    @guarded(checks=_logits_checked)
    def logits(self, theta: np.ndarray, X: np.ndarray) -> np.ndarray:
        """Return what the networks put out, shape (R, N, outputs).

        Parameters
        ----------
        theta : ndarray, shape (R, P)
        X : ndarray, shape (R, N, inputs)
        """
        return self._forward(theta, X)[1]

    def _forward(self, theta: np.ndarray, X: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
        function, _, _ = _FUNCTIONS[self.activation]
        x, inputs = X, []
        for layer, (W, b) in enumerate(self.layers(theta)):
            if layer > 0:
                x = function(x)
                if self.subtracted:
                    x -= self.subtracted
            inputs.append(x)
            x = np.matmul(x, W.transpose(0, 2, 1))
            x += b[:, None]
        return inputs, x


def _products_checked(
    self: Problem, family: Family, theta: np.ndarray, v: np.ndarray
) -> tuple[Problem, Family, np.ndarray, np.ndarray]:
    fitting, family, theta = checked(self, family, theta)
    assert isinstance(fitting, Problem)
    return fitting, family, theta, _checks.shaped("v", v, *theta.shape)


@dataclass(frozen=True, eq=False)
class Problem(Examples[Family]):
    """Examples with labels, a set for each of S seeds.

    Parameters
    ----------
    inputs : ndarray, shape (S, N, n)
    targets : ndarray, shape (S, N, classes)
        1 where the label is, else 0.
    """

    def _fitting(self, family: Family) -> tuple[np.ndarray, np.ndarray]:
        """Return inputs and targets if they are what networks of a family read and say."""
        if not isinstance(family, Family):
            raise ArgumentTypeError(f"family must be a Family, got {_checks.shown(family)}")
        inputs = _checks.shaped("inputs", self.inputs, None, None, family.sizes[0])
        shape = (*inputs.shape[:2], family.sizes[-1])
        return inputs, _checks.shaped("targets", self.targets, *shape)

    @guarded(checks=checked)
    def gradients(self, family: Family, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean cross-entropy of each network and its gradient, (R,) and (R, P)."""
        losses, gradient = np.empty(len(theta)), np.empty_like(theta)
        for part in self._parts(len(theta), family):
            losses[part] = self._backward(family, theta[part], gradient[part], part)
        return losses, gradient

    @guarded(checks=_products_checked)
    def hessian_products(self, family: Family, theta: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Return Hv of each network, H the Hessian of its loss, shape (R, P).

        The derivative of the backward pass in the direction v (Pearlmutter's method): exact, at
        the cost of about two gradients.  At kinks H is that of the pieces between them.

        Parameters
        ----------
        family : Family
        theta, v : ndarray, shape (R, P)
        """
        return self._hessian(family, theta)(v)

    def _hessian(self, family: Family, theta: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Return the function v ↦ Hv of `hessian_products`, for many v at one `theta`."""
        parts = [
            (part, _Bend(family, theta[part], self.inputs[part], self.targets[part]))
            for part in self._parts(len(theta), family)
        ]

        def product(v: np.ndarray) -> np.ndarray:
            result = np.empty_like(v)
            for part, bend in parts:
                bend.product(v[part], result[part])
            return result

        return product

    def _parts(self, runs: int, family: Family) -> list[slice]:
        size = max(1, _CACHED // (self.inputs.shape[1] * max(family.sizes)))
        return [slice(begin, begin + size) for begin in range(0, runs, size)]

    def _backward(
        self, family: Family, theta: np.ndarray, gradient: np.ndarray, part: slice
    ) -> np.ndarray:
        inputs, logits = family._forward(theta, self.inputs[part])
        losses, delta = cross_entropies(logits, self.targets[part])
        delta /= self.inputs.shape[1]
        _, slope, _ = _FUNCTIONS[family.activation]
        layers, gradients = family.layers(theta), family.layers(gradient)
        for layer in range(len(layers) - 1, -1, -1):
            weights, biases = gradients[layer]
            np.matmul(delta.transpose(0, 2, 1), inputs[layer], out=weights)
            biases[:] = delta.sum(axis=1)
            if layer > 0:
                delta = np.matmul(delta, layers[layer][0])
                delta *= slope(inputs[layer] + family.subtracted)
        return losses


class _Bend:
    """The Hessian of some networks' losses: all of Hv that does not depend on v."""

    def __init__(
        self, family: Family, theta: np.ndarray, X: np.ndarray, targets: np.ndarray
    ) -> None:
        self._family, self._layers = family, family.layers(theta)
        self._inputs, logits = family._forward(theta, X)
        _, slope, bend = _FUNCTIONS[family.activation]
        _, delta = cross_entropies(logits, targets)
        self._p = delta + targets
        delta /= X.shape[1]
        # From the last layer to the first.
        self._deltas, self._slopes, self._bends = [delta], [], []
        for layer in range(len(self._layers) - 1, 0, -1):
            a, back = self._inputs[layer] + family.subtracted, delta @ self._layers[layer][0]
            self._slopes.append(slope(a))
            self._bends.append(back * bend(a))
            delta = back * self._slopes[-1]
            self._deltas.append(delta)
        for of_layers in (self._deltas, self._slopes, self._bends):
            of_layers.reverse()

    def product(self, v: np.ndarray, result: np.ndarray) -> None:
        """Write Hv into `result`."""
        moves, parts = self._family.layers(v), self._family.layers(result)
        # Forward: how each layer's inputs and pre-activations change along v; the examples do not.
        dxs, dss = [], []
        for layer, ((W, _), (dW, db)) in enumerate(zip(self._layers, moves, strict=True)):
            ds = self._inputs[layer] @ dW.transpose(0, 2, 1) + db[:, None]
            if layer > 0:
                dxs.append(self._slopes[layer - 1] * dss[-1])
                ds += dxs[-1] @ W.transpose(0, 2, 1)
            dss.append(ds)
        # Backward: how the errors change.
        p, ds, examples = self._p, dss[-1], self._p.shape[1]
        ddelta = p * (ds - (p * ds).sum(axis=2, keepdims=True)) / examples
        for layer in range(len(self._layers) - 1, -1, -1):
            weights, biases = parts[layer]
            delta = self._deltas[layer]
            np.matmul(ddelta.transpose(0, 2, 1), self._inputs[layer], out=weights)
            biases[:] = ddelta.sum(axis=1)
            if layer > 0:
                weights += delta.transpose(0, 2, 1) @ dxs[layer - 1]
                ddelta = ddelta @ self._layers[layer][0] + delta @ moves[layer][0]
                ddelta *= self._slopes[layer - 1]
                ddelta += self._bends[layer - 1] * dss[layer - 1]


@guarded
def stack(networks: Sequence[Network]) -> np.ndarray:
    """Return the parameters of networks of one shape, a row each, shape (R, P)."""
    return np.array(
        [
            np.concatenate(
                [part.ravel() for pair in zip(n.weights, n.biases, strict=True) for part in pair]
            )
            for n in networks
        ]
    )


@guarded
def curvature(
    family: Family, theta: np.ndarray, problem: Problem, *, products: int = 10, seed: int = 0
) -> np.ndarray:
    """Return the largest eigenvalue of the Hessian of each network's loss, shape (R,).

    Lanczos' method: the largest eigenvalue of H within the span of v, Hv, H²v, …, for a random v
    with a part of the gradient, which leans to stiff directions.

    Parameters
    ----------
    family : Family
    theta : ndarray, shape (R, P)
    problem : Problem
        One row a network.
    products : int
        How many Hessian-vector products.
    seed : int
        Of the random direction.
    """
    theta = _checks.matrix("theta", theta, rows=len(problem.inputs), columns=family.parameters)
    products = _checks.count("products", products)
    _, v = problem.gradients(family, theta)
    v /= np.maximum(np.linalg.norm(v, axis=1, keepdims=True), np.finfo(float).tiny)
    noise = np.random.default_rng(seed).standard_normal(theta.shape[1])
    v += noise / np.linalg.norm(noise)
    basis = np.zeros((len(theta), products, theta.shape[1]))
    T = np.zeros((len(theta), products, products))
    hessian = problem._hessian(family, theta)
    for k in range(products):
        v /= np.maximum(np.linalg.norm(v, axis=1, keepdims=True), np.finfo(float).tiny)
        basis[:, k] = v
        Hv = hessian(v)
        T[:, k] = np.matmul(basis, Hv[:, :, None])[:, :, 0]
        v = Hv
        for _ in range(2):  # once is not enough in floating point
            v = v - np.matmul(np.matmul(basis, v[:, :, None]).transpose(0, 2, 1), basis)[:, 0]
        # What rounding leaves where H has no more directions is none.
        left, whole = (np.linalg.norm(x, axis=1, keepdims=True) for x in (v, Hv))
        v = np.where(left > 1e-10 * whole, v, 0.0)
    return np.linalg.eigvalsh(T)[:, -1]  # of its lower triangle
