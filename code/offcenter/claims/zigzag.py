"""Claims of the chapter on zig-zags: what turns a path, and what makes it slow."""

import math

import numpy as np

from offcenter.activations import ACTIVATIONS
from offcenter.claims._record import Check, claim
from offcenter.descent import (
    PRESETS,
    Path,
    Setting,
    contraction,
    gradient_descent,
    momentum,
    plane_run,
    sgd,
    tuning,
)
from offcenter.signs import single_signed
from offcenter.spectrum import condition_number, perron_vector, second_moment

_KAPPA = 100.0
_UNITS = 20


def _sigmoid_inputs() -> np.ndarray:
    z = np.random.default_rng(9).standard_normal((500, _UNITS))
    return ACTIVATIONS["sigmoid"].value(z)


def _late_signs(X: np.ndarray, multiple: float) -> tuple[float, float]:
    """The shares of the last 50 steps with a one-signed and with a reversed gradient."""
    M = second_moment(X)
    start = np.random.default_rng(10).standard_normal(len(M))
    step_size = multiple / np.linalg.eigvalsh(M)[-1]
    late = gradient_descent(M, start, step_size=step_size, steps=400).gradients[-51:]
    reversals = np.sum(late[1:] * late[:-1], axis=1) < 0
    return float(np.mean(single_signed(late[1:]))), float(np.mean(reversals))


def _off_line(path: Path) -> float:
    """The largest distance of a point from the line through the start and the minimum."""
    direction = path.points[0] / np.linalg.norm(path.points[0])
    across = path.points - np.outer(path.points @ direction, direction)
    return float(np.linalg.norm(across, axis=1).max())


@claim(
    "zigzag.eigen-coordinates",
    "On a quadratic loss, a step of size η multiplies the error along each eigenvector of the "
    "curvature by 1 − ηλ.",
)
def _() -> Check:
    rng = np.random.default_rng(1)
    M = second_moment(rng.random((50, 6)))
    values, vectors = np.linalg.eigh(M)
    start, step_size = rng.standard_normal(6), 1.5 / values[-1]
    path = gradient_descent(M, start, step_size=step_size, steps=12)
    along = path.points @ vectors
    return Check(
        expected=(1 - step_size * values) ** path.steps,
        observed=along[-1] / along[0],
        tolerance=1e-12,
        reason="rounding of products of numbers of order one",
        numbers={"inputs": 6},
    )


@claim(
    "zigzag.two-inputs",
    "For two independent inputs uniform between 0 and 1, κ is 7, and the stiff direction is "
    "both weights up.",
)
def _() -> Check:
    run = plane_run(Setting(mean=0.5))
    stiff = perron_vector(run.second_moment)
    return Check(
        expected=[7.0, math.sqrt(0.5), math.sqrt(0.5)],
        observed=[condition_number(run.second_moment), *stiff],
        tolerance=1e-12,
        reason="rounding of an eigenvalue problem of size two",
        numbers={
            "kappa": run.kappa,
            "smallest": float(run.eigenvalues[0]),
            "largest": float(run.eigenvalues[1]),
        },
    )


@claim(
    "zigzag.perron",
    "If no input is ever negative, the largest eigenvalue of E[xxᵀ] has an eigenvector without two "
    "entries of different sign.",
)
def _() -> Check:
    rng = np.random.default_rng(2)
    trials, lowest = 200, []
    for _ in range(trials):
        n = int(rng.integers(2, 12))
        M = second_moment(rng.random((15, n)) ** 3)
        top = np.linalg.eigh(M)[1][:, -1]
        lowest.append(np.min(top * np.sign(top.sum())))
    return Check(
        expected=0.0,
        observed=float(min(lowest)),
        tolerance=1e-12,
        reason="rounding of eigenvectors",
        relation="at least",
        numbers={"trials": trials},
    )


@claim(
    "zigzag.stability",
    "Gradient descent on a quadratic loss goes to the minimum from every start if η < 2/λmax and "
    "runs away from almost every start if η > 2/λmax.",
)
def _() -> Check:
    values = np.array([0.1, 0.4, 1.0])
    margin = 1e-3
    inside, outside = (
        contraction("gradient_descent", values, step_size=2 / values[-1] * (1 + side * margin))
        for side in (-1, 1)
    )
    start = np.ones(3)
    ends = [
        gradient_descent(np.diag(values), start, step_size=2 * (1 + side * margin), steps=4000)
        for side in (-1, 1)
    ]
    return Check(
        expected=[1 - 2 * margin, 1 + 2 * margin, -1.0, 1.0],
        observed=[inside, outside, *(np.sign(p.distances[-1] - p.distances[0]) for p in ends)],
        tolerance=1e-12,
        reason="rounding of 1 − ηλ",
        numbers={"largest_multiple": 2},
    )


