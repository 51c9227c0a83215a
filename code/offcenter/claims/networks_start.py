"""Claims of the chapter on real networks: starts, gates, and which minimum is reached."""

import math

import numpy as np
import z3

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.experiment import expected_error, fair_bits, interpolating_line, seeds, split
from offcenter.network import forward, initialize, leaky_memory, lstm_memory
from offcenter.normal import normal_expectation
from offcenter.spectrum import offset_share

_DRAWS = 20


@claim(
    "networks.minimum",
    "With more weights than examples centering can decide which minimum descent reaches: from 50 "
    "examples of 100 fair bits a line with intercept 5 has raw over twice the error on new data "
    "that it has centered, from 95 on average over ten times.",
    kind="measured",
    assumes=(
        "descent from zero on squared error, to none in training; squared error on new data, too",
        "independent bits, no noise, random true weights of norm 1, all directions alike",
    ),
    over="100 fair bits, 50 and 95 examples, 20 draws each; intercept 5 and 0",
)
def _(seed: int) -> Check:
    inputs = 100
    numbers: dict[str, float] = {"inputs": inputs, "draws": _DRAWS}

    def errors(examples: int, intercept: float) -> tuple[np.ndarray, np.ndarray, float]:
        """Return new-data errors, raw and centered, what is expected, and the training error."""
        rows, theory, left = [], [], 0.0
        for draw in range(_DRAWS):
            X, truth = fair_bits(examples, inputs, intercept=intercept, seed=_DRAWS * seed + draw)
            y = X @ truth.weights + truth.bias
            lines = [interpolating_line(X, y, centered=c) for c in (False, True)]
            left = max(left, *(float(np.abs(line.errors(X, y)).max()) for line in lines))
            rows.append([line.error_on_fair_bits(truth) for line in lines])
            theory.append(
                [expected_error(examples, inputs, truth, centered=c) for c in (False, True)]
            )
        return np.array(rows), np.mean(theory, axis=0), left

    parts = []
    for examples in (50, 95):
        seen, theory, left = errors(examples, 5.0)
        for column, way in enumerate(("raw", "centered")):
            mean = seen[:, column].mean()
            numbers[f"{way}_{examples}"] = float(mean)
            numbers[f"{way}_{examples}_theory"] = float(theory[column])
        numbers[f"ratio_{examples}"] = float((seen[:, 0] / seen[:, 1]).min())
        if examples == 50:
            for column, way in enumerate(("raw", "centered")):
                spread = seen[:, column].std(ddof=1) / math.sqrt(_DRAWS)
                parts.append(
                    equal(
                        f"error on new data, {way}, 50 examples",
                        theory=float(theory[column]),
                        observed=float(seen[:, column].mean()),
                        error=float(spread),
                        matters=float(8.5 * spread),
                    )
                )
            parts.append(
                at_least(
                    "least ratio of the two errors, 50 examples",
                    bound=2.0,
                    observed=numbers["ratio_50"],
                    matters=2.0,
                )
            )
        else:
            parts += [
                at_least(
                    "ratio of the two mean errors, 95 examples",
                    bound=10.0,
                    observed=numbers["raw_95"] / numbers["centered_95"],
                    matters=95.0,
                ),
                equal(
                    "largest training error",
                    theory=0.0,
                    observed=left,
                    tolerance=1e-9,
                    because="rounding",
                    matters=1e-3,
                ),
            ]
    zero, _, _ = errors(95, 0.0)
    better = int((zero[:, 0] < zero[:, 1]).sum())
    numbers |= {"zero_raw": float(zero[:, 0].mean()), "zero_centered": float(zero[:, 1].mean())}
    numbers["zero_better"] = better
    return Check(
        *parts,
        at_least("intercept 0: draws in which raw is better", bound=15, observed=better, matters=6),
        numbers=numbers,
    )


