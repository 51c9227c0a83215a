"""Worked examples of `optimizers`: every number of theirs has a second way to it."""

import itertools
import math

import numpy as np
import pytest
import sympy as sp
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


def test_swing_and_slowness_by_the_recursion_of_each_axis():
    rows = EXAMPLES["optimizers-momentum"]().apart
    settings = ((0.1, 0.0), (0.2, 0.0), (0.2, 0.2), (0.2, 0.9))
    for (eta, beta), (label, places, *arrivals) in zip(settings, rows, strict=True):
        assert f"η = {eta}" in label
        assert f"β = {beta}" in label or beta == 0
        for curvature, arrival in zip((9, 1), arrivals, strict=True):
            path = [1.0, 1 - eta * curvature]
            for _ in range(300):
                path.append((1 + beta - eta * curvature) * path[-1] - beta * path[-2])
            assert abs(path[arrival - 1]) > 0.01
            assert max(map(abs, path[arrival:])) <= 0.01
            if curvature == 9:
                shown = [float(a.replace("−", "-")) for a in places.split(", ")]
                assert shown == pytest.approx(path[:5], abs=0.0051)
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
        assert f"η = {relative:.2g}/401" in label
        assert not beta or f"momentum {beta:.2g}" in label
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
    assert rows[-1][1:] == (0, 1)
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
    # Axes left with 0.1 and 0.9 of their distance.
    after = [math.hypot(0.1**k, 0.9**k) / math.sqrt(2) for k in range(50)]
    assert record.half_steps == next(k for k, d in enumerate(after) if d <= 0.01)
    # ½(κ + 1) at (1, 1), and ½(1 − 1/κ)² with the steep part gone.
    assert record.loss_left == pytest.approx((1 - 1e-4) ** 2 / (1e4 + 1))
    # The roots of 9 and 1, the eigenvalues of E[xxᵀ].
    assert record.inputs == pytest.approx(math.sqrt(9 / 1))


def test_limit_is_where_the_factor_is_minus_one():
    for eta, factor, *places, flat in EXAMPLES["optimizers-step-limit"]().rows:
        # A step of size η along the slopes 4a and ½b.
        assert (factor, flat) == pytest.approx((1 - 4 * eta, 1 - eta / 2))
        assert places == pytest.approx([factor, factor**2])
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


def test_first_step_of_adam_is_one_size_in_each_weight():
    record = EXAMPLES["optimizers-adam-start"]()
    inputs = [sp.Matrix([a, b]) for a in (9, 11) for b in (9, 11)]
    off, M = sp.Matrix([1, 0]), sum((x * x.T for x in inputs), sp.zeros(2)) / 4
    assert M.tolist() == [[101, 100], [100, 101]] == record.moment.tolist()
    assert M * sp.Matrix([1, 1]) == 201 * sp.Matrix([1, 1])
    assert M * sp.Matrix([1, -1]) == sp.Matrix([1, -1])
    np.testing.assert_allclose(record.curvatures, [201, 1])
    means = {
        "gradient": sum((x.dot(off) * x for x in inputs), sp.zeros(2, 1)) / 4,
        "centered_gradient": sum(
            (x.dot(off) * x for x in (x - sp.Matrix([10, 10]) for x in inputs)), sp.zeros(2, 1)
        )
        / 4,
    }
    for name, value in means.items():
        assert list(getattr(record, name)) == [float(v) for v in value]
    # The average and the root of the average square of one number are its sign apart.
    np.testing.assert_allclose(record.moves, np.sign(record.gradient))
    np.testing.assert_allclose(record.centered_moves, np.sign(record.centered_gradient))


def test_adam_steps_are_those_of_single_runs():
    record = EXAMPLES["optimizers-adam-steps"]()
    (_, _, raw, centered), (n, ratio, *many) = record.rows
    assert np.linalg.cond(np.eye(n) + 4) == pytest.approx(ratio)
    # One start and step size at a time, in the eigenvectors' matrix, from other starts.
    found = []
    for H in (np.array([[5.0, 4.0], [4.0, 5.0]]), np.eye(2)):
        steps = []
        for start in np.random.default_rng(1).standard_normal((20, 2)):
            w, m, v, last = start, 0.0, 0.0, 0
            for step in range(1, record.limit + 1):
                g = H @ w
                m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
                w = w - 0.1 * (m / (1 - 0.9**step)) / np.sqrt(v / (1 - 0.999**step) + 1e-16)
                last = step if np.hypot(*w) > 0.01 * np.hypot(*start) else last
            steps.append(last + 1)
        found.append(np.median(steps))
    assert found == pytest.approx([raw, centered], rel=0.1)
    # Two inputs hide the ratio, many do not.
    assert raw < 1.1 * centered
    assert many[0] > 2 * many[1]
    # At a small step size, from other starts, and along the mean apart from the rest.
    for kept, observed in zip((9.0, 1.0), record.small, strict=True):
        steps = []
        largest = 1 + (kept - 1) / 8 * 400
        for start in np.random.default_rng(2).standard_normal((9, n)):
            w, m, v, last = start, 0.0, 0.0, 0
            for step in range(1, 12_001):
                common = w.mean()
                g = largest * common + (w - common)
                m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
                w = w - 0.001 * (m / (1 - 0.9**step)) / np.sqrt(v / (1 - 0.999**step) + 1e-16)
                last = step if w @ w > 1e-4 * (start @ start) else last
            steps.append(last + 1)
        assert np.median(steps) == pytest.approx(observed, rel=0.15)
    assert many[0] / many[1] > 1.5 * record.small[0] / record.small[1] > 1.5


