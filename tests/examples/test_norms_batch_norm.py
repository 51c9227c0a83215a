"""Worked examples of `norms`, batch norm: every number has a second way to it."""

import math
from bisect import bisect_left

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES
from offcenter.remedies import batch_norm


def test_what_batch_norm_fixes_by_hand_and_by_differences():
    record = EXAMPLES["norms-fixes"]()
    normed_before = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    # That batch norm can put this out: it is its own.
    assert batch_norm(normed_before) == pytest.approx(normed_before)
    X, y = np.maximum(normed_before, 0), np.array([3.0, 1.0, 3.0, 1.0])
    assert record.read.tolist() == X.tolist()
    assert record.mean.tolist() == [2 / 4, 2 / 4]
    assert record.outputs.tolist() == [2 - 1, 2 - 1, 0 - 1, 0 - 1]
    assert record.errors.tolist() == [1 - 3, 1 - 1, -1 - 3, -1 - 1]
    assert record.less_mean.tolist() == [-2 + 2, 0 + 2, -4 + 2, -2 + 2]
    # The mean of error times output is (−2 + 0 + 4 + 2)/4 = 1.
    assert record.back.tolist() == [0 - 1, 2 - 1, -2 + 1, 0 + 1]
    assert record.plain.tolist() == [-2 + 0, -2 - 4]
    assert record.gradient.tolist() == [-1 + 1, -1 - 1]
    assert record.centered_gradient.tolist() == [0, -4 / 2]
    # All of batch norm, on the inputs as they are and centered, and the unit with the bias −1.
    normed = lambda w, X=X: np.sum((batch_norm((X @ w)[:, None])[:, 0] - y) ** 2) / 2  # noqa: E731
    plain = lambda w: np.sum((X @ w - 1 - y) ** 2) / 2  # noqa: E731
    w = np.array([2.0, 0.0])
    assert numerical_gradient(normed, w) == pytest.approx(record.gradient, abs=1e-4)
    centered = numerical_gradient(lambda w: normed(w, X - 0.5), w)
    assert centered == pytest.approx(record.centered_gradient, abs=1e-4)
    assert numerical_gradient(plain, w) == pytest.approx(record.plain, abs=1e-6)
    # Along (1, −1) a quarter; in the plane of (1, 1) and the bias trace 7/4 and determinant 1/4.
    root = math.sqrt((7 / 4) ** 2 - 1)
    expected = [(7 / 4 + root) / 2, 1 / 4, (7 / 4 - root) / 2]
    assert record.plain_curvatures == pytest.approx(expected)
    assert record.curvatures == pytest.approx([1, 1 / 4, 1 / 4])


def test_steps_with_the_mean_subtracted_and_without_it_are_the_best_of_many():
    record = EXAMPLES["norms-fixes"]()
    X, y = np.array([[1.0, 1], [1, 0], [0, 1], [0, 0]]), np.array([3.0, 1.0, 3.0, 1.0])

    def steps(A, eta, p):
        p, first, count = np.array(p), math.sqrt(4 + 16 + 4), 0
        while np.linalg.norm(A @ p - y) > 0.01 * first:
            p, count = p - eta * A.T @ (A @ p - y) / 4, count + 1
            if count == 400:
                break
        return count

    one, shares = np.ones((4, 1)), np.linspace(0.05, 2, 400)
    raw, rest = np.hstack([X, one]), np.hstack([X - 0.5, one])
    top = (7 / 4 + math.sqrt(33) / 4) / 2
    assert record.plain_steps == min(steps(raw, s / top, (2.0, 0.0, -1.0)) for s in shares)
    assert record.steps == min(steps(rest, s, (2.0, 0.0, 0.0)) for s in shares)


def test_gradient_behind_batch_norm_is_blind_to_a_shift_by_differences():
    record = EXAMPLES["norms-shifted-input"]()
    assert list(record.inputs) == [9, 10, 14]
    assert list(record.centered) == [-2, -1, 3]
    for inputs, gradient in (
        (record.inputs, record.gradient),
        (record.centered, record.centered_gradient),
    ):
        X, w = np.column_stack([inputs, [9.0, 0.0, 0.0]]), np.ones(2)
        # A loss whose slopes by the normalized sums become these errors on the way back.
        slopes = record.errors * (X @ w).std()
        loss = lambda w, X=X, slopes=slopes: slopes @ batch_norm((X @ w)[:, None])[:, 0]  # noqa: E731
        assert numerical_gradient(loss, w)[0] == pytest.approx(gradient, abs=1e-6)
    assert record.gradient == record.centered_gradient == 9 + 10 - 2 * 14


