"""Worked examples of `paths`, full batches: every number has a second way to it."""

import itertools
import math

import numpy as np
import pytest
import sympy as sp

from offcenter.examples import EXAMPLES


def test_smaller_steps_by_the_two_factors():
    record = EXAMPLES["paths-smaller-steps"]()
    eta, steep, flat, swing = record.beyond
    assert eta > 2 / 9
    w = np.array([1.0, 1.0])
    for _ in range(10):
        w = w - eta * np.array([[5.0, 4.0], [4.0, 5.0]]) @ w
    assert w == pytest.approx([swing, swing])
    assert (steep, flat) == pytest.approx((1 - 9 * eta, 1 - eta))
    assert (record.steep, record.flat) == pytest.approx((9, 1))
    assert record.cap == pytest.approx(2 / 9)
    for eta, steep, flat, steps in record.rows:
        # (1, 0) is half of the steep axis and half of the flat one.
        left = [
            (((1 - 9 * eta) ** k) ** 2 / 2 + ((1 - eta) ** k) ** 2 / 2) ** 0.5
            for k in (steps - 1, steps)
        ]
        assert left[0] > 0.01 >= left[1]
        assert (steep, flat) == pytest.approx((1 - 9 * eta, 1 - eta))
    assert record.centered_steps == 1
    assert 0.8**record.same_rate_steps <= 0.01 < 0.8 ** (record.same_rate_steps - 1)


def test_ways_of_smaller_steps_along_the_two_axes():
    record = EXAMPLES["paths-smaller-steps"]()
    for eta, beta, steps, length in record.ways:
        # Along each axis by itself, from 1/√2.
        places, runs = [], {9.0: [0.5**0.5, 0.0], 1.0: [0.5**0.5, 0.0]}
        for _ in range(steps + 300):
            places.append([runs[9.0][0], runs[1.0][0]])
            for curvature, state in runs.items():
                state[1] = beta * state[1] + curvature * state[0]
                state[0] -= eta * state[1]
        sizes = [math.hypot(*place) for place in places]
        assert sizes[steps - 1] > 0.01 >= max(sizes[steps:])
        legs = itertools.pairwise(places[: steps + 1])
        assert length == pytest.approx(sum(math.dist(*leg) for leg in legs))
    # By hand, on the two weights.
    eta, beta = record.ways[-1][:2]
    v, d = np.zeros(2), np.array([1.0, 0.0])
    for row in record.heavy:
        v = beta * v + np.array([[5, 4], [4, 5]]) @ d
        d = d - eta * v
        np.testing.assert_allclose(row, [*v, *d], atol=1e-9)


def test_bowl_takes_the_steps_that_its_slower_factor_says():
    record = EXAMPLES["paths-bowl"]()
    for relative, _, a, b, turns, steps in record.rows:
        assert (a, b) == pytest.approx((1 - relative, 1 - relative / 7))
        assert turns == ("yes" if relative > 1 else "no")
        powers = (steps - 1, steps)
        before, after = (math.hypot(a**n, b**n) / math.sqrt(2) for n in powers)
        assert after <= 0.01 < before
    # At η = 1/7 the steep entry is there at once, and 6/7 of the other is left at each step; at
    # η = 1/4 both entries leave ¾.
    calm = math.ceil(math.log(0.01 * math.sqrt(2)) / math.log(6 / 7))
    assert (record.calm_steps, record.zigzag_steps) == (calm, math.ceil(math.log(0.01, 3 / 4)))


def test_line_search_stops_where_the_slope_along_the_line_is_zero():
    from scipy.optimize import minimize_scalar

    record = EXAMPLES["paths-line-search"]()
    loss = lambda p: (p[0] ** 2 + 9 * p[1] ** 2) / 2  # noqa: E731
    for (_, a, b, p, q), (_, c, d, *_) in zip(record.rows, record.rows[1:], strict=False):
        best = minimize_scalar(lambda t, a=a, b=b, p=p, q=q: loss((a - t * p, b - t * q))).x
        assert (c, d) == pytest.approx((a - best * p, b - best * q))
    assert record.steps == math.ceil(math.log(0.01, 0.8))
    # At (9, 1) the gradient is (9, 9): its square is 81 + 81, along it the curvature 81 + 9·81.
    assert record.step_size == pytest.approx(162 / 810)
    # The first step leads to (7.2, −0.8), where the gradient is (7.2, −7.2).
    assert record.ratio == pytest.approx(7.2 / 9)
    assert record.inner_product == pytest.approx(9 * 7.2 - 9 * 7.2, abs=1e-12)
    a, b, count = 9.0, 1.0, 0
    while math.hypot(a, b) > math.hypot(9, 1) / 100:
        # Along the line the loss falls to its lowest point at t = (a² + 81b²)/(a² + 729b²).
        t = 0.9 * (a**2 + 81 * b**2) / (a**2 + 729 * b**2)
        a, b, count = a * (1 - t), b * (1 - 9 * t), count + 1
    assert record.short_steps == count < record.steps
    # Steps of 1/5 from (1, 1) lead to (4/5, −4/5); the gradient is (a, 9b).
    assert record.fixed_gradients == pytest.approx(np.array([[1, 9], [0.8, -7.2]]))
    assert record.fixed_product == pytest.approx(0.8 - 9 * 7.2)


