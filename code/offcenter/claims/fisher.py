"""Claims of the chapter on the Fisher matrix: the natural gradient of one logistic unit."""

from functools import cache

import numpy as np

from offcenter.claims._record import Check, claim
from offcenter.fisher import (
    center_regress_intercept,
    logistic_divergence,
    logistic_fisher,
    logistic_gradient,
    logistic_path,
    natural_step,
    one_input_step,
)
from offcenter.spectrum import condition_number, second_moment

_EXAMPLES, _INPUTS, _STEPS = 200, 4, 30


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
    "fisher.regression",
    "The step is a weighted linear regression: the line, fitted to −δ/v with the weights v, has "
    "the slopes Δw and the intercept Δb.",
)
def _() -> Check:
    X, y = _data()
    w, b = np.array([0.5, -0.3, 0.2, 0.1]), -0.2
    p = 1 / (1 + np.exp(-(X @ w + b)))
    v = p * (1 - p)
    # Least squares on rows scaled by √v: no Fisher matrix is formed.
    rows = np.column_stack([X, np.ones(_EXAMPLES)]) * np.sqrt(v)[:, np.newaxis]
    fitted = np.linalg.lstsq(rows, -(p - y) / np.sqrt(v), rcond=None)[0]
    dw, db = natural_step(X, y, w, b)
    return Check(
        expected=fitted,
        observed=[*dw, db],
        tolerance=1e-11,
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
