"""Worked examples of `activations`, the negative side: each start trained alone."""

import math

import numpy as np
import pytest
import sympy
from runs import kept_run
from scipy.special import erf

from offcenter.activations import Activation
from offcenter.data import load_digits
from offcenter.examples import EXAMPLES
from offcenter.network import Network, train

_RATES = (0.3, 0.37, 0.45, 0.55, 0.7)
_PHI = {
    "relu": (lambda z: z * (z > 0), lambda z: 1.0 * (z > 0)),
    "leaky 0.01": (lambda z: np.maximum(z, 0.01 * z), lambda z: 0.01 + 0.99 * (z > 0)),
    "leaky 0.3": (lambda z: np.maximum(z, 0.3 * z), lambda z: 0.3 + 0.7 * (z > 0)),
    "elu": (
        lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
        lambda z: np.exp(np.minimum(z, 0)),
    ),
    "gelu": (
        lambda z: z * (1 + erf(z / 2**0.5)) / 2,
        lambda z: (1 + erf(z / 2**0.5)) / 2 + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    ),
    "silu": (
        lambda z: z / (1 + np.exp(-z)),
        lambda z: (1 + z / (1 + np.exp(z))) / (1 + np.exp(-z)),
    ),
}
_Z = np.linspace(-9, 9, 180_001)
_WEIGHT = np.exp(-_Z * _Z / 2) / np.exp(-_Z * _Z / 2).sum()


def _moment(name, power):
    return float(_WEIGHT @ _PHI[name][0](_Z) ** power)


@kept_run
def steps_of_one(name, mean, rate, start):
    """Return the steps of one start to the loss 0.1, infinite after 400; `mean` is the outputs'."""
    value, slope = _PHI[name]
    less = _moment(name, 1) - mean
    symbol = sympy.Symbol("z", real=True)
    phi = Activation(name, symbol, lambda z: value(z) - less, slope)
    rng, weights, biases = np.random.default_rng(100 + start), [], []
    for below, above in ((64, 24), (24, 24), (24, 24), (24, 24), (24, 24), (24, 10)):
        drawn = rng.standard_normal((below, above)).T
        # A number that is subtracted from what a layer reads is given back by the bias.
        square, back = (_moment(name, 2), less) if weights else (1, 0)
        weights.append(drawn / math.sqrt(below * square))
        biases.append(weights[-1] @ np.full(below, back))
    digits = load_digits()
    chosen = np.random.default_rng(0).permutation(1797)[:300]
    X = digits.inputs[chosen]
    X = X - X.mean(axis=0)
    X = X / math.sqrt(np.mean(X * X))
    network = Network(tuple(weights), tuple(biases), phi)
    how = {"step_size": rate, "steps": 400, "target": 0.1}
    run = train(network, X, digits.labels[chosen], **how)
    return run.steps if run.reached else math.inf


_ROWS = ("relu", "relu", "relu", "leaky 0.01", "leaky 0.3", "leaky 0.3", "elu", "elu", "elu")
_CASES = [
    *(("rows", k, name) for k, name in enumerate(_ROWS)),
    *(("gates", k, name) for k, name in enumerate(("gelu", "gelu", "silu", "silu"))),
]


def _row(table, k):
    return getattr(EXAMPLES["activations-negative-side"](), table)[k]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "k", "name"), _CASES)
def test_steps_of_each_variant_by_training_each_start_alone(table, k, name):
    _, mean, median, ends, rate = _row(table, k)
    steps = [steps_of_one(name, mean, rate, start) for start in range(11)]
    assert np.median(steps) == median
    shown = [f"{end:.0f}".replace("inf", "∞") for end in (min(steps), max(steps))]
    assert ends == " to ".join(shown)
    assert rate in _RATES[1:-1]
    # Of the runs of the centered ReLU one does not arrive.
    assert np.isinf(steps).sum() == ((table, k) == ("rows", 1))


@pytest.mark.slow
@pytest.mark.parametrize("k", [0, 1, 6, 7])
def test_no_other_rate_has_a_smaller_median(k):
    _, mean, median, _, best = _row("rows", k)
    for rate in _RATES:
        steps = [steps_of_one(_ROWS[k], mean, rate, start) for start in range(11)]
        assert np.median(steps) > median - (rate >= best)


def test_means_shifts_and_the_values_at_minus_one_by_sums():
    record = EXAMPLES["activations-negative-side"]()
    relu, elu = _moment("relu", 1), _moment("elu", 1)
    expected = [relu, 0, elu, 0.99 * relu, 0.7 * relu, relu, elu, relu, 2 * relu]
    assert [row[1] for row in record.rows] == pytest.approx(expected, abs=1e-6)
    gates = [_moment("gelu", 1), 0, _moment("silu", 1), 0]
    assert [row[1] for row in record.gates] == pytest.approx(gates, abs=1e-6)
    shifts = (relu, relu - elu, 2 * relu - elu, 0.3 * relu)
    kinds, means = (
        {"ReLU": relu, "leaky, 0.01": 0.99 * relu, "leaky, 0.3": 0.7 * relu, "ELU": elu},
        {
            "": None,
            ", centered": 0,
            ", at ELU's mean": elu,
            ", at ReLU's mean": relu,
            ", at twice ReLU's mean": 2 * relu,
        },
    )
    for label, mean, *_ in record.rows:
        kind = next(kind for kind in kinds if label.startswith(kind))
        said = means[label.removeprefix(kind)]
        assert mean == pytest.approx(kinds[kind] if said is None else said, abs=1e-6)
    assert record.shifts == pytest.approx(shifts, abs=1e-6)
    leaky, smooth = record.at_minus_one
    assert leaky == (-0.01, 0.01)
    assert smooth == pytest.approx((1 / math.e - 1, 1 / math.e))
    assert (record.layers, record.units, record.examples, record.starts) == (5, 24, 300, 11)
    assert (record.rates, record.limit, record.goal) == (5, 400, 0.1)
