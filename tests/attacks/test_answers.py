"""Counterexamples to sentences of the answers that once said more than holds."""

import inspect
import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.examples import EXAMPLES
from offcenter.experiment import MAIN, SIZES, network_of, races, seeds, split, start
from offcenter.layers import report
from offcenter.network import (
    Convolution,
    Family,
    Images,
    Problem,
    forward,
    initialize,
    race,
    stack,
)
from offcenter.remedies import batch_norm, layer_norm, rms_norm
from offcenter.signs import shortest_way
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    mean_cosine,
    offset_share,
    with_bias,
)
from offcenter.today import _optimizer_race


def _bits(p, *, scale=1.0, covariance=None, bias=False):
    """κ of bits that are on with chances p, coded 0/1, or ±1 with the scale 2."""
    p = np.asarray(p, dtype=float)
    C = scale**2 * (np.diag(p * (1 - p)) if covariance is None else np.asarray(covariance))
    mean = p if scale == 1 else 2 * p - 1
    return condition_number(with_bias(C, mean) if bias else C + np.outer(mean, mean))


# adam, mini-batches


def test_a_large_weight_decay_makes_the_bowl_rounder():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])
    assert condition_number(H + 7 * np.eye(2)) == pytest.approx(2)


def test_a_batch_of_negated_inputs_can_have_one_sign():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    Z, errors = X * [1, -1], X @ [0.5, -0.5]
    assert (errors[:, None] * Z).prod(axis=1).max() <= 0
    assert np.allclose(Z.T @ errors / 4, [0.5, 0.5])


# binary-codes


def test_without_a_bias_subtracting_the_mean_can_make_bits_worse():
    p = np.array([0.5, 0.99])
    assert _bits(p) < 0.3 * condition_number(np.diag(p * (1 - p)))


def test_without_a_bias_fair_bits_can_be_better_as_zero_and_one():
    covariance = [[0.25, -0.2], [-0.2, 0.25]]
    assert _bits([0.5, 0.5], covariance=covariance) < 1.3
    assert _bits([0.5, 0.5], covariance=covariance, scale=2) == pytest.approx(9)
    assert _bits([0.5, 0.5], covariance=covariance, bias=True) > _bits(
        [0.5, 0.5], covariance=covariance, scale=2, bias=True
    )


@pytest.mark.parametrize("n", [1, 2, 100])
@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
def test_a_bias_never_lowers_the_condition_number(n, p):
    for mean, variance in ((p, p * (1 - p)), (2 * p - 1, 4 * p * (1 - p))):
        plain = iid_condition_number(n, mean, variance) if n > 1 else 1.0
        assert iid_condition_number(n, mean, variance, bias=True) >= plain * (1 - 1e-12)


def test_with_a_bias_the_mean_of_rare_bits_costs_a_smaller_factor():
    plain = iid_condition_number(100, 0.05, 0.0475)
    biased, centered = (iid_condition_number(100, m, 0.0475, bias=True) for m in (0.05, 0.0))
    assert biased / centered < 2 < 6 < plain


# condition-number


@pytest.mark.parametrize("seed", range(20))
def test_no_start_needs_more_steps_than_the_slowest_of_its_condition_number(seed):
    rng = np.random.default_rng(seed)
    kappa, n = 10 ** rng.uniform(0.1, 3), rng.integers(2, 9)
    values = np.r_[1.0, rng.uniform(1, kappa, n - 2), kappa] * 10 ** rng.uniform(-3, 3)
    factors = 1 - 2 / (values.min() + values.max()) * values
    start = rng.standard_t(1, n)
    most = int(np.ceil(np.log(100) / 2 * kappa))
    assert np.linalg.norm(factors**most * start) <= 0.01 * np.linalg.norm(start) * (1 + 1e-9)


def test_the_ratio_alone_counts_and_not_with_the_step_size_of_another_loss():
    for scale in (1.0, 100.0):
        assert max(abs(1 - 0.2 / scale * scale * np.array([9.0, 1.0]))) == pytest.approx(0.8)
    assert abs(1 - 0.2 * 100 * 9) > 1


def test_a_start_or_a_goal_that_does_not_need_the_flat_direction_does_not_wait_for_it():
    curvatures = np.array([9.0, 1.0])
    assert np.allclose((1 - curvatures / 9) * [1, 0], 0)
    curvatures = np.array([1e4, 1.0])
    after = 1 - curvatures / 1e4
    assert curvatures @ after**2 < 0.01 * curvatures.sum()


def test_numpy_says_the_root_and_more_than_all_for_dependent_inputs():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    X1 = np.column_stack([X, np.ones(4)])
    assert np.linalg.cond(X1) ** 2 == pytest.approx(condition_number(X1.T @ X1 / 4))
    assert np.linalg.cond(np.column_stack([X1, X[:, 0]])) > 1e12


# covariance


def test_a_shift_can_leave_the_curvature_as_it_was():
    x = np.array([1.0, 3.0])
    assert np.mean(x**2) == np.mean((x - 2 * x.mean()) ** 2)


def test_a_mean_along_a_flat_direction_leaves_the_largest_curvature():
    C, mean = np.diag([9.0, 1.0]), np.array([0.0, 1.0])
    assert np.linalg.eigvalsh(C + np.outer(mean, mean))[-1] == pytest.approx(9)


# dummy-variables, invert-curvature, momentum-oscillation, unit-variance


@pytest.mark.parametrize(
    ("curvatures", "part"), [((9, 1), 0.975), ((100, 1), 0.99), ((0.9, 0.09, 0.01), 0.9925)]
)
def test_the_step_size_of_the_long_run_is_not_the_one_of_fewest_steps(curvatures, part):
    best = 2 / (max(curvatures) + min(curvatures))

    def steps(eta):
        factors = 1 - eta * np.array(curvatures)
        return next(k for k in itertools.count() if np.sqrt(np.mean(factors ** (2 * k))) <= 0.01)

    assert steps(part * best) < steps(best)


# loss-oscillates, steepest-direction, two-zigzags


@pytest.mark.parametrize("seed", range(20))
def test_below_its_limit_a_bowl_is_descended_at_every_step_and_above_it_not(seed):
    rng = np.random.default_rng(seed)
    curvatures, start = 10 ** rng.uniform(-2, 2, 5), rng.standard_t(1, 5)
    limit = 2 / curvatures.max()
    for part in (0.3, 0.9, 0.999):
        d = start * (1 - part * limit * curvatures) ** np.arange(50)[:, None]
        assert (np.diff(d**2 @ curvatures) < 0).all()
    d = start * (1 - 1.1 * limit * curvatures) ** np.arange(300)[:, None]
    assert np.diff(d**2 @ curvatures)[-1] > 0


@pytest.mark.parametrize("seed", range(20))
def test_gradient_of_a_bowl_is_within_the_angle_of_its_condition_number(seed):
    rng = np.random.default_rng(seed)
    curvatures, d = 10 ** rng.uniform(-1, 1, 4), rng.standard_normal(4)
    g, kappa = curvatures * d, curvatures.max() / curvatures.min()
    cosine = g @ d / (np.linalg.norm(g) * np.linalg.norm(d))
    assert cosine >= 2 * np.sqrt(kappa) / (1 + kappa) > 0


def test_gradient_of_one_example_can_point_away_from_the_minimum_of_all():
    # x = 1 with the targets 0 and 4: the minimum is 2, and at 1 the first wants less.
    w, targets = 1.0, np.array([0.0, 4.0])
    assert (w - targets).mean() < 0 < w - targets[0]


def test_single_examples_need_not_zigzag_in_small_steps_and_averages_can_be_one_signed():
    X = np.array([[2.0, 1.0], [1.0, 2.0]])
    inward = -(X @ -np.array([1.0, 1.0]))[:, None] * X
    assert (inward > 0).all()
    assert (inward.mean(axis=0) > 0).all()


def test_another_direction_than_the_gradient_can_lower_the_loss_more_in_a_short_step():
    H, d = np.array([1.0, 9.0]), np.array([9.0, 1.0])
    turns = np.radians(np.arange(0, 360, 0.1))
    ways = np.column_stack([np.cos(turns), np.sin(turns)])
    for length in (0.1, 1.0):
        against = d - length * H * d / np.linalg.norm(H * d)
        assert ((d + length * ways) ** 2 @ H).min() < against**2 @ H
    assert "at the *start* of a step" in _before_fold("steepest-direction")


def test_descent_in_the_bowl_can_turn_once_and_then_go_straight():
    H, places = np.array([1.0, 9.0]), [np.array([9.0, 1.0])]
    for _ in range(50):
        places.append(places[-1] - H * places[-1] / 9)
    steps = np.diff(places, axis=0)
    assert not steps[1:, 1].any()
    assert steps[0] @ steps[1] < 0.99 * np.linalg.norm(steps[0]) * np.linalg.norm(steps[1])
    assert "With steps to the lowest point of each line" in _before_fold("steepest-direction")


def test_slopes_are_curvature_times_distance_along_the_axes_of_the_bowl_and_not_of_the_weights():
    H, d = np.array([[5.0, 4.0], [4.0, 5.0]]), np.array([1.0, 2.0])
    assert not np.allclose(H @ d, np.diag(H) * d)
    values, axes = np.linalg.eigh(H)
    assert np.allclose(axes.T @ H @ d, values * (axes.T @ d))
    assert "the slope along each of its axes is" in _before_fold("steepest-direction")


def test_below_the_limit_momentum_and_batches_can_raise_the_loss_of_all_data():
    w, v, losses = 1.0, 0.0, []
    for _ in range(20):
        losses.append(w**2 / 2)
        v = 0.9 * v - 0.5 * w
        w += v
    assert max(np.diff(losses)) > 0
    # One example a step: x = 1 with the targets ±1, of which the minimum is 0.
    for eta, swings in ((0.5, True), (0.05, False)):
        w, losses = 0.0, []
        for target in [1.0, 1.0, -1.0, -1.0] * 10:
            losses.append(w**2 / 2)
            w -= eta * (w - target)
        assert (max(np.diff(losses)) > 0.01) == swings
    text = _before_fold("loss-oscillates")
    assert "each plain full-batch step" in text
    assert "too large for the steepness or batches" in text


def test_a_mean_of_mixed_signs_makes_the_loss_steep_where_the_weights_move_apart():
    X = np.array(list(itertools.product((1.0, 3.0), (-1.0, -3.0))))
    steep = np.linalg.eigh(X.T @ X / 4)[1][:, -1]
    assert steep[0] * steep[1] == pytest.approx(-0.5)
    assert "A large mean of the inputs makes the loss steep in its direction" in _before_fold(
        "loss-oscillates"
    )


# batch-norm-fixes


def test_tanh_behind_batch_norm_leaves_no_mean_of_symmetric_sums():
    sums = np.array([[-1.0], [-3.0], [3.0], [1.0]]) + 2
    read = np.tanh(batch_norm(sums))
    assert abs(read.mean()) < 1e-12
    assert "the activations stay off center" not in _before_fold("batch-norm-fixes")


# still-matters


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
    assert "drops out of the gradient, too" in _before_fold("still-matters")


@pytest.mark.parametrize("seed", [7, 8])
def test_from_the_usual_weights_mean_and_slope_both_count(seed):
    # Why the pages have two rows: other starts than theirs, here with 400 digits.
    steps, data = {}, split(seed, examples=400)
    X, targets = data.inputs - data.inputs.mean(axis=0), np.eye(10)[data.labels]
    problem = Problem(X[None], targets[None])
    for name, less in (("sigmoid", 0.0), ("sigmoid", 0.5), ("tanh", 0.0)):
        drawn = stack([initialize(SIZES, activation=name, rng=np.random.default_rng(seed))])
        how = {"step_sizes": 2.0 ** np.arange(-1, 6), "targets": (0.1,)}
        steps[name, less] = race(Family(SIZES, name, less), drawn, problem, problem, **how).fewest[
            0, 0
        ]
    plain, centered, tanh = steps.values()
    assert plain > 2 * centered > 4 * tanh
    assert plain - centered > centered - tanh
    assert plain / centered < centered / tanh
    assert "In both the mean cost most steps" in _before_fold("sigmoid-worst")
    assert "still takes several times those of tanh" in _before_fold("shifted-sigmoid")


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_no_step_sizes_of_single_weights_make_nine_to_one_smaller(one, other):
    scale = np.sqrt([one, other])
    H = np.array([[5.0, 4.0], [4.0, 5.0]]) * np.outer(scale, scale)
    assert condition_number(H) >= 9 * (1 - 1e-9)
    assert "brings the ratio below" in _before_fold("still-matters")


