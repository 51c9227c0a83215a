"""Worked examples of `layers`: every number of theirs has a second way to it."""

import itertools
import math
from functools import partial

import numpy as np
import pytest
from raced import shortest
from runs import kept_run
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


def _drawn_network(seed, linear):
    rng = np.random.default_rng(seed)
    X = rng.random((500, 20))
    if linear:
        y = X @ rng.standard_normal(20)
    else:
        y = np.maximum((X - 0.5) @ rng.standard_normal((20, 5)), 0).sum(axis=1)
    return X, y, rng.standard_normal((20, 20)) * 10**-0.5, rng.standard_normal(20) * 20**-0.5


def _steps_of_network(seed, rate, limit, *, data, outputs, linear=False):
    """Train one network, its biases among the weights and the outputs' means by hand."""
    X, y, W, v = _drawn_network(seed, linear)
    X = X - X.mean(axis=0) if data else X
    goal = (0.01 if linear else 0.1) * np.mean((y - y.mean()) ** 2)
    A = np.column_stack([X, np.ones(500)])
    W, v = np.vstack([W, np.zeros(20)]), np.append(v, 0.0)
    center = (lambda a: a - a.mean(axis=0)) if outputs else (lambda a: a)
    if outputs:
        v[-1] = np.maximum(A @ W, 0).mean(axis=0) @ v[:-1]
    for step in range(limit + 1):
        h = np.column_stack([center(np.maximum(A @ W, 0)), np.ones(500)])
        errors = h @ v - y
        if errors @ errors / 500 <= goal:
            return step
        back = center(np.outer(errors, v[:-1])) * (A @ W > 0)
        W, v = W - rate * A.T @ back / 500, v - rate * h.T @ errors / 500
    return limit + 1


@kept_run
def fewest_of_network(seed, *, data, outputs, linear=False):
    """Return the fewest steps of all rates, and the rate, each run on its own."""
    steps = partial(_steps_of_network, seed, data=data, outputs=outputs, linear=linear)
    # From the middle on.
    rates = sorted(2.0 ** (np.arange(-10, 4) / 2), key=lambda rate: abs(math.log2(rate) + 1))
    with np.errstate(over="ignore", invalid="ignore"):
        return shortest(steps, rates, 3000)


def test_networks_with_centered_data_and_outputs_by_single_runs():
    record = EXAMPLES["layers-first"]()
    assert (record.examples, record.inputs, record.units, record.draws) == (500, 20, 20, 5)
    assert record.rates == 14
    cases = ((False, False), (True, False), (True, True))
    for (_, percent, rate, steps), bounds, (data, outputs) in zip(
        record.rows, record.ranges, cases, strict=True
    ):
        runs = [fewest_of_network(seed, data=data, outputs=outputs) for seed in range(5)]
        counts, best = zip(*runs, strict=True)
        assert (steps, rate) == (np.median(counts), np.median(best))
        assert bounds == (min(counts), max(counts))
        still = []
        for seed in range(5):
            X, _, W, _ = _drawn_network(seed, False)
            on = ((X - X.mean(axis=0) if data else X) @ W > 0).mean(axis=0)
            still.append(100 * np.mean((on == 0) | (on == 1)))
        assert percent == pytest.approx(np.mean(still))
    for steps, data in zip(record.linear, (False, True), strict=True):
        how = {"data": data, "outputs": False, "linear": True}
        assert steps == np.median([fewest_of_network(seed, **how)[0] for seed in range(5)])


def test_errors_of_an_output_layer_by_differences():
    record = EXAMPLES["layers-outputs"]()
    logits = np.log(record.probabilities)
    loss = lambda s: np.log(np.exp(s).sum()) - s[0]  # noqa: E731
    np.testing.assert_allclose(numerical_gradient(loss, logits), record.errors, atol=1e-6)
    output = lambda s: 1 / (1 + math.exp(-s))  # noqa: E731
    cross = lambda s: -math.log(output(s[0]))  # noqa: E731
    square = lambda s: (output(s[0]) - 1) ** 2 / 2  # noqa: E731
    moved = lambda s: (math.tanh(s[0]) - 1) ** 2 / 2  # noqa: E731
    at = math.log(0.01 / 0.99)
    slopes = [numerical_gradient(f, np.array([at])).item() for f in (cross, square)]
    assert slopes == pytest.approx(record.missed, rel=1e-5)
    sure = np.exp(np.eye(10)[0])
    assert record.twice == pytest.approx(sure[0] / sure.sum())
    outputs = (output(-4), output(-4), math.tanh(-4))
    slopes = [numerical_gradient(f, np.array([-4.0])).item() for f in (cross, square, moved)]
    assert [row[0].split(",")[0] for row in record.wrong] == ["sigmoid", "sigmoid", "tanh"]
    assert [row[1] for row in record.wrong] == pytest.approx(outputs)
    assert [row[2] for row in record.wrong] == pytest.approx(slopes, rel=1e-4)
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


def _bell(s):
    return 1 / (1 + np.exp(-s)) / (1 + np.exp(s))


# φ, φ′, and the variance of a weight times the width.
KINDS = {
    "sigmoid": (lambda s: 1 / (1 + np.exp(-s)), _bell, 1),
    "sigmoid − ½": (lambda s: 1 / (1 + np.exp(-s)) - 0.5, _bell, 1),
    "tanh": (np.tanh, lambda s: 1 / np.cosh(s) ** 2, 1),
    "ReLU": (lambda s: s * (s > 0), lambda s: s > 0, 2),
}


