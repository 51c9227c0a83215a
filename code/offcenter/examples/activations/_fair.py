"""One activation with a knob that moves its mean alone: later, or worse?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from offcenter._store import stored
from offcenter.examples._digits import arrivals, centered, median_rate, together
from offcenter.examples._record import example
from offcenter.examples._steps import ends
from offcenter.experiment import split
from offcenter.network import Family, Problem, Race, curvature, initialize, race

__all__ = ["Fair", "fair"]


@dataclass(frozen=True)
class Fair:
    """Networks of σ − ½ + c on the digits, for c = 0, ½ and 1, that start as one function.

    `rows`: the activation; the best of 11 learning rates and its steps to a training loss of 0.1,
    medians over `starts` starts; at this rate the mean test accuracy in percent at the loss
    `target`.
    `ranges`: the least and the most of the steps and of the accuracies.
    `times`: how many times the steps of the first row each row takes.
    `low_loss`: steps to `target`, medians; `low_times`: how many times those of the first row.
    `stopped`: test accuracy after the first row's steps, medians, in percent.
    `same_rate`: steps to 0.1 at the rate 1, medians.
    `curvatures`: the largest of the loss at the start, medians.
    `gap`: between the accuracies of the first two rows, in percent and in images; `lower`: the
    starts in which the second row's is the lower one.
    `spread`: the largest less the smallest accuracy of single starts in a row, the largest.
    """

    training: int
    test: int
    starts: int
    target: float
    rows: tuple[tuple[str | float, ...], ...]
    ranges: tuple[tuple[float, ...], ...]
    times: tuple[float, float]
    low_loss: tuple[int, ...]
    low_times: tuple[float, float]
    stopped: tuple[float, ...]
    same_rate: tuple[int, ...]
    curvatures: tuple[float, ...]
    gap: tuple[float, float]
    lower: int
    spread: float


_SIZES, _TRAINING, _STARTS = (64, 30, 30, 10), 300, 5
_RATES = 2.0 ** (np.arange(11) / 2)
_TARGET = 0.005
_KNOBS = {"σ − ½": 0.0, "σ": 0.5, "σ + ½": 1.0}


def _begun(c: float) -> tuple[Family, np.ndarray, Problem, Problem]:
    """Return all starts with their examples for training and for testing."""
    starts = []
    for seed in range(_STARTS):
        data, rng = split(seed, examples=_TRAINING), np.random.default_rng([seed, 1])
        network = initialize(_SIZES, activation="sigmoid", rng=rng, gain=4.0)
        # What c adds to each sum, the bias behind it takes away.
        biases = (network.biases[0], *(-c * W.sum(axis=1) for W in network.weights[1:]))
        starts.append((replace(network, biases=biases), centered(data)))
    return Family(_SIZES, "sigmoid", 0.5 - c), *together(starts)


@stored
def _run(c: float, rates: tuple[float, ...], target: float, equal: int = 0) -> Race:
    """Train all starts in full batches at each rate."""
    return race(*_begun(c), step_sizes=rates, targets=(target,), equal=equal)


@stored
def _curvatures(c: float) -> np.ndarray:
    family, theta, training, _ = _begun(c)
    return curvature(family, theta, training, products=30)


@example("activations-fair")
def fair() -> Fair:
    """Return the table, and what is said of it.

    Raises
    ------
    ArrivalError
        If a start does not reach the loss at any rate.
    """
    searched = [_run(c, tuple(_RATES.tolist()), 0.1) for c in _KNOBS.values()]
    fewest = [arrivals(run) for run in searched]
    best = [median_rate(run) for run in searched]
    first = int(np.median(fewest[0]))
    on = [_run(c, (b,), _TARGET, first) for c, b in zip(_KNOBS.values(), best, strict=True)]
    alike = [arrivals(_run(c, (1.0,), 0.1)) for c in _KNOBS.values()]
    low = [arrivals(run) for run in on]
    accuracies = [100 * run.accuracy[:, 0] for run in on]
    test = len(split(0, examples=_TRAINING).test_labels)
    gap = float(accuracies[0].mean() - accuracies[1].mean())
    steps, late = ([int(np.median(s)) for s in counts] for counts in (fewest, low))
    return Fair(
        _TRAINING,
        test,
        _STARTS,
        _TARGET,
        tuple(
            (label, b, s, float(a.mean()))
            for label, b, s, a in zip(_KNOBS, best, steps, accuracies, strict=True)
        ),
        tuple((*ends(s), *ends(a)) for s, a in zip(fewest, accuracies, strict=True)),
        (steps[1] / first, steps[2] / first),
        tuple(late),
        (late[1] / late[0], late[2] / late[0]),
        tuple(100 * float(np.median(run.accuracy_after)) for run in on),
        tuple(int(np.median(s)) for s in alike),
        tuple(float(np.median(_curvatures(c))) for c in _KNOBS.values()),
        (gap, gap / 100 * test),
        int((accuracies[1] < accuracies[0]).sum()),
        max(float(np.ptp(a)) for a in accuracies),
    )
