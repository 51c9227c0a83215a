"""Optimizers on bowls of two weights."""

from offcenter.examples.optimizers._adam import (
    AdamStart,
    AdamSteps,
    AdamTurns,
    adam_start,
    adam_steps,
    adam_turns,
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
    Saddle,
    diagonal,
    inverse,
    saddle,
)
from offcenter.examples.optimizers._signs import (
    SignSteps,
    SignWays,
    sign_steps,
    sign_ways,
)

__all__ = [
    "AdamStart",
    "AdamSteps",
    "AdamTurns",
    "ConditionNumber",
    "DiagonalScaling",
    "Inverse",
    "Momentum",
    "Saddle",
    "SignSteps",
    "SignWays",
    "StepLimit",
    "Swings",
    "adam_start",
    "adam_steps",
    "adam_turns",
    "conditioned",
    "diagonal",
    "inverse",
    "momentum_runs",
    "saddle",
    "sign_steps",
    "sign_ways",
    "step_limit",
    "swings",
]
