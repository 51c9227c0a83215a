"""Counterexamples to what answers on "Today" once said too broadly."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import BOOK, before_fold, whole
from scipy.optimize import minimize
from second_ways import numerical_gradient

from offcenter._inputs import append_one
from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.descent import adam
from offcenter.examples import EXAMPLES, number_of
from offcenter.experiment import Regression
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
    # Outside: put in front of the weights instead, it helps those behind it.
    assert np.allclose(batch_norm(X) @ W, batch_norm(X + shift) @ W)
    text = before_fold("still-matters")
    for heading in (
        "**ReLU creates a mean.**",
        "**Adam misses the joint direction.**",
        "**Batch norm works for the weights before it.**",
    ):
        assert heading in text
    assert "cancels all or part of this mean for the weights directly in front of the" in text
    assert "as if the inputs had been centered" in text
    assert "adding a number to all $z$ does not change the loss" in text
    assert "which the next batch norm, after the next weights, cancels" in whole("still-matters")


@pytest.mark.parametrize("seed", range(10))
def test_errors_that_come_back_through_batch_norm_sum_to_zero_over_the_batch(seed):
    rng = np.random.default_rng(seed)
    N = int(rng.integers(3, 20))
    s, up = rng.normal(3, 2, N), rng.standard_t(2, N)
    loss = lambda s: up @ np.tanh(batch_norm(s[:, None])[:, 0])  # noqa: E731
    errors = np.array(
        [(loss(s + 1e-6 * e) - loss(s - 1e-6 * e)) / 2e-6 for e in np.eye(N)],
    )
    assert abs(errors.sum()) < 1e-6 < np.abs(errors).max()
    # So an input's gradient does not change with a shift; it would if they did not sum to 0.
    x = rng.standard_normal(N)
    assert errors @ (x + 100) == pytest.approx(errors @ x, abs=1e-3)
    assert abs(up @ (x + 100) - up @ x) > 1e-2
    assert "so the errors δ sum to 0 over the batch" in before_fold("still-matters")


@pytest.mark.parametrize("seed", range(10))
def test_the_first_step_of_adam_on_one_example_is_along_the_diagonal_if_its_inputs_are_positive(
    seed,
):
    rng = np.random.default_rng(seed)
    x, delta, eta = rng.uniform(0.1, 20, 4), rng.standard_t(2), 10 ** rng.uniform(-3, 0)
    # Half the squared error of w·x, which is δ at the start.
    path = adam(np.outer(x, x), delta * x / (x @ x), step_size=eta, steps=1)
    assert path.points[1] - path.points[0] == pytest.approx(-eta * np.sign(delta) * np.ones(4))
    # With inputs of both signs it goes along their signs.
    x[0] *= -1
    path = adam(np.outer(x, x), delta * x / (x @ x), step_size=eta, steps=1)
    assert path.points[1] - path.points[0] == pytest.approx(-eta * np.sign(delta) * np.sign(x))
    assert "If Adam starts with this example, its step is $-\\eta\\,(1,1)$" in before_fold(
        "still-matters"
    )


@pytest.mark.parametrize("seed", range(10))
def test_rescaling_single_weights_does_not_remove_the_steep_direction_of_large_means(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    means, scales = rng.uniform(3, 30, n), 10 ** rng.uniform(-1, 1, n)
    C = rng.standard_normal((n, n))
    # Large for the spread, whatever the covariance and the scale of each input.
    covariance = C @ C.T / np.trace(C @ C.T)
    M = (covariance + np.outer(means, means)) * np.outer(scales, scales)

    def left(logs):
        sizes = np.exp(logs)
        return np.log(condition_number(M * np.outer(sizes, sizes)))

    best = min(
        minimize(left, start, method="Nelder-Mead").fun
        for start in (-np.log(np.diag(M)) / 2, *rng.standard_normal((3, n)))
    )
    assert np.exp(best) > 10
    # Of one input with a mean, and others without, it does remove it.
    one = np.diag([1 + 10.0**2, *np.ones(n - 1)])
    sizes = np.diag(one) ** -0.5
    assert condition_number(one * np.outer(sizes, sizes)) == pytest.approx(1)
    assert "But the means of several inputs make a *joint* direction steep" in before_fold(
        "still-matters"
    )


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_no_step_sizes_of_single_weights_make_three_to_one_smaller(one, other):
    scale = np.sqrt([one, other])
    a = np.array(list(itertools.product((0.0, 1.0), repeat=2)))
    H = a.T @ a / 4 * np.outer(scale, scale)
    assert condition_number(H) >= 3 * (1 - 1e-9)
    assert "No fixed learning rates per weight bring it below" in whole("still-matters")


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
    assert "Less their means the outputs are −½ or ½" in whole("still-matters")


def test_layer_norm_and_rms_norm_can_leave_a_feature_positive_in_all_examples():
    X = np.random.default_rng(0).standard_normal((100, 4)) + np.array([9, 0, 0, 0])
    assert (X[:, 0] > 0).all()
    assert (layer_norm(X)[:, 0] > 0).all()
    assert (rms_norm(X)[:, 0] > 0).all()
    assert "so a feature high on all examples can stay high" in before_fold("still-matters")
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
    # Some of the shift is gone all the same.
    plain = lambda rows: np.array(  # noqa: E731
        [np.correlate(row, kernel, "valid") for row in np.pad(rows, ((0, 0), (1, 1)))]
    )
    moved = plain(signal + 5) - plain(signal)
    assert 0 < np.abs(moved - moved.mean()).mean() < np.abs(moved).mean()
    assert "zero-padded borders, and means that differ between places, leave a part" in before_fold(
        "still-matters"
    )
    # Once "hidden layers … need no other centering" and "all that ReLU's mean added", without more.
    text = before_fold("still-matters")
    assert "| fully connected, then batch norm | not needed | the mean cancels |" in text
    # So also with batch norm behind it centering can change something.
    assert "batch norm cancels all or part of this mean for the weights" in text
    assert "So centering still matters mainly where no batch norm follows" in text
    assert "does not cancel all of the mean at zero-padded borders" in whole("relu-popular")
    assert "in a fully connected layer this acts like" in before_fold("centering-and-signs")
    assert "does not undo unequal scales" in whole("still-matters")


def test_in_the_table_centering_before_the_last_layer_saves_more_than_half_in_each_row():
    numbers = CLAIMS["networks.convolution"].result().numbers
    for method in ("full", "adam"):
        for raw, centered in (("plain", "output"), ("norm", "norm_output")):
            assert numbers[f"{method}_{centered}"] < numbers[f"{method}_{raw}"] / 2
        assert numbers[f"{method}_norm"] == numbers[f"{method}_norm_centered"]
    assert numbers["adam_norm"] > numbers["adam_plain"]
    text = before_fold("still-matters")
    assert "With batch norm the subtraction changed nothing" in text
    assert "centering what *it* reads saved every method more than half of its steps" in text
    assert "the table cannot tell why Adam was slower with it" in whole("still-matters")


@pytest.mark.parametrize("size", [2, 3, 32])
@pytest.mark.parametrize("seed", range(5))
def test_a_shift_cancels_in_small_batches_too_and_places_of_unequal_means_do_not(size, seed):
    rng = np.random.default_rng(seed)
    images, kernel = rng.standard_normal((size, 9)) + 3, rng.standard_normal(3)
    up = rng.standard_normal((size, 7))

    def normed(rows, kernel):
        sums = np.array([np.correlate(row, kernel, "valid") for row in rows])
        return (sums - sums.mean()) / sums.std()

    def slopes(rows, step=1e-6):
        loss = lambda k: np.sum(up * np.maximum(normed(rows, k), 0) ** 2)  # noqa: E731
        return [(loss(kernel + e) - loss(kernel - e)) / (2 * step) for e in step * np.eye(3)]

    # However noisy the batch's mean: it is taken over the shifted images, and is shifted, too.
    assert np.allclose(normed(images, kernel), normed(images + 7, kernel))
    assert np.allclose(slopes(images), slopes(images + 7), rtol=1e-5, atol=1e-6)
    # A number of its own at each place changes both; and one place alone, each kernel once, not.
    places = 3 * rng.standard_normal(9)
    assert not np.allclose(normed(images, kernel), normed(images + places, kernel), atol=0.1)
    assert not np.allclose(slopes(images), slopes(images + places), atol=0.1)
    dense = [batch_norm((X @ np.ones(9))[:, None]) for X in (images, images + places)]
    assert np.allclose(*dense)
    sentence = CLAIMS["networks.convolution-norm"].sentence
    assert "one number subtracted from all pixels changes no training loss of the run" in sentence
    assert "on the digits each pixel's own mean subtracted does" in sentence
    assert "and differences between places stay" in whole("still-matters")
    assert "A constant shift cancels in each batch, however small" in whole("still-matters")
    assert "and means that differ by place stay" in whole("norm-then-relu")
    text = whole("batch-norm-fixes")
    assert "networks.convolution full_norm g`, with or without that number" in text
    assert "so what differs from place to place stays" in before_fold("batch-norm-fixes")
    assert "a constant shift of the inputs cancels exactly all the same" in whole(
        "batch-norm-fixes"
    )
    assert "means that differ from pixel to pixel stay" in before_fold("batch-norm-for-inputs")
    assert "cancels a mean that all pixels share" in whole("images")
    assert "what differs from place to place can stay" in whole("images")
    assert "cancels one shift of all pixels" in before_fold("pixel-range")
    assert "what is left of a channel's mean" in whole("imagenet-mean")
    for name in ("still-matters", "norm-then-relu", "batch-norm-fixes", "batch-norm-place"):
        assert "mean is noisy" not in before_fold(name)
        assert "mean of a small batch is noisy" not in before_fold(name)


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


@given(st.integers(0, 2**32 - 1), st.integers(2, 8), st.integers(2, 6))
def test_layer_norm_rescales_tokens_of_mean_zero_and_takes_what_is_along_the_ones(seed, n, rows):
    rng = np.random.default_rng(seed)
    x = rng.standard_t(3, (rows, n)) + 2 * rng.standard_normal(n)
    within = x - x.mean(axis=1, keepdims=True)
    for token, normed in zip(within, layer_norm(within), strict=True):
        assert np.linalg.norm(token) * normed == pytest.approx(np.linalg.norm(normed) * token)
    # To subtract each token's own mean takes of ‖μ‖² the part along (1, …, 1).
    mean, rest = x.mean(axis=0), within.mean(axis=0)
    cosine = mean.sum() / np.linalg.norm(mean) / np.sqrt(n)
    assert 1 - rest @ rest / (mean @ mean) == pytest.approx(cosine**2, abs=1e-9)
    text = before_fold("language-models")
    assert "layer norm, before its learned gain and bias, only rescales them" in text
    assert "To subtract each token's own mean, as layer norm does, would have removed" in text


def test_tokens_of_both_signs_can_have_a_mean_of_zero_and_positive_ones_none_at_all():
    # Why "can remain", and "usually": a gain and a bias can make all that is read positive.
    x = np.array([[2.0, 0.0, -2.0], [-2.0, 0.0, 2.0]])
    assert not layer_norm(x).mean(axis=0).any()
    assert (layer_norm(x) + 2 > 0).all()
    text = before_fold("language-models")
    assert "usually read vectors of both signs. A mean common to all tokens can remain" in text


def test_an_example_with_the_error_zero_has_no_signs_to_mix():
    x, w, label = np.array([4.0, -3.0]), np.array([1.0, 1.0]), 1.0
    assert not ((w @ x - label) * x).any()
    assert "each gradient δx with δ ≠ 0 has mixed signs" in whole("language-models")
    # The curvatures add up to the mean squared length, so 18 and 0 are not what they are.
    X = np.array([[4.0, -3.0], [2.0, -3.0], [3.0, -2.0], [3.0, -4.0]])
    mean, across = np.array([3.0, -3.0]), np.array([1.0, 1.0])
    curvatures = [np.mean((X @ d) ** 2) / (d @ d) for d in (mean, across)]
    assert curvatures == pytest.approx([18.5, 0.5])
    assert sum(curvatures) == pytest.approx(np.mean((X**2).sum(axis=1)))
    assert "`today-signless steep .1f` along their mean" in whole("language-models")
    assert "`today-signless flat .1f` at right angles" in whole("language-models")


def test_no_answer_shows_a_number_of_an_example_as_zero_that_is_not_zero():
    read = r"example(?:\}`|\{)([\w-]+) ([\w.]+) (,?\.\d[fge%])[`}]"
    for page in sorted((BOOK / "book" / "answers").glob("*.md")):
        for name, place, spec in re.findall(read, page.read_text(encoding="utf-8")):
            number = float(number_of(EXAMPLES[name](), place))
            if float(format(number, spec).replace(",", "").rstrip("%")) == 0:
                assert abs(number) < 1e-9, (page.stem, name, place)


def _attended(X, W_Q, W_K, W_V, shift_K=0.0, shift_V=0.0):
    """Return the outputs and the weights of one head that reads tokens, one a row."""
    scores = (X @ W_Q.T) @ ((X + shift_K) @ W_K.T).T / np.sqrt(len(W_K))
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ ((X + shift_V) @ W_V.T), weights


@pytest.mark.parametrize("seed", range(4))
def test_a_mean_of_all_tokens_passes_values_whole_and_keys_not_at_all(seed):
    rng = np.random.default_rng(seed)
    T, d = 5, 3
    X, goal = rng.standard_normal((T, d)) + 1, rng.standard_normal((T, d))
    W = [rng.standard_normal((d, d)) for _ in range(3)]
    c = 10 * rng.standard_normal(d)
    out, a = _attended(X, *W)
    assert np.allclose(a.sum(axis=1), 1)
    moved, b = _attended(X, *W, shift_K=c)
    assert np.allclose(b, a)
    assert np.allclose(moved, out)
    moved, _ = _attended(X, *W, shift_V=c)
    assert np.allclose(moved - out, W[2] @ c)

    def gradient(which, **shift):
        def loss(flat):
            V = [*W]
            V[which] = flat.reshape(d, d)
            return np.sum((_attended(X, *V, **shift)[0] - goal) ** 2) / 2

        return numerical_gradient(loss, W[which].ravel()).reshape(d, d)

    assert np.allclose(gradient(1), gradient(1, shift_K=c), atol=1e-4)
    errors = out - goal
    # A row of aX is what a query's error meets.
    assert np.allclose(gradient(2), errors.T @ (a @ X), atol=1e-4)
    assert np.allclose(a @ (X + c), a @ X + c)
    # At the scores the gradients of one query cancel; at the values they go one way.
    at_values = errors @ (X @ W[2].T).T
    at_scores = a * (at_values - (a * at_values).sum(axis=1, keepdims=True))
    assert np.allclose(at_scores.sum(axis=1), 0)
    sent = a[0][:, None] * errors[0]
    assert (sent * errors[0] >= 0).all()
    text = whole("attention-weights")
    assert "A shift of all tokens $x$ by $c$ adds exactly $c$ to what $W_V$ reads" in text
    assert "Shifting what $W_K$ reads adds the same number to all scores of a query" in text
    assert "one query's score gradients always add up to 0: they never all point one way" in text
    assert 'all values get errors of one sign!"** From one query, yes' in text


def test_with_rotary_codes_a_shift_of_the_keys_moves_the_weights():
    rng = np.random.default_rng(0)
    K, q, c = rng.standard_normal((4, 2)), rng.standard_normal(2), np.array([2.0, -1.0])

    def scores(shift):
        turned = []
        for place, k in enumerate(K + shift):
            s, r = np.sin(place), np.cos(place)
            turned.append(np.array([[r, -s], [s, r]]) @ k)
        return np.array(turned) @ q

    assert np.ptp(scores(c) - scores(0)) > 0.5
    assert np.ptp((K + c) @ q - K @ q) < 1e-12
    assert "without rotary position codes the shift does not enter through the keys" in whole(
        "attention-weights"
    )


@pytest.mark.parametrize("seed", range(3))
def test_averages_keep_a_mean_and_shrink_spread_less_if_sharp_or_alike(seed):
    rng = np.random.default_rng(seed)
    values = rng.random((100_000, 4))
    even = values.mean(axis=1)
    assert even.mean() == pytest.approx(0.5, abs=0.01)
    assert even.var() == pytest.approx(1 / 48, rel=0.05)
    sharp = values @ [0.97, 0.01, 0.01, 0.01]
    assert sharp.var() > 0.9 / 12
    alike = 0.9 * values[:, :1] + 0.1 * values
    assert alike.mean(axis=1).var() > 0.8 * alike[:, 0].var()
    centered = values - 0.5
    a = rng.dirichlet(np.ones(4), size=len(centered))
    assert abs((a * centered).sum(axis=1).mean()) < 0.01
    # Weights that follow the values make a mean out of none.
    follow = np.exp(3 * centered) / np.exp(3 * centered).sum(axis=1, keepdims=True)
    assert (follow * centered).sum(axis=1).mean() > 0.05
    text = before_fold("attention-weights")
    assert "An even average of $k$ independent tokens has $1/k$ of their variance" in text
    # The value matrix reads the average, and its gradient has the signs of that.
    a, tokens = np.array([0.75, 0.25]), np.array([[4.0, -2.0], [-4.0, 2.0]])
    assert (a @ tokens).tolist() == [2, -1]
    row, target = np.array([-0.5, 0.0]), -2
    loss = lambda w: (a @ (tokens @ w) - target) ** 2 / 2  # noqa: E731
    assert (tokens @ row).tolist() == [-2, 2]
    assert numerical_gradient(loss, row) == pytest.approx([2, -1])
    row = row - 0.1 * np.array([2, -1])
    assert row == pytest.approx([-0.7, 0.1])
    assert a @ (tokens @ row) == pytest.approx(-1.5)
    # All entries raised by 10 pass whole, and the gradient has one sign.
    assert (a @ (tokens + 10)).tolist() == [12, 9]
    V = rng.standard_normal((3, 2))
    assert np.allclose(a @ (tokens @ V.T), V @ (a @ tokens))
    assert "So the gradient of $w$ is (2, −1): mixed signs." in text
    assert "At the rate 0.1 $w$ moves to (−0.7, 0.1): one weight falls, the other rises" in text
    assert "the output becomes −1.5" in text
    assert "keep the attention weights: $w$ reads (12, 9), of one sign" in text
    # Once "with the signs of the tokens": these differ; other weights give the other signs.
    assert np.sign(tokens[0]).tolist() == (-np.sign(tokens[1])).tolist()
    assert (2 * a[::-1] @ tokens).tolist() == [-4, 2]
    assert "in general it is $\\delta\\sum_ja_jx_j$, δ times an average of tokens" in text
    # With one weight near 1 all score gradients are small, whatever the errors from −1 to 1.
    for _ in range(20):
        rest, e = rng.dirichlet(np.ones(5)), rng.uniform(-1, 1, 6)
        peaked = np.concatenate([[0.99], 0.01 * rest])
        assert np.abs(peaked * (e - peaked @ e)).max() < 0.021
    assert "with one $a_j$ near 1 all score gradients are near 0" in text
    # Equal tokens, though independent in their features, shrink not at all.
    assert np.repeat(values[:, :1], 4, axis=1).mean(axis=1).var() == pytest.approx(1 / 12, rel=0.05)
    assert "Let two features of each token, all independent, be 1 or 3" in whole(
        "attention-weights"
    )


def test_targets_less_their_mean_take_far_more_steps_where_the_inputs_keep_theirs():
    rng = np.random.default_rng(0)
    X = rng.random((1000, 20))
    y = X @ rng.standard_normal(20)
    raw, centered = (append_one(Z / X.std(axis=0)) for Z in (X, X - X.mean(axis=0)))
    steps = [
        [int(Regression(Z[None], (y - less)[None]).descent_steps()[0]) for less in (0, y.mean())]
        for Z in (raw, centered)
    ]
    assert steps[0][1] > 10 * steps[0][0]
    assert max(steps[1]) < steps[0][0]
    # The right bias is 0 as the targets are, and another for targets less their mean.
    assert Regression(raw[None], y[None]).solution[0, -1] == pytest.approx(0, abs=1e-8)
    text = whole("attention-weights")
    assert "learned targets $w\\cdot x$, whose right bias is 0, from" in text
    assert "Targets less their mean have another right bias and can take far more steps" in text


def test_in_self_attention_a_shift_of_all_tokens_moves_the_weights_by_the_queries():
    X, goal = np.array([[0.0], [1.0]]), np.array([0.0, 1.0])

    def second(shift, key=1.0):
        """Return the second query's weights, and their slope by W_K for the loss a·(0, 1)."""
        x = X[:, 0] + shift
        a = np.exp(x[1] * key * x)
        a /= a.sum()
        return a, (a * (goal - a @ goal)) @ (x[1] * x)

    (still, slope), (moved, other) = second(0.0), second(1.0)
    assert still == pytest.approx([0.27, 0.73], abs=0.005)
    assert moved == pytest.approx([0.12, 0.88], abs=0.005)
    assert (slope, other) == pytest.approx((0.197, 0.210), abs=0.0005)
    step = 1e-6
    assert slope == pytest.approx((second(0, 1 + step)[0] - still)[1] / step, abs=1e-5)
    text = whole("attention-weights")
    assert "The query's own shift need not cancel" in text
    assert "so the same shift moves them as well, and the scores with them" in text


