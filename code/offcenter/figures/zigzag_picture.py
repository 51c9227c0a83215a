"""The lecture's picture of the zig-zag, with data: steps along two positive examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from offcenter import _checks
from offcenter.figures._marks import beside, three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREY, INK, LIGHT

_GOAL = np.array([1.0, -1.0])
_EXAMPLES = np.array([[3.0, 1.0], [1.0, 3.0]])
_REACH = 1.2


@dataclass(frozen=True)
class Picture:
    """A path to (1, −1) by steps along the examples (3, 1), up, and (1, 3), down.

    Parameters
    ----------
    path : array, shape (2·pieces + 1, 2)
    detour : float
        Its length, the straight way being 1.
    """

    path: np.ndarray
    detour: float


def picture(*, pieces: int = 3) -> Picture:
    """Compute the record of `zigzag-picture`: each of the two legs in so many pieces."""
    pieces = _checks.count("pieces", pieces)
    legs = np.linalg.solve(_EXAMPLES.T, _GOAL)[:, np.newaxis] * _EXAMPLES
    steps = np.tile(legs / pieces, (pieces, 1))
    length = float(np.linalg.norm(steps, axis=1).sum() / np.linalg.norm(_GOAL))
    return Picture(np.vstack([np.zeros(2), np.cumsum(steps, axis=0)]), length)


def _alt(record: Picture) -> str:
    return (
        "The plane of two weights. A step along one positive example may go up and to the right, "
        "or down and to the left: two quadrants are shaded. The goal lies down and to the right. "
        "A straight dashed arrow to it is no such step; a path of "
        f"{len(record.path) - 1} allowed steps zig-zags there, {three_digits(record.detour)} "
        "times as long."
    )


@figure(
    "zigzag-picture",
    "Each step goes up or down along a positive example; the goal lies aside: so the path turns.",
    data=picture,
    alt=_alt,
    height=3.1,
)
def plot_picture(record: Picture, axes: Axes) -> None:
    """Draw the two quadrants, the straight way, and the steps."""
    for corner in (0, -_REACH):
        axes.add_patch(Rectangle((corner, corner), _REACH, _REACH, color=LIGHT, alpha=0.35, lw=0))
    axes.axhline(0, color=GREY, lw=0.7)
    axes.axvline(0, color=GREY, lw=0.7)
    arrow = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0}
    for start, end, color, dashes in [
        (np.zeros(2), _GOAL, GREY, (0, (3, 3))),
        *((a, b, BLUE, "-") for a, b in zip(record.path, record.path[1:], strict=False)),
    ]:
        style = arrow | {"color": color, "lw": 1.6, "ls": dashes}
        axes.annotate("", (end[0], end[1]), (start[0], start[1]), arrowprops=style)
    axes.plot(*_GOAL, "o", color=INK, ms=5)
    beside(axes, _GOAL, (7, -2), "goal w*", INK)
    beside(axes, (0, 0), (-6, 5), "start", INK, ha="right", va="bottom")
    beside(axes, (_REACH / 2, 0.62 * _REACH), (0, 0), "allowed:\nboth up", GREY, ha="center")
    beside(axes, (-_REACH / 2, -_REACH / 2), (0, 0), "allowed:\nboth down", GREY, ha="center")
    beside(axes, (0.72, -0.84), (-4, -2), "straight", GREY, ha="right", va="top")
    axes.set(aspect="equal", xlim=(-_REACH, 1.9), ylim=(-_REACH, _REACH))
    axes.set(xlabel="w₁", ylabel="w₂", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
