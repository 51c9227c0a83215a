"""Figures of the chapter on real networks: the road, and the stride on it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullFormatter, NullLocator

from offcenter import _checks
from offcenter.errors import ArgumentError
from offcenter.experiment import MAIN, SETUPS, TARGET, races, roads, step_sizes
from offcenter.figures._marks import as_seen, beside, name_ends
from offcenter.figures._record import figure
from offcenter.figures._setups import some_setups
from offcenter.figures._style import BLUE, GREY, INK, ORANGE

# As many curves as there are places for their names.
_STEP_SIZES = 2


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
    """Say how long the roads are, and the strides."""
    ends = "; ".join(
        f"{label}: time {times[-1]:.0f}, median stride {np.median(strides):.1f}, {steps} steps"
        for label, times, strides, steps in zip(
            record.labels, record.times, record.strides, record.steps, strict=True
        )
    )
    return (
        f"Gradient flow of one network in {len(record.labels)} writings, to a loss of "
        f"{record.target:g}. Left, the losses over time; right, the largest stable step "
        f"2/λ. {ends}."
    )


@figure(
    "networks-stride",
    "Four writings of the σ network go one road; centering makes the stride longer.",
    data=stride_data,
    alt=stride_alt,
    height=3.0,
    panels=(1, 2),
)
def stride_plot(record: Stride, axes: np.ndarray) -> None:
    """Draw the loss and the stride over the flow time, each way named where its stride ends."""
    left, right = axes
    left.get_gridspec().set_width_ratios([1, 1.4])
    ways = len(record.labels)
    # The slowest and the fastest have inks of their own; between them dashes tell two apart.
    colors = (ORANGE, BLUE) if ways == 2 else (ORANGE, GREY, GREY, BLUE)
    dashes = ("-", "-", (0, (4, 2)), "-")
    spans = [float(times[-1]) for times in record.times]
    # Roads that are one to the eye have one ink.
    one = max(spans) < 1.05 * min(spans)
    for way in range(ways):
        left.plot(
            record.times[way], record.losses[way], color=INK if one else colors[way], linewidth=1.2
        )
        dash = dashes[way]
        right.plot(record.times[way], record.strides[way], color=colors[way], linestyle=dash)
    middle = len(record.times[0]) // 2
    place = (record.times[0][middle], record.losses[0][middle])
    beside(left, place, (10, 4), f"all {'two' if ways == 2 else 'four'}\nways", INK, va="bottom")
    left.set(xlabel="flow time", yscale="log")
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
    right.set_ylim(right.get_ylim())
    ends = zip(record.strides, record.labels, record.steps, colors, strict=True)
    names = [
        (float(stride[-1]), f"{label.replace(' pixels', '')}\n{steps} steps", color)
        for stride, label, steps, color in ends
    ]
    name_ends(right, max(spans), names)
    left.set_title("road: loss", color=INK, loc="left")
    right.set_title("stride: 2/λ", color=INK, loc="left")


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
    "At step size 1 centering saves hardly a step; it allows larger sizes.",
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
