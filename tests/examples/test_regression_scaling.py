"""Worked examples of `regression`, scaling: every number has a second way to it."""

import numpy as np
import pytest
from common_regression import arrives_just_then, drawn_data, fewest_steps

from offcenter.examples import EXAMPLES
from offcenter.examples.regression._scaling import _sparse
from offcenter.experiment import regression


def test_scales_correlations_and_ranges_by_descent_on_the_data():
    X, y = drawn_data(0)
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    larger = z.copy()
    larger[:, 0] *= 10
    root = np.linalg.inv(np.linalg.cholesky(np.cov(X.T, bias=True)))
    cases = {
        "standardized": z,
        "standardized, one times 10": larger,
        "standardized, times 5": 5 * z,
        "standardized, times 0.1": z / 10,
        "to [0, 1]": (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0)),
        "to [−1, 1]": 2 * (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0)) - 1,
        # Another rotation of whitened inputs: descent does not see it.
        "whitened": (X - X.mean(axis=0)) @ root.T,
    }
    for change, read in cases.items():
        steps = regression("uniform on [0, 1]", change, draws=1).descent_steps()[0]
        assert fewest_steps(read, y, steps) == steps
    rng = np.random.default_rng(0)
    shared = rng.random((1000, 1))
    X = 0.75 * shared + 0.25 * rng.random((1000, 20))
    assert np.corrcoef(X.T)[0, 1:] == pytest.approx(0.9, abs=0.02)
    np.testing.assert_array_equal(regression("correlated", draws=1).inputs[0, :, :-1], X)


def test_the_other_rows_are_medians():
    def median(*case):
        return np.median(regression(*case).descent_steps())

    scales = EXAMPLES["regression-scales"]().rows
    for (kappa, steps), more in zip(
        scales, ("", ", one times 10", ", times 5", ", times 0.1"), strict=True
    ):
        problem = regression("uniform on [0, 1]", f"standardized{more}")
        assert steps == np.median(problem.descent_steps())
        assert kappa == pytest.approx(np.median(np.linalg.cond(problem.curvature)))
    assert EXAMPLES["regression-correlated"]().steps == tuple(
        median("correlated", change) for change in ("none", "centered", "standardized", "whitened")
    )
    ranges = EXAMPLES["regression-ranges"]().rows
    for row, law in zip(ranges, ("uniform on [0, 1]", "identity", "exponential"), strict=True):
        assert row == tuple(
            median(law, change) for change in ("to [0, 1]", "to [−1, 1]", "standardized")
        )


def test_sparse_by_steps_of_each_draw_and_an_outlier_by_its_values():
    record, steps = EXAMPLES["regression-sparse"](), _sparse()
    assert (record.inputs, record.examples, record.draws) == (100, 2000, 21)
    frequencies = 0.01 * 30 ** (np.arange(100) / 99)
    assert record.ones == pytest.approx(frequencies.sum())
    for seed in range(3):
        rng = np.random.default_rng(seed)
        X = np.where(rng.random((2000, 100)) < frequencies, 1.0, 0.0)
        y = X @ rng.standard_normal(100)
        less = X - X.mean(axis=0)
        for row, read in zip(
            steps, (X, X / X.std(axis=0), less, less / X.std(axis=0)), strict=True
        ):
            arrives_just_then(read, y, y.var(), row[0][seed])
            arrives_just_then(read, y - y.mean(), y.var(), row[1][seed])
    for row, drawn, ends in zip(record.rows, steps, record.ranges, strict=True):
        assert row == (np.median(drawn[0]), np.median(drawn[1]))
        assert ends == (drawn[0].min(), drawn[0].max(), drawn[1].min(), drawn[1].max())
    # A thousand inputs 0 or 1 over their deviation: the mean square of their sum, over n.
    n, p = 1000, 0.01
    square = (n * p * (1 - p) + (n * p) ** 2) / (p * (1 - p))
    assert record.steep == pytest.approx(square / n)
    values = np.append(np.tile([1.0, -1.0], 500)[:999], 1000.0)
    values[:999] = (values[:999] - values[:999].mean()) / values[:999].std()
    z = (values - values.mean()) / values.std()
    assert record.outlier == pytest.approx(
        (values.std(), z[:999].std(), z[999], z[999] ** 2 / 1000)
    )
