"""Worked examples of `inputs`, categories: every number has a second way to it."""

import math
from fractions import Fraction

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def _kappa(n, m, v, *, bias):
    A = np.eye(n + 1) * v + m * m
    A[-1] = A[:, -1] = m
    A[-1, -1] = 1
    return np.linalg.cond(A if bias else A[:n, :n])


def test_plus_minus_one_is_the_better_code_from_a_quarter_on():
    record = EXAMPLES["inputs-bits"]()
    for (p, *plain), (same, *biased) in zip(record.plain, record.biased, strict=True):
        assert same == p
        codes = (p, p - p * p), (2 * p - 1, 4 * (p - p * p)), (0, 1)
        assert (plain[1] < plain[0] * (1 - 1e-9)) == (p > 0.25)
        for (m, v), kappa in zip(codes[:2], plain, strict=True):
            assert _kappa(100, m, v, bias=False) == pytest.approx(kappa)
        for (m, v), kappa in zip(codes, biased, strict=True):
            assert _kappa(100, m, v, bias=True) == pytest.approx(kappa, rel=1e-6)


def test_one_bit_by_fractions():
    record = EXAMPLES["inputs-bits"]()
    # The roots of λ² − 3λ/2 + 1/4.
    steep, flat = record.curvatures
    assert (steep + flat, steep * flat) == pytest.approx((3 / 2, 1 / 4))
    assert record.one[0][1] == pytest.approx(steep / flat)
    w = b = Fraction(0)
    for k, (step, *shown) in enumerate(record.run):
        on, off = w + b, b
        assert step == k
        assert shown == [w, b, on, off]
        w, b = w - (on - 1) / 2, b - ((on - 1) + (off + 1)) / 2
    p = 0.01
    kappas = [_kappa(1, m, v, bias=True) for m, v in ((p, p - p * p), (2 * p - 1, 4 * (p - p * p)))]
    assert record.rare == pytest.approx(kappas)


def test_at_the_border_both_codes_of_bits_have_one_condition_number():
    record = EXAMPLES["inputs-bits"]()

    def plus_minus_is_better(p, n):
        kappas = []
        for m, v in ((p, p - p * p), (2 * p - 1, 4 * (p - p * p))):
            A = np.eye(n + 1) * v + m * m
            A[-1] = A[:, -1] = m
            A[-1, -1] = 1
            kappas.append(np.linalg.cond(A))
        return kappas[1] < kappas[0]

    for n, border in ((100, record.border), (2, record.border_of_two)):
        assert not plus_minus_is_better(border - 1e-3, n)
        assert plus_minus_is_better(border + 1e-3, n)
    assert all(plus_minus_is_better(p, 1) for p in np.linspace(0.001, 0.5, 50))


def test_one_fair_bit_is_learned_in_as_many_steps_as_a_run_takes():
    for (code, kappa, steps), bit in zip(
        EXAMPLES["inputs-bits"]().one, ((0, 1), (-1, 1)), strict=True
    ):
        assert code == ("±1" if bit[0] else "0/1")
        X = np.column_stack([bit, np.ones(2)])
        assert kappa == pytest.approx(np.linalg.cond(X.T @ X / 2))
        values, vectors = np.linalg.eigh(X.T @ X / 2)
        best = 2 / values[[0, -1]].sum()
        counts = []
        for w in (vectors[:, 0] + vectors[:, -1], vectors[:, 0] - vectors[:, -1]):
            start, count = np.linalg.norm(w), 0
            while np.linalg.norm(w) > 0.01 * start:
                w, count = w - best * X.T @ (X @ w) / 2, count + 1
            counts.append(count)
        assert steps == max(counts)


def test_what_standardizing_makes_of_each_category_and_a_penalty_leaves():
    record = EXAMPLES["inputs-categories"]()
    labels = np.repeat(np.arange(3), [90, 9, 1])
    X, y = np.eye(3)[labels], np.random.default_rng(0).standard_normal(100) + labels
    means = np.array([y[labels == k].mean() for k in range(3)])
    standardized = (X - X.mean(axis=0)) / X.std(axis=0)
    for place, Z, scale in ((4, X, np.ones(3)), (5, standardized, X.std(axis=0))):
        A = np.column_stack([Z, np.ones(100)])
        w = np.linalg.solve(A.T @ A + np.diag([1.0, 1, 1, 0]), A.T @ y)
        # What an example of no category would get.
        intercept = w[3] - w[:3] / scale @ (X - scale * Z)[0]
        kept = w[:3] / scale / (means - intercept)
        assert kept == pytest.approx([row[place] for row in record.rows])
    assert [row[:2] for row in record.rows] == [
        (k, pytest.approx(X[:, j].std())) for j, k in enumerate((90, 9, 1))
    ]
    for j, (_, _, one, zero, *_) in enumerate(record.rows):
        assert one == pytest.approx(math.sqrt((100 - record.rows[j][0]) / record.rows[j][0]))
        assert (one, zero) == pytest.approx((standardized[:, j].max(), standardized[:, j].min()))
    # The directions of a bias and one-hot columns that read the examples: the frequencies' roots.
    p = np.array([0.9, 0.09, 0.01])
    values = np.linalg.eigvals(np.diag(np.sqrt(p)) @ (np.eye(3) + 1) @ np.diag(np.sqrt(p))).real
    assert record.ratios[0] == pytest.approx(values.max() / values.min())
    # Standardized, the bias has the curvature 1, and the two others add up to 3.
    deviations = np.sqrt(p * (1 - p))
    inner = np.diag(np.sqrt(p)) @ (np.eye(3) - 1 * p) @ np.diag(1 / deviations)
    singular = np.linalg.svd(inner)[1][:2]
    assert (singular**2).sum() == pytest.approx(3)
    assert record.ratios[1] == pytest.approx(singular[0] ** 2)
    a, b, c = 1 / (p * (1 - p))
    assert record.apart == pytest.approx([math.sqrt(v) for v in (2, a + b, a + c)])
    # (1, 1, 1, 3) reads 4 at each example; (1, −1, 0, 0) reads 1, −1, 0.
    assert record.bias_condition == pytest.approx((4**2 / (3 + 3**2)) / (1 / 3))
    assert record.even_condition == 1
    assert record.rare_one == pytest.approx(math.sqrt(0.99 / 0.01))
