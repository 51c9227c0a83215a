"""Worked examples of `spectra`, second moments: every number has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from offcenter.examples import EXAMPLES


def test_curvatures_of_one_or_three_are_roots_of_their_polynomial():
    record = EXAMPLES["spectra-one-or-three"]()
    # The mean of 1 and 9, and that of 1·1, 1·3, 3·1 and 3·3.
    assert record.moment.tolist() == [[5, 4], [4, 5]]
    # (1, 1) becomes nine times, (1, −1) once as long; less their mean the inputs are ±1.
    assert record.steep == pytest.approx(5 + 4)
    assert record.flat == pytest.approx(5 - 4)
    assert record.condition == pytest.approx(9)
    assert (record.centered_condition, record.centered_steps) == (pytest.approx(1), 1)
    l = sp.Symbol("l")  # noqa: E741
    A = sp.Matrix([[5, 4, 2], [4, 5, 2], [2, 2, 1]])
    roots = [complex(r).real for r in sp.Poly(A.charpoly(l)).nroots()]
    assert record.bias_condition == pytest.approx(max(roots) / min(roots))
    assert record.steps == math.ceil(math.log(0.01) / math.log(0.8))
    assert record.hundred_steps == math.ceil(math.log(0.01) / math.log(400 / 402))
    # Along (1, 1) a step of 2/10 turns a part round, to 0.8 of it; along (1, −1) 0.8 are left.
    halves = [np.array([1, 1]) / 2, np.array([1, -1]) / 2]
    for k, off in enumerate(record.path):
        assert off == pytest.approx((-0.8) ** k * halves[0] + 0.8**k * halves[1])


def test_four_writings_by_hand():
    rows = EXAMPLES["spectra-four-writings"]().rows
    root = 5 + math.sqrt(24)
    assert [row[2:4] for row in rows] == [(1, 9), (0, 9), (1, 9), (0.5, 1)]
    assert [row[4] for row in rows] == pytest.approx([root**2, root**2, 9, 1])
    assert [row[5] for row in rows] == pytest.approx([9, 9, 9, 1])
    assert [row[6] for row in rows] == pytest.approx([1, 1, 1, 1])
    # A step of 2/(9 + 1) leaves 0.8 of both parts.
    assert 0.8**21 < 0.01 < 0.8**20
    assert [row[7] for row in rows] == [21, 21, 21, 1]


def test_both_parts_of_a_gradient_and_a_step_by_fractions():
    record = EXAMPLES["spectra-two-parts"]()
    points = [(5, 3), (3, 5), (5, 5), (3, 3)]
    target = lambda x: Fraction(x[1] - x[0], 2) - 1  # noqa: E731
    errors = [-target(x) for x in points]
    assert list(record.errors) == errors == [2, 0, 1, 1]
    for found, m in ((record.raw, 0), (record.centered, 4)):
        for row, d, x in zip(found, errors, points, strict=True):
            assert list(row) == [d * (v - m) for v in x]
    assert list(record.total) == [10 + 0 + 5 + 3, 6 + 0 + 5 + 3]
    assert list(record.mean_part) == [4 * 1 * 4] * 2
    assert list(record.rest) == [2 - 0 + 1 - 1, -2 + 0 + 1 - 1]
    assert record.bias == 2 + 0 + 1 + 1
    # There the loss is 0.
    *w, b = (Fraction(v) for v in record.arrived)
    for x in points:
        assert w[0] * (x[0] - 4) + w[1] * (x[1] - 4) + b == target(x)


_PAIR = ((sp.Matrix([[3, 1]]), 4), (sp.Matrix([[1, 3]]), -4))


def test_more_inputs_by_fractions_and_the_closed_form():
    record = EXAMPLES["spectra-more-inputs"]()
    for n, share, kappa, steps, centered in record.rows:
        assert share == float(sp.Rational(2, 2**n))
        assert kappa == pytest.approx(4 * n + 1)
        assert n > 100 or kappa == pytest.approx(np.linalg.cond(np.eye(n) + 4))
        # The best step size leaves (κ − 1)/(κ + 1) of both ends: 4n/(4n + 2).
        assert steps == math.ceil(math.log(0.01) / math.log(2 * n / (2 * n + 1)))
        assert centered == 1
    values = ((0.1, 10, sp.Rational(1, 100)), (2, -1, sp.Rational(1, 10)))
    for (orthants, ratio, kappa, of_thousand), (usual, rare, chance) in zip(
        record.kinds, values, strict=True
    ):
        mean = (1 - chance) * usual + chance * rare
        square = (1 - chance) * usual**2 + chance * rare**2
        expected = float(mean**2 / (square - mean**2))
        assert (ratio, kappa) == pytest.approx((expected, 1 + 10 * expected))
        assert of_thousand == pytest.approx(1 + 1000 * expected)
        assert orthants == (2 if rare > 0 else 2**10)
    w = sp.Matrix(sp.symbols("a b"))
    loss = sum((x * w)[0] ** 2 / 2 - y * (x * w)[0] for x, y in _PAIR)
    slopes = [float(sp.diff(loss, v).subs({u: 0 for u in w})) for v in w]
    assert record.pair.tolist() == [slopes, [-slope / 4 for slope in slopes]]
    nodes, weights = np.polynomial.hermite_e.hermegauss(100)
    square = weights @ (1 + np.exp(-nodes)) ** -2.0 / math.sqrt(2 * math.pi)
    assert record.sigmoids == pytest.approx(1 + 1000 / 4 / (square - 1 / 4))


def test_sign_or_mean_by_closed_forms_and_drawn_inputs():
    record = EXAMPLES["spectra-sign-or-mean"]()
    assert record.with_bias == pytest.approx((21, 20))
    draws = np.random.default_rng(1)
    X = np.hstack([np.eye(10)[draws.integers(10, size=100_000)] for _ in range(8)])
    for Z, kappa in zip((X, X - 0.1), record.several, strict=True):
        values = np.linalg.eigvalsh(np.c_[Z, np.ones(len(Z))].T @ np.c_[Z, np.ones(len(Z))])
        assert values[-1] / values[values > 1e-3 * values[-1]][0] == pytest.approx(kappa, rel=0.1)
    rng, n, N = np.random.default_rng(0), 20, 200_000
    unit = rng.random((N, n))
    drawn = {
        "[0, 1]": unit,
        "[0, 1], every second negated": unit * ([1, -1] * 10),
        "[−1, 100]": 101 * unit - 1,
        "−1, but 100 in 1% of cases": np.where(rng.random((N, n)) < 0.99, -1.0, 100.0),
        "[−1, 1]": 2 * unit - 1,
        "one-hot": np.eye(n)[rng.integers(n, size=N)],
    }
    assert [row[0] for row in record.rows] == list(drawn)
    for name, negative, share, kappa in record.rows:
        X = drawn[name]
        assert (X < 0).mean() == pytest.approx(negative, abs=0.005)
        mean = X.mean(axis=0)
        assert mean @ mean / (X**2).sum(axis=1).mean() == pytest.approx(share, abs=0.005)
        # Of many draws the ratio is a little too large.
        assert kappa == pytest.approx(np.linalg.cond(X) ** 2, rel=0.15 if "cases" in name else 0.08)
    # To negate inputs mirrors them; a mean of 0 and twenty indicators give a multiple of I.
    assert record.rows[0][3] == pytest.approx(1 + 20 * 0.25 * 12)
    assert [record.rows[k][3] for k in (1, 4, 5)] == pytest.approx([61, 1, 1])
    # Each variable's indicators add up to 1, as the bias is: eight times 1/10, and 1, against the
    # 1/10 at right angles to them.
    assert record.several == pytest.approx(((8 / 10 + 1) * 10, 10))
    assert record.rows[2][3] == pytest.approx(1 + 20 * 49.5**2 * 12 / 101**2)
    for field, name in ((record.uniform, "[−1, 100]"), (record.rare, "−1, but 100 in 1% of cases")):
        X = drawn[name]
        assert field == pytest.approx((X.mean(), X.std()), abs=0.05)
    # −1 · 0.99 + 100 · 0.01, and the square of 101 times 0.0099.
    assert record.rare == pytest.approx((0.01, 101 * math.sqrt(0.0099)))
    assert record.rows[3][3] == pytest.approx(1 + 20 * 1e-4 / (101**2 * 0.0099))


def test_four_points_by_fractions_and_by_the_derivatives_of_the_loss():
    record = EXAMPLES["spectra-four-points"]()
    points = [(5, 3), (3, 5), (5, 5), (3, 3)]
    for found, m in ((record.raw, 0), (record.centered, 4)):
        for value, sign in zip(found, (1, -1), strict=True):
            changes = [Fraction(a - m + sign * (b - m), 10) for a, b in points]
            assert value == pytest.approx(float(sum(c * c for c in changes) / 4))
    # Half the mean squared error of any targets, along a line: its second difference.
    loss = lambda w: np.mean([(w @ x - 7 * k) ** 2 for k, x in enumerate(points)]) / 2  # noqa: E731
    w = np.array([0.3, -2.0])
    steep, flat = (
        loss(w + v) - 2 * loss(w) + loss(w - v) for v in (np.array([1, 1]), np.array([1, -1]))
    )
    assert record.times == pytest.approx(steep / flat)


def test_mean_and_rate_by_sums_of_products_and_by_the_characteristic_polynomial():
    record = EXAMPLES["spectra-mean-and-rate"]()
    points = ((2, 3), (2, 5), (4, 3), (4, 5))
    for j, k in ((0, 0), (0, 1), (1, 0), (1, 1)):
        assert record.matrix[j][k] == sum(x[j] * x[k] for x in points)
    assert record.products.tolist() == [[104 * 3, 104 * 4], [4 * 4, -4 * 3]]
    assert record.factor == pytest.approx(25 / 27)
    # The plane of the mean and the bias: λ² − 27λ + 1.
    largest, smallest = (27 + math.sqrt(725)) / 2, (27 - math.sqrt(725)) / 2
    assert record.plane == pytest.approx((largest, smallest, largest / smallest))
    names, values, limits, best, steps = zip(*record.rows, strict=True)
    assert names[0::2] == ("raw", "centered")
    assert [name.partition(", ")[2] for name in names[1::2]] == ["with ones"] * 2
    shown = [[float(v) for v in row.split(", ")] for row in values]
    assert shown == [[26, 1], [round(largest), 1, round(smallest, 3)], [1, 1], [1, 1, 1]]
    assert limits == pytest.approx((2 / 26, 2 / largest, 2, 2))
    assert best == pytest.approx((2 / 27, 2 / 27, 1, 1))
    per_step = math.log((largest - smallest) / (largest + smallest))
    assert steps == (60, math.ceil(math.log(0.01) / per_step), 1, 1)
    assert (25 / 27) ** 60 <= 0.01 < (25 / 27) ** 59
    top, rest, ratio = record.hundred
    assert (top, rest, ratio) == pytest.approx((1 / 12 + 25, 1 / 12, 301))
