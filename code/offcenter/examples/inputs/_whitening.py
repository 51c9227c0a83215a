"""Whitening, and principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.data import load_digits
from offcenter.examples._record import example
from offcenter.examples._steps import best_step, steps_until
from offcenter.spectrum import condition_number, second_moment, with_bias

__all__ = ["Components", "FourPoints", "Whitening", "components", "four_points", "whitening"]


@dataclass(frozen=True)
class Whitening:
    """Two inputs with means 2 and 20, standard deviations 1 and 10, correlation 0.9.

    `rows`: what is done, E[x₁²], E[x₁x₂], E[x₂²], κ, κ with a bias.
    `pair`: two inputs of mean 0, variance 1 and correlation 0.9: the curvature along (1, 1) and
    (1, −1).
    `pixels`, `gigabytes`, `small_megabytes`: inputs of an image of 224 × 224 × 3, and the size of
    their matrix and of that for 32 × 32 × 3.
    """

    rows: tuple[tuple[float | str, ...], ...]
    pair: tuple[float, float]
    pixels: int
    gigabytes: float
    small_megabytes: float


@example("inputs-whitening")
def whitening() -> Whitening:
    """Return κ for each preparation, and how large the matrices of images are."""
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
    pixels = 224 * 224 * 3
    return Whitening(
        rows=tuple(rows),
        pair=(float(steep), float(flat)),
        small_megabytes=4 * (32 * 32 * 3) ** 2 / 1e6,
        pixels=pixels,
        gigabytes=4 * pixels**2 / 1e9,
    )


@dataclass(frozen=True)
class FourPoints:
    """Four images of two pixels, (5, 4), (4, 5), (1, 2), (2, 1), in four preparations.

    `rows`, as they are, centered, standardized, whitened: the mean of x₁² and of x₁x₂, the
    curvature along (1, 1) and (1, −1), which are their sum and difference, and the ratio of these,
    without a bias.
    `kept`: what a step leaves of the distance at the rate 2/(steep + flat); `steps`: from weights
    that are off by (1, 0), or that do the same on the prepared images, to 1 % of the distance.
    `noise`: the part of the variance along (1, −1), centered and whitened; `stretched`: by what ZCA
    multiplies (1, 1) and (1, −1).
    """

    rows: tuple[tuple[float, ...], ...]
    kept: tuple[float, ...]
    steps: tuple[int, ...]
    noise: tuple[float, float]
    stretched: tuple[float, float]


@example("inputs-four-points")
def four_points() -> FourPoints:
    """Return the means, curvatures and steps of each."""
    X = np.array([[5.0, 4.0], [4.0, 5.0], [1.0, 2.0], [2.0, 1.0]])
    centered = X - X.mean(axis=0)
    # The coordinates along (1, 1) and (1, −1), and their standard deviations.
    turned = centered @ np.array([[1.0, 1.0], [1.0, -1.0]]) / 2**0.5
    deviations = turned.std(axis=0)
    rows, kept, steps = [], [], []
    for Z in (X, centered, centered / centered.std(axis=0), turned / deviations):
        M = second_moment(Z)
        square, product = M[0].tolist()
        steep, flat = square + product, square - product
        # The weights that give each image the same output; a mean is no part of it.
        off = np.linalg.lstsq(Z - Z.mean(axis=0), centered @ [1.0, 0.0], rcond=None)[0]
        rows.append((square, product, steep, flat, steep / flat))
        kept.append((steep - flat) / (steep + flat))
        steps.append(steps_until(M, off, best_step(M), 0.01))
    variances = deviations**2
    return FourPoints(
        rows=tuple(rows),
        kept=tuple(kept),
        steps=tuple(steps),
        noise=(float(variances[1] / variances.sum()), 1 / 2),
        stretched=(float(1 / deviations[0]), float(1 / deviations[1])),
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
