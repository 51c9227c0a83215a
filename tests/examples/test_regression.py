"""Worked examples of `regression`: every number of theirs has a second way to it."""

import math

import numpy as np
import pytest
import scipy.special
from scipy.integrate import quad

from offcenter.activations import ACTIVATIONS
from offcenter.examples import EXAMPLES
from offcenter.examples.regression import _slower, _sparse
from offcenter.experiment import CHANGES, regression

DRAWS = 3


def _drawn(seed, low=0.0):
    """Inputs and targets of one draw, as its seed gives them."""
    rng = np.random.default_rng(seed)
    X = low + rng.random((1000, 20))
    return X, X @ rng.standard_normal(20)


def _descended(X, y, step, limit):
    """Count steps on the data themselves until 10⁻⁴ of the best constant's loss is left."""
    A, w = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    goal = 1e-4 * np.mean((y - y.mean()) ** 2) / 2
    for count in range(1, limit + 1):
        w = w - step(count, A, A @ w - y)
        if np.mean((A @ w - y) ** 2) / 2 <= goal:
            return count
    return limit + 1


def _plain(eta):
    return lambda count, A, errors: eta * (errors @ A) / len(A)


def _adam(eta):
    m = v = np.zeros(21)

    def step(count, A, errors):
        nonlocal m, v
        g = errors @ A / len(A)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        return eta * (m / (1 - 0.9**count)) / (np.sqrt(v / (1 - 0.999**count)) + 1e-8)

    return step


def test_setting_is_what_is_drawn():
    setting = EXAMPLES["regression-setting"]()
    assert (setting.examples, setting.inputs, setting.draws) == (1000, 20, 21)
    full = EXAMPLES["regression-signs"]().full
    assert setting.raw[0] <= full[0] <= setting.raw[1]
    assert setting.centered[0] <= full[2] <= setting.centered[1]


@pytest.mark.parametrize("change", ["none", "every second negated", "centered"])
def test_full_batches_by_descent_on_the_data(change):
    problem = regression("uniform on [0, 1]", change, draws=DRAWS)
    fewest = problem.descent_steps()
    for seed in range(DRAWS):
        X, y = _drawn(seed)
        X = CHANGES[change](X)
        A = np.column_stack([X, np.ones(1000)])
        limit = 2 / np.linalg.norm(A, 2) ** 2 * 1000
        shares = np.linspace(0.025, 0.9995, 400)
        # Those near the best and some others: none takes fewer, and the best takes as many.
        runs = [
            _descended(X, y, _plain(share * limit), fewest[seed])
            for share in (*shares[-12:], *shares[:-12:20])
        ]
        assert min(runs) >= fewest[seed]
        if change != "centered":
            assert fewest[seed] in runs


def test_signs_are_those_medians():
    record = EXAMPLES["regression-signs"]()
    for place, change in enumerate(("none", "every second negated", "centered")):
        problem = regression("uniform on [0, 1]", change)
        assert record.full[place] == np.median(problem.descent_steps())
    # To negate an input and its weight mirrors each step, of whatever batch.
    assert record.full[0] == record.full[1]
    assert record.single[0] == record.single[1]
    assert record.negated == record.full[0]


def test_single_examples_by_steps_on_the_data():
    problem = regression("uniform on [0, 1]", draws=DRAWS)
    fewest = problem.batch_steps(1)
    largest = 2 / np.linalg.eigvalsh(problem.curvature)[:, -1].min()
    for seed in range(DRAWS):
        X, y = _drawn(seed)
        counts = []
        for eta in largest * np.geomspace(0.02, 2.0, 24):
            rng = np.random.default_rng(0)

            def step(count, A, errors, *, rng=rng, seed=seed, eta=eta):
                row = rng.integers(1000, size=(DRAWS, 1))[seed, 0]
                return eta * errors[row] * A[row]

            with np.errstate(over="ignore", invalid="ignore"):
                counts.append(_descended(X, y, step, fewest[seed]))
        assert min(counts) == fewest[seed]


