"""Counterexamples to what answers on "Normalization" once said too broadly."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import before_fold, whole
from second_ways import numerical_gradient

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.data import load_language_model
from offcenter.examples import EXAMPLES
from offcenter.examples.norms._sigmoids import _fewest
from offcenter.experiment import convolution_start
from offcenter.network import _race, race
from offcenter.remedies import batch_norm, layer_norm, rms_norm
from offcenter.spectrum import (
    iid_condition_number,
    offset_share,
)


def test_tanh_behind_batch_norm_leaves_no_mean_of_symmetric_sums():
    sums = np.array([[-1.0], [-3.0], [3.0], [1.0]]) + 2
    read = np.tanh(batch_norm(sums))
    assert abs(read.mean()) < 1e-12
    text = before_fold("batch-norm-fixes")
    assert "the activations stay off center" not in text
    # Behind the ReLU batch norm does center its outputs, so the page names the place.
    z = np.random.default_rng(0).standard_normal((50, 1))
    assert abs(batch_norm(np.maximum(z, 0)).mean()) < 1e-12
    assert np.maximum(batch_norm(z), 0).mean() > 0.3
    assert "But before the ReLU it does not make the ReLU's outputs zero-centered" in text


def _through_batch_norm(z, errors):
    spread = z.std()
    normed = (z - z.mean()) / spread
    return (errors - errors.mean() - normed * np.mean(errors * normed)) / spread


@pytest.mark.parametrize(("count", "n"), [(2, 1), (2, 5), (3, 2), (8, 1), (30, 6)])
@pytest.mark.parametrize("seed", range(10))
def test_errors_behind_batch_norm_give_the_gradient_of_centered_inputs(count, n, seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(count, n)) + rng.normal(size=n) * 10.0 ** rng.integers(0, 3)
    w, incoming = rng.normal(size=n), rng.normal(size=count)
    centered = X - X.mean(axis=0)
    z = X @ w
    np.testing.assert_allclose(z - z.mean(), centered @ w, atol=1e-9)
    errors = _through_batch_norm(z, incoming)
    # What rounding leaves is measured by the errors that arrive, over the spread.
    tiny = 1e-9 * np.abs(incoming).max() / z.std()
    assert abs(errors.sum()) <= tiny
    np.testing.assert_allclose(errors @ X, errors @ centered, atol=tiny * np.abs(X).max())
    np.testing.assert_allclose(errors, _through_batch_norm(centered @ w, incoming), atol=tiny)
    text = before_fold("batch-norm-fixes")
    assert "add up to 0 over the batch" in text
    assert "in training mode it cancels the mean of what they read" in text
    assert "so they learn as from centered inputs" in text
    # Both signs, or all 0.
    assert errors.min() < 0 < errors.max() or np.abs(errors).max() <= tiny
    assert "But δ that add up to 0 have both signs (or are all 0)" in text


def test_the_batch_norm_of_the_example_and_where_a_mean_stays():
    record = EXAMPLES["norms-fixes"]()
    X, y = record.read, record.outputs - record.errors
    # Its own batch norm, by the rule for the way back, raw and centered; the deviation is 1.
    z = X @ [2, 0]
    assert (z.mean(), z.std()) == (1, 1)
    assert _through_batch_norm(z, record.errors) == pytest.approx([-1, 1, -1, 1])
    assert pytest.approx(record.outputs) == (X - 0.5) @ [2, 0]
    # The targets follow the second input: from weights that read it alone they are reached.
    assert _batch_norm((X @ [0.0, 1.0])[:, None])[:, 0] + 2 == pytest.approx(y, abs=1e-4)
    assert record.gradient.tolist() == record.centered_gradient.tolist() == [0, -2]
    assert (record.plain < 0).all()
    text = before_fold("batch-norm-fixes")
    assert "$w_2$ rises: right, as the targets follow $x_2$" in text
    assert "the division takes off the outputs times 1 (the mean of error times output)" in text
    assert np.mean(record.errors * record.outputs) == 1
    # n such inputs: curved 1 + n times as much along the mean, in the weights.
    for n in (2, 5, 8):
        corners = np.array(list(itertools.product((0.0, 1.0), repeat=n)))
        values = np.linalg.eigvalsh(corners.T @ corners / len(corners))
        assert values[-1] / values[0] == pytest.approx(1 + n)
        assert values[-2] == pytest.approx(values[0])
        ones = np.ones(n) / n**0.5
        assert ones @ corners.T @ corners @ ones / len(corners) == pytest.approx(values[-1])
        assert np.cov(corners.T, bias=True) == pytest.approx(np.eye(n) / 4)
    assert "curves $1+n$ times as much along the mean as across; centered, equally." in text
    # In the fold: the subtraction takes fewer steps, and the ratio of curvatures is smaller.
    assert record.steps < 0.6 * record.plain_steps
    # A batch's own mean cancels exactly, but a few neighbors move an output more than many.
    rng = np.random.default_rng(0)
    moved = []
    for size in (4, 64):
        batches = rng.standard_normal((2000, size, 1))
        batches[:, 0] = 1
        moved.append(np.std([batch_norm(b)[0, 0] for b in batches]))
    assert moved[0] > 2 * moved[1]
    assert "Small batches cancel the mean, too, but make the steps noisier." in text
    assert "Dividing also fixes the sums' size, so the gain need not be all centering's." in text
    # Layer and RMS norm leave features that are positive in all examples.
    many = np.random.default_rng(1).normal(size=(200, 5))
    many[:, 0] += 4
    for norm in (layer_norm, rms_norm):
        assert norm(many).mean(axis=0)[0] > 1
    # Two correlated inputs less their mean stay correlated.
    rest = many[:, :2] @ [[1.0, 0.9], [0.0, 0.4]]
    assert np.corrcoef(rest.T)[0, 1] > 0.8
    # A number added to a padded image: one mean for all places leaves the border's part.
    image, kernel = np.ones(6), np.array([1.0, 1.0, 1.0])
    padded = np.convolve(image, kernel, mode="same")
    assert np.ptp(padded) == 1
    assert np.ptp(np.convolve(image, kernel, mode="valid")) == 0
    # Some kernels see no border, and no difference of the pixels' means: the sums' means count.
    assert np.ptp(np.convolve(image, [0.0, 1.0, 0.0], mode="same")) == 0
    assert np.ptp(np.convolve(np.tile([1.0, 3.0], 3), [1.0, 1.0], mode="valid")) == 0
    assert "subtract no mean over examples" in before_fold("batch-norm-fixes")
    text = whole("batch-norm-fixes")
    assert "Correlations remain." in text
    assert "Unequal scales of the inputs remain" in text
    assert "Zero padding can make sums differ at the border" in text


def test_batch_norm_only_after_the_first_relu_keeps_the_mean_of_the_data_in_the_first_weights():
    rng = np.random.default_rng(2)
    X, w = rng.normal(size=(100, 4)), rng.normal(size=4)
    for order in ("before", "after"):
        found = []
        for shift in (0.0, 3.0):
            s = (X + shift) @ w
            if order == "before":
                found.append(np.maximum((s - s.mean()) / s.std(), 0))
            else:
                a = np.maximum(s, 0)
                found.append((a - a.mean()) / a.std())
        assert np.allclose(*found) == (order == "before")
    told = "Behind the ReLUs alone, it leaves the data's mean to the first weights."
    assert told in before_fold("batch-norm-fixes")


def test_the_division_can_remove_a_mean_at_right_angles_to_the_ones():
    X = np.array([[4.0, -4.0], [-2.0, 2.0]])
    assert np.allclose(X.mean(axis=0), [1, -1])
    assert np.allclose(layer_norm(X).mean(axis=0), 0)


def test_another_loss_couples_scale_and_shift():
    z = np.array([-1.0, 1.0, 1.0, -1.0])
    p = 1 / (1 + np.exp(-(2 * z + 1)))
    assert abs(np.mean(p * (1 - p) * z)) > 0.05
    assert np.mean(z) == 0


def test_the_best_step_size_of_the_long_run_can_take_twice_the_steps_of_the_best_one():
    A, y = np.array([[9.0, 1.0], [11.0, 1.0]]), np.array([3.0, 7.0])

    def steps(eta):
        values, vectors = np.linalg.eigh(A.T @ A / 2)
        parts = np.sqrt(values) * (vectors.T @ (np.array([1.0, -10.0]) - np.linalg.solve(A, y)))
        left = np.linalg.norm(parts * (1 - eta * values) ** np.arange(30_000)[:, None], axis=1)
        return np.flatnonzero(left <= 0.01 * left[0])[0]

    assert steps(2 / 102) > 1.9 * steps(1.95 / 102)
    assert "Even the best of many step sizes takes" in whole("gamma-and-beta")


def test_a_larger_scale_need_not_diverge():
    assert abs(1 - 1.2**2) < 1 < abs(1 - 1.5**2)
    assert "the factor is $1-0.9\\cdot4=-2.6$" in before_fold("covariate-shift")


def test_a_mean_slows_fixed_inputs_and_a_shift_harms_without_a_mean():
    record = EXAMPLES["shifts-mean-or-shift"]()
    # Both orders: the fast fit of fixed inputs of mean 0, and the spoiled one of doubled ones.
    w = 0.0
    for _ in range(3):
        w -= 0.9 * (w - 1)
    assert abs(w - 1) < 0.002
    distances = np.abs(np.array(record.run) - 0.5)
    assert np.allclose(distances[1:] / distances[:-1], 2.6)
    # A slow growth whose rate still fits: the weight follows.
    w, furthest = 1.0, 0.0
    for scale in np.linspace(1, 1.4, 400):
        w -= 0.9 * scale**2 * (w - 1 / scale)
        furthest = max(furthest, abs(w - 1 / scale))
    assert 0.9 * 1.4**2 < 2
    assert furthest < 0.01
    # Inputs that shrink to ±½ leave the rate 0.9 safe, and targets that follow leave w right.
    assert abs(1 - 0.9 * 0.5**2) < 1
    # A small mean leaves the loss nearly round: inputs −0.9 and 1.1, with a bias.
    A = np.array([[-0.9, 1.0], [1.1, 1.0]])
    assert np.linalg.eigvalsh(A.T @ A / 2) == pytest.approx([0.905, 1.105], abs=1e-3)
    # Of many inputs it does not: what one adds to the curvature along the mean counts n times.
    assert iid_condition_number(1, 0.3, 1.0, bias=True) < 2
    assert iid_condition_number(100, 0.3, 1.0, bias=True) == pytest.approx(119, abs=0.5)
    for n in (1, 2, 100):
        steepest = np.linalg.eigvalsh(np.eye(n) + 0.3**2 * np.ones((n, n)))[-1]
        assert steepest == pytest.approx(1 + n * 0.3**2)
    text = before_fold("covariate-shift")
    assert "*A mean small against the spread* does little for one input. Over $n$" in text
    # The larger the mean of 1 and 3 or 9 and 11, the steeper and the flatter.
    ends = [
        np.linalg.eigvalsh(np.array([[m * m + 1, m], [m, 1.0]])).tolist() for m in (0.0, 2.0, 10.0)
    ]
    assert ends[0] == [1, 1]
    assert ends[2][0] < ends[1][0] < 1 < ends[1][1] < ends[2][1]
    assert "A rate that is safe in the steep direction is slow in the flat one." in text
    assert "Each can occur, and do harm, without the other" in text
    assert "*A slow shift* does little while the rate still fits: the weights follow." in text
    # To 1 % of which distance.
    p, places = np.zeros(2), []
    for _ in range(80):
        places.append(np.linalg.norm(p - [1, -2]))
        p = p - np.array([[5.0, 2.0], [2.0, 1.0]]) @ (p - [1, -2]) / 3
    assert places[record.steps] <= 0.01 * places[0] < places[record.steps - 1]
    assert "steps until 1% of the distance is left" in text
    # A shift of the mean: both outputs 2 too high, and the rate that was fast diverges.
    p, x, y = np.array([1.0, 0.0]), np.array([1.0, 3.0]), np.array([-1.0, 1.0])
    assert (p[0] * x + p[1] - y).tolist() == [2, 2]
    far = []
    for _ in range(5):
        errors = p[0] * x + p[1] - y
        far.append(np.linalg.norm(errors))
        p = p - 0.9 * np.array([(errors * x).mean(), errors.mean()])
    assert np.all(np.diff(far) > 0)
    assert far[-1] > 50 * far[0]
    assert "so the rate 0.9, above 2/" in text
    assert "Both outputs are now 2 too high." in text
    inputs = np.random.default_rng(0).standard_normal((50, 100))
    rise = (inputs + 0.1) @ np.full(100, 0.1) - inputs @ np.full(100, 0.1)
    assert rise == pytest.approx(np.ones(50))
    assert "whose means rise by 0.1 each, raise the mean of the sum by 1" in text
    assert "In training mode it subtracts each unit's batch mean at each step" in text


def _batch_norm(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def test_batch_norm_can_hide_or_show_a_number_added_to_all_features_of_one_example():
    X = np.array([[1.0, 5.0], [3.0, 9.0], [0.0, 0.0]])
    added = X + np.array([[1.0], [0.0], [0.0]])
    assert np.allclose(_batch_norm(X[:2]), _batch_norm(added[:2]))
    assert not np.allclose(_batch_norm(X), _batch_norm(added))
    assert np.allclose(layer_norm(X[:2]), layer_norm(added[:2]))
    text = whole("batch-or-layer-norm")
    assert "changes nothing behind layer norm, and can change outputs behind batch norm" in text
    # The size is that of an example whose features differ.
    norm = lambda h: (h - np.mean(h)) / (np.var(h) + 1e-5) ** 0.5  # noqa: E731
    equal, near, apart = (np.linalg.norm(norm([5.0, 5.0, third])) for third in (5.0, 5.001, 6.0))
    assert equal == 0 < near < 0.3
    assert apart == pytest.approx(3**0.5, rel=1e-3)
    assert "fixes the size of each example whose features are not nearly equal." in text


def test_layer_norm_of_features_of_one_mean_can_leave_little_but_a_mean():
    X = np.array([[0.0, 1.0]] * 99 + [[200.0, 101.0]])
    assert X.mean(axis=0).tolist() == [2, 2]
    assert offset_share(X) < 0.02 < 0.95 < offset_share(layer_norm(X))
    # Of unequal means the subtraction leaves what differs, all of it if they add up to 0.
    unequal = np.array([[1.0, -3.0, 2.0], [3.0, -1.0, -2.0]])
    less = unequal - unequal.mean(axis=1, keepdims=True)
    assert less.mean(axis=0) == pytest.approx(unequal.mean(axis=0))
    text = whole("batch-or-layer-norm")
    assert "its division usually brings little back" in text
    assert "if their means differ, the subtraction leaves a part" in text


@pytest.mark.parametrize("seed", range(10))
def test_what_batch_norm_and_layer_norm_drop_and_keep(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((rng.integers(3, 9), rng.integers(3, 9)))
    level, size = rng.normal(0, 50, X.shape), rng.uniform(0.1, 10, X.shape)
    assert np.allclose(_batch_norm(level[0] + size[0] * X), _batch_norm(X))
    assert np.allclose(layer_norm(level[:, :1] + size[:, :1] * X), layer_norm(X), atol=1e-3)
    # Each keeps what the other drops, and layer norm does not look at the neighbors.
    assert not np.allclose(_batch_norm(level[:, :1] + X), _batch_norm(X), atol=0.1)
    assert not np.allclose(layer_norm(level[0] + X), layer_norm(X), atol=0.1)
    assert np.allclose(layer_norm(X)[0], layer_norm(np.vstack([X[:1], level]))[0])
    assert np.allclose(_batch_norm(X).mean(axis=0), 0)
    text = before_fold("batch-or-layer-norm")
    assert "keeps the pattern of the examples in each feature, and drops the feature" in text
    assert "keeps the pattern inside an example, and drops the example" in text
    assert "padding tokens do not matter" in text


@pytest.mark.parametrize("seed", range(10))
def test_centralized_steps_keep_the_sum_of_the_weights_until_adam_or_decay_moves_it(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.random((30, 4)) + rng.normal(0, 2, 4), rng.normal(0, 3, 30)
    start = rng.standard_normal(4)
    ends = {}
    for way in ("plain", "momentum", "decay", "Adam"):
        w, m, v = start, np.zeros(4), np.zeros(4)
        for count in range(1, 20):
            x, error = X[count % 30], X[count % 30] @ w - y[count % 30]
            g = error * x - np.mean(error * x)
            # Of one example: the error times the inputs less their own mean.
            np.testing.assert_allclose(g, error * (x - x.mean()), atol=1e-9)
            assert abs(g.sum()) < 1e-9
            if way == "momentum":
                g = m = 0.9 * m + g
            elif way == "decay":
                g = g + 0.1 * w
            elif way == "Adam":
                m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
                g = m / (1 - 0.9**count) / np.sqrt(v / (1 - 0.999**count))
            w = w - 0.01 * g
        ends[way] = w.sum() - start.sum()
    assert abs(ends["plain"]) < 1e-12 > abs(ends["momentum"])
    assert abs(ends["Adam"]) > 1e-4
    # Decay does not act on the gradient: it shrinks a sum, and from sum 0 moves nothing.
    assert ends["decay"] == pytest.approx(((1 - 0.01 * 0.1) ** 19 - 1) * start.sum())
    text = before_fold("gradient-centralization")
    assert "Yes, with the sum of the weights held fixed" in text
    assert "The price: in plain descent the sum of the weights stays as it started" in text
    assert "With Adam the sum can move, because Adam rescales each entry" in text
    assert "Weight decay shrinks it, if it is not 0" in text


def test_the_code_of_centralization_makes_of_3_4_5_what_it_says():
    g = np.array([[3.0, 4.0, 5.0]])
    g -= g.mean(axis=1, keepdims=True)
    assert g.tolist() == [[-1, 0, 1]]
    # Equal means, however large: the step has no part along the steep direction.
    rng = np.random.default_rng(5)
    for mean in (1.0, 10.0, 1000.0):
        X = mean + rng.standard_normal((50, 6))
        d = rng.standard_normal(6)
        g = X.T @ (X @ d) / 50
        after = d - 1e3 * (g - g.mean())
        assert after.sum() == pytest.approx(d.sum(), rel=1e-6, abs=1e-6 * np.abs(after).max())
    # A layer with one input would never learn.
    one = np.array([[3.0], [-4.0]])
    assert not (one - one.mean(axis=1, keepdims=True)).any()
    text = before_fold("gradient-centralization")
    assert "for each linear layer with many inputs, before" in text
    assert "lies along (1, …, 1), where a centralized step does not go" in text
    assert "g -= g.mean(dim=1, keepdim=True)" in text


@pytest.mark.parametrize("seed", range(10))
def test_centralized_descent_lowers_the_loss_and_reaches_only_weights_of_its_sum(seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.random((20, 5)) + rng.normal(0, 3, 5), rng.standard_normal(20), np.zeros(5)

    def loss(v):
        return np.mean((X @ v - y) ** 2) / 2

    g = X.T @ (X @ w - y) / 20
    rest = g - g.mean()
    assert loss(w - 1e-4 * rest / np.linalg.norm(rest)) < loss(w)
    # Equal input sums: a bias makes up for the sum of the weights; unequal: it does not.
    equal = np.array([[4.0, 6.0], [6.0, 4.0], [7.0, 3.0]])
    unequal = np.array([[4.0, 6.0], [6.0, 4.0], [1.0, 1.0]])
    for inputs, made_up in ((equal, True), (unequal, False)):
        goal = inputs @ [2.0, 0.0]
        A = np.column_stack([inputs @ [1.0, -1.0], np.ones(3)])
        left = A @ np.linalg.lstsq(A, goal, rcond=None)[0] - goal
        assert (np.abs(left).max() < 1e-9) == made_up
    text = before_fold("gradient-centralization")
    # Without the bias: from (0, 0) to the point of sum 0 with the least loss, and both errors −10.
    X, y, w = np.array([[4.0, 6.0], [6.0, 4.0]]), np.array([8.0, 12.0]), np.zeros(2)
    assert (X @ [2.0, 0.0]).tolist() == y.tolist()
    for _ in range(80):
        g = (X @ w - y) @ X / 2
        w = w - 2 / 3 * (g - g.mean())
    assert w == pytest.approx([1, -1])
    assert X @ w - y == pytest.approx([-10, -10])
    assert "Without the bias (2, 0) would be right, and from (0, 0) it is out of reach" in text
    assert "only as far as all examples have the same input sum, here 10" in text


def test_means_of_different_signs_keep_their_steep_direction_behind_centralization():
    X = np.array([[4.0, -6.0], [6.0, -4.0]])
    M = X.T @ X / 2
    assert (M @ [1, -1]).tolist() == [50, -50]
    for x in X:
        assert (x - x.mean()) @ [1, 1] == 0
        assert (x - x.mean()).tolist() == [5, -5]
    # In the example the other way round, and along (1, 1) no step is left.
    M = np.array([[4.0, 6.0], [6.0, 4.0]]) @ np.array([[4.0, 6.0], [6.0, 4.0]]) / 2
    assert (M @ [1, 1]).tolist() == [50, 50]
    assert (M @ [1, -1]).tolist() == [2, -2]
    # The second difference along (1, 1): 50 for half the squared error, and not for the whole.
    X, way = np.array([[4.0, 6.0], [6.0, 4.0]]), np.array([1.0, 1.0]) / np.sqrt(2)
    square = [np.mean((X @ (t * way)) ** 2) for t in (-1, 0, 1)]
    assert np.diff(square, 2) == pytest.approx([2 * 50])
    text = before_fold("gradient-centralization")
    assert "For the mean of ½ error² the weights' gradient is" in text
    assert "for (4, −6) and (6, −4) the steep direction is (1, −1), which is kept" in text
    # With a 1 for the bias, two parts at right angles: their squared lengths are the curvatures.
    for middle, values in (([5.0, 5.0, 1.0], [0, 2, 51]), ([0.0, 0.0, 1.0], [0, 1, 2])):
        Z = np.array(middle) + np.array([[-1.0, 1.0, 0.0], [1.0, -1.0, 0.0]])
        assert np.linalg.eigvalsh(Z.T @ Z / 2) == pytest.approx(values, abs=1e-12)
        # The mean part and the difference of both errors, a step at the best rate.
        rate, errors = 2 / sum(values), np.array([-8.0, -12.0])
        after = errors - rate * Z @ Z.T @ errors / 2
        left = (values[2] - values[1]) / sum(values)
        assert abs(after.sum()) == pytest.approx(left * 20)
        assert abs(np.ptp(after)) == pytest.approx(left * 4)
    assert "two perpendicular parts, whose squared lengths 51 and 2 are the curvatures" in text


@pytest.mark.parametrize("seed", range(8))
def test_behind_batch_norm_a_shift_of_the_means_and_a_common_scale_do_not_get_through(seed):
    rng = np.random.default_rng(seed)
    X, w = rng.standard_normal((40, 5)), rng.standard_normal((5, 3))
    out = _batch_norm(X @ w)
    for moved in (X + rng.normal(0, 30, 5), 7 * X, 0.01 * X - 4):
        assert np.allclose(_batch_norm(moved @ w), out, atol=1e-6)
    unequal = X * [1, 1, 1, 1, 1000]
    assert not np.allclose(_batch_norm(unequal @ w), out, atol=0.1)
    # Practically that one input, before and after the division.
    normed = _batch_norm(unequal @ w)
    assert np.abs(np.corrcoef(normed.T, X[:, 4])[-1, :-1]).min() > 0.99
    # One that is far out.
    far = _batch_norm(np.append(rng.standard_normal(31), 1000.0)[:, None])
    assert np.ptp(far[:-1]) < 0.05
    # The first two moments stay, whatever the distribution does.
    for batch in (X @ w, np.exp(X @ w), (X @ w) ** 3 + 5):
        assert np.allclose(_batch_norm(batch).mean(axis=0), 0, atol=1e-9)
        assert np.allclose(_batch_norm(batch).std(axis=0), 1)
    text = before_fold("batch-norm-for-inputs")
    assert "so a factor on *all* inputs cancels, but not their ratio inside the sum" in text
    assert "an outlier squeezes all others" in text
    assert "at a zero-padded border the cancellation can fail" in text
    assert "holds each unit's mean and variance still" in before_fold("covariate-shift")


def test_spreads_that_change_can_shrink_or_grow_the_distance():
    factors = [1 - spread**2 for spread in (0.8, 1.2, 1.5, 2)]
    assert factors == pytest.approx([0.36, -0.44, -1.25, -3])
    # A factor below −1 is not yet growth over two steps.
    assert abs(factors[0] * factors[2]) < 1 < abs(factors[0] * factors[3])
    # With targets that stay ±1 another w would be right at each spread, and neither is reached.
    followed = kept = 0.0
    for step in range(201):
        spread = (0.8, 1.2)[step % 2]
        followed -= spread**2 * (followed - 1)
        kept -= spread**2 * (kept - 1 / spread)
    assert abs(followed - 1) < 1e-9
    assert min(abs(kept - 1 / 0.8), abs(kept - 1 / 1.2)) > 0.05
    text = whole("covariate-shift")
    assert "with the rate 1 and one right $w$ for both" in text
    assert "1 − 1.2² = −0.44" in text
    assert "the second factor is −3, and 0.36 · 3 is above 1: the distance grows" in text


@pytest.mark.parametrize("seed", range(12))
def test_the_brake_turns_weights_behind_batch_norm_and_not_the_scale_behind_it(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((30, 4)) + rng.normal(0, 3, 4), rng.standard_normal(30)
    w = rng.standard_normal(4)

    def slope(w):
        s = X @ w
        z = (s - s.mean()) / s.std()
        e = (z - y) / len(y)
        return X.T @ (e - e.mean() - z * np.mean(e * z)) / s.std()

    g = slope(w)
    size = np.linalg.norm(g) * np.linalg.norm(w)
    assert abs(g @ w) < 1e-9 * size
    np.testing.assert_allclose(slope(10 * w), g / 10, atol=1e-9 * np.abs(g).max())
    for rate in (0.1, 10.0, 1e4):
        after = w - rate * g
        length = np.linalg.norm(w) ** 2 + rate**2 * np.linalg.norm(g) ** 2
        assert np.linalg.norm(after) ** 2 == pytest.approx(length)
        # The direction after such a step turns as at length 1 with the rate over the square.
        turned = after - rate * slope(after)
        unit = after / np.linalg.norm(after)
        same = unit - rate / length * slope(unit)
        cosine = turned @ same / np.linalg.norm(turned) / np.linalg.norm(same)
        assert cosine == pytest.approx(1)
    # The factor behind it has the curvature 1, at whatever value: above the rate 2 it runs away.
    z, gamma = (X @ w - np.mean(X @ w)) / np.std(X @ w), 1.0
    best = np.mean(z * y)
    for _ in range(60):
        gamma -= 2.5 * np.mean((gamma * z - y) * z)
    assert abs(gamma - best) > 1e6 * abs(1 - best)
    # Where the mean of the inputs is small against their spread the steep direction stays.
    H = np.diag([100.0, 1.0])
    steep = [np.linalg.eigvalsh(M)[-1] for M in (H, H + np.outer([0, 1], [0, 1]))]
    assert steep == pytest.approx([100, 100])
    text = before_fold("batch-norm-rate")
    assert "removes the steep direction that a large mean of the inputs makes" in text
    assert "stands at a right angle to w" in text
    assert "a gradient step lengthens the weights, a large one much" in text
    assert "The factor γ behind batch norm has no brake either" in text


def test_centering_prevents_the_explosion_at_one_rate_and_the_brake_at_all_three():
    X = np.array([[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 3.0]])
    y, left = X[:, 0] - 2, {}

    def behind(w):
        s = X @ w
        z = (s - s.mean()) / s.std()
        e = (z - y) / 4
        return np.mean((z - y) ** 2) / 2, X.T @ (e - e.mean() - z * np.mean(e * z)) / s.std()

    def linear(inputs):
        return lambda w: (np.mean((inputs @ w - y) ** 2) / 2, inputs.T @ (inputs @ w - y) / 4)

    raw = np.column_stack([X, np.ones(4)])
    start = np.array([0.6, 0.8])
    for rate in (1.0, 2.0, 10.0, 100.0):
        for way, descent, w in (
            ("raw", linear(raw), np.append(start, -2.8)),
            ("centered", linear(X - 2), start),
            ("norm", behind, start),
        ):
            for _ in range(10):
                w = w - rate * descent(w)[1]
            left[way, rate] = descent(w)[0]
    assert left["raw", 1.0] > 1e9
    assert left["centered", 1.0] < 1e-12
    for rate in (10.0, 100.0):
        assert min(left["raw", rate], left["centered", rate]) > 1e9
        assert left["norm", rate] < 0.4
    # Ten steps at the rate 10 leave more than at 1 and at 2, and at 100 more again.
    assert max(left["norm", 1.0], left["norm", 2.0]) < 1e-6
    assert 1e-3 < left["norm", 10.0] < left["norm", 100.0] / 5
    numbers = CLAIMS["networks.convolution"].check(0).numbers
    assert numbers["full_norm_size"] == numbers["full_plain_size"]
    assert numbers["full_norm"] < numbers["full_plain"]
    text = whole("batch-norm-rate")
    assert "and so prevents the explosion at rate 1; at 10 and 100 only the brake does." in text
    assert "At 10, and more so at 100, it also slows learning." in text
    assert "with and without batch norm, though in fewer steps with it" in text


def test_large_batches_that_differ_keep_the_two_modes_apart():
    batches = [np.tile(values, 50) for values in ([0.0, 2.0], [8.0, 10.0])]
    mean, variance = 0.0, 1.0
    for _ in range(500):
        for batch in batches:
            mean += 0.1 * (batch.mean() - mean)
            variance += 0.1 * (batch.var(ddof=1) - variance)
    assert (10 - batches[1].mean()) / batches[1].std() == 1
    assert (10 - mean) / variance**0.5 > 4
    assert "*With unmixed batches,* say of one class each" in before_fold("train-and-eval")


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
    assert "it is the gradient of centered inputs" in before_fold("batch-norm-gradient")


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
    text = before_fold("batch-norm-gradient")
    assert "a false part is added: the inputs' mean times" in text
    assert "in general gets a gradient, although no shift of it changes an output" in text


@pytest.mark.parametrize("seed", range(10))
def test_three_paths_and_the_gradients_of_scale_and_shift_by_differences(seed):
    rng = np.random.default_rng(seed)
    n, epsilon = int(rng.integers(3, 9)), 10 ** rng.uniform(-5, 0)
    s, targets = rng.normal(2, 3, n), rng.standard_normal(n)
    scale, shift = rng.normal(0, 2, 2)

    def loss(p):
        s, (scale, shift) = p[:n], p[n:]
        normed = (s - s.mean()) / np.sqrt(s.var() + epsilon)
        return np.sum((scale * normed + shift - targets) ** 4)

    sigma = np.sqrt(s.var() + epsilon)
    normed = (s - s.mean()) / sigma
    h = 4 * (scale * normed + shift - targets) ** 3
    g = scale * h
    # Each path by itself: the other two things that depend on the sums are held.
    direct, mean, deviation = g / sigma, -g.mean() / sigma, -normed * np.mean(g * normed) / sigma
    ends = np.r_[direct + mean + deviation, h @ normed, h.sum()]
    slopes = numerical_gradient(loss, np.r_[s, scale, shift])
    assert np.allclose(ends, slopes, rtol=1e-4, atol=1e-4 * np.abs(slopes).max())
    through = lambda m, d: g @ ((s - m) / d)  # noqa: E731
    step = 1e-6
    by_mean = (through(s.mean() + step, sigma) - through(s.mean() - step, sigma)) / (2 * step)
    by_deviation = (through(s.mean(), sigma + step) - through(s.mean(), sigma - step)) / (2 * step)
    assert by_mean / n == pytest.approx(mean, rel=1e-4, abs=1e-6 * np.abs(direct).max())
    assert np.allclose(
        by_deviation * normed / n, deviation, rtol=1e-4, atol=1e-6 * np.abs(direct).max()
    )
    text = before_fold("batch-norm-gradient")
    assert (
        "β has the gradient $\\sum_kh_k$, γ has $\\sum_kh_k\\hat x_k$, and $g_k=\\gamma h_k$"
        in text
    )
    assert "acts on its own output directly, and on all outputs through the batch's mean" in text
    # What each path does to the outputs, to first order.
    k, t = int(rng.integers(n)), 1e-7
    raised = s + t * np.eye(n)[k]
    assert (raised.mean() - s.mean()) / t == pytest.approx(1 / n, rel=1e-4)
    grown = np.sqrt(raised.var() + epsilon)
    assert (grown - sigma) / t == pytest.approx(normed[k] / n, rel=1e-3, abs=1e-6)
    falls = normed - (s - s.mean()) / grown
    assert falls / t == pytest.approx(normed * normed[k] / (n * sigma), rel=1e-3, abs=1e-5)
    assert (
        "σ rises by $t\\,\\hat x_k/N$, since $\\partial\\sigma/\\partial s_k=(s_k-\\mu)/(N" in text
    )
    assert "So each $\\hat x_j$ falls by $\\hat x_j$ times $t\\,\\hat x_k/(N\\sigma)$" in text
    assert "μ rises by $t/N$, so each $\\hat x_j$ falls by $t/(N\\sigma)$" in text


def test_a_constant_under_the_root_leaves_a_part_along_the_normalized_values():
    s, g = np.array([5.0, 3.0, 5.0, 3.0]), np.array([6.0, 2.0, 0.0, 0.0])
    # The formula's x̂ is then shorter than 1 in the root mean square.
    back = _normed_back(s, g, epsilon=0.5)
    loss = lambda s: g @ ((s - s.mean()) / np.sqrt(s.var() + 0.5))  # noqa: E731
    assert back == pytest.approx(numerical_gradient(loss, s), abs=1e-8)
    assert back.sum() == pytest.approx(0)
    assert abs(back @ (s - 4)) > 0.05
    # Hence "with ε = 0 no output changes": with it a stretch changes them.
    stretched = 4 + 2 * (s - 4)
    assert loss(stretched) > loss(s) + 0.1
    assert g @ (stretched - 4) / stretched.std() == g @ (s - 4) / s.std()
    text = before_fold("batch-norm-gradient")
    said = "stretch the sums' distances from the mean, and no output changes."
    assert said in whole("batch-norm-gradient")
    assert "where a tiny ε keeps it from being 0" in text
    assert "and their product with $\\hat x$ only nearly" in whole("batch-norm-gradient")
    # What holds the deviation constant adds up to 0, too, and its products with the outputs do not.
    record = EXAMPLES["batch-norm-backward"]()
    less_mean = record.incoming - record.incoming.mean()
    assert less_mean.sum() == 0
    assert less_mean @ record.normed == pytest.approx(4)
    assert record.gradient @ record.normed == pytest.approx(0)
    assert "test that each unit's $\\delta_k$ add up to 0." in before_fold("batch-norm-gradient")
    assert "of the bias alone, from 0 at the rate 0.1, it is" in before_fold("batch-norm-gradient")


def test_with_constants_for_mean_and_deviation_a_bias_counts():
    s = np.array([5.0, 3.0, 5.0, 3.0])
    outputs = [(s + b - 4) / 2**0.5 for b in (0.0, 1.0)]
    assert np.allclose(np.diff(outputs, axis=0), 1 / 2**0.5)
    assert "In evaluation mode, or frozen, mean and deviation *are* constants" in before_fold(
        "batch-norm-gradient"
    )


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
        # Over perpendicular directions it adds up to the number, and along the mean there is its
        # share of that at least.
        assert np.trace(M) == pytest.approx(n)
        unit = mean / np.linalg.norm(mean)
        assert unit @ M @ unit >= mean @ mean * (1 - 1e-12)
    text = before_fold("rms-norm-and-centering")
    assert "all tokens get one size, which bounds the curvature by $n$" in text
    assert "Along the vector $m$ of the column means it is at least" in text


def test_the_norm_matters_little_where_means_of_rows_are_near_zero_and_much_where_not():
    model = load_language_model()
    tokens = rms_norm(model.stream[15][~model.first])
    random = np.random.default_rng(0).standard_normal((2000, 50))
    for x in (tokens, rms_norm(random)):
        assert np.mean(x.mean(axis=1) ** 2) < 0.025
    tops = [
        np.linalg.eigvalsh(normed.T @ normed / 2000)[-1]
        for normed in (layer_norm(random + 3), rms_norm(random + 3))
    ]
    assert tops[1] > 10 * tops[0]
    text = before_fold("rms-norm-and-centering")
    record = EXAMPLES["today-columns"]()
    for after_rms, after_layer in zip(record.rms, record.layer, strict=True):
        assert f"{after_rms:.0f}" == f"{after_layer:.0f}"
    assert "behind either norm. With the columns centered it is" in text
    told = "If all features share one large mean, each row's mean is about the same, and layer"
    assert told in text


def test_subtracting_row_means_removes_one_mean_of_all_features_and_no_other():
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4000, 30))
    for means, left in ((np.full(30, 5.0), False), (rng.normal(0, 5, 30), True)):
        z = x - x.mean(axis=0) + means
        rest = (z - z.mean(axis=1, keepdims=True)).mean(axis=0)
        assert (abs(rest).max() > 1e-9) == left
    assert "Layer norm does not remove that in general either" in before_fold(
        "rms-norm-and-centering"
    )


def test_batch_norm_mixes_tokens_in_training_and_not_with_fixed_numbers():
    rng = np.random.default_rng(0)
    token, one, other = (rng.standard_normal((k, 4)) for k in (1, 5, 5))
    batches = [np.vstack([token, rest]) for rest in (one, other)]
    assert not np.allclose(*(batch_norm(x)[0] for x in batches))
    mean, deviation = one.mean(axis=0), one.std(axis=0)
    assert np.allclose(*(((x - mean) / deviation)[0] for x in batches))
    assert "batch norm would in training make" in whole("rms-norm-and-centering")


def test_what_leaves_rows_a_mean_of_zero_leaves_columns_theirs():
    x = layer_norm(np.array([[5.0, 0.0, 1.0], [7.0, 3.0, 2.0]]))
    assert np.allclose(x.sum(axis=1), 0)
    assert np.allclose(x.sum(axis=0), 2 * x.mean(axis=0))
    assert abs(x.sum(axis=0)).min() > 1
    text = whole("rms-norm-and-centering")
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
    text = before_fold("layer-norm-mean")
    assert "subtract from *every* matrix whose output adds to $x$ its column means" in text
    # The general formula, and that the matrix of ones over d takes the means of columns.
    (W, _), h = parts[0], inputs[0]
    less = W - np.ones((9, 9)) @ W / 9
    assert np.allclose(less, W - W.mean(axis=0))
    assert np.allclose(rms_norm(h @ less.T), layer_norm(h @ W.T))
    assert r"W'=W-\tfrac1d\mathbf 1\mathbf 1^\top W" in text
    assert "From a bias subtract its mean, too" in whole("layer-norm-mean")


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(2, 9))
def test_row_subtraction_takes_from_column_means_what_all_features_share_and_no_more(seed, N, d):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N, d)) + 10 * rng.normal(size=d) + 10 * rng.normal()
    left = (X - X.mean(axis=1, keepdims=True)).mean(axis=0)
    means = X.mean(axis=0)
    assert np.allclose(left, means - means.mean())
    assert "layer norm's subtraction removes only what all features share" in (
        whole("layer-norm-mean")
    )
    if np.ptp(means) > 1e-6:
        assert np.abs(left).max() > 0
    assert "Batch norm removes it, layer norm in general does not" in before_fold("layer-norm-mean")
    # Nor does the mean of a matrix's columns do it: what is left adds up to 0 over the features.
    W = rng.standard_normal((d, 3))
    sums = (X[:, :1] + rng.standard_normal((N, 3)) + 5) @ (W - W.mean(axis=0)).T
    assert np.allclose(sums.mean(axis=1), 0, atol=1e-8)
    assert np.abs(sums.mean(axis=0)).max() > 0


@given(st.integers(0, 2**32 - 1), st.integers(2, 600))
def test_norms_undo_a_factor_and_nearly_agree_on_rows_of_a_small_mean(seed, d):
    x = np.random.default_rng(seed).normal(size=(1, d))
    for norm in (layer_norm, rms_norm):
        assert np.allclose(norm(100 * x), norm(x), atol=1e-2)
    # Only what lies along (1, …, 1) is removed.
    removed = x - (x - x.mean())
    assert np.ptp(removed) < 1e-12
    small = x - x.mean() + 0.01 * x.std()
    assert np.abs(layer_norm(small) - rms_norm(small)).max() < 0.011
    text = before_fold("layer-norm-mean")
    assert "The division stays: 100$x$ gives what $x$ gave." in text
    assert "where that mean is small, its subtraction changes little" in text


def test_the_row_mean_of_independent_features_is_a_dth_and_a_large_one_hides_the_rest():
    rng = np.random.default_rng(0)
    for d in (2, 10, 100):
        for x in (rng.standard_normal((20_000, d)), rng.exponential(1, (20_000, d)) - 1):
            share = np.mean(x.mean(axis=1) ** 2) / np.mean(x**2)
            assert share == pytest.approx(1 / d, rel=0.05)
    far = np.array([[109.0, 110.0, 114.0]])
    assert np.abs(rms_norm(far) - 1).max() < 0.03
    assert layer_norm(far) == pytest.approx(layer_norm(far - 100), abs=1e-9)
    # Behind ReLUs or sigmoids the mean of the row is large.
    sums = rng.standard_normal((1000, 50))
    for read in (np.maximum(sums, 0), 1 / (1 + np.exp(-sums))):
        assert np.mean(read.mean(axis=1) ** 2) > 0.3 * np.mean(read**2)
    # Layer norm makes each row add up to 0, and so, if it is not 0, gives it both signs.
    normed = layer_norm(sums + 5)
    assert np.allclose(normed.sum(axis=1), 0)
    assert (normed.min(axis=1) < 0).all()
    assert (normed.max(axis=1) > 0).all()
    text = before_fold("layer-norm-mean")
    assert "is on average $1/d$ of the mean square" in text
    # Not "why it learns as well": the comparisons are those of one paper.
    assert "**Why it can learn as well.**" in text
    assert "because RMS norm makes the features nearly equal, as in the last row" in text
    assert (
        "Layer norm makes each *example's* features add up to 0, mixing signs unless all are equal"
        in text
    )


def _behind(X, w, g, *, scale=1.0, shift=0.0):
    """Return a normed unit's outputs, and the errors and the weights' gradient of Σ gₖ·outputₖ."""
    s = X @ w
    z = (s - s.mean()) / s.std()
    errors = scale * (g - g.mean() - z * np.mean(g * z)) / s.std()
    return scale * z + shift, errors, X.T @ errors


@given(st.integers(0, 2**32 - 1), st.integers(3, 20), st.sampled_from([0.0, 2.0, 50.0]))
def test_what_relus_put_out_acts_as_centered_in_front_of_the_next_batch_norm(seed, n, offset):
    rng = np.random.default_rng(seed)
    X = np.maximum(rng.standard_normal((n, 4)), 0) + offset
    X[0], X[1] = X[0] + 1, X[1] + [1, 2, 0, 3]
    w, g = rng.standard_normal(4) + 3, rng.standard_normal(n)
    how = {"scale": rng.uniform(0.5, 2), "shift": rng.standard_normal()}
    outputs, errors, gradient = _behind(X, w, g, **how)
    centered = _behind(X - X.mean(axis=0), w, g, **how)
    assert np.allclose(outputs, centered[0], atol=1e-8)
    assert np.allclose(errors, centered[1], atol=1e-8)
    assert np.allclose(gradient, centered[2], atol=1e-7)
    assert errors.sum() == pytest.approx(0, abs=1e-9)
    # With errors that do not add up to 0 the mean stays in the gradient.
    plain = X.T @ g, (X - X.mean(axis=0)).T @ g
    assert np.allclose(plain[0] - plain[1], g.sum() * X.mean(axis=0), atol=1e-8)
    text = before_fold("norm-then-relu")
    assert "In training that is as good as centering the inputs, for outputs and gradients" in text
    assert "So the slopes δ by the sums are 3·⅔ = 2, −1 and −1." in text
    assert "They add up to 0, since raising all sums alike changes nothing" in text
    # Raising one sum by 1 moves the outputs by ⅔ and −⅓.
    for k in range(3):
        rise = np.eye(3)[k] - 1 / 3
        assert rise[k] == pytest.approx(2 / 3)
        assert np.delete(rise, k) == pytest.approx([-1 / 3, -1 / 3])
    assert "the mean rises by ⅓, the first output by ⅔. Raise another: it falls by ⅓." in text
    assert "Batch norm's division changes the errors, but not their sum 0" in whole(
        "norm-then-relu"
    )


def test_the_measured_rows_say_which_mean_batch_norm_leaves():
    numbers = CLAIMS["networks.convolution"].result().numbers
    assert numbers["full_norm_centered"] == numbers["full_norm"]
    assert numbers["full_norm_output"] < numbers["full_norm"] / 2
    assert "with batch norm, centering what the last layer reads cut the steps from" in whole(
        "norm-then-relu"
    )


def test_a_constant_on_relus_leaves_one_function_and_costs_only_without_batch_norm():
    record = EXAMPLES["norms-added-constant"]()
    plain, normed = zip(*record.ranges, strict=True)
    assert len(set(normed)) == 1
    # A large mean costs each start more than ReLU's own costs any.
    assert plain[2][0] > plain[1][1]
    assert record.rows[1][2] < 1.2 * record.rows[0][2]
    rng = np.random.default_rng(0)
    a, V = np.maximum(rng.standard_normal((50, 30)), 0), rng.standard_normal((30, 30))
    for c in (-0.56, 1.0):
        assert np.allclose((a + c) @ V - c * V.sum(axis=0), a @ V)
        assert np.allclose(batch_norm((a + c) @ V), batch_norm(a @ V))
    text = whole("norm-then-relu")
    assert "or batch norm, make up for it at the start" in text
    # Once "costs little": where ReLU less its mean was no faster it costs nothing.
    assert 0 < record.free < record.starts == 5
    assert "ReLU's own mean costs little, and nothing in {example}`norms-added-constant" in text
    assert "with it: there the mean costs nothing." in text


def test_rates_at_which_the_loss_first_rises_can_be_the_fastest_with_batch_norm(monkeypatch):
    numbers = CLAIMS["networks.convolution"].result().numbers
    family, theta, images, tests = convolution_start("norm")
    monkeypatch.setattr(_race, "_DIVERGED", 1e9)
    sizes, target = 2.0 ** np.arange(1, 4), numbers["target"]
    run = race(family, theta, images, tests, step_sizes=sizes, targets=(target,), limit=100)
    assert np.median(run.fewest) < numbers["full_norm"] - 2
    assert np.median(sizes[run.best[:, 0]]) > numbers["full_norm_size"]
    said = "Learning rates at which the loss rose above three times"
    for name in ("batch-norm-fixes", "still-matters", "relu-popular"):
        assert said in whole(name)
    # The optimizers' runs are judged by the losses of an earlier step, of all that are compared.
    said = "A run was dropped once its loss exceeded three times the largest that the runs compared"
    assert said in whole("adam")
    said = "With no loss above three times the largest first one of the runs compared, a small"
    assert said in whole("batch-norm-rate")


@pytest.mark.parametrize("seed", range(5))
def test_a_shift_behind_relu_moves_units_up_or_down_and_each_by_one_amount(seed):
    rng = np.random.default_rng(seed)
    read, W = np.maximum(rng.standard_normal((30, 8)), 0), rng.standard_normal((8, 20))
    moved = (read + 5) @ W - read @ W
    # Once "all by the same amount": of a unit, in all examples; not of all units, nor all up.
    assert np.allclose(moved, moved[0])
    assert moved[0].min() < 0 < moved[0].max()
    assert np.allclose(batch_norm((read + 5) @ W), batch_norm(read @ W))
    page = whole("norm-then-relu")
    assert "Each unit's sums shift, up or down, but in all examples by the same amount" in page


def test_at_a_padded_border_and_behind_layer_norm_a_mean_stays():
    kernel, x = np.array([1.0, 2.0, 3.0]), np.random.default_rng(0).random((8, 6))
    sums = [
        np.array([np.convolve(row, kernel[::-1], mode="same") for row in rows])
        for rows in (x, x + 5)
    ]
    # One mean for all places, as a convolution's batch norm subtracts.
    left = [s - s.mean() for s in sums]
    assert not np.allclose(*left)
    inside = [s[:, 1:-1] - s[:, 1:-1].mean() for s in sums]
    assert np.allclose(*inside)
    read = np.array([[11.0, 9.0], [12.0, 8.0]])
    assert (layer_norm(read)[:, 0] > 0).all()
    text = whole("norm-then-relu")
    assert "subtract no mean over examples, so a feature's mean can stay" in text
    assert "At a zero-padded border the sums miss a part of the mean, so one mean per" in text


def test_the_gradient_of_a_batch_behind_a_norm_can_still_have_one_sign():
    X, errors = np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([1.0, -1.0])
    assert errors.sum() == 0
    assert (errors @ X).tolist() == [-1, -2]
    text = before_fold("norm-then-relu")
    # One example's loss has a gradient of both signs, too: its part of the sum has one.
    assert "Each example's part, such as 2(1, 4), is. Their sum need not be, since the δ" in text
    # The page's own batch: both signs.
    record = EXAMPLES["batch-norm-behind-relu"]()
    assert record.back.sum() == 0
    assert (record.plain > 0).all()
    assert np.sign(record.gradient).tolist() == [-1, 1]
    assert np.count_nonzero(record.arriving) == 1
    for part in record.back[:, None] * (record.centered + record.mean):
        assert part.min() * part.max() >= 0


@pytest.mark.parametrize("seed", range(5))
def test_without_the_bend_layers_and_norms_are_one_linear_layer_for_a_batch(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((50, 3)) + 2
    V, W = rng.standard_normal((3, 6)), rng.standard_normal((6, 4))
    one = np.column_stack([X, np.ones(50)])
    for bend in (False, True):
        h = batch_norm(X @ V)
        out = batch_norm((np.maximum(h, 0) if bend else h) @ W)
        fitted = one @ np.linalg.lstsq(one, out, rcond=None)[0]
        assert np.allclose(fitted, out) != bend
    text = before_fold("norm-then-relu")
    assert "bends: without it all layers would be one linear layer for a given batch" in text


def test_of_relus_mean_the_square_is_one_over_pi_of_the_mean_square_and_the_mean_is_not():
    z, weights = np.polynomial.hermite_e.hermegauss(200)
    weights = weights / weights.sum()
    mean, square = weights @ np.maximum(z, 0), weights @ np.maximum(z, 0) ** 2
    assert mean**2 / square == pytest.approx(1 / np.pi, abs=0.005)
    assert mean / square == pytest.approx(0.8, abs=0.01)
    assert "whose square is 1/π of the mean square" in whole("batch-norm-fixes")


def test_with_adam_batch_norm_alone_gained_nothing_in_the_network():
    numbers = CLAIMS["networks.convolution"].result().numbers
    assert numbers["adam_norm"] >= numbers["adam_plain"] > numbers["adam_norm_output"]
    assert "with batch norm, so nothing was gained, and" in whole("batch-norm-fixes")


@pytest.mark.parametrize("seed", range(5))
def test_the_means_cancel_in_the_gradient_unless_the_statistics_are_frozen(seed):
    rng = np.random.default_rng(seed)
    X, w, y = rng.standard_normal((30, 3)) + 4, rng.standard_normal(3), rng.standard_normal(30)
    back = _through_batch_norm(X @ w, X @ w - y)
    assert abs(back.sum()) < 1e-9
    assert np.allclose(back @ X, back @ (X - X.mean(axis=0)))
    # Fixed averages: the errors are only divided, and their sum times the mean is left.
    held = (X @ w - 1.5) / 2 - y
    assert not np.allclose(held @ X, held @ (X - X.mean(axis=0)), atol=0.1)
    # A batch of 25: its mean is off by 0.2.
    means = rng.standard_normal((4000, 25)).mean(axis=1)
    assert means.std() == pytest.approx(0.2, abs=0.01)
    text = before_fold("batch-norm-for-inputs")
    assert "because a fixed number is subtracted, and the δ need not add up to 0" in text
    for name in ("norm-then-relu", "batch-norm-fixes"):
        assert "subtracts a fixed number, so the δ need not add up to 0" in before_fold(name)
    assert "the mean is typically off by 1/√25 = 0.2 standard deviations" in text


def test_with_the_inputs_as_they_are_the_loss_comes_below_a_hundredth_and_jumps_up_again():
    for factor, arrives, leaves in ((10, 21, True), (1, 4, False)):
        X = np.array([[-1.0, -factor], [-1.0, factor], [1.0, -factor], [1.0, factor]])
        y, w, seen = X[:, 0], np.ones(2), []
        for _ in range(60):
            normed = _batch_norm(X @ w[:, None])[:, 0]
            seen.append(0.5 * np.mean((normed - y) ** 2))
            w = w - _through_batch_norm(X @ w, normed - y) @ X / 4
        assert np.flatnonzero(np.array(seen) < 0.01)[0] == arrives
        assert (max(seen[arrives:]) > 0.5) == leaves
    text = before_fold("batch-norm-for-inputs")
    assert "and then it jumps up again" in text


def test_a_larger_rate_happens_to_help_the_first_step_and_lets_the_shift_diverge():
    X = np.array([[2.0, 20.0], [2.0, 40.0], [4.0, 20.0], [4.0, 40.0]])
    y, w = np.array([-1.0, -1.0, 1.0, 1.0]), np.ones(2)
    normed = _batch_norm(X @ w[:, None])[:, 0]
    w = w - 10 * _through_batch_norm(X @ w, normed - y) @ X / 4
    left = 0.5 * np.mean((_batch_norm(X @ w[:, None])[:, 0] - y) ** 2)
    assert left < 0.01
    for rate, grows in ((1.9, False), (2.1, True)):
        shift = 0.1
        for _ in range(50):
            shift -= rate * np.mean(normed + shift - y)
        assert (abs(shift) > 0.1) == grows
    assert "at 10 the first step with the inputs as they are happens to land near" in whole(
        "batch-norm-for-inputs"
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_bias_moves_outputs_behind_frozen_statistics_as_the_shift_does_and_is_dead_else(seed):
    rng = np.random.default_rng(seed)
    s, b = rng.standard_normal(20), rng.normal(0, 3)
    assert np.allclose(*(_batch_norm((s + c)[:, None]) for c in (0.0, b)))
    # The running mean has the bias in it; without the bias, and that less it, nothing changes.
    mean, deviation = s.mean() + b, s.std()
    assert np.allclose((s + b - mean) / deviation, (s - (mean - b)) / deviation)
    # Frozen, a new bias is a shift by γ/σ times it.
    gamma = rng.normal(1, 0.3)
    moved = gamma * (s + b + 0.7 - mean) / deviation - gamma * (s + b - mean) / deviation
    assert np.allclose(moved, gamma * 0.7 / deviation)
    # One bias for each channel, over examples and places.
    maps = rng.standard_normal((6, 9))
    assert np.allclose(*(_batch_norm((maps + c).reshape(-1, 1)) for c in (0.0, b)))
    # A ReLU between lets other examples through; layer norm feels all but a shared bias.
    assert not np.allclose(*(_batch_norm(np.maximum(s + c, 0)[:, None]) for c in (0.0, 0.5)))
    rows = rng.standard_normal((4, 5))
    assert np.allclose(layer_norm(rows), layer_norm(rows + b))
    assert not np.allclose(layer_norm(rows), layer_norm(rows + np.eye(5)[0]), atol=1e-3)
    text = before_fold("bias-before-batch-norm")
    assert "$b$ moves the output, but so does β" in text
    # Exactly, at any constant under the root; and with a convolution's padding, too.
    for constant in (0.0, 1e-5, 1.0, 30.0):
        normed = [(z - z.mean()) / np.sqrt(z.var() + constant) for z in (s, s + b)]
        assert np.allclose(*normed)
    assert "does not depend on $b$, whatever ε is: its derivative by $b$ is 0" in text
    padded = np.array([np.convolve(row, [1.0, 2.0, 3.0], mode="same") for row in maps])
    assert np.allclose(*(_batch_norm((padded + c).reshape(-1, 1)) for c in (0.0, b)))
    assert "So it is with a convolution: bias and batch mean are one number for each" in text
    # The running mean forgets what it was before the bias, with a delay.
    running = 4.0
    for _ in range(100):
        running += 0.1 * (7 - running)
    assert running == pytest.approx(7, abs=1e-3)
    assert "once it has caught up with the bias it is 7, not 4" in text
    # Noise as small as rounding: Adam takes steps with it, and training outputs stay.
    g, m, v, drift = rng.standard_normal(200) * 1e-7, 0.0, 0.0, 0.0
    for k, slope in enumerate(g, 1):
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        drift -= 1e-3 * m / (1 - 0.9**k) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
    assert abs(drift) > 100 * 1e-3 * np.abs(g).sum()
    assert np.allclose(*(_batch_norm((s + c)[:, None]) for c in (0.0, drift)))
    assert "Adam can turn rounding noise into a drift of $b$, but in training the outputs" in text
    # Folded: weights times γ/σ, and the bias that takes its place.
    beta, w, X = rng.normal(), rng.standard_normal(3), rng.standard_normal((8, 3))
    out = gamma * (X @ w + b - mean) / deviation + beta
    folded = X @ (gamma * w / deviation) + beta + gamma * (b - mean) / deviation
    assert np.allclose(out, folded)
    assert r"the weights $\gamma w/\sigma$ and the bias $\beta+\gamma(b-m)/\sigma$" in text
    assert "To drop $b$, subtract it from the running mean, too" in text
    assert "one number for each channel; and without β (`affine=False`)." in text
    assert "| ReLU, then batch norm | counts: it decides what gets through |" in text
    assert "counts, except for a part that all units share" in text
    # Folded: the outputs of 2, 2, 6, 6 with β = 1, from the sums without a bias.
    s = np.array([2.0, 2.0, 6.0, 6.0])
    assert _batch_norm(s[:, None])[:, 0] + 1 == pytest.approx(s / 2 - 1, abs=1e-4)
    assert "becomes a bias again" in text
    assert ": here, for $b=0$ and β = 1, $w\\cdot x/2-1$." in text
    # No bias raises the outputs, whose errors are −2 on average, and β raises them all.
    outputs = [_batch_norm((s + c)[:, None])[:, 0].mean() for c in (0.0, 3.0, -50.0)]
    assert outputs == pytest.approx([0, 0, 0], abs=1e-9)
    assert np.mean(outputs[0] - np.array([-2.0, 2.0, 4.0, 4.0])) == pytest.approx(-2)
    assert "β gets the mean error" in text
    assert "One bias that all units share cancels before layer norm" in whole(
        "bias-before-batch-norm"
    )


@pytest.mark.parametrize("seed", range(3))
def test_fifty_mixed_batches_renew_the_averages_and_mean_and_spread_are_those_of_the_data(seed):
    rng = np.random.default_rng(seed)
    # Batches of five of 0 and 5, equally often: on average mean 2.5 and unbiased variance 6.25.
    batches = 5.0 * rng.integers(0, 2, (40_000, 5))
    assert batches.mean() == pytest.approx(2.5, abs=0.05)
    assert batches.var(axis=1, ddof=1).mean() == pytest.approx(6.25, abs=0.1)
    # Whatever they were: less than a hundredth of the old averages is left.
    assert 0.9**50 < 0.01
    off = rng.standard_normal((4000, 4)).mean(axis=1).std()
    assert off == pytest.approx(0.5, abs=0.03)
    # An example alone is 0 before scale and shift, whatever it is.
    alone = rng.normal(0, 10, (20, 1, 3))
    normed = (alone - alone.mean(axis=1, keepdims=True)) / np.sqrt(
        alone.var(axis=1, keepdims=True) + 1e-5
    )
    assert not normed.any()
    text = before_fold("train-and-eval")
    assert "An example alone, with one number a feature, would be its own mean" in text
    assert "run some fifty shuffled training batches (at `momentum=0.1`) without updates" in text
    assert "Ideal are the numbers of all data, mean 2.5 and standard deviation 2.5: then 5" in text
    assert "because the mean of 4 independent examples scatters by half a standard" in text
    # What is left of the start, and of two starts that lie apart.
    assert round(0.9**10, 2) == 0.35
    ends = []
    for start in (0.0, 1.0):
        mean = start
        for batch in batches[:10]:
            mean = 0.9 * mean + 0.1 * batch.mean()
        ends.append(mean)
    assert ends[1] - ends[0] == pytest.approx(0.9**10)
    assert "$0.9^n$ of the start is left, after 10 still 35%" in text
    # Norms of one example: alone or beside others it comes out the same.
    X = rng.normal(3, 2, (5, 6))
    groups = lambda Z: layer_norm(Z.reshape(-1, 3)).reshape(len(Z), 6)  # noqa: E731
    for norm in (layer_norm, groups):
        assert norm(X)[:1] == pytest.approx(norm(X[:1]))
    assert "have no such gap, because they average within one example" in text
    # Dropout that keeps half, doubled: the mean stays, the variance grows.
    x = rng.normal(3, 2, 40_000)
    dropped = 2 * x * (rng.random(40_000) < 0.5)
    assert dropped.mean() == pytest.approx(x.mean(), abs=0.1)
    assert dropped.var() > 2 * x.var()
    assert "it makes the variance larger in training mode than in evaluation" in whole(
        "train-and-eval"
    )


def test_sums_less_their_mean_are_on_for_some_examples_and_off_for_others():
    rng = np.random.default_rng(0)
    for _ in range(100):
        s = rng.normal(0, 30) + rng.exponential(1, rng.integers(2, 20)) ** 2
        less = s - s.mean()
        assert less.min() < 0 < less.max()
    for sums in ([6.0, 8.0, 10.0], [-6.0, -8.0, -10.0]):
        assert sorted(np.array(sums) - np.mean(sums)) == [-2, 0, 2]
    # The weights of the example that fit, with the shift −2.
    record = EXAMPLES["batch-norm-behind-relu"]()
    targets = record.left - record.arriving
    assert record.centered @ [2, 0.5] - 1 == pytest.approx(targets)
    assert targets.tolist() == [-2, -2, 1]
    text = before_fold("norm-then-relu")
    assert "at first it keeps each unit on for some examples and off for others" in text
    # A learned shift can end that.
    assert (np.array([-1.2, 0.0, 1.2]) + 3 > 0).all()
    # Equal sums, as in a batch of one, are all 0 less their mean.
    assert not np.maximum(np.full(4, 7.0) - 7, 0).any()
    assert "(Then some are above 0 and some below, but for equal sums or a learned shift.)" in text
    # Where one is on and one is off the outputs have a mean above 0.
    assert np.maximum(record.left, 0).mean() > 0
    assert "Its price is a new mean." in text
    assert "of both less their mean, one of three" in text
    assert "is right, since (2, ½) fits with the shift −1" in whole("norm-then-relu")


@pytest.mark.parametrize("seed", range(10))
def test_the_mean_of_a_feature_over_examples_stays_behind_norms_of_rows_and_not_behind_centering(
    seed,
):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 30))
    x = rng.standard_normal((200, n)) + rng.normal(0, 2, n)
    for norm in (layer_norm, rms_norm):
        assert np.abs(norm(x).mean(axis=0)).max() > 0.1
    assert np.allclose((x - x.mean(axis=0)).mean(axis=0), 0, atol=1e-12)
    # In general: where the deviations of two features are alike and opposite, layer norm does.
    even = np.array([[1.0, -1.0], [-1.0, 1.0]]) + 5
    assert layer_norm(even).mean(axis=0).tolist() == [0, 0]
    assert "removes the mean of one feature over all examples" in before_fold(
        "rms-norm-and-centering"
    )


@pytest.mark.parametrize("seed", range(20))
def test_with_bell_shaped_sums_about_half_are_on_before_and_the_next_layer_reads_mean_0_after(seed):
    rng = np.random.default_rng(seed)
    mean, scale = rng.uniform(-2, 2), 10.0 ** rng.integers(-2, 3)
    s = (scale * (mean + rng.standard_normal(2000)))[:, None]
    before, after = np.maximum(batch_norm(s), 0), batch_norm(np.maximum(s, 0))
    assert (before > 0).mean() == pytest.approx(0.5, abs=0.05)
    assert (before.mean(), before.std()) == pytest.approx((0.40, 0.58), abs=0.04)
    assert (after.mean(), after.std()) == pytest.approx((0, 1), abs=1e-9)
    # Without the norm in front the ReLU is on wherever the mean puts it.
    assert (s > 0).mean() == pytest.approx((rng.standard_normal(10**5) > -mean).mean(), abs=0.05)
    # A unit that is off for all examples stays at 0.
    dead = np.maximum(s - s.max(), 0)
    assert np.all((dead - dead.mean()) / np.sqrt(dead.var() + 1e-5) == 0)
    # A move of its sums changes nothing; batch norm before the ReLU turns the unit on again.
    assert np.all(np.maximum(s - s.max() - 1, 0) == dead)
    assert (batch_norm(s - s.max()) > 0).any()
    assert "off for the whole batch stays at 0" in whole("batch-norm-place")
    # Sums of another shape need not be halved.
    skewed = np.maximum(batch_norm(rng.exponential(1, (2000, 1)) ** 3), 0)
    assert (skewed > 0).mean() < 0.3
    text = before_fold("batch-norm-place")
    assert "with its learned scale γ = 1 and shift β = 0, where they start" in text
    assert 'negative on the whole batch passes no gradient, and "after" cannot help' in text
    assert "about half of each unit's outputs active at the start if sums are symmetric" in whole(
        "batch-norm-place"
    )


def test_two_sums_get_hardly_a_gradient_through_batch_norm_and_three_different_ones_do():
    norm = lambda s: (s - s.mean()) / np.sqrt(s.var() + 1e-5)  # noqa: E731
    relu, sigmoid = (ACTIVATIONS[name].value for name in ("relu", "sigmoid"))
    # Row 2: "before" turns the unit on, and of two sums nothing to speak of comes back to them.
    for sums, most in (([-3, -1], 1e-5), ([-3, -3, -1], 1e-5), ([-3, -2, -1], 0.5)):
        s = np.array(sums, dtype=float)
        assert relu(norm(s)).any()
        size = np.abs(numerical_gradient(lambda v: relu(norm(v)), s)).max()
        assert size < most
        assert (size > 0.1) == (len(set(sums)) == 3)
        assert not numerical_gradient(lambda v: norm(relu(v)), s).any()
    # Row 4: "after" does stretch the outputs, 300-fold, and its gradient is the larger one here.
    s = np.array([8.0, 12.0])
    assert np.ptp(norm(sigmoid(s))) > 300 * np.ptp(sigmoid(s))
    assert np.ptp(norm(sigmoid(s))) < 0.11 < 0.46 < np.ptp(sigmoid(norm(s)))
    before = np.abs(numerical_gradient(lambda v: sigmoid(norm(v)), s)).max()
    after = np.abs(numerical_gradient(lambda v: norm(sigmoid(v)), s)).max()
    assert before < 1e-6 < 0.05 < after
    text = before_fold("batch-norm-place")
    # Equal sums stay off, and errors that are a line in the normalized sums, 0 on the first, do not
    # come back from three different ones.
    for equal in ([-2.0, -2.0], [-5.0] * 3):
        assert not relu(norm(np.array(equal))).any()
    s = np.array([-3.0, -1.2, -1.0])
    errors = norm(s) - norm(s)[0]
    assert (norm(s)[1:] > 0).all()
    assert np.abs(numerical_gradient(lambda v: errors @ relu(norm(v)), s)).max() < 1e-4
    assert '"before" turns it on again if they differ, and from three different sums on' in text
    assert "a gradient in general passes, too." in text
    assert "hardly any gradient comes back to two sums" in whole("batch-norm-place")
    assert 'so "after" leaves them close together, "before" well apart' in text
    assert "cannot stretch them apart" not in text
    assert "where the sigmoid is steep" not in text


@pytest.mark.parametrize("seed", range(10))
def test_the_bias_goes_before_batch_norm_and_shifts_move_the_mean_in_either_order(seed):
    rng = np.random.default_rng(seed)
    s, b = rng.standard_normal((50, 1)), rng.normal(0, 5)
    assert np.allclose(batch_norm(s), batch_norm(s + b), atol=1e-9)
    # Behind the ReLU it is not subtracted again.
    assert not np.allclose(*(batch_norm(np.maximum(v, 0)) for v in (s, s + 0.5)))
    for read in (np.maximum(batch_norm(s) + 1, 0), batch_norm(np.maximum(s, 0)) + 1):
        assert read.mean() > 0.9
    X, w = np.maximum(rng.standard_normal((40, 6)), 0), rng.standard_normal(6)
    assert np.allclose(X @ w - X.mean(axis=0) @ w, (X - X.mean(axis=0)) @ w)
    h, v = np.array([[1.0, 0.0], [3.0, 2.0]]), np.array([2.0, -1.0])
    assert (h @ v).tolist() == [2, 4]
    assert (h @ v - 3).tolist() == ((h - [2, 1]) @ v).tolist() == [-1, 1]
    text = before_fold("batch-norm-place")
    assert "Not if the next layer normalizes its sums, too" in text
    assert "no longer move the mean of its output by accident" in whole("batch-norm-place")


def test_a_bell_curve_with_mean_and_variance_fixed_is_fixed_and_a_relu_is_not():
    z, weights = np.polynomial.hermite_e.hermegauss(199)
    weights = weights / weights.sum()

    def skewness(outputs):
        standard = outputs - weights @ outputs
        return weights @ standard**3 / (weights @ standard**2) ** 1.5

    for shift in (-1.0, 0.0, 1.0):
        assert skewness(2 * z + shift) == pytest.approx(0, abs=1e-9)
    skews = [skewness(np.maximum(z + shift, 0)) for shift in (-1.0, 0.0, 1.0)]
    assert skews[0] > skews[1] + 0.5 > skews[2] + 1
    # Mean and variance before they are fixed would say which: their ratio rises with the shift.
    assert "piled up at 0 can still change" in whole("batch-norm-place")


@pytest.mark.parametrize("seed", range(10))
def test_the_inputs_mean_is_gone_before_the_offset_is_added(seed):
    rng = np.random.default_rng(seed)
    X, w, y = rng.random((30, 4)), rng.standard_normal(4), rng.standard_normal(30)
    gamma, beta, mean = rng.standard_normal(), rng.normal(0, 5), rng.normal(0, 10, 4)

    def slope(Z):
        def loss(v):
            s = Z @ v
            return np.mean((gamma * (s - s.mean()) / s.std() + beta - y) ** 2) / 2

        return [(loss(w + 1e-5 * e) - loss(w - 1e-5 * e)) / 2e-5 for e in np.eye(4)]

    assert np.allclose(slope(X), slope(X + mean), atol=1e-6)
    s = X @ w
    out = gamma * (s - s.mean()) / s.std() + beta
    assert (out.mean(), out.std()) == pytest.approx((beta, abs(gamma)))
    page = before_fold("gamma-and-beta")
    assert "So $w$ learns as on centered inputs" in page
    assert "the mean is β and the standard deviation |γ|" in page
    # Behind a ReLU a positive scale can move into the next weights, a negative one or a shift not.
    z, relu = (s - s.mean()) / s.std(), lambda v: np.maximum(v, 0)
    assert np.allclose(relu(abs(gamma) * z + beta), abs(gamma) * relu(z + beta / abs(gamma)))
    for shown in (relu(-z), relu(z + 0.5)):
        A = np.column_stack([relu(z), np.ones(30)])
        assert np.abs(A @ np.linalg.lstsq(A, shown, rcond=None)[0] - shown).max() > 0.01
    assert "a positive γ, if β is rescaled, but in general not β" in page


def test_an_offset_before_a_sigmoid_slows_the_weights_below_by_saturation():
    z = np.random.default_rng(0).standard_normal(100_000)

    def slope(beta):
        p = 1 / (1 + np.exp(-(z + beta)))
        return np.mean(p * (1 - p))

    assert slope(0) == pytest.approx(0.207, abs=0.001)
    assert slope(5) == pytest.approx(0.010, abs=0.001)
    text = whole("gamma-and-beta")
    assert "if anything" not in text
    assert "Not by being off center: an offset slows the layer above" in text
    assert "A sigmoid behind would be saturated at β = 5" in text


@pytest.mark.parametrize("gamma", [0.25, 1.0, 4.0])
def test_how_often_a_relu_is_on_goes_by_the_shift_in_units_of_the_scale(gamma):
    z = np.random.default_rng(0).standard_normal(100_000)
    on = np.mean(gamma * z - 1 > 0)
    assert on == np.mean(z > 1 / gamma)
    assert gamma != 1 or on == pytest.approx(0.16, abs=0.01)
    assert gamma != 4 or on == pytest.approx(0.40, abs=0.01)
    # Off its middle a sigmoid is left by a small scale, too.
    assert 1 / (1 + np.exp(-(gamma * 0.0 + 5))) > 0.99
    page = before_fold("gamma-and-beta")
    assert "**β, measured in units of γ, sets how often a ReLU is on.**" in page
    assert "**γ sets how far a sigmoid leaves its straight middle,** if β is 0" in page


@pytest.mark.parametrize("seed", range(10))
def test_scale_and_shift_behind_the_activation_can_be_absorbed_and_at_a_padded_border_not(seed):
    rng = np.random.default_rng(seed)
    normed = batch_norm(1 / (1 + np.exp(-rng.standard_normal((40, 5)))))
    gamma, beta = rng.normal(0, 2, (2, 5))
    W, b = rng.standard_normal((3, 5)), rng.standard_normal(3)
    read = gamma * normed + beta
    assert np.allclose(read.mean(axis=0), beta)
    assert np.allclose(read.std(axis=0), abs(gamma))
    assert np.allclose(read @ W.T + b, normed @ (W * gamma).T + (W @ beta + b))
    # Zeros around the image are not shifted with it.
    line, w = normed[:, 0], rng.standard_normal(3)
    padded = np.convolve(line + 2, w, "same") - np.convolve(line, w, "same")
    assert np.ptp(padded[1:-1]) < 1e-9 < 0.01 < np.ptp(padded)
    text = whole("batch-norm-place")
    assert "has mean β and standard deviation |γ|" in text
    assert "a fully connected layer behind can absorb both" in text
    assert "β cannot be absorbed there" in whole("batch-norm-place")


def test_after_wins_from_the_usual_start_and_before_is_immune_to_biases():
    record = EXAMPLES["norms-sigmoids"]()
    none, before, after = record.rows
    assert after[0] < before[0] / 2 < none[0] / 4
    assert before[0] == before[1]
    assert after[0] < after[1] < record.far / 3 < none[1]
    assert none[1] > record.limit
    # In each start.
    assert record.ends[2][1] < record.ends[1][0] < record.ends[1][1] < record.ends[0][0]
    # The variance of the outputs at sums around 8 is below what is added to it.
    outputs = 1 / (1 + np.exp(-8 - np.random.default_rng(0).standard_normal(10**5)))
    assert outputs.var() < 1e-5 / 10
    assert after[0] < record.nearly_exact < record.far / 2
    assert record.shift < 0.05
    # From biases at 8, too, "before" is as fast as ever, and "after" is not.
    seeds = range(record.starts)
    assert np.median([_fewest("before", 8.0, k)[0] for k in seeds]) == before[0] < record.far
    # Most of what "after" loses there is due to the constant.
    assert record.far - record.nearly_exact > (record.far - after[0]) / 2
    page = whole("batch-norm-place")
    assert "Where sums stay off the flat ends it can be faster" in page
    assert 'some {example}`norms-sigmoids far`, "before" as many as ever' in page
    assert 'With biases of 8 "after" lost' in page
    assert '"before" subtracts any bias' in page
    assert "their variance is far smaller than the 10⁻⁵ that batch norm" in page


@pytest.mark.parametrize("gain", [1.0, 3.0])
def test_before_a_relu_the_next_layer_reads_a_mean_that_no_parameter_is(gain):
    z = np.random.default_rng(0).standard_normal((10**5, 1))
    for beta in (-1.0, 0.0, 2.0):
        sums = gain * batch_norm(z) + beta
        # The mean of batch norm's output is β; behind the ReLU the scale has a part in it.
        assert sums.mean() == pytest.approx(beta, abs=1e-9)
        assert abs(np.maximum(sums, 0).mean() - beta) > 0.005
    text = whole("batch-norm-place")
    assert "Batch norm's output $\\gamma\\hat z + \\beta$ has mean β" in text
    assert "(γ as a diagonal matrix)" in text
