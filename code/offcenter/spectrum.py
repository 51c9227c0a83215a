"""Second moments of inputs, their condition numbers and offset shares."""

from __future__ import annotations

import math

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._inputs import append_one
from offcenter.errors import ArgumentError

__all__ = [
    "best_diagonal_condition_number",
    "condition_number",
    "critical_batch_size",
    "iid_condition_number",
    "iid_eigenvalues",
    "iid_second_moment",
    "mean_cosine",
    "offset_share",
    "perron_vector",
    "second_moment",
    "with_bias",
]

# Eigenvalues are exact to about n·ε·λmax; what is nearer to 0 than this is 0.
_ROUNDING = 4 * np.finfo(float).eps


@guarded
def second_moment(X: object, *, bias: bool = False) -> np.ndarray:
    """Return the second moment of the rows of `X`, which is not their covariance.

    M = XᵀX/N = C + μμᵀ, shape (n, n); with `bias`, the one of (x, 1), shape (n+1, n+1), the bias
    last.

    Parameters
    ----------
    X : array-like, shape (N, n)
        One example a row.
    bias : bool
        Whether a constant input 1 is appended.

    Raises
    ------
    ValueError
        If `X` is no matrix or holds NaN or infinity.
    """
    X = _checks.matrix("X", X)
    if bias:
        X = append_one(X)
    return X.T @ X / len(X)


@guarded
def with_bias(C: object, mean: object) -> np.ndarray:
    """Return the second moment of (x, 1) for inputs of covariance `C` and mean `mean`.

    A = [[C + μμᵀ, μ], [μᵀ, 1]], shape (n+1, n+1).

    Parameters
    ----------
    C : array-like, shape (n, n)
    mean : array-like, shape (n,)

    Raises
    ------
    ValueError
        If `C` is not symmetric or the shapes do not fit.
    """
    C = _checks.symmetric("C", C)
    mean = _checks.vector("mean", mean, size=len(C))
    return np.block([[C + np.outer(mean, mean), mean[:, None]], [mean[None, :], np.ones((1, 1))]])


def _power(M: np.ndarray) -> int:
    """Return the power of two just above the largest entry: M over it has no eigenvalue above n."""
    return int(np.frexp(np.abs(M).max())[1])


def _eigenvalues(M: object) -> np.ndarray:
    """Return those of the positive semidefinite `M` over its power of two, rising, rounded at 0."""
    M = _checks.symmetric("M", M)
    values = np.linalg.eigvalsh(np.ldexp(M, -_power(M)))
    rounding = len(M) * _ROUNDING * np.abs(values).max()
    if values[0] < -1e3 * rounding:
        lowest = np.ldexp(values[0], _power(M))
        raise ArgumentError(f"M must be positive semidefinite, got an eigenvalue {lowest:g}")
    if values[-1] <= 0:
        raise ArgumentError("M must not be zero")
    return np.where(values > rounding, values, 0.0)


@guarded(infinite=True)
def condition_number(M: object) -> float:
    """Return the largest over the smallest eigenvalue, κ = λmax/λmin; infinity if M is singular.

    Parameters
    ----------
    M : array-like, shape (n, n)
        Symmetric and positive semidefinite, not zero.

    Raises
    ------
    ValueError
        If `M` is not.
    """
    values = _eigenvalues(M)
    return float(values[-1] / values[0]) if values[0] > 0 else math.inf


@guarded
def critical_batch_size(M: object) -> float:
    """Return the batch size up to which SGD gains about in proportion, tr(M)/λmax.

    The step size B/(tr M + (B − 1)λmax) is there 1/(2 − 1/B) of its limit.  It is about 1/ρ where
    the mean gives the largest eigenvalue, and n for centered iid inputs.  Source:
    {cite}`ma2018`.

    Parameters
    ----------
    M : array-like, shape (n, n)
        Symmetric and positive semidefinite, not zero.

    Raises
    ------
    ValueError
        If `M` is not.
    """
    values = _eigenvalues(M)
    return float(values.sum() / values[-1])


@guarded
def offset_share(X: object) -> float:
    """Return the share of the mean square of the inputs that is their mean.

    ρ = ‖μ‖²/E‖x‖², from 0 (centered) to 1 (constant); for iid features m²/(m² + v).

    Parameters
    ----------
    X : array-like, shape (N, n)
        One example a row.

    Raises
    ------
    ValueError
        If `X` is no matrix, holds NaN or infinity, or is zero.
    """
    X = _checks.matrix("X", X)
    total = np.mean(np.sum(X**2, axis=1))
    if total == 0:
        raise ArgumentError("X must not be zero: it has no mean square to share")
    # Rounding could take a constant a hair above 1.
    return min(float(np.sum(X.mean(axis=0) ** 2) / total), 1.0)


