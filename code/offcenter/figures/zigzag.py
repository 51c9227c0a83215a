"""Figures of the chapter "Zig-zag": paths, and what turns and slows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from offcenter import _checks
from offcenter.descent import (
    PRESETS,
    Alternation,
    PlaneRun,
    Setting,
    alternation,
    gradient_descent,
    momentum,
    nesterov,
    plane_run,
    tuning,
)
from offcenter.figures._bowl import draw_both, draw_run, outcome
from offcenter.figures._marks import beside, plain_log
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE

DEFAULT = PRESETS["zig-zag and fast"]


def run(
    *,
    mean: float = DEFAULT.mean,
    step_size: float = DEFAULT.step_size,
    momentum: float = DEFAULT.momentum,
    start: tuple[float, float] = DEFAULT.start,
) -> PlaneRun:
    """Compute the record of `zigzag-paths`; the step size is in units of 1/λmax."""
    return plane_run(Setting(mean, step_size, momentum, start))


def _path_alt(record: PlaneRun) -> str:
    setting = record.setting
    shape = (
        "Its contours are circles."
        if record.kappa < 1.0001
        else "Its contours are ellipses, long in the direction of one weight up and one down."
    )
    return (
        f"The path of descent on the loss of two weights, from "
        f"({setting.start[0]:g}, {setting.start[1]:g}) towards the minimum at the middle. {shape} "
        f"The inputs have the mean {setting.mean:g}, κ is {record.kappa:.3g}, the step size is "
        f"{setting.step_size:g} times 1 over the largest eigenvalue, momentum "
        f"{setting.momentum:g}. The path: {outcome(record)} until the distance is a thousandth."
        if not record.diverges
        else f"The path of descent on the loss of two weights, at κ = {record.kappa:.3g} and a "
        f"step size of {setting.step_size:g} times 1 over the largest eigenvalue: "
        f"{outcome(record)}."
    )


@figure(
    "zigzag-paths",
    "Turning back at every step is one thing, being slow is another.",
    data=run,
    alt=_path_alt,
    height=3.2,
    panels=(1, 2),
)
def plot_path(record: PlaneRun, panels: np.ndarray) -> None:
    """Draw the contours of the loss and one path, and beside them how the loss falls."""
    draw_both(record, panels, powers=(-3, -6, -7))
    bowl = panels[0]
    bowl.set_title(f"κ = {record.kappa:.3g}: {outcome(record)}", loc="left")
    bowl.annotate("start", record.path.points[0], (0, 8), textcoords="offset points", ha="center")


@dataclass(frozen=True)
class Presets:
    """Runs by name, in the order in which they are drawn."""

    names: tuple[str, ...]
    runs: tuple[PlaneRun, ...]


def presets() -> Presets:
    """Compute the record of `zigzag-presets`, four of the settings that have a name."""
    names = ("zig-zag and fast", "straight and slow", "diverges", "centered")
    return Presets(names, tuple(plane_run(PRESETS[name]) for name in names))


def _presets_alt(record: Presets) -> str:
    parts = (
        f"{name}: κ = {run.kappa:.3g}, step size {run.setting.step_size:g} over the largest "
        f"eigenvalue, {outcome(run)}"
        for name, run in zip(record.names, record.runs, strict=True)
    )
    return f"Four paths of descent from the same start. {'; '.join(parts)}."


@figure(
    "zigzag-presets",
    "At κ = 7 the path with most turns arrives before the one that never turns back.",
    data=presets,
    alt=_presets_alt,
    height=5.2,
    panels=(2, 2),
)
def plot_presets(record: Presets, panels: np.ndarray) -> None:
    """Draw four paths side by side."""
    panels[0, 0].get_figure().get_layout_engine().set(hspace=0.08)
    for name, run_, axes in zip(record.names, record.runs, panels.flat, strict=True):
        draw_run(run_, axes, reach=1.25)
        axes.set_title(f"{name}\n{outcome(run_)}", color=INK)
        axes.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        axes.tick_params(labelbottom=axes in panels[-1], labelleft=axes in panels[:, 0])


@dataclass(frozen=True)
class StepSizes:
    """How many steps each step size takes on the two-input loss.

    Parameters
    ----------
    multiples : array, shape (K,)
        η in units of 1/λmax.
    steps, turns : array, shape (K,)
        Until the distance from the minimum is a thousandth.
    best : float
        2λmax/(λmax + λmin), the best multiple in the long run.
    kappa : float
        λmax/λmin.
    """

    multiples: np.ndarray
    steps: np.ndarray
    turns: np.ndarray
    best: float
    kappa: float


def step_sizes(*, mean: float = DEFAULT.mean) -> StepSizes:
    """Compute the record of `zigzag-step-size` for two inputs of mean `mean`."""
    # Farther from 0 the smallest steps do not arrive in the time of a run.
    mean = _checks.number("mean", mean, minimum=-0.75, maximum=0.75)
    multiples = np.arange(0.25, 1.976, 0.025)
    runs = [plane_run(Setting(mean=mean, step_size=float(m))) for m in multiples]
    kappa = runs[0].kappa
    return StepSizes(
        multiples=multiples,
        steps=np.array([run.steps_to_goal for run in runs], dtype=float),
        turns=np.array([run.turns for run in runs]),
        best=2 * kappa / (kappa + 1),
        kappa=kappa,
    )


def _step_sizes_alt(record: StepSizes) -> str:
    at_one = int(record.steps[np.abs(record.multiples - 1).argmin()])
    fewest = int(np.min(record.steps))
    return (
        f"Steps against the step size at κ = {record.kappa:.3g}. The count falls from "
        f"{record.steps[0]:.0f} at {record.multiples[0]:g} over the largest eigenvalue to {at_one} "
        f"at 1, where overshooting begins, and on to {fewest} near {record.best:.3g}, where every "
        f"step turns back; it climbs steeply to {record.steps[-1]:.0f} at "
        f"{record.multiples[-1]:g}, just before the edge at 2."
    )


@figure(
    "zigzag-step-size",
    "At κ = 7 the fastest step sizes overshoot, and their paths turn back.",
    data=step_sizes,
    alt=_step_sizes_alt,
    height=3.0,
)
def plot_step_sizes(record: StepSizes, axes: Axes) -> None:
    """Draw steps over step sizes, in one color without turns and in another with them."""
    smooth = record.multiples <= 1 + 1e-9
    turning = record.multiples >= 1 - 1e-9
    axes.plot(record.multiples[smooth], record.steps[smooth], color=BLUE)
    axes.plot(record.multiples[turning], record.steps[turning], color=ORANGE)
    top = float(np.max(record.steps))
    for multiple, is_best in ((1.0, False), (record.best, True)):
        at = int(np.abs(record.multiples - multiple).argmin())
        here = (record.multiples[at], record.steps[at])
        axes.plot(*here, "o", color=INK, markersize=5)
        words = f"{record.steps[at]:.0f} steps"
        if is_best:
            words = f"best in the\nlong run:\n{words},\n{record.turns[at]} turns"
            beside(axes, here, (12, 10), words, INK, ha="right", va="bottom")
        else:
            beside(axes, here, (0, 10), words, INK, ha="center", va="bottom")
    axes.axvline(2, color=GREY, linewidth=0.7)
    axes.text(1.9, 0.93 * top, "diverges beyond 2", color=GREY, ha="right")
    # Each beside its own piece of the curve.
    half = int(np.abs(record.multiples - 0.5).argmin())
    point = (record.multiples[half], record.steps[half])
    beside(axes, point, (6, 6), "too short to turn back", BLUE, va="bottom")
    axes.text(1.36, 0.015 * top, "jumps over the valley", color=ORANGE, ha="center", va="bottom")
    axes.set_xlim(0, 2.03)
    axes.set_xticks([0, 0.5, 1, 1.5, 2], ["0", "0.5", "1", "1.5", "2"])
    axes.set_ylim(0, 1.03 * top)
    axes.set_xlabel("step size η, in units of 1/λmax")
    axes.set_ylabel("steps to a thousandth")


@dataclass(frozen=True, eq=False)
class Alternations:
    """Late gradients of a unit's full loss, with the inputs as they are and centered."""

    raw: Alternation
    centered: Alternation


