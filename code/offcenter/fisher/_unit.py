"""One unit inside a network: its Fisher matrix in blocks, its natural gradient in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.errors import ArgumentError
from offcenter.fisher._step import UnitStep

__all__ = ["UnitFisher", "unit_fisher"]


@dataclass(frozen=True, eq=False)
class UnitFisher(Record):
    """The Fisher matrix of a unit, F = E[δ²ããᵀ] = [[A, b], [bᵀ, c]], ã = (a, 1).

    Parameters
    ----------
    block : ndarray, shape (n, n)
        A = E[δ²aaᵀ].
    border : ndarray, shape (n,)
        b = E[δ²a].
    corner : float
        c = E[δ²].
    mean : ndarray, shape (n,)
        E_p[a], the mean of the incoming activations.
    """

    block: np.ndarray
    border: np.ndarray
    corner: float
    mean: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        """F, shape (n + 1, n + 1), the bias last."""
        return np.block(
            [
                [self.block, self.border[:, np.newaxis]],
                [self.border[np.newaxis, :], np.array([[self.corner]])],
            ]
        )

    @property
    def weighted_mean(self) -> np.ndarray:
        """E_q[a] = b/c, the mean with the weights q ∝ δ²p."""
        return self.border / self.corner

    @property
    def bias_scale(self) -> float:
        """The factor k = 1 + (E_q[a] − E_p[a])ᵀ Var_q⁻¹ E_q[a].  Source: {cite}`clevert2016`."""
        mean = self.weighted_mean
        variance = self.block / self.corner - np.outer(mean, mean)
        return float(1 + (mean - self.mean) @ np.linalg.solve(variance, mean))

    def natural_direction(self, g: ArrayLike, g0: float) -> UnitStep:
        """Return F⁻¹(g, g₀) in closed form.  Source: {cite}`clevert2016`, Theorem 1.

        Δw = A⁻¹(g − Δw₀ b), Δw₀ = s (g₀ − bᵀA⁻¹g), s = c⁻¹(1 + bᵀ(cA − bbᵀ)⁻¹b).

        Parameters
        ----------
        g : array-like, shape (n,)
        g0 : float

        Raises
        ------
        ValueError
            If the shape does not fit or a value is not finite.
        """
        g, g0 = _checks.vector("g", g, size=self.border.size), _checks.number("g0", g0)
        b, c = self.border, self.corner
        with _checks.in_range_of_floats("g and g0"):
            s = (1 + b @ np.linalg.solve(c * self.block - np.outer(b, b), b)) / c
            db = float(s * (g0 - b @ np.linalg.solve(self.block, g)))
            return UnitStep(np.linalg.solve(self.block, g - db * b), db)

    def bias_shift(self, g: ArrayLike, g0: float) -> float:
        """Return the bias shift of F⁻¹(g, g₀), as a correction of the blockwise step.

        (E_p[a] − k E_q[a])ᵀ A⁻¹g + k c⁻¹g₀: the incoming mean is centered, the bias scaled by k.
        Source: {cite}`clevert2016`, Theorem 2.

        Parameters
        ----------
        g : array-like, shape (n,)
        g0 : float

        Raises
        ------
        ValueError
            If the shape does not fit or a value is not finite.
        """
        g, g0 = _checks.vector("g", g, size=self.border.size), _checks.number("g0", g0)
        k = self.bias_scale
        centered = self.mean - k * self.weighted_mean
        return float(centered @ np.linalg.solve(self.block, g) + k * g0 / self.corner)


@guarded
def unit_fisher(activations: ArrayLike, errors: ArrayLike) -> UnitFisher:
    """Return the Fisher matrix of a unit from samples of its inputs and of its error.

    Parameters
    ----------
    activations : array-like, shape (N, n)
        a, the unit's inputs.
    errors : array-like, shape (N,)
        δ, for labels drawn from the network's own predictions.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, all errors are 0, or the block A is singular.
    """
    a = _checks.matrix("activations", activations)
    delta = _checks.vector("errors", errors, size=len(a))
    weights = delta**2 / len(a)
    if not weights.any():
        raise ArgumentError("errors must not all be 0")
    block = (a.T * weights) @ a
    if np.linalg.matrix_rank(block, hermitian=True) < len(block):
        raise ArgumentError("activations must give a block of full rank where the error is not 0")
    return UnitFisher(block, weights @ a, float(weights.sum()), a.mean(axis=0))
