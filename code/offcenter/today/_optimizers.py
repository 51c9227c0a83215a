"""The optimizers of today: what turns the gradients of many networks into steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from offcenter.network import Family

__all__ = ["OPTIMIZERS", "Optimizer"]

_BETA, _SQUARE, _FLOOR, _DECAY = 0.9, 0.999, 1e-8, 0.01
_MUON, _SIDE = 0.95, 0.95
# Roots of matrices are slow: they are taken every so many steps, as in practice.
_REFRESH, _RIDGE = 5, 1e-6

#: Step sizes that are tried, by optimizer: powers of two around the best of both writings.
OPTIMIZERS: dict[str, tuple[float, ...]] = {
    "gradient": (0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "centralized": (1.0, 2.0, 4.0, 8.0, 16.0),
    "standardized": (1.0, 2.0, 4.0, 8.0, 16.0),
    "momentum": (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
    "adamw": (2**-6, 2**-5, 2**-4, 2**-3, 2**-2),
    "muon": (0.25, 0.5, 1.0, 2.0),
    "shampoo": (2**-6, 2**-5, 2**-4, 2**-3, 2**-2, 2**-1, 1.0),
    "soap": (2**-7, 2**-6, 2**-5, 2**-4, 2**-3, 2**-2),
}


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


class Optimizer:
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
        if self.name in ("gradient", "standardized"):
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
        result = self._of_biases(g, step)
        for (W, _), (G, _), (B, _) in zip(
            self.family.layers(result),
            self.family.layers(g),
            self.family.layers(self._momentum(g)),
            strict=True,
        ):
            W[:] = _newton_schulz(G + _MUON * B)
        return result

    def _of_biases(self, g: np.ndarray, step: int) -> np.ndarray:
        """Return Adam's steps of the biases, each about as large as an entry of the weights' step.

        Biases are vectors and have no singular values.  Where those of an m × n matrix are all 1,
        its mean square is min(m, n)/(mn) = 1/max(m, n).
        """
        result = self._adam(g, step)
        for W, b in self.family.layers(result):
            b /= max(W.shape[1:]) ** 0.5
        return result

    def _momentum(self, g: np.ndarray) -> np.ndarray:
        if not self.sides:
            self.sides = [np.zeros_like(g)]
        self.sides[0] = _MUON * self.sides[0] + g
        return self.sides[0]

    def _shampoo(self, g: np.ndarray, step: int) -> np.ndarray:
        # A running mean in place of Shampoo's sum, which would shrink all steps.
        result = self._of_biases(g, step)
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
