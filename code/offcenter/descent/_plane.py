"""Descent for a linear unit with two inputs, independent and alike: the smallest zig-zag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.descent._methods import momentum_until
from offcenter.descent._path import Path
from offcenter.errors import ArgumentError

__all__ = ["PRESETS", "PlaneRun", "Setting", "best_multiple", "plane_run"]

# Inputs uniform on an interval of length one: 0 to 1 when the mean is ½.
VARIANCE = 1 / 12
GOAL = 1e-3
STEPS = 400
# Far enough for a diverging path to be seen, and no farther.
ESCAPED = 4.0
# Losses at which contours are drawn: those of the bowl, wherever a path starts in it.  Each ring is
# √2 times as wide as the last; the widest leaves a square of side 2.5 in every direction at m = 1.
CONTOURS = tuple(0.005 * 2.0**k for k in range(10))


@dataclass(frozen=True)
class Setting:
    """What the reader may choose.

    Parameters
    ----------
    mean : float
        m, the mean of each of the two inputs; their variance is 1/12.
    step_size : float
        η in units of 1/λmax.
    momentum : float
        β of the heavy ball.
    start : (float, float)
        Where the run begins, as seen from the minimum: w − w*.
    """

    mean: float = 0.5
    step_size: float = 1.75
    momentum: float = 0.0
    start: tuple[float, float] = (1.0, 0.0)


@dataclass(frozen=True, eq=False)
class PlaneRun(Record):
    """One run from a setting to the goal.

    Parameters
    ----------
    setting : Setting
        What was chosen.
    second_moment : array, shape (2, 2)
        M, the curvature of the loss ½wᵀMw.
    eigenvalues : array, shape (2,)
        v and v + 2m², ascending.
    path : Path
        Up to the goal; of a run that never gets there, all of it, or until it is 4 times as far
        from the minimum as it was at the start.
    goal : float
        The share of the first distance from the minimum at which the run has arrived.
    """

    setting: Setting
    second_moment: np.ndarray
    eigenvalues: np.ndarray
    path: Path
    goal: float = GOAL

    @property
    def kappa(self) -> float:
        """The condition number κ = λmax/λmin."""
        return float(self.eigenvalues[1] / self.eigenvalues[0])

    @property
    def turns(self) -> int:
        """How often the path turns by more than 90°."""
        return self.path.turns

    @property
    def contours(self) -> np.ndarray:
        """The losses at which contours are drawn, the same for every mean and every start."""
        return np.array(CONTOURS)

    @property
    def steps_to_goal(self) -> int | None:
        """Steps until the distance from the minimum is `goal` times the first, None if never."""
        return self.path.steps_to(self.goal)

    @property
    def diverges(self) -> bool:
        """Whether the run got away."""
        distances = self.path.distances
        return bool(distances[-1] >= ESCAPED * distances[0])


PRESETS: Mapping[str, Setting] = MappingProxyType(
    {
        "zig-zag and fast": Setting(step_size=1.75),
        "straight and slow": Setting(step_size=1.0),
        "diverges": Setting(step_size=2.1),
        "centered": Setting(mean=0.0, step_size=1.0),
        # The two below are the slide's own goal, and the best settings of the heavy ball at κ = 7.
        "the hard direction": Setting(step_size=1.0, start=(1.0, -1.0)),
        "with momentum": Setting(step_size=2.1, momentum=0.2),
    }
)


@guarded
def best_multiple(mean: float) -> float:
    """Return 2/(λmax + λmin), the best fixed step size in the long run, in units of 1/λmax.

    2κ/(κ + 1), from 1 at κ = 1 to 2.
    """
    kappa = 1 + 2 * _checks.number("mean", mean) ** 2 / VARIANCE
    return 2 * kappa / (kappa + 1)


@guarded
def plane_run(setting: Setting, *, goal: float = GOAL) -> PlaneRun:
    """Descend from a setting until the distance from the minimum is `goal` times the first.

    The loss is ½wᵀMw with M = vI + m²11ᵀ and v = 1/12.

    Parameters
    ----------
    setting : Setting
        With step size above 0, momentum at least 0 and below 1, and a start other than (0, 0).
    goal : float
        Above 0 and below 1.

    Returns
    -------
    PlaneRun

    Raises
    ------
    ValueError
        If a number of the setting is out of its bounds, or a single step leaves the range of
        floats.
    """
    mean = _checks.number("mean", setting.mean)
    step_size = _checks.number("step_size", setting.step_size, above=0)
    beta = _checks.number("momentum", setting.momentum, minimum=0, below=1)
    start = _checks.vector("start", setting.start, size=2)
    if not start.any():
        raise ArgumentError("start must not be the minimum (0, 0)")
    M = VARIANCE * np.eye(2) + mean**2 * np.ones((2, 2))
    eigenvalues = np.array([VARIANCE, VARIANCE + 2 * mean**2])
    eta = step_size / eigenvalues[1]
    far = 2 * ESCAPED * np.linalg.norm(start)
    path = momentum_until(
        # The walk need not stop exactly there, only before it leaves the range of floats.
        lambda w: bool(np.linalg.norm(w) > far),
        M,
        start,
        step_size=eta,
        steps=STEPS,
        beta=beta,
    ).until(goal)
    escaped = np.flatnonzero(path.distances >= ESCAPED * path.distances[0])
    if escaped.size:
        path = path.first(int(escaped[0]))
    return PlaneRun(setting, M, eigenvalues, path, goal)
