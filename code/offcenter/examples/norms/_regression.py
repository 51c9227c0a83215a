"""Norms in the common regression: of inputs, of sums, of gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter._store import stored
from offcenter.errors import ArrivalError
from offcenter.examples._record import example
from offcenter.examples._regression import UNIFORM, WAYS
from offcenter.examples._steps import ends
from offcenter.experiment import Regression, regression
from offcenter.remedies import center, layer_norm, rms_norm

__all__ = ["Centralized", "NormedInputs", "TwoMeans", "centralized", "normed_inputs", "two_means"]


def _in_plane(X: np.ndarray) -> np.ndarray:
    """Return coordinates, less one, in the plane of entries that add up to 0."""
    return X @ np.linalg.svd(np.ones((1, X.shape[-1])))[2][1:].T


@dataclass(frozen=True, eq=False)
class _Within(Regression):
    """A problem with a goal of its own."""

    allowed: np.ndarray

    @property
    def goal(self) -> np.ndarray:
        return self.allowed


@dataclass(frozen=True)
class Centralized:
    """Steps of the common regression, with the plain gradient and with the centralized one.

    `rows`: raw, with every second input negated, and centered: both methods' steps; to the goal
    above the lowest loss that the method can reach.
    `left`: the share of the targets' variance that the centralized gradient leaves for ever with
    raw inputs, in percent: the median, the least and the most.
    `ranges`: the least and the most of the centralized steps.
    """

    rows: tuple[tuple[int, int], ...]
    left: tuple[float, float, float]
    ranges: tuple[tuple[int, int], ...]


@stored
def _steps_centralized(change: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of each draw the plain and the centralized steps, and the share that is never fit."""
    problem = regression(UNIFORM, change)
    # Less their mean the weights' gradients lie in the plane of entries that add up to 0, and plain
    # descent in its coordinates is the same path.
    inputs = _in_plane(problem.inputs[:, :, :-1])
    read = np.concatenate([inputs, problem.inputs[:, :, -1:]], axis=2)
    fit = np.einsum("snk,sk->sn", read, Regression(read, problem.targets).solution)
    never = ((problem.targets - fit) ** 2).mean(axis=1) / problem.targets.var(axis=1)
    return problem.descent_steps(), _Within(read, fit, problem.goal).descent_steps(), never


@example("norms-centralized")
def centralized() -> Centralized:
    """Return the medians and the ranges."""
    runs = [_steps_centralized(change) for change in WAYS]
    never = 100 * runs[0][2]
    return Centralized(
        rows=tuple((int(np.median(plain)), int(np.median(rest))) for plain, rest, _ in runs),
        left=(float(np.median(never)), *ends(never)),
        ranges=tuple(ends(rest) for _, rest, _ in runs),
    )


@dataclass(frozen=True)
class NormedInputs:
    """Steps of the common regression from random weights, with batch norm in three places.

    `rows`: what becomes of the standardized inputs, and the steps without a norm, with one behind
    the weights, and with one on the inputs; `ranges`: the least and the most of the draws, by rows.
    `noise`: standard deviation of the mean of a batch of 32, for inputs of variance 1.
    """

    rows: tuple[tuple[int | str, ...], ...]
    ranges: tuple[tuple[tuple[int, int], ...], ...]
    noise: float


_INPUTS = {
    "none": (np.ones(20), 0.0),
    "2 added to each": (np.ones(20), 2.0),
    "every second times 10": (np.where(np.arange(20) % 2, 1.0, 10.0), 0.0),
}
_RATES = np.geomspace(0.01, 4.0, 80)


@stored
def _steps_normed(change: str, norm: str) -> np.ndarray:
    """Return the steps of each draw with its best learning rate.

    `norm` is "none", or where it is: behind the "weights" or on the "inputs".  The first weights
    are drawn behind the targets', of variance 1/20; the bias is 0 at first.
    """
    scale, shift = _INPUTS[change]
    plain = regression(UNIFORM, "standardized")
    draws, _, width = plain.inputs.shape
    starts = np.zeros((draws, width))
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        rng.random((plain.inputs.shape[1], width - 1))
        rng.standard_normal(width - 1)
        starts[seed, :-1] = rng.standard_normal(width - 1) / (width - 1) ** 0.5
    X = plain.inputs[:, :, :-1] * scale + shift
    if norm == "inputs":
        X = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)
    if norm == "weights":
        return _arrivals_normed(X, plain, starts[:, :-1])
    read = np.concatenate([X, plain.inputs[:, :, -1:]], axis=2)
    # From 0 to what the first weights leave of the targets.
    ahead = plain.targets - np.einsum("snk,sk->sn", read, starts)
    return _Within(read, ahead, plain.goal).descent_steps()


