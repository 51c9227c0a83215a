"""Claims of the chapter on real networks: the road of training, and the stride on it."""

import numpy as np
import sympy as sp

from offcenter.activations import ACTIVATIONS
from offcenter.claims._digits import BEST, DRAWN, SECOND_MOMENT, THREE_LAYERS
from offcenter.claims._numbers import key_of, ranged
from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.experiment import MAIN, SETUPS, TARGETS, edges, layers, races, roads, seeds
from offcenter.network import Network, backward, forward, shift_inputs
from offcenter.spectrum import with_bias

_SIGMOID = tuple(name for name in SETUPS if SETUPS[name].activation == "sigmoid")
_ROADS = MAIN + 1  # targets to which the flow is followed


@claim(
    "networks.road",
    "On the digits the gradient flow of the σ network takes the same time to a loss of 0.5, 0.2 or "
    "0.1 in all four ways to write it, within a few percent, and that of tanh in both; with ReLU "
    "centering the pixels lengthens it in the median.",
    kind="measured",
    assumes=(DRAWN,),
    over=f"{THREE_LAYERS}; losses {', '.join(f'{t:g}' for t in TARGETS[:_ROADS])}",
)
def _(seed: int) -> Check:
    road = {name: roads(name, seed) for name in SETUPS}
    sigmoid = np.array([road[name].time for name in _SIGMOID])
    apart = sigmoid.max(axis=0) / sigmoid.min(axis=0)
    tanh = road["tanh-centered"].time / road["tanh-raw"].time
    relu = road["relu-centered"].time / road["relu-raw"].time
    numbers = {"seeds": len(seeds(seed))}
    for name, way in road.items():
        numbers |= ranged(f"time_{key_of(name)}", way.time[:, MAIN])
        numbers |= ranged(f"top_{key_of(name)}", way.top[:, MAIN])
        numbers |= ranged(f"start_{key_of(name)}", way.start)
    numbers |= ranged("relu_longer", relu[:, MAIN])
    curved = road["sigmoid-raw"].top[:, MAIN] / road["shifted-centered"].top[:, MAIN]
    numbers |= ranged("flatter", curved)
    numbers |= ranged("apart", 100 * (apart[:, MAIN] - 1))
    return Check(
        at_most(
            "σ: longest of the four over the shortest",
            bound=1.06,
            observed=float(apart.max()),
            matters=0.05,
        ),
        equal(
            "tanh: farthest ratio of centered to raw from one",
            theory=1.0,
            observed=float(tanh.flat[np.abs(np.log(tanh)).argmax()]),
            tolerance=0.04,
            because="a few percent, which the small steps of the flow leave open in part",
            matters=0.08,
        ),
        at_least(
            "ReLU: ratio of centered to raw, median over the starts, the least over the losses",
            bound=1.02,
            observed=float(np.median(relu, axis=0).min()),
            matters=0.2,
        ),
        at_least(
            "σ: least ratio of the top curvature on the way, raw to σ − ½ on centered pixels",
            bound=5.0,
            observed=float(curved.min()),
            matters=4.0,
        ),
        numbers=numbers,
    )


