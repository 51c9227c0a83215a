"""Sigmoid and tanh: slopes, flat ends, and gates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.examples._record import example

__all__ = [
    "Cell",
    "DataWithAMean",
    "FlatEnds",
    "MovedTanh",
    "Places",
    "Shifted",
    "Slopes",
    "ThreeProblems",
    "TwoWritings",
    "cell",
    "data_with_a_mean",
    "flat_ends",
    "moved_tanh",
    "places",
    "shifted",
    "slopes",
    "three_problems",
    "two_writings",
]


@dataclass(frozen=True)
class Slopes:
    """Slopes of sigmoid and tanh at 0 and 3, and of the sigmoid at 5.

    `wrong`: for the sum −4 and the label 1, the probability p that the sigmoid gives, the
    derivative with respect to the sum of the cross-entropy and of ½(p − 1)², and 1 − p.
    `crossing`: the positive sum at which both slopes are equal.
    """

    sigmoid: tuple[float, float]
    tanh: tuple[float, float]
    at_five: float
    wrong: tuple[float, float, float, float]
    crossing: float


@example("activations-slopes")
def slopes() -> Slopes:
    """Return φ′(0), φ′(3), σ′(5), and the probability and slopes of the wrong one."""
    sigmoid, tanh = (
        tuple(ACTIVATIONS[name].derivative(np.array([0.0, 3.0])).tolist())
        for name in ("sigmoid", "tanh")
    )
    at_five = ACTIVATIONS["sigmoid"].derivative(np.array(5.0)).item()
    p = ACTIVATIONS["sigmoid"].value(np.array(-4.0)).item()
    wrong = p, p - 1, (p - 1) * p * (1 - p), 1 - p
    # cosh z = 2 cosh(z/2), so cosh(z/2) = (1 + √3)/2.
    crossing = 2 * float(np.arccosh((1 + np.sqrt(3)) / 2))
    return Slopes(sigmoid, tanh, at_five, wrong, crossing)


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
class Cell:
    """A memory cell c ← fc + ig whose candidate g is σ or tanh of sums that alternate 1, −1.

    `rows`: step, g and c with σ, g and c with tanh, for f = 1 and i = ½.
    `update`: f, i and g for their sums 2, 0 and −1, what c = 1 becomes, o for its sum 1, and h;
    `swapped`: g and what c becomes if the candidate is σ.
    `squashed`, `flat`: tanh and its slope at 2.5.
    """

    rows: tuple[tuple[float, ...], ...]
    sigmoid_ten: float
    tanh_ten: float
    sigmoid_limit: float
    squashed: float
    flat: float
    negative_gate: tuple[float, ...]
    update: tuple[float, ...]
    swapped: tuple[float, float]


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
    f, i, o, low = (sigmoid(s).item() for s in (2.0, 0.0, 1.0, -1.0))
    kept = f + i * gate
    return Cell(
        rows=tuple(rows[:4]),
        sigmoid_ten=a,
        tanh_ten=b + 0.0,
        sigmoid_limit=0.5 * 0.5 / (1 - 0.9),
        squashed=tanh(2.5).item(),
        flat=ACTIVATIONS["tanh"].derivative(np.array(2.5)).item(),
        negative_gate=tuple(gate**k for k in range(4)),
        update=(f, i, gate, kept, o, o * tanh(kept).item()),
        swapped=(low, f + i * low),
    )


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
class ThreeProblems:
    """What the sigmoid's slopes leave of an error, and what its exp costs beside a product.

    `ten`: the part of an error that ten slopes of ¼ leave, as one over this number.
    `product`, `exps`: operations of 100 units on 100 inputs, for the sums and for the exps, if one
    exp is 20; `training_percent`: the exps beside the three products of forward and backward pass.
    `starts`: z, the first step of rate 1 on ½(σ − ½)², and the steps until z ≤ 1.
    """

    ten: float
    product: int
    exps: int
    training_percent: float
    starts: tuple[tuple[float, ...], ...]


@example("activations-three-problems")
def three_problems() -> ThreeProblems:
    """Return powers of the slope at 0, and counts of operations for one example."""
    slope = float(ACTIVATIONS["sigmoid"].derivative(np.array(0.0)))
    units, inputs, of_exp = 100, 100, 20
    product, exps = 2 * units * inputs, of_exp * units
    sigmoid = ACTIVATIONS["sigmoid"]

    def run(start: float) -> tuple[float, ...]:
        z, moves = np.array(start), []
        while z > 1:
            moves.append((sigmoid.value(z) - 0.5) * sigmoid.derivative(z))
            z = z - moves[-1]
        return start, float(moves[0]), len(moves)

    starts = tuple(map(run, (2.0, 5.0, 10.0)))
    return ThreeProblems(slope**-10, product, exps, 100 * exps / (3 * product), starts)


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
class DataWithAMean:
    """Outputs of tanh and sigmoid where the sums are not spread around 0, and where they are.

    `rows`: the two outputs, equally often, their mean, and its square for their variance; tanh and
    sigmoid in turn, for the sums 0 or 1, for −½ or ½, and for 2 or 4.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("activations-data-with-a-mean")
