"""Worked examples of `regression`, optimizers: every number has a second way to it."""

import numpy as np
import pytest
from common_regression import (
    SHARES,
    arrivals,
    arrives_just_then,
    drawn_data,
    fewest_steps,
    largest_step,
    turned,
)
from runs import kept_run

from offcenter.examples import EXAMPLES
from offcenter.experiment import CHANGES, regression


def _adam():
    m = v = 0.0

    def direction(count, slopes):
        nonlocal m, v
        m, v = 0.9 * m + 0.1 * slopes, 0.999 * v + 0.001 * slopes * slopes
        return (m / (1 - 0.9**count)) / (np.sqrt(v / (1 - 0.999**count)) + 1e-8)

    return direction


def _on_batches(X, y, sizes, order, limit=3000):
    """Count steps on some examples each, over all step sizes at once, until a run arrives."""
    A = np.column_stack([X, np.ones(len(X))])
    R, t, rest = turned(A, y)
    goal, w = 1e-4 * np.mean((y - y.mean()) ** 2), np.zeros((A.shape[1], len(sizes)))
    for count in range(1, limit + 1):
        rows = order()
        w -= sizes * (A[rows].T @ (A[rows] @ w - y[rows, None])) / len(rows)
        # The loss is that of all examples.
        if (((R @ w - t[:, None]) ** 2).sum(axis=0) / len(X) + rest <= goal).any():
            return count
    return limit + 1


@kept_run
def steps_on_batches(size, change):
    """Return the steps of all draws on batches of so many examples, each draw on its own."""
    drawn = [(CHANGES[change](X), y) for X, y in map(drawn_data, range(21))]
    largest = max(largest_step(X) for X, _ in drawn)
    counts = []
    for seed, (X, y) in enumerate(drawn):
        rng = np.random.default_rng(0)
        order = lambda rng=rng, seed=seed: rng.integers(1000, size=(21, size))[seed]  # noqa: E731
        with np.errstate(over="ignore", invalid="ignore"):
            counts.append(_on_batches(X, y, largest * np.geomspace(0.02, 2.0, 24), order))
    return counts


def test_batches_by_counting_signs():
    record = EXAMPLES["regression-batches"]()
    rows = record.rows
    assert [row[0] for row in rows] == [1, 128, 1000]
    whole = []
    for seed in range(21):
        X, y = drawn_data(seed)
        gradients = [np.array([(b - y) @ X[:, k] for k in range(20)]) for b in (0.0, y.mean())]
        whole.append([(g > 0).all() or (g < 0).all() for g in gradients])
    assert rows[2][1:3] == pytest.approx(100 * np.mean(whole, axis=0))
    # Positive inputs: one example's gradient always has one sign.
    assert rows[0][1:3] == (100, 100)
    rng, one = np.random.default_rng(7), []
    for seed in range(21):
        X, y = drawn_data(seed)
        for _ in range(200):
            rows_of = rng.integers(1000, size=128)
            gradient = X[rows_of].T @ (y.mean() - y[rows_of])
            one.append(abs(np.sign(gradient).sum()) == 20)
    assert rows[1][2] == pytest.approx(100 * np.mean(one), abs=3)
    # The same draws, by how often each example is in a batch.
    drawn = np.random.default_rng(128).integers(1000, size=(400, 128))
    counts = np.stack([np.bincount(batch, minlength=1000) for batch in drawn])
    for column, less in ((1, 0.0), (2, 1.0)):
        agree = []
        for seed in range(21):
            X, y = drawn_data(seed)
            gradients = (counts * (less * y.mean() - y)) @ X
            agree.append((gradients > 0).all(axis=1) | (gradients < 0).all(axis=1))
        assert rows[1][column] == pytest.approx(100 * np.mean(agree))
    signs = EXAMPLES["regression-signs"]()
    assert (rows[0][3:], rows[2][3:]) == (signs.single, signs.full)
    for row, bounds, size in zip(rows[:2], record.ranges[:2], (1, 128), strict=True):
        raw, negated, centered = (
            steps_on_batches(size, way) for way in ("none", "every second negated", "centered")
        )
        assert row[3:] == tuple(np.median(steps) for steps in (raw, negated, centered))
        # To negate an input and its weight mirrors each step.
        assert raw == negated
        assert bounds == (min(raw), max(raw), min(centered), max(centered))
    raw, centered = (
        [fewest_steps(CHANGES[way](X), y) for X, y in map(drawn_data, range(21))]
        for way in ("none", "centered")
    )
    assert (rows[2][3], rows[2][5]) == (np.median(raw), np.median(centered))
    assert record.ranges[2] == (min(raw), max(raw), min(centered), max(centered))


