"""A mean without a sign, and what rounding makes of a mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._written import written
from offcenter.activations import ACTIVATIONS
from offcenter.data import load_language_model
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.layers import report
from offcenter.remedies import center, layer_norm, rms_norm

__all__ = ["Columns", "Mine", "Rounded", "Signless", "Tokens", "Used", "columns", "mine", "rounded"]
__all__ += ["signless", "tokens", "used"]


@dataclass(frozen=True)
class Signless:
    """Four examples around the mean (3, −3), and the curvature."""

    mean: np.ndarray
    moment: np.ndarray
    steep: float
    flat: float


@example("today-signless")
def signless() -> Signless:
    """Return them for (4, −3), (2, −3), (3, −2), (3, −4)."""
    X = np.array([[4.0, -3.0], [2.0, -3.0], [3.0, -2.0], [3.0, -4.0]])
    mean, M = X.mean(axis=0), X.T @ X / 4
    flat, steep = np.linalg.eigvalsh(M)
    return Signless(mean, M, steep, flat)


@dataclass(frozen=True)
class Tokens:
    """The tokens (2, 0, −2) and (2, −2, 0), whose features have the mean 0 in each of them.

    The mean over the tokens, its squared length, their mean squared length, the first by the
    second; and the curvatures along the mean and, at most, across it.
    """

    mean: np.ndarray
    mean_square: float
    square: float
    share: float
    steep: float
    across: float


@example("today-tokens")
def tokens() -> Tokens:
    """Return them, with the curvature E[xxᵀ] of a linear unit."""
    X = np.array([[2.0, 0.0, -2.0], [2.0, -2.0, 0.0]])
    mean = X.mean(axis=0)
    mean_square, square = float(mean @ mean), float((X**2).sum() / 2)
    unit = mean / np.linalg.norm(mean)
    M, across = X.T @ X / 2, np.eye(3) - np.outer(unit, unit)
    steepest = float(np.linalg.eigvalsh(across @ M @ across)[-1])
    return Tokens(mean, mean_square, square, mean_square / square, float(unit @ M @ unit), steepest)


@dataclass(frozen=True)
class Rounded:
    """The numbers 10.3, 9.8, 10.1 in 15 levels, as they are and with their mean subtracted.

    The levels are −7 … 7 times the largest size over 7.
    """

    values: np.ndarray
    step: float
    rounded: np.ndarray
    mean: float
    centered_step: float
    centered_rounded: np.ndarray
    error: float
    centered_error: float


@example("today-rounded")
def rounded() -> Rounded:
    """Return both, and the largest errors."""
    x = np.array([10.3, 9.8, 10.1])

    def levels(values: np.ndarray) -> tuple[float, np.ndarray]:
        step = float(np.abs(values).max() / 7)
        return step, step * np.round(values / step)

    step, plain = levels(x)
    centered_step, rest = levels(x - x.mean())
    again = rest + x.mean()
    return Rounded(
        x,
        step,
        plain,
        x.mean(),
        centered_step,
        again,
        float(np.abs(plain - x).max()),
        float(np.abs(again - x).max()),
    )


@dataclass(frozen=True)
class Mine:
    """What `report` says of the inputs 1 or 3, and of the same centered."""

    share: float
    centered_share: float
    ones_cosine: float
    top_cosine: float


@example("today-mine")
def mine() -> Mine:
    """Return the row of (1, 1), (1, 3), (3, 1), (3, 3)."""
    X = FOUR
    raw, centered = report({"raw": X, "centered": X - 2}).rows
    return Mine(raw.offset_share, centered.offset_share, raw.ones_cosine, raw.top_cosine)


@dataclass(frozen=True)
class Used:
    """Activations of language models at standard normal sums.

    `rows`: activation, its least value, its mean, its offset share.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("today-used")
def used() -> Used:
    """Return ReLU, GELU, SiLU, and SiLU(z)·y for an independent y: its mean is E[SiLU]·0."""
    grid, rows = np.linspace(-3.0, 0.0, 30_001), []
    for label, name in (("ReLU", "relu"), ("GELU", "gelu"), ("SiLU", "silu")):
        phi = ACTIVATIONS[name]
        low = written(phi.value(grid).min(), "z.2f")
        rows.append((label, low, phi.mean, phi.offset_share))
    rows.append(("SwiGLU: SiLU(z)·y", "none", 0.0, 0.0))
    return Used(tuple(rows))


@dataclass(frozen=True)
class Columns:
    """A linear unit that reads the vectors before block 15 of SmolLM2-135M behind a norm.

    `layer`, `rms`: its largest curvature as they are, and with each feature's mean over the tokens
    subtracted; the first token of each passage is left out, and there are no learned scales.
    `gain`: the first by the second, behind RMS norm.
    """

    layer: tuple[float, ...]
    rms: tuple[float, ...]
    gain: float


@example("today-columns")
def columns() -> Columns:
    """Return λmax of E[xxᵀ] and of the covariance behind both norms."""
    model = load_language_model()
    stream = model.stream[15][~model.first]

    def steepest(x: np.ndarray) -> float:
        # x xᵀ has the nonzero eigenvalues of xᵀx, and is the smaller of the two.
        return float(np.linalg.eigvalsh(x @ x.T)[-1] / len(x))

    layer, rms = (
        tuple(steepest(x) for x in (norm(stream), center(norm(stream))))
        for norm in (layer_norm, rms_norm)
    )
    return Columns(layer, rms, gain=rms[0] / rms[1])
