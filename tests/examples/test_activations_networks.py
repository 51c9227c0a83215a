"""Worked examples of `activations`, networks: every number has a second way to it."""

import dataclasses

import numpy as np
import pytest
from runs import kept_run

from offcenter.activations import ACTIVATIONS, Activation
from offcenter.examples import EXAMPLES
from offcenter.experiment import SIZES, split, start
from offcenter.network import initialize, train

_SIGMA = ACTIVATIONS["sigmoid"]
_STEEP = Activation(
    "4σ",
    4 * _SIGMA.expression,
    lambda s: 4 * _SIGMA.function(s),
    lambda s: 4 * _SIGMA.slope(s),
)
_USUAL = {
    "sigmoid": _SIGMA,
    "steep": _STEEP,
    "shifted": _SIGMA.centered(),
    "steep_shifted": _STEEP.centered(),
    "tanh": ACTIVATIONS["tanh"],
}


@kept_run
def fewest_of_one(name, seed):
    """Return the fewest steps of one network, and the power of two that is their step size."""
    rng = np.random.default_rng([seed, 1])
    network = initialize(SIZES, activation=_USUAL[name], rng=rng)
    X, labels = split(seed).inputs, split(seed).labels
    X = X - X.mean(axis=0)
    steps = {}
    # From the largest, which diverges soon: no other needs to go on for longer than the best.
    for k in range(5, -6, -1):
        how = {"step_size": 2.0**k, "steps": min(steps.values(), default=400), "target": 0.1}
        losses = train(network, X, labels, **how).losses
        if losses[-1] <= 0.1 and max(losses) < 3 * losses[0]:
            steps[k] = len(losses) - 1
    return min((count, k) for k, count in steps.items())


@pytest.mark.slow
@pytest.mark.parametrize("name", _USUAL)
def test_steps_from_the_usual_weights_by_training_one_network_at_a_time(name):
    record = EXAMPLES["activations-usual-start"]()
    steps, powers = zip(*(fewest_of_one(name, seed) for seed in range(record.starts)), strict=True)
    assert -5 < min(powers) <= max(powers) < 5
    # The runs of 4σ swing: rounding changes their counts.
    near = pytest.approx(getattr(record, name), rel=0.1 if name == "steep" else 0)
    assert np.median(steps) == near


def _fewest_by_hand(networks, phi, parts, powers, limit=300):
    """Return each network's fewest steps to 0.1, or 0, and the least loss.

    Each is written with other weights, `parts` times those of the network for the first, the middle
    and the last layer, and for their biases: a step then is the square of that as large.
    """
    value, slope = phi
    data = [split(seed) for seed in range(len(networks))]
    X = np.array([d.inputs - d.inputs.mean(axis=0) for d in data])
    Y = np.array([np.eye(10)[d.labels] for d in data])
    last = len(networks[0].weights) - 1
    which = [0] + [1] * (last - 1) + [2]
    found, least = np.full(len(networks), np.inf), np.inf
    for power in powers:
        W = [
            parts[0][which[k]] * np.array([n.weights[k] for n in networks]) for k in range(last + 1)
        ]
        b = [
            parts[1][which[k]] * np.array([n.biases[k] for n in networks]) for k in range(last + 1)
        ]
        fine, first = np.ones(len(networks), bool), None
        for step in range(limit + 1):
            a, slopes = [X], []
            for k in range(last + 1):
                s = a[-1] @ W[k].swapaxes(1, 2) + b[k][:, None]
                a.append(value(s) if k < last else s)
                slopes.append(slope(s) if k < last else None)
            shifted = s - s.max(axis=2, keepdims=True)
            logs = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
            losses = -(logs * Y).sum(axis=2).mean(axis=1)
            first = losses if first is None else first
            fine &= losses < 3 * first
            done = fine & (losses <= 0.1)
            found[done] = np.minimum(found[done], step)
            least = min(least, losses[fine].min(initial=np.inf))
            fine &= ~done
            if not fine.any():
                break
            d = (np.exp(logs) - Y) / X.shape[1]
            for k in range(last, -1, -1):
                below = d @ W[k]
                size = 2.0**power * np.array([parts[0][which[k]], parts[1][which[k]]]) ** 2
                W[k] = W[k] - size[0] * d.swapaxes(1, 2) @ a[k]
                b[k] = b[k] - size[1] * d.sum(axis=1)
                d = below * slopes[k - 1] if k else d
    return np.where(np.isfinite(found), found, 0), least


def _sigmoid(s):
    return np.exp(-np.logaddexp(0, -s))


_SIGMOID = (_sigmoid, lambda s: _sigmoid(s) * _sigmoid(-s))
_TANH = (np.tanh, lambda s: 1 - np.tanh(s) ** 2)


# 4σ with weights W behind it is σ with 4W, σ − ½ is half of tanh(s/2), 4σ − 2 is 2 tanh(s/2).
_HALF = (lambda s: np.tanh(s / 2) / 2, lambda s: (1 - np.tanh(s / 2) ** 2) / 4)
_SAME = ((1, 1, 1), (1, 1, 1))
_DEEP = {
    "σ": (_SIGMOID, _SAME, (1, 4)),
    "σ − ½": (_HALF, _SAME, (1, 4)),
    "4σ": (_SIGMOID, ((1, 4, 4), (1, 1, 1)), (-4, -2)),
    "4σ − 2": (_TANH, ((1 / 2, 1, 2), (1 / 2, 1 / 2, 1)), (-3, -2, -1)),
}


@kept_run
def fewest_of_deep_ones(name, starts, limit):
    """Return what `_fewest_by_hand` does, for networks of ten hidden layers."""
    sizes = (SIZES[0], *[32] * 10, SIZES[-1])
    networks = [
        initialize(sizes, activation="sigmoid", rng=np.random.default_rng([seed, 1]))
        for seed in range(starts)
    ]
    return _fewest_by_hand(networks, *_DEEP[name], limit=limit)


@pytest.mark.slow
def test_ten_layers_by_other_weights_and_step_sizes():
    record = EXAMPLES["activations-ten-layers"]()
    assert [name for name, _ in record.rows] == list(_DEEP)
    for name, median in record.rows:
        steps, least = fewest_of_deep_ones(name, record.starts, record.limit)
        if name == "4σ − 2":
            assert steps.all()
            assert np.median(steps) == median
        else:
            assert not steps.any()
            assert least > 2
            assert median == np.inf


def test_a_doubled_sigmoid_less_1_by_tanh_networks_with_a_quarter_of_the_step_size():
    record = EXAMPLES["activations-usual-start"]()
    networks = [
        initialize(SIZES, activation="sigmoid", rng=np.random.default_rng([seed, 1]))
        for seed in range(record.starts)
    ]
    halves = ((1 / 2, 1 / 2, 1), (1 / 2, 1 / 2, 1))
    steps, _ = _fewest_by_hand(networks, _TANH, halves, (0, 1, 2, 3))
    assert np.median(steps) == record.doubled
    # From the weights of tanh networks, doubled before they are halved.
    networks = [start("tanh-centered", seed)[0] for seed in range(10)]
    both = [
        dataclasses.replace(n, weights=(*(2 * W for W in n.weights[:-1]), n.weights[-1]))
        for n in networks
    ]
    steps, _ = _fewest_by_hand(both, _TANH, halves, (1, 2, 3, 4))
    assert np.median(steps) == record.doubled_alike


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
