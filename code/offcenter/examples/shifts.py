"""Shifts: what a mean of the inputs changes, and what makes up for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from offcenter._store import stored
from offcenter._written import fractions, listed
from offcenter.errors import ArrivalError
from offcenter.examples._by_hand import curvatures, stays_within
from offcenter.examples._hidden_layer import Runs
from offcenter.examples._record import example
from offcenter.examples._steps import (
    SHARES,
    best_step,
    ends,
    first_within,
    steps_from_slowest,
    steps_until,
)
from offcenter.experiment import Regression, regression
from offcenter.spectrum import condition_number

__all__ = [
    "BiasFollows",
    "BiasStart",
    "BiasTurns",
    "BiasWaits",
    "Decay",
    "MeanOrShift",
    "Moving",
    "SignsOfInputs",
    "bias_follows",
    "bias_start",
    "bias_turns",
    "bias_waits",
    "decay",
    "mean_or_shift",
    "moving",
    "signs_of_inputs",
]

_LIMIT = 10_000


@dataclass(frozen=True)
class BiasFollows:
    """A linear unit reads 4 or 6 and should put out −1 or 1, from w = b = 0, all data in each step.

    `curvature`: the matrix of second derivatives of ½E[error²] in (w, b); `curvatures`: its
    eigenvalues, the larger first, and their ratio; `limit`: 2 over the larger.
    `rows`: of steps of size 0.05 the step, w, b and both outputs then; at the last, and from it on,
    b is within 1 % of −5.
    `kept`: what one of these steps keeps of the part along the smaller curvature.
    `best`, `own`: the steps to there at the one step size that is best in the long run, and at the
    best two: one for the weight, one for the bias.
    `solved`: the steps of size 1 in w with the best bias after each until the loss is 0.
    """

    curvature: np.ndarray
    curvatures: tuple[float, float, float]
    limit: float
    rows: tuple[tuple[float, ...], ...]
    kept: float
    best: int
    own: int
    solved: int


@example("shifts-bias-follows")
def bias_follows() -> BiasFollows:
    """Return the run, and the steps that other step sizes take."""
    A, y = np.array([[4.0, 1.0], [6.0, 1.0]]), np.array([-1.0, 1.0])
    H = A.T @ A / 2
    flat, steep = np.linalg.eigvalsh(H).tolist()

    def run(sizes: np.ndarray) -> tuple[np.ndarray, int]:
        """Return (w, b) before each of 5000 steps, and the first from which on b is near −5."""
        p, path = np.zeros(2), []
        for _ in range(5000):
            path.append(p)
            p = p - sizes * (A.T @ (A @ p - y)) / 2
        return np.array(path), stays_within(0.05, np.abs(np.array(path)[:, 1] + 5))

    path, arrived = run(np.full(2, 0.05))
    # Two entries are served best by step sizes that make their curvatures equal: here 1.
    together, apart = np.full(2, 2 / np.trace(H)), 1 / np.diag(H)
    return BiasFollows(
        curvature=H,
        curvatures=(steep, flat, steep / flat),
        limit=2 / steep,
        rows=tuple((k, *path[k].tolist(), *(A @ path[k]).tolist()) for k in (1, 2, 100, arrived)),
        kept=1 - 0.05 * flat,
        best=run(together)[1],
        own=run(apart)[1],
        solved=_with_the_best_bias(5.0),
    )


def _with_the_best_bias(mean: float) -> int:
    """Return the steps of size 1 in w, with b at its best after each, to 10⁻⁴ of the first loss."""
    x = np.array([mean - 1, mean + 1])
    y = x - mean
    w, steps = 0.0, 0
    while (errors := (w * x - y) - (w * x - y).mean()) @ errors > 1e-4 * (y @ y):
        w, steps = w - (errors @ x) / 2, steps + 1
    return steps


@dataclass(frozen=True)
class BiasWaits:
    """A linear unit reads 1 or 3 and should put out −1 or 1, from w = b = 0, all data in each step.

    `first`: of the first three steps of size 1/5 both errors before, the slopes of the loss in w
    and b, and w and b after; `parts`: that in w on the inputs less their mean 2, and what the mean
    adds to it.
    `ten`: w after ten of these steps, on 1 or 3 and on −1 or 1.
    `curvature`: the matrix of second derivatives of ½E[error²] in (w, b); `curvatures`: its
    eigenvalues, the larger first; `best`: the step size that is best in the long run, and its
    steps to 1 % of the distance.
    """

    first: tuple[tuple[float, ...], ...]
    parts: tuple[tuple[float, float], ...]
    ten: tuple[float, float]
    curvature: np.ndarray
    curvatures: np.ndarray
    best: tuple[float, int]


@example("shifts-bias-waits")
def bias_waits() -> BiasWaits:
    """Return steps that can be followed by hand, and the steps at the best rate."""
    A, y = np.array([[1.0, 1.0], [3.0, 1.0]]), np.array([-1.0, 1.0])
    H, goal, p, steps = A.T @ A / 2, np.array([1.0, -2.0]), np.zeros(2), []
    for _ in range(10):
        errors = A @ p - y
        slopes = errors @ A / 2
        p = p - slopes / 5
        steps.append((*errors, *slopes, *p))
    rows, rate = (np.array(steps).round(12) + 0.0).tolist(), best_step(H)
    return BiasWaits(
        first=tuple(map(tuple, rows[:3])),
        parts=tuple(((high - low) / 2 + 0.0, 2 * mean) for low, high, _, mean, *_ in rows[:3]),
        # On −1 or 1 the curvature in w is 1.
        ten=(rows[-1][4], 1 - (1 - 1 / 5) ** 10),
        curvature=H,
        curvatures=curvatures(A[:, :1]),
        best=(rate, steps_until(H, goal, rate, 0.01)),
    )


@dataclass(frozen=True)
class BiasTurns:
    """A linear unit learns from 1 and 3, with targets −1 and 1, in turn, from w = b = 0.

    Steps of size 1/(x² + 1) make their example right.
    `raw`: of the first four the input, the error δ, and w and b after it; `centered`: of the first
    two for the inputs less 2.
    `raw_steps`: to 1 % of the distance; `left`: what each leaves of it, from the second on;
    `one_size`: steps to 1 % if all have size ¼, and if all have size ½.
    `angles`: between the two inputs, each with the 1 of the bias, raw and centered, in degrees.
    `small_condition`: κ for the inputs −.1 and .1.
    `matrices`: E[(x, 1)(x, 1)ᵀ], raw and centered; `curvatures`: their eigenvalues, the larger
    first, and κ; `centered_steps`: to 1 % of the distance.
    """

    raw: tuple[tuple[float, ...], ...]
    centered: tuple[tuple[float, ...], ...]
    raw_steps: int
    left: float
    one_size: tuple[int, int]
    angles: tuple[float, float]
    small_condition: float
    matrices: np.ndarray
    curvatures: tuple[tuple[float, float, float], ...]
    centered_steps: int


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

    A = [np.column_stack([inputs, np.ones(2)]) for inputs in ((1.0, 3.0), (-1.0, 1.0))]
    matrices = np.array([X.T @ X / 2 for X in A])
    values = np.linalg.eigvalsh(matrices)
    centered = _in_turn((-1.0, 1.0), 10)[:, 2:] - [1, 0]
    return BiasTurns(
        raw=tuple(map(tuple, _in_turn((1.0, 3.0), 4).tolist())),
        centered=tuple(map(tuple, _in_turn((-1.0, 1.0), 2).tolist())),
        raw_steps=steps(),
        left=float(distances()[1] / distances()[0]),
        one_size=(steps(0.25), steps(0.5)),
        angles=(angle((1.0, 3.0)), angle((-1.0, 1.0))),
        small_condition=condition_number(np.diag([0.1**2, 1.0])),
        matrices=matrices,
        curvatures=tuple((float(high), float(low), float(high / low)) for low, high in values),
        centered_steps=first_within(0.01, np.linalg.norm(centered, axis=1)),
    )


@dataclass(frozen=True)
class Decay:
    """The unit of `BiasTurns` with weight decay of strength 1, at its minimum.

    `rows`, for the inputs 1 or 3 and then −1 or 1, without decay, with decay of w, and of w and b:
    w and b, the two outputs, κ.
    `small`: κ for the inputs 1 or 3 with decay of both of strength 0.0001.
    `tenth`: the part of the solution that is learned with decay of w, for −0.1 or 0.1.
    """

    rows: tuple[tuple[float | str, ...], ...]
    small: float
    tenth: float


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
    square = 0.1**2
    return Decay(tuple(rows), small, square / (square + 1))


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
class MeanOrShift:
    """A linear unit with a bias reads two inputs, equally often; the loss is half E[error²].

    `rows`: the inputs, their mean and mean square, the larger and the smaller curvature, and 2
    over the larger.
    `best`, `left`, `steps`: for the inputs 1 and 3 with the targets −1 and 1, from w = b = 0, the
    rate that is best in the long run, what a step leaves along the flat direction, and the steps to
    1 % of the distance.
    `run`: w, without a bias, in the first steps of size 0.9 on −2 and 2 from w = 1, if ½ is right.
    """

    rows: tuple[tuple[float | str, ...], ...]
    best: float
    left: float
    steps: int
    run: tuple[float, ...]


@example("shifts-mean-or-shift")
def mean_or_shift() -> MeanOrShift:
    """Return the curvatures with a mean, with a shift, with both and with neither."""
    rows = []
    for inputs in ((-1.0, 1.0), (1.0, 3.0), (-2.0, 2.0), (2.0, 6.0)):
        x = np.array(inputs)
        steep, flat = curvatures(x).tolist()
        mean, square = float(x.mean()), float((x**2).mean())
        rows.append((listed(inputs), mean, square, steep, flat, 2 / steep))
    H = np.array([[5.0, 2.0], [2.0, 1.0]])
    best = best_step(H)
    run = [1.0]
    for _ in range(3):
        run.append(run[-1] - 0.9 * 4 * (run[-1] - 0.5))
    return MeanOrShift(
        rows=tuple(rows),
        best=best,
        left=float(1 - best * np.linalg.eigvalsh(H)[0]),
        steps=steps_until(H, np.array([1.0, -2.0]), best, 0.01),
        run=tuple(run),
    )


@dataclass(frozen=True)
class Moving:
    """Steps of the common regression while the spread of its inputs changes, and while it stays.

    `rows`: with the mean ½ and with the mean 0, the inputs as they are, and their deviations from
    the mean times 0.8 and times 1.2 in turn; `ranges`: least and most of each, in this order.
    """

    rows: tuple[tuple[int, int], ...]
    ranges: tuple[tuple[int, int], ...]


@stored
def _steps_in_turn(change: str, factors: tuple[float, ...]) -> np.ndarray:
    """Return the steps of each draw with its best step size; `factors` spread the inputs in turn.

    What the neuron should put out is the same function of its inputs throughout, and the loss is
    that of the inputs as they are.
    """
    problem = regression("uniform on [0, 1]", change)
    means = problem.inputs.mean(axis=1, keepdims=True)
    spread = (means + factor * (problem.inputs - means) for factor in factors)
    turns = [Regression(inputs, problem.targets).curvature for inputs in spread]
    H, goal = problem.curvature, problem.goal
    sizes = SHARES[:, None] * 2 / np.linalg.eigvalsh(H)[:, -1]
    # Columns are step sizes.
    missing = np.repeat(-problem.solution[:, :, None], len(sizes), axis=2)
    fewest = np.zeros(len(goal), dtype=int)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(_LIMIT):
            missing -= sizes.T[:, None] * (turns[step % len(turns)] @ missing)
            loss = (missing * (H @ missing)).sum(axis=1) / 2
            fewest[(fewest == 0) & (loss <= goal[:, None]).any(axis=1)] = step + 1
            if fewest.all():
                return fewest
    raise ArrivalError("some step size must reach the goal, and none did")


@example("shifts-moving")
def moving() -> Moving:
    """Return the medians and the ranges."""
    rows, ranges = [], []
    for change in ("none", "centered"):
        counts = [_steps_in_turn(change, factors) for factors in ((1.0,), (0.8, 1.2))]
        rows.append(tuple(int(np.median(steps)) for steps in counts))
        ranges += [ends(steps) for steps in counts]
    return Moving(tuple(rows), tuple(ranges))


@dataclass(frozen=True)
class BiasStart:
    """ReLU networks whose hidden biases start at 0, at 0.01 or at −w·m, m the inputs' mean.

    `rows`, for these and for 0 with centered inputs: the share of units that are on for all
    examples or off for all at the start, inputs uniform on [2, 3], and the mean squared error at
    the end for inputs uniform on [0, 1] and on [2, 3]; medians of the draws.
    `ranges`: the least and the most of the two errors.
    `sums`, `moved`, `free`: the sums of a linear unit that reads 9 and 11 with the weight 1 and the
    bias −10, after a step of size 0.1 to the targets −2 and 2, and after this step if it reads −1
    and 1 with the bias 0; `losses`: half the mean squared error of these three.
    `fires`: the share of standard normal sums that are above 0 with the bias 0.01.
    `odds`: the bias of a sigmoid output for a class of probability 0.01.
    """

    units: int
    examples: int
    steps: int
    rates: int
    draws: int
    rows: tuple[tuple[float, ...], ...]
    ranges: tuple[tuple[float, ...], ...]
    sums: tuple[float, ...]
    moved: tuple[float, ...]
    free: tuple[float, ...]
    losses: tuple[float, float, float]
    fires: float
    odds: float


_UNITS, _EXAMPLES, _DESCENT, _DRAWN = 30, 200, 1000, 5
#: At larger ones on [2, 3] the loss jumps, and rounding decides where it lands.
_RATES = {0.0: 2.0 ** np.arange(-4, 1), 2.0: 2.0 ** np.arange(-10, -5)}


def _biased(low: float, start: str) -> tuple[np.ndarray, ...]:
    """Return inputs, targets, and weights, biases and next weights of each draw."""
    drawn = []
    for seed in range(_DRAWN):
        rng = np.random.default_rng(seed)
        X = low + rng.random((_EXAMPLES, 20))
        free = X - X.mean(axis=0)
        y = np.maximum(free @ rng.standard_normal((20, 10)), 0) @ rng.standard_normal(10)
        W = rng.standard_normal((20, _UNITS)) * (2 / 20) ** 0.5
        v = rng.standard_normal(_UNITS) / _UNITS**0.5
        b = {"cancels": -X.mean(axis=0) @ W, "0.01": np.full(_UNITS, 0.01)}
        read = free if start == "centered" else X
        drawn.append((read, (y - y.mean()) / y.std(), W, b.get(start, np.zeros(_UNITS)), v))
    X, y, W, b, v = map(np.array, zip(*drawn, strict=True))
    return X, y, W, b, v


@stored
def _bias_start(low: float, start: str) -> np.ndarray:
    """Return the mean squared errors at the end, shape (draws, rates); infinite if it diverges."""
    rates, drawn = _RATES[low], _biased(low, start)
    # Of each draw a run for each rate.
    X, y, W, b, v = (np.repeat(part, len(rates), axis=0) for part in drawn)
    runs, sizes = Runs(X, y, W, b, v, np.zeros(len(v))), np.tile(rates, len(drawn[0]))
    with np.errstate(over="ignore", invalid="ignore"):
        left = runs.losses()
        for _ in range(_DESCENT):
            runs.move(sizes, runs.slopes())
            left = runs.losses()
    return np.where(np.isfinite(left), left, np.inf).reshape(-1, len(rates))


@example("shifts-bias-start")
def bias_start() -> BiasStart:
    """Return the medians of the draws, each with its best rate."""
    rows, ranges = [], []
    for start in ("0", "0.01", "cancels", "centered"):
        X, _, W, b, _ = _biased(2.0, start)
        on = X @ W + b[:, None] > 0
        alike = (on.all(axis=1) | ~on.any(axis=1)).mean(axis=1)
        where = (0.0, 0.0) if start == "centered" else (0.0, 2.0)
        least = [_bias_start(low, start).min(axis=1) for low in where]
        rows.append((float(np.median(alike)), *(float(np.median(left)) for left in least)))
        ranges.append(tuple(end for left in least for end in ends(left)))
    targets, sums = np.array([-2.0, 2.0]), []
    for x, bias in ((np.array([9.0, 11.0]), -10.0), (np.array([-1.0, 1.0]), 0.0)):
        errors = x + bias - targets
        sums += [x + bias, (1 - 0.1 * np.mean(errors * x)) * x + bias - 0.1 * errors.mean()]
    before, moved, _, free = sums
    shown = [tuple(s.round(12).tolist()) for s in (before, moved, free)]
    losses = [float(np.mean((s - targets) ** 2) / 2) for s in (before, moved, free)]
    return BiasStart(
        _UNITS,
        _EXAMPLES,
        _DESCENT,
        len(_RATES[0.0]),
        _DRAWN,
        tuple(rows),
        tuple(ranges),
        *shown,
        losses=(losses[0], losses[1], losses[2]),
        fires=float(ndtr(0.01)),
        odds=float(np.log(0.01 / 0.99)),
    )
