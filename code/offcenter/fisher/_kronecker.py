"""The natural gradient step of a layer whose Fisher matrix is taken as a Kronecker product."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._inputs import append_one
from offcenter.errors import ArgumentError
from offcenter.fisher._step import LayerStep

__all__ = ["kronecker_step"]


@guarded
def kronecker_step(X: ArrayLike, errors: ArrayLike, *, drawn: ArrayLike | None = None) -> LayerStep:
    """Return the Kronecker-factored natural gradient step of a layer with biases, to add.

    Δ(W, b) = −G⁻¹ E[δx̃ᵀ] A⁻¹ with A = E[x̃x̃ᵀ] and G = E[δ̂δ̂ᵀ], where δ are the errors for the
    training labels and δ̂ those for labels drawn from the model.  Source: {cite}`martens2015`.

    Parameters
    ----------
    X : array-like, shape (N, n)
    errors : array-like, shape (N, units)
        δ, for the training labels.
    drawn : array-like, shape (draws, units), optional
        δ̂, for drawn labels.  Without them δ takes their place, which makes G empirical.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, or a factor is singular.
    """
    X = _checks.matrix("X", X)
    delta = _checks.matrix("errors", errors, rows=len(X))
    source = "errors" if drawn is None else "drawn"
    spread = delta if drawn is None else _checks.matrix("drawn", drawn, columns=delta.shape[1])
    extended = append_one(X)
    A, G = extended.T @ extended / len(X), spread.T @ spread / len(spread)
    for name, factor in (("X", A), (source, G)):
        if np.linalg.matrix_rank(factor, hermitian=True) < len(factor):
            raise ArgumentError(f"{name} must give a factor of full rank")
    step = -np.linalg.solve(G, delta.T @ extended / len(X)) @ np.linalg.inv(A)
    return LayerStep(step[:, :-1], step[:, -1])
