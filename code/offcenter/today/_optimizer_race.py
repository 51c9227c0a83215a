"""The optimizers of today on the digits: one network, written raw and centered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter._store import stored
from offcenter.data import load_digits
from offcenter.errors import ArgumentError
from offcenter.network import (
    Family,
    Network,
    Problem,
    as_sigmoid_network,
    center_activation,
    initialize,
    shift_inputs,
    stack,
)
from offcenter.today._optimizers import OPTIMIZERS, Optimizer
from offcenter.today._standardized import Standardized, without_sums

__all__ = ["WRITINGS", "OptimizerRace", "optimizer_race"]

_EXAMPLES, _LIMIT = 500, 400
_DIVERGED = 3.0

#: The ways to write one network: whether pixels, and whether activations are centered.
WRITINGS = {"raw": (False, False), "pixels": (True, False), "centered": (True, True)}


@dataclass(frozen=True, eq=False)
class OptimizerRace(Record):
    """Steps to a training loss.

    Parameters
    ----------
    step_sizes : ndarray, shape (K,)
    steps : ndarray of int, shape (S, K)
        0 where a run diverged, was overtaken, or did not arrive.
    """

    step_sizes: np.ndarray
    steps: np.ndarray

    @property
    def fewest(self) -> np.ndarray:
        """Steps with the best step size, shape (S,)."""
        return np.where(self.steps > 0, self.steps, _LIMIT + 1).min(axis=1)

    @property
    def best(self) -> np.ndarray:
        """The best step size of each seed, shape (S,)."""
        return self.step_sizes[np.where(self.steps > 0, self.steps, _LIMIT + 1).argmin(axis=1)]

    @property
    def inside(self) -> np.ndarray:
        """Whether the best step size has neighbors on both sides, shape (S,)."""
        return (self.best > self.step_sizes[0]) & (self.best < self.step_sizes[-1])


def _starts(
    seeds: tuple[int, ...], writing: str, units: int, *, sums: bool = True
) -> tuple[Family, np.ndarray, Problem]:
    """Return one function a seed: σ or σ − ½ behind `units` each, on raw or centered pixels.

    Without `sums` it is another function, the same draw less the mean of each unit's weights.
    """
    pixels, activations = WRITINGS[writing]
    sizes = (64, units, units, units, 10)
    digits = load_digits()
    networks: list[Network] = []
    inputs, targets = [], []
    for seed in seeds:
        rng = np.random.default_rng([seed, 75])
        rows = rng.permutation(len(digits.labels))[:_EXAMPLES]
        X = digits.inputs[rows]
        mean = X.mean(axis=0)
        drawn = initialize(sizes, activation="tanh", rng=rng)
        network = as_sigmoid_network(drawn if sums else without_sums(drawn))
        if activations:
            network = center_activation(network)
        # Weights and zero biases are drawn for centered pixels.
        networks.append(network if pixels else shift_inputs(network, -mean))
        X = X - mean if pixels else X
        inputs.append(X)
        targets.append(np.eye(10)[digits.labels[rows]])
    family = Family(sizes, "sigmoid", 0.5 if activations else 0.0)
    return family, stack(networks), Problem(np.array(inputs), np.array(targets))


@guarded
@stored
def optimizer_race(
    name: str, writing: str, seeds: tuple[int, ...], target: float = 0.1, units: int = 64
) -> OptimizerRace:
    """Train with each step size, full batch, until the fastest of a seed is at the target.

    Three hidden layers learn 500 of the digits; all writings start as one function.  Standardized
    weights g(v − v̄1)/|v − v̄1| are trained by gradient descent in v and in the lengths g.

    Parameters
    ----------
    name : str
        A key of `OPTIMIZERS`.
    writing : {"raw", "pixels", "centered"}
        σ on raw pixels, σ on centered pixels, or σ − ½ on centered pixels.
    seeds : tuple of int
        Of the weights and of the choice of examples.
    target : float
        The training loss to reach.
    units : int
        Of each hidden layer.

    Raises
    ------
    ValueError
        If a name is unknown.
    """
    sizes = np.array(OPTIMIZERS[_checks.one_of("name", name, OPTIMIZERS)])
    _checks.one_of("writing", writing, WRITINGS)
    target = _checks.number("target", target, above=0.0)
    seeds = tuple(
        _checks.count("seeds", seed, minimum=0) for seed in _checks.several("seeds", seeds)
    )
    if not seeds:
        raise ArgumentError("seeds must hold at least one seed, got none")
    # One weight less its mean is nothing, which has no direction.
    units = _checks.count("units", units, minimum=2 if name == "standardized" else 1)
    family, first, problem = _starts(seeds, writing, units, sums=name != "standardized")
    written = Standardized(family) if name == "standardized" else None
    first = written.parameters(first) if written else first
    network = np.repeat(np.arange(len(seeds)), len(sizes))
    choice = np.tile(np.arange(len(sizes)), len(seeds))
    theta, eta = first[network], sizes[choice][:, None]
    optimizer = Optimizer(name, family, theta)
    steps = np.zeros((len(seeds), len(sizes)), dtype=int)
    bound, rows = np.inf, problem.rows(network)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, _LIMIT + 2):
            weights = written.networks(theta) if written else theta
            losses, g = rows.gradients(family, weights)
            g = written.gradient(theta, g) if written else g
            bound = min(bound, _DIVERGED * losses[np.isfinite(losses)].max())
            arrived = losses <= target
            steps[network[arrived], choice[arrived]] = step - 1
            # Step sizes of a seed that has arrived cannot win any more.
            on = (losses < bound) & ~np.any(steps, axis=1)[network]
            if not on.any():
                break
            if not on.all():
                theta, eta, g = theta[on], eta[on], g[on]
                network, choice, rows = network[on], choice[on], problem.rows(network[on])
                optimizer.keep(on)
            theta = theta - eta * optimizer.direction(g, theta, step)
    return OptimizerRace(sizes, steps)
