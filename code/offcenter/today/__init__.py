"""The mean in today's networks: a language model, rounding, attention, residual networks."""

from offcenter.today._attention import attend, attention_weights
from offcenter.today._optimizer_race import WRITINGS, OptimizerRace, optimizer_race
from offcenter.today._optimizers import OPTIMIZERS
from offcenter.today._places import PLACES, Place, layer_norm, places, rms_norm
from offcenter.today._residual import (
    FEED_FORWARDS,
    PLACEMENTS,
    cosine_after,
    residual_cosines,
    residual_network,
)
from offcenter.today._rounding import expected_rounding_error, round_blocks, rounding_error
from offcenter.today._transformer import random_transformer, start_shares

__all__ = [
    "FEED_FORWARDS",
    "OPTIMIZERS",
    "PLACEMENTS",
    "PLACES",
    "WRITINGS",
    "OptimizerRace",
    "Place",
    "attend",
    "attention_weights",
    "cosine_after",
    "expected_rounding_error",
    "layer_norm",
    "optimizer_race",
    "places",
    "random_transformer",
    "residual_cosines",
    "residual_network",
    "rms_norm",
    "round_blocks",
    "rounding_error",
    "start_shares",
]
