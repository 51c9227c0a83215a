"""A unit with a bias, whose input has a mean: its minimum, its steps, and natural ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from offcenter._inputs import append_one
from offcenter._written import listed
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until
from offcenter.spectrum import condition_number

__all__ = [
    "BiasOff",
    "BiasShift",
    "NaturalStep",
    "OneStep",
    "Shift",
    "WhichMinimum",
    "bias_off",
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
    """Return weights and bias for x = (1, 3), (3, 1), y = 5, 5, and predictions at (1, 1), (3, 3).

    Descent from 0 stays in the span of the inputs, so it ends at the solution of least norm.
    """
    X, y, tests = np.array([[1.0, 3.0], [3.0, 1.0]]), np.full(2, 5.0), np.array([[1.0], [3.0]])
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
class BiasOff:
    """A linear unit that reads 9 or 11, whose weight is right and whose bias is 1 too high.

    F, its inverse, g and F⁻¹g for (w, b), then F, g and F⁻¹g for (w, b + 10w), on x − 10.
    `rows`: inputs with the same error, κ, the steps of gradient descent to 1 % of the distance, at
    the step size 2/(λmax + λmin), those of F⁻¹g.
    """

    moment: np.ndarray
    inverse: np.ndarray
    gradient: np.ndarray
    natural: np.ndarray
    centered_moment: np.ndarray
    centered_gradient: np.ndarray
    centered_natural: np.ndarray
    rows: tuple[tuple[str | float, ...], ...]


@example("spectra-bias-off")
def bias_off() -> BiasOff:
    """Return both gradients for the errors 1 and 1, and the steps that descent takes."""
    inputs, errors = np.array([9.0, 11.0]), np.ones(2)

    def parts(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        A = append_one(x)
        F, g = A.T @ A / 2, A.T @ errors / 2
        return F, g, np.linalg.solve(F, g).round(9) + 0.0

    (F, g, natural), (centered, h, same) = parts(inputs), parts(inputs - 10)
    start, rows = np.array([0.0, 1.0]), []
    for mean in (0, 2, 10):
        M, _, _ = parts(np.array([mean - 1.0, mean + 1.0]))
        plain = steps_until(M, start, 2 / np.trace(M), 0.01)
        # F⁻¹F = 1
        steps = steps_until(np.linalg.solve(M, M), start, 1.0, 0.01)
        name = listed((mean - 1.0, mean + 1.0))
        rows.append((name, condition_number(M), plain, steps))
    return BiasOff(
        moment=F,
        inverse=np.linalg.inv(F).round(9) + 0.0,
        gradient=g,
        natural=natural,
        centered_moment=centered,
        centered_gradient=h,
        centered_natural=same,
        rows=tuple(rows),
    )


@dataclass(frozen=True)
class NaturalStep:
    """A linear unit that reads 1 or 3 and should put out −1 or 1, from w = b = 0.

    −g and −F⁻¹g for (w, b). `steps` are those of gradient descent to 1 % of the distance, at the
    step size 2/(λmax + λmin).
    """

    direction: np.ndarray
    step: np.ndarray
    steps: int


@example("spectra-natural-step")
def natural_step() -> NaturalStep:
    """Return a plain and a natural step by hand, and the steps that descent takes."""
    A, targets = np.array([[1.0, 1.0], [3.0, 1.0]]), np.array([-1.0, 1.0])
    F, direction = A.T @ A / 2, A.T @ targets / 2
    step = np.linalg.solve(F, direction).round(12) + 0.0
    return NaturalStep(direction, step, steps_until(F, step, 2 / np.trace(F), 0.01))
