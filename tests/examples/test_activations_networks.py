"""Worked examples of `activations`, networks: every number has a second way to it."""

import dataclasses
import math

import numpy as np
import pytest
from raced import SAME, SIGMOID, TANH, fewest, times
from runs import kept_run

from offcenter.activations import ACTIVATIONS
from offcenter.examples import EXAMPLES
from offcenter.experiment import SIZES, split, start
from offcenter.network import initialize, train

_USUAL = {
    "sigmoid": SIGMOID,
    "steep": times(SIGMOID, 4),
    "shifted": times(SIGMOID, 1, less=1 / 2),
    "steep_shifted": times(SIGMOID, 4, less=2),
    "tanh": TANH,
}


def _read(seed):
    data = split(seed)
    return data.inputs - data.inputs.mean(axis=0), data.labels


def _drawn(seed, sizes=SIZES):
    return initialize(sizes, activation="sigmoid", rng=np.random.default_rng([seed, 1]))


@kept_run
def fewest_of_one(name, seed):
    """Return the fewest steps from one start, and the power of two that is their step size."""
    found = fewest(_drawn(seed), *_read(seed), _USUAL[name], 2.0 ** np.arange(-5, 6))
    return found.steps, math.log2(found.step_size)


@pytest.mark.slow
@pytest.mark.parametrize("name", _USUAL)
def test_steps_from_the_usual_weights_by_racing_each_start_alone(name):
    record = EXAMPLES["activations-usual-start"]()
    steps, powers = zip(*(fewest_of_one(name, seed) for seed in range(record.starts)), strict=True)
    assert -5 < min(powers) <= max(powers) < 5
    # The runs of 4σ swing: rounding changes their counts.
    near = pytest.approx(getattr(record, name), rel=0.1 if name == "steep" else 0)
    assert np.median(steps) == near
    # So they are printed in tens.
    assert record.steep % 10 == 0


@pytest.mark.parametrize("name", ["shifted", "tanh"])
def test_a_race_is_as_long_as_the_run_at_its_step_size_and_no_neighbor_is_shorter(name):
    steps, power = fewest_of_one(name, 0)
    activation = ACTIVATIONS["tanh"] if name == "tanh" else ACTIVATIONS["sigmoid"].centered()
    network = dataclasses.replace(_drawn(0), activation=activation)
    for k in (-1, 0, 1):
        size = 2.0 ** (power + k)
        run = train(network, *_read(0), step_size=size, steps=steps, target=0.1)
        if k:
            assert not run.reached or run.steps >= steps or run.losses.max() >= 3 * run.losses[0]
        else:
            assert run.reached
            assert run.steps == steps


# 4σ with weights W behind it is σ with 4W, σ − ½ is half of tanh(s/2), 4σ − 2 is 2 tanh(s/2).
_HALF = (lambda s: np.tanh(s / 2) / 2, lambda a: 1 / 4 - a * a)
_DEEP = {
    "σ": (SIGMOID, (SAME, SAME), (1, 4)),
    "σ − ½": (_HALF, (SAME, SAME), (1, 4)),
    "4σ": (SIGMOID, ((1, 4, 4), (1, 1, 1)), (-4, -2)),
    "4σ − 2": (TANH, ((1 / 2, 1, 2), (1 / 2, 1 / 2, 1)), (-3, -2, -1)),
}


@kept_run
def fewest_of_deep_ones(name, starts, limit):
    """Return the fewest steps from each start with ten hidden layers, and the least loss."""
    phi, parts, powers = _DEEP[name]
    sizes = (SIZES[0], *[32] * 10, SIZES[-1])
    how = {"limit": limit, "parts": parts}
    found = [
        fewest(_drawn(seed, sizes), *_read(seed), phi, 2.0 ** np.array(powers), **how)
        for seed in range(starts)
    ]
    return np.array([one.steps for one in found]), min(one.least for one in found)


@pytest.mark.slow
def test_ten_layers_by_other_weights_and_step_sizes():
    record = EXAMPLES["activations-ten-layers"]()
    assert [name for name, _ in record.rows] == list(_DEEP)
    for name, median in record.rows:
        steps, least = fewest_of_deep_ones(name, record.starts, record.limit)
        if name == "4σ − 2":
            assert np.isfinite(steps).all()
            assert np.median(steps) == median
        else:
            assert np.isinf(steps).all()
            assert least > 2
            assert median == np.inf


def test_a_doubled_sigmoid_less_1_by_tanh_networks_with_a_quarter_of_the_step_size():
    record = EXAMPLES["activations-usual-start"]()
    halves = ((1 / 2, 1 / 2, 1), (1 / 2, 1 / 2, 1))

    def steps(networks, powers):
        how = {"limit": 300, "parts": halves}
        return [
            fewest(network, *_read(seed), TANH, 2.0 ** np.array(powers), **how).steps
            for seed, network in enumerate(networks)
        ]

    usual = [_drawn(seed) for seed in range(record.starts)]
    assert np.median(steps(usual, range(4))) == record.doubled
    # From the weights of tanh networks, doubled before they are halved.
    networks = [start("tanh-centered", seed)[0] for seed in range(10)]
    both = [
        dataclasses.replace(n, weights=(*(2 * W for W in n.weights[:-1]), n.weights[-1]))
        for n in networks
    ]
    assert np.median(steps(both, range(1, 5))) == record.doubled_alike


def test_deep_networks_of_shifted_sigmoids_learn_as_tanh_at_step_sizes_of_their_own():
    rng = np.random.default_rng(0)
    first = [rng.standard_normal(shape) / 2 for shape in ((4, 3), (4, 4), (1, 4))]
    biases = [rng.standard_normal(len(W)) / 2 for W in first]
    X, y = rng.standard_normal((3, 6)), rng.standard_normal((1, 6))
    sigmoid = lambda s: 1 / (1 + np.exp(-s))  # noqa: E731

    def train(phi, slope, factors):
        W = [c * w for (c, _), w in zip(factors, first, strict=True)]
        b = [c * v for (_, c), v in zip(factors, biases, strict=True)]
        losses = []
        for _ in range(20):
            a, sums = [X], []
            for k in range(3):
                sums.append(W[k] @ a[-1] + b[k][:, None])
                a.append(phi(sums[-1]) if k < 2 else sums[-1])
            d = (a[-1] - y) / 6
            losses.append(np.sum((a[-1] - y) ** 2) / 12)
            for k in (2, 1, 0):
                below = W[k].T @ d
                # The step size of each is 0.1 times the square of its factor.
                W[k] = W[k] - 0.1 * factors[k][0] ** 2 * d @ a[k].T
                b[k] = b[k] - 0.1 * factors[k][1] ** 2 * d.sum(axis=1)
                d = below * slope(sums[k - 1]) if k else d
        return losses

    flat = lambda s: sigmoid(s) * (1 - sigmoid(s))  # noqa: E731
    expected = train(np.tanh, lambda s: 1 - np.tanh(s) ** 2, [(1, 1)] * 3)
    half = train(lambda s: sigmoid(s) - 0.5, flat, [(2, 2), (4, 2), (2, 1)])
    double = train(lambda s: 2 * sigmoid(s) - 1, lambda s: 2 * flat(s), [(2, 2), (2, 2), (1, 1)])
    assert expected[-1] < 0.9 * expected[0]
    np.testing.assert_allclose(half, expected, rtol=1e-10)
    np.testing.assert_allclose(double, expected, rtol=1e-10)
