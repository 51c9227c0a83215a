"""Attempts to break the claims on misconceptions, and the small counterexamples by hand."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.normal import normal_expectation
from offcenter.remedies import batch_norm, layer_norm
from offcenter.spectrum import condition_number, second_moment

LANDING = (Path(__file__).parents[2] / "index.md").read_text(encoding="utf-8")


def kappa(X, slope=1.0):
    """κ of the Hessian of a unit a = c·s with squared loss."""
    return condition_number(slope**2 * second_moment(X, bias=True))


# misconceptions.linear-unit


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("n", [5, 20, 60])
def test_a_linear_unit_suffers_from_the_mean_whatever_it_learns(seed, n):
    X = ACTIVATIONS["sigmoid"].value(np.random.default_rng(seed).standard_normal((400, n)))
    assert kappa(X) > (10 if n >= 20 else 2) * kappa(X - X.mean(axis=0))


def test_for_small_weights_few_inputs_or_zero_mean_there_is_no_such_factor():
    X = np.random.default_rng(0).standard_normal((400, 20))
    assert kappa(X) < 1.5 * kappa(X - X.mean(axis=0))


# misconceptions.small-slope


@given(st.floats(1e-6, 1e3), st.integers(0, 100))
def test_a_slope_scales_the_bowl_and_keeps_its_shape(slope, seed):
    X = np.random.default_rng(seed).random((40, 4))
    assert kappa(X, slope) == pytest.approx(kappa(X), rel=1e-6)


def test_weights_that_do_not_start_at_zero_run_differently():
    # The same weights in front of another slope are another function at the start.
    X, w = np.random.default_rng(0).random((40, 4)), np.ones(4)
    assert not np.allclose(X @ w, 1e-3 * (X @ w))


def test_a_bias_at_the_start_makes_the_gradient_another_part_than_the_slope():
    # Why the claim asks for a zero bias as well: c·(c·b − y) is no thousandth of b − y.
    rng, slope, bias = np.random.default_rng(0), 1e-3, 1.0
    X, y = rng.random((40, 4)), rng.normal(size=40)
    steep, flat = (c * (c * bias - y) @ X / 40 for c in (1.0, slope))
    assert abs(np.linalg.norm(flat) / np.linalg.norm(steep) / slope - 1) > 0.2
    assert "zero bias" in CLAIMS["misconceptions.small-slope"].assumes[0]


# misconceptions.tanh-saturates


@given(st.floats(3, 300))
def test_no_point_beyond_three_has_a_steeper_tanh(z):
    slopes = (ACTIVATIONS[name].derivative(z) for name in ("tanh", "sigmoid"))
    tanh, sigmoid = slopes
    assert tanh <= 0.25 * sigmoid


def test_near_zero_tanh_is_the_steeper_one():
    assert ACTIVATIONS["tanh"].derivative(0.0) == 4 * ACTIVATIONS["sigmoid"].derivative(0.0)
    assert ACTIVATIONS["tanh"].derivative(1.0) > ACTIVATIONS["sigmoid"].derivative(1.0)


# misconceptions.zero-mean-activations


def test_zero_mean_needs_standard_normal_pre_activations():
    for name in ("tanh", "selu"):
        value = ACTIVATIONS[name].value
        assert abs(normal_expectation(lambda z, value=value: value(z + 0.5))) > 0.2
    selu = ACTIVATIONS["selu"].value
    assert abs(normal_expectation(lambda z: selu(2 * z))) > 0.1


def test_a_centered_sigmoid_has_mean_zero_and_is_not_in_the_list():
    # Why the sentence says of which twelve: the chapter on real networks trains σ − ½ as well.
    centered = ACTIVATIONS["sigmoid"].centered()
    assert abs(normal_expectation(centered.value)) < 1e-12
    assert centered.name not in ACTIVATIONS
    assert len(ACTIVATIONS) == 12


# The one-line counterexamples of the tables


def test_zero_mean_inputs_with_the_second_moment_of_positive_ones():
    both, one = np.array([[1.0, 2.0], [-1.0, -2.0]]), np.array([[1.0, 2.0]])
    assert (both.mean(axis=0) == 0).all()
    assert np.allclose(second_moment(both), second_moment(one))


def test_two_one_hot_inputs_have_a_round_bowl():
    assert condition_number(second_moment(np.eye(2))) == 1
    # With a bias their sum is a second bias: flat.
    assert condition_number(second_moment(np.eye(2), bias=True)) > 1e12


def test_batch_norm_and_relu_by_hand():
    z = batch_norm(np.array([[-1.0], [1.0]]))
    assert ACTIVATIONS["relu"].value(z).ravel().tolist() == [0.0, 1.0]


def test_layer_norm_by_hand():
    assert np.allclose(layer_norm([[0.0, 1.0], [0.0, 3.0]]), [[-1, 1], [-1, 1]])


def test_a_batch_of_two_with_mixed_signs_by_hand():
    total = 1 * np.array([1.0, 2.0]) - 1 * np.array([2.0, 1.0])
    assert total.tolist() == [-1.0, 1.0]


def test_beside_a_bias_the_zero_mean_of_one_example_and_its_mirror_image_helps_nothing():
    # Why the row says "can help".
    for X in ([[1.0, 2.0]], [[1.0, 2.0], [-1.0, -2.0]]):
        assert np.linalg.matrix_rank(second_moment(np.array(X), bias=True)) < 3


def test_two_alike_inputs_by_hand():
    assert condition_number([[2.0, 1.0], [1.0, 2.0]]) == pytest.approx(3.0)


def test_beside_a_bias_two_alike_inputs_have_another_ratio():
    # Why the landing page says "no bias" of its 9, too.
    pairs = np.array([[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 3.0]])
    assert condition_number(second_moment(pairs)) == pytest.approx(9.0)
    assert condition_number(second_moment(pairs, bias=True)) > 90
    assert "1 or 3 equally often, no bias: steepest to flattest is 9" in LANDING


def test_layer_norm_may_take_more_of_the_mean_than_what_features_share():
    # Why the landing page says that the rest can stay, and not that it does.
    X = np.array([[0.0, 1.0], [0.0, -3.0]])
    assert (X.mean(axis=0) - X.mean()).any()
    assert np.allclose(layer_norm(X).mean(axis=0), 0)
    assert "what all features share; the rest of the mean can stay" in LANDING


def test_inputs_above_zero_can_have_a_nearly_round_bowl():
    for small in (1e-2, 1e-4):
        kappa_ = condition_number(second_moment([[1.0, small], [small, 1.0]]))
        assert kappa_ == pytest.approx(1, abs=5 * small)


def test_correlated_inputs_of_the_same_variances_have_other_condition_numbers():
    covariance = np.array([[0.01, 0.09], [0.09, 1.0]])
    assert condition_number(covariance + np.diag([1.0, 0.0])) > 1.15
    assert condition_number(covariance) > 400


def test_scaling_unlike_inputs_to_one_size_can_make_the_bowl_narrower():
    # Why the row on Adam says that scaling can help, and not that it does.
    variances, means = np.array([0.11, 0.08, 0.1]), np.array([9.6, 9.5, 1.2])
    M = np.diag(variances) + np.outer(means, means)
    scale = np.diag(M) ** -0.5
    assert condition_number(M * np.outer(scale, scale)) > 1.4 * condition_number(M)
    page = Path(__file__).parents[2] / "book" / "misconceptions.md"
    assert "scaling can help" in page.read_text(encoding="utf-8")
