"""Other data than the digits: two tables of positive measurements, raw and centered."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.data import Table, load_breast_cancer, load_wine
from offcenter.experiment._setups import seeds
from offcenter.network import Family, Network, Problem, Race, initialize, race, shift_inputs, stack

__all__ = ["TABLES", "TABLE_TARGETS", "table_races"]

TABLE_TARGETS = (0.2, 0.1)  # training losses
_POWERS = {"full": range(-3, 7), "momentum": range(-3, 6), "adam": range(-7, 3)}
_RULES = {"full": "gradient", "momentum": "momentum", "adam": "adam"}

#: Where the tables come from, by name.
TABLES: Mapping[str, Callable[[], Table]] = MappingProxyType(
    {"breast-cancer": load_breast_cancer, "wine": load_wine}
)


@guarded(infinite=True)
@stored
def table_races(
    table: str, *, centered: bool, hidden: int, method: str = "full", block: int = 0
) -> Race:
    """Train on half of a table, each feature in units of its largest value, for several seeds.

    The raw and the centered network start as one function: without hidden units the weights are 0,
    with them those of a ReLU network drawn for centered features.

    Parameters
    ----------
    table : str
        A key of `TABLES`.
    centered : bool
        Whether each feature's mean over the training half is subtracted.
    hidden : int
        Number of hidden ReLU units; 0 for a softmax of linear units.
    method : {"full", "momentum", "adam"}
    block : int
        Of seeds: of the halves and the weights.

    Raises
    ------
    ValueError
        If a name is none of these, or a number is negative.
    """
    data = TABLES[_checks.one_of("table", table, TABLES)]()
    _checks.one_of("method", method, _POWERS)
    units = (hidden,) if _checks.count("hidden", hidden, minimum=0) else ()
    features = data.features / data.features.max(axis=0)
    targets = np.eye(data.labels.max() + 1)[data.labels]
    sizes = (features.shape[1], *units, targets.shape[1])
    networks, parts = [], []
    for seed in seeds(block):
        order = np.random.default_rng([seed, 2]).permutation(len(targets))
        first, rest = np.array_split(order, 2)
        mean = features[first].mean(axis=0)
        rng = np.random.default_rng([seed, 3])
        network = initialize(sizes, activation="relu", rng=rng, gain=math.sqrt(2))
        if not units:
            network = Network((0 * network.weights[0],), network.biases, network.activation)
        networks.append(network if centered else shift_inputs(network, -mean))
        x = features - mean if centered else features
        # All halves are of one size, which an odd number of examples does not give.
        even = len(targets) // 2
        parts.append((x[first[:even]], targets[first[:even]], x[rest], targets[rest]))
    x, y, test_x, test_y = (np.array(part) for part in zip(*parts, strict=True))
    return race(
        Family(sizes, "relu"),
        stack(networks),
        Problem(x, y),
        Problem(test_x, test_y),
        step_sizes=2.0 ** np.array(_POWERS[method]),
        targets=TABLE_TARGETS,
        method=_RULES[method],
        limit=3000,
    )
