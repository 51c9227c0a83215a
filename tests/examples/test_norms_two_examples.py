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


def test_age_and_income_behind_batch_norm_by_the_angle_to_the_target():
    record = EXAMPLES["norms-on-inputs"]()
    # With the weights u of ±1 and ±1 the loss is 1 − cos θ, and cos θ = u₁/|u|.
    for factor, losses, column in ((10, record.losses[0], 0), (1, record.losses[1], 1)):
        for size, steps in zip((1.0, 0.1), record.steps, strict=True):
            w, seen = [1.0, 1.0], []
            while len(seen) <= steps[column]:
                a, b = w[0], factor * w[1]
                length = math.hypot(a, b)
                seen.append(1 - a / length)
                slope = (b / length**2, -a / length**2)
                w = [
                    w[0] + size * b / length * slope[0],
                    w[1] + size * b / length * slope[1] * factor,
                ]
                if size == 1 and factor == 10 and len(seen) == 1:
                    assert record.after == pytest.approx(w)
                    assert record.gradient == pytest.approx([1 - w[0], 1 - w[1]])
            assert seen[-1] < 0.01 <= min(seen[:-1])
            if size == 1:
                assert losses == pytest.approx(seen[:2])
    # Sums 22, 42, 24, 44 have the mean 33 and the variance 101; slopes by differences.
    sums = np.array([22.0, 42.0, 24.0, 44.0])
    targets = np.array([-1.0, -1.0, 1.0, 1.0])
    loss = lambda s: np.mean(((s - s.mean()) / s.std() - targets) ** 2) / 2  # noqa: E731
    names, *columns = zip(*record.rows, strict=True)
    assert names == ("2, 20", "2, 40", "4, 20", "4, 40")
    expected = (sums, (sums - 33) / math.sqrt(101), targets, numerical_gradient(loss, sums))
    for column, numbers in zip(columns, expected, strict=True):
        assert column == pytest.approx(numbers, abs=1e-7)
