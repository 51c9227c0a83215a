"""Figures of the chapter on real networks: the road, and the stride on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from offcenter import _checks
from offcenter.errors import ArgumentError
from offcenter.experiment import MAIN, SETUPS, TARGET, TARGETS, races, roads, step_sizes
from offcenter.figures._marks import as_seen, beside, name_ends
from offcenter.figures._record import figure
from offcenter.figures._setups import some_setups
from offcenter.figures._style import BLUE, GREY, INK, ORANGE

# As many curves as there are places for their names.
_STEP_SIZES = 2


# Training losses to which the steps were counted along the road.
GOALS = TARGETS[: MAIN + 1]


@dataclass(frozen=True)
class Stride:
    """Loss and largest stable step along the gradient flow of one network written in some ways.

    Parameters
    ----------
    names, labels : tuple of str
        Of the ways: their keys in `SETUPS`, and what they are called.
    times, losses, strides : tuple of ndarray
        Of each way: flow time, training loss, and 2/λ, λ the largest eigenvalue of the Hessian, to
        the last of the goals.
    ends : tuple of ndarray
        The flow time to each goal.
    counts : tuple of tuple of int
        How many steps the best step size takes to each goal.
    predicted : tuple of float
        ∫ ½λ dt to the target: how many steps of 2/λ it takes.
    target : float
        The goal that is shown.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    times: tuple[np.ndarray, ...]
    losses: tuple[np.ndarray, ...]
    strides: tuple[np.ndarray, ...]
    ends: tuple[np.ndarray, ...]
    counts: tuple[tuple[int, ...], ...]
    predicted: tuple[float, ...]
    target: float

    @property
    def spans(self) -> tuple[float, ...]:
        """The flow times to the target."""
        return tuple(float(ends[GOALS.index(self.target)]) for ends in self.ends)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps to the target."""
        return tuple(counts[GOALS.index(self.target)] for counts in self.counts)

    @property
    def footprints(self) -> tuple[np.ndarray, ...]:
        """The flow times after 0, 1, 2, … of the steps, which have equal shares of ∫ ½λ dt."""
        found = []
        for times, strides, span, steps in zip(
            self.times, self.strides, self.spans, self.steps, strict=True
        ):
            pace = (1 / strides[1:] + 1 / strides[:-1]) / 2
            gone = np.concatenate([[0.0], np.cumsum(pace * np.diff(times))])
            whole = np.interp(span, times, gone)
            found.append(np.interp(whole * np.arange(steps + 1) / steps, gone, times))
        return tuple(found)


def stride_data(*, activation: str = "sigmoid", start: int = 0, target: float = TARGET) -> Stride:
    """Collect the roads of all ways to write the network with one activation, of one start."""
    names = tuple(name for name in SETUPS if SETUPS[name].activation == activation)
    if not names:
        known = sorted({setup.activation for setup in SETUPS.values()})
        raise ArgumentError(f"activation must be one of {', '.join(known)}; got {activation!r:.80}")
    if target not in GOALS:
        raise ArgumentError(f"target must be one of {', '.join(map(str, GOALS))}; got {target!r}")
    start = _checks.count("start", start, minimum=0)
    found = [roads(name) for name in names]
    if start >= len(found[0].times):
        raise ArgumentError(f"start must be at most {len(found[0].times) - 1}, got {start}")
    goal = GOALS.index(target)
    return Stride(
        names,
        tuple(SETUPS[name].label for name in names),
        tuple(as_seen(road.times[start], 3) for road in found),
        tuple(as_seen(road.losses[start]) for road in found),
        tuple(as_seen(2 / road.curvatures[start], 3) for road in found),
        tuple(as_seen(road.time[start]) for road in found),
        tuple(tuple(map(int, races(name).fewest[start, : MAIN + 1])) for name in names),
        tuple(float(road.steps_at_limit[start, goal]) for road in found),
        target,
    )


# Marks that a lane has room for: with more, one stands for several steps, in all lanes alike.
_ROOM = 60


def _each(record: Stride) -> int:
    return math.ceil(max(record.steps) / _ROOM)


def stride_alt(record: Stride) -> str:
    """Say how long the roads are, and the strides."""
    ways = zip(record.labels, record.spans, record.times, record.strides, record.steps, strict=True)
    ends = "; ".join(
        f"{label}: time {span:.3g}, median stride {np.median(strides[times <= span]):.2g}, "
        f"{steps} steps"
        for label, span, times, strides, steps in ways
    )
    each = _each(record)
    marks = "step" if each == 1 else f"{each} steps"
    return (
        f"Gradient flow of one network in {len(record.labels)} writings, to a training loss of "
        f"{record.target:g}. Above, a lane for each, as long as the flow takes, with a mark for "
        f"every {marks}. Below, the largest stable step 2/λ along the way. {ends}."
    )


@figure(
    "networks-stride",
    "Four writings of the σ network go one road; centering makes the stride longer.",
    data=stride_data,
    alt=stride_alt,
    height=3.6,
    panels=(2, 1),
)
def stride_plot(record: Stride, axes: np.ndarray) -> None:
    """Draw a lane with its steps for each way, and below, on one axis, the strides."""
    upper, lower = axes
    ways = len(record.labels)
    upper.get_gridspec().set_height_ratios([1.6, 1])
    # The slowest and the fastest have inks of their own; between them dashes tell two apart.
    colors = (ORANGE, BLUE) if ways == 2 else (ORANGE, GREY, GREY, BLUE)
    dashes = ("-", "-", (0, (4, 2)), "-")
    labels = [label.replace(" pixels", "") for label in record.labels]
    longest = max(float(ends[-1]) for ends in record.ends)
    # Where the lanes are at equal losses: one road is one upright line.
    lanes = ways - 1 - np.arange(ways)
    for place, goal in enumerate(GOALS):
        at = [float(ends[place]) for ends in record.ends]
        here = goal == record.target
        rim = [at[0], *at, at[-1]], [lanes[0] + 0.75, *lanes, lanes[-1] - 0.4]
        upper.plot(*rim, color=INK if here else GREY, linewidth=1.2 if here else 0.7)
        words = f"loss {goal:g}" if place == 0 else f"{goal:g}"
        weight = "bold" if here else "normal"
        gap = (0, 2)
        upper.annotate(
            words,
            (at[0], lanes[0] + 0.75),
            gap,
            textcoords="offset points",
            ha="center",
            weight=weight,
            color=INK if here else GREY,
        )
    each = _each(record)
    words = "1 step a mark" if each == 1 else f"{each} steps a mark"
    beside(upper, (longest, lanes[0] + 0.75), (14, 6), words, GREY)
    high = 0.05 * ways
    for way, prints in enumerate(record.footprints):
        lane, color = lanes[way], colors[way]
        # One line with a stroke up and down at each step: half the bytes of a line for each.
        marked = prints[each::each]
        marks = lane + high * np.tile([0.0, 1.0, -1.0, 0.0], len(marked))
        across = np.concatenate([[0.0], np.repeat(marked, 4), prints[-1:]])
        upper.plot(across, np.concatenate([[lane], marks, [lane]]), color=color, linewidth=0.9)
        upper.plot([prints[-1]], [lane], "o", color=color, markersize=6)
        end = (longest, lane)
        count = f"{record.steps[way]} steps"
        above = {"xytext": (9, 6), "textcoords": "offset points", "va": "center"}
        upper.annotate(count, end, color=color, weight="bold", **above)
        beside(upper, end, (9, -7), labels[way], color)
        times, strides = record.times[way], record.strides[way]
        lower.plot(times, strides, color=color, linestyle=dashes[way])
    upper.set_ylim(lanes[-1] - 0.5, lanes[0] + 0.8)
    upper.set_yticks([])
    upper.spines[["left", "bottom"]].set_visible(False)
    upper.tick_params(bottom=False, labelbottom=False)
    upper.set_ylabel("road")
    lower.set(xlabel="flow time", ylabel="stride 2/λ", yscale="log")
    strides = [0.1, 0.2, 0.5, 1, 2, 5, 10]
    shown = [tick for tick in strides if tick > 0.7 * min(s.min() for s in record.strides)]
    lower.yaxis.set_major_locator(FixedLocator(shown))
    lower.set_yticklabels([f"{tick:g}" for tick in shown])
    lower.yaxis.set_minor_locator(NullLocator())
    lower.set_ylim(lower.get_ylim())
    for ax in axes:
        ax.set_xlim(0, 1.02 * longest)
    ends = zip(record.strides, labels, colors, strict=True)
    name_ends(lower, longest, [(float(stride[-1]), label, color) for stride, label, color in ends])


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
        f"All dots lie between about {factor.min():.2f} and {factor.max():.2f} times the "
        "prediction; "
        f"the correlation of the logarithms is {correlation:.2f}."
    )


@figure(
    "networks-pace",
    "Road and curvature predict the steps of all eight networks up to a small factor.",
    data=pace_data,
    alt=pace_alt,
    height=3.2,
)
def pace_plot(record: Pace, ax: Axes) -> None:
    """Draw a mark a run, and the lines of one and of half the prediction."""
    line = np.array([12.0, 500.0])
    lines = ((1.0, "as predicted", 34, "bottom"), (0.5, "half of it", 390, "top"))
    for share, words, at, va in lines:
        ax.plot(line, share * line, color=GREY, linewidth=0.8, zorder=0)
        slope = math.degrees(math.atan(share))
        place = {"rotation": slope, "transform_rotates_text": True, "rotation_mode": "anchor"}
        ax.text(at, share * at, words, color=GREY, ha="center", va=va, **place)
    # A color for the pixels, a shape for each kind of unit.
    shapes = ("o", "s", "^", "D")
    for row, label in enumerate(record.labels):
        color = BLUE if row % 2 else ORANGE
        face = color if row % 2 else "none"
        x, y = record.predicted[row], record.steps[row]
        look = {"color": color, "markerfacecolor": face, "markeredgewidth": 0.8}
        ax.plot(x, y, shapes[row // 2], markersize=4, **look)
        if row % 2:
            place = (float(np.median(x)), float(y.min()))
            beside(ax, place, (8, -4), label.split(",")[0], color, va="top")
    for height, words, color in (
        (0.97, "open: raw pixels", ORANGE),
        (0.89, "filled: centered", BLUE),
    ):
        ax.text(0.03, height, words, color=color, va="top", transform=ax.transAxes)
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
    names = some_setups(names, _STEP_SIZES)
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
    "At step size 1 centering saves hardly any steps; it allows larger sizes.",
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
        ax.plot(sizes, steps[:, :reached].T, color=color, linewidth=0.4)
        median = np.median(steps[:, :reached], axis=0)
        ax.plot(sizes, median, "o-", color=color, markersize=4)
        words = f"{label}:\nη up to {sizes[-1]:g}, {median[-1]:.0f} steps"
        beside(ax, (sizes[-1], median[-1]), (9, 0), words, color)
    first = float(np.median(record.steps[:, :, 0]))
    words = "one step size: about as many steps"
    beside(ax, (record.sizes[0], first), (24, 12), words, INK, va="bottom")
    ax.set(xscale="log", yscale="log", xlabel="step size η")
    ax.set_ylabel(f"steps to a loss of {record.target:g}")
    shown = record.sizes[: max(record.reached)]
    ax.xaxis.set_major_locator(FixedLocator(list(shown)))
    ax.set_xticklabels([f"{tick:g}" for tick in shown])
    counts = [20, 50, 100, 200]
    ax.yaxis.set_major_locator(FixedLocator(counts))
    ax.set_yticklabels([str(count) for count in counts])
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
    # Room to the right for the names.
    ax.set(ylim=(16, 290), xlim=(0.9, 3.4 * shown[-1]))
