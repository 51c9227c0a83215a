"""Claims of the page on misconceptions: what no other chapter computes."""

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.spectrum import condition_number, second_moment

_UNITS = 20


def _hidden(seed: int) -> np.ndarray:
    """σ activations of 200 examples, not yet centered, shape (200, 20)."""
    return ACTIVATIONS["sigmoid"].value(np.random.default_rng(seed).standard_normal((200, _UNITS)))


def _gradient(weights: np.ndarray, X: np.ndarray, y: np.ndarray, slope: float) -> np.ndarray:
    """The gradient of the mean of (c·s − y)²/2 by weights and bias, for a unit a = c·s."""
    inputs = np.column_stack([X, np.ones(len(X))])
    return slope * (slope * inputs @ weights - y) @ inputs / len(X)


def _hessian(X: np.ndarray, y: np.ndarray, slope: float) -> np.ndarray:
    """The Hessian of that loss, by differences of gradients, which are exact as it is quadratic."""
    start = np.zeros(X.shape[1] + 1)
    base = _gradient(start, X, y, slope)
    return np.array([_gradient(unit, X, y, slope) - base for unit in np.eye(start.size)])


@claim(
    "misconceptions.linear-unit",
    "A linear unit, whose slope is 1 everywhere, has the condition number of its inputs and "
    "bias, and centering lowers it more than tenfold.",
)
def _() -> Check:
    X, y = _hidden(1), np.random.default_rng(2).standard_normal(200)
    raw, centered = (condition_number(_hessian(Z, y, 1.0)) for Z in (X, X - X.mean(axis=0)))
    inputs = condition_number(second_moment(X, bias=True))
    return Check(
        expected=[1.0, 1.0],
        observed=[raw / inputs, float(raw > 10 * centered)],
        tolerance=1e-8,
        reason="rounding of eigenvalues; the second entry is a yes or no",
        numbers={"raw": raw, "centered": centered, "inputs": _UNITS, "examples": len(X)},
    )


@claim(
    "misconceptions.small-slope",
    "If a unit's slope falls from 1 to a thousandth, so does its gradient at zero weights, and "
    "its condition number stays as it was.",
)
def _() -> Check:
    X, y = _hidden(1), np.random.default_rng(2).standard_normal(200)
    slope, start = 1e-3, np.zeros(_UNITS + 1)
    sizes = [float(np.linalg.norm(_gradient(start, X, y, c))) for c in (1.0, slope)]
    kappas = [condition_number(_hessian(X, y, c)) for c in (1.0, slope)]
    return Check(
        expected=[slope, 1.0],
        observed=[sizes[1] / sizes[0], kappas[1] / kappas[0]],
        tolerance=1e-8,
        reason="rounding of eigenvalues",
        numbers={"slope": slope, "kappa": kappas[1]},
    )


@claim(
    "misconceptions.tanh-saturates",
    "Zero mean does not keep a gradient from vanishing: at a pre-activation of 3 or more tanh, "
    "whose mean is zero, is flatter than σ.",
)
def _() -> Check:
    z = np.linspace(3.0, 30.0, 200)
    tanh, sigmoid = ACTIVATIONS["tanh"], ACTIVATIONS["sigmoid"]
    ratios = tanh.derivative(z) / sigmoid.derivative(z)
    return Check(
        expected=[1.0, 0.0],
        observed=[float(ratios.max()), abs(tanh.mean)],
        tolerance=0.0,
        reason="the observed ratio is well below one, and the mean is exact",
        relation="at most",
        numbers={
            "tanh": float(tanh.derivative(3.0)),
            "sigmoid": float(sigmoid.derivative(3.0)),
            "share": sigmoid.offset_share,
        },
    )


@claim(
    "misconceptions.zero-mean-activations",
    "Of the activations of this book only the identity, tanh and SELU have zero mean for standard "
    "normal pre-activations.",
)
def _() -> Check:
    centered = {"identity", "tanh", "selu"}
    means = {name: member.mean for name, member in ACTIVATIONS.items()}
    others = [abs(mean) for name, mean in means.items() if name not in centered]
    return Check(
        expected=[float(name in centered) for name in means],
        observed=[float(abs(mean) < 1e-12) for mean in means.values()],
        tolerance=0.0,
        reason="a mean is zero, up to the error of quadrature, or it is not",
        numbers={
            "activations": len(means),
            "relu": means["relu"],
            "smallest_other": min(others),
        },
    )
