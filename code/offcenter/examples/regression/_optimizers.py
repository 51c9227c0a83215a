"""Mini-batches, Adam, and natural gradients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.examples._record import example
from offcenter.examples._regression import UNIFORM, WAYS, median_steps, steps_of
from offcenter.examples._steps import ends
from offcenter.experiment import Regression, regression

__all__ = ["Adam", "Batches", "BiasShift", "Fisher", "adam", "batches", "bias_shift", "fisher"]


@dataclass(frozen=True)
class Batches:
    """What batches of 1, 128 and all 1000 examples do.

    `rows`: batch size, shares of one-signed gradients at w = 0, with the bias 0 and with the mean
    target, and steps raw, with every second input negated, and centered.
    `ranges`: the least and the most steps of each row, raw and centered.
    """

    rows: tuple[tuple[int, float, float, int, int, int], ...]
    ranges: tuple[tuple[int, int, int, int], ...]


_BATCHES = 400


def _one_signed(problem: Regression, size: int, *, mean_target: bool) -> float:
    """Return the share of batches at w = 0 whose gradient has one sign in all weights."""
    draws, examples, width = problem.inputs.shape
    bias = problem.targets.mean(axis=1, keepdims=True) if mean_target else 0.0
    gradients = problem.inputs[:, :, : width - 1] * (bias - problem.targets)[:, :, None]
    if size == examples:
        means = gradients.mean(axis=1)
    else:
        rows = np.random.default_rng(size).integers(examples, size=(_BATCHES, size))
        means = np.concatenate([gradients[draw][rows].mean(axis=1) for draw in range(draws)])
    return float((np.abs(np.sign(means).sum(axis=1)) == width - 1).mean())


@example("regression-batches")
def batches() -> Batches:
    """Return rows for one example, 128, and all."""
    problem = regression(UNIFORM)
    whole = problem.inputs.shape[1]
    rows, ranges = [], []
    for size in (1, 128, whole):
        method = "descent" if size == whole else str(size)
        raw, negated, centered = (steps_of(UNIFORM, change, method) for change in WAYS)
        rows.append(
            (
                size,
                100 * _one_signed(problem, size, mean_target=False),
                100 * _one_signed(problem, size, mean_target=True),
                int(np.median(raw)),
                int(np.median(negated)),
                int(np.median(centered)),
            )
        )
        ranges.append((*ends(raw), *ends(centered)))
    return Batches(tuple(rows), tuple(ranges))


@dataclass(frozen=True)
class Adam:
    """Steps by descent and by Adam: centered, centered with unequal scales, and with larger means.

    `rows`: centered inputs; these scaled from 0.01 to 1; uniform on [0, 1], on [1, 2], on [2, 3].
    `centered`: Adam on the last two after centering: the bias then has to learn more.
    `ranges`: the least and the most of Adam's steps over the draws of each row.
    """

    rows: tuple[tuple[int, int], ...]
    centered: tuple[int, int]
    ranges: tuple[tuple[int, int], ...]


@example("regression-adam")
def adam() -> Adam:
    """Return the medians, each method with its best learning rate."""
    cases = (
        (UNIFORM, "centered"),
        (UNIFORM, "centered, scaled from 0.01 to 1"),
        (UNIFORM, "none"),
        ("uniform on [1, 2]", "none"),
        ("uniform on [2, 3]", "none"),
    )
    runs = [steps_of(*case, "Adam") for case in cases]
    return Adam(
        tuple((median_steps(*case), median_steps(*case, "Adam")) for case in cases),
        (
            median_steps("uniform on [1, 2]", "centered", "Adam"),
            median_steps("uniform on [2, 3]", "centered", "Adam"),
        ),
        tuple(ends(steps) for steps in runs),
    )


@dataclass(frozen=True)
class BiasShift:
    """One plain step from weights 0 and the mean target as bias, which has nothing to learn.

    `share`: what the mean's change makes up of the outputs' mean square change, the median and the
    least and most of the draws; `cosines`: medians, of the outputs' changes by the plain and the
    natural step, raw and centered; `centered`: the first share with centered inputs.
    """

    share: tuple[float, float, float]
    centered: float
    cosines: tuple[float, float]


@example("regression-bias-shift")
def bias_shift() -> BiasShift:
    """Return them for inputs uniform on [0, 1]."""
    shares, cosines = [], []
    for change in ("none", "centered"):
        problem = regression(UNIFORM, change)
        examples = problem.inputs.shape[1]
        errors = problem.targets - problem.targets.mean(axis=1, keepdims=True)
        steps = np.einsum("sni,sn->si", problem.inputs, errors) / examples
        moved = np.einsum("sni,si->sn", problem.inputs, steps)
        square = (moved**2).mean(axis=1)
        shares.append(moved.mean(axis=1) ** 2 / square)
        # The natural step takes the outputs to the targets, which some weights give.
        along = (moved * errors).mean(axis=1) / np.sqrt(square * (errors**2).mean(axis=1))
        cosines.append(float(np.median(along)))
    raw, centered = shares
    return BiasShift(
        (float(np.median(raw)), *ends(raw)),
        float(np.median(centered)),
        (cosines[0], cosines[1]),
    )


@stored
def _fisher_steps(change: str, matrix: str, damping: float) -> np.ndarray:
    """Return the steps of each draw along the gradient divided by a matrix.

    F = E[(x, 1)(x, 1)ᵀ], with the damping added to its diagonal, or its diagonal alone.
    """
    problem = regression(UNIFORM, change)
    F = problem.curvature
    F = F + damping * np.eye(F.shape[-1]) if matrix == "whole" else F * np.eye(F.shape[-1])
    values, vectors = np.linalg.eigh(F)
    root = vectors / np.sqrt(values)[:, None, :] @ vectors.transpose(0, 2, 1)
    # A step along F⁻¹g is the plain step of the problem that reads F^(−1/2)(x, 1).
    return Regression(problem.inputs @ root, problem.targets).descent_steps()


@dataclass(frozen=True)
class Fisher:
    """Rows: steps raw and centered, by the Fisher matrix's diagonal, damped by 0.1, and whole.

    `ranges`: the least and most of the draws of each row, raw and centered.
    """

    rows: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, int, int, int], ...]


@example("regression-fisher")
def fisher() -> Fisher:
    """Return the medians and ranges for inputs uniform on [0, 1]."""
    cases = (("diagonal", 0.0), ("whole", 0.1), ("whole", 0.0))
    rows, ranges = [], []
    for case in cases:
        raw, centered = (_fisher_steps(change, *case) for change in ("none", "centered"))
        rows.append((int(np.median(raw)), int(np.median(centered))))
        ranges.append((*ends(raw), *ends(centered)))
    return Fisher(tuple(rows), tuple(ranges))