def test_layer_norm_can_leave_a_feature_positive_in_all_examples():
    X = np.random.default_rng(0).standard_normal((100, 4)) + np.array([9, 0, 0, 0])
    assert (X[:, 0] > 0).all()
    assert (layer_norm(X)[:, 0] > 0).all()
    assert "positive in all examples can stay so" in _before_fold("still-matters")


# layer-norm-mean


def test_the_division_can_remove_a_mean_at_right_angles_to_the_ones():
    X = np.array([[4.0, -4.0], [-2.0, 2.0]])
    assert np.allclose(X.mean(axis=0), [1, -1])
    assert np.allclose(layer_norm(X).mean(axis=0), 0)


# negative-pre-activations


def test_symmetric_weights_of_two_values_are_negative_on_less_than_half():
    sums = [sum(w) for w in itertools.product((-1, 1), repeat=2)]
    assert np.mean(np.array(sums) < 0) == 0.25


def test_symmetric_weights_of_two_values_can_have_independent_signs():
    signs = [(a + 0.01 * b > 0, 0.01 * a + b > 0) for a in (-1, 1) for b in (-1, 1)]
    assert len(set(signs)) == 4


# own-network, your-network


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


# glossary


def test_few_inputs_have_a_useful_batch_far_below_one_over_the_share():
    m, v, n = 0.1, 0.99, 10
    share = m**2 / (m**2 + v)
    useful = n * (m**2 + v) / (v + n * m**2)
    assert useful < 0.1 / share


# subtract-after-relu


def test_no_bias_makes_up_for_a_constant_at_a_padded_border():
    a, w, c = np.array([0.5, 2.0, 1.0]), np.array([1.0, 2.0, 3.0]), 0.5
    change = np.convolve(a - c, w, "same") - np.convolve(a, w, "same")
    assert change[0] != change[1]
    assert np.ptp(np.convolve(a - c, w, "valid") - np.convolve(a, w, "valid")) == 0


# targets


def test_with_many_inputs_near_one_adam_finds_a_mean_sooner_than_by_the_bias_alone():
    def steps(inputs):
        x = np.append(np.ones(inputs), 1.0)
        w, first, second = np.zeros(inputs + 1), np.zeros(inputs + 1), np.zeros(inputs + 1)
        for step in itertools.count(1):
            gradient = (x @ w - 100) * x
            first = 0.9 * first + 0.1 * gradient
            second = 0.999 * second + 0.001 * gradient**2
            mean, square = first / (1 - 0.9**step), second / (1 - 0.999**step)
            w = w - 0.1 * mean / (np.sqrt(square) + 1e-8)
            if abs(x @ w - 100) < 1:
                return step

    assert steps(100) < 0.1 * steps(0)


# why-zigzag


def test_a_goal_above_in_every_weight_can_need_steps_down():
    up, down = np.linalg.solve(np.array([[2.0, 1.0], [1.0, 2.0]]).T, [3.0, 0.1])
    assert up > 0 > down


def test_inputs_of_both_signs_can_zigzag_as_positive_ones_do():
    def errors(sign):
        w, found = np.zeros(2), []
        for step in range(4):
            x = np.array([(2.0, 1.0), (1.0, 2.0)][step % 2]) * [1, sign]
            found.append(x @ (w - [1, -sign]))
            w = w - 0.2 * found[-1] * x
        return found

    assert errors(1) == errors(-1)
    assert list(np.sign(errors(-1))) == [-1, 1, -1, 1]


# reach


def test_legs_on_which_each_weight_moves_are_longer_than_the_root_of_two():
    # To (1, −1): up by (1 + s, t), down by (s, 1 + t).
    def ratio(s, t):
        return (np.hypot(1 + s, t) + np.hypot(s, 1 + t)) / np.sqrt(2)

    assert ratio(0, 0) == pytest.approx(np.sqrt(2))
    assert min(ratio(s, t) for s in (1e-3, 0.1, 1) for t in (1e-3, 0.1, 1)) > np.sqrt(2)
    assert ratio(1e-9, 1e-9) == pytest.approx(np.sqrt(2))


# own-network


def test_a_small_share_can_hide_a_feature_of_which_nearly_all_is_its_mean():
    X = _four([0.0, 10.0], [1000.0, 0.1])
    assert report({"x": X}).rows[0].offset_share < 1e-3
    assert X[:, 1].mean() ** 2 / (X[:, 1] ** 2).mean() > 0.999


# positive-activations


def test_positive_outputs_of_a_large_spread_cost_next_to_nothing():
    # exp(3z) for a standard normal z.
    mean, square = np.exp(4.5), np.exp(18)
    assert 1 < iid_condition_number(10, mean, square - mean**2) < 1.01


def test_a_gradient_vanishes_in_linear_layers_of_small_weights():
    assert np.prod(np.full(5, 0.25)) < 0.001


# subtract-after-relu


def test_a_unit_that_fires_in_one_of_ten_can_gain_by_the_usual_constant():
    outputs, constant = np.array([5.0] + [0.0] * 9), 0.399
    assert abs(outputs.mean() - constant) < outputs.mean()


# step-size-limit


@pytest.mark.parametrize(("curvature", "stays"), [(4.2, True), (6.0, False)])
def test_a_curvature_that_can_fall_saves_a_step_near_the_edge_and_not_far_above(curvature, stays):
    a, far = 0.2, 0.0
    for _ in range(200):
        a, curvature = a - curvature * a / 2, curvature - a**2 / 4
        far = max(far, abs(a))
        if far > 1e6:
            break
    assert (far < 1) == stays


# leaky-relu-gelu


def _silu(s):
    return s / (1 + np.exp(-s))


@pytest.mark.parametrize("size", [0.01, 1.0, 30.0])
def test_symmetric_sums_leave_a_positive_mean_and_others_can_leave_a_negative_one(size):
    assert _silu(np.array([-size, size])).mean() > 0
    assert _silu(np.array([-size, size]) - 2 * size).mean() < 0


# gamma-and-beta


def test_another_loss_couples_scale_and_shift():
    z = np.array([-1.0, 1.0, 1.0, -1.0])
    p = 1 / (1 + np.exp(-(2 * z + 1)))
    assert abs(np.mean(p * (1 - p) * z)) > 0.05
    assert np.mean(z) == 0


# imagenet-mean


@pytest.mark.parametrize(("c", "helps"), [(0.05, True), (0.19, True), (0.21, False), (-0.1, False)])
def test_a_foreign_mean_helps_between_nothing_and_twice_the_own(c, helps):
    m, s = 0.1, 0.05
    shares = [(m - k) ** 2 / ((m - k) ** 2 + s**2) for k in (0, c)]
    assert (shares[1] < shares[0]) == helps


def test_weights_and_bias_of_the_first_layer_can_make_up_for_other_numbers():
    x, w, b = np.array([0.05, 0.15, 0.6]), 2.0, 0.3
    theirs, own = (x - 0.5) / 0.25, (x - 0.1) / 0.05
    ratio = 0.05 / 0.25
    assert np.allclose(w * theirs + b, w * ratio * own + b + w * (0.1 - 0.5) / 0.25)


# tanh-or-sigmoid


def _whole(name):
    page = Path(__file__).resolve().parents[2] / "book" / "answers" / f"{name}.md"
    return " ".join(page.read_text(encoding="utf-8").split())


def _before_fold(name):
    return _whole(name).partition("```{answer-fold}")[0]


def test_the_slope_of_tanh_is_four_times_that_of_the_sigmoid_at_zero_and_smaller_far_out():
    slopes = [
        [ACTIVATIONS[name].derivative(np.array(s)).item() for name in ("tanh", "sigmoid")]
        for s in (0.0, 3.0)
    ]
    assert slopes[0][0] == pytest.approx(4 * slopes[0][1])
    assert slopes[1][0] < 0.25 * slopes[1][1]
    assert "at 0 its slope is four times as large" in _before_fold("tanh-or-sigmoid")


@pytest.mark.parametrize("seed", range(10))
def test_a_tanh_network_can_be_rewritten_with_sigmoids_of_at_most_a_quarter_slope(seed):
    rng = np.random.default_rng(seed)
    sizes = (4, 7, 3, 2)
    layers = [
        (rng.normal(0, 2, (out, into)), rng.normal(0, 2, out))
        for into, out in itertools.pairwise(sizes)
    ]
    sigmoid = ACTIVATIONS["sigmoid"]
    a = b = rng.normal(0, 3, (4, 20))
    for place, (W, bias) in enumerate(layers):
        hidden = place < len(layers) - 1
        # tanh(s) = 2σ(2s) − 1: behind σ twice the weights, and the bias takes the −1.
        V, shift = (W, bias) if place == 0 else (2 * W, bias - W.sum(axis=1))
        s, t = W @ a + bias[:, None], V @ b + shift[:, None]
        assert np.allclose(s, t)
        assert sigmoid.derivative(2 * t).max() <= 0.25
        a, b = (np.tanh(s), sigmoid.value(2 * t)) if hidden else (s, t)
    text = _before_fold("tanh-or-sigmoid")
    assert "fully connected networks with tanh can be rewritten with sigmoids" in text
    assert "The sigmoid's is at most ¼" in text


def test_moving_an_activation_changes_the_mean_and_no_slope():
    s = np.linspace(-4, 4, 161)
    for name, shift in (("sigmoid", -0.5), ("tanh", 1.0)):
        phi = ACTIVATIONS[name]
        moved = np.gradient(phi.value(s) + shift, s)
        assert np.allclose(moved, np.gradient(phi.value(s), s))
    # Sums away from 0 give tanh a mean, and with it a ratio.
    outputs = np.tanh(np.array([0.0, 2.0]))
    assert iid_condition_number(2, outputs.mean(), outputs.var()) > 2
    assert "Moving σ down or tanh up leaves its slope" in _whole("tanh-or-sigmoid")
    assert "its outputs lie around 0 if its sums do" in _before_fold("tanh-or-sigmoid")


def test_a_confidently_wrong_output_learns_by_cross_entropy_and_hardly_by_squares():
    for s in (-4.0, -10.0, -30.0):
        p = ACTIVATIONS["sigmoid"].value(np.array(s)).item()
        step = 1e-4
        loss = [np.logaddexp(0, -(s + d)) for d in (-step, step)]
        assert (loss[1] - loss[0]) / (2 * step) == pytest.approx(p - 1, abs=1e-6)
        assert abs(p - 1) > 0.98
        assert abs((p - 1) * p * (1 - p)) < 0.02
    assert "so a confidently wrong unit still learns" in _before_fold("tanh-or-sigmoid")


# why-zigzag


def test_the_way_along_two_examples_is_at_least_the_sizes_of_the_only_multiples():
    # Ups and downs along (2, 1) leave 1 of it, and along (1, 2) leave −1.
    X = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert np.linalg.solve(X.T, [1.0, -1.0]) == pytest.approx([1, -1])
    assert np.linalg.norm(X, axis=1).sum() == pytest.approx(EXAMPLES["paths-zigzag"]().least)
    alike = np.array([[1.0, 0.9], [0.9, 1.0]])
    assert np.linalg.solve(alike.T, [1.0, -1.0]) == pytest.approx([10, -10])
    assert "ten times one minus ten times the other" in _before_fold("why-zigzag")


def test_a_full_batch_can_go_up_and_down_in_turn_from_another_start():
    # Outside: why the page says "here, at the start" of a batch.
    X, d, signs = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -0.5]), []
    for _ in range(3):
        gradient = X.T @ X @ d
        signs.append(np.sign(gradient))
        d = d - gradient / 5
    np.testing.assert_array_equal(signs, [[1, 1], [-1, -1], [1, 1]])
    assert "Here, at the start, the gradients are" in _before_fold("why-zigzag")


def test_examples_that_are_more_alike_need_not_lengthen_the_way_to_another_goal():
    for x in ([1.0, 2.0], [1.8, 1.2], [1.99, 1.01]):
        assert np.linalg.solve(np.array([[2.0, 1.0], x]).T, [2.0, 1.0]) == pytest.approx([1, 0])
    assert "The more alike" not in _before_fold("why-zigzag")


def test_the_average_of_standard_deviations_leaves_out_how_images_differ_in_brightness():
    images = np.array([[0.1, 0.3], [0.6, 0.8]])
    assert images.std(axis=1).mean() == pytest.approx(0.1)
    assert images.std() > 0.2
    assert "smaller than that of all pixels together if" in _before_fold("imagenet-mean")


# gamma-and-beta


