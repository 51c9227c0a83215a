"""Batches: agreement by two routes, its limits, and the gain from centering at batch size one."""

import itertools
import math

import numpy as np
import pytest
from bounds import check_bounds
from hypothesis import example, given
from hypothesis import strategies as st

from offcenter.activations import ACTIVATIONS
from offcenter.batches import (
    SIZES,
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
from offcenter.normal import normal_expectation
from offcenter.signs import cosine_agreement, sign_agreement
from offcenter.spectrum import iid_condition_number


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


def gaussian(v):
    return Feature.gaussian(1.0, v)


FEATURE = Feature.gaussian(0.5, 1.0)
RUN = {"n": 3, "batch_size": 2, "step_size": 0.1, "steps": 2, "runs": 2, "seed": 0}
REGIMES = {
    "law": "signs",
    "n": 2,
    "noise_to_signal": 1.0,
    "doublings": 1,
    "trials": 2,
    "seed": 0,
}


@pytest.mark.parametrize(
    ("call", "taken", "refused"),
    [
        (gaussian, (0.0, 0.5), (-0.5,)),
        (lambda v: crossover(v, 0.5, 1.0), (1, 2), (0, -1)),
        (lambda v: crossover(3, v, 1.0), (0.0, 0.5), (-0.5,)),
        (lambda v: crossover(3, 0.5, v), (0.0, 0.5), (-0.5,)),
        (lambda v: regime_agreement(3, 0.5, 1.0, v), (1.0, 1.5), (0.0, 0.5)),
        (lambda v: mean_square_matrix(v, FEATURE, 0.1, 2), (2, 3), (0, 1)),
        (lambda v: mean_square_matrix(3, FEATURE, v, 2), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: mean_square_matrix(3, FEATURE, 0.1, v), (1.0, 1.5), (0.0, 0.5)),
        (lambda v: best_step(v, FEATURE, 2), (2, 3), (0, 1)),
        (lambda v: best_step(3, FEATURE, v), (1.0, 1.5), (0.0, 0.5)),
        (gain_of_the_full_batch, (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: limit_speed(v, 2.0), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: limit_speed(0.5, v), (1.0, 1.5), (0.0, 0.5)),
        (lambda v: single_example_rate(v, 0.5, 1.0, 0.1), (2, 3), (0, 1)),
        (lambda v: single_example_rate(3, 0.5, v, 0.1), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: single_example_rate(3, 0.5, 1.0, v), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: single_example_gain(v, 0.5, 1.0), (2, 3), (0, 1)),
        (lambda v: single_example_gain(3, 0.5, v), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: run_sgd("relu", **RUN | {"n": v}), (1, 2), (0,)),
        (lambda v: run_sgd("relu", **RUN | {"batch_size": v}), (1, 2), (0,)),
        (lambda v: run_sgd("relu", **RUN | {"steps": v}), (1, 2), (0,)),
        (lambda v: run_sgd("relu", **RUN | {"runs": v}), (1, 2), (0,)),
        (lambda v: run_sgd("relu", **RUN | {"step_size": v}), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: batch_regimes("relu", **REGIMES | {"n": v}), (2, 3), (0, 1)),
        (lambda v: batch_regimes("relu", **REGIMES | {"doublings": v}), (0, 1), (-1, 28)),
        (lambda v: batch_regimes("relu", **REGIMES | {"trials": v}), (2, 3), (0, 1)),
        (lambda v: draw_errors("signs", (v, 2), rng=np.random.default_rng(0)), (0, 1), (-1,)),
        (
            lambda v: batch_agreement("relu", [v], rng=np.random.default_rng(0), trials=2),
            (1, 2),
            (0,),
        ),
        (
            lambda v: batch_agreement("relu", [1], rng=np.random.default_rng(0), trials=v),
            (2, 3),
            (0, 1),
        ),
    ],
)
def test_numbers_are_taken_up_to_the_bounds_that_the_pages_name(call, taken, refused):
    check_bounds(call, taken, refused)


@pytest.mark.parametrize("variance", [0.0, -0.5])
def test_a_gain_without_a_variance_is_refused_by_that_name(variance):
    with pytest.raises(ValueError, match=f"^variance must be above 0, got {variance:g}$"):
        single_example_gain(3, 0.5, variance)


def test_more_numbers_than_memory_holds_are_refused_before_they_are_drawn():
    rng = np.random.default_rng(0)
    for call, words in (
        (lambda: draw_errors("signs", (2**14, 2**14), rng=rng), "the numbers in shape"),
        (
            lambda: batch_agreement("relu", [1, 2**20], rng=rng, trials=65),
            r"the numbers in batch_sizes × trials must be at most 134,217,728, got 136314880",
        ),
        (
            lambda: batch_regimes("relu", **REGIMES | {"doublings": 27}),
            r"the numbers in 2 \*\* doublings × n must be at most 134,217,728, got 268435456",
        ),
        (
            lambda: run_sgd("relu", **RUN | {"n": 2**10, "batch_size": 2**9, "runs": 2**9}),
            "the numbers in batch_size × runs × n must be at most 134,217,728, got 268435456",
        ),
        (
            lambda: run_sgd("relu", **RUN | {"steps": 2**15, "runs": 2**14}),
            "the numbers in steps × runs must be at most 134,217,728, got 536870912",
        ),
    ):
        with pytest.raises(ValueError, match=words):
            call()


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh", "softplus"])
@pytest.mark.parametrize("centered", [False, True])
def test_the_moments_of_an_activation_are_those_of_its_numbers(name, centered):
    phi, feature = ACTIVATIONS[name], Feature.of(name, centered=centered)
    raw = [normal_expectation(lambda z, k=k: phi.value(z) ** k) for k in range(5)]
    m = raw[1]
    assert feature.mean == pytest.approx(0 if centered else m, abs=1e-12)
    assert feature.variance == pytest.approx(raw[2] - m**2)
    assert feature.third == pytest.approx(raw[3] - 3 * m * raw[2] + 2 * m**3, abs=1e-9)
    assert feature.fourth == pytest.approx(
        raw[4] - 4 * m * raw[3] + 6 * m**2 * raw[2] - 3 * m**4, abs=1e-9
    )
    assert Feature.of(name) == Feature.of(name, centered=False)


def test_a_gaussian_feature_has_three_times_the_squared_variance_and_no_skew():
    assert Feature.gaussian(2.0, 0.5) == Feature(2.0, 0.5, 0.0, 0.75)


def test_without_a_mean_one_step_of_the_full_batch_arrives():
    for name, n in itertools.product(("relu", "sigmoid", "tanh", "elu"), (2, 10, 3000)):
        best = best_step(n, Feature.of(name, centered=True), math.inf)
        assert best.step_size == pytest.approx(1 / ACTIVATIONS[name].variance, rel=1e-6)
        assert best.steps == 0
        assert best.batch_size == math.inf


def test_crossover_and_agreement_at_hand_made_numbers():
    assert crossover(10, 0.5, 3.0) == 60
    assert crossover(10, 0.0, 0.0) == 10
    # At the crossover half of the noise's correlation is left, far beyond it none.
    rho = 1 / 3
    assert regime_agreement(10, 0.5, 3.0, 60) == pytest.approx(cosine_agreement(rho / 2))
    assert regime_agreement(10, 0.5, 3.0, 120) == pytest.approx(cosine_agreement(rho / 3))
    assert regime_agreement(10, 0.5, 3.0, 1e12) == pytest.approx(0.5)


@pytest.mark.parametrize("noise", [0.0, 1.0, 2.5, 90.0, math.inf])
@pytest.mark.parametrize("law", ["gaussian", "rare"])
def test_regimes_are_what_their_draws_give_one_gradient_at_a_time(law, noise):
    n, trials, phi = 3, 4, ACTIVATIONS["sigmoid"]
    record = batch_regimes(
        "sigmoid", law=law, n=n, noise_to_signal=noise, doublings=2, trials=trials, seed=5
    )
    rng, shares = np.random.default_rng(5), np.empty((trials, 3))
    for trial in range(trials):
        X = phi.value(rng.standard_normal((4, n)))
        errors = draw_errors(law, (4,), rng=rng)
        if noise < math.inf:
            d = rng.standard_normal(n)
            signal = [sum(d[i] * (x[i] - phi.mean) for i in range(n)) for x in X]
            spread = math.sqrt(noise * phi.variance * sum(d**2))
            errors = [spread * e + s for e, s in zip(errors, signal, strict=True)]
        for k, size in enumerate((1, 2, 4)):
            agree = []
            for first in range(0, 4, size):
                g = sum(errors[t] * X[t] for t in range(first, first + size))
                agree += [g[i] * g[j] >= 0 for i in range(n) for j in range(i)]
            shares[trial, k] = np.mean(agree)
    np.testing.assert_allclose(record.share, shares.mean(axis=0))
    np.testing.assert_allclose(record.standard_error, shares.std(axis=0, ddof=1) / 2)
    u = phi.mean**2 / phi.variance
    assert record.plateau == pytest.approx(sign_agreement(phi.offset_share))
    assert record.crossover == crossover(n, u, noise)
    np.testing.assert_allclose(
        record.theory, [regime_agreement(n, u, noise, size) for size in (1, 2, 4)]
    )
    assert (record.activation, record.law, record.n) == ("sigmoid", law, n)
    assert record.noise_to_signal == noise
    assert record.batch_sizes.tolist() == [1, 2, 4]


def test_errors_of_the_laws_take_the_values_that_they_are_said_to_take():
    rng = np.random.default_rng(3)
    assert set(draw_errors("signs", (50, 3), rng=rng).ravel()) == {-1, 1}
    rare = draw_errors("rare", (400, 100), rng=rng)
    assert rare.shape == (400, 100)
    values, counts = np.unique(np.round(rare / math.sqrt(32), 12), return_counts=True)
    assert values.tolist() == [-1, 0, 1]
    expected = 40_000 * np.array([1 / 64, 31 / 32, 1 / 64])
    assert (np.abs(counts - expected) < 4 * np.sqrt(expected)).all()


def test_the_sizes_at_which_the_book_looks_double_from_one_example():
    assert tuple(2**k for k in range(9)) == SIZES


def test_an_agreement_says_of_what_it_is_and_how_sure():
    estimate = batch_agreement("relu", (1, 3), rng=np.random.default_rng(0), trials=500)
    rng, relu = np.random.default_rng(0), ACTIVATIONS["relu"]
    for place, size in enumerate((1, 3)):
        agree = []
        for x in relu.value(rng.standard_normal((500, size, 2))):
            lengths = math.sqrt(sum(x[:, 0] ** 2) * sum(x[:, 1] ** 2))
            cosine = 1.0 if lengths == 0 else min(sum(x[:, 0] * x[:, 1]) / lengths, 1.0)
            agree.append(0.5 + math.asin(cosine) / math.pi)
        assert estimate.share[place] == pytest.approx(np.mean(agree))
        error = np.std(agree, ddof=1) / math.sqrt(500)
        assert estimate.standard_error[place] == pytest.approx(error, abs=1e-9)
    assert estimate.name == "relu"
    assert estimate.offset_share == pytest.approx(1 / math.pi)
    assert estimate.batch_sizes.tolist() == [1, 3]
    usual, two_thousand = (
        batch_agreement("relu", [2], rng=np.random.default_rng(0), **options)
        for options in ({}, {"trials": 2000})
    )
    assert usual == two_thousand


@pytest.mark.parametrize("centered", [False, True])
def test_a_run_is_one_of_single_steps_on_inputs_with_or_without_their_mean(centered):
    rng, phi = np.random.default_rng(0), ACTIVATIONS["sigmoid"]
    d = rng.standard_normal((2, 3))
    squares = [np.mean(d**2, axis=1)]
    for _ in range(2):
        X = phi.value(rng.standard_normal((2, 2, 3))) - centered * phi.mean
        for run in range(2):
            d[run] = d[run] - 0.1 / 2 * sum((x @ d[run]) * x for x in X[run])
        squares.append(np.mean(d**2, axis=1))
    np.testing.assert_allclose(run_sgd("sigmoid", **RUN, centered=centered), squares)
    assert (run_sgd("sigmoid", **RUN) == run_sgd("sigmoid", **RUN, centered=False)).all()


@pytest.mark.parametrize(("n", "mean", "variance"), [(2, 0.5, 0.3), (400, 0.3, 0.2)])
def test_the_gain_of_one_example_is_the_ratio_of_the_best_rates(n, mean, variance):
    def best(m):
        return min(
            math.log(single_example_rate(n, m, variance, step_size))
            for step_size in np.linspace(0, 1 / (n * variance), 4001)[1:]
        )

    gain = single_example_gain(n, mean, variance)
    assert gain == pytest.approx(best(0.0) / best(mean), rel=1e-4)
    if n > 100:
        u = mean**2 / variance
        assert gain == pytest.approx(((1 + math.sqrt(1 + u)) / 2) ** 2, rel=0.03)


@pytest.mark.parametrize("u", [0.1, 1.0, 10.0])
def test_the_gain_of_the_full_batch_is_that_of_many_inputs(u):
    n, feature = 3000, Feature.gaussian(math.sqrt(u), 1.0)
    one, full = best_step(n, feature, 1), best_step(n, feature, math.inf)
    assert one.steps / full.steps == pytest.approx(gain_of_the_full_batch(u), rel=0.02)
    kappa = iid_condition_number(n, math.sqrt(u), 1.0)
    assert full.steps == pytest.approx(kappa / 4, rel=0.02)
    for size in (3, 30):
        speed = full.steps / best_step(n, feature, size).steps
        assert limit_speed(u, size) == pytest.approx(speed, rel=0.05)


def test_a_single_example_with_inputs_of_either_sign_agrees_half_of_the_time():
    estimate = batch_agreement("tanh", [1], rng=np.random.default_rng(0), trials=20_000)
    # Each trial is 0 or 1, whatever rounding makes of a cosine of ±1.
    assert abs(estimate.share[0] - 0.5) < 4 * 0.5 / math.sqrt(20_000)
    assert estimate.standard_error[0] == pytest.approx(0.5 / math.sqrt(20_000), rel=1e-3)
