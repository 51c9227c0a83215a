"""Residual networks at a random start: how alike two examples become with depth."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._quadrature import normal_product
from offcenter.activations import ACTIVATIONS
from offcenter.network import relu_cosine
from offcenter.normal import normal_expectation
from offcenter.today._places import layer_norm, rms_norm

__all__ = ["FEED_FORWARDS", "PLACEMENTS", "cosine_after", "residual_cosines", "residual_network"]

# Where the norm stands: before the block, after the sum, or nowhere.
PLACEMENTS = ("before", "after", "none")
_NORMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"rms": rms_norm, "layer": layer_norm}


@dataclass(frozen=True)
class FeedForward:
    """A hidden layer: φ of one linear map, or φ of one times another (gated)."""

    label: str
    function: Callable[[np.ndarray], np.ndarray]
    gated: bool = False


FEED_FORWARDS = {
    "relu": FeedForward("ReLU", ACTIVATIONS["relu"].value),
    "gelu": FeedForward("GELU", ACTIVATIONS["gelu"].value),
    "relu-squared": FeedForward("ReLU²", ACTIVATIONS["relu_squared"].value),
    "swiglu": FeedForward("SwiGLU", ACTIVATIONS["silu"].value, gated=True),
}


@cache
def _smooth_square(kind: str) -> float:
    return normal_product(FEED_FORWARDS[kind].function, 1.0)


@guarded
def cosine_after(kind: str, cosine: float) -> float:
    """Return the cosine between two examples after a wide random feed-forward half.

    E[φ(z)φ(z′)]/E[φ(z)²] for standard normal z and z′ of correlation c; a gate multiplies it by
    the cosine of the other factor, which is c itself.

    Parameters
    ----------
    kind : str
        A key of `FEED_FORWARDS`.
    cosine : float
        c before the block, from −1 to 1.

    Raises
    ------
    ValueError
        If `kind` is unknown or `cosine` is outside these bounds.
    """
    half = FEED_FORWARDS[_checks.one_of("kind", kind, FEED_FORWARDS)]
    c = _checks.number("cosine", cosine, minimum=-1, maximum=1)
    if kind == "relu":
        return relu_cosine(c)
    if kind == "relu-squared":
        angle = math.acos(c)
        # The arc-cosine kernel of degree 2.
        return (3 * math.sin(angle) * c + (math.pi - angle) * (1 + 2 * c**2)) / (3 * math.pi)
    share = normal_product(half.function, c) / _smooth_square(kind)
    return c * share if half.gated else share


@guarded
def residual_cosines(
    kind: str, *, depth: int, placement: str = "before", cosine: float = 0.0
) -> np.ndarray:
    """Return the cosine of two examples in the residual stream of a wide random network.

    Each block adds a vector as long as the normalized stream.  With the norm before the block the
    stream's square grows by 1 a block: c ← (l c + k(c))/(l + 1) with l = 1, 2, …; with the norm
    after the sum it stays 1: c ← (c + k(c))/2.  k is `cosine_after`.

    Parameters
    ----------
    kind : str
        A key of `FEED_FORWARDS`.
    depth : int
    placement : {"before", "after"}
    cosine : float
        At the start.

    Returns
    -------
    ndarray, shape (depth + 1,)

    Raises
    ------
    ValueError
        If an argument is none of these.
    """
    depth = _checks.count("depth", depth, minimum=0)
    before = _checks.one_of("placement", placement, ("before", "after")) == "before"
    cosines = [_checks.number("cosine", cosine, minimum=-1, maximum=1)]
    for block in range(1, depth + 1):
        square, c = (block if before else 1), cosines[-1]
        cosines.append((square * c + cosine_after(kind, c)) / (square + 1))
    return np.array(cosines)


@guarded
def residual_network(
    X: object,
    kind: str,
    *,
    depth: int,
    rng: np.random.Generator,
    placement: str = "before",
    norm: str = "rms",
    hidden: int = 4,
) -> tuple[np.ndarray, ...]:
    """Return the residual stream of a random network before each block and after the last.

    x ← x + W₂ φ(W₁ x), independent normal weights of mean zero, scaled so that a block adds as
    much as it reads.

    Parameters
    ----------
    X : array-like, shape (N, n)
    kind : str
        A key of `FEED_FORWARDS`.
    depth : int
    rng : numpy.random.Generator
    placement : {"before", "after", "none"}
        Where the norm stands.
    norm : {"rms", "layer"}
    hidden : int
        Hidden units for each feature.

    Returns
    -------
    tuple of ndarray, each of shape (N, n)

    Raises
    ------
    ValueError
        If an argument is none of these.
    """
    x = _checks.matrix("X", X)
    half = FEED_FORWARDS[_checks.one_of("kind", kind, FEED_FORWARDS)]
    _checks.one_of("placement", placement, PLACEMENTS)
    normalize = _NORMS[_checks.one_of("norm", norm, _NORMS)]
    rng = _checks.generator("rng", rng)
    width = x.shape[1]
    units = _checks.count("hidden", hidden) * width
    # E[φ²], which a gate of variance 1 does not change.
    square = normal_expectation(lambda z: half.function(z) ** 2)
    stream = [x]
    for _ in range(_checks.count("depth", depth, minimum=0)):
        read = normalize(x) if placement == "before" else x
        h = half.function(read @ rng.normal(0, 1 / math.sqrt(width), (width, units)))
        if half.gated:
            h = h * (read @ rng.normal(0, 1 / math.sqrt(width), (width, units)))
        x = x + h @ rng.normal(0, 1 / math.sqrt(units * square), (units, width))
        if placement == "after":
            x = normalize(x)
        stream.append(x)
    return tuple(stream)