def test_an_average_keeps_what_values_share_and_need_not_keep_their_mean():
    a, values = np.array([0.7, 0.2, 0.1]), np.array([-1.0, 2.0, 1.0])
    assert values.mean() == pytest.approx(2 / 3)
    assert a @ values == pytest.approx(-0.2)
    for shared in (-5.0, 0.1, 30.0):
        assert a @ (values + shared) == pytest.approx(a @ values + shared)
    text = whole("attention-weights")
    assert "The mean passes whole, because the $a_j$ sum to 1" in text
    assert "so a mean that all tokens share can stay" in text
    # Less its own mean over the features, a token keeps what the shared mean has uneven.
    shared = np.array([5.0, 1.0, 0.0])
    left = layer_norm(shared + np.random.default_rng(1).standard_normal((50, 3)) / 2).mean(axis=0)
    assert np.abs(left).max() > 0.5
    # A share of the mean square is that of the mean's square.
    tokens = np.array([3.0, 5.0])
    assert tokens.mean() / np.mean(tokens**2) < 0.25 < 0.9 < offset_share(tokens[:, None])
    assert "a small language model, the squared mean was {value}`today.stiff-direction" in text
    # Pixels, in [0, 1], have such a mean before any matrix; one random matrix mixes its signs.
    rng = np.random.default_rng(0)
    pixels = rng.random((20, 64))
    mean = (pixels @ rng.standard_normal((64, 64)) / 8).mean(axis=0)
    assert pixels.mean(axis=0).min() > 0 > mean.min()
    chapter = " ".join((BOOK / "book" / "today.md").read_text(encoding="utf-8").split())
    assert "in a wide network of ReLUs, at a random start and behind the first matrix, a mean" in (
        chapter
    )
