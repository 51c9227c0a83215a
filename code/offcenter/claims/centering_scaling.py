"""Claims of the chapter "Centering" on scaling: units, ranges, dummies, whitening, targets."""

from __future__ import annotations

import math

import numpy as np
import z3

from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.descent import adam, gradient_descent
from offcenter.spectrum import condition_number, second_moment, with_bias


def _kappa_two(trace: float, determinant: float) -> float:
    """Return κ of a matrix two by two from its trace and its determinant."""
    root = math.sqrt(trace**2 - 4 * determinant)
    return (trace + root) ** 2 / (4 * determinant)


@claim(
    "centering.units",
    "Dividing all inputs by one number leaves κ as it is without a bias and can change it with "
    "one: for a pixel that is 0 or 255 equally often the division by 255 lowers it, the shift to "
    "mean 0 as well, and both together most.",
    kind="computed",
    over="one fair pixel with a bias, κ from trace and determinant and from data; two without",
)
def _() -> Check:
    codes = {
        "0 or 255": (0.0, 255.0),
        "0 or 1": (0.0, 1.0),
        "−127.5 or 127.5": (-127.5, 127.5),
        "−½ or ½": (-0.5, 0.5),
        "−1 or 1": (-1.0, 1.0),
    }
    keys = ("bytes", "unit", "bytes_centered", "unit_centered", "plus_minus")
    parts, numbers = [], {}
    for key, (words, pair) in zip(keys, codes.items(), strict=True):
        data = np.array(pair)[:, None]
        mean, variance = float(data.mean()), float(data.var())
        theory = _kappa_two(1 + mean**2 + variance, variance)
        parts.append(
            equal(
                f"κ with a bias, {words}",
                theory=theory,
                observed=condition_number(second_moment(data, bias=True)),
                tolerance=1e-9 * theory,
                because="rounding",
            )
        )
        numbers[key] = theory
    pairs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    for factor in (1.0, 255.0):
        parts.append(
            equal(
                f"κ of two pixels without a bias, white is {factor:g}",
                theory=3.0,
                observed=condition_number(second_moment(factor * pairs)),
                tolerance=1e-9,
                because="rounding",
            )
        )
    return Check(*parts, numbers=numbers)


@claim(
    "centering.min-max",
    "Of three scalings of independent inputs, each uniform on an interval, with a bias, z-scores "
    "have the least condition number κ, then min-max to −1 and 1, then min-max to 0 and 1.",
    kind="computed",
    assumes=(
        "z-scores: mean 0 and variance 1; min-max: the ends of each interval to the two numbers",
        "κ of the exact second moment of the inputs and a 1",
    ),
    over="four inputs by exact moments of a uniform grid; one hundred by the closed form",
)
def _() -> Check:
    grid = (np.arange(4001) + 0.5) / 4001
    scaled = {"zero_one": grid, "plus_minus": 2 * grid - 1, "z": (grid - 0.5) * math.sqrt(12)}
    small, many = {}, {}
    for key, values in scaled.items():
        mean, variance = float(values.mean()), float(values.var())
        for n, store in ((4, small), (100, many)):
            store[key] = condition_number(with_bias(variance * np.eye(n), np.full(n, mean)))
    closed = {}
    for key, (mean, variance) in {
        "zero_one": (0.5, 1 / 12),
        "plus_minus": (0.0, 1 / 3),
        "z": (0.0, 1.0),
    }.items():
        trace = 1 + variance + 4 * mean**2
        # Without a mean the eigenvalues are the variance and the 1 of the bias.
        closed[key] = _kappa_two(trace, variance) if mean else max(variance, 1) / min(variance, 1)
    names = {"zero_one": "0 to 1", "plus_minus": "−1 to 1", "z": "z-scores"}
    lopsided = np.array([*range(10), 100.0])
    middle = (lopsided - lopsided.min()) / np.ptp(lopsided) * 2 - 1
    return Check(
        *(
            equal(
                f"κ of four inputs, {names[key]}",
                theory=closed[key],
                observed=small[key],
                tolerance=1e-5 * closed[key],
                because="the spacing of the grid",
            )
            for key in names
        ),
        yes(
            "the order is the same for one hundred",
            many["z"] < many["plus_minus"] < many["zero_one"],
        ),
        numbers={
            **{f"small_{key}": value for key, value in closed.items()},
            **{f"many_{key}": value for key, value in many.items()},
            "lopsided_mean": float(middle.mean()),
            "lopsided_spread": float(middle.std()),
        },
    )


