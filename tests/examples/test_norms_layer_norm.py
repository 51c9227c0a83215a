"""Worked examples of `norms`, layer norm: every number has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest

from offcenter.examples import EXAMPLES
from offcenter.remedies import rms_norm


def test_layer_norm_removes_what_features_share():
    record = EXAMPLES["norms-features"]()
    # Layer norm makes one point of two, as RMS norm does of what the subtraction leaves.
    np.testing.assert_allclose(record.negated_layer, [[1, -1], [1, -1]], atol=1e-4)
    X = np.array([[1.0, -3.0], [3.0, -1.0]])
    rest = X - X.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(record.negated_layer, rms_norm(rest), atol=1e-12)
    # RMS norm keeps (1, 3) and (3, 1) apart, whatever their signs.
    size = math.sqrt(5)
    for signs in ([1, 1], [1, -1]):
        normed = rms_norm(np.abs(X) * signs)
        np.testing.assert_allclose(normed, np.abs(X) * signs / size, atol=1e-5)


def test_the_subtraction_folded_into_the_layer_in_front_by_fractions():
    record = EXAMPLES["norms-folded"]()
    W = [[1, 4], [4, 3], [4, 5]]
    columns = [Fraction(sum(column), 3) for column in zip(*W, strict=True)]
    assert record.columns.tolist() == columns == [3, 4]
    assert record.weights.tolist() == [[a - 3, b - 4] for a, b in W]
    for h, row in zip([(1, 2), (2, -1)], record.rows, strict=True):
        x = [a * h[0] + b * h[1] for a, b in W]
        assert list(row[:3]) == x
        assert row[3] == Fraction(sum(x), 3) == 3 * h[0] + 4 * h[1]
        less = [v - row[3] for v in x]
        assert list(row[4:7]) == list(row[7:]) == less
        assert [(a - 3) * h[0] + (b - 4) * h[1] for a, b in W] == less
    size, spread = math.sqrt((81 + 100 + 196) / 3), math.sqrt((4 + 1 + 9) / 3)
    assert record.rms[0] == pytest.approx([v / size for v in (9, 10, 14)], rel=1e-5)
    size = math.sqrt((109**2 + 110**2 + 114**2) / 3)
    assert record.rms[1] == pytest.approx([v / size for v in (109, 110, 114)], rel=1e-5)
    assert record.layer == pytest.approx([v / spread for v in (-2, -1, 3)], rel=1e-5)
    assert record.folded == pytest.approx(record.layer, abs=1e-12)


def test_columns_of_two_tokens_by_hand():
    record = EXAMPLES["norms-columns"]()
    # The rows' root mean squares are 5, and 3 and 4 less their means 4 and 3.
    assert [row[:5] for row in record.rows] == [
        ("RMS norm", "1.4, 0.2, 0.2, 1.4", "1.4, 1.4, −0.2, −0.2", "0.8, 0.6", "1.4, 0.8, 0, 0.6"),
        ("layer norm", "1, −1, −1, 1", "1, 1, −1, −1", "0, 0", "1, 0, −1, 0"),
        ("centered", "0, −0.6, 0.2, 0.8", "0, 0.6, −0.2, −0.8", "0.1, −0.1", "0, 0, 0, 0"),
    ]
    assert [row[5] for row in record.rows] == pytest.approx(
        ((1.96 + 0.64 + 0.36) / 4, 2 / 4, 0), abs=1e-12
    )


def test_which_mean_by_hand_and_by_steps_on_both_examples():
    record = EXAMPLES["norms-which-mean"]()
    assert record.row_means.tolist() == [7, 4]
    assert record.column_means.tolist() == [8, 3]
    tables = (((10, 4), (6, 2)), ((3, -3), (2, -2)), ((2, 1), (-2, -1)))
    shares = (Fraction(73, 78), Fraction(25, 26), 0)
    numbers = lambda cell: tuple(float(v.replace("−", "-")) for v in cell[1:-1].split(", "))  # noqa: E731
    assert [row[0] for row in record.rows] == ["raw", "less row means", "less column means"]
    for row, (a, b), share in zip(record.rows, tables, shares, strict=True):
        assert numbers(row[1]) == a
        assert numbers(row[2]) == b
        # A's error at the start is −1, so its step adds A.
        assert row[3] == a[0] ** 2 + a[1] ** 2
        assert row[4] == a[0] * b[0] + a[1] * b[1]
        assert row[5] == pytest.approx(float(share))
    assert record.fits == pytest.approx([1, -1])
    # The best rate is 2 over the trace, where two of the three curvatures are not 0.
    for steps, (a, b), square in zip(record.steps, tables, (78, 13, 5), strict=True):
        X = np.array([[*a, 1.0], [*b, 1.0]])
        solution, theta, count = np.linalg.lstsq(X, [1.0, -1.0], rcond=None)[0], np.zeros(3), 0
        while np.linalg.norm(theta - solution) > 0.01 * np.linalg.norm(solution):
            theta = theta - 2 / (square + 1) * X.T @ (X @ theta - [1, -1]) / 2
            count += 1
        assert count == steps
