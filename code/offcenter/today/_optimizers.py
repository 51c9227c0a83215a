"""The optimizers of today on the digits: one network, written raw and centered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter._store import stored
from offcenter.data import load_digits
from offcenter.errors import ArgumentError
from offcenter.network import (
    Family,
    Network,
    Problem,
    as_sigmoid_network,
    center_activation,
    initialize,
    shift_inputs,
    stack,
)

__all__ = ["OPTIMIZERS", "WRITINGS", "OptimizerRace", "optimizer_race"]

_EXAMPLES, _LIMIT = 500, 400
_DIVERGED = 3.0
_BETA, _SQUARE, _FLOOR, _DECAY = 0.9, 0.999, 1e-8, 0.01
_MUON, _SIDE = 0.95, 0.95
# Roots of matrices are slow: they are taken every so many steps, as in practice.
_REFRESH, _RIDGE = 5, 1e-6

#: Step sizes that are tried, by optimizer: powers of two around the best of both writings.
OPTIMIZERS: dict[str, tuple[float, ...]] = {
    "gradient": (1.0, 2.0, 4.0, 8.0, 16.0),
    "centralized": (1.0, 2.0, 4.0, 8.0, 16.0),
    "momentum": (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "adamw": (2**-6, 2**-5, 2**-4, 2**-3, 2**-2),
    "muon": (0.25, 0.5, 1.0, 2.0),
    "shampoo": (2**-5, 2**-4, 2**-3, 2**-2, 2**-1, 1.0),
    "soap": (2**-6, 2**-5, 2**-4, 2**-3, 2**-2),
}

#: The ways to write one network: whether pixels, and whether activations are centered.
WRITINGS = {"raw": (False, False), "pixels": (True, False), "centered": (True, True)}


@dataclass(frozen=True, eq=False)
class OptimizerRace(Record):
    """Steps to a training loss.

    Parameters
    ----------
    step_sizes : ndarray, shape (K,)
    steps : ndarray of int, shape (S, K)
        0 where a run diverged, was overtaken, or did not arrive.
    """

    step_sizes: np.ndarray
    steps: np.ndarray

    @property
    def fewest(self) -> np.ndarray:
        """Steps with the best step size, shape (S,)."""
        return np.where(self.steps > 0, self.steps, _LIMIT + 1).min(axis=1)

    @property
    def best(self) -> np.ndarray:
        """The best step size of each seed, shape (S,)."""
        return self.step_sizes[np.where(self.steps > 0, self.steps, _LIMIT + 1).argmin(axis=1)]


def _starts(seeds: tuple[int, ...], writing: str, units: int) -> tuple[Family, np.ndarray, Problem]:
    """Return one function a seed: σ or σ − ½ behind `units` each, on raw or centered pixels."""
    pixels, activations = WRITINGS[writing]
    sizes = (64, units, units, units, 10)
    digits = load_digits()
    networks: list[Network] = []
    inputs, targets = [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 75])
        rows = rng.permutation(len(digits.labels))[:_EXAMPLES]
        X = digits.inputs[rows]
        mean = X.mean(axis=0)
        network = as_sigmoid_network(initialize(sizes, activation="tanh", rng=rng))
        if activations:
            network = center_activation(network)
        # Weights and zero biases are drawn for centered pixels.
        networks.append(network if pixels else shift_inputs(network, -mean))
        X = X - mean if pixels else X
        inputs.append(X)
        targets.append(np.eye(10)[digits.labels[rows]])
    family = Family(sizes, "sigmoid", 0.5 if activations else 0.0)
    return family, stack(networks), Problem(np.array(inputs), np.array(targets))


def _newton_schulz(G: np.ndarray) -> np.ndarray:
    """Bring the singular values of each matrix near 1; for single ones see `remedies`."""
    X = G / (np.linalg.norm(G, axis=(1, 2), keepdims=True) + 1e-30)
    for _ in range(5):
        A = X @ X.transpose(0, 2, 1)
        X = 3.4445 * X - 4.7750 * (A @ X) + 2.0315 * (A @ (A @ X))
    return X


def _inverse_fourth_root(S: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh(S)
    values = np.maximum(values, 0) + _RIDGE * values[:, -1:] + 1e-30
    return (vectors * values[:, None, :] ** -0.25) @ vectors.transpose(0, 2, 1)


def _eigenvectors(S: np.ndarray) -> np.ndarray:
    return np.linalg.eigh(S)[1]


class _Optimizer:
    """What turns gradients into steps, with a memory for each run."""

    def __init__(self, name: str, family: Family, theta: np.ndarray) -> None:
        self.name, self.family = name, family
        self.mean, self.square = np.zeros_like(theta), np.zeros_like(theta)
        self.sides: list[np.ndarray] = []
        self.roots: list[np.ndarray] = []
        if name in ("shampoo", "soap"):
            for W, _ in family.layers(theta):
                for size in W.shape[1:]:
                    self.sides.append(np.zeros((len(theta), size, size)))
            self.roots = list(self.sides)

    def keep(self, on: np.ndarray) -> None:
        """Forget the runs that are over."""
        self.mean, self.square = self.mean[on], self.square[on]
        self.sides = [side[on] for side in self.sides]
        self.roots = [root[on] for root in self.roots]

    def direction(self, g: np.ndarray, theta: np.ndarray, step: int) -> np.ndarray:
        """Return what is multiplied with the step size and subtracted; `step` counts from 1."""
        if self.name == "gradient":
            return g
        if self.name == "centralized":
            for W, _ in self.family.layers(g):
                W -= W.mean(axis=2, keepdims=True)
            return g
        if self.name == "momentum":
            self.mean = _BETA * self.mean + g
            return self.mean
        if self.name == "adamw":
            return self._adam(g, step) + _DECAY * theta
        if self.name == "soap":
            return self._soap(g, step)
        return self._muon(g, step) if self.name == "muon" else self._shampoo(g, step)

    def _adam(self, g: np.ndarray, step: int) -> np.ndarray:
        self.mean = _BETA * self.mean + (1 - _BETA) * g
        return self._scaled(self.mean, g, step)

    def _scaled(self, mean: np.ndarray, g: np.ndarray, step: int) -> np.ndarray:
        self.square = _SQUARE * self.square + (1 - _SQUARE) * g * g
        root = np.sqrt(self.square / (1 - _SQUARE**step))
        return mean / (1 - _BETA**step) / (root + _FLOOR)

    def _muon(self, g: np.ndarray, step: int) -> np.ndarray:
        # Biases are vectors and have no orthogonal factor: Adam, an entry as large as a matrix's.
        result = self._adam(g, step) / 8
        for (W, _), (G, _), (B, _) in zip(
            self.family.layers(result),
            self.family.layers(g),
            self.family.layers(self._momentum(g)),
            strict=True,
        ):
            W[:] = _newton_schulz(G + _MUON * B)
        return result

    def _momentum(self, g: np.ndarray) -> np.ndarray:
        if not self.sides:
            self.sides = [np.zeros_like(g)]
        self.sides[0] = _MUON * self.sides[0] + g
        return self.sides[0]

    def _shampoo(self, g: np.ndarray, step: int) -> np.ndarray:
        # A running mean in place of Shampoo's sum, which would shrink all steps; biases as in Adam.
        result = self._adam(g, step) / 8
        for layer, ((W, _), (G, _)) in enumerate(
            zip(self.family.layers(result), self.family.layers(g), strict=True)
        ):
            self._sides(layer, G, step, _inverse_fourth_root)
            W[:] = self.roots[2 * layer] @ G @ self.roots[2 * layer + 1]
        return result

    def _soap(self, g: np.ndarray, step: int) -> np.ndarray:
        # Adam in the eigenbases of the two sides; the running mean stays in its own coordinates.
        self.mean = _BETA * self.mean + (1 - _BETA) * g
        mean, turned = self.mean.copy(), g.copy()
        for layer, ((M, _), (T, _)) in enumerate(
            zip(self.family.layers(mean), self.family.layers(turned), strict=True)
        ):
            self._sides(layer, T, step, _eigenvectors)
            left, right = self.roots[2 * layer], self.roots[2 * layer + 1]
            M[:] = left.transpose(0, 2, 1) @ M @ right
            T[:] = left.transpose(0, 2, 1) @ T @ right
        result = self._scaled(mean, turned, step)
        for layer, (W, _) in enumerate(self.family.layers(result)):
            left, right = self.roots[2 * layer], self.roots[2 * layer + 1]
            W[:] = left @ W @ right.transpose(0, 2, 1)
        return result

    def _sides(
        self, layer: int, G: np.ndarray, step: int, made: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        """Update what a layer's gradients are on both sides, and at times what is made of it."""
        turned = G.transpose(0, 2, 1)
        for side, product in enumerate((G @ turned, turned @ G)):
            place = 2 * layer + side
            self.sides[place] = _SIDE * self.sides[place] + (1 - _SIDE) * product
            if step <= _REFRESH or step % _REFRESH == 0:
                self.roots[place] = made(self.sides[place] / (1 - _SIDE**step))


