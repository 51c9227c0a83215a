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
    FourWritings,
    MoreInputs,
    OneOrThree,
    SignOrMean,
    TwoParts,
    four_writings,
    more_inputs,
    one_or_three,
    sign_or_mean,
    two_parts,
)

__all__ = [
    "BiasShift",
    "FourWritings",
    "LeastSquares",
    "MoreInputs",
    "NaturalStep",
    "OneOrThree",
    "OneStep",
    "Shift",
    "SignOrMean",
    "TwoParts",
    "WhichMinimum",
    "four_writings",
    "least_squares",
    "mean_shift",
    "more_inputs",
    "natural_step",
    "one_or_three",
    "one_step",
    "shift",
    "sign_or_mean",
    "two_parts",
    "which_minimum",
]
