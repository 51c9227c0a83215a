"""The record of a step: what to add to the weights, and what to add to the bias."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from offcenter._records import Record

__all__ = ["LayerStep", "ThreeStages", "UnitStep"]


class _Pair:
    """What the steps share: they unpack as ``dw, db``, and are one array."""

    dw: np.ndarray
    db: Any

    def __iter__(self) -> Iterator[Any]:
        return iter((self.dw, self.db))

    def __getitem__(self, index: int) -> Any:
        return (self.dw, self.db)[index]

    @property
    def vector(self) -> np.ndarray:
        """Both as one array, the bias last, shape (…, n + 1)."""
        return np.concatenate([self.dw, np.asarray(self.db)[..., np.newaxis]], axis=-1)


@dataclass(frozen=True, eq=False)
class UnitStep(_Pair, Record):
    """A step of a unit; it unpacks as ``dw, db``.

    Parameters
    ----------
    dw : ndarray, shape (n,)
        To add to the weights.
    db : float
        To add to the bias.
    """

    dw: np.ndarray
    db: float


@dataclass(frozen=True, eq=False)
class LayerStep(_Pair, Record):
    """A step of a layer of units; it unpacks as ``dw, db``.

    Parameters
    ----------
    dw : ndarray, shape (units, n)
        To add to the weights, a row a unit.
    db : ndarray, shape (units,)
        To add to the biases.
    """

    dw: np.ndarray
    db: np.ndarray


@dataclass(frozen=True, eq=False)
class ThreeStages(UnitStep):
    """The natural gradient step of a logistic unit, with what each of its three stages found.

    Parameters
    ----------
    mean : ndarray, shape (n,)
        μ_h, the mean input, each example weighted by h = p(1 − p).
    covariance : ndarray, shape (n, n)
        C_h, the covariance of the inputs with the same weights.
    moment : ndarray, shape (n,)
        E[δ(x − μ_h)], what the weights can still explain once the inputs are centered.
    """

    mean: np.ndarray
    covariance: np.ndarray
    moment: np.ndarray
