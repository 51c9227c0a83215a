"""The record of a descent: where it went, and what one can read off its path."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from offcenter import _checks
from offcenter._records import Record

__all__ = ["Path"]


@dataclass(frozen=True, eq=False)
class Path(Record):
    """The points that a descent method visits, and the gradients that it followed.

    Of a layer with k outputs, weights and gradients have the shape (n, k) for (n,).

    Parameters
    ----------
    points : array, shape (steps + 1, n)
        The weights, from the start on.
    losses : array, shape (steps + 1,)
        The full loss at each point.
    gradients : array, shape (steps, n)
        The gradient that each step used: of the batch for `sgd`, at the look-ahead for `nesterov`.
    minimum : array, shape (n,)
        The minimum that the distances are measured from, of several the nearest to the start.
    """

    points: np.ndarray
    losses: np.ndarray
    gradients: np.ndarray
    minimum: np.ndarray

    @property
    def steps(self) -> int:
        """The number of steps."""
        return len(self.points) - 1

    @property
    def signs(self) -> np.ndarray:
        """The signs −1, 0 or 1 of each gradient's coordinates, shape (steps, n)."""
        return np.sign(self.gradients).astype(int)

    @property
    def distances(self) -> np.ndarray:
        """The distance ‖w − w*‖ of each point from the minimum, shape (steps + 1,)."""
        return np.linalg.norm(_flat(self.points - self.minimum), axis=1)

    @property
    def turns(self) -> int:
        """How often one step turns by more than 90° from the last: their dot product is negative.

        A step of length zero has no direction and turns from nothing.
        """
        moves = np.diff(_flat(self.points), axis=0)
        sizes = np.abs(moves).max(axis=1, keepdims=True)
        # Scaled first, because the product of two tiny steps would underflow to zero.
        directions = np.divide(moves, sizes, out=np.zeros_like(moves), where=sizes > 0)
        return int(np.count_nonzero(np.sum(directions[1:] * directions[:-1], axis=1) < 0))

    @property
    def length(self) -> float:
        """The sum of the lengths of all steps."""
        return float(np.linalg.norm(np.diff(_flat(self.points), axis=0), axis=1).sum())

    def steps_to(self, goal: float, *, measure: str = "distance") -> int | None:
        """Return the first step at which `measure` is at most `goal` times its value at the start.

        Parameters
        ----------
        goal : float
            Between 0 and 1.
        measure : {"distance", "loss"}
            The distance from the minimum, or the loss.

        Returns
        -------
        int or None
            None if the path does not come that far.

        Raises
        ------
        ValueError
            If `goal` is not above 0 and below 1, or `measure` has another name.
        """
        goal = _checks.number("goal", goal, above=0, below=1)
        name = _checks.one_of("measure", measure, ("distance", "loss"))
        values = self.distances if name == "distance" else self.losses
        reached = np.flatnonzero(values <= goal * values[0])
        return int(reached[0]) if reached.size else None

    def until(self, goal: float, *, measure: str = "distance") -> Path:
        """Return the path up to the step at which it reaches `goal`, or all of it.

        Takes and refuses the same arguments as `steps_to`.
        """
        end = self.steps_to(goal, measure=measure)
        return self if end is None else self.first(end)

    def first(self, steps: int) -> Path:
        """Return the path of only the first `steps` steps, or all of it if it is shorter.

        Raises
        ------
        ValueError
            If `steps` is negative.
        """
        steps = _checks.count("steps", steps, minimum=0)
        return replace(
            self,
            points=self.points[: steps + 1],
            losses=self.losses[: steps + 1],
            gradients=self.gradients[:steps],
        )


def _flat(points: np.ndarray) -> np.ndarray:
    """Return one row for each point, whatever its shape."""
    return points.reshape(len(points), -1)
