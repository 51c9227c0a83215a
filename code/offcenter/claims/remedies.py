"""Claims of the chapter on remedies: what removes the offset, and what does not."""

from functools import cache

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.descent import orthogonalized
from offcenter.remedies import (
    Effect,
    batch_norm,
    center,
    effects_of_methods,
    effects_on_inputs,
    layer_norm,
    rms_norm,
)
from offcenter.signs import single_signed
from offcenter.spectrum import (
    best_diagonal_condition_number,
    condition_number,
    iid_condition_number,
    iid_second_moment,
    offset_share,
    second_moment,
)

_SIGMOID, _RELU = ACTIVATIONS["sigmoid"], ACTIVATIONS["relu"]


@cache
def _inputs() -> dict[str, Effect]:
    return {effect.name: effect for effect in effects_on_inputs()}


@cache
def _methods(centered: bool = False) -> dict[str, Effect]:
    return {effect.name: effect for effect in effects_of_methods(centered=centered)}


def _numbers(effects: dict[str, Effect], *names: str) -> dict[str, float]:
    """ρ, κ and steps of the named rows of the table."""
    numbers: dict[str, float] = {}
    for name in names:
        effect, key = effects[name], name.replace("-", "_")
        numbers[f"{key}_share"] = effect.offset_share
        numbers[f"{key}_kappa"] = effect.kappa
        numbers[f"{key}_steps"] = effect.steps
    return numbers


@claim(
    "remedies.subtract",
    "In a layer that reads σ activations, subtracting their mean over the data lowers κ more than "
    "tenfold.",
)
def _() -> Check:
    effects, names = _inputs(), ("center-activations", "center-both", "batch-after")
    before = effects["nothing"].kappa
    return Check(
        expected=[10.0] * len(names),
        observed=[before / effects[name].kappa for name in names],
        tolerance=0,
        reason="the observed factors are well above",
        relation="at least",
        numbers={"examples": 2000, "bits": 64, "units": 24} | _numbers(effects, "nothing", *names),
    )


@claim(
    "remedies.upstream",
    "Whatever is centered or normalized before σ, the activations behind it keep an offset share "
    "above four fifths.",
)
def _() -> Check:
    effects, names = _inputs(), ("center-data", "mean-only-before", "batch-before")
    return Check(
        expected=[0.8] * len(names),
        observed=[effects[name].offset_share for name in names],
        tolerance=0,
        reason="the observed shares are well above",
        relation="at least",
        numbers=_numbers(effects, *names),
    )


@claim(
    "remedies.over-features",
    "Layer norm and RMS norm, which work over the features of one example, leave a third or more "
    "of the mean square to the mean.",
)
def _() -> Check:
    effects, names = _inputs(), ("layer-before", "layer-after", "rms-after")
    return Check(
        expected=[1 / 3] * len(names),
        observed=[effects[name].offset_share for name in names],
        tolerance=0,
        reason="the observed shares are well above",
        relation="at least",
        numbers=_numbers(effects, *names),
    )


@claim(
    "remedies.layer-norm-sum",
    "Layer norm before σ makes the sum of the activations almost the same for all examples, so "
    "that it doubles the bias and κ grows.",
)
def _() -> Check:
    z = np.random.default_rng(3).standard_normal((2000, 24)) + 0.3
    before, after = (
        float(np.std(sums) / np.mean(sums))
        for sums in (_SIGMOID.value(values).sum(axis=1) for values in (z, layer_norm(z)))
    )
    effects = _inputs()
    return Check(
        expected=[5.0, 10.0],
        observed=[before / after, effects["layer-before"].kappa / effects["nothing"].kappa],
        tolerance=0,
        reason="the observed factors are well above",
        relation="at least",
        numbers={"spread_before": before, "spread_after": after},
    )


@claim(
    "remedies.rms-norm-signs",
    "RMS norm divides an example by a positive number, so positive inputs stay positive and each "
    "example's gradient keeps one sign.",
)
def _() -> Check:
    rng = np.random.default_rng(4)
    x = rms_norm(_SIGMOID.value(rng.standard_normal((500, 24))))
    gradients = rng.standard_normal((500, 1)) * x
    return Check(
        expected=1.0,
        observed=float(np.mean(single_signed(gradients))),
        tolerance=0,
        reason="a share of examples, all of them",
        numbers={"examples": 500},
    )