def test_the_best_step_size_of_the_long_run_can_take_twice_the_steps_of_the_best_one():
    A, y = np.array([[9.0, 1.0], [11.0, 1.0]]), np.array([3.0, 7.0])

    def steps(eta):
        values, vectors = np.linalg.eigh(A.T @ A / 2)
        parts = np.sqrt(values) * (vectors.T @ (np.array([1.0, -10.0]) - np.linalg.solve(A, y)))
        left = np.linalg.norm(parts * (1 - eta * values) ** np.arange(30_000)[:, None], axis=1)
        return np.flatnonzero(left <= 0.01 * left[0])[0]

    assert steps(2 / 102) > 1.9 * steps(1.95 / 102)
    assert "Even the best of many step sizes takes" in _whole("gamma-and-beta")


# adam


def test_step_sizes_of_single_weights_do_turn_the_steep_direction():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])
    scale = np.array([1.0, 0.1])
    steep = np.linalg.eigh(H * np.outer(scale, scale))[1][:, -1]
    assert abs(steep @ [1, 1]) / np.sqrt(2) < 0.8
    assert "step sizes of single weights do not cure that" in _before_fold("adam")


def test_at_a_small_step_size_the_step_size_is_the_limit_and_not_the_mean(monkeypatch):
    # Past the store: its key does not hold the step sizes that are tried.
    race = inspect.unwrap(_optimizer_race.optimizer_race)
    monkeypatch.setattr(_optimizer_race, "_LIMIT", 1500)
    products = []
    for eta in (0.003, 0.001, 0.0003):
        monkeypatch.setitem(_optimizer_race.OPTIMIZERS, "adamw", (eta,))
        raw, centered = (race("adamw", way, tuple(range(10))).fewest for way in ("raw", "centered"))
        products += [eta * np.median(raw), eta * np.median(centered)]
        if eta == 0.001:
            assert 200 < centered.min() < raw.max() < 500
            assert (centered > 0.9 * raw).all()
    assert max(products) < 1.2 * min(products)
    assert "At η = 10⁻³, a common default" in _before_fold("adam")


# mini-batches


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(2, 6))
def test_signs_of_a_batch_mix_only_where_the_covariance_outweighs_the_first_part(seed, size, n):
    rng = np.random.default_rng(seed)
    X, errors = rng.random((size, n)) + 0.01, rng.standard_normal(size) + rng.standard_normal()
    first = errors.mean() * X.mean(axis=0)
    assert (first > 0).all() or (first < 0).all()
    gradient = (errors[:, None] * X).mean(axis=0)
    covariance = ((errors - errors.mean())[:, None] * (X - X.mean(axis=0))).mean(axis=0)
    assert np.allclose(gradient, first + covariance)
    if gradient.min() < 0 < gradient.max():
        assert (np.abs(covariance) > np.abs(first)).any()
    assert "only the covariance can have both" in _before_fold("mini-batches")


@pytest.mark.parametrize("noise", ["normal", "signs", "skewed"])
@pytest.mark.parametrize("ratio", [0.5, 2.0, 5.0])
def test_both_parts_of_a_batch_of_noise_shrink_alike(noise, ratio):
    rng, sizes = np.random.default_rng(7), {}
    draw = {
        "normal": rng.standard_normal,
        "signs": lambda shape: rng.choice([-1.0, 1.0], shape),
        "skewed": lambda shape: rng.exponential(size=shape) - 1,
    }[noise]
    for size in (8, 32, 128, 512):
        x, errors = ratio + rng.choice([-1.0, 1.0], (4000, size)), draw((4000, size))
        first = errors.mean(axis=1) * x.mean(axis=1)
        second = (errors * x).mean(axis=1) - first
        sizes[size] = np.sqrt([(first**2).mean(), (second**2).mean()])
    for size, (first, second) in sizes.items():
        # The batch's mean input is a little off, too.
        assert first * size**0.5 == pytest.approx((ratio**2 + 1 / size) ** 0.5, rel=0.05)
        assert second * size**0.5 == pytest.approx(1, rel=0.1)
    assert "but the covariance shrinks just as fast" in _before_fold("mini-batches")


def test_negated_inputs_mix_each_gradient_and_mirror_the_path():
    rng = np.random.default_rng(3)
    signs, X = np.array([1, -1, 1, -1]), 2 + rng.choice([-1.0, 1.0], (50, 4))
    targets, w = rng.standard_normal(50), rng.standard_normal(4)
    mirrored = signs * w
    for step in range(40):
        batch = rng.integers(0, 50, 1 + step % 5)
        x, z = X[batch], X[batch] * signs
        single = (z @ mirrored - targets[batch])[:, None] * z
        assert (single.min(axis=1) < 0).all()
        assert (single.max(axis=1) > 0).all()
        w = w - 0.02 * x.T @ (x @ w - targets[batch]) / len(batch)
        mirrored = mirrored - 0.02 * single.mean(axis=0)
        assert np.allclose(mirrored, signs * w)
    assert "the path is the old one, mirrored" in _before_fold("mini-batches")


# leaky-relu-gelu, tanh-or-sigmoid, language-models


def test_negative_outputs_make_the_share_smaller_for_symmetric_sums_and_not_for_others():
    def share(name, sums):
        a = ACTIVATIONS[name].value(sums)
        return a.mean() ** 2 / (a**2).mean()

    rng = np.random.default_rng(0)
    for size in (0.1, 1.0, 10.0):
        sums = size * rng.standard_t(3, 2000)
        sums = np.r_[sums, -sums]
        for name in ("leaky_relu", "gelu", "silu"):
            assert 0 < share(name, sums) < share("relu", sums)
    near = np.linspace(-1.3, -0.7, 101)
    assert share("gelu", near) > 0.99
    assert np.ptp(ACTIVATIONS["gelu"].value(near)) < 0.05
    assert not ACTIVATIONS["relu"].value(near).any()
    text = _before_fold("leaky-relu-gelu")
    assert "For sums spread symmetrically around 0 their mean is below ReLU's" in text
    assert "they only make it smaller" not in text


def test_positive_outputs_alone_do_not_make_the_loss_steep():
    values = np.array([0.01, 10.0])
    m, v = 0.98 * values[0] + 0.02 * values[1], 0.98 * 0.02 * np.ptp(values) ** 2
    assert iid_condition_number(2, m, v) < 1.1
    assert "If all are positive, raising" not in _before_fold("tanh-or-sigmoid")


def test_an_example_with_the_error_zero_has_no_signs_to_mix():
    x, w, label = np.array([4.0, -3.0]), np.array([1.0, 1.0]), 1.0
    assert not ((w @ x - label) * x).any()
    assert "each gradient δx with δ ≠ 0 has mixed signs" in _before_fold("language-models")


# covariance


def test_without_a_bias_a_shift_changes_nothing_if_the_inputs_add_up_to_one():
    X = np.eye(3)
    assert np.linalg.matrix_rank(np.vstack([X, X - 0.2])) == np.linalg.matrix_rank(X - 0.2) == 3
    assert "a shift can also change what can be learned" in _before_fold("covariance")


@pytest.mark.parametrize("seed", range(10))
def test_the_best_bias_leaves_the_covariance_and_a_fixed_one_the_second_moment(seed):
    rng = np.random.default_rng(seed)
    x, (d, c) = 3 * rng.standard_t(3, 40) + rng.normal(0, 10), rng.standard_normal(2)
    m, v = x.mean(), x.var()
    assert ((d * x + c) ** 2).mean() / 2 == pytest.approx((d * m + c) ** 2 / 2 + v * d**2 / 2)
    # A penalty on the weights alone leaves least squares as blind to a shift as it was.
    Z, y = rng.standard_normal((50, 3)) + 4, rng.standard_t(2, 50)
    predictions = []
    for inputs in (Z, Z - Z.mean(axis=0)):
        A = np.column_stack([inputs, np.ones(50)])
        predictions.append(A @ np.linalg.solve(A.T @ A + np.diag([1, 1, 1, 0]), A.T @ y))
    assert np.allclose(*predictions)
    assert "a penalty on the bias, or damping, can bring it back" in _whole("covariance")


# relu-popular


def test_sigmoid_slopes_leave_at_most_a_millionth_and_large_weights_can_make_up_for_it():
    slopes = ACTIVATIONS["sigmoid"].derivative(np.linspace(-9, 9, 1801))
    assert slopes.max() ** 10 <= 1 / EXAMPLES["activations-three-problems"]().ten
    # One unit a layer, with the sum 0 and the weight 4.
    assert (4 * slopes.max()) ** 10 == pytest.approx(1)
    assert set(ACTIVATIONS["relu"].derivative(np.array([0.1, 3.0, 100.0]))) == {1.0}
    text = _before_fold("relu-popular")
    assert "unless large weights make up for it" in text
    # Sums that do not lie around 0, either.
    sums = np.random.default_rng(0).standard_normal(10_000)[:, None]
    for shift in (-3, 0, 9):
        relu, sigmoid = (
            offset_share(ACTIVATIONS[name].value(sums + shift)) for name in ("relu", "sigmoid")
        )
        assert relu < sigmoid
    # Where sums hardly vary, all of both is mean: the sentence says "usually".
    near = 3 + sums / 1000
    assert offset_share(ACTIVATIONS["relu"].value(near)) > 0.999
    assert "usually a smaller one than the sigmoid's" in text


@pytest.mark.parametrize("seed", range(10))
def test_weights_that_rise_together_meet_the_means_and_others_the_variance(seed):
    rng = np.random.default_rng(seed)
    m, v, n = rng.uniform(0, 2), rng.uniform(0.1, 2), 100
    M = v * np.eye(n) + m**2 * np.ones((n, n))
    together, others = np.ones(n) / 10, rng.standard_normal(n)
    others -= others.mean()
    others /= np.linalg.norm(others)
    assert together @ M @ together == pytest.approx(v + 100 * m**2)
    assert others @ M @ others == pytest.approx(v)


@pytest.mark.parametrize("batch_norm_first", [False, True])
def test_centered_outputs_are_those_of_a_layer_that_reads_no_means(batch_norm_first):
    rng, (images, classes, channels) = np.random.default_rng(3), (12, 4, 5)
    features = rng.standard_normal((images, channels))
    features = np.maximum(batch_norm(features) if batch_norm_first else features + 1, 0)
    assert features.mean(axis=0).min() > 0.1
    W, b = rng.standard_normal((classes, channels)), rng.standard_normal(classes)
    outputs = features @ W.T
    read = (features - features.mean(axis=0)) @ W.T + b
    assert np.allclose(outputs - outputs.mean(axis=0) + b, read)
    # Batch norm behind the weights cannot tell the two apart.
    assert np.allclose(batch_norm(outputs), batch_norm(read))
    family = [Convolution(4, channels, classes, batch_norm_first, flag) for flag in (False, True)]
    theta = family[0].start(rng)[None]
    patches = Images.of(rng.random((1, images, 16)), np.zeros((1, images, classes))).inputs
    plain, centered = (one.forward(theta, patches)[3] for one in family)
    assert np.allclose(centered, plain - plain.mean(axis=1, keepdims=True))
    text = _before_fold("relu-popular")
    assert "the mean that it subtracts from each sum contains what the outputs' means add" in text


def test_a_unit_whose_sums_are_all_negative_gets_no_gradient_and_one_positive_sum_revives_it():
    sums = np.array([-3.0, -0.1, -7.0])
    assert not ACTIVATIONS["relu"].derivative(sums).any()
    assert ACTIVATIONS["relu"].derivative(np.r_[sums, 0.1]).any()
    assert "a unit whose sums are all negative stops learning" in _before_fold("relu-popular")


# natural-gradient


