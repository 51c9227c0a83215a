"""Claims of the chapter on zig-zags: what is slow, which step size is best, and momentum."""

import math
from functools import partial

import numpy as np

from offcenter.claims._record import Check, at_most, claim, equal, yes
from offcenter.claims._solver import impossible, reals
from offcenter.claims.zigzag import DESCENT, UNIT, off_line
from offcenter.descent import (
    PRESETS,
    Setting,
    contraction,
    gradient_descent,
    momentum,
    nesterov,
    plane_run,
    tuning,
)

_KAPPA = 100.0
_INPUTS = "two independent inputs uniform between 0 and 1"
_GOAL = "starts as seen from the minimum, steps to a thousandth of the distance"
_TURN = "a path turns back where it turns by more than 90°"
_NESTEROV = "Nesterov's usual settings are η = 1/λmax and β = (√κ − 1)/(√κ + 1)"
_METHODS = {"gradient_descent": gradient_descent, "nesterov": nesterov, "momentum": momentum}
_NAMES = {
    "gradient_descent": "gradient descent",
    "nesterov": "Nesterov",
    "momentum": "the heavy ball",
}


def _steps_by_factors(multiple: float, start: tuple[float, float], kappa: float = 7.0) -> int:
    """Return the steps to a thousandth from the factors alone; `start` is (stiff, slow)."""
    stiff, slow = abs(1 - multiple), abs(1 - multiple / kappa)
    goal = 1e-3 * math.hypot(*start)
    return next(
        t for t in range(9999) if math.hypot(start[0] * stiff**t, start[1] * slow**t) <= goal
    )


@claim(
    "zigzag.turns-are-fast",
    "On two independent inputs uniform between 0 and 1, from (1, 0), the path with η = 1.75/λmax "
    "turns back between each step and the next, and takes fewer steps than the one with "
    "η = 1/λmax, which never turns back.",
    assumes=(DESCENT, _GOAL, _TURN),
    over="theory from the factors 1 − ηλ",
)
def _() -> Check:
    fast, slow = plane_run(PRESETS["zig-zag and fast"]), plane_run(PRESETS["straight and slow"])
    fast_steps, slow_steps = fast.path.steps, slow.path.steps
    return Check(
        equal(
            "steps with the zig-zag",
            theory=_steps_by_factors(1.75, (1, 1)),
            observed=fast_steps,
            unit="steps",
        ),
        equal(
            "steps of the straight path",
            theory=_steps_by_factors(1.0, (1, 1)),
            observed=slow_steps,
            unit="steps",
        ),
        equal("turns with the zig-zag", theory=fast_steps - 1, observed=fast.turns),
        equal("turns of the straight path", theory=0, observed=slow.turns, matters=1),
        yes("the zig-zag arrives first", fast_steps < slow_steps),
        numbers={
            "fast_steps": fast_steps,
            "fast_turns": fast.turns,
            "slow_steps": slow_steps,
            "slow_turns": slow.turns,
            "saved": (slow_steps - fast_steps) / slow_steps,
            "fast_length": fast.path.length,
            "slow_length": slow.path.length,
        },
    )


@claim(
    "zigzag.edge",
    "At η = 1.95/λmax the stiff direction is the slowest, and the run from (1, 0) takes more steps "
    "than at 1/λmax.",
    assumes=(DESCENT, _INPUTS, _GOAL),
    over="1.95 and 1 over λmax",
)
def _() -> Check:
    run, straight = plane_run(Setting(step_size=1.95)), plane_run(PRESETS["straight and slow"])
    stiff, slow = abs(1 - run.setting.step_size), 1 - run.setting.step_size / run.kappa
    late = run.path.distances
    return Check(
        equal(
            "steps at 1.95/λmax",
            theory=_steps_by_factors(1.95, (1, 1)),
            observed=run.path.steps,
            unit="steps",
        ),
        equal(
            "what a late step keeps",
            theory=stiff,
            observed=late[-1] / late[-2],
            tolerance=1e-9,
            because="rounding",
        ),
        yes("more than the slow direction keeps", stiff > slow),
        yes("more steps than at 1/λmax", run.path.steps > straight.path.steps),
        numbers={
            "multiple": run.setting.step_size,
            "steps": run.path.steps,
            "turns": run.turns,
            "stiff_factor": stiff,
            "slow_factor": slow,
        },
    )


