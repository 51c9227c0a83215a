"""The digits as several examples prepare them, and networks on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from offcenter.data import load_digits
from offcenter.errors import ArrivalError
from offcenter.experiment import Split
from offcenter.network import Network, Problem, Race, stack

# Of the library's own networks, and not offered to readers.
from offcenter.network._examples import cross_entropies

__all__ = ["arrivals", "centered", "cross_entropies", "median_rate", "of_one_scale", "together"]


def of_one_scale(examples: int) -> tuple[np.ndarray, np.ndarray]:
    """Return some digits less each pixel's mean, over their root mean square, and their targets."""
    digits = load_digits()
    chosen = np.random.default_rng(0).permutation(len(digits.labels))[:examples]
    X = digits.inputs[chosen]
    X = X - X.mean(axis=0)
    return X / np.sqrt(np.mean(X**2)), np.eye(10)[digits.labels[chosen]]


def centered(data: Split) -> Split:
    """Return the digits less each pixel's mean over those for training."""
    mean = data.inputs.mean(axis=0)
    return replace(data, inputs=data.inputs - mean, test_inputs=data.test_inputs - mean)


def together(starts: Iterable[tuple[Network, Split]]) -> tuple[np.ndarray, Problem, Problem]:
    """Return for `race` the networks, and what each reads for training and for testing."""
    networks, parts, one = [], [], np.eye(10)
    for network, data in starts:
        networks.append(network)
        parts.append((data.inputs, one[data.labels], data.test_inputs, one[data.test_labels]))
    x, y, test_x, test_y = (np.array(part) for part in zip(*parts, strict=True))
    return stack(networks), Problem(x, y), Problem(test_x, test_y)


def arrivals(run: Race) -> np.ndarray:
    """Return the steps of each start to the first goal of a race at its best rate.

    Raises
    ------
    ArrivalError
        If a start does not reach the goal at any rate.
    """
    steps = run.fewest[:, 0]
    if not steps.all():
        raise ArrivalError("some learning rate must reach the goal in each start, and none did")
    return steps


def median_rate(run: Race) -> float:
    """Return the median of the starts' best rates for the first goal of a race."""
    return float(np.median(run.step_sizes[run.best[:, 0]]))
