"""Claims of the chapter on real networks: what depth does to the offset."""

import math

import numpy as np

from offcenter.claims._digits import WIDTH
from offcenter.claims._record import Check, at_most, claim, equal
from offcenter.experiment import SIZES, seeds, split
from offcenter.network import forward, initialize, relu_cosines
from offcenter.spectrum import iid_condition_number, mean_cosine, offset_share

_DEPTH = 10


@claim(
    "networks.depth",
    "In the limit of unlimited width each random ReLU layer raises the cosine c between two "
    "examples, where below 1, to (√(1 − c²) + c(π − arccos c))/π.",
    kind="measured",
    assumes=("independent normal weights of mean zero and one variance a layer", "bias 0"),
    over="ten layers of width 400, six draws",
    source="cho2009",
)
def _(seed: int) -> Check:
    width, draws = 400, 6
    X = np.eye(16, width)  # at right angles: all cosines are 0
    observed = []
    for draw in range(draws):
        rng = np.random.default_rng(draws * seed + draw)
        sizes = (width,) * (_DEPTH + 1) + (1,)
        network = initialize(sizes, activation="relu", rng=rng, gain=math.sqrt(2))
        observed.append([mean_cosine(x) for x in forward(network, X).inputs[1:]])
    error = np.std(observed, axis=0, ddof=1).max() / math.sqrt(draws)
    cosines = relu_cosines(_DEPTH)
    excess = cosines / (1 - cosines)  # u = ρ/(1 − ρ)
    means = np.mean(observed, axis=0)
    return Check(
        *(
            equal(
                f"cosine after layer {layer}",
                theory=float(cosines[layer]),
                observed=float(means[layer - 1]),
                tolerance=float(min(3 * error + 2 / width, 0.05)),
                because="three standard errors over the draws, and 2/width for the finite width",
                matters=0.1,
            )
            for layer in (1, 2, 3, 5, _DEPTH)
        ),
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
            "worst": float(np.abs(means - cosines[1:]).max()),
            "batch_last": 1 / float(cosines[-1]),
        },
    )


@claim(
    "networks.depth-limit",
    "After many layers 1 − c falls like 9π²/(2l²) in the number l of wide random ReLU layers.",
    assumes=(
        "the limit of unlimited width",
        "independent normal weights of mean zero and one variance a layer",
        "bias 0",
        "c below 1 at the start",
    ),
)
def _() -> Check:
    layers = 10_000
    left = 1 - relu_cosines(layers)
    limit = 9 * math.pi**2 / 2
    return Check(
        equal(
            "(1 − c) over its limit after ten thousand layers",
            theory=1.0,
            observed=float(left[-1] * layers**2 / limit),
            tolerance=0.01,
            because="the next term is smaller by a factor of order log(l)/l",
        ),
        numbers={
            "layers": layers,
            "hundred": float(left[100] * 100**2 / limit),
            "thousand": float(left[1000] * 1000**2 / limit),
        },
    )


@claim(
    "networks.offset-by-layer",
    "At the start, the hidden ReLU layers of the digit network have on average nearly the offset "
    "shares of wide random layers, and its tanh layers next to none.",
    kind="measured",
    assumes=(
        WIDTH,
        "pixels centered; independent weights N(0, 1/inputs) (ReLU: N(0, 2/inputs)), biases 0",
        "of the wide layers: examples at right angles",
    ),
    over="the digit network, 30 draws",
)
def _(seed: int) -> Check:
    draws = 30
    data = split(seeds(seed)[0])
    X = data.inputs - data.inputs.mean(axis=0)

    def shares(activation: str, gain: float) -> np.ndarray:
        """Return ρ by draw and hidden layer."""
        rngs = (np.random.default_rng([seed, draw, 12]) for draw in range(draws))
        networks = (initialize(SIZES, activation=activation, rng=r, gain=gain) for r in rngs)
        return np.array([[offset_share(x) for x in forward(n, X).inputs[1:]] for n in networks])

    relu, tanh = shares("relu", math.sqrt(2)), shares("tanh", 1.0)
    error = relu.std(axis=0, ddof=1) / math.sqrt(draws)
    expected = relu_cosines(len(SIZES) - 2)[1:]
    return Check(
        *(
            equal(
                f"ρ of hidden layer {layer + 1}, ReLU",
                theory=float(expected[layer]),
                observed=float(relu[:, layer].mean()),
                tolerance=float(3 * error[layer]) + 0.03,
                because="three standard errors over the draws, and 0.03 since centered digits are "
                "at right angles only on average, and layers narrow",
                matters=0.16,
            )
            for layer in range(len(expected))
        ),
        at_most(
            "largest mean ρ, tanh",
            bound=0.01,
            observed=float(tanh.mean(axis=0).max()),
            matters=0.0099,
        ),
        numbers={
            "draws": draws,
            "draw_apart": float(np.abs(relu - expected).max()),
            **{f"wide_{layer}": float(rho) for layer, rho in enumerate(expected, start=1)},
            **{f"relu_{k}": float(rho) for k, rho in enumerate(relu.mean(axis=0), start=1)},
            **{f"spread_{k}": float(rho) for k, rho in enumerate(relu.std(axis=0), start=1)},
            "tanh_most": float(tanh.mean(axis=0).max()),
        },
    )
