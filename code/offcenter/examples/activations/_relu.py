"""ReLU and its kin: dead units, negative outputs, and a mean that is subtracted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.network import relu_cosines
from offcenter.normal import normal_expectation
from offcenter.spectrum import iid_condition_number

__all__ = [
    "BiasShift",
    "DeadUnits",
    "Initialized",
    "NegativeOutputs",
    "Subtracted",
    "bias_shift",
    "dead_units",
    "initialized",
    "negative_outputs",
    "subtracted",
]


@dataclass(frozen=True)
class NegativeOutputs:
    """Activations with some negative outputs.

    `pair`: at the sums 1 and −1, equally often: activation, its two outputs, their mean and
    spread, and the ratio of the curvatures of a unit that reads two of them, and 20.
    `rows`: activation, its offset share for normal sums of mean 0 and standard deviation ½, 1 and
    3.
    `slopes`: activation, its slopes at −1, −3 and −6.
    `kappas`: activation, how many times as much curved along the mean as across it the loss of a
    linear unit is that reads 20 of them, independent and of standard normal sums, without a bias.
    """

    pair: tuple[tuple[float | str, ...], ...]
    rows: tuple[tuple[float | str, ...], ...]
    slopes: tuple[tuple[float | str, ...], ...]
    kappas: tuple[tuple[float | str, ...], ...]


@example("activations-negative-outputs")
def negative_outputs() -> NegativeOutputs:
    """Return the tables, by quadrature."""
    functions = {
        "ReLU": ACTIVATIONS["relu"].value,
        "leaky ReLU": ACTIVATIONS["leaky_relu"].value,
        "GELU": ACTIVATIONS["gelu"].value,
        "SiLU": ACTIVATIONS["silu"].value,
        "ELU": ACTIVATIONS["elu"].value,
    }
    pair, rows, kappas = [], [], []
    for label, phi in functions.items():
        moments = [
            [normal_expectation(lambda z, f=phi, d=d, k=k: f(d * z) ** k) for k in (1, 2)]
            for d in (0.5, 1.0, 3.0)
        ]
        rows.append((label, *(m**2 / square for m, square in moments)))
        mean, square = moments[1]
        kappas.append((label, iid_condition_number(20, mean, square - mean**2)))
        high, low = phi(np.array([1.0, -1.0])).tolist()
        middle, spread = (high + low) / 2, (high - low) / 2
        ratios = (iid_condition_number(n, middle, spread**2) for n in (2, 20))
        pair.append((label, high, low, middle, spread, *ratios))
    slopes = tuple(
        (label, *ACTIVATIONS[name].derivative(np.array([-1.0, -3.0, -6.0])).tolist())
        for label, name in (("GELU", "gelu"), ("SiLU", "silu"))
    )
    return NegativeOutputs(tuple(pair), tuple(rows), slopes, tuple(kappas))


@dataclass(frozen=True)
class DeadUnits:
    """A ReLU with the weights (−1, −½) on the inputs (1 or 3, 1 or 3), and how many are silent.

    `rows`: the bias, on how many of the four it is on with the inputs raw and centered.
    `sums`: the four without a bias, raw and centered.
    `silent_narrow`: the share that is silent on the inputs (9 or 11, 9 or 11).
    `off`: the share of units with 20 inputs that are silent on all of 1000 examples, uniform on
    [0, 1], on [2, 3], and either of them centered; medians over 21 draws of 1000 units.
    """

    rows: tuple[tuple[float, ...], ...]
    sums: tuple[str, str]
    angle: float
    silent: float
    always_on: float
    bends: float
    silent_centered: float
    silent_narrow: float
    off: tuple[float, float, float]


def _off() -> tuple[float, float, float]:
    shares = []
    for draw in range(21):
        rng = np.random.default_rng(draw)
        X, W = rng.random((1000, 20)), rng.standard_normal((20, 1000))
        # What is added to all inputs is a number that is added to a unit's sums.
        sums, added = X @ W, 2 * W.sum(axis=0)
        most, mean = sums.max(axis=0), sums.mean(axis=0)
        shares.append([np.mean(top <= 0) for top in (most, most + added, most - mean)])
    raw, far, centered = np.median(shares, axis=0).tolist()
    return raw, far, centered


def _silent_share(low: float, high: float) -> tuple[float, float]:
    """Return the angle of the cone of (low or high, low or high), and the share of silent units."""
    edges = np.array([[low, high], [high, low]])
    angle = float(np.arccos(edges[0] @ edges[1] / (edges[0] @ edges[0])))
    return angle, (np.pi - angle) / (2 * np.pi)


@example("activations-dead")
def dead_units() -> DeadUnits:
    """Return the sums, and the shares of normal weights, without a bias.

    w·x is negative on all four exactly if it is on (1, 3) and (3, 1), the edges of their cone:
    a share (π − angle between the two)/2π of all directions.
    """
    angle, silent = _silent_share(1.0, 3.0)
    inputs = FOUR
    # No sum is 0, so that to fire and to be silent are told apart.
    unequal = np.array([-1.0, -0.5])
    raw, centered = inputs @ unequal, (inputs - 2) @ unequal
    rows = tuple(
        (bias, *(int((sums + bias > 0).sum()) for sums in (raw, centered)))
        for bias in (-2.0, 0.0, 1.0, 3.0)
    )
    return DeadUnits(
        rows=rows,
        sums=(listed(raw), listed(centered)),
        angle=float(np.degrees(angle)),
        silent=silent,
        always_on=silent,
        bends=1 - 2 * silent,
        # Some of (±1, ±1) lies on either side of every line through 0.
        silent_centered=0.0,
        silent_narrow=_silent_share(9.0, 11.0)[1],
        off=_off(),
    )


@dataclass(frozen=True)
class Subtracted:
    """A constant subtracted from ReLU outputs of sums that are N(mean, 1): ReLU's mean for mean 0.

    `rows`: mean of the sums, of the outputs, and of the outputs less the constant; κ of 100 such
    inputs, independent and without a bias, before and after.
    `left`: the mean square that is left for sums of mean 0.
    """

    constant: float
    left: float
    rows: tuple[tuple[float, ...], ...]


@example("activations-subtracted")
def subtracted() -> Subtracted:
    """Return the table for sums of mean 0, 1, −1, by quadrature."""
    constant, rows = ACTIVATIONS["relu"].mean, []
    for mean in (0, 1, -1):
        first = normal_expectation(lambda z, m=mean: np.maximum(z + m, 0))
        square = normal_expectation(lambda z, m=mean: np.maximum(z + m, 0) ** 2)
        kappas = (iid_condition_number(100, first - c, square - first**2) for c in (0.0, constant))
        rows.append((float(mean), first, round(first - constant, 12) + 0.0, *kappas))
    return Subtracted(constant, ACTIVATIONS["relu"].variance, tuple(rows))


@dataclass(frozen=True)
class Initialized:
    """Wide ReLU layers with He's initial weights, and two examples at right angles below them.

    `rows`: layer, mean square of what it puts out, cosine of the two examples.
    """

    rows: tuple[tuple[float, ...], ...]


@example("activations-initialized")
def initialized() -> Initialized:
    """Return layers 1, 2, 5, 10, for weights of variance 2/n."""
    cosines = relu_cosines(10)
    # E[w²] = 2/n and half of the square is above 0: 2 · ½ = 1 at every layer.
    rows = tuple((k, 1.0, cosines[k]) for k in (1, 2, 5, 10))
    return Initialized(rows)


@dataclass(frozen=True)
class BiasShift:
    """A hundred weights raised by 0.01, each reading φ(z) for an independent standard normal z.

    `rows`: activation, its mean, by how much the sum moves on average, and the standard deviation
    of that over the examples.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("activations-bias-shift")
def bias_shift() -> BiasShift:
    """Return n·0.01·E[φ] and √n·0.01·√Var φ for n = 100."""
    n, step, rows = 100, 0.01, []
    for label, name in (("ReLU", "relu"), ("ELU", "elu")):
        phi = ACTIVATIONS[name]
        rows.append((label, phi.mean, n * step * phi.mean, step * (n * phi.variance) ** 0.5))
    phi = ACTIVATIONS["relu"].centered()
    rows.append(("ReLU − its mean", 0.0, 0.0, step * (n * phi.variance) ** 0.5))
    return BiasShift(tuple(rows))