@claim(
    "zigzag.hard-direction",
    "From (1, −1) descent goes along a straight line at every stable step size, and at 1.75/λmax "
    "takes as many steps as the zig-zag from (1, 0); at 1.9/λmax fewer.",
    assumes=(DESCENT, _INPUTS, _GOAL),
    over="η = 1, 1.75 and 1.9 over λmax",
)
def _() -> Check:
    parts, numbers = [], {}
    for multiple in (1.0, 1.75, 1.9):
        hard = plane_run(Setting(step_size=multiple, start=(1.0, -1.0)))
        other = plane_run(Setting(step_size=multiple))
        parts += [
            equal(
                f"steps from (1, −1) at {multiple:g}/λmax",
                theory=_steps_by_factors(multiple, (0, 1)),
                observed=hard.path.steps,
            ),
            equal(
                f"steps from (1, 0) at {multiple:g}/λmax",
                theory=_steps_by_factors(multiple, (1, 1)),
                observed=other.path.steps,
            ),
            at_most(
                f"distance from a straight line at {multiple:g}/λmax",
                bound=0,
                observed=off_line(hard.path),
                tolerance=1e-12,
                because="rounding of points of order one",
                matters=1e-6,
            ),
        ]
        key = f"{multiple:g}".replace(".", "_")
        numbers |= {
            f"hard_{key}": hard.path.steps,
            f"other_{key}": other.path.steps,
            f"turns_{key}": other.turns,
            f"factor_{key}": 1 - multiple / hard.kappa,
        }
    run = plane_run(PRESETS["the hard direction"])
    return Check(
        *parts,
        yes("as many at 1.75/λmax", numbers["hard_1_75"] == numbers["other_1_75"]),
        yes("fewer at 1.9/λmax", numbers["hard_1_9"] < numbers["other_1_9"]),
        numbers=numbers
        | {"steps": run.path.steps, "turns": run.turns, "factor": 1 - 1 / run.kappa},
    )


@claim(
    "zigzag.centered",
    "Centering two independent inputs uniform between 0 and 1 takes κ from 7 to 1, and the steps "
    "from (1, 0) at η = 2/(λmax + λmin) from 25 to 1.",
    assumes=(DESCENT, _GOAL),
)
def _() -> Check:
    raw, centered = plane_run(PRESETS["zig-zag and fast"]), plane_run(PRESETS["centered"])
    # E[x²] = ⅓ and E[x]² = ¼, so the variance is 1/12.
    return Check(
        equal("κ, raw", theory=1 + 2 * 0.25 / (1 / 3 - 0.25), observed=raw.kappa, tolerance=1e-12,
              because="rounding"),
        equal("κ, centered", theory=1, observed=centered.kappa, tolerance=1e-12,
              because="rounding", matters=0.05),
        equal("steps, raw", theory=_steps_by_factors(7 / 4, (1, 1)), observed=raw.path.steps),
        equal("steps, centered", theory=1, observed=centered.path.steps),
        numbers={
            "kappa": centered.kappa,
            "steps": centered.path.steps,
            "raw": raw.path.steps,
            "sooner": plane_run(Setting(step_size=1.7)).path.steps,
        },
    )  # fmt: skip


