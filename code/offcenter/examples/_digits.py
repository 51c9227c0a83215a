"""The digits as several examples prepare them, and networks on them."""

from __future__ import annotations

import numpy as np

from offcenter.data import load_digits

# Of the library's own networks, and not offered to readers.
from offcenter.network._examples import cross_entropies

__all__ = ["cross_entropies", "of_one_scale"]


def of_one_scale(examples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return some digits less each pixel's mean, over their root mean square, and their targets."""
    digits = load_digits()
    chosen = np.random.default_rng(0).permutation(len(digits.labels))[:examples]
    X = digits.inputs[chosen]
    X = X - X.mean(axis=0)
    return X / np.sqrt(np.mean(X**2)), np.eye(10)[digits.labels[chosen]]
