"""A unit with a bias, whose input has a mean: its minimum, its steps, and natural ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from offcenter._inputs import append_one
from offcenter.examples._record import example
from offcenter.spectrum import condition_number

__all__ = [
    "BiasShift",
    "NaturalStep",
    "OneStep",
    "Shift",
    "WhichMinimum",
    "mean_shift",
    "natural_step",
    "one_step",
    "shift",
    "which_minimum",
]


@dataclass(frozen=True)
class WhichMinimum:
    """Two examples, three parameters: where gradient descent from 0 ends, raw and centered."""

    raw: np.ndarray
    raw_predictions: np.ndarray
    raw_tests: np.ndarray
    centered: np.ndarray
    centered_tests: np.ndarray


@example("spectra-which-minimum")
def which_minimum() -> WhichMinimum:
    """Return weights and bias for x = (1, 3), (3, 1), y = 9, 9, and predictions at (1, 1), (3, 3).

    Descent from 0 stays in the span of the inputs, so it ends at the solution of least norm.
    """
    X, y, tests = np.array([[1.0, 3.0], [3.0, 1.0]]), np.full(2, 9.0), np.array([[1.0], [3.0]])
    tests = np.repeat(tests, 2, axis=1)

    def end(Z: np.ndarray) -> np.ndarray:
        design = append_one(Z)
        w = np.zeros(3)
        for _ in range(2000):
            w = w - 0.1 * design.T @ (design @ w - y) / 2
        return w.round(12) + 0.0

    raw, centered = end(X), end(X - 2)
    return WhichMinimum(
        raw=raw,
        raw_predictions=X @ raw[:2] + raw[2],
        raw_tests=tests @ raw[:2] + raw[2],
        centered=centered,
        centered_tests=(tests - 2) @ centered[:2] + centered[2],
    )


@dataclass(frozen=True)
class Shift:
    """An input of variance 1 and the target x less its mean, learned with a bias from w = b = 0.

    `rows`: mean of the input, λmax, λmin, their ratio, and the fewest steps of any constant step
    size to 10⁻⁴ of the loss at the start.
    """

    rows: tuple[tuple[float, float, float, float, int], ...]


def _fewest_steps(H: np.ndarray, start: np.ndarray, left: float) -> int:
    """Return the fewest steps to a share `left` of the loss, of any constant step size.

    After k steps the loss is Σ cᵢ(1 − ηλᵢ)²ᵏ, convex in η, and its least falls as k grows.
    """
    values, vectors = np.linalg.eigh(H)
    parts = (vectors.T @ start) ** 2 * values / (start @ H @ start)

    def least(steps: int) -> float:
        loss = lambda eta: float(parts @ (1 - eta * values) ** (2 * steps))  # noqa: E731
        bounds = (0, 2 / values[-1])
        found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-12})
        return found.fun

    early, late = 0, 1
    while least(late) > left:
        early, late = late, 2 * late
    while late - early > 1:
        steps = (early + late) // 2
        early, late = (early, steps) if least(steps) <= left else (steps, late)
    return late


@example("spectra-shift")
def shift() -> Shift:
    """Return the table for inputs that are the mean minus or plus 1."""
    rows = []
    for mean in (0.0, 1.0, 3.0, 10.0):
        H = np.array([[1 + mean**2, mean], [mean, 1.0]])
        flat, steep = np.linalg.eigvalsh(H).tolist()
        steps = _fewest_steps(H, np.array([1.0, -mean]), 1e-4)
        rows.append((mean, steep, flat, condition_number(H), steps))
    return Shift(tuple(rows))


@dataclass(frozen=True)
class OneStep:
    """A linear unit with a bias that should put out −1, 1, for the inputs −1, 1 and for 9, 11.

    δ and the loss ½δ² at w = b = 0; then in two rows the gradient in (w, b), (w, b) after a step
    of size 1, its outputs and its loss.  For 9, 11 the largest curvature, and 2 over it.
    """

    errors: np.ndarray
    loss: float
    gradients: np.ndarray
    ends: np.ndarray
    outputs: np.ndarray
    losses: tuple[float, ...]
    steepest: float
    limit: float


@example("spectra-one-step")
def one_step() -> OneStep:
    """Return one step of descent, without a mean and with the mean 10."""
    targets = np.array([-1.0, 1.0])
    designs = np.array([[[x + mean, 1.0] for x in (-1.0, 1.0)] for mean in (0.0, 10.0)])
    gradients = np.array([-A.T @ targets / 2 for A in designs])
    ends = 0.0 - gradients
    outputs = np.array([A @ end for A, end in zip(designs, ends, strict=True)])
    steepest = float(np.linalg.eigvalsh(designs[1].T @ designs[1] / 2)[-1])
    return OneStep(
        errors=-targets,
        loss=float(np.mean(targets**2) / 2),
        gradients=gradients + 0.0,
        ends=ends,
        outputs=outputs,
        losses=tuple((((outputs - targets) ** 2).mean(axis=1) / 2).tolist()),
        steepest=steepest,
        limit=2 / steepest,
    )


@dataclass(frozen=True)
class BiasShift:
    """A linear unit that should put out −1, 1 for the inputs 9, 11, and starts with w = b = 0.

    `steps`: of weight and bias, plain, natural, and plain on x − 10, of size 1; `outputs`: what
    they lead to; `shift`: by how much the plain step moves their mean; `moment`: F, on x.
    """

    steps: np.ndarray
    outputs: np.ndarray
    shift: float
    moment: np.ndarray


@example("spectra-bias-shift")
def mean_shift() -> BiasShift:
    """Return −g, −F⁻¹g, and −g on the centered input."""
    raw, target = np.array([[9.0, 1.0], [11.0, 1.0]]), np.array([-1.0, 1.0])
    centered, F = raw - [10, 0], raw.T @ raw / 2
    plain, other = (X.T @ target / 2 for X in (raw, centered))
    steps = np.array([plain, np.linalg.solve(F, plain), other]).round(9) + 0.0
    outputs = (np.array([raw, raw, centered]) @ steps[:, :, None])[:, :, 0]
    return BiasShift(steps, outputs, shift=float(outputs[0].mean()), moment=F)


@dataclass(frozen=True)
class NaturalStep:
    """A linear unit that reads 2 or 4 and should put out −1 or 1, from w = b = 0; then −1 or 1.

    `moment`: F, then its `inverse`, g and −F⁻¹g, for (w, b) on 2 or 4; `centered_moment` and
    `centered_gradient` on −1 or 1.
    `moves`: what −g, then −F⁻¹g, adds to the two outputs; on 2 or 4, then on −1 or 1.
    `rate`, `steps`: the step size of 0.01, 0.02, … up to 0.18 with the fewest steps of descent to
    1 % of the first loss, and these; `limit`: 2/λmax.
    `angles`: between −g and −F⁻¹g as steps of (w, b), in degrees; on 2 or 4, then on −1 or 1.
    """

    moment: np.ndarray
    inverse: np.ndarray
    gradient: np.ndarray
    step: np.ndarray
    centered_moment: np.ndarray
    centered_gradient: np.ndarray
    moves: np.ndarray
    rate: float
    steps: int
    limit: float
    angles: tuple[float, float]


@example("spectra-natural-step")
def natural_step() -> NaturalStep:
    """Return a plain and a natural step by hand, and the steps that descent takes."""
    inputs, targets = np.array([2.0, 4.0]), np.array([-1.0, 1.0])

    def parts(x: np.ndarray) -> tuple[np.ndarray, ...]:
        A = append_one(x)
        F, g = A.T @ A / 2, -A.T @ targets / 2 + 0.0
        natural = -np.linalg.solve(F, g).round(12) + 0.0
        return F, g, natural, np.array([A @ -g, A @ natural]).round(12) + 0.0

    (F, g, natural, moves), (centered, h, lone, same) = parts(inputs), parts(inputs - 3)

    def angle(one: np.ndarray, other: np.ndarray) -> float:
        cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        return float(np.degrees(np.arccos(cosine)))

    def steps(rate: float) -> int:
        """Return the steps until the loss, which is d·Fd for the distance d, is 1 %."""
        d, count = natural, 0
        while d @ F @ d > 0.01 * natural @ F @ natural:
            d, count = d - rate * F @ d, count + 1
        return count

    rates = [k / 100 for k in range(1, 19)]
    best = min(rates, key=steps)
    return NaturalStep(
        moment=F,
        inverse=np.linalg.inv(F).round(9) + 0.0,
        gradient=g,
        step=natural,
        centered_moment=centered,
        centered_gradient=h,
        moves=np.array([moves, same]),
        rate=best,
        steps=steps(best),
        limit=float(2 / np.linalg.eigvalsh(F)[-1]),
        angles=(angle(-g, natural), angle(-h, lone)),
    )
