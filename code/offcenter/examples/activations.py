"""Activations: their means, and what a mean costs, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from offcenter._store import stored
from offcenter._written import listed
from offcenter.activations import ACTIVATIONS, Activation
from offcenter.errors import ArrivalError
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.examples.paths import steps_until
from offcenter.experiment import DEEP_STEPS, HIDDEN_LAYERS, SIZES, seeds, split, start
from offcenter.network import (
    Family,
    Problem,
    initialize,
    race,
    relu_cosines,
    stack,
    train,
)
from offcenter.normal import normal_expectation
from offcenter.spectrum import iid_condition_number

__all__ = [
    "BiasShift",
    "Cell",
    "Choices",
    "DeadUnits",
    "FlatEnds",
    "Initialized",
    "MeanMoved",
    "Means",
    "MovedTanh",
    "NegativeOutputs",
    "NextLayer",
    "PlusMinusOne",
    "Shifted",
    "Slopes",
    "Subtracted",
    "TenLayers",
    "ThreeProblems",
    "UsualStart",
    "bias_shift",
    "cell",
    "choices",
    "dead_units",
    "flat_ends",
    "initialized",
    "mean_moved",
    "means",
    "moved_tanh",
    "negative_outputs",
    "next_layer",
    "plus_minus_one",
    "shifted",
    "slopes",
    "subtracted",
    "ten_layers",
    "three_problems",
    "usual_start",
]


@dataclass(frozen=True)
class Means:
    """Means of activations for standard normal sums; and three examples, centered two ways.

    `rows`: activation, its mean, its offset share in percent of its mean square.
    `lowest`: the least output of GELU; `at_two`: what tanh makes of 2.
    """

    rows: tuple[tuple[float | str, ...], ...]
    lowest: float
    at_two: float
    features: np.ndarray
    over_data: np.ndarray
    over_features: np.ndarray
    left_over: np.ndarray


@example("activations-means")
def means() -> Means:
    """Return E[φ(z)] and E[φ]²/E[φ²] for z ~ N(0, 1)."""
    X = np.array([[1.0, 4.0], [2.0, 6.0], [3.0, 8.0]])
    names = {
        "sigmoid": "sigmoid",
        "tanh": "tanh",
        "ReLU": "relu",
        "leaky ReLU (.01)": "leaky_relu",
        "ELU": "elu",
        "GELU": "gelu",
        "SELU": "selu",
    }
    rows = tuple(
        (label, ACTIVATIONS[name].mean, ACTIVATIONS[name].offset_share)
        for label, name in names.items()
    )
    # GELU falls and then rises.
    gelu = ACTIVATIONS["gelu"].value(np.linspace(-2.0, 0.0, 20_001))
    over_features = X - X.mean(axis=1, keepdims=True)
    return Means(
        rows,
        float(gelu.min()),
        float(ACTIVATIONS["tanh"].value(np.array(2.0))),
        X.mean(axis=0),
        X - X.mean(axis=0),
        over_features,
        over_features.mean(axis=0),
    )


@dataclass(frozen=True)
class Slopes:
    """Slopes of sigmoid and tanh at 0 and 3.

    `wrong`: for the sum −4 and the label 1, the probability p that the sigmoid gives, and the
    derivative with respect to the sum of the cross-entropy and of ½(p − 1)².
    """

    sigmoid: tuple[float, float]
    tanh: tuple[float, float]
    wrong: tuple[float, float, float]


@example("activations-slopes")
def slopes() -> Slopes:
    """Return φ′(0), φ′(3), and the probability and slopes of the wrong one."""
    sigmoid, tanh = (
        tuple(ACTIVATIONS[name].derivative(np.array([0.0, 3.0])).tolist())
        for name in ("sigmoid", "tanh")
    )
    p = ACTIVATIONS["sigmoid"].value(np.array(-4.0)).item()
    wrong = p, p - 1, (p - 1) * p * (1 - p)
    return Slopes(sigmoid, tanh, wrong)


@dataclass(frozen=True)
class FlatEnds:
    """Slopes at larger sums; and a unit whose sum starts there and should be 1.

    `rows`: a sum, then the slopes of sigmoid, tanh and ReLU there.
    `five`: the product of five slopes at the sum 1, for each.
    `relu_steps`, `tanh_steps`, `tanh_back`: steps of size ½ on ½(φ(s) − φ(1))² until the sum is
    within 1 % of its way: from 3 with ReLU and with tanh, and from −3 with tanh.
    """

    rows: tuple[tuple[float, ...], ...]
    five: tuple[float, ...]
    relu_steps: int
    tanh_steps: int
    tanh_back: int


@example("activations-flat-ends")
def flat_ends() -> FlatEnds:
    """Return φ′ at 1, 3 and −3, φ′(1)⁵, and the steps on a single sum."""
    functions = [ACTIVATIONS[name] for name in ("sigmoid", "tanh", "relu")]
    sums = np.array([1.0, 3.0, -3.0])
    slopes = np.array([phi.derivative(sums) for phi in functions])

    def steps(name: str, s: float) -> int:
        phi, start, count = ACTIVATIONS[name], s, 0
        while abs(s - 1) > 0.01 * abs(start - 1):
            at = np.array([s, 1.0])
            error = phi.value(at)[0] - phi.value(at)[1]
            s, count = s - error * float(phi.derivative(at)[0]) / 2, count + 1
        return count

    return FlatEnds(
        rows=tuple((float(s), *map(float, slopes[:, k])) for k, s in enumerate(sums)),
        five=tuple(float(slope) ** 5 for slope in slopes[:, 0]),
        relu_steps=steps("relu", 3.0),
        tanh_steps=steps("tanh", 3.0),
        tanh_back=steps("tanh", -3.0),
    )


@dataclass(frozen=True)
class Choices:
    """Activations by the slope that errors meet and by what their mean costs the next layer.

    `rows`: activation, its slopes at 3 and −3, and κ of two of its outputs, at sums that are −1
    or 1, independently and with equal chances.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("activations-choices")
