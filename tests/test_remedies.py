"""Normalizations against their defining properties, and the table of remedies against paths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcenter.descent import gradient_descent, tuning
from offcenter.remedies import (
    batch_norm,
    center,
    effects_of_methods,
    effects_on_inputs,
    layer_norm,
    newton_schulz,
    orthogonal,
    rms_norm,
    rounds_of_descent,
    subtract_over_features,
)


def features(rows=50, columns=6, seed=0):
    return np.random.default_rng(seed).normal(2.0, 3.0, (rows, columns))


def by_name(effects):
    return {effect.name: effect for effect in effects}


def test_center_removes_the_mean_of_each_feature_and_no_difference_of_examples():
    Z = features()
    assert np.allclose(center(Z).mean(axis=0), 0, atol=1e-14)
    assert np.allclose(np.diff(center(Z), axis=0), np.diff(Z, axis=0))


def test_batch_norm_is_blind_to_shift_and_scale_of_each_feature():
    Z = features()
    rng = np.random.default_rng(1)
    other = Z * rng.uniform(0.1, 9, 6) + rng.normal(size=6)
    assert np.allclose(batch_norm(Z), batch_norm(other))
    assert np.allclose(batch_norm(Z).std(axis=0), 1)


def test_layer_norm_is_blind_to_shift_and_scale_of_each_example():
    Z = features()
    rng = np.random.default_rng(2)
    other = Z * rng.uniform(0.1, 9, (50, 1)) + rng.normal(size=(50, 1))
    assert np.allclose(layer_norm(Z), layer_norm(other))
    assert np.allclose(layer_norm(Z).mean(axis=1), 0, atol=1e-14)


def test_subtracting_over_features_is_a_projection_that_weights_feel_from_the_other_side():
    Z, w = features(), np.random.default_rng(3).normal(size=6)
    once = subtract_over_features(Z)
    assert np.allclose(once.sum(axis=1), 0, atol=1e-13)
    assert np.allclose(subtract_over_features(once), once, atol=1e-14)
    assert np.allclose(once @ w, Z @ (w - w.mean()))


def test_layer_norm_is_batch_norm_of_the_transposed_matrix():
    Z = features()
    assert np.allclose(layer_norm(Z), batch_norm(Z.T).T)


def test_rms_norm_gives_all_examples_one_length_and_keeps_their_direction():
    Z = features()
    normed = rms_norm(Z)
    assert np.allclose(np.linalg.norm(normed, axis=1), np.sqrt(6))
    cosines = np.sum(normed * Z, axis=1) / (np.sqrt(6) * np.linalg.norm(Z, axis=1))
    assert np.allclose(cosines, 1)


@pytest.mark.parametrize("kappa", [1.5, 30.0, 400.0])
def test_rounds_of_descent_are_the_steps_of_the_path(kappa):
    values = np.geomspace(1 / kappa, 1.0, 7)
    best = tuning("gradient_descent", smallest=1 / kappa, largest=1.0)
    # A start of 1/√λ along each axis gives each the same share of the loss.
    path = gradient_descent(
        np.diag(values), values**-0.5, step_size=best.step_size, steps=int(10 * kappa)
    )
    assert rounds_of_descent(values) == path.steps_to(1e-3, measure="loss")


def test_rounds_of_descent_are_one_when_all_eigenvalues_are_equal():
    assert rounds_of_descent([0.3, 0.3]) == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_verdicts_hold_for_other_random_layers(seed):
    inputs = by_name(effects_on_inputs(seed=seed))
    nothing = inputs["nothing"]
    for name in ("center-activations", "center-both", "batch-after"):
        assert inputs[name].offset_share < 1e-20
        assert inputs[name].kappa < nothing.kappa / 10
        assert inputs[name].steps < nothing.steps / 10
    for name in ("center-data", "mean-only-before", "batch-before", "layer-before", "rms-after"):
        assert inputs[name].offset_share > 0.8
        assert inputs[name].kappa > 5 * inputs["center-activations"].kappa


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_methods_holds_for_other_random_layers(seed):
    raw = by_name(effects_of_methods(seed=seed))
    centered = by_name(effects_of_methods(centered=True, seed=seed))
    assert raw["kronecker"].steps == centered["kronecker"].steps == 1
    assert raw["orthogonalized"].steps < raw["muon"].steps < raw["heavy-ball"].steps / 2
    assert raw["heavy-ball"].steps < raw["adam"].steps < raw["gradient-descent"].steps
    assert centered["adam"].steps < raw["adam"].steps / 5


def test_centering_before_a_bias_is_mean_only_batch_norm():
    inputs = by_name(effects_on_inputs())
    # xW − mean(xW) = (x − mean x)W: the same pre-activations, up to rounding.
    assert inputs["center-data"].kappa == pytest.approx(inputs["mean-only-before"].kappa, rel=1e-9)


def test_both_tables_start_from_the_same_layer():
    nothing = by_name(effects_on_inputs())["nothing"]
    plain = by_name(effects_of_methods())["gradient-descent"]
    assert plain.kappa == pytest.approx(nothing.kappa, rel=1e-9)
    # Equal shares of the loss on average, and equal shares, differ a little.
    assert plain.steps == pytest.approx(nothing.steps, rel=0.15)


@pytest.mark.parametrize("norm", [center, batch_norm, layer_norm, rms_norm])
def test_bad_features_are_named(norm):
    with pytest.raises(ValueError, match="Z must have 2 dimension"):
        norm([1.0, 2.0])
    with pytest.raises(ValueError, match="Z must be finite"):
        norm([[1.0, np.nan]])


def test_features_that_do_not_vary_are_refused():
    with pytest.raises(ValueError, match="Z must vary: a feature has nothing left"):
        batch_norm([[1.0, 2.0], [1.0, 3.0]])
    with pytest.raises(ValueError, match="Z must vary: an example has nothing left"):
        layer_norm([[1.0, 1.0], [1.0, 3.0]])
    with pytest.raises(ValueError, match="Z must vary: an example has nothing left"):
        rms_norm([[0.0, 0.0], [1.0, 3.0]])


@given(
    value=st.floats(1e-100, 1e100),
    sign=st.sampled_from([-1, 1]),
    rows=st.integers(1, 3000),
    columns=st.integers(1, 3),
)
def test_equal_numbers_do_not_vary_whatever_their_mean_rounds_to(value, sign, rows, columns):
    Z = np.full((rows, columns), sign * value)
    for norm, features in ((batch_norm, Z), (layer_norm, Z.T)):
        with pytest.raises(ValueError, match="Z must vary"):
            norm(features)


def test_a_small_variation_beside_a_large_mean_is_one():
    Z = 1 + 1e-9 * features()
    assert np.allclose(batch_norm(Z), batch_norm(features()), atol=1e-5)


@given(st.floats(0, 12))
def test_rounds_of_two_eigenvalues_are_those_of_the_rate(power):
    kappa = 10.0**power
    # Both are kept by (κ − 1)/(κ + 1) a step, which is −2 artanh(1/κ) in logarithms.
    with np.errstate(divide="ignore"):
        expected = np.log(1e-3) / (-4 * np.arctanh(1 / kappa))
    rounds = rounds_of_descent([1 / kappa, 1.0])
    assert rounds == pytest.approx(max(expected, 1), rel=1e-3, abs=1)


@given(st.floats(12.01, 300))
def test_rounds_that_rounding_would_count_are_refused(power):
    with pytest.raises(ValueError, match=r"eigenvalues must have .* at most 1e\+12"):
        rounds_of_descent([10.0**-power, 1.0])


def test_newton_schulz_brings_singular_values_near_one_and_turns_nothing():
    rng = np.random.default_rng(0)
    left, right = (np.linalg.qr(rng.standard_normal((k, 6)))[0] for k in (9, 6))
    G = left * np.geomspace(0.02, 0.9, 6) @ right.T
    sizes = np.linalg.svd(newton_schulz(G), compute_uv=False)
    assert 0.65 < sizes.min() < sizes.max() < 1.22
    # UᵀNS(G)V stays diagonal.
    turned = left.T @ newton_schulz(G) @ right
    assert np.allclose(turned, np.diag(np.diag(turned)), atol=1e-12)


def test_newton_schulz_maps_each_singular_value_by_its_polynomial():
    sizes = np.geomspace(0.01, 1, 400)
    mapped = sizes
    for _ in range(5):
        mapped = 3.4445 * mapped - 4.7750 * mapped**3 + 2.0315 * mapped**5
    assert 0.68 < mapped.min() < mapped.max() < 1.21
    G = np.diag(sizes[::40])
    by_matrix = np.diag(newton_schulz(G))
    scaled = sizes[::40] / np.linalg.norm(sizes[::40])
    for _ in range(5):
        scaled = 3.4445 * scaled - 4.7750 * scaled**3 + 2.0315 * scaled**5
    assert np.allclose(by_matrix, scaled)


def test_a_zero_gradient_has_no_direction():
    with pytest.raises(ValueError, match="G must not be zero"):
        newton_schulz(np.zeros((2, 3)))


def test_orthogonal_steps_move_all_directions_alike():
    H, W = np.diag([1.0, 10.0, 100.0]), np.eye(3)
    moved, _ = orthogonal(lambda V: H @ V, W, None, 0.5)
    assert np.allclose(np.linalg.svd(W - moved, compute_uv=False), 0.5)


def test_bad_arguments_of_rounds_and_effects_are_named():
    with pytest.raises(ValueError, match="eigenvalues must be above 0"):
        rounds_of_descent([1.0, 0.0])
    with pytest.raises(ValueError, match="goal must be above 0 and below 1"):
        rounds_of_descent([1.0], goal=1.0)
    for effects in (effects_on_inputs, effects_of_methods):
        with pytest.raises(ValueError, match="seed must be at least 0"):
            effects(seed=-1)
