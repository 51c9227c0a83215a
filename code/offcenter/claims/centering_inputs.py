"""Claims of the chapter "Centering" on inputs other than iid ones, and on zero mean."""

from __future__ import annotations

import math

import numpy as np
import sympy
import z3

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.samples import relu_feature_moments
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    iid_eigenvalues,
    second_moment,
    with_bias,
)

_N = 100
_RELU = ACTIVATIONS["relu"]


def _all_bits(n: int, p: float, codes: tuple[float, float]) -> np.ndarray:
    """Return the exact second moment with a bias of n independent bits, all examples counted."""
    bits = np.array(list(np.ndindex(*(2,) * n)))
    chances = np.prod(np.where(bits == 1, p, 1 - p), axis=1)
    X = np.column_stack([np.where(bits == 1, codes[1], codes[0]), np.ones(len(bits))])
    return (X * chances[:, None]).T @ X


@claim(
    "centering.coding",
    "Of n independent bits that are 1 with probability p, coded as 0 and 1, κ is 1 + np/(1 − p) "
    "without a bias, so for p at most 1/10 exchanging the codes of all of them changes it more "
    "than tenfold.",
    kind="computed",
    assumes=("n ≥ 2", "0 < p < 1"),
    over="all examples of eight bits counted; p = 0.1, 0.5, 0.9",
)
def _() -> Check:
    numbers: dict[str, int | float | str] = {"n": _N}
    parts = []
    for label, p in (("rare", 0.1), ("fair", 0.5), ("frequent", 0.9)):
        variance = p * (1 - p)
        parts.append(
            equal(
                f"κ of eight bits, p = {p}",
                theory=1 + 8 * p / (1 - p),
                observed=condition_number(_all_bits(8, p, (0, 1))[:8, :8]),
                tolerance=1e-9,
                because="rounding of an eigenvalue solver",
            )
        )
        numbers |= {
            f"p_{label}": p,
            label: 1 + _N * p / (1 - p),
            f"{label}_bias": iid_condition_number(_N, p, variance, bias=True),
            f"{label}_centered": iid_condition_number(_N, 0.0, variance, bias=True),
        }
    numbers["ratio"] = (1 + _N * 9) / (1 + _N / 9)
    # The quotient grows with n and falls with p, so two bits at p = 1/10 have the least.
    often, seldom = (condition_number(_all_bits(2, p, (0, 1))[:2, :2]) for p in (0.9, 0.1))
    parts.append(
        at_least("κ over κ of the other code", bound=10, observed=often / seldom, matters=6)
    )
    return Check(*parts, numbers=numbers)


@claim(
    "centering.plus-minus",
    "Without a bias the code −1 and 1 of independent bits that are 1 with probability p has a "
    "smaller κ than the code 0 and 1 exactly if p > 1/4; for fair bits it is 1.",
    kind="proved",
    assumes=("n ≥ 2", "0 < p < 1"),
    over="for all p by z3; all examples of six bits counted",
)
def _() -> Check:
    p = z3.Real("p")
    # κ = 1 + nu, with u times 4p(1 − p) being (2p − 1)² for −1 and 1, and 4p² for 0 and 1.
    better = (2 * p - 1) * (2 * p - 1) < 4 * p * p
    solver = z3.Solver()
    solver.add(p > 0, p < 1, better != (p > z3.Q(1, 4)))
    parts = [yes("no p where this fails", solver.check() == z3.unsat)]
    for value in (0.2, 0.5, 0.7):
        seen = condition_number(_all_bits(6, value, (-1, 1))[:6, :6])
        parts.append(
            equal(
                f"κ of six bits −1 and 1, p = {value}",
                theory=1 + 6 * (2 * value - 1) ** 2 / (4 * value * (1 - value)),
                observed=seen,
                tolerance=1e-9,
                because="rounding of an eigenvalue solver",
            )
        )
    fair = {code: condition_number(_all_bits(6, 0.5, code)) for code in ((0, 1), (-1, 1))}
    return Check(
        *parts,
        numbers={"n": 6, "fair_zero_one": fair[0, 1], "fair_plus_minus": fair[-1, 1]},
    )


