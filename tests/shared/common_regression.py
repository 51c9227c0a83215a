"""The problem of `experiment.regression`, drawn again and descended on the data themselves."""

import numpy as np


def drawn_data(seed, low=0.0):
    """Inputs and targets of one draw, as its seed gives them."""
    rng = np.random.default_rng(seed)
    X = low + rng.random((1000, 20))
    return X, X @ rng.standard_normal(20)


def descended(X, y, step, limit):
    """Count steps on the data themselves until 10⁻⁴ of the best constant's loss is left."""
    A, w = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    goal = 1e-4 * np.mean((y - y.mean()) ** 2) / 2
    for count in range(1, limit + 1):
        w = w - step(count, A, A @ w - y)
        if np.mean((A @ w - y) ** 2) / 2 <= goal:
            return count
    return limit + 1


def plain_step(eta):
    """Return the step of descent for `descended`."""
    return lambda count, A, errors: eta * (errors @ A) / len(A)


def fewest_steps(read, y, limit=100_000):
    """Return the fewest steps on the data over 400 step sizes at once, at most `limit`."""
    A = np.column_stack([read, np.ones(len(read))])
    sizes = np.linspace(0.025, 0.9995, 400) * 2 / np.linalg.norm(A, 2) ** 2
    goal = 1e-4 * np.mean((y - y.mean()) ** 2)
    w = np.zeros((A.shape[1], len(sizes)))
    for count in range(1, limit + 1):
        w -= sizes * (A.T @ (A @ w - y[:, None]))
        if (((A @ w - y[:, None]) ** 2).mean(axis=0) <= goal).any():
            return count
    return limit + 1


def _loss_left(A, y, base, steps):
    """Return what is left of the loss, over 10⁻⁴ of `base`, at each of the 400 step sizes."""
    values, vectors = np.linalg.eigh(A.T @ A / len(A))
    missing = vectors.T @ np.linalg.lstsq(A, y, rcond=None)[0]
    shares = np.linspace(0.025, 0.9995, 400)[:, None]
    left = (1 - 2 * shares * values / values[-1]) ** (2 * steps) @ (missing**2 * values)
    return left.min() / (1e-4 * base)


def arrives_just_then(X, y, base, steps):
    """Assert that 10⁻⁴ of `base` is reached in so many steps at some step size, and not before."""
    A = np.column_stack([X, np.ones(len(X))])
    # Below the largest step size the loss falls in each step.
    assert _loss_left(A, y, base, steps) <= 1 + 1e-9
    assert _loss_left(A, y, base, steps - 1) > 1 - 1e-9
