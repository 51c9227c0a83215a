"""Claims of the chapter on signs: what has one sign, why, and when it does not."""

import itertools
import math

import numpy as np
import sympy as sp

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim, equal, yes
from offcenter.claims._solver import impossible, reals
from offcenter.signs import (
    batch_normalized_gradients,
    convolution_gradient,
    deduced_sign,
    hidden_error,
    layer_gradient,
    output_error,
    penalized_gradient,
    provably_single_signed,
    sign_witnesses,
    single_signed,
    unit_gradient,
    weight_normalized_gradient,
)

_INPUTS = 6
LEMMA = (
    "each weight is used once in the loss of an example",
    "no penalty on the weights",
    "no normalization of the weights or over the batch behind them",
)


def _differences(loss, weights: np.ndarray) -> np.ndarray:
    """Return central differences of ``loss(weights)`` by each weight; a loss may be a vector."""
    step = 1e-5
    sides = [
        (loss(weights + step * unit) - loss(weights - step * unit)) / (2 * step)
        for unit in np.eye(weights.size)
    ]
    return np.moveaxis(np.array(sides), 0, -1)


def _unit_gradients(X: np.ndarray, y: np.ndarray, w: np.ndarray, slope_sign: float) -> np.ndarray:
    """Each example's gradient of (σ(±s) − y)²/2 in w, by central differences, shape (N, n)."""
    sigmoid = ACTIVATIONS["sigmoid"].value
    gradients = _differences(lambda v: (sigmoid(slope_sign * (X @ v)) - y) ** 2 / 2, w)
    # Where an input is 0 the loss does not depend on its weight: exactly 0, not rounding.
    return np.where(X == 0, 0.0, gradients)


