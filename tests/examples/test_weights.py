"""Worked examples of `weights`: every number of theirs has a second way to it."""

import itertools
import math
import re

import numpy as np
import pytest
from runs import kept_run
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_factors_of_initial_variances_keep_drawn_sums_at_their_size():
    record, rng = EXAMPLES["weights-factors"](), np.random.default_rng(0)
    sums = np.array([-3, -1, 1, 3])
    for name, shown, mean, square, forward in record.rows:
        values = np.array([float(v.replace("−", "-")) for v in shown.split(", ")])
        assert (mean, square) == (values.mean(), np.mean(values**2))
        # (9 + 1 + 1 + 9)/4 = 5 before.
        assert forward * square == pytest.approx(5)
        # Many units of 100 inputs, each one of the four values.
        inputs = rng.choice(values, (4000, 100))
        weights = rng.standard_normal((4000, 100)) * math.sqrt(forward / 100)
        next_sums = np.sum(inputs * weights, axis=1)
        assert np.mean(next_sums**2) == pytest.approx(5, rel=0.1)
        phi = {
            "s itself": lambda s: s,
            "size of s": abs,
            "ReLU": lambda s: np.maximum(s, 0),
            "ReLU − mean": lambda s: np.maximum(s, 0) - 1,
        }[name]
        assert list(values) == list(phi(sums))
        if name.startswith("ReLU"):
            slopes = (phi(sums + 1e-6) - phi(sums - 1e-6)) / 2e-6
            assert record.back == pytest.approx(1 / np.mean(slopes**2))
    z = rng.standard_normal(400_000)
    for factor, value in zip(record.normal, (np.maximum(z, 0), np.tanh(z)), strict=True):
        middle = value.mean() if value.min() == 0 else 0
        assert 1 / np.mean((value - middle) ** 2) == pytest.approx(factor, rel=0.01)


def test_gradients_of_four_starts_by_differences():
    record = EXAMPLES["weights-starts"]()

    def numbers(text):
        return np.array([float(v) for v in re.findall(r"-?[\d.]+", text.replace("−", "-"))])

    for name, weights, v, h, error, *gradients in record.rows:
        start = np.concatenate([numbers(weights), numbers(v)])

        def hidden(p):
            return np.maximum(p[:4].reshape(2, 2) @ [1, 2], 0)

        loss = lambda p: (p[4:] @ hidden(p) - 1) ** 2 / 2  # noqa: E731
        np.testing.assert_allclose(numbers(h), hidden(start))
        assert error == pytest.approx(start[4:] @ hidden(start) - 1)
        expected = numerical_gradient(loss, start)
        np.testing.assert_allclose(
            np.concatenate(list(map(numbers, gradients))), expected[:4], atol=1e-6
        )
        if name == "all positive":
            assert (expected > 0).all()
        if name == "all 0":
            assert not expected.any()
    assert {row[0] for row in record.rows} >= {"all positive", "all 0"}


def test_four_units_by_hand():
    record = EXAMPLES["weights-four-units"]()
    *units, means = record.rows
    halves = {"½": 0.5, "1": 1.0, "−½": -0.5, "−1": -1.0}
    for name, first, second, mean, after in units:
        u, v = (halves[part] for part in name.strip("()").split(", "))
        assert (first, second) == (u + 3 * v, 3 * u + v)
        assert mean == 2 * (u + v) != 0
        assert after == (max(first, 0) + max(second, 0)) / 2
    assert {row[0].count("−") for row in units} == {0, 1, 2}
    assert means == ("mean", 0, 0, 0, 9 / 8)


