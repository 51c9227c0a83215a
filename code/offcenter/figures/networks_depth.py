"""Figures of the chapter on random starts: depth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from offcenter import _checks
from offcenter.errors import ArgumentError
from offcenter.figures._marks import name_end
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, ORANGE
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
    "Each wide ReLU layer makes any two examples more alike; tanh layers do not.",
    data=depth_data,
    alt=depth_alt,
    height=2.8,
)
def depth_plot(record: Depth, ax: Axes) -> None:
    """Draw the recursion as a line and the random networks as dots."""
    layer = np.arange(len(record.theory))
    ax.plot(layer, record.theory, color=ORANGE)
    ax.plot(layer, record.relu, "o", color=ORANGE, markersize=4)
    ax.plot(layer, record.tanh, "o", color=BLUE, markersize=4)
    ax.set(xlabel="layer", ylabel="cosine between two examples", ylim=(-0.05, 1), xticks=layer)
    ax.set_xlim(-0.2, layer[-1] + 0.1)
    name_end(ax, layer[-1], float(record.theory[-1]), "ReLU", ORANGE)
    name_end(ax, layer[-1], float(record.tanh[-1]), "tanh", BLUE)
    ax.text(5.2, record.theory[5] - 0.07, "line: the wide limit", color=ORANGE, va="top")
    ax.text(5.2, record.theory[5] - 0.17, f"dots: width {record.width}", color=ORANGE, va="top")
    ax.text(5.2, 0.06, "no mean, no likeness", color=BLUE)
