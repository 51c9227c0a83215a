"""Rounding to few bits, block by block, as low-precision hardware does."""

from __future__ import annotations

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError

__all__ = ["expected_rounding_error", "round_blocks", "rounding_error"]


def _blocks(x: object, block: int) -> np.ndarray:
    x = _checks.matrix("x", x)
    block = _checks.count("block", block)
    if x.shape[1] % block:
        raise ArgumentError(f"block must divide the {x.shape[1]} features, got {block}")
    return x.reshape(len(x), -1, block)


def _steps(blocks: np.ndarray, bits: int) -> np.ndarray:
    """Return the step of each block: its largest entry is the last of the levels."""
    levels = 2 ** (_checks.count("bits", bits, minimum=2) - 1) - 1
    return np.abs(blocks).max(axis=2, keepdims=True) / levels


@guarded
def round_blocks(x: object, *, block: int = 16, bits: int = 4) -> np.ndarray:
    """Return `x` with each block of neighbors in a row rounded to a multiple of one step.

    The step is the block's largest absolute entry over 2^(bits−1) − 1: four bits give the fifteen
    levels −7 … 7.

    Parameters
    ----------
    x : array-like, shape (N, n)
    block : int
        A divisor of n.
    bits : int
        At least 2.

    Raises
    ------
    ValueError
        If `block` does not divide the number of features, or `bits` is less than 2.
    """
    x = _checks.matrix("x", x)
    blocks = _blocks(x, block)
    steps = _steps(blocks, bits)
    safe = np.where(steps > 0, steps, 1.0)
    return (np.round(blocks / safe) * steps).reshape(x.shape)


@guarded
def rounding_error(x: object, *, centered: bool, block: int = 16, bits: int = 4) -> float:
    """Return the squared error of `round_blocks` over the variance of the features.

    E‖r(x) − x‖²/E‖x − μ‖², with the mean μ over the rows subtracted first if `centered` (and added
    again in full precision, so that the error is that of the rest).

    Raises
    ------
    ValueError
        If the rows of `x` are all alike, or `round_blocks` refuses them.
    """
    x = _checks.matrix("x", x)
    rest = x - x.mean(axis=0)
    if not rest.any():
        raise ArgumentError("x must have rows that differ")
    rounded = rest if centered else x
    error = round_blocks(rounded, block=block, bits=bits) - rounded
    return float(np.sum(error**2) / np.sum(rest**2))


@guarded
def expected_rounding_error(x: object, *, centered: bool, block: int = 16, bits: int = 4) -> float:
    """Return what `rounding_error` is if entries fall anywhere between two levels alike.

    An entry's error is then uniform within half a step, and its mean square is step²/12; the
    largest entry of each block is a level and has none.

    Raises
    ------
    ValueError
        As `rounding_error`.
    """
    x = _checks.matrix("x", x)
    rest = x - x.mean(axis=0)
    if not rest.any():
        raise ArgumentError("x must have rows that differ")
    steps = _steps(_blocks(rest if centered else x, block), bits)
    return float((block - 1) * np.sum(steps**2) / 12 / np.sum(rest**2))