def test_means_and_spreads_by_layer_by_a_draw_of_another_width_and_by_the_law():
    record, rng = EXAMPLES["weights-by-layer"](), np.random.default_rng(5)
    width, draws, rows = 500, 3, {row[0]: row[1:] for row in record.rows}
    found = {layer: [] for layer in rows}
    for _ in range(draws):
        x = rng.standard_normal((300, width))
        x -= x.mean(axis=0)
        for layer in range(1, 11):
            s = rng.normal(0, math.sqrt(2 / width), (width, width)) @ x.T
            x = np.maximum(s, 0).T
            if layer in rows:
                own = s.mean(axis=1)
                found[layer].append((own.mean(), own @ own / width, s.var(axis=1).mean()))
    cosine, after = 0.0, [0.0]
    for _ in range(10):
        cosine = (math.sqrt(1 - cosine**2) + cosine * (math.pi - math.acos(cosine))) / math.pi
        after.append(cosine)
    for layer, (common, own, spread, share, theory) in rows.items():
        others = np.mean(found[layer], axis=0)
        assert abs(common) < 0.1 > abs(others[0])
        # Sums of mean square 2, of which the share before this layer is fixed.
        assert own == pytest.approx(math.sqrt(others[1]), abs=0.2)
        assert own == pytest.approx(math.sqrt(2 * after[layer - 1]), abs=0.15)
        assert spread == pytest.approx(math.sqrt(others[2]), abs=0.1)
        assert spread == pytest.approx(math.sqrt(2 - 2 * after[layer - 1]), abs=0.1)
        assert theory == pytest.approx(after[layer])
        assert share == pytest.approx(theory, abs=0.02)


def test_layers_of_the_same_draws_by_their_inner_products():
    by_layer, kept = EXAMPLES["weights-by-layer"](), EXAMPLES["weights-kept"]()
    for record in (by_layer, kept):
        # The setting that both pages name.
        assert (record.draws, record.width, record.examples) == (6, 300, 200)
    sizes, ends = {layer: [] for layer in range(1, 11)}, []

    def share_and_size(x):
        total, square = x.sum(axis=1), np.einsum("ij,ij->", x, x)
        return total @ total / 200 / square, square / x.size

    for draw in range(6):
        rng = np.random.default_rng(draw)
        x = rng.standard_normal((200, 300)).T
        x = y = x - x.mean(axis=1, keepdims=True)
        for layer in range(1, 11):
            W = rng.standard_normal((300, 300)).T * math.sqrt(2 / 300)
            s, bias = W @ x, -W @ y.mean(axis=1, keepdims=True)
            means = s.sum(axis=1) / 200
            own = means @ means / 300
            x, y = np.maximum(s, 0), np.maximum(W @ y + bias, 0)
            # A unit's mean square is its mean's square and its variance.
            sizes[layer].append((s.mean(), own, (s**2).mean() - own, *share_and_size(x)))
        ends.append(share_and_size(y))
    found = {layer: np.mean(rows, axis=0) for layer, rows in sizes.items()}
    assert [row[0] for row in by_layer.rows] == [1, 2, 5, 10]
    for layer, common, own, spread, share, _ in by_layer.rows:
        assert common == pytest.approx(found[layer][0], abs=0.00501)
        assert (own, spread) == pytest.approx(tuple(np.sqrt(found[layer][1:3])), abs=1e-9)
        assert share == pytest.approx(found[layer][3], abs=1e-9)
    assert [row[0] for row in kept.rows] == [1, 2, 10]
    for layer, size, share in kept.rows:
        assert (share, size) == pytest.approx(tuple(found[layer][3:]))
    assert (kept.centered_share, kept.centered_size) == pytest.approx(tuple(np.mean(ends, axis=0)))


def test_size_is_kept_and_mean_grows_by_a_draw_of_another_width_and_by_the_law():
    record, rng = EXAMPLES["weights-kept"](), np.random.default_rng(8)
    width, draws, rows = 400, 3, {row[0]: row[1:] for row in record.rows}
    cosine, law, centered = 0.0, {}, []
    for layer in range(1, 11):
        cosine = (math.sqrt(1 - cosine**2) + cosine * (math.pi - math.acos(cosine))) / math.pi
        law[layer] = cosine
    found = {layer: [] for layer in rows}
    for _ in range(draws):
        x = rng.standard_normal((width, 250))
        x -= x.mean(axis=1, keepdims=True)
        y = x
        for layer in range(1, 11):
            W = rng.normal(0, math.sqrt(2 / width), (width, width))
            x = np.maximum(W @ x, 0)
            bias = -W @ y.mean(axis=1, keepdims=True)
            y = np.maximum(W @ y + bias, 0)
            if layer in rows:
                mean, size = x.mean(axis=1), (x**2).mean()
                found[layer].append((size, mean @ mean / width / size))
        mean = y.mean(axis=1)
        centered.append((mean @ mean / (y**2).sum() * y.shape[1], (y**2).mean()))
    for layer, (size, share) in rows.items():
        others = np.mean(found[layer], axis=0)
        # A layer multiplies the mean square by a number of relative variance 5/width at most.
        error = math.sqrt(5 * layer / record.width / record.draws)
        assert size == pytest.approx(1, abs=5 * error)
        assert others[0] == pytest.approx(1, abs=5 * error)
        assert share == pytest.approx(law[layer], abs=0.02)
        assert share == pytest.approx(others[1], abs=0.03)
    share, size = np.mean(centered, axis=0)
    assert record.centered_share == pytest.approx(share, abs=0.02)
    # Each layer takes 1/π of the mean square from the next sums.
    assert record.centered_size == pytest.approx((1 - 1 / math.pi) ** 9, abs=0.01)
    assert record.centered_size == pytest.approx(size, abs=0.01)


