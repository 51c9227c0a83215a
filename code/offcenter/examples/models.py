"""Models: which of them see that the inputs are shifted or rescaled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize

from offcenter._inputs import append_one
from offcenter.examples._record import example

__all__ = ["Methods", "methods"]


@dataclass(frozen=True)
class Methods:
    """Which predictions change when the inputs are shifted, or one of them is rescaled.

    `rows`: the method, and by how much its predictions for other inputs change at most, if 10 is
    added to both inputs, and if the second is multiplied by 10; then what it needs.
    For the support vector machines, which learn the sign of the target, it is what is compared
    with 0.
    """

    rows: tuple[tuple[float | str, ...], ...]


def _by_least_squares(penalty: float, *, bias: bool) -> Callable[..., np.ndarray]:
    def predict(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
        center, level = (X.mean(axis=0), y.mean()) if bias else (np.zeros(2), 0.0)
        Z = X - center
        w = np.linalg.solve(Z.T @ Z + penalty * np.eye(2), Z.T @ (y - level))
        return (new - center) @ w + level

    return predict


def _by_descent(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return the predictions after 20 steps from 0, each of size 1/λmax."""
    A, B = (append_one(Z) for Z in (X, new))
    H = A.T @ A / len(A)
    w = np.zeros(3)
    for _ in range(20):
        w = w - A.T @ (A @ w - y) / len(A) / np.linalg.eigvalsh(H)[-1]
    return B @ w


def _by_neighbor(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    return y[((new[:, None] - X) ** 2).sum(axis=2).argmin(axis=1)]


def _by_stump(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Return the predictions of the one split with the least squared error."""

    def tried(feature: int, at: float) -> tuple[float, np.ndarray]:
        left, others = X[:, feature] <= at, X[:, feature] > at
        low, high = y[left].mean(), y[others].mean()
        error = ((np.where(left, low, high) - y) ** 2).sum()
        return error, np.where(new[:, feature] <= at, low, high)

    places = [(j, (a + b) / 2) for j in (0, 1) for a, b in pairwise(np.unique(X[:, j]))]
    return min((tried(j, at) for j, at in places), key=lambda pair: pair[0])[1]


def _by_support_vectors(
    kernel: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> Callable[..., np.ndarray]:
    def predict(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
        """Return Σ αᵢyᵢk(xᵢ, x) + b, where α maximizes Σα − ½‖Σαᵢyᵢφ(xᵢ)‖² between 0 and 1."""
        labels = np.sign(y)
        Q = kernel(X, X) * np.outer(labels, labels)
        found = minimize(
            lambda a: a @ Q @ a / 2 - a.sum(),
            np.full(len(y), 0.5),
            jac=lambda a: Q @ a - 1,
            bounds=[(0.0, 1.0)] * len(y),
            constraints={"type": "eq", "fun": lambda a: a @ labels, "jac": lambda a: labels},
            method="SLSQP",
            options={"ftol": 1e-13, "maxiter": 1000},
        )
        # Which α lie on a bound is known now; on the margin the sum is the label, exactly.
        a = found.x.round(4)
        free = (a > 0) & (a < 1)
        n, bound = free.sum(), a == 1
        A = np.block([[Q[np.ix_(free, free)], labels[free, None]], [labels[free], np.zeros(1)]])
        right = np.append(1 - Q[np.ix_(free, bound)].sum(axis=1), -labels[bound].sum())
        solved = np.linalg.solve(A, right)
        a[free] = solved[:n]
        return kernel(new, X) @ (a * labels) + solved[n]

    return predict


def _gaussian(A: np.ndarray, B: np.ndarray) -> np.ndarray:
    return np.exp(-((A[:, None] - B) ** 2).sum(axis=2) / 2)


# By whether a shift of the inputs changes a prediction, and whether a scale of one does.
_NEEDS = {
    (False, False): "neither",
    (True, False): "centering",
    (False, True): "scaling",
    (True, True): "both",
}


@example("models-methods")
def methods() -> Methods:
    """Return the table for eight methods on twelve examples and their predictions at 50 others."""
    rng = np.random.default_rng(0)
    X, new = rng.standard_normal((12, 2)), rng.standard_normal((50, 2))
    y = X @ [1.0, 0.5] + np.sin(2 * X[:, 0])
    predictors = {
        "least squares with bias": _by_least_squares(0.0, bias=True),
        "decision tree of one split": _by_stump,
        "nearest neighbor": _by_neighbor,
        "ridge, bias not penalized": _by_least_squares(1.0, bias=True),
        "linear SVM": _by_support_vectors(lambda A, B: A @ B.T),
        "SVM, Gaussian kernel": _by_support_vectors(_gaussian),
        "gradient descent, 20 steps": _by_descent,
        "least squares without bias": _by_least_squares(0.0, bias=False),
    }
    rows = []
    for name, predict in predictors.items():
        plain = predict(X, y, new)
        moved = (predict(X + 10, y, new + 10), predict(X * [1, 10], y, new * [1, 10]))
        shift, scale = (float(np.abs(other - plain).max().round(9)) for other in moved)
        rows.append((name, shift, scale, _NEEDS[shift > 0, scale > 0]))
    return Methods(tuple(rows))
