"""Worked examples of `spectra`, ReLU units: every number has a second way to it."""

import math

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def _matrix(n, mean, variance, *, bias):
    """Return E[xxᵀ] entry by entry, with the constant input last."""
    M = np.full((n, n), mean**2) + np.diag(np.full(n, variance))
    return np.block([[M, np.full((n, 1), mean)], [np.full((1, n), mean), 1]]) if bias else M


def test_curvatures_of_many_relu_units_by_their_moments_and_a_solver():
    record = EXAMPLES["spectra-relu-units"]()
    mean, square = 1 / math.sqrt(2 * math.pi), 1 / (2 * math.pi)
    variance = 1 / 2 - square
    assert (record.mean, record.square) == pytest.approx((mean, square))
    assert record.variance == pytest.approx(variance)
    n = record.units
    values = np.linalg.eigvalsh(_matrix(n, mean, variance, bias=False))
    assert values[:-1] == pytest.approx(np.full(n - 1, variance))
    assert record.added == pytest.approx(n / (2 * math.pi))
    assert record.top == pytest.approx(values[-1])
    # The ratio is 1 + n/(π − 1): the mean's square by the variance is 1/(π − 1).
    assert record.ratio == pytest.approx(1 + n / (math.pi - 1))
    assert record.limits == pytest.approx((2 / values[-1], 2 / variance))
    for units, high, ratio in record.rows:
        assert (high, ratio) == pytest.approx(
            (variance + units * square, 1 + units / (math.pi - 1))
        )
    assert record.plane == pytest.approx((values[-1], math.sqrt(n) * mean))
    for found, m in ((record.with_bias, mean), (record.centered, 0.0)):
        values = np.linalg.eigvalsh(_matrix(n, m, variance, bias=True))
        expected = values[-1], values[0], values[-1] / values[0]
        assert found == pytest.approx(expected, rel=1e-6)


def test_moments_of_relu_by_drawn_numbers():
    record = EXAMPLES["spectra-relu-units"]()
    x = np.maximum(np.random.default_rng(0).standard_normal(1_000_000), 0)
    assert (x.mean(), x.var()) == pytest.approx((record.mean, record.variance), abs=0.002)
