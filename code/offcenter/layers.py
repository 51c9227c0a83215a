"""The mean in each layer of a network of your own, from the activations that its layers read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter._written import written
from offcenter.errors import ArgumentError, ArgumentTypeError

__all__ = ["Layer", "Report", "report"]

# A direction of what is left by rounding says nothing.
_NOTHING = 1e-24


@dataclass(frozen=True)
class Layer:
    """What the mean does to one layer.

    Parameters
    ----------
    name : str
    examples, features : int
        N and n; positions in a text or an image count as examples.
    offset_share : float
        ρ = ‖μ‖²/E‖x‖², from 0 (centered) to 1 (constant).  Of centered inputs N examples show
        about 1/N by chance.
    ones_cosine : float
        The cosine of μ with (1, …, 1): near 1 or −1 if all features are off center alike, near 0
        only if the mean has both signs or sits in few features of many.  NaN without a mean.
    top_cosine : float
        |cos| of μ and the first eigenvector of M = E[xxᵀ], the direction in which the layer's
        weights are stiffest: near 1 if that is the mean.  NaN without a mean.
    condition_number : float
        κ(M) = λmax/λmin; infinite if M is singular, as it is with fewer examples than features.
    centered_condition_number : float
        κ of the covariance, which is what is left when the mean is subtracted.
    useful_batch : float
        tr M/λmax, from 1 to n: about the batch size up to which SGD saves steps in proportion.
    centered_useful_batch : float
        The same of the covariance.  NaN for a constant layer, which has none.
    """

    name: str
    examples: int
    features: int
    offset_share: float
    ones_cosine: float
    top_cosine: float
    condition_number: float
    centered_condition_number: float
    useful_batch: float
    centered_useful_batch: float


def _cell(value: float, form: str) -> str:
    if math.isnan(value):
        return "–"
    return "∞" if math.isinf(value) else written(value, f"z{form}")


@dataclass(frozen=True, eq=False)
class Report(Record):
    """A row for each layer; printed, a table.

    Its columns are the name, `examples`, `offset_share`, `ones_cosine`, `top_cosine`, and the
    condition number and the useful batch, each with what centering makes of it.
    """

    rows: tuple[Layer, ...]

    def __str__(self) -> str:
        lines = [("layer", "N", "ρ", "μ · 1", "top · μ", "κ → centered", "batch → centered")]
        for row in self.rows:
            kappa = (row.condition_number, row.centered_condition_number)
            batch = (row.useful_batch, row.centered_useful_batch)
            lines.append(
                (
                    row.name,
                    f"{row.examples}",
                    _cell(row.offset_share, ".2f"),
                    _cell(row.ones_cosine, ".2f"),
                    _cell(row.top_cosine, ".2f"),
                    " → ".join(_cell(value, ".2g") for value in kappa),
                    " → ".join(_cell(value, ".1f") for value in batch),
                )
            )
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
        return "\n".join(
            "  ".join(
                [line[0].ljust(widths[0])]
                + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
            )
            for line in lines
        )


@guarded(infinite=True)
def report(activations: Mapping[str, object], *, features: int = -1) -> Report:
    """Return what the mean does to each layer.

    Parameters
    ----------
    activations : mapping of str to array-like, shape (examples, …, features)
        What each layer reads, by the layer's name.  All axes but one are examples.
    features : int
        Which axis holds the features: the last, or 1 for images with channels first.

    Raises
    ------
    ValueError, TypeError
        If a layer is no array of finite real numbers with at least two axes and two examples, or
        is zero; the message names the layer.
    """
    if not isinstance(activations, Mapping):
        raise ArgumentTypeError(
            "activations must be a mapping of layer names to arrays, "
            f"got {type(activations).__name__}"
        )
    if not activations:
        raise ArgumentError("activations must have at least one layer")
    return Report(tuple(_layer(name, value, features) for name, value in activations.items()))


def _examples(name: str, value: object, features: int) -> np.ndarray:
    """Return the activations as a matrix, an example a row, of size 1."""
    title = f"layer {name!r}"
    x = _checks.finite_array(title, value)
    if x.ndim < 2:
        raise ArgumentError(f"{title} must have shape (examples, …, features), got {x.shape}")
    if not -x.ndim <= features < x.ndim:
        raise ArgumentError(f"{title} has shape {x.shape}, so features must be one of its axes")
    x = np.moveaxis(x, features, -1).reshape(-1, x.shape[features])
    if len(x) < 2:
        raise ArgumentError(f"{title} must have at least two examples, got one")
    size = np.abs(x).max()
    if size == 0:
        raise ArgumentError(f"{title} must not be zero: it has no mean square to share")
    # No entry of the report depends on the scale, and squares of 1e200 do not exist.
    return x / size


def _spectrum(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the eigenvalues of the second moment, rising, and the first eigenvector."""
    count, width = x.shape
    if count >= width:
        values, vectors = np.linalg.eigh(x.T @ x / count)
        return values, vectors[:, -1]
    # The same eigenvalues but for zeros, in a smaller matrix.
    values, vectors = np.linalg.eigh(x @ x.T / count)
    top = x.T @ vectors[:, -1]
    length = np.linalg.norm(top)
    zeros = np.zeros(width - count)
    return np.concatenate([zeros, values]), top / length if length > 0 else top


def _condition(values: np.ndarray) -> float:
    # Eigenvalues are exact to about n·ε·λmax.
    rounding = 4 * len(values) * np.finfo(float).eps * values[-1]
    return float(values[-1] / values[0]) if values[0] > rounding else math.inf


def _layer(name: str, value: object, features: int) -> Layer:
    x = _examples(name, value, features)
    count, width = x.shape
    mean = x.mean(axis=0)
    offset, square = float(mean @ mean), float(np.mean(np.sum(x**2, axis=1)))
    values, top = _spectrum(x)
    left, _ = _spectrum(x - mean)
    directed, varied = offset > _NOTHING * square, left[-1] > _NOTHING * square
    length = math.sqrt(offset)
    return Layer(
        name=str(name),
        examples=count,
        features=width,
        offset_share=min(offset / square, 1.0),
        ones_cosine=float(mean.sum() / length / math.sqrt(width)) if directed else math.nan,
        top_cosine=min(abs(float(top @ mean)) / length, 1.0) if directed else math.nan,
        condition_number=_condition(values),
        centered_condition_number=_condition(left) if varied else math.nan,
        useful_batch=float(values.sum() / values[-1]),
        centered_useful_batch=float(left.sum() / left[-1]) if varied else math.nan,
    )
