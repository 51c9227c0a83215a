"""Worked examples of `regression`, quadrants: every number has a second way to it."""

from fractions import Fraction

import numpy as np
import pytest
from common_regression import arrives_just_then, drawn_data

from offcenter.examples import EXAMPLES
from offcenter.examples.regression._quadrants import _steps


def _best(kind, w):
    return {
        "normal, mixed signs": w,
        "their absolute values": abs(w),
        "all 1": np.ones(20),
    }[kind]


@pytest.mark.parametrize("row", range(4))
def test_steps_to_chosen_weights_of_each_draw(row):
    record = EXAMPLES["regression-quadrants"]()
    kind, bias, raw, centered = record.rows[row]
    steps = [_steps(kind, float(bias), change) for change in ("none", "centered")]
    assert (raw, centered) == tuple(np.median(steps, axis=1))
    assert record.ranges[row] == (*(f(steps[0]) for f in (min, max)), min(steps[1]), max(steps[1]))
    for seed in range(21):
        X, y = drawn_data(seed)
        w = np.linalg.lstsq(X, y, rcond=None)[0]
        y = X @ _best(kind, w) + bias
        for counts, read in zip(steps, (X, X - X.mean(axis=0)), strict=True):
            arrives_just_then(read, y, y.var(), counts[seed])


def test_more_bias_and_equal_scales_and_the_chance_of_equal_signs():
    record = EXAMPLES["regression-quadrants"]()
    for found, bias, change in (
        (record.more_bias, 3.0, "none"),
        (record.standardized, 2.0, "standardized"),
    ):
        steps = _steps("all 1", bias, change)
        assert found == np.median(steps)
        for seed in range(21):
            X, _ = drawn_data(seed)
            y = X.sum(axis=1) + bias
            read = X if change == "none" else (X - X.mean(axis=0)) / X.std(axis=0)
            arrives_just_then(read, y, y.var(), steps[seed])
    assert Fraction(1, record.one_in) == 2 * Fraction(1, 2) ** 20
