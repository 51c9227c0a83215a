"""Counterexamples to what answers on "Signs" once said too broadly."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import before_fold, whole
from second_ways import numerical_gradient, steps_of_descent

from offcenter.activations import ACTIVATIONS
from offcenter.examples import EXAMPLES
from offcenter.signs import shortest_way
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
)


def test_a_batch_of_negated_inputs_can_have_one_sign():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    Z, errors = X * [1, -1], X @ [0.5, -0.5]
    assert (errors[:, None] * Z).prod(axis=1).max() <= 0
    assert np.allclose(Z.T @ errors / 4, [0.5, 0.5])


def test_symmetric_weights_of_two_values_are_negative_on_less_than_half():
    sums = [sum(w) for w in itertools.product((-1, 1), repeat=2)]
    assert np.mean(np.array(sums) < 0) == 0.25


def test_symmetric_weights_of_two_values_can_have_independent_signs():
    signs = [(a + 0.01 * b > 0, 0.01 * a + b > 0) for a in (-1, 1) for b in (-1, 1)]
    assert len(set(signs)) == 4


def test_legs_on_which_each_weight_moves_are_longer_than_the_root_of_two():
    # To (1, −1): up by (1 + s, t), down by (s, 1 + t).
    def ratio(s, t):
        return (np.hypot(1 + s, t) + np.hypot(s, 1 + t)) / np.sqrt(2)

    assert ratio(0, 0) == pytest.approx(np.sqrt(2))
    assert min(ratio(s, t) for s in (1e-3, 0.1, 1) for t in (1e-3, 0.1, 1)) > np.sqrt(2)
    assert ratio(1e-9, 1e-9) == pytest.approx(np.sqrt(2))


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
    text = whole("mini-batches")
    assert "first part, mean δ times mean input, has one sign. The second can have both." in text
    assert "At any batch size the first part can dominate while outputs are on average" in text


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
    assert "but the covariance shrinks just as fast" in whole("mini-batches")


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
    assert "are the old ones, mirrored, at any batch size" in whole("mini-batches")
    text = whole("mini-batches")
    assert "mixes the signs of each example's gradient, yet saves no step: all runs" in text


@pytest.mark.parametrize("seed", range(20))
def test_one_example_gives_all_weights_of_a_neuron_one_advice_whatever_comes_behind(seed):
    rng = np.random.default_rng(seed)
    n, width = rng.integers(1, 6), rng.integers(2, 5)
    x, W, b = rng.exponential(size=n) + 0.01, rng.standard_normal((width, n)), rng.normal()
    readers, target = rng.standard_normal((3, width)), rng.standard_normal(3)
    activation = (np.tanh, np.cos, lambda s: -np.arctan(s), np.abs)[seed % 4]

    def loss(weights):
        return (
            (np.tanh(readers @ activation(weights.reshape(width, n) @ x + b)) - target) ** 2
        ).sum()

    slopes = numerical_gradient(loss, W.ravel()).reshape(width, n)
    deltas = (slopes @ x) / (x @ x)
    assert np.allclose(slopes, np.outer(deltas, x), atol=1e-7)
    seen = np.abs(deltas) > 1e-4
    assert seen.any()
    assert (np.sign(slopes) == np.sign(deltas)[:, None])[seen].all()
    # Weights have both signs here; inputs of both signs mix the gradient's.
    mixed = x * np.where(np.arange(n) % 2, -1, 1)
    assert n == 1 or np.prod(np.sign(np.outer(deltas, mixed))[:, :2], axis=1).max() < 0
    text = before_fold("one-sign")
    assert "on one example each weight's gradient is one shared number δ times that" in text
    assert "One example's loss depends on these weights only through $z$" in text
    # If a higher sum lowers the loss, so does each higher weight, and the bias goes along.
    outer = lambda z: ((np.tanh(readers @ activation(z)) - target) ** 2).sum()  # noqa: E731
    sums = W @ x + b
    assert np.allclose(numerical_gradient(outer, sums), deltas, atol=1e-6)
    assert (np.sign(W + 0.01 * -slopes - W) == -np.sign(deltas)[:, None])[seen].all()
    assert "δ > 0, all gradients are positive, and gradient descent *lowers* all weights" in text
    assert "so its gradient is δ" in whole("one-sign")


def test_a_penalty_on_the_weights_is_not_behind_the_neuron_and_can_mix_its_signs():
    a, b = EXAMPLES["signs-ways-out"]().penalty
    assert a * b < 0
    # The term alone has the signs of the weights.
    w = np.random.default_rng(0).standard_normal(9)
    decay = numerical_gradient(lambda w: 0.1 * w @ w / 2, w)
    assert (np.sign(decay) == np.sign(w)).all()
    text = whole("one-sign")
    assert "a term with the sign of each weight, which can mix the signs" in text
    assert "Weight decay can mix the signs" in before_fold("mixed-signs")


@pytest.mark.parametrize("seed", range(5))
def test_behind_batch_norm_the_loss_of_one_example_has_a_delta_for_each_example(seed):
    rng = np.random.default_rng(seed)
    X, w = rng.exponential(size=(6, 4)) + 0.1, rng.standard_normal(4)

    def loss(z):
        return np.logaddexp(0, -(z[0] - z.mean()) / z.std())

    deltas = numerical_gradient(loss, X @ w)
    assert (np.abs(deltas[1:]) > 1e-6).all()
    assert deltas.sum() == pytest.approx(0, abs=1e-6)
    gradient = numerical_gradient(lambda w: loss(X @ w), w.copy())
    assert gradient == pytest.approx(deltas @ X, abs=1e-6)
    # It need not point along the example's own input.
    assert abs(gradient @ X[0]) < 0.99 * np.linalg.norm(gradient) * np.linalg.norm(X[0])
    text = whole("one-sign")
    assert "so the loss of one example also depends on the other examples' $z$" in text
    assert "along its input or against it; the batch's need not" in text


@pytest.mark.parametrize("seed", range(5))
def test_outputs_of_a_relu_give_zeros_and_one_sign_and_those_of_a_sigmoid_one_sign(seed):
    rng = np.random.default_rng(seed)
    sums, w, label = rng.standard_normal(12), rng.standard_normal(12), seed % 2
    for x in (np.maximum(sums, 0), 1 / (1 + np.exp(-sums))):
        gradient = numerical_gradient(
            lambda w, x=x: np.logaddexp(0, (1 - 2 * label) * (w @ x)), w.copy()
        )
        assert not gradient[x == 0].any()
        assert (np.sign(gradient[x > 0]) == 1 - 2 * label).all()
    assert (1 / (1 + np.exp(-sums)) > 0).all()
    text = before_fold("one-sign")
    assert "gives its weight gradient 0; the others still share a sign" in text
    assert "the previous layer's outputs, which after a sigmoid are all positive" in text


def test_a_neurons_own_output_decides_its_error_and_its_slope_alone_does_not():
    z, target = np.array([1.0, -1.0]), 0.5
    output = 1 / (1 + np.exp(-z))
    slope = output * (1 - output)
    assert slope[0] == pytest.approx(slope[1])
    squared = (output - target) * slope
    assert squared[0] > 0 > squared[1]
    # Behind cross-entropy the slope is in no gradient at all.
    loss = lambda w: np.logaddexp(0, w).sum() - w[0]  # noqa: E731
    assert numerical_gradient(loss, z.copy()) == pytest.approx(output - [1, 0], abs=1e-6)
    text = whole("one-sign")
    assert "output and slope enter only through δ, which can have either sign" in text


def test_rows_of_a_layer_can_differ_in_sign_or_not_and_a_neuron_without_error_gives_none():
    x = np.array([1.0, 2.0])
    for errors, mixed in (((1.0, -1.0), True), ((1.0, 2.0), False), ((0.0, 1.0), False)):
        rows = np.outer(errors, x)
        assert (rows.min() < 0 < rows.max()) == mixed
        assert rows[0].all() == (errors[0] != 0)
    text = whole("one-sign")
    assert "another neuron has its own δ" in text
    assert "one sign, the next row perhaps the other" in text
    assert "(If δ = 0, the whole gradient is 0.)" in text


def test_a_batch_mixes_signs_if_errors_differ_enough_and_not_if_they_agree():
    X = np.array([[1.0, 2.0], [2.0, 1.0]])
    assert (np.array([1.0, -1.0]) @ X).prod() < 0 < (np.array([4.0, -1.0]) @ X).prod()
    assert min((np.array(errors) @ X).prod() for errors in ((1, 3), (-1, -3))) > 0
    assert (np.array([1.0, -1.0]) @ [[3.0, 1.0], [1.0, 3.0]]).tolist() == [2, -2]
    text = before_fold("one-sign")
    assert "A batch adds up terms with different δ, and $1\\cdot(3,1)-1\\cdot(1,3)=(2,-2)$" in text


@pytest.mark.parametrize("seed", range(5))
def test_gradients_of_larger_batches_come_closer_to_that_of_all_data(seed):
    rng = np.random.default_rng(seed)
    X = rng.exponential(size=(60, 3)) + 0.1
    terms = (X @ rng.standard_normal(3) + rng.standard_t(4, 60))[:, None] * X
    full, far = terms.mean(axis=0), []
    for size in (1, 4, 16, 64):
        batches = terms[rng.integers(0, 60, (2000, size))].mean(axis=1)
        far.append(np.linalg.norm(batches - full, axis=1).mean())
    assert (np.diff(far) < 0).all()
    assert "Larger batches reduce the gradient's noise, not" in whole("mini-batches")
    # Of the page's four inputs from w = 0, too.
    rng, terms = np.random.default_rng(seed), EXAMPLES["batches-two-errors"]().terms[1]
    far = [
        np.linalg.norm(terms[rng.integers(0, 4, (2000, size))].mean(axis=1) - [6, 3], axis=1).mean()
        for size in (2, 8, 32, 128)
    ]
    assert (np.diff(far) < 0).all()
    text = before_fold("mini-batches")
    assert "where a larger batch usually only comes closer to $(6,3)$." in whole("mini-batches")
    # With the other goal the share of mixed signs rises with the size.
    shares = [row[1] for row in EXAMPLES["batches-sizes"]().rows]
    assert (np.diff(shares) > 0).all()
    # It can help a little: the slowness that the mean makes is what it leaves.
    rows = EXAMPLES["regression-batches"]().rows
    assert rows[0][3] > 1.1 * rows[1][3]
    assert min(row[3] for row in rows) > 5 * rows[-1][5]
    assert "the loss steep in one direction, whatever the batch size" in text


@pytest.mark.parametrize("seed", range(10))
def test_behind_weights_batch_norm_gives_a_batch_errors_that_add_up_to_zero(seed):
    rng = np.random.default_rng(seed)
    size = rng.integers(3, 9)
    X, targets = rng.exponential(size=(size, 3)) + 0.1, rng.standard_normal(size)
    gain, shift, w = rng.normal(), rng.normal(), rng.standard_normal(3)

    def loss(z):
        normed = (z - z.mean()) / np.sqrt(z.var() + 1e-5)
        return np.mean((np.maximum(gain * normed + shift, 0) + np.sin(normed) - targets) ** 2)

    errors = numerical_gradient(loss, X @ w)
    assert np.abs(errors).max() > 1e-3
    assert errors.sum() == pytest.approx(0, abs=1e-7)
    # What is left is the covariance, here a sum over the batch.
    centered = X - X.mean(axis=0)
    assert np.allclose(numerical_gradient(lambda w: loss(X @ w), w), errors @ centered, atol=1e-6)
    text = whole("mini-batches")
    assert "a neuron's δ add up to zero over the batch, so there the first part vanishes" in text


def test_shares_and_steps_of_batches_are_as_the_words_have_them():
    rows = EXAMPLES["regression-batches"]().rows
    for _, fixed, fitted, raw, negated, centered in rows[1:]:
        assert fixed > 80
        assert fitted < 20
        assert raw == negated > 9 * centered
    assert rows[0][1] == rows[0][2] == 100
    assert rows[1][0] == 128
    # What the table is for: at each size centering saves more than half.
    assert all(row[5] < row[3] / 2 for row in rows)
    # The share at the bias 0 is no property of each run: it is near 0 in some draws.
    shares = []
    for seed in range(21):
        rng = np.random.default_rng(seed)
        X = rng.random((1000, 20))
        terms = -(X @ rng.standard_normal(20))[:, None] * X
        signs = np.sign(terms[rng.integers(1000, size=(100, 128))].mean(axis=1))
        shares.append((abs(signs.sum(axis=1)) == 20).mean())
    assert np.median(shares) > 0.99
    assert 1 <= sum(share < 0.5 for share in shares) < 7
    text = whole("mini-batches")
    assert "on average over the draws: in most of them nearly all batches, in a few much" in text
    assert "Compare within a size: an update from more examples costs more" in text


def test_descent_on_all_data_lowers_a_weight_that_is_too_small():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    d = np.array([2.0, -1.0])
    assert (X.T @ (X @ d) / 4)[1] > 0 > d[1]
    centered = X - X.mean(axis=0)
    assert np.allclose(centered.T @ (centered @ d) / 4, d)
    text = before_fold("mini-batches")
    places = EXAMPLES["batches-two-errors"]().places
    assert (np.sign(np.diff(places[:, :2], axis=0)) == [[-1, -1], [1, 1], [-1, -1]]).all()
    assert "Both weights down, up, down: a zig-zag of one-signed gradients, without" in text


def test_curvature_of_a_batch_is_another_with_the_right_average_and_a_bias_adds_to_it():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    M = X.T @ X / 4
    for size in (1, 2, 3):
        batches = [
            X[list(b)].T @ X[list(b)] / size for b in itertools.product(range(4), repeat=size)
        ]
        assert not np.allclose(batches[0], M)
        assert np.allclose(np.mean(batches, axis=0), M)
    A = np.column_stack([X, np.ones(4)])
    assert np.linalg.eigvalsh(A.T @ A / 4)[-1] > np.linalg.eigvalsh(M)[-1] + 0.5
    text = whole("mini-batches")
    assert r"In $w$ the average loss has the curvature matrix $$H=\mathrm{Cov}(x)+\bar x" in text
    assert "In $H$ all examples count." in text
    mean = X.mean(axis=0)
    assert np.allclose((X - mean).T @ (X - mean) / 4 + np.outer(mean, mean), M)
    assert "that of a batch is the same on average, whatever its size." in text


@pytest.mark.parametrize("sign", [1, -1])
def test_noise_makes_signs_of_positive_inputs_agree_and_not_of_inputs_of_both_signs(sign):
    rng = np.random.default_rng(4)
    X = rng.choice([1.0, 3.0], (4000, 100, 2)) * [1, sign]
    g = (rng.standard_normal((4000, 100, 1)) * X).mean(axis=1)
    agree = (g.prod(axis=1) > 0).mean()
    assert agree == pytest.approx(0.5 + sign * np.arcsin(0.8) / np.pi, abs=0.03)
    assert "nothing but noise and the inputs are positive, the signs" in whole("mini-batches")


def test_late_errors_are_no_noise_if_the_targets_have_none():
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    d = np.array([1.0, 0.0])
    for _ in range(200):
        d = d - X.T @ (X @ d) / 20
    errors = X @ d
    left = errors - X @ np.linalg.lstsq(X, errors, rcond=None)[0]
    assert 0 < np.abs(errors).max() < 1e-15
    assert np.abs(left).max() < 1e-9 * np.abs(errors).max()
    assert "if the targets are noisy, errors may be little more than noise" in whole("mini-batches")


def test_an_eighth_of_batches_of_two_is_no_12_percent():
    assert EXAMPLES["batches-sizes"]().rows[1][1] == 1 / 8
    assert "`batches-sizes rows.1.1 .1%`" in whole("mini-batches")


def test_a_mean_that_is_small_beside_the_spread_leaves_descent_quick():
    assert iid_condition_number(2, 0.1, 1.0) < 1.03
    assert iid_condition_number(2, 10.0, 1.0) > 200
    text = before_fold("mini-batches")
    assert "a large mean of the inputs makes the loss steep in one direction" in text
    # Nor is it slow from each start: an error along the mean is gone in one step.
    X, d = np.array(list(itertools.product((1.0, 3.0), repeat=2))), np.array([1.0, 1.0])
    assert d - X.T @ (X @ d) / 4 / 9 == pytest.approx(0, abs=1e-12)
    assert "whatever the batch size, and that usually makes training slow.**" in text


@pytest.mark.parametrize("seed", range(10))
def test_the_four_zigzag_on_all_data_and_below_the_limit_leave_most_of_the_flat_part(seed):
    X, goal = np.array(list(itertools.product((1.0, 3.0), repeat=2))), np.array([-2.0, 1.0])

    def gradients(start, eta, steps):
        w, found = np.array(start, dtype=float), []
        for _ in range(steps):
            found.append(X.T @ (X @ w - X @ goal) / 4)
            w = w - eta * found[-1]
        return np.array(found), w

    # From half the way the gradient is what w is off by, as with the goal (−1, 1) from 0, and the
    # path is straight.
    found, _ = gradients((-1, 0), 0.2, 9)
    assert found[0].tolist() == [1, -1]
    assert (X @ [1, -1]).tolist() == (-X @ [-1, 1]).tolist() == [0, -2, 2, 0]
    assert np.allclose(found @ [1, 1], 0)
    # It is as slow as the zig-zag at this rate, though a rate of 1 would arrive but for an error.
    for off in ([1.0, -1.0], [2.0, -1.0]):
        assert steps_of_descent(X.T @ X / 4, off, 0.2) == 21
    exact, slightly = (
        gradients(goal + np.array([1 + error, -1]), 1.0, 20)[1] - goal for error in (0, 1e-9)
    )
    assert np.abs(exact).max() < 1e-9 < 1 < np.abs(slightly).max()
    # From 0 each has one sign, by turns, and from any start the rest is what w is off by.
    found, _ = gradients((0, 0), 0.2, 9)
    assert (np.sign(found) == [[(-1) ** k] * 2 for k in range(9)]).all()
    start = np.random.default_rng(seed).standard_normal(2)
    errors = X @ (start - goal)
    rest = X.T @ errors / 4 - errors.mean() * X.mean(axis=0)
    assert rest == pytest.approx(start - goal)
    # Limits of the rate: above 2/9 it diverges, below it more than 7/9 of the flat part is left.
    assert np.linalg.norm(gradients(start, 0.23, 400)[1] - goal) > 1e3
    assert np.linalg.norm(gradients(start, 0.22, 400)[1] - goal) < 1e-3
    flat = np.array([1.0, -1])
    for eta in (0.01, 0.1, 2 / 9 - 1e-9):
        assert (flat - eta * X.T @ (X @ flat) / 4)[0] > 7 / 9
    # Less the mean one step of size 1 arrives at the weights, with the targets as they are; with
    # these it leaves errors, unless they lose their mean, too, or a bias takes it.
    Z, y = X - 2, X @ goal
    assert start - Z.T @ (Z @ start - y) / 4 == pytest.approx(goal)
    assert Z @ goal - y == pytest.approx(np.full(4, 2))
    assert Z @ goal == pytest.approx(y - y.mean())
    A, first = np.column_stack([Z, np.ones(4)]), np.r_[start, 0.3]
    assert A @ (first - A.T @ (A @ first - y) / 4) == pytest.approx(y)
    # And one example moves these weights away again.
    assert np.abs(Z * (Z @ goal - y)[:, None]).min() == pytest.approx(2)
    text = before_fold("mini-batches")
    assert "the first part outweighs the second. With all data and η = 1/5, the best rate" in text
    # With the bias: the limit, what a step leaves of the flattest, and one step when centered.
    A = np.column_stack([X, np.ones(4)])
    M, full = A.T @ A / 4, np.append(goal, 0.0)
    values = np.linalg.eigvalsh(M)
    assert values == pytest.approx([5 - 24**0.5, 1, 5 + 24**0.5])
    assert 2 / (values[0] + values[-1]) == pytest.approx(1 / 5)
    assert 1 - values[0] / 5 == pytest.approx(0.98, abs=0.001)

    def with_bias(begin, eta, steps):
        p = np.array(begin, dtype=float)
        for _ in range(steps):
            p = p - eta * M @ (p - full)
        return np.linalg.norm(p - full)

    begin = np.random.default_rng(seed).standard_normal(3)
    assert with_bias(begin, 1.01 * 2 / values[-1], 2000) > 1e3
    assert with_bias(begin, 0.99 * 2 / values[-1], 2000) < 1e-3
    assert with_bias(0 * full, 1 / 5, 170) <= 0.01 * np.linalg.norm(full)
    assert with_bias(0 * full, 1 / 5, 169) > 0.01 * np.linalg.norm(full)
    # In the long run: of the steep and the flat part the larger factor is least at 1/5.
    kept = [np.abs(1 - eta * values).max() for eta in (0.19, 0.2, 0.2015)]
    assert kept[1] < min(kept[0], kept[2])
    # From 0 another is quicker; once the page called 1/5 the best.
    ends = [with_bias(0 * full, eta, 113) for eta in np.linspace(0.195, 0.197, 41)]
    assert min(ends) <= 0.01 * 5**0.5
    assert EXAMPLES["batches-two-errors"]().steps == (170, 21, 1, 113)
    assert "at the best rate for this start)" in text
    # A batch of the first two of the mixed goal is one-signed, of all four it is not.
    mixed = (X @ np.array([1.0, -1.0]))[:, None] * X
    assert mixed[:2].mean(axis=0).tolist() == [-1, -3]
    assert mixed.mean(axis=0).tolist() == [1, -1]
    assert r"the first two alone $\tfrac12[-2(1,3)]=(-1,-3)$, not mixed" in text
    assert "5 + √24 ≈ 9.9, 1 and 5 − √24 ≈ 0.1" in text
    assert "at 1/5 a step leaves 98% of the flattest" in text
    assert "which is what $w$ is off by, since the two inputs are uncorrelated" in whole(
        "mini-batches"
    )
    assert "Above η = 2/9.9 the slightest error along the steepest grows" in text
    told = "No δ is in them: a larger batch has less noise, but on average the same curvature."
    assert told in text
    assert "The limit stays. Even straight to (−1, 1) a step leaves 1 − 1/5 of the way" in text
    assert "**Subtract only the inputs' mean:** they are (±1, ±1), all three curvatures" in text
    assert "curvatures are 1, and with all data η = 1 arrives in" in text


@pytest.mark.parametrize("seed", range(10))
def test_above_the_limit_the_pair_arrives_from_no_start_but_those_without_an_error_along_the_mean(
    seed,
):
    X, goal = np.array([[1.0, 3.0], [3.0, 1.0]]), np.array([1.0, -1.0])

    def off(start, eta, steps):
        w = start.astype(float)
        for _ in range(steps):
            w = w - eta * X.T @ (X @ w - X @ goal) / 2
        return np.linalg.norm(w - goal)

    # From 0 itself there is no error along (1, 1): a step of ½ arrives.
    assert off(np.zeros(2), 0.5, 1) == 0
    start = np.random.default_rng(seed).standard_normal(2)
    assert off(start, 0.26, 400) > 1e3
    assert off(start, 0.24, 400) < 1e-3
    # However small: a rounding error is tripled, too.
    assert off(np.array([1e-12, 1e-12]), 0.5, 40) > 1
    text = whole("mini-batches")
    assert "one of ½ would multiply the slightest error along (1, 1) by" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_batch_without_a_class_gives_its_softmax_output_one_sign_and_errors_that_cancel_do_not(
    seed,
):
    rng = np.random.default_rng(seed)
    X, W = rng.random((16, 4)) + 0.01, rng.standard_normal((3, 4))
    p = np.exp(X @ W.T)
    p /= p.sum(axis=1, keepdims=True)
    errors = p - np.eye(3)[rng.integers(0, 2, 16)]
    assert (errors[:, 2] > 0).all()
    assert (errors[:, 2] @ X > 0).all()
    # If errors cancel, the mean is out: any shift of the inputs leaves the gradient.
    canceled = errors[:, 0] - errors[:, 0].mean()
    assert np.allclose(canceled @ X, canceled @ (X - X.mean(axis=0)))
    # As with the best bias of a linear neuron, until the weights move.
    y, w = rng.standard_normal(16), rng.standard_normal(4)
    b = (y - X @ w).mean()
    error = X @ w + b - y
    assert error.mean() == pytest.approx(0, abs=1e-12)
    assert abs((X @ (w - 0.1 * error @ X / 16) + b - y).mean()) > 1e-6
    text = before_fold("mini-batches")
    told = "If all δ in a batch have one sign, as in softmax for a class absent from it"
    assert told in whole("mini-batches")
    # On all data: one example has an error left, and its gradient one sign.
    single = error[:, None] * X
    assert (abs(np.sign(single).sum(axis=1)) == 4).all()
    few = [abs(error[rng.integers(0, 16, size)].mean()) for size in (1, 4) for _ in range(50)]
    assert min(few) > 1e-6
    # What is left can still have one sign: once the page said "Not" without a limit.
    four = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    few = np.array([-2, 0, 0, 2])
    assert few.tolist() == (four.sum(axis=1) - 4).tolist()
    assert few.mean() == 0
    assert (few @ four / 4).tolist() == [1, 1]
    assert "directly behind the weights, in training mode, makes the δ of each batch add up" in text
    text = whole("mini-batches")
    assert "second part can still have one sign: δ = −2, 0, 0, 2 gives (1, 1)." in text
    assert "A bias at its best value makes the mean error 0 on all data, and roughly" in text
    assert "batch norm directly behind the weights does so in each batch." in text


@pytest.mark.parametrize("seed", range(10))
def test_as_a_bias_learns_the_mean_error_usually_shrinks(seed):
    rng = np.random.default_rng(seed)
    X = rng.random((1000, 20))
    y, w, b, means = X @ rng.standard_normal(20), np.zeros(20), 0.0, []
    for _ in range(20):
        errors = X @ w + b - y
        means.append(abs(errors.mean()))
        w, b = w - 0.1 * errors @ X / 1000, b - 0.1 * errors.mean()
    assert means[-1] < means[0] / 10
    assert "As a bias learns, $\\bar\\delta$ usually shrinks" in whole("mini-batches")


def test_a_mean_smaller_at_one_spread_costs_less_too():
    assert iid_condition_number(2, 1.0, 1.0) < iid_condition_number(2, 2.0, 1.0)
    text = before_fold("negative-inputs")
    assert "what costs steps here is a mean that is large compared with the spread" in text


def test_the_two_inputs_without_a_spread_around_their_line_take_one_step():
    H = np.array([[1.0, 2], [2, 4]])
    w = np.array([3.0, -1])
    assert not ((w - H @ w / 5) @ H).any()
    assert "Inputs near (1, 2)" in whole("negative-inputs")


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
    assert "for the filter as a whole not in general" in before_fold("convolution-signs")


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
    text = before_fold("convolution-signs")
    assert "with nothing but a ReLU between" in text
    # Global max pooling: the place of the largest sum has the whole error.
    whole_error = error * (patches @ w == (patches @ w).max()) @ patches
    assert np.ptp(np.sign(whole_error)) == 0
    # Of small windows each has an error of its own, as places 1 and 3 here.
    by_window = np.array([1.0, -1.0]) @ [[1.0, 3.0], [3.0, 1.0]]
    assert by_window.prod() < 0
    assert "*global max pooling:* one position gets the whole error" in text


def test_behind_an_average_a_filter_can_get_mixed_signs_if_a_derivative_between_changes_sign():
    # |s| in place of the ReLU, the patches (1, 3) and (3, 1), sums of both signs.
    patches, w = np.array([[1.0, 3.0], [3.0, 1.0]]), np.array([1.0, -1.0])
    gradient = np.sign(patches @ w) / 2 @ patches
    assert gradient.prod() < 0
    assert "if the next layer reads only that average, with nothing but a ReLU between" in (
        before_fold("convolution-signs")
    )


def test_one_mean_per_channel_does_not_suit_weights_of_a_filter_as_large_as_the_image():
    ramp = np.arange(1.0, 9.0)
    apart = []
    for pixels in (ramp, np.tile(ramp, 40)):
        means = np.lib.stride_tricks.sliding_window_view(pixels, 7).mean(axis=0)
        apart.append(np.abs(means - pixels.mean()).max() / pixels.std())
    assert apart[0] > 1 > 0.02 > apart[1]
    assert "if the image is much larger than the filter" in whole("convolution-signs")


def test_the_filter_that_adds_needs_a_bias_of_4_on_centered_pixels_and_the_edge_filter_none():
    patches = np.lib.stride_tricks.sliding_window_view(np.array([1.0, 1, 3, 3, 1]), 2)
    for goal, bias in (([1.0, 1.0], 4), ([2.0, -1.0], 2), ([1.0, -1.0], 0)):
        targets = patches @ goal
        # One step of size ¼ from 0, the bias with it, whose curvature is 4, too.
        w, b = (patches - 2).T @ targets / 4, targets.sum() / 4
        assert (*w, b) == (*goal, bias)
    assert "the last two goals now need a bias, 2 and 4" in before_fold("convolution-signs")
    # The parts of the single positions at (0, 0), and their sum.
    parts = -(patches @ [1.0, -1.0])[:, None] * patches
    assert parts.tolist() == [[0, 0], [2, 6], [0, 0], [-6, -2]]
    assert parts.sum(axis=0).tolist() == [-4, 4]
    assert "the parts δ · patch (0, 0), (2, 6), (0, 0) and (−6, −2)" in (
        before_fold("convolution-signs")
    )


@pytest.mark.parametrize("seed", range(10))
def test_batch_norm_behind_a_filter_takes_the_part_of_the_mean_patch(seed):
    rng = np.random.default_rng(seed)
    images = rng.exponential(size=(4, 9)) + 0.01
    patches = np.lib.stride_tricks.sliding_window_view(images, 3, axis=1).reshape(-1, 3)
    w, incoming = rng.standard_normal(3), rng.standard_normal(len(patches))

    def loss(sums):
        return incoming @ ((sums - sums.mean()) / sums.std())

    errors = numerical_gradient(loss, patches @ w)
    m = patches.mean(axis=0)
    assert errors.sum() == pytest.approx(0, abs=1e-6)
    assert errors @ patches == pytest.approx(errors @ (patches - m), abs=1e-5)
    # Without it both parts are there.
    assert incoming @ patches == pytest.approx(incoming.sum() * m + incoming @ (patches - m))
    assert abs(incoming.sum()) > 1e-3
    text = before_fold("convolution-signs")
    assert "in training it makes the errors add up to 0 over all images and positions of" in text
    assert "it is large if the errors agree, and 0 if they cancel" in text


def test_positive_pixels_of_a_large_spread_are_hardly_steep():
    # Far-apart spikes on a dark row.
    pixels = np.full(200, 0.01)
    pixels[10::20] = 10.0
    patches = np.lib.stride_tricks.sliding_window_view(pixels, 2)
    assert condition_number(patches.T @ patches) < 1.1
    # So the steepness is said of the example.
    text = before_fold("convolution-signs")
    assert "but toward (1, 1) to (9, 9): the loss curves by" in text
    for k in (1, 0):
        assert f"{{example}}`signs-filter curvatures.{k} .0f` along (1, " in text


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
    assert "Correlated ones can be slow even when centered" in before_fold("more-inputs")


def test_along_examples_that_are_alike_the_way_is_longer_than_the_root_of_two():
    assert EXAMPLES["signs-reach"]().times > 10
    assert "the more alike the examples are" in whole("more-inputs")


@pytest.mark.parametrize("n", [2, 4, 8])
def test_along_inputs_of_1_or_3_the_way_is_twice_the_straight_one_at_least_and_more_along_few(n):
    X = np.array(list(itertools.product((1.0, 3.0), repeat=n)))
    cosines = X.sum(axis=1) / np.linalg.norm(X, axis=1) / np.sqrt(n)
    assert cosines.min() >= np.cos(np.pi / 6) - 1e-12
    goal = np.r_[np.ones(n // 2), -np.ones(n // 2)]
    way = shortest_way(X, goal).detour
    assert way >= 2 > np.sqrt(2)
    assert shortest_way(1 + 2 * np.eye(n), goal).detour >= way * (1 - 1e-9)
    text = whole("more-inputs")
    assert "if they are otherwise free" in text
    assert "In general it is at most √2 times" in text
    assert "half up and half down, is at least twice the straight one" in text
    # Another goal need not be: (1, …, 1) itself is reached straight.
    assert shortest_way(X, np.ones(n)).detour == pytest.approx(1)
    assert "if any step of one sign may be taken" in text


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
    text = before_fold("backward-signs")
    assert "weights of both signs usually mix it" in text
    assert "**No. The gradient on what a layer reads has the weights as factors" in text
    # The errors of the example come from its targets.
    W, a = np.array([[2.0, -1.0], [-1.0, 3.0]]), np.array([0.5, 0.5])
    assert (W @ a).tolist() == [0.5, 1]
    assert (W @ a - [-0.5, 2]).tolist() == [1, -1]
    assert "The targets are −½ and 2" in text
    # Of weights with all patterns of signs, two pass back one.
    for n in (1, 2, 5):
        alike = [len(set(signs)) == 1 for signs in itertools.product((1, -1), repeat=n)]
        assert np.mean(alike) == 2.0 ** (1 - n)
    assert "in a share of $2^{1-n}$ of the cases" in whole("backward-signs")
    s = np.linspace(-5, 5, 101)
    for name in ("sigmoid", "tanh", "relu"):
        assert (ACTIVATIONS[name].derivative(s) >= 0).all()
    assert "are not negative, so they turn no sign round" in text


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
    assert "such as a skip connection" in whole("backward-signs")


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
    page = whole("backward-signs")
    assert "One sign can hurt: if a single unit above has only positive weights" in page
    assert "on the way back usually nothing is needed" in page


def test_momentum_and_adam_can_move_the_weights_of_a_row_both_ways_where_a_plain_step_does_not():
    gradients = [1.0 * np.array([1.0, 3.0]), -1.0 * np.array([1.0, 2.0])]
    velocity, first, second = np.zeros((3, 2))
    for step, g in enumerate(gradients, start=1):
        assert g.prod() > 0
        velocity = 0.9 * velocity + g
        first, second = 0.9 * first + 0.1 * g, 0.999 * second + 0.001 * g**2
        adam = first / (1 - 0.9**step) / np.sqrt(second / (1 - 0.999**step))
    assert velocity.prod() < 0
    assert adam.prod() < 0
    text = before_fold("layer-signs")
    assert "On one example each row of W, the weights into one neuron, has gradients" in text
    assert "Momentum and Adam mix several examples." in text


@pytest.mark.parametrize("depth", [1, 2, 6])
@pytest.mark.parametrize("seed", range(5))
def test_layers_that_follow_reach_a_row_by_one_number(seed, depth):
    rng, x = np.random.default_rng(seed), np.random.default_rng(seed).random(5) + 0.1
    W, later = rng.standard_normal((3, 5)), rng.standard_normal((depth, 3, 3))

    def loss(W):
        a = np.tanh(W @ x)
        for V in later:
            a = np.tanh(V @ a)
        return np.cos(a).sum() + a[0]

    rows = np.zeros((3, 5))
    for at in np.ndindex(3, 5):
        way = np.zeros((3, 5))
        way[at] = 1e-5
        rows[at] = (loss(W + way) - loss(W - way)) / 2e-5
    assert np.allclose(rows / x, (rows / x)[:, :1], rtol=1e-3, atol=1e-9)
    assert "Later layers change nothing here: they only set" in whole("layer-signs")


def test_a_neuron_that_an_example_uses_twice_has_two_errors_and_can_mix_the_signs():
    # As a recurrent layer, or one that is used for each token: the loss is s₁ − s₂.
    tokens, errors = np.array([[1.0, 3.0], [3.0, 1.0]]), np.array([1.0, -1.0])
    assert np.sign(errors @ tokens).tolist() == [-1, 1]
    text = before_fold("layer-signs")
    assert "Weights that are used several times, as in a convolution, add several" in text


@pytest.mark.parametrize("seed", range(5))
def test_three_neurons_of_three_positive_inputs_allow_eight_patterns_of_512_and_softmax_three(seed):
    rng, x = np.random.default_rng(seed), np.array([1.0, 2, 3])
    found = {
        tuple(np.sign(np.outer(errors, x)).ravel())
        for errors in itertools.product((-1.0, 1.0), repeat=3)
    }
    assert len(found) == 2**3
    assert 2 ** np.outer(np.ones(3), x).size == 512
    # With an error of 0 there are others.
    assert tuple(np.sign(np.outer([0, 1, 1], x)).ravel()) not in found
    of_softmax = set()
    for z in 5 * rng.standard_normal((100, 3)):
        p = np.exp(z) / np.exp(z).sum()
        for label in np.eye(3):
            read = rng.random(3) + 1e-3
            of_softmax.add(tuple(np.sign(np.outer(p - label, read)).ravel()))
    assert len(of_softmax) == 3
    assert of_softmax < found
    # With half the squared error behind softmax two errors can be negative.
    p, y = np.array([0.9, 0.09, 0.01]), np.array([0.0, 1.0, 0.0])
    squared = (np.diag(p) - np.outer(p, p)) @ (p - y)
    assert (squared < 0).sum() == 2
    text = whole("layer-signs")
    assert "$2^9 = 512$" in text
    assert "with cross-entropy loss" in text
    assert "with this loss 3." in text


@pytest.mark.parametrize("seed", range(5))
def test_rows_learn_independently_with_squared_error_and_not_with_softmax(
    seed,
):
    rng = np.random.default_rng(seed)
    X, W, Y = rng.random((30, 4)), rng.standard_normal((3, 4)), rng.standard_normal((30, 3))
    other = W.copy()
    other[1:] += rng.standard_normal((2, 4))

    def first_row(W, *, softmax):
        z = X @ W.T
        p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) if softmax else z
        return (p - Y)[:, 0] @ X / 30

    np.testing.assert_array_equal(first_row(W, softmax=False), first_row(other, softmax=False))
    assert not np.allclose(first_row(W, softmax=True), first_row(other, softmax=True))
    # Its slope by its own weights is the second moment of the inputs, for any row and targets.
    moved = W.copy()
    moved[0] += (way := rng.standard_normal(4))
    change = first_row(moved, softmax=False) - first_row(W, softmax=False)
    assert np.allclose(change, X.T @ X / 30 @ way)
    text = whole("layer-signs")
    assert "For fixed inputs, with squared error on linear outputs, the rows learn" in text
    assert "For a linear layer with half the squared error it is the same for every row" in text
    assert "Softmax with cross-entropy couples the rows" in text


def test_rows_that_zigzag_need_not_go_the_same_way_at_the_same_time():
    # The second class is correct for (1, 2, 3), the first for (3, 2, 1).
    first = -np.outer([0.2, -0.5, 0.3], [1.0, 2, 3])
    second = -np.outer([-0.2, 0.1, 0.1], [3.0, 2, 1])
    assert (np.sign([first[:2, 0], second[:2, 0]]) == [[-1, 1], [1, -1]]).all()
    assert np.allclose((first + second)[0], [0.4, 0, -0.4])
    # By the page's targets: row 1 up, down, up, and row 2 the other way; each δ is mixed.
    X, goal = np.array([[3.0, 1], [1, 3]]), np.array([[1.0, -1], [-1, 0]])
    assert (X @ goal.T).T.tolist() == [[2, -2], [-3, -1]]
    W, moves = np.zeros((2, 2)), []
    for step in range(20):
        x = X[step % 2]
        errors = (W - goal) @ x
        assert errors[0] * errors[1] < 0
        moves.append(np.sign(-0.1 * np.outer(errors, x)))
        W = W - 0.1 * np.outer(errors, x)
    assert np.array_equal(moves, [np.outer([s, -s], [1, 1]) for s in [1, -1] * 10])
    # All data: row 1 mixed, since its errors differ in sign over the examples, row 2 not.
    assert (-goal @ X.T @ X / 2).tolist() == [[-2, 2], [5, 3]]
    # Behind centering the signs do not agree along a row.
    assert (np.sign(np.outer([1.0, -2], X[0] - X.mean(axis=0))) == [[1, -1], [-1, 1]]).all()
    text = before_fold("layer-signs")
    assert "To see the rule, look at one example before you center" in text
    assert "yet each row moves as a whole, and both zig-zag, one up while the other goes" in text
    assert "Row 2 has 3 and 1" in text
    assert "still of one sign" in text


@given(st.integers(0, 2**32 - 1), st.integers(2, 12))
def test_two_legs_of_one_sign_reach_any_goal_within_the_root_of_two(seed, n):
    goal = np.random.default_rng(seed).standard_t(2, n)
    up, down = np.maximum(goal, 0), np.minimum(goal, 0)
    legs = np.linalg.norm(up) + np.linalg.norm(down)
    assert legs <= np.sqrt(2) * np.linalg.norm(goal) * (1 + 1e-12)
    # Steps that move each weight come as near as one likes.
    small = 1e-9 * np.linalg.norm(goal)
    assert np.linalg.norm(up + small) + np.linalg.norm(down - small) < legs * (1 + 1e-6)
    text = whole("reach")
    assert "hardly more than √2 times the straight way" in text
    assert "If every step of one sign were allowed" in text


@pytest.mark.parametrize("seed", range(10))
def test_the_way_along_examples_is_as_long_to_the_mirrored_goal_along_mirrored_examples(seed):
    rng = np.random.default_rng(seed)
    X, goal, mirror = rng.random((5, 3)) + 0.01, rng.standard_normal(3), np.array([1.0, -1.0, 1.0])
    assert shortest_way(X * mirror, goal * mirror).detour == pytest.approx(
        shortest_way(X, goal).detour
    )
    pair, flip = np.array([[1.0, 0.9], [0.9, 1.0]]), np.array([1.0, -1.0])
    assert shortest_way(pair * flip, np.array([1.0, 1.0])).detour == pytest.approx(
        EXAMPLES["signs-reach"]().times
    )
    assert "with the second input negated it is as much to the mirrored goal" in whole("reach")


@pytest.mark.parametrize("seed", range(10))
def test_descent_with_fewer_examples_than_weights_stays_in_their_span_whatever_the_signs(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(3, 8)
    X = rng.standard_normal((n - 1, n)) + rng.choice([0, 3])
    normal = np.linalg.svd(X)[2][-1]
    w = np.zeros(n)
    for _ in range(200):
        row = rng.integers(n - 1)
        w -= 0.5 / (X**2).sum(axis=1).max() * rng.standard_normal() * X[row]
    assert abs(normal @ w) < 1e-12
    assert np.linalg.norm(w) > 0.01
    text = before_fold("reach")
    assert "as with fewer examples than weights: such steps cannot leave the start plus" in text
    assert np.allclose(X @ normal, 0)
    # A move that is only not in the span can change outputs.
    assert np.abs(X @ (normal + X[0])).max() > 0.1
    assert "But moves at right angles to all inputs change no output of this neuron" in text


@pytest.mark.parametrize("seed", range(10))
def test_the_pair_spans_the_plane_and_descent_on_it_arrives(seed):
    A, B = np.array([2.0, 1]), np.array([1.0, 2])
    p, q = np.random.default_rng(seed).standard_t(2, 2)
    assert p * (2 * A - B) / 3 + q * (2 * B - A) / 3 == pytest.approx([p, q])
    goal, w, distances = np.array([1.0, -1.0]), np.zeros(2), []
    assert (A @ goal, B @ goal) == (1, -1)
    for step in range(60):
        x = (A, B)[step % 2]
        error = x @ w - x @ goal
        assert (step % 2 == 0) == (error < 0)
        w = w - error * x / 5
        distances.append(np.linalg.norm(w - goal))
    assert np.divide(distances[1:], distances[:-1]) == pytest.approx(np.full(59, 0.8))
    text = before_fold("reach")
    assert "$p$ of the first and $q$ of the second make any change $(p,q)$" in text
    assert "From the second on, each step leaves" in text


@pytest.mark.parametrize("seed", range(10))
def test_signs_of_one_example_keep_differences_of_weights_and_errors_of_one_sign_go_one_way(seed):
    rng = np.random.default_rng(seed)
    X, w = rng.random((100, 4)) + 0.01, rng.standard_normal(4)
    start, errors = w.copy(), rng.standard_normal(100)
    for x, error in zip(X, errors, strict=True):
        w = w - 0.1 * np.sign(error * x)
    assert np.diff(w) == pytest.approx(np.diff(start))
    # Plain steps change them; on inputs of both signs so do those of signs.
    assert not np.allclose(np.diff(-errors @ X), 0)
    mixed = np.sign(errors[:, None] * X * [1, -1, 1, 1]).sum(axis=0)
    assert mixed[0] == -mixed[1]
    paths = np.cumsum(-0.1 * abs(errors)[:, None] * X, axis=0)
    assert (np.diff(paths, axis=0) < 0).all()
    text = before_fold("reach")
    assert "with positive inputs each is ±η(1, …, 1), so differences between weights never" in text
    assert "the weights go one way, as long as it lasts" in text


@pytest.mark.parametrize("method", ["plain", "momentum", "Adam"])
@pytest.mark.parametrize("seed", range(4))
def test_from_the_mirrored_start_each_method_mirrors_its_path_and_from_another_start_not(
    seed, method
):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    X, y = rng.standard_normal((30, n)) + rng.normal(0, 2, n), rng.standard_normal(30)
    flips = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    flips[0] = -1.0
    reads = (np.tanh, lambda s: np.maximum(s, 0), lambda s: s)[seed % 3]
    weights = 0.3 * rng.standard_normal(n)

    def path(inputs, w, size=0.02):
        w, b, first, second = w.copy(), 0.1, np.zeros(n + 1), np.zeros(n + 1)
        order, losses, at = np.random.default_rng(1), [], []
        for step in range(1, 40):
            rows = order.integers(0, 30, 1 + step % 4)

            def loss(p, rows=slice(None)):
                return ((reads(inputs[rows] @ p[:-1] + p[-1]) - y[rows]) ** 2).mean() / 2

            g = numerical_gradient(lambda p, rows=rows: loss(p, rows), np.append(w, b))
            decay = {"plain": 0.0, "momentum": 0.9, "Adam": 0.9}[method]
            first = decay * first + g
            second = 0.999 * second + 0.001 * g**2
            way = first / (np.sqrt(second) + 1e-3) if method == "Adam" else first
            w, b = w - size * way[:-1], b - size * way[-1]
            losses.append(loss(np.append(w, b)))
            at.append(w)
        return np.array(losses), np.array(at)

    losses, at = path(X, weights)
    mirrored_losses, mirrored = path(X * flips, weights * flips)
    assert np.allclose(losses, mirrored_losses, atol=1e-6)
    assert np.allclose(at * flips, mirrored, atol=1e-6)
    assert not np.allclose(losses, path(X * flips, weights)[0], atol=1e-4)
    text = whole("negative-inputs")
    assert "gradient descent follows the mirrored path with the same loss at every step" in text
    assert "The mirror holds for plain descent, momentum and Adam" in text


@pytest.mark.parametrize("seed", range(10))
def test_with_a_positive_and_a_negative_input_no_single_example_raises_both_and_a_batch_can(seed):
    rng = np.random.default_rng(seed)
    X = 10 ** rng.uniform(-2, 2, (40, 2)) * [1, -1]
    w = goal = rng.standard_normal(2)
    goal = goal + 10 ** rng.uniform(-1, 1, 2)
    patterns = set()
    for x in X:
        change = -0.3 / (x @ x) * (x @ (w - goal)) * x
        w = w + change
        patterns.add(tuple(np.sign(change)))
    assert patterns <= {(1, -1), (-1, 1)}
    # Sums of one kind of step alone stay in one quadrant, which is not the goal's.
    for kind in ((1, -1), (-1, 1)):
        way = np.cumsum(np.abs(rng.standard_normal((20, 2))) * kind, axis=0)
        assert (way.prod(axis=1) < 0).all()
    # A batch of two of these examples can have the other signs, and need not.
    x, other = np.array([2.0, -1.0]), np.array([1.0, -2.0])
    assert (x - other).prod() > 0 > (x + other).prod()
    text = before_fold("negative-inputs")
    assert "If all examples have these signs and both weights should rise" in text
    assert "A batch gradient mixes different δ and can have other signs" in text


def test_negative_inputs_switch_a_relu_on_by_negative_weights_and_not_by_all():
    x = np.array([-2.0, -3.0])
    assert np.maximum([x @ [-1, -1], x @ [1, 1], x @ [-2, 1], x @ [-1, 1]], 0).tolist() == [
        5,
        0,
        1,
        0,
    ]
    assert "negative inputs with negative weights can switch it on" in before_fold(
        "negative-inputs"
    )


def test_a_neuron_without_error_has_a_gradient_of_no_sign():
    assert not (0.0 * np.array([-2.0, -3.0])).any()
    assert "All weights share δ, so if it is not 0" in before_fold("negative-inputs")


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "falling"])
@pytest.mark.parametrize("seed", range(5))
def test_the_slope_gives_no_entry_its_own_sign_and_the_error_of_the_output_gives_all_theirs(
    seed, name
):
    rng = np.random.default_rng(seed)
    f = {
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "falling": lambda z: -np.tanh(z),
    }[name]
    w, b = rng.standard_normal(5), rng.standard_normal()
    for sign in (-1.0, 1.0):
        x = rng.random(5) + 0.05
        loss = lambda w, x=x, sign=sign: sign * f(w @ x + b)  # noqa: E731
        g = numerical_gradient(loss, w)
        assert np.ptp(np.sign(np.where(np.abs(g) < 1e-9, 0, g))) == 0
        # All-negative inputs do it, too: no sigmoid need be below.
        below = numerical_gradient(lambda w, x=-x, sign=sign: sign * f(w @ x + b), w)
        assert np.ptp(np.sign(np.where(np.abs(below) < 1e-9, 0, below))) == 0
        if name in ("sigmoid", "tanh"):
            assert (np.sign(g) == sign).all()
        mixed = x * np.r_[-1, np.ones(4)]
        h = numerical_gradient(lambda w, x=mixed, sign=sign: sign * f(w @ x + b), w)
        assert np.abs(h).max() < 1e-9 or h[0] * h[1] < 0
    z = np.linspace(-30, 30, 1001)
    slope = f(z) * (1 - f(z))
    assert name != "sigmoid" or (0 < slope.max() <= 0.25 and slope.min() >= 0)
    text = before_fold("sigmoid-derivative")
    assert "by one positive number, which changes no sign and no ratio" in text
    assert "So only the inputs can make the signs of one neuron's gradient differ" in text
    assert "Another activation of the neuron itself does not help" in text
    assert "agree in sign on one example is what it *reads*: inputs $x_i$ of one sign" in text
    assert "lies between 0 and ¼" in text


def test_each_gradient_in_the_second_layer_has_one_sign_with_sigmoid_in_each_network():
    record = EXAMPLES["signs-random"]()
    assert record.one_sign == (1, 0)
    assert record.ends[0] > 0.49
    assert record.ends[1] < 0.51
    assert record.ends[0] < record.positive[0] < record.ends[1]
    # The ends are of what is all positive; once the page put them under "one sign".
    page = whole("sigmoid-derivative")
    assert "have one sign and {example}`signs-random positive.0 .0%` are all positive (" in page


@pytest.mark.parametrize("seed", range(10))
def test_what_reads_sigmoids_has_one_sign_and_what_reads_tanhs_can_be_mixed_as_both_rise(seed):
    rng = np.random.default_rng(seed)
    z, delta = rng.normal(0, 3, (200, 6)), rng.standard_t(2, (200, 1))
    for name, one_sign in (("sigmoid", True), ("tanh", False)):
        unit = ACTIVATIONS[name]
        assert (unit.derivative(z) > 0).all()
        signs = np.sign(delta * unit.value(z))
        assert (np.ptp(signs, axis=1) == 0).all() == one_sign
    text = before_fold("sigmoid-derivative")
    assert "tanh's outputs have either sign, so a neuron that reads them can get mixed" in text
    assert "If a positive derivative were the trouble, tanh would have it too" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_hidden_neuron_can_have_either_sign_and_a_batch_can_mix(seed):
    rng = np.random.default_rng(seed)
    above, errors = rng.standard_normal((2, 200, 3))
    back = (above * errors).sum(axis=1)
    assert min((back > 0).mean(), (back < 0).mean()) > 0.3
    x, other = rng.random(4) + 0.1, rng.random(4) + 0.1
    ratio = x / other
    # Between the least and the largest ratio, the second error takes back a part.
    cut = (ratio.min() + ratio.max()) / 2
    assert np.ptp(np.sign(x - cut * other)) == 2
    text = before_fold("sigmoid-derivative")
    # Steps against gradients that are all positive lower each weight.
    assert (above - 0.1 * np.abs(errors) < above).all()
    assert "If all gradients were always positive, gradient descent could only lower" in text
    above_it = "a sum of weights times errors from the neurons above. It, too, can have either"
    assert above_it in whole("sigmoid-derivative")
    assert "so the gradient of a layer or of a batch can be mixed" in text


@given(st.integers(0, 2**32 - 1), st.integers(2, 12))
def test_no_delta_gives_a_positive_input_mixed_signs_and_each_of_four_ways_does(seed, n):
    rng = np.random.default_rng(seed)
    x, delta = 10 ** rng.uniform(-3, 3, n), rng.standard_t(1)
    assert abs(np.sign(delta * x).sum()) == n
    # From a ReLU some are 0, and the others agree.
    seen = np.sign(delta * x * (rng.random(n) < 0.5))
    assert np.ptp(seen[seen != 0]) == 0 if (seen != 0).any() else not seen.any()
    record = EXAMPLES["signs-ways-out"]()
    for gradient in (record.mixed_input, record.batch, record.convolution, record.penalty):
        assert gradient.prod() < 0
    # (1, −1) is on no line along (1, 2), nor (3, −1) on one along (3, 1).
    assert abs(np.linalg.det([[1, 2], [1, -1]])) > 1
    assert abs(np.linalg.det([[3, 1], [3, -1]])) > 1
    text = before_fold("mixed-signs")
    assert "δ would have to be positive and negative at once" in text
    assert r"If $\delta x_i>0$ and $x_i>0$, then $\delta>0$; if $\delta x_j<0$ and $x_j>0$" in text
    assert "gives an entry 0; the others still agree" in text
    assert "turns its own entry round: $x=(3,-1)$ with $\\delta=1$ gives $(3,-1)$" in text
    assert "two numbers of opposite sign would have a negative product" in whole("mixed-signs")


def test_one_message_cannot_say_which_weight_is_wrong_and_two_examples_can():
    X, goals = np.array([[3.0, 1.0], [1.0, 3.0]]), [(1.0, -1.0), (0.0, 2.0), (0.5, 0.5)]
    # Three goals, of one up and one down, of one right and one too small, of both too small, give
    # the first example one message, and both examples three.
    single, both = [], []
    for goal in goals:
        errors = -X @ np.array(goal)
        single.append((errors[0] * X[0]).tolist())
        both.append(tuple(errors @ X / 2))
    assert single == [[-6, -2]] * 3
    assert len(set(both)) == 3
    assert both[0] == (-2, 2)
    # Wherever one weight is too small and the other too large, a step moves one the wrong way.
    rng = np.random.default_rng(0)
    for _ in range(50):
        x, y, start = rng.random(2) + 0.01, rng.normal(), rng.normal(size=2)
        wanted = np.array([1.0, -1.0]) * rng.random(2)
        step = -(start @ x - y) * x
        assert (np.sign(step) == np.sign(wanted)).sum() == 1
    text = before_fold("mixed-signs")
    assert "One example cannot know." in text
    assert "a step on one example moves one of the two the wrong way, unless δ is 0" in text
    assert "The first example raises $w_2$, which should fall to −1; the second lowers" in text
    assert "Only together do they say what is needed: $w_1$ up and $w_2$ down." in text
    assert "several examples, each with its own δ, can together give both signs" in text


@pytest.mark.parametrize("size", [1, 8, 64])
def test_from_zero_weights_with_every_second_input_negated_descent_is_mirrored(size):
    rng = np.random.default_rng(size)
    X, y = rng.random((64, 6)), rng.standard_normal(64)
    mirror = np.where(np.arange(6) % 2, -1.0, 1.0)

    def run(X):
        order, w, b, losses = np.random.default_rng(0), np.zeros(6), 0.0, []
        for _ in range(60):
            rows = order.integers(64, size=size)
            errors = np.tanh(X[rows] @ w + b) - y[rows]
            errors = errors * (1 - np.tanh(X[rows] @ w + b) ** 2)
            w, b = w - 0.3 * errors @ X[rows] / size, b - 0.3 * errors.mean()
            losses.append(((np.tanh(X @ w + b) - y) ** 2).mean())
        return w, losses

    (w, losses), (mirrored, others) = run(X), run(X * mirror)
    assert np.allclose(losses, others, rtol=1e-9)
    assert np.allclose(w, mirrored * mirror)
    # Every example's gradient has both signs then.
    assert ((X * mirror).min(axis=1) < 0).all()
    assert ((X * mirror).max(axis=1) > 0).all()
    assert "descent from zero weights takes the same steps, mirrored" in whole("mixed-signs")
    # Only flipping inputs gains nothing; examples that mix the signs can be just what is needed.
    said = "only negating some inputs, which mixes the signs, too, gains nothing (from weights 0)"
    assert said in before_fold("mixed-signs")
    assert EXAMPLES["signs-two-messages"]().average.tolist() == [-2, 2]


def test_from_other_weights_the_mirror_negates_those_of_the_negated_inputs_and_not_all():
    # Once the page said "weights that are not 0 at the start are negated, too".
    rng = np.random.default_rng(0)
    X, y, start = rng.random((64, 6)), rng.standard_normal(64), rng.standard_normal(6)
    mirror = np.where(np.arange(6) % 2, -1.0, 1.0)

    def run(X, w):
        for _ in range(60):
            w = w - 0.1 * (X @ w - y) @ X / 64
        return ((X @ w - y) ** 2).mean()

    loss = run(X, start)
    assert run(X * mirror, start * mirror) == pytest.approx(loss, rel=1e-12)
    assert run(X * mirror, -start) != pytest.approx(loss, rel=1e-2)
    assert run(X * mirror, start) != pytest.approx(loss, rel=1e-2)
    assert "the weights of the negated inputs, if they do not start at 0, are negated, too" in (
        whole("mixed-signs")
    )


def test_two_rows_can_have_opposite_signs_and_two_steps_move_weights_apart():
    rows = np.outer([0.5, -0.5], [1.0, 2.0])
    assert (rows[0] > 0).all()
    assert (rows[1] < 0).all()
    steps = -np.array([[1.0, 3.0], [-2.0, -1.0]])
    assert (steps.prod(axis=1) > 0).all()
    assert steps.sum(axis=0).tolist() == (-EXAMPLES["signs-ways-out"]().batch).tolist() == [1, -2]
    text = whole("mixed-signs")
    # Each moves both one way; the one up and the other down is what they make together.
    assert "Two steps with opposite δ can together raise one weight and lower another" in text
    assert "because each example brings its own δ; a layer, because each neuron does" in text
    # A recurrent neuron reads (1, 3), then (2, 1), with the same weights: one example, two δ.
    gradient = numerical_gradient(lambda w: w @ [1.0, 3.0] - w @ [2.0, 1.0], np.array([0.1, 0.2]))
    assert gradient == pytest.approx([-1, 2])
    assert "This holds for one neuron, its weights used once, on one example" in text
    assert "a convolution or a recurrent network, because each position or time step does" in text


@pytest.mark.parametrize("seed", range(10))
def test_negative_sums_of_positive_inputs_need_a_negative_weight_or_bias(seed):
    rng = np.random.default_rng(seed)
    X = rng.uniform(0.01, 10, (100, 2))
    assert (X @ [-0.5, -0.5]).max() < 0
    assert (X @ rng.uniform(0, 1, 2) + rng.uniform()).min() >= 0
    # As likely negative as positive over the draw, mostly of one sign within a unit.
    W = rng.standard_normal((4000, 2))
    negative = X[:20] @ W.T < 0
    assert negative.mean(axis=1) == pytest.approx(0.5, abs=0.04)
    assert np.mean(negative[0] == negative[1]) > 0.5
    text = before_fold("negative-pre-activations")
    assert "The second is negative for any positive input" in text
    assert (X @ [0.5, 0.5]).min() > 0
    assert "The first is positive for any positive input" in text
    # The common part of the second unit is −2, the rest at most 1; centered, a unit has both signs.
    four = np.array([[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 3.0]])
    rest = (four - 2) @ [-0.5, -0.5]
    assert (np.array([2.0, 2.0]) @ [-0.5, -0.5], np.abs(rest).max()) == (-2, 1)
    assert "the rest at most 1 in size" in text
    centered = (X - X.mean(axis=0)) @ rng.standard_normal(2)
    assert centered.min() < 0 < centered.max()
    assert "a unit whose sums are not all 0 has both signs" in text
    assert "With the weights (1, 1) it takes a bias: $b=-5$ gives 1 + 2 − 5 = −2" in text
    # One step from weights of one sign to mixed ones: both fall.
    w, x = np.array([2.0, 1.0]), np.array([1.0, 2.0])
    slope = numerical_gradient(lambda v: (v @ x + 1) ** 2 / 2, w)
    assert slope == pytest.approx([5, 10])
    assert w - slope / 5 == pytest.approx([1, -1])
    assert np.array([[1.0, 2.0], [2.0, 1.0]]) @ [1, -1] == pytest.approx([-1, 1])
    assert "Both weights fall, to (1, −1): one has crossed 0" in text
    # No weight and no bias below 0: the network is affine on positive inputs.
    layers = [(rng.uniform(0, 1, (3, n)), rng.uniform(0, 1, 3)) for n in (2, 3, 3)]

    def read(x):
        for W, b in layers:
            x = np.maximum(W @ x + b, 0)
        return x

    assert read((X[0] + X[1]) / 2) == pytest.approx((read(X[0]) + read(X[1])) / 2)
    page = whole("negative-pre-activations")
    assert "then the ReLUs pass on their sums, and a network of them is linear" in page
    # Outweighed or not: a negative weight alone is not enough.
    w, b = rng.standard_normal((50, 2)), rng.standard_normal(50)
    for z, terms in zip(
        (X @ w.T + b).ravel(),
        (np.append(x * v, c) for x in X for v, c in zip(w, b, strict=True)),
        strict=True,
    ):
        assert (z < 0) == (-terms[terms < 0].sum() > terms[terms > 0].sum())
    assert np.array([3.0, 1.0]) @ [0.5, -1.0] > 0
    assert "is negative if its negative terms, $w_ix_i$ or $b$, outweigh the rest" in text
    # Of the three units before and after centering: on, off, both.
    units = np.array([[0.5, 0.5], [-0.5, -0.5], [0.5, -1.0]]).T
    assert (four @ units > 0).mean(axis=0).tolist() == [1, 0, 0.25]
    assert all(0 < share < 1 for share in (((four - 2) @ units) > 0).mean(axis=0))
    assert "Only the third switches; after centering all three do." in text
    assert "For each ReLU unit count the examples with $z>0$." in text
    assert "$z$ is as likely negative as positive for any given input" in text


@pytest.mark.parametrize("seed", range(10))
def test_signs_do_not_decide_the_condition_number_and_the_mean_does(seed):
    rng = np.random.default_rng(seed)
    n, mean, variance = int(rng.integers(2, 30)), rng.normal(0, 5), rng.uniform(0.1, 9)
    signs = rng.choice([-1.0, 1.0], n)
    H = variance * np.eye(n) + mean**2 * np.outer(signs, signs)
    values = np.linalg.eigvalsh(H)
    assert values[-1] == pytest.approx(variance + n * mean**2)
    assert values[-1] / values[0] == pytest.approx(1 + n * mean**2 / variance)
    text, page = before_fold("sign-or-mean"), whole("sign-or-mean")
    assert "No sign enters." in text
    # At d = (1, 1) two of the mirrored examples have the error 0, and so the gradient (0, 0).
    mirrored = np.array([[1.0, -1.0], [1.0, -3.0], [3.0, -1.0], [3.0, -3.0]])
    gradients = (mirrored @ [1.0, 1.0])[:, None] * mirrored
    assert [bool(g.any()) for g in gradients] == [False, True, True, False]
    assert all(g[0] * g[1] < 0 for g in gradients if g.any())
    assert "Each nonzero gradient now has both signs" in text
    # All negative: each product of two inputs, and so the curvature, is as before.
    X = rng.standard_normal((9, n)) + 3
    assert np.allclose((-X).T @ -X, X.T @ X)
    assert "all-negative inputs are as bad as their positive mirror images" in text
    # Two inputs of mean 5.
    assert [1 + 2 * 25 / s**2 for s in (10, 3)] == pytest.approx([1.5, 6.6], abs=0.05)
    assert "at a standard deviation of 10 (two inputs: κ = 1.5), worse at 3 (κ = 6.6)" in text
    assert "If some means are $-m$, their weights fall in the steep direction" in page
    # One-hot with frequencies p, without a bias.
    p = rng.dirichlet(np.ones(n))
    assert np.linalg.cond(np.diag(p)) == pytest.approx(p.max() / p.min())
    assert "the largest frequency divided by the smallest" in page
    assert np.eye(n)[0] @ np.eye(n)[1] == 0
    assert "An example moves one weight and disturbs no other" in text
    # With two categories centering gains a third, and with unequal ones more: "many equally".
    two = np.c_[np.eye(2), np.ones(2)]
    for shares, gain in (((0.5, 0.5), 1.5), ((0.9, 0.1), 2.2)):
        raw, centered = (np.linalg.eigvalsh((X.T * shares) @ X) for X in (two, two - [*shares, 0]))
        assert raw[-1] / raw[1] > 0.99 * gain * centered[-1] / centered[1]
    assert "A one-hot variable with many equally frequent categories" in text
    # Two examples together can have mixed signs, though the inputs are positive.
    errors = np.array([[1.0, 3.0], [3.0, 1.0]]) @ [-0.5, 0.5]
    assert (errors @ [[1.0, 3.0], [3.0, 1.0]]).tolist() == [-2, 2]
    assert "Signs do restrict one example's gradient." in text
    # Of inputs mostly at 0 and 2, −1 takes the mean away.
    values, chances = np.array([0.0, 2.0, 100.0]), np.array([0.5, 0.4999, 0.0001])
    ratios = [
        1 + 20 * (chances @ x) ** 2 / (chances @ x**2 - (chances @ x) ** 2)
        for x in (values, values - 1)
    ]
    assert ratios[0] > 10 > 1.1 > ratios[1]
    assert "Values spread evenly from −1 to 100" in text
    # The range does not tell the mean, nor how often the values are negative.
    chances = np.array([0.99, 0.01])
    assert chances @ [-1.0, 100.0] == pytest.approx(0.01)
    evenly = np.linspace(-1, 100, 100_001)
    assert evenly.mean() == pytest.approx(49.5)
    assert np.mean(evenly < 0) == pytest.approx(0.01, abs=0.001)
    assert '"A feature is spread evenly from −1 to 100.' in page
    assert "It is negative in about one example of a hundred, and its mean is" in page
    # Of 20 equal categories, which are dependent, nm²/v is not small, and κ is 1.
    one_hot = np.eye(20)
    assert (one_hot.mean(axis=0) ** 2).sum() > one_hot.var(axis=0).mean()
    assert np.linalg.cond(one_hot.T @ one_hot / 20) == pytest.approx(1)
    assert "For roughly independent features ask whether $nm^2/v$ is small" in text
    assert "independent inputs, each of mean $m$ and variance $v$, and no bias" in text


@pytest.mark.parametrize("categories", [10, 20, 100])
def test_of_many_equal_categories_centering_gains_one_of_their_number(categories):
    # With a bias κ is the number of categories plus 1, centered their number.
    design, kappas = np.c_[np.eye(categories), np.ones(categories)], []
    for Z in (design, np.c_[np.eye(categories) - 1 / categories, np.ones(categories)]):
        values = np.linalg.eigvalsh(Z.T @ Z / categories)
        kappas.append(values[-1] / values[values > 1e-9][0])
    assert kappas == pytest.approx([categories + 1, categories])
    assert "yet has little to gain from centering" in before_fold("sign-or-mean")


@pytest.mark.parametrize("variables", [1, 8, 100])
def test_many_one_hot_variables_gain_the_more_from_centering_the_more_they_are(variables):
    # Independent ones of ten equal categories: E[xxᵀ] has 1/10 within, 1/100 between them.
    n, kappas = 10 * variables, []
    block = np.kron(np.eye(variables), np.full((10, 10), 0.01))
    raw = 0.1 * np.eye(n) + 0.01 - block
    H = np.block([[raw, np.full((n, 1), 0.1)], [np.full((1, n), 0.1), np.ones((1, 1))]])
    centered = np.block(
        [[raw - 0.01, np.zeros((n, 1))], [np.zeros((1, n)), np.ones((1, 1))]],
    )
    for M in (H, centered):
        values = np.linalg.eigvalsh(M)
        kappas.append(values[-1] / values[values > 1e-9][0])
    assert kappas == pytest.approx([10 + variables, 10])
    assert "A single one-hot variable can stay as it is; with many of them centering can pay" in (
        before_fold("sign-or-mean")
    )
    text = before_fold("dummy-variables")
    assert (
        "With a bias or several variables some columns are 1 together. Then centering can" in text
    )


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("centered", [False, True])
def test_categories_that_are_much_rarer_learn_slowly_centered_or_not(bias, centered):
    shares = np.r_[np.full(9, 0.11), 0.01]
    X = np.eye(10) - centered * shares
    if bias:
        X = np.c_[X, np.ones(10)]
    goal = np.random.default_rng(0).standard_normal(10)
    H = (X.T * shares) @ X
    w, errors = np.zeros(X.shape[1]), []
    for _ in range(40):
        off = X @ w - goal
        errors.append(off)
        w = w - 1 / np.linalg.eigvalsh(H)[-1] * (X.T * shares) @ off
    kept = np.abs(errors[-1]) / np.abs(goal)
    if not centered or bias:
        assert kept[-1] > 3 * kept[:-1].max()
    text = before_fold("sign-or-mean")
    assert "Categories that are much rarer than others learn slowly, centered or not" in text


@pytest.mark.parametrize("n", [4, 100, 2500])
def test_with_many_inputs_a_small_mean_counts_as_much_as_a_large_one_with_few(n):
    # The mean is 2/√n standard deviations each time.
    H = np.eye(n) + 4 / n if n <= 100 else np.diag([1.0, 1 + n * 4 / n])
    assert condition_number(H) == pytest.approx(5)
    text = before_fold("sign-or-mean")
    assert "with many inputs, even small means count" in text


@pytest.mark.parametrize("n", [2, 7, 1000])
@pytest.mark.parametrize("seed", range(5))
def test_two_positive_examples_reach_any_pattern_of_signs_in_one_step(n, seed):
    rng = np.random.default_rng(seed)
    s = rng.choice([-1.0, 1.0], n)
    A, B = 2 + s, 2 - s
    assert min(A.min(), B.min()) == 1
    assert set(np.r_[A, B]) == {1, 3}
    # Targets t and −t, so the errors at 0 are opposite.
    t = rng.uniform(0.5, 5)
    gradient = -t * A + t * B
    assert np.array_equal(np.sign(gradient), -s)
    assert "opposite errors leave their difference, $2s$" in whole("more-inputs")


@pytest.mark.parametrize("seed", range(10))
def test_a_centered_example_allows_two_patterns_as_well_and_two_examples_more(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((50, 6))
    found = []
    for x in X:
        found.append({tuple(np.sign(delta * x)) for delta in rng.standard_normal(30)})
    assert {len(patterns) for patterns in found} == {2}
    assert len(set().union(*found)) > 10
    positive = {tuple(np.sign(delta * x)) for x in np.abs(X) for delta in (-1.0, 2.0)}
    assert len(positive) == 2
    assert "one example allows only 2 of $2^n$" in before_fold("more-inputs")
    text = whole("more-inputs")
    assert "for a fixed $x$ without zeros that is two sign patterns of $2^n$" in text
    # Centered inputs can also have the same two: those of the book's pair do.
    pair = np.array([[3.0, 1.0], [1.0, 3.0]]) - 2
    assert not pair.sum(axis=0).any()
    assert {tuple(np.sign(d * x)) for x in pair for d in (-1, 1)} == {(1, -1), (-1, 1)}
    assert (
        "With positive inputs they are the same two for every example; with centered inputs they "
        "can change from example to example"
    ) in text


def test_the_ratio_is_of_two_inputs_or_more_and_grows_like_the_square_with_a_bias_for_many():
    # One input has one curvature and no direction across it; without variance there is no ratio.
    assert condition_number(np.array([[5.0]])) == iid_condition_number(1, 2.0, 1.0) == 1
    assert iid_condition_number(2, 2.0, 1.0) == pytest.approx(1 + 2 * 2**2 / 1)
    assert np.linalg.matrix_rank(np.full((3, 3), 4.0)) == 1
    kappas = []
    for n in (1, 2, 10, 100):
        H = np.eye(n + 1)
        H[:n, :n] += 4.0
        H[n, :n] = H[:n, n] = 2.0
        kappas.append(condition_number(H))
    assert kappas[1] / kappas[0] < 3
    assert 90 < kappas[3] / kappas[2] < 100
    text = before_fold("more-inputs")
    assert "For $n\\ge2$ and $v>0$ their ratio is" in text
    assert "With a bias and a mean other than 0, κ grows like $n^2$ for large $n$" in text
    # Without a mean correlation can slow descent, too.
    assert "What slows plain descent here is the inputs' mean" in text
    assert "So κ follows mean²/variance, not the number of orthants" in text


@pytest.mark.parametrize("n", [2, 10, 100])
def test_at_the_rate_of_the_table_each_step_leaves_the_same_share_from_any_start(n):
    rng = np.random.default_rng(n)
    H, start = np.eye(n) + 4, rng.standard_normal(n)
    step = start - H @ start * 2 / (4 * n + 2)
    ratio = np.linalg.norm(step) / np.linalg.norm(start)
    assert ratio == pytest.approx(2 * n / (2 * n + 1))
    # Crawl, "if κ is large": with a small mean all directions are as fast.
    assert iid_condition_number(n, 0.01, 1.0) < 1.02
    # Nor do steps then grow in proportion to n: they grow at most so.
    fewer, more = (
        np.log(100) / np.log((k + 1) / (k - 1))
        for k in (iid_condition_number(m, 0.1, 1.0) for m in (n, 5 * n))
    )
    assert 1 < more / fewer < 5 * (0.5 if n == 2 else 1)
    text = before_fold("more-inputs")
    assert "each step leaves $2n/(2n+1)$ of the error" in text
    assert "Worse, yes, but at most roughly in proportion to the number of inputs" in text
    assert "and there the others crawl if κ is large" in text
    # In proportion to n, and not to the share of the orthants.
    rows = EXAMPLES["spectra-more-inputs"]().rows
    assert rows[3][3] / rows[1][3] == pytest.approx(100, rel=0.05)
    assert 295 < np.log10(rows[1][1] / rows[3][1]) < 300
    assert "the steps rise about a hundredfold" in text
    assert "falls by almost 300 powers of ten" in text
    assert np.linalg.eigvalsh(H)[:-1] == pytest.approx(np.ones(n - 1))
    assert "in the other $n-1$ directions across it, as without a mean" in text


@pytest.mark.parametrize("seed", range(10))
def test_one_sign_is_of_a_neuron_and_not_of_its_layer_or_network(seed):
    rng, x = np.random.default_rng(seed), np.random.default_rng(seed).random(4) + 0.1
    sizes = (4, 5, 3, 2)
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    start = rng.standard_normal(sum(m * n for m, n in shapes))
    sigmoid, target = (lambda s: 1 / (1 + np.exp(-s))), 3 * rng.standard_normal(2)

    def loss(theta):
        read, begin = x, 0
        for m, n in shapes:
            read = theta[begin : begin + m * n].reshape(m, n) @ read
            begin += m * n
            read = sigmoid(read) if begin < theta.size else read
        return np.sum((read - target) ** 2) / 2

    slopes, begin, rows = numerical_gradient(loss, start), 0, []
    for m, n in shapes:
        rows.append(slopes[begin : begin + m * n].reshape(m, n))
        begin += m * n
    for layer in rows:
        # Behind sigmoids, and with their slopes in δ: one sign in each row.
        signs = np.sign(layer)
        assert (signs == signs[:, :1]).all()
    mixed = [len(set(np.sign(layer[:, 0]))) == 2 for layer in rows]
    assert any(mixed)
    text = before_fold("which-w")
    assert "Only of the $w$ of one neuron, on one training example" in text
    assert "Two neurons of the same layer can have opposite signs" in text
    assert "the gradients of all weights of a neuron share the sign" in whole("which-w")
    assert "the gradients of a unit's weights share a sign" in whole("initialization")
    assert "so neither the layer nor the network is bound to one sign" in text
    assert "a sigmoid's outputs are all positive" in whole("which-w")
    # Errors of the next layer come through each neuron's own outgoing weights, of either sign.
    assert "through its own outgoing weights, which can have either sign" in text


def test_the_sign_of_an_input_mixes_rows_and_that_of_an_error_flips_them():
    errors = np.array([-2.0, 1.0])
    for x in (np.array([2.0, 1.0]), np.array([0.1, 50.0])):
        rows = np.outer(errors, x)
        assert np.sign(rows).tolist() == [[-1, -1], [1, 1]]
        assert (np.outer(errors, x * [1, -1]).prod(axis=1) < 0).all()
    # The weights need not share what their gradients share, the sign of the error.
    w, x = np.array([1.0, -1.0]), np.array([2.0, 1.0])
    assert w.prod() < 0 < ((w @ x - 3) * x).prod()
    # Inputs that are all negative share a sign, too: they flip each row.
    assert np.sign(np.outer(errors, [-2.0, -1.0])).tolist() == [[1, 1], [-1, -1]]
    batch = (np.outer([-2.0], [2.0, 1.0]) + np.outer([2.0], [1.0, 2.0])) / 2
    assert batch.tolist() == [[-1, 1]]
    text = before_fold("which-w")
    assert "From upstream, as long as $x$ is positive" in text
    assert "If these δ have one sign, so has the sum; if not, it can be mixed" in text
    # A batch of δ's of one sign.
    X = np.random.default_rng(0).random((9, 4))
    assert len(set(np.sign(np.linspace(0.1, 3, 9) @ X))) == 1
    # x @ W: there the weights of a neuron are a column.
    W = np.arange(6.0).reshape(2, 3)
    assert (np.array([2.0, 1.0]) @ W)[1] == 2 * W[0, 1] + W[1, 1]
    assert "but a column where the layer computes `x @ W`" in text


def test_rows_of_a_first_layer_have_the_pattern_of_the_data_or_its_opposite():
    rng = np.random.default_rng(40)
    for _ in range(30):
        n, hidden = rng.integers(2, 9, size=2)
        x, W, v = rng.normal(size=n), rng.normal(size=(hidden, n)), rng.normal(size=hidden)
        a = 1 / (1 + np.exp(-(W @ x)))
        error = v @ a - rng.normal()
        first, second = np.outer(error * v * a * (1 - a), x), error * a
        assert len(set(np.sign(second))) == 1
        pattern = np.sign(first) * np.sign(x)
        assert (pattern == pattern[:, :1]).all()
        # Data that are all positive: then each row of the first layer has one sign, too.
        rows = np.sign(np.outer(first[:, 0] / x[0], abs(x)))
        assert (rows == rows[:, :1]).all()
    # The test of the page, with ReLUs of which some are off: no row holds both 1 and −1.
    for _ in range(30):
        x, W, v = rng.normal(size=5), rng.normal(size=(6, 5)), rng.normal(size=6)
        on = W @ x > 0
        first = np.outer((v * on) * rng.normal(), x)
        s = np.sign(first) * np.sign(x)
        assert (s.max(axis=1) - s.min(axis=1) < 2).all()
        assert np.linalg.matrix_rank(first) <= 1
        assert np.allclose(first, np.outer(first @ x / (x @ x), x))
    # Of two examples it would find what is no bug, and a mixed-up row otherwise.
    s = np.sign(first + np.outer(rng.normal(size=6), rng.normal(size=5))) * np.sign(x)
    assert (s.max(axis=1) - s.min(axis=1) == 2).any()
    # Nor with a penalty in the loss, here on the page's first row: no multiple of the data.
    x, row = np.array([1.0, -2.0]), EXAMPLES["signs-two-layers"]().first[0]
    assert np.sign((row + 10 * np.array([3.0, 1.0])) * x).tolist() == [1, -1]
    # Two examples added up, as without zero_grad: the second layer can be mixed as well.
    assert np.sign(1.0 * np.array([0.9, 0.1]) - 1.0 * np.array([0.1, 0.9])).tolist() == [1, -1]
    # A ReLU that is off gives 0, and 0 > 0 is false: a row can show both without two signs.
    assert (1.5 * np.array([0.0, 2.0]) > 0).tolist() == [False, True]
    text = before_fold("first-layer-signs")
    for words in (
        "a row has the signs of what the layer reads, all flipped if",
        "or two backward passes without `zero_grad`, add up",
        "*Zeros:* `grad > 0` is False for 0.",
        "if these have both signs, so have its rows, or they are zero",
        "gradients zeroed, no weight penalty in the loss, linear layers used once",
        "the layer is frozen, or cut off from the loss",
    ):
        assert words in text, words


@pytest.mark.parametrize("values", [(1.0, 3.0), (-1.0, 3.0), (-1.0, 1.0)])
def test_the_ratio_of_inputs_that_are_not_centered_is_of_mean_and_spread(values):
    X = np.array(list(itertools.product(values, repeat=2)))
    m, v = np.mean(values), np.var(values)
    # The curvatures of the average of ½(error)², by differences along both directions.
    curvatures = []
    for d in (np.array([1.0, 1.0]) / np.sqrt(2), np.array([1.0, -1.0]) / np.sqrt(2)):
        losses = [((X @ (t * d)) ** 2).mean() / 2 for t in (-1, 0, 1)]
        curvatures.append(losses[0] - 2 * losses[1] + losses[2])
    assert curvatures == pytest.approx([v + 2 * m**2, v])
    rows = {row[0]: row for row in EXAMPLES["shifts-signs"]().rows if row[0] == row[1]}
    row = next(row for row in rows.values() if row[4] == pytest.approx(1 + 2 * m**2 / v))
    # Two of the four examples mix the signs where one value is negative, and the mean remains.
    assert (X.prod(axis=1) < 0).sum() == (2 if min(values) < 0 else 0)
    assert row[5] == {9: 21, 1.5: 3, 1: 1}[round(row[4], 6)]
    text = whole("mixed-signs")
    assert "Then single gradients can have mixed signs, and the mean counts." in text
    assert "squared loss curves κ = 1 + $nm^2/v$ times as much where all weights rise" in text
    assert "κ = 1 + 2 · 1/4 =" in text
    text = before_fold("positive-activations")
    # So the lead need not say it: the table has a row of this kind.
    assert "| −1 or 3 | either |" in text


def test_an_odd_function_centers_what_is_symmetric_and_not_what_is_not_and_sigmoid_nothing():
    z = np.random.default_rng(0).normal(0, 3, 500)
    even = np.r_[z, -z]
    assert np.tanh(even).mean() == pytest.approx(0, abs=1e-12)
    assert np.tanh([0.0, 2.0]).mean() == pytest.approx(0.482, abs=5e-4)
    # A function that is not odd has a mean at some symmetric pair.
    for name in ("sigmoid", "relu"):
        value = ACTIVATIONS[name].value
        assert value(np.array([-2.0, 2.0])).mean() > 0.4
    for shift in (-9.0, 0.0, 4.0):
        assert ACTIVATIONS["sigmoid"].value(z + shift).min() > 0
    centered = np.array([[1.0, 1.0], [-1.0, -1.0]])
    assert not centered.mean(axis=0).any()
    assert (centered[0] > 0).all()
    # Other z can, too, without being symmetric around 0.
    lucky = np.arctanh([-0.6, 0.3, 0.3])
    assert not np.allclose(np.sort(lucky), np.sort(-lucky))
    assert np.tanh(lucky).mean() == pytest.approx(0, abs=1e-12)
    text = before_fold("sigmoid-derivative")
    assert "For other $z$ the mean need not be 0" in text
    assert "The sigmoid's outputs cannot have mean 0, because all are positive." in text
    assert "one example of centered values can still be all positive" in text
    told = "since a negative slope only flips all entries together"
    assert told in whole("sigmoid-derivative")


def test_where_the_mean_costs_more_or_less_with_batches():
    for n in (2, 5, 9):
        X = np.array(list(itertools.product((1.0, 3.0), repeat=n)))
        assert np.linalg.eigvalsh(X.T @ X / len(X))[[0, -2, -1]] == pytest.approx(
            [1, 1 if n > 1 else 0, 1 + 4 * n]
        )

    def momentum(ratio):
        # The best constants for curvatures from 1 to this ratio.
        root = ratio**0.5
        rate, kept = (2 / (root + 1)) ** 2, ((root - 1) / (root + 1)) ** 2
        off, before, steps = np.ones(2), np.ones(2), 0
        while np.abs(off).max() > 1e-6:
            off, before = off - rate * np.array([1, ratio]) * off + kept * (off - before), off
            steps += 1
        return steps

    counts = [momentum(ratio) for ratio in (100, 400, 1600)]
    assert [b / a for a, b in itertools.pairwise(counts)] == pytest.approx([2, 2], rel=0.1)
    # With another loss, here cross-entropy behind a sigmoid, its curvature weights the inputs.
    X, w, y = np.array(list(itertools.product((1.0, 3.0), repeat=2))), np.array([0.3, -0.2]), 1.0
    p = 1 / (1 + np.exp(-X @ w))
    slope = lambda w, i: ((1 / (1 + np.exp(-X @ w)) - y) @ X / 4)[i]  # noqa: E731
    found = [numerical_gradient(lambda w, i=i: slope(w, i), w) for i in range(2)]
    assert np.allclose(found, (p * (1 - p) * X.T) @ X / 4, atol=1e-6)
    text = before_fold("mini-batches")
    assert "because its steps grow like the root of the curvatures' ratio" in text
    assert "$n$ independent inputs of 1 or 3 have $1+4n$ along the mean, 1 across" in text
    assert "With another loss, that loss's curvature weights each $xx^\\top$.)" in whole(
        "mini-batches"
    )
