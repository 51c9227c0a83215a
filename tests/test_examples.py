"""Worked examples: every number of theirs has a second way to it."""

import dataclasses
import itertools
import math
import re
from bisect import bisect_left
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from offcenter.data import load_digits, load_language_model
from offcenter.errors import ArrivalError
from offcenter.examples import EXAMPLES, example, number_of
from offcenter.examples.paths import first_within, steps_until
from offcenter.experiment import SIZES, split
from offcenter.network import initialize, train
from offcenter.remedies import batch_norm, rms_norm

BOOK = Path(__file__).resolve().parents[1]
#: What no page quotes: it is for those who follow an example by hand, from the library.
UNQUOTED = (
    # What is given.
    ("batches-two-errors", "distances"),
    ("signs-reach", "goal"),
    ("signs-unit", "inputs"),
    ("spectra-one-or-three", "examples"),
    # Steps between what is given and what is quoted.
    ("paths-bowl", "rows"),
    ("spectra-one-or-three", "moment"),
    ("today-signless", "moment"),
    # Drawn, as the page says, beside the closed form that it quotes.
    ("batches-regimes", "rows"),
)


def test_every_field_of_an_example_is_quoted_by_a_page_or_shown_for_a_reason():
    pages = [BOOK / "index.md", *sorted((BOOK / "book").rglob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    quoted = set(re.findall(r"\bexample(?:\}`|-table\} *|\{)([a-z0-9-]+)\s+([a-z_]+)", text))
    fields = {(name, f.name) for name in EXAMPLES for f in dataclasses.fields(EXAMPLES[name]())}
    assert fields - quoted == set(UNQUOTED)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_is_a_frozen_record_and_the_same_at_every_call(name):
    record = EXAMPLES[name]()
    assert dataclasses.is_dataclass(record)
    assert record.__dataclass_params__.frozen
    again = EXAMPLES[name].__wrapped__()
    for field in dataclasses.fields(record):
        np.testing.assert_array_equal(getattr(record, field.name), getattr(again, field.name))


def test_number_is_found_by_name_and_place_and_anything_else_is_refused():
    record = EXAMPLES["signs-unit"]()
    assert number_of(record, "layer.1.0") == -1
    for path in ("layer", "layer.5.0", "missing"):
        with pytest.raises(ValueError, match=path.split(".")[0]):
            number_of(record, path)


def test_name_is_lower_case_and_new():
    for name in ("Signs", "signs-unit"):
        with pytest.raises(ValueError, match="name must be"):
            example(name)(lambda: None)


def test_steps_follow_from_the_logarithm_where_there_is_one_axis():
    # 0.8²⁰ > 0.01 ≥ 0.8²¹
    assert steps_until(np.eye(1), np.ones(1), 0.2, 0.01) == math.ceil(math.log(0.01, 0.8))
    with pytest.raises(ArrivalError, match="within a million steps"):
        steps_until(np.eye(1), np.ones(1), 0.0, 0.01)


def _numerical_gradient(loss, w, step=1e-6):
    return np.array([(loss(w + e) - loss(w - e)) / (2 * step) for e in step * np.eye(len(w))])


def test_gradients_of_the_labels_are_those_of_the_cross_entropy():
    record, x = EXAMPLES["signs-labels"](), np.array([1.0, 2.0, 1.0])
    for label, error, gradient in (
        (1, record.error_one, record.gradient_one),
        (0, record.error_zero, record.gradient_zero),
    ):
        sign = 1 - 2 * label
        loss = lambda w, sign=sign: np.log1p(np.exp(sign * (w @ x)))  # noqa: E731
        expected = _numerical_gradient(loss, np.zeros(3))
        np.testing.assert_allclose([*gradient, error], expected, atol=1e-9)


def test_gradients_of_a_unit_are_those_of_its_sum():
    record = EXAMPLES["signs-unit"]()
    for delta, x, gradient in (
        (-0.5, (1, 2), record.below),
        (0.5, (1, 2), record.above),
        (-0.5, (1, -2), record.mixed_below),
    ):
        # A loss that is linear in the sum has this error everywhere.
        loss = lambda w, delta=delta, x=x: delta * (w @ x)  # noqa: E731
        np.testing.assert_allclose(gradient, _numerical_gradient(loss, np.zeros(2)), atol=1e-9)


def test_steps_from_the_usual_weights_by_training_one_network_at_a_time():
    record = EXAMPLES["activations-usual-start"]()
    networks = [
        initialize(SIZES, activation=name, rng=np.random.default_rng([seed, 1]))
        for name in ("sigmoid", "tanh")
        for seed in range(record.starts)
    ]

    def fewest(network, seed):
        X, labels = split(seed).inputs, split(seed).labels
        X = X - X.mean(axis=0)
        steps = []
        for k in range(-2, 7):
            how = {"step_size": 2.0**k, "steps": 400, "target": 0.1}
            losses = train(network, X, labels, **how).losses
            steps.append(
                len(losses) - 1 if losses[-1] <= 0.1 and max(losses) < 3 * losses[0] else np.inf
            )
        assert 0 < np.argmin(steps) < len(steps) - 1
        return min(steps)

    sigmoid, tanh = networks[: record.starts], networks[record.starts :]
    shifted = [
        dataclasses.replace(network, activation=network.activation.centered())
        for network in sigmoid
    ]
    for some, steps in ((sigmoid, record.sigmoid), (shifted, record.shifted), (tanh, record.tanh)):
        assert np.median([fewest(network, seed) for seed, network in enumerate(some)]) == steps


def test_gradients_on_a_centered_input_by_the_loss_of_a_line():
    record = EXAMPLES["signs-centered-input"]()
    np.testing.assert_array_equal(record.raw - (2, 2), record.centered)
    for x, gradient in (((1, 3), record.raw_gradient), ((-1, 1), record.gradient)):
        loss = lambda w, x=x: 2 * (w @ x)  # noqa: E731
        np.testing.assert_allclose(gradient, _numerical_gradient(loss, np.zeros(2)), atol=1e-9)


def test_gradients_of_mixed_labels_are_those_of_the_cross_entropy():
    cases = (((1, 2), 1), ((1, 2), 0), ((1, -2), 0))
    record = EXAMPLES["signs-mixed-labels"]()
    for (x, label), (total, output, delta, *gradient) in zip(cases, record.rows, strict=True):
        sign = 1 - 2 * label
        loss = lambda w, x=x, sign=sign: np.log1p(np.exp(sign * (w @ [*x, 1])))  # noqa: E731
        expected = _numerical_gradient(loss, np.array([1.0, -1.0, 1.0]))
        np.testing.assert_allclose([*gradient, delta], expected, atol=1e-8)
        assert output == pytest.approx((1 + math.tanh(total / 2)) / 2)


def test_hidden_error_is_the_derivative_of_the_loss_by_the_sum():
    # Any loss with these errors at the two readers will do: one that is linear in their sums.
    loss = lambda s: 0.4 * 2 / (1 + np.exp(-s[0])) - 0.5 * 3 / (1 + np.exp(-s[0]))  # noqa: E731
    expected = _numerical_gradient(loss, np.zeros(1))[0]
    assert EXAMPLES["signs-hidden"]().error == pytest.approx(expected, abs=1e-9)


def test_network_by_the_derivative_of_its_loss():
    record = EXAMPLES["signs-network"]()
    # Weights of sum 0 for x = (1, 2), in both hidden units.
    start = np.array([2.0, -1.0, -4.0, 2.0])

    def loss(w):
        a = 1 / (1 + np.exp(-(w.reshape(2, 2) @ [1, 2])))
        return (2 * a[0] - 4 * a[1] - 1) ** 2 / 2

    assert (record.output, record.output_error) == (-1, -2)
    gradient = np.ravel([row[3:] for row in record.rows])
    np.testing.assert_allclose(gradient, _numerical_gradient(loss, start), atol=1e-8)
    assert [row[:3] for row in record.rows] == [(2, -4, -1), (-4, 8, 2)]


def test_reach_goes_where_it_should():
    record = EXAMPLES["signs-reach"]()
    a, b = record.multiples
    np.testing.assert_allclose(a * np.array([1, 0.9]) + b * np.array([0.9, 1]), [1, -1])
    assert record.along == pytest.approx(20 * math.sqrt(1.81))
    assert record.two_legs == pytest.approx(2)


def test_two_examples_by_the_rate_of_a_round():
    a, b = (np.eye(2) - np.outer(x, x) / 2 for x in ([1, 0.9], [0.9, 1]))
    # Real, in a complex array from NumPy 2.5 on.
    rate = max(np.abs(np.linalg.eigvals(b @ a)))
    steps = EXAMPLES["paths-two-examples"]().steps_of_cycles
    assert steps == pytest.approx(2 * math.log(0.01) / math.log(rate), abs=4)


def test_zigzag_by_exact_fractions_and_by_the_angle():
    record = EXAMPLES["paths-zigzag"]()
    w, eta = sp.Matrix([0, 0]), sp.Rational(1, 5)
    for row, entries in zip(record.rows, ((2, 1), (1, 2)) * 2, strict=True):
        x = sp.Matrix(entries)
        error = w.dot(x) - (x[0] - x[1])
        w -= eta * error * x
        change = -eta * error * x
        found = (error, *(error * x), *w, *change)
        np.testing.assert_allclose(row[1:], [float(v) for v in found])
    assert record.first_error == 0 * 1 + 0 * 2 - (-1)
    # A step of 1/‖x‖² fits its example: each leaves the cosine 4/5 of the distance, and is as
    # long as the sine 3/5 of it; the first leaves √1.8 of √2.
    assert record.steps == 1 + math.ceil(math.log(0.01 * math.sqrt(2 / 1.8)) / math.log(0.8))
    series = (1 - 0.8 ** (record.steps - 1)) / (1 - 0.8)
    assert record.way == pytest.approx(math.sqrt(0.2) + 0.6 * math.sqrt(1.8) * series)
    np.testing.assert_allclose(record.centered, [1, -1])
    assert record.least == pytest.approx(math.sqrt(2) * math.sqrt(10))
    # The run to the very goal attains the bound.
    assert math.sqrt(0.2) + 0.6 * math.sqrt(1.8) / 0.2 == pytest.approx(record.least)


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
    page = (BOOK / "book" / "answers" / "zigzag-by-hand.md").read_text(encoding="utf-8")
    lines = re.search(r"```python\n(.*?)```", page, re.S)[1]
    ends = {
        (False, "0.1"): [*record.last][-2:],
        (True, "0.1"): [1 - 0.8**10, 0.8**10 - 1],
        (True, "0.5"): [1, -1],
    }
    for (subtract, size), end in ends.items():
        text = lines.replace("eta = np.zeros(2), 0.1", f"eta = np.zeros(2), {size}")
        names = {}
        exec(text.replace("# X -=", "X -=") if subtract else text, names)
        np.testing.assert_allclose(names["w"], end, atol=1e-12)
    assert len(lines.splitlines()) == 8
    assert capsys.readouterr().out.startswith("1 -2.0 [0.6 0.2]\n2 3.2 [ 0.28 -0.76]\n")


def test_steepest_direction_by_calculus_and_by_the_inequality_of_kantorovich():
    record = EXAMPLES["directions-steepest"]()
    a, b, t = sp.symbols("a b t", positive=True)
    loss = (a**2 + 9 * b**2) / 2
    start = {a: 9, b: 1}
    gradient = [sp.diff(loss, v).subs(start) for v in (a, b)]
    np.testing.assert_allclose(record.gradient, [float(g) for g in gradient])
    for (first, short, least), way in zip(record.rows, ((1, 1), (9, 1)), strict=True):
        along = loss.subs({a: 9 - t * way[0], b: 1 - t * way[1]})
        assert first == float(along.subs(t, 0))
        assert short == pytest.approx(float(along.subs(t, 1 / sp.sqrt(way[0] ** 2 + way[1] ** 2))))
        (lowest,) = sp.solve(sp.diff(along, t), t)
        assert least == pytest.approx(float(along.subs(t, lowest)))
    assert record.angle == pytest.approx(45 - math.degrees(math.atan2(1, 9)))
    assert record.worst == pytest.approx(math.degrees(math.acos(2 * 3 / (1 + 9))))
    np.testing.assert_allclose(record.newton, [9, 1])
    # E[x²] = 5 and E[x₁x₂] = 4; less the mean 1 and 0.
    np.testing.assert_allclose(record.inputs_gradient, [5, 4])
    np.testing.assert_allclose(record.centered_gradient, [1, 0])


def test_two_zigzags_by_exact_fractions():
    record = EXAMPLES["directions-two-zigzags"]()
    examples = [sp.Matrix([2, 1]), sp.Matrix([1, 2])]
    M = (examples[0] * examples[0].T + examples[1] * examples[1].T) / 2
    assert M.eigenvals() == {sp.Rational(9, 2): 1, sp.Rational(1, 2): 1}
    assert (record.steep, record.flat) == (4.5, 0.5)
    np.testing.assert_allclose(record.gradients, [[-2, -1], [1, 2], [-0.5, 0.5], [-4.5, -4.5]])
    sizes = (sp.Rational(1, 20), sp.Rational(3, 10))
    np.testing.assert_allclose(record.factors, [float(1 - eta * 9 / 2) for eta in sizes])
    rules = (
        lambda d, k: examples[k % 2] * examples[k % 2].dot(d),
        lambda d, k: M * d,
    )
    for rows, rule in zip((record.single, record.average), rules, strict=True):
        for (_, *counts), goal in zip(rows, ((1, -1), (1, 1)), strict=True):
            for count, eta in zip(counts, sizes, strict=True):
                d, steps = -sp.Matrix(goal), []
                for k in range(10):
                    steps.append(-eta * rule(d, k))
                    d += steps[-1]
                assert count == sum(bool(p.dot(q) < 0) for p, q in itertools.pairwise(steps))
    # Along the flat axis each averaged step leaves 1 − 0.3/2 of the distance.
    assert record.arrivals[1] == math.ceil(math.log(0.01, 0.85))
    d, steps = np.array([-1.0, 1.0]), 0
    while np.hypot(*d) > 0.01 * math.sqrt(2):
        x = np.array([[2.0, 1.0], [1.0, 2.0]])[steps % 2]
        d, steps = (np.eye(2) - 0.3 * np.outer(x, x)) @ d, steps + 1
    assert record.arrivals[0] == steps


def test_ways_of_the_picture_by_all_pairs_of_examples():
    # A shortest way needs no more examples than weights.
    record = EXAMPLES["directions-picture"]()
    X = np.array([(a, b) for a in (1, 3) for b in (1, 3)], dtype=float)
    for row, goal in zip(record.rows, ((1, -1), (1, 1)), strict=True):
        for ratio, Z in zip(row[1:], (X, X * [1, -1], X - 2), strict=True):
            lengths = []
            for i, j in itertools.combinations(range(4), 2):
                pair = Z[[i, j]].T
                if abs(np.linalg.det(pair)) > 1e-9:
                    multiples = np.abs(np.linalg.solve(pair, goal))
                    lengths.append(multiples @ np.hypot(*pair))
            assert ratio == pytest.approx(min(lengths) / math.sqrt(2))
    assert record.free == pytest.approx(math.sqrt(2))
    np.testing.assert_allclose(record.multiples, [0.5, -0.5])


def test_what_batch_norm_fixes_by_exact_roots():
    record = EXAMPLES["norms-fixes"]()
    np.testing.assert_allclose(record.sums, [1, -1, 5, 3])
    np.testing.assert_allclose(record.left, [-1, -3, 3, 1])
    np.testing.assert_allclose(record.centered, record.left)
    np.testing.assert_allclose(record.read, [0, 0, 3 / math.sqrt(5), 1 / math.sqrt(5)])
    assert record.mean == pytest.approx(1 / math.sqrt(5))
    assert record.share == pytest.approx(2 / 5)


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


def test_four_examples_in_turn_and_averaged():
    rows = EXAMPLES["paths-four-examples"]().rows
    # The curvatures are 9 and 1, and half of the squared distance lies along each axis.
    left = lambda eta, n: np.sqrt(((1 - 9 * eta) ** (2 * n) + (1 - eta) ** (2 * n)) / 2)  # noqa: E731
    grid = np.arange(1, 401) / 400
    fewest_averaged = next(n for n in range(99) if left(grid, n).min() <= 0.01)
    assert rows[1][1:] == (fewest_averaged, fewest_averaged, 1)
    # A round is one linear map of the distance; each order and step size is run step by step.
    inputs = np.array([(a, b) for a in (1, 3) for b in (1, 3)])

    def fewest(X, order, sizes):
        for step in range(1, 100):
            for size in sizes:
                maps = [np.eye(2) - size * np.outer(X[k], X[k]) for k in order]
                rounds, left = divmod(step, 4)
                whole = maps[3] @ maps[2] @ maps[1] @ maps[0]
                product = np.linalg.matrix_power(whole, rounds)
                for k in range(left):
                    product = maps[k] @ product
                if np.hypot(*product[:, 0]) <= 0.01:
                    return step
        raise AssertionError

    for column, X in ((1, inputs), (2, inputs * [1, -1]), (3, inputs - 2)):
        median, best, worst = map(int, re.findall(r"\d+", rows[0][column]))
        found = [fewest(X, order, grid) for order in ((0, 1, 2, 3), (1, 2, 0, 3), (3, 2, 1, 0))]
        assert best <= min(found) <= median
        assert max(found) <= worst
    assert rows[0][1] == rows[0][2]


def test_smaller_steps_by_the_two_factors():
    record = EXAMPLES["paths-smaller-steps"]()
    eta, steep, flat, swing = record.beyond
    assert eta > 2 / 9
    w = np.array([1.0, 1.0])
    for _ in range(10):
        w = w - eta * np.array([[5.0, 4.0], [4.0, 5.0]]) @ w
    assert w == pytest.approx([swing, swing])
    assert (steep, flat) == pytest.approx((1 - 9 * eta, 1 - eta))
    assert (record.steep, record.flat) == pytest.approx((9, 1))
    for eta, steep, flat, steps in record.rows:
        # (1, 0) is half of the steep axis and half of the flat one.
        left = [
            (((1 - 9 * eta) ** k) ** 2 / 2 + ((1 - eta) ** k) ** 2 / 2) ** 0.5
            for k in (steps - 1, steps)
        ]
        assert left[0] > 0.01 >= left[1]
        assert (steep, flat) == pytest.approx((1 - 9 * eta, 1 - eta))
    assert record.centered_steps == 1


def test_what_never_comes_near_is_said_and_not_counted():
    assert first_within(0.1, np.array([1.0, 0.1, 0.0])) == 2
    with pytest.raises(ArrivalError, match=r"none of 2 distances is at most 0\.1"):
        first_within(0.1, np.array([1.0, 0.5]))


def test_bowl_takes_the_steps_that_its_slower_factor_says():
    record = EXAMPLES["paths-bowl"]()
    for relative, _, a, b, turns, steps in record.rows:
        assert (a, b) == pytest.approx((1 - relative, 1 - relative / 7))
        assert turns == ("yes" if relative > 1 else "no")
        powers = (steps - 1, steps)
        before, after = (math.hypot(a**n, b**n) / math.sqrt(2) for n in powers)
        assert after <= 0.01 < before


def test_curvatures_of_one_or_three_are_roots_of_their_polynomial():
    record = EXAMPLES["spectra-one-or-three"]()
    l = sp.Symbol("l")  # noqa: E741
    A = sp.Matrix([[5, 4, 2], [4, 5, 2], [2, 2, 1]])
    roots = [complex(r).real for r in sp.Poly(A.charpoly(l)).nroots()]
    assert record.bias_condition == pytest.approx(max(roots) / min(roots))
    assert record.steps == math.ceil(math.log(0.01) / math.log(0.8))
    assert record.hundred_steps == math.ceil(math.log(0.01) / math.log(400 / 402))


def test_ways_out_have_mixed_signs():
    record = EXAMPLES["signs-ways-out"]()
    for field in dataclasses.fields(record):
        a, b = getattr(record, field.name)
        assert a * b < 0
    # The penalty's gradient is that of 0.1‖w‖²/2 and of a linear unit with δ = −½.
    loss = lambda w: -0.5 * (w @ [1, 2]) + 0.05 * (w @ w)  # noqa: E731
    np.testing.assert_allclose(record.penalty, _numerical_gradient(loss, np.array([8.0, 1.0])))


def test_filter_by_the_derivative_of_its_loss():
    record = EXAMPLES["signs-filter"]()
    pixels = np.array([1.0, 1, 3, 3, 1])

    def loss(w, goal, seen=pixels):
        return sum(((w - goal) @ seen[k : k + 2]) ** 2 for k in range(4)) / 2

    edge, both = np.array([1.0, -1.0]), np.array([1.0, 1.0])
    for found, goal in ((record.edge_gradient, edge), (record.sum_gradient, both)):
        expected = _numerical_gradient(lambda w, goal=goal: loss(w, goal), np.zeros(2))
        np.testing.assert_allclose(found, expected, atol=1e-8)
    # A bowl's value at the distance v is half of its curvature times the squared length.
    ways = [(seen, way) for seen in (pixels, pixels - 2) for way in (both, edge)]
    bowls = [2 * loss(way, np.zeros(2), seen) / 2 for seen, way in ways]
    np.testing.assert_allclose(record.curvatures, bowls)
    assert record.edge == ((0, 0, 0), (2, 2, 6), (0, 0, 0), (-2, -6, -2))
    np.testing.assert_allclose(0 - record.edge_gradient / 4, edge)
    np.testing.assert_allclose(0 - record.sum_gradient / 36, both)
    assert record.steps == math.ceil(math.log(0.01, 1 - 4 / 20))
    average = lambda w: -4 * np.mean([w @ pixels[k : k + 2] for k in range(4)])  # noqa: E731
    np.testing.assert_allclose(record.one_sign, _numerical_gradient(average, np.zeros(2)))


def test_backward_by_the_derivative_of_a_loss_with_these_errors():
    record = EXAMPLES["signs-backward"]()
    W, errors = np.array([[2.0, -1.0], [-1.0, 3.0]]), np.array([1.0, -1.0])

    def loss(w, weights=W):
        # Two sigmoids on (1, 2), of which each has the sum 0 at the start.
        a = 1 / (1 + np.exp(-(w.reshape(2, 2) @ [1, 2])))
        return errors @ (weights @ a)

    start = np.array([2.0, -1.0, -4.0, 2.0])
    below = np.ravel([row[1:] for row in record.below])
    np.testing.assert_allclose(below, _numerical_gradient(loss, start), atol=1e-8)
    assert [row[0] for row in record.below] == [0.75, -1]
    of_weights = lambda w: loss(start, w.reshape(2, 2))  # noqa: E731
    found = _numerical_gradient(of_weights, W.ravel())
    np.testing.assert_allclose(record.weights.ravel(), found, atol=1e-8)
    of_outputs = lambda a: errors @ W @ a  # noqa: E731
    np.testing.assert_allclose(record.back, _numerical_gradient(of_outputs, np.full(2, 0.5)))
    unit = lambda p: -0.5 * (p[0] * p[2] + p[1] * p[3])  # noqa: E731
    single = _numerical_gradient(unit, np.array([1.0, 2.0, 1.0, -1.0]))
    np.testing.assert_allclose([*record.single_back, *record.single_weights], single, atol=1e-9)
    assert record.positive.tolist() == [[2 + 1, 1 + 3], [2 - 1, 1 - 3]]


def test_pre_activations_are_sums_over_the_four_inputs():
    record = EXAMPLES["signs-pre-activations"]()
    inputs = [(1, 1), (1, 3), (3, 1), (3, 3)]
    assert list(record.mixed) == [a / 2 - b for a, b in inputs]
    assert list(record.negative) == [-(a + b) / 2 for a, b in inputs]
    np.testing.assert_allclose(record.centered, record.negative - np.mean(record.negative))
    assert record.mixed_mean == -1


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


def test_gradient_of_four_examples_is_that_of_their_mean_loss():
    record = EXAMPLES["batches-two-errors"]()
    inputs = np.array([(a, b) for a in (1, 3) for b in (1, 3)])
    loss = lambda d: np.mean((inputs @ d) ** 2) / 2  # noqa: E731
    for k, distance in enumerate(record.distances):
        gradient = _numerical_gradient(loss, distance)
        np.testing.assert_allclose(record.mean[k], gradient, atol=1e-8)
        # The covariance of error and input is the gradient on centered inputs, of variance 1.
        np.testing.assert_allclose(record.rest[k], distance)
        np.testing.assert_allclose(
            record.terms[k], [d * x for d, x in zip(record.errors[k], inputs, strict=True)]
        )
    assert (np.sign(record.mean) == [[1, -1], [1, 1]]).all()
    # On the axes (1, 1) and (1, −1) a step of 1/5 leaves 1 − 9/5 and 1 − 1/5.
    along, across = 9 * 0.25 * np.array([1, 1]), 0.75 * np.array([1, -1])
    run = [(-0.8) ** k * along + 0.8**k * across for k in range(3)]
    np.testing.assert_allclose(record.run, run, atol=1e-12)
    assert (np.sign(record.run) == [[1, 1], [-1, -1], [1, 1]]).all()


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
    # (½, −½), and 1 · (2, 2) + (1, −½).
    assert EXAMPLES["batches-sizes"]().full == (1, 0)


def test_average_of_two_gradients_splits_into_two_parts():
    record, inputs = EXAMPLES["batches-pair"](), ((1, 3), (3, 1))
    for k, errors in enumerate(((-1, 1), (-1, 4))):
        gradient = [
            Fraction(sum(e * x[i] for e, x in zip(errors, inputs, strict=True)), 2) for i in (0, 1)
        ]
        along = [Fraction(sum(errors), 2) * Fraction(sum(x[i] for x in inputs), 2) for i in (0, 1)]
        assert list(record.gradient[k]) == gradient
        assert list(record.along[k]) == along
        assert list(record.rest[k]) == [g - a for g, a in zip(gradient, along, strict=True)]
        assert record.mean_error[k] == Fraction(sum(errors), 2)
    assert record.terms.tolist() == [[-1, -3], [3, 1]]


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


def test_full_batch_of_many_inputs_by_the_logarithm():
    for n, raw, centered in EXAMPLES["batches-five"]().steps:
        kappa = 1 + 4 * n
        assert raw == math.ceil(math.log(0.01) / math.log((kappa - 1) / (kappa + 1)))
        assert centered == 1


def test_gradient_behind_batch_norm_is_blind_to_a_shift_by_differences():
    record = EXAMPLES["norms-shifted-input"]()
    assert list(record.inputs) == [1, 2, 3]
    assert list(record.shifted) == [6, 7, 8]
    for inputs, gradient in (
        (record.inputs, record.gradient),
        (record.shifted, record.shifted_gradient),
    ):
        X, w = np.column_stack([inputs, [3.0, 0.0, 0.0]]), np.ones(2)
        # A loss whose slopes by the normalized sums become these errors on the way back.
        slopes = record.errors * (X @ w).std()
        loss = lambda w, X=X, slopes=slopes: slopes @ batch_norm((X @ w)[:, None])[:, 0]  # noqa: E731
        assert _numerical_gradient(loss, w)[0] == pytest.approx(gradient, abs=1e-6)
    assert record.gradient == record.shifted_gradient == 1 * 1 + 1 * 2 - 2 * 3


def test_line_search_stops_where_the_slope_along_the_line_is_zero():
    from scipy.optimize import minimize_scalar

    record = EXAMPLES["paths-line-search"]()
    loss = lambda p: (p[0] ** 2 + 9 * p[1] ** 2) / 2  # noqa: E731
    for (_, a, b, p, q), (_, c, d, *_) in zip(record.rows, record.rows[1:], strict=False):
        best = minimize_scalar(lambda t, a=a, b=b, p=p, q=q: loss((a - t * p, b - t * q))).x
        assert (c, d) == pytest.approx((a - best * p, b - best * q))
    assert record.steps == math.ceil(math.log(0.01, 0.8))
    a, b, count = 9.0, 1.0, 0
    while math.hypot(a, b) > math.hypot(9, 1) / 100:
        # Along the line the loss falls to its lowest point at t = (a² + 81b²)/(a² + 729b²).
        t = 0.9 * (a**2 + 81 * b**2) / (a**2 + 729 * b**2)
        a, b, count = a * (1 - t), b * (1 - 9 * t), count + 1
    assert record.short_steps == count < record.steps
    # Steps of 1/5 from (1, 1) lead to (4/5, −4/5); the gradient is (a, 9b).
    assert record.fixed_gradients == pytest.approx(np.array([[1, 9], [0.8, -7.2]]))
    assert record.fixed_product == pytest.approx(0.8 - 9 * 7.2)


def test_four_writings_by_hand():
    rows = EXAMPLES["spectra-four-writings"]().rows
    root = 5 + math.sqrt(24)
    assert [row[2:4] for row in rows] == [(1, 9), (0, 9), (1, 9), (0.5, 1)]
    assert [row[4] for row in rows] == pytest.approx([root**2, root**2, 9, 1])
    assert [row[5] for row in rows] == pytest.approx([9, 9, 9, 1])
    assert [row[6] for row in rows] == pytest.approx([1, 1, 1, 1])
    # A step of 2/(9 + 1) leaves 0.8 of both parts.
    assert 0.8**21 < 0.01 < 0.8**20
    assert [row[7] for row in rows] == [21, 21, 21, 1]


def test_descent_from_zero_ends_at_the_least_norm_that_fits():
    record = EXAMPLES["spectra-which-minimum"]()
    for shift, end in ((0, record.raw), (2, record.centered)):
        design = np.array([[1 - shift, 3 - shift, 1], [3 - shift, 1 - shift, 1]])
        np.testing.assert_allclose(end, np.linalg.pinv(design) @ [5, 5], atol=1e-9)
    # By symmetry the raw solution is a(4, 4, 2) with 18a = 5.
    np.testing.assert_allclose(record.raw_tests, [10 * 5 / 18, 26 * 5 / 18])


def test_shifted_input_takes_as_many_steps_as_it_was_run():
    for mean, square, kappa, steps in EXAMPLES["spectra-shift"]().rows:
        x = np.array([mean - 1, mean + 1])
        assert square == np.mean(x * x)
        H = np.array([[square, mean], [mean, 1.0]])
        assert kappa == pytest.approx(np.linalg.cond(H))
        eta, (w, b) = 2 / np.trace(H), (0.0, 0.0)
        count = 0
        while math.hypot(w - 1, b + mean) > 0.01 * math.hypot(1, mean):
            errors = w * x + b - (x - mean)
            w, b = w - eta * np.mean(errors * x), b - eta * np.mean(errors)
            count += 1
        assert steps == count


def test_more_inputs_by_fractions_and_the_closed_form():
    record = EXAMPLES["spectra-more-inputs"]()
    for n, share, steep, limit, steps, centered in record.rows:
        assert share == float(sp.Rational(2, 2**n))
        assert (steep, limit) == pytest.approx((4 * n + 1, 2 / (4 * n + 1)))
        # The best step size leaves (κ − 1)/(κ + 1) of both ends: 4n/(4n + 2).
        assert steps == math.ceil(math.log(0.01) / math.log(2 * n / (2 * n + 1)))
        assert centered == 1
    values = ((0.1, 10, sp.Rational(1, 100)), (2, -1, sp.Rational(1, 10)))
    for (orthants, ratio, kappa), (usual, rare, chance) in zip(record.kinds, values, strict=True):
        mean = (1 - chance) * usual + chance * rare
        square = (1 - chance) * usual**2 + chance * rare**2
        expected = float(mean**2 / (square - mean**2))
        assert (ratio, kappa) == pytest.approx((expected, 1 + 10 * expected))
        assert orthants == (2 if rare > 0 else 2**10)


def test_natural_step_moves_the_bias_alone_if_only_the_bias_is_wrong():
    record = EXAMPLES["spectra-bias-only"]()
    for shift, step in ((0, record.steps[0]), (2, record.steps[2])):
        loss = lambda p, c=shift: sum((p @ [x - c, 1] - 4) ** 2 for x in (1, 3)) / 4  # noqa: E731
        np.testing.assert_allclose(10 * step, -_numerical_gradient(loss, np.zeros(2)), atol=1e-8)
    np.testing.assert_allclose(10 * record.steps[1], np.polyfit([1, 3], [4, 4], 1), atol=1e-12)
    # A tenth of the way to 4; the plain step goes farther by the shift, and by more at 3.
    np.testing.assert_allclose(record.moves[1:], 0.4)
    assert record.moves[0].mean() == pytest.approx(0.4 + record.shift)


def test_natural_step_is_the_least_squares_line():
    record = EXAMPLES["spectra-natural-step"]()
    inputs, y, shift = np.array([[1, 1], [3, 1]]), np.array([-1, 1]), np.array([2, 0])
    loss = lambda w: ((inputs @ w - y) ** 2).mean() / 2  # noqa: E731
    np.testing.assert_allclose(record.direction, -_numerical_gradient(loss, np.zeros(2)), atol=1e-8)
    np.testing.assert_allclose(record.step, np.polyfit([1, 3], y, 1), atol=1e-12)
    # The plain step leaves the bias, though it moves the mean prediction by 2 for each 1 of w.
    np.testing.assert_allclose(record.direction, [1, 0])
    np.testing.assert_allclose((inputs @ record.step).mean(), 0, atol=1e-12)
    # With damping it is the step of ridge regression, whose predictions depend on the mean.
    ridge = []
    for X in (inputs, inputs - shift):
        X = sp.Matrix(X.tolist())
        ridge.append(X * (X.T * X + 2 * sp.eye(2)).inv() * X.T * sp.Matrix(y.tolist()))
    assert ridge[0] != ridge[1]
    # The curvatures add up to 6, so the best step size is 1/3.
    w, goal = np.zeros(2), np.array([1, -2])
    for _ in range(record.steps):
        assert np.linalg.norm(w - goal) > 0.01 * 5**0.5
        w = w - inputs.T @ (inputs @ w - y) / 6
    assert np.linalg.norm(w - goal) <= 0.01 * 5**0.5


def test_bias_that_is_off_by_fractions_and_a_change_of_names():
    record, x = EXAMPLES["spectra-bias-off"](), sp.Matrix([[1, 1], [3, 1]])
    F, g = x.T * x / 2, x.T * sp.Matrix([1, 1]) / 2
    for field, value in (
        ("moment", F),
        ("gradient", g),
        ("inverse", F.inv()),
        ("natural", F.inv() * g),
    ):
        np.testing.assert_array_equal(
            getattr(record, field),
            np.array(value, dtype=float).reshape(getattr(record, field).shape),
        )
    # (w, b) = back·(w, b + 2w): F and g change with the names, what F⁻¹g does to the unit does not.
    back = sp.Matrix([[1, 0], [-2, 1]])
    renamed, gradient = back.T * F * back, back.T * g
    assert renamed == sp.eye(2)
    np.testing.assert_array_equal(record.centered_moment, np.eye(2))
    np.testing.assert_array_equal(record.centered_gradient, [0, 1])
    assert list(gradient) == [0, 1]
    assert back * renamed.inv() * gradient == F.inv() * g
    assert back * gradient != g
    # The curvatures add up to 6: steps of 1/3 on the error 1 of the bias.
    off, count = np.array([0.0, 1.0]), 0
    while np.linalg.norm(off) > 0.01:
        off = off - np.array([5 * off[0] + 2 * off[1], 2 * off[0] + off[1]]) / 3
        count += 1
    assert count == record.steps


def test_means_and_slopes_by_quadrature_and_differences():
    from scipy.integrate import quad

    functions = {"sigmoid": lambda z: 1 / (1 + math.exp(-z)), "ReLU": lambda z: max(z, 0.0)}
    normal = lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    for label, mean, share in EXAMPLES["activations-means"]().rows:
        if label in functions:
            f = functions[label]
            first, second = (
                quad(lambda z, f=f, k=k: f(z) ** k * normal(z), -12, 12, points=[0])[0]
                for k in (1, 2)
            )
            assert (mean, share) == pytest.approx((first, first**2 / second))
    record = EXAMPLES["activations-slopes"]()
    assert record.tanh[1] == pytest.approx((math.tanh(3 + 1e-6) - math.tanh(3 - 1e-6)) / 2e-6)
    assert record.sigmoid_five == 0.25**5
    losses = (lambda s: np.log1p(np.exp(-s[0])), lambda s: (1 / (1 + np.exp(-s[0])) - 1) ** 2 / 2)
    slopes = [_numerical_gradient(loss, np.array([-4.0]))[0] for loss in losses]
    assert record.wrong[1:] == pytest.approx(slopes, abs=1e-8)
    signed = {label: negative for label, negative, *_ in EXAMPLES["activations-means"]().signed}
    for label, f in functions.items():
        assert signed[label] == ("yes" if min(map(f, np.linspace(-9, 9, 1801))) < 0 else "no")


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
    for start, steps in ((3.0, record.tanh_steps), (-3.0, record.tanh_back)):
        path = [start]
        for _ in range(steps):
            path.append(path[-1] - _numerical_gradient(loss, np.array(path[-1:]))[0] / 2)
        last, before = (abs(s - 1) / abs(start - 1) for s in (path[-1], path[-2]))
        assert last <= 0.01 < before
    # At −3 a ReLU has no slope, so no step is made.
    assert record.rows[2][3] == 0


def _kappa(inputs, bias):
    """Return κ from all equally likely inputs, one a row."""
    X = np.asarray(inputs, dtype=float)
    X = np.column_stack([X, np.ones(len(X))]) if bias else X
    values = np.linalg.svd(X, compute_uv=False) ** 2
    return values[0] / values[-1]


def test_pixels_by_all_their_pairs():
    pairs = np.array([(a, b) for a in (100.0, 200.0) for b in (100.0, 200.0)])
    for _, mean, deviation, plain, biased, _ in EXAMPLES["inputs-pixels"]().rows:
        X = (pairs - 150) / 50 * deviation + mean
        assert _kappa(X, False) == pytest.approx(plain)
        assert _kappa(X, True) == pytest.approx(biased, rel=1e-6)
    record, M = EXAMPLES["inputs-pixels"](), pairs.T @ pairs / 4
    assert [record.square, record.product] == pytest.approx(M[0].tolist())
    assert [record.flat, record.steep] == pytest.approx(np.linalg.eigvalsh(M).tolist())
    weights = np.random.default_rng(2).normal(0, math.sqrt(0.5), (100_000, 2))
    for (_, size, step, kappa), (_, mean, deviation, *_) in zip(
        EXAMPLES["inputs-pixels"]().jobs, EXAMPLES["inputs-pixels"]().rows, strict=True
    ):
        X = (pairs - 150) / 50 * deviation + mean
        assert math.sqrt(((X @ weights.T) ** 2).mean()) == pytest.approx(size, rel=0.02)
        factors = 1 - step * np.linalg.svd(X, compute_uv=False) ** 2 / 4
        # The best step leaves both ends the same factor.
        assert factors == pytest.approx(np.array([-1, 1]) * (kappa - 1) / (kappa + 1), abs=1e-9)


def test_ranges_leave_the_means_that_fractions_say():
    record = EXAMPLES["inputs-ranges"]()
    means = [(row[1], row[2]) for row in record.rows]
    np.testing.assert_allclose(means, [(1 / 3, 10 / 81), (-1 / 3, 40 / 81), (0, 1)], atol=1e-12)
    for _, m, v, kappa in (*record.rows, *record.even):
        C = v * np.eye(10)
        A = np.block([[C + m * m, np.full((10, 1), m)], [np.full((1, 10), m), np.ones((1, 1))]])
        assert np.linalg.cond(A) == pytest.approx(kappa)


def test_scales_take_the_steps_that_the_rate_says():
    record = EXAMPLES["inputs-scales"]()
    for spread, kappa, step, slow, jumping, steps in record.rows:
        assert kappa == pytest.approx(spread**2)
        assert [slow, jumping] == pytest.approx([1 - step, 1 - step * spread**2])
        # The best step makes both factors equal in size.
        assert jumping == pytest.approx(-slow)
        rate = (kappa - 1) / (kappa + 1)
        assert steps == (math.ceil(math.log(0.01) / math.log(rate)) if rate else 1)
    assert record.correlated_condition == pytest.approx(1.9 / 0.1)


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


def test_adam_cannot_be_faster_than_its_step_size_allows_by_much():
    record = EXAMPLES["inputs-targets"]()
    assert record.adam_steps > record.adam_least
    assert record.zero_one_error == pytest.approx(record.plus_minus_error, abs=1e-15)
    assert record.first_loss == np.mean([99**2 / 2, 101**2 / 2])


def test_whitening_by_drawn_inputs():
    rng = np.random.default_rng(3)
    z = rng.standard_normal((200_000, 2)) @ np.linalg.cholesky([[1, 0.9], [0.9, 1]]).T
    rows = EXAMPLES["inputs-whitening"]().rows
    # The sum of both has the variance 3.8, their difference 0.2.
    white = np.column_stack([(z[:, 0] + z[:, 1]) / 3.8**0.5, (z[:, 0] - z[:, 1]) / 0.2**0.5])
    for X, row in zip((z * [1, 10] + [2, 20], z + 2, z * [1, 10], z, white), rows, strict=True):
        M = X.T @ X / len(X)
        assert M[np.triu_indices(2)] == pytest.approx(np.array(row[1:4]), rel=0.02, abs=0.02)
        assert np.linalg.cond(M) == pytest.approx(row[4], rel=0.03)
        A = np.column_stack([X, np.ones(len(X))])
        assert np.linalg.cond(A.T @ A) == pytest.approx(row[5], rel=0.03)


def test_whitening_makes_an_error_of_measurement_as_large_as_what_is_measured():
    record, rng = EXAMPLES["inputs-whitening"](), np.random.default_rng(8)
    once, one, other = rng.standard_normal((3, 200_000)) * np.sqrt([[0.9], [0.1], [0.1]])
    X = np.column_stack([once + one, once + other])
    assert np.corrcoef(X.T)[0, 1] == pytest.approx(0.9, abs=0.01)
    # The difference holds nothing of what is measured.
    np.testing.assert_allclose(X[:, 0] - X[:, 1], one - other)
    error = np.var((X[:, 0] - X[:, 1]) / 2**0.5)
    assert error / X.var(axis=0).sum() == pytest.approx(record.error_before, rel=0.02)
    assert record.amplification * error**0.5 == pytest.approx(1, rel=0.02)
    assert record.pixels == 150_528
    assert record.gigabytes == pytest.approx(4 * 150.528**2 / 1000)


def test_activations_at_plus_and_minus_one():
    values = {
        "sigmoid": (1 / (1 + math.e), math.e / (1 + math.e)),
        "ReLU": (0, 1),
        "ELU": (1 / math.e - 1, 1),
        "tanh": (-math.tanh(1), math.tanh(1)),
    }
    for label, low, high, *_, two, _, _ in EXAMPLES["activations-plus-minus-one"]().rows:
        assert (low, high) == pytest.approx(values[label])
        pairs = [(a, b) for a in (low, high) for b in (low, high)]
        assert _kappa(pairs, False) == pytest.approx(two)
    record, (low, high) = EXAMPLES["activations-plus-minus-one"](), values["sigmoid"]
    pairs = np.array([(a, b) for a in (low, high) for b in (low, high)])
    # At right angles to the mean the curvature is the variance.
    flat, _ = np.linalg.eigvalsh(pairs.T @ pairs / 4)
    assert record.sigmoid_variance == pytest.approx(flat)
    assert record.tanh_variance == pytest.approx(np.var(values["tanh"]))


def test_choices_by_differences_and_by_four_inputs():
    functions = {
        "sigmoid": lambda s: 1 / (1 + math.exp(-s)),
        "tanh": math.tanh,
        "ReLU": lambda s: max(s, 0.0),
        "leaky ReLU (.01)": lambda s: max(s, s / 100),
        "GELU": lambda s: s * (1 + math.erf(s / 2**0.5)) / 2,
        "ELU": lambda s: s if s > 0 else math.expm1(s),
    }
    rows = EXAMPLES["activations-choices"]().rows
    assert [row[0] for row in rows] == list(functions)
    for label, *slopes, kappa in rows:
        phi = functions[label]
        expected = [(phi(s + 1e-6) - phi(s - 1e-6)) / 2e-6 for s in (3.0, -3.0)]
        assert slopes == pytest.approx(expected, abs=1e-8)
        pairs = [(a, b) for a in (phi(-1), phi(1)) for b in (phi(-1), phi(1))]
        assert _kappa(pairs, False) == pytest.approx(kappa)


def test_moved_means_by_all_pairs_of_outputs():
    record = EXAMPLES["activations-mean-moved"]()
    sigmoid, tanh = (lambda s: 1 / (1 + math.exp(-s))), math.tanh
    functions = (sigmoid, lambda s: sigmoid(s) - 0.5, lambda s: tanh(s) + 1, tanh)
    for phi, row, share in zip(functions, record.rows, record.shares, strict=True):
        _, low, high, together, apart, ratio = row
        assert (low, high) == pytest.approx((phi(-1), phi(1)))
        pairs = np.array([(a, b) for a in (phi(-1), phi(1)) for b in (phi(-1), phi(1))])
        for direction, square in (((1, 1), together), ((1, -1), apart)):
            loss = lambda w: ((pairs @ w) ** 2).mean() / 2  # noqa: B023, E731
            # Of half a square, twice the loss at the direction is the curvature along it.
            assert 2 * loss(np.array(direction)) == pytest.approx(square)
        assert ratio == pytest.approx(_kappa(pairs, False))
        mean = (phi(-1) + phi(1)) / 2
        assert share == pytest.approx(mean**2 / ((phi(-1) ** 2 + phi(1) ** 2) / 2), abs=1e-12)
    pairs = [(a, b) for a in (sigmoid(-1), sigmoid(1)) for b in (sigmoid(-1), sigmoid(1))]
    assert sorted({a + b for a, b in pairs}) == pytest.approx(record.sum_changes)
    assert sorted({a - b for a, b in pairs}) == pytest.approx(record.difference_changes)


def test_next_layer_by_quadrature_and_logarithms():
    nodes, weights = np.polynomial.hermite_e.hermegauss(201)
    weights = weights / weights.sum()
    values = {
        "sigmoid": 1 / (1 + np.exp(-nodes)),
        "sigmoid − ½": np.tanh(nodes / 2) / 2,
        "ReLU": np.maximum(nodes, 0),
        "tanh": np.tanh(nodes),
    }
    record = EXAMPLES["activations-next-layer"]()
    sigmoid, relu, tanh = np.sqrt(record.variances)
    spreads = [sigmoid, sigmoid, sigmoid, relu, tanh]
    for (label, signs, mean, kappa, steps), spread in zip(record.rows, spreads, strict=True):
        m = weights @ values[label.split(",")[0]]
        # A kink costs the quadrature some digits.
        assert mean == pytest.approx(m, abs=4e-3)
        deviations = values[label.split(",")[0]] - m
        assert spread == pytest.approx((weights @ deviations**2) ** 0.5, abs=4e-3)
        assert kappa == pytest.approx(1 + 100 * mean**2 / spread**2)
        # Of 100 outputs that are not of one sign by themselves, some are positive, some negative.
        assert signs == ("one" if label in ("sigmoid", "ReLU") else "mixed")
        rate = (kappa - 1) / (kappa + 1)
        assert steps == (1 if rate == 0 else math.ceil(math.log(0.01) / math.log(rate)))
    for row, flat, steep in zip((0, 3, 4), record.variances, record.steep, strict=True):
        _, _, mean, kappa, _ = record.rows[row]
        assert steep == pytest.approx(flat + 100 * mean**2) == pytest.approx(kappa * flat)


def test_ratios_for_normal_sums_by_quadrature():
    from scipy.integrate import quad

    functions = {
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "ReLU": lambda z: max(z, 0.0),
        "ELU": lambda z: z if z > 0 else math.expm1(z),
        "tanh": math.tanh,
    }
    normal = lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    rows = EXAMPLES["activations-plus-minus-one"]().normal_rows
    assert [row[0] for row in rows] == list(functions)
    for label, mean, share, kappa, _, variance in rows:
        f = functions[label]
        first, second = (
            quad(lambda z, f=f, k=k: f(z) ** k * normal(z), -12, 12, points=[0])[0] for k in (1, 2)
        )
        assert mean == pytest.approx(first, abs=1e-9)
        assert variance == pytest.approx(second - first**2)
        assert share == pytest.approx(first**2 / second, abs=1e-9)
        assert kappa == pytest.approx(1 + 100 * first**2 / (second - first**2))


def test_cell_sums_its_candidates():
    record = EXAMPLES["activations-cell"]()
    # σ(1) + σ(−1) = 1, so two steps add ½ · 1.
    assert record.sigmoid_ten == pytest.approx(5 * 0.5)
    assert record.tanh_ten == pytest.approx(0, abs=1e-15)


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


def test_too_large_a_step_silences_a_unit_on_centered_inputs_too():
    inputs = np.array([(a, b, 1.0) for a in (1, 3) for b in (1, 3)])
    for shift, bias in ((0, 2.5), (2, 0.5)):
        X, w = inputs - [shift, shift, 0], np.array([-0.5, -0.5, bias])
        # The mean output, as a loss, has δ = 1 wherever the unit fires.
        gradient = _numerical_gradient(lambda v, X=X: np.maximum(X @ v, 0).mean(), w)
        assert (X @ w > 0).any()
        assert [(X @ (w - size * gradient) > 0).any() for size in (0.3, 2)] == [True, False]


def test_sums_of_the_unit_by_hand():
    rows = EXAMPLES["activations-dead"]().rows
    # Centering is the bias −w·μ = 3.
    assert rows[1][2:] == rows[2][2:]
    assert rows[0][2] == "−1.5, −2.5, −3.5, −4.5"
    assert [row[3] for row in rows] == [0, 2, 2, 4]


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


def test_what_batch_norm_cannot_give_back():
    record = EXAMPLES["norms-inputs"]()
    values = np.array([[a, 1000 * b] for a in (-1, 1) for b in (-1, 1)])
    assert record.small_share == pytest.approx(values[:, 0].var() / values.sum(axis=1).var())
    # Of ten thousand ± 1 half precision keeps nothing: 11 bits from 8192 to 16384.
    assert record.half_spacing == 8192 / 2**10
    assert np.float16(10_001) == np.float16(9_999)


def test_places_of_batch_norm_by_hand():
    record = EXAMPLES["norms-place"]()
    assert list(record.before_relu) == pytest.approx([0, 1], abs=1e-6)
    assert list(record.after_norm) == pytest.approx([-1, 1], abs=1e-6)
    assert record.normal_mean == pytest.approx(1 / math.sqrt(2 * math.pi))
    assert record.normal_share == pytest.approx(1 / math.pi)


def test_bias_cancels_before_batch_norm_only():
    record = EXAMPLES["norms-bias"]()
    np.testing.assert_allclose(record.normed, record.shifted_normed, atol=1e-12)
    root = math.sqrt(8 / 3)
    np.testing.assert_allclose(record.layer, [-2 / root, 0, 2 / root], atol=1e-6)
    mean, deviation = 14 / 3, math.sqrt((36 + 9 + 25) / 3 - (14 / 3) ** 2)
    expected = [(s - mean) / deviation for s in (6, 3, 5)]
    np.testing.assert_allclose(record.layer_shifted, expected, atol=1e-6)


def test_layer_norm_removes_what_features_share():
    record = EXAMPLES["norms-features"]()
    # Layer norm makes one point of two, as RMS norm does of what the subtraction leaves.
    np.testing.assert_allclose(record.negated_layer, [[1, -1], [1, -1]], atol=1e-4)
    X = np.array([[1.0, -3.0], [3.0, -1.0]])
    rest = X - X.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(record.negated_layer, rms_norm(rest), atol=1e-12)
    # RMS norm keeps (1, 3) and (3, 1) apart, whatever their signs.
    size = math.sqrt(5)
    for signs in ([1, 1], [1, -1]):
        normed = rms_norm(np.abs(X) * signs)
        np.testing.assert_allclose(normed, np.abs(X) * signs / size, atol=1e-5)


def test_centralized_descent_keeps_the_sum_of_the_weights():
    record = EXAMPLES["norms-centralized"]()
    inputs = np.array([(a, b) for a in (1, 3) for b in (1, 3)])
    loss = lambda d: np.mean((inputs @ d) ** 2) / 2  # noqa: E731
    d = np.array([2.0, -1.0])
    np.testing.assert_allclose(record.gradient, _numerical_gradient(loss, d), atol=1e-8)
    np.testing.assert_allclose(record.plain_after, d - record.gradient / 5)
    # The second weight is too small, and goes down.
    assert record.plain_after[1] < d[1]
    np.testing.assert_allclose(record.centralized, record.gradient - 4.5)
    # The difference of the weights is right, and their sum stays off by 1.
    assert list(record.after) == [0.5, 0.5]


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
        point = point - _numerical_gradient(lambda p: p[1] * p[0] ** 2 / 2, point) / 2
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
    np.testing.assert_allclose(record.after, np.array([1, 0]) - 0.5 * np.sign(record.gradient))
    np.testing.assert_allclose(
        record.centered_after, np.array([1, 0]) - 0.5 * np.sign(record.centered_gradient)
    )
    # Of (1, 0) = ½(1, 1) + ½(1, −1) Adam removes the first part.
    assert list(record.after) == [0.5, -0.5]
    assert list(record.after_gradient) == [0.5, -0.5]


def test_adam_steps_are_those_of_single_runs():
    (_, _, raw, centered), (n, ratio, *many) = EXAMPLES["optimizers-adam-steps"]().rows
    assert np.linalg.cond(np.eye(n) + 4) == pytest.approx(ratio)
    # One start and step size at a time, in the eigenvectors' matrix, from other starts.
    found = []
    for H in (np.array([[5.0, 4.0], [4.0, 5.0]]), np.eye(2)):
        steps = []
        for start in np.random.default_rng(1).standard_normal((20, 2)):
            w, m, v, last = start, 0.0, 0.0, 0
            for step in range(1, 2001):
                g = H @ w
                m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
                w = w - 0.1 * (m / (1 - 0.9**step)) / np.sqrt(v / (1 - 0.999**step) + 1e-16)
                last = step if np.hypot(*w) > 0.01 * np.hypot(*start) else last
            steps.append(last + 1)
        found.append(np.median(steps))
    assert found == pytest.approx([raw, centered], rel=0.1)
    # Two inputs hide the ratio, many do not.
    assert raw < 1.1 * centered
    assert many[0] > 5 * many[1]


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


def test_mean_of_both_signs_is_the_steep_direction():
    record = EXAMPLES["today-signless"]()
    X = np.array([(4, -3), (2, -3), (3, -2), (3, -4)], dtype=float)
    slope = lambda d: np.mean((X @ d) ** 2) / 2  # noqa: E731
    assert slope(np.array([1, -1])) == pytest.approx(record.steep)
    assert slope(np.array([1, 1])) == pytest.approx(record.flat)


def test_rounding_by_hand():
    record = EXAMPLES["today-rounded"]()
    assert set(record.rounded) == {10.3}
    assert record.error == pytest.approx(0.5)
    assert record.centered_error < record.centered_step / 2


def test_row_of_the_report_by_hand():
    record = EXAMPLES["today-mine"]()
    assert record.share == pytest.approx(8 / 10)
    assert record.centered_share == 0
    # The mean (2, 2) points along (1, 1), as the steepest direction does.
    assert (record.ones_cosine, record.top_cosine) == pytest.approx((1, 1))


def test_own_mean_forgets_that_all_are_large():
    record = EXAMPLES["inputs-test-mean"]()
    assert [row[2] for row in record.rows] == [row[1] for row in record.rows]
    # Their own mean puts them where the training data were.
    assert [row[3] for row in record.rows] == [0, 4]
    assert record.single == 2


def test_weights_in_original_units_are_those_of_least_squares_on_raw_inputs():
    record = EXAMPLES["inputs-original-units"]()
    table = np.array(record.rows)
    X, y = table[:, :2], table[:, 2]
    Z = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    assert pytest.approx(X) == [100, 30] + Z * [20, 10]
    ones = np.ones((4, 1))
    for inputs, targets, learned in (
        (X, y, record.original),
        (Z, y, record.learned),
        (Z, (y - 300) / 75, record.scaled),
    ):
        fitted = np.linalg.lstsq(np.hstack([inputs, ones]), targets, rcond=None)[0]
        assert learned == pytest.approx(fitted, abs=1e-12)
    assert (y.mean(), y.std()) == pytest.approx((300, 75))
    assert np.array(record.scaled) * 75 + [0, 0, 300] == pytest.approx(record.learned)
    assert record.before == pytest.approx(record.after)
    assert record.after == pytest.approx(135 + 3 * 110 - 4.5 * 25)
    assert record.monthly == pytest.approx(record.original[1] / 12)
    # Ridge as least squares with an example more for each weight; the bias is free.
    for inputs, unit, weights in (
        (Z, X.std(axis=0), record.penalized),
        (X, 1, record.penalized_raw),
    ):
        more = np.hstack([2 * np.eye(2), np.zeros((2, 1))])
        stacked = np.vstack([np.hstack([inputs, ones]), more])
        fitted = np.linalg.lstsq(stacked, np.append(y, [0, 0]), rcond=None)[0]
        assert weights == pytest.approx(fitted[:2] / unit)


def test_slopes_and_operations_of_the_sigmoid_by_counting():
    record = EXAMPLES["activations-three-problems"]()
    assert (record.five, record.ten) == pytest.approx((2**10, 2**20))
    # A loop over units and inputs: one multiplication and one addition each.
    assert record.product == sum(2 for _ in itertools.product(range(100), range(100)))
    assert record.exps == record.product / 10
    # 20 operations of 6 · 100 a unit, forward and backward.
    assert record.training_percent == pytest.approx(100 * 20 / 600)


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


def test_means_of_the_activations_in_use_by_drawn_numbers():
    z, y = np.random.default_rng(10).standard_normal((2, 1_000_000))
    silu = z / (1 + np.exp(-z))
    gelu = z * np.array([0.5 + 0.5 * math.erf(v / math.sqrt(2)) for v in z])
    drawn = {"ReLU": np.maximum(z, 0), "GELU": gelu, "SiLU": silu, "SwiGLU: SiLU(z)·y": silu * y}
    for label, low, mean, share in EXAMPLES["today-used"]().rows:
        a = drawn[label]
        assert a.mean() == pytest.approx(mean, abs=5 * a.std() / 1000)
        assert a.mean() ** 2 / (a**2).mean() == pytest.approx(share, abs=0.004)
        if low != "none":
            assert a.min() == pytest.approx(float(low.replace("−", "-")), abs=0.005)


def test_batch_norm_behind_the_weights_sees_no_mean_and_no_common_scale():
    record = EXAMPLES["norms-inputs"]()
    rows = {name: steps for name, *steps in record.rows}
    assert [steps[1] for steps in rows.values()][:3] == [rows["standardized"][1]] * 3
    # With the curvatures 1 and 100 the best fixed step leaves 99/101 of the flat part; the grid of
    # step sizes is a little coarse.
    for steps in rows["the third times 10"]:
        assert steps == pytest.approx(math.log(0.01 * math.sqrt(2)) / math.log(99 / 101), abs=6)
    # Inputs of mean 2 and a bias: κ of the four curvatures sets the steps, at most.
    A = np.eye(4)
    A[:3, :3] += 4
    A[3, :3] = A[:3, 3] = 2
    kappa = np.linalg.cond(A)
    most = math.log(0.01 / kappa**0.5) / math.log((kappa - 1) / (kappa + 1))
    assert rows["standardized"][0] < rows["2 added to each"][0] <= most
    # One number added to all sums of a batch changes no output, so their errors add up to 0.
    y = np.array([-1.0, 1.0, 1.0])
    loss = lambda s: np.mean((batch_norm(s[:, None])[:, 0] - y) ** 2)  # noqa: E731
    errors = _numerical_gradient(loss, np.array([0.3, -1.0, 2.0]))
    assert np.abs(errors).max() > 0.1
    assert errors.sum() == pytest.approx(0, abs=1e-8)


def test_loss_behind_batch_norm_is_that_of_the_formula():
    signs = (-1.0, 1.0)
    X = np.array([[a, b, 10 * c] for a in signs for b in signs for c in signs])
    for a, b in ((0.1, 0.02), (-1.0, 0.3), (0.0, 0.0)):
        s = X @ [1, a, b]
        loss = np.mean(((s - s.mean()) / s.std() - X[:, 0]) ** 2) / 2
        assert loss == pytest.approx(1 - 1 / math.sqrt(1 + a**2 + 100 * b**2))


def test_offset_by_hand():
    rows = EXAMPLES["norms-offset"]().rows
    for m, row in zip((0, 0.1, 3), rows, strict=True):
        assert row[:4] == pytest.approx((m + 1, m - 1, 1, -1))
        size = math.sqrt(1 + m * m)
        assert row[4:] == pytest.approx(((m + 1) / size, (m - 1) / size))


_GATED = {
    "ReLU": lambda s: s * (s > 0),
    "leaky, 1/100": lambda s: np.maximum(s, s / 100),
    "leaky, 1/5": lambda s: np.maximum(s, s / 5),
    "GELU": lambda s: s * np.vectorize(math.erfc)(-s / math.sqrt(2)) / 2,
    "SiLU": lambda s: s / (1 + np.exp(-s)),
    "ELU": lambda s: np.where(s > 0, s, np.exp(np.minimum(s, 0)) - 1),
    "tanh": np.tanh,
}


def test_negative_outputs_leave_a_mean_for_drawn_sums():
    record = EXAMPLES["activations-negative-outputs"]()
    z = np.random.default_rng(12).standard_normal(200_000)
    # In pairs s and −s, as the page argues.
    z = np.concatenate([z, -z])
    for (label, *shares, steps), biased in zip(record.rows, record.biased, strict=True):
        for deviation, share in zip((0.5, 1, 3), shares, strict=True):
            a = _GATED[label](deviation * z)
            assert a.mean() ** 2 / np.mean(a**2) == pytest.approx(share, abs=0.003)
        share = shares[1]
        kappa = 1 + 100 * share / (1 - share)
        exact = math.log(100) / (2 * math.atanh(1 / kappa)) if kappa > 1 else 1
        assert steps == math.ceil(exact)
        a = _GATED[label](z)
        m, v = a.mean(), a.var()
        X = np.zeros((101, 101))
        X[:100, :100] = v * np.eye(100) + m**2
        X[100, :100] = X[:100, 100] = m
        X[100, 100] = 1
        assert np.linalg.cond(X) == pytest.approx(biased, rel=0.02)
    for label, high, low, mean, half, kappa in record.pair:
        up, down = _GATED[label](np.array([1.0, -1.0]))
        assert (high, low, mean, half) == pytest.approx((up, down, (up + down) / 2, 0.5))
        assert kappa == pytest.approx(1 + 100 * (up + down) ** 2)
    for label, *slopes in record.slopes:
        for s, slope in zip((-1.0, -3.0, -6.0), slopes, strict=True):
            rise = np.diff(_GATED[label](np.array([s - 1e-5, s + 1e-5])))[0] / 2e-5
            assert rise == pytest.approx(slope, abs=1e-8)


def test_scale_and_shift_behind_batch_norm_by_numerical_slopes():
    record = EXAMPLES["norms-learned"]()
    x, y = np.array([9.0, 11.0]), np.array([3.0, 7.0])

    def loss(p):
        s = p[0] * x
        z = (s - s.mean()) / s.std()
        return np.mean((p[1] * z + p[2] - y) ** 2) / 2

    gradient = _numerical_gradient(loss, np.array([1.0, 1.0, 0.0]))
    np.testing.assert_allclose(gradient, [0, *record.slopes], atol=1e-8)
    np.testing.assert_allclose(record.after, [2, 5])
    np.testing.assert_allclose(record.after[0] * record.normed + record.after[1], y)
    plain = lambda p: np.mean((p[0] * x + p[1] - y) ** 2) / 2  # noqa: E731
    slopes = _numerical_gradient(plain, np.array([1.0, -10.0]))
    np.testing.assert_allclose(record.plain_slopes, slopes, atol=1e-5)
    # Trace 102 and determinant 1.
    flat = 51 - math.sqrt(51**2 - 1)
    np.testing.assert_allclose(record.plain_curvatures, [102 - flat, flat])
    # In the outputs the error of an axis counts by the root of its curvature.
    H = np.array([[101.0, 10.0], [10.0, 1.0]])
    values, vectors = np.linalg.eigh(H)
    parts = vectors.T @ [1 - 2, -10 + 15] * np.sqrt(values)

    def steps(eta):
        left = lambda n: np.hypot(*(parts * (1 - eta * values) ** n))  # noqa: E731
        # Both axes shrink at each step, so the first step at the goal is found by halving.
        assert (abs(1 - eta * values) < 1).all()
        return bisect_left(range(50_000), True, key=lambda n: left(n) <= 0.01 * left(0))

    fewest = min(steps(part / values[1]) for part in np.linspace(1, 1.999, 1000))
    assert fewest <= record.plain_steps < 1.02 * fewest
    # Outputs 3 and 7.
    assert record.next_share == pytest.approx(25 / 29)
    for beta, on in record.shares:
        assert on == pytest.approx(math.erfc(-beta / math.sqrt(2)) / 2)
    for gamma, low, high in record.sigmoid:
        assert math.log(high / (1 - high)) == pytest.approx(gamma)
        assert low == pytest.approx(1 - high)


def test_weights_below_batch_norm_take_the_same_steps_whatever_the_mean():
    record = EXAMPLES["norms-learned"]()
    signs = np.array([[a, b] for a in (-1.0, 1.0) for b in (-1.0, 1.0)])
    target = 5 + 2 * signs[:, 0]
    paths = []
    for mean, plain, steps in record.rows:
        X = signs + mean

        def output(p, X=X):
            s = X @ p[:2]
            return p[2] * (s - s.mean()) / s.std() + p[3]

        loss = lambda p: np.mean((output(p) - target) ** 2) / 2  # noqa: E731
        p, path = np.array([1.0, 1, 1, 0]), []
        for _ in range(steps):
            path.append(p)
            p = p - _numerical_gradient(loss, p)
        first = np.linalg.norm(output(path[0]) - target)
        assert np.linalg.norm(output(p) - target) <= 0.01 * first
        # The outputs both units begin with: of mean 0 and standard deviation 1.
        np.testing.assert_allclose(output(path[0]), signs.sum(axis=1) / 2**0.5)
        paths.append(p)
        # The best in the long run is no worse than the slowest start at κ of (x, 1).
        A = np.eye(3) + 0.0
        A[:2, :2] += mean**2
        A[2, :2] = A[:2, 2] = mean
        assert plain <= math.ceil(math.log(100 * np.linalg.cond(A) ** 0.5) * np.linalg.cond(A) / 2)
        assert (plain > 100 * steps) == (mean > 0)
    np.testing.assert_allclose(paths, [paths[0]] * 3, atol=1e-6)


def test_numbers_of_another_data_set_by_the_images_themselves():
    record = EXAMPLES["inputs-foreign-mean"]()
    values = {"similar": (0.2, 0.6), "dark": (0.05, 0.15)}
    for images, numbers, mean, deviation, share, steps in record.rows:
        X = np.array([[a, b, 0] for a in values[images] for b in values[images]])
        own = np.mean(values[images]), np.std(values[images])
        c, d = {"none": (0, 1), "theirs": (0.5, 0.25), "own": own}[numbers]
        X = (X - c) / d
        X[:, 2] = 1
        assert (mean, deviation) == pytest.approx((X[:, 0].mean(), X[:, 0].std()), abs=1e-12)
        assert share == pytest.approx(mean**2 / np.mean(X[:, 0] ** 2))
        kappa = np.linalg.cond(X) ** 2
        exact = math.log(100) / (2 * math.atanh(1 / kappa)) if kappa > 1 + 1e-9 else 1
        assert steps == math.ceil(exact)
    pixels = load_digits().inputs
    squares = [np.sum(np.mean(pixels - c, axis=0) ** 2) for c in (0, pixels.mean())]
    sizes = [np.mean(np.sum((pixels - c) ** 2, axis=1)) for c in (0, pixels.mean())]
    assert record.digits[:2] == pytest.approx(np.divide(squares, sizes))
    assert record.digits[2] == pytest.approx(0)


def test_a_bias_follows_the_mean_step_by_step():
    record = EXAMPLES["shifts-bias-follows"]()
    w, b = sp.Integer(0), sp.Integer(0)
    data = ((1, -1), (3, 1))
    points = []
    for _ in range(2):
        errors = [w * x + b - y for x, y in data]
        slopes = sum(e * x for e, (x, _) in zip(errors, data, strict=True)) / 2, sum(errors) / 2
        points.append((w, b, *errors, *slopes))
        w, b = w - slopes[0] / 3, b - slopes[1] / 3
    assert points[0][2:] == (1, -1, -1, 0)
    at = points[1]
    for values, written in (
        (at[:2], record.first),
        (at[2:4], record.errors),
        (at[4:], record.slopes),
        ((at[0] + at[1], 3 * at[0] + at[1]), record.outputs),
        ((w, b), record.second),
    ):
        assert [sp.Rational(text.replace("−", "-")) for text in written] == list(values)
    assert sp.Rational(record.step_size) == sp.Rational(1, 3)
    assert record.taken_back == pytest.approx(float(1 - w / points[1][0]))
    for mean, together, apart, solved in record.rows:
        X = np.array([[mean - 1, 1], [mean + 1, 1]])

        def taken(sizes, X=X, mean=mean):
            p, steps = np.zeros(2), 0
            goal = np.array([1, -mean])
            weigh = np.sqrt(sizes.max() / sizes)  # one size: the plain distance
            first = np.linalg.norm(weigh * goal)
            while np.linalg.norm(weigh * (p - goal)) > 0.01 * first:
                p, steps = p - sizes * (X.T @ (X @ (p - goal)) / 2), steps + 1
            return steps

        square = np.array([1 + mean**2, 1])
        assert together == taken(np.full(2, 2 / square.sum()))
        assert apart == taken(1 / square)
        # No other pair of sizes has a smaller largest factor in the long run.
        H = X.T @ X / 2
        slowest = [
            max(abs(np.linalg.eigvals(np.eye(2) - np.diag(s) @ H)))
            for s in (1 / square * [u, v] for u in (0.7, 1, 1.4) for v in (0.7, 1, 1.4))
        ]
        assert np.argmin(slowest) == 4
        assert solved == 1


def test_signs_of_inputs_by_the_closed_form():
    record = EXAMPLES["shifts-signs"]()
    for first, second, signs, relative, kappa, steps in record.rows:
        values = [[float(v.replace("−", "-")) for v in w.split(" or ")] for w in (first, second)]
        assert relative == pytest.approx(abs(np.mean(values[0])) / np.std(values[0]))
        assert kappa == pytest.approx(1 + 2 * relative**2)
        assert steps == (
            math.ceil(math.log(100) / math.log((kappa + 1) / (kappa - 1))) if kappa > 1 else 1
        )
        products = {a * b > 0 for a in values[0] for b in values[1]}
        assert signs == {(True,): "equal", (False,): "opposite"}.get(tuple(products), "both")
    assert tuple(record.below) == (0.5, 1.0)


def test_shares_of_hidden_layers_against_wide_networks():
    record = EXAMPLES["layers-hidden"]()
    rows = {row[:2]: row[2:] for row in record.rows}
    c = 0.0
    for share in rows["ReLU", "centered"]:
        # The cosine of two examples is the share of the mean, in a wide network.
        assert share == pytest.approx(c, abs=1 / math.sqrt(400))
        c = (math.sqrt(1 - c * c) + c * (math.pi - math.acos(c))) / math.pi
    assert rows["tanh", "centered"] == pytest.approx([0] * 4, abs=0.001)
    normed = rows["batch norm, then ReLU", "centered"]
    assert normed[1:] == pytest.approx([1 / math.pi] * 3, abs=0.01)
    assert rows["batch norm, then ReLU", "mean 1"][1:] == pytest.approx(normed[1:])
    assert record.sigmoid_share == pytest.approx(0.25 / np.mean(record.sigmoid**2))
    assert sum(record.tanh) == pytest.approx(0)
    assert sum(record.sigmoid) == pytest.approx(1)


def test_first_layer_under_a_relu_by_numerical_curvature_and_by_draws():
    record = EXAMPLES["layers-first"]()
    X = np.array([[a, b] for a in (1.0, 3.0) for b in (1.0, 3.0)])
    for row, M, eta, Z in zip(record.rows, record.matrices, record.sizes, (X, X - 2), strict=True):
        _, shown, on, steep, flat, steps = row
        sums = Z @ [1, 0.5]
        assert [float(s.replace("−", "-")) for s in shown.split(", ")] == list(sums)
        assert on == (sums > 0).sum()
        y = np.maximum(sums, 0)
        loss = lambda w, Z=Z, y=y: np.mean((np.maximum(Z @ w, 0) - y) ** 2) / 2  # noqa: E731
        for w in ([1.0, 0.5], [1.1, 0.5]):
            gradient = _numerical_gradient(loss, np.array(w))
            np.testing.assert_allclose(gradient, M @ np.subtract(w, [1, 0.5]), atol=1e-8)
        np.testing.assert_allclose([steep, flat], np.linalg.eigvalsh(M)[::-1])
        left = abs(1 - eta * flat)
        assert left == pytest.approx(abs(1 - eta * steep))
        assert left**steps <= 0.01 < left ** (steps - 1)
    rng = np.random.default_rng(0)
    for m, kappa in zip((2, 0), record.with_bias, strict=True):
        A = np.column_stack([rng.standard_normal((400_000, 2)) + m, np.ones(400_000)])
        A = A[A[:, :2] @ [1, 0.5] > 0]
        assert kappa == pytest.approx(np.linalg.cond(A.T @ A), rel=0.02)


@pytest.mark.parametrize("w", [(1.0, 0.5), (-1.0, 0.2), (0.0, -3.0)])
def test_a_relu_on_symmetric_data_has_half_the_curvature_in_all_directions(w):
    Z = np.random.default_rng(1).standard_normal((50, 2))
    Z = np.concatenate([Z, -Z])
    on = (Z @ w > 0)[:, None]
    np.testing.assert_allclose((on * Z).T @ Z, Z.T @ Z / 2)


def test_inputs_that_change_without_a_mean_take_few_steps():
    record = EXAMPLES["shifts-moving"]()
    w, b, steps = 0.0, 0.0, 0
    while abs(w - 1) > 0.01:
        x = np.array([-0.8, 0.8] if steps % 2 == 0 else [-1.2, 1.2])
        errors = w * x + b - x
        w, b, steps = w - np.mean(errors * x), b - np.mean(errors), steps + 1
    assert (steps, b) == (record.changing, 0)
    assert record.factors == pytest.approx((0.36, -0.44))
    assert record.still == EXAMPLES["shifts-bias-follows"]().steps > 10 * steps
    assert record.centered == 1


def test_gradients_of_an_output_layer_by_differences():
    record = EXAMPLES["layers-outputs"]()
    logits = np.log(record.probabilities)
    for h, gradients in (((1.0, 2.0), record.positive), ((1.0, -1.0), record.centered)):
        h = np.array(h)
        # Weights that give these logits: all on the first input.
        start = np.column_stack([logits / h[0], np.zeros(3)]).ravel()

        def loss(w, h=h):
            s = w.reshape(3, 2) @ h
            return np.log(np.exp(s).sum()) - s[0]

        np.testing.assert_allclose(
            _numerical_gradient(loss, start).reshape(3, 2), gradients, atol=1e-6
        )
    assert record.errors.sum() == pytest.approx(0)
    at = math.log(0.01 / 0.99)
    output = lambda s: 1 / (1 + math.exp(-s))  # noqa: E731
    cross = lambda s: -math.log(output(s[0]))  # noqa: E731
    square = lambda s: (output(s[0]) - 1) ** 2 / 2  # noqa: E731
    slopes = [_numerical_gradient(f, np.array([at])).item() for f in (cross, square)]
    assert slopes == pytest.approx(record.missed, rel=1e-5)
    # With the tanh of half the sum s, where σ(s) = .7, the loss is that of σ.
    s, (t, error) = math.log(0.7 / 0.3), record.signed
    assert t == pytest.approx(math.tanh(s / 2))
    signed = lambda s: -np.log((1 + np.tanh(s[0] / 2)) / 2)  # noqa: E731
    assert error == pytest.approx(_numerical_gradient(signed, np.array([s]))[0], abs=1e-8)
    assert error == pytest.approx(record.probabilities[0] - 1)


def test_four_means_of_images_by_hand():
    rows = {name: rest for name, *rest in EXAMPLES["inputs-image-means"]().rows}
    assert rows["nothing"][1] == pytest.approx(34 / (118 / 3))
    assert rows["one number for all"][1] == pytest.approx(2 / (22 / 3))
    assert rows["each pixel's"][1:] == pytest.approx([0, 0])
    assert rows["each image's own"][:2] == ["(−1, 1) (−1, 1) (−1, 1)", pytest.approx(1)]
    X = load_digits().inputs
    own = X - X.mean(axis=1, keepdims=True)
    # The share is the mean inner product of two examples over that of an example with itself.
    assert rows["each image's own"][2] == pytest.approx(
        np.mean(own @ own.T) / np.mean(np.sum(own * own, axis=1))
    )


def test_support_vector_machines_by_their_primal_problem():
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    X, new = rng.standard_normal((12, 2)), rng.standard_normal((50, 2))
    labels = np.sign(X @ [1.0, 0.5] + np.sin(2 * X[:, 0]))
    kernels = {
        "linear SVM": lambda A, B: A @ B.T,
        "SVM, Gaussian kernel": lambda A, B: np.exp(
            -(np.subtract.outer(A[:, 0], B[:, 0]) ** 2) / 2
            - np.subtract.outer(A[:, 1], B[:, 1]) ** 2 / 2
        ),
    }

    def decisions(kernel, scale):
        # ½‖Σcᵢφ(xᵢ)‖² + Σξ under labels · (Kc + b) ≥ 1 − ξ, ξ ≥ 0.
        K, border = kernel(X * scale, X * scale), np.eye(12)
        A = np.column_stack([K * labels[:, None], labels, border])
        H = np.zeros((25, 25))
        H[:12, :12], price = K, np.append(np.zeros(13), np.ones(12))
        found = minimize(
            lambda z: z @ H @ z / 2 + price @ z,
            np.append(np.zeros(13), np.ones(12)),
            jac=lambda z: H @ z + price,
            bounds=[(None, None)] * 13 + [(0, None)] * 12,
            constraints={"type": "ineq", "fun": lambda z: A @ z - 1, "jac": lambda z: A},
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 2000},
        ).x
        return kernel(new * scale, X * scale) @ found[:12] + found[12]

    sizes = {name: changes for name, *changes, _ in EXAMPLES["models-methods"]().rows}
    for name, kernel in kernels.items():
        change = decisions(kernel, np.array([1, 10])) - decisions(kernel, np.ones(2))
        assert sizes[name] == pytest.approx([0, np.abs(change).max()], abs=1e-4)


def test_which_methods_see_a_shift_or_a_scale():
    rows = {
        name: (shift > 0, scale > 0) for name, shift, scale, _ in EXAMPLES["models-methods"]().rows
    }
    for name, _, _, needs in EXAMPLES["models-methods"]().rows:
        words = {(0, 0): "neither", (0, 1): "scaling", (1, 1): "both", (1, 0): "centering"}
        assert needs == words[rows[name]]
    assert rows == {
        "least squares with bias": (False, False),
        "least squares without bias": (True, False),
        "ridge, bias not penalized": (False, True),
        "gradient descent, 20 steps": (True, True),
        "nearest neighbor": (False, True),
        "linear SVM": (False, True),
        "SVM, Gaussian kernel": (False, True),
        "decision tree of one split": (False, False),
    }
    # The sizes, by a general solver and by the data themselves.
    rng = np.random.default_rng(0)
    X, new = rng.standard_normal((12, 2)), rng.standard_normal((50, 2))
    y = X @ [1.0, 0.5] + np.sin(2 * X[:, 0])
    plain = new @ np.linalg.lstsq(X, y, rcond=None)[0]
    moved = (new + 10) @ np.linalg.lstsq(X + 10, y, rcond=None)[0]
    sizes = {name: sizes for name, *sizes, _ in EXAMPLES["models-methods"]().rows}
    assert sizes["least squares without bias"][0] == pytest.approx(np.abs(moved - plain).max())

    def ridge(f):
        # A penalty is two more examples, which the bias does not see.
        A = np.block([[X * f, np.ones((12, 1))], [np.eye(2), np.zeros((2, 1))]])
        w = np.linalg.lstsq(A, np.concatenate([y, [0, 0]]), rcond=None)[0]
        return (new * f) @ w[:2] + w[2]

    change = np.abs(ridge(np.array([1, 10])) - ridge(np.array([1, 1]))).max()
    assert sizes["ridge, bias not penalized"][1] == pytest.approx(change)
    assert sizes["gradient descent, 20 steps"][1] > 0.1
    # A nearest neighbor's prediction is a target, so it changes by the difference of two.
    assert min(abs(abs(a - b) - sizes["nearest neighbor"][1]) for a in y for b in y) < 1e-8


def test_batch_norm_and_layer_norm_of_four_numbers():
    record = EXAMPLES["batch-norm-axes"]()
    assert record.batch.tolist() == [[-1, -1, -1], [1, 1, 1]]
    assert record.layer == pytest.approx(np.array([[-1, 0, 1]] * 2) * math.sqrt(3 / 2))
    assert record.other_batch.tolist() == [(1 - 0.5) / 0.5, (2 - 5.5) / 3.5, (3 - 6) / 3]


def test_running_averages_by_their_formula():
    record = EXAMPLES["batch-norm-modes"]()
    for updates, mean, variance, evaluated in record.rows:
        assert mean == pytest.approx(2 * (1 - 0.9**updates))
        assert variance == pytest.approx(2 - 0.9**updates)
        assert evaluated == pytest.approx((3 - mean) / math.sqrt(variance))
    assert record.late == pytest.approx((math.sqrt(1 / 2), math.sqrt(31 / 32)))


def test_batch_norm_turns_and_lengthens_weights_as_by_the_angle():
    record = EXAMPLES["batch-norm-rates"]()
    assert record.raw == pytest.approx(5 + 2 * math.sqrt(6))
    assert record.limit * record.raw == pytest.approx(2)
    # Half the mean squared error of cos θ z₁ + sin θ z₂ against z₁ is 1 − cos θ.
    w, v = sp.symbols("w v", positive=True)
    loss = 1 - w / sp.sqrt(w**2 + v**2)
    for place, gradient in (((0.6, 0.8), record.gradient), ((6, 8), record.far_gradient)):
        values = dict(zip((w, v), place, strict=True))
        expected = [float(sp.diff(loss, one).subs(values)) for one in (w, v)]
        assert gradient == pytest.approx(np.array(expected))
    assert record.loss == pytest.approx(1 - 0.6)
    assert record.step == pytest.approx(np.array([7, -4]))
    assert (record.square, record.turns_like) == pytest.approx((65, 10 / 65))
    for size, raw, centered, normed in record.rows:
        assert centered == pytest.approx(0.4 * (1 - size) ** 20, rel=1e-9, abs=1e-12)
        theta, length = math.atan2(0.8, 0.6), 1.0
        for _ in range(10):
            tangent = size * math.sin(theta) / length
            theta, length = theta - math.atan(tangent / length), math.hypot(length, tangent)
        assert normed == pytest.approx(1 - math.cos(theta), rel=1e-4)
        assert raw > 1e10


def test_an_explosion_by_its_factor():
    record = EXAMPLES["overflow-explosion"]()
    assert record.factor == 1 - 0.01 * (40**2 + 60**2) / 2
    largest = float(np.finfo(np.float32).max)
    # The mean of two squared errors overflows with their sum, half the mean of which is the loss.
    of = lambda step: 5200 * float(record.factor) ** (2 * step)  # noqa: E731
    for step, w, loss in record.rows:
        assert w - 2 == pytest.approx(-2 * record.factor**step, rel=1e-4)
        assert loss == pytest.approx(of(step), rel=1e-4)
    assert of(record.infinite) > largest / 4 > of(record.infinite - 1)
    assert record.nan > record.infinite
    rng = np.random.default_rng(0)
    ranges = ((0, 255), (0, 1), (-0.5, 0.5))
    for (low, high), curvature, limit in zip(ranges, record.pixels, record.limits, strict=True):
        u = rng.uniform(low, high, 200_000)
        assert u.var() + 784 * u.mean() ** 2 == pytest.approx(curvature, rel=0.01, abs=0.01)
        assert limit == 2 / curvature


def test_factors_of_initial_variances_keep_drawn_sums_at_their_size():
    record, rng = EXAMPLES["weights-factors"](), np.random.default_rng(0)
    sums = np.array([-3, -1, 1, 3])
    for name, shown, mean, square, forward in record.rows:
        values = np.array([float(v.replace("−", "-")) for v in shown.split(", ")])
        assert (mean, square) == (values.mean(), np.mean(values**2))
        # Many units of 100 inputs, each one of the four values.
        inputs = rng.choice(values, (4000, 100))
        weights = rng.standard_normal((4000, 100)) * math.sqrt(forward / 100)
        next_sums = np.sum(inputs * weights, axis=1)
        assert np.mean(next_sums**2) == pytest.approx(5, rel=0.1)
        phi = {
            "s itself": lambda s: s,
            "size of s": abs,
            "ReLU": lambda s: np.maximum(s, 0),
            "ReLU − mean": lambda s: np.maximum(s, 0) - 1,
        }[name]
        assert list(values) == list(phi(sums))
        if name.startswith("ReLU"):
            slopes = (phi(sums + 1e-6) - phi(sums - 1e-6)) / 2e-6
            assert record.back == pytest.approx(1 / np.mean(slopes**2))
    z = rng.standard_normal(400_000)
    for factor, value in zip(record.normal, (np.maximum(z, 0), np.tanh(z)), strict=True):
        middle = value.mean() if value.min() == 0 else 0
        assert 1 / np.mean((value - middle) ** 2) == pytest.approx(factor, rel=0.01)


def test_gradients_of_four_starts_by_differences():
    record = EXAMPLES["weights-starts"]()

    def numbers(text):
        return np.array([float(v) for v in re.findall(r"-?[\d.]+", text.replace("−", "-"))])

    for name, weights, v, h, error, *gradients in record.rows:
        start = np.concatenate([numbers(weights), numbers(v)])

        def hidden(p):
            return np.maximum(p[:4].reshape(2, 2) @ [1, 2], 0)

        loss = lambda p: (p[4:] @ hidden(p) - 1) ** 2 / 2  # noqa: E731
        np.testing.assert_allclose(numbers(h), hidden(start))
        assert error == pytest.approx(start[4:] @ hidden(start) - 1)
        expected = _numerical_gradient(loss, start)
        np.testing.assert_allclose(
            np.concatenate(list(map(numbers, gradients))), expected[:4], atol=1e-6
        )
        if name == "all positive":
            assert (expected > 0).all()
        if name == "all 0":
            assert not expected.any()
    assert {row[0] for row in record.rows} >= {"all positive", "all 0"}
    rng = np.random.default_rng(0)
    drawn = np.sum(rng.choice([-0.1, 0.1], (20_000, 100)), axis=1)
    assert record.spread == pytest.approx(drawn.std(), rel=0.02)
    assert record.slopes == pytest.approx([1 / 4, 1 / (2 + 2 * math.cosh(10))])
    a = np.ones(100)
    for _ in range(10):
        a = np.maximum(np.full((100, 100), 0.1) @ a, 0)
    assert record.ten_layers == pytest.approx(a[0])


def test_bias_and_weight_learned_from_single_examples_in_fractions():
    record = EXAMPLES["shifts-bias-turns"]()
    for rows, inputs in ((record.raw, (1, 3)), (record.centered, (-1, 1))):
        w = b = sp.Rational(0)
        for step, row in enumerate(rows):
            x, y = inputs[step % 2], (-1, 1)[step % 2]
            error = w * x + b - y
            w, b = w - error * x / (x * x + 1), b - error / (x * x + 1)
            assert w * x + b == y
            assert row == pytest.approx(tuple(map(float, (x, error, w, b))))

    def steps(first, second):
        p, taken = np.array([-1.0, 2.0]), 0
        examples = itertools.cycle(((first, np.array([1, 1])), (second, np.array([3, 1]))))
        while np.linalg.norm(p) > 0.01 * 5**0.5:
            size, x = next(examples)
            p, taken = p - size * x * (x @ p), taken + 1
        return taken

    assert record.raw_steps == steps(1 / 2, 1 / 10)
    assert record.one_size == (steps(1 / 4, 1 / 4), steps(1 / 2, 1 / 2))
    assert record.angles == pytest.approx([45 - math.degrees(math.atan(1 / 3)), 90])
    # Each step projects the distance, and two lines at this angle leave its cosine.
    assert record.left == pytest.approx(math.cos(math.radians(record.angles[0])))
    assert record.small_condition == pytest.approx(100)


def test_matrices_of_two_weights_by_differences():
    record = EXAMPLES["matrices-four"]()

    def hessian(target, step=1e-4):
        loss = lambda w: (w[0] * w[1] - target) ** 2 / 2  # noqa: E731
        at, e = np.ones(2), step * np.eye(2)
        return [
            [
                (loss(at + a + b) - loss(at + a - b) - loss(at - a + b) + loss(at - a - b))
                / (4 * step**2)
                for a in e
            ]
            for b in e
        ]

    for target, expected in ((5, record.hessian), (1, record.fitted)):
        np.testing.assert_allclose(hessian(target), expected, atol=1e-6)
    assert record.error == 1 - 5
    # Labels drawn around the output 1, and the gradient δ(1, 1) for each.
    errors = 1 - np.random.default_rng(0).normal(1, 1, 400_000)
    assert np.mean(errors**2) * np.ones((2, 2)) == pytest.approx(record.gauss_newton, rel=0.01)
    gradient = _numerical_gradient(lambda w: (w[0] * w[1] - 5) ** 2 / 2, np.ones(2))
    np.testing.assert_allclose(record.empirical, np.outer(gradient, gradient), rtol=1e-6)
    assert not record.fitted_empirical.any()
    assert record.curvatures == pytest.approx(np.linalg.eigvalsh(record.hessian)[::-1])
    assert record.gauss_newton_curvatures == pytest.approx(np.linalg.eigvalsh(record.gauss_newton))


def test_outputs_after_one_step_of_three_kinds_in_fractions():
    record = EXAMPLES["matrices-writings"]()
    for mean, *outputs in record.rows:
        m, damping = sp.Integer(int(mean)), sp.Rational(1, 10)
        # The first column of the inverse, by Cramer's rule; the gradient is (−1, 0).
        for place, size in ((2, sp.Integer(0)), (4, damping)):
            det = (1 + m**2 + size) * (1 + size) - m**2
            w, b = (1 + size) / det, -m / det
            expected = [w * (m - 1) + b, w * (m + 1) + b]
            assert outputs[place : place + 2] == pytest.approx([float(v) for v in expected])
        assert outputs[:2] == [mean - 1, mean + 1]
    F = np.array([[1 + 10_000**2, 10_000], [10_000, 1]])
    assert np.linalg.matrix_rank(F.astype(np.float32).astype(float)) == 1
    assert sp.Matrix(F).det() == 1
    assert (record.exact, record.single) == (F[0, 0], int(F.astype(np.float32)[0, 0]))


def test_decay_settles_where_the_derivatives_are_zero():
    record = EXAMPLES["shifts-decay"]()
    w, b = sp.symbols("w b")
    settings = [(x, decay) for x in ((1, 3), (-1, 1)) for decay in ((0, 0), (1, 0), (1, 1))]
    for (inputs, (on_w, on_b)), row in zip(settings, record.rows, strict=True):
        parameters, outputs, kappa = row
        loss = sum((w * x + b - y) ** 2 for x, y in zip(inputs, (-1, 1), strict=True)) / 4
        loss += (on_w * w**2 + on_b * b**2) / sp.Integer(2)
        (at,) = sp.solve([loss.diff(w), loss.diff(b)], [w, b], dict=True)
        written = [sp.Rational(v.strip()) for v in parameters.replace("−", "-").split(",")]
        assert written == [at[w], at[b]]
        shown = [sp.Rational(v.strip()) for v in outputs.replace("−", "-").split(",")]
        assert shown == [at[w] * x + at[b] for x in inputs]
        values = sorted(sp.hessian(loss, (w, b)).eigenvals(multiple=True))
        assert kappa == pytest.approx(float(values[1] / values[0]))
    low, high = 3 - math.sqrt(8), 3 + math.sqrt(8)
    assert record.small == pytest.approx((high + 1e-4) / (low + 1e-4))


def test_three_writings_of_one_unit_by_differences():
    record = EXAMPLES["activations-shifted"]()
    sigmoid = lambda s: 1 / (1 + np.exp(-s))  # noqa: E731
    kinds = {
        "tanh": (np.tanh, [1.0, 1.0], 1),
        "2σ − 1": (lambda s: 2 * sigmoid(s) - 1, [2.0, 1.0], 2),
        "σ − ½": (lambda s: sigmoid(s) - 0.5, [2.0, 2.0], 4),
    }
    for name, value, by_w, part_w, part_v, total in record.rows:
        phi, start, _ = kinds[name]
        output = lambda p, phi=phi: p[1] * phi(p[0])  # noqa: E731
        expected = _numerical_gradient(output, np.array(start))
        assert [by_w, value] == pytest.approx(list(expected))
        assert [part_w, part_v, total] == pytest.approx([*expected**2, sum(expected**2)])
        assert output(start) == pytest.approx(math.tanh(1))
    totals = {row[0]: row[-1] for row in record.rows}
    assert 4 * totals["σ − ½"] == pytest.approx(totals["tanh"])
    assert record.five == pytest.approx((4.0**-5, 2.0**-5))


def test_deep_networks_of_shifted_sigmoids_learn_as_tanh_at_step_sizes_of_their_own():
    rng = np.random.default_rng(0)
    first = [rng.standard_normal(shape) / 2 for shape in ((4, 3), (4, 4), (1, 4))]
    biases = [rng.standard_normal(len(W)) / 2 for W in first]
    X, y = rng.standard_normal((3, 6)), rng.standard_normal((1, 6))
    sigmoid = lambda s: 1 / (1 + np.exp(-s))  # noqa: E731

    def train(phi, slope, factors):
        W = [c * w for (c, _), w in zip(factors, first, strict=True)]
        b = [c * v for (_, c), v in zip(factors, biases, strict=True)]
        losses = []
        for _ in range(20):
            a, sums = [X], []
            for k in range(3):
                sums.append(W[k] @ a[-1] + b[k][:, None])
                a.append(phi(sums[-1]) if k < 2 else sums[-1])
            d = (a[-1] - y) / 6
            losses.append(np.sum((a[-1] - y) ** 2) / 12)
            for k in (2, 1, 0):
                below = W[k].T @ d
                # The step size of each is 0.1 times the square of its factor.
                W[k] = W[k] - 0.1 * factors[k][0] ** 2 * d @ a[k].T
                b[k] = b[k] - 0.1 * factors[k][1] ** 2 * d.sum(axis=1)
                d = below * slope(sums[k - 1]) if k else d
        return losses

    flat = lambda s: sigmoid(s) * (1 - sigmoid(s))  # noqa: E731
    expected = train(np.tanh, lambda s: 1 - np.tanh(s) ** 2, [(1, 1)] * 3)
    half = train(lambda s: sigmoid(s) - 0.5, flat, [(2, 2), (4, 2), (2, 1)])
    double = train(lambda s: 2 * sigmoid(s) - 1, lambda s: 2 * flat(s), [(2, 2), (2, 2), (1, 1)])
    assert expected[-1] < 0.9 * expected[0]
    np.testing.assert_allclose(half, expected, rtol=1e-10)
    np.testing.assert_allclose(double, expected, rtol=1e-10)


def test_small_inputs_by_symbols():
    record = EXAMPLES["inputs-small"]()
    w, b = sp.symbols("w b")
    data = [(8, -1), *6 * [(10, 3)], (12, 7)]

    def slopes(shift):
        loss = sum((w * (x - shift) + b - y) ** 2 for x, y in data) / 16
        return [sp.diff(loss, v) for v in (w, b)]

    centered, raw = slopes(10), slopes(0)
    for found, expected in ((record.slopes, centered), (record.raw_slopes, raw)):
        assert tuple(found) == tuple(float(s.subs({w: 0, b: 0})) for s in expected)
    minimum, goal = (sp.solve(s, [w, b]) for s in (centered, raw))
    assert tuple(record.after) == (float(minimum[w]), float(minimum[b]))
    assert record.square == float(sp.diff(centered[0], w))
    for x, count, y, delta, to_w, to_b in record.rows:
        assert (data.count((x + 10, y)), -y) == (count, delta)
        assert (to_w, to_b) == (delta * x, delta)
    assert [sum(row[1] * row[k] for row in record.rows) / 8 for k in (4, 5)] == [*record.slopes]
    # The curvature is (101, 10; 10, 1): trace 102 and determinant 1.
    steep = (102 + math.sqrt(102**2 - 4)) / 2
    assert record.raw_limit == pytest.approx(2 / steep)
    # At the step size 2/102 both directions keep the same part, the steep one with changing sign.
    distance, flat = np.array([goal[w], goal[b]], dtype=float), 1 / steep
    along = np.array([10, flat - 101])
    part = abs(distance @ along) / np.linalg.norm(along) / np.linalg.norm(distance)
    assert part == pytest.approx(1, abs=1e-3)
    assert record.raw_steps == math.ceil(math.log(0.01) / math.log(1 - 2 / 102 * flat))


def test_negative_pixels_by_whole_numbers():
    record = EXAMPLES["inputs-negative-pixels"]()
    bright, dark = (200, 220), (40, 60)
    assert record.mean == sum(bright + dark) / 4
    for image, less, own in zip((bright, dark), record.less_mean, record.less_own, strict=True):
        assert tuple(less) == tuple(p - 130 for p in image)
        assert tuple(own) == tuple(p - sum(image) / 2 for p in image)
    for sums in (record.raw_sums, record.sums):
        assert tuple(sums) == tuple(2 * a - b + 5 for a, b in (bright, dark))
    assert record.bias == 5 + (2 - 1) * 130
    assert record.wrapped == (40 - 130) % 256


def test_alike_outputs_by_counting_what_is_on():
    record = EXAMPLES["layers-alike"]()
    inputs = [(1, 0), (0, 1), (-1, 0), (0, -1)]
    signs = list(itertools.product((1, -1), repeat=2))
    for row, (x, y) in zip(record.rows, inputs, strict=True):
        sums = [a * x + b * y for a, b in signs]
        stages = ([x, y], sums, [max(s, 0) for s in sums], [max(s, 0) - 0.5 for s in sums])
        shown = [", ".join(f"{v:g}" for v in stage).replace("-", "−") for stage in stages]
        assert list(row) == [f"({shown[0]})", *shown[1:]]
    # Of two units that are on for an input one is on for its neighbor, too; opposite: none.
    assert [pair[1:] for pair in record.pairs] == [(0, 0, 1 / 2, 0), (-1, -1, 0, -1)]
    c = 0.0
    expected = {}
    for layer in range(51):
        expected[layer] = c, 2 * math.sin(math.acos(c) / 2)
        c = (math.sqrt(1 - c * c) + c * (math.pi - math.acos(c))) / math.pi
    for layers, cosine, difference in record.wide:
        assert (cosine, difference) == pytest.approx(expected[layers])


def test_moved_tanh_by_exponentials():
    record = EXAMPLES["activations-moved-tanh"]()

    def tanh(s):
        return (math.exp(2 * s) - 1) / (math.exp(2 * s) + 1)

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
    assert record.normed == pytest.approx((0, (tanh(root) - 2 * tanh(root / 2)) / 3))


def test_four_units_by_hand_and_the_sum_of_many_weights_by_draws():
    record = EXAMPLES["weights-four-units"]()
    *units, means = record.rows
    halves = {"½": 0.5, "1": 1.0, "−½": -0.5, "−1": -1.0}
    for name, first, second, mean, after in units:
        u, v = (halves[part] for part in name.strip("()").split(", "))
        assert (first, second) == (u + 3 * v, 3 * u + v)
        assert mean == 2 * (u + v) != 0
        assert after == (max(first, 0) + max(second, 0)) / 2
    assert {row[0].count("−") for row in units} == {0, 1, 2}
    assert means[1:] == (0, 0, 0, 9 / 8)
    rng = np.random.default_rng(0)
    for n in (10, 1000):
        sums = rng.normal(0, math.sqrt(2 / n), (4000, n)).sum(axis=1)
        assert record.sum_spread == pytest.approx(sums.std(), rel=0.05)


def test_means_and_spreads_by_layer_by_a_draw_of_another_width_and_by_the_law():
    record, rng = EXAMPLES["weights-by-layer"](), np.random.default_rng(5)
    width, draws, rows = 500, 3, {row[0]: row[1:] for row in record.rows}
    found = {layer: [] for layer in rows}
    for _ in range(draws):
        x = rng.standard_normal((300, width))
        x -= x.mean(axis=0)
        for layer in range(1, 11):
            s = rng.normal(0, math.sqrt(2 / width), (width, width)) @ x.T
            x = np.maximum(s, 0).T
            if layer in rows:
                own = s.mean(axis=1)
                found[layer].append((own.mean(), own @ own / width, s.var(axis=1).mean()))
    cosine, after = 0.0, [0.0]
    for _ in range(10):
        cosine = (math.sqrt(1 - cosine**2) + cosine * (math.pi - math.acos(cosine))) / math.pi
        after.append(cosine)
    for layer, (common, own, spread, share, theory) in rows.items():
        others = np.mean(found[layer], axis=0)
        assert abs(common) < 0.1 > abs(others[0])
        # Sums of mean square 2, of which the share before this layer is fixed.
        assert own == pytest.approx(math.sqrt(others[1]), abs=0.2)
        assert own == pytest.approx(math.sqrt(2 * after[layer - 1]), abs=0.15)
        assert spread == pytest.approx(math.sqrt(others[2]), abs=0.1)
        assert spread == pytest.approx(math.sqrt(2 - 2 * after[layer - 1]), abs=0.1)
        assert theory == pytest.approx(after[layer])
        assert share == pytest.approx(theory, abs=0.02)


def test_columns_of_two_tokens_by_exact_roots():
    X = sp.Matrix([[5, 0, 1], [7, 3, 2]])
    mean = sp.ones(2, 1) * sp.Matrix([[6, sp.Rational(3, 2), sp.Rational(3, 2)]])
    size = lambda row: sp.sqrt(sum(v**2 for v in row) / 3)  # noqa: E731
    rms = [X.row(k) / size(X.row(k)) for k in range(2)]
    left = [X.row(k) - sp.ones(1, 3) * sum(X.row(k)) / 3 for k in range(2)]
    ways = {
        "as they are": X,
        "RMS norm": sp.Matrix.vstack(*rms),
        "layer norm": sp.Matrix.vstack(*(row / size(row) for row in left)),
        "centered": X - mean,
    }
    for name, first, second, middle, share in EXAMPLES["norms-columns"]().rows:
        Z = ways[name]
        means = (Z.row(0) + Z.row(1)) / 2
        for text, row in ((first, Z.row(0)), (second, Z.row(1)), (middle, means)):
            numbers = [float(v.replace("−", "-")) for v in text.strip("()").split(", ")]
            assert numbers == pytest.approx([float(v) for v in row], abs=0.05)
        square = sum(v**2 for v in Z) / 2
        assert share == pytest.approx(float(sum(v**2 for v in means) / square))


def test_steps_behind_two_norms_by_runs_without_eigenvectors():
    record = EXAMPLES["norms-two-means"]()
    found = []
    for draw in range(record.draws):
        rng = np.random.default_rng(draw)
        X = rng.standard_normal((record.examples, record.units))
        W = rng.standard_normal((record.units, record.units)) / math.sqrt(record.units)
        goal, steps = rng.standard_normal(record.units), []
        for x in (X - X.mean(axis=1, keepdims=True), X):
            h = np.maximum(x / np.sqrt(np.mean(x**2, axis=1, keepdims=True)) @ W, 0)
            for Z in (h, h - h.mean(axis=0)):
                A = np.column_stack([Z, np.ones(len(Z))])
                M = A.T @ A / len(A)
                top = np.linalg.eigvalsh(M)[-1]
                # All step sizes at once; first the error of the mean, which makes up for nothing.
                D = np.tile(np.append(goal, -Z.mean(axis=0) @ goal)[:, None], 38)
                first, count = D[:, 0] @ M @ D[:, 0], 0
                etas = np.linspace(0.5, 1.98, 38) / top
                while np.einsum("ij,ij->j", D, M @ D).min() > 1e-4 * first:
                    D, count = D - etas * (M @ D), count + 1
                steps.append(count)
        found.append(steps)
    assert [*record.layer, *record.rms] == np.median(found, axis=0).tolist()


def test_curvatures_of_the_language_model_by_the_power_method():
    record, model = EXAMPLES["today-columns"](), load_language_model()
    x = model.stream[15][~model.first]
    for (raw, centered), rows in ((record.layer, x - x.mean(1, keepdims=True)), (record.rms, x)):
        z = rows / np.sqrt(np.mean(rows**2, axis=1, keepdims=True))
        for observed, y in ((raw, z), (centered, z - z.mean(axis=0))):
            v = np.ones(y.shape[1]) + np.arange(y.shape[1]) / 100
            for _ in range(400):
                v = y.T @ (y @ v)
                v /= np.linalg.norm(v)
            assert observed == pytest.approx(np.sum((y @ v) ** 2) / len(y), rel=1e-4)
    assert record.gain == pytest.approx(record.rms[0] / record.rms[1])


def test_the_reference_has_each_room_of_examples():
    rooms = {p.stem for p in (BOOK / "code/offcenter/examples").glob("[a-z]*.py")}
    page = (BOOK / "book" / "library" / "examples.md").read_text(encoding="utf-8")
    assert set(re.findall(r"automodule:: offcenter\.examples\.(\w+)", page)) == rooms


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


def test_whitened_gradient_by_powers_of_its_two_sides():
    record = EXAMPLES["matrices-two-units"]()
    G = np.array([[5.0, 4.0], [4.0, 5.0]])
    assert record.gradient.tolist() == G.tolist()

    def power(M, p):
        values, vectors = np.linalg.eigh(M)
        return vectors * values**p @ vectors.T

    # Shampoo's first step, and the orthogonal factor by one side only.
    shampoo = power(G @ G.T, -0.25) @ G @ power(G.T @ G, -0.25)
    np.testing.assert_allclose(record.orthogonal, shampoo, atol=1e-12)
    np.testing.assert_allclose(record.orthogonal, power(G @ G.T, -0.5) @ G, atol=1e-12)
    assert (G @ [1, 1]).tolist() == [record.stretches[0]] * 2
    assert (G @ [1, -1]).tolist() == [record.stretches[1], -record.stretches[1]]
    assert record.signs.tolist() == [[1, 1], [1, 1]]
    assert record.signs_after.tolist() == [[0, -1], [-1, 0]]
    assert record.orthogonal_after.tolist() == [[0, 0], [0, 0]]
    assert record.alone == pytest.approx(np.array([5, 4]) / math.sqrt(41))
    # Muon's polynomial on the stretches 9 and 1, over the size √82 of G.
    nine, one = 9 / math.sqrt(82), 1 / math.sqrt(82)
    for _ in range(5):
        nine, one = (3.4445 * s - 4.775 * s**3 + 2.0315 * s**5 for s in (nine, one))
    assert record.muon[0] == pytest.approx(((nine + one) / 2, (nine - one) / 2))
    # The errors are the inputs, so the gradient is (1, 3) times (1, 3).
    assert record.one_example == pytest.approx(np.array([[1, 3], [3, 9]]) / 10)


def test_what_divides_a_gradient_in_fractions():
    record = EXAMPLES["matrices-divided"]()
    X = [(sp.Integer(a), sp.Integer(b)) for a in (1, 3) for b in (1, 3)]
    mean = lambda f: sum(f(*x) for x in X) / 4  # noqa: E731
    F = sp.Matrix(2, 2, lambda i, j: mean(lambda *x: x[i] * x[j]))
    g = sp.Matrix([mean(lambda a, b: a * a), mean(lambda a, b: a * b)])
    squares = [mean(lambda a, b: a**4), mean(lambda a, b: a**2 * b**2)]
    assert record.fisher.tolist() == np.array(F, dtype=float).tolist()
    assert record.gradient.tolist() == [float(v) for v in g]
    assert record.squares.tolist() == [float(v) for v in squares]
    assert record.roots == pytest.approx([float(sp.sqrt(v)) for v in squares])
    assert record.half_squares.tolist() == [float(v / 4) for v in squares]
    assert record.batch_squares.tolist() == [float(v**2) for v in g]
    # Noise of mean 0 and variance 1, independent of the inputs: its square has the mean 1.
    assert record.noisy_squares.tolist() == [float(F[0, 0]), float(F[1, 1])]
    natural, diagonal, single, roots = record.rows
    assert natural == pytest.approx([float(v) for v in -F.inv() * g])
    assert diagonal == pytest.approx([float(-g[i] / F[i, i]) for i in range(2)])
    assert single == pytest.approx([float(-g[i] / squares[i]) for i in range(2)])
    assert roots == pytest.approx([float(-g[i] / sp.sqrt(squares[i])) for i in range(2)])


def test_gradient_through_batch_norm_by_numerical_slopes():
    record = EXAMPLES["batch-norm-backward"]()
    s = record.sums
    assert (record.mean, s.std()) == (2, pytest.approx(math.sqrt(2)))
    loss = lambda s: 3 * (s[0] - s.mean()) / s.std()  # noqa: E731
    # The mean held where it was; the deviation is that from it.
    held = lambda s: 3 * (s[0] - 2) / math.sqrt(np.mean((s - 2) ** 2))  # noqa: E731
    np.testing.assert_allclose(record.gradient, _numerical_gradient(loss, s), atol=1e-8)
    np.testing.assert_allclose(record.held, _numerical_gradient(held, s), atol=1e-8)
    assert record.incoming.tolist() == [3, 0, 0]
    assert record.less_mean.tolist() == [2, -1, -1]
    np.testing.assert_allclose(record.left, [1.5, -1.5, 0])
    np.testing.assert_allclose(record.left / math.sqrt(2), record.gradient)
    assert record.dots.tolist() == [0, 0]
    assert record.held_bias == pytest.approx(3 / math.sqrt(2))
    assert record.bias == pytest.approx(-10 * 0.1 * 3 / math.sqrt(2))
    assert record.normed_then == pytest.approx((s - 2) / math.sqrt(2))


def test_normalized_columns_and_rows_by_hand():
    record = EXAMPLES["inputs-two-ways"]()
    a = math.sqrt(1.5)
    assert record.features == pytest.approx(np.array([[-a, -a], [0, a], [a, 0]]))
    short, long = math.sqrt(5), math.sqrt(41)
    rows = np.array([[1 / short, 2 / short], [1 / short, 2 / short], [5 / long, 4 / long]])
    assert record.examples == pytest.approx(rows)
    assert record.layer == pytest.approx(np.array([[-1, 1], [-1, 1], [1, -1]]))
    assert record.means == pytest.approx(np.array([[3, 4], [0, 0], rows.mean(axis=0)]))
    # √κ + 1/√κ is the trace over the root of the determinant.
    cosine = (5 + 8) / (short * long)
    traces = (35 + 56) / 3, 2, 1
    determinants = (35 * 56 - 40**2) / 9, 1 - 0.5**2, 2 / 9 * (1 - cosine**2)
    for kappa, trace, determinant in zip(record.kappas, traces, determinants, strict=True):
        assert math.sqrt(kappa) + 1 / math.sqrt(kappa) == pytest.approx(trace / determinant**0.5)
    X = np.array([[1, 2, 1], [3, 6, 1], [5, 4, 1]])
    assert record.biased == pytest.approx(np.linalg.cond(X) ** 2)
    # The standardized columns have the lengths 0, √1.5, √1.5 in the last two rows alone, (0, 1)
    # and (1, 0) in direction; the first points to (−1, −1).
    assert record.then[0] == pytest.approx(np.zeros(2))
    assert record.then[1] == pytest.approx(np.full(2, (1 - math.sqrt(0.5)) / 3))
