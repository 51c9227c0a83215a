"""Figures of the chapter on the Fisher matrix: what it measures, damping, growth with width."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from offcenter import _checks
from offcenter.figures._marks import beside, name_end, plain_log
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, LIGHT, ORANGE, PURPLE
from offcenter.fisher import (
    damped_changes,
    logistic_divergence,
    logistic_fisher,
    logistic_gradient,
    smallest_eigenvalue,
    width_eigenvalues,
)
from offcenter.spectrum import condition_number

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class EqualChange:
    """The steps of a one-input unit that change its predictions equally, for two input means.

    Parameters
    ----------
    means : tuple of float
        The mean input of each panel.
    divergence : float
        The change of the predictions, KL in nats.
    ellipses : tuple of ndarray, shape (points, 2)
        Steps (Δw, Δb) with ½ εᵀFε equal to the divergence.
    exact : tuple of ndarray, shape (dots, 2)
        Steps whose exact divergence is that.
    plain, natural : tuple of ndarray, shape (2,)
        The steps along −g and −F⁻¹g that reach the ellipse.
    kappas : tuple of float
        Condition numbers of F.
    falls : tuple of (float, float)
        By how much the loss falls, to the first order, along each of the two.
    """

    means: tuple[float, ...]
    divergence: float
    ellipses: tuple[np.ndarray, ...]
    exact: tuple[np.ndarray, ...]
    plain: tuple[np.ndarray, ...]
    natural: tuple[np.ndarray, ...]
    kappas: tuple[float, ...]
    falls: tuple[tuple[float, float], ...]


def _radius(X: np.ndarray, direction: np.ndarray, divergence: float) -> float:
    """How far to go along `direction` until the predictions differ by `divergence`."""
    short, long = 0.0, 64.0
    middle = 32.0
    for _ in range(40):
        middle = (short + long) / 2
        dw, db = middle * direction[:1], float(middle * direction[1])
        if logistic_divergence(X, np.zeros(1), 0.0, dw, db) < divergence:
            short = middle
        else:
            long = middle
    return middle


def equal_change(*, mean: float = 2.0, divergence: float = 0.02) -> EqualChange:
    """Compute the record of `fisher-ellipses` at the parameters w = 0, b = 0."""
    mean = _checks.number("mean", mean)
    divergence = _checks.number("divergence", divergence, above=0.0)
    rng = np.random.default_rng(7)
    x = rng.standard_normal((40, 1))
    x = (x - x.mean()) / x.std()
    y = (2 * x[:, 0] + 1 + rng.logistic(size=40) > 0).astype(float)
    angles = np.linspace(0, 2 * math.pi, 241)
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    found = []
    for shift in (mean, 0.0):
        X = x + shift
        F, g = logistic_fisher(X, np.zeros(1), 0.0), logistic_gradient(X, y, np.zeros(1), 0.0)
        # ½ εᵀFε = D for ε = √(2D) L⁻ᵀ(cos, sin), where F = LLᵀ.
        ellipse = math.sqrt(2 * divergence) * np.linalg.solve(np.linalg.cholesky(F).T, circle.T).T
        directions = ellipse[:-1:10] / np.linalg.norm(ellipse[:-1:10], axis=1, keepdims=True)
        exact = np.array([_radius(X, d, divergence) * d for d in directions])
        plain, natural = (
            step * math.sqrt(2 * divergence / (step @ F @ step))
            for step in (-g, -np.linalg.solve(F, g))
        )
        falls = (float(-g @ plain), float(-g @ natural))
        found.append((ellipse, exact, plain, natural, condition_number(F), falls))
    return EqualChange((mean, 0.0), divergence, *zip(*found, strict=True))


def _equal_change_alt(record: EqualChange) -> str:
    shifted, centered = (plain / natural for plain, natural in record.falls)
    return (
        f"Steps of weight and bias that change the predictions by {record.divergence:g} nats. "
        f"Left, inputs with mean {record.means[0]:g}: a thin slanted ellipse, condition number "
        f"{record.kappas[0]:.0f}; the plain step cuts across it, and the loss falls, to first "
        f"order, by {shifted:.0%} of what the natural step gives. Right, the same inputs centered: "
        f"a round curve, condition number {record.kappas[1]:.2f}; plain and natural step are the "
        f"same ({centered:.0%}). Dots, the exact divergence, lie close to the ellipses."
    )


@figure(
    "fisher-ellipses",
    "With a mean of 2, the steps that change predictions equally form a thin, slanted ellipse.",
    data=equal_change,
    alt=_equal_change_alt,
    height=3.6,
    panels=(1, 2),
)
def plot_equal_change(record: EqualChange, panels: np.ndarray) -> None:
    """Draw the ellipses, the exact divergences as dots, and both steps, named where they end."""
    reach = 1.12 * max(np.abs(ellipse).max() for ellipse in record.ellipses)
    for place, (ax, mean) in enumerate(zip(panels, record.means, strict=True)):
        ax.axhline(0, color=LIGHT, lw=0.7)
        ax.axvline(0, color=LIGHT, lw=0.7)
        ax.fill(
            *record.ellipses[place].T,
            facecolor=(LIGHT, 0.35),
            edgecolor=INK,
            linewidth=1.2,
            joinstyle="round",
            zorder=2,
        )
        ax.plot(*record.exact[place].T, "o", color=GREY, ms=2.5)
        # The natural step is the wider one: where both agree, both are seen.
        for step, color, width in (
            (record.natural[place], GREEN, 4.0),
            (record.plain[place], ORANGE, 1.6),
        ):
            arrow = {"arrowstyle": "->", "color": color, "lw": width, "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", step, (0, 0), arrowprops=arrow)
        ax.set(xlim=(-0.8 * reach, 0.8 * reach), ylim=(-reach, reach), aspect="equal")
        ax.set(xticks=[-0.5, 0, 0.5], yticks=[-1, -0.5, 0, 0.5, 1], xlabel="change of w")
        ax.set_xticklabels(["−0.5", "0", "0.5"])
        ax.set_yticklabels(["−1", "−0.5", "0", "0.5", "1"])
        ax.set_title("centered inputs" if mean == 0 else f"inputs with mean {mean:g}", color=INK)
        _name_steps(record.plain[place], record.natural[place], ax)
    panels[0].set_ylabel("change of b")
    panels[1].tick_params(labelleft=False)
    words = "hardly any\nchange\nthis way"
    panels[0].text(0, 0.96 * reach, words, color=GREY, va="top")
    panels[1].text(0, -0.6 * reach, "the same change\nevery way", color=GREY, ha="center", va="top")


def _name_steps(plain: np.ndarray, natural: np.ndarray, ax: Axes) -> None:
    if np.linalg.norm(plain - natural) < 0.1 * np.linalg.norm(natural):
        top = (0.0, float(np.linalg.norm(natural)))
        beside(ax, top, (0, 27), "plain step =", ORANGE, ha="center")
        beside(ax, top, (0, 13), "natural step", GREEN, ha="center")
        return
    beside(ax, plain, (8, 3), "plain\nstep", ORANGE)
    beside(ax, natural, (-24, -14), "natural\nstep", GREEN, ha="right")


@dataclass(frozen=True)
class Damped:
    """How much a shift of the inputs changes the run of a damped natural gradient.

    Parameters
    ----------
    dampings : tuple of float
        λ.
    shifts : tuple of float
    changes : tuple of tuple of float
        For each shift the largest change of a pre-activation, for each λ.
    smallest : tuple of (float, float)
        For each shift λmin of the Fisher matrix of the moved inputs, and the change there.
    """

    dampings: tuple[float, ...]
    shifts: tuple[float, ...]
    changes: tuple[tuple[float, ...], ...]
    smallest: tuple[tuple[float, float], ...]


def damping_law(*, shifts: tuple[float, ...] = (2.0, 5.0)) -> Damped:
    """Compute the record of `fisher-damping`."""
    dampings = tuple(float(10.0**k) for k in np.arange(-8, 0.01, 0.5))
    marks = []
    for shift in shifts:
        smallest = smallest_eigenvalue(shift)
        marks.append((smallest, *damped_changes(shift, (smallest,))))
    changes = tuple(damped_changes(shift, dampings) for shift in shifts)
    return Damped(dampings, tuple(shifts), changes, tuple(marks))


def _power_of_ten(value: float, _: int) -> str:
    exponent = round(math.log10(value))
    return "1" if exponent == 0 else f"10{str(exponent).translate(_RAISED)}"


def _damping_alt(record: Damped) -> str:
    marks = "; ".join(
        f"for a shift of {shift:g} it is {change:.2f} at λ = {value:.2g}, the smallest eigenvalue"
        for shift, (value, change) in zip(record.shifts, record.smallest, strict=True)
    )
    starts = " and ".join(f"{changes[0]:.0e}" for changes in record.changes)
    ends = " and ".join(f"{changes[-1]:.1f}" for changes in record.changes)
    return (
        "Largest change of a pre-activation by a shift of the inputs against the damping λ of the "
        f"natural gradient, both logarithmic. It rises, at first in proportion to λ, from "
        f"{starts} at λ = {record.dampings[0]:.0e}, and levels off at {ends}. "
        f"The dots: {marks}."
    )


@figure(
    "fisher-damping",
    "Damping lets a shift through, in proportion to λ while λ is small.",
    data=damping_law,
    alt=_damping_alt,
    height=2.6,
)
def plot_damping_law(record: Damped, ax: Axes) -> None:
    """Draw the changes against the damping."""
    ax.set(xscale="log", yscale="log")
    ends = zip(
        record.shifts, record.changes, record.smallest, (BLUE, ORANGE), (-14, 14), strict=True
    )
    for shift, changes, mark, color, above in ends:
        ax.plot(record.dampings, changes, color=color)
        ax.plot(*mark, "o", color=color, ms=5)
        middle = len(changes) // 3
        ax.annotate(
            f"moved by {shift:g}",
            (record.dampings[middle], changes[middle]),
            (-above, above),
            textcoords="offset points",
            ha="right" if above > 0 else "left",
            va="center",
            color=color,
        )
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(FixedLocator([10.0**k for k in (-8, -6, -4, -2, 0)]))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(_power_of_ten))
    ax.set(xlabel="damping λ", ylabel="change of a pre-activation")
    words = "less damping lets less through,\nin proportion to λ"
    ax.text(0.03, 0.99, words, color=INK, va="top", transform=ax.transAxes)
    words = "dots: λ is the\nsmallest eigenvalue"
    ax.text(0.98, 0.06, words, color=GREY, ha="right", transform=ax.transAxes)


@dataclass(frozen=True)
class WidthLaw:
    """The largest eigenvalue of the Fisher matrix of random networks, by width.

    Parameters
    ----------
    widths : ndarray, shape (k,)
    whole : dict of ndarray, shape (k,)
        By activation, for the output as it is.
    subtracted : dict of ndarray, shape (k,)
        The same, for the output less its mean over the examples.
    """

    widths: np.ndarray
    whole: dict[str, np.ndarray]
    subtracted: dict[str, np.ndarray]


def width_law(
    *, widths: tuple[int, ...] = (64, 128, 256, 512), seeds: tuple[int, ...] = (60, 61, 62)
) -> WidthLaw:
    """Compute the record of `fisher-width`: two hidden layers, as many examples as the width."""
    return WidthLaw(
        np.array(widths),
        {
            name: width_eigenvalues(name, widths, seeds=seeds)
            for name in ("relu", "sigmoid", "tanh")
        },
        {"relu": width_eigenvalues("relu", widths, seeds=seeds, subtract_mean=True)},
    )


def _width_law_alt(record: WidthLaw) -> str:
    growth = {name: values[-1] / values[0] for name, values in record.whole.items()}
    return (
        f"Largest eigenvalue of the Fisher matrix against width, with as many examples as the "
        f"width, both logarithmic, from {record.widths[0]} to {record.widths[-1]}: for ReLU it "
        f"grows {growth['relu']:.1f}-fold, for sigmoid {growth['sigmoid']:.1f}-fold, for tanh "
        f"{growth['tanh']:.1f}-fold. For ReLU with the mean output subtracted it grows "
        f"{record.subtracted['relu'][-1] / record.subtracted['relu'][0]:.1f}-fold."
    )


@figure(
    "fisher-width",
    "As many examples as the width: with a mean the largest eigenvalue grows like the width.",
    data=width_law,
    alt=_width_law_alt,
    height=2.8,
)
def plot_width_law(record: WidthLaw, ax: Axes) -> None:
    """Draw the eigenvalues against the width."""
    plain_log(ax.xaxis)
    plain_log(ax.yaxis)
    names = {"relu": ("ReLU", ORANGE), "sigmoid": ("sigmoid", PURPLE), "tanh": ("tanh", BLUE)}
    for name, (label, color) in names.items():
        values = record.whole[name]
        ax.plot(record.widths, values, "o-", color=color, ms=4)
        name_end(ax, record.widths[-1], values[-1], label, color)
    values = record.subtracted["relu"]
    ax.plot(record.widths, values, "o--", color=ORANGE, ms=4)
    ax.annotate(
        "ReLU, mean subtracted",
        (record.widths[0], values[0]),
        (0, 6),
        textcoords="offset points",
        color=ORANGE,
    )
    words = "with a mean it grows like the width"
    ax.text(0.02, 0.98, words, color=INK, va="top", transform=ax.transAxes)
    ax.xaxis.set_major_locator(FixedLocator(record.widths.tolist()))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set(xlabel="width, and number of examples", ylabel="largest eigenvalue")
