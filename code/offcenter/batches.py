"""What a batch does to the signs of a gradient, and how many of its examples do useful work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter.activations import activation
from offcenter.signs import sign_agreement

__all__ = ["SIZES", "Agreement", "batch_agreement", "single_example_gain", "single_example_rate"]

# The batch sizes at which the book looks.
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, eq=False)
class Agreement:
    """How often two entries of a batch gradient do not have opposite signs, by batch size.

    Parameters
    ----------
    name : str
        Of the activation that made the inputs.
    offset_share : float
        ρ of the inputs.
    batch_sizes : array, shape (K,)
    share : array, shape (K,)
        The probability for each batch size.
    standard_error : array, shape (K,)
        Of each share.
    limit : float
        ½ + arcsin(ρ)/π, what the share comes to for large batches.
    """

    name: str
    offset_share: float
    batch_sizes: np.ndarray
    share: np.ndarray
    standard_error: np.ndarray
    limit: float

    @property
    def has_mean(self) -> bool:
        """Whether the inputs have a mean; rounding can leave a centered activation with 1e-17."""
        return self.offset_share > 1e-12

    @property
    def useful_batch(self) -> float:
        """1/ρ, the batch size beyond which more examples hardly help; infinite without a mean."""
        return 1 / self.offset_share if self.has_mean else float("inf")


def batch_agreement(
    name: str, batch_sizes: Sequence[int], *, rng: np.random.Generator, trials: int = 2000
) -> Agreement:
    """Estimate how often two entries of a batch gradient do not have opposite signs.

    Inputs are φ(z), z ~ N(0, 1), independent; errors are N(0, 1), independent of them.  Given the
    inputs the two entries are Gaussian, so a trial contributes ½ + arcsin(cos θ)/π exactly, θ the
    angle between the two columns of the batch; only the inputs are drawn.

    Parameters
    ----------
    name : str
        A key of `ACTIVATIONS`.
    batch_sizes : sequence of int
    rng : numpy.random.Generator
    trials : int
        Batches drawn for each size, at least 2.

    Raises
    ------
    ValueError
        If the name is unknown or a number is below its minimum.
    """
    phi = activation(name)
    sizes = [_checks.count("batch_sizes", size) for size in batch_sizes]
    rng = _checks.generator("rng", rng)
    trials = _checks.count("trials", trials, minimum=2)
    shares, errors = [], []
    for size in sizes:
        X = phi.value(rng.standard_normal((trials, size, 2)))
        first, second = X[..., 0], X[..., 1]
        lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
        dots = np.sum(first * second, axis=1)
        # A column of zeros gives an entry that is 0, which opposes nothing.
        cosines = np.divide(dots, lengths, out=np.ones(trials), where=lengths > 0)
        agree = 0.5 + np.arcsin(np.clip(cosines, -1, 1)) / np.pi
        shares.append(float(agree.mean()))
        errors.append(float(agree.std(ddof=1) / np.sqrt(trials)))
    rho = min(1.0, max(0.0, phi.offset_share))
    return Agreement(
        phi.name,
        rho,
        np.array(sizes),
        np.array(shares),
        np.array(errors),
        sign_agreement(rho),
    )


@_checks.in_range_of_floats("mean, variance and step_size")
def single_example_rate(n: int, mean: float, variance: float, step_size: float) -> float:
    """Return the factor by which one step of SGD shrinks the mean squared error of the weights.

    For Gaussian inputs with iid features and a realizable target, batch size 1: the second moment
    K = E[wwᵀ] of the error stays aP + bQ, with P the projection on (1, …, 1) and Q = I − P, and
    K′ = K − η(MK + KM) + η²(2MKM + M tr(KM) − 2μμᵀKμμᵀ); the factor is the spectral radius of
    (a, b) → (a′, b′).

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


def single_example_gain(n: int, mean: float, variance: float) -> float:
    """Return how many times fewer steps SGD with one example a step needs after centering.

    The ratio of the logarithms of the best factors, each with its best step size; for large n it
    is ((1 + √(1 + u))/2)², u = m²/s², whatever n.

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
        # The factor has one minimum in η, below 1/(n s²); golden-section search finds it.
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
