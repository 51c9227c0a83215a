"""Worked examples of `shifts`: every number of theirs has a second way to it."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from common_regression import SHARES
from runs import kept_run

from offcenter.examples import EXAMPLES, shifts
from offcenter.examples.shifts import _RATES, _bias_start


def test_a_bias_waits_by_fractions():
    record, F = EXAMPLES["shifts-bias-waits"](), Fraction
    w = b = F(0)
    weights = []
    for step in range(10):
        errors = [w + b + 1, 3 * w + b - 1]
        slopes = [(errors[0] + 3 * errors[1]) / 2, sum(errors) / 2]
        w, b = w - slopes[0] / 5, b - slopes[1] / 5
        weights.append(w)
        if step < 3:
            assert record.first[step] == pytest.approx([*errors, *slopes, w, b])
            parts = [(-errors[0] + errors[1]) / 2, 2 * slopes[1]]
            assert record.parts[step] == pytest.approx(parts)
            assert sum(parts) == slopes[0]
    assert weights[1] == weights[0] == F(1, 5)
    v = F(0)
    for _ in range(10):
        v -= (-1 * (-v + 1) + (v - 1)) / 2 / 5
    assert record.ten == pytest.approx((weights[-1], v))
    assert record.curvature.tolist() == [[(1 + 9) / 2, 2], [2, 1]]
    # λ² − 6λ + 1 = 0, and the best rate is 2 over the sum of both.
    assert record.curvatures == pytest.approx([3 + 8**0.5, 3 - 8**0.5])
    rate, steps = record.best
    assert rate == pytest.approx(1 / 3)
    H, far = np.array([[5.0, 2], [2, 1]]), []
    for count in (steps - 1, steps):
        far.append(np.linalg.norm(np.linalg.matrix_power(np.eye(2) - H / 3, count) @ [1, -2]))
    assert far[1] <= 0.01 * 5**0.5 < far[0]


def test_a_bias_follows_the_mean_by_descent_on_the_data():
    record = EXAMPLES["shifts-bias-follows"]()
    x, y = np.array([4.0, 6.0]), np.array([-1.0, 1.0])

    def runs(of_weight, of_bias):
        w = b = 0.0
        path = []
        for _ in range(4000):
            path.append((w, b, *(w * x + b)))
            errors = w * x + b - y
            w, b = w - of_weight * (errors * x).mean(), b - of_bias * errors.mean()
        near = [abs(bias + 5) <= 0.05 for _, bias, *_ in path]
        return path, 4000 - near[::-1].index(False)

    path, arrived = runs(0.05, 0.05)
    assert [row[0] for row in record.rows] == [1, 2, 100, arrived]
    # What a step keeps along (1, −5), nearly, by the two places a hundred steps apart.
    far = np.linalg.norm(np.subtract([path[k][:2] for k in (400, 500)], (1, -5)), axis=1)
    assert record.kept == pytest.approx((far[1] / far[0]) ** 0.01)
    for step, *found in record.rows:
        assert found == pytest.approx(path[step], abs=1e-9)
    # E[x²] = 26 and E[x] = 5, so the determinant is 1 and the sum of the eigenvalues 27.
    assert record.curvature.tolist() == [[26, 5], [5, 1]]
    large = 27 / 2 + math.sqrt((27 / 2) ** 2 - 1)
    assert record.curvatures == pytest.approx((large, 1 / large, large**2))
    assert record.limit == pytest.approx(2 / large)
    assert record.best == runs(2 / 27, 2 / 27)[1]
    assert record.own == runs(1 / 26, 1)[1]
    # No other pair of sizes has a smaller largest factor in the long run.
    slowest = [
        max(abs(np.linalg.eigvals(np.eye(2) - np.diag([u / 26, v]) @ record.curvature)))
        for u in (0.7, 1, 1.4)
        for v in (0.7, 1, 1.4)
    ]
    assert np.argmin(slowest) == 4
    # With the best bias only the spread of the errors counts.
    w = 0 - np.mean((0 - y) * x)
    assert np.var(w * x - y) == pytest.approx(0)
    assert record.solved == 1


def test_signs_of_inputs_by_the_closed_form():
    record = EXAMPLES["shifts-signs"]()
    for first, second, signs, relative, kappa, steps in record.rows:
        values = [[float(v.replace("−", "-")) for v in w.split(" or ")] for w in (first, second)]
        for v in values:
            assert relative == pytest.approx(abs(np.mean(v)) / np.std(v))
        assert kappa == pytest.approx(1 + 2 * relative**2)
        assert steps == (
            math.ceil(math.log(100) / math.log((kappa + 1) / (kappa - 1))) if kappa > 1 else 1
        )
        products = {a * b > 0 for a in values[0] for b in values[1]}
        assert signs == {(True,): "equal", (False,): "opposite"}.get(tuple(products), "both")
    assert record.below.tolist() == [[-1, -1.5], [1, 1.5]]
    assert record.mixed.tolist() == [[1, -1.5], [-1, 1.5]]


def test_a_mean_or_a_shift_by_traces_and_determinants():
    record = EXAMPLES["shifts-mean-or-shift"]()
    for shown, mean, square, steep, flat, limit in record.rows:
        x = [float(v.replace("−", "-")) for v in shown.split(", ")]
        assert mean == sum(x) / 2
        assert square == (x[0] ** 2 + x[1] ** 2) / 2
        assert steep + flat == pytest.approx(square + 1)
        assert steep * flat == pytest.approx(square - mean**2)
        assert limit == pytest.approx(2 / steep)
    assert [row[0] for row in record.rows] == ["−1, 1", "1, 3", "−2, 2", "2, 6"]
    _, _, _, steep, flat, _ = record.rows[1]
    assert (steep, flat) == pytest.approx((3 + math.sqrt(8), 3 - math.sqrt(8)))
    assert record.best == pytest.approx(1 / 3)
    assert record.left == pytest.approx(1 - flat / 3)
    # On the data, by the slopes of each error.
    w = b = 0.0
    steps = 0
    while math.hypot(w - 1, b + 2) > 0.01 * math.sqrt(5):
        steps += 1
        errors = w + b + 1, 3 * w + b - 1
        w, b = w - (errors[0] + 3 * errors[1]) / 6, b - sum(errors) / 6
    assert steps == record.steps
    # −2 and 2 with the targets −1 and 1: the slope is the mean of (wx − y)x.
    w = record.run[0]
    for found in record.run[1:]:
        w -= 0.9 * ((-2 * w + 1) * -2 + (2 * w - 1) * 2) / 2
        assert found == pytest.approx(w)


def test_inputs_that_stay_and_that_change_by_steps_on_the_data():
    record, bounds = EXAMPLES["shifts-moving"](), []
    sizes = SHARES[-90:]
    for row, change in zip(record.rows, ("none", "centered"), strict=True):
        for steps, factors in zip(row, ((1.0,), (0.8, 1.2)), strict=True):
            runs = shifts._steps_in_turn(change, factors)
            assert np.median(runs) == steps
            bounds.append((runs.min(), runs.max()))
            for seed in range(2):
                rng = np.random.default_rng(seed)
                X = rng.random((1000, 20))
                w = rng.standard_normal(20)
                mean = X.mean(axis=0)
                at = mean if change == "none" else np.zeros(20)
                # What the neuron reads, and what it should put out.
                read = [np.column_stack([at + f * (X - mean), np.ones(1000)]) for f in factors]
                given = [(mean + f * (X - mean)) @ w for f in factors]
                A, y = np.column_stack([at + X - mean, np.ones(1000)]), X @ w
                p, taken = np.zeros((21, len(sizes))), 0
                while np.mean((A @ p - y[:, None]) ** 2, axis=0).min() > 1e-4 * y.var():
                    B, target = read[taken % len(read)], given[taken % len(read)]
                    slope = B.T @ (B @ p - target[:, None])
                    p, taken = p - sizes * 2 / np.linalg.norm(A, 2) ** 2 * slope, taken + 1
                assert taken == runs[seed]
    assert record.ranges == tuple(bounds)
    full = EXAMPLES["regression-signs"]().full
    assert [row[0] for row in record.rows] == [full[0], full[2]]


def test_bias_and_weight_learned_from_single_examples_in_fractions():
    record = EXAMPLES["shifts-bias-turns"]()
    for rows, inputs in ((record.raw, (1, 3)), (record.centered, (-1, 1))):
        w = b = sp.Rational(0)
        for step, row in enumerate(rows):
            x, y = inputs[step % 2], (-1, 1)[step % 2]
            error = w * x + b - y
            w, b = w - error * x / (x * x + 1), b - error / (x * x + 1)
            assert w * x + b == y
            assert row == pytest.approx(tuple(map(float, (x, error, w, b))))
    assert (len(record.raw), len(record.centered)) == (4, 2)

    def steps(first, second):
        p, taken = np.array([-1.0, 2.0]), 0
        examples = itertools.cycle(((first, np.array([1, 1])), (second, np.array([3, 1]))))
        while np.linalg.norm(p) > 0.01 * 5**0.5:
            size, x = next(examples)
            p, taken = p - size * x * (x @ p), taken + 1
        return taken

    assert record.raw_steps == steps(1 / 2, 1 / 10)
    assert record.one_size == (steps(1 / 4, 1 / 4), steps(1 / 2, 1 / 2))
    assert record.angles == pytest.approx([45 - math.degrees(math.atan(1 / 3)), 90])
    # Each step projects the distance, and two lines at this angle leave its cosine.
    assert record.left == pytest.approx(math.cos(math.radians(record.angles[0])))
    assert record.small_condition == pytest.approx(100)
    # Means of x², x and 1; trace 6 and determinant 1.
    assert record.matrices.tolist() == [[[5, 2], [2, 1]], [[1, 0], [0, 1]]]
    high, low = 3 + math.sqrt(8), 3 - math.sqrt(8)
    assert record.curvatures[0] == pytest.approx((high, low, high**2))
    assert record.curvatures[1] == (1, 1, 1)
    # Not after the first, which leaves (½, −½) of (1, 0), but after the second.
    assert record.centered[1][2:] == (1, 0)
    assert record.centered_steps == 2


def test_decay_settles_where_the_derivatives_are_zero():
    record = EXAMPLES["shifts-decay"]()
    w, b = sp.symbols("w b")
    settings = [(x, decay) for x in ((1, 3), (-1, 1)) for decay in ((0, 0), (1, 0), (1, 1))]
    for (inputs, (on_w, on_b)), row in zip(settings, record.rows, strict=True):
        parameters, outputs, kappa = row
        loss = sum((w * x + b - y) ** 2 for x, y in zip(inputs, (-1, 1), strict=True)) / 4
        loss += (on_w * w**2 + on_b * b**2) / sp.Integer(2)
        (at,) = sp.solve([loss.diff(w), loss.diff(b)], [w, b], dict=True)
        written = [sp.Rational(v.strip()) for v in parameters.replace("−", "-").split(",")]
        assert written == [at[w], at[b]]
        shown = [sp.Rational(v.strip()) for v in outputs.replace("−", "-").split(",")]
        assert shown == [at[w] * x + at[b] for x in inputs]
        values = sorted(sp.hessian(loss, (w, b)).eigenvals(multiple=True))
        assert kappa == pytest.approx(float(values[1] / values[0]))
    low, high = 3 - math.sqrt(8), 3 + math.sqrt(8)
    assert record.small == pytest.approx((high + 1e-4) / (low + 1e-4))
    # Inputs of ∓0.1 and targets of ∓1: the best w without decay is 10, and b is 0.
    (scaled,) = sp.solve(((w / 10 - 1) ** 2 / 2 + w**2 / 2).diff(w), w)
    assert record.tenth == pytest.approx(float(scaled) / 10)


STARTS = ("0", "0.01", "cancels", "centered")


def _biased_network(seed, low, start):
    """Draw what is read, the targets, and weights, biases and next weights."""
    rng = np.random.default_rng(seed)
    X = low + rng.random((200, 20))
    mean = X.mean(axis=0)
    y = np.maximum((X - mean) @ rng.standard_normal((20, 10)), 0) @ rng.standard_normal(10)
    y = (y - y.mean()) / y.std()
    W = rng.standard_normal((20, 30)) * math.sqrt(2 / 20)
    v = rng.standard_normal(30) / math.sqrt(30)
    biases = (np.zeros(30), np.full(30, 0.01), -mean @ W, np.zeros(30))
    return X - mean * (start == "centered"), y, W, biases[STARTS.index(start)], v


def _relu_descent(X, y, W, b, v, rate, steps):
    """Train a hidden layer of ReLU and a linear output, written out for one network."""
    W, b, v, c = W.copy(), b.copy(), v.copy(), 0.0
    for _ in range(steps):
        s = X @ W + b
        h = s * (s > 0)
        d = (h @ v + c - y) / len(y)
        back = np.outer(d, v) * (s > 0)
        slopes = X.T @ back, back.sum(axis=0), h.T @ d, d.sum()
        W, b, v, c = (p - rate * g for p, g in zip((W, b, v, c), slopes, strict=True))
    h = np.maximum(X @ W + b, 0)
    return np.mean((h @ v + c - y) ** 2)


@kept_run
def left_by_relus(low, start, rates, steps):
    """Return what is left of the loss in each run, a row a draw."""
    drawn = [_biased_network(seed, low, start) for seed in range(5)]
    return np.array([[_relu_descent(*parts, rate, steps) for rate in rates] for parts in drawn])


def test_biases_start_and_networks_learn_one_at_a_time():
    record = EXAMPLES["shifts-bias-start"]()
    assert (record.units, record.examples, record.draws) == (30, 200, 5)
    for start, row, ends in zip(STARTS, record.rows, record.ranges, strict=True):
        alike, least = [], {}
        for seed in range(5):
            read, _, W, b, _ = _biased_network(seed, 2.0, start)
            on = (read @ W + b > 0).sum(axis=0)
            alike.append(np.mean((on == 0) | (on == 200)))
        for low in (0.0, 2.0):
            if start == "centered" and low:
                # Less their mean these are the inputs from [0, 1].
                least[low] = least[0.0]
                continue
            found, rates = _bias_start(low, start), _RATES[low]
            assert found.shape == (5, record.rates)
            own = left_by_relus(low, start, tuple(rates.tolist()), record.steps)
            np.testing.assert_allclose(own, found, rtol=1e-6)
            least[low] = own.min(axis=1)
        assert row[0] == np.median(alike)
        assert row[1:] == pytest.approx([np.median(left) for left in least.values()], rel=1e-6)
        bounds = [f(left) for left in least.values() for f in (min, max)]
        assert ends == pytest.approx(bounds, rel=1e-6)
    assert record.sums == (9 - 10, 11 - 10)
    # The errors are 1 and −1, so either gradient is (−1, 0), and the new weight 1.1.
    assert record.moved == pytest.approx((1.1 * 9 - 10, 1.1 * 11 - 10))
    assert record.free == pytest.approx((-1.1, 1.1))
    assert record.losses == pytest.approx((0.5, (1.9**2 + 0.1**2) / 4, 0.9**2 / 2))
    # Over so short a way the density is that at 0.
    assert record.fires - 0.5 == pytest.approx(0.01 / math.sqrt(2 * math.pi), rel=1e-4)
    # That sigmoid puts out the class's frequency.
    assert 1 / (1 + math.exp(-record.odds)) == pytest.approx(0.01)
