"""Claims of the chapter on batches about steps: the law, its recursion, and real runs."""

import math

import numpy as np
import scipy
import sympy as sp
import z3

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.batches import (
    Feature,
    best_step,
    gain_of_the_full_batch,
    limit_speed,
    mean_square_matrix,
    mean_square_rate,
    run_sgd,
)
from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.descent import sgd
from offcenter.spectrum import second_moment

_LINEAR = (
    "SGD on a linear unit without a bias, squared loss, a target that it can fit exactly",
    "inputs independent and alike, of mean m, variance v and finite fourth moment; at each step a "
    "new batch of independent examples, the full batch being all examples that there can be",
    "a random start: the entries of w − w* independent and normal",
    "the best constant step size for each batch; steps in the long run, by the mean squared "
    "distance",
)
_FITTED = (
    "1,024 examples with inputs σ(z) of independent z ~ N(0, 1), no bias; a target with "
    "independent weights N(0, 1)",
    "steps of SGD from zero weights to a thousandth of the loss",
)
_STEP_FACTORS = (0.7, 1.0, 1.3, 1.6, 1.9)


def _ratio(name: str) -> float:
    phi = ACTIVATIONS[name]
    return phi.mean**2 / phi.variance


@claim(
    "batches.law-of-steps",
    "With many inputs single examples need T(1)/T(∞) = (1 + √(1 + u))²/u times the steps of the "
    "full batch, u = m²/v > 0, each at its best step size.",
    kind="proved",
    assumes=_LINEAR,
    over="the limit of the exact recursion for n → ∞, in symbols; n = 10⁶ in numbers",
)
def _() -> Check:
    n, v, u, h, k3, k4 = sp.symbols("n v u h k3 k4", positive=True)
    # The moments of p = (Σx)²/n and q = Σx² from those of one input, in symbols.
    m = sp.sqrt(u * v)
    top = v + n * m**2
    eta = h / (n * v)
    fourth = m**4 + 6 * m**2 * v + 4 * m * k3 + k4
    third, second = m**3 + 3 * m * v + k3, m**2 + v
    # E[(Σx)⁴], E[(Σx)²Σx²] and E[(Σx²)²], counted by which indices are equal.
    f = lambda k: sp.prod(n - j for j in range(k))  # noqa: E731
    four = f(1) * fourth + 4 * f(2) * third * m + 3 * f(2) * second**2
    four += 6 * f(3) * second * m**2 + f(4) * m**4
    mixed = f(1) * fourth + 2 * f(2) * third * m + f(2) * second**2 + f(3) * second * m**2
    squares = f(1) * fourth + f(2) * second**2
    pp, pq, qq = four / n**2, mixed / n, squares
    a_a = 1 - 2 * eta * top + eta**2 * pp
    a_b = eta**2 * (pq - pp)
    b_a = eta**2 * (pq - pp) / (n - 1)
    b_b = 1 - 2 * eta * v + eta**2 * (qq - 2 * pq + pp) / (n - 1)
    limit = lambda e: sp.limit(sp.together(sp.expand(e)), n, sp.oo)  # noqa: E731
    # The slow eigenvalue is 1 − r/n: n·det(A − (1 − r/n)I) → 0 in the limit gives r.
    fast, coupling = limit(1 - a_a), limit(a_b) * limit(n * b_a)
    r = limit(n * (1 - b_b)) - coupling / fast
    wanted = 2 * h - 2 * h**2 / (2 - u * h)
    root = sp.sqrt(1 + u)
    best = 2 / (root * (1 + root))
    slope = sp.simplify(sp.diff(wanted, h).subs(h, best))
    bend = sp.simplify(sp.diff(wanted, h, 2) + 16 / (2 - u * h) ** 3)
    value = sp.simplify(wanted.subs(h, best) - 4 / (1 + root) ** 2)
    inside = sp.simplify(2 - u * best - 2 / root)  # so 0 < h < 2/u
    many = 10**6
    parts = [
        yes("the recursion tends to r(h) = 2h − 2h²/(2 − uh)", sp.simplify(r - wanted) == 0),
        yes("the slope of r is 0 at h = 2/(√(1+u)(1 + √(1+u)))", slope == 0),
        yes("r bends down wherever 0 < uh < 2", bend == 0),
        yes("that h lies between 0 and 2/u", inside == 0),
        yes("the value there is 4/(1 + √(1+u))²", value == 0),
    ]
    numbers: dict[str, float] = {}
    for name in ("relu", "sigmoid", "gelu", "silu"):
        feature = Feature.of(name)
        seen = best_step(many, feature, 1).steps / best_step(many, feature, math.inf).steps
        law = gain_of_the_full_batch(_ratio(name))
        parts.append(
            equal(
                f"{name}, a million inputs",
                theory=law,
                observed=seen,
                tolerance=1e-4 * law,
                because="the limit is approached like 1/n",
            )
        )
        numbers[name] = law
    return Check(*parts, numbers=numbers)