@claim(
    "networks.stride",
    "Over all runs with σ, σ − ½, tanh or ReLU on raw or centered pixels the steps of the best "
    "step size are ⅓ to 1½ times half the integral of the top curvature over the flow time, and "
    "correlate with it closely (logs), with flow time weakly.",
    kind="measured",
    assumes=(f"digits, gradient descent in full batches to a loss of 0.1; {BEST}", DRAWN),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    steps = np.array([races(name, "full", seed).fewest[:, MAIN] for name in SETUPS])
    half = np.array([roads(name, seed).steps_at_limit[:, MAIN] for name in SETUPS])
    time = np.array([roads(name, seed).time[:, MAIN] for name in SETUPS])
    kappa = np.array(
        [
            [network[1].condition_number_with_bias for network in layers(name, seed, trained=False)]
            for name in SETUPS
        ]
    )

    def correlation(x: np.ndarray) -> float:
        return float(np.corrcoef(np.log(x).ravel(), np.log(steps).ravel())[0, 1])

    factor = steps / half
    numbers = {
        "correlation": correlation(half),
        "correlation_time": correlation(time),
        "correlation_kappa": correlation(kappa),
        "runs": steps.size,
        **ranged("factor", factor),
    }
    for place, name in enumerate(SETUPS):
        numbers |= ranged(f"half_{key_of(name)}", half[place])
        numbers |= ranged(f"factor_{key_of(name)}", factor[place])
        numbers[f"kappa_{key_of(name)}"] = float(np.median(kappa[place]))
    return Check(
        at_least(
            "correlation of the logarithms, prediction and steps",
            bound=0.95,
            observed=correlation(half),
            matters=0.04,
        ),
        at_most(
            "the same, flow time and steps",
            bound=0.5,
            observed=correlation(time),
            matters=0.4,
        ),
        at_least(
            "least steps over prediction", bound=0.35, observed=float(factor.min()), matters=0.15
        ),
        at_most("most steps over prediction", bound=1.5, observed=float(factor.max()), matters=0.6),
        numbers=numbers,
    )


@claim(
    "networks.edge",
    "At the best step size η digit networks with σ, σ − ½, tanh or ReLU on raw or centered "
    "pixels have, in the median over ten starts, a top curvature of 1.6/η to 4/η in the second "
    "half of training; some begin below that, some above.",
    kind="measured",
    assumes=(
        f"digits, gradient descent in full batches to a loss of 0.1; {BEST}",
        "top curvature: the largest eigenvalue of the Hessian",
        DRAWN,
    ),
    over=f"{THREE_LAYERS}; the median over four measurements of the second half",
)
def _(seed: int) -> Check:
    start, late, numbers = [], [], {}
    for name in SETUPS:
        products = edges(name, seed).products
        first = np.array([product[0] for product in products])
        second = np.array([np.median(product[product.size // 2 :]) for product in products])
        start.append(np.median(first))
        late.append(np.median(second))
        numbers |= ranged(f"start_{key_of(name)}", first) | ranged(f"late_{key_of(name)}", second)
    return Check(
        at_least("least median of ηλ, late", bound=1.6, observed=float(min(late)), matters=0.4),
        at_most("largest median of ηλ, late", bound=4.0, observed=float(max(late)), matters=1.5),
        at_most(
            "least median of ηλ, at the start", bound=1.5, observed=float(min(start)), matters=1.0
        ),
        at_least(
            "largest median of ηλ, at the start", bound=4.5, observed=float(max(start)), matters=4.0
        ),
        numbers=numbers,
    )


@claim(
    "networks.kappa-order",
    "A layer's condition number can order networks wrongly: the second layer of ReLU on raw pixels "
    "has a κ(A) over four times smaller than that of σ − ½ on centered ones; yet the ReLU network "
    "needs over one and a half times the steps.",
    kind="measured",
    assumes=(
        f"the digit networks; gradient descent in full batches to a loss of 0.1; {BEST}",
        f"κ before training; {SECOND_MOMENT}",
        DRAWN,
    ),
    over=THREE_LAYERS,
)
def _(seed: int) -> Check:
    kappa = {
        name: np.array(
            [network[1].condition_number_with_bias for network in layers(name, seed, trained=False)]
        )
        for name in ("relu-raw", "shifted-centered")
    }
    steps = {name: races(name, "full", seed).fewest[:, MAIN] for name in kappa}
    larger = kappa["shifted-centered"] / kappa["relu-raw"]
    slower = steps["relu-raw"] / steps["shifted-centered"]
    return Check(
        at_least("least ratio of κ(A)", bound=4.0, observed=float(larger.min()), matters=7.0),
        at_least("least ratio of steps", bound=1.5, observed=float(slower.min()), matters=1.5),
        numbers=ranged("larger", larger)
        | ranged("slower", slower)
        | {key_of(name): float(np.median(values)) for name, values in kappa.items()},
    )


@claim(
    "networks.flow",
    "Subtracting c from the inputs, absorbed in the bias, changes the gradient flow of a unit's "
    "pre-activations by E[δ(c·x)] − |c|²E[δ] + E[δ] c·z at the input z, and by nothing else.",
    kind="proved",
    assumes=(
        "one layer at a moment, without a penalty, each weight used once an example, as it is; E "
        "over the examples of the batch",
        "δ: an example's derivative of the loss with respect to the pre-activation",
    ),
    over="all values, three examples of two inputs; and a network's first layer by its own code",
)
def _() -> Check:
    # ds/dt at z is −E[δ(x·z + 1)], for dw/dt = −E[δx] and db/dt = −E[δ].
    c, z = sp.Matrix(sp.symbols("c:2")), sp.Matrix(sp.symbols("z:2"))
    xs = [sp.Matrix(sp.symbols(f"x{i}_:2")) for i in range(3)]
    deltas = sp.symbols("delta:3")

    def mean(of: list[sp.Expr]) -> sp.Expr:
        return sum(of) / len(of)

    raw = -mean([d * (x.dot(z) + 1) for d, x in zip(deltas, xs, strict=True)])
    centered = -mean([d * ((x - c).dot(z - c) + 1) for d, x in zip(deltas, xs, strict=True)])
    error, along = mean(list(deltas)), mean([d * x.dot(c) for d, x in zip(deltas, xs, strict=True)])
    says = along - c.dot(c) * error + error * c.dot(z)
    left = sp.expand(centered - raw - says)
    # The same by the network's code: 40 examples, a step of the two writings, small.
    rng = np.random.default_rng(0)
    X, labels = rng.uniform(size=(40, 5)), rng.integers(0, 3, size=40)
    shift = X.mean(axis=0)
    net = Network((rng.standard_normal((3, 5)),), (rng.standard_normal(3),), ACTIVATIONS["tanh"])
    moved = shift_inputs(net, shift)
    first, second = (backward(n, forward(n, x), labels) for n, x in ((net, X), (moved, X - shift)))
    velocity = [-(x @ g.weights[0].T + g.biases[0]) for g, x in ((first, X), (second, X - shift))]
    delta = first.errors[0]
    formula = (delta * (X @ shift)[:, None]).mean(0) - shift @ shift * delta.mean(0)
    formula = formula + np.outer(X @ shift, delta.mean(0))
    apart = np.abs(velocity[1] - velocity[0] - formula).max()
    return Check(
        yes("the difference simplifies to nothing", left == 0),
        equal(
            "network code against the formula",
            theory=0.0,
            observed=float(apart),
            tolerance=1e-12,
            because="rounding",
            matters=1e-3,
        ),
        numbers={"velocity": float(np.abs(velocity[1] - velocity[0]).max())},
    )


@claim(
    "networks.flow-rates",
    "For a linear unit the n + 1 rates of the raw flow interlace with the n rates of the centered "
    "one: no centered rate is above the largest raw one or below the smallest, and one is between "
    "each two raw neighbors.",
    source="derived here",
    assumes=("half the mean squared error", "the bias's own rate, 1, left out of the centered n"),
    over="200 random covariances and means, n = 2 … 12",
)
def _() -> Check:
    rng = np.random.default_rng(1)
    least, products, bounds, cases = np.inf, [], [], 200
    for case in range(cases):
        n = 2 + case % 11
        root, mean = (
            rng.standard_normal((n, 2 * n)),
            rng.standard_normal(n) * 10 ** rng.uniform(-1, 1),
        )
        C = root @ root.T / (2 * n)
        slow = np.linalg.eigvalsh(C)
        rates = np.linalg.eigvalsh(with_bias(C, mean))
        least = min(least, np.min(rates[1:] - slow), np.min(slow - rates[:-1]))
        products.append(np.prod(rates) / np.prod(slow))
        bounds.append(rates[0] * (1 + mean @ np.linalg.solve(C, mean)))
    # C = 1, μ = 3: rates (11 ± √117)/2, whose product is 1.
    small = np.linalg.eigvalsh(with_bias(np.array([[1.0]]), np.array([3.0])))
    return Check(
        at_least(
            "least gap to a neighbor, of the right sign",
            bound=-1e-12,
            observed=float(least),
            matters=0.01,
        ),
        equal(
            "largest product of all rates, raw over centered",
            theory=1.0,
            observed=float(max(products)),
            tolerance=1e-6,
            because="rounding of small eigenvalues",
        ),
        at_most(
            "the slowest rate times 1 + μ·C⁻¹μ, largest",
            bound=1.0,
            observed=float(max(bounds)),
            matters=0.01,
            tolerance=1e-9,
            because="rounding",
        ),
        numbers={"slow": float(small[0]), "fast": float(small[1]), "mean": 3},
    )
