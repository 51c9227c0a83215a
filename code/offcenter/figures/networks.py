"""Figures of the chapter on real networks: what centering buys, and layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from offcenter.experiment import MAIN, SETUPS, TARGET, layers, races
from offcenter.figures._marks import name_ends
from offcenter.figures._record import figure
from offcenter.figures._setups import some_setups
from offcenter.figures._style import BLUE, INK, ORANGE

# As many curves as there are places for their names.
_LAYERS = 3


@dataclass(frozen=True)
class Steps:
    """Steps of the best runs, with raw and with centered pixels.

    Parameters
    ----------
    labels : tuple of str
        Of the hidden layers.
    raw, centered : ndarray of int, shape (networks, seeds)
    target : float
        The training loss to reach.
    """

    labels: tuple[str, ...]
    raw: np.ndarray
    centered: np.ndarray
    target: float


def steps_data(*, method: str = "full") -> Steps:
    """Collect the steps of the best step size of each setup, over the seeds."""
    labels = {"sigmoid": "σ", "shifted": "σ − ½", "tanh": "tanh", "relu": "ReLU"}
    raw, centered = (
        np.array([races(f"{name}-{pixels}", method).fewest[:, MAIN] for name in labels])
        for pixels in ("raw", "centered")
    )
    return Steps(tuple(labels.values()), raw, centered, TARGET)


def steps_alt(record: Steps) -> str:
    """List all medians."""
    counts = ", ".join(
        f"{label} {np.median(raw):.0f} and {np.median(centered):.0f}"
        for label, raw, centered in zip(record.labels, record.raw, record.centered, strict=True)
    )
    fewer = int((record.centered < record.raw).sum())
    return (
        f"Steps to a training loss of {record.target:g} with the best step size tried, on raw and "
        f"on centered pixels, medians of {record.raw.shape[1]} starts: {counts}. Centering the "
        f"pixels takes fewer steps in {fewer} of {record.raw.size} pairs."
    )


@figure(
    "networks-steps",
    "On the digits, centered pixels and centered activations each save steps, most together.",
    data=steps_data,
    alt=steps_alt,
    height=3.3,
)
def steps_plot(record: Steps, ax: Axes) -> None:
    """Draw one row a network: every start a small dot, the medians large ones."""
    for row, pair in enumerate(zip(record.raw, record.centered, strict=True)):
        for steps, color, shift in zip(pair, (ORANGE, BLUE), (-0.17, 0.17), strict=True):
            level = np.full(steps.size, row + shift)
            ax.plot(steps, level, "o", color=color, markersize=2.5)
            median = np.median(steps)
            ax.plot([median], [row + shift], "o", color=color, markersize=6)
            ax.annotate(
                f"{median:.0f}",
                (median, row + shift),
                xytext=(0, 4),
                textcoords="offset points",
                va="bottom",
                ha="center",
                color=color,
            )
    ax.annotate(
        "raw pixels",
        (record.raw[0].max(), -0.17),
        xytext=(6, 0),
        textcoords="offset points",
        color=ORANGE,
        va="center",
    )
    ax.annotate(
        "centered pixels",
        (record.centered[0].min(), 0.17),
        xytext=(-6, 0),
        textcoords="offset points",
        color=BLUE,
        va="center",
        ha="right",
    )
    ax.set_yticks(range(len(record.labels)), record.labels)
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 1.25 * record.raw.max()), ylim=(len(record.labels) - 0.3, -0.75))
    ax.set_xlabel(f"steps to a loss of {record.target:g}, best step size")


@dataclass(frozen=True)
class Layers:
    """Offset shares by layer, before and after training.

    Parameters
    ----------
    labels : tuple of str
    before, after : tuple of ndarray, shape (layers,)
        ρ of the inputs of each layer, the median over the seeds; the first reads the pixels.
    """

    labels: tuple[str, ...]
    before: tuple[np.ndarray, ...]
    after: tuple[np.ndarray, ...]


def layers_data(
    *, names: tuple[str, ...] = ("sigmoid-raw", "relu-raw", "shifted-centered")
) -> Layers:
    """Collect the offset shares of some setups."""
    names = some_setups(names, _LAYERS)
    before, after = (
        tuple(
            np.median(
                [
                    [layer.offset_share for layer in network]
                    for network in layers(name, trained=trained)
                ],
                axis=0,
            )
            for name in names
        )
        for trained in (False, True)
    )
    return Layers(tuple(SETUPS[name].label for name in names), before, after)


def layers_alt(record: Layers) -> str:
    """Say where the last layer begins and ends."""
    ends = "; ".join(
        f"{label}, from {before[-1]:.2f} to {after[-1]:.2f}"
        for label, before, after in zip(record.labels, record.before, record.after, strict=True)
    )
    return (
        "Offset share of the inputs of each of four layers, at the start and after training. "
        f"In the last layer training moves it so: {ends}."
    )


@figure(
    "networks-layers",
    "In the σ and the ReLU network each layer reads an offset, before training and after.",
    data=layers_data,
    alt=layers_alt,
    height=2.9,
    panels=(1, 2),
)
def layers_plot(record: Layers, axes: np.ndarray) -> None:
    """Draw both moments side by side, each curve named where it ends."""
    # Positive activations share an ink.
    looks = ((ORANGE, "o", "-"), (ORANGE, "^", (0, (4, 2))), (BLUE, "o", "-"))
    for ax, shares, title in zip(
        axes, (record.before, record.after), ("before training", "after training"), strict=True
    ):
        for share, (color, marker, dash) in zip(shares, looks, strict=True):
            layer = np.arange(1, len(share) + 1)
            ax.plot(layer, share, marker, color=color, markersize=4, linestyle=dash)
        ax.set(xlabel="layer", ylim=(-0.05, 1.05), xticks=[1, 2, 3, 4], xlim=(0.7, 4.3))
        ax.set_yticks([0, 0.5, 1], ["0", "½", "1"])
        ax.set_title(title, color=INK, loc="left")
        names = [
            (float(share[-1]), label.split(",")[0], color)
            for share, label, (color, *_) in zip(shares, record.labels, looks, strict=True)
        ]
        name_ends(ax, 4.1, names)
    axes[0].set_ylabel("offset share ρ")
    axes[0].text(1, 0.04, "centered: none", color=BLUE, va="bottom")
    axes[1].text(1, 0.4, "positive:\nit stays", color=ORANGE, va="top")
    axes[1].tick_params(labelleft=False)
