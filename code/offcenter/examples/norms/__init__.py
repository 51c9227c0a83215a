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
from offcenter.examples.norms._layer_norm import (
    Columns,
    Features,
    RowOrColumn,
    columns,
    features,
    row_or_column,
)
from offcenter.examples.norms._network import AddedConstant, added_constant
from offcenter.examples.norms._regression import (
    Centralized,
    NormedInputs,
    TwoMeans,
    centralized,
    normed_inputs,
    two_means,
)
from offcenter.examples.norms._sigmoids import Sigmoids, sigmoids

__all__ = [
    "AddedConstant",
    "BiasAndNorm",
    "Centralized",
    "Columns",
    "Features",
    "Fixed",
    "Learned",
    "NormedInputs",
    "Place",
    "RowOrColumn",
    "ShiftedInput",
    "Sigmoids",
    "TwoMeans",
    "added_constant",
    "bias",
    "centralized",
    "columns",
    "features",
    "fixed",
    "learned",
    "normed_inputs",
    "place",
    "row_or_column",
    "shifted_input",
    "sigmoids",
    "two_means",
]
