"""Descent methods that follow the gradient as it is, each as the two lines that define it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from offcenter import _checks
from offcenter.descent._path import Path
from offcenter.descent._walk import quadratic, walk

__all__ = ["gradient_descent", "momentum", "nesterov", "sgd"]


def gradient_descent(H: np.ndarray, w0: np.ndarray, *, step_size: float, steps: int) -> Path:
    """Follow plain gradient descent on the quadratic loss ½wᵀHw.

    w ← w − ηHw

    Parameters
    ----------
    H : array, shape (n, n)
        Symmetric, without negative eigenvalues.
    w0 : array, shape (n,) or (n, k)
        The start; the minimum is at 0.  With k columns, one for each output of a layer, the loss
        is the sum over the columns.
    step_size : float
        η, above 0; the path diverges for η > 2/λmax.
    steps : int
        At least 1.

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

    def move(w: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = H @ w
        return gradient, -eta * gradient

    return walk(move, lambda w: 0.5 * np.vdot(w, H @ w), w0, np.zeros_like(w0), steps)


def momentum(
    H: np.ndarray, w0: np.ndarray, *, step_size: float, steps: int, beta: float = 0.9
) -> Path:
    """Follow gradient descent with heavy-ball momentum on the quadratic loss ½wᵀHw.

    v ← βv − ηHw,  w ← w + v

    Parameters
    ----------
    H, w0, step_size, steps
        As for `gradient_descent`; here η < 2(1 + β)/λmax converges.
    beta : float
        β, at least 0 and below 1; with 0 this is `gradient_descent`.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If a shape or a bound is wrong, or the path diverges beyond the range of floats.
    """
    return momentum_until(lambda w: False, H, w0, step_size=step_size, steps=steps, beta=beta)


def momentum_until(
    stop: Callable[[np.ndarray], bool],
    H: np.ndarray,
    w0: np.ndarray,
    *,
    step_size: float,
    steps: int,
    beta: float,
) -> Path:
    """Follow `momentum` up to the first point after the start of which `stop` is true."""
    H, w0 = quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)
    beta = _checks.number("beta", beta, minimum=0, below=1)

    def move(w: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = H @ w
        return gradient, beta * velocity - eta * gradient

    return walk(move, lambda w: 0.5 * np.vdot(w, H @ w), w0, np.zeros_like(w0), steps, stop)


def nesterov(
    H: np.ndarray, w0: np.ndarray, *, step_size: float, steps: int, beta: float = 0.9
) -> Path:
    """Follow Nesterov's accelerated gradient, with a constant β, on the quadratic loss ½wᵀHw.

    v ← βv − ηH(w + βv),  w ← w + v

    Parameters
    ----------
    H, w0, step_size, steps
        As for `gradient_descent`.
    beta : float
        β, at least 0 and below 1; with 0 this is `gradient_descent`.

    Returns
    -------
    Path
        Its gradients are those at the look-ahead w + βv.

    Raises
    ------
    ValueError
        If a shape or a bound is wrong, or the path diverges beyond the range of floats.
    """
    H, w0 = quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)
    beta = _checks.number("beta", beta, minimum=0, below=1)

    def move(w: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = H @ (w + beta * velocity)
        return gradient, beta * velocity - eta * gradient

    return walk(move, lambda w: 0.5 * np.vdot(w, H @ w), w0, np.zeros_like(w0), steps)


def sgd(
    X: np.ndarray,
    y: np.ndarray,
    w0: np.ndarray,
    *,
    step_size: float,
    steps: int,
    rng: np.random.Generator,
    batch_size: int = 1,
) -> Path:
    """Follow stochastic gradient descent on the mean squared error (1/2p) Σ (xᵢ·w − yᵢ)².

    w ← w − (η/B) Σ δᵢxᵢ over the batch, with δᵢ = xᵢ·w − yᵢ

    Parameters
    ----------
    X : array, shape (p, n)
        One example a row.
    y : array, shape (p,)
        The targets.
    w0 : array, shape (n,)
        The start.
    step_size : float
        η, above 0.
    steps : int
        At least 1.
    rng : numpy.random.Generator
        Draws each batch, with replacement.
    batch_size : int
        B, at least 1.

    Returns
    -------
    Path
        Its losses are those of all p examples, its gradients those of the batches.

    Raises
    ------
    ValueError
        If a shape or a bound is wrong, or the path diverges beyond the range of floats.
    TypeError
        If `rng` is not a generator.
    """
    X = np.ascontiguousarray(_checks.matrix("X", X))
    y = _checks.vector("y", y, size=X.shape[0])
    w0 = _checks.vector("w0", w0, size=X.shape[1])
    eta = _checks.number("step_size", step_size, above=0)
    rng = _checks.generator("rng", rng)
    size = _checks.count("batch_size", batch_size)

    def move(w: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        batch = rng.integers(len(X), size=size)
        gradient = (X[batch] @ w - y[batch]) @ X[batch] / size
        return gradient, -eta * gradient

    def loss(w: np.ndarray) -> float:
        errors = X @ w - y
        return 0.5 * (errors @ errors) / len(X)

    # Steps never leave w0 plus the span of the inputs, so this is the minimum that they can reach.
    minimum = w0 + np.linalg.lstsq(X, y - X @ w0, rcond=None)[0]
    return walk(move, loss, w0, minimum, steps)
