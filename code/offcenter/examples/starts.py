"""Where a ReLU network starts: weights of mean zero, all positive, all equal, all zero."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter._store import stored
from offcenter.examples._record import example
from offcenter.examples._steps import ends

__all__ = ["Learned", "Sums", "learned", "sums"]

_INPUTS, _UNITS, _EXAMPLES, _STEPS, _DRAWS = 20, 20, 200, 500, 9
_RATES = (1.0, 0.3, 0.1, 0.03, 0.01, 1e-3, 1e-6)
#: The initial weights that are compared, made of normal ones of variance 2/inputs.
_STARTS = {
    "mean zero": lambda w: w,
    "their absolute values": np.abs,
    "absolute values, of sum 1": lambda w: np.abs(w) / np.abs(w).sum(axis=0),
    "all equal, of sum 1": lambda w: np.full_like(w, 1 / len(w)),
    "all zero": np.zeros_like,
}


@dataclass(frozen=True)
class Sums:
    """A unit's sum w·x for 20 inputs uniform on [0, 1], weights normal with the variance 2/20.

    `spread`: its standard deviation over the units, for one input of the expected mean square;
    `mean_weight`, `positive`, `positive_spread`: the mean of the weights' absolute values, and the
    mean and standard deviation of the sum with these.
    """

    inputs: int
    spread: float
    mean_weight: float
    positive: float
    positive_spread: float


@example("starts-sums")
def sums() -> Sums:
    """Return them by E|z| = √(2/π), for Σx = 10 and Σx² = 20/3."""
    n = _INPUTS
    variance, total, squares = 2 / n, n / 2, n / 3
    mean = (2 / np.pi * variance) ** 0.5
    return Sums(
        inputs=n,
        spread=(variance * squares) ** 0.5,
        mean_weight=float(mean),
        positive=float(mean * total),
        positive_spread=float(((variance - mean**2) * squares) ** 0.5),
    )


def _task(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs uniform on [0, 1], and sin u₁ + u₂u₃ + u₄ of the standardized, standardized."""
    X = np.random.default_rng(seed).random((_EXAMPLES, _INPUTS))
    u = (X - 0.5) * 12**0.5
    y = np.sin(u[:, 0]) + u[:, 1] * u[:, 2] + u[:, 3]
    return X, ((y - y.mean()) / y.std())[:, None]


def _weights(kind: str, layers: int, seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng([seed, 1])
    sizes = (_INPUTS, *[_UNITS] * layers)
    shapes = zip(sizes, (*sizes[1:], 1), strict=True)
    return [_STARTS[kind](rng.standard_normal((m, n)) * (2 / m) ** 0.5) for m, n in shapes]


@stored
def _left(kind: str, layers: int) -> np.ndarray:
    """Return what share of the targets' variance each draw has left at its best rate."""
    X, t = (np.array(part) for part in zip(*map(_task, range(_DRAWS)), strict=True))
    drawn = zip(*(_weights(kind, layers, seed) for seed in range(_DRAWS)), strict=True)
    # Shape (rates, draws, …).
    W = [np.tile(np.array(w), (len(_RATES), 1, 1, 1)) for w in drawn]
    b = [np.zeros((*w.shape[:2], 1, w.shape[3])) for w in W]
    rates = np.array(_RATES)[:, None, None, None]

    def forward() -> list[np.ndarray]:
        outputs = [X]
        for w, bias in zip(W, b, strict=True):
            s = outputs[-1] @ w + bias
            outputs.append(np.maximum(s, 0) if len(outputs) <= layers else s)
        return outputs

    # Runs that diverge end as infinite.
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(_STEPS):
            outputs = forward()
            d = (outputs.pop() - t) / _EXAMPLES
            for k in range(layers, -1, -1):
                slopes = outputs[k].swapaxes(-1, -2) @ d, d.sum(axis=2, keepdims=True)
                d = (d @ W[k].swapaxes(-1, -2)) * (outputs[k] > 0)
                W[k] -= rates * slopes[0]
                b[k] -= rates * slopes[1]
        left = ((forward()[-1] - t) ** 2).mean(axis=(2, 3))
    return np.nan_to_num(left, nan=np.inf).min(axis=0)


@dataclass(frozen=True)
class Learned:
    """What a ReLU network has learned after full-batch steps, from five kinds of start.

    `rows`: the weights at the start, and the share of the targets' variance that is left with one
    and with four hidden layers, in percent, medians over the draws at the best of the rates.
    `linear`: what the best linear model leaves, in percent; `ranges`: least and most of each.
    """

    units: int
    examples: int
    steps: int
    rates: int
    draws: int
    rows: tuple[tuple[float | str, ...], ...]
    linear: float
    ranges: tuple[tuple[float, ...], ...]


@example("starts-learned")
def learned() -> Learned:
    """Return the medians."""
    rows, ranges, linear = [], [], []
    for kind in _STARTS:
        runs = [100 * _left(kind, layers) for layers in (1, 4)]
        rows.append((kind, *(float(np.median(run)) for run in runs)))
        ranges.append(tuple(end for run in runs for end in ends(run)))
    for seed in range(_DRAWS):
        X, t = _task(seed)
        A = append_one(X)
        linear.append(100 * np.mean((t - A @ np.linalg.lstsq(A, t, rcond=None)[0]) ** 2))
    return Learned(
        _UNITS,
        _EXAMPLES,
        _STEPS,
        len(_RATES),
        _DRAWS,
        tuple(rows),
        float(np.median(linear)),
        tuple(ranges),
    )
