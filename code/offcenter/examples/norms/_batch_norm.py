"""Batch norm: before and after a ReLU, its gradient, its scale and shift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArrivalError
from offcenter.examples._by_hand import behind_norm, curvatures
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.normal import normal_cdf
from offcenter.remedies import batch_norm, layer_norm

__all__ = [
    "BiasAndNorm",
    "Fixed",
    "Learned",
    "Place",
    "ShiftedInput",
    "bias",
    "fixed",
    "learned",
    "place",
    "shifted_input",
]


@dataclass(frozen=True)
class Place:
    """Sums −1 and 3 of one unit: batch norm before a ReLU, and after it.

    `units`: what the next layer reads on two examples, in the order "before" and in the order
    "after": of ReLUs with the sums −1 and 3, and −3 and −1; of sigmoids with −1 and 3, and 8 and
    12.  Here 10⁻⁵ is added to the variance.
    `saturated`: what the sigmoid makes of 8 and 12, and its slope at 8.
    """

    before_norm: np.ndarray
    before_relu: np.ndarray
    before_mean: float
    after_relu: np.ndarray
    after_norm: np.ndarray
    after_mean: float
    normal_mean: float
    normal_share: float
    units: tuple[tuple[float, ...], ...]
    saturated: tuple[float, float, float]


@example("norms-place")
def place() -> Place:
    """Return what the next layer reads in both orders, for two examples."""
    relu = ACTIVATIONS["relu"]
    s = np.array([[-1.0], [3.0]])
    normed = batch_norm(s)
    read = relu.value(normed)
    other = batch_norm(relu.value(s))
    sigmoid, units = ACTIVATIONS["sigmoid"], []

    def with_constant(z: np.ndarray) -> np.ndarray:
        """Normalize as a library does it, so that a constant is no division by 0."""
        return (z - z.mean()) / np.sqrt(z.var() + 1e-5)

    for unit, sums in ((relu, (-1, 3)), (relu, (-3, -1)), (sigmoid, (-1, 3)), (sigmoid, (8, 12))):
        z = np.array(sums, dtype=float)
        before, after = unit.value(with_constant(z)), with_constant(unit.value(z))
        units.append((*before.tolist(), *after.tolist()))
    high = sigmoid.value(np.array([8.0, 12.0]))
    return Place(
        normed[:, 0],
        read[:, 0],
        read.mean(),
        relu.value(s)[:, 0],
        other[:, 0],
        other.mean(),
        relu.mean,
        relu.offset_share,
        tuple(units),
        (*high.tolist(), sigmoid.derivative(8.0).item()),
    )


@dataclass(frozen=True)
class Fixed:
    """Batch norm puts out (±1, ±1), ReLUs follow, a unit with the weights (2, 0), and its norm.

    `read`: what the ReLUs put out, of which `mean` is the mean; `outputs`: of the second norm, with
    γ = 1, β = 0, or with the bias −1 and no norm; `errors`: outputs less the targets 3, 1, 3, 1.
    `less_mean`; `back`: as they come back to the sums through all of batch norm.
    `plain`, `gradient`, `centered_gradient`: errors, and those come back, times inputs and times
    inputs less their mean, summed over the examples.
    `plain_curvatures`, `curvatures`: of half the mean squared error by weights and bias, without
    a norm, and with the mean subtracted; `plain_steps`, `steps`: to 1 % of the first errors, each
    at the best of 400 rates.
    """

    read: np.ndarray
    mean: np.ndarray
    outputs: np.ndarray
    errors: np.ndarray
    less_mean: np.ndarray
    back: np.ndarray
    plain: np.ndarray
    gradient: np.ndarray
    centered_gradient: np.ndarray
    plain_curvatures: np.ndarray
    curvatures: np.ndarray
    plain_steps: int
    steps: int


@example("norms-fixes")
def fixed() -> Fixed:
    """Return what of the errors comes back through batch norm, and the steps that it saves."""
    X, w, y = np.maximum(2 - FOUR, 0), np.array([2.0, 0.0]), np.array([3.0, 1.0, 3.0, 1.0])
    _, outputs, slopes = behind_norm(X, w, y)
    errors, back, mean = outputs - y, 4 * slopes + 0.0, X.mean(axis=0)
    plain, raw = append_one(X), curvatures(X)
    centered, rest = append_one(X - mean), curvatures(X - mean)
    grid = np.linspace(0.05, 2, 400)
    return Fixed(
        read=X,
        mean=mean,
        outputs=outputs,
        errors=errors,
        less_mean=errors - errors.mean(),
        back=back,
        plain=errors @ X,
        gradient=back @ X,
        centered_gradient=back @ (X - mean),
        plain_curvatures=raw,
        curvatures=rest,
        plain_steps=_run(plain, y, np.append(w, -1.0), grid / raw[0]),
        steps=_run(centered, y, np.append(w, 0.0), grid / rest[0]),
    )


@dataclass(frozen=True)
class ShiftedInput:
    """One of a unit's inputs in a batch of three, with errors that came back through batch norm.

    `errors` add up to 0. `centered`: the inputs less their mean.
    `gradient`, `centered_gradient`: the errors' sum times the one and times the other.
    """

    inputs: np.ndarray
    centered: np.ndarray
    errors: np.ndarray
    gradient: float
    centered_gradient: float


@example("norms-shifted-input")
def shifted_input() -> ShiftedInput:
    """Return the gradient of the weight that reads 9, 10, 14, and that it is blind to the mean."""
    inputs, errors = np.array([9.0, 10.0, 14.0]), np.array([1.0, 1.0, -2.0])
    centered = inputs - inputs.mean()
    return ShiftedInput(inputs, centered, errors, float(errors @ inputs), float(errors @ centered))


@dataclass(frozen=True)
class BiasAndNorm:
    """Sums 2, 2, 6, 6 of a unit, with the bias 0 and 3, behind batch norm; and layer norm.

    `sums`, `shifted`; `normed`, `shifted_normed`: the outputs for γ = 1 and β = 0.
    `targets`, `errors`; `less_mean`: these less their mean; `along`: the mean of error times
    output; `back`: what comes back to the sums. `slopes`: of half the mean squared error by the
    bias, by β, and by the bias if mean and standard deviation are held.
    `layer`, `layer_shifted`: (1, 3, 5) and (6, 3, 5) behind layer norm.
    """

    sums: np.ndarray
    shifted: np.ndarray
    normed: np.ndarray
    shifted_normed: np.ndarray
    targets: np.ndarray
    errors: np.ndarray
    less_mean: np.ndarray
    along: float
    back: np.ndarray
    slopes: tuple[float, float, float]
    layer: np.ndarray
    layer_shifted: np.ndarray


@example("norms-bias")
def bias() -> BiasAndNorm:
    """Return what a bias does before batch norm, and that layer norm of three units feels it."""
    s, targets = np.array([2.0, 2.0, 6.0, 6.0]), np.array([-2.0, 2.0, 4.0, 4.0])
    _, outputs, slopes = behind_norm((s + 3)[:, None], np.ones(1), targets)
    normed, errors = batch_norm(s[:, None])[:, 0], outputs - targets
    return BiasAndNorm(
        sums=s,
        shifted=s + 3,
        normed=normed,
        shifted_normed=outputs,
        targets=targets,
        errors=errors,
        less_mean=errors - errors.mean(),
        along=float(np.mean(errors * outputs)),
        back=len(s) * slopes,
        slopes=(float(slopes.sum()), float(errors.mean()), float(errors.mean() / s.std())),
        layer=layer_norm(np.array([[1.0, 3.0, 5.0]]))[0],
        layer_shifted=layer_norm(np.array([[6.0, 3.0, 5.0]]))[0],
    )


@dataclass(frozen=True)
class Learned:
    """A unit on x = 9, 11 with targets 3, 7 whose outputs are −1, 1 at first; and two inputs.

    `normed`: z, the normalized sums; `slopes`: of γ and β; `after`: both after a step of size 1.
    `plain_slopes`, `plain_curvatures`: of weight and bias of the unit without batch norm, and the
    largest and the smallest curvature; `plain_steps`: its steps to 1 % of the first error.
    `rows`: mean of two independent inputs of variance 1, steps to 1 % of the first error without
    batch norm and with it; the target is 5 plus twice the first input's deviation, and the first
    weights are equal.  All steps are those at the best of a grid of step sizes.
    `shares`: β, and the share of standard normal z with z + β > 0.
    `sigmoid`: γ, and a sigmoid's outputs for γ·(−1) and γ·1.
    `next_share`: the offset share of outputs 3, 7.
    """

    normed: np.ndarray
    slopes: np.ndarray
    after: np.ndarray
    plain_slopes: np.ndarray
    plain_curvatures: np.ndarray
    plain_steps: int
    rows: tuple[tuple[float, int, int], ...]
    shares: tuple[tuple[float, float], ...]
    sigmoid: tuple[tuple[float, ...], ...]
    next_share: float


def _run(
    A: np.ndarray, y: np.ndarray, start: np.ndarray, etas: np.ndarray, limit: int = 100_000
) -> int:
    """Return the fewest steps of a linear unit to 1 % of its first error, over step sizes."""
    P = np.tile(start[:, None], len(etas))
    first = np.linalg.norm(A @ start - y)
    for step in range(limit):
        errors = A @ P - y[:, None]
        if np.linalg.norm(errors, axis=0).min() <= 0.01 * first:
            return step
        P = P - etas * (A.T @ errors) / len(y)
    raise ArrivalError("the unit did not reach its goal")


def _normed_run(X: np.ndarray, y: np.ndarray, etas: np.ndarray) -> int:
    """Return the fewest steps with batch norm, γ and β, from equal weights, γ = 1 and β = 0."""
    W, scale, shift = np.ones((X.shape[1], len(etas))), np.ones(len(etas)), np.zeros(len(etas))
    first = None
    for step in range(1000):
        s = X @ W
        z = batch_norm(s)
        errors = scale * z + shift - y[:, None]
        sizes = np.linalg.norm(errors, axis=0)
        first = sizes[0] if first is None else first
        if sizes.min() <= 0.01 * first:
            return step
        back = scale * errors
        delta = (back - back.mean(axis=0) - z * (back * z).mean(axis=0)) / s.std(axis=0)
        W = W - etas * (X.T @ delta) / len(y)
        scale, shift = scale - etas * (errors * z).mean(axis=0), shift - etas * errors.mean(axis=0)
    raise ArrivalError("the unit did not reach its goal")


@example("norms-learned")
def learned() -> Learned:
    """Return the step by hand, the runs, and what β and γ do before a ReLU and a sigmoid."""
    x, y = np.array([9.0, 11.0]), np.array([3.0, 7.0])
    z = batch_norm(x[:, None])[:, 0].round(6)
    slopes = np.array([np.mean((z - y) * z), np.mean(z - y)])
    A, start = append_one(x), np.array([1.0, -10.0])
    plain = curvatures(x)
    signs = FOUR - 2
    target, rows, grid = 5 + 2 * signs[:, 0], [], np.linspace(0.5, 2, 61)
    for mean in (0.0, 3.0, 10.0):
        X = signs + mean
        B = append_one(X)
        first = np.array([1, 1, -2 * mean]) / 2**0.5
        steps = _run(B, target, first, grid / curvatures(X)[0])
        rows.append((mean, steps, _normed_run(X, target, np.linspace(0.1, 2, 39))))
    shares = tuple((b, float(normal_cdf(np.array(b)))) for b in (-1.0, 0.0, 1.0))
    sigmoid = ACTIVATIONS["sigmoid"].value
    bent = ((g, *sigmoid(np.array([-g, g])).tolist()) for g in (0.25, 1.0, 4.0))
    return Learned(
        normed=z,
        slopes=slopes,
        after=np.array([1.0, 0.0]) - slopes,
        plain_slopes=A.T @ (A @ start - y) / 2,
        plain_curvatures=plain,
        plain_steps=_run(A, y, start, grid / plain[0]),
        rows=tuple(rows),
        shares=shares,
        sigmoid=tuple(bent),
        next_share=float(y.mean() ** 2 / (y**2).mean()),
    )