@claim(
    "centering.unequal-ranges",
    "Two uncorrelated inputs of zero mean with standard deviations 1 and 100 have κ = 10 000: "
    "gradient descent at its best fixed step size takes thousands of steps until a hundredth of "
    "both weights' errors is left; standardized, κ is 1.",
    kind="computed",
    assumes=("a linear unit with squared loss", "both weights off at the start", "no bias"),
    over="four examples; descent without a bias at its best step size from (1, 1) to a hundredth",
)
def _() -> Check:
    X = np.array([[1.0, 100.0], [1.0, -100.0], [-1.0, 100.0], [-1.0, -100.0]])
    M = second_moment(X)
    step = 2 / (1 + 1e4)
    path = gradient_descent(M, np.ones(2), step_size=step, steps=25_000)
    far = np.linalg.norm(path.points, axis=1) > 0.01 * math.sqrt(2)
    rate = (1e4 - 1) / (1e4 + 1)
    theory = math.ceil(math.log(0.01) / math.log(rate))
    standardized = X / X.std(axis=0)
    return Check(
        equal("κ", theory=1e4, observed=condition_number(M), tolerance=1e-6, because="rounding"),
        equal("steps to a hundredth", theory=theory, observed=int(far.sum()), unit="steps"),
        equal(
            "κ after standardizing",
            theory=1.0,
            observed=condition_number(second_moment(standardized)),
            tolerance=1e-12,
            because="rounding",
        ),
        numbers={"kappa": 10_000, "steps": theory},
    )


@claim(
    "centering.equilibration",
    "For two inputs no other scaling of the single inputs has a smaller κ than the one that makes "
    "their mean squares equal.",
    kind="proved",
    assumes=("a positive definite second moment", "no bias"),
    over="for all matrices two by two and all scalings by z3; a search",
    source="forsythe1955",
)
def _() -> Check:
    a, b, c, p, q = z3.Reals("a b c p q")
    solver = z3.Solver()
    # κ + 1/κ + 2 is trace²/determinant.  Scaled by p and q (squares of the factors) the trace is
    # pa + qc and the determinant pq(ac − b²); with pa = qc it is 4ac/(ac − b²).
    solver.add(a > 0, c > 0, p > 0, q > 0, a * c > b * b)
    solver.add((p * a + q * c) * (p * a + q * c) < 4 * p * q * a * c)
    rng = np.random.default_rng(0)
    least = math.inf
    for _ in range(400):
        root = rng.standard_normal((2, 3)) * 10 ** rng.uniform(-2, 2, (2, 1))
        M = root @ root.T
        scale = np.sqrt(np.diag(M))
        best = condition_number(M / np.outer(scale, scale))
        other = 10 ** rng.uniform(-1, 1, 2) / scale
        least = min(least, condition_number(M * np.outer(other, other)) / best)
    return Check(
        yes("no scaling has a smaller κ", solver.check() == z3.unsat),
        at_least(
            "κ at another scaling over κ at equal mean squares, the least found",
            bound=1.0,
            observed=least,
            tolerance=1e-9,
            because="rounding",
            matters=0.01,
        ),
    )


@claim(
    "centering.dummies",
    "Independent dummies, one fair and one that is 1 in one of a hundred examples, have "
    "κ = 2500/99 when centered and 1 when standardized.",
    kind="computed",
    assumes=("no bias",),
    over="two hundred examples that hold each pair in its exact proportion",
)
def _() -> Check:
    fair = np.tile([0.0, 1.0], 100)
    rare = np.repeat(np.arange(100) == 0, 2).astype(float)
    X = np.column_stack([fair, rare])
    centered = X - X.mean(axis=0)
    kappas = {
        "raw": condition_number(second_moment(X)),
        "centered": condition_number(second_moment(centered)),
        "standardized": condition_number(second_moment(centered / centered.std(axis=0))),
        "biased": condition_number(second_moment(centered, bias=True)),
    }
    return Check(
        equal(
            "κ centered",
            theory=0.25 / (0.01 * 0.99),
            observed=kappas["centered"],
            tolerance=1e-9,
            because="rounding",
        ),
        equal(
            "κ standardized",
            theory=1.0,
            observed=kappas["standardized"],
            tolerance=1e-9,
            because="rounding",
        ),
        numbers=kappas,
    )