@pytest.mark.parametrize("seed", range(10))
def test_the_natural_step_of_a_linear_unit_is_made_of_centered_inputs(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((50, 3)) @ rng.standard_normal((3, 3)) + rng.normal(0, 5, 3)
    error, mean, A = rng.standard_t(2, 50), X.mean(axis=0), np.column_stack([X, np.ones(50)])
    step = -np.linalg.solve(A.T @ A, A.T @ error)
    weights = -np.linalg.solve(np.cov(X.T, bias=True), error @ (X - mean) / 50)
    assert np.allclose(step, [*weights, -error.mean() - mean @ weights])
    # By hand: the second row of F(u, v) = g, put into the first, for one input.
    x, c = X[:, 0], error - error.mean() / 3
    F = np.array([[(x**2).mean(), x.mean()], [x.mean(), 1.0]])
    u, v = np.linalg.solve(F, [(c * x).mean(), c.mean()])
    assert u == pytest.approx((c * (x - x.mean())).mean() / x.var())
    assert v == pytest.approx(c.mean() - x.mean() * u)
    assert "the natural gradient subtracts the mean by itself" in _before_fold("natural-gradient")


@pytest.mark.parametrize("seed", range(10))
def test_a_natural_step_does_the_same_in_both_writings_and_a_plain_one_does_not(seed):
    rng = np.random.default_rng(seed)
    x, y, (w, b) = rng.normal(rng.normal(0, 3), 1, 30), rng.standard_t(2, 30), rng.normal(0, 2, 2)
    size, after = rng.uniform(0.1, 2), {}
    for writing, mean in (("raw", 0.0), ("centered", x.mean())):
        A = np.column_stack([x - mean, np.ones(30)])
        start = np.array([w, b + w * mean])
        errors = A @ start - y
        F, g = A.T @ A / 30, A.T @ errors / 30
        for kind, step in (
            ("natural", np.linalg.solve(F, g)),
            ("plain", g),
            ("damped", np.linalg.solve(F + np.eye(2), g)),
            # Without a bias that learns.
            ("lone", np.array([g[0] / F[0, 0], 0.0])),
        ):
            after[kind, writing] = A @ (start - size * step)
    assert np.allclose(after["natural", "raw"], after["natural", "centered"])
    for kind in ("plain", "damped", "lone"):
        assert np.abs(after[kind, "raw"] - after[kind, "centered"]).max() > 1e-3
    text = _before_fold("natural-gradient")
    assert "Both writings predict the same, so a natural step does the same in both" in text
    assert "Without a bias, or with damping ($F + \\lambda I$), a natural step can depend" in text


# dummy-variables


def test_one_hot_columns_and_a_bias_have_a_curvature_of_nothing():
    X = np.column_stack([np.eye(3), np.ones(3)])
    flat, *others = np.linalg.eigvalsh(X.T @ X / 3)
    assert abs(flat) < 1e-12
    assert max(others) / min(others) == pytest.approx(4)
    assert "one direction, which changes nothing, is left out" in _before_fold("dummy-variables")


# centering-and-signs


def test_without_a_bias_a_shift_along_a_flat_direction_can_leave_less_than_centering_does():
    C, mean = np.diag([4.0, 1.0]), np.array([0.0, 1.0])
    assert condition_number(C + np.outer(mean, mean)) < condition_number(C)
    for shift in ([0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [-0.5, 2.0]):
        assert condition_number(with_bias(C, np.array(shift))) >= condition_number(C) - 1e-12
    assert "no shift gives" not in _before_fold("centering-and-signs")


# hidden-layers, covariate-shift, output-layer, pixel-or-channel, which-models


def test_layer_norm_can_leave_a_mean_and_nothing_else():
    X = np.array([[1.0, 3.0], [1.1, 3.2], [0.0, 2.5]])
    assert offset_share(layer_norm(X)) == pytest.approx(1)
    for page in ("hidden-layers", "covariate-shift", "output-layer"):
        assert "batch norm" in _before_fold(page)
        assert "a norm" not in _before_fold(page)


def test_a_larger_scale_need_not_diverge():
    assert abs(1 - 1.2**2) < 1 < abs(1 - 1.5**2)
    assert "scale grows enough" in _before_fold("covariate-shift")


def test_centered_values_can_have_averages_with_a_mean():
    assert np.array([0.9, 0.1]) @ [1, -1] == pytest.approx(0.8)
    assert "such averages can have either sign" in _before_fold("output-layer")


def test_a_larger_share_of_the_mean_need_not_cost_more():
    gains = []
    for variances in ((1.0, 1.0), (1.0, 0.01)):
        C, mean = np.diag(variances), np.array([2.0, 0.0])
        kappas = [condition_number(with_bias(C, m)) for m in (mean, 0 * mean)]
        gains.append((4 / (4 + sum(variances)), kappas[0] / kappas[1]))
    (small, much), (large, little) = gains
    assert small < large
    assert much > 5 * little
    assert "often means" in _before_fold("pixel-or-channel")


def test_least_squares_sees_a_scale_if_its_solution_is_not_unique():
    X, y = np.array([[0.0, 0], [1, 1], [2, 2]]), np.arange(3.0)
    for scale, prediction in ((1, 0.5), (10, 1 / 101)):
        A = np.column_stack([X * [1, scale], np.ones(3)])
        w = np.linalg.pinv(A) @ y
        assert w[0] + w[2] == pytest.approx(prediction, abs=1e-6)
    assert "if its solution is unique" in _before_fold("which-models")


def test_a_mean_smaller_at_one_spread_costs_less_too():
    assert iid_condition_number(2, 1.0, 1.0) < iid_condition_number(2, 2.0, 1.0)
    assert "beside the spread" in _before_fold("negative-inputs")


def test_the_two_inputs_without_a_spread_around_their_line_take_one_step():
    H = np.array([[1.0, 2], [2, 4]])
    w = np.array([3.0, -1])
    assert not ((w - H @ w / 5) @ H).any()
    assert "Inputs near (1, 2)" in _before_fold("negative-inputs")


# batch-or-layer-norm


def _batch_norm(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def test_batch_norm_can_hide_or_show_a_number_added_to_all_features_of_one_example():
    X = np.array([[1.0, 5.0], [3.0, 9.0], [0.0, 0.0]])
    added = X + np.array([[1.0], [0.0], [0.0]])
    assert np.allclose(_batch_norm(X[:2]), _batch_norm(added[:2]))
    assert not np.allclose(_batch_norm(X), _batch_norm(added))
    assert np.allclose(layer_norm(X[:2]), layer_norm(added[:2]))
    assert "| can change outputs | changes nothing |" in _before_fold("batch-or-layer-norm")


def test_layer_norm_of_features_of_one_mean_can_leave_little_but_a_mean():
    X = np.array([[0.0, 1.0]] * 99 + [[200.0, 101.0]])
    assert X.mean(axis=0).tolist() == [2, 2]
    assert offset_share(X) < 0.02 < 0.95 < offset_share(layer_norm(X))
    assert "the division usually brings little back" in _before_fold("batch-or-layer-norm")


# train-and-eval


def test_large_batches_that_differ_keep_the_two_modes_apart():
    batches = [np.tile(values, 50) for values in ([0.0, 2.0], [8.0, 10.0])]
    mean, variance = 0.0, 1.0
    for _ in range(500):
        for batch in batches:
            mean += 0.1 * (batch.mean() - mean)
            variance += 0.1 * (batch.var(ddof=1) - variance)
    assert (10 - batches[1].mean()) / batches[1].std() == 1
    assert (10 - mean) / variance**0.5 > 4
    assert "if batches are large and alike" in _before_fold("train-and-eval")


# loss-explodes


def test_dividing_by_the_standard_deviation_alone_can_leave_a_large_mean_square():
    x = np.array([999.0, 1001.0])
    assert np.mean((x / x.std()) ** 2) > 1e6
    assert "Dividing by 255 is not all" in _before_fold("loss-explodes")


def test_a_single_layer_with_cross_entropy_need_not_swing():
    x, w, ways = 20.0, 0.0, []
    for _ in range(20):
        step = x / (1 + np.exp(w * x))  # of size 1, for the label 1
        w, ways = w + step, [*ways, step]
    assert min(ways) >= 0
    assert "can swing widely" in _before_fold("loss-explodes")


def test_two_layers_can_explode_below_the_limit_of_the_start():
    def last(start, eta, x=3.0, y=6.0):
        a, b = start
        for _ in range(100):
            error = a * b * x - y
            a, b = a - eta * error * b * x, b - eta * error * a * x
            if abs(a * b) > 1e100:
                break
        return abs(a * b)

    a = b = 0.3
    error = a * b * 3 - 6
    H = np.array([[9 * b * b, error * 3 + 9 * a * b], [error * 3 + 9 * a * b, 9 * a * a]])
    assert last((a, b), 1.99 / np.abs(np.linalg.eigvalsh(H)).max()) > 1e99


def test_normalizing_can_cure_the_overflow_of_a_softmax():
    x, w = np.float32(1000), np.float32(0.1)
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(w * x))
    assert np.isfinite(np.exp(w * (x - 1000) / 10))
    assert "need not cure" in _before_fold("loss-explodes")


# momentum-oscillation, loss-oscillates


def test_a_smaller_step_size_does_not_shorten_the_swings_of_momentum():
    def settled(eta, beta):
        a, v, sizes = 1.0, 0.0, []
        for _ in range(400):
            sizes.append(abs(a))
            v = beta * v + 9 * a
            a -= eta * v
        return np.flatnonzero(np.array(sizes) > 0.01)[-1] + 1

    assert settled(0.2, 0.2) < 10
    assert all(settled(0.2 / k, 0.9) > 75 for k in (1, 10, 100))
    assert "lower momentum, if any" in _before_fold("loss-oscillates")


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(2, 1000))
def test_a_smaller_learning_rate_ends_jumps_and_makes_the_flat_direction_slower(one, other, kappa):
    small, large = sorted((one / kappa, 2 * other / kappa))
    assert 1 - small >= 1 - large > 0
    assert 1 - one / kappa * kappa > 0
    text = _before_fold("momentum-oscillation")
    assert "A small enough learning rate η ends the first" in text
    assert "Without momentum, a smaller learning rate can end the oscillation" in text


def _root(share, beta):
    # What a step of the heavy ball leaves in the long run; `share` is η times the curvature.
    return max(abs(np.roots([1, share - 1 - beta, beta])))


def test_a_smaller_momentum_lowers_the_limit_of_the_step_size():
    assert _root(3.7, 0.9) < 1 < _root(3.7, 0.8)
    assert _root(3.5, 0.8) < 1
    # The limit that stands behind the fold.
    for beta in (0.0, 0.5, 0.9):
        assert _root(1.999 * (1 + beta), beta) < 1 < _root(2.001 * (1 + beta), beta)
    text = _before_fold("momentum-oscillation")
    assert "lower β; this can lower the limit of η, too" in text


def test_with_momentum_a_smaller_step_need_not_slow_the_flat_direction():
    # Both directions swing, and each step leaves √β of the swings, in the mean only.
    assert _root(9 * 0.2, 0.9) == pytest.approx(_root(0.2, 0.9)) == pytest.approx(_root(0.02, 0.9))
    a, v, sizes = 1.0, 0.0, []
    for _ in range(40):
        v = 0.9 * v + 9 * a
        a -= 0.2 * v
        sizes.append(abs(a))
    assert max(np.divide(sizes[1:], sizes[:-1])) > 1
    assert "shrink by the factor √β a step on average" in _whole("momentum-oscillation")


def test_small_steps_spend_their_time_in_the_flat_direction_and_large_ones_in_the_steep_one():
    def steps(eta, curvature):
        return np.log(0.01) / np.log(abs(1 - eta * curvature))

    assert steps(0.01, 9) < steps(0.01, 1) / 2
    assert steps(0.2222, 9) > 10 * steps(0.2222, 1)
    assert "and with small steps that is most of the time" in _before_fold("momentum-oscillation")


def test_momentum_can_need_a_smaller_step_against_noise_and_allows_a_larger_one_without():
    def variance(eta, beta):
        step, noise = np.array([[1 - eta, -eta * beta], [1, beta]]), np.array([-eta, 1.0])
        moments = np.linalg.solve(np.eye(4) - np.kron(step, step), np.outer(noise, noise).ravel())
        return moments[0]

    assert variance(0.1, 0.9) > 5 * variance(0.1, 0.0)
    assert variance(0.01, 0.9) == pytest.approx(variance(0.1, 0.0), rel=0.1)
    # Without noise the limit is higher with momentum.
    assert _root(3.6, 0.9) < 1 < _root(3.6, 0.0)
    text = _before_fold("momentum-oscillation")
    assert "against noise momentum can need a smaller one" in text


@pytest.mark.parametrize("kappa", [9, 100, 1000, 10_000])
def test_steps_grow_like_the_ratio_and_with_the_best_momentum_like_its_root(kappa):
    plain = np.log(0.01) / np.log((kappa - 1) / (kappa + 1))
    ball = np.log(0.01) / np.log((kappa**0.5 - 1) / (kappa**0.5 + 1))
    assert plain / kappa == pytest.approx(2.3, rel=0.02)
    assert ball / kappa**0.5 == pytest.approx(2.3, rel=0.05)
    text = _before_fold("momentum-oscillation")
    assert "the ratio κ of the curvatures, with momentum like √κ" in text


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
def test_velocity_damps_alternating_gradients_against_agreeing_ones_and_mixes_signs(beta):
    alternating = agreeing = 0.0
    for step in range(5000):
        alternating, agreeing = beta * alternating + (-1) ** step, beta * agreeing + 1
    assert abs(alternating) == pytest.approx(1 / (1 + beta))
    assert agreeing == pytest.approx(1 / (1 - beta))
    # Two examples with positive inputs, and errors of opposite signs.
    velocity = beta * np.array([-1.0, -3.0]) + beta * np.array([3.0, 1.0])
    assert velocity[0] > 0 > velocity[1]
    assert "works like averaging over recent examples" in _before_fold("momentum-oscillation")


# weight-decay


def test_weight_decay_makes_no_round_bowl_rounder():
    H = np.eye(2)
    assert condition_number(H + np.eye(2)) == condition_number(H) == 1
    assert "This is smaller if κ is above 1" in _before_fold("weight-decay")


# bias-zigzag, parametrization, weight-decay, fisher-or-hessian, random-weights


def test_turns_at_one_step_size_can_cancel_by_luck():
    step = lambda x: np.eye(2) - np.outer(x, x) / 2  # noqa: E731
    a, b = np.array([1.0, 1.0]), np.array([3.0, 1.0])
    assert np.allclose(step(a) @ step(b) @ step(a), 0)
    assert "cancel by luck" in _before_fold("bias-zigzag")


def test_the_plain_step_of_the_centered_writing_can_be_farther_from_the_natural_one():
    F, to_go = np.diag([0.01, 1.0]), np.array([1.0, 1.0])
    # b' = b + w with the mean 1: the plain step of (w, b), in the centered parameters.
    T = np.array([[1.0, 0.0], [1.0, 1.0]])
    centered, raw = F @ to_go, T @ T.T @ F @ to_go
    cosine = lambda s: s @ F @ to_go / np.sqrt((s @ F @ s) * (to_go @ F @ to_go))  # noqa: E731
    assert cosine(centered) < cosine(raw)
    assert "usually comes nearer to the natural one" in _before_fold("parametrization")


def test_with_a_decayed_bias_centering_the_inputs_alone_can_cost():
    y, losses = np.array([1.0, 3.0]), []
    for x in (y, y - 2):
        X = np.column_stack([x, np.ones(2)])
        p = np.linalg.solve(X.T @ X / 2 + np.eye(2), X.T @ y / 2)
        losses.append(np.mean((X @ p - y) ** 2) / 2)
    assert losses[0] < losses[1] / 5
    assert "Centering can *add* to the bias's penalty" in _before_fold("weight-decay")
    assert "the penalty then depends on the mean" in _before_fold("speed-or-generalization")


def test_decay_of_the_weights_alone_can_make_the_bowl_less_round():
    assert condition_number(np.eye(2)) < condition_number(np.eye(2) + np.diag([1.0, 0.0]))
    assert "Decay of all also rounds" in _before_fold("weight-decay")


def test_a_logistic_unit_with_squared_loss_has_a_negative_hessian_and_a_linear_one_no_labels():
    p = 1 / (1 + np.exp(2.0))
    slope, bend, error = p * (1 - p), p * (1 - p) * (1 - 2 * p), p - 1
    assert slope**2 + error * bend < 0 < slope**2
    assert "a logistic one with the second" in _before_fold("fisher-or-hessian")
    assert "It can depend on the labels" in _before_fold("fisher-or-hessian")


def test_training_can_end_that_positive_weights_make_a_relu_layer_linear():
    X, y = np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([0.0, 2.0])
    W, v = np.array([[0.5, 0.4], [0.3, 0.2]]), np.array([0.5, 1.0])
    on = []
    for _ in range(300):
        S = X @ W.T
        H = np.maximum(S, 0)
        d = (H @ v - y) / 2
        W, v = W - 0.1 * ((d[:, None] * v) * (S > 0)).T @ X, v - 0.1 * d @ H
        on.append((S > 0).all())
    assert on[0]
    assert not on[-1]
    assert "until training makes some sums negative" in _before_fold("random-weights")


# small-inputs


@pytest.mark.parametrize("seed", range(20))
def test_the_spread_sets_the_pace_however_many_centered_inputs_are_zero(seed):
    rng = np.random.default_rng(seed)
    zeros, others = rng.integers(0, 200), rng.integers(2, 20)
    far = rng.standard_t(2, others)
    x = np.r_[np.zeros(zeros), far - far.mean()]
    x /= x.std()
    w, b = rng.normal(0, 5, 2)
    y = w * x + b
    # At a mean square of 1 one step of size 1 arrives, from any start.
    start = rng.normal(0, 5, 2)
    delta = start[0] * x + start[1] - y
    assert np.allclose(start - [np.mean(delta * x), np.mean(delta)], [w, b])
    # What the raw gradient has more is the mean times the bias's gradient.
    mean = rng.normal(0, 10)
    assert np.mean(delta * (x + mean)) == pytest.approx(
        np.mean(delta * x) + mean * np.mean(delta), abs=1e-9
    )
    assert "goes with the mean square of the centered input" in _before_fold("small-inputs")


def test_a_small_spread_is_slow_and_a_constant_feature_needs_no_weight():
    x = np.array([-0.1, 0.1, 0.1, -0.1])
    assert 1 - np.mean(x**2) == pytest.approx(0.99)
    assert "leaves the weight 99% of its way" in _before_fold("small-inputs")
    rng = np.random.default_rng(0)
    delta, constant = rng.standard_normal(50), np.full(50, 3.0)
    assert delta @ (constant - constant.mean()) == 0
    fits = [
        A @ np.linalg.lstsq(A, delta, rcond=None)[0]
        for A in (np.ones((50, 1)), np.column_stack([constant, np.ones(50)]))
    ]
    assert np.allclose(*fits)


def test_correlated_centered_inputs_of_mean_square_one_can_be_slow():
    assert condition_number(np.array([[1.0, 0.99], [0.99, 1.0]])) > 100
    assert "correlated features can be slower" in _whole("small-inputs")


# negative-pixels


@pytest.mark.parametrize("seed", range(20))
def test_one_mean_for_all_keeps_differences_and_sums_and_own_means_do_not(seed):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (6, rng.integers(1, 30))).astype(float)
    mean, w, b = images.mean(), rng.standard_normal(images.shape[1]), rng.normal()
    shifted = images - mean
    assert np.allclose(shifted + mean, images)
    assert np.allclose(shifted - shifted[0], images - images[0])
    assert np.allclose(shifted @ w + b + w.sum() * mean, images @ w + b)
    brighter = images + rng.uniform(1, 50)
    own = [X - X.mean(axis=1, keepdims=True) for X in (images, brighter)]
    assert np.allclose(*own)
    assert "add the mean again, and you have the old pixels" in _before_fold("negative-pixels")
    assert "The sums agree for all weights and biases" in _whole("negative-pixels")


