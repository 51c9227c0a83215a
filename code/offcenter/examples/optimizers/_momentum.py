"""Step sizes and momentum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.descent import momentum, tuning
from offcenter.examples._by_hand import stays_within
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until
from offcenter.spectrum import iid_condition_number

__all__ = [
    "ConditionNumber",
    "Momentum",
    "StepLimit",
    "Swings",
    "conditioned",
    "momentum_runs",
    "step_limit",
    "swings",
]


@dataclass(frozen=True)
class Momentum:
    """What v ← 0.9v + g makes of gradients that alternate and that agree; and runs.

    `rows`: step, alternating g, v, constant g, v.
    `runs`: κ, the best fixed step's steps to 1 %, the heavy ball's best β and its steps.
    `apart`: for κ = 9, η and β; the first places along the steep axis; how often that
    coordinate changes its sign in 20 steps; the steps until it, and the other, stays within 1 %.
    `free`: η times the curvature up to which momentum 0.9 does not cross the minimum.
    """

    rows: tuple[tuple[float, ...], ...]
    apart: tuple[tuple[str | int, ...], ...]
    alternating_limit: float
    constant_limit: float
    free: float
    runs: tuple[tuple[float, ...], ...]


def _arrival(points: np.ndarray) -> int:
    """Return the step from which on the distance to 0 is at most one percent of the first."""
    lengths = np.linalg.norm(points.reshape(len(points), -1), axis=1)
    return stays_within(0.01 * float(lengths[0]), lengths)


def _jumps(points: np.ndarray) -> int:
    """Return how often the first coordinate changes its sign in 20 steps."""
    a = points[:21, 0].round(9)
    return int((a[1:] * a[:-1] < 0).sum())


@example("optimizers-momentum")
def momentum_runs() -> Momentum:
    """Return five steps, their limits, and the runs from (1, 1) on ½(κa² + b²)."""
    rows, v, u = [], 0.0, 0.0
    for step in range(5):
        g = 1.0 if step % 2 == 0 else -1.0
        v, u = 0.9 * v + g, 0.9 * u + 1
        rows.append((step + 1, g, v, 1, u))
    runs = []
    for kappa in (9.0, 100.0, 401.0):
        H = np.diag([kappa, 1.0])
        best = tuning("momentum", smallest=1.0, largest=kappa)
        path = momentum(H, np.ones(2), step_size=best.step_size, beta=best.beta, steps=2000)
        plain = steps_until(H, np.ones(2), 2 / (1 + kappa), 0.01)
        runs.append((kappa, plain, best.beta, _arrival(path.points)))
    apart: list[tuple[str | int, ...]] = []
    for label, eta, beta in (
        ("0.1, 0", 0.1, 0.0),
        ("0.2, 0", 0.2, 0.0),
        ("0.2, 0.2", 0.2, 0.2),
        ("0.25, 0.25", 0.25, 0.25),
        ("0.1, 0.9", 0.1, 0.9),
    ):
        H = np.diag([9.0, 1.0])
        points = momentum(H, np.ones(2), step_size=eta, beta=beta, steps=500).points
        places = listed(points[:4, 0], "z.2f")
        steps = _arrival(points[:, 0]), _arrival(points[:, 1])
        apart.append((label, places, _jumps(points), *steps))
    return Momentum(
        rows=tuple(rows),
        apart=tuple(apart),
        alternating_limit=1 / 1.9,
        constant_limit=1 / (1 - 0.9),
        free=(1 - 0.9**0.5) ** 2,
        runs=tuple(runs),
    )


@dataclass(frozen=True)
class Swings:
    """Descent on ½(401a² + b²) from (1, 1): 100 inputs that are 1 or 3; then with their mean off.

    `rows`: the run; how often `a` changes its sign in 20 steps; the steps until the distance stays
    within 1 %.
    """

    rows: tuple[tuple[str, int, int], ...]


@example("optimizers-swings")
def swings() -> Swings:
    """Return plain runs with three step sizes, two with momentum, and one on a round bowl."""
    steep = 401.0
    best = tuning("momentum", smallest=1.0, largest=steep)
    best_label = "both best in the long run"
    rows = []
    for label, largest, eta, beta in (
        ("η = 0.1/401", steep, 0.1 / steep, 0.0),
        ("η = 1/401", steep, 1 / steep, 0.0),
        ("η = 1.9/401", steep, 1.9 / steep, 0.0),
        ("η = 1/401, momentum 0.9", steep, 1 / steep, 0.9),
        (best_label, steep, best.step_size, best.beta),
        ("η = 1, mean subtracted", 1.0, 1.0, 0.0),
    ):
        H = np.diag([largest, 1.0])
        points = momentum(H, np.ones(2), step_size=eta, beta=beta, steps=20_000).points
        rows.append((label, _jumps(points), _arrival(points)))
    return Swings(tuple(rows))


@dataclass(frozen=True)
class ConditionNumber:
    """Descent on ½(κa² + b²), to 1 % of the distance.

    `rows`, from a = b = 1: κ, what a step at the best fixed step size leaves of the distance, the
    steps, 2.3κ, and the heavy ball's steps at its best settings.
    `flat`, from (0, 1): κ; the steps of size 1/κ, at the best fixed step size, and the heavy
    ball's.
    `finer`: for κ = 100, the steps of size 1/κ to 0.01 %.
    `steep`: for κ = 100, the steps of size 1/κ from (1, 0).
    `loss_left`: for κ = 10,000, the share of the loss after one step of size 1/κ.
    `mean`: κ of twenty independent inputs uniform on [0, 1], without a bias, and the steps of size
    1/λmax to 1 % from the slowest start.
    `paths`: for κ = 100, a and b after 0, 1 and 2 steps from (1, 1), for the step sizes 1, 3/100,
    1/100 and 2/101.
    """

    rows: tuple[tuple[float, ...], ...]
    flat: tuple[tuple[float, ...], ...]
    finer: int
    steep: int
    loss_left: float
    mean: tuple[float, int]
    paths: np.ndarray


@example("optimizers-condition-number")
def conditioned() -> ConditionNumber:
    """Return the steps for several κ."""
    rows, flat, start, below = [], [], np.ones(2), np.array([0.0, 1.0])
    for kappa in (1.0, 9.0, 100.0, 1000.0):
        H = np.diag([kappa, 1.0])
        best = tuning("momentum", smallest=1.0, largest=kappa)
        both, one = (
            momentum(H, at, step_size=best.step_size, beta=best.beta, steps=1500)
            for at in (start, below)
        )
        plain = steps_until(H, start, 2 / (kappa + 1), 0.01)
        rows.append((kappa, (kappa - 1) / (kappa + 1), plain, 2.3 * kappa, _arrival(both.points)))
        sizes = 1 / kappa, 2 / (kappa + 1)
        steps = (steps_until(H, below, eta, 0.01) for eta in sizes)
        flat.append((kappa, *steps, _arrival(one.points)))
    far, bowl = np.array([10_000.0, 1.0]), np.diag([100.0, 1.0])
    after = start - far / 10_000
    ratio = iid_condition_number(20, 0.5, 1 / 12)
    sizes = (1.0, 3 / 100, 1 / 100, 2 / 101)
    paths = [[(1 - eta * np.diag(bowl)) ** k for k in range(3)] for eta in sizes]
    return ConditionNumber(
        rows=tuple(rows),
        flat=tuple(flat),
        finer=steps_until(bowl, below, 0.01, 1e-4),
        steep=steps_until(bowl, np.array([1.0, 0.0]), 0.01, 0.01),
        loss_left=float(far @ after**2 / far.sum()),
        mean=(ratio, steps_until(np.diag([ratio, 1.0]), below, 1 / ratio, 0.01)),
        paths=np.array(paths),
    )


@dataclass(frozen=True)
class StepLimit:
    """Descent on ½4a² from a = 1 for five step sizes.

    `rows`: η, the factor 1 − 4η, a after 1, 2 and 3 steps.
    `swings`: descent with η = ½ on ½λa² in both a and λ: step, a, λ, the next factor 1 − ½λ.
    `single_limit`, `whole_limit`: for a weight that reads 1 or 3, the η above which its mean
    squared distance grows, one random example at a time, and all examples in each step;
    `single_run`: up to which a single run, one random example at a time, almost surely arrives.
    `heavy_ball_edge`, `adam_edge`: ηλ at the limit with momentum 0.9; Adam's running mean is the
    heavy ball with a tenth of the step size.
    `sigmoid_limit`, `centered_limit`: a linear unit on 100 independent sigmoid outputs of standard
    normal sums, then with ½ subtracted.
    """

    rows: tuple[tuple[float, ...], ...]
    swings: tuple[tuple[float, ...], ...]
    single_limit: float
    whole_limit: float
    single_run: float
    heavy_ball_edge: float
    adam_edge: float
    sigmoid_limit: float
    centered_limit: float


@example("optimizers-step-limit")
def step_limit() -> StepLimit:
    """Return the table for five step sizes; and swings that lower the curvature."""
    rows = []
    for eta in (0.1, 0.25, 0.4, 0.5, 0.6):
        a, places = 1.0, []
        for _ in range(3):
            a -= eta * 4 * a
            places.append(a + 0.0)
        rows.append((eta, 1 - 4 * eta, *places))
    swings, a, curvature, beta = [], 0.2, 4.2, 0.9
    for step in range(41):
        swings.append((step, a, curvature, 1 - curvature / 2))
        # The slopes of ½λa² along a and along λ.
        a, curvature = a - curvature * a / 2, curvature - a**2 / 4
    x = np.array([1.0, 3.0])
    sigmoid = ACTIVATIONS["sigmoid"]
    steep = 100 * sigmoid.mean**2 + sigmoid.variance
    return StepLimit(
        rows=tuple(rows),
        swings=tuple(swings[k] for k in (0, 10, 40)),
        # A step multiplies the distance by 1 − ηx²; the mean of the square is below 1 below this.
        single_limit=float(2 * (x**2).mean() / (x**4).mean()),
        whole_limit=float(2 / (x**2).mean()),
        # The mean logarithm of |1 − ηx²| is 0 first where (1 − η)(9η − 1) = 1.
        single_run=float(np.roots([9, -10, 2]).min()),
        heavy_ball_edge=2 * (1 + beta),
        adam_edge=2 * (1 + beta) / (1 - beta),
        sigmoid_limit=2 / steep,
        centered_limit=2 / sigmoid.variance,
    )
