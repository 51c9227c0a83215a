"""Worked examples of `inputs`, categories: every number has a second way to it."""

import math

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def test_plus_minus_one_is_the_better_code_from_a_quarter_on():
    rows = EXAMPLES["inputs-bits"]().rows
    for p, zero_one, plus_minus, _, zero_one_bias, plus_minus_bias, _ in rows:
        assert (plus_minus < zero_one * (1 - 1e-9)) == (p > 0.25)
        for m, v, biased in (
            (p, p - p * p, zero_one_bias),
            (2 * p - 1, 4 * (p - p * p), plus_minus_bias),
        ):
            A = np.eye(101) * v + m * m
            A[-1] = A[:, -1] = m
            A[-1, -1] = 1
            assert np.linalg.cond(A) == pytest.approx(biased, rel=1e-6)


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


def test_rare_category_sets_the_steps():
    record = EXAMPLES["inputs-categories"]()
    # (1, 1, 1, 3) reads 4 at each example; (1, −1, 0, 0) reads 1, −1, 0.
    assert record.bias_condition == pytest.approx((4**2 / (3 + 3**2)) / (1 / 3))
    rate = 1 - 0.01 * 2 / 0.91
    # From (1, 1, 1), whose length is √3, to a hundredth of it along the axes that are slowest.
    assert record.steps == pytest.approx(math.log(0.01 * math.sqrt(3 / 2)) / math.log(rate), abs=1)
    assert record.rare_one == pytest.approx(math.sqrt(0.99 / 0.01))
