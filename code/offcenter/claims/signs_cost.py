"""Claims of the chapter on signs: what the sign rule costs, what the cone costs, and the mirror."""

import math

import numpy as np

from offcenter._store import stored
from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, at_least, claim, equal, yes
from offcenter.claims._solver import choose, impossible, reals
from offcenter.claims.signs import LEMMA
from offcenter.descent import Path, adam, gradient_descent, momentum, nesterov, sgd
from offcenter.signs import drawn_ways, orthant_split, shortest_way, single_signed
from offcenter.spectrum import second_moment


@claim(
    "signs.detour",
    "Every displacement other than 0 is the sum of one with no negative and one with no positive "
    "entry that are together at most √2 times as long, √2 when they are equally long; the longer "
    "is within 45° of it.",
    kind="proved",
    over="all lengths, by z3; 1,000 random displacements with n = 2 … 1000",
)
def _() -> Check:
    d, up, down = reals("d up down")
    positive, negative = choose(d > 0, d, 0), choose(d < 0, -d, 0)
    rng = np.random.default_rng(6)
    dimensions = (2, 3, 10, 100, 1000)
    splits = [orthant_split(v) for n in dimensions for v in rng.standard_normal((200, n))]
    detours = [split.detour for split in splits]
    worst, hand = orthant_split([1.0, -1.0]), orthant_split([3.0, -4.0])
    return Check(
        yes("each entry is the sum of its two legs", impossible(positive - negative != d)),
        yes("the legs are perpendicular", impossible(positive * negative != 0)),
        yes(
            "no lengths with up² + down² = 1 have up + down > √2",
            impossible(up >= 0, down >= 0, up * up + down * down == 1, (up + down) ** 2 > 2),
        ),
        equal(
            "two equal legs",
            theory=math.sqrt(2),
            observed=worst.detour,
            tolerance=1e-12,
            because="rounding of square roots",
        ),
        yes("no random displacement costs more", max(detours) <= math.sqrt(2) + 1e-12),
        yes(
            "the longer of two perpendicular legs is at least 1/√2 of the whole",
            impossible(up * up + down * down == 1, 2 * up * up < 1, 2 * down * down < 1),
        ),
        at_least(
            "cosine with the longer leg, the worst displacement",
            bound=math.sqrt(0.5),
            observed=min(split.alignment for split in (*splits, worst)),
            tolerance=1e-12,
            because="rounding of square roots",
            matters=0.01,
        ),
        numbers={
            "bound": math.sqrt(2),
            "typical": float(np.median(detours)),
            "largest_n": max(dimensions),
            "hand_way": hand.detour * 5,
            "hand_straight": 5,
        },
    )


@claim(
    "signs.cone",
    "Steps along the actual examples can cost far more than √2: with the two examples (1, 1 + ε) "
    "and (1 + ε, 1), ε > 0, the shortest way to (1, −1) is √(2 + 2(1 + ε)²)/ε times the straight "
    "one.",
    over="ε = 0.01, 0.1, 0.5 and 1, by linear program",
)
def _() -> Check:
    parts, numbers = [], {}
    for name, epsilon in (
        ("narrow", 0.01),
        ("medium", 0.1),
        ("exercise", 0.5),
        ("wide", 1.0),
    ):
        X = np.array([[1.0, 1.0 + epsilon], [1.0 + epsilon, 1.0]])
        way = shortest_way(X, [1.0, -1.0])
        numbers |= {
            name: way.detour,
            f"{name}_epsilon": epsilon,
            f"{name}_times": float(np.abs(way.coefficients).max()),
            f"{name}_leg": way.length / 2,
        }
        parts.append(
            equal(
                f"detour, ε = {epsilon:g}",
                theory=math.sqrt(2 + 2 * (1 + epsilon) ** 2) / epsilon,
                observed=way.detour,
                tolerance=1e-9 * way.detour,
                because="rounding of a linear program",
            )
        )
    along = shortest_way([[1.0, 1.5], [1.5, 1.0]], [1.0, 1.0])
    return Check(*parts, numbers=numbers | {"along": along.detour, "along_way": along.length})


