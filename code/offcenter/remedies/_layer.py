"""The layer on which all remedies are tried: what it reads, and how its steps are counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.activations import Activation, activation
from offcenter.descent import tuning
from offcenter.errors import ArgumentError

__all__ = ["BITS", "EXAMPLES", "GOAL", "UNITS", "Effect", "Layer", "layer", "rounds_of_descent"]

EXAMPLES, BITS, UNITS = 2000, 64, 24
GOAL = 1e-3
# Beyond, 1 − ηλ has too few digits left to count steps with.
_LARGEST_KAPPA = 1e12


@dataclass(frozen=True)
class Effect:
    """What a remedy does to a layer with a bias.

    Parameters
    ----------
    name : str
        Of the remedy.
    offset_share : float
        ρ of the layer's inputs.
    kappa : float
        κ of their second moment with the bias, over the directions that change the function.
    steps : int
        Until the loss is a thousandth.
    """

    name: str
    offset_share: float
    kappa: float
    steps: int


@dataclass(frozen=True, eq=False)
class Layer(Record):
    """A hidden layer φ(xW).

    Parameters
    ----------
    inputs : array, shape (N, d)
        Fair bits x, 0 or 1.
    weights : array, shape (d, n)
    phi : Activation
    """

    inputs: np.ndarray
    weights: np.ndarray
    phi: Activation

    def pre_activations(self, inputs: np.ndarray | None = None) -> np.ndarray:
        """Return xW, of the bits or of other inputs, shape (N, n)."""
        return (self.inputs if inputs is None else inputs) @ self.weights

    def activations(self, inputs: np.ndarray | None = None) -> np.ndarray:
        """Return φ(xW), of the bits or of other inputs, shape (N, n)."""
        return self.phi.value(self.pre_activations(inputs))


def layer(phi: str | Activation, *, gain: float = 1.0, seed: int = 0) -> Layer:
    """Return the layer: 2000 examples of 64 fair bits, 24 units.

    Parameters
    ----------
    phi : str or Activation
    gain : float
        The standard deviation of the pre-activations of centered bits, above 0.
    seed : int
        Of bits and weights.

    Raises
    ------
    ValueError
        If there is no such activation, `gain` is not above 0, or `seed` is negative.
    """
    phi, gain = activation(phi), _checks.number("gain", gain, above=0)
    rng = np.random.default_rng(_checks.count("seed", seed, minimum=0))
    # A bit has the variance 1/4, so weights of variance 4/64 give the pre-activations variance 1.
    return Layer(
        inputs=rng.integers(0, 2, (EXAMPLES, BITS)).astype(float),
        weights=gain * rng.standard_normal((BITS, UNITS)) * math.sqrt(4 / BITS),
        phi=phi,
    )


@guarded
def rounds_of_descent(eigenvalues: ArrayLike, *, goal: float = GOAL) -> int:
    """Return the steps that tuned gradient descent takes until the loss is `goal` of the first.

    The least t with mean (1 − ηλ)²ᵗ ≤ goal, η = 2/(λmax + λmin): at the start each eigenvector
    holds the same share of the loss.

    Parameters
    ----------
    eigenvalues : array-like, shape (n,)
        All above 0.
    goal : float
        Above 0 and below 1.

    Raises
    ------
    ValueError
        If an eigenvalue is not above 0, λmax/λmin is beyond 1e12, or `goal` is out of its bounds.
    """
    eigenvalues = _checks.vector("eigenvalues", eigenvalues)
    goal = _checks.number("goal", goal, above=0, below=1)
    if eigenvalues.min() <= 0:
        raise ArgumentError(f"eigenvalues must be above 0, got {eigenvalues.min():g}")
    largest, smallest = float(eigenvalues.max()), float(eigenvalues.min())
    if largest > _LARGEST_KAPPA * smallest:
        raise ArgumentError(
            f"eigenvalues must have a ratio λmax/λmin of at most {_LARGEST_KAPPA:g}, "
            f"got {smallest:g} to {largest:g}"
        )
    best = tuning("gradient_descent", smallest=smallest, largest=largest)
    kept = np.abs(1 - best.step_size * eigenvalues)
    low, high = 1, 1
    while np.mean(kept ** (2 * high)) > goal:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if np.mean(kept ** (2 * middle)) <= goal:
            high = middle
        else:
            low = middle + 1
    return high
