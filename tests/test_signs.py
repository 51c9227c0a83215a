"""The chain rule agrees with finite differences, signs follow from assumptions, laws with draws."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.integrate import quad

from offcenter.errors import RangeError
from offcenter.signs import (
    batch_gradient,
    batch_normalized_gradients,
    convolution_gradient,
    cosine_agreement,
    deduced_sign,
    drawn_ways,
    hidden_error,
    layer_gradient,
    orthant_split,
    output_error,
    penalized_gradient,
    provably_single_signed,
    same_sign_probability,
    shortest_way,
    sign_agreement,
    sign_witnesses,
    single_signed,
    unit_gradient,
    weight_normalized_gradient,
)


def numeric_gradient(derived, loss, point):
    """Central differences of `loss(*pre_activations)` by the weights, at `point`."""
    step = 1e-6

    def value(shifted):
        return float(loss(*(float(s.subs(shifted)) for s in derived.pre_activations)))

    return [
        (value(point | {w: point[w] + step}) - value(point | {w: point[w] - step})) / (2 * step)
        for w in derived.weights
    ]


@pytest.mark.parametrize(
    "derive", [lambda: unit_gradient(3), lambda: layer_gradient(2, 3), lambda: batch_gradient(2, 3)]
)
def test_derived_gradient_agrees_with_finite_differences(derive):
    derived, rng = derive(), np.random.default_rng(0)

    def loss(*s):
        return sum(math.sin((k + 1) * value) for k, value in enumerate(s))

    symbols = set().union(*(s.free_symbols for s in derived.pre_activations))
    ordered = sorted(symbols, key=str)
    point = dict(zip(ordered, rng.uniform(0.2, 1.0, len(ordered)), strict=True))
    errors = {
        delta: (k + 1) * math.cos((k + 1) * float(s.subs(point)))
        for k, (delta, s) in enumerate(zip(derived.errors, derived.pre_activations, strict=True))
    }
    entries = [float(entry.subs(errors | point)) for entry in derived.entries]
    np.testing.assert_allclose(entries, numeric_gradient(derived, loss, point), atol=1e-8)


def test_gradient_of_one_example_is_error_times_input():
    derived = unit_gradient(4)
    assert derived.entries == derived.errors[0] * derived.inputs
    assert not derived.entries.atoms(sp.Subs, sp.Derivative)


@pytest.mark.parametrize("inputs", ["positive", "nonnegative", "negative"])
def test_inputs_of_one_sign_make_one_sign_whatever_the_error(inputs):
    derived = unit_gradient(3, inputs=inputs)
    assert provably_single_signed(derived.entries)
    assert [deduced_sign(entry) for entry in derived.entries] == ["undetermined"] * 3


@pytest.mark.parametrize("sign", ["positive", "negative"])
def test_the_sign_is_that_of_the_error(sign):
    derived = unit_gradient(3)
    delta = sp.Symbol("delta", **{sign: True})
    entries = derived.entries.subs(derived.errors[0], delta)
    assert {deduced_sign(entry) for entry in entries} == {sign}


def test_real_inputs_prove_nothing():
    assert not provably_single_signed(unit_gradient(2, inputs="real").entries)


def test_rows_of_a_layer_have_one_sign_each_and_the_whole_has_rank_one():
    derived = layer_gradient(2, 3)
    assert all(provably_single_signed(derived.entries.row(j)) for j in range(2))
    assert not provably_single_signed(derived.entries)
    assert derived.entries.rank() == 1


def test_a_batch_of_two_examples_proves_nothing_and_both_signs_occur():
    derived = batch_gradient(2, 2)
    assert not provably_single_signed(derived.entries)
    assert set(sign_witnesses(derived.entries[0])) == {"positive", "negative"}
    first = derived.errors[0] * derived.inputs.row(0) + derived.errors[1] * derived.inputs.row(1)
    assert first == derived.entries.T


def test_hidden_error_agrees_with_finite_differences():
    hidden = hidden_error(2)
    w, r, s, step = (0.7, -1.3), (0.2, -0.4), 0.3, 1e-6

    def loss(value):
        read = [w_k * math.tanh(value) + r_k for w_k, r_k in zip(w, r, strict=True)]
        return math.sin(read[0]) + math.sin(2 * read[1])

    read = [w_k * math.tanh(s) + r_k for w_k, r_k in zip(w, r, strict=True)]
    values = {
        hidden.slope: 1 - math.tanh(s) ** 2,
        **dict(zip(hidden.weights, w, strict=True)),
        **dict(zip(hidden.errors, (math.cos(read[0]), 2 * math.cos(2 * read[1])), strict=True)),
    }
    numeric = (loss(s + step) - loss(s - step)) / (2 * step)
    assert float(hidden.expression.subs(values)) == pytest.approx(numeric, abs=1e-8)


def test_positive_slope_does_not_decide_the_sign_of_a_hidden_error():
    hidden = hidden_error(2)
    assert hidden.slope.is_positive
    assert deduced_sign(hidden.expression) == "undetermined"
    witnesses = sign_witnesses(hidden.expression)
    for sign in ("positive", "negative"):
        assert witnesses[sign][hidden.slope] == 1
        assert deduced_sign(hidden.expression.subs(witnesses[sign])) == sign


def test_only_positive_weights_and_errors_would_make_the_hidden_error_positive():
    assert deduced_sign(hidden_error(3, weights="positive", errors="positive").expression) == (
        "positive"
    )
    assert deduced_sign(hidden_error(3, errors="positive").expression) == "undetermined"
    assert deduced_sign(hidden_error(3, weights="positive").expression) == "undetermined"
    both = hidden_error(2, weights="positive", errors="negative").expression
    assert set(sign_witnesses(both)) == {"negative"}


@pytest.mark.parametrize("loss", ["logistic", "squared"])
@pytest.mark.parametrize(("target", "sign"), [(0, "positive"), (1, "negative")])
def test_output_error_has_the_sign_of_activation_minus_target(loss, target, sign):
    assert deduced_sign(output_error(target, loss=loss)) == sign


@pytest.mark.parametrize("target", [0, 1])
def test_logistic_output_error_is_activation_minus_target(target):
    s = sp.Symbol("s", real=True)
    difference = output_error(target) - (1 / (1 + sp.exp(-s)) - target)
    assert sp.simplify(difference) == 0


@pytest.mark.parametrize(
    ("expression", "sign"),
    [
        (0, "zero"),
        (sp.Symbol("p", positive=True), "positive"),
        (-sp.Symbol("p", positive=True), "negative"),
        (sp.Symbol("r", real=True) ** 2, "nonnegative"),
        (-(sp.Symbol("r", real=True) ** 2), "nonpositive"),
        (sp.Symbol("r", real=True), "undetermined"),
    ],
)
def test_deduced_sign_of_known_expressions(expression, sign):
    assert deduced_sign(expression) == sign


def test_no_property_has_to_hold_in_a_given_time():
    assert settings().deadline is None


@given(
    st.floats(-1e3, 1e3),
    arrays(float, st.integers(1, 8), elements=st.floats(0, 1e3)),
)
def test_error_times_nonnegative_inputs_is_single_signed(delta, x):
    assert single_signed((delta * x)[np.newaxis]).all()


@given(arrays(float, (5, 4), elements=st.sampled_from([-2.0, -1e-9, 0.0, 1e-9, 2.0])))
def test_single_signed_is_the_absence_of_a_pair_of_opposite_signs(G):
    expected = [all(a * b >= 0 for a, b in itertools.combinations(row, 2)) for row in G]
    assert single_signed(G).tolist() == expected


@given(
    arrays(
        float,
        st.integers(1, 8),
        elements=st.floats(-1e3, 1e3, allow_subnormal=False),
    )
)
def test_split_is_two_orthogonal_legs_of_one_sign_and_costs_at_most_root_two(d):
    split = orthant_split(d)
    np.testing.assert_array_equal(split.positive - split.negative, d)
    assert (split.positive >= 0).all()
    assert (split.negative >= 0).all()
    assert not (split.positive * split.negative).any()
    assert 1 - 1e-12 <= split.detour <= math.sqrt(2) + 1e-12
    assert math.sqrt(0.5) - 1e-12 <= split.alignment <= 1 + 1e-12


def test_split_is_the_best_that_steps_of_one_sign_can_do():
    rng = np.random.default_rng(1)
    d = rng.standard_normal(5)
    split = orthant_split(d)
    steps = np.abs(rng.standard_normal((20000, 5))) * rng.choice([-1, 1], (20000, 1))
    cosines = steps @ d / (np.linalg.norm(steps, axis=1) * np.linalg.norm(d))
    assert cosines.max() <= split.alignment + 1e-12
    # Any u, v ≥ 0 with u − v = d are d₊ + c and d₋ + c with c ≥ 0: a detour that only adds.
    c = np.abs(rng.standard_normal((200, 5)))
    lengths = np.linalg.norm(split.positive + c, axis=1) + np.linalg.norm(
        split.negative + c, axis=1
    )
    assert (lengths >= split.detour * np.linalg.norm(d)).all()


def test_detour_is_largest_for_legs_of_one_length_and_none_for_one_leg():
    assert orthant_split([1.0, -1.0]).detour == pytest.approx(math.sqrt(2), abs=1e-15)
    assert orthant_split([1.0, 2.0]).detour == pytest.approx(1.0, abs=1e-15)
    assert orthant_split([0.0, 0.0]).detour == 1.0
    assert orthant_split([1e-300, -1e-300]).detour == pytest.approx(math.sqrt(2), abs=1e-15)


@pytest.mark.parametrize("cosine", [-0.9, -0.3, 0.0, 0.4, 0.95])
def test_agreement_of_two_gaussians_agrees_with_their_distribution_function(cosine):
    cdf = scipy.stats.multivariate_normal([0, 0], [[1, cosine], [cosine, 1]]).cdf([0, 0])
    assert cosine_agreement(cosine) == pytest.approx(2 * cdf, abs=1e-8)


@pytest.mark.parametrize(("rho", "known"), [(0.0, 0.5), (0.5, 2 / 3), (1.0, 1.0)])
def test_sign_agreement_at_known_offset_shares(rho, known):
    assert sign_agreement(rho) == pytest.approx(known, abs=1e-15)


def test_sign_agreement_is_seen_in_a_large_batch():
    rng = np.random.default_rng(2)
    rho, batches, batch_size = 0.75, 20000, 64
    x = math.sqrt(rho) + math.sqrt(1 - rho) * rng.standard_normal((batches, batch_size, 2))
    delta = rng.choice([-1.0, 1.0], (batches, batch_size))
    g = np.einsum("tb,tbi->ti", delta, x)
    seen = np.mean(g[:, 0] * g[:, 1] > 0)
    p = sign_agreement(rho)
    assert abs(seen - p) < 4 * math.sqrt(p * (1 - p) / batches)


@given(st.floats(0, 1))
def test_two_entries_of_one_sign_are_two_that_agree(rho):
    assert same_sign_probability(2, rho) == pytest.approx(sign_agreement(rho), abs=1e-10)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 100, 1000])
def test_all_entries_agree_at_known_offset_shares(n):
    assert same_sign_probability(n, 0.0) == pytest.approx(2.0 ** (1 - n), rel=1e-12)
    assert same_sign_probability(n, 0.5) == pytest.approx(2 / (n + 1), rel=1e-12)
    assert same_sign_probability(n, 1.0) == 1.0


@pytest.mark.parametrize("n", [3, 20, 200])
@pytest.mark.parametrize("rho", [0.05, 0.32, 0.85, 0.999])
def test_all_entries_agree_as_adaptive_quadrature_says(n, rho):
    u = rho / (1 - rho)

    def density(t):
        return scipy.stats.norm.pdf(t) * scipy.stats.norm.cdf(t * math.sqrt(u)) ** n

    expected = 2 * quad(density, -12, 12, points=[0.0, 1 / math.sqrt(u)], limit=200)[0]
    assert same_sign_probability(n, rho) == pytest.approx(expected, rel=1e-6, abs=1e-14)


def test_all_three_entries_agree_by_the_orthant_formula():
    rho = 1 / math.pi
    assert same_sign_probability(3, rho) == pytest.approx(
        0.25 + 3 * math.asin(rho) / (2 * math.pi), abs=1e-12
    )


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: unit_gradient(0), ValueError, "n must be at least 1"),
        (lambda: unit_gradient(2.5), TypeError, "n must be a whole number"),
        (lambda: unit_gradient(2, inputs="big"), ValueError, "inputs must be one of"),
        (lambda: layer_gradient(0, 2), ValueError, "units must be at least 1"),
        (lambda: layer_gradient(1, 2, inputs=""), ValueError, "inputs must be one of"),
        (lambda: batch_gradient(2, 0), ValueError, "batch_size must be at least 1"),
        (lambda: batch_gradient(1, 2, inputs=""), ValueError, "inputs must be one of"),
        (lambda: hidden_error(0), ValueError, "readers must be at least 1"),
        (lambda: hidden_error(1, weights="x"), ValueError, "weights must be one of"),
        (lambda: hidden_error(1, errors="x"), ValueError, "errors must be one of"),
        (lambda: output_error(2), ValueError, "target must be 0 or 1"),
        (lambda: output_error(1, loss="hinge"), ValueError, "loss must be one of"),
        (lambda: single_signed([1.0, 2.0]), ValueError, r"G must have 2 dimension"),
        (lambda: single_signed([[math.nan]]), ValueError, "G must be finite"),
        (lambda: orthant_split([[1.0]]), ValueError, "d must have 1 dimension"),
        (lambda: orthant_split([math.inf]), ValueError, "d must be finite"),
        (lambda: cosine_agreement(1.1), ValueError, "cosine must be at least -1"),
        (lambda: sign_agreement(-0.1), ValueError, "offset_share must be at least 0"),
        (lambda: sign_agreement(1.5), ValueError, "offset_share must be at least 0 and at most 1"),
        (lambda: sign_agreement("1"), TypeError, "offset_share must be a real number"),
        (lambda: same_sign_probability(0, 0.5), ValueError, "n must be at least 1"),
        (lambda: same_sign_probability(2, 1.5), ValueError, "offset_share must be at least 0"),
        (lambda: same_sign_probability(2, math.nan), ValueError, "offset_share must be finite"),
    ],
)
def test_bad_input_is_refused_with_its_name(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_symbols_count_from_one():
    assert [str(x) for x in unit_gradient(2).inputs] == ["x_1", "x_2"]
    assert [str(w) for w in unit_gradient(2).weights] == ["w_1", "w_2"]
    derived = layer_gradient(2, 3)
    assert [str(x) for x in derived.inputs] == ["x_1", "x_2", "x_3"]
    pairs = itertools.product((1, 2), (1, 2, 3))
    assert [str(w) for w in derived.weights] == [f"W_{{{j},{i}}}" for j, i in pairs]
    for j, s in enumerate(derived.pre_activations, start=1):
        assert sp.Symbol(f"b_{j}", real=True) in s.free_symbols
        assert sp.Symbol(f"delta_{j}", real=True) in derived.entries[j - 1, 0].free_symbols


def test_an_example_of_zeros_and_a_goal_of_zeros_are_no_ways():
    with pytest.raises(ValueError, match="X must not hold an example of zeros"):
        shortest_way([[1.0, 2.0], [0.0, 0.0]], [1.0, 1.0])
    with pytest.raises(ValueError, match="d must not be 0"):
        shortest_way([[1.0, 2.0], [2.0, 1.0]], [0.0, 0.0])


def test_symbols_of_a_batch_and_of_the_layer_above_count_from_one():
    derived = batch_gradient(2, 3)
    pairs = list(itertools.product((1, 2, 3), (1, 2)))
    assert [str(x) for x in derived.inputs] == [f"x_{{{t},{i}}}" for t, i in pairs]
    assert [str(w) for w in derived.weights] == ["w_1", "w_2"]
    assert [str(delta) for delta in derived.errors] == ["delta_1", "delta_2", "delta_3"]
    assert derived.inputs.shape == (3, 2)
    assert derived.weights.shape == derived.entries.shape == (2, 1)
    assert [str(delta) for delta in layer_gradient(2, 1).errors] == ["delta_1", "delta_2"]
    hidden = hidden_error(2)
    assert [str(w) for w in hidden.weights] == [f"W^{{(l+1)}}_{{j,{k}}}" for k in (1, 2)]
    assert [str(d) for d in hidden.errors] == [rf"\delta^{{(l+1)}}_{k}" for k in (1, 2)]
    known = hidden.slope * sum(w * d for w, d in zip(hidden.weights, hidden.errors, strict=True))
    assert sp.expand(hidden.expression - known) == 0


@pytest.mark.parametrize(
    "derive", [lambda: unit_gradient(2), lambda: layer_gradient(2, 2), lambda: batch_gradient(2, 2)]
)
def test_weights_errors_and_biases_are_real_and_nothing_more(derive):
    derived = derive()
    unknown = {s for a in derived.pre_activations for s in a.free_symbols} - set(derived.inputs)
    assert derived.loss.is_real
    for symbol in unknown | set(derived.errors):
        assert symbol.is_real
        assert symbol.is_positive is symbol.is_zero is None


@pytest.mark.parametrize("target", [0, 1])
def test_the_squared_output_error_is_that_of_half_the_square(target):
    s = sp.Symbol("s", real=True)
    a = 1 / (1 + sp.exp(-s))
    assert sp.simplify(output_error(target, loss="squared") - (a - target) * a * (1 - a)) == 0


def test_witnesses_are_values_that_the_symbols_may_have():
    p, q = sp.Symbol("p", nonnegative=True), sp.Symbol("q", negative=True)
    r = sp.Symbol("r", real=True)
    assert sign_witnesses(p + q * r) == {
        "positive": {p: 1, q: -1, r: -1},
    }
    assert sign_witnesses(p * q) == {"negative": {p: 1, q: -1}}
    assert sign_witnesses(q * r) == {"negative": {q: -1, r: 1}, "positive": {q: -1, r: -1}}
    assert sign_witnesses(p - 1) == {}
    # The first of the values that give a sign stays, and none is looked for when both are there.
    both = sign_witnesses(sp.prod(sp.symbols("a:16", real=True)))
    assert sum(v == -1 for v in both["positive"].values()) == 0
    assert sum(v == -1 for v in both["negative"].values()) == 1
    with pytest.raises(ValueError, match="the symbols in expression must be at most 16, got 17"):
        sign_witnesses(sp.Add(*sp.symbols("a:17", real=True)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: unit_gradient(1001), "n must be at most 1,000, got 1001"),
        (lambda: hidden_error(1001), "readers must be at most 1,000, got 1001"),
        (lambda: layer_gradient(7, 143), "units × n must be at most 1,000, got 1001"),
        (lambda: batch_gradient(7, 143), "n × batch_size must be at most 1,000, got 1001"),
        (lambda: drawn_ways(activation="relu", n=1, examples=9), "n must be at least 2, got 1"),
        (lambda: drawn_ways(activation="relu", n=3, examples=3), "examples must be at least 4"),
        (lambda: drawn_ways(activation="relu", n=3, examples=4, seed=-1), "seed must be at least"),
    ],
)
def test_sizes_are_refused_beyond_their_bounds(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_split_of_three_and_minus_four_is_that_of_the_triangle():
    split = orthant_split([3.0, -4.0, 0.0])
    assert (split.positive.tolist(), split.negative.tolist()) == ([3, 0, 0], [0, 4, 0])
    assert split.detour == pytest.approx(7 / 5, rel=1e-15)
    assert split.alignment == pytest.approx(4 / 5, rel=1e-15)
    assert orthant_split([0.0]).alignment == 1.0
    assert orthant_split([3e200, -4e200]).alignment == pytest.approx(4 / 5, rel=1e-15)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_the_shortest_way_north_along_east_and_north_east_goes_back(scale):
    way = shortest_way([[1.0, 0.0], [3.0, 3.0]], [0.0, 2 * scale])
    np.testing.assert_allclose(way.coefficients, [-2 * scale, scale * 2 / 3], rtol=1e-9)
    assert way.detour == pytest.approx(1 + math.sqrt(2), rel=1e-9)
    assert way.length == pytest.approx(scale * 2 * way.detour, rel=1e-9)
    assert way.lower_bound == pytest.approx(way.detour, rel=1e-9)


def test_drawn_ways_are_the_shortest_along_examples_with_and_without_their_mean():
    # Without a mean nothing is subtracted but what few examples have by chance.
    tanh = [drawn_ways(activation="tanh", n=4, examples=400, seed=seed) for seed in range(3)]
    for way in tanh:
        assert way.centered == pytest.approx(way.level, rel=0.1)
        assert way.along == pytest.approx(way.any, rel=0.1)
    relu = [drawn_ways(activation="relu", n=4, examples=400, seed=seed) for seed in range(3)]
    for way in relu:
        # ReLU has examples along the goal (1, …, 1), and none along a goal of sum 0.
        assert way.along == pytest.approx(1, abs=0.05)
        assert way.along < way.centered < way.level
        assert 1 <= way.any < way.level
    assert len({way.level for way in relu}) == 3
    assert drawn_ways(activation="relu", n=4, examples=400) == relu[0]
    # Half of ReLU's examples of one input are zeros, which are no steps.
    assert drawn_ways(activation="relu", n=2, examples=50).level >= 1


def test_pre_activations_are_weights_times_inputs_and_a_bias():
    unit, b = unit_gradient(2), sp.Symbol("b", real=True)
    assert unit.pre_activations == ((unit.weights.T * unit.inputs)[0] + b,)
    layer = layer_gradient(2, 2)
    biases = sp.symbols("b_1 b_2", real=True)
    assert layer.pre_activations == tuple(
        s + b_j for s, b_j in zip(layer.weights * layer.inputs, biases, strict=True)
    )
    batch = batch_gradient(2, 3)
    assert batch.pre_activations == tuple(s + b for s in batch.inputs * batch.weights)


def test_second_ways_to_the_loss_at_hand_made_numbers():
    assert convolution_gradient([[1.0, 2.0], [3.0, 0.0]], [2.0, -1.0]).tolist() == [-1, 4]
    assert penalized_gradient([1.0, 2.0], [3.0, -4.0], 5.0, decay=0.5).tolist() == [6.5, 8]
    assert penalized_gradient([1.0, 2.0], [3.0, -4.0], 5.0, decay=0.0).tolist() == [5, 10]
    # v̂ = (0.6, 0.8), x·v̂ = 2.2: x − 2.2 v̂ = (−0.32, 0.24), and the error over the length is 2.
    found = weight_normalized_gradient([1.0, 2.0], [3.0, 4.0], 10.0)
    np.testing.assert_allclose(found, [-0.64, 0.48])
    np.testing.assert_allclose(
        weight_normalized_gradient([1.0, 2.0], [3.0, 4.0], 10.0, gain=3.0), 3 * found
    )
    # s = (1, 3), z = (−1, 1), x̄ = (2, 0), E[zx] = (1, 0): all of the first input is taken out.
    X = [[1.0, 1.0], [3.0, -1.0]]
    found = batch_normalized_gradients(X, [1.0, 0.0], [2.0, 1.0])
    np.testing.assert_allclose(found, [[0.0, 0.0], [0.0, 0.0]], atol=1e-15)
    X = [[0.0, 1.0], [4.0, 1.0], [0.0, 0.0], [4.0, 0.0]]
    found = batch_normalized_gradients(X, [1.0, 0.0], [2.0, 1.0, 1.0, 1.0])
    np.testing.assert_allclose(found[:, 0], 0, atol=1e-15)
    np.testing.assert_allclose(found[:, 1], [0.5, 0.25, -0.25, -0.25])
    for call, words in (
        (lambda: batch_normalized_gradients(X, [0.0, 0.0], np.ones(4)), "that differ"),
        (lambda: weight_normalized_gradient([1.0, 2.0], [0.0, 0.0], 1.0), "v must not be 0"),
        (lambda: penalized_gradient([1.0], [1.0], 1.0, decay=-0.5), "decay must be at least 0"),
        (lambda: shortest_way([[1.0, 1.0]], [1.0, 0.0]), "X must span d"),
    ):
        with pytest.raises(ValueError, match=words):
            call()


def test_a_convolution_beyond_the_range_of_floats_is_refused():
    with pytest.raises(RangeError, match="patches and delta must be neither so large"):
        convolution_gradient([[1e200]], [1e200])


def test_draws_that_leave_no_example_are_refused_by_the_names_of_their_own_arguments():
    # Each example of this seed is below 0 in both inputs.
    with pytest.raises(ValueError, match=r"^n, examples and seed must allow what is made of them"):
        drawn_ways(activation="relu", n=2, examples=3, seed=16)
