"""Worked examples of `norms`, centralized gradients and inputs: each number has a second way."""

import math

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_a_centralized_step_by_hand_and_by_differences():
    record = EXAMPLES["norms-centralized-step"]()
    first = lambda w: (4 * w[0] + 6 * w[1] + 2) ** 2 / 2  # noqa: E731
    both = lambda w: (first(w) + (6 * w[0] + 4 * w[1] - 2) ** 2 / 2) / 2  # noqa: E731
    assert record.error == 0 + 2
    assert record.gradient == pytest.approx(numerical_gradient(first, np.zeros(2)))
    assert record.mean == (8 + 12) / 2
    assert record.centralized.tolist() == [8 - 10, 12 - 10]
    assert record.plain_step.tolist() == record.plain_after.tolist() == [-8 / 2, -12 / 2]
    assert record.step.tolist() == record.after.tolist() == [2 / 2, -2 / 2]
    assert record.plain_error == 6 * -4 + 4 * -6 - 2
    assert record.other_error == 6 * 1 + 4 * -1 - 2
    # Second differences along both diagonals, of length √2.
    for along, curvature in zip(([1, 1], [1, -1]), record.curvatures, strict=True):
        e = np.array(along) / math.sqrt(2)
        assert both(e) - 2 * both(0 * e) + both(-e) == pytest.approx(curvature)
    assert record.limits == pytest.approx([2 / 50, 2 / 2])
    # 2 times (4, −6).
    assert record.negated_mean == (8 - 12) / 2
    assert record.negated.tolist() == [8 + 2, -12 + 2]


def test_curvatures_of_age_and_income_by_the_polynomial():
    record = EXAMPLES["norms-on-inputs"]()
    pairs = [(a, b) for a in (2, 4) for b in (20, 40)]
    rows = np.array([(a, b, 1) for a, b in pairs])
    M = sum(np.outer(r, r) for r in rows) / 4
    assert record.moment == pytest.approx(M)
    assert M.tolist() == [[10, 90, 3], [90, 1000, 30], [3, 30, 1]]
    # Trace, the sum of the minors, and the determinant, which is 1² · 10².
    values = np.sort(np.roots([1, -1011, 10 * 1000 - 90**2 + 10 - 9 + 1000 - 900, -100]))[::-1]
    assert record.curvatures[0] == pytest.approx(values, rel=1e-6)
    assert record.curvatures[1] == pytest.approx([100, 1, 1])
    assert record.curvatures[2] == pytest.approx([1, 1, 1])
    assert record.ratios == pytest.approx([values[0] / values[2], 100, 1])
    # Sums 22, 42, 24, 44 have the mean 33 and the variance 101.
    assert record.normed == pytest.approx(
        [(a + b - 33) / math.sqrt(101) for a, b in pairs], rel=1e-4
    )
