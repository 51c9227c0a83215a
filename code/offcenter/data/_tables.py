"""Two tables of measurements, none of them negative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.data._archive import read

__all__ = ["Table", "load_breast_cancer", "load_wine"]


@dataclass(frozen=True, eq=False)
class Table(Record):
    """Measurements of some things of several classes, in the units of their source.

    Parameters
    ----------
    features : ndarray, shape (N, n)
        None is negative.
    labels : ndarray of int, shape (N,)
        From 0.
    """

    features: np.ndarray
    labels: np.ndarray


@guarded
def load_breast_cancer() -> Table:
    """Return 569 breast masses, 30 features, 2 classes; both arrays are read-only.

    Source: W. H. Wolberg, O. L. Mangasarian, N. Street and W. Street, Breast Cancer Wisconsin
    (Diagnostic), UCI Machine Learning Repository, 1993, CC BY 4.0.

    Raises
    ------
    DamagedFileError
        If the file that the package ships is damaged.
    """
    return _table("breast_cancer.npz", 569, 30)


@guarded
def load_wine() -> Table:
    """Return 178 wines, 13 features, 3 classes; both arrays are read-only.

    Source: S. Aeberhard and M. Forina, Wine, UCI Machine Learning Repository, 1992, CC BY 4.0.

    Raises
    ------
    DamagedFileError
        If the file that the package ships is damaged.
    """
    return _table("wine.npz", 178, 13)


def _table(name: str, things: int, features: int) -> Table:
    shapes = {"features": ("float64", (things, features)), "labels": ("uint8", (things,))}
    archive = read(name, shapes)
    table = Table(archive["features"], archive["labels"].astype(int))
    table.features.setflags(write=False)
    table.labels.setflags(write=False)
    return table
