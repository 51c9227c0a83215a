"""Matrices of curvature: which are equal, and what a step by them depends on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.remedies import newton_schulz

__all__ = ["Divided", "FourMatrices", "OneWeight", "TwoUnits", "Writings"]
__all__ += ["divided", "four_matrices", "one_weight", "two_units", "writings"]


@dataclass(frozen=True)
class FourMatrices:
    """A network of two weights u = v = 1 puts out vu for the input 1; half the squared error.

    `hessian`: for the target 5; `gauss_newton`: for any target, which is the Fisher matrix for
    labels of variance 1, too; `empirical`: the outer product of the gradient for the target 5.
    `curvatures`, `gauss_newton_curvatures`: along (1, −1) and (1, 1).
    `fitted`, `fitted_empirical`: the first and the third for the target 1.
    """

    error: float
    hessian: np.ndarray
    gauss_newton: np.ndarray
    empirical: np.ndarray
    curvatures: np.ndarray
    gauss_newton_curvatures: np.ndarray
    fitted: np.ndarray
    fitted_empirical: np.ndarray


@example("matrices-four")
def four_matrices() -> FourMatrices:
    """Return H = JJᵀ + δ∇²f, JJᵀ and δ²JJᵀ for J = (v, u), the derivatives of the output."""
    J = np.ones(2)
    bend = np.array([[0.0, 1.0], [1.0, 0.0]])
    G = np.outer(J, J)

    def hessian(target: float) -> np.ndarray:
        return G + (1 - target) * bend

    def empirical(target: float) -> np.ndarray:
        return (1 - target) ** 2 * G + 0.0

    directions = np.array([[1.0, -1.0], [1.0, 1.0]]) / 2**0.5

    def along(matrix: np.ndarray) -> np.ndarray:
        return np.einsum("ki,ij,kj->k", directions, matrix, directions).round(12) + 0.0

    return FourMatrices(
        error=1.0 - 5,
        hessian=hessian(5),
        gauss_newton=G,
        empirical=empirical(5),
        curvatures=along(hessian(5)),
        gauss_newton_curvatures=along(G),
        fitted=hessian(1),
        fitted_empirical=empirical(1),
    )


@dataclass(frozen=True)
class OneWeight:
    """A network of one weight w = 1 puts out f = w²; half the squared error.

    `rows`: for the labels 6 and 1, the derivative of the loss by f, the second derivative of the
    loss by w, f′², the mean of the squared gradient over labels of variance 1 around f, and the
    squared gradient.
    `newton`: Newton's step for the label 6, the weight after it, and the loss before and after.
    """

    rows: tuple[tuple[float, ...], ...]
    newton: tuple[float, ...]


@example("matrices-one-weight")
def one_weight() -> OneWeight:
    """Return f′² + (f − y)f″, f′² for the second and third, and ((f − y)f′)²."""
    w, rows = 1.0, []
    output, slope, bend = w**2, 2 * w, 2.0
    for label in (6.0, 1.0):
        error = output - label
        whole, part = slope**2 + error * bend, slope**2
        # Labels f ± 1 have the variance 1.
        drawn = ((1.0 * slope) ** 2 + (-1.0 * slope) ** 2) / 2
        rows.append((error, whole, part, drawn, (error * slope) ** 2))
    error, whole = rows[0][:2]
    step = -error * slope / whole
    losses = error**2 / 2, ((w + step) ** 2 - 6) ** 2 / 2
    return OneWeight(tuple(rows), (step, w + step, *losses))


@dataclass(frozen=True)
class Writings:
    """One step of a linear unit from w = b = 0 on two examples with the targets −1 and 1.

    `rows`: the mean m of the inputs m − 1 and m + 1, and the two outputs after a step of size 1:
    of plain descent, of the natural gradient, and of the natural gradient with .1 added to the
    diagonal of F.
    `exact`, `single`: 1 + m² for m = 10,000, and what single precision keeps of it.
    """

    rows: tuple[tuple[float, ...], ...]
    exact: int
    single: int


@example("matrices-writings")
def writings() -> Writings:
    """Return the outputs after −g, −F⁻¹g and −(F + .1 I)⁻¹g for means 0, 2 and 10."""
    rows = []
    for mean in (0.0, 2.0, 10.0):
        X, y = np.array([[mean - 1, 1.0], [mean + 1, 1.0]]), np.array([-1.0, 1.0])
        F, g = X.T @ X / 2, X.T @ (0 - y) / 2
        steps = -g, -np.linalg.solve(F, g), -np.linalg.solve(F + 0.1 * np.eye(2), g)
        rows.append((mean, *(float(out) + 0.0 for s in steps for out in (X @ s).round(12))))
    exact = 1 + 10_000**2
    return Writings(tuple(rows), exact, int(np.float32(exact)))


@dataclass(frozen=True)
class TwoUnits:
    """Two linear units that read two inputs, 1 or 3, and are off by (1, 0) and by (0, 1).

    `gradient`: G, a row for each unit; `signs`: of G; `orthogonal`: UVᵀ of G = UΣVᵀ, which is
    G over the root of GGᵀ; `stretches`: Σ; `signs_after`, `orthogonal_after`: what the units are
    off by after a step of 1 along either; `descent_after`: after −G/9.
    `muon`: what Muon's five rounds make of G.  `alone`: UVᵀ if the first unit is the only one.
    `one_example`: UVᵀ on the example (1, 3) alone.
    """

    gradient: np.ndarray
    signs: np.ndarray
    orthogonal: np.ndarray
    stretches: np.ndarray
    signs_after: np.ndarray
    orthogonal_after: np.ndarray
    descent_after: np.ndarray
    muon: np.ndarray
    alone: np.ndarray
    one_example: np.ndarray


def _orthogonal(G: np.ndarray) -> np.ndarray:
    left, stretches, right = np.linalg.svd(G, full_matrices=False)
    # Directions that the gradient does not have are not moved.
    kept = stretches > 1e-12
    return (left[:, kept] @ right[kept]).round(12) + 0.0


@example("matrices-two-units")
def two_units() -> TwoUnits:
    """Return steps along the signs of a gradient, and along what is left of it without stretch."""
    off = np.eye(2)
    G = off @ FOUR.T @ FOUR / 4
    x = np.array([1.0, 3.0])
    return TwoUnits(
        gradient=G,
        signs=np.sign(G),
        orthogonal=_orthogonal(G),
        stretches=np.linalg.svd(G, compute_uv=False).round(12),
        signs_after=off - np.sign(G),
        orthogonal_after=off - _orthogonal(G),
        descent_after=off - G / 9,
        muon=newton_schulz(G),
        alone=_orthogonal(G[:1])[0],
        one_example=_orthogonal(np.outer(off @ x, x)),
    )


@dataclass(frozen=True)
class Divided:
    """A linear unit on two inputs, 1 or 3, without a bias, whose weights are off by (1, 0).

    `fisher`: F for labels of variance 1; `gradient`: of half the mean squared error.
    `squares`, `roots`: the mean squares of single examples' gradients, and their roots;
    `half_squares`: if the weights are off by (½, 0); `batch_squares`: of the whole data's gradient.
    `rows`: the two weights after the step −g, divided by F, by its diagonal, by the squares, and
    by their roots, less those before.
    `half_rows`: the same if the weights are off by (½, 0).
    `noisy_squares`: at the right weights, if the labels have noise of variance 1.
    """

    fisher: np.ndarray
    gradient: np.ndarray
    squares: np.ndarray
    roots: np.ndarray
    half_squares: np.ndarray
    batch_squares: np.ndarray
    noisy_squares: np.ndarray
    rows: tuple[tuple[float, ...], ...]
    half_rows: tuple[tuple[float, ...], ...]


@example("matrices-divided")
def divided() -> Divided:
    """Return what a gradient is divided by in the natural gradient, in Adam, and in between."""
    off = np.array([1.0, 0.0])
    F, g = FOUR.T @ FOUR / 4, FOUR.T @ (FOUR @ off) / 4

    def squares(errors: np.ndarray) -> np.ndarray:
        return ((errors[:, None] * FOUR) ** 2).mean(axis=0)

    def steps(share: float) -> tuple[tuple[float, ...], ...]:
        slope, of_singles = share * g, squares(share * (FOUR @ off))
        by = np.diag(F), of_singles, np.sqrt(of_singles)
        found = (np.linalg.solve(F, slope), *(slope / divisor for divisor in by))
        return tuple(tuple((-step.round(12) + 0.0).tolist()) for step in found)

    single = squares(FOUR @ off)
    return Divided(
        fisher=F,
        gradient=g,
        squares=single,
        roots=np.sqrt(single),
        half_squares=squares(FOUR @ off / 2),
        batch_squares=g**2,
        # Noise of ±1, independent of the inputs.
        noisy_squares=(squares(np.ones(4)) + squares(-np.ones(4))) / 2,
        rows=steps(1.0),
        half_rows=steps(0.5),
    )
