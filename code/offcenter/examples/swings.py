"""Swings: runs of one sigmoid unit, and of small networks, whose loss goes up and down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArrivalError
from offcenter.examples._hidden_layer import Runs
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.examples._steps import ends

__all__ = ["Edge", "Limits", "Swings", "edge", "limits", "swings"]

_STEPS, _LATER = 4, 15
_ORDER = (0, 3, 1, 2)


@dataclass(frozen=True)
class Swings:
    """A sigmoid unit with a bias that learns whether its first input is 3, from weights of 0.

    The inputs are (1, 1), (1, 3), (3, 1), (3, 3), the loss is the cross-entropy.
    `rows`: the run with its step size, and the loss after 0, 1, …, 4 steps; the sixth
    row has the loss of each step's own example, the last one all four after 0, 4, …, 16 steps.
    `later`: the loss after 15 steps of the first two runs.
    `limits`: 2/λmax at the start, for the inputs as they are, less their mean, and ReLU's less
    theirs; for the last along the first weight, too.
    `first`: the weights after the first step of the first run.
    """

    rows: tuple[tuple[str | float, ...], ...]
    later: tuple[float, float]
    limits: tuple[float, float, float, float]
    first: np.ndarray


_LABELS = (FOUR[:, 0] == 3).astype(float)
_SIGMOID = ACTIVATIONS["sigmoid"]


def _design(X: np.ndarray) -> np.ndarray:
    return np.column_stack([X, np.ones(len(X))])


def _run(
    X: np.ndarray, step_size: float, steps: int, *, single: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Return the losses of all four examples before each step, (steps + 1, 4), and the weights."""
    A, w, losses, places = _design(X), np.zeros(3), [], [np.zeros(3)]
    for k in range(steps + 1):
        s = A @ w
        losses.append(np.logaddexp(0, s) - _LABELS * s)
        errors = _SIGMOID.value(s) - _LABELS
        used = [_ORDER[k % 4]] if single else range(4)
        w = w - step_size * A[used].T @ errors[used] / len(used)
        places.append(w)
    return np.array(losses), np.array(places)


def _late(step_size: float) -> float:
    return float(_run(FOUR, step_size, _LATER)[0][-1].mean())


def _limit(X: np.ndarray) -> float:
    # The slope of the sigmoid at 0, where all sums start, is ¼.
    return float(8 / np.linalg.eigvalsh(_design(X).T @ _design(X) / 4)[-1])


@example("swings-causes")
def swings() -> Swings:
    """Return the losses of the runs."""
    centered, relu = FOUR - 2, ACTIVATIONS["relu"].value(FOUR - 2)
    whole = (
        ("inputs 1 or 3", FOUR, 2.0),
        ("the same", FOUR, 0.2),
        ("less the mean, 2", centered, 2.0),
        ("ReLU: 0 or 1", relu, 16.0),
        ("less their mean, ½", relu - 0.5, 16.0),
    )
    rows = [
        (f"{name}, η = {eta:g}", *_run(X, eta, _STEPS)[0].mean(axis=1).tolist())
        for name, X, eta in whole
    ]
    losses, _ = _run(FOUR, 0.05, 4 * _STEPS, single=True)
    own = [losses[k, _ORDER[k % 4]] for k in range(_STEPS + 1)]
    rows.append(("one of four a step, η = 0.05", *own))
    rows.append(("the same: all four", *losses[: _STEPS + 1].mean(axis=1).tolist()))
    rows.append(("all four after 0, 4, …, 16", *losses[::4].mean(axis=1).tolist()))
    return Swings(
        rows=tuple(rows),
        later=(_late(2.0), _late(0.2)),
        limits=(
            _limit(FOUR),
            _limit(centered),
            _limit(relu - 0.5),
            float(8 / ((relu - 0.5)[:, 0] ** 2).mean()),
        ),
        first=_run(FOUR, 2.0, 1)[1][1],
    )


@dataclass(frozen=True)
class Limits:
    """A network of 50 units, in the two writings of its inputs: raw, and less their means.

    20 inputs uniform on [0, 1], 200 examples, labels by a random plane through (½, …, ½).
    `rows`: hidden units tanh, ReLU, and ReLU less its mean over the examples; the largest step size
    at which the loss does not rise in 100 steps, on raw inputs and on centered, each 1.25 times the
    one before it: medians over the draws.
    `least`, `most`: of all draws; `gains`: what centering the inputs multiplies the medians by.
    `calm`: the most rises of all these networks in 100 steps of size 0.2.
    `swinging`: the rises of the ReLU network in 100 steps of size 1, the least and most of the
    draws on raw inputs; `cured`: the most with centered inputs, and with the mean off ReLU.
    """

    draws: int
    examples: int
    rows: tuple[tuple[float, float], ...]
    least: tuple[tuple[float, float], ...]
    most: tuple[tuple[float, float], ...]
    gains: tuple[float, ...]
    calm: int
    swinging: tuple[int, int]
    cured: tuple[int, int]


