"""Batches: how often entries of one gradient agree in sign, and what steps on them cost."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import ndtr

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import FOUR, PAIR
from offcenter.examples._record import example
from offcenter.examples._steps import SHARES, best_step, steps_from_slowest, steps_until
from offcenter.signs import same_sign_probability, sign_agreement
from offcenter.spectrum import second_moment

__all__ = [
    "Five",
    "Pair",
    "Regimes",
    "Sizes",
    "TwoErrors",
    "agreement",
    "five",
    "pair",
    "regimes",
    "sizes",
    "two_errors",
]

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
    With a bias, too, and the step size 1/5, `places`, shape (4, 3): weights and bias of a run from
    0 to the second; `run`, shape (3, 3): its gradients; `steps`: to 1 % of the distance for the
    second, the first, and the second with the inputs less their mean, at the rates that are best in
    the long run; and for the second at the best of a grid.
    """

    distances: np.ndarray
    errors: np.ndarray
    terms: np.ndarray
    mean: np.ndarray
    along: np.ndarray
    rest: np.ndarray
    run: np.ndarray
    places: np.ndarray
    steps: tuple[int, ...]


@example("batches-two-errors")
def two_errors() -> TwoErrors:
    """Return them for δ = (w − w*)·x with w − w* = (1, −1) and (2, −1)."""
    distances = np.array([[1.0, -1.0], [2.0, -1.0]])
    errors = distances @ FOUR.T
    terms = errors[:, :, None] * FOUR
    mean = terms.mean(axis=1)
    along = np.outer(errors.mean(axis=1), FOUR.mean(axis=0))
    H, C = (second_moment(X, bias=True) for X in (FOUR, FOUR - FOUR.mean(axis=0)))
    # Centered, the bias starts at 0 and ends at the mean target, −(−2, 1)·(2, 2) off.
    second, first, centered = (np.append(distances[k], e) for k, e in ((1, 0), (0, 0), (1, 2)))
    run, places = [], [np.zeros(3)]
    for _ in range(3):
        run.append((H @ (places[-1] + second)).round(12))
        places.append((places[-1] - run[-1] / 5).round(12))
    starts = ((H, second), (H, first), (C, centered))
    steps = [steps_until(M, d, best_step(M), 0.01) for M, d in starts]
    rates = SHARES[160:] * 2 / np.linalg.eigvalsh(H)[-1]
    steps.append(min(steps_until(H, second, rate, 0.01) for rate in rates))
    return TwoErrors(
        distances,
        errors,
        terms,
        mean,
        along,
        rest=mean - along,
        run=np.array(run),
        places=np.array(places),
        steps=tuple(steps),
    )


@dataclass(frozen=True)
class Sizes:
    """How the gradient of a batch, drawn with replacement from the four examples, is signed.

    `rows`: batch size; the chance that the two entries have opposite signs if the weights are off
    by (1, −1), and if they are off by (2, −1).
    """

    rows: tuple[tuple[float, ...], ...]


def opposite(terms: np.ndarray, size: int) -> float:
    """Return the chance that a sum of `size` drawn terms has two entries of opposite signs.

    Parameters
    ----------
    terms : ndarray, shape (4, 2)
        Equally likely, whole numbers.
    size : int
    """
    # Whole numbers are exact, so equal sums are equal numbers.
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
    return Sizes(tuple((n, *(opposite(t, n) for t in terms)) for n in (1, 2, 8, 32)))


@dataclass(frozen=True)
class Pair:
    """(1, 3) with the target −2 and (3, 1) with 2, learned by both at once, from w = 0.

    `gradient`; `curvatures` of ½(error)² along (1, −1), the way to the minimum, and along (1, 1);
    `swing`: what a step of ½ multiplies an error along (1, 1) by, and `grown` what ten make of
    0.01; `left`: what one of the best rate leaves of the distance, and `steps` to 1 % of it.
    `centered`: the gradient and the curvatures of the inputs less their mean; `centered_steps` at
    the best rate, and `centered_ends`, where it leads on either example alone.
    `rates`, `caps`: the best rates, raw and centered, and 2/λmax.
    """

    gradient: np.ndarray
    curvatures: np.ndarray
    swing: float
    grown: float
    left: float
    steps: int
    centered: np.ndarray
    centered_steps: int
    centered_ends: np.ndarray
    rates: tuple[float, float]
    caps: tuple[float, float]


@example("batches-pair")
def pair() -> Pair:
    """Return a gradient of mixed signs, and how fast descent is in spite of it."""
    X, targets, goal = PAIR[::-1], np.array([-2.0, 2.0]), np.array([1, -1])
    found = []
    for Z in (X, X - X.mean(axis=0)):
        H = Z.T @ Z / 2
        along, across = ((H @ way) @ way / 2 for way in (goal, np.ones(2)))
        found.append((H, -targets @ Z / 2, np.array([along, across])))
    (H, gradient, curvatures), (centered_H, *centered) = found
    # Centered, only the curvature along the goal is left.
    rate, best = best_step(H), float(1 / centered[1][0])
    swing = float(1 - best * curvatures[1])
    return Pair(
        gradient=gradient,
        curvatures=curvatures,
        swing=swing,
        grown=0.01 * swing**10,
        left=float(np.linalg.norm(goal - rate * H @ goal) / np.linalg.norm(goal)),
        steps=steps_from_slowest(H),
        centered=np.array(centered),
        centered_steps=steps_until(centered_H, goal, best, 0.01),
        centered_ends=best * targets[:, None] * (X - X.mean(axis=0)),
        rates=(rate, best),
        caps=(float(2 / max(curvatures)), float(2 / max(centered[1]))),
    )


@dataclass(frozen=True)
class Five:
    """How often all five entries of a batch's gradient have one sign, for inputs that are 1 or 3.

    `rows`: batch size; the share if errors are N(0, 1), and if they are N(½, 1).
    `limit`: of the first share, for large batches.
    `steps`: number of inputs; the full batch's steps to 1 % from the slowest start, for 1 or 3 and
    for −1 or 1.
    """

    rows: tuple[tuple[float, float, float], ...]
    limit: float
    steps: tuple[tuple[int, int, int], ...]


@stored
def _all_five(size: int, mean: float) -> float:
    """Return the share for errors N(`mean`, 1), by drawing the errors only.

    Given the errors, the entries Σ(2 ± 1)δ are independent and alike.
    """
    rng, shares = np.random.default_rng([5, size]), []
    signs = np.array(list(product((-1, 1), repeat=size))) if size <= 8 else None
    for _ in range(20):
        errors = mean + rng.standard_normal((5000, size))
        if signs is not None:
            up = (errors @ (signs + 2).T > 0).mean(axis=1)
        else:
            # A sum of many ±δ is nearly normal.
            up = ndtr(2 * errors.sum(axis=1) / np.linalg.norm(errors, axis=1))
        shares.append((up**5 + (1 - up) ** 5).mean())
    return float(np.mean(shares))


@example("batches-five")
def five() -> Five:
    """Return the shares for 1 to 512 examples, and the steps for 5, 20 and 100 inputs."""
    moments = ((n, np.ones((n, n)), np.eye(n)) for n in (5, 20, 100))
    return Five(
        rows=tuple((size, _all_five(size, 0.0), _all_five(size, 0.5)) for size in (1, 8, 64, 512)),
        limit=same_sign_probability(5, 0.8),
        steps=tuple(
            (n, steps_from_slowest(eye + 4 * ones), steps_from_slowest(eye))
            for n, ones, eye in moments
        ),
    )
