"""Overflow: how a step size that is too large for the inputs ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter.examples._record import example

__all__ = ["Explosion", "explosion"]


@dataclass(frozen=True)
class Explosion:
    """Descent of size 1/100 from w = 0, for x = 40 and 60 and targets 2x, in single precision.

    `curvature` E[x²]; `limit` 2/curvature; `factor` by which a step multiplies the distance.
    `rows`: step, w, half the mean squared error; `infinite`, `nan`: the first step whose loss is.
    `pixels`: λmax of 784 independent inputs uniform from 0 to 255, from 0 to 1, and less ½;
    `limits`: the largest stable step sizes.
    """

    curvature: float
    limit: float
    factor: float
    rows: tuple[tuple[int, float, float], ...]
    infinite: int
    nan: int
    pixels: tuple[float, ...]
    limits: tuple[float, ...]


@example("overflow-explosion")
def explosion() -> Explosion:
    """Return the first steps, and the steps at which infinity and NaN come."""
    x = np.array([40, 60], dtype=np.float32)
    y, eta, w = 2 * x, np.float32(0.01), np.float32(0)
    curvature = float(np.mean(x**2))
    runs = []
    with np.errstate(over="ignore", invalid="ignore"):
        while not (runs and np.isnan(runs[-1][2])):
            errors = w * x - y
            runs.append((len(runs), float(w), float(np.mean(errors**2) / 2)))
            w = w - eta * np.mean(errors * x)
    losses = np.array([loss for _, _, loss in runs])
    scaled = 1 / 12 + 784 / 4
    pixels = (255**2 * scaled, scaled, 1 / 12)
    return Explosion(
        curvature=curvature,
        limit=2 / curvature,
        factor=1 - 0.01 * curvature,
        rows=tuple(runs[:4]),
        infinite=int(np.argmax(np.isinf(losses))),
        nan=int(np.argmax(np.isnan(losses))),
        pixels=pixels,
        limits=tuple(2 / curvature for curvature in pixels),
    )
