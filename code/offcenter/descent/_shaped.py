"""Descent methods that give the gradient another shape before they follow it."""

from __future__ import annotations

import numpy as np

from offcenter import _checks
from offcenter.descent._path import Path
from offcenter.descent._walk import quadratic, walk

__all__ = ["adam", "orthogonalized", "preconditioned"]


def adam(
    H: np.ndarray,
    w0: np.ndarray,
    *,
    step_size: float,
    steps: int,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> Path:
    """Follow Adam on the quadratic loss ½wᵀHw.

    m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²,  w ← w − η m̂/(√v̂ + ε),
    with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ), all coordinate by coordinate

    Parameters
    ----------
    H, w0, step_size, steps
        As for `gradient_descent`.
    beta1, beta2 : float
        At least 0 and below 1.
    epsilon : float
        Above 0.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If a shape or a bound is wrong, or the path diverges beyond the range of floats.
    """
    H, w0 = quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)
    beta1 = _checks.number("beta1", beta1, minimum=0, below=1)
    beta2 = _checks.number("beta2", beta2, minimum=0, below=1)
    epsilon = _checks.number("epsilon", epsilon, above=0)
    m, v, t = np.zeros_like(w0), np.zeros_like(w0), 0

    def move(w: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal m, v, t
        gradient, t = H @ w, t + 1
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        scale = np.sqrt(v / (1 - beta2**t)) + epsilon
        return gradient, -eta * (m / (1 - beta1**t)) / scale

    return walk(move, lambda w: 0.5 * np.vdot(w, H @ w), w0, np.zeros_like(w0), steps)


def preconditioned(
    H: np.ndarray, w0: np.ndarray, *, preconditioner: np.ndarray, step_size: float, steps: int
) -> Path:
    """Follow gradient descent with a fixed preconditioner on the quadratic loss ½wᵀHw.

    w ← w − ηPHw

    Parameters
    ----------
    H, w0, step_size, steps
        As for `gradient_descent`.
    preconditioner : array, shape (n, n)
        P, symmetric.  For a linear layer with squared loss, P = H⁻¹ is the natural gradient and
        the Kronecker-factored step.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If a shape or a bound is wrong, or the path diverges beyond the range of floats.
    """
    H, w0 = quadratic(H, w0)
    P = _checks.symmetric("preconditioner", preconditioner)
    if P.shape != H.shape:
        raise ValueError(f"preconditioner must have shape {H.shape}, got {P.shape}")
    eta = _checks.number("step_size", step_size, above=0)

    def move(w: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = H @ w
        return gradient, -eta * (P @ gradient)

    return walk(move, lambda w: 0.5 * np.vdot(w, H @ w), w0, np.zeros_like(w0), steps)


def orthogonalized(
    H: np.ndarray, w0: np.ndarray, *, step_size: float, steps: int, decay: float = 1.0
) -> Path:
    """Follow steps along the orthogonal factor of the gradient of a layer's weights.

    G = HW = UΣVᵀ,  W ← W − ηUVᵀ,  η ← decay·η

    Parameters
    ----------
    H : array, shape (n, n)
        As for `gradient_descent`.
    w0 : array, shape (n, k)
        The weights of k outputs; with k = 1 the update is the gradient scaled to length 1.
    step_size : float
        The first η, above 0.
    steps : int
        At least 1.
    decay : float
        Above 0 and at most 1.  At 1 the steps stay as long as they are, so the path cannot settle.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If a shape or a bound is wrong.
    """
    H, w0 = quadratic(H, w0)
    if w0.ndim != 2:
        raise ValueError(f"w0 must have shape ({len(H)}, k), got {w0.shape}")
    eta = _checks.number("step_size", step_size, above=0)
    decay = _checks.number("decay", decay, above=0, maximum=1)

    def move(w: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal eta
        gradient = H @ w
        left, sizes, right = np.linalg.svd(gradient, full_matrices=False)
        # A direction without gradient has no orthogonal factor: it stays where it is.
        kept = sizes > 1e-12 * sizes[0]
        displacement = -eta * (left[:, kept] @ right[kept])
        eta *= decay
        return gradient, displacement

    return walk(move, lambda w: 0.5 * np.vdot(w, H @ w), w0, np.zeros_like(w0), steps)
