"""Worked examples of `signs`, layers: every number has a second way to it."""

import math

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_hidden_error_is_the_derivative_of_the_loss_by_the_sum():
    # Any loss with these errors at the two readers will do: one that is linear in their sums.
    loss = lambda s: 0.4 * 2 / (1 + np.exp(-s[0])) - 0.5 * 3 / (1 + np.exp(-s[0]))  # noqa: E731
    expected = numerical_gradient(loss, np.zeros(1))[0]
    assert EXAMPLES["signs-hidden"]().error == pytest.approx(expected, abs=1e-9)


def test_network_by_the_derivative_of_its_loss():
    record = EXAMPLES["signs-network"]()
    # Weights of sum 0 for x = (1, 2), in both hidden units.
    start = np.array([2.0, -1.0, -4.0, 2.0])

    def loss(w):
        a = 1 / (1 + np.exp(-(w.reshape(2, 2) @ [1, 2])))
        return (2 * a[0] - 4 * a[1] - 1) ** 2 / 2

    assert (record.output, record.output_error) == (-1, -2)
    gradient = np.ravel([row[3:] for row in record.rows])
    np.testing.assert_allclose(gradient, numerical_gradient(loss, start), atol=1e-8)
    assert [row[:3] for row in record.rows] == [(2, -4, -1), (-4, 8, 2)]


def test_softmax_rows_by_the_derivative_of_the_cross_entropy():
    record, x = EXAMPLES["signs-softmax-rows"](), np.array([1.0, 2.0, 3.0])

    def loss(w, x=x, label=1):
        z = w.reshape(3, 3) @ x
        return np.log(np.exp(z).sum()) - z[label]

    # Weights with the outputs 0.2, 0.5, 0.3 at x: their sums are the logarithms.
    start = np.outer(np.log([0.2, 0.5, 0.3]), x / (x @ x)).ravel()
    found = np.ravel([row[1:] for row in record.rows])
    np.testing.assert_allclose(found, numerical_gradient(loss, start), atol=1e-8)
    assert [row[0] for row in record.rows] == ["1: δ = 0.2", "2: δ = −0.5", "3: δ = 0.3"]


def test_two_rows_by_their_targets_and_by_the_slopes_of_their_loss():
    record = EXAMPLES["signs-two-rows"]()
    examples = (((3.0, 1.0), (2.0, -3.0)), ((1.0, 3.0), (-2.0, -1.0)))

    def loss(w, shown):
        return sum(np.sum((w.reshape(2, 2) @ x - y) ** 2) / 2 for x, y in shown) / len(shown)

    expected = numerical_gradient(lambda w: loss(w, examples), np.zeros(4))
    np.testing.assert_allclose(record.batch.ravel(), expected, atol=1e-8)
    w = np.zeros(4)
    for step, (first, second, *weights) in enumerate(record.rows):
        x, y = examples[step % 2]
        np.testing.assert_allclose(w.reshape(2, 2) @ x - y, (first, second), atol=1e-12)
        w = w - 0.1 * numerical_gradient(lambda w, e=examples[step % 2]: loss(w, [e]), w)
        np.testing.assert_allclose(w, weights, atol=1e-7)
    assert len(record.rows) == 3


def test_backward_by_the_derivative_of_a_loss_with_these_errors():
    record = EXAMPLES["signs-backward"]()
    W, errors = np.array([[2.0, -1.0], [-1.0, 3.0]]), np.array([1.0, -1.0])

    def loss(w, weights=W):
        # Two sigmoids on (1, 2), of which each has the sum 0 at the start.
        a = 1 / (1 + np.exp(-(w.reshape(2, 2) @ [1, 2])))
        return errors @ (weights @ a)

    start = np.array([2.0, -1.0, -4.0, 2.0])
    below = np.ravel([row[1:] for row in record.below])
    np.testing.assert_allclose(below, numerical_gradient(loss, start), atol=1e-8)
    assert [row[0] for row in record.below] == [0.75, -1]
    of_weights = lambda w: loss(start, w.reshape(2, 2))  # noqa: E731
    found = numerical_gradient(of_weights, W.ravel())
    np.testing.assert_allclose(record.weights.ravel(), found, atol=1e-8)
    of_outputs = lambda a: errors @ W @ a  # noqa: E731
    np.testing.assert_allclose(record.back, numerical_gradient(of_outputs, np.full(2, 0.5)))
    unit = lambda p: -0.5 * (p[0] * p[2] + p[1] * p[3])  # noqa: E731
    single = numerical_gradient(unit, np.array([1.0, 2.0, 1.0, -1.0]))
    np.testing.assert_allclose([*record.single_back, *record.single_weights], single, atol=1e-9)
    assert record.positive.tolist() == [[2 + 1, 1 + 3], [2 - 1, 1 - 3]]


