"""Claims of the chapter on the Fisher matrix: units inside networks, layers, whole networks."""

import numpy as np

from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.fisher import (
    UnitFisher,
    UnitStep,
    kronecker_step,
    network_fisher,
    unit_fisher,
    width_eigenvalues,
)
from offcenter.network import center_activation, forward, initialize, shift_inputs

_BLOCKS = (
    "the unit's Fisher matrix F has the blocks A = E[δ²aaᵀ], b = E[δ²a], c = E[δ²], for inputs a "
    "and errors δ, and is invertible"
)
_WIDTHS = (64, 128, 256, 512)
_NORMALIZED_WIDTHS = (32, 64, 128)


def _unit() -> tuple[UnitFisher, np.ndarray, float]:
    """A unit that reads five sigmoid activations, and a gradient of it."""
    rng = np.random.default_rng(53)
    a = 1 / (1 + np.exp(-rng.standard_normal((300, 5))))
    delta = rng.standard_normal(300) * (0.5 + a[:, 0])
    target = rng.standard_normal(300)
    return unit_fisher(a, delta), target @ a / 300, float(target.mean())


def _separate(unit: UnitFisher, g: np.ndarray, g0: float) -> UnitStep:
    """The step that treats weights and bias separately."""
    return UnitStep(np.linalg.solve(unit.block, g), g0 / unit.corner)


@claim(
    "fisher.elu-step",
    "A unit's natural step F⁻¹(g, g₀) is Δw₀ = s(g₀ − bᵀA⁻¹g) for the bias and "
    "Δw = A⁻¹(g − Δw₀b) for the weights, with s = (1 + bᵀ(cA − bbᵀ)⁻¹b)/c.",
    assumes=(_BLOCKS, "(g, g₀): any gradient by weights and bias"),
    over="one unit that reads five sigmoid activations",
    source="clevert2016",
)
def _() -> Check:
    unit, g, g0 = _unit()
    solved = np.linalg.solve(unit.matrix, np.append(g, g0))
    return Check(
        equal(
            "largest difference of the two steps",
            theory=0,
            observed=float(np.abs(unit.natural_direction(g, g0).vector - solved).max()),
            tolerance=1e-11,
            because="rounding of two ways to solve the same equations",
            matters=1e-3,
        )
    )


@claim(
    "fisher.elu-shift",
    "A unit's natural step (Δw, Δw₀) = F⁻¹(g, g₀) has the bias shift "
    "E_p[a]ᵀΔw + Δw₀ = (E_p[a] − kE_q[a])ᵀA⁻¹g + kg₀/c, with "
    "k = 1 + (E_q[a] − E_p[a])ᵀ Var_q⁻¹ E_q[a].",
    assumes=(
        _BLOCKS,
        "(g, g₀): any gradient by weights and bias; alone they would step A⁻¹g and g₀/c",
        "E and E_p the plain mean; E_q and Var_q the mean and covariance with the weights δ²",
    ),
    over="one unit that reads five sigmoid activations",
    source="clevert2016",
)
def _() -> Check:
    unit, g, g0 = _unit()
    step = np.linalg.solve(unit.matrix, np.append(g, g0))
    return Check(
        equal(
            "bias shift",
            theory=unit.bias_shift(g, g0),
            observed=float(unit.mean @ step[:-1] + step[-1]),
            tolerance=1e-11,
            because="rounding of two ways to solve the same equations",
        ),
        numbers={
            "k": unit.bias_scale,
            "incoming": float(np.linalg.norm(unit.mean)),
            "left": float(np.linalg.norm(unit.mean - unit.bias_scale * unit.weighted_mean)),
        },
    )


@claim(
    "fisher.elu-centered",
    "If the incoming activations have mean 0 with the weights δ², nothing is corrected: the "
    "natural step of a unit moves its weights and bias as if each were alone.",
    assumes=("an invertible Fisher matrix",),
    over="one unit that reads five activations; beside it the same with their plain mean 0",
    source="clevert2016",
)
def _() -> Check:
    rng = np.random.default_rng(57)
    a = 1 / (1 + np.exp(-rng.standard_normal((300, 5))))
    delta = rng.standard_normal(300) * (0.5 + a[:, 0])
    g, g0 = rng.standard_normal(5), 0.7

    def correction(activations: np.ndarray) -> float:
        unit = unit_fisher(activations, delta)
        solved = np.linalg.solve(unit.matrix, np.append(g, g0))
        separate = _separate(unit, g, g0).vector
        return float(np.abs(solved - separate).max() / np.abs(separate).max())

    plain = correction(a - a.mean(axis=0))
    return Check(
        equal(
            "relative correction, mean 0 with the weights δ²",
            theory=0,
            observed=correction(a - delta**2 @ a / (delta @ delta)),
            tolerance=1e-11,
            because="rounding of two ways to solve the same equations",
            matters=1e-3,
        ),
        at_least("relative correction, plain mean 0", bound=0.05, observed=plain, matters=0.05),
        numbers={"plain": plain},
    )


