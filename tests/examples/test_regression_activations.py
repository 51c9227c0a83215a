"""Worked examples of `regression`, activations: every number has a second way to it."""

import itertools
import math

import numpy as np
import pytest
import scipy.special
from common_regression import SHARES, drawn_data, fewest_steps
from scipy.integrate import quad

from offcenter.activations import ACTIVATIONS
from offcenter.examples import EXAMPLES
from offcenter.experiment import regression


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
        if name == "sigmoid":
            # The mean of a sum is the sum of means, its variance that of variances.
            assert record.together == pytest.approx(20 * 0.1 * first)
            assert record.apart**2 == pytest.approx(20 * 0.1**2 * (second - first**2))
    assert record.negated == record.rows[0][2]
    assert record.shifted == np.median(regression("sigmoid", "less ½").descent_steps())
    drawn = regression("sigmoid").inputs[:, :, :20] @ np.repeat([0.1, -0.1], 10)
    assert drawn.std() == pytest.approx(record.apart, rel=0.02)


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


def test_gates_by_descent_on_the_data():
    record = EXAMPLES["regression-gates"]()
    for (mean, spread, *_), (name, f) in zip(record.rows, GATES.items(), strict=True):
        # By the middles of small intervals, none of which holds a kink.
        z = (np.arange(-12_000, 12_000) + 0.5) / 1000
        weights = np.exp(-z * z / 2) / np.exp(-z * z / 2).sum()
        first, second = (weights @ f(z) ** p for p in (1, 2))
        assert mean == pytest.approx(first, abs=1e-6)
        assert spread == pytest.approx(math.sqrt(second - first**2), abs=1e-6)
        rng = np.random.default_rng(0)
        X = f(rng.standard_normal((1000, 20)))
        y = X @ rng.standard_normal(20)
        for change, read in (("none", X), ("centered", X - X.mean(axis=0))):
            steps = regression(name, change, draws=1).descent_steps()[0]
            assert fewest_steps(read, y, steps) == steps
    steps = [regression(name).descent_steps() for name in GATES]
    centered = [regression(name, "centered").descent_steps() for name in GATES]
    assert [row[2:] for row in record.rows] == [
        (np.median(a), np.median(b)) for a, b in zip(steps, centered, strict=True)
    ]
    assert record.standardized == np.median(regression("relu", "standardized").descent_steps())


def test_places_by_descent_on_the_data_and_their_ranges():
    record = EXAMPLES["regression-places"]()
    far = regression("uniform on [−6, −5]")
    steps = far.descent_steps()
    assert record.far == np.median(steps)
    # At the best share of 2/λmax of the first draw, counted in the directions of the eigenvectors.
    X, y = drawn_data(0, -6.0)
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
        for share in SHARES
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
            counts.append(fewest_steps(X / X.std(axis=0) * width, y, 200))
        assert getattr(record, name) == np.median(counts)
    cases = (("sigmoid", "none"), ("sigmoid", "less ½"), ("relu", "none"), ("tanh", "none"))
    for (least, most), case in zip(record.ranges, cases, strict=True):
        steps = regression(*case).descent_steps()
        assert (least, most) == (steps.min(), steps.max())


def test_averages_by_descent_on_the_data():
    record = EXAMPLES["regression-averages"]()
    assert record.negated == tuple(row[2] for row in record.rows)
    assert [row[0] for row in record.rows] == [1, 4, 16]
    for (tokens, ratio, left, centered), bounds in zip(record.rows, record.ranges, strict=True):
        ratios, counts, without = [], [], []
        for seed in range(21):
            rng = np.random.default_rng(seed)
            X = rng.random((1000, tokens, 20)).mean(axis=1)
            y = X @ rng.standard_normal(20)
            Z = X / X.std(axis=0)
            ratios.append(X.mean() ** 2 / X.var(axis=0).mean())
            counts.append(fewest_steps(Z, y))
            without.append(fewest_steps(Z - Z.mean(axis=0), y))
        assert ratio == pytest.approx(np.mean(ratios), rel=0.005)
        assert (left, centered) == (np.median(counts), np.median(without))
        assert bounds == (min(counts), max(counts))


def test_averaged_tokens_by_all_pairs_of_tokens_and_by_descent():
    record = EXAMPLES["regression-averaged-tokens"]()
    assert [row[0] for row in record.rows] == [1, 2, 4]
    for k, variance, ratio, most, least, kappa, steps in record.rows:
        values = np.array([sum(tokens) / k for tokens in itertools.product((1, 3), repeat=k)])
        assert (values.mean(), values.var()) == (2, pytest.approx(variance))
        assert ratio == pytest.approx(4 / variance)
        X = np.array(list(itertools.product(values, repeat=2)))
        M = X.T @ X / len(X)
        assert pytest.approx([most, most]) == M @ [1, 1]
        assert pytest.approx([least, -least]) == M @ [1, -1]
        assert kappa == pytest.approx(8 * k + 1)
        d, count = np.array([1.0, 0.0]), 0
        while np.linalg.norm(d) > 0.01:
            d, count = d - 2 / (most + least) * M @ d, count + 1
        assert count == steps
