"""The loop that all descent methods share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from offcenter import _checks
from offcenter.descent._path import Path
from offcenter.descent._problem import Problem
from offcenter.descent._rules import Rule
from offcenter.errors import ArgumentError

__all__ = ["walk"]


def walk(
    problem: Problem,
    rule: Rule,
    state: Any,
    steps: int,
    stop: Callable[[np.ndarray], bool] = lambda w: False,
) -> Path:
    """Take `steps` steps by `rule`, or fewer if `stop` says so of a point, and record them.

    Parameters
    ----------
    problem : Problem
        What is descended, and from where.
    rule : callable
        (gradient function, weights, state) → (next weights, next state); asks for one gradient.
    state : object
        What the rule keeps from step to step, as it is before the first.
    steps : int
        At least 1.
    stop : callable
        Asked of each point after the start.

    Raises
    ------
    ValueError
        If the path leaves the range of floats.
    """
    steps = _checks.count("steps", steps)
    shape = problem.start.shape
    _checks.room("the numbers in steps × weights", steps * problem.start.size)
    points, losses = np.empty((steps + 1, *shape)), np.empty(steps + 1)
    gradients = np.empty((steps, *shape))
    w, step = problem.start, 0

    def noted(at: np.ndarray) -> np.ndarray:
        gradients[step - 1] = problem.gradient(at)
        return gradients[step - 1]

    try:
        with np.errstate(over="raise", invalid="raise"):
            points[0], losses[0] = w, problem.loss(w)
            for step in range(1, steps + 1):
                w, state = rule(noted, w, state)
                points[step], losses[step] = w, problem.loss(w)
                if stop(w):
                    break
    except FloatingPointError as error:
        raise ArgumentError(
            f"step_size must be small enough for {steps} steps: "
            f"the path leaves the range of floats at step {step}"
        ) from error
    return Path(points[: step + 1], losses[: step + 1], gradients[:step], problem.minimum)
