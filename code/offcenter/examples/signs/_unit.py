"""One unit: the signs of its gradients, where they lead, and what mixes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import FOUR, NARROW_PAIR
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until
from offcenter.signs import convolution_gradient, orthant_split

__all__ = [
    "CenteredInput",
    "Filter",
    "Labels",
    "MixedLabels",
    "PreActivations",
    "Reach",
    "Slope",
    "UnitGradients",
    "WaysOut",
    "centered_input",
    "filter_gradients",
    "labels",
    "mixed_labels",
    "pre_activations",
    "reach",
    "slope",
    "unit",
    "ways_out",
]

_X = np.array([1.0, 2.0])


@dataclass(frozen=True)
class UnitGradients:
    """The gradients δx of one unit for both signs of δ and for a mixed input."""

    inputs: np.ndarray
    below: np.ndarray
    above: np.ndarray
    mixed_below: np.ndarray


@example("signs-unit")
def unit() -> UnitGradients:
    """Return δx for x = (1, 2) and δ = ∓½, and for (1, −2) and −½."""
    return UnitGradients(_X, -0.5 * _X, 0.5 * _X, -0.5 * _X * [1, -1])


@dataclass(frozen=True)
class CenteredInput:
    """One input and the gradient δx on it, as it is and with the mean of all inputs subtracted."""

    raw: np.ndarray
    raw_gradient: np.ndarray
    centered: np.ndarray
    gradient: np.ndarray


@example("signs-centered-input")
def centered_input() -> CenteredInput:
    """Return them for (1, 3), one of the four pairs of 1 and 3, and δ = 2."""
    raw = FOUR[1]
    centered = raw - FOUR.mean(axis=0)
    return CenteredInput(raw, 2 * raw, centered, 2 * centered)


@dataclass(frozen=True)
class Labels:
    """A logistic unit at w = 0, b = 0: δ for the labels 1 and 0, and the gradients δx."""

    error_one: float
    error_zero: float
    gradient_one: np.ndarray
    gradient_zero: np.ndarray


@example("signs-labels")
def labels() -> Labels:
    """Return δ = σ(0) − y and δx for x = (1, 2)."""
    output = ACTIVATIONS["sigmoid"].value(0.0).item()
    return Labels(output - 1, output, (output - 1) * _X, output * _X)


@dataclass(frozen=True)
class MixedLabels:
    """A logistic unit with weights of both signs, on a positive and on a mixed input.

    `rows`: its sum, its output, δ, and the three entries of δx.
    """

    rows: tuple[tuple[float, ...], ...]


@example("signs-mixed-labels")
def mixed_labels() -> MixedLabels:
    """Return them for w = (2, −1, 1), b = 0: (½, 2, 1) labeled 1 and 0, (−½, 1, 2) labeled 1."""
    rows, positive, mixed = [], np.array([0.5, 2.0, 1.0]), np.array([-0.5, 1.0, 2.0])
    for x, label in ((positive, 1), (positive, 0), (mixed, 1)):
        total = float(x @ [2.0, -1.0, 1.0])
        output = ACTIVATIONS["sigmoid"].value(total).item()
        rows.append((total, output, output - label, *((output - label) * x)))
    return MixedLabels(tuple(rows))


@dataclass(frozen=True)
class Reach:
    """A goal that needs one weight up and one down: in two legs, and along two given examples.

    `by_hand`: the length of the way along (2, 1) and (1, 2), and that by the straight one.
    """

    goal: np.ndarray
    straight: float
    two_legs: float
    detour: float
    multiples: np.ndarray
    along: float
    times: float
    by_hand: tuple[float, float]


@example("signs-reach")
def reach() -> Reach:
    """Return the ways to (1, −1): any one-signed legs, and multiples of (1, 0.9) and (0.9, 1)."""
    goal = np.array([1.0, -1.0])
    examples = np.array([[1.0, 0.9], [0.9, 1.0]])
    multiples = np.linalg.solve(examples.T, goal)
    along = float(np.abs(multiples) @ np.linalg.norm(examples, axis=1))
    straight = float(np.linalg.norm(goal))
    split = orthant_split(goal)
    # (2, 1) − (1, 2) is the goal.
    by_hand = float(np.linalg.norm(NARROW_PAIR, axis=1).sum())
    return Reach(
        goal=goal,
        straight=straight,
        two_legs=split.detour * straight,
        detour=split.detour,
        multiples=multiples,
        along=along,
        times=along / straight,
        by_hand=(by_hand, by_hand / straight),
    )


@dataclass(frozen=True)
class WaysOut:
    """Gradients of two weights with mixed signs, and how each comes about."""

    mixed_input: np.ndarray
    batch: np.ndarray
    convolution: np.ndarray
    penalty: np.ndarray


@example("signs-ways-out")
def ways_out() -> WaysOut:
    """Return δx for x = (1, −2); two examples; one kernel at two places; a weight penalty.

    The batch is the sum of δx for the errors 1, −1 and the inputs (1, 3), (2, 1), which the kernel
    reads at its two places; the penalty 0.1‖w‖²/2 is at w = (8, 1).
    """
    pair, errors = np.array([[1.0, 3.0], [2.0, 1.0]]), np.array([1.0, -1.0])
    return WaysOut(
        mixed_input=-0.5 * np.array([1.0, -2.0]),
        batch=errors @ pair,
        convolution=convolution_gradient(pair, errors),
        penalty=-0.5 * _X + 0.1 * np.array([8.0, 1.0]),
    )


@dataclass(frozen=True)
class PreActivations:
    """Sums w·x of the inputs (1, 1), (1, 3), (3, 1), (3, 3).

    `rows`: the weights, the four sums, and those of the inputs less their mean.
    `mixed_mean`: the mean of the sums for the last row's weights.
    """

    rows: tuple[tuple[str, str, str], ...]
    mixed_mean: float


@example("signs-pre-activations")
def pre_activations() -> PreActivations:
    """Return w·x for w = (½, ½), (−½, −½) and (½, −1), and the same for centered inputs."""
    weights = {"(½, ½)": (0.5, 0.5), "(−½, −½)": (-0.5, -0.5), "(½, −1)": (0.5, -1.0)}
    rows = [
        (name, listed(FOUR @ w, "zg"), listed((FOUR - 2) @ w, "zg")) for name, w in weights.items()
    ]
    return PreActivations(tuple(rows), float((FOUR @ weights["(½, −1)"]).mean()))


@dataclass(frozen=True)
class Filter:
    """A filter of two weights on the pixels 1, 1, 3, 3, 1, with half the sum of squared errors.

    `rows`: for what it should become, its δ at the four places, from (0, 0), their sum, the
    gradient less that sum times the mean (2, 2) of what its weights see, and the gradient.
    `curvatures`: along (1, 1) and (1, −1), and the same with 2 subtracted from each pixel.
    `steps`: of the step size that suits both best, to 1 % of the way to (1, −1).
    """

    rows: tuple[tuple[float | str, ...], ...]
    curvatures: tuple[float, ...]
    steps: int


@example("signs-filter")
def filter_gradients() -> Filter:
    """Return the gradients of the filter for three goals, and the curvatures."""
    patches = np.lib.stride_tricks.sliding_window_view(np.array([1.0, 1.0, 3.0, 3.0, 1.0]), 2)
    edge, both, rows = np.array([1.0, -1.0]), np.array([1.0, 1.0]), []
    for goal in (edge, np.array([2.0, -1.0]), both):
        errors = 0 - patches @ goal + 0.0
        gradient = convolution_gradient(patches, errors)
        total = float(errors.sum())
        rows.append((listed(goal), listed(errors), total, *(gradient - 2 * total), *gradient))
    curvatures = [
        float(((Z @ way) ** 2).sum() / 2) for Z in (patches, patches - 2) for way in (both, edge)
    ]
    step = 2 / (curvatures[0] + curvatures[1])
    return Filter(
        rows=tuple(rows),
        curvatures=tuple(curvatures),
        steps=steps_until(patches.T @ patches, edge, step, 0.01),
    )


@dataclass(frozen=True)
class Slope:
    """A sigmoid neuron at w = 0, b = 0, with the loss ½(a − y)².

    `rows`: ∂L/∂a and the two weights' gradients, for x = (8, 16) with y = 0 and 1, and for
    (8, −16) with y = 1.
    """

    rows: tuple[tuple[float, ...], ...]


@example("signs-slope")
def slope() -> Slope:
    """Return them for a = σ(0) and σ′(0)."""
    sigmoid, rows = ACTIVATIONS["sigmoid"], []
    output, steep = sigmoid.value(0.0).item(), sigmoid.derivative(0.0).item()
    positive, mixed = np.array([8.0, 16.0]), np.array([8.0, -16.0])
    for x, target in ((positive, 0), (positive, 1), (mixed, 1)):
        rows.append((output - target, *map(float, (output - target) * steep * x)))
    return Slope(tuple(rows))
