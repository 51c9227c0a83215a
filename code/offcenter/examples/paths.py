"""Paths: steps that a reader can follow with a pencil."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from offcenter.errors import ArrivalError
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example

__all__ = [
    "Bowl",
    "ByHand",
    "FourExamples",
    "SmallerSteps",
    "TwoExamples",
    "bowl",
    "by_hand",
    "first_within",
    "four_examples",
    "smaller_steps",
    "steps_from_slowest",
    "steps_until",
    "two_examples",
]


def steps_until(H: np.ndarray, d: np.ndarray, step_size: float, goal: float) -> int:
    """Return how many steps d ← (I − ηH)d take until ‖d‖ is at most `goal` of what it was.

    Parameters
    ----------
    H : ndarray, shape (n, n)
    d : ndarray, shape (n,)
        The distance from the minimum at the start.
    step_size, goal : float

    Raises
    ------
    ArrivalError
        If it does not get there within a million steps.
    """
    H, d = np.asarray(H, dtype=float), np.asarray(d, dtype=float)
    limit = goal * np.linalg.norm(d)
    for step in range(1_000_000):
        if np.linalg.norm(d) <= limit:
            return step
        d = d - step_size * (H @ d)
    raise ArrivalError("the descent did not reach its goal within a million steps")


def first_within(limit: float, distances: np.ndarray) -> int:
    """Return the number, from 1, of the first distance that is at most `limit`.

    Raises
    ------
    ArrivalError
        If none is.
    """
    near = np.flatnonzero(np.asarray(distances) <= limit)
    if near.size == 0:
        raise ArrivalError(f"none of {len(distances)} distances is at most {limit:g}")
    return int(near[0]) + 1


def steps_from_slowest(H: np.ndarray) -> int:
    """Return the steps to 1 % at the best fixed step size, from the start that is the slowest.

    Raises
    ------
    ArrivalError
        If it does not get there within a million steps.
    """
    values, vectors = np.linalg.eigh(H)
    slowest = vectors[:, 0] + vectors[:, -1]
    return steps_until(H, slowest, 2 / (values[0] + values[-1]), 0.01)


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

    `rows`: step, δ, the two entries of its gradient, the two weights after it, their two changes,
    and how far they are then from the goal.
    `taken_back`: what the second step takes from the first weight.
    `steps`, `way`: until 1 % of the distance is left, and how far the weights have gone by then.
    `small`: a smaller step size, its steps and its way.
    `mirrored`: the steps with the second input negated, to the goal (1, 1).
    `rising`: to the goal (1, 1) of the raw inputs, two step sizes, their steps, those that go down.
    `batch`: the mean of both gradients at the start.
    `least`: the distance over the sine of the examples' angle with (1, 1), which bounds the way.
    `centered`: the weights after one step of size 2 on the first example less the mean.
    `fewest`: the fewest steps to 1 % of the distance, over the step sizes 1/400 to 1.
    """

    rows: tuple[tuple[float, ...], ...]
    taken_back: float
    straight: float
    steps: int
    way: float
    small: tuple[float, int, float]
    mirrored: int
    rising: tuple[tuple[float, int, int], ...]
    batch: np.ndarray
    least: float
    mean: np.ndarray
    rest: np.ndarray
    centered: np.ndarray
    fewest: int


def _errors_in_turn(
    X: np.ndarray, goal: np.ndarray, step_size: float
) -> tuple[list[float], np.ndarray]:
    """Return δ of each step from 0 to 1 % of the distance, and the weights after each."""
    w, errors, places = np.zeros(2), [], []
    while np.linalg.norm(w - goal) > 0.01 * np.linalg.norm(goal):
        x = X[len(errors) % 2]
        errors.append(float(x @ (w - goal)))
        w = w - step_size * errors[-1] * x
        places.append(w)
    return errors, np.array(places)


def _way(places: np.ndarray) -> float:
    """Return how far the weights go from 0 through these places."""
    return float(np.linalg.norm(np.diff(places, axis=0, prepend=0), axis=1).sum())


