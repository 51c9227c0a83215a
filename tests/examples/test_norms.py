"""Worked examples of `norms`: every number of theirs has a second way to it."""

import math
from bisect import bisect_left
from fractions import Fraction

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES
from offcenter.remedies import batch_norm, rms_norm


def test_what_batch_norm_fixes_by_hand_and_by_differences():
    record = EXAMPLES["norms-fixes"]()
    X = np.array([[1.0, 2.0], [3.0, 3.0], [2.0, 1.0]])
    assert list(record.sums) == [1 + 2, 3 + 3, 2 + 1]
    assert list(record.mean) == [6 / 3, 6 / 3]
    assert list(record.plain) == [1 + 3 + 2, 2 + 3 + 1]
    assert list(record.normed) == [1 - 2, 2 - 1]
    # The loss is the first output of the norm: its slopes by the sums, and by the weights.
    first = lambda s: batch_norm(s[:, None])[0, 0]  # noqa: E731
    np.testing.assert_allclose(
        record.back, numerical_gradient(first, X.sum(axis=1)), rtol=1e-4, atol=1e-8
    )
    np.testing.assert_allclose(
        record.back_gradient,
        numerical_gradient(lambda w: first(X @ w), np.ones(2)),
        rtol=1e-4,
        atol=1e-8,
    )
    # A multiple of (1, 0, −1).
    assert record.back == pytest.approx(record.back[0] * np.array([1, 0, -1]))


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


def test_what_batch_norm_cannot_give_back():
    record = EXAMPLES["norms-inputs"]()
    values = np.array([[a, 1000 * b] for a in (-1, 1) for b in (-1, 1)])
    assert record.small_share == pytest.approx(values[:, 0].var() / values.sum(axis=1).var())
    # Of ten thousand ± 1 half precision keeps nothing: 11 bits from 8192 to 16384.
    assert record.half_spacing == 8192 / 2**10
    assert np.float16(10_001) == np.float16(9_999)


def test_places_of_batch_norm_by_hand():
    record = EXAMPLES["norms-place"]()
    assert list(record.before_relu) == pytest.approx([0, 1], abs=1e-6)
    assert list(record.after_norm) == pytest.approx([-1, 1], abs=1e-6)
    assert record.normal_mean == pytest.approx(1 / math.sqrt(2 * math.pi))
    assert record.normal_share == pytest.approx(1 / math.pi)


def test_bias_cancels_before_batch_norm_only():
    record = EXAMPLES["norms-bias"]()
    np.testing.assert_allclose(record.normed, record.shifted_normed, atol=1e-12)
    root = math.sqrt(8 / 3)
    np.testing.assert_allclose(record.layer, [-2 / root, 0, 2 / root], atol=1e-6)
    mean, deviation = 14 / 3, math.sqrt((36 + 9 + 25) / 3 - (14 / 3) ** 2)
    expected = [(s - mean) / deviation for s in (6, 3, 5)]
    np.testing.assert_allclose(record.layer_shifted, expected, atol=1e-6)


def test_layer_norm_removes_what_features_share():
    record = EXAMPLES["norms-features"]()
    # Layer norm makes one point of two, as RMS norm does of what the subtraction leaves.
    np.testing.assert_allclose(record.negated_layer, [[1, -1], [1, -1]], atol=1e-4)
    X = np.array([[1.0, -3.0], [3.0, -1.0]])
    rest = X - X.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(record.negated_layer, rms_norm(rest), atol=1e-12)
    # RMS norm keeps (1, 3) and (3, 1) apart, whatever their signs.
    size = math.sqrt(5)
    for signs in ([1, 1], [1, -1]):
        normed = rms_norm(np.abs(X) * signs)
        np.testing.assert_allclose(normed, np.abs(X) * signs / size, atol=1e-5)


def test_row_and_column_means_by_fractions():
    record = EXAMPLES["norms-row-or-column"]()
    tokens = [[9, 10, 14], [8, 12, 13]]
    assert [Fraction(sum(token), 3) for token in tokens] == [record.row] * 2 == [11, 11]
    columns = [Fraction(a + b, 2) for a, b in zip(*tokens, strict=True)]
    assert list(record.columns) == columns
    assert list(record.left) == [mean - 11 for mean in columns]
    numbers = [list(row[1:]) for row in record.rows]
    assert numbers[:2] == tokens
    assert numbers[2:4] == [[v - 11 for v in token] for token in tokens]
    centered = [[v - m for v, m in zip(token, columns, strict=True)] for token in tokens]
    assert numbers[4:] == centered
    assert [row[0][0] for row in record.rows] == ["A", "B"] * 3
    size, spread = math.sqrt((81 + 100 + 196) / 3), math.sqrt((4 + 1 + 9) / 3)
    assert record.rms == pytest.approx([v / size for v in (9, 10, 14)], rel=1e-5)
    assert record.layer == pytest.approx([v / spread for v in (-2, -1, 3)], rel=1e-5)


