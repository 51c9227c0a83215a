"""Worked examples of `inputs`: every number of theirs has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from runs import kept_run
from second_ways import kappa_of

from offcenter.activations import ACTIVATIONS
from offcenter.data import load_digits
from offcenter.examples import EXAMPLES
from offcenter.experiment import SIZES, split
from offcenter.network import initialize, train


def test_pixels_by_all_their_pairs():
    pairs = np.array([(a, b) for a in (100.0, 200.0) for b in (100.0, 200.0)])
    for _, mean, deviation, plain, biased, _ in EXAMPLES["inputs-pixels"]().rows:
        X = (pairs - 150) / 50 * deviation + mean
        assert kappa_of(X, bias=False) == pytest.approx(plain)
        assert kappa_of(X, bias=True) == pytest.approx(biased, rel=1e-6)
    record, M = EXAMPLES["inputs-pixels"](), pairs.T @ pairs / 4
    assert [record.square, record.product] == pytest.approx(M[0].tolist())
    for (*curvatures, bound), (_, mean, deviation, *_) in zip(
        record.curvatures, record.rows, strict=True
    ):
        X = (pairs - 150) / 50 * deviation + mean
        for curvature, way in zip(curvatures, ([1, 1], [1, -1]), strict=True):
            assert curvature == pytest.approx(np.mean((X @ way) ** 2) / 2)
        # At the bound the steep part only changes its sign.
        step = bound * X.T @ (X @ [1, 1]) / 4
        assert np.subtract([1, 1], step) == pytest.approx([-1, -1])
    weights = np.random.default_rng(2).normal(0, math.sqrt(0.5), (100_000, 2))
    for (_, size, step, kappa), (_, mean, deviation, *_) in zip(
        EXAMPLES["inputs-pixels"]().jobs, EXAMPLES["inputs-pixels"]().rows, strict=True
    ):
        X = (pairs - 150) / 50 * deviation + mean
        assert math.sqrt(((X @ weights.T) ** 2).mean()) == pytest.approx(size, rel=0.02)
        factors = 1 - step * np.linalg.svd(X, compute_uv=False) ** 2 / 4
        # The best step leaves both ends the same factor.
        assert factors == pytest.approx(np.array([-1, 1]) * (kappa - 1) / (kappa + 1), abs=1e-9)


def test_ranges_leave_the_means_that_fractions_say():
    record = EXAMPLES["inputs-ranges"]()
    means = [(row[1], row[2]) for row in record.rows]
    np.testing.assert_allclose(means, [(1 / 3, 10 / 81), (-1 / 3, 40 / 81), (0, 1)], atol=1e-12)
    for _, m, v, kappa in (*record.rows, *record.even):
        C = v * np.eye(10)
        A = np.block([[C + m * m, np.full((10, 1), m)], [np.full((1, 10), m), np.ones((1, 1))]])
        assert np.linalg.cond(A) == pytest.approx(kappa)


def test_scales_take_the_steps_that_the_rate_says():
    record = EXAMPLES["inputs-scales"]()
    for spread, kappa, step, slow, jumping, steps in record.rows:
        assert kappa == pytest.approx(spread**2)
        assert [slow, jumping] == pytest.approx([1 - step, 1 - step * spread**2])
        # The best step makes both factors equal in size.
        assert jumping == pytest.approx(-slow)
        rate = (kappa - 1) / (kappa + 1)
        assert steps == (math.ceil(math.log(0.01) / math.log(rate)) if rate else 1)
    assert record.correlated_condition == pytest.approx(1.9 / 0.1)


def test_plus_minus_one_is_the_better_code_from_a_quarter_on():
    rows = EXAMPLES["inputs-bits"]().rows
    for p, zero_one, plus_minus, _, zero_one_bias, plus_minus_bias, _ in rows:
        assert (plus_minus < zero_one * (1 - 1e-9)) == (p > 0.25)
        for m, v, biased in (
            (p, p - p * p, zero_one_bias),
            (2 * p - 1, 4 * (p - p * p), plus_minus_bias),
        ):
            A = np.eye(101) * v + m * m
            A[-1] = A[:, -1] = m
            A[-1, -1] = 1
            assert np.linalg.cond(A) == pytest.approx(biased, rel=1e-6)


def test_at_the_border_both_codes_of_bits_have_one_condition_number():
    record = EXAMPLES["inputs-bits"]()

    def plus_minus_is_better(p, n):
        kappas = []
        for m, v in ((p, p - p * p), (2 * p - 1, 4 * (p - p * p))):
            A = np.eye(n + 1) * v + m * m
            A[-1] = A[:, -1] = m
            A[-1, -1] = 1
            kappas.append(np.linalg.cond(A))
        return kappas[1] < kappas[0]

    for n, border in ((100, record.border), (2, record.border_of_two)):
        assert not plus_minus_is_better(border - 1e-3, n)
        assert plus_minus_is_better(border + 1e-3, n)
    assert all(plus_minus_is_better(p, 1) for p in np.linspace(0.001, 0.5, 50))


def test_one_fair_bit_is_learned_in_as_many_steps_as_a_run_takes():
    for (code, kappa, steps), bit in zip(
        EXAMPLES["inputs-bits"]().one, ((0, 1), (-1, 1)), strict=True
    ):
        assert code == ("±1" if bit[0] else "0/1")
        X = np.column_stack([bit, np.ones(2)])
        assert kappa == pytest.approx(np.linalg.cond(X.T @ X / 2))
        values, vectors = np.linalg.eigh(X.T @ X / 2)
        best = 2 / values[[0, -1]].sum()
        counts = []
        for w in (vectors[:, 0] + vectors[:, -1], vectors[:, 0] - vectors[:, -1]):
            start, count = np.linalg.norm(w), 0
            while np.linalg.norm(w) > 0.01 * start:
                w, count = w - best * X.T @ (X @ w) / 2, count + 1
            counts.append(count)
        assert steps == max(counts)


def test_rare_category_sets_the_steps():
    record = EXAMPLES["inputs-categories"]()
    # (1, 1, 1, 3) reads 4 at each example; (1, −1, 0, 0) reads 1, −1, 0.
    assert record.bias_condition == pytest.approx((4**2 / (3 + 3**2)) / (1 / 3))
    rate = 1 - 0.01 * 2 / 0.91
    # From (1, 1, 1), whose length is √3, to a hundredth of it along the axes that are slowest.
    assert record.steps == pytest.approx(math.log(0.01 * math.sqrt(3 / 2)) / math.log(rate), abs=1)
    assert record.rare_one == pytest.approx(math.sqrt(0.99 / 0.01))


def test_adam_cannot_be_faster_than_its_step_size_allows_by_much():
    record = EXAMPLES["inputs-targets"]()
    assert record.adam_steps > record.adam_least
    assert record.descent_steps == 1
    # ln(1 + e⁻²) in both codes.
    assert record.label_loss == pytest.approx([math.log(1 + math.exp(-2))] * 2, abs=1e-15)


def _left_of_one_network(seed, mean, deviation, step):
    """Return what 500 steps leave; `step` takes the count, a parameter's name and its slope."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((300, 20))
    t = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + X[:, 3]
    y = mean + deviation * (t - t.mean()) / t.std()
    W, v = rng.normal(0, math.sqrt(1 / 10), (20, 16)), rng.normal(0, 1 / 4, 16)
    p = {"W": W, "b": np.zeros(16), "v": v, "c": np.zeros(1)}
    for count in range(1, 501):
        h = np.maximum(X @ p["W"] + p["b"], 0)
        errors = h @ p["v"] + p["c"] - y
        into = np.outer(errors, p["v"]) * (h > 0)
        slopes = {
            "W": X.T @ into / 300,
            "b": into.mean(axis=0),
            "v": h.T @ errors / 300,
            "c": errors.mean(keepdims=True),
        }
        p = {name: p[name] - step(count, name, slopes[name]) for name in p}
    left = np.maximum(X @ p["W"] + p["b"], 0) @ p["v"] + p["c"] - y
    return np.mean(left**2) / deviation**2


