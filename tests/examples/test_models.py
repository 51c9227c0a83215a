"""Worked examples of `models`: every number of theirs has a second way to it."""

import math

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_least_squares_ridge_and_descent_in_two_units_by_general_solvers():
    record, y = EXAMPLES["models-methods"](), np.array([3.0, 7.0])
    for k, scale in enumerate((1, 10)):
        A = np.array([[scale, 1.0], [3 * scale, 1.0]])
        exact = np.linalg.solve(A, y)
        assert record.least_squares[k] == pytest.approx(exact @ [4 * scale, 1])
        # A penalty is one more example, which the bias does not see.
        more = np.vstack([A, [math.sqrt(2), 0]])
        w, b = np.linalg.lstsq(more, np.append(y, 0), rcond=None)[0]
        assert record.ridge_weights[k] == pytest.approx(w)
        assert record.ridge[k] == pytest.approx(4 * scale * w + b)
        loss = lambda p, A=A: np.mean((A @ p - y) ** 2) / 2  # noqa: E731
        slopes = numerical_gradient(loss, np.zeros(2))
        assert record.gradients[k] == pytest.approx(slopes, rel=1e-5)
        assert record.stepped[k] == pytest.approx(-0.1 * slopes, rel=1e-5)
        assert record.descent[k] == pytest.approx(-0.1 * slopes @ [4 * scale, 1], rel=1e-5)
        # With 0.1 further steps arrive, or move away.
        assert (2 / np.linalg.eigvalsh(A.T @ A / 2)[-1] > 0.1) == (scale == 1)
    assert record.least_squares == (9, 9)
    assert record.ridge_weights == pytest.approx((4 / (2 + 2), 40 / (200 + 2)))
    assert record.gradients.tolist() == [[-(3 + 21) / 2, -5], [-(30 + 210) / 2, -5]]
    assert record.centered.tolist() == [(7 - 3) / 2, (7 + 3) / 2]
    assert record.distances == pytest.approx(
        np.sqrt([[40**2 + 1, 1 + 10**2], [40**2 + 1000**2, 1 + 10_000**2]])
    )
