"""Claims of the chapter on batches: what happens to the signs; `batches_steps` has the steps."""

import itertools
import math
from fractions import Fraction

import numpy as np
import z3
from scipy.special import ndtr, ndtri

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.batches import SIZES, Agreement, batch_agreement, batch_regimes
from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.signs import cosine_agreement, same_sign_probability, sign_agreement

_NOISE = (
    "errors drawn from one law of zero mean and of a finite variance above 0, independently of "
    "each other and of the inputs",
    "examples drawn independently from one law, their inputs of finite variance",
)
_ALIKE = "inputs independent and alike, of mean m and variance v > 0"
_ENTRIES = (
    "the entries for the weights of one unit, without its bias, each weight used once in the loss "
    "of an example, as it is and without a penalty"
)
_APART = ", independent of each other and of the inputs"
# For sentences that name an activation: as of other numbers its outputs have another mean.
_ACTIVATIONS = "inputs φ(z) of independent z ~ N(0, 1)"


@stored
def _agreement(name: str, seed: int) -> Agreement:
    return batch_agreement(name, SIZES, rng=np.random.default_rng([seed, 11]), trials=4000)


def _inputs(kind: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Draw inputs of one kind, the last axis over features."""
    if kind == "correlated":  # zero mean, correlation 0.9
        shared = rng.standard_normal((*shape[:-1], 1))
        return math.sqrt(0.9) * shared + math.sqrt(0.1) * rng.standard_normal(shape)
    if kind == "one-hot":  # two of ten
        return (rng.integers(0, 10, (*shape[:-1], 1)) == np.arange(shape[-1])).astype(float)
    if kind == "unequal":  # means 1 and ¼, variance 1
        return np.array([1.0, 0.25]) + rng.standard_normal(shape)
    return ACTIVATIONS[kind].value(rng.standard_normal(shape))


def _agreeing(kind: str, size: int, trials: int, rng: np.random.Generator, mean: float = 0.0):
    """Return how often two entries of a batch gradient agree, and the standard error."""
    agree = 0
    for _ in range(4):
        X = _inputs(kind, (trials // 4, size, 2), rng)
        delta = mean + rng.standard_normal((trials // 4, size))
        G = np.einsum("tb,tbi->ti", delta, X)
        agree += int(np.count_nonzero(G[:, 0] * G[:, 1] > 0))
    share = agree / trials
    return share, math.sqrt(max(share * (1 - share), 1 / trials) / trials)


@claim(
    "batches.floor",
    "If errors are noise, two entries of a large batch's gradient agree in sign with probability "
    "½ + arcsin(E[xᵢxⱼ]/√(E[xᵢ²]E[xⱼ²]))/π, which for independent and alike inputs is "
    "½ + arcsin(ρ)/π with ρ = E[x]²/E[x²].",
    kind="measured",
    assumes=(*_NOISE, _ENTRIES, "no input that is always 0"),
    over="Gaussian errors, B = 256; ReLU, sigmoid, tanh; correlated, unequal, one-hot inputs",
    source="sheppard1899",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 20])
    trials, size = 20_000, 256
    names = ("relu", "sigmoid", "tanh")
    limits = {name: sign_agreement(ACTIVATIONS[name].offset_share) for name in names}
    limits["correlated"] = cosine_agreement(0.9)
    limits["unequal"] = cosine_agreement(0.25 / math.sqrt(2 * (1 + 1 / 16)))
    limits["one-hot"] = cosine_agreement(0.0)
    seen = {kind: _agreeing(kind, size, trials, rng) for kind in limits}
    words = {
        "correlated": "zero mean, correlation 0.9",
        "unequal": "means 1 and ¼, variance 1",
        "one-hot": "one-hot, ten values",
    }
    return Check(
        *(
            equal(
                words.get(kind, f"{kind} inputs"),
                theory=limit,
                observed=seen[kind][0],
                error=seen[kind][1],
                matters=0.03,
            )
            for kind, limit in limits.items()
        ),
        numbers={
            **{f"{kind}_limit": limit for kind, limit in limits.items()},
            **{f"{kind}_seen": share for kind, (share, _) in seen.items()},
            "one-hot_share": 0.1,
            "one-hot_naive": sign_agreement(0.1),
            "batch_size": size,
            "trials": trials,
        },
    )


def _worst_enumerated() -> tuple[Fraction, int]:
    """Return the largest share of opposite signs over small laws, counted exactly."""
    half, eighth = Fraction(1, 2), Fraction(1, 8)
    laws_of_errors = [
        ((-1, half), (1, half)),
        ((-3, Fraction(1, 4)), (1, Fraction(3, 4))),
        ((-1, eighth), (0, Fraction(3, 4)), (1, eighth)),
        ((2, Fraction(1, 3)), (-1, Fraction(2, 3))),
    ]
    laws_of_inputs = [
        ((0, half), (1, half)),
        ((1, Fraction(2, 3)), (5, Fraction(1, 3))),
        ((1, 1 - eighth), (50, eighth)),
        ((-2, Fraction(1, 3)), (1, Fraction(2, 3))),
        ((-1, half), (1, half)),
    ]
    worst, cases = Fraction(0), 0
    for errors, inputs, size in itertools.product(laws_of_errors, laws_of_inputs, (1, 2, 3)):
        cases += 1
        opposite = Fraction(0)
        # Every pair of columns is counted, without the argument of the proof.
        columns = list(itertools.product(inputs, repeat=size))
        for deltas in itertools.product(errors, repeat=size):
            chance = math.prod((p for _, p in deltas), start=Fraction(1))
            sums = [
                (
                    sum(d * x for (d, _), (x, _) in zip(deltas, column, strict=True)),
                    math.prod((p for _, p in column), start=Fraction(1)),
                )
                for column in columns
            ]
            opposite += chance * sum(p * q for (g, p) in sums for (h, q) in sums if g * h < 0)
        worst = max(worst, opposite)
    return worst, cases


@claim(
    "batches.never-half",
    "If inputs are independent and alike, and the errors independent of them, then at every batch "
    "size two entries have opposite signs at most half of the time, whatever the law of the "
    "errors.",
    kind="proved",
    assumes=("examples drawn independently", "an entry that is 0 opposes nothing", _ENTRIES),
    over="written proof; its inequality for all values by z3; exact counts for B = 1, 2, 3",
)
def _() -> Check:
    up, down = z3.Reals("up down")
    solver = z3.Solver()
    solver.add(up >= 0, down >= 0, up + down <= 1, 2 * up * down > z3.Q(1, 2))
    worst, cases = _worst_enumerated()
    return Check(
        yes("no chances with sum at most 1 have 2p₊p₋ above ½", solver.check() == z3.unsat),
        at_most(
            "opposite signs, counted exactly, the worst case",
            bound=0.5,
            observed=float(worst),
            matters=0.01,
        ),
        numbers={"cases": cases, "worst": float(worst)},
    )


@claim(
    "batches.gaussian-errors",
    "If the errors are Gaussian noise, the agreement of two entries for ReLU and sigmoid inputs "
    "lies at or above its limit ½ + arcsin(ρ)/π at every batch size that was tried, and at 32 less "
    "than a hundredth above it.",
    kind="measured",
    assumes=(
        "errors N(0, 1)" + _APART,
        _ACTIVATIONS,
        "an entry that is 0 counts as agreeing with any other",
        _ENTRIES,
    ),
    over="B = 1, 2, 4, …, 256",
)
def _(seed: int) -> Check:
    parts = []
    numbers: dict[str, int | float | str] = {"largest_batch": SIZES[-1]}
    for name in ("relu", "sigmoid"):
        curve = _agreement(name, seed)
        place = int(np.argmin(curve.share))
        parts += [
            at_least(
                f"{name} inputs, the lowest",
                bound=curve.limit,
                observed=float(curve.share[place]),
                error=float(curve.standard_error[place]),
                matters=0.02,
            ),
            at_most(
                f"{name} inputs, above the limit at 32",
                bound=0.01,
                observed=float(curve.share[SIZES.index(32)] - curve.limit),
                matters=0.01,
            ),
        ]
        numbers[f"{name}_lowest"] = float(curve.share[place])
        numbers |= {f"{name}_{size}": float(curve.share[SIZES.index(size)]) for size in (2, 8)}
    return Check(*parts, numbers=numbers)


def _plus_minus_theory() -> dict[int, float]:
    """Return the agreement for errors ±1 and sigmoid inputs, by quadrature; B = 2, 3, 4."""

    def below(c: np.ndarray) -> np.ndarray:
        inside = np.clip(c, 1e-300, 1 - 1e-16)
        return np.where(c >= 1, 1.0, ndtr(np.log(inside / (1 - inside))))

    def grid(points: int) -> np.ndarray:
        return 1 / (1 + np.exp(-ndtri((np.arange(points) + 0.5) / points)))

    x, y = grid(600), grid(120)
    # The chance that one input outweighs none of the others taken together.
    two = float(np.mean(below(x[:, None] + x)))
    three = float(np.mean(below(y[:, None, None] + y[:, None] + y)))
    return {
        # Two errors of equal sign agree; of opposite sign the larger input decides, as it will.
        2: 1 / 2 + 1 / 2 * 1 / 2,
        3: 1 / 4 + 3 / 4 * (two**2 + (1 - two) ** 2),
        4: 1 / 8 + 1 / 2 * (three**2 + (1 - three) ** 2) + 3 / 8 * 1 / 2,
    }


@claim(
    "batches.plus-minus-one",
    "For errors ±1 and sigmoid inputs two entries agree in sign three times out of four in batches "
    "of two, which is below the limit for large batches, more often in batches of three, and less "
    "often again in batches of four.",
    kind="measured",
    assumes=("errors −1 or 1 with equal chances" + _APART, _ACTIVATIONS, _ENTRIES),
    over="B = 2, 3, 4",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 26])
    trials = 100_000
    parts, numbers = [], {}
    for size, theory in _plus_minus_theory().items():
        X = _inputs("sigmoid", (trials, size, 2), rng)
        G = np.einsum("tb,tbi->ti", rng.choice([-1.0, 1.0], (trials, size)), X)
        share = float(np.mean(G[:, 0] * G[:, 1] > 0))
        parts.append(
            equal(
                f"batches of {size}",
                theory=theory,
                observed=share,
                error=math.sqrt(share * (1 - share) / trials),
                matters=0.02,
            )
        )
        numbers[f"of_{size}"] = theory
    return Check(*parts, numbers=numbers)


@claim(
    "batches.heavy-tails",
    "Errors of infinite variance can have another limit: for sigmoid inputs and errors of "
    "Student's law with 1.5 degrees of freedom two entries agree more often than ½ + arcsin(ρ)/π.",
    kind="measured",
    assumes=("errors from one law" + _APART, _ACTIVATIONS, _ENTRIES),
    over="B = 256",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 27])
    trials, size, agree = 64_000, 256, 0
    for _ in range(16):
        X = _inputs("sigmoid", (trials // 16, size, 2), rng)
        G = np.einsum("tb,tbi->ti", rng.standard_t(1.5, (trials // 16, size)), X)
        agree += int(np.count_nonzero(G[:, 0] * G[:, 1] > 0))
    share = agree / trials
    limit = sign_agreement(ACTIVATIONS["sigmoid"].offset_share)
    return Check(
        at_least(
            f"agreement; the formula says {limit:.3f}, the bound is 8 standard errors above it",
            bound=limit + 8 * math.sqrt(share * (1 - share) / trials),
            observed=share,
            matters=0.03,
        ),
        numbers={"seen": share, "formula": limit, "batch_size": size},
    )


@claim(
    "batches.mean-without-sign",
    "GELU and SiLU outputs are as often negative as positive, so for a batch of one two entries "
    "agree half of the time; with Gaussian noise in the errors the agreement goes to the larger "
    "½ + arcsin(ρ)/π as the batch grows.",
    kind="measured",
    assumes=("errors N(0, 1)" + _APART, _ACTIVATIONS, _ENTRIES),
    over="B = 1 and 256",
)
def _(seed: int) -> Check:
    parts = []
    numbers: dict[str, float] = {"largest_batch": SIZES[-1]}
    for name in ("gelu", "silu"):
        curve = _agreement(name, seed)
        for place, words, theory in (
            (0, "one example", 0.5),
            (-1, "the largest batch", curve.limit),
        ):
            parts.append(
                equal(
                    f"{name}, {words}",
                    theory=theory,
                    observed=float(curve.share[place]),
                    error=float(curve.standard_error[place]),
                    matters=0.05,
                )
            )
        numbers[f"{name}_limit"] = curve.limit
    return Check(*parts, numbers=numbers)


@claim(
    "batches.all-agree",
    "If errors are noise, all n entries of a large batch's gradient have one sign with probability "
    "2E[Φ(z√u)ⁿ], z ~ N(0, 1), u = m²/v; for u = 1 that is 2/(n + 1).",
    kind="measured",
    assumes=(*_NOISE, _ALIKE, _ENTRIES),
    over="Gaussian errors, B = 128; ReLU, sigmoid, tanh; n = 3 and 10; the integral at u = 1",
    source="dunnett1955",
)
def _(seed: int) -> Check:
    trials, size = 16_000, 128
    parts, numbers = [], {"centered": 2.0**-9, "n": 10}
    for name, n in (("relu", 10), ("sigmoid", 10), ("relu", 3), ("tanh", 3)):
        rng = np.random.default_rng([seed, 30, len(parts)])
        agree = 0
        for _ in range(8):
            X = _inputs(name, (trials // 8, size, n), rng)
            G = np.einsum("tb,tbi->ti", rng.standard_normal((trials // 8, size)), X)
            agree += int(np.count_nonzero(np.abs(np.sign(G).sum(axis=1)) == n))
        theory, share = same_sign_probability(n, ACTIVATIONS[name].offset_share), agree / trials
        parts.append(
            equal(
                f"{n} {name} inputs",
                theory=theory,
                observed=share,
                error=math.sqrt(theory * (1 - theory) / trials),
                matters=0.15 * theory,
            )
        )
        if n == 10:
            numbers[name] = theory
    parts += [
        equal(
            f"u = 1, {n} entries",
            theory=2 / (n + 1),
            observed=same_sign_probability(n, 0.5),
            tolerance=1e-10,
            because="error of the quadrature",
        )
        for n in (2, 3, 5, 10, 50)
    ]
    return Check(*parts, numbers=numbers)


@claim(
    "batches.mean-error",
    "If the errors have a mean other than 0 and are independent of the inputs, a large batch "
    "locks the signs where the inputs have means of one sign: for sigmoid inputs the "
    "agreement goes to one, for tanh inputs to one half.",
    kind="measured",
    assumes=("errors from one law" + _APART, _ACTIVATIONS, _ENTRIES),
    over="errors N(½, 1), B = 16 and 256",
)
def _(seed: int) -> Check:
    trials = 8000
    seen = {}
    for name, size in (("sigmoid", 16), ("sigmoid", 256), ("tanh", 256)):
        rng = np.random.default_rng([seed, 40, size, len(name)])
        seen[name, size] = _agreeing(name, size, trials, rng, mean=0.5)
    return Check(
        at_least(
            "sigmoid inputs, B = 256",
            bound=1.0,
            observed=seen["sigmoid", 256][0],
            tolerance=0.005,
            because="the rest falls exponentially with the batch",
            matters=0.02,
        ),
        equal(
            "tanh inputs, B = 256",
            theory=0.5,
            observed=seen["tanh", 256][0],
            error=seen["tanh", 256][1],
            matters=0.05,
        ),
        numbers={
            "mean_error": 0.5,
            "small": seen["sigmoid", 16][0],
            "large": seen["sigmoid", 256][0],
            "batch": 256,
        },
    )


_NOISES = {"gaussian": "Gaussian noise", "signs": "noise ±1"}


@claim(
    "batches.regimes",
    "If the target is linear and the bias the best for the present weights, two entries of the "
    "gradient agree with probability ½ + arcsin(ρ/(1 + B/B×))/π: for B far beyond "
    "B× = n(1 + u)(1 + ν) the signs are those of the signal, and independent.",
    kind="measured",
    assumes=(
        "a linear unit, squared loss",
        "the signal is the expected gradient",
        "many independent and alike inputs of mean m, variance v > 0, finite fourth moment; "
        "u = m²/v, ρ = u/(1 + u)",
        "the gradient is that of a batch of B examples, drawn independently from one law, and so "
        "is the noise of each",
        "distance from the minimum with independent Gaussian entries of zero mean and one variance",
        "noise in the errors, independent of the inputs, of zero mean; its variance is ν times "
        "that of the part of the errors that the inputs explain",
        "batches large enough for the noise to be Gaussian",
        _ENTRIES,
    ),
    over="n = 20 and 100; sigmoid, ReLU; Gaussian and ±1 noise; B from 32 to 8192",
)
def _(seed: int) -> Check:
    parts, numbers = [], {}
    cases = (
        ("sigmoid", "gaussian", 0.0, 20),
        ("sigmoid", "signs", 3.0, 20),
        ("relu", "gaussian", 1.0, 100),
    )
    for place, (name, law, nu, n) in enumerate(cases):
        record = batch_regimes(
            name,
            law=law,
            n=n,
            noise_to_signal=nu,
            doublings=13,
            trials=80 if n == 20 else 24,
            seed=(seed, 50, place),
        )
        for power in (5, 8, 13):
            parts.append(
                equal(
                    f"{n} {name} inputs, {_NOISES[law]} with ν = {nu:g}, B = {2**power}",
                    theory=float(record.theory[power]),
                    observed=float(record.share[power]),
                    error=math.hypot(float(record.standard_error[power]), 0.2 / n),
                    matters=0.09,
                )
            )
        if place == 0:
            numbers |= {f"at_{2**k}": float(record.share[k]) for k in (0, 5, 8, 10, 13)}
            numbers |= {f"theory_{2**k}": float(record.theory[k]) for k in (5, 8, 10, 13)}
            numbers |= {"n": n, "crossover": record.crossover, "plateau": record.plateau}
        elif place == 1:
            numbers |= {"noisy_ratio": nu, "noisy_crossover": record.crossover}
    return Check(*parts, numbers=numbers)
