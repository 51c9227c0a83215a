"""Paths: steps that a reader can follow with a pencil."""

from offcenter.examples._steps import first_within, steps_from_slowest, steps_until
from offcenter.examples.paths._full_batch import Bowl, SmallerSteps, bowl, smaller_steps
from offcenter.examples.paths._single_examples import (
    ByHand,
    FourExamples,
    TwoExamples,
    by_hand,
    four_examples,
    two_examples,
)

__all__ = [
    "Bowl",
    "ByHand",
    "FourExamples",
    "SmallerSteps",
    "TwoExamples",
    "bowl",
    "by_hand",
    "first_within",
    "four_examples",
    "smaller_steps",
    "steps_from_slowest",
    "steps_until",
    "two_examples",
]
