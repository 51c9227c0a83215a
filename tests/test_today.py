"""Rounding, attention and random networks do what their formulas say, by another way each."""

import math

import numpy as np
import pytest
from scipy import integrate

from offcenter.activations import ACTIVATIONS
from offcenter.figures import draw
from offcenter.network import Family
from offcenter.normal import normal_density
from offcenter.remedies import newton_schulz
from offcenter.today import (
    FEED_FORWARDS,
    PLACES,
    WRITINGS,
    _optimizer_race,
    _optimizers,
    _standardized,
    attend,
    attention_weights,
    cosine_after,
    expected_rounding_error,
    layer_norm,
    optimizer_race,
    places,
    random_transformer,
    residual_cosines,
    residual_network,
    rms_norm,
    round_blocks,
    rounding_error,
)


def test_rounding_by_hand():
    # The worked example of the page: 6.6 beside 7.3, raw and less 7.
    (rounded,) = round_blocks([[7.3, 6.6]], block=2)
    np.testing.assert_allclose(rounded, [7.3, 6 * 7.3 / 7])
    (rounded,) = round_blocks([[0.3, -0.4]], block=2)
    np.testing.assert_allclose(rounded, [5 * 0.4 / 7, -0.4])


def test_rounding_takes_the_nearest_of_all_levels_in_each_block():
    x = np.random.default_rng(0).normal(size=(7, 12))
    rounded = round_blocks(x, block=4, bits=3)
    for row, result in zip(x.reshape(-1, 4), rounded.reshape(-1, 4), strict=True):
        levels = np.arange(-3, 4) * np.abs(row).max() / 3
        nearest = levels[np.abs(row[:, None] - levels).argmin(axis=1)]
        np.testing.assert_allclose(result, nearest)


def test_a_block_of_zeros_stays():
    np.testing.assert_array_equal(round_blocks(np.zeros((2, 4)), block=2), 0)


def test_expected_error_is_met_by_normal_numbers():
    x = np.random.default_rng(0).normal(size=(4000, 32)) + 1
    for centered in (False, True):
        assert rounding_error(x, centered=centered) == pytest.approx(
            expected_rounding_error(x, centered=centered), rel=0.05
        )


@pytest.mark.parametrize("function", [rounding_error, expected_rounding_error])
def test_rounding_refuses_what_it_cannot_compare(function):
    with pytest.raises(ValueError, match="rows that differ"):
        function(np.ones((3, 16)), centered=False)
    with pytest.raises(ValueError, match="block must divide the 5 features"):
        function(np.eye(5), centered=True)
    with pytest.raises(ValueError, match="bits must be at least 2"):
        function(np.eye(16), centered=True, bits=1)


