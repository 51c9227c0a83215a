"""Descent methods, each as the two lines that define it.

Flipping the sign of a feature flips signs here and changes no rounding, so that paths of flipped
problems agree to the last bit: arrays are made contiguous, for the sums to run in the same order.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from offcenter import _checks
from offcenter.descent._path import Path

__all__ = ["adam", "gradient_descent", "momentum", "nesterov", "sgd"]

# (weights, last displacement) → (the gradient that is used, displacement)
Move = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def gradient_descent(H: np.ndarray, w0: np.ndarray, *, step_size: float, steps: int) -> Path:
    """Follow plain gradient descent on the quadratic loss ½wᵀHw.

    w ← w − ηHw

    Parameters
    ----------
    H : array, shape (n, n)
        Symmetric, without negative eigenvalues.
    w0 : array, shape (n,)
        The start; the minimum is at 0.
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
    H, w0 = _quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)

    def move(w: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = H @ w
        return gradient, -eta * gradient

    return _walk(move, lambda w: 0.5 * (w @ (H @ w)), w0, np.zeros_like(w0), steps)


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
    H, w0 = _quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)
    beta = _checks.number("beta", beta, minimum=0, below=1)

    def move(w: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = H @ w
        return gradient, beta * velocity - eta * gradient

    return _walk(move, lambda w: 0.5 * (w @ (H @ w)), w0, np.zeros_like(w0), steps)


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
    H, w0 = _quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)
    beta = _checks.number("beta", beta, minimum=0, below=1)

    def move(w: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gradient = H @ (w + beta * velocity)
        return gradient, beta * velocity - eta * gradient

    return _walk(move, lambda w: 0.5 * (w @ (H @ w)), w0, np.zeros_like(w0), steps)


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
    H, w0 = _quadratic(H, w0)
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

    return _walk(move, lambda w: 0.5 * (w @ (H @ w)), w0, np.zeros_like(w0), steps)


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
    return _walk(move, loss, w0, minimum, steps)


def _quadratic(H: np.ndarray, w0: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    H = np.ascontiguousarray(_checks.symmetric("H", H))
    eigenvalues = np.linalg.eigvalsh(H)
    if eigenvalues[0] < -1e-10 * np.abs(eigenvalues).max():
        raise ValueError(
            f"H must have no negative eigenvalue, or there is no minimum; got {eigenvalues[0]:g}"
        )
    return H, _checks.vector("w0", w0, size=len(H))


def _walk(
    move: Move,
    loss: Callable[[np.ndarray], float],
    w0: np.ndarray,
    minimum: np.ndarray,
    steps: int,
) -> Path:
    steps = _checks.count("steps", steps)
    points, losses = np.empty((steps + 1, w0.size)), np.empty(steps + 1)
    gradients = np.empty((steps, w0.size))
    w, displacement = w0, np.zeros_like(w0)
    step = 0
    try:
        with np.errstate(over="raise", invalid="raise"):
            points[0], losses[0] = w, loss(w)
            for step in range(1, steps + 1):
                gradients[step - 1], displacement = move(w, displacement)
                w = w + displacement
                points[step], losses[step] = w, loss(w)
    except FloatingPointError as error:
        raise ValueError(
            f"step_size must be small enough for {steps} steps: "
            f"the path leaves the range of floats at step {step}"
        ) from error
    return Path(points, losses, gradients, minimum)
