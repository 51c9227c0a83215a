"""Claims of the page on misconceptions: what no other chapter computes."""

import math

import numpy as np
import scipy

from offcenter.activations import ACTIVATIONS
from offcenter.claims._check import Check, at_least, at_most, equal
from offcenter.claims._record import claim
from offcenter.spectrum import condition_number, second_moment

_UNITS = 20


def _hidden(*seed: int) -> np.ndarray:
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
    "The loss of a linear unit, whose slope is 1 everywhere, has the condition number of the "
    "inputs and the bias, and centering lowers it more than tenfold.",
    kind="measured",
    assumes=("squared loss; 20 inputs, σ of independent standard normal numbers, in 200 examples",),
)
def _(seed: int) -> Check:
    X, y = _hidden(seed, 1), np.random.default_rng([seed, 2]).standard_normal(200)
    raw, centered = (condition_number(_hessian(Z, y, 1.0)) for Z in (X, X - X.mean(axis=0)))
    return Check(
        equal(
            "κ of the Hessian by differences of gradients, over that of the inputs and bias",
            theory=1.0,
            observed=raw / condition_number(second_moment(X, bias=True)),
            tolerance=1e-8,
            because="rounding of eigenvalues",
        ),
        at_least("κ as it is, over κ centered", bound=10.0, observed=raw / centered, matters=30.0),
        numbers={"raw": raw, "centered": centered, "inputs": _UNITS, "examples": len(X)},
    )


def _losses(X: np.ndarray, y: np.ndarray, slope: float, step_size: float) -> np.ndarray:
    """The losses over 50 steps of descent from zero weights, for a unit a = c·s."""
    w, losses = np.zeros(X.shape[1] + 1), []
    inputs = np.column_stack([X, np.ones(len(X))])
    for _ in range(50):
        w = w - step_size * _gradient(w, X, y, slope)
        losses.append(float(np.mean((slope * inputs @ w - y) ** 2)) / 2)
    return np.array(losses)


@claim(
    "misconceptions.small-slope",
    "For a linear unit whose slope is a thousandth instead of 1 the gradient at zero weights is a "
    "thousandth, and gradient descent with a step size a million times as large has the same "
    "losses.",
    assumes=("zero weights and a zero bias at the start, squared loss",),
)
def _() -> Check:
    X, y = _hidden(1), np.random.default_rng(2).standard_normal(200)
    slope, start = 1e-3, np.zeros(_UNITS + 1)
    sizes = [float(np.linalg.norm(_gradient(start, X, y, c))) for c in (1.0, slope)]
    plain, flat = _losses(X, y, 1.0, 0.1), _losses(X, y, slope, 0.1 / slope**2)
    return Check(
        equal(
            "length of the gradient at zero weights, over that at slope 1",
            theory=slope,
            observed=sizes[1] / sizes[0],
            tolerance=1e-12,
            because="rounding",
        ),
        equal(
            "largest difference of two losses over 50 steps",
            theory=0.0,
            observed=float(np.abs(plain - flat).max()),
            tolerance=1e-12,
            because="rounding",
            matters=1e-3,
        ),
        numbers={"slope": slope},
    )


@claim(
    "misconceptions.tanh-saturates",
    "Zero mean does not keep a gradient from vanishing: from a pre-activation of 3 on, tanh, whose "
    "mean is zero for z ~ N(0, 1), is less than a quarter as steep as σ.",
    over="pre-activations from 3 to 30",
)
def _() -> Check:
    z = np.linspace(3.0, 30.0, 200)
    tanh, sigmoid = ACTIVATIONS["tanh"], ACTIVATIONS["sigmoid"]
    ratios = tanh.derivative(z) / sigmoid.derivative(z)
    return Check(
        at_most(
            "slope of tanh over that of σ", bound=0.25, observed=float(ratios.max()), matters=0.05
        ),
        equal(
            "mean of tanh, by quadrature of SciPy",
            theory=0.0,
            observed=_mean("tanh"),
            tolerance=1e-10,
            because="quadrature",
            matters=0.01,
        ),
        numbers={
            "tanh": float(tanh.derivative(3.0)),
            "sigmoid": float(sigmoid.derivative(3.0)),
            "share": sigmoid.offset_share,
        },
    )


def _mean(name: str) -> float:
    value = ACTIVATIONS[name].value
    sides = ((-12.0, 0.0), (0.0, 12.0))
    density = 1 / math.sqrt(2 * math.pi)
    return sum(
        scipy.integrate.quad(lambda z: float(value(z)) * density * math.exp(-(z**2) / 2), *side)[0]
        for side in sides
    )


@claim(
    "misconceptions.zero-mean-activations",
    "Of the twelve activations that the chapter on centering lists, only the identity, tanh and "
    "SELU have zero mean for standard normal pre-activations.",
)
def _() -> Check:
    centered = ("identity", "tanh", "selu")
    others = {name: abs(_mean(name)) for name in ACTIVATIONS if name not in centered}
    return Check(
        *(
            equal(
                f"mean of {name}",
                theory=0.0,
                observed=_mean(name),
                tolerance=1e-8,
                because="quadrature",
                matters=0.01,
            )
            for name in centered
        ),
        at_least(
            "smallest of the other means, in size",
            bound=0.15,
            observed=min(others.values()),
            matters=0.05,
        ),
        numbers={
            "activations": len(ACTIVATIONS),
            "relu": ACTIVATIONS["relu"].mean,
            "smallest_other": min(others.values()),
        },
    )
