"""Full-batch gradient descent on the mean cross-entropy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.errors import ArgumentError, NotFiniteError
from offcenter.network._model import Network, backward, cross_entropy, forward

__all__ = ["TrainingRun", "train"]

# Arrays of this many examples stay in the cache, and are several times faster than long ones.
_SLICE = 125
# A loss this many times the first one has left the region where the step size makes sense.
_DIVERGED = 10.0


@dataclass(frozen=True, eq=False)
class TrainingRun(Record):
    """A network after training, and its losses on the way.

    Parameters
    ----------
    network : Network
        After the last step; before it, if that step left the range of floats.
    losses : ndarray, shape (steps + 1,)
        Mean loss before the first step and after each, infinite beyond the range of floats.
    reached : bool
        Whether the last loss is at the target or below.
    """

    network: Network
    losses: np.ndarray
    reached: bool

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return self.losses.size - 1


@guarded(infinite=True)
def train(
    network: Network,
    X: np.ndarray,
    labels: np.ndarray,
    *,
    step_size: float,
    steps: int,
    target: float = 0.0,
    report: Callable[[int, float], None] | None = None,
) -> TrainingRun:
    """Take full-batch gradient steps until the loss is at the target, diverges, or steps run out.

    Parameters
    ----------
    network : Network
    X : ndarray, shape (N, inputs)
    labels : ndarray of int, shape (N,)
    step_size : float
        η > 0.
    steps : int
        The largest number of steps.
    target : float
        The loss at which to stop.
    report : callable, optional
        Called with the number of steps taken and the loss, before the first step and after each.

    Raises
    ------
    ValueError
        If an argument is out of range, `X` or `labels` do not fit the network, or what it makes
        of `X` is not finite before the first step.
    """
    step_size = _checks.number("step_size", step_size, above=0)
    steps = _checks.count("steps", steps, minimum=0)
    target = _checks.number("target", target, minimum=0)
    X = _checks.matrix("X", X, columns=network.sizes[0])
    labels = _checks.rectangular("labels", labels)
    losses: list[float] = []
    loss, weights, biases = _loss_and_gradients(network, X, labels)
    while True:
        losses.append(loss)
        if report is not None:
            report(len(losses) - 1, loss)
        if loss <= target or len(losses) > steps or not loss < _DIVERGED * losses[0]:
            return TrainingRun(network, np.array(losses), loss <= target)
        try:
            # What overflows is found by the checks on the way.
            with np.errstate(over="ignore", invalid="ignore"):
                moved = replace(
                    network,
                    weights=_step(network.weights, weights, step_size),
                    biases=_step(network.biases, biases, step_size),
                )
                loss, weights, biases = _loss_and_gradients(moved, X, labels)
        except NotFiniteError:
            loss = math.inf
        else:
            network = moved if loss < math.inf else network


def _step(
    parameters: tuple[np.ndarray, ...], gradients: list[np.ndarray], step_size: float
) -> tuple[np.ndarray, ...]:
    return tuple(p - step_size * g for p, g in zip(parameters, gradients, strict=True))


def _loss_and_gradients(
    network: Network, X: np.ndarray, labels: np.ndarray
) -> tuple[float, list[np.ndarray], list[np.ndarray]]:
    if labels.shape != X.shape[:1]:
        raise ArgumentError(f"labels must have shape {X.shape[:1]}, got {labels.shape}")
    loss = 0.0
    weights = [np.zeros_like(W) for W in network.weights]
    biases = [np.zeros_like(b) for b in network.biases]
    for start in range(0, len(X), _SLICE):
        x, y = X[start : start + _SLICE], labels[start : start + _SLICE]
        share = len(x) / len(X)
        states = forward(network, x)
        loss += share * cross_entropy(states.logits, y)
        part = backward(network, states, y)
        weights = [total + share * g for total, g in zip(weights, part.weights, strict=True)]
        biases = [total + share * g for total, g in zip(biases, part.biases, strict=True)]
    return loss, weights, biases
