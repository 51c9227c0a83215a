"""What a batch does to the signs of a gradient, and how many steps it saves."""

from offcenter.batches._agreement import SIZES, Agreement, batch_agreement
from offcenter.batches._regimes import (
    ERROR_LAWS,
    Regimes,
    batch_regimes,
    crossover,
    draw_errors,
    regime_agreement,
)
from offcenter.batches._steps import (
    BatchSteps,
    Feature,
    best_step,
    gain_of_the_full_batch,
    limit_speed,
    mean_square_matrix,
    mean_square_rate,
    run_sgd,
    single_example_gain,
    single_example_rate,
)

__all__ = [
    "ERROR_LAWS",
    "SIZES",
    "Agreement",
    "BatchSteps",
    "Feature",
    "Regimes",
    "batch_agreement",
    "batch_regimes",
    "best_step",
    "crossover",
    "draw_errors",
    "gain_of_the_full_batch",
    "limit_speed",
    "mean_square_matrix",
    "mean_square_rate",
    "regime_agreement",
    "run_sgd",
    "single_example_gain",
    "single_example_rate",
]
