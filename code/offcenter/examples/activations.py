"""Activations: their means, and what a mean costs, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example

__all__ = ["Means", "Slopes", "means", "slopes"]


@dataclass(frozen=True)
class Means:
    """Means of activations for standard normal sums; and three examples, centered two ways.

    `rows`: activation, its mean, its offset share in percent of its mean square.
    """

    rows: tuple[tuple[float | str, ...], ...]
    features: np.ndarray
    over_data: np.ndarray
    over_features: np.ndarray
    left_over: np.ndarray


@example("activations-means")
def means() -> Means:
    """Return E[φ(z)] and E[φ]²/E[φ²] for z ~ N(0, 1)."""
    X = np.array([[1.0, 4.0], [2.0, 6.0], [3.0, 8.0]])
    rows = tuple(
        (label, ACTIVATIONS[name].mean, ACTIVATIONS[name].offset_share)
        for label, name in (
            ("sigmoid", "sigmoid"),
            ("tanh", "tanh"),
            ("ReLU", "relu"),
            ("leaky ReLU (.01)", "leaky_relu"),
            ("ELU", "elu"),
            ("GELU", "gelu"),
            ("SELU", "selu"),
        )
    )
    over_features = X - X.mean(axis=1, keepdims=True)
    return Means(
        rows,
        X.mean(axis=0),
        X - X.mean(axis=0),
        over_features,
        over_features.mean(axis=0),
    )


@dataclass(frozen=True)
class Slopes:
    """Slopes of sigmoid and tanh at 0 and 3, and their products over five layers."""

    sigmoid: tuple[float, float]
    tanh: tuple[float, float]
    sigmoid_five: float
    tanh_five: float


@example("activations-slopes")
def slopes() -> Slopes:
    """Return φ′(0), φ′(3), and φ′(0)⁵ for the sigmoid, φ′(3)⁵ for tanh."""
    sigmoid, tanh = (
        tuple(ACTIVATIONS[name].derivative(np.array([0.0, 3.0])).tolist())
        for name in ("sigmoid", "tanh")
    )
    return Slopes(sigmoid, tanh, sigmoid[0] ** 5, tanh[1] ** 5)