def test_newton_step_in_fractions():
    record = EXAMPLES["optimizers-inverse"]()
    g = sp.Matrix([5, 4])
    exact = -sp.Matrix([[5, 4], [4, 5]]).inv() * g
    np.testing.assert_allclose(record.step, [float(v) for v in exact])
    exact = -sp.Matrix([[1, 2], [2, 5]]).inv() * g
    np.testing.assert_allclose(record.estimated_step, [float(v) for v in exact])


def test_no_diagonal_scaling_of_alike_inputs_is_better():
    from scipy.optimize import minimize

    record = EXAMPLES["optimizers-diagonal"]()
    M = np.array([[5.0, 4.0], [4.0, 5.0]])
    kappa = lambda t: np.linalg.cond(M * np.outer(np.exp(t), np.exp(t)))  # noqa: E731
    best = minimize(kappa, [0.3, -0.2], method="Nelder-Mead").fun
    assert best == pytest.approx(record.alike_after, rel=1e-6)
    for (_, r, one, adam, two, standardized), (p, q, s) in zip(
        record.rows, ((1, 0, 100), (5, 4, 5), (5, 40, 500)), strict=True
    ):
        M = np.array([[p, q], [q, s]], dtype=float)
        assert r == pytest.approx(q / math.sqrt(p * s))
        assert one == pytest.approx(np.linalg.cond(M))
        # Adam's divisor is the root of the mean square of δx.
        D = np.diag(np.diag(M) ** -0.5)
        values = np.linalg.eigvals(D @ M)
        assert adam == pytest.approx(max(values) / min(values))
        kappa = lambda t, M=M: np.linalg.cond(M * np.outer(np.exp(t), np.exp(t)))  # noqa: E731
        best = minimize(kappa, [0.3, -0.2], method="Nelder-Mead").fun
        assert best == pytest.approx(two, rel=1e-6)
        assert two == pytest.approx((1 + r) / (1 - r))
        assert standardized == 1
    M = np.array([[5.0, 4, 2], [4, 5, 2], [2, 2, 1]])
    kappa = lambda t, M=M: np.linalg.cond(M * np.outer(np.exp(t), np.exp(t)))  # noqa: E731
    best = minimize(kappa, [0.3, -0.2, 0.5], method="Nelder-Mead", options={"xatol": 1e-9}).fun
    D = np.diag(np.diag(M) ** -0.5)
    values = np.linalg.eigvals(D @ M).real
    assert record.with_bias[0] == pytest.approx(np.linalg.cond(M))
    assert record.with_bias[1] == pytest.approx(max(values) / min(values))
    assert record.with_bias[2] == pytest.approx(best, rel=1e-6)


def test_steps_by_signs_in_fractions():
    record = EXAMPLES["optimizers-signs"]()
    X = [(sp.Integer(2), sp.Integer(1)), (sp.Integer(1), sp.Integer(2))]
    size, goal = sp.Rational(1, 5), (1, -1)

    def slopes(x, w):
        error = x[0] * (w[0] - goal[0]) + x[1] * (w[1] - goal[1])
        return error, (error * x[0], error * x[1])

    w = (sp.Integer(0), sp.Integer(0))
    for step, error, *after in record.rows:
        exact, g = slopes(X[(step - 1) % 2], w)
        w = tuple(a - size * sp.sign(b) for a, b in zip(w, g, strict=True))
        assert error == pytest.approx(float(exact))
        assert after == pytest.approx([float(a) for a in w])
        assert w[0] == w[1]
    both = [slopes(x, (0, 0))[1] for x in X]
    assert list(record.batch) == [float(sum(g) / 2) for g in zip(*both, strict=True)]
    assert record.batch_after == pytest.approx([1, -1])
    assert record.centered_after == pytest.approx([1, -1])

    def lion(X):
        w, m, mixed = (sp.Integer(0),) * 2, (sp.Integer(0),) * 2, None
        for step in itertools.count(1):
            _, g = slopes(X[(step - 1) % 2], w)
            c = [(9 * a + b) / 10 for a, b in zip(m, g, strict=True)]
            m = tuple((99 * a + b) / 100 for a, b in zip(m, g, strict=True))
            w = tuple(a - size * sp.sign(b) for a, b in zip(w, c, strict=True))
            mixed = step if mixed is None and c[0] * c[1] < 0 else mixed
            if w == goal:
                return mixed, step
        return None

    assert lion(X) == (record.lion_mixed, record.lion)
    half = sp.Rational(1, 2)
    assert lion([(half, -half), (-half, half)]) == (1, record.lion_centered)
