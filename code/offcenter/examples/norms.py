"""Normalizations on two or three examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArrivalError
from offcenter.examples._record import example
from offcenter.experiment import Regression, regression
from offcenter.normal import normal_cdf
from offcenter.remedies import batch_norm, center, layer_norm, rms_norm

__all__ = ["BiasAndNorm", "Centralized", "Columns", "Features", "Fixed", "Learned"]
__all__ += ["NormedInputs", "Place", "RowOrColumn", "TwoMeans", "bias", "centralized"]
__all__ += [
    "columns",
    "features",
    "fixed",
    "learned",
    "normed_inputs",
    "place",
    "row_or_column",
    "two_means",
]


@dataclass(frozen=True)
class Place:
    """Sums −1 and 3 of one unit: batch norm before a ReLU, and after it."""

    before_norm: np.ndarray
    before_relu: np.ndarray
    before_mean: float
    after_relu: np.ndarray
    after_norm: np.ndarray
    after_mean: float
    normal_mean: float
    normal_share: float


@example("norms-place")
def place() -> Place:
    """Return what the next layer reads in both orders, for two examples."""
    relu = ACTIVATIONS["relu"]
    s = np.array([[-1.0], [3.0]])
    normed = batch_norm(s)
    read = relu.value(normed)
    other = batch_norm(relu.value(s))
    return Place(
        normed[:, 0],
        read[:, 0],
        read.mean(),
        relu.value(s)[:, 0],
        other[:, 0],
        other.mean(),
        relu.mean,
        relu.offset_share,
    )


@dataclass(frozen=True)
class Fixed:
    """A unit with the weights (1, 1) on the inputs (1, 2), (3, 3), (2, 1), with and without norm.

    `plain`: the gradient of its weights for the errors (1, 1, 1); `normed`: for (1, 0, −1).
    `back`: what batch norm makes of the errors (1, 0, 0), `back_gradient` the gradient then.
    """

    sums: np.ndarray
    mean: np.ndarray
    plain: np.ndarray
    normed: np.ndarray
    back: np.ndarray
    back_gradient: np.ndarray


@example("norms-fixes")
def fixed() -> Fixed:
    """Return gradients that a mean of the inputs sets, and that it does not touch."""
    X = np.array([[1.0, 2.0], [3.0, 3.0], [2.0, 1.0]])
    s, incoming = X.sum(axis=1), np.array([1.0, 0.0, 0.0])
    normed = batch_norm(s[:, None])[:, 0]
    left = incoming - incoming.mean() - normed * np.mean(incoming * normed)
    back = (left / s.std()).round(12) + 0.0
    return Fixed(
        sums=s,
        mean=X.mean(axis=0),
        plain=np.ones(3) @ X,
        normed=np.array([1.0, 0.0, -1.0]) @ X,
        back=back,
        back_gradient=back @ X,
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
    """Sums 1 and 3 with the bias 0 and 5, batch-normalized; and two features, layer-normalized."""

    sums: np.ndarray
    shifted: np.ndarray
    normed: np.ndarray
    shifted_normed: np.ndarray
    layer: np.ndarray
    layer_shifted: np.ndarray


@example("norms-bias")
def bias() -> BiasAndNorm:
    """Return batch norm with and without a bias, and layer norm of (1, 3, 5) and of (6, 3, 5)."""
    s = np.array([[1.0], [3.0]])
    return BiasAndNorm(
        s[:, 0],
        s[:, 0] + 5,
        batch_norm(s)[:, 0],
        batch_norm(s + 5)[:, 0],
        layer_norm(np.array([[1.0, 3.0, 5.0]]))[0],
        layer_norm(np.array([[6.0, 3.0, 5.0]]))[0],
    )


@dataclass(frozen=True)
class Features:
    """What layer norm makes of two examples whose features have means of opposite signs."""

    negated_layer: np.ndarray


@example("norms-features")
def features() -> Features:
    """Return layer norm of (1, −3) and (3, −1), which are (1, 3) and (3, 1) but for a sign."""
    return Features(layer_norm(np.array([[1.0, -3.0], [3.0, -1.0]])))


@dataclass(frozen=True)
class RowOrColumn:
    """Two tokens of three features, less the mean of each row, and less that of each column.

    `row`: the mean of either token's features; `columns`: those of the features over the tokens;
    `left`: the latter once the rows' are subtracted; `layer`, `rms`: both norms of token A.
    """

    rows: tuple[tuple[float | str, ...], ...]
    row: float
    columns: np.ndarray
    left: np.ndarray
    layer: np.ndarray
    rms: np.ndarray


@example("norms-row-or-column")
def row_or_column() -> RowOrColumn:
    """Return them for (9, 10, 14) and (8, 12, 13)."""
    X = np.array([[9.0, 10.0, 14.0], [8.0, 12.0, 13.0]])
    less_row, less_column = X - X.mean(axis=1, keepdims=True), X - X.mean(axis=0)
    rows = []
    for words, Z in (("", X), (" less row mean", less_row), (" less column means", less_column)):
        rows += [(f"{token}{words}", *z) for token, z in zip("AB", Z.tolist(), strict=True)]
    return RowOrColumn(
        tuple(rows),
        X[0].mean(),
        X.mean(axis=0),
        less_row.mean(axis=0),
        layer_norm(X)[0],
        rms_norm(X)[0],
    )


@dataclass(frozen=True)
class Centralized:
    """Descent on [[5, 4], [4, 5]] from (2, −1), with and without the gradient's mean.

    `plain_after`: after a step of 1/5, the best one size for the curvatures 9 and 1; `after`:
    after a centralized step of size 1.
    """

    gradient: np.ndarray
    centralized: np.ndarray
    plain_after: np.ndarray
    after: np.ndarray


@example("norms-centralized")
def centralized() -> Centralized:
    """Return the gradient, what is left of it, and where one step ends."""
    M, d = np.array([[5.0, 4.0], [4.0, 5.0]]), np.array([2.0, -1.0])
    g = M @ d
    left = g - g.mean()
    return Centralized(
        gradient=g, centralized=left, plain_after=(d - g / 5).round(12), after=d - left
    )


@dataclass(frozen=True)
class NormedInputs:
    """Descent on three independent inputs whose target is the first, each with its best step size.

    `rows`: what the inputs are, steps to 1 % of the first output error of a linear unit with a
    bias, and of one whose sum is batch-normalized.
    `small_share`: what ±1 makes up of the variance of its sum with ±1000; `half_spacing`: how far
    apart the numbers of half precision are at ten thousand.
    """

    rows: tuple[tuple[float | str, ...], ...]
    small_share: float
    half_spacing: int


def _into_sums(s: np.ndarray, y: np.ndarray, *, norm: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the output errors, and the errors of the sums before batch norm or nothing, (N, K).

    A column of `s`, shape (N, K), is the sums of one unit over the examples; targets are `y`.
    """
    if not norm:
        return s - y[:, None], s - y[:, None]
    out = batch_norm(s)
    errors = out - y[:, None]
    delta = errors - errors.mean(axis=0) - out * np.mean(out * errors, axis=0)
    return errors, delta / s.std(axis=0)


