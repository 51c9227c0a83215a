"""The figure of the small book."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from offcenter.small import total

from offcenter.figures._record import figure


@dataclass(frozen=True)
class Line:
    """Where a line begins and ends."""

    start: float
    end: float


def line(start: float = 0.0) -> Line:
    """Return the line."""
    return Line(start, start + total(2))


@figure(
    "small-line",
    "A line rises by two.",
    data=line,
    alt=lambda record: f"A line rises from {record.start} to {record.end}.",
    height=2.0,
)
def _(record: Line, ax: Axes) -> None:
    ax.plot([0, 1], [record.start, record.end])
    ax.set_xlabel("place")
    ax.set_ylabel("height")
