"""Networks for the digits that start as one function, centered or not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.activations import ACTIVATIONS
from offcenter.data import load_digits
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

__all__ = [
    "SEEDS",
    "SETUPS",
    "SIZES",
    "TRAINING_EXAMPLES",
    "Contest",
    "Setup",
    "Split",
    "contest",
    "network_of",
    "seeds",
    "split",
    "start",
]

SIZES = (64, 32, 32, 32, 10)
TRAINING_EXAMPLES = 256
SEEDS = 10


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
    """

    label: str
    activation: str
    centered_activation: bool
    centered_inputs: bool


#: The ways that are compared, by name.
SETUPS: Mapping[str, Setup] = MappingProxyType(
    {
        "sigmoid-raw": Setup("σ, raw pixels", "sigmoid", False, False),
        "sigmoid-centered": Setup("σ, centered pixels", "sigmoid", False, True),
        "shifted-raw": Setup("σ − ½, raw pixels", "sigmoid", True, False),
        "shifted-centered": Setup("σ − ½, centered pixels", "sigmoid", True, True),
        "tanh-raw": Setup("tanh, raw pixels", "tanh", False, False),
        "tanh-centered": Setup("tanh, centered pixels", "tanh", False, True),
        "relu-raw": Setup("ReLU, raw pixels", "relu", False, False),
        "relu-centered": Setup("ReLU, centered pixels", "relu", False, True),
    }
)


@guarded
def seeds(block: int = 0) -> tuple[int, ...]:
    """Return the seeds of a block: block 0 is what the book shows, others are for its tests.

    Block 0 has `SEEDS` seeds, any other has two, which no other block has.

    Raises
    ------
    ValueError
        If the block is negative.
    """
    block = _checks.count("block", block, minimum=0)
    if block == 0:
        return tuple(range(SEEDS))
    return SEEDS + 2 * block - 2, SEEDS + 2 * block - 1


@dataclass(frozen=True, eq=False)
class Split(Record):
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


@guarded
@cache
def split(seed: int = 0, *, examples: int = TRAINING_EXAMPLES) -> Split:
    """Return the digits, `examples` for training and the others for testing, read-only."""
    digits = load_digits()
    examples = _checks.count("examples", examples, maximum=len(digits.labels) - 1)
    order = np.random.default_rng([seed, 0]).permutation(len(digits.labels))
    first, rest = order[:examples], order[examples:]
    parts = digits.inputs[first], digits.labels[first], digits.inputs[rest], digits.labels[rest]
    # All callers share them.
    for part in parts:
        part.setflags(write=False)
    return Split(*parts)


@guarded
def start(
    name: str,
    seed: int = 0,
    *,
    sizes: tuple[int, ...] = SIZES,
    examples: int = TRAINING_EXAMPLES,
) -> tuple[Network, np.ndarray]:
    """Return the network of a setup before training, and the shift of the pixels.

    All sigmoid and tanh networks are one function of the pixels, and so are both ReLU networks:
    biases absorb what centering subtracts, and σ is tanh in other units.

    Parameters
    ----------
    name : str
        A key of `SETUPS`.
    seed : int
        Of the weights and of the split.
    sizes : tuple of int
    examples : int
        For training.

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    setup = SETUPS[_checks.one_of("name", name, SETUPS)]
    rng = np.random.default_rng([seed, 1])
    if setup.activation == "relu":
        network = initialize(sizes, activation="relu", rng=rng, gain=math.sqrt(2))
    else:
        network = initialize(sizes, activation="tanh", rng=rng)
    if setup.activation == "sigmoid":
        network = as_sigmoid_network(network)
    if setup.centered_activation:
        network = center_activation(network)
    # Weights and zero biases are drawn for centered pixels.
    mean = split(seed, examples=examples).inputs.mean(axis=0)
    if setup.centered_inputs:
        return network, mean
    return shift_inputs(network, -mean), np.zeros_like(mean)


@dataclass(frozen=True, eq=False)
class Contest(Record):
    """A setup over several seeds, ready to be trained.

    Parameters
    ----------
    family : Family
    theta : ndarray, shape (S, P)
        Where the networks begin.
    training, test : Problem
        Pixels as the networks read them.
    """

    family: Family
    theta: np.ndarray
    training: Problem
    test: Problem


@guarded
def contest(
    name: str,
    block: int = 0,
    *,
    sizes: tuple[int, ...] = SIZES,
    examples: int = TRAINING_EXAMPLES,
) -> Contest:
    """Return a setup over the seeds of a block.

    Raises
    ------
    ValueError
        As `start` and `seeds`.
    """
    setup = SETUPS[_checks.one_of("name", name, SETUPS)]
    networks, parts = [], []
    for seed in seeds(block):
        network, shift = start(name, seed, sizes=sizes, examples=examples)
        data = split(seed, examples=examples)
        networks.append(network)
        parts.append(
            (
                data.inputs - shift,
                np.eye(sizes[-1])[data.labels],
                data.test_inputs - shift,
                np.eye(sizes[-1])[data.test_labels],
            )
        )
    x, y, test_x, test_y = (np.array(part) for part in zip(*parts, strict=True))
    subtracted = ACTIVATIONS[setup.activation].mean if setup.centered_activation else 0.0
    family = Family(sizes, setup.activation, subtracted)
    return Contest(family, stack(networks), Problem(x, y), Problem(test_x, test_y))


@guarded
def network_of(name: str, parameters: np.ndarray) -> Network:
    """Return the network of a setup with these parameters, shape (P,).

    Raises
    ------
    ValueError
        If there is no setup of that name.
    """
    setup = SETUPS[_checks.one_of("name", name, SETUPS)]
    activation = ACTIVATIONS[setup.activation]
    family = Family(SIZES, setup.activation)
    parameters = _checks.vector("parameters", parameters, size=family.parameters)
    layers = family.layers(parameters[None])
    return Network(
        tuple(W[0].copy() for W, _ in layers),
        tuple(b[0].copy() for _, b in layers),
        activation.centered() if setup.centered_activation else activation,
    )
