"""Deep networks for the digits, drawn as each activation asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.experiment._digits import TARGET
from offcenter.experiment._setups import SIZES, seeds, split
from offcenter.network import (
    Family,
    Network,
    Problem,
    Race,
    backward,
    forward,
    initialize,
    race,
    stack,
)

__all__ = ["DEEP_STEPS", "DEEP_TARGETS", "HIDDEN_LAYERS", "deep_races", "gradient_shares"]

HIDDEN_LAYERS = 10
_SIZES = (SIZES[0], *[SIZES[1]] * HIDDEN_LAYERS, SIZES[-1])
DEEP_STEPS = 300  # more are not tried
DEEP_TARGETS = (2.0, TARGET)  # training losses; at the start it is about ln 10 = 2.3
_DRAWS = 3

# √2 keeps the mean square of ReLU layers, 1 that of small tanh pre-activations.
_GAINS: Mapping[str, float] = MappingProxyType({"sigmoid": 1.0, "tanh": 1.0, "relu": math.sqrt(2)})
# σ gets steps of a wide range: none of them helps.
_POWERS: Mapping[str, range] = MappingProxyType(
    {"sigmoid": range(-4, 5, 2), "tanh": range(-5, 1), "relu": range(-5, 1)}
)


def _networks(activation: str, block: int) -> list[Network]:
    return [
        initialize(
            _SIZES,
            activation=activation,
            rng=np.random.default_rng([seed, 5]),
            gain=_GAINS[activation],
        )
        for seed in seeds(block)[:_DRAWS]
    ]


@guarded(infinite=True)
@stored
def deep_races(activation: str, block: int = 0) -> Race:
    """Train networks of ten hidden layers on centered pixels in full batches, to `DEEP_TARGETS`.

    Weights are N(0, gain²/inputs) with gain √2 for ReLU and 1 otherwise, biases 0.

    Parameters
    ----------
    activation : {"sigmoid", "tanh", "relu"}
    block : int
        Of seeds, as in `seeds`; the first three of it.

    Raises
    ------
    ValueError
        If the activation is none of these, or the block is negative.
    """
    _checks.one_of("activation", activation, _GAINS)
    networks = _networks(activation, block)
    parts = []
    for seed in seeds(block)[:_DRAWS]:
        data = split(seed)
        mean, classes = data.inputs.mean(axis=0), np.eye(SIZES[-1])
        parts.append(
            (
                data.inputs - mean,
                classes[data.labels],
                data.test_inputs - mean,
                classes[data.test_labels],
            )
        )
    x, y, test_x, test_y = (np.array(part) for part in zip(*parts, strict=True))
    return race(
        Family(_SIZES, activation),
        stack(networks),
        Problem(x, y),
        Problem(test_x, test_y),
        step_sizes=2.0 ** np.array(_POWERS[activation]),
        targets=DEEP_TARGETS,
        limit=DEEP_STEPS,
    )


@guarded
def gradient_shares(activation: str, block: int = 0) -> np.ndarray:
    """Return ‖∂L/∂W₁‖/‖∂L/∂W₁₁‖ of the networks of `deep_races` before training, shape (S,).

    Parameters
    ----------
    activation : {"sigmoid", "tanh", "relu"}
    block : int

    Raises
    ------
    ValueError
        As `deep_races`.
    """
    _checks.one_of("activation", activation, _GAINS)
    shares = []
    for seed, network in zip(seeds(block), _networks(activation, block), strict=False):
        data = split(seed)
        states = forward(network, data.inputs - data.inputs.mean(axis=0))
        weights = backward(network, states, data.labels).weights
        shares.append(np.linalg.norm(weights[0]) / np.linalg.norm(weights[-1]))
    return np.array(shares)
