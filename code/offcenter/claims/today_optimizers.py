"""Claims of the chapter on today's networks: the optimizers of today on the digits."""

from __future__ import annotations

import numpy as np

from offcenter.claims._digits import DRAWN
from offcenter.claims._numbers import ranged
from offcenter.claims._record import Check, Part, at_most, claim, equal, yes
from offcenter.today import OptimizerRace, optimizer_race

_SEEDS = 10
_OVER = "500 digits, three hidden layers of 64, full batch, ten seeds, best of a grid of steps"
_WRITTEN = (
    "digits, three hidden layers of 64 units; σ on raw pixels against σ − ½ on centered pixels",
    "full batches, to a training loss of .1; the best step size for each, of powers of two; a run "
    "is dropped once its loss exceeds thrice the largest that the runs had at an earlier step",
    DRAWN,
)
_NO_SUMS = "standardized weights start with each unit's mean weight removed"
_METHODS = ("gradient", "centralized", "standardized", "momentum", "adamw", "shampoo", "muon")


def _race(name: str, writing: str, seed: int) -> OptimizerRace:
    return optimizer_race(name, writing, tuple(range(_SEEDS * seed, _SEEDS * (seed + 1))))


def _fewest(name: str, writing: str, seed: int) -> np.ndarray:
    return _race(name, writing, seed).fewest


@claim(
    "today.optimizers",
    "Gradient descent, also with centralized gradients or standardized weights, momentum, AdamW, "
    "Shampoo and Muon each need at most two thirds of the steps when the same function is written "
    "with centered pixels and activations.",
    kind="measured",
    assumes=(*_WRITTEN, _NO_SUMS),
    over=_OVER,
)
def _(seed: int) -> Check:
    worst, inside, gains, numbers = [], [], [], {}
    for name in _METHODS:
        races = [_race(name, writing, seed) for writing in ("raw", "centered")]
        raw, centered = (race.fewest for race in races)
        worst.append(float((centered / raw).max()))
        # At an edge a better step size may lie beyond; for the slower writing that would count.
        inside.append(races[0].inside)
        numbers |= ranged(f"{name}_raw", raw) | ranged(f"{name}_centered", centered)
        gains.append(float(np.median(raw / centered)))
    return Check(
        at_most(
            "largest ratio, all methods and seeds", bound=2 / 3, observed=max(worst), matters=0.2
        ),
        yes("every best step size of the raw writing lies inside the grid", bool(np.all(inside))),
        numbers=numbers | {"seeds": _SEEDS, "gain_least": min(gains), "gain_most": max(gains)},
    )


@claim(
    "today.soap",
    "On the digits SOAP needs fewer steps in the median, too, when the same function is written "
    "with centered pixels and activations.",
    kind="measured",
    assumes=_WRITTEN,
    over=_OVER,
)
def _(seed: int) -> Check:
    raw, centered = (_fewest("soap", writing, seed) for writing in ("raw", "centered"))
    return Check(
        at_most(
            "median ratio of steps, centered to raw",
            bound=0.8,
            observed=float(np.median(centered / raw)),
            # Rounding decides much here: other machines give other steps.
            matters=0.35,
        ),
        numbers=ranged("raw", raw)
        | ranged("centered", centered)
        | {"gains": int((centered < raw).sum()), "gain": float(np.median(raw / centered))},
    )


def _against_gradient(name: str, writing: str, seed: int) -> np.ndarray:
    """Return the steps of a method over those of gradient descent, a seed an entry."""
    return _fewest(name, writing, seed) / _fewest("gradient", writing, seed)


def _once_centered(name: str, seed: int, *, tolerance: float, because: str) -> Part:
    return equal(
        "median ratio, centered",
        theory=1.0,
        observed=float(np.median(_against_gradient(name, "centered", seed))),
        tolerance=tolerance,
        because=because,
        matters=2 * tolerance,
    )


@claim(
    "today.centralized",
    "Subtracting from each unit's gradient its mean over the inputs more than halves the steps of "
    "gradient descent on the raw writing, and changes little once all is centered.",
    kind="measured",
    assumes=(*_WRITTEN, "with 32 units a layer, or with two hidden layers, it saves less"),
    over=_OVER,
)
def _(seed: int) -> Check:
    raw = _against_gradient("centralized", "raw", seed)
    return Check(
        at_most("largest ratio, raw", bound=0.5, observed=float(raw.max()), matters=0.2),
        _once_centered("centralized", seed, tolerance=0.05, because="a step of twenty"),
    )


@claim(
    "today.standardized",
    "Standardized weights take in the median less than half of the steps of gradient descent on "
    "the raw writing, and nearly as many once all is centered.",
    kind="measured",
    assumes=(
        *_WRITTEN,
        "in all layers; each unit's length of weights is learned",
        _NO_SUMS,
    ),
    over=_OVER,
)
def _(seed: int) -> Check:
    raw = _against_gradient("standardized", "raw", seed)
    return Check(
        # From one start of fifty it saves only a third.
        at_most("median ratio, raw", bound=0.5, observed=float(np.median(raw)), matters=0.2),
        _once_centered("standardized", seed, tolerance=0.1, because="two steps of twenty"),
    )


@claim(
    "today.without-sums",
    "With centralized gradients, and with standardized weights, a constant subtracted from all "
    "activations changes no step of the run.",
    kind="measured",
    assumes=(
        "gradient descent without a penalty",
        "σ against σ − ½, both on centered pixels, one function at the start",
        "layers with a bias",
    ),
    over=_OVER,
)
def _(seed: int) -> Check:
    parts, numbers = [], {}
    for name, label in (
        ("centralized", "centralized gradients"),
        ("standardized", "standardized weights"),
    ):
        before, after = (_race(name, writing, seed) for writing in ("pixels", "centered"))
        numbers |= ranged(name, before.fewest)
        parts.append(
            equal(
                f"{label}: largest difference of two numbers of steps, all step sizes",
                theory=0,
                observed=int(np.abs(before.steps - after.steps).max()),
                matters=1,
            )
        )
    # Without either the same constant matters.
    plain = _fewest("gradient", "pixels", seed) / _fewest("gradient", "centered", seed)
    return Check(*parts, numbers=numbers | ranged("plain", plain))
