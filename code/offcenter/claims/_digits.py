"""What the boxes on the digit networks assume."""

from offcenter.experiment import SIZES, TRAINING_EXAMPLES

__all__ = ["BEST", "DRAWN", "SECOND_MOMENT", "THREE_LAYERS", "TRAINED", "WIDTH"]

#: Whose condition number is meant.
SECOND_MOMENT = "A: the second moment of what a layer reads, and of a 1 for the bias"
#: Their loss, and how the networks start: other ones can change which of two is faster.
DRAWN = (
    "softmax cross-entropy; independent weights N(0, 1/inputs) (ReLU: N(0, 2/inputs)), biases "
    "0, for centered pixels (less their means) and for tanh; raw pixels and σ: the same function, "
    "rewritten"
)
#: What a number of steps is counted at: with a finer grid a pair can come nearer or change places.
BEST = (
    "the best step size for each, a power of two; no loss of the run above thrice the largest "
    "first loss of all runs compared"
)
#: Of the digit network.
WIDTH = "three hidden layers of 32 units"
TRAINED = f"trained in full batches to a loss of 0.1; {BEST}"
#: What it was measured on: with fewer examples their second moments are singular.
THREE_LAYERS = (
    f"{TRAINING_EXAMPLES} digits, three hidden layers of {SIZES[1]}, ten random starts and splits"
)