def choices() -> Choices:
    """Return φ′(3), φ′(−3) and 1 + 2m²/v for six activations."""
    names = {
        "sigmoid": "sigmoid",
        "tanh": "tanh",
        "ReLU": "relu",
        "leaky ReLU (.01)": "leaky_relu",
        "GELU": "gelu",
        "ELU": "elu",
    }
    rows = []
    for label, name in names.items():
        phi = ACTIVATIONS[name]
        outputs = phi.value(np.array([-1.0, 1.0]))
        kappa = iid_condition_number(2, float(outputs.mean()), float(outputs.var()))
        rows.append((label, *phi.derivative(np.array([3.0, -3.0])).tolist(), kappa))
    return Choices(tuple(rows))


@dataclass(frozen=True)
class PlusMinusOne:
    """Activations at sums that are −1 or 1 with equal chances.

    `rows`: activation, its two values, their mean and standard deviation, κ for 2 and for 100
    such independent inputs, and for 100 with a bias.
    `normal_rows`: for standard normal sums, activation, its mean, that mean's share of the mean
    square, κ for 100, for 100 with a bias, and the variance.
    `sigmoid_variance`, `tanh_variance`: the variance of such outputs.
    `relu_pair`, `relu_pair_centered`: for a linear unit that reads two such ReLU outputs, as they
    are and less their means, the curvature along (1, 1)/√2 and along (1, −1)/√2.
    """

    rows: tuple[tuple[float | str, ...], ...]
    normal_rows: tuple[tuple[float | str, ...], ...]
    sigmoid_variance: float
    tanh_variance: float
    relu_pair: tuple[float, float]
    relu_pair_centered: tuple[float, float]


@example("activations-plus-minus-one")
def plus_minus_one() -> PlusMinusOne:
    """Return means and κ at ±1, then κ for standard normal sums."""
    names = (("sigmoid", "sigmoid"), ("ReLU", "relu"), ("ELU", "elu"), ("tanh", "tanh"))
    rows, normal_rows = [], []
    for label, name in names:
        phi = ACTIVATIONS[name]
        low, high = phi.value(np.array([-1.0, 1.0])).tolist()
        m, v = (low + high) / 2, ((high - low) / 2) ** 2
        kappas = (
            iid_condition_number(2, m, v),
            iid_condition_number(100, m, v),
            iid_condition_number(100, m, v, bias=True),
        )
        rows.append((label, low, high, m, v**0.5, *kappas))
        m, v = phi.mean, phi.variance
        normal_rows.append(
            (
                label,
                m,
                phi.offset_share,
                iid_condition_number(100, m, v),
                iid_condition_number(100, m, v, bias=True),
                v,
            )
        )
    sigmoid, relu = (ACTIVATIONS[n].value(np.array([-1.0, 1.0])) for n in ("sigmoid", "relu"))
    m, v = float(relu.mean()), float(relu.var())
    return PlusMinusOne(
        tuple(rows),
        tuple(normal_rows),
        sigmoid_variance=float(sigmoid.var()),
        tanh_variance=float(np.tanh(1.0) ** 2),
        relu_pair=(v + 2 * m**2, v),
        relu_pair_centered=(v, v),
    )


