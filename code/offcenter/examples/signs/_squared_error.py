"""One linear unit with the squared error: what one example asks for, and what two do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._inputs import PAIR
from offcenter.examples._record import example

__all__ = ["Bill", "TwoMessages", "bill", "two_messages"]


@dataclass(frozen=True)
class Bill:
    """A linear unit of the weights (2, −4, 1), without a bias, with the loss ½(z − y)².

    `rows`: its sum z, δ, and the three entries of δx.
    """

    rows: tuple[tuple[float, ...], ...]


@example("signs-bill")
def bill() -> Bill:
    """Return them for (3, 1, 2) with the targets 2 and 5, and for (3, −1, 2) with 11."""
    rows, weights = [], np.array([2.0, -4.0, 1.0])
    for entries, target in (((3, 1, 2), 2), ((3, 1, 2), 5), ((3, -1, 2), 11)):
        x = np.array(entries, dtype=float)
        total = float(x @ weights)
        rows.append((total, total - target, *((total - target) * x)))
    return Bill(tuple(rows))


@dataclass(frozen=True)
class TwoMessages:
    """A linear unit at w = (0, 0), without a bias, which should learn (1, −1); the loss ½(z − y)².

    `rows`: for (3, 1) with the target 2 and (1, 3) with −2, δ and the two entries of δx.
    `average`: of the two gradients.
    """

    rows: tuple[tuple[float, ...], ...]
    average: np.ndarray


@example("signs-two-messages")
def two_messages() -> TwoMessages:
    """Return what two examples ask for, and what both together do."""
    X, targets = PAIR, np.array([2.0, -2.0])
    errors = 0 - targets
    rows = tuple((float(e), *(e * x)) for e, x in zip(errors, X, strict=True))
    return TwoMessages(rows, errors @ X / 2)
