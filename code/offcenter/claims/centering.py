"""Claims of the chapter "Centering": what a mean does to a spectrum, and what removes it."""

from __future__ import annotations

import math

import numpy as np
import sympy
import z3

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, at_least, claim, equal, yes
from offcenter.spectrum import (
    best_diagonal_condition_number,
    condition_number,
    iid_condition_number,
    iid_second_moment,
    with_bias,
)

_N = 100
_RELU = ACTIVATIONS["relu"]
_SIGMOID = ACTIVATIONS["sigmoid"]
_ALIKE = "inputs uncorrelated, each with mean m and variance v > 0"


@claim(
    "centering.split",
    "The second moment is the covariance plus μμᵀ, where μ is the mean of the inputs.",
    kind="proved",
    over="in symbols, for three examples of two inputs; for the general case multiply out",
)
def _() -> Check:
    X = sympy.Matrix(3, 2, sympy.symbols("x:6", real=True))
    mean = sympy.ones(1, 3) * X / 3
    centered = X - sympy.ones(3, 1) * mean
    rest = X.T * X / 3 - centered.T * centered / 3 - mean.T * mean
    return Check(yes("M − C − μμᵀ is 0", sympy.expand(rest) == sympy.zeros(2, 2)))


@claim(
    "centering.outlier",
    "For n uncorrelated inputs of one mean m and one variance v, the second moment has the "
    "eigenvalue v + nm² once and v otherwise, so for n ≥ 2 its κ is 1 + nm²/v.",
    kind="proved",
    assumes=(_ALIKE,),
    over="the characteristic polynomial in symbols for n = 2, 3, 4, 5; an eigenvalue solver at "
    "n = 100",
    source="lecun1991",
)
def _() -> Check:
    m, v, x = sympy.symbols("m v x", real=True)
    parts = []
    for n in (2, 3, 4, 5):
        M = v * sympy.eye(n) + m**2 * sympy.ones(n, n)
        roots = (x - v) ** (n - 1) * (x - v - n * m**2)
        parts.append(
            yes(
                f"characteristic polynomial, {n} inputs",
                sympy.expand((x * sympy.eye(n) - M).det() - roots) == 0,
            )
        )
    numbers: dict[str, int | float | str] = {"n": _N}
    for a in (_SIGMOID, _RELU):
        closed = 1 + _N * a.mean**2 / a.variance
        parts.append(
            equal(
                f"κ of {_N} {a.name} inputs",
                theory=closed,
                observed=condition_number(iid_second_moment(_N, a.mean, a.variance)),
                tolerance=1e-8,
                because="rounding of an eigenvalue solver",
            )
        )
        numbers[a.name] = closed
    return Check(*parts, numbers=numbers)


@claim(
    "centering.bias",
    "With a bias κ of n uncorrelated inputs of one mean m and one variance v is λ₊²/v, where λ₊ is "
    "the larger root of λ² − (1 + v + nm²)λ + v; for fixed v and m ≠ 0 it grows like n².",
    kind="proved",
    assumes=(_ALIKE,),
    over="the characteristic polynomial in symbols for n = 1, 2, 3, 4; an eigenvalue solver at "
    "n = 100",
)
def _() -> Check:
    m, v, x = sympy.symbols("m v x", positive=True)
    n_any = sympy.symbols("n", positive=True)
    parts = []
    for n in (1, 2, 3, 4):
        ones = m * sympy.ones(n, 1)
        A = sympy.Matrix(
            sympy.BlockMatrix([[v * sympy.eye(n) + ones * ones.T, ones], [ones.T, sympy.ones(1)]])
        )
        roots = (x - v) ** (n - 1) * (x**2 - (1 + v + n * m**2) * x + v)
        parts.append(
            yes(
                f"characteristic polynomial, {n} inputs",
                sympy.expand((x * sympy.eye(n + 1) - A).det() - roots) == 0,
            )
        )
    total = 1 + v + n_any * m**2
    upper = (total + sympy.sqrt(total**2 - 4 * v)) / 2
    growth = sympy.limit(upper**2 / v / n_any**2, n_any, sympy.oo)
    parts.append(
        yes(
            "v lies between the two roots",
            sympy.simplify(v**2 - total * v + v) == -n_any * m**2 * v,
        )
    )
    parts.append(yes("κ/n² tends to m⁴/v", sympy.simplify(growth - m**4 / v) == 0))
    numbers: dict[str, int | float | str] = {"n": _N}
    for a in (_SIGMOID, _RELU):
        sum_of_roots = 1 + a.variance + _N * a.mean**2
        root = max(np.roots([1.0, -sum_of_roots, a.variance]))
        closed = float(root**2 / a.variance)
        parts.append(
            equal(
                f"κ of {_N} {a.name} inputs",
                theory=closed,
                observed=condition_number(iid_second_moment(_N, a.mean, a.variance, bias=True)),
                tolerance=1e-5,
                because="rounding of an eigenvalue solver at κ above 10⁴",
            )
        )
        numbers[a.name] = closed
        numbers[f"{a.name}_centered"] = iid_condition_number(_N, 0.0, a.variance, bias=True)
        numbers[f"{a.name}_best_diagonal"] = best_diagonal_condition_number(
            _N, a.mean, a.variance, bias=True
        )
    return Check(*parts, numbers=numbers)


