"""Curvature: the second moment of a few inputs, with a mean and without."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import minimize_scalar

from offcenter._written import listed
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.examples._steps import steps_from_slowest, steps_until
from offcenter.spectrum import condition_number, with_bias

__all__ = ["OneOrThree", "one_or_three"]


@dataclass(frozen=True)
class OneOrThree:
    """Two inputs, each 1 or 3 with equal chances: mean 2, variance 1.

    `path`: how far the weights are off at first, (1, 0), and after one step and two with the best
    fixed step size.
    """

    examples: np.ndarray
    moment: np.ndarray
    steep: float
    flat: float
    condition: float
    steps: int
    centered_condition: float
    centered_steps: int
    bias_condition: float
    hundred_steps: int
    path: np.ndarray


@example("spectra-one-or-three")
def one_or_three() -> OneOrThree:
    """Return E[xxᵀ], its eigenvalues, κ, and the steps that descent takes to 1 %."""
    X = FOUR
    M = X.T @ X / 4
    flat, steep = np.linalg.eigvalsh(M)
    centered = X - X.mean(axis=0)
    C = centered.T @ centered / 4
    A = with_bias(C, X.mean(axis=0))
    hundred = np.eye(100) + 4 * np.ones((100, 100))
    path = [np.array([1.0, 0.0])]
    for _ in range(2):
        path.append(path[-1] - 2 / (steep + flat) * M @ path[-1])
    return OneOrThree(
        examples=X,
        moment=M,
        steep=steep,
        flat=flat,
        condition=condition_number(M),
        steps=steps_from_slowest(M),
        centered_condition=condition_number(C),
        centered_steps=steps_from_slowest(C),
        bias_condition=condition_number(A),
        hundred_steps=steps_from_slowest(hundred),
        path=np.round(path, 12),
    )


@dataclass(frozen=True)
class FourWritings:
    """The inputs 1 or 3 written in four ways.

    `rows`: the writing, its mean, the share of examples whose gradient has one sign, κ without a
    bias and with one; without one also the largest and the smallest curvature, and the steps that
    descent takes to 1 % from the slowest start.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("spectra-four-writings")
def four_writings() -> FourWritings:
    """Return raw, the second input negated, a random sign per example, and centered."""
    X = FOUR
    writings = {
        "as they are": X,
        "second input negated": X * [1, -1],
        "a random sign for each example": np.concatenate([X, -X]),
        "centered": X - 2,
    }
    rows = []
    for name, Z in writings.items():
        M, mean = Z.T @ Z / len(Z), Z.mean(axis=0)
        one_sign = (Z[:, 0] * Z[:, 1] > 0).mean()
        A = with_bias(M - np.outer(mean, mean), mean)
        means = listed(mean, "z.0f")
        kappas = condition_number(M), condition_number(A)
        flat, steep = np.linalg.eigvalsh(M)
        steps = steps_from_slowest(M)
        rows.append((name, f"({means})", one_sign, *kappas, steep, flat, steps))
    return FourWritings(tuple(rows))


@dataclass(frozen=True)
class TwoParts:
    """The gradient of a linear unit without bias, 0 so far, that should put out x₁ of two inputs.

    Each input is 1 or 3.  The gradient is Cov(δ, x) and the mean error times the mean input;
    `run`: the weights after one and two steps of size 2/(9 + 1).  Then the gradient if the
    inputs are centered, and the target is as it was.
    """

    covariance: np.ndarray
    mean_error: float
    gradient: np.ndarray
    run: np.ndarray
    centered_gradient: np.ndarray


@example("spectra-two-parts")
def two_parts() -> TwoParts:
    """Return the gradient in two parts, and where the steps go."""
    X = FOUR
    centered, target = X - X.mean(axis=0), np.array([1.0, 0.0])
    errors = -X @ target
    w, run = np.zeros(2), []
    for _ in range(2):
        w = w - X.T @ (X @ (w - target)) / 4 / 5
        run.append(w.round(12) + 0.0)
    return TwoParts(
        covariance=(errors - errors.mean()) @ centered / 4 + 0.0,
        mean_error=float(errors.mean()),
        gradient=errors @ X / 4,
        run=np.array(run),
        centered_gradient=errors @ centered / 4 + 0.0,
    )


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
        design = np.column_stack([Z, np.ones(2)])
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
        A = np.column_stack([x, np.ones(2)])
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


@dataclass(frozen=True)
class MoreInputs:
    """A linear unit that reads n independent inputs.

    `rows`: n inputs that are 1 or 3; 2 of the 2ⁿ orthants as a share, the largest curvature, 2 over
    it, the steps that descent takes to 1 % from the slowest start, raw and less the mean.
    `kinds`: ten inputs that are 10 in one of 100 cases, else 0.1, or −1 in one of 10, else 2; how
    many orthants the gradients of single examples are in, mean²/variance, κ.
    """

    rows: tuple[tuple[float, ...], ...]
    kinds: tuple[tuple[float, ...], ...]


