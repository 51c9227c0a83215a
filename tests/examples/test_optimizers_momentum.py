"""Worked examples of `optimizers`, momentum: every number has a second way to it."""

import itertools
import math

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_velocities_are_geometric_sums():
    record = EXAMPLES["optimizers-momentum"]()
    for step, _, alternating, _, constant in record.rows:
        terms = 0.9 ** np.arange(step)
        assert constant == pytest.approx(terms.sum())
        signs = (-1.0) ** (np.arange(step)[::-1])
        assert alternating == pytest.approx((terms * signs).sum())
    assert record.constant_limit / record.alternating_limit == pytest.approx(19)
    # Where the roots of x² − (1 + β − ηλ)x + β meet: a double root √β.
    assert np.roots([1, record.free - 1.9, 0.9]) == pytest.approx([0.9**0.5] * 2, rel=1e-6)


def test_swing_and_slowness_by_the_recursion_of_each_axis():
    rows = EXAMPLES["optimizers-momentum"]().apart
    settings = ((0.1, 0.0), (0.2, 0.0), (0.2, 0.2), (0.25, 0.25), (0.1, 0.9))
    for (eta, beta), (label, places, jumps, *arrivals) in zip(settings, rows, strict=True):
        assert label == f"{eta:g}, {beta:g}"
        paths = [[1.0, 1 - eta * curvature] for curvature in (9, 1)]
        for path, curvature in zip(paths, (9, 1), strict=True):
            for _ in range(300):
                path.append((1 + beta - eta * curvature) * path[-1] - beta * path[-2])
        for path, arrival in zip(np.abs(paths), arrivals, strict=True):
            assert path[arrival - 1] > 0.01
            assert path[arrival:].max() <= 0.01
        steep = paths[0]
        shown = [float(a.replace("−", "-")) for a in places.split(", ")]
        assert shown == pytest.approx(steep[:4], abs=0.0051)
        assert jumps == sum(x * y < -1e-15 for x, y in itertools.pairwise(steep[:21]))
    # The sign of a changes at each step of plain descent with η = 0.2, and at none with 0.1.
    assert [1 - 9 * eta < 0 for eta in (0.1, 0.2)] == [False, True]


def test_heavy_ball_runs_again_by_its_recursion():
    for kappa, descent, best_beta, ball in EXAMPLES["optimizers-momentum"]().runs:
        rate = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
        eta, beta, curvature = 4 / (math.sqrt(kappa) + 1) ** 2, rate**2, np.array([kappa, 1])
        before, now, last = np.ones(2), np.ones(2), 0
        for step in range(1, 2000):
            before, now = now, now - eta * curvature * now + beta * (now - before)
            last = step if math.hypot(*now) > 0.01 * math.sqrt(2) else last
        assert ball == last + 1
        assert best_beta == pytest.approx(beta)
        assert descent == math.ceil(math.log(0.01) / math.log((kappa - 1) / (kappa + 1)))


def test_swings_and_steps_of_a_hundred_inputs_by_the_recursion():
    rows = EXAMPLES["optimizers-swings"]().rows
    rate = (math.sqrt(401) - 1) / (math.sqrt(401) + 1)
    best = 4 * 401 / (math.sqrt(401) + 1) ** 2
    settings = ((0.1, 0), (1, 0), (1.9, 0), (1, 0.9), (best, rate**2))
    for (relative, beta), (label, jumps, steps) in zip(settings, rows[:-1], strict=True):
        if relative == best:
            assert label == "both best in the long run"
        else:
            momentum = f", momentum {beta:.2g}" if beta else ""
            assert label == f"η = {relative:.2g}/401{momentum}"
        a, b = [1.0, 1 - relative], [1.0, 1 - relative / 401]
        for _ in range(20_000):
            for path, share in ((a, relative), (b, relative / 401)):
                path.append((1 + beta - share) * path[-1] - beta * path[-2])
        far = np.flatnonzero(np.hypot(a, b) > 0.01 * math.sqrt(2))
        assert steps == far[-1] + 1
        assert jumps == sum(x * y < 0 for x, y in itertools.pairwise(a[:21]))
    # The mean square is 5 for each input, and 4 between two.
    H = np.eye(100) + 4
    np.testing.assert_allclose(np.linalg.eigvalsh(H)[[0, 98, 99]], [1, 1, 401])
    assert rows[-1] == ("η = 1, mean subtracted", 0, 1)
    assert min(rows[:-1], key=lambda row: row[2])[1] == 20
    assert max(rows[:-1], key=lambda row: row[2])[1] == 0


def test_settings_that_are_best_in_the_long_run_can_take_more_steps_to_one_percent():
    before, now, count = np.ones(2), np.ones(2), 0
    while math.hypot(*now) > 0.01 * math.sqrt(2):
        before, now = now, now - 0.25 * np.array([9, 1]) * now + 0.28 * (now - before)
        count += 1
    assert count < EXAMPLES["optimizers-momentum"]().runs[0][3]


