"""Worked examples of `activations`, means: every number has a second way to it."""

import math

import numpy as np
import pytest
from second_ways import kappa_of

from offcenter.examples import EXAMPLES


def test_means_by_quadrature():
    from scipy.integrate import quad

    alpha, scale = 1.6732632423543772, 1.0507009873554805
    functions = {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
        "ReLU": lambda z: max(z, 0.0),
        "leaky ReLU (.01)": lambda z: max(z, z / 100),
        "ELU": lambda z: z if z > 0 else math.expm1(z),
        "GELU": lambda z: z * math.erfc(-z / math.sqrt(2)) / 2,
        "SELU": lambda z: scale * (z if z > 0 else alpha * math.expm1(z)),
    }
    normal = lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    record = EXAMPLES["activations-means"]()
    for (label, mean, share), ratio in zip(record.rows, record.ratios, strict=True):
        f = functions[label]
        first, second = (
            quad(lambda z, f=f, k=k: f(z) ** k * normal(z), -12, 12, points=[0])[0] for k in (1, 2)
        )
        assert (mean, share) == pytest.approx((first, first**2 / second), abs=1e-9)
        assert ratio == pytest.approx(first**2 / (second - first**2), abs=1e-9)
    assert record.at_two == pytest.approx(1 - 2 / (math.exp(4) + 1))


def test_activations_at_plus_and_minus_one():
    values = {
        "sigmoid": (1 / (1 + math.e), math.e / (1 + math.e)),
        "ReLU": (0, 1),
        "ELU": (1 / math.e - 1, 1),
        "tanh": (-math.tanh(1), math.tanh(1)),
    }
    for label, low, high, *_, two, _, _ in EXAMPLES["activations-plus-minus-one"]().rows:
        assert (low, high) == pytest.approx(values[label])
        pairs = [(a, b) for a in (low, high) for b in (low, high)]
        assert kappa_of(pairs, bias=False) == pytest.approx(two)
    record, (low, high) = EXAMPLES["activations-plus-minus-one"](), values["sigmoid"]
    pairs = np.array([(a, b) for a in (low, high) for b in (low, high)])
    # At right angles to the mean the curvature is the variance.
    flat, _ = np.linalg.eigvalsh(pairs.T @ pairs / 4)
    assert record.sigmoid_variance == pytest.approx(flat)
    assert record.tanh_variance == pytest.approx(np.var(values["tanh"]))
    for observed, (low, high) in (
        (record.relu_pair, (0, 1)),
        (record.relu_pair_centered, (-0.5, 0.5)),
    ):
        pairs = [(a, b) for a in (low, high) for b in (low, high)]
        # In halves of the four mean squares: of the sum, and of the difference.
        along = [sum((a + sign * b) ** 2 for a, b in pairs) / 8 for sign in (1, -1)]
        assert list(observed) == along


def test_choices_by_differences_and_by_four_inputs():
    functions = {
        "sigmoid": lambda s: 1 / (1 + math.exp(-s)),
        "tanh": math.tanh,
        "ReLU": lambda s: max(s, 0.0),
        "leaky ReLU (.01)": lambda s: max(s, s / 100),
        "GELU": lambda s: s * (1 + math.erf(s / 2**0.5)) / 2,
        "ELU": lambda s: s if s > 0 else math.expm1(s),
    }
    rows = EXAMPLES["activations-choices"]().rows
    assert [row[0] for row in rows] == list(functions)
    for label, *slopes, kappa in rows:
        phi = functions[label]
        expected = [(phi(s + 1e-6) - phi(s - 1e-6)) / 2e-6 for s in (3.0, -3.0)]
        assert slopes == pytest.approx(expected, abs=1e-8)
        pairs = [(a, b) for a in (phi(-1), phi(1)) for b in (phi(-1), phi(1))]
        assert kappa_of(pairs, bias=False) == pytest.approx(kappa)


def test_moved_means_by_all_pairs_of_outputs():
    record = EXAMPLES["activations-mean-moved"]()
    sigmoid, tanh = (lambda s: 1 / (1 + math.exp(-s))), math.tanh
    functions = (sigmoid, lambda s: sigmoid(s) - 0.5, lambda s: tanh(s) + 1, tanh)
    for phi, row, share in zip(functions, record.rows, record.shares, strict=True):
        _, low, high, together, apart, ratio = row
        assert (low, high) == pytest.approx((phi(-1), phi(1)))
        pairs = np.array([(a, b) for a in (phi(-1), phi(1)) for b in (phi(-1), phi(1))])
        for direction, square in (((1, 1), together), ((1, -1), apart)):
            loss = lambda w: ((pairs @ w) ** 2).mean() / 2  # noqa: B023, E731
            # Of half a square, twice the loss at the direction is the curvature along it.
            assert 2 * loss(np.array(direction)) == pytest.approx(square)
        assert ratio == pytest.approx(kappa_of(pairs, bias=False))
        mean = (phi(-1) + phi(1)) / 2
        assert share == pytest.approx(mean**2 / ((phi(-1) ** 2 + phi(1) ** 2) / 2), abs=1e-12)
    pairs = [(a, b) for a in (sigmoid(-1), sigmoid(1)) for b in (sigmoid(-1), sigmoid(1))]
    assert sorted({a + b for a, b in pairs}) == pytest.approx(record.sum_changes)
    assert sorted({a - b for a, b in pairs}) == pytest.approx(record.difference_changes)


