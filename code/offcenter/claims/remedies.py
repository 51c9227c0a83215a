"""Claims of the chapter on remedies: what each does to one layer that reads σ activations."""

from __future__ import annotations

import numpy as np
import sympy
import z3

from offcenter.activations import ACTIVATIONS
from offcenter.claims._check import Check, at_least, at_most, equal, yes
from offcenter.claims._numbers import key_of
from offcenter.claims._record import claim
from offcenter.errors import ArrivalError
from offcenter.normal import normal_expectation
from offcenter.remedies import (
    Effect,
    center,
    effects_of_methods,
    effects_on_inputs,
    layer_norm,
    rms_norm,
)
from offcenter.remedies._layer import BITS, EXAMPLES, UNITS, layer
from offcenter.spectrum import offset_share

_SIGMOID = ACTIVATIONS["sigmoid"]
_LAYER = (
    f"a hidden layer of {UNITS} σ units, independent weights N(0, 4/{BITS}), biases 0, on "
    f"{EXAMPLES} examples of {BITS} independent fair bits, 0 or 1; behind it a linear layer with a "
    "bias and squared loss",
)
_KAPPA = "κ: largest over smallest eigenvalue of A, the second moment of the activations and a 1"
_GOAL = (
    "at the start the loss is spread evenly over the eigenvectors of the curvature, on average; "
    "steps until it is a thousandth of that"
)
_METHODS = (
    *_LAYER,
    _KAPPA,
    _GOAL,
    "each method with its best first step size and decay of a coarse grid; heavy ball and Nesterov "
    "with the momentum tuned to κ, Adam with β₁ = 0.9 and β₂ = 0.999, Muon with β = 0.95",
)

# Of a thousand layers some ten have κ so near a thousand that a method gains less.
_OTHERS = "one draw of bits, weights and start, and in the tests others: the same for most"


def _inputs(seed: int, gain: float = 1.0) -> dict[str, Effect]:
    effects = effects_on_inputs(gain=gain, seed=seed)
    return {effect.name: effect for effect in effects}


def _methods(seed: int, *, centered: bool = False, outputs: int = 25) -> dict[str, Effect]:
    effects = effects_of_methods(centered=centered, outputs=outputs, seed=seed)
    return {effect.name: effect for effect in effects}


def _steps_of(seed: int, name: str) -> int:
    """Steps of one method with one output."""
    (effect,) = effects_of_methods(outputs=1, seed=seed, methods=(name,))
    return effect.steps


def _numbers(effects: dict[str, Effect], *names: str, before: str = "") -> dict[str, float]:
    """ρ, κ and steps of the named rows of a table."""
    numbers: dict[str, float] = {}
    for name in names:
        effect, key = effects[name], before + key_of(name)
        numbers[f"{key}_share"] = effect.offset_share
        numbers[f"{key}_kappa"] = effect.kappa
        numbers[f"{key}_steps"] = effect.steps
    return numbers


@claim(
    "remedies.subtract",
    "In a layer that reads σ activations, subtracting their mean over the data lowers κ: more than "
    "fourfold in each of twenty random layers, and more than twelvefold in most.",
    kind="measured",
    assumes=(*_LAYER, _KAPPA),
    over="twenty draws of bits and weights",
)
def _(seed: int) -> Check:
    layers = [_inputs(20 * seed + k) for k in range(20)]
    rows = {
        "center-activations": "centered activations",
        "center-both": "centered data and activations",
    }
    parts = []
    for name, label in rows.items():
        factors = [effects["nothing"].kappa / effects[name].kappa for effects in layers]
        parts += [
            at_least(f"least factor by {label}", bound=4.0, observed=min(factors), matters=4.0),
            at_least(
                f"median factor by {label}",
                bound=12.0,
                observed=float(np.median(factors)),
                matters=18.0,
            ),
        ]
    norm = [effects["nothing"].kappa / effects["batch-after"].kappa for effects in layers]
    data = [effects["nothing"].kappa / effects["center-data"].kappa for effects in layers]
    return Check(
        *parts,
        numbers={"examples": EXAMPLES, "bits": BITS, "units": UNITS, "layers": len(layers)}
        | {"data_least": min(data), "data_most": max(data), "norm_least": min(norm)}
        | _numbers(_inputs(20 * seed), "nothing", "batch-after", *rows),
    )


def _share(gain: float) -> float:
    """ρ of σ behind pre-activations N(0, gain²), by quadrature: the mean is ½."""
    return 0.25 / normal_expectation(lambda z: _SIGMOID.value(gain * z) ** 2)


