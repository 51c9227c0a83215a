"""Curvature: the second moment of a few inputs, with a mean and without."""

from offcenter.examples.spectra._bias import (
    BiasShift,
    NaturalStep,
    OneStep,
    Shift,
    WhichMinimum,
    mean_shift,
    natural_step,
    one_step,
    shift,
    which_minimum,
)
from offcenter.examples.spectra._least_squares import LeastSquares, least_squares
from offcenter.examples.spectra._moments import (
    FourPoints,
    FourWritings,
    MoreInputs,
    OneOrThree,
    SignOrMean,
    TwoParts,
    four_points,
    four_writings,
    more_inputs,
    one_or_three,
    sign_or_mean,
    two_parts,
)
from offcenter.examples.spectra._relu_units import ReluUnits, relu_units

__all__ = [
    "BiasShift",
    "FourPoints",
    "FourWritings",
    "LeastSquares",
    "MoreInputs",
    "NaturalStep",
    "OneOrThree",
    "OneStep",
    "ReluUnits",
    "Shift",
    "SignOrMean",
    "TwoParts",
    "WhichMinimum",
    "four_points",
    "four_writings",
    "least_squares",
    "mean_shift",
    "more_inputs",
    "natural_step",
    "one_or_three",
    "one_step",
    "relu_units",
    "shift",
    "sign_or_mean",
    "two_parts",
    "which_minimum",
]
