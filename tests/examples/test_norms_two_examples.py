"""Worked examples of `norms`, centralized gradients and inputs: each number has a second way."""

import math

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_a_centralized_step_by_hand_and_by_differences():
    record = EXAMPLES["norms-centralized-step"]()

    def loss(v):
        errors = 4 * v[0] + 6 * v[1] + v[2] - 8, 6 * v[0] + 4 * v[1] + v[2] - 12
        return (errors[0] ** 2 + errors[1] ** 2) / 4

    assert record.errors.tolist() == [-8, -12]
    slopes = numerical_gradient(loss, np.zeros(3))
    assert [*record.gradient, record.bias] == pytest.approx(slopes)
    assert record.gradient.tolist() == [(-8 * 4 - 12 * 6) / 2, (-8 * 6 - 12 * 4) / 2]
    assert record.mean == (-52 - 48) / 2
    assert record.centralized.tolist() == [-52 + 50, -48 + 50]
    # Along the mean of the inputs and across it: second differences of the loss.
    for found, ways in zip(
        record.curvatures, (([5, 5, 1], [-1, 1, 0]), ([-1, 1, 0], [0, 0, 1])), strict=True
    ):
        for way, curvature in zip(ways, found, strict=True):
            e = np.array(way) / math.sqrt(sum(v * v for v in way))
            assert loss(e) - 2 * loss(0 * e) + loss(-e) == pytest.approx(curvature)
    # By descent, until the loss is 1 % of the first.
    for k, rate in enumerate((2 / 53, 2 / 3)):
        v, steps = np.zeros(3), 0
        while loss(v) > 0.01 * 52:
            if steps < 4:
                assert record.losses[k][steps] == pytest.approx(loss(v))
            errors = np.array([4 * v[0] + 6 * v[1] + v[2] - 8, 6 * v[0] + 4 * v[1] + v[2] - 12])
            g = np.array([errors @ [4, 6], errors @ [6, 4], errors.sum()]) / 2
            g[:2] -= k * g[:2].mean()
            v, steps = v - rate * g, steps + 1
            if k and steps == 1:
                assert record.after == pytest.approx(v)
        assert record.steps[k] == steps
        assert len(record.losses[k]) == 4
    assert record.losses[1][3] == pytest.approx(loss(v))
    assert record.after == pytest.approx([4 / 3, -4 / 3, 20 / 3])
    assert record.errors_after == pytest.approx([-4, -8 / 3])
    # At (1, −1), where a bias would add 10.
    assert record.stuck.tolist() == [4 - 6 - 8, 6 - 4 - 12]


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