def test_a_convolution_that_pads_differs_after_the_shift_at_the_border_and_not_inside():
    rng = np.random.default_rng(0)
    x, kernel, mean = rng.uniform(0, 255, 12), np.array([1.0, -2.0, 4.0]), 130.0
    apart = {}
    for padding in (0.0, -mean):
        raw = np.correlate(np.pad(x, 1), kernel, "valid")
        shifted = np.correlate(np.pad(x - mean, 1, constant_values=padding), kernel, "valid")
        apart[padding] = np.abs(raw - (shifted + kernel.sum() * mean))
    assert apart[0.0][1:-1].max() < 1e-9 < 100 < apart[0.0][[0, -1]].min()
    assert apart[-mean].max() < 1e-9
    # A kernel may not see the padding's value: then even the border agrees.
    assert "near the border the two can differ" in _before_fold("negative-pixels")


def test_numbers_of_8_bits_with_a_sign_have_negatives_and_those_without_wrap():
    assert (np.array([40], np.int8) - np.int8(120))[0] == -80
    assert (np.array([40], np.uint8) - np.uint8(130))[0] == 166
    assert "*Unsigned 8-bit numbers* (`uint8`)" in _before_fold("negative-pixels")


def test_color_floats_are_cut_at_one_whatever_the_range_and_whole_numbers_are_not():
    image = np.full((1, 2, 3), 100.0)
    image[0, 1] = 150.2
    shown = [
        Figure().subplots().imshow(pixels, vmin=0, vmax=255).make_image(None, unsampled=True)[0]
        for pixels in (image, image.round().astype("uint8"))
    ]
    assert (shown[0][..., :3] == 255).all()
    assert (shown[1][0, :, 0] == [100, 150]).all()
    assert "A color image needs `.round()" in _before_fold("negative-pixels")


def test_the_lines_on_pixels_keep_single_precision_and_show_the_old_image():
    page = (
        Path(__file__).resolve().parents[2] / "book" / "answers" / "negative-pixels.md"
    ).read_text(encoding="utf-8")
    x_train = np.random.default_rng(0).integers(0, 256, (5, 4, 4)).astype(np.uint8)
    axes = Figure().subplots()
    names = {"x_train": x_train, "x": x_train[0], "plt": axes}
    exec(re.search(r"```python\n(.*?)```", page, re.S)[1], names)
    assert names["z"].dtype == np.float32
    assert names["z"].min() < 0
    image = axes.images[0]
    assert image.get_clim() == (0, 255)
    assert np.allclose(image.get_array(), x_train[0], atol=1e-4)


# same-output


@pytest.mark.parametrize("seed", range(10))
def test_relu_outputs_cannot_point_opposite_ways_and_wide_layers_make_them_more_alike(seed):
    rng = np.random.default_rng(seed)
    W = rng.standard_normal((5, 3))
    for _ in range(20):
        X = np.maximum(rng.standard_t(1, (2, 3)) @ W.T, 0)
        assert X[0] @ X[1] >= 0
    # Directions, whatever their angle, through wide layers, up to the noise of the width.
    width = 1000
    X = rng.standard_normal((2, width))
    X[1] += rng.uniform(-2, 2) * X[0]
    cosines = []
    for _ in range(6):
        cosines.append(X[0] @ X[1] / np.linalg.norm(X, axis=1).prod())
        X = np.maximum(X @ rng.standard_normal((width, width)), 0)
    assert (np.diff(cosines) > 0).all()
    assert "left the cosines as they were" in _before_fold("same-output")


def test_narrow_random_layers_can_make_inputs_less_alike():
    rng, apart = np.random.default_rng(0), []
    x = np.array([[1.0, 0.3], [0.3, 1.0]])
    for _ in range(200):
        X = np.maximum(x @ rng.standard_normal((2, 3)), 0)
        if X.any(axis=1).all():
            apart.append(X[0] @ X[1] / np.linalg.norm(X, axis=1).prod())
    assert min(apart) < x[0] @ x[1] / (x[0] @ x[0]) < np.median(apart)
    assert "pass through very wide layers" in _before_fold("same-output")


def test_a_relu_network_doubles_its_output_with_its_input_and_a_tanh_network_is_odd():
    rng = np.random.default_rng(1)
    layers, x = rng.normal(0, 0.3, (12, 20, 20)), rng.standard_normal(20)

    def through(x, name):
        for W in layers:
            x = ACTIVATIONS[name].value(W @ x)
        return x

    assert np.allclose(through(2 * x, "relu"), 2 * through(x, "relu"))
    assert np.allclose(through(-x, "tanh"), -through(x, "tanh"))


def test_the_difference_of_outputs_follows_from_the_cosine_for_one_length():
    rng = np.random.default_rng(2)
    a, b = np.eye(2, 50)
    for cosine in (0.0, 0.87, 0.99):
        other = cosine * a + np.sqrt(1 - cosine**2) * b
        w = rng.standard_normal((200_000, 2))
        first, second = w @ a[:2], w @ other[:2]
        ratio = np.sqrt(np.mean((first - second) ** 2) / np.mean(first**2))
        assert ratio == pytest.approx(np.sqrt(2 - 2 * cosine), rel=0.02)


@pytest.mark.parametrize("relu", [True, False])
def test_with_default_weights_outputs_are_alike_after_ten_layers_with_and_without_relus(relu):
    # Weights and biases even within ±1/√n, as of PyTorch's nn.Linear; then He's, and no biases.
    width, left = 400, {}
    for default in (True, False):
        rng = np.random.default_rng(0)
        h = rng.standard_normal((100, width))
        for layer in range(11):
            edge = 1 / np.sqrt(width)
            if default:
                h = h @ rng.uniform(-edge, edge, (width, width)) + rng.uniform(-edge, edge, width)
            else:
                h = h @ rng.normal(0, np.sqrt(2) * edge, (width, width))
            if relu and layer < 10:
                h = np.maximum(h, 0)
        left[default] = np.sqrt(h.var(axis=0).mean() / (h**2).mean())
    assert left[True] < (0.01 if relu else 0.1)
    assert left[False] > 0.3
    text = _before_fold("same-output")
    assert "outputs are nearly alike after some ten layers, even without ReLUs" in text
    assert "with He's weights" in text


