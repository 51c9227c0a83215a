"""One logistic unit: its Fisher matrix, and its natural gradient step in two forms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter.activations import ACTIVATIONS

__all__ = [
    "LogisticPath",
    "UnitStep",
    "center_regress_intercept",
    "logistic_divergence",
    "logistic_fisher",
    "logistic_gradient",
    "logistic_loss",
    "logistic_path",
    "natural_step",
]


@dataclass(frozen=True)
class UnitStep:
    """The natural gradient step of a logistic unit, with what each of its three stages found.

    Parameters
    ----------
    mean : ndarray, shape (n,)
        μ_v, the mean input, each example weighted by v = p(1 − p).
    covariance : ndarray, shape (n, n)
        C_v, the covariance of the inputs with the same weights.
    moment : ndarray, shape (n,)
        E[δ(x − μ_v)], what the weights can still explain once the inputs are centered.
    dw : ndarray, shape (n,)
        The step to add to the weights.
    db : float
        The step to add to the bias.
    """

    mean: np.ndarray
    covariance: np.ndarray
    moment: np.ndarray
    dw: np.ndarray
    db: float


@dataclass(frozen=True)
class LogisticPath:
    """The path of a descent on the mean logistic loss.

    Parameters
    ----------
    weights : ndarray, shape (steps + 1, n)
    biases : ndarray, shape (steps + 1,)
    losses : ndarray, shape (steps + 1,)
        Mean loss in nats.
    logits : ndarray, shape (steps + 1, N)
        What the unit says about each example: the part that inputs and parameters share.
    """

    weights: np.ndarray
    biases: np.ndarray
    losses: np.ndarray
    logits: np.ndarray


def _unit(X: object, w: object, b: object) -> tuple[np.ndarray, np.ndarray, float]:
    inputs = _checks.matrix("X", X)
    return inputs, _checks.vector("w", w, size=inputs.shape[1]), _checks.number("b", b)


def _with_bias_input(X: np.ndarray) -> np.ndarray:
    return np.column_stack([X, np.ones(len(X))])


# p and v = p(1 − p), neither of which overflows or cancels where the unit is certain.
_probability, _variance = ACTIVATIONS["sigmoid"].function, ACTIVATIONS["sigmoid"].slope


def _error(s: np.ndarray, y: np.ndarray) -> np.ndarray:
    # δ = p − y, which would cancel to 0 where the unit is certain of the label 1.
    return np.where(y == 1.0, -_probability(-s), _probability(s))


def _solve(F: np.ndarray, g: np.ndarray, name: str) -> np.ndarray:
    if np.linalg.matrix_rank(F, hermitian=True) < len(F):
        raise ValueError(
            f"{name} must give a Fisher matrix of full rank: more examples than parameters, "
            "no input a fixed combination of the others and 1, no unit certain of all examples"
        )
    return np.linalg.solve(F, g)


def logistic_loss(X: object, y: object, w: object, b: float) -> float:
    """Return the mean logistic loss in nats, E[log(1 + eˢ) − y s] with s = w·x + b.

    Parameters
    ----------
    X : array-like, shape (N, n)
    y : array-like of 0 and 1, shape (N,)
    w : array-like, shape (n,)
    b : float

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, or a label is neither 0 nor 1.
    """
    X, w, b = _unit(X, w, b)
    y = _checks.zero_one("y", y, size=len(X))
    s = X @ w + b
    return float(np.mean(np.logaddexp(0.0, s) - y * s))


def logistic_gradient(X: object, y: object, w: object, b: float) -> np.ndarray:
    """Return the gradient of the mean logistic loss, E[δx̃] with δ = p − y and x̃ = (x, 1).

    Parameters
    ----------
    X : array-like, shape (N, n)
    y : array-like of 0 and 1, shape (N,)
    w : array-like, shape (n,)
    b : float

    Returns
    -------
    ndarray, shape (n + 1,)
        The bias comes last.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, or a label is neither 0 nor 1.
    """
    X, w, b = _unit(X, w, b)
    y = _checks.zero_one("y", y, size=len(X))
    delta = _error(X @ w + b, y)
    return _with_bias_input(X).T @ delta / len(X)


def logistic_fisher(X: object, w: object, b: float) -> np.ndarray:
    """Return the Fisher matrix of a logistic unit, F = E[v x̃x̃ᵀ] with v = p(1 − p).

    The labels do not enter: v is the mean of δ² over labels drawn from the unit's own p.

    Parameters
    ----------
    X : array-like, shape (N, n)
    w : array-like, shape (n,)
    b : float

    Returns
    -------
    ndarray, shape (n + 1, n + 1)
        The bias comes last.

    Raises
    ------
    ValueError
        If shapes disagree or a value is not finite.
    """
    X, w, b = _unit(X, w, b)
    extended = _with_bias_input(X)
    return (extended.T * _variance(X @ w + b)) @ extended / len(X)


def logistic_divergence(X: object, w: object, b: float, dw: object, db: float) -> float:
    """Return how far a step moves the predictions: the mean KL(p before ‖ p after), in nats.

    Per example it is p(s − t) + log(1 + eᵗ) − log(1 + eˢ), for logits s before and t after.
    For a small step ε = (dw, db) it is ½ εᵀFε.

    Parameters
    ----------
    X : array-like, shape (N, n)
    w, dw : array-like, shape (n,)
    b, db : float

    Raises
    ------
    ValueError
        If shapes disagree or a value is not finite.
    """
    X, w, b = _unit(X, w, b)
    change = X @ _checks.vector("dw", dw, size=len(w)) + _checks.number("db", db)
    s = X @ w + b
    t = s + change
    kl = np.logaddexp(0.0, t) - np.logaddexp(0.0, s) - _probability(s) * change
    return float(np.mean(kl))


def natural_step(
    X: object, y: object, w: object, b: float, *, bias: bool = True
) -> tuple[np.ndarray, float]:
    """Return the natural gradient step of a logistic unit, (dw, db) = −F⁻¹g, to be added.

    For this loss F is also the Hessian, so the step is Newton's.

    Parameters
    ----------
    X : array-like, shape (N, n)
    y : array-like of 0 and 1, shape (N,)
    w : array-like, shape (n,)
    b : float
    bias : bool
        If False, b stays as it is: only the weights' block of F and of g is used, and db is 0.

    Returns
    -------
    dw : ndarray, shape (n,)
    db : float

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, a label is neither 0 nor 1, or F is singular.
    """
    F = logistic_fisher(X, w, b)
    g = logistic_gradient(X, y, w, b)
    if not bias:
        return -_solve(F[:-1, :-1], g[:-1], "X"), 0.0
    step = -_solve(F, g, "X")
    return step[:-1], float(step[-1])


def center_regress_intercept(X: object, y: object, w: object, b: float) -> UnitStep:
    """Return the same step as `natural_step`, in three stages, by block elimination of F.

    Center the inputs at μ_v = E[vx]/E[v]; regress, dw = −C_v⁻¹ E[δ(x − μ_v)]/E[v];
    set the intercept, db = −E[δ]/E[v] − μ_v·dw.  This is the regression of −δ/v on x,
    with an intercept and with weights v.

    Parameters
    ----------
    X : array-like, shape (N, n)
    y : array-like of 0 and 1, shape (N,)
    w : array-like, shape (n,)
    b : float

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, a label is neither 0 nor 1, or C_v is singular.
    """
    X, w, b = _unit(X, w, b)
    y = _checks.zero_one("y", y, size=len(X))
    s = X @ w + b
    delta, v = _error(s, y), _variance(s)
    total = v.mean()
    if total == 0.0:
        raise ValueError("X must give a unit that is not certain of all examples, but v = 0")
    mean = v @ X / v.sum()
    centered = X - mean
    covariance = (centered.T * v) @ centered / v.sum()
    moment = centered.T @ delta / len(X)
    dw = -_solve(covariance, moment, "X") / total
    db = -delta.mean() / total - mean @ dw
    return UnitStep(mean, covariance, moment, dw, float(db))


def logistic_path(
    X: object,
    y: object,
    w0: object,
    b0: float,
    *,
    method: str,
    step_size: float,
    steps: int,
    bias: bool = True,
) -> LogisticPath:
    """Follow plain or natural gradient descent on the mean logistic loss.

    Parameters
    ----------
    X : array-like, shape (N, n)
    y : array-like of 0 and 1, shape (N,)
    w0 : array-like, shape (n,)
    b0 : float
    method : {"gradient", "natural"}
        Whether a step is −η g or −η F⁻¹g.
    step_size : float
        η > 0.
    steps : int
    bias : bool
        If False, the bias stays at b0.

    Raises
    ------
    ValueError
        If the method is unknown, shapes disagree, a value is not finite, a label is neither 0 nor
        1, a bound is broken, or F becomes singular.
    """
    X, w, b = _unit(X, w0, b0)
    y = _checks.zero_one("y", y, size=len(X))
    method = _checks.one_of("method", method, ("gradient", "natural"))
    step_size = _checks.number("step_size", step_size, above=0.0)
    points = [(w, b)]
    for _ in range(_checks.count("steps", steps, minimum=0)):
        if method == "natural":
            dw, db = natural_step(X, y, w, b, bias=bias)
        else:
            g = logistic_gradient(X, y, w, b)
            dw, db = -g[:-1], -float(g[-1]) * bias
        w, b = w + step_size * dw, b + step_size * db
        points.append((w, b))
    weights = np.array([w for w, _ in points])
    biases = np.array([b for _, b in points])
    losses = np.array([logistic_loss(X, y, w, b) for w, b in points])
    return LogisticPath(weights, biases, losses, weights @ X.T + biases[:, None])
