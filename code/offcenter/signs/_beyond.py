"""Gradients of one unit for one example where a hypothesis of the sign lemma fails.

Each takes inputs x ≥ 0 and can have mixed signs, because a weight has a second way to the loss.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError

__all__ = [
    "batch_normalized_gradients",
    "convolution_gradient",
    "penalized_gradient",
    "weight_normalized_gradient",
]


@guarded
def convolution_gradient(patches: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """Return the gradient of a kernel that one example reads at several places, Σₖ δₖ xₖ.

    Parameters
    ----------
    patches : array-like, shape (K, n)
        What the kernel covers at each place.
    delta : array-like, shape (K,)
        The error at each place.

    Raises
    ------
    ValueError
        If a shape is wrong.
    """
    patches = _checks.matrix("patches", patches)
    return _checks.vector("delta", delta, size=len(patches)) @ patches


@guarded
def penalized_gradient(x: ArrayLike, w: ArrayLike, delta: float, *, decay: float) -> np.ndarray:
    """Return the gradient of L + ½λ‖w‖², which is δx + λw.

    Parameters
    ----------
    x, w : array-like, shape (n,)
        The inputs and the weights.
    delta : float
        ∂L/∂s.
    decay : float
        λ, at least 0.

    Raises
    ------
    ValueError
        If a shape or a bound is wrong.
    """
    x = _checks.vector("x", x)
    w = _checks.vector("w", w, size=x.size)
    penalty = _checks.number("decay", decay, minimum=0) * w
    return _checks.number("delta", delta) * x + penalty


@guarded
def weight_normalized_gradient(
    x: ArrayLike, v: ArrayLike, delta: float, *, gain: float = 1.0
) -> np.ndarray:
    """Return the gradient by v of a unit that reads with w = g v/‖v‖: (gδ/‖v‖)(x − (x·v̂)v̂).

    Parameters
    ----------
    x, v : array-like, shape (n,)
        The inputs, and the vector whose direction the weights have; not 0.
    delta : float
        ∂L/∂s.
    gain : float
        The factor g.

    Raises
    ------
    ValueError
        If a shape is wrong or v is 0.
    """
    x = _checks.vector("x", x)
    v = _checks.vector("v", v, size=x.size)
    length = float(np.linalg.norm(v))
    if length == 0:
        raise ArgumentError("v must not be 0")
    direction = v / length
    scale = _checks.number("gain", gain) * _checks.number("delta", delta) / length
    return scale * (x - (x @ direction) * direction)


@guarded
def batch_normalized_gradients(X: ArrayLike, w: ArrayLike, delta: ArrayLike) -> np.ndarray:
    """Return each example's gradient of a unit whose pre-activations are normalized over the batch.

    With s = Xw, z = (s − s̄)/std(s) and δₜ = ∂Lₜ/∂zₜ it is δₜ (xₜ − x̄ − zₜ E[zx])/std(s): the mean
    and the variance of the batch depend on w too.

    Parameters
    ----------
    X : array-like, shape (B, n)
        One example a row.
    w : array-like, shape (n,)
        The weights; the pre-activations must not all be equal.
    delta : array-like, shape (B,)
        The error of each example.

    Returns
    -------
    array, shape (B, n)

    Raises
    ------
    ValueError
        If a shape is wrong or all pre-activations are equal.
    """
    X = _checks.matrix("X", X)
    w = _checks.vector("w", w, size=X.shape[1])
    delta = _checks.vector("delta", delta, size=len(X))
    s = X @ w
    spread = float(s.std())
    if spread == 0:
        raise ArgumentError("X and w must give pre-activations that differ")
    z = (s - s.mean()) / spread
    return delta[:, np.newaxis] * (X - X.mean(axis=0) - np.outer(z, z @ X / len(X))) / spread