def test_layers_of_400_units_leave_a_larger_difference_than_the_limit_since_lengths_differ():
    width, rng, found, angles = 400, np.random.default_rng(0), [], []
    for _ in range(300):
        h = np.eye(2, width)
        for _ in range(50):
            # Sums of He's normal weights have the covariance 2/width · hhᵀ.
            root = np.linalg.cholesky(2 / width * h @ h.T)
            h = np.maximum(root @ rng.standard_normal((2, width)), 0)
        found.append(np.sqrt(2 * ((h[0] - h[1]) ** 2).sum() / (h**2).sum()))
        angles.append(np.sqrt(2 - 2 * h[0] @ h[1] / np.linalg.norm(h, axis=1).prod()))
    limit = EXAMPLES["layers-alike"]().wide[-1][2]
    assert np.median(angles) < limit < 0.2 < np.mean(found) < 0.3
    assert "is about a quarter on average over draws" in _whole("same-output")


# trained-tanh


@pytest.mark.parametrize("seed", range(10))
def test_tanh_of_symmetric_sums_has_no_mean_and_of_centered_skewed_ones_it_has(seed):
    rng = np.random.default_rng(seed)
    half = rng.standard_t(1, 50)
    assert abs(np.tanh(np.r_[half, -half]).mean()) < 1e-12
    skewed = rng.exponential(size=2000)
    skewed -= skewed.mean()
    assert abs(skewed.mean()) < 1e-12
    assert np.tanh(skewed).mean() < -0.02
    # Opposite inputs and no biases, through layers.
    X = rng.standard_normal((30, 8)) + 3
    X = np.r_[X, -X]
    for _ in range(4):
        X = np.tanh(X @ rng.standard_normal((8, 8)))
        assert np.abs(X.mean(axis=0)).max() < 1e-12
    assert "if its sums lie symmetrically around 0" in _before_fold("trained-tanh")


def test_batch_norm_before_tanh_mends_a_moved_unit_and_not_an_askew_one():
    moved, askew = (np.tanh(batch_norm(np.array([s]).T)).mean() for s in ([0, 2.0], [-1, -1, 2.0]))
    assert abs(moved) < 1e-12 < 0.1 < abs(askew)
    # In the sums of the next layer a batch norm takes the rest.
    a = np.tanh(np.array([[-1.0], [-1.0], [2.0]]))
    assert np.allclose(batch_norm(a), batch_norm(a - a.mean()))


@pytest.mark.parametrize("block", [0, 1])
def test_means_of_trained_tanh_networks_are_small_and_far_below_those_of_sigmoids(block):
    shares, units = {}, {"tanh-centered": [], "tanh-raw": []}
    for name in ("tanh-centered", "tanh-raw", "sigmoid-centered"):
        trained = races(name, "full", block).trained
        found = []
        for place, s in enumerate(seeds(block)):
            X = split(s).inputs - start(name, s)[1]
            hidden = forward(network_of(name, trained[place, MAIN]), X).inputs[1:]
            found.append([(h.mean(axis=0) ** 2).sum() / (h**2).mean(axis=0).sum() for h in hidden])
            if name in units:
                units[name].append(max(np.abs(h.mean(axis=0)).max() for h in hidden))
        shares[name] = np.array(found)
    assert 0.005 < shares["tanh-centered"].min() < shares["tanh-centered"].max() < 0.05
    assert shares["sigmoid-centered"].min() > 5 * shares["tanh-centered"].max()
    # The first layer of the one on raw pixels ends farther off.
    assert (
        np.median(shares["tanh-raw"], axis=0) > np.median(shares["tanh-centered"], axis=0)
    ).all()
    # The unit farthest off is twice as far off on raw pixels, and the page gives both.
    middle = {name: np.median(found) for name, found in units.items()}
    assert 0.1 < middle["tanh-centered"] < 0.3 < 0.4 < middle["tanh-raw"] < 0.7
    text = _before_fold("trained-tanh")
    assert "With centered pixels the tanh unit farthest off had a mean of about" in text
    assert "networks.after-training tanh_raw_unit .1f" in text
    if block == 0:
        numbers = CLAIMS["networks.after-training"].check(0).numbers
        for name, found in shares.items():
            for layer in range(3):
                expected = numbers[f"{name.replace('-', '_')}_share_after_{layer + 1}"]
                assert np.median(found[:, layer]) == pytest.approx(expected)
        assert middle["tanh-centered"] == pytest.approx(numbers["tanh_unit"])
        assert middle["tanh-raw"] == pytest.approx(numbers["tanh_raw_unit"])


# zigzag-by-hand


def _in_turn(X, eta, steps, targets=(2.0, -2.0)):
    w, places = np.zeros(2), []
    for k in range(steps):
        x = X[k % 2]
        w = w - eta * (x @ w - targets[k % 2]) * x
        places.append(w)
    return np.array(places)


def test_each_step_of_the_run_by_hand_raises_both_weights_or_lowers_both():
    X = np.array([[3.0, 1.0], [1.0, 3.0]])
    moves = np.diff(_in_turn(X, 0.1, 30), axis=0, prepend=0)
    assert (moves.prod(axis=1) > 0).all()
    assert (np.sign(moves[:, 0]) == [1, -1] * 15).all()
    straight = _in_turn(X - 2, 0.1, 100)
    assert np.allclose(straight.sum(axis=1), 0)
    # Straight, and not in one step unless the step size is raised.
    assert np.linalg.norm(straight[0] - [1, -1]) > 1
    assert "and raise the step size" in _before_fold("zigzag-by-hand")


@pytest.mark.parametrize("eta", [0.05, 0.12, 0.19])
def test_another_step_size_does_not_fit_its_own_example_and_zigzags_all_the_same(eta):
    X = np.array([[3.0, 1.0], [1.0, 3.0]])
    first = _in_turn(X, eta, 1)[0]
    assert X[0] @ first != pytest.approx(2)
    assert "a step of this size fits its own example exactly" in _before_fold("zigzag-by-hand")
    assert "Steps on A alone diverge above 2/10" in _whole("zigzag-by-hand")
    far = [np.abs(_in_turn(X, size, 400)[-1]).max() for size in (eta, 0.205)]
    assert far[0] < 2 < 100 < far[1]


def test_the_centered_run_of_ten_steps_is_not_there_yet_and_of_21_it_is():
    X = np.array([[1.0, -1.0], [-1.0, 1.0]])
    left = np.abs(_in_turn(X, 0.1, 21) - [1, -1])[:, 0]
    assert left[20] <= 0.01 < left[19] < 0.1 < left[9]
    assert "with `eta = 0.1` and `range(21)`" in _before_fold("zigzag-by-hand")


# convolution-signs


@pytest.mark.parametrize("seed", range(20))
def test_terms_of_a_filter_have_one_sign_and_their_sum_need_not(seed):
    rng = np.random.default_rng(seed)
    pixels = rng.exponential(size=12) + 0.01
    patches = np.lib.stride_tricks.sliding_window_view(pixels, 3)
    errors = rng.standard_normal(len(patches))
    terms = errors[:, None] * patches
    assert (np.sign(terms) == np.sign(errors)[:, None]).all()
    # Errors of one sign leave one sign, with zeros among them, too.
    agreeing = np.abs(errors) * rng.integers(0, 2, len(errors))
    assert (agreeing @ patches >= 0).all()
    assert "for the filter as a whole not in general" in _before_fold("convolution-signs")


def test_some_filters_of_positive_pixels_get_mixed_signs_and_some_one():
    rng = np.random.default_rng(0)
    found = set()
    for _ in range(50):
        patches = np.lib.stride_tricks.sliding_window_view(rng.random(6), 2)
        gradient = rng.standard_normal(len(patches)) @ patches
        found.add(bool(gradient.prod() > 0))
    assert found == {True, False}


@pytest.mark.parametrize("relu", [True, False])
@pytest.mark.parametrize("seed", range(10))
def test_behind_an_average_over_positions_a_filter_has_one_sign_and_with_two_readers_mixed(
    seed, relu
):
    rng = np.random.default_rng(seed)
    patches = np.lib.stride_tricks.sliding_window_view(rng.random(9), 2)
    w, error = rng.standard_normal(2), rng.standard_normal()
    on = patches @ w > 0 if relu else np.ones(len(patches), bool)
    gradient = error / len(patches) * on @ patches
    assert (error * gradient >= 0).all()
    # Outside: what also reads single positions gives each an error of its own.
    assert "with nothing but a ReLU between" in _before_fold("convolution-signs")


def test_behind_an_average_a_filter_can_get_mixed_signs_if_a_derivative_between_changes_sign():
    # |s| in place of the ReLU, the patches (1, 3) and (3, 1), sums of both signs.
    patches, w = np.array([[1.0, 3.0], [3.0, 1.0]]), np.array([1.0, -1.0])
    gradient = np.sign(patches @ w) / 2 @ patches
    assert gradient.prod() < 0
    assert "if the next layer reads only the average of these sums" in _before_fold(
        "convolution-signs"
    )


def test_one_mean_per_channel_does_not_suit_weights_of_a_filter_as_large_as_the_image():
    ramp = np.arange(1.0, 9.0)
    apart = []
    for pixels in (ramp, np.tile(ramp, 40)):
        means = np.lib.stride_tricks.sliding_window_view(pixels, 7).mean(axis=0)
        apart.append(np.abs(means - pixels.mean()).max() / pixels.std())
    assert apart[0] > 1 > 0.02 > apart[1]
    assert "if the image is much larger than the filter" in _before_fold("convolution-signs")


def test_the_filter_that_adds_needs_a_bias_of_4_on_centered_pixels_and_the_edge_filter_none():
    patches = np.lib.stride_tricks.sliding_window_view(np.array([1.0, 1, 3, 3, 1]), 2)
    for goal, bias in (([1.0, 1.0], 4), ([1.0, -1.0], 0)):
        targets = patches @ goal
        # One step of size ¼ from 0, the bias with it, whose curvature is 4, too.
        w, b = (patches - 2).T @ targets / 4, targets.sum() / 4
        assert (*w, b) == (*goal, bias)
    assert "the second goal now needs a bias of 4" in _before_fold("convolution-signs")


def test_positive_pixels_of_a_large_spread_are_hardly_steep():
    # Far-apart spikes on a dark row.
    pixels = np.full(200, 0.01)
    pixels[10::20] = 10.0
    patches = np.lib.stride_tricks.sliding_window_view(pixels, 2)
    assert condition_number(patches.T @ patches) < 1.1
    assert "can make the loss steep" in _before_fold("convolution-signs")


# more-inputs


