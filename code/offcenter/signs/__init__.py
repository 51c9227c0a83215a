"""The chain rule of one unit, the signs of what it gives, and the ways that are left to steps."""

from offcenter.signs._agreement import cosine_agreement, same_sign_probability, sign_agreement
from offcenter.signs._beyond import (
    batch_normalized_gradients,
    convolution_gradient,
    penalized_gradient,
    weight_normalized_gradient,
)
from offcenter.signs._chain_rule import (
    ASSUMPTIONS,
    Gradient,
    HiddenError,
    batch_gradient,
    deduced_sign,
    hidden_error,
    layer_gradient,
    output_error,
    provably_single_signed,
    sign_witnesses,
    unit_gradient,
)
from offcenter.signs._cone import ConeWay, shortest_way
from offcenter.signs._drawn import DrawnWays, drawn_ways
from offcenter.signs._split import OrthantSplit, orthant_split, single_signed

__all__ = [
    "ASSUMPTIONS",
    "ConeWay",
    "DrawnWays",
    "Gradient",
    "HiddenError",
    "OrthantSplit",
    "batch_gradient",
    "batch_normalized_gradients",
    "convolution_gradient",
    "cosine_agreement",
    "deduced_sign",
    "drawn_ways",
    "hidden_error",
    "layer_gradient",
    "orthant_split",
    "output_error",
    "penalized_gradient",
    "provably_single_signed",
    "same_sign_probability",
    "shortest_way",
    "sign_agreement",
    "sign_witnesses",
    "single_signed",
    "unit_gradient",
    "weight_normalized_gradient",
]