def _examples(seed: int, count: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Non-negative inputs, a fifth of them 0; labels 0 or 1; weights of either sign."""
    rng = np.random.default_rng([seed, 1])
    X = rng.exponential(size=(count, _INPUTS)) * (rng.random((count, _INPUTS)) < 0.8)
    return X, rng.integers(0, 2, count).astype(float), rng.standard_normal(_INPUTS)


@claim(
    "signs.same-sign",
    "If no input of a unit is negative, then for one example the derivatives with respect to "
    "all of its weights have the sign of δ, or are 0.",
    kind="proved",
    assumes=LEMMA,
    over="every loss, by SymPy; every δ and every x ≥ 0, by z3",
    source="lecun1998",
)
def _() -> Check:
    derived = unit_gradient(3, inputs="nonnegative")
    delta, x = reals("delta x")
    # A sigmoid output with all weights 0 says ½; the label 1 makes its error −½.
    small = unit_gradient(2)
    known = ((small.inputs[0], 1), (small.inputs[1], 2), (small.errors[0], sp.Rational(-1, 2)))
    by_hand = small.entries.subs(known)
    X, y, w = _examples(1)
    gradients = _unit_gradients(X, y, w, 1.0)
    # σ lies between the labels, so a − y is positive for label 0 and negative for label 1.
    signs = np.where(y == 0, 1.0, -1.0)[:, np.newaxis]
    return Check(
        yes(
            "each derivative is δ times its input",
            derived.entries == derived.errors[0] * derived.inputs,
        ),
        yes("no x ≥ 0 gives δx the other sign than δ", impossible(x >= 0, delta * (delta * x) < 0)),
        yes(
            "SymPy deduces one sign from x ≥ 0, and not from real x",
            provably_single_signed(derived.entries)
            and not provably_single_signed(unit_gradient(3, inputs="real").entries),
        ),
        equal(
            "examples of a sigmoid unit with a derivative of another sign, by differences",
            theory=0,
            observed=float(np.sum((gradients * signs < 0).any(axis=1))),
            matters=1,
        ),
        numbers={
            "examples": len(X),
            "inputs": _INPUTS,
            "negative": float(np.mean(y == 1)),
            "positive": float(np.mean(y == 0)),
            "hand_1": float(by_hand[0]),
            "hand_2": float(by_hand[1]),
        },
    )


_KEYS = {
    "a kernel at two places": "kernel",
    "weight decay": "decay",
    "weight normalization": "normalization",
    "batch norm behind the unit": "batch",
}


@claim(
    "signs.beyond",
    "Inputs that are not negative allow one example mixed signs if a kernel reads it at several "
    "places, with weight decay, with weight normalization, and with batch norm behind the unit.",
    over="one small example of each, by hand",
)
def _() -> Check:
    # A kernel (w₁, w₂) reads (1, 2) at one place and (2, 1) at another.
    patches, deltas = np.array([[1.0, 2.0], [2.0, 1.0]]), np.array([1.0, -1.0])
    x, w, v = np.array([1.0, 2.0]), np.array([2.0, 1.0]), np.array([1.0, 1.0])
    batch, chosen = np.array([[1.0, 1.0], [1.0, 3.0], [2.0, 1.0]]), np.array([1.0, 0.0, 0.0])

    def normalized(weights: np.ndarray) -> float:
        s = batch @ weights
        return float(((s - s.mean()) / s.std())[0])

    cases = {
        "a kernel at two places": (
            convolution_gradient(patches, deltas),
            _differences(lambda k: deltas @ (patches @ k), w),
        ),
        "weight decay": (
            penalized_gradient(x, w, -0.15, decay=0.1),
            _differences(lambda k: -0.15 * (x @ k) + 0.1 * (k @ k) / 2, w),
        ),
        "weight normalization": (
            weight_normalized_gradient(x, v, 1.0),
            _differences(lambda k: x @ k / np.linalg.norm(k), v),
        ),
        "batch norm behind the unit": (
            batch_normalized_gradients(batch, v, chosen)[0],
            _differences(normalized, v),
        ),
    }
    largest = max(float(np.abs(formula - slopes).max()) for formula, slopes in cases.values())
    numbers = {
        f"{_KEYS[name]}_{i + 1}": float(value)
        for name, (formula, _slopes) in cases.items()
        for i, value in enumerate(formula)
    }
    return Check(
        equal(
            "largest difference between a formula and differences of its loss",
            theory=0,
            observed=largest,
            tolerance=1e-8,
            because="rounding of central differences",
            matters=0.01,
        ),
        *(
            yes(f"mixed signs, {name}", not single_signed(formula[np.newaxis])[0])
            for name, (formula, _slopes) in cases.items()
        ),
        numbers=numbers | _mixed_shares(),
    )


def _mixed_shares(count: int = 20_000) -> dict[str, float]:
    """Return how many one-example gradients have mixed signs, in one setting of each case."""
    rng = np.random.default_rng(15)
    sigmoid, n = ACTIVATIONS["sigmoid"].value, 5
    images = sigmoid(rng.standard_normal((count, 6, 6)))
    windows = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    windows = windows.reshape(count, 16, 9)
    X, W = sigmoid(rng.standard_normal((count, n))), rng.standard_normal((count, n))
    delta, places = rng.standard_normal(count), rng.standard_normal((count, 16))
    kernels = [convolution_gradient(*pair) for pair in zip(windows, places, strict=True)]
    decayed = [penalized_gradient(x, w, d, decay=0.1) for x, w, d in zip(X, W, delta, strict=True)]
    normalized = [weight_normalized_gradient(x, v, d) for x, v, d in zip(X, W, delta, strict=True)]
    batches = [
        batch_normalized_gradients(X[k : k + 40], W[k], delta[k : k + 40])
        for k in range(0, count, 40)
    ]
    cases = {
        "kernel": kernels,
        "decay": decayed,
        "normalization": normalized,
        "batch": np.vstack(batches),
    }
    return {
        f"{name}_share": float(1 - single_signed(np.array(rows)).mean())
        for name, rows in cases.items()
    }


@claim(
    "signs.rank-one",
    "For one example the gradient of the weights of a layer whose units all read x is δxᵀ, of rank "
    "at most one; if no input is negative, no unit's row has both signs, and rows of different "
    "units may differ.",
    kind="proved",
    assumes=LEMMA,
    over="three units and three inputs, all values, by SymPy; x = (1, 2), δ = (1, −1)",
)
def _() -> Check:
    whole = layer_gradient(3, 3, inputs="nonnegative")
    minors = [
        sp.expand(whole.entries.extract(rows, columns).det())
        for rows in itertools.combinations(range(3), 2)
        for columns in itertools.combinations(range(3), 2)
    ]
    layer = layer_gradient(2, 2)
    values = dict(zip((*layer.inputs, *layer.errors), (1, 2, 1, -1), strict=True))
    G = np.array(layer.entries.subs(values), dtype=float)
    mixed = np.outer([1.0, -1.0], [1.0, -2.0])
    return Check(
        yes("every two by two determinant of δxᵀ is 0", all(minor == 0 for minor in minors)),
        yes(
            "SymPy deduces one sign of each row from x ≥ 0",
            all(provably_single_signed(whole.entries.row(j)) for j in range(3)),
        ),
        yes("the rows of the example have one sign", bool(single_signed(G).all())),
        yes("the matrix of the example has both", not single_signed(G.reshape(1, -1))[0]),
        yes("with x = (1, −2) a row has both", not single_signed(mixed).any()),
        numbers={
            "rows": int(single_signed(G).sum()),
            "rank": int(np.linalg.matrix_rank(G)),
            **{f"entry_{j + 1}{i + 1}": int(G[j, i]) for j in range(2) for i in range(2)},
        },
    )


@claim(
    "signs.output-error",
    "At a sigmoid output the error δ is positive if the label is 0 and negative if the label is 1.",
    kind="proved",
    assumes=("logistic or squared loss",),
    over="logistic and squared loss; every s, by SymPy",
)
def _() -> Check:
    s, parts = sp.Symbol("s", real=True), []
    points = np.linspace(-4, 4, 81)
    a = 1 / (1 + np.exp(-points))
    losses = {
        "logistic": lambda y: -np.log(a if y else 1 - a),
        "squared": lambda y: (a - y) ** 2 / 2,
    }
    for loss, value in losses.items():
        for target, sign in ((0, "positive"), (1, "negative")):
            delta = output_error(target, loss=loss)
            slopes = np.sign(np.diff(value(target)))
            parts += [
                yes(f"{loss} loss, label {target}: SymPy deduces it", deduced_sign(delta) == sign),
                yes(
                    f"{loss} loss, label {target}: the loss rises or falls throughout",
                    bool((slopes == (1 if target == 0 else -1)).all()),
                ),
            ]
    return Check(*parts, numbers={"delta_at_0": float(output_error(0).subs(s, 0))})


@claim(
    "signs.hidden-error",
    "A positive slope θ′ leaves the sign of a hidden unit's δ open, and both signs occur; if the "
    "weights and errors above are positive too, so is δ.",
    kind="proved",
    assumes=("the unit acts on the loss through the sums above alone, with nothing between",),
    over="two units above, by SymPy and z3",
)
def _() -> Check:
    free = hidden_error(2)
    slope, w1, w2, d1, d2 = reals("slope w1 w2 d1 d2")
    delta = slope * (w1 * d1 + w2 * d2)
    positive = [value > 0 for value in (w1, w2, d1, d2)]
    return Check(
        yes("SymPy cannot deduce a sign", deduced_sign(free.expression) == "undetermined"),
        yes(
            "both signs occur with θ′ = 1",
            sign_witnesses(free.expression).keys() == {"positive", "negative"},
        ),
        yes("z3 finds a negative δ with θ′ > 0", not impossible(slope > 0, delta < 0)),
        yes("and none if all are positive", impossible(slope > 0, *positive, delta <= 0)),
    )


@claim(
    "signs.slope-not-needed",
    "The sign rule does not need the slope of the unit's own activation: with a falling one, "
    "φ′ < 0, too, no example's gradient of the unit's weights has both signs.",
    kind="measured",
    assumes=("no input is negative", *LEMMA),
    over="400 examples with six inputs, by differences",
)
def _(seed: int) -> Check:
    X, y, w = _examples(seed + 2)
    return Check(
        *(
            equal(
                f"examples with mixed signs, {name} activation",
                theory=0,
                observed=float(np.sum(~single_signed(_unit_gradients(X, y, w, sign)))),
                matters=1,
            )
            for name, sign in (("rising", 1.0), ("falling", -1.0))
        )
    )


@claim(
    "signs.previous-layer",
    "What matters is the value of the previous layer's activation: with n iid z ~ N(0, 1), σ(z) > "
    "0 gives the gradient of a unit's weights one sign in every example; tanh, which rises too but "
    "has either sign, in a share 2¹⁻ⁿ of them.",
    kind="measured",
    assumes=("δ ≠ 0 in every example", *LEMMA),
    over="n = 3; 20 000 examples",
)
def _(seed: int) -> Check:
    count, n = 20_000, 3
    rng = np.random.default_rng([seed, 3])
    z, delta = rng.standard_normal((count, n)), rng.standard_normal((count, 1))
    shares = {
        name: float(single_signed(delta * ACTIVATIONS[name].value(z)).mean())
        for name in ("sigmoid", "tanh")
    }
    share = 2.0 ** (1 - n)
    return Check(
        equal("share of examples of one sign, sigmoid", theory=1, observed=shares["sigmoid"]),
        equal(
            "share of examples of one sign, tanh",
            theory=share,
            observed=shares["tanh"],
            error=math.sqrt(share * (1 - share) / count),
            matters=0.03,
        ),
        numbers={"n": n, "examples": count} | shares,
    )


@claim(
    "signs.two-orthants",
    "With n positive inputs the gradients of a unit's weights for single examples with δ ≠ 0 lie "
    "in 2 of the 2ⁿ orthants.",
    kind="proved",
    assumes=LEMMA,
    over="n = 5, all values, by z3",
    source="cs231n",
)
def _() -> Check:
    n = 5
    delta, *x = reals("delta " + " ".join(f"x{i}" for i in range(n)))
    reached = sum(
        not impossible(
            *(value > 0 for value in x),
            *(sign * delta * value > 0 for sign, value in zip(signs, x, strict=True)),
        )
        for signs in itertools.product((-1, 1), repeat=n)
    )
    return Check(
        equal("orthants that some gradient is in", theory=2, observed=reached),
        numbers={"n": n, "orthants": 2**n},
    )