@claim(
    "batches.useful",
    "With many inputs of mean m ≠ 0, a batch of at most tr(M)/λmax ≈ 1/ρ examples has, at its best "
    "step size, less than half of the speed of the full batch if ρ is at most 0.85.",
    kind="computed",
    assumes=_LINEAR,
    over="u = 0.02 … 5.67",
    source="ma2018",
)
def _() -> Check:
    ratios = np.geomspace(0.02, 0.85 / 0.15, 60)
    speeds = [limit_speed(u, (1 + u) / u) for u in ratios]
    n = 10_000
    parts = [
        at_most(
            "the largest share of the full speed", bound=0.5, observed=max(speeds), matters=0.05
        )
    ]
    numbers: dict[str, float] = {"lowest": min(speeds)}
    for name in ("relu", "sigmoid"):
        feature, u = Feature.of(name), _ratio(name)
        size = (1 + u) / u
        share = best_step(n, feature, math.inf).steps / best_step(n, feature, size).steps
        theory = limit_speed(u, size)
        parts.append(
            equal(
                f"{name}, ten thousand inputs",
                theory=theory,
                observed=share,
                tolerance=0.002,
                because="the limit is approached like 1/n",
            )
        )
        numbers |= {name: size, f"{name}_speed": theory, f"{name}_more": 1 / theory}
        numbers[f"{name}_ninety"] = scipy.optimize.brentq(
            lambda B, u=u: limit_speed(u, B) - 0.9, 1, 1e5
        )
        numbers[f"{name}_ninety_rho"] = numbers[f"{name}_ninety"] * u / (1 + u)
        numbers[f"{name}_half"] = scipy.optimize.brentq(
            lambda B, u=u: limit_speed(u, B) - 0.5, 1, 1e5
        )
    return Check(*parts, numbers=numbers)


@claim(
    "batches.ninety-percent",
    "With many inputs of mean m ≠ 0, nine tenths of the full batch's speed need 8/ρ to 16/ρ "
    "examples for u = m²/v from 0.03 to 5.7.",
    kind="computed",
    assumes=_LINEAR,
    over="u = 0.03 … 5.7; the exact recursion for ReLU and sigmoid, n = 1000",
)
def _() -> Check:
    def needed(u: float) -> float:
        return scipy.optimize.brentq(lambda B: limit_speed(u, B) - 0.9, 1, 1e5) * u / (1 + u)

    found = [needed(u) for u in np.geomspace(0.03, 5.7, 60)]
    parts = [
        at_least("the least B·ρ", bound=8.0, observed=min(found), matters=0.5),
        at_most("the largest B·ρ", bound=16.0, observed=max(found), matters=1.0),
    ]
    numbers: dict[str, float] = {}
    n = 1000
    for name in ("relu", "sigmoid"):
        feature = Feature.of(name)
        full = best_step(n, feature, math.inf).steps
        exact = scipy.optimize.brentq(
            lambda B, f=feature, t=full: t / best_step(n, f, B).steps - 0.9, 1.0, 1e3
        )
        theory = needed(_ratio(name)) * (1 + _ratio(name)) / _ratio(name)
        parts.append(
            equal(
                f"{name}, examples at n = 1000",
                theory=theory,
                observed=exact,
                tolerance=0.04 * theory,
                because="the limit is approached like 1/n",
            )
        )
        numbers |= {name: math.ceil(theory), f"{name}_rho": needed(_ratio(name))}
    return Check(*parts, numbers=numbers)


