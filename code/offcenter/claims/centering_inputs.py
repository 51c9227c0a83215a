"""Claims of the chapter "Centering" on inputs other than iid ones, and on zero mean."""

from __future__ import annotations

import math

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.samples import relu_feature_moments
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    iid_eigenvalues,
    iid_second_moment,
    second_moment,
    with_bias,
)

_N = 100
_RELU = ACTIVATIONS["relu"]


@claim(
    "centering.coding",
    "Exchanging the codes 0 and 1 of a rare bit changes κ by orders of magnitude: it is "
    "1 + np/(1 − p) for the frequency p of ones.",
)
def _() -> Check:
    numbers: dict[str, int | float | str] = {"n": _N}
    expected, observed = [], []
    for label, p in (("rare", 0.1), ("fair", 0.5), ("frequent", 0.9)):
        variance = p * (1 - p)
        expected.append(1 + _N * p / (1 - p))
        observed.append(condition_number(iid_second_moment(_N, p, variance)))
        numbers |= {
            f"p_{label}": p,
            label: expected[-1],
            f"{label}_bias": iid_condition_number(_N, p, variance, bias=True),
            f"{label}_centered": iid_condition_number(_N, 0.0, variance, bias=True),
        }
    numbers["ratio"] = expected[2] / expected[0]
    return Check(
        expected=expected,
        observed=observed,
        tolerance=1e-8,
        reason="rounding of an eigenvalue solver",
        numbers=numbers,
    )


@claim(
    "centering.relu-features",
    "Centering four hundred random ReLU features of as many Gaussian inputs lowers κ more than "
    "fiftyfold.",
)
def _() -> Check:
    n = 400
    W = np.random.default_rng(9).standard_normal((n, n)) / math.sqrt(n)
    mean, C = relu_feature_moments(W)
    raw, centered = condition_number(C + np.outer(mean, mean)), condition_number(C)
    return Check(
        expected=50,
        observed=raw / centered,
        tolerance=0,
        reason="a bound, not an estimate",
        relation="at least",
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
    "Inputs of zero mean can give gradients of one sign in every example and the same κ as "
    "positive inputs.",
)
def _() -> Check:
    rng = np.random.default_rng(7)
    size = np.abs(rng.standard_normal((500, 8)))
    sign = np.repeat([1.0, -1.0], 250)[:, None]
    X = np.concatenate([sign * size, -sign * size])
    G = rng.standard_normal((1000, 1)) * X
    single = np.mean(np.abs(np.sign(G).sum(axis=1)) == 8)
    kappa, kappa_positive = (
        condition_number(second_moment(X)),
        condition_number(second_moment(size)),
    )
    return Check(
        expected=[0.0, 1.0, kappa_positive],
        observed=[float(np.abs(X.mean(axis=0)).max()), float(single), kappa],
        tolerance=1e-12,
        reason="rounding: each input stands beside its negative, so the mean is 0",
        numbers={"kappa": kappa, "single_signed": float(single), "n": 8},
    )


@claim(
    "centering.one-hot",
    "One-hot inputs are never negative, and without a bias their κ is 1 when all are equally "
    "frequent.",
)
def _() -> Check:
    n = 10
    X = np.eye(n)
    return Check(
        expected=1,
        observed=condition_number(second_moment(X)),
        tolerance=0,
        reason="the matrix is a multiple of the identity",
        numbers={
            "n": n,
            "rank_bias": int(np.linalg.matrix_rank(second_moment(X, bias=True))),
        },
    )
