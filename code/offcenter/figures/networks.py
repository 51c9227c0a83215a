"""Figures of the chapter on real networks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from offcenter import _checks
from offcenter.experiment import SETUPS, TARGET, best_run, layers, search
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, LIGHT, ORANGE
from offcenter.network import forward, initialize, relu_cosines
from offcenter.spectrum import mean_cosine

# As many curves as there are places for their names.
_STEP_SIZES, _LAYERS = 2, 3


def _setups(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    if len(names) != count:
        raise ValueError(f"names must hold {count} setups, got {len(names)}")
    return tuple(_checks.one_of("names", name, SETUPS) for name in names)


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
        raise ValueError(f"examples must be at most width, {width}, got {examples}")
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
    "Each ReLU layer makes any two examples more alike; tanh layers do not.",
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
    ax.text(5.2, record.theory[5] - 0.08, "ReLU", color=ORANGE, va="top")
    ax.text(5.2, 0.05, "tanh", color=BLUE)
    ax.set(xlabel="Layer", ylabel="Cosine between two examples", ylim=(-0.05, 1), xticks=layer)


@dataclass(frozen=True)
class StepSizes:
    """Steps to the target against the step size, for two ways to write one network.

    Parameters
    ----------
    labels : tuple of str
    sizes, steps : tuple of ndarray
        Of the runs that reached the target, by rising step size.
    failed : tuple of float
        The first step size beyond them that did no better.
    target : float
        The training loss to reach.
    """

    labels: tuple[str, ...]
    sizes: tuple[np.ndarray, ...]
    steps: tuple[np.ndarray, ...]
    failed: tuple[float, ...]
    target: float


def step_sizes_data(*, names: tuple[str, ...] = ("sigmoid-raw", "shifted-centered")) -> StepSizes:
    """Collect the runs of the search for the best step size."""
    names = _setups(names, _STEP_SIZES)
    sizes, steps, failed = [], [], []
    for name in names:
        runs = search(name)
        reached = [run for run in runs if run.training.reached]
        sizes.append(np.array([run.step_size for run in reached]))
        steps.append(np.array([run.training.steps for run in reached]))
        failed.append(max(run.step_size for run in runs))
    labels = tuple(SETUPS[name].label for name in names)
    return StepSizes(labels, tuple(sizes), tuple(steps), tuple(failed), TARGET)


def step_sizes_alt(record: StepSizes) -> str:
    """Say that the curves begin together and end apart."""
    ends = " ".join(
        f"{label}: {steps[0]} steps at step size {sizes[0]:g}, at best {steps.min()} at "
        f"{sizes[steps.argmin()]:g}, no better at {failed:g}."
        for label, sizes, steps, failed in zip(
            record.labels, record.sizes, record.steps, record.failed, strict=True
        )
    )
    return f"Steps to a training loss of {record.target:g} against the step size. {ends}"


@figure(
    "networks-step-size",
    "Centering does not shorten the way at a given step size; it allows larger steps.",
    data=step_sizes_data,
    alt=step_sizes_alt,
    height=2.9,
)
def step_sizes_plot(record: StepSizes, ax: Axes) -> None:
    """Draw steps against step size, a cross where a curve ends."""
    ticks = 2.0 ** np.arange(
        round(math.log2(min(sizes[0] for sizes in record.sizes))),
        round(math.log2(max(record.failed))) + 1,
    )
    for label, sizes, steps, failed, color in zip(
        record.labels, record.sizes, record.steps, record.failed, (ORANGE, BLUE), strict=True
    ):
        ax.plot(sizes, steps, "o-", color=color, markersize=4)
        # The end: from here on the run takes longer or never arrives.
        ax.plot([sizes[-1], failed], [steps[-1], steps[-1]], ":", color=color)
        ax.plot([failed], [steps[-1]], "x", color=color, markersize=6)
        # Beside the middle of the line, where nothing else is.
        middle = len(sizes) // 2
        ax.annotate(
            label,
            (sizes[middle], steps[middle]),
            xytext=(8, 5),
            textcoords="offset points",
            color=color,
        )
    ax.annotate(
        "no better",
        (record.failed[0], record.steps[0][-1]),
        xytext=(9, 0),
        textcoords="offset points",
        color=GREY,
        va="center",
    )
    ax.set(xscale="log", yscale="log", xlabel="Step size η")
    ax.set_ylabel(f"Steps to a loss of {record.target:g}")
    ax.xaxis.set_major_locator(FixedLocator(list(ticks)))
    ax.set_xticklabels([f"{tick:g}" for tick in ticks])
    counts = [20, 50, 100, 200]
    ax.yaxis.set_major_locator(FixedLocator(counts))
    ax.set_yticklabels([str(count) for count in counts])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    ax.set_ylim(15, 260)


@dataclass(frozen=True)
class Steps:
    """Steps of the best runs, with raw and with centered pixels.

    Parameters
    ----------
    labels : tuple of str
        Of the hidden layers.
    raw, centered : tuple of int
    target : float
        The training loss to reach.
    """

    labels: tuple[str, ...]
    raw: tuple[int, ...]
    centered: tuple[int, ...]
    target: float


def steps_data() -> Steps:
    """Collect the best run of each setup."""
    labels = {"sigmoid": "σ", "shifted": "σ − ½", "tanh": "tanh", "relu": "ReLU"}
    raw, centered = (
        tuple(best_run(f"{name}-{pixels}").training.steps for name in labels)
        for pixels in ("raw", "centered")
    )
    return Steps(tuple(labels.values()), raw, centered, TARGET)


def steps_alt(record: Steps) -> str:
    """List all counts."""
    counts = ", ".join(
        f"{label} {raw} and {centered}"
        for label, raw, centered in zip(record.labels, record.raw, record.centered, strict=True)
    )
    return (
        f"Steps to a training loss of {record.target:g} with the best step size, on raw and on "
        f"centered pixels: {counts}. Centering the pixels takes fewer steps in every row."
    )


@figure(
    "networks-steps",
    "Centered pixels and centered activations each save steps, and most together.",
    data=steps_data,
    alt=steps_alt,
    height=2.3,
)
def steps_plot(record: Steps, ax: Axes) -> None:
    """Draw one row a network, from raw to centered pixels."""
    for row, (raw, centered) in enumerate(zip(record.raw, record.centered, strict=True)):
        ax.plot([centered, raw], [row, row], color=LIGHT, zorder=1)
        ax.plot([raw], [row], "o", color=ORANGE, markersize=6)
        ax.plot([centered], [row], "o", color=BLUE, markersize=6)
        ax.annotate(str(raw), (raw, row), xytext=(7, 0), textcoords="offset points", va="center")
        ax.annotate(
            str(centered),
            (centered, row),
            xytext=(-7, 0),
            textcoords="offset points",
            va="center",
            ha="right",
        )
    ax.annotate(
        "raw pixels",
        (record.raw[0], 0),
        xytext=(0, 9),
        textcoords="offset points",
        color=ORANGE,
        ha="center",
    )
    ax.annotate(
        "centered pixels",
        (record.centered[0], 0),
        xytext=(0, 9),
        textcoords="offset points",
        color=BLUE,
        ha="center",
    )
    ax.set_yticks(range(len(record.labels)), record.labels)
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 1.12 * max(record.raw)), ylim=(len(record.labels) - 0.6, -0.8))
    ax.set_xlabel(f"Steps to a loss of {record.target:g}, best step size")


@dataclass(frozen=True)
class Layers:
    """Offset shares by layer, before and after training.

    Parameters
    ----------
    labels : tuple of str
    before, after : tuple of ndarray, shape (layers,)
        ρ of the inputs of each layer; the first reads the pixels.
    """

    labels: tuple[str, ...]
    before: tuple[np.ndarray, ...]
    after: tuple[np.ndarray, ...]


def layers_data(
    *, names: tuple[str, ...] = ("sigmoid-raw", "relu-raw", "shifted-centered")
) -> Layers:
    """Collect the offset shares of some setups."""
    names = _setups(names, _LAYERS)
    before, after = (
        tuple(
            np.array([layer.offset_share for layer in layers(name, trained=trained)])
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
    "Positive activations keep an offset in every layer, before training and after.",
    data=layers_data,
    alt=layers_alt,
    height=2.9,
    panels=(1, 2),
)
def layers_plot(record: Layers, axes: np.ndarray) -> None:
    """Draw both moments side by side."""
    colors = (ORANGE, GREEN, BLUE)
    for ax, shares, title in zip(
        axes, (record.before, record.after), ("Before training", "After training"), strict=True
    ):
        for share, color in zip(shares, colors, strict=True):
            ax.plot(np.arange(1, len(share) + 1), share, "o-", color=color, markersize=4)
        ax.set(xlabel="Layer", ylim=(-0.05, 1.05), xticks=[1, 2, 3, 4], xlim=(0.7, 4.3))
        ax.set_title(title, color=INK, loc="left")
    axes[0].set_ylabel("Offset share ρ")
    axes[1].tick_params(labelleft=False)
    for label, share, color, up in zip(
        record.labels, record.before, colors, (-10, -15, 10), strict=True
    ):
        axes[0].annotate(
            label.split(",")[0],
            (4, share[-1]),
            xytext=(0, up),
            textcoords="offset points",
            color=color,
            ha="right",
            va="center",
        )
