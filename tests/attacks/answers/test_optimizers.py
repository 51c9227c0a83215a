"""Counterexamples to what answers on "Optimizers and curvature" once said too broadly."""

import inspect
import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import before_fold, whole
from runs import kept_run
from second_ways import steps_of_descent
from sines import sine_runs

from offcenter.claims import CLAIMS
from offcenter.examples import EXAMPLES, number_of
from offcenter.examples.regression._curvature import _slower
from offcenter.experiment import regression
from offcenter.spectrum import (
    condition_number,
    with_bias,
)
from offcenter.today import _optimizer_race, optimizer_race


def test_a_large_weight_decay_makes_the_bowl_rounder():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])
    assert condition_number(H + 7 * np.eye(2)) == pytest.approx(2)


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
    # Without the direction that costs nothing κ is moderate.
    values = np.linalg.svd(np.column_stack([X1, X[:, 0]]), compute_uv=False)
    assert values[-1] < 1e-12 < values[-2]
    assert (values[0] / values[-2]) ** 2 < 200
    assert "if no column of `X1` is a combination of the others" in whole("condition-number")


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
    text = before_fold("loss-oscillates")
    assert "a plain full-batch step of rate η multiplies the error" in text
    # With all four examples in each step, at the rate that swings, the first step arrives halfway
    # and none rises: the single examples made the swings.
    w, losses = 1.0, []
    for _ in range(40):
        losses.append(w**2 / 2)
        w -= 0.5 * w
    assert max(np.diff(losses)) < 0
    assert "**Full batch** at the same η. If the swings end, the small batches made them" in text
    assert "it was too large. If not, lower momentum, if any" in text


def test_a_mean_of_mixed_signs_makes_the_loss_steep_where_the_weights_move_apart():
    X = np.array(list(itertools.product((1.0, 3.0), (-1.0, -3.0))))
    steep = np.linalg.eigh(X.T @ X / 4)[1][:, -1]
    assert steep[0] * steep[1] == pytest.approx(-0.5)
    assert "the mean of the inputs, or of the ReLU outputs, can make the loss steeper" in (
        before_fold("loss-oscillates")
    )


@pytest.mark.parametrize(("curvature", "stays"), [(4.2, True), (6.0, False)])
def test_a_curvature_that_can_fall_saves_a_step_near_the_edge_and_not_far_above(curvature, stays):
    a, far = 0.2, 0.0
    for _ in range(200):
        a, curvature = a - curvature * a / 2, curvature - a**2 / 4
        far = max(far, abs(a))
        if far > 1e6:
            break
    assert (far < 1) == stays


def test_step_sizes_of_single_weights_do_turn_the_steep_direction():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])
    scale = np.array([1.0, 0.1])
    steep = np.linalg.eigh(H * np.outer(scale, scale))[1][:, -1]
    assert abs(steep @ [1, 1]) / np.sqrt(2) < 0.8
    # But what couples the weights, relative to their own curvatures, stays.
    coupled = lambda H: H[0, 1] / np.sqrt(H[0, 0] * H[1, 1])  # noqa: E731
    assert coupled(H * np.outer(scale, scale)) == pytest.approx(coupled(H))


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(-3, 3), st.floats(0.1, 3))
def test_no_step_sizes_of_single_weights_uncouple_what_a_shared_mean_couples(a, b, one, other):
    H = np.array([[1 + one**2, one * other], [one * other, 1 + other**2]])
    scaled = H * np.outer(np.sqrt([a, b]), np.sqrt([a, b]))
    r = abs(H[0, 1]) / np.sqrt(H[0, 0] * H[1, 1])
    assert condition_number(scaled) >= (1 + r) / (1 - r) * (1 - 1e-9)
    text = before_fold("adam")
    assert "where independent inputs have non-zero means, these tie the weights to each" in text
    # One-hot inputs have means and no tie: their covariance takes the product of the means back.
    assert (np.eye(2) @ np.eye(2) / 2).tolist() == [[0.5, 0], [0, 0.5]]
    assert "step sizes for single weights cannot untie them" in text
    assert "Relative to the new diagonal the tie is" in text


@given(st.lists(st.floats(0.01, 100), min_size=2, max_size=12), st.floats(-10, 10))
def test_no_fixed_step_sizes_lower_the_ratio_of_alike_inputs(sizes, mean):
    n, scale = len(sizes), np.sqrt(sizes)
    H = (np.eye(n) + mean**2) * np.outer(scale, scale)
    assert condition_number(H) >= (1 + n * mean**2) * (1 - 1e-7)
    # The correlation is that of the inputs, whatever the step sizes.
    correlation = H / np.sqrt(np.outer(np.diag(H), np.diag(H)))
    assert correlation[0, 1] == pytest.approx(mean**2 / (1 + mean**2))
    text = before_fold("adam")
    assert "the step sizes cancel." in text
    assert "is $1+nm^2/v$, and no fixed step sizes lower it" in text
    # Once the page named neither condition: of one input the ratio is 1, and with a bias the 9 of
    # two inputs that are 1 or 3 is 98, which step sizes lower.
    one = EXAMPLES["optimizers-diagonal"]().with_bias
    assert condition_number(np.array([[1 + mean**2]])) == 1
    assert one[0] > 90 > 40 > one[2] > 9
    assert "**In general,** without a bias, the ratio for $n\\ge2$ independent inputs" in text


@given(st.floats(0.01, 100))
def test_unequal_step_sizes_raise_the_ratio_and_equal_ones_keep_it(ratio):
    H = EXAMPLES["optimizers-adam-start"]().moment
    scale = np.sqrt([1.0, ratio])
    kappa = condition_number(H * np.outer(scale, scale))
    # κ + 1/κ + 2 is trace²/determinant.
    assert kappa + 1 / kappa + 2 == pytest.approx((101 + 101 * ratio) ** 2 / (201 * ratio))
    assert kappa >= 201 * (1 - 1e-9)
    assert kappa > 201 or abs(ratio - 1) < 1e-3
    assert "here it was so before, so they gain nothing" in before_fold("adam")
    assert "they keep the ratio of 201 to 1, and fixed unequal ones raise it" in whole("adam")


def test_step_sizes_of_single_weights_are_descent_on_scaled_inputs_and_a_tie_moves_both():
    rng = np.random.default_rng(0)
    X, sizes = np.array(list(itertools.product((9.0, 11.0), repeat=2))), rng.uniform(0.1, 2, 2)
    y, w = rng.standard_normal(4), rng.standard_normal(2)
    slopes = lambda X, w: X.T @ (X @ w - y) / 4  # noqa: E731
    scaled = X * np.sqrt(sizes)
    u = w / np.sqrt(sizes) - 0.01 * slopes(scaled, w / np.sqrt(sizes))
    assert np.allclose(w - 0.01 * sizes * slopes(X, w), np.sqrt(sizes) * u)
    # The first weight alone wrong, by 1.
    goal = rng.standard_normal(2)
    assert X.T @ (X @ (goal + np.array([1.0, 0.0])) - X @ goal) / 4 == pytest.approx([101, 100])
    # A bias: the correlation 10/√101, which fixed step sizes leave.
    M, c = np.array([[101.0, 10.0], [10.0, 1.0]]), 10 / 101**0.5
    for share in np.append(rng.uniform(0.001, 1000, 50), 101):
        kappa = condition_number(M * np.outer([1, share**0.5], [1, share**0.5]))
        assert kappa >= (1 + c) / (1 - c) - 1e-6
    assert kappa == pytest.approx((1 + c) / (1 - c))
    assert round(kappa) == 402
    assert "one input that is 9 or 11 and a bias have the matrix" in before_fold("adam")
    # The run: in another unit Adam's steps are the same, with a mean many times as many.
    same, other, raw = (adam for _, adam in EXAMPLES["optimizers-adam-start"]().steps)
    assert same == other
    assert raw / same == EXAMPLES["optimizers-adam-start"]().more
    text = before_fold("adam")
    assert "the unequal scales cost Adam no step more, the mean" in text
    # From the flat direction, and at other rates, it is another factor.
    record = EXAMPLES["optimizers-adam-start"]()
    assert record.flat < same
    assert 3 < record.best[1] / record.best[0] < 4
    assert "Other starts and rates give other factors." in text
    # The decay's factor is the same whatever the inputs, and the matrix of the loss as before.
    text = before_fold("adam")
    assert "plain descent on inputs $\\sqrt{d_i}\\,x_i$" in text
    assert "if only the first weight is wrong, by 1, both move" in text
    assert "No input occurs in that factor, so the tie stays." in text


@pytest.mark.parametrize("seed", range(10))
def test_adams_first_step_keeps_the_signs_of_the_gradient_and_later_ones_need_not(seed):
    rng = np.random.default_rng(seed)
    first, then = rng.standard_t(1, (2, 20))
    steps, m, v = [], 0.0, 0.0
    for k, g in enumerate((first, then), start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        steps.append(m / (1 - 0.9**k) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8))
    assert np.array_equal(np.sign(steps[0]), np.sign(first))
    assert not np.array_equal(np.sign(steps[1]), np.sign(then))
    assert (
        "it divides by positive numbers, so in its first step gradients of one sign stay so"
        in whole("adam")
    )
    # The average can mix what the division keeps: two gradients of one sign each, and with the
    # same errors of one sign it does not.
    one, other = np.array([-2.0, -1.0]), np.array([1.3, 2.6])
    assert (0.9 * one + other).prod() < 0 < min(one.prod(), other.prod())
    assert (0.9 * one - other).prod() > 0
    page = whole("adam")
    assert "Adam's division does not cure the one sign, either" in page
    assert "later its average can mix the signs" in page
    assert 'cures the one sign?"** No; the average can. Dividing' in before_fold("adam-signs")
    # Its first move goes against the gradient.
    start = EXAMPLES["optimizers-adam-start"]()
    for g, moves in (
        (start.gradient, start.moves),
        (start.centered_gradient, start.centered_moves),
    ):
        assert np.allclose(_moves_of_adam(g[None])[0], -moves, atol=1e-6)
    assert "the moves are −η times ({example}`optimizers-adam-start moves.0 .0f`" in page
    assert "centered −η times ({example}`optimizers-adam-start centered_moves.0 .0f`" in page


def test_adam_levels_scales_and_loses_more_the_larger_the_mean():
    record = EXAMPLES["regression-adam"]()
    centered, scaled, *shifted = (adam for _, adam in record.rows)
    assert scaled < 1.2 * centered
    assert record.rows[1][0] > 1000 * record.rows[0][0]
    assert shifted[0] < 1.5 * centered
    # On [0, 1] the mean is no small one, and the gap not gone.
    kappa = condition_number(np.eye(20) / 12 + 1 / 4)
    assert kappa == pytest.approx(61)
    assert shifted[0] > 1.3 * centered
    assert record.rows[2][0] > 9 * record.rows[0][0]
    assert 1.3 < shifted[0] / centered < 1.4
    said = "on [0, 1] Adam takes about a third more steps than centered, on [2, 3] six times as"
    assert said in whole("adam")
    assert "both may soften the cost of the mean" in before_fold("adam")
    for steps, after, factor in zip(shifted[1:], record.centered, (3, 6), strict=True):
        assert factor < steps / after < factor + 1
    # The inputs as drawn need no bias; less their means they do.
    for change, needs in (("none", False), ("centered", True)):
        problem = regression("uniform on [1, 2]", change)
        assert (abs(problem.solution[:, -1]).min() > 1e-6) == needs
    # Softer than on plain descent.
    for descent, adam in record.rows[2:]:
        assert adam / centered < descent / record.rows[0][0]
    text = whole("adam")
    assert "Adam cures the unequal scales almost completely" in text
    assert "Of the mean's cost a part is left" in text
    assert "so raw inputs even have an advantage: their ideal bias is 0" in whole("adam")
    # It does something for a mean: raw over centered is less than descent's, and more than one.
    assert 1 < shifted[0] / centered < record.rows[2][0] / record.rows[0][0] / 5
    assert "in part the mean: in the regression it takes" in whole("images")
    assert "Adam corrects a shared mean less well than unequal scales" in whole("smaller-step")
    for page in ("images", "smaller-step"):
        assert "not the mean" not in whole(page)
        assert "not a mean" not in whole(page)


@pytest.mark.parametrize("mean", [2.0, 10.0])
def test_adam_for_noisy_errors_keeps_the_ratio_of_alike_inputs_and_lowers_it_with_a_bias(mean):
    # Step sizes as one over the size of the input; the bias reads 1.
    weights = np.eye(2) + mean**2
    cross = np.full((2, 1), mean)
    for M, kept in ((weights, True), (np.block([[weights, cross], [cross.T, np.ones((1, 1))]]), 0)):
        sizes = np.diag(M) ** 0.25
        ratio = condition_number(M / np.outer(sizes, sizes))
        assert (ratio == pytest.approx(condition_number(M))) == kept
        assert kept or ratio < 0.7 * condition_number(M)
    text = whole("adam")
    assert "without a bias the mean of independent inputs that are alike not at all" in text


@pytest.mark.parametrize("seed", range(5))
def test_batch_norm_behind_a_full_layer_cancels_an_offset_and_behind_a_padded_one_not(seed):
    rng = np.random.default_rng(seed)
    X, w = rng.random((50, 6)), rng.standard_normal(6)
    normalize = lambda s: (s - s.mean()) / s.std()  # noqa: E731
    assert np.allclose(normalize(X @ w), normalize((X + 7) @ w))
    # Why "fully connected": zeros around an image are not shifted with it.
    convolved = [
        np.array([np.convolve(row, w[:3], "same") for row in X + shift]) for shift in (0, 7)
    ]
    assert not np.allclose(*(normalize(s) for s in convolved))
    assert "Batch norm directly after a fully connected first layer" in before_fold("adam")


def test_centering_gains_adamw_and_descent_the_same_factor_on_the_digits():
    numbers = CLAIMS["today.optimizers"].result().numbers
    for name in ("gradient", "adamw"):
        assert numbers[f"{name}_raw"] / numbers[f"{name}_centered"] == pytest.approx(5, abs=0.5)
    for writing in ("raw", "centered"):
        assert numbers[f"adamw_{writing}"] < numbers[f"gradient_{writing}"]
    assert "for it and for gradient descent centering saved a factor of about 5" in whole("adam")
    assert "a network of three hidden sigmoid layers learned 500 digits in" in whole("adam")
    adam = CLAIMS["networks.steps"].result().numbers
    assert adam["adam_sigmoid_raw"] > 4 * adam["adam_shifted_centered"]


def _left_by_adam_in_noise(X):
    """Return κ for one step size and for sizes as one over the root mean square of each input."""
    H = X.T @ X / len(X)
    scale = np.diag(H) ** -0.25
    return condition_number(H), condition_number(H * np.outer(scale, scale))


def test_of_a_mean_adam_in_noise_repairs_a_part_or_nothing():
    # Once the page said "the mean not at all": one input with a bias, or one mean of two.
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=2)))
    with_bias = np.column_stack([[9.0, 11.0], [1.0, 1.0]])
    for X, before, after in ((with_bias, 10402, 1225), (signs + np.array([0, 10]), 101, 10)):
        assert _left_by_adam_in_noise(X) == pytest.approx((before, after), rel=0.01)
        # In part: with the mean off κ is 1.
        centered = np.column_stack([X[:, 0] - X[:, 0].mean(), X[:, 1]])
        centered[:, 1] -= 0 if X is with_bias else 10
        assert _left_by_adam_in_noise(centered) == pytest.approx((1, 1))
    assert _left_by_adam_in_noise(signs + 10) == pytest.approx((201, 201))
    assert "it repairs unequal scales only in part, and without a bias the mean of independent" in (
        whole("adam")
    )
    assert "it stays 201" in whole("adam")
    said = "**If errors are mostly noise,** Adam repairs scales only in part."
    assert said in before_fold("adam")
    scales = np.array(list(itertools.product((-1.0, 1.0), (-10.0, 10.0))))
    assert _left_by_adam_in_noise(scales) == pytest.approx((100, 10))


def test_at_a_small_step_size_a_hundred_inputs_arrive_after_the_limit_of_the_other_runs():
    record = EXAMPLES["optimizers-adam-steps"]()
    assert min(record.small) > record.limit
    # Smaller than at the best step size, and not gone.
    (*_, raw, centered) = record.rows[1]
    assert 1.2 < record.small[0] / record.small[1] < raw / centered
    page = whole("adam")
    assert "(followed to step 15,000)" in page
    assert "a small η makes it smaller" in page


def test_adam_that_has_arrived_can_leave_again():
    H, eta = np.array([[5.0, 4.0], [4.0, 5.0]]), 2**-3.5
    w = np.random.default_rng(0).standard_normal((21, 2))
    goal, m, v, out = 0.01 * np.linalg.norm(w, axis=1), 0.0, 0.0, []
    for step in range(1, 8001):
        g = w @ H
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - eta * m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        out.append(np.linalg.norm(w, axis=1) > goal)
    early, late = (np.any(part, axis=0).mean() for part in (out[100:1000], out[1000:]))
    assert early < 0.5 < late
    assert "stays so up to step" in whole("adam")
    assert "Adam can leave the 1% again" in whole("adam")