def test_shares_in_random_networks_by_labels_and_weights():
    record = EXAMPLES["signs-random"]()
    positive, same = [], []
    for seed in range(21):
        rng = np.random.default_rng(seed)
        first, second, last = (rng.standard_normal(n) for n in ((20, 10), (20, 20), 20))
        X, y = rng.standard_normal((1000, 10)), rng.integers(0, 2, 1000)
        # σ and σ′ are positive, so the sign is that of the output's error and weight alone:
        # the output is too high for the label 0.
        up = (last > 0)[None, :] == (y == 0)[:, None]
        positive.append(up.mean())
        read = np.tanh(X @ first.T / math.sqrt(10))
        same.append(((read > 0).all(axis=1) | (read < 0).all(axis=1)).mean())
        assert second.shape == (20, 20)
    assert record.positive == (np.median(positive), 0)
    assert record.ends == (min(positive), max(positive))
    assert record.one_sign == (1, np.median(same))
    assert max(same) == 0


def test_two_neurons_by_the_slopes_of_their_loss():
    record = EXAMPLES["signs-two-neurons"]()
    start = np.array([1.0, -1.0, 1.0, 0.0])

    def loss(w, x=(2, 1), targets=(3, 1)):
        return np.sum((w.reshape(2, 2) @ x - targets) ** 2) / 2

    slopes = numerical_gradient(loss, start).reshape(2, 2)
    for row, output, target, slope in zip(record.rows, (1, 2), (3, 1), slopes, strict=True):
        assert row[:2] == (output, output - target)
        np.testing.assert_allclose(row[2:4], slope, atol=1e-8)
        np.testing.assert_allclose(row[4:], -slope / 10, atol=1e-8)
    # Targets that leave the errors asked for: 1 − 2, and 3 + 2 and 2 − 1 on (2, −1).
    flipped = numerical_gradient(lambda w: loss(w, targets=(-1, 1)), start)
    np.testing.assert_allclose(record.other_error, flipped[:2], atol=1e-8)
    other = numerical_gradient(lambda w: loss(w, (2, -1), (5, 1)), start)
    np.testing.assert_allclose(record.other_input.ravel(), other, atol=1e-8)
    # On (1, 2) the first neuron puts out −1, which is 2 too much for −3.
    both = lambda w: loss(w) + loss(w, (1, 2), (-3, 1))  # noqa: E731
    total = numerical_gradient(both, start)[:2]
    np.testing.assert_allclose(record.batch, total / 2, atol=1e-8)
    np.testing.assert_allclose(record.together, -total / 10, atol=1e-8)
    np.testing.assert_allclose(record.second, total - slopes[0], atol=1e-8)
    np.testing.assert_allclose(record.second_step, (slopes[0] - total) / 10, atol=1e-8)


def test_two_layers_by_the_slopes_of_their_loss():
    record = EXAMPLES["signs-two-layers"]()

    def loss(w, x=(1, -2)):
        a = np.maximum(w[:6].reshape(3, 2) @ x, 0)
        return (w[6:] @ a - 1) ** 2 / 2

    start = np.array([3.0, 1.0, 1.0, -1.0, 1.0, 1.0, 2.0, -1.0, 1.0])
    gradient = numerical_gradient(loss, start)
    np.testing.assert_allclose(record.first.ravel(), gradient[:6], atol=1e-7)
    np.testing.assert_allclose(record.second, gradient[6:], atol=1e-7)
    assert (record.sums.tolist(), record.outputs.tolist()) == ([1, 3, -1], [1, 3, 0])
    assert (record.output, record.error) == (2 * 1 - 1 * 3 + 1 * 0, -1 - 1)
    assert record.errors.tolist() == [-4, 2, 0]
