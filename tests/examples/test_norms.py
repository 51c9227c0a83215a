"""Worked examples of `norms`: every number of theirs has a second way to it."""

import math
from bisect import bisect_left
from fractions import Fraction

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES, norms
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


def _regression(seed):
    """Inputs, targets and later numbers of one draw, as its seed gives them."""
    rng = np.random.default_rng(seed)
    X = rng.random((1000, 20))
    return X, X @ rng.standard_normal(20), rng.standard_normal(20) / math.sqrt(20)


SHARES = np.linspace(0.025, 0.9995, 400)


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


def _steps_behind_weights(X, y, w, limit):
    """Count the steps with γ and β on the data, over all rates at once, at most `limit`."""
    rates = np.geomspace(0.01, 4, 80)
    W, scale, shift = np.tile(w[:, None], 80), np.ones(80), np.zeros(80)
    with np.errstate(over="ignore", invalid="ignore"):
        for count in range(limit):
            s = X @ W
            sigma = s.std(axis=0)
            z = (s - s.mean(axis=0)) / sigma
            errors = scale * z + shift - y[:, None]
            if (np.mean(errors**2, axis=0) <= 1e-4 * y.var()).any():
                return count
            back = scale * (errors - errors.mean(axis=0) - z * np.mean(errors * z, axis=0)) / sigma
            slopes = np.mean(errors * z, axis=0), np.mean(errors, axis=0)
            W = W - rates * (X.T @ back) / len(y)
            scale, shift = scale - rates * slopes[0], shift - rates * slopes[1]
    return limit


def test_batch_norm_in_three_places_by_steps_on_the_data():
    record, plain = EXAMPLES["norms-inputs"](), np.eye(21)
    means = np.random.default_rng(0).standard_normal((20_000, 32)).mean(axis=1)
    assert record.noise == pytest.approx(means.std(), rel=0.02)
    for row, bounds, change in zip(record.rows, record.ranges, norms._INPUTS, strict=True):
        runs = [norms._steps_normed(change, norm) for norm in ("none", "weights", "inputs")]
        assert row == (change, *np.median(runs, axis=1))
        assert bounds == tuple((steps.min(), steps.max()) for steps in runs)
        for seed in range(21):
            X, y, w = _regression(seed)
            Z = (X - X.mean(axis=0)) / X.std(axis=0)
            if change == "2 added to each":
                Z = Z + 2
            elif change == "every second times 10":
                Z = Z * np.tile([10, 1], 10)
            if seed < 2 or row[2] < 20:
                # At large rates rounding grows at first.
                steps = _steps_behind_weights(Z, y, w, 10_000)
                assert steps == pytest.approx(runs[1][seed], rel=0.03)
            A = np.column_stack([Z, np.ones(1000)])
            missing = np.append(w, 0) - np.linalg.lstsq(A, y, rcond=None)[0]
            if runs[0][seed] < 1500:
                fewest = _steps_by_gradients(A.T @ A / 1000, plain, missing, 1e-4 * y.var())
                assert fewest == runs[0][seed]
        # On the inputs the norm gives back the standardized ones.
        np.testing.assert_array_equal(runs[2], norms._steps_normed("none", "none"))


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
