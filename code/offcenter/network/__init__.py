"""A multilayer perceptron with explicit forward and backward passes, measured layer by layer.

Arrays are batch first: a row is an example.
"""

from offcenter.network._convolution import Convolution, Images
from offcenter.network._depth import relu_cosine, relu_cosines
from offcenter.network._flow import Road, road
from offcenter.network._layers import LayerStatistics, measure
from offcenter.network._memory import Memory, leaky_memory, lstm_memory
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
from offcenter.network._race import METHODS, Race, race
from offcenter.network._same_function import (
    as_sigmoid_network,
    center_activation,
    flip_inputs,
    shift_inputs,
)
from offcenter.network._stack import Family, Problem, curvature, stack
from offcenter.network._training import TrainingRun, train

__all__ = [
    "METHODS",
    "Convolution",
    "Family",
    "Gradients",
    "Images",
    "LayerStatistics",
    "Memory",
    "Network",
    "Problem",
    "Race",
    "Road",
    "States",
    "TrainingRun",
    "accuracy",
    "as_sigmoid_network",
    "backward",
    "center_activation",
    "cross_entropy",
    "curvature",
    "flip_inputs",
    "forward",
    "initialize",
    "leaky_memory",
    "lstm_memory",
    "measure",
    "race",
    "relu_cosine",
    "relu_cosines",
    "road",
    "shift_inputs",
    "softmax",
    "stack",
    "train",
]
