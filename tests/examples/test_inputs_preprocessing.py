"""Worked examples of `inputs`, preprocessing: every number has a second way to it."""

import dataclasses

import numpy as np
import pytest
from raced import RELU, fewest
from runs import kept_run

from offcenter.examples import EXAMPLES
from offcenter.examples.inputs._preprocessing import _learned
from offcenter.experiment import split
from offcenter.network import accuracy, initialize, train


def test_each_step_of_four_flats_by_hand():
    record = EXAMPLES["inputs-steps"]()
    rooms, meters = np.array([2.0, 2, 4, 4]), np.array([50.0, 70, 70, 90])
    root, r = 200**0.5, 1 / 2**0.5
    a, b = rooms - 3, (meters - 70) / root
    cases = (
        (rooms, meters),
        (rooms - 3, meters - 70),
        (a, b),
        ((a + b) / np.sqrt(2 * (1 + r)), (a - b) / np.sqrt(2 * (1 - r))),
    )
    for (x, y), entries, ratio in zip(cases, record.matrices, record.ratios, strict=True):
        assert entries == pytest.approx((np.mean(x * x), np.mean(x * y), np.mean(y * y)), abs=1e-9)
        assert ratio == pytest.approx(np.linalg.cond(np.column_stack([x, y])) ** 2)
    # The mean's part is (9, 210, 4900).
    parts = np.subtract(record.matrices[0], record.matrices[1])
    assert parts == pytest.approx([3 * 3, 3 * 70, 70 * 70])
    assert record.axes == pytest.approx((1 + r, 1 - r))


def _changed(way, X, others):
    if way == "raw":
        return X, others
    mean = X.mean(axis=0)
    if way in ("mean", "deviation"):
        spread = np.sqrt(np.mean((X - mean) ** 2, axis=0)) if way == "deviation" else np.ones(64)
        spread[spread == 0] = np.inf
        return tuple((part - mean) / spread for part in (X, others))
    # Whitened: the singular vectors on the left, and the map that makes them.
    left, values, right = np.linalg.svd(X - mean, full_matrices=False)
    kept = values > 1e-5 * np.sqrt(len(X))
    turn = right[kept].T / values[kept] * np.sqrt(len(X))
    return left[:, kept] * np.sqrt(len(X)), (others - mean) @ turn


@kept_run
def one_start(way, seed, images):
    """Return the fewest steps of one start, its rate and the accuracy there, raced alone.

    Weights of whitened inputs are turned as the library's order of components is.
    """
    data = split(seed, examples=images)
    how = {"activation": "relu", "gain": 2**0.5, "rng": np.random.default_rng([seed, 1])}
    network = initialize((64, 32, 10), **how)
    X, others = _changed(way, data.inputs, data.test_inputs)
    if way == "whitened":
        # Along each component, ascending, with the sign that eigh gives.
        centered = data.inputs - data.inputs.mean(axis=0)
        values, vectors = np.linalg.eigh(centered.T @ centered / images)
        kept = np.flatnonzero(values > 1e-10)[::-1]
        left = centered @ vectors[:, kept]
        signs = np.sign((left * X).sum(axis=0))
        first = network.weights[0][:, kept] * signs
        network = dataclasses.replace(network, weights=(first, network.weights[1]))
    found = fewest(network, X, data.labels, RELU, 2.0 ** np.arange(-2, 5), goal=0.01)
    run = train(network, X, data.labels, step_size=found.step_size, steps=found.steps, target=0.01)
    right = accuracy(run.network, others, data.test_labels)
    return np.array([found.steps, 100 * right])


@pytest.mark.parametrize("way", ["raw", "mean", "deviation", "whitened"])
def test_one_start_of_the_digits_alone(way):
    steps, right = one_start(way, 0, 256)
    assert steps == _learned(way, 256)[0][0]
    assert right == pytest.approx(_learned(way, 256)[1][0], abs=0.1)


def test_digits_are_medians_of_runs_inside_the_range_of_rates():
    record = EXAMPLES["inputs-digits"]()
    setup = (record.starts, record.rates, record.images, record.more, record.units, record.target)
    assert setup == (10, 7, 256, 1000, 32, 0.01)
    rights = []
    for way, row, ends in zip(
        ("raw", "mean", "deviation", "whitened"), record.rows, record.ranges, strict=True
    ):
        steps, right, places = _learned(way, 256)
        assert 0 < places.min() <= places.max() < 6
        assert row == (np.median(steps), np.median(right))
        assert ends == (steps.min(), steps.max(), right.min(), right.max())
        rights.append(row[1])
    more = [np.median(_learned(way, 1000)[1]) for way in ("deviation", "whitened")]
    assert record.lost == pytest.approx((rights[2] - rights[3], more[0] - more[1]))
