"""Where the zig-zag of positive pixels shows, and what it costs: a small network on the digits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from offcenter._store import stored
from offcenter.examples._digits import arrivals, centered, median_rate, together
from offcenter.examples._record import example
from offcenter.examples._steps import ends, steps_until
from offcenter.experiment import split
from offcenter.network import (
    Family,
    Problem,
    Race,
    flip_inputs,
    initialize,
    race,
    shift_inputs,
)

__all__ = ["Digits", "TwoPixels", "digits", "two_pixels"]


@dataclass(frozen=True)
class TwoPixels:
    """A linear unit without a bias on the images (1, ½) and (½, 1), with the errors 1 and −1.

    `gradients`: of the two images, and their average; `curvatures`: along (1, 1) and (1, −1).
    `steps`: from a goal along (1, −1) until 1 % of the distance is left, at 1/(largest curvature),
    with the images as they are and less their mean; `rate`: the latter's.
    `slopes`, `places`: at the rate 4/3 from weights that are off by (2, −1), the average gradients
    of the first three steps, and the step, the sum of the two distances, their difference and the
    loss, before the first step and after each.
    """

    gradients: np.ndarray
    curvatures: tuple[float, float]
    steps: tuple[int, int]
    rate: float
    slopes: np.ndarray
    places: tuple[tuple[float, ...], ...]


@example("paths-two-pixels")
def two_pixels() -> TwoPixels:
    """Return the gradients, the curvatures and the steps."""
    X, errors, way = np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([1.0, -1.0]), np.array([1, -1.0])
    gradients = errors[:, None] * X
    centered = X - X.mean(axis=0)
    raw, less = X.T @ X / 2, centered.T @ centered / 2
    flat, steep = (float(value) for value in np.linalg.eigvalsh(raw))
    rate = 1 / float(np.linalg.eigvalsh(less)[-1])
    distance, slopes, places = np.array([2.0, -1.0]), [], []
    for step in range(4):
        slopes.append(raw @ distance)
        loss = float(distance @ raw @ distance / 2)
        places.append((step, float(distance.sum()), float(distance[0] - distance[1]), loss))
        distance = distance - 4 / 3 * slopes[-1]
    return TwoPixels(
        np.array([*gradients, gradients.mean(axis=0)]),
        (steep, flat),
        (steps_until(raw, way, 1 / steep, 0.01), steps_until(less, way, rate, 0.01)),
        rate,
        np.array(slopes[:3]),
        tuple(places),
    )


@dataclass(frozen=True)
class Digits:
    """A network with a layer of ReLUs on the digits, pixels in [0, 1], in batches of `batch`.

    All ways start as one function, in `starts` starts.
    `rows`: the pixels; the share of the commoner sign among a hidden unit's nonzero gradients at
    the start, in batches, a mean; the steps to a training loss of `target` and the best of five
    learning rates, medians; at this rate the mean test accuracy after `epochs` epochs.
    `ranges`: the least and the most of the steps of each row.
    `single`: the first share on single images, raw.
    `slow`: steps to the loss 0.2 at the rate 0.05, raw and centered, medians.
    `flips`: how often the sign of g·μ changes from step to step, over the first `watched` steps and
    all hidden units: in full batches raw and centered at the rate 0.8, raw at 0.1; in batches raw
    and centered at 0.8.
    """

    training: int
    test: int
    starts: int
    batch: int
    epochs: int
    target: float
    watched: int
    rows: tuple[tuple[str | float, ...], ...]
    ranges: tuple[tuple[int, int], ...]
    single: float
    slow: tuple[int, int]
    flips: tuple[float, ...]


_SIZES, _TRAINING, _STARTS, _BATCH = (64, 64, 10), 1400, 5, 32
_RATES = 0.4 * 2.0 ** np.arange(5)
_EPOCHS, _WATCHED, _DRAWN, _TARGET = 30, 120, 40, 0.05
_WAYS = ("raw", "every second negated", "centered")
_FAMILY = Family(_SIZES, "relu")


def _begun(way: str) -> tuple[np.ndarray, Problem, Problem]:
    """Return all starts, with their examples for training and for testing."""
    starts = []
    for seed in range(_STARTS):
        data, rng = split(seed, examples=_TRAINING), np.random.default_rng([seed, 1])
        network = initialize(_SIZES, activation="relu", rng=rng, gain=math.sqrt(2))
        if way == "centered":
            mean = data.inputs.mean(axis=0)
            network, data = shift_inputs(network, mean), centered(data)
        elif way != "raw":
            signs = np.where(np.arange(_SIZES[0]) % 2, -1.0, 1.0)
            read = {"inputs": data.inputs * signs, "test_inputs": data.test_inputs * signs}
            network, data = flip_inputs(network, signs), replace(data, **read)
        starts.append((network, data))
    return together(starts)


@stored
def _run(way: str, rates: tuple[float, ...], target: float) -> Race:
    """Train all starts in batches at each rate until one has arrived."""
    how = {"targets": (target,), "batch_size": _BATCH, "look": 4}
    return race(_FAMILY, *_begun(way), step_sizes=rates, **how)


@stored
def _late_accuracy(way: str, rate: float) -> np.ndarray:
    """Return the test accuracies after the epochs, shape (starts,)."""
    last = _EPOCHS * (_TRAINING // _BATCH)
    how = {"targets": (1e-9,), "batch_size": _BATCH, "look": last, "equal": last, "limit": last}
    return race(_FAMILY, *_begun(way), step_sizes=(rate,), **how).accuracy_after[:, 0]


def _first_gradients(theta: np.ndarray, examples: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients, and those of the hidden units' weights, (starts, units, pixels)."""
    gradients = examples.gradients(_FAMILY, theta)[1]
    return gradients, _FAMILY.layers(gradients)[0][0]