@claim(
    "batches.steps-run",
    "The mean squared distance of real SGD runs follows the exact recursion for the mean of "
    "(w − w*)(w − w*)ᵀ: ReLU inputs, batches of 1, 8 and 64, each at its best step size.",
    kind="measured",
    assumes=_LINEAR,
    over="n = 50, 400 runs, squared distance after three times T steps",
)
def _(seed: int) -> Check:
    n, feature, runs = 50, Feature.of("relu"), 400
    parts = []
    numbers: dict[str, float] = {"n": n}
    for size in (1, 8, 64):
        best = best_step(n, feature, size)
        steps = round(3 * best.steps)
        squares = run_sgd(
            "relu",
            n=n,
            batch_size=size,
            step_size=best.step_size,
            steps=steps,
            runs=runs,
            seed=(seed, 60, size),
        )
        pair = np.array([1.0, 1.0])
        for _ in range(steps):
            pair = mean_square_matrix(n, feature, best.step_size, size) @ pair
        theory = (pair[0] + (n - 1) * pair[1]) / n
        ends = squares[-1]
        parts.append(
            equal(
                f"what is left of the squared distance, B = {size}",
                theory=theory,
                observed=float(ends.mean()),
                error=float(ends.std(ddof=1)) / math.sqrt(runs),
                errors=4.5,
                matters=0.4 * theory,
            )
        )
        numbers[f"steps_{size}"] = best.steps
    numbers["full"] = best_step(n, feature, math.inf).steps
    return Check(*parts, numbers=numbers)


@stored
def _sgd_steps(seed: int, kind: str, size: int) -> int:
    """Return the fewest steps of SGD to a thousandth of the loss, over a few step sizes."""
    rng = np.random.default_rng([seed, 12])
    n = 32
    X = ACTIVATIONS["sigmoid"].value(rng.standard_normal((1024, n)))
    target, w0 = rng.standard_normal(n), np.zeros(n)
    if kind == "centered":
        X = X - X.mean(axis=0)
    M = second_moment(X)
    # This is the scale on which the best step size grows with the batch; each batch size gets its
    # own best around it, so that none looks slow for a badly chosen step.
    unit = size / (np.trace(M) + (size - 1) * np.linalg.eigvalsh(M)[-1])
    reached = [
        sgd(
            X,
            X @ target,
            w0,
            step_size=factor * unit,
            steps=1200,
            rng=np.random.default_rng([seed, 13]),
            batch_size=size,
        ).steps_to(1e-3, measure="loss")
        for factor in _STEP_FACTORS
    ]
    return min(count for count in reached if count is not None)


@claim(
    "batches.no-speedup",
    "On a least-squares problem with 32 sigmoid inputs and an exact solution, batches of 256 "
    "usually take more than a quarter of the steps of single examples, each at the best of a few "
    "step sizes; with 32 centered ones less than a fifteenth.",
    kind="measured",
    assumes=(
        *_FITTED,
        "step sizes of 0.7, 1, 1.3, 1.6 and 1.9 times B/(tr M + (B − 1)λmax) for batches of B; "
        "M = E[xxᵀ], raw or centered, and λmax its largest eigenvalue",
    ),
)
def _(seed: int) -> Check:
    one, many = (_sgd_steps(seed, "raw", size) for size in (1, 256))
    centered_one, centered_many = (_sgd_steps(seed, "centered", size) for size in (1, 256))
    return Check(
        at_least("steps at 256 over steps at 1", bound=1 / 4, observed=many / one, matters=0.25),
        at_most(
            "the same, centered", bound=1 / 15, observed=centered_many / centered_one, matters=0.06
        ),
        numbers={
            "one": one,
            "many": many,
            "centered_one": centered_one,
            "centered_many": centered_many,
            "batch": 256,
            "n": 32,
        },
    )


