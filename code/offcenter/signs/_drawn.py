"""What the shortest way along examples costs when the examples are drawn at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.signs._cone import shortest_way

__all__ = ["DrawnWays", "drawn_ways"]


@dataclass(frozen=True)
class DrawnWays:
    """Shortest ways along one draw of examples, each in units of the straight way.

    Parameters
    ----------
    level : float
        To a random goal of sum 0.
    centered : float
        To the same goal, along the same examples with their mean subtracted.
    any : float
        To a random goal.
    along : float
        To (1, …, 1).
    """

    level: float
    centered: float
    any: float
    along: float


@guarded
@stored
def drawn_ways(*, activation: str, n: int, examples: int, seed: int = 0) -> DrawnWays:
    """Draw examples φ(z), z ~ N(0, 1) independent, and goals, and find the shortest ways.

    Parameters
    ----------
    activation : str
        A name of `offcenter.activations`.
    n, examples : int
        The numbers of inputs and of examples; more examples than inputs.
    seed : int
        Draws the examples and the goal.

    Raises
    ------
    ValueError
        If a number is out of its bounds or the activation is unknown.
    """
    phi = ACTIVATIONS[_checks.one_of("activation", activation, ACTIVATIONS)]
    n = _checks.count("n", n, minimum=2)
    examples = _checks.count("examples", examples, minimum=n + 1)
    _checks.room("the numbers in n × examples", n * examples)
    rng = np.random.default_rng([_checks.count("seed", seed, minimum=0), 19])
    X = phi.value(rng.standard_normal((examples, n)))
    # An example of zeros gives no step.
    X = X[X.any(axis=1)]
    goal = rng.standard_normal(n)
    level = goal - goal.mean()
    return DrawnWays(
        level=shortest_way(X, level).detour,
        centered=shortest_way(X - X.mean(axis=0), level).detour,
        any=shortest_way(X, goal).detour,
        along=shortest_way(X, np.ones(n)).detour,
    )
