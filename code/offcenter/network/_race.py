"""Training with every step size of a grid at once, until the fastest has arrived."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.errors import ArgumentError, ArgumentTypeError
from offcenter.network._convolution import Convolution, Images
from offcenter.network._stack import Family, Problem

__all__ = ["METHODS", "Race", "race"]

#: What makes a step of a gradient.
METHODS = ("gradient", "momentum", "adam")

# A loss this many times the first one has left the region where the step size makes sense.
_DIVERGED = 3.0
_MOMENTUM, _ADAM_SQUARE, _ADAM_FLOOR = 0.9, 0.999, 1e-8


@dataclass(frozen=True, eq=False)
class Race(Record):
    """Steps to some training losses, for S networks and K step sizes.

    Parameters
    ----------
    step_sizes : ndarray, shape (K,)
    targets : ndarray, shape (T,)
        Training losses, falling.
    steps : ndarray of int, shape (S, K, T)
        How many steps until the loss was first seen at the target or below; 0 where it was not
        before the race was over.
    accuracy : ndarray, shape (S, T)
        Share of the test examples that the first run at a target names correctly, there.
    accuracy_after : ndarray, shape (S, K)
        The same of each run after `equal` steps; NaN where a run had ended.
    trained : ndarray, shape (S, T, P)
        Parameters of the first run at each target, there.
    equal : int
    """

    step_sizes: np.ndarray
    targets: np.ndarray
    steps: np.ndarray
    accuracy: np.ndarray
    accuracy_after: np.ndarray
    trained: np.ndarray
    equal: int

    @property
    def fewest(self) -> np.ndarray:
        """Steps of the best step size, shape (S, T); 0 where no run arrived."""
        fewest = np.where(self.steps > 0, self.steps, np.iinfo(int).max).min(axis=1)
        return np.where(self.steps.any(axis=1), fewest, 0)

    @property
    def best(self) -> np.ndarray:
        """Index of the best step size, shape (S, T); of equally good ones the smallest."""
        return np.where(self.steps > 0, self.steps, np.iinfo(int).max).argmin(axis=1)


@guarded(infinite=True)
def race(
    family: Family | Convolution,
    theta: np.ndarray,
    problem: Problem | Images,
    test: Problem | Images,
    *,
    step_sizes: Sequence[float] | np.ndarray,
    targets: Sequence[float] | np.ndarray,
    method: str = "gradient",
    batch_size: int | None = None,
    look: int = 1,
    equal: int = 20,
    patience: float = 1.0,
    limit: int = 2000,
    seed: int = 0,
) -> Race:
    """Train each network with each step size, all in step, until one has reached the last target.

    Runs that cannot win any more are not continued: so the search for the best step size costs
    little more than its best run, times the number of step sizes that do not diverge.

    Parameters
    ----------
    family : Family or Convolution
    theta : ndarray, shape (S, P)
        Where each network begins.
    problem, test : Problem or Images
        Examples for each network.
    step_sizes : sequence of float
    targets : sequence of float
        Training losses, falling; a run stops at the last.
    method : {"gradient", "momentum", "adam"}
        θ ← θ − ηg; θ ← θ − ηv with v ← 0.9v + g; Adam with its usual constants.
    batch_size : int, optional
        Each step uses so many examples, in a new random order in each epoch; without it, all.
    look : int
        The training loss is compared with the targets every so many steps.
    equal : int
        After so many steps the test accuracy of each run is measured.
    patience : float
        Other step sizes of a network go on until this many times the steps of its best run.
    limit : int
        The largest number of steps.
    seed : int
        Of the orders of the examples, which are the same for all step sizes.

    Raises
    ------
    ValueError
        If the method is none of these, the targets do not fall, or a number is out of range.
    """
    _fit(family, problem, test)
    _checks.one_of("method", method, METHODS)
    look = _checks.count("look", look)
    sizes = _checks.vector("step_sizes", step_sizes)
    goals = _checks.vector("targets", targets)
    if not (np.diff(goals) < 0).all():
        raise ArgumentError("targets must fall from each to the next")
    theta = _checks.matrix("theta", theta, rows=len(problem.inputs), columns=family.parameters)
    if batch_size is not None:
        most = problem.inputs.shape[1]
        batch_size = _checks.count("batch_size", batch_size, maximum=most)
    networks, count = len(theta), len(sizes)
    network, choice = np.repeat(np.arange(networks), count), np.tile(np.arange(count), networks)
    theta, eta = theta[network], sizes[choice][:, None]
    memory = np.zeros((2, *theta.shape)) if method == "adam" else np.zeros((1, *theta.shape))
    order = _Order(networks, problem.inputs.shape[1], batch_size, seed)
    steps = np.zeros((networks, count, len(goals)), dtype=int)
    accuracy = np.full((networks, len(goals)), math.nan)
    after = np.full((networks, count), math.nan)
    trained = np.full((networks, len(goals), theta.shape[1]), math.nan)
    rows: Any = problem.rows(network)
    bound = None
    for step in range(limit + 1):
        losses, gradients = None, None
        # What overflows ends as a loss that is not below the bound.
        with np.errstate(over="ignore", invalid="ignore"):
            if batch_size is None:
                losses, gradients = rows.gradients(family, theta)
            elif step % look == 0:
                losses = rows.losses(family, theta)
        if step == equal:
            others: Any = test.rows(network)
            after[network, choice] = others.accuracies(family, theta)
        if losses is not None and step % look == 0:
            bound = _DIVERGED * losses.max() if bound is None else bound
            for goal, target in enumerate(goals):
                new = (losses <= target) & (steps[network, choice, goal] == 0)
                for run in np.flatnonzero(new):
                    if not steps[network[run], :, goal].any():
                        trained[network[run], goal] = theta[run]
                        one: Any = test.rows(network[run : run + 1])
                        accuracy[network[run], goal] = one.accuracies(family, theta[run][None])[0]
                steps[network[new], choice[new], goal] = max(step, 1)
            last = steps[:, :, -1]
            winner = np.where(last > 0, last, limit).min(axis=1)
            on = (losses < bound) & (losses > goals[-1]) & (step < patience * winner[network])
            if not on.any():
                break
            if not on.all():
                theta, eta, memory = theta[on], eta[on], memory[:, on]
                network, choice, rows = network[on], choice[on], problem.rows(network[on])
                gradients = None if gradients is None else gradients[on]
        if gradients is None:
            batch: Any = problem.rows(network, order.batch(step)[network])
            with np.errstate(over="ignore", invalid="ignore"):
                _, gradients = batch.gradients(family, theta)
        with np.errstate(over="ignore", invalid="ignore"):
            theta = theta - eta * _direction(method, gradients, memory, step + 1)
    return Race(sizes, goals, steps, accuracy, after, trained, equal)


def _fit(family: object, problem: object, test: object) -> None:
    kinds = {Family: Problem, Convolution: Images}
    if type(family) not in kinds:
        raise ArgumentTypeError(
            f"family must be a Family or a Convolution, got {_checks.shown(family)}"
        )
    kind = kinds[type(family)]
    for name, value in (("problem", problem), ("test", test)):
        if not isinstance(value, kind):
            raise ArgumentTypeError(
                f"{name} must be of {kind.__name__}, as the networks are, "
                f"got {_checks.shown(value)}"
            )


def _direction(method: str, g: np.ndarray, memory: np.ndarray, step: int) -> np.ndarray:
    if method == "gradient":
        return g
    memory[0] *= _MOMENTUM
    if method == "momentum":
        memory[0] += g
        return memory[0]
    memory[0] += (1 - _MOMENTUM) * g
    memory[1] *= _ADAM_SQUARE
    memory[1] += (1 - _ADAM_SQUARE) * g * g
    mean = memory[0] / (1 - _MOMENTUM**step)
    return mean / (np.sqrt(memory[1] / (1 - _ADAM_SQUARE**step)) + _ADAM_FLOOR)


class _Order:
    """Which examples each step uses: a new random order for each network and epoch."""

    def __init__(self, networks: int, examples: int, batch_size: int | None, seed: int) -> None:
        self._networks, self._examples = networks, examples
        self._size = examples if batch_size is None else batch_size
        self._per_epoch = examples // self._size
        self._seed, self._epoch, self._orders = seed, -1, np.empty((0, 0), dtype=int)

    def batch(self, step: int) -> np.ndarray:
        """Return the examples of each network's step, shape (networks, batch size)."""
        epoch, place = divmod(step, self._per_epoch)
        if epoch != self._epoch:
            rng = np.random.default_rng([self._seed, epoch])
            whole = np.tile(np.arange(self._examples), (self._networks, 1))
            self._orders, self._epoch = rng.permuted(whole, axis=1), epoch
        return self._orders[:, place * self._size : (place + 1) * self._size]
