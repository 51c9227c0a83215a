"""Counterexamples to what answers on "Centering the data" once said too broadly."""

import contextlib
import dataclasses
import io
import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from pages import ANSWERS, before_fold, whole
from scipy.optimize import minimize
from second_ways import numerical_gradient

from offcenter.activations import ACTIVATIONS
from offcenter.examples import EXAMPLES
from offcenter.experiment import Regression, regression, split
from offcenter.normal import normal_expectation
from offcenter.remedies import batch_norm, layer_norm, rms_norm
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    iid_eigenvalues,
    with_bias,
)


def _bits(p, *, scale=1.0, covariance=None, bias=False):
    """κ of bits that are on with chances p, coded 0/1, or ±1 with the scale 2."""
    p = np.asarray(p, dtype=float)
    C = scale**2 * (np.diag(p * (1 - p)) if covariance is None else np.asarray(covariance))
    mean = p if scale == 1 else 2 * p - 1
    return condition_number(with_bias(C, mean) if bias else C + np.outer(mean, mean))


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


def test_a_shift_can_leave_the_curvature_as_it_was():
    x = np.array([1.0, 3.0])
    assert np.mean(x**2) == np.mean((x - 2 * x.mean()) ** 2)


def test_a_mean_along_a_flat_direction_leaves_the_largest_curvature():
    C, mean = np.diag([9.0, 1.0]), np.array([0.0, 1.0])
    assert np.linalg.eigvalsh(C + np.outer(mean, mean))[-1] == pytest.approx(9)


@pytest.mark.parametrize(
    ("curvatures", "part"), [((9, 1), 0.975), ((100, 1), 0.99), ((0.9, 0.09, 0.01), 0.9925)]
)
def test_the_step_size_of_the_long_run_is_not_the_one_of_fewest_steps(curvatures, part):
    best = 2 / (max(curvatures) + min(curvatures))

    def steps(eta):
        factors = 1 - eta * np.array(curvatures)
        return next(k for k in itertools.count() if np.sqrt(np.mean(factors ** (2 * k))) <= 0.01)

    assert steps(part * best) < steps(best)


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
    text = whole("imagenet-mean")
    assert "its weights are multiplied by (your std)/(theirs), and its biases shifted" in text
    assert "exactly if it lies between 0 and $2m$" in text


def test_the_average_of_standard_deviations_leaves_out_how_images_differ_in_brightness():
    images = np.array([[0.1, 0.3], [0.6, 0.8]])
    assert images.std(axis=1).mean() == pytest.approx(0.1)
    assert images.std() > 0.2
    assert "smaller than that of all pixels together if" in whole("imagenet-mean")


def test_without_a_bias_a_shift_changes_nothing_if_the_inputs_add_up_to_one():
    X = np.eye(3)
    assert np.linalg.matrix_rank(np.vstack([X, X - 0.2])) == np.linalg.matrix_rank(X - 0.2) == 3
    assert "A shift can then also change what can be learned" in whole("covariance")


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
    assert "a penalty on the bias, or damping, can bring it back" in whole("covariance")


@pytest.mark.parametrize("seed", range(10))
def test_descent_meets_the_mean_and_exact_least_squares_the_covariance_alone(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 4), 30
    X = rng.standard_t(3, (m, n)) + rng.normal(0, 5, n)
    mean, C, y = X.mean(axis=0), np.cov(X.T, bias=True).reshape(n, n), rng.standard_normal(m)
    H = np.block([[C + np.outer(mean, mean), mean[:, None]], [mean[None], np.ones((1, 1))]])
    loss = lambda p: np.mean((X @ p[:-1] + p[-1] - y) ** 2) / 2  # noqa: E731
    ways, start = np.eye(n + 1), rng.standard_normal(n + 1)
    for a, b in itertools.product(ways, repeat=2):
        corners = [(s + t) / 2 for s in (a, -a) for t in (b, -b)]
        second = [s * loss(start + c) for s, c in zip((1, -1, -1, 1), corners, strict=True)]
        assert sum(second) == pytest.approx(a @ H @ b, abs=1e-8)
    # A change of w moves the average output; b follows, and the covariance is left.
    change = rng.standard_normal(n)
    assert (X @ change).mean() == pytest.approx(mean @ change)
    followed = np.append(change, -mean @ change)
    assert np.allclose(X @ followed[:-1] + followed[-1], (X - mean) @ change)
    assert followed @ H @ followed == pytest.approx(change @ C @ change)
    # Where the loss is least for each w, it is this curve.
    best = [np.mean((e - e.mean()) ** 2) / 2 for e in (X @ (k * change) - y for k in (-1, 0, 1))]
    assert best[0] - 2 * best[1] + best[2] == pytest.approx(change @ C @ change)
    fits = [np.linalg.lstsq(np.c_[Z, np.ones(m)], y, rcond=None)[1] for Z in (X, X - mean)]
    assert np.allclose(*fits)
    text = before_fold("covariance")
    # Where the average was wrong, such a change can make it right: nothing is to be undone.
    averages = [(w * np.array([9.0, 11.0]) - [9.0, 11.0]).mean() for w in (0.0, 1.0)]
    assert averages == [-10, 0]
    assert "all predictions move together, and usually the bias must undo that" in text
    # At the rate of the step before descent explodes; far below the limit it arrives.
    A, goal = np.array([[9.0, 1], [11, 1]]), np.array([-1.0, 1])
    ends = []
    for rate, steps in ((1.0, 5), (0.019, 30_000)):
        p = np.zeros(2)
        for _ in range(steps):
            p = p - rate * A.T @ (A @ p - goal) / 2
        ends.append(p)
    assert np.abs(ends[0]).max() > 1e6
    assert ends[1] == pytest.approx([1, -10], rel=0.01)
    assert "In the end, with small enough steps, yes: $w=1$, $b=-10$" in text
    # The slopes are those of the covariances, with which a shift does nothing.
    slopes = np.linalg.solve(C, (X - mean).T @ (y - y.mean()) / m)
    for shift in (0 * mean, rng.normal(0, 5, n)):
        fit = np.linalg.lstsq(np.c_[X + shift, np.ones(m)], y, rcond=None)[0]
        assert np.allclose(fit[:-1], slopes)
    assert "with a bias, its slopes depend on covariances only" in text
    # The best bias of any weights, the predictions with it, and where both exact methods end.
    w = rng.standard_normal(n)
    b = y.mean() - w @ mean
    assert np.allclose((X @ w + b - y).mean(), 0)
    assert np.allclose(X @ w + b, y.mean() + (X - mean) @ w)
    A = np.c_[X, np.ones(m)]
    newton = start - np.linalg.solve(H, A.T @ (A @ start - y) / m)
    for end in (np.linalg.lstsq(A, y, rcond=None)[0], newton):
        assert end[-1] == pytest.approx(y.mean() - end[:-1] @ mean)
    half = start + (newton - start) / 2
    assert half[-1] != pytest.approx(y.mean() - half[:-1] @ mean)
    assert "its best value for the current $w$, $\\bar y-w\\cdot m$" in text
    assert "then $\\bar y+w\\cdot(x-m)$, with curvature exactly $C$" in text
    assert "Exact least squares and a full Newton step end with this $b$" in text


@pytest.mark.parametrize("n", [1, 2, 4])
def test_a_shift_changes_no_determinant_with_a_bias(n):
    rng = np.random.default_rng(n)
    A = rng.standard_normal((n, n))
    C = A @ A.T
    for shift in 10 * rng.standard_normal((20, n)):
        assert np.linalg.det(with_bias(C, shift)) == pytest.approx(np.linalg.det(C), rel=1e-4)
    # Without a bias it does.
    mean = np.ones(n)
    assert np.linalg.det(C + np.outer(mean, mean)) > 1.01 * np.linalg.det(C)
    assert "= C$ for every mean (in general $\\det C$)" in whole("covariance")


def test_two_learning_rates_are_better_than_one_and_still_pay_for_the_coupling():
    H = np.array([[101.0, 10.0], [10.0, 1.0]])
    kappas = [
        condition_number(D @ H @ D)
        for D in (np.diag([r, 1.0]) for r in np.geomspace(1e-3, 9, 4001))
    ]
    assert condition_number(H) == pytest.approx(10_402, rel=1e-3)
    assert 400 < min(kappas) < 405
    # The step along each alone is right, and both together overshoot.
    alone = np.diag(1 / np.diag(H)) @ H
    assert np.abs(np.linalg.eigvals(np.eye(2) - alone)).max() > 0.99
    text = whole("covariance")
    assert "moves $w$ and $b$ at once, each as if the other stood still" in text
    # At the start b stays; after a step of any size it has a slope.
    x, y = np.array([9.0, 11.0]), np.array([-1.0, 1.0])
    assert (0 - y).mean() == 0
    for rate in (1.0, 0.01, 1e-6):
        w = -rate * (x * (0 - y)).mean()
        assert (w * x - y).mean() == pytest.approx(10 * w)
        assert w > 0
    assert "$b$ follows only when the predictions are already too" in text
    assert "one learning rate, so it pays" not in text


def test_a_learning_rate_below_the_limit_arrives_and_one_above_does_not():
    H, best = np.array([[101.0, 10.0], [10.0, 1.0]]), np.array([1.0, -10.0])
    limit = EXAMPLES["spectra-one-step"]().limit
    assert limit == pytest.approx(2 / 102, rel=1e-3)
    # The limit times the largest curvature is 2: a step leaves −1 of that part, and below it less.
    steep = np.linalg.eigh(H)[1][:, -1]
    for part, arrives in ((0.99, True), (1.01, False)):
        left = np.linalg.matrix_power(np.eye(2) - part * limit * H, 2000)
        assert (np.linalg.norm(left @ steep) < 1e-6) == arrives
        assert (np.linalg.norm(left @ best) < np.linalg.norm(best)) == arrives
    assert "The steepest curvature limits the learning rate" in before_fold("covariance")


@pytest.mark.parametrize("seed", range(5))
def test_in_a_deep_network_each_example_weights_its_part_of_the_curvature(seed):
    rng = np.random.default_rng(seed)
    X, y, v = rng.normal(3, 1, (7, 2)), rng.standard_normal(7), rng.standard_normal(2)
    behind = lambda z, k: (v[0] * np.tanh(z) + v[1] * np.sin(2 * z) - y[k]) ** 2 / 2  # noqa: E731
    loss = lambda w: np.mean([behind(x @ w, k) for k, x in enumerate(X)])  # noqa: E731
    w, h = 0.3 * rng.standard_normal(2), 1e-3
    second = np.array(
        [
            [
                sum(s * t * loss(w + h * (s * a + t * b) / 2) for s in (1, -1) for t in (1, -1))
                for b in np.eye(2)
            ]
            for a in np.eye(2)
        ]
    )
    sums = X @ w
    shares = [
        (behind(z + h, k) - 2 * behind(z, k) + behind(z - h, k)) / h**2 for k, z in enumerate(sums)
    ]
    expected = np.mean([c * np.outer(x, x) for c, x in zip(shares, X, strict=True)], axis=0)
    assert np.allclose(second / h**2, expected, rtol=1e-3, atol=1e-3)
    text = whole("covariance")
    assert "weighted by how strongly the loss curves in the neuron's pre-activation" in text


def test_a_centered_table_of_unequal_and_correlated_columns_keeps_its_covariance():
    X = np.random.default_rng(0).standard_normal((200, 3)) @ [[9, 0, 0], [0, 1, 0.9], [0, 0, 0.1]]
    kept, before = (np.cov(Z.T, bias=True) for Z in (X - X.mean(axis=0), X + np.array([5, 0, -7])))
    assert np.allclose(kept, before)
    assert condition_number(kept) > 100
    text = before_fold("covariance")
    assert "Centering leaves $C$: unequal spreads or correlations can still slow descent" in text
    assert "A shift keeps $C$ and changes $mm^\\top$" in text


def test_without_a_bias_a_mean_can_make_curvatures_equal_and_with_one_no_shift_does_better():
    C, mean = np.diag([10.0, 1.0]), np.array([0.0, 3.0])
    assert (C + np.outer(mean, mean)).tolist() == [[10, 0], [0, 10]]
    rng = np.random.default_rng(0)
    for _ in range(200):
        A = rng.standard_normal((2, 2))
        shifts = rng.normal(0, 10 ** rng.uniform(-2, 2), (5, 2))
        best = condition_number(with_bias(A @ A.T, 0 * mean))
        assert min(condition_number(with_bias(A @ A.T, s)) for s in shifts) >= best * (1 - 1e-9)
    assert "have $\\mathrm E[xx^\\top]$ = diag(10, 10)" in whole("covariance")


def test_with_inputs_on_a_line_the_smallest_curvature_is_zero_and_others_can_gain_by_a_shift():
    C = np.diag([100.0, 0.0])
    for shift, ratio in (([0.0, 0.0], 100), ([0.0, np.sqrt(99)], 1)):
        flat, *others = np.linalg.eigvalsh(with_bias(C, np.array(shift)))
        assert abs(flat) < 1e-9
        assert max(others) / min(others) == pytest.approx(ratio)
    assert "that theorem asks for a positive definite covariance" in whole("covariance")


def test_another_loss_has_another_hessian_and_its_gradients_are_errors_times_inputs():
    x, y, p = np.array([9.0, 11.0, 8.0]), np.array([0.0, 1.0, 1.0]), np.array([0.3, -2.0])
    A = np.c_[x, np.ones(3)]
    loss = lambda p: np.mean(np.logaddexp(0, A @ p) - y * (A @ p))  # noqa: E731
    outputs = 1 / (1 + np.exp(-A @ p))
    assert np.allclose(numerical_gradient(loss, p), (outputs - y) @ A / 3, atol=1e-8)
    assert not np.allclose((outputs * (1 - outputs)) @ A**2 / 3, (A**2).mean(axis=0), rtol=0.5)
    text = whole("covariance")
    assert "this $H$ is not exact, but gradients are still errors times uncentered inputs" in text


def test_one_hot_columns_and_a_bias_have_a_curvature_of_nothing():
    X = np.column_stack([np.eye(3), np.ones(3)])
    flat, *others = np.linalg.eigvalsh(X.T @ X / 3)
    assert abs(flat) < 1e-12
    assert max(others) / min(others) == pytest.approx(4)
    assert "it is left out of the ratio with a bias" in whole("dummy-variables")


