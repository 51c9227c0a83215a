"""Figures of the chapter "Signs": where gradients of one sign can point, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from offcenter import _checks
from offcenter.figures._marks import three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, LIGHT, ORANGE
from offcenter.signs import OrthantSplit, orthant_split, single_signed

_REACH = 2.2
_SIGN = {1: "+", -1: "−", 0: "0"}
_LOWERED = "₀₁₂₃₄₅₆₇₈₉"


@dataclass(frozen=True)
class Neuron:
    """The gradients of one unit with two inputs, example by example and for the batch.

    Parameters
    ----------
    inputs : array, shape (N, 2)
        As the unit sees them: the second one negated if `flip`.
    deltas : array, shape (N,)
    gradients : array, shape (N, 2)
        δx, one a row.
    batch : array, shape (2,)
        Their mean.
    flip : bool
        Whether the sign convention of the second input is the other one.
    """

    inputs: np.ndarray
    deltas: np.ndarray
    gradients: np.ndarray
    batch: np.ndarray
    flip: bool

    @property
    def single(self) -> int:
        """How many examples have a gradient of one sign."""
        return int(single_signed(self.gradients).sum())


def neuron(
    *,
    points: tuple[tuple[float, float], ...] = ((1.2, 0.4), (0.5, 1.1), (1.6, 1.4)),
    deltas: tuple[float, ...] = (0.8, -1.0, 0.3),
    flip: bool = False,
) -> Neuron:
    """Compute the record of `signs-neuron`."""
    X = _checks.matrix("points", points, columns=2) * np.array([1.0, -1.0 if flip else 1.0])
    errors = _checks.vector("deltas", deltas, size=len(X))
    gradients = errors[:, np.newaxis] * X
    return Neuron(X, errors, gradients, gradients.mean(axis=0), bool(flip))


def _signs(gradient: np.ndarray) -> str:
    return f"({', '.join(_SIGN[int(s)] for s in np.sign(gradient))})"


def _neuron_alt(record: Neuron) -> str:
    listed = ", ".join(_signs(gradient) for gradient in record.gradients)
    unflipped = record.inputs * np.array([1, -1 if record.flip else 1])
    where = ", so all are in two opposite quadrants" if (unflipped >= 0).all() else ""
    flipped = " The sign convention of the second input is flipped." if record.flip else ""
    return (
        f"Gradients of one unit with two inputs for {len(record.deltas)} examples, as arrows from "
        f"the origin. Each lies on the line through its input, forward for a positive error and "
        f"backward for a negative one{where}. Their signs are "
        f"{listed}; those of their mean, the batch gradient, are {_signs(record.batch)}.{flipped}"
    )


def _arrow(axes: Axes, end: np.ndarray, color: str, width: float = 1.6) -> None:
    style = {"arrowstyle": "-|>", "color": color, "lw": width, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (end[0], end[1]), (0, 0), arrowprops=style)


@figure(
    "signs-neuron",
    "One example's gradient lies on the line of its input: positive inputs leave two quadrants.",
    data=neuron,
    alt=_neuron_alt,
    height=3.2,
)
def plot_neuron(record: Neuron, axes: Axes) -> None:
    """Draw the two quadrants, the inputs, and the gradients."""
    turn = -1 if record.flip else 1
    for way in (1, -1):
        corner = (min(0, way * _REACH), min(0, turn * way * _REACH))
        axes.add_patch(Rectangle(corner, _REACH, _REACH, color=LIGHT, alpha=0.35, lw=0))
    axes.axhline(0, color=GREY, lw=0.7)
    axes.axvline(0, color=GREY, lw=0.7)
    for k, (x, delta, g) in enumerate(
        zip(record.inputs, record.deltas, record.gradients, strict=True), 1
    ):
        far = x * (_REACH / np.abs(x).max())
        axes.plot(*zip(-far, far, strict=True), color=GREY, lw=0.6, ls=(0, (2, 3)))
        axes.plot(*x, "o", color=INK, ms=5)
        axes.annotate(f"x{_LOWERED[k]}", x, (5, 3), textcoords="offset points")
        color = BLUE if delta > 0 else ORANGE
        _arrow(axes, g, color)
        row = f"δ{_LOWERED[k]} = {delta:g}: {_signs(g)}".replace("-", "−")
        axes.text(1.06, 1.0 - 0.09 * k, row, color=color, transform=axes.transAxes)
    _arrow(axes, record.batch, GREEN, 2.2)
    axes.text(
        1.06,
        0.91 - 0.09 * (len(record.deltas) + 0.5),
        f"batch: {_signs(record.batch)}",
        color=GREEN,
        transform=axes.transAxes,
    )
    # In the middle of a quadrant that positive inputs leave empty.
    words = "no example's\ngradient here"
    if (record.inputs * np.array([1, turn]) >= 0).all():
        axes.text(-_REACH / 2, turn * _REACH / 2, words, color=GREY, ha="center", va="center")
    axes.set(xlim=(-_REACH, _REACH), ylim=(-_REACH, _REACH), aspect="equal")
    axes.set(xlabel="derivative in w₁", ylabel="derivative in w₂")
    axes.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])


@dataclass(frozen=True)
class Detour:
    """A way to a target by legal legs, with the target in the forbidden quadrant.

    Parameters
    ----------
    target : array, shape (2,)
    split : OrthantSplit
    stairs : array, shape (2·legs + 1, 2)
        The same two legs in small alternating pieces.
    """

    target: np.ndarray
    split: OrthantSplit
    stairs: np.ndarray


def detour(*, target: tuple[float, float] = (-1.0, 1.0), pieces: int = 8) -> Detour:
    """Compute the record of `signs-detour`."""
    d = _checks.vector("target", target, size=2)
    pieces = _checks.count("pieces", pieces)
    split = orthant_split(d)
    legs = np.vstack([split.positive, -split.negative] * pieces) / pieces
    return Detour(d, split, np.vstack([[0.0, 0.0], np.cumsum(legs, axis=0)]))


def _detour_alt(record: Detour) -> str:
    return (
        "Three ways from the origin to a target that lies up and to the left, where no step of one "
        "sign points. The straight way is forbidden. Two legs, one up and one to the left, reach "
        f"it, and so does a staircase of small steps; both are {record.split.detour:.2f} times as "
        "long as the straight way."
    )


@figure(
    "signs-detour",
    "Steps of one sign reach every point, and the detour is at most the factor √2.",
    data=detour,
    alt=_detour_alt,
    height=2.9,
)
def plot_detour(record: Detour, axes: Axes) -> None:
    """Draw the straight way, the two legs, and the staircase."""
    corner = record.split.positive
    axes.plot(*zip((0, 0), record.target, strict=True), color=GREY, ls=(0, (2, 3)))
    axes.plot(*zip((0, 0), corner, record.target, strict=True), color=ORANGE)
    axes.plot(*record.stairs.T, color=BLUE)
    axes.plot(*record.target, "o", color=INK, ms=5)
    target, corner = tuple(record.target), tuple(corner)
    axes.annotate(
        "straight:\nno legal step",
        (target[0] / 2, target[1] / 2),
        (-14, -16),
        textcoords="offset points",
        color=GREY,
        ha="right",
    )
    axes.annotate(
        f"two legs, {three_digits(record.split.detour)} times as long",
        (corner[0], corner[1]),
        (6, -3),
        textcoords="offset points",
        color=ORANGE,
        va="top",
    )
    axes.annotate(
        f"small legal steps,\nstill {three_digits(record.split.detour)} times as long",
        (record.stairs[3, 0], record.stairs[3, 1]),
        (30, 10),
        textcoords="offset points",
        color=BLUE,
        va="center",
        arrowprops={"arrowstyle": "-", "color": BLUE, "lw": 0.7},
    )
    axes.annotate("target", (target[0], target[1]), (-6, 4), textcoords="offset points", ha="right")
    axes.annotate("start", (0, 0), (6, -4), textcoords="offset points", va="top")
    legs = zip((0, 0), record.split.positive, record.target, strict=True)
    axes.fill(*legs, facecolor=LIGHT, alpha=0.35, edgecolor="none")
    axes.set(aspect="equal", xlim=(-1.6, 1.3), ylim=(-0.16, 1.12))
    axes.set(xlabel="change of w₁", ylabel="change of w₂", xticks=[-1, 0], yticks=[0, 1])
