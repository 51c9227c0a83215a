"""The bowl of two weights, as several figures draw it: its contours, and a path in it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Ellipse

from offcenter.descent import PlaneRun
from offcenter.figures._marks import three_digits
from offcenter.figures._style import BLUE, GREY, INK, ORANGE

__all__ = ["draw_both", "draw_run", "outcome"]

_BROAD = 2.5  # the bowl, times as broad as the loss
_WASH = 0.04
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


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
        level = Ellipse((0, 0), width, height, angle=angle)
        # As thin as a wash: the bowl is the deeper the darker.
        level.set(facecolor=to_rgba(BLUE, _WASH), edgecolor=GREY, linewidth=0.45)
        axes.add_patch(level)
    x, y = record.path.points.T
    color = ORANGE if record.turns else BLUE
    # Many turns are a clot where they are as broad as a few.
    line, dot = (0.8, 2.0) if len(x) > 40 else (1.1, 2.6)
    axes.plot(x, y, color=color, linewidth=line, marker="o", markersize=dot, clip_on=True)
    axes.plot(x[0], y[0], marker="o", color=INK, markersize=4.5)
    axes.plot(0, 0, marker="+", color=INK, markersize=8, markeredgewidth=1.4)
    axes.set_aspect("equal")
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)


def draw_both(record: PlaneRun, panels: np.ndarray, *, powers: tuple[int, int, int]) -> None:
    """Draw one run in its bowl, with the axes of the bowl, and beside it how the loss falls.

    The loss is a share of the first: two powers of ten are named, and it is drawn down to a third.
    """
    floor = 10.0 ** powers[-1]
    bowl, loss = panels
    bowl.get_gridspec().set_width_ratios([_BROAD, 1])
    # As tall as the bowl, which is a square.
    loss.set_box_aspect(_BROAD)
    draw_run(record, bowl, reach=1.25)
    _name_axes(record, bowl)
    bowl.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1], xlabel="first weight", ylabel="second weight")
    shares = np.maximum(record.path.losses / record.path.losses[0], floor)
    loss.plot(shares, color=ORANGE if record.turns else BLUE)
    loss.set(yscale="log", ylim=(floor, max(1, shares.max())), xlim=(0, max(4, len(shares) - 1)))
    named = {1.0: "1"} | {10.0**k: f"10{str(k).translate(_RAISED)}" for k in powers[:-1]}
    loss.set(yticks=[*named], yticklabels=[*named.values()], xlabel="step")
    loss.set(xticks=loss.get_xlim())
    loss.minorticks_off()
    loss.set_title("loss", loc="right")


def _name_axes(record: PlaneRun, axes: Axes) -> None:
    """Write along each axis of the bowl what a step multiplies the distance by, 1 − ηλ."""
    low, high = record.eigenvalues
    factors = 1 - record.setting.step_size / high * record.eigenvalues
    known = record.setting.momentum == 0
    words = [f" × {three_digits(float(factor))}" if known else "" for factor in factors]
    if np.isclose(low, high):
        axes.text(1.05, -1.15, f"all ways alike{words[0]}", color=GREY, ha="right")
        return
    for way, name, word, y in ((-1, "flat", words[0], -1.15), (1, "steep", words[1], 1.05)):
        axes.plot(
            [-1.25, 1.25], [-way * 1.25, way * 1.25], color=GREY, linewidth=0.6, dashes=(2, 3)
        )
        axes.text(1.0, y, name + word, color=GREY, ha="right")
