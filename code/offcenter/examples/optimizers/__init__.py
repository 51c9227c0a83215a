"""Optimizers on bowls of two weights."""

from offcenter.examples.optimizers._adam import (
    AdamStart,
    AdamSteps,
    AdamTurns,
    SignSteps,
    adam_start,
    adam_steps,
    adam_turns,
    sign_steps,
)
from offcenter.examples.optimizers._momentum import (
    ConditionNumber,
    Momentum,
    StepLimit,
    Swings,
    conditioned,
    momentum_runs,
    step_limit,
    swings,
)
from offcenter.examples.optimizers._preconditioning import (
    DiagonalScaling,
    Inverse,
    diagonal,
    inverse,
)

__all__ = [
    "AdamStart",
    "AdamSteps",
    "AdamTurns",
    "ConditionNumber",
    "DiagonalScaling",
    "Inverse",
    "Momentum",
    "SignSteps",
    "StepLimit",
    "Swings",
    "adam_start",
    "adam_steps",
    "adam_turns",
    "conditioned",
    "diagonal",
    "inverse",
    "momentum_runs",
    "sign_steps",
    "step_limit",
    "swings",
]
