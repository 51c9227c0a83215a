"""Worked examples of `activations`, sigmoid and tanh: every number has a second way to it."""

import itertools
import math

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples import EXAMPLES


def test_slopes_of_sigmoid_and_tanh_by_differences():
    record = EXAMPLES["activations-slopes"]()
    # σ′ = 1/(2 + eˢ + e⁻ˢ), and at 0 tanh has the slope 1.
    assert record.sigmoid == pytest.approx((1 / 4, 1 / (2 + math.exp(3) + math.exp(-3))))
    assert record.tanh[0] == 1
    assert record.tanh[1] == pytest.approx((math.tanh(3 + 1e-6) - math.tanh(3 - 1e-6)) / 2e-6)
    assert record.at_five == pytest.approx(1 / (2 + 2 * math.cosh(5)))
    assert math.cosh(record.crossing) == pytest.approx(2 * math.cosh(record.crossing / 2))
    losses = (lambda s: np.log1p(np.exp(-s[0])), lambda s: (1 / (1 + np.exp(-s[0])) - 1) ** 2 / 2)
    slopes = [numerical_gradient(loss, np.array([-4.0]))[0] for loss in losses]
    assert record.wrong[1:3] == pytest.approx(slopes, abs=1e-8)
    assert record.wrong[0] == pytest.approx(1 / (1 + math.exp(4)))
    assert record.wrong[3] == pytest.approx(1 / (1 + math.exp(-4)))


def test_flat_ends_by_exponentials_and_by_the_chain_rule():
    record = EXAMPLES["activations-flat-ends"]()
    for s, sigmoid, tanh, relu in record.rows:
        assert sigmoid == pytest.approx(1 / (2 + math.exp(s) + math.exp(-s)))
        assert tanh == pytest.approx(1 / math.cosh(s) ** 2)
        assert relu == (s > 0)
    assert record.five == pytest.approx([slope**5 for slope in record.rows[0][1:]])
    # Steps of half the error halve it: 2⁻⁷ < 1 % < 2⁻⁶.
    assert record.relu_steps == 7
    loss = lambda s: (np.tanh(s[0]) - math.tanh(1)) ** 2 / 2  # noqa: E731
    for begin, steps in ((3.0, record.tanh_steps), (-3.0, record.tanh_back)):
        path = [begin]
        for _ in range(steps):
            path.append(path[-1] - numerical_gradient(loss, np.array(path[-1:]))[0] / 2)
        last, before = (abs(s - 1) / abs(begin - 1) for s in (path[-1], path[-2]))
        assert last <= 0.01 < before
    # At −3 a ReLU has no slope, so no step is made.
    assert record.rows[2][3] == 0


def test_cell_sums_its_candidates():
    record = EXAMPLES["activations-cell"]()
    # σ(1) + σ(−1) = 1, so two steps add ½ · 1.
    assert record.sigmoid_ten == pytest.approx(5 * 0.5)
    assert record.tanh_ten == pytest.approx(0, abs=1e-15)
    f, i, g, c, o, h = record.update
    assert (f, i, o) == pytest.approx((1 / (1 + math.exp(-2)), 0.5, 1 / (1 + math.exp(-1))))
    assert g == pytest.approx((math.exp(-2) - 1) / (math.exp(-2) + 1))
    assert c == pytest.approx(f + g / 2)
    assert h == pytest.approx(o * (math.exp(2 * c) - 1) / (math.exp(2 * c) + 1))
    assert record.flat == pytest.approx(1 / math.cosh(2.5) ** 2)
    assert record.squashed == pytest.approx(math.sinh(2.5) / math.cosh(2.5))
    # tanh(x) = 2σ(2x) − 1, and σ(−1) = 1 − σ(1).
    assert record.swapped == pytest.approx((1 - o, f + (1 - o) / 2))


