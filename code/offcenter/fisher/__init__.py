"""Fisher matrices and natural gradient steps, from one logistic unit to a small network."""

from offcenter.fisher._example import damped_changes, logistic_sample, smallest_eigenvalue
from offcenter.fisher._kronecker import kronecker_step
from offcenter.fisher._logistic import (
    LogisticUnit,
    center_regress_intercept,
    logistic_divergence,
    logistic_fisher,
    logistic_gradient,
    logistic_loss,
    natural_step,
)
from offcenter.fisher._network import (
    LIKELIHOODS,
    STEPS,
    add_step,
    network_fisher,
    output_jacobian,
    squared_loss_step,
)
from offcenter.fisher._path import LogisticPath, logistic_path
from offcenter.fisher._step import LayerStep, ThreeStages, UnitStep
from offcenter.fisher._symbolic import OneInputStep, one_input_step
from offcenter.fisher._unit import UnitFisher, unit_fisher
from offcenter.fisher._width import (
    largest_eigenvalue,
    normalized_gram,
    output_gram,
    width_eigenvalues,
)

__all__ = [
    "LIKELIHOODS",
    "STEPS",
    "LayerStep",
    "LogisticPath",
    "LogisticUnit",
    "OneInputStep",
    "ThreeStages",
    "UnitFisher",
    "UnitStep",
    "add_step",
    "center_regress_intercept",
    "damped_changes",
    "kronecker_step",
    "largest_eigenvalue",
    "logistic_divergence",
    "logistic_fisher",
    "logistic_gradient",
    "logistic_loss",
    "logistic_path",
    "logistic_sample",
    "natural_step",
    "network_fisher",
    "normalized_gram",
    "one_input_step",
    "output_gram",
    "output_jacobian",
    "smallest_eigenvalue",
    "squared_loss_step",
    "unit_fisher",
    "width_eigenvalues",
]
