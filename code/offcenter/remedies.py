"""Normalizations, and what each remedy does to one layer: its offset share, κ and steps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter.activations import ACTIVATIONS
from offcenter.descent import (
    Path,
    adam,
    momentum,
    nesterov,
    orthogonalized,
    preconditioned,
    tuning,
)
from offcenter.spectrum import condition_number, offset_share, second_moment

__all__ = [
    "Effect",
    "batch_norm",
    "center",
    "effects_of_methods",
    "effects_on_inputs",
    "layer_norm",
    "rms_norm",
    "rounds_of_descent",
]

GOAL = 1e-3
# Beyond, 1 − ηλ has too few digits left to count steps with.
_LARGEST_KAPPA = 1e12


def center(Z: object) -> np.ndarray:
    """Subtract from each feature its mean over the examples, z − mean z, shape (N, n).

    Raises
    ------
    ValueError
        If `Z` is no matrix or holds NaN or infinity.
    """
    Z = _checks.matrix("Z", Z)
    return Z - Z.mean(axis=0)


def batch_norm(Z: object) -> np.ndarray:
    """Center each feature over the examples and divide it by its standard deviation, (N, n).

    Source: {cite}`ioffe2015`, without their learned scale and shift.

    Raises
    ------
    ValueError
        If `Z` is no matrix, or a feature is constant.
    """
    Z = _checks.matrix("Z", Z)
    return _over_spread("Z", center(Z), axis=0, before=Z)


def layer_norm(Z: object) -> np.ndarray:
    """Center each example over its features and divide it by its standard deviation, (N, n).

    Raises
    ------
    ValueError
        If `Z` is no matrix, or an example has all features equal.
    """
    Z = _checks.matrix("Z", Z)
    return _over_spread("Z", Z - Z.mean(axis=1, keepdims=True), axis=1, before=Z)


def rms_norm(Z: object) -> np.ndarray:
    """Divide each example by its root mean square over its features, shape (N, n).

    Raises
    ------
    ValueError
        If `Z` is no matrix, or an example is zero.
    """
    Z = _checks.matrix("Z", Z)
    return _over_spread("Z", Z, axis=1, before=Z)


def _over_spread(name: str, Z: np.ndarray, axis: int, before: np.ndarray) -> np.ndarray:
    spread = np.sqrt(np.mean(Z**2, axis=axis, keepdims=True))
    # The mean of N equal numbers is off by up to N rounding errors, and leaves these as a spread.
    rounding = Z.shape[axis] * np.finfo(float).eps * np.abs(before).max(axis=axis, keepdims=True)
    if (spread <= rounding).any():
        unit = "a feature" if axis == 0 else "an example"
        raise ValueError(f"{name} must vary: {unit} has nothing left to divide by")
    return Z / spread


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


def rounds_of_descent(eigenvalues: object, *, goal: float = GOAL) -> int:
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
        raise ValueError(f"eigenvalues must be above 0, got {eigenvalues.min():g}")
    largest, smallest = float(eigenvalues.max()), float(eigenvalues.min())
    if largest > _LARGEST_KAPPA * smallest:
        raise ValueError(
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


@dataclass(frozen=True, eq=False)
class _Layer:
    """A hidden layer σ(xW): bits x in, activations out."""

    inputs: np.ndarray
    weights: np.ndarray

    def activations(self, inputs: np.ndarray | None = None) -> np.ndarray:
        return _sigmoid(self.pre_activations(inputs))

    def pre_activations(self, inputs: np.ndarray | None = None) -> np.ndarray:
        return (self.inputs if inputs is None else inputs) @ self.weights


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return ACTIVATIONS["sigmoid"].value(z)


def _layer(seed: int) -> _Layer:
    rng = np.random.default_rng(_checks.count("seed", seed, minimum=0))
    # Fair bits, and weights that give the pre-activations a variance near one.
    return _Layer(
        inputs=rng.integers(0, 2, (2000, 64)).astype(float),
        weights=rng.standard_normal((64, 24)) * math.sqrt(4 / 64),
    )


def _curvature(features: np.ndarray) -> np.ndarray:
    return second_moment(features, bias=True)


def _useful(H: np.ndarray) -> np.ndarray:
    """The eigenvalues above rounding: the others belong to weights that change no output."""
    values = np.linalg.eigvalsh(H)
    return values[values > 1e-10 * values[-1]]


def effects_on_inputs(*, seed: int = 0) -> tuple[Effect, ...]:
    """Return what changes of a σ layer's output do to the layer that reads it.

    The hidden layer reads 64 fair bits and has 24 units; the next layer has a bias, a squared
    loss, and tuned gradient descent over all 2000 examples.

    Parameters
    ----------
    seed : int
        Of bits and weights.

    Raises
    ------
    ValueError
        If `seed` is negative.
    """
    layer = _layer(seed)
    centered = center(layer.inputs)
    features = {
        "nothing": layer.activations(),
        "center-data": layer.activations(centered),
        "center-activations": center(layer.activations()),
        "center-both": center(layer.activations(centered)),
        "mean-only-before": _sigmoid(center(layer.pre_activations())),
        "batch-before": _sigmoid(batch_norm(layer.pre_activations())),
        "batch-after": batch_norm(layer.activations()),
        "layer-before": _sigmoid(layer_norm(layer.pre_activations())),
        "layer-after": layer_norm(layer.activations()),
        "rms-after": rms_norm(layer.activations()),
    }
    effects = []
    for name, values in features.items():
        eigenvalues = _useful(_curvature(values))
        effects.append(
            Effect(
                name,
                offset_share(values),
                float(eigenvalues[-1] / eigenvalues[0]),
                rounds_of_descent(eigenvalues),
            )
        )
    return tuple(effects)


def effects_of_methods(*, centered: bool = False, seed: int = 0) -> tuple[Effect, ...]:
    """Return what methods of descent make of the layer that reads σ activations.

    The layer of `effects_on_inputs` with as many outputs as it has inputs and a bias, and a start
    in which each eigenvector holds the same share of the loss.  Gradient descent, heavy ball and
    Nesterov have the settings of `tuning`; Adam and the orthogonalized step the best of a grid.
    κ is that of the curvature as the method sees it: for Adam with all inputs scaled to one mean
    square, for the Kronecker-factored step after its preconditioner, for the orthogonalized step
    the ratio of the singular values of its first update.

    Parameters
    ----------
    centered : bool
        Whether data and activations are centered.
    seed : int
        Of bits, weights and the start.

    Raises
    ------
    ValueError
        If `seed` is negative.
    """
    layer = _layer(seed)
    values = center(layer.activations(center(layer.inputs))) if centered else layer.activations()
    share, H = offset_share(values), _curvature(values)
    eigenvalues, vectors = np.linalg.eigh(H)
    low, high = float(eigenvalues[0]), float(eigenvalues[-1])
    # In general position: along the axes a diagonal method would have it too easy.
    turned, _ = np.linalg.qr(np.random.default_rng(seed + 1).standard_normal(H.shape))
    start = vectors / np.sqrt(eigenvalues) @ vectors.T @ turned
    heavy = tuning("momentum", smallest=low, largest=high)
    ahead = tuning("nesterov", smallest=low, largest=high)
    inverse = vectors / eigenvalues @ vectors.T
    scale = np.sqrt(np.diag(H))

    runs = {
        "heavy-ball": [momentum(H, start, step_size=heavy.step_size, beta=heavy.beta, steps=600)],
        "nesterov": [nesterov(H, start, step_size=ahead.step_size, beta=ahead.beta, steps=600)],
        "adam": [adam(H, start, step_size=s, steps=1200) for s in (0.02, 0.05, 0.1, 0.2, 0.5)],
        "kronecker": [preconditioned(H, start, preconditioner=inverse, step_size=1.0, steps=2)],
        "orthogonalized": [
            orthogonalized(H, start, step_size=s / math.sqrt(low), steps=40, decay=decay)
            for s in (0.2, 0.3, 0.5, 0.7, 1.0)
            for decay in (0.6, 0.7, 0.8)
        ],
    }
    steps = {name: _fewest(name, paths) for name, paths in runs.items()}
    update = -np.diff(runs["orthogonalized"][0].points[:2], axis=0)[0]
    kappa = {
        "heavy-ball": high / low,
        "nesterov": high / low,
        "adam": condition_number(H / np.outer(scale, scale)),
        "kronecker": float(np.linalg.cond(inverse @ H)),
        "orthogonalized": float(np.linalg.cond(update)),
    }
    plain = Effect("gradient-descent", share, high / low, rounds_of_descent(eigenvalues))
    return (plain, *(Effect(name, share, kappa[name], steps[name]) for name in runs))


def _fewest(name: str, paths: list[Path]) -> int:
    arrivals = [path.steps_to(GOAL, measure="loss") for path in paths]
    arrived = [steps for steps in arrivals if steps is not None]
    if not arrived:
        raise ArithmeticError(f"no run of {name} reaches the goal")
    return min(arrived)
