"""Descents of a logistic unit: plain, natural, and natural with a diagonal Fisher matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.fisher._logistic import LogisticUnit
from offcenter.fisher._step import UnitStep

__all__ = ["METHODS", "LogisticPath", "logistic_path"]


@dataclass(frozen=True, eq=False)
class LogisticPath(Record):
    """The path of a descent on the mean logistic loss.

    Parameters
    ----------
    weights : ndarray, shape (steps + 1, n)
    biases : ndarray, shape (steps + 1,)
    losses : ndarray, shape (steps + 1,)
        Mean loss in nats.
    logits : ndarray, shape (steps + 1, N)
        What the unit says about each example: the part that inputs and parameters share.
    """

    weights: np.ndarray
    biases: np.ndarray
    losses: np.ndarray
    logits: np.ndarray


def _gradient(unit: LogisticUnit, y: np.ndarray, bias: bool, damping: float) -> UnitStep:
    g = unit.gradient(y)
    return UnitStep(-g[:-1], -float(g[-1]) * bias)


def _natural(unit: LogisticUnit, y: np.ndarray, bias: bool, damping: float) -> UnitStep:
    return unit.natural_step(y, bias=bias, damping=damping)


def _diagonal(unit: LogisticUnit, y: np.ndarray, bias: bool, damping: float) -> UnitStep:
    step = -unit.gradient(y) / (np.diag(unit.fisher) + damping)
    return UnitStep(step[:-1], float(step[-1]) * bias)


METHODS: dict[str, Callable[[LogisticUnit, np.ndarray, bool, float], UnitStep]] = {
    "gradient": _gradient,
    "natural": _natural,
    "diagonal": _diagonal,
}


@guarded
def logistic_path(
    X: ArrayLike,
    y: ArrayLike,
    w0: ArrayLike,
    b0: float,
    *,
    method: str,
    step_size: float,
    steps: int,
    bias: bool = True,
    damping: float = 0.0,
) -> LogisticPath:
    """Follow a descent on the mean logistic loss.

    Parameters
    ----------
    X : array-like, shape (N, n)
    y : array-like of 0 and 1, shape (N,)
    w0 : array-like, shape (n,)
    b0 : float
    method : {"gradient", "natural", "diagonal"}
        A step is −η g, −η (F + λI)⁻¹g, or the latter with the diagonal of F in the place of F.
    step_size : float
        η > 0.
    steps : int
    bias : bool
        If False, the bias stays at b0.
    damping : float
        λ ≥ 0; plain gradient descent has none.

    Raises
    ------
    ValueError
        If the method is unknown, shapes disagree, a value is not finite, a label is neither 0 nor
        1, a bound is broken, or F + λI becomes singular.
    """
    X = _checks.matrix("X", X)
    w0, b0 = _checks.vector("w0", w0, size=X.shape[1]), _checks.number("b0", b0)
    unit = LogisticUnit(X, w0, b0)
    labels = _checks.zero_one("y", y, size=len(unit.X))
    step_of = METHODS[_checks.one_of("method", method, METHODS)]
    step_size = _checks.number("step_size", step_size, above=0.0)
    damping = _checks.number("damping", damping, minimum=0.0)
    units = [unit]
    for _ in range(_checks.count("steps", steps, minimum=0)):
        step = step_of(unit, labels, bias, damping)
        unit = LogisticUnit(unit.X, unit.w + step_size * step.dw, unit.b + step_size * step.db)
        units.append(unit)
    return LogisticPath(
        np.array([unit.w for unit in units]),
        np.array([unit.b for unit in units]),
        np.array([unit.loss(labels) for unit in units]),
        np.array([unit.logits for unit in units]),
    )
