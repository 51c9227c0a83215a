"""Optimizers on bowls of two weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.descent import momentum, tuning
from offcenter.errors import ArrivalError
from offcenter.examples._inputs import FOUR
from offcenter.examples._record import example
from offcenter.examples._steps import steps_until
from offcenter.spectrum import condition_number

__all__ = [
    "AdamStart",
    "AdamSteps",
    "ConditionNumber",
    "DiagonalScaling",
    "Inverse",
    "Momentum",
    "SignSteps",
    "StepLimit",
    "Swings",
    "adam_start",
    "adam_steps",
    "conditioned",
    "diagonal",
    "inverse",
    "momentum_runs",
    "sign_steps",
    "step_limit",
    "swings",
]


@dataclass(frozen=True)
class Momentum:
    """What v ← 0.9v + g makes of gradients that alternate and that agree; and runs.

    `rows`: step, alternating g, v, constant g, v.
    `runs`: κ, the best fixed step's steps to 1 %, the heavy ball's best β and its steps.
    `apart`: for κ = 9, what is run; the first places along the steep axis; the steps until that
    coordinate stays within 1 %, and until the one along the flat axis does.
    """

    rows: tuple[tuple[float, ...], ...]
    apart: tuple[tuple[str | int, ...], ...]
    alternating_limit: float
    constant_limit: float
    runs: tuple[tuple[float, ...], ...]


def _arrival(points: np.ndarray) -> int:
    """Return the step from which on the distance to 0 is at most one percent of the first."""
    # The last time that it is farther: it may come near and leave again.
    lengths = np.linalg.norm(points.reshape(len(points), -1), axis=1)
    return int(np.flatnonzero(lengths > 0.01 * lengths[0])[-1]) + 1


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
        ("plain, η = 0.1", 0.1, 0.0),
        ("plain, η = 0.2", 0.2, 0.0),
        ("β = 0.2, η = 0.2", 0.2, 0.2),
        ("β = 0.9, η = 0.2", 0.2, 0.9),
    ):
        H = np.diag([9.0, 1.0])
        points = momentum(H, np.ones(2), step_size=eta, beta=beta, steps=500).points
        places = listed(points[:5, 0], "z.2f")
        apart.append((label, places, _arrival(points[:, 0]), _arrival(points[:, 1])))
    return Momentum(
        rows=tuple(rows),
        apart=tuple(apart),
        alternating_limit=1 / 1.9,
        constant_limit=1 / (1 - 0.9),
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
    best_label = f"η = {steep * best.step_size:.1f}/401, momentum {best.beta:.2f}"
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
        a = points[:21, 0].round(9)
        rows.append((label, int((a[1:] * a[:-1] < 0).sum()), _arrival(points)))
    return Swings(tuple(rows))


@dataclass(frozen=True)
class ConditionNumber:
    """Descent on ½(κa² + b²) from a = b = 1, to 1 % of the distance.

    `rows`: κ, what a step at the best fixed step size leaves of the distance, the steps, 2.3κ, and
    the heavy ball's steps at its best settings.
    `half_steps`: for κ = 9, at half of the best step size.
    `loss_left`: for κ = 10,000, the share of the loss after one step of size 1/κ.
    `inputs`: what numpy calls the condition number of two inputs that are 1 or 3.
    """

    rows: tuple[tuple[float, ...], ...]
    half_steps: int
    loss_left: float
    inputs: float


@example("optimizers-condition-number")
def conditioned() -> ConditionNumber:
    """Return the table for κ = 1, 9, 100 and 1000."""
    rows, start = [], np.ones(2)
    for kappa in (1.0, 9.0, 100.0, 1000.0):
        H = np.diag([kappa, 1.0])
        best = tuning("momentum", smallest=1.0, largest=kappa)
        ball = momentum(H, start, step_size=best.step_size, beta=best.beta, steps=1500)
        plain = steps_until(H, start, 2 / (kappa + 1), 0.01)
        rows.append((kappa, (kappa - 1) / (kappa + 1), plain, 2.3 * kappa, _arrival(ball.points)))
    far = np.array([10_000.0, 1.0])
    after = start - far / 10_000
    return ConditionNumber(
        rows=tuple(rows),
        half_steps=steps_until(np.diag([9.0, 1.0]), start, 0.1, 0.01),
        loss_left=float(far @ after**2 / far.sum()),
        inputs=float(np.linalg.cond(FOUR)),
    )


@dataclass(frozen=True)
class StepLimit:
    """Descent on ½(4a² + ½b²) from a = b = 1 for five step sizes.

    `rows`: η, the factor 1 − 4η, a after 1 and 2 steps, the factor 1 − ½η.
    `swings`: descent with η = ½ on ½λa² in both a and λ: step, a, λ, the next factor 1 − ½λ.
    `single_limit`, `whole_limit`: for a weight that reads 1 or 3, the η above which its mean
    squared distance grows, one random example at a time, and all examples in each step.
    `heavy_ball_edge`, `adam_edge`: ηλ at the limit with momentum 0.9; Adam's running mean is the
    heavy ball with a tenth of the step size.
    `sigmoid_limit`, `centered_limit`: a linear unit on 100 independent sigmoid outputs of standard
    normal sums, then with ½ subtracted.
    """

    rows: tuple[tuple[float, ...], ...]
    swings: tuple[tuple[float, ...], ...]
    single_limit: float
    whole_limit: float
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
        for _ in range(2):
            a -= eta * 4 * a
            places.append(a + 0.0)
        rows.append((eta, 1 - 4 * eta, *places, 1 - eta / 2))
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
        heavy_ball_edge=2 * (1 + beta),
        adam_edge=2 * (1 + beta) / (1 - beta),
        sigmoid_limit=2 / steep,
        centered_limit=2 / sigmoid.variance,
    )


@dataclass(frozen=True)
class Inverse:
    """Newton's step on [[5, 4], [4, 5]] from (1, 0), and with a curvature from two examples."""

    gradient: np.ndarray
    inverse_times_nine: np.ndarray
    step: np.ndarray
    estimated: np.ndarray
    estimated_step: np.ndarray
    terabytes: float


