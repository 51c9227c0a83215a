"""Each method as the rule that defines it: one step from the weights and what the method keeps.

A rule takes the function that gives the gradient, the weights w and the method's state, asks for
one gradient, and returns the next weights and the next state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "Gradient",
    "Rule",
    "adam",
    "heavy_ball",
    "lowest",
    "nesterov",
    "plain",
    "polar",
    "through",
]

Gradient = Callable[[np.ndarray], np.ndarray]
Rule = Callable[[Gradient, np.ndarray, Any], tuple[np.ndarray, Any]]
Moments = tuple[np.ndarray, np.ndarray, int]


def plain(
    gradient: Gradient, w: np.ndarray, nothing: None, *, eta: float
) -> tuple[np.ndarray, None]:
    """Step against the gradient: w ← w − ηg(w)."""
    return w - eta * gradient(w), nothing


def lowest(
    gradient: Gradient, w: np.ndarray, nothing: None, *, H: np.ndarray
) -> tuple[np.ndarray, None]:
    """Step to the lowest point of the line along the gradient: η = ‖g‖²/(gᵀHg)."""
    g = gradient(w)
    curvature = np.vdot(g, H @ g)
    return w - (np.vdot(g, g) / curvature if curvature > 0 else 0.0) * g, nothing


def heavy_ball(
    gradient: Gradient, w: np.ndarray, v: np.ndarray, *, eta: float, beta: float
) -> tuple[np.ndarray, np.ndarray]:
    """Keep a part of the last step: v ← βv − ηg(w),  w ← w + v."""
    v = beta * v - eta * gradient(w)
    return w + v, v


def nesterov(
    gradient: Gradient, w: np.ndarray, v: np.ndarray, *, eta: float, beta: float
) -> tuple[np.ndarray, np.ndarray]:
    """Take the gradient where the kept part leads: v ← βv − ηg(w + βv),  w ← w + v."""
    v = beta * v - eta * gradient(w + beta * v)
    return w + v, v


def adam(
    gradient: Gradient,
    w: np.ndarray,
    state: Moments,
    *,
    eta: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> tuple[np.ndarray, Moments]:
    """Divide the running mean of the gradient by the root of that of its square."""
    (mean, square, t), g = state, gradient(w)
    mean, square, t = beta1 * mean + (1 - beta1) * g, beta2 * square + (1 - beta2) * g**2, t + 1
    scale = np.sqrt(square / (1 - beta2**t)) + epsilon
    return w - eta * (mean / (1 - beta1**t)) / scale, (mean, square, t)


def through(
    gradient: Gradient, w: np.ndarray, nothing: None, *, eta: float, P: np.ndarray
) -> tuple[np.ndarray, None]:
    """Step through a fixed matrix: w ← w − ηP g(w)."""
    return w - eta * (P @ gradient(w)), nothing


def polar(
    gradient: Gradient, w: np.ndarray, eta: float, *, decay: float
) -> tuple[np.ndarray, float]:
    """Step along the orthogonal factor UVᵀ of the gradient UΣVᵀ, and shrink the step size."""
    left, sizes, right = np.linalg.svd(gradient(w), full_matrices=False)
    # A direction without gradient has no orthogonal factor: it stays where it is.
    kept = sizes > 1e-12 * sizes[0]
    return w - eta * (left[:, kept] @ right[kept]), decay * eta
