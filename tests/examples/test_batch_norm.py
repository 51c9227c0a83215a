"""Worked examples of `batch_norm`: every number of theirs has a second way to it."""

import math

import numpy as np
import pytest
import sympy as sp
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_batch_norm_and_layer_norm_of_four_numbers():
    record = EXAMPLES["batch-norm-axes"]()
    assert record.batch.tolist() == [[-1, -1, -1], [1, 1, 1]]
    assert record.layer == pytest.approx(np.array([[-1, 0, 1]] * 2) * math.sqrt(3 / 2))
    assert record.other_batch.tolist() == [(1 - 0.5) / 0.5, (2 - 5.5) / 3.5, (3 - 6) / 3]


def test_five_in_batches_of_five_and_running_averages_by_their_formula():
    record = EXAMPLES["batch-norm-modes"]()
    # k fives: mean k, squared deviations k(5 − k)² + (5 − k)k² = 5k(5 − k).
    for fives, mean, variance, normed in record.rows:
        assert mean == fives
        assert variance == pytest.approx(fives * (5 - fives))
        assert normed == pytest.approx((5 - fives) / math.sqrt(variance))
    assert [row[0] for row in record.rows] == [1, 2, 3, 4]
    assert (record.rows[0][3], record.rows[3][3]) == (2, 0.5)
    for count, mean, variance, evaluated in record.running:
        fives = [(1, 4, 2, 3)[k % 4] for k in range(count)]
        shares = [0.1 * 0.9 ** (count - 1 - k) for k in range(count)]
        assert mean == pytest.approx(sum(map(math.prod, zip(shares, fives, strict=True))))
        unbiased = [5 * k * (5 - k) / 4 for k in fives]
        expected = 0.9**count + sum(map(math.prod, zip(shares, unbiased, strict=True)))
        assert variance == pytest.approx(expected)
        assert evaluated == pytest.approx((5 - mean) / math.sqrt(variance))
    assert record.running[0][1:3] == pytest.approx((0.1, 0.9 + 0.1 * 5))
    assert record.averages == (10 / 4, (5 + 7.5 + 7.5 + 5) / 4, 1)


def test_batch_norm_turns_and_lengthens_weights_as_by_the_angle():
    record = EXAMPLES["batch-norm-rates"]()
    assert record.raw == pytest.approx(5 + 2 * math.sqrt(6))
    assert record.limit * record.raw == pytest.approx(2)
    # Half the mean squared error of cos θ z₁ + sin θ z₂ against z₁ is 1 − cos θ.
    w, v = sp.symbols("w v", positive=True)
    loss = 1 - w / sp.sqrt(w**2 + v**2)
    for place, gradient in (((0.6, 0.8), record.gradient), ((6, 8), record.far_gradient)):
        values = dict(zip((w, v), place, strict=True))
        expected = [float(sp.diff(loss, one).subs(values)) for one in (w, v)]
        assert gradient == pytest.approx(np.array(expected))
    assert record.loss == pytest.approx(1 - 0.6)
    assert record.step == pytest.approx(np.array([7, -4]))
    assert (record.square, record.turns_like) == pytest.approx((65, 10 / 65))
    for size, raw, centered, normed in record.rows:
        assert centered == pytest.approx(0.4 * (1 - size) ** 20, rel=1e-9, abs=1e-12)
        theta, length = math.atan2(0.8, 0.6), 1.0
        for _ in range(10):
            tangent = size * math.sin(theta) / length
            theta, length = theta - math.atan(tangent / length), math.hypot(length, tangent)
        assert normed == pytest.approx(1 - math.cos(theta), rel=1e-4)
        # With a bias the distance (−0.4, 0.8, −0.8) is multiplied by a matrix of whole numbers.
        H = np.array([[5, 4, 2], [4, 5, 2], [2, 2, 1]])
        far = np.linalg.matrix_power(np.eye(3) - size * H, 10) @ [-0.4, 0.8, -0.8]
        assert raw == pytest.approx(far @ H @ far / 2)


