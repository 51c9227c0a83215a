"""Networks of sigmoids with batch norm before them, behind them, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.examples._digits import cross_entropies, of_one_scale
from offcenter.examples._record import example
from offcenter.examples.norms._norm import Norm

__all__ = ["Sigmoids", "sigmoids"]


@dataclass(frozen=True)
class Sigmoids:
    """Three hidden layers of 30 sigmoids learn 200 digits, with batch norm in two places.

    `rows`: nowhere, before, after: the median over `starts` starts of the steps in full batches to
    a training loss of 0.1, at the best of step sizes that are powers of two from ½ to 16, with the
    hidden biases at 0 and at 6; infinite if it is above `limit`.
    `ends`: the least and the most of these starts.
    `far`: of "after" with the biases at 8, to hundreds: rounding errors grow there and change it;
    `nearly_exact`: the same if 10⁻¹² is added to each variance in place of 10⁻⁵.
    `shift`: the largest root mean square of a layer's β at the goal of "after", biases at 0.
    `slopes`: of the sigmoid at 0 and at 6.
    """

    starts: int
    limit: int
    rows: tuple[tuple[float, float], ...]
    ends: tuple[tuple[float, ...], ...]
    far: float
    nearly_exact: float
    shift: float
    slopes: tuple[float, float]


_STARTS, _LIMIT, _LAYERS, _WIDTH = 5, 300, 3, 30
_sigmoid = ACTIVATIONS["sigmoid"].function


@stored
@np.errstate(over="ignore", invalid="ignore")  # of runs that diverge
def _fewest(place: str, bias: float, seed: int, added: float = 1e-5) -> tuple[float, float]:
    """Return the fewest steps of one start, and the largest root mean square of a layer's β then.

    All step sizes run together until the first arrives; with no arrival the steps are infinite.
    """
    X, targets = of_one_scale(200)
    rng, sizes = np.random.default_rng(seed), 2.0 ** np.arange(-1, 5)[:, None, None]
    widths = (X.shape[1], *[_WIDTH] * _LAYERS, targets.shape[1])
    weights = [
        np.repeat(rng.standard_normal((1, n, m)) / np.sqrt(n), len(sizes), axis=0)
        for n, m in pairwise(widths)
    ]
    biases = [np.full((len(sizes), 1, m), bias) for m in widths[1:-1]]
    biases.append(np.zeros((len(sizes), 1, widths[-1])))
    norms = [Norm((len(sizes), 1, _WIDTH), added) for _ in range(_LAYERS)]
    for step in range(_LIMIT + 1):
        read, outputs = [X[None]], []
        for W, b, norm in zip(weights[:-1], biases[:-1], norms, strict=True):
            z = read[-1] @ W + b
            outputs.append(_sigmoid(norm(z) if place == "before" else z))
            read.append(norm(outputs[-1]) if place == "after" else outputs[-1])
        losses, errors = cross_entropies(read[-1] @ weights[-1] + biases[-1], targets[None])
        there = np.flatnonzero(losses <= 0.1)
        if there.size:
            shifts = [np.sqrt((norm.shift[there[0]] ** 2).mean()) for norm in norms]
            return float(step), float(max(shifts))
        errors /= len(X)
        for k in range(_LAYERS, -1, -1):
            below = errors @ weights[k].transpose(0, 2, 1)
            weights[k] = weights[k] - sizes * (read[k].transpose(0, 2, 1) @ errors)
            biases[k] = biases[k] - sizes * errors.sum(axis=1, keepdims=True)
            if k:
                below = norms[k - 1].back(below, sizes) if place == "after" else below
                errors = below * outputs[k - 1] * (1 - outputs[k - 1])
                errors = norms[k - 1].back(errors, sizes) if place == "before" else errors
    return np.inf, np.nan


@example("norms-sigmoids")
def sigmoids() -> Sigmoids:
    """Return the medians over five starts."""
    seeds, rows, ends = range(_STARTS), [], []
    for place in ("nowhere", "before", "after"):
        found = np.array([[_fewest(place, bias, k)[0] for k in seeds] for bias in (0.0, 6.0)])
        rows.append(tuple(np.median(found, axis=1).tolist()))
        ends.append(tuple(np.sort(found, axis=1)[:, [0, -1]].ravel().tolist()))
    slope = ACTIVATIONS["sigmoid"].derivative
    return Sigmoids(
        starts=_STARTS,
        limit=_LIMIT,
        rows=tuple(rows),
        ends=tuple(ends),
        far=round(float(np.median([_fewest("after", 8.0, k)[0] for k in seeds])), -2),
        nearly_exact=float(np.median([_fewest("after", 8.0, k, 1e-12)[0] for k in seeds])),
        shift=max(_fewest("after", 0.0, k)[1] for k in seeds),
        slopes=(slope(0.0).item(), slope(6.0).item()),
    )
