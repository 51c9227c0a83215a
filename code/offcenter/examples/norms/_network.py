"""A small network with and without batch norm, and a constant on what its ReLUs put out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.errors import ArrivalError
from offcenter.examples._record import example
from offcenter.examples._steps import ends
from offcenter.examples.norms._norm import Norm

__all__ = ["AddedConstant", "added_constant"]


@dataclass(frozen=True)
class AddedConstant:
    """Steps of a regression network whose first layer puts out ReLU(s) + c.

    20 standard normal inputs, two layers of 30 units, 300 examples, He's weights; the targets are a
    random sum of five tanh units, standardized.  The loss is half the mean squared error, and the
    steps, at the best of `rates` learning rates for each start, those until the mean squared error
    is a tenth of the targets' variance.
    `rows`: c, the mean output of the first layer at the start, and median steps without batch norm
    and with it behind the second layer's weights; `ranges`: least and most of both, by rows.
    `free`: how many starts take, without batch norm, no more steps with plain ReLUs than with
    ReLUs less about their mean.
    Without it the second biases are at first what makes up for c, else 0.
    """

    starts: int
    rates: int
    rows: tuple[tuple[float, float, int, int], ...]
    ranges: tuple[tuple[tuple[int, int], tuple[int, int]], ...]
    free: int


_STARTS, _RATES = 5, 2.0 ** (-np.arange(1, 10) / 2)
_EXAMPLES, _INPUTS, _UNITS = 300, 20, 30


def _drawn(seed: int) -> tuple[np.ndarray, ...]:
    """Return inputs, targets as a column, and the weights of the three layers."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((_EXAMPLES, _INPUTS))
    within = np.tanh(2 * X @ rng.standard_normal((_INPUTS, 5)) / _INPUTS**0.5)
    y = within @ rng.standard_normal((5, 1))
    first = rng.standard_normal((_INPUTS, _UNITS)) * (2 / _INPUTS) ** 0.5
    second = rng.standard_normal((_UNITS, _UNITS)) * (2 / _UNITS) ** 0.5
    third = rng.standard_normal((_UNITS, 1)) / _UNITS**0.5
    return X, (y - y.mean()) / y.std(), first, second, third


def _across(parts: np.ndarray) -> np.ndarray:
    return parts.swapaxes(1, 2)


def _arrival(seed: int, constant: float, *, norm: bool) -> int:
    """Return the steps at the rate that arrives first.

    Raises
    ------
    ArrivalError
        If no rate arrives.
    """
    X, y, *drawn = _drawn(seed)
    # A network for each rate.
    U, V, v = (np.repeat(W[None], len(_RATES), axis=0) for W in drawn)
    b, c = (np.zeros((len(_RATES), 1, n)) for n in (_UNITS, 1))
    d, eta = -constant * V.sum(axis=1, keepdims=True), _RATES[:, None, None]
    normed = Norm(d.shape) if norm else None
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(2000):
            s = X @ U + b
            a = np.maximum(s, 0) + constant
            sums = normed(a @ V) if normed else a @ V + d
            h = np.maximum(sums, 0)
            errors = h @ v + c - y
            if ((errors**2).mean(axis=(1, 2)) <= 0.1).any():
                return step
            errors /= len(y)
            into = errors @ _across(v) * (sums > 0)
            v, c = (
                v - eta * (_across(h) @ errors),
                c - eta * errors.sum(axis=1, keepdims=True),
            )
            if normed:
                into = normed.back(into, eta)
            else:
                d = d - eta * into.sum(axis=1, keepdims=True)
            below = into @ _across(V) * (s > 0)
            V = V - eta * (_across(a) @ into)
            U, b = U - eta * (X.T @ below), b - eta * below.sum(axis=1, keepdims=True)
    raise ArrivalError("some learning rate must reach the goal, and none did")


@stored
def _arrivals(constant: float, norm: bool) -> np.ndarray:
    """Return `_arrival` of each start."""
    return np.array([_arrival(seed, constant, norm=norm) for seed in range(_STARTS)])


@example("norms-added-constant")
def added_constant() -> AddedConstant:
    """Return the rows for ReLU less about its mean, for ReLU, and for ReLU plus 1."""
    rows, ranges = [], []
    for constant in (-0.56, 0.0, 1.0):
        means = []
        for seed in range(_STARTS):
            X, _, first, *_ = _drawn(seed)
            means.append(np.maximum(X @ first, 0).mean() + constant)
        both = [_arrivals(constant, norm) for norm in (False, True)]
        medians = (int(np.median(steps)) for steps in both)
        rows.append((constant, float(np.mean(means)), *medians))
        ranges.append(tuple(ends(steps) for steps in both))
    free = int(np.sum(_arrivals(0.0, norm=False) <= _arrivals(-0.56, norm=False)))
    return AddedConstant(_STARTS, len(_RATES), tuple(rows), tuple(ranges), free)