@claim(
    "zigzag.best-step",
    "Gradient descent's best fixed step size in the long run on a quadratic loss is "
    "2/(λmax + λmin), with the factor (κ − 1)/(κ + 1) per step for the distance.",
    kind="proved",
    assumes=("all eigenvalues above 0", "a start with parts along both extreme axes"),
    over="all η and λ, by z3; a grid of step sizes at κ = 100",
)
def _() -> Check:
    eta, small, large = reals("eta small large")
    low, high, total = 1 - eta * small, 1 - eta * large, large + small
    below = [
        part
        for factor in (low, high)
        for part in (factor * total < large - small, -factor * total < large - small)
    ]
    values = np.array([1 / _KAPPA, 1.0])
    multiples = np.linspace(1.0, 2.0, 20_001)
    slowest = np.max(np.abs(1 - multiples[:, None] * values), axis=1)
    best = tuning("gradient_descent", smallest=values[0], largest=values[1])
    usual = contraction("gradient_descent", values, step_size=1 / values[1])
    return Check(
        yes(
            "no η keeps less than (κ − 1)/(κ + 1) along both extreme axes",
            impossible(small > 0, large >= small, *below),
        ),
        equal(
            "step size",
            theory=float(multiples[slowest.argmin()]),
            observed=best.step_size,
            tolerance=5e-5,
            because="the spacing of the grid",
            matters=0.001,
        ),
        equal(
            "factor",
            theory=float(slowest.min()),
            observed=best.rate,
            tolerance=5e-5,
            because="the spacing of the grid",
            matters=0.001,
        ),
        numbers={
            "kappa": _KAPPA,
            "multiple": best.step_size,
            "rate": best.rate,
            "usual_rate": usual,
            "gain": math.log(best.rate) / math.log(usual),
        },
    )


@claim(
    "zigzag.aligned",
    "In the long run a gradient that stays the same makes the heavy ball's steps 1/(1 − β) times "
    "as long as without momentum; one that only changes its sign, at each step, 1/(1 + β) times.",
    assumes=("0 ≤ β < 1",),
    over="β = 0.5 and 0.9, the 400th step",
    source="polyak1964",
)
def _() -> Check:
    def last_step(beta: float, sign: float) -> float:
        step = 0.0
        for t in range(400):
            step = beta * step + sign**t
        return abs(step)

    return Check(
        *(
            equal(
                f"{words}, β = {beta:g}",
                theory=1 / (1 - sign * beta),
                observed=last_step(beta, sign),
                tolerance=1e-12,
                because="what 400 steps leave",
            )
            for beta in (0.5, 0.9)
            for words, sign in (("the same", 1.0), ("alternating", -1.0))
        ),
        numbers={"beta": 0.9, "same": last_step(0.9, 1.0), "alternating": last_step(0.9, -1.0)},
    )


@claim(
    "zigzag.rates",
    "The distance's best factors per step in the long run are (κ − 1)/(κ + 1) for gradient "
    "descent and (√κ − 1)/(√κ + 1) for the heavy ball; Nesterov's usual settings give 1 − 1/√κ.",
    assumes=(
        "a quadratic loss, all eigenvalues above 0",
        "fixed settings",
        "a start with parts along all axes",
        _NESTEROV,
    ),
    over="κ = 100; neighboring settings 2 % away",
    source="polyak1964",
)
def _() -> Check:
    values = np.linspace(1 / _KAPPA, 1.0, 40)
    root = math.sqrt(_KAPPA)
    closed = {
        "gradient_descent": (_KAPPA - 1) / (_KAPPA + 1),
        "momentum": (root - 1) / (root + 1),
        "nesterov": 1 - 1 / root,
    }
    parts, numbers = [], {"kappa": _KAPPA}
    for method, theory in closed.items():
        best = tuning(method, smallest=values[0], largest=1.0)
        # The usual settings of Nesterov are not the best ones; of the others no neighbor is better.
        near = (1.0,) if method == "nesterov" else (0.98, 1.0, 1.02)
        rate = min(
            contraction(method, values, step_size=best.step_size * a, beta=best.beta * b)
            for a in near
            for b in near
        )
        parts.append(
            equal(
                f"factor of {_NAMES[method]}",
                theory=theory,
                observed=rate,
                tolerance=1e-7,
                because="a double root moves by the square root of a rounding error",
                matters=0.001,
            )
        )
        numbers[f"rate_{method}"] = rate
    return Check(*parts, numbers=numbers)


