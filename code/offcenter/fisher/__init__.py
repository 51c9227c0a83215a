"""Fisher matrices and natural gradient steps, from one logistic unit to a small network."""

from offcenter.fisher._logistic import (
    LogisticPath,
    UnitStep,
    center_regress_intercept,
    logistic_divergence,
    logistic_fisher,
    logistic_gradient,
    logistic_loss,
    logistic_path,
    natural_step,
)
from offcenter.fisher._network import (
    LIKELIHOODS,
    STEPS,
    add_step,
    kronecker_step,
    largest_eigenvalue,
    network_fisher,
    output_gram,
    output_jacobian,
    squared_loss_step,
    width_eigenvalues,
)
from offcenter.fisher._unit import OneInputStep, UnitFisher, one_input_step, unit_fisher

__all__ = [
    "LIKELIHOODS",
    "STEPS",
    "LogisticPath",
    "OneInputStep",
    "UnitFisher",
    "UnitStep",
    "add_step",
    "center_regress_intercept",
    "kronecker_step",
    "largest_eigenvalue",
    "logistic_divergence",
    "logistic_fisher",
    "logistic_gradient",
    "logistic_loss",
    "logistic_path",
    "natural_step",
    "network_fisher",
    "one_input_step",
    "output_gram",
    "output_jacobian",
    "squared_loss_step",
    "unit_fisher",
    "width_eigenvalues",
]
