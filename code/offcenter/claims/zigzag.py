"""Claims of the chapter on zig-zags: the bowl, its axes, and what turns a path."""

import math
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from offcenter.claims._record import Check, at_least, at_most, claim, equal, yes
from offcenter.claims._solver import choose, impossible, reals
from offcenter.descent import (
    Path,
    Setting,
    alternation,
    gradient_descent,
    line_search,
    plane_run,
    sgd,
)
from offcenter.signs import single_signed
from offcenter.spectrum import perron_vector, second_moment

UNIT = "a linear unit without a bias, half the mean squared error"
DESCENT = "gradient descent on half the mean squared error of a linear unit without a bias"


@claim(
    "zigzag.eigen-coordinates",
    "On a quadratic loss, a gradient step of size η multiplies the part of w − w* along each "
    "eigenvector of the curvature by 1 − ηλ.",
    over="six inputs, 12 steps at η = 1.5/λmax",
)
def _() -> Check:
    rng = np.random.default_rng(1)
    M = second_moment(rng.random((50, 6)))
    values, vectors = np.linalg.eigh(M)
    start, step_size = rng.standard_normal(6), 1.5 / values[-1]
    path = gradient_descent(M, start, step_size=step_size, steps=12)
    along = path.points @ vectors
    factors = (1 - step_size * values) ** path.steps
    return Check(
        *(
            equal(
                f"after 12 steps, eigenvector {i + 1}",
                theory=factors[i],
                observed=along[-1, i] / along[0, i],
                tolerance=1e-10,
                because="rounding of products of numbers of order one",
                matters=1e-6,
            )
            for i in range(6)
        ),
        numbers={"inputs": 6},
    )


@claim(
    "zigzag.two-inputs",
    "For two independent inputs uniform between 0 and 1, κ is 7, and the stiff direction is both "
    "weights up by the same amount.",
    assumes=(UNIT,),
    over="the moments as integrals, and as the figures have them",
)
def _() -> Check:
    x, y = sp.symbols("x y")
    moments = [[sp.integrate(a * b, (x, 0, 1), (y, 0, 1)) for a in (x, y)] for b in (x, y)]
    smallest, largest = sorted(sp.Matrix(moments).eigenvals())
    run = plane_run(Setting(mean=0.5))
    values = np.linalg.eigvalsh(run.second_moment)
    stiff = perron_vector(run.second_moment)
    return Check(
        equal(
            "κ",
            theory=float(largest / smallest),
            observed=float(values[1] / values[0]),
            tolerance=1e-12,
            because="rounding of an eigenvalue problem of size two",
        ),
        equal(
            "second entry of the stiff direction over the first",
            theory=1,
            observed=stiff[1] / stiff[0],
            tolerance=1e-12,
            because="rounding of an eigenvalue problem of size two",
            matters=0.01,
        ),
        numbers={
            "kappa": run.kappa,
            "smallest": float(run.eigenvalues[0]),
            "largest": float(run.eigenvalues[1]),
        },
    )


@claim(
    "zigzag.by-hand",
    "With the inputs (1, 0.9) and (0.9, 1), targets that w* = (1, 0) fits, and η = 1, descent from "
    "0 first moves all weights up and all down in turn; over nine tenths of its steps to a tenth "
    "of the distance come after that, and have mixed signs.",
    assumes=(DESCENT,),
    over="three steps in fractions, 600 in floats",
)
def _() -> Check:
    X = sp.Matrix([[1, sp.Rational(9, 10)], [sp.Rational(9, 10), 1]])
    goal, M = sp.Matrix([1, 0]), X.T * X / 2
    w, exact = sp.zeros(2, 1), [sp.zeros(2, 1)]
    for _step in range(3):
        w = w - M * (w - goal)
        exact.append(w)
    H = np.array(M, dtype=float)
    path = gradient_descent(H, [-1.0, 0.0], step_size=1.0, steps=600)
    points = path.points + np.array([1.0, 0.0])
    one_sign = single_signed(path.gradients)
    first = int(np.argmin(one_sign))
    # The stiff part of the gradient is 1.805·0.805ᵗ/2, the slow one 0.005·0.995ᵗ/2.
    crossing = math.log(361) / math.log(0.995 / 0.805)
    values, arrived = np.linalg.eigvalsh(H), path.until(0.1).steps
    tenth = next(t for t in range(999) if math.hypot(0.805**t, 0.995**t) <= 0.1 * math.sqrt(2))
    return Check(
        *(
            equal(
                f"weight {i + 1} after step {t}",
                theory=float(exact[t][i]),
                observed=points[t, i],
                tolerance=1e-12,
                because="rounding",
            )
            for t in (1, 2, 3)
            for i in (0, 1)
        ),
        equal("steps of one sign at first", theory=math.ceil(crossing), observed=first),
        yes("each of these turns back", path.first(first).turns == first - 1),
        yes("no step of one sign after them", not one_sign[first:].any()),
        equal("steps to a tenth of the distance", theory=tenth, observed=arrived),
        at_least(
            "share of the steps that come after the first part",
            bound=0.9,
            observed=1 - first / arrived,
            matters=0.05,
        ),
        numbers={
            "kappa": float(values[1] / values[0]),
            "largest": float(values[1]),
            "smallest": float(values[0]),
            "stiff_factor": float(1 - values[1]),
            "slow_factor": float(1 - values[0]),
            "zigzags": first,
            "left": float(path.distances[first]),
            "tenth": arrived,
            **{f"w{i + 1}_{t}": float(points[t, i]) for t in range(1, 4) for i in range(2)},
            **{f"g{i + 1}_{t}": float(path.gradients[t, i]) for t in range(3) for i in range(2)},
        },
    )


