"""Claims of the chapter on remedies: what norms do, exactly, and what a constant does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy

from offcenter.activations import ACTIVATIONS
from offcenter.claims._check import Check, at_least, at_most, equal, yes
from offcenter.claims._record import claim
from offcenter.remedies import (
    batch_norm,
    center,
    layer_norm,
    rms_norm,
    subtract_over_features,
)
from offcenter.remedies._layer import layer
from offcenter.spectrum import offset_share

_RELU = ACTIVATIONS["relu"]


def _left_share(n: int) -> bool:
    """Whether ‖Pμ‖² = ‖μ‖²(1 − cos²(μ, 1)) for all μ of size n, by SymPy."""
    mu = sympy.Matrix(sympy.symbols(f"m1:{n + 1}", real=True))
    ones = sympy.ones(n, 1)
    left = (sympy.eye(n) - ones * ones.T / n) * mu
    squared, dot = mu.dot(mu), mu.dot(ones)
    return sympy.simplify(left.dot(left) - squared * (1 - dot**2 / (squared * n))) == 0


@claim(
    "remedies.layer-norm-offset",
    "Subtracting from each example its mean over the features leaves the share 1 − cos²(μ, 1) of "
    "the squared length of the features' means μ: nothing where all are equal, all of it where "
    "they add up to zero.",
    kind="proved",
    assumes=("μ is not zero; 1 is the vector of ones",),
    over="all μ for 2 to 6 features, by SymPy; the proof in the text for any number",
)
def _() -> Check:
    rng = np.random.default_rng(5)
    means = np.array([0.0, 1.0, 2.0, 3.0])
    x = means + 0.1 * rng.standard_normal((1000, 4))
    cosine = x.mean(axis=0).sum() / np.linalg.norm(x.mean(axis=0)) / 2
    left = subtract_over_features(x).mean(axis=0)
    return Check(
        *(yes(f"the formula, {n} features (SymPy)", _left_share(n)) for n in range(2, 7)),
        equal(
            "share that is left of means 0, 1, 2 and 3",
            theory=float(1 - cosine**2),
            observed=float(left @ left / (x.mean(axis=0) @ x.mean(axis=0))),
            tolerance=1e-12,
            because="rounding of means over 1000 examples",
        ),
        numbers={
            "share_before": offset_share(x),
            "share_after": offset_share(layer_norm(x)),
            "features": 4,
            "left": 5 / 14,
        },
    )


@claim(
    "remedies.rms-layer",
    "Layer norm turns an example by the angle whose squared sine is cos²(x, 1): 1/n on average for "
    "n independent standard normal features, so on many of these it hardly differs from RMS norm.",
    kind="measured",
    assumes=(
        "an example whose features are not all equal; 1 is the vector of ones",
        "no learned scale and shift",
    ),
    over="n = 576, and activations of ReLU in the same number",
)
def _(seed: int) -> Check:
    n, count = 576, 2000
    z = np.random.default_rng([seed, 21]).standard_normal((count, n))

    def sines(x: np.ndarray) -> np.ndarray:
        # Both norms have rows of length √n.
        return 1 - (np.sum(layer_norm(x) * rms_norm(x), axis=1) / n) ** 2

    centered, positive = sines(z), sines(_RELU.value(z))
    return Check(
        equal(
            "mean squared sine, standard normal features",
            theory=1 / n,
            observed=float(centered.mean()),
            error=float(centered.std() / count**0.5),
            matters=0.2 / n,
        ),
        equal(
            "mean squared sine, ReLU features",
            theory=_RELU.offset_share,
            observed=float(positive.mean()),
            tolerance=0.005,
            because="a ratio of means over 576 features is a little off",
        ),
        numbers={
            "n": n,
            "degrees": float(np.degrees(np.arcsin(n**-0.5))),
            "relu_degrees": float(np.degrees(np.arcsin(_RELU.offset_share**0.5))),
        },
    )


@claim(
    "remedies.batch-norm-before-relu",
    "Batch norm over a large batch before a ReLU leaves the next layer inputs of mean about "
    "1/√(2π), if over the batch each unit's pre-activations are Gaussian.",
    kind="measured",
    assumes=(
        "no learned scale and shift, or 1 and 0 as at their start",
        "variances far above the ε of the norm",
    ),
)
def _(seed: int) -> Check:
    count = 400_000
    z = 2 + 3 * np.random.default_rng([seed, 6]).standard_normal((count, 1))
    a = _RELU.value(batch_norm(z))
    return Check(
        equal(
            "mean of the activations",
            theory=1 / float(np.sqrt(2 * np.pi)),
            observed=float(a.mean()),
            error=float(a.std() / count**0.5),
        ),
        numbers={"share": _RELU.offset_share, "examples": count, "mean": _RELU.mean},
    )


def _descend(
    X: np.ndarray, y: np.ndarray, norm: Callable[[np.ndarray], np.ndarray] | None = None
) -> np.ndarray:
    """Outputs over 50 full-batch steps of a linear unit with a bias, with or without a norm."""
    w, b, path = np.zeros(X.shape[1]), 0.0, []
    for _ in range(50):
        s = X @ w
        centers = norm is center
        errors = (s - s.mean() if centers else s) + b - y
        # Backwards through s − mean(s), the errors lose their mean in turn.
        w = w - 0.1 * (errors - errors.mean() if centers else errors) @ X / len(X)
        b = b - 0.1 * errors.mean()
        path.append([*w, b])
    return np.array(path)


@claim(
    "remedies.mean-only",
    "For one linear layer and full batches, mean-only batch norm takes the same path as centering "
    "the inputs.",
    source="salimans2016",
    assumes=(
        "gradient descent; one start, loss and step size",
        "the bias stands behind the norm",
    ),
)
def _() -> Check:
    rng = np.random.default_rng(7)
    X = rng.random((60, 5))
    y = X.sum(axis=1) + rng.standard_normal(60)
    normalized = _descend(X, y, center)
    apart = float(np.abs(_descend(center(X), y) - normalized).max())
    plain = float(np.abs(_descend(X, y) - normalized).max())
    return Check(
        equal(
            "largest difference of weights over 50 steps",
            theory=0.0,
            observed=apart,
            tolerance=1e-13,
            because="rounding over 50 steps",
            matters=1e-3,
        ),
        at_least("largest difference without either", bound=0.1, observed=plain, matters=3.0),
        numbers={"plain": plain, "apart": apart},
    )


def _by_errors(X: np.ndarray, y: np.ndarray, *, make_up: bool) -> tuple[np.ndarray, np.ndarray]:
    """Weights and outputs over 50 steps on inputs X, if the weights see centered errors."""
    w, b, weights, outputs = np.zeros(X.shape[1]), 0.0, [], []
    for _ in range(50):
        errors = X @ w + b - y
        moved = -0.1 * (errors - errors.mean()) @ X / len(X)
        b = b - 0.1 * errors.mean() - (moved @ X.mean(axis=0) if make_up else 0.0)
        w = w + moved
        weights.append(w)
        outputs.append(X @ w + b)
    return np.array(weights), np.array(outputs)


@claim(
    "remedies.errors",
    "Over full batches, centering the errors that the weights see moves them as centering the "
    "inputs does, and the outputs go with them if the bias, besides its own step, makes up for "
    "Δw·μ, else not.",
    source="schraudolph1995",
    assumes=(
        "a linear layer with squared loss and a bias, no weight decay; μ is the mean of the inputs",
        "gradient descent; both start as one function, with one step size",
        "Δw·μ is not always zero",
    ),
)
def _() -> Check:
    rng = np.random.default_rng(8)
    X = rng.random((40, 6))
    y = X.sum(axis=1) + rng.standard_normal(40)
    centered = _descend(center(X), y)
    outputs = np.column_stack([center(X), np.ones(len(X))]) @ centered.T
    weights, made_up = _by_errors(X, y, make_up=True)
    plain_weights, plain = _by_errors(X, y, make_up=False)
    return Check(
        *(
            equal(
                f"largest difference of {label} over 50 steps",
                theory=0.0,
                observed=float(np.abs(difference).max()),
                tolerance=1e-12,
                because="rounding over 50 steps",
                matters=1e-3,
            )
            for label, difference in (
                ("weights", weights - centered[:, :-1]),
                ("weights, if the bias makes up for nothing", plain_weights - centered[:, :-1]),
                ("outputs", made_up - outputs.T),
            )
        ),
        at_least(
            "largest difference of outputs, if the bias makes up for nothing",
            bound=0.1,
            observed=float(np.abs(plain - outputs.T).max()),
            matters=3.0,
        ),
    )


@claim(
    "remedies.bias-before-norm",
    "A bias directly before batch norm, where only the norm reads the sum, changes no output, and "
    "its gradient is zero.",
    assumes=(
        "the mean and the spread of the batch itself, not running averages",
        "the bias is one number for all that a norm averages over",
        "no penalty on the bias",
    ),
    source="ioffe2015",
)
def _() -> Check:
    rng = np.random.default_rng(9)
    s, y = rng.standard_normal((50, 4)), rng.standard_normal((50, 4))

    def loss(bias: np.ndarray) -> float:
        return float(np.sum((_RELU.value(batch_norm(s + bias)) - y) ** 2))

    bias, step = np.array([3.0, -1.0, 0.5, 10.0]), 1e-3
    slopes = [(loss(bias + d) - loss(bias - d)) / (2 * step) for d in step * np.eye(4)]
    return Check(
        equal(
            "largest change of an output",
            theory=0.0,
            observed=float(np.abs(batch_norm(s + bias) - batch_norm(s)).max()),
            tolerance=1e-12,
            because="rounding",
            matters=1e-3,
        ),
        equal(
            "largest slope of the loss, by differences",
            theory=0.0,
            observed=float(np.abs(slopes).max()),
            tolerance=1e-8,
            because="rounding over 2h",
            matters=1e-3,
        ),
    )


def _first_layer(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Outputs of w·x after batch norm, over 40 steps of its weights by exact gradients."""
    w, path = np.linspace(-1, 1, X.shape[1]), []
    for _ in range(40):
        s = X @ w
        spread = s.std()
        out = (s - s.mean()) / spread
        errors = out - y
        inward = (errors - errors.mean() - out * np.mean(errors * out)) / spread
        w = w - 0.1 * inward @ X / len(X)
        path.append(out)
    return np.array(path)


