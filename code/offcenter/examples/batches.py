"""Batches: how often two entries of one gradient agree in sign, on four possible inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.signs import sign_agreement

__all__ = ["Regimes", "TwoErrors", "agreement", "regimes", "two_errors"]

NOISE = 3.0
TRIALS = 40_000


def agreement(distance: np.ndarray, size: int, rng: np.random.Generator) -> float:
    """Return how often both entries of a batch's gradient have one sign.

    Each input is 1 or 3; the error is (w − w*)·x plus normal noise of standard deviation 3.
    Drawn from the counts of the four inputs, so a large batch costs no more than a small one.

    Parameters
    ----------
    distance : ndarray, shape (2,)
        w − w*.
    size : int
        Of the batch.
    rng : Generator
    """
    counts = rng.multinomial(size, np.full(4, 0.25), size=TRIALS)
    noise = NOISE * np.sqrt(counts) * rng.standard_normal(counts.shape)
    gradients = (counts * (FOUR @ distance) + noise) @ FOUR
    return float((gradients[:, 0] * gradients[:, 1] > 0).mean())


@dataclass(frozen=True)
class Regimes:
    """`rows`: batch size, agreement when nothing is left to learn, and when there is."""

    rows: tuple[tuple[float, ...], ...]
    plateau: float
    gradient: np.ndarray
    noise_variance: float
    crossover: float
    relu_plateau: float
    sigmoid_plateau: float


@example("batches-regimes")
def regimes() -> Regimes:
    """Return the agreement for w − w* = 0 and (½, −½), where the true gradient is (½, −½)."""
    rng, distance = np.random.default_rng(2), np.array([0.5, -0.5])
    gradient = FOUR.T @ FOUR / 4 @ distance
    rows = tuple(
        (size, *(agreement(d, size, rng) for d in (0 * distance, distance)))
        for size in (1, 4, 16, 64, 256, 1024, 4096)
    )
    noise = NOISE**2 * 5.0
    return Regimes(
        rows=rows,
        plateau=sign_agreement(0.8),
        gradient=gradient,
        noise_variance=noise,
        crossover=noise / gradient[0] ** 2,
        relu_plateau=sign_agreement(1 / np.pi),
        sigmoid_plateau=sign_agreement(ACTIVATIONS["sigmoid"].offset_share),
    )


@dataclass(frozen=True)
class TwoErrors:
    """The gradients δx of four examples, and their mean, for two ways to be off.

    `errors`, shape (2, 4), and `terms`, shape (2, 4, 2), belong to `distances`, shape (2, 2).
    The mean is `along`, the mean error times the mean input, and `rest`, their covariance.
    `run`, shape (3, 2): the mean gradients of a run from the second with the step size 1/5.
    """

    distances: np.ndarray
    errors: np.ndarray
    terms: np.ndarray
    mean: np.ndarray
    along: np.ndarray
    rest: np.ndarray
    run: np.ndarray


@example("batches-two-errors")
def two_errors() -> TwoErrors:
    """Return them for δ = (w − w*)·x with w − w* = (½, −½) and (1, −½)."""
    distances = np.array([[0.5, -0.5], [1.0, -0.5]])
    errors = distances @ FOUR.T
    terms = errors[:, :, None] * FOUR
    mean = terms.mean(axis=1)
    along = np.outer(errors.mean(axis=1), FOUR.mean(axis=0))
    distance, run = distances[1], []
    for _ in range(3):
        run.append(FOUR.T @ (FOUR @ distance) / 4)
        distance = distance - run[-1] / 5
    return TwoErrors(distances, errors, terms, mean, along, mean - along, np.array(run))


@dataclass(frozen=True)
class Sizes:
    """How the gradient of a batch, drawn with replacement from the four examples, is signed.

    `rows`: batch size; the chance that the two entries have opposite signs if the weights are off
    by (½, −½), and if they are off by (1, −½).
    `full`: whether the gradient of all four has, for either.
    """

    rows: tuple[tuple[float, ...], ...]
    full: tuple[float, ...]


def opposite(terms: np.ndarray, size: int) -> float:
    """Return the chance that a sum of `size` drawn terms has two entries of opposite signs.

    Parameters
    ----------
    terms : ndarray, shape (4, 2)
        Equally likely, multiples of ½.
    size : int
    """
    # Halves are exact, so equal sums are equal numbers.
    found = {(0.0, 0.0): 1.0}
    for _ in range(size):
        after: dict[tuple[float, float], float] = {}
        for (a, b), chance in found.items():
            for x, y in terms:
                after[a + x, b + y] = after.get((a + x, b + y), 0.0) + chance / len(terms)
        found = after
    return math.fsum(chance for (a, b), chance in found.items() if a * b < 0)


@example("batches-sizes")
def sizes() -> Sizes:
    """Return the chances for 1, 2, 8 and 32 examples."""
    terms = two_errors().terms
    rows = tuple((n, *(opposite(t, n) for t in terms)) for n in (1, 2, 8, 32))
    return Sizes(rows, tuple(float(np.prod(t.mean(axis=0)) < 0) for t in terms))