@claim(
    "remedies.layer-norm-offset",
    "Layer norm keeps the means in which features differ: subtracting one number from all features "
    "of an example cannot remove them.",
)
def _() -> Check:
    rng = np.random.default_rng(5)
    means = np.array([0.0, 1.0, 2.0, 3.0])
    x = means + 0.1 * rng.standard_normal((1000, 4))
    centered = layer_norm(x).mean(axis=0)
    standard = (means - means.mean()) / means.std()
    return Check(
        expected=standard,
        observed=centered,
        # A unit's spread after the norm is below 0.1; 0.01 is three standard errors and more.
        tolerance=0.01,
        reason="three standard errors of a mean over 1000 examples",
        numbers={
            "share_before": offset_share(x),
            "share_after": offset_share(layer_norm(x)),
            "features": 4,
        },
    )


@claim(
    "remedies.batch-norm-before-relu",
    "Batch norm before a ReLU leaves the next layer inputs of mean 1/√(2π), if the pre-activations "
    "are Gaussian.",
)
def _() -> Check:
    count = 400_000
    z = 2 + 3 * np.random.default_rng(6).standard_normal((count, 1))
    a = _RELU.value(batch_norm(z))
    return Check(
        expected=_RELU.mean,
        observed=float(a.mean()),
        tolerance=float(4 * np.sqrt(_RELU.variance / count)),
        reason="four standard errors",
        numbers={"share": _RELU.offset_share, "examples": count},
    )


def _descend(X: np.ndarray, y: np.ndarray, *, normalize: bool) -> np.ndarray:
    """Weights and bias over 50 full-batch steps, with or without mean-only batch norm of w·x."""
    w, b, path = np.zeros(X.shape[1]), 0.0, []
    for _ in range(50):
        s = X @ w
        errors = (s - s.mean() if normalize else s) + b - y
        # Backwards through s − mean(s), the errors lose their mean in turn.
        w = w - 0.1 * (errors - errors.mean() if normalize else errors) @ X / len(X)
        b = b - 0.1 * errors.mean()
        path.append([*w, b])
    return np.array(path)


@claim(
    "remedies.mean-only",
    "For one linear layer and full batches, mean-only batch norm takes the same path as centering "
    "the inputs.",
    source="salimans2016",
)
def _() -> Check:
    rng = np.random.default_rng(7)
    X, y = rng.random((60, 5)), rng.standard_normal(60)
    normalized = _descend(X, y, normalize=True)
    centered = _descend(center(X), y, normalize=False)
    plain = _descend(X, y, normalize=False)
    return Check(
        expected=0.0,
        observed=float(np.abs(centered - normalized).max()),
        tolerance=1e-13,
        reason="rounding over 50 steps",
        numbers={"plain": float(np.abs(plain - normalized).max())},
    )


@claim(
    "remedies.errors",
    "Over a batch, centering the errors gives the gradient that centering the inputs gives: "
    "Σ(δ − δ̄)x = Σδ(x − x̄).",
    source="schraudolph1995",
)
def _() -> Check:
    rng = np.random.default_rng(8)
    X, delta = rng.random((40, 6)), rng.standard_normal(40) + 1
    return Check(
        expected=delta @ center(X),
        observed=(delta - delta.mean()) @ X,
        tolerance=1e-12,
        reason="rounding of sums of 40 products",
        numbers={"plain": float(np.abs(delta @ X).max())},
    )


@claim(
    "remedies.diagonal",
    "For independent features of one mean and one variance, no diagonal scaling lowers κ.",
)
def _() -> Check:
    M = iid_second_moment(8, _SIGMOID.mean, _SIGMOID.variance)
    rng = np.random.default_rng(9)
    best, scale, tries = np.inf, np.ones(8), 3000
    for k in range(tries):
        # From wide jumps to a fine search around the best scaling that was found.
        trial = scale * np.exp(rng.standard_normal(8) * (2.0 if k % 3 == 0 else 0.02))
        values = np.linalg.eigvalsh(M * np.outer(trial, trial))
        if values[-1] / values[0] < best:
            best, scale = values[-1] / values[0], trial
    kappa = condition_number(M)
    return Check(
        expected=kappa,
        observed=float(best),
        tolerance=1e-9 * kappa,
        reason="rounding of eigenvalues",
        relation="at least",
        numbers={"tries": tries, "features": 8, "spread": float(scale.max() / scale.min())},
    )


