"""Worked examples of `directions`: every number of theirs has a second way to it."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from offcenter.examples import EXAMPLES


def test_steepest_direction_by_calculus_and_by_the_inequality_of_kantorovich():
    record = EXAMPLES["directions-steepest"]()
    x, y, t = sp.symbols("x y t", positive=True)
    loss = (x**2 + 25 * y**2) / 2
    for (first, short, least), way in zip(record.rows, ((1, 5), (5, 1)), strict=True):
        along = loss.subs({x: 5 - t * way[0], y: 1 - t * way[1]})
        assert first == float(along.subs(t, 0)) == 25
        assert short == pytest.approx(float(along.subs(t, 1 / sp.sqrt(way[0] ** 2 + way[1] ** 2))))
        (lowest,) = sp.solve(sp.diff(along, t), t)
        assert least == pytest.approx(float(along.subs(t, lowest)))
    assert record.angle == pytest.approx(math.degrees(math.atan2(5, 1) - math.atan2(1, 5)))
    assert record.angle == pytest.approx(math.degrees(math.acos(50 / 130)))
    assert record.worst == pytest.approx(math.degrees(math.acos(2 * 5 / (1 + 25))), abs=1e-6)
    # Each step leaves 12/13 of either distance.
    assert record.steps == math.ceil(math.log(0.01, 12 / 13))


def test_two_zigzags_by_exact_fractions():
    record = EXAMPLES["directions-two-zigzags"]()
    examples, targets, w = [(20, 1), (1, 20)], [19, -19], sp.zeros(2, 1)
    for k, row in enumerate(record.rows):
        x = sp.Matrix(examples[k % 2])
        error = w.dot(x) - targets[k % 2]
        w -= error * x / 400
        np.testing.assert_allclose(row, [float(v) for v in (k + 1, error, *(error * x), *w)])
    assert record.left == pytest.approx(math.hypot(w[0] - 1, w[1] + 1) / math.sqrt(2))
    # 401/2 and 20.
    assert record.round == pytest.approx((220.5, 180.5))
    # The inputs (±3, ±1), one after the other into the sum.
    d = np.array([1.0, 1.0])
    for slope, place in zip(record.slopes, record.places, strict=True):
        signs = itertools.product((3, -3), (1, -1))
        mean = sum((a * d[0] + b * d[1]) * np.array([a, b]) for a, b in signs) / 4
        d = d - mean / 5
        np.testing.assert_allclose(slope, mean)
        np.testing.assert_allclose(place, d)


def test_ways_of_the_picture_by_all_pairs_of_examples():
    # A shortest way needs no more examples than weights.
    record = EXAMPLES["directions-picture"]()
    X = np.array([(a, b) for a in (1, 3) for b in (1, 3)], dtype=float)
    for row, goal in zip(record.rows, ((1, -1), (1, 1)), strict=True):
        for ratio, Z in zip(row[1:], (X, X * [1, -1], X - 2), strict=True):
            lengths = []
            for i, j in itertools.combinations(range(4), 2):
                pair = Z[[i, j]].T
                if abs(np.linalg.det(pair)) > 1e-9:
                    multiples = np.abs(np.linalg.solve(pair, goal))
                    lengths.append(multiples @ np.hypot(*pair))
            assert ratio == pytest.approx(min(lengths) / math.sqrt(2))
    assert record.free == pytest.approx(math.sqrt(2))
    np.testing.assert_allclose(record.multiples, [0.5, -0.5])
    # 0 − 2 = −2; 0.6 + 3 · 0.2 − (−2) = 3.2.
    np.testing.assert_allclose(
        record.run[:2, :3], [[-2, 0.6, 0.2], [3.2, 0.6 - 0.32, 0.2 - 0.96]], atol=1e-12
    )
    # 3 · 0.28 − 0.76 − 2 = −1.92; 0.856 − 3 · 0.568 + 2 = 1.152.
    np.testing.assert_allclose(
        record.run[2:, :3], [[-1.92, 0.856, -0.568], [1.152, 0.7408, -0.9136]], atol=1e-12
    )
    # (0.4, 1.2) is √1.6 long; then each step fits its example, and the cosine is 6/10.
    np.testing.assert_allclose(record.run[:, 3], math.sqrt(1.6) * 0.6 ** np.arange(4), atol=1e-12)


def test_steps_to_goals_in_a_quadrant_by_their_parts_along_two_axes():
    record = EXAMPLES["directions-quadrant"]()
    X = sp.Matrix([[a, b] for a in (1, 3) for b in (1, 3)])
    axes = sp.Matrix([1, 1]), sp.Matrix([1, -1])
    for row, Z in zip(record.curvatures, (X, X - 2 * sp.ones(4, 2)), strict=True):
        assert list(row) == [float((Z * u).dot(Z * u) / 8) for u in axes]

    def steps(goal, curvatures, rate):
        parts = [Fraction(goal[0] + goal[1]), Fraction(goal[0] - goal[1])]
        limit, count = sum(p**2 for p in parts) / 10_000, 0
        while sum(p**2 for p in parts) > limit:
            parts = [p * (1 - rate * c) for p, c in zip(parts, curvatures, strict=True)]
            count += 1
        return count

    ninth = Fraction(1, 9)
    for place, goal in enumerate(((1, 1), (2, 1), (1, -1))):
        assert record.rows[place][1:] == (
            steps(goal, (9, 1), ninth),
            steps(goal, (1, 1), ninth),
            steps(goal, (1, 1), 1),
        )
        counts = [
            next(
                k
                for k in itertools.count()
                if (1 - 9 * eta) ** (2 * k) * sum(goal) ** 2
                + (1 - eta) ** (2 * k) * (goal[0] - goal[1]) ** 2
                <= 2e-4 * (goal[0] ** 2 + goal[1] ** 2) * (1 + 1e-9)
            )
            for eta in (0.025 + k * (0.9995 - 0.025) / 399 for k in range(400))
            for eta in [eta * 2 / 9]
        ]
        assert record.best[place] == min(counts)