def test_activations_by_quadrature_and_descent():
    record = EXAMPLES["regression-activations"]()
    functions = (lambda z: 1 / (1 + math.exp(-z)), math.tanh, lambda z: max(z, 0.0))
    for (mean, spread, steps), f, name in zip(
        record.rows, functions, ("sigmoid", "tanh", "relu"), strict=True
    ):

        def moment(power, f=f):
            return quad(lambda z: f(z) ** power * math.exp(-z * z / 2), -12, 12, points=[0])[0]

        first, second = (moment(power) / math.sqrt(2 * math.pi) for power in (1, 2))
        assert mean == pytest.approx(first, abs=1e-8)
        assert spread == pytest.approx(math.sqrt(second - first**2), abs=1e-8)
        assert steps == np.median(regression(name).descent_steps())
    assert record.negated == record.rows[0][2]
    assert record.shifted == np.median(regression("sigmoid", "less ½").descent_steps())


def test_batches_by_counting_signs():
    rows = EXAMPLES["regression-batches"]().rows
    assert [row[0] for row in rows] == [1, 32, 1000]
    whole = []
    for seed in range(21):
        X, y = _drawn(seed)
        gradients = [np.array([(b - y) @ X[:, k] for k in range(20)]) for b in (0.0, y.mean())]
        whole.append([(g > 0).all() or (g < 0).all() for g in gradients])
    assert rows[2][1:3] == pytest.approx(100 * np.mean(whole, axis=0))
    # Positive inputs: one example's gradient always has one sign.
    assert rows[0][1:3] == (100, 100)
    rng, one = np.random.default_rng(7), []
    for seed in range(21):
        X, y = _drawn(seed)
        for _ in range(200):
            rows_of = rng.integers(1000, size=32)
            gradient = X[rows_of].T @ (y.mean() - y[rows_of])
            one.append(abs(np.sign(gradient).sum()) == 20)
    assert rows[1][2] == pytest.approx(100 * np.mean(one), abs=3)
    signs = EXAMPLES["regression-signs"]()
    assert (rows[0][3], rows[0][4]) == (signs.single[0], signs.single[2])
    assert (rows[2][3], rows[2][4]) == (signs.full[0], signs.full[2])
    centered = regression("uniform on [0, 1]", "centered")
    assert rows[1][4] == np.median(centered.batch_steps(32))


@pytest.mark.parametrize("low", [0.0, 2.0])
def test_adam_by_steps_on_the_data(low):
    problem = regression(f"uniform on [{low:g}, {low + 1:g}]", draws=DRAWS)
    fewest = problem.adam_steps()
    for seed in range(DRAWS):
        X, y = _drawn(seed, low)
        counts = [_descended(X, y, _adam(eta), fewest[seed]) for eta in np.geomspace(0.003, 3, 40)]
        assert min(counts) == fewest[seed]


def test_adam_rows_are_those_medians():
    record = EXAMPLES["regression-adam"]()
    unequal = regression("uniform on [0, 1]", "centered, scaled from 0.01 to 1")
    far = regression("uniform on [2, 3]")
    for (descent, adam), problem in ((record.rows[1], unequal), (record.rows[4], far)):
        assert descent == np.median(problem.descent_steps())
        runs = problem.adam_steps()
        assert adam == np.median(runs)
        assert (runs.min(), runs.max()) in record.ranges
    between = regression("uniform on [1, 2]")
    assert record.rows[3][0] == np.median(between.descent_steps())
    assert record.rows[0][0] == EXAMPLES["regression-signs"]().full[2]
    assert record.rows[2][0] == EXAMPLES["regression-signs"]().full[0]
    assert record.centered == tuple(
        np.median(regression(f"uniform on [{low}, {low + 1}]", "centered").adam_steps())
        for low in (1, 2)
    )
    for (least, most), (_, adam) in zip(record.ranges, record.rows, strict=True):
        assert least <= adam <= most


def _leaky(z):
    return np.where(z > 0, z, 0.01 * z)


def _gelu(z):
    return z * (1 + scipy.special.erf(z / math.sqrt(2))) / 2


GATES = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": _leaky,
    "gelu": _gelu,
    "silu": lambda z: z / (1 + np.exp(-z)),
    "elu": lambda z: np.where(z > 0, z, np.expm1(z)),
    "tanh": np.tanh,
}