@claim(
    "remedies.upstream",
    "Whatever stands before σ, the share of its activations' mean square that is their mean is "
    "above that mean: above ½ where the pre-activations are spread symmetrically around 0.",
    kind="measured",
    over="all activations between 0 and 1; Gaussian pre-activations of scale 1, 2, 3 and 10",
)
def _(seed: int) -> Check:
    # E[a²] < E[a] for 0 < a < 1, so E[a]²/E[a²] > E[a].
    a, solver = z3.Real("a"), z3.Solver()
    solver.add(a > 0, a < 1, a * a >= a)
    z = sympy.Symbol("z", real=True)
    sigma = 1 / (1 + sympy.exp(-z))
    gains = (1.0, 2.0, 3.0, 10.0)
    layers = {gain: _inputs(seed, gain=gain) for gain in gains}
    return Check(
        yes("no number between 0 and 1 is below its square (z3)", solver.check() == z3.unsat),
        yes("σ(z) + σ(−z) is 1 (SymPy)", sympy.simplify(sigma + sigma.subs(z, -z)) == 1),
        *(
            equal(
                f"offset share behind centered data, scale {gain:g}",
                theory=_share(gain),
                observed=layers[gain]["center-data"].offset_share,
                tolerance=0.015,
                because="64 bits are not quite Gaussian, and 24 weight vectors differ in length",
            )
            for gain in gains
        ),
        numbers={f"x{gain:.0f}": _share(gain) for gain in gains}
        | _numbers(layers[1.0], "center-data", "mean-only-before", "batch-before"),
    )


@claim(
    "remedies.over-features",
    "Layer norm after σ leaves an eighth or more of the mean square to the mean if the data are "
    "not centered, and less than a ten-thousandth if they are; RMS norm leaves three quarters "
    "or more in both.",
    kind="measured",
    assumes=(*_LAYER, "norms without learned scale and shift"),
)
def _(seed: int) -> Check:
    effects, relu, one = _inputs(seed), layer("relu", seed=seed), layer("sigmoid", seed=seed)
    return Check(
        at_least(
            "offset share after layer norm",
            bound=1 / 8,
            observed=effects["layer-after"].offset_share,
            matters=0.325,
        ),
        at_least(
            "offset share after RMS norm",
            bound=0.75,
            observed=effects["rms-after"].offset_share,
            matters=0.2,
        ),
        at_least(
            "offset share after RMS norm, data centered",
            bound=0.75,
            observed=offset_share(rms_norm(one.activations(center(one.inputs)))),
            matters=0.15,
        ),
        at_most(
            "offset share after layer norm, data centered",
            bound=1e-4,
            observed=effects["layer-after-centered"].offset_share,
            matters=9.5e-5,
        ),
        numbers=_numbers(effects, "layer-before", "layer-after", "layer-after-centered")
        | _numbers(effects, "rms-after")
        | {
            "relu_share": offset_share(layer_norm(relu.activations())),
            "relu_centered_share": offset_share(layer_norm(relu.activations(center(relu.inputs)))),
        },
    )


@claim(
    "remedies.centralized",
    "With centered data, centralized gradients leave less than a ten-thousandth of the mean square "
    "to the mean and take at most a twentieth more steps than centering the activations instead; "
    "on raw data they leave an eighth or more.",
    kind="measured",
    assumes=(
        *_LAYER,
        _GOAL,
        "gradient descent with the step size 2/(λmax + λmin)",
        "targets that do not need the sum of the weights",
        "the mean square of what the weights learn from, the inputs less each example's mean over "
        "the features",
    ),
)
def _(seed: int) -> Check:
    effects = _inputs(seed)
    raw, with_data, best = (
        effects[name] for name in ("centralized", "centralized-centered", "center-both")
    )
    return Check(
        at_most(
            "offset share, data centered",
            bound=1e-4,
            observed=with_data.offset_share,
            matters=9.5e-5,
        ),
        at_most(
            "steps over those of centered data and activations",
            bound=1.05,
            observed=with_data.steps / best.steps,
            matters=0.2,
        ),
        at_least(
            "offset share, data not centered", bound=1 / 8, observed=raw.offset_share, matters=0.3
        ),
        numbers=_numbers(effects, "centralized", "centralized-centered"),
    )


@claim(
    "remedies.layer-norm-sum",
    "Layer norm before σ makes the sum of the activations almost the same for all examples, so "
    "that this sum is a second bias, and κ grows more than fourfold.",
    kind="measured",
    assumes=(*_LAYER, _KAPPA, "no learned scale and shift"),
)
def _(seed: int) -> Check:
    z = layer("sigmoid", seed=seed).pre_activations()
    before, after = (
        float(np.std(sums) / np.mean(sums))
        for sums in (_SIGMOID.value(values).sum(axis=1) for values in (z, layer_norm(z)))
    )
    effects = _inputs(seed)
    return Check(
        at_least(
            "spread of the sum before layer norm, over that after",
            bound=4.0,
            observed=before / after,
            matters=10.0,
        ),
        at_most(
            "spread of the sum after layer norm, over its mean",
            bound=0.03,
            observed=after,
            matters=0.025,
        ),
        at_least(
            "κ with layer norm before σ, over κ as it is",
            bound=4.0,
            observed=effects["layer-before"].kappa / effects["nothing"].kappa,
            matters=30.0,
        ),
        numbers={"spread_before": before, "spread_after": after},
    )


