"""The bowl of two weights, as several figures draw it: its contours, and a path in it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse

from offcenter.descent import PlaneRun
from offcenter.figures._style import BLUE, INK, LIGHT, ORANGE

__all__ = ["draw_run", "outcome"]


def outcome(record: PlaneRun) -> str:
    """Return in words how a run ended: its turns, and its steps to the goal if it got there."""
    turns, steps = record.turns, record.steps_to_goal
    bends = f"{turns} turn{'' if turns == 1 else 's'}"
    if record.diverges:
        return f"{bends}, runs away"
    if steps is None:
        return f"{bends}, not there after {record.path.steps} steps"
    return f"{bends}, {steps} step{'' if steps == 1 else 's'}"


def draw_run(record: PlaneRun, axes: Axes, *, reach: float) -> None:
    """Draw the contours of the bowl and the path of one run in a square of half side `reach`."""
    # Each level set of a quadratic is an ellipse along the eigenvectors; a curve, not a polygon of
    # hundreds of points, is exact and costs the page little.
    values, vectors = np.linalg.eigh(record.second_moment)
    angle = np.degrees(np.arctan2(vectors[1, 0], vectors[0, 0]))
    for loss in record.contours:
        width, height = 2 * np.sqrt(2 * loss / values)
        level = Ellipse((0, 0), width, height, angle=angle, fill=False)
        level.set(edgecolor=LIGHT, linewidth=0.7)
        axes.add_patch(level)
    x, y = record.path.points.T
    color = ORANGE if record.turns else BLUE
    axes.plot(x, y, color=color, linewidth=1.1, marker="o", markersize=2.6, clip_on=True)
    axes.plot(x[0], y[0], marker="o", color=INK, markersize=4.5)
    axes.plot(0, 0, marker="+", color=INK, markersize=8, markeredgewidth=1.4)
    axes.set_aspect("equal")
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
