"""Worked examples of `spectra`, least squares: every number has a second way to it."""

import math
from fractions import Fraction

import pytest
import sympy as sp

from offcenter.examples import EXAMPLES


def test_line_through_two_points_by_hand_and_by_its_characteristic_polynomial():
    record = EXAMPLES["spectra-least-squares"]()
    points = ((3, 1), (5, 3))
    for moved, (w, b) in zip(record.moved, ((4, 1), (1, -4)), strict=True):
        assert moved == tuple(w * x + b for x, _ in points)
    # H = [[17, 4], [4, 1]]: λ² − 18λ + 1.
    t = sp.symbols("t")
    flat, steep = sorted(map(float, sp.Poly(t**2 - 18 * t + 1).nroots()))
    assert record.curvatures[0] == pytest.approx((steep, flat, steep**2))
    assert record.curvatures[1] == pytest.approx((1, 1, 1))
    w, b = record.first[:2]
    assert (w, b) == pytest.approx((9 / steep, 2 / steep))
    left = sum((w * x + b - y) ** 2 for x, y in points) / 10
    assert record.first[2] == pytest.approx(1 - left)
    # The way that is left is along the eigenvector of λ.
    assert (1 - w) * (flat - 17) == pytest.approx(4 * (-2 - b))
    assert record.kept == pytest.approx(1 - flat / steep)
    # The loss falls by the square of that a step.
    steps = 1 + math.log(left / 1e-4) / -2 / math.log(record.kept)
    assert record.steps == math.ceil(steps)
    # The best rate is near 2/λ, where the flat direction keeps nearly 1 − 2·flat/steep.
    falls = []
    for rate in (1.984, 1.986, 1.987, 1.988, 1.99):
        w, b, taken = 0.0, 0.0, 0
        while sum((w * x + b - y) ** 2 for x, y in points) > 1e-3:
            errors = [w * x + b - y for x, y in points]
            w -= rate / steep * sum(e * x for e, (x, _) in zip(errors, points, strict=True)) / 2
            b -= rate / steep * sum(errors) / 2
            taken += 1
        falls.append(taken)
    assert record.best == min(falls) < falls[-1]
    assert record.best / record.steps == pytest.approx(0.5, abs=0.01)
    slope = sum(Fraction((x - 4) * y, 2) for x, y in points)
    level = sum(Fraction(y, 2) for _, y in points)
    assert record.centered == (slope, level)
    assert level - 4 * slope == -2
    assert record.lengths[0] == pytest.approx((math.sqrt(17),) * 2)
    assert record.lengths[1] == pytest.approx((math.hypot(4, 1 + 4 * 4), math.hypot(1, -4 + 4)))
    # λ² − (2 + m²)λ + 1 for m = 10⁴, in exact numbers.
    half = sp.Integer(1) + sp.Integer(10) ** 8 / 2
    assert record.far == pytest.approx(float((half + sp.sqrt(half**2 - 1)) ** 2))
