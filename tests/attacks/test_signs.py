"""Attempts to break the claims on signs inside their hypotheses, and counterexamples outside."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.claims.signs import LEMMA
from offcenter.descent import adam, gradient_descent, momentum, nesterov, sgd
from offcenter.signs import (
    batch_normalized_gradients,
    convolution_gradient,
    deduced_sign,
    drawn_ways,
    hidden_error,
    orthant_split,
    penalized_gradient,
    shortest_way,
    single_signed,
    weight_normalized_gradient,
)
from offcenter.spectrum import second_moment

SIZES = st.integers(1, 40)
ZERO_OR_MORE = st.floats(0, 1e6)
ANY = st.floats(-1e6, 1e6)


def network_gradient(x, seed, *, slope):
    """Differences of a loss by the first of three layers, with the activation slope·tanh."""
    rng = np.random.default_rng(seed)
    W, V, u = rng.normal(size=(3, x.size)), rng.normal(size=(2, 3)), rng.normal(size=2)

    def loss(weights):
        return math.sin(u @ np.cos(V @ (slope * np.tanh(weights @ x))) + 0.3)

    step, gradient = 1e-5, np.zeros_like(W)
    for place in np.ndindex(W.shape):
        unit = np.zeros_like(W)
        unit[place] = step
        gradient[place] = (loss(W + unit) - loss(W - unit)) / (2 * step)
    return np.where(x == 0, 0.0, gradient)


# signs.same-sign, signs.slope-not-needed, signs.rank-one


@settings(max_examples=60)
@given(
    arrays(float, st.integers(1, 7), elements=st.sampled_from([0.0, 0.01, 0.5, 1.0, 3.0])),
    st.integers(0, 10**6),
    st.sampled_from([1.0, -1.0, 0.0]),
)
def test_no_network_above_gives_one_row_two_signs(x, seed, slope):
    gradient = network_gradient(x, seed, slope=slope)
    # Below the rounding of differences there is no sign.
    gradient[np.abs(gradient) < 1e-9] = 0.0
    assert single_signed(gradient).all()
    assert np.linalg.matrix_rank(gradient, tol=1e-8 * max(1.0, np.abs(gradient).max())) <= 1


@given(arrays(float, SIZES, elements=ZERO_OR_MORE), arrays(float, SIZES, elements=ANY))
def test_each_row_of_errors_times_inputs_has_one_sign_at_every_scale(x, delta):
    assert single_signed(np.outer(delta, x)).all()


def test_one_negative_input_is_enough_for_mixed_signs():
    assert not single_signed(np.outer([1.0, -1.0], [1.0, -2.0])).any()
    assert single_signed(np.outer([1.0, -1.0], [-1.0, -2.0])).all()  # none positive will do, too


# signs.beyond: just outside each hypothesis


@pytest.mark.parametrize("n", [2, 3, 9])
def test_each_second_way_of_a_weight_to_the_loss_gives_mixed_signs(n):
    rng = np.random.default_rng(n)
    x, w = rng.random(n), rng.normal(size=n)
    assert not single_signed(convolution_gradient(np.eye(n)[:2], [1.0, -1.0])[None])[0]
    assert not single_signed(penalized_gradient(x, w - w.mean(), 1e-9, decay=1.0)[None])[0]
    # x − (x·v̂)v̂ is perpendicular to v > 0, so unless it is 0 it has both signs.
    assert not single_signed(weight_normalized_gradient(x, rng.random(n), 1.0)[None])[0]


def test_a_loss_that_compares_two_examples_gives_mixed_signs():
    # Each weight meets each example once, and yet this example's loss holds it twice.
    x, other = np.array([1.0, 2.0]), np.array([2.0, 1.0])

    def loss(w):
        return math.log1p(math.exp((w @ other) - (w @ x)))

    gradient = [(loss(1e-5 * unit) - loss(-1e-5 * unit)) / 2e-5 for unit in np.eye(2)]
    assert not single_signed(np.array([gradient]))[0]


@given(st.integers(1, 6), st.floats(-5, 5), st.integers(0, 99))
def test_with_the_second_way_closed_the_rule_is_back(n, delta, seed):
    rng = np.random.default_rng(seed)
    x, w = rng.random(n), rng.normal(size=n)
    assert single_signed(convolution_gradient(x[None], [delta])[None])[0]
    assert single_signed(penalized_gradient(x, w, delta, decay=0.0)[None])[0]
    alike = x + np.linspace(0, 1, 4)[:, None] * np.ones(n)
    # A shift along (1, …, 1) only: what batch norm leaves of it is 0, up to rounding.
    gradients = batch_normalized_gradients(alike, np.ones(n), np.full(4, delta))
    assert np.abs(gradients).max() <= 1e-9 * (1 + abs(delta))


def test_batch_normalized_gradients_are_those_of_differences():
    rng = np.random.default_rng(3)
    X, w, delta = rng.random((7, 4)), rng.normal(size=4), rng.normal(size=7)

    def normalized(weights):
        s = X @ weights
        return (s - s.mean()) / s.std()

    found = batch_normalized_gradients(X, w, delta)
    for i, unit in enumerate(np.eye(4)):
        slope = (normalized(w + 1e-6 * unit) - normalized(w - 1e-6 * unit)) / 2e-6
        np.testing.assert_allclose(found[:, i], delta * slope, atol=1e-7)


# signs.hidden-error, signs.output-error


@pytest.mark.parametrize("readers", [1, 2, 3, 5])
def test_a_hidden_error_is_settled_by_no_single_assumption(readers):
    for weights, errors in itertools.product(("real", "positive", "negative"), repeat=2):
        sign = deduced_sign(hidden_error(readers, weights=weights, errors=errors).expression)
        if "real" in (weights, errors):
            assert sign == "undetermined"
        else:
            assert sign == ("positive" if weights == errors else "negative")


def test_layer_norm_behind_positive_units_makes_one_of_two_hidden_errors_negative():
    # Why the claim says that nothing is between: the readers' weights and errors are positive.
    rng = np.random.default_rng(4)
    W, delta, s = rng.uniform(0.1, 1, (3, 5)), rng.uniform(0.1, 1, 3), rng.normal(size=5)

    def loss(sums):
        a = 1 / (1 + np.exp(-sums))
        return float(delta @ (W @ ((a - a.mean()) / a.std())))

    errors = [(loss(s + 1e-6 * unit) - loss(s - 1e-6 * unit)) / 2e-6 for unit in np.eye(5)]
    assert min(errors) < -1e-3
    assert "nothing between" in CLAIMS["signs.hidden-error"].assumes[0]


def test_the_error_of_the_whole_squared_difference_is_twice_that_of_half_of_it():
    def a(s):
        return 1 / (1 + math.exp(-s))

    slope = ((a(0.3 + 1e-6) - 1) ** 2 - (a(0.3 - 1e-6) - 1) ** 2) / 2e-6
    assert slope == pytest.approx(2 * (a(0.3) - 1) * a(0.3) * (1 - a(0.3)), rel=1e-6)


def test_another_bias_or_loss_gives_the_example_by_hand_another_error():
    # Why the page names both: with zero weights alone, δ is not −½.
    assert 1 / (1 + math.exp(-1.0)) - 1 == pytest.approx(-0.269, abs=1e-3)
    assert (0.5 - 1) * 0.5 * (1 - 0.5) == -0.125


def test_a_target_between_the_labels_leaves_the_sign_of_the_output_error_open():
    a = 1 / (1 + np.exp(-np.array([-2.0, 2.0])))
    assert np.sign(a - 0.5).tolist() == [-1.0, 1.0]


# signs.previous-layer, signs.two-orthants


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_symmetric_inputs_of_any_law_are_of_one_sign_two_to_the_one_minus_n_times(n):
    rng = np.random.default_rng(n)
    count, share = 40_000, 2.0 ** (1 - n)
    for z in (rng.choice([-1.0, 1.0], (count, n)), rng.standard_t(1.2, (count, n))):
        found = single_signed(z).mean()
        assert abs(found - share) <= 4 * math.sqrt(share * (1 - share) / count) + 1e-12


def test_with_the_entry_of_a_bias_the_share_halves():
    z = np.tanh(np.random.default_rng(3).normal(size=(40_000, 3)))
    with_bias = np.column_stack([z, np.ones(len(z))])
    assert single_signed(with_bias).mean() == pytest.approx(2.0**-3, abs=0.01)
    for id in ("signs.two-orthants", "signs.previous-layer"):
        assert "a unit's weights" in CLAIMS[id].sentence, id


def test_where_a_unit_is_silent_the_examples_that_are_left_have_one_sign_more_often():
    # Why the claim says "in every example": a ReLU unit has δ ≠ 0 where it is active only, and a
    # bias of −2 chooses the examples with three positive inputs or nearly.
    z = np.tanh(np.random.default_rng(41).standard_normal((40_000, 3)))
    shares = [single_signed(z[z.sum(axis=1) + bias > 0]).mean() for bias in (0.0, -1.0, -2.0)]
    assert shares[0] == pytest.approx(0.25, abs=0.02)
    assert 0.5 < shares[1] < 0.7
    assert shares[2] == 1
    assert "δ ≠ 0 in every example" in CLAIMS["signs.previous-layer"].assumes


def test_a_skewed_law_breaks_the_count_and_correlation_too():
    rng = np.random.default_rng(0)
    shared = rng.normal(size=(20_000, 1))
    for z in (rng.normal(1, 1, (20_000, 3)), shared + 0.3 * rng.normal(size=(20_000, 3))):
        assert single_signed(z).mean() > 0.4


@given(arrays(float, (30, 4), elements=st.floats(1e-3, 1e3)), st.integers(0, 99))
def test_positive_inputs_reach_at_most_two_patterns_and_one_zero_error_a_third(X, seed):
    delta = np.random.default_rng(seed).normal(size=(30, 1))
    assert len(np.unique(np.sign(delta * X), axis=0)) <= 2
    assert len(np.unique(np.sign(np.array([[1.0], [-1.0], [0.0]]) * X[:3]), axis=0)) == 3


# signs.detour


@pytest.mark.parametrize("n", [1, 2, 3, 17])
def test_an_optimizer_finds_no_displacement_that_costs_more_than_root_two(n):
    rng = np.random.default_rng(n)
    found = []
    for start in rng.normal(size=(5, n)):
        worst = minimize(lambda d: -orthant_split(d).detour, start, method="Nelder-Mead")
        found.append(-worst.fun)
    assert max(found) <= math.sqrt(2) + 1e-12
    assert n == 1 or max(found) > 1.4


def test_the_bound_is_root_two_and_not_the_rounded_41_percent():
    assert 1.414 < orthant_split([1.0, -1.0]).detour < 1.41422


def test_a_split_into_other_legs_of_one_sign_costs_more_than_root_two():
    # Why the sentence speaks of one such sum and not of each: (1, 0) is (5, 0) less (4, 0) as well.
    up, down = np.array([5.0, 0.0]), np.array([-4.0, 0.0])
    assert (up + down).tolist() == [1.0, 0.0]
    assert np.linalg.norm(up) + np.linalg.norm(down) > 6 * math.sqrt(2)


@given(arrays(float, st.integers(2, 9), elements=st.floats(-1e3, 1e3, allow_subnormal=False)))
def test_no_displacement_is_beyond_45_degrees_of_every_direction_of_one_sign(d):
    assert orthant_split(d).alignment >= math.sqrt(0.5) - 1e-12


@pytest.mark.parametrize("n", [2, 3, 20])
def test_no_one_direction_of_one_sign_is_within_45_degrees_of_all_displacements(n):
    # Why the sentence begins with the displacement: which leg is near depends on it.
    rng = np.random.default_rng(n)
    for direction in rng.exponential(size=(50, n)):
        near = direction / np.linalg.norm(direction)
        across = np.eye(n)[near.argmin()] - np.eye(n)[near.argmax()]
        assert near @ across / math.sqrt(2) < math.sqrt(0.5)
    assert CLAIMS["signs.detour"].sentence.startswith("Every displacement")


@given(up=arrays(float, 2, elements=st.floats(1e-3, 10)), more=st.floats(1e-3, 10))
def test_inputs_that_are_all_positive_make_the_way_a_little_longer_than_root_two(up, more):
    # Why the chapter goes its two legs by examples with an input of 0: to (1, −1) each leg of
    # positive steps moves the other weight, too, which the other leg has to undo.
    there = np.array([1 + up[0], up[1]])
    back = there - np.array([1.0, -1.0])
    assert (there > 0).all()
    assert (back > 0).all()
    assert np.linalg.norm(there) + np.linalg.norm(back) > 2
    little = 1e-6 * more
    nearly = math.hypot(1 + little, little) + math.hypot(little, 1 + little)
    assert 2 < nearly < 2 + 1e-4
    said = Path("book/signs.md").read_text(encoding="utf-8")
    assert "a step of an example whose second input is 0" in said
    assert "then the factor can exceed the √2 below, by as little as you like" in said


def test_an_input_of_zero_leads_a_step_to_the_edge_of_an_orthant():
    # Why the chapter says "no input is negative" and "their edges included".
    gradient = -2.0 * np.array([3.0, 0.0, 1.0])
    assert single_signed(gradient[None])[0]
    assert (gradient <= 0).all()
    assert (gradient == 0).any()
    said = Path("book/signs.md").read_text(encoding="utf-8")
    assert "If no input is negative, a step that follows one example never moves one" in said
    assert "it can point into two, all up and all down, their edges included" in said


# signs.cone, signs.cone-angle, signs.cone-mean, signs.cone-examples


@settings(max_examples=60)
@given(st.integers(2, 6), st.integers(0, 10**6))
def test_the_shortest_way_arrives_and_no_other_way_is_shorter(n, seed):
    rng = np.random.default_rng(seed)
    X, d = rng.exponential(size=(n + 4, n)) ** rng.uniform(0.1, 3), rng.normal(size=n)
    way = shortest_way(X, d)
    np.testing.assert_allclose(way.coefficients @ X, d, atol=1e-6 * np.abs(d).max())
    lengths = np.linalg.norm(X, axis=1)
    assert np.abs(way.coefficients) @ lengths == pytest.approx(way.length, rel=1e-6)
    # The dual program bounds every way from below: no feasible point does better.
    assert way.lower_bound == pytest.approx(way.detour, rel=1e-6)
    least = np.linalg.lstsq(X.T, d, rcond=None)[0]
    null = np.linalg.svd(X.T)[2][n:]
    for c in least + rng.normal(size=(20, len(null))) @ null:
        assert np.abs(c) @ lengths >= way.length * (1 - 1e-7)
    assert way.detour >= 1 - 1e-9


@settings(max_examples=60)
@given(st.integers(2, 6), st.floats(0.01, 1.2), st.integers(0, 10**6))
def test_no_examples_near_a_line_lead_across_it_in_less_than_one_over_the_sine(n, spread, seed):
    rng = np.random.default_rng(seed)
    axis = rng.normal(size=n)
    axis /= np.linalg.norm(axis)
    X = axis + spread * rng.normal(size=(n + 3, n))
    X *= rng.choice([-1.0, 1.0], (len(X), 1)) * rng.uniform(0.1, 10, (len(X), 1))
    cosines = np.abs(X @ axis) / np.linalg.norm(X, axis=1)
    d = rng.normal(size=n)
    d -= (d @ axis) * axis
    sine = math.sqrt(1 - cosines.min() ** 2)
    assert shortest_way(X, d).detour >= (1 - 1e-7) / sine


def test_beyond_a_right_angle_the_cone_leaves_nothing_out_and_the_sine_falls_again():
    # Why the claim says α ≤ 90°: an example along the goal is within 120° of any line.
    detour = shortest_way([[1.0, -1.0], [1.0, 1.0]], [1.0, -1.0]).detour
    assert detour == pytest.approx(1)
    assert 1 / math.sin(math.radians(120)) > 1.15
    assert "angle α ≤ 90°" in CLAIMS["signs.cone-angle"].sentence


def test_a_goal_along_the_line_costs_next_to_nothing_in_the_narrowest_cone():
    X = np.array([[1.0, 1.01], [1.01, 1.0]])
    assert shortest_way(X, [1.0, -1.0]).detour > 200
    assert shortest_way(X, [1.0, 1.0]).detour < 1.0001


@pytest.mark.parametrize("law", ["exponential", "bits", "rare bits", "uniform"])
def test_other_laws_of_independent_inputs_pay_the_same_factor_for_their_mean(law):
    rng = np.random.default_rng(5)
    draw, u = {
        "exponential": (lambda: rng.exponential(size=(250, 50)), 1.0),
        "bits": (lambda: 1.0 * (rng.random((250, 50)) < 0.5), 1.0),
        "rare bits": (lambda: 1.0 * (rng.random((250, 50)) < 0.2), 0.25),
        "uniform": (lambda: rng.random((250, 50)), 3.0),
    }[law]
    ratios = []
    for _ in range(3):
        X, d = draw(), rng.normal(size=50)
        d -= d.mean()
        ratios.append(shortest_way(X, d).detour / shortest_way(X - X.mean(axis=0), d).detour)
    # Examples of unequal length help a little: the shortest way takes the better ones.
    assert np.mean(ratios) == pytest.approx(math.sqrt(1 + u), rel=0.1)


def test_heavy_tails_of_finite_variance_make_the_mean_cost_more():
    # Why the claim assumes examples of nearly one length: the few long ones are the
    # variance, and the others, which lead on, are nearly all mean.
    rng, ratios = np.random.default_rng(2), []
    for _ in range(3):
        X, d = 5 + rng.standard_t(2.1, (250, 50)), rng.normal(size=50)
        d -= d.mean()
        ratios.append(shortest_way(X, d).detour / shortest_way(X - X.mean(axis=0), d).detour)
    assert min(ratios) > 1.3 * math.sqrt(1 + 25 * 0.1 / 2.1)


def test_frequent_bits_are_equally_long_only_with_their_mean_and_cost_more():
    # Why the claim asks for equal lengths without the mean as well: nineteen of twenty bits are 1.
    rng, d = np.random.default_rng(2), np.eye(50)[0] - np.eye(50)[1]
    ratios, spreads = [], []
    for _ in range(4):
        X = 1.0 * (rng.random((250, 50)) < 0.95)
        C = X - X.mean(axis=0)
        ratios.append(shortest_way(X, d).detour / shortest_way(C, d).detour)
        spreads.append(
            [np.std(s) / np.mean(s) for s in (np.linalg.norm(Z, axis=1) for Z in (X, C))]
        )
    assert np.mean(ratios) > 1.1 * math.sqrt(1 + 19)
    assert np.mean(spreads, axis=0)[0] < 0.03
    assert np.mean(spreads, axis=0)[1] > 0.25


def test_fair_bits_pay_less_for_their_mean_on_the_way_to_one_weight_against_all_others():
    # Why the claim asks for a goal of normal entries, and not for any that is drawn first.
    rng, d = np.random.default_rng(7), np.eye(50)[0] - 1 / 50
    ratios, spreads = [], []
    for _ in range(6):
        X = 1.0 * (rng.random((250, 50)) < 0.5)
        C = X - X.mean(axis=0)
        ratios.append(shortest_way(X, d).detour / shortest_way(C, d).detour)
        lengths = [np.linalg.norm(Z, axis=1) for Z in (2 * X, C)]
        spreads.append([float(np.std(length) / np.mean(length)) for length in lengths])
    assert np.mean(ratios) < 0.93 * math.sqrt(2)
    assert np.max(spreads) < 0.1


def test_a_goal_of_one_weight_that_is_drawn_costs_a_fifth_more_than_the_formula():
    # Why the claim gives the law of the goal: which weight, and its sign, are random here.
    rng, ratios, spreads = np.random.default_rng(9), [], []
    for _ in range(6):
        X = 10.0 + (rng.random((250, 50)) < 0.3)
        d = (np.eye(50)[rng.integers(50)] - 1 / 50) * rng.choice([-1, 1])
        C = X - X.mean(axis=0)
        ratios.append(shortest_way(X, d).detour / shortest_way(C, d).detour)
        lengths = [np.linalg.norm(Z, axis=1) for Z in (X, C)]
        spreads.append([float(np.std(length) / np.mean(length)) for length in lengths])
    assert np.mean(ratios) > 1.12 * math.sqrt(1 + 10.3**2 / 0.21)
    assert np.max(spreads) < 0.07
    said = "a goal of independent N(0, 1) entries less their mean, independent of the examples"
    assert said in CLAIMS["signs.cone-mean"].assumes


def test_a_goal_of_normal_entries_of_unlike_variance_costs_more_than_the_formula():
    # Why the claim says N(0, 1) of every entry: here one is a hundred times as large as the others.
    rng, ratios, spreads = np.random.default_rng(11), [], []
    for _ in range(8):
        X = 10.0 + (rng.random((250, 50)) < 0.3)
        d = rng.standard_normal(50) * np.array([1.0] + [0.01] * 49)
        d -= d.mean()
        C = X - X.mean(axis=0)
        ratios.append(shortest_way(X, d).detour / shortest_way(C, d).detour)
        lengths = [np.linalg.norm(Z, axis=1) for Z in (X, C)]
        spreads.append([float(np.std(length) / np.mean(length)) for length in lengths])
    assert np.mean(ratios) > 1.12 * math.sqrt(1 + 10.3**2 / 0.21)
    assert np.max(spreads) < 0.08
    assert "N(0, 1) entries" in CLAIMS["signs.cone-mean"].assumes[1]


def test_one_input_that_is_unlike_the_others_can_make_the_mean_shorten_the_way():
    # Why the claim says "alike": m = v = 1 for all, but one input nearly always has one value.
    rare = math.sqrt(0.001 * 0.999)
    ratios = []
    for seed in range(5):
        rng = np.random.default_rng([seed, 1])
        X = 1 + rng.choice([-1.0, 1.0], (250, 50))
        X[:, 49] = 1 + np.where(rng.random(250) < 0.001, 0.999, -0.001) / rare
        d = rng.standard_normal(50)
        d -= d.mean()
        if X[:, 49].max() < 2:
            ratios.append(shortest_way(X, d).detour / shortest_way(X - 1, d).detour)
    assert len(ratios) >= 3
    assert np.median(ratios) < 0.6 < math.sqrt(2)
    assert "50 independent, alike inputs" in CLAIMS["signs.cone-mean"].sentence


def test_an_example_need_not_be_as_long_with_its_mean_as_without_it():
    # Why the claim says what the lengths are compared with: of σ inputs, which it is about, each
    # example is over twice as long with the mean; all are nearly of one length, with it or without.
    X = ACTIVATIONS["sigmoid"].value(np.random.default_rng(8).standard_normal((250, 50)))
    lengths = [np.linalg.norm(Z, axis=1) for Z in (X, X - X.mean(axis=0))]
    assert (lengths[0] > 2 * lengths[1]).all()
    assert max(float(np.std(length) / np.mean(length)) for length in lengths) < 0.1
    assert CLAIMS["signs.cone-mean"].assumes[0] == (
        "examples drawn at random, all of nearly one length, and so with the mean taken off"
    )


def test_with_three_relu_inputs_the_way_is_shorter_on_average_than_with_two():
    # Why the claim names its sizes: with two the way of a goal of sum 0 is √2, as soon as there is
    # an example along each axis; with three there are goals that cost less.
    two, three = (
        np.array(
            [drawn_ways(activation="relu", n=n, examples=250, seed=k).level for k in range(60)]
        )
        for n in (2, 3)
    )
    assert two == pytest.approx(np.full(60, math.sqrt(2)))
    assert three.mean() + 4 * three.std() / math.sqrt(60) < math.sqrt(2)
    assert "from 2 inputs to 10 and from 10 to 50" in CLAIMS["signs.cone-examples"].sentence


def test_one_draw_with_more_inputs_or_fewer_examples_may_have_the_shorter_way():
    # Why the claim speaks of the average.
    sizes = ((10, 250), (11, 250), (10, 260))
    ways = np.array(
        [
            [drawn_ways(activation="sigmoid", n=n, examples=p, seed=k).level for n, p in sizes]
            for k in range(12)
        ]
    )
    assert (ways[:, 1] < ways[:, 0]).any()
    assert (ways[:, 2] > ways[:, 0]).any()


def test_with_two_inputs_or_correlated_ones_the_factor_is_another():
    rng = np.random.default_rng(6)
    X = rng.random((250, 2))
    ratio = (
        shortest_way(X, [1.0, -1.0]).detour / shortest_way(X - X.mean(axis=0), [1.0, -1.0]).detour
    )
    assert ratio < 1.6  # √(1 + u) is 2
    Z = 1.0 + 3 * rng.normal(size=(250, 1)) + rng.normal(size=(250, 30))
    d = rng.normal(size=30)
    d -= d.mean()
    # The correlation is a cone of its own, which centering leaves: √(1 + u) is 1.05.
    assert (
        shortest_way(Z - Z.mean(axis=0), d).detour
        > 1.2 * shortest_way(rng.normal(size=(250, 30)), d).detour
    )


def test_examples_that_do_not_span_the_goal_and_zeros_are_refused():
    with pytest.raises(ValueError, match="X must span d"):
        shortest_way([[1.0, 1.0]], [1.0, -1.0])
    with pytest.raises(ValueError, match="X must not hold an example of zeros"):
        shortest_way([[1.0, 1.0], [0.0, 0.0]], [1.0, 1.0])
    with pytest.raises(ValueError, match="d must not be 0"):
        shortest_way([[1.0, 1.0]], [0.0, 0.0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: convolution_gradient([[1.0]], [1.0, 2.0]), "delta must have shape"),
        (lambda: penalized_gradient([1.0], [1.0], 1.0, decay=-1.0), "decay must be at least 0"),
        (lambda: weight_normalized_gradient([1.0], [0.0], 1.0), "v must not be 0"),
        (
            lambda: batch_normalized_gradients([[1.0], [1.0]], [1.0], [1.0, 1.0]),
            "w must give pre-activations that differ",
        ),
    ],
)
def test_bad_input_beyond_the_lemma_is_refused_with_its_name(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# signs.flip, signs.flip-signs, signs.flip-spectrum


@settings(max_examples=40)
@given(
    st.integers(1, 9),
    st.integers(0, 10**6),
    st.sampled_from([1e-3, 1.0, 1e3]),
    st.sampled_from(["uniform", "zeros", "heavy"]),
)
def test_no_flip_of_any_inputs_changes_a_bit_of_any_method(n, seed, scale, law):
    rng = np.random.default_rng(seed)
    X = {
        "uniform": rng.random((12, n)),
        "zeros": rng.random((12, n)) * (rng.random((12, n)) < 0.3),
        "heavy": np.abs(rng.standard_t(2, (12, n))),
    }[law] * scale  # fmt: skip
    flip, w0 = rng.choice([-1.0, 1.0], n), rng.normal(size=n)
    H, turned = second_moment(X), second_moment(X * flip)
    eta = 1 / max(np.linalg.eigvalsh(H)[-1], 1e-12)
    for method in (gradient_descent, momentum, nesterov, adam):
        plain = method(H, w0, step_size=eta / 4, steps=20)
        mirrored = method(turned, w0 * flip, step_size=eta / 4, steps=20)
        assert np.array_equal(plain.losses, mirrored.losses)
    options = {"step_size": eta / (4 * n), "steps": 20, "batch_size": 3}
    runs = [
        sgd(inputs, X[:, 0], w, rng=np.random.default_rng(1), **options)
        for inputs, w in ((X, w0), (X * flip, w0 * flip))
    ]
    assert np.array_equal(runs[0].losses, runs[1].losses)


def test_with_other_draws_the_flipped_run_of_sgd_has_other_losses():
    X, flip = np.random.default_rng(3).random((12, 4)), np.array([1.0, -1.0, 1.0, -1.0])
    plain, other = (
        sgd(inputs, X[:, 0], w, rng=np.random.default_rng(seed), step_size=0.1, steps=20)
        for inputs, w, seed in ((X, np.ones(4), 1), (X * flip, flip, 2))
    )
    assert not np.allclose(plain.losses, other.losses)
    assert CLAIMS["signs.flip"].assumes == ("SGD draws the same examples both times",)


def test_a_scaling_is_no_mirror_and_a_positive_constraint_breaks_it():
    rng = np.random.default_rng(0)
    X, w0 = rng.random((12, 3)), np.ones(3)
    H, scaled = second_moment(X), second_moment(X * [1.0, 2.0, 1.0])
    plain = gradient_descent(H, w0, step_size=0.1, steps=5)
    other = gradient_descent(scaled, w0 / [1.0, 2.0, 1.0], step_size=0.1, steps=5)
    assert not np.allclose(plain.losses, other.losses)


def test_as_often_positive_as_negative_does_not_make_a_flipped_start_as_likely():
    # Why the page asks for a law that is symmetric around 0: here each sign has the chance ½.
    law = {1.0: 0.5, -2.0: 0.5}
    assert sum(chance for w, chance in law.items() if w > 0) == 0.5
    assert {-w for w in law}.isdisjoint(law)


def test_the_gradients_of_two_units_together_lie_in_more_than_two_orthants():
    # Why three sentences speak of the gradients of one unit.
    rng = np.random.default_rng(3)
    X, errors = rng.random((200, 3)), rng.normal(size=(200, 2))
    G = (errors[:, :, None] * X[:, None, :]).reshape(200, 6)
    assert len(np.unique(np.sign(G), axis=0)) == 4
    assert 0 < single_signed(G).mean() < 1
    for id in ("signs.two-orthants", "signs.flip-signs", "signs.previous-layer"):
        assert "a unit's" in CLAIMS[id].sentence, id


def test_an_error_of_zero_leaves_no_sign_to_mix():
    assert not np.sign(np.outer([1.0, 0.0], [1.0, -2.0])[1]).any()


def test_one_input_or_a_batch_keeps_what_the_flip_takes_from_single_examples():
    rng = np.random.default_rng(1)
    assert single_signed(rng.normal(size=(50, 1)) * -rng.random((50, 1))).all()
    flip = np.array([1.0, -1.0])
    X = rng.random((50, 2))
    assert not single_signed(rng.normal(size=(50, 1)) * X * flip).any()
    batches = np.einsum("bt,bti->bi", rng.normal(size=(50, 8)), rng.random((50, 8, 2)))
    assert 0 < single_signed(batches).mean() < 1


# questions.span, questions.hard-goals


def test_with_weight_decay_the_gradients_that_span_all_need_not_have_one_sign():
    # Why the claim assumes what the sign rule does.
    rng = np.random.default_rng(2)
    X, w, delta = rng.random((12, 12)), rng.normal(size=12), 0.1 * rng.normal(size=12)
    G = np.array([penalized_gradient(x, w, d, decay=0.1) for x, d in zip(X, delta, strict=True)])
    assert not single_signed(G).all()
    assert set(LEMMA) <= set(CLAIMS["questions.span"].assumes)


def test_along_two_examples_a_goal_in_the_north_east_can_cost_a_detour():
    # Why the claim says which steps there are: both weights rise to (1, 3), beyond both examples.
    assert shortest_way([[1.0, 1.1], [1.1, 1.0]], [1.0, 3.0]).detour > 5
    assert orthant_split([1.0, 3.0]).detour == 1.0
    assert "any direction of one sign" in CLAIMS["questions.hard-goals"].assumes[0]


def test_bad_input_about_drawn_examples_is_refused_with_its_name():
    with pytest.raises(ValueError, match="activation must be one of"):
        drawn_ways(activation="none", n=2, examples=5)
    with pytest.raises(ValueError, match="examples must be at least 3"):
        drawn_ways(activation="relu", n=2, examples=2)
    with pytest.raises(ValueError, match="n must be at least 2"):
        drawn_ways(activation="relu", n=1, examples=5)