def test_without_a_bias_a_shift_along_a_flat_direction_can_leave_less_than_centering_does():
    C, mean = np.diag([4.0, 1.0]), np.array([0.0, 1.0])
    assert condition_number(C + np.outer(mean, mean)) < condition_number(C)
    for shift in ([0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [-0.5, 2.0]):
        assert condition_number(with_bias(C, np.array(shift))) >= condition_number(C) - 1e-12
    assert "no shift gives" not in before_fold("centering-and-signs")


@pytest.mark.parametrize("seed", range(20))
def test_a_centered_input_that_varies_has_both_signs_and_a_gradient_two_parts(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(2, 6)
    X, errors = 10 ** rng.uniform(-2, 2, (15, n)), rng.standard_t(2, 15)
    mean = X.mean(axis=0)
    assert ((X - mean).min(axis=0) < 0).all()
    assert ((X - mean).max(axis=0) > 0).all()
    first = ((errors - errors.mean())[:, None] * (X - mean)).mean(axis=0)
    assert np.allclose(errors @ X / 15, first + errors.mean() * mean)
    assert np.allclose(errors @ (X - mean) / 15, first)
    for d, x in zip(errors, X - mean, strict=True):
        assert ((d * x).min() < 0 < (d * x).max()) == (x.min() < 0 < x.max())
    text = whole("centering-and-signs")
    assert "above its mean in some examples and below it in others" in text
    assert "the first term pushes the weights of all inputs whose mean is not 0" in text
    # Whatever the errors' mean is, the gradient on centered inputs does not see it.
    assert np.allclose((errors - 7.0) @ (X - mean), errors @ (X - mean))
    assert "With μ = 0 it vanishes" in text
    assert "the gradient copies the signs of the inputs (all flipped if δ < 0)" in text
    # Centering takes away the sum of the errors times the mean input, and nothing else.
    assert np.allclose(errors @ X - errors @ (X - mean), 15 * errors.mean() * mean)
    assert np.ptp(np.sign(errors.sum() * mean)) == 0
    # The bias that makes up for the shift leaves each error, and its own gradient, as they were.
    w, b = rng.standard_normal(n), 0.7
    assert np.allclose(X @ w + b, (X - mean) @ w + (b + w @ mean))
    assert "Centering takes one part out of the gradient: the sum of the errors" in text
    assert "With positive inputs this part pushes all weights the same way." in text
    assert "With the bias adjusted to match, centering leaves each δ as it was" in text
    # Positive inputs lie within 90° of each other; the arrows from the mean add up to zero.
    assert (X @ X.T > 0).all()
    assert np.allclose((X - mean).sum(axis=0), 0, atol=1e-9)
    assert ((X - mean) @ (X - mean).T).min() < 0
    assert "any two arrows are less than 90° apart" in text


def test_centered_inputs_that_rise_together_never_mix_signs_and_independent_ones_mostly_do():
    t = np.linspace(-1, 1, 9)
    together = np.c_[t, 2 * t]
    assert together.prod(axis=1).min() >= 0
    corners = np.array(list(itertools.product((-1.0, 1.0), repeat=6)))
    mixed = np.abs(corners.sum(axis=1)) < 6
    assert mixed.mean() == 1 - 2.0**-5
    text = before_fold("centering-and-signs")
    assert "centered inputs can give both" in text
    assert "(1, 1) and (−1, −1) have mean zero, yet give one-signed gradients." in text
    # By hand: the four points.
    points = np.array([[5, 3], [3, 5], [5, 5], [3, 3]])
    assert (points - points.mean(axis=0)).prod(axis=1).tolist() == [-1, -1, 1, 1]
    assert (0.1 * points @ [1, 1]).tolist() == pytest.approx([0.8, 0.8, 1, 0.6])
    assert (0.1 * points @ [1, -1]).tolist() == pytest.approx([0.2, -0.2, 0, 0])
    assert "raising both weights by 0.1 raises $z$ by 0.6 to 1; raising one and lowering" in text
    # From 0 the raw gradient lowers both weights, the centered one brings them home in a step.
    A, y = np.c_[points, np.ones(4)], (points[:, 1] - points[:, 0]) / 2 - 1
    assert (A.T @ -y).tolist() == [18, 14, 4]
    Z = np.c_[points - 4, np.ones(4)]
    step = -(Z.T @ -y) / 4
    assert (Z.T @ -y).tolist() == [2, -2, 4]
    assert step.tolist() == [-0.5, 0.5, -1]
    assert np.allclose(Z @ step, y)
    assert (Z.T @ Z).tolist() == (4 * np.eye(3)).tolist()
    assert "Raw, descent lowers both weights, the second wrongly." in text
    assert "a step of ¼ times the sums arrives at the weights (−½, ½) and the bias" in text
    assert "Centered, both are equally curved." in text


def test_a_mean_of_zero_by_random_signs_speeds_up_nothing_and_a_mirror_mirrors_the_path():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    both = np.r_[X, -X]
    assert not both.mean(axis=0).any()
    assert np.allclose(both.T @ both / 8, X.T @ X / 4)
    w, mirrored, S = np.zeros(2), np.zeros(2), np.array([1.0, -1.0])
    for _ in range(30):
        w = w - X.T @ (X @ w - X[:, 0]) / 20
        mirrored = mirrored - (X * S).T @ ((X * S) @ mirrored - X[:, 0]) / 20
        assert np.array_equal(mirrored, S * w)
    assert "by a random sign also makes the mean 0, on average" in whole("centering-and-signs")
    assert "which mixed the signs and gained nothing" in whole("centering-and-signs")
    text = before_fold("centering-and-signs")
    assert "mixes the signs and gains nothing: from weights 0 the path is mirrored." in text
    # From other weights it does not, if these are not mirrored, too.
    w, other = np.array([1.0, 1.0]), np.array([1.0, 1.0])
    w = w - X.T @ (X @ w - X[:, 0]) / 20
    other = other - (X * S).T @ ((X * S) @ other - X[:, 0]) / 20
    assert not np.allclose(other, S * w)


@pytest.mark.parametrize("seed", range(10))
def test_batch_norm_behind_the_next_weights_cancels_a_mean_and_sigmoid_and_relu_make_one(seed):
    rng = np.random.default_rng(seed)
    A, W, shift = rng.standard_normal((20, 4)), rng.standard_normal((4, 3)), rng.normal(0, 9, 4)
    assert np.allclose(batch_norm((A + shift) @ W), batch_norm(A @ W))
    sums = (A - A.mean(axis=0)) @ W
    assert (1 / (1 + np.exp(-sums)) > 0).all()
    assert (np.maximum(sums, 0) >= 0).all()
    assert (np.maximum(sums, 0).mean(axis=0) > 0).all()
    # Of equal examples no arrow is left; others that sum to 0 do not lie on one side.
    same = np.full((5, 4), 3.0)
    assert not (same - same.mean(axis=0)).any()
    arrows = A - A.mean(axis=0)
    assert ((arrows @ W).min(axis=0) < 0).all()
    assert ((arrows @ W).max(axis=0) > 0).all()
    text = whole("centering-and-signs")
    assert "now sum to zero, so, unless all are 0, they point to different sides" in text
    assert "in a fully connected layer this acts like centering its inputs" in text
    assert "after sigmoid or ReLU never negative" in text


def test_a_centered_target_needs_no_bias_and_a_bias_learns_its_mean():
    X, y = np.array([[-1.0], [1.0], [2.0], [-2.0]]), np.array([4.0, 7.0, 7.0, 6.0])
    w, b = 0.0, 0.0
    for _ in range(200):
        errors = X[:, 0] * w + b - y
        w, b = w - 0.3 * np.mean(errors * X[:, 0]), b - 0.3 * np.mean(errors)
    assert b == pytest.approx(y.mean())
    assert w == pytest.approx((X[:, 0] @ (y - y.mean())) / (X[:, 0] @ X[:, 0]))
    assert "but a bias learns its mean, too" in whole("centering-and-signs")
    # Centered targets leave it nothing to learn, and not if the inputs keep a mean.
    for shift, bias in ((0.0, 0.0), (3.0, -3 * w)):
        A = np.c_[X + shift, np.ones(4)]
        best = np.linalg.lstsq(A, y - y.mean(), rcond=None)[0]
        assert best[1] == pytest.approx(bias)
    text = whole("centering-and-signs")
    assert "if inputs and targets are centered, a linear neuron's best bias is 0" in text


@pytest.mark.parametrize("seed", range(10))
def test_without_each_examples_own_average_features_keep_means_unless_these_are_equal(seed):
    X = np.random.default_rng(seed).uniform(0, 1, (30, 4)) * [1, 2, 3, 4]
    assert np.abs((X - X.mean(axis=1, keepdims=True)).mean(axis=0)).max() > 0.5
    alike = X - X.mean(axis=0) + 5
    assert np.allclose((alike - alike.mean(axis=1, keepdims=True)).mean(axis=0), 0)
    text = whole("centering-and-signs")
    assert "it can leave features with non-zero means" in text


def test_a_larger_share_of_the_mean_need_not_cost_more():
    gains = []
    for variances in ((1.0, 1.0), (1.0, 0.01)):
        C, mean = np.diag(variances), np.array([2.0, 0.0])
        kappas = [condition_number(with_bias(C, m)) for m in (mean, 0 * mean)]
        gains.append((4 / (4 + sum(variances)), kappas[0] / kappas[1]))
    (small, much), (large, little) = gains
    assert small < large
    assert much > 5 * little


def test_least_squares_sees_a_scale_if_its_solution_is_not_unique():
    X, y = np.array([[0.0, 0], [1, 1], [2, 2]]), np.arange(3.0)
    for scale, prediction in ((1, 0.5), (10, 1 / 101)):
        A = np.column_stack([X * [1, scale], np.ones(3)])
        w = np.linalg.pinv(A) @ y
        assert w[0] + w[2] == pytest.approx(prediction, abs=1e-6)
    assert "if its solution is unique" in before_fold("which-models")
    assert "if its solution is unique" in before_fold("binary-codes")


def _decisions(X, labels, new, kernel):
    """What a support vector machine compares with 0, by its primal problem, at the price 1."""
    n = len(X)
    K = kernel(X, X)
    A = np.column_stack([K * labels[:, None], labels, np.eye(n)])
    H = np.zeros((2 * n + 1, 2 * n + 1))
    H[:n, :n], price = K, np.append(np.zeros(n + 1), np.ones(n))
    # ½‖Σcᵢφ(xᵢ)‖² + Σξ under labels · (Kc + b) ≥ 1 − ξ, ξ ≥ 0.
    found = minimize(
        lambda z: z @ H @ z / 2 + price @ z,
        price,
        jac=lambda z: H @ z + price,
        bounds=[(None, None)] * (n + 1) + [(0, None)] * n,
        constraints={"type": "ineq", "fun": lambda z: A @ z - 1, "jac": lambda z: A},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 2000},
    ).x
    return kernel(new, X) @ found[:n] + found[n]


def test_which_models_see_a_shift_or_another_unit():
    rng = np.random.default_rng(0)
    X, new = rng.standard_normal((12, 2)), rng.standard_normal((50, 2))
    y = X @ [1.0, 0.5] + np.sin(2 * X[:, 0])

    def squared_distances(A, B):
        return np.subtract.outer(A[:, 0], B[:, 0]) ** 2 + np.subtract.outer(A[:, 1], B[:, 1]) ** 2

    def penalized(penalty, *, bias=True):
        def predict(X, new):
            # A penalty is two more examples, which the bias does not see.
            A = np.block(
                [[X, np.full((12, 1), float(bias))], [penalty * np.eye(2), np.zeros((2, 1))]]
            )
            w = np.linalg.lstsq(A, np.concatenate([y, [0, 0]]), rcond=None)[0]
            return new @ w[:2] + w[2] * bias

        return predict

    def stump(X, new):
        def tried(j, at):
            low, high = y[X[:, j] <= at].mean(), y[X[:, j] > at].mean()
            error = ((np.where(X[:, j] <= at, low, high) - y) ** 2).sum()
            return error, np.where(new[:, j] <= at, low, high)

        places = [(j, (a + b) / 2) for j in (0, 1) for a, b in itertools.pairwise(np.sort(X[:, j]))]
        return min((tried(*place) for place in places), key=lambda pair: pair[0])[1]

    def clusters(X, new):
        # Two means, from the first two examples.
        centers = X[:2]
        for _ in range(50):
            near = squared_distances(X, centers).argmin(axis=1)
            centers = np.array([X[near == k].mean(axis=0) for k in (0, 1)])
        return squared_distances(new, centers).argmin(axis=1)

    def component(X, new):
        Z = X - X.mean(axis=0)
        part = (new - X.mean(axis=0)) @ np.linalg.svd(Z)[2][0]
        return np.abs(part) / np.abs(Z).max()

    def lasso(X, new):
        # Descent of one weight after the other, on centered inputs: the bias is free.
        Z, w = X - X.mean(axis=0), np.zeros(2)
        for _ in range(500):
            for j in (0, 1):
                c = Z[:, j] @ (y - y.mean() - Z @ w + Z[:, j] * w[j])
                w[j] = np.sign(c) * max(abs(c) - 1, 0) / (Z[:, j] @ Z[:, j])
        return y.mean() + (new - X.mean(axis=0)) @ w

    def descent(X, new):
        A, w = np.column_stack([X, np.ones(12)]), np.zeros(3)
        for _ in range(20):
            w = w - A.T @ (A @ w - y) / np.linalg.eigvalsh(A.T @ A)[-1]
        return new @ w[:2] + w[2]

    machine = lambda kernel: lambda X, new: _decisions(X, np.sign(y), new, kernel)  # noqa: E731
    seen = {
        "least squares": (penalized(0), False, False),
        "tree": (stump, False, False),
        "nearest neighbor": (
            lambda X, new: y[squared_distances(new, X).argmin(axis=1)],
            False,
            True,
        ),
        "two means": (clusters, False, True),
        "Gaussian kernel": (
            machine(lambda A, B: np.exp(-squared_distances(A, B) / 2)),
            False,
            True,
        ),
        "linear kernel": (machine(lambda A, B: A @ B.T), False, True),
        "ridge": (penalized(1), False, True),
        "lasso": (lasso, False, True),
        "component": (component, False, True),
        "no bias": (penalized(0, bias=False), True, False),
        "descent": (descent, True, True),
    }
    for name, (predict, shift, scale) in seen.items():
        plain = predict(X, new)
        # The kernel machines are solved by iteration.
        moved = np.abs(predict(X + 3, new + 3) - plain).max() > 1e-3
        rescaled = np.abs(predict(X * [1, 10], new * [1, 10]) - plain).max() > 1e-3
        assert (moved, rescaled) == (shift, scale), name
    text = before_fold("which-models")
    for row in (
        "| least squares with bias | same | same |",
        "| trees, forests, boosted trees | same | same |",
        "| k-NN, k-means, SVM with Gaussian kernel of fixed width | same | change |",
        "| ridge, lasso, linear SVM, with a free bias | same | change |",
        "| PCA | same | change |",
        "| least squares without bias | change | same |",
        "| gradient descent, as in networks | pace changes | pace changes |",
    ):
        assert row in text


def test_a_width_by_the_variance_of_all_entries_moves_with_unequal_shifts_alone():
    # The default width of scikit-learn's Gaussian kernel.
    X = np.array([[25.0, 50.0], [65.0, 51.0], [26.0, 60.0]])
    assert (X + 3).var() == pytest.approx(X.var())
    assert (X - X.mean(axis=0)).var() < 0.8 * X.var()
    assert "moves if inputs are shifted by unequal amounts" in whole("which-models")


def test_averages_of_the_old_data_are_farthest_off_when_fine_tuning_begins():
    off = 3 * 0.9 ** np.arange(51)
    assert off[0] == 3
    assert off[50] < 0.02
    text = before_fold("train-and-eval")
    assert "*At the start of fine-tuning,* because the averages are still those of the old" in text


@pytest.mark.parametrize("seed", range(5))
def test_weight_and_bias_make_up_for_unit_and_zero_and_a_penalty_sees_the_unit(seed):
    rng = np.random.default_rng(seed)
    x, (a, c, w, b) = rng.standard_normal(20), rng.normal(2, 1, 4)
    assert np.allclose(w / a * (a * x + c) + b - w * c / a, w * x + b)
    text = before_fold("which-models")
    assert "$w'x'+b'=wx+b$ for $w'=w/a$ and $b'=b-wc/a$" in text


def test_polynomial_kernels_and_cosines_depend_on_the_origin_and_distances_do_not():
    X = np.random.default_rng(0).standard_normal((6, 2))
    center = np.eye(6) - 1 / 6
    grams = [Z @ Z.T for Z in (X, X + 10)]
    # A free bias makes up for what double centering takes out: all of a shift at degree 1.
    first, moved = (center @ G @ center for G in grams)
    np.testing.assert_allclose(first, moved, atol=1e-9)
    first, moved = (center @ (1 + G) ** 2 @ center for G in grams)
    assert np.abs(first - moved).max() > 10
    lengths = [np.sqrt(np.diag(G)) for G in grams]
    first, moved = (G / np.outer(n, n) for G, n in zip(grams, lengths, strict=True))
    assert first.min() < 0 < 0.8 < moved.min()
    text = before_fold("which-models")
    assert "of degree 2 or more and **cosine distance** depend on the origin" in text


@pytest.mark.parametrize("seed", range(10))
def test_the_other_code_of_bits_needs_half_the_weight_and_another_bias(seed):
    rng = np.random.default_rng(seed)
    z, w, b = rng.integers(0, 2, (50, 7)), rng.standard_normal(7), rng.standard_normal()
    np.testing.assert_allclose(z @ w + b, (2 * z - 1) @ (w / 2) + (b + w.sum() / 2))
    assert "±1 needs half the weight" in before_fold("binary-codes")
    # Two bits that agree in 98 of 100 examples, each in its three codes.
    agree = np.array([[0, 0]] * 49 + [[1, 1]] * 49 + [[0, 1], [1, 0]])
    for code in (agree, 2 * agree - 1, (agree - 0.5) / 0.5):
        X = np.column_stack([code, np.ones(100)])
        assert condition_number(X.T @ X / 100) > 40
    text = before_fold("binary-codes")
    assert "say two that nearly always agree, can stay slow in any of these codes" in text


def test_dividing_by_the_standard_deviation_alone_can_leave_a_large_mean_square():
    x = np.array([999.0, 1001.0])
    assert np.mean((x / x.std()) ** 2) > 1e6
    assert "So dividing by 255 is not enough" in before_fold("loss-explodes")


def test_a_single_layer_with_cross_entropy_need_not_swing():
    x, w, ways = 20.0, 0.0, []
    for _ in range(20):
        step = x / (1 + np.exp(w * x))  # of size 1, for the label 1
        w, ways = w + step, [*ways, step]
    assert min(ways) >= 0
    assert "can swing widely" in before_fold("loss-explodes")


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
    assert "need not cure" in before_fold("loss-explodes")


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
    text = before_fold("small-inputs")
    assert "goes with the mean square of the centered input" in text
    # The gradient is the mean square times the distance, from anywhere, and whatever the bias is.
    x *= rng.uniform(0.01, 10)
    y = w * x + b + rng.normal(0, 5) * (x**2 - np.mean(x**2) - np.mean(x**3) / np.mean(x**2) * x)
    delta = start[0] * x + start[1] - y
    square = np.mean(x**2)
    assert np.mean(delta * x) == pytest.approx(square * (start[0] - w), rel=1e-6, abs=1e-6 * square)
    assert "multiplies the distance $w - w^*$ by $1 - \\eta" in text


def test_a_small_spread_is_slow_and_a_constant_feature_needs_no_weight():
    x = np.array([-0.1, 0.1, 0.1, -0.1])
    assert 1 - np.mean(x**2) == pytest.approx(0.99)
    text = before_fold("small-inputs")
    assert "leaves the weight 99% of its way" in text
    assert "the mean square 1/100, and centered only 1% less" in text
    # The mean square of a rare bit, as it is and less its mean.
    rare = np.r_[1.0, np.zeros(99)]
    assert [np.mean(rare**2), rare.var()] == pytest.approx([0.01, 0.0099])
    # What a 0 gives to the weight is 0 and what a far example gives depends on its error, too.
    assert "at the same error, examples farther from the mean give it more" in text
    # By rounding 0.1 less its mean can be no 0, and then comes out as 1 or −1 throughout.
    tenths = np.full((10, 2), 0.1)
    assert (abs((tenths - tenths.mean(axis=0)) / tenths.std(axis=0)) == 1).all()
    assert "with rounding a constant that is not 0" in whole("small-inputs")
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
    assert "correlated features can be slower" in whole("small-inputs")


@pytest.mark.parametrize("seed", range(20))
def test_one_mean_for_all_keeps_differences_and_sums_and_own_means_do_not(seed):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (6, rng.integers(1, 30))).astype(float)
    mean, w, b = images.mean(), rng.standard_normal(images.shape[1]), rng.normal()
    shifted = images - mean
    assert np.allclose(shifted + mean, images)
    assert np.allclose(shifted - shifted[0], images - images[0])
    assert np.allclose(shifted @ w + b + w.sum() * mean, images @ w + b)
    image = images.mean(axis=0)
    assert np.allclose((images - image) @ w + b + w @ image, images @ w + b)
    assert np.allclose((images - image) - (images - image)[0], images - images[0])
    # One error for all: nothing is left of the gradients by the weights.
    assert np.allclose((3.0 * (images - image)).sum(axis=0), 0)
    assert [200 + 40, 220 + 60] == [240, 280]
    text = before_fold("negative-pixels")
    assert "add up to δ · (240, 280); less the mean image they add" in text
    brighter = images + rng.uniform(1, 50)
    own = [X - X.mean(axis=1, keepdims=True) for X in (images, brighter)]
    assert np.allclose(*own)
    assert "add it again, and you have the old pixels" in before_fold("negative-pixels")
    assert "The sums agree for all weights and biases" in whole("negative-pixels")


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
    # A mean that differs between positions shifts each place by another number.
    means = rng.uniform(0, 255, 12)
    gaps = np.correlate(x, kernel, "valid") - np.correlate(x - means, kernel, "valid")
    assert np.ptp(gaps) > 10
    assert "so it takes up a channel's mean, not a mean image" in before_fold("negative-pixels")
    # A kernel may not see the padding's value: then even the border agrees.
    assert "near the border the outputs can change" in before_fold("negative-pixels")


def test_numbers_of_8_bits_with_a_sign_have_negatives_and_those_without_wrap():
    assert (np.array([40], np.int8) - np.int8(120))[0] == -80
    assert (np.array([40], np.uint8) - np.uint8(130))[0] == 166
    assert "*Unsigned 8-bit numbers* (`uint8`)" in before_fold("negative-pixels")


def test_color_floats_are_cut_at_one_whatever_the_range_and_whole_numbers_are_not():
    image = np.full((1, 2, 3), 100.0)
    image[0, 1] = 150.2
    shown = [
        Figure().subplots().imshow(pixels, vmin=0, vmax=255).make_image(None, unsampled=True)[0]
        for pixels in (image, image.round().astype("uint8"))
    ]
    assert (shown[0][..., :3] == 255).all()
    assert (shown[1][0, :, 0] == [100, 150]).all()
    text = whole("negative-pixels")
    assert "color floats count from 0 to 1" in text
    assert "A gray image is stretched to its own range, and needs `vmin=0, vmax=255`" in text
    gray = Figure().subplots().imshow(np.array([[100.0, 150.0]]))
    assert gray.get_clim() == (100, 150)


def test_the_lines_on_pixels_keep_single_precision_and_show_the_old_image():
    page = (ANSWERS / "negative-pixels.md").read_text(encoding="utf-8")
    x_train, x_test = np.random.default_rng(0).integers(0, 256, (2, 5, 4, 4, 3)).astype(np.uint8)
    axes = Figure().subplots()
    names = {"x_train": x_train, "x_test": x_test, "plt": axes}
    exec(re.search(r"```python\n(.*?)```", page, re.S)[1], names)
    for z in (names["z_train"], names["z_test"]):
        assert z.dtype == np.float32
        assert z.min() < 0
    assert np.allclose(names["z_train"].mean(axis=(0, 1, 2)), 0, atol=1e-4)
    assert (axes.images[0].get_array() == x_test[0]).all()


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
    text = before_fold("normalize-which-axis")
    assert "keeps its signs, so positive columns keep a positive mean" in text
    assert "if no feature is constant" in text


