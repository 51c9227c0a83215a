"""Worked examples of `regression`, momentum: every number has a second way to it."""

import numpy as np
import pytest
from common_regression import SHARES, drawn_data
from runs import kept_run

from offcenter.examples import EXAMPLES

FACTORS = (0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99)


@kept_run
def steps_on_the_weights(place):
    """Return the steps of all draws, each at the best of its factors and rates."""
    counts = []
    for seed in range(21):
        X, y = drawn_data(seed, 2.0 * (place // 2))
        A = np.column_stack([X - X.mean(axis=0) * (place % 2), np.ones(1000)])
        M, goal = A.T @ A / 1000, np.linalg.lstsq(A, y, rcond=None)[0]
        # Each column has a factor and a rate of its own.
        beta = np.repeat(FACTORS, 400)
        share = np.tile(SHARES, len(FACTORS))
        rates = share * 2 * (1 + beta) / np.linalg.norm(M, 2)
        w, before, count, left = np.zeros((21, beta.size)), np.zeros((21, beta.size)), 0, np.inf
        while left > 1e-4 * y.var():
            gradient = M @ (w - goal[:, None])
            w, before = w - rates * gradient + beta * (w - before), w
            count += 1
            off = w - goal[:, None]
            left = (off * (M @ off)).sum(axis=0).min()
        counts.append(count)
    return counts


@pytest.mark.parametrize("place", range(4))
def test_momentum_by_steps_on_the_weights(place):
    counts = steps_on_the_weights(place)
    found = np.median(counts), min(counts), max(counts)
    assert EXAMPLES["regression-momentum"]().rows[place] == found


def test_gains_are_ratios_of_medians_that_pages_quote():
    record, adam = EXAMPLES["regression-momentum"](), EXAMPLES["regression-adam"]()
    medians = [row[0] for row in record.rows]
    raw, centered = (adam.rows[2][1], adam.rows[4][1]), (adam.rows[0][1], adam.centered[1])
    for k in (0, 1):
        ball, other = record.gains[k]
        assert ball == pytest.approx(medians[2 * k] / medians[2 * k + 1])
        assert other == pytest.approx(raw[k] / centered[k])
