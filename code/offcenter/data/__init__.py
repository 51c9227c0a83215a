"""Data that the package ships: digits, two tables, and what layers of a language model read.

The text file beside each archive has its origin and license.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.data._archive import DamagedFileError, read
from offcenter.data._language_model import LanguageModel, load_language_model
from offcenter.data._tables import Table, load_breast_cancer, load_wine

__all__ = [
    "DamagedFileError",
    "Digits",
    "LanguageModel",
    "Table",
    "load_breast_cancer",
    "load_digits",
    "load_language_model",
    "load_wine",
]

DARKEST = 16  # the number of points that one pixel counts


@dataclass(frozen=True, eq=False)
class Digits(Record):
    """Images of handwritten digits.

    Parameters
    ----------
    inputs : ndarray, shape (1797, 64)
        Pixels of the 8 × 8 images, row by row, from 0 (paper) to 1 (ink).
    labels : ndarray of int, shape (1797,)
        The digit that was written, 0 to 9.
    """

    inputs: np.ndarray
    labels: np.ndarray


@guarded
def load_digits() -> Digits:
    """Return the 1797 handwritten digits; both arrays are read-only.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
    Learning Repository, 1998, CC BY 4.0.

    Raises
    ------
    DamagedFileError
        If the file that the package ships is damaged.
    """
    archive = read("digits.npz", {"pixels": ("uint8", (1797, 64)), "labels": ("uint8", (1797,))})
    inputs = archive["pixels"] / DARKEST
    labels = archive["labels"].astype(int)
    # A frozen record whose arrays can be written to would not be frozen.
    inputs.setflags(write=False)
    labels.setflags(write=False)
    return Digits(inputs, labels)
