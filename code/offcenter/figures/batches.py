"""Figures of the chapter "Batches": three regimes of signs, and the steps that a batch saves."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.batches import (
    ERROR_LAWS,
    SIZES,
    Agreement,
    Feature,
    Regimes,
    batch_agreement,
    batch_regimes,
    best_step,
    limit_speed,
)
from offcenter.errors import ArgumentError
from offcenter.figures._marks import beside, in_words, name_end, plain_log, three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREEN, GREY, INK, LIGHT, ORANGE, PURPLE

# How much more noise than signal the errors of the printed figure have.
NOISE = 9.0

_COLORS = (ORANGE, BLUE, GREEN, PURPLE)


@dataclass(frozen=True)
class Agreements:
    """The agreement of two entries of a batch gradient, for several activations."""

    curves: tuple[Agreement, ...]


@stored
def _curve(name: str, batch_sizes: tuple[int, ...], seed: int, trials: int) -> Agreement:
    rng = np.random.default_rng(seed)
    return batch_agreement(name, batch_sizes, rng=rng, trials=trials)


def agreements(
    *,
    names: tuple[str, ...] = ("sigmoid", "relu", "tanh"),
    batch_sizes: tuple[int, ...] = SIZES,
    seed: int = 11,
    trials: int = 4000,
) -> Agreements:
    """Compute the record of `batches-agreement`."""
    return Agreements(tuple(_curve(name, batch_sizes, seed, trials) for name in names))


def _agreements_alt(record: Agreements) -> str:
    parts = [
        f"for {curve.name} it goes from {curve.share[0]:.2f} to {curve.limit:.2f}"
        for curve in record.curves
        if curve.has_mean
    ]
    zero = [curve.name for curve in record.curves if not curve.has_mean]
    level = f" For {', '.join(zero)}, which has no mean, it is one half throughout." if zero else ""
    return (
        "How often two entries of a batch gradient agree in sign, an entry that is 0 with any "
        f"other, against the batch size from {record.curves[0].batch_sizes[0]} to "
        f"{record.curves[0].batch_sizes[-1]}: "
        f"{'; '.join(parts)}.{level}"
    )


@figure(
    "batches-agreement",
    "If errors are Gaussian noise, larger batches soften the lock on signs down to a plateau.",
    data=agreements,
    alt=_agreements_alt,
    height=3.1,
)
def plot_agreements(record: Agreements, axes: Axes) -> None:
    """Draw one curve an activation, its limit dashed."""
    if len(record.curves) > len(_COLORS):
        raise ArgumentError(f"names must hold at most {len(_COLORS)}, got {len(record.curves)}")
    last = record.curves[0].batch_sizes[-1]
    for curve, color in zip(record.curves, _COLORS, strict=False):
        axes.plot(curve.batch_sizes, curve.share, "o-", ms=3, color=color)
        axes.axhline(curve.limit, color=color, lw=0.8, ls=(0, (3, 3)))
        share = f"ρ = {curve.offset_share:.2f}" if curve.has_mean else "no mean"
        words = f"{in_words(curve.name)}, {share}\nlimit {curve.limit:.3f}"
        name_end(axes, last, float(curve.share[-1]), words, color)
    axes.set_xscale("log", base=2)
    axes.set_xticks([1, 4, 16, 64, 256], ["1", "4", "16", "64", "256"])
    axes.minorticks_off()
    axes.set(xlim=(0.9, last), ylim=(0.44, 1.02), xlabel="batch size B")
    axes.set_ylabel("share of agreeing pairs")
    axes.tick_params(color=GREY)


@dataclass(frozen=True, eq=False)
class RegimeCurves:
    """The three regimes of a batch gradient's signs, one curve for each law of the noise."""

    curves: tuple[Regimes, ...]


