"""Worked examples of `inputs`, targets: every number has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def test_adam_cannot_be_faster_than_its_step_size_allows_by_much():
    record = EXAMPLES["inputs-targets"]()
    # From 0 to 99 by steps of at most 1/100, if the gradient stays as it is.
    assert record.adam_least == 99 * 100
    b, m, v, power, count = 0.0, 0.0, 0.0, 1.0, 0
    while b < 99:
        count, g = count + 1, b - 100
        m, v, power = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g, 0.999 * power
        b -= 0.01 * m / (1 - 0.9**count) / math.sqrt(v / (1 - power))
    # Rounding could decide the last.
    assert record.adam_steps == count > record.adam_least
    assert record.descent_steps == 1


def test_two_flats_by_fractions():
    record, y = EXAMPLES["inputs-flats"](), (Fraction(240), Fraction(280))
    mean = sum(y) / 2
    assert record.mean == mean == 260
    assert record.deviation**2 == sum((one - mean) ** 2 for one in y) / 2
    square = sum(one**2 for one in y) / 2
    assert (record.square, record.of_mean) == (square, mean**2)
    assert record.percent == pytest.approx(float(100 * mean**2 / square))
    assert record.standardized.tolist() == [(one - mean) / 20 for one in y]
    assert record.back == mean + 20 * Fraction(1, 2)


def test_losses_of_labels_by_logarithms_and_by_entropy():
    record = EXAMPLES["inputs-labels"]()
    # ln(1 + e⁻²), and 2 more for the other class, in both codes.
    loss = math.log(1 + math.exp(-2))
    assert record.positive == pytest.approx([loss] * 2, abs=1e-15)
    assert record.negative == pytest.approx([2 + loss] * 2, abs=1e-14)
    # The least of a constant score is the entropy of the classes.
    p = 1 / (1 + math.exp(-record.start))
    assert p == pytest.approx(0.01)
    entropy = -0.01 * math.log(0.01) - 0.99 * math.log(0.99)
    assert record.rare == pytest.approx((math.log(2), entropy))


def _left_of_networks(mean, deviation, rates, direction):
    """Return what 500 steps leave, by rates and starts; `direction` takes the count and slopes.

    The biases are among the weights, and those of the last layer with the errors' mean.
    """
    X, y, first, last = [], [], [], []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((300, 20))
        t = np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + x[:, 3]
        X.append(np.column_stack([x, np.ones(300)]))
        y.append(mean + deviation * (t - t.mean()) / t.std())
        first.append(np.vstack([rng.normal(0, math.sqrt(1 / 10), (20, 16)), np.zeros(16)]))
        last.append(np.append(rng.normal(0, 1 / 4, 16), 0.0))
    X, y, columns = np.array(X), np.array(y), len(rates)
    p = [np.repeat(np.array(part)[None], columns, axis=0) for part in (first, last)]
    sizes = np.array(rates)[:, None, None]

    def units_and_errors():
        h = np.maximum(X @ p[0], 0)
        return h, np.einsum("rsnk,rsk->rsn", h, p[1][..., :-1]) + p[1][..., -1:] - y

    for count in range(1, 501):
        h, errors = units_and_errors()
        into = errors[..., None] * p[1][..., None, :-1] * (h > 0)
        up = np.einsum("rsnk,rsn->rsk", h, errors) / 300
        slopes = (
            X.transpose(0, 2, 1) @ into / 300,
            np.concatenate([up, errors.mean(axis=2, keepdims=True)], axis=2),
        )
        steps = direction(count, slopes)
        p = [p[0] - sizes[..., None] * steps[0], p[1] - sizes * steps[1]]
    return np.mean(units_and_errors()[1] ** 2, axis=2) / deviation**2


def _adam():
    m, v = [0, 0], [0, 0]

    def direction(count, slopes):
        for k, g in enumerate(slopes):
            m[k], v[k] = 0.9 * m[k] + 0.1 * g, 0.999 * v[k] + 0.001 * g * g
        roots = [np.sqrt(square / (1 - 0.999**count)) + 1e-8 for square in v]
        return [mean / (1 - 0.9**count) / root for mean, root in zip(m, roots, strict=True)]

    return direction


def test_what_training_leaves_of_shifted_and_scaled_targets_by_networks_of_another_writing():
    record, by_adam = EXAMPLES["inputs-targets"](), np.array([0.001, 0.01])
    for column, target in enumerate(((0, 1), (0, 100), (300, 100))):
        medians = np.median(_left_of_networks(*target, by_adam, _adam()), axis=1)
        # Rounding grows on the way.
        assert [row[column] for row in record.rows[1:]] == pytest.approx(medians, rel=1e-3)
        with np.errstate(over="ignore", invalid="ignore"):
            rates = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
            runs = _left_of_networks(*target, rates, lambda count, slopes: slopes)
        medians = np.median(np.nan_to_num(runs, nan=np.inf), axis=1)
        assert record.rows[0][column] == pytest.approx(medians.min(), rel=1e-3)
    runs = _left_of_networks(300, 100, (0.3, 1, 3, 10), _adam())
    # At large rates rounding grows more.
    assert record.rescued == pytest.approx(np.median(runs, axis=1), rel=3e-2)
