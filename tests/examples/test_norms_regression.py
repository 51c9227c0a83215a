"""Worked examples of `norms`, the common regression: every number has a second way to it."""

import math

import numpy as np
import pytest
from common_regression import SHARES, fewest_steps

from offcenter.examples import EXAMPLES


def _regression(seed):
    """Inputs, targets and later numbers of one draw, as its seed gives them."""
    rng = np.random.default_rng(seed)
    X = rng.random((1000, 20))
    return X, X @ rng.standard_normal(20), rng.standard_normal(20) / math.sqrt(20)


def _steps_by_gradients(H, P, missing, goal, shares=SHARES):
    """Count the steps of centralized or plain gradients, `P`, until the loss is at `goal`."""
    sizes = shares * 2 / np.linalg.eigvalsh(P @ H @ P)[-1]
    d, count = np.tile(missing[:, None], len(sizes)), 0
    while (d * (H @ d)).sum(axis=0).min() > goal:
        d, count = d - sizes * (P @ (H @ d)), count + 1
    return count


def test_centralized_steps_by_gradients_less_their_mean():
    record, found, never = EXAMPLES["norms-centralized"](), [], []
    less_mean = np.eye(21)
    less_mean[:20, :20] -= 1 / 20
    for seed in range(21):
        X, y, _ = _regression(seed)
        row = []
        for Z in (X, X * np.tile([1, -1], 10), X - X.mean(axis=0)):
            A = np.column_stack([Z, np.ones(1000)])
            H = A.T @ A / 1000
            # Weights of sum 0: the last is less the sum of the others.
            free = np.column_stack([Z[:, :19] - Z[:, 19:], np.ones(1000)])
            u = np.linalg.lstsq(free, y, rcond=None)[0]
            best = np.concatenate([u[:19], [-u[:19].sum(), u[19]]])
            row.append(_steps_by_gradients(H, less_mean, -best, 1e-4 * y.var()))
            never.append(np.mean((A @ best - y) ** 2) / y.var())
        found.append(row)
    assert [row[1] for row in record.rows] == np.median(found, axis=0).tolist()
    bounds = zip(np.min(found, axis=0), np.max(found, axis=0), strict=True)
    assert record.ranges == tuple(bounds)
    left = 100 * np.array(never[::3])
    assert record.left == pytest.approx((np.median(left), left.min(), left.max()))
    # Centered or not, the bias makes up for the means.
    assert never[::3] == pytest.approx(never[2::3])
    full = EXAMPLES["regression-signs"]().full
    assert [row[0] for row in record.rows] == list(full)


def test_steps_behind_two_norms_by_descent_on_the_data():
    record = EXAMPLES["norms-two-means"]()
    found = []
    for seed in range(21):
        rng = np.random.default_rng(seed)
        drawn, w, means = (rng.standard_normal(shape) for shape in ((1000, 20), 20, 20))
        steps = []
        for X in (drawn + means, drawn + 1):
            for Z in (X, X - X.mean(axis=1, keepdims=True)):
                # All coordinates, although layer norm's add up to 0.
                Z = Z / np.sqrt(np.mean(Z**2, axis=1, keepdims=True))
                steps += [fewest_steps(Z, Z @ w), fewest_steps(Z - Z.mean(axis=0), Z @ w)]
        found.append(steps)
    medians = np.median(found, axis=0)
    assert record.raw == tuple(medians[[0, 2]])
    assert record.centered == tuple(medians[[1, 3]])
    assert record.shared == tuple(medians[[4, 6]])
    bounds = list(zip(np.min(found, axis=0), np.max(found, axis=0), strict=True))
    assert list(record.ranges) == [bounds[k] for k in (0, 2, 1, 3)]
