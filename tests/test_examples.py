"""Worked examples: every number of theirs has a second way to it."""

import dataclasses
import math

import numpy as np
import pytest
import sympy as sp

from offcenter.examples import EXAMPLES, example, number_of
from offcenter.examples.paths import steps_until


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_a_frozen_record_and_the_same_at_every_call(name):
    record = EXAMPLES[name]()
    assert dataclasses.is_dataclass(record)
    assert record.__dataclass_params__.frozen
    again = EXAMPLES[name].__wrapped__()
    for field in dataclasses.fields(record):
        np.testing.assert_array_equal(getattr(record, field.name), getattr(again, field.name))


def test_number_is_found_by_name_and_place_and_anything_else_is_refused():
    record = EXAMPLES["signs-unit"]()
    assert number_of(record, "layer.1.0") == -1
    for path in ("layer", "layer.5.0", "missing"):
        with pytest.raises(ValueError, match=path.split(".")[0]):
            number_of(record, path)


def test_name_is_lower_case_and_new():
    for name in ("Signs", "signs-unit"):
        with pytest.raises(ValueError, match="name must be"):
            example(name)(lambda: None)


def test_steps_follow_from_the_logarithm_where_there_is_one_axis():
    # 0.8²⁰ > 0.01 ≥ 0.8²¹
    assert steps_until(np.eye(1), np.ones(1), 0.2, 0.01) == math.ceil(math.log(0.01, 0.8))
    with pytest.raises(ValueError, match="does not reach"):
        steps_until(np.eye(1), np.ones(1), 0.0, 0.01)


def _numerical_gradient(loss, w, step=1e-6):
    return np.array([(loss(w + e) - loss(w - e)) / (2 * step) for e in step * np.eye(len(w))])


def test_gradients_of_the_labels_are_those_of_the_cross_entropy():
    record, x = EXAMPLES["signs-labels"](), np.array([1.0, 2.0])
    for label, gradient in ((1, record.gradient_one), (0, record.gradient_zero)):
        sign = 1 - 2 * label
        loss = lambda w, sign=sign: np.log1p(np.exp(sign * (w @ x)))  # noqa: E731
        np.testing.assert_allclose(gradient, _numerical_gradient(loss, np.zeros(2)), atol=1e-9)
    assert record.output_after == pytest.approx(1 / (1 + math.exp(-2.5)))


def test_hidden_error_is_the_derivative_of_the_loss_by_the_sum():
    # Any loss with these errors at the two readers will do: one that is linear in their sums.
    record = EXAMPLES["signs-hidden"]()
    loss = lambda s: 0.4 * 2 / (1 + np.exp(-s[0])) - 0.5 * 3 / (1 + np.exp(-s[0]))  # noqa: E731
    assert record.error == pytest.approx(_numerical_gradient(loss, np.zeros(1))[0], abs=1e-9)


def test_reach_goes_where_it_should():
    record = EXAMPLES["signs-reach"]()
    a, b = record.multiples
    np.testing.assert_allclose(a * np.array([1, 0.9]) + b * np.array([0.9, 1]), [1, -1])
    assert record.along == pytest.approx(20 * math.sqrt(1.81))
    assert record.two_legs == pytest.approx(2)


def test_two_examples_by_exact_fractions():
    record = EXAMPLES["paths-two-examples"]()
    w, half = sp.Matrix([0, 0]), sp.Rational(1, 2)
    for row, entries in zip(record.rows, ((1, 0.9), (0.9, 1)) * 2, strict=True):
        x = sp.Matrix([sp.nsimplify(entry) for entry in entries])
        error = w.dot(x) - (x[0] - x[1])
        w -= half * error * x
        np.testing.assert_allclose(row[1:], [float(v) for v in (error, *(error * x), *w)])
    assert record.condition == pytest.approx(1.805 / 0.005)
    assert record.steps == math.ceil(math.log(0.01) / math.log(360 / 362))


def test_bowl_takes_the_steps_that_its_slower_factor_says():
    record = EXAMPLES["paths-bowl"]()
    for relative, _, a, b, turns, steps in record.rows:
        assert (a, b) == pytest.approx((1 - relative, 1 - relative / 7))
        assert turns == ("yes" if relative > 1 else "no")
        powers = (steps - 1, steps)
        before, after = (math.hypot(a**n, b**n) / math.sqrt(2) for n in powers)
        assert after <= 0.01 < before


def test_curvatures_of_one_or_three_are_roots_of_their_polynomial():
    record = EXAMPLES["spectra-one-or-three"]()
    l = sp.Symbol("l")  # noqa: E741
    A = sp.Matrix([[5, 4, 2], [4, 5, 2], [2, 2, 1]])
    roots = [complex(r).real for r in sp.Poly(A.charpoly(l)).nroots()]
    assert record.bias_condition == pytest.approx(max(roots) / min(roots))
    assert record.steps == math.ceil(math.log(0.01) / math.log(0.8))
    assert record.hundred_condition == pytest.approx(401)
    assert record.hundred_steps == math.ceil(math.log(0.01) / math.log(400 / 402))
