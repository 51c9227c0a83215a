"""Worked examples of `inputs`, whitening: every number has a second way to it."""

import math

import numpy as np
import pytest
import sympy as sp

from offcenter.data import load_digits
from offcenter.examples import EXAMPLES


def test_whitening_by_drawn_inputs():
    rng = np.random.default_rng(3)
    z = rng.standard_normal((200_000, 2)) @ np.linalg.cholesky([[1, 0.9], [0.9, 1]]).T
    rows = EXAMPLES["inputs-whitening"]().rows
    # The sum of both has the variance 3.8, their difference 0.2.
    white = np.column_stack([(z[:, 0] + z[:, 1]) / 3.8**0.5, (z[:, 0] - z[:, 1]) / 0.2**0.5])
    for X, row in zip((z * [1, 10] + [2, 20], z + 2, z * [1, 10], z, white), rows, strict=True):
        M = X.T @ X / len(X)
        assert M[np.triu_indices(2)] == pytest.approx(np.array(row[1:4]), rel=0.02, abs=0.02)
        assert np.linalg.cond(M) == pytest.approx(row[4], rel=0.03)
        A = np.column_stack([X, np.ones(len(X))])
        assert np.linalg.cond(A.T @ A) == pytest.approx(row[5], rel=0.03)


def test_whitening_makes_an_error_of_measurement_as_large_as_what_is_measured():
    record, rng = EXAMPLES["inputs-whitening"](), np.random.default_rng(8)
    once, one, other = rng.standard_normal((3, 200_000)) * np.sqrt([[0.9], [0.1], [0.1]])
    X = np.column_stack([once + one, once + other])
    assert np.corrcoef(X.T)[0, 1] == pytest.approx(0.9, abs=0.01)
    # The difference holds nothing of what is measured.
    np.testing.assert_allclose(X[:, 0] - X[:, 1], one - other)
    error = np.var((X[:, 0] - X[:, 1]) / 2**0.5)
    assert error / X.var(axis=0).sum() == pytest.approx(record.error_before, rel=0.02)
    assert record.amplification * error**0.5 == pytest.approx(1, rel=0.02)
    assert record.pixels == 150_528
    assert record.gigabytes == pytest.approx(4 * 150.528**2 / 1000)
    assert record.small_megabytes == pytest.approx(4 * 3.072**2)


def test_two_pixels_less_their_mean_and_whitened_by_matrices():
    record = EXAMPLES["inputs-whitening"]()
    C = sp.Matrix([[10, 9], [9, 10]]) / 10
    root = C ** sp.Rational(-1, 2)
    matrices = C + 4 * sp.ones(2), C, root * C * root.T
    for (_, steep, flat, kappa), M in zip(record.pair, matrices, strict=True):
        for curvature, way in ((steep, sp.Matrix([1, 1])), (flat, sp.Matrix([1, -1]))):
            assert np.array(M * way, dtype=float) == pytest.approx(
                curvature * np.array(way, dtype=float)
            )
        assert kappa == pytest.approx(steep / flat)
    # ZCA is the symmetric root.
    for factor, way in ((record.common, [1, 1]), (record.amplification, [1, -1])):
        assert np.array(root, dtype=float) @ way == pytest.approx(factor * np.array(way))


def test_components_by_singular_values_and_by_power_iteration():
    record = EXAMPLES["inputs-components"]()
    # (4, 6), (5, 5), (6, 4): 50 along the mean, 4/3 across.
    assert record.points == pytest.approx(50 / (50 + 4 / 3))
    X = np.round(16 * load_digits().inputs)
    mean = np.array([column.sum() / 1797 for column in X.T])
    assert record.mean_square == pytest.approx(sum(mean**2))
    assert record.variance == pytest.approx(np.mean(((X - mean) ** 2).sum(axis=1)))
    firsts = []
    for Z, (angle, of_square, of_variance) in zip((X, X - mean), record.rows, strict=True):
        v = np.ones(64)
        for _ in range(2000):
            v = Z.T @ (Z @ v)
            v /= np.linalg.norm(v)
        firsts.append(v)
        assert math.cos(math.radians(angle)) == pytest.approx(
            abs(v @ mean) / math.sqrt(record.mean_square), abs=1e-9
        )
        assert of_square == pytest.approx(np.mean((X @ v) ** 2) / np.mean((X**2).sum(axis=1)))
        assert of_variance == pytest.approx(np.var(X @ v) / record.variance)
    second = np.linalg.svd(X, full_matrices=False)[2][1]
    assert math.cos(math.radians(record.second)) == pytest.approx(abs(second @ firsts[1]))