@claim(
    "remedies.diagonal-bias",
    "With a bias only the scale of the bias matters, and the best one leaves "
    "κ = (√(s² + nm²) + √(nm²))²/s².",
)
def _() -> Check:
    n, numbers, expected, observed = 100, {"features": 100}, [], []
    for name in ("sigmoid", "relu"):
        mean, variance = ACTIVATIONS[name].mean, ACTIVATIONS[name].variance
        M = iid_second_moment(n, mean, variance, bias=True)
        kappas = []
        for scale in np.geomspace(0.5, 20, 60):
            D = np.append(np.ones(n), scale)
            kappas.append(condition_number(M * np.outer(D, D)))
        expected.append(1.0)
        closed = best_diagonal_condition_number(n, mean, variance, bias=True)
        observed.append(min(kappas) / closed)
        numbers[f"{name}_before"] = iid_condition_number(n, mean, variance, bias=True)
        numbers[f"{name}_after"] = closed
        numbers[f"{name}_centered"] = condition_number(
            iid_second_moment(n, 0.0, variance, bias=True)
        )
    return Check(
        expected=expected,
        observed=observed,
        tolerance=5e-3,
        reason="the spacing of the grid of scales, squared",
        numbers=numbers,
    )


@claim(
    "remedies.momentum",
    "On the layer that reads σ activations, the heavy ball takes less than a tenth of the steps of "
    "gradient descent, at the same κ.",
)
def _() -> Check:
    effects = _methods()
    return Check(
        expected=0.1,
        observed=effects["heavy-ball"].steps / effects["gradient-descent"].steps,
        tolerance=0,
        reason="the observed share is well below",
        relation="at most",
        numbers=_numbers(effects, "gradient-descent", "heavy-ball", "nesterov")
        | {
            f"centered_{key}": value
            for key, value in _numbers(
                _methods(True), "gradient-descent", "heavy-ball", "nesterov"
            ).items()
        },
    )


@claim(
    "remedies.adam",
    "Adam takes more steps than the heavy ball on the layer that reads σ activations, and "
    "centering that layer makes Adam more than fivefold faster.",
)
def _() -> Check:
    effects, centered = _methods(), _methods(True)
    steps = effects["adam"].steps
    return Check(
        expected=[1.0, 5.0],
        observed=[steps / effects["heavy-ball"].steps, steps / centered["adam"].steps],
        tolerance=0,
        reason="the observed ratios are well above",
        relation="at least",
        numbers=_numbers(effects, "adam")
        | {"gain": steps / centered["adam"].steps}
        | {f"centered_{key}": value for key, value in _numbers(centered, "adam").items()},
    )


@claim(
    "remedies.kronecker",
    "With the inverse second moment as preconditioner, one step solves the layer, centered or not.",
)
def _() -> Check:
    effects, centered = _methods()["kronecker"], _methods(True)["kronecker"]
    return Check(
        expected=[1, 1, 1.0, 1.0],
        observed=[effects.steps, centered.steps, effects.kappa, centered.kappa],
        tolerance=1e-8,
        reason="rounding of an inverse, times κ",
        numbers=_numbers({"kronecker": effects}, "kronecker")
        | {"centered_kronecker_steps": centered.steps},
    )


@claim(
    "remedies.orthogonalized",
    "With as many outputs as inputs, the orthogonalized update has equal singular values, and "
    "takes less than a fifth of the heavy ball's steps.",
)
def _() -> Check:
    effects = _methods()
    update, ball = effects["orthogonalized"], effects["heavy-ball"]
    return Check(
        expected=[1 + 1e-9, 0.2],
        observed=[update.kappa, update.steps / ball.steps],
        tolerance=0,
        reason="rounding is far below 1e-9, the share well below a fifth",
        relation="at most",
        numbers=_numbers(effects, "orthogonalized")
        | {"centered_orthogonalized_steps": _methods(True)["orthogonalized"].steps},
    )


@claim(
    "remedies.one-output",
    "With one output the orthogonalized update is the gradient scaled to length one.",
)
def _() -> Check:
    rng = np.random.default_rng(10)
    inputs = rng.standard_normal((80, 24))
    path = orthogonalized(
        second_moment(inputs), rng.standard_normal((24, 1)), step_size=1.0, steps=1
    )
    gradient, update = path.gradients[0], path.points[0] - path.points[1]
    length = float(np.linalg.norm(update))
    cosine = float(np.vdot(update, gradient) / np.linalg.norm(gradient) / length)
    return Check(
        expected=[1.0, 1.0],
        observed=[length, cosine],
        tolerance=1e-14,
        reason="rounding of a singular value decomposition",
    )
