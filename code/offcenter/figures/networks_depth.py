"""Figures of the chapter on random starts: depth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from offcenter import _checks
from offcenter.errors import ArgumentError
from offcenter.figures._marks import beside
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREY, ORANGE
from offcenter.network import forward, initialize, relu_cosines
from offcenter.spectrum import mean_cosine


@dataclass(frozen=True)
class Depth:
    """Cosines between examples, layer by layer.

    Parameters
    ----------
    theory : ndarray, shape (depth + 1,)
        Of a ReLU layer of unlimited width.
    relu, tanh : ndarray, shape (depth + 1,)
        Of random layers of `width` units.
    width : int
    """

    theory: np.ndarray
    relu: np.ndarray
    tanh: np.ndarray
    width: int


def depth_data(*, depth: int = 10, width: int = 300, examples: int = 16, seed: int = 0) -> Depth:
    """Pass examples at right angles through random layers."""
    depth = _checks.count("depth", depth, minimum=5)
    # In a narrow ReLU layer all units can be silent, and then there is no cosine.
    width = _checks.count("width", width, minimum=20)
    examples = _checks.count("examples", examples, minimum=2)
    if examples > width:
        raise ArgumentError(f"examples must be at most width, {width}, got {examples}")
    seed = _checks.count("seed", seed, minimum=0)
    X = np.eye(examples, width) * math.sqrt(width)

    def cosines(activation: str, gain: float) -> np.ndarray:
        sizes = (width,) * (depth + 1) + (1,)
        rng = np.random.default_rng(seed)
        network = initialize(sizes, activation=activation, rng=rng, gain=gain)
        return np.array([mean_cosine(x) for x in forward(network, X).inputs])

    return Depth(relu_cosines(depth), cosines("relu", math.sqrt(2)), cosines("tanh", 1.0), width)


def depth_alt(record: Depth) -> str:
    """Say where the curves go."""
    return (
        "Mean cosine between two examples against the number of random layers. "
        f"With ReLU it rises from 0 to {record.theory[1]:.2f} after one layer and to "
        f"{record.theory[-1]:.2f} after {len(record.theory) - 1}; dots for networks of width "
        f"{record.width} lie close to the curve of the wide limit. With tanh it stays within "
        f"{np.abs(record.tanh).max():.2f} of 0."
    )


@figure(
    "networks-depth",
    "Wide random ReLU layers make perpendicular examples ever more alike; tanh layers do not.",
    data=depth_data,
    alt=depth_alt,
    height=2.8,
)
def depth_plot(record: Depth, ax: Axes) -> None:
    """Draw the recursion as a line and the random networks as dots."""
    layer = np.arange(len(record.theory))
    last = layer[-1]
    for cosine, words, va in ((1, "one direction", "bottom"), (0, "right angles", "top")):
        ax.axhline(cosine, color=GREY, linewidth=0.7, linestyle=(0, (3, 3)))
        ax.text(last, cosine + 0.02 * (2 * cosine - 1), words, color=GREY, ha="right", va=va)
    ax.plot(layer, record.theory, color=ORANGE)
    ax.plot(layer, record.relu, "o", color=ORANGE, markersize=4)
    ax.plot(layer, record.tanh, "o", color=BLUE, markersize=4)
    ax.set(xlabel="layer", ylabel="cosine of two examples", ylim=(-0.14, 1.14), xticks=layer)
    ax.set_yticks([0, 0.5, 1], ["0", "½", "1"])
    ax.set_xlim(-0.2, last + 0.2)
    middle = last // 2
    place = (middle, float(record.theory[middle]))
    beside(ax, place, (8, -10), "ReLU: ever more alike", ORANGE, va="top")
    words = f"line: the wide limit\ndots: width {record.width}"
    beside(ax, place, (8, -25), words, GREY, va="top")
    ax.text(middle, 0.06, "tanh: no mean, no likeness", color=BLUE, va="bottom")