def test_places_of_batch_norm_by_hand():
    record = EXAMPLES["norms-place"]()
    # Less the mean 1, over the deviation 2; of −1 and 3 a ReLU leaves 0 and 3.
    assert list(record.before_norm) == pytest.approx([-1, 1], abs=1e-6)
    assert record.before_mean == pytest.approx((0 + 1) / 2, abs=1e-6)
    assert record.after_relu.tolist() == [0, 3]
    assert record.after_mean == pytest.approx(0, abs=1e-12)
    assert list(record.before_relu) == pytest.approx([0, 1], abs=1e-6)
    assert list(record.after_norm) == pytest.approx([-1, 1], abs=1e-6)
    assert record.normal_mean == pytest.approx(1 / math.sqrt(2 * math.pi))
    assert record.normal_share == pytest.approx(1 / math.pi)
    # Two numbers of half their distance h become ±h/√(h² + 10⁻⁵).
    sigma = lambda z: 1 / (1 + math.exp(-z))  # noqa: E731
    normed = lambda a, b: (b - a) / 2 / math.sqrt((b - a) ** 2 / 4 + 1e-5)  # noqa: E731
    for row, unit, (a, b) in zip(
        record.units,
        (lambda z: max(z, 0.0),) * 2 + (sigma,) * 2,
        ((-1, 3), (-3, -1), (-1, 3), (8, 12)),
        strict=True,
    ):
        half, after = normed(a, b), normed(unit(a), unit(b))
        assert row == pytest.approx((unit(-half), unit(half), -after, after), abs=1e-12)
    high = sigma(8), sigma(12), sigma(8) * (1 - sigma(8))
    assert record.saturated == pytest.approx(high)
    assert (high[1] - high[0]) ** 2 / 4 < 1e-5 / 100


def test_bias_cancels_before_batch_norm_only():
    record = EXAMPLES["norms-bias"]()
    assert record.normed.tolist() == record.shifted_normed.tolist() == [-1, -1, 1, 1]
    assert (record.sums.tolist(), record.shifted.tolist()) == ([2, 2, 6, 6], [5, 5, 9, 9])
    assert (record.shifted.mean(), record.shifted.std()) == (7, 2)
    assert record.errors.tolist() == [-1 + 2, -1 - 2, 1 - 4, 1 - 4]
    assert record.targets.tolist() == [-2, 2, 4, 4]
    assert record.less_mean.tolist() == [1 + 2, -3 + 2, -3 + 2, -3 + 2]
    assert record.along == (-1 + 3 - 3 - 3) / 4

    def loss(s):
        return np.mean(((s - s.mean()) / s.std() - record.targets) ** 2) / 2

    slopes = 4 * numerical_gradient(loss, record.shifted)
    np.testing.assert_allclose(record.back, slopes, atol=1e-6)
    assert record.back.tolist() == [(3 - 1) / 2, (-1 - 1) / 2, (-1 + 1) / 2, (-1 + 1) / 2]
    assert record.slopes == (0, -8 / 4, -8 / 4 / 2)
    root = math.sqrt(8 / 3)
    np.testing.assert_allclose(record.layer, [-2 / root, 0, 2 / root], atol=1e-6)
    mean, deviation = 14 / 3, math.sqrt((36 + 9 + 25) / 3 - (14 / 3) ** 2)
    expected = [(s - mean) / deviation for s in (6, 3, 5)]
    np.testing.assert_allclose(record.layer_shifted, expected, atol=1e-6)