def test_next_layer_by_quadrature_and_logarithms():
    nodes, weights = np.polynomial.hermite_e.hermegauss(201)
    weights = weights / weights.sum()
    values = {
        "sigmoid": 1 / (1 + np.exp(-nodes)),
        "sigmoid − ½": np.tanh(nodes / 2) / 2,
        "ReLU": np.maximum(nodes, 0),
        "tanh": np.tanh(nodes),
    }
    record = EXAMPLES["activations-next-layer"]()
    sigmoid, relu, tanh = np.sqrt(record.variances)
    spreads = [sigmoid, sigmoid, sigmoid, relu, tanh]
    for (label, signs, mean, kappa, steps), spread in zip(record.rows, spreads, strict=True):
        m = weights @ values[label.split(",")[0]]
        # A kink costs the quadrature some digits.
        assert mean == pytest.approx(m, abs=4e-3)
        deviations = values[label.split(",")[0]] - m
        assert spread == pytest.approx((weights @ deviations**2) ** 0.5, abs=4e-3)
        assert kappa == pytest.approx(1 + 100 * mean**2 / spread**2)
        # Of 100 outputs that are not of one sign by themselves, some are positive, some negative.
        assert signs == ("one" if label in ("sigmoid", "ReLU") else "mixed")
        rate = (kappa - 1) / (kappa + 1)
        assert steps == (1 if rate == 0 else math.ceil(math.log(0.01) / math.log(rate)))
    for row, flat, steep in zip((0, 3, 4), record.variances, record.steep, strict=True):
        _, _, mean, kappa, _ = record.rows[row]
        assert steep == pytest.approx(flat + 100 * mean**2) == pytest.approx(kappa * flat)
    # Draws of the hundred outputs, and weights that are moved by 0.1.
    z = np.random.default_rng(0).standard_normal((20_000, 100))
    half = 0.1 * (-1.0) ** np.arange(100)
    for a, (rise, cancel) in zip((1 / (1 + np.exp(-z)), np.tanh(z)), record.changes, strict=True):
        assert rise == pytest.approx(np.mean((a @ np.abs(half)) ** 2) ** 0.5, rel=0.02)
        assert cancel == pytest.approx(np.mean((a @ half) ** 2) ** 0.5, rel=0.02)


def test_ratios_for_normal_sums_by_quadrature():
    from scipy.integrate import quad

    functions = {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "ReLU": lambda z: max(z, 0.0),
        "ELU": lambda z: z if z > 0 else math.expm1(z),
        "tanh": math.tanh,
    }
    normal = lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    rows = EXAMPLES["activations-plus-minus-one"]().normal_rows
    assert [row[0] for row in rows] == list(functions)
    for label, mean, share, kappa, _, variance in rows:
        f = functions[label]
        first, second = (
            quad(lambda z, f=f, k=k: f(z) ** k * normal(z), -12, 12, points=[0])[0] for k in (1, 2)
        )
        assert mean == pytest.approx(first, abs=1e-9)
        assert variance == pytest.approx(second - first**2)
        assert share == pytest.approx(first**2 / second, abs=1e-9)
        assert kappa == pytest.approx(1 + 100 * first**2 / (second - first**2))


def test_units_off_by_adding_squares_and_by_quadrature():
    rows, most = EXAMPLES["activations-units-off"]().rows, EXAMPLES["activations-units-off"]().most
    z, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()
    for (_, squares, variance, ratio), unit, expected in zip(
        rows, (lambda z: 1 / (1 + np.exp(-z)), np.tanh), (25, 6.5), strict=True
    ):
        a = unit(z)
        assert squares == pytest.approx(expected)
        assert variance == pytest.approx(weights @ a**2 - (weights @ a) ** 2, abs=1e-6)
        assert ratio == pytest.approx(expected / variance)
    # Outputs from −1 to 1 vary most if they are ±1: then the mean square is 1.
    for variance, mean in zip(most, (0.7, -0.9), strict=True):
        ends, share = np.array([-1.0, 1.0]), np.array([(1 - mean) / 2, (1 + mean) / 2])
        assert share @ ends == pytest.approx(mean)
        assert variance == pytest.approx(share @ (ends - mean) ** 2)


def test_three_examples_less_the_means_of_features_and_of_examples_by_hand():
    record = EXAMPLES["activations-means"]()
    # (1, 4), (2, 6), (3, 8): the features have the means 2 and 6, the examples 2½, 4 and 5½.
    assert record.features.tolist() == [2, 6]
    assert record.over_data.tolist() == [[1 - 2, 4 - 6], [2 - 2, 6 - 6], [3 - 2, 8 - 6]]
    assert record.over_features.tolist() == [[1 - 2.5, 4 - 2.5], [2 - 4, 6 - 4], [3 - 5.5, 8 - 5.5]]
    # What the first features less the examples' means leave is that of the means: 2 − 4 and 6 − 4.
    assert record.left_over.tolist() == [-2, 2]


def test_a_hundred_outputs_at_plus_and_minus_one_by_all_their_curvatures():
    rows = EXAMPLES["activations-plus-minus-one"]().rows
    assert len(rows) == 4
    for _, low, high, mean, spread, _, without, with_bias in rows:
        assert mean == pytest.approx((low + high) / 2, abs=1e-15)
        assert spread == pytest.approx((high - low) / 2)
        # Two different outputs are (low, low), (low, high), …, each as often: together, the mean of
        # their product; one alone has a mean square.
        products = [a * b for a in (low, high) for b in (low, high)]
        M = np.full((101, 101), np.mean(products))
        np.fill_diagonal(M, (low**2 + high**2) / 2)
        M[100], M[:, 100], M[100, 100] = (low + high) / 2, (low + high) / 2, 1
        for n, kappa in ((100, without), (101, with_bias)):
            values = np.linalg.eigvalsh(M[:n, :n])
            assert kappa == pytest.approx(values[-1] / values[0])