def _adam_step(rate):
    m, v = {}, {}

    def step(count, name, g):
        m[name] = 0.9 * m.get(name, 0) + 0.1 * g
        v[name] = 0.999 * v.get(name, 0) + 0.001 * g * g
        root = np.sqrt(v[name] / (1 - 0.999**count)) + 1e-8
        return rate * m[name] / (1 - 0.9**count) / root

    return step


def test_what_training_leaves_of_shifted_and_scaled_targets_by_single_networks():
    record = EXAMPLES["inputs-targets"]()
    targets = ((0, 1), (0, 100), (300, 100))
    for row, rate in zip(record.rows[1:], (0.001, 0.01), strict=True):
        for left, target in zip(row, targets, strict=True):
            runs = [_left_of_one_network(seed, *target, _adam_step(rate)) for seed in range(5)]
            # Rounding grows on the way.
            assert left == pytest.approx(np.median(runs), rel=1e-3)
    with np.errstate(over="ignore", invalid="ignore"):
        for left, target in zip(record.rows[0], targets, strict=True):
            medians = []
            for rate in (0.3, 0.1, 0.03, 0.01, 0.003, 0.001):
                step = lambda count, name, g, rate=rate: rate * g  # noqa: E731
                runs = [_left_of_one_network(seed, *target, step) for seed in range(5)]
                medians.append(np.median(np.nan_to_num(runs, nan=np.inf)))
            assert left == pytest.approx(min(medians), rel=1e-3)
    runs = [_left_of_one_network(seed, 300, 100, _adam_step(0.3)) for seed in range(5)]
    assert record.rescued == pytest.approx(np.median(runs), rel=1e-2)


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