@claim(
    "zigzag.perron",
    "If no input is ever negative, the largest eigenvalue of E[xxᵀ] has an eigenvector without two "
    "entries of opposite sign.",
    kind="proved",
    over="each term of the quadratic form, by z3; 200 random sets of inputs",
    source="frobenius1912",
)
def _() -> Check:
    a, b, m = reals("a b m")

    def size(value: Any) -> Any:
        return choose(value < 0, -value, value)

    rng = np.random.default_rng(2)
    trials, lowest = 200, []
    for _ in range(trials):
        n = int(rng.integers(2, 12))
        M = second_moment(rng.random((15, n)) ** 3)
        top = np.linalg.eigh(M)[1][:, -1]
        lowest.append(np.min(top * np.sign(top.sum())))
    return Check(
        yes(
            "taking sizes makes no term of vᵀMv smaller",
            impossible(m >= 0, m * size(a) * size(b) < m * a * b),
        ),
        yes("and keeps the length", impossible(size(a) * size(a) != a * a)),
        yes("no top eigenvector of the random sets has two signs", min(lowest) >= -1e-12),
        numbers={"trials": trials},
    )


@claim(
    "zigzag.stability",
    "Gradient descent on a quadratic loss goes to the minimum from every start if 0 < η < 2/λmax, "
    "and runs away from every start with a part along the stiff direction if η > 2/λmax.",
    kind="proved",
    assumes=("all eigenvalues above 0",),
    over="all η and λ, by z3; runs of 4,000 steps a thousandth beside the limit",
)
def _() -> Check:
    product, largest = reals("product largest")
    factor = 1 - product
    values, margin = np.array([0.1, 0.4, 1.0]), 1e-3
    growths = [
        float(np.log(path.distances[-1] / path.distances[-101]) / 100)
        for side in (-1, 1)
        for path in [
            gradient_descent(
                np.diag(values), np.ones(3), step_size=2 * (1 + side * margin), steps=4000
            )
        ]
    ]
    return Check(
        yes(
            "0 < ηλ ≤ ηλmax < 2 makes |1 − ηλ| < 1",
            impossible(product > 0, product <= largest, largest < 2, factor * factor >= 1),
        ),
        yes("ηλ > 2 makes |1 − ηλ| > 1", impossible(product > 2, factor * factor <= 1)),
        *(
            equal(
                f"growth of the distance a step, {where} the limit",
                theory=math.log(1 + 2 * side * margin),
                observed=growth,
                tolerance=1e-9,
                because="rounding of a logarithm",
            )
            for where, side, growth in zip(("below", "above"), (-1, 1), growths, strict=True)
        ),
        numbers={"largest_multiple": 2},
    )


@claim(
    "zigzag.overshoot",
    "Along an eigenvector gradient descent crosses the minimum at every step if ηλ > 1 and never "
    "if ηλ < 1.",
    kind="proved",
    assumes=("a quadratic loss, a fixed step size", "a part along the eigenvector that is not 0"),
    over="all η, λ and starts, by z3; six step sizes from 0.3/λ to 1.9/λ",
)
def _() -> Check:
    e, product = reals("e product")
    next_e = (1 - product) * e
    crossings = {
        multiple: np.mean(path.points[1:, 0] * path.points[:-1, 0] < 0)
        for multiple in (0.3, 0.9, 0.999, 1.001, 1.2, 1.9)
        for path in [gradient_descent([[1.0]], [1.0], step_size=multiple, steps=15)]
    }
    return Check(
        yes("ηλ > 1 changes sides", impossible(e != 0, product > 1, next_e * e >= 0)),
        yes("ηλ < 1 does not", impossible(e != 0, product < 1, next_e * e <= 0)),
        *(
            equal(
                f"share of steps that cross, η = {multiple}/λ",
                theory=float(multiple > 1),
                observed=float(share),
                matters=0.05,
            )
            for multiple, share in crossings.items()
        ),
        numbers={"trials": len(crossings)}
        | {
            f"{name}_{t}": float(path.points[t, 0])
            for name, multiple in (("short", 0.1), ("long", 1.9))
            for path in [gradient_descent([[1.0]], [1.0], step_size=multiple, steps=3)]
            for t in (1, 2, 3)
        },
    )


