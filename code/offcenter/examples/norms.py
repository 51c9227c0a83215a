"""Normalizations on two or three examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example
from offcenter.remedies import batch_norm, layer_norm, rms_norm

__all__ = ["BiasAndNorm", "Centralized", "Features", "Place", "bias", "centralized"]
__all__ += ["features", "place"]


@dataclass(frozen=True)
class Place:
    """Sums −1 and 3 of one unit: batch norm before a ReLU, and after it."""

    before_norm: np.ndarray
    before_relu: np.ndarray
    before_mean: float
    after_relu: np.ndarray
    after_norm: np.ndarray
    after_mean: float
    normal_mean: float
    normal_share: float


@example("norms-place")
def place() -> Place:
    """Return what the next layer reads in both orders, for two examples."""
    relu = ACTIVATIONS["relu"]
    s = np.array([[-1.0], [3.0]])
    normed = batch_norm(s)
    read = relu.value(normed)
    other = batch_norm(relu.value(s))
    return Place(
        normed[:, 0],
        read[:, 0],
        read.mean(),
        relu.value(s)[:, 0],
        other[:, 0],
        other.mean(),
        relu.mean,
        relu.offset_share,
    )


@dataclass(frozen=True)
class BiasAndNorm:
    """Sums 1 and 3 with the bias 0 and 5, batch-normalized; and two features, layer-normalized."""

    sums: np.ndarray
    shifted: np.ndarray
    normed: np.ndarray
    shifted_normed: np.ndarray
    layer: np.ndarray
    layer_shifted: np.ndarray


@example("norms-bias")
def bias() -> BiasAndNorm:
    """Return batch norm with and without a bias, and layer norm of (1, 3, 5) and of (6, 3, 5)."""
    s = np.array([[1.0], [3.0]])
    return BiasAndNorm(
        s[:, 0],
        s[:, 0] + 5,
        batch_norm(s)[:, 0],
        batch_norm(s + 5)[:, 0],
        layer_norm(np.array([[1.0, 3.0, 5.0]]))[0],
        layer_norm(np.array([[6.0, 3.0, 5.0]]))[0],
    )


@dataclass(frozen=True)
class Features:
    """Layer norm's subtraction and RMS norm where features are alike, and where they are not.

    `layer`: layer norm of the alike examples; `rms_of_rest`: RMS norm of what subtraction leaves.
    `across_layer`, `across_rms`: both norms of (3, −3), (5, −5).
    """

    alike: np.ndarray
    alike_mean: np.ndarray
    unlike: np.ndarray
    unlike_mean: np.ndarray
    unlike_share: float
    rms: np.ndarray
    rms_mean: np.ndarray
    layer: np.ndarray
    rms_of_rest: np.ndarray
    across_layer: np.ndarray
    across_rms: np.ndarray


@example("norms-features")
def features() -> Features:
    """Return x minus its mean over features, for (1, 3), (3, 1) and for (1, 4), (2, 6), (3, 8)."""
    alike = np.array([[1.0, 3.0], [3.0, 1.0]])
    unlike = np.array([[1.0, 4.0], [2.0, 6.0], [3.0, 8.0]])
    flat, rest = (X - X.mean(axis=1, keepdims=True) for X in (alike, unlike))
    across, rms = np.array([[3.0, -3.0], [5.0, -5.0]]), rms_norm(alike)
    mean = rest.mean(axis=0)
    return Features(
        flat,
        flat.mean(axis=0),
        rest,
        mean,
        float(mean @ mean / (rest**2).sum(axis=1).mean()),
        rms,
        rms.mean(axis=0),
        layer_norm(alike),
        rms_norm(flat),
        layer_norm(across),
        rms_norm(across),
    )


@dataclass(frozen=True)
class Centralized:
    """Descent on [[5, 4], [4, 5]] from (1, 0), the gradient's mean over weights subtracted."""

    gradient: np.ndarray
    centralized: np.ndarray
    curvatures: np.ndarray
    after: np.ndarray
    after_gradient: np.ndarray
    plain_step: float


@example("norms-centralized")
def centralized() -> Centralized:
    """Return the gradient, what is left of it, the curvatures left, and where one step ends."""
    M, d = np.array([[5.0, 4.0], [4.0, 5.0]]), np.array([1.0, 0.0])
    P = np.eye(2) - 0.5
    g = M @ d
    after = d - P @ g
    return Centralized(
        gradient=g,
        centralized=P @ g,
        curvatures=np.linalg.eigvalsh(P @ M @ P).round(12) + 0.0,
        after=after,
        after_gradient=(P @ M @ after).round(12) + 0.0,
        plain_step=2 / 9,
    )
