"""The handwritten digits, shipped with the package; `digits.txt` has their origin and license."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

import numpy as np

__all__ = ["Digits", "load_digits"]

DARKEST = 16  # the number of points that one pixel counts


@dataclass(frozen=True)
class Digits:
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


def load_digits() -> Digits:
    """Return the 1797 handwritten digits; both arrays are read-only.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
    Learning Repository, 1998, CC BY 4.0.
    """
    with (
        files(__name__).joinpath("digits.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as archive,
    ):
        inputs = archive["pixels"] / DARKEST
        labels = archive["labels"].astype(int)
    # A frozen record whose arrays can be written to would not be frozen.
    inputs.setflags(write=False)
    labels.setflags(write=False)
    return Digits(inputs, labels)
