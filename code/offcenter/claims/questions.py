"""Claims of the page that answers the question: small things in it, and slips in known sources."""

import math

import numpy as np
import sympy as sp

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim, equal, yes
from offcenter.claims.signs import LEMMA
from offcenter.signs import orthant_split, single_signed

_s = sp.Symbol("s", real=True)
_SIGMA = ACTIVATIONS["sigmoid"].expression.subs(ACTIVATIONS["sigmoid"].symbol, _s)


@claim(
    "questions.slope-slip",
    "It is the slope σ′ that equals σ(1 − σ); σ itself is larger than σ(1 − σ) everywhere, by σ².",
    kind="proved",
)
def _() -> Check:
    product = _SIGMA * (1 - _SIGMA)
    return Check(
        yes("σ′ − σ(1 − σ) simplifies to 0", sp.simplify(sp.diff(_SIGMA, _s) - product) == 0),
        yes("σ − σ(1 − σ) − σ² simplifies to 0", sp.simplify(_SIGMA - product - _SIGMA**2) == 0),
        yes("σ² is positive for every real s", bool((_SIGMA**2).is_positive)),
    )


@claim(
    "questions.tanh-sigmoid",
    "Hyperbolic tangent and sigmoid are one curve up to scale and shift: tanh(s) = 2σ(2s) − 1.",
    kind="proved",
)
def _() -> Check:
    difference = sp.tanh(_s).rewrite(sp.exp) - (2 * _SIGMA.subs(_s, 2 * _s) - 1)
    z = np.linspace(-30, 30, 601)
    gap = ACTIVATIONS["tanh"].value(z) - (2 * ACTIVATIONS["sigmoid"].value(2 * z) - 1)
    return Check(
        yes("the difference simplifies to 0", sp.simplify(difference) == 0),
        equal(
            "largest gap of the numbers, s from −30 to 30",
            theory=0.0,
            observed=float(np.abs(gap).max()),
            tolerance=1e-15,
            because="rounding of numbers up to one",
            matters=1e-12,
        ),
    )


@claim(
    "questions.span",
    "The gradients of a unit's n weights for n examples with positive inputs of continuous "
    "distribution span all n dimensions with probability one, although each has one sign.",
    kind="measured",
    assumes=("errors that are not 0", "examples drawn independently from a density", *LEMMA),
    over="12 uniform inputs",
)
def _(seed: int) -> Check:
    n = 12
    rng = np.random.default_rng([seed, 1])
    gradients = rng.standard_normal((n, 1)) * rng.random((n, n))
    return Check(
        equal("rank of the gradients", theory=n, observed=int(np.linalg.matrix_rank(gradients))),
        equal("of one sign", theory=n, observed=int(single_signed(gradients).sum())),
        numbers={"n": n},
    )


@claim(
    "questions.hard-goals",
    "If two weights can only rise or fall together, the goals that cost a detour are north-west "
    "and south-east; north-east and south-west are reached straight.",
    assumes=("a step may go in any direction of one sign",),
)
def _() -> Check:
    goals = {"north-east": (1, 1), "north-west": (-1, 1), "south-west": (-1, -1)}
    goals["south-east"] = (1, -1)
    detours = {name: orthant_split(np.array(goal, float)).detour for name, goal in goals.items()}
    # One step is −δx with x ≥ 0: it leads to a goal whose entries have one sign.
    reached = {
        name: any(all(side * part >= 0 for part in goal) for side in (1, -1))
        for name, goal in goals.items()
    }
    return Check(
        *(
            equal(
                f"path to the {name} against the straight way",
                theory=1.0 if reached[name] else math.sqrt(2),
                observed=detour,
                tolerance=1e-12,
                because="rounding of square roots",
            )
            for name, detour in detours.items()
        ),
        numbers={"straight": detours["north-east"], "around": detours["north-west"]},
    )


@claim(
    "questions.second-derivative",
    "The second derivative of 1.7159 tanh(2x/3) is largest in size where tanh(2x/3) = ±1/√3, which "
    "is where x is a little inside of ±1.",
)
def _() -> Check:
    x = sp.Symbol("x", real=True)
    second = sp.lambdify(x, sp.diff(sp.Float("1.7159") * sp.tanh(2 * x / 3), x, 2))
    # The grid is finer than the distance to 1 by four orders of magnitude.
    grid = np.arange(0.5, 1.5, 1e-6)
    position = 1.5 * math.atanh(1 / math.sqrt(3))
    largest = float(np.abs(second(np.array([position])))[0])
    at_one = abs(float(second(1.0)))
    return Check(
        equal(
            "place of the largest second derivative",
            theory=position,
            observed=float(grid[np.argmax(np.abs(second(grid)))]),
            tolerance=2e-6,
            because="the distance of two points of the grid",
            matters=1e-3,
        ),
        numbers={"distance": 1 - position, "shortfall": 1 - at_one / largest},
    )