@dataclass(frozen=True)
class MeanMoved:
    """Sigmoid and tanh with their means moved, at sums that are −1 or 1 with equal chances.

    `rows`: activation, its two outputs, the mean square of the sum of two independent outputs and
    of their difference, and the ratio of these two.
    `shares`: in the same order, the part of an output's mean square that is its mean's.
    `sum_changes`, `difference_changes`: of two sigmoids, the values of their sum and difference.
    """

    rows: tuple[tuple[float | str, ...], ...]
    shares: tuple[float, ...]
    sum_changes: tuple[float, ...]
    difference_changes: tuple[float, ...]


@example("activations-mean-moved")
def mean_moved() -> MeanMoved:
    """Return the table for σ, σ − ½, tanh + 1 and tanh."""
    at = np.array([-1.0, 1.0])
    sigmoid, tanh = (ACTIVATIONS[name].value(at) for name in ("sigmoid", "tanh"))
    ways = {"σ": sigmoid, "σ − ½": sigmoid - 0.5, "tanh + 1": tanh + 1, "tanh": tanh}
    rows, shares = [], []
    for label, outputs in ways.items():
        # Rounding would leave a trace of a mean that is 0.
        m, v = round(float(outputs.mean()), 15), float(outputs.var())
        together, apart = 4 * m**2 + 2 * v, 2 * v
        rows.append((label, *outputs.tolist(), together, apart, together / apart))
        shares.append(m**2 / (m**2 + v))
    low, high = sigmoid.tolist()
    return MeanMoved(
        rows=tuple(rows),
        shares=tuple(shares),
        sum_changes=(2 * low, low + high, 2 * high),
        difference_changes=(low - high, 0.0, high - low),
    )


@dataclass(frozen=True)
class NextLayer:
    """What a linear unit of the next layer makes of 100 independent outputs of one kind.

    `rows`: the outputs, whether the entries of one example's gradient have one sign, the size of
    their means for standard normal sums, κ of the loss, and the steps that descent with the best
    fixed step size takes to 1 % from the slowest start.
    `variances`, `steep`: with σ, ReLU and tanh, the smallest and the largest curvature.
    """

    rows: tuple[tuple[float | str, ...], ...]
    variances: tuple[float, ...]
    steep: tuple[float, ...]


