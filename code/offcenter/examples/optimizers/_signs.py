"""Steps by the signs of gradients alone, and what parts the weights then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.errors import ArrivalError
from offcenter.examples._inputs import NARROW_PAIR
from offcenter.examples._record import example
from offcenter.examples._steps import ends

__all__ = ["SignSteps", "SignWays", "sign_steps", "sign_ways"]


@dataclass(frozen=True)
class SignSteps:
    """A linear unit that reads (2, 1) and (1, 2) in turn and should learn (1, −1), by signs alone.

    `rows`: step, δ, the two weights after a step of 0.2 against the gradient's signs.
    `batch`, `batch_after`: the mean gradient at 0, and the weights after five such steps on it.
    `centered_after`: the weights after five steps on the examples less their mean.
    `zeros`: δ and the weights after a step on (2, 0), and then on (0, 2), in place of the two.
    `lion_mixed`, `lion`, `lion_centered`: Lion's first step that raises one weight and lowers the
    other, its steps until it first stands at (1, −1), and those on the examples less their mean.
    """

    rows: tuple[tuple[float, ...], ...]
    batch: np.ndarray
    batch_after: np.ndarray
    centered_after: np.ndarray
    zeros: tuple[tuple[float, ...], ...]
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
    X, goal = NARROW_PAIR, np.array([1.0, -1.0])

    def in_turn(inputs: np.ndarray, steps: int) -> tuple[tuple[float, ...], ...]:
        w, rows = np.zeros(2), []
        for step in range(steps):
            x = inputs[step % 2]
            error = float((x @ (w - goal)).round(12))
            w = (w - 0.2 * np.sign(error * x)).round(12)
            rows.append((step + 1, error, *(w + 0.0)))
        return tuple(rows)

    def together(w: np.ndarray) -> np.ndarray:
        return (X @ (w - goal)) @ X / 2

    rest = X - X.mean(axis=0)
    batch, centered = np.zeros(2), np.zeros(2)
    for step in range(5):
        batch = batch - 0.2 * np.sign(together(batch))
        centered = centered - 0.2 * np.sign(rest[step % 2] @ (centered - goal) * rest[step % 2])
    mixed, arrived = _lion(X, goal, 0.2)
    return SignSteps(
        rows=in_turn(X, 4),
        batch=together(np.zeros(2)),
        batch_after=batch.round(12),
        centered_after=centered.round(12),
        zeros=tuple(row[1:] for row in in_turn(np.diag([2.0, 2.0]), 2)),
        lion_mixed=mixed,
        lion=arrived,
        lion_centered=_lion(rest, goal, 0.2)[1],
    )


@dataclass(frozen=True)
class SignWays:
    """A linear unit with two random inputs and the goal (1, −1), after steps by signs alone.

    `weights`: medians of the two weights over the draws, from (0, 0), by signSGD on one example a
    step of inputs uniform on (0, 1); then with one thing changed: inputs that are max(0, normal),
    batches of 32, Lion, inputs on (−½, ½).
    `distances`: the least and the most, over the draws, of the distance to the goal.
    """

    steps: int
    draws: int
    weights: tuple[tuple[float, ...], ...]
    distances: tuple[tuple[float, float], ...]


_STEPS, _DRAWS, _SIZE = 1000, 21, 0.01


def _by_signs(*, inputs: str = "positive", batch: int = 1, lion: bool = False) -> np.ndarray:
    """Return the weights of all draws after the last step, shape (draws, 2)."""
    rng, goal = np.random.default_rng(0), np.array([1.0, -1.0])
    # Whole numbers of steps: rounding parts no weights.
    at, mean = np.zeros((_DRAWS, 2), dtype=int), np.zeros((_DRAWS, 2))
    for _ in range(_STEPS):
        shape = (_DRAWS, batch, 2)
        if inputs == "relu":
            X = np.maximum(rng.standard_normal(shape), 0)
        else:
            X = rng.random(shape) - (0.5 if inputs == "centered" else 0)
        errors = X @ (_SIZE * at - goal)[:, :, None]
        g = (errors * X).mean(axis=1)
        at = at - np.sign(0.9 * mean + 0.1 * g if lion else g).astype(int)
        mean = 0.99 * mean + 0.01 * g
    return _SIZE * at


@example("optimizers-signs-ways")
def sign_ways() -> SignWays:
    """Return where signs lead on single positive examples, and with one thing changed."""
    found = (
        _by_signs(),
        _by_signs(inputs="relu"),
        _by_signs(batch=32),
        _by_signs(lion=True),
        _by_signs(inputs="centered"),
    )
    return SignWays(
        _STEPS,
        _DRAWS,
        weights=tuple(tuple(np.median(w, axis=0).round(12) + 0.0) for w in found),
        distances=tuple(ends(np.hypot(*(w - [1, -1]).T)) for w in found),
    )