@claim(
    "zigzag.window",
    "On positive inputs the late gradients of the full data are all up and all down in turn if "
    "2/(λmax + λmin) < η < 2/λmax, the last 1/(κ + 1) of the stable step sizes; if "
    "0 < η < 2/(λmax + λmin) they have mixed signs and do not reverse.",
    kind="measured",
    assumes=(
        DESCENT,
        "n ≥ 2",
        "E[xᵢxⱼ] > 0 for all i, j",
        "an invertible E[xxᵀ]",
        "a start with parts along both extreme axes",
    ),
    over="20 and 50 sigmoid and ReLU inputs; step sizes in the window, before it, and 1/λmax",
)
def _(seed: int) -> Check:
    small, large = sp.symbols("lambda_min lambda_max", positive=True)
    width = (2 / large - 2 / (large + small)) / (2 / large)
    parts, numbers = [], {}
    for name, units in (("sigmoid", 20), ("sigmoid", 50), ("relu", 20), ("relu", 50)):
        kind = partial(alternation, activation=name, units=units, seed=seed)
        for run, place in (
            (kind(inside=0.1), "just inside"),
            (kind(inside=0.9), "near the limit"),
            (kind(inside=-0.5), "below it"),
            (kind(multiple=1.0), "at 1/λmax"),
        ):
            parts += [
                equal(
                    f"{what}, {units} {name} inputs, {place}",
                    theory=float(run.inside > 0),
                    observed=share,
                    matters=0.02,
                )
                for what, share in (
                    ("share of one sign", run.one_sign),
                    ("share that reverses", run.reversed),
                )
            ]
            key = f"{name}_{units}"
            numbers |= {f"{key}_kappa": run.kappa, f"{key}_width": 1 / (run.kappa + 1)}
            numbers[f"{key}_from"] = 2 * run.kappa / (run.kappa + 1)
    return Check(
        yes(
            "the relative width is 1/(κ + 1)",
            sp.simplify(width - 1 / (large / small + 1)) == 0,
        ),
        *parts,
        numbers=numbers,
    )


@claim(
    "zigzag.alternation",
    "With 20 sigmoid inputs and η midway between 2/(λmax + λmin) and 2/λmax, the full gradient has "
    "one sign in each late step, the opposite in the next; with the inputs centered, at the same "
    "ηλmax, it has mixed signs.",
    kind="measured",
    assumes=(
        DESCENT,
        "500 examples of inputs σ(z) with independent z ~ N(0, 1)",
        "a start w − w* from N(0, I)",
    ),
    over="the last 50 steps of a run that has forgotten its start",
)
def _(seed: int) -> Check:
    raw = alternation(seed=seed)
    centered = alternation(multiple=raw.multiple, centered=True, seed=seed)
    return Check(
        equal("share of one sign, sigmoid", theory=1, observed=raw.one_sign, matters=0.02),
        equal("share that reverses, sigmoid", theory=1, observed=raw.reversed, matters=0.02),
        equal("share of one sign, centered", theory=0, observed=centered.one_sign, matters=0.02),
        equal("share that reverses, centered", theory=1, observed=centered.reversed, matters=0.02),
        numbers={
            "units": raw.gradients.shape[1],
            "examples": raw.examples,
            "multiple": raw.multiple,
            "kappa": raw.kappa,
            "steps": raw.steps,
            "one_sign": raw.one_sign,
            "one_sign_centered": centered.one_sign,
        },
    )


