"""How often two entries of a batch gradient agree in sign, for errors that are Gaussian noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.activations import activation
from offcenter.signs import sign_agreement

__all__ = ["SIZES", "Agreement", "batch_agreement"]

# The batch sizes at which the book looks.
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, eq=False)
class Agreement(Record):
    """How often two entries of a batch gradient do not have opposite signs, by batch size.

    For Gaussian errors of zero mean that do not depend on the inputs.

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
        """1/ρ, what tr(M)/λmax tends to for many inputs; infinite without a mean."""
        return 1 / self.offset_share if self.has_mean else float("inf")


@guarded
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
    _checks.room("the numbers in batch_sizes × trials", max(sizes, default=1) * trials * 2)
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
