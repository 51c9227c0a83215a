"""Counterexamples to what answers on "Today" once said too broadly."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import before_fold

from offcenter.activations import ACTIVATIONS
from offcenter.layers import report
from offcenter.remedies import batch_norm, layer_norm
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
    assert "drops out of the gradient, too" in before_fold("still-matters")


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_no_step_sizes_of_single_weights_make_nine_to_one_smaller(one, other):
    scale = np.sqrt([one, other])
    H = np.array([[5.0, 4.0], [4.0, 5.0]]) * np.outer(scale, scale)
    assert condition_number(H) >= 9 * (1 - 1e-9)
    assert "brings the ratio below" in before_fold("still-matters")


def test_layer_norm_can_leave_a_feature_positive_in_all_examples():
    X = np.random.default_rng(0).standard_normal((100, 4)) + np.array([9, 0, 0, 0])
    assert (X[:, 0] > 0).all()
    assert (layer_norm(X)[:, 0] > 0).all()
    assert "positive in all examples can stay so" in before_fold("still-matters")


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