def _adams(low, change):
    """Return Adam's steps on the data of all draws."""
    counts = []
    for seed in range(21):
        X, y = drawn_data(seed, low)
        X, sizes = CHANGES[change](X), np.geomspace(0.003, 3, 40)
        counts.append(arrivals(X, y, sizes, 3000, _adam(), first=True).min())
    return counts


def test_adam_and_descent_by_steps_on_the_data():
    record = EXAMPLES["regression-adam"]()
    cases = (
        (0, "centered"),
        (0, "centered, scaled from 0.01 to 1"),
        (0, "none"),
        (1, "none"),
        (2, "none"),
    )
    for (descent, adam), bounds, (low, change) in zip(
        record.rows, record.ranges, cases, strict=True
    ):
        steps = regression(f"uniform on [{low}, {low + 1}]", change).descent_steps()
        for seed in range(21):
            X, y = drawn_data(seed, low)
            arrives_just_then(CHANGES[change](X), y, y.var(), steps[seed])
        assert descent == np.median(steps)
        counts = _adams(low, change)
        assert adam == np.median(counts)
        assert bounds == (min(counts), max(counts))
    assert record.centered == tuple(np.median(_adams(low, "centered")) for low in (1, 2))


def test_bias_shift_by_a_step_on_the_data():
    record = EXAMPLES["regression-bias-shift"]()
    shares, cosines, centered = [], [], []
    for seed in range(21):
        X, y = drawn_data(seed)
        r = y - y.mean()
        assert abs(r.mean()) < 1e-12
        slope = X.T @ r / 1000
        # The bias does not move: r has the mean 0.
        moved, free = X @ slope, (X - X.mean(axis=0)) @ ((X - X.mean(axis=0)).T @ r / 1000)
        shares.append((X.mean(axis=0) @ slope) ** 2 / (moved @ moved / 1000))
        cosines.append([d @ r / np.linalg.norm(d) / np.linalg.norm(r) for d in (moved, free)])
        centered.append(free.mean() ** 2 / (free @ free / 1000))
    assert record.share == pytest.approx((np.median(shares), min(shares), max(shares)))
    assert record.cosines == pytest.approx(np.median(cosines, axis=0))
    assert max(centered) < 1e-20
    assert record.centered < 1e-20


def test_steps_by_the_fisher_matrix_run_with_its_inverse():
    record = EXAMPLES["regression-fisher"]()
    found = {}
    for center in (False, True):
        for seed in range(21):
            X, y = drawn_data(seed)
            A = np.column_stack([X - X.mean(axis=0) * center, np.ones(1000)])
            F = A.T @ A / 1000
            matrices = np.diag(np.diag(F)), F + 0.1 * np.eye(21), F
            for row, M in enumerate(matrices):
                P = np.linalg.inv(M)
                rates = SHARES * 2 / np.linalg.eigvals(P @ F).real.max()
                missing = np.repeat(-np.linalg.lstsq(A, y, rcond=None)[0][:, None], 400, axis=1)
                count, left = 0, y.var()
                while left > 1e-4 * y.var():
                    count += 1
                    missing -= rates * (P @ (F @ missing))
                    left = (missing * (F @ missing)).sum(axis=0).min()
                found.setdefault((row, center), []).append(count)
    for row, (raw, centered) in enumerate(record.rows):
        a, b = found[row, False], found[row, True]
        assert (raw, centered) == (np.median(a), np.median(b))
        assert record.ranges[row] == (min(a), max(a), min(b), max(b))
