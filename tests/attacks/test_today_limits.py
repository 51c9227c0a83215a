"""Why claims on today's networks have the hypotheses that they have: what fails without them."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.data import load_digits
from offcenter.network import as_sigmoid_network, center_activation, initialize, shift_inputs
from offcenter.spectrum import mean_cosine
from offcenter.today import (
    PLACES,
    cosine_after,
    optimizer_race,
    residual_cosines,
    rms_norm,
)


@pytest.mark.parametrize(("units", "seed"), [(32, 5), (16, 0)])
def test_in_narrow_networks_centralized_gradients_need_more_than_two_thirds(units, seed):
    raw, centered = (
        optimizer_race("centralized", writing, (seed,), units=units).fewest[0]
        for writing in ("raw", "centered")
    )
    assert centered > 2 / 3 * raw
    for name in ("optimizers", "soap", "centralized", "standardized"):
        assert CLAIMS[f"today.{name}"].assumes[0].startswith("digits, three hidden layers of 64")


def logistic_steps(network, X, targets, shift, step_sizes):
    """Steps of centralized gradients to a logistic loss of .1, summed over ten sigmoid outputs."""
    sigmoid, best = ACTIVATIONS["sigmoid"].value, 400
    for eta in step_sizes:
        W, b = ([part.copy() for part in parts] for parts in (network.weights, network.biases))
        for step in range(best):
            read = [X]
            for weights, bias in zip(W[:-1], b[:-1], strict=True):
                read.append(sigmoid(read[-1] @ weights.T + bias) - shift)
            z = read[-1] @ W[-1].T + b[-1]
            if np.mean(np.sum(np.logaddexp(0, z) - targets * z, axis=1)) <= 0.1:
                best = step
                break
            delta = (sigmoid(z) - targets) / len(X)
            for place in reversed(range(len(W))):
                g, of_bias, s = delta.T @ read[place], delta.sum(axis=0), read[place] + shift
                delta = delta @ W[place] * s * (1 - s)
                W[place] -= eta * (g - g.mean(axis=1, keepdims=True))
                b[place] -= eta * of_bias
    return best


def test_with_the_logistic_loss_centralized_gradients_need_more_than_two_thirds():
    # Why the boxes on optimizers name the cross-entropy; 4 is the best of the step sizes tried.
    digits, rng = load_digits(), np.random.default_rng([0, 75])
    rows = rng.permutation(len(digits.labels))[:500]
    X, targets = digits.inputs[rows], np.eye(10)[digits.labels[rows]]
    mean = X.mean(axis=0)
    drawn = initialize((64, 64, 64, 64, 10), activation="tanh", rng=rng)
    network = as_sigmoid_network(drawn)
    raw = logistic_steps(shift_inputs(network, -mean), X, targets, 0.0, (4, 2, 8))
    centered = logistic_steps(center_activation(network), X - mean, targets, 0.5, (4, 2, 8))
    assert centered > 0.9 * raw
    for name in ("optimizers", "soap", "centralized", "standardized"):
        said = CLAIMS[f"today.{name}"].assumes
        assert any(words.startswith("softmax cross-entropy") for words in said), name


def test_the_claim_on_optimizers_says_how_standardized_weights_start():
    words = "start with each unit's mean weight removed"
    for name in ("optimizers", "standardized"):
        assert any(words in assumed for assumed in CLAIMS[f"today.{name}"].assumes)


def test_with_biases_the_cosine_of_gelu_goes_to_one():
    # Half of the variance of pre-activations is the bias's: of a cosine c they have (1 + c)/2.
    c = 0.0
    for _ in range(200):
        c = (c + cosine_after("gelu", (1 + c) / 2)) / 2
    assert c == pytest.approx(1, abs=1e-6)
    assert any(words.startswith("no biases") for words in CLAIMS["today.fixed-point"].assumes)


def test_the_cosine_of_gelu_settles_elsewhere_for_pre_activations_of_other_sizes():
    # Why the hypotheses say N(0, 1): below 1 for each size, but at other places.
    gelu, (nodes, weights) = ACTIVATIONS["gelu"].value, np.polynomial.hermite_e.hermegauss(120)
    z, y = np.meshgrid(nodes, nodes)
    share = np.outer(weights, weights) / weights.sum() ** 2

    def settles(size):
        def change(c):
            one, other = gelu(size * z), gelu(size * (c * z + math.sqrt(1 - c**2) * y))
            return np.sum(share * one * other) / np.sum(share * one**2) - c

        return brentq(change, 0.01, 0.9999)

    known = CLAIMS["today.fixed-point"].result().numbers["gelu"]
    assert settles(1.0) == pytest.approx(known, abs=1e-3)
    assert settles(0.3) < known - 0.2
    assert known + 0.1 < settles(2.0) < 1
    words = "no biases; the number for GELU is for pre-activations N(0, 1)"
    assert words in CLAIMS["today.fixed-point"].assumes


def test_where_later_blocks_add_less_the_cosine_does_not_settle_where_k_is_c():
    # Weights of one variance a matrix, but block l adds only 1/l² of the stream's square.
    c = 0.0
    for block in range(1, 2001):
        share = 1 / block**2
        c = (c + share * cosine_after("relu", c)) / (1 + share)
    assert c < 0.3
    assert any("the same in all blocks" in words for words in CLAIMS["today.fixed-point"].assumes)


@pytest.mark.parametrize("placement", ["before", "after"])
def test_a_batch_norm_keeps_the_cosine_of_a_residual_network_below_the_recursion(placement):
    # Why the sentences name the RMS norm: over a batch the mean of each feature is subtracted.
    def cosine(norm, seed):
        rng = np.random.default_rng(seed)
        X = norm(np.eye(16, 128))
        for _ in range(12):
            read = norm(X) if placement == "before" else X
            hidden = np.maximum(read @ rng.normal(size=(128, 512)) / math.sqrt(128), 0)
            X = X + hidden @ rng.normal(size=(512, 128)) / math.sqrt(256)
            X = norm(X) if placement == "after" else X
        return mean_cosine(X)

    def over_the_batch(X):
        return (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-12)

    theory = residual_cosines("relu", depth=12, placement=placement)[-1]
    rms, batch = (
        np.mean([cosine(norm, seed) for seed in range(8)]) for norm in (rms_norm, over_the_batch)
    )
    assert rms == pytest.approx(theory, abs=0.06)
    assert batch < theory - 0.12
    assert "an RMS norm before each block" in CLAIMS["today.residual-depth"].sentence
    assert "an RMS norm after the sum" in CLAIMS["today.fixed-point"].assumes


@pytest.mark.parametrize(("c", "after"), [(0.0, 0.257), (0.1, 0.308)])
def test_with_biases_swiglu_raises_a_small_cosine(c, after):
    # Biases of variance ½ and weights' parts of variance ½, in both factors.
    silu, rng = ACTIVATIONS["silu"].value, np.random.default_rng(2)
    shared, own, others = (rng.standard_normal((2, 400_000)) / math.sqrt(2) for _ in range(3))
    turned = c * own + math.sqrt(1 - c**2) * others
    (z, b), (y, d) = shared + own, shared + turned
    one, other = silu(z) * b, silu(y) * d
    seen = np.mean(one * other) / np.mean(one**2)
    assert seen == pytest.approx(after, abs=0.01)
    assert seen == pytest.approx(cosine_after("swiglu", (1 + c) / 2), abs=0.01)
    assert any("no biases" in words for words in CLAIMS["today.swiglu"].assumes)


def test_the_parts_of_the_claim_on_norms_are_named_as_places_are():
    labels = [part.label for part in CLAIMS["today.norms"].result().parts]
    streams = [words for name, words in PLACES.items() if name.startswith("stream")]
    assert labels == [f"share after layer norm, {words}" for words in streams]


@pytest.mark.parametrize(("kind", "least"), [("gelu", 0.8), ("relu-squared", 0.7)])
def test_blocks_of_one_matrix_do_not_follow_the_recursion(kind, least):
    # x + φ(Wx): the outputs of a unit have a mean over the weights, which adds up over the blocks.
    value = {"gelu": ACTIVATIONS["gelu"].value, "relu-squared": lambda z: np.maximum(z, 0) ** 2}
    rng, X = np.random.default_rng(5), rms_norm(np.eye(8, 400))
    size = math.sqrt(np.mean(value[kind](rng.standard_normal(200_000)) ** 2))
    for _ in range(12):
        hidden = value[kind](rms_norm(X) @ rng.normal(size=(400, 400)) / math.sqrt(400))
        X = X + hidden / size
    theory = residual_cosines(kind, depth=12, placement="before")[-1]
    assert theory < 0.4 < least < mean_cosine(X)
    for name in ("residual-depth", "fixed-point"):
        assumed = " ".join(CLAIMS[f"today.{name}"].assumes)
        assert "each block ends in a matrix of its own" in assumed
        assert "no biases" in assumed


# today.random-direction


def test_an_output_bias_turns_what_a_block_adds_toward_the_ones():
    cosines = []
    for draw in range(100):
        rng = np.random.default_rng([72, 3, draw])
        hidden = np.maximum(rms_norm(np.eye(16, 64)) @ rng.normal(0, 1 / 8, (64, 128)), 0)
        added = hidden @ rng.normal(0, 1 / 8, (128, 64))
        row = []
        for bias in (0.0, 0.5):
            mean = (added + bias).mean(axis=0)
            row.append(mean.sum() ** 2 / (mean @ mean))
        cosines.append(row)
    without, biased = np.mean(cosines, axis=0)
    assert without == pytest.approx(1, abs=0.5)
    assert biased > 10
    assert "no biases" in CLAIMS["today.random-direction"].assumes[0]


def test_of_few_examples_the_mean_of_relu_units_is_zero_in_many_entries():
    # Why the claim says "no negative entry" where it said "all-up": a unit is silent on all of
    # N examples with chance 2⁻ᴺ.
    zero = []
    for examples in (1, 2, 16):
        X = math.sqrt(64) * np.eye(examples, 64)
        W = np.random.default_rng([72, examples]).normal(0, 1 / 8, (200, 64, 128))
        mean = np.maximum(X @ W, 0).mean(axis=1)
        assert (mean >= 0).all()
        zero.append(float((mean == 0).mean()))
    assert zero[:2] == pytest.approx([0.5, 0.25], abs=0.02)
    assert zero[2] < 1e-3
    claim = CLAIMS["today.random-direction"]
    assert "which has no negative entry" in claim.sentence
    assert "16 examples" in claim.over


def test_with_a_penalty_a_constant_subtracted_from_all_activations_changes_the_steps():
    # Why today.without-sums says "without a penalty": the biases of the two writings differ.
    rng = np.random.default_rng(3)
    a, y = ACTIVATIONS["sigmoid"].value(rng.standard_normal((50, 4))), rng.standard_normal(50)
    start = rng.standard_normal(4)

    def end(shift, penalty):
        w, x = start, a - shift
        b = shift * w.sum()
        for _ in range(100):
            error = x @ w + b - y
            g = x.T @ error / 50 + penalty * w
            w, b = w - 0.5 * (g - g.mean()), b - 0.5 * (error.mean() + penalty * b)
        return x @ w + b

    np.testing.assert_allclose(end(0.0, 0.0), end(0.5, 0.0), atol=1e-12)
    assert np.abs(end(0.0, 0.01) - end(0.5, 0.01)).max() > 1e-3
    assert CLAIMS["today.without-sums"].assumes[0] == "gradient descent without a penalty"