def test_steps_and_condition_number_by_the_closed_form():
    record = EXAMPLES["optimizers-condition-number"]()
    for kappa, left, steps, rule, ball in record.rows:
        assert left == (kappa - 1) / (kappa + 1)
        # Both axes shrink alike: 2 atanh(1/κ) is the logarithm of 1/left.
        exact = math.log(100) / (2 * math.atanh(1 / kappa)) if kappa > 1 else 0
        assert steps == max(1, math.ceil(exact))
        assert rule == pytest.approx(2.3 * kappa)
        assert exact <= 1.0012 * rule
        # A double root: the distance along either axis is (1 + ck)rᵏ, with c from the first step.
        r = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
        eta = (1 + r) ** 2 / kappa
        k = np.arange(1500)
        if kappa > 1:
            # The signs of the roots differ: the steep axis turns at each step.
            axes = [
                (1 + k * ((1 - eta * h) / root - 1)) * root**k for h, root in ((kappa, -r), (1, r))
            ]
            far = np.flatnonzero(np.hypot(*axes) > 0.01 * math.sqrt(2))
            assert ball == far[-1] + 1
    for (kappa, safe, best, ball), row in zip(record.flat, record.rows, strict=True):
        # Along the flat axis alone a step leaves 1 − 1/κ, or (κ − 1)/(κ + 1).
        assert kappa == row[0]
        for steps, left in ((safe, 1 - 1 / kappa), (best, (kappa - 1) / (kappa + 1))):
            assert steps == (math.ceil(math.log(0.01) / math.log(left)) if kappa > 1 else 1)
        r = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)
        before, now, taken = 1.0, 1.0, 0
        while abs(now) > 0.01:
            before, now = now, now - 4 / (math.sqrt(kappa) + 1) ** 2 * now + r**2 * (now - before)
            taken += 1
        assert ball == taken
    assert record.finer == math.ceil(math.log(1e-4) / math.log(0.99))
    assert record.steep == 1
    for eta, places in zip((1, 3 / 100, 1 / 100, 2 / 101), record.paths, strict=True):
        for k, (steep, flat) in enumerate(places):
            assert steep == pytest.approx((1 - 100 * eta) ** k, abs=1e-12)
            assert flat == pytest.approx((1 - eta) ** k, abs=1e-12)
    # The mean ½ and the variance 1/12: 1 + 20·¼·12.
    assert record.mean[0] == pytest.approx(61)
    assert record.mean[1] == math.ceil(math.log(0.01) / math.log(60 / 61))
    # ½(κ + 1) at (1, 1), and ½(1 − 1/κ)² with the steep part gone.
    assert record.loss_left == pytest.approx((1 - 1e-4) ** 2 / (1e4 + 1))


def test_limit_is_where_the_factor_is_minus_one():
    for eta, factor, *places in EXAMPLES["optimizers-step-limit"]().rows:
        # A step of size η along the slope 4a.
        assert factor == pytest.approx(1 - 4 * eta)
        assert places == pytest.approx([factor, factor**2, factor**3])
    record = EXAMPLES["optimizers-step-limit"]()
    swings = np.array(record.swings)
    point, replayed = swings[0, 1:3], {}
    for step in range(41):
        replayed[step] = point
        point = point - numerical_gradient(lambda p: p[1] * p[0] ** 2 / 2, point) / 2
    for step, *place, factor in swings:
        assert place == pytest.approx(replayed[int(step)].tolist(), abs=1e-7)
        assert factor == pytest.approx(1 - place[1] / 2)
    # Wider while λ is above 2/η = 4, then narrower, to the end.
    assert all((swings[:, 3] < -1) == (swings[:, 2] > 4))
    widths = np.abs([replayed[step][0] for step in range(41)])
    widest = int(widths.argmax())
    assert (np.diff(widths[: widest + 1]) > 0).all()
    assert (np.diff(widths[widest:]) < 0).all()
    # One weight that reads 1 or 3: the mean square of 1 − ηx² is 1 at the limit.
    assert np.mean((1 - record.single_limit * np.array([1.0, 9.0])) ** 2) == pytest.approx(1)
    assert abs(1 - record.whole_limit * np.mean([1.0, 9.0])) == pytest.approx(1)
    assert record.single_run == pytest.approx((5 - math.sqrt(7)) / 9)
    # With momentum 0.9 on ½a², just below the edge and just above it.
    for edge, weight in ((record.heavy_ball_edge, 1.0), (record.adam_edge, 0.1)):
        for eta, stays in ((0.99 * edge, True), (1.01 * edge, False)):
            a, v = 1.0, 0.0
            for _ in range(4000):
                v = 0.9 * v + weight * a
                a -= eta * v
            assert (abs(a) < 1) == stays
    z = np.random.default_rng(1).standard_normal((200_000, 1))
    one = 1 / (1 + np.exp(-z))
    # Of 100 alike, independent inputs: the variance, and 100 squared means along (1, …, 1).
    steep = one.var() + 100 * one.mean() ** 2
    assert record.sigmoid_limit == pytest.approx(2 / steep, rel=0.01)
    assert record.centered_limit == pytest.approx(2 / one.var(), rel=0.01)
