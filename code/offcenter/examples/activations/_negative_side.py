"""A mean or a negative side: deep networks on the digits, of one start but for what is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArrivalError
from offcenter.examples._digits import cross_entropies, of_one_scale
from offcenter.examples._record import example
from offcenter.normal import normal_density, normal_expectation

__all__ = ["NegativeSide", "negative_side"]

Function = Callable[[np.ndarray], np.ndarray]

_LAYERS, _UNITS, _EXAMPLES, _STARTS, _GOAL, _LIMIT = 5, 24, 300, 11, 0.1, 400
_RATES = (0.3, 0.37, 0.45, 0.55, 0.7)


@dataclass(frozen=True)
class NegativeSide:
    """Steps of networks whose activations differ in the mean, the negative side, or both.

    `layers` hidden layers of `units` units learn `examples` digits in full batches.  Each pixel's
    mean is subtracted, and all are divided by their common root mean square; weights are normal,
    and let sums of layers have mean squares near 1; biases are 0, but where c is subtracted from
    an activation the next ones make up for it.  Steps lead to a cross-entropy of `goal`; they are
    the median over `starts` starts at the best of `rates` learning rates, the same for all starts.

    `rows`: activation, mean of its outputs for standard normal sums, steps, the least and the most
    at this rate (∞ where a start did not arrive in `limit` steps), and the rate.
    `gates`: of GELU and SiLU, as they are and less their mean, the same.
    `at_minus_one`: of leaky ReLU and of ELU, the output and the slope at the sum −1.
    `shifts`: what is subtracted from ReLU to bring its mean to 0, what is added to ELU to bring its
    mean to ReLU's and to twice that, and what leaky ReLU of slope 0.3 takes to ReLU's mean.
    """

    layers: int
    units: int
    examples: int
    starts: int
    rates: int
    limit: int
    goal: float
    rows: tuple[tuple[float | str, ...], ...]
    gates: tuple[tuple[float | str, ...], ...]
    at_minus_one: tuple[tuple[float, float], ...]
    shifts: tuple[float, ...]


def _functions(name: str) -> tuple[Function, Function]:
    """Return φ and φ′; "leaky 0.3" is a leaky ReLU of this slope."""
    if name.startswith("leaky"):
        leak = float(name.removeprefix("leaky"))
        return lambda z: np.where(z > 0, z, leak * z), lambda z: np.where(z > 0, 1.0, leak)
    if name == "gelu":
        # That of the library is exact in the far tail, and slower.
        return lambda z: z * ndtr(z), lambda z: ndtr(z) + z * normal_density(z)
    return ACTIVATIONS[name].function, ACTIVATIONS[name].slope


def _mean(name: str) -> float:
    return float(normal_expectation(_functions(name)[0]))


def _drawn(gain: float) -> list[np.ndarray]:
    """Return the weights of each layer, a row a start."""
    sizes, layers = (64, *[_UNITS] * _LAYERS, 10), []
    rngs = [np.random.default_rng(100 + start) for start in range(_STARTS)]
    for k, (below, above) in enumerate(pairwise(sizes)):
        scale = (gain if k else 1.0) / np.sqrt(below)
        layers.append(scale * np.stack([rng.standard_normal((below, above)) for rng in rngs]))
    return layers


@stored
def _arrivals(name: str, less: float) -> tuple[float, np.ndarray]:
    """Return the rate at which most starts arrive first, and the steps of all at this rate.

    Raises
    ------
    ArrivalError
        If at no rate most of the starts arrive.
    """
    (phi, slope), (X, targets), count = _functions(name), of_one_scale(_EXAMPLES), len(_RATES)
    gain = normal_expectation(lambda z: phi(z) ** 2) ** -0.5
    W = [np.repeat(w, count, axis=0) for w in _drawn(gain)]
    b = [(less if k else 0.0) * w.sum(axis=1, keepdims=True) for k, w in enumerate(W)]
    rate, start = np.tile(_RATES, _STARTS), np.repeat(np.arange(_STARTS), count)
    steps, best = np.full((_STARTS, count), np.inf), None
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(_LIMIT + 1):
            read, sums = [np.broadcast_to(X, (len(rate), *X.shape))], []
            for w, shift in zip(W, b, strict=True):
                sums.append(read[-1] @ w + shift)
                read.append(phi(sums[-1]) - less)
            losses, errors = cross_entropies(sums[-1], targets[None])
            there = losses <= _GOAL
            steps[start[there], np.searchsorted(_RATES, rate[there])] = step
            most = np.flatnonzero(np.isfinite(steps).sum(axis=0) > _STARTS // 2)
            if best is None and most.size:
                best = int(most[0])
            on = ~there & (losses < 50)
            if best is not None:
                on &= rate == _RATES[best]
            if not on.any():
                break
            delta = errors / len(X)
            for k in range(_LAYERS, -1, -1):
                by_weight = read[k].transpose(0, 2, 1) @ delta
                by_bias = delta.sum(axis=1, keepdims=True)
                if k:
                    delta = delta @ W[k].transpose(0, 2, 1) * slope(sums[k - 1])
                eta = rate[:, None, None]
                W[k], b[k] = (W[k] - eta * by_weight)[on], (b[k] - eta * by_bias)[on]
            rate, start = rate[on], start[on]
    if best is None:
        raise ArrivalError(f"most starts of {name} must reach the goal at some rate, and did not")
    return _RATES[best], steps[:, best]


def _row(label: str, name: str, less: float) -> tuple[float | str, ...]:
    rate, steps = _arrivals(name, less)
    mean = round(_mean(name) - less, 12) + 0.0
    least, most = (f"{end:.0f}".replace("inf", "∞") for end in (steps.min(), steps.max()))
    return label, mean, float(np.median(steps)), f"{least} to {most}", rate


@example("activations-negative-side")
def negative_side() -> NegativeSide:
    """Return the tables, and the values of leaky ReLU and ELU at −1."""
    relu, elu, leaky = _mean("relu"), _mean("elu"), _mean("leaky 0.3")
    ways = (
        ("ReLU", "relu", 0.0),
        ("ReLU, centered", "relu", relu),
        ("ReLU, at ELU's mean", "relu", relu - elu),
        ("leaky, 0.01", "leaky 0.01", 0.0),
        ("leaky, 0.3", "leaky 0.3", 0.0),
        ("leaky, 0.3, at ReLU's mean", "leaky 0.3", leaky - relu),
        ("ELU", "elu", 0.0),
        ("ELU, at ReLU's mean", "elu", elu - relu),
        ("ELU, at twice ReLU's mean", "elu", elu - 2 * relu),
    )
    gates = (
        ("GELU", "gelu", 0.0),
        ("GELU, centered", "gelu", _mean("gelu")),
        ("SiLU", "silu", 0.0),
        ("SiLU, centered", "silu", _mean("silu")),
    )
    at, pair = np.array(-1.0), (ACTIVATIONS["leaky_relu"], ACTIVATIONS["elu"])
    return NegativeSide(
        _LAYERS,
        _UNITS,
        _EXAMPLES,
        _STARTS,
        len(_RATES),
        _LIMIT,
        _GOAL,
        tuple(_row(*way) for way in ways),
        tuple(_row(*way) for way in gates),
        tuple((float(phi.value(at)), float(phi.derivative(at))) for phi in pair),
        (relu, relu - elu, 2 * relu - elu, relu - leaky),
    )