@claim(
    "zigzag.overshoot",
    "The error along an eigenvector changes its sign at every step if ηλ > 1 and never if ηλ < 1.",
)
def _() -> Check:
    multiples = np.array([0.3, 0.9, 0.999, 1.001, 1.2, 1.9])
    flips = []
    for multiple in multiples:
        path = gradient_descent([[1.0]], [1.0], step_size=float(multiple), steps=15)
        flips.append(np.mean(path.points[1:, 0] * path.points[:-1, 0] < 0))
    return Check(
        expected=(multiples > 1).astype(float),
        observed=np.array(flips),
        tolerance=0,
        reason="shares of steps, all or none",
        numbers={"trials": len(multiples)},
    )


@claim(
    "zigzag.alternation",
    "With sigmoid inputs and a step size just below 2/λmax, the full gradient has one sign in all "
    "late steps, another at each; with centered inputs it has mixed signs.",
)
def _() -> Check:
    X, multiple = _sigmoid_inputs(), 1.99
    one_sign, reversed_ = _late_signs(X, multiple)
    centered, _ = _late_signs(X - X.mean(axis=0), multiple)
    return Check(
        expected=[1.0, 1.0, 0.0],
        observed=[one_sign, reversed_, centered],
        tolerance=0,
        reason="shares of steps, all or none",
        numbers={
            "units": _UNITS,
            "multiple": multiple,
            "one_sign": one_sign,
            "one_sign_centered": centered,
        },
    )


@claim(
    "zigzag.small-step",
    "With the same sigmoid inputs and the step size 1/λmax, the full gradient has mixed signs in "
    "all late steps.",
)
def _() -> Check:
    one_sign, reversed_ = _late_signs(_sigmoid_inputs(), 1.0)
    return Check(
        expected=[0.0, 0.0],
        observed=[one_sign, reversed_],
        tolerance=0,
        reason="shares of steps, all or none",
    )


@claim(
    "zigzag.turns-are-fast",
    "On two inputs between 0 and 1, a path that turns back at every step takes fewer steps than "
    "one from the same start that never turns.",
)
def _() -> Check:
    fast, slow = plane_run(PRESETS["zig-zag and fast"]), plane_run(PRESETS["straight and slow"])
    kept = np.array([1 - 1.75, 1 - 1.75 / 7]), np.array([0.0, 1 - 1 / 7])
    closed = [
        next(t for t in range(1, 999) if np.sqrt(np.mean(factor ** (2 * t))) <= 1e-3)
        for factor in kept
    ]
    return Check(
        expected=[*closed, closed[0] - 1, 0, 1],
        observed=[
            fast.steps_to_goal,
            slow.steps_to_goal,
            fast.turns,
            slow.turns,
            fast.steps_to_goal < slow.steps_to_goal,
        ],
        tolerance=0,
        reason="counts",
        numbers={
            "fast_steps": fast.steps_to_goal,
            "fast_turns": fast.turns,
            "slow_steps": slow.steps_to_goal,
            "slow_turns": slow.turns,
            "saved": (slow.steps_to_goal - fast.steps_to_goal) / slow.steps_to_goal,
            "fast_length": fast.path.length,
            "slow_length": slow.path.length,
        },
    )


@claim(
    "zigzag.edge",
    "Near the largest stable step size the stiff direction itself becomes the slow one.",
)
def _() -> Check:
    run, fast = plane_run(Setting(step_size=1.95)), plane_run(PRESETS["zig-zag and fast"])
    stiff, slow = abs(1 - run.setting.step_size), 1 - run.setting.step_size / run.kappa
    return Check(
        expected=[slow, fast.steps_to_goal],
        observed=[stiff, run.steps_to_goal],
        tolerance=0,
        reason="the two sides are far apart",
        relation="at least",
        numbers={
            "multiple": run.setting.step_size,
            "steps": run.steps_to_goal,
            "turns": run.turns,
            "stiff_factor": stiff,
            "slow_factor": slow,
        },
    )


@claim(
    "zigzag.hard-direction",
    "From the error (1, −1), where one weight must rise and one must fall, full-batch descent goes "
    "along a straight line and takes more steps than the fast zig-zag.",
)
def _() -> Check:
    run, other = plane_run(PRESETS["the hard direction"]), plane_run(PRESETS["zig-zag and fast"])
    return Check(
        expected=[0.0, 1.0],
        observed=[_off_line(run.path), float(run.steps_to_goal > other.steps_to_goal)],
        tolerance=1e-14,
        reason="rounding of points of order one; the second is a yes or a no",
        numbers={
            "steps": run.steps_to_goal,
            "turns": run.turns,
            "factor": 1 - run.setting.step_size / run.kappa,
        },
    )