def test_rows_divided_by_their_lengths_can_lose_a_mean_by_luck_and_a_large_condition_number():
    X = np.array([[4.0, 4.0], [-1.0, -1.0]])
    assert np.allclose((X / np.linalg.norm(X, axis=1, keepdims=True)).mean(axis=0), 0)
    X = np.array([[100.0, 0.0], [-100.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    rows = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert condition_number(rows.T @ rows) == pytest.approx(1)
    assert condition_number(X.T @ X) > 1000
    assert "in general leaves the features' means" in before_fold("normalize-which-axis")


def test_a_mean_need_not_make_the_loss_steeper_than_another_direction():
    C, mean = np.diag([100.0, 1.0]), np.array([0.0, 3.0])
    assert condition_number(C + np.outer(mean, mean)) < condition_number(C)
    assert "A mean can make the loss steep" in whole("normalize-which-axis")
    assert "so large means move their weights in proportion to these means" in before_fold(
        "normalize-which-axis"
    )


def test_equal_rows_cannot_have_two_rents_and_standardized_ones_have_constant_columns():
    record = EXAMPLES["inputs-two-ways"]()
    assert record.layer[0] == pytest.approx(record.layer[3], abs=1e-12)
    lengths = np.linalg.norm(record.rows[:, :2], axis=1, keepdims=True)
    divided = record.rows[:, :2] / lengths
    assert divided[0] == pytest.approx(divided[3], abs=1e-12)
    misses = [max(abs(p - record.rows[0, 2]), abs(p - record.rows[3, 2])) for p in range(-20, 20)]
    assert min(misses) == 2
    assert np.ptp(record.layer, axis=0) == pytest.approx([0, 0])
    # One feature more, and rows keep a pattern; two of different size keep which is larger.
    more = np.array([[2.0, 40, 3], [2, 80, 5]])
    deviations = more.std(axis=1, keepdims=True)
    assert np.ptp((more - more.mean(axis=1, keepdims=True)) / deviations, axis=0).all()
    text = before_fold("normalize-which-axis")
    assert "so any prediction misses a rent, 5 or 9, by 2 or more" in text
    # Two numbers in a row: ±1, or both 0.
    pairs = np.random.default_rng(0).normal(5, 3, (50, 2))
    assert np.abs(layer_norm(pairs)) == pytest.approx(np.ones((50, 2)), abs=1e-2)
    assert not np.ptp(np.array([4.0, 4.0]) - 4)
    assert "With two features a row's two numbers become ±1, unless they are equal" in whole(
        "normalize-which-axis"
    )
    assert "the four flats have become identical" in text
    assert "Nor are the features' means 0: they are −1 and 1." in text
    # By features they differ, and one step of size 1 from zeros gives all rents.
    assert len({tuple(row) for row in record.features.round(9).tolist()}) == 4
    A = np.column_stack([record.features, np.ones(4)])
    assert A @ (A.T @ record.rows[:, 2] / 4) == pytest.approx(record.rows[:, 2])
    assert "*By features* the flats still differ, and both means are 0." in text
    assert "One step of gradient descent finds them, of size 1 from zeros" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_columns_mean_times_the_bias_gradient_is_part_of_the_weights_gradient(seed):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (7, 3)) * 10 ** rng.uniform(-2, 2, 3) + rng.normal(0, 10, 3)
    delta, mean = rng.standard_normal(7), X.mean(axis=0)
    rest = delta @ (X - mean) / 7
    assert X.T @ delta / 7 == pytest.approx(mean * delta.mean() + rest)
    # Standardized columns keep only the rest, divided; rows divided by lengths keep a mean.
    assert batch_norm(X).T @ delta / 7 == pytest.approx(rest / X.std(axis=0))
    text = before_fold("normalize-which-axis")
    assert "The first part is $m_j$ times the mean error." in text
    assert "If each column's mean is 0, the first part is gone." in text
    assert (X - mean).T @ delta / 7 == pytest.approx(rest)
    # Rows and then columns; in the other order a mean can come back.
    rows = lambda Z: Z / np.linalg.norm(Z, axis=1, keepdims=True)  # noqa: E731
    assert batch_norm(rows(X)).mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)
    assert np.abs(rows(batch_norm(X)).mean(axis=0)).max() > 1e-3
    assert "the division can bring means back" in whole("normalize-which-axis")


def test_a_constant_feature_needs_another_divisor_than_zero():
    # The deviation of ten times 0.1 is not exactly 0.
    train = np.column_stack([np.zeros(10), np.full(10, 0.1), np.arange(10.0)])
    mean, std = train.mean(axis=0), train.std(axis=0)
    assert std[0] == 0 < std[1] < 1e-15
    std[np.ptp(train, axis=0) == 0] = 1
    assert abs((train - mean) / std)[:, :2].max() < 1e-15
    text = before_fold("normalize-which-axis")
    assert "# Constant features: std[np.ptp(train, axis=0) == 0] = 1" in text
    # Features as rows; images of three channels.
    rows = train.T
    assert np.allclose((rows - rows.mean(axis=1, keepdims=True)).T, train - mean)
    images = np.random.default_rng(0).random((4, 5, 6, 3))
    assert images.mean(axis=(0, 1, 2)).shape == (3,)


@pytest.mark.parametrize("seed", range(10))
def test_coefficients_in_original_units_are_the_same_function_and_depend_on_the_units(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    X = rng.standard_normal((30, n)) * 10 ** rng.uniform(-2, 2, n) + rng.normal(0, 10, n)
    y = rng.normal(50, 20, 30)
    w, b = rng.standard_normal(n), rng.standard_normal()
    ranges = ((X.mean(axis=0), X.std(axis=0)), (X.min(axis=0), np.ptp(X, axis=0)))
    for shift, scale in ranges:
        # Whatever weights were found; with m = 0 and s = 1 the target is as it was.
        for m, s in ((0.0, 1.0), (y.mean(), y.std())):
            weights = s * w / scale
            bias = m + s * b - weights @ shift
            assert X @ weights + bias == pytest.approx(m + s * ((X - shift) / scale @ w + b))
    # t values of least squares are those of the standardized inputs.
    deviations = []
    for inputs in (X, batch_norm(X)):
        A = np.column_stack([inputs, np.ones(30)])
        left = y - A @ np.linalg.lstsq(A, y, rcond=None)[0]
        deviations.append(np.sqrt(np.diag(np.linalg.inv(A.T @ A)) * (left @ left)))
    assert deviations[0][:-1] == pytest.approx(deviations[1][:-1] / X.std(axis=0), rel=1e-4)
    assert abs(deviations[0][-1] / deviations[1][-1] - 1) > 1e-3
    # A product formed behind the scaler has linear parts in the raw inputs.
    (first, second), mean, s = X[:, [0, -1]].T, X.mean(axis=0), X.std(axis=0)
    product = (first - mean[0]) / s[0] * (second - mean[-1]) / s[-1]
    parts = first * second - mean[-1] * first - mean[0] * second + mean[0] * mean[-1]
    assert product == pytest.approx(parts / (s[0] * s[-1]))
    text, page = before_fold("original-units"), whole("original-units")
    assert "take the minimum for $\\mu_j$ and the range for $s_j$" in text
    assert "must be multiplied out, because the subtracted means leave linear parts" in text
    assert "so t values stay; that of the bias is another" in page
    # A penalty with a free bias: another model, unless the deviations are all 1.

    def ridge(inputs):
        A = inputs - inputs.mean(axis=0)
        return A @ np.linalg.solve(A.T @ A / 30 + np.eye(n), A.T @ y / 30)

    assert np.abs(ridge(X) - ridge(batch_norm(X))).max() > 1e-2
    assert ridge(X / X.std(axis=0)) == pytest.approx(ridge(batch_norm(X)))
    assert "weight decay, which sees the units, usually gives another model" in text
    # Batch norm behind a linear layer, in evaluation mode.
    gamma, beta, m, d = rng.standard_normal(4)
    behind = gamma * (X @ w + b - m) / d + beta
    assert behind == pytest.approx(X @ (gamma * w / d) + gamma * (b - m) / d + beta)


def test_the_error_is_a_tenth_of_the_difference_and_a_twentieth_along_the_direction():
    rng = np.random.default_rng(0)
    once, *errors = rng.standard_normal((3, 100_000)) * np.sqrt([[0.9], [0.1], [0.1]])
    X = np.array([once + error for error in errors])
    total = X.var(axis=1).sum()
    assert (X[0] - X[1]).var() / total == pytest.approx(0.1, rel=0.03)
    assert (np.array([1, -1]) / 2**0.5 @ X).var() / total == pytest.approx(0.05, rel=0.03)
    # Of the page's four images the gray is ±1.5, and what one pixel has more the other has less.
    four = np.array([[2.0, 1], [1, 2], [-2, -1], [-1, -2]])
    gray, noise = four.mean(axis=1), four[:, 0] - four.mean(axis=1)
    assert (noise**2).mean() / (gray**2 + noise**2).mean() == pytest.approx(0.1)
    assert EXAMPLES["inputs-four-points"]().noise[0] == pytest.approx(0.1)
    text = before_fold("whitening")
    assert "Suppose both pixels see one gray value and their difference is camera noise" in text
    assert "Their difference is pure noise" not in text


@pytest.mark.parametrize("r", [-0.9, -0.5, 0.0, 0.5, 0.9])
def test_two_standardized_inputs_keep_the_ratio_of_the_correlations_size(r):
    kappa = condition_number(np.array([[1.0, r], [r, 1.0]]))
    assert (kappa == pytest.approx((1 + r) / (1 - r))) == (r >= 0)
    # Of three inputs it is another.
    three = condition_number(np.full((3, 3), abs(r)) + (1 - abs(r)) * np.eye(3))
    assert three == pytest.approx((1 + 2 * abs(r)) / (1 - abs(r)))
    assert r"two standardized inputs of correlation $r \ge 0$" in whole("whitening")


@pytest.mark.parametrize("needs_flat", [False, True])
def test_dropping_flat_directions_helps_or_harms_by_what_the_target_needs(needs_flat):
    rng = np.random.default_rng(0)
    z = rng.standard_normal((400, 2))
    common, difference = (1.99 / 2) ** 0.5 * z[:, 0], (0.01 / 2) ** 0.5 * z[:, 1]
    X = np.array([common + difference, common - difference])
    U, S, _ = np.linalg.svd(X - X.mean(axis=1, keepdims=True))
    assert S[0] ** 2 / (S**2).sum() > 0.95
    white = np.diag(1 / S) @ U.T @ (X - X.mean(axis=1, keepdims=True)) * 400**0.5
    y, error = z[:, int(needs_flat)], 3 * rng.standard_normal(400)
    seen, loss = slice(0, 30), []
    for kept in (white[:1], white):
        w = np.linalg.lstsq(kept[:, seen].T, (y + error)[seen], rcond=None)[0]
        loss.append(np.mean((kept.T @ w - y)[30:] ** 2))
    assert (loss[0] > loss[1]) == needs_flat
    text = whole("whitening")
    assert "`PCA(whiten=True)`; with `n_components=0.95`" in text
    assert "which helps if they are noise and harms if the target needs them" in text


@pytest.mark.parametrize("inputs", [3, 10, 40])
def test_with_no_more_examples_than_inputs_some_direction_has_no_variance_though_each_input_has(
    inputs,
):
    X = np.random.default_rng(0).standard_normal((inputs, inputs))
    assert X.std(axis=0).min() > 0
    assert np.linalg.eigvalsh(np.cov(X.T))[0] < 1e-12
    more = np.random.default_rng(0).standard_normal((inputs + 1, inputs))
    assert np.linalg.eigvalsh(np.cov(more.T))[0] > 1e-12
    assert "some directions have variance 0" in whole("whitening")


def test_start_and_goal_may_lie_far_out_in_the_flat_direction_if_they_lie_alike():
    H, flat, steep = np.array([[1.0, 0.9], [0.9, 1.0]]), np.array([1, -1]), np.array([1, 1])
    goal = 5 * flat + steep
    w = 5 * flat - 3 * steep
    w = w - H @ (w - goal) / 1.9
    assert np.allclose(w, goal)
    assert "if start and goal do not differ along the flat direction" in whole("whitening")


def test_whitened_pixels_need_one_step_and_centered_ones_many():
    C, goal = np.array([[1.0, 0.9], [0.9, 1.0]]), np.array([3.0, -5.0])
    # PCA whitening divides the sum by √3.8 and the difference by √0.2; ZCA turns this back.
    pca = np.diag([3.8**-0.5, 0.2**-0.5]) @ [[1, 1], [1, -1]]
    turn = np.array([[1.0, 1.0], [1.0, -1.0]]) / 2**0.5
    for W in (pca, turn.T @ pca):
        assert np.allclose(W @ C @ W.T, np.eye(2))
        goal_white = np.linalg.solve(W.T, goal)
        assert np.allclose(0 - W @ C @ W.T @ (0 - goal_white), goal_white)
    w = np.zeros(2)
    for _ in range(10):
        w = w - C @ (w - goal)
    assert np.linalg.norm(w - goal) > 0.1 * np.linalg.norm(goal)
    assert "so one step of size 1 arrives" in whole("whitening")
    text = whole("whitening")
    assert "A linear unit then learns weak, perhaps noisy directions as fast as strong ones" in text
    assert "The single step is special to a linear model with squared loss" in text


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("images", "inputs"), [(3, 3), (8, 10), (20, 60), (30, 10)])
def test_with_few_images_whitening_makes_all_equally_far_apart(images, inputs, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_t(3, (images, inputs)) @ rng.standard_normal((inputs, inputs))
    X[1] = X[0] + 0.01 * rng.standard_normal(inputs)  # two that are alike
    U, S, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    white = U[:, 1e-9 * S[0] < S] * images**0.5
    apart = np.linalg.norm(white[:, None] - white, axis=2)[np.triu_indices(images, 1)]
    assert (np.ptp(apart) < 1e-6) == (images <= inputs)
    # Not if an image is a mixture of two others.
    if 3 < images <= inputs:
        X[2] = (X[0] + X[3]) / 2
        U, S, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
        white = U[:, 1e-9 * S[0] < S]
        apart = np.linalg.norm(white[:, None] - white, axis=2)[np.triu_indices(images, 1)]
        assert np.ptp(apart) > 0.1
    text = whole("whitening")
    assert "all training images in general come to be equally far apart" in text


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("f", [np.tanh, lambda s: np.maximum(s, 0)])
def test_whitened_inputs_are_correlated_again_behind_a_layer_and_have_a_mean_behind_relu(f, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((20_000, 10))
    U, _, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    white = U * 20_000**0.5
    hidden = f(white @ rng.standard_normal((10, 10)) / 10**0.5)
    assert np.linalg.cond(np.cov(white.T)) < 1.001
    assert np.linalg.cond(np.corrcoef(hidden.T)) > 3
    if (hidden >= 0).all():
        assert (hidden.mean(axis=0) > 0.05).all()
        assert np.linalg.cond(np.corrcoef(batch_norm(hidden).T)) > 3
    assert "are usually correlated again" in before_fold("whitening")


def test_corners_of_a_square_are_no_mixtures_and_not_equally_far_apart_when_whitened():
    X = np.array([[0.0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 0, 0]])
    U, S, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    white = 2 * U[:, S > 1e-9]
    apart = np.linalg.norm(white[:, None] - white, axis=2)[np.triu_indices(4, 1)]
    assert sorted(set(apart.round(2))) == [2.0, 2.83]
    # One is a weighted sum of the others: (1, 1) = (1, 0) + (0, 1) − (0, 0).
    assert "with weights of either sign that add up to 1" in whole("whitening")


def test_whitened_inputs_make_the_next_layer_rounder_too():
    rng = np.random.default_rng(0)
    shared = np.sqrt(0.9) * rng.standard_normal((20_000, 1))
    X = shared + np.sqrt(0.1) * rng.standard_normal((20_000, 20))
    values, vectors = np.linalg.eigh(np.cov(X.T))
    W = rng.standard_normal((20, 50)) / 10**0.5
    top = []
    for Z in (X, X @ vectors / np.sqrt(values)):
        hidden = np.maximum(Z @ W, 0)
        curvatures = np.linalg.eigvalsh(hidden.T @ hidden)
        top.append(curvatures[-1] / curvatures.sum())
    assert top[0] > 1.3 * top[1]
    text = before_fold("whitening")
    assert "whitens the first layer's inputs only" in text
    assert "It prepares the first layer only" not in text


def test_an_epsilon_limits_by_how_much_a_flat_direction_is_stretched():
    for variance in (1e-12, 0.1, 1.9):
        assert 1 / (variance + 0.1) ** 0.5 <= 0.1**-0.5
    # The part of the noise in the total falls below a half.
    noise, common = 0.1 / (0.1 + 0.1), 1.9 / (1.9 + 0.1)
    assert noise / (noise + common) < 0.4
    assert "A small ε added to each variance limits this" in before_fold("whitening")


@pytest.mark.parametrize("seed", range(10))
def test_another_mean_moves_each_output_of_a_linear_unit_by_one_number(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 9)
    X, w, b = rng.standard_t(2, (20, n)) * 10, rng.standard_normal(n), rng.normal()
    train, test = rng.normal(0, 9, (2, n))
    moved = ((X - test) @ w + b) - ((X - train) @ w + b)
    assert np.allclose(moved, w @ (train - test))
    # A single image is its own mean over the images.
    assert not (X[:1] - X[:1].mean(axis=0)).any()
    text = before_fold("test-mean")
    # The constant can be 0, as for these weights: it is named.
    assert np.array([5.0, -3.0]) @ [3.0, 5.0] == 0
    assert "is shifted by a constant, w·μ, that it never learned." in text
    assert "The shift is the same for all images, but each neuron has its own" in text
    assert "$x - x = 0$, whatever it showed" in text
    # In a network the same images can get other answers, too.
    hidden, out = rng.standard_normal((n, 5)), rng.standard_normal(5)
    assert not np.allclose(*(np.maximum((X - m) @ hidden, 0) @ out for m in (train, test)))


@pytest.mark.parametrize("seed", range(10))
def test_each_images_own_mean_takes_brightness_and_can_leave_the_mean_over_images(seed):
    rng = np.random.default_rng(seed)
    scene, brightness = rng.uniform(0, 1, 8), rng.uniform(0, 9, (30, 1))
    own = lambda X: X - X.mean(axis=1, keepdims=True)  # noqa: E731
    images = scene + brightness
    # Images that differ in an added brightness alone can no longer be told apart.
    assert np.allclose(own(images), own(images)[0])
    assert np.abs(own(images).mean(axis=0)).max() > 0.1
    # "can": images whose mean image is flat are centered by it.
    pairs = np.array([[1.0, 3.0], [7.0, 5.0]])
    assert not own(pairs).mean(axis=0).any()
    # Less the training mean of what is left, both means are 0.
    noisy = own(images + rng.standard_normal(images.shape))
    both = noisy - noisy.mean(axis=0)
    assert np.allclose(both.mean(axis=0), 0)
    assert np.allclose(both.mean(axis=1), 0)
    for image in ([1, 3], [5, 7]):
        assert list(image - np.mean(image)) == [-1, 1]
    assert "(1, 3) and (5, 7), both become (−1, 1)" in whole("test-mean")
    assert "then the training mean of what is left" in whole("test-mean")


def test_the_own_mean_undoes_a_shift_if_the_mix_of_cases_is_the_same_and_not_otherwise():
    rng = np.random.default_rng(0)
    night, day = rng.normal((1, 3), 0.5, (500, 2)), rng.normal((5, 7), 0.5, (500, 2))
    mean, camera = np.concatenate([night, day]).mean(axis=0), np.array([6.0, 6.0])

    def right(by_night, by_day, subtracted):
        wrong = ((by_night + camera - subtracted).sum(axis=1) > 0).sum()
        wrong += ((by_day + camera - subtracted).sum(axis=1) < 0).sum()
        return 1 - wrong / (len(by_night) + len(by_day))

    own = lambda *X: np.concatenate(X).mean(axis=0) + camera  # noqa: E731
    assert right(night, day, mean) < 0.6
    assert right(night, day, own(night, day)) > 0.99
    assert right(night[:0], day, own(night[:0], day)) < 0.6
    assert "needs many images, with the usual mix of cases" in whole("test-mean")


@pytest.mark.parametrize("seed", range(10))
def test_answers_less_the_own_mean_change_with_the_other_images_and_alone_are_all_the_same(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    hidden, b, out = rng.standard_normal((n, 5)), rng.standard_normal(5), rng.standard_normal(5)
    answer = lambda Z: np.maximum(Z @ hidden + b, 0) @ out  # noqa: E731
    X = rng.uniform(0, 5, (40, n))
    own = lambda X: X - X.mean(axis=0)  # noqa: E731
    alone = [answer(own(X[k : k + 1]))[0] for k in range(40)]
    assert np.allclose(alone, alone[0])
    # The first image among others: another answer.  Less one stored mean, always its own.
    first, second = (answer(own(X[[0, *others]]))[0] for others in (range(1, 20), range(20, 40)))
    assert not np.isclose(first, second)
    stored = rng.uniform(0, 5, n)
    assert np.isclose(answer(X - stored)[0], answer(X[:1] - stored)[0])
    # One class only: what its mean differs by from the others' is gone.
    classes = [X, X + rng.uniform(1, 2, n)]
    assert np.allclose(own(classes[0]), own(classes[1]))
    text = before_fold("test-mean")
    assert "an image's answer can depend on its company" in text
    assert "subtracting it removes what makes them sevens" in whole("test-mean")
    # Beside the night alone the dark day is right, beside the bright day, too, it is not.
    assert 5 - np.mean([3, 5]) > 0 > 5 - np.mean([3, 5, 10])
    assert "Beside the 3 alone, with the mean 4, the same image would be right" in text


def test_means_of_two_large_samples_of_one_kind_are_nearly_equal():
    rng = np.random.default_rng(0)
    kinds = rng.exponential(2, (2, 50_000)), 5 + rng.standard_t(4, (2, 50_000))
    for train, test in kinds:
        assert abs(train.mean() - test.mean()) < 0.05 * train.std()
    means = rng.exponential(2, (5000, 400)).mean(axis=1)
    assert np.sqrt(np.mean((means - 2) ** 2)) == pytest.approx(2 / np.sqrt(400), rel=0.05)
    text = before_fold("test-mean")
    assert "misses the true one by about their spread over √N" in text
    assert "Then you usually notice little, if it is of the same kind" in text


def test_forgetting_costs_and_the_mean_of_the_whole_test_set_does_not_show():
    record = EXAMPLES["inputs-mean-in-use"]()
    shown = [f"{share:.0%}" for share in (record.training, record.own, record.nothing)]
    assert shown == ["96%", "96%", "80%"]
    assert record.ends[1] < record.training - 0.05
    assert f"{record.one_number:.0%}" == f"{record.together:.0%}" == "96%"
    assert abs(record.digit - 0.1) < 0.02
    text = whole("test-mean")
    assert "with nothing subtracted {example}`inputs-mean-in-use nothing .0%`" in text
    assert "less the test set's own mean {example}`inputs-mean-in-use own .0%`" in text
    assert "together changed little, too ({example}`inputs-mean-in-use together .0%`)" in text
    assert "for accuracy it need not matter" in text
    assert "which is about guessing" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_filter_of_sum_zero_does_not_feel_a_constant_except_at_a_padded_border(seed):
    rng = np.random.default_rng(seed)
    image, kernel = rng.uniform(0, 1, (6, 6)), rng.standard_normal((3, 3))
    places = lambda image: np.lib.stride_tricks.sliding_window_view(image, (3, 3))  # noqa: E731
    through = lambda image, w: (places(image) * w).sum(axis=(2, 3))  # noqa: E731
    mean, flat = rng.uniform(1, 9), kernel - kernel.mean()
    assert np.allclose(through(image, flat), through(image - mean, flat))
    assert not np.allclose(through(image, kernel), through(image - mean, kernel))
    raw, less = (through(np.pad(z, 1), flat) for z in (image, image - mean))
    assert np.allclose(raw[1:-1, 1:-1], less[1:-1, 1:-1])
    assert not np.allclose(raw[0], less[0])
    # A mean image that is not constant is felt.
    assert not np.allclose(through(image, flat), through(image - rng.random((6, 6)), flat))
    text = whole("test-mean")
    assert "where a convolution filter's weights sum to zero in each channel" in text
    assert "does not feel a channel mean, except at a zero-padded border" in text


def test_flips_leave_a_mean_image_that_fits_only_if_it_is_taken_over_them():
    images = np.random.default_rng(0).uniform(0, 1, (50, 6)) + np.linspace(0, 1, 6)
    flipped = np.concatenate([images, images[:, ::-1]])
    assert np.allclose((flipped - flipped.mean(axis=0)).mean(axis=0), 0)
    assert abs((flipped - images.mean(axis=0)).mean(axis=0)).max() > 0.3
    assert (flipped - images.mean()).mean() == pytest.approx(0)
    # Three images: the mean image's square bounds the curvature, and one number leaves 2 of 34.
    three = np.array([[1.0, 3.0], [3.0, 5.0], [5.0, 7.0]])
    for less, square in ((0, 34), (4, 2), (three.mean(axis=0), 0)):
        left = three - less
        mean = left.mean(axis=0)
        assert mean @ mean == pytest.approx(square)
        assert np.linalg.eigvalsh(left.T @ left / 3)[-1] >= square
    assert sorted((three - 4).ravel()) == [-3, -1, -1, 1, 1, 3]
    text = before_fold("pixel-or-channel")
    assert "|μ|² is 3² + 5² = 34 raw, but 1 + 1 = 2 less one number" in text
    assert "The learning rate must stay below 2/|μ|²" in text
    assert "the mean image of the whole images no longer fits" in text


def test_own_means_take_an_added_brightness_and_own_deviations_a_factor():
    image = np.random.default_rng(0).uniform(0, 1, 20)
    own = lambda x: x - x.mean()  # noqa: E731
    assert np.allclose(own(image + 0.3), own(image))
    assert not np.allclose(own(2 * image), own(image))
    assert np.allclose(own(2 * image) / (2 * image).std(), own(image) / image.std())
    text = before_fold("pixel-or-channel")
    assert "it removes a brightness added alike" in text
    assert "divide by each image's own standard deviation, too" in text


@pytest.mark.parametrize("seed", range(10))
def test_ranges_of_pixels_differ_by_their_mean_and_biases_take_up_the_shift(seed):
    rng = np.random.default_rng(seed)
    images, w, b = rng.random((30, 8)), rng.standard_normal(8), rng.normal()
    sums = images @ w + b
    assert np.allclose((2 * images - 1) @ (w / 2) + b + w.sum() / 2, sums)
    mean = images.mean(axis=0)
    assert np.allclose((images - mean) @ w + b + w @ mean, sums)
    # A shift changes no correlation, so none can help where that is what makes κ.
    assert np.allclose(np.cov(images.T), np.cov((images - mean).T))
    images[:, 0] = 0
    assert list(images.mean(axis=0) > 0) == [False] + [True] * 7
    # Less ½ the mean is smaller, compared with the spread, just if it was above ¼.
    x = rng.random(50) * rng.uniform(0.05, 1)
    for pixels in (x, np.clip(x + 0.25, 0, 1)):
        both = 2 * pixels - 1
        nearer = abs(both.mean()) / both.std() < pixels.mean() / pixels.std()
        assert nearer == (pixels.mean() > 0.25)
    # Of pixels with unlike means it is the length of these means, and ¼ their average.
    means = rng.uniform(0, 1, 8) * rng.uniform(0.2, 1)
    assert (np.linalg.norm(means - 0.5) < np.linalg.norm(means)) == (means.mean() > 0.25)
    # Dividing leaves that ratio.
    assert (255 * x).mean() / (255 * x).std() == pytest.approx(x.mean() / x.std())
    # Gray pixels: near ½, 2x − 1 is about as good as the mean; very dark ones: it is worse.
    n, s = int(rng.integers(20, 200)), rng.uniform(0.2, 0.3)
    m = 0.5 + rng.uniform(-0.03, 0.03)
    raw, both, less = (
        iid_condition_number(n, c, v, bias=True)
        for c, v in ((m, s**2), (2 * m - 1, 4 * s**2), (0, s**2))
    )
    assert both < 2 * less < raw / 10
    m = rng.uniform(0.02, 0.1)
    dark = [
        iid_condition_number(n, c * m - d, (c * m / 2) ** 2, bias=True) for c, d in ((1, 0), (2, 1))
    ]
    assert dark[1] > 2 * dark[0]
    # Pixels that are not alike can turn it around.
    unlike = np.array([[0.45, 0.0], [0.45, 0.2], [0.55, 0.0], [0.55, 0.2]])
    assert unlike.mean() == pytest.approx(0.3)
    raw, both = (condition_number(A.T @ A / 4) for A in (unlike, 2 * unlike - 1))
    assert both > 2 * raw
    text = before_fold("pixel-range")
    assert r"That is less in size than $m/s$ exactly if $m>\frac14$" in text
    assert "for pixels that are alike, without a bias, yes if they average above ¼ on the" in text
    assert "below ¼, as in mostly black images, [−1, 1] is the worse one." in text
    # At one ratio of mean and spread the digits' steps differ, by the spread.
    digits = EXAMPLES["inputs-pixel-range"]().digits
    assert digits[1][1] == digits[2][1]
    assert digits[1][2] < 0.9 * digits[2][2]
    assert "A mean that is large for the spread makes the loss steep in one direction" in text
    # Steps grow about like κ, where it is large.
    record = EXAMPLES["inputs-pixel-range"]()
    for kappa, steps in zip(record.plain, record.slowest, strict=True):
        assert kappa == 1 or steps / kappa == pytest.approx(np.log(100) / 2, rel=0.01)
    assert "Descent's steps grow about like the ratio of these" in text
    # The one is the other at half the spread.
    assert 2 * (x - 0.5) == pytest.approx(2 * x - 1)
    assert "[0, 1] less ½ is [−1, 1] at half its spread, of the same ratio" in whole("pixel-range")
    assert "dividing by 255 shrinks mean and spread alike" in text
    # Pixels that correlate alike: two curvatures, their ratio, and what 255 makes of them.
    r = rng.uniform(0, 0.9)
    H = s**2 * (r + (1 - r) * np.eye(n)) + m**2
    values = np.linalg.eigvalsh(H)
    assert values[-1] == pytest.approx(s**2 * (1 + (n - 1) * r) + n * m**2)
    assert values[:-1] == pytest.approx(s**2 * (1 - r))
    kappa = (1 + (n - 1) * r + n * (m / s) ** 2) / (1 - r)
    assert kappa == pytest.approx(condition_number(H))
    large = (255 * images).T @ (255 * images)
    assert np.allclose(large, 255**2 * images.T @ images)
    assert "but the curvature 255² times as large, so plain descent's usual rates" in text
    assert "any two correlate at $r\\ge0$" in text
    assert "Black pixels become −1." in text
    # With a bias the border is where |2m − 1| = √2·m.
    for border, better in ((0.28, False), (0.31, True)):
        ways = ((border, 0.01), (2 * border - 1, 0.04))
        zero_one, both = (iid_condition_number(5000, c, v, bias=True) for c, v in ways)
        assert (both < zero_one) == better
    assert "the border ¼ moves: to about 0.3 for many independent pixels" in text
    record = EXAMPLES["inputs-pixel-range"]()
    assert {round(record.correlated[k][1]) for k in (3, 6)} == {101}
    assert "Correlation alone makes the" in text
    # "in our test": of the digits centering saves less than in the table.
    saved = record.correlated[1][1] / record.correlated[3][1]
    assert saved > 2 * record.digits[0][2] / record.digits[5][2]
    assert "**Networks** gained less in our test" in text


def test_the_rule_for_kappa_of_pixels_holds_where_their_mean_is_large():
    for n, m, s in ((100, 0.5, 0.25), (1000, 0.3, 0.3), (400, 0.5, 0.1)):
        steep = 1 + s**2 + n * m**2
        assert iid_condition_number(n, m, s**2, bias=True) == pytest.approx(
            steep**2 / s**2, rel=0.01
        )
    # Not where it is small: centered, κ is 16 for σ = ¼.
    assert iid_condition_number(100, 0, 1 / 16, bias=True) == pytest.approx(16)
    assert "if $nm^2$ is large" in whole("pixel-range")


def test_each_kind_of_centering_saves_steps_on_digits_in_the_order_of_the_shares():
    record = EXAMPLES["inputs-pixel-range"]()
    raw, both, half, one, scaled, own = record.digits
    for column in (1, 2, 3):
        assert raw[column] > both[column] > one[column] > own[column]
        assert raw[column] > half[column] >= both[column]
    assert scaled[1] == one[1]
    assert half[1] == both[1]
    # Each change by itself: the shift at one spread, the spread after one shift.
    assert raw[2] > half[2] > own[2] > record.doubled
    assert record.doubled < both[2] < half[2]
    assert record.kappas[0] > record.kappas[1] > record.kappas[-1] > 100
    assert record.gain < record.gain_independent / 10


def test_whitening_gains_little_or_nothing_where_inputs_do_not_correlate_or_the_loss_is_another():
    rng = np.random.default_rng(0)
    x = np.sqrt(12) * (rng.random((4000, 5)) - 0.5)
    U, _, _ = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    white = U * 4000**0.5
    assert condition_number(np.cov(x.T)) < 1.2
    # Logistic regression on whitened inputs: not one step, and curvatures that differ.
    w = 3 * np.eye(5)[0]
    p = 1 / (1 + np.exp(-white @ w))
    H = (white * (p * (1 - p))[:, None]).T @ white / 4000
    assert condition_number(H) > 2
    labels = rng.random(4000) < p
    one = 4 * white.T @ (labels - 0.5) / 4000
    left = white.T @ (1 / (1 + np.exp(-white @ one)) - labels) / 4000
    assert np.linalg.norm(left) > 0.1 * np.linalg.norm(white.T @ (labels - 0.5) / 4000)
    assert "can speed up gradient descent further" in before_fold("whitening")


def test_the_correlation_leaves_nearly_all_steps_of_standardized_inputs():
    steps = EXAMPLES["regression-correlated"]().steps
    independent = EXAMPLES["regression-scales"]().rows[0][1]
    assert independent < 0.01 * steps[2]
    assert steps[0] - steps[1] > 0.8 * steps[0]
    assert steps[1] - steps[2] < 0.1 * steps[1]
    text = whole("whitening")
    assert "Subtracting the mean saves most steps; correlation causes nearly all that" in text


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_each_weight_of_uncorrelated_features_goes_its_way_by_its_own_variance(seed, n):
    rng = np.random.default_rng(seed)
    U, _, _ = np.linalg.svd(rng.standard_normal((20, n)) - 0.5, full_matrices=False)
    U, _ = np.linalg.qr(np.column_stack([np.ones(20), U]))
    spreads = 10 ** rng.uniform(-2, 2, n)
    X = U[:, 1:] * 20**0.5 * spreads
    w, target, eta = *rng.normal(0, 3, (2, n)), 10 ** rng.uniform(-4, 0)
    errors = X @ (w - target)
    after = w - eta * X.T @ errors / 20
    moved = (1 - eta * spreads**2) * (w - target)
    assert np.allclose(after - target, moved, atol=1e-9 * max(1, np.abs(moved).max()))
    # Ten times the feature: a tenth of the weight, and ten times the gradient at these errors.
    bigger = X * np.where(np.arange(n), 1, 10)
    assert np.allclose(bigger @ (target / np.where(np.arange(n), 1, 10)), X @ target)
    assert bigger.T[0] @ errors == pytest.approx(10 * X.T[0] @ errors, abs=1e-9)
    text = before_fold("unit-variance")
    assert "multiplies this distance by $$1-\\eta\\,s_i^2 .$$" in text
    assert "needs a 10 times *smaller* weight, but at the same errors it gets a 10 times" in text


def test_a_common_factor_costs_steps_by_the_bias_and_none_without_it():
    problem = regression("uniform on [0, 1]", "standardized", draws=5)
    X = problem.inputs[:, :, :-1]
    y = problem.targets - problem.targets.mean(axis=1, keepdims=True)
    counts = {}
    for factor in (1.0, 5.0, 0.1):
        alone = dataclasses.replace(problem, inputs=factor * X, targets=y)
        biased = np.concatenate([factor * X, problem.inputs[:, :, -1:]], axis=2)
        both = dataclasses.replace(problem, inputs=biased)
        counts[factor] = alone.descent_steps(), both.descent_steps()
    for factor in (5.0, 0.1):
        assert (counts[factor][0] == counts[1.0][0]).all()
        assert (counts[factor][1] > 10 * counts[1.0][1]).all()
    assert np.linalg.eigvalsh(problem.curvature)[:, -1].max() < 1.6
    text = whole("unit-variance")
    assert "so its curvature is 1 whatever the features' units" in text
    assert "Without a bias, yes: a 100 times smaller η makes up for it" in text
    assert "With centered targets and no bias, a common factor costs nothing" in text


@pytest.mark.parametrize("seed", range(5))
def test_xavier_weights_keep_the_order_of_spread_one_only_between_equally_wide_layers(seed):
    rng = np.random.default_rng(seed)
    for outputs, kept in ((400, True), (40_000, False)):
        spreads = []
        for correlation in (0.0, 0.9):
            shared = rng.standard_normal((300, 1))
            X = correlation**0.5 * shared + (1 - correlation) ** 0.5 * rng.standard_normal(
                (300, 400)
            )
            X = (X - X.mean(axis=0)) / X.std(axis=0)
            W = rng.standard_normal((400, 100)) * (2 / (400 + outputs)) ** 0.5
            sums = X @ W
            spreads.append(np.sqrt(np.mean(sums**2)))
            if kept:
                assert 0.5 < spreads[-1] < 2
                # A spread of 10 saturates tanh: most slopes are nearly 0.
                assert np.mean(1 - np.tanh(10 * sums) ** 2 < 0.01) > 0.6
        assert (min(spreads) > 0.5) == kept
    assert "Usual initial weights roughly keep the spread" in before_fold("unit-variance")
    assert "Xavier weights of a layer with as many outputs as inputs" in whole("unit-variance")


@pytest.mark.parametrize("seed", range(5))
def test_a_bias_that_starts_right_asks_for_no_rate_and_a_mean_raises_a_curvature(seed):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(np.column_stack([np.ones(30), rng.standard_normal((30, 2))]))
    X = 10 * Q[:, 1:] * 30**0.5
    w, b = rng.standard_normal(2), rng.standard_normal()
    y = X @ w + b
    # From any weights one step of 1/100 arrives if the bias is right, and not if it is off.
    start = rng.standard_normal(2)
    for off in (0.0, 1.0):
        error = X @ start + b + off - y
        after = start - X.T @ error / 30 / 100
        bias = b + off - error.mean() / 100
        assert after == pytest.approx(w)
        assert (abs(bias - b) < 1e-9) == (off == 0)
    mean = rng.normal(0, 20, 2)
    moved = X + mean
    assert (moved**2).mean(axis=0) == pytest.approx(X.var(axis=0) + mean**2)
    text = before_fold("unit-variance")
    assert "Unless it starts at its best value, it must be learned with the same η" in text
    assert "A mean $m$ raises the curvature of its weight to $s^2+m^2$" in text


def test_adam_gains_less_from_equal_spreads_than_descent_and_noise_is_magnified():
    rows = EXAMPLES["regression-adam"]().rows
    (descent, adam), (descent_unequal, adam_unequal) = rows[:2]
    assert adam_unequal / adam < 2 < 1000 < descent_unequal / descent
    assert "so it usually gains less" in before_fold("unit-variance")
    rng = np.random.default_rng(0)
    noise = 1e-4 * rng.standard_normal(1000)
    constant = 5 + noise
    scaled = (constant - constant.mean()) / constant.std()
    assert scaled.std() == pytest.approx(1)
    assert scaled.std() > 5000 * noise.std()
    assert "Dividing by a tiny $s$ can magnify noise" in before_fold("unit-variance")


def test_for_given_targets_another_shift_can_need_fewer_steps_than_centering():
    """The theorem is on the condition number; the steps also depend on where the goal lies."""
    targets, steps, kappas = np.array([0.743, -3.149]), {}, {}
    for shift in (0.0, 1.0):
        read = np.array([[[shift - 2, 1.0], [shift + 2, 1.0]]])
        problem = Regression(read, targets[None])
        steps[shift] = int(problem.descent_steps()[0])
        kappas[shift] = condition_number(problem.curvature[0])
    assert steps == {0.0: 9, 1.0: 1}
    assert kappas[0.0] < kappas[1.0]
    assert "no shift gives a smaller ratio of largest to smallest curvature" in whole(
        "positive-activations"
    )
    # Each page says of what the theorem is.
    told = 0
    for page in sorted(ANSWERS.glob("*.md")):
        for before in re.findall(r"(.{0,150})\{claim\}`centering\.theorem`", whole(page.stem)):
            told += 1
            assert re.search(
                r"no shift (then |of the inputs )?(gives|makes) (a smaller|κ)", before
            ), page
        assert not re.search(
            r"best (of all )?shift|shift beats (centering is|subtracting)", whole(page.stem)
        ), page
    assert told > 10


@pytest.mark.parametrize("seed", range(5))
def test_equal_spreads_make_curvatures_equal_only_for_uncorrelated_features(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    Q, _ = np.linalg.qr(np.column_stack([np.ones(30), rng.standard_normal((30, n))]))
    X = Q[:, 1:] * 30**0.5
    assert condition_number(X.T @ X / 30) == pytest.approx(1)
    correlated = X + 2 * X[:, :1]
    correlated /= correlated.std(axis=0)
    assert condition_number(correlated.T @ correlated / 30) > 3
    text = before_fold("unit-variance")
    assert "Equal spreads cure this for centered, uncorrelated features" in text
    # With a mean of 10 in one they have curvatures 101 and 1, and the bias couples with the mean.
    moved = X + 10 * np.eye(n)[0]
    assert ((moved**2).mean(axis=0)) == pytest.approx([101, *[1] * (n - 1)])
    assert condition_number(np.cov(moved.T, bias=True)) == pytest.approx(1)
    assert condition_number(moved.T @ moved / 30) == pytest.approx(101)
    # A feature of half the largest spread is no problem: η = 2/(1 + ¼) leaves 0.6 a step.
    assert abs(1 - 2 / (1 + 0.25)) == pytest.approx(0.6)
    assert "too small for those with much smaller spreads" in text


def _ways(x):
    unit = (x - x.min(axis=0)) / np.ptp(x, axis=0)
    return unit, 2 * unit - 1, (x - x.mean(axis=0)) / x.std(axis=0)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_a_linear_layer_with_a_bias_computes_the_same_after_each_scaling(seed, n):
    rng = np.random.default_rng(seed)
    X = rng.standard_t(3, (15, n)) * 10 ** rng.uniform(-2, 2, n) + rng.normal(0, 5, n)
    y = rng.standard_normal(15)
    fits = []
    for Z in (X, *_ways(X)):
        A = np.column_stack([Z, np.ones(15)])
        fits.append(A @ np.linalg.lstsq(A, y, rcond=None)[0])
        # A tree's question splits the examples in the same ways: order stays.
        assert (np.argsort(Z, axis=0) == np.argsort(X, axis=0)).all()
    assert np.allclose(fits, fits[0], atol=1e-6)
    text = before_fold("minmax-or-zscores")
    assert "a linear first layer can compute the same functions after any of them" in text
    assert "**Decision trees** need nothing, because they split at thresholds" in text


def test_with_fewer_examples_than_weights_descent_finds_another_function():
    x, y, new = np.array([[1.0, 2.0], [3.0, 10.0]]), np.array([0.0, 1.0]), np.array([2.0, 2.0])
    found = set()
    for scale in (1.0, np.array([1.0, 0.1])):
        # Descent from 0 ends at the solution of least length.
        A = np.column_stack([x * scale, np.ones(2)])
        found.add(round(float(np.append(new * scale, 1) @ np.linalg.pinv(A) @ y), 3))
    assert len(found) == 2
    assert "what changes is mostly how fast" in before_fold("minmax-or-zscores")


@given(st.integers(0, 2**32 - 1), st.integers(2, 8))
def test_a_shared_mean_is_steep_where_weights_rise_together_and_variances_by_weight(seed, n):
    rng = np.random.default_rng(seed)
    variances, mean = 10 ** rng.uniform(-2, 2, n), rng.normal(0, 3)
    together = np.ones(n) / n**0.5
    H = np.diag(variances) + mean**2
    assert together @ H @ together == pytest.approx(variances.mean() + n * mean**2)
    for way in rng.standard_normal((20, n)):
        way = way / np.linalg.norm(way)
        # What the mean adds is most in this direction.
        assert way @ (H - np.diag(variances)) @ way <= n * mean**2 * (1 + 1e-9)
    assert np.allclose(np.diag(H) - mean**2, variances)
    text = before_fold("minmax-or-zscores")
    assert "A mean that features share makes the loss steep where all weights rise" in text


@pytest.mark.parametrize("seed", range(20))
def test_most_values_of_a_skewed_feature_lie_near_minus_one(seed):
    x = np.random.default_rng(100 + seed).standard_exponential((1000, 20))
    unit, symmetric, z = _ways(x)
    assert (symmetric < -0.5).mean() > 0.7
    kappas = [np.linalg.cond(np.c_[Z, np.ones(1000)]) ** 2 for Z in (unit, symmetric, z)]
    assert kappas[1] > kappas[0] > kappas[2]
    # Evenly spread values have nearly no mean.
    u = _ways(np.random.default_rng(seed).random((1000, 20)))[1]
    assert np.abs(u.mean(axis=0)).max() < 0.1
    for row in EXAMPLES["regression-ranges"]().rows:
        assert row[2] == min(row)
    text = before_fold("minmax-or-zscores")
    assert "because most values lie near −1" in text
    # Evenly spread, most of the saving is there, and the z-scores still need fewer steps.
    unit_steps, symmetric_steps, z_steps = EXAMPLES["regression-ranges"]().rows[0]
    assert unit_steps - symmetric_steps > 0.95 * (unit_steps - z_steps)
    assert symmetric_steps > 2 * z_steps
    assert "[−1, 1] saves nearly as many steps if values spread evenly" in text


def test_outliers_spoil_minmax_and_z_scores_and_not_quartiles_and_new_values_leave_the_range():
    x = np.arange(100.0)
    wild = np.append(x, 1e6)
    for Z in _ways(wild):
        assert np.ptp(Z[:-1]) < 0.001
    low, middle, high = np.percentile(wild, [25, 50, 75])
    assert np.ptp((wild[:-1] - middle) / (high - low)) > 1.9
    assert (150 - x.min()) / np.ptp(x) > 1
    # Nearest neighbors and ridge regression change with the scale.
    points, query = np.array([[1.0, 0.0], [0.0, 2.0]]), np.zeros(2)
    nearest = {int(np.linalg.norm(points * s - query, axis=1).argmin()) for s in ([1, 1], [10, 1])}
    assert nearest == {0, 1}
    y = x / 50
    ridge = {round(float(Z @ y / (Z @ Z + 10) * Z[3]), 4) for Z in _ways(x)[:2]}
    assert len(ridge) == 2
    text = before_fold("minmax-or-zscores")
    assert "With min-max, new values can leave the range." in text
    assert "so the choice can change the result" in text


def test_each_step_of_preprocessing_mends_its_own_fault_and_leaves_the_next():
    def curvature(inputs, change):
        return regression(inputs, change, draws=1).curvature[0]

    # The mean makes one direction steep, and its subtraction leaves variances.
    raw, centered = (curvature("uniform on [0, 1]", change) for change in ("none", "centered"))
    for matrix, steep in ((raw, True), (centered, False)):
        values = np.linalg.eigvalsh(matrix[:-1, :-1])
        assert (values[-1] > 20 * values[-2]) == steep
    # Dividing makes the weights' curvatures equal, and leaves correlations.
    larger, equal = (
        curvature("uniform on [0, 1]", f"standardized{more}") for more in (", one times 10", "")
    )
    assert np.diag(larger)[0] == pytest.approx(100)
    assert np.diag(equal) == pytest.approx(1)
    correlated = curvature("correlated", "standardized")
    assert np.diag(correlated) == pytest.approx(1)
    assert correlated[0, 1] == pytest.approx(0.9, abs=0.02)
    assert curvature("correlated", "whitened") == pytest.approx(np.eye(21), abs=1e-9)
    signs, scales, together = (
        EXAMPLES[f"regression-{name}"]() for name in ("signs", "scales", "correlated")
    )
    assert signs.full[0] > 5 * signs.full[2]
    assert scales.rows[1][1] > 5 * scales.rows[0][1]
    assert together.steps[2] > 5 * together.steps[3]
    text = before_fold("preprocessing")
    assert "the curvature along a weight's axis is its feature's variance" in text
    assert "**Whitening** removes the correlation" in text
    assert together.steps[2] > 0.8 * together.steps[1]


@pytest.mark.parametrize("seed", range(10))
def test_turning_makes_no_bowl_rounder_and_dividing_makes_slanted_ones_round_in_no_case(seed):
    rng, n = np.random.default_rng(seed), 4
    X = rng.standard_normal((60, n)) @ rng.standard_normal((n, n)) + rng.normal(0, 3, n)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    R = Z.T @ Z / 60
    values, vectors = np.linalg.eigh(R)
    turned = Z @ vectors
    assert condition_number(turned.T @ turned / 60) == pytest.approx(condition_number(R))
    # No factors of single features make the off-diagonal entries 0.
    factors = np.exp(rng.standard_normal((200, n)))
    assert all(np.ptp(np.linalg.eigvalsh(R * np.outer(f, f))) > 1e-3 for f in factors)
    white = turned / np.sqrt(values)
    assert np.allclose(white.T @ white / 60, np.eye(n))
    # C + μμᵀ is the curvature of half the squared error.
    mean, C = X.mean(axis=0), np.cov(X.T, bias=True)
    assert np.allclose(X.T @ X / 60, C + np.outer(mean, mean))
    text = before_fold("preprocessing")
    assert "which alone makes nothing rounder" in text
    assert (
        "Dividing single features can stretch an ellipse at a slant only along the axes"
        in whole("preprocessing")
    )


def test_whitened_digits_need_the_fewest_steps_and_lose_accuracy_less_with_more_images():
    record = EXAMPLES["inputs-digits"]()
    steps, rights = zip(*record.rows, strict=True)
    assert min(steps[:3]) > 2 * steps[3]
    assert min(rights[:3]) == rights[2] > rights[3] + 5
    assert max(rights[:3]) == rights[0]
    assert record.lost[1] < record.lost[0] / 2
    # In one unit pixels still vary unequally, so dividing has something to repair: it is a little.
    assert steps[1] > steps[2] == pytest.approx(steps[1], rel=0.2)
    for seed in range(3):
        deviations = split(seed, examples=256).inputs.std(axis=0)
        assert deviations.max() > 10 * deviations[deviations > 0].min()
    text = before_fold("preprocessing")
    assert "share one scale" not in text
    assert "All pixels have one unit, so dividing each pixel by its own has less to repair" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_set_of_ones_own_numbers_moves_an_example_and_the_training_numbers_do_not(seed):
    rng = np.random.default_rng(seed)
    train, test = rng.normal(3, 2, (50, 3)), rng.normal(4, 3, (20, 3))
    mean, std = train.mean(axis=0), train.std(axis=0)
    same = train[:5]
    for company in (same, np.concatenate([same, test])):
        assert np.allclose(((company - mean) / std)[:5], ((train - mean) / std)[:5])
        assert not np.allclose(batch_norm(company)[:5], ((train - mean) / std)[:5])
    # If test data enter the mean, other test data change what is learned from.
    both = [np.concatenate([train, t]).mean(axis=0) for t in (test, test + 1)]
    assert not np.allclose(*both)
    text = before_fold("preprocessing")
    assert "So the weights get other inputs than they learned from" in text


def test_adam_makes_up_for_spreads_better_than_for_a_mean():
    record = EXAMPLES["regression-adam"]()
    (_, centered), (_, unequal), *_, (_, far) = record.rows
    assert unequal < 1.2 * centered
    assert far > 5 * record.centered[1]
    assert "Adam makes up for much of unequal spreads, less well for a mean" in whole(
        "preprocessing"
    )


def test_a_threshold_moves_along_and_zeros_are_filled_by_subtracting():
    x = np.random.default_rng(0).random((30, 1))
    z = (x - x.mean()) / x.std()
    threshold = 0.4
    assert np.array_equal(x > threshold, z > (threshold - x.mean()) / x.std())
    column = np.array([0.0] * 9 + [1.0])
    assert (column - column.mean()).all()
    assert np.full(5, 7.0).std() == 0
    text = whole("preprocessing")
    assert "subtracting fills the zeros" in text
    assert "drop it, its deviation is 0" in text
    images = np.random.default_rng(1).normal(3, 2, (6, 3, 5, 4))
    kept = {"axis": (0, 2, 3), "keepdims": True}
    z = (images - images.mean(**kept)) / images.std(**kept)
    assert np.allclose(z.mean(axis=(0, 2, 3)), 0)
    assert np.allclose(z.std(axis=(0, 2, 3)), 1)
    assert "`axis=(0, 2, 3)` of N×C×H×W" in text


@pytest.mark.parametrize("seed", range(10))
def test_divided_pixels_bear_usual_rates_and_the_ratio_wants_the_mean_off_as_well(seed):
    rng = np.random.default_rng(seed)
    pairs = np.array([(a, b) for a in (100.0, 200.0) for b in (100.0, 200.0)])
    w = rng.normal(size=2)

    def left(X, eta, steps=200):
        off = w.copy()
        for _ in range(steps):
            off = off - eta * X.T @ (X @ off) / 4
        return np.linalg.norm(off) / np.linalg.norm(w)

    with np.errstate(over="ignore", invalid="ignore"):
        for X in (pairs, pairs - 150):
            assert not left(X, 0.1) < 1e6
    assert left(pairs / 255, 0.1) < 1
    assert left(pairs / 255, 2.7) < 1.01
    assert left(pairs / 255, 2.8, 2000) > 1e6
    assert left(pairs, 4.2e-5) < 1.01
    # Scaled inputs with weights over c, and their rate over c²: the same run, with a bias, too.
    X, y, c, eta = rng.random((30, 4)), rng.normal(size=30), 255.0, 0.1
    runs = []
    for scale in (1.0, c):
        p, b = np.linspace(-1, 1, 4) / scale, 0.0
        for _ in range(50):
            errors = scale * X @ p + b - y
            p, b = p - eta / scale**2 * (scale * X).T @ errors / 30, b - eta * errors.mean()
        runs.append(scale * X @ p + b)
    np.testing.assert_allclose(*runs)
    # One rate for the weights and the bias cannot do it: the bias then hardly moves.
    p, b = np.linspace(-1, 1, 4) / c, 0.0
    for _ in range(50):
        errors = c * X @ p + b - y
        p, b = p - eta / c**2 * (c * X).T @ errors / 30, b - eta / c**2 * errors.mean()
    assert not np.allclose(c * X @ p + b, runs[0], atol=0.01)
    text = before_fold("images")
    assert "a usual rate such as 0.1 explodes without dividing" in text
    assert "a learning rate of their own, apart from the bias's" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_right_bias_makes_up_for_any_mean_and_least_squares_loses_nothing(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    X = rng.standard_normal((30, n)) * 10 ** rng.uniform(-1, 1, n) + rng.normal(0, 30, n)
    m, w, b = X.mean(axis=0), rng.standard_normal(n), rng.normal()
    assert np.allclose(X @ w + b, (X - m) @ w + (b + w @ m))
    y = rng.standard_normal(30)
    fits = []
    for inputs in (X, X - m):
        A = np.column_stack([inputs, np.ones(30)])
        fits.append(A @ np.linalg.lstsq(A, y, rcond=None)[0])
    assert np.allclose(*fits)
    # Outside: without a bias the two fit different things.
    bare = [Z @ np.linalg.lstsq(Z, y, rcond=None)[0] for Z in (X, X - m)]
    assert not np.allclose(*bare, atol=1e-3)
    text = whole("bias-absorbs-mean")
    # With a penalty on the bias, too.
    penalized = []
    for inputs in (X, X - m):
        A = np.column_stack([inputs, np.ones(30)])
        solved = np.linalg.solve(A.T @ A + np.diag([*np.zeros(n), 3.0]), A.T @ y)
        penalized.append(A @ solved)
    assert not np.allclose(*penalized, atol=1e-6)
    assert "In learning it follows only slowly if the mean is large" in text
    assert "Least squares loses nothing on raw inputs, apart from rounding, if $b$ has no" in text
    assert "Least squares, Newton's method and the natural gradient treat $w$ and $b$" in text
    assert "Without a bias, or with a penalized one, centering can change the solution" in text


def test_weights_that_move_at_right_angles_to_the_mean_leave_the_right_bias_as_it_is():
    rng = np.random.default_rng(0)
    X = rng.normal((3, 4), 1, (50, 2))
    y, m = rng.standard_normal(50), X.mean(axis=0)
    best = lambda w: (y - X @ w).mean()  # noqa: E731
    assert best(np.array([m[1], -m[0]])) == pytest.approx(best(np.zeros(2)))
    assert best(np.ones(2)) == pytest.approx(best(np.zeros(2)) - m.sum())
    assert "weights that move at right angles to $m$ leave it as it is" in whole(
        "bias-absorbs-mean"
    )


def test_on_raw_inputs_rates_above_the_limit_diverge_and_below_both_creep_together():
    X, y = np.array([[4.0, 1], [6, 1]]), np.array([-1.0, 1])

    def run(rate, steps):
        p, path = np.zeros(2), [np.zeros(2)]
        for _ in range(steps):
            p = p - rate * X.T @ (X @ p - y) / 2
            path.append(p)
        return np.array(path)

    assert np.mean((X @ run(0.0745, 5000)[-1] - y) ** 2) > 1
    for rate in (0.073, 0.05, 0.01):
        path = run(rate, 20_000)
        late = path[1000:]
        # Towards (1, −5), both without turning back, and b about five times as much as w.
        assert (np.diff(late[:, 0]) >= -1e-9).all()
        assert (np.diff(late[:, 1]) <= 1e-9).all()
        gone = late[-1] - late[0]
        assert gone[1] / gone[0] == pytest.approx(-5, rel=0.05)
    # At the start the outputs' mean is right, so the bias gets no signal, and then it is wrong.
    first, second = run(0.05, 2)[1:]
    assert (X @ first > 0).all()
    assert second[0] < first[0]
    assert first[1] == 0 > second[1]
    text = before_fold("bias-absorbs-mean")
    assert "It raises both outputs, although one should fall" in text
    # The page's run is the one on 1 and 3, where the second step leaves w as it is.
    A, p = np.array([[1.0, 1], [3, 1]]), np.zeros(2)
    for slope in (-1, 0, -0.16):
        gradient = A.T @ (A @ p - y) / 2
        assert gradient[0] == pytest.approx(slope)
        p = p - gradient / 5
    assert "In step 2 the part from the mean cancels the useful part" in text
    # Each step keeps the same share of the flat part, on the inputs less their mean 0.95.
    kept = 1 - 0.05 * np.linalg.eigvalsh(X.T @ X / 2)[0]
    assert kept == pytest.approx(0.9981, abs=5e-5)
    late = run(0.05, 400) - [1, -5]
    assert np.linalg.norm(late[400]) / np.linalg.norm(late[200]) == pytest.approx(kept**200)
    w, Z = 0.0, np.array([-1.0, 1])
    for _ in range(100):
        w = w - 0.05 * Z @ (Z * w - y) / 2
    assert w == pytest.approx(1 - 0.95**100)
    assert "At the same rate $k$ steps make $w=1-(4/5)^k$" in text
    assert "for $w=0$, $b=0$ is right. It is wrong as soon as $w$ has moved" in text


@pytest.mark.parametrize("seed", range(10))
def test_few_inputs_of_a_mean_far_below_their_spread_do_without_centering_and_many_do_not(seed):
    rng = np.random.default_rng(seed)
    spread = 10 ** rng.uniform(-2, 2)

    def ratio(n, spread):
        """Return what a mean of a twentieth of the spread multiplies κ by."""
        kappas = [
            condition_number(with_bias(spread**2 * np.eye(n), np.full(n, mean)))
            for mean in (0.05 * spread, 0.0)
        ]
        return kappas[0] / kappas[1]

    assert ratio(int(rng.integers(1, 6)), spread) < 1.3
    assert ratio(2000, 1.0) > 4
    text = before_fold("bias-absorbs-mean")
    assert "*With few inputs and a mean far below the spread* little is left" in text


@pytest.mark.parametrize("mean", [0.0, 1.0, 2.0, 5.0, 10.0, -30.0])
def test_the_best_bias_after_each_step_makes_any_mean_one_step_and_own_rates_leave_a_coupling(
    mean,
):
    x = np.array([mean - 1, mean + 1])
    y, w = x - mean, 0.0
    errors = w * x - y
    w = w - np.mean((errors - errors.mean()) * x)
    assert w == pytest.approx(1)
    H = np.array([[1 + mean**2, mean], [mean, 1.0]])
    left = np.abs(np.linalg.eigvals(np.eye(2) - np.diag(1 / np.diag(H)) @ H))
    # What own rates leave of the slowest part is the correlation of input and constant.
    assert left == pytest.approx(np.full(2, abs(mean) / np.hypot(1, mean)))
    assert max(left) <= np.max(np.abs(1 - 2 * np.linalg.eigvalsh(H) / np.trace(H))) + 1e-12
    text = whole("bias-absorbs-mean")
    assert "it leaves them coupled through $m$" in text
    assert "Setting the bias to its best value after each step" in text


def test_part_of_what_a_rate_for_the_bias_saves_one_better_rate_saves_as_well():
    H, start = np.array([[26.0, 5], [5, 1]]), np.array([-1.0, 5])

    def steps(of_weight, of_bias):
        p, late = start, 0
        for step in range(1, 3000):
            p = p - [of_weight, of_bias] * (H @ p)
            late = step if abs(p[1]) > 0.05 else late
        return late + 1

    record = EXAMPLES["shifts-bias-follows"]()
    assert steps(0.05, 0.05) == record.rows[3][0] > 1.4 * record.best
    # Of single rates and of pairs around, none takes fewer.
    assert record.best == steps(2 / 27, 2 / 27)
    singles = np.append(np.linspace(0.06, 2 / record.curvatures[0], 15), 2 / 27 - 1e-5)
    assert min(steps(rate, rate) for rate in singles) >= record.best
    pairs = itertools.product(np.linspace(0.9, 1.1, 5), np.linspace(0.9, 1.1, 5))
    assert min(steps(u / 26, v) for u, v in pairs) == record.own < record.best / 7
    text = whole("bias-absorbs-mean")
    assert "until $b$ stays within 1% of −5, the best pair of rates takes" in text
    assert "steps, the best single rate" in text
    assert "centering 1." in text


def test_the_mean_of_a_hidden_layer_moves_unless_the_earlier_weights_see_no_mean():
    rng = np.random.default_rng(0)
    X, W, move = rng.random((100, 3)), rng.standard_normal((3, 4)), rng.standard_normal((3, 4))
    means = [np.maximum(X @ (W + 0.1 * k * move), 0).mean(axis=0) for k in (0, 1)]
    assert np.abs(means[1] - means[0]).min() > 1e-3
    centered = X - X.mean(axis=0)
    still = [(centered @ (W + 0.1 * k * move)).mean(axis=0) for k in (0, 1)]
    assert np.allclose(*still, atol=1e-12)
    sums = X @ W
    assert np.allclose(batch_norm(sums), batch_norm(sums + np.array([1.0, -2, 30, 0.1])))
    text = before_fold("bias-absorbs-mean")
    assert "In hidden layers the mean usually moves during training" in text
    # What comes back through it has the mean 0, so that the inputs' mean drops out.
    g = rng.standard_normal((100, 4))
    normed = (sums - sums.mean(axis=0)) / sums.std(axis=0)
    back = (g - g.mean(axis=0) - normed * (g * normed).mean(axis=0)) / sums.std(axis=0)
    assert np.allclose(back.sum(axis=0), 0)
    assert np.allclose(X.T @ back, centered.T @ back)
    assert "*With batch norm directly behind the weights:* it takes the batch's mean out" in text


@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.integers(1, 4))
def test_the_mean_drops_out_of_the_gradient_just_while_the_errors_have_the_mean_zero(seed, N, n):
    rng = np.random.default_rng(seed)
    X, y, w = rng.normal(3, 1, (N, n)), rng.standard_normal(N), rng.standard_normal(n)
    m, b = X.mean(axis=0), rng.normal()
    loss = lambda p: np.mean((X @ p[:-1] + p[-1] - y) ** 2) / 2  # noqa: E731
    errors = X @ w + b - y
    centered, mean = (X - m).T @ errors / N, m * errors.mean()
    slopes = numerical_gradient(loss, np.append(w, b))
    assert slopes == pytest.approx(np.append(centered + mean, errors.mean()), rel=1e-4, abs=1e-4)
    # The best bias for these weights makes it 0, and another step of the weights shifts it.
    best = (y - X @ w).mean()
    assert np.mean(X @ w + best - y) == pytest.approx(0, abs=1e-9)
    move = rng.standard_normal(n)
    assert np.mean(X @ (w + move) + best - y) == pytest.approx(m @ move, abs=1e-9)
    text = before_fold("bias-absorbs-mean")
    assert "the mean drops out of the weights' gradient only while the bias is right for" in text
    assert "So the mean drops out while the average error is 0" in text
    assert "the outputs shift by $m\\cdot\\Delta w$ on average, and the average error" in text
    assert "because it makes $\\overline\\delta=0$" in text


def test_codes_of_labels_have_one_loss_and_mixed_codes_another():
    s = np.linspace(-30, 30, 2001)
    near, p = np.abs(s) < 15, 1 / (1 + np.exp(-s))
    for y, sign in ((1, 1), (0, -1)):
        entropy = -(y * np.log(p) + (1 - y) * np.log1p(-p))
        assert np.allclose(entropy[near], np.log1p(np.exp(-sign * s))[near])
        assert np.allclose(p - y, -sign / (1 + np.exp(sign * s)))
    # −1 in cross-entropy with logits, log(1 + eˢ) − ys.
    mixed = np.logaddexp(0, s) + s
    slopes = np.diff(mixed) / np.diff(s)
    assert slopes.min() > 1 - 1e-9
    assert mixed[0] < -29
    # Of such an example: beside more positive ones, at one common score, there is a lowest loss.
    beside = 2 * np.logaddexp(0, -s) + mixed
    assert 0 < np.argmin(beside) < len(s) - 1
    # 0 in the hinge and the logistic loss.
    assert np.ptp(np.maximum(0, 1 - 0 * s)) == np.ptp(np.log1p(np.exp(0 * s))) == 0
    text = before_fold("targets")
    assert "With $y=-1$ it is $p+1>0$ at every score: such an example pushes $f$ toward" in text
    assert "With $y=0$ the logistic and hinge losses are constant" in text
    assert "The first two are the same function of $f$." in text


@pytest.mark.parametrize("seed", range(8))
def test_an_output_bias_at_the_mean_replaces_the_subtraction_and_no_scale_mends_a_skew(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((40, 3)), np.exp(2 * rng.standard_normal(40)) + rng.normal(0, 300)
    W, v = rng.standard_normal((3, 5)), rng.standard_normal(5)

    def run(targets, bias, rate):
        first, last, predicted = W, v, []
        for _ in range(20):
            h = np.maximum(X @ first, 0)
            e = (h @ last + bias - targets) / 40
            predicted.append(h @ last + bias)
            first, last, bias = (
                first - rate * X.T @ (np.outer(e, last) * (h > 0)),
                last - rate * h.T @ e,
                bias - rate * e.sum(),
            )
        return np.array(predicted)

    moved, started = run(y - y.mean(), 0.0, 0.001), run(y, y.mean(), 0.001)
    assert np.allclose(moved + y.mean(), started, rtol=1e-6, atol=1e-6)

    def skew(t):
        return np.mean((t - t.mean()) ** 3) / t.std() ** 3

    assert skew((y - y.mean()) / y.std()) == pytest.approx(skew(y))
    text = before_fold("targets")
    assert "For the mean alone, starting the output bias at $m$ is enough." in text
    # The error can be of either sign with targets that are all positive; the curvature has no y.
    errors = X @ W[:, 0] - np.abs(y)
    assert errors.min() < 0 < (X @ (100 * W[:, 0]) - 1.0).max()
    assert "which can take either sign even if every $y$ is positive" in text
    assert "stays when they are standardized; take logarithms first" in whole("targets")


def test_logarithms_shorten_a_tail_of_large_values_and_lengthen_one_of_small_ones():
    def skew(t):
        return np.mean((t - t.mean()) ** 3) / t.std() ** 3

    left, right = np.array([1.0, 9, 10, 10]), np.array([1.0, 1, 2, 10])
    assert skew(np.log(left)) < skew(left) < -1
    assert 0 < skew(np.log(right)) < skew(right)
    assert "*A long tail* of large positive targets" in whole("targets")
    # An outlier near 0 stands out more.
    small = np.array([0.001, *np.linspace(1, 2, 20)])
    scores = [(t - t.mean()) / t.std() for t in (small, np.log(small))]
    assert scores[1][0] < scores[0][0] < 0
    assert "take logarithms if they are large and all values positive" in before_fold(
        "minmax-or-zscores"
    )


def test_the_shares_of_the_targets_are_of_the_squared_error_and_not_of_its_half():
    rng = np.random.default_rng(7)
    X = rng.standard_normal((300, 20))
    t = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + X[:, 3]
    y = 300 + 100 * (t - t.mean()) / t.std()
    assert np.mean(y**2) / y.var() == pytest.approx(10)
    p = [rng.standard_normal((20, 16)) / 10**0.5, np.zeros(16), rng.standard_normal(16) / 4, 0.0]
    m, v = [0.0] * 4, [0.0] * 4
    for step in range(1, 501):
        h = np.maximum(X @ p[0] + p[1], 0)
        e = (h @ p[2] + p[3] - y) / 300
        back = np.outer(e, p[2]) * (h > 0)
        for i, g in enumerate((X.T @ back, back.sum(axis=0), h.T @ e, e.sum())):
            m[i], v[i] = 0.9 * m[i] + 0.1 * g, 0.999 * v[i] + 0.001 * g**2
            root = np.sqrt(v[i] / (1 - 0.999**step)) + 1e-8
            p[i] = p[i] - 0.001 * m[i] / (1 - 0.9**step) / root
    left = np.mean((np.maximum(X @ p[0] + p[1], 0) @ p[2] + p[3] - y) ** 2) / y.var()
    shown = EXAMPLES["inputs-targets"]().rows[1][2]
    assert left == pytest.approx(shown, rel=0.1)
    # As a loss that is half of it, not even the output 0 throughout has so large a share.
    assert np.mean(y**2) / 2 / y.var() < shown
    text = whole("targets")
    assert "the final mean squared error in training as a share of the targets' variance" in text
    assert "What is minimized is half the mean squared error" in text


@pytest.mark.parametrize("seed", range(5))
def test_the_rate_that_suits_standard_targets_lets_descent_on_large_ones_diverge(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((300, 20))
    t = np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + X[:, 3]
    t = (t - t.mean()) / t.std()
    start = rng.standard_normal((20, 16)) / 10**0.5, rng.standard_normal(16) / 4

    def left(y, rate):
        W, v = start
        b, c = np.zeros(16), 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(500):
                h = np.maximum(X @ W + b, 0)
                e = (h @ v + c - y) / 300
                back = np.outer(e, v) * (h > 0)
                v, c = v - rate * h.T @ e, c - rate * e.sum()
                W, b = W - rate * X.T @ back, b - rate * back.sum(axis=0)
            return np.mean((np.maximum(X @ W + b, 0) @ v + c - y) ** 2) / y.var()

    assert left(t, 0.3) < 0.2
    assert not left(100 * t, 0.3) < 1e6
    assert not left(300 + 100 * t, 0.3) < 1e6
    assert "the large errors of 100t and 300 + 100t make it diverge" in whole("targets")


def test_a_rate_of_its_own_makes_large_targets_as_learnable_as_standard_ones():
    record = EXAMPLES["inputs-targets"]()
    standard, large = record.rows[2][0], dict(zip((0.3, 1, 3, 10), record.rescued, strict=True))
    # Once shown by 0.3, which leaves many times what standard targets leave.
    assert large[0.3] > 10 * standard
    assert large[3] == min(record.rescued) < 2 * standard
    # Another rate, not the largest.
    assert large[10] > 0.2
    text = before_fold("targets")
    assert "At the rate 3 the latter left {example}`inputs-targets rescued.2 .1%`." in text
    assert "So such targets can be learned; they need other rates." in text
    # Descent with a rate for each column copes with the scale, and the mean still costs.
    standard, scaled, moved = record.rows[0]
    assert scaled < standard < moved
    assert "descent copes with the scale, which here even helps" in whole("targets")


def test_adam_mostly_steps_by_its_rate_or_less_and_a_late_spike_by_three_times_it():
    rng = np.random.default_rng(0)

    def steps(gradients):
        m = v = 0.0
        for k, g in enumerate(gradients, start=1):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            yield abs(m / (1 - 0.9**k)) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)

    for size in (1e-3, 1.0, 1e5):
        for gradients in (size * rng.standard_normal(500), size * rng.uniform(0.5, 1, 500)):
            assert np.mean([step <= 1.1 for step in steps(gradients)]) > 0.95
    assert list(steps([0.0] * 2000 + [1.0]))[-1] > 2.5
    assert "Adam's step for a weight is usually its rate or less" in before_fold("targets")


@pytest.mark.parametrize("seed", range(10))
def test_inputs_of_standard_size_are_stable_below_two_and_only_steps_below_the_limit_converge(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(20, 80, 50)
    x, raw = (x - x.mean()) / x.std(), x
    X = np.column_stack([x, np.ones(50)])
    for eta in (0.01, 1.0, 1.99):
        assert (np.abs(1 - eta * np.linalg.eigvalsh(X.T @ X / 50)) < 1).all()
    square = np.mean(raw**2)
    for share in (0.5, 0.999, 1.0, 1.001, 3.0):
        assert (abs(1 - share * 2 / square * square) < 1 - 1e-12) == (share < 1)
    n, mean, width = rng.integers(2, 30), rng.uniform(0, 3), rng.uniform(0.1, 2)
    top = np.linalg.eigvalsh(width**2 * np.eye(n) + mean**2)[-1]
    assert top == pytest.approx(width**2 + n * mean**2)
    page = before_fold("loss-explodes")
    assert "any η below 2 is stable, also for the bias" in page
    assert "$v + nm^2$" in page


@pytest.mark.parametrize("seed", range(5))
def test_odd_functions_of_symmetric_sums_have_mean_zero_and_the_table_says_who_has_not(seed):
    rng = np.random.default_rng(seed)
    half = 10 ** rng.uniform(-1, 1) * rng.standard_t(3, 500)
    z = np.r_[half, -half]
    for odd in (np.tanh, np.arctan, np.cbrt, lambda s: s**3):
        assert abs(odd(z).mean()) < 1e-10 * np.abs(odd(z)).max()
    means = {name: ACTIVATIONS[name].value(z).mean() for name in ("relu", "leaky_relu", "gelu")}
    assert min(means.values()) > 0
    assert ACTIVATIONS["sigmoid"].value(z).mean() == pytest.approx(0.5)
    assert ACTIVATIONS["leaky_relu"].value(z).min() < 0
    # The slope of tanh has one sign, and a function of two signs and 0 at 0 can have a mean.
    s = np.sort(rng.uniform(-5, 5, 100))
    assert (np.diff(np.tanh(s)) > 0).all()
    assert ACTIVATIONS["relu"].value(np.zeros(1)) == 0
    # The name promises nothing for sums to one side.
    assert np.tanh(2 + 0.1 * z / np.abs(z).max()).mean() > 0.95
    text = before_fold("zero-centered")
    assert "the outputs of z and −z cancel, whenever z is spread symmetrically around zero" in text
    assert "A zero-centered function does not guarantee centered outputs" in text
    assert "tanh always rises" in text
    # Pairs z, −z have the mean ½ behind the sigmoid, |z|/2 behind ReLU.
    pairs = {
        name: ACTIVATIONS[name].value(np.c_[z, -z]).mean(axis=1) for name in ("sigmoid", "relu")
    }
    assert pairs["sigmoid"] == pytest.approx(np.full(len(z), 0.5))
    assert pairs["relu"] == pytest.approx(np.abs(z) / 2)
    assert "so each such pair has the mean ½; for ReLU it has |z|/2" in text
    # A bias takes in the mean: the same sums, and other steps.
    X, w, b, moved = rng.normal(3, 1, (9, 4)), rng.normal(size=4), 0.3, rng.normal(size=4)
    m = X.mean(axis=0)
    assert X @ w + b == pytest.approx((X - m) @ w + (b + w @ m))
    assert np.mean(X @ (w + moved) - X @ w) == pytest.approx(moved @ m)
    assert "a change Δ of the weights still moves all sums together by Δ · $m$" in text


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_selu_has_mean_zero_for_standard_normal_sums_and_not_for_others(spread):
    selu = ACTIVATIONS["selu"].value
    assert abs(normal_expectation(selu)) < 1e-6
    assert abs(normal_expectation(lambda z: selu(spread * z))) > 0.01
    assert "for z of another spread its mean is not 0" in whole("zero-centered")


def test_the_mean_of_features_is_over_examples():
    X = np.array([[2.0, 1.0], [4.0, 0.0], [9.0, 5.0]])
    assert list((X - X.mean(axis=0))[:, 0]) == [-3, -1, 4]
    assert (X - X.mean(axis=1, keepdims=True)).mean(axis=0).any()
    assert 6 - X[:, 0].mean() == 1
    text = before_fold("zero-centered")
    assert "`X - X.mean(axis=0)`" in text
    assert "has mean 5 and becomes −3, −1, 4; a test value 6 becomes 1" in text


def _first_component(M):
    return np.linalg.eigh(M)[1][:, -1]


@pytest.mark.parametrize("seed", range(5))
def test_a_large_mean_is_the_first_component_and_a_small_one_moves_the_others_little(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    X = rng.standard_normal((200, n)) * np.arange(1, n + 1)
    X = (X - X.mean(axis=0)) @ np.linalg.qr(rng.standard_normal((n, n)))[0]
    C = X.T @ X / 200
    mean = rng.standard_normal(n)
    mean /= np.linalg.norm(mean)
    largest = np.linalg.eigvalsh(C)[-1]
    for size, least in ((300 * largest, 0.999), (30 * largest, 0.99)):
        shifted = X + mean * np.sqrt(size)
        M = shifted.T @ shifted / 200
        assert np.allclose(M, C + size * np.outer(mean, mean))
        assert abs(_first_component(M) @ mean) > least
    gaps = np.diff(np.linalg.eigvalsh(C)).min()
    small = C + gaps / 1000 * np.outer(mean, mean)
    one, two = (np.linalg.eigh(matrix)[1] for matrix in (C, small))
    assert np.abs((one * two).sum(axis=0)).min() > 0.999
    # A mean at a right angle to a component leaves it one.
    top = _first_component(C)
    across = mean - (mean @ top) * top
    assert np.allclose((C + 50 * np.outer(across, across)) @ top, C @ top)
    text = before_fold("pca-mean")
    assert "The added term is |μ|² along μ and zero at right angles to it" in text
    assert "if |μ|² is small beside the gaps between the variances, the components hardly" in text
    assert "So if |μ|² is far above the largest variance, the mean wins" in text
    assert "but can change its place" in whole("pca-mean")


@pytest.mark.parametrize("seed", range(20))
def test_the_angle_to_the_mean_is_bounded_and_zero_just_if_the_mean_is_an_eigenvector(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    X = rng.standard_t(4, (50, n)) * rng.uniform(0.1, 3, n) + rng.normal(0, 4, n)
    mean, C = X.mean(axis=0), np.cov(X.T, bias=True)
    M, size, largest = X.T @ X / 50, mean @ mean, np.linalg.eigvalsh(C)[-1]
    # Along any direction: variance and position.
    u = rng.standard_normal(n)
    u /= np.linalg.norm(u)
    assert np.mean((X @ u) ** 2) == pytest.approx(u @ C @ u + (u @ mean) ** 2)
    top = _first_component(M)
    sine = 1 - (top @ mean) ** 2 / size
    assert 1e-9 < sine <= largest / size
    # An eigenvector of C, ahead of the others or behind them.
    values, vectors = np.linalg.eigh(C)
    for k in range(n):
        for square in (0.5, 2.0):
            ahead = values[-1] - values[k]
            m = vectors[:, k] * np.sqrt(square * ahead + (k == n - 1))
            found = _first_component(C + np.outer(m, m)) @ vectors[:, k]
            assert abs(found) == pytest.approx(float(square == 2 or k == n - 1), abs=1e-6)
    text = whole("pca-mean")
    assert r"$$\sin^2\theta\le\lambda/|\mu|^2 .$$" in text
    assert "and |μ|² plus the variance along μ is above all other variances" in text


def test_later_components_miss_what_varies_along_the_first_that_is_nearly_the_mean():
    X = np.array([[4.0, 6, 0], [5, 5, 0], [6, 4, 0], [7, 7, 0], [3, 3, 0]])
    *_, second, first = np.linalg.eigh(X.T @ X / 5)[1].T
    # Four numbers of the five that vary lie along the mean, and are lost without it.
    assert abs(first @ [1, 1, 0]) == pytest.approx(2**0.5)
    assert np.ptp(X @ first) == pytest.approx(8 / 2**0.5)
    assert (X[[1, 3, 4]] @ second) == pytest.approx(np.zeros(3), abs=1e-9)
    assert "so they miss what varies along it" in before_fold("pca-mean")


@pytest.mark.parametrize("n", [2, 20])
def test_whitening_with_the_mean_left_in_leaves_no_identity_and_scaling_no_mean_of_zero(n):
    rng = np.random.default_rng(n)
    X = rng.random((500, n)) + 0.5
    values, vectors = np.linalg.eigh(X.T @ X / 500)
    Z = X @ vectors / np.sqrt(values)
    assert np.allclose(Z.T @ Z / 500, np.eye(n))
    C = np.cov(Z.T, bias=True)
    assert np.linalg.eigvalsh(C)[0] < 0.5
    assert ((X / X.std(axis=0)).mean(axis=0) > 1).all()
    text = before_fold("pca-mean")
    assert "Dividing by standard deviations does not help either" in text
    assert (
        "by the matrix that is not centered, the covariance does not become the identity"
        in whole("pca-mean")
    )


def test_three_points_have_another_first_component_with_their_mean():
    X = np.array([[4.0, 6], [5, 5], [6, 4]])
    M, C = X.T @ X / 3, np.cov(X.T, bias=True)
    assert np.linalg.eigvalsh(M) == pytest.approx([4 / 3, 50])
    assert np.linalg.eigvalsh(C) == pytest.approx([0, 4 / 3])
    assert abs(_first_component(M) @ [1, 1]) == pytest.approx(2**0.5)
    assert abs(_first_component(C) @ [1, -1]) == pytest.approx(2**0.5)
    assert np.ptp(X @ [1, 1]) == 0
    # What the first component leaves of them: without and with the mean.
    kept = X @ np.ones((2, 2)) / 2
    assert np.allclose(kept, [5, 5])
    way = np.array([[1.0, -1], [-1, 1]]) / 2
    assert np.allclose(X.mean(axis=0) + (X - X.mean(axis=0)) @ way, X)
    # Around (½, ½) the other comes first; with the mean along the variance it is the same.
    near, along = X - 4.5, np.array([[4.0, 4], [5, 5], [6, 6]])
    assert np.allclose(near.mean(axis=0), 1 / 2)
    assert abs(_first_component(near.T @ near) @ [1, -1]) == pytest.approx(2**0.5)
    for Z in (along, along - 5, X - 4):
        assert abs(_first_component(Z.T @ Z) @ [1, 1]) == pytest.approx(2**0.5)
    text = before_fold("pca-mean")
    assert "whoever keeps only this has three times (5, 5)" in text
    assert "This one coordinate and the mean give back all three points" in text
    assert "less than 4/3, so (1, −1)/√2 stays first" in text
    assert "the first component is the right one anyway" in text


def _printed(code):
    """Run lines of Python and return the numbers that they print."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), np.errstate(all="ignore"):
        exec(code, {})
    return tuple(int(line) for line in out.getvalue().split())


def test_the_lines_of_the_page_print_what_it_says_and_so_does_each_change():
    page = (ANSWERS / "numpy-demo.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    lines = block.splitlines()
    assert len(lines) == 12
    assert "**Yes, in twelve lines." in page
    record = EXAMPLES["regression-demo"]()
    shown = re.findall(r"\{example\}`regression-demo rows\.0\.(\d) d`", page.split("It prints")[1])
    assert shown[:3] == ["0", "1", "2"]
    assert _printed(block) == record.rows[0]

    def changed(number, old, new):
        line = lines[number - 1]
        assert old in line
        return "\n".join([*lines[: number - 1], line.replace(old, new, 1), *lines[number:]])

    assert "line 3: add `+ 1` at the end" in page
    assert _printed(changed(3, "20))", "20)) + 1")) == record.rows[1]
    assert "line 3: `rng.standard_normal((1000, 20))`" in page
    assert _printed(changed(3, "rng.random(", "rng.standard_normal(")) == record.rows[2]
    assert "line 7: 1.9 for 1" in page
    assert _printed(changed(7, "= 1 /", "= 1.9 /")) == record.rows[3]
    standardized = changed(5, "X - X.mean(0)", "(X - X.mean(0)) / X.std(0)")
    assert _printed(standardized)[-1] == record.standardized
    assert "divide the centered inputs by `X.std(0)`" in page


def test_without_a_bias_or_by_rows_the_centered_run_cannot_end_and_above_the_limit_none_does():
    rng = np.random.default_rng(0)
    X = rng.random((1000, 20))
    y = X @ rng.standard_normal(20)
    centered, ones = X - X.mean(axis=0), np.ones((1000, 1))
    rows = np.hstack([X - X.mean(axis=1, keepdims=True), ones])
    for Z in (centered, rows):
        left = y - Z @ np.linalg.lstsq(Z, y, rcond=None)[0]
        assert np.mean(left**2) > 0.01 * y.var()
    for Z in (X, X * ([1, -1] * 10), centered):
        F = np.hstack([Z, ones])
        values, vectors = np.linalg.eigh(F.T @ F / 1000)
        steep = vectors[:, -1] @ np.linalg.lstsq(F, y, rcond=None)[0]
        assert abs(steep) > 0.01
        assert abs(1 - 2.1 * values[-1] / values[-1]) > 1
    text = whole("numpy-demo")
    assert "Without the column of ones the centered run never ends" in text
    assert "nor does it with each example's own mean subtracted" in text
    assert "At 2.1 for 1 all three runs diverge" in text


@pytest.mark.parametrize("seed", range(3))
def test_negating_inputs_keeps_all_predictions_and_gives_each_examples_gradient_both_signs(seed):
    rng = np.random.default_rng(seed)
    X = rng.random((50, 6))
    y = X @ rng.standard_normal(6)
    flip = np.array([1, -1] * 3)
    v, u = np.zeros(6), np.zeros(6)
    for _ in range(30):
        v, u = v - 0.1 * X.T @ (X @ v - y) / 50, u - 0.1 * flip * (X.T @ (X @ (flip * u) - y)) / 50
        assert np.allclose(X @ v, (X * flip) @ u)
    gradients = ((X * flip) @ u - y)[:, None] * (X * flip)
    assert (gradients.min(axis=1) < 0).all()
    assert (gradients.max(axis=1) > 0).all()
    text = before_fold("numpy-demo")
    assert "Each example's weight gradient has both signs now; nothing is gained" in text
    assert "With the matching weights negated, all predictions are the same at every step" in text


def test_sums_of_mean_zero_need_not_leave_tanh_a_mean_of_zero_nor_examples_one_sign():
    assert np.tanh([-1.0, -1.0, 2.0]).mean() == pytest.approx(-0.19, abs=0.005)
    X, errors = np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([[1.0], [-1.0]])
    gradients = errors * X
    assert list(np.sign(gradients[0] * gradients[1])) == [-1, -1]
    assert (np.ptp(np.sign(gradients), axis=1) == 0).all()
    text = before_fold("zero-centered")
    assert "if sums spread symmetrically around zero give outputs with mean zero" in text
    assert "If all inputs are positive, all entries of this gradient have one sign" in text


@pytest.mark.parametrize("seed", range(10))
def test_sparse_inputs_are_centered_by_a_number_a_unit_and_not_by_a_free_bias(seed):
    rng = np.random.default_rng(seed)
    X = (rng.random((60, 12)) < 0.15) * rng.exponential(2, (60, 12))
    m, y = X.mean(axis=0), rng.standard_normal(60)
    sparse, dense, free = (np.append(rng.standard_normal(12) * 0, 0.3) for _ in range(3))
    for step in range(50):
        rows = rng.integers(60, size=8 if step % 2 else 60)
        x, centered = X[rows], X[rows] - m
        # The batch's x stay as they are: a product each way, and numbers per unit.
        d = x @ sparse[:-1] - sparse[:-1] @ m + sparse[-1] - y[rows]
        sparse = sparse - 0.02 * np.append(x.T @ d - d.sum() * m, d.sum()) / len(rows)
        e = centered @ dense[:-1] + dense[-1] - y[rows]
        dense = dense - 0.02 * np.append(centered.T @ e, e.sum()) / len(rows)
        f = x @ free[:-1] + free[-1] - y[rows]
        free = free - 0.02 * np.append(x.T @ f, f.sum()) / len(rows)
    assert np.allclose(sparse, dense)
    assert not np.allclose(free[:-1], dense[:-1], rtol=0.01)
    text = whole("sparse-inputs")
    assert "A free bias does not give them" in text
    # Over three quarters of zeros: the quartiles are 0; with just fewer they need not be.
    column = np.zeros(101)
    column[:25] = rng.exponential(1, 25) + 1
    assert (np.quantile(column, [0.25, 0.5, 0.75]) == 0).all()
    column[25:35] = 1
    assert np.quantile(column, 0.75) > 0
    assert "over three quarters of zeros all three are 0" in text


@pytest.mark.parametrize("far", [30, 1000, 1e6])
def test_one_outlier_sets_mean_and_deviation_and_not_the_quartiles(far):
    rng = np.random.default_rng(0)
    values = rng.standard_normal(999)
    values = (values - values.mean()) / values.std()
    every = np.append(values, far)
    z = (every - every.mean()) / every.std()
    assert z[999] < np.sqrt(999) + 1e-9
    low, middle, high = np.quantile(every, [0.25, 0.5, 0.75])
    assert ((every - middle) / (high - low))[:999].std() == pytest.approx(0.74, abs=0.05)
    if far >= 1000:
        assert z[:999].std() < 0.04
        assert ((every - middle) / (high - low))[999] > 500
    else:
        assert z[:999].std() > 0.5


def test_a_tiny_step_need_not_crawl_if_there_is_one_curvature():
    x, w = np.array([40.0, 60.0]), 3.0
    w -= np.mean((w * x - 2 * x) * x) / 2600
    assert w == pytest.approx(2)
    # With a bias the curvatures are unequal: then it crawls.
    values = np.linalg.eigvalsh([[2600, 50], [50, 1]])
    assert values[1] / values[0] > 10_000
    page = before_fold("loss-explodes")
    assert "With such inputs a tiny η also stops the explosion, but then training usually" in page
    assert "With one, the centered pixels have the limit 2, not" in whole("loss-explodes")


@pytest.mark.parametrize("correlation", [0.3, 0.99])
def test_many_correlated_inputs_explode_at_a_usual_step_although_standardized(correlation):
    rng = np.random.default_rng(0)
    common, own = rng.standard_normal((1000, 1)), rng.standard_normal((1000, 784))
    X = correlation**0.5 * common + (1 - correlation) ** 0.5 * own
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    w = np.zeros(784)
    for _ in range(30):
        w = w - 0.01 * X.T @ (X @ w - common[:, 0]) / 1000
    assert np.linalg.norm(X @ w - common[:, 0]) > 10 * np.linalg.norm(common)
    page = before_fold("loss-explodes")
    assert "Standardizing removes this cause, unless many inputs are correlated." in page


def test_one_rare_bit_is_better_as_plus_minus_one_and_a_hundred_are_not():
    def kappa(values, n, p=1 / 20):
        low, high = values
        mean, variance = low + p * (high - low), p * (1 - p) * (high - low) ** 2
        second = np.full((n + 1, n + 1), mean**2) + np.diag([variance] * n + [0.0])
        second[-1] = second[:, -1] = [*[mean] * n, 1.0]
        ends = np.linalg.eigvalsh(second)[[0, -1]]
        return ends[1] / ends[0]

    assert kappa((-1, 1), 1) == pytest.approx(19.0, abs=0.05)
    assert kappa((0, 1), 1) == pytest.approx(21.2, abs=0.05)
    assert kappa((0, 1), 100) < kappa((-1, 1), 100)
    page = whole("binary-codes")
    assert "Code several rare bits as 0/1" in page
    assert "A hundred independent bits, each on in one of twenty examples" in page


def test_at_a_zero_padded_border_no_bias_makes_up_for_a_subtracted_mean():
    w, rows = np.array([1.0, -1.0, 1.0]), np.ones(3)
    assert np.convolve(rows, w[::-1], mode="same") == pytest.approx([0, 1, 0])
    # Less the mean all inputs are 0, and each place says b.
    assert not np.convolve(rows - 1, w[::-1], mode="same").any()
    assert "centering a dense layer's inputs changes the speed" in before_fold("weight-decay")
    assert "the same functions only away from the border" in whole("speed-or-generalization")


def test_without_a_bias_a_shift_can_beat_centering_and_the_factor_of_a_mean_can_be_larger():
    C, mean = np.diag([1.0, 0.01]), np.array([0.0, 0.9])

    def kappa(H):
        ends = np.linalg.eigvalsh(H)[[0, -1]]
        return ends[1] / ends[0]

    assert kappa(C + np.outer(mean, mean)) < 1.3 < 99 < kappa(C)
    # By what factor a mean raises κ: 61 without a bias, 37 with one.
    n, m, s2 = 20, 0.5, 1 / 12
    H = s2 * np.eye(n) + m**2
    assert kappa(H) == pytest.approx(1 + n * m**2 / s2)
    with_bias = np.block([[np.ones((1, 1)), np.full((1, n), m)], [np.full((n, 1), m), H]])
    assert kappa(H) > 1.5 * kappa(with_bias) / 12
    page = whole("how-much-slower")
    assert "that with a bias no shift gives a smaller κ than centering" in page
    assert "Without a bias κ is $1+nm^2/s^2$ for $n\\ge2$, here" in page
    # At -1 and 1 nothing changes, so the class is asked of centered inputs.
    assert "I add 2 to 20 independent, centered inputs" in page


def test_the_second_term_of_a_centered_gradient_is_a_number_per_unit_times_the_means():
    rng = np.random.default_rng(0)
    X, errors = (rng.random((50, 7)) < 0.1) * 1.0, rng.standard_normal(50)
    mean = X.mean(axis=0)
    assert errors @ (X - mean) == pytest.approx(errors @ X - errors.sum() * mean)
    # Negative values have no logarithm.
    assert "needs only one number per unit, too, Σδ, and is $m$ times that" in whole(
        "sparse-inputs"
    )
    assert "or, if all values are positive, take logarithms" in before_fold("sparse-inputs")


@pytest.mark.parametrize("p", [0.001, 0.01, 0.3, 0.9])
def test_squared_means_of_rare_words_are_small_and_add_up(p):
    assert p**2 / (p * (1 - p)) == pytest.approx(p / (1 - p))
    n, scale = 50, np.sqrt(p * (1 - p))
    mean = np.full(n, p) / scale
    H, along = np.eye(n) + np.outer(mean, mean), np.ones(n) / np.sqrt(n)
    assert along @ H @ along == pytest.approx(1 + n * p / (1 - p))
    text = before_fold("sparse-inputs")
    assert "alone it is harmless" in text
    assert "such ratios add up over independent inputs" in text


def test_clipping_at_the_99_percent_quantile_wipes_a_sparse_column_out():
    # Why the advice on outliers is for dense columns, and the deviation 32 for a mean of 0.
    column = np.zeros(1000)
    column[:8] = 1
    assert not np.clip(column, *np.quantile(column, [0.01, 0.99])).any()
    rng = np.random.default_rng(0)
    values = rng.standard_normal(999)
    values = (values - values.mean()) / values.std()
    assert np.append(values, 1000).std() == pytest.approx(31.6, abs=0.1)
    assert np.append(values + 1000, 1000).std() < 1.01
    text = before_fold("sparse-inputs")
    assert "in a dense column clip a real one" in text
    assert "999 values of mean 0 and variance 1 and one of 1000" in text
    assert "log(1 + x) of counts" in text


@pytest.mark.parametrize("seed", range(10))
def test_the_eigenvalue_of_the_mean_does_not_see_signs_and_one_sign_does_not_need_it(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    X = rng.uniform(0.1, 3, (50, n))
    signs = np.where(np.arange(n) % 2, -1.0, 1.0)
    values = [np.linalg.eigvalsh(Z.T @ Z / 50) for Z in (X, X * signs)]
    assert values[0] == pytest.approx(values[1])
    # One example's gradient: one sign, and with the mirrored inputs none.
    assert (np.sign(rng.standard_normal((50, 1)) * X).std(axis=1) == 0).all()
    assert (np.sign(rng.standard_normal((50, 1)) * X * signs).std(axis=1) > 0).all()
    # Along the mean the curvature grows by |μ|², across it by nothing.
    mean, C = X.mean(axis=0), np.cov(X.T, bias=True)
    M = X.T @ X / 50
    along = mean / np.linalg.norm(mean)
    assert along @ M @ along == pytest.approx(along @ C @ along + mean @ mean)
    across = rng.standard_normal(n)
    across -= (across @ along) * along
    assert across @ M @ across == pytest.approx(across @ C @ across)
    text = before_fold("mean-eigenvalue")
    assert r"The second part adds the curvature $|\mu|^2$ along μ, none across." in text
    assert r"each gradient has mixed signs, but $\mu=(2,-2)$ is as long as before" in text
    assert "It stays: the negated problem is the old one" in whole("mean-eigenvalue")
    assert "each can hold without the other" in text


def test_one_hot_inputs_are_round_without_a_bias_and_not_with_one():
    X = np.eye(2)
    assert np.array_equal(X.T @ X / 2, np.eye(2) / 2)
    mean, C = X.mean(axis=0), np.cov(X.T, bias=True)
    assert C @ np.ones(2) == pytest.approx(np.zeros(2))
    assert mean @ mean == pytest.approx(0.5)
    H = np.c_[X, np.ones(2)].T @ np.c_[X, np.ones(2)] / 2
    assert np.linalg.eigvalsh(H)[0] == pytest.approx(0, abs=1e-12)
    start = np.array([3.0, -5.0])
    assert not (start - 2 * X.T @ X / 2 @ start).any()
    text = whole("mean-eigenvalue")
    assert r"No gradient is mixed, but $x_1x_2=0$, so $\mathrm E[xx^\top]=\tfrac12I$ is" in text
    assert "is round: Σ is flat along (1, 1), and the mean fills this gap." in text
    assert "a step of size 2 arrives from everywhere" in text
    # Without a bias to subtract their mean leaves one direction flat; with one, either writing
    # has a flat direction, and the shift makes no other worse.
    Z = X - mean
    assert np.linalg.eigvalsh(Z.T @ Z / 2) == pytest.approx([0, 0.5])
    A = np.c_[Z, np.ones(2)]
    assert np.linalg.eigvalsh(A.T @ A / 2) == pytest.approx([0, 0.5, 1])
    assert np.linalg.eigvalsh(H) == pytest.approx([0, 0.5, 1.5])
    assert "Subtract the mean and keep a bias; mixing the signs is not enough." in text
    # A zero is no sign; positive inputs can be nearly as round, not quite.
    X = np.array([(1, 0.1), (0.1, 1)])
    assert np.linalg.eigvalsh(X.T @ X / 2) == pytest.approx([0.405, 0.605])
    assert condition_number(X.T @ X / 2) == pytest.approx(1.5, abs=0.01)
    assert "have one sign, and the curvatures are 0.605 and 0.405, of the ratio 1.5." in text
    assert "with a bias, one-hot inputs are no longer round" in text


@pytest.mark.parametrize("batch", [2, 8, 64])
def test_a_batch_can_mix_the_signs_and_the_eigenvalue_stays(batch):
    rng = np.random.default_rng(batch)
    X = rng.uniform(0, 1, (20_000, 5))
    w = np.array([1.0, -1, 1, -1, 0])
    mixed, curvatures = 0, []
    for _ in range(200):
        Z = X[rng.integers(len(X), size=batch)]
        gradient = Z.T @ (Z @ w) / batch
        mixed += abs(np.sign(gradient).sum()) < 5
        curvatures.append(Z.T @ Z / batch)
    assert mixed > 0
    whole_batch = np.linalg.eigvalsh(X.T @ X / len(X))[-1]
    average = np.linalg.eigvalsh(np.mean(curvatures, axis=0))[-1]
    assert average == pytest.approx(whole_batch, rel=0.1)
    text = before_fold("mean-eigenvalue")
    assert "A batch can mix the signs; the eigenvalue belongs to the average itself." in text


@pytest.mark.parametrize("scale", [0.1, 1.0, 7.0])
def test_the_ratio_of_relu_units_ignores_the_scale_only_without_a_bias(scale):
    relu = ACTIVATIONS["relu"]
    m, v = scale * relu.mean, scale**2 * relu.variance
    ratio = EXAMPLES["spectra-relu-units"]().ratio
    assert iid_condition_number(1000, m, v) == pytest.approx(ratio)
    assert scale == 1 or iid_condition_number(1000, m, v, bias=True) != pytest.approx(
        EXAMPLES["spectra-relu-units"]().with_bias[2], rel=0.01
    )
    fold = whole("mean-eigenvalue").partition("```{answer-fold}")[2]
    assert "all eigenvalues without a bias are multiplied by $c^2$, and the ratio stays" in fold
    # So 159 is for sums of variance 1.
    assert (iid_eigenvalues(1000, m, v)[-1] == pytest.approx(159.5, rel=0.001)) == (scale == 1)
    assert "units of independent standard normal pre-activations the largest eigenvalue is" in fold


def test_the_square_of_the_mean_is_added_to_one_eigenvalue_if_the_mean_is_an_eigenvector():
    C = np.diag([1.0, 2.0])
    for mean, added in (((3.0, 0.0), True), ((3.0, 0.1), False), ((2.0, 1.0), False)):
        values, grown = np.linalg.eigvalsh(C + np.outer(mean, mean)), np.dot(mean, mean)
        fits = [np.sort([1 + grown, 2.0]), np.sort([1.0, 2 + grown])]
        assert any(np.allclose(values, fit, rtol=1e-9) for fit in fits) == added
    fold = whole("mean-eigenvalue").partition("```{answer-fold}")[2]
    assert "If μ is not an eigenvector of the covariance, $|\\mu|^2$ is not simply added" in fold


def test_weights_up_the_mean_and_the_bias_down_hardly_move_the_outputs_of_relu_units():
    rng = np.random.default_rng(0)
    X = np.maximum(rng.standard_normal((500, 1000)), 0)
    mean = np.full(1000, ACTIVATIONS["relu"].mean)
    length = np.linalg.norm(mean)
    alone = X @ mean / length
    assert np.sqrt(np.mean((alone - length) ** 2)) < 0.05 * np.sqrt(np.mean(alone**2))
    text = whole("mean-eigenvalue")
    assert "if the weights rise along μ and the bias falls to match, outputs hardly change" in text


@pytest.mark.parametrize("seed", range(20))
def test_where_each_example_has_one_sign_the_steepest_direction_has_one_with_a_mean_or_without(
    seed,
):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 8))
    X = rng.exponential(size=(50, n)) + 0.01
    for Z in (X, X * rng.choice([-1.0, 1.0], (50, 1)), np.concatenate([X, -X])):
        M = Z.T @ Z / len(Z)
        assert (M > 0).all()
        steepest = np.linalg.eigh(M)[1][:, -1]
        assert abs(np.sign(steepest).sum()) == n
        v = rng.standard_normal(n)
        v[0] = -v[1]
        assert abs(v) @ M @ abs(v) > v @ M @ v
    # With mixed examples it can be mixed; of inputs with zeros others can be as steep.
    M = (X * np.r_[-1, np.ones(n - 1)]).T @ (X * np.r_[-1, np.ones(n - 1)]) / 50
    steepest = np.linalg.eigh(M)[1][:, -1]
    assert abs(np.sign(steepest).sum()) < n
    assert np.ptp(np.linalg.eigvalsh(np.eye(n))) == 0
    text = before_fold("mean-eigenvalue")
    assert 'if inputs are positive, the steepest direction is "all up" or "all down"' in text
    assert "Along a unit vector $v$ of mixed signs the curvature" in text
    # Nor has it zeros: to raise one raises the curvature at once.
    M = X.T @ X / 50
    v = np.eye(n)[0]
    assert 2 * (M @ v)[1:].min() > 0
    assert "has no zeros either, as all $M_{ij}$ are positive" in whole("mean-eigenvalue")


def test_each_pair_and_its_negative_have_no_mean_and_the_curvatures_of_the_pairs():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    both = np.concatenate([X, -X])
    assert not both.mean(axis=0).any()
    assert (both.prod(axis=1) > 0).all()
    assert np.array_equal(both.T @ both / 8, X.T @ X / 4)
    # At 0.2 what is left of the flat part is 80% there, and in the negated writing.
    for Z in (X, X * [1, -1], both):
        M = Z.T @ Z / len(Z)
        flat = np.linalg.eigh(M)[1][:, 0]
        assert flat - 0.2 * M @ flat == pytest.approx(0.8 * flat)
    text = before_fold("mean-eigenvalue")
    assert r"Each gradient has one sign, and $\mu=0$; but $xx^\top$ ignores the sign of $x$" in text
    assert "of the flat part of the error in $w$ in the first three cases" in text
    # With a bias: 98, and 1 centered; both matrices as the page splits them.
    A = np.column_stack([X, np.ones(4)])
    assert condition_number(A.T @ A / 4) == pytest.approx(98, abs=0.05)
    assert np.array_equal(np.cov(X.T, bias=True), np.eye(2))
    assert np.array_equal(X.T @ X / 4, [[5, 4], [4, 5]])
    assert "With a bias the first four's ratio rises from 9 to" in text


@pytest.mark.parametrize("seed", range(5))
def test_batch_norm_right_behind_the_weights_cancels_a_factor_and_a_shift_of_all_pixels(seed):
    rng = np.random.default_rng(seed)
    X, W, up = rng.random((20, 6)), rng.standard_normal((6, 3)), rng.standard_normal((20, 3))

    def run(inputs, w):
        normed = (inputs @ w - (inputs @ w).mean(axis=0)) / (inputs @ w).std(axis=0)
        return np.maximum(normed, 0)

    loss = lambda inputs: lambda w: np.sum(up * run(inputs, w.reshape(6, 3)))  # noqa: E731
    for other in (255 * X, X - 0.4, 255 * X - 130):
        assert np.allclose(run(X, W), run(other, W))
        slopes = [numerical_gradient(loss(inputs), W.ravel()) for inputs in (X, other)]
        assert np.allclose(*slopes, rtol=1e-4, atol=1e-5)
    # A factor for each pixel is another matter.
    assert not np.allclose(run(X, W), run(X * np.arange(1, 7), W), atol=0.1)
    text = before_fold("images")
    assert (
        "right behind the first weights cancels a factor and a shift that all pixels share" in text
    )
    assert "right behind the first weights cancels one shift of all pixels and one factor" in (
        before_fold("pixel-range")
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_penalty_draws_rare_categories_to_the_intercept_and_dividing_undoes_it(seed):
    rng = np.random.default_rng(seed)
    counts, penalty = rng.integers(1, 60, 4), rng.uniform(0.1, 20)
    labels = np.repeat(np.arange(4), counts)
    X, y = np.eye(4)[labels], rng.standard_t(3, len(labels)) + labels
    means = np.array([y[labels == k].mean() for k in range(4)])

    def ridge(Z, weight=penalty):
        A = np.column_stack([Z, np.ones(len(Z))])
        alone = np.diag([*[weight] * Z.shape[1], 0.0])
        return A @ np.linalg.lstsq(A.T @ A + alone, A.T @ y, rcond=None)[0]

    # Without a penalty neither scale nor shift matter, with one the scale does.
    s = X.std(axis=0)
    for Z in (X / s, (X - X.mean(axis=0)) / s, X[:, 1:]):
        assert np.allclose(ridge(Z, 0.0), ridge(X, 0.0))
    assert np.allclose(ridge(X - X.mean(axis=0)), ridge(X))
    assert not np.allclose(ridge(X / s), ridge(X), rtol=1e-3)
    for scale in (np.ones(4), s):
        A = np.column_stack([X / scale, np.ones(len(X))])
        w = np.linalg.solve(A.T @ A + np.diag([*[penalty] * 4, 0.0]), A.T @ y)
        kept = w[:4] / scale / (means - w[4])
        assert np.allclose(kept, counts / (counts + penalty * scale**2))
        assert (np.diff(kept[np.argsort(counts)]) > -1e-12).all()
    # Beside a second variable it is what that one leaves.
    other = rng.standard_normal((len(y), 1)) + labels[:, None]
    A = np.column_stack([X, other, np.ones(len(X))])
    w = np.linalg.solve(A.T @ A + np.diag([*[penalty] * 5, 0.0]), A.T @ y)
    left = np.array([(y - other[:, 0] * w[4])[labels == k].mean() for k in range(4)])
    assert np.allclose(w[:4], counts / (counts + penalty) * (left - w[5]))
    assert not np.allclose(w[:4], counts / (counts + penalty) * (means - w[5]), rtol=1e-3)
    # Lasso: at the weight the loss is least, its slopes from both sides.
    k, distance, lam = 3.0, 2.0, 1.5
    for scale in (1.0, 0.3):
        best = distance - lam * scale / k
        loss = lambda e, s=scale: k * (e - distance) ** 2 / 2 + lam * s * abs(e)  # noqa: E731
        assert loss(best) < min(loss(best - 1e-3), loss(best + 1e-3))
    text = whole("dummy-variables")
    assert "So it keeps the part $k/(k+\\lambda)$ of its distance from $b$: with λ = 1" in text
    assert "a column's two values lie $1/s$ apart instead of 1" in text
    assert np.allclose(np.ptp((X - X.mean(axis=0)) / s, axis=0), 1 / s)
    assert "draws a category $\\lambda/k$ toward $b$ (at most all the way), standardized" in text
    assert "subtracting their means as well as dividing changes no prediction" in text
    assert "the column's mean goes into the intercept" in text
    p, n = counts / counts.sum(), counts.sum()
    assert np.allclose(counts / (counts + penalty * s**2), n / (n + penalty * (1 - p)))
    assert "With $k=pN$ the standardized part is $N/(N+\\lambda(1-p))$, nearly the same" in text
    assert "with others beside it, for what these leave of the targets" in text


@pytest.mark.parametrize("n", [2, 7, 100])
def test_the_border_of_the_codes_is_a_quarter_without_a_bias_however_many_bits(n):
    for p in np.linspace(0.02, 0.98, 49):
        H = [
            np.diag(np.full(n, v)) + m * m
            for m, v in ((p, p * (1 - p)), (2 * p - 1, 4 * p * (1 - p)))
        ]
        zero_one, plus_minus = (condition_number(M) for M in H)
        assert zero_one == pytest.approx(1 + n * p / (1 - p))
        if abs(p - 0.25) > 0.005:
            assert (zero_one < plus_minus) == (p < 0.25)
    text = whole("binary-codes")
    assert r"By this ratio 0/1 is the better code below $p=\frac14$, ±1 above" in text
    assert "because one example in a hundred tells $w$ from $b$ in either code" in text


@pytest.mark.parametrize("seed", range(5))
def test_exact_least_squares_predicts_the_same_from_whitened_inputs(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((40, 3)) @ rng.standard_normal((3, 3)) + 5, rng.standard_t(2, 40)
    new = rng.standard_normal((10, 3)) + 5
    mean, (values, vectors) = X.mean(axis=0), np.linalg.eigh(np.cov(X.T, bias=True))
    whiten = lambda Z: (Z - mean) @ vectors / np.sqrt(values)  # noqa: E731
    predictions = []
    for Z, other in ((X, new), (whiten(X), whiten(new))):
        w = np.linalg.lstsq(np.column_stack([Z, np.ones(40)]), y, rcond=None)[0]
        predictions.append(other @ w[:3] + w[3])
    assert np.allclose(*predictions)
    assert "exact least squares with a bias predicts the same either way, if its solution is" in (
        before_fold("whitening")
    )


def test_divided_by_255_many_pixels_explode_at_a_tenth_and_centered_do_not():
    rng = np.random.default_rng(0)
    X = rng.choice([100.0, 200.0], (2000, 784)) / 255
    record = EXAMPLES["inputs-pixels"]()
    for Z, limit, bears in ((X, record.limits[0], False), (X - 150 / 255, record.limits[1], True)):
        # Of a sample the curvature is a little larger than of all such pixels.
        steep = np.linalg.norm(Z, 2) ** 2 / len(Z)
        assert 0.35 < 2 / steep / limit < 1.01
        assert (2 / steep > 0.1) == bears
    text = before_fold("images")
    assert "so 0.1 explodes;" in text
    assert "So here a usual rate such as 0.1 explodes" in text
    assert "near the size for which usual learning rates and initial weights are made" in text


def test_each_step_leaves_the_same_part_from_a_start_off_alike_in_both_directions():
    X = np.array([[5.0, 4], [4, 5], [1, 2], [2, 1]])
    for Z in (X, X - 3):
        H, off = Z.T @ Z / 4, np.array([1.0, 0.0])
        flat, steep = np.linalg.eigvalsh(H)
        best = 2 / (steep + flat)
        for k in range(1, 30):
            off = off - best * H @ off
            assert np.linalg.norm(off) == pytest.approx(((steep - flat) / (steep + flat)) ** k)
        # In the long run no other rate does as well.
        for eta in best * np.array([0.5, 0.9, 0.99, 1.01]):
            other = np.linalg.matrix_power(np.eye(2) - eta * H, 1000) @ [1.0, 0.0]
            least = ((steep - flat) / (steep + flat)) ** 1000
            assert np.linalg.norm(other) > least
    # The two parts of the mean of xxᵀ.
    C = (X - 3).T @ (X - 3) / 4
    assert C.tolist() == [[2.5, 2], [2, 2.5]]
    assert (X.T @ X / 4 - C).tolist() == [[9, 9], [9, 9]]
    white = np.column_stack([(X - 3).sum(axis=1) / 3, X[:, 0] - X[:, 1]])
    assert white.T @ white / 4 == pytest.approx(np.eye(2))
    assert EXAMPLES["inputs-four-points"]().steps == (104, 21, 21, 1)
    # Dividing by the deviations can leave more than there was.
    A = np.array([[6, -2, -6], [-2, 1, 2], [-6, 2, 6.1]])
    s = np.sqrt(np.diag(A))
    assert condition_number(A / np.outer(s, s)) > 1.3 * condition_number(A)
    text = before_fold("whitening")
    assert "unequal spreads are gone" in text
    assert "so a small one is learned slowly: what counts is their ratio" in text
    assert "A step leaves the part (ratio − 1)/(ratio + 1): 44/46 = {example}" in text
    assert "of equal spread and correlation $r>0$ have the ratio" in text
    # The formula's z has the covariance 1, and Uz as well, beside the pixels' own axes.
    values, U = np.linalg.eigh(C)
    z = (X - 3) @ U / np.sqrt(values)
    for whitened in (z, z @ U.T):
        assert whitened.T @ whitened / 4 == pytest.approx(np.eye(2))
    assert (np.diag(np.corrcoef((z @ U.T).T, X.T)[:2, 2:]) > 0.5).all()
    assert "ZCA turns the result back, $Uz$, and keeps it" in text


def test_forgetting_the_mean_can_leave_all_answers_and_white_is_more_than_white_in_red():
    mean, w = np.array([3.0, 5]), np.array([5.0, -3])
    assert w @ mean == 0
    # "usually": days stay days without it, by luck.
    (_, *trained), (_, *raw) = EXAMPLES["inputs-test-mean"]().rows[:2]
    assert [(one[-3:], two[-3:]) for one, two in zip(trained[1:], raw[1:], strict=True)] == (
        2 * [("day", "day")]
    )
    text = before_fold("test-mean")
    assert "without complaint; the answers usually get worse" in text
    assert "The days are right by luck." in text
    white = (1 - np.array([0.485, 0.456, 0.406])) / [0.229, 0.224, 0.225]
    assert white == pytest.approx([2.25, 2.43, 2.64], abs=0.005)
    text = before_fold("imagenet-mean")
    assert "white arrives in the red channel as" in text
    assert "where the network knows at most (1 −" in text


@pytest.mark.parametrize("k", [3, 10, 100])
def test_with_a_bias_equally_frequent_categories_have_the_ratio_of_one_more_than_they_are(k):
    X = np.column_stack([np.eye(k), np.ones(k)])
    values = np.linalg.eigvalsh(X.T @ X / k)
    assert values[-1] / values[values > 1e-9][0] == pytest.approx(k + 1)
    # The curvature 0, of the direction that changes no output, is not counted.
    assert values[0] == pytest.approx(0, abs=1e-12)
    assert "the ratio is $K+1$ (curvature 0 left out)" in whole("dummy-variables")


@pytest.mark.parametrize("p", [0.5, 0.1, 0.01])
def test_standardizing_makes_a_rare_one_large_its_curvature_one_and_its_example_far(p):
    column = np.repeat([1.0, 0.0], [round(1000 * p), 1000 - round(1000 * p)])
    z = (column - p) / np.sqrt(p * (1 - p))
    assert (z.mean(), np.mean(z**2)) == pytest.approx((0, 1))
    assert z[[0, -1]] == pytest.approx([((1 - p) / p) ** 0.5, -p / (p * (1 - p)) ** 0.5])
    # One step of rate 1 on a weight alone, without a bias.
    assert 1 - np.mean(column**2) == pytest.approx(1 - p)
    if p == 0.5:
        assert z[[0, -1]] == pytest.approx([1, -1])
    record = EXAMPLES["inputs-categories"]()
    as_ever, near, far = record.apart
    assert as_ever == pytest.approx(2**0.5)
    assert far > 2 * near > 4
    # A product with the bias is not 0, nor are those of two variables.
    two = np.column_stack([np.eye(2)[[0, 0, 1, 1]], np.eye(2)[[0, 1, 0, 1]]])
    assert (two.T @ two / 4)[0].tolist() == [0.5, 0, 0.25, 0.25]
    text = before_fold("dummy-variables")
    assert "the rarer the category, the larger its 1" in text
    assert "a step takes away 90% of the error of A's weight and 1% of C's" in text
    assert "As 0/1 any two categories are √2 apart" in text
    assert "two columns of one variable are never both 1" in text
    # A numerical feature of deviation 1, and the part that a category keeps of its distance.
    number = np.random.default_rng(0).standard_normal(1000)
    assert np.quantile(abs(number), 0.99) < far / 2
    assert "a rare category can outvote the numerical features" in text
    assert column.std() <= 0.5
    assert "deviations of 1 and at most ½ go well together" in text
    kept = [round(row[4], 2) for row in record.rows]
    assert kept == [0.99, 0.9, 0.5]
    assert record.rows[2][5] > 0.985
    assert "the caution is gone" in text
    assert "At $p=\\frac12$ standardizing only doubles and centers it" in text
    # A tree asks on which side of a threshold a value lies.
    assert np.array_equal(column > 0.5, z > (0.5 - p) / np.sqrt(p * (1 - p)))
    assert "Trees, and least squares with an intercept and without a penalty, predict" in text


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_bits_on_in_fewer_than_one_in_six_are_better_as_zero_and_one_and_one_alone_is_not(n):
    for p in np.linspace(0.005, 1 / 6, 20):
        for bias in (False, True):
            assert _bits([p] * n, bias=bias) < _bits([p] * n, scale=2, bias=bias)
        assert _bits([p], bias=True) > _bits([p], scale=2, bias=True)
    assert "each on in fewer than one in six, 0/1 is usually better" in (
        before_fold("binary-codes")
    )
    # One model, with the bias of the example: the threshold that the page names suits both rows.
    record = EXAMPLES["inputs-bits"]()
    assert 1 / 6 < record.border_of_two < record.border
    assert "up to one in six 0/1 is better in both." in before_fold("binary-codes")
    # Once they "beat both": at ½ ±1 does as well.
    assert all(z == pytest.approx(1) and z <= min(codes) for _, *codes, z in record.biased)
    assert any(z == min(codes) for _, *codes, z in record.biased)
    assert "divided by the deviation) make it 1." in before_fold("binary-codes")
    # An unfair bit has an average in either code.
    for p, *kappas in EXAMPLES["inputs-bits"]().plain:
        assert (min(kappas) > 1.5) == (p != 0.5)
    assert "But for a fair bit coded 0/1, raising a weight raises" in before_fold("binary-codes")


def test_without_a_bias_the_divisor_cancels_and_with_one_it_does_not():
    plain, biased = (
        [condition_number(f(np.array([[(0.1 / d) ** 2]]))) for d in (0.1, 0.229)]
        for f in (lambda C: C, lambda C: with_bias(C, np.zeros(1)))
    )
    assert plain == pytest.approx([1, 1])
    assert biased == pytest.approx([1, 5.24], abs=0.01)
    assert "(with a bias the size $s/d$ counts, too)" in before_fold("imagenet-mean")