@example("optimizers-inverse")
def inverse() -> Inverse:
    """Return M⁻¹g for the whole data, for the examples (1, 1), (1, 3), and a matrix's size."""
    M, d = np.array([[5.0, 4.0], [4.0, 5.0]]), np.array([1.0, 0.0])
    few = np.array([[1.0, 1.0], [1.0, 3.0]])
    estimated = few.T @ few / 2
    return Inverse(
        gradient=M @ d,
        inverse_times_nine=(9 * np.linalg.inv(M)).round(12),
        step=(-np.linalg.solve(M, M @ d)).round(12) + 0.0,
        estimated=estimated,
        estimated_step=(-np.linalg.solve(estimated, M @ d)).round(12) + 0.0,
        terabytes=(1e6) ** 2 * 4 / 1e12,
    )


@dataclass(frozen=True)
class AdamStart:
    """Two independent inputs, each 9 or 11, no bias, and the distance (1, 0).

    E[xxᵀ] and its curvatures, the larger first; the gradient, and Adam's first step against it,
    in step sizes; the same two on inputs less their mean.
    """

    moment: np.ndarray
    curvatures: np.ndarray
    gradient: np.ndarray
    moves: np.ndarray
    centered_gradient: np.ndarray
    centered_moves: np.ndarray


@example("optimizers-adam-start")
def adam_start() -> AdamStart:
    """Return curvatures, gradients and first steps."""
    X, d = 10 + np.array([[a, b] for a in (-1.0, 1.0) for b in (-1.0, 1.0)]), np.array([1.0, 0.0])
    M, C = (Z.T @ Z / 4 for Z in (X, X - X.mean(axis=0)))

    def first_step(g: np.ndarray) -> np.ndarray:
        # Both running means, corrected for their start at 0.
        mean, square = 0.1 * g / (1 - 0.9), 0.001 * g**2 / (1 - 0.999)
        return (mean / (np.sqrt(square) + 1e-8)).round(6) + 0.0

    return AdamStart(
        moment=M,
        curvatures=np.linalg.eigvalsh(M)[::-1],
        gradient=M @ d,
        moves=first_step(M @ d),
        centered_gradient=C @ d,
        centered_moves=first_step(C @ d),
    )