@pytest.mark.parametrize("n", [2, 3, 10, 100, 1000])
def test_two_legs_cost_the_root_of_two_at_most_whatever_the_number_of_weights(n):
    rng = np.random.default_rng(n)
    halves = np.r_[np.ones(n // 2), -np.ones(n - n // 2)]
    for goal in (halves, rng.standard_normal(n), np.ones(n)):
        legs = np.linalg.norm(np.maximum(goal, 0)) + np.linalg.norm(np.minimum(goal, 0))
        assert legs <= np.sqrt(2) * np.linalg.norm(goal) * (1 + 1e-12)
    if n % 2 == 0:
        assert 2 * np.sqrt(n / 2) == pytest.approx(np.sqrt(2) * np.linalg.norm(halves))


@pytest.mark.parametrize("n", [2, 5, 50])
def test_the_step_size_falls_as_one_over_n_with_a_mean_and_not_without(n):
    for mean, limit in ((2.0, 2 / (4 * n + 1)), (0.0, 2.0)):
        H = np.eye(n) + mean**2 * np.ones((n, n))
        for part in (0.99, 1.01):
            left = np.linalg.norm(np.linalg.matrix_power(np.eye(n) - part * limit * H, 500).sum(0))
            assert (left < 1) == (part < 1)


def test_a_correlation_that_all_inputs_share_grows_with_their_number_and_centering_leaves_it():
    tops = [np.linalg.eigvalsh(np.full((n, n), 0.5) + np.eye(n) / 2)[-1] for n in (2, 20)]
    assert tops[1] > 5 * tops[0]
    assert "Correlated inputs can share more than a mean" in _before_fold("more-inputs")


def test_along_examples_that_are_alike_the_way_is_longer_than_the_root_of_two():
    assert EXAMPLES["signs-reach"]().times > 10
    assert "the more alike the examples are" in _before_fold("more-inputs")


@pytest.mark.parametrize("n", [2, 4, 8])
def test_along_inputs_of_1_or_3_the_way_is_twice_the_straight_one_at_least_and_more_along_few(n):
    X = np.array(list(itertools.product((1.0, 3.0), repeat=n)))
    cosines = X.sum(axis=1) / np.linalg.norm(X, axis=1) / np.sqrt(n)
    assert cosines.min() >= np.cos(np.pi / 6) - 1e-12
    goal = np.r_[np.ones(n // 2), -np.ones(n // 2)]
    way = shortest_way(X, goal).detour
    assert way >= 2 > np.sqrt(2)
    assert shortest_way(1 + 2 * np.eye(n), goal).detour >= way * (1 - 1e-9)
    text = _whole("more-inputs")
    assert "if any step of one sign were allowed, the way would be at most about √2" in text
    assert "Along inputs of 1 or 3 this way is at least twice the straight one" in text
    assert "if any step of one sign may be taken" in text


# backward-signs


@pytest.mark.parametrize("seed", range(20))
def test_what_goes_back_is_of_errors_and_weights_and_rows_are_of_errors_and_inputs(seed):
    rng = np.random.default_rng(seed)
    n, units = rng.integers(2, 6), rng.integers(1, 4)
    W, x = rng.standard_normal((units, n)), rng.random(n) + 0.1
    target = rng.standard_normal(units)
    errors = W @ x - target
    loss = lambda v: ((W @ v - target) ** 2).sum() / 2  # noqa: E731
    ways = 1e-6 * np.eye(n)
    slopes = [(loss(x + way) - loss(x - way)) / 2e-6 for way in ways]
    assert np.allclose(W.T @ errors, slopes, atol=1e-6)
    rows = np.outer(errors, x)
    assert (np.sign(rows) == np.sign(errors)[:, None]).all()
    positive = np.abs(W)
    assert (np.sign(positive[:1].T @ errors[:1]) == np.sign(errors[0])).all()
    assert (positive.T @ np.abs(errors) > 0).all()


def test_weights_of_both_signs_can_pass_back_one_sign_and_positive_weights_both():
    assert (np.array([[2.0, -1.0], [-1.0, 3.0]]).T @ [1, 1] > 0).all()
    assert np.prod(np.array([[2.0, 1.0], [1.0, 3.0]]).T @ [1, -1]) < 0
    text = _before_fold("backward-signs")
    assert "weights of both signs usually mix it" in text
    assert "Usually not." in text


@pytest.mark.parametrize("n", [2, 3, 6])
def test_one_unit_of_random_weights_passes_back_one_sign_as_rarely_as_counted(n):
    signs = np.array(list(itertools.product((-1, 1), repeat=n)))
    for error in (-0.5, 2.0):
        back = error * signs
        one = ((back > 0).all(axis=1) | (back < 0).all(axis=1)).mean()
        assert one == 2.0 ** (1 - n)


def test_a_relu_puts_zero_and_changes_no_other_sign_and_a_skip_connection_can():
    back, slopes = np.array([3.0, -4.0, 1.0]), np.array([1.0, 0.0, 1.0])
    assert (np.sign(slopes * back) == np.sign(back) * slopes).all()
    assert np.sign(1.0 + -2.0) != np.sign(1.0)
    assert "such as a skip connection" in _whole("backward-signs")


@pytest.mark.parametrize(("upper", "one"), [((1.0, 2.0), True), ((1.0, -2.0), False)])
def test_weights_of_different_units_can_zigzag_below_one_unit_with_positive_weights(upper, one):
    # Two sigmoids of one weight each; x is 1 and 3 in turn, and one weight has to rise.
    def sigmoid(s):
        return 1 / (1 + np.exp(-s))

    u, v, goal, steps = np.zeros(2), np.array(upper), np.array([1.0, -1.0]), []
    for k in range(4000):
        x = (1.0, 3.0)[k % 2]
        h = sigmoid(u * x)
        error = v @ h - v @ sigmoid(goal * x)
        steps.append(-4 * error * v * h * (1 - h) * x)
        u = u + steps[-1]
    steps = np.array(steps)
    assert ((steps.prod(axis=1) > 0) == one).all()
    # It gets there, and with positive weights by turns up and down.
    assert np.abs(u - goal).max() < 0.1
    turns = np.sign(steps[1:10, 0]) != np.sign(steps[:9, 0])
    assert not one or turns.all()
    text = _before_fold("backward-signs")
    assert "**Would one sign hurt?** It can." in text
    assert "one pattern of signs or its opposite" in text
    assert "Usually nothing on the way back" in text


# sign-optimizers


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.sampled_from([0.01, 0.2, 3.0]))
def test_sign_steps_on_positive_inputs_keep_the_differences_of_weights(seed, n, size):
    rng = np.random.default_rng(seed)
    start = rng.standard_t(2, n)
    w, mirrored, ways = start, start * np.r_[-1, np.ones(n - 1)], []
    for _ in range(30):
        x, error = 10 ** rng.uniform(-2, 2, n), rng.standard_t(1)
        w = w - size * np.sign(error * x)
        # The first input and its weight negated.
        mirrored = mirrored - size * np.sign(error * x * np.r_[-1, np.ones(n - 1)])
        ways.append(w)
    assert np.allclose(np.diff(ways, axis=1), np.diff(start), atol=1e-9)
    assert np.allclose(mirrored * np.r_[-1, np.ones(n - 1)], w)
    text = _before_fold("sign-optimizers")
    assert "where a unit's gradient is all positive or all negative" in text
    assert "so signSGD keeps $w_1 = w_2$, with any step size" in text


def test_sign_steps_can_part_weights_by_an_input_of_zero_and_in_batches():
    assert np.sign(0.5 * np.array([0.0, 2.0])).tolist() == [0, 1]
    assert np.sign(EXAMPLES["optimizers-signs"]().batch).tolist() == [-1, 1]
    assert "Signs alone can make it worse" in _before_fold("sign-optimizers")


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 5))
def test_whitened_step_on_one_example_or_of_one_unit_keeps_its_direction(seed, units, n):
    rng = np.random.default_rng(seed)
    x, errors = rng.standard_normal(n), rng.standard_normal(units)
    for G in (np.outer(errors, x), rng.standard_normal((1, n))):
        left, stretches, right = np.linalg.svd(G, full_matrices=False)
        kept = stretches > 1e-10 * stretches[0]
        assert kept.sum() == 1
        assert np.allclose(left[:, kept] @ right[kept], G / np.linalg.norm(G))
    text = _before_fold("sign-optimizers")
    assert "With one unit, whitening only changes the length of $G$" in text
    assert "each unit's whitened step is still a multiple of the input" in text


def test_whitening_can_miss_the_goal_and_spoil_a_weight_that_was_right():
    off = np.array([[1.0, 0.0], [1.0, 1.0]])
    left, _, right = np.linalg.svd(off @ [[5.0, 4.0], [4.0, 5.0]])
    step = (left @ right).ravel()
    assert abs(step[1]) > 0.2
    assert step @ off.ravel() < 0.95 * np.linalg.norm(step) * np.linalg.norm(off)
    assert "This is a lucky case" in _before_fold("sign-optimizers")


def test_the_whitened_gradient_of_a_unit_points_against_its_step():
    record = EXAMPLES["matrices-two-units"]()
    assert (record.alone > 0).all()
    off = np.array([1.0, 0.0])
    M = record.gradient
    assert (off - 0.1 * record.alone) @ M @ (off - 0.1 * record.alone) < off @ M @ off
    assert (off + 0.1 * record.alone) @ M @ (off + 0.1 * record.alone) > off @ M @ off
    assert "The whitened gradient of the unit that is alone is" in _whole("sign-optimizers")


def test_shampoo_turns_the_second_step_by_its_sums():
    def power(M, p):
        values, vectors = np.linalg.eigh(M)
        kept = values > 1e-12
        return (vectors[:, kept] * values[kept] ** p) @ vectors[:, kept].T

    first, second = np.array([[2.0, 1.0]]), np.array([[1.0, 2.0]])
    sides = [f(first) + f(second) for f in (lambda G: G @ G.T, lambda G: G.T @ G)]
    step = (power(sides[0], -0.25) @ second @ power(sides[1], -0.25))[0]
    assert step @ [1, 2] < 0.99 * np.linalg.norm(step) * 5**0.5
    alone = (power(second @ second.T, -0.25) @ second @ power(second.T @ second, -0.25))[0]
    assert alone @ [1, 2] == pytest.approx(np.linalg.norm(alone) * 5**0.5)
    assert "this holds for the first step" in _before_fold("sign-optimizers")


def test_signs_of_the_mean_gradient_can_be_alike_and_not_reach_the_goal():
    X, goal = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0])
    for origin, alike, arrives in (((0.0, 0.0), False, True), ((2.0, -1.0), True, False)):
        w, near = np.array(origin), False
        assert ((X @ (w - goal) @ X).prod() > 0) == alike
        for _ in range(100):
            w = w - 0.2 * np.sign((X @ (w - goal) @ X).round(9))
            near |= np.allclose(w, goal)
        assert near == arrives
    assert "From (2, −1) the mean gradient has one sign, too" in _before_fold("sign-optimizers")


def test_sign_steps_on_several_positive_examples_can_part_weights():
    X, errors = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([-1.0, 1.0])
    assert np.sign(errors @ X).tolist() == [-1, 1]
    assert "With one example a step, and all inputs positive" in _whole("sign-optimizers")


def test_lion_leaves_the_goal_where_signs_of_the_gradient_would_stay():
    X, goal = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([5, -5])
    at, mean = np.zeros(2, dtype=int), np.zeros(2)
    for step in range(EXAMPLES["optimizers-signs"]().lion + 1):
        left = at
        x = X[step % 2]
        g = 0.2 * (x @ (at - goal)) * x
        at, mean = at - np.sign(0.9 * mean + 0.1 * g).astype(int), 0.99 * mean + 0.01 * g
    assert left.tolist() == goal.tolist() != at.tolist()
    assert np.sign(g).tolist() == [0, 0]
    assert "Its steps of one size do not stay at the goal above" in _whole("sign-optimizers")


# adam-natural-gradient


@pytest.mark.parametrize("seed", range(10))
def test_natural_steps_do_not_see_the_units_of_an_input_and_adams_first_does(seed):
    rng = np.random.default_rng(seed)
    X, errors = rng.standard_normal((40, 3)) + rng.normal(0, 3, 3), rng.standard_t(2, 40)
    moves = {"natural": [], "adam": []}
    for scale in (np.ones(3), np.array([10.0, 1.0, 1.0])):
        Z = X * scale
        g = Z.T @ errors / 40
        moves["natural"].append(np.linalg.solve(Z.T @ Z / 40, g) * scale)
        roots = np.sqrt(((errors[:, None] * Z) ** 2).mean(axis=0))
        moves["adam"].append(g / roots * scale)
    assert np.allclose(*moves["natural"])
    assert np.allclose(moves["adam"][1], moves["adam"][0] * [10, 1, 1])
    text = _before_fold("adam-natural-gradient")
    assert "the output ten times as far through it" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_diagonal_of_equal_numbers_leaves_the_step_along_the_gradient(seed):
    rng = np.random.default_rng(seed)
    mean, variance, g = rng.normal(0, 3), rng.uniform(0.1, 4), rng.standard_normal(5)
    F = variance * np.eye(5) + mean**2
    step = g / np.diag(F)
    assert step @ g == pytest.approx(np.linalg.norm(step) * np.linalg.norm(g))
    assert condition_number(F / np.diag(F)) == pytest.approx(condition_number(F))
    assert "holds equal numbers, so it does not turn the step" in _before_fold(
        "adam-natural-gradient"
    )


def test_mean_squares_see_the_errors_and_the_fisher_matrix_of_a_linear_unit_does_not():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    squares = [((X @ [off, 0.0])[:, None] * X) ** 2 for off in (1.0, 0.5, 0.0)]
    first, half, fit = (s.mean(axis=0) for s in squares)
    assert np.allclose(half, first / 4)
    assert not fit.any()
    # With a logistic unit the Fisher matrix changes with the weights, though not with the labels.
    p = 1 / (1 + np.exp(-X @ [1.0, 0.0]))
    assert not np.allclose((X.T * p * (1 - p)) @ X, X.T @ X / 4)
    assert "Half as far off, the mean squares are a quarter" in _before_fold(
        "adam-natural-gradient"
    )


def test_centered_inputs_that_are_correlated_leave_something_beside_the_diagonal():
    X = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    assert not X.mean(axis=0).any()
    assert (X.T @ X / 6)[0, 1] == pytest.approx(1 / 3)
    assert "with ±1 in place of 1 or 3, $F$ is the identity" in _before_fold(
        "adam-natural-gradient"
    )


def test_a_logistic_unit_that_is_sure_has_a_fisher_matrix_near_zero_and_a_linear_one_not():
    X = np.array([[1.0, 0.0], [-1.0, 1.0], [2.0, 1.0]])
    for scale, low, high in ((1.0, 0.1, 1.0), (20.0, 0.0, 1e-5)):
        p = 1 / (1 + np.exp(-scale * X @ [1.0, 0.0]))
        assert low <= np.trace((X.T * p * (1 - p)) @ X / 3) <= high
    assert np.linalg.eigvalsh(X.T @ X / 3)[0] > 0.1
    text = _whole("adam-natural-gradient")
    assert "A network with squared loss fits" in text
    assert "its F can be near 0, too" in text


