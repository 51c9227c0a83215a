"""Worked examples of `optimizers`, Adam: every number of theirs has a second way to it."""

import math

import numpy as np
import pytest
import sympy as sp

from offcenter.examples import EXAMPLES


def test_first_step_of_adam_is_one_size_in_each_weight():
    record = EXAMPLES["optimizers-adam-start"]()
    inputs = [sp.Matrix([a, b]) for a in (9, 11) for b in (9, 11)]
    off, M = sp.Matrix([1, 0]), sum((x * x.T for x in inputs), sp.zeros(2)) / 4
    assert M.tolist() == [[101, 100], [100, 101]] == record.moment.tolist()
    assert M * sp.Matrix([1, 1]) == 201 * sp.Matrix([1, 1])
    assert M * sp.Matrix([1, -1]) == sp.Matrix([1, -1])
    np.testing.assert_allclose(record.curvatures, [201, 1])
    means = {
        "gradient": sum((x.dot(off) * x for x in inputs), sp.zeros(2, 1)) / 4,
        "centered_gradient": sum(
            (x.dot(off) * x for x in (x - sp.Matrix([10, 10]) for x in inputs)), sp.zeros(2, 1)
        )
        / 4,
    }
    for name, value in means.items():
        assert list(getattr(record, name)) == [float(v) for v in value]
    # The average and the root of the average square of one number are its sign apart.
    np.testing.assert_allclose(record.moves, np.sign(record.gradient))
    np.testing.assert_allclose(record.centered_moves, np.sign(record.centered_gradient))
    # The second input in another unit, and steps that are 100 times smaller for its weight.
    c = sp.Rational(100, 101)
    other = sp.Matrix([[101, 1000], [1000, 10100]])
    raw = [complex(value).real for value in other.eigenvals()]
    best = (1 + c) / (1 - c)
    np.testing.assert_allclose(record.units, [max(raw) / min(raw), float(best), 100, 1])
    # One input and a bias: trace 102, determinant 1, and the correlation 10/√101.
    assert record.bias == pytest.approx((102**2 - 2, (101**0.5 + 10) ** 2), rel=1e-4)