def test_what_a_unit_behind_one_relu_has_left_after_a_step_by_traces_and_real_steps():
    rows = EXAMPLES["weights-read"]().rows
    assert [row[0] for row in rows] == [1, 2]
    for k, size, share, steep, flat, left, centered in rows:
        # Outputs 0 or 2k: mean k, mean square 2k², and of their product k².
        assert (size, share) == (2 * k**2, 0.5)
        assert (steep, flat) == pytest.approx((3 * k**2, k**2))
        # Two steps of the rate 1/(2k²) from 0, example by example.
        v, path = [0.0, 0.0], []
        for _ in range(2):
            gradient = [0.0, 0.0]
            for a in itertools.product((0, 2 * k), repeat=2):
                error = v[0] * a[0] + v[1] * a[1] - 2 * a[0] / k
                gradient = [g + error * x / 4 for g, x in zip(gradient, a, strict=True)]
            v = [w - g / (2 * k**2) for w, g in zip(v, gradient, strict=True)]
            path.append(v)
        assert path == [[2 / k, 1 / k], [1.5 / k, 0]]
        for factor, place in zip((left, left**2), path, strict=True):
            assert math.hypot(place[0] - 2 / k, place[1]) == pytest.approx(factor * 2 / k)
        assert left == pytest.approx(0.5)
        assert centered == pytest.approx(0)


@kept_run
def piled_up(seed):
    """Return last outputs' size and cosine, by He's weights and their absolute values."""
    width, rng = 100, np.random.default_rng(seed)
    he = mean = rng.standard_normal((1000, width)).T
    for W in math.sqrt(1 / 50) * rng.standard_normal((10, width, width)):
        he, mean = (np.where(s > 0, s, 0) for s in (W.T @ he, abs(W).T @ mean))
    found = []
    for a in (he, mean):
        of_units = [
            np.dot(a[i], a[j]) / math.sqrt(np.dot(a[i], a[i]) * np.dot(a[j], a[j]))
            for i in range(width)
            for j in range(i)
            if a[i].any() and a[j].any()
        ]
        found.append((math.sqrt((a * a).mean()), np.mean(of_units)))
    return found


def test_positive_weights_pile_up_pair_by_pair_by_other_draws_and_by_their_mean():
    record = EXAMPLES["weights-positive"]()
    assert (record.draws, record.width, record.examples, record.layers) == (21, 100, 1000, 10)
    same = np.array([piled_up(seed) for seed in range(21)])
    assert record.sizes == pytest.approx(np.median(same[:, :, 0], axis=0))
    assert record.cosines == pytest.approx(np.median(same[:, :, 1], axis=0))
    for bounds, sizes in zip(record.ranges, (same[:, 0, 0], same[:, 1, 0] / 1e9), strict=True):
        assert bounds == pytest.approx((sizes.min(), sizes.max()))
    found = [piled_up(seed) for seed in range(100, 109)]
    (he, he_cosine), (positive, cosine) = np.median(found, axis=0)
    assert record.sizes[0] == pytest.approx(he, abs=0.25)
    assert record.sizes[1] == pytest.approx(positive, rel=0.03)
    assert record.billions * 1e9 == record.sizes[1]
    assert record.cosines[0] == pytest.approx(he_cosine, abs=0.08)
    assert record.cosines[1] == pytest.approx(cosine, abs=1e-4)
    assert record.cosines[1] > 0.9999
    drawn = abs(np.random.default_rng(0).standard_normal(400_000))
    assert record.mean_size == pytest.approx(drawn.mean(), rel=0.005)
    assert record.mean_weight == pytest.approx(drawn.mean() * math.sqrt(0.02), rel=0.005)
    # Nine layers read positive numbers: each multiplies their mean.
    assert record.gain == pytest.approx((positive / 0.8) ** (1 / 9), rel=0.1)
    assert record.gain == pytest.approx(100 * record.mean_weight)