# batch-norm-gradient


def _normed_back(s, g, *, held=False, epsilon=0.0):
    sigma = np.sqrt(s.var() + epsilon)
    z = (s - s.mean()) / sigma
    return (g - (0.0 if held else g.mean()) - z * np.mean(g * z)) / sigma


@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.sampled_from([0.01, 1.0, 100.0]))
def test_what_passes_batch_norm_has_mean_zero_and_no_part_along_the_normalized(seed, n, scale):
    rng = np.random.default_rng(seed)
    s, g = rng.normal(0, 10) + scale * rng.standard_normal(n), rng.standard_t(2, n)
    z, back = (s - s.mean()) / s.std(), _normed_back(s, g)
    size = np.abs(g).max() / s.std()
    assert abs(back.sum()) < 1e-9 * size * n
    assert abs(back @ z) < 1e-9 * size * n
    loss = lambda s: g @ ((s - s.mean()) / s.std())  # noqa: E731
    step = 1e-5 * s.std()
    slopes = [(loss(s + e) - loss(s - e)) / (2 * step) for e in step * np.eye(n)]
    assert np.allclose(back, slopes, atol=1e-5 * size)
    if n == 2:
        assert np.allclose(back, 0, atol=1e-9 * size)
    # The weights' gradient is that of centered inputs.
    X = rng.standard_normal((n, 3))
    assert np.allclose(back @ X, back @ (X + 100), atol=1e-6 * size * n)
    assert "it is the gradient of centered inputs" in _before_fold("batch-norm-gradient")


@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
def test_with_the_mean_held_the_bias_gets_the_sum_of_what_comes_in_and_no_output_moves(seed, n):
    rng = np.random.default_rng(seed)
    s, g = rng.standard_normal(n), rng.standard_normal(n)
    held = _normed_back(s, g, held=True)
    assert held.sum() == pytest.approx(g.sum() / s.std(), abs=1e-9 / s.std())
    b = 0.0
    for _ in range(5):
        b -= 0.1 * _normed_back(s + b, g, held=True).sum()
    assert b == pytest.approx(-0.5 * g.sum() / s.std(), abs=1e-8 / s.std())
    shifted = s + b
    assert np.allclose((shifted - shifted.mean()) / shifted.std(), (s - s.mean()) / s.std())
    x = rng.standard_normal(n) + 5
    false = held @ x - _normed_back(s, g) @ x
    assert false == pytest.approx(x.mean() * held.sum(), abs=1e-9 / s.std())
    assert "the inputs' mean times" in _before_fold("batch-norm-gradient")


def test_a_constant_under_the_root_leaves_a_part_along_the_normalized_values():
    s, g = np.array([1.0, 1.0, 4.0]), np.array([3.0, 0.0, 0.0])
    # The formula's x̂ is then shorter than 1 in the root mean square.
    back = _normed_back(s, g, epsilon=0.5)
    assert back.sum() == pytest.approx(0)
    assert abs(back @ (s - 2)) > 0.05
    assert "and their product with $\\hat x$ only nearly" in _whole("batch-norm-gradient")


def test_with_constants_for_mean_and_deviation_a_bias_counts():
    s = np.array([1.0, 1.0, 4.0])
    outputs = [(s + b - 2) / 2**0.5 for b in (0.0, 1.0)]
    assert np.allclose(np.diff(outputs, axis=0), 1 / 2**0.5)
    assert "In evaluation mode mean and deviation *are* constants" in _before_fold(
        "batch-norm-gradient"
    )


# normalize-which-axis


@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(2, 5))
def test_positive_rows_stay_positive_and_columns_can_be_undone(seed, examples, n):
    rng = np.random.default_rng(seed)
    X = 10 ** rng.uniform(-2, 2, (examples, n))
    rows = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert (rows > 0).all()
    assert (rows.mean(axis=0) > 0).all()
    columns, w = batch_norm(X), rng.standard_normal(n)
    assert np.allclose(columns.mean(axis=0), 0, atol=1e-9)
    undone = columns @ (w * X.std(axis=0)) + w @ X.mean(axis=0)
    assert np.allclose(undone, X @ w)
    longer = X * 10 ** rng.uniform(-2, 2, (examples, 1))
    assert np.allclose(longer / np.linalg.norm(longer, axis=1, keepdims=True), rows)
    # Rows first, then columns: no mean is left; an RMS norm differs by a factor.
    assert np.allclose(rms_norm(X), rows * np.sqrt(n))
    if (rows.std(axis=0) > 1e-6).all():
        assert np.allclose(batch_norm(rows).mean(axis=0), 0, atol=1e-6)
    text = _before_fold("normalize-which-axis")
    assert "so the entries stay positive, and their means too" in text
    assert "if no feature is constant" in text


def test_rows_divided_by_their_lengths_can_lose_a_mean_by_luck_and_a_large_condition_number():
    X = np.array([[4.0, 4.0], [-1.0, -1.0]])
    assert np.allclose((X / np.linalg.norm(X, axis=1, keepdims=True)).mean(axis=0), 0)
    X = np.array([[100.0, 0.0], [-100.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    rows = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert condition_number(rows.T @ rows) == pytest.approx(1)
    assert condition_number(X.T @ X) > 1000
    assert "in general leaves the features' means" in _before_fold("normalize-which-axis")


def test_a_mean_need_not_make_the_loss_steeper_than_another_direction():
    C, mean = np.diag([100.0, 1.0]), np.array([0.0, 3.0])
    assert condition_number(C + np.outer(mean, mean)) < condition_number(C)
    assert "can make the loss steep" in _before_fold("normalize-which-axis")


def test_two_equal_rows_leave_a_flat_direction_with_a_bias_alone():
    record = EXAMPLES["inputs-two-ways"]()
    for Z, flat in ((record.examples, False), (np.c_[record.examples, np.ones(3)], True)):
        assert (np.linalg.eigvalsh(Z.T @ Z / 3)[0] < 1e-12) == flat
    # Standardized, no two rows are equal.
    assert np.linalg.matrix_rank(np.c_[record.features, np.ones(3)]) == 3
    assert "For the third column there is no κ with a bias" in _whole("normalize-which-axis")


def test_a_constant_feature_needs_another_divisor_than_zero():
    train = np.array([[0.0, 1.0], [0.0, 3.0]])
    std = train.std(axis=0)
    assert std[0] == 0
    std[std == 0] = 1
    assert ((train - train.mean(axis=0)) / std).tolist() == [[0, -1], [0, 1]]
    assert "std[std == 0] = 1 # constant features" in _before_fold("normalize-which-axis")


# zero-mean-weights


@pytest.mark.parametrize("seed", range(20))
def test_no_drawn_unit_is_centered_and_no_width_makes_its_mean_small(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 3000))
    a = np.maximum(rng.standard_normal((200, n)) + rng.normal(0, 2, n), 0)
    W = rng.normal(0, np.sqrt(2 / n), (n, 400))
    means = W.T @ a.mean(axis=0)
    assert np.allclose(means, (a @ W).mean(axis=0))
    assert (means != 0).all()
    same = W.sum(axis=0)
    assert same.std() == pytest.approx(np.sqrt(2), rel=0.2)
    text = _before_fold("zero-mean-weights")
    assert "for any $n$" in text
    # A unit's own is often half of that or less.
    assert np.mean(abs(same) < 0.5 * 2**0.5) > 0.25
    assert "over draws its root mean square is" in text


@pytest.mark.parametrize("seed", range(20))
def test_gradients_behind_a_relu_have_one_sign_with_weights_of_any_signs(seed):
    rng = np.random.default_rng(seed)
    a, w = np.maximum(rng.standard_normal(30), 0), rng.standard_normal(30)
    gradient = (np.tanh(w @ a) - 0.3) * (1 - np.tanh(w @ a) ** 2) * a
    signs = np.sign(gradient[gradient != 0])
    assert abs(signs.sum()) == len(signs)
    # Of several examples, which the sentence leaves out, it need not.
    assert (np.array([1.0, 2.0]) - np.array([2.0, 1.0])).prod() < 0
    assert "One example's gradient" in _before_fold("zero-mean-weights")


def test_weights_that_add_up_to_zero_cancel_one_mean_and_not_several():
    rng = np.random.default_rng(0)
    w = rng.standard_normal((6, 50))
    w -= w.mean(axis=1, keepdims=True)
    assert np.allclose(w @ np.full(50, 0.4), 0)
    assert abs(w @ np.linspace(0, 1, 50)).min() > 0.01
    assert "a mean that all inputs have alike cancels" in _before_fold("zero-mean-weights")


def test_examples_of_unequal_lengths_take_the_cosine_from_the_share():
    rng = np.random.default_rng(0)
    a = np.maximum(rng.standard_normal((400, 300)), 0)
    for scale, apart in ((np.ones(400), 0.01), (10.0 ** rng.uniform(-2, 2, 400), 0.1)):
        x = a * scale[:, None]
        assert (abs(mean_cosine(x) - offset_share(x)) > 0.02) == (apart > 0.02)
    assert "if all have one length, the mean cosine" in _whole("zero-mean-weights")


# rms-norm-and-centering


@pytest.mark.parametrize("seed", range(10))
def test_a_linear_unit_on_columns_with_large_means_is_steep_behind_either_norm(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 40))
    x = rng.standard_normal((100, n)) + rng.normal(0, 3, n)
    for normed in (layer_norm(x), rms_norm(x)):
        assert np.allclose(np.mean(normed**2, axis=1), 1)
        mean, M = normed.mean(axis=0), normed.T @ normed / 100
        top = np.linalg.eigvalsh(M)[-1]
        # The square of the mean's length at least, the number of features at most.
        assert mean @ mean <= top * (1 + 1e-12)
        assert top <= n * (1 + 1e-12)
        assert abs(mean).max() > 0.1


def test_tokens_behind_layer_norm_need_not_keep_signs_nor_a_batch_of_the_two_here():
    for x in ([1.0, 2.0, 3.0], [3.0, 2.0, 1.5]):
        assert layer_norm(np.array([x]))[0].sum() == pytest.approx(0, abs=1e-12)
    two = layer_norm(np.array([[5.0, 0.0, 1.0], [7.0, 3.0, 2.0]]))
    assert np.sign(two).tolist() == [[1, -1, -1]] * 2
    difference = two[0] - two[1]
    assert np.sign(difference).tolist() != [1, -1, -1]
    assert "one token's gradient" in _before_fold("rms-norm-and-centering")


def test_subtracting_row_means_removes_one_mean_of_all_features_and_no_other():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4000, 30))
    for means, left in ((np.full(30, 5.0), False), (rng.normal(0, 5, 30), True)):
        z = x - x.mean(axis=0) + means
        rest = (z - z.mean(axis=1, keepdims=True)).mean(axis=0)
        assert (abs(rest).max() > 1e-9) == left
    assert "layer norm's subtraction does remove it" in _before_fold("rms-norm-and-centering")


def test_batch_norm_mixes_tokens_in_training_and_not_with_fixed_numbers():
    rng = np.random.default_rng(0)
    token, one, other = (rng.standard_normal((k, 4)) for k in (1, 5, 5))
    batches = [np.vstack([token, rest]) for rest in (one, other)]
    assert not np.allclose(*(batch_norm(x)[0] for x in batches))
    mean, deviation = one.mean(axis=0), one.std(axis=0)
    assert np.allclose(*(((x - mean) / deviation)[0] for x in batches))
    assert "batch norm would in training make" in _before_fold("rms-norm-and-centering")


def test_what_leaves_rows_a_mean_of_zero_leaves_columns_theirs():
    x = layer_norm(np.array([[5.0, 0.0, 1.0], [7.0, 3.0, 2.0]]))
    assert np.allclose(x.sum(axis=1), 0)
    assert np.allclose(x.sum(axis=0), 2 * x.mean(axis=0))
    assert abs(x.sum(axis=0)).min() > 1
    text = _whole("rms-norm-and-centering")
    assert "the column means times the number of tokens, in general not 0" in text


def test_the_linear_layers_in_front_can_keep_the_means_of_rows_at_zero():
    rng = np.random.default_rng(0)
    parts = [(rng.standard_normal((9, k)), rng.standard_normal(9)) for k in (4, 7)]
    inputs = [rng.standard_normal((50, k)) for k in (4, 7)]
    stream = sum(h @ W.T + b for h, (W, b) in zip(inputs, parts, strict=True))
    folded = [(W - W.mean(axis=0), b - b.mean()) for W, b in parts]
    kept = sum(h @ W.T + b for h, (W, b) in zip(inputs, folded, strict=True))
    assert np.allclose(kept.mean(axis=1), 0)
    assert np.allclose(layer_norm(stream), rms_norm(kept))