@claim(
    "networks.silent-unit",
    "A ReLU unit with no positive weight and no positive bias answers no non-negative input; on "
    "inputs centered by their mean a unit with bias 0 answers some example, or its pre-activation "
    "is 0 for all.",
    kind="proved",
    over="all real values, three inputs and three examples",
)
def _() -> Check:
    w, x, b = z3.RealVector("w", 3), z3.RealVector("x", 3), z3.Real("b")
    s = sum(w[i] * x[i] for i in range(3)) + b
    fires = z3.Solver()
    fires.add(*(w[i] <= 0 for i in range(3)), *(x[i] >= 0 for i in range(3)), b <= 0, s > 0)
    # Centered: whatever the weights, the pre-activations of all examples average to 0.
    X = [z3.RealVector(f"x{k}", 3) for k in range(3)]
    mean = [sum(X[k][i] for k in range(3)) / 3 for i in range(3)]
    centered = [sum(w[i] * (X[k][i] - mean[i]) for i in range(3)) for k in range(3)]
    total = z3.simplify(sum(centered), som=True)
    pre = z3.RealVector("s", 3)
    silent = z3.Solver()
    silent.add(pre[0] + pre[1] + pre[2] == 0, *(p <= 0 for p in pre), z3.Or(*(p != 0 for p in pre)))
    # With a bias it can be silent again: a bias below −max s.
    return Check(
        yes("no counterexample, positive inputs", fires.check() == z3.unsat),
        yes(
            "centered pre-activations add up to 0",
            z3.is_rational_value(total) and total.as_fraction() == 0,
        ),
        yes("no counterexample, centered inputs", silent.check() == z3.unsat),
    )


@claim(
    "networks.silent",
    "At ten random starts drawn here some units of each of three layers of 200 ReLU units are "
    "silent on all of 256 raw digits; on centered ones none of the first layer is, and on average "
    "fewer of the others.",
    kind="measured",
    assumes=("independent normal weights of mean 0 and variance 2/inputs; biases 0",),
    over="ten random starts and splits of 256 digits",
)
def _(seed: int) -> Check:
    shares = {}
    for way in ("raw", "centered"):
        rows = []
        for s in seeds(seed):
            X = split(s).inputs - (split(s).inputs.mean(axis=0) if way == "centered" else 0.0)
            rng = np.random.default_rng([s, 6])
            network = initialize(
                (64, 200, 200, 200, 10), activation="relu", rng=rng, gain=math.sqrt(2)
            )
            rows.append(
                [float((x.max(axis=0) == 0).mean()) for x in forward(network, X).inputs[1:]]
            )
        shares[way] = np.array(rows)
    numbers = {
        f"{way}_{layer}": 100 * float(value)
        for way, rows in shares.items()
        for layer, value in enumerate(rows.mean(axis=0), start=1)
    }
    raw, centered = shares["raw"], shares["centered"]
    return Check(
        at_least(
            "least share, raw, all layers",
            bound=0.005,
            observed=float(raw.min()),
            matters=0.05,
        ),
        equal(
            "largest share, centered, first layer",
            theory=0.0,
            observed=float(centered[:, 0].max()),
            matters=0.004,
        ),
        at_least(
            "mean share, raw less centered, other layers",
            bound=0.03,
            observed=float((raw - centered)[:, 1:].mean()),
            matters=0.05,
        ),
        numbers=numbers,
    )


@claim(
    "networks.saturation",
    "Over its n independent weights N(0, g²/n) the slope of a σ unit without bias at an input x "
    "has the mean E[σ′(g|x|z/√n)], z standard normal: a longer x lowers it as larger weights do.",
    kind="measured",
    assumes=("σ: the logistic function, σ′ its derivative; g above 0",),
    over="256 digits, g = 4 and 16, 2000 units",
)
def _(seed: int) -> Check:
    sigmoid, parts, numbers = ACTIVATIONS["sigmoid"], [], {}
    X = split(seed).inputs
    for way, x in (("raw", X), ("centered", X - X.mean(axis=0))):
        length = np.linalg.norm(x, axis=1)
        for gain in (1, 4, 16):
            W = np.random.default_rng([seed, 7]).standard_normal((x.shape[1], 2000))
            slopes = sigmoid.derivative(gain / math.sqrt(x.shape[1]) * x @ W).mean(axis=0)
            theory = np.mean(
                [
                    normal_expectation(lambda z, k=k: sigmoid.derivative(k * z))
                    for k in gain * length[::4] / math.sqrt(x.shape[1])
                ]
            )
            numbers[f"{way}_{gain}"] = float(slopes.mean())
            if gain != 1:
                parts.append(
                    equal(
                        f"{way} digits, g = {gain}: mean slope",
                        theory=float(theory),
                        observed=float(slopes.mean()),
                        tolerance=0.004,
                        because="four standard errors of 2000 units, and every fourth digit",
                        matters=0.009,
                    )
                )
    # A unit's own offset, that all examples share, is what a mean adds.
    numbers["share"] = float(offset_share(X))
    return Check(*parts, numbers=numbers)


