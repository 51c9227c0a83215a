"""Worked examples of `activations`, the fair test: every number has a second way to it."""

import numpy as np
import pytest
from runs import kept_run

from offcenter.data import load_digits
from offcenter.examples import EXAMPLES

RATES = [2 ** (k / 2) for k in range(11)]


def _drawn(seed):
    digits, rng = load_digits(), np.random.default_rng([seed, 1])
    order = np.random.default_rng([seed, 0]).permutation(1797)
    X, labels = digits.inputs[order], digits.labels[order]
    X = X - X[:300].mean(axis=0)
    sizes = ((30, 64, 4), (30, 30, 4), (10, 30, 1))
    weights = [g * rng.standard_normal((m, n)) / n**0.5 for m, n, g in sizes]
    return X, np.eye(10)[labels], weights


@kept_run
def trained(seed, c, rate, limit, test=False):
    """Return the losses before each step, and the test accuracies, of a network of σ − ½ + c."""
    X, y, weights = _drawn(seed)
    X, y = (X, y) if test else (X[:300], y[:300])
    # The constant is one more input, so each layer is one matrix.
    layers = [np.column_stack([W, np.zeros(len(W))]) for W in weights]
    for W in layers[1:]:
        W[:, -1] = -c * W[:, :-1].sum(axis=1)
    losses, accuracies = [], []
    for _ in range(limit + 1):
        reads = [np.column_stack([X, np.ones(len(X))])]
        for W in layers[:-1]:
            a = 1 / (1 + np.exp(-reads[-1] @ W.T)) - 0.5 + c
            reads.append(np.column_stack([a, np.ones(len(X))]))
        s = reads[-1] @ layers[-1].T
        p = np.exp(s - s.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        losses.append(float(-np.log((p * y).sum(axis=1)[:300]).mean()))
        if test:
            accuracies.append(float((s.argmax(axis=1) == y.argmax(axis=1))[300:].mean()))
        if losses[-1] > 3 * losses[0]:
            break
        errors, changes = (p - y)[:300] / 300, []
        for k in (2, 1, 0):
            changes.append(errors.T @ reads[k][:300])
            if k:
                sigma = reads[k][:300, :-1] + 0.5 - c
                errors = errors @ layers[k][:, :-1] * sigma * (1 - sigma)
        layers = [W - rate * g for W, g in zip(layers, changes[::-1], strict=True)]
    return losses, accuracies


def _first_at(losses, goal):
    return next((step for step, loss in enumerate(losses) if loss <= goal), 10**6)


@pytest.mark.slow
def test_the_table_by_training_one_network_at_a_time():
    record = EXAMPLES["activations-fair"]()
    assert (record.training, record.test, record.starts, record.target) == (300, 1497, 5, 0.005)
    assert [row[0] for row in record.rows] == ["σ − ½", "σ", "σ + ½"]
    accuracies, low, stopped = [], [], []
    for place, (c, row) in enumerate(zip((0.0, 0.5, 1.0), record.rows, strict=True)):
        steps, rates = [], []
        for seed in range(5):
            most = record.ranges[place][1]
            runs = [_first_at(trained(seed, c, rate, most)[0], 0.1) for rate in RATES]
            steps.append(min(runs))
            rates.append(RATES[runs.index(min(runs))])
        assert row[1:3] == (pytest.approx(np.median(rates)), np.median(steps))
        # In the longest runs a processor's rounding changes some steps, and with them some images.
        few, some = (4, 0.3) if c == 1 else (0, 1e-9)
        assert record.ranges[place][:2] == pytest.approx((min(steps), max(steps)), abs=few)
        last = [trained(seed, c, row[1], 1100, test=True) for seed in range(5)]
        at = [_first_at(losses, 0.005) for losses, _ in last]
        there = [100 * run[1][k] for run, k in zip(last, at, strict=True)]
        assert row[3] == pytest.approx(np.mean(there), abs=some)
        assert record.ranges[place][2:] == pytest.approx((min(there), max(there)), abs=some)
        accuracies.append(there)
        low.append(np.median(at))
        stopped.append(100 * np.median([run[1][record.rows[0][2]] for run in last]))
        alike = [_first_at(trained(seed, c, 1.0, 300)[0], 0.1) for seed in range(5)]
        assert record.same_rate[place] == np.median(alike)
    assert record.low_loss == pytest.approx(low, abs=3)
    assert record.low_times == pytest.approx((low[1] / low[0], low[2] / low[0]), rel=0.01)
    assert record.lower == sum(np.subtract(*accuracies[:2]) > 0) == 4
    assert record.stopped == pytest.approx(stopped)
    first, second, third = (row[2] for row in record.rows)
    assert record.times == (second / first, third / first)
    gap = np.mean(accuracies[0]) - np.mean(accuracies[1])
    assert record.gap == pytest.approx((gap, gap * 14.97))
    assert record.spread == pytest.approx(np.ptp(accuracies, axis=1).max(), abs=0.3)


def _loss(layers, X, y, c):
    a = X
    for k, (W, b) in enumerate(layers):
        s = a @ W.T + b
        a = 1 / (1 + np.exp(-s)) - 0.5 + c if k < 2 else s
    top = a.max(axis=1)
    return (top + np.log(np.exp(a - top[:, None]).sum(axis=1)) - (a * y).sum(axis=1)).mean()


@pytest.mark.parametrize("place", range(3))
def test_the_curvature_at_the_start_by_differences_of_the_loss(place):
    c, found = place / 2, EXAMPLES["activations-fair"]().curvatures
    tops = []
    for seed in range(5):
        X, y, weights = _drawn(seed)
        X, y = X[:300], y[:300]
        layers = [[W, -c * W.sum(axis=1) * (k > 0)] for k, W in enumerate(weights)]
        # The bent of the last layer is E[(diag p − ppᵀ) ⊗ aaᵀ], exactly, and a part of the whole.
        a = X
        for W, b in layers[:-1]:
            a = 1 / (1 + np.exp(-(a @ W.T) - b)) - 0.5 + c
        s = a @ layers[-1][0].T + layers[-1][1]
        p = np.exp(s - s.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        read = np.column_stack([a, np.ones(300)])
        H = np.einsum("ni,ij,nk,nl->ikjl", p, np.eye(10), read, read, optimize=True)
        H -= np.einsum("ni,nj,nk,nl->ikjl", p, p, read, read, optimize=True)
        values, vectors = np.linalg.eigh(H.reshape(310, 310) / 300)
        way, t = vectors[:, -1].reshape(10, 31), 1e-3
        losses = [
            _loss(
                [*layers[:-1], [layers[-1][0] + d * way[:, :-1], layers[-1][1] + d * way[:, -1]]],
                X,
                y,
                c,
            )
            for d in (-t, 0, t)
        ]
        bent = (losses[0] - 2 * losses[1] + losses[2]) / t**2
        assert bent == pytest.approx(values[-1], rel=1e-3)
        tops.append(bent)
    # No direction bends less than a part of the parameters does at its most.
    assert np.median(tops) <= found[place] <= 1.5 * np.median(tops)


def _slopes(layers, X, y, c):
    """Return the derivatives of the loss, flat; in each layer the bias is the last column."""
    reads = [np.column_stack([X, np.ones(len(X))])]
    for W in layers[:-1]:
        a = 1 / (1 + np.exp(-reads[-1] @ W.T)) - 0.5 + c
        reads.append(np.column_stack([a, np.ones(len(X))]))
    s = reads[-1] @ layers[-1].T
    p = np.exp(s - s.max(axis=1, keepdims=True))
    errors, found = (p / p.sum(axis=1, keepdims=True) - y) / len(X), []
    for W, read in zip(layers[::-1], reads[::-1], strict=True):
        found.append((errors.T @ read).ravel())
        sigma = read[:, :-1] + 0.5 - c
        errors = errors @ W[:, :-1] * sigma * (1 - sigma)
    return np.concatenate(found[::-1])


@pytest.mark.parametrize("place", range(3))
def test_the_largest_curvature_at_the_start_by_differences_of_all_slopes(place):
    from scipy.sparse.linalg import LinearOperator, eigsh

    c, tops = place / 2, []
    for seed in range(5):
        X, y, weights = _drawn(seed)
        layers = [np.column_stack([W, -c * W.sum(axis=1) * (k > 0)]) for k, W in enumerate(weights)]
        flat, places = np.concatenate([W.ravel() for W in layers]), [0]
        places += list(np.cumsum([W.size for W in layers]))

        def slopes(theta, layers=layers, places=places, X=X[:300], y=y[:300]):
            parts = [
                theta[i:j].reshape(W.shape)
                for i, j, W in zip(places, places[1:], layers, strict=False)
            ]
            return _slopes(parts, X, y, c)

        def times(v, flat=flat, slopes=slopes):
            t = 1e-4 * v.ravel() / np.linalg.norm(v)
            return (slopes(flat + t) - slopes(flat - t)) / 2e-4 * np.linalg.norm(v)

        H = LinearOperator((len(flat), len(flat)), matvec=times, dtype=float)
        v0 = np.random.default_rng(0).standard_normal(len(flat))
        tops.append(eigsh(H, k=1, which="LA", v0=v0, tol=1e-4, return_eigenvectors=False).item())
    assert EXAMPLES["activations-fair"]().curvatures[place] == pytest.approx(
        np.median(tops), rel=5e-3
    )