def _run(read, y, limit):
    """Return the fewest steps on the data over 400 step sizes at once, at most `limit`."""
    A = np.column_stack([read, np.ones(len(read))])
    sizes = np.linspace(0.025, 0.9995, 400) * 2 / np.linalg.norm(A, 2) ** 2
    goal = 1e-4 * np.mean((y - y.mean()) ** 2)
    w = np.zeros((A.shape[1], len(sizes)))
    for count in range(1, limit + 1):
        w -= sizes * (A.T @ (A @ w - y[:, None]))
        if (((A @ w - y[:, None]) ** 2).mean(axis=0) <= goal).any():
            return count
    return limit + 1


def test_gates_by_descent_on_the_data():
    record = EXAMPLES["regression-gates"]()
    for (mean, spread, *_), (name, f) in zip(record.rows, GATES.items(), strict=True):
        z, weights = np.polynomial.hermite_e.hermegauss(180)
        # A kink costs quadrature digits.
        first, second = (weights @ f(z) ** p / math.sqrt(2 * math.pi) for p in (1, 2))
        assert mean == pytest.approx(first, abs=5e-3)
        assert spread == pytest.approx(math.sqrt(second - first**2), abs=5e-3)
        rng = np.random.default_rng(0)
        X = f(rng.standard_normal((1000, 20)))
        y = X @ rng.standard_normal(20)
        for change, read in (("none", X), ("centered", X - X.mean(axis=0))):
            steps = regression(name, change, draws=1).descent_steps()[0]
            assert _run(read, y, steps) == steps
    steps = [regression(name).descent_steps() for name in GATES]
    centered = [regression(name, "centered").descent_steps() for name in GATES]
    assert [row[2:] for row in record.rows] == [
        (np.median(a), np.median(b)) for a, b in zip(steps, centered, strict=True)
    ]
    assert record.standardized == np.median(regression("relu", "standardized").descent_steps())


def test_scales_correlations_and_ranges_by_descent_on_the_data():
    X, y = _drawn(0)
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    larger = z.copy()
    larger[:, 0] *= 10
    root = np.linalg.inv(np.linalg.cholesky(np.cov(X.T, bias=True)))
    cases = {
        "standardized": z,
        "standardized, one times 10": larger,
        "standardized, times 5": 5 * z,
        "standardized, times 0.1": z / 10,
        "to [0, 1]": (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0)),
        "to [−1, 1]": 2 * (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0)) - 1,
        # Another rotation of whitened inputs: descent does not see it.
        "whitened": (X - X.mean(axis=0)) @ root.T,
    }
    for change, read in cases.items():
        steps = regression("uniform on [0, 1]", change, draws=1).descent_steps()[0]
        assert _run(read, y, steps) == steps
    rng = np.random.default_rng(0)
    shared = rng.random((1000, 1))
    X = 0.75 * shared + 0.25 * rng.random((1000, 20))
    assert np.corrcoef(X.T)[0, 1:] == pytest.approx(0.9, abs=0.02)
    np.testing.assert_array_equal(regression("correlated", draws=1).inputs[0, :, :-1], X)


def test_the_other_rows_are_medians():
    def median(*case):
        return np.median(regression(*case).descent_steps())

    scales = EXAMPLES["regression-scales"]().rows
    for (kappa, steps), more in zip(
        scales, ("", ", one times 10", ", times 5", ", times 0.1"), strict=True
    ):
        problem = regression("uniform on [0, 1]", f"standardized{more}")
        assert steps == np.median(problem.descent_steps())
        assert kappa == pytest.approx(np.median(np.linalg.cond(problem.curvature)))
    assert EXAMPLES["regression-correlated"]().steps == tuple(
        median("correlated", change) for change in ("none", "centered", "standardized", "whitened")
    )
    ranges = EXAMPLES["regression-ranges"]().rows
    for row, law in zip(ranges, ("uniform on [0, 1]", "identity", "exponential"), strict=True):
        assert row == tuple(
            median(law, change) for change in ("to [0, 1]", "to [−1, 1]", "standardized")
        )


