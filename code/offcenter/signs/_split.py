"""One sign or mixed signs, and the way to a goal by steps of one sign."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record

__all__ = ["OrthantSplit", "orthant_split", "single_signed"]


@dataclass(frozen=True, eq=False)
class OrthantSplit(Record):
    """A displacement d = d₊ − d₋ as two legs, one with no negative and one with no positive entry.

    Parameters
    ----------
    positive, negative : ndarray, shape (n,)
        d₊ and d₋, both without negative entries.
    detour : float
        (‖d₊‖ + ‖d₋‖)/‖d‖, from 1 to √2; 1 for d = 0.
    alignment : float
        max(‖d₊‖, ‖d₋‖)/‖d‖, the largest cosine between d and a step with one sign, from 1/√2 to 1;
        1 for d = 0.
    """

    positive: np.ndarray
    negative: np.ndarray
    detour: float
    alignment: float


@guarded
def single_signed(G: ArrayLike) -> np.ndarray:
    """Return which rows have one sign: no positive entry beside a negative one.

    Zeros have no sign, so they do not count, and a row of zeros has one sign.

    Parameters
    ----------
    G : ndarray, shape (rows, n)
        One gradient a row.

    Returns
    -------
    ndarray of bool, shape (rows,)

    Raises
    ------
    ValueError
        If `G` is not a finite matrix.
    """
    G = _checks.matrix("G", G)
    return np.logical_not((G > 0).any(axis=1) & (G < 0).any(axis=1))


@guarded
def orthant_split(d: ArrayLike) -> OrthantSplit:
    """Split a displacement into two legs that the sign rule allows, d = d₊ − d₋.

    d₊ = max(d, 0) and d₋ = max(−d, 0) are orthogonal, so ‖d₊‖² + ‖d₋‖² = ‖d‖² and
    ‖d₊‖ + ‖d₋‖ ≤ √2 ‖d‖.

    Parameters
    ----------
    d : ndarray, shape (n,)

    Raises
    ------
    ValueError
        If `d` is not a finite vector.
    """
    d = _checks.vector("d", d)
    positive, negative = np.maximum(d, 0.0), np.maximum(-d, 0.0)
    # Scaled first: squares of very large or very small entries would overflow or vanish.
    scale = float(np.abs(d).max()) or 1.0
    up, down = (float(np.linalg.norm(leg / scale)) for leg in (positive, negative))
    length = math.hypot(up, down)
    if length == 0.0:
        return OrthantSplit(positive, negative, detour=1.0, alignment=1.0)
    return OrthantSplit(positive, negative, (up + down) / length, max(up, down) / length)