@guarded
def mean_cosine(X: object) -> float:
    """Return the mean cosine between two different rows of `X`.

    Parameters
    ----------
    X : array-like, shape (N, n)
        At least two examples, none of them zero.

    Raises
    ------
    ValueError
        If there is one row only, or a row is zero.
    """
    X = _checks.matrix("X", X)
    lengths = np.linalg.norm(X, axis=1)
    if len(X) < 2 or not lengths.all():
        raise ArgumentError("X must have at least two rows, none of them zero")
    total = (X / lengths[:, None]).sum(axis=0)
    return float((total @ total - len(X)) / (len(X) * (len(X) - 1)))


def _iid(n: object, mean: object, variance: object) -> tuple[int, float, float]:
    return (
        _checks.count("n", n),
        _checks.number("mean", mean),
        _checks.number("variance", variance, above=0.0),
    )


@guarded
def iid_second_moment(n: int, mean: float, variance: float, *, bias: bool = False) -> np.ndarray:
    """Return the second moment of n independent features of one mean and one variance.

    M = vI + m²11ᵀ, shape (n, n); with `bias`, A = [[M, m1], [m1ᵀ, 1]], shape (n+1, n+1).

    Raises
    ------
    ValueError
        If `n` is less than 1, `variance` is negative, or the result is beyond the range of floats.
    """
    n = _checks.count("n", n)
    _checks.room("the numbers in n × n", n * n)
    mean = _checks.number("mean", mean)
    C = _checks.number("variance", variance, minimum=0.0) * np.eye(n)
    return with_bias(C, np.full(n, mean)) if bias else C + mean**2


@guarded
def iid_eigenvalues(n: int, mean: float, variance: float, *, bias: bool = False) -> np.ndarray:
    """Return the eigenvalues of `iid_second_moment` in closed form, rising, shape (n,) or (n+1,).

    Without a bias v, n−1 times, and v + nm².  With one v, n−1 times, and λ₋ ≤ λ₊ of
    λ₋ + λ₊ = 1 + v + nm², λ₋λ₊ = v.

    Raises
    ------
    ValueError
        If `n` is less than 1, `variance` is not above 0, or the result is beyond the range of
        floats.
    """
    n, mean, variance = _iid(n, mean, variance)
    _checks.room("the numbers in n", n)
    top = variance + n * mean**2
    bulk = np.full(n - 1, variance)
    if not bias:
        return np.append(bulk, top)
    # λ₋ as a quotient: the difference of two nearly equal numbers would lose its digits.
    # (1 + top)² − 4v = (1 − top)² + 4nm², of which no term cancels another.
    upper = (1 + top + math.sqrt((1 - top) ** 2 + 4 * n * mean**2)) / 2
    return np.concatenate([[variance / upper], bulk, [upper]])


@guarded
def iid_condition_number(n: int, mean: float, variance: float, *, bias: bool = False) -> float:
    """Return the condition number of `iid_second_moment` in closed form.

    1 + nm²/v for n ≥ 2 without a bias, 1 for n = 1; with one λ₊²/v, see `iid_eigenvalues`.

    Raises
    ------
    ValueError
        If `n` is less than 1, `variance` is not above 0, or the result is beyond the range of
        floats.
    """
    values = iid_eigenvalues(n, mean, variance, bias=bias)
    return float(values[-1] / values[0])


@guarded
def best_diagonal_condition_number(
    n: int, mean: float, variance: float, *, bias: bool = False
) -> float:
    """Return the least condition number of DMD over all positive diagonal D.

    For M = vI + m²11ᵀ it is that of M itself: no diagonal scaling helps.  With a bias only the
    bias can be rescaled, which leaves (√(v + nm²) + √(nm²))²/v.

    Raises
    ------
    ValueError
        If `n` is less than 1, `variance` is not above 0, or the result is beyond the range of
        floats.
    """
    n, mean, variance = _iid(n, mean, variance)
    if not bias:
        return iid_condition_number(n, mean, variance)
    offset = n * mean**2
    return (math.sqrt(variance + offset) + math.sqrt(offset)) ** 2 / variance


@guarded
def perron_vector(M: object) -> np.ndarray:
    """Return the unit eigenvector of the largest eigenvalue that has no negative entry.

    The projection of the all-ones vector on the eigenspace, which Perron–Frobenius makes
    non-negative; it is positive in each entry, and the only choice, where M is irreducible.

    Parameters
    ----------
    M : array-like, shape (n, n)
        Symmetric, positive semidefinite, and without a negative entry.

    Raises
    ------
    ValueError
        If `M` is not.
    """
    M = _checks.symmetric("M", M)
    if M.min() < -1e-12 * np.abs(M).max():
        raise ArgumentError(f"M must have no negative entry, got {M.min():g}")
    top = _eigenvalues(M)[-1]
    values, vectors = np.linalg.eigh(np.ldexp(M, -_power(M)))
    space = vectors[:, values >= top - len(M) * _ROUNDING * top]
    # Rounding can leave a zero entry a hair below 0.
    vector = np.maximum(space @ space.sum(axis=0), 0.0)
    return vector / np.linalg.norm(vector)
