"""Mean, standard deviation, principal components, whitening: what each step removes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from offcenter._store import stored
from offcenter.examples._digits import arrivals, together
from offcenter.examples._inputs import FLATS
from offcenter.examples._record import example
from offcenter.examples._steps import ends
from offcenter.experiment import seeds, split
from offcenter.network import Family, initialize, race
from offcenter.spectrum import condition_number, second_moment

__all__ = ["Digits", "Steps", "digits", "steps"]


@dataclass(frozen=True)
class Steps:
    """Flats of rooms and m²: (2, 50), (2, 70), (4, 70), (4, 90).

    `matrices`: the entries h₁₁, h₁₂, h₂₂ of E[xxᵀ] as they are, less the mean, divided by the
    deviations, whitened; `ratios`: the largest curvature over the smallest, without a bias.
    `axes`: the curvatures of the standardized features where both weights rise and where one
    falls.
    """

    matrices: tuple[tuple[float, float, float], ...]
    ratios: tuple[float, ...]
    axes: tuple[float, float]


@example("inputs-steps")
def steps() -> Steps:
    """Return the matrices after each step."""
    centered = FLATS - FLATS.mean(axis=0)
    divided = centered / FLATS.std(axis=0)
    turned = divided @ np.array([[1.0, 1.0], [1.0, -1.0]]) / 2**0.5
    cases = (FLATS, centered, divided, turned / turned.std(axis=0))
    matrices = [second_moment(Z) for Z in cases]
    both, one = (turned**2).mean(axis=0).tolist()
    return Steps(
        matrices=tuple(
            (float(M[0, 0]), round(float(M[0, 1]), 12), float(M[1, 1])) for M in matrices
        ),
        ratios=tuple(condition_number(M) for M in matrices),
        axes=(both, one),
    )


@dataclass(frozen=True)
class Digits:
    """A network of 32 ReLUs on digits, raw, less the mean, also divided, or whitened.

    `rows`, a way each: steps with `images` training images to a training loss of `target` at the
    best of `rates` powers of two, and the test accuracy there in percent, medians over the starts;
    `ranges`: the least and the most of both.  `lost`: by how many points whitening has less
    accuracy than dividing, and the same with `more` images.
    """

    starts: int
    rates: int
    images: int
    more: int
    units: int
    target: float
    rows: tuple[tuple[float, float], ...]
    ranges: tuple[tuple[float, ...], ...]
    lost: tuple[float, float]


_WAYS = ("raw", "mean", "deviation", "whitened")
_IMAGES, _MORE, _UNITS, _TARGET = 256, 1000, 32, 0.01
_FAMILY = Family((64, _UNITS, 10), "relu")
_SIZES = 2.0 ** np.arange(-2, 5)


def _prepared(way: str, X: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return training and test images, by the numbers of the training images."""
    both = [X, others]
    if way != "raw":
        both = [part - X.mean(axis=0) for part in both]
    if way == "deviation":
        # A pixel that does not vary is 0 already.
        deviations = X.std(axis=0)
        both = [part / np.where(deviations > 0, deviations, 1.0) for part in both]
    if way == "whitened":
        values, vectors = np.linalg.eigh(second_moment(both[0]))
        varies = values > 1e-10
        factors = varies / np.sqrt(np.where(varies, values, 1.0))
        both = [part @ vectors * factors for part in both]
    return both[0], both[1]


@stored
def _learned(way: str, images: int) -> np.ndarray:
    """Return each start's steps, its test accuracy in percent, and the place of its rate.

    Raises
    ------
    ArrivalError
        If a start does not arrive at any rate.
    """
    starts = []
    for seed in seeds():
        data, rng = split(seed, examples=images), np.random.default_rng([seed, 1])
        network = initialize(_FAMILY.sizes, activation="relu", rng=rng, gain=2**0.5)
        X, others = _prepared(way, data.inputs, data.test_inputs)
        starts.append((network, replace(data, inputs=X, test_inputs=others)))
    run = race(_FAMILY, *together(starts), step_sizes=_SIZES, targets=(_TARGET,))
    return np.array([arrivals(run), 100 * run.accuracy[:, 0], run.best[:, 0]])


@example("inputs-digits")
def digits() -> Digits:
    """Return the medians."""
    runs = [_learned(way, _IMAGES)[:2] for way in _WAYS]
    rows = tuple((float(np.median(steps)), float(np.median(right))) for steps, right in runs)
    ranges = tuple((*ends(steps), *ends(right)) for steps, right in runs)
    more = [float(np.median(_learned(way, _MORE)[1])) for way in _WAYS[2:]]
    how = len(seeds()), len(_SIZES), _IMAGES, _MORE, _UNITS, _TARGET
    return Digits(*how, rows, ranges, (rows[2][1] - rows[3][1], more[0] - more[1]))
