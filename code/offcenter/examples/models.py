"""Models: which of them see that the inputs are shifted or rescaled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter.examples._record import example

__all__ = ["Methods", "methods"]


@dataclass(frozen=True)
class Methods:
    """The inputs 1 and 3 with the targets 3 and 7, and what is predicted at 4; and neighbors.

    Each field is for the inputs as they are, and then for ten times them (40 in place of 4).
    `least_squares`: predictions; `ridge_weights`, `ridge`: its weight if twice its square is added
    to the squared errors, and predictions.
    `gradients`: of half the mean squared error by weight and bias, both 0; `stepped`: both after a
    step of size 0.1; `descent`: predictions then; `centered`: both after a step of size 1 if the
    inputs are −1 and 1.
    `distances`: of (25, 50) from (65, 51) and (26, 60), and if the second numbers are 1000 times
    as large.
    """

    least_squares: tuple[float, float]
    ridge_weights: tuple[float, float]
    ridge: tuple[float, float]
    gradients: np.ndarray
    stepped: np.ndarray
    descent: tuple[float, float]
    centered: np.ndarray
    distances: np.ndarray


@example("models-methods")
def methods() -> Methods:
    """Return least squares, ridge and a step of descent in two units, and nearest neighbors."""
    x, y = np.array([1.0, 3.0]), np.array([3.0, 7.0])

    def weight(scale: float, penalty: float) -> float:
        z = scale * (x - x.mean())
        return float(z @ (y - y.mean()) / (z @ z + penalty))

    def predicted(scale: float, penalty: float) -> float:
        return float(y.mean() + weight(scale, penalty) * scale * (4 - x.mean()))

    def gradient(z: np.ndarray) -> np.ndarray:
        return -append_one(z[:, None]).T @ y / 2

    gradients = np.array([gradient(x), gradient(10 * x)])
    stepped = -0.1 * gradients
    people = np.array([[65.0, 51.0], [26.0, 60.0]]) - [25, 50]
    return Methods(
        least_squares=(predicted(1, 0), predicted(10, 0)),
        ridge_weights=(weight(1, 2), weight(10, 2)),
        ridge=(predicted(1, 2), predicted(10, 2)),
        gradients=gradients,
        stepped=stepped,
        descent=(float(stepped[0] @ [4, 1]), float(stepped[1] @ [40, 1])),
        centered=-gradient(x - x.mean()),
        distances=np.array([np.hypot(*people.T), np.hypot(*(people * [1, 1000]).T)]),
    )