_DRAWS, _EXAMPLES, _FEATURES, _HIDDEN, _LONG = 5, 200, 20, 50, 100
_UNITS = ("tanh", "relu", "relu less its mean")


def _network(draw: int, unit: str, runs: int, *, centered: bool) -> Runs:
    """Return so many runs of the network of a draw."""
    rng = np.random.default_rng(draw)
    X = rng.random((_EXAMPLES, _FEATURES))
    labels = ((X - 0.5) @ rng.standard_normal(_FEATURES) > 0).astype(float)
    if centered:
        X = X - X.mean(axis=0)
    rng = np.random.default_rng(1000 + draw)
    W = rng.standard_normal((_FEATURES, _HIDDEN)) * (2 / _FEATURES) ** 0.5
    v = rng.standard_normal(_HIDDEN) / _HIDDEN**0.5
    parts = (
        np.repeat(part[None], runs, axis=0) for part in (W, np.zeros(_HIDDEN), v, np.zeros(()))
    )
    return Runs(X[None], labels[None], *parts, unit=unit, logistic=True)


@stored
def _largest(draw: int, unit: str, *, centered: bool) -> float:
    """Return the last of the step sizes 1.25ᵏ, k from −8, before the first with a rise.

    Raises
    ------
    ArrivalError
        If there is none up to k = 23.
    """
    sizes = np.array([1.25**k for k in range(-8, 24)])
    runs, before, tried = _network(draw, unit, len(sizes), centered=centered), np.inf, len(sizes)
    with np.errstate(over="ignore"):
        for _ in range(_LONG + 1):
            losses = runs.losses()
            calm = int(np.argmin(np.append(losses <= before, False)))
            if calm < len(sizes):
                # Only smaller step sizes can be the last before the first with a rise.
                sizes, losses = sizes[:calm], losses[:calm]
                runs.keep(slice(calm))
            runs.move(sizes, runs.slopes())
            before = losses
    if not 0 < len(sizes) < tried:
        raise ArrivalError("the loss must rise at some step size and not at all, and did not")
    return float(sizes[-1])


@stored
def _most_rises(unit: str, step_size: float, *, centered: bool) -> tuple[int, int]:
    """Return how often the loss rises in 100 full-batch steps, least and most of the draws."""
    counts = []
    for draw in range(_DRAWS):
        run, losses = _network(draw, unit, 1, centered=centered), []
        for _ in range(_LONG + 1):
            losses.append(run.losses().item())
            run.move(np.array([step_size]), run.slopes())
        counts.append(int((np.diff(losses) > 0).sum()))
    return min(counts), max(counts)


@example("swings-limits")
def limits() -> Limits:
    """Return the limits of six networks, and the rises at two step sizes."""
    found = np.array(
        [
            [[_largest(draw, unit, centered=c) for draw in range(_DRAWS)] for c in (False, True)]
            for unit in _UNITS
        ]
    )
    medians = np.median(found, axis=2)
    pairs = [
        tuple((float(a), float(b)) for a, b in x) for x in (medians, found.min(2), found.max(2))
    ]
    return Limits(
        _DRAWS,
        _EXAMPLES,
        *pairs,
        gains=tuple((medians[:, 1] / medians[:, 0]).tolist()),
        calm=max(_most_rises(unit, 0.2, centered=c)[1] for unit in _UNITS for c in (False, True)),
        swinging=_most_rises("relu", 1.0, centered=False),
        cured=(
            _most_rises("relu", 1.0, centered=True)[1],
            _most_rises(_UNITS[2], 1.0, centered=False)[1],
        ),
    )


@dataclass(frozen=True)
class Edge:
    """Networks 5-20-1 of tanh learn the sine of a linear function from 50 examples, full batch.

    `start`: the least and the most λmax at the five starts.
    `reached`: in how many of the five runs at η = ½ λmax is seen above 98% of 2/η in the second
    half of the 5000 steps; of these `late`, the least and the most of their medians of λmax there;
    `often`, in how many more than a third of its steps raised the loss; and `left`, the largest
    share of the first loss at the end.
    `rest`: the largest λmax that is seen in the others; `calm`: their steps that raised the loss.
    `above`: in how many at η = 0.8 the start is above the limit; `stays`: the least and the most of
    their medians of ηλmax; `rising`: in how many the loss for a while is above its first value;
    `highest`: its most of all, the first value being 1; `ends`: the largest share at the end.
    `diverged`: how many of the five runs at η = 1.2.
    """

    start: tuple[float, float]
    reached: int
    late: tuple[float, float]
    often: int
    left: float
    rest: float
    calm: int
    above: int
    stays: tuple[float, float]
    rising: int
    highest: float
    ends: float
    diverged: int


