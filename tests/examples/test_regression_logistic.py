"""Worked examples of `regression`, logistic: every number has a second way to it."""

import numpy as np
import pytest
from runs import kept_run

from offcenter.examples import EXAMPLES
from offcenter.examples.regression._logistic import _runs


def _drawn(seed):
    rng = np.random.default_rng(seed)
    X = rng.random((1000, 20))
    w = rng.standard_normal(20)
    chance = (1 + np.tanh((X - 0.5) @ w)) / 2
    return X, np.where(rng.random(1000) < chance, 1.0, -1.0)


def _loss(A, signs, theta):
    return np.log1p(np.exp(-signs * (A @ theta).T).T).mean(axis=-1)


def _goal(A, signs):
    """Return the goal, by descent scaled with the inverse of the Hessian's bound A'A/4."""
    theta = np.zeros(A.shape[1])
    bound = np.linalg.inv(A.T @ A / 4)
    for _ in range(300):
        theta += bound @ (A.T @ (signs / (1 + np.exp(signs * (A @ theta)))))
    least, share = _loss(A, signs, theta), np.mean(signs > 0)
    constant = -share * np.log(share) - (1 - share) * np.log(1 - share)
    return least + 1e-4 * (constant - least)


@kept_run
def arrivals_of(seed, change, place):
    """Return the steps at three neighboring rates, in the coordinates of the other writing."""
    X, signs = _drawn(seed)
    mean = X.mean(axis=0)
    raw, centered = (np.column_stack([X - shift, np.ones(1000)]) for shift in (0.0, mean))
    # (w, b) of one writing is T times that of the other; its steps are along TTᵀg.
    T = np.eye(21)
    T[-1, :-1] = -mean if change == "centered" else mean
    A, other = (centered, raw) if change == "centered" else (raw, centered)
    goal, steps = _goal(other, signs), []
    largest = np.linalg.norm(A, 2) ** 2 / 4000
    for k in (place - 1, place, place + 1):
        rate = 0.3 * 40 ** (k / 23) / largest
        theta, count = np.zeros(21), 0
        while count < 1500:
            s = other @ theta
            if np.log1p(np.exp(-signs * s)).mean() <= goal:
                break
            slope = -other.T @ (signs / (1 + np.exp(signs * s))) / 1000
            theta, count = theta - rate * T @ (T.T @ slope), count + 1
        steps.append(count)
    return np.array(steps)


@pytest.mark.parametrize("change", ["none", "centered"])
def test_steps_of_descent_in_the_other_writing(change):
    steps, places, _ = _runs(change)
    assert 0 < places.min() <= places.max() < 23
    for seed in (0, 1):
        around = arrivals_of(seed, change, int(places[seed]))
        assert around[1] == steps[seed] <= min(around)


def test_logistic_steps_are_medians_and_newton_arrives_in_either_writing():
    record = EXAMPLES["regression-logistic"]()
    runs = [_runs(change) for change in ("none", "centered")]
    assert record.draws == len(runs[0][0]) == 21
    assert record.rates == 24
    assert record.descent == tuple(np.median(run[0]) for run in runs)
    assert record.ranges == tuple((run[0].min(), run[0].max()) for run in runs)
    counts = []
    for seed in range(record.draws):
        X, signs = _drawn(seed)
        goal, both = _goal(np.column_stack([X - 0.5, np.ones(1000)]), signs), []
        for shift in (0.0, X.mean(axis=0)):
            A, theta, count = np.column_stack([X - shift, np.ones(1000)]), np.zeros(21), 0
            while _loss(A, signs, theta) > goal:
                # Newton's step by least squares of the working response.
                s = A @ theta
                root = 1 / (2 * np.cosh(s / 2))
                response = s + signs * (1 + np.exp(-signs * s))
                theta = np.linalg.lstsq(root[:, None] * A, root * response, rcond=None)[0]
                count += 1
            both.append(count)
        counts.append(both)
    assert record.newton == tuple(np.median(counts, axis=0))
    assert (np.array(counts)[:, 0] == np.array(counts)[:, 1]).all()