def test_places_by_descent_on_the_data_and_their_ranges():
    record = EXAMPLES["regression-places"]()
    far = regression("uniform on [−6, −5]")
    steps = far.descent_steps()
    assert record.far == np.median(steps)
    # At the best share of 2/λmax of the first draw, counted in the directions of the eigenvectors.
    X, y = _drawn(0, -6.0)
    A = np.column_stack([X, np.ones(1000)])
    values, vectors = np.linalg.eigh(A.T @ A / 1000)
    missing = vectors.T @ np.linalg.lstsq(A, y, rcond=None)[0]
    fewest = min(
        next(
            step
            for step in (steps[0], steps[0] + 1, 10**9)
            if missing**2 * values @ (1 - 2 * share * values / values[-1]) ** (2 * step)
            <= 1e-4 * y.var()
        )
        for share in np.linspace(0.025, 0.9995, 400)
    )
    assert fewest == steps[0]
    width = ACTIVATIONS["sigmoid"].variance ** 0.5
    for name in ("relu", "tanh"):
        scaled, counts = regression(name, "scaled to the sigmoid's spread"), []
        assert scaled.inputs[:, :, :20].std(axis=1) == pytest.approx(width)
        for seed in range(21):
            rng = np.random.default_rng(seed)
            drawn = rng.standard_normal((1000, 20))
            X = np.tanh(drawn) if name == "tanh" else np.maximum(drawn, 0)
            y = X @ rng.standard_normal(20)
            A = np.column_stack([X / X.std(axis=0) * width, np.ones(1000)])
            limit = 2 / np.linalg.norm(A, 2) ** 2 * 1000
            # The best lie near the limit.
            runs = [
                _descended(A[:, :-1], y, _plain(share * limit), 200)
                for share in np.linspace(0.025, 0.9995, 400)[-30:]
            ]
            counts.append(min(runs))
        assert getattr(record, name) == np.median(counts)
    cases = (("sigmoid", "none"), ("sigmoid", "less ½"), ("relu", "none"), ("tanh", "none"))
    for (least, most), case in zip(record.ranges, cases, strict=True):
        steps = regression(*case).descent_steps()
        assert (least, most) == (steps.min(), steps.max())


def test_bias_shift_by_a_step_on_the_data():
    record = EXAMPLES["regression-bias-shift"]()
    shares, cosines, centered = [], [], []
    for seed in range(21):
        X, y = _drawn(seed)
        r = y - y.mean()
        assert abs(r.mean()) < 1e-12
        slope = X.T @ r / 1000
        # The bias does not move: r has the mean 0.
        moved, free = X @ slope, (X - X.mean(axis=0)) @ ((X - X.mean(axis=0)).T @ r / 1000)
        shares.append((X.mean(axis=0) @ slope) ** 2 / (moved @ moved / 1000))
        cosines.append([d @ r / np.linalg.norm(d) / np.linalg.norm(r) for d in (moved, free)])
        centered.append(free.mean() ** 2 / (free @ free / 1000))
    assert record.share == pytest.approx((np.median(shares), min(shares), max(shares)))
    assert record.cosines == pytest.approx(np.median(cosines, axis=0))
    assert max(centered) < 1e-20
    assert record.centered < 1e-20


def test_reach_by_signs_and_by_runs_that_arrive():
    record = EXAMPLES["regression-reach"]()
    rng = np.random.default_rng(11)
    assert record.one_signed[0] == 1
    raw = [_drawn(seed)[0] for seed in range(21)]
    assert min(X.min() for X in raw) > 0
    assert record.one_signed[1] == 0
    signs = [np.sign(X - X.mean(axis=0)).sum(axis=1) for X in raw]
    assert record.one_signed[2] == np.mean(np.abs(signs) == 20)
    largest = 0.0
    for seed in range(21):
        X, y = _drawn(seed)
        w = np.linalg.lstsq(X, y, rcond=None)[0]
        assert min(w) < 0 < max(w)
        # At the goal's loss: the weight i is farthest off where descent of ½dᵀHd would leave it.
        A = np.column_stack([X, np.ones(1000)])
        goal = 1e-4 * y.var() / 2
        for i in range(20):
            others = np.delete(A, i, axis=1)
            left = A[:, i] - others @ np.linalg.lstsq(others, A[:, i], rcond=None)[0]
            largest = max(largest, math.sqrt(2 * goal / (left @ left / 1000)))
        d = rng.standard_normal(21)
        d *= math.sqrt(goal / (np.mean((A @ d) ** 2) / 2))
        assert np.abs(d[:20]).max() <= record.within
    assert record.within == pytest.approx(largest)


