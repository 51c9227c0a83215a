"""Counterexamples to what answers on "Today" once said too broadly."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import before_fold, whole

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.layers import report
from offcenter.remedies import batch_norm, layer_norm, rms_norm
from offcenter.spectrum import (
    condition_number,
    offset_share,
)


@pytest.mark.parametrize("seed", range(20))
def test_the_mean_of_relu_is_smaller_for_its_spread_than_that_of_the_sigmoid(seed):
    rng = np.random.default_rng(seed)
    sums = rng.uniform(-3, 3) + 10 ** rng.uniform(-1, 1) * rng.standard_t(2, 50)
    sums[0] = 1.0
    relu, sigmoid = (offset_share(ACTIVATIONS[n].value(sums)[:, None]) for n in ("relu", "sigmoid"))
    assert relu < sigmoid


@pytest.mark.parametrize("seed", range(10))
def test_behind_batch_norm_neither_outputs_nor_gradients_see_the_mean_and_behind_others_both(seed):
    rng = np.random.default_rng(seed)
    X, W, up = rng.random((12, 5)), rng.standard_normal((5, 3)), rng.standard_normal((12, 3))
    shift = 10 * rng.random(5)

    def run(X, norm, step=1e-5):
        loss = lambda W: np.sum(up * np.maximum(norm(X @ W), 0) ** 2)  # noqa: E731
        slopes = [
            (loss(W + step * E) - loss(W - step * E)) / (2 * step)
            for E in np.eye(15).reshape(15, 5, 3)
        ]
        return norm(X @ W), np.array(slopes)

    for norm, blind in ((batch_norm, True), (layer_norm, False), (lambda s: s, False)):
        (one, slopes), (other, moved) = run(X, norm), run(X + shift, norm)
        assert np.allclose(one, other) == blind
        assert np.allclose(slopes, moved, atol=1e-4) == blind
    assert "batch norm cancels it for the weights just before it" in before_fold("still-matters")
    assert "the *next* batch norm, after the next weights, cancels it" in before_fold(
        "still-matters"
    )
    assert "The mean drops out of the gradient, too" in whole("still-matters")


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_no_step_sizes_of_single_weights_make_three_to_one_smaller(one, other):
    scale = np.sqrt([one, other])
    a = np.array(list(itertools.product((0.0, 1.0), repeat=2)))
    H = a.T @ a / 4 * np.outer(scale, scale)
    assert condition_number(H) >= 3 * (1 - 1e-9)
    assert "no fixed learning rates per weight bring the ratio below" in before_fold(
        "still-matters"
    )


@pytest.mark.parametrize("seed", range(10))
def test_behind_the_subtraction_zeros_and_ones_act_like_minus_and_plus_a_half(seed):
    rng = np.random.default_rng(seed)
    a = np.array(list(itertools.product((0.0, 1.0), repeat=2)))
    y, w = rng.standard_t(2, 4), rng.standard_normal(2)

    def loss(w, inputs):
        sums = inputs @ w
        return np.mean((sums - sums.mean() - y) ** 2) / 2

    def plain(w):
        return np.mean(((a - 0.5) @ w - y) ** 2) / 2

    assert loss(w, a) == pytest.approx(plain(w))
    # So gradients and curvatures agree, too: ¼ in whatever direction.
    d = rng.standard_normal(2)
    d /= np.linalg.norm(d)
    bend = loss(w + d, a) - 2 * loss(w, a) + loss(w - d, a)
    assert bend == pytest.approx(0.25)
    # Of three of the four cases the mean is another.
    assert a[1:].mean() != 0.5
    assert "With all four cases in the batch" in before_fold("still-matters")


def test_layer_norm_and_rms_norm_can_leave_a_feature_positive_in_all_examples():
    X = np.random.default_rng(0).standard_normal((100, 4)) + np.array([9, 0, 0, 0])
    assert (X[:, 0] > 0).all()
    assert (layer_norm(X)[:, 0] > 0).all()
    assert (rms_norm(X)[:, 0] > 0).all()
    assert "a feature positive in all examples can stay so" in before_fold("still-matters")
    assert "before its learned scale, what is positive stays positive" in whole("still-matters")


def test_batch_norm_after_the_weights_leaves_unequal_scales_and_a_shift_at_padded_borders():
    rng = np.random.default_rng(0)
    signal, kernel = rng.standard_normal((6, 8)), rng.standard_normal(3)

    def normed(rows, padding):
        rows = np.pad(rows, ((0, 0), (padding, padding)))
        sums = np.array([np.correlate(row, kernel, "valid") for row in rows])
        return (sums - sums.mean()) / sums.std()

    assert np.allclose(normed(signal, 0), normed(signal + 5, 0))
    assert np.abs(normed(signal, 1) - normed(signal + 5, 1)).max() > 0.5
    X = rng.standard_normal((50, 2))
    # A scale of one input changes what comes out, and one of all inputs does not.
    w = np.array([[1.0], [1.0]])
    assert np.allclose(batch_norm(X @ w), batch_norm(10 * X @ w))
    assert np.abs(batch_norm(X @ w) - batch_norm(X * [1, 10] @ w)).max() > 0.5
    assert "undoes no unequal scales, nor a shift at zero-padded borders" in before_fold(
        "still-matters"
    )


def test_in_the_table_the_mean_before_the_last_layer_costs_most_of_the_steps():
    numbers = CLAIMS["networks.convolution"].result().numbers
    for method in ("full", "adam"):
        for raw, centered in (("plain", "output"), ("norm", "norm_output")):
            assert numbers[f"{method}_{centered}"] < numbers[f"{method}_{raw}"] / 2
        assert numbers[f"{method}_norm"] == numbers[f"{method}_norm_centered"]
    assert numbers["adam_norm"] > numbers["adam_plain"]
    text = before_fold("still-matters")
    assert "With batch norm the pixels' mean cost nothing" in text
    assert "ReLU's mean cost most of the steps, even with Adam" in text
    assert "the table cannot tell why Adam was slower with it" in text


def _four(mean, deviations):
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=2)))
    return mean + signs * deviations


def test_centering_along_the_steepest_direction_can_take_less_off_the_largest_curvature():
    mean = np.array([3.0, 0.0])
    X = _four(mean, np.sqrt([1.0, 5.0]))
    row = report({"x": X}).rows[0]
    assert row.top_cosine == pytest.approx(1)
    largest = [np.linalg.eigvalsh(Z.T @ Z / 4)[-1] for Z in (X, X - mean)]
    assert largest[0] - largest[1] < 0.6 * (mean @ mean)


def test_a_mean_in_one_feature_of_many_is_nearly_at_right_angles_to_the_ones():
    X = np.zeros((2, 576))
    X[:, 0] = 1, 2
    assert abs(report({"x": X}).rows[0].ones_cosine) < 0.05


def test_an_error_without_a_layer_names_none():
    with pytest.raises(ValueError, match="at least one layer"):
        report({})


def test_few_inputs_have_a_useful_batch_far_below_one_over_the_share():
    m, v, n = 0.1, 0.99, 10
    share = m**2 / (m**2 + v)
    useful = n * (m**2 + v) / (v + n * m**2)
    assert useful < 0.1 / share


def test_a_small_share_can_hide_a_feature_of_which_nearly_all_is_its_mean():
    X = _four([0.0, 10.0], [1000.0, 0.1])
    assert report({"x": X}).rows[0].offset_share < 1e-3
    assert X[:, 1].mean() ** 2 / (X[:, 1] ** 2).mean() > 0.999


def test_an_example_with_the_error_zero_has_no_signs_to_mix():
    x, w, label = np.array([4.0, -3.0]), np.array([1.0, 1.0]), 1.0
    assert not ((w @ x - label) * x).any()
    assert "each gradient δx with δ ≠ 0 has mixed signs" in before_fold("language-models")