@claim(
    "signs.cone-angle",
    "If no example is farther than the angle α ≤ 90° from one line, steps along them to a "
    "displacement perpendicular to this line are together at least 1/sin α times as long as it.",
    over="60 sets of examples with n = 2 … 8; equality for two examples on both sides of the line",
)
def _() -> Check:
    rng = np.random.default_rng(18)
    excess = []
    for _ in range(60):
        n = int(rng.integers(2, 9))
        X = 1 + rng.uniform(0.05, 1.0) * rng.uniform(-1, 1, (n + int(rng.integers(0, 20)), n))
        d = rng.standard_normal(n)
        d -= d.mean()
        cosines = np.abs(X.sum(axis=1)) / (math.sqrt(n) * np.linalg.norm(X, axis=1))
        sine = math.sqrt(1 - float(cosines.min()) ** 2)
        excess.append(shortest_way(X, d).detour * sine)
    tilt = math.radians(10)
    pair = [[math.cos(a), math.sin(a)] for a in (math.pi / 4 - tilt, math.pi / 4 + tilt)]
    return Check(
        at_least(
            "detour times sin α, the least of all sets",
            bound=1,
            observed=min(excess),
            tolerance=1e-9,
            because="rounding of a linear program",
            matters=0.25,
        ),
        equal(
            "detour of two examples 10° on either side",
            theory=1 / math.sin(tilt),
            observed=shortest_way(pair, [1.0, -1.0]).detour,
            tolerance=1e-9,
            because="rounding of a linear program",
        ),
    )


_GOALS = 8


@claim(
    "signs.cone-mean",
    "For 50 independent, alike inputs of mean m and variance v, the mean makes the shortest way "
    "along 250 examples to a goal of sum 0 about √(1 + m²/v) times as long.",
    kind="measured",
    assumes=(
        "examples drawn at random, all of nearly one length, and so with the mean taken off",
        "a goal of independent N(0, 1) entries less their mean, independent of the examples",
    ),
    over="n = 50, 250 examples; ReLU, sigmoid, tanh; 8 draws",
)
def _(seed: int) -> Check:
    parts, numbers = [], {}
    for name in ("sigmoid", "relu", "tanh"):
        ways = [
            drawn_ways(activation=name, n=50, examples=250, seed=_GOALS * seed + k)
            for k in range(_GOALS)
        ]
        ratios = np.array([way.level / way.centered for way in ways])
        phi = ACTIVATIONS[name]
        numbers |= {
            f"{name}": float(np.mean([way.level for way in ways])),
            f"{name}_centered": float(np.mean([way.centered for way in ways])),
            f"{name}_any": float(np.mean([way.any for way in ways])),
            f"{name}_along": float(np.mean([way.along for way in ways])),
            f"{name}_ratio": float(ratios.mean()),
            f"{name}_theory": math.sqrt(1 + phi.mean**2 / phi.variance),
        }
        parts.append(
            equal(
                f"raw over centered, {name}",
                theory=math.sqrt(1 + phi.mean**2 / phi.variance),
                observed=float(ratios.mean()),
                tolerance=0.06 * math.sqrt(1 + phi.mean**2 / phi.variance),
                because="terms that vanish for many inputs",
                matters=0.1 * math.sqrt(1 + phi.mean**2 / phi.variance),
            )
        )
    return Check(*parts, numbers=numbers)


@claim(
    "signs.cone-examples",
    "On average the shortest way along 250 examples gets longer from 2 inputs to 10 and from 10 to "
    "50, and for 50 inputs it is shorter along 1,000 examples.",
    kind="measured",
    assumes=(
        "independent inputs φ(z), z ~ N(0, 1), φ the sigmoid or ReLU",
        "a goal of length 1 and sum 0, drawn at random",
    ),
)
def _(seed: int) -> Check:
    parts, numbers = [], {}
    for name in ("sigmoid", "relu"):
        detours = {}
        for n, p, draws in ((2, 250, 4), (10, 250, 4), (50, 250, _GOALS), (50, 1000, _GOALS)):
            ways = [
                drawn_ways(activation=name, n=n, examples=p, seed=_GOALS * seed + k)
                for k in range(draws)
            ]
            detours[n, p] = float(np.mean([way.level for way in ways]))
        few, some, many = (detours[n, 250] for n in (2, 10, 50))
        parts += [
            yes(f"longer with more inputs, {name}", few < some < many),
            yes(f"shorter with more examples, {name}", detours[50, 1000] < many),
        ]
        numbers |= {f"{name}_{n}_{p}": value for (n, p), value in detours.items()}
    return Check(*parts, numbers=numbers)