@claim(
    "centering.same-knob",
    "As vectors over all examples, the sum of n independent inputs and the constant input of the "
    "bias have a cosine of 1/√(1 + v/(nm²)), which tends to 1 as n grows.",
    kind="measured",
    assumes=("inputs independent and alike, of mean m > 0 and finite variance v",),
    over="sigmoid inputs, n = 10 and 100",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 5])
    parts = []
    numbers: dict[str, float] = {"n": _N}
    for n in (10, _N):
        draws = []
        for _ in range(20):
            total = _SIGMOID.value(rng.standard_normal((1000, n))).sum(axis=1)
            draws.append(math.acos(total.sum() / math.sqrt(1000 * (total @ total))))
        theory = math.atan(math.sqrt(_SIGMOID.variance / n) / _SIGMOID.mean)
        parts.append(
            equal(
                f"angle of the two, {n} inputs",
                theory=math.degrees(theory),
                observed=math.degrees(float(np.mean(draws))),
                error=math.degrees(float(np.std(draws, ddof=1))) / math.sqrt(20),
                unit="degrees",
            )
        )
        numbers["angle"] = math.degrees(theory)
    return Check(*parts, numbers=numbers)


def _worst_shift(seed: int, trials: int) -> float:
    """Return the least ratio of κ at a shift to κ at zero mean that a search finds."""
    rng = np.random.default_rng([seed, 6])
    ratios = []
    for _ in range(trials):
        n = int(rng.integers(1, 7))
        root = rng.standard_normal((n, n + 1)) * 10 ** rng.uniform(-1, 1, (n, 1))
        C = root @ root.T
        shifted = with_bias(C, rng.standard_normal(n) * 10 ** rng.uniform(-3, 1))
        ratios.append(condition_number(shifted) / condition_number(with_bias(C, np.zeros(n))))
    return min(ratios)


