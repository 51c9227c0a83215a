"""Worked examples of `regression`, signs: every number has a second way to it."""

import math

import numpy as np
import pytest
from common_regression import SHARES, arrivals, drawn_data, fewest_steps, largest_step

from offcenter.examples import EXAMPLES
from offcenter.experiment import CHANGES


def test_setting_is_what_is_drawn():
    setting = EXAMPLES["regression-setting"]()
    assert (setting.examples, setting.inputs, setting.draws) == (1000, 20, 21)


def test_full_batches_by_descent_on_the_data():
    record, setting = EXAMPLES["regression-signs"](), EXAMPLES["regression-setting"]()
    found = {}
    for change in ("none", "every second negated", "centered", "negated"):
        draws = map(drawn_data, range(21))
        found[change] = [fewest_steps(CHANGES[change](X), y) for X, y in draws]
    *full, negated = (np.median(steps) for steps in found.values())
    assert record.full == tuple(full)
    assert record.negated == negated
    for change, bounds in (("none", setting.raw), ("centered", setting.centered)):
        assert bounds == (min(found[change]), max(found[change]))
    # To negate an input and its weight mirrors each step, of whatever batch.
    assert found["none"] == found["every second negated"] == found["negated"]
    assert record.single[0] == record.single[1]


def test_reach_by_signs_and_by_runs_that_arrive():
    record = EXAMPLES["regression-reach"]()
    rng = np.random.default_rng(11)
    assert record.one_signed[0] == 1
    raw = [drawn_data(seed)[0] for seed in range(21)]
    assert min(X.min() for X in raw) > 0
    assert record.one_signed[1] == 0
    signs = [np.sign(X - X.mean(axis=0)).sum(axis=1) for X in raw]
    assert record.one_signed[2] == np.mean(np.abs(signs) == 20)
    largest = 0.0
    for seed in range(21):
        X, y = drawn_data(seed)
        w = np.linalg.lstsq(X, y, rcond=None)[0]
        assert min(w) < 0 < max(w)
        # At the goal's loss: the weight i is farthest off where descent of ½dᵀHd would leave it.
        A = np.column_stack([X, np.ones(1000)])
        goal = 1e-4 * y.var() / 2
        for i in range(20):
            others = np.delete(A, i, axis=1)
            left = A[:, i] - others @ np.linalg.lstsq(others, A[:, i], rcond=None)[0]
            largest = max(largest, math.sqrt(2 * goal / (left @ left / 1000)))
        d = rng.standard_normal(21)
        d *= math.sqrt(goal / (np.mean((A @ d) ** 2) / 2))
        assert np.abs(d[:20]).max() <= record.within
    assert record.within == pytest.approx(largest)


def test_demo_by_descent_on_the_data():
    record = EXAMPLES["regression-demo"]()
    X, y = drawn_data(0)
    flip = np.where(np.arange(20) % 2, -1, 1)
    shifted = X + 1
    rng = np.random.default_rng(0)
    normal = rng.standard_normal((1000, 20))
    cases = (
        (X, y, 1.0),
        (shifted, drawn_data(0, low=1.0)[1], 1.0),
        (normal, normal @ rng.standard_normal(20), 1.0),
        (X, y, 1.9),
    )
    for steps, (Z, t, share) in zip(record.rows, cases, strict=True):
        for count, read in zip(steps, (Z, Z * flip, Z - Z.mean(axis=0)), strict=True):
            eta = np.array([share / 2 * largest_step(read)])
            assert count == arrivals(read, t, eta, 3000).item()
    for (large, small, ratio), read in zip(record.curvatures, (X, X - X.mean(axis=0)), strict=True):
        values = np.linalg.svd(np.column_stack([read, np.ones(1000)]), compute_uv=False) ** 2 / 1000
        assert (large, small) == pytest.approx((values[0], values[-1]))
        assert ratio == pytest.approx(large / small)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    assert record.standardized == arrivals(Z, y, np.array([largest_step(Z) / 2]), 99).item()


def test_without_a_bias_by_descent_on_the_data():
    record = EXAMPLES["regression-without-bias"]()
    mirror = np.where(np.arange(20) % 2, -1, 1)
    counts = [[] for _ in range(6)]
    for seed in range(21):
        rng = np.random.default_rng(seed)
        U, w = rng.random((1000, 20)), rng.standard_normal(20)
        rare = np.where(U < 0.99, -1.0, 100.0)
        one_hot = np.tile(np.eye(20), (50, 1))
        for place, (X, goal) in enumerate(
            (
                (U, w),
                (U * mirror, w * mirror),
                (101 * U - 1, w),
                (rare, w),
                (2 * U - 1, w),
                (one_hot, w),
            )
        ):
            y, M = X @ goal, X.T @ X / 1000
            rates = SHARES * 2 / np.linalg.norm(M, 2)
            d, count, left = np.repeat(-goal[:, None], 400, axis=1), 0, np.inf
            while left > 1e-4 * y.var():
                d, count = d - rates * (M @ d), count + 1
                left = (d * (M @ d)).sum(axis=0).min()
            counts[place].append(count)
    assert record.rows == tuple((np.median(c), min(c), max(c)) for c in counts)
