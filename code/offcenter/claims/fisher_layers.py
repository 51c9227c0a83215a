"""Claims of the chapter on the Fisher matrix: units inside networks, layers, whole networks."""

from functools import cache

import numpy as np

from offcenter.claims._record import Check, claim
from offcenter.fisher import (
    UnitFisher,
    add_step,
    kronecker_step,
    network_fisher,
    squared_loss_step,
    unit_fisher,
    width_eigenvalues,
)
from offcenter.network import Network, center_activation, forward, initialize, shift_inputs

_STEPS = 10
_WIDTHS = (64, 128, 256, 512)


def _unit() -> tuple[UnitFisher, np.ndarray, float]:
    """A unit that reads five sigmoid activations, and a gradient of it."""
    rng = np.random.default_rng(53)
    a = 1 / (1 + np.exp(-rng.standard_normal((300, 5))))
    delta = rng.standard_normal(300) * (0.5 + a[:, 0])
    target = rng.standard_normal(300)
    return unit_fisher(a, delta), target @ a / 300, float(target.mean())


@claim(
    "fisher.elu-step",
    "The closed form of a unit's natural gradient in the ELU paper is F⁻¹g.",
    source="clevert2016",
)
def _() -> Check:
    unit, g, g0 = _unit()
    dw, db = unit.natural_direction(g, g0)
    return Check(
        expected=np.linalg.solve(unit.matrix, np.append(g, g0)),
        observed=[*dw, db],
        tolerance=1e-11,
        reason="rounding of two ways to solve the same equations",
    )


@claim(
    "fisher.elu-shift",
    "The bias shift of that step is the one of the blockwise step with the incoming mean centered, "
    "E_p[a] − kE_q[a], and the bias unit scaled by k.",
    source="clevert2016",
)
def _() -> Check:
    unit, g, g0 = _unit()
    dw, db = unit.natural_direction(g, g0)
    return Check(
        expected=float(unit.mean @ dw + db),
        observed=unit.bias_shift(g, g0),
        tolerance=1e-11,
        reason="rounding of two ways to solve the same equations",
        numbers={
            "k": unit.bias_scale,
            "incoming": float(np.linalg.norm(unit.mean)),
            "left": float(np.linalg.norm(unit.mean - unit.bias_scale * unit.weighted_mean)),
        },
    )


@claim(
    "fisher.elu-centered",
    "If the incoming activations have mean zero with the weights δ², nothing is corrected: k is 1, "
    "and weights and bias step separately.",
)
def _() -> Check:
    rng = np.random.default_rng(57)
    a = 1 / (1 + np.exp(-rng.standard_normal((300, 5))))
    delta = rng.standard_normal(300) * (0.5 + a[:, 0])
    unit = unit_fisher(a - delta**2 @ a / (delta @ delta), delta)
    g, g0 = rng.standard_normal(5), 0.7
    dw, db = unit.natural_direction(g, g0)
    return Check(
        expected=[1.0, *np.linalg.solve(unit.block, g), g0 / unit.corner],
        observed=[unit.bias_scale, *dw, db],
        tolerance=1e-11,
        reason="rounding of two ways to solve the same equations",
    )


@claim(
    "fisher.kronecker",
    "If a layer's errors do not depend on its inputs, its Fisher matrix is exactly the Kronecker "
    "product of E[δδᵀ] and E[x̃x̃ᵀ].",
)
def _() -> Check:
    rng = np.random.default_rng(54)
    x = np.column_stack([rng.random((6, 3)), np.ones(6)])
    delta = rng.standard_normal((5, 2))
    # Every input with every error: independent by construction, not by chance.
    pairs = [np.outer(d, xi).ravel() for d in delta for xi in x]
    F = sum(np.outer(v, v) for v in pairs) / len(pairs)
    return Check(
        expected=np.kron(delta.T @ delta / 5, x.T @ x / 6),
        observed=F,
        tolerance=1e-13,
        reason="rounding of sums",
    )


@claim(
    "fisher.kronecker-centers",
    "The Kronecker-factored step centers as well: its weights move by −G⁻¹ Cov(δ, x) C⁻¹, which no "
    "shift of the inputs changes.",
    source="george2017",
)
def _() -> Check:
    rng = np.random.default_rng(55)
    X, delta = 2 + rng.standard_normal((80, 4)), rng.standard_normal((80, 3))
    dW, _ = kronecker_step(X, delta)
    centered = X - X.mean(axis=0)
    C, G = centered.T @ centered / 80, delta.T @ delta / 80
    expected = -np.linalg.solve(G, delta.T @ centered / 80) @ np.linalg.inv(C)
    return Check(
        expected=expected,
        observed=dW,
        tolerance=1e-11,
        reason="rounding of inverses",
    )


