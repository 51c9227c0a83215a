"""The problem of `experiment.regression`, drawn again and descended on the data themselves."""

import numpy as np


def drawn_data(seed, low=0.0):
    """Inputs and targets of one draw, as its seed gives them."""
    rng = np.random.default_rng(seed)
    X = low + rng.random((1000, 20))
    return X, X @ rng.standard_normal(20)


def turned(A, y):
    """Return what descent sees of the data in as many examples as A has columns, and the rest of y.

    A rotation of the examples leaves AᵀA and Aᵀy, and so each step; with A = QR these are R, Qᵀy,
    and the mean square of y that no step reaches.
    """
    Q, R = np.linalg.qr(A)
    return R, Q.T @ y, np.mean((y - Q @ (Q.T @ y)) ** 2)


def arrivals(X, y, sizes, limit, direction=lambda count, slopes: slopes, *, first=False):
    """Count steps on the data, by step size, until 10⁻⁴ of the best constant's loss is left.

    `direction` makes a step of the slopes, a column a step size; limit + 1 stands where none of
    `limit` steps arrives, or with `first` was not tried once another had arrived.
    """
    A, goal = np.column_stack([X, np.ones(len(X))]), 1e-4 * np.mean((y - y.mean()) ** 2)
    R, t, rest = turned(A, y)
    w, counts = np.zeros((A.shape[1], len(sizes))), np.full(len(sizes), limit + 1)
    errors = R @ w - t[:, None]
    for count in range(1, limit + 1):
        w -= sizes * direction(count, R.T @ errors / len(X))
        errors = R @ w - t[:, None]
        there = (errors**2).sum(axis=0) / len(X) + rest <= goal
        counts[there & (counts > limit)] = count
        if there.any() if first else counts.max() <= limit:
            break
    return counts


SHARES = np.linspace(0.025, 0.9995, 400)


def largest_step(X):
    """Return 2/λmax, the limit of a step size."""
    return 2 / np.linalg.norm(np.column_stack([X, np.ones(len(X))]), 2) ** 2 * len(X)


def fewest_steps(read, y, limit=100_000):
    """Return the fewest steps on the data over 400 step sizes at once, at most `limit`."""
    return arrivals(read, y, SHARES * largest_step(read), limit, first=True).min()


def _loss_left(A, y, base, steps):
    """Return what is left of the loss, over 10⁻⁴ of `base`, at each of the 400 step sizes."""
    values, vectors = np.linalg.eigh(A.T @ A / len(A))
    missing = vectors.T @ np.linalg.lstsq(A, y, rcond=None)[0]
    left = (1 - 2 * SHARES[:, None] * values / values[-1]) ** (2 * steps) @ (missing**2 * values)
    return left.min() / (1e-4 * base)


def arrives_just_then(X, y, base, steps):
    """Assert that 10⁻⁴ of `base` is reached in so many steps at some step size, and not before."""
    A = np.column_stack([X, np.ones(len(X))])
    # Below the largest step size the loss falls in each step.
    assert _loss_left(A, y, base, steps) <= 1 + 1e-9
    assert _loss_left(A, y, base, steps - 1) > 1 - 1e-9
