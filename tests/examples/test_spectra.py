"""Worked examples of `spectra`: every number of theirs has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_curvatures_of_one_or_three_are_roots_of_their_polynomial():
    record = EXAMPLES["spectra-one-or-three"]()
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


def test_descent_from_zero_ends_at_the_least_norm_that_fits():
    record = EXAMPLES["spectra-which-minimum"]()
    for shift, end in ((0, record.raw), (2, record.centered)):
        design = np.array([[1 - shift, 3 - shift, 1], [3 - shift, 1 - shift, 1]])
        np.testing.assert_allclose(end, np.linalg.pinv(design) @ [5, 5], atol=1e-9)
    # By symmetry the raw solution is a(4, 4, 2) with 18a = 5.
    np.testing.assert_allclose(record.raw_tests, [10 * 5 / 18, 26 * 5 / 18])


def test_shifted_input_takes_the_fewest_steps_of_its_runs_on_the_data():
    for mean, steep, flat, kappa, steps in EXAMPLES["spectra-shift"]().rows:
        x = np.array([mean - 1, mean + 1])
        # Curvatures of the product 1 and the sum 2 + mean².
        half = 1 + mean**2 / 2
        assert steep == pytest.approx(half + math.sqrt(half**2 - 1))
        assert flat == pytest.approx(1 / steep)
        assert kappa == pytest.approx(steep / flat)
        # Step sizes as distances from the limit, most of them near the best.
        shares = np.concatenate(
            [np.linspace(0.05, 0.95, 19), [0.5], 1 - np.geomspace(1e-5, 0.5, 2000)]
        )
        eta, counts = shares * 2 / steep, np.zeros(len(shares), dtype=int)
        w, b = np.zeros(len(eta)), np.zeros(len(eta))
        for count in range(1, steps + 1):
            errors = w[:, None] * x + b[:, None] - (x - mean)
            w, b = w - eta * (errors @ x) / 2, b - eta * errors.mean(axis=1)
            loss = ((w[:, None] * x + b[:, None] - (x - mean)) ** 2).mean(axis=1) / 2
            counts[(counts == 0) & (loss <= 0.5e-4)] = count
        assert counts[counts > 0].min() == steps


def test_one_step_of_a_unit_with_a_bias_by_fractions():
    record, targets = EXAMPLES["spectra-one-step"](), (Fraction(-1), Fraction(1))
    assert list(record.errors) == [1, -1]
    assert record.loss == Fraction(1, 2)
    for k, inputs in enumerate(((-1, 1), (9, 11))):
        gradient = [
            sum(-y * x for x, y in zip(inputs, targets, strict=True)) / 2,
            -sum(targets) / 2,
        ]
        outputs = [-gradient[0] * x - gradient[1] for x in inputs]
        assert list(record.gradients[k]) == gradient
        assert list(record.ends[k]) == [1, 0]
        assert list(record.outputs[k]) == outputs
        assert record.losses[k] == sum(
            (o - y) ** 2 for o, y in zip(outputs, targets, strict=True)
        ) / Fraction(4)
    # Curvatures of the sum 102 and the product 1.
    assert record.steepest == pytest.approx(51 + math.sqrt(51**2 - 1))
    assert record.limit == pytest.approx(2 / record.steepest)


def test_both_parts_of_a_gradient_and_two_steps_by_fractions():
    record = EXAMPLES["spectra-two-parts"]()
    inputs = [(Fraction(a), Fraction(b)) for a in (1, 3) for b in (1, 3)]
    errors = [-a for a, _ in inputs]
    gradient = [sum(e * x[i] for e, x in zip(errors, inputs, strict=True)) / 4 for i in (0, 1)]
    assert record.mean_error == sum(errors) / 4
    assert list(record.gradient) == gradient == [-5, -4]
    assert list(record.covariance) == [g - 2 * sum(errors) / 4 for g in gradient]
    # E[xxᵀ] is 5 and, off the diagonal, 4.
    w = [Fraction(0), Fraction(0)]
    for end in record.run:
        off = (w[0] - 1, w[1])
        w = [w[0] - (5 * off[0] + 4 * off[1]) / 5, w[1] - (4 * off[0] + 5 * off[1]) / 5]
        assert list(end) == pytest.approx([float(v) for v in w], abs=1e-12)
    centered = [(a - 2, b - 2) for a, b in inputs]
    gradient = [sum(e * x[i] for e, x in zip(errors, centered, strict=True)) / 4 for i in (0, 1)]
    assert list(record.centered_gradient) == gradient
    # A step of size 1 arrives.
    assert [-g for g in gradient] == [1, 0]


def test_more_inputs_by_fractions_and_the_closed_form():
    record = EXAMPLES["spectra-more-inputs"]()
    for n, share, steep, limit, steps, centered in record.rows:
        assert share == float(sp.Rational(2, 2**n))
        assert (steep, limit) == pytest.approx((4 * n + 1, 2 / (4 * n + 1)))
        # The best step size leaves (κ − 1)/(κ + 1) of both ends: 4n/(4n + 2).
        assert steps == math.ceil(math.log(0.01) / math.log(2 * n / (2 * n + 1)))
        assert centered == 1
    values = ((0.1, 10, sp.Rational(1, 100)), (2, -1, sp.Rational(1, 10)))
    for (orthants, ratio, kappa), (usual, rare, chance) in zip(record.kinds, values, strict=True):
        mean = (1 - chance) * usual + chance * rare
        square = (1 - chance) * usual**2 + chance * rare**2
        expected = float(mean**2 / (square - mean**2))
        assert (ratio, kappa) == pytest.approx((expected, 1 + 10 * expected))
        assert orthants == (2 if rare > 0 else 2**10)


def test_natural_step_takes_back_what_the_plain_one_shifts():
    record, y = EXAMPLES["spectra-bias-shift"](), np.array([-1, 1])
    for shift, step in ((0, record.steps[0]), (10, record.steps[2])):
        A = np.array([[9 - shift, 1], [11 - shift, 1]])
        loss = lambda p, A=A: ((A @ p - y) ** 2).mean() / 2  # noqa: E731
        np.testing.assert_allclose(step, -numerical_gradient(loss, np.zeros(2)), atol=1e-7)
    np.testing.assert_allclose(record.steps[1], np.polyfit([9, 11], y, 1), atol=1e-9)
    np.testing.assert_allclose(record.outputs, [[9, 11], y, y], atol=1e-9)
    # Without the shift the plain step's outputs are the targets.
    np.testing.assert_allclose(record.outputs[0] - record.shift, y)
    F = sp.Matrix([[sp.Rational(9**2 + 11**2, 2), 10], [10, 1]])
    assert record.moment.tolist() == [[float(v) for v in row] for row in F.tolist()]
    assert list(F.inv() * sp.Matrix([1, 0])) == [1, -10]


def test_natural_step_is_the_least_squares_line():
    record = EXAMPLES["spectra-natural-step"]()
    inputs, y, shift = np.array([[1, 1], [3, 1]]), np.array([-1, 1]), np.array([2, 0])
    loss = lambda w: ((inputs @ w - y) ** 2).mean() / 2  # noqa: E731
    np.testing.assert_allclose(record.direction, -numerical_gradient(loss, np.zeros(2)), atol=1e-8)
    np.testing.assert_allclose(record.step, np.polyfit([1, 3], y, 1), atol=1e-12)
    # The plain step leaves the bias, though it moves the mean prediction by 2 for each 1 of w.
    np.testing.assert_allclose(record.direction, [1, 0])
    np.testing.assert_allclose((inputs @ record.step).mean(), 0, atol=1e-12)
    # With damping it is the step of ridge regression, whose predictions depend on the mean.
    ridge = []
    for X in (inputs, inputs - shift):
        X = sp.Matrix(X.tolist())
        ridge.append(X * (X.T * X + 2 * sp.eye(2)).inv() * X.T * sp.Matrix(y.tolist()))
    assert ridge[0] != ridge[1]
    # The curvatures add up to 6, so the best step size is 1/3.
    w, goal = np.zeros(2), np.array([1, -2])
    for _ in range(record.steps):
        assert np.linalg.norm(w - goal) > 0.01 * 5**0.5
        w = w - inputs.T @ (inputs @ w - y) / 6
    assert np.linalg.norm(w - goal) <= 0.01 * 5**0.5


def test_bias_that_is_off_by_fractions_and_a_change_of_names():
    record, x = EXAMPLES["spectra-bias-off"](), sp.Matrix([[9, 1], [11, 1]])
    F, g = x.T * x / 2, x.T * sp.Matrix([1, 1]) / 2
    # (w, b) = back·(w, b + 10w): F and g change with the names, not what F⁻¹g does to the unit.
    back = sp.Matrix([[1, 0], [-10, 1]])
    renamed, gradient = back.T * F * back, back.T * g
    for field, value in (
        ("moment", F),
        ("gradient", g),
        ("inverse", F.inv()),
        ("natural", F.inv() * g),
        ("centered_moment", renamed),
        ("centered_gradient", gradient),
        ("centered_natural", renamed.inv() * gradient),
    ):
        np.testing.assert_array_equal(
            getattr(record, field),
            np.array(value, dtype=float).reshape(getattr(record, field).shape),
        )
    assert back * renamed.inv() * gradient == F.inv() * g
    assert back * gradient != g
    # On raw inputs the plain step moves the right weight ten times as much as the wrong bias.
    assert list(g) == [10, 1]
    assert list(F.inv() * g) == list(gradient) == [0, 1]


def test_a_bias_that_is_off_takes_longer_the_larger_the_mean():
    for words, kappa, plain, natural in EXAMPLES["spectra-bias-off"]().rows:
        x = np.array([float(word.replace("−", "-")) for word in words.split(", ")])
        # F has the determinant 1 and the trace 2 + mean², so κ is the square of its largest root.
        trace = 2 + x.mean() ** 2
        assert kappa == pytest.approx(((trace + math.sqrt(trace**2 - 4)) / 2) ** 2)
        w, b, count = 0.0, 1.0, 0
        while math.hypot(w, b) > 0.01:
            errors = w * x + b
            w, b = w - 2 / trace * (errors * x).mean(), b - 2 / trace * errors.mean()
            count += 1
        assert plain == count
        # The least-squares line through the errors 1 and 1 is the constant 1.
        np.testing.assert_allclose(np.polyfit(x, [1, 1], 1), [0, 1], atol=1e-12)
        assert natural == 1


def test_sign_or_mean_by_closed_forms_and_drawn_inputs():
    record = EXAMPLES["spectra-sign-or-mean"]()
    assert record.pairs == ((201, 1), (201, 1), (1, 1))
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
        "[−½, ½]": unit - 0.5,
        "one-hot": np.eye(n)[rng.integers(n, size=N)],
    }
    assert [row[0] for row in record.rows] == list(drawn)
    for name, negative, share, kappa in record.rows:
        X = drawn[name]
        assert (X < 0).mean() == pytest.approx(negative, abs=0.005)
        mean = X.mean(axis=0)
        assert mean @ mean / (X**2).sum(axis=1).mean() == pytest.approx(share, abs=0.005)
        # Of many draws the ratio is a little too large.
        assert kappa == pytest.approx(np.linalg.cond(X) ** 2, rel=0.08)
    assert record.rows[0][3] == pytest.approx(1 + 20 * 0.25 * 12)
    assert record.rows[2][3] == pytest.approx(1 + 20 * 49.5**2 * 12 / 101**2)
    assert record.middle == pytest.approx(drawn["[−1, 100]"].mean(), abs=0.05)
    assert record.spread == pytest.approx(drawn["[−1, 100]"].std(), abs=0.05)
