"""Paths: steps that a reader can follow with a pencil."""

from offcenter.examples._steps import first_within, steps_from_slowest, steps_until
from offcenter.examples.paths._digits import Digits, TwoPixels, digits, two_pixels
from offcenter.examples.paths._full_batch import (
    Bowl,
    Curve,
    LineSearch,
    SmallerSteps,
    Straight,
    bowl,
    curve,
    line_search,
    smaller_steps,
    straight,
)
from offcenter.examples.paths._single_examples import (
    ByHand,
    FourExamples,
    TwoExamples,
    ZigZag,
    by_hand,
    four_examples,
    two_examples,
    zigzag,
)

__all__ = [
    "Bowl",
    "ByHand",
    "Curve",
    "Digits",
    "FourExamples",
    "LineSearch",
    "SmallerSteps",
    "Straight",
    "TwoExamples",
    "TwoPixels",
    "ZigZag",
    "bowl",
    "by_hand",
    "curve",
    "digits",
    "first_within",
    "four_examples",
    "line_search",
    "smaller_steps",
    "steps_from_slowest",
    "steps_until",
    "straight",
    "two_examples",
    "two_pixels",
    "zigzag",
]
