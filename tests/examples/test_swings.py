"""Worked examples of `swings`: every number of theirs has a second way to it."""

import itertools
import math

import numpy as np
import pytest
from sines import sine_runs

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
        np.testing.assert_allclose(record.rows[row][1:], losses)
        assert record.rows[row][0].endswith(f" η = {eta:g}")
    examples, order = list(zip(pairs, labels, strict=True)), (0, 3, 1, 2)
    kept = _plain_run(examples, 0.05, 17, lambda step: [order[step % 4]])
    np.testing.assert_allclose(record.rows[5][1:], [kept[k][order[k % 4]] for k in range(5)])
    np.testing.assert_allclose(record.rows[6][1:], [mean(kept[k]) for k in range(5)])
    np.testing.assert_allclose(record.rows[7][1:], [mean(kept[k]) for k in range(0, 17, 4)])
    for late, eta in zip(record.later, (2.0, 0.2), strict=True):
        assert late == pytest.approx(mean(_plain_run(examples, eta, 16, lambda _: range(4))[-1]))
    np.testing.assert_allclose(record.first, [1, 0, 0])
    # E[x̃x̃ᵀ] is [[5, 4, 2], [4, 5, 2], [2, 2, 1]]: 5 − 4 along (1, −1, 0), and in the plane of
    # (1, 1, 0) and (0, 0, 1) the sum 10 and the product 9 · 1 − 8.
    top = (10 + math.sqrt(10**2 - 4)) / 2
    np.testing.assert_allclose(record.limits[:2], [2 / (top / 4), 2 / (1 / 4)])
    # Inputs of ±½ beside the 1: E[x̃x̃ᵀ] has ¼, ¼ and 1 on its diagonal and 0 off it.
    np.testing.assert_allclose(record.limits[2:], [2 / (1 / 4), 2 / (1 / 16)])


def test_what_swings_and_what_does_not():
    rows = [row[1:] for row in EXAMPLES["swings-causes"]().rows]
    swings = [any(b > a for a, b in itertools.pairwise(row)) for row in rows]
    assert swings == [True, False, False, True, False, True, True, False]


def _drawn_network(draw, centered):
    """Points, labels, and the weights with their biases as a last row, as the draw gives them."""
    rng = np.random.default_rng(draw)
    points = rng.random((200, 20))
    above = points @ (plane := rng.standard_normal(20)) > plane.sum() / 2
    read = points - points.mean(axis=0) if centered else points
    rng = np.random.default_rng(1000 + draw)
    first = rng.standard_normal((20, 50)) / math.sqrt(10)
    last = rng.standard_normal(50) / math.sqrt(50)
    return (
        np.column_stack([read, np.ones(200)]),
        np.where(above, 1.0, -1.0),
        np.vstack([first, np.zeros(50)]),
        np.append(last, 0.0),
    )


def _descend(draw, unit, eta, *, centered):
    """Return the losses of 101 places, by the logistic loss of signs and both layers' biases."""
    X, signs, first, last = _drawn_network(draw, centered)
    losses = []
    for _ in range(101):
        sums = X @ first
        units = np.tanh(sums) if unit == "tanh" else np.where(sums > 0, sums, 0)
        mean = units.mean(axis=0) if unit == "less" else 0
        margins = signs * ((units - mean) @ last[:-1] + last[-1])
        losses.append(np.log1p(np.exp(-margins)).mean())
        slopes = -signs / (1 + np.exp(margins)) / len(signs)
        own = slopes - slopes.mean() if unit == "less" else slopes
        bend = 1 / np.cosh(sums) ** 2 if unit == "tanh" else np.sign(units)
        last_slope = np.append((units - mean).T @ slopes, slopes.sum())
        first_slope = X.T @ (own[:, None] * last[:-1] * bend)
        first, last = first - eta * first_slope, last - eta * last_slope
    return np.array(losses)


@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("unit", ["tanh", "relu", "less"])
def test_limits_by_runs_of_another_writing(unit, column):
    record, row = EXAMPLES["swings-limits"](), ("tanh", "relu", "less").index(unit)
    found = []
    for draw in range(record.draws):
        eta = record.least[row][column]
        while (np.diff(_descend(draw, unit, eta, centered=column == 1)) <= 0).all():
            eta *= 1.25
        found.append(eta / 1.25)
    assert min(found) == pytest.approx(record.least[row][column])
    assert np.median(found) == pytest.approx(record.rows[row][column])
    assert max(found) == pytest.approx(record.most[row][column])
    assert math.log(record.least[row][column], 1.25) == pytest.approx(
        round(math.log(record.least[row][column], 1.25))
    )
    # The smaller rates, and 0.2, which is not of the scale.
    assert record.calm == 0
    for eta in (0.2, 1.25**-8, record.least[row][column] / 1.25):
        assert (np.diff(_descend(0, unit, eta, centered=column == 1)) <= 0).all()
    assert record.gains[row] == pytest.approx(record.rows[row][1] / record.rows[row][0])


def test_rises_at_the_rate_1():
    record = EXAMPLES["swings-limits"]()

    def rises(unit, centered):
        runs = [_descend(draw, unit, 1.0, centered=centered) for draw in range(record.draws)]
        return [int((np.diff(losses) > 0).sum()) for losses in runs]

    raw = rises("relu", False)
    assert (min(raw), max(raw)) == record.swinging
    assert record.cured == (max(rises("relu", True)), max(rises("less", False)))
    assert record.examples == 200


def test_edge_by_runs_of_another_writing():
    record = EXAMPLES["swings-edge"]()
    half, more, most = (sine_runs(eta) for eta in (0.5, 0.8, 1.2))
    starts = [seen[0] for _, seen in half]
    assert (min(starts), max(starts)) == pytest.approx(record.start, rel=1e-4)
    reached = [(losses, seen) for losses, seen in half if max(seen[1:]) > 3.92]
    rest = [(losses, seen) for losses, seen in half if max(seen[1:]) <= 3.92]
    assert len(reached) == record.reached == 5 - len(rest)
    # Half as many λmax are seen here, and steps near the edge amplify what is rounded.
    late = [np.median(seen[1:]) for _, seen in reached]
    assert (min(late), max(late)) == pytest.approx(record.late, abs=0.03)
    up = [np.mean(np.diff(losses[2500:]) > 0) for losses, _ in reached]
    assert sum(share > 1 / 3 for share in up) == record.often
    # What such steps leave is below what the page says, in both writings; its digits are rounding.
    assert max(record.left, *(losses[-1] / losses[0] for losses, _ in reached)) < 1e-3
    assert max(seen[-1] for _, seen in rest) == pytest.approx(record.rest, rel=1e-3)
    assert record.calm == sum(int((np.diff(losses) > 0).sum()) for losses, _ in rest) == 0
    near = [0.8 * np.median(seen[1:]) for _, seen in more]
    assert (min(near), max(near)) == pytest.approx(record.stays, abs=0.02)
    assert max(record.ends, *(losses[-1] / losses[0] for losses, _ in more)) < 1e-3
    highest = [max(losses) / losses[0] for losses, _ in more]
    assert max(highest) == pytest.approx(record.highest, rel=1e-3)
    assert sum(h > 1 for h in highest) == record.rising
    assert sum(0.8 * seen[0] > 2 for _, seen in more) == record.above
    assert sum(seen is None for _, seen in most) == record.diverged
