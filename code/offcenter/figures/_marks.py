"""Small marks that several figures share: names of curves, plain numbers, logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import XAxis, YAxis
from matplotlib.ticker import FuncFormatter, NullFormatter

from offcenter._written import written
from offcenter.figures._style import RC

__all__ = [
    "NAMES",
    "as_seen",
    "beside",
    "in_words",
    "name_end",
    "name_ends",
    "plain_log",
    "three_digits",
]

# What the names of a library are to a reader.
NAMES = {"relu": "ReLU", "gelu": "GELU", "elu": "ELU", "selu": "SELU", "silu": "SiLU"}


def in_words(name: str) -> str:
    """Return the name of an activation as a reader knows it."""
    words = [NAMES.get(word, word) for word in name.split("_")]
    return "ReLU²" if words == ["ReLU", "squared"] else " ".join(words)


def as_seen(values: np.ndarray, digits: int = 4) -> np.ndarray:
    """Return `values` with as many significant digits as a curve can show: pages bring them."""
    return np.array([float(f"{value:.{digits - 1}e}") for value in values])


def beside(
    axes: Axes,
    point: Sequence[float] | np.ndarray,
    gap: tuple[float, float],
    text: str,
    color: str,
    *,
    ha: Literal["left", "center", "right"] = "left",
    va: Literal["bottom", "center", "top"] = "center",
) -> None:
    """Write `text` so many points to the right of and above a point in data units."""
    x, y = (float(part) for part in point)
    axes.annotate(text, (x, y), gap, textcoords="offset points", color=color, ha=ha, va=va)


def name_end(axes: Axes, x: float, y: float, text: str, color: str) -> None:
    """Write the name of a curve at its right end, (x, y) in data units."""
    axes.annotate(text, (x, y), (5, 0), textcoords="offset points", color=color, va="center")


def name_ends(axes: Axes, x: float, ends: Sequence[tuple[float, str, str]]) -> None:
    """Write the names of curves at their right ends, (height, name, color), none over another.

    The limits of the axes must be set; the names are moved apart by as much as they lack, which is
    more where a name has several lines.
    """
    figure = axes.get_figure()
    assert figure is not None
    rows = sorted(ends)
    now = [72 / figure.dpi * float(axes.transData.transform((x, y))[1]) for y, *_ in rows]
    # A layout that comes later can make the axes a little lower.
    sizes, moved = (
        [1.4 * RC["font.size"] * (1 + text.count("\n")) for _, text, _ in rows],
        list(now),
    )
    for _ in range(50):
        for i in range(len(moved) - 1):
            least = (sizes[i] + sizes[i + 1]) / 2
            lack = max(0.0, least - (moved[i + 1] - moved[i]))
            moved[i : i + 2] = moved[i] - lack / 2, moved[i + 1] + lack / 2
    for (y, text, color), was, is_ in zip(rows, now, moved, strict=True):
        place = {"xytext": (5, is_ - was), "textcoords": "offset points", "va": "center"}
        axes.annotate(text, (x, y), color=color, **place)


def three_digits(value: float) -> str:
    """Return `value` with three significant digits, without an exponent."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.2e}")
    digits = max(0, 2 - math.floor(math.log10(abs(rounded))))
    return written(rounded, f",.{digits}f")


def plain_log(axis: XAxis | YAxis) -> None:
    """Make the scale of `axis` logarithmic, its ticks plain numbers such as 0.1 and 1,000."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,.{max(0, -math.floor(math.log10(value)))}f}")
    )
    axis.set_minor_formatter(NullFormatter())
