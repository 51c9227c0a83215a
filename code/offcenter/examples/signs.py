"""Signs: one unit, one layer, one hidden error, by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example
from offcenter.signs import orthant_split

__all__ = ["HiddenError", "Labels", "Reach", "UnitGradients", "hidden", "labels", "reach", "unit"]

X = np.array([1.0, 2.0])


@dataclass(frozen=True)
class UnitGradients:
    """The gradients δx of one unit for a negative and a positive error, and of two units."""

    inputs: np.ndarray
    below: np.ndarray
    above: np.ndarray
    layer: np.ndarray


@example("signs-unit")
def unit() -> UnitGradients:
    """Return δx for x = (1, 2) and δ = ∓½, and δxᵀ for the errors (1, −1)."""
    return UnitGradients(X, -0.5 * X, 0.5 * X, np.outer([1.0, -1.0], X))


@dataclass(frozen=True)
class Labels:
    """A logistic unit at w = 0 and one step later: its output, and δ for both labels."""

    output: float
    error_one: float
    error_zero: float
    gradient_one: np.ndarray
    gradient_zero: np.ndarray
    stepped: np.ndarray
    sum_after: float
    output_after: float
    error_one_after: float
    error_zero_after: float


@example("signs-labels")
def labels() -> Labels:
    """Return δ = σ(w·x) − y for x = (1, 2), before and after a step of size 1 on the label 1."""
    sigmoid = ACTIVATIONS["sigmoid"].value
    output = sigmoid(0.0).item()
    stepped = -(output - 1) * X
    after = sigmoid(stepped @ X).item()
    return Labels(
        output=output,
        error_one=output - 1,
        error_zero=output,
        gradient_one=(output - 1) * X,
        gradient_zero=output * X,
        stepped=stepped,
        sum_after=float(stepped @ X),
        output_after=after,
        error_one_after=after - 1,
        error_zero_after=after,
    )


@dataclass(frozen=True)
class HiddenError:
    """The error of a hidden sigmoid unit that two units read, with its parts."""

    slope: float
    weights: tuple[float, float]
    errors: tuple[float, float]
    total: float
    error: float
    gradient: np.ndarray


@example("signs-hidden")
def hidden() -> HiddenError:
    """Return δ = σ′(0)(W₁δ₁ + W₂δ₂) for weights 2, −3 and errors 0.4, 0.5, and δx."""
    slope = ACTIVATIONS["sigmoid"].derivative(0.0).item()
    weights, errors = (2.0, -3.0), (0.4, 0.5)
    total = float(np.dot(weights, errors))
    return HiddenError(slope, weights, errors, total, slope * total, slope * total * X)


@dataclass(frozen=True)
class Reach:
    """A goal that needs one weight up and one down: in two legs, and along two given examples."""

    goal: np.ndarray
    straight: float
    two_legs: float
    detour: float
    multiples: np.ndarray
    along: float
    times: float


@example("signs-reach")
def reach() -> Reach:
    """Return the ways to (1, −1): any one-signed legs, and multiples of (1, 0.9) and (0.9, 1)."""
    goal = np.array([1.0, -1.0])
    examples = np.array([[1.0, 0.9], [0.9, 1.0]])
    multiples = np.linalg.solve(examples.T, goal)
    along = float(np.abs(multiples) @ np.linalg.norm(examples, axis=1))
    straight = float(np.linalg.norm(goal))
    split = orthant_split(goal)
    return Reach(
        goal=goal,
        straight=straight,
        two_legs=split.detour * straight,
        detour=split.detour,
        multiples=multiples,
        along=along,
        times=along / straight,
    )