@dataclass(frozen=True)
class AdamSteps:
    """Adam's steps to 1 % of the distance, for n independent inputs that are 1 or 3.

    To stay there up to step `limit`: later Adam can leave it again, as its averages of squares
    fall.
    `rows`: n, the ratio of the curvatures, and the median steps over 21 random starts, at the
    step size for which it is least: raw, and with the mean subtracted.
    `small`: for n = 100 at the step size 0.001, raw and with the mean subtracted, to step 15 000.
    """

    limit: int
    rows: tuple[tuple[float, ...], ...]
    small: tuple[float, float]


_LIMIT, _LONG = 1000, 15_000
_SIZES = tuple((2.0 ** np.arange(-9, 1, 0.5)).tolist())


@stored
def _adam_steps(
    n: int, mean: float, step_sizes: tuple[float, ...] = _SIZES, limit: int = _LIMIT
) -> float:
    """Return the least median over step sizes, for the curvature I + mean² 𝟏𝟏ᵀ."""
    sizes = np.array(step_sizes)
    start = np.random.default_rng(0).standard_normal((21, n))
    w = np.tile(start, (len(sizes), 1, 1))
    goal, last = 0.01 * np.linalg.norm(start, axis=1), np.zeros(w.shape[:2], dtype=int)
    m, v = np.zeros_like(w), np.zeros_like(w)
    for step in range(1, limit + 1):
        g = w + mean**2 * w.sum(axis=2, keepdims=True)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        scaled = m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        w -= sizes[:, None, None] * scaled
        last[np.linalg.norm(w, axis=2) > goal] = step
    fewest = np.median(last + 1, axis=1).min()
    # As long again as it took, so that it was seen to stay.
    if fewest > limit / 2:
        raise ArrivalError(f"Adam must reach the goal to stay in {limit} steps, and did not")
    return float(fewest)


@example("optimizers-adam-steps")
def adam_steps() -> AdamSteps:
    """Return the steps for 2 and for 100 inputs of mean 2 and variance 1."""
    return AdamSteps(
        _LIMIT,
        tuple((n, 1 + 4 * n, _adam_steps(n, 2.0), _adam_steps(n, 0.0)) for n in (2, 100)),
        small=(
            _adam_steps(100, 2.0, (0.001,), _LONG),
            _adam_steps(100, 0.0, (0.001,), _LONG),
        ),
    )


@dataclass(frozen=True)
class DiagonalScaling:
    """κ before and after each weight has its own step size, as a diagonal method gives it.

    `rows`: two inputs, r = H₁₂/√(H₁₁H₂₂), κ for one step size, for sizes as 1/√Hᵢᵢ, for the best
    two sizes, and for the inputs standardized.
    `with_bias`: κ of the second pair with a bias, for one step size, for sizes as 1/√Hᵢᵢ, and for
    the best three.
    """

    rows: tuple[tuple[float | str, ...], ...]
    alike_after: float
    with_bias: tuple[float, float, float]


def _scaled(H: np.ndarray, power: float) -> float:
    """Return κ if weight i has the step size Hᵢᵢ to the minus `power`."""
    scale = np.diag(H) ** (-power / 2)
    return condition_number(H * np.outer(scale, scale))