def test_gradient_through_batch_norm_by_numerical_slopes():
    record = EXAMPLES["batch-norm-backward"]()
    s = record.sums
    assert (record.mean, s.std()) == (4, 1)
    assert record.normed.tolist() == [1, -1, 1, -1]
    loss = lambda s: (6 * (s[0] - s.mean()) + 2 * (s[1] - s.mean())) / s.std()  # noqa: E731
    # The mean held where it was; the deviation is that from it.
    held = lambda s: (6 * (s[0] - 4) + 2 * (s[1] - 4)) / math.sqrt(np.mean((s - 4) ** 2))  # noqa: E731
    np.testing.assert_allclose(record.gradient, numerical_gradient(loss, s), atol=1e-8)
    np.testing.assert_allclose(record.held, numerical_gradient(held, s), atol=1e-8)
    assert record.incoming.tolist() == [6, 2, 0, 0]
    assert record.gradient.tolist() == [4 - 1, 0 + 1, -2 - 1, -2 + 1]
    assert record.held.tolist() == [6 - 1, 2 + 1, 0 - 1, 0 + 1]
    assert record.dots.tolist() == [3 + 1 - 3 - 1, 3 - 1 - 3 + 1]
    # Less their mean 4.025 the sums are 1.075, -1.025, 0.975 and -1.025.
    deviation = math.sqrt((1.075**2 + 2 * 1.025**2 + 0.975**2) / 4)
    assert record.nudged == pytest.approx((6 * 1.075 - 2 * 1.025) / deviation)
    # The outputs are γx̂ + β.
    tail = lambda p: 6 * (record.normed[0] + p[0]) + 2 * (record.normed[1] + p[0])  # noqa: E731
    assert record.shift == pytest.approx(numerical_gradient(tail, np.zeros(1))[0])
    assert record.held_bias == 5 + 3 - 1 + 1
    assert record.bias == pytest.approx(-10 * 0.1 * 8)
    assert record.normed_then == pytest.approx(s - 4)


def test_subtracting_the_mean_behind_relus_by_differences():
    record = EXAMPLES["batch-norm-behind-relu"]()
    X, w = np.array([[1, 4], [2, 0], [3, 2]]), np.ones(2)
    assert record.mean.tolist() == [2, 2]
    assert record.centered.tolist() == [[-1, 2], [0, -2], [1, 0]]
    assert record.sums.tolist() == [1 + 4, 2 + 0, 3 + 2]
    assert record.left.tolist() == record.centered_sums.tolist() == [1, -2, 1]
    # Losses that are linear in the sums, with the arriving errors as their slopes.
    plain = lambda w: record.arriving @ (X @ w)  # noqa: E731
    behind = lambda w: record.arriving @ (X @ w - np.mean(X @ w))  # noqa: E731
    assert numerical_gradient(plain, w) == pytest.approx(record.plain, abs=1e-6)
    for found in (record.gradient, record.centered_gradient):
        assert numerical_gradient(behind, w) == pytest.approx(found, abs=1e-6)
    assert record.back.tolist() == [3 - 1, 0 - 1, 0 - 1]
    assert record.arriving.tolist() == [1 + 2, -2 + 2, 1 - 1]
    assert record.plain.tolist() == [3 * 1, 3 * 4]
    # Half the mean squared error to the targets, by (w, b): its Hessian's trace and determinant.
    assert sum(record.plain_curvatures) == pytest.approx((1 + 4 + 9 + 16 + 0 + 4) / 3 + 1)
    assert np.prod(record.plain_curvatures) == pytest.approx(2 / 3 * 8 / 3 - (2 / 3) ** 2)
    root = math.sqrt(13)
    assert record.curvatures == pytest.approx([(5 + root) / 3, 1, (5 - root) / 3])
    top = record.plain_curvatures[0]
    H = np.array([[14 / 3, 10 / 3, 2], [10 / 3, 20 / 3, 2], [2, 2, 1]])
    assert np.linalg.det(H - top * np.eye(3)) == pytest.approx(0, abs=1e-9)
