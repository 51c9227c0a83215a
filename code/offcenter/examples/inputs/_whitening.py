"""Whitening, and principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.data import load_digits
from offcenter.examples._record import example
from offcenter.spectrum import condition_number, second_moment, with_bias

__all__ = ["Components", "Whitening", "components", "whitening"]


@dataclass(frozen=True)
class Whitening:
    """Two inputs with means 2 and 20, standard deviations 1 and 10, correlation 0.9.

    `rows`: what is done, E[x₁²], E[x₁x₂], E[x₂²], κ, κ with a bias.
    `pair`: two pixels of mean 2, variance 1 and correlation 0.9: what is done, the curvature along
    (1, 1) and (1, −1), and κ, without a bias.
    `error_before`, `error_after`: the part of the total variance along (1, −1) of the scaled
    inputs; `common`, `amplification`: by what ZCA multiplies (1, 1) and (1, −1); `pixels`,
    `gigabytes`, `small_megabytes`: inputs of an image of 224 × 224 × 3, and the size of their
    matrix and of that for 32 × 32 × 3.
    """

    rows: tuple[tuple[float | str, ...], ...]
    pair: tuple[tuple[float | str, ...], ...]
    amplification: float
    error_before: float
    error_after: float
    common: float
    pixels: int
    gigabytes: float
    small_megabytes: float


@example("inputs-whitening")
def whitening() -> Whitening:
    """Return κ for each preparation, and by how much the flat direction is stretched."""
    C, deviations, mean = np.array([[1.0, 0.9], [0.9, 1.0]]), np.array([1.0, 10.0]), 2.0
    units = np.outer(deviations, deviations)
    steps = {
        "nothing": (C * units, mean * deviations),
        "scaled only": (C, np.full(2, mean)),
        "centered only": (C * units, np.zeros(2)),
        "both: standardized": (C, np.zeros(2)),
        "whitened": (np.eye(2), np.zeros(2)),
    }
    rows = []
    for name, (cov, mu) in steps.items():
        M = cov + np.outer(mu, mu)
        entries = M[0, 0], M[0, 1], M[1, 1]
        kappas = condition_number(M), condition_number(with_bias(cov, mu))
        rows.append((name, *(round(float(entry), 12) for entry in entries), *kappas))
    flat, steep = np.linalg.eigvalsh(C)
    centered = np.array([steep, flat])
    pair = [
        (name, *(float(c) for c in curvatures), float(curvatures[0] / curvatures[1]))
        for name, curvatures in {
            "nothing": centered + np.array([2 * mean**2, 0.0]),
            "mean subtracted": centered,
            "whitened": centered / centered,
        }.items()
    ]
    pixels = 224 * 224 * 3
    return Whitening(
        rows=tuple(rows),
        pair=tuple(pair),
        common=float(1 / np.sqrt(steep)),
        small_megabytes=4 * (32 * 32 * 3) ** 2 / 1e6,
        amplification=float(1 / np.sqrt(flat)),
        error_before=float(flat / (flat + steep)),
        error_after=1 / 2,
        pixels=pixels,
        gigabytes=4 * pixels**2 / 1e9,
    )


@dataclass(frozen=True)
class Components:
    """First principal components with and without the mean, of three points and of the digits.

    `points`: of (4, 6), (5, 5), (6, 4), the share of the mean square along the mean.
    `mean_square`: the squared length of the digits' mean, pixels from 0 to 16; `variance`: the sum
    of their variances.
    `rows`: not centered and centered: the first component's angle to the mean in degrees, and its
    shares of the mean square and of the variance; `second`: the angle between the second component
    of the digits as they are and the first of the centered ones.
    """

    points: float
    mean_square: float
    variance: float
    rows: tuple[tuple[float, ...], ...]
    second: float


def _angle(u: np.ndarray, v: np.ndarray) -> float:
    """Return the angle of two lines, in degrees."""
    cosine = abs(u @ v) / (np.linalg.norm(u) * np.linalg.norm(v))
    return float(np.degrees(np.arccos(min(cosine, 1.0))))


@example("inputs-components")
def components() -> Components:
    """Return angles and shares, by the eigenvectors of E[xxᵀ] and of the covariance."""
    points, X = np.array([[4.0, 6], [5, 5], [6, 4]]), 16 * load_digits().inputs
    mean = X.mean(axis=0)
    M, C = second_moment(X), second_moment(X - mean)
    vectors = [np.linalg.eigh(matrix)[1][:, ::-1] for matrix in (M, C)]
    firsts = [v[:, 0] for v in vectors]
    squares = np.linalg.eigvalsh(second_moment(points))
    return Components(
        points=float(squares[-1] / squares.sum()),
        mean_square=float(mean @ mean),
        variance=float(np.trace(C)),
        rows=tuple(
            (_angle(v, mean), float(v @ M @ v / np.trace(M)), float(v @ C @ v / np.trace(C)))
            for v in firsts
        ),
        second=_angle(vectors[0][:, 1], firsts[1]),
    )
