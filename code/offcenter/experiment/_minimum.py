"""More weights than examples: which of the many minima gradient descent reaches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.errors import ArgumentError

__all__ = ["Line", "descended", "expected_error", "fair_bits", "interpolating_line"]


@dataclass(frozen=True, eq=False)
class Line(Record):
    """A linear unit, w·x + b.

    Parameters
    ----------
    weights : ndarray, shape (n,)
    bias : float
    """

    weights: np.ndarray
    bias: float

    @guarded
    def errors(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return w·x + b − y of each example."""
        X = _checks.matrix("X", X, columns=self.weights.size)
        return X @ self.weights + self.bias - _checks.vector("y", y, size=len(X))

    @guarded
    def error_on_fair_bits(self, truth: Line) -> float:
        """Return E[(Δw·x + Δb)²] over inputs that are independently 0 or 1, exactly."""
        other = _checks.vector("the weights of truth", truth.weights, size=self.weights.size)
        dw, db = self.weights - other, self.bias - truth.bias
        return float(dw @ dw / 4 + (dw.sum() / 2 + db) ** 2)


@guarded
def fair_bits(
    examples: int, inputs: int, *, intercept: float, seed: int
) -> tuple[np.ndarray, Line]:
    """Return inputs that are 0 or 1 with equal chance, and a line w*·x + intercept, ‖w*‖ = 1.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    examples, inputs = _checks.count("examples", examples), _checks.count("inputs", inputs)
    _checks.room("the numbers in examples × inputs", examples * inputs)
    rng = np.random.default_rng([seed, 4])
    weights = rng.standard_normal(inputs)
    X = rng.integers(0, 2, size=(examples, inputs)).astype(float)
    return X, Line(weights / np.linalg.norm(weights), _checks.number("intercept", intercept))


@guarded
def interpolating_line(X: np.ndarray, y: np.ndarray, *, centered: bool) -> Line:
    """Return the line through all examples that gradient descent from zero ends at.

    Descent never leaves the span of the examples (x, 1), so it ends at the shortest (w, b); with
    the mean of the examples subtracted, at the shortest in those coordinates.

    Parameters
    ----------
    X : ndarray, shape (N, n)
    y : ndarray, shape (N,)
    centered : bool
        Whether the examples' mean is subtracted first.
    """
    X = _checks.matrix("X", X)
    y = _checks.vector("y", y, size=len(X))
    mean = X.mean(axis=0) if centered else np.zeros(X.shape[1])
    both = np.linalg.pinv(np.column_stack([X - mean, np.ones(len(X))])) @ y
    return Line(both[:-1], float(both[-1] - both[:-1] @ mean))


@guarded
def descended(X: np.ndarray, y: np.ndarray, *, centered: bool, steps: int) -> Line:
    """Return the line after so many gradient steps from zero on half the mean squared error.

    The step size is 1/λmax.  Parameters are those of `interpolating_line`.
    """
    X = _checks.matrix("X", X)
    y = _checks.vector("y", y, size=len(X))
    mean = X.mean(axis=0) if centered else np.zeros(X.shape[1])
    both = np.column_stack([X - mean, np.ones(len(X))])
    step = len(X) / np.linalg.norm(both, 2) ** 2
    theta = np.zeros(both.shape[1])
    for _ in range(_checks.count("steps", steps, minimum=0)):
        theta -= step * both.T @ (both @ theta - y) / len(X)
    return Line(theta[:-1], float(theta[-1] - theta[:-1] @ mean))


@guarded
def expected_error(examples: int, inputs: int, truth: Line, *, centered: bool) -> float:
    """Return the error on new fair bits that is expected of `interpolating_line`.

    Raw: with the eigenvalues λ of A = E[x̃x̃ᵀ], x̃ = (x, 1), the parts θ of the truth along its
    eigenvectors, and k such that Σλ/(λ + k) = N, it is
    k² Σθ²λ/(λ + k)² / (1 − Σ(λ/(λ + k))²/N), the limit for many inputs and examples.
    Centered: the bias is exact at the examples' mean, and of w* the part outside the span of the
    N − 1 independent differences is lost: ‖w*‖²(1 − (N − 1)/n)(1 + 1/N)/4.

    Parameters
    ----------
    examples, inputs : int
        N ≤ n.
    truth : Line
    centered : bool

    Raises
    ------
    ValueError
        If there are more examples than inputs.
    """
    N, n = _checks.count("examples", examples), _checks.count("inputs", inputs)
    if n < N:
        raise ArgumentError(f"examples must be at most inputs, {n}, got {N}")
    _checks.room("the numbers in inputs × inputs", n * n)
    if centered:
        square = float(truth.weights @ truth.weights)
        return square * (1 - (N - 1) / n) * (1 + 1 / N) / 4
    A = np.full((n + 1, n + 1), 0.25) + 0.25 * np.eye(n + 1)
    A[-1, :], A[:, -1], A[-1, -1] = 0.5, 0.5, 1.0
    values, vectors = np.linalg.eigh(A)
    parts = vectors.T @ np.append(truth.weights, truth.bias)
    k = scipy.optimize.brentq(lambda k: (values / (values + k)).sum() - N, 1e-9, 1e3)
    kept = values / (values + k)
    bias = k**2 * np.sum(parts**2 * values / (values + k) ** 2)
    return float(bias / (1 - np.sum(kept**2) / N))
