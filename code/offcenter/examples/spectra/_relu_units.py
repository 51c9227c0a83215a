"""The eigenvalue that the mean of many ReLU units adds."""

from __future__ import annotations

from dataclasses import dataclass

from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example
from offcenter.spectrum import iid_eigenvalues

__all__ = ["ReluUnits", "relu_units"]


@dataclass(frozen=True)
class ReluUnits:
    """Independent ReLU units of standard normal sums, read by a linear unit.

    `mean`, `square`, `variance`: of one output, the mean, its square and the variance.
    `added`: the curvature that the means of a thousand add; `top`: the largest curvature, and
    `ratio`: by the others; `limits`: 2/λmax as they are and centered.
    `rows`: for other numbers of units, the largest curvature and the ratio.
    `plane`: with a bias, the matrix on the mean's direction and the bias; then the largest and the
    smallest curvature and their ratio; centered, the same.
    """

    units: int
    mean: float
    square: float
    variance: float
    added: float
    top: float
    ratio: float
    limits: tuple[float, float]
    rows: tuple[tuple[float, ...], ...]
    plane: tuple[float, float]
    with_bias: tuple[float, float, float]
    centered: tuple[float, float, float]


@example("spectra-relu-units")
def relu_units() -> ReluUnits:
    """Return the curvatures of a thousand units, without a bias and with one."""
    relu, units = ACTIVATIONS["relu"], 1000
    square = relu.mean**2

    def ends(n: int, mean: float, *, bias: bool) -> tuple[float, float, float]:
        values = iid_eigenvalues(n, mean, relu.variance, bias=bias)
        return float(values.max()), float(values.min()), float(values.max() / values.min())

    top, bottom, ratio = ends(units, relu.mean, bias=False)
    others = ((n, ends(n, relu.mean, bias=False)) for n in (10, 100))
    return ReluUnits(
        units=units,
        mean=relu.mean,
        square=square,
        variance=relu.variance,
        added=units * square,
        top=top,
        ratio=ratio,
        limits=(2 / top, 2 / bottom),
        rows=tuple((n, high, kappa) for n, (high, _, kappa) in others),
        plane=(top, units**0.5 * relu.mean),
        with_bias=ends(units, relu.mean, bias=True),
        centered=ends(units, 0.0, bias=True),
    )
