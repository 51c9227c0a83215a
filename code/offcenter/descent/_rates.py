"""How fast a method can be on a quadratic loss, and with which settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError

__all__ = ["Tuning", "contraction", "tuning"]

METHODS = ("gradient_descent", "momentum", "nesterov")


@dataclass(frozen=True)
class Tuning:
    """The settings of a method, and the factor by which a step shrinks the error in the long run.

    Parameters
    ----------
    step_size : float
        η.
    beta : float
        β, 0 for plain gradient descent.
    rate : float
        The asymptotic factor per step.
    """

    step_size: float
    beta: float
    rate: float


@guarded
def tuning(method: str, *, smallest: float, largest: float) -> Tuning:
    """Return fixed settings of a method on a quadratic with these extreme eigenvalues.

    With κ = λmax/λmin: gradient descent η = 2/(λmax + λmin), rate (κ − 1)/(κ + 1); heavy ball
    η = 4/(√λmax + √λmin)², √β = rate = (√κ − 1)/(√κ + 1), both the best in the long run; Nesterov
    at its usual settings η = 1/λmax, β = (√κ − 1)/(√κ + 1), rate 1 − 1/√κ.

    Parameters
    ----------
    method : {"gradient_descent", "momentum", "nesterov"}
        The name of the function.
    smallest, largest : float
        λmin > 0 and λmax ≥ λmin.

    Returns
    -------
    Tuning

    Raises
    ------
    ValueError
        If the name is unknown or the eigenvalues are not positive and in order.
    """
    method = _checks.one_of("method", method, METHODS)
    smallest = _checks.number("smallest", smallest, above=0)
    largest = _checks.number("largest", largest, minimum=smallest)
    if method == "gradient_descent":
        return Tuning(2 / (largest + smallest), 0.0, (largest - smallest) / (largest + smallest))
    low, high = np.sqrt(smallest), np.sqrt(largest)
    ratio = float((high - low) / (high + low))
    if method == "momentum":
        return Tuning(float(4 / (high + low) ** 2), ratio**2, ratio)
    return Tuning(1 / largest, ratio, float(1 - low / high))


@guarded
def contraction(
    method: str, eigenvalues: np.ndarray, *, step_size: float, beta: float = 0
) -> float:
    """Return the factor per step of the slowest eigen-coordinate, from the method's own recursion.

    The largest modulus of the roots z of z² = (1 + β − ηλ)z − β for the heavy ball, and of
    z² = (1 − ηλ)(1 + β)z − (1 − ηλ)β for Nesterov, over all λ; at β = 0 both are |1 − ηλ|.

    Parameters
    ----------
    method : {"gradient_descent", "momentum", "nesterov"}
        The name of the function.
    eigenvalues : array, shape (n,)
        Those of H.
    step_size : float
        η, above 0.
    beta : float
        β, at least 0 and below 1; must be 0 for gradient descent.

    Raises
    ------
    ValueError
        If the name is unknown or a number is out of its bounds.
    """
    method = _checks.one_of("method", method, METHODS)
    eigenvalues = _checks.vector("eigenvalues", eigenvalues)
    eta = _checks.number("step_size", step_size, above=0)
    beta = _checks.number("beta", beta, minimum=0, below=1)
    if method == "gradient_descent" and beta != 0:
        raise ArgumentError(f"beta must be 0 for gradient descent, got {beta:g}")
    kept = 1 - eta * eigenvalues
    trace = (1 + beta) * kept if method == "nesterov" else kept + beta
    product = beta * kept if method == "nesterov" else np.full_like(kept, beta)
    root = np.sqrt((trace**2 - 4 * product).astype(complex))
    return float(np.max(np.abs([(trace + root) / 2, (trace - root) / 2])))
