"""How often entries of a large batch's gradient agree in sign, when the errors are noise."""

from __future__ import annotations

import math

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.normal import normal_cdf, normal_density

__all__ = ["cosine_agreement", "same_sign_probability", "sign_agreement"]


@guarded
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


@guarded
def sign_agreement(offset_share: float) -> float:
    """Return how often two entries of a large batch's gradient agree in sign, iid features.

    P = ½ + arcsin(ρ)/π, for errors with zero mean that do not depend on the inputs.

    Parameters
    ----------
    offset_share : float
        ρ = m²/(m² + v), from 0 to 1.

    Raises
    ------
    ValueError
        If `offset_share` is outside these bounds.
    """
    return cosine_agreement(_checks.number("offset_share", offset_share, minimum=0, maximum=1))


@guarded
def same_sign_probability(n: int, offset_share: float) -> float:
    """Return how often all n entries of a large batch's gradient have one sign, iid features.

    P = 2 E[Φ(t√u)ⁿ], t ~ N(0, 1), u = ρ/(1 − ρ), for errors with zero mean that do not depend on
    the inputs: given the common part √ρ t of the entries, they are independent.

    Parameters
    ----------
    n : int
        The number of entries.
    offset_share : float
        ρ = m²/(m² + v), from 0 to 1.

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