@claim(
    "batches.gain-at-one",
    "With many inputs of mean m single examples need ((1 + √(1 + u))/2)² times the steps that they "
    "need with the same inputs less their mean, u = m²/v.",
    kind="computed",
    assumes=_LINEAR,
    over="n = 10 000; ReLU, sigmoid, and bits that are rare or frequent",
)
def _() -> Check:
    n = 10_000
    features = {name: Feature.of(name) for name in ("relu", "sigmoid")}
    for label, p in (("bits, a tenth of them 1", 0.1), ("bits, nine tenths of them 1", 0.9)):
        v = p * (1 - p)
        features[label] = Feature(p, v, v * (1 - 2 * p), v * ((1 - p) ** 3 + p**3))
    parts, numbers = [], {}
    for name, f in features.items():
        law = ((1 + math.sqrt(1 + f.mean**2 / f.variance)) / 2) ** 2
        zero = Feature(0.0, f.variance, f.third, f.fourth)
        seen = best_step(n, f, 1).steps / best_step(n, zero, 1).steps
        parts.append(
            equal(
                name,
                theory=law,
                observed=seen,
                tolerance=0.01 * law,
                because="the limit is approached like 1/n",
            )
        )
        if name in ACTIVATIONS:
            numbers[name] = law
    return Check(*parts, numbers=numbers)


@claim(
    "batches.stable-step",
    "With many inputs of mean m ≠ 0, in the limit, the largest stable step of single examples is "
    "the part ρ of the full batch's, and that of a batch of at least 1/ρ is three quarters of it "
    "or more.",
    kind="proved",
    assumes=(*_LINEAR[:2], "stable: from every start the mean squared distance stays bounded"),
    over="the limit for many inputs: for all u by z3; the exact recursion at n = 100 000",
)
def _() -> Check:
    u, root = z3.Reals("u root")
    solver = z3.Solver()
    # At B = 1/ρ the rate is 0 at uh = (1 + u)(2 + u − √(u² + 4u)); the full batch allows uh = 2.
    solver.add(u > 0, root >= 0, root * root == u * u + 4 * u)
    solver.add(2 * (1 + u) * (2 + u - root) < 3)
    parts = [yes("no u where it is below three quarters", solver.check() == z3.unsat)]
    numbers: dict[str, float] = {}
    n = 100_000
    for name in ("relu", "sigmoid", "gelu"):
        feature, ratio = Feature.of(name), _ratio(name)
        top = feature.variance + n * feature.mean**2
        closed = {
            1.0: ratio / (1 + ratio),
            (1 + ratio) / ratio: (1 + ratio) * (2 + ratio - math.sqrt(ratio**2 + 4 * ratio)) / 2,
        }
        for words, (size, theory) in zip(("one example", "1/ρ"), closed.items(), strict=True):
            largest = scipy.optimize.brentq(
                lambda step, f=feature, size=size: mean_square_rate(n, f, step, size) - 1,
                0.01 / top,
                2.000001 / top,
            )
            parts.append(
                equal(
                    f"{name}, {words}",
                    theory=theory,
                    observed=largest * top / 2,
                    tolerance=1e-3,
                    because="the limit is approached like 1/n",
                    matters=0.02,
                )
            )
        numbers[name] = closed[(1 + ratio) / ratio]
    return Check(*parts, numbers=numbers)
