"""The cone that the examples at hand leave to steps along them, and what a narrow one costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.errors import ArgumentError

__all__ = ["ConeWay", "shortest_way"]


@dataclass(frozen=True, eq=False)
class ConeWay(Record):
    """The shortest way to a displacement by steps along examples, d = Σₜ cₜ xₜ.

    Parameters
    ----------
    coefficients : array, shape (p,)
        cₜ, of either sign: a step along −x is one with a positive error.
    length : float
        Σₜ |cₜ| ‖xₜ‖.
    detour : float
        The length over that of the straight way, ‖d‖; at least 1.
    lower_bound : float
        y·d/‖d‖ for the y of the dual program, which no way can beat; `detour` up to rounding.
    """

    coefficients: np.ndarray
    length: float
    detour: float
    lower_bound: float


@guarded
def shortest_way(X: ArrayLike, d: ArrayLike) -> ConeWay:
    """Find the shortest way from 0 to d by steps along the examples at hand.

    min Σₜ |cₜ| ‖xₜ‖ subject to Σₜ cₜ xₜ = d, a linear program; its dual is max y·d subject to
    |y·xₜ| ≤ ‖xₜ‖ for all t.

    Parameters
    ----------
    X : array-like, shape (p, n)
        One example a row; they must span d.
    d : array-like, shape (n,)
        The displacement, not 0.

    Raises
    ------
    ValueError
        If a shape is wrong, d is 0, an example is 0, or the examples do not span d.
    """
    X = _checks.matrix("X", X)
    d = _checks.vector("d", d, size=X.shape[1])
    lengths = np.linalg.norm(X, axis=1)
    if not d.any():
        raise ArgumentError("d must not be 0")
    if not lengths.all():
        raise ArgumentError("X must not hold an example of zeros: no step leads along it")
    # Along directions of length one, with the length of d as unit: all numbers are of order one.
    way, straight = (X / lengths[:, np.newaxis]).T, float(np.linalg.norm(d))
    found = scipy.optimize.linprog(
        np.ones(2 * len(X)), A_eq=np.hstack([way, -way]), b_eq=d / straight
    )
    if found.status == 2:
        raise ArgumentError("X must span d: no steps along these examples lead there")
    if not found.success:  # pragma: no cover - bounded below by 0, feasible, and small
        raise ArgumentError(f"X and d must be better scaled: {found.message}")
    along = straight * (found.x[: len(X)] - found.x[len(X) :])
    lower = float(found.eqlin.marginals @ d) / straight
    return ConeWay(along / lengths, straight * float(found.fun), float(found.fun), lower)