@stored
def flipped_runs(seed: int = 0, n: int = 8, steps: int = 200) -> dict[str, tuple[Path, Path]]:
    """Run each method on positive inputs and on the same with every second one negated."""
    rng = np.random.default_rng([seed, 8])
    X = ACTIVATIONS["sigmoid"].value(rng.standard_normal((64, n)))
    target, w0 = rng.standard_normal(n), rng.standard_normal(n)
    flip = np.where(np.arange(n) % 2, -1.0, 1.0)
    H, turned_H = second_moment(X), second_moment(X * flip)
    rate = 1.0 / np.linalg.eigvalsh(H)[-1]
    methods = {
        "gradient descent": (gradient_descent, rate),
        "momentum": (momentum, rate),
        "Nesterov": (nesterov, rate / 2),
        "Adam": (adam, 0.05),
    }
    runs = {}
    for name, (method, step_size) in methods.items():
        options = {"step_size": step_size, "steps": steps}
        runs[name] = (method(H, w0, **options), method(turned_H, flip * w0, **options))
    y, options = X @ target, {"step_size": 0.2, "steps": steps}
    runs["SGD"] = (
        sgd(X, y, w0, rng=np.random.default_rng(seed), **options),
        sgd(X * flip, y, flip * w0, rng=np.random.default_rng(seed), **options),
    )
    return runs


@claim(
    "signs.flip",
    "Negating half of the inputs, and the weights that read them, leaves the losses of gradient "
    "descent, momentum, Nesterov, Adam and SGD the same to the last bit.",
    kind="measured",
    assumes=("SGD draws the same examples both times",),
    over="8 sigmoid inputs, 200 steps of each method",
)
def _(seed: int) -> Check:
    runs = flipped_runs(seed)
    return Check(
        *(
            equal(
                f"largest difference of the losses, {name}",
                theory=0,
                observed=float(np.abs(plain.losses - turned.losses).max()),
                matters=1e-15,
            )
            for name, (plain, turned) in runs.items()
        ),
        numbers={"methods": len(runs), "steps": runs["SGD"][0].steps},
    )


@claim(
    "signs.flip-signs",
    "Negating half of several positive inputs, and the weights that read them, takes the share of "
    "a unit's single-example gradients with one sign, along a run of SGD, from all to none.",
    kind="measured",
    assumes=("δ ≠ 0", *LEMMA),
    over="8 sigmoid inputs, 200 steps",
)
def _(seed: int) -> Check:
    plain, turned = (
        float(single_signed(path.gradients).mean()) for path in flipped_runs(seed)["SGD"]
    )
    return Check(
        equal("share of one sign, before", theory=1, observed=plain),
        equal("share of one sign, after", theory=0, observed=turned, matters=0.005),
        numbers={"before": plain, "after": turned},
    )


@claim(
    "signs.flip-spectrum",
    "Negating half of the inputs changes neither the eigenvalues of E[xxᵀ], nor the cosine between "
    "any two examples, nor how long the shortest way along them to the mirrored goal is.",
    kind="measured",
    over="40 positive examples with six inputs",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 9])
    X, goal, flip = rng.random((40, 6)), rng.standard_normal(6), np.array([1, -1, 1, -1, 1, -1])
    turned = X * flip

    def cosines(inputs: np.ndarray) -> np.ndarray:
        lengths = np.linalg.norm(inputs, axis=1)
        return inputs @ inputs.T / np.outer(lengths, lengths)

    values, flipped = (np.linalg.eigvalsh(second_moment(inputs)) for inputs in (X, turned))
    small = {"theory": 0, "because": "rounding", "matters": 1e-6}
    ways = shortest_way(X, goal).detour, shortest_way(turned, flip * goal).detour
    return Check(
        equal(
            "largest change of an eigenvalue",
            observed=float(np.abs(values - flipped).max()),
            tolerance=1e-13,
            **small,
        ),
        equal(
            "largest change of a cosine",
            observed=float(np.abs(cosines(X) - cosines(turned)).max()),
            tolerance=1e-13,
            **small,
        ),
        equal(
            "change of the shortest way", observed=abs(ways[0] - ways[1]), tolerance=1e-9, **small
        ),
        numbers={"detour": ways[0]},
    )
