"""Why the boxes of real networks say how wide, from which weights and on how many digits."""

from dataclasses import replace

import numpy as np
import pytest

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.data import load_breast_cancer
from offcenter.experiment import layers, split, start
from offcenter.network import (
    Family,
    Problem,
    as_sigmoid_network,
    backward,
    forward,
    initialize,
    measure,
    race,
    shift_inputs,
    stack,
)
from offcenter.signs import single_signed
from offcenter.spectrum import condition_number, offset_share, with_bias

DEEP = (64, *[32] * 10, 10)


def drawn(width, seed, *, kind="tanh", centered=False):
    """Three hidden layers of `width` units before training, and what they read: 256 digits."""
    data = split(seed)
    rng = np.random.default_rng([seed, 1])
    network = initialize((64, width, width, width, 10), activation="tanh", rng=rng)
    if kind == "sigmoid":
        network = as_sigmoid_network(network)
    mean = data.inputs.mean(axis=0)
    if not centered:
        return shift_inputs(network, -mean), data.inputs, data.labels
    return network, data.inputs - mean, data.labels


# networks.deep


@pytest.mark.parametrize(("examples", "arrives"), [(20, True), (256, False)])
def test_on_twenty_digits_a_deep_sigmoid_network_comes_down_to_loss_two(examples, arrives):
    # How often each class is there is enough, and the biases of the outputs learn it.
    data = split(7, examples=examples)
    network = initialize(DEEP, activation="sigmoid", rng=np.random.default_rng([7, 5]))
    problem = Problem((data.inputs - data.inputs.mean(axis=0))[None], np.eye(10)[data.labels][None])
    run = race(
        Family(DEEP, "sigmoid"),
        stack([network]),
        problem,
        problem,
        step_sizes=2.0 ** np.arange(-4, 5, 2),
        targets=(2.0,),
        limit=300,
    )
    assert run.fewest.all() == arrives
    assert CLAIMS["networks.deep"].assumes[0].startswith("256 digits")


def test_from_weights_with_a_mean_a_deep_sigmoid_network_comes_down_to_loss_two():
    # N(−1/4, 1/32): all units of a layer move alike.
    data = split(0)
    network = initialize(DEEP, activation="sigmoid", rng=np.random.default_rng([0, 5]))
    problem = Problem((data.inputs - data.inputs.mean(axis=0))[None], np.eye(10)[data.labels][None])
    run = race(
        Family(DEEP, "sigmoid"),
        stack([replace(network, weights=tuple(W - 0.25 for W in network.weights))]),
        problem,
        problem,
        step_sizes=[4.0, 16.0],
        targets=(2.0,),
        limit=300,
    )
    assert 0 < run.fewest[0, 0] < 200
    assert "weights N(0, 1/inputs) (ReLU: N(0, 2/inputs))" in CLAIMS["networks.deep"].sentence


# networks.tables


