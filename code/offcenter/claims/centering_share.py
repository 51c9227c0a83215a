"""Claims of the chapter "Centering" on the offset share ρ and on the means of activations."""

from __future__ import annotations

import math

import numpy as np
import sympy

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim, equal, yes
from offcenter.normal import normal_expectation
from offcenter.spectrum import (
    iid_condition_number,
    mean_cosine,
    second_moment,
)

_N = 100
_RELU = ACTIVATIONS["relu"]
_SIGMOID = ACTIVATIONS["sigmoid"]


def _formula(expression: sympy.Expr | None) -> str:
    """Return a closed form for the table of the page."""
    return r"\text{none known}" if expression is None else sympy.latex(expression)


def _with_error(values: list[float]) -> tuple[float, float]:
    """Return the mean of independent results and four standard errors of it."""
    return float(np.mean(values)), 4 * float(np.std(values, ddof=1)) / math.sqrt(len(values))


@claim(
    "centering.cosine",
    "The cosine between two independent examples of n inputs, independent and alike, tends to the "
    "offset share ρ as n grows.",
    kind="measured",
    assumes=("inputs of finite mean square, not all 0",),
    over="4000 inputs: ReLU, sigmoid, tanh",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 2])
    width, parts = 4000, []
    for name in ("relu", "sigmoid", "tanh"):
        phi = ACTIVATIONS[name]
        cosines = [mean_cosine(phi.value(rng.standard_normal((2, width)))) for _ in range(60)]
        observed, error = _with_error(cosines)
        parts.append(
            equal(
                f"{name} inputs",
                theory=min(1.0, max(0.0, phi.offset_share)),
                observed=observed,
                tolerance=error + 1 / width,
                because="four standard errors, and the correction of order 1/n",
                matters=0.02,
            )
        )
    return Check(*parts, numbers={"n": width})


@claim(
    "centering.gradient-correlation",
    "If errors have zero mean and are independent of the inputs, the entries of one example's "
    "gradient for two weights of one unit have the correlation ρ when the inputs are independent "
    "and alike.",
    kind="measured",
    assumes=(
        "errors and inputs of finite variance, not all 0",
        "each weight is used once, as it is",
    ),
    over="Gaussian and ±1 errors; ReLU, sigmoid, tanh; single examples",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 3])
    n, parts = 10, []
    for name in ("relu", "sigmoid", "tanh"):
        for law in ("Gaussian", "±1"):
            phi, ratios = ACTIVATIONS[name], []
            for _ in range(20):
                delta = rng.standard_normal((1000, 1))
                G = (delta if law == "Gaussian" else np.sign(delta)) * phi.value(
                    rng.standard_normal((1000, n))
                )
                moment = second_moment(G)
                diagonal = np.trace(moment) / n
                ratios.append((moment.sum() - n * diagonal) / (n * (n - 1)) / diagonal)
            observed, error = _with_error(ratios)
            parts.append(
                equal(
                    f"{name} inputs, {law} errors",
                    theory=min(1.0, max(0.0, phi.offset_share)),
                    observed=observed,
                    tolerance=error + 0.003,
                    because="four standard errors, and the bias of a ratio of means",
                    matters=0.04,
                )
            )
    return Check(*parts, numbers={"examples": 20 * 1000})


@claim(
    "centering.fixed-part",
    "Over all examples x, and over random weights w of zero mean, independent and alike, w·μ, the "
    "same number for every example, has the share ρ of the mean square of w·x.",
    kind="measured",
    assumes=(
        "inputs independent and alike, of finite variance, not all 0",
        "weights independent of the inputs, of finite variance, not all 0",
    ),
    over="Gaussian and ±1 weights, 100 ReLU inputs",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 4])
    parts = []
    for law in ("Gaussian", "±1"):
        shares = []
        for _ in range(40):
            X = _RELU.value(rng.standard_normal((400, _N)))
            W = rng.standard_normal((_N, 400))
            S = X @ (W if law == "Gaussian" else np.sign(W))
            # The mean square over two halves of the examples: their product has no noise bias.
            fixed = S[:200].mean(axis=0) * S[200:].mean(axis=0)
            shares.append(fixed.mean() / np.mean(S**2))
        observed, error = _with_error(shares)
        parts.append(
            equal(
                f"{law} weights",
                theory=_RELU.offset_share,
                observed=observed,
                tolerance=error + 1 / 400,
                because="four standard errors, and the bias of a ratio of two means",
                matters=0.04,
            )
        )
    return Check(*parts, numbers={"units": 40 * 400})


