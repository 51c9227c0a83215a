"""Claims of the chapter on the Fisher matrix: what the natural gradient does about a mean."""

from functools import cache

import numpy as np

from offcenter.claims._record import Check, claim
from offcenter.fisher import (
    UnitFisher,
    center_regress_intercept,
    kronecker_step,
    logistic_divergence,
    logistic_fisher,
    logistic_gradient,
    logistic_path,
    natural_step,
    network_fisher,
    one_input_step,
    output_gram,
    unit_fisher,
)
from offcenter.network import initialize
from offcenter.spectrum import condition_number, second_moment

_EXAMPLES, _INPUTS, _STEPS = 200, 4, 30
_WIDTHS = (64, 128, 256, 512)


def _data(mean: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Inputs with a mean, and labels that depend on them, so that no plane separates them."""
    rng = np.random.default_rng(50)
    X = rng.standard_normal((_EXAMPLES, _INPUTS))
    y = (X @ np.array([1.0, -0.5, 0.8, 0.0]) + rng.logistic(size=_EXAMPLES) > 0).astype(float)
    return X + mean, y


@claim(
    "fisher.distance",
    "For a small change ε of the parameters, the predictions change by the divergence ½ εᵀFε.",
)
def _() -> Check:
    X, _ = _data()
    w, b = np.array([0.5, -0.3, 0.2, 0.1]), -0.2
    rng = np.random.default_rng(51)
    F = logistic_fisher(X, w, b)
    ratios = []
    for _ in range(5):
        step = 1e-3 * rng.standard_normal(_INPUTS + 1)
        divergence = logistic_divergence(X, w, b, step[:-1], float(step[-1]))
        ratios.append(float(divergence / (0.5 * step @ F @ step)))
    return Check(
        expected=np.ones(5),
        observed=ratios,
        tolerance=2e-3,
        reason="the next term is of relative order |ε| = 1e-3",
    )


@claim(
    "fisher.inherits-the-mean",
    "The Fisher matrix of a logistic unit is the second moment of (x, 1) with the weights "
    "p(1 − p), so a mean of the inputs makes it as ill-conditioned as that.",
)
def _() -> Check:
    X, _ = _data(mean=3.0)
    F = logistic_fisher(X, np.zeros(_INPUTS), 0.0)
    A = second_moment(X, bias=True)
    return Check(
        expected=A / 4,
        observed=F,
        tolerance=1e-12,
        reason="rounding; with zero weights p(1 − p) is ¼ for every example",
        numbers={
            "kappa": condition_number(F),
            "kappa_centered": condition_number(logistic_fisher(X - X.mean(0), np.zeros(4), 0.0)),
            "mean": 3,
        },
    )


@claim(
    "fisher.center-regress-intercept",
    "The natural gradient step of a logistic unit is: center the inputs, regress, then set the "
    "intercept.",
)
def _() -> Check:
    X, y = _data()
    w, b = np.array([0.5, -0.3, 0.2, 0.1]), -0.2
    dw, db = natural_step(X, y, w, b)
    stages = center_regress_intercept(X, y, w, b)
    return Check(
        expected=[*dw, db],
        observed=[*stages.dw, stages.db],
        tolerance=1e-12,
        reason="rounding of two ways to solve the same equations",
    )


@claim(
    "fisher.solved",
    "SymPy solves the step of a unit with one input: its weight moves by minus a covariance over a "
    "variance, and the bias makes up for the mean.",
)
def _() -> Check:
    return Check(
        expected=True,
        observed=one_input_step().agrees,
        tolerance=0.0,
        reason="two expressions are equal or not",
    )


@cache
def _outputs(method: str, shift: float, bias: bool) -> np.ndarray:
    X, y = _data(mean=shift)
    path = logistic_path(
        X,
        y,
        np.zeros(_INPUTS),
        0.0,
        method=method,
        step_size=1.0 if method == "natural" else 0.2,
        steps=_STEPS,
        bias=bias,
    )
    return path.logits


def _change(method: str, *, bias: bool = True) -> float:
    """The largest change of any output s at any step when the inputs are shifted."""
    return float(np.abs(_outputs(method, 2.0, bias) - _outputs(method, 0.0, bias)).max())


@claim(
    "fisher.invariance",
    "Shifting the inputs changes no output of a unit that learns by natural gradient, at any step.",
    source="ollivier2015",
)
def _() -> Check:
    return Check(
        expected=0.0,
        observed=_change("natural"),
        tolerance=1e-9,
        reason="rounding, grown over the steps by a condition number of order 100",
        numbers={"steps": _STEPS, "shift": 2},
    )


@claim(
    "fisher.plain-varies",
    "The same shift changes the outputs of a unit that learns by plain gradient descent.",
)
def _() -> Check:
    change = _change("gradient")
    return Check(
        expected=0.5,
        observed=change,
        tolerance=0.0,
        reason="the statement is a bound",
        relation="at least",
        numbers={"change": change},
    )


@claim(
    "fisher.needs-bias",
    "Without a bias the natural gradient is not invariant to a shift: nothing makes up for it.",
)
def _() -> Check:
    change = _change("natural", bias=False)
    return Check(
        expected=0.5,
        observed=change,
        tolerance=0.0,
        reason="the statement is a bound",
        relation="at least",
        numbers={"change": change},
    )


@claim(
    "fisher.linear-maps",
    "Any invertible linear map of the inputs, too, changes no output under the natural gradient.",
    source="ollivier2015",
)
def _() -> Check:
    X, y = _data()
    T = np.eye(_INPUTS) + 0.4 * np.random.default_rng(52).standard_normal((_INPUTS, _INPUTS))
    options = {"method": "natural", "step_size": 1.0, "steps": 10}
    start = np.zeros(_INPUTS)
    first = logistic_path(X, y, start, 0.0, **options).logits
    second = logistic_path(X @ T.T, y, start, 0.0, **options).logits
    return Check(
        expected=0.0,
        observed=float(np.abs(first - second).max()),
        tolerance=1e-9,
        reason="rounding, grown over the steps",
    )


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
    "In a small ReLU network the largest eigenvalue of the Fisher matrix of all parameters falls "
    "when the inputs are centered.",
)
def _() -> Check:
    rng = np.random.default_rng(56)
    network = initialize([6, 8, 8, 3], activation="relu", rng=rng, gain=np.sqrt(2))
    X = 1.5 + rng.standard_normal((60, 6))
    raw, centered = (
        float(np.linalg.eigvalsh(network_fisher(network, inputs))[-1])
        for inputs in (X, X - X.mean(axis=0))
    )
    return Check(
        expected=raw / 2,
        observed=centered,
        tolerance=0.0,
        reason="the statement holds with a factor of two to spare",
        relation="at most",
        numbers={
            "raw": raw,
            "centered": centered,
            "parameters": sum(W.size + W.shape[0] for W in network.weights),
        },
    )


@cache
def _slope(activation: str, *, subtract: bool = False) -> float:
    """The slope of log λmax over log width, for as many examples as the width."""
    gain = np.sqrt(2) if activation == "relu" else 1.0
    logs = []
    for width in _WIDTHS:
        values = []
        for seed in range(3):
            rng = np.random.default_rng(60 + seed)
            network = initialize(
                [width, width, width, 1], activation=activation, rng=rng, gain=gain
            )
            K = output_gram(network, rng.standard_normal((width, width))) / width
            if subtract:
                # The gradient of an output less the mean output over the data.
                K = K - K.mean(axis=0) - K.mean(axis=1)[:, np.newaxis] + K.mean()
            values.append(np.linalg.eigvalsh(K)[-1])
        logs.append(np.log(np.mean(values)))
    return float(np.polyfit(np.log(_WIDTHS), logs, 1)[0])


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


@claim(
    "fisher.newton",
    "For the logistic loss the Fisher matrix is the second derivative of the loss.",
)
def _() -> Check:
    X, y = _data()
    w, b = np.array([0.5, -0.3, 0.2, 0.1]), -0.2
    step = 1e-5
    columns = []
    for unit in np.eye(_INPUTS + 1) * step:
        ahead = logistic_gradient(X, y, w + unit[:-1], b + float(unit[-1]))
        behind = logistic_gradient(X, y, w - unit[:-1], b - float(unit[-1]))
        columns.append((ahead - behind) / (2 * step))
    return Check(
        expected=logistic_fisher(X, w, b),
        observed=np.array(columns),
        tolerance=1e-8,
        reason="error of central differences",
    )
