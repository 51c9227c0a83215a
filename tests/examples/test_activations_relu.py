"""Worked examples of `activations`, ReLU and its kin: every number has a second way to it."""

import math

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_silent_units_are_as_often_drawn_as_the_angle_says():
    record = EXAMPLES["activations-dead"]()
    weights = np.random.default_rng(4).standard_normal((100_000, 2))
    inputs = np.array([(a, b) for a in (1, 3) for b in (1, 3)])
    error = 5 * math.sqrt(0.25 / len(weights))
    sums = weights @ inputs.T
    assert (sums < 0).all(axis=1).mean() == pytest.approx(record.silent, abs=error)
    assert (sums > 0).all(axis=1).mean() == pytest.approx(record.always_on, abs=error)
    assert (weights @ (inputs - 2).T < 0).all(axis=1).mean() == record.silent_centered
    narrow = (weights @ (inputs + 8).T < 0).all(axis=1).mean()
    assert narrow == pytest.approx(record.silent_narrow, abs=error)
    shares = []
    for seed in range(60, 70):
        rng = np.random.default_rng(seed)
        X, weights = rng.random((1000, 20)), rng.standard_normal((500, 20))
        kinds = (X, X + 2, X - X.mean(axis=0))
        shares.append([(~(weights @ Z.T > 0).any(axis=1)).mean() for Z in kinds])
    assert record.off[:2] == pytest.approx(np.mean(shares, axis=0)[:2], abs=0.02)
    assert record.off[2] == np.mean(shares, axis=0)[2] == 0
    # The draws of the record, with inputs that are moved.
    shares = []
    for seed in range(21):
        rng = np.random.default_rng(seed)
        X, weights = rng.random((1000, 20)), rng.standard_normal((20, 1000))
        shares.append([np.mean((Z @ weights).max(axis=0) <= 0) for Z in (X, X + 2)])
    assert record.off[:2] == pytest.approx(np.median(shares, axis=0), abs=1e-9)


def test_too_large_a_step_silences_a_unit_on_centered_inputs_too():
    inputs = np.array([(a, b, 1.0) for a in (1, 3) for b in (1, 3)])
    for shift, bias in ((0, 2.5), (2, 0.5)):
        X, w = inputs - [shift, shift, 0], np.array([-0.5, -0.5, bias])
        # The mean output, as a loss, has δ = 1 wherever the unit fires.
        gradient = numerical_gradient(lambda v, X=X: np.maximum(X @ v, 0).mean(), w)
        assert (X @ w > 0).any()
        assert [(X @ (w - size * gradient) > 0).any() for size in (0.3, 2)] == [True, False]


def test_sums_of_the_unit_by_hand():
    record = EXAMPLES["activations-dead"]()
    # −x₁ − x₂/2, in halves; centering adds 3.
    halves = [-2 * a - b for a in (1, 3) for b in (1, 3)]
    assert record.sums == ("−1.5, −2.5, −3.5, −4.5", "1.5, 0.5, −0.5, −1.5")
    assert [(h + 6) / 2 for h in halves] == [1.5, 0.5, -0.5, -1.5]
    assert [row[0] for row in record.rows] == [-2, 0, 1, 3]
    for bias, raw, centered in record.rows:
        assert raw == sum(h + 2 * bias > 0 for h in halves)
        assert centered == sum(h + 6 + 2 * bias > 0 for h in halves)


def test_subtracting_a_constant_from_drawn_relu_outputs():
    record = EXAMPLES["activations-subtracted"]()
    assert record.constant == pytest.approx(1 / math.sqrt(2 * math.pi))
    z = np.random.default_rng(2).standard_normal(400_000)
    assert record.left == pytest.approx(
        np.mean((np.maximum(z, 0) - record.constant) ** 2), abs=0.01
    )
    for mean, out, less, before, after in record.rows:
        drawn = np.maximum(z + mean, 0)
        assert out == pytest.approx(drawn.mean(), abs=0.01)
        assert less == pytest.approx(out - record.constant)
        kappas = [1 + 100 * (drawn.mean() - c) ** 2 / drawn.var() for c in (0, record.constant)]
        assert (before, after) == pytest.approx(kappas, rel=0.03, abs=0.01)
    assert record.rows[0][4] == pytest.approx(1)


def test_initialized_layers_by_drawing_wide_ones():
    rng, width, draws = np.random.default_rng(6), 400, 30
    x = np.sqrt(width) * np.tile(np.eye(width)[:2], (draws, 1, 1))
    for layer in range(1, 6):
        weights = rng.normal(0, math.sqrt(2 / width), (draws, width, width))
        x = np.maximum(x @ weights, 0)
        cosines = (x[:, 0] * x[:, 1]).sum(axis=1) / np.linalg.norm(x, axis=2).prod(axis=1)
        # A layer multiplies the mean square by a number of relative variance 5/width.
        error = math.sqrt(5 * layer / width / draws)
        for k, square, expected in EXAMPLES["activations-initialized"]().rows:
            if k == layer:
                assert (x**2).mean() == pytest.approx(square, rel=5 * error)
                assert cosines.mean() == pytest.approx(expected, abs=0.04)


def test_shift_of_a_hundred_weights_by_drawn_inputs():
    functions = {
        "ReLU": lambda z: np.maximum(z, 0),
        "ELU": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        "ReLU − its mean": lambda z: np.maximum(z, 0) - 1 / math.sqrt(2 * math.pi),
    }
    z = np.random.default_rng(9).standard_normal((40_000, 100))
    for label, mean, shift, spread in EXAMPLES["activations-bias-shift"]().rows:
        moved = 0.01 * functions[label](z).sum(axis=1)
        error = 5 * spread / math.sqrt(len(z))
        assert moved.mean() == pytest.approx(shift, abs=error)
        assert shift == pytest.approx(mean)
        assert moved.std() == pytest.approx(spread, abs=error)


