"""Batches: agreement by two routes, its limits, and the gain from centering at batch size one."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from offcenter.activations import ACTIVATIONS
from offcenter.batches import (
    Feature,
    batch_agreement,
    batch_regimes,
    best_step,
    crossover,
    draw_errors,
    gain_of_the_full_batch,
    limit_speed,
    mean_square_matrix,
    mean_square_rate,
    regime_agreement,
    run_sgd,
    single_example_gain,
    single_example_rate,
)
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
        assert message.startswith("n, mean, variance and step_size must be neither so large")
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


LAWS = {"gaussian": 3.0, "signs": 1.0, "rare": 32.0}


@pytest.mark.parametrize("law", LAWS)
def test_noise_has_mean_zero_variance_one_and_its_law(law):
    draws = draw_errors(law, (400_000,), rng=np.random.default_rng(0))
    fourth = LAWS[law]
    assert abs(draws.mean()) < 5 / math.sqrt(draws.size)
    assert np.mean(draws**2) == pytest.approx(1, abs=5 * math.sqrt(fourth / draws.size) + 1e-12)
    assert np.mean(draws**4) == pytest.approx(fourth, rel=0.05)


def test_without_a_signal_the_theory_of_regimes_is_the_plateau_at_every_size():
    relu = ACTIVATIONS["relu"]
    u = relu.mean**2 / relu.variance
    for size in (1, 100, 10**9):
        assert regime_agreement(20, u, math.inf, size) == pytest.approx(
            sign_agreement(relu.offset_share)
        )
    assert crossover(20, u, math.inf) == math.inf


def test_at_the_crossover_signal_and_noise_are_equally_strong():
    # The oracle: moments of one entry's signal and noise, by simulation.
    n, nu, phi = 30, 2.0, ACTIVATIONS["sigmoid"]
    rng = np.random.default_rng(3)
    d = rng.standard_normal(n)
    d *= math.sqrt(n) / np.linalg.norm(d)
    X = phi.value(rng.standard_normal((200_000, n)))
    noise = math.sqrt(nu * n * phi.variance) * rng.standard_normal(len(X))
    G = ((X - phi.mean) @ d + noise)[:, None] * X
    signal = np.mean(G.mean(axis=0) ** 2)
    at = G.var(axis=0).mean() / signal
    assert crossover(n, phi.mean**2 / phi.variance, nu) == pytest.approx(at, rel=0.08)


def test_regimes_are_nested_and_the_seed_decides():
    def run(seed):
        return batch_regimes(
            "relu", law="signs", n=5, noise_to_signal=1.0, doublings=4, trials=3, seed=seed
        )

    assert (run(7).share == run(7).share).all()
    assert (run(7).share != run(8).share).any()
    assert run(7).batch_sizes.tolist() == [1, 2, 4, 8, 16]
    assert run(7).share[0] == 1.0


@given(
    n=st.integers(2, 60),
    mean=st.floats(-3, 3),
    variance=st.floats(0.1, 3),
    step=st.floats(1e-4, 1e-1),
)
def test_the_recursion_of_any_feature_is_the_gaussian_one_for_gaussian_moments(
    n, mean, variance, step
):
    feature = Feature.gaussian(mean, variance)
    assert mean_square_rate(n, feature, step, 1) == pytest.approx(
        single_example_rate(n, mean, variance, step), rel=1e-9
    )


@pytest.mark.parametrize("batch_size", [1, 3])
def test_the_recursion_equals_all_bits_counted(batch_size):
    # The oracle: every example of n bits, with its probability, and no moments.
    n, p, eta = 4, 0.3, 0.2
    X = np.array(list(np.ndindex(*(2,) * n)), dtype=float)
    q = np.prod(np.where(X == 1, p, 1 - p), axis=1)
    M = np.einsum("e,ei,ej->ij", q, X, X)
    P = np.full((n, n), 1 / n)
    Q = np.eye(n) - P
    k3, k4 = p * (1 - p) * (1 - 2 * p), p * (1 - p) * ((1 - p) ** 3 + p**3)
    matrix = mean_square_matrix(n, Feature(p, p * (1 - p), k3, k4), eta, batch_size)
    for a, b in ((1.0, 0.0), (0.0, 1.0), (2.0, 0.7)):
        K = a * P + b * Q
        single = np.einsum("e,ei,ej,e->ij", q, X, X, np.einsum("ei,ij,ej->e", X, K, X))
        step = K - eta * (M @ K + K @ M)
        step += eta**2 * ((1 - 1 / batch_size) * M @ K @ M + single / batch_size)
        new = matrix @ [a, b]
        assert np.allclose(step, new[0] * P + new[1] * Q, atol=1e-12)


def test_the_full_batch_is_gradient_descent():
    n, feature = 50, Feature.of("relu")
    kappa = 1 + n * feature.mean**2 / feature.variance
    best = best_step(n, feature, math.inf)
    top = feature.variance + n * feature.mean**2
    assert best.step_size == pytest.approx(2 / (feature.variance + top), rel=1e-6)
    assert best.steps == pytest.approx(-1 / (2 * math.log((kappa - 1) / (kappa + 1))), rel=1e-6)


@given(u=st.floats(0.02, 50))
def test_the_limit_speed_of_one_example_is_one_over_the_gain(u):
    assert limit_speed(u, 1) * gain_of_the_full_batch(u) == pytest.approx(1, rel=1e-6)


@given(u=st.floats(0.02, 50), B=st.floats(1, 1e4))
def test_the_limit_speed_rises_with_the_batch_to_one(u, B):
    assert limit_speed(u, B) <= limit_speed(u, 2 * B) + 1e-9 <= 1 + 2e-9
    assert limit_speed(u, 1e9) == pytest.approx(1, abs=1e-3)


def test_real_runs_have_the_mean_of_the_recursion():
    n, feature, runs = 6, Feature.of("relu"), 4000
    eta = 0.1
    squares = run_sgd("relu", n=n, batch_size=2, step_size=eta, steps=8, runs=runs, seed=1)
    pair = np.array([1.0, 1.0])
    for _ in range(8):
        pair = mean_square_matrix(n, feature, eta, 2) @ pair
    expected = (pair[0] + (n - 1) * pair[1]) / n
    assert squares[-1].mean() == pytest.approx(
        expected, abs=5 * squares[-1].std() / math.sqrt(runs)
    )


def test_a_run_begins_with_the_mean_square_of_what_it_drew_and_stays_there_without_steps():
    squares = run_sgd("relu", n=50, batch_size=2, step_size=1e-12, steps=3, runs=40, seed=0)
    np.testing.assert_allclose(squares, np.tile(squares[0], (4, 1)), rtol=1e-6)
    assert abs(squares[0].mean() - 1) < 4 * math.sqrt(2 / (50 * 40))