def test_conditions_by_singular_values_and_by_what_a_flat_error_costs():
    record = EXAMPLES["regression-conditions"]()
    raw, centered, shares, worst = [], [], [], []
    for seed in range(21):
        X, y = _drawn(seed)
        A = np.column_stack([X, np.ones(1000)])
        raw.append(np.linalg.cond(A) ** 2)
        centered.append(np.linalg.cond(np.column_stack([X - X.mean(axis=0), np.ones(1000)])) ** 2)
        # The left singular vectors part the targets as the axes part the loss.
        left = np.linalg.svd(A, full_matrices=False)[0]
        shares.append(100 * (left[:, -1] @ y) ** 2 / (y @ y))
        # From the mean square of y to 10⁻⁴ of its variance, by the flattest factor a step.
        kept = (raw[-1] - 1) / (raw[-1] + 1)
        worst.append(math.log(y @ y / 1000 / (1e-4 * y.var()), kept**-2))
    assert record.raw == pytest.approx(np.median(raw))
    assert record.centered == pytest.approx(np.median(centered))
    assert record.rule == pytest.approx(2.3 * np.median(raw))
    assert record.flattest == pytest.approx(np.median(shares))
    assert record.worst == pytest.approx(np.median(worst))
    parts = (raw, centered, shares, worst)
    for found, (least, most) in zip(parts, record.ranges, strict=True):
        assert (min(found), max(found)) == pytest.approx((least, most))


def test_curvatures_are_medians_of_condition_numbers():
    ways = ("none", "every second negated", "centered")
    record = EXAMPLES["regression-curvature"]()
    for kappa, change in zip(record.kappas, ways, strict=True):
        ratios = []
        for seed in range(21):
            A = np.column_stack([CHANGES[change](_drawn(seed)[0]), np.ones(1000)])
            ratios.append(np.linalg.cond(A) ** 2)
        assert kappa == pytest.approx(np.median(ratios))
    # E[xᵢxⱼ] is ∫x² = 1/3 on the diagonal and ½² off it.
    expected = np.linalg.eigvalsh(np.full((20, 20), 1 / 4) + np.eye(20) * (1 / 3 - 1 / 4))
    assert record.sides == pytest.approx((expected[0], expected[-1]))
    drawn = np.median([np.linalg.norm(_drawn(seed)[0], 2) ** 2 / 1000 for seed in range(21)])
    assert record.sides[1] == pytest.approx(drawn, rel=0.02)


def test_steps_by_the_fisher_matrix_run_with_its_inverse():
    record = EXAMPLES["regression-fisher"]()
    shares = np.linspace(0.025, 0.9995, 400)
    found = {}
    for center in (False, True):
        for seed in range(21):
            X, y = _drawn(seed)
            A = np.column_stack([X - X.mean(axis=0) * center, np.ones(1000)])
            F = A.T @ A / 1000
            matrices = np.diag(np.diag(F)), F + 0.1 * np.eye(21), F
            for row, M in enumerate(matrices):
                P = np.linalg.inv(M)
                rates = shares * 2 / np.linalg.eigvals(P @ F).real.max()
                missing = np.repeat(-np.linalg.lstsq(A, y, rcond=None)[0][:, None], 400, axis=1)
                count, left = 0, y.var()
                while left > 1e-4 * y.var():
                    count += 1
                    missing -= rates * (P @ (F @ missing))
                    left = (missing * (F @ missing)).sum(axis=0).min()
                found.setdefault((row, center), []).append(count)
    for row, (raw, centered) in enumerate(record.rows):
        a, b = found[row, False], found[row, True]
        assert (raw, centered) == (np.median(a), np.median(b))
        assert record.ranges[row] == (min(a), max(a), min(b), max(b))


def test_half_of_the_best_rate_by_descent_on_the_data():
    record, counts = EXAMPLES["regression-halved"](), []
    fewest = regression("uniform on [0, 1]").descent_steps()
    for seed in range(21):
        X, y = _drawn(seed)
        A = np.column_stack([X, np.ones(1000)])
        limit = 2 / np.linalg.norm(A, 2) ** 2 * 1000
        shares = np.linspace(0.025, 0.9995, 400)[-14:]
        runs = [_descended(X, y, _plain(share * limit), fewest[seed]) for share in shares]
        # The first of those near the limit is too small, and so are all before it.
        assert runs[0] > fewest[seed]
        best = shares[runs.index(fewest[seed])]
        counts.append(_descended(X, y, _plain(best / 2 * limit), 2000))
    assert (record.steps, record.least, record.most) == (
        np.median(counts),
        min(counts),
        max(counts),
    )


