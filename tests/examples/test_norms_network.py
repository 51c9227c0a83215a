"""Worked examples of `norms`, a small network: every number has a second way to it."""

import math
from functools import partial

import numpy as np
import pytest
from raced import shortest
from runs import kept_run

from offcenter.examples import EXAMPLES

_RATES = [2 ** (-k / 2) for k in range(1, 10)]


def _start(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((300, 20))
    units = np.tanh(X @ rng.standard_normal((20, 5)) * (2 / math.sqrt(20)))
    y = (units * rng.standard_normal(5)).sum(axis=1)
    U = rng.normal(0, math.sqrt(1 / 10), (20, 30))
    V = rng.normal(0, math.sqrt(1 / 15), (30, 30))
    return X, (y - np.mean(y)) / np.std(y), U, V, rng.normal(0, math.sqrt(1 / 30), 30)


def _steps_of_plain_relus(seed, constant, rate, most):
    """Return the steps of ReLU + constant, by plain ReLUs whose next biases move along.

    With d + c·(sum of the weights) as its bias a unit on top of ReLU + c is one on top of ReLU.
    """
    X, y, U, V, v = _start(seed)
    b, d, c = np.zeros(30), np.zeros(30), 0.0
    for step in range(most):
        s = X @ U + b
        a = np.maximum(s, 0)
        z = a @ V + d
        h = np.maximum(z, 0)
        e = h @ v + c - y
        loss = np.mean(e * e)
        if loss <= 0.1:
            return step
        if loss > 1e6:
            break
        into = np.outer(e, v) * (z > 0) / 300
        gradient, sums = a.T @ into, into.sum(axis=0)
        below = into @ V.T * (s > 0)
        v, c = v - rate * h.T @ e / 300, c - rate * e.mean()
        # The weights' gradient on top of a + c, and what its step does to c·(sum of weights).
        moved = gradient + constant * sums
        d = d - rate * (sums + constant * moved.sum(axis=0))
        V = V - rate * moved
        U, b = U - rate * X.T @ below, b - rate * below.sum(axis=0)
    return math.inf


def _steps_behind_centering(seed, rate, most):
    """Return the steps with batch norm, whose weights read centered ReLU outputs.

    Of normed sums q/|q|·√n the loss has the gradient of a function of the direction of q.
    """
    X, y, U, V, v = _start(seed)
    b, d, g, c = np.zeros(30), np.zeros(30), np.ones(30), 0.0
    for step in range(most):
        s = X @ U + b
        a = np.maximum(s, 0)
        a = a - np.mean(a, axis=0)
        q = a @ V
        lengths = np.sqrt((q * q).sum(axis=0) + 300e-5)
        unit = q / lengths
        z = g * unit * math.sqrt(300) + d
        h = np.maximum(z, 0)
        e = h @ v + c - y
        if np.mean(e * e) <= 0.1:
            return step
        into = np.outer(e, v) * (z > 0) / 300
        v, c = v - rate * h.T @ e / 300, c - rate * e.mean()
        d = d - rate * into.sum(axis=0)
        slope = math.sqrt(300) * (into * unit).sum(axis=0)
        back = math.sqrt(300) * g * (into - unit * (into * unit).sum(axis=0)) / lengths
        g = g - rate * slope
        below = back @ V.T
        below = (below - below.mean(axis=0)) * (s > 0)
        V = V - rate * a.T @ back
        U, b = U - rate * X.T @ below, b - rate * below.sum(axis=0)
    return math.inf


@kept_run
def fewest_with_a_constant(seed, constant):
    """Return the fewest steps without batch norm."""
    # From small rates, which arrive late, to large ones.
    return shortest(partial(_steps_of_plain_relus, seed, constant), reversed(_RATES), 2000)[0]


@kept_run
def fewest_behind_centering(seed):
    """Return the fewest steps with batch norm."""
    return shortest(partial(_steps_behind_centering, seed), reversed(_RATES), 2000)[0]


def test_a_constant_on_relus_by_biases_that_move_along_and_by_centering():
    record = EXAMPLES["norms-added-constant"]()
    assert (record.starts, record.rates) == (5, len(_RATES))
    normed = [fewest_behind_centering(seed) for seed in range(5)]
    for (constant, mean, plain, behind), ranges in zip(record.rows, record.ranges, strict=True):
        outputs = [np.maximum(X @ U, 0).mean() for X, _, U, *_ in map(_start, range(5))]
        assert mean == pytest.approx(np.mean(outputs) + constant)
        # Half of the standard deviation √2, times √(2/π).
        assert mean - constant == pytest.approx(1 / math.sqrt(math.pi), abs=0.02)
        steps = [fewest_with_a_constant(seed, constant) for seed in range(5)]
        # Rounding grows on the way, by a step or two of hundreds.
        assert plain == pytest.approx(np.median(steps), abs=2)
        assert behind == pytest.approx(np.median(normed), abs=2)
        assert ranges[0] == pytest.approx((min(steps), max(steps)), abs=4)
        assert ranges[1] == pytest.approx((min(normed), max(normed)), abs=2)
    differences = [
        fewest_with_a_constant(seed, 0.0) - fewest_with_a_constant(seed, -0.56) for seed in range(5)
    ]
    # By more steps than rounding makes of it.
    assert all(abs(difference) > 2 for difference in differences)
    assert record.free == sum(difference < 0 for difference in differences)
