"""The chain rule of one unit, and the signs of what it gives: per example, unit and batch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._chain_rule import (
    ASSUMPTIONS,
    Gradient,
    HiddenError,
    batch_gradient,
    deduced_sign,
    hidden_error,
    layer_gradient,
    output_error,
    provably_single_signed,
    sign_witnesses,
    unit_gradient,
)
from offcenter.normal import normal_cdf, normal_density

__all__ = [
    "ASSUMPTIONS",
    "Gradient",
    "HiddenError",
    "OrthantSplit",
    "batch_gradient",
    "cosine_agreement",
    "deduced_sign",
    "hidden_error",
    "layer_gradient",
    "orthant_split",
    "output_error",
    "provably_single_signed",
    "same_sign_probability",
    "sign_agreement",
    "sign_witnesses",
    "single_signed",
    "unit_gradient",
]


@dataclass(frozen=True)
class OrthantSplit:
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


def single_signed(G: np.ndarray) -> np.ndarray:
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
    return ~((G > 0).any(axis=1) & (G < 0).any(axis=1))


def orthant_split(d: np.ndarray) -> OrthantSplit:
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


def cosine_agreement(cosine: float) -> float:
    """Return the probability that two centered Gaussians of this correlation agree in sign.

    P = ½ + arcsin(cosine)/π.  For errors with zero mean, independent of the inputs, two entries of
    a large batch's gradient have the correlation E[x₁x₂]/√(E[x₁²] E[x₂²]).

    Parameters
    ----------
    cosine : float
        From −1 to 1.

    Raises
    ------
    ValueError
        If `cosine` is outside these bounds.
    """
    return 0.5 + math.asin(_checks.number("cosine", cosine, minimum=-1, maximum=1)) / math.pi


def sign_agreement(offset_share: float) -> float:
    """Return how often two entries of a large batch's gradient agree in sign, iid features.

    P = ½ + arcsin(ρ)/π, for errors with zero mean that do not depend on the inputs.

    Parameters
    ----------
    offset_share : float
        ρ = m²/(m² + s²), from 0 to 1.

    Raises
    ------
    ValueError
        If `offset_share` is outside these bounds.
    """
    return cosine_agreement(_checks.number("offset_share", offset_share, minimum=0, maximum=1))


def same_sign_probability(n: int, offset_share: float) -> float:
    """Return how often all n entries of a large batch's gradient have one sign, iid features.

    P = 2 E[Φ(t√u)ⁿ], t ~ N(0, 1), u = ρ/(1 − ρ), for errors with zero mean that do not depend on
    the inputs: given the common part √ρ t of the entries, they are independent.

    Parameters
    ----------
    n : int
        The number of entries.
    offset_share : float
        ρ = m²/(m² + s²), from 0 to 1.

    Raises
    ------
    ValueError
        If `n` is below 1 or `offset_share` is outside these bounds.
    """
    n = _checks.count("n", n)
    rho = _checks.number("offset_share", offset_share, minimum=0, maximum=1)
    if n == 1 or rho == 1.0:
        return 1.0
    scale = math.sqrt(rho / (1 - rho))
    # The integrand changes over unit lengths of t (its density) and of t·scale (its power), so
    # Gauss–Legendre pieces end at both; beyond t = 38 the density is no longer a normal float.
    steps = np.arange(-9.0, 10.0)
    ends = np.concatenate([np.arange(-9.0, 39.0), steps / scale if scale > 0 else []])
    ends = np.unique(np.clip(ends, -9.0, 38.0))
    nodes, weights = np.polynomial.legendre.leggauss(24)
    half = np.diff(ends)[:, np.newaxis] / 2
    t = ends[:-1, np.newaxis] + half * (1 + nodes)
    integral = float(np.sum(half * weights * normal_density(t) * normal_cdf(t * scale) ** n))
    return min(1.0, 2.0 * integral)
