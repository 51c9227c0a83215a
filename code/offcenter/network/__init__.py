"""A multilayer perceptron with explicit forward and backward passes, measured layer by layer.

Arrays are batch first: a row is an example.
"""

from offcenter.network._depth import relu_cosine, relu_cosines
from offcenter.network._layers import LayerStatistics, measure
from offcenter.network._model import (
    Gradients,
    Network,
    States,
    accuracy,
    backward,
    cross_entropy,
    forward,
    initialize,
    softmax,
)
from offcenter.network._same_function import (
    as_sigmoid_network,
    center_activation,
    flip_inputs,
    shift_inputs,
)
from offcenter.network._training import TrainingRun, train

__all__ = [
    "Gradients",
    "LayerStatistics",
    "Network",
    "States",
    "TrainingRun",
    "accuracy",
    "as_sigmoid_network",
    "backward",
    "center_activation",
    "cross_entropy",
    "flip_inputs",
    "forward",
    "initialize",
    "measure",
    "relu_cosine",
    "relu_cosines",
    "shift_inputs",
    "softmax",
    "train",
]
