"""Worked examples of `today`: every number of theirs has a second way to it."""

import math

import numpy as np
import pytest

from offcenter.data import load_language_model
from offcenter.examples import EXAMPLES


def test_mean_of_both_signs_is_the_steep_direction():
    record = EXAMPLES["today-signless"]()
    X = np.array([(4, -3), (2, -3), (3, -2), (3, -4)], dtype=float)
    assert record.mean.tolist() == [(4 + 2 + 3 + 3) / 4, -(3 + 3 + 2 + 4) / 4]
    slope = lambda d: np.mean((X @ d) ** 2) / 2  # noqa: E731
    assert slope(np.array([1, -1])) == pytest.approx(record.steep)
    assert slope(np.array([1, 1])) == pytest.approx(record.flat)


def test_tokens_of_mean_zero_share_a_mean():
    record = EXAMPLES["today-tokens"]()
    first, second = (2, 0, -2), (2, -2, 0)
    assert [2 * m for m in record.mean] == [a + b for a, b in zip(first, second, strict=True)]
    # Two vectors of squared length 8 at the inner product 4: their mean has (8 + 4)/2.
    inner = sum(a * b for a, b in zip(first, second, strict=True))
    assert record.mean_square == pytest.approx((8 + inner) / 2)
    assert (record.square, record.share) == pytest.approx((8, (8 + inner) / 16))
    X = np.array([first, second])
    assert ((X @ record.mean) ** 2).mean() / 6 == pytest.approx(record.steep)
    # At right angles to the mean only their difference counts, which is along (0, 1, −1).
    for d in ((0, 1, -1), (1, 1, 1), (1, 3, -1)):
        d = np.array(d) / np.linalg.norm(d)
        assert d @ record.mean == pytest.approx(0)
        assert ((X @ d) ** 2).mean() <= record.across + 1e-12
    assert ((X @ [0, 1, -1]) ** 2).mean() / 2 == pytest.approx(record.across)


def test_rounding_by_hand():
    record = EXAMPLES["today-rounded"]()
    assert record.values.tolist() == [10.3, 9.8, 10.1]
    # Seven levels reach 10.3, and 6.66 and 6.86 of them are rounded to seven.
    assert record.step * 7 == pytest.approx(10.3)
    assert set(record.rounded) == {10.3}
    assert record.error == pytest.approx(0.5)
    # In thirtieths the mean is 302, and the rest 7, −8 and 1: in levels of 8/7, 6⅛, −7 and ⅞.
    assert record.mean == pytest.approx(302 / 30)
    assert record.centered_step == pytest.approx(8 / 7 / 30)
    levels = [(302 + k * 8 / 7) / 30 for k in (6, -7, 1)]
    assert record.centered_rounded == pytest.approx(levels)
    assert record.centered_error == pytest.approx(8 / 7 / 30 / 8)


def test_row_of_the_report_by_hand():
    record = EXAMPLES["today-mine"]()
    assert record.share == pytest.approx(8 / 10)
    assert record.centered_share == 0
    # The mean (2, 2) points along (1, 1), as the steepest direction does.
    assert (record.ones_cosine, record.top_cosine) == pytest.approx((1, 1))


def test_means_of_the_activations_in_use_by_drawn_numbers():
    z, y = np.random.default_rng(10).standard_normal((2, 1_000_000))
    silu = z / (1 + np.exp(-z))
    gelu = z * np.array([0.5 + 0.5 * math.erf(v / math.sqrt(2)) for v in z])
    drawn = {"ReLU": np.maximum(z, 0), "GELU": gelu, "SiLU": silu, "SwiGLU: SiLU(z)·y": silu * y}
    for label, low, mean, share in EXAMPLES["today-used"]().rows:
        a = drawn[label]
        assert a.mean() == pytest.approx(mean, abs=5 * a.std() / 1000)
        assert a.mean() ** 2 / (a**2).mean() == pytest.approx(share, abs=0.004)
        if low != "none":
            assert a.min() == pytest.approx(float(low.replace("−", "-")), abs=0.005)


def test_curvatures_of_the_language_model_by_the_power_method():
    record, model = EXAMPLES["today-columns"](), load_language_model()
    x = model.stream[15][~model.first]
    for (raw, centered), rows in ((record.layer, x - x.mean(1, keepdims=True)), (record.rms, x)):
        z = rows / np.sqrt(np.mean(rows**2, axis=1, keepdims=True))
        for observed, y in ((raw, z), (centered, z - z.mean(axis=0))):
            v = np.ones(y.shape[1]) + np.arange(y.shape[1]) / 100
            for _ in range(400):
                v = y.T @ (y @ v)
                v /= np.linalg.norm(v)
            assert observed == pytest.approx(np.sum((y @ v) ** 2) / len(y), rel=1e-4)
    assert record.gain == pytest.approx(record.rms[0] / record.rms[1])
