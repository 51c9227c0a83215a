"""Figures of the chapter on today's networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from offcenter import _checks
from offcenter.data import load_language_model
from offcenter.figures._marks import name_ends
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE
from offcenter.today import (
    FEED_FORWARDS,
    places,
    residual_cosines,
    rounding_error,
    start_shares,
)


@dataclass(frozen=True)
class ByBlock:
    """Share and direction of the mean in the normalized residual stream, block by block.

    Parameters
    ----------
    trained, start, plain : ndarray, shape (blocks + 1,)
        ρ of the trained model, of a random start, and of one without attention.
    ones : ndarray, shape (blocks + 1,)
        |cos(μ, 1)| of the trained model.
    """

    trained: np.ndarray
    start: np.ndarray
    plain: np.ndarray
    ones: np.ndarray


def by_block_data(*, seed: int = 0) -> ByBlock:
    """Take the trained model's means, and run two random transformers on its tokens."""
    seed = _checks.count("seed", seed, minimum=0)
    means = load_language_model().means
    lengths = np.linalg.norm(means, axis=1)
    width = means.shape[1]
    return ByBlock(
        # A normalized token has the square n, so the mean's square over n is its share.
        lengths**2 / width,
        np.array(start_shares(seed, True)),
        np.array(start_shares(seed, False)),
        np.abs(means.sum(axis=1)) / lengths / np.sqrt(width),
    )


def by_block_alt(record: ByBlock) -> str:
    """Say where the shares go and that the direction is never all-up."""
    return (
        f"Left: offset share of the residual stream by block. Trained, it rises from "
        f"{record.trained[0]:.2f} to {record.trained[5]:.2f} at block 5 and stays between about "
        f"{record.trained[5:].min():.2f} and {record.trained[5:].max():.2f}. At a random start it "
        f"ends at {record.start[-1]:.2f}, without attention at {record.plain[-1]:.2f}. Right: the "
        f"mean's cosine with (1, …, 1) in the trained model is about {record.ones.max():.2f} at "
        "most."
    )


@figure(
    "today-depth",
    "Training makes this language model's mean large, and it is never near (1, …, 1).",
    data=by_block_data,
    alt=by_block_alt,
    height=2.8,
    panels=(1, 2),
)
def by_block_plot(record: ByBlock, axes: np.ndarray) -> None:
    """Draw the shares, and beside them the direction."""
    left, right = axes
    block = np.arange(len(record.trained))
    left.plot(block, record.trained, color=ORANGE)
    left.plot(block, record.start, color=BLUE)
    left.plot(block, record.plain, color=GREY)
    left.text(30, record.trained[12:].max() + 0.05, "trained", color=ORANGE, ha="right")
    left.text(30, record.start.max() + 0.03, "random start", color=BLUE, ha="right")
    left.text(30, -0.035, "without attention", color=GREY, ha="right", va="top")
    left.set(xlabel="block", ylabel="offset share ρ", ylim=(-0.12, 1.05))
    left.set_title("the mean is large …", color=INK)
    right.set_title("… and not all-up", color=INK)
    right.axhline(1, color=GREY, linewidth=0.8, linestyle=(0, (3, 3)))
    right.text(30, 0.97, "all-up", color=GREY, ha="right", va="top")
    right.plot(block, record.ones, color=ORANGE)
    right.text(30, record.ones.max() + 0.04, "trained", color=ORANGE, ha="right")
    right.set(xlabel="block", ylabel="|cos| with (1, …, 1)", ylim=(-0.12, 1.05))


@dataclass(frozen=True)
class Rounding:
    """Four-bit rounding error over the variance, place by place.

    Parameters
    ----------
    labels : tuple of str
    raw, centered : ndarray, shape (places,)
    """

    labels: tuple[str, ...]
    raw: np.ndarray
    centered: np.ndarray


_SHORT = {
    "reads 5": "attention, block 5",
    "reads 15": "attention, block 15",
    "reads middle": "feed-forward, block 15",
    "product": "its last matrix",
    "stream 15": "stream, block 15",
    "stream 30": "stream, end",
    "reads 30": "output layer",
}


def rounding_data(*, bits: int = 4, block: int = 16) -> Rounding:
    """Round what the places hold, with the mean and without."""
    found = {place.name: place.activations for place in places()}
    errors = np.array(
        [
            [rounding_error(found[name], centered=c, bits=bits, block=block) for name in _SHORT]
            for c in (False, True)
        ]
    )
    return Rounding(tuple(_SHORT.values()), *errors)


