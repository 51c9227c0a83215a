"""Counterexamples to what answers on "The question" once said too broadly."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import sympy
from pages import before_fold, whole
from runs import kept_run
from scipy.special import softmax
from second_ways import numerical_gradient, steps_of_descent

from offcenter.activations import ACTIVATIONS, Activation
from offcenter.claims import CLAIMS
from offcenter.examples import EXAMPLES
from offcenter.experiment import SIZES, Regression, regression, split
from offcenter.network import initialize, train
from offcenter.spectrum import condition_number, iid_condition_number, with_bias


def test_positive_outputs_of_a_large_spread_cost_next_to_nothing():
    # exp(3z) for a standard normal z.
    mean, square = np.exp(4.5), np.exp(18)
    assert 1 < iid_condition_number(10, mean, square - mean**2) < 1.01
    # And they do not at a variance that is not large beside n times the squared mean.
    assert iid_condition_number(1000, 1.0, 4.0) > 200
    # One input without a bias has one curvature, and one step arrives, however large its mean is.
    assert iid_condition_number(1, 2.0, 1.0) == condition_number(np.array([[(1 + 9) / 2]])) == 1
    assert steps_of_descent(np.array([[5.0]]), [1.0], 1 / 5) == 1
    # Nor do two, from a start that is off along (1, 1) alone.
    assert np.allclose((np.eye(2) - np.array([[5, 4], [4, 5]]) / 9) @ [1, 1], 0)
    text = whole("positive-activations")
    assert (
        "With two or more independent inputs and no bias, positive outputs cost next to nothing "
        "from the slowest start only if $v$ is much larger than $nm^2$"
    ) in text
    assert "Gradient descent then tends to learn slowly" in before_fold("positive-activations")


def test_a_gradient_vanishes_in_linear_layers_of_small_weights():
    assert np.prod(np.full(5, 0.25)) < 0.001
    # And it need not vanish behind sigmoids, with weights of 4.
    slope = ACTIVATIONS["sigmoid"].derivative(np.array(0.0)).item()
    assert (4 * slope) ** 5 == 1
    text = before_fold("positive-activations")
    assert "another fault of the sigmoid, from its small slope" in text


@pytest.mark.parametrize("seed", range(10))
def test_one_example_moves_all_weights_one_way_and_two_can_move_them_apart(seed):
    rng = np.random.default_rng(seed)
    X, w, y = rng.uniform(0.01, 3, (2, 6)), rng.standard_normal(6), rng.standard_normal(2)
    moved = [(y[k] - X[k] @ w) * X[k] for k in range(2)]
    for step in moved:
        assert abs(np.sign(step).sum()) == 6
        # So one step does not arrive at a rise of one weight and a fall of another.
        assert not np.allclose(step[:2] / np.abs(step[:2]).max(), [1, -1])
    # Errors of two examples can be of opposite signs, and then steps add up to it: a batch, too.
    assert np.allclose(np.linalg.solve([[1.0, 3.0], [3.0, 1.0]], [1, -1]), [-0.5, 0.5])
    text = before_fold("positive-activations")
    assert "a plain gradient step on one example raises all of them or lowers all of them" in text
    assert "a batch can mix the signs" in text


@pytest.mark.parametrize("seed", range(10))
def test_weights_that_rise_together_meet_the_means_and_halves_cancel_equal_ones(seed):
    rng = np.random.default_rng(seed)
    mean, n = rng.uniform(0.5, 3), 2 * int(rng.integers(2, 30))
    X = rng.uniform(0, 2 * mean, (500, n))
    X += mean - X.mean(axis=0)
    together, halves = np.ones(n), rng.permutation(np.repeat([1.0, -1.0], n // 2))
    assert (X @ together).mean() == pytest.approx(n * mean)
    assert (X @ halves).mean() == pytest.approx(0, abs=1e-9)
    assert ((X @ together) ** 2).mean() > ((X @ halves) ** 2).mean()
    # Unequal means need not cancel, and inputs that make up for each other are flat together.
    assert np.array([3.0, 1.0]) @ [1, -1] == 2
    low = rng.uniform(0, 2, 500)
    pair = np.c_[low, 2 - low] @ [[1, 1], [1, -1]]
    assert pair.var(axis=0)[0] < 1e-12 < pair.var(axis=0)[1]
    text = before_fold("positive-activations")
    assert "if some rise and others fall so that the means cancel" in text
    text = whole("positive-activations")
    assert "Raise ten and lower ten: the means cancel" in text
    assert "So the loss is usually far steeper in the first direction" in text


@pytest.mark.parametrize("name", ["sigmoid", "relu", "tanh"])
def test_whichever_inputs_are_negated_the_steps_stay_and_without_the_mean_they_do_not(name):
    problem = regression(name, draws=5)
    steps = problem.descent_steps()
    for seed in range(5):
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], 20)
        mirrored = Regression(problem.inputs * np.r_[signs, 1.0], problem.targets)
        assert np.array_equal(mirrored.descent_steps(), steps)
    centered = regression(name, "centered", draws=5).descent_steps()
    assert (centered <= steps).all()
    assert name == "tanh" or (centered < steps).all()
    text = whole("positive-activations")
    assert "mixing the signs gained nothing; removing the mean made learning about seven" in text
    assert "Mixing the signs alone gains nothing; removing the mean does." in text


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_less_spread_costs_relu_and_tanh_steps_in_each_draw(name):
    scaled = regression(name, "scaled to the sigmoid's spread")
    assert (scaled.descent_steps() > regression(name).descent_steps()).all()
    text = whole("positive-activations")
    assert "ReLU and tanh also gain from their larger spread" in text


def test_negative_inputs_far_from_zero_are_worse_than_positive_ones_near_it_in_each_draw():
    far, near = (regression(f"uniform on {place}") for place in ("[−6, −5]", "[0, 1]"))
    assert far.inputs[:, :, :20].max() <= -5
    assert (far.descent_steps() > 30 * near.descent_steps()).all()
    text = whole("positive-activations")
    assert "inputs uniform on [−6, −5] are worse than on [0, 1]" in text


@pytest.mark.parametrize("seed", range(10))
def test_mixing_the_signs_mirrors_the_run_and_removing_the_mean_does_not(seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.uniform(0, 2, (40, 6)), rng.standard_normal(40), rng.standard_normal(6)
    mirror = np.where(np.arange(6) % 2, -1.0, 1.0)

    def run(X, w):
        path = [w]
        for k in range(30):
            x, target = X[k % 40], y[k % 40]
            path.append(path[-1] - 0.1 * (x @ path[-1] - target) * x)
        return np.array(path)

    assert np.allclose(run(X * mirror, w * mirror) * mirror, run(X, w), rtol=0, atol=1e-12)
    assert not np.allclose(run(X - X.mean(axis=0), w), run(X, w))
    assert "Mixing the signs only mirrors the path" in whole("positive-activations")


@pytest.mark.parametrize("seed", range(10))
def test_the_next_biases_make_up_for_a_mean_and_not_without_biases(seed):
    rng = np.random.default_rng(seed)
    W, V, b, c = (rng.standard_normal(s) for s in ((5, 3), (2, 5), 5, 2))
    x = rng.standard_normal((3, 30))
    a = ACTIVATIONS["sigmoid"].value(W @ x + b[:, None])
    assert np.allclose(V @ a + c[:, None], V @ (a - 0.5) + (c + V.sum(axis=1) / 2)[:, None])
    # Where s = 0, σ − ½ puts out 0, and σ does not.
    assert ACTIVATIONS["sigmoid"].value(np.zeros(5)).all()
    assert "the next layer's biases can make up for a mean" in whole("positive-activations")
    assert "another bias makes up for any constant shift" in before_fold("positive-activations")


@pytest.mark.parametrize("shift", [0.0, -3.0, 7.0])
def test_centered_inputs_give_the_error_itself_whatever_constant_the_targets_have(shift):
    X = np.array([(a, b) for a in (1.0, 3.0) for b in (1.0, 3.0)])
    best, w = np.array([0.5, -1.0]), np.array([1.5, -1.0])

    def gradient(inputs, targets):
        return inputs.T @ (inputs @ w - targets) / 4

    assert gradient(X, X @ best) == pytest.approx([5, 4])
    centered = X - X.mean(axis=0)
    assert gradient(centered, X @ best + shift) == pytest.approx([1, 0])
    text = whole("positive-activations")
    assert "The mean gradient is (5, 4), the means of $x_1^2$ and $x_1x_2$" in text
    assert "With the mean subtracted the gradient is (1, 0)" in text


def test_two_examples_cancel_half_of_their_way_and_take_one_step_without_their_mean():
    X, y, goal = np.array([[3.0, 1.0], [1.0, 3.0]]), np.array([2.0, -2.0]), np.array([1.0, -1.0])

    def places(inputs, eta, steps):
        w = np.zeros(2)
        for k in range(steps):
            x = inputs[k % 2]
            w = w - eta * (x @ w - y[k % 2]) * x
            yield w

    moves = np.diff(list(places(X, 0.1, 60)), axis=0, prepend=0)
    way = np.abs(moves).sum(axis=0)
    assert way == pytest.approx([2, 2])
    assert [*places(X - 2, 0.5, 1)][-1].tolist() == goal.tolist()
    assert [*places(X - 2, 0.5, 9)][-1].tolist() == goal.tolist()
    assert np.abs([*places(X, 0.5, 40)][-1]).max() > 1e9
    # And not at the rate of the raw run.
    assert np.linalg.norm([*places(X - 2, 0.1, 1)][-1] - goal) > 1
    text = before_fold("positive-activations")
    assert "much of the movement cancels" in text
    assert "a rate at which the raw path explodes, lands on $(1,-1)$" in text


def test_another_learning_rate_can_take_fewer_steps_than_the_best_of_the_long_run():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])

    assert (
        steps_of_descent(H, (1.0, 0.0), 0.195)
        < steps_of_descent(H, (1.0, 0.0), 0.2)
        == EXAMPLES["spectra-one-or-three"]().steps
    )
    # In the long run it is slower: a larger factor is left at each step.
    values = np.array([1.0, 9.0])
    assert abs(1 - 0.195 * values).max() > abs(1 - 0.2 * values).max() == pytest.approx(0.8)
    text = whole("positive-activations")
    assert "2/(9 + 1), the best in the long run" in text


_KINDS = {
    "relu": lambda s: np.maximum(s, 0),
    "softplus": lambda s: np.logaddexp(0, s),
    "sigmoid": lambda s: 1 / (1 + np.exp(-s)),
    "tanh": np.tanh,
}


def _through(phi, layers, x):
    for W, b in layers[:-1]:
        x = phi(W @ x + b[:, None])
    W, b = layers[-1]
    return W @ x + b[:, None]


def _drawn_layers(rng, sizes=(3, 6, 5, 2)):
    return [
        (rng.standard_normal((m, n)), rng.standard_normal(m)) for n, m in itertools.pairwise(sizes)
    ]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", _KINDS)
def test_each_next_bias_takes_up_a_constant_behind_each_layer(kind, seed):
    rng = np.random.default_rng(seed)
    layers, x, m = _drawn_layers(rng), rng.standard_normal((3, 40)), rng.normal(0, 3)
    phi = _KINDS[kind]
    moved = [layers[0], *((W, b + m * W.sum(axis=1)) for W, b in layers[1:])]
    assert np.allclose(_through(phi, layers, x), _through(lambda s: phi(s) - m, moved, x))
    # Without the biases it does not.
    assert not np.allclose(_through(phi, layers, x), _through(lambda s: phi(s) - m, layers, x))
    text = before_fold("positive-functions")
    # For some units the bias that makes up for it is larger, for some smaller.
    assert len({np.sign(m * row.sum()) for W, _ in layers[1:] for row in W}) == 2
    assert "so a changed bias gives the same output" in text
    assert "same functions as one whose activations are shifted to lie around 0" in text
    assert "allow the same functions" in text


@pytest.mark.parametrize("seed", range(5))
def test_a_deep_tanh_network_is_a_sigmoid_network_of_doubled_weights(seed):
    rng = np.random.default_rng(seed)
    layers, x = _drawn_layers(rng, (3, 6, 5, 4, 2)), rng.standard_normal((3, 40))
    turned = []
    for k, (W, b) in enumerate(layers):
        # What a layer reads is 2σ − 1, but for the first; what it puts into tanh is doubled.
        read, out = (2 * W, b - W.sum(axis=1)) if k else (W, b)
        turned.append((2 * read, 2 * out) if k < len(layers) - 1 else (read, out))
    found = _through(_KINDS["sigmoid"], turned, x)
    assert np.allclose(found, _through(np.tanh, layers, x))
    text = whole("positive-functions")
    assert "$V\\tanh(Wx + b) + c$ $= 2V\\sigma(2Wx + 2b)$ $+\\,c - V\\mathbf 1$" in text
    assert "Both weights double, and the bias falls by 3" in text
    factors = [np.median(new[0] / old[0]) for new, old in zip(turned, layers, strict=True)]
    assert factors == pytest.approx([2, 4, 4, 2])
    assert "and between two hidden layers four times" in text
    assert "$\\tanh(s)=2\\sigma(2s)-1$" in text
    assert "$3\\tanh(x)+1=6\\,\\sigma(2x)-2$" in text
    at = 6 / (1 + math.exp(2)) - 2
    assert at == pytest.approx(3 * math.tanh(-1) + 1)
    # A negative weight on a positive activation lowers the output, and 40 is more than 10.
    assert "By a negative weight a positive activation still lowers it." in text
    assert 6**2 + 2**2 > 3**2 + 1**2
    assert "above, 6 and 2 cost more than 3 and 1" in text


def test_two_relus_pass_on_any_number_and_one_does_not():
    x, relu = np.linspace(-5, 5, 101), _KINDS["relu"]
    assert np.array_equal(relu(x) - relu(-x), x)
    assert not np.array_equal(relu(x), x)
    assert "two units, read with the weights 1 and −1, pass on any number" in whole(
        "positive-functions"
    )


@pytest.mark.parametrize("seed", range(10))
def test_without_a_bias_one_sigmoid_keeps_its_sign_and_two_can_give_tanh(seed):
    rng = np.random.default_rng(seed)
    x, sigmoid = np.linspace(-6, 6, 61), _KINDS["sigmoid"]
    v, w = rng.normal(0, 3, 2)
    assert len(set(np.sign(v * sigmoid(w * x)))) == 1
    assert np.allclose(sigmoid(2 * x) - sigmoid(-2 * x), np.tanh(x))
    # With some bias in front of it, too.
    assert len(set(np.sign(v * sigmoid(w * x + rng.normal(0, 3))))) == 1
    text = before_fold("positive-functions")
    assert "one weighted σ unit alone never changes its sign" in text
    # Once "nothing takes up the offset": one more unit does, σ(0) = ½, behind n units of σ(2x).
    w, v = rng.normal(0, 2, (2, 5))
    units = np.c_[sigmoid(2 * np.outer(x, w)), sigmoid(np.outer(x, [0]))]
    assert np.allclose(units @ np.r_[2 * v, -2 * v.sum()], np.tanh(np.outer(x, w)) @ v)
    assert np.allclose(2 * sigmoid(2 * x) - 2 * sigmoid(0 * x), np.tanh(x))
    page = whole("positive-functions")
    assert "one further unit of weights 0, σ(0) = ½, can take up the offsets of all" in page
    assert "two can give tanh($x$) = σ(2$x$) − σ(−2$x$)" in page


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", ["relu", "sigmoid", "tanh"])
def test_with_positive_weights_no_output_falls_as_an_input_rises(kind, seed):
    rng = np.random.default_rng(seed)
    layers = [(abs(W), b) for W, b in _drawn_layers(rng)]
    for k in range(3):
        x = np.tile(rng.standard_normal((3, 1)), 50)
        x[k] = np.linspace(-4, 4, 50)
        assert (np.diff(_through(_KINDS[kind], layers, x)) >= -1e-12).all()
        assert (np.diff(_through(_KINDS[kind], [(W, b - 9) for W, b in layers], x)) >= 0).all()
        W, b = layers[-1]
        fallen = _through(_KINDS[kind], [*layers[:-1], (-W, b)], x)
        assert (np.diff(fallen) <= 1e-12).all()
    assert _KINDS["sigmoid"](np.array([-50.0, 50.0])).min() > 0
    text = before_fold("positive-functions")
    assert "if the activation never falls, the output cannot fall when an input rises" in text
    # GELU falls at first, and so does an output of it.
    x = np.linspace(-1.0, 0.0, 50)
    assert (np.diff(3 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2) < 0).any()
    assert "*A σ at the end:* the network cannot put out −1" in text


def test_all_three_neurons_can_fit_the_target_and_the_steep_direction_pushes_one_way():
    setting = EXAMPLES["regression-setting"]()
    for change in ("none", "every second negated", "centered"):
        problem = regression("uniform on [0, 1]", change)
        errors = np.einsum("snk,sk->sn", problem.inputs, problem.solution) - problem.targets
        assert abs(errors).max() < 1e-9
        if change != "centered":
            top = np.linalg.eigh(problem.curvature)[1][:, :, -1]
            pushes = np.sign(problem.inputs * top[:, None, :])
            # A single output's parts are of one sign; those of inputs that are 0 would be 0.
            assert (abs(pushes.sum(axis=2)) == problem.inputs.shape[2]).all()
    # No draw of the raw neuron arrives in as many steps as most centered ones take.
    assert setting.raw[0] > 5 * EXAMPLES["regression-signs"]().full[2]
    # These have a bias; without one the same inputs take about half as many steps.
    assert 2 * EXAMPLES["regression-without-bias"]().rows[0][0] < 297
    page = whole("positive-functions")
    assert "A linear neuron with a bias and" in page
    assert "(raw without a bias" in page
    text = before_fold("positive-functions")
    # The direction in which all weights push one way is steep, by sum and product of two roots.
    for m, v in ((5.0, 1.0), (20.0, 0.3)):
        H = np.array([[m * m + v, m], [m, 1.0]])
        assert (np.trace(H), np.linalg.det(H)) == pytest.approx((m * m + v + 1, v))
        # Farther from 0 the larger grows and the smaller shrinks.
        moved = np.linalg.eigvalsh(np.add(H, [[2 * m + 1, 1], [1, 0]]))
        low, high = np.linalg.eigvalsh(H)
        assert moved[0] < low < high < moved[1]
    assert "Their sum is $m^2+v+1$, their product the determinant, $v$." in text
    assert "the steep direction becomes steeper, the flat one flatter" in text
    # Steps of a rate above the limit leave more in the steep direction each time.
    for eta, grows in ((0.0741, False), (0.0743, True)):
        assert (abs(1 - eta * 26.9629120178) > 1) == grows
    assert "steps overshoot more and more in the steep direction" in page
    # One spread and two means, each by its own rate: 1 step, and as many as the example says.
    y, record = np.array([-1.0, 1.0]), EXAMPLES["shifts-mean-or-shift"]()
    for x, b, rate, steps in ((y, 0.0, 1.0, 1), (y + 2, -2.0, 1 / 3, record.steps)):
        A, p, far = np.column_stack([x, np.ones(2)]), np.zeros(2), []
        assert rate == pytest.approx(2 / np.trace(A.T @ A / 2))
        for _ in range(steps + 1):
            far.append(np.linalg.norm(p - [1, b]))
            p = p - rate * A.T @ (A @ p - y) / 2
        assert far[steps] <= 0.01 * far[0] < far[steps - 1]
    assert "The spread is the same: the mean alone makes the difference." in text
    assert "and the rate 2/(sum of the curvatures), best in the long run" in text


@pytest.mark.parametrize("kind", ["sigmoid", "tanh", "relu"])
def test_with_more_units_one_hidden_layer_comes_nearer_to_a_bent_function(kind):
    x, rng = np.linspace(-2, 2, 200), np.random.default_rng(0)
    goal, left = np.sin(3 * x) + abs(x), []
    for units in (3, 30, 300):
        hidden = _KINDS[kind](np.outer(x, rng.normal(0, 4, units)) + rng.normal(0, 6, units))
        A = np.column_stack([hidden, np.ones(200)])
        left.append(abs(A @ np.linalg.lstsq(A, goal, rcond=None)[0] - goal).max())
    assert left[0] > left[1] > left[2]
    assert left[2] < 0.05
    assert "come as close as one wants to any continuous function on a closed, bounded" in (
        before_fold("positive-functions")
    )


def test_at_the_padded_border_one_bias_does_not_make_up_for_a_constant():
    kernel, a = np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.5, 2.0, 1.5])
    plain, shifted = (np.convolve(v, kernel[::-1], mode="same") for v in (a, a - 1))
    assert np.allclose((plain - shifted)[1:-1], 6)
    assert not np.allclose((plain - shifted)[[0, -1]], 6)
    assert "and one bias does not fit both" in before_fold("positive-functions")


@pytest.mark.parametrize("seed", range(5))
def test_the_mean_is_steep_the_bias_steepens_it_and_mirrors_keep_its_pattern(seed):
    rng = np.random.default_rng(seed)
    X = rng.random((400_000, 20))
    M = X.T @ X / len(X)
    mu = np.full(20, 0.5)
    assert np.allclose(M, np.diag(np.full(20, 1 / 12)) + np.outer(mu, mu), atol=5e-3)
    values = np.linalg.eigvalsh(np.eye(20) / 12 + np.outer(mu, mu))
    assert values == pytest.approx([0.083] * 19 + [5.083], abs=4e-4)
    # A shift by the mean takes nothing from the covariance, and one input more raises the ratio.
    assert iid_condition_number(20, 0.5, 1 / 12, bias=True) > 5 * iid_condition_number(
        20, 0.5, 1 / 12
    )
    mirror = rng.choice([-1.0, 1.0], 20)
    patterns = np.sign(X[:50] * mirror)
    assert (patterns == np.sign(mu * mirror)).all()
    text = before_fold("myth")
    assert "The mean adds $20\\cdot(\\tfrac12)^2=5$ in a single direction, its own." in text
    # In one batch the curvature is that of its own covariance and mean, of the same size.
    batch = X[:2000]
    assert np.linalg.eigvalsh(batch.T @ batch / 2000)[-1] == pytest.approx(5.083, rel=0.05)
    assert "Larger batches leave this as it is." in text
    with_bias = EXAMPLES["regression-curvature"]().kappas[0]
    assert with_bias > 5 * values[-1] / values[0]
    text = whole("myth")
    assert "the bias, in effect an input that is always 1, stretches it further" in text
    assert "Negated inputs still share a fixed pattern of signs" in text


def test_mean_costs_steps_in_each_draw_and_mixed_signs_save_none_with_single_examples_too():
    raw, negated, centered = (
        regression("uniform on [0, 1]", change)
        for change in ("none", "every second negated", "centered")
    )
    assert np.array_equal(raw.descent_steps(), negated.descent_steps())
    assert (centered.descent_steps() < raw.descent_steps() / 5).all()
    # Every single gradient of the centered inputs has both signs.
    signs = np.sign(centered.inputs[:, :, :-1])
    assert (np.abs(signs.sum(axis=2)) < 20).all()
    single = EXAMPLES["regression-signs"]().single
    assert single[0] == single[1] > single[2]
    text = before_fold("myth")
    assert "Mixing the signs saves not one step." in text
    # The lead once said that "the link" is wrong, but all-positive inputs do have a mean.
    assert raw.inputs[:, :, :-1].mean(axis=1).min() > 0.4
    assert "All-positive inputs do have a mean" in text
    assert "not by mixing the signs of one example's gradient" in text


@pytest.mark.parametrize("seed", range(8))
def test_a_mirrored_unit_computes_the_same_and_goes_the_mirrored_way_from_0_alone(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    X, mirror = rng.uniform(0, 2, (30, n)), np.append(rng.choice([-1.0, 1.0], n - 1), -1.0)
    w, y = rng.standard_normal(n), rng.standard_normal(30)
    assert np.allclose((X * mirror) @ (w * mirror), X @ w)

    def path(X, w, order, rate=0.02):
        b, places = 0.0, []
        for rows in order:
            errors = X[rows] @ w + b - y[rows]
            w, b = w - rate * errors @ X[rows] / len(rows), b - rate * errors.mean()
            places.append(w)
        return np.array(places)

    zero = np.zeros(n)
    for size in (1, 30):
        order = [rng.choice(30, size, replace=False) for _ in range(50)]
        assert np.allclose(path(X * mirror, zero, order), path(X, zero, order) * mirror)
        # From other weights it is another problem, unless these are mirrored, too.
        assert not np.allclose(path(X * mirror, w, order), path(X, w, order) * mirror)
        assert np.allclose(path(X * mirror, w * mirror, order), path(X, w, order) * mirror)
    text = before_fold("myth")
    assert "negate an input and its weight, and the neuron computes the same" in text
    assert "So from $w=0$ the whole path is only mirrored." in text
    # Two examples of one batch, by hand.
    assert (-np.array([1, 2]) + np.array([2, 1])).tolist() == [1, -1]
    assert "for $\\delta=1$, $x=(2,1)$ gives (1, −1)" in text


@pytest.mark.parametrize("seed", range(5))
def test_centering_gains_little_at_a_small_mean_and_batch_norm_subtracts_its_effect(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 30))
    root = rng.standard_normal((n, 2 * n))
    spread = root @ root.T / n * 10.0 ** rng.uniform(-2, 2)
    mean = rng.standard_normal(n)
    mean *= 0.1 * np.sqrt(np.linalg.eigvalsh(spread)[0]) / np.linalg.norm(mean)
    raw, centered = (condition_number(with_bias(spread, m)) for m in (mean, 0 * mean))
    assert 1 <= raw / centered < 1.3
    # Small means of many inputs are not small together.
    assert iid_condition_number(1000, 0.3, 1.0) > 90
    X, W = rng.standard_normal((60, n)), rng.standard_normal((n, 8))

    def normed(sums):
        return (sums - sums.mean(axis=0)) / sums.std(axis=0)

    assert np.allclose(normed((X + 5) @ W), normed(X @ W))
    text = before_fold("myth")
    # Once "where μμᵀ is small against the spread": here it is, but not in the mean's own direction.
    spread, mean = np.diag([100.0, 1.0]), np.array([0.0, 3.0])
    assert mean @ mean < 0.1 * np.linalg.norm(spread, 2)
    kappas, steps = [], []
    for m in (mean, 0 * mean):
        values = np.linalg.eigvalsh(with_bias(spread, m))
        kappas.append(values[-1] / values[0])
        # Of an error along each curvature, at the best rate of the long run.
        shrink = np.abs(1 - 2 * values / (values[0] + values[-1])).max()
        steps.append(math.log(0.01) / math.log(shrink))
    assert kappas == pytest.approx([1091, 100], rel=0.01)
    assert steps[0] > 10 * steps[1]
    said = "Where the mean is small against the spread in every direction, its own included,"
    assert f"{said} centering gains little." in text
    assert "Batch norm after the next weights subtracts its effect." in text
    # A mean slows descent and does not stop it.
    values = np.linalg.eigvalsh(with_bias(np.eye(n), np.full(n, 10.0)))
    assert np.max((1 - values / values[-1]) ** 1e9) < 1e-3
    assert "A mean can slow training; it does not prevent it." in text


def _deep(kind, seed, layers=10, width=100):
    """Return sums, what each layer reads, and the errors at the sums, of one random network."""
    rng = np.random.default_rng(seed)
    sigma = ACTIVATIONS["sigmoid"]
    phi = ACTIVATIONS[kind] if kind != "less" else sigma
    a, read, sums = rng.standard_normal((200, width)), [], []
    weights = [rng.standard_normal((width, width)) / width**0.5 for _ in range(layers)]
    if kind == "relu":
        weights = [W * 2**0.5 for W in weights]
    for W in weights:
        read.append(a)
        sums.append(a @ W)
        a = phi.value(sums[-1]) - 0.5 * (kind == "less")
    errors = [rng.standard_normal((200, width)) * phi.derivative(sums[-1])]
    for k in range(layers - 2, -1, -1):
        errors.insert(0, errors[0] @ weights[k + 1].T * phi.derivative(sums[k]))
    return sums, [*read[1:], a], read, errors


@pytest.mark.parametrize("seed", [31, 32])
def test_small_slopes_and_a_mean_come_without_each_other(seed):
    shrunk, means, hidden = {}, {}, {}
    for kind in ("sigmoid", "less", "tanh", "relu"):
        _, outputs, read, errors = _deep(kind, seed)
        shrunk[kind] = np.sqrt((errors[0] ** 2).mean() / (errors[-1] ** 2).mean())
        means[kind] = outputs[0].mean()
        norms = [np.linalg.norm(x.T @ d) for x, d in zip(read, errors, strict=True)]
        hidden[kind] = norms[0] / norms[-1]
    assert shrunk["sigmoid"] < 1e-5 > shrunk["less"]
    assert 0.1 < shrunk["tanh"] < 1
    assert 0.5 < shrunk["relu"] < 2
    assert means["sigmoid"] == pytest.approx(0.5, abs=0.01)
    assert abs(means["less"]) < 0.01 > abs(means["tanh"])
    assert means["relu"] > 0.5
    # By gradients of weights σ − ½ would look sound: they are all equally small.
    assert 0.1 < hidden["less"] < 10
    assert hidden["sigmoid"] < 1e-4
    text = whole("vanishing-gradient")
    assert "Print the size of δ for each layer." in text
    assert "Gradients of *weights* can hide that an error vanishes" in text
    assert "all layers have about equally small gradients" in text
    # The ratio of tanh, which has neither problem, shrinks too, but not by orders of magnitude.
    assert "If it shrinks by orders of magnitude toward the first, it vanishes: use" in text


@pytest.mark.parametrize("seed", range(10))
def test_ten_slopes_of_sigmoids_leave_at_most_a_power_of_a_quarter_before_the_weights(seed):
    rng = np.random.default_rng(seed)
    slope = ACTIVATIONS["sigmoid"].derivative(rng.normal(0, rng.uniform(0, 5), (10, 100)))
    assert slope.prod(axis=0).max() <= 0.25**10 < 1e-6
    # Weights can make up for it.
    assert (16 * ACTIVATIONS["sigmoid"].derivative(np.zeros(10))).prod() > 1
    # A mean can push a sigmoid to a flat end, and it is steep without it.
    x, w = rng.uniform(0.9, 1.1, (200, 10)), np.full(10, 0.5)
    flat, steep = (
        ACTIVATIONS["sigmoid"].derivative(inputs @ w) for inputs in (x, x - x.mean(axis=0))
    )
    assert flat.max() < 0.012 < 0.24 < steep.min()
    text = before_fold("vanishing-gradient")
    assert "A mean can *cause* small slopes: ten inputs near 1 with weights 0.5 give" in text
    assert "The ten inputs less their mean keep $z$ near 0." in whole("vanishing-gradient")


@pytest.mark.parametrize("x", [(4.0, 8.0), (-4.0, 8.0)])
@pytest.mark.parametrize(("behind", "delta"), [(0, 0.25), (9, 0.25**10)])
def test_ten_units_give_gradients_large_or_tiny_of_one_sign_or_mixed(x, behind, delta):
    x, sigma = np.array(x), ACTIVATIONS["sigmoid"]

    def output(w):
        z = x @ w
        for _ in range(behind):
            z = sigma.value(z) - 0.5
        return sigma.value(z)

    z, slopes = x @ np.zeros(2), []
    for _ in range(1 + behind):
        assert z == 0
        slopes.append(sigma.derivative(z))
        z = sigma.value(z) - 0.5
    assert slopes == [0.25] * (1 + behind)
    assert float(np.prod(slopes)) == delta
    assert behind == 0 or delta == pytest.approx(1e-6, rel=0.05)
    assert 0.25**10 * 4**9 == 0.25
    # A coarse difference, for the fine one drowns in rounding.
    for k in (0, 1):
        way = 1e-3 * np.eye(2)[k]
        slope = (output(way) - output(-way)) / 2e-3
        assert slope == pytest.approx(delta * x[k], rel=1e-3)
    # ¼ is the most: elsewhere slopes are smaller, and large weights make up for them.
    assert sigma.derivative(np.linspace(-9, 9, 1001)).max() == 0.25
    assert (16 * sigma.derivative(np.zeros(10))).prod() > 1
    text = before_fold("vanishing-gradient")
    assert "have $z=0$, where its slope is largest, ¼." in text
    assert "nine more such units in a row, joined by weights 1, δ = ¼¹⁰, about a millionth." in text
    assert "Multiplied by 4⁹, the right column becomes the left one: it was merely small." in text
    assert "But no positive factor makes the first row the second." in text
    # What each unit cures, and what it leaves.
    s = np.r_[-np.geomspace(1e-3, 30, 500), 0.0, np.geomspace(1e-3, 30, 500)]
    tanh, relu = ACTIVATIONS["tanh"], ACTIVATIONS["relu"]
    assert (sigma.value(s) > 0).all()
    assert max(sigma.derivative(np.array([-30.0, 30.0]))) < 1e-12
    assert np.array_equal(np.sign(tanh.value(s)), np.sign(s))
    assert tanh.derivative(s).max() == tanh.derivative(np.zeros(1)) == 1
    assert max(tanh.derivative(np.array([-30.0, 30.0]))) < 1e-12
    assert (relu.derivative(s[s > 0]) == 1).all()
    assert (relu.derivative(s[s < 0]) == 0).all()
    assert (relu.value(s) >= 0).all()
    assert "The *sigmoid* has both faults." in text
    assert (
        "cures the one sign on examples where its sums $z$ have both signs, but keeps the" in text
    )
    # How the two rank: a saturated unit passes on next to nothing.
    assert "a saturated unit passes on almost no gradient; a mean leaves gradients, but" in text
    assert '"less severe consequences compared to the saturated activation problem"' in text
    assert "*ReLU* cures the flat end for $z>0$, where its slope is 1, but keeps the one" in text


@pytest.mark.parametrize("seed", range(5))
def test_a_shift_with_the_bias_adjusted_leaves_each_error_and_changes_the_signs(seed):
    rng = np.random.default_rng(seed)
    X, w, b, targets = rng.random((40, 3)) + 0.1, rng.standard_normal(3), 0.3, rng.random(40)
    m = X.mean(axis=0)
    sums = X @ w + b, (X - m) @ w + (b + w @ m)
    assert np.allclose(*sums)
    errors = [np.tanh(z) - targets for z in sums]
    assert np.allclose(*errors)
    one_sign = [
        (abs(np.sign(e[:, None] * Z).sum(axis=1)) == 3).mean()
        for e, Z in zip(errors, (X, X - m), strict=True)
    ]
    assert one_sign[0] == 1 > one_sign[1]
    text = whole("vanishing-gradient")
    assert "A smaller δ changes no sign; and shifted inputs, with the bias adjusted" in text


@pytest.mark.parametrize("depth", [1, 2, 5, 10])
def test_the_gradient_of_a_chain_is_a_product_over_its_layers_times_the_input(depth):
    rng = np.random.default_rng(depth)
    x, w, v = rng.standard_normal(3), rng.standard_normal(3), rng.normal(0, 3, depth - 1)
    sigma = ACTIVATIONS["sigmoid"]

    def sums(w):
        z = [x @ w]
        for weight in v:
            z.append(weight * sigma.value(z[-1]))
        return np.array(z)

    def loss(w):
        return (sigma.value(sums(w)[-1]) - 0.3) ** 2

    slopes = sigma.derivative(sums(w))
    delta = 2 * (sigma.value(sums(w)[-1]) - 0.3) * slopes.prod() * v.prod()
    assert delta * x == pytest.approx(numerical_gradient(loss, w), rel=1e-4, abs=1e-10)
    # Too large weights meet flat ends: all inputs near 1, as weights grow.
    flat = [sigma.derivative(10 * size * np.ones(1)).item() for size in (0.5, 5.0)]
    assert flat[1] < 1e-9 < flat[0] < 0.01
    assert "larger initial weights with care (too large ones saturate)" in (
        whole("vanishing-gradient")
    )
    text = whole("vanishing-gradient")
    assert "one sigmoid unit each, joined by weights $v_2,\\dots,v_K$" in text
    assert "Vanishing sits in δ, a product over all layers; the mean sits in $x_i$" in text
    assert "multiplied by each layer's slopes and weights" in text


def _of_four(X, *, scale=1.0, rate, steps):
    """Return how much of the way along (1, −1) is left, and the length, from (3, −1)."""
    H, d = X.T @ X / 4, np.array([3.0, -1.0])
    for _ in range(steps):
        d = d - rate * scale * (H @ d)
    return abs(d[0] - d[1]) / 4, np.linalg.norm(d)


def test_multiplied_gradients_help_where_they_are_small_and_diverge_where_a_mean_limits_the_rate():
    X = np.array([[9.0, 9.0], [9.0, 11.0], [11.0, 9.0], [11.0, 11.0]])
    # Merely small: a thousandth of the gradients of the centered inputs.
    small = _of_four(X - 10, scale=1e-3, rate=0.5, steps=20)
    assert small[0] > 0.98
    assert _of_four(X - 10, scale=1.0, rate=0.5, steps=20)[1] < 1e-5
    # A mean: stable rates leave the flat direction slow, and a thousand times them diverge.
    slow = _of_four(X, rate=1.9 / 201, steps=20)
    assert slow[0] > 0.8
    assert _of_four(X, scale=1000.0, rate=1.9 / 201, steps=5)[1] > 1e9
    for rate, stable in ((1.99 / 201, True), (2.01 / 201, False)):
        assert (_of_four(X, rate=rate, steps=4000)[1] < 1e-3) == stable
    # At a rate that is far too small anyway the thousandfold does not diverge: hence "usually".
    assert _of_four(X, scale=1000.0, rate=1e-6, steps=5000)[1] < 0.1
    # Once of any method: Adam's steps do not feel the factor.
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal(200)
    ways = []
    for factor in (1.0, 1000.0):
        m = v = way = 0.0
        for k, g in enumerate(factor * gradients, start=1):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            way += m / (1 - 0.9**k) / (np.sqrt(v / (1 - 0.999**k)) + 1e-8)
        ways.append(way)
    assert ways[0] == pytest.approx(ways[1], rel=1e-5)
    # Once of a mean alone: centered inputs at a well-chosen rate diverge, too.
    assert _of_four(X - 10, scale=1000.0, rate=0.5, steps=5)[1] > 1e9
    # Slow is the flat direction: the steep one is at its goal in a step.
    d = np.array([3.0, -1.0])
    d = d - X.T @ (X @ d) / 4 / 201
    assert abs(d.sum()) < 1e-9 < 3.9 < d[0] - d[1]
    text = whole("vanishing-gradient")
    assert "**A rough test, for plain gradient descent: multiply a layer's" in text
    assert "(Adam would undo the factor.)" in text
    assert "If they were not, as where a mean limits the rate, training usually breaks down" in text
    assert "A layer can have both faults, so this is a hint, not a proof." in text
    assert "If they were merely small, this can make it learn." in text
    assert "where a mean limits the rate, training usually breaks down: the loss diverges" in text


def test_a_mean_makes_a_gradient_larger_and_only_one_direction_steep():
    X = np.array([[9.0, 11.0], [11.0, 9.0]])
    alike, other = np.array([1.0, 1.0]), np.array([1.0, -1.0])
    assert (X @ alike).tolist() == [20, 20]
    assert (X @ other).tolist() == [-2, 2]
    assert (X - X.mean(axis=0))[0].tolist() == [-1, 1]
    curvatures = [np.mean((X @ d) ** 2) / (d @ d) for d in (alike, other)]
    # At the largest rate that is stable along the first, the second hardly moves in a step.
    assert curvatures == [200, 2]
    rate = 2 / curvatures[0]
    assert 1 - rate * curvatures[1] > 0.97
    # It need not be larger: a mean can also cancel an input that is far from it.
    far = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert np.linalg.norm(far[0]) < np.linalg.norm((far - far.mean(axis=0))[0])
    # With (9, 9) and (11, 11) besides: the variance 1, and the squared length of the mean.
    four = np.array(list(itertools.product((9.0, 11.0), repeat=2)))
    assert np.linalg.eigvalsh(four.T @ four / 4) == pytest.approx([1, 1 + 10**2 + 10**2])
    assert "less the mean both are 1, and the mean (10, 10) adds 10² + 10² along itself." in (
        whole("vanishing-gradient")
    )
    text = before_fold("vanishing-gradient")
    # Errors of both signs mix the signs of the sum.
    assert (np.array([1, -1]) @ X).tolist() == [-2, 2]
    assert "with δ = 1 and (11, 9) with δ = −1: the gradients add up to (−2, 2)." in text
    assert "A learning rate safe for the first is tiny for the second" in text


@pytest.mark.parametrize("seed", range(10))
def test_on_most_examples_a_gradient_points_along_a_mean_that_is_large_for_the_spread(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 30))
    C, mean = rng.standard_normal((n, n)), rng.standard_normal(n)
    X = rng.standard_normal((2000, n)) @ C
    mean *= 3 * (X**2).sum(axis=1).mean() ** 0.5 / np.linalg.norm(mean)

    def cosines(X):
        gradients = rng.standard_t(2, (len(X), 1)) * X
        return np.abs(gradients @ mean) / np.linalg.norm(gradients, axis=1) / np.linalg.norm(mean)

    assert np.median(cosines(X + mean)) > 0.9
    assert (cosines(X + mean) > 0.5**0.5).mean() > 0.9
    # Not on each: one example far from the others can point across.
    across = np.r_[mean[1], -mean[0], np.zeros(n - 2)] * 100
    assert cosines(across[None]) == pytest.approx([0])
    # And a mean that is small for the spread directs next to nothing, however large it is.
    assert np.median(cosines(X + mean / 100)) < 0.9
    # Outputs of sigmoids have a mean that is large enough.
    mean = np.full(20, 0.5)
    assert np.median(cosines(ACTIVATIONS["sigmoid"].value(rng.standard_normal((2000, 20))))) > 0.9
    text = whole("vanishing-gradient")
    assert "Where the mean of the inputs is large compared with their spread, a gradient" in text
    assert "on most examples points mainly along that mean, or against it." in text


@pytest.mark.parametrize("seed", range(3))
def test_a_deep_sigmoid_network_of_larger_weights_has_the_errors_of_a_tanh_network(seed):
    rng, sigma = np.random.default_rng(seed), ACTIVATIONS["sigmoid"]
    X, layers = rng.standard_normal((50, 30)), []
    for _ in range(10):
        layers.append((rng.standard_normal((30, 30)) / 30**0.5, np.zeros(30)))
    shares = {}
    for kind in ("tanh", "written", "usual"):
        a, sums = X, []
        for k, (W, b) in enumerate(layers):
            if kind == "written":
                # tanh(s) = 2σ(2s) − 1: twice in front of a unit, twice behind one.
                W, b = (2 * W, 2 * b) if k == 0 else (4 * W, 2 * b - 2 * W.sum(axis=1))
            sums.append(a @ W.T + b)
            a = np.tanh(sums[-1]) if kind == "tanh" else sigma.value(sums[-1])
        d = rng.standard_normal(a.shape)
        sizes = []
        for k in reversed(range(10)):
            slope = 1 - np.tanh(sums[k]) ** 2 if kind == "tanh" else sigma.derivative(sums[k])
            d = d * slope
            sizes.append(np.sqrt((d**2).mean()))
            d = d @ layers[k][0] * (4 if kind == "written" else 1)
        shares[kind] = sizes[-1] / sizes[0]
    assert shares["written"] > 0.1 < shares["tanh"]
    assert shares["usual"] < 1e-4
    text = before_fold("vanishing-gradient")
    assert "a deep sigmoid network with the usual initial weights has both." in text


def test_centering_helps_three_layers_and_ten_need_steeper_slopes_and_tanh_even_sums():
    three, ten = EXAMPLES["activations-usual-start"](), EXAMPLES["activations-ten-layers"]().rows
    assert three.shifted < three.sigmoid / 3
    assert [row[0] for row in ten[:2]] == ["σ", "σ − ½"]
    assert all(math.isinf(row[1]) for row in ten[:3])
    # 4σ, of slope 1 and not centered, did not get there either: it takes both.
    assert [row[0] for row in ten[2:]] == ["4σ", "4σ − 2"]
    assert math.isfinite(ten[3][1])
    text = whole("vanishing-gradient")
    assert "there centering alone was not enough." in text
    assert "from the usual initial weights both changes were needed." in text
    # The 63 and 21 steps are of three hidden layers; once they stood behind those of ten.
    assert len(SIZES) == 3 + 2
    assert "The mean alone costs steps with three, too, if both start as the same function" in text
    assert "With ten, 4σ did not get there either; $4\\sigma-2$ did, in" in text
    # Small weights do it at slopes of 1, too.
    assert "multiplied by each layer's slopes and weights; it vanishes if they" in text
    sums = np.array([0.0, 2.0])
    assert np.tanh(sums).mean() > 0.4
    assert abs(np.tanh([-2.0, -0.3, 0.3, 2.0]).mean()) < 1e-12
    assert "tanh cures the mean where its sums lie symmetrically around 0" in whole(
        "vanishing-gradient"
    )


def test_a_hidden_layer_whose_gradients_are_multiplied_can_stick_instead_of_diverging():
    rng, data = np.random.default_rng(1), split(0)
    X, y = data.inputs, np.eye(10)[data.labels]
    sizes = (64, 32, 32, 32, 10)
    start = [rng.normal(size=(m, n)) * np.sqrt(2 / m) for m, n in itertools.pairwise(sizes)]

    def last_losses(factor):
        weights = [W.copy() for W in start]
        found = []
        for _ in range(400):
            read = [X]
            for W in weights[:-1]:
                read.append(np.maximum(read[-1] @ W, 0))
            p = softmax(read[-1] @ weights[-1], axis=1)
            found.append(-np.log(np.maximum(p[y == 1], 1e-300)).mean())
            error = (p - y) / len(X)
            for layer in reversed(range(4)):
                gradient = read[layer].T @ error
                error = (error @ weights[layer].T) * (read[layer] > 0)
                weights[layer] -= 0.25 * (factor if layer == 2 else 1) * gradient
        return found

    assert last_losses(1)[-1] < 0.1
    stuck = last_losses(1000)
    # Without biases all answers are then equally likely, for good.
    assert stuck[-50:] == pytest.approx([math.log(10)] * 50)
    text = whole("vanishing-gradient")
    assert "or sticks as units saturate or die" in text


@kept_run
def _arrives_from_larger_weights(seed):
    """Whether ten layers of σ − ½, with weights four times the usual, learn within 150 steps."""
    sigmoid, data = ACTIVATIONS["sigmoid"], split(seed)
    less = Activation(
        "σ − ½",
        sigmoid.expression - sympy.Rational(1, 2),
        lambda z: sigmoid.function(z) - 0.5,
        sigmoid.slope,
    )
    sizes = (64, *(32,) * 10, 10)
    usual = initialize(sizes, activation=less, rng=np.random.default_rng([seed, 1]))
    weights = (usual.weights[0], *(4 * W for W in usual.weights[1:]))
    X = data.inputs - data.inputs.mean(axis=0)
    rates = (2.0**power for power in (-4, -3, -2, -1, 0))
    return any(
        train(
            replace(usual, weights=weights), X, data.labels, step_size=rate, steps=150, target=0.1
        ).reached
        for rate in rates
    )


def test_small_slopes_can_be_made_up_for_by_larger_weights():
    # Why the deep network needed both "from the usual initial weights".
    assert _arrives_from_larger_weights(0)


@pytest.mark.parametrize("seed", range(10))
def test_the_end_is_the_same_with_and_without_the_mean_and_the_way_at_one_rate_is_not(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 5), rng.normal(0, 10)
    X, T = m + rng.standard_normal((40, n)), m + rng.standard_normal((20, n))
    y = rng.standard_normal(40)
    # One best solution, and the training mean for the test data too.
    ends = [
        (lambda A, B: B @ np.linalg.lstsq(A, y, rcond=None)[0])(
            *(np.c_[Z - shift, np.ones(len(Z))] for Z in (X, T))
        )
        for shift in (0, X.mean(axis=0))
    ]
    assert np.allclose(*ends)
    # Any fully connected network, from the first layer on.
    W, b = rng.standard_normal((3, n)), rng.standard_normal(3)
    assert np.allclose(X @ W.T + b, (X - m) @ W.T + (b + W @ np.full(n, m)))
    text = before_fold("speed-or-generalization")
    assert "So linear regression with one best solution and an unpenalized bias" in text
    assert "can compute the same functions with and without the mean" in text
    # Not "a longer way", as the page once said: the flow takes as long, and steps are more.
    road = CLAIMS["networks.road"].check(0).numbers
    assert road["apart_most"] < 10
    assert "usually only means more steps to reach them" in text
    # Below 2/102 a step leaves the flat error nearly whole.
    flat, steep = np.linalg.eigvalsh(np.array([[101.0, 10.0], [10.0, 1.0]]))
    assert 1 - 2 / steep * flat > 0.999
    assert "so each step leaves over 99.9% of the error in the flat direction" in text


def test_of_many_solutions_the_origin_of_the_inputs_chooses_one():
    X, record = np.array([[1.0, 3.0], [3.0, 1.0]]), EXAMPLES["spectra-which-minimum"]()
    for Z, end in ((X, record.raw), (X - 2, record.centered)):
        assert Z @ end[:2] + end[2] == pytest.approx([9, 9])
    # The pulls of the first step on both weights cancel, and so do those of all others.
    assert ((X - 2).T @ [9, 9]).tolist() == [0, 0]
    assert record.raw_tests[0] == pytest.approx(5)
    assert record.centered_tests[0] == pytest.approx(9)
    text = before_fold("speed-or-generalization")
    assert "their pulls on $w$ cancel" in text
    assert "Both fit, but for $(1,1)$ they predict" in text