def test_the_straight_path_in_fractions():
    record, goal = EXAMPLES["paths-straight"](), sp.Matrix([1, -1])
    inputs = [sp.Matrix(pair) for pair in itertools.product((1, 3), repeat=2)]
    gradients = {tuple(x): (x.dot(-goal)) * x for x in inputs}
    mean = sum(gradients.values(), sp.zeros(2, 1)) / 4
    assert list(record.gradient) == [float(v) for v in mean]
    for found, x in zip(record.singles, ((1, 3), (3, 1)), strict=True):
        assert list(found) == [float(v) for v in gradients[x]]
    M = sum((x * x.T for x in inputs), sp.zeros(2)) / 4
    assert record.moment.tolist() == [[float(v) for v in M.row(k)] for k in (0, 1)]
    assert M * goal == goal
    assert M * sp.Matrix([1, 1]) == 9 * sp.Matrix([1, 1])
    assert (record.along, record.across) == pytest.approx((1, 9))
    for eta, steps in zip((sp.Rational(1, 5), sp.Rational(1, 10)), record.steps, strict=True):
        w = sp.zeros(2, 1)
        for count in range(1, steps + 1):
            w = w - eta * M * (w - goal)
            # Straight: always on the line from 0 to the goal.
            assert w == (1 - (1 - eta) ** count) * goal
            assert ((1 - w[0]) <= sp.Rational(1, 100)) == (count == steps)
    shifted = [x - sp.Matrix([2, 2]) for x in inputs]
    assert sum((x * x.T for x in shifted), sp.zeros(2)) / 4 == sp.eye(2)
    assert list(record.centered_curvatures) == [1, 1]
    # One step of size 1 arrives.
    assert sum((x.dot(goal) * x for x in shifted), sp.zeros(2, 1)) / 4 == goal


def test_the_curve_in_fractions():
    record, goal = EXAMPLES["paths-curve"](), sp.Matrix([1, -1])
    inputs = [sp.Matrix(pair) for pair in itertools.product((1, 3), (2, 4))]
    slope = lambda w, X: sum((x.dot(w - goal) * x for x in X), sp.zeros(2, 1)) / len(X)  # noqa: E731
    numbers = lambda vector: [float(v) for v in vector]  # noqa: E731
    assert record.singles.tolist() == [numbers(slope(sp.zeros(2, 1), [x])) for x in inputs]
    assert record.mean.tolist() == numbers(slope(sp.zeros(2, 1), inputs))
    # By slopes of the examples, and by the two parts of the way, −1/13 and 5/13.
    steep, flat = -sp.Matrix([2, 3]) / 13, sp.Matrix([15, -10]) / 13
    assert steep + flat == goal
    w, places = sp.zeros(2, 1), []
    for step in range(91):
        left = sp.Rational(3, 10) ** step, sp.Rational(19, 20) ** step
        assert goal - w == left[0] * steep + left[1] * flat
        loss = sum(x.dot(w - goal) ** 2 for x in inputs) / 8
        places.append((step, *w, *left, loss))
        assert ((goal - w).norm() <= goal.norm() / 100) == (step == record.steps)
        if step == 1:
            assert record.after == pytest.approx(numbers(slope(w, inputs)))
        w = w - slope(w, inputs) / 20
    for row, step in zip(record.rows, (0, 1, 3, 10, 90), strict=True):
        assert row == pytest.approx(numbers(places[step]), abs=1e-11)
    assert record.curvatures == pytest.approx((1 + 13, 1))
    assert record.rates == (1 / 20, 7 / 50)
    assert record.factors == pytest.approx((0.3, 0.95, 1 - 7 / 50 * 14))
    w, falls = sp.zeros(2, 1), [sp.Rational(3, 2)]
    for place in record.jumps:
        w = w - slope(w, inputs) * sp.Rational(14, 100)
        falls.append(sum(x.dot(w - goal) ** 2 for x in inputs) / 8)
        assert place == pytest.approx(numbers(w))
    assert record.falls == pytest.approx(numbers(falls))

    def steps(rate):
        """Count by the two parts alone, whose lengths are 1/√13 and 5/√13."""
        for count in itertools.count():
            parts = (1 - 14 * rate) ** count, 5 * (1 - rate) ** count
            if math.hypot(*parts) / math.sqrt(13) <= math.sqrt(2) / 100:
                return count

    assert record.best == min(steps(k / 1000) for k in range(20, 143))
    shifted = [x - sp.Matrix([2, 3]) for x in inputs]
    assert sum((x * x.T for x in shifted), sp.zeros(2)) / 4 == sp.eye(2)
    assert list(record.centered) == [1, 1]
    # The targets as they are, whose mean is −1.
    step = sum(((x.dot(goal)) * s for x, s in zip(inputs, shifted, strict=True)), sp.zeros(2, 1))
    assert record.arrives.tolist() == numbers(step / 4)