@example("optimizers-diagonal")
def diagonal() -> DiagonalScaling:
    """Return the table for inputs of unequal scales, of a mean, and of both.

    Both entries of a scaled diagonal are equal for the best two sizes: κ = (1 + |r|)/(1 − |r|).
    """
    deviations = {"±1 and ±10": (1.0, 10.0, 0.0), "1 or 3, twice": (1.0, 1.0, 2.0)}
    deviations["1 or 3, and 10 or 30"] = (1.0, 10.0, 2.0)
    rows = []
    for name, (one, other, mean) in deviations.items():
        spread = np.array([one, other])
        H = np.diag(spread**2) + np.outer(mean * spread, mean * spread)
        r = H[0, 1] / np.sqrt(H[0, 0] * H[1, 1])
        rows.append((name, r, condition_number(H), _scaled(H, 0.5), _scaled(H, 1), 1.0))
    H = np.array([[5.0, 4.0, 2.0], [4.0, 5.0, 2.0], [2.0, 2.0, 1.0]])
    # n = 2 inputs of mean 2 and variance 1: the claim remedies.diagonal-bias.
    best = float((np.sqrt(1 + 2 * 2.0**2) + np.sqrt(2 * 2.0**2)) ** 2)
    return DiagonalScaling(
        tuple(rows),
        alike_after=rows[1][4],
        with_bias=(condition_number(H), _scaled(H, 0.5), best),
    )


@dataclass(frozen=True)
class SignSteps:
    """A linear unit that reads (2, 1) and (1, 2) in turn and should learn (1, −1), by signs alone.

    `rows`: step, δ, the two weights after a step of 0.2 against the gradient's signs.
    `batch`, `batch_after`: the mean gradient at 0, and the weights after five such steps on it.
    `centered_after`: the weights after five steps on the examples less their mean.
    `lion_mixed`, `lion`, `lion_centered`: Lion's first step that raises one weight and lowers the
    other, its steps until it first stands at (1, −1), and those on the examples less their mean.
    """

    rows: tuple[tuple[float, ...], ...]
    batch: np.ndarray
    batch_after: np.ndarray
    centered_after: np.ndarray
    lion_mixed: int
    lion: int
    lion_centered: int


def _lion(X: np.ndarray, goal: np.ndarray, size: float) -> tuple[int, int]:
    """Return the first step of mixed signs, and the steps to `goal`, for β₁ = 0.9, β₂ = 0.99."""
    # The weights as whole numbers of steps, so that they can stand at the goal exactly.
    at, mean, mixed = np.zeros(2, dtype=int), np.zeros(2), 0
    for step in range(1, 1000):
        x = X[(step - 1) % 2]
        gradient = x @ (size * at - goal) * x
        signs = np.sign(0.9 * mean + 0.1 * gradient).astype(int)
        at, mean = at - signs, 0.99 * mean + 0.01 * gradient
        if not mixed and signs[0] != signs[1]:
            mixed = step
        if np.array_equal(at, np.round(goal / size)):
            return mixed, step
    raise ArrivalError("Lion did not come to its goal")


@example("optimizers-signs")
def sign_steps() -> SignSteps:
    """Return steps of 0.2 against signs: of one example, of both, and of a running mean."""
    X, goal = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -1.0])
    w, rows = np.zeros(2), []
    for step in range(4):
        x = X[step % 2]
        error = float((x @ (w - goal)).round(12))
        w = (w - 0.2 * np.sign(error * x)).round(12)
        rows.append((step + 1, error, *(w + 0.0)))

    def together(w: np.ndarray) -> np.ndarray:
        return (X @ (w - goal)) @ X / 2

    rest = X - X.mean(axis=0)
    batch, centered = np.zeros(2), np.zeros(2)
    for step in range(5):
        batch = batch - 0.2 * np.sign(together(batch))
        centered = centered - 0.2 * np.sign(rest[step % 2] @ (centered - goal) * rest[step % 2])
    mixed, arrived = _lion(X, goal, 0.2)
    return SignSteps(
        rows=tuple(rows),
        batch=together(np.zeros(2)),
        batch_after=batch.round(12),
        centered_after=centered.round(12),
        lion_mixed=mixed,
        lion=arrived,
        lion_centered=_lion(rest, goal, 0.2)[1],
    )
