"""Slow and plain ways to numbers that the library computes otherwise."""

import numpy as np


def numerical_gradient(loss, w, step=1e-6):
    """Return the gradient of a loss by central differences; of several, a column each."""
    return np.array([(loss(w + e) - loss(w - e)) / (2 * step) for e in step * np.eye(len(w))])


def in_turn(X, targets, rate, steps):
    """Return δ of each step of a linear unit on one example after the other, and all weights."""
    w, errors = np.zeros(len(X[0])), []
    places = [w]
    for step in range(steps):
        x, y = X[step % len(X)], targets[step % len(X)]
        errors.append(x @ w - y)
        w = w - rate * errors[-1] * x
        places.append(w)
    return np.array(errors), np.array(places)


def kappa_of(inputs, *, bias):
    """Return κ from all equally likely inputs, one a row."""
    X = np.asarray(inputs, dtype=float)
    X = np.column_stack([X, np.ones(len(X))]) if bias else X
    values = np.linalg.svd(X, compute_uv=False) ** 2
    return values[0] / values[-1]


def steps_of_descent(curvature, off, eta):
    """Return the steps of gradient descent until at most 1% of the distance is left."""
    off, steps = np.array(off), 0
    goal = 0.01 * np.linalg.norm(off)
    while np.linalg.norm(off) > goal:
        off, steps = off - eta * curvature @ off, steps + 1
    return steps
