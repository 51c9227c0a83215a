"""Adam, and steps by signs alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.errors import ArrivalError
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.examples._rules import Adam

__all__ = ["AdamStart", "AdamSteps", "AdamTurns", "SignSteps"]
__all__ += ["adam_start", "adam_steps", "adam_turns", "sign_steps"]


@dataclass(frozen=True)
class AdamStart:
    """Two independent inputs, each 9 or 11, no bias, and the distance (1, 0).

    E[xxᵀ] and its curvatures, the larger first; the gradient, and Adam's first step against it,
    in step sizes; the same two on inputs less their mean.
    """

    moment: np.ndarray
    curvatures: np.ndarray
    gradient: np.ndarray
    moves: np.ndarray
    centered_gradient: np.ndarray
    centered_moves: np.ndarray


@example("optimizers-adam-start")
def adam_start() -> AdamStart:
    """Return curvatures, gradients and first steps."""
    X, d = FOUR + 8, np.array([1.0, 0.0])
    M, C = (Z.T @ Z / 4 for Z in (X, X - X.mean(axis=0)))

    def first_step(g: np.ndarray) -> np.ndarray:
        return -Adam()(g).round(6) + 0.0

    return AdamStart(
        moment=M,
        curvatures=np.linalg.eigvalsh(M)[::-1],
        gradient=M @ d,
        moves=first_step(M @ d),
        centered_gradient=C @ d,
        centered_moves=first_step(C @ d),
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
class SignSteps:
    """A linear unit that reads (2, 1) and (1, 2) in turn and should learn (1, −1), by signs alone.

    `rows`: step, δ, the two weights after a step of 0.2 against the gradient's signs.
    `batch`, `batch_after`: the mean gradient at 0, and the weights after five such steps on it.
    `centered_after`: the weights after five steps on the examples less their mean.
    `lion_mixed`, `lion`, `lion_centered`: Lion's first step that raises one weight and lowers the
    other, its steps until it first stands at (1, −1), and those on the examples less their mean.
    """

    rows: tuple[tuple[float, ...], ...]
    batch: np.ndarray
    batch_after: np.ndarray
    centered_after: np.ndarray
    lion_mixed: int
    lion: int
    lion_centered: int


def _lion(X: np.ndarray, goal: np.ndarray, size: float) -> tuple[int, int]:
    """Return the first step of mixed signs, and the steps to `goal`, for β₁ = 0.9, β₂ = 0.99."""
    # The weights as whole numbers of steps, so that they can stand at the goal exactly.
    at, mean, mixed = np.zeros(2, dtype=int), np.zeros(2), 0
    for step in range(1, 1000):
        x = X[(step - 1) % 2]
        gradient = x @ (size * at - goal) * x
        signs = np.sign(0.9 * mean + 0.1 * gradient).astype(int)
        at, mean = at - signs, 0.99 * mean + 0.01 * gradient
        if not mixed and signs[0] != signs[1]:
            mixed = step
        if np.array_equal(at, np.round(goal / size)):
            return mixed, step
    raise ArrivalError("Lion did not come to its goal")


@example("optimizers-signs")
def sign_steps() -> SignSteps:
    """Return steps of 0.2 against signs: of one example, of both, and of a running mean."""
    X, goal = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0])
    w, rows = np.zeros(2), []
    for step in range(4):
        x = X[step % 2]
        error = float((x @ (w - goal)).round(12))
        w = (w - 0.2 * np.sign(error * x)).round(12)
        rows.append((step + 1, error, *(w + 0.0)))

    def together(w: np.ndarray) -> np.ndarray:
        return (X @ (w - goal)) @ X / 2

    rest = X - X.mean(axis=0)
    batch, centered = np.zeros(2), np.zeros(2)
    for step in range(5):
        batch = batch - 0.2 * np.sign(together(batch))
        centered = centered - 0.2 * np.sign(rest[step % 2] @ (centered - goal) * rest[step % 2])
    mixed, arrived = _lion(X, goal, 0.2)
    return SignSteps(
        rows=tuple(rows),
        batch=together(np.zeros(2)),
        batch_after=batch.round(12),
        centered_after=centered.round(12),
        lion_mixed=mixed,
        lion=arrived,
        lion_centered=_lion(rest, goal, 0.2)[1],
    )


@dataclass(frozen=True)
class AdamTurns:
    """A linear unit that reads (2, 1) and (1, 2) in turn and should learn (1, −1), by Adam.

    `rows`: from (0, 0) at the learning rate 0.1: step, gradient, move, the weights after it.
    `mean`: the running average of the gradients in the second step.
    `late`: the weights after 30 steps.
    `alone`: the first two moves without that average, β₁ = 0.
    """

    rows: tuple[tuple[float, ...], ...]
    mean: np.ndarray
    late: np.ndarray
    alone: np.ndarray


def _adam_in_turn(mean_decay: float, steps: int) -> list[tuple[np.ndarray, ...]]:
    """Return the gradient, its running average, the move and the weights of each step."""
    X, goal = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0])
    w, adam, found = np.zeros(2), Adam(mean_decay), []
    for step in range(steps):
        x = X[step % 2]
        g = x @ (w - goal) * x
        move = 0.1 * adam(g)
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
    return AdamTurns(rows, run[1][1], run[-1][-1], alone)
