"""Inputs that are not iid or not many: random features, finite samples, correlated variables."""

from __future__ import annotations

import math

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError

__all__ = [
    "bulk_edges",
    "correlated_inputs",
    "learning_cost",
    "outlier_eigenvalue",
    "relu_feature_moments",
]


@guarded
def relu_feature_moments(W: object) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and covariance of the features ReLU(Wx) of Gaussian inputs x ~ N(0, I).

    With lengths ℓᵢ of the rows and angles θᵢⱼ between them, μᵢ = ℓᵢ/√(2π) and
    E[aᵢaⱼ] = ℓᵢℓⱼ (sin θᵢⱼ + (π − θᵢⱼ) cos θᵢⱼ)/(2π), the arc-cosine kernel.

    Parameters
    ----------
    W : array-like, shape (n, d)
        The weights of one unit a row, none of them zero.

    Returns
    -------
    mean : array, shape (n,)
    covariance : array, shape (n, n)

    Raises
    ------
    ValueError
        If `W` is no matrix or has a row of zeros.
    """
    W = _checks.matrix("W", W)
    length = np.linalg.norm(W, axis=1)
    if not length.all():
        raise ArgumentError("W must have no row of zeros")
    cosine = np.clip(W @ W.T / np.outer(length, length), -1.0, 1.0)
    # The angle of a row with itself is 0; arccos would turn rounding into 1e-8.
    np.fill_diagonal(cosine, 1.0)
    angle = np.arccos(cosine)
    kernel = (np.sin(angle) + (math.pi - angle) * cosine) / (2 * math.pi)
    mean = length / math.sqrt(2 * math.pi)
    return mean, np.outer(length, length) * kernel - np.outer(mean, mean)


@guarded
def correlated_inputs(
    examples: int, n: int, *, mean: float, correlation: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw Gaussian inputs of unit variance with one mean and one correlation of all pairs.

    xᵢ = m + √r g + √(1−r) zᵢ with a g shared by the whole example, shape (examples, n).

    Raises
    ------
    ValueError
        If a count is less than 1 or `correlation` is outside 0 to 1.
    """
    examples = _checks.count("examples", examples)
    n = _checks.count("n", n)
    _checks.room("the numbers in examples × n", examples * n)
    mean = _checks.number("mean", mean)
    r = _checks.number("correlation", correlation, minimum=0.0, maximum=1.0)
    rng = _checks.generator("rng", rng)
    shared = rng.standard_normal((examples, 1))
    return mean + math.sqrt(r) * shared + math.sqrt(1 - r) * rng.standard_normal((examples, n))


@guarded
def bulk_edges(variance: float, ratio: float) -> tuple[float, float]:
    """Return the ends of the bulk of a second moment of αn samples of n iid features.

    v(1 ± 1/√α)² for many features (Marchenko and Pastur); the mean does not enter.  Below α = 1
    the lower end is that of the eigenvalues other than 0.  Source: {cite}`lecun1991`.

    Parameters
    ----------
    variance : float
        Of one feature, v.
    ratio : float
        Samples per feature, α.

    Raises
    ------
    ValueError
        If `variance` is negative or `ratio` is not above 0.
    """
    variance = _checks.number("variance", variance, minimum=0.0)
    root = 1 / math.sqrt(_checks.number("ratio", ratio, above=0.0))
    return variance * (1 - root) ** 2, variance * (1 + root) ** 2


@guarded
def outlier_eigenvalue(n: int, mean: float, variance: float, ratio: float) -> float:
    """Return the largest eigenvalue of a second moment of αn samples of n iid features.

    v(1 + ℓ)(ℓ + 1/α)/ℓ with ℓ = nm²/v, for many features; where ℓ ≤ 1/√α the mean is hidden by
    the noise, and the answer is the upper end of the bulk.  Source: {cite}`lecun1991`.

    Raises
    ------
    ValueError
        If `n` is less than 1, or `variance` or `ratio` is not above 0.
    """
    n = _checks.count("n", n)
    mean = _checks.number("mean", mean)
    variance = _checks.number("variance", variance, above=0.0)
    ratio = _checks.number("ratio", ratio, above=0.0)
    strength = n * mean**2 / variance
    if strength <= 1 / math.sqrt(ratio):
        return bulk_edges(variance, ratio)[1]
    return variance * (1 + strength) * (strength + 1 / ratio) / strength


@guarded
def learning_cost(ratio: object) -> np.ndarray:
    """Return the cost of learning from αn samples of n centered iid features, per feature.

    α ((√α + 1)/(√α − 1))²: a step looks at αn samples, and the number of steps goes like the κ
    of the bulk.  Its least value is at α = (1 + √2)².  Source: {cite}`lecun1990`, section 5.

    Parameters
    ----------
    ratio : array-like
        Samples per feature, α > 1.

    Raises
    ------
    ValueError
        If an entry of `ratio` is not above 1.
    """
    ratio = _checks.finite_array("ratio", ratio)
    if ratio.min() <= 1:
        raise ArgumentError(f"ratio must be above 1, got {ratio.min():g}")
    root = np.sqrt(ratio)
    return ratio * ((root + 1) / (root - 1)) ** 2
