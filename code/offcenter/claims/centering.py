"""Claims of the chapter "Centering": what a mean does to a spectrum, and what removes it."""

from __future__ import annotations

import math

import numpy as np
import sympy

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.spectrum import (
    best_diagonal_condition_number,
    condition_number,
    iid_condition_number,
    iid_second_moment,
    second_moment,
    with_bias,
)

_N = 100
_RELU = ACTIVATIONS["relu"]
_SIGMOID = ACTIVATIONS["sigmoid"]


@claim("centering.split", "The second moment is the covariance plus the mean's rank-one part.")
def _() -> Check:
    X = _RELU.value(np.random.default_rng(1).standard_normal((50, 4)))
    mean = X.mean(axis=0)
    return Check(
        expected=np.cov(X, rowvar=False, bias=True) + np.outer(mean, mean),
        observed=second_moment(X),
        tolerance=1e-14,
        reason="rounding",
    )


@claim(
    "centering.outlier",
    "For independent features of one mean m and one variance s², the second moment has the "
    "eigenvalue s² + nm² once and s² otherwise, so κ = 1 + nm²/s².",
    source="lecun1991",
)
def _() -> Check:
    names = ("sigmoid", "relu")
    closed = {
        name: iid_condition_number(_N, ACTIVATIONS[name].mean, ACTIVATIONS[name].variance)
        for name in names
    }
    observed = [
        condition_number(iid_second_moment(_N, ACTIVATIONS[name].mean, ACTIVATIONS[name].variance))
        for name in names
    ]
    return Check(
        expected=list(closed.values()),
        observed=observed,
        tolerance=1e-8,
        reason="rounding of an eigenvalue solver",
        numbers={"n": _N, **closed},
    )


@claim(
    "centering.bias",
    "With a bias κ = λ₊²/s², where λ₊ is the larger root of λ² − (1 + s² + nm²)λ + s².",
)
def _() -> Check:
    numbers: dict[str, int | float | str] = {"n": _N}
    expected, observed = [], []
    for a in (_SIGMOID, _RELU):
        total = 1 + a.variance + _N * a.mean**2
        upper = max(np.roots([1.0, -total, a.variance]))
        expected.append(float(upper**2 / a.variance))
        A = iid_second_moment(_N, a.mean, a.variance, bias=True)
        observed.append(condition_number(A))
        numbers[a.name] = expected[-1]
        numbers[f"{a.name}_centered"] = iid_condition_number(_N, 0.0, a.variance, bias=True)
        numbers[f"{a.name}_best_diagonal"] = best_diagonal_condition_number(
            _N, a.mean, a.variance, bias=True
        )
    return Check(
        expected=expected,
        observed=observed,
        tolerance=1e-5,
        reason="rounding of an eigenvalue solver at κ above 10⁴",
        numbers=numbers,
    )


@claim(
    "centering.bias-quadratic",
    "As the number of inputs grows, κ grows like n without a bias and like n² with one.",
)
def _() -> Check:
    widths = (10_000, 1_000_000)

    def exponent(bias: bool) -> float:
        few, many = (iid_condition_number(n, _RELU.mean, _RELU.variance, bias=bias) for n in widths)
        return math.log(many / few) / math.log(widths[1] / widths[0])

    return Check(
        expected=[1, 2],
        observed=[exponent(False), exponent(True)],
        tolerance=1e-3,
        reason="the next term is smaller by a factor of order 1/n",
        numbers={"slope": exponent(False), "slope_bias": exponent(True)},
    )


@claim(
    "centering.same-knob",
    "The scaled sum of n inputs with a mean and the constant input of the bias have a cosine "
    "that tends to 1 as n grows.",
)
def _() -> Check:
    examples, n = 20_000, _N
    X = _SIGMOID.value(np.random.default_rng(5).standard_normal((examples, n)))
    total = X.sum(axis=1)
    observed = float(total.sum() / math.sqrt(examples * (total @ total)))
    spread = _SIGMOID.variance / (n * _SIGMOID.mean**2)
    return Check(
        expected=1 / math.sqrt(1 + spread),
        observed=observed,
        # The cosine depends on s²/(nm²) with slope 1/2; that ratio's relative error is √(2/N).
        tolerance=4 * spread / 2 * math.sqrt(2 / examples),
        reason="four standard errors",
        numbers={"n": n, "angle": math.degrees(math.acos(observed))},
    )


@claim(
    "centering.theorem",
    "With a bias, no shift of the inputs has a smaller κ than the one that makes their mean zero.",
)
def _() -> Check:
    rng = np.random.default_rng(6)
    trials, ratios = 400, []
    for _ in range(trials):
        n = int(rng.integers(1, 7))
        root = rng.standard_normal((n, n + 1)) * 10 ** rng.uniform(-1, 1, (n, 1))
        C = root @ root.T
        shifted = with_bias(C, rng.standard_normal(n) * 10 ** rng.uniform(-3, 1))
        ratios.append(condition_number(shifted) / condition_number(with_bias(C, np.zeros(n))))
    return Check(
        expected=1,
        observed=min(ratios),
        tolerance=1e-6,
        reason="rounding of an eigenvalue solver",
        relation="at least",
        numbers={"trials": trials, "median": float(np.median(ratios))},
    )


@claim(
    "centering.inverse-blocks",
    "The inverse of the second moment with a bias has the diagonal blocks C⁻¹ and 1 + μᵀC⁻¹μ.",
)
def _() -> Check:
    p, q, r, a, b = sympy.symbols("p q r a b", real=True)
    C, mean = sympy.Matrix([[p, q], [q, r]]), sympy.Matrix([a, b])
    A = sympy.Matrix(sympy.BlockMatrix([[C + mean * mean.T, mean], [mean.T, sympy.ones(1)]]))
    corner = (mean.T * C.inv() * mean)[0]
    inverse = sympy.Matrix(
        sympy.BlockMatrix([[C.inv(), -C.inv() * mean], [-mean.T * C.inv(), sympy.ones(1)]])
    )
    inverse[2, 2] += corner
    residue = (A * inverse - sympy.eye(3)).applyfunc(sympy.simplify)
    return Check(
        expected=0,
        observed=sum(entry != 0 for entry in residue),
        tolerance=0,
        reason="entries of AA⁻¹ − I, in symbols for two inputs, that are not 0",
    )


@claim(
    "centering.no-bias-no-theorem",
    "Without a bias centering can raise κ.",
)
def _() -> Check:
    C, mean = np.diag([0.01, 1.0]), np.array([1.0, 0.0])
    raw = condition_number(C + np.outer(mean, mean))
    centered = condition_number(C)
    return Check(
        expected=[1.01, 100.0],
        observed=[raw, centered],
        tolerance=1e-12,
        reason="rounding",
        numbers={
            "raw": raw,
            "centered": centered,
            "raw_bias": condition_number(with_bias(C, mean)),
            "centered_bias": condition_number(with_bias(C, np.zeros(2))),
        },
    )
