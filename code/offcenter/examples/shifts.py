"""Shifts: what a mean of the inputs changes, and what makes up for it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from offcenter._written import fractions, listed
from offcenter.examples._record import example
from offcenter.examples.paths import first_within, steps_from_slowest, steps_until
from offcenter.spectrum import condition_number

__all__ = [
    "BiasFollows",
    "BiasTurns",
    "Decay",
    "Moving",
    "SignsOfInputs",
    "bias_follows",
    "bias_turns",
    "decay",
    "moving",
    "signs_of_inputs",
]


@dataclass(frozen=True)
class BiasFollows:
    """A linear unit reads 1 or 3 and should put out −1 or 1, from w = b = 0.

    `step_size` is the best one.  As fractions: `first` and `second`, (w, b) after one and two
    steps, and after the first the `outputs`, the `errors` and the `slopes` in w and b.
    `taken_back`: the share of the weight's first step that the second undoes; `steps` to 1 % of the
    distance.
    `rows`: the mean m of an input m ± 1, steps to 1 % of the distance at the best step size, at
    the best two step sizes (one for the weight, one for the bias), and with the bias that is best
    for the weight after each step.
    """

    step_size: str
    first: tuple[str, ...]
    outputs: tuple[str, ...]
    errors: tuple[str, ...]
    slopes: tuple[str, ...]
    second: tuple[str, ...]
    taken_back: float
    steps: int
    rows: tuple[tuple[float, int, int, int], ...]


@example("shifts-bias-follows")
def bias_follows() -> BiasFollows:
    """Return two steps by hand for mean 2, and the table for other means."""
    inputs, targets = (Fraction(1), Fraction(3)), (-1, 1)

    def errors_at(w: Fraction, b: Fraction) -> list[Fraction]:
        return [w * x + b - y for x, y in zip(inputs, targets, strict=True)]

    def slopes_of(errors: list[Fraction]) -> tuple[Fraction, Fraction]:
        of_weight = sum((e * x for e, x in zip(errors, inputs, strict=True)), Fraction())
        return of_weight / 2, sum(errors, Fraction()) / 2

    rate = 2 / (sum((x * x for x in inputs), Fraction()) / 2 + 1)
    start = slopes_of(errors_at(Fraction(), Fraction()))
    w, b = (-rate * slope for slope in start)
    errors = errors_at(w, b)
    slopes = slopes_of(errors)
    second = w - rate * slopes[0], b - rate * slopes[1]
    rows = []
    for mean in (0.0, 2.0, 10.0):
        A = np.array([[1 + mean**2, mean], [mean, 1.0]])
        distance = np.array([1.0, -mean])
        # With one step size for each entry, descent is plain descent on a rescaled problem, and
        # two entries are served best by equal diagonals.
        scale = 1 / np.sqrt(np.diag(A))
        scaled = A * np.outer(scale, scale)
        rows.append(
            (
                mean,
                steps_until(A, distance, 2 / np.trace(A), 0.01),
                steps_until(scaled, distance / scale, 2 / np.trace(scaled), 0.01),
                _with_the_best_bias(mean),
            )
        )
    return BiasFollows(
        step_size=str(rate),
        first=fractions((w, b)),
        outputs=fractions(w * x + b for x in inputs),
        errors=fractions(errors),
        slopes=fractions(slopes),
        second=fractions(second),
        taken_back=float(1 - second[0] / w),
        steps=rows[1][1],
        rows=tuple(rows),
    )


def _with_the_best_bias(mean: float) -> int:
    """Return the steps of size 1 in w, with b at its best after each, until w is within 1 %."""
    x = np.array([mean - 1, mean + 1])
    y = x - mean
    w, steps = 0.0, 0
    while abs(w - 1) > 0.01:
        b = (y - w * x).mean()
        w, steps = w - ((w * x + b - y) * x).mean(), steps + 1
    return steps


@dataclass(frozen=True)
class BiasTurns:
    """The unit of `BiasFollows` learns from one example at a time, in turn, from w = b = 0.

    Steps of size 1/(x² + 1) make their example right.
    `raw`: of the first two the input, the error δ, and w and b after it; `centered`: of both for
    the inputs less 2.
    `raw_steps`: to 1 % of the distance; `left`: what each leaves of it, from the second on;
    `one_size`: steps to 1 % if all have size ¼, and if all have size ½.
    `angles`: between the two inputs, each with the 1 of the bias, raw and centered, in degrees.
    `small_condition`: κ for the inputs −.1 and .1.
    """

    raw: tuple[tuple[float, ...], ...]
    centered: tuple[tuple[float, ...], ...]
    raw_steps: int
    left: float
    one_size: tuple[int, int]
    angles: tuple[float, float]
    small_condition: float


def _in_turn(inputs: tuple[float, float], steps: int, step_size: float | None = None) -> np.ndarray:
    """Return input, error, w and b of each step for the targets −1 and 1."""
    w, b, rows = 0.0, 0.0, []
    for step in range(steps):
        x, y = inputs[step % 2], (-1.0, 1.0)[step % 2]
        error = w * x + b - y
        size = step_size or 1 / (x * x + 1)
        w, b = w - size * error * x, b - size * error
        rows.append((x, error, w, b))
    return np.array(rows)


@example("shifts-bias-turns")
def bias_turns() -> BiasTurns:
    """Return the steps on 1 and 3, and on −1 and 1."""

    def distances(step_size: float | None = None) -> np.ndarray:
        """Return the distance to (1, −2) after each of a hundred steps."""
        return np.linalg.norm(_in_turn((1.0, 3.0), 100, step_size)[:, 2:] - [1, -2], axis=1)

    def steps(step_size: float | None = None) -> int:
        return first_within(0.01 * 5**0.5, distances(step_size))

    def angle(inputs: tuple[float, float]) -> float:
        first, second = (np.array([x, 1.0]) for x in inputs)
        cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second))
        return float(np.degrees(np.arccos(cosine)))

    return BiasTurns(
        raw=tuple(map(tuple, _in_turn((1.0, 3.0), 2).tolist())),
        centered=tuple(map(tuple, _in_turn((-1.0, 1.0), 2).tolist())),
        raw_steps=steps(),
        left=float(distances()[1] / distances()[0]),
        one_size=(steps(0.25), steps(0.5)),
        angles=(angle((1.0, 3.0)), angle((-1.0, 1.0))),
        small_condition=condition_number(np.diag([0.1**2, 1.0])),
    )


@dataclass(frozen=True)
class Decay:
    """The unit of `BiasFollows` with weight decay of strength 1, at its minimum.

    `rows`, for the inputs 1 or 3 and then −1 or 1, without decay, with decay of w, and of w and b:
    w and b, the two outputs, κ.
    `small`: κ for the inputs 1 or 3 with decay of both of strength 0.0001.
    """

    rows: tuple[tuple[float | str, ...], ...]
    small: float


@example("shifts-decay")
def decay() -> Decay:
    """Return the minima of ½E[(w·x + b − y)²] + ½(decay of w) w² + ½(decay of b) b²."""
    y, rows = np.array([-1.0, 1.0]), []
    small = 0.0
    for inputs in ((1.0, 3.0), (-1.0, 1.0)):
        X = np.column_stack([inputs, np.ones(2)])
        A = X.T @ X / 2
        small = small or condition_number(A + 1e-4 * np.eye(2))
        for strengths in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)):
            H = A + np.diag(strengths)
            p = np.linalg.solve(H, X.T @ y / 2).round(12)
            pairs = (fractions(q) for q in (p, X @ p))
            rows.append((*map(", ".join, pairs), condition_number(H)))
    return Decay(tuple(rows), small)


@dataclass(frozen=True)
class SignsOfInputs:
    """Two independent inputs with two equally likely values each, and no bias.

    `rows`: the values of the first and of the second, the signs of a gradient's two entries, how
    large the mean is for the spread, κ, and steps to 1 % from the slowest start.
    `below`, `mixed`: gradients for x = (−2, −3) and x = (2, −3), with δ = ½ and δ = −½.
    """

    rows: tuple[tuple[float | str, ...], ...]
    below: np.ndarray
    mixed: np.ndarray


@example("shifts-signs")
def signs_of_inputs() -> SignsOfInputs:
    """Return the table for inputs of one sign, of opposite signs, and of both."""

    rows = []
    for first, second in (
        ((1.0, 3.0), (1.0, 3.0)),
        ((-1.0, -3.0), (-1.0, -3.0)),
        ((1.0, 3.0), (-1.0, -3.0)),
        ((-1.0, 3.0), (-1.0, 3.0)),
        ((-1.0, 1.0), (-1.0, 1.0)),
    ):
        X = np.array([[a, b] for a in first for b in second])
        products = X[:, 0] * X[:, 1]
        signs = "equal" if (products > 0).all() else "opposite" if (products < 0).all() else "both"
        M = X.T @ X / 4
        relative = abs(np.mean(first)) / np.std(first)
        rows.append(
            (
                listed(first, between=" or "),
                listed(second, between=" or "),
                signs,
                float(relative),
                condition_number(M),
                steps_from_slowest(M),
            )
        )
    errors = np.array([0.5, -0.5])
    below, mixed = (np.outer(errors, x) for x in ((-2.0, -3.0), (2.0, -3.0)))
    return SignsOfInputs(tuple(rows), below, mixed)


@dataclass(frozen=True)
class Moving:
    """Steps to 1 % of a unit with weight and bias, for inputs that stay and inputs that change.

    `still`: inputs 1 or 3 at the best step size; `centered`: the same less 2; `changing`: inputs
    ±0.8 and ±1.2 in turn, at step size 1, by the two `factors`.
    """

    still: int
    centered: int
    changing: int
    factors: tuple[float, float]


@example("shifts-moving")
def moving() -> Moving:
    """Return the three numbers of steps."""
    record = bias_follows()
    factors = (1 - 0.8**2, 1 - 1.2**2)
    distance, steps = 1.0, 0
    while abs(distance) > 0.01:
        distance, steps = distance * factors[steps % 2], steps + 1
    return Moving(record.steps, record.rows[0][1], steps, factors)
