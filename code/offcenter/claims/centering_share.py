"""Claims of the chapter "Centering" on the offset share ρ and on the means of activations."""

from __future__ import annotations

import math

import numpy as np
import sympy

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.normal import normal_expectation
from offcenter.spectrum import (
    condition_number,
    critical_batch_size,
    iid_condition_number,
    iid_second_moment,
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
    "centering.share-and-kappa",
    "Without a bias κ = 1 + nρ/(1 − ρ), so ρ and the number of inputs set κ.",
)
def _() -> Check:
    shares = [a.offset_share for a in ACTIVATIONS.values()]
    return Check(
        expected=[1 + _N * share / (1 - share) for share in shares],
        observed=[
            condition_number(iid_second_moment(_N, a.mean, a.variance))
            for a in ACTIVATIONS.values()
        ],
        tolerance=1e-8,
        reason="rounding of an eigenvalue solver",
        numbers={"n": _N, "sigmoid_share": _SIGMOID.offset_share},
    )


@claim(
    "centering.cosine",
    "The cosine between two examples with many independent features is the offset share ρ.",
)
def _() -> Check:
    rng = np.random.default_rng(2)
    width = 4000
    cosines = [mean_cosine(_RELU.value(rng.standard_normal((2, width)))) for _ in range(60)]
    observed, error = _with_error(cosines)
    return Check(
        expected=_RELU.offset_share,
        observed=observed,
        tolerance=error + 1 / width,
        reason="four standard errors, and the correction of order 1/n of a finite width",
        numbers={"n": width},
    )


@claim(
    "centering.gradient-correlation",
    "If errors have zero mean and do not depend on the inputs, two coordinates of a gradient have "
    "the correlation ρ.",
)
def _() -> Check:
    rng = np.random.default_rng(3)
    n, ratios = 10, []
    for _ in range(40):
        G = rng.standard_normal((1000, 1)) * _RELU.value(rng.standard_normal((1000, n)))
        moment = second_moment(G)
        diagonal = np.trace(moment) / n
        ratios.append((moment.sum() - n * diagonal) / (n * (n - 1)) / diagonal)
    observed, error = _with_error(ratios)
    return Check(
        expected=_RELU.offset_share,
        observed=observed,
        tolerance=error,
        reason="four standard errors",
        numbers={"examples": 40 * 1000},
    )


@claim(
    "centering.fixed-part",
    "Over random weights of zero mean, the share ρ of a pre-activation's mean square is the same "
    "number for every input.",
)
def _() -> Check:
    rng = np.random.default_rng(4)
    M = iid_second_moment(_N, _RELU.mean, _RELU.variance)
    shares = []
    for _ in range(40):
        W = rng.standard_normal((500, _N))
        fixed = (_RELU.mean * W.sum(axis=1)) ** 2
        shares.append(fixed.mean() / np.einsum("ki,ij,kj->k", W, M, W, optimize=True).mean())
    observed, error = _with_error(shares)
    return Check(
        expected=_RELU.offset_share,
        observed=observed,
        # Both parts of the ratio are means over 500 units: its bias is of order 1/500.
        tolerance=error + 1 / 500,
        reason="four standard errors, and the bias of a ratio of two means over 500 units",
        numbers={"units": 40 * 500},
    )


@claim(
    "centering.useful-batch",
    "With many features tr(M)/λmax, the batch size beyond which larger batches allow hardly "
    "larger steps, is 1/ρ.",
)
def _() -> Check:
    n = 200
    excess = n * _RELU.mean**2 / _RELU.variance
    observed = critical_batch_size(iid_second_moment(n, _RELU.mean, _RELU.variance))
    centered = critical_batch_size(iid_second_moment(n, 0.0, _RELU.variance))
    return Check(
        expected=1 / _RELU.offset_share,
        observed=observed,
        tolerance=1 / (_RELU.offset_share * excess),
        reason="the finite width divides it by 1 + s²/(nm²)",
        numbers={
            "n": n,
            "centered": centered,
            "sigmoid": 1 / _SIGMOID.offset_share,
            "relu": 1 / _RELU.offset_share,
        },
    )


@claim(
    "centering.moments",
    "The closed forms of the activations' means and mean squares agree with quadrature.",
)
def _() -> Check:
    expected, observed = [], []
    numbers: dict[str, int | float | str] = {"n": _N, "activations": len(ACTIVATIONS)}
    for name, a in ACTIVATIONS.items():
        for power, exact in ((1, a.exact_mean), (2, a.exact_second_moment)):
            if exact is not None:
                expected.append(float(sympy.N(exact, 20)))
                observed.append(normal_expectation(lambda z, p=power, f=a.value: f(z) ** p))
        numbers |= {
            f"{name}_mean_formula": _formula(a.exact_mean),
            f"{name}_square_formula": _formula(a.exact_second_moment),
            f"{name}_mean": a.mean,
            f"{name}_variance": a.variance,
            f"{name}_share": a.offset_share,
            f"{name}_kappa": iid_condition_number(_N, a.mean, a.variance),
            f"{name}_kappa_bias": iid_condition_number(_N, a.mean, a.variance, bias=True),
        }
    numbers["closed_forms"] = len(expected)
    return Check(
        expected=expected,
        observed=observed,
        tolerance=1e-12,
        reason="quadrature of smooth pieces is exact to rounding",
        numbers=numbers,
    )


@claim("centering.relu-share", "For ReLU ρ = 1/π exactly.")
def _() -> Check:
    share = sympy.simplify(_RELU.exact_mean**2 / _RELU.exact_second_moment)
    return Check(
        expected=1 / math.pi,
        observed=float(sympy.N(share, 20)),
        tolerance=1e-16,
        reason="a unit in the last place; SymPy itself gives " + str(share),
        numbers={"share": float(share)},
    )


@claim(
    "centering.orthogonal-inputs",
    "A wide random layer maps two orthogonal inputs to activations whose cosine is ρ.",
)
def _() -> Check:
    rng = np.random.default_rng(8)
    width, cosines = 4000, []
    X = np.linalg.qr(rng.standard_normal((10, 2)))[0].T
    for _ in range(60):
        # Inputs of length 1 and standard normal weights: each pre-activation is N(0, 1).
        cosines.append(mean_cosine(_SIGMOID.value(X @ rng.standard_normal((10, width)))))
    observed, error = _with_error(cosines)
    return Check(
        expected=_SIGMOID.offset_share,
        observed=observed,
        tolerance=error + 1 / width,
        reason="four standard errors, and the correction of order 1/n of a finite width",
        numbers={"n": width, "degrees": math.degrees(math.acos(observed))},
    )
