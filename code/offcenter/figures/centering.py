"""Figures of the chapter "Centering": an eigenvalue that leaves the others as the mean grows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from offcenter import _checks
from offcenter.activations import ACTIVATIONS
from offcenter.figures._marks import beside, name_end, plain_log, three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, LIGHT, ORANGE, PURPLE
from offcenter.spectrum import (
    best_diagonal_condition_number,
    iid_condition_number,
    iid_eigenvalues,
)


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of the second moment of n iid features over a range of means.

    Parameters
    ----------
    n, mean, variance, bias
        The case that is marked.
    means : array, shape (K,)
        From 0 to 1, or to `mean` where that is larger.
    top, bulk, low : array, shape (K,)
        The largest eigenvalue, the n−1 equal ones, and the smallest one (with a bias, else bulk).
    smallest, largest, kappa : float
        Of the marked case.
    """

    n: int
    mean: float
    variance: float
    bias: bool
    means: np.ndarray
    top: np.ndarray
    bulk: np.ndarray
    low: np.ndarray
    smallest: float
    largest: float
    kappa: float


def spectrum(
    *, n: int = 100, mean: float = 0.5, variance: float = 0.25, bias: bool = False
) -> Spectrum:
    """Compute the record of `centering-spectrum`; the default features are fair bits, 0 or 1."""
    n = _checks.count("n", n, minimum=2)
    mean = _checks.number("mean", mean, minimum=0.0)
    variance = _checks.number("variance", variance, above=0.0)
    means = np.linspace(0.0, max(1.0, mean), 61)
    values = np.array([iid_eigenvalues(n, float(m), variance, bias=bias) for m in means])
    marked = iid_eigenvalues(n, mean, variance, bias=bias)
    return Spectrum(
        n=n,
        mean=mean,
        variance=variance,
        bias=bool(bias),
        means=means,
        top=values[:, -1],
        bulk=np.full(means.size, variance),
        low=values[:, 0],
        smallest=float(marked[0]),
        largest=float(marked[-1]),
        kappa=float(marked[-1] / marked[0]),
    )


def _spectrum_alt(record: Spectrum) -> str:
    bias = " and a bias" if record.bias else ""
    fall = " Another falls below them." if record.bias else ""
    return (
        f"Eigenvalues of the second moment of {record.n} inputs{bias} against their mean m, on a "
        f"logarithmic scale. {record.n - 1} of them stay at the variance, {record.variance:g}. "
        f"One climbs above them.{fall} At m = {record.mean:g} the largest is "
        f"{record.largest:,.2f}, the smallest {three_digits(record.smallest)}, "
        f"their ratio κ {three_digits(record.kappa)}."
    )


@figure(
    "centering-spectrum",
    "The mean lifts one eigenvalue away from the others, and κ is the gap that it leaves.",
    data=spectrum,
    alt=_spectrum_alt,
    height=3.2,
)
def plot_spectrum(record: Spectrum, axes: Axes) -> None:
    """Draw eigenvalues over means, and κ as the span at the marked mean."""
    end = float(record.means[-1])
    axes.plot(record.means, record.bulk, color=BLUE)
    name_end(axes, end, record.variance, f"{record.n - 1} equal to v", BLUE)
    axes.plot(record.means, record.top, color=ORANGE)
    name_end(axes, end, float(record.top[-1]), "the outlier\nv + nm²", ORANGE)
    if record.bias:
        axes.plot(record.means, record.low, color=PURPLE)
        name_end(axes, end, float(record.low[-1]), "of the bias", PURPLE)
    plain_log(axes.yaxis)
    axes.set_ylim(min(record.low[-1], record.smallest) / 4, max(record.top[-1], 1.0) * 3)
    axes.set_xlim(0, end)
    if record.kappa > 1.5:
        axes.annotate(
            "",
            (record.mean, record.largest),
            (record.mean, record.smallest),
            arrowprops={"arrowstyle": "<->", "color": GREY, "shrinkA": 0, "shrinkB": 0},
        )
    # On the logarithmic scale the middle of the span is the geometric mean of its ends.
    side = 1 if record.mean < 0.6 * end else -1
    axes.annotate(
        f"κ = {three_digits(record.kappa)}",
        (record.mean, math.sqrt(record.largest * record.smallest)),
        (6 * side, 0 if record.kappa > 1.5 else -9),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="center",
        color=INK,
    )
    axes.set_xlabel("mean m of each input")
    axes.set_ylabel("eigenvalue")


@dataclass(frozen=True)
class Conditions:
    """Condition numbers of n iid features over a range of means, shape (K,) each."""

    n: int
    variance: float
    means: np.ndarray
    bare: np.ndarray
    bias: np.ndarray
    best_diagonal: np.ndarray


def conditions(*, n: int = 100, variance: float = ACTIVATIONS["sigmoid"].variance) -> Conditions:
    """Compute the record of `centering-bias`."""
    means = np.linspace(0.0, 1.0, 61)
    return Conditions(
        n=_checks.count("n", n, minimum=2),
        variance=_checks.number("variance", variance, above=0.0),
        means=means,
        bare=np.array([iid_condition_number(n, float(m), variance) for m in means]),
        bias=np.array([iid_condition_number(n, float(m), variance, bias=True) for m in means]),
        best_diagonal=np.array(
            [best_diagonal_condition_number(n, float(m), variance, bias=True) for m in means]
        ),
    )


def _conditions_alt(record: Conditions) -> str:
    bare, bias, best = (
        [three_digits(float(values[end])) for end in (0, -1)]
        for values in (record.bare, record.bias, record.best_diagonal)
    )
    return (
        f"Condition number κ of {record.n} inputs of variance {record.variance:.3g} against their "
        f"mean, on a logarithmic scale. At mean 1 it is {bare[1]} without a bias, {bias[1]} with "
        f"one, and {best[1]} with the bias rescaled in the best way. At mean 0 it is {bare[0]}, "
        f"{bias[0]} and {best[0]}."
    )


@figure(
    "centering-bias",
    "With a bias κ grows like the square of nm², and rescaling it undoes that square at best.",
    data=conditions,
    alt=_conditions_alt,
    height=2.8,
)
def plot_conditions(record: Conditions, axes: Axes) -> None:
    """Draw three condition numbers over means, each with its law and its value at mean ½."""
    middle = len(record.means) // 2
    axes.axvline(record.means[middle], color=LIGHT, linewidth=0.8)
    rows = (
        (record.bias, PURPLE, "with a bias", (-4, 4), "like (nm²)²"),
        (record.best_diagonal, GREEN, "bias rescaled", (2, 7), ""),
        (record.bare, ORANGE, "no bias", (4, -6), "like nm²"),
    )
    for values, color, name, gap, law in rows:
        axes.plot(record.means, values, color=color)
        name_end(axes, 1.0, float(values[-1]), name, color)
        here = (record.means[middle], values[middle])
        axes.plot(*here, "o", color=color, markersize=5)
        words = three_digits(float(values[middle]))
        ha, va = "right" if gap[0] < 0 else "left", "top" if gap[1] < 0 else "bottom"
        beside(axes, here, gap, words, color, ha=ha, va=va)
        beside(axes, (record.means[47], values[47]), (0, -6), law, color, va="top")
    plain_log(axes.yaxis)
    axes.set_xlim(0, 1)
    axes.set_ylim(bottom=0.7)
    axes.set_xlabel("mean m of each input")
    axes.set_ylabel("condition number κ")
