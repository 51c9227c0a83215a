"""Claims of the chapter on real networks: what depth does to the offset."""

import math

import numpy as np

from offcenter.claims._record import Check, claim
from offcenter.experiment import SIZES, split
from offcenter.network import forward, initialize, relu_cosines
from offcenter.spectrum import iid_condition_number, mean_cosine, offset_share

_DEPTH = 10


@claim(
    "networks.depth",
    "In a wide random ReLU network the cosine between two examples rises with each layer, by "
    "c ← (√(1 − c²) + c(π − arccos c))/π.",
)
def _() -> Check:
    width, draws = 400, 6
    X = np.eye(16, width)  # at right angles: all cosines are 0
    observed = []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        sizes = (width,) * (_DEPTH + 1) + (1,)
        network = initialize(sizes, activation="relu", rng=rng, gain=math.sqrt(2))
        observed.append([mean_cosine(x) for x in forward(network, X).inputs[1:]])
    error = np.std(observed, axis=0, ddof=1).max() / math.sqrt(draws)
    cosines = relu_cosines(_DEPTH)
    excess = cosines / (1 - cosines)  # u = ρ/(1 − ρ)
    return Check(
        expected=cosines[1:],
        observed=np.mean(observed, axis=0),
        tolerance=3 * error + 2 / width,
        reason="three standard errors over the draws, and 2/width for the finite width",
        numbers={
            "width": width,
            "draws": draws,
            "depth": _DEPTH,
            "first": float(cosines[1]),
            "second": float(cosines[2]),
            "third": float(cosines[3]),
            "fifth": float(cosines[5]),
            "last": float(cosines[-1]),
            "excess_first": float(excess[1]),
            "excess_last": float(excess[-1]),
            "kappa_first": iid_condition_number(100, math.sqrt(excess[1]), 1.0),
            "kappa_last": iid_condition_number(100, math.sqrt(excess[-1]), 1.0),
            "worst": float(np.abs(np.mean(observed, axis=0) - cosines[1:]).max()),
            "batch_last": 1 / float(cosines[-1]),
        },
    )


@claim(
    "networks.depth-limit",
    "After many layers 1 − c falls like 9π²/(2l²) in the number l of ReLU layers.",
)
def _() -> Check:
    layers = 10_000
    left = 1 - relu_cosines(layers)
    limit = 9 * math.pi**2 / 2
    return Check(
        expected=1.0,
        observed=float(left[-1] * layers**2 / limit),
        tolerance=0.01,
        reason="the next term is smaller by a factor of order log(l)/l",
        numbers={
            "layers": layers,
            "hundred": float(left[100] * 100**2 / limit),
            "thousand": float(left[1000] * 1000**2 / limit),
        },
    )


@claim(
    "networks.offset-by-layer",
    "At the start, the hidden ReLU layers of the digit network have the offset shares that wide "
    "random layers have, and tanh layers have none.",
)
def _() -> Check:
    data = split()
    X = data.inputs - data.inputs.mean(axis=0)
    draws = 8

    def shares(activation: str, gain: float) -> np.ndarray:
        """Return ρ by draw and hidden layer."""
        return np.array(
            [
                [offset_share(x) for x in forward(network, X).inputs[1:]]
                for network in (
                    initialize(
                        SIZES, activation=activation, rng=np.random.default_rng(seed), gain=gain
                    )
                    for seed in range(draws)
                )
            ]
        )

    relu, tanh = shares("relu", math.sqrt(2)), shares("tanh", 1.0)
    error = relu.std(axis=0, ddof=1).max() / math.sqrt(draws)
    expected = relu_cosines(len(SIZES) - 2)[1:]
    return Check(
        expected=np.concatenate([expected, np.zeros(3)]),
        observed=np.concatenate([relu.mean(axis=0), tanh.mean(axis=0)]),
        tolerance=3 * error + 0.02,
        reason="three standard errors over the draws, and 0.02 since centered digits are at "
        "right angles only on average",
        numbers={
            "draws": draws,
            **{f"wide_{layer}": float(rho) for layer, rho in enumerate(expected, start=1)},
            **{f"relu_{k}": float(rho) for k, rho in enumerate(relu.mean(axis=0), start=1)},
            "tanh_most": float(tanh.mean(axis=0).max()),
        },
    )
