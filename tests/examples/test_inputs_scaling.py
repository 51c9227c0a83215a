"""Worked examples of `inputs`, scaling: every number has a second way to it."""

import math

import numpy as np
import pytest
import sympy as sp

from offcenter.examples import EXAMPLES


def test_ranges_leave_the_means_that_fractions_say():
    record = EXAMPLES["inputs-ranges"]()
    means = [(row[1], row[2]) for row in record.rows]
    assert record.mean == (1 + 2 + 3 + 4 + 10) / 5
    assert record.variance == pytest.approx((3**2 + 2**2 + 1**2 + 0**2 + 6**2) / 5)
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
    # No rate of a fine grid brings each of the three distances to 1 % in fewer steps.
    for spreads, steps in zip(((1, 10), (10, 10), (0.1, 0.1), (1, 1)), record.biased, strict=True):
        curvatures = np.array([*spreads, 1]) ** 2.0
        rates = np.linspace(0, 2, 20_001)[1:-1] / curvatures.max()
        left = np.abs(1 - np.outer(rates, curvatures)).max(axis=1)
        fewest = np.ceil(np.log(0.01) / np.log(np.clip(left, 1e-9, None)))
        assert steps == max(1, fewest.min())


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


def test_normalized_columns_and_rows_by_hand():
    record = EXAMPLES["inputs-two-ways"]()
    assert record.rows.tolist() == [[2, 40, 5], [2, 80, 8], [4, 40, 6], [4, 80, 9]]
    signs = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    assert record.features == pytest.approx(signs)
    assert record.layer == pytest.approx(np.array(4 * [[-1, 1]]))
    assert record.means == pytest.approx(np.array([[3, 60], [0, 0], [-1, 1]]))
    # The fourth flat, and one deviation of the m² more.
    assert record.new == pytest.approx(9 + 1.5)
    # All four rents, by weights and bias.
    assert record.weights == pytest.approx([0.5, 1.5, 7])
    assert signs @ record.weights[:2] + record.weights[2] == pytest.approx(record.rows[:, 2])
