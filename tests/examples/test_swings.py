"""Worked examples of `swings`: every number of theirs has a second way to it."""

import itertools
import math

import numpy as np
import pytest

from offcenter.examples import EXAMPLES


def _plain_run(examples, step_size, steps, used):
    """Descend the cross-entropy of a sigmoid unit with a bias, without arrays; return each loss."""
    w, kept = [0.0, 0.0, 0.0], []
    for step in range(steps):
        sums = [w[0] * a + w[1] * b + w[2] for (a, b), _ in examples]
        outputs = [(1 + math.tanh(s / 2)) / 2 for s in sums]
        kept.append(
            [-math.log(p if y else 1 - p) for p, (_, y) in zip(outputs, examples, strict=True)]
        )
        rows = used(step)
        for k in range(3):
            slope = sum(
                (outputs[i] - examples[i][1]) * (*examples[i][0], 1.0)[k] for i in rows
            ) / len(rows)
            w[k] -= step_size * slope
    return kept


def test_swings_by_a_run_without_arrays():
    record = EXAMPLES["swings-causes"]()
    pairs = list(itertools.product((1.0, 3.0), repeat=2))
    labels = [a == 3 for a, _ in pairs]
    writings = {
        0: (pairs, 2.0),
        1: (pairs, 0.2),
        2: ([(a - 2, b - 2) for a, b in pairs], 2.0),
        3: ([(max(a - 2, 0), max(b - 2, 0)) for a, b in pairs], 16.0),
        4: ([(max(a - 2, 0) - 0.5, max(b - 2, 0) - 0.5) for a, b in pairs], 16.0),
    }
    mean = lambda losses: sum(losses) / 4  # noqa: E731
    for row, (inputs, eta) in writings.items():
        examples = list(zip(inputs, labels, strict=True))
        losses = [mean(x) for x in _plain_run(examples, eta, 5, lambda _: range(4))]
        np.testing.assert_allclose(record.rows[row][1:], [eta, *losses])
    examples, order = list(zip(pairs, labels, strict=True)), (0, 3, 1, 2)
    kept = _plain_run(examples, 0.05, 17, lambda step: [order[step % 4]])
    np.testing.assert_allclose(record.rows[5][2:], [kept[k][order[k % 4]] for k in range(5)])
    np.testing.assert_allclose(record.rows[6][2:], [mean(kept[k]) for k in range(0, 17, 4)])
    for late, eta in zip(record.later, (2.0, 0.2), strict=True):
        assert late == pytest.approx(mean(_plain_run(examples, eta, 16, lambda _: range(4))[-1]))
    np.testing.assert_allclose(record.first, [1, 0, 0])
    # E[x̃x̃ᵀ] is [[5, 4, 2], [4, 5, 2], [2, 2, 1]]: 5 − 4 along (1, −1, 0), and in the plane of
    # (1, 1, 0) and (0, 0, 1) the sum 10 and the product 9 · 1 − 8.
    top = (10 + math.sqrt(10**2 - 4)) / 2
    np.testing.assert_allclose(record.limits, [2 / (top / 4), 2 / (1 / 4)])


def test_what_swings_and_what_does_not():
    rows = [row[2:] for row in EXAMPLES["swings-causes"]().rows]
    swings = [any(b > a for a, b in itertools.pairwise(row)) for row in rows]
    assert swings == [True, False, False, True, False, True, False]