@claim(
    "centering.whitening",
    "Two standardized inputs of correlation r have κ = (1 + r)/(1 − r), which no shift and no "
    "scaling of single inputs lowers; whitening brings it to 1.",
    kind="computed",
    assumes=("0 ≤ r < 1", "a bias"),
    over="four examples with r = 0.5 and 0.9, whitened by the eigenvectors of their covariance; "
    "5,000 shifts and scalings each",
)
def _() -> Check:
    parts, numbers = [], {}
    rng = np.random.default_rng(0)
    for r in (0.5, 0.9):
        # Four points with variances 1 and correlation r.
        up, across = math.sqrt(1 + r), math.sqrt(1 - r)
        X = np.array([[up, up], [-up, -up], [across, -across], [-across, across]])
        C = second_moment(X)
        values, vectors = np.linalg.eigh(C)
        white = X @ vectors / np.sqrt(values)
        theory = (1 + r) / (1 - r)
        scales = 10 ** rng.uniform(-0.5, 0.5, (5000, 2))
        shifts = rng.standard_normal((5000, 2)) * 10 ** rng.uniform(-3, 0.5, (5000, 1))
        least = min(
            condition_number(with_bias(C * np.outer(scale, scale), shift))
            for scale, shift in zip(scales, shifts, strict=True)
        )
        parts.append(
            equal(
                f"κ at r = {r}",
                theory=theory,
                observed=condition_number(second_moment(X, bias=True)),
                tolerance=1e-9,
                because="rounding",
            )
        )
        parts.append(
            at_least(
                f"least κ shifted and scaled over that, r = {r}",
                bound=1.0,
                observed=least / theory,
                tolerance=1e-9,
                because="rounding",
                matters=0.1,
            )
        )
        parts.append(
            equal(
                f"κ whitened, r = {r}",
                theory=1.0,
                observed=condition_number(second_moment(white, bias=True)),
                tolerance=1e-9,
                because="rounding",
            )
        )
        numbers[f"at_{round(100 * r)}"] = theory
    # Without a bias a mean can lift the weak direction: it has r along (1, −1)/√2 to make up for.
    weak = math.sqrt(0.9) * np.array([1.0, -1.0])
    numbers["shifted"] = condition_number(np.array([[1.0, 0.9], [0.9, 1.0]]) + np.outer(weak, weak))
    return Check(*parts, numbers=numbers)


@claim(
    "centering.targets",
    "In a linear unit with bias and squared loss, taking a number off all targets does to "
    "gradient descent what adding it to the starting bias does; with Adam of step size η the bias "
    "needs at least .99m/η steps to reach .99m, m being their mean.",
    kind="computed",
    assumes=(
        "for Adam: centered inputs, full batches, a bias that starts at 0, m > 0, β₁ at most β₂",
    ),
    over="five random examples, 50 steps; Adam with step size 0.001 from a distance of 5",
)
def _() -> Check:
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.standard_normal((5, 3)), np.ones(5)])
    y, shift = rng.standard_normal(5), 7.0
    w, other = np.zeros(4), np.array([0.0, 0.0, 0.0, -shift])
    apart = 0.0
    for _ in range(50):
        w = w - 0.1 * X.T @ (X @ w - y) / 5
        other = other - 0.1 * X.T @ (X @ other - (y - shift)) / 5
        apart = max(apart, float(np.abs(w - other - np.array([0, 0, 0, shift])).max()))
    centered = np.column_stack([X[:, :3] - X[:, :3].mean(axis=0), np.ones(5)])
    path = adam(second_moment(centered), np.array([1.0, -2, 3, 5]), step_size=1e-3, steps=8000)
    bias = path.points[:, 3]
    steps = int(np.argmax(np.abs(bias) < 0.05))
    return Check(
        equal(
            "the two paths, but for the shift",
            theory=0.0,
            observed=apart,
            tolerance=1e-12,
            because="rounding",
            matters=1e-3,
        ),
        # Adam's two means forget at different rates: gradients that shrink make no longer step.
        at_most(
            "longest step of the bias on the way, in step sizes",
            bound=1.0,
            observed=float(np.abs(np.diff(bias[: steps + 1])).max()) / 1e-3,
            tolerance=1e-9,
            because="rounding",
            matters=0.01,
        ),
        at_least(
            "Adam's steps until a hundredth is left", bound=4950, observed=steps, matters=2900
        ),
        numbers={"adam_steps": steps, "distance": 5, "adam_step_size": 1e-3},
    )