@claim(
    "centering.theorem",
    "With a bias, no shift of the inputs has a smaller κ than the one that makes their mean zero.",
    kind="proved",
    assumes=("a positive definite covariance",),
    over="written proof; for one input by z3; the steps in symbols for two and three inputs; "
    "searched up to six",
)
def _() -> Check:
    c, mu = z3.Reals("c mu")
    solver = z3.Solver()
    # κ + 1/κ + 2 is (trace)²/(determinant) for two by two, and both determinants are c.
    solver.add(c > 0, (c + mu * mu + 1) * (c + mu * mu + 1) < (c + 1) * (c + 1))
    parts = [yes("one input: no shift has a smaller κ", solver.check() == z3.unsat)]
    for n in (2, 3):
        places = [(i, j) for i in range(n) for j in range(i + 1)]
        names = sympy.symbols(f"l:{len(places)}", positive=True)
        L = sympy.zeros(n, n)
        for (i, j), name in zip(places, names, strict=True):
            L[i, j] = name
        C, mean = L * L.T, sympy.Matrix(sympy.symbols(f"m:{n}", real=True))
        v = sympy.Matrix(sympy.symbols(f"v:{n}", real=True))
        top = (v.T * (C + mean * mean.T) * v - v.T * C * v)[0] - (mean.dot(v)) ** 2
        half = L.inv() * mean
        corner = (mean.T * C.inv() * mean)[0] - half.dot(half)
        parts.append(yes(f"the top, {n} inputs: vᵀMv − vᵀCv is a square", sympy.expand(top) == 0))
        parts.append(
            yes(
                f"the bottom, {n} inputs: μᵀC⁻¹μ is a sum of squares",
                sympy.simplify(corner) == 0,
            )
        )
    worst = _worst_shift(0, 400)
    parts.append(
        at_least(
            "κ at a shift over κ at zero mean, the least found",
            bound=1.0,
            observed=worst,
            tolerance=1e-6,
            because="rounding of an eigenvalue solver",
            matters=0.01,
        )
    )
    return Check(*parts, numbers={"trials": 400})


@claim(
    "centering.inverse-blocks",
    "The inverse of the second moment with a bias has the diagonal blocks C⁻¹ and 1 + μᵀC⁻¹μ, "
    "where C is the covariance of the inputs and μ their mean.",
    kind="proved",
    assumes=("a positive definite covariance",),
    over="in symbols for one, two and three inputs",
)
def _() -> Check:
    parts = []
    for n in (1, 2, 3):
        C = sympy.Matrix(n, n, lambda i, j: sympy.Symbol(f"c{min(i, j)}{max(i, j)}", real=True))
        mean = sympy.Matrix(sympy.symbols(f"m:{n}", real=True))
        A = sympy.Matrix(sympy.BlockMatrix([[C + mean * mean.T, mean], [mean.T, sympy.ones(1)]]))
        inverse = sympy.Matrix(
            sympy.BlockMatrix([[C.inv(), -C.inv() * mean], [-mean.T * C.inv(), sympy.ones(1)]])
        )
        inverse[n, n] += (mean.T * C.inv() * mean)[0]
        rest = (A * inverse - sympy.eye(n + 1)).applyfunc(sympy.simplify)
        parts.append(yes(f"AA⁻¹ is the identity, inputs: {n}", rest == sympy.zeros(n + 1, n + 1)))
    return Check(*parts)


@claim(
    "centering.no-bias-no-theorem",
    "Without a bias subtracting the mean can raise κ.",
    kind="computed",
    over="two inputs of variances 0.01 and 1 and mean (1, 0)",
)
def _() -> Check:
    # The oracle is a data set with exactly these moments; the theory is read off the diagonal.
    first, second = np.array([1.1, 1.1, 0.9, 0.9]), np.array([1.0, -1.0, 1.0, -1.0])
    X = np.column_stack([first, second])
    centered = X - X.mean(axis=0)

    def kappa(data: np.ndarray, *, bias: bool) -> float:
        if bias:
            data = np.column_stack([data, np.ones(len(data))])
        singular = np.linalg.svd(data, compute_uv=False)
        return float((singular[0] / singular[-1]) ** 2)

    plane = (2.01 + math.sqrt(2.01**2 - 0.04)) / 2
    wanted = {
        "mean kept, no bias": (1.01, kappa(X, bias=False)),
        "mean zero, no bias": (100.0, kappa(centered, bias=False)),
        "mean kept, bias": (plane**2 / 0.01, kappa(X, bias=True)),
        "mean zero, bias": (100.0, kappa(centered, bias=True)),
    }
    return Check(
        *(
            equal(
                label,
                theory=theory,
                observed=observed,
                tolerance=1e-9 * theory,
                because="rounding",
            )
            for label, (theory, observed) in wanted.items()
        ),
        numbers={
            "raw": wanted["mean kept, no bias"][0],
            "centered": 100.0,
            "raw_bias": wanted["mean kept, bias"][0],
            "centered_bias": 100.0,
        },
    )
