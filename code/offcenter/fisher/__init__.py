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

__all__ = [
    "LogisticPath",
    "UnitStep",
    "center_regress_intercept",
    "logistic_divergence",
    "logistic_fisher",
    "logistic_gradient",
    "logistic_loss",
    "logistic_path",
    "natural_step",
]
