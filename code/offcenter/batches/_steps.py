"""How many steps of SGD a larger batch saves: an exact recursion, its limit, and real runs.

A linear unit without a bias fits a target that it can fit exactly; every step has a new batch.
The inputs are independent and alike, with mean m, variance v and a finite fourth moment.  Then the
second moment K = E[ddᵀ] of the distance d from the minimum, if it starts alike in all coordinates,
stays aP + bQ: P projects on (1, …, 1), Q = I − P.  One step is a linear map of (a, b).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.activations import activation
from offcenter.normal import normal_expectation

__all__ = [
    "BatchSteps",
    "Feature",
    "best_step",
    "gain_of_the_full_batch",
    "limit_speed",
    "mean_square_matrix",
    "mean_square_rate",
    "run_sgd",
    "single_example_gain",
    "single_example_rate",
]


@dataclass(frozen=True)
class Feature:
    """The moments of one input that a step of SGD sees.

    Parameters
    ----------
    mean, variance : float
        m and v.
    third, fourth : float
        E[(x − m)³] and E[(x − m)⁴].
    """

    mean: float
    variance: float
    third: float
    fourth: float

    @classmethod
    def gaussian(cls, mean: float, variance: float) -> Feature:
        """Return the moments of N(m, v)."""
        mean = _checks.number("mean", mean)
        variance = _checks.number("variance", variance, minimum=0.0)
        with _checks.in_range_of_floats("variance"):
            return cls(mean, variance, 0.0, 3 * variance**2)

    @classmethod
    def of(cls, name: str, *, centered: bool = False) -> Feature:
        """Return the moments of an activation of a standard normal number."""
        phi, centered = activation(name), _checks.flag("centered", centered)

        def central(k: int) -> float:
            return normal_expectation(lambda z: (phi.value(z) - phi.mean) ** k)

        return cls(0.0 if centered else phi.mean, phi.variance, central(3), central(4))


def _fourth_moments(n: int, feature: Feature) -> tuple[float, float, float]:
    """Return E[p²], E[pq] and E[q²] of p = (Σx)²/n and q = Σx²."""
    m, v, k3 = feature.mean, feature.variance, feature.third
    k4 = feature.fourth - 3 * v**2
    # With Σx = nm + S and Σx² = nm² + 2mS + T, T = Σ(x − m)²: moments of S and T.
    ss, st, tt = n * v, n * k3, n * (feature.fourth - v**2)  # T − nv in the last two
    sss, ssss = n * k3, 3 * n**2 * v**2 + n * k4
    sst = n * k4 + 2 * n * v**2  # E[S²(T − nv)]
    c, q0 = n * m, n * m**2 + n * v
    pp = (c**4 + 6 * c**2 * ss + 4 * c * sss + ssss) / n**2
    # p = (c² + 2cS + S²)/n and q = q0 + 2mS + (T − nv).
    pq = (c**2 * q0 + q0 * ss + 2 * c * (2 * m * ss + st) + 2 * m * sss + sst) / n
    qq = q0**2 + 4 * m**2 * ss + tt + 4 * m * st
    return pp, pq, qq


@guarded
def mean_square_matrix(n: int, feature: Feature, step_size: float, batch_size: float) -> np.ndarray:
    """Return the map of (a, b) that one step of SGD is, shape (2, 2).

    K′ = K − η(MK + KM) + η²((1 − 1/B) MKM + (1/B) E[xxᵀKxxᵀ]), K = aP + bQ.

    Parameters
    ----------
    n : int
        Inputs, at least 2.
    feature : Feature
    step_size : float
        η, above 0.
    batch_size : float
        B, at least 1; infinite for the full batch.

    Raises
    ------
    ValueError
        If an argument is out of its bounds, or the result is beyond the range of floats.
    """
    n = _checks.count("n", n, minimum=2)
    eta = _checks.number("step_size", step_size, above=0)
    noise = (
        0.0 if batch_size == math.inf else 1 / _checks.number("batch_size", batch_size, minimum=1)
    )
    low = feature.variance
    top = low + n * feature.mean**2
    pp, pq, qq = _fourth_moments(n, feature)
    single = np.array([[pp, pq - pp], [(pq - pp) / (n - 1), (qq - 2 * pq + pp) / (n - 1)]])
    many = np.diag([top**2, low**2])
    linear = np.diag([1 - 2 * eta * top, 1 - 2 * eta * low])
    return linear + eta**2 * ((1 - noise) * many + noise * single)


@guarded
def mean_square_rate(n: int, feature: Feature, step_size: float, batch_size: float) -> float:
    """Return the factor by which one step shrinks the mean squared distance in the long run.

    The spectral radius of `mean_square_matrix`, whose arguments it takes.
    """
    return float(
        np.abs(np.linalg.eigvals(mean_square_matrix(n, feature, step_size, batch_size))).max()
    )


@dataclass(frozen=True)
class BatchSteps:
    """The best constant step size of a batch, and the steps for each factor e.

    Parameters
    ----------
    batch_size, step_size : float
        B and η.
    steps : float
        T = −1/ln(rate): the steps that divide the mean squared distance by e.
    """

    batch_size: float
    step_size: float
    steps: float


@guarded(infinite=True)
def best_step(n: int, feature: Feature, batch_size: float) -> BatchSteps:
    """Return the step size with the least `mean_square_rate`, and how many steps it takes.

    The rate has one minimum in η, below 2/λmax.

    Raises
    ------
    ValueError
        If `n` is below 2 or `batch_size` below 1.
    """
    n = _checks.count("n", n, minimum=2)
    top = feature.variance + n * feature.mean**2
    found = scipy.optimize.minimize_scalar(
        lambda eta: mean_square_rate(n, feature, eta, batch_size),
        bounds=(0.0, 2 / top),
        method="bounded",
        options={"xatol": 1e-12 / top},
    )
    rate = float(found.fun)
    # Without a mean one step of the full batch reaches the minimum, up to rounding.
    steps = -1 / math.log(rate) if rate > 1e-14 else 0.0
    return BatchSteps(float(batch_size), float(found.x), steps)


@guarded
def gain_of_the_full_batch(offset_ratio: float) -> float:
    """Return how many times fewer steps the full batch needs than single examples, many inputs.

    T(1)/T(∞) = (1 + √(1 + u))²/u, u = m²/v, each with its best step size.

    Raises
    ------
    ValueError
        If `offset_ratio` is not above 0: without a mean the gain grows like n.
    """
    u = _checks.number("offset_ratio", offset_ratio, above=0)
    return (1 + math.sqrt(1 + u)) ** 2 / u


@guarded
def limit_speed(offset_ratio: float, batch_size: float) -> float:
    """Return the speed of a batch as a share of that of the full batch, many inputs.

    The largest value over h of r(h) = 2h − (h²/B)(1 + uh/(B(2 − uh))), divided by that of the
    full batch, 4/u; η = h/(nv).  For B = 1 this is u/(1 + √(1 + u))².

    Parameters
    ----------
    offset_ratio : float
        u = m²/v, above 0.
    batch_size : float
        B, at least 1.

    Raises
    ------
    ValueError
        If an argument is out of its bounds.
    """
    u = _checks.number("offset_ratio", offset_ratio, above=0)
    B = _checks.number("batch_size", batch_size, minimum=1)

    def slowness(x: float) -> float:
        h = x / u
        return -(2 * h - h**2 / B * (1 + x / (B * (2 - x))))

    found = scipy.optimize.minimize_scalar(
        slowness, bounds=(0.0, 2.0), method="bounded", options={"xatol": 1e-13}
    )
    return float(-found.fun) * u / 4


@guarded
def single_example_rate(n: int, mean: float, variance: float, step_size: float) -> float:
    """Return `mean_square_rate` for Gaussian inputs and a batch of one.

    For Gaussian inputs E[xxᵀKxxᵀ] = 2MKM + M tr(KM) − 2μμᵀKμμᵀ.

    Parameters
    ----------
    n : int
        Features, at least 2.
    mean, variance : float
    step_size : float
        η, above 0.

    Raises
    ------
    ValueError
        If an argument is out of its bounds, or the result is beyond the range of floats.
    """
    n = _checks.count("n", n, minimum=2)
    m = _checks.number("mean", mean)
    low = _checks.number("variance", variance, above=0)
    eta = _checks.number("step_size", step_size, above=0)
    outlier = n * m**2
    top = low + outlier
    # The traces of M on the two subspaces, and what the pair (a, b) becomes.
    trace = np.array([top, (n - 1) * low])
    linear = np.diag([1 - 2 * eta * top, 1 - 2 * eta * low])
    square = np.diag([2 * top**2 - 2 * outlier**2, 2 * low**2]) + np.outer([top, low], trace)
    return float(np.abs(np.linalg.eigvals(linear + eta**2 * square)).max())


@guarded
def single_example_gain(n: int, mean: float, variance: float) -> float:
    """Return how many times fewer steps SGD with one example a step needs after centering.

    The ratio of the logarithms of the best factors, each with its best step size; for large n it
    is ((1 + √(1 + u))/2)², u = m²/v.

    Parameters
    ----------
    n : int
        Features, at least 2.
    mean, variance : float

    Raises
    ------
    ValueError
        If an argument is out of its bounds.
    """
    n = _checks.count("n", n, minimum=2)
    variance = _checks.number("variance", variance, above=0)

    def best(m: float) -> float:
        # The factor has one minimum in η, below 1/(n v); golden-section search finds it.
        low, high = 0.0, 1.0 / (n * variance)
        golden = (np.sqrt(5) - 1) / 2
        for _ in range(80):
            left, right = high - golden * (high - low), low + golden * (high - low)
            if single_example_rate(n, m, variance, left) < single_example_rate(
                n, m, variance, right
            ):
                high = right
            else:
                low = left
        return float(np.log(single_example_rate(n, m, variance, (low + high) / 2)))

    return best(0.0) / best(_checks.number("mean", mean))


@guarded
@stored
def run_sgd(
    name: str,
    *,
    n: int,
    batch_size: int,
    step_size: float,
    steps: int,
    runs: int,
    seed: int | Sequence[int],
    centered: bool = False,
) -> np.ndarray:
    """Run SGD on inputs φ(z), a new batch each step, and return the distances from the minimum.

    d ← d − (η/B) Σ (x·d) x, from a start with entries N(0, 1); shape (steps + 1, runs), squared
    and divided by n.

    Parameters
    ----------
    name : str
        A key of `ACTIVATIONS`.
    n, batch_size, steps, runs : int
    step_size : float
        η, above 0.
    seed : int or sequence of int
    centered : bool
        Whether the mean is subtracted from the inputs.

    Raises
    ------
    ValueError
        If the name is unknown or a number is out of its bounds.
    """
    phi = activation(name)
    n, size = _checks.count("n", n), _checks.count("batch_size", batch_size)
    steps, runs = _checks.count("steps", steps), _checks.count("runs", runs)
    _checks.room("the numbers in batch_size × runs × n", size * runs * n)
    _checks.room("the numbers in steps × runs", steps * runs)
    eta = _checks.number("step_size", step_size, above=0) / size
    rng = np.random.default_rng(seed)
    d = rng.standard_normal((runs, n))
    squares = np.empty((steps + 1, runs))
    squares[0] = np.mean(d**2, axis=1)
    for step in range(1, steps + 1):
        X = phi.value(rng.standard_normal((runs, size, n))) - (phi.mean if centered else 0.0)
        delta = np.einsum("rbn,rn->rb", X, d)
        d = d - eta * np.einsum("rb,rbn->rn", delta, X)
        squares[step] = np.mean(d**2, axis=1)
    return squares
