"""Steps on one example after the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from offcenter.errors import ArrivalError
from offcenter.examples._by_hand import errors_in_turn, length_of
from offcenter.examples._inputs import FOUR, NARROW_PAIR, PAIR
from offcenter.examples._record import example
from offcenter.examples._steps import first_within

__all__ = [
    "ByHand",
    "FourExamples",
    "TwoExamples",
    "ZigZag",
    "by_hand",
    "four_examples",
    "two_examples",
    "zigzag",
]


@dataclass(frozen=True)
class TwoExamples:
    """A linear unit that reads (1, 0.9) and (0.9, 1) in turn and should learn (1, −1).

    `steps_of_cycles`: the steps of size ½ from 0 to 1 % of the distance, in whole rounds.
    """

    steps_of_cycles: int


def _steps_in_turn(X: np.ndarray, goal: np.ndarray, step_size: float) -> int:
    """Return the steps on one example after the other, in whole rounds, from 0 to 1 % of a goal."""
    distance, steps = -goal, 0
    while np.linalg.norm(distance) > 0.01 * np.linalg.norm(goal):
        for x in X:
            distance = distance - step_size * (x @ distance) * x
        steps += len(X)
        if steps > 100_000:
            raise ArrivalError("the steps on single examples did not reach their goal")
    return steps


@example("paths-two-examples")
def two_examples() -> TwoExamples:
    """Return how many single-example steps two examples that are nearly alike need."""
    X = np.array([[1.0, 0.9], [0.9, 1.0]])
    return TwoExamples(_steps_in_turn(X, np.array([1.0, -1.0]), 0.5))


@dataclass(frozen=True)
class ZigZag:
    """A linear unit that reads (2, 1) and (1, 2) in turn and should learn (1, −1).

    `rows`: step, δ, the two entries of its gradient, and the two weights after it; `kept`: what
    each step from the second on leaves of the distance.
    """

    rows: tuple[tuple[float, ...], ...]
    kept: float


def _way(places: np.ndarray) -> float:
    """Return how far the weights go from 0 through these places."""
    return length_of(np.vstack([np.zeros(2), places]))


@example("paths-zigzag")
def zigzag() -> ZigZag:
    """Return four steps of size 0.2 from 0."""
    X, goal = NARROW_PAIR, np.array([1.0, -1.0])
    errors, places = errors_in_turn(X, goal, 0.2, 4)
    first, second, *_ = np.linalg.norm(places - goal, axis=1).tolist()
    return ZigZag(
        rows=tuple((k + 1, float(e), *(e * X[k % 2]), *places[k]) for k, e in enumerate(errors)),
        kept=second / first,
    )


@dataclass(frozen=True)
class FourExamples:
    """A linear unit that reads (1, 1), (1, 3), (3, 1), (3, 3), its weights off by (1, 0).

    `rows`: how the examples are used; the fewest steps to 1 % of the distance, over the step sizes
    1/400 to 1, with the inputs as they are, with the second one negated, and with the mean
    subtracted. Single examples are taken round after round in one order; the cell says the median
    of the 24 orders, and the best and the worst; `medians` repeats the medians.
    """

    rows: tuple[tuple[str | int, ...], ...]
    medians: tuple[float, ...]


_SIZES = np.arange(1, 401) / 400


def _fewest_in_turn(X: np.ndarray, distance: np.ndarray) -> int:
    """Return the fewest steps on one example after the other, over the step sizes."""
    d, steps = np.tile(distance, (len(_SIZES), 1)), 0
    while np.linalg.norm(d, axis=1).min() > 0.01 * np.linalg.norm(distance):
        x = X[steps % len(X)]
        d, steps = d - (_SIZES * (d @ x))[:, None] * x, steps + 1
    return steps


def _fewest_averaged(X: np.ndarray, distance: np.ndarray) -> int:
    """Return the fewest steps on the average of the examples, over the step sizes."""
    H, d, steps = X.T @ X / len(X), np.tile(distance, (len(_SIZES), 1)), 0
    while np.linalg.norm(d, axis=1).min() > 0.01 * np.linalg.norm(distance):
        d, steps = d - _SIZES[:, None] * (d @ H), steps + 1
    return steps


@example("paths-four-examples")
def four_examples() -> FourExamples:
    """Return the steps on one example after the other, and on all four averaged."""
    distance = np.array([1.0, 0.0])
    inputs = (FOUR, FOUR * [1, -1], FOUR - FOUR.mean(axis=0))
    in_turn = [
        [_fewest_in_turn(Z[list(order)], distance) for order in permutations(range(4))]
        for Z in inputs
    ]
    medians = tuple(float(np.median(n)) for n in in_turn)
    cells = (f"{m:.0f} ({min(n)} to {max(n)})" for m, n in zip(medians, in_turn, strict=True))
    return FourExamples(
        rows=(
            ("one example at a time", *cells),
            ("all four averaged", *(_fewest_averaged(Z, distance) for Z in inputs)),
        ),
        medians=medians,
    )


@dataclass(frozen=True)
class ByHand:
    """A linear unit that reads (3, 1) and (1, 3) in turn and should learn (1, −1); from (0, 0).

    `rows`: step, the example's sum, δ, the two entries of its gradient, the two weights after it.
    `last`: the row with which 1 % of the distance is left; `centered_steps`: its number on (1, −1)
    and (−1, 1), at the same step size, of which `centered_row` is the first.
    `fewest`: the fewest steps over the step sizes 1/400 to 1.
    `long`, `centered_long`: the weights after four steps of size ½, and after one on (1, −1).
    `changes`: of the two weights, in each of `rows`.
    `straight`, `way`: how far the goal is, and how far the weights have gone with the row `last`.
    `small`: a smaller step size, its steps to 1 % of the distance, and its way.
    `mirrored`: the steps with the second input negated, to the goal (1, 1).
    `batch`: the mean of both gradients at the start.
    `averaged`: the weights after one and two steps of size 0.2 on that mean, from (2, −1).
    `together`: the sum of both losses at the start and after the first step.
    `rising`: to the goal (1, 1) of the raw inputs, two step sizes, their steps, those that go down.
    """

    rows: tuple[tuple[float, ...], ...]
    last: tuple[float, ...]
    fewest: int
    long: np.ndarray
    centered_row: tuple[float, ...]
    centered_steps: int
    centered_long: np.ndarray
    changes: np.ndarray
    straight: float
    way: float
    small: tuple[float, int, float]
    mirrored: int
    batch: np.ndarray
    averaged: np.ndarray
    together: tuple[float, float]
    rising: tuple[tuple[float, int, int], ...]


def _steps_in_rows(X: np.ndarray, step_size: float, count: int) -> list[tuple[float, ...]]:
    """Return step, w·x, δ, the gradient and the weights, of steps on one example after another."""
    w, targets, rows = np.zeros(2), (2.0, -2.0), []
    for k in range(count):
        x = X[k % 2]
        total = float(w @ x)
        error = total - targets[k % 2]
        w = w - step_size * error * x
        rows.append((k + 1, total, error, *(error * x), *w))
    return rows


def _arrival(rows: list[tuple[float, ...]], goal: np.ndarray) -> int:
    """Return the number, from 1, of the first row whose weights are within 1 % of the goal."""
    left = np.linalg.norm(np.array(rows)[:, -2:] - goal, axis=1)
    return first_within(0.01 * float(np.linalg.norm(goal)), left)


def _both(off: np.ndarray) -> float:
    """Return the sum of both losses where the weights are `off` the goal."""
    return float(((PAIR @ off) ** 2).sum()) / 2


@example("paths-by-hand")
def by_hand() -> ByHand:
    """Return the steps of size 0.1, raw and centered, and what other sizes and goals do."""
    X, goal = PAIR, np.array([1.0, -1.0])
    centered = X - X.mean(axis=0)
    rows, straight = (_steps_in_rows(Z, 0.1, 50) for Z in (X, centered))
    _, places = errors_in_turn(X, goal, 0.1)
    _, slowly = errors_in_turn(X, goal, 0.01)
    mirrored, _ = errors_in_turn(X * [1, -1], goal * [1, -1], 0.1)
    averaged, H = [np.array([2.0, -1.0])], X.T @ X / 2
    for _ in range(2):
        averaged.append(averaged[-1] - 0.2 * H @ (averaged[-1] - goal))
    upward = {size: errors_in_turn(X, np.ones(2), size)[0] for size in (0.01, 0.1)}
    return ByHand(
        rows=tuple(rows[:4]),
        last=rows[_arrival(rows, goal) - 1],
        fewest=_fewest_in_turn(X, -goal),
        long=np.array(_steps_in_rows(X, 0.5, 4)[-1][-2:]),
        centered_row=straight[0],
        centered_steps=_arrival(straight, goal),
        centered_long=np.array(_steps_in_rows(centered, 0.5, 1)[-1][-2:]),
        changes=np.diff(places[:4], axis=0, prepend=0),
        straight=float(np.linalg.norm(goal)),
        way=_way(places),
        small=(0.01, len(slowly), _way(slowly)),
        mirrored=len(mirrored),
        batch=X.T @ (X @ -goal) / 2,
        averaged=np.array(averaged[1:]),
        together=(_both(-goal), _both(np.array(rows[0][-2:]) - goal)),
        rising=tuple((size, len(e), int((e > 0).sum())) for size, e in upward.items()),
    )
