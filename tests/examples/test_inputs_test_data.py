"""Worked examples of `inputs`, test data: every number has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest
from runs import kept_run

from offcenter.data import load_digits
from offcenter.examples import EXAMPLES


def test_four_means_for_three_test_images_by_hand():
    # (2 + 6)/2 = 4, and (3 + 5 + 10)/3 = 6.
    assert EXAMPLES["inputs-test-mean"]().rows == (
        ("training mean, 4", "−1: night", "1: day", "6: day"),
        ("nothing", "3: day", "5: day", "10: day"),
        ("their own mean, 6", "−3: night", "−1: night", "4: day"),
        ("each image itself", *3 * ("0: ?",)),
    )


@kept_run
def shares_of_one_draw(seed):
    """Return the share that is right for each mean, with images as columns."""
    digits = load_digits()
    order = np.random.default_rng([seed, 1]).permutation(1797)
    train, test = order[:1200], order[1200:]
    X, T, t = digits.inputs[train].T, digits.inputs[test].T, digits.labels[test]

    def learned(subtracted):
        rng = np.random.default_rng(seed)
        W = rng.normal(0, math.sqrt(2 / 64), (64, 64)).T
        V = rng.normal(0, 1 / 8, (64, 10)).T
        b, c = np.zeros((64, 1)), np.zeros((10, 1))
        for _ in range(60):
            turn = rng.permutation(1200)
            for begin in range(0, 1200, 50):
                some = turn[begin : begin + 50]
                x = X[:, some] - subtracted
                s = W @ x + b
                a = np.where(s > 0, s, 0)
                z = V @ a + c
                p = np.exp(z - np.logaddexp.reduce(z, axis=0))
                p[digits.labels[train[some]], np.arange(50)] -= 1
                d = np.where(s > 0, V.T @ p, 0)
                V, c = V - 0.002 * p @ a.T, c - 0.002 * p.sum(axis=1, keepdims=True)
                W, b = W - 0.002 * d @ x.T, b - 0.002 * d.sum(axis=1, keepdims=True)
        return W, b, V, c

    def right(network, images, labels):
        W, b, V, c = network
        answers = np.argmax(V @ np.maximum(W @ images + b, 0) + c, axis=0)
        return int(np.sum(answers == labels))

    mean = lambda images: images.sum(axis=1, keepdims=True) / images.shape[1]  # noqa: E731
    W, b, *last = network = learned(mean(X))
    groups = [range(k, min(k + 10, 597)) for k in range(0, 597, 10)]
    groups = [groups, [np.flatnonzero(t == k) for k in range(10)]]
    counts = [
        right(network, T - mean(X), t),
        # Nothing subtracted: as if each bias were larger by w·μ.
        right((W, b + W @ mean(X), *last), T - mean(X), t),
        right(network, T - mean(T), t),
        *(sum(right(network, T[:, g] - mean(T[:, g]), t[g]) for g in parts) for parts in groups),
        *(right(learned(m), T - m, t) for m in (X.mean(), mean(digits.inputs.T))),
    ]
    return np.array(counts) / 597


def test_shares_that_are_right_less_some_mean_by_one_network_at_a_time():
    record = EXAMPLES["inputs-mean-in-use"]()
    assert (record.examples, record.tests) == (1200, 1797 - 1200)
    shares = np.array([shares_of_one_draw(seed) for seed in range(record.draws)])
    names = ("training", "nothing", "own", "tens", "digit", "one_number", "together")
    # Rounding may change some of the answers, by which a median moves by one.
    near = pytest.approx(np.median(shares, axis=0), abs=1.01 / 597)
    assert [getattr(record, name) for name in names] == near
    assert record.ends == pytest.approx((shares[:, 1].min(), shares[:, 1].max()), abs=0.004)


def test_flats_by_fractions():
    record = EXAMPLES["inputs-prepared"]()
    rooms, areas = (2, 2, 4, 4), (50, 70, 70, 90)
    for place, (column, tests) in enumerate(((rooms, (4, 8)), (areas, (90, 170)))):
        mean, own = Fraction(sum(column), 4), Fraction(sum(tests), 2)
        variance = sum((v - mean) ** 2 for v in column) / 4
        assert record.mean[place] == mean
        assert record.deviation[place] == pytest.approx(math.sqrt(variance))
        assert record.flat[place] == pytest.approx((tests[0] - mean) / math.sqrt(variance))
        assert record.own_mean[place] == own
        # Of two numbers the smaller lies one deviation below the mean.
        assert record.own_deviation[place] == own - tests[0]
        assert record.own[place] == -1