def test_four_steps_of_the_cell_by_pairs_and_its_limit_by_steps():
    record = EXAMPLES["activations-cell"]()
    assert [row[0] for row in record.rows] == [1, 2, 3, 4]
    e, square = math.e, math.e**2
    for step, g, c, h, d in record.rows:
        odd = step % 2
        assert g == pytest.approx((e if odd else 1) / (1 + e))
        assert h == pytest.approx((square - 1) / (square + 1) * (1 if odd else -1))
        # Of each pair half of the sum stays: of σ it is 1, of tanh 0.
        assert c == pytest.approx(((step - odd) / 2 + odd * g) / 2)
        assert d == pytest.approx(odd * h / 2)
    cell = 0.0
    for _ in range(1000):
        cell = 0.9 * cell + 0.5 * 0.5
    assert record.sigmoid_limit == pytest.approx(cell)
    cells = [1.0]
    for _ in range(3):
        cells.append(cells[-1] * (1 - square) / (1 + square))
    assert record.negative_gate == pytest.approx(cells)


def test_slopes_and_operations_of_the_sigmoid_by_counting():
    record = EXAMPLES["activations-three-problems"]()
    assert record.ten == pytest.approx(2**20)
    # A loop over units and inputs: one multiplication and one addition each.
    assert record.product == sum(2 for _ in itertools.product(range(100), range(100)))
    assert record.exps == record.product / 10
    # 20 operations of 6 · 100 a unit, forward and backward.
    assert record.training_percent == pytest.approx(100 * 20 / 600)
    # The slope is also 1/(2 + eᶻ + e⁻ᶻ), and σ − ½ half a tanh.
    loss = lambda z: (1 / (1 + np.exp(-z[0])) - 0.5) ** 2 / 2  # noqa: E731
    for z, first, steps in record.starts:
        assert first == pytest.approx(math.tanh(z / 2) / 2 / (2 + math.exp(z) + math.exp(-z)))
        assert first == pytest.approx(numerical_gradient(loss, np.array([z])).item(), rel=1e-2)
        count = 0
        while z > 1:
            z, count = z - math.tanh(z / 2) / 2 / (2 + math.exp(z) + math.exp(-z)), count + 1
        assert count == steps


def test_two_writings_of_one_unit_by_differences():
    record = EXAMPLES["activations-shifted"]()
    kinds = {"tanh": np.tanh, "2σ − 1": lambda s: 2 / (1 + np.exp(-s)) - 1}
    for name, w, value, slope, part in record.rows:
        phi = kinds[name]
        assert phi(w) == pytest.approx(value)
        (expected,) = numerical_gradient(lambda p, phi=phi: phi(p[0]), np.array([w]))
        assert slope == pytest.approx(expected)
        assert part * w == pytest.approx(slope)
    tanh, double = record.rows
    assert double[1] == 2 * tanh[1]
    assert double[2] == pytest.approx(tanh[2])
    assert double[4] == pytest.approx(tanh[4] / 4)
    assert record.five == pytest.approx((4.0**-5, 2.0**-5))


def test_moved_tanh_by_exponentials():
    record = EXAMPLES["activations-moved-tanh"]()

    def tanh(s):
        return (math.exp(2 * s) - 1) / (math.exp(2 * s) + 1)

    assert [row[1] for row in record.rows] == ["in balance", "moved by 1", "askew"]
    for (sums, _, center, outputs, mean), values in zip(
        record.rows, ((-1, 1), (0, 2), (-1, -1, 2)), strict=True
    ):
        assert sums == ", ".join(map(str, values)).replace("-", "−")
        assert center == sum(values) / len(values)
        assert outputs == ", ".join(f"{tanh(s):.2f}" for s in values).replace("-", "−")
        assert mean == pytest.approx(sum(map(tanh, values)) / len(values), abs=1e-12)
    # One of two outputs is 0: their mean is half of the other, their mean square half its square.
    assert record.share == pytest.approx(1 / 2)
    root = math.sqrt(2)
    assert list(record.askew) == pytest.approx([-root / 2, -root / 2, root])
    assert record.normed == pytest.approx((0, (tanh(root) - 2 * tanh(root / 2)) / 3))


