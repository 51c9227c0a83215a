"""Worked examples of `spectra`, a unit with a bias: every number has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_descent_from_zero_ends_at_the_least_norm_that_fits():
    record = EXAMPLES["spectra-which-minimum"]()
    for shift, end in ((0, record.raw), (2, record.centered)):
        design = np.array([[1 - shift, 3 - shift, 1], [3 - shift, 1 - shift, 1]])
        np.testing.assert_allclose(end, np.linalg.pinv(design) @ [9, 9], atol=1e-9)
    # It fits both examples, whose target is 9.
    np.testing.assert_allclose(record.raw_predictions, [9, 9])
    # By symmetry the raw solution is a(4, 4, 2) with 18a = 9.
    np.testing.assert_allclose(record.raw_tests, [10 * 9 / 18, 26 * 9 / 18])


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
        A = np.column_stack([x, np.ones(2)])
        # A step is one linear map of the errors, those at the start are the targets' negatives.
        maps = np.eye(2) - shares[:, None, None] * 2 / steep * (A @ A.T) / 2
        before = np.linalg.matrix_power(maps, steps - 1) @ (mean - x)
        after = (maps @ before[:, :, None])[:, :, 0]
        # Below 2/λmax the loss falls in each step, so none has arrived before.
        losses = [(errors**2).mean(axis=1).min() / 2 for errors in (before, after)]
        assert losses[0] > 0.5e-4 >= losses[1]


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
    record, targets = EXAMPLES["spectra-natural-step"](), sp.Matrix([-1, 1])
    for shift, moves in ((0, record.moves[0]), (3, record.moves[1])):
        A = sp.Matrix([[2 - shift, 1], [4 - shift, 1]])
        F, g = A.T * A / 2, -A.T * targets / 2
        natural = -F.inv() * g
        for found, value in zip(moves, (A * -g, A * natural), strict=True):
            assert found.tolist() == list(map(float, value))
        if shift:
            assert sp.eye(2) == F
            assert record.centered_moment.tolist() == [[1, 0], [0, 1]]
            assert record.centered_gradient.tolist() == list(map(float, g))
            continue
        for found, value in (
            (record.moment, F),
            (record.inverse, F.inv()),
            (record.gradient, g),
            (record.step, natural),
        ):
            assert found.ravel().tolist() == list(map(float, value))
    np.testing.assert_allclose(record.step, np.polyfit([2, 4], [-1, 1], 1), atol=1e-12)
    # (1, 0) against (1, −3): the tangent is 3, the mean.
    np.testing.assert_allclose(record.angles, [math.degrees(math.atan(3)), 0], atol=1e-6)


def test_descent_to_the_line_takes_the_fewest_steps_of_those_rates_on_the_data():
    record, x, y = EXAMPLES["spectra-natural-step"](), np.array([2, 4]), np.array([-1, 1])
    # Curvatures of the sum 11 and the product 1.
    assert record.limit == pytest.approx(2 / (5.5 + math.sqrt(5.5**2 - 1)))
    assert 0.18 < record.limit < 0.19
    taken = {}
    for rate in np.arange(1, 19) / 100:
        w = b = 0.0
        steps = 0
        while ((errors := w * x + b - y) ** 2).mean() > 0.01:
            w, b = w - rate * (errors * x).mean(), b - rate * errors.mean()
            steps += 1
        taken[rate] = steps
    assert min(taken, key=taken.get) == pytest.approx(record.rate)
    assert min(taken.values()) == record.steps