def regime_curves(
    *,
    activation: str = "sigmoid",
    laws: tuple[str, ...] = ERROR_LAWS,
    n: int = 20,
    noise_to_signal: float = NOISE,
    doublings: int = 14,
    trials: int = 60,
    seed: int = 0,
) -> RegimeCurves:
    """Compute the record of `batches-regimes`."""
    return RegimeCurves(
        tuple(
            batch_regimes(
                activation,
                law=law,
                n=n,
                noise_to_signal=noise_to_signal,
                doublings=doublings,
                trials=trials,
                seed=(seed, place),
            )
            for place, law in enumerate(laws)
        )
    )


_LAW_NAMES = {"gaussian": "Gaussian noise", "signs": "noise ±1", "rare": "rare errors"}


def _regimes_alt(record: RegimeCurves) -> str:
    first = record.curves[0]
    two = ", ".join(f"{_LAW_NAMES[c.law]} {c.share[1]:.2f}" for c in record.curves)
    turn = (
        f"Toward the crossover, {three_digits(first.crossover)} examples, they leave the plateau"
        if math.isfinite(first.crossover)
        else "They stay on the plateau"
    )
    return (
        f"How often two entries of a batch gradient agree in sign, against the batch size, for "
        f"{first.n} {first.activation} inputs. All curves start at {first.share[0]:.2f}; for "
        f"batches of two they are at {two}. Then they follow the plateau of the noise at "
        f"{first.plateau:.2f}. {turn}; at {first.batch_sizes[-1]} they have come close "
        f"to {first.theory[-1]:.2f}."
    )


@figure(
    "batches-regimes",
    "Single examples are locked, noise has a plateau, and the signal dissolves the lock.",
    data=regime_curves,
    alt=_regimes_alt,
    height=3.4,
)
def plot_regimes(record: RegimeCurves, axes: Axes) -> None:
    """Draw one curve a law of noise, the theory of noise and signal, plateau and crossover."""
    first = record.curves[0]
    sizes = first.batch_sizes
    last, turn = float(sizes[-1]), min(first.crossover, float(sizes[-1]))
    axes.axvspan(1.5, turn, facecolor=LIGHT, alpha=0.25, edgecolor="none")
    # From the middle on, where the first examples no longer count.
    axes.plot([1.5, last], 2 * [first.plateau], color=GREY, lw=0.8, ls=(0, (3, 3)))
    axes.plot([1.5, last], [0.5, 0.5], color=GREY, lw=0.8, ls=(0, (3, 3)))
    axes.plot(sizes, first.theory, color=GREY, lw=3.6, solid_capstyle="round")
    for place, (curve, color) in enumerate(zip(record.curves, _COLORS, strict=False)):
        axes.plot(sizes, curve.share, "o-", ms=3, lw=1, color=color)
        # The curves lie on each other but for small batches: their names stand as a column.
        axes.annotate(_LAW_NAMES[curve.law], (5, 0.985 - 0.05 * place), color=color, va="center")
    name_end(axes, last, first.plateau, f"plateau\n½ + arcsin(ρ)/π\n= {first.plateau:.3f}", GREY)
    name_end(axes, last, 0.5, "independent\nsigns", GREY)
    # The three regimes stand above, each over its part.
    heads = [(0.9, "single", "left"), (math.sqrt(1.5 * turn), "noise", "center")]
    if first.crossover < last:
        heads.append((math.sqrt(turn * last), "signal", "center"))
        words = f"crossover\nn(1 + u)(1 + ν)\n= {three_digits(first.crossover)}"
        beside(axes, (first.crossover, 0.575), (-6, 0), words, INK, ha="right")
        axes.axvline(first.crossover, color=INK, lw=0.8)
    for place, words, side in heads:
        axes.text(place, 1.03, words, ha=side, va="bottom", color=INK, weight="bold")
    axes.set_xscale("log", base=2)
    axes.set_xticks([1, 8, 64, 512, 4096], ["1", "8", "64", "512", "4,096"])
    axes.minorticks_off()
    axes.set(xlim=(0.9, sizes[-1]), ylim=(0.44, 1.02), xlabel="batch size B")
    axes.set_ylabel("share of agreeing pairs")
    axes.tick_params(color=GREY)