def test_norms_are_what_their_names_say():
    x = np.random.default_rng(0).normal(size=(5, 40)) * 3 + 2
    np.testing.assert_allclose(np.mean(rms_norm(x) ** 2, axis=1), 1, rtol=1e-4)
    np.testing.assert_allclose(layer_norm(x).mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(layer_norm(x).std(axis=1), 1, rtol=1e-4)


def test_places_are_the_stream_and_what_is_read_of_it():
    found = {place.name: place for place in places()}
    assert list(found) == list(PLACES)
    assert {len(place.activations) for place in found.values()} == {237, 108}
    assert {len(place.activations) for place in places(sinks=True)} == {244, 111}


def test_softmax_is_the_one_of_the_formula_and_hides_what_is_minus_infinity():
    scores = np.array([[0.0, math.log(3), -np.inf], [1000.0, 1000.0, 1000.0], [0, 0, 0]])
    np.testing.assert_allclose(attention_weights(scores)[:2], [[0.25, 0.75, 0], [1 / 3] * 3])
    for bad in ([[-np.inf, -np.inf], [0, 0]], [[np.nan, 0], [0, 0]], [[np.inf, 0], [0, 0]]):
        with pytest.raises(ValueError, match="finite largest entry"):
            attention_weights(bad)
    with pytest.raises(ValueError, match="must be a matrix"):
        attention_weights([1.0])


def test_attention_averages_and_refuses_other_weights():
    np.testing.assert_allclose(attend([[1, 0], [0.5, 0.5]], [[2.0], [4.0]]), [[2], [3]])
    for bad in ([[1.5, -0.5], [0, 1]], [[0.5, 0.4], [0, 1]]):
        with pytest.raises(ValueError, match="weights must not be negative"):
            attend(bad, [[1.0], [2.0]])


@pytest.mark.parametrize("kind", FEED_FORWARDS)
@pytest.mark.parametrize("c", [-0.5, 0.0, 0.4, 0.9])
def test_cosine_after_a_block_is_the_integral(kind, c):
    """A second quadrature: over one number adaptive, over the other by panels beside the kink."""
    half, root = FEED_FORWARDS[kind], math.sqrt(1 - c**2)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    z = np.concatenate([4 * nodes - 4, 4 * nodes + 4])
    weights = np.tile(4 * weights, 2) * normal_density(z) * half.function(z)
    inner = integrate.quad_vec(
        lambda y: half.function(c * z + root * y) * normal_density(y), -8, 8, epsabs=1e-7
    )[0]
    cross, square = weights @ inner, weights @ half.function(z)
    expected = cross / square * (c if half.gated else 1)
    assert cosine_after(kind, c) == pytest.approx(expected, abs=1e-5)


def test_at_right_angles_the_cosine_after_is_the_offset_share_of_the_activation():
    for kind in ("relu", "gelu"):
        assert cosine_after(kind, 0) == pytest.approx(ACTIVATIONS[kind].offset_share)
    assert cosine_after("relu-squared", 0) == pytest.approx(1 / 6)


@pytest.mark.parametrize("kind", FEED_FORWARDS)
@pytest.mark.parametrize("placement", ["before", "after"])
def test_recursion_stays_between_its_ends(kind, placement):
    assert residual_cosines(kind, depth=5, placement=placement, cosine=1.0)[-1] == pytest.approx(1)
    cosines = residual_cosines(kind, depth=30, placement=placement)
    assert (cosines >= 0).all()
    assert (cosines < 1).all()


@pytest.mark.parametrize("kind", FEED_FORWARDS)
def test_a_block_adds_as_much_as_it_reads(kind):
    X = rms_norm(np.random.default_rng(1).normal(size=(64, 128)))
    draws = [
        np.mean((residual_network(X, kind, depth=1, rng=np.random.default_rng(s))[1] - X) ** 2)
        for s in range(12)
    ]
    assert np.mean(draws) == pytest.approx(1, abs=0.15)


def test_norm_after_the_sum_keeps_the_length_and_no_norm_does_not():
    X = rms_norm(np.eye(8, 64))
    for placement, low, high in (("after", 0.99, 1.01), ("before", 3, 10), ("none", 10, 1e4)):
        x = residual_network(X, "gelu", depth=6, rng=np.random.default_rng(0), placement=placement)[
            -1
        ]
        assert low < np.mean(x**2) < high


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cosine_after("tanh", 0), "kind must be one of"),
        (lambda: cosine_after("relu", 2), "cosine must be at least -1"),
        (lambda: residual_cosines("relu", depth=1, placement="none"), "placement must be one of"),
        (
            lambda: residual_network(
                np.eye(4), "relu", depth=1, rng=np.random.default_rng(0), norm="batch"
            ),
            "norm must be one of",
        ),
        (
            lambda: random_transformer(
                [1, 2], [True, False], blocks=1, rng=np.random.default_rng(0), width=100
            ),
            "width must be a multiple of 64",
        ),
        (
            lambda: random_transformer(
                [1, 2], [False, True], blocks=1, rng=np.random.default_rng(0)
            ),
            "begin with a passage",
        ),
        (lambda: draw("today-spectrum", place="reads 7"), "place must be one of"),
        (lambda: draw("today-spectrum", mean=1.1), "mean must be at least 0 and at most 1"),
        (lambda: draw("today-spectrum", count=21), "count must be at most 20"),
        (lambda: draw("today-residual", depth=2), "depth must be at least 6"),
        (lambda: draw("today-depth", seed=-1), "seed must be at least 0"),
    ],
)
def test_bad_arguments_are_refused_by_name(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_passages_do_not_see_each_other_and_nobody_sees_what_comes():
    tokens, first = np.array([5, 6, 7, 8, 9]), np.array([1, 0, 0, 1, 0], dtype=bool)

    def last(tokens):
        rng = np.random.default_rng(0)
        return random_transformer(tokens, first, blocks=2, rng=rng, width=64)[-1]

    # 1 in place of 5 is still the smallest token, so all embeddings stay.
    before = last(tokens)
    np.testing.assert_allclose(last(np.array([5, 6, 7, 8, 10]))[:4], before[:4])
    changed = last(np.array([5, 6, 5, 8, 9]))
    np.testing.assert_allclose(changed[0], changed[0])
    assert not np.allclose(before[1], before[0])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("today-spectrum", {"place": "product", "mean": 0.0, "count": 20}),
        ("today-spectrum", {"mean": 1.0}),
        ("today-four-bit", {"bits": 8, "block": 32}),
        ("today-residual", {"depth": 6}),
    ],
)
def test_figures_take_other_parameters(name, parameters):
    assert draw(name, **parameters).alt.endswith(".")


