"""Worked examples of `overflow`: every number of theirs has a second way to it."""

import math

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def test_an_explosion_by_its_factor():
    record = EXAMPLES["overflow-explosion"]()
    assert record.factor == 1 - 0.01 * (40**2 + 60**2) / 2
    largest = float(np.finfo(np.float32).max)
    # The mean of two squared errors overflows with their sum, half the mean of which is the loss.
    of = lambda step: 5200 * float(record.factor) ** (2 * step)  # noqa: E731
    for step, w, loss in record.rows:
        assert w - 2 == pytest.approx(-2 * record.factor**step, rel=1e-4)
        assert loss == pytest.approx(of(step), rel=1e-4)
    assert of(record.infinite) > largest / 4 > of(record.infinite - 1)
    # The gradient, w·(40² + 60²)/2, overflows with its sum: then w is infinite, and one step later
    # infinity less infinity.
    last = math.ceil(math.log(largest / (2 * 5200)) / math.log(25))
    assert record.nan == last + 2 > record.infinite
    # At the limit a step leads to the other side, as far off.
    assert record.curvature == (40**2 + 60**2) / 2
    assert 1 - record.limit * (40**2 + 60**2) / 2 == pytest.approx(-1)
    rng = np.random.default_rng(0)
    ranges = ((0, 255), (0, 1), (-0.5, 0.5))
    for (low, high), curvature, limit in zip(ranges, record.pixels, record.limits, strict=True):
        u = rng.uniform(low, high, 200_000)
        assert u.var() + 784 * u.mean() ** 2 == pytest.approx(curvature, rel=0.01, abs=0.01)
        assert limit == 2 / curvature