@example("paths-zigzag")
def zigzag() -> ZigZag:
    """Return the steps of size 0.2 from 0, what changes them and what does not."""
    X, goal = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0])
    errors, places = _errors_in_turn(X, goal, 0.2)
    changes = np.diff(places, axis=0, prepend=0)
    rows = tuple(
        (
            k + 1,
            errors[k],
            *(errors[k] * X[k % 2]),
            *places[k],
            *changes[k],
            float(np.linalg.norm(places[k] - goal)),
        )
        for k in range(4)
    )
    _, slowly = _errors_in_turn(X, goal, 0.02)
    mirrored, _ = _errors_in_turn(X * [1, -1], goal * [1, -1], 0.2)
    upward = {size: _errors_in_turn(X, np.ones(2), size)[0] for size in (0.02, 0.05)}
    rest = X[0] - X.mean(axis=0)
    straight = float(np.linalg.norm(goal))
    return ZigZag(
        rows=rows,
        taken_back=-float(changes[1, 0]),
        straight=straight,
        steps=len(errors),
        way=_way(places),
        small=(0.02, len(slowly), _way(slowly)),
        mirrored=len(mirrored),
        rising=tuple((size, len(e), sum(d > 0 for d in e)) for size, e in upward.items()),
        batch=X.T @ (X @ -goal) / 2,
        least=straight * float(np.linalg.norm(X[0]) / np.linalg.norm(rest)),
        mean=X.mean(axis=0),
        rest=rest,
        centered=2 * (rest @ goal) * rest,
        fewest=_fewest_in_turn(X, -goal),
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
    """

    rows: tuple[tuple[float, ...], ...]
    last: tuple[float, ...]
    fewest: int
    long: np.ndarray
    centered_row: tuple[float, ...]
    centered_steps: int
    centered_long: np.ndarray


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


@example("paths-by-hand")
def by_hand() -> ByHand:
    """Return the steps of size 0.1, raw and centered, and what steps of size ½ do."""
    X, goal = np.array([[3.0, 1.0], [1.0, 3.0]]), np.array([1.0, -1.0])
    centered = X - X.mean(axis=0)
    rows, straight = (_steps_in_rows(Z, 0.1, 50) for Z in (X, centered))
    return ByHand(
        rows=tuple(rows[:4]),
        last=rows[_arrival(rows, goal) - 1],
        fewest=_fewest_in_turn(X, -goal),
        long=np.array(_steps_in_rows(X, 0.5, 4)[-1][-2:]),
        centered_row=straight[0],
        centered_steps=_arrival(straight, goal),
        centered_long=np.array(_steps_in_rows(centered, 0.5, 1)[-1][-2:]),
    )


@dataclass(frozen=True)
class Bowl:
    """Two step sizes on the bowl ½(7a² + b²) from (1, 1).

    `rows`: ηλmax, η, the two factors 1 − ηλ, whether it turns back along a, steps to 1 %.
    """

    rows: tuple[tuple[float | str, ...], ...]
    calm_steps: int
    zigzag_steps: int


@example("paths-bowl")
def bowl() -> Bowl:
    """Return the factors and the steps for ηλmax = 1 and 1.75."""
    eigenvalues, start = np.array([7.0, 1.0]), np.ones(2)
    rows, steps = [], []
    for relative in (1.0, 1.75):
        step_size = relative / 7
        factors = 1 - step_size * eigenvalues
        steps.append(steps_until(np.diag(eigenvalues), start, step_size, 0.01))
        turns = "yes" if factors[0] < 0 else "no"
        rows.append((relative, step_size, *(factors + 0.0), turns, steps[-1]))
    return Bowl(tuple(rows), *steps)


@dataclass(frozen=True)
class LineSearch:
    """Steepest descent with exact line search on ½(a² + 9b²) from (9, 1).

    `rows`: step, a, b, the two entries of the gradient there.
    `fixed_gradients`, `fixed_product`: two gradients in turn, and their inner product, from (1, 1)
    with the same step size, fixed.
    `short_steps`: how many steps to 1 % if each goes nine tenths of the way to its lowest point.
    """

    rows: tuple[tuple[float, ...], ...]
    step_size: float
    inner_product: float
    ratio: float
    steps: int
    short_steps: int
    fixed_gradients: np.ndarray
    fixed_product: float


@example("paths-line-search")
def line_search() -> LineSearch:
    """Return the first steps, their common length factor, the steps to 1 %, and a fixed step."""
    H, d = np.diag([1.0, 9.0]), np.array([9.0, 1.0])
    rows, sizes, gradients, steps = [], [], [], 0
    start = np.linalg.norm(d)
    while np.linalg.norm(d) > 0.01 * start:
        g = H @ d
        rows.append((steps, *d, *g))
        gradients.append(g)
        sizes.append(g @ g / (g @ H @ g))
        d, steps = d - sizes[-1] * g, steps + 1
    d, short = np.array([9.0, 1.0]), 0
    while np.linalg.norm(d) > 0.01 * start:
        g = H @ d
        d, short = d - 0.9 * (g @ g / (g @ H @ g)) * g, short + 1
    other = H @ np.ones(2)
    fixed = np.array([other, other - sizes[0] * H @ other]).round(12)
    return LineSearch(
        rows=tuple(rows[:4]),
        step_size=float(sizes[0]),
        inner_product=round(float(gradients[0] @ gradients[1]), 9) + 0.0,
        ratio=float(rows[1][1] / rows[0][1]),
        steps=steps,
        short_steps=short,
        fixed_gradients=fixed,
        fixed_product=float(fixed[0] @ fixed[1]),
    )


@dataclass(frozen=True)
class SmallerSteps:
    """Two inputs of mean 2 and variance 1 each, and four step sizes; then the inputs centered.

    `rows`: η, the steep factor 1 − ηλmax, the flat factor 1 − ηλmin, steps to 1 %.
    `cap`: 2/λmax.
    `beyond`: a step size above it, its factors, and the steep part after ten steps, at first 1.
    """

    rows: tuple[tuple[float, ...], ...]
    beyond: tuple[float, float, float, float]
    cap: float
    steep: float
    flat: float
    centered_steps: int


@example("paths-smaller-steps")
def smaller_steps() -> SmallerSteps:
    """Return what smaller steps cost from the distance (1, 0), and what centering leaves."""
    M = np.array([[5.0, 4.0], [4.0, 5.0]])
    start = np.array([1.0, 0.0])
    flat, steep = np.linalg.eigvalsh(M)
    rows = tuple(
        (eta, 1 - eta * steep, 1 - eta * flat, steps_until(M, start, eta, 0.01))
        for eta in (0.22, 0.2, 0.1, 0.05)
    )
    beyond = (0.25, 1 - 0.25 * float(steep), 1 - 0.25 * float(flat))
    return SmallerSteps(
        rows=rows,
        beyond=(*beyond, beyond[1] ** 10),
        cap=2 / float(steep),
        steep=float(steep),
        flat=float(flat),
        centered_steps=steps_until(np.eye(2), start, 1.0, 0.01),
    )


@dataclass(frozen=True)
class Straight:
    """The four examples with the targets x₁ − x₂, learned from w = 0: a path without a turn.

    E[xxᵀ], and the curvatures along (1, −1), the path, and (1, 1); the mean gradient at the start,
    and those of (1, 3) and (3, 1).  `steps`: to 1 % of the distance with the learning rates 0.2 and
    0.1; `centered_curvatures`: of the inputs less their mean.
    """

    moment: np.ndarray
    along: float
    across: float
    gradient: np.ndarray
    singles: np.ndarray
    steps: tuple[int, int]
    centered_curvatures: np.ndarray


@example("paths-straight")
def straight() -> Straight:
    """Return the gradients, the curvatures and the steps."""
    goal = np.array([1.0, -1.0])
    M, centered = FOUR.T @ FOUR / 4, FOUR - FOUR.mean(axis=0)
    gradients = -(FOUR @ goal)[:, None] * FOUR
    along, across = np.linalg.eigvalsh(M)
    return Straight(
        moment=M,
        along=along,
        across=across,
        gradient=gradients.mean(axis=0),
        singles=gradients[1:3],
        steps=(steps_until(M, goal, 0.2, 0.01), steps_until(M, goal, 0.1, 0.01)),
        centered_curvatures=np.linalg.eigvalsh(centered.T @ centered / 4),
    )