def test_scale_and_shift_behind_batch_norm_by_numerical_slopes():
    record = EXAMPLES["norms-learned"]()
    x, y = np.array([9.0, 11.0]), np.array([3.0, 7.0])

    def loss(p):
        s = p[0] * x
        z = (s - s.mean()) / s.std()
        return np.mean((p[1] * z + p[2] - y) ** 2) / 2

    gradient = numerical_gradient(loss, np.array([1.0, 1.0, 0.0]))
    np.testing.assert_allclose(gradient, [0, *record.slopes], atol=1e-8)
    np.testing.assert_allclose(record.after, [2, 5])
    np.testing.assert_allclose(record.after[0] * record.normed + record.after[1], y)
    plain = lambda p: np.mean((p[0] * x + p[1] - y) ** 2) / 2  # noqa: E731
    slopes = numerical_gradient(plain, np.array([1.0, -10.0]))
    np.testing.assert_allclose(record.plain_slopes, slopes, atol=1e-5)
    # Trace 102 and determinant 1.
    flat = 51 - math.sqrt(51**2 - 1)
    np.testing.assert_allclose(record.plain_curvatures, [102 - flat, flat])
    # In the outputs the error of an axis counts by the root of its curvature.
    H = np.array([[101.0, 10.0], [10.0, 1.0]])
    values, vectors = np.linalg.eigh(H)
    parts = vectors.T @ [1 - 2, -10 + 15] * np.sqrt(values)

    def steps(eta):
        left = lambda n: np.hypot(*(parts * (1 - eta * values) ** n))  # noqa: E731
        # Both axes shrink at each step, so the first step at the goal is found by halving.
        assert (abs(1 - eta * values) < 1).all()
        return bisect_left(range(50_000), True, key=lambda n: left(n) <= 0.01 * left(0))

    fewest = min(steps(part / values[1]) for part in np.linspace(1, 1.999, 1000))
    assert fewest <= record.plain_steps < 1.02 * fewest
    # On the grid of the run, from half the best rate to the largest stable one.
    grid = [part / values[1] for part in np.linspace(0.5, 2, 61)[:-1]]
    assert record.plain_steps == min(map(steps, grid))
    # Outputs 3 and 7.
    assert record.next_share == pytest.approx(25 / 29)
    for beta, on in record.shares:
        assert on == pytest.approx(math.erfc(-beta / math.sqrt(2)) / 2)
    for gamma, low, high in record.sigmoid:
        assert math.log(high / (1 - high)) == pytest.approx(gamma)
        assert low == pytest.approx(1 - high)


def test_weights_below_batch_norm_take_the_same_steps_whatever_the_mean():
    record = EXAMPLES["norms-learned"]()
    signs = np.array([[a, b] for a in (-1.0, 1.0) for b in (-1.0, 1.0)])
    target = 5 + 2 * signs[:, 0]
    paths = []
    assert [row[0] for row in record.rows] == [0, 3, 10]
    for mean, plain, steps in record.rows:
        X = signs + mean

        def output(p, X=X):
            s = X @ p[:2]
            return p[2] * (s - s.mean()) / s.std() + p[3]

        loss = lambda p: np.mean((output(p) - target) ** 2) / 2  # noqa: E731
        p, path = np.array([1.0, 1, 1, 0]), []
        for _ in range(steps):
            path.append(p)
            p = p - numerical_gradient(loss, p)
        first = np.linalg.norm(output(path[0]) - target)
        assert np.linalg.norm(output(p) - target) <= 0.01 * first
        # The outputs both units begin with: of mean 0 and standard deviation 1.
        np.testing.assert_allclose(output(path[0]), signs.sum(axis=1) / 2**0.5)
        paths.append(p)
        B = np.column_stack([X, np.ones(4)])
        values, vectors = np.linalg.eigh(B.T @ B / 4)
        # From weights of 1/√2 and the bias that takes the mean away, to (2, 0, 5 − 2·mean).
        start = np.array([1, 1, -2 * mean]) / 2**0.5
        parts = vectors.T @ (start - [2, 0, 5 - 2 * mean]) * np.sqrt(values)

        def left(eta, n, values=values, parts=parts):
            return np.hypot.reduce(parts * (1 - eta * values) ** n) / np.hypot.reduce(parts)

        counts = [
            bisect_left(range(50_000), True, key=lambda n, eta=eta: left(eta, n) <= 0.01)
            for eta in np.linspace(0.5, 2, 61)[:-1] / values[-1]
        ]
        assert plain == min(counts)
        # The best in the long run is no worse than the slowest start at κ of (x, 1).
        A = np.eye(3) + 0.0
        A[:2, :2] += mean**2
        A[2, :2] = A[:2, 2] = mean
        assert plain <= math.ceil(math.log(100 * np.linalg.cond(A) ** 0.5) * np.linalg.cond(A) / 2)
        assert (plain > 100 * steps) == (mean > 0)
    np.testing.assert_allclose(paths, [paths[0]] * 3, atol=1e-6)