@claim(
    "fisher.whole-network",
    "In small sigmoid networks, centering the hidden units lowers the largest eigenvalue of the "
    "Fisher matrix of all parameters, though the function is the same; centering only the inputs "
    "hardly changes it.",
)
def _() -> Check:
    # The biases take up what is subtracted.  A comparison that only shifts the inputs would change
    # the function, and with it the eigenvalue, for another reason.
    networks, mean = 20, 1.5
    rng = np.random.default_rng(56)
    found, last, moved = [], [], []
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
        outgoing = network.weights[-1].size + network.biases[-1].size
        last.append(np.sum(stiff[-outgoing:] ** 2))
    eigenvalues = np.array(found)
    left = eigenvalues / eigenvalues[:, :1]
    raw, inputs, hidden, both = (float(value) for value in np.median(eigenvalues, axis=0))
    return Check(
        expected=[2 / 3, 0.1, 1e-12],
        observed=[left[:, 2].max(), (1 - left[:, 1]).max(), max(moved)],
        tolerance=0.0,
        reason="bounds for each network: what the hidden units leave, what the inputs take away, "
        "how far an output moves",
        relation="at most",
        numbers={
            "networks": networks,
            "mean": mean,
            "raw": raw,
            "inputs": inputs,
            "hidden": hidden,
            "both": both,
            "last": float(np.mean(last)),
            "parameters": sum(W.size + W.shape[0] for W in network.weights),
        },
    )


def _network_outputs(network: Network, method: str) -> np.ndarray:
    """The outputs after each step on the squared loss, shape (steps, N, 2)."""
    rng = np.random.default_rng(59)
    X = rng.standard_normal((120, 3))
    teacher = initialize([3, 4, 2], activation="sigmoid", rng=rng, gain=3.0)
    targets = forward(teacher, X).logits
    outputs = []
    for _ in range(_STEPS):
        step = squared_loss_step(network, X, targets, method=method)
        network = add_step(network, 0.2 * step)
        outputs.append(forward(network, X).logits)
    return np.array(outputs)


@claim(
    "fisher.hidden-layers",
    "If a whole network learns by natural gradient, no output depends on whether its hidden units "
    "have sigmoids or centered sigmoids.",
)
def _() -> Check:
    rng = np.random.default_rng(58)
    raw = initialize([3, 4, 2], activation="sigmoid", rng=rng, gain=3.0)
    centered = center_activation(raw)
    natural, plain = (
        float(np.abs(_network_outputs(raw, method) - _network_outputs(centered, method)).max())
        for method in ("natural", "gradient")
    )
    return Check(
        expected=0.0,
        observed=natural,
        tolerance=1e-7,
        reason="rounding, grown at each step by a condition number of order 1e6",
        numbers={
            "plain": plain,
            "steps": _STEPS,
            "parameters": sum(W.size + W.shape[0] for W in raw.weights),
        },
    )


@cache
def _slope(activation: str, *, subtract: bool = False) -> float:
    """The slope of log λmax over log width, for as many examples as the width."""
    values = width_eigenvalues(activation, _WIDTHS, seeds=(60, 61, 62), subtract_mean=subtract)
    return float(np.polyfit(np.log(_WIDTHS), np.log(values), 1)[0])


@claim(
    "fisher.width",
    "In networks whose activations have a mean, the largest eigenvalue of the Fisher matrix grows "
    "like the width; with tanh it does not grow.",
    source="karakida2019universal",
)
def _() -> Check:
    slopes = [_slope(name) for name in ("relu", "sigmoid", "tanh")]
    return Check(
        expected=[1.0, 1.0, 0.0],
        observed=slopes,
        tolerance=0.15,
        reason="finite widths, and three random networks of each",
        numbers={
            "relu": slopes[0],
            "sigmoid": slopes[1],
            "tanh": slopes[2],
            "narrowest": _WIDTHS[0],
            "widest": _WIDTHS[-1],
        },
    )


@claim(
    "fisher.width-subtracted",
    "Subtracting the mean of the output over the data removes that growth.",
    source="karakida2019normalization",
)
def _() -> Check:
    slopes = [_slope(name, subtract=True) for name in ("relu", "sigmoid")]
    return Check(
        expected=[0.0, 0.0],
        observed=slopes,
        tolerance=0.15,
        reason="finite widths, and three random networks of each",
        numbers={"relu": slopes[0], "sigmoid": slopes[1]},
    )
