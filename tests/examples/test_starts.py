"""Worked examples of `starts`: every number has a second way to it."""

from itertools import pairwise

import numpy as np
import pytest
from runs import kept_run

from offcenter.examples import EXAMPLES
from offcenter.examples.starts import _left


def test_sums_by_many_drawn_units():
    record, rng = EXAMPLES["starts-sums"](), np.random.default_rng(4)
    spreads, means, positive = [], [], []
    for _ in range(400):
        x = rng.uniform(0, 1, record.inputs)
        W = rng.normal(0, 0.1**0.5, (400, record.inputs))
        spreads.append(np.var(W @ x))
        positive.append(np.var(abs(W) @ x))
        means.append(np.mean(abs(W) @ x))
    assert record.spread**2 == pytest.approx(np.mean(spreads), rel=0.03)
    assert record.positive == pytest.approx(np.mean(means), rel=0.02)
    assert record.positive_spread**2 == pytest.approx(np.mean(positive), rel=0.03)
    assert record.mean_weight == pytest.approx(record.positive / 10)


def _drawn(seed):
    X = np.random.default_rng(seed).random((200, 20))
    u = np.sqrt(12) * (X - 1 / 2)
    y = np.sin(u.T[0]) + u.T[1] * u.T[2] + u.T[3]
    return X, (y - np.mean(y)) / np.std(y)


_OF_SUM = ("absolute values, of sum 1", "all equal, of sum 1")


@kept_run
def least_left(kind, hidden, seed):
    """Return what one network leaves at each rate, by the chain rule on columns of examples."""
    X, t = _drawn(seed)
    rng, sizes = np.random.default_rng([seed, 1]), [20] * (hidden + 1) + [1]
    drawn = []
    for m, n in pairwise(sizes):
        w = np.sqrt(2 / m) * rng.standard_normal((m, n)).T
        if kind != "mean zero":
            w = abs(w)
        if kind == "all zero":
            w = 0 * w
        if kind in _OF_SUM:
            w = w / w.sum(axis=1, keepdims=True) if kind == _OF_SUM[0] else 0 * w + 1 / m
        drawn.append(np.column_stack([w, np.zeros(n)]))
    left, ones = [], np.ones((1, 200))
    for rate in (1, 0.3, 0.1, 0.03, 0.01, 0.001, 1e-6):
        W = [w.copy() for w in drawn]
        with np.errstate(all="ignore"):
            for step in range(501):
                read = [np.vstack([X.T, ones])]
                for w in W[:-1]:
                    s = w @ read[-1]
                    read.append(np.vstack([np.where(s > 0, s, 0), ones]))
                d = W[-1] @ read[-1] - t
                if step == 500 or not np.isfinite(d).all():
                    break
                loss = np.mean(d**2)
                d = d / 200
                for k in range(hidden, -1, -1):
                    back = W[k][:, :-1].T @ d
                    W[k] -= rate * d @ read[k].T
                    if k:
                        d = back * (read[k][:-1] > 0)
            loss = np.mean(d**2)
        left.append(loss if np.isfinite(loss) else np.inf)
    return np.array(left)


@pytest.mark.parametrize("kind", [row[0] for row in EXAMPLES["starts-learned"]().rows])
def test_what_one_network_learns_alone(kind):
    record = EXAMPLES["starts-learned"]()
    place = [row[0] for row in record.rows].index(kind)
    for hidden in (1, 4):
        runs = _left(kind, hidden)
        assert len(runs) == record.draws
        assert 100 * np.median(runs) == pytest.approx(record.rows[place][hidden // 4 + 1])
        two = slice(2 * (hidden // 4), 2 * (hidden // 4) + 2)
        assert record.ranges[place][two] == pytest.approx((100 * runs.min(), 100 * runs.max()))
    # Rounding grows over the steps.
    assert least_left(kind, 1, 1).min() == pytest.approx(_left(kind, 1)[1], abs=0.01)
    if kind == "absolute values, of sum 1":
        assert least_left(kind, 4, 1).min() == pytest.approx(_left(kind, 4)[1], abs=0.01)
    if kind == "all zero":
        # The output bias has nothing to learn: the targets have the mean 0.
        assert runs == pytest.approx(1)


def test_what_a_linear_model_leaves_and_the_setup():
    record, left = EXAMPLES["starts-learned"](), []
    for seed in range(record.draws):
        X, t = _drawn(seed)
        A = X - X.mean(axis=0)
        # The part of t in no column's span, by an orthonormal basis.
        Q = np.linalg.qr(A)[0]
        left.append(100 * (1 - np.sum((Q.T @ t) ** 2) / 200))
    assert record.linear == pytest.approx(np.median(left))
    assert (record.units, record.examples, record.steps, record.rates) == (20, 200, 500, 7)