def rounding_alt(record: Rounding) -> str:
    """Say the factors."""
    ratio = record.raw / record.centered
    most, least = ratio.argmax(), ratio.argmin()
    return (
        f"Squared rounding error over the variance at {len(ratio)} places, with the mean and with "
        f"the mean subtracted. Subtracting it makes the error about {ratio[most]:.1f} times "
        f"smaller at best ({record.labels[most]}) and {ratio[least]:.1f} times at least "
        f"({record.labels[least]})."
    )


@figure(
    "today-four-bit",
    "Four bits are more exact without the mean at all these places.",
    data=rounding_data,
    alt=rounding_alt,
    height=3.0,
)
def rounding_plot(record: Rounding, ax: Axes) -> None:
    """Draw a line from the raw to the centered error, a place a row."""
    row = np.arange(len(record.labels))[::-1]
    ax.hlines(row, record.centered, record.raw, color=GREY, linewidth=0.9)
    ax.plot(record.raw, row, "o", color=ORANGE, markersize=5)
    ax.plot(record.centered, row, "o", color=BLUE, markersize=5)
    for value, words, color in (
        (record.raw[0], "with the mean", ORANGE),
        (record.centered[0], "without", BLUE),
    ):
        place = {"xytext": (0, 7), "textcoords": "offset points", "ha": "center"}
        ax.annotate(words, (value, row[0]), color=color, **place)
    # How much smaller the error gets, in a column of its own.
    last = 1.32 * float(record.raw.max())
    for level, ratio in zip(row, record.raw / record.centered, strict=True):
        ax.text(last, level, f"÷ {ratio:.1f}", ha="right", va="center", color=INK)
    ax.text(last, row[0] + 0.55, "error", ha="right", va="center", color=INK)
    ax.set_yticks(row, record.labels)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set(xlabel="squared rounding error / variance", xlim=(0.2 * record.centered.min(), last))
    ax.set_ylim(-0.5, len(row) - 0.1)


@dataclass(frozen=True)
class Residual:
    """Cosines of two examples with depth, for each kind of feed-forward half.

    Parameters
    ----------
    labels : tuple of str
    before, after : ndarray, shape (kinds, depth + 1)
        With the norm before the block, and after the sum.
    """

    labels: tuple[str, ...]
    before: np.ndarray
    after: np.ndarray


def residual_data(*, depth: int = 24) -> Residual:
    """Follow the recursion of wide random residual networks."""
    depth = _checks.count("depth", depth, minimum=6)
    before, after = (
        np.array([residual_cosines(kind, depth=depth, placement=where) for kind in FEED_FORWARDS])
        for where in ("before", "after")
    )
    return Residual(tuple(half.label for half in FEED_FORWARDS.values()), before, after)


def residual_alt(record: Residual) -> str:
    """Say where each curve ends."""
    ends = ", ".join(
        f"{label} {before:.2f} and {after:.2f}"
        for label, before, after in zip(
            record.labels, record.before[:, -1], record.after[:, -1], strict=True
        )
    )
    return (
        f"Offset share of a wide random residual network by block, from 0. After "
        f"{record.before.shape[1] - 1} blocks, with the norm before each block and after it: "
        f"{ends}."
    )


@figure(
    "today-residual",
    "In these random networks the mean comes from the activation; a gate makes none.",
    data=residual_data,
    alt=residual_alt,
    height=2.8,
    panels=(1, 2),
)
def residual_plot(record: Residual, axes: np.ndarray) -> None:
    """Draw a curve a kind, the norm before the block on the left, after it on the right."""
    block = np.arange(record.before.shape[1])
    colors = (ORANGE, BLUE, PURPLE, GREEN)
    for ax, curves, title in zip(
        axes, (record.before, record.after), ("norm before the block", "norm after it"), strict=True
    ):
        for curve, color in zip(curves, colors, strict=True):
            ax.plot(block, curve, color=color)
        ax.set(xlabel="block", ylim=(-0.04, 1), xlim=(0, block[-1]), yticks=[0, 0.5, 1])
        ax.set_yticklabels(["0", "0.5", "1"])
        ax.set_title(title, color=INK)
        heights = map(float, curves[:, -1])
        name_ends(ax, float(block[-1]), list(zip(heights, record.labels, colors, strict=True)))
    axes[0].set_ylabel("offset share ρ")
