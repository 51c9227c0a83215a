"""What normalizations do to the inputs of a layer, and what centralized gradients see of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError

__all__ = ["batch_norm", "center", "layer_norm", "rms_norm", "subtract_over_features"]


@guarded
def center(Z: ArrayLike) -> np.ndarray:
    """Subtract from each feature its mean over the examples, z − mean z, shape (N, n).

    Raises
    ------
    ValueError
        If `Z` is no matrix or holds NaN or infinity.
    """
    Z = _checks.matrix("Z", Z)
    return Z - Z.mean(axis=0)


@guarded
def batch_norm(Z: ArrayLike) -> np.ndarray:
    """Center each feature over the examples and divide it by its standard deviation, (N, n).

    Source: {cite}`ioffe2015`, without their learned scale and shift.

    Raises
    ------
    ValueError
        If `Z` is no matrix, or a feature is constant.
    """
    Z = _checks.matrix("Z", Z)
    return _over_spread("Z", center(Z), axis=0, before=Z)


@guarded
def layer_norm(Z: ArrayLike) -> np.ndarray:
    """Center each example over its features and divide it by its standard deviation, (N, n).

    Source: {cite}`ba2016`, without their learned scale and shift.

    Raises
    ------
    ValueError
        If `Z` is no matrix, or an example has all features equal.
    """
    Z = _checks.matrix("Z", Z)
    return _over_spread("Z", subtract_over_features(Z), axis=1, before=Z)


@guarded
def subtract_over_features(Z: ArrayLike) -> np.ndarray:
    """Subtract from each example its mean over the features, ZP with P = I − 11ᵀ/n, shape (N, n).

    The part of layer norm that is linear.  Weights whose gradient is centralized, and weights that
    are standardized, see the inputs through P: (Pw)·z = w·(Pz).

    Raises
    ------
    ValueError
        If `Z` is no matrix or holds NaN or infinity.
    """
    Z = _checks.matrix("Z", Z)
    return Z - Z.mean(axis=1, keepdims=True)


@guarded
def rms_norm(Z: ArrayLike) -> np.ndarray:
    """Divide each example by its root mean square over its features, shape (N, n).

    Source: {cite}`zhang2019`, without their learned scale.

    Raises
    ------
    ValueError
        If `Z` is no matrix, or an example is zero.
    """
    Z = _checks.matrix("Z", Z)
    return _over_spread("Z", Z, axis=1, before=Z)


def _over_spread(name: str, Z: np.ndarray, axis: int, before: np.ndarray) -> np.ndarray:
    spread = np.sqrt(np.mean(Z**2, axis=axis, keepdims=True))
    # The mean of N equal numbers is off by up to N rounding errors, and leaves these as a spread.
    rounding = Z.shape[axis] * np.finfo(float).eps * np.abs(before).max(axis=axis, keepdims=True)
    if (spread <= rounding).any():
        unit = "a feature" if axis == 0 else "an example"
        raise ArgumentError(f"{name} must vary: {unit} has nothing left to divide by")
    return Z / spread
