"""Layer norm and RMS norm: means of rows, and of columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter._written import listed
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until
from offcenter.remedies import center, layer_norm, rms_norm
from offcenter.spectrum import offset_share, second_moment

__all__ = [
    "Columns",
    "Features",
    "Folded",
    "WhichMean",
    "columns",
    "features",
    "folded",
    "which_mean",
]


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
    what `weights` put out; `rms`: RMS norm of the first, and of it plus 100; `layer`, `folded`: its
    layer norm, and RMS norm of what `weights` put out instead.
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
        rms=rms_norm(x[0] + np.array([[0.0], [100.0]])),
        layer=layer_norm(x)[0],
        folded=rms_norm(kept)[0],
    )


@dataclass(frozen=True)
class Columns:
    """The tokens (7, 1, 1, 7) and (7, 7, −1, −1), normed two ways, and with columns centered.

    `rows`: the way; the tokens; the rows' means and the columns'; and what share of the mean square
    the latter are.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("norms-columns")
def columns() -> Columns:
    """Return RMS norm, layer norm, and RMS norm with the columns' means subtracted."""
    X = np.array([[7.0, 1.0, 1.0, 7.0], [7.0, 7.0, -1.0, -1.0]])
    ways = {
        "RMS norm": rms_norm(X),
        "layer norm": layer_norm(X),
        "centered": center(rms_norm(X)),
    }
    rows = [
        (
            name,
            *(listed(v.round(12) + 0.0) for v in (*Z, Z.mean(axis=1), Z.mean(axis=0))),
            offset_share(Z),
        )
        for name, Z in ways.items()
    ]
    return Columns(tuple(rows))


@dataclass(frozen=True)
class WhichMean:
    """Examples A and B, (10, 4) and (6, 2), less their rows' means, and less their columns'.

    `rows`: what is subtracted; A; B; by how much per learning rate A's first step, with the target
    1, changes A's sum and B's; and what share of the mean square is the features' means.
    `row_means`, `column_means`: what is subtracted.
    `steps`: to 1 % of the distance with a bias, on the average of both, at the best rate in the
    long run, raw, less the rows' means, and less the columns'; `fits`: the outputs for A and B
    after one step of size 1/5 without the columns' means.
    """

    rows: tuple[tuple[float | str, ...], ...]
    row_means: np.ndarray
    column_means: np.ndarray
    steps: tuple[int, ...]
    fits: np.ndarray


def _steps_with_bias(X: np.ndarray, y: np.ndarray) -> int:
    """Return the steps from 0 to 1 % of the way to the nearest weights and bias that fit y."""
    H = second_moment(X, bias=True)
    # Descent from 0 stays in the span of the examples.
    values = np.linalg.eigvalsh(H)
    values = values[values > 1e-9]
    way = np.linalg.pinv(append_one(X)) @ y
    return steps_until(H, way, float(2 / (values[0] + values[-1])), 0.01)


@example("norms-which-mean")
def which_mean() -> WhichMean:
    """Return the table, and how long a linear unit takes to tell A and B apart."""
    X, y = np.array([[10.0, 4.0], [6.0, 2.0]]), np.array([1.0, -1.0])
    row_means, column_means = X.mean(axis=1), X.mean(axis=0)
    kinds = {
        "raw": X,
        "less row means": X - row_means[:, None],
        "less column means": X - column_means,
    }
    rows = [
        (name, *(f"({listed(z)})" for z in Z), *(Z @ Z[0]).tolist(), offset_share(Z))
        for name, Z in kinds.items()
    ]
    rest = kinds["less column means"]
    return WhichMean(
        rows=tuple(rows),
        row_means=row_means,
        column_means=column_means,
        steps=tuple(_steps_with_bias(Z, y) for Z in kinds.values()),
        fits=rest @ (rest.T @ y / 2) / 5,
    )