@claim(
    "centering.moments",
    "The closed forms of the activations' means and mean squares agree with quadrature, for a "
    "standard normal number.",
    kind="computed",
    over="each closed form of the library",
)
def _() -> Check:
    parts = []
    numbers: dict[str, int | float | str] = {"n": _N, "activations": len(ACTIVATIONS)}
    for name, a in ACTIVATIONS.items():
        for power, word, exact in (
            (1, "mean", a.exact_mean),
            (2, "mean square", a.exact_second_moment),
        ):
            if exact is not None:
                parts.append(
                    equal(
                        f"{name}, {word}",
                        theory=float(sympy.N(exact, 20)),
                        observed=normal_expectation(lambda z, p=power, f=a.value: f(z) ** p),
                        tolerance=1e-12,
                        because="quadrature of smooth pieces is exact to rounding",
                        matters=1e-3,
                    )
                )
        numbers |= {
            f"{name}_mean_formula": _formula(a.exact_mean),
            f"{name}_square_formula": _formula(a.exact_second_moment),
            f"{name}_mean": a.mean,
            f"{name}_variance": a.variance,
            f"{name}_share": a.offset_share,
            f"{name}_kappa": iid_condition_number(_N, a.mean, a.variance),
            f"{name}_kappa_bias": iid_condition_number(_N, a.mean, a.variance, bias=True),
        }
    numbers["closed_forms"] = len(parts)
    return Check(*parts, numbers=numbers)


@claim(
    "centering.relu-share",
    "For ReLU of a standard normal number ρ = 1/π exactly.",
    kind="proved",
    over="integrals in symbols",
)
def _() -> Check:
    z = sympy.symbols("z", positive=True)
    density = sympy.exp(-(z**2) / 2) / sympy.sqrt(2 * sympy.pi)
    mean, square = (sympy.integrate(z**k * density, (z, 0, sympy.oo)) for k in (1, 2))
    share = sympy.simplify(mean**2 / square)
    return Check(
        yes("the mean squared over the mean square is 1/π", share == 1 / sympy.pi),
        equal(
            "ρ in the library",
            theory=float(share),
            observed=_RELU.offset_share,
            tolerance=1e-15,
            because="rounding",
        ),
        numbers={"share": float(share)},
    )


@claim(
    "centering.orthogonal-inputs",
    "As a layer of independent normal weights gets wider, the cosine between its activations φ(z) "
    "for two orthogonal inputs tends to ρ = E[φ(z)]²/E[φ(z)²], z standard normal.",
    kind="measured",
    assumes=(
        "E[φ(z)²] finite and not 0",
        "both inputs x of one length, all weights N(0, 1/|x|²), no bias",
    ),
    over="sigmoid and ReLU, width 4000",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 8])
    width, parts = 4000, []
    X = np.linalg.qr(rng.standard_normal((10, 2)))[0].T
    for phi in (_SIGMOID, _RELU):
        # Inputs of length 1 and standard normal weights: each pre-activation is N(0, 1).
        cosines = [mean_cosine(phi.value(X @ rng.standard_normal((10, width)))) for _ in range(60)]
        observed, error = _with_error(cosines)
        parts.append(
            equal(
                phi.name,
                theory=phi.offset_share,
                observed=observed,
                tolerance=error + 1 / width,
                because="four standard errors, and the correction of order 1/n",
                matters=0.02,
            )
        )
    degrees = math.degrees(math.acos(_SIGMOID.offset_share))
    relu_degrees = math.degrees(math.acos(_RELU.offset_share))
    return Check(*parts, numbers={"n": width, "degrees": degrees, "relu_degrees": relu_degrees})