@pytest.mark.parametrize("sums", [True, False])
def test_writings_start_as_one_function(sums):
    logits = []
    for writing in WRITINGS:
        family, theta, problem = _optimizer_race._starts((3,), writing, 16, sums=sums)
        if not sums:
            written = _standardized.Standardized(family)
            theta = written.networks(written.parameters(theta))
        logits.append(family.logits(theta, problem.inputs))
    np.testing.assert_allclose(logits[1], logits[0], atol=1e-9)
    np.testing.assert_allclose(logits[2], logits[0], atol=1e-9)


def _standardized_start():
    family, theta, problem = _optimizer_race._starts((3, 4), "raw", 6, sums=False)
    written = _standardized.Standardized(family)
    parameters = written.parameters(theta)
    # Away from the start, where v is as long as g and has no sum.
    noise = np.random.default_rng(0).normal(size=parameters.shape)
    return family, problem, written, parameters + 0.1 * noise


def test_standardized_weights_have_no_sum_and_their_own_length():
    family, _, written, parameters = _standardized_start()
    theta = written.networks(parameters)
    lengths = parameters[:, family.parameters :]
    found = []
    for W, _ in family.layers(theta):
        np.testing.assert_allclose(W.sum(axis=2), 0, atol=1e-12)
        found.append(np.linalg.norm(W, axis=2))
    np.testing.assert_allclose(np.concatenate(found, axis=1), np.abs(lengths))


def test_the_gradient_of_standardized_weights_is_that_of_differences():
    family, problem, written, parameters = _standardized_start()

    def loss(parameters):
        return problem.losses(family, written.networks(parameters))

    _, g = problem.gradients(family, written.networks(parameters))
    gradient = written.gradient(parameters, g)
    rng = np.random.default_rng(1)
    for _ in range(5):
        v = rng.normal(size=parameters.shape)
        numerical = (loss(parameters + 1e-5 * v) - loss(parameters - 1e-5 * v)) / 2e-5
        np.testing.assert_allclose((gradient * v).sum(axis=1), numerical, rtol=1e-6)


def test_a_first_small_step_of_standardized_weights_is_one_with_centralized_gradients():
    family, theta, problem = _optimizer_race._starts((3,), "raw", 6, sums=False)
    written, eta = _standardized.Standardized(family), 1e-6
    parameters = written.parameters(theta)
    _, g = problem.gradients(family, theta)
    moved = written.networks(parameters - eta * written.gradient(parameters, g))
    centralized = _optimizers.Optimizer("centralized", family, theta).direction(g.copy(), theta, 1)
    np.testing.assert_allclose((theta - moved) / eta, centralized, atol=1e-5)


