"""Worked examples of `signs`, the squared error: every number has a second way to it."""

import numpy as np
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_gradients_of_a_bill_are_those_of_its_squared_error():
    cases = (((3, 1, 2), 2), ((3, 1, 2), 5), ((3, -1, 2), 11))
    record = EXAMPLES["signs-bill"]()
    for (x, y), (total, delta, *gradient) in zip(cases, record.rows, strict=True):
        loss = lambda w, x=x, y=y: (w @ [*x, 1] - y) ** 2 / 2  # noqa: E731
        expected = numerical_gradient(loss, np.array([2.0, -4.0, 1.0, 0.0]))
        np.testing.assert_allclose([*gradient, delta], expected, atol=1e-8)
        assert total == sum(a * w for a, w in zip(x, (2, -4, 1), strict=True))


def test_two_messages_are_the_gradients_of_two_losses_and_their_average_that_of_the_mean():
    record, cases = EXAMPLES["signs-two-messages"](), (((3, 1), 2), ((1, 3), -2))
    losses = [lambda w, x=x, y=y: (w @ [*x, 1] - y) ** 2 / 2 for x, y in cases]
    for loss, (delta, *gradient) in zip(losses, record.rows, strict=True):
        expected = numerical_gradient(loss, np.zeros(3))
        np.testing.assert_allclose([*gradient, delta], expected, atol=1e-8)
    both = numerical_gradient(lambda w: (losses[0](w) + losses[1](w)) / 2, np.zeros(3))
    np.testing.assert_allclose([*record.average, 0], both, atol=1e-8)
