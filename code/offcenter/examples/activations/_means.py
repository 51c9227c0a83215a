"""Means of activations, and what they cost the next layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until
from offcenter.spectrum import iid_condition_number

__all__ = [
    "Choices",
    "MeanMoved",
    "Means",
    "NextLayer",
    "PlusMinusOne",
    "UnitsOff",
    "choices",
    "mean_moved",
    "means",
    "next_layer",
    "plus_minus_one",
    "units_off",
]


@dataclass(frozen=True)
class Means:
    """Means of activations for standard normal sums; and three examples, centered two ways.

    `rows`: activation, its mean, its offset share in percent of its mean square; `ratios`: the mean
    squared over the variance, in the order of the rows.
    `at_two`: what tanh makes of 2.
    """

    rows: tuple[tuple[float | str, ...], ...]
    ratios: tuple[float, ...]
    at_two: float
    features: np.ndarray
    over_data: np.ndarray
    over_features: np.ndarray
    left_over: np.ndarray


@example("activations-means")
def means() -> Means:
    """Return E[φ(z)] and E[φ]²/E[φ²] for z ~ N(0, 1)."""
    X = np.array([[1.0, 4.0], [2.0, 6.0], [3.0, 8.0]])
    names = {
        "sigmoid": "sigmoid",
        "tanh": "tanh",
        "ReLU": "relu",
        "leaky ReLU (.01)": "leaky_relu",
        "ELU": "elu",
        "GELU": "gelu",
        "SELU": "selu",
    }
    rows = tuple(
        (label, ACTIVATIONS[name].mean, ACTIVATIONS[name].offset_share)
        for label, name in names.items()
    )
    over_features = X - X.mean(axis=1, keepdims=True)
    return Means(
        rows,
        tuple(a.mean**2 / a.variance for a in (ACTIVATIONS[name] for name in names.values())),
        float(ACTIVATIONS["tanh"].value(np.array(2.0))),
        X.mean(axis=0),
        X - X.mean(axis=0),
        over_features,
        over_features.mean(axis=0),
    )


@dataclass(frozen=True)
class Choices:
    """Activations by the slope that errors meet and by what their mean costs the next layer.

    `rows`: activation, its slopes at 3 and −3, and κ of two of its outputs, at sums that are −1
    or 1, independently and with equal chances.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("activations-choices")
def choices() -> Choices:
    """Return φ′(3), φ′(−3) and 1 + 2m²/v for six activations."""
    names = {
        "sigmoid": "sigmoid",
        "tanh": "tanh",
        "ReLU": "relu",
        "leaky ReLU (.01)": "leaky_relu",
        "GELU": "gelu",
        "ELU": "elu",
    }
    rows = []
    for label, name in names.items():
        phi = ACTIVATIONS[name]
        outputs = phi.value(np.array([-1.0, 1.0]))
        kappa = iid_condition_number(2, float(outputs.mean()), float(outputs.var()))
        rows.append((label, *phi.derivative(np.array([3.0, -3.0])).tolist(), kappa))
    return Choices(tuple(rows))


@dataclass(frozen=True)
class PlusMinusOne:
    """Activations at sums that are −1 or 1 with equal chances.

    `rows`: activation, its two values, their mean and standard deviation, κ for 2 and for 100
    such independent inputs, and for 100 with a bias.
    `normal_rows`: for standard normal sums, activation, its mean, that mean's share of the mean
    square, κ for 100, for 100 with a bias, and the variance.
    `sigmoid_variance`, `tanh_variance`: the variance of such outputs.
    `relu_pair`, `relu_pair_centered`: for a linear unit that reads two such ReLU outputs, as they
    are and less their means, the curvature along (1, 1)/√2 and along (1, −1)/√2.
    """

    rows: tuple[tuple[float | str, ...], ...]
    normal_rows: tuple[tuple[float | str, ...], ...]
    sigmoid_variance: float
    tanh_variance: float
    relu_pair: tuple[float, float]
    relu_pair_centered: tuple[float, float]


@example("activations-plus-minus-one")
def plus_minus_one() -> PlusMinusOne:
    """Return means and κ at ±1, then κ for standard normal sums."""
    names = (("sigmoid", "sigmoid"), ("ReLU", "relu"), ("ELU", "elu"), ("tanh", "tanh"))
    rows, normal_rows = [], []
    for label, name in names:
        phi = ACTIVATIONS[name]
        low, high = phi.value(np.array([-1.0, 1.0])).tolist()
        m, v = (low + high) / 2, ((high - low) / 2) ** 2
        kappas = (
            iid_condition_number(2, m, v),
            iid_condition_number(100, m, v),
            iid_condition_number(100, m, v, bias=True),
        )
        rows.append((label, low, high, m, v**0.5, *kappas))
        m, v = phi.mean, phi.variance
        normal_rows.append(
            (
                label,
                m,
                phi.offset_share,
                iid_condition_number(100, m, v),
                iid_condition_number(100, m, v, bias=True),
                v,
            )
        )
    sigmoid, relu = (ACTIVATIONS[n].value(np.array([-1.0, 1.0])) for n in ("sigmoid", "relu"))
    m, v = float(relu.mean()), float(relu.var())
    return PlusMinusOne(
        tuple(rows),
        tuple(normal_rows),
        sigmoid_variance=float(sigmoid.var()),
        tanh_variance=float(np.tanh(1.0) ** 2),
        relu_pair=(v + 2 * m**2, v),
        relu_pair_centered=(v, v),
    )