def _arrivals_normed(X: np.ndarray, problem: Regression, starts: np.ndarray) -> np.ndarray:
    """Return the fewest steps with γz + β, z the normalized sum, from γ = 1 and β = 0.

    Half the mean square of γz + β − y needs the moments only: with q = cov(w·x, y) and σ² the
    variance of w·x it is half of var y − 2γq/σ + γ² + (β − mean y)².
    """
    D = X - X.mean(axis=1, keepdims=True)
    C = D.transpose(0, 2, 1) @ D / X.shape[1]
    c = np.einsum("snk,sn->sk", D, problem.targets)[:, :, None] / X.shape[1]
    mean, var = problem.targets.mean(axis=1)[:, None], problem.targets.var(axis=1)[:, None]
    # Columns are learning rates.
    W = np.repeat(starts[:, :, None], len(_RATES), axis=2)
    scale, shift = np.ones((len(X), len(_RATES))), np.zeros((len(X), len(_RATES)))
    fewest = np.zeros(len(X), dtype=int)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(10_000):
            CW, q = C @ W, (c * W).sum(axis=1)
            sigma = np.sqrt((W * CW).sum(axis=1))
            loss = (var - 2 * scale * q / sigma + scale**2 + (shift - mean) ** 2) / 2
            fewest[(fewest == 0) & (loss <= problem.goal[:, None]).any(axis=1)] = step
            if fewest.all():
                return fewest
            slopes = (CW * (q / sigma**2)[:, None] - c) * (scale / sigma)[:, None]
            W = W - _RATES * slopes
            scale, shift = scale - _RATES * (scale - q / sigma), shift - _RATES * (shift - mean)
    raise ArrivalError("some learning rate must reach the goal, and none did")


@example("norms-inputs")
def normed_inputs() -> NormedInputs:
    """Return the medians and the ranges."""
    counts = [
        [_steps_normed(name, norm) for norm in ("none", "weights", "inputs")] for name in _INPUTS
    ]
    return NormedInputs(
        tuple(
            (name, *(int(np.median(steps)) for steps in row))
            for name, row in zip(_INPUTS, counts, strict=True)
        ),
        tuple(tuple(ends(steps) for steps in row) for row in counts),
        noise=32**-0.5,
    )


@dataclass(frozen=True)
class TwoMeans:
    """Steps of the common regression behind norms of normal inputs that have means.

    `raw`, `centered`: behind RMS norm and layer norm, then with each feature's mean subtracted,
    too; `shared`: raw, if all features have the mean 1; `ranges`: least and most of the first four.
    """

    raw: tuple[int, ...]
    centered: tuple[int, ...]
    shared: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]


@stored
def _steps_behind(norm: str, means: str, change: str) -> np.ndarray:
    """Return the steps of each draw; the targets are linear in what the norm puts out."""
    draws, examples, width = regression("identity").inputs.shape
    read, targets = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        X, w = rng.standard_normal((examples, width - 1)), rng.standard_normal(width - 1)
        X += rng.standard_normal(width - 1) if means == "normal" else 1.0
        Z = layer_norm(X) if norm == "layer" else rms_norm(X)
        targets.append(Z @ w)
        # Layer norm's outputs add up to 0.
        Z = _in_plane(Z) if norm == "layer" else Z
        Z = center(Z) if change == "centered" else Z
        read.append(append_one(Z))
    return Regression(np.array(read), np.array(targets)).descent_steps()


@example("norms-two-means")
def two_means() -> TwoMeans:
    """Return the medians and the ranges."""
    raw, centered, shared = (
        [_steps_behind(norm, means, change) for norm in ("rms", "layer")]
        for means, change in (("normal", "none"), ("normal", "centered"), ("one", "none"))
    )
    return TwoMeans(
        *(tuple(int(np.median(steps)) for steps in pair) for pair in (raw, centered, shared)),
        ranges=tuple(ends(steps) for steps in (*raw, *centered)),
    )
