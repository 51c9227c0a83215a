"""Batch norm: over what it takes its mean, how gradients pass it, and what it does in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter.examples._by_hand import behind_norm, curvatures
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.remedies import batch_norm, layer_norm

__all__ = ["Axes", "Backward", "BehindReLU", "Modes", "Rates", "axes", "backward", "behind_relu"]
__all__ += ["modes", "rates"]


@dataclass(frozen=True)
class Axes:
    """Examples (1, 2, 3) and (11, 12, 13), and the first beside (0, 9, 9): standardized both ways.

    `batch`, `layer`: the two examples after batch norm, and after layer norm; `other_batch`: the
    first example after batch norm if the second is (0, 9, 9).
    """

    batch: np.ndarray
    layer: np.ndarray
    other_batch: np.ndarray


@example("batch-norm-axes")
def axes() -> Axes:
    """Return both norms of two examples of three features, without learned scales and shifts."""
    X = np.array([[1.0, 2.0, 3.0], [11.0, 12.0, 13.0]])
    other = np.array([[1.0, 2.0, 3.0], [0.0, 9.0, 9.0]])
    return Axes(batch_norm(X), layer_norm(X), batch_norm(other)[0])


@dataclass(frozen=True)
class Modes:
    """A feature that is 0 or 5, in batches of five that have one, two, three or four fives.

    `rows`: fives in the batch, its mean and variance, and what 5 becomes in it.
    `running`: batches so far, in the order one, four, two, three fives; running mean and variance,
    from 0 and 1, and what 5 becomes in evaluation mode.
    `averages`: means of the batches' means and variances (divided by N − 1), and 5 with them.
    """

    rows: tuple[tuple[int, float, float, float], ...]
    running: tuple[tuple[int, float, float, float], ...]
    averages: tuple[float, float, float]


@example("batch-norm-modes")
def modes() -> Modes:
    """Return running averages with PyTorch's defaults: a tenth new, and the unbiased variance."""
    batches = {fives: np.repeat([5.0, 0.0], [fives, 5 - fives]) for fives in (1, 4, 2, 3)}

    def evaluated(mean: float, variance: float) -> float:
        return (5 - mean) / float(np.sqrt(variance))

    def after(count: int) -> tuple[int, float, float, float]:
        mean, variance = 0.0, 1.0
        for batch in (list(batches.values()) * count)[:count]:
            mean += 0.1 * (batch.mean() - mean)
            variance += 0.1 * (batch.var(ddof=1) - variance)
        return count, mean, variance, evaluated(mean, variance)

    mean = float(np.mean([batch.mean() for batch in batches.values()]))
    variance = float(np.mean([batch.var(ddof=1) for batch in batches.values()]))
    return Modes(
        rows=tuple(
            (k, float(b.mean()), float(b.var()), float(batch_norm(b[:, None])[0, 0]))
            for k, b in sorted(batches.items())
        ),
        running=tuple(after(count) for count in (1, 10, 100)),
        averages=(mean, variance, evaluated(mean, variance)),
    )


@dataclass(frozen=True)
class Rates:
    """A unit with weights (0.6, 0.8) reads 1 or 3 twice, and should put out the first, less 2.

    `raw`: the largest curvature of half the mean squared error, with a bias; `limit`: 2 over it.
    `gradient`: with batch norm, by the weights; `far_gradient`: at ten times the weights.
    `step`: the weights after a step of size 10; `square`: of their length; `turns_like`: the step
    size that turns weights of length 1 as 10 turns these.
    `rows`: a step size; the loss after ten steps with a bias, less the mean, with batch norm.
    """

    raw: float
    limit: float
    loss: float
    gradient: np.ndarray
    far_gradient: np.ndarray
    step: np.ndarray
    square: float
    turns_like: float
    rows: tuple[tuple[float, float, float, float], ...]


@example("batch-norm-rates")
def rates() -> Rates:
    """Return what one step does behind batch norm, and ten of three units that start alike."""
    w = np.array([0.6, 0.8])
    centered = FOUR - FOUR.mean(axis=0)
    targets = centered[:, 0]
    with_bias, bias = append_one(FOUR), -w @ FOUR.mean(axis=0)
    raw = float(np.linalg.eigvalsh(with_bias.T @ with_bias / 4)[-1])
    step = w - 10 * _behind_norm(w, targets)[1]
    return Rates(
        raw=raw,
        limit=2 / raw,
        loss=_behind_norm(w, targets)[0],
        gradient=_behind_norm(w, targets)[1],
        far_gradient=_behind_norm(10 * w, targets)[1],
        step=step,
        square=float(step @ step),
        turns_like=10 / float(step @ step),
        rows=tuple(
            (
                size,
                _descend(np.append(w, bias), size, lambda p: _linear(p, with_bias, targets)),
                _descend(w, size, lambda p: _linear(p, centered, targets)),
                _descend(w, size, lambda p: _behind_norm(p, targets)),
            )
            for size in (1.0, 10.0, 100.0)
        ),
    )