@pytest.mark.parametrize(
    ("row", "H"),
    [
        (0, ((1, 0), (0, 1))),
        (1, ((1, 0), (0, 100))),
        (2, ((101, 100), (100, 101))),
    ],
)
def test_steps_of_adam_start_one_weight_at_a_time(row, H):
    record = EXAMPLES["optimizers-adam-start"]()

    def inside(rate, far=(1.0, 2.0), steps=4000):
        w, m, v, found = list(far), [0.0, 0.0], [0.0, 0.0], []
        for t in range(1, steps + 1):
            g = [H[i][0] * w[0] + H[i][1] * w[1] for i in range(2)]
            for i in range(2):
                m[i] = 0.9 * m[i] + 0.1 * g[i]
                v[i] = 0.999 * v[i] + 0.001 * g[i] ** 2
                root = math.sqrt(v[i] / (1 - 0.999**t)) + 1e-8
                w[i] -= rate * m[i] / (1 - 0.9**t) / root
            found.append(math.hypot(*w) <= 0.01 * math.hypot(*far))
        return found

    assert inside(0.1).index(True) + 1 == record.steps[row][1]
    values = np.linalg.eigvalsh(np.array(H, dtype=float))
    d, count = np.array([1.0, 2.0]), 0
    while np.linalg.norm(d) > 0.01 * 5**0.5:
        d, count = d - 2 / values.sum() * (np.array(H) @ d), count + 1
    assert count == record.steps[row][0]
    if row != 1:
        stays = min(4001 - inside(2.0**-k)[::-1].index(False) for k in range(10))
        assert stays == record.best[row // 2]
    if row == 2:
        assert inside(0.1, (1.0, -1.0)).index(True) + 1 == record.flat == 11


def _median_steps_of_adam(starts, slopes, size, limit):
    """Return after how many steps the starts, rows, stay within 1 % of their distance to 0."""
    w, m, v, last = starts, 0.0, 0.0, np.zeros(len(starts))
    goal = 1e-4 * (starts**2).sum(axis=1)
    for step in range(1, limit + 1):
        g = slopes(w)
        m, v = m + 0.1 * (g - m), v + 0.001 * (g * g - v)
        w = w - size * (m / (1 - 0.9**step)) / np.sqrt(v / (1 - 0.999**step) + 1e-16)
        last[(w * w).sum(axis=1) > goal] = step
    return np.median(last + 1)


def test_adam_steps_at_one_size_from_other_starts():
    record = EXAMPLES["optimizers-adam-steps"]()
    (_, _, raw, centered), (n, ratio, *many) = record.rows
    assert np.linalg.cond(np.eye(n) + 4) == pytest.approx(ratio)
    # One step size, in the matrix itself, from other starts.
    H = np.array([[5.0, 4.0], [4.0, 5.0]])
    starts = np.random.default_rng(1).standard_normal((20, 2))
    found = [
        _median_steps_of_adam(starts, slopes, 0.1, record.limit)
        for slopes in (lambda w: w @ H, lambda w: w)
    ]
    assert found == pytest.approx([raw, centered], rel=0.1)
    # At the best of the sizes 2⁻⁹, 2⁻⁸·⁵, …, √½, from the starts of the record.
    assert record.limit == 1000
    for n, _, *medians in record.rows:
        starts = np.random.default_rng(0).standard_normal((21, n))
        for mean, median in zip((2, 0), medians, strict=True):
            slopes = lambda w, mean=mean: w + mean**2 * w.sum(axis=1, keepdims=True)  # noqa: E731
            sizes = [2 ** (k / 2 - 9) for k in range(18)]
            found = [_median_steps_of_adam(starts, slopes, size, 1000) for size in sizes]
            # Rounding may move single starts.
            assert median == pytest.approx(min(found), abs=1)
    # Two inputs hide the ratio, many do not.
    assert raw < 1.1 * centered
    assert many[0] > 2 * many[1]
    # At a small step size, along the mean apart from the rest.
    starts = np.random.default_rng(0).standard_normal((21, n))
    for largest, observed in zip((401.0, 1.0), record.small, strict=True):

        def slopes(w, largest=largest):
            common = w.mean(axis=1, keepdims=True)
            return largest * common + (w - common)

        steps = _median_steps_of_adam(starts, slopes, 0.001, 12_000)
        assert steps == pytest.approx(observed, rel=0.01)
    assert many[0] / many[1] > 1.5 * record.small[0] / record.small[1] > 1.5


def test_adam_in_turn_by_weighted_averages_of_all_gradients():
    record = EXAMPLES["optimizers-adam-turns"]()

    def run(decay, steps):
        w, gradients, found = np.zeros(2), [], []
        for step in range(steps):
            first, second = (2, 1) if step % 2 == 0 else (1, 2)
            error = first * w[0] + second * w[1] - (first - second)
            gradients.append((error * first, error * second))
            # The corrections for the start at 0 make the weights of an average add up to 1.
            back = np.arange(step, -1, -1)
            mean, square = (
                np.average(np.array(gradients) ** power, axis=0, weights=float(rate) ** back)
                for power, rate in ((1, decay), (2, 0.999))
            )
            move = -0.1 * mean / (np.sqrt(square) + 1e-8)
            w = w + move
            found.append((*gradients[-1], *move, *w, *mean, *np.sqrt(square)))
        return np.array(found)

    found = run(0.9, 30)
    assert [row[0] for row in record.rows] == [1, 2, 3, 4]
    np.testing.assert_allclose([row[1:] for row in record.rows], found[:4, :6], rtol=1e-9)
    np.testing.assert_allclose(record.mean, found[1, 6:8], rtol=1e-9)
    np.testing.assert_allclose(record.roots, found[1, 8:], rtol=1e-7)
    np.testing.assert_allclose(record.late, found[-1, 4:6], rtol=1e-9)
    np.testing.assert_allclose(record.alone, run(0, 2)[:, 2:4], rtol=1e-9)
