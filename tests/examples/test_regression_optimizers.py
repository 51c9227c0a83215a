"""Worked examples of `regression`, optimizers: every number has a second way to it."""

import numpy as np
import pytest
from common_regression import arrivals, drawn_data, turned

from offcenter.examples import EXAMPLES
from offcenter.experiment import regression

DRAWS = 3


def _adam():
    m = v = 0.0

    def direction(count, slopes):
        nonlocal m, v
        m, v = 0.9 * m + 0.1 * slopes, 0.999 * v + 0.001 * slopes * slopes
        return (m / (1 - 0.9**count)) / (np.sqrt(v / (1 - 0.999**count)) + 1e-8)

    return direction


def _on_batches(X, y, sizes, order, limit):
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


def test_single_examples_by_steps_on_the_data():
    problem = regression("uniform on [0, 1]", draws=DRAWS)
    fewest = problem.batch_steps(1)
    largest = 2 / np.linalg.eigvalsh(problem.curvature)[:, -1].min()
    for seed in range(DRAWS):
        X, y = drawn_data(seed)
        sizes, rng = largest * np.geomspace(0.02, 2.0, 24), np.random.default_rng(0)
        order = lambda rng=rng, seed=seed: rng.integers(1000, size=(DRAWS, 1))[seed]  # noqa: E731
        with np.errstate(over="ignore", invalid="ignore"):
            count = _on_batches(X, y, sizes, order, fewest[seed])
        assert count == fewest[seed]


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
    signs = EXAMPLES["regression-signs"]()
    assert (rows[0][3:], rows[2][3:]) == (signs.single, signs.full)
    raw, negated, centered = (
        regression("uniform on [0, 1]", way).batch_steps(128)
        for way in ("none", "every second negated", "centered")
    )
    assert rows[1][3:] == tuple(np.median(steps) for steps in (raw, negated, centered))
    # To negate an input and its weight mirrors each step.
    assert (raw == negated).all()
    assert record.ranges[1] == (raw.min(), raw.max(), centered.min(), centered.max())
    for (least, most, low, high), row in zip(record.ranges, rows, strict=True):
        assert least <= row[3] <= most
        assert low <= row[5] <= high


def test_batches_of_128_by_steps_on_the_data():
    problem = regression("uniform on [0, 1]", "centered", draws=1)
    fewest = problem.batch_steps(128)[0]
    X, y = drawn_data(0)
    sizes = 2 / np.linalg.eigvalsh(problem.curvature)[0, -1] * np.geomspace(0.02, 2.0, 24)
    rng = np.random.default_rng(0)
    order = lambda: rng.integers(1000, size=(1, 128))[0]  # noqa: E731
    with np.errstate(over="ignore", invalid="ignore"):
        assert _on_batches(X - X.mean(axis=0), y, sizes, order, fewest) == fewest


@pytest.mark.parametrize("low", [0.0, 2.0])
def test_adam_by_steps_on_the_data(low):
    problem = regression(f"uniform on [{low:g}, {low + 1:g}]", draws=DRAWS)
    fewest = problem.adam_steps()
    for seed in range(DRAWS):
        X, y = drawn_data(seed, low)
        counts = arrivals(X, y, np.geomspace(0.003, 3, 40), fewest[seed], _adam())
        assert counts.min() == fewest[seed]


def test_adam_rows_are_those_medians():
    record = EXAMPLES["regression-adam"]()
    unequal = regression("uniform on [0, 1]", "centered, scaled from 0.01 to 1")
    far = regression("uniform on [2, 3]")
    for (descent, adam), problem in ((record.rows[1], unequal), (record.rows[4], far)):
        assert descent == np.median(problem.descent_steps())
        runs = problem.adam_steps()
        assert adam == np.median(runs)
        assert (runs.min(), runs.max()) in record.ranges
    between = regression("uniform on [1, 2]")
    assert record.rows[3][0] == np.median(between.descent_steps())
    assert record.rows[0][0] == EXAMPLES["regression-signs"]().full[2]
    assert record.rows[2][0] == EXAMPLES["regression-signs"]().full[0]
    assert record.centered == tuple(
        np.median(regression(f"uniform on [{low}, {low + 1}]", "centered").adam_steps())
        for low in (1, 2)
    )
    for (least, most), (_, adam) in zip(record.ranges, record.rows, strict=True):
        assert least <= adam <= most


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
    shares = np.linspace(0.025, 0.9995, 400)
    found = {}
    for center in (False, True):
        for seed in range(21):
            X, y = drawn_data(seed)
            A = np.column_stack([X - X.mean(axis=0) * center, np.ones(1000)])
            F = A.T @ A / 1000
            matrices = np.diag(np.diag(F)), F + 0.1 * np.eye(21), F
            for row, M in enumerate(matrices):
                P = np.linalg.inv(M)
                rates = shares * 2 / np.linalg.eigvals(P @ F).real.max()
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