@claim(
    "networks.memory",
    "A memory that keeps the share f of itself and adds independent candidates has, after many "
    "steps, (1 + f)/(1 − f) times their u = mean²/variance.",
    kind="measured",
    assumes=(
        "0 ≤ f < 1",
        "candidates independent from step to step and alike, of finite variance above zero",
    ),
    over="f = 0, 0.5, 0.9; σ of N(0, 1); 20 000 sequences",
)
def _(seed: int) -> Check:
    rng, sequences, parts = np.random.default_rng([seed, 8]), 20_000, []
    sigmoid = ACTIVATIONS["sigmoid"]
    numbers = {"u": sigmoid.mean**2 / sigmoid.variance}
    for keep in (0.0, 0.5, 0.9):
        memory = np.zeros(sequences)
        for _ in range(120):
            memory = keep * memory + sigmoid.value(rng.standard_normal(sequences))
        mean, variance = leaky_memory(keep, sigmoid.mean, sigmoid.variance)
        u, theory = memory.mean() ** 2 / memory.var(), mean**2 / variance
        numbers[f"u_{round(10 * keep)}"] = float(theory)
        parts.append(
            equal(
                f"u over that of the candidates, f = {keep:g}",
                theory=(1 + keep) / (1 - keep),
                observed=float(u / numbers["u"]),
                # Of a variance: √(2/N) of it, by far the larger error.
                error=float(u / numbers["u"] * math.sqrt(2 / sequences)),
            )
        )
        parts.append(
            equal(
                f"closed form of u, f = {keep:g}",
                theory=(1 + keep) / (1 - keep),
                observed=theory / numbers["u"],
                tolerance=1e-9,
                because="rounding",
            )
        )
    return Check(*parts, numbers=numbers)


@claim(
    "networks.gates",
    "In random LSTM cells of 32 units the memory has on average an offset share below .1 with a "
    "tanh candidate, although its gates are σ, and above .9 with a σ one; a tanh forget gate "
    "turns the sign of what it keeps in about half of the steps.",
    kind="measured",
    assumes=(
        "independent normal inputs of mean 0 and variance 1, as many as units, new in each step",
        "independent weights N(0, 1/(2 · units)); the memory after 40 steps from 0",
        "forget gate's bias 2 with σ, else 0; a tanh gate alone, of pre-activation N(0, 1)",
    ),
    over="ten cells of 32 units, 100 sequences of 40 steps",
)
def _(seed: int) -> Check:
    def shares(candidate: str) -> tuple[np.ndarray, np.ndarray]:
        cells = [
            lstm_memory(candidate=candidate, rng=np.random.default_rng([seed, cell, 9]))
            for cell in range(10)
        ]
        return (
            np.array([offset_share(cell.cells) for cell in cells]),
            np.array([offset_share(cell.outputs) for cell in cells]),
        )

    (tanh_c, tanh_h), (sigmoid_c, sigmoid_h) = shares("tanh"), shares("sigmoid")
    rng = np.random.default_rng([seed, 10])
    # One step of a gate with pre-activation N(0, 1): what it does to the sign of the memory.
    s = rng.standard_normal(10_000)
    turned = float((ACTIVATIONS["tanh"].value(s) < 0).mean())
    kept = float((ACTIVATIONS["sigmoid"].value(s) < 0).mean())
    return Check(
        at_most(
            "mean ρ of the memory, tanh candidate",
            bound=0.1,
            observed=float(tanh_c.mean()),
            matters=0.07,
        ),
        at_least(
            "mean ρ of the memory, σ candidate",
            bound=0.9,
            observed=float(sigmoid_c.mean()),
            matters=0.08,
        ),
        equal(
            "steps in which a σ gate turns the memory's sign",
            theory=0.0,
            observed=kept,
            matters=0.01,
        ),
        equal(
            "the same for a tanh gate",
            theory=0.5,
            observed=turned,
            error=0.005,
            matters=0.045,
        ),
        numbers={
            "tanh_c": float(tanh_c.mean()),
            "tanh_h": float(tanh_h.mean()),
            "sigmoid_c": float(sigmoid_c.mean()),
            "sigmoid_h": float(sigmoid_h.mean()),
        },
    )
