"""Descent methods that give the gradient another shape before they follow it."""

from __future__ import annotations

from functools import partial

from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.descent import _rules
from offcenter.descent._path import Path
from offcenter.descent._problem import quadratic
from offcenter.descent._walk import walk
from offcenter.errors import ArgumentError

__all__ = ["adam", "orthogonalized", "preconditioned"]


@guarded
def adam(
    H: ArrayLike,
    w0: ArrayLike,
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
    problem = quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)
    beta1 = _checks.number("beta1", beta1, minimum=0, below=1)
    beta2 = _checks.number("beta2", beta2, minimum=0, below=1)
    epsilon = _checks.number("epsilon", epsilon, above=0)
    rule = partial(_rules.adam, eta=eta, beta1=beta1, beta2=beta2, epsilon=epsilon)
    return walk(problem, rule, (problem.at_rest, problem.at_rest, 0), steps)


@guarded
def preconditioned(
    H: ArrayLike, w0: ArrayLike, *, preconditioner: ArrayLike, step_size: float, steps: int
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
    problem = quadratic(H, w0)
    P = _checks.symmetric("preconditioner", preconditioner)
    if len(P) != len(problem.start):
        n = len(problem.start)
        raise ArgumentError(f"preconditioner must have shape {(n, n)}, got {P.shape}")
    eta = _checks.number("step_size", step_size, above=0)
    return walk(problem, partial(_rules.through, eta=eta, P=P), None, steps)


@guarded
def orthogonalized(
    H: ArrayLike, w0: ArrayLike, *, step_size: float, steps: int, decay: float = 1.0
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
    problem = quadratic(H, w0)
    if problem.start.ndim != 2:
        n = len(problem.start)
        raise ArgumentError(f"w0 must have shape ({n}, k), got {problem.start.shape}")
    eta = _checks.number("step_size", step_size, above=0)
    decay = _checks.number("decay", decay, above=0, maximum=1)
    return walk(problem, partial(_rules.polar, decay=decay), eta, steps)
