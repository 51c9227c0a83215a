"""Checks on arguments: each returns the checked value or says what is accepted."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np

__all__ = [
    "NotFiniteError",
    "count",
    "finite_array",
    "generator",
    "in_range_of_floats",
    "matrix",
    "number",
    "one_of",
    "square",
    "symmetric",
    "vector",
    "zero_one",
]


class NotFiniteError(ValueError):
    """An array holds NaN or infinity."""


@contextmanager
def in_range_of_floats(names: str) -> Iterator[None]:
    """Refuse the arguments `names` if what is computed from them overflows."""
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            yield
    except (OverflowError, FloatingPointError, np.linalg.LinAlgError) as error:
        raise ValueError(
            f"{names} must be small enough: the result leaves the range of floats"
        ) from error


def _real(value: object) -> np.ndarray:
    array = np.asarray(value)
    # NumPy would make numbers of words, and drop imaginary parts.
    others = (str, bytes, complex, np.complexfloating)
    if array.dtype.kind not in "biufO" or any(
        isinstance(entry, others) for entry in array.flat if array.dtype.kind == "O"
    ):
        raise TypeError("words or complex numbers")
    return np.asarray(array, dtype=float)


def finite_array(name: str, value: object, *, ndim: int | None = None) -> np.ndarray:
    """Return `value` as a float array without NaN or infinity, of `ndim` dimensions if given."""
    try:
        array = _real(value)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be an array of real numbers, got {value!r:.80}") from error
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} dimension(s), got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise NotFiniteError(f"{name} must be finite, got NaN or infinity")
    return array


def vector(name: str, value: object, *, size: int | None = None) -> np.ndarray:
    """Return `value` as a finite vector, shape (size,) if `size` is given."""
    array = finite_array(name, value, ndim=1)
    if size is not None and array.size != size:
        raise ValueError(f"{name} must have shape ({size},), got {array.shape}")
    return array


def matrix(
    name: str, value: object, *, rows: int | None = None, columns: int | None = None
) -> np.ndarray:
    """Return `value` as a finite matrix, shape (rows, columns) where these are given."""
    array = finite_array(name, value, ndim=2)
    wanted = (rows or array.shape[0], columns or array.shape[1])
    if array.shape != wanted:
        raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")
    return array


def square(name: str, value: object) -> np.ndarray:
    """Return `value` as a finite square matrix, shape (n, n)."""
    array = finite_array(name, value, ndim=2)
    if array.shape[0] != array.shape[1]:
        raise ValueError(f"{name} must be square, got shape {array.shape}")
    return array


def symmetric(name: str, value: object) -> np.ndarray:
    """Return `value` as a finite symmetric matrix, shape (n, n)."""
    array = square(name, value)
    if not np.allclose(array, array.T, rtol=1e-8, atol=1e-10 * np.abs(array).max()):
        raise ValueError(f"{name} must be symmetric")
    return array


def number(
    name: str,
    value: object,
    *,
    minimum: float = -math.inf,
    maximum: float = math.inf,
    above: float = -math.inf,
    below: float = math.inf,
) -> float:
    """Return `value` as a finite float within the closed and the open bounds."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a real number, got {value!r:.80}")
    result = float(value)
    if not math.isfinite(result):
        raise ValueError(f"{name} must be finite, got {result}")
    if not (minimum <= result <= maximum and above < result < below):
        bounds = [
            text
            for bound, text in (
                (minimum, f"at least {minimum:g}"),
                (above, f"above {above:g}"),
                (maximum, f"at most {maximum:g}"),
                (below, f"below {below:g}"),
            )
            if math.isfinite(bound)
        ]
        raise ValueError(f"{name} must be {' and '.join(bounds)}, got {result:g}")
    return result


def count(name: str, value: object, *, minimum: int = 1) -> int:
    """Return `value` as a whole number of at least `minimum`."""
    if isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    try:
        # What is no whole number is refused below.
        result = operator.index(value)  # pyright: ignore[reportArgumentType]
    except TypeError as error:
        raise TypeError(f"{name} must be a whole number, got {value!r:.80}") from error
    if result < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {result}")
    return result


def zero_one(name: str, value: object, *, size: int | None = None) -> np.ndarray:
    """Return `value` as a vector of labels, each 0 or 1."""
    array = vector(name, value, size=size)
    if not np.isin(array, (0.0, 1.0)).all():
        raise ValueError(f"{name} must hold only 0 and 1")
    return array


def one_of(name: str, value: object, accepted: Iterable[str]) -> str:
    """Return `value` if it is one of the accepted names."""
    names = sorted(accepted)
    if value not in names:
        raise ValueError(f"{name} must be one of {', '.join(names)}; got {value!r:.80}")
    return str(value)


def generator(name: str, value: object) -> np.random.Generator:
    """Return `value` if it is a NumPy random generator."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator, got {value!r:.80}")
    return value