@kept_run
def fewest_of_adamw(eta, writing):
    """Return the steps of ten starts at one step size, more than are tried else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_optimizer_race, "_LIMIT", 1500)
        patch.setitem(_optimizer_race.OPTIMIZERS, "adamw", (eta,))
        # Past the store: its key does not hold the step sizes that are tried.
        race = inspect.unwrap(_optimizer_race.optimizer_race)
        return race("adamw", writing, tuple(range(10))).fewest


def test_at_a_small_step_size_the_step_size_is_the_limit_and_not_the_mean():
    products = []
    for eta in (0.003, 0.001, 0.0003):
        raw, centered = (fewest_of_adamw(eta, writing) for writing in ("raw", "centered"))
        products += [eta * np.median(raw), eta * np.median(centered)]
    assert max(products) < 1.2 * min(products)
    assert "AdamW's steps times the step size is nearly the same in all six cases" in whole("adam")


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
    # On whitened inputs the plain step does the same to the predictions.
    values, axes = np.linalg.eigh(np.cov(X.T, bias=True))
    white = (X - mean) @ axes / np.sqrt(values)
    assert np.allclose(white @ (white.T @ error) / 50 + error.mean(), -A @ step)
    text = whole("natural-gradient")
    assert "v\\,\\Delta w=-\\text{mean}\\,\\delta\\,(x-m),\\qquad\\Delta b=" in text
    assert "the natural step uses $x-m$ although nobody centered the data" in text
    assert "$C^{-1/2}(x-m)$, does the same to the predictions" in text
    # Without the bias it does not center: the inverse is that of E[xx'], mean included.
    lone = np.linalg.solve(X.T @ X, X.T @ error)
    assert not np.allclose(lone, np.linalg.solve(np.cov(X.T, bias=True), (X - mean).T @ error / 50))


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
    assert (
        "with an exact, invertible $F$ it does not matter whether the mean sits in the inputs or "
        "in the bias"
    ) in whole("natural-gradient")
    page = whole("natural-gradient")
    assert "the step can then depend on the mean, {claim}`fisher.damping`" in page
    assert "as it can without a bias, {claim}`fisher.needs-bias`" in page


def test_with_a_singular_fisher_matrix_the_natural_step_can_depend_on_the_mean():
    moved = []
    for shift in (0.0, 10.0):
        x = np.array([1.0 + shift, 1.0])
        moved.append(np.linalg.pinv(np.outer(x, x)) @ x @ [3.0 + shift, 1.0])
    assert moved == pytest.approx([2, 72 / 61])
    assert "with an exact, invertible $F$" in whole("natural-gradient")


@pytest.mark.parametrize("seed", range(10))
def test_scaling_each_parameter_leaves_the_coupling_and_centering_the_correlations(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((60, 2)) @ [[1.0, 1.0], [0.0, 2.0]] + rng.normal(0, 3, 2)
    A = np.column_stack([X, np.ones(60)])
    F, rates = A.T @ A / 60, rng.uniform(0.1, 3, 3)
    scaled = F * np.sqrt(np.outer(rates, rates))
    assert np.allclose(F[:2, 2], X.mean(axis=0))
    assert (np.abs(scaled[:2, 2]) > 0).all()
    A[:, :2] -= X.mean(axis=0)
    centered = A.T @ A / 60
    assert np.allclose(centered[:2, 2], 0)
    assert abs(centered[0, 1]) > 0.1
    assert abs(centered[0, 0] - centered[1, 1]) > 0.1
    text = before_fold("natural-gradient")
    assert "After centering $F$ still holds the variance" in text
    assert "With several inputs, it also holds their correlations" in text
    assert "Adam rescales each parameter separately, so the coupling stays" in whole(
        "natural-gradient"
    )


def test_a_hidden_unit_of_positive_activations_couples_the_bias_and_weights_above_it():
    rng = np.random.default_rng(0)
    hidden = 1 / (1 + np.exp(-rng.standard_normal((500, 3))))
    for h, least in ((hidden, 0.3), (hidden - hidden.mean(axis=0), 0.0)):
        A = np.column_stack([h, np.ones(500)])
        coupling = np.abs((A.T @ A / 500)[:3, 3])
        assert (coupling > least - 1e-12).all()
        assert (coupling < (1.0 if least else 1e-12)).all()
    assert "applies this argument to hidden activations" in whole("natural-gradient")


@pytest.mark.parametrize("seed", range(10))
def test_a_logistic_unit_on_inputs_without_a_mean_stays_coupled_and_units_apart_need_not(seed):
    rng = np.random.default_rng(seed)
    X = rng.exponential(1, (400, 2))
    X = X - X.mean(axis=0)
    A = np.column_stack([X, np.ones(400)])

    def fisher(w):
        # With labels drawn from the model the mean of δ² is p(1 − p).
        p = 1 / (1 + np.exp(-A @ w))
        return (A * (p * (1 - p))[:, None]).T @ A / 400

    weights = rng.normal(0, 1, 3)
    away = fisher(weights)
    assert np.abs(away[:2, 2]).max() > 1e-3
    # It is the weighted mean that must be 0.
    p = 1 / (1 + np.exp(-A @ weights))
    mean = (p * (1 - p)) @ X / (p * (1 - p)).sum()
    A[:, :2] = X - mean
    weights[2] += weights[:2] @ mean
    assert np.allclose(fisher(weights)[:2, 2], 0)
    A[:, :2] = X
    # The counterexample to "always": weights 0, where all predictions are alike.
    assert np.allclose(fisher(np.array([0.0, 0.0, 0.7]))[:2, 2], 0)
    # Two linear outputs with noise of their own have no coupling with each other.
    both = np.kron(np.eye(2), A.T @ A / 400)
    assert not both[:3, 3:].any()
    text = whole("natural-gradient")
    assert "uncoupled where the inputs' mean, weighted by $a(1-a)$, is 0" in text
    assert "for no overlap the mean with these weights must be 0" in text
    # By hand, on the inputs −1 and 1: of a linear neuron centering takes it away, not of this.
    x, a = np.array([-1.0, 1.0]), 1 / (1 + np.exp(-np.array([-1.0, 3.0])))
    assert x.mean() == 0
    assert (a * (1 - a) * x).mean() == pytest.approx(-0.076, abs=5e-4)
    assert "one subtraction for each input and takes a linear neuron's overlap away" in text
    assert "In a network $F$ can also link neurons and layers" in text


def test_without_the_coupling_the_plain_step_can_point_farther_from_the_natural_one():
    F, to_go = np.diag([0.01, 1.0]), np.array([1.0, 1.0])
    T = np.array([[1.0, 0.0], [1.0, 1.0]])
    cosine = lambda s: s @ F @ to_go / np.sqrt((s @ F @ s) * (to_go @ F @ to_go))  # noqa: E731
    assert cosine(F @ to_go) < cosine(T @ T.T @ F @ to_go)
    assert "need not turn the plain step toward the natural one" in whole("natural-gradient")


@pytest.mark.parametrize("seed", range(20))
def test_of_steps_that_change_the_outputs_alike_the_natural_one_lowers_the_loss_most(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    A = np.column_stack([rng.normal(rng.normal(0, 3, n), 1, (40, n)), np.ones(40)])
    F, g = A.T @ A / 40, A.T @ rng.standard_t(2, 40) / 40
    # Normal targets of variance 1 around the outputs: the mean of products of slopes of log p.
    noise = rng.standard_normal((2000, 40, 1))
    slopes = (noise * A).reshape(-1, n + 1)
    assert np.allclose(slopes.T @ slopes / len(slopes), F, atol=0.05 * np.abs(F).max())
    # Of one input alone the mean over the targets is singular: it is over the inputs, too.
    alone = noise[:, 0] * A[0]
    assert np.linalg.matrix_rank(alone.T @ alone) == 1 < np.linalg.matrix_rank(F)
    others = rng.standard_normal((5000, n + 1))
    assert np.allclose((others @ F * others).sum(axis=1), ((A @ others.T) ** 2).mean(axis=0))
    falls = lambda d: -(d @ g) / np.sqrt((d @ F * d).sum(axis=-1))  # noqa: E731
    natural = -np.linalg.solve(F, g)
    assert falls(others).max() <= falls(natural) * (1 + 1e-9)
    lengths = lambda d: -(d @ g) / np.linalg.norm(d, axis=-1)  # noqa: E731
    assert lengths(others).max() <= lengths(-g) * (1 + 1e-9)
    # By hand: both fall by 1 for each 1 of w, and move the outputs by 10 and by 1 in mean square.
    record = EXAMPLES["spectra-natural-step"]()
    for d, size in (((1, 0), 10), ((1, -3), 1)):
        assert np.dot(record.gradient, d) == -1
        assert np.dot(d, record.moment @ d) == size
    text = before_fold("natural-gradient")
    assert "at first falls fastest per length in the *parameters*" in text
    assert "at first falls fastest per distance that the *outputs* move" in text
    assert "In a small step $d$ the loss falls by about" in whole("natural-gradient")
    assert "over the inputs, and over targets drawn from the model." in whole("natural-gradient")
    assert "The 3, the overlap, is the mean of $x$." in text
    assert "changing its weight also shifts the outputs on average" in text
    # The line turns about the data's middle, where the natural step leaves the output.
    assert record.step @ [3, 1] == 0
    assert "Here the natural step turns the line about the data's middle, $x=3$." in (
        whole("natural-gradient")
    )


def test_a_rate_above_the_rounded_limit_of_the_line_converges_and_above_the_limit_none_does():
    # Once the page said that descent diverges above 0.183.
    record = EXAMPLES["spectra-natural-step"]()
    for rate, converges in ((0.1832, True), (1.001 * record.limit, False)):
        assert rate > 0.183
        step = np.eye(2) - rate * record.moment
        left = np.linalg.matrix_power(step, 20_000) @ [1.0, -3.0]
        assert (np.linalg.norm(left) < 1e-3) == converges
    # Equal inputs have no natural step: the matrix is singular.
    assert np.linalg.matrix_rank(np.array([[4.0, 2.0], [2.0, 1.0]])) == 1
    page = whole("natural-gradient")
    assert "the limit, above which descent diverges, is about {example}`spectra-natural-" in page
    assert "let $x$ have mean $m$ and variance $v>0$" in page


@pytest.mark.parametrize(
    ("page", "before", "side"),
    [
        ("bias-absorbs-mean", "of the flat part in each step; above ", 1),
        ("positive-functions", "curvatures.0 .2f` ≈ ", 1),
        ("small-inputs", "descent explodes at step sizes above ", 1),
        ("covariance", "steepest .2f` ≈ ", 1),
        ("step-size-limit", "distance from that value grows above η = ", 1),
        ("step-size-limit", "above its first value, to at most ", 1),
        ("how-much-slower", "below 2/λmax ≈ 2/T, on [0, 1] ", -1),
        ("step-size-limit", "almost surely still arrives up to η = ", -1),
        ("covariate-shift", "rows.1.4 .2f` | ", -1),
        ("covariate-shift", "rows.3.4 .2f` | ", -1),
        ("images", "with both, they bear ", -1),
        ("images", "The rate must stay below 2/steep: ", -1),
        ("images", "for raw pixels, ", -1),
    ],
)
def test_a_limit_is_rounded_to_the_side_on_which_the_sentence_is_true(page, before, side):
    # Once 0.0961 stood as "below 0.10", 0.0742 as "above 0.074", 0.2439 as "above 0.24" and
    # 3.545 as "at most 3.5".
    found = re.findall(re.escape(before) + r"\{example\}`(\S+) (\S+) (\S+)`", whole(page))
    ((name, path, form),) = found
    exact = number_of(EXAMPLES[name](), path)
    assert 0 <= side * (float(format(exact, form)) - exact) < 0.06 * exact


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("images", "these need a rate below about {example}`inputs-pixels limits.0 .4f`"),
        ("loss-explodes", " ≈ {example}`overflow-explosion limit .5f` converges"),
        ("loss-explodes", "| limit of η, about |"),
        ("mean-eigenvalue", "falls from about {example}`spectra-relu-units limits.1 .1f` for"),
        ("batch-norm-place", "of about {example}`norms-sigmoids shift .2f` or less in each"),
    ],
)
def test_a_limit_that_is_rounded_to_the_other_side_is_said_to_be_about(page, sentence):
    name, path, form = re.search(r"\{example\}`(\S+) (\S+) (\S+)`|$", sentence).groups()
    if name:
        exact = number_of(EXAMPLES[name](), path)
        # Just above the limit the rounded number would allow what diverges, or deny it.
        assert float(format(exact, form)) != exact
    assert sentence in whole(page)


@pytest.mark.parametrize("seed", range(20))
def test_the_plain_step_is_as_far_from_the_natural_one_as_the_mean_says(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(rng.normal(0, 3), 10 ** rng.uniform(-1, 1), 30)
    m, v = x.mean(), x.var()
    for inputs in (x, x - m):
        A, error = np.column_stack([inputs, np.ones(30)]), rng.standard_normal(30)
        for level, off in ((0.0, error - error.mean()), (1.0, error - error.mean() + 1)):
            F, g = A.T @ A / 30, A.T @ off / 30
            d = np.linalg.solve(F, g)
            cosine = g @ d / np.linalg.norm(g) / np.linalg.norm(d)
            if not level:
                assert cosine == pytest.approx(np.cos(np.arctan(inputs.mean())), rel=1e-6)
            elif inputs is not x:
                # Centered, only the variance stands between the two.
                assert d == pytest.approx([g[0] / v, g[1]])
                assert cosine < 1 - 1e-9 or abs(v - 1) < 1e-3
    text = before_fold("natural-gradient")
    assert "If the mean error is 0, the two steps are $\\arctan|m|$ apart" in text
    assert "divides the slope for $w$ by $v$, the ordinary one does not" in text


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
    assert "lower momentum, if any" in before_fold("loss-oscillates")


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(2, 1000))
def test_a_smaller_learning_rate_ends_jumps_and_makes_the_flat_direction_slower(one, other, kappa):
    small, large = sorted((one / kappa, 2 * other / kappa))
    assert 1 - small >= 1 - large > 0
    assert 1 - one / kappa * kappa > 0
    assert "Without momentum, a smaller learning rate can end the oscillation" in (
        whole("momentum-oscillation")
    )


def _root(share, beta):
    # What a step of the heavy ball leaves in the long run; `share` is η times the curvature.
    return max(abs(np.roots([1, share - 1 - beta, beta])))


def test_a_smaller_momentum_lowers_the_limit_of_the_step_size():
    assert _root(3.7, 0.9) < 1 < _root(3.7, 0.8)
    assert _root(3.5, 0.8) < 1
    # The limit that stands behind the fold.
    for beta in (0.0, 0.5, 0.9):
        assert _root(1.999 * (1 + beta), beta) < 1 < _root(2.001 * (1 + beta), beta)
    assert "so lowering β lowers it, too" in whole("momentum-oscillation")


def test_with_momentum_a_smaller_step_need_not_slow_the_flat_direction():
    # Both directions swing, and each step leaves √β of the swings, in the mean only.
    assert _root(9 * 0.2, 0.9) == pytest.approx(_root(0.2, 0.9)) == pytest.approx(_root(0.02, 0.9))
    a, v, sizes = 1.0, 0.0, []
    for _ in range(40):
        v = 0.9 * v + 9 * a
        a -= 0.2 * v
        sizes.append(abs(a))
    assert max(np.divide(sizes[1:], sizes[:-1])) > 1
    assert "shrink by the factor √β a step on average" in whole("momentum-oscillation")


def test_small_steps_spend_their_time_in_the_flat_direction_and_large_ones_in_the_steep_one():
    def steps(eta, curvature):
        return np.log(0.01) / np.log(abs(1 - eta * curvature))

    assert steps(0.01, 9) < steps(0.01, 1) / 2
    assert steps(0.2222, 9) > 10 * steps(0.2222, 1)
    assert "but makes the flat direction slower still" in whole("momentum-oscillation")


def test_momentum_can_need_a_smaller_step_against_noise_and_allows_a_larger_one_without():
    def variance(eta, beta):
        step, noise = np.array([[1 - eta, -eta * beta], [1, beta]]), np.array([-eta, 1.0])
        moments = np.linalg.solve(np.eye(4) - np.kron(step, step), np.outer(noise, noise).ravel())
        return moments[0]

    assert variance(0.1, 0.9) > 5 * variance(0.1, 0.0)
    assert variance(0.01, 0.9) == pytest.approx(variance(0.1, 0.0), rel=0.1)
    # Without noise the limit is higher with momentum.
    assert _root(3.6, 0.9) < 1 < _root(3.6, 0.0)
    text = before_fold("momentum-oscillation")
    assert "with noise it can need a smaller one" in text
    # A gradient of 1 and then none: what it moves in all.
    velocity, moved = 1.0, 0.0
    for _ in range(500):
        moved, velocity = moved + velocity, 0.9 * velocity
    assert moved == pytest.approx(1 / (1 - 0.9))
    assert "each gradient in the end counts $1/(1-\\beta)$ times" in text
    # Against jumps a smaller η, against swings a smaller β.
    assert (np.diff(np.sign(_heavy_ball(2.25, 0.25, 20))) != 0).all()
    assert (_heavy_ball(0.2, 0.25, 20) > 0).all()
    assert (_heavy_ball(0.2, 0.9, 20) < 0).any()
    assert "Against jumps lower η, against slow swings β." in text


@pytest.mark.parametrize("kappa", [9, 100, 1000, 10_000])
def test_steps_grow_like_the_ratio_and_with_the_best_momentum_like_its_root(kappa):
    plain = np.log(0.01) / np.log((kappa - 1) / (kappa + 1))
    ball = np.log(0.01) / np.log((kappa**0.5 - 1) / (kappa**0.5 + 1))
    assert plain / kappa == pytest.approx(2.3, rel=0.02)
    assert ball / kappa**0.5 == pytest.approx(2.3, rel=0.05)
    # In the long run a step leaves these shares, along the worse of the two axes.
    eta, beta = 4 / (kappa**0.5 + 1) ** 2, ((kappa**0.5 - 1) / (kappa**0.5 + 1)) ** 2
    roots = [_root(eta * curvature, beta) for curvature in (kappa, 1)]
    assert roots == pytest.approx([(kappa**0.5 - 1) / (kappa**0.5 + 1)] * 2, rel=1e-5)
    assert 1 - 2 / (1 + kappa) == pytest.approx((kappa - 1) / (kappa + 1))
    text = before_fold("momentum-oscillation")
    assert (
        "is best for any start leaves at most $\\frac{\\kappa-1}{\\kappa+1}$ of the distance"
        in text
    )
    assert "$\\frac{\\sqrt\\kappa-1}{\\sqrt\\kappa+1}$ with it: 0.8 and 0.5 above" in text
    assert ((9 - 1) / (9 + 1), (3 - 1) / (3 + 1)) == (0.8, 0.5)
    assert "steps grow about like √κ instead of κ" in whole("momentum-oscillation")


def _heavy_ball(share, beta, steps, velocity=0.0):
    """Return the places from 1 along an axis; `share` is η times the curvature."""
    a, v, places = 1.0, velocity, []
    for _ in range(steps + 1):
        places.append(a)
        v = beta * v + share * a
        a -= v
    return np.array(places)


@given(st.floats(0.05, 0.95), st.floats(0.02, 0.98))
def test_momentum_crosses_never_sometimes_or_at_each_step_by_the_roots_of_its_settings(beta, part):
    root = np.sqrt(beta)
    low, high, limit = (1 - root) ** 2, (1 + root) ** 2, 2 * (1 + beta)
    never = _heavy_ball(part * low, beta, 200)
    assert (never > 0).all()
    # Half a turn takes at most π over the angle of the root, less one for the start.
    swinging = low + (0.02 + 0.96 * part) * (high - low)
    angle = np.arccos((1 + beta - swinging) / (2 * root))
    places = _heavy_ball(swinging, beta, int(np.pi / angle) + 2)
    assert (places < 0).any()
    always = _heavy_ball(high + part * (limit - high), beta, 60)
    assert (always[1:] * always[:-1] < 0).all()
    # Without momentum at each step above ηλ = 1, and below it at none.
    assert (np.diff(np.sign(_heavy_ball(1 + part, 0.0, 20))) != 0).all()
    assert (_heavy_ball(part, 0.0, 20) > 0).all()
    text = before_fold("momentum-oscillation")
    assert "Along an axis of curvature λ plain descent jumps if ηλ > 1" in text
    # With a velocity of 10/η it crosses where it would not from rest.
    assert _heavy_ball(0.01, 0.25, 1, velocity=10.0)[1] == pytest.approx(-1.51)
    assert "Started without velocity, momentum never crosses the minimum if √β" in text
    assert "√β ≤ 1 − √(ηλ); above this it swings" in text
    assert "above this it swings, and if √(ηλ) ≥ 1 + √β, it jumps at each step" in text


def _settled(*axes):
    return int(np.flatnonzero((np.abs(np.column_stack(axes)) > 0.01).any(axis=1))[-1]) + 1


def test_too_much_momentum_makes_the_flat_direction_slower_and_a_well_chosen_one_faster():
    plain, good, much = (_settled(_heavy_ball(0.1, beta, 400)) for beta in (0, 0.5, 0.9))
    assert (plain, good, much) == (44, 15, 81)
    # A round bowl oscillates, too: unequal curvatures are one cause.
    assert (np.diff(np.sign(_heavy_ball(1.5, 0.0, 20))) != 0).all()
    text = before_fold("momentum-oscillation")
    assert "its main gain is speed: even at the best settings the steep direction" in text
    assert "Too much momentum can add slow swings." in text
    assert "and even $b$ takes longer" in text
    assert "if their mean makes the loss steep, that removes the cause" in text


def test_each_table_of_momentum_counts_by_the_rule_that_its_page_states():
    settings = ((0.1, 0), (0.2, 0), (0.2, 0.2), (0.25, 0.25), (0.1, 0.9))
    both = [[_heavy_ball(k * eta, beta, 500) for k in (9, 1)] for eta, beta in settings]
    rows = EXAMPLES["optimizers-momentum"]().apart
    assert [row[3:] for row in rows] == [tuple(_settled(axis) for axis in axes) for axes in both]
    # The others go by the distance, whose first is √2: by the first rule a row has more steps.
    rows = EXAMPLES["optimizers-swings"]().rows
    for (eta, beta), (_, _, steps) in zip(
        ((0.1, 0), (1, 0), (1.9, 0), (1, 0.9)), rows, strict=False
    ):
        axes = [_heavy_ball(k * eta / 401, beta, 20_000) for k in (401, 1)]
        assert steps == np.flatnonzero(np.hypot(*axes) > 0.01 * 2**0.5)[-1] + 1 < _settled(*axes)
    text = whole("momentum-oscillation")
    assert "The first table counts until $a$, or $b$, stays within 0.01" in text
    assert "the steps until $a$, or $b$, stays within a hundredth:" in text
    assert "until the distance, √($a$² + $b$²), stays within 1% of its first value" in text


def test_the_best_momentum_jumps_as_often_as_plain_descent_and_too_much_swings_where_it_does_not():
    rows = EXAMPLES["optimizers-momentum"]().apart
    jumps, steep, flat = ([row[k] for row in rows] for k in (2, 3, 4))
    assert jumps[1] == jumps[3] == 20
    assert max(steep[3], flat[3]) == pytest.approx(max(steep[1], flat[1]) / 2, abs=0.5)
    # They are the best: η = 2/(9 + 1), and √η = 2/(3 + 1) with √β = (3 − 1)/(3 + 1).
    assert (2 / (9 + 1), (2 / (3 + 1)) ** 2, ((3 - 1) / (3 + 1)) ** 2) == (0.2, 0.25, 0.25)
    assert jumps[0] == 0 < jumps[4] < 20
    assert steep[4] > steep[0]
    assert flat[4] > flat[0]
    # At the rate of the second row a little momentum makes the jumps small sooner.
    assert 3 * steep[2] < steep[1]
    assert jumps[2] < jumps[1]
    # Along the steep axis of any bowl that is not round the best settings jump at each step.
    for kappa in (1.5, 4.0, 100.0, 401.0):
        root = (kappa**0.5 - 1) / (kappa**0.5 + 1)
        places = _heavy_ball((1 + root) ** 2, root**2, 12)
        assert (places[1:] * places[:-1] < 0).all()
    # Standing at the minimum with a velocity: it leaves it.
    assert _heavy_ball(1.0, 0.5, 2)[1] == 0 != _heavy_ball(1.0, 0.5, 2)[2]
    text = before_fold("momentum-oscillation")
    assert "Both jump at every step, but momentum takes about half the steps." in text
    assert "Compared with row one, momentum 0.9 makes $a$ swing, and even $b$" in text
    assert "row two's η, and with a little momentum the jumps become small sooner" in text
    # They do not end: the run swings for ever, as the bounds of the page say.
    assert 1 - 1.8**0.5 < 0.2**0.5
    assert 1.8**0.5 < 1 + 0.2**0.5
    assert (np.diff(np.sign(_heavy_ball(1.8, 0.2, 300))) != 0).sum() > 200
    assert "the steep direction of the loss can go on jumping over the minimum at each step" in text
    assert "$v$ need not be 0 at the minimum" in text


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
    assert "momentum works like averaging over recent examples" in whole("momentum-oscillation")


def test_weight_decay_makes_no_round_bowl_rounder():
    H = np.eye(2)
    assert condition_number(H + np.eye(2)) == condition_number(H) == 1
    assert "This makes a narrow valley rounder" in before_fold("weight-decay")


def test_the_plain_step_of_the_centered_writing_can_be_farther_from_the_natural_one():
    F, to_go = np.diag([0.01, 1.0]), np.array([1.0, 1.0])
    # b' = b + w with the mean 1: the plain step of (w, b), in the centered parameters.
    T = np.array([[1.0, 0.0], [1.0, 1.0]])
    centered, raw = F @ to_go, T @ T.T @ F @ to_go
    cosine = lambda s: s @ F @ to_go / np.sqrt((s @ F @ s) * (to_go @ F @ to_go))  # noqa: E731
    assert cosine(centered) < cosine(raw)
    assert "the plain step can come nearer to the natural one" in whole("parametrization")


def test_with_a_decayed_bias_centering_the_inputs_alone_can_cost():
    y, losses = np.array([1.0, 3.0]), []
    for x in (y, y - 2):
        X = np.column_stack([x, np.ones(2)])
        p = np.linalg.solve(X.T @ X / 2 + np.eye(2), X.T @ y / 2)
        losses.append(np.mean((X @ p - y) ** 2) / 2)
    assert losses[0] < losses[1] / 5
    assert "Centering can also cost bias" in before_fold("weight-decay")
    assert "decaying it can distort the solution, so exempt biases" in whole("adam")
    text = before_fold("speed-or-generalization")
    assert "the bias needed depends on the mean (−28 or 2 above), so the penalty does, too" in text


def test_decay_of_the_weights_alone_can_make_the_bowl_less_round():
    assert condition_number(np.eye(2)) < condition_number(np.eye(2) + np.diag([1.0, 0.0]))
    assert "Decay of all parameters adds λ to every curvature" in before_fold("weight-decay")


@pytest.mark.parametrize("seed", range(10))
def test_only_a_decayed_bias_lets_a_shift_of_the_inputs_change_the_best_outputs(seed):
    rng = np.random.default_rng(seed)
    Z, y = rng.standard_normal((9, 3)) + 2, rng.standard_normal(9)

    def outputs(inputs, strength, on_bias):
        X = np.column_stack([inputs, np.ones(9)])
        decay = strength * np.diag([1.0, 1.0, 1.0, on_bias])
        return X @ np.linalg.solve(X.T @ X / 9 + decay, X.T @ y / 9)

    raw, centered = (outputs(Z - m, 0.7, 0.0) for m in (0, Z.mean(axis=0)))
    np.testing.assert_allclose(raw, centered)
    raw, centered = (outputs(Z - m, 0.7, 1.0) for m in (0, Z.mean(axis=0)))
    assert np.abs(raw - centered).max() > 1e-3
    # Along each axis of the curvature c the share c/(c + λ) is learned.
    X = np.column_stack([Z, np.ones(9)])
    values, axes = np.linalg.eigh(X.T @ X / 9)
    free, decayed = (np.linalg.solve(X.T @ X / 9 + s * np.eye(4), X.T @ y / 9) for s in (0, 0.7))
    np.testing.assert_allclose(axes.T @ decayed, values / (values + 0.7) * (axes.T @ free))
    assert "changes the speed, but not which function is best" in before_fold("weight-decay")


@pytest.mark.parametrize("seed", range(5))
def test_a_free_bias_makes_up_for_the_mean_in_any_loss_and_not_for_scale_or_early_stopping(seed):
    rng = np.random.default_rng(seed)
    Z = rng.normal([1.0, -0.5], 1, (40, 2))
    labels = (rng.random(40) < 0.5).astype(float)

    def outputs(inputs, on_bias, steps=2000):
        X, decay = np.column_stack([inputs, np.ones(40)]), np.array([0.3, 0.3, on_bias])
        w = np.zeros(3)
        for _ in range(steps):
            w = w - 0.2 * (X.T @ (1 / (1 + np.exp(-X @ w)) - labels) / 40 + decay * w)
        return X @ w

    raw, centered, scaled = Z, Z - Z.mean(axis=0), (Z - Z.mean(axis=0)) / 10
    # Logistic regression at its minimum, and after three steps.
    np.testing.assert_allclose(outputs(raw, 0.0), outputs(centered, 0.0), atol=1e-8)
    assert np.abs(outputs(raw, 0.3) - outputs(centered, 0.3)).max() > 1e-4
    assert np.abs(outputs(scaled, 0.0) - outputs(centered, 0.0)).max() > 1e-3
    assert np.abs(outputs(raw, 0.0, 3) - outputs(centered, 0.0, 3)).max() > 1e-3
    text = before_fold("weight-decay")
    assert "If the bias costs nothing, both cost the same" in text
    assert "Scaling changes the penalty even with a free bias" in text
    assert "stopped early, raw and centered inputs can give different functions" in text
    assert "the free bias makes up for the mean holds for any loss" in whole("weight-decay")
    # For outputs of −w and w, and for the raw unit with both decayed.
    w = np.linspace(-1, 2, 301)
    assert w[np.argmin((1 - w) ** 2 / 2 + w**2 / 2)] == pytest.approx(0.5)
    assert [5 * 0.25 + 2 * -0.25 - 1 + 0.25, 2 * 0.25 - 0.25 - 0.25] == [0, 0]


def test_a_logistic_unit_with_squared_loss_has_a_negative_hessian_and_a_linear_one_no_labels():
    p = 1 / (1 + np.exp(2.0))
    slope, bend, error = p * (1 - p), p * (1 - p) * (1 - 2 * p), p - 1
    assert slope**2 + error * bend < 0 < slope**2
    # So it is logistic regression, with cross-entropy, that has one matrix for all three.
    text = before_fold("fisher-or-hessian")
    assert "for logistic regression $\\mathrm E[p(1-p)xx^\\top]$" in text
    assert "ask whether the labels enter" in text


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
    text = before_fold("sign-optimizers")
    assert "strictly positive inputs, one example a step and pure signs: then the differences" in (
        text
    )
    assert "so signSGD moves every weight by the same step, +η or −η" in text
    assert "negate the second input and its weight, and the trap is mirrored" in (
        whole("sign-optimizers")
    )


@pytest.mark.parametrize("seed", range(10))
def test_sign_steps_part_two_weights_only_where_one_of_their_inputs_is_zero(seed):
    rng = np.random.default_rng(seed)
    w, parted = rng.standard_normal(4), 0
    for _ in range(60):
        x, error = np.maximum(rng.standard_normal(4), 0), rng.standard_t(1)
        # The first two are positive together, or not at all.
        x[:2] = np.abs(rng.standard_normal(2)) if rng.random() < 0.5 else 0
        after = w - 0.01 * np.sign(error * x)
        for i, j in itertools.combinations(range(4), 2):
            changed = not np.isclose(after[i] - after[j], w[i] - w[j])
            assert changed == ((x[i] == 0) != (x[j] == 0))
            parted += changed
            assert not changed or (i, j) != (0, 1)
        assert (after[x == 0] == w[x == 0]).all()
        w = after
    assert parted > 20
    assert "An input of 0 gives the gradient 0, so its weight stays" in (
        before_fold("sign-optimizers")
    )
    text = whole("sign-optimizers")
    assert "it changes only on examples where one of the two inputs is 0 and the other is not" in (
        text
    )
    assert "two weights whose inputs are positive together on every example stay tied" in text


@pytest.mark.parametrize("seed", range(5))
def test_at_the_start_half_of_a_relu_layer_is_zero_and_which_half_depends_on_the_example(seed):
    rng = np.random.default_rng(seed)
    # Positive inputs make the examples most alike.
    outputs = rng.random((50, 300))
    for _ in range(2):
        weights = rng.standard_normal((300, 300)) * (2 / 300) ** 0.5
        outputs = np.maximum(outputs @ weights, 0)
        zero = outputs == 0
        assert zero.mean(axis=1).min() > 0.35
        assert zero.mean(axis=1).max() < 0.65
        assert (zero.any(axis=0) & ~zero.all(axis=0)).mean() > 0.3
    text = before_fold("sign-optimizers")
    assert "At the usual random start about half of a ReLU layer's outputs are 0, and which" in text


def test_single_sign_steps_follow_the_majority_and_not_the_mean():
    gradients = np.array([1.0, 1.0, -3.0])
    assert gradients.mean() < 0 < np.sign(gradients).sum() == 1
    # The inputs ±½, and steps so small that they change the gradients little.
    x, errors = np.array([0.5, -0.5, 0.5]), np.array([2.0, -2.0, -6.0])
    assert (errors * x).tolist() == gradients.tolist()
    w = 0.0
    for k in range(3):
        w -= 1e-3 * np.sign((errors[k] + w * x[k]) * x[k])
    assert w == pytest.approx(-1e-3)
    assert 'the mean says "up", but three sign steps end one step lower' in (
        before_fold("sign-optimizers")
    )


def test_the_two_centered_examples_move_the_weights_in_opposite_ways_and_others_need_not():
    rest = np.array([[0.5, -0.5], [-0.5, 0.5]])
    for error in (-1.0, 2.0):
        assert (np.sign(error * rest).sum(axis=1) == 0).all()
    others = np.array([[3.0, 2.0], [1.0, 2.5], [1.0, 1.0]])
    centered = others - others.mean(axis=0)
    assert (centered[0] > 0).all()
    assert "our examples are (0.5, −0.5) and (−0.5, 0.5). So the two weights move in opposite" in (
        before_fold("sign-optimizers")
    )


def _comes_to_the_goal(X, goal, start, size=0.2):
    w, near = np.array(start), False
    for step in range(400):
        x = X[step % len(X)]
        w = w - size * np.sign(np.round(x @ (w - goal), 9) * x)
        near |= np.allclose(w, goal)
    return near


def test_inputs_of_both_signs_can_be_a_trap_and_centered_ones_from_beside_the_line():
    goal, start = np.array([1.0, -1.0]), (0.0, 0.0)
    rest = np.array([[0.5, -0.5], [-0.5, 0.5]])
    assert _comes_to_the_goal(rest, goal, start)
    mirrored = np.array([[2.0, -1.0], [1.0, -2.0]])
    assert not _comes_to_the_goal(mirrored, np.abs(goal), start)
    assert "4. **Centered inputs.** Less their mean" in before_fold("sign-optimizers")
    # The steps keep the sum of the weights.
    assert not _comes_to_the_goal(rest, goal, (0.0, 0.4))
    assert "lie on one line, which goes through the start and the goal" in whole("sign-optimizers")


def test_the_first_layer_of_a_relu_network_stays_tied_on_positive_inputs():
    rng = np.random.default_rng(0)
    first, second = rng.standard_normal((4, 3)), rng.standard_normal(4)
    origin, moved = first, False
    for _ in range(200):
        x = rng.uniform(0.1, 1, 3)
        sums = first @ x
        error = second @ np.maximum(sums, 0) - np.sin(4 * x[0])
        first, second = (
            first - 0.01 * np.sign(np.outer(error * second * (sums > 0), x)),
            second - 0.01 * np.sign(error * np.maximum(sums, 0)),
        )
        moved |= not np.allclose(first, origin)
    assert moved
    assert np.allclose(np.diff(first, axis=1), np.diff(origin, axis=1))
    text = before_fold("sign-optimizers")
    assert (
        "Layers that read ReLU outputs mostly escape, because many of these are exactly 0" in text
    )


def test_lion_ends_a_little_above_the_distance_that_is_shown():
    least, most = EXAMPLES["optimizers-signs-ways"]().distances[3]
    assert least < 0.13 < most < 0.135
    assert "Lion ends at most about" in whole("sign-optimizers")


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 5))
def test_whitened_step_on_one_example_or_of_one_unit_keeps_its_direction(seed, units, n):
    rng = np.random.default_rng(seed)
    x, errors = rng.standard_normal(n), rng.standard_normal(units)
    for G in (np.outer(errors, x), rng.standard_normal((1, n))):
        left, stretches, right = np.linalg.svd(G, full_matrices=False)
        kept = stretches > 1e-10 * stretches[0]
        assert kept.sum() == 1
        assert np.allclose(left[:, kept] @ right[kept], G / np.linalg.norm(G))
    text = before_fold("muon-shampoo")
    assert "*With one unit, or on one example,* $G$ has only one direction." in text
    assert "only changes the length of $G$, and rows of one sign keep their sign" in text


def test_whitening_can_miss_the_goal_and_spoil_a_weight_that_was_right():
    off = np.array([[1.0, 0.0], [1.0, 1.0]])
    left, _, right = np.linalg.svd(off @ [[5.0, 4.0], [4.0, 5.0]])
    step = (left @ right).ravel()
    assert abs(step[1]) > 0.2
    assert step @ off.ravel() < 0.95 * np.linalg.norm(step) * np.linalg.norm(off)
    # Errors alike in both directions are not enough: two times as long, and with one unit right.
    M = np.array([[5.0, 4.0], [4.0, 5.0]])
    turned = np.array([[0.6, 0.8], [-0.8, 0.6]])
    for off, arrives in (
        (np.eye(2), True),
        (turned, True),
        (2 * np.eye(2), False),
        (np.diag([1.0, 0.0]), False),
    ):
        along = [np.linalg.norm(off @ d) for d in ((1, 1), (1, -1))]
        assert along[0] == pytest.approx(along[1])
        left, _, right = np.linalg.svd(off @ M)
        assert np.allclose(off, left @ right) == arrives
    assert "for the two units' errors were at right angles, and each was as long as the step" in (
        before_fold("muon-shampoo")
    )


@pytest.mark.parametrize("seed", range(10))
def test_whitening_gives_all_directions_of_a_gradient_one_length_and_leaves_the_loss(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((200, 3)) + 3
    M, off = X.T @ X / 200, rng.standard_normal((4, 3))
    left, stretches, right = np.linalg.svd(off @ M, full_matrices=False)
    assert np.allclose([np.linalg.norm(left @ right @ v) for v in right], 1)
    assert stretches[0] > 3 * stretches[1]
    # The largest is along the mean, nearly, and the loss stays steep there.
    mean = X.mean(axis=0) / np.linalg.norm(X.mean(axis=0))
    assert abs(right[0] @ mean) > 0.9
    curvatures = np.linalg.eigvalsh(M)
    assert mean @ M @ mean > 0.9 * curvatures[-1] > 5 * curvatures[-2]
    text = before_fold("muon-shampoo")
    assert "Whitening makes the step equally long in all directions of the gradient" in text
    assert "Where the inputs have a large mean, $G$ is often large along it and small" in text
    assert "it leaves the loss as steep along that mean as before" in text


def test_a_miss_along_the_mean_costs_nine_times_and_centered_as_much_as_any():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    for inputs, ratio in ((X, 9), (X - 2, 1)):
        costs = [((inputs @ (0.1 * np.array(d))) ** 2).mean() for d in ((1, 1), (1, -1))]
        assert costs[0] == pytest.approx(ratio * costs[1])
    text = before_fold("muon-shampoo")
    assert "To miss the goal by 0.1 along (1, 1) still costs" in text
    assert "than with centered inputs, where both cost the same here." in text


def test_whitened_steps_of_one_length_take_longer_where_the_loss_has_a_steep_direction():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    start = np.array([[3.0, 0.2], [0.4, 2.5]])

    def fewest(inputs):
        M, found = inputs.T @ inputs / 4, []
        for size in np.geomspace(0.003, 1, 120):
            off, steps = start, 0
            while np.trace(off @ M @ off.T) > 1e-3 and steps < 1000:
                left, _, right = np.linalg.svd(off @ M)
                off, steps = off - size * left @ right, steps + 1
            found.append(steps)
        return min(found)

    assert fewest(X - 2) < fewest(X) < 1000

    def hovers(inputs, size, off):
        M, losses = inputs.T @ inputs / 4, []
        for _ in range(400):
            left, _, right = np.linalg.svd(off @ M)
            off = off - size * left @ right
            losses.append(np.trace(off @ M @ off.T))
        return max(losses[-50:])

    # With centered inputs, too, steps of one length hover, and smaller ones lower.
    rng = np.random.default_rng(0)
    starts = rng.standard_normal((20, 2, 2))
    for size in (0.1, 0.03):
        high, low = ([hovers(Z, size, start) for start in starts] for Z in (X, X - 2))
        assert min(low) > size**2 / 10
        assert (np.array(high) > low).all()
        assert (np.array(low) > [hovers(X - 2, size / 3, start) for start in starts]).all()
    # Not from each start: from this one a step of 1 arrives in both.
    for Z in (X, X - 2):
        left, _, right = np.linalg.svd(Z.T @ Z / 4)
        assert np.allclose(left @ right, np.eye(2))
    assert "So for the same loss steps usually have to become smaller than with centered" in (
        before_fold("muon-shampoo")
    )


def test_shampoo_and_muon_need_less_than_half_their_steps_once_centered():
    numbers = CLAIMS["today.optimizers"].result().numbers
    for name in ("shampoo", "muon"):
        assert numbers[f"{name}_centered"] < numbers[f"{name}_raw"] / 2
        for writing in ("raw", "centered"):
            assert numbers[f"{name}_{writing}"] < numbers[f"gradient_{writing}"]
    # From one start it is half; and momentum alone needs fewer steps than Shampoo.
    raw, centered = (
        optimizer_race("muon", way, tuple(range(10))).fewest for way in ("raw", "centered")
    )
    assert (centered / raw).max() == 0.5
    for writing in ("raw", "centered"):
        assert numbers[f"momentum_{writing}"] < numbers[f"shampoo_{writing}"]
    text = before_fold("muon-shampoo")
    assert "both still trained a network in less than half the steps (medians)" in text
    assert "from one start Muon took half its steps once centered" in whole("muon-shampoo")
    assert "Muon has momentum, too. Shampoo and Muon needed fewer steps than plain descent" in text


def test_the_whitened_gradient_of_a_unit_points_against_its_step():
    record = EXAMPLES["matrices-two-units"]()
    assert (record.alone > 0).all()
    off = np.array([1.0, 0.0])
    M = record.gradient
    assert (off - 0.1 * record.alone) @ M @ (off - 0.1 * record.alone) < off @ M @ off
    assert (off + 0.1 * record.alone) @ M @ (off + 0.1 * record.alone) > off @ M @ off
    assert "The whitened gradient of the unit that is alone is" in whole("muon-shampoo")


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
    assert "what is said of one unit and of one example holds for the first step" in (
        whole("muon-shampoo")
    )


def test_signs_of_the_mean_gradient_can_be_alike_and_not_reach_the_goal():
    X, goal = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0])
    for origin, alike, arrives in (((0.0, 0.0), False, True), ((2.0, -1.0), True, False)):
        w, near = np.array(origin), False
        assert ((X @ (w - goal) @ X).prod() > 0) == alike
        for _ in range(100):
            w = w - 0.2 * np.sign((X @ (w - goal) @ X).round(9))
            near |= np.allclose(w, goal)
        assert near == arrives
    assert "from (2, −1) even the mean gradient has one sign" in whole("sign-optimizers")


def test_sign_steps_on_several_positive_examples_can_part_weights():
    X, errors = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([-1.0, 1.0])
    assert np.sign(errors @ X).tolist() == [-1, 1]
    assert "With one example a step, and all inputs positive" in whole("sign-optimizers")
    assert "The sign is taken after the sum" in before_fold("sign-optimizers")


@pytest.mark.parametrize("seed", [11, 12])
def test_other_draws_come_to_the_goal_up_to_hundredths_and_lion_swings_around_it(seed):
    goal, size, far = np.array([1.0, -1.0]), 0.01, {}
    for name, batch in (("relu", 1), ("batch", 32), ("lion", 1), ("centered", 1)):
        rng = np.random.default_rng(seed)
        w, mean, found = np.zeros((21, 2)), np.zeros((21, 2)), []
        for step in range(1000):
            X = rng.random((21, batch, 2))
            if name == "relu":
                X = np.maximum(rng.standard_normal(X.shape), 0)
            X = X - (name == "centered") / 2
            g = ((X @ (w - goal)[:, :, None]) * X).mean(axis=1)
            w = w - size * np.sign(0.9 * mean + 0.1 * g if name == "lion" else g)
            mean = 0.99 * mean + 0.01 * g
            if step >= 900:
                found.append(np.abs(w - goal).max())
        far[name] = max(found)
    # Rounding errors of 1e-16 at the goal still make steps of 0.01: it is not (1.00, −1.00).
    assert 0 < far["relu"] < 4.5 * size
    assert max(far["batch"], far["centered"]) < 4.5 * size
    # Lion's last distances are not its last word: it swings, and further in other draws.
    assert far["lion"] > 5 * size
    text = before_fold("sign-optimizers")
    assert "up to a few hundredths; Lion swings around it, and ended within about" in text
    assert "in other draws Lion up to 0.17; and rounding errors, of which the sign" in (
        whole("sign-optimizers")
    )


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
    assert "Its steps of one size do not stay at the goal above" in whole("sign-optimizers")
    # On the centered examples, too: at the goal after step 5, two steps beside it after step 7.
    rest, places = X - X.mean(axis=0), {}
    for name in ("lion", "signs"):
        at, mean, places[name] = np.zeros(2, dtype=int), np.zeros(2), []
        for step in range(12):
            x = rest[step % 2]
            g = 0.2 * (x @ (at - goal)) * x
            at = at - np.sign(0.9 * mean + 0.1 * g if name == "lion" else g).astype(int)
            mean = 0.99 * mean + 0.01 * g
            places[name].append(at.tolist())
    assert places["lion"][4] == places["signs"][4] == [5, -5]
    assert places["lion"][6] == [7, -7]
    assert all(place == [5, -5] for place in places["signs"][4:])
    assert "signSGD and Lion are both at (1, −1), where signSGD stays." in (
        before_fold("sign-optimizers")
    )


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
    text = before_fold("adam-natural-gradient")
    assert "so through it the output moves ten times as far" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_diagonal_of_equal_numbers_leaves_the_step_along_the_gradient(seed):
    rng = np.random.default_rng(seed)
    mean, variance, g = rng.normal(0, 3), rng.uniform(0.1, 4), rng.standard_normal(5)
    F = variance * np.eye(5) + mean**2
    step = g / np.diag(F)
    assert step @ g == pytest.approx(np.linalg.norm(step) * np.linalg.norm(g))
    assert condition_number(F / np.diag(F)) == pytest.approx(condition_number(F))
    assert "holds equal numbers, so it does not turn the step" in before_fold(
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
    text = before_fold("adam-natural-gradient")
    assert "and a quarter of that half as far off" in text
    # Divided by the squares the step doubles, by their roots it stays, by F it halves.
    record = EXAMPLES["matrices-divided"]()
    for row, half, factor in zip(record.rows, record.half_rows, (0.5, 0.5, 2, 1), strict=True):
        assert np.array(half) == pytest.approx(factor * np.array(row))
    assert record.half_rows[0] == (-0.5, 0)
    assert "So the step doubles where it should halve." in text
    assert "the step keeps its size" in text
    # With all data Adam squares the average: 5² and 4² and not 41 and 25.
    g = (X[:, :1] * X).mean(axis=0)
    assert g.tolist() == [5, 4]
    assert ((X[:, :1] * X) ** 2).mean(axis=0).tolist() == [41, 25]
    assert "with all data, 5² and 4² in place of {example}`matrices-divided squares.0" in text
    # By distance the third row is the closer one from (½, 0), by direction it is not from either.
    natural, _, third, fourth = np.array(record.half_rows)
    assert np.linalg.norm(third - natural) < np.linalg.norm(fourth - natural)
    for rows in (record.rows, record.half_rows):
        cosines = [-row[0] / np.linalg.norm(row) for row in np.array(rows)]
        assert cosines[0] == 1 > cosines[3] > cosines[2]
    assert "the third row of the table is turned further from (−1, 0) than the fourth" in whole(
        "adam-natural-gradient"
    )
    # With F the step arrives at once, from either distance.
    assert record.rows[0] == (-1, 0)
    assert "The first line takes away just what the weights are off by." in text
    # Labels of variance 1 that are not normal have another Fisher matrix: of Laplace's, with the
    # slope ±√2 of log p, twice E[xxᵀ].
    e = np.random.default_rng(0).laplace(0, 0.5**0.5, 200_000)
    assert e.var() == pytest.approx(1, rel=0.02)
    assert ((np.sign(e) * 2**0.5) ** 2).mean() == pytest.approx(2)
    for page in ("adam-natural-gradient", "fisher-or-hessian", "parametrization"):
        assert "ormal labels of variance 1" in before_fold(page) + whole(page)


@pytest.mark.parametrize("seed", range(5))
def test_at_the_right_weights_training_labels_of_the_models_spread_give_the_diagonal(seed):
    rng = np.random.default_rng(seed)
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    for deviation, same in ((1.0, True), (2.0, False)):
        noise = rng.normal(0, deviation, (200_000, 1))
        squares = ((noise[:, None] * X) ** 2).mean(axis=(0, 1))
        assert np.allclose(squares, np.diag(X.T @ X / 4), rtol=0.05) == same
    text = before_fold("adam-natural-gradient")
    assert "at the right weights with label noise of variance 1" in text


def test_centered_inputs_that_are_correlated_leave_something_beside_the_diagonal():
    X = np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
    assert not X.mean(axis=0).any()
    assert (X.T @ X / 6)[0, 1] == pytest.approx(1 / 3)
    text = before_fold("adam-natural-gradient")
    assert "with ±1 in place of 1 or 3, $F$ is the identity" in text
    # For the bias, too, without which the centered unit gives other functions.
    A = np.array([[a, b, 1.0] for a in (-1.0, 1.0) for b in (-1.0, 1.0)])
    assert (A.T @ A / 4).tolist() == np.eye(3).tolist()
    assert "Center the inputs, and have a bias to make up for it" in text


def test_a_logistic_unit_that_is_sure_has_a_fisher_matrix_near_zero_and_a_linear_one_not():
    X = np.array([[1.0, 0.0], [-1.0, 1.0], [2.0, 1.0]])
    for scale, low, high in ((1.0, 0.1, 1.0), (20.0, 0.0, 1e-5)):
        p = 1 / (1 + np.exp(-scale * X @ [1.0, 0.0]))
        assert low <= np.trace((X.T * p * (1 - p)) @ X / 3) <= high
    assert np.linalg.eigvalsh(X.T @ X / 3)[0] > 0.1
    text = whole("adam-natural-gradient")
    assert "A network with squared loss fits" in text
    assert "its F can be near 0, too" in text


@given(st.floats(0.01, 100), st.floats(0.001, 3), st.floats(0.1, 10))
def test_the_distance_shrinks_exactly_below_twice_the_inverse_curvature(curvature, part, a):
    eta = part * 2 / curvature
    if abs(part - 1) > 1e-9:
        assert (abs(a - eta * curvature * a) < abs(a)) == (part < 1)
    assert a - eta * curvature * a == pytest.approx((1 - eta * curvature) * a, abs=1e-9)
    if part > 1 + 1e-9:
        assert (a - eta * curvature * a) * a < 0
    text = before_fold("step-size-limit")
    assert "The distance $|a|$ shrinks exactly if the factor lies between −1 and 1" in text
    assert "jumps across the minimum and lands farther away" in text
    assert r"Only above $2/\lambda$ does $|a|$ grow" in text


@pytest.mark.parametrize("seed", range(20))
def test_momentum_raises_the_limit_of_any_bowl_by_one_plus_beta(seed):
    rng = np.random.default_rng(seed)
    beta, curvatures = rng.uniform(0, 0.95), 10 ** rng.uniform(-2, 2, 3)
    limit = 2 * (1 + beta) / curvatures.max()
    for part, grows in ((0.99, False), (1.01, True)):
        # Of both roots of z² − (1 + β − ηλ)z + β the larger one in size counts.
        pace = max(
            np.abs(np.roots([1, -(1 + beta - part * limit * h), beta])).max() for h in curvatures
        )
        assert (pace > 1) == grows
    assert r"Momentum $\beta$ (heavy ball) raises it to $2(1+\beta)/\lambda_{\max}$" in before_fold(
        "step-size-limit"
    )


@pytest.mark.parametrize("seed", range(20))
def test_single_examples_that_one_weight_fits_have_no_higher_limit_than_their_mean(seed):
    x = np.random.default_rng(seed).standard_t(3, 20)
    limit = 2 * (x**2).mean() / (x**4).mean()
    assert limit <= 2 / (x**2).mean()
    assert np.mean((1 - 1.01 * limit * x**2) ** 2) > 1 > np.mean((1 - 0.99 * limit * x**2) ** 2)
    # Equal where all are of one size: there is no noise.
    assert 2 * 9 / 81 == 2 / 9
    assert "Steps on single examples can lower it, as some are steeper than the average" in (
        before_fold("step-size-limit")
    )


def test_a_single_run_arrives_above_the_limit_of_the_mean_square_and_up_to_that_of_the_logarithm():
    # Once the page gave 0.24 as the limit of steps on single examples; at 0.25 every run arrives.
    record, rng = EXAMPLES["optimizers-step-limit"](), np.random.default_rng(0)
    squares = rng.choice([1.0, 9.0], (200, 20_000))

    def left(eta):
        return np.log(np.abs(1 - eta * squares)).sum(axis=1)

    assert np.mean((1 - 0.25 * np.array([1, 9])) ** 2) > 1
    assert record.single_limit < 0.25 < record.single_run < 0.27
    assert left(0.25).max() < np.log(1e-6)
    assert left(1.05 * record.single_run).min() > np.log(1e6)
    # Nowhere below it does the mean logarithm reach 0.
    rates = np.linspace(0, record.single_run, 10_001)[1:-1]
    assert (np.log(np.abs(1 - rates)) + np.log(np.abs(1 - 9 * rates)) < 0).all()
    assert "if the mean squared distance is to shrink" in before_fold("step-size-limit")
    page = whole("step-size-limit")
    assert "a single run almost surely still arrives up to η = " in page
    assert "first reaches 0" in page


def test_what_the_page_says_of_the_edge_in_words():
    record = EXAMPLES["swings-edge"]()
    assert max(record.start) < 4
    assert (record.reached, record.calm, record.above) == (4, 0, 5)
    assert [f"{v:.1f}" for v in (*record.late, *record.stays)] == ["4.0", "4.0", "2.0", "2.0"]
    assert max(record.left, record.ends) < 1e-3
    assert record.rest < 4
    assert record.highest > 1
    text = before_fold("step-size-limit")
    for words in (
        "All started below",
        r"In four, $\lambda_{\max}$ climbed to 4 and settled there",
        "of them more than a third of these steps raised the loss",
        "in all four",
        "below 0.1% of its start",
        "and its loss never rose",
        "This rescue can fail: of the same five networks",
    ):
        assert words in text
    page = whole("step-size-limit")
    assert "In all five it ends below 0.1% of that value" in page
    assert "for the fifth start they are counted in all 5000 steps" in page


@pytest.mark.parametrize("seed", range(20))
def test_in_the_toy_each_step_lowers_the_curvature_and_more_in_wider_swings(seed):
    rng = np.random.default_rng(seed)
    eta, curvature = rng.uniform(0.01, 1), rng.uniform(0.1, 10)
    narrow, wide = np.sort(rng.uniform(0.01, 3, 2))
    loss = lambda a, h: h * a**2 / 2  # noqa: E731
    lowered = [eta * (loss(a, curvature + 1) - loss(a, curvature)) for a in (narrow, wide)]
    assert 0 < lowered[0] < lowered[1]
    assert lowered == pytest.approx([eta * a**2 / 2 for a in (narrow, wide)])
    text = before_fold("step-size-limit")
    assert r"so each step lowers $\lambda$, more in wider swings" in text
    assert r"and then shrink, as $\lambda$ has fallen below 4" in text
    assert EXAMPLES["optimizers-step-limit"]().swings[1][2] < 4


def test_above_the_limit_the_first_step_lowers_the_loss():
    # Once the page said "from 3 of them the loss first rose".
    record, above = EXAMPLES["swings-edge"](), 0
    for losses, (steepest,) in sine_runs(0.8, 60):
        assert 0.8 * steepest > 2
        assert losses[1] < losses[0]
        above += losses.max() > losses[0]
    assert above == record.rising == 3
    text = whole("step-size-limit")
    assert "The first step lowers the loss in all five." in text
    assert "the loss then rises for a while above its first value" in text
    assert "first rose" not in text


@pytest.mark.parametrize("seed", range(10))
def test_with_roots_held_adams_edge_is_that_of_the_rows_divided_by_them(seed):
    rng = np.random.default_rng(seed)
    A, roots = rng.standard_normal((6, 4)), 10 ** rng.uniform(-2, 2, 4)
    H = A.T @ A
    limit = 2 * (1 + 0.9) / (1 - 0.9) / np.linalg.eigvals(H / roots[:, None]).real.max()
    for part, grows in ((0.98, False), (1.02, True)):
        w, m, sizes = rng.standard_normal(4), np.zeros(4), []
        for _ in range(6000):
            m = 0.9 * m + 0.1 * H @ w
            w = w - part * limit * m / roots
            sizes.append(w @ H @ w)
            if sizes[-1] > 1e12 * sizes[0]:
                break
        assert (sizes[-1] > 1e3 * sizes[0]) == grows
    assert EXAMPLES["optimizers-step-limit"]().adam_edge == pytest.approx(38)
    page = whole("step-size-limit")
    assert "that of the Hessian after each weight's row is divided by its √v" in page


@pytest.mark.parametrize("seed", range(20))
def test_the_formula_of_the_condition_number_suffices_from_every_start(seed):
    rng = np.random.default_rng(seed)
    kappa, n = 10 ** rng.uniform(0.1, 3), int(rng.integers(2, 9))
    values = np.r_[1.0, rng.uniform(1, kappa, n - 2), kappa] * 10 ** rng.uniform(-3, 3)
    axes = np.linalg.qr(rng.standard_normal((n, n)))[0]
    H, share = axes * values @ axes.T, 10 ** rng.uniform(-6, -1)
    steps = int(np.ceil(kappa * np.log(1 / share)))
    kept = np.linalg.matrix_power(np.eye(n) - H / values.max(), steps)
    assert np.linalg.norm(kept, 2) <= share * (1 + 1e-6)
    # The flattest direction is the worst, and needs nearly as many.
    assert kept @ axes[:, 0] == pytest.approx((1 - 1 / kappa) ** steps * axes[:, 0], abs=1e-9)
    # Without curvature along one direction it stays, and the others are as fast as before.
    flat = np.append(values, 0.0)
    left = (1 - flat / values.max()) ** steps
    assert left[-1] == 1
    assert left[:-1].max() <= share * (1 + 1e-6)
    text = before_fold("condition-number")
    assert "The formula is a ceiling" in text
    # So it is for squared errors, and not for each quadratic: ½a² + b falls along b.
    X = rng.standard_normal((30, n)) @ np.diag(np.r_[np.ones(n - 1), 0.0]) @ axes.T
    y, w = rng.standard_normal(30), rng.standard_normal(n)
    move = rng.standard_normal() * axes[:, -1]
    assert np.allclose(X.T @ X @ move, 0)
    assert ((X @ (w + move) - y) ** 2).mean() == pytest.approx(((X @ w - y) ** 2).mean())
    assert (
        "Along a direction of curvature exactly 0 a linear neuron's squared error does not change"
    ) in text
    assert "so the formula's steps suffice from every start" in whole("condition-number")
    assert "Accuracy enters only through its logarithm" in whole("condition-number")


@pytest.mark.parametrize("seed", range(20))
def test_the_best_step_shrinks_both_ends_alike_and_momentum_by_its_root(seed):
    rng = np.random.default_rng(seed)
    kappa, flat = 10 ** rng.uniform(0.1, 4), 10 ** rng.uniform(-3, 3)
    ends = flat * np.array([kappa, 1.0])
    best = 2 / ends.sum()
    factors = 1 - best * ends
    assert factors == pytest.approx(np.array([-1, 1]) * (kappa - 1) / (kappa + 1))
    for other in (0.99 * best, 1.01 * best):
        assert max(abs(1 - other * ends)) > factors[1]

    def slowest(product, beta):
        return np.abs(np.roots([1, -(1 + beta - product), beta])).max()

    beta = rng.uniform(0.01, 0.99)
    low, high = (1 - beta**0.5) ** 2, (1 + beta**0.5) ** 2
    for product in rng.uniform(low, high, 10):
        assert slowest(product, beta) == pytest.approx(beta**0.5, rel=1e-6)
    for product in (0.9 * low, 1.1 * high):
        assert slowest(product, beta) > beta**0.5 * (1 + 1e-6)
    root = (kappa**0.5 - 1) / (kappa**0.5 + 1)
    assert (1 + root) ** 2 / (1 - root) ** 2 == pytest.approx(kappa)
    # With a smaller one no step size has both ends within the limits.
    assert (1 + 0.99 * root) ** 2 / (1 - 0.99 * root) ** 2 < kappa
    rows = EXAMPLES["optimizers-condition-number"]().flat
    assert rows[3][3] / rows[2][3] == pytest.approx(10**0.5, rel=0.05)
    for _, safe, half, _ in rows[2:]:
        assert half / safe == pytest.approx(0.5, abs=0.01)
    # For large κ alone: at 1.5 the formula says 6.9 steps, and the two rates take 4.2 and 2.9.
    share = np.log(1.5 - 1) - np.log(1.5), np.log(1.5 - 1) - np.log(1.5 + 1)
    assert [round(-np.log(100) / s, 1) for s in share] == [4.2, 2.9]
    assert np.log(100) * 1.5 > 6.9
    text = before_fold("condition-number")
    assert r"\approx e^{-T/\kappa}$ if κ is large" in text
    assert "and for large κ only about halves the count" in text
    assert "lets the flattest and the steepest direction shrink alike" in text
    assert r"Tuned momentum needs about $\sqrt\kappa$ in place of κ" in text
    page = whole("condition-number")
    assert r"The tuned $\beta$ gives these limits the ratio $\kappa$" in page
    assert r"The count grows roughly like $\sqrt\kappa$" in page


@pytest.mark.parametrize("seed", range(10))
def test_newton_reaches_the_bottom_of_a_bowl_whatever_its_condition_number(seed):
    rng = np.random.default_rng(seed)
    A, bottom, w = rng.standard_normal((6, 4)), rng.standard_normal(4), rng.standard_normal(4)
    H = A.T @ A
    assert w - np.linalg.solve(H, H @ (w - bottom)) == pytest.approx(bottom)
    text = before_fold("condition-number")
    assert "Newton's method divides by each curvature, so κ drops out" in text


def test_the_regression_needs_fewer_steps_than_with_all_of_its_loss_in_the_flattest_direction():
    problem, record = regression("uniform on [0, 1]"), EXAMPLES["regression-conditions"]()
    most = EXAMPLES["regression-setting"]().raw[1]
    assert most < record.ranges[3][0] < record.worst
    assert record.ranges[2][1] < 0.1
    for H, X in zip(problem.curvature, problem.inputs, strict=True):
        values, vectors = np.linalg.eigh(H)
        mean = np.append(X.mean(axis=0)[: len(H) - 1], 1.0)
        assert values[-1] > 20 * values[-2]
        assert abs(vectors[:, -1] @ mean) > 0.99 * np.linalg.norm(mean)
        # With the bias it also makes one far smaller; centered, the bias has the largest.
        assert values[1] > 3 * values[0]
        cov = np.cov(X[:, : len(H) - 1].T, bias=True)
        assert np.linalg.eigvalsh(cov)[-1] < 0.2
    page = whole("condition-number")
    assert "makes one curvature far larger than the others, and one far smaller" in page
    assert "The worst case, all of the starting loss in the flattest direction" in page


def test_the_condition_number_with_a_bias_is_that_of_the_inputs_and_samples_have_another():
    # Once the page gave the medians of samples, 444 and 16, as those of the distribution.
    kappas = []
    for mean in (0.5, 0.0):
        H = np.eye(21)
        H[:20, :20] = np.eye(20) / 12 + mean**2
        H[20, :20] = H[:20, 20] = mean
        kappas.append(condition_number(H))
    record, samples = EXAMPLES["regression-slower"](), EXAMPLES["regression-conditions"]()
    assert [row[0] for row in record.rows[1::-1]] == pytest.approx(kappas)
    assert [f"{kappa:.0f}" for kappa in kappas] == ["442", "12"]
    assert samples.raw > kappas[0] + 1
    assert samples.ranges[1][0] > 1.2 * kappas[1]
    for H in regression("uniform on [0, 1]", "centered").curvature:
        values = np.linalg.eigvalsh(H)
        assert values[0] < 1 / 12
        assert values[-1] == pytest.approx(1)
    page = whole("condition-number")
    assert "examples about {example}`regression-conditions raw .0f`)" in page
    assert "the bias's curvature, 1, is still the largest and the others are 1/12" in page
    assert "as their smallest curvature is below 1/12" in page


@pytest.mark.parametrize("seed", range(20))
def test_centering_does_not_make_a_neuron_s_loss_steeper(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((30, 4)) * 10 ** rng.uniform(-1, 1, 4) + 3 * rng.standard_normal(4)
    Z = X - X.mean(axis=0)
    for bias in (False, True):
        raw, less = (np.column_stack([Y, np.ones(30)]) if bias else Y for Y in (X, Z))
        assert np.linalg.norm(less, 2) <= np.linalg.norm(raw, 2) * (1 + 1e-12)
    text = before_fold("loss-oscillates")
    assert "Cut η, or cut λmax by centering" in text


def test_what_the_table_of_limits_says_in_words():
    record = EXAMPLES["swings-limits"]()
    (tanh, relu, less) = record.rows
    assert record.calm == 0
    assert record.gains[0] == pytest.approx(record.gains[1])
    # A step of the scale between tanh and ReLU, and many to ReLU less its mean.
    assert tanh[0] / relu[0] == pytest.approx(1.25)
    assert tanh[1] / relu[1] == pytest.approx(1.25)
    assert less[0] / relu[0] > 1.25**15
    assert record.least[1][0] == record.most[1][0]
    assert min(record.swinging) > 0
    assert record.cured == (0, 0)
    # All draws agree: below the rate 1 raw, above it with either change.
    assert record.most[1][0] < 1 < record.least[1][1]
    assert record.least[2][0] > 1
    page = whole("loss-oscillates")
    for words in (
        "times as large, for tanh and for ReLU",
        "tanh in the place of ReLU changes little here",
        "hidden weights after He",
        "the rate up to which the loss does not rise in 100 steps",
        "with ReLU less its mean in",
    ):
        assert words in page
    assert "At 0.2 the loss rises in no draw" in page
    assert "in all five draws on raw inputs" in page


def test_between_one_and_two_over_the_curvature_the_weight_swings_and_the_loss_falls():
    for eta, falls in ((1.01 / 101, True), (1.5 / 101, True), (1.99 / 101, True), (0.1, False)):
        w, errors, losses = 1.0, [], []
        for _ in range(30):
            errors.append(w)
            losses.append((81 * w * w + 121 * w * w) / 4)
            w -= eta * (81 * w + 121 * w) / 2
        assert (np.sign(errors[1:]) == -np.sign(errors[:-1])).all()
        assert (np.diff(losses) < 0).all() == falls
        assert (np.diff(losses) > 0).all() != falls
    text = before_fold("loss-oscillates")
    assert "the *weights* jump from side to side, yet the loss falls" in text
    assert "At η = 0.1 the factor is 1 − 10.1 = −9.1, and the loss rises" in text


def test_each_suspect_alone_swings_or_does_not_as_the_small_runs_say():
    raw, slow, centered, relu, less, _, single, _ = (
        np.diff(row[1:]) for row in EXAMPLES["swings-causes"]().rows
    )
    for run in (slow, centered, less):
        assert (run < 0).all()
    for run in (raw, relu, single):
        assert (run > 0).any()
        assert (run < 0).any()
    text = before_fold("loss-oscillates")
    assert "so a lower rate or centering ends it" in text
    limits = EXAMPLES["swings-causes"]().limits
    assert 0.2 < limits[0] < 2 < limits[1]
    assert "their mean ½ lets η = 16 swing; without it η = 16 does not" in text


def test_a_rate_beyond_one_that_raises_the_loss_can_be_without_a_rise():
    # ½w² with a ledge of height 0 below −5, from w = 1.
    def rises(eta):
        w, losses = 1.0, []
        for _ in range(100):
            losses.append(w**2 / 2 if w > -5 else 0.0)
            w -= eta * w if w > -5 else 0.0
        return bool((np.diff(losses) > 0).any())

    assert [rises(eta) for eta in (1.0, 3.0, 7.0)] == [False, True, False]


def test_a_tenth_of_the_rate_can_leave_momentums_swings_and_a_small_enough_one_ends_them():
    # Once the page said "if no rate ends them, lower momentum".
    def rises(eta, beta):
        a, v, losses = 1.0, 0.0, []
        for _ in range(5000):
            losses.append(a * a)
            v = beta * v - eta * a
            a += v
        return int((np.diff(losses) > 0).sum())

    assert rises(1.0, 0.9) > 0
    assert rises(0.1, 0.9) > 0
    assert rises(0.1, 0.0) == 0
    assert rises(0.99 * (1 - 0.9**0.5) ** 2, 0.9) == 0
    text = before_fold("loss-oscillates")
    assert "If not, lower momentum, if any. If no rate ends them, look for a bug" in text


def test_a_loss_that_is_seen_at_each_fourth_step_can_hide_its_swings():
    # Full batches with momentum 0.9 on one weight, whose roots turn by an eighth of a circle.
    beta, a, v, losses = 0.9, 1.0, 0.0, []
    eta = 1 + beta - 2 * beta**0.5 * np.cos(np.pi / 4)
    for _ in range(60):
        losses.append(a * a)
        v = beta * v - eta * a
        a += v
    assert (np.diff(losses) > 0).sum() > 10
    assert (np.diff(losses[::4]) < 0).all()
    # So does the small run with one example a step.
    rows = EXAMPLES["swings-causes"]().rows
    assert (np.diff(rows[6][1:]) > 0).any()
    assert (np.diff(rows[7][1:]) < 0).all()
    assert "Print, after every step, the loss on one fixed, large set" in (
        before_fold("loss-oscillates")
    )


def test_of_one_example_a_step_the_own_loss_jumps_and_that_of_all_swings_far_less():
    own, everyone = (np.diff(row[1:]) for row in EXAMPLES["swings-causes"]().rows[5:7])
    assert own.max() > 5 * everyone.max() > 0
    page = whole("loss-oscillates")
    assert (
        "it jumps; that of all four swings far less, and seen at each fourth step it falls" in page
    )


def test_the_fifth_small_run_moves_its_first_weight_alone_and_so_does_not_feel_its_limit():
    X = np.array(list(itertools.product((-0.5, 0.5), repeat=2)))
    A, y = np.column_stack([X, np.ones(4)]), (X[:, 0] > 0).astype(float)
    for eta, start, swings in ((16, 0.0, False), (16, 1e-3, True), (33, 0.0, True)):
        w, losses, moved = np.array([0.0, 0.0, start]), [], []
        # The bowl at the start, which does not flatten.
        for _ in range(8):
            errors = A @ w / 4 + 0.5 - y
            losses.append(errors @ errors)
            w = w - eta * A.T @ errors / 4
            moved.append(abs(w[1:]).max())
        assert (np.diff(losses) > 0).any() == swings
        assert (max(moved) == 0) == (start == 0)
    assert EXAMPLES["swings-causes"]().limits[2:] == (8, 32)
    assert "Along the first weight, which alone moves" in whole("loss-oscillates")


def test_a_dead_relu_leaves_the_loss_as_it_is():
    rng = np.random.default_rng(0)
    X, targets = rng.random((50, 3)), rng.standard_normal(50)
    w, b, v, losses = -np.ones(3), -1.0, 1.0, []
    for _ in range(20):
        sums = X @ w + b
        error = v * np.maximum(sums, 0) - targets
        losses.append(error @ error)
        back = error * v * (sums > 0)
        w, b, v = w - X.T @ back, b - back.sum(), v - error @ np.maximum(sums, 0)
    assert set(losses) == {losses[0]}
    assert "Dead ReLUs can make a loss stick, not swing" in before_fold("loss-oscillates")


def test_a_bigger_rate_helps_up_to_a_cap_and_a_zigzag_can_be_the_faster_path():
    record = EXAMPLES["paths-smaller-steps"]()
    rows = {row[0]: row for row in record.rows}
    assert 1.9 < rows[0.1][3] / rows[0.2][3] < 2.1
    assert rows[0.2][1] < 0 < rows[0.1][1]
    assert rows[0.22][3] > rows[0.1][3]
    assert record.beyond[1] < -1
    assert record.centered_steps == 1
    # What the flat axis alone would like is far above the cap.
    assert 1 / record.flat > 4 * 2 / record.steep
    text = before_fold("bigger-step")
    assert "is about twice as fast as the smooth path" in text
    assert "The slow direction may need far more" in text


def test_a_rate_below_the_cap_can_be_the_slower_one_and_half_of_the_failed_one_can_be_it():
    # Once the page said "a bigger rate does help, up to a cap", and "then halve it".
    record = EXAMPLES["paths-smaller-steps"]()
    H, start = np.array([[5.0, 4.0], [4.0, 5.0]]), [1.0, 0.0]
    failed = 0.11
    while failed <= record.cap:
        failed *= 2
    half, quarter, best = (steps_of_descent(H, start, eta) for eta in (failed / 2, failed / 4, 0.2))
    assert failed / 2 < record.cap
    assert half > 10 * best
    assert min(half, quarter) < 2 * best
    text = before_fold("bigger-step")
    assert "only up to a best one, which lies below a cap" in text
    assert "then go back to half or a quarter of it, and keep the better" in text
    assert "then halve it" not in text


@pytest.mark.parametrize("seed", range(30))
def test_the_better_of_half_and_a_quarter_of_the_failed_rate_is_at_most_about_twice_as_slow(seed):
    rng = np.random.default_rng(seed)
    values = np.diag([1.0, 10 ** rng.uniform(0.1, 2.5)])
    failed = 10 ** rng.uniform(-4, -3)
    while failed <= 2 / values.max():
        failed *= 2
    tried = [steps_of_descent(values, [1.0, 1.0], failed / part) for part in (2, 4)]
    best = steps_of_descent(values, [1.0, 1.0], 2 / np.trace(values))
    assert min(tried) <= 2.2 * best + 2


def test_momentum_takes_half_the_steps_in_the_small_bowl_and_far_fewer_at_a_large_ratio():
    # Once the page said "many fewer steps in such a bowl".
    rows = {row[0]: row for row in EXAMPLES["optimizers-condition-number"]().rows}
    assert 0.45 < rows[9][4] / rows[9][2] < 0.6
    assert rows[1000][4] / rows[1000][2] < 0.1

    def steps(eta, beta):
        w, v, count = np.array([1.0, 0.0]), 0.0, 0
        while np.linalg.norm(w) > 0.01:
            v = beta * v - eta * np.array([[5.0, 4.0], [4.0, 5.0]]) @ w
            w, count = w + v, count + 1
        return count

    assert steps(4 / (3 + 1) ** 2, ((3 - 1) / (3 + 1)) ** 2) == rows[9][4]
    assert steps(0.2, 0) == rows[9][2] == EXAMPLES["paths-smaller-steps"]().rows[1][3]
    page = whole("bigger-step")
    assert "steps in this bowl, plain descent" in page
    assert "at a large ratio κ of the curvatures it takes far fewer" in page


@pytest.mark.parametrize("seed", range(10))
def test_a_bigger_rate_makes_a_leg_longer_and_does_not_turn_it(seed):
    rng = np.random.default_rng(seed)
    x, w, target = rng.uniform(0.1, 3, 4), rng.standard_normal(4), rng.standard_normal()
    leg = -(x @ w - target) * x
    small, large = 0.01 * leg, 0.3 * leg
    assert np.linalg.norm(large) > np.linalg.norm(small)
    assert (np.sign(large) == np.sign(small)).all()
    assert abs(np.sign(large).sum()) == 4
    assert "A bigger rate lengthens these legs, but adds no direction" in before_fold("bigger-step")


def _second_derivatives(f, w, step=1e-4):
    e = step * np.eye(len(w))
    return np.array(
        [
            [(f(w + a + b) - f(w + a - b) - f(w - a + b) + f(w - a - b)) / 4 / step**2 for a in e]
            for b in e
        ]
    )


@pytest.mark.parametrize("seed", range(5))
def test_fisher_is_gauss_newton_behind_softmax_and_for_normal_labels_and_not_for_probabilities(
    seed,
):
    rng = np.random.default_rng(seed)
    w, x, labels = rng.standard_normal(8), rng.standard_normal(2), np.eye(3)
    reader = rng.standard_normal((3, 2))

    def outputs(w):
        return reader @ np.tanh(w[:4].reshape(2, 2) @ x + w[4:6]) * w[6] + w[7]

    def loss(w, y):
        f = outputs(w)
        return np.log(np.exp(f).sum()) - y @ f

    ways = 1e-5 * np.eye(8)
    slope = lambda f: np.array([(f(w + e) - f(w - e)) / 2e-5 for e in ways])  # noqa: E731
    J = slope(outputs).T
    f = outputs(w)
    p = np.exp(f) / np.exp(f).sum()
    G = J.T @ (np.diag(p) - np.outer(p, p)) @ J
    grads = [slope(lambda w, y=y: loss(w, y)) for y in labels]
    fisher = sum(q * np.outer(g, g) for q, g in zip(p, grads, strict=True))
    assert np.allclose(G, fisher, atol=1e-6)
    assert np.linalg.eigvalsh(G).min() > -1e-9
    # Half the squared error: drawn labels f ± 1 in each output have the variance 1.
    signs = list(itertools.product((-1.0, 1.0), repeat=3))
    assert np.allclose(sum(np.outer(J.T @ s, J.T @ s) for s in signs) / 8, J.T @ J)
    # The Hessian is Gauss–Newton and the bending, whatever the labels.
    for y, g in zip(labels, grads, strict=True):
        bend = sum(
            (p - y)[k] * _second_derivatives(lambda w, k=k: outputs(w)[k], w) for k in range(3)
        )
        H = _second_derivatives(lambda w, y=y: loss(w, y), w)
        assert np.allclose(H, G + bend, atol=1e-4)
        assert np.linalg.matrix_rank(np.outer(g, g)) == 1
    # With the probability of a label as output, −log p, the two differ.
    q = rng.uniform(0.1, 0.4)
    assert 1 / q**2 > 1.5 / (q * (1 - q))
    text = before_fold("fisher-or-hessian")
    assert "For squared error and softmax cross-entropy the last two are equal" in text
    assert "if the loss is $-\\log p$ and $f$ holds the natural parameters of $p$" in text
    assert "With other outputs they can differ" in text


@pytest.mark.parametrize("seed", range(5))
def test_gauss_newton_can_be_negative_only_where_the_loss_is_not_convex_in_the_outputs(seed):
    rng = np.random.default_rng(seed)
    J, B = rng.standard_normal((3, 4)), rng.standard_normal((3, 3))
    assert np.linalg.eigvalsh(J.T @ (B @ B.T) @ J).min() > -1e-9
    assert np.linalg.eigvalsh(J.T @ np.diag([1.0, -1.0, 1.0]) @ J).min() < 0
    grads = rng.standard_normal((50, 4))
    assert np.linalg.eigvalsh(grads.T @ grads).min() >= 0
    one = EXAMPLES["matrices-one-weight"]()
    assert one.rows[0][1] < 0 < min(one.rows[0][2:])
    # Newton's step goes along the slope, up, and its end has a higher loss.
    slope = 2 * one.rows[0][0]
    assert slope * one.newton[0] > 0
    assert one.newton[3] > one.newton[2]
    text = before_fold("fisher-or-hessian")
    assert "Only the Hessian can be negative along some direction here" in text
    page = whole("fisher-or-hessian")
    assert "it has the sign of the gradient, so it leads uphill" in page
    assert "goes against the slope" not in page
    assert "Gauss–Newton is not if the loss is convex in $f$" in text


def test_at_a_fit_of_labels_the_empirical_matrix_is_0_and_with_logits_the_other_can_be_too():
    X = np.array([[1.0, 2.0], [-1.0, 1.0], [2.0, -3.0]])
    # Squared loss: all errors are 0, and F is E[xxᵀ]; it is 0 if no output depends on a weight.
    assert np.linalg.eigvalsh(X.T @ X / 3)[0] > 0.5
    assert not (0 * X.T @ X).any()
    # Cross-entropy fits its labels better the larger the weights, and both go to 0.
    fishers, empirical = [], []
    for scale in (1, 10, 100):
        p = 1 / (1 + np.exp(-scale * X[:, 0]))
        errors = p - (X[:, 0] > 0)
        fishers.append(np.trace((X.T * p * (1 - p)) @ X))
        empirical.append(np.trace((X.T * errors**2) @ X))
    assert max(fishers[-1], empirical[-1]) < 1e-30 < 1e-5 < fishers[0]
    page = whole("fisher-or-hessian")
    assert "With squared loss, the network fits every label exactly" in page
    assert "The empirical one is 0; the other in general is not" in page


def test_newtons_step_can_go_uphill_and_end_at_a_fit():
    # f = w² at w = 1 for the label 4: the slope −6 and the curvature −2.
    step = 6.0 / -2.0
    assert (1 + step) ** 2 == 4
    assert -6 * step > 0
    assert "its end can still have a lower loss" in whole("fisher-or-hessian")


@pytest.mark.parametrize("kind", ["exact", "plain", "diagonal", "damped"])
@pytest.mark.parametrize("seed", range(5))
def test_only_the_exact_natural_step_reaches_one_function_from_both_writings(seed, kind):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    X = rng.standard_normal((40, n)) + rng.uniform(1, 3, n)
    y, mu = rng.standard_normal(40), X.mean(axis=0)
    w, b = rng.standard_normal(n), rng.standard_normal()

    def after(X, p):
        A = np.column_stack([X, np.ones(40)])
        F, g = A.T @ A / 40, A.T @ (A @ p - y) / 40
        M = {
            "exact": F,
            "plain": np.eye(n + 1),
            "diagonal": np.diag(np.diag(F)),
            "damped": F + 0.1 * np.eye(n + 1),
        }[kind]
        return A @ (p - 0.3 * np.linalg.solve(M, g))

    raw, centered = after(X, np.r_[w, b]), after(X - mu, np.r_[w, b + w @ mu])
    assert np.allclose(raw, centered, atol=1e-9) == (kind == "exact")
    # Without a bias the centered model cannot say what the raw one said.
    fits = [np.linalg.lstsq(Z, X @ w, rcond=None)[0] for Z in (X, X - mu)]
    assert np.allclose(X @ fits[0], X @ w)
    assert not np.allclose((X - mu) @ fits[1], X @ w)
    # θ = Tθ′: what a step is in the old coordinates.
    T = np.eye(n + 1)
    T[-1, :-1] = -mu
    g, F = rng.standard_normal(n + 1), np.cov(rng.standard_normal((n + 1, 60)))
    natural = T @ np.linalg.solve(T.T @ F @ T, T.T @ g)
    assert np.allclose(natural, np.linalg.solve(F, g))
    damped = T @ np.linalg.solve(T.T @ F @ T + 0.1 * np.eye(n + 1), T.T @ g)
    assert not np.allclose(damped, np.linalg.solve(F + 0.1 * np.eye(n + 1), g))
    assert not np.allclose(T @ T.T @ g, g)
    # Newton on ½θᵀHθ − cᵀθ: slopes and second differences in the new coordinates themselves.
    H, c, at = F, rng.standard_normal(n + 1), np.linalg.solve(T, rng.standard_normal(n + 1))

    def loss(p):
        return (T @ p) @ H @ (T @ p) / 2 - c @ (T @ p)

    e = np.eye(n + 1)
    slopes = np.array([(loss(at + i) - loss(at - i)) / 2 for i in e])
    second = [[loss(at + i + j) - loss(at + i) - loss(at + j) + loss(at) for j in e] for i in e]
    assert np.allclose(second, T.T @ H @ T, rtol=1e-6, atol=1e-6)
    newton = T @ np.linalg.solve(T.T @ H @ T, slopes)
    assert np.allclose(newton, np.linalg.solve(H, H @ T @ at - c), rtol=1e-4, atol=1e-4)
    text = before_fold("parametrization")
    assert "Newton's method on a quadratic loss is likewise unaffected" in text
    assert "The natural step reached one line in both; the plain one needed centering" in text
    assert "in the old coordinates, in general not $-g$" in text
    assert "this *damping* depends on the coordinates again" in text
    assert "**The diagonal of $F$** alone loses it" in text
    assert "**Without a bias** centering changes the model" in text


def test_both_steps_on_one_and_three_as_the_page_writes_them_out():
    y = np.array([-1.0, 1.0])
    for x, natural in ((np.array([1.0, 3.0]), (1, -2)), (np.array([-1.0, 1.0]), (1, 0))):
        A = np.column_stack([x, np.ones(2)])
        F, g = A.T @ A / 2, A.T @ -y / 2
        assert g.tolist() == [-1, 0]
        step = -np.linalg.solve(F, g)
        assert step == pytest.approx(natural)
        assert A @ step == pytest.approx(y)
        assert (A @ -g).tolist() == ([1, 3] if x[0] == 1 else [-1, 1])
    text = before_fold("parametrization")
    assert "So $\\Delta b=-2\\Delta w$ and $\\Delta w=1$: the line is $x-2$" in text
    assert "Plain step $-g=(1,0)$: the outputs become 1 and 3" in text


def test_centered_rows_need_no_more_steps_than_raw_ones_and_nearly_diagonal_is_enough():
    record = EXAMPLES["regression-fisher"]()
    assert all(centered <= raw for raw, centered in record.rows)
    assert record.rows[0][1] < 5 < record.rows[0][0]
    off = [regression("uniform on [0, 1]", change).curvature for change in ("none", "centered")]
    largest = []
    for H in off:
        d = np.sqrt(np.diagonal(H, axis1=1, axis2=2))
        largest.append(np.abs(H / d[:, :, None] / d[:, None, :] - np.eye(21)).max(axis=(1, 2)))
    assert largest[0].min() > 0.7
    assert largest[1].max() < 0.2
    assert "independent inputs leave $F$ nearly diagonal" in whole("parametrization")


def test_plain_descent_gains_nothing_from_centering_if_the_mean_is_small_already():
    # Once the page said "skip it only if you solve accurately with the full F".
    raw, centered = (regression("tanh", change).descent_steps() for change in ("none", "centered"))
    assert abs(np.median(raw) - np.median(centered)) <= 1
    text = before_fold("parametrization")
    assert "unless the mean is small already or your method is invariant" in text
    assert "(undamped, with full $F$ or K-FAC that includes the bias)" in text
    assert "Skip it only" not in text


@pytest.mark.parametrize("seed", range(20))
def test_below_the_rate_of_the_long_run_half_of_it_takes_more_steps(seed):
    rng = np.random.default_rng(seed)
    values = np.array([1.0, 10 ** rng.uniform(0.5, 3)])
    best, start = 2 / values.sum(), np.array([1.0, rng.choice([-1, 1])])

    def steps(eta, curvatures=values):
        left = np.linalg.norm(start * (1 - eta * curvatures) ** np.arange(20_000)[:, None], axis=1)
        return int(np.argmax(left <= 0.01 * left[0]))

    assert steps(best / 2) > 1.5 * steps(best)
    # Why "usually": just below the limit it is the steep direction that takes the time.
    limit = 2 / values[1]
    assert steps(limit * (1 - 1e-3)) > steps(limit / 2) or values[1] > 500
    # At the old rate round curvatures of the flat size gain nothing of it.
    assert steps(best, np.ones(2)) in (steps(best), steps(best) - 1)
    page = before_fold("smaller-step")
    assert "A smaller rate can stop the zig-zag, but usually makes training slower" in page
    # From a start on an axis the path does not bend at any rate.
    d = np.array([1.0, -1.0])
    for rate in (0.01, 0.1, 0.2):
        assert d - rate * np.array([[5, 4], [4, 5]]) @ d == pytest.approx((1 - rate) * d)
    assert "The path then usually bends instead of running straight" in whole("smaller-step")
    assert "At the old rate the gain can vanish" in whole("smaller-step")
    # Per factor of e about 1/(ηλmin) steps, at rates that are small for the flat axis.
    eta = best / 4
    assert np.log(1 - eta) * -1 == pytest.approx(eta, rel=0.2)
    told = "The flat axis needs about 1/(ηλmin) steps per factor of 2.7 if ηλmin is small."
    assert told in whole("smaller-step")


@pytest.mark.parametrize("seed", range(10))
def test_newton_reaches_the_minimum_of_a_bowl_at_once_and_goes_uphill_where_it_curves_down(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(2, 8)
    axes = np.linalg.qr(rng.standard_normal((n, n)))[0]
    values, off = 10 ** rng.uniform(-2, 2, n), rng.standard_normal(n)
    H = axes * values @ axes.T
    assert np.allclose(off - np.linalg.solve(H, H @ off), 0, atol=1e-9)
    # The closed form of a regression is that step, from any weights.
    X, y, w = rng.random((40, n)), rng.standard_normal(40), rng.standard_normal(n)
    newton = w - np.linalg.solve(X.T @ X, X.T @ (X @ w - y))
    assert np.allclose(newton, np.linalg.lstsq(X, y, rcond=None)[0])
    values[0] *= -1
    saddle = axes * values @ axes.T
    step = -np.linalg.solve(saddle, saddle @ off)
    loss = lambda t: values[0] * (axes[:, 0] @ (off + t * step)) ** 2 / 2  # noqa: E731
    assert loss(0) < loss(0.5) < loss(1)
    page = before_fold("invert-curvature")
    assert "In a quadratic bowl, however narrow, it arrives at once" in page
    assert "if the weights are off by $d$, $g=Hd$, and the step is $-d$" in page
    # In another bowl it does not: of ln(e^w + e^−w) − w/2, whose minimum is at (ln 3)/2.
    w, goal = 0.0, np.log(3) / 2
    w -= (np.tanh(w) - 0.5) * np.cosh(w) ** 2
    assert 0.01 < abs(w - goal) < abs(goal)
    assert "Newton's step goes uphill along that direction" in whole("invert-curvature")
    # A loss that is not convex in the output, log(1 + f²), makes Gauss–Newton negative at f = 2.
    bent = lambda f: 2 * (1 - f**2) / (1 + f**2) ** 2  # noqa: E731
    assert bent(2.0) == pytest.approx(-0.24)
    assert "the Gauss–Newton matrix if the loss is convex in the outputs, have no negative" in (
        whole("invert-curvature")
    )
    # With two equal inputs there is no inverse, as at (1, 1) of the network of two weights.
    X[:, 0] = X[:, 1]
    assert np.linalg.matrix_rank(X.T @ X) == n - 1
    assert "linear regression in closed form is one Newton step, if no curvature is 0" in page


def test_newton_leads_beside_the_saddle_where_descent_leaves_it_and_the_curvature_turns():
    record = EXAMPLES["optimizers-saddle"]()
    at = np.array([0.1, 0.1])
    # Descent goes up along both weights, to (1, 1), and Newton down.
    assert (record.gradient < 0).all()
    assert (record.step < 0).all()
    w = at.copy()
    for _ in range(200):
        w = w - 0.3 * (w.prod() - 1) * w[::-1]
    assert w == pytest.approx([1, 1])
    assert np.linalg.norm(record.after) < 0.003 < np.linalg.norm(at)
    assert record.losses[1] > record.losses[0]
    assert record.curvature < 0 < record.fitted_curvature
    assert -record.gradient / record.curvature == pytest.approx([-0.102] * 2, abs=1e-4)
    # From a batch: no more directions with curvature than examples.
    X = np.random.default_rng(0).standard_normal((5, 20))
    assert np.linalg.matrix_rank(X.T @ X) == 5
    page = before_fold("invert-curvature")
    assert "Newton divides by a negative number and *lowers* both, to" in page
    assert "the plain step $-g$ *is* Newton's, without any inverse" in page
    assert "But subtract the mean, and add a bias to make up for it" in page
    assert "at most 100 directions with any curvature" in whole("invert-curvature")


def test_a_batch_misleads_newton_with_the_gradient_of_all_data_and_not_with_its_own():
    X, off = np.array([[1.0, 1.0], [1.0, 3.0]]), np.array([1.0, 0.0])
    H = X.T @ X / 2
    assert np.linalg.solve(H, [5.0, 4.0]) == pytest.approx([17, -6])
    assert (H @ off).tolist() == [1, 2]
    assert np.linalg.solve(H, H @ off) == pytest.approx(off)
    # With noise in the targets its own gradient misleads, too.
    noise = X.T @ [0.5, -0.5] / 2
    assert np.linalg.norm(np.linalg.solve(H, H @ off + noise) - off) > 0.5
    text = before_fold("invert-curvature")
    assert "and the gradient of all data then gives the step" in text
    assert "With the batch's own gradient, (1, 2), Newton's step would be right, because" in (
        whole("invert-curvature")
    )


def test_the_rate_of_the_long_run_is_not_the_best_to_one_percent_from_each_start():
    # Of Newton's inputs, of 1 and 3 with a bias, of κ = 100, of averages of four tokens, of two
    # examples, of a bowl from inputs, of four points: each page said "best" without more.
    cases = (
        ([[5.0, 4.0], [4.0, 5.0]], (1.0, 0.0), 0.195),
        ([[5.0, 2.0], [2.0, 1.0]], (1.0, -2.0), 0.3346),
        ([[100.0, 0.0], [0.0, 1.0]], (1.0, 1.0), 0.0196),
        ([[4.25, 4.0], [4.0, 4.25]], (1.0, 1.0), 1 / 8.25),
        ([[5.0, 3.0], [3.0, 5.0]], (1.0, -1.0), 0.24),
        ([[1.0, 0.0], [0.0, 25.0]], (1.0, 0.0), 0.0795),
        ([[10.0, 12.0], [12.0, 17.0]], (3.0, 4.0), 1 / 26),
    )
    for H, off, other in cases:
        values = np.linalg.eigvalsh(H)
        rate = 2 / (values[0] + values[-1])
        assert steps_of_descent(np.array(H), off, other) < steps_of_descent(np.array(H), off, rate)
        assert abs(1 - other * values).max() > abs(1 - rate * values).max()
    assert "Descent at 2/(9 + 1), best in the long run, takes" in before_fold("invert-curvature")
    assert "gradient descent 21 at the rate 2/(9 + 1)" in whole("invert-curvature")
    assert "At the rate 2/(sum of both) = 1/3, best in the long run, descent" in (
        before_fold("covariate-shift")
    )
    assert "In the long run the best constant step lets" in before_fold("condition-number")
    assert "the raw one best for the slowest start, 2/(8 + 2)" in whole("what-is-lost")
    assert "At the rate 1/13, the best constant one in the long run," in (
        before_fold("steepest-direction")
    )
    assert "The best rate for the slowest start is $2/" in before_fold("mean-and-rate")


def test_an_inverse_of_a_million_costs_a_billion_gradients_of_a_hundred_examples():
    assert 1e9 < (1e6) ** 3 / (6 * 1e6 * 100) < 2e9
    page = before_fold("invert-curvature")
    assert "one Newton step costs as much as a billion plain ones" in page


def test_an_error_in_a_small_curvature_turns_newtons_step_most():
    H, g = np.diag([9.0, 1.0]), np.array([9.0, 1.0])
    moved = [
        np.linalg.norm(np.linalg.solve(H + 0.5 * np.diag(e), g) - np.linalg.solve(H, g))
        for e in np.eye(2)
    ]
    assert moved[1] > 5 * moved[0]
    assert "so errors in small ones are enlarged most" in before_fold("invert-curvature")


@pytest.mark.parametrize("seed", range(30))
def test_a_mean_keeps_the_determinant_and_its_cost_follows_the_formula(seed):
    rng = np.random.default_rng(seed)
    n, s = int(rng.integers(1, 40)), 10 ** rng.uniform(-1, 1)
    m = 10 ** rng.uniform(-2, 1) * rng.choice([-1, 1])
    T = 1 + s**2 + n * m**2

    def kappa(mean, C):
        return condition_number(with_bias(C, mean))

    same = s**2 * np.eye(n)
    exact = kappa(np.full(n, m), same)
    assert exact + 1 / exact == pytest.approx(T**2 / s**2 - 2, rel=1e-6)
    if T**2 / s**2 > 100:
        assert exact == pytest.approx(T**2 / s**2, rel=0.03)
    centered = kappa(np.zeros(n), same)
    assert centered == pytest.approx(max(s**2, s**-2))
    tiny = 0.001 * min(s, 1) / n**0.5
    assert kappa(np.full(n, tiny), same) == pytest.approx(centered, rel=0.01)
    # Any covariance, any mean.
    A, mean = rng.standard_normal((n, n + 2)), rng.standard_t(2, n)
    C = A @ A.T
    least = (1 + mean @ mean) * (1 + mean @ np.linalg.solve(C, mean))
    assert kappa(mean, C) >= least * (1 - 1e-6)
    text = before_fold("how-much-slower")
    assert "The mean leaves the determinant alone" in text
    assert "if that is large" in text


def test_a_mean_costs_what_the_error_along_the_flat_direction_asks_for():
    ratios, sums = [], []
    for seed in range(21):
        rng = np.random.default_rng(seed)
        X = 2 + rng.random((1000, 20))
        w = rng.standard_normal(20)
        A = np.column_stack([np.ones(1000), X])
        flat = np.linalg.eigh(A.T @ A / 1000)[1][:, 0]
        raw, level = (flat @ np.append(bias, w) for bias in (0.0, -w @ X.mean(axis=0)))
        ratios.append(abs(level / raw))
        sums.append(abs(w.sum()))
    assert np.median(ratios) > 100
    steps = _slower("uniform on [2, 3]", "none")[1]
    assert steps.argmin() == np.argmin(sums)
    assert np.corrcoef(np.argsort(np.argsort(steps)), np.argsort(np.argsort(sums)))[0, 1] > 0.9
    assert "The new flat direction costs only if error lies along it" in before_fold(
        "how-much-slower"
    )


def test_at_the_old_rate_centering_can_cost_steps_and_small_inputs_then_want_a_smaller_one():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])

    def steps(H, eta):
        d = np.array([1.0, 0.0])
        for k in range(1, 500):
            d = d - eta * H @ d
            if np.linalg.norm(d) <= 0.01:
                return k
        return None

    assert (steps(H, 0.1), steps(np.eye(2), 0.1)) == (41, 44)
    assert (steps(H, 0.05), steps(np.eye(2), 0.05)) == (84, 90)
    # Small inputs: what standardizing makes of them explodes at a rate that suited the raw ones.
    rng = np.random.default_rng(0)
    X = rng.normal(0.04, 0.02, (500, 20))
    raw = np.linalg.eigvalsh(X.T @ X / 500)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    best = 2 / (raw[0] + raw[-1])
    assert best > 20 * 2 / np.linalg.eigvalsh(Z.T @ Z / 500)[-1]
    # With a bias, at correlation 1/2: the bias holds the raw rate near 2.
    C = np.full((20, 20), 0.5) + 0.5 * np.eye(20)
    m, sd = np.full(20, 0.02), 0.01
    M = np.block([[sd**2 * C + np.outer(m, m), m[:, None]], [m[None, :], np.ones((1, 1))]])
    assert 2 / np.linalg.eigvalsh(M)[-1] == pytest.approx(1.98, abs=0.01)
    assert 2 / np.linalg.eigvalsh(C)[-1] == pytest.approx(0.19, abs=0.005)
    page = whole("smaller-step")
    # Centering alone leaves such inputs their small curvature: it is the dividing that raises it.
    centered = np.linalg.eigvalsh(np.cov(X.T, bias=True))
    assert 2 / (centered[0] + centered[-1]) > best
    assert "After centering the best rate is usually larger." in page
    assert "If the inputs were small and are also divided by their spread, it is smaller" in page
    assert "you get a part of it, none, or even a loss" in page


def test_the_loss_of_a_deep_network_need_not_be_a_bowl_even_locally():
    # Half of (ab - 1)² at (a, b): at the saddle it curves down, along the valley not at all.
    def hessian(a, b):
        return np.array([[b * b, 2 * a * b - 1], [2 * a * b - 1, a * a]])

    assert np.allclose(np.linalg.eigvalsh(hessian(0, 0)), [-1, 1])
    assert np.allclose(np.linalg.eigvalsh(hessian(1, 1)), [0, 2])
    page = whole("smaller-step")
    assert "is a bowl only locally" not in page
    assert "The loss of a deep network is like a bowl only near a minimum, if at all" in page


def test_neither_momentum_nor_adam_makes_centering_useless_in_the_test():
    halved, ball = EXAMPLES["regression-halved"]().rows, EXAMPLES["regression-momentum"]()
    adam = EXAMPLES["regression-adam"]()
    assert min(min(gains) for gains in ball.gains) > 1.3
    # Both help, and plain descent on centered inputs is faster than either on raw ones.
    for place, row in ((0, 2), (2, 4)):
        assert halved[place][0] > adam.rows[row][1] > ball.rows[place][0] > halved[1][0]
    # Half the rate: nearly twice the steps, or more, in each column.
    assert all(half > 1.9 * fewest for fewest, half in halved)
    assert "in the examples below neither makes centering useless" in before_fold("smaller-step")
    # By the shown column of other centered draws Adam's factor is 7, by its own draws 6.
    own, shown = adam.rows[4][1] / adam.centered[1], adam.rows[4][1] / adam.rows[0][1]
    assert own == pytest.approx(ball.gains[1][1])
    assert 6 < own < 6.5 < shown < 7
    assert "and over {example}`regression-momentum gains.1.1 .0f`)" in whole("smaller-step")
    assert "In deep networks what centering saves can differ." in before_fold("smaller-step")
    page = whole("smaller-step")
    # In the medians: the fastest raw draw is faster than the slowest centered one.
    assert ball.rows[0][1] < EXAMPLES["regression-setting"]().centered[1]
    assert "In the medians, plain descent on centered inputs beats both on raw ones" in page


@pytest.mark.parametrize("kappa", [100.0, 400.0, 1600.0])
def test_well_tuned_momentum_takes_steps_like_the_root_of_the_ratio(kappa):
    def steps(H, eta, beta):
        w, v, last = np.ones(2), np.zeros(2), 0
        for step in range(1, 30_000):
            v = beta * v - eta * H * w
            w = w + v
            if np.linalg.norm(w) > 0.01 * np.sqrt(2):
                last = step
            elif step > last + 2000:
                break
        return last + 1

    found = []
    for ratio in (kappa, 4 * kappa):
        H, root = np.array([ratio, 1.0]), np.sqrt(ratio)
        found.append(
            (
                steps(H, 4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2),
                steps(H, 2 / (ratio + 1), 0),
            )
        )
    (ball, plain), (more_ball, more_plain) = found
    assert more_ball / ball == pytest.approx(2, rel=0.1)
    assert more_plain / plain == pytest.approx(4, rel=0.1)
    assert "well tuned, the steps grow like $\\sqrt\\kappa$" in before_fold("smaller-step")


@pytest.mark.parametrize("place", [1, 2, 3])
def test_other_momentum_than_the_one_that_is_best_in_the_long_run_can_be_at_one_percent_first(
    place,
):
    kappa, *_, counted = EXAMPLES["optimizers-condition-number"]().rows[place]
    H, fewest = np.array([kappa, 1.0]), counted
    for beta in np.linspace(0.2, 0.98, 40):
        for share in np.linspace(0.2, 0.95, 26):
            w, v, last = np.ones(2), np.zeros(2), 0
            for step in range(1, 3 * int(counted)):
                v = beta * v - share * 2 * (1 + beta) / kappa * H * w
                w = w + v
                if np.linalg.norm(w) > 0.01 * np.sqrt(2):
                    last = step
                    if last >= fewest:
                        break
            fewest = min(fewest, last + 1)
    assert fewest < 0.8 * counted
    # So no page calls these settings the best ones without more.
    assert "With the momentum and the rate that are best in the long run, a bowl" in (
        whole("smaller-step")
    )
    assert "Momentum at the settings that are best in the long run takes" in whole("bigger-step")
    assert "its factor is that of the long run" in whole("condition-number")


def test_with_centered_inputs_that_correlate_momentum_still_helps():
    kappa = condition_number(np.full((20, 20), 0.5) + 0.5 * np.eye(20))
    assert kappa == pytest.approx(21)
    root = np.sqrt(kappa)
    assert (root - 1) / (root + 1) < ((kappa - 1) / (kappa + 1)) ** 4
    assert "Centering leaves correlations; there momentum still helps" in (
        before_fold("smaller-step")
    )


def test_small_steps_bend_and_momentum_takes_fewer_but_more_than_one():
    record = EXAMPLES["paths-smaller-steps"]()
    (_, _, zigzag, _), (_, _, slow, calm), (_, _, slowest, tiny), (eta, beta, ball, _) = record.ways
    assert calm > tiny > 1.2
    assert slowest > slow > zigzag > ball > record.centered_steps == 1
    # In the limit of small steps: the curve (t, t⁹) along the axes, each 1/√2 long.
    t = np.linspace(0, 1, 100_001)
    curve = np.hypot(np.diff(t), np.diff(t**9)).sum() / np.sqrt(2)
    assert tiny == pytest.approx(curve, abs=0.015)
    # The best of the long run: both axes keep the root of β, here ½.
    for curvature in (9, 1):
        roots = np.roots([1, -(1 + beta - eta * curvature), beta])
        assert abs(roots) == pytest.approx([0.5, 0.5], abs=1e-6)
    for rate, decay in ((0.25, 0.2), (0.25, 0.3), (0.2, 0.25), (0.3, 0.25)):
        worst = max(abs(np.roots([1, -(1 + decay - rate * c), decay])).max() for c in (9.0, 1.0))
        assert worst > 0.5
    page = before_fold("smaller-step")
    assert "factor, in the long run, is $(\\sqrt\\kappa-1)/(\\sqrt\\kappa+1)$, here ½" in whole(
        "smaller-step"
    )
    assert "In the long run a step here leaves about half, the first ones more" in page
    # Of n independent inputs, and where it is near 1.
    for n, m, v in ((2, 2.0, 1.0), (100, 0.01, 1.0), (20, 0.5, 1 / 12)):
        assert condition_number(v * np.eye(n) + m * m) == pytest.approx(1 + n * m * m / v)
    assert "without a bias, κ is $1+nm^2/v$. Near 1 centering gains little" in page


def test_half_of_a_rate_near_the_limit_is_faster_and_half_of_one_further_below_is_not():
    # Once the question to the class named no rate, and so had no fixed answer.
    H, start = np.array([[5.0, 4.0], [4.0, 5.0]]), [1.0, 0.0]
    steps = {eta: steps_of_descent(H, start, eta) for eta in (0.22, 0.11, 0.2, 0.1)}
    assert steps == {0.22: 211, 0.11: 37, 0.2: 21, 0.1: 41}
    # Both halvings end the zig-zag.
    assert all(1 - 9 * eta < 0 < 1 - 9 * eta / 2 for eta in (0.22, 0.2))
    # And 1/(ηλmin) steps per factor of e hold where ηλmin is small: at 1 one step leaves 0.
    assert steps_of_descent(np.eye(2), start, 1.0) == 1
    page = whole("smaller-step")
    assert "In the bowl above the path zig-zags at η = 0.2. You halve η" in page
    assert "It takes about twice as many. (From η = {example}`paths-smaller-steps rows.0.0" in page
    assert "just below the limit 2/9, halving would pay" in page
    assert "steps per factor of 2.7 if ηλmin is small" in page


def test_medians_of_21_draws_are_rough():
    # Ten of the draws and the other eleven differ by more than their third digit.
    steps = regression("uniform on [0, 1]").descent_steps()
    first, second = np.median(steps[:10]), np.median(steps[10:])
    assert abs(first / second - 1) > 0.02
    for page in ("smaller-step", "condition-number"):
        assert "medians of {example}`regression-setting draws d` draws, so rough" in whole(page)
    assert "medians of 21 draws, so rough" in whole("positive-activations")


def test_adam_divides_two_alike_weights_by_similar_numbers_and_keeps_the_ratio():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])
    g = H @ [1.0, 0.0]
    assert g.tolist() == [5, 4]
    scale = np.sqrt(np.abs(g))
    assert condition_number(H / np.outer(scale, scale)) == pytest.approx(9, rel=0.02)
    # From another start the two can differ: hence "the first gradient above".
    assert abs(np.divide(*(H @ [1.0, -1.2]))) < 0.3
    page = before_fold("smaller-step")
    # The rule by which 9 and 1 come: the mean of (x·d)² for d of length 1.
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    for sign, curvature in ((1, 5 + 4), (-1, 5 - 4)):
        assert ((X @ [1, sign]) ** 2).mean() / 2 == pytest.approx(curvature)
    assert "the curvature is 5 + 4 = {example}`paths-smaller-steps steep .0f` along $(1,1)$" in page
    assert "is the mean of $(x\\cdot d)^2$, along (1, 1)/√2 half of 5 + 2·4 + 5." in (
        whole("smaller-step")
    )
    # No pair of rates does better than equal ones, in the long run.
    for ratio in np.geomspace(0.1, 10, 41):
        scale = np.sqrt([ratio, 1.0])
        assert condition_number(H * np.outer(scale, scale)) >= 9 - 1e-9
    assert "even the best fixed rate for each leaves 9 to 1" in page
    assert "| best rate for each weight, again 0.2 |" in page


@pytest.mark.parametrize("seed", range(5))
def test_the_direction_of_the_mean_is_measured_by_an_average_and_moves_with_the_weights(seed):
    rng = np.random.default_rng(seed)
    X = rng.random((400, 30))
    mean = X.mean(axis=0)
    top = np.linalg.eigh(X.T @ X / 400)[1][:, -1]
    assert abs(top @ mean) > 0.99 * np.linalg.norm(mean)
    # Behind other weights a hidden layer has another mean: it is not known in advance.
    W = rng.normal(0, 0.3, (2, 30, 30))
    hidden = [np.maximum((X - mean) @ w, 0).mean(axis=0) for w in W]
    hidden = [h / np.linalg.norm(h) for h in hidden]
    assert hidden[0] @ hidden[1] < 0.99
    page = before_fold("invert-curvature")
    assert "known in advance" not in page
    assert (
        "no matrix is needed: the direction is that of the mean, and one average gives it" in page
    )


@pytest.mark.parametrize("seed", range(10))
def test_the_first_step_at_the_largest_rate_that_lasts_ends_the_steep_part_and_keeps_the_flat(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(4, 1, 6), rng.standard_normal(6)
    A = np.column_stack([x, np.ones(6)])
    H, goal = A.T @ A / 6, np.linalg.lstsq(A, y, rcond=None)[0]
    (flat, steep), vectors = np.linalg.eigh(H)
    after = vectors.T @ (A.T @ y / 6 / steep - goal)
    assert after[1] == pytest.approx(0, abs=1e-9)
    assert after[0] == pytest.approx(-(1 - flat / steep) * (vectors.T @ goal)[0])
    assert abs(1 - 2.01 * steep / steep) > 1
    # b′ = b + 4w for the mean 4: one line, in other coordinates, whose bowl is rounder.
    B = np.column_stack([x - x.mean(), np.ones(6)])
    other = np.linalg.lstsq(B, y, rcond=None)[0]
    assert other == pytest.approx([goal[0], goal[1] + x.mean() * goal[0]])
    assert np.linalg.cond(B) < np.linalg.cond(A)
    text = before_fold("least-squares")
    assert "A step of rate η multiplies what is missing along curvature λ by 1 − ηλ" in text
    assert "the lines are the same, and only the intercept is renamed" in text


def test_the_best_rate_halves_the_steps_through_two_points_and_they_still_grow_with_the_ratio():
    fewest, kappas = [], []
    for mean in (4.0, 8.0):
        H = np.array([[1 + mean**2, mean], [mean, 1.0]])
        values, vectors = np.linalg.eigh(H)
        losses = values * (vectors.T @ [1, 2 - mean]) ** 2
        rates = np.append(np.linspace(1, 1.999, 1000), 1) / values[1]
        powers = np.arange(20_000)[:, None]
        late = [
            ((1 - rate * values) ** (2 * powers) @ losses > 1e-4 * losses.sum()).sum()
            for rate in rates
        ]
        fewest.append(min(late))
        kappas.append(condition_number(H))
        assert min(late) / late[-1] == pytest.approx(0.5, abs=0.02)
    assert fewest[0] == EXAMPLES["spectra-least-squares"]().best
    assert fewest[1] / fewest[0] > 0.5 * kappas[1] / kappas[0] > 5
    page = whole("least-squares")
    assert "steps, half as many; they still grow with the ratio" in page
    assert "saves some steps" not in page
    # So a larger rate than 1/17.9 alone does not cure it.
    assert fewest[0] > 500
    assert "steps, at the best rate still {example}`spectra-least-squares best d`; above" in page


@pytest.mark.parametrize("seed", range(10))
def test_what_a_penalty_an_early_stop_and_rounding_make_of_the_renaming(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(3, 1, 40)
    y = 2 * x - 1 + rng.standard_normal(40)

    def fit(z, penalty):
        A = np.column_stack([z, np.ones(len(z))])
        return np.linalg.solve(A.T @ A + np.diag(penalty), A.T @ y)

    centered = x - x.mean()
    assert fit(x, (5, 0))[0] == pytest.approx(fit(centered, (5, 0))[0])
    assert fit(x, (5, 5))[0] != pytest.approx(fit(centered, (5, 5))[0], rel=1e-3)
    outputs = []
    for z in (x, centered):
        A, theta = np.column_stack([z, np.ones(40)]), np.zeros(2)
        for _ in range(5):
            theta -= A.T @ (A @ theta - y) / 40 / np.linalg.norm(A, 2) ** 2 * 40
        outputs.append(A @ theta)
    assert not np.allclose(*outputs, rtol=1e-2)
    # A mean of a million deviations: the raw normal equations lose digits.
    far, errors = 1e6 + rng.standard_normal(40), []
    slope = np.polyfit(far - far.mean(), y, 1)[0]
    for z in (far, far - far.mean()):
        A = np.column_stack([z, np.ones(40)])
        errors.append(abs(np.linalg.solve(A.T @ A, A.T @ y)[0] / slope - 1))
    assert errors[0] > 1e-7
    assert errors[1] < 1e-12
    text = before_fold("least-squares")
    assert "even the normal equations lose digits, and centering saves them" in text
    assert '"only the intercept changes" needs an intercept without a penalty' in text
    assert "then usually leaves you with a different fit" in text


@pytest.mark.parametrize("seed", range(6))
def test_the_curvature_of_logistic_regression_is_stretched_by_a_mean_and_newton_sees_none(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(5, 1, (50, 2))
    y = (rng.random(50) < 1 / (1 + np.exp(5 - x[:, 0]))).astype(float)
    theta, ratios, outputs = rng.standard_normal(3) / 5, [], []
    start = np.append(theta[:2], theta[2] + x.mean(axis=0) @ theta[:2])
    for z, p in ((x, theta), (x - x.mean(axis=0), start)):
        A = np.column_stack([z, np.ones(50)])
        gradient = lambda q, A=A: A.T @ (1 / (1 + np.exp(-A @ q)) - y) / 50  # noqa: E731
        chance = 1 / (1 + np.exp(-A @ p))
        H = (A.T * (chance * (1 - chance))) @ A / 50
        step = 1e-5 * np.eye(3)
        drawn = [(gradient(p + e) - gradient(p - e)) / 2e-5 for e in step]
        assert np.allclose(drawn, H, atol=1e-7)
        ratios.append(condition_number(H))
        outputs.append(A @ (p - np.linalg.solve(H, gradient(p))))
    assert ratios[0] > 10 * ratios[1]
    assert np.allclose(*outputs)
    text = before_fold("least-squares")
    assert "stretched by the mean in much the same way" in text
    assert "as the normal equations do once, and does not notice the renaming" in text


def _moves_of_adam(gradients, decay=0.9):
    mean, square, moves = 0.0, 0.0, []
    for step, g in enumerate(gradients, start=1):
        mean, square = decay * mean + (1 - decay) * g, 0.999 * square + 0.001 * g * g
        root = np.sqrt(square / (1 - 0.999**step)) + 1e-8
        moves.append(-mean / (1 - decay**step) / root)
    return np.array(moves)


@pytest.mark.parametrize("seed", range(20))
def test_adam_moves_one_way_while_errors_keep_their_sign_and_divides_without_changing_signs(seed):
    rng = np.random.default_rng(seed)
    X = 10 ** rng.uniform(-2, 2, (30, 6))
    errors = rng.exponential(1, 30)
    for sign in (-1, 1):
        assert (np.sign(_moves_of_adam(sign * errors[:, None] * X)) == -sign).all()
    # Errors of both signs: mixed moves by the average, and by the division alone none.
    gradients = (errors * rng.choice((-1, 1), 30))[:, None] * X
    moves = np.sign(_moves_of_adam(gradients))
    assert (abs(moves.sum(axis=1)) < 6).any()
    assert (np.sign(_moves_of_adam(gradients, 0.0)) == -np.sign(gradients)).all()
    # The first move is the same size in each weight.
    assert np.allclose(abs(_moves_of_adam(gradients)[0]), 1, atol=1e-4)
    # With an input of 0 the move leaves the diagonal.
    assert _moves_of_adam(-np.array([[2.0, 1.0, 0.0]]))[0] == pytest.approx([1, 1, 0])
    text = before_fold("adam-signs")
    assert "A weight whose input has been 0 so far stays" in whole("adam-signs")
    assert "so each weight moves by the learning rate η against its gradient's sign" in text
    assert "*Exactly diagonal, if no input and no error is 0:* the first step" in text
    # An error of 0 moves nothing.
    assert not _moves_of_adam(np.zeros((1, 6))).any()
    # Nearly so after many nearly equal gradients, which here are far from equal in size.
    alike = np.array([5.0, 0.1]) * (1 + 0.01 * rng.standard_normal((3000, 1)))
    assert abs(_moves_of_adam(-alike)[-1]) == pytest.approx([1, 1], abs=0.02)
    alike = np.array([5.0, 0.1]) * (1 + 0.01 * rng.standard_normal((3000, 2)))
    assert abs(_moves_of_adam(-alike)[-1]) == pytest.approx([1, 1], abs=0.02)
    assert "in a long run of nearly equal gradients, because then" in text
    # The common part of two gradients adds up with errors of one sign, and else it cancels.
    one, other = np.array([-2.0, -1.0]), np.array([1.3, 2.6])
    together, apart = (abs((0.9 * one + sign * other).sum()) for sign in (-1, 1))
    assert apart < 0.2 * together
    assert together > 2 * abs((0.9 * one).sum())
    assert "what these have in common can cancel, and their difference stays, as here" in text
    assert "with positive inputs, as long as all errors have had one sign" in text
    assert "Dividing by a positive number changes sizes, not signs" in text
    assert "With β₁ = 0 each move opposes the latest gradient in each sign" in whole("adam-signs")
    # One input: its entries cancel, whatever the errors are, and beside it they do not.
    one = (errors * rng.choice((-1, 1), 30))[:, None] * X[0]
    assert np.allclose(np.ptp(_moves_of_adam(one), axis=1), 0, atol=1e-4)
    assert np.ptp(_moves_of_adam(errors[:, None] * X)[1]) > 1e-3
    assert "later ones while all inputs $x$ so far are the same (unless $\\hat m$ is 0)" in text
    # Its size may change, if its proportions do not.
    scaled = one * rng.uniform(0.5, 2, (30, 1))
    assert np.allclose(np.ptp(_moves_of_adam(scaled), axis=1), 0, atol=1e-4)
    assert "there Adam moves each weight by the learning rate, if no gradient is 0." in text
    assert "the average of gradients that have one sign each can have mixed signs" in text


def test_the_second_step_of_adam_by_the_numbers_that_its_page_writes_out():
    w = np.array([0.1, 0.1])
    error = w @ [1, 2] + 1
    g = error * np.array([1, 2])
    assert (error, *g) == pytest.approx((1.3, 1.3, 2.6))
    mean = (0.9 * np.array([-2, -1]) + g) / 1.9
    square = (np.array([4, 1]) + g**2) / 2
    assert square == pytest.approx([2.85, 3.88], abs=0.006)
    record = EXAMPLES["optimizers-adam-turns"]()
    assert record.mean == pytest.approx(mean)
    assert record.rows[1][3:5] == pytest.approx(-0.1 * mean / np.sqrt(square), abs=2e-4)
    # Signs alone are left without both averages.
    moves = [-0.1 * g / abs(g) for g in np.array([[-2.0, -1.0], [1.3, 2.6]])]
    assert all(abs(move[0]) == abs(move[1]) for move in moves)
    text = before_fold("adam-signs")
    assert "(0.1 + 0.2) + 1 = 1.3, the gradient (1.3, 2.6)" in text
    assert "is about $(2^2+1.3^2)/2$ and $(1^2+2.6^2)/2$, with the roots" in text
    assert record.roots == pytest.approx(np.sqrt(square), abs=1e-3)
    assert "is diagonal if no input and no error is 0, because only signs" in whole("adam-signs")


@pytest.mark.parametrize("seed", range(10))
def test_no_step_sizes_for_the_two_weights_make_the_ratio_of_the_curvatures_smaller_than_9(seed):
    X = np.array([[2.0, 1.0], [1.0, 2.0]])
    M = X.T @ X / 2
    assert M.tolist() == [[2.5, 2], [2, 2.5]]
    assert np.linalg.eigvalsh(M) == pytest.approx([0.5, 4.5])
    rng = np.random.default_rng(seed)
    for d in 10 ** rng.uniform(-2, 2, (100, 2)):
        scaled = np.sqrt(np.outer(d, d)) * M
        assert scaled[0, 1] == pytest.approx(2 * np.sqrt(d.prod()))
        assert scaled[0, 1] / np.sqrt(scaled[0, 0] * scaled[1, 1]) == pytest.approx(0.8)
        assert np.linalg.cond(scaled) >= 9 - 1e-9
        # What descent with these step sizes shrinks by has the same curvatures.
        assert np.linalg.eigvals(d[:, None] * M) == pytest.approx(
            np.linalg.eigvals(scaled), rel=1e-6
        )
    # The steep curvature is the mean's, and goes with it.
    mean = X.mean(axis=0)
    assert mean @ mean == pytest.approx(4.5)
    assert np.ones(2) @ (M - np.outer(mean, mean)) @ np.ones(2) == pytest.approx(0)
    text = before_fold("adam-signs")
    assert "is 4½ along (1, 1), all from the inputs' mean (1½, 1½), and ½ along (1, −1)" in text
    assert "no fixed step sizes for single weights bring this ratio below 9" in text
    text = whole("adam-signs")
    assert "the 2 becomes $2\\sqrt{d_1d_2}$, still 0.8 of their geometric mean." in text
    assert "The ratio is least where they are equal, (1 + 0.8)/(1 − 0.8) = 9" in text
    # Descent with step sizes is plain descent on scaled inputs.
    d = np.array([0.3, 2.0])
    Z = X * np.sqrt(d)
    assert np.allclose(Z.T @ Z / 2, np.sqrt(np.outer(d, d)) * M)
    assert "act like plain descent on inputs $\\sqrt{d_i}\\,x_i$" in text
    assert "But what makes the loss steep, the inputs' common mean, stays" in before_fold(
        "adam-signs"
    )


def test_signs_of_single_gradients_jump_and_adam_gets_off_the_diagonal():
    w, seen = np.zeros(2), []
    for step in range(1000):
        x = np.array([2.0, 1.0] if step % 2 == 0 else [1.0, 2.0])
        w = (w - 0.1 * np.sign(x @ (w - [1, -1]) * x)).round(12)
        seen.append(tuple(w))
    assert set(seen) == {(0.0, 0.0), (0.1, 0.1)}
    for _, *gradient_and_move in EXAMPLES["optimizers-adam-turns"]().rows[1:]:
        first, second, *move = gradient_and_move[:4]
        assert first * second > 0 > move[0] * move[1]
    text = before_fold("adam-signs")
    assert "and the neuron jumps between (0, 0) and (0.1, 0.1) forever" in whole("adam-signs")
    # Adam itself comes near (1, −1) by then, and nearer than it was.
    late = EXAMPLES["optimizers-adam-turns"]().late
    assert np.hypot(*(late - [1, -1])) < 0.25 * np.hypot(1, -1)
    assert "on its way to (1, −1), which fits both" in text


def test_unequal_scales_cost_adam_little_and_the_mean_six_times_the_steps():
    record = EXAMPLES["regression-adam"]()
    rows = record.rows
    centered, scaled, shifted = (rows[k] for k in (0, 1, 4))
    assert scaled[1] < 1.15 * centered[1]
    # The same problem, less the mean.
    assert shifted[1] / record.centered[1] == pytest.approx(6, abs=0.4)
    # Descent pays far more: Adam softens the tilted bowl, if not by its division.
    assert shifted[0] / centered[0] > 100
    assert shifted[0] / shifted[1] == pytest.approx(7, abs=0.2)
    assert "In a linear regression on" in whole("adam-signs")


def test_the_walls_explode_at_a_rate_that_is_still_slow_on_the_floor():
    H, found = np.array([100.0, 1.0]), []
    loss = lambda v: H @ v**2 / 2  # noqa: E731

    def gradient(w):
        return np.array([loss(w + d) - loss(w - d) for d in np.eye(2) / 1024]) * 512

    for eta in (1.0, 3 / 100, 1 / 100, 2 / 101):
        w, places = np.ones(2), [np.ones(2)]
        for _ in range(2):
            w = w - eta * gradient(w)
            places.append(w)
        found.append(places)
    paths = EXAMPLES["optimizers-condition-number"]().paths
    assert np.allclose(paths, found, rtol=1e-5, atol=1e-5)
    # One direction is done in one step, at a rate that is too long or too short for the other.
    assert paths[0, 1, 1] == pytest.approx(0) == paths[2, 1, 0]
    assert abs(paths[1, 2, 0]) > abs(paths[1, 1, 0]) > 1 > paths[1, 2, 1] > 0.9
    assert paths[3, 1] == pytest.approx([-99 / 101, 99 / 101])
    # Where the walls are safe, the floor loses less than 2 % per step.
    assert 2 / H[0] * H[1] == pytest.approx(0.02)
    text = before_fold("condition-number")
    assert "the walls are safe, but $b$ loses less than 2% per step" in text
    assert "$a$ jumps from wall to wall" in text
    assert "a step that suits the steepest direction is κ times too short for the flattest" in text
