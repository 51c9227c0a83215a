"""Normalizations, and an experiment: what each remedy does to one layer.

`_norms` holds what a remedy does to a matrix of inputs.  The experiment stands beside it: one
layer for all (`_layer`), changes of what it reads (`_inputs`), changes of the method (`_methods`).
"""

from offcenter.remedies._inputs import INPUTS, effects_on_inputs
from offcenter.remedies._layer import Effect, rounds_of_descent
from offcenter.remedies._methods import METHODS, effects_of_methods, muon, newton_schulz, orthogonal
from offcenter.remedies._norms import (
    batch_norm,
    center,
    layer_norm,
    rms_norm,
    subtract_over_features,
)

__all__ = [
    "INPUTS",
    "METHODS",
    "Effect",
    "batch_norm",
    "center",
    "effects_of_methods",
    "effects_on_inputs",
    "layer_norm",
    "muon",
    "newton_schulz",
    "orthogonal",
    "rms_norm",
    "rounds_of_descent",
    "subtract_over_features",
]