@dataclass(frozen=True)
class MeanMoved:
    """Sigmoid and tanh with their means moved, at sums that are −1 or 1 with equal chances.

    `rows`: activation, its two outputs, the mean square of the sum of two independent outputs and
    of their difference, and the ratio of these two.
    `shares`: in the same order, the part of an output's mean square that is its mean's.
    `sum_changes`, `difference_changes`: of two sigmoids, the values of their sum and difference.
    """

    rows: tuple[tuple[float | str, ...], ...]
    shares: tuple[float, ...]
    sum_changes: tuple[float, ...]
    difference_changes: tuple[float, ...]


@example("activations-mean-moved")
def mean_moved() -> MeanMoved:
    """Return the table for σ, σ − ½, tanh + 1 and tanh."""
    at = np.array([-1.0, 1.0])
    sigmoid, tanh = (ACTIVATIONS[name].value(at) for name in ("sigmoid", "tanh"))
    ways = {"σ": sigmoid, "σ − ½": sigmoid - 0.5, "tanh + 1": tanh + 1, "tanh": tanh}
    rows, shares = [], []
    for label, outputs in ways.items():
        # Rounding would leave a trace of a mean that is 0.
        m, v = round(float(outputs.mean()), 15), float(outputs.var())
        together, apart = 4 * m**2 + 2 * v, 2 * v
        rows.append((label, *outputs.tolist(), together, apart, together / apart))
        shares.append(m**2 / (m**2 + v))
    low, high = sigmoid.tolist()
    return MeanMoved(
        rows=tuple(rows),
        shares=tuple(shares),
        sum_changes=(2 * low, low + high, 2 * high),
        difference_changes=(low - high, 0.0, high - low),
    )


@dataclass(frozen=True)
class NextLayer:
    """What a linear unit of the next layer makes of 100 independent outputs of one kind.

    `rows`: the outputs, whether the entries of one example's gradient have one sign, the size of
    their means for standard normal sums, κ of the loss, and the steps that descent with the best
    fixed step size takes to 1 % from the slowest start.
    `variances`, `steep`: with σ, ReLU and tanh, the smallest and the largest curvature.
    `changes`: with σ and with tanh, the root mean square of the unit's change if all weights rise
    by 0.1, and if half of them rise and half fall by as much.
    """

    rows: tuple[tuple[float | str, ...], ...]
    variances: tuple[float, ...]
    steep: tuple[float, ...]
    changes: tuple[tuple[float, float], ...]


@example("activations-next-layer")
def next_layer() -> NextLayer:
    """Return the table for σ, σ mirrored in every second output, σ minus ½, ReLU and tanh."""
    n, alike = 100, np.ones(100)
    mirrored = np.where(np.arange(n) % 2, -1.0, 1.0)
    rows = []
    for label, name, shift, mirror in (
        ("sigmoid", "sigmoid", 0.0, alike),
        ("sigmoid, half of them negated", "sigmoid", 0.0, mirrored),
        ("sigmoid − ½", "sigmoid", 0.5, alike),
        ("ReLU", "relu", 0.0, alike),
        ("tanh", "tanh", 0.0, alike),
    ):
        phi = ACTIVATIONS[name]
        m, v = phi.mean - shift, phi.variance
        mean = m * mirror
        M = v * np.eye(n) + np.outer(mean, mean)
        # Half of the start lies along the mean, the other half at right angles to it.
        start = mirror / n**0.5 + np.where(np.arange(n) < n // 2, 1, -1) * alike / n**0.5
        steep, flat = v + n * m**2, v
        reached = phi.value(np.linspace(-5, 5, 101))[:, None] * mirror - shift
        one = (reached >= 0).all() or (reached <= 0).all()
        steps = steps_until(M, start, 2 / (steep + flat), 0.01)
        rows.append((label, "one" if one else "mixed", abs(m), steep / flat, steps))
    three = [ACTIVATIONS[name] for name in ("sigmoid", "relu", "tanh")]
    variances = tuple(phi.variance for phi in three)
    steep = tuple(phi.variance + n * phi.mean**2 for phi in three)
    length = 0.1 * n**0.5
    changes = tuple((length * steep[k] ** 0.5, length * variances[k] ** 0.5) for k in (0, 2))
    return NextLayer(tuple(rows), variances, steep, changes)


@dataclass(frozen=True)
class UnitsOff:
    """A hundred sigmoid units, and a hundred tanh units of which ten are off center.

    `rows`: the units, the sum of their squared means, the variance of a unit for standard normal
    sums, and the first over the second; the tanh units have means 0.7 (five), −0.9 (five) and 0.
    `most`: the largest variance that outputs from −1 to 1 can have at these two means.
    """

    rows: tuple[tuple[float | str, ...], ...]
    most: tuple[float, float]


@example("activations-units-off")
def units_off() -> UnitsOff:
    """Return what the next layer reads: squared means add up over units."""
    off = (0.7, -0.9)
    cases = (
        ("sigmoid, all means ½", 100 * ACTIVATIONS["sigmoid"].mean ** 2, "sigmoid"),
        ("tanh, ten off", 5 * sum(mean**2 for mean in off), "tanh"),
    )
    rows = []
    for name, squares, kind in cases:
        variance = ACTIVATIONS[kind].variance
        rows.append((name, squares, variance, squares / variance))
    return UnitsOff(rows=tuple(rows), most=(1 - off[0] ** 2, 1 - off[1] ** 2))