@claim(
    "fisher.kronecker",
    "If a layer's drawn errors do not depend on its inputs, its Fisher matrix is the Kronecker "
    "product of E[δδᵀ] and E[x̃x̃ᵀ].",
    assumes=("weights that are used once an example, as they are",),
    over="five errors with each of six inputs, so that the independence is exact",
)
def _() -> Check:
    rng = np.random.default_rng(54)
    x = np.column_stack([rng.random((6, 3)), np.ones(6)])
    delta = rng.standard_normal((5, 2))
    factors = np.kron(delta.T @ delta / 5, x.T @ x / 6)
    # Every input with every error: independent by construction, not by chance.
    pairs = [np.outer(d, xi).ravel() for d in delta for xi in x]
    F = sum(np.outer(pair, pair) for pair in pairs) / len(pairs)
    # The same errors, each with an input of its own.
    tied = [np.outer(d, xi).ravel() for d, xi in zip(delta, x[:5], strict=True)]
    other = sum(np.outer(pair, pair) for pair in tied) / 5
    own = np.kron(delta.T @ delta / 5, x[:5].T @ x[:5] / 5)
    size = np.abs(factors).max()
    return Check(
        equal(
            "largest relative difference",
            theory=0,
            observed=float(np.abs(F - factors).max() / size),
            tolerance=1e-13,
            because="rounding of sums",
            matters=1e-3,
        ),
        at_least(
            "the same where each error has an input of its own",
            bound=0.1,
            observed=float(np.abs(other - own).max() / size),
            matters=0.1,
        ),
    )


@claim(
    "fisher.kronecker-centers",
    "The Kronecker-factored step with a bias centers as well: its weights move by "
    "−G⁻¹ Cov(δ, x) C⁻¹, and no shift of the inputs changes the outputs after it.",
    assumes=(
        "steps of size 1",
        "C: the covariance of the inputs x; δ: the errors; G: E[δδᵀ] with labels drawn from the "
        "model, the same after a shift",
        "invertible factors",
        "no damping or penalty",
        "the same function before the step",
    ),
    over="shifts of −3, 2, 10; four inputs, three units, training labels unlike the drawn ones",
    source="george2017",
)
def _() -> Check:
    rng = np.random.default_rng(55)
    X, delta, drawn = (rng.standard_normal(shape) for shape in ((80, 4), (80, 3), (90, 3)))
    centered = X - X.mean(axis=0)
    C, G = centered.T @ centered / 80, drawn.T @ drawn / 90
    formula = -np.linalg.solve(G, delta.T @ centered / 80) @ np.linalg.inv(C)
    steps = {c: kronecker_step(X + c, delta, drawn=drawn) for c in (0.0, -3.0, 2.0, 10.0)}
    outputs = {c: (X + c) @ step.dw.T + step.db for c, step in steps.items()}
    rounding = {"tolerance": 1e-10, "because": "rounding of inverses", "matters": 1e-3}
    return Check(
        equal(
            "largest difference of the weights' step and the formula",
            theory=0,
            observed=max(float(np.abs(step.dw - formula).max()) for step in steps.values()),
            **rounding,
        ),
        equal(
            "largest change of an output by a shift",
            theory=0,
            observed=max(float(np.abs(s - outputs[0.0]).max()) for s in outputs.values()),
            **rounding,
        ),
    )


@claim(
    "fisher.whole-network",
    "In twenty random sigmoid networks drawn here (6 inputs, two layers of 8 units, 3 "
    "classes), σ − ½ in place of σ lowers the largest eigenvalue of the Fisher matrix by more than "
    "a third; centering only the inputs takes away less than a tenth.",
    kind="measured",
    assumes=(
        "normal weights of mean 0 and variance 1/inputs, and biases 0, before training",
        "the function kept: biases then take up what is subtracted",
        "60 examples for each, of independent inputs N(1.5, 1)",
    ),
    over="20 networks; of others a rare one keeps nine tenths",
)
def _(seed: int) -> Check:
    # The biases take up what is subtracted.  A comparison that only shifts the inputs would change
    # the function, and with it the eigenvalue, for another reason.
    networks, mean = 20, 1.5
    rng = np.random.default_rng([56, seed])
    found, last, moved = [], [], []
    parameters = 0
    for _ in range(networks):
        network = initialize([6, 8, 8, 3], activation="sigmoid", rng=rng)
        X = mean + rng.standard_normal((60, 6))
        centered, shifted = X - X.mean(axis=0), shift_inputs(network, X.mean(axis=0))
        variants = (
            (network, X),
            (shifted, centered),
            (center_activation(network), X),
            (center_activation(shifted), centered),
        )
        found.append([np.linalg.eigvalsh(network_fisher(*variant))[-1] for variant in variants])
        outputs = np.array([forward(*variant).logits for variant in variants])
        moved.append(np.abs(outputs - outputs[0]).max())
        stiff = np.linalg.eigh(network_fisher(network, X))[1][:, -1]
        parameters = len(stiff)
        outgoing = network.weights[-1].size + network.biases[-1].size
        last.append(np.sum(stiff[-outgoing:] ** 2))
    eigenvalues = np.array(found)
    left = eigenvalues / eigenvalues[:, :1]
    raw, inputs, hidden, both = (float(value) for value in np.median(eigenvalues, axis=0))
    return Check(
        at_most(
            "what is left after centering the hidden units, the most",
            bound=2 / 3,
            observed=float(left[:, 2].max()),
            matters=0.2,
        ),
        at_least(
            "what is left after centering the inputs, the least",
            bound=0.9,
            observed=float(left[:, 1].min()),
            matters=0.1,
        ),
        yes("no output moves by more than 1e−12", max(moved) < 1e-12),
        numbers={
            "networks": networks,
            "mean": mean,
            "raw": raw,
            "inputs": inputs,
            "hidden": hidden,
            "both": both,
            "last": float(np.mean(last)),
            "parameters": parameters,
        },
    )