@claim(
    "remedies.momentum",
    "Behind one random layer of σ units, heavy ball and Nesterov take less than an eighth of the "
    "steps of gradient descent, at the same κ.",
    kind="measured",
    assumes=(*_METHODS, "25 outputs"),
    over=_OTHERS,
)
def _(seed: int) -> Check:
    effects, centered = _methods(seed), _methods(seed, centered=True)
    names = ("gradient-descent", "heavy-ball", "nesterov")
    return Check(
        *(
            at_most(
                f"steps of {label}, over those of gradient descent",
                bound=1 / 8,
                observed=effects[name].steps / effects["gradient-descent"].steps,
                matters=0.085,
            )
            for name, label in (("heavy-ball", "the heavy ball"), ("nesterov", "Nesterov"))
        ),
        numbers=_numbers(effects, *names) | _numbers(centered, *names, before="centered_"),
    )


@claim(
    "remedies.adam",
    "Behind one random layer of σ units Adam's scaling does not lower κ, Adam takes at least twice "
    "the steps of momentum (the heavy ball), and centering data and activations cuts Adam's steps "
    "to at most a quarter.",
    kind="measured",
    assumes=(
        *_LAYER,
        _KAPPA,
        "Adam's scaling: A_ij over the fourth root of A_ii·A_jj",
        "centered: less the mean over the examples",
        _GOAL,
        "each method with its best first step size and decay of a coarse grid; momentum tuned to "
        "κ, Adam with β₁ = 0.9 and β₂ = 0.999",
        "25 outputs",
    ),
    over=_OTHERS,
)
def _(seed: int) -> Check:
    effects, centered = _methods(seed), _methods(seed, centered=True)
    adam, ball = effects["adam"], effects["heavy-ball"]
    return Check(
        at_least(
            "κ as Adam sees it, over κ", bound=1.0, observed=adam.kappa / ball.kappa, matters=0.5
        ),
        at_least(
            "steps of Adam, over those of the heavy ball",
            bound=2.0,
            observed=adam.steps / ball.steps,
            matters=1.7,
        ),
        at_least(
            "steps of Adam, over those with centering",
            bound=4.0,
            observed=adam.steps / centered["adam"].steps,
            matters=10.5,
        ),
        numbers=_numbers(effects, "adam")
        | {"gain": adam.steps / centered["adam"].steps}
        | _numbers(centered, "adam", before="centered_"),
    )


@claim(
    "remedies.orthogonalized",
    "Behind one random layer of σ units, with as many outputs as inputs, counting the bias, "
    "orthogonalized steps need less than a third of the heavy ball's, Muon less than three "
    "quarters, and centering data and activations saves steps in both.",
    kind="measured",
    assumes=_METHODS,
    over=_OTHERS,
)
def _(seed: int) -> Check:
    effects, centered = _methods(seed), _methods(seed, centered=True)
    ten, ball = _methods(seed, outputs=10), effects["heavy-ball"]
    names = ("orthogonalized", "muon")
    return Check(
        at_most(
            "orthogonalized steps, over those of the heavy ball",
            bound=1 / 3,
            observed=effects["orthogonalized"].steps / ball.steps,
            matters=0.2,
        ),
        at_most(
            "steps of Muon, over those of the heavy ball",
            bound=0.75,
            observed=effects["muon"].steps / ball.steps,
            matters=0.45,
        ),
        *(
            at_most(
                f"steps of {label} with centering, over those without",
                bound=0.9,
                observed=centered[name].steps / effects[name].steps,
                matters=0.51,
            )
            for name, label in (("orthogonalized", "the orthogonalized kind"), ("muon", "Muon"))
        ),
        numbers=_numbers(effects, *names)
        | _numbers(centered, *names, before="centered_")
        | {"ten_outputs": ten["orthogonalized"].steps, "ten_ball": ten["heavy-ball"].steps},
    )


@claim(
    "remedies.one-output",
    "With one output orthogonalized steps are gradients at a set length, and most layers need over "
    "one and a half times the steps that they need with as many outputs as inputs and bias.",
    kind="measured",
    assumes=(*_METHODS, "a run that does not arrive in 500 steps counts as endless"),
    over="five draws of bits, weights and start",
)
def _(seed: int) -> Check:
    layers, ratios, arrived = range(5 * seed, 5 * seed + 5), [], []
    for k in layers:
        wide = _methods(k)["orthogonalized"].steps
        try:
            one = _steps_of(k, "orthogonalized")
        except ArrivalError:
            ratios.append(np.inf)
        else:
            ratios.append(one / wide)
            arrived.append(k)
    against_ball = [_steps_of(k, "orthogonalized") / _steps_of(k, "heavy-ball") for k in arrived]
    return Check(
        at_least(
            "median of the steps with one output, over those with 25",
            bound=1.5,
            observed=float(np.median(ratios)),
            matters=2.0,
        ),
        numbers={
            "layers": len(layers),
            "steps": _steps_of(arrived[0], "orthogonalized"),
            "ball": _steps_of(arrived[0], "heavy-ball"),
            "muon": _steps_of(arrived[0], "muon"),
            "least_against_ball": min(against_ball),
            "most_against_ball": max(against_ball),
        },
    )
