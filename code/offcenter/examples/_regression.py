"""The runs of the common regression, `experiment.regression`, that several examples read."""

from __future__ import annotations

import numpy as np

from offcenter._store import stored
from offcenter.experiment import Regression, regression

__all__ = [
    "CASES",
    "NEGATED",
    "UNIFORM",
    "WAYS",
    "less_their_mean",
    "median_steps",
    "steps_of",
]

#: How the inputs are drawn, a change, and three ways that are compared.
UNIFORM = "uniform on [0, 1]"
NEGATED = "every second negated"
WAYS = ("none", NEGATED, "centered")
#: Inputs with a mean and with a larger one, each with it and without it.
CASES = tuple((f"uniform on {place}", way) for place in ("[0, 1]", "[2, 3]") for way in WAYS[::2])


@stored
def steps_of(inputs: str, change: str, method: str) -> np.ndarray:
    """Return the steps of each draw by descent, by Adam, or in batches of so many examples."""
    problem = regression(inputs, change)
    if method == "descent":
        return problem.descent_steps()
    return problem.adam_steps() if method == "Adam" else problem.batch_steps(int(method))


def median_steps(inputs: str, change: str = "none", method: str = "descent") -> int:
    """Return the median over the draws."""
    return int(np.median(steps_of(inputs, change, method)))


def less_their_mean(problem: Regression) -> Regression:
    """Return the problem with targets less their mean: the bias has nothing to learn from them."""
    targets = problem.targets
    return Regression(problem.inputs, targets - targets.mean(axis=1, keepdims=True))
