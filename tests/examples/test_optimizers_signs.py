"""Worked examples of `optimizers`, steps by signs: every number has a second way to it."""

import itertools
import math
import random
import statistics

import numpy as np
import pytest
import sympy as sp

from offcenter.examples import EXAMPLES


def test_steps_by_signs_in_fractions():
    record = EXAMPLES["optimizers-signs"]()
    X = [(sp.Integer(2), sp.Integer(1)), (sp.Integer(1), sp.Integer(2))]
    size, goal = sp.Rational(1, 5), (1, -1)

    def slopes(x, w):
        error = x[0] * (w[0] - goal[0]) + x[1] * (w[1] - goal[1])
        return error, (error * x[0], error * x[1])

    w = (sp.Integer(0), sp.Integer(0))
    for step, error, *after in record.rows:
        exact, g = slopes(X[(step - 1) % 2], w)
        w = tuple(a - size * sp.sign(b) for a, b in zip(w, g, strict=True))
        assert error == pytest.approx(float(exact))
        assert after == pytest.approx([float(a) for a in w])
        assert w[0] == w[1]
    w = (sp.Integer(0), sp.Integer(0))
    for x, (error, *after) in zip([(2, 0), (0, 2)], record.zeros, strict=True):
        exact, g = slopes(x, w)
        w = tuple(a - size * sp.sign(b) for a, b in zip(w, g, strict=True))
        assert [error, *after] == pytest.approx([float(v) for v in (exact, *w)])
    both = [slopes(x, (0, 0))[1] for x in X]
    assert list(record.batch) == [float(sum(g) / 2) for g in zip(*both, strict=True)]
    assert record.batch_after == pytest.approx([1, -1])
    assert record.centered_after == pytest.approx([1, -1])

    def lion(X):
        w, m, mixed = (sp.Integer(0),) * 2, (sp.Integer(0),) * 2, None
        for step in itertools.count(1):
            _, g = slopes(X[(step - 1) % 2], w)
            c = [(9 * a + b) / 10 for a, b in zip(m, g, strict=True)]
            m = tuple((99 * a + b) / 100 for a, b in zip(m, g, strict=True))
            w = tuple(a - size * sp.sign(b) for a, b in zip(w, c, strict=True))
            mixed = step if mixed is None and c[0] * c[1] < 0 else mixed
            if w == goal:
                return mixed, step
        return None

    assert lion(X) == (record.lion_mixed, record.lion)
    half = sp.Rational(1, 2)
    assert lion([(half, -half), (-half, half)]) == (1, record.lion_centered)


def _run(draw, seed, *, batch=1, lion=False, steps=1000):
    """Return the weights, in hundredths, of one run with numbers of its own."""
    rng = random.Random(seed)
    at, mean = [0, 0], [0.0, 0.0]
    for _ in range(steps):
        g = [0.0, 0.0]
        for _ in range(batch):
            x = draw(rng), draw(rng)
            error = x[0] * (at[0] - 100) + x[1] * (at[1] + 100)
            g = [a + error * b / 100 / batch for a, b in zip(g, x, strict=True)]
        c = [9 * m / 10 + a / 10 for m, a in zip(mean, g, strict=True)] if lion else g
        mean = [m + (a - m) / 100 for m, a in zip(mean, g, strict=True)]
        at = [a - (v > 0) + (v < 0) for a, v in zip(at, c, strict=True)]
    return at


def test_signs_part_weights_only_with_zeros_batches_averages_or_both_signs():
    record = EXAMPLES["optimizers-signs-ways"]()
    assert (record.steps, record.draws) == (1000, 21)
    positive, relu = random.Random.random, lambda rng: max(rng.gauss(0, 1), 0.0)
    ways = (
        (positive, {}),
        (relu, {}),
        (positive, {"batch": 32}),
        (positive, {"lion": True}),
        (lambda rng: rng.random() - 0.5, {}),
    )
    # The draws of the record, one after the other, in whole numbers of steps.
    for place, kind in enumerate(("random", "standard_normal")):
        rng = np.random.default_rng(0)
        X = np.maximum(getattr(rng, kind)((1000, 21, 2)), 0)
        found = []
        for draw in range(21):
            a = b = 0
            for x, y in X[:, draw].tolist():
                error = x * (a - 100) + y * (b + 100)
                up = (error < 0) - (error > 0)
                a, b = a + up * (x > 0), b + up * (y > 0)
            found.append((a / 100, b / 100))
        medians = [statistics.median(w) for w in zip(*found, strict=True)]
        assert record.weights[place] == pytest.approx(medians, abs=1e-9)
        far = [math.dist(w, (1, -1)) for w in found]
        assert record.distances[place] == pytest.approx((min(far), max(far)))
    rows = zip(ways, record.weights, record.distances, strict=True)
    for place, ((draw, how), weights, (least, most)) in enumerate(rows):
        runs = [_run(draw, seed, **how) for seed in range(7)]
        far = [((a / 100 - 1) ** 2 + (b / 100 + 1) ** 2) ** 0.5 for a, b in runs]
        for found, observed in zip(zip(*runs, strict=True), weights, strict=True):
            assert statistics.median(found) / 100 == pytest.approx(observed, abs=0.05)
        if place == 0:
            assert all(a == b for a, b in runs)
            assert min(least, *far) >= 2**0.5 - 1e-12
            assert max(most, *far) < 1.45
        else:
            assert least == 0
            assert max(most, *far) < (0.2 if place == 3 else 1e-9)
