"""A controlled experiment on the digits: networks that start as one function, centered or not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from offcenter import _checks
from offcenter.data import load_digits
from offcenter.network import (
    LayerStatistics,
    Network,
    TrainingRun,
    accuracy,
    as_sigmoid_network,
    center_activation,
    initialize,
    measure,
    shift_inputs,
    train,
)

__all__ = [
    "BATCH_SIZE",
    "SETUPS",
    "SIZES",
    "STEPS",
    "TARGET",
    "TRAINING_EXAMPLES",
    "Run",
    "Setup",
    "Split",
    "best_run",
    "layers",
    "run",
    "search",
    "split",
    "start",
]

SIZES = (64, 64, 64, 64, 10)
TARGET = 0.1  # training loss at which a run stops
STEPS = 250  # a run that takes longer has failed
TRAINING_EXAMPLES = 500
BATCH_SIZE = 32  # for the signs of batch gradients
_SEED = 1


@dataclass(frozen=True)
class Setup:
    """One way to write down the network.

    Parameters
    ----------
    label : str
    activation : str
        Of the hidden layers: sigmoid, tanh or relu.
    centered_activation : bool
        Whether its mean under N(0, 1) is subtracted.
    centered_inputs : bool
        Whether each pixel's mean over the training examples is subtracted.
    first_step_size : float
        Where the search for the best step size begins.
    """

    label: str
    activation: str
    centered_activation: bool
    centered_inputs: bool
    first_step_size: float


#: The ways that are compared, by name.
SETUPS: Mapping[str, Setup] = MappingProxyType(
    {
        "sigmoid-raw": Setup("σ, raw pixels", "sigmoid", False, False, 1.0),
        "sigmoid-centered": Setup("σ, centered pixels", "sigmoid", False, True, 2.0),
        "shifted-raw": Setup("σ − ½, raw pixels", "sigmoid", True, False, 4.0),
        "shifted-centered": Setup("σ − ½, centered pixels", "sigmoid", True, True, 1.0),
        "tanh-raw": Setup("tanh, raw pixels", "tanh", False, False, 0.5),
        "tanh-centered": Setup("tanh, centered pixels", "tanh", False, True, 1.0),
        "relu-raw": Setup("ReLU, raw pixels", "relu", False, False, 0.25),
        "relu-centered": Setup("ReLU, centered pixels", "relu", False, True, 0.5),
    }
)


@dataclass(frozen=True)
class Split:
    """The digits in random order, cut into examples for training and for testing.

    Parameters
    ----------
    inputs, test_inputs : ndarray, shape (N, 64)
    labels, test_labels : ndarray of int, shape (N,)
    """

    inputs: np.ndarray
    labels: np.ndarray
    test_inputs: np.ndarray
    test_labels: np.ndarray


@cache
def split() -> Split:
    """Return the digits, `TRAINING_EXAMPLES` for training and the others for testing, read-only."""
    digits = load_digits()
    order = np.random.default_rng(_SEED).permutation(len(digits.labels))
    first, rest = order[:TRAINING_EXAMPLES], order[TRAINING_EXAMPLES:]
    parts = digits.inputs[first], digits.labels[first], digits.inputs[rest], digits.labels[rest]
    # All callers share them.
    for part in parts:
        part.setflags(write=False)
    return Split(*parts)


@cache
def start(name: str) -> tuple[Network, np.ndarray]:
    """Return the network of a setup before training, and the shift of the pixels.

    All sigmoid and tanh networks are one function of the pixels, and so are both ReLU networks:
    biases absorb what centering subtracts, and σ is tanh in other units.

    Parameters
    ----------
    name : str
        A key of `SETUPS`.

    Raises
    ------
    ValueError
        If it is none.
    """
    setup = SETUPS[_checks.one_of("name", name, SETUPS)]
    rng = np.random.default_rng(_SEED)
    if setup.activation == "relu":
        network = initialize(SIZES, activation="relu", rng=rng, gain=math.sqrt(2))
    else:
        network = initialize(SIZES, activation="tanh", rng=rng)
    if setup.activation == "sigmoid":
        network = as_sigmoid_network(network)
    if setup.centered_activation:
        network = center_activation(network)
    # Weights and zero biases are drawn for centered pixels.
    mean = split().inputs.mean(axis=0)
    if setup.centered_inputs:
        return network, mean
    return shift_inputs(network, -mean), np.zeros_like(mean)


@dataclass(frozen=True)
class Run:
    """One training run of a setup.

    Parameters
    ----------
    setup : Setup
    step_size : float
    training : TrainingRun
    test_accuracy : float
        The share of the test examples that the trained network names correctly.
    """

    setup: Setup
    step_size: float
    training: TrainingRun
    test_accuracy: float


@cache
def run(name: str, step_size: float, *, steps: int = STEPS) -> Run:
    """Train a setup with full batches until the loss is at `TARGET`, or `steps` are taken.

    Raises
    ------
    ValueError
        If there is no setup of that name, or a number is out of range.
    """
    network, shift = start(name)
    data = split()
    training = train(
        network,
        data.inputs - shift,
        data.labels,
        step_size=step_size,
        steps=steps,
        target=TARGET,
    )
    right = accuracy(training.network, data.test_inputs - shift, data.test_labels)
    return Run(SETUPS[name], step_size, training, right)


@cache
def search(name: str) -> tuple[Run, ...]:
    """Return the runs of a search for the best step size of a setup, by rising step size.

    It begins at the setup's first step size and doubles it while that needs fewer steps; if the
    first doubling does not help, it halves it instead.  A run that is no better than the best one
    so far is stopped when that is clear.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    RuntimeError
        If no run reaches the target.
    """
    setup = SETUPS[_checks.one_of("name", name, SETUPS)]
    best = run(name, setup.first_step_size)
    tried = [best]
    for factor in (2.0, 0.5):
        while True:
            limit = best.training.steps - 1 if best.training.reached else STEPS
            tried.append(run(name, best.step_size * factor, steps=limit))
            if not tried[-1].training.reached:
                break
            best = tried[-1]
        if best is not tried[0]:
            break
    if not best.training.reached:
        raise RuntimeError(f"no step size brought {name} to a loss of {TARGET}")
    return tuple(sorted(tried, key=lambda run: run.step_size))


def best_run(name: str) -> Run:
    """Return the run of `search` that reached the target in the fewest steps.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    reached = [run for run in search(name) if run.training.reached]
    return min(reached, key=lambda run: run.training.steps)


@cache
def layers(name: str, *, trained: bool) -> tuple[LayerStatistics, ...]:
    """Return the measurements of each layer on the training examples, before or after training.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    network, shift = start(name)
    if trained:
        network = best_run(name).training.network
    data = split()
    return measure(network, data.inputs - shift, data.labels, batch_size=BATCH_SIZE)