@claim(
    "zigzag.best-step",
    "The best fixed step size on a quadratic loss is 2/(λmax + λmin), with the factor "
    "(κ − 1)/(κ + 1) per step.",
)
def _() -> Check:
    values = np.array([1 / _KAPPA, 1.0])
    multiples = np.linspace(1.0, 2.0, 20_001)
    slowest = np.max(np.abs(1 - multiples[:, None] * values), axis=1)
    best = tuning("gradient_descent", smallest=values[0], largest=values[1])
    usual = contraction("gradient_descent", values, step_size=1 / values[1])
    return Check(
        expected=[best.step_size, best.rate],
        observed=[multiples[slowest.argmin()], slowest.min()],
        tolerance=5e-5,
        reason="the spacing of the grid of step sizes",
        numbers={
            "kappa": _KAPPA,
            "multiple": best.step_size,
            "rate": best.rate,
            "usual_rate": usual,
            "gain": math.log(best.rate) / math.log(usual),
        },
    )


@claim(
    "zigzag.rates",
    "The best factors per step are (κ − 1)/(κ + 1) for gradient descent and (√κ − 1)/(√κ + 1) for "
    "the heavy ball, and Nesterov's usual settings give 1 − 1/√κ.",
)
def _() -> Check:
    values = np.linspace(1 / _KAPPA, 1.0, 40)
    root = math.sqrt(_KAPPA)
    closed = {
        "gradient_descent": (_KAPPA - 1) / (_KAPPA + 1),
        "momentum": (root - 1) / (root + 1),
        "nesterov": 1 - 1 / root,
    }
    observed = {}
    for method in closed:
        best = tuning(method, smallest=values[0], largest=1.0)
        # The usual settings of Nesterov are not the best ones; of the others no neighbor is better.
        near = (1.0,) if method == "nesterov" else (0.98, 1.0, 1.02)
        observed[method] = min(
            contraction(method, values, step_size=best.step_size * a, beta=best.beta * b)
            for a in near
            for b in near
        )
    return Check(
        expected=list(closed.values()),
        observed=list(observed.values()),
        tolerance=1e-7,
        reason="a double root moves by the square root of a rounding error",
        numbers={"kappa": _KAPPA}
        | {f"rate_{name}": rate for name, rate in observed.items()}
        | {f"steps_{name}": math.log(0.1) / math.log(rate) for name, rate in closed.items()},
    )


@claim(
    "zigzag.momentum",
    "With its best settings the heavy ball takes fewer steps than the best gradient descent from "
    "the same start, and it too turns.",
)
def _() -> Check:
    plain = plane_run(PRESETS["zig-zag and fast"])
    M, values = plain.second_moment, plain.eigenvalues
    best = tuning("momentum", smallest=float(values[0]), largest=float(values[1]))
    path = momentum(M, [1.0, 0.0], step_size=best.step_size, beta=best.beta, steps=200).until(1e-3)
    return Check(
        expected=[1, 1],
        observed=[plain.steps_to_goal - path.steps, path.turns],
        tolerance=0,
        reason="counts: at least one step saved, and at least one turn",
        relation="at least",
        numbers={
            "steps": path.steps,
            "turns": path.turns,
            "beta": best.beta,
            "multiple": float(best.step_size * values[1]),
        },
    )


@claim(
    "zigzag.two-examples",
    "Steps of two examples with positive inputs turn back on each other by more than 90° exactly "
    "when the errors of the two have different signs.",
)
def _() -> Check:
    rng = np.random.default_rng(11)
    X, target = rng.uniform(0.05, 1.0, (100, 2)), np.array([1.0, -1.0])
    flips = np.array([1.0, -1.0])
    settings = {"step_size": 0.5, "steps": 200}
    path, flipped = (
        sgd(inputs, X @ target, [0.0, 0.0], rng=np.random.default_rng(12), **settings)
        for inputs in (X, X * flips)
    )
    # With positive inputs the gradient δx has the sign of δ in each coordinate.
    errors = path.signs[:, 0]
    changes = np.count_nonzero(errors[1:] * errors[:-1] < 0)
    return Check(
        expected=[changes, changes],
        observed=[path.turns, flipped.turns],
        tolerance=0,
        reason="counts",
        numbers={
            "steps": settings["steps"],
            "turns": path.turns,
            "turns_flipped": flipped.turns,
            "mixed_flipped": float(1 - np.mean(single_signed(flipped.gradients))),
        },
    )


@claim(
    "zigzag.centered",
    "With centered inputs of equal variance that do not covary, one step of size 1/λmax reaches "
    "the minimum from every start.",
)
def _() -> Check:
    starts = np.random.default_rng(13).standard_normal((20, 2))
    ends = [
        plane_run(Setting(mean=0.0, step_size=1.0, start=(float(a), float(b)))).path.distances[1]
        for a, b in starts
    ]
    return Check(
        expected=0.0,
        observed=float(max(ends)),
        tolerance=1e-15,
        reason="rounding of 1 − ηλ",
        relation="at most",
        numbers={"kappa": plane_run(PRESETS["centered"]).kappa, "starts": len(starts)},
    )
