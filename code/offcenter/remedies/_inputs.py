"""Changes of what the layer reads, each measured on the same layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from offcenter._guard import guarded
from offcenter._store import stored
from offcenter.activations import Activation
from offcenter.remedies._layer import Effect, Layer, layer, rounds_of_descent
from offcenter.remedies._norms import (
    batch_norm,
    center,
    layer_norm,
    rms_norm,
    subtract_over_features,
)
from offcenter.spectrum import offset_share, second_moment

__all__ = ["INPUTS", "effects_on_inputs"]

INPUTS: Mapping[str, Callable[[Layer], np.ndarray]] = MappingProxyType(
    {
        "nothing": lambda a: a.activations(),
        "center-data": lambda a: a.activations(center(a.inputs)),
        "center-activations": lambda a: center(a.activations()),
        "center-both": lambda a: center(a.activations(center(a.inputs))),
        "mean-only-before": lambda a: a.phi.value(center(a.pre_activations())),
        "batch-before": lambda a: a.phi.value(batch_norm(a.pre_activations())),
        "batch-after": lambda a: batch_norm(a.activations()),
        "layer-before": lambda a: a.phi.value(layer_norm(a.pre_activations())),
        "layer-after": lambda a: layer_norm(a.activations()),
        "layer-after-centered": lambda a: layer_norm(a.activations(center(a.inputs))),
        "rms-after": lambda a: rms_norm(a.activations()),
        "centralized": lambda a: subtract_over_features(a.activations()),
        "centralized-centered": lambda a: subtract_over_features(a.activations(center(a.inputs))),
    }
)


def _useful(H: np.ndarray) -> np.ndarray:
    """The eigenvalues above rounding: the others belong to weights that change no output."""
    values = np.linalg.eigvalsh(H)
    return values[values > 1e-10 * values[-1]]


@guarded
@stored
def effects_on_inputs(
    *, activation: str | Activation = "sigmoid", gain: float = 1.0, seed: int = 0
) -> tuple[Effect, ...]:
    """Return what changes of a hidden layer's output do to the layer that reads it.

    The hidden layer reads 64 fair bits and has 24 units; the next layer has a bias, a squared
    loss, and tuned gradient descent over all 2000 examples.

    Parameters
    ----------
    activation : str or Activation
        Of the hidden layer.
    gain : float
        The standard deviation of its pre-activations for centered bits, above 0.
    seed : int
        Of bits and weights.

    Returns
    -------
    tuple of Effect
        One for each of `INPUTS`.

    Raises
    ------
    ValueError
        If there is no such activation, `gain` is not above 0, or `seed` is negative.
    """
    one = layer(activation, gain=gain, seed=seed)
    effects = []
    for name, change in INPUTS.items():
        values = change(one)
        eigenvalues = _useful(second_moment(values, bias=True))
        effects.append(
            Effect(
                name,
                offset_share(values),
                float(eigenvalues[-1] / eigenvalues[0]),
                rounds_of_descent(eigenvalues),
            )
        )
    return tuple(effects)
