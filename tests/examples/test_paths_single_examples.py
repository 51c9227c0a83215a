"""Worked examples of `paths`, single examples: every number has a second way to it."""

import itertools
import math
import re

import numpy as np
import pytest
import sympy as sp
from pages import ANSWERS

from offcenter.examples import EXAMPLES


def test_two_examples_by_the_rate_of_a_round():
    a, b = (np.eye(2) - np.outer(x, x) / 2 for x in ([1, 0.9], [0.9, 1]))
    # Real, in a complex array from NumPy 2.5 on.
    rate = max(np.abs(np.linalg.eigvals(b @ a)))
    steps = EXAMPLES["paths-two-examples"]().steps_of_cycles
    assert steps == pytest.approx(2 * math.log(0.01) / math.log(rate), abs=4)
    # In whole rounds of two steps, all of one kind.
    left = [np.linalg.matrix_power(b @ a, steps // 2 - k) @ [-1, 1] for k in (1, 0)]
    before, after = (np.hypot(*d) / math.sqrt(2) for d in left)
    assert after <= 0.01 < before
    assert steps % 2 == 0


def test_zigzag_by_exact_fractions():
    record = EXAMPLES["paths-zigzag"]()
    w, eta = sp.Matrix([0, 0]), sp.Rational(1, 5)
    for row, entries in zip(record.rows, ((2, 1), (1, 2)) * 2, strict=True):
        x = sp.Matrix(entries)
        error = w.dot(x) - (x[0] - x[1])
        w -= eta * error * x
        np.testing.assert_allclose(row[1:], [float(v) for v in (error, *(error * x), *w)])
    # A step fits its example, and the cosine of both inputs is 4/5.
    assert record.kept == pytest.approx(4 / 5)


def _places_by_rounds(X, goal, size):
    """The weights on the way to a goal: a round is one linear map of what is left."""
    steps = [np.eye(2) - size * np.outer(x, x) for x in X]
    left, whole = -goal, steps[1] @ steps[0]
    places = [np.zeros(2)]
    for _ in range(1000):
        middle = steps[0] @ left
        left = whole @ left
        places += [goal + middle, goal + left]
        near = [np.linalg.norm(p - goal) <= 0.01 * np.linalg.norm(goal) for p in places]
        if any(near):
            return np.array(places[: near.index(True) + 1])
    raise AssertionError


def test_ways_by_hand_by_the_angle_and_by_rounds():
    record, X = EXAMPLES["paths-by-hand"](), np.array([[3.0, 1.0], [1.0, 3.0]])
    goal = np.array([1.0, -1.0])
    for row, change in zip(record.rows, record.changes, strict=True):
        np.testing.assert_allclose(change, -0.1 * np.array(row[3:5]), atol=1e-12)
    np.testing.assert_allclose(record.batch, np.mean([[-6, -2], [2, 6]], axis=0))
    # At (0, 0) the errors are −2 and 2; (0.6, 0.2) fits the first, and is 0.6 + 0.6 + 2 off.
    assert record.together == pytest.approx(((2**2 + 2**2) / 2, 3.2**2 / 2))
    # Errors 3 and 1, then −0.6 and −1.8.
    once = np.array([2, -1]) - 0.2 * np.array([9 + 1, 3 + 3]) / 2
    twice = once + 0.2 * np.array([1.8 + 1.8, 0.6 + 5.4]) / 2
    np.testing.assert_allclose(record.averaged, [once, twice])
    assert record.straight == pytest.approx(math.sqrt(2))
    # A step of 1/‖x‖² fits its example: each leaves the cosine 3/5 of the distance, and is as
    # long as the sine 4/5 of it; the first, √0.4 long, leaves √1.6 of √2.
    series = (1 - 0.6 ** (record.last[0] - 1)) / (1 - 0.6)
    assert record.way == pytest.approx(math.sqrt(0.4) + 0.8 * math.sqrt(1.6) * series)
    size, steps, way = record.small
    moves = np.diff(_places_by_rounds(X, goal, size), axis=0)
    assert steps == len(moves)
    assert way == pytest.approx(np.hypot(*moves.T).sum())
    mirrored = _places_by_rounds(X * [1, -1], np.ones(2), 0.1)
    assert record.mirrored == len(mirrored) - 1 == record.last[0]
    for size, steps, down in record.rising:
        moves = np.diff(_places_by_rounds(X, np.ones(2), size), axis=0)
        assert (steps, down) == (len(moves), (moves < 0).all(axis=1).sum())
        assert down == (moves < 0).any(axis=1).sum()


def test_run_by_hand_by_exact_fractions_and_by_the_lines_that_the_page_prints(capsys):
    record = EXAMPLES["paths-by-hand"]()
    A, B = sp.Matrix([3, 1]), sp.Matrix([1, 3])
    goal, eta = sp.Matrix([1, -1]), sp.Rational(1, 10)

    def run(examples, size, count):
        w, rows = sp.zeros(2, 1), []
        for k in range(count):
            x, target = examples[k % 2], (2, -2)[k % 2]
            s = w.dot(x)
            w = w - size * (s - target) * x
            rows.append((k + 1, s, s - target, *((s - target) * x), *w))
        return rows

    raw = run((A, B), eta, 10)
    for ours, exact in zip((*record.rows, record.last), (*raw[:4], raw[-1]), strict=True):
        np.testing.assert_allclose(ours, [float(v) for v in exact], atol=1e-12)
    left = [(sp.Matrix(row[-2:]) - goal).norm() / sp.sqrt(2) for row in raw]
    assert left[-1] <= sp.Rational(1, 100) < left[-2]
    # After its step an example has its target, and the cosine of the two is 6/10.
    for k, row in enumerate(raw):
        assert sp.Matrix(row[-2:]).dot((A, B)[k % 2]) == (2, -2)[k % 2]
    assert all(sp.simplify(b / a) == sp.Rational(6, 10) for a, b in itertools.pairwise(left))
    centered = (sp.Matrix([1, -1]), sp.Matrix([-1, 1]))
    np.testing.assert_allclose(
        record.centered_row, [float(v) for v in run(centered, eta, 1)[0]], atol=1e-12
    )
    assert record.centered_steps == math.ceil(math.log(0.01, 1 - 0.1 * 2))
    far = run((A, B), sp.Rational(1, 2), 4)[-1][-2:]
    np.testing.assert_allclose(record.long, [float(v) for v in far])
    assert [*record.centered_long] == [1, -1]
    # A round of two steps is one linear map of the distance.
    first, second = (lambda size, x=x: np.eye(2) - size * np.outer(x, x) for x in ([3, 1], [1, 3]))
    fewest = []
    for size in np.arange(1, 401) / 400:
        d, maps = np.array([-1.0, 1.0]), (first(size), second(size))
        for k in range(10):
            d = maps[k % 2] @ d
            if np.hypot(*d) <= 0.01 * math.sqrt(2):
                fewest.append(k + 1)
                break
    assert record.fewest == min(fewest)
    page = (ANSWERS / "zigzag-by-hand.md").read_text(encoding="utf-8")
    lines = re.search(r"```python\n(.*?)```", page, re.S)[1]
    ends = {
        ("False", "0.1"): record.last[-2:],
        ("True", "0.1"): [1 - 0.8**10, 0.8**10 - 1],
        ("True", "0.5"): [1, -1],
    }
    for (center, size), end in ends.items():
        text = lines.replace("center, eta = False, 0.1", f"center, eta = {center}, {size}")
        names = {}
        exec(text, names)
        np.testing.assert_allclose(names["w"], end, atol=1e-12)
    assert len(lines.splitlines()) == 9
    assert capsys.readouterr().out.startswith("1 [0.6 0.2]\n2 [ 0.28 -0.76]\n")


def test_four_examples_in_turn_and_averaged():
    record = EXAMPLES["paths-four-examples"]()
    rows = record.rows
    # The curvatures are 9 and 1, and half of the squared distance lies along each axis.
    left = lambda eta, n: np.sqrt(((1 - 9 * eta) ** (2 * n) + (1 - eta) ** (2 * n)) / 2)  # noqa: E731
    grid = np.arange(1, 401) / 400
    fewest_averaged = next(n for n in range(99) if left(grid, n).min() <= 0.01)
    assert rows[1][1:] == (fewest_averaged, fewest_averaged, 1)
    # A round is one linear map of the distance, for each order and step size.
    inputs = np.array([(a, b) for a in (1, 3) for b in (1, 3)])

    def fewest(X, order):
        maps = [np.eye(2) - grid[:, None, None] * np.outer(X[k], X[k]) for k in order]
        whole = maps[3] @ maps[2] @ maps[1] @ maps[0]
        for step in range(1, 100):
            rounds, left = divmod(step, 4)
            product = np.linalg.matrix_power(whole, rounds)
            for k in range(left):
                product = maps[k] @ product
            if np.hypot(*product[:, :, 0].T).min() <= 0.01:
                return step
        raise AssertionError

    for column, X in ((1, inputs), (2, inputs * [1, -1]), (3, inputs - 2)):
        found = sorted(fewest(X, order) for order in itertools.permutations(range(4)))
        median, best, worst = map(int, re.findall(r"\d+", rows[0][column]))
        assert (best, worst) == (found[0], found[-1])
        assert median == record.medians[column - 1] == (found[11] + found[12]) / 2
    assert rows[0][1] == rows[0][2]
