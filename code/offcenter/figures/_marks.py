"""Small marks that several figures share: names of curves, plain numbers, logarithmic axes."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.ticker import FuncFormatter, NullFormatter

__all__ = ["name_end", "plain_log", "three_digits"]


def name_end(axes: Axes, x: float, y: float, text: str, color: str) -> None:
    """Write the name of a curve at its right end, (x, y) in data units."""
    axes.annotate(text, (x, y), (5, 0), textcoords="offset points", color=color, va="center")


def three_digits(value: float) -> str:
    """Return `value` with three significant digits, without an exponent."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.2e}")
    digits = max(0, 2 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{digits}f}".replace("-", "−")


def plain_log(axis: XAxis | YAxis) -> None:
    """Make the scale of `axis` logarithmic, its ticks plain numbers such as 0.1 and 1,000."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,.{max(0, -math.floor(math.log10(value)))}f}")
    )
    axis.set_minor_formatter(NullFormatter())
