"""Figures of the chapter "Remedies": what each does to one layer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import Transform

from offcenter import _checks
from offcenter.activations import ACTIVATIONS
from offcenter.figures._marks import plain_log, three_digits
from offcenter.figures._record import figure
from offcenter.figures._style import BLUE, GREY, INK, LIGHT, ORANGE
from offcenter.remedies import Effect, effects_of_methods, effects_on_inputs
from offcenter.spectrum import (
    best_diagonal_condition_number,
    condition_number,
    iid_condition_number,
    iid_second_moment,
)

INPUTS = {
    "nothing": "nothing",
    "center-data": "center the data",
    "mean-only-before": "mean-only norm before σ",
    "batch-before": "batch norm before σ",
    "layer-before": "layer norm before σ",
    "rms-after": "RMS norm after σ",
    "centralized": "centralized gradients",
    "centralized-centered": "same, data centered",
    "layer-after": "layer norm after σ",
    "layer-after-centered": "same, data centered",
    "center-activations": "center the activations",
    "center-both": "center data and activations",
    "batch-after": "batch norm after σ",
}
METHODS = {
    "gradient-descent": "gradient descent",
    "adam": "Adam",
    "heavy-ball": "heavy ball",
    "nesterov": "Nesterov",
    "muon": "Muon",
    "orthogonalized": "orthogonalized",
    "kronecker": "Kronecker",
}
# What is left of a mean by rounding, or by twenty-four finite units, is no offset.
NO_OFFSET = 1e-4


@dataclass(frozen=True)
class Effects:
    """The rows of a table of remedies, in the order in which they are drawn."""

    labels: tuple[str, ...]
    effects: tuple[Effect, ...]


def inputs(*, seed: int = 0) -> Effects:
    """Compute the record of `remedies-inputs`."""
    found = {effect.name: effect for effect in effects_on_inputs(seed=seed)}
    return Effects(tuple(INPUTS.values()), tuple(found[name] for name in INPUTS))


def _inputs_alt(record: Effects) -> str:
    rows = "; ".join(
        f"{label} {effect.steps:,} ({effect.offset_share:.2f})"
        for label, effect in zip(record.labels, record.effects, strict=True)
    )
    return (
        "Steps of gradient descent for a layer that reads σ activations, on a logarithmic scale. "
        f"Changes that leave no offset need the fewest. Steps and ρ: {rows}."
    )


def _column(axes: Axes) -> Transform:
    """Return places in a column beside the rows: across in parts of the axes, down in rows."""
    return axes.get_yaxis_transform()


def _label_rows(axes: Axes, labels: tuple[str, ...]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for row in range(len(labels)):
        axes.axhline(row, color=LIGHT, linewidth=0.5, zorder=0)


@figure(
    "remedies-inputs",
    "Of these changes, those that leave no offset in the layer's inputs need the fewest steps.",
    data=inputs,
    alt=_inputs_alt,
    height=3.9,
)
def plot_inputs(record: Effects, axes: Axes) -> None:
    """Draw one dot a remedy, with its offset share beside it."""
    for row, effect in enumerate(record.effects):
        color = BLUE if effect.offset_share < NO_OFFSET else ORANGE
        axes.plot(effect.steps, row, marker="o", color=color)
        share = f"{max(effect.offset_share, 0):.2f}"
        axes.annotate(share, (1.02, row), xycoords=_column(axes), color=color, va="center")
    axes.annotate("ρ", (1.06, -1.2), xycoords=_column(axes), color=INK, va="center")
    plain_log(axes.xaxis)
    axes.set_xticks([10, 1_000, 100_000])
    _label_rows(axes, record.labels)
    axes.set_ylim(len(record.labels) - 0.5, -0.9)
    axes.set_xlim(5, 2 * max(effect.steps for effect in record.effects))
    axes.set_xlabel("steps")


@dataclass(frozen=True)
class MethodEffects:
    """The methods on the layer as it is, and on the same layer centered."""

    labels: tuple[str, ...]
    raw: tuple[Effect, ...]
    centered: tuple[Effect, ...]


def methods(*, seed: int = 0) -> MethodEffects:
    """Compute the record of `remedies-methods`."""
    found = [
        {effect.name: effect for effect in effects_of_methods(centered=centered, seed=seed)}
        for centered in (False, True)
    ]
    raw, centered = (tuple(effects[name] for name in METHODS) for effects in found)
    return MethodEffects(tuple(METHODS.values()), raw, centered)


def _methods_alt(record: MethodEffects) -> str:
    rows = "; ".join(
        f"{label}: {raw.steps:,} steps, centered {centered.steps:,}"
        for label, raw, centered in zip(record.labels, record.raw, record.centered, strict=True)
    )
    return (
        "Steps of seven methods for a layer that reads σ activations, and for the same layer with "
        "centered inputs, on a logarithmic scale. Centering helps the first four most, and "
        f"the last not at all. {rows}."
    )


@figure(
    "remedies-methods",
    "On this layer methods without whole matrices gain most from centering; one that inverts the "
    "whole matrix gains nothing.",
    data=methods,
    alt=_methods_alt,
    height=3.1,
)
def plot_methods(record: MethodEffects, axes: Axes) -> None:
    """Draw two dots a method, joined: raw and centered."""
    for row, (raw, centered) in enumerate(zip(record.raw, record.centered, strict=True)):
        axes.plot([raw.steps, centered.steps], [row, row], color=GREY, linewidth=0.9)
        axes.plot(raw.steps, row, marker="o", color=ORANGE)
        axes.plot(centered.steps, row, marker="o", color=BLUE)
        ratio = raw.steps / centered.steps
        words = f"÷ {ratio:.{0 if ratio > 9.5 else 1}f}"
        axes.annotate(words, (1.2, row), xycoords=_column(axes), ha="right", va="center")
    plain_log(axes.xaxis)
    _label_rows(axes, record.labels)
    axes.set_ylim(len(record.labels) - 0.5, -0.8)
    for effect, text, color in (
        (record.raw[0], "off center", ORANGE),
        (record.centered[0], "centered", BLUE),
    ):
        axes.annotate(
            text, (effect.steps, 0), (0, 6), textcoords="offset points", color=color, ha="center"
        )
    axes.annotate("steps", (1.2, -0.7), xycoords=_column(axes), ha="right", va="center")
    axes.set_xticks([1, 10, 100, 1000, 10000])
    axes.set_xlim(0.7, 4 * record.raw[0].steps)
    axes.set_xlabel("steps")


@dataclass(frozen=True)
class BiasScale:
    """κ of a layer with a bias, over the scale of the bias.

    Parameters
    ----------
    name : str
        Of the activation.
    n : int
        The number of inputs.
    scales, kappas : array, shape (K,)
        The constant input instead of 1, and κ with it.
    plain, best, centered : float
        κ at scale 1, at the best scale, and after centering at scale 1.
    best_scale : float
        √(s² + nm²).
    """

    name: str
    n: int
    scales: np.ndarray
    kappas: np.ndarray
    plain: float
    best: float
    centered: float
    best_scale: float


def bias_scale(*, activation: str = "sigmoid", n: int = 100) -> BiasScale:
    """Compute the record of `remedies-diagonal`."""
    n = _checks.count("n", n, minimum=2)
    name = _checks.one_of("activation", activation, ACTIVATIONS)
    mean, variance = ACTIVATIONS[name].mean, ACTIVATIONS[name].variance
    M = iid_second_moment(n, mean, variance, bias=True)
    best_scale = float(np.sqrt(variance + n * mean**2))
    scales = np.geomspace(min(0.3, best_scale / 6), best_scale * 6, 61)
    rescalings = (np.append(np.ones(n), scale) for scale in scales)
    return BiasScale(
        name=name,
        n=n,
        scales=scales,
        kappas=np.array([condition_number(M * np.outer(D, D)) for D in rescalings]),
        plain=iid_condition_number(n, mean, variance, bias=True),
        best=best_diagonal_condition_number(n, mean, variance, bias=True),
        centered=iid_condition_number(n, 0.0, variance, bias=True),
        best_scale=best_scale,
    )


def _bias_scale_alt(record: BiasScale) -> str:
    return (
        f"κ of {record.n} {record.name} inputs with a bias, against the scale of the bias, both on "
        f"logarithmic scales. κ is {three_digits(record.plain)} at scale 1, falls to "
        f"{three_digits(record.best)} at scale {three_digits(record.best_scale)} and rises again. "
        f"Centering gives {three_digits(record.centered)}, below the whole curve."
    )


@figure(
    "remedies-diagonal",
    "For 100 sigmoid inputs the best diagonal scaling stays far above what centering reaches.",
    data=bias_scale,
    alt=_bias_scale_alt,
    height=3.0,
)
def plot_bias_scale(record: BiasScale, axes: Axes) -> None:
    """Draw κ over the scale of the bias, and the level of centering."""
    axes.plot(record.scales, record.kappas, color=ORANGE)
    axes.axhline(record.centered, color=BLUE)
    plain_log(axes.xaxis)
    plain_log(axes.yaxis)
    axes.plot(1, record.plain, marker="o", color=ORANGE)
    axes.plot(record.best_scale, record.best, marker="o", color=ORANGE)
    # From the best point of the curve down to the level of centering.
    fall = {"arrowstyle": "->", "color": GREY, "shrinkA": 4, "shrinkB": 0}
    foot = (record.best_scale, record.centered)
    axes.annotate("", foot, (record.best_scale, record.best), arrowprops=fall)
    axes.annotate(
        f"{three_digits(record.best / record.centered)} times lower",
        (record.best_scale, math.sqrt(record.best * record.centered)),
        (-5, 0),
        textcoords="offset points",
        ha="right",
        va="center",
    )
    for x, y, gap, text in (
        (1, record.plain, 9, f"as it is, {three_digits(record.plain)}"),
        (record.best_scale, record.best, -16, f"best scaling, {three_digits(record.best)}"),
    ):
        axes.annotate(text, (x, y), (2, gap), textcoords="offset points", color=INK)
    axes.annotate(
        f"centered, {three_digits(record.centered)}",
        (record.scales[0], record.centered),
        (4, 5),
        textcoords="offset points",
        color=BLUE,
    )
    axes.set_ylim(record.centered / 3, 3 * record.kappas.max())
    axes.set_xlim(record.scales[0], record.scales[-1])
    axes.set_xlabel("scale of the bias input")
    axes.set_ylabel("condition number κ")
