"""Adam: its first step, its steps to a goal, and how its average turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.errors import ArrivalError
from offcenter.examples._by_hand import stays_within
from offcenter.examples._inputs import FOUR, NARROW_PAIR
from offcenter.examples._record import example
from offcenter.examples._rules import Adam
from offcenter.examples._steps import best_step, first_within, steps_until
from offcenter.spectrum import condition_number

__all__ = ["AdamStart", "AdamSteps", "AdamTurns", "adam_start", "adam_steps", "adam_turns"]


@dataclass(frozen=True)
class AdamStart:
    """Two independent inputs, each 9 or 11, no bias, and the distance (1, 0).

    E[xxᵀ] and its curvatures, the larger first; the gradient, and Adam's first step against it,
    in step sizes; the same two on inputs less their mean.
    `units`: κ if the second input is 90 or 110, for one step size and for two that make the
    diagonal entries equal; the same two less the mean.
    `bias`: the first two for one input and a bias.
    `steps`: to 1 % of the distance (1, 2) by the best descent and by Adam at 0.1, for ±1, for ±1
    and ±10, and raw; `more` says how many times as many Adam takes raw as for ±1.
    `best`: the step from which Adam stays there, up to 4000, at the best of the
    rates 2⁻⁹ to 1, for ±1 and raw.  `flat`: Adam's steps from (1, −1), raw.
    """

    moment: np.ndarray
    curvatures: np.ndarray
    gradient: np.ndarray
    moves: np.ndarray
    centered_gradient: np.ndarray
    centered_moves: np.ndarray
    units: tuple[float, float, float, float]
    bias: tuple[float, float]
    steps: tuple[tuple[int, int], ...]
    more: float
    best: tuple[int, int]
    flat: int


def _adam_left(H: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Return what part of the distance d is left after each step, at 0.1 and at 2⁻⁹ to 1."""
    rates, adam, left = np.append(0.1, 2.0 ** np.arange(-9, 1))[:, None], Adam(), []
    now = np.tile(d, (len(rates), 1))
    for _ in range(4000):
        now = now + rates * adam(now @ H)
        left.append(np.linalg.norm(now, axis=1) / np.linalg.norm(d))
    return np.array(left).T


@example("optimizers-adam-start")
def adam_start() -> AdamStart:
    """Return curvatures, gradients and first steps."""
    X, d = FOUR + 8, np.array([1.0, 0.0])
    M, C = (Z.T @ Z / 4 for Z in (X, X - X.mean(axis=0)))

    def first_step(g: np.ndarray) -> np.ndarray:
        return -Adam()(g).round(6) + 0.0

    def leveled(H: np.ndarray) -> tuple[float, float]:
        scale = np.diag(H) ** -0.5
        return condition_number(H), condition_number(H * np.outer(scale, scale))

    tens, far = np.outer((1, 10), (1, 10)), np.array([1.0, 2.0])
    left = [_adam_left(H, far) for H in (C, C * tens, M)]
    steps = tuple(
        (steps_until(H, far, best_step(H), 0.01), first_within(0.01, first))
        for H, (first, *_) in zip((C, C * tens, M), left, strict=True)
    )

    def stays(others: np.ndarray) -> int:
        return min(stays_within(0.01, parts) + 1 for parts in others)

    return AdamStart(
        moment=M,
        curvatures=np.linalg.eigvalsh(M)[::-1],
        gradient=M @ d,
        moves=first_step(M @ d),
        centered_gradient=C @ d,
        centered_moves=first_step(C @ d),
        units=(*leveled(M * tens), *leveled(C * tens)),
        bias=leveled(np.array([[101.0, 10.0], [10.0, 1.0]])),
        steps=steps,
        more=steps[2][1] / steps[0][1],
        best=(stays(left[0][1:]), stays(left[2][1:])),
        flat=first_within(0.01, _adam_left(M, np.array([1.0, -1.0]))[0]),
    )


