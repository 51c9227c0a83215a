"""Worked examples of `layers`: every number of theirs has a second way to it."""

import itertools
import math

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_shares_of_hidden_layers_against_wide_networks():
    record = EXAMPLES["layers-hidden"]()
    rows = {row[:2]: row[2:] for row in record.rows}
    c = 0.0
    for share in rows["ReLU", "mean 0"]:
        # The cosine of two examples is the share of the mean, in a wide network.
        assert share == pytest.approx(c, abs=1 / math.sqrt(400))
        c = (math.sqrt(1 - c * c) + c * (math.pi - math.acos(c))) / math.pi
    assert rows["tanh", "mean 0"] == pytest.approx([0] * 4, abs=0.001)
    normed = rows["batch norm, then ReLU", "mean 0"]
    assert normed[1:] == pytest.approx([1 / math.pi] * 3, abs=0.01)
    assert rows["batch norm, then ReLU", "mean 1"][1:] == pytest.approx(normed[1:])
    z = np.random.default_rng(1).standard_normal(400_000)
    functions = {
        "ReLU": lambda s: np.maximum(s, 0),
        "sigmoid": lambda s: 1 / (1 + np.exp(-s)),
        "ELU": lambda s: np.where(s > 0, s, np.exp(np.minimum(s, 0)) - 1),
        "tanh": np.tanh,
    }
    assert [row[0] for row in record.outputs] == list(functions)
    for label, shown, mean, ratio in record.outputs:
        phi = functions[label]
        low, high = (float(v.replace("−", "-")) for v in shown.split(" and "))
        assert (low, high) == pytest.approx((float(phi(-1.0)), float(phi(1.0))), abs=0.005)
        assert mean == pytest.approx((phi(-1.0) + phi(1.0)) / 2, abs=1e-12)
        outputs = phi(np.concatenate([z, -z]))
        assert ratio == pytest.approx(outputs.mean() / outputs.std(), abs=0.01)
    middles = (np.arange(1000) + 0.5) / 1000
    assert record.uniform == pytest.approx(middles.mean() / middles.std(), rel=1e-5)


def test_first_layer_under_a_relu_by_numerical_curvature_and_by_draws():
    record = EXAMPLES["layers-first"]()
    X = np.array([[a, b] for a in (1.0, 3.0) for b in (1.0, 3.0)])
    for row, M, eta, Z in zip(record.rows, record.matrices, record.sizes, (X, X - 2), strict=True):
        _, shown, on, steep, flat, steps = row
        sums = Z @ [1, 0.5]
        assert [float(s.replace("−", "-")) for s in shown.split(", ")] == list(sums)
        assert on == (sums > 0).sum()
        y = np.maximum(sums, 0)
        loss = lambda w, Z=Z, y=y: np.mean((np.maximum(Z @ w, 0) - y) ** 2) / 2  # noqa: E731
        for w in ([1.0, 0.5], [1.1, 0.5]):
            gradient = numerical_gradient(loss, np.array(w))
            np.testing.assert_allclose(gradient, M @ np.subtract(w, [1, 0.5]), atol=1e-8)
        np.testing.assert_allclose([steep, flat], np.linalg.eigvalsh(M)[::-1])
        left = abs(1 - eta * flat)
        assert left == pytest.approx(abs(1 - eta * steep))
        assert left**steps <= 0.01 < left ** (steps - 1)
    rng = np.random.default_rng(0)
    for m, kappa in zip((2, 0), record.with_bias, strict=True):
        A = np.column_stack([rng.standard_normal((400_000, 2)) + m, np.ones(400_000)])
        A = A[A[:, :2] @ [1, 0.5] > 0]
        assert kappa == pytest.approx(np.linalg.cond(A.T @ A), rel=0.02)


@pytest.mark.parametrize("w", [(1.0, 0.5), (-1.0, 0.2), (0.0, -3.0)])
def test_a_relu_on_symmetric_data_has_half_the_curvature_in_all_directions(w):
    Z = np.random.default_rng(1).standard_normal((50, 2))
    Z = np.concatenate([Z, -Z])
    on = (Z @ w > 0)[:, None]
    np.testing.assert_allclose((on * Z).T @ Z, Z.T @ Z / 2)