def _linear(p: np.ndarray, X: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    errors = X @ p - targets
    return float(errors @ errors) / (2 * len(X)), X.T @ errors / len(X)


def _behind_norm(w: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    loss, _, slopes = behind_norm(FOUR, w, targets)
    return loss, FOUR.T @ slopes


def _descend(
    p: np.ndarray, size: float, loss: Callable[[np.ndarray], tuple[float, np.ndarray]]
) -> float:
    for _ in range(10):
        p = p - size * loss(p)[1]
    return loss(p)[0]


@dataclass(frozen=True)
class BehindReLU:
    """A unit with the weights (1, 1) reads (1, 4), (2, 0) and (3, 2), which two ReLU units put out.

    `mean`: of the inputs; `centered`: they less it; `sums`, `left`, `centered_sums`: of the inputs,
    less their mean, and of the centered inputs.
    `arriving`, `back`: errors of `left` against the targets −2, −2 and 1, and less their mean, as
    they come back through the subtraction of the sums' mean.
    `plain`, `gradient`, `centered_gradient`: the sums over the examples of arriving error times
    input, of error come back times input, and times centered input.
    `plain_curvatures`, `curvatures`: of half the mean squared error by weights and bias, without
    the subtraction, and with it.
    """

    mean: np.ndarray
    centered: np.ndarray
    sums: np.ndarray
    left: np.ndarray
    centered_sums: np.ndarray
    arriving: np.ndarray
    back: np.ndarray
    plain: np.ndarray
    gradient: np.ndarray
    centered_gradient: np.ndarray
    plain_curvatures: np.ndarray
    curvatures: np.ndarray


@example("batch-norm-behind-relu")
def behind_relu() -> BehindReLU:
    """Return sums and gradients with the subtraction behind the weights, and without it."""
    X, w = np.array([[1.0, 4.0], [2.0, 0.0], [3.0, 2.0]]), np.ones(2)
    mean, sums = X.mean(axis=0), X @ w
    arriving = sums - sums.mean() - [-2.0, -2.0, 1.0]
    back = arriving - arriving.mean()
    return BehindReLU(
        mean=mean,
        centered=X - mean,
        sums=sums,
        left=sums - sums.mean(),
        centered_sums=(X - mean) @ w,
        arriving=arriving,
        back=back,
        plain=X.T @ arriving,
        gradient=X.T @ back,
        centered_gradient=(X - mean).T @ back,
        plain_curvatures=curvatures(X),
        curvatures=curvatures(X - mean),
    )


@dataclass(frozen=True)
class Backward:
    """Sums 5, 3, 5, 3 of a unit, and batch norm; the loss is 6 and 2 times the first two outputs.

    `sums`, `mean`: s, and its mean; `normed`: x̂; `incoming`: slopes of the loss by the outputs
    x̂; `gradient`: by the sums, less the mean and the part along x̂, as the standard deviation
    is 1; `shift`: that by β.
    `dots`: the sum of `gradient`, and its product with x̂; `nudged`: the loss for a first sum 5.1.
    `held`: the gradient by the sums if the mean is held constant; `held_bias`: that by the bias;
    `bias`: the bias after ten such steps of size 0.1, from 0; `normed_then`: the outputs then.
    """

    sums: np.ndarray
    mean: float
    normed: np.ndarray
    incoming: np.ndarray
    gradient: np.ndarray
    shift: float
    dots: np.ndarray
    nudged: float
    held: np.ndarray
    held_bias: float
    bias: float
    normed_then: np.ndarray


def _back(s: np.ndarray, incoming: np.ndarray, *, held: bool) -> np.ndarray:
    """Return slopes by the sums; with the mean `held` only the standard deviation depends on s."""
    normed = batch_norm(s[:, None])[:, 0]
    mean = 0.0 if held else incoming.mean()
    return (incoming - mean - normed * (incoming @ normed) / len(s)) / s.std()


@example("batch-norm-backward")
def backward() -> Backward:
    """Return what of (6, 2, 0, 0) passes batch norm, and what a bias does if the mean is held."""
    s, incoming = np.array([5.0, 3.0, 5.0, 3.0]), np.array([6.0, 2.0, 0.0, 0.0])
    normed = batch_norm(s[:, None])[:, 0]
    gradient = _back(s, incoming, held=False)
    bias = 0.0
    for _ in range(10):
        bias -= 0.1 * float(_back(s + bias, incoming, held=True).sum())
    return Backward(
        sums=s,
        mean=float(s.mean()),
        normed=normed,
        incoming=incoming,
        gradient=gradient,
        shift=float(incoming.sum()),
        dots=np.array([gradient.sum(), gradient @ normed]),
        nudged=float(incoming @ batch_norm(np.array([[5.1], [3.0], [5.0], [3.0]]))[:, 0]),
        held=_back(s, incoming, held=True),
        held_bias=float(_back(s, incoming, held=True).sum()),
        bias=bias,
        normed_then=batch_norm((s + bias)[:, None])[:, 0],
    )
