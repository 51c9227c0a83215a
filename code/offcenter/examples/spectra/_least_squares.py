"""A line through two points, by descent: the mean of the input stretches the bowl."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter.examples._record import example

__all__ = ["LeastSquares", "least_squares"]


@dataclass(frozen=True)
class LeastSquares:
    """The inputs 3 and 5 with the targets 1 and 3; loss ½ mean (wx + b − y)², start 0.

    `moved`: by what a change of (w, b) by (4, 1) and by (1, −4) moves both predictions.
    `curvatures`: the largest and the smallest, and the first by the second, then the same for
    centered inputs.
    `first`: w and b after one step at 1/(largest curvature), and the share of the loss that it
    removed; `kept`: by what such a step multiplies what is missing along the flat direction;
    `steps`: to 10⁻⁴ of the first loss; `best`: the fewest, of 1999 rates below twice this one.
    `centered`: w and b′ after one step of size 1 on centered inputs.
    `lengths`: of the two changes in (w, b), and in (w, b + 4w).
    `far`: the ratio for one input of mean 10,000 and deviation 1.
    """

    moved: tuple[tuple[float, float], ...]
    curvatures: tuple[tuple[float, float, float], ...]
    first: tuple[float, float, float]
    kept: float
    steps: int
    best: int
    centered: tuple[float, float]
    lengths: tuple[tuple[float, float], ...]
    far: float


def _ratio(H: np.ndarray) -> tuple[float, float, float]:
    flat, steep = np.linalg.eigvalsh(H).tolist()
    return steep, flat, steep / flat


def _fewest_steps(H: np.ndarray, slope: np.ndarray) -> int:
    """Return the fewest steps from 0 to 10⁻⁴ of the first loss, along the eigenvectors."""
    values, vectors = np.linalg.eigh(H)
    losses = (vectors.T @ slope) ** 2 / values
    rates = np.arange(1, 2000) / 1000 / values[-1]
    factors, steps = (1 - rates[:, None] * values) ** 2, 0
    left = np.tile(losses, (len(rates), 1))
    while (left.sum(axis=1) > 1e-4 * losses.sum()).all():
        left, steps = left * factors, steps + 1
    return steps


@example("spectra-least-squares")
def least_squares() -> LeastSquares:
    """Return the bowl in both writings, and the steps."""
    x, y = np.array([3.0, 5.0]), np.array([1.0, 3.0])
    raw, centered = append_one(x), append_one(x - x.mean())
    bowls = [X.T @ X / 2 for X in (raw, centered)]
    steep, flat, _ = _ratio(bowls[0])
    changes = np.array([[4.0, 1.0], [1.0, -4.0]])
    theta, goal, steps = np.zeros(2), 1e-4 * (y @ y), 0
    first = raw.T @ y / 2 / steep
    left = y - raw @ first
    while (error := raw @ theta - y) @ error > goal:
        theta, steps = theta - raw.T @ error / 2 / steep, steps + 1
    renamed = changes + np.outer(changes[:, 0], [0.0, x.mean()])
    m = 1e4
    # The determinant is 1, so the smallest curvature is 1 over the largest.
    largest = np.linalg.eigvalsh(np.array([[1 + m**2, m], [m, 1.0]]))[-1]
    return LeastSquares(
        moved=tuple(map(tuple, (changes @ raw.T).tolist())),
        curvatures=tuple(map(_ratio, bowls)),
        first=(*first.tolist(), 1 - float(left @ left / (y @ y))),
        kept=1 - flat / steep,
        steps=steps,
        best=_fewest_steps(bowls[0], raw.T @ y / 2),
        centered=tuple((centered.T @ y / 2).tolist()),
        lengths=tuple(
            map(tuple, np.linalg.norm([changes, renamed], axis=2).tolist()),
        ),
        far=float(largest**2),
    )
