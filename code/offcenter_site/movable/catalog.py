"""Which figures can be moved, and by which controls; defaults and presets are the library's.

It imports what draws, and most builds write no page with such a figure: so use `movable.movables`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from offcenter.activations import ACTIVATIONS
from offcenter.batches import SIZES
from offcenter.descent import PRESETS, Setting
from offcenter.descent import _plane as _plane_module
from offcenter.experiment import LOSSES, goals
from offcenter.figures._marks import as_seen, in_words
from offcenter.figures.batches import NOISE, agreements, regime_curves
from offcenter.figures.fisher_paths import (
    RINGS,
    SHIFTS,
    STARTS,
    STEP_SIZES,
    STEPS,
    rings,
    sample,
    two_paths,
)
from offcenter.figures.networks_pace import GOALS, stride_data
from offcenter.figures.opening import GOAL as OPENING_GOAL
from offcenter.figures.opening import opening
from offcenter.figures.signs import neuron
from offcenter.figures.today_spectrum import directions, spectrum_data
from offcenter.spectrum import iid_condition_number, iid_eigenvalues
from offcenter_site.movable.controls import (
    Button,
    Choice,
    Coordinate,
    Movable,
    Question,
    Range,
    State,
    Switch,
    text_of,
)


def library() -> Mapping[str, object]:
    """Return the constants that the scripts have from the library."""
    selu = ACTIVATIONS["selu"].value
    scale = float(selu(1.0))
    return {
        "selu": {"scale": scale, "alpha": -float(selu(-800.0)) / scale},
        "plane": {name: getattr(_plane_module, name) for name in _PLANE},
        "opening": {"GOAL": OPENING_GOAL},
        "names": {name: words for name, words in _names.items() if name != words},
    }


_PLANE = ("VARIANCE", "GOAL", "STEPS", "ESCAPED", "CONTOURS")


def _plane_state(setting: Setting) -> dict[str, float]:
    x, y = setting.start
    return {
        "mean": setting.mean,
        "step": setting.step_size,
        "momentum": setting.momentum,
        "x": x,
        "y": y,
    }


_plane = _plane_state(PRESETS["zig-zag and fast"])

_ZIGZAG = Movable(
    "zigzag",
    "the path of gradient descent for two inputs",
    "Drag the start, or push the step size up to 2 and beyond.",
    (
        Range("mean", 0, 1, 0.01, _plane["mean"], "mean m of each"),
        Range("step", 0.05, 2.5, 0.01, _plane["step"], "step size in 1/λmax"),
        Range("momentum", 0, 0.95, 0.01, _plane["momentum"], "momentum β"),
        Coordinate("x", -1.2, 1.2, 0.05, _plane["x"]),
        Coordinate("y", -1.2, 1.2, 0.05, _plane["y"]),
    ),
    tuple(Button(name, _plane_state(setting)) for name, setting in PRESETS.items()),
    grabs=True,
    parts=("plane",),
    plays=True,
    question=Question(
        "One path in this bowl, with the step size 1.75/λmax, turns back at almost every step; "
        "λmax is the curvature of the steepest direction. Another, from the same start, with "
        "1/λmax, never turns back. Which arrives first?",
        "The one that turns back. Its step is longer, and what takes long is the flat way, along "
        "which both go straight.",
        ("The one that turns back", "The one that never turns back"),
        race=_plane_state(PRESETS["straight and slow"]),
    ),
)

_OPENING = Movable(
    "opening",
    "a bowl, and the steps to its bottom",
    "Pull the mean toward 0: the bowl gets round, and the steps fall.",
    (Range("mean", 0, 1, 0.01, opening().mean, "mean of the inputs"),),
    (Button("centered", {"mean": 0.0}),),
    parts=("plane",),
    plays=True,
    scrubs=False,
)


_neuron = neuron()

_SIGNS = Movable(
    "signs",
    "the gradients of one unit with two inputs",
    "Drag an input out of the gray quadrant, or turn an error negative.",
    (
        *(
            Coordinate(f"{axis}{k}", -2, 2, 0.05, value)
            for k, point in enumerate(_neuron.inputs.tolist(), 1)
            for axis, value in zip("xy", point, strict=True)
        ),
        *(
            Range(f"d{k}", -1, 1, 0.05, delta, f"error δ of example {k}")
            for k, delta in enumerate(_neuron.deltas.tolist(), 1)
        ),
        Choice(
            "show",
            "batch",
            "gradient of",
            {"1": "example 1", "2": "example 2", "3": "example 3", "batch": "the batch"},
        ),
        Switch("flip", False, "flip the sign of input 2"),
    ),
    (
        Button("positive error", {"show": "1"}),
        Button("negative error", {"show": "2"}),
        Button("batch", {"show": "batch"}),
        Button("flipped", {"flip": True}),
    ),
    parts=("arrow",),
    grabs=True,
)


def _moments(name: str) -> State:
    activation = ACTIVATIONS[name]
    # As many digits as an address gets.
    return {key: float(text_of(getattr(activation, key))) for key in ("mean", "variance")}


def _grown(mean: float) -> float:
    """Return by how much the mean raises the largest eigenvalue of the printed spectrum."""
    top = [iid_eigenvalues(100, m, 0.25).max() for m in (0.0, mean)]
    return round(float(top[1] - top[0]), 6)


_sizes = (2, 5, 10, 20, 50, 100, 200, 500, 1000)

_CENTERING = Movable(
    "centering",
    "the eigenvalues of the second moment",
    "Drag the dot: one eigenvalue climbs with the mean.",
    (
        Range("n", 2, 1000, 1, 100, "number n of inputs", _sizes),
        Range("mean", 0, 1, 0.01, 0.5, "mean m of each"),
        Range("variance", 0.01, 1, 0.01, 0.25, "variance v of each"),
        Switch("bias", False, "with a bias"),
    ),
    (
        Button("sigmoid", _moments("sigmoid")),
        Button("ReLU", _moments("relu")),
        Button("center", {"mean": 0.0}, keep=True),
    ),
    parts=("logistic", "math", "arrow"),
    grabs=True,
    question=Question(
        "All eigenvalues are ¼ at mean 0. How large does the largest become as the mean of each of "
        "100 inputs grows to 1?",
        f"It grows by n times the mean squared: by {_grown(0.5):g} at mean ½, by {_grown(1.0):g} "
        "at mean 1. All others stay where they were.",
    ),
)

_names = {name: in_words(name) for name in ACTIVATIONS}


def _kappa(name: str) -> str:
    """Return κ of 100 independent outputs, as it is told."""
    activation = ACTIVATIONS[name]
    return f"{iid_condition_number(100, activation.mean, activation.variance):.3g}"


def _away(name: str) -> str:
    """Return how many standard deviations a mean is from 0."""
    activation = ACTIVATIONS[name]
    return f"{abs(activation.mean) / math.sqrt(activation.variance):.2g}"


def _centered(name: str) -> State:
    return {"name": name, "shift": float(text_of(ACTIVATIONS[name].mean))}


_ACTIVATION = Movable(
    "activation",
    "the distribution of an activation",
    "Drag the mean to 0, and watch what is left of κ.",
    (
        Choice("name", "relu", "activation", _names),
        Range("shift", -1, 1, 0.01, 0.0, "shift c, subtracted"),
        Range("n", 2, 1000, 1, 100, "number n of inputs", _sizes),
    ),
    (
        Button("sigmoid", {"name": "sigmoid"}),
        Button("sigmoid − ½", {"name": "sigmoid", "shift": 0.5}),
        Button("tanh", {"name": "tanh"}),
        Button("centered ReLU", _centered("relu")),
    ),
    parts=("logistic", "math", "names"),
    grabs=True,
    question=Question(
        "100 inputs are independent outputs of one activation, for standard normal numbers. "
        "Sigmoid outputs lie between 0 and 1, ReLU outputs grow without bound. Without a bias "
        "input, which have the larger κ?",
        f"Sigmoid outputs, {_kappa('sigmoid')} against {_kappa('relu')}: what counts is how far "
        f"the mean is from 0 in units of the spread, {_away('sigmoid')} against {_away('relu')}.",
        ("Sigmoid outputs", "ReLU outputs"),
        race={"name": "sigmoid"},
    ),
    long=True,
)


# Of a share: it is told in percent with one digit, and drawn less exactly.
_DIGITS = 3


def _estimates() -> object:
    """Return the curves of the printed figure, for every activation."""
    record = agreements(names=tuple(ACTIVATIONS))
    return {
        "sizes": list(SIZES),
        "shares": {curve.name: curve.share.round(_DIGITS).tolist() for curve in record.curves},
        "printed": [curve.name for curve in agreements(trials=2).curves],
    }


_BATCHES = Movable(
    "batches",
    "how often two entries of a batch gradient agree in sign",
    "Drag the dot along the batch sizes, or choose other inputs.",
    (
        Choice("name", "relu", "activation of the inputs", _names),
        Range("size", 1, 256, 1, 4, "batch size B", SIZES),
    ),
    tuple(
        Button(_names[name], {"name": name})
        for name in ("sigmoid", "softplus", "relu", "gelu", "tanh")
    ),
    parts=("logistic", "math", "names"),
    grabs=True,
    data=_estimates,
    question=Question(
        "The inputs are ReLU outputs, the errors Gaussian noise. How often do two entries of the "
        "gradient agree in sign as the batch grows, if one that is 0 agrees with any other?",
        "Less and less often, but down to a plateau, not to one half: the mean of the inputs "
        "keeps them together.",
    ),
    long=True,
)


_LAWS = {"gaussian": "Gaussian", "signs": "−1 or 1", "rare": "rare and large"}
_MEASURED = ("sigmoid", "relu")
_NOISES = (0.1, 1.0, NOISE, 30.0, 90.0)


def _regimes() -> object:
    """Return the curves of the printed figure, and those of other noise and inputs."""
    found = {
        name: [regime_curves(activation=name, noise_to_signal=noise).curves for noise in _NOISES]
        for name in _MEASURED
    }
    first = found[_MEASURED[0]][0][0]
    return {
        "n": first.n,
        "sizes": first.batch_sizes.tolist(),
        "noises": _NOISES,
        # By activation, law and noise.
        "shares": {
            name: {
                law: [curves[place].share.round(_DIGITS).tolist() for curves in of_noise]
                for place, law in enumerate(_LAWS)
            }
            for name, of_noise in found.items()
        },
    }


_REGIMES = Movable(
    "regimes",
    "the three regimes of a batch",
    "Drag the dot through the three regimes, or change the noise.",
    (
        Range("size", 1, 8192, 1, 16, "batch size B", tuple(2**k for k in range(14))),
        Range("noise", 0.1, 90, 0.1, NOISE, "noise over signal ν", _NOISES),
        Choice("law", "gaussian", "law of the noise", _LAWS),
        Choice("name", "sigmoid", "activation of the inputs", {n: _names[n] for n in _MEASURED}),
    ),
    (
        Button("single", {"size": 1}),
        Button("noise", {"size": 8}),
        Button("signal", {"size": 8192}),
        Button("near the end", {"size": 512, "noise": 90.0}),
    ),
    grabs=True,
    parts=("logistic", "math"),
    data=_regimes,
)


# Where the language model was read, in as few words as a phone has room for.
_READ = {
    "stream 5": "stream before block 5",
    "reads 5": "attention of block 5",
    "stream 15": "stream before block 15",
    "reads 15": "attention of block 15",
    "stream middle": "stream inside block 15",
    "reads middle": "feed-forward of block 15",
    "product": "SwiGLU of block 15",
    "stream 30": "stream after the last block",
    "reads 30": "output layer",
}


def _moments_of_places() -> object:
    """Return at every place where the language model was read its variances and its mean."""
    records = {name: directions(place=name) for name in _READ}
    return {
        name: {
            "label": record.label,
            "variances": record.variances.tolist(),
            "squares": record.squares.tolist(),
        }
        for name, record in records.items()
    }


def _without_the_mean() -> str:
    """Return which part of the largest eigenvalue is left once the mean is subtracted."""
    record = spectrum_data(mean=1.0)
    return f"{record.centered[0] / record.raw[0]:.0%}"


_SPECTRUM = Movable(
    "spectrum",
    "the eigenvalues of what a language model's layers read",
    "Pull the first bar down: you subtract the mean.",
    (
        Range("mean", 0, 1, 0.01, spectrum_data().mean, "part of the mean kept"),
        Choice("place", "reads 15", "what is read", _READ),
    ),
    (
        Button("with the mean", {"mean": 1.0}, keep=True),
        Button("mean subtracted", {"mean": 0.0}, keep=True),
        Button("SwiGLU", {"place": "product"}, keep=True),
        Button("residual stream", {"place": "stream 15"}, keep=True),
    ),
    grabs=True,
    data=_moments_of_places,
    question=Question(
        "What the attention of block 15 reads is not positive, and yet it has a mean. How much of "
        "the largest eigenvalue of its second moments goes if that mean is subtracted?",
        f"Most of it: {_without_the_mean()} is left. It takes no positive numbers to have a large "
        "mean.",
        ("A small part", "Most of it"),
    ),
    long=True,
)


def _unit() -> object:
    """Return the data, the step sizes and the contours of the printed figure."""
    inputs, labels = sample()
    minimum, axes, angle = rings()
    return {
        "inputs": inputs[:, 0].tolist(),
        "labels": [int(label) for label in labels],
        "etas": STEP_SIZES,
        "steps": STEPS,
        "minimum": minimum.round(3).tolist(),
        "axes": axes.round(3).tolist(),
        "angle": round(angle, 1),
        "rings": RINGS,
    }


_paths = two_paths()
_weight, _output = (float(value) for value in _paths.functions("gradient", shifted=False)[0])

_FISHER = Movable(
    "fisher",
    "two methods on one logistic unit whose input is shifted",
    "Shift the input, or drag the start: where do the two paths part?",
    (
        Range("x", *SHIFTS, 0.1, _paths.shift, "shift of the input"),
        Range("y", *STARTS, 0.05, _output, "s at the start"),
        Coordinate("w", *STARTS, 0.05, _weight),
        Switch("bias", True, "with a bias"),
    ),
    (
        Button("shifted", {"x": _paths.shift}),
        Button("centered", {"x": 0.0}),
        Button("shifted, no bias", {"bias": False}),
    ),
    grabs=True,
    plays=True,
    races=False,
    data=_unit,
    question=Question(
        "A logistic unit with a bias starts as one function, once with its input centered, once "
        "with it shifted. Which method then takes two paths?",
        "Plain gradient descent. To the natural gradient a shift is a change of coordinates, and "
        "it takes one path.",
        ("Plain gradient descent", "The natural gradient"),
        race={},
    ),
    long=True,
)

_WRITTEN = {"sigmoid": "σ", "tanh": "tanh", "relu": "ReLU"}


def _strides() -> object:
    """Return the roads of the printed figure and of the other activations, to more goals."""
    return {"goals": GOALS, "losses": LOSSES, "ways": {name: _ways(name) for name in _WRITTEN}}


def _ways(activation: str) -> list[dict[str, object]]:
    record = stride_data(activation=activation)
    return [
        {
            "label": label.replace(" pixels", ""),
            "times": times.tolist(),
            "strides": strides.tolist(),
            "ends": as_seen(to.times).tolist(),
            "counts": to.steps.tolist(),
        }
        for label, times, strides, to in zip(
            record.labels, record.times, record.strides, map(goals, record.names), strict=True
        )
    ]


_STRIDE = Movable(
    "stride",
    "one network written in several ways, each walking its road",
    "Drag the goal nearer, or play.",
    (
        Choice("name", "sigmoid", "activation", _WRITTEN),
        Range("goal", min(LOSSES), max(LOSSES), 0.01, GOALS[-1], "loss at the goal", LOSSES[::-1]),
    ),
    data=_strides,
    grabs=True,
    plays=True,
    races=False,
    question=Question(
        "One network, written in several ways that are the same function at the start. Gradient "
        "flow takes each to the same loss. Why does centering need fewer steps: is its road "
        "shorter, or its stride longer?",
        "Its stride is longer. For σ and tanh the road is as long, to a few percent; for ReLU it "
        "is even longer.",
        ("The road is shorter", "The stride is longer"),
        race={},
    ),
    long=True,
)

_ALL = (
    _OPENING,
    _SIGNS,
    _ZIGZAG,
    _CENTERING,
    _ACTIVATION,
    _BATCHES,
    _REGIMES,
    _FISHER,
    _SPECTRUM,
    _STRIDE,
)

MOVABLES: Mapping[str, Movable] = MappingProxyType({figure.name: figure for figure in _ALL})