def alternations(*, inside: float = 0.5, units: int = 20, seed: int = 0) -> Alternations:
    """Compute the record of `zigzag-alternation`, as `offcenter.descent.alternation` does."""
    raw = alternation(inside=inside, units=units, seed=seed)
    same = alternation(multiple=raw.multiple, units=units, centered=True, seed=seed)
    return Alternations(raw, same)


def _alternation_alt(record: Alternations) -> str:
    raw, centered = record.raw, record.centered
    return (
        f"The {raw.gradients.shape[1]} entries of the full gradient over the last {_SHOWN} "
        f"steps of a run with step size {raw.multiple:.4g} over the largest eigenvalue. "
        f"With sigmoid inputs all entries are up at one step and all down at the next: "
        f"{raw.one_sign:.0%} of the late gradients have one sign. With centered inputs the entries "
        f"spread over both sides at every step: {centered.one_sign:.0%} have one sign."
    )


_SHOWN = 12


@figure(
    "zigzag-alternation",
    "With sigmoid inputs, late steps just below the limit move all weights up, then all down.",
    data=alternations,
    alt=_alternation_alt,
    height=3.0,
    panels=(1, 2),
)
def plot_alternation(record: Alternations, panels: np.ndarray) -> None:
    """Draw each entry of the gradient at each step as a triangle that points its way."""
    cases = (
        (record.raw, "sigmoid inputs:\nall up, then all down"),
        (record.centered, "centered:\nup and down at once"),
    )
    for axes, (run, title) in zip(panels, cases, strict=True):
        # The run has long forgotten how far it started from the minimum: each is drawn as large.
        gradients = run.gradients[-_SHOWN:]
        sizes = np.abs(gradients) / np.abs(gradients).max(axis=1, keepdims=True)
        for way, color in ((1, BLUE), (-1, ORANGE)):
            axes.add_patch(_triangles(np.where(np.sign(gradients) == way, sizes, 0), way, color))
        axes.set_title(title, color=INK)
        axes.set(xlim=(0.3, _SHOWN + 0.7), ylim=(gradients.shape[1] + 0.5, 0.5))
        axes.set(xticks=[1, _SHOWN], yticks=[], xlabel=f"the last {_SHOWN} steps")
        axes.spines["left"].set_visible(False)
    panels[0].set_ylabel("one row for each weight")


