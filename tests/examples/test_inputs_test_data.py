"""Worked examples of `inputs`, test data: every number has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def test_three_means_for_two_test_images_by_hand():
    record = EXAMPLES["inputs-test-mean"]()
    images = [(1, 3), (5, 7)], [(4, 6), (6, 8)]
    (mean, other) = (
        [Fraction(sum(pixel), 2) for pixel in zip(*two, strict=True)] for two in images
    )
    assert record.training == tuple(a + b - sum(mean) for a, b in images[0]) == (-4, 4)
    spaced = [[cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in record.rows]
    by_training, by_test, by_own = map(tuple, spaced)
    assert by_training[1:] == ("(1, 1)", "(3, 3)", "day, day")
    assert by_test[1:] == ("(−1, −1)", "(1, 1)", "night, day")
    assert by_own[1:] == ("(−1, 1)", "(−1, 1)", "undecided")
    assert [row[0] for row in record.rows] == [
        "training mean (3, 5)",
        "test mean (5, 7)",
        "each image's own, 5 and 7",
    ]
    assert record.sums == ((2, 6), (-2, 2), (0, 0))
    assert (record.border, record.other_border) == (sum(mean), sum(other))
    with_training, with_test, _ = np.array(record.sums)
    assert with_test - with_training == pytest.approx([record.moved] * 2)


def test_shares_that_are_right_by_the_normal_law_of_the_sums():
    record, shares = EXAMPLES["inputs-batch-means"](), []
    n, low, high = record.examples, *record.means
    for seed in range(record.draws):
        rng = np.random.default_rng(seed)
        y = np.arange(n) % 2
        X = np.where(y, high, low)[:, None] + rng.standard_normal((n, record.inputs))
        Z = np.hstack([X - X.sum(axis=0) / n, np.ones((n, 1))])
        w = np.zeros(record.inputs + 1)
        for _ in range(500):
            # σ(s) − y is half of tanh(s/2) − (2y − 1).
            w -= np.mean(Z.T * (np.tanh(Z @ w / 2) - 2 * y + 1), axis=1) / 4

        def right(subtracted, w=w, spread=record.deviation):
            # With each class's mean left, the sums are normal; half of the tests have each.
            sums = [w[:-1] @ (mean - subtracted) + w[-1] for mean in (low, high)]
            spread *= np.linalg.norm(w[:-1])
            law = [0.5 * (1 + math.erf(s / spread / math.sqrt(2))) for s in sums]
            return (1 - law[0] + law[1]) / 2

        middle = np.full(record.inputs, (low + high) / 2)
        # A batch's own mean is off by the numbers of each class, and by the noise.
        counts = rng.hypergeometric(record.tests // 2, record.tests // 2, record.batch, 400)
        off = (high - low) * (counts / record.batch - 0.5)[:, None]
        off = off + rng.standard_normal((400, record.inputs)) / math.sqrt(record.batch)
        mixed = np.mean([right(middle + o) for o in off])
        shares.append((right(X.mean(axis=0)), right(middle), mixed))
    found = record.training, record.own, record.mixed
    assert found == pytest.approx(np.median(shares, axis=0), abs=0.0025)
    law = np.median(np.array(shares)[:, 0] - np.array(shares)[:, 2])
    assert record.training - record.mixed == pytest.approx(law, abs=0.001)
    # Less their class's mean both classes are alike, so one answer is right for one of them.
    assert record.one_class == pytest.approx(0.5, abs=0.005)


def test_flats_by_fractions():
    record = EXAMPLES["inputs-prepared"]()
    rooms, areas = (2, 2, 4, 4), (50, 90, 50, 90)
    for place, (column, tests) in enumerate(((rooms, (4, 6)), (areas, (90, 130)))):
        mean, own = Fraction(sum(column), 4), Fraction(sum(tests), 2)
        variance = sum((v - mean) ** 2 for v in column) / 4
        assert record.mean[place] == mean
        assert record.variances[place] == variance == record.deviation[place] ** 2
        assert record.own_mean[place] == own
        spread = math.isqrt(int(variance))
        assert record.smallest[place] == (column[0] - mean) / spread
        assert record.flat[place] == (column[3] - mean) / spread
        # Of two numbers the smaller lies one deviation below the mean.
        assert record.own[place] == -1
