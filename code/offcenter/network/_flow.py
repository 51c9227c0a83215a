"""Gradient flow, dθ/dt = −∇L: the road of training, without the question of how large a step is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.errors import ArgumentError, ArrivalError
from offcenter.network._stack import Family, Problem, curvature

__all__ = ["Road", "road"]

# A step is this share of 2/λ, the limit of a bowl, at most, and lowers the loss by so much at most:
# what is left is the error of the road, a percent or two.
_SHARE, _FALL = 0.35, 0.03
_PRODUCTS = 6
_LIMIT = 20_000  # steps


@dataclass(frozen=True, eq=False)
class Road(Record):
    """How long gradient flow takes to a training loss, and the curvature on the way.

    Parameters
    ----------
    time : ndarray, shape (S, T)
        Flow time until the loss is at each target.
    steps_at_limit : ndarray, shape (S, T)
        ∫ ½λ dt until then, λ the largest eigenvalue of the Hessian: how many steps it takes to go
        the road with steps of 2/λ, the limit of a bowl.
    top : ndarray, shape (S, T)
        The largest λ on the way to each target.
    start : ndarray, shape (S,)
        λ at the start.
    times, curvatures, losses : tuple of ndarray
        Of each network, on the way to the last target.
    """

    time: np.ndarray
    steps_at_limit: np.ndarray
    top: np.ndarray
    start: np.ndarray
    times: tuple[np.ndarray, ...]
    curvatures: tuple[np.ndarray, ...]
    losses: tuple[np.ndarray, ...]


@guarded
def road(
    family: Family, theta: np.ndarray, problem: Problem, *, targets: Sequence[float] | np.ndarray
) -> Road:
    """Follow gradient flow by small steps, at most 0.7/λ, with λ measured again and again.

    Parameters
    ----------
    family : Family
    theta : ndarray, shape (S, P)
    problem : Problem
    targets : array-like, shape (T,)
        Training losses, falling.

    Raises
    ------
    ValueError
        If the targets do not fall.
    RuntimeError
        If a network does not arrive.
    """
    goals = _checks.vector("targets", targets)
    if not (np.diff(goals) < 0).all():
        raise ArgumentError("targets must fall from each to the next")
    theta = _checks.matrix("theta", theta, rows=len(problem.inputs), columns=family.parameters)
    networks = np.arange(len(theta))
    time = np.full((len(theta), len(goals)), np.nan)
    area, top = time.copy(), time.copy()
    clock, half, most = (np.zeros(len(theta)) for _ in range(3))
    lam, history, measured = np.zeros(len(theta)), [[] for _ in networks], 0
    rows, before, dt = problem, np.zeros(len(theta)), np.zeros(len(theta))
    for step in range(_LIMIT):
        losses, gradients = rows.gradients(family, theta)
        for goal, target in enumerate(goals):
            new = (losses <= target) & np.isnan(time[networks, goal])
            where = networks[new]
            # Somewhere within the last step, in which the loss falls nearly evenly.
            fall = np.maximum(before[new] - losses[new], np.finfo(float).tiny)
            back = dt[new] * (target - losses[new]) / fall if step else 0.0
            time[where, goal] = clock[where] - back
            area[where, goal] = half[where] - 0.5 * back * lam[new]
            top[where, goal] = most[where]
        on = losses > goals[-1]
        if not on.all():
            for run in np.flatnonzero(~on):
                history[networks[run]].append((clock[networks[run]], lam[run], losses[run]))
            theta, lam, networks, gradients = theta[on], lam[on], networks[on], gradients[on]
            losses, rows = losses[on], problem.rows(networks)
            if networks.size == 0:
                break
        if step >= measured:
            # Curvature changes fast at first, and slowly later.
            measured = step + max(2, min(step // 4, 30))
            lam = curvature(family, theta, rows, products=_PRODUCTS)
            most[networks] = np.maximum(most[networks], lam)
            for run, network in enumerate(networks):
                history[network].append((clock[network], lam[run], losses[run]))
        slope = np.einsum("rp,rp->r", gradients, gradients)
        dt = np.minimum(2 * _SHARE / lam, _FALL * losses / slope)
        theta, before = theta - dt[:, None] * gradients, losses
        clock[networks] += dt
        half[networks] += 0.5 * dt * lam
    else:
        raise ArrivalError(f"gradient flow did not reach a loss of {goals[-1]:g}")
    times, curvatures, seen = zip(*(np.array(points).T for points in history), strict=True)
    start = np.array([c[0] for c in curvatures])
    return Road(time, area, top, start, times, curvatures, seen)
