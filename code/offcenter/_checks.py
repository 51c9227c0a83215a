"""Checks on arguments: each returns the checked value or says what is accepted."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import sympy

from offcenter.errors import (
    ArgumentError,
    ArgumentTypeError,
    LimitError,
    NotFiniteError,
    RangeError,
)

__all__ = [
    "MOST",
    "MOST_NUMBERS",
    "MOST_STEPS",
    "count",
    "expression",
    "finite_array",
    "flag",
    "generator",
    "in_range_of_floats",
    "indices",
    "matrix",
    "number",
    "one_of",
    "real_array",
    "rectangular",
    "room",
    "seed",
    "several",
    "shaped",
    "shown",
    "square",
    "symmetric",
    "vector",
    "zero_one",
]

#: The largest whole number that is accepted, the most steps of a loop, and the most numbers that
#: one array may hold: 1 GiB of floats.
MOST, MOST_STEPS, MOST_NUMBERS = 10**9, 10**6, 2**27


@contextmanager
def in_range_of_floats(names: str) -> Iterator[None]:
    """Refuse the arguments `names` if what is computed from them overflows."""
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            yield
    except (
        OverflowError,
        FloatingPointError,
        ZeroDivisionError,
        np.linalg.LinAlgError,
    ) as error:
        raise RangeError(
            f"{names} must be neither so large nor so small that the result leaves the range of "
            f"floats ({error})"
        ) from error


def _real(value: object) -> np.ndarray:
    array = np.asarray(value)
    # NumPy would read what a mask hides.
    if np.ma.is_masked(value):
        raise TypeError("masked entries")
    # NumPy would make numbers of words, and drop imaginary parts.
    others = (str, bytes, complex, np.complexfloating)
    if array.dtype.kind not in "biufO" or (
        # An array of numbers may be long: its entries are not asked one by one.
        array.dtype.kind == "O" and any(isinstance(entry, others) for entry in array.flat)
    ):
        raise TypeError("words or complex numbers")
    return np.asarray(array, dtype=float)


def real_array(name: str, value: object) -> np.ndarray:
    """Return `value` as a float array of any shape, which may hold NaN and infinity."""
    try:
        return _real(value)
    # A tensor with a gradient refuses with a RuntimeError, 10**400 with an OverflowError.
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise ArgumentTypeError(
            f"{name} must be an array of real numbers, unmasked and within the range of floats, "
            f"got {shown(value)} ({error})"
        ) from error


def rectangular(name: str, value: object) -> np.ndarray:
    """Return `value` as an array of whatever kind, where its rows are equally long."""
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ArgumentTypeError(f"{name} must have rows of one length ({error})") from error


def finite_array(name: str, value: object, *, ndim: int | None = None) -> np.ndarray:
    """Return `value` as a float array without NaN or infinity, of `ndim` dimensions if given."""
    array = real_array(name, value)
    if ndim is not None and array.ndim != ndim:
        raise ArgumentError(f"{name} must have {ndim} dimension(s), got shape {array.shape}")
    if array.size == 0:
        raise ArgumentError(f"{name} must not be empty, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise NotFiniteError(f"{name} must be finite, got NaN or infinity")
    return array


def vector(name: str, value: object, *, size: int | None = None) -> np.ndarray:
    """Return `value` as a finite vector, shape (size,) if `size` is given."""
    array = finite_array(name, value, ndim=1)
    if size is not None and array.size != size:
        raise ArgumentError(f"{name} must have shape ({size},), got {array.shape}")
    return array


def matrix(
    name: str, value: object, *, rows: int | None = None, columns: int | None = None
) -> np.ndarray:
    """Return `value` as a finite matrix, shape (rows, columns) where these are given."""
    array = finite_array(name, value, ndim=2)
    wanted = (rows or array.shape[0], columns or array.shape[1])
    if array.shape != wanted:
        raise ArgumentError(f"{name} must have shape {wanted}, got {array.shape}")
    return array


def shaped(name: str, value: object, *shape: int | None) -> np.ndarray:
    """Return `value` as a finite array of a shape, where None stands for any length."""
    array = finite_array(name, value, ndim=len(shape))
    wanted = tuple(w or s for w, s in zip(shape, array.shape, strict=True))
    if array.shape != wanted:
        raise ArgumentError(f"{name} must have shape {wanted}, got {array.shape}")
    return array


def indices(name: str, value: object, *shape: int | None, below: int) -> np.ndarray:
    """Return `value` as an array of whole numbers from 0 to `below` − 1, of a shape."""
    if rectangular(name, value).dtype.kind not in "iu":
        raise ArgumentTypeError(f"{name} must be an array of whole numbers, got {shown(value)}")
    array = shaped(name, value, *shape).astype(int)
    if array.min() < 0 or array.max() >= below:
        raise ArgumentError(f"{name} must be from 0 to {below - 1}, got {shown(value)}")
    return array


def square(name: str, value: object) -> np.ndarray:
    """Return `value` as a finite square matrix, shape (n, n)."""
    array = finite_array(name, value, ndim=2)
    if array.shape[0] != array.shape[1]:
        raise ArgumentError(f"{name} must be square, got shape {array.shape}")
    return array


def symmetric(name: str, value: object) -> np.ndarray:
    """Return `value` as a finite symmetric matrix, shape (n, n)."""
    array = square(name, value)
    if not np.allclose(array, array.T, rtol=1e-8, atol=1e-10 * np.abs(array).max()):
        raise ArgumentError(f"{name} must be symmetric")
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
        raise ArgumentTypeError(f"{name} must be a real number, got {shown(value)}")
    try:
        result = float(value)
    except OverflowError as error:
        raise RangeError(f"{name} must be within the range of floats") from error
    if not math.isfinite(result):
        raise ArgumentError(f"{name} must be finite, got {result}")
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
        raise ArgumentError(f"{name} must be {' and '.join(bounds)}, got {result:g}")
    return result


def count(name: str, value: object, *, minimum: int = 1, maximum: int = MOST) -> int:
    """Return `value` as a whole number from `minimum` to `maximum`."""
    if isinstance(value, bool):
        raise ArgumentTypeError(f"{name} must be a whole number, got {value!r}")
    try:
        # What is no whole number is refused below.
        result = operator.index(value)  # pyright: ignore[reportArgumentType]
    except TypeError as error:
        raise ArgumentTypeError(f"{name} must be a whole number, got {shown(value)}") from error
    if result < minimum:
        raise ArgumentError(f"{name} must be at least {minimum}, got {shown(result)}")
    if result > maximum:
        raise LimitError(f"{name} must be at most {maximum:,}, got {shown(result)}")
    return result


def several(name: str, value: object) -> list:
    """Return the entries of a list, a tuple, a range or a flat array."""
    if isinstance(value, np.ndarray) and value.ndim == 1:
        return value.tolist()
    if not isinstance(value, (list, tuple, range)):
        raise ArgumentTypeError(
            f"{name} must be a list, a tuple or a flat array, got {shown(value)}"
        )
    return list(value)


def seed(name: str, value: object) -> int | list[int]:
    """Return what seeds a generator: a whole number that is not negative, or several."""
    most = 2**63 - 1
    if isinstance(value, (list, tuple)) and value:
        return [count(name, entry, minimum=0, maximum=most) for entry in value]
    return count(name, value, minimum=0, maximum=most)


def flag(name: str, value: object) -> bool:
    """Return `value` if it is a truth value, of Python or of NumPy."""
    if not isinstance(value, (bool, np.bool_)):
        raise ArgumentTypeError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def expression(name: str, value: object) -> sympy.Expr:
    """Return `value` if it is a SymPy expression, or a whole number as one."""
    # SymPy would run words as code.
    if isinstance(value, bool) or not isinstance(value, sympy.Expr | int):
        raise ArgumentTypeError(f"{name} must be a SymPy expression, got {shown(value)}")
    return sympy.sympify(value)


def room(names: str, numbers: int, *, most: int = MOST_NUMBERS) -> int:
    """Return how many `numbers` an array holds, or refuse more than `most`."""
    if numbers > most:
        raise LimitError(f"{names} must be at most {most:,}, got {shown(numbers)}")
    return numbers


def shown(value: object) -> str:
    """Return how an error shows a value: never a page of digits, nor what fails to print."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**20:
        return "a whole number of more than 20 digits"
    try:
        return f"{value!r:.80}"
    except Exception:
        return f"something of the type {type(value).__name__}"


def zero_one(name: str, value: object, *, size: int | None = None) -> np.ndarray:
    """Return `value` as a vector of labels, each 0 or 1."""
    array = vector(name, value, size=size)
    if not np.isin(array, (0.0, 1.0)).all():
        raise ArgumentError(f"{name} must hold only 0 and 1")
    return array


def one_of(name: str, value: object, accepted: Iterable[str]) -> str:
    """Return `value` if it is one of the accepted names."""
    names = sorted(accepted)
    # An array compares entry by entry, and has no truth value.
    if not isinstance(value, str) or value not in names:
        raise ArgumentError(f"{name} must be one of {', '.join(names)}; got {shown(value)}")
    return str(value)


def generator(name: str, value: object) -> np.random.Generator:
    """Return `value` if it is a NumPy random generator."""
    if not isinstance(value, np.random.Generator):
        raise ArgumentTypeError(f"{name} must be a numpy.random.Generator, got {shown(value)}")
    return value
