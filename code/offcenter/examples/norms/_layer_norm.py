"""Layer norm and RMS norm: means of rows, and of columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example
from offcenter.remedies import center, layer_norm, rms_norm

__all__ = ["Columns", "Features", "RowOrColumn", "columns", "features", "row_or_column"]


@dataclass(frozen=True)
class Features:
    """What layer norm makes of two examples whose features have means of opposite signs."""

    negated_layer: np.ndarray


@example("norms-features")
def features() -> Features:
    """Return layer norm of (1, −3) and (3, −1), which are (1, 3) and (3, 1) but for a sign."""
    return Features(layer_norm(np.array([[1.0, -3.0], [3.0, -1.0]])))


@dataclass(frozen=True)
class RowOrColumn:
    """Two tokens of three features, less the mean of each row, and less that of each column.

    `row`: the mean of either token's features; `columns`: those of the features over the tokens;
    `left`: the latter once the rows' are subtracted; `layer`, `rms`: both norms of token A.
    """

    rows: tuple[tuple[float | str, ...], ...]
    row: float
    columns: np.ndarray
    left: np.ndarray
    layer: np.ndarray
    rms: np.ndarray


@example("norms-row-or-column")
def row_or_column() -> RowOrColumn:
    """Return them for (9, 10, 14) and (8, 12, 13)."""
    X = np.array([[9.0, 10.0, 14.0], [8.0, 12.0, 13.0]])
    less_row, less_column = X - X.mean(axis=1, keepdims=True), X - X.mean(axis=0)
    rows = []
    for words, Z in (("", X), (" less row mean", less_row), (" less column means", less_column)):
        rows += [(f"{token}{words}", *z) for token, z in zip("AB", Z.tolist(), strict=True)]
    return RowOrColumn(
        tuple(rows),
        X[0].mean(),
        X.mean(axis=0),
        less_row.mean(axis=0),
        layer_norm(X)[0],
        rms_norm(X)[0],
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
