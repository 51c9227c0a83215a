"""Worked examples of `signs`, one unit: every number has a second way to it."""

import dataclasses
import math
from fractions import Fraction

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_gradients_of_the_labels_are_those_of_the_cross_entropy():
    record, x = EXAMPLES["signs-labels"](), np.array([1.0, 2.0, 1.0])
    for label, error, gradient in (
        (1, record.error_one, record.gradient_one),
        (0, record.error_zero, record.gradient_zero),
    ):
        sign = 1 - 2 * label
        loss = lambda w, sign=sign: np.log1p(np.exp(sign * (w @ x)))  # noqa: E731
        expected = numerical_gradient(loss, np.zeros(3))
        np.testing.assert_allclose([*gradient, error], expected, atol=1e-9)


def test_gradients_of_a_unit_are_those_of_its_sum():
    record = EXAMPLES["signs-unit"]()
    for delta, x, gradient in (
        (-0.5, (1, 2), record.below),
        (0.5, (1, 2), record.above),
        (-0.5, (1, -2), record.mixed_below),
    ):
        # A loss that is linear in the sum has this error everywhere.
        loss = lambda w, delta=delta, x=x: delta * (w @ x)  # noqa: E731
        np.testing.assert_allclose(gradient, numerical_gradient(loss, np.zeros(2)), atol=1e-9)


def test_gradients_on_a_centered_input_by_the_loss_of_a_line():
    record = EXAMPLES["signs-centered-input"]()
    np.testing.assert_array_equal(record.raw - (2, 2), record.centered)
    for x, gradient in (((1, 3), record.raw_gradient), ((-1, 1), record.gradient)):
        loss = lambda w, x=x: 2 * (w @ x)  # noqa: E731
        np.testing.assert_allclose(gradient, numerical_gradient(loss, np.zeros(2)), atol=1e-9)


def test_gradients_of_mixed_labels_are_those_of_the_cross_entropy():
    cases = (((0.5, 2, 1), 1), ((0.5, 2, 1), 0), ((-0.5, 1, 2), 1))
    record = EXAMPLES["signs-mixed-labels"]()
    for (x, label), (total, output, delta, *gradient) in zip(cases, record.rows, strict=True):
        sign = 1 - 2 * label
        loss = lambda w, x=x, sign=sign: np.log1p(np.exp(sign * (w @ [*x, 1])))  # noqa: E731
        expected = numerical_gradient(loss, np.array([2.0, -1.0, 1.0, 0.0]))
        np.testing.assert_allclose([*gradient, delta], expected, atol=1e-8)
        assert total == sum(Fraction(a) * w for a, w in zip(x, (2, -1, 1), strict=True)) == 0
        assert output == pytest.approx((1 + math.tanh(total / 2)) / 2)


def test_reach_goes_where_it_should():
    record = EXAMPLES["signs-reach"]()
    a, b = record.multiples
    np.testing.assert_allclose(a * np.array([1, 0.9]) + b * np.array([0.9, 1]), [1, -1])
    assert record.along == pytest.approx(20 * math.sqrt(1.81))
    assert record.straight == pytest.approx(math.dist((0, 0), (1, -1)))
    assert record.two_legs == pytest.approx(2)
    assert record.detour == pytest.approx(2 / math.sqrt(2))
    assert record.times == pytest.approx(20 * math.sqrt(1.81 / 2))
    assert record.by_hand == pytest.approx((2 * math.sqrt(5), math.sqrt(10)))


def test_ways_out_have_mixed_signs():
    record = EXAMPLES["signs-ways-out"]()
    for field in dataclasses.fields(record):
        a, b = getattr(record, field.name)
        assert a * b < 0
    # Of a target that leaves the error −½.
    one = numerical_gradient(lambda w: (w @ [1, -2] - 0.5) ** 2 / 2, np.zeros(2))
    np.testing.assert_allclose(record.mixed_input, one, atol=1e-8)
    # Half the squared error of s = w·x, with targets that leave the errors 1 and −1 at w = 0.
    both = lambda w: ((w @ [1, 3] + 1) ** 2 + (w @ [2, 1] - 1) ** 2) / 2  # noqa: E731
    expected = numerical_gradient(both, np.zeros(2))
    np.testing.assert_allclose(record.batch, expected, atol=1e-8)
    np.testing.assert_allclose(record.convolution, expected, atol=1e-8)
    # The penalty's gradient is that of 0.1‖w‖²/2 and of a linear unit with δ = −½.
    loss = lambda w: -0.5 * (w @ [1, 2]) + 0.05 * (w @ w)  # noqa: E731
    np.testing.assert_allclose(record.penalty, numerical_gradient(loss, np.array([8.0, 1.0])))


def test_filter_by_the_derivative_of_its_loss():
    record = EXAMPLES["signs-filter"]()
    pixels = np.array([1.0, 1, 3, 3, 1])

    def loss(w, goal, seen=pixels):
        return sum(((w - goal) @ seen[k : k + 2]) ** 2 for k in range(4)) / 2

    edge, both = np.array([1.0, -1.0]), np.array([1.0, 1.0])
    # In whole numbers: the errors, their sum, what it times (2, 2) leaves, and the gradient.
    assert record.rows == (
        ("1, −1", "0, 2, 0, −2", 0, -4, 4, -4, 4),
        ("2, −1", "−1, 1, −3, −5", -8, -24 + 16, -12 + 16, -24, -12),
        ("1, 1", "−2, −4, −6, −4", -16, -36 + 32, -36 + 32, -36, -36),
    )
    for row, goal in zip(record.rows, (edge, np.array([2.0, -1.0]), both), strict=True):
        expected = numerical_gradient(lambda w, goal=goal: loss(w, goal), np.zeros(2))
        np.testing.assert_allclose(row[5:], expected, atol=1e-7)
    # A bowl's value at the distance v is half of its curvature times the squared length.
    ways = [(seen, way) for seen in (pixels, pixels - 2) for way in (both, edge)]
    bowls = [2 * loss(way, np.zeros(2), seen) / 2 for seen, way in ways]
    np.testing.assert_allclose(record.curvatures, bowls)
    np.testing.assert_allclose(0 - np.array(record.rows[0][5:]) / 4, edge)
    np.testing.assert_allclose(0 - np.array(record.rows[2][5:]) / 4, 9 * both)
    assert record.steps == math.ceil(math.log(0.01, 1 - 4 / 20))


def test_pre_activations_are_sums_over_the_four_inputs():
    record = EXAMPLES["signs-pre-activations"]()
    assert record.rows == (
        ("(½, ½)", "1, 2, 2, 3", "−1, 0, 0, 1"),
        ("(−½, −½)", "−1, −2, −2, −3", "1, 0, 0, −1"),
        ("(½, −1)", "−0.5, −2.5, 0.5, −1.5", "0.5, −1.5, 1.5, −0.5"),
    )
    assert record.mixed_mean == sum(a / 2 - b for a in (1, 3) for b in (1, 3)) / 4 == -1


def test_slope_by_the_derivative_of_the_squared_error():
    cases = (((8, 16), 0), ((8, 16), 1), ((8, -16), 1))
    for (x, y), (back, *gradient) in zip(cases, EXAMPLES["signs-slope"]().rows, strict=True):
        a = lambda w, x=x: 1 / (1 + np.exp(-(w @ x)))  # noqa: E731
        loss = lambda w, y=y, a=a: (a(w) - y) ** 2 / 2  # noqa: E731
        np.testing.assert_allclose(gradient, numerical_gradient(loss, np.zeros(2)), atol=1e-9)
        assert back == 0.5 - y
