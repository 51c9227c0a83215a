"""Claims of the chapter on real networks: how many steps training takes."""

import numpy as np

from offcenter.claims._record import Check, claim
from offcenter.experiment import SETUPS, TARGET, best_run, layers, run
from offcenter.network import LayerStatistics

# Each pair: the off-center way and the centered one.
_PAIRS = (
    ("sigmoid-raw", "sigmoid-centered"),
    ("sigmoid-raw", "shifted-raw"),
    ("shifted-raw", "shifted-centered"),
    ("tanh-raw", "tanh-centered"),
    ("relu-raw", "relu-centered"),
)


def _key(name: str) -> str:
    return name.replace("-", "_")


@claim(
    "networks.steps",
    "On the digits, with the best step size for each, centering the activations or the pixels "
    "takes fewer steps to the same training loss.",
)
def _() -> Check:
    steps = {name: best_run(name).training.steps for name in SETUPS}
    ratio = steps["sigmoid-raw"] / steps["shifted-centered"]
    return Check(
        expected=[1.05] * len(_PAIRS) + [3.0],
        observed=[steps[before] / steps[after] for before, after in _PAIRS] + [ratio],
        tolerance=0.0,
        reason="the ratio of two counts must be above one; both kinds of centering together "
        "must give more than step sizes of powers of two can hide",
        relation="at least",
        numbers={
            "target": TARGET,
            "ratio": ratio,
            "tanh_ratio": steps["tanh-raw"] / steps["tanh-centered"],
            "relu_ratio": steps["relu-raw"] / steps["relu-centered"],
            **{_key(name): count for name, count in steps.items()},
            **{f"size_{_key(name)}": best_run(name).step_size for name in SETUPS},
        },
    )


@claim(
    "networks.step-size",
    "At one and the same small step size σ on raw pixels and σ − ½ on centered pixels take "
    "almost equally many steps: what centering buys is a larger step.",
)
def _() -> Check:
    raw, centered = (run(name, 1.0).training for name in ("sigmoid-raw", "shifted-centered"))
    sizes = [best_run(name).step_size for name in ("sigmoid-raw", "shifted-centered")]
    return Check(
        expected=1.0,
        observed=raw.steps / centered.steps,
        tolerance=0.1,
        reason="equal up to a tenth, where the best step sizes differ by a factor",
        numbers={
            "raw": raw.steps,
            "centered": centered.steps,
            "size": 1.0,
            "factor": sizes[1] / sizes[0],
        },
    )


@claim(
    "networks.accuracy",
    "At the same training loss, centered and off-center networks name the test digits equally "
    "well, within three percentage points.",
)
def _() -> Check:
    accuracies = {name: best_run(name).test_accuracy for name in SETUPS}
    least, most = min(accuracies.values()), max(accuracies.values())
    return Check(
        expected=0.0,
        observed=most - least,
        tolerance=0.03,
        reason="four standard errors of an accuracy of 0.95 on 1297 examples, rounded up",
        relation="at most",
        numbers={
            "least": 100 * least,
            "most": 100 * most,
            **{_key(name): 100 * value for name, value in accuracies.items()},
        },
    )


def _by_layer(name: str) -> dict[str, float]:
    """Return what the table of the page shows of the hidden layers of one setup.

    A condition number that is infinite, for a unit is silent, is left out.
    """
    numbers = {}
    for state, trained in (("before", False), ("after", True)):
        for number, layer in enumerate(layers(name, trained=trained)[1:], start=1):
            numbers[f"{_key(name)}_share_{state}_{number}"] = layer.offset_share
            numbers[f"{_key(name)}_m_{state}_{number}"] = layer.condition_number
            numbers[f"{_key(name)}_a_{state}_{number}"] = layer.condition_number_with_bias
    return {key: value for key, value in numbers.items() if np.isfinite(value)}


def _silent(layer: LayerStatistics) -> int:
    """Return how many inputs of a layer are 0 in every example."""
    return int((np.diag(layer.second_moment) == 0).sum())


@claim(
    "networks.after-training",
    "Training changes the offset shares: in the σ network that of each hidden layer falls, and "
    "the last one, which was the largest, becomes the smallest.",
)
def _() -> Check:
    before, after = (
        [layer.offset_share for layer in layers("sigmoid-raw", trained=trained)[1:]]
        for trained in (False, True)
    )
    return Check(
        expected=[0.0] * 5,
        observed=[
            *(a - b for a, b in zip(after, before, strict=True)),
            max(before) - before[-1],
            after[-1] - min(after),
        ],
        tolerance=0.0,
        reason="signs of differences",
        relation="at most",
        numbers={
            **_by_layer("sigmoid-raw"),
            **_by_layer("shifted-centered"),
            **_by_layer("relu-raw"),
            "pixels": layers("sigmoid-raw", trained=False)[0].offset_share,
            "relu_silent": sum(map(_silent, layers("relu-raw", trained=True)[1:])),
        },
    )


@claim(
    "networks.condition-after",
    "After training, too, each hidden layer of the σ network has a condition number of A several "
    "times that of the σ − ½ network on centered pixels.",
)
def _() -> Check:
    ratios = [
        off.condition_number_with_bias / centered.condition_number_with_bias
        for off, centered in zip(
            layers("sigmoid-raw", trained=True)[1:],
            layers("shifted-centered", trained=True)[1:],
            strict=True,
        )
    ]
    return Check(
        expected=[3.0] * len(ratios),
        observed=ratios,
        tolerance=0.0,
        reason="a measurement of one pair of networks; three is several",
        relation="at least",
        numbers={"least": min(ratios), "most": max(ratios)},
    )
