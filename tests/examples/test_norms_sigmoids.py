"""Worked examples of `norms`, networks of sigmoids: every number has a second way to it."""

import math
from itertools import pairwise

import numpy as np
import pytest
from raced import SIGMOID, fewest
from runs import kept_run
from second_ways import numerical_gradient

from offcenter.activations import ACTIVATIONS
from offcenter.data import load_digits
from offcenter.examples import EXAMPLES
from offcenter.network import Network

_SIZES = (64, 30, 30, 30, 10)
_RATES = 2.0 ** np.arange(-1, 5)


def _digits():
    digits = load_digits()
    chosen = np.random.default_rng(0).permutation(1797)[:200]
    X = digits.inputs[chosen] - np.mean(digits.inputs[chosen], axis=0)
    return X / math.sqrt(np.mean(X * X)), digits.labels[chosen]


def _weights(seed, sizes=_SIZES):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((n, m)).T / math.sqrt(n) for n, m in pairwise(sizes)]


def _norm(s, scale, shift, added):
    rest = s - s.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.var(s, axis=1, keepdims=True) + added)
    return scale * rest / spread + shift, (rest, spread)


def _norm_back(errors, scale, rest, spread):
    """Return the slopes by sums, scale and shift: through the outputs, the mean, the spread."""
    of_scale = np.sum(errors * rest, axis=1, keepdims=True) / spread
    d = errors * scale
    by_spread = -np.sum(d * rest, axis=1, keepdims=True) / spread**2
    by_sums = d / spread + by_spread * rest / (spread * errors.shape[1])
    by_sums -= by_sums.mean(axis=1, keepdims=True)
    return by_sums, of_scale, errors.sum(axis=1, keepdims=True)


def _step(parameters, X, target, place, added, rate):
    """Return the loss and the parameters after a step, columns are examples."""
    W, b, scales, shifts = parameters
    read, outputs, kept = [X], [], []
    for k in range(len(W) - 1):
        s = W[k] @ read[-1] + b[k]
        if place == "before":
            s, known = _norm(s, scales[k], shifts[k], added)
        outputs.append(1 / (1 + np.exp(-s)))
        a = outputs[-1]
        if place == "after":
            a, known = _norm(a, scales[k], shifts[k], added)
        read.append(a)
        kept.append(known)
    s = W[-1] @ read[-1] + b[-1]
    logs = s - np.logaddexp.reduce(s, axis=0)
    loss = -np.sum(logs * target) / X.shape[1]
    d, moved = (np.exp(logs) - target) / X.shape[1], [list(part) for part in parameters]
    for k in range(len(W) - 1, -1, -1):
        moved[0][k] = W[k] - rate * d @ read[k].T
        moved[1][k] = b[k] - rate * d.sum(axis=1, keepdims=True)
        if k:
            d = W[k].T @ d
            for part in ("after", "slope", "before"):
                if part == "slope":
                    d = d * outputs[k - 1] * (1 - outputs[k - 1])
                elif part == place:
                    d, of_scale, of_shift = _norm_back(d, scales[k - 1], *kept[k - 1])
                    moved[2][k - 1] = scales[k - 1] - rate * of_scale
                    moved[3][k - 1] = shifts[k - 1] - rate * of_shift
    return loss, moved


def _start(seed, bias, sizes=_SIZES):
    hidden = sizes[1:-1]
    b = [np.full((m, 1), bias) for m in hidden] + [np.zeros((sizes[-1], 1))]
    return [
        _weights(seed, sizes),
        b,
        [np.ones((m, 1)) for m in hidden],
        [np.zeros((m, 1)) for m in hidden],
    ]


@kept_run
def fewest_with_norm(place, bias, seed, added):
    """Return the fewest steps of single runs, and the largest root mean square of a shift then."""
    X, labels = _digits()
    target, most, shift = np.eye(10)[labels].T, 300, math.nan
    for rate in _RATES:
        parameters = _start(seed, bias)
        for step in range(most + 1):
            with np.errstate(over="ignore", invalid="ignore"):
                loss, moved = _step(parameters, X.T, target, place, added, rate)
            if loss <= 0.1 and (step < most or math.isnan(shift)):
                most = step
                shift = max(math.sqrt(np.mean(beta * beta)) for beta in parameters[3])
                break
            if not math.isfinite(loss):
                break
            parameters = moved
    return (most, shift) if shift == shift else (math.inf, shift)


@pytest.mark.parametrize("place", ["before", "after"])
def test_the_step_of_the_second_way_is_along_the_numerical_gradient(place):
    rng, sizes = np.random.default_rng(3), (3, 4, 2, 3)
    X, target = rng.standard_normal((3, 7)), np.eye(3)[rng.integers(0, 3, 7)].T
    start = [
        [part + 0.3 * rng.standard_normal(part.shape) for part in kind]
        for kind in _start(1, 0.5, sizes)
    ]
    for kind in range(4):
        for k, part in enumerate(start[kind]):

            def loss(flat, kind=kind, k=k, part=part):
                changed = [list(parts) for parts in start]
                changed[kind][k] = flat.reshape(part.shape)
                return _step(changed, X, target, place, 1e-5, 0.0)[0]

            moved = _step(start, X, target, place, 1e-5, 1.0)[1][kind][k]
            slopes = numerical_gradient(loss, part.ravel()).reshape(part.shape)
            np.testing.assert_allclose(part - moved, slopes, atol=1e-7)


def test_steps_with_batch_norm_in_both_places_by_single_runs():
    record = EXAMPLES["norms-sigmoids"]()
    for place, medians, ends in zip(
        ("before", "after"), record.rows[1:], record.ends[1:], strict=True
    ):
        for k, bias in enumerate((0.0, 6.0)):
            found = [fewest_with_norm(place, bias, seed, 1e-5) for seed in range(record.starts)]
            steps = [steps for steps, _ in found]
            assert medians[k] == np.median(steps)
            assert ends[2 * k : 2 * k + 2] == (min(steps), max(steps))
            if (place, k) == ("after", 0):
                assert record.shift == pytest.approx(max(shift for _, shift in found))
    far, exact = (
        np.median([fewest_with_norm("after", 8.0, seed, added)[0] for seed in range(record.starts)])
        for added in (1e-5, 1e-12)
    )
    assert record.far == pytest.approx(far, abs=50)
    assert record.nearly_exact == pytest.approx(exact, abs=2)


def test_steps_without_batch_norm_by_racing_each_start_alone():
    record, (X, labels) = EXAMPLES["norms-sigmoids"](), _digits()
    # What the page says that no start reaches.
    assert record.limit == 300
    assert record.rows[0][1] == math.inf
    for k, bias in enumerate((0.0, 6.0)):
        steps = []
        for seed in range(record.starts):
            biases = (*(np.full(30, bias) for _ in range(3)), np.zeros(10))
            network = Network(tuple(_weights(seed)), biases, ACTIVATIONS["sigmoid"])
            found = fewest(network, X, labels, SIGMOID, _RATES, limit=record.limit)
            steps.append(found.steps)
        assert record.rows[0][k] == np.median(steps)
        assert record.ends[0][2 * k : 2 * k + 2] == (min(steps), max(steps))


def test_slopes_of_the_sigmoid_by_the_hyperbolic_cosine():
    slopes = [1 / (2 * math.cosh(z / 2)) ** 2 for z in (0, 6)]
    assert EXAMPLES["norms-sigmoids"]().slopes == pytest.approx(slopes)