def width_slope(
    activation: str, seed: int, subtract: bool, examples: int | None, normalized: bool
) -> float:
    """The slope of log λmax over log width, from the mean of three networks of each width."""
    widths = _NORMALIZED_WIDTHS if normalized else _WIDTHS
    # Seed 0 gives the networks of the figure.
    values = width_eigenvalues(
        activation,
        widths,
        seeds=tuple(60 + 3 * seed + k for k in range(3)),
        subtract_mean=subtract,
        examples=examples,
        batch_norm=normalized,
    )
    return float(np.polyfit(np.log(widths), np.log(values), 1)[0])


_FINITE = {
    "tolerance": 0.2,
    "because": "finite widths, and three random networks of each",
    "matters": 0.4,
}
_AT_THE_START = (
    "independent normal weights of mean 0 and variance 1/inputs, 2/inputs before ReLU, untrained; "
    "biases 0, and no gradients by them",
    "independent N(0, 1) inputs",
    "two hidden layers as wide as the input, one output",
)


@claim(
    "fisher.width",
    "With as many examples as the width, the largest eigenvalue of the Fisher matrix of random "
    "ReLU and sigmoid networks grows like the width, but hardly once the output's mean over the "
    "examples is subtracted; of tanh networks it hardly grows.",
    kind="measured",
    assumes=_AT_THE_START,
    over="widths 64 to 512",
    source="karakida2019universal",
)
def _(seed: int) -> Check:
    slopes = {
        name: width_slope(name, seed, False, None, False) for name in ("relu", "sigmoid", "tanh")
    }
    left = {name: width_slope(name, seed, True, None, False) for name in ("relu", "sigmoid")}
    return Check(
        equal("slope, ReLU", theory=1, observed=slopes["relu"], **_FINITE),
        equal("slope, sigmoid", theory=1, observed=slopes["sigmoid"], **_FINITE),
        equal("slope, tanh", theory=0, observed=slopes["tanh"], **_FINITE),
        equal("slope, ReLU, mean subtracted", theory=0, observed=left["relu"], **_FINITE),
        equal("slope, sigmoid, mean subtracted", theory=0, observed=left["sigmoid"], **_FINITE),
        numbers={
            **slopes,
            **{f"{name}_subtracted": slope for name, slope in left.items()},
            "narrowest": _WIDTHS[0],
            "widest": _WIDTHS[-1],
        },
    )


@claim(
    "fisher.width-fixed",
    "With 100 examples at each width, the largest eigenvalue of the Fisher matrix of random "
    "networks grows with the width even for tanh, and for ReLU with the mean output subtracted.",
    kind="measured",
    assumes=_AT_THE_START,
    over="widths 64 to 512",
)
def _(seed: int) -> Check:
    tanh = width_slope("tanh", seed, False, 100, False)
    relu = width_slope("relu", seed, True, 100, False)
    return Check(
        at_least("slope, tanh", bound=0.4, observed=tanh, matters=0.3),
        at_least("slope, ReLU, mean subtracted", bound=0.4, observed=relu, matters=0.4),
        numbers={"tanh": tanh, "relu": relu, "examples": 100},
    )


@claim(
    "fisher.width-batch-norm",
    "With as many examples as the width, batch normalization in the hidden layers before ReLU "
    "leaves the growth of the Fisher matrix's largest eigenvalue; subtracting the mean of the "
    "output removes it.",
    kind="measured",
    assumes=_AT_THE_START,
    over="widths 32 to 128, derivatives taken through the batch's means and variances",
    source="karakida2019normalization",
)
def _(seed: int) -> Check:
    whole, subtracted = (width_slope("relu", seed, flag, None, True) for flag in (False, True))
    return Check(
        equal("slope, output as it is", theory=1, observed=whole, **_FINITE),
        equal("slope, mean of the output subtracted", theory=0, observed=subtracted, **_FINITE),
        numbers={
            "whole": whole,
            "subtracted": subtracted,
            "narrowest": _NORMALIZED_WIDTHS[0],
            "widest": _NORMALIZED_WIDTHS[-1],
        },
    )