def _of_two_values(usual: float, rare: float, chance: float) -> tuple[int, float, float]:
    """Return the orthants, mean²/variance and κ of ten inputs, each `rare` with a chance."""
    X = np.array(list(product((usual, rare), repeat=10)))
    weights = np.prod(np.where(rare == X, chance, 1 - chance), axis=1)
    # With errors of both signs each example has the orthant of its inputs, and the opposite one.
    orthants = {tuple(sign * row) for row in np.sign(X) for sign in (1, -1)}
    mean = (1 - chance) * usual + chance * rare
    variance = chance * (1 - chance) * (rare - usual) ** 2
    return len(orthants), mean**2 / variance, condition_number((X.T * weights) @ X)


@example("spectra-more-inputs")
def more_inputs() -> MoreInputs:
    """Return what grows with n, and that the orthants do not decide it."""
    rows = []
    for n in (2, 10, 100):
        M = np.eye(n) + 4 * np.ones((n, n))
        steep = float(np.linalg.eigvalsh(M)[-1])
        steps = (steps_from_slowest(H) for H in (M, np.eye(n)))
        rows.append((n, 2 / 2**n, steep, 2 / steep, *steps))
    kinds = (_of_two_values(0.1, 10.0, 0.01), _of_two_values(2.0, -1.0, 0.1))
    return MoreInputs(rows=tuple(rows), kinds=kinds)


@dataclass(frozen=True)
class SignOrMean:
    """Twenty inputs read by a linear unit, of some signs and some mean.

    `rows`: the inputs; the share of negative numbers, mean²/mean square, κ without a bias.
    `pairs`: for two inputs that are 9 or 11, the second negated, and less the mean, the largest
    curvature and the smallest.
    `with_bias`: κ of the twenty one-hot inputs and a bias, as they are and less their means;
    directions of curvature 0 are left out; `several`: of eight such variables of ten categories.
    `middle`, `spread`: mean and standard deviation of an input uniform on [−1, 100].
    """

    rows: tuple[tuple[str | float, ...], ...]
    pairs: tuple[tuple[float, float], ...]
    with_bias: tuple[float, float]
    several: tuple[float, float]
    middle: float
    spread: float


def _of_one_hot(variables: int, categories: int) -> tuple[float, float]:
    """Return κ with a bias of independent variables of equal frequencies, raw and centered."""
    mean = np.full(variables * categories, 1 / categories)
    covariance = np.kron(np.eye(variables), np.eye(categories) / categories - categories**-2.0)

    def kappa(mean: np.ndarray) -> float:
        values = np.linalg.eigvalsh(with_bias(covariance, mean))
        return float(values[-1] / values[values > 1e-9][0])

    return kappa(mean), kappa(0 * mean)


@example("spectra-sign-or-mean")
def sign_or_mean() -> SignOrMean:
    """Return κ of inputs whose signs and whose mean vary apart."""
    n, one_hot = 20, np.eye(20)
    mirror = np.where(np.arange(n) % 2, -1.0, 1.0)
    rows: list[tuple[str | float, ...]] = []
    for name, low, high, signs in (
        ("[0, 1]", 0, 1, np.ones(n)),
        ("[0, 1], every second negated", 0, 1, mirror),
        ("[−1, 100]", -1, 100, np.ones(n)),
        ("[−½, ½]", -0.5, 0.5, np.ones(n)),
    ):
        mean, variance = (low + high) / 2, (high - low) ** 2 / 12
        H = variance * np.eye(n) + mean**2 * np.outer(signs, signs)
        negative = np.where(signs > 0, -low, high).mean() / (high - low)
        rows.append((name, negative, mean**2 / (mean**2 + variance), condition_number(H)))
    moment = one_hot.T @ one_hot / n
    rows.append(
        ("one-hot", 0.0, float((one_hot.mean(axis=0) ** 2).sum()), condition_number(moment))
    )
    four = np.array(list(product((9.0, 11.0), repeat=2)))
    pairs = (four, four * [1, -1], four - 10)
    curvatures = (np.linalg.eigvalsh(X.T @ X / len(X)) for X in pairs)
    return SignOrMean(
        rows=tuple(rows),
        pairs=tuple((float(values[1]), float(values[0])) for values in curvatures),
        with_bias=_of_one_hot(1, n),
        several=_of_one_hot(8, 10),
        middle=(100 - 1) / 2,
        spread=101 / 12**0.5,
    )
