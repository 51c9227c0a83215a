"""Descent methods that follow the gradient as it is; `_rules` holds what a step of each does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.descent import _rules
from offcenter.descent._path import Path
from offcenter.descent._problem import mean_squared_error, quadratic
from offcenter.descent._walk import walk

__all__ = ["gradient_descent", "line_search", "momentum", "nesterov", "sgd"]


@guarded
def gradient_descent(H: ArrayLike, w0: ArrayLike, *, step_size: float, steps: int) -> Path:
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
    problem = quadratic(H, w0)
    rule = partial(_rules.plain, eta=_checks.number("step_size", step_size, above=0))
    return walk(problem, rule, None, steps)


@guarded
def line_search(H: ArrayLike, w0: ArrayLike, *, steps: int) -> Path:
    """Follow gradient descent with the best step size of each single step, on ½wᵀHw.

    w ← w − ηg with g = Hw and η = ‖g‖²/(gᵀHg): the next gradient is perpendicular to g.

    Parameters
    ----------
    H, w0, steps
        As for `gradient_descent`.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        If a shape or a bound is wrong.
    """
    problem = quadratic(H, w0)
    return walk(problem, partial(_rules.lowest, H=np.asarray(H, dtype=float)), None, steps)


@guarded
def momentum(
    H: ArrayLike, w0: ArrayLike, *, step_size: float, steps: int, beta: float = 0.9
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
    H: ArrayLike,
    w0: ArrayLike,
    *,
    step_size: float,
    steps: int,
    beta: float,
) -> Path:
    """Follow `momentum` up to the first point after the start of which `stop` is true."""
    problem = quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)
    beta = _checks.number("beta", beta, minimum=0, below=1)
    rule = partial(_rules.heavy_ball, eta=eta, beta=beta)
    return walk(problem, rule, problem.at_rest, steps, stop)


@guarded
def nesterov(
    H: ArrayLike, w0: ArrayLike, *, step_size: float, steps: int, beta: float = 0.9
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
    problem = quadratic(H, w0)
    eta = _checks.number("step_size", step_size, above=0)
    beta = _checks.number("beta", beta, minimum=0, below=1)
    rule = partial(_rules.nesterov, eta=eta, beta=beta)
    return walk(problem, rule, problem.at_rest, steps)


@guarded
def sgd(
    X: ArrayLike,
    y: ArrayLike,
    w0: ArrayLike,
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
    problem = mean_squared_error(X, y, w0, batch_size=batch_size, rng=rng)
    rule = partial(_rules.plain, eta=_checks.number("step_size", step_size, above=0))
    return walk(problem, rule, None, steps)
