"""Curvature that is inverted, as a whole or by its diagonal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example
from offcenter.spectrum import condition_number

__all__ = ["DiagonalScaling", "Inverse", "Saddle", "diagonal", "inverse", "saddle"]


@dataclass(frozen=True)
class Inverse:
    """Newton's step on [[5, 4], [4, 5]] from (1, 0), and with a curvature from two examples."""

    gradient: np.ndarray
    inverse_times_nine: np.ndarray
    step: np.ndarray
    estimated: np.ndarray
    estimated_step: np.ndarray
    terabytes: float


@example("optimizers-inverse")
def inverse() -> Inverse:
    """Return M⁻¹g for the whole data, for the examples (1, 1), (1, 3), and a matrix's size."""
    M, d = np.array([[5.0, 4.0], [4.0, 5.0]]), np.array([1.0, 0.0])
    few = np.array([[1.0, 1.0], [1.0, 3.0]])
    estimated = few.T @ few / 2
    return Inverse(
        gradient=M @ d,
        inverse_times_nine=(9 * np.linalg.inv(M)).round(12),
        step=(-np.linalg.solve(M, M @ d)).round(12) + 0.0,
        estimated=estimated,
        estimated_step=(-np.linalg.solve(estimated, M @ d)).round(12) + 0.0,
        terabytes=(1e6) ** 2 * 4 / 1e12,
    )


@dataclass(frozen=True)
class Saddle:
    """A network of two weights u = v puts out uv for the input 1; the target is 1.

    The loss is half the squared error.  At u = v = 0.1: `gradient`; `hessian`; `curvature` along
    (1, 1); `step`, Newton's; `after`, the weights after it; `losses`, before and after.
    `fitted_curvature`: along (1, 1) at u = v = 1, where the error is 0.
    """

    gradient: np.ndarray
    hessian: np.ndarray
    curvature: float
    step: np.ndarray
    after: np.ndarray
    losses: tuple[float, float]
    fitted_curvature: float


@example("optimizers-saddle")
def saddle() -> Saddle:
    """Return Newton's step from beside the saddle at (0, 0)."""

    def loss(at: np.ndarray) -> float:
        return float((at.prod() - 1) ** 2 / 2)

    def hessian(at: np.ndarray) -> np.ndarray:
        u, v = at
        return np.array([[v * v, 2 * u * v - 1], [2 * u * v - 1, u * u]])

    def along(at: np.ndarray) -> float:
        return float(hessian(at).sum() / 2)

    at = np.array([0.1, 0.1])
    g = (at.prod() - 1) * at[::-1]
    step = -np.linalg.solve(hessian(at), g)
    return Saddle(
        gradient=g,
        hessian=hessian(at),
        curvature=along(at),
        step=step,
        after=at + step,
        losses=(loss(at), loss(at + step)),
        fitted_curvature=along(np.ones(2)),
    )


@dataclass(frozen=True)
class DiagonalScaling:
    """κ before and after each weight has its own step size, as a diagonal method gives it.

    `rows`: two inputs, r = H₁₂/√(H₁₁H₂₂), κ for one step size, for sizes as 1/√Hᵢᵢ, for the best
    two sizes, and for the inputs standardized.
    `with_bias`: κ of the second pair with a bias, for one step size, for sizes as 1/√Hᵢᵢ, and for
    the best three.
    """

    rows: tuple[tuple[float | str, ...], ...]
    alike_after: float
    with_bias: tuple[float, float, float]


def _scaled(H: np.ndarray, power: float) -> float:
    """Return κ if weight i has the step size Hᵢᵢ to the minus `power`."""
    scale = np.diag(H) ** (-power / 2)
    return condition_number(H * np.outer(scale, scale))


@example("optimizers-diagonal")
def diagonal() -> DiagonalScaling:
    """Return the table for inputs of unequal scales, of a mean, and of both.

    Both entries of a scaled diagonal are equal for the best two sizes: κ = (1 + |r|)/(1 − |r|).
    """
    deviations = {"±1 and ±10": (1.0, 10.0, 0.0), "1 or 3, twice": (1.0, 1.0, 2.0)}
    deviations["1 or 3, and 10 or 30"] = (1.0, 10.0, 2.0)
    rows = []
    for name, (one, other, mean) in deviations.items():
        spread = np.array([one, other])
        H = np.diag(spread**2) + np.outer(mean * spread, mean * spread)
        r = H[0, 1] / np.sqrt(H[0, 0] * H[1, 1])
        rows.append((name, r, condition_number(H), _scaled(H, 0.5), _scaled(H, 1), 1.0))
    H = np.array([[5.0, 4.0, 2.0], [4.0, 5.0, 2.0], [2.0, 2.0, 1.0]])
    # n = 2 inputs of mean 2 and variance 1: the claim remedies.diagonal-bias.
    best = float((np.sqrt(1 + 2 * 2.0**2) + np.sqrt(2 * 2.0**2)) ** 2)
    return DiagonalScaling(
        tuple(rows),
        alike_after=rows[1][4],
        with_bias=(condition_number(H), _scaled(H, 0.5), best),
    )
