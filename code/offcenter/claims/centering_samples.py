"""Claims of the chapter "Centering" on finite samples and correlated inputs."""

from __future__ import annotations

import math

import numpy as np

from offcenter.claims._record import Check, claim
from offcenter.samples import bulk_edges, correlated_inputs, learning_cost, outlier_eigenvalue
from offcenter.spectrum import second_moment

# Fair coins as 0 and 1, four samples a feature.
_N, _RATIO, _MEAN, _VARIANCE = 200, 4, 0.5, 0.25


def _sample_eigenvalues(seed: int, mean: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((_RATIO * _N, _N))
    return np.linalg.eigvalsh(second_moment(mean + math.sqrt(_VARIANCE) * noise))


@claim(
    "centering.sample-outlier",
    "In a finite sample the outlier stands at s²(1 + ℓ)(ℓ + 1/α)/ℓ, where ℓ = nm²/s² and α is the "
    "number of samples per feature.",
    source="lecun1990",
)
def _() -> Check:
    tops = [_sample_eigenvalues(seed, _MEAN)[-1] for seed in range(16)]
    return Check(
        expected=outlier_eigenvalue(_N, _MEAN, _VARIANCE, _RATIO),
        observed=float(np.mean(tops)),
        tolerance=4 * float(np.std(tops, ddof=1)) / math.sqrt(len(tops)),
        reason="four standard errors",
        numbers={"n": _N, "ratio": _RATIO, "mean": _MEAN, "variance": _VARIANCE},
    )


@claim(
    "centering.sample-bulk",
    "In a finite sample the bulk reaches from s²(1 − 1/√α)² to s²(1 + 1/√α)², with or without a "
    "mean.",
    source="lecun1990",
)
def _() -> Check:
    lower, upper = bulk_edges(_VARIANCE, _RATIO)
    raw, centered = _sample_eigenvalues(0, _MEAN), _sample_eigenvalues(0, 0.0)
    # The scale of Tracy and Widom for the largest eigenvalue of a sample covariance.
    p = _RATIO * _N
    scale = (math.sqrt(p) + math.sqrt(_N)) * (1 / math.sqrt(p) + 1 / math.sqrt(_N)) ** (1 / 3)
    return Check(
        expected=[lower, upper, lower, upper],
        observed=[float(v) for v in (raw[0], raw[-2], centered[0], centered[-1])],
        tolerance=5 * _VARIANCE * scale / p,
        reason="five times the scale on which an edge of the bulk fluctuates",
        numbers={
            "lower": lower,
            "upper": upper,
            "kappa_bulk": upper / lower,
            "kappa_raw": outlier_eigenvalue(_N, _MEAN, _VARIANCE, _RATIO) / lower,
        },
    )


@claim(
    "centering.sample-cost",
    "For centered features, samples per step times κ is least at (1 + √2)² samples per feature.",
    source="lecun1990",
)
def _() -> Check:
    spacing = 1e-3
    ratios = np.arange(1.5, 20.0, spacing)
    costs = learning_cost(ratios)
    return Check(
        expected=(1 + math.sqrt(2)) ** 2,
        observed=float(ratios[np.argmin(costs)]),
        tolerance=spacing,
        reason="the spacing of the grid that is searched",
        numbers={"cost": float(costs.min())},
    )


@claim(
    "centering.correlation",
    "A correlation shared by all inputs acts like a mean: centering each variable, and then each "
    "example, both lower κ more than fivefold.",
    source="halkjaer1996",
)
def _() -> Check:
    examples, n, draws, correlation, mean = 85, 40, 100, 0.3, 2.0
    kappas = []
    rng = np.random.default_rng(10)
    for _ in range(draws):
        X = correlated_inputs(examples, n, mean=mean, correlation=correlation, rng=rng)
        centered = X - X.mean(axis=0)
        doubly = centered - centered.mean(axis=1, keepdims=True)
        raw, once, twice = (np.linalg.eigvalsh(second_moment(Y)) for Y in (X, centered, doubly))
        # Double centering makes the all-ones direction void: its eigenvalue 0 is left out.
        kappas.append([raw[-1] / raw[0], once[-1] / once[0], twice[-1] / twice[1]])
    raw, once, twice = (float(k) for k in np.median(kappas, axis=0))
    return Check(
        expected=[5, 5],
        observed=[raw / once, once / twice],
        tolerance=0,
        reason="a bound, not an estimate",
        relation="at least",
        numbers={
            "examples": examples,
            "n": n,
            "draws": draws,
            "correlation": correlation,
            "mean": mean,
            "raw": raw,
            "centered": once,
            "double_centered": twice,
            # The measurement of the source, its table 1, for comparison.
            "published_raw": 161_190,
            "published_centered": 3330,
            "published_double_centered": 237,
        },
    )
