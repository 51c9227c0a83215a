"""Batch norm: over what it takes its mean, and what it does once training is over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example
from offcenter.remedies import batch_norm, layer_norm

__all__ = ["Axes", "Modes", "axes", "modes"]


@dataclass(frozen=True)
class Axes:
    """Examples (1, 2, 3) and (2, 6, 10), and the first beside (0, 9, 9): standardized both ways.

    `batch`, `layer`: the two examples after batch norm, and after layer norm; `other_batch`: the
    first example after batch norm if the second is (0, 9, 9).
    """

    batch: np.ndarray
    layer: np.ndarray
    other_batch: np.ndarray


@example("batch-norm-axes")
def axes() -> Axes:
    """Return both norms of two examples of three features, without learned scales and shifts."""
    X = np.array([[1.0, 2.0, 3.0], [2.0, 6.0, 10.0]])
    other = np.array([[1.0, 2.0, 3.0], [0.0, 9.0, 9.0]])
    return Axes(batch_norm(X), layer_norm(X), batch_norm(other)[0])


@dataclass(frozen=True)
class Modes:
    """A feature that is 1 and 3 in each batch: running mean and variance from 0 and 1.

    `rows`: updates, running mean, running variance, and what 3 becomes in evaluation mode.
    `late`: the same after very many updates, if batches have 2 and 32 examples, half of them 3.
    """

    rows: tuple[tuple[int, float, float, float], ...]
    late: tuple[float, float]


@example("batch-norm-modes")
def modes() -> Modes:
    """Return running averages with PyTorch's defaults: a tenth new, and the unbiased variance."""
    batch = np.array([1.0, 3.0])

    def evaluated(updates: int, batch: np.ndarray) -> tuple[int, float, float, float]:
        mean, variance = 0.0, 1.0
        for _ in range(updates):
            mean += 0.1 * (batch.mean() - mean)
            variance += 0.1 * (batch.var(ddof=1) - variance)
        return updates, mean, variance, (3 - mean) / float(np.sqrt(variance))

    return Modes(
        rows=tuple(evaluated(updates, batch) for updates in (0, 1, 10, 50)),
        late=(evaluated(1000, batch)[3], evaluated(1000, np.tile(batch, 16))[3]),
    )