@kept_run
def errors_by_layer(label, seed, examples):
    """Return the first outputs' mean and the ratio of the errors, one example at a time."""
    phi, slope, gain = KINDS[label]
    rng, means, squares = np.random.default_rng(seed), [], []
    X = rng.standard_normal((examples, 100))
    layers = math.sqrt(gain / 100) * rng.standard_normal((10, 100, 100))
    for a, error in zip(X, rng.standard_normal((examples, 100)), strict=True):
        sums = []
        for W in layers:
            sums.append(W.T @ a)
            a = phi(sums[-1])
            if len(sums) == 1:
                means.append(a.mean())
        delta = slope(sums[9]) * error
        last = delta @ delta
        for k in range(8, -1, -1):
            delta = slope(sums[k]) * (layers[k + 1] @ delta)
        squares.append((delta @ delta, last))
    first, last = np.sum(squares, axis=0)
    return np.mean(means), math.sqrt(first / last)


def test_errors_by_layer_one_example_at_a_time_and_from_other_draws():
    record = EXAMPLES["layers-two-problems"]()
    assert (record.draws, record.width, record.examples, record.layers) == (21, 100, 200, 10)
    assert [row[0] for row in record.rows] == list(KINDS)
    for (label, mean, ratio), bounds in zip(record.rows, record.ranges, strict=True):
        means, ratios = zip(*(errors_by_layer(label, seed, 200) for seed in range(21)), strict=True)
        assert mean == pytest.approx(np.median(means), abs=1e-12)
        assert ratio == pytest.approx(np.median(ratios), rel=1e-9)
        assert bounds == pytest.approx((min(ratios), max(ratios)), rel=1e-9)
        means, ratios = zip(
            *(errors_by_layer(label, seed, 20) for seed in range(50, 59)), strict=True
        )
        assert mean == pytest.approx(np.mean(means), abs=0.02)
        assert ratio == pytest.approx(np.median(ratios), rel=0.15)
    assert record.nine == 0.25**9


def test_four_cases_by_hand_and_by_differences():
    record = EXAMPLES["layers-four-cases"]()
    # One slope of ¼, or ten.
    assert record.errors == (0.25, 0.25**10) == (1 / 4, 1 / 1048576)
    assert record.rows == ((1, 2, 4**-9, 2 * 4**-9), (-1, 2, -(4**-9), 2 * 4**-9))

    def output(w, x, behind):
        z = w @ x
        for _ in range(behind):
            z = 1 / (1 + np.exp(-z)) - 0.5
        return 1 / (1 + np.exp(-z))

    for row, x in zip(record.rows, ((4.0, 8.0), (-4.0, 8.0)), strict=True):
        for found, behind in ((row[:2], 0), (row[2:], 9)):
            for k, way in enumerate(1e-3 * np.eye(2)):
                slope = (output(way, x, behind) - output(-way, x, behind)) / 2e-3
                assert slope == pytest.approx(found[k], rel=1e-3)


def test_shares_of_hidden_layers_by_inner_products_of_examples():
    record = EXAMPLES["layers-hidden"]()
    assert record.examples == 1000
    # The draws of the record: two examples' inner product, the mean, by that of one with itself.
    rng = np.random.default_rng(0)
    noise, W = rng.standard_normal((1000, 400)), rng.standard_normal((3, 400, 400)) / 20
    functions = {
        "ReLU": lambda s: s * (s > 0),
        "sigmoid": lambda s: (1 + np.tanh(s / 2)) / 2,
        "tanh": lambda s: 1 - 2 / (np.exp(2 * s) + 1),
        "batch norm, then ReLU": lambda s: np.maximum((s - s.mean(0)) / np.sqrt(s.var(0)), 0),
    }
    kinds = {"mean 1": noise + 1, "mean 0": noise - noise.mean(axis=0)}
    assert [row[:2] for row in record.rows] == list(itertools.product(functions, kinds))
    for name, kind, *shares in record.rows:
        X, expected = kinds[kind], []
        for layer in range(4):
            total = X.sum(axis=0)
            expected.append(total @ total / 1000 / np.einsum("ij,ij->", X, X))
            X = functions[name](X @ W[layer]) if layer < 3 else X
        assert shares == pytest.approx(expected, abs=1e-9)


def test_the_mean_of_elu_in_standard_deviations_by_small_intervals():
    z = (np.arange(-12_000, 12_000) + 0.5) / 1000
    weights = np.exp(-z * z / 2) / np.exp(-z * z / 2).sum()
    ratios = {row[0]: row[3] for row in EXAMPLES["layers-hidden"]().outputs}
    for name, a in (
        ("ReLU", np.maximum(z, 0)),
        ("sigmoid", 1 / (1 + np.exp(-z))),
        ("ELU", np.where(z > 0, z, np.expm1(np.minimum(z, 0)))),
        ("tanh", np.tanh(z)),
    ):
        mean = weights @ a
        expected = mean / math.sqrt(weights @ (a - mean) ** 2)
        assert ratios[name] == pytest.approx(expected, abs=1e-6)