@kept_run
def scaled(deviation, mean):
    """Return medians over the record's draws, layers times examples: sizes, mean, share, factor."""
    found = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        x, layers, sizes = rng.standard_normal((500, 500)).T + mean, [], []
        for W in rng.standard_normal((10, 500, 500)):
            s = deviation * (W.T @ x)
            x = np.tanh(s)
            layers.append((deviation * W, np.cosh(s)))
            sizes.append(math.sqrt((x * x).mean() - x.mean() ** 2))
        share = np.mean(x.mean(axis=1) ** 2) / np.mean(x * x)
        error, factors = rng.standard_normal((500, 500)).T, []
        for W, root in reversed(layers):
            after = W @ (error / root / root)
            factors.append(np.linalg.norm(after) / np.linalg.norm(error))
            error = after
        found.append((sizes[0], sizes[1], sizes[9], x.mean(), share, max(factors)))
    return np.median(found, axis=0)


def test_scale_of_tanh_layers_in_the_same_draws_another_way():
    record = EXAMPLES["weights-scale"]()
    for (_, *spreads, mean, share), deviation in zip(
        record.rows, (0.01, 1 / math.sqrt(500), 1.0), strict=True
    ):
        *sizes, middle, part, most = scaled(deviation, 0)
        assert spreads == pytest.approx(sizes, rel=1e-6)
        assert mean == round(middle, 3)
        assert share == pytest.approx(part, rel=1e-6)
    assert record.back[2] == pytest.approx(most, rel=1e-6)
    _, _, _, middle, part, _ = scaled(1 / math.sqrt(500), 1)
    assert record.shifted[0] == round(middle, 2)
    assert record.shifted[1] == pytest.approx(part, rel=1e-6)


def test_scale_of_tanh_layers_by_other_draws_and_by_integrals():
    record, rng = EXAMPLES["weights-scale"](), np.random.default_rng(99)
    width, count = record.width, 400
    assert (width, record.examples, record.draws) == (500, 500, 3)
    for (factor, *spreads, mean, share), deviation in zip(
        record.rows, (0.01, 1 / math.sqrt(500), 1.0), strict=True
    ):
        assert factor == pytest.approx(math.sqrt(width) * deviation)
        x, seen, layers = rng.standard_normal((count, width)), [], []
        for layer in range(1, 11):
            W = rng.normal(0, deviation, (width, width))
            x = np.tanh(x @ W)
            layers.append((W, x))
            if layer in (1, 2, 10):
                seen.append(x.std())
        assert spreads == pytest.approx(seen, rel=0.03)
        assert mean == pytest.approx(x.mean(), abs=0.005)
        # A mean of 0 over a sample of N: 1/N of the mean square.
        assert share == pytest.approx(1 / 500, rel=0.25)
        if deviation == 1:
            assert record.flat == pytest.approx(np.mean(abs(x) > 0.99), abs=0.01)
            # Sums of deviation √n·0.98, and E[tanh′²] = 4/3 of their density at 0.
            sums = math.sqrt(width) * spreads[2]
            back = math.sqrt(width * 4 / 3 / math.sqrt(2 * math.pi) / sums)
            assert record.back[0] == pytest.approx(back, rel=0.02)
            assert 1 < record.back[1] < record.back[0] < record.back[2]
        if deviation == 0.01:
            error = rng.standard_normal((count, width))
            first = np.sqrt(np.mean(error**2))
            for W, y in reversed(layers):
                error = (error / np.cosh(np.arctanh(y)) ** 2) @ W.T
            left = (np.sqrt(np.mean(error**2)) / first) ** 0.1
            assert record.back_small == pytest.approx(left, rel=0.01)
        # A layer's first sums are normal, of the variance nσ².
        z = (np.arange(-8000, 8000) + 0.5) / 1000
        density = np.exp(-z * z / 2) / np.exp(-z * z / 2).sum()
        assert spreads[0] == pytest.approx(math.sqrt(density @ np.tanh(factor * z) ** 2), rel=0.01)
    x = rng.standard_normal((count, width)) + 1
    for _ in range(10):
        x = np.tanh(x @ rng.normal(0, 1 / math.sqrt(width), (width, width)))
    assert record.shifted[0] == pytest.approx(x.mean(), abs=0.03)
    assert record.shifted[1] == pytest.approx((x.mean(axis=0) ** 2).mean() / (x**2).mean(), abs=0.1)
    assert record.ten == pytest.approx((0.01**2 * 500) ** 5)
    assert record.edge == pytest.approx((math.e**4 - 1) / (math.e**4 + 1))
    assert record.slope == pytest.approx(1 / math.cosh(math.atanh(0.99)) ** 2)


