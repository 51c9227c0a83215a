"""Worked examples of `inputs`, targets: every number has a second way to it."""

import math

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def test_adam_cannot_be_faster_than_its_step_size_allows_by_much():
    record = EXAMPLES["inputs-targets"]()
    assert record.adam_steps > record.adam_least
    assert record.descent_steps == 1
    # ln(1 + e⁻²) in both codes.
    assert record.label_loss == pytest.approx([math.log(1 + math.exp(-2))] * 2, abs=1e-15)


def _left_of_one_network(seed, mean, deviation, step):
    """Return what 500 steps leave; `step` takes the count, a parameter's name and its slope."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((300, 20))
    t = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + X[:, 3]
    y = mean + deviation * (t - t.mean()) / t.std()
    W, v = rng.normal(0, math.sqrt(1 / 10), (20, 16)), rng.normal(0, 1 / 4, 16)
    p = {"W": W, "b": np.zeros(16), "v": v, "c": np.zeros(1)}
    for count in range(1, 501):
        h = np.maximum(X @ p["W"] + p["b"], 0)
        errors = h @ p["v"] + p["c"] - y
        into = np.outer(errors, p["v"]) * (h > 0)
        slopes = {
            "W": X.T @ into / 300,
            "b": into.mean(axis=0),
            "v": h.T @ errors / 300,
            "c": errors.mean(keepdims=True),
        }
        p = {name: p[name] - step(count, name, slopes[name]) for name in p}
    left = np.maximum(X @ p["W"] + p["b"], 0) @ p["v"] + p["c"] - y
    return np.mean(left**2) / deviation**2


def _adam_step(rate):
    m, v = {}, {}

    def step(count, name, g):
        m[name] = 0.9 * m.get(name, 0) + 0.1 * g
        v[name] = 0.999 * v.get(name, 0) + 0.001 * g * g
        root = np.sqrt(v[name] / (1 - 0.999**count)) + 1e-8
        return rate * m[name] / (1 - 0.9**count) / root

    return step


def test_what_training_leaves_of_shifted_and_scaled_targets_by_single_networks():
    record = EXAMPLES["inputs-targets"]()
    targets = ((0, 1), (0, 100), (300, 100))
    for row, rate in zip(record.rows[1:], (0.001, 0.01), strict=True):
        for left, target in zip(row, targets, strict=True):
            runs = [_left_of_one_network(seed, *target, _adam_step(rate)) for seed in range(5)]
            # Rounding grows on the way.
            assert left == pytest.approx(np.median(runs), rel=1e-3)
    with np.errstate(over="ignore", invalid="ignore"):
        for left, target in zip(record.rows[0], targets, strict=True):
            medians = []
            for rate in (0.3, 0.1, 0.03, 0.01, 0.003, 0.001):
                step = lambda count, name, g, rate=rate: rate * g  # noqa: E731
                runs = [_left_of_one_network(seed, *target, step) for seed in range(5)]
                medians.append(np.median(np.nan_to_num(runs, nan=np.inf)))
            assert left == pytest.approx(min(medians), rel=1e-3)
    runs = [_left_of_one_network(seed, 300, 100, _adam_step(0.3)) for seed in range(5)]
    assert record.rescued == pytest.approx(np.median(runs), rel=1e-2)
