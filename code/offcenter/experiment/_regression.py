"""A linear neuron with a bias learns a linear target: how many steps, from which inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from offcenter import _checks
from offcenter._guard import guarded
from offcenter._records import Record
from offcenter.activations import ACTIVATIONS
from offcenter.errors import ArrivalError

__all__ = ["CHANGES", "INPUTS", "Regression", "regression"]

Drawn = Callable[[np.random.Generator, int, int], np.ndarray]
Change = Callable[[np.ndarray], np.ndarray]

EXAMPLES, FEATURES, DRAWS = 1000, 20, 21
#: What is left of the loss of the best constant prediction.
LEFT = 1e-4
_LONGEST, _LIMIT = 10**6, 20_000


def _uniform(low: float) -> Drawn:
    return lambda rng, N, n: low + rng.random((N, n))


def _of_normal(name: str) -> Drawn:
    activation = ACTIVATIONS[name]
    return lambda rng, N, n: activation.value(rng.standard_normal((N, n)))


def _correlated(rng: np.random.Generator, N: int, n: int) -> np.ndarray:
    # Two inputs share v, so they correlate at 0.75²/(0.75² + 0.25²) = 0.9.
    return 0.75 * rng.random((N, 1)) + 0.25 * rng.random((N, n))


#: How an example's inputs are drawn: independent and of one law, an activation of N(0, 1) if that
#: has its name, or with the correlation 0.9.
INPUTS: Mapping[str, Drawn] = MappingProxyType(
    {
        "correlated": _correlated,
        "exponential": lambda rng, N, n: rng.standard_exponential((N, n)),
        "uniform on [0, 1]": _uniform(0.0),
        "uniform on [1, 2]": _uniform(1.0),
        "uniform on [2, 3]": _uniform(2.0),
        "uniform on [−6, −5]": _uniform(-6.0),
    }
    | {name: _of_normal(name) for name in ACTIVATIONS}
)


def _standardized(X: np.ndarray) -> np.ndarray:
    return (X - X.mean(axis=0)) / X.std(axis=0)


def _one_larger(X: np.ndarray) -> np.ndarray:
    return _standardized(X) * np.where(np.arange(X.shape[1]), 1.0, 10.0)


def _unequal(X: np.ndarray) -> np.ndarray:
    return (X - X.mean(axis=0)) * np.logspace(-2, 0, X.shape[1])


def _sigmoids_spread(X: np.ndarray) -> np.ndarray:
    return X * (ACTIVATIONS["sigmoid"].variance ** 0.5 / X.std(axis=0))


def _whitened(X: np.ndarray) -> np.ndarray:
    left, _, right = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    return np.sqrt(len(X)) * left @ right


def _between(low: float) -> Change:
    def ranged(X: np.ndarray) -> np.ndarray:
        return low + (1 - low) * (X - X.min(axis=0)) / np.ptp(X, axis=0)

    return ranged


#: What the neuron reads instead; each keeps the targets.
CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "none": lambda X: X,
        "negated": lambda X: -X,
        "every second negated": lambda X: X * np.where(np.arange(X.shape[1]) % 2, -1.0, 1.0),
        "less ½": lambda X: X - 0.5,
        "centered": lambda X: X - X.mean(axis=0),
        "centered, scaled from 0.01 to 1": _unequal,
        "standardized": _standardized,
        "standardized, one times 10": _one_larger,
        "standardized, times 5": lambda X: 5.0 * _standardized(X),
        "standardized, times 0.1": lambda X: 0.1 * _standardized(X),
        "to [0, 1]": _between(0.0),
        "to [−1, 1]": _between(-1.0),
        "whitened": _whitened,
        "scaled to the sigmoid's spread": _sigmoids_spread,
    }
)


@dataclass(frozen=True, eq=False)
class Regression(Record):
    """Draws of a problem, each with the loss ½ mean (s − y)², s = w·x + b, and the start 0.

    Parameters
    ----------
    inputs : ndarray, shape (S, N, n + 1)
        x and the constant 1.
    targets : ndarray, shape (S, N)
        y, linear in x: some weights give the loss 0.
    """

    inputs: np.ndarray
    targets: np.ndarray

    @property
    def curvature(self) -> np.ndarray:
        """The Hessian, E[(x, 1)(x, 1)ᵀ], shape (S, n + 1, n + 1)."""
        return self.inputs.transpose(0, 2, 1) @ self.inputs / self.inputs.shape[1]

    @property
    def solution(self) -> np.ndarray:
        """The weights and the bias of loss 0, shape (S, n + 1)."""
        slope = np.einsum("snk,sn->sk", self.inputs, self.targets) / self.inputs.shape[1]
        return np.linalg.solve(self.curvature, slope[:, :, None])[:, :, 0]

    @property
    def axes(self) -> tuple[np.ndarray, np.ndarray]:
        """The eigenvalues of the Hessian, the smallest first, and the loss at the start along each.

        Both have the shape (S, n + 1).
        """
        values, vectors = np.linalg.eigh(self.curvature)
        return values, np.einsum("sik,si->sk", vectors, self.solution) ** 2 * values / 2

    @property
    def condition(self) -> np.ndarray:
        """κ of the Hessian, shape (S,)."""
        values = np.linalg.eigvalsh(self.curvature)
        return values[:, -1] / values[:, 0]

    @property
    def goal(self) -> np.ndarray:
        """The loss to reach, 10⁻⁴ of that of the best constant prediction, shape (S,)."""
        return LEFT * self.targets.var(axis=1) / 2

    def descent_steps(self) -> np.ndarray:
        """Return the full-batch steps of each draw with its best of 400 step sizes, shape (S,).

        In the directions of the eigenvectors of the Hessian each step multiplies what is missing
        by 1 − ηλ, so the loss of any step is known at once.

        Raises
        ------
        ArrivalError
            If a draw does not arrive in a million steps.
        """
        shares = np.linspace(0.025, 0.9995, 400)[:, None]
        draws = zip(*self.axes, self.goal, strict=True)
        return np.array(
            [
                _first_arrival((1 - 2 * shares * values / values[-1]) ** 2, missing, goal)
                for values, missing, goal in draws
            ]
        )

    def adam_steps(self) -> np.ndarray:
        """Return Adam's full-batch steps of each draw with its best of 40 step sizes, shape (S,).

        β₁ = 0.9, β₂ = 0.999, ε = 10⁻⁸, with bias correction.

        Raises
        ------
        ArrivalError
            If a draw does not arrive in 20,000 steps.
        """
        H = self.curvature
        m = v = np.zeros(1)

        def move(missing: np.ndarray, step: int) -> np.ndarray:
            nonlocal m, v
            g = _times(H, missing)
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            return m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)

        return _arrivals(self, np.geomspace(0.003, 3.0, 40), move)

    def batch_steps(self, batch_size: int) -> np.ndarray:
        """Return the steps of each draw in random batches, with its best of 24 step sizes.

        Examples are drawn with replacement, the same for all step sizes; the loss is that of all.

        Raises
        ------
        ValueError
            If `batch_size` is out of its bounds.
        ArrivalError
            If a draw does not arrive in 20,000 steps.
        """
        batch_size = _checks.count("batch_size", batch_size, maximum=EXAMPLES)
        rng, draws = np.random.default_rng(0), np.arange(len(self.inputs))

        def move(missing: np.ndarray, step: int) -> np.ndarray:
            rows = rng.integers(self.inputs.shape[1], size=(len(draws), batch_size))
            read = self.inputs[draws[:, None], rows]
            return _times(read.transpose(0, 2, 1) @ read / batch_size, missing)

        largest = 2 / np.linalg.eigvalsh(self.curvature)[:, -1].min()
        return _arrivals(self, largest * np.geomspace(0.02, 2.0, 24), move)


def _first_arrival(factors: np.ndarray, missing: np.ndarray, goal: float) -> int:
    """Return the first step after which `missing` times some row of factors is at the goal.

    What is left falls in each step.  So powers of two of steps, each the square of the one before,
    are put together as long as no row arrives.
    """
    powers = [factors]
    while (powers[-1] @ missing).min() > goal and 2 ** len(powers) < _LONGEST:
        powers.append(powers[-1] ** 2)
    left, steps = np.ones_like(factors), 0
    for place in range(len(powers) - 1, -1, -1):
        further = left * powers[place]
        if (further @ missing).min() > goal:
            left, steps = further, steps + 2**place
    if steps + 1 >= _LONGEST:
        raise ArrivalError("some step size must reach the goal, and none did")
    return steps + 1


def _fewest(steps: np.ndarray) -> np.ndarray:
    # Rows are step sizes; 0 stands where one did not arrive.
    fewest = np.where(steps > 0, steps, _LONGEST).min(axis=0)
    if (fewest == _LONGEST).any():
        raise ArrivalError("some step size must reach the goal, and none did")
    return fewest


@guarded
def regression(inputs: str, change: str = "none", *, draws: int = DRAWS) -> Regression:
    """Return draws of 1000 examples of 20 inputs, and targets with standard normal weights on them.

    y = w·x without noise and without a bias, for x as it is drawn; the neuron reads the changed x.

    Parameters
    ----------
    inputs : str
        One of `INPUTS`.
    change : str
        One of `CHANGES`.
    draws : int
        S, at least 1; draw s has the seed s.

    Raises
    ------
    ValueError
        If an argument is out of its bounds.
    """
    draw = INPUTS[_checks.one_of("inputs", inputs, INPUTS)]
    changed = CHANGES[_checks.one_of("change", change, CHANGES)]
    draws = _checks.count("draws", draws)
    _checks.room("draws", draws * EXAMPLES * (FEATURES + 1))
    read, targets = [], []
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        X = draw(rng, EXAMPLES, FEATURES)
        targets.append(X @ rng.standard_normal(FEATURES))
        read.append(np.column_stack([changed(X), np.ones(EXAMPLES)]))
    return Regression(np.array(read), np.array(targets))


def _arrivals(
    problem: Regression, step_sizes: np.ndarray, move: Callable[[np.ndarray, int], np.ndarray]
) -> np.ndarray:
    """Return the first step with the goal's loss at each draw's best step size, shape (S,).

    `move` takes what is missing to the solution, shape (step sizes, S, n + 1), and the number of
    the step, and returns the direction.
    """
    missing = np.broadcast_to(-problem.solution, (len(step_sizes), *problem.solution.shape)).copy()
    H, goal = problem.curvature, problem.goal
    arrived = np.zeros(missing.shape[:2], dtype=int)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, _LIMIT + 1):
            missing -= step_sizes[:, None, None] * move(missing, step)
            loss = (missing * _times(H, missing)).sum(axis=2) / 2
            arrived[(arrived == 0) & (loss <= goal)] = step
            # Who arrives first has the best step size.
            if (arrived > 0).any(axis=0).all():
                return _fewest(arrived)
    return _fewest(arrived)


def _times(H: np.ndarray, v: np.ndarray) -> np.ndarray:
    return (H @ v.transpose(1, 2, 0)).transpose(2, 0, 1)