def test_three_means_for_two_test_images_by_hand():
    record = EXAMPLES["inputs-test-mean"]()
    images = [(1, 3), (5, 7)], [(4, 6), (6, 8)]
    (mean, other) = (
        [Fraction(sum(pixel), 2) for pixel in zip(*two, strict=True)] for two in images
    )
    assert record.training == tuple(a + b - sum(mean) for a, b in images[0]) == (-4, 4)
    spaced = [[cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in record.rows]
    by_training, by_test, by_own = map(tuple, spaced)
    assert by_training[1:] == ("(1, 1)", "(3, 3)", "day, day")
    assert by_test[1:] == ("(−1, −1)", "(1, 1)", "night, day")
    assert by_own[1:] == ("(−1, 1)", "(−1, 1)", "undecided")
    assert [row[0] for row in record.rows] == [
        "training mean (3, 5)",
        "test mean (5, 7)",
        "each image's own, 5 and 7",
    ]
    assert record.sums == ((2, 6), (-2, 2), (0, 0))
    assert (record.border, record.other_border) == (sum(mean), sum(other))
    with_training, with_test, _ = np.array(record.sums)
    assert with_test - with_training == pytest.approx([record.moved] * 2)


def test_shares_that_are_right_by_the_normal_law_of_the_sums():
    record, shares = EXAMPLES["inputs-batch-means"](), []
    n, low, high = record.examples, *record.means
    for seed in range(record.draws):
        rng = np.random.default_rng(seed)
        y = np.arange(n) % 2
        X = np.where(y, high, low)[:, None] + rng.standard_normal((n, record.inputs))
        Z = np.hstack([X - X.sum(axis=0) / n, np.ones((n, 1))])
        w = np.zeros(record.inputs + 1)
        for _ in range(500):
            # σ(s) − y is half of tanh(s/2) − (2y − 1).
            w -= np.mean(Z.T * (np.tanh(Z @ w / 2) - 2 * y + 1), axis=1) / 4

        def right(subtracted, w=w, spread=record.deviation):
            # With each class's mean left, the sums are normal; half of the tests have each.
            sums = [w[:-1] @ (mean - subtracted) + w[-1] for mean in (low, high)]
            spread *= np.linalg.norm(w[:-1])
            law = [0.5 * (1 + math.erf(s / spread / math.sqrt(2))) for s in sums]
            return (1 - law[0] + law[1]) / 2

        middle = np.full(record.inputs, (low + high) / 2)
        # A batch's own mean is off by the numbers of each class, and by the noise.
        counts = rng.hypergeometric(record.tests // 2, record.tests // 2, record.batch, 400)
        off = (high - low) * (counts / record.batch - 0.5)[:, None]
        off = off + rng.standard_normal((400, record.inputs)) / math.sqrt(record.batch)
        mixed = np.mean([right(middle + o) for o in off])
        shares.append((right(X.mean(axis=0)), right(middle), mixed))
    found = record.training, record.own, record.mixed
    assert found == pytest.approx(np.median(shares, axis=0), abs=0.0025)
    law = np.median(np.array(shares)[:, 0] - np.array(shares)[:, 2])
    assert record.training - record.mixed == pytest.approx(law, abs=0.001)
    # Less their class's mean both classes are alike, so one answer is right for one of them.
    assert record.one_class == pytest.approx(0.5, abs=0.005)


def test_weights_in_original_units_are_those_of_least_squares_on_raw_inputs():
    record = EXAMPLES["inputs-original-units"]()
    table = np.array(record.rows)
    X, y = table[:, :2], table[:, 2]
    Z = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    assert pytest.approx(X) == [100, 30] + Z * [20, 10]
    ones = np.ones((4, 1))
    for inputs, targets, learned in (
        (X, y, record.original),
        (Z, y, record.learned),
        (Z, (y - 300) / 75, record.scaled),
    ):
        fitted = np.linalg.lstsq(np.hstack([inputs, ones]), targets, rcond=None)[0]
        assert learned == pytest.approx(fitted, abs=1e-12)
    assert (y.mean(), y.std()) == pytest.approx((300, 75))
    assert np.array(record.scaled) * 75 + [0, 0, 300] == pytest.approx(record.learned)
    assert record.before == pytest.approx(record.after)
    assert record.after == pytest.approx(135 + 3 * 110 - 4.5 * 25)
    assert record.monthly == pytest.approx(record.original[1] / 12)
    # Ridge as least squares with an example more for each weight; the bias is free.
    for inputs, unit, weights in (
        (Z, X.std(axis=0), record.penalized),
        (X, 1, record.penalized_raw),
    ):
        more = np.hstack([2 * np.eye(2), np.zeros((2, 1))])
        stacked = np.vstack([np.hstack([inputs, ones]), more])
        fitted = np.linalg.lstsq(stacked, np.append(y, [0, 0]), rcond=None)[0]
        assert weights == pytest.approx(fitted[:2] / unit)


def test_numbers_of_another_data_set_by_the_images_themselves():
    record = EXAMPLES["inputs-foreign-mean"]()
    values = {"similar": (0.2, 0.6), "dark": (0.05, 0.15)}
    for images, numbers, mean, deviation, share, steps in record.rows:
        X = np.array([[a, b, 0] for a in values[images] for b in values[images]])
        own = np.mean(values[images]), np.std(values[images])
        c, d = {"none": (0, 1), "theirs": (0.5, 0.25), "own": own}[numbers]
        X = (X - c) / d
        X[:, 2] = 1
        assert (mean, deviation) == pytest.approx((X[:, 0].mean(), X[:, 0].std()), abs=1e-12)
        assert share == pytest.approx(mean**2 / np.mean(X[:, 0] ** 2))
        kappa = np.linalg.cond(X) ** 2
        exact = math.log(100) / (2 * math.atanh(1 / kappa)) if kappa > 1 + 1e-9 else 1
        assert steps == math.ceil(exact)
    pixels = load_digits().inputs
    squares = [np.sum(np.mean(pixels - c, axis=0) ** 2) for c in (0, pixels.mean())]
    sizes = [np.mean(np.sum((pixels - c) ** 2, axis=1)) for c in (0, pixels.mean())]
    assert record.digits[:2] == pytest.approx(np.divide(squares, sizes))
    assert record.digits[2] == pytest.approx(0)


def test_four_means_of_images_by_hand():
    rows = {name: rest for name, *rest in EXAMPLES["inputs-image-means"]().rows}
    assert rows["nothing"][1] == pytest.approx(34 / (118 / 3))
    assert rows["one number for all"][1] == pytest.approx(2 / (22 / 3))
    assert rows["each pixel's"][1:] == pytest.approx([0, 0])
    assert rows["each image's own"][:2] == ["(−1, 1) (−1, 1) (−1, 1)", pytest.approx(1)]
    X = load_digits().inputs
    own = X - X.mean(axis=1, keepdims=True)
    # The share is the mean inner product of two examples over that of an example with itself.
    assert rows["each image's own"][2] == pytest.approx(
        np.mean(own @ own.T) / np.mean(np.sum(own * own, axis=1))
    )


def test_small_inputs_by_symbols():
    record = EXAMPLES["inputs-small"]()
    w, b = sp.symbols("w b")
    data = [(8, -1), *6 * [(10, 3)], (12, 7)]

    def slopes(shift):
        loss = sum((w * (x - shift) + b - y) ** 2 for x, y in data) / 16
        return [sp.diff(loss, v) for v in (w, b)]

    centered, raw = slopes(10), slopes(0)
    for found, expected in ((record.slopes, centered), (record.raw_slopes, raw)):
        assert tuple(found) == tuple(float(s.subs({w: 0, b: 0})) for s in expected)
    minimum, goal = (sp.solve(s, [w, b]) for s in (centered, raw))
    assert tuple(record.after) == (float(minimum[w]), float(minimum[b]))
    assert record.square == float(sp.diff(centered[0], w))
    for x, count, y, delta, to_w, to_b in record.rows:
        assert (data.count((x + 10, y)), -y) == (count, delta)
        assert (to_w, to_b) == (delta * x, delta)
    assert [sum(row[1] * row[k] for row in record.rows) / 8 for k in (4, 5)] == [*record.slopes]
    # The curvature is (101, 10; 10, 1): trace 102 and determinant 1.
    steep = (102 + math.sqrt(102**2 - 4)) / 2
    assert record.raw_limit == pytest.approx(2 / steep)
    # At the step size 2/102 both directions keep the same part, the steep one with changing sign.
    distance, flat = np.array([goal[w], goal[b]], dtype=float), 1 / steep
    along = np.array([10, flat - 101])
    part = abs(distance @ along) / np.linalg.norm(along) / np.linalg.norm(distance)
    assert part == pytest.approx(1, abs=1e-3)
    assert record.raw_steps == math.ceil(math.log(0.01) / math.log(1 - 2 / 102 * flat))


def test_negative_pixels_by_whole_numbers():
    record = EXAMPLES["inputs-negative-pixels"]()
    bright, dark = (200, 220), (40, 60)
    assert record.mean == sum(bright + dark) / 4
    for image, less, own in zip((bright, dark), record.less_mean, record.less_own, strict=True):
        assert tuple(less) == tuple(p - 130 for p in image)
        assert tuple(own) == tuple(p - sum(image) / 2 for p in image)
    for sums in (record.raw_sums, record.sums):
        assert tuple(sums) == tuple(2 * a - b + 5 for a, b in (bright, dark))
    assert record.bias == 5 + (2 - 1) * 130
    assert record.wrapped == (40 - 130) % 256


def test_normalized_columns_and_rows_by_hand():
    record = EXAMPLES["inputs-two-ways"]()
    a = math.sqrt(1.5)
    assert record.features == pytest.approx(np.array([[-a, -a], [0, a], [a, 0]]))
    short, long = math.sqrt(5), math.sqrt(41)
    rows = np.array([[1 / short, 2 / short], [1 / short, 2 / short], [5 / long, 4 / long]])
    assert record.examples == pytest.approx(rows)
    assert record.layer == pytest.approx(np.array([[-1, 1], [-1, 1], [1, -1]]))
    assert record.means == pytest.approx(np.array([[3, 4], [0, 0], rows.mean(axis=0)]))
    # √κ + 1/√κ is the trace over the root of the determinant.
    cosine = (5 + 8) / (short * long)
    traces = (35 + 56) / 3, 2, 1
    determinants = (35 * 56 - 40**2) / 9, 1 - 0.5**2, 2 / 9 * (1 - cosine**2)
    for kappa, trace, determinant in zip(record.kappas, traces, determinants, strict=True):
        assert math.sqrt(kappa) + 1 / math.sqrt(kappa) == pytest.approx(trace / determinant**0.5)
    X = np.array([[1, 2, 1], [3, 6, 1], [5, 4, 1]])
    assert record.biased == pytest.approx(np.linalg.cond(X) ** 2)
    # The standardized columns have the lengths 0, √1.5, √1.5 in the last two rows alone, (0, 1)
    # and (1, 0) in direction; the first points to (−1, −1).
    assert record.then[0] == pytest.approx(np.zeros(2))
    assert record.then[1] == pytest.approx(np.full(2, (1 - math.sqrt(0.5)) / 3))


_WRITINGS = {
    "[0, 1]": lambda X: X,
    "[−1, 1]": lambda X: X * 2 - np.ones_like(X),
    "less ½": lambda X: (2 * X - 1) / 2,
    "less one mean for all": lambda X: X - X.sum() / X.size,
    "that, divided by std": lambda X: (X - X.sum() / X.size) / np.ravel(X).std(),
    "less each pixel's mean": lambda X: (X.T - X.T.mean(axis=1, keepdims=True)).T,
    "doubled": lambda X: 2 * X - 2 * X.mean(axis=0),
}


def test_three_ranges_of_independent_and_of_real_pixels():
    record = EXAMPLES["inputs-pixel-range"]()
    for _, _, m, s, kappa in record.rows:
        # Of (x, 1): s² on n − 1 directions, and two on the plane of (1, …, 1) and the bias.
        plane = np.array([[s**2 + 100 * m**2, 10 * m], [10 * m, 1]])
        values = [s**2, *np.linalg.eigvalsh(plane)]
        assert kappa == pytest.approx(max(values) / min(values))
    written = {"[0, 1]": lambda x: x, "[−1, 1]": lambda x: 2 * x - 1}
    for pixels, name, m, s, _ in record.rows:
        x = np.array([0.05, 0.15] if pixels.startswith("0.05") else [0.25, 0.75])
        if name in written:
            assert [m, s] == pytest.approx([written[name](x).mean(), written[name](x).std()])
        else:
            assert (m, s) == (0, pytest.approx(x.std() if name == "less the mean" else 1))
    X = load_digits().inputs
    varying = [k for k in range(64) if X[:, k].std() > 0.1]
    assert len(varying) == record.varying
    assert record.mean == pytest.approx(X.sum() / X.size)
    assert record.left == pytest.approx((2 * X - 1).sum() / X.size)
    for (name, share, *_), kappa in zip(record.digits, record.kappas, strict=True):
        Z = _WRITINGS[name](X)
        assert share == pytest.approx(np.sum(Z.mean(axis=0) ** 2) / np.mean(Z**2) / 64, abs=1e-12)
        assert kappa == pytest.approx(kappa_of(Z[:, varying], bias=True), rel=1e-6)
    assert record.gain == pytest.approx(record.kappas[0] / record.kappas[-1])
    assert record.gain_independent == pytest.approx(record.rows[0][4] / 16)


@kept_run
def fewest_of_one(name, writing, seed):
    """Return the fewest steps of one network to a training loss of 0.1."""
    rng = np.random.default_rng([seed, 1])
    network = initialize(SIZES, activation=ACTIVATIONS[name], rng=rng)
    data, steps = split(seed), []
    # From the largest, which diverges soon: no other needs to go on for longer than the best.
    for power in range(2, -5, -1):
        how = {"step_size": 2.0**power, "steps": min(steps, default=160), "target": 0.1}
        run = train(network, _WRITINGS[writing](data.inputs), data.labels, **how)
        if run.reached and run.losses.max() < 3 * run.losses[0]:
            steps.append(run.steps)
    return min(steps, default=np.inf)


@pytest.mark.slow
def test_steps_in_each_range_by_training_one_network_at_a_time():
    record = EXAMPLES["inputs-pixel-range"]()
    rows = [*record.digits, ("doubled", 0.0, record.doubled, None)]
    for column, name in ((2, "relu"), (3, "tanh")):
        for row in rows:
            if row[column] is not None:
                found = [fewest_of_one(name, row[0], seed) for seed in range(record.starts)]
                assert np.median(found) == row[column]


def test_flats_by_fractions():
    record = EXAMPLES["inputs-prepared"]()
    rooms, areas = (2, 2, 4, 4), (50, 90, 50, 90)
    for place, (column, tests) in enumerate(((rooms, (4, 6)), (areas, (90, 130)))):
        mean, own = Fraction(sum(column), 4), Fraction(sum(tests), 2)
        variance = sum((v - mean) ** 2 for v in column) / 4
        assert record.mean[place] == mean
        assert record.variances[place] == variance == record.deviation[place] ** 2
        assert record.own_mean[place] == own
        spread = math.isqrt(int(variance))
        assert record.smallest[place] == (column[0] - mean) / spread
        assert record.flat[place] == (column[3] - mean) / spread
        # Of two numbers the smaller lies one deviation below the mean.
        assert record.own[place] == -1


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
