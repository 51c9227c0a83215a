"""Batch norm behind the weights that read two inputs of unequal scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.errors import ArrivalError
from offcenter.examples._by_hand import behind_norm
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example

__all__ = ["OnInputs", "on_inputs"]


@dataclass(frozen=True)
class OnInputs:
    """A normalized sum of 2 or 4 and 20 or 40, in all four ways, with the weights (1, 1) at first.

    It is trained, without scale and shift, to put out −1 for 2 and 1 for 4; the loss is half the
    mean squared error.
    `rows`: inputs, sum, output, target, and the loss's slope by the sum.
    `gradient`: by the weights; `after`: the weights after a step of size 1.
    `losses`: before that step and after it, with the inputs as they are and standardized.
    `steps`: to a loss below 0.01, as they are and standardized, with the step sizes 1 and 0.1.
    """

    rows: tuple[tuple[str | float, ...], ...]
    gradient: np.ndarray
    after: np.ndarray
    losses: tuple[tuple[float, float], ...]
    steps: tuple[tuple[int, int], ...]


def _path(X: np.ndarray, targets: np.ndarray, size: float) -> tuple[list[float], np.ndarray]:
    """Return the losses down to the first below 0.01, and the weights after one step."""
    w, losses, places = np.ones(2), [], []
    while len(losses) < 1000:
        loss, _, slopes = behind_norm(X, w, targets)
        losses.append(loss)
        if loss < 0.01:
            return losses, places[0]
        w = w - size * X.T @ slopes
        places.append(w)
    raise ArrivalError("the unit did not reach its goal")


@example("norms-on-inputs")
def on_inputs() -> OnInputs:
    """Return a step behind batch norm, and what the inputs' unequal scales cost in steps."""
    signs = FOUR - 2
    X, targets = np.array([3.0, 30.0]) + signs * [1, 10], signs[:, 0]
    _, outputs, slopes = behind_norm(X, np.ones(2), targets)
    paths = [[_path(Z, targets, size) for Z in (X, signs)] for size in (1.0, 0.1)]
    return OnInputs(
        rows=tuple(
            (f"{a:.0f}, {b:.0f}", a + b, *numbers)
            for (a, b), *numbers in zip(X, outputs, targets, slopes, strict=True)
        ),
        gradient=X.T @ slopes,
        after=paths[0][0][1],
        losses=tuple((losses[0], losses[1]) for losses, _ in paths[0]),
        steps=tuple((len(raw[0]) - 1, len(rest[0]) - 1) for raw, rest in paths),
    )
