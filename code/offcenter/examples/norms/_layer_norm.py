"""Layer norm and RMS norm: means of rows, and of columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example
from offcenter.remedies import center, layer_norm, rms_norm

__all__ = ["Columns", "Features", "Folded", "columns", "features", "folded"]


@dataclass(frozen=True)
class Features:
    """What layer norm makes of two examples whose features have means of opposite signs."""

    negated_layer: np.ndarray


@example("norms-features")
def features() -> Features:
    """Return layer norm of (1, −3) and (3, −1), which are (1, 3) and (3, 1) but for a sign."""
    return Features(layer_norm(np.array([[1.0, -3.0], [3.0, -1.0]])))


@dataclass(frozen=True)
class Folded:
    """A layer with the rows (1, 4), (4, 3), (4, 5) in front of layer norm, and it with means 0.

    `columns`: the means of its columns; `weights`: it less these.
    `rows`: what it puts out for (1, 2) and for (2, −1), the mean of that, that less the mean, and
    what `weights` put out; `rms`: RMS norm of the first; `layer`, `folded`: its layer norm, and RMS
    norm of what `weights` put out instead.
    """

    columns: np.ndarray
    weights: np.ndarray
    rows: tuple[tuple[float, ...], ...]
    rms: np.ndarray
    layer: np.ndarray
    folded: np.ndarray


@example("norms-folded")
def folded() -> Folded:
    """Return how the layer in front does the subtraction of layer norm."""
    W, H = np.array([[1.0, 4.0], [4.0, 3.0], [4.0, 5.0]]), np.array([[1.0, 2.0], [2.0, -1.0]])
    columns = W.mean(axis=0)
    x, kept = H @ W.T, H @ (W - columns).T
    means = x.mean(axis=1)
    return Folded(
        columns=columns,
        weights=W - columns,
        rows=tuple(
            (*x[k].tolist(), float(means[k]), *(x[k] - means[k]).tolist(), *kept[k].tolist())
            for k in range(2)
        ),
        rms=rms_norm(x)[0],
        layer=layer_norm(x)[0],
        folded=rms_norm(kept)[0],
    )


@dataclass(frozen=True)
class Columns:
    """Two tokens with two features: their rows' means, and their columns'.

    `left`: the tokens less the mean of each row, `left_means` the columns' means then; `normed`:
    layer norm of the tokens.  `means`: the columns' means; `centered`: the tokens less these.
    """

    rows: np.ndarray
    left: np.ndarray
    left_means: np.ndarray
    normed: np.ndarray
    means: np.ndarray
    centered: np.ndarray


@example("norms-columns")
def columns() -> Columns:
    """Return both ways to subtract means from (11, 9) and (12, 8)."""
    X = np.array([[11.0, 9.0], [12.0, 8.0]])
    left = X - X.mean(axis=1, keepdims=True)
    return Columns(
        X.mean(axis=1), left, left.mean(axis=0), layer_norm(X), X.mean(axis=0), center(X)
    )