_GATED = {
    "ReLU": lambda s: s * (s > 0),
    "leaky ReLU": lambda s: np.maximum(s, s / 100),
    "GELU": lambda s: s * np.vectorize(math.erfc)(-s / math.sqrt(2)) / 2,
    "SiLU": lambda s: s / (1 + np.exp(-s)),
    "ELU": lambda s: np.where(s > 0, s, np.exp(np.minimum(s, 0)) - 1),
}


def test_negative_outputs_leave_a_mean_for_drawn_sums():
    record = EXAMPLES["activations-negative-outputs"]()
    z = np.random.default_rng(12).standard_normal(200_000)
    # In pairs s and −s, as the page argues.
    z = np.concatenate([z, -z])
    for label, *shares in record.rows:
        for deviation, share in zip((0.5, 1, 3), shares, strict=True):
            a = _GATED[label](deviation * z)
            assert a.mean() ** 2 / np.mean(a**2) == pytest.approx(share, abs=0.003)
    for label, high, low, mean, spread, ratio, of_twenty in record.pair:
        up, down = _GATED[label](np.array([1.0, -1.0]))
        assert (high, low, mean) == pytest.approx((up, down, (up + down) / 2))
        X = _GATED[label](np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]))
        assert spread == pytest.approx(X.std())
        across, along = np.linalg.eigvalsh(X.T @ X / 4)
        assert along / across == pytest.approx(ratio)
        # What two inputs add to 1 is proportional to their number.
        assert of_twenty - 1 == pytest.approx(10 * (along / across - 1))
    for label, *slopes in record.slopes:
        for s, slope in zip((-1.0, -3.0, -6.0), slopes, strict=True):
            rise = np.diff(_GATED[label](np.array([s - 1e-5, s + 1e-5])))[0] / 2e-5
            assert rise == pytest.approx(slope, abs=1e-8)
    for label, kappa in record.kappas:
        a = _GATED[label](np.random.default_rng(13).standard_normal((20_000, 20)))
        curvatures = np.linalg.eigvalsh(a.T @ a / len(a))
        assert curvatures[-1] / curvatures[:-1].mean() == pytest.approx(kappa, rel=0.05)


def test_the_angle_of_the_cone_and_the_share_of_units_that_bend_by_slopes():
    record = EXAMPLES["activations-dead"]()
    # (1, 3) has the slope 3, (3, 1) the slope ⅓.
    angle = math.atan(3) - math.atan(1 / 3)
    assert record.angle == pytest.approx(math.degrees(angle))
    # A unit bends on the four if its line through 0 falls between these two.
    assert record.bends == pytest.approx(angle / math.pi)
    around = np.pi * (np.arange(100_000) + 0.5) / 50_000
    signs = [np.cos(around) * a + np.sin(around) * b > 0 for a in (1, 3) for b in (1, 3)]
    assert (np.any(signs, axis=0) & ~np.all(signs, axis=0)).mean() == pytest.approx(
        record.bends, abs=1e-4
    )


def test_initialized_layers_by_averages_over_a_circle():
    rows = EXAMPLES["activations-initialized"]().rows
    assert [row[0] for row in rows] == [1, 2, 5, 10]
    around, expected, cosine = 2 * np.pi * (np.arange(100_000) + 0.5) / 100_000, {}, 0.0
    for layer in range(1, 11):
        # Two sums of the correlation cos t are √2 cos a and √2 cos(a − t), a anywhere, at the root
        # mean square of their common length; weights of variance 2/n double a mean square.
        one, other = (np.maximum(np.cos(around - t), 0) for t in (0.0, math.acos(cosine)))
        square, cosine = 4 * np.mean(one * one), 4 * np.mean(one * other)
        expected[layer] = square, cosine
    for layer, square, cosine in rows:
        assert (square, cosine) == pytest.approx(expected[layer], abs=1e-6)


def test_what_a_constant_leaves_of_relu_outputs_by_closed_forms():
    record = EXAMPLES["activations-subtracted"]()
    for mean, out, less, before, after in record.rows:
        # With the density p and the share P of sums above 0: p + mP, of the square (1 + m²)P + mp.
        p = math.exp(-(mean**2) / 2) / math.sqrt(2 * math.pi)
        above = math.erfc(-mean / math.sqrt(2)) / 2
        first, second = p + mean * above, (1 + mean**2) * above + mean * p
        constant = 1 / math.sqrt(2 * math.pi)
        assert (out, less) == pytest.approx((first, first - constant), abs=1e-9)
        for kappa, c in ((before, 0), (after, constant)):
            assert kappa == pytest.approx(1 + 100 * (first - c) ** 2 / (second - first**2))


def test_negative_outputs_by_quadrature():
    from scipy.integrate import quad

    record = EXAMPLES["activations-negative-outputs"]()
    normal = lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    for (label, *shares), (again, kappa) in zip(record.rows, record.kappas, strict=True):
        assert label == again
        for deviation, share in zip((0.5, 1, 3), shares, strict=True):
            phi = lambda z, d=deviation, f=_GATED[label]: float(f(np.array(d * z)))  # noqa: E731
            first, second = (
                quad(lambda z, f=phi, k=k: f(z) ** k * normal(z), -12, 12, points=[0])[0]
                for k in (1, 2)
            )
            assert share == pytest.approx(first**2 / second)
            if deviation == 1:
                assert kappa == pytest.approx(1 + 20 * first**2 / (second - first**2))