@guarded
@stored
def optimizer_race(
    name: str, writing: str, seeds: tuple[int, ...], target: float = 0.1, units: int = 64
) -> OptimizerRace:
    """Train with each step size, full batch, until the fastest of a seed is at the target.

    Three hidden layers learn 500 of the digits; all writings start as one function.

    Parameters
    ----------
    name : str
        A key of `OPTIMIZERS`.
    writing : {"raw", "pixels", "centered"}
        σ on raw pixels, σ on centered pixels, or σ − ½ on centered pixels.
    seeds : tuple of int
        Of the weights and of the choice of examples.
    target : float
        The training loss to reach.
    units : int
        Of each hidden layer.

    Raises
    ------
    ValueError
        If a name is unknown.
    """
    sizes = np.array(OPTIMIZERS[_checks.one_of("name", name, OPTIMIZERS)])
    _checks.one_of("writing", writing, WRITINGS)
    target = _checks.number("target", target, above=0.0)
    seeds = tuple(
        _checks.count("seeds", seed, minimum=0) for seed in _checks.several("seeds", seeds)
    )
    if not seeds:
        raise ArgumentError("seeds must hold at least one seed, got none")
    family, first, problem = _starts(seeds, writing, _checks.count("units", units))
    network = np.repeat(np.arange(len(seeds)), len(sizes))
    choice = np.tile(np.arange(len(sizes)), len(seeds))
    theta, eta = first[network], sizes[choice][:, None]
    optimizer = _Optimizer(name, family, theta)
    steps = np.zeros((len(seeds), len(sizes)), dtype=int)
    bound = np.inf
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, _LIMIT + 2):
            losses, g = problem.rows(network).gradients(family, theta)
            bound = min(bound, _DIVERGED * losses[np.isfinite(losses)].max())
            arrived = losses <= target
            steps[network[arrived], choice[arrived]] = step - 1
            # Step sizes of a seed that has arrived cannot win any more.
            on = (losses < bound) & ~np.any(steps, axis=1)[network]
            if not on.any():
                break
            if not on.all():
                theta, eta, g = theta[on], eta[on], g[on]
                network, choice = network[on], choice[on]
                optimizer.keep(on)
            theta = theta - eta * optimizer.direction(g, theta, step)
    return OptimizerRace(sizes, steps)
