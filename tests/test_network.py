"""The network's gradients are those of its loss, and its measurements those of its gradients."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.neural_network import MLPClassifier
from sklearn.neural_network._base import ACTIVATIONS as SKLEARN_ACTIVATIONS

from offcenter.activations import ACTIVATIONS
from offcenter.network import (
    Network,
    accuracy,
    as_sigmoid_network,
    backward,
    center_activation,
    cross_entropy,
    flip_inputs,
    forward,
    initialize,
    measure,
    relu_cosine,
    relu_cosines,
    shift_inputs,
    train,
)


@pytest.fixture
def problem():
    rng = np.random.default_rng(7)
    X = rng.uniform(size=(30, 6))
    return X, rng.integers(0, 3, size=30)


def network(name, seed=8):
    """A small network whose biases are not zero."""
    rng = np.random.default_rng(seed)
    result = initialize((6, 5, 4, 3), activation=name, rng=rng, gain=1.5)
    return replace(result, biases=tuple(rng.normal(size=b.shape) for b in result.biases))


def shifted(net, layer, what, index, by):
    parts = [part.copy() for part in getattr(net, what)]
    parts[layer][index] += by
    return replace(net, **{what: tuple(parts)})


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "gelu"])
@pytest.mark.parametrize("what", ["weights", "biases"])
def test_gradients_are_central_differences_of_the_loss(problem, name, what):
    X, y = problem
    net, h = network(name), 1e-5
    gradients = getattr(backward(net, forward(net, X), y), what)
    for layer, gradient in enumerate(gradients):
        for index in np.ndindex(gradient.shape):
            up, down = (
                cross_entropy(forward(shifted(net, layer, what, index, by), X).logits, y)
                for by in (h, -h)
            )
            assert gradient[index] == pytest.approx((up - down) / (2 * h), abs=1e-9)


def test_relu_gradients_are_central_differences_away_from_kinks(problem):
    X, y = problem
    net, h = network("relu"), 1e-7
    distance = min(np.abs(s).min() for s in forward(net, X).pre_activations[:-1])
    assert distance > 1e-4
    gradient = backward(net, forward(net, X), y).weights[0]
    for index in np.ndindex(gradient.shape):
        up, down = (
            cross_entropy(forward(shifted(net, 0, "weights", index, by), X).logits, y)
            for by in (h, -h)
        )
        assert gradient[index] == pytest.approx((up - down) / (2 * h), abs=1e-7)


@pytest.mark.parametrize(("name", "theirs"), [("sigmoid", "logistic"), ("tanh", "tanh")])
def test_forward_pass_is_scikit_learns(problem, name, theirs):
    assert theirs in SKLEARN_ACTIVATIONS
    X, y = problem
    net = network(name)
    oracle = MLPClassifier((5, 4), activation=theirs, max_iter=1, solver="sgd", batch_size=30)
    oracle.partial_fit(X, y, classes=[0, 1, 2])
    oracle.coefs_ = [W.T for W in net.weights]
    oracle.intercepts_ = list(net.biases)
    logits = forward(net, X).logits
    powers = np.exp(logits)
    np.testing.assert_allclose(
        oracle.predict_proba(X), powers / powers.sum(axis=1, keepdims=True), rtol=1e-12
    )
    assert accuracy(net, X, y) == oracle.score(X, y)


def test_errors_are_per_example_and_make_the_gradients(problem):
    X, y = problem
    net = network("tanh")
    states = forward(net, X)
    both = backward(net, states, y)
    for i in range(3):
        alone = backward(net, forward(net, X[i : i + 1]), y[i : i + 1])
        for layer in range(3):
            np.testing.assert_allclose(alone.errors[layer][0], both.errors[layer][i], atol=1e-15)
            np.testing.assert_allclose(
                alone.weights[layer],
                np.outer(both.errors[layer][i], states.inputs[layer][i]),
                atol=1e-15,
            )


def test_cross_entropy_of_equal_logits_is_the_logarithm_of_the_classes():
    assert cross_entropy(np.full((4, 10), 1e6), np.arange(4)) == pytest.approx(np.log(10))


def test_initial_weights_have_the_variance_of_the_gain():
    net = initialize((400, 300, 10), activation="relu", rng=np.random.default_rng(0), gain=2.0)
    # 120 000 normal weights: the standard error of the variance is √(2/120 000) of it.
    assert net.weights[0].var() * 400 == pytest.approx(4.0, rel=5 * np.sqrt(2 / 120_000))
    assert net.weights[1].var() * 300 == pytest.approx(1.0, rel=5 * np.sqrt(2 / 3_000))
    assert net.sizes == (400, 300, 10)


@pytest.mark.parametrize("name", ["sigmoid", "relu"])
def test_other_parameters_give_the_same_function(problem, name):
    X, _ = problem
    net, shift = network(name), np.linspace(-1, 1, 6)
    signs = np.array([1, -1, -1, 1, 1, -1])
    logits = forward(net, X).logits
    np.testing.assert_allclose(forward(shift_inputs(net, shift), X - shift).logits, logits)
    np.testing.assert_allclose(forward(center_activation(net), X).logits, logits)
    np.testing.assert_array_equal(forward(flip_inputs(net, signs), X * signs).logits, logits)


def test_tanh_network_is_a_sigmoid_network(problem):
    X, _ = problem
    net = network("tanh")
    sigmoid = as_sigmoid_network(net)
    assert sigmoid.activation is ACTIVATIONS["sigmoid"]
    np.testing.assert_allclose(forward(sigmoid, X).logits, forward(net, X).logits)


@given(st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_a_network_of_lists_is_the_network_of_their_arrays(sizes):
    net = initialize(sizes, activation="tanh", rng=np.random.default_rng(4))
    lists = Network(
        [W.tolist() for W in net.weights], [b.tolist() for b in net.biases], net.activation
    )
    assert lists.sizes == net.sizes == tuple(sizes)
    X = np.random.default_rng(5).normal(size=(7, sizes[0]))
    np.testing.assert_array_equal(forward(lists, X).logits, forward(net, X).logits)


def test_training_takes_gradient_steps(problem):
    X, y = problem
    net = network("tanh")
    run = train(net, X, y, step_size=0.5, steps=2)
    by_hand = net
    for step in range(3):
        states = forward(by_hand, X)
        assert run.losses[step] == pytest.approx(cross_entropy(states.logits, y), rel=1e-13)
        if step == 2:
            break
        g = backward(by_hand, states, y)
        by_hand = Network(
            tuple(W - 0.5 * d for W, d in zip(by_hand.weights, g.weights, strict=True)),
            tuple(b - 0.5 * d for b, d in zip(by_hand.biases, g.biases, strict=True)),
            net.activation,
        )
    assert run.steps == 2
    assert not run.reached
    for ours, theirs in zip(run.network.weights, by_hand.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-13)


def test_slices_of_a_long_batch_add_up():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(301, 6)), rng.integers(0, 3, size=301)
    net = network("tanh")
    run = train(net, X, y, step_size=1.0, steps=1)
    gradient = backward(net, forward(net, X), y).weights[0]
    np.testing.assert_allclose(run.network.weights[0], net.weights[0] - gradient, atol=1e-14)
    assert run.losses[0] == pytest.approx(cross_entropy(forward(net, X).logits, y), rel=1e-13)


def test_training_stops_at_the_target_and_reports_each_step(problem):
    X, y = problem
    reports = []
    net = network("tanh")
    run = train(
        net, X, y, step_size=0.5, steps=500, target=0.9, report=lambda *line: reports.append(line)
    )
    assert run.reached
    assert run.losses[-1] <= 0.9 < run.losses[-2]
    assert reports == list(enumerate(run.losses))


def test_training_stops_when_it_diverges(problem):
    X, y = problem
    run = train(network("relu"), X, y, step_size=1e4, steps=500)
    assert not run.reached
    assert run.steps < 500


@given(name=st.sampled_from(list(ACTIVATIONS)), power=st.floats(3, 308))
def test_training_stops_also_beyond_the_range_of_floats(name, power):
    rng = np.random.default_rng(7)
    X, y = rng.uniform(size=(30, 6)), rng.integers(0, 3, size=30)
    run = train(network(name), X, y, step_size=10.0**power, steps=50)
    assert not run.reached
    assert run.steps <= 50
    # The network is the last one that has a loss.
    loss = cross_entropy(forward(run.network, X).logits, y)
    assert loss == pytest.approx(run.losses[np.isfinite(run.losses)][-1], rel=1e-12)
    assert np.isfinite(run.losses[:-1]).all()


def test_training_does_not_begin_beyond_the_range_of_floats(problem):
    X, y = problem
    net = network("relu")
    net = replace(net, weights=tuple(1e200 * W for W in net.weights))
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(ValueError, match="range of floats"),
    ):
        train(net, X, y, step_size=1.0, steps=5)


def test_training_leaves_the_first_network_as_it_was(problem):
    X, y = problem
    net = network("tanh")
    before = net.weights[0].copy()
    train(net, X, y, step_size=0.5, steps=3)
    np.testing.assert_array_equal(net.weights[0], before)


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_measurements_are_those_of_all_gradient_rows(problem, name):
    X, y = problem
    net = network(name)
    states = forward(net, X)
    errors = backward(net, states, y).errors
    for stats, x, d in zip(measure(net, X, y, batch_size=7), states.inputs, errors, strict=True):
        rows = [np.outer(d[i], x[i])[j] for i in range(30) for j in range(d.shape[1])]
        rows = [row for row in rows if row.any()]
        one_sign = np.mean([np.all(row >= 0) or np.all(row <= 0) for row in rows])
        assert stats.single_signed == pytest.approx(one_sign, abs=1e-15)
        pairs = []
        for batch in range(4):
            rows = range(7 * batch, 7 * batch + 7)
            gradient = sum(np.outer(d[i], x[i]) for i in rows)
            for row in gradient:
                pairs += [
                    row[a] * row[b] > 0
                    for a in range(row.size)
                    for b in range(row.size)
                    if a != b and row[a] * row[b] != 0
                ]
        assert stats.agreement == pytest.approx(np.mean(pairs), abs=1e-15)
        np.testing.assert_allclose(stats.second_moment, x.T @ x / 30)
        np.testing.assert_allclose(stats.error_factor, d.T @ d / 30)
        np.testing.assert_allclose(stats.input_factor[:-1, -1], x.mean(axis=0))
        assert stats.offset_share == pytest.approx(
            np.sum(x.mean(axis=0) ** 2) / np.mean(np.sum(x**2, axis=1))
        )
        assert stats.critical_batch_size <= 1 / stats.offset_share + 1e-12
        values = np.linalg.eigvalsh(stats.input_factor)
        assert stats.largest_eigenvalue == pytest.approx(values[-1])


def test_one_example_of_one_sign_makes_all_pairs_agree(problem):
    X, y = problem
    layers = measure(network("sigmoid"), X, y, batch_size=1)
    assert [layer.agreement for layer in layers] == [1.0, 1.0, 1.0]
    assert [layer.single_signed for layer in layers] == [1.0, 1.0, 1.0]


def test_kronecker_factors_are_the_blocks_mean_for_independent_errors():
    # Where errors are independent of inputs, the mean of (x̃x̃ᵀ) ⊗ (δδᵀ) is the product of means:
    # here each of two inputs meets each of two errors once.
    rng = np.random.default_rng(0)
    x, d = rng.normal(size=(2, 3)), rng.normal(size=(2, 2))
    pairs = [(x[i], d[j]) for i in range(2) for j in range(2)]
    whole = np.mean([np.kron(np.outer(a, a), np.outer(e, e)) for a, e in pairs], axis=0)
    product = np.kron(x.T @ x / 2, d.T @ d / 2)
    np.testing.assert_allclose(whole, product, atol=1e-14)


@pytest.mark.parametrize("cosine", [-1.0, -0.6, 0.0, 0.3, 0.9, 1.0])
def test_relu_cosine_is_the_normalized_product_of_correlated_normals(cosine):
    # E[relu(x) relu(y)] with y = c x + √(1 − c²) e: by SciPy over x, and over e in closed form,
    # E[relu(m + s e)] = m Φ(m/s) + s φ(m/s).
    spread = np.sqrt(1 - cosine**2)

    def inner(x):
        m = cosine * x
        if spread == 0:
            return max(m, 0.0)
        return m * norm.cdf(m / spread) + spread * norm.pdf(m / spread)

    product, _ = quad(lambda x: x * inner(x) * norm.pdf(x), 0, 40, points=[1, 5], epsabs=1e-13)
    assert relu_cosine(cosine) == pytest.approx(product / 0.5, abs=1e-10)


def test_relu_cosines_repeat_the_map():
    cosines = relu_cosines(10)
    assert cosines.shape == (11,)
    assert cosines[0] == 0.0
    assert cosines[1] == pytest.approx(1 / np.pi, abs=1e-15)
    assert cosines[10] == relu_cosine(cosines[9])
    assert np.all(np.diff(cosines) > 0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: relu_cosine(1.1), "cosine must be at least -1 and at most 1"),
        (lambda: relu_cosines(-1), "depth must be at least 0"),
        (lambda: initialize((6,), activation="relu", rng=np.random.default_rng(0)), "two entries"),
        (
            lambda: initialize((6, 2), activation="ReLU", rng=np.random.default_rng(0)),
            "activation must be one of",
        ),
        (lambda: initialize((6, 2), activation="relu", rng=None), "rng must be a numpy"),
        (
            lambda: initialize((6, 2), activation="relu", rng=np.random.default_rng(0), gain=0.0),
            "gain must be above 0",
        ),
        (lambda: forward(network("relu"), np.ones((2, 5))), r"X must have shape \(2, 6\)"),
        (lambda: forward(network("relu"), np.full((2, 6), np.nan)), "X must be finite"),
        (
            lambda: cross_entropy(np.zeros((2, 3)), np.array([0, 3])),
            "labels must be from 0 to 2, got 0 to 3",
        ),
        (lambda: cross_entropy(np.zeros((2, 3)), np.array([0, -1])), "labels must be from 0"),
        (lambda: cross_entropy(np.zeros((2, 3)), np.array([0.0, 1.0])), "whole numbers"),
        (lambda: cross_entropy(np.zeros((2, 3)), np.array([0])), "labels must have shape"),
        (
            lambda: train(network("relu"), np.ones((2, 6)), np.array([0]), step_size=1.0, steps=1),
            "labels must have shape",
        ),
        (
            lambda: train(network("relu"), np.ones((1, 6)), np.array([0]), step_size=0.0, steps=1),
            "step_size must be above 0",
        ),
        (lambda: shift_inputs(network("relu"), np.ones(5)), r"shift must have shape \(6,\)"),
        (lambda: flip_inputs(network("relu"), np.zeros(6)), "signs must hold only"),
        (lambda: as_sigmoid_network(network("relu")), "must have the activation tanh, got relu"),
        (
            lambda: measure(network("tanh"), np.ones((2, 6)), np.array([0, 1]), batch_size=3),
            "batch_size must be at most 2",
        ),
        (
            lambda: Network((np.ones((2, 3)), np.ones((2, 3))), (np.ones(2),) * 2, None),
            "activation must be an Activation",
        ),
        (
            lambda: Network(
                (np.ones((2, 3)), np.ones((2, 3))), (np.ones(2),) * 2, ACTIVATIONS["relu"]
            ),
            r"weights of layer 2 must have shape \(2, 2\)",
        ),
        (
            lambda: Network((np.ones((2, 3)),), (np.ones(3),), ACTIVATIONS["relu"]),
            r"biases of layer 1 must have shape \(2,\)",
        ),
        (lambda: Network((), (), ACTIVATIONS["relu"]), "one entry a layer"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((TypeError, ValueError), match=words):
        call()
