"""The three regimes of a batch gradient's signs: single examples, noise, signal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter._store import stored
from offcenter.activations import activation
from offcenter.signs import cosine_agreement, sign_agreement

__all__ = [
    "ERROR_LAWS",
    "Regimes",
    "batch_regimes",
    "crossover",
    "draw_errors",
    "regime_agreement",
]

# The share of examples that have an error at all, under the law "rare".
RARE = 1 / 32

# The laws of the noise in the errors: zero mean, variance one.
ERROR_LAWS = ("gaussian", "signs", "rare")

# Measured together, since most of the time goes into draws that are the same for all: what the
# book shows.
_TOGETHER = (0.1, 1.0, 9.0, 30.0, 90.0)


@guarded
def draw_errors(law: str, shape: tuple[int, ...], *, rng: np.random.Generator) -> np.ndarray:
    """Draw noise of zero mean and variance one.

    "gaussian": N(0, 1); "signs": −1 or 1, as the errors of a logistic unit with zero weights and
    balanced labels are, up to a factor; "rare": 0 but for one value in 32, which is ±√32.

    Raises
    ------
    ValueError
        If the law is none of these.
    """
    law = _checks.one_of("law", law, ERROR_LAWS)
    rng = _checks.generator("rng", rng)
    shape = tuple(_checks.count("shape", one, minimum=0) for one in _checks.several("shape", shape))
    _checks.room("the numbers in shape", math.prod(shape))
    if law == "gaussian":
        return rng.standard_normal(shape)
    signs = rng.choice(np.array([-1.0, 1.0]), size=shape)
    if law == "rare":
        signs *= np.where(rng.random(shape) < RARE, 1 / math.sqrt(RARE), 0.0)
    return signs


@guarded(infinite=True)
def crossover(n: int, offset_ratio: float, noise_to_signal: float) -> float:
    """Return the batch size at which the signal is as strong as the noise in each entry.

    B = n (1 + u)(1 + ν); infinite without a signal.

    Parameters
    ----------
    n : int
        Inputs.
    offset_ratio : float
        u = m²/v, the squared mean over the variance of one input.
    noise_to_signal : float
        ν, the part of the errors' variance that the inputs do not explain over the part that they
        do; may be infinite.

    Raises
    ------
    ValueError
        If an argument is out of its bounds.
    """
    n = _checks.count("n", n)
    u = _checks.number("offset_ratio", offset_ratio, minimum=0)
    if noise_to_signal == math.inf:
        return math.inf
    return n * (1 + u) * (1 + _checks.number("noise_to_signal", noise_to_signal, minimum=0))


@guarded
def regime_agreement(
    n: int, offset_ratio: float, noise_to_signal: float, batch_size: float
) -> float:
    """Return how often two entries of a batch gradient agree in sign, noise and signal together.

    P = ½ + arcsin(ρ/(1 + B/B×))/π with ρ = u/(1 + u) and B× of `crossover`.  For many independent
    and alike inputs, a linear target, errors of zero mean, and batches that are large enough for
    sums to be Gaussian; the distance of the weights from the minimum has independent Gaussian
    entries.

    Parameters
    ----------
    n, offset_ratio, noise_to_signal
        As for `crossover`.
    batch_size : float
        B, at least 1.

    Raises
    ------
    ValueError
        If an argument is out of its bounds.
    """
    size = _checks.number("batch_size", batch_size, minimum=1)
    at = crossover(n, offset_ratio, noise_to_signal)
    return cosine_agreement(offset_ratio / (1 + offset_ratio) / (1 + size / at))


@dataclass(frozen=True, eq=False)
class Regimes(Record):
    """How often two entries of a batch gradient agree in sign, from one example to the signal.

    Parameters
    ----------
    activation, law : str
        Of the inputs, and of the noise in the errors.
    n : int
        Inputs.
    noise_to_signal : float
        ν; infinite where the errors are noise only.
    batch_sizes : array, shape (K,)
        Powers of two.
    share, standard_error : array, shape (K,)
        The measured share of pairs of entries that do not have opposite signs, and its error.
    theory : array, shape (K,)
        `regime_agreement` at these sizes.
    plateau : float
        ½ + arcsin(ρ)/π, the level of the noise.
    crossover : float
        The batch size at which the signal takes over.
    """

    activation: str
    law: str
    n: int
    noise_to_signal: float
    batch_sizes: np.ndarray
    share: np.ndarray
    standard_error: np.ndarray
    theory: np.ndarray
    plateau: float
    crossover: float


def _agreeing_pairs(G: np.ndarray) -> np.ndarray:
    """Return for each gradient the share of pairs of entries that do not have opposite signs."""
    n = G.shape[-1]
    # Counts by a product of matrices: several times faster than a sum of truth values.
    one = np.ones(n)
    up, down = (G > 0) @ one, (G < 0) @ one
    return 1 - 2 * up * down / (n * (n - 1))


@stored
def _shares(
    name: str,
    law: str,
    n: int,
    noises: tuple[float, ...],
    doublings: int,
    trials: int,
    seed: int | Sequence[int],
) -> np.ndarray:
    """Return what `batch_regimes` measures in each trial, (noises, trials, batch sizes).

    All draws but the noise's strength are the same.
    """
    phi, rng = activation(name), np.random.default_rng(seed)
    shares = np.empty((len(noises), trials, doublings + 1))
    for trial in range(trials):
        X = phi.value(rng.standard_normal((2**doublings, n)))
        noise = draw_errors(law, (len(X),), rng=rng)
        d = rng.standard_normal(n) if all(map(math.isfinite, noises)) else np.zeros(n)
        signal = (X - phi.mean) @ d
        for place, ratio in enumerate(noises):
            delta = noise
            if math.isfinite(ratio):
                scale = math.sqrt(ratio * phi.variance) * np.linalg.norm(d)
                delta = scale * noise + signal
            G = delta[:, np.newaxis] * X
            shares[place, trial, 0] = _agreeing_pairs(G).mean()
            for k in range(1, doublings + 1):
                G = G[::2] + G[1::2]
                shares[place, trial, k] = _agreeing_pairs(G).mean()
    return shares


@guarded(infinite=True)
def batch_regimes(
    name: str,
    *,
    law: str,
    n: int,
    noise_to_signal: float,
    doublings: int,
    trials: int,
    seed: int | Sequence[int],
) -> Regimes:
    """Measure the signs of batch gradients of a linear unit with a bias that has been learned.

    Inputs are φ(z), z ~ N(0, 1), independent.  The error of an example is d·(x − μ) + ε, with d,
    the distance of the weights from the minimum, N(0, 1) in each entry and new in each trial, and
    noise ε of the law asked for, independent of the inputs; its mean is 0 because the bias fits.
    Batches of 1, 2, 4, …: each is two of the last size.

    Parameters
    ----------
    name : str
        A key of `ACTIVATIONS`.
    law : str
        Of `ERROR_LAWS`.
    n : int
        Inputs, at least 2.
    noise_to_signal : float
        ν, the variance of ε over that of d·(x − μ); infinite for noise only.
    doublings : int
        The largest batch has 2 to this power examples.
    trials : int
        Batches of the largest size, at least 2.
    seed : int or sequence of int

    Raises
    ------
    ValueError
        If a name is unknown or a number is out of its bounds.
    """
    phi = activation(name)
    n = _checks.count("n", n, minimum=2)
    doublings = _checks.count("doublings", doublings, minimum=0, maximum=27)
    _checks.room("the numbers in 2 ** doublings × n", 2**doublings * n)
    trials = _checks.count("trials", trials, minimum=2)
    u = phi.mean**2 / phi.variance
    at = crossover(n, u, noise_to_signal)
    noises = _TOGETHER if noise_to_signal in _TOGETHER else (float(noise_to_signal),)
    several = _shares(name, law, n, noises, doublings, trials, seed)
    shares = several[noises.index(noise_to_signal)]
    sizes = 2 ** np.arange(doublings + 1)
    return Regimes(
        activation=phi.name,
        law=law,
        n=n,
        noise_to_signal=float(noise_to_signal),
        batch_sizes=sizes,
        share=shares.mean(axis=0),
        standard_error=shares.std(axis=0, ddof=1) / math.sqrt(trials),
        theory=np.array([regime_agreement(n, u, noise_to_signal, float(B)) for B in sizes]),
        plateau=sign_agreement(min(1.0, u / (1 + u))),
        crossover=at,
    )