_RATES, _STARTS, _TRAINED, _SEEN = (0.5, 0.8, 1.2), 5, 5000, 250


def _sine(seed: int) -> tuple[np.ndarray, ...]:
    """Return inputs with a 1 for the bias, targets, and both layers' weights of a start."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((50, 5))
    y = np.sin(X @ rng.standard_normal(5))
    W, v = rng.standard_normal((5, 20)) / 5**0.5, rng.standard_normal(20) / 20**0.5
    return np.column_stack([X, np.ones(50)]), y, np.vstack([W, np.zeros(20)]), v


def _steepest(X: np.ndarray, y: np.ndarray, W: np.ndarray, v: np.ndarray) -> float:
    """Return the largest eigenvalue of the Hessian of ½ mean (tanh(XW) v − y)²."""
    N, width = X.shape
    h = np.tanh(X @ W)
    slope, error = 1 - h**2, h @ v - y
    J = np.hstack([((slope * v)[:, :, None] * X[:, None]).reshape(N, -1), h])
    H = J.T @ J / N
    for j in range(len(v)):
        own, other = slice(j * width, (j + 1) * width), width * len(v) + j
        bend = -2 * error * v[j] * h[:, j] * slope[:, j]
        H[own, own] += X.T @ (bend[:, None] * X) / N
        mixed = X.T @ (error * slope[:, j]) / N
        H[own, other] += mixed
        H[other, own] += mixed
    return float(np.linalg.eigvalsh(H)[-1])


@stored
def _trained() -> tuple[np.ndarray, np.ndarray]:
    """Return losses, (steps + 1, rates, starts), and λmax at the start and late, NaN if lost."""
    X, y, W, v = (np.array(part) for part in zip(*map(_sine, range(_STARTS)), strict=True))
    first = [_steepest(*_sine(seed)) for seed in range(_STARTS)]
    curvatures = [np.tile(first, (len(_RATES), 1))]
    W, v = np.tile(W, (len(_RATES), 1, 1, 1)), np.tile(v, (len(_RATES), 1, 1))
    eta = np.array(_RATES)[:, None, None] / y.shape[1]
    losses = []
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(_TRAINED + 1):
            h = np.tanh(X @ W)
            error = (h @ v[..., None])[..., 0] - y
            losses.append((error**2).mean(axis=2) / 2)
            if step >= _TRAINED / 2 and step % _SEEN == 0:
                seen = np.full(losses[0].shape, np.nan)
                for i, s in np.argwhere(np.isfinite(losses[-1])):
                    seen[i, s] = _steepest(X[s], y[s], W[i, s], v[i, s])
                curvatures.append(seen)
            back = error[..., None] * v[:, :, None] * (1 - h**2)
            v = v - eta * (error[..., None, :] @ h)[..., 0, :]
            W = W - eta[..., None] * (X.transpose(0, 2, 1) @ back)
    return np.array(losses), np.array(curvatures)


@example("swings-edge")
def edge() -> Edge:
    """Return what the curvature comes to at three step sizes, from the same five starts."""
    losses, curvatures = _trained()
    first, late = curvatures[0, 0], np.median(curvatures[1:], axis=0)
    rises, half = losses[1:] > losses[:-1], _TRAINED // 2
    # Whether a run that swings there is seen just above or just below it, rounding decides.
    reached = (curvatures[1:, 0] > 0.98 * 2 / _RATES[0]).any(axis=0)
    risen, left = rises[half:, 0].mean(axis=0), losses[-1] / losses[0]
    highest = losses[:, 1].max(axis=0) / losses[0, 1]

    return Edge(
        start=ends(first),
        reached=int(reached.sum()),
        late=ends(late[0, reached]),
        often=int((risen[reached] > 1 / 3).sum()),
        left=float(left[0, reached].max()),
        rest=float(curvatures[:, 0, ~reached].max()),
        calm=int(rises[:, 0, ~reached].sum()),
        above=int((_RATES[1] * first > 2).sum()),
        stays=ends(_RATES[1] * late[1]),
        rising=int((highest > 1).sum()),
        highest=float(highest.max()),
        ends=float(left[1].max()),
        diverged=int((~np.isfinite(losses[-1, 2])).sum()),
    )
