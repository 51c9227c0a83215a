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


def test_condition_numbers_by_the_curvatures_that_invariants_give():
    rows = EXAMPLES["inputs-whitening"]().rows
    ways = (((1, 10), (2, 20)), ((1, 1), (2, 2)), ((1, 10), (0, 0)), ((1, 1), (0, 0)))
    for ((s, t), (m, n)), row in zip(ways, rows, strict=False):
        a, b, c = s * s + m * m, 0.9 * s * t + m * n, t * t + n * n
        assert row[1:4] == pytest.approx((a, b, c))
        # The eigenvalues have the sum a + c and the product ac − b².
        half, product = (a + c) / 2, a * c - b * b
        largest = half + math.sqrt(half**2 - product)
        assert row[4] == pytest.approx(largest**2 / product)
        # With a bias all of the covariance, of determinant 0.19 s²t², and the mean: the cubic.
        coefficients = [
            1,
            -(a + c + 1),
            a * c - b * b + a - m * m + c - n * n,
            -0.19 * (s * t) ** 2,
        ]
        roots = np.sort(np.roots(coefficients).real)
        assert row[5] == pytest.approx(roots[-1] / roots[0])
    assert rows[4][1:] == pytest.approx((1, 0, 1, 1, 1))


def test_the_matrix_of_an_image_and_the_curvatures_of_a_correlated_pair():
    record = EXAMPLES["inputs-whitening"]()
    assert record.pair == pytest.approx([1 + 0.9, 1 - 0.9])
    assert record.pixels == 150_528
    assert record.gigabytes == pytest.approx(4 * 150.528**2 / 1000)
    assert record.small_megabytes == pytest.approx(4 * 3.072**2)


def test_four_images_less_their_mean_and_whitened_by_whole_numbers():
    record = EXAMPLES["inputs-four-points"]()
    four = [(5, 4), (4, 5), (1, 2), (2, 1)]
    less = [(a - 3, b - 3) for a, b in four]
    # Sums are ±3, differences ±1.
    white = [(sp.Rational(a + b, 3), a - b) for a, b in less]
    assert white == [(1, 1), (1, -1), (-1, -1), (-1, 1)]
    # Of variance 5/2 each.
    scaled = [(a * sp.sqrt(sp.Rational(2, 5)), b * sp.sqrt(sp.Rational(2, 5))) for a, b in less]
    for (square, product, steep, flat, ratio), images in zip(
        record.rows, (four, less, scaled, white), strict=True
    ):
        assert square == pytest.approx(float(sum(a * a for a, _ in images) / sp.Integer(4)))
        assert square == pytest.approx(float(sum(b * b for _, b in images) / sp.Integer(4)))
        assert product == pytest.approx(float(sum(a * b for a, b in images) / sp.Integer(4)))
        assert (steep, flat) == pytest.approx((square + product, square - product))
        assert ratio == pytest.approx(steep / flat)
    assert record.kept == pytest.approx((44 / 46, 8 / 10, 8 / 10, 0))
    # From (2, −1) to (1, −1), of which each step leaves as much.
    for images, kept, steps in zip((four, less, scaled), record.kept, record.steps, strict=False):
        X, count = np.array(images, dtype=float), 0
        y = np.array(less) @ [1, -1]
        goal = np.linalg.lstsq(X, y, rcond=None)[0]
        w, near = 2 * goal + [0, goal[0]], 0.01 * goal[0]
        assert goal == pytest.approx(goal[0] * np.array([1, -1]))
        while np.linalg.norm(w - goal) > near:
            before = np.linalg.norm(w - goal)
            rate = 2 / np.trace(X.T @ X / 4)
            w, count = w - rate * X.T @ (X @ w - y) / 4, count + 1
            assert np.linalg.norm(w - goal) == pytest.approx(kept * before)
        assert count == steps
    assert record.steps[3] == 1
    # Of the variances 4.5 and 0.5, and of 1 and 1, that of the difference.
    assert record.noise == pytest.approx((0.5 / 5, 1 / 2))
    root = sp.Matrix([[5, 4], [4, 5]]) / 2
    root = root ** sp.Rational(-1, 2)
    # ZCA is the symmetric root.
    for factor, way in zip(record.stretched, ([1, 1], [1, -1]), strict=True):
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
