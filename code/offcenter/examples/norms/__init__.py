"""Normalizations on two or three examples, in linear regression, and in a small network."""

from offcenter.examples.norms._batch_norm import (
    BiasAndNorm,
    Fixed,
    Learned,
    Place,
    ShiftedInput,
    bias,
    fixed,
    learned,
    place,
    shifted_input,
)
from offcenter.examples.norms._centralized import CentralizedStep, centralized_step
from offcenter.examples.norms._inputs import OnInputs, on_inputs
from offcenter.examples.norms._layer_norm import (
    Columns,
    Features,
    Folded,
    WhichMean,
    columns,
    features,
    folded,
    which_mean,
)
from offcenter.examples.norms._network import AddedConstant, added_constant
from offcenter.examples.norms._regression import (
    Centralized,
    TwoMeans,
    centralized,
    two_means,
)
from offcenter.examples.norms._sigmoids import Sigmoids, sigmoids

__all__ = [
    "AddedConstant",
    "BiasAndNorm",
    "Centralized",
    "CentralizedStep",
    "Columns",
    "Features",
    "Fixed",
    "Folded",
    "Learned",
    "OnInputs",
    "Place",
    "ShiftedInput",
    "Sigmoids",
    "TwoMeans",
    "WhichMean",
    "added_constant",
    "bias",
    "centralized",
    "centralized_step",
    "columns",
    "features",
    "fixed",
    "folded",
    "learned",
    "on_inputs",
    "place",
    "shifted_input",
    "sigmoids",
    "two_means",
    "which_mean",
]
