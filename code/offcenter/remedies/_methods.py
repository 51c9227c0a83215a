"""Methods of descent on the layer, with one start and one kind of schedule for all."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.descent import _rules, tuning
from offcenter.errors import ArgumentError, ArrivalError
from offcenter.remedies._layer import GOAL, Effect, layer
from offcenter.remedies._norms import center
from offcenter.spectrum import condition_number, offset_share, second_moment

__all__ = ["DECAYS", "METHODS", "effects_of_methods", "muon", "newton_schulz", "orthogonal"]

METHODS = (
    "gradient-descent",
    "heavy-ball",
    "nesterov",
    "adam",
    "kronecker",
    "orthogonalized",
    "muon",
)
# By which the step size shrinks in each step; 1 is a step size that stays.
DECAYS = (1.0, 0.99, 0.95, 0.9, 0.8, 0.7)
# A step this much shorter than the first moves nothing any more.
_SPENT = 1e-5
# How far above its start a loss may be before the run is given up.
_LOST = 1e6

Gradient = Callable[[np.ndarray], np.ndarray]
Rule = Callable[[Gradient, np.ndarray, Any, Any], tuple[np.ndarray, Any]]


@guarded
def newton_schulz(G: ArrayLike, *, rounds: int = 5) -> np.ndarray:
    """Bring the singular values of a matrix near 1, by products of matrices alone.

    X = G/‖G‖, then X ← aX + b(XXᵀ)X + c(XXᵀ)²X: each singular value σ becomes aσ + bσ³ + cσ⁵.
    After five rounds those that were above a hundredth of ‖G‖ lie between 0.68 and 1.21.

    Parameters
    ----------
    G : array-like, shape (n, k)
        Not zero.
    rounds : int
        At least 1.

    Raises
    ------
    ValueError
        If `G` is no matrix or zero, or `rounds` is less than 1.

    Notes
    -----
    The coefficients are those of Muon, {cite}`jordan2024`.
    """
    X = _checks.matrix("G", G)
    if not X.any():
        raise ArgumentError("G must not be zero: it has no direction")
    return _newton_schulz(X, _checks.count("rounds", rounds))


def _newton_schulz(G: np.ndarray, rounds: int = 5) -> np.ndarray:
    """Do the same for each matrix of a stack."""
    X = G / np.linalg.norm(G, axis=(-2, -1), keepdims=True)
    for _ in range(rounds):
        A = X @ X.swapaxes(-2, -1)
        X = 3.4445 * X - 4.7750 * (A @ X) + 2.0315 * (A @ A @ X)
    return X


@guarded
def orthogonal(
    gradient: Gradient, W: np.ndarray, nothing: None, eta: float
) -> tuple[np.ndarray, None]:
    """Step along the orthogonal factor of the gradient G = UΣVᵀ: W ← W − ηUVᵀ."""
    return _orthogonal(gradient, _checks.matrix("W", W), nothing, eta)


def _orthogonal(gradient: Gradient, W: np.ndarray, nothing: None, eta: Any) -> tuple[Any, None]:
    left, _, right = np.linalg.svd(gradient(W), full_matrices=False)
    return W - eta * (left @ right), nothing


@guarded
def muon(
    gradient: Gradient,
    W: np.ndarray,
    kept: np.ndarray,
    eta: float,
    *,
    beta: float = 0.95,
) -> tuple[np.ndarray, np.ndarray]:
    """Orthogonalize the momentum, roughly: B ← βB + G, W ← W − η NewtonSchulz(G + βB)."""
    W = _checks.matrix("W", W)
    kept = _checks.matrix("kept", kept, rows=W.shape[0], columns=W.shape[1])
    return _muon(gradient, W, kept, eta, beta=beta)


def _muon(
    gradient: Gradient, W: np.ndarray, kept: np.ndarray, eta: Any, *, beta: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    G = gradient(W)
    kept = beta * kept + G
    return W - eta * _newton_schulz(G + beta * kept), kept


@dataclass(frozen=True, eq=False)
class _Problem:
    """The quadratic loss ½⟨W, HW⟩ of a layer and where all methods start on it."""

    H: np.ndarray
    start: np.ndarray

    def losses(self, W: np.ndarray) -> np.ndarray:
        """Return the loss of each of a stack of weights."""
        return np.einsum("...ij,...ij->...", W, self.H @ W) / 2

    def fewest(self, rule: Rule, state: Any, etas: Iterable[float], most: int) -> int | None:
        """The fewest steps over step sizes and `DECAYS`, or None where no run arrives.

        All runs go in step, so the first one to see `GOAL` is the one with the fewest.
        """
        grid = np.array(list(itertools.product(etas, DECAYS)))
        eta, decay = grid[:, 0, None, None], grid[:, 1, None, None]
        W, step_size = np.repeat(self.start[None], len(grid), axis=0), eta
        first = self.losses(self.start)
        for step in range(1, most + 1):
            W, state = rule(lambda V: self.H @ V, W, state, step_size)
            losses = self.losses(W)
            if (losses <= GOAL * first).any():
                return step
            step_size = step_size * decay
            on = (step_size >= _SPENT * eta)[:, 0, 0] & (losses <= _LOST * first)
            if not on.any():
                return None
            if not on.all():
                W, state = W[on], _those(state, on)
                eta, decay, step_size = eta[on], decay[on], step_size[on]
        return None


def _those(state: Any, on: np.ndarray) -> Any:
    """Return the state of some runs of a stack."""
    if isinstance(state, tuple):
        return tuple(_those(part, on) for part in state)
    return state[on] if isinstance(state, np.ndarray) else state


def _problem(values: np.ndarray, outputs: int, seed: int) -> _Problem:
    H = second_moment(values, bias=True)
    eigenvalues, vectors = np.linalg.eigh(H)
    # On average each eigenvector holds the same share of the loss, and no axis is special.
    gaussian = np.random.default_rng([seed, 1]).standard_normal((len(H), outputs))
    return _Problem(H, vectors / np.sqrt(eigenvalues) @ vectors.T @ gaussian / math.sqrt(outputs))


@guarded
@stored
def effects_of_methods(
    *,
    centered: bool = False,
    outputs: int = 25,
    seed: int = 0,
    methods: tuple[str, ...] | None = None,
) -> tuple[Effect, ...]:
    """Return what methods of descent make of the layer that reads σ activations.

    The layer of `effects_on_inputs` with some outputs, and a Gaussian start in which each
    eigenvector holds on average the same share of the loss.  Every method may start with its best
    of some step sizes and shrink it in each step by the best of the factors `DECAYS`; momentum and
    its first step size come from `tuning` where a closed form exists.

    κ is that of the curvature as the method sees it.  For Adam that is κ(D^½HD^½) with
    D = diag(H)^(−½): it divides by the root of the mean square of a gradient, which near the
    minimum of a noisy problem is proportional to the mean square of the input.  For the
    Kronecker-factored step it is what its preconditioner leaves, for the last two the ratio of the
    singular values of their first update.

    Parameters
    ----------
    centered : bool
        Whether data and activations are centered.
    outputs : int
        Of the layer, at least 1.
    seed : int
        Of bits, weights and the start.
    methods : tuple of str
        Which, of `METHODS`; all by default.

    Returns
    -------
    tuple of Effect
        One for each method.

    Raises
    ------
    ValueError
        If `seed` is negative, `outputs` less than 1, or a method is unknown.
    ArithmeticError
        If no run of a method arrives.
    """
    outputs = _checks.count("outputs", outputs)
    methods = METHODS if methods is None else tuple(_checks.several("methods", methods))
    for name in methods:
        _checks.one_of("methods", name, METHODS)
    one = layer("sigmoid", seed=seed)
    values = center(one.activations(center(one.inputs))) if centered else one.activations()
    problem = _problem(values, outputs, seed)
    H, still = problem.H, np.zeros_like(problem.start)
    low, high = float(np.linalg.eigvalsh(H)[0]), float(np.linalg.eigvalsh(H)[-1])
    plain, heavy, ahead = (
        tuning(name, smallest=low, largest=high)
        for name in ("gradient_descent", "momentum", "nesterov")
    )
    inverse = np.linalg.inv(H)
    around, lengths = (0.5, 1.0, 1.9), [s / math.sqrt(low) for s in (0.2, 0.3, 0.5, 0.7, 1.0, 1.5)]
    runs: dict[str, tuple[Rule, Any, Iterable[float], int]] = {
        "gradient-descent": (
            lambda g, w, s, eta: _rules.plain(g, w, s, eta=eta),
            None,
            [plain.step_size * s for s in (0.5, 1.0)],
            100_000,
        ),
        "heavy-ball": (
            lambda g, w, s, eta: _rules.heavy_ball(g, w, s, eta=eta, beta=heavy.beta),
            still,
            [heavy.step_size * s for s in around],
            5000,
        ),
        "nesterov": (
            lambda g, w, s, eta: _rules.nesterov(g, w, s, eta=eta, beta=ahead.beta),
            still,
            [ahead.step_size * s for s in around],
            5000,
        ),
        "adam": (
            lambda g, w, s, eta: _rules.adam(
                g, w, s, eta=eta, beta1=0.9, beta2=0.999, epsilon=1e-8
            ),
            (still, still, 0),
            (0.05, 0.1, 0.2, 0.5, 1.0),
            5000,
        ),
        "kronecker": (
            lambda g, w, s, eta: _rules.through(g, w, s, eta=eta, P=inverse),
            None,
            (1.0,),
            10,
        ),
        "orthogonalized": (_orthogonal, None, lengths, 500),
        "muon": (_muon, still, lengths, 500),
    }
    root = np.diag(H) ** 0.25
    first = problem.H @ problem.start
    kappa = dict.fromkeys(runs, high / low) | {
        "adam": condition_number(H / np.outer(root, root)),
        "kronecker": float(np.linalg.cond(inverse @ H)),
        "orthogonalized": 1.0,
        "muon": float(np.linalg.cond(newton_schulz(first))),
    }
    share = offset_share(values)
    effects = []
    for name in methods:
        steps = problem.fewest(*runs[name])
        if steps is None:
            raise ArrivalError(f"no run of {name} reaches the goal")
        effects.append(Effect(name, share, kappa[name], steps))
    return tuple(effects)
