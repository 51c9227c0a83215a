"""The inputs that several examples read."""

import numpy as np

from offcenter.spectrum import with_bias

__all__ = ["FOUR", "iid_moments"]

#: Two inputs that are 1 or 3, in all four ways, shape (4, 2).
FOUR = np.array([[a, b] for a in (1.0, 3.0) for b in (1.0, 3.0)])
FOUR.setflags(write=False)


def iid_moments(n: int, mean: float, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return E[xxᵀ] of n independent inputs, and that of (x, 1)."""
    C, mu = variance * np.eye(n), np.full(n, mean)
    return C + np.outer(mu, mu), with_bias(C, mu)
