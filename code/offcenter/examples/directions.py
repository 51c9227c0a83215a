"""Directions: where the steps of two weights point, and where they cannot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._by_hand import errors_in_turn
from offcenter.examples._inputs import FOUR, PAIR
from offcenter.examples._record import example
from offcenter.examples._steps import SHARES, first_within, steps_until
from offcenter.signs import shortest_way

__all__ = [
    "Picture",
    "Quadrant",
    "Steepest",
    "TwoZigZags",
    "picture",
    "quadrant",
    "steepest",
    "two_zigzags",
]


@dataclass(frozen=True)
class Steepest:
    """The bowl ½(x² + 25y²) seen from (5, 1), where the minimum lies at (−5, −1).

    `rows`: the loss at the start; after a step of length 1 against the gradient and of the same
    length straight at the minimum; and the least loss on either line.
    `angle`: in degrees, between the two; `worst`: the largest one, over all places.
    `steps`: at the rate 1/13, until within 1 % of the distance at the start.
    """

    angle: float
    worst: float
    rows: tuple[tuple[float, ...], ...]
    steps: int


@example("directions-steepest")
def steepest() -> Steepest:
    """Return the gradient's angle with the way, what a step along each gives, and the steps."""
    H, d = np.diag([1.0, 25.0]), np.array([5.0, 1.0])

    def loss(e: np.ndarray) -> float:
        return float(e @ H @ e / 2)

    g = H @ d
    # A line's least loss is where its slope is 0.
    rows = tuple(
        (loss(d), loss(d - v / np.linalg.norm(v)), loss(d - (g @ v) / (v @ H @ v) * v))
        for v in (g, d)
    )
    cosine = g @ d / (np.linalg.norm(g) * np.linalg.norm(d))
    turns = np.radians(np.arange(0, 90, 0.01))
    ways = np.array([np.cos(turns), np.sin(turns)])
    bent = H @ ways
    cosines = (ways * bent).sum(axis=0) / np.linalg.norm(bent, axis=0)
    places = [d]
    for _ in range(100):
        places.append(places[-1] - H @ places[-1] / 13)
    return Steepest(
        angle=float(np.degrees(np.arccos(cosine))),
        worst=float(np.degrees(np.arccos(cosines.min()))),
        rows=rows,
        steps=first_within(0.01 * float(np.linalg.norm(d)), np.linalg.norm(places, axis=1)) - 1,
    )


@dataclass(frozen=True)
class TwoZigZags:
    """The zig-zag of signs without a valley, and that of a valley without one-signed gradients.

    `rows`: a linear unit on (20, 1) and (1, 20) in turn, from (0, 0) to the goal (1, −1) at the
    rate 1/400: step, δ, the two entries of its gradient, the two weights after it; `left`: which
    part of the distance these steps leave; `round`: the curvatures of the average along (1, 1) and
    (1, −1).
    `slopes`, `places`: on the average of (±3, ±1) at the rate 0.2, from weights that are off by
    (1, 1), the gradient of each step and what the weights are off by after it.
    """

    rows: tuple[tuple[float, ...], ...]
    left: float
    round: tuple[float, float]
    slopes: np.ndarray
    places: np.ndarray


@example("directions-two-zigzags")
def two_zigzags() -> TwoZigZags:
    """Return three steps of the first kind and two of the second."""
    X, goal = np.array([[20.0, 1.0], [1.0, 20.0]]), np.array([1.0, -1.0])
    errors, places = errors_in_turn(X, goal, 1 / 400, 3)
    flat, steep = np.linalg.eigvalsh(X.T @ X / 2)
    d, H, slopes, valley = np.ones(2), np.diag([9.0, 1.0]), [], []
    for _ in range(2):
        slopes.append(H @ d)
        d = d - 0.2 * slopes[-1]
        valley.append(d)
    return TwoZigZags(
        rows=tuple((k + 1, float(e), *(e * X[k % 2]), *places[k]) for k, e in enumerate(errors)),
        left=float(np.linalg.norm(places[-1] - goal) / np.linalg.norm(goal)),
        round=(float(steep), float(flat)),
        slopes=np.array(slopes),
        places=np.array(valley),
    )


_GOALS = {"(1, −1)": np.array([1.0, -1.0]), "(1, 1)": np.array([1.0, 1.0])}


@dataclass(frozen=True)
class Picture:
    """How far two goals are from (0, 0) along the examples (1, 1), (1, 3), (3, 1), (3, 3).

    `rows`: the goal; how long the way is, the straight one being 1, with the inputs as they are,
    with the second one negated, and with the mean subtracted.
    `free`: the same for the goal (1, −1) if any step without mixed signs is allowed.
    `multiples`: of (3, 1) and (1, 3) that make (1, −1).
    `run`: the first four steps on them to (1, −1) at the rate 1/10: the error, the weights behind
    the step and their distance from the goal.
    """

    rows: tuple[tuple[str | float, ...], ...]
    free: float
    multiples: np.ndarray
    run: np.ndarray


@example("directions-picture")
def picture() -> Picture:
    """Return the shortest ways, and the multiples of which the longest consists."""
    inputs = (FOUR, FOUR * [1, -1], FOUR - 2)
    rows = tuple(
        (name, *(shortest_way(X, goal).detour for X in inputs)) for name, goal in _GOALS.items()
    )
    # The short sides of a right triangle are the longest way of all.
    free = shortest_way(np.eye(2), _GOALS["(1, −1)"]).detour
    multiples = np.linalg.solve(PAIR, _GOALS["(1, −1)"])
    w, run = np.zeros(2), []
    for x in (*PAIR, *PAIR):
        error = x @ (w - _GOALS["(1, −1)"])
        w = w - error / 10 * x
        run.append([error, *w, np.linalg.norm(w - _GOALS["(1, −1)"])])
    return Picture(rows, free, multiples.round(12), np.array(run).round(12))


@dataclass(frozen=True)
class Quadrant:
    """Averaged steps from (0, 0) to 1 % of the distance, on (1, 1), (1, 3), (3, 1), (3, 3).

    `rows`: the goal; the steps with the inputs as they are and less their mean, both at the rate
    1/9; and less their mean at the rate 1.
    `best`: with the inputs as they are, at the best of 400 rates for each goal.
    `curvatures`: along (1, 1) and (1, −1), with the inputs as they are and less their mean.
    """

    rows: tuple[tuple[str | int, ...], ...]
    best: tuple[int, ...]
    curvatures: np.ndarray


@example("directions-quadrant")
def quadrant() -> Quadrant:
    """Return the steps to two goals in the quadrant of (1, 1), and to one that is not."""
    goals = {"(1, 1)": (1.0, 1.0), "(2, 1)": (2.0, 1.0), "(1, −1)": (1.0, -1.0)}
    raw, centered = (X.T @ X / len(X) for X in (FOUR, FOUR - 2))
    runs = ((raw, 1 / 9), (centered, 1 / 9), (centered, 1.0))
    # Rounding must not keep a goal from its first step.
    near = 0.01 * (1 + 1e-12)
    ways = np.array([[1.0, 1.0], [1.0, -1.0]]) / np.sqrt(2)
    return Quadrant(
        tuple(
            (name, *(steps_until(H, np.array(goal), rate, near) for H, rate in runs))
            for name, goal in goals.items()
        ),
        tuple(
            min(steps_until(raw, np.array(goal), rate, near) for rate in SHARES * 2 / 9)
            for goal in goals.values()
        ),
        np.array([[w @ H @ w for w in ways] for H in (raw, centered)]).round(12),
    )
