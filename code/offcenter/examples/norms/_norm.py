"""Batch norm in networks that are trained together."""

from __future__ import annotations

import numpy as np

__all__ = ["Norm"]


class Norm:
    """Batch norm of K networks' layer, with γ and β, and the step that these take.

    Parameters
    ----------
    shape : tuple of int
        (K, 1, units).
    added : float
        To each variance.
    """

    def __init__(self, shape: tuple[int, int, int], added: float = 1e-5) -> None:
        self.scale, self.shift = np.ones(shape), np.zeros(shape)
        self._added = added

    def __call__(self, z: np.ndarray) -> np.ndarray:
        """Return what the layer puts out for z, shape (K, N, units)."""
        rest = z - z.mean(axis=1, keepdims=True)
        self._spread = np.sqrt((rest**2).mean(axis=1, keepdims=True) + self._added)
        self._normed = rest / self._spread
        return self.scale * self._normed + self.shift

    def back(self, errors: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Return the slopes by the last z from those by the output; γ and β take their step."""
        along = (errors * self._normed).sum(axis=1, keepdims=True)
        total = errors.sum(axis=1, keepdims=True)
        left = errors - (total + self._normed * along) / errors.shape[1]
        left *= self.scale / self._spread
        self.scale, self.shift = self.scale - sizes * along, self.shift - sizes * total
        return left