@dataclass(frozen=True, eq=False)
class StepCounts:
    """Steps of SGD for each factor e, by batch size.

    Parameters
    ----------
    n : int
        Inputs.
    batch_sizes : array, shape (K,)
    names : tuple of str
        Of the inputs; the last are the first, centered.
    steps : array, shape (len(names), K)
        T of the exact recursion at the best step size, and in `full` at the full batch.
    full : array, shape (len(names),)
    law : array, shape (len(names) − 1, K)
        T(∞) over the limit speed for many inputs.
    """

    n: int
    batch_sizes: np.ndarray
    names: tuple[str, ...]
    steps: np.ndarray
    full: np.ndarray
    law: np.ndarray


def step_counts(*, n: int = 100, names: tuple[str, ...] = ("sigmoid", "relu")) -> StepCounts:
    """Compute the record of `batches-steps`."""
    sizes = 2 ** np.arange(10)
    features = [Feature.of(name) for name in names]
    features.append(Feature.of(names[-1], centered=True))
    full = np.array([best_step(n, feature, math.inf).steps for feature in features[:-1]] + [0.0])
    law = []
    for name, most in zip(names, full, strict=False):
        phi = ACTIVATIONS[name]
        u = phi.mean**2 / phi.variance
        law.append([most / limit_speed(u, float(B)) for B in sizes])
    return StepCounts(
        n=n,
        batch_sizes=sizes,
        names=(*names, f"{names[-1]}, centered"),
        steps=np.array([[best_step(n, f, float(B)).steps for B in sizes] for f in features]),
        full=full,
        law=np.array(law),
    )


def _steps_alt(record: StepCounts) -> str:
    parts = "; ".join(
        f"{name} from {three_digits(steps[0])} to {three_digits(steps[-1])}"
        for name, steps in zip(record.names, record.steps, strict=True)
    )
    return (
        f"Steps of SGD for each factor e of the squared distance, against the batch size from "
        f"{record.batch_sizes[0]} to {record.batch_sizes[-1]}, for {record.n} inputs, both scales "
        f"logarithmic: {parts}. Without the mean the curve keeps falling."
    )


@figure(
    "batches-steps",
    "With a mean, larger batches soon stop saving steps; without one they go on much longer.",
    data=step_counts,
    alt=_steps_alt,
    height=3.1,
)
def plot_steps(record: StepCounts, axes: Axes) -> None:
    """Draw steps over batch sizes, and the limit for many inputs as a broad line behind."""
    for values in record.law:
        axes.plot(record.batch_sizes, values, color=GREY, lw=3.6, solid_capstyle="round")
    for name, values, color in zip(record.names, record.steps, _COLORS, strict=False):
        axes.plot(record.batch_sizes, values, "o-", ms=3, lw=1, color=color)
        words = re.sub(r"\w+", lambda word: in_words(word[0]), name)
        name_end(axes, record.batch_sizes[-1], float(values[-1]), words, color)
    axes.set_xscale("log", base=2)
    axes.set_xticks([1, 4, 16, 64, 256], ["1", "4", "16", "64", "256"])
    axes.minorticks_off()
    plain_log(axes.yaxis)
    axes.set(xlim=(0.9, record.batch_sizes[-1]), xlabel="batch size B")
    axes.set_ylabel("steps for each factor e")
    if len(record.names) == 3:
        last = float(record.batch_sizes[-1])
        place = (last, math.sqrt(float(record.steps[0, -1] * record.steps[1, -1])))
        axes.text(*place, "with a mean it levels off", ha="right", va="center", color=INK)
        low = float(record.steps[-1, -1])
        axes.text(1.1, 1.1 * low, "without: twice the batch,\nat first half the steps", color=GREEN)
    axes.tick_params(color=GREY)