def _steps_of_the_recursion(method: str, start: tuple[float, float]) -> int:
    """Return the steps to a tenth by powers of the recursion's matrix, an axis at a time."""
    best = tuning(method, smallest=1 / _KAPPA, largest=1.0)
    matrices = []
    for value in (1 / _KAPPA, 1.0):
        kept = 1 - best.step_size * value
        if method == "nesterov":
            trace, product = (1 + best.beta) * kept, best.beta * kept
        else:
            trace, product = kept + best.beta, best.beta
        matrices.append(np.array([[trace, -product], [1.0, 0.0]]))
    for t in range(999):
        # The first step starts at rest: the last two points are equal.
        ends = [
            (np.linalg.matrix_power(matrix, t) @ [first, first])[0]
            for matrix, first in zip(matrices, start, strict=True)
        ]
        if math.hypot(*ends) <= 0.1 * math.hypot(*start):
            return t
    raise AssertionError("the recursion does not come that far")


_STARTS = {"slow": (1.0, 0.0), "both": (1.0, 1.0), "stiff": (0.0, 1.0)}
_WHERE = {
    "slow": "from the slow axis",
    "both": "from equal parts on both axes",
    "stiff": "from the stiff axis",
}


@claim(
    "zigzag.steps",
    "At κ = 100 the best heavy ball and the usual Nesterov take at most a third of the best "
    "gradient descent's steps to a tenth of the distance.",
    assumes=(
        "a quadratic loss",
        "fixed settings, the best in the long run; for Nesterov the usual ones",
        "a start at rest: on the slow axis, or equal parts on the slow and the stiff axis alone",
        _NESTEROV,
    ),
    over="steps that were run; theory by powers of each recursion's matrix",
)
def _() -> Check:
    parts, numbers = [], {"kappa": _KAPPA}
    for method, follow in _METHODS.items():
        best = tuning(method, smallest=1 / _KAPPA, largest=1.0)
        options = {} if method == "gradient_descent" else {"beta": best.beta}
        for name, start in _STARTS.items():
            path = follow(
                np.diag([1 / _KAPPA, 1.0]), start, step_size=best.step_size, steps=400, **options
            )
            steps = path.steps_to(0.1)
            parts.append(
                equal(
                    f"{_NAMES[method]}, {_WHERE[name]}",
                    theory=_steps_of_the_recursion(method, start),
                    observed=math.nan if steps is None else steps,
                )
            )
            numbers |= {
                f"{method}_{name}": int(steps or 0),
                f"{method}_{name}_grows": float(path.distances.max() / path.distances[0]),
            }
    for method in ("nesterov", "momentum"):
        worst = max(
            numbers[f"{method}_{name}"] / numbers[f"gradient_descent_{name}"]
            for name in ("slow", "both")
        )
        parts.append(
            at_most(
                f"{_NAMES[method]} against gradient descent",
                bound=1 / 3,
                observed=worst,
                matters=0.08,
            )
        )
    return Check(*parts, numbers=numbers)


@claim(
    "zigzag.momentum",
    "With its best settings in the long run the heavy ball takes fewer steps from (1, 0) than the "
    "best gradient descent, and it too turns back.",
    assumes=(UNIT, _INPUTS, _GOAL, _TURN),
)
def _() -> Check:
    plain = plane_run(PRESETS["zig-zag and fast"])
    M, values = plain.second_moment, plain.eigenvalues
    best = tuning("momentum", smallest=float(values[0]), largest=float(values[1]))
    follow = partial(momentum, M, [1.0, 0.0], step_size=best.step_size, beta=best.beta)
    path = follow(steps=200).until(1e-3)
    # Along each axis a double root: e_t = (1 + c t)·zᵗ with z = ±√β, from a start at rest.
    root = math.sqrt(best.beta)

    def along(t: int, eta_lambda: float, z: float) -> float:
        return (1 + t * ((1 - eta_lambda) / z - 1)) * z**t

    products = [best.step_size * float(value) for value in values]
    steps = next(
        t
        for t in range(999)
        if math.hypot(along(t, products[0], root), along(t, products[1], -root))
        <= 1e-3 * math.sqrt(2)
    )
    return Check(
        equal("steps of the heavy ball", theory=steps, observed=path.steps, unit="steps"),
        yes("fewer than the best gradient descent", path.steps < plain.path.steps),
        yes("it turns", path.turns > 0),
        numbers={
            "steps": path.steps,
            "turns": path.turns,
            "beta": best.beta,
            "multiple": float(best.step_size * values[1]),
        },
    )