def _sigmoid(s):
    return 1 / (1 + np.exp(-s))


def test_assumed_means_and_squares_by_odds_and_by_wide_layers():
    record = EXAMPLES["weights-assumed"]()
    log3 = math.log(3)
    tables = ((0.8, -0.8), (log3, 0), (0.75, 0.25))
    for row, (high, low) in zip(record.rows, tables, strict=True):
        assert row[1:3] == tuple(
            f"({a:.3g}, {b:.3g})".replace("-", "−") for a, b in ((high, low), (low, high))
        )
        mean, square = (high + low) / 2, (high**2 + low**2) / 2
        wanted = (mean, square, square - mean**2, high * low / square, mean**2)
        assert row[3:] == pytest.approx(wanted, abs=1e-12)
    assert record.square == pytest.approx(log3**2)
    assert record.factors == pytest.approx((log3**2 * 3.2, log3**2 * 16))
    assert (record.common, record.off) == pytest.approx((4 * log3**2, 2 * log3))
    assert record.slope == pytest.approx(0.09)
    # By quadrature over two normal sums of mean square 1, whose correlation is the cosine before.
    z, weights = np.polynomial.hermite_e.hermegauss(100)
    one, other = np.meshgrid(z, z)
    both = np.outer(weights, weights) / weights.sum() ** 2
    squares, cosine = {}, 0.0
    for phi, size in ((np.tanh, record.sizes[0]), (_sigmoid, record.sizes[2])):
        squares[phi] = np.sum(both * phi(one) ** 2)
        assert size == pytest.approx(1 / squares[phi], rel=1e-4)
    assert record.sizes[1] == pytest.approx(2)
    for _, tanh, _, sigmoid in record.deep:
        second = cosine * one + math.sqrt(1 - cosine**2) * other
        cosine = np.sum(both * _sigmoid(one) * _sigmoid(second)) / squares[_sigmoid]
        # Tanh is odd: right angles stay.
        assert (tanh, sigmoid) == (0, pytest.approx(cosine, rel=1e-4))
    around, cosine = 2 * np.pi * (np.arange(100_000) + 0.5) / 100_000, 0.0
    for _, _, relu, _ in record.deep:
        pair = (np.maximum(np.cos(around - t), 0) for t in (0.0, math.acos(cosine)))
        cosine = 4 * np.mean(np.prod(list(pair), axis=0))
        assert relu == pytest.approx(cosine, abs=1e-6)
    # Drawn layers, wide and from two examples at right angles.
    rng, width = np.random.default_rng(0), 3000
    functions = (np.tanh, lambda s: np.maximum(s, 0), lambda s: 1 / (1 + np.exp(-s)))
    for place, (phi, factor) in enumerate(zip(functions, record.sizes, strict=True)):
        x = np.sqrt(2) * np.kron(np.eye(2), np.ones((1, width // 2)))
        s = x @ rng.standard_normal((width, width)) / width**0.5
        for layer in range(3):
            x = phi(s)
            cosine = x[0] @ x[1] / np.sqrt((x[0] @ x[0]) * (x[1] @ x[1]))
            assert cosine == pytest.approx(record.deep[layer][1 + place], abs=0.06)
            assert record.deep[layer][0] == layer + 1
            s = x @ rng.standard_normal((width, width)) * (factor / width) ** 0.5
            assert np.mean(s**2) == pytest.approx(1, abs=0.1)