def test_averages_by_descent_on_the_data():
    record = EXAMPLES["regression-averages"]()
    assert record.negated == tuple(row[2] for row in record.rows)
    assert [row[0] for row in record.rows] == [1, 4, 16]
    for (tokens, ratio, left, centered), (least, most) in zip(
        record.rows, record.ranges, strict=True
    ):
        assert least <= left <= most
        rng = np.random.default_rng(0)
        X = rng.random((1000, tokens, 20)).mean(axis=1)
        y = X @ rng.standard_normal(20)
        assert ratio == pytest.approx(X.mean() ** 2 / X.var(axis=0).mean(), rel=0.05)
        Z = X / X.std(axis=0)
        largest = np.linalg.norm(np.column_stack([Z, np.ones(1000)]), 2) ** 2 / 1000
        shares = np.linspace(0.025, 0.9995, 400)[[-40, -20, -10, -5, -3, -2, -1]]
        fewest = min(_descended(Z, y, _plain(2 * share / largest), most) for share in shares)
        assert least <= fewest <= most
        # With mean 0 and spread 1 nearly all is gone in a step or two.
        best = min(_descended(Z - Z.mean(axis=0), y, _plain(eta), 9) for eta in (0.9, 1.0, 1.1))
        assert centered in (best, best - 1)


def test_demo_by_descent_on_the_data():
    record = EXAMPLES["regression-demo"]()
    X, y = _drawn(0)
    flip = np.where(np.arange(20) % 2, -1, 1)
    shifted = X + 1
    rng = np.random.default_rng(0)
    normal = rng.standard_normal((1000, 20))
    cases = (
        (X, y, 1.0),
        (shifted, _drawn(0, low=1.0)[1], 1.0),
        (normal, normal @ rng.standard_normal(20), 1.0),
        (X, y, 1.9),
    )
    for steps, (Z, t, share) in zip(record.rows, cases, strict=True):
        for count, read in zip(steps, (Z, Z * flip, Z - Z.mean(axis=0)), strict=True):
            A = np.column_stack([read, np.ones(1000)])
            eta = share * 1000 / np.linalg.norm(A, 2) ** 2
            assert count == _descended(read, t, _plain(eta), 3000)
    for (large, small, ratio), read in zip(record.curvatures, (X, X - X.mean(axis=0)), strict=True):
        values = np.linalg.svd(np.column_stack([read, np.ones(1000)]), compute_uv=False) ** 2 / 1000
        assert (large, small) == pytest.approx((values[0], values[-1]))
        assert ratio == pytest.approx(large / small)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    A = np.column_stack([Z, np.ones(1000)])
    assert record.standardized == _descended(Z, y, _plain(1000 / np.linalg.norm(A, 2) ** 2), 99)


def _loss_left(A, y, base, steps):
    """Return what is left of the loss, over 10⁻⁴ of `base`, at each of the 400 step sizes."""
    values, vectors = np.linalg.eigh(A.T @ A / len(A))
    missing = vectors.T @ np.linalg.lstsq(A, y, rcond=None)[0]
    shares = np.linspace(0.025, 0.9995, 400)[:, None]
    left = (1 - 2 * shares * values / values[-1]) ** (2 * steps) @ (missing**2 * values)
    return left.min() / (1e-4 * base)


def _arrives_just_then(X, y, base, steps):
    A = np.column_stack([X, np.ones(len(X))])
    # Below the largest step size the loss falls in each step.
    assert _loss_left(A, y, base, steps) <= 1 + 1e-9
    assert _loss_left(A, y, base, steps - 1) > 1 - 1e-9


