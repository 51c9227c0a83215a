"""The digits: how many steps training takes, by each method, and what sets the pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter._store import stored
from offcenter.experiment._setups import (
    SIZES,
    TRAINING_EXAMPLES,
    contest,
    network_of,
    seeds,
    split,
    start,
)
from offcenter.network import LayerStatistics, Race, Road, curvature, measure, race, road

__all__ = [
    "BATCH_SIZE",
    "EQUAL",
    "MAIN",
    "METHODS",
    "TARGET",
    "TARGETS",
    "Edge",
    "Method",
    "edges",
    "larger_races",
    "layers",
    "races",
    "roads",
    "shallow_races",
    "step_sizes",
]

TARGETS = (0.5, 0.2, 0.1, 0.05)  # training losses
MAIN = 2  # the one that tables show
TARGET = TARGETS[MAIN]
BATCH_SIZE = 32
EQUAL = 20  # steps after which accuracies are compared


@dataclass(frozen=True)
class Method:
    """A way to train, with the step sizes that all setups try.

    Parameters
    ----------
    label : str
    rule : str
        gradient, momentum or adam.
    powers : range
        The step sizes are these powers of two.
    batch_size : int, optional
        Examples a step; None for all.
    look : int
        The training loss is looked at every so many steps.
    """

    label: str
    rule: str
    powers: range
    batch_size: int | None = None
    look: int = 1

    @property
    def step_sizes(self) -> np.ndarray:
        """The grid of step sizes."""
        return 2.0 ** np.array(self.powers)


#: The ways to train, by name.
METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "full": Method("full batch", "gradient", range(-3, 5)),
        "batch": Method("batches of 32", "gradient", range(-3, 5), BATCH_SIZE, 4),
        "momentum": Method("momentum 0.9", "momentum", range(-5, 5)),
        "adam": Method("Adam", "adam", range(-7, 0)),
    }
)


@guarded(infinite=True)
@stored
def races(
    name: str,
    method: str = "full",
    block: int = 0,
    *,
    sizes: tuple[int, ...] = SIZES,
    examples: int = TRAINING_EXAMPLES,
) -> Race:
    """Train a setup with every step size of a method's grid, over the seeds of a block.

    Raises
    ------
    ValueError
        If there is no setup or method of that name.
    """
    how = METHODS[_checks.one_of("method", method, METHODS)]
    given = contest(name, block, sizes=sizes, examples=examples)
    return race(
        given.family,
        given.theta,
        given.training,
        given.test,
        step_sizes=how.step_sizes,
        targets=TARGETS,
        method=how.rule,
        batch_size=how.batch_size,
        look=how.look,
        equal=EQUAL,
        seed=block,
    )


@guarded(infinite=True)
@stored
def step_sizes(name: str, block: int = 0) -> Race:
    """Train a setup in full batches with step sizes 1, 2, …, each until `TARGET` or divergence.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    given = contest(name, block)
    return race(
        given.family,
        given.theta,
        given.training,
        given.test,
        step_sizes=2.0 ** np.arange(5),
        targets=(TARGET,),
        patience=10.0,
    )


@guarded
@stored
def roads(name: str, block: int = 0) -> Road:
    """Follow gradient flow of a setup to the targets, over the seeds of a block.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    given = contest(name, block)
    return road(given.family, given.theta, given.training, targets=TARGETS[: MAIN + 1])


@dataclass(frozen=True, eq=False)
class Edge(Record):
    """The top curvature along the best full-batch runs, in units of what their step allows.

    Parameters
    ----------
    steps : tuple of ndarray
        Of each network: the numbers of steps at which the curvature was measured.
    products : tuple of ndarray
        Step size times the largest eigenvalue λ of the Hessian there; 2 is the limit of a bowl.
    """

    steps: tuple[np.ndarray, ...]
    products: tuple[np.ndarray, ...]


@guarded
@stored
def edges(name: str, block: int = 0, *, measurements: int = 8) -> Edge:
    """Measure the top curvature along each network's best full-batch run to `TARGET`.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    measurements = _checks.count("measurements", measurements)
    given, best = contest(name, block), races(name, "full", block)
    eta = best.step_sizes[best.best[:, MAIN]]
    fewest = best.fewest[:, MAIN]
    at = [np.unique(np.linspace(0, last, measurements).round().astype(int)) for last in fewest]
    theta, products = given.theta.copy(), [[] for _ in eta]
    for step in range(fewest.max() + 1):
        rows = np.flatnonzero([step in times for times in at])
        if rows.size:
            lam = curvature(given.family, theta[rows], given.training.rows(rows), products=6)
            for row, value in zip(rows, lam * eta[rows], strict=True):
                products[row].append(value)
        on = np.flatnonzero(step < fewest)
        _, gradients = given.training.rows(on).gradients(given.family, theta[on])
        theta[on] -= eta[on, None] * gradients
    return Edge(tuple(at), tuple(np.array(values) for values in products))


@guarded
@stored
def layers(name: str, block: int = 0, *, trained: bool) -> tuple[tuple[LayerStatistics, ...], ...]:
    """Return the measurements of each layer on the training examples, seed by seed.

    Parameters
    ----------
    name : str
        A key of `SETUPS`.
    block : int
        Of seeds.
    trained : bool
        Before training, or at `TARGET` after the fewest full-batch steps.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    result = []
    for place, seed in enumerate(seeds(block)):
        network, shift = start(name, seed)
        if trained:
            network = network_of(name, races(name, "full", block).trained[place, MAIN])
        data = split(seed)
        result.append(measure(network, data.inputs - shift, data.labels, batch_size=BATCH_SIZE))
    return tuple(result)


@guarded(infinite=True)
@stored
def larger_races(name: str, block: int = 0) -> Race:
    """Train a network of twice the width on twice the examples, with momentum, to `TARGET`.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    sizes = (SIZES[0], *(2 * width for width in SIZES[1:-1]), SIZES[-1])
    given = contest(name, block, sizes=sizes, examples=2 * TRAINING_EXAMPLES)
    return race(
        given.family,
        given.theta,
        given.training,
        given.test,
        step_sizes=2.0 ** np.arange(-1, 4),
        targets=(TARGET,),
        method="momentum",
        equal=EQUAL,
    )


@guarded(infinite=True)
@stored
def shallow_races(name: str, block: int = 0) -> Race:
    """Train a network with one hidden layer in full batches to `TARGET`.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    given = contest(name, block, sizes=(SIZES[0], SIZES[1], SIZES[-1]))
    return race(
        given.family,
        given.theta,
        given.training,
        given.test,
        step_sizes=2.0 ** np.arange(-1, 5),
        targets=(TARGET,),
        equal=EQUAL,
    )