@claim(
    "remedies.batch-norm-inputs",
    "Batch norm right behind the weights of the first layer makes the run blind to a shift of the "
    "inputs that all examples share; the scale of one of several inputs can change it.",
    assumes=(
        "gradient descent, a fully connected layer that alone reads the inputs, equal starts",
        "the mean and the spread of the batch itself",
    ),
)
def _() -> Check:
    rng = np.random.default_rng(10)
    X, y = rng.standard_normal((200, 5)), rng.standard_normal(200)
    as_it_is = _first_layer(X, y)
    shifted = _first_layer(X + np.array([100.0, -50.0, 3.0, 0.0, 7.0]), y)
    scaled = _first_layer(X * np.array([1.0, 1.0, 10.0, 1.0, 1.0]), y)
    return Check(
        equal(
            "largest difference of outputs after a shift",
            theory=0.0,
            observed=float(np.abs(shifted - as_it_is).max()),
            tolerance=1e-9,
            because="rounding at inputs of 100, over 40 steps",
            matters=1e-3,
        ),
        at_least(
            "largest difference of outputs after one input is scaled tenfold",
            bound=0.1,
            observed=float(np.abs(scaled - as_it_is).max()),
            matters=4.0,
        ),
    )


@claim(
    "remedies.constant",
    "One constant subtracted from all ReLU activations removes nearly all of the offset share if "
    "the data are centered, and less than three quarters of it if not.",
    kind="measured",
    assumes=(
        "24 ReLU units, independent weights N(0, 4/64), biases 0, on 2000 examples of 64 "
        "independent fair bits, 0 or 1",
        "the constant is 1/√(2π)",
    ),
)
def _(seed: int) -> Check:
    one = layer("relu", seed=seed)
    raw, centered = one.activations(), one.activations(center(one.inputs))
    shares = {
        "raw": offset_share(raw),
        "raw_left": offset_share(raw - _RELU.mean),
        "centered": offset_share(centered),
        "centered_left": offset_share(centered - _RELU.mean),
    }
    return Check(
        at_most(
            "offset share that is left, data centered",
            bound=0.02,
            observed=shares["centered_left"],
            matters=0.02,
        ),
        at_least(
            "offset share that is left, data not centered, over that before",
            bound=1 / 4,
            observed=shares["raw_left"] / shares["raw"],
            matters=0.6,
        ),
        numbers=shares,
    )