def test_from_weights_far_larger_than_the_books_a_table_need_not_gain():
    data = load_breast_cancer()
    X, targets = data.features / data.features.max(axis=0), np.eye(2)[data.labels]
    sizes, fewest = (X.shape[1], 16, 2), []
    for centered in (False, True):
        networks, inputs, goals = [], [], []
        for seed in range(10):
            order = np.random.default_rng([seed, 2]).permutation(len(X))
            half = order[: (len(X) + 1) // 2]
            mean = X[half].mean(axis=0)
            # Of variance 225/inputs instead of 2/inputs.
            rng = np.random.default_rng([seed, 3])
            network = initialize(sizes, activation="relu", rng=rng, gain=15.0)
            networks.append(network if centered else shift_inputs(network, -mean))
            inputs.append(X[half] - (mean if centered else 0))
            goals.append(targets[half])
        problem = Problem(np.array(inputs), np.array(goals))
        run = race(
            Family(sizes, "relu"),
            stack(networks),
            problem,
            problem,
            step_sizes=2.0 ** np.arange(-8, 8),
            targets=(0.2,),
            method="momentum",
        )
        fewest.append(run.fewest[:, 0])
    assert np.median(fewest[0] / fewest[1]) < 1
    assert any("N(0, 2/inputs)" in words for words in CLAIMS["networks.tables"].assumes)


# All boxes whose networks are drawn: the weights have mean 0.


def test_from_weights_with_a_mean_centered_tanh_layers_are_off_center():
    for seed in (0, 1):
        network, shift = start("tanh-centered", seed)
        moved = replace(network, weights=tuple(W + 0.1 for W in network.weights))
        data = split(seed)
        found = measure(moved, data.inputs - shift, data.labels, batch_size=32)[1:]
        for layer in found:
            top = np.linalg.eigh(layer.second_moment)[1][:, -1]
            assert (top > 0).all() or (top < 0).all()
        assert found[-1].agreement > 0.9
    for claim in CLAIMS.values():
        for words in claim.assumes:
            if claim.id.startswith("networks.") and "1/inputs" in words:
                assert "independent" in words, claim.id
                assert "N(0, 1/inputs)" in words, claim.id


# networks.top-eigenvalue, networks.one-sign, networks.top-direction, networks.batch-signs,
# networks.diagonal: three hidden layers of 32 units.


def ratio_to_independent_features(layer):
    mean = layer.input_factor[:-1, -1]
    variances = np.diag(layer.second_moment) - mean**2
    return layer.largest_eigenvalue / np.linalg.eigvalsh(with_bias(np.diag(variances), mean))[-1]


def test_in_wide_tanh_layers_the_top_eigenvalue_is_over_two_thirds_above_the_formula():
    # At 32 units it is that of the bias, 1, which both have; 128 correlated ones pass it.
    most = {
        width: max(
            ratio_to_independent_features(layer)
            for seed in range(5)
            for layer in measure(*drawn(width, seed), batch_size=32)[1:]
        )
        for width in (32, 128, 256)
    }
    assert most[32] < 4 / 3 < 5 / 3 < most[128] < most[256]
    said = CLAIMS["networks.top-eigenvalue"].assumes
    assert any("of 128 it can be over two thirds above the formula" in words for words in said)


def test_in_the_last_of_thirteen_layers_the_top_eigenvalue_is_by_half_above_the_formula():
    most = {}
    for hidden in (3, 12):
        network, shift = start("tanh-centered", 5, sizes=(64, *[32] * hidden, 10))
        data = split(5)
        found = measure(network, data.inputs - shift, data.labels, batch_size=32)[1:]
        most[hidden] = max(map(ratio_to_independent_features, found))
    assert most[3] < 4 / 3 < 1.5 < most[12]
    said = CLAIMS["networks.top-eigenvalue"].assumes
    assert any(words.startswith("three hidden layers of 32 units") for words in said)


def test_in_centered_layers_of_four_units_rows_directions_and_pairs_have_one_sign():
    network, X, labels = drawn(4, 1, centered=True)
    gradients = [
        backward(network, forward(network, X[k : k + 1]), labels[k : k + 1]).weights[3]
        for k in range(40)
    ]
    assert single_signed(np.vstack(gradients)).mean() > 0.5
    last = measure(network, X, labels, batch_size=32)[3]
    top = np.linalg.eigh(last.second_moment)[1][:, -1]
    assert (top > 0).all() or (top < 0).all()
    assert last.agreement > 0.8
    for name in ("one-sign", "top-direction", "batch-signs"):
        assert "three hidden layers of 32 units" in CLAIMS[f"networks.{name}"].assumes, name


def test_in_sigmoid_layers_of_eight_units_scaling_can_lower_the_condition_number_by_a_quarter():
    def gain(layer):
        scale = 1 / np.sqrt(np.diag(layer.input_factor))
        scaled = layer.input_factor * np.outer(scale, scale)
        return layer.condition_number_with_bias / condition_number(scaled)

    most = {
        width: max(
            gain(layer)
            for seed in range(6)
            for layer in measure(*drawn(width, seed, kind="sigmoid"), batch_size=32)[1:]
        )
        for width in (8, 32)
    }
    assert most[32] < 1 < 1.25 < most[8]
    assert "three hidden layers of 32 units" in CLAIMS["networks.diagonal"].assumes


# networks.gates


def test_a_sigmoid_cell_that_reads_one_input_or_has_just_begun_has_less_of_an_offset():
    sigmoid, units = ACTIVATIONS["sigmoid"].value, 32
    shares, first = {"new": [], "one": []}, []
    for draw in range(10):
        for way, found in shares.items():
            rng = np.random.default_rng([0, draw, 9])
            W = rng.standard_normal((4, 2 * units, units)) / np.sqrt(2 * units)
            c = h = np.zeros((100, units))
            x = rng.standard_normal((100, units))
            for step in range(40):
                x = rng.standard_normal((100, units)) if way == "new" else x
                s = np.concatenate([x, h], axis=1) @ W
                c = sigmoid(s[0] + 2) * c + sigmoid(s[1]) * sigmoid(s[2])
                h = sigmoid(s[3]) * np.tanh(c)
                if step == 0 and way == "new":
                    first.append(offset_share(c))
            found.append(offset_share(c))
    assert np.mean(shares["one"]) < 0.7 < 0.9 < np.mean(shares["new"])
    assert np.mean(first) < 0.85
    assert "new in each step" in CLAIMS["networks.gates"].assumes[0]
    assert "the memory after 40 steps from 0" in CLAIMS["networks.gates"].assumes[1]


def test_a_tanh_cell_whose_units_weigh_all_that_they_read_alike_has_an_offset():
    # Why the claim says "independent weights": here each is N(0, 1/64), one draw a unit and gate.
    sigmoid, units, shares = ACTIVATIONS["sigmoid"].value, 32, []
    for draw in range(10):
        rng = np.random.default_rng([0, draw, 9])
        drawn_once = rng.standard_normal((4, 1, units)) / np.sqrt(2 * units)
        W = np.broadcast_to(drawn_once, (4, 2 * units, units))
        c = h = np.zeros((100, units))
        for _ in range(40):
            s = np.concatenate([rng.standard_normal((100, units)), h], axis=1) @ W
            c = sigmoid(s[0] + 2) * c + sigmoid(s[1]) * np.tanh(s[2])
            h = sigmoid(s[3]) * np.tanh(c)
        shares.append(offset_share(c))
    assert np.mean(shares) > 0.3
    assert CLAIMS["networks.gates"].assumes[1].startswith("independent weights")


def test_a_tanh_cell_whose_inputs_are_one_number_has_an_offset():
    # Why the claim says "independent normal inputs": here all 32 of a step are one draw.
    sigmoid, units, shares = ACTIVATIONS["sigmoid"].value, 32, []
    for draw in range(10):
        rng = np.random.default_rng([0, draw, 9])
        W = rng.standard_normal((4, 2 * units, units)) / np.sqrt(2 * units)
        c = h = np.zeros((100, units))
        for _ in range(40):
            x = np.broadcast_to(rng.standard_normal((100, 1)), (100, units))
            s = np.concatenate([x, h], axis=1) @ W
            c = sigmoid(s[0] + 2) * c + sigmoid(s[1]) * np.tanh(s[2])
            h = sigmoid(s[3]) * np.tanh(c)
        shares.append(offset_share(c))
    assert np.mean(shares) > 0.4
    assert CLAIMS["networks.gates"].assumes[0].startswith("independent normal inputs")


# networks.accuracy, .condition-after, .edge, .kappa-order, .step-size, .steps, .stride


@pytest.mark.parametrize("kind", ["tanh", "sigmoid"])
def test_on_fewer_digits_than_units_a_layer_has_an_infinite_condition_number(kind):
    # Why the boxes say how many digits: of two infinite numbers neither is larger.
    network, x, labels = drawn(32, 0, kind=kind)
    few, many = (measure(network, x[:n], labels[:n], batch_size=16) for n in (16, 256))
    assert np.isinf([layer.condition_number_with_bias for layer in few[1:]]).all()
    assert np.isfinite([layer.condition_number_with_bias for layer in many[1:]]).all()
    for name in ("accuracy", "condition-after", "kappa-order", "step-size", "steps", "stride"):
        assert CLAIMS[f"networks.{name}"].over.startswith("256 digits, three hidden layers"), name


# networks.after-training, networks.condition-after


def test_two_boxes_on_trained_layers_name_the_network_that_they_measure():
    # Two of the eight networks have σ.
    for name in ("after-training", "condition-after"):
        assert "the σ network on raw pixels" in CLAIMS[f"networks.{name}"].sentence, name


def test_training_leaves_the_share_of_what_the_first_hidden_layer_reads():
    # Why the sentence says "outputs": a hidden layer also reads, the first one pixels.
    before, after = (
        np.array([[layer.offset_share for layer in network] for network in found])
        for found in (layers("sigmoid-raw", 0, trained=way) for way in (False, True))
    )
    assert (before[:, 0] == after[:, 0]).all()
    assert (before[:, 1:] > after[:, 1:]).all()
    assert "of the outputs x of each hidden layer" in CLAIMS["networks.after-training"].sentence


def test_the_layer_that_reads_pixels_has_an_infinite_condition_number_in_both():
    # Why networks.condition-after says which layers: some pixels have no ink.
    for name in ("sigmoid-raw", "shifted-centered"):
        for network in layers(name, 0, trained=True):
            assert np.isinf(network[0].condition_number_with_bias)
    assert "that reads hidden units" in CLAIMS["networks.condition-after"].sentence
