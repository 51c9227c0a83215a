"""Claims of the chapter on signs: what has one sign, why, and what that alone costs."""

import math

import numpy as np
import sympy as sp

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.descent import Path, adam, gradient_descent, momentum, nesterov, sgd
from offcenter.signs import (
    deduced_sign,
    hidden_error,
    layer_gradient,
    orthant_split,
    output_error,
    provably_single_signed,
    sign_witnesses,
    single_signed,
    unit_gradient,
)
from offcenter.spectrum import second_moment

_INPUTS = 6


def _unit_gradients(X: np.ndarray, y: np.ndarray, w: np.ndarray, slope_sign: float) -> np.ndarray:
    """Each example's gradient of (σ(±s) − y)²/2 by w, by central differences, shape (N, n)."""

    def losses(weights: np.ndarray) -> np.ndarray:
        return (ACTIVATIONS["sigmoid"].value(slope_sign * (X @ weights)) - y) ** 2 / 2

    step = 1e-5
    sides = [
        (losses(w + step * unit) - losses(w - step * unit)) / (2 * step) for unit in np.eye(w.size)
    ]
    # Where an input is 0 the loss does not depend on its weight: exactly 0, not rounding.
    return np.where(X == 0, 0.0, np.column_stack(sides))


def _examples(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Non-negative inputs, a fifth of them 0; labels 0 or 1; weights of either sign."""
    rng = np.random.default_rng(seed)
    X = rng.exponential(size=(count, _INPUTS)) * (rng.random((count, _INPUTS)) < 0.8)
    return X, rng.integers(0, 2, count).astype(float), rng.standard_normal(_INPUTS)


@claim(
    "signs.same-sign",
    "If no input of a unit is negative, then for one example the derivatives by all of its weights "
    "have the sign of δ, or are 0.",
    source="lecun1998",
)
def _() -> Check:
    X, y, w = _examples(1)
    gradients = _unit_gradients(X, y, w, 1.0)
    # σ lies between the labels, so a − y is positive for label 0 and negative for label 1.
    delta_sign = np.where(y == 0, 1.0, -1.0)[:, np.newaxis]
    agree = np.all(gradients * delta_sign >= 0, axis=1)
    return Check(
        expected=1.0,
        observed=float(agree.mean()),
        tolerance=0.0,
        reason="a share of examples, and none may differ",
        numbers={
            "examples": len(X),
            "inputs": _INPUTS,
            "negative": float(np.mean(y == 1)),
            "positive": float(np.mean(y == 0)),
        },
    )


@claim(
    "signs.deduced",
    "From positive inputs alone, and nothing about δ, SymPy deduces that no two derivatives have "
    "opposite signs; from real inputs it cannot.",
)
def _() -> Check:
    proofs = [
        provably_single_signed(unit_gradient(4, inputs=inputs).entries)
        for inputs in ("positive", "nonnegative", "negative", "real")
    ]
    return Check(
        expected=[True, True, True, False],
        observed=proofs,
        tolerance=0.0,
        reason="a deduction succeeds or does not",
        numbers={"inputs": 4},
    )


@claim(
    "signs.rank-one",
    "For one example the gradient of a layer's weights is the matrix δxᵀ: it has rank one, so each "
    "unit's row has one sign, and rows of different units may differ.",
)
def _() -> Check:
    layer = layer_gradient(2, 2)
    values = dict(zip((*layer.inputs, *layer.errors), (1, 2, 1, -1), strict=True))
    G = np.array(layer.entries.subs(values), dtype=float)
    rows, whole = single_signed(G), single_signed(G.reshape(1, -1))
    return Check(
        expected=[1, 2, -1, -2, 1, 1, 1, 0],
        observed=[*G.ravel(), np.linalg.matrix_rank(G), *rows, *whole],
        tolerance=0.0,
        reason="small whole numbers",
        numbers={"rows": int(rows.sum()), "rank": int(np.linalg.matrix_rank(G))},
    )


@claim(
    "signs.output-error",
    "At a sigmoid output the error δ is positive if the label is 0 and negative if the label is 1.",
)
def _() -> Check:
    signs = {"positive": 1, "negative": -1}
    point = {sp.Symbol("s", real=True): sp.Rational(1, 3)}
    observed = []
    for loss in ("logistic", "squared"):
        for target in (0, 1):
            delta = output_error(target, loss=loss)
            observed += [signs.get(deduced_sign(delta), 0), float(sp.sign(delta.subs(point)))]
    return Check(
        expected=[1, 1, -1, -1] * 2,
        observed=observed,
        tolerance=0.0,
        reason="signs, deduced by SymPy and at one point",
    )


@claim(
    "signs.hidden-error",
    "A positive slope θ′ leaves the sign of a hidden unit's δ open, and both signs occur; it would "
    "take assumptions on the weights and the errors above to settle it.",
)
def _() -> Check:
    free = hidden_error(2)
    bound = hidden_error(2, weights="positive", errors="positive")
    return Check(
        expected=[True, True, True, True],
        observed=[
            free.slope.is_positive,
            deduced_sign(free.expression) == "undetermined",
            sign_witnesses(free.expression).keys() == {"positive", "negative"},
            deduced_sign(bound.expression) == "positive",
        ],
        tolerance=0.0,
        reason="a deduction succeeds or does not",
    )


@claim(
    "signs.slope-not-needed",
    "The slope of the unit's own activation does not matter: with a falling activation, φ′ < 0, "
    "every example's gradient has one sign just as well.",
)
def _() -> Check:
    X, y, w = _examples(2)
    shares = [single_signed(_unit_gradients(X, y, w, sign)).mean() for sign in (1.0, -1.0)]
    return Check(
        expected=[1.0, 1.0],
        observed=shares,
        tolerance=0.0,
        reason="a share of examples, and none may differ",
    )


@claim(
    "signs.previous-layer",
    "What matters is the value of the previous layer's activation: with iid z ~ N(0, 1), σ(z) > 0 "
    "gives every example a gradient of one sign; tanh, which rises too but has either sign, gives "
    "it to 2¹⁻ⁿ of them.",
)
def _() -> Check:
    count, n = 20_000, 3
    rng = np.random.default_rng(3)
    z, delta = rng.standard_normal((count, n)), rng.standard_normal((count, 1))
    one_sign = {
        name: single_signed(delta * ACTIVATIONS[name].value(z)) for name in ("sigmoid", "tanh")
    }
    shares = [float(signs.mean()) for signs in one_sign.values()]
    share = 2.0 ** (1 - n)
    return Check(
        # The count of exceptions is whole, so one example is one too many.
        expected=[0.0, share],
        observed=[float((~one_sign["sigmoid"]).sum()), shares[1]],
        tolerance=4 * math.sqrt(share * (1 - share) / count),
        reason="no exception with σ; four standard errors of the share for tanh",
        numbers={"n": n, "sigmoid": shares[0], "tanh": shares[1], "examples": count},
    )


@claim(
    "signs.two-orthants",
    "With n positive inputs the gradients of single examples lie in 2 of the 2ⁿ orthants.",
    source="cs231n",
)
def _() -> Check:
    rng = np.random.default_rng(4)
    n = 5
    G = rng.standard_normal((5000, 1)) * rng.exponential(size=(5000, n))
    patterns = len(np.unique(np.sign(G), axis=0))
    return Check(
        expected=2,
        observed=patterns,
        tolerance=0,
        reason="a count",
        numbers={"n": n, "orthants": 2**n},
    )


@claim(
    "signs.two-legs",
    "Every displacement of the weights is the sum of two legal ones: one with no negative entry "
    "and one with no positive entry.",
)
def _() -> Check:
    rng = np.random.default_rng(5)
    worst, legal = 0.0, True
    for n in (2, 3, 10, 100):
        for d in rng.standard_normal((50, n)):
            split = orthant_split(d)
            worst = max(worst, float(np.abs(split.positive - split.negative - d).max()))
            legal = legal and split.positive.min() >= 0 and split.negative.min() >= 0
    return Check(
        expected=[0.0, True],
        observed=[worst, legal],
        tolerance=0.0,
        reason="no rounding: each entry goes whole into one leg",
    )


@claim(
    "signs.detour",
    "The two legs together are at most √2 times as long as the straight way, in every dimension, "
    "with equality when the legs are equally long.",
)
def _() -> Check:
    rng = np.random.default_rng(6)
    dimensions = (2, 3, 10, 100, 1000)
    detours = [orthant_split(d).detour for n in dimensions for d in rng.standard_normal((200, n))]
    equal = orthant_split([1.0, -1.0]).detour
    return Check(
        expected=[math.sqrt(2), math.sqrt(2)],
        observed=[max(*detours, equal), equal],
        tolerance=1e-12,
        reason="rounding of square roots",
        numbers={
            "bound": math.sqrt(2),
            "extra": math.sqrt(2) - 1,
            "typical": float(np.median(detours)),
            "largest_n": max(dimensions),
        },
    )


@claim(
    "signs.alignment",
    "Some legal direction is always within 45° of where one wants to go: its cosine is at least "
    "1/√2.",
)
def _() -> Check:
    rng = np.random.default_rng(7)
    cosines = [
        orthant_split(d).alignment for n in (2, 3, 10, 100) for d in rng.standard_normal((300, n))
    ]
    return Check(
        expected=math.sqrt(0.5),
        observed=min(*cosines, orthant_split([1.0, -1.0]).alignment),
        tolerance=1e-12,
        reason="rounding of square roots",
        relation="at least",
        numbers={"bound": math.sqrt(0.5)},
    )


def _flipped_runs() -> dict[str, tuple[Path, Path]]:
    """Each method on positive inputs and on the same inputs with every second one negated."""
    rng = np.random.default_rng(8)
    n, steps = 8, 200
    X = ACTIVATIONS["sigmoid"].value(rng.standard_normal((64, n)))
    target, w0 = rng.standard_normal(n), rng.standard_normal(n)
    flip = np.where(np.arange(n) % 2, -1.0, 1.0)
    H, turned_H = second_moment(X), second_moment(X * flip)
    rate = 1.0 / np.linalg.eigvalsh(H)[-1]
    methods = {
        "gradient descent": (gradient_descent, rate),
        "momentum": (momentum, rate),
        "Nesterov": (nesterov, rate / 2),
        "Adam": (adam, 0.05),
    }
    runs = {}
    for name, (method, step_size) in methods.items():
        options = {"step_size": step_size, "steps": steps}
        plain = method(H, w0, **options)
        runs[name] = (plain, method(turned_H, flip * w0, **options))
    y = X @ target
    options = {"step_size": 0.2, "steps": steps}
    runs["SGD"] = (
        sgd(X, y, w0, rng=np.random.default_rng(0), **options),
        sgd(X * flip, y, flip * w0, rng=np.random.default_rng(0), **options),
    )
    return runs


@claim(
    "signs.flip",
    "Negating half of the inputs, and the weights that read them, leaves the losses of gradient "
    "descent, momentum, Nesterov, Adam and SGD the same to the last bit.",
)
def _() -> Check:
    runs = _flipped_runs()
    differences = [
        float(np.abs(plain.losses - turned.losses).max()) for plain, turned in runs.values()
    ]
    return Check(
        expected=[0.0] * len(runs),
        observed=differences,
        tolerance=0.0,
        reason="negation does not round",
        numbers={"methods": len(runs), "steps": runs["SGD"][0].steps},
    )


@claim(
    "signs.flip-signs",
    "Negating half of the inputs, and the weights that read them, takes the share of SGD's "
    "single-example gradients with one sign from all to none.",
)
def _() -> Check:
    plain, turned = _flipped_runs()["SGD"]
    shares = [float(single_signed(path.gradients).mean()) for path in (plain, turned)]
    return Check(
        expected=[1.0, 0.0],
        observed=shares,
        tolerance=0.0,
        reason="a share of steps, and none may differ",
        numbers={"before": shares[0], "after": shares[1]},
    )


@claim(
    "signs.flip-spectrum",
    "The negation changes neither the eigenvalues of E[xxᵀ] nor the cosine between any two "
    "examples.",
)
def _() -> Check:
    rng = np.random.default_rng(9)
    X = rng.random((40, 6))
    turned = X * np.array([1, -1, 1, -1, 1, -1])

    def invariants(inputs: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(inputs, axis=1)
        cosines = inputs @ inputs.T / np.outer(lengths, lengths)
        return np.concatenate([np.linalg.eigvalsh(second_moment(inputs)), cosines.ravel()])

    return Check(
        expected=invariants(X),
        observed=invariants(turned),
        tolerance=1e-13,
        reason="rounding of an eigenvalue problem",
    )