def test_slower_by_the_matrix_and_by_steps_of_each_draw():
    record = EXAMPLES["regression-slower"]()

    def kappa(mean, *, common=0.0, bias=True):
        C = np.full((20, 20), common) + (1 / 12 - common) * np.eye(20)
        m = np.full(20, mean)
        if not bias:
            return np.linalg.cond(C + np.outer(m, m))
        return np.linalg.cond(np.block([[np.ones((1, 1)), m[None]], [m[:, None], C + mean**2]]))

    lows = (0.0, 0.0, 2.0)
    for place, (low, mean) in enumerate(zip(lows, (0.0, 0.5, 2.5), strict=True)):
        assert record.rows[place][0] == pytest.approx(kappa(mean))
        change = "none" if place else "centered"
        kappas, level = _slower(f"uniform on [{low:g}, {low + 1:g}]", change)
        drawn = regression(f"uniform on [{low:g}, {low + 1:g}]", change).descent_steps()
        for seed in range(21):
            X, y = _drawn(seed, low)
            read = X if place else X - X.mean(axis=0)
            singular = np.linalg.svd(np.column_stack([read, np.ones(1000)]), compute_uv=False)
            assert kappas[seed] == pytest.approx((singular[0] / singular[-1]) ** 2, rel=1e-6)
            _arrives_just_then(read, y, y.var(), drawn[seed])
            _arrives_just_then(read, y - y.mean(), y.var(), level[seed])
        assert record.rows[place][1:] == (np.median(drawn), np.median(level))
        assert record.sampled[place] == pytest.approx(np.median(kappas))
        assert record.ranges[place] == (drawn.min(), drawn.max(), level.min(), level.max())
    assert record.total == pytest.approx(1 + 1 / 12 + 5)
    assert record.estimate == pytest.approx(12 * record.total**2)
    # κ + 1/κ = T²/s² − 2.
    assert record.rows[1][0] + 1 / record.rows[1][0] == pytest.approx(record.estimate - 2)
    assert record.times == pytest.approx(kappa(0.5) / 12)
    top = (record.total + math.sqrt(record.total**2 - 4 / 12)) / 2
    assert record.limit == pytest.approx(2 / top)
    assert record.without_bias == pytest.approx(kappa(0.5, bias=False)) == 61
    raw, centered, ratio = record.correlated
    assert raw == pytest.approx(kappa(0.5, common=1 / 24))
    assert centered == pytest.approx(kappa(0.0, common=1 / 24))
    assert ratio == pytest.approx(raw / centered)


def test_the_compromise_by_descent_on_the_data():
    counts = []
    for seed in range(21):
        X, y = _drawn(seed)
        values = np.linalg.svd(np.column_stack([X, np.ones(1000)]), compute_uv=False) ** 2 / 1000
        counts.append(_descended(X, y, _plain(2 / (values[0] + values[-1])), 5000))
    assert EXAMPLES["regression-slower"]().compromise == np.median(counts)


def test_sparse_by_steps_of_each_draw_and_an_outlier_by_its_values():
    record, steps = EXAMPLES["regression-sparse"](), _sparse()
    assert (record.inputs, record.examples, record.draws) == (100, 2000, 21)
    frequencies = 0.01 * 30 ** (np.arange(100) / 99)
    assert record.ones == pytest.approx(frequencies.sum())
    for seed in range(3):
        rng = np.random.default_rng(seed)
        X = np.where(rng.random((2000, 100)) < frequencies, 1.0, 0.0)
        y = X @ rng.standard_normal(100)
        less = X - X.mean(axis=0)
        for row, read in zip(
            steps, (X, X / X.std(axis=0), less, less / X.std(axis=0)), strict=True
        ):
            _arrives_just_then(read, y, y.var(), row[0][seed])
            _arrives_just_then(read, y - y.mean(), y.var(), row[1][seed])
    for row, drawn, ends in zip(record.rows, steps, record.ranges, strict=True):
        assert row == (np.median(drawn[0]), np.median(drawn[1]))
        assert ends == (drawn[0].min(), drawn[0].max(), drawn[1].min(), drawn[1].max())
    # A thousand inputs 0 or 1 over their deviation: the mean square of their sum, over n.
    n, p = 1000, 0.01
    square = (n * p * (1 - p) + (n * p) ** 2) / (p * (1 - p))
    assert record.steep == pytest.approx(square / n)
    values = np.append(np.tile([1.0, -1.0], 500)[:999], 1000.0)
    values[:999] = (values[:999] - values[:999].mean()) / values[:999].std()
    z = (values - values.mean()) / values.std()
    assert record.outlier == pytest.approx(
        (values.std(), z[:999].std(), z[999], z[999] ** 2 / 1000)
    )
