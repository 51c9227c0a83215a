"""Figures of the chapter "Batches": how far a batch softens the lock on the signs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from offcenter.batches import SIZES, Agreement, batch_agreement
from offcenter.figures._marks import name_end, three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, ORANGE, PURPLE

_COLORS = (ORANGE, BLUE, GREEN, PURPLE)


@dataclass(frozen=True)
class Agreements:
    """The agreement of two entries of a batch gradient, for several activations."""

    curves: tuple[Agreement, ...]


def agreements(
    *,
    names: tuple[str, ...] = ("sigmoid", "relu", "tanh"),
    batch_sizes: tuple[int, ...] = SIZES,
    seed: int = 11,
    trials: int = 4000,
) -> Agreements:
    """Compute the record of `batches-agreement`."""
    return Agreements(
        tuple(
            batch_agreement(name, batch_sizes, rng=np.random.default_rng(seed), trials=trials)
            for name in names
        )
    )


def _agreements_alt(record: Agreements) -> str:
    parts = [
        f"for {curve.name} it goes from {curve.share[0]:.2f} to {curve.limit:.2f}"
        for curve in record.curves
        if curve.has_mean
    ]
    zero = [curve.name for curve in record.curves if not curve.has_mean]
    level = f" For {', '.join(zero)}, which has no mean, it is one half throughout." if zero else ""
    return (
        "How often two entries of a batch gradient agree in sign, against the batch size from "
        f"{record.curves[0].batch_sizes[0]} to {record.curves[0].batch_sizes[-1]}: "
        f"{'; '.join(parts)}.{level}"
    )


@figure(
    "batches-agreement",
    "A larger batch softens the lock on the signs, to a limit that only the mean sets.",
    data=agreements,
    alt=_agreements_alt,
    height=3.1,
)
def plot_agreements(record: Agreements, axes: Axes) -> None:
    """Draw one curve an activation, its limit dashed, with the useful batch size in its name."""
    if len(record.curves) > len(_COLORS):
        raise ValueError(f"names must hold at most {len(_COLORS)}, got {len(record.curves)}")
    last = record.curves[0].batch_sizes[-1]
    for curve, color in zip(record.curves, _COLORS, strict=False):
        axes.plot(curve.batch_sizes, curve.share, "o-", ms=3, color=color)
        axes.axhline(curve.limit, color=color, lw=0.8, ls=(0, (3, 3)))
        useful = f"1/ρ = {three_digits(curve.useful_batch)}" if curve.has_mean else "no mean"
        words = f"{curve.name}\nlimit {curve.limit:.3f}\n{useful}"
        name_end(axes, last, float(curve.share[-1]), words, color)
    axes.set_xscale("log", base=2)
    axes.set_xticks([1, 4, 16, 64, 256], ["1", "4", "16", "64", "256"])
    axes.minorticks_off()
    axes.set(xlim=(0.9, last), ylim=(0.44, 1.02), xlabel="batch size B")
    axes.set_ylabel("share of agreeing pairs")
    axes.tick_params(color=GREY)
