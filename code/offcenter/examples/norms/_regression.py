"""Norms in the common regression: of inputs and of gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter._store import stored
from offcenter.examples._record import example
from offcenter.examples._regression import UNIFORM, WAYS
from offcenter.examples._steps import ends
from offcenter.experiment import Regression, regression
from offcenter.remedies import center, layer_norm, rms_norm

__all__ = ["Centralized", "TwoMeans", "centralized", "two_means"]


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
