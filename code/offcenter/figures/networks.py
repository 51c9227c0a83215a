"""Figures of the chapter on real networks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from offcenter import _checks
from offcenter.errors import ArgumentError
from offcenter.experiment import MAIN, SETUPS, TARGET, layers, races, roads, step_sizes
from offcenter.figures._marks import as_seen, name_end
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE
from offcenter.network import forward, initialize, relu_cosines
from offcenter.spectrum import mean_cosine

# As many curves as there are places for their names.
_STEP_SIZES, _LAYERS = 2, 3


def _setups(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    if len(names) != count:
        raise ArgumentError(f"names must hold {count} setups, got {len(names)}")
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
    ax.set(xlabel="layer", ylabel="cosine between two examples", ylim=(-0.05, 1), xticks=layer)
    ax.set_xlim(-0.2, layer[-1] + 0.1)
    name_end(ax, layer[-1], float(record.theory[-1]), "ReLU", ORANGE)
    name_end(ax, layer[-1], float(record.tanh[-1]), "tanh", BLUE)
    ax.text(5.2, record.theory[5] - 0.07, "line: the wide limit", color=ORANGE, va="top")
    ax.text(5.2, record.theory[5] - 0.17, f"dots: width {record.width}", color=ORANGE, va="top")
    ax.text(5.2, 0.06, "no mean, no likeness", color=BLUE)


@dataclass(frozen=True)
class StepSizes:
    """Steps to the target against the step size, for two ways to write one network.

    Parameters
    ----------
    labels : tuple of str
    sizes : ndarray, shape (K,)
        The step sizes that were tried.
    steps : ndarray, shape (2, seeds, K)
        NaN where a run did not reach the target.
    target : float
        The training loss to reach.
    """

    labels: tuple[str, ...]
    sizes: np.ndarray
    steps: np.ndarray
    target: float

    @property
    def reached(self) -> np.ndarray:
        """How many step sizes, from the smallest, reach the target from every start, shape (2,)."""
        return np.isfinite(self.steps).all(axis=1).cumprod(axis=1).sum(axis=1)


def step_sizes_data(*, names: tuple[str, ...] = ("sigmoid-raw", "shifted-centered")) -> StepSizes:
    """Collect runs with step sizes 1, 2, …, over the seeds."""
    names = _setups(names, _STEP_SIZES)
    runs = [step_sizes(name) for name in names]
    steps = np.array([race.steps[:, :, 0] for race in runs], dtype=float)
    steps[steps == 0] = np.nan
    labels = tuple(SETUPS[name].label for name in names)
    return StepSizes(labels, runs[0].step_sizes, steps, TARGET)


def step_sizes_alt(record: StepSizes) -> str:
    """Say that the curves begin together and end apart."""
    ends = " ".join(
        f"{label}: a median of {np.median(steps[:, 0]):.0f} steps at step size "
        f"{record.sizes[0]:g}, {np.median(steps[:, reached - 1]):.0f} at "
        f"{record.sizes[reached - 1]:g}, the largest that arrives from all {len(steps)} starts."
        for label, steps, reached in zip(record.labels, record.steps, record.reached, strict=True)
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
    """Draw each start thin and the median thick, as far as all starts arrive."""
    for label, steps, reached, color in zip(
        record.labels, record.steps, record.reached, (ORANGE, BLUE), strict=True
    ):
        sizes = record.sizes[:reached]
        ax.plot(sizes, steps[:, :reached].T, color=color, linewidth=0.5)
        median = np.median(steps[:, :reached], axis=0)
        ax.plot(sizes, median, "o-", color=color, markersize=4)
        ax.annotate(
            label,
            (sizes[-1], median[-1]),
            xytext=(8, 0),
            textcoords="offset points",
            color=color,
            va="center",
        )
    ax.set(xscale="log", yscale="log", xlabel="step size η")
    ax.set_ylabel(f"steps to a loss of {record.target:g}")
    ax.annotate(
        "no larger step arrives from every start",
        (record.sizes[max(record.reached) - 1], 20),
        (0, -10),
        textcoords="offset points",
        color=BLUE,
        ha="center",
        va="center",
    )
    ax.annotate("same step size, same steps", (1.05, 215), color=INK, va="bottom")
    ax.xaxis.set_major_locator(FixedLocator(list(record.sizes)))
    ax.set_xticklabels([f"{tick:g}" for tick in record.sizes])
    counts = [20, 50, 100, 200]
    ax.yaxis.set_major_locator(FixedLocator(counts))
    ax.set_yticklabels([str(count) for count in counts])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    ax.set(ylim=(14, 260), xlim=(0.9, 30))


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
        f"Steps to a training loss of {record.target:g} with the best step size, on raw and on "
        f"centered pixels, medians of {record.raw.shape[1]} starts: {counts}. Centering the pixels "
        f"takes fewer steps in {fewer} of {record.raw.size} pairs."
    )


@figure(
    "networks-steps",
    "Centered pixels and centered activations each save steps, and most together.",
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
class Stride:
    """Loss and largest stable step along the gradient flow of one network written in some ways.

    Parameters
    ----------
    labels : tuple of str
    times, losses, strides : tuple of ndarray
        Of each way: flow time, training loss, and 2/λ, λ the largest eigenvalue of the Hessian.
    predicted : tuple of float
        ∫ ½λ dt to the target: how many steps of 2/λ it takes.
    steps : tuple of int
        How many steps the best step size takes.
    target : float
    """

    labels: tuple[str, ...]
    times: tuple[np.ndarray, ...]
    losses: tuple[np.ndarray, ...]
    strides: tuple[np.ndarray, ...]
    predicted: tuple[float, ...]
    steps: tuple[int, ...]
    target: float


def stride_data(*, activation: str = "sigmoid", start: int = 0) -> Stride:
    """Collect the roads of all ways to write the network with one activation, of one start."""
    names = [name for name in SETUPS if SETUPS[name].activation == activation]
    if not names:
        known = sorted({setup.activation for setup in SETUPS.values()})
        raise ArgumentError(f"activation must be one of {', '.join(known)}; got {activation!r:.80}")
    start = _checks.count("start", start, minimum=0)
    found = [roads(name) for name in names]
    if start >= len(found[0].times):
        raise ArgumentError(f"start must be at most {len(found[0].times) - 1}, got {start}")
    return Stride(
        tuple(SETUPS[name].label for name in names),
        tuple(as_seen(road.times[start]) for road in found),
        tuple(as_seen(road.losses[start]) for road in found),
        tuple(as_seen(2 / road.curvatures[start], 3) for road in found),
        tuple(float(road.steps_at_limit[start, MAIN]) for road in found),
        tuple(int(races(name).fewest[start, MAIN]) for name in names),
        TARGET,
    )


def stride_alt(record: Stride) -> str:
    """Say that the roads are one and the strides differ."""
    ends = "; ".join(
        f"{label}: time {times[-1]:.0f}, median stride {np.median(strides):.1f}, {steps} steps"
        for label, times, strides, steps in zip(
            record.labels, record.times, record.strides, record.steps, strict=True
        )
    )
    return (
        f"Gradient flow of one network in {len(record.labels)} writings, to a loss of "
        f"{record.target:g}. Left, the losses over time lie on one another; right, the largest "
        f"stable step 2/λ differs. {ends}."
    )


_WAYS = (ORANGE, PURPLE, GREEN, BLUE)


@figure(
    "networks-stride",
    "All ways to write the network go one road; centering makes the stride longer.",
    data=stride_data,
    alt=stride_alt,
    height=3.0,
    panels=(1, 2),
)
def stride_plot(record: Stride, axes: np.ndarray) -> None:
    """Draw the loss and the stride over the flow time."""
    left, right = axes
    colors = (_WAYS[0], _WAYS[3]) if len(record.labels) == 2 else _WAYS
    dashes = ("-", (0, (5, 3)), (0, (3, 3)), (0, (1, 2)))
    # Named where the falling road leaves room, the longest name farthest from it.
    names = [
        f"{label.replace(' pixels', '')}: {n}"
        for label, n in zip(record.labels, record.steps, strict=True)
    ]
    rows = sorted(range(len(names)), key=lambda way: -len(names[way]))
    for way, color, dash in zip(range(len(names)), colors, dashes, strict=False):
        left.plot(record.times[way], record.losses[way], color=color, linestyle=dash)
        right.plot(record.times[way], record.strides[way], color=color)
        place = (0.99, 0.97 - 0.095 * rows.index(way))
        left.text(*place, names[way], color=color, ha="right", va="top", transform=left.transAxes)
    left.set(xlabel="flow time", yscale="log")
    left.set_ylabel("training loss")
    ticks = [2, 1, 0.5, 0.2, record.target]
    left.yaxis.set_major_locator(FixedLocator(ticks))
    left.set_yticklabels([f"{tick:g}" for tick in ticks])
    right.set(xlabel="flow time", yscale="log")
    strides = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    shown = [tick for tick in strides if tick > 0.7 * min(s.min() for s in record.strides)]
    right.yaxis.set_major_locator(FixedLocator(shown))
    right.set_yticklabels([f"{tick:g}" for tick in shown])
    for ax in axes:
        ax.yaxis.set_minor_locator(NullLocator())
    left.set_title("the road, and steps", color=INK, loc="left")
    right.set_title("the stride 2/λ", color=INK, loc="left")


@dataclass(frozen=True)
class Pace:
    """Steps of the best step size against what road and curvature predict, run by run.

    Parameters
    ----------
    labels : tuple of str
    predicted : ndarray, shape (networks, seeds)
        ∫ ½λ dt along the gradient flow to the target.
    steps : ndarray of int, shape (networks, seeds)
    target : float
    """

    labels: tuple[str, ...]
    predicted: np.ndarray
    steps: np.ndarray
    target: float


def pace_data() -> Pace:
    """Collect prediction and steps of all setups, over the seeds."""
    return Pace(
        tuple(setup.label for setup in SETUPS.values()),
        np.array([roads(name).steps_at_limit[:, MAIN] for name in SETUPS]),
        np.array([races(name).fewest[:, MAIN] for name in SETUPS]),
        TARGET,
    )


def pace_alt(record: Pace) -> str:
    """Say how far prediction and steps are apart."""
    factor = record.steps / record.predicted
    correlation = np.corrcoef(np.log(record.predicted).ravel(), np.log(record.steps).ravel())[0, 1]
    return (
        f"Steps to a loss of {record.target:g} against half the integral of the top curvature over "
        f"the flow time, for {len(record.labels)} networks, {record.steps.shape[1]} starts each. "
        f"All dots lie between {factor.min():.2f} and {factor.max():.2f} times the prediction; "
        f"the correlation of the logarithms is {correlation:.2f}."
    )


@figure(
    "networks-pace",
    "Road and curvature together predict the steps of all eight networks.",
    data=pace_data,
    alt=pace_alt,
    height=3.2,
)
def pace_plot(record: Pace, ax: Axes) -> None:
    """Draw a dot a run, and the lines of one and of half the prediction."""
    line = np.array([12.0, 340.0])
    lines = ((1.0, "as predicted", 34, "bottom"), (0.5, "half as many", 330, "top"))
    for share, words, at, va in lines:
        ax.plot(line, share * line, color=GREY, linewidth=0.8, zorder=0)
        slope = math.degrees(math.atan(share))
        place = {"rotation": slope, "transform_rotates_text": True, "rotation_mode": "anchor"}
        ax.text(at, share * at, words, color=GREY, ha="center", va=va, **place)
    # Filled: centered pixels; a shape for each kind of unit.
    shapes, colors = ("o", "s", "^", "D"), (ORANGE, PURPLE, GREEN, BLUE)
    for row, label in enumerate(record.labels):
        color, shape = colors[row // 2], shapes[row // 2]
        face = color if row % 2 else "none"
        x, y = record.predicted[row], record.steps[row]
        ax.plot(x, y, shape, color=color, markersize=4, markerfacecolor=face, markeredgewidth=0.8)
        if row % 2:
            ax.annotate(
                label.split(",")[0],
                (np.median(x), y.min()),
                xytext=(8, -4),
                textcoords="offset points",
                color=color,
                va="top",
            )
    words = "filled: centered pixels\nopen: raw pixels"
    ax.annotate(words, (0.03, 0.97), xycoords="axes fraction", va="top")
    ax.set(xscale="log", yscale="log", xlabel="predicted: half of ∫ λ dt along the flow")
    ax.set_ylabel("steps, best step size")
    ticks = [10, 20, 50, 100, 200]
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(FixedLocator(ticks))
        axis.set_minor_locator(NullLocator())
    ax.set_xticklabels([str(tick) for tick in ticks])
    ax.set_yticklabels([str(tick) for tick in ticks])
    ax.set(xlim=(11, 560), ylim=(8, 200))


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
    names = _setups(names, _LAYERS)
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
        axes, (record.before, record.after), ("before training", "after training"), strict=True
    ):
        for share, color in zip(shares, colors, strict=True):
            ax.plot(np.arange(1, len(share) + 1), share, "o-", color=color, markersize=4)
        ax.set(xlabel="layer", ylim=(-0.05, 1.05), xticks=[1, 2, 3, 4], xlim=(0.7, 4.3))
        ax.set_title(title, color=INK, loc="left")
    axes[0].set_ylabel("offset share ρ")
    axes[1].tick_params(labelleft=False)
    # Each name where its curve leaves room.
    places = ((4, -10, "right"), (2, -11, "center"), (4, 10, "right"))
    for label, share, color, (layer, up, side) in zip(
        record.labels, record.before, colors, places, strict=True
    ):
        axes[0].annotate(
            label.split(",")[0],
            (layer, share[layer - 1]),
            xytext=(0, up),
            textcoords="offset points",
            color=color,
            ha=side,
            va="center",
        )