def test_centralized_descent_keeps_the_sum_of_the_weights():
    record = EXAMPLES["norms-centralized"]()
    inputs = np.array([(a, b) for a in (1, 3) for b in (1, 3)])
    loss = lambda d: np.mean((inputs @ d) ** 2) / 2  # noqa: E731
    d = np.array([2.0, -1.0])
    np.testing.assert_allclose(record.gradient, numerical_gradient(loss, d), atol=1e-8)
    np.testing.assert_allclose(record.plain_after, d - record.gradient / 5)
    # The second weight is too small, and goes down.
    assert record.plain_after[1] < d[1]
    np.testing.assert_allclose(record.centralized, record.gradient - 4.5)
    # The difference of the weights is right, and their sum stays off by 1.
    assert list(record.after) == [0.5, 0.5]


def test_batch_norm_behind_the_weights_sees_no_mean_and_no_common_scale():
    record = EXAMPLES["norms-inputs"]()
    rows = {name: steps for name, *steps in record.rows}
    assert [steps[1] for steps in rows.values()][:3] == [rows["standardized"][1]] * 3
    # With the curvatures 1 and 100 the best fixed step leaves 99/101 of the flat part; the grid of
    # step sizes is a little coarse.
    for steps in rows["the third times 10"]:
        assert steps == pytest.approx(math.log(0.01 * math.sqrt(2)) / math.log(99 / 101), abs=6)
    # Inputs of mean 2 and a bias: κ of the four curvatures sets the steps, at most.
    A = np.eye(4)
    A[:3, :3] += 4
    A[3, :3] = A[:3, 3] = 2
    kappa = np.linalg.cond(A)
    most = math.log(0.01 / kappa**0.5) / math.log((kappa - 1) / (kappa + 1))
    assert rows["standardized"][0] < rows["2 added to each"][0] <= most
    # One number added to all sums of a batch changes no output, so their errors add up to 0.
    y = np.array([-1.0, 1.0, 1.0])
    loss = lambda s: np.mean((batch_norm(s[:, None])[:, 0] - y) ** 2)  # noqa: E731
    errors = numerical_gradient(loss, np.array([0.3, -1.0, 2.0]))
    assert np.abs(errors).max() > 0.1
    assert errors.sum() == pytest.approx(0, abs=1e-8)


def test_loss_behind_batch_norm_is_that_of_the_formula():
    signs = (-1.0, 1.0)
    X = np.array([[a, b, 10 * c] for a in signs for b in signs for c in signs])
    for a, b in ((0.1, 0.02), (-1.0, 0.3), (0.0, 0.0)):
        s = X @ [1, a, b]
        loss = np.mean(((s - s.mean()) / s.std() - X[:, 0]) ** 2) / 2
        assert loss == pytest.approx(1 - 1 / math.sqrt(1 + a**2 + 100 * b**2))


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
        # The best in the long run is no worse than the slowest start at κ of (x, 1).
        A = np.eye(3) + 0.0
        A[:2, :2] += mean**2
        A[2, :2] = A[:2, 2] = mean
        assert plain <= math.ceil(math.log(100 * np.linalg.cond(A) ** 0.5) * np.linalg.cond(A) / 2)
        assert (plain > 100 * steps) == (mean > 0)
    np.testing.assert_allclose(paths, [paths[0]] * 3, atol=1e-6)


def test_columns_of_two_tokens_by_hand():
    record = EXAMPLES["norms-columns"]()
    assert record.rows.tolist() == [10, 10]
    assert record.left.tolist() == [[1, -1], [2, -2]]
    assert record.left_means.tolist() == [1.5, -1.5]
    # The root mean squares of the rows are 1 and 2.
    assert record.normed.tolist() == [[1, -1], [1, -1]]
    assert record.means.tolist() == [11.5, 8.5]
    assert record.centered.tolist() == [[-0.5, 0.5], [0.5, -0.5]]


def _steps_on_data(Z, y):
    """Count steps on the data, over step sizes at once, to 10⁻⁴ of the best constant's loss."""
    A = np.column_stack([Z, np.ones(len(Z))])
    sizes = np.linspace(0.025, 0.9995, 400) * 2 / np.linalg.norm(A, 2) ** 2
    w, count = np.zeros((A.shape[1], len(sizes))), 0
    while ((A @ w - y[:, None]) ** 2).mean(axis=0).min() > 1e-4 * y.var():
        w, count = w - sizes * (A.T @ (A @ w - y[:, None])), count + 1
    return count


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
                steps += [_steps_on_data(Z, Z @ w), _steps_on_data(Z - Z.mean(axis=0), Z @ w)]
        found.append(steps)
    medians = np.median(found, axis=0)
    assert record.raw == tuple(medians[[0, 2]])
    assert record.centered == tuple(medians[[1, 3]])
    assert record.shared == tuple(medians[[4, 6]])
    bounds = list(zip(np.min(found, axis=0), np.max(found, axis=0), strict=True))
    assert list(record.ranges) == [bounds[k] for k in (0, 2, 1, 3)]
