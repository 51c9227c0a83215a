"""Swings: runs of one sigmoid unit whose loss goes up and down, each for another reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example

__all__ = ["Swings", "swings"]

_STEPS, _LATER = 4, 15
_ORDER = (0, 3, 1, 2)


@dataclass(frozen=True)
class Swings:
    """A sigmoid unit with a bias that learns whether its first input is 3, from weights of 0.

    The inputs are (1, 1), (1, 3), (3, 1), (3, 3), the loss is the cross-entropy.
    `rows`: the run, its step size, and the loss after 0, 1, …, 4 steps; in the
    last row after 0, 4, …, 16.
    `later`: the loss after 15 steps of the first two runs.
    `limits`: 2/λmax at the start, for the inputs as they are and less their mean.
    `first`: the weights after the first step of the first run.
    """

    rows: tuple[tuple[str | float, ...], ...]
    later: tuple[float, float]
    limits: tuple[float, float]
    first: np.ndarray


_LABELS = (FOUR[:, 0] == 3).astype(float)
_SIGMOID = ACTIVATIONS["sigmoid"]


def _design(X: np.ndarray) -> np.ndarray:
    return np.column_stack([X, np.ones(len(X))])


def _run(
    X: np.ndarray, step_size: float, steps: int, *, single: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the losses of all four examples before each step, (steps + 1, 4), and the weights."""
    A, w, losses, places = _design(X), np.zeros(3), [], [np.zeros(3)]
    for k in range(steps + 1):
        s = A @ w
        losses.append(np.logaddexp(0, s) - _LABELS * s)
        errors = _SIGMOID.value(s) - _LABELS
        used = [_ORDER[k % 4]] if single else range(4)
        w = w - step_size * A[used].T @ errors[used] / len(used)
        places.append(w)
    return np.array(losses), np.array(places)


def _late(step_size: float) -> float:
    return float(_run(FOUR, step_size, _LATER)[0][-1].mean())


def _limit(X: np.ndarray) -> float:
    # The slope of the sigmoid at 0, where all sums start, is ¼.
    return float(8 / np.linalg.eigvalsh(_design(X).T @ _design(X) / 4)[-1])


@example("swings-causes")
def swings() -> Swings:
    """Return the losses of the runs."""
    centered, relu = FOUR - 2, ACTIVATIONS["relu"].value(FOUR - 2)
    whole = (
        ("inputs 1 or 3", FOUR, 2.0),
        ("the same, a tenth of η", FOUR, 0.2),
        ("less the mean, 2", centered, 2.0),
        ("ReLU outputs 0 or 1", relu, 16.0),
        ("less their mean, ½", relu - 0.5, 16.0),
    )
    rows = [(name, eta, *_run(X, eta, _STEPS)[0].mean(axis=1).tolist()) for name, X, eta in whole]
    losses, _ = _run(FOUR, 0.05, 4 * _STEPS, single=True)
    own = [losses[k, _ORDER[k % 4]] for k in range(_STEPS + 1)]
    rows.append(("one of the four a step", 0.05, *own))
    rows.append(("the same: all four", 0.05, *losses[::4].mean(axis=1).tolist()))
    return Swings(
        rows=tuple(rows),
        later=(_late(2.0), _late(0.2)),
        limits=(_limit(FOUR), _limit(centered)),
        first=_run(FOUR, 2.0, 1)[1][1],
    )
