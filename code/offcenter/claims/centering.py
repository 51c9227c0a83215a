"""Claims of the chapter "Centering": what a mean does to a spectrum, and what removes it."""

from __future__ import annotations

import math

import numpy as np
import sympy

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.normal import normal_expectation
from offcenter.samples import relu_feature_moments
from offcenter.spectrum import (
    best_diagonal_condition_number,
    condition_number,
    critical_batch_size,
    iid_condition_number,
    iid_eigenvalues,
    iid_second_moment,
    mean_cosine,
    second_moment,
    with_bias,
)

_N = 100
_RELU = ACTIVATIONS["relu"]
_SIGMOID = ACTIVATIONS["sigmoid"]


def _with_error(values: list[float]) -> tuple[float, float]:
    """Return the mean of independent results and four standard errors of it."""
    return float(np.mean(values)), 4 * float(np.std(values, ddof=1)) / math.sqrt(len(values))


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
        expected=np.zeros((3, 3)),
        observed=np.array(residue.tolist(), dtype=float),
        tolerance=0,
        reason="symbols do not round",
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
        expected=0,
        observed=float(share - 1 / sympy.pi),
        tolerance=0,
        reason="symbols do not round",
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