@dataclass(frozen=True)
class AdamSteps:
    """Adam's steps to 1 % of the distance, for n independent inputs that are 1 or 3.

    To stay there up to step `limit`: later Adam can leave it again, as its averages of squares
    fall.
    `rows`: n, the ratio of the curvatures, and the median steps over 21 random starts, at the
    step size for which it is least: raw, and with the mean subtracted.
    `small`: for n = 100 at the step size 0.001, raw and with the mean subtracted, to step 15 000.
    """

    limit: int
    rows: tuple[tuple[float, ...], ...]
    small: tuple[float, float]


_LIMIT, _LONG = 1000, 15_000
_SIZES = tuple((2.0 ** np.arange(-9, 1, 0.5)).tolist())


@stored
def _adam_steps(
    n: int, mean: float, step_sizes: tuple[float, ...] = _SIZES, limit: int = _LIMIT
) -> float:
    """Return the least median over step sizes, for the curvature I + mean² 𝟏𝟏ᵀ."""
    sizes = np.array(step_sizes)
    start = np.random.default_rng(0).standard_normal((21, n))
    w = np.tile(start, (len(sizes), 1, 1))
    goal, last = 0.01 * np.linalg.norm(start, axis=1), np.zeros(w.shape[:2], dtype=int)
    adam = Adam()
    for step in range(1, limit + 1):
        w += sizes[:, None, None] * adam(w + mean**2 * w.sum(axis=2, keepdims=True))
        last[np.linalg.norm(w, axis=2) > goal] = step
    fewest = np.median(last + 1, axis=1).min()
    # As long again as it took, so that it was seen to stay.
    if fewest > limit / 2:
        raise ArrivalError(f"Adam must reach the goal to stay in {limit} steps, and did not")
    return float(fewest)


@example("optimizers-adam-steps")
def adam_steps() -> AdamSteps:
    """Return the steps for 2 and for 100 inputs of mean 2 and variance 1."""
    return AdamSteps(
        _LIMIT,
        tuple((n, 1 + 4 * n, _adam_steps(n, 2.0), _adam_steps(n, 0.0)) for n in (2, 100)),
        small=(
            _adam_steps(100, 2.0, (0.001,), _LONG),
            _adam_steps(100, 0.0, (0.001,), _LONG),
        ),
    )


@dataclass(frozen=True)
class AdamTurns:
    """A linear unit that reads (2, 1) and (1, 2) in turn and should learn (1, −1), by Adam.

    `rows`: from (0, 0) at the learning rate 0.1: step, gradient, move, the weights after it.
    `mean`, `roots`: the running average of the gradients in the second step, and what divides it.
    `late`: the weights after 30 steps.
    `alone`: the first two moves without that average, β₁ = 0.
    """

    rows: tuple[tuple[float, ...], ...]
    mean: np.ndarray
    roots: np.ndarray
    late: np.ndarray
    alone: np.ndarray


_RATE = 0.1


def _adam_in_turn(mean_decay: float, steps: int) -> list[tuple[np.ndarray, ...]]:
    """Return the gradient, its running average, the move and the weights of each step."""
    goal, w, adam, found = np.array([1.0, -1.0]), np.zeros(2), Adam(mean_decay), []
    for step in range(steps):
        x = NARROW_PAIR[step % 2]
        g = x @ (w - goal) * x
        move = _RATE * adam(g)
        w = w + move
        found.append((g, adam.mean, move, w))
    return found


@example("optimizers-adam-turns")
def adam_turns() -> AdamTurns:
    """Return four steps, where thirty lead, and two without the average."""
    run = _adam_in_turn(0.9, 30)
    rows = tuple(
        (k, *map(float, np.concatenate((g, move, w))))
        for k, (g, _, move, w) in enumerate(run[:4], start=1)
    )
    alone = np.array([move for _, _, move, _ in _adam_in_turn(0.0, 2)])
    _, mean, move, _ = run[1]
    # The move is the rate times their quotient.
    roots = abs(_RATE * mean / move)
    return AdamTurns(rows, mean, roots, run[-1][-1], alone)
