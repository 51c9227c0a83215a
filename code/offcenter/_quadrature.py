"""Means over two normal numbers that depend on each other, by quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

__all__ = ["normal_product"]

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(60)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def normal_product(function: Callable[[np.ndarray], np.ndarray], c: float) -> float:
    """Return E[φ(z)φ(z′)] for standard normal z, z′ of correlation c and smooth φ."""
    second = c * _NODES[:, None] + math.sqrt(1 - c**2) * _NODES[None, :]
    inner = function(second) @ _WEIGHTS
    return float(_WEIGHTS @ (function(_NODES) * inner))
