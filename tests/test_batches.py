"""Batches: agreement by two routes, its limits, and the gain from centering at batch size one."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offcenter.activations import ACTIVATIONS
from offcenter.batches import batch_agreement, single_example_gain, single_example_rate
from offcenter.signs import sign_agreement


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("size", [2, 8])
def test_agreement_equals_a_count_of_drawn_gradients(name, size):
    estimate = batch_agreement(name, [size], rng=np.random.default_rng(0), trials=4000)
    rng = np.random.default_rng(1)
    trials = 40_000
    X = ACTIVATIONS[name].value(rng.standard_normal((trials, size, 2)))
    G = np.einsum("tb,tbi->ti", rng.standard_normal((trials, size)), X)
    counted = float(np.mean(G[:, 0] * G[:, 1] >= 0))
    error = math.hypot(0.5 / math.sqrt(trials), float(estimate.standard_error[0]))
    assert abs(counted - estimate.share[0]) < 4 * error


def test_agreement_falls_with_the_batch_to_its_limit():
    estimate = batch_agreement("sigmoid", [1, 4, 16, 512], rng=np.random.default_rng(2))
    assert np.all(np.diff(estimate.share) < 0)
    assert estimate.share[-1] == pytest.approx(estimate.limit, abs=0.005)
    assert estimate.limit == sign_agreement(ACTIVATIONS["sigmoid"].offset_share)


def test_useful_batch_is_one_over_the_offset_share():
    relu = batch_agreement("relu", [1], rng=np.random.default_rng(3))
    assert relu.useful_batch == pytest.approx(math.pi)
    tanh = batch_agreement("tanh", [1], rng=np.random.default_rng(3))
    assert not tanh.has_mean
    assert tanh.useful_batch == math.inf


def test_rate_equals_the_mean_of_simulated_steps():
    n, mean, variance, step_size = 4, 0.6, 0.5, 0.1
    rng = np.random.default_rng(4)
    w = np.tile([1.0, -1.0, 1.0, -1.0], (200_000, 1))
    start = np.mean(np.sum(w**2, axis=1))
    for _ in range(6):
        x = mean + math.sqrt(variance) * rng.standard_normal(w.shape)
        w = w - step_size * x * np.sum(x * w, axis=1, keepdims=True)
        last, start = start, np.mean(np.sum(w**2, axis=1))
    assert start / last == pytest.approx(
        single_example_rate(n, mean, variance, step_size), rel=0.02
    )


@given(
    n=st.integers(2, 100),
    mean=st.floats(-150, 300),
    variance=st.floats(-150, 300),
    step_size=st.floats(-150, 300),
)
@example(n=10, mean=200.0, variance=0.0, step_size=-1.0)
@example(n=3, mean=0.0, variance=154.0, step_size=-10.0)
def test_a_rate_is_finite_or_names_what_made_it_too_large(n, mean, variance, step_size):
    message = None
    try:
        rate = single_example_rate(n, 10.0**mean, 10.0**variance, 10.0**step_size)
    except ValueError as error:
        message = str(error)
    if message is None:
        assert math.isfinite(rate)
    else:
        assert message.startswith("mean, variance and step_size must be small enough")
        assert max(2 * mean, variance) > 70 or step_size > 70


def test_gain_is_one_without_a_mean_and_grows_with_it():
    assert single_example_gain(50, 0.0, 0.3) == pytest.approx(1.0)
    assert 1 < single_example_gain(50, 0.2, 0.3) < single_example_gain(50, 0.4, 0.3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: batch_agreement("none", [1], rng=np.random.default_rng(0)), "name"),
        (lambda: batch_agreement("relu", [0], rng=np.random.default_rng(0)), "batch_sizes"),
        (lambda: batch_agreement("relu", [1], rng=np.random.default_rng(0), trials=1), "trials"),
        (lambda: single_example_rate(1, 0.0, 1.0, 0.1), "n"),
        (lambda: single_example_rate(2, 0.0, -1.0, 0.1), "variance"),
        (lambda: single_example_rate(2, 0.0, 1.0, 0.0), "step_size"),
        (lambda: single_example_gain(2, 0.0, 0.0), "variance"),
        (lambda: single_example_gain(0, 0.0, 1.0), "n must be at least 2"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()