@claim(
    "zigzag.two-examples",
    "The steps of two examples with positive inputs point more than 90° apart exactly when the "
    "errors of the two have opposite signs.",
    kind="measured",
    assumes=("steps −ηδx, η > 0, each along a single example; errors that are not 0",),
    over="200 steps of SGD on 100 examples, and on the same in a mirror",
)
def _(seed: int) -> Check:
    rng = np.random.default_rng([seed, 11])
    X, target = rng.uniform(0.05, 1.0, (100, 2)), np.array([1.0, -1.0])
    steps = 200
    path, flipped = (
        sgd(
            inputs,
            X @ target,
            [0.0, 0.0],
            rng=np.random.default_rng([seed, 12]),
            step_size=0.5,
            steps=steps,
        )
        for inputs in (X, X * np.array([1.0, -1.0]))
    )
    # With positive inputs the gradient δx has the sign of δ in each coordinate.
    errors = path.signs[:, 0]
    changes = int(np.count_nonzero(errors[1:] * errors[:-1] < 0))
    return Check(
        equal("turns", theory=changes, observed=path.turns),
        equal("turns in the mirror", theory=changes, observed=flipped.turns),
        numbers={
            "steps": steps,
            "turns": path.turns,
            "turns_flipped": flipped.turns,
            "mixed_flipped": float(1 - np.mean(single_signed(flipped.gradients))),
        },
    )


def _fit_in_turn(X: np.ndarray, steps: int) -> np.ndarray:
    """Return the distances from the solution 0 when each step fits one example exactly, in turn."""
    w, distances = np.array([1.0, 0.0]), []
    for step in range(steps):
        x = X[step % len(X)]
        w = w - (x @ w) / (x @ x) * x
        distances.append(float(np.linalg.norm(w)))
    return np.array(distances)


@claim(
    "zigzag.in-turn",
    "If two examples of two inputs are fitted exactly in turn by steps along them, each step after "
    "the first multiplies the distance from the solution by the size of the cosine of their angle.",
    assumes=("a linear unit without a bias, targets that it can fit",),
    over="angles of 2°, 30° and 90°",
    source="kaczmarz1937",
)
def _() -> Check:
    parts = []
    for degrees in (2, 30, 90):
        angle = math.radians(degrees)
        X = np.array([[1.0, 0.4], [0.0, 0.0]])
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        X[1] = 2 * turn @ X[0]
        distances = _fit_in_turn(X, 3)
        parts.append(
            equal(
                f"factor of a step at {degrees}°",
                # The cosine, exactly 0 at a right angle.
                theory=math.sin(math.radians(90 - degrees)),
                observed=distances[1] / distances[0],
                tolerance=1e-12,
                because="rounding",
                matters=0.0005,
            )
        )
    X = np.array([[1.0, 0.9], [0.9, 1.0]])
    cosine = float(X[0] @ X[1] / (X[0] @ X[0]))
    return Check(
        *parts,
        numbers={
            "cosine": cosine,
            "degrees": math.degrees(math.acos(cosine)),
            "steps": 1 + math.ceil(math.log(0.1) / math.log(cosine)),
        },
    )


@claim(
    "zigzag.line-search",
    "If each step goes to the lowest point of the line along its gradient, every step is "
    "perpendicular to the one before; on x² + y² the first step ends at the minimum.",
    kind="proved",
    assumes=("a quadratic loss",),
    over="two weights, all bowls and starts, by SymPy; a run with κ = 7",
)
def _() -> Check:
    a, b = sp.symbols("a b", positive=True)
    x, y = sp.symbols("x y", real=True)
    H, w = sp.diag(a, b), sp.Matrix([x, y])
    g = H * w
    after = w - (g.dot(g) / g.dot(H * g)) * g
    path = line_search(np.diag([1.0, 7.0]), [7.0, 1.0], steps=12)
    moves = np.diff(path.points, axis=0)
    lengths = np.linalg.norm(moves, axis=1)
    cosines = np.sum(moves[1:] * moves[:-1], axis=1) / (lengths[1:] * lengths[:-1])
    rate = float((path.distances[12] / path.distances[0]) ** (1 / 12))
    return Check(
        yes("the next gradient is perpendicular", sp.simplify(g.dot(H * after)) == 0),
        yes("equal curvatures end at 0", sp.simplify(after.subs(b, a)) == sp.zeros(2, 1)),
        at_most(
            "largest cosine between two steps of a run",
            bound=0,
            observed=float(np.abs(cosines).max()),
            tolerance=1e-10,
            because="rounding",
            matters=1e-6,
        ),
        equal(
            "factor of a step from the worst start, κ = 7",
            theory=6 / 8,
            observed=rate,
            tolerance=1e-12,
            because="rounding",
        ),
        numbers={"rate": rate, "kappa": 7},
    )


def off_line(path: Path) -> float:
    """Return the largest distance of a point from the line through the start and the minimum."""
    direction = path.points[0] / np.linalg.norm(path.points[0])
    across = path.points - np.outer(path.points @ direction, direction)
    return float(np.linalg.norm(across, axis=1).max())