def test_gradients_of_an_output_layer_by_differences():
    record = EXAMPLES["layers-outputs"]()
    logits = np.log(record.probabilities)
    for h, gradients in (((1.0, 2.0), record.positive), ((1.0, -1.0), record.centered)):
        h = np.array(h)
        # Weights that give these logits: all on the first input.
        start = np.column_stack([logits / h[0], np.zeros(3)]).ravel()

        def loss(w, h=h):
            s = w.reshape(3, 2) @ h
            return np.log(np.exp(s).sum()) - s[0]

        np.testing.assert_allclose(
            numerical_gradient(loss, start).reshape(3, 2), gradients, atol=1e-6
        )
    assert record.errors.sum() == pytest.approx(0)
    at = math.log(0.01 / 0.99)
    output = lambda s: 1 / (1 + math.exp(-s))  # noqa: E731
    cross = lambda s: -math.log(output(s[0]))  # noqa: E731
    square = lambda s: (output(s[0]) - 1) ** 2 / 2  # noqa: E731
    slopes = [numerical_gradient(f, np.array([at])).item() for f in (cross, square)]
    assert slopes == pytest.approx(record.missed, rel=1e-5)
    # With the tanh of half the sum s, where σ(s) = .7, the loss is that of σ.
    s, (t, error) = math.log(0.7 / 0.3), record.signed
    assert t == pytest.approx(math.tanh(s / 2))
    signed = lambda s: -np.log((1 + np.tanh(s[0] / 2)) / 2)  # noqa: E731
    assert error == pytest.approx(numerical_gradient(signed, np.array([s]))[0], abs=1e-8)
    assert error == pytest.approx(record.probabilities[0] - 1)


def test_alike_outputs_by_counting_what_is_on():
    record = EXAMPLES["layers-alike"]()
    inputs = [(1, 0), (0, 1), (-1, 0), (0, -1)]
    signs = list(itertools.product((1, -1), repeat=2))
    for row, (x, y) in zip(record.rows, inputs, strict=True):
        sums = [a * x + b * y for a, b in signs]
        stages = ([x, y], sums, [max(s, 0) for s in sums], [max(s, 0) - 0.5 for s in sums])
        shown = [", ".join(f"{v:g}" for v in stage).replace("-", "−") for stage in stages]
        assert list(row) == [f"({shown[0]})", *shown[1:]]
    # Of two units that are on for an input one is on for its neighbor, too; opposite: none.
    assert [pair[1:] for pair in record.pairs] == [(0, 0, 1 / 2, 0), (-1, -1, 0, -1)]
    c = 0.0
    expected = {}
    for layer in range(51):
        expected[layer] = c, 2 * math.sin(math.acos(c) / 2)
        c = (math.sqrt(1 - c * c) + c * (math.pi - math.acos(c))) / math.pi
    for layers, cosine, difference in record.wide:
        assert (cosine, difference) == pytest.approx(expected[layers])


def test_a_tanh_by_a_sigmoid_from_exponentials():
    record = EXAMPLES["layers-converted"]()
    assert [row[0] for row in record.rows] == [-1, 0, 1]
    for x, tanh, first, sigmoid, second in record.rows:
        up, down = math.exp(x), math.exp(-x)
        assert tanh == pytest.approx((up - down) / (up + down))
        assert sigmoid == pytest.approx(up / (up + down))
        assert first == pytest.approx(second)
        assert first == pytest.approx((4 * up - 2 * down) / (up + down))
    up, down = math.exp(1), math.exp(-1)
    assert record.pair == pytest.approx((up / (up + down), down / (up + down), math.tanh(1)))


def test_errors_by_layer_from_other_draws_one_example_at_a_time():
    record = EXAMPLES["layers-two-problems"]()
    assert (record.draws, record.width, record.examples, record.layers) == (21, 100, 200, 10)
    sigma = lambda s: 1 / (1 + np.exp(-s))  # noqa: E731
    bell = lambda s: sigma(s) * sigma(-s)  # noqa: E731
    kinds = {
        "sigmoid": (sigma, bell, 1),
        "sigmoid − ½": (lambda s: sigma(s) - 0.5, bell, 1),
        "tanh": (np.tanh, lambda s: 1 / np.cosh(s) ** 2, 1),
        "ReLU": (lambda s: s * (s > 0), lambda s: s > 0, 2),
    }
    assert [row[0] for row in record.rows] == list(kinds)
    for (label, mean, ratio), bounds in zip(record.rows, record.ranges, strict=True):
        phi, slope, gain = kinds[label]
        means, ratios = [], []
        for seed in range(50, 59):
            rng, first, last = np.random.default_rng(seed), [], []
            layers = [rng.normal(0, math.sqrt(gain / 100), (100, 100)) for _ in range(10)]
            for _ in range(20):
                a, sums = rng.standard_normal(100), []
                for k, W in enumerate(layers):
                    sums.append(W @ a)
                    a = phi(sums[-1])
                    if k == 0:
                        means.append(a.mean())
                delta = slope(sums[9]) * rng.standard_normal(100)
                last.append(delta @ delta)
                for k in range(8, -1, -1):
                    delta = slope(sums[k]) * (layers[k + 1].T @ delta)
                first.append(delta @ delta)
            ratios.append(math.sqrt(sum(first) / sum(last)))
        assert mean == pytest.approx(np.mean(means), abs=0.02)
        assert ratio == pytest.approx(np.median(ratios), rel=0.15)
        assert bounds[0] <= ratio <= bounds[1]
    assert record.nine == 0.25**9
