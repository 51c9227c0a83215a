"""Claims of the chapter on real networks: a convolution network, and what batch norm leaves."""

import numpy as np

from offcenter.claims._digits import BEST
from offcenter.claims._numbers import key_of, ranged
from offcenter.claims._record import Check, at_least, at_most, claim, yes
from offcenter.experiment import (
    CONVOLUTION_TARGETS,
    CONVOLUTIONS,
    METHODS,
    convolution_races,
    convolution_start,
    seeds,
)
from offcenter.network import Images

_DIGITS = "128 digits, 8 kernels of 3 × 3, full batches, ten random starts and splits"
_MAIN = 1  # the target that the table shows
_METHODS = ("full", "momentum", "adam")
_STEPS = 30
_LOSSES = ", ".join(f"{loss:g}" for loss in CONVOLUTION_TARGETS)


@claim(
    "networks.convolution",
    "From each of the ten starts here a convolution network takes fewer steps with the last "
    "layer's inputs centered than with batch norm before the ReLU (gradient descent, Adam), and "
    "with both at most two thirds of batch norm's (momentum, too).",
    kind="measured",
    assumes=(
        "digits; 8 kernels, ReLU, means over 2 × 2 places, a linear layer; norms without γ and β",
        "softmax cross-entropy; independent weights N(0, 2/inputs), of the last layer "
        "N(0, 1/inputs), biases 0, for centered images",
        "with and without batch norm two functions at the start",
        f"full batches, to training losses of {_LOSSES}; {BEST}",
    ),
    over=f"each start of {_DIGITS}, momentum 0.9, Adam; losses {_LOSSES}",
)
def _(seed: int) -> Check:
    parts = []
    numbers: dict[str, float] = {"target": CONVOLUTION_TARGETS[_MAIN], "seeds": len(seeds(seed))}
    for method in _METHODS:
        races = {name: convolution_races(name, method, seed) for name in CONVOLUTIONS}
        fewest = {name: race.fewest for name, race in races.items()}
        for name, steps in fewest.items():
            numbers |= ranged(f"{method}_{key_of(name)}", steps[:, _MAIN])
        for name, one in races.items():
            numbers |= ranged(f"{method}_{key_of(name)}_size", one.step_sizes[one.best[:, _MAIN]])
        numbers[f"{method}_gains"] = int((fewest["plain"] > fewest["centered"])[:, _MAIN].sum())
        label = METHODS[method].label
        # With momentum batch norm can be as fast, and at a loss of 0.25 two steps faster.
        if method != "momentum":
            parts.append(
                at_least(
                    f"{label}: least ratio of steps, batch norm to centered outputs",
                    bound=1.005,
                    observed=float((fewest["norm"] / fewest["output"]).min()),
                    matters=0.8,
                )
            )
        parts += [
            at_least(
                f"{label}: least ratio of steps, batch norm without and with centered outputs",
                bound=1.5,
                observed=float((fewest["norm"] / fewest["norm-output"]).min()),
                matters=1.5,
            ),
        ]
        # At an edge a better step size may lie beyond; for the slower one that would count.
        last = len(races["norm"].step_sizes) - 1
        inside = (races["norm"].best[:, _MAIN] > 0) & (races["norm"].best[:, _MAIN] < last)
        parts.append(yes(f"{label}: step sizes of batch norm inside the grid", bool(inside.all())))
    return Check(*parts, numbers=numbers)


def _losses(images: Images, name: str, block: int) -> np.ndarray:
    family, theta, _, _ = convolution_start(name, block)
    losses = []
    for _ in range(_STEPS):
        loss, gradient = images.gradients(family, theta)
        losses.append(loss)
        theta = theta - gradient
    return np.array(losses)


@claim(
    "networks.convolution-norm",
    "With batch norm right behind the kernels, one number subtracted from all pixels changes no "
    "training loss of the run; on the digits each pixel's own mean subtracted does.",
    kind="measured",
    assumes=(
        "no padding; only the kernels read pixels; norm by the batch's own statistics",
        "the same kernels at the start",
    ),
    over=f"{_DIGITS}; {_STEPS} steps of size 1",
)
def _(seed: int) -> Check:
    _, _, raw, _ = convolution_start("norm", seed)
    _, _, centered, _ = convolution_start("norm-centered", seed)
    own = Images(raw.inputs - raw.inputs.mean(axis=1, keepdims=True), raw.targets)
    first = _losses(raw, "norm", seed)
    return Check(
        at_most(
            "largest difference of two losses, one number subtracted",
            bound=1e-9,
            observed=float(np.abs(first - _losses(centered, "norm-centered", seed)).max()),
            matters=1e-9,
        ),
        at_least(
            "largest difference, each pixel's mean subtracted",
            bound=0.1,
            observed=float(np.abs(first - _losses(own, "norm", seed)).max()),
            matters=1.0,
        ),
    )
