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
    problem = regression("uniform on [0, 1]", change)
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
    runs = [_steps_centralized(change) for change in ("none", "every second negated", "centered")]
    never = 100 * runs[0][2]
    return Centralized(
        rows=tuple((int(np.median(plain)), int(np.median(rest))) for plain, rest, _ in runs),
        left=(float(np.median(never)), float(never.min()), float(never.max())),
        ranges=tuple((int(rest.min()), int(rest.max())) for _, rest, _ in runs),
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
    plain = regression("uniform on [0, 1]", "standardized")
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
        tuple(tuple((int(steps.min()), int(steps.max())) for steps in row) for row in counts),
        noise=32**-0.5,
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
