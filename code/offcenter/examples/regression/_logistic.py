"""Logistic regression, which is convex and has no solution in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter._store import stored
from offcenter.errors import ArrivalError
from offcenter.examples._record import example
from offcenter.examples._steps import ends
from offcenter.experiment import CHANGES

__all__ = ["Logistic", "logistic"]

_DRAWS, _EXAMPLES, _INPUTS, _LONGEST = 21, 1000, 20, 3000
_LEFT = 1e-4
#: Step sizes, in parts of 1/(largest curvature at the start).
_PARTS = np.geomspace(0.3, 12.0, 24)


@dataclass(frozen=True)
class Logistic:
    """Steps on 1000 examples of 20 inputs uniform on [0, 1], raw and centered.

    A label is 1 with the probability σ(2w·(x − ½)), for standard normal w.
    `descent`: median of the full-batch steps from 0 until of the excess over the least loss that
    the best constant prediction has 10⁻⁴ is left, at the best of `rates` rates; `newton`: the same
    of Newton's method; `ranges`: the least and the most steps of descent.
    """

    draws: int
    rates: int
    descent: tuple[int, int]
    newton: tuple[int, int]
    ranges: tuple[tuple[int, int], ...]


def _drawn(seed: int, change: str) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs with the constant 1, and labels."""
    rng = np.random.default_rng(seed)
    X = rng.random((_EXAMPLES, _INPUTS))
    w = 2 * rng.standard_normal(_INPUTS)
    labels = rng.random(_EXAMPLES) < 1 / (1 + np.exp(-(X - 0.5) @ w))
    return append_one(CHANGES[change](X)), labels.astype(float)


def _newton(A: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the loss before each of twelve Newton steps from 0."""
    theta, losses = np.zeros(A.shape[1]), []
    for _ in range(12):
        s = A @ theta
        p = 1 / (1 + np.exp(-s))
        losses.append(np.logaddexp(0, s).mean() - (y * s).mean())
        theta = theta - np.linalg.solve((A.T * (p * (1 - p))) @ A, A.T @ (p - y))
    return np.array(losses)


@stored
def _runs(change: str) -> np.ndarray:
    """Return each draw's steps of descent, the place of the rate, and Newton's steps."""
    found = []
    for seed in range(_DRAWS):
        A, y = _drawn(seed, change)
        newton, share = _newton(A, y), y.mean()
        constant = -(share * np.log(share) + (1 - share) * np.log(1 - share))
        goal = newton[-1] + _LEFT * (constant - newton[-1])
        rates = _PARTS / np.linalg.eigvalsh(A.T @ A / len(A) / 4)[-1]
        theta = np.zeros((len(rates), A.shape[1]))
        for step in range(_LONGEST + 1):
            s = theta @ A.T
            # e^s, of which both σ(s) and the loss are made.
            powers = np.exp(s)
            losses = np.log1p(powers).mean(axis=1) - s @ y / len(y)
            if (losses <= goal).any():
                found.append((step, int(np.argmax(losses <= goal)), np.argmax(newton <= goal)))
                break
            theta -= rates[:, None] * ((powers / (1 + powers) - y) @ A) / len(y)
        else:
            raise ArrivalError(f"no rate reaches the goal in {_LONGEST} steps")
    return np.array(found).T


@example("regression-logistic")
def logistic() -> Logistic:
    """Return the medians."""
    runs = [_runs(change) for change in ("none", "centered")]
    raw, centered = (np.median(run, axis=1).astype(int).tolist() for run in runs)
    descent, newton = (raw[0], centered[0]), (raw[2], centered[2])
    return Logistic(_DRAWS, len(_PARTS), descent, newton, tuple(ends(run[0]) for run in runs))
