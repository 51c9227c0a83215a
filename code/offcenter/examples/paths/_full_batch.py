"""Steps on the mean over all examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.descent import momentum
from offcenter.examples._by_hand import length_of, stays_within
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until

__all__ = [
    "Bowl",
    "Curve",
    "LineSearch",
    "SmallerSteps",
    "Straight",
    "bowl",
    "curve",
    "line_search",
    "smaller_steps",
    "straight",
]


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
    `centered_steps`: at the step size 1; `same_rate_steps`: centered, at 0.2.
    `ways`: η, β of v ← βv + g, the steps until the distance stays within 1 %, and how long the way
    to there is; `heavy`: with the last of these, v and the distance in the first three steps.
    """

    rows: tuple[tuple[float, ...], ...]
    beyond: tuple[float, float, float, float]
    cap: float
    steep: float
    flat: float
    centered_steps: int
    same_rate_steps: int
    ways: tuple[tuple[float, float, int, float], ...]
    heavy: np.ndarray


def _until_near(H: np.ndarray, start: np.ndarray, step_size: float, beta: float) -> np.ndarray:
    """Return the places around the minimum, up to the one from which on all are within 1 %."""
    points = momentum(H, start, step_size=step_size, beta=beta, steps=8000).points
    distances = np.linalg.norm(points, axis=1)
    return points[: stays_within(0.01 * float(distances[0]), distances) + 1]


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
    ways = []
    for eta, beta in ((0.2, 0.0), (0.1, 0.0), (0.001, 0.0), (0.25, 0.25)):
        way = _until_near(M, start, eta, beta)
        ways.append((eta, beta, len(way) - 1, length_of(way)))
    heavy = np.hstack([-np.diff(way, axis=0) / eta, way[1:]])[:3].round(12) + 0.0
    return SmallerSteps(
        rows=rows,
        beyond=(*beyond, beyond[1] ** 10),
        cap=2 / float(steep),
        steep=float(steep),
        flat=float(flat),
        centered_steps=steps_until(np.eye(2), start, 1.0, 0.01),
        same_rate_steps=steps_until(np.eye(2), start, 0.2, 0.01),
        ways=tuple(ways),
        heavy=heavy,
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


@dataclass(frozen=True)
class Curve:
    """Inputs (1, 2), (1, 4), (3, 2), (3, 4) with the targets x₁ − x₂, learned from w = 0.

    The gradients of the examples at the start and their `mean`, then the mean `after` one step of
    the first of the `rates`; `curvatures` along the mean input, (2, 3), and along (3, −2).
    `factors`: of a step of the first rate in these directions, then of the second in the steep one.
    `rows`: step, the two weights, the shares left of the steep part and of the flat one, the loss.
    `steps`: to 1 % of the distance; `best`: the fewest, of the rates 0.020 to 0.142.
    `jumps`: the first three places at the second rate; `falls`: the losses at the start and there.
    `centered`, `arrives`: the curvatures of inputs less their mean, and w after a step of size 1.
    """

    singles: np.ndarray
    mean: np.ndarray
    after: np.ndarray
    rates: tuple[float, float]
    curvatures: tuple[float, float]
    factors: tuple[float, float, float]
    rows: tuple[tuple[float, ...], ...]
    steps: int
    best: int
    jumps: np.ndarray
    falls: np.ndarray
    centered: np.ndarray
    arrives: np.ndarray


def _places(M: np.ndarray, goal: np.ndarray, rate: float, steps: int) -> np.ndarray:
    """Return the weights at the start, which is 0, and after each step."""
    places = [np.zeros(2)]
    for _ in range(steps):
        places.append(places[-1] - rate * M @ (places[-1] - goal))
    return np.array(places)


@example("paths-curve")
def curve() -> Curve:
    """Return a path with a bend, how little a larger rate helps, and what centering does."""
    X, goal = FOUR + np.array([0.0, 1.0]), np.array([1.0, -1.0])
    rate, long = 0.05, 0.14
    M, rest = X.T @ X / 4, X - X.mean(axis=0)
    steep, flat = X.mean(axis=0), np.array([3.0, -2.0])
    steps = steps_until(M, goal, rate, 0.01)
    places = _places(M, goal, rate, steps)
    axes = np.array([steep, flat])
    left = ((axes @ (goal - places).T).T / (axes @ goal)).round(12) + 0.0
    jumps = _places(M, goal, long, 3)
    losses, falls = (((w - goal) @ M * (w - goal)).sum(axis=1) / 2 for w in (places, jumps))
    rows = tuple(
        (k, *places[k].tolist(), *left[k].tolist(), losses[k].item()) for k in (0, 1, 3, 10, steps)
    )
    singles = -(X @ goal)[:, None] * X
    along, across = np.linalg.eigvalsh(M)
    return Curve(
        singles=singles,
        mean=singles.mean(axis=0),
        after=M @ (places[1] - goal),
        rates=(rate, long),
        curvatures=(float(across), float(along)),
        factors=(1 - rate * float(across), 1 - rate * float(along), 1 - long * float(across)),
        rows=rows,
        steps=steps,
        best=min(steps_until(M, goal, k / 1000, 0.01) for k in range(20, 143)),
        jumps=jumps[1:],
        falls=falls,
        centered=np.linalg.eigvalsh(rest.T @ rest / 4),
        arrives=rest.T @ (X @ goal) / 4 + 0.0,
    )