def _fewest(X: np.ndarray, w: np.ndarray, *, norm: bool) -> int:
    """Return the steps from `w` at the best of a fine grid of step sizes."""
    y = np.sign(X[:, 0] - X[:, 0].mean())
    if not norm:
        # The same outputs at the start, whatever the inputs' mean.
        X, w = np.column_stack([X, np.ones(len(X))]), np.append(w, -X.mean(axis=0) @ w)
    # At the solution batch norm's curvatures are those of the centered inputs over (w₁σ₁)².
    H = np.cov(X.T, bias=True) / (w[0] * X[:, 0].std()) ** 2 if norm else X.T @ X / len(X)
    etas = np.linspace(0.5, 2.0, 61) / np.linalg.eigvalsh(H)[-1]
    # A column of weights for each step size, all in step.
    W, most = np.tile(w[:, None], len(etas)), 2000
    first = np.linalg.norm(_into_sums(X @ W, y, norm=norm)[0], axis=0)
    for step in range(most):
        errors, delta = _into_sums(X @ W, y, norm=norm)
        if (np.linalg.norm(errors, axis=0) <= 0.01 * first).any():
            return step
        W = W - etas * (X.T @ delta) / len(X)
    return most


@example("norms-inputs")
def normed_inputs() -> NormedInputs:
    """Return the table from weights off by 0.1 in the units of standardized inputs."""
    signs = np.array([-1.0, 1.0])
    X = np.array([[a, b, c] for a in signs for b in signs for c in signs])
    rows = []
    for name, scale, shift in (
        ("standardized", [1.0, 1.0, 1.0], 0.0),
        ("2 added to each", [1.0, 1.0, 1.0], 2.0),
        ("each times 10", [10.0, 10.0, 10.0], 0.0),
        ("the third times 10", [1.0, 1.0, 10.0], 0.0),
    ):
        start = np.array([1.0, 0.1, 0.1]) / scale
        Z = X * scale + shift
        rows.append((name, *(_fewest(Z, start, norm=norm) for norm in (False, True))))
    return NormedInputs(
        tuple(rows),
        small_share=1 / (1 + 1000**2),
        half_spacing=int(np.spacing(np.float16(10_000))),
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
    A, start = np.column_stack([x, np.ones(2)]), np.array([1.0, -10.0])
    curvatures = np.linalg.eigvalsh(A.T @ A / 2)[::-1]
    signs = np.array([[a, b] for a in (-1.0, 1.0) for b in (-1.0, 1.0)])
    target, rows, grid = 5 + 2 * signs[:, 0], [], np.linspace(0.5, 2, 61)
    for mean in (0.0, 3.0, 10.0):
        X = signs + mean
        B = np.column_stack([X, np.ones(4)])
        top = np.linalg.eigvalsh(B.T @ B / 4)[-1]
        first = np.array([1, 1, -2 * mean]) / 2**0.5
        plain = _run(B, target, first, grid / top)
        rows.append((mean, plain, _normed_run(X, target, np.linspace(0.1, 2, 39))))
    shares = tuple((b, float(normal_cdf(np.array(b)))) for b in (-1.0, 0.0, 1.0))
    sigmoid = ACTIVATIONS["sigmoid"].value
    bent = ((g, *sigmoid(np.array([-g, g])).tolist()) for g in (0.25, 1.0, 4.0))
    return Learned(
        normed=z,
        slopes=slopes,
        after=np.array([1.0, 0.0]) - slopes,
        plain_slopes=A.T @ (A @ start - y) / 2,
        plain_curvatures=curvatures,
        plain_steps=_run(A, y, start, grid / curvatures[0]),
        rows=tuple(rows),
        shares=shares,
        sigmoid=tuple(bent),
        next_share=float(y.mean() ** 2 / (y**2).mean()),
    )


@dataclass(frozen=True)
class Columns:
    """Two tokens with two features: their rows' means, and their columns'.

    `left`: the tokens less the mean of each row, `left_means` the columns' means then; `normed`:
    layer norm of the tokens.  `means`: the columns' means; `centered`: the tokens less these.
    """

    rows: np.ndarray
    left: np.ndarray
    left_means: np.ndarray
    normed: np.ndarray
    means: np.ndarray
    centered: np.ndarray


@example("norms-columns")
def columns() -> Columns:
    """Return both ways to subtract means from (11, 9) and (12, 8)."""
    X = np.array([[11.0, 9.0], [12.0, 8.0]])
    left = X - X.mean(axis=1, keepdims=True)
    return Columns(
        X.mean(axis=1), left, left.mean(axis=0), layer_norm(X), X.mean(axis=0), center(X)
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
    # Layer norm's outputs add up to 0: coordinates in that plane, which descent does not see.
    plane = np.linalg.svd(np.ones((1, width - 1)))[2][1:].T
    read, targets = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        X, w = rng.standard_normal((examples, width - 1)), rng.standard_normal(width - 1)
        X += rng.standard_normal(width - 1) if means == "normal" else 1.0
        Z = layer_norm(X) if norm == "layer" else rms_norm(X)
        targets.append(Z @ w)
        Z = Z @ plane if norm == "layer" else Z
        Z = center(Z) if change == "centered" else Z
        read.append(np.column_stack([Z, np.ones(examples)]))
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
        ranges=tuple((int(steps.min()), int(steps.max())) for steps in (*raw, *centered)),
    )