@pytest.mark.parametrize("units", [16, 100])
def test_steps_of_biases_are_as_large_as_those_of_weights_in_any_width(units):
    family = Family((40, units, 10), "sigmoid")
    g = np.random.default_rng(0).normal(size=(1, family.parameters))
    for name, low, high in (("muon", 0.8, 1.2), ("shampoo", 0.9, 1.1)):
        step = _optimizers.Optimizer(name, family, g).direction(g.copy(), g, 1)
        for W, b in family.layers(step):
            ratio = np.sqrt(np.mean(b**2) / np.mean(W**2))
            assert low < ratio < high, (name, units, ratio)


def test_batched_newton_schulz_is_the_one_of_single_matrices():
    G = np.random.default_rng(0).normal(size=(3, 5, 8))
    for each, single in zip(_optimizers._newton_schulz(G), G, strict=True):
        np.testing.assert_allclose(each, newton_schulz(single), atol=1e-9)


def test_inverse_fourth_root_is_one():
    X = np.random.default_rng(0).normal(size=(2, 6, 20))
    S = X @ X.transpose(0, 2, 1)
    root = _optimizers._inverse_fourth_root(S)
    np.testing.assert_allclose(
        root @ root @ root @ root @ S, np.tile(np.eye(6), (2, 1, 1)), atol=1e-3
    )


def _steps_of_soap(family, gradients):
    optimizer = _optimizers.Optimizer("soap", family, np.zeros_like(gradients[0]))
    return [
        optimizer.direction(g.copy(), np.zeros_like(g), step)
        for step, g in enumerate(gradients, start=1)
    ]


def test_the_first_step_of_soap_is_the_orthogonal_factor():
    # In its own singular bases a gradient is diagonal, and Adam's first step makes each entry ±1.
    family = Family((5, 3), "sigmoid")
    g = np.random.default_rng(0).normal(size=(2, family.parameters))
    (first,) = _steps_of_soap(family, [g])
    for (W, b), (G, c) in zip(
        zip(*family.layers(first)[0], strict=True),
        zip(*family.layers(g)[0], strict=True),
        strict=True,
    ):
        U, _, Vt = np.linalg.svd(G, full_matrices=False)
        np.testing.assert_allclose(W, U @ Vt, atol=1e-6)
        np.testing.assert_allclose(b, np.sign(c), atol=1e-6)


def test_soap_turns_with_its_gradients():
    # What Adam does not do: rotated gradients give the rotated steps, at every step.
    family = Family((4, 4), "sigmoid")
    rng = np.random.default_rng(1)
    left, right = (np.linalg.qr(rng.normal(size=(4, 4)))[0] for _ in range(2))
    gradients = rng.normal(size=(7, 1, family.parameters))
    rotated = gradients.copy()
    for g in rotated:
        for G, _ in family.layers(g):
            G[:] = left @ G @ right
    for here, there in zip(
        _steps_of_soap(family, gradients), _steps_of_soap(family, rotated), strict=True
    ):
        (W, b), (V, c) = family.layers(here)[0], family.layers(there)[0]
        np.testing.assert_allclose(V, left @ W @ right, atol=1e-6)
        np.testing.assert_allclose(c, b, atol=1e-12)


def test_unknown_optimizers_and_writings_are_refused_by_name():
    with pytest.raises(ValueError, match="name must be one of"):
        optimizer_race("lion", "raw", (0,))
    with pytest.raises(ValueError, match="writing must be one of"):
        optimizer_race("muon", "rare", (0,))
    with pytest.raises(ValueError, match="units must be at least 2"):
        optimizer_race("standardized", "raw", (0,), units=1)