def data_with_a_mean() -> DataWithAMean:
    """Return the means of both functions for inputs of 0 or 1, with two biases, and far from 0."""
    rows = []
    for values in ((0.0, 1.0), (-0.5, 0.5), (2.0, 4.0)):
        for name in ("tanh", "sigmoid"):
            a = ACTIVATIONS[name].value(np.array(values))
            mean = round(float(a.mean()), 12) + 0.0
            rows.append((listed(a, "z.2f", between=" or "), mean, mean**2 / float(a.var())))
    return DataWithAMean(tuple(rows))


@dataclass(frozen=True)
class TwoWritings:
    """A linear output reads one tanh, or σ of twice its sum, in two examples.

    The outputs are ±0.6 or 0.8 and 0.2, the targets 1 and −0.2; loss ½(error)², start 0.
    `tanh`, `sigmoid`: the gradients by weight and bias, both after one step of size 1, and the
    slope and level that these are in tanh's writing; `steps`: to 10⁻⁴ of the first loss, at the
    best of `rates` rates; `goal`: weight and bias of loss 0, in both writings.
    """

    rates: int
    outputs: tuple[tuple[float, float], ...]
    tanh: tuple[float, ...]
    sigmoid: tuple[float, ...]
    steps: tuple[int, int]
    goal: tuple[tuple[float, float], ...]


@example("activations-two-writings")
def two_writings() -> TwoWritings:
    """Return the first step of both, and the fewest steps."""
    tanh, y, rates = np.array([0.6, -0.6]), np.array([1.0, -0.2]), 300
    outputs = tanh, (1 + tanh) / 2
    rows, steps, goals = [], [], []
    for h, translated in zip(outputs, (np.eye(2), [[0.5, 0.0], [0.5, 1.0]]), strict=True):
        A = append_one(h)
        gradient = -A.T @ y / 2
        after = -gradient
        rows.append((*gradient.tolist(), *after.tolist(), *(translated @ after).tolist()))
        goals.append(tuple(np.linalg.solve(A, y).tolist()))
        largest = np.linalg.eigvalsh(A.T @ A / 2)[-1]
        sizes = np.linspace(0.05, 1.999, rates)[:, None] / largest
        p, count = np.zeros((rates, 2)), 0
        while (((error := p @ A.T - y) ** 2).sum(axis=1) > 1e-4 * (y @ y)).all():
            p, count = p - sizes * error @ A / 2, count + 1
        steps.append(count)
    shown = tuple(tuple(h.tolist()) for h in outputs)
    return TwoWritings(rates, shown, rows[0], rows[1], (steps[0], steps[1]), tuple(goals))


@dataclass(frozen=True)
class Places:
    """The weights ¾ and ¼ of an attention that averages −2 and 2, and a memory cell at −4.

    `output`: the average; `scores`: the derivatives by the two scores if that by the output is 1.
    `memory`: f·c + i·g with f = i = g = ½ and c = −4; `shown`: ½ tanh of it.
    `gate`: the derivative by the forget gate's sum if that by the memory is 1, at c = −4 and at 4.
    `raised`: the average of the values raised by 10.
    `value_weights`: the gradient of weights that read the tokens (−2, 1) and (2, 1);
    `candidate_weights`: of those that make g from (−2, 1), if the derivative by the memory is 1.
    """

    output: float
    scores: np.ndarray
    memory: float
    shown: float
    gate: tuple[float, float]
    raised: float
    value_weights: np.ndarray
    candidate_weights: np.ndarray


@example("activations-places")
def places() -> Places:
    """Return what attention and gates put out, and what comes back through them."""
    a, values = np.array([0.75, 0.25]), np.array([-2.0, 2.0])
    output = float(a @ values)
    f = i = g = o = 0.5
    memory = f * -4 + i * g
    return Places(
        output=output,
        scores=a * (values - output),
        memory=memory,
        shown=float(o * np.tanh(memory)),
        gate=(-4 * f * (1 - f), 4 * f * (1 - f)),
        raised=float(a @ (values + 10)),
        value_weights=a @ np.array([[-2.0, 1.0], [2.0, 1.0]]),
        candidate_weights=i * (1 - g**2) * np.array([-2.0, 1.0]),
    )
