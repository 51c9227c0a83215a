"""Attacks on the general sentences about random starts: other inputs, laws, widths and data."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.data import load_breast_cancer, load_wine
from offcenter.experiment import split
from offcenter.network import forward, initialize, lstm_memory, relu_cosine, relu_cosines
from offcenter.normal import normal_expectation
from offcenter.spectrum import offset_share

SIGMOID = ACTIVATIONS["sigmoid"]
TABLES = {"wine": load_wine, "breast cancer": load_breast_cancer}


def table(name):
    features = TABLES[name]().features
    return features / features.max(axis=0)


LENGTHS = (0.01, 0.1, 1.0, 3.0, 6.0)


# networks.saturation: any single example, of any length; the weights' law is a hypothesis.


@pytest.mark.parametrize("gain", [0.5, 3.0, 30.0])
@pytest.mark.parametrize("law", ["one entry", "equal", "heavy tails", "wine"])
def test_mean_slopes_depend_on_the_length_of_the_example_alone(law, gain):
    rng, n = np.random.default_rng(11), 13
    x = {
        "one entry": np.eye(n)[0] * 2,
        "equal": np.full(n, 3.0),
        "heavy tails": rng.standard_t(1.2, n),
        "wine": table("wine")[7],
    }[law]
    slopes = SIGMOID.derivative(gain / math.sqrt(n) * rng.standard_normal((200_000, n)) @ x)
    k = gain * np.linalg.norm(x) / math.sqrt(n)
    theory = normal_expectation(lambda z: SIGMOID.derivative(k * z))
    assert slopes.mean() == pytest.approx(theory, abs=5 * slopes.std() / math.sqrt(200_000))


def test_a_mean_need_not_saturate_units_on_average_over_examples():
    # Why the sentence speaks of the length of an example: 0 and 2 are −1 and 1 when centered.
    def slope(x, gain):
        return normal_expectation(lambda z: SIGMOID.derivative(gain * abs(x) * z))

    for gain in (1.0, 16.0):
        raw, centered = (slope(0, gain) + slope(2, gain)) / 2, slope(1, gain)
        assert raw > centered if gain > 1 else raw < centered
    # For more inputs the length hardly differs between examples, and a mean saturates.
    X = np.random.default_rng(3).integers(0, 2, (200, 100)) * 2.0
    lengths = (np.linalg.norm(Z, axis=1).mean() / 10 for Z in (X, X - 1))
    raw, centered = (slope(length, 16.0) for length in lengths)
    assert raw < 0.8 * centered


def test_centering_can_make_examples_longer_on_average():
    # Why the page speaks of the mean square of the length: "longer on average" broke here.
    x = np.repeat([0.0, 1.0], [9, 1])
    centered = x - x.mean()
    assert np.abs(centered).mean() > 1.5 * np.abs(x).mean()
    assert np.mean(x**2) - np.mean(centered**2) == pytest.approx(x.mean() ** 2)
    page = (Path(__file__).parents[2] / "book/starts.md").read_text(encoding="utf-8")
    assert "A mean adds |μ|² to the mean square of that length" in page


def test_with_weights_of_another_law_one_entry_sees_the_law():
    # Outside: weights ±1 and an example of one entry; there is one slope, not a mean of many.
    slope = float(SIGMOID.derivative(np.array(4.0)))
    assert slope < 0.5 * normal_expectation(lambda z: SIGMOID.derivative(4 * z))


def test_beside_a_large_bias_a_longer_example_raises_the_mean_slope():
    # Why the claim says "without bias": at 6 a unit is saturated, and longer examples leave it.
    def slopes(bias):
        return [
            normal_expectation(lambda z, k=k: SIGMOID.derivative(bias + k * z)) for k in LENGTHS
        ]

    assert (np.diff(slopes(0.0)) < 0).all()
    assert (np.diff(slopes(6.0)) > 0).all()
    assert "without bias" in CLAIMS["networks.saturation"].sentence


def test_weights_that_are_one_number_see_the_sum_and_not_the_length():
    # Why the claim says independent: each weight is N(0, g²/n), and they are all the same one.
    x, g, z = np.array([1.0, -1.0]), 16.0, np.random.default_rng(12).standard_normal(1000)
    slopes = SIGMOID.derivative(g / math.sqrt(2) * z[:, np.newaxis] * np.ones(2) @ x)
    assert slopes == pytest.approx(0.25)
    k = g * np.linalg.norm(x) / math.sqrt(2)
    assert normal_expectation(lambda z: SIGMOID.derivative(k * z)) < 0.1


# networks.silent: other widths; other data.


def silent(X, width, seed):
    """Shares of units of three layers that answer no example."""
    rng = np.random.default_rng([seed, 66])
    sizes = (X.shape[1], width, width, width, 2)
    net = initialize(sizes, activation="relu", rng=rng, gain=math.sqrt(2))
    return np.array([(x.max(axis=0) == 0).mean() for x in forward(net, X).inputs[1:]])


@pytest.mark.parametrize("width", [100, 400])
def test_layers_of_other_widths_have_silent_units_on_raw_digits_too(width):
    for seed in range(700, 706):
        X = split(seed).inputs
        raw, centered = silent(X, width, seed), silent(X - X.mean(axis=0), width, seed)
        assert raw[0] > 0
        assert centered[0] == 0
        assert raw[1:].sum() > centered[1:].sum()


def test_of_all_digits_one_can_wake_each_unit_of_the_first_layer():
    # Why the sentence says how many digits there are.
    data = split(1075)
    rng = np.random.default_rng([1075, 6])
    net = initialize((64, 200, 200, 200, 10), activation="relu", rng=rng, gain=math.sqrt(2))

    def silent_units(X):
        return (forward(net, X).inputs[1].max(axis=0) == 0).sum()

    assert silent_units(data.inputs) > 0
    assert silent_units(np.vstack([data.inputs, data.test_inputs])) == 0
    assert "all of 256 raw digits" in CLAIMS["networks.silent"].sentence


def test_from_a_rare_start_each_unit_of_the_first_layer_answers_a_raw_digit():
    # Why the sentence says how many starts.
    rng = np.random.default_rng([3781, 6])
    net = initialize((64, 200, 200, 200, 10), activation="relu", rng=rng, gain=math.sqrt(2))
    first, *others = forward(net, split(3781).inputs).inputs[1:]
    assert (first.max(axis=0) > 0).all()
    assert all((x.max(axis=0) == 0).any() for x in others)
    assert CLAIMS["networks.silent"].sentence.startswith("At ten random starts drawn here")
    assert "on average fewer of the others" in CLAIMS["networks.silent"].sentence


@pytest.mark.parametrize("name", TABLES)
def test_positive_tables_silence_units_too_and_centered_ones_none_in_the_first_layer(name):
    X = table(name)
    for seed in range(6):
        assert silent(X, 200, seed)[0] > 0.05
        assert silent(X - X.mean(axis=0), 200, seed)[0] == 0


# networks.offset-by-layer: it is the right angles that matter, not the digits.


@pytest.mark.parametrize("width", [16, 128])
def test_other_widths_have_the_shares_of_wide_layers_on_average(width):
    data = split(710)
    X = data.inputs - data.inputs.mean(axis=0)
    found = []
    for draw in range(40):
        rng, sizes = np.random.default_rng([draw, width]), (64, width, width, width, 10)
        net = initialize(sizes, activation="relu", rng=rng, gain=math.sqrt(2))
        found.append([offset_share(x) for x in forward(net, X).inputs[1:]])
    error = np.std(found, axis=0, ddof=1) / math.sqrt(40)
    apart = np.abs(np.mean(found, axis=0) - relu_cosines(3)[1:])
    assert (apart < 4 * error + 0.04 + 0.5 / width).all()


def test_a_single_draw_can_be_off_by_more_than_a_tenth():
    # What the page said was a tenth.
    data = split(0)
    X = data.inputs - data.inputs.mean(axis=0)
    apart = []
    for draw in range(30):
        rng = np.random.default_rng([0, draw, 12])
        net = initialize((64, 32, 32, 32, 10), activation="relu", rng=rng, gain=math.sqrt(2))
        shares = [offset_share(x) for x in forward(net, X).inputs[1:]]
        apart.append(np.abs(shares - relu_cosines(3)[1:]).max())
    assert max(apart) > 0.15
    page = (Path(__file__).parents[2] / "book/starts.md").read_text(encoding="utf-8")
    assert "off by {value}`networks.offset-by-layer draw_apart" in page


def test_with_weights_above_zero_or_of_another_mean_digits_give_other_shares():
    # Why the box of the digit network gives the law of the weights.
    data = split(0)
    X = data.inputs - data.inputs.mean(axis=0)
    for law in ("uniform", "mean 0.28"):
        found = []
        for draw in range(10):
            rng = np.random.default_rng(draw)
            net = initialize((64, 32, 32, 32, 10), activation="relu", rng=rng, gain=math.sqrt(2))
            weights = [rng.random(W.shape) if law == "uniform" else W + 0.28 for W in net.weights]
            net = replace(net, weights=tuple(weights))
            found.append([offset_share(x) for x in forward(net, X).inputs[1:]])
        apart = np.mean(found, axis=0) - relu_cosines(3)[1:]
        assert (apart[1:] < -0.07).all()
        assert apart[2] < -0.16
    said = CLAIMS["networks.offset-by-layer"].assumes
    assert any("independent weights N(0, 1/inputs) (ReLU: N(0, 2/inputs))" in s for s in said)


# networks.depth: what the prose said of it, and of gates, before.


def test_no_examples_at_right_angles_are_centered():
    X = np.diag([1.0, 2.0, 5.0])
    assert offset_share(X) > 0
    assert offset_share(np.eye(200)) == pytest.approx(1 / 200)


def test_weights_of_another_law_give_no_normal_pre_activations_of_one_entry():
    weights = np.random.default_rng(0).uniform(-1, 1, 100_000)
    assert np.mean(weights**4) / np.mean(weights**2) ** 2 == pytest.approx(1.8, abs=0.05)


def test_a_positive_forget_gate_that_depends_on_the_memory_makes_a_mean():
    # It does not depend on the candidate, and the candidates have no mean.
    rng, memory = np.random.default_rng(8), np.zeros(10_000)
    for _ in range(50):
        memory = SIGMOID.value(2 * memory) * memory + rng.standard_normal(10_000)
    assert memory.mean() > 0.5


def test_a_positive_gate_that_depends_on_its_candidate_makes_a_mean():
    z = np.random.default_rng(0).standard_normal(100_000)
    gated = SIGMOID.value(z) * np.tanh(z)
    assert gated.mean() > 0.1
    assert abs((SIGMOID.value(z[::-1]) * np.tanh(z)).mean()) < 0.01


def test_an_odd_activation_can_remove_an_offset_so_the_page_speaks_of_tanh():
    # Not in the book: sin of large pre-activations. Tanh passes on nearly all of it.
    rng = np.random.default_rng(4)
    x = rng.standard_normal((300, 50)) + 2.0
    s = x @ rng.standard_normal((50, 2000))
    assert offset_share(x) > 0.7
    assert offset_share(np.sin(s)) < 0.02
    assert offset_share(np.tanh(s)) > 0.5


def test_a_single_cell_can_have_more_of_an_offset_than_the_average():
    # Why networks.gates speaks of the average: "the memory stays nearly centered" named no number.
    rng = np.random.default_rng([52, 1, 9])
    assert offset_share(lstm_memory(candidate="tanh", rng=rng).cells) > 0.16
    assert "on average an offset share below .1" in CLAIMS["networks.gates"].sentence


# networks.memory: what the answer said of a memory before.


def test_a_memory_of_terms_that_repeat_has_their_offset_and_no_more():
    terms, memory = np.random.default_rng(5).normal(1.0, 1.0, 10_000), 0.0
    for _ in range(200):
        memory = 0.9 * memory + terms
    assert memory.mean() ** 2 / memory.var() == pytest.approx(terms.mean() ** 2 / terms.var())


# networks.depth-limit: it is the directions that become alike.


def test_lengths_stay_unlike_where_directions_are_alike():
    x = np.random.default_rng(6).standard_normal((1, 64)) * np.array([[1.0], [2.0]])
    net = initialize((64, 300, 300, 1), activation="relu", rng=np.random.default_rng(7), gain=1.4)
    last = forward(net, x).inputs[-1]
    assert np.linalg.norm(last[1]) == pytest.approx(2 * np.linalg.norm(last[0]))
    # So no layer adds to their offset, and the page speaks of examples that are equally long.
    shares = [offset_share(layer) for layer in forward(net, x).inputs]
    assert np.allclose(shares, shares[0])
    page = Path(__file__).parents[2] / "book" / "starts.md"
    assert "differ and are equally long" in page.read_text(encoding="utf-8")


def test_with_random_biases_wide_layers_become_alike_four_times_as_near():
    # Why the claim says "bias 0": biases N(0, 1) add 1 to the mean square q and to what is shared.
    layers, c, q = 10_000, 0.0, 1.0
    for _ in range(layers):
        c, q = (q * relu_cosine(c) + 1) / (q + 1), q + 1
    assert (1 - c) * layers**2 / (9 * math.pi**2 / 2) == pytest.approx(0.25, abs=0.02)
    assert "bias 0" in CLAIMS["networks.depth-limit"].assumes
