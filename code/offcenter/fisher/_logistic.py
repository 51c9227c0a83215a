"""One logistic unit: what it predicts, its Fisher matrix, and its natural gradient step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._inputs import append_one
from offcenter._records import Record
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArgumentError
from offcenter.fisher._step import ThreeStages, UnitStep

__all__ = [
    "LogisticUnit",
    "center_regress_intercept",
    "logistic_divergence",
    "logistic_fisher",
    "logistic_gradient",
    "logistic_loss",
    "natural_step",
]

# p and h = p(1 − p), neither of which overflows or cancels where the unit is certain.
_probability, _curvature = ACTIVATIONS["sigmoid"].function, ACTIVATIONS["sigmoid"].slope


def _solve(F: np.ndarray, g: np.ndarray) -> np.ndarray:
    if np.linalg.matrix_rank(F, hermitian=True) < len(F):
        raise ArgumentError(
            "X must give a Fisher matrix of full rank: more examples than parameters, "
            "no input a fixed combination of the others and 1, no unit certain of all examples"
        )
    return np.linalg.solve(F, g)


@dataclass(frozen=True, eq=False, init=False)
class LogisticUnit(Record):
    """A unit that gives the label 1 the probability p = σ(w·x + b), beside N inputs.

    Parameters
    ----------
    X : array-like, shape (N, n)
    w : array-like, shape (n,)
    b : float

    Raises
    ------
    ValueError
        If shapes disagree or a value is not finite.
    """

    X: np.ndarray
    w: np.ndarray
    b: float

    def __init__(self, X: ArrayLike, w: ArrayLike, b: float) -> None:
        inputs = _checks.matrix("X", X)
        object.__setattr__(self, "X", inputs)
        object.__setattr__(self, "w", _checks.vector("w", w, size=inputs.shape[1]))
        object.__setattr__(self, "b", _checks.number("b", b))

    @property
    def logits(self) -> np.ndarray:
        """s = w·x + b, shape (N,)."""
        return self.X @ self.w + self.b

    @property
    def probabilities(self) -> np.ndarray:
        """p = σ(s), shape (N,)."""
        return _probability(self.logits)

    @property
    def curvatures(self) -> np.ndarray:
        """h = p(1 − p), the mean of δ² over labels drawn from p, shape (N,)."""
        return _curvature(self.logits)

    @property
    def fisher(self) -> np.ndarray:
        """F = E[h x̃x̃ᵀ], shape (n + 1, n + 1), the bias last."""
        extended = append_one(self.X)
        return (extended.T * self.curvatures) @ extended / len(self.X)

    def errors(self, y: ArrayLike) -> np.ndarray:
        """Return δ = p − y for labels of 0 and 1, shape (N,)."""
        labels = _checks.zero_one("y", y, size=len(self.X))
        s = self.logits
        # p − y would cancel to 0 where the unit is certain of the label 1.
        return np.where(labels == 1.0, -_probability(-s), _probability(s))

    def loss(self, y: ArrayLike) -> float:
        """Return E[log(1 + eˢ) − y s], in nats."""
        labels = _checks.zero_one("y", y, size=len(self.X))
        s = self.logits
        return float(np.mean(np.logaddexp(0.0, s) - labels * s))

    def gradient(self, y: ArrayLike) -> np.ndarray:
        """Return E[δx̃], shape (n + 1,), the bias last."""
        return append_one(self.X).T @ self.errors(y) / len(self.X)

    def empirical_fisher(self, y: ArrayLike) -> np.ndarray:
        """Return E[δ²x̃x̃ᵀ] with the training labels in the place of drawn ones."""
        extended = append_one(self.X)
        return (extended.T * self.errors(y) ** 2) @ extended / len(self.X)

    def divergence(self, dw: ArrayLike, db: float) -> float:
        """Return the mean KL(p before ‖ p after) of a step, in nats."""
        by_weights = self.X @ _checks.vector("dw", dw, size=self.w.size)
        db, s = _checks.number("db", db), self.logits
        with _checks.in_range_of_floats("dw and db"):
            change = by_weights + db
            kl = np.logaddexp(0.0, s + change) - np.logaddexp(0.0, s) - self.probabilities * change
            return float(np.mean(kl))

    def natural_step(self, y: ArrayLike, *, bias: bool = True, damping: float = 0.0) -> UnitStep:
        """Return −(F + λI)⁻¹g, for the damping λ ≥ 0."""
        damping = _checks.number("damping", damping, minimum=0.0)
        bias, g = _checks.flag("bias", bias), self.gradient(y)
        with _checks.in_range_of_floats("damping"):
            F = self.fisher + damping * np.eye(self.w.size + 1)
            if not bias:
                return UnitStep(-_solve(F[:-1, :-1], g[:-1]), 0.0)
            step = -_solve(F, g)
        return UnitStep(step[:-1], float(step[-1]))

    def stages(self, y: ArrayLike) -> ThreeStages:
        """Return the undamped natural step by centering, regressing, setting the intercept."""
        delta, h = self.errors(y), self.curvatures
        total = h.mean()
        if total == 0.0:
            raise ArgumentError("X must give a unit that is not certain of all examples, but h = 0")
        mean = h @ self.X / h.sum()
        centered = self.X - mean
        covariance = (centered.T * h) @ centered / h.sum()
        moment = centered.T @ delta / len(self.X)
        dw = -_solve(covariance, moment) / total
        db = -delta.mean() / total - mean @ dw
        return ThreeStages(dw, float(db), mean, covariance, moment)


@guarded
def logistic_loss(X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float) -> float:
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
    return LogisticUnit(X, w, b).loss(y)


@guarded
def logistic_gradient(X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float) -> np.ndarray:
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
    return LogisticUnit(X, w, b).gradient(y)


@guarded
def logistic_fisher(X: ArrayLike, w: ArrayLike, b: float) -> np.ndarray:
    """Return the Fisher matrix of a logistic unit, F = E[h x̃x̃ᵀ] with h = p(1 − p).

    The labels do not enter: h is the mean of δ² over labels drawn from the unit's own p.

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
    return LogisticUnit(X, w, b).fisher


