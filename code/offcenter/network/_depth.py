"""How the offset grows from layer to layer in a wide random ReLU network."""

from __future__ import annotations

import math

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded

__all__ = ["relu_cosine", "relu_cosines"]


@guarded
def relu_cosine(cosine: float) -> float:
    """Return the cosine between two examples after a wide random ReLU layer.

    c ← (√(1 − c²) + c(π − arccos c))/π: the normalized E[relu(z)relu(z′)] for standard normal z
    and z′ of correlation c.

    Parameters
    ----------
    cosine : float
        c before the layer, from −1 to 1.

    Raises
    ------
    ValueError
        If `cosine` is outside these bounds.
    """
    c = _checks.number("cosine", cosine, minimum=-1, maximum=1)
    return (math.sqrt(1 - c**2) + c * (math.pi - math.acos(c))) / math.pi


@guarded
def relu_cosines(depth: int, *, cosine: float = 0.0) -> np.ndarray:
    """Return the cosines after 0, 1, …, `depth` wide random ReLU layers, shape (depth + 1,).

    Where each pair of examples starts with the same cosine, it is for many examples the
    offset share of each layer.

    Parameters
    ----------
    depth : int
    cosine : float
        Before the first layer; 0 for centered examples at right angles.

    Raises
    ------
    ValueError
        If `depth` is negative or `cosine` is not from −1 to 1.
    """
    cosines = [_checks.number("cosine", cosine, minimum=-1, maximum=1)]
    for _ in range(_checks.count("depth", depth, minimum=0)):
        cosines.append(relu_cosine(cosines[-1]))
    return np.array(cosines)