@claim(
    "centering.relu-features",
    "Subtracting the mean from four hundred random ReLU features of as many independent inputs "
    "N(0, 1) lowers κ more than fiftyfold.",
    kind="measured",
    assumes=(
        "exact moments of the features",
        "independent normal weights of mean 0 and one variance",
        "no biases, neither in the features nor in the unit that reads them",
    ),
)
def _(seed: int) -> Check:
    n = 400
    W = np.random.default_rng([seed, 9]).standard_normal((n, n)) / math.sqrt(n)
    mean, C = relu_feature_moments(W)
    raw, centered = condition_number(C + np.outer(mean, mean)), condition_number(C)
    return Check(
        at_least("κ with the mean over κ without", bound=50, observed=raw / centered, matters=15),
        numbers={
            "n": n,
            "raw": raw,
            "centered": centered,
            "raw_bias": condition_number(with_bias(C, mean)),
            "iid": float(iid_eigenvalues(n, _RELU.mean, _RELU.variance)[-1] / _RELU.variance),
        },
    )


@claim(
    "centering.zero-mean-not-enough",
    "Without a bias, inputs of zero mean can give gradients of one sign in every example and the "
    "same κ as positive inputs; with a bias, to take each example with both signs can lower κ.",
    kind="measured",
    over="absolute values of Gaussians, each example beside its negative",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 7])
    n = 8
    size = np.abs(rng.standard_normal((500, n)))
    sign = np.repeat([1.0, -1.0], 250)[:, None]
    X = np.concatenate([sign * size, -sign * size])
    G = rng.standard_normal((1000, 1)) * X
    single = float(np.mean(np.abs(np.sign(G).sum(axis=1)) == n))
    kappa, positive = condition_number(second_moment(X)), condition_number(second_moment(size))
    bias = {
        label: condition_number(second_moment(data, bias=True))
        for label, data in (("positive", size), ("signed", X), ("centered", size - size.mean(0)))
    }
    # A hundred inputs with the moments of sigmoid outputs.
    sigmoid = ACTIVATIONS["sigmoid"]
    top = sigmoid.variance + _N * sigmoid.mean**2
    return Check(
        equal(
            "the largest mean of an input",
            theory=0.0,
            observed=float(np.abs(X.mean(axis=0)).max()),
            tolerance=1e-12,
            because="rounding",
            matters=0.05,
        ),
        equal("share of examples with one sign", theory=1.0, observed=single),
        equal(
            "κ without a bias, positive and with random signs",
            theory=positive,
            observed=kappa,
            tolerance=1e-9,
            because="rounding",
        ),
        at_most(
            "κ with a bias, random signs over positive",
            bound=0.5,
            observed=bias["signed"] / bias["positive"],
            matters=0.45,
        ),
        numbers={
            "kappa": kappa,
            "single_signed": single,
            "n": n,
            "many": _N,
            "many_positive": iid_condition_number(_N, sigmoid.mean, sigmoid.variance, bias=True),
            "many_signed": max(top, 1.0) / min(sigmoid.variance, 1.0),
            "many_centered": iid_condition_number(_N, 0.0, sigmoid.variance, bias=True),
        },
    )


@claim(
    "centering.one-hot",
    "The one-hot inputs of one variable are never negative, and without a bias their κ is the "
    "largest frequency over the smallest, 1 when all are equally frequent; with a bias their "
    "second moment is singular.",
    kind="proved",
    assumes=("each value occurs",),
    over="the product in symbols for two, three and four values; ten values with data",
)
def _() -> Check:
    parts = []
    for n in (2, 3, 4):
        p = sympy.symbols(f"p:{n}", positive=True)
        X = sympy.eye(n)
        M = sum((p[k] * X[k, :].T * X[k, :] for k in range(n)), sympy.zeros(n, n))
        parts.append(yes(f"M is the diagonal of frequencies, {n} values", sympy.diag(*p) == M))
    counts = np.arange(1, 11)
    data = np.repeat(np.eye(10), counts, axis=0)
    parts.append(
        equal(
            "κ of ten values, frequencies 1 to 10",
            theory=10.0,
            observed=condition_number(second_moment(data)),
            tolerance=1e-9,
            because="rounding",
        )
    )
    rank = int(np.linalg.matrix_rank(second_moment(data, bias=True)))
    parts.append(equal("rank with a bias, of 11", theory=10, observed=rank))
    return Check(*parts, numbers={"n": 10, "rank_bias": rank, "expected": 1, "observed": 1})