@example("activations-next-layer")
def next_layer() -> NextLayer:
    """Return the table for σ, σ mirrored in every second output, σ minus ½, ReLU and tanh."""
    n, alike = 100, np.ones(100)
    mirrored = np.where(np.arange(n) % 2, -1.0, 1.0)
    rows = []
    for label, name, shift, mirror in (
        ("sigmoid", "sigmoid", 0.0, alike),
        ("sigmoid, half of them negated", "sigmoid", 0.0, mirrored),
        ("sigmoid − ½", "sigmoid", 0.5, alike),
        ("ReLU", "relu", 0.0, alike),
        ("tanh", "tanh", 0.0, alike),
    ):
        phi = ACTIVATIONS[name]
        m, v = phi.mean - shift, phi.variance
        mean = m * mirror
        M = v * np.eye(n) + np.outer(mean, mean)
        # Half of the start lies along the mean, the other half at right angles to it.
        start = mirror / n**0.5 + np.where(np.arange(n) < n // 2, 1, -1) * alike / n**0.5
        steep, flat = v + n * m**2, v
        reached = phi.value(np.linspace(-5, 5, 101))[:, None] * mirror - shift
        one = (reached >= 0).all() or (reached <= 0).all()
        steps = steps_until(M, start, 2 / (steep + flat), 0.01)
        rows.append((label, "one" if one else "mixed", abs(m), steep / flat, steps))
    three = [ACTIVATIONS[name] for name in ("sigmoid", "relu", "tanh")]
    variances = tuple(phi.variance for phi in three)
    steep = tuple(phi.variance + n * phi.mean**2 for phi in three)
    return NextLayer(tuple(rows), variances, steep)


@dataclass(frozen=True)
class NegativeOutputs:
    """Activations with some negative outputs.

    `pair`: at the sums 1 and −1, equally often: activation, its two outputs, their mean.
    `rows`: activation, its offset share for normal sums of mean 0 and standard deviation ½, 1 and
    3.
    `slopes`: activation, its slopes at −1, −3 and −6.
    """

    pair: tuple[tuple[float | str, ...], ...]
    rows: tuple[tuple[float | str, ...], ...]
    slopes: tuple[tuple[float | str, ...], ...]


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
    pair, rows = [], []
    for label, phi in functions.items():
        moments = [
            [normal_expectation(lambda z, f=phi, d=d, k=k: f(d * z) ** k) for k in (1, 2)]
            for d in (0.5, 1.0, 3.0)
        ]
        rows.append((label, *(m**2 / square for m, square in moments)))
        high, low = phi(np.array([1.0, -1.0])).tolist()
        pair.append((label, high, low, (high + low) / 2))
    slopes = tuple(
        (label, *ACTIVATIONS[name].derivative(np.array([-1.0, -3.0, -6.0])).tolist())
        for label, name in (("GELU", "gelu"), ("SiLU", "silu"))
    )
    return NegativeOutputs(tuple(pair), tuple(rows), slopes)


@dataclass(frozen=True)
class Cell:
    """A memory cell c ← fc + ig whose candidate g is σ or tanh of sums that alternate 1, −1.

    `rows`: step, g and c with σ, g and c with tanh, for f = 1 and i = ½.
    """

    rows: tuple[tuple[float, ...], ...]
    sigmoid_ten: float
    tanh_ten: float
    sigmoid_limit: float
    squashed: float
    negative_gate: tuple[float, ...]


@example("activations-cell")
def cell() -> Cell:
    """Return the first four steps, the cells after ten, and a gate of −0.76 on c = 1."""
    sigmoid, tanh = ACTIVATIONS["sigmoid"].value, ACTIVATIONS["tanh"].value
    rows, a, b = [], 0.0, 0.0
    for step in range(10):
        s = 1.0 if step % 2 == 0 else -1.0
        g, h = sigmoid(s).item(), tanh(s).item()
        a, b = a + g / 2, b + h / 2
        rows.append((step + 1, g, a, h, b + 0.0))
    gate = tanh(-1.0).item()
    return Cell(
        rows=tuple(rows[:4]),
        sigmoid_ten=a,
        tanh_ten=b + 0.0,
        sigmoid_limit=0.5 * 0.5 / (1 - 0.9),
        squashed=tanh(2.5).item(),
        negative_gate=tuple(gate**k for k in range(4)),
    )


@dataclass(frozen=True)
class DeadUnits:
    """A ReLU with the weights (−1, −½) on the inputs (1 or 3, 1 or 3), and how many are silent.

    `rows`: what is done, the bias, the four sums, how many are positive.
    `silent_narrow`: the share that is silent on the inputs (9 or 11, 9 or 11).
    `off`: the share of units with 20 inputs that are silent on all of 1000 examples, uniform on
    [0, 1], on [2, 3], and either of them centered; medians over 21 draws of 1000 units.
    """

    rows: tuple[tuple[float | str, ...], ...]
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
    unequal, rows = np.array([-1.0, -0.5]), []
    for name, x, bias in (
        ("raw", inputs, 0.0),
        ("centered", inputs - 2, 0.0),
        ("raw", inputs, 1.0),
        ("raw", inputs, 3.0),
    ):
        sums = x @ unequal + bias
        shown = listed(sums)
        rows.append((name, bias, shown, int((sums > 0).sum())))

    return DeadUnits(
        rows=tuple(rows),
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
class Shifted:
    """One unit φ(w·1), written with tanh and with 2σ − 1 as one function, and a step on its weight.

    `rows`: φ, its weight, its value and its slope there, and the slope over the weight: by what
    part of the weight a step of size 1 moves it if the error is 1.
    `five`: what five layers leave of an error at slopes of σ − ½ and of 2σ − 1 at 0.
    """

    rows: tuple[tuple[float | str, ...], ...]
    five: tuple[float, float]


@example("activations-shifted")
def shifted() -> Shifted:
    """Return φ(w), φ′(w) and φ′(w)/w at w = 1 and w = 2, and powers of the slopes at 0."""
    tanh, sigmoid, rows = ACTIVATIONS["tanh"], ACTIVATIONS["sigmoid"], []
    at = np.array([1.0, 2.0])
    for name, w, values, slopes in (
        ("tanh", 1.0, tanh.value(at), tanh.derivative(at)),
        ("2σ − 1", 2.0, 2 * sigmoid.value(at) - 1, 2 * sigmoid.derivative(at)),
    ):
        value, slope = float(values[at == w][0]), float(slopes[at == w][0])
        rows.append((name, w, value, slope, slope / w))
    middle = float(sigmoid.derivative(np.array(0.0)))
    return Shifted(tuple(rows), (middle**5, (2 * middle) ** 5))


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


@dataclass(frozen=True)
class ThreeProblems:
    """What the sigmoid's slopes leave of an error, and what its exp costs beside a product.

    `ten`: the part of an error that ten slopes of ¼ leave, as one over this number.
    `product`, `exps`: operations of 100 units on 100 inputs, for the sums and for the exps, if one
    exp is 20; `training_percent`: the exps beside the three products of forward and backward pass.
    """

    ten: float
    product: int
    exps: int
    training_percent: float


@example("activations-three-problems")
def three_problems() -> ThreeProblems:
    """Return powers of the slope at 0, and counts of operations for one example."""
    slope = float(ACTIVATIONS["sigmoid"].derivative(np.array(0.0)))
    units, inputs, of_exp = 100, 100, 20
    product, exps = 2 * units * inputs, of_exp * units
    return ThreeProblems(slope**-10, product, exps, 100 * exps / (3 * product))


@dataclass(frozen=True)
class MovedTanh:
    """Outputs of tanh and their mean, for sums in balance, moved by 1, and askew.

    `rows`: the sums, what is said of them, their mean, the outputs, and the mean of these.
    `share`: what part of the second row's mean square is its mean; `normed`: the means of the
    second and the third row if batch norm without scale and shift is put before the tanh;
    `askew`: what it makes of the third row's sums.
    """

    rows: tuple[tuple[float | str, ...], ...]
    share: float
    normed: tuple[float, float]
    askew: np.ndarray


@example("activations-moved-tanh")
def moved_tanh() -> MovedTanh:
    """Return the means of tanh over −1 and 1, over 0 and 2, and over −1, −1 and 2."""
    tanh, rows, normed, shares = ACTIVATIONS["tanh"].value, [], [], []
    for label, values in (
        ("in balance", (-1.0, 1.0)),
        ("moved by 1", (0.0, 2.0)),
        ("askew", (-1.0, -1.0, 2.0)),
    ):
        s = np.array(values)
        a = tanh(s)
        sums, outputs = listed(s, "z.0f"), listed(a, "z.2f")
        rows.append((sums, label, float(s.mean()), outputs, round(float(a.mean()), 12) + 0.0))
        normed.append((s - s.mean()) / s.std())
        shares.append(float(a.mean() ** 2 / (a**2).mean()))
    moved, askew = (round(float(tanh(s).mean()), 12) + 0.0 for s in normed[1:])
    return MovedTanh(tuple(rows), shares[1], (moved, askew), askew=normed[2])


@dataclass(frozen=True)
class UsualStart:
    """Steps of networks on the digits, from weights of variance 1/inputs for each activation.

    `sigmoid`, `shifted`: of σ and σ − ½; `steep`, `steep_shifted`: of 4σ and 4σ − 2, which have
    slope 1 at 0, as `tanh` has.  All are medians over `starts` starts of the steps in full batches
    to a training loss of 0.1, at the best of step sizes that are powers of two and at which the
    loss stays below three times the first; pixels are centered.  `steep` is rounded to tens: its
    runs swing, and rounding errors change it by some steps.
    `doubled`, `doubled_alike`: of 2σ − 1 from the same weights, and from those that make each
    network one function with one of the book's tanh networks, over the starts of these.
    """

    starts: int
    sigmoid: float
    steep: float
    shifted: float
    steep_shifted: float
    tanh: float
    doubled: float
    doubled_alike: float


@stored
def _steps_from_usual_weights(
    activation: str, subtracted: float, hidden: int = 3, starts: int = 5
) -> np.ndarray:
    networks, inputs, targets = [], [], []
    sizes = (SIZES[0], *[SIZES[1]] * hidden, SIZES[-1])
    for seed in range(starts):
        data = split(seed)
        networks.append(
            initialize(sizes, activation="sigmoid", rng=np.random.default_rng([seed, 1]))
        )
        inputs.append(data.inputs - data.inputs.mean(axis=0))
        targets.append(np.eye(SIZES[-1])[data.labels])
    problem = Problem(np.array(inputs), np.array(targets))
    family = Family(sizes, activation, subtracted)
    how = {"step_sizes": 2.0 ** np.arange(-5, 6), "targets": (0.1,)}
    limit = DEEP_STEPS if hidden == HIDDEN_LAYERS else 2000
    return race(family, stack(networks), problem, problem, limit=limit, **how).fewest[:, 0]


@stored
def _steps_doubled(starts: int, alike: bool) -> np.ndarray:
    """Return the fewest steps with 2σ − 1, from the usual weights or doubled ones of tanh."""
    sigmoid, found = ACTIVATIONS["sigmoid"], []
    activation = Activation(
        "2σ − 1",
        2 * sigmoid.expression - 1,
        lambda z: 2 * sigmoid.function(z) - 1,
        lambda z: 2 * sigmoid.slope(z),
    )
    for seed in range(starts):
        data = split(seed)
        if alike:
            tanh = start("tanh-centered", seed)[0]
            weights = (*(2 * W for W in tanh.weights[:-1]), tanh.weights[-1])
            network = replace(tanh, weights=weights, activation=activation)
        else:
            rng = np.random.default_rng([seed, 1])
            network = initialize(SIZES, activation=activation, rng=rng)
        most = least = 2000
        # The likely best comes first: the others then need not go further.
        for power in (2, 3, 1, 4, 0, -1):
            how = {"step_size": 2.0**power, "steps": least, "target": 0.1}
            run = train(network, data.inputs - data.inputs.mean(axis=0), data.labels, **how)
            if run.reached and run.losses.max() < 3 * run.losses[0]:
                least = run.steps
        if least == most:
            raise ArrivalError(f"no run of {activation.name} reaches the goal in {most} steps")
        found.append(least)
    return np.array(found)


@example("activations-usual-start")
def usual_start() -> UsualStart:
    """Return the medians over five starts."""
    steep = "steep-sigmoid"
    ways = (("sigmoid", 0.0), (steep, 0.0), ("sigmoid", 0.5), (steep, 2.0), ("tanh", 0.0))
    steps = [_steps_from_usual_weights(*way) for way in ways]
    if not np.all(steps):
        raise ArrivalError("a network must reach the goal at one of its step sizes, and did not")
    sigmoid, steeper, *centered = (float(np.median(s)) for s in steps)
    starts = len(steps[0])
    doubled = (_steps_doubled(starts, alike=False), _steps_doubled(len(seeds()), alike=True))
    medians = (float(np.median(s)) for s in doubled)
    return UsualStart(starts, sigmoid, round(steeper, -1), *centered, *medians)


@dataclass(frozen=True)
class TenLayers:
    """Steps as in `UsualStart` for networks of ten hidden layers, where `limit` are the most tried.

    `rows`: σ, σ − ½, 4σ and 4σ − 2, and the median over `starts` starts, infinite if none arrived.
    """

    starts: int
    limit: int
    rows: tuple[tuple[float | str, ...], ...]


@example("activations-ten-layers")
def ten_layers() -> TenLayers:
    """Return the medians over three starts."""
    starts, rows, steep = 3, [], "steep-sigmoid"
    for label, name, less in (
        ("σ", "sigmoid", 0.0),
        ("σ − ½", "sigmoid", 0.5),
        ("4σ", steep, 0.0),
        ("4σ − 2", steep, 2.0),
    ):
        steps = _steps_from_usual_weights(name, less, HIDDEN_LAYERS, starts)
        rows.append((label, float(np.median(np.where(steps > 0, steps, np.inf)))))
    return TenLayers(starts, DEEP_STEPS, tuple(rows))