def _triangles(sizes: np.ndarray, way: int, color: str) -> PathPatch:
    """Return triangles of the given sizes, a column each step, as one shape; none of size 0."""
    corners = np.array([[-0.42, 0.4 * way], [0.42, 0.4 * way], [0, -0.4 * way], [0, 0]])
    # An area as large as the entry, and the least still seen.
    parts = [
        Path(corners * max(0.35, np.sqrt(size)) + (step, row), closed=True)
        for (step, row), size in zip(np.argwhere(sizes) + 1, sizes[sizes > 0], strict=True)
    ]
    return PathPatch(Path.make_compound_path(*parts), facecolor=color, edgecolor="none")


@dataclass(frozen=True)
class Methods:
    """Distances of three methods from the minimum of one quadratic loss, each with its settings.

    Parameters
    ----------
    kappa : float
        λmax/λmin.
    names : tuple of str
        Of the methods.
    distances : array, shape (3, steps + 1)
        ‖w − w*‖ over its value at the start.
    rates : tuple of float
        The factor per step in the long run.
    """

    kappa: float
    names: tuple[str, ...]
    distances: np.ndarray
    rates: tuple[float, ...]


def methods(*, kappa: float = 100.0, steps: int = 150) -> Methods:
    """Compute the record of `zigzag-methods`: 20 eigenvalues from 1/κ to 1, from one point."""
    kappa = _checks.number("kappa", kappa, above=1.0)
    values = np.geomspace(1 / kappa, 1.0, 20)
    H, start = np.diag(values), np.ones(20)
    plain, heavy, ahead = (
        tuning(name, smallest=1 / kappa, largest=1.0)
        for name in ("gradient_descent", "momentum", "nesterov")
    )
    paths = (
        gradient_descent(H, start, step_size=plain.step_size, steps=steps),
        nesterov(H, start, step_size=ahead.step_size, steps=steps, beta=ahead.beta),
        momentum(H, start, step_size=heavy.step_size, steps=steps, beta=heavy.beta),
    )
    return Methods(
        kappa=kappa,
        names=("gradient descent", "Nesterov", "heavy ball"),
        distances=np.array([path.distances / path.distances[0] for path in paths]),
        rates=(plain.rate, ahead.rate, heavy.rate),
    )


def _methods_alt(record: Methods) -> str:
    parts = ", ".join(
        f"{name} {rate:.3f}" for name, rate in zip(record.names, record.rates, strict=True)
    )
    return (
        f"The distance from the minimum over the steps on a logarithmic scale at "
        f"κ = {record.kappa:g}. All three come to fall along straight lines, gradient "
        f"descent by far the least steeply. Factors per step in the long run: {parts}."
    )


@figure(
    "zigzag-methods",
    "The best momentum turns κ into √κ in the factor of a late step.",
    data=methods,
    alt=_methods_alt,
    height=3.0,
)
def plot_methods(record: Methods, axes: Axes) -> None:
    """Draw the distance of each method over the steps."""
    floor = 1e-4
    # The fastest curve is named on its left, where no other runs.
    styles = ((ORANGE, 5, "left"), (PURPLE, 5, "left"), (GREEN, -5, "right"))
    for name, distances, (color, gap, side) in zip(
        record.names, record.distances, styles, strict=True
    ):
        axes.plot(distances, color=color)
        named = int(np.flatnonzero(distances >= 2.5 * floor)[-1])
        axes.annotate(
            name,
            (named, distances[named]),
            (gap, 0),
            textcoords="offset points",
            color=color,
            ha=side,
            va="center",
        )
    plain_log(axes.yaxis)
    axes.set_ylim(floor, 2)
    axes.set_xlim(0, record.distances.shape[1] - 1)
    axes.set_xlabel("steps")
    axes.set_ylabel("share of the first distance")
    axes.text(0.97, 0.95, f"κ = {record.kappa:g}", transform=axes.transAxes, ha="right", va="top")
