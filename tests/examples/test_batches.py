"""Worked examples of `batches`: every number of theirs has a second way to it."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_agreement_of_a_batch_is_that_of_two_normal_sums():
    # A large batch's two entries are nearly normal; so SciPy's orthant probability is an oracle.
    from scipy.stats import multivariate_normal

    record = EXAMPLES["batches-regimes"]()
    inputs = np.array([(a, b) for a in (1.0, 3.0) for b in (1.0, 3.0)])
    for size, plateau, signal in record.rows[2:]:
        assert plateau == pytest.approx(record.plateau, abs=5 * 0.5 / 200)
        terms = (inputs @ [0.5, -0.5])[:, None] * inputs
        mean = terms.mean(axis=0)
        cov = np.cov(terms.T, bias=True) + 9 * inputs.T @ inputs / 4
        normal = multivariate_normal(np.zeros(2), cov / size)
        both_up, both_down = (normal.cdf(sign * mean) for sign in (1, -1))
        assert signal == pytest.approx(both_up + both_down, abs=0.02)
    assert record.rows[0][1:] == (1, 1)
    # E[xᵀx] = 5 on its diagonal and 2·2 beside it, times (½, −½).
    assert record.gradient.tolist() == [2.5 - 2, 2 - 2.5]
    # Noise of variance 3² times an input of mean square 5, against a gradient of ½.
    assert record.noise_variance == 9 * (1**2 + 3**2) / 2
    assert record.crossover == 45 / 0.5**2
    # Of two normal numbers that correlate at ρ.
    z, weights = np.polynomial.hermite_e.hermegauss(80)
    sigmoid = (weights / weights.sum()) @ (1 / (1 + np.exp(-z))) ** 2
    for plateau, rho in (
        (record.relu_plateau, 1 / math.pi),
        (record.sigmoid_plateau, 0.25 / sigmoid),
    ):
        one_quadrant = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([0, 0])
        assert plateau == pytest.approx(2 * one_quadrant, abs=1e-6)


def test_gradient_of_four_examples_is_that_of_their_mean_loss():
    record = EXAMPLES["batches-two-errors"]()
    inputs = np.array([(a, b) for a in (1, 3) for b in (1, 3)])
    loss = lambda d: np.mean((inputs @ d) ** 2) / 2  # noqa: E731
    for k, distance in enumerate(record.distances):
        gradient = numerical_gradient(loss, distance)
        np.testing.assert_allclose(record.mean[k], gradient, atol=1e-8)
        # The covariance of error and input is the gradient on centered inputs, of variance 1.
        np.testing.assert_allclose(record.rest[k], distance)
        np.testing.assert_allclose(record.along[k], (record.errors[k].sum() / 4) * np.full(2, 2))
        np.testing.assert_allclose(
            record.terms[k], [d * x for d, x in zip(record.errors[k], inputs, strict=True)]
        )
    assert (np.sign(record.mean) == [[1, -1], [1, 1]]).all()
    # With a bias as well, the gradients of the run are those of the loss where it is.
    goal = np.array([-2.0, 1.0, 0.0])
    with_bias = lambda p: np.mean((inputs @ (p - goal)[:2] + p[2]) ** 2) / 2  # noqa: E731
    assert record.places[0].tolist() == [0, 0, 0]
    for before, gradient, after in zip(record.places, record.run, record.places[1:], strict=False):
        assert numerical_gradient(with_bias, before) == pytest.approx(gradient, abs=1e-6)
        np.testing.assert_allclose(after, before - gradient / 5, atol=1e-11)
    assert (np.sign(record.run[:, :2]) == [[1, 1], [-1, -1], [1, 1]]).all()
    assert len(record.places) == 4
    # By hand: mean δ is 2, −2 and 1.92, and the gradient of w is w − (−2, 1) and that twice.
    assert record.run[:, 2] == pytest.approx([2, -2, 1.92])
    expected = record.places[:3, :2] - goal[:2] + 2 * record.run[:, 2:]
    np.testing.assert_allclose(record.run[:, :2], expected, atol=1e-11)


def test_steps_with_a_bias_raw_and_centered_by_the_axes():
    record = EXAMPLES["batches-two-errors"]()
    # In the plane of (1, 1)/√2 and the bias the curvatures are 5 ± √24, whose product is 1.
    root = math.sqrt(24)
    plane = np.array([[9, 2 * math.sqrt(2)], [2 * math.sqrt(2), 1]])
    values, vectors = np.linalg.eigh(plane)
    assert values == pytest.approx([5 - root, 5 + root])
    parts = vectors.T @ [1 / math.sqrt(2), 0]
    across = 3 / math.sqrt(2)

    def left(n):
        return math.hypot(*(parts * (1 - values / 5) ** n), across * 0.8**n)

    first = math.sqrt(5)
    assert left(0) == pytest.approx(first)
    fewest = next(n for n in range(1000) if left(n) <= 0.01 * first)
    mixed = next(n for n in range(1000) if 0.8**n <= 0.01)
    assert record.steps[:3] == (fewest, mixed, 1)

    def until(eta):
        off = lambda n: math.hypot(*(parts * (1 - values * eta) ** n), across * (1 - eta) ** n)  # noqa: E731
        return next(n for n in range(5000) if off(n) <= 0.01 * first)

    assert record.steps[3] == min(until(eta) for eta in np.linspace(0.18, 0.2019, 200))


def test_signs_of_small_batches_are_counted_and_those_of_larger_ones_multinomial():
    from itertools import product

    from scipy.stats import multinomial

    terms, rows = EXAMPLES["batches-two-errors"]().terms, EXAMPLES["batches-sizes"]().rows
    for column, each in enumerate(terms, 1):
        pairs = [np.add(*pair) for pair in product(each, repeat=2)]
        assert rows[1][column] == np.mean([np.prod(pair) < 0 for pair in pairs])
        for row, size in ((rows[2], 8), (rows[3], 32)):
            counts = [c for c in product(range(size + 1), repeat=3) if sum(c) <= size]
            counts = np.array([[*c, size - sum(c)] for c in counts])
            mixed = np.prod(counts @ each, axis=1) < 0
            chances = multinomial(size, np.full(4, 0.25)).pmf(counts)
            assert row[column] == pytest.approx(chances[mixed].sum(), rel=1e-8)
    assert rows[0] == (1, 0, 0)
    assert rows[1] == (2, 0.125, 0)


def test_pair_mixes_its_signs_and_is_slow_by_fractions():
    record, targets = EXAMPLES["batches-pair"](), (-2, 2)
    for inputs, found, steps in (
        (((1, 3), (3, 1)), (record.gradient, record.curvatures), record.steps),
        (((-1, 1), (1, -1)), record.centered, record.centered_steps),
    ):
        assert [x[0] - x[1] for x in inputs] == list(targets)
        gradient = [
            sum(Fraction(-y * x[i], 2) for x, y in zip(inputs, targets, strict=True))
            for i in (0, 1)
        ]
        assert list(found[0]) == gradient == [-2, 2]
        # Mean squares of what a move of length 1 along (1, ∓1) does.
        moves = [sum(Fraction((x[0] + s * x[1]) ** 2, 4) for x in inputs) for s in (-1, 1)]
        assert list(found[1]) == moves
        rate = Fraction(1, 5) if steps > 1 else Fraction(1, 2)
        kept = abs(1 - rate * moves[0])
        assert kept**steps <= Fraction(1, 100) < kept ** (steps - 1)
    # Along (1, 1) and (1, −1) the curvatures are 8 and 2, and 0 and 2.
    assert record.caps == (Fraction(2, 8), Fraction(2, 2))
    assert record.rates == pytest.approx((2 / (8 + 2), 1 / 2))
    assert record.swing == 1 - Fraction(1, 2) * 8
    assert record.grown == pytest.approx(3**10 / 100)
    assert record.left == pytest.approx(1 - 0.2 * 2)
    # The steep axis keeps as much at this rate.
    assert abs(1 - 0.2 * 8) == pytest.approx(record.left)
    for end, x, target in zip(record.centered_ends, ((-1, 1), (1, -1)), targets, strict=True):
        assert list(end) == [target * Fraction(v, 2) for v in x]


def test_five_entries_agree_as_often_as_in_drawn_batches():
    record = EXAMPLES["batches-five"]()
    rng, trials = np.random.default_rng(0), 20_000
    for size, *shares in record.rows[:3]:
        signs = rng.integers(0, 2, (trials, size, 5), dtype=np.int8) * 2 - 1
        for mean, share in zip((0.0, 0.5), shares, strict=True):
            errors = mean + rng.standard_normal((trials, size))
            gradients = np.einsum("tb,tbi->ti", errors, signs + 2.0)
            drawn = (abs(np.sign(gradients).sum(axis=1)) == 5).mean()
            assert share == pytest.approx(drawn, abs=0.015)
    assert record.rows[0][1:] == (1, 1)
    assert record.rows[-1][1] == pytest.approx(record.limit, abs=0.005)
    # A mean error of ½ is more than ten standard errors in a batch of 512.
    assert record.rows[-1][2] == pytest.approx(1, abs=1e-6)
    # E[2Φ(z√u)⁵] for u = 4 by another rule than the library's.
    z = np.random.default_rng(1).standard_normal(400_000)
    phi = np.array([0.5 * (1 + math.erf(t * math.sqrt(2))) for t in z])
    assert record.limit == pytest.approx(2 * (phi**5).mean(), abs=0.005)


def test_five_entries_of_eight_examples_by_all_their_signs():
    rows = EXAMPLES["batches-five"]().rows
    assert [row[0] for row in rows] == [1, 8, 64, 512]
    rng, signs = np.random.default_rng(3), np.array(list(itertools.product((1, 3), repeat=8)))
    for column, mean in ((1, 0.0), (2, 0.5)):
        # For given errors the five entries are independent.
        sums = (mean + rng.standard_normal((20_000, 8))) @ signs.T
        up = (sums > 0).mean(axis=1)
        shares = up**5 + (1 - up) ** 5
        assert rows[1][column] == pytest.approx(shares.mean(), abs=5 * shares.std() / 20_000**0.5)


def test_full_batch_of_many_inputs_by_the_logarithm():
    for n, raw, centered in EXAMPLES["batches-five"]().steps:
        kappa = 1 + 4 * n
        assert raw == math.ceil(math.log(0.01) / math.log((kappa - 1) / (kappa + 1)))
        assert centered == 1