@guarded
def logistic_divergence(X: ArrayLike, w: ArrayLike, b: float, dw: ArrayLike, db: float) -> float:
    """Return how far a step moves the predictions: the mean KL(p before ‖ p after), in nats.

    Per example it is p(s − t) + log(1 + eᵗ) − log(1 + eˢ), for logits s before and t after.
    For a small step ε = (dw, db) it is about ½ εᵀFε.

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
    return LogisticUnit(X, w, b).divergence(dw, db)


@guarded
def natural_step(
    X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float, *, bias: bool = True, damping: float = 0.0
) -> UnitStep:
    """Return the natural gradient step of a logistic unit, −(F + λI)⁻¹g, to be added.

    For this loss F is also the Hessian, so the step without damping is Newton's.

    Parameters
    ----------
    X : array-like, shape (N, n)
    y : array-like of 0 and 1, shape (N,)
    w : array-like, shape (n,)
    b : float
    bias : bool
        If False, b stays as it is: only the weights' block of F and of g is used, and db is 0.
    damping : float
        λ ≥ 0.

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, a label is neither 0 nor 1, the damping is
        negative, or F + λI is singular.
    """
    return LogisticUnit(X, w, b).natural_step(y, bias=bias, damping=damping)


@guarded
def center_regress_intercept(X: ArrayLike, y: ArrayLike, w: ArrayLike, b: float) -> ThreeStages:
    """Return the same step as `natural_step`, in three stages, by block elimination of F.

    Center the inputs at μ_h = E[hx]/E[h]; regress, dw = −C_h⁻¹ E[δ(x − μ_h)]/E[h];
    set the intercept, db = −E[δ]/E[h] − μ_h·dw.  This is the regression of −δ/h on x,
    with an intercept and with weights h.

    Parameters
    ----------
    X : array-like, shape (N, n)
    y : array-like of 0 and 1, shape (N,)
    w : array-like, shape (n,)
    b : float

    Raises
    ------
    ValueError
        If shapes disagree, a value is not finite, a label is neither 0 nor 1, or C_h is singular.
    """
    return LogisticUnit(X, w, b).stages(y)