def test_one_step_in_two_writings_by_differences_and_by_powers_of_a_map():
    record, y = EXAMPLES["activations-two-writings"](), np.array([1.0, -0.2])
    # The page names how many rates were tried.
    assert record.rates == 300
    z = math.atanh(0.6)
    tanh, sigmoid = record.outputs
    assert tanh == pytest.approx((math.tanh(z), math.tanh(-z)))
    assert sigmoid == pytest.approx([1 / (1 + math.exp(-2 * s)) for s in (z, -z)])
    translations = (lambda v, c: (v, c)), (lambda v, c: (v / 2, c + v / 2))
    for h, row, steps, goal, translate in zip(
        record.outputs,
        (record.tanh, record.sigmoid),
        record.steps,
        record.goal,
        translations,
        strict=True,
    ):
        loss = lambda p, h=h: np.mean((p[0] * np.array(h) + p[1] - y) ** 2) / 2  # noqa: E731
        slope = numerical_gradient(loss, np.zeros(2))
        assert row[:2] == pytest.approx(slope, abs=1e-8)
        assert row[2:4] == pytest.approx(-slope, abs=1e-8)
        assert row[4:] == pytest.approx(translate(*row[2:4]))
        assert loss(np.array(goal)) == pytest.approx(0, abs=1e-15)
        assert translate(*goal) == pytest.approx((1, 0.4))
        # Errors, which start as −y, are multiplied by I − ηAAᵀ/2.
        A = np.column_stack([h, np.ones(2)])
        rates = np.linspace(0.05, 1.999, record.rates) / (np.linalg.norm(A, 2) ** 2 / 2)
        maps = np.eye(2) - rates[:, None, None] * (A @ A.T) / 2
        left = [
            np.sum((np.linalg.matrix_power(maps, count) @ y) ** 2, axis=1).min() / (y @ y)
            for count in (steps - 1, steps)
        ]
        assert left[1] <= 1e-4 < left[0]


def test_places_of_attention_and_gates_by_differences():
    record = EXAMPLES["activations-places"]()
    values = np.array([-2.0, 2.0])

    def average(scores, values=values):
        return np.exp(scores) @ values / np.exp(scores).sum()

    scores = np.log([3.0, 1.0])
    assert record.output == pytest.approx(average(scores))
    assert record.raised == pytest.approx(average(scores, np.array([8.0, 12.0])))
    # The tokens' first entries are the values of w = (1, 0).
    tokens = np.array([[-2.0, 1.0], [2.0, 1.0]])
    read = numerical_gradient(lambda w: average(scores, tokens @ w), np.array([1.0, 0.0]))
    assert record.value_weights == pytest.approx(read, abs=1e-8)
    assert record.value_weights.tolist() == [-1, 1]
    # A candidate of ½ behind tanh.
    start = np.array([-math.atanh(0.5) / 2, 0.0])
    assert math.tanh(start @ tokens[0]) == pytest.approx(0.5)
    made = numerical_gradient(lambda w: -2 + np.tanh(w @ tokens[0]) / 2, start)
    assert record.candidate_weights == pytest.approx(made, abs=1e-8)
    assert record.candidate_weights.tolist() == [-0.75, 0.375]
    assert record.scores == pytest.approx(numerical_gradient(average, scores), abs=1e-8)
    assert record.memory == -4 / 2 + 1 / 4
    assert record.shown == pytest.approx(math.tanh(-1.75) / 2)
    for slope, c in zip(record.gate, (-4, 4), strict=True):
        memory = lambda s, c=c: c / (1 + np.exp(-s[0]))  # noqa: E731
        assert slope == pytest.approx(numerical_gradient(memory, np.zeros(1))[0], abs=1e-8)


def test_means_of_tanh_and_sigmoid_for_data_with_a_mean_by_hand():
    rows = EXAMPLES["activations-data-with-a-mean"]().rows
    places = [(low, high) for low, high in ((0, 1), (-0.5, 0.5), (2, 4)) for _ in range(2)]
    for k, ((outputs, mean, ratio), (low, high)) in enumerate(zip(rows, places, strict=True)):
        a, b = (math.tanh(s) if k % 2 == 0 else 1 / (1 + math.exp(-s)) for s in (low, high))
        assert outputs == f"{a:.2f} or {b:.2f}".replace("-", "−")
        assert mean == pytest.approx((a + b) / 2, abs=1e-12)
        # Two values half a distance from their mean: the variance is that half squared.
        assert ratio == pytest.approx(((a + b) / (b - a)) ** 2)