@stored
def _commoner_sign(way: str, batch: int) -> float:
    """Return the mean share of the commoner sign among a unit's nonzero gradients at the start."""
    theta, training, _ = _begun(way)
    starts, shares = np.arange(_STARTS), []
    rng = np.random.default_rng(0)
    for _ in range(_DRAWN):
        rows = np.array([rng.permutation(_TRAINING)[:batch] for _ in starts])
        _, g = _first_gradients(theta, training.rows(starts, rows))
        up, down = (g > 0).sum(axis=2), (g < 0).sum(axis=2)
        some = up + down > 0
        shares.append((np.maximum(up, down) / np.maximum(up + down, 1))[some])
    return float(np.concatenate(shares).mean())


@stored
def _flips(way: str, rate: float, whole: bool) -> float:
    """Return how often g·μ changes its sign, μ the mean of the raw pixels."""
    theta, training, _ = _begun(way)
    starts, pushes = np.arange(_STARTS), []
    mean = _begun("raw")[1].inputs.mean(axis=1)
    rng = np.random.default_rng(0)
    for _ in range(_WATCHED):
        rows = np.array([rng.permutation(_TRAINING)[:_BATCH] for _ in starts])
        read = training if whole else training.rows(starts, rows)
        gradients, first = _first_gradients(theta, read)
        pushes.append(np.einsum("sup,sp->su", first, mean))
        theta = theta - rate * gradients
    push = np.array(pushes)
    return float((push[1:] * push[:-1] < 0).mean())


@example("paths-digits")
def digits() -> Digits:
    """Return the table, and what a plot would show.

    Raises
    ------
    ArrivalError
        If a start does not reach the loss at any rate.
    """
    rows, ranges = [], []
    for way in _WAYS:
        run = _run(way, tuple(_RATES.tolist()), _TARGET)
        steps, rate = arrivals(run), median_rate(run)
        late = float(_late_accuracy(way, rate).mean())
        rows.append((way, _commoner_sign(way, _BATCH), int(np.median(steps)), rate, late))
        ranges.append(ends(steps))
    slow = (int(np.median(arrivals(_run(way, (0.05,), 0.2)))) for way in ("raw", "centered"))
    cases = (
        ("raw", 0.8, True),
        ("centered", 0.8, True),
        ("raw", 0.1, True),
        ("raw", 0.8, False),
        ("centered", 0.8, False),
    )
    return Digits(
        _TRAINING,
        len(split(0, examples=_TRAINING).test_labels),
        _STARTS,
        _BATCH,
        _EPOCHS,
        _TARGET,
        _WATCHED,
        tuple(rows),
        tuple(ranges),
        _commoner_sign("raw", 1),
        (next(slow), next(slow)),
        tuple(_flips(*case) for case in cases),
    )
