"""Claims of the chapter on today's networks: the optimizers of today on the digits."""

from __future__ import annotations

import numpy as np

from offcenter.claims._record import Check, at_most, claim, equal
from offcenter.today import optimizer_race

_SEEDS = 10
_OVER = "500 digits, three hidden layers of 64, full batch, ten seeds, best of a grid of steps"
_METHODS = ("gradient", "centralized", "momentum", "adamw", "shampoo", "muon")


def _fewest(name: str, writing: str, seed: int) -> np.ndarray:
    seeds = tuple(range(_SEEDS * seed, _SEEDS * (seed + 1)))
    return optimizer_race(name, writing, seeds).fewest


@claim(
    "today.optimizers",
    "Gradient descent, also with centralized gradients, momentum, AdamW, Shampoo and Muon each "
    "need at most two thirds of the steps when the same function is written with centered pixels "
    "and activations.",
    kind="measured",
    assumes=("σ on raw pixels against σ − ½ on centered pixels", "steps to a training loss of .1"),
    over=_OVER,
)
def _(seed: int) -> Check:
    worst, numbers = [], {}
    for name in _METHODS:
        raw, centered = (_fewest(name, writing, seed) for writing in ("raw", "centered"))
        worst.append(float((centered / raw).max()))
        for writing, steps in (("raw", raw), ("centered", centered)):
            numbers |= {
                f"{name}_{writing}": float(np.median(steps)),
                f"{name}_{writing}_least": int(steps.min()),
                f"{name}_{writing}_most": int(steps.max()),
            }
        numbers[f"{name}_gain"] = float(np.median(raw / centered))
    return Check(
        at_most(
            "largest ratio, all methods and seeds", bound=2 / 3, observed=max(worst), matters=0.2
        ),
        numbers=numbers | {"seeds": _SEEDS},
    )


@claim(
    "today.soap",
    "SOAP needs fewer steps in the median, too, when the same function is written with centered "
    "pixels and activations.",
    kind="measured",
    assumes=("σ on raw pixels against σ − ½ on centered pixels", "steps to a training loss of .1"),
    over=_OVER,
)
def _(seed: int) -> Check:
    raw, centered = (_fewest("soap", writing, seed) for writing in ("raw", "centered"))
    numbers: dict[str, float] = {"gains": int((centered < raw).sum())}
    for writing, steps in (("raw", raw), ("centered", centered)):
        numbers |= {
            writing: float(np.median(steps)),
            f"{writing}_least": int(steps.min()),
            f"{writing}_most": int(steps.max()),
        }
    return Check(
        at_most(
            "median ratio of steps, centered to raw",
            bound=0.8,
            observed=float(np.median(centered / raw)),
            matters=0.25,
        ),
        numbers=numbers,
    )


@claim(
    "today.centralized",
    "Subtracting from each unit's gradient its mean over the inputs more than halves the steps of "
    "gradient descent on the raw writing, and changes little once all is centered.",
    kind="measured",
    assumes=("σ on raw pixels against σ − ½ on centered pixels", "steps to a training loss of .1"),
    over=_OVER,
)
def _(seed: int) -> Check:
    raw, centered = (
        _fewest("centralized", writing, seed) / _fewest("gradient", writing, seed)
        for writing in ("raw", "centered")
    )
    steps = [_fewest("centralized", writing, seed) for writing in ("raw", "centered")]
    return Check(
        at_most("largest ratio, raw", bound=0.5, observed=float(raw.max()), matters=0.2),
        equal(
            "median ratio, centered",
            theory=1.0,
            observed=float(np.median(centered)),
            tolerance=0.05,
            because="a step of twenty",
            matters=0.1,
        ),
        numbers={
            f"{writing}{suffix}": kind(value(found))
            for writing, found in zip(("raw", "centered"), steps, strict=True)
            for suffix, value, kind in (
                ("", np.median, float),
                ("_least", np.min, int),
                ("_most", np.max, int),
            )
        },
    )
