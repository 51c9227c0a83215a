"""Worked examples of `regression`, curvature: every number has a second way to it."""

import math

import numpy as np
import pytest
from common_regression import SHARES, arrivals, arrives_just_then, drawn_data, largest_step

from offcenter.examples import EXAMPLES
from offcenter.examples.regression._curvature import _slower
from offcenter.experiment import CHANGES, regression


def test_conditions_by_singular_values_and_by_what_a_flat_error_costs():
    record = EXAMPLES["regression-conditions"]()
    raw, centered, shares, worst = [], [], [], []
    for seed in range(21):
        X, y = drawn_data(seed)
        A = np.column_stack([X, np.ones(1000)])
        raw.append(np.linalg.cond(A) ** 2)
        centered.append(np.linalg.cond(np.column_stack([X - X.mean(axis=0), np.ones(1000)])) ** 2)
        # The left singular vectors part the targets as the axes part the loss.
        left = np.linalg.svd(A, full_matrices=False)[0]
        shares.append(100 * (left[:, -1] @ y) ** 2 / (y @ y))
        # From the mean square of y to 10⁻⁴ of its variance, by the flattest factor a step.
        kept = (raw[-1] - 1) / (raw[-1] + 1)
        worst.append(math.log(y @ y / 1000 / (1e-4 * y.var()), kept**-2))
    assert record.raw == pytest.approx(np.median(raw))
    assert record.centered == pytest.approx(np.median(centered))
    assert record.flattest == pytest.approx(np.median(shares))
    assert record.worst == pytest.approx(np.median(worst))
    parts = (raw, centered, shares, worst)
    for found, (least, most) in zip(parts, record.ranges, strict=True):
        assert (min(found), max(found)) == pytest.approx((least, most))


def test_curvatures_are_medians_of_condition_numbers():
    ways = ("none", "every second negated", "centered")
    record = EXAMPLES["regression-curvature"]()
    for kappa, change in zip(record.kappas, ways, strict=True):
        ratios = []
        for seed in range(21):
            A = np.column_stack([CHANGES[change](drawn_data(seed)[0]), np.ones(1000)])
            ratios.append(np.linalg.cond(A) ** 2)
        assert kappa == pytest.approx(np.median(ratios))
    # E[xᵢxⱼ] is ∫x² = 1/3 on the diagonal and ½² off it.
    expected = np.linalg.eigvalsh(np.full((20, 20), 1 / 4) + np.eye(20) * (1 / 3 - 1 / 4))
    assert record.sides == pytest.approx((expected[0], expected[-1]))
    drawn = np.median([np.linalg.norm(drawn_data(seed)[0], 2) ** 2 / 1000 for seed in range(21)])
    assert record.sides[1] == pytest.approx(drawn, rel=0.02)


@pytest.mark.parametrize("place", range(4))
def test_half_of_the_best_rate_by_descent_on_the_data(place):
    record, counts = EXAMPLES["regression-halved"](), []
    low, change = 2.0 * (place // 2), ("none", "centered")[place % 2]
    fewest = regression(f"uniform on [{low:g}, {low + 1:g}]", change).descent_steps()
    assert record.rows[place][0] == np.median(fewest)
    for seed in range(21):
        X, y = drawn_data(seed, low)
        X = CHANGES[change](X)
        sizes = SHARES * largest_step(X)
        runs = arrivals(X, y, sizes, fewest[seed])
        assert runs.min() == fewest[seed]
        half = sizes[[runs.argmin()]] / 2
        counts.append(arrivals(X, y, half, 9000).item())
    assert record.rows[place][1] == np.median(counts)
    assert record.ranges[place] == (min(counts), max(counts))
    # Half the rate halves each step along the flattest axis.
    assert record.rows[place][1] == pytest.approx(2 * record.rows[place][0], rel=0.1)


def test_slower_by_the_matrix_and_by_steps_of_each_draw():
    record = EXAMPLES["regression-slower"]()

    def kappa(mean, *, common=0.0, bias=True):
        C = np.full((20, 20), common) + (1 / 12 - common) * np.eye(20)
        m = np.full(20, mean)
        if not bias:
            return np.linalg.cond(C + np.outer(m, m))
        return np.linalg.cond(np.block([[np.ones((1, 1)), m[None]], [m[:, None], C + mean**2]]))

    lows = (0.0, 0.0, 2.0)
    for place, (low, mean) in enumerate(zip(lows, (0.0, 0.5, 2.5), strict=True)):
        assert record.rows[place][0] == pytest.approx(kappa(mean))
        change = "none" if place else "centered"
        kappas, level = _slower(f"uniform on [{low:g}, {low + 1:g}]", change)
        drawn = regression(f"uniform on [{low:g}, {low + 1:g}]", change).descent_steps()
        for seed in range(21):
            X, y = drawn_data(seed, low)
            read = X if place else X - X.mean(axis=0)
            singular = np.linalg.svd(np.column_stack([read, np.ones(1000)]), compute_uv=False)
            assert kappas[seed] == pytest.approx((singular[0] / singular[-1]) ** 2, rel=1e-6)
            arrives_just_then(read, y, y.var(), drawn[seed])
            arrives_just_then(read, y - y.mean(), y.var(), level[seed])
        assert record.rows[place][1:] == (np.median(drawn), np.median(level))
        assert record.sampled[place] == pytest.approx(np.median(kappas))
        assert record.ranges[place] == (drawn.min(), drawn.max(), level.min(), level.max())
    assert record.total == pytest.approx(1 + 1 / 12 + 5)
    assert record.estimate == pytest.approx(12 * record.total**2)
    # κ + 1/κ = T²/s² − 2.
    assert record.rows[1][0] + 1 / record.rows[1][0] == pytest.approx(record.estimate - 2)
    assert record.times == pytest.approx(kappa(0.5) / 12)
    top = (record.total + math.sqrt(record.total**2 - 4 / 12)) / 2
    assert record.limit == pytest.approx(2 / top)
    assert record.without_bias == pytest.approx(kappa(0.5, bias=False)) == 61
    raw, centered, ratio = record.correlated
    assert raw == pytest.approx(kappa(0.5, common=1 / 24))
    assert centered == pytest.approx(kappa(0.0, common=1 / 24))
    assert ratio == pytest.approx(raw / centered)


def test_the_compromise_by_descent_on_the_data():
    counts = []
    for seed in range(21):
        X, y = drawn_data(seed)
        values = np.linalg.svd(np.column_stack([X, np.ones(1000)]), compute_uv=False) ** 2 / 1000
        best = np.array([2 / (values[0] + values[-1])])
        counts.append(arrivals(X, y, best, 5000).item())
    assert EXAMPLES["regression-slower"]().compromise == np.median(counts)
