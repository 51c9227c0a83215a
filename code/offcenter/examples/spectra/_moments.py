"""Second moments of inputs that have a mean, and of inputs that have none."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from offcenter._written import listed
from offcenter.activations import ACTIVATIONS
from offcenter.examples._inputs import FOUR, PAIR
from offcenter.examples._record import example
from offcenter.examples._steps import best_step, steps_from_slowest
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    iid_eigenvalues,
    with_bias,
)

__all__ = [
    "FourPoints",
    "FourWritings",
    "MeanAndRate",
    "MoreInputs",
    "OneOrThree",
    "SignOrMean",
    "TwoParts",
    "four_points",
    "four_writings",
    "mean_and_rate",
    "more_inputs",
    "one_or_three",
    "sign_or_mean",
    "two_parts",
]


#: Four examples of two positive inputs, of which two lie above or below the mean in both.
POINTS = np.array([[5.0, 3.0], [3.0, 5.0], [5.0, 5.0], [3.0, 3.0]])
POINTS.setflags(write=False)


@dataclass(frozen=True)
class OneOrThree:
    """Two inputs, each 1 or 3 with equal chances: mean 2, variance 1.

    `path`: how far the weights are off at first, (1, 0), and after one step and two with the best
    fixed step size.
    """

    examples: np.ndarray
    moment: np.ndarray
    steep: float
    flat: float
    condition: float
    steps: int
    centered_condition: float
    centered_steps: int
    bias_condition: float
    hundred_steps: int
    path: np.ndarray


@example("spectra-one-or-three")
def one_or_three() -> OneOrThree:
    """Return E[xxᵀ], its eigenvalues, κ, and the steps that descent takes to 1 %."""
    X = FOUR
    M = X.T @ X / 4
    flat, steep = np.linalg.eigvalsh(M)
    centered = X - X.mean(axis=0)
    C = centered.T @ centered / 4
    A = with_bias(C, X.mean(axis=0))
    hundred = np.eye(100) + 4 * np.ones((100, 100))
    path = [np.array([1.0, 0.0])]
    for _ in range(2):
        path.append(path[-1] - 2 / (steep + flat) * M @ path[-1])
    return OneOrThree(
        examples=X,
        moment=M,
        steep=steep,
        flat=flat,
        condition=condition_number(M),
        steps=steps_from_slowest(M),
        centered_condition=condition_number(C),
        centered_steps=steps_from_slowest(C),
        bias_condition=condition_number(A),
        hundred_steps=steps_from_slowest(hundred),
        path=np.round(path, 12),
    )


@dataclass(frozen=True)
class FourWritings:
    """The inputs 1 or 3 written in four ways.

    `rows`: the writing, its mean, the share of examples whose gradient has one sign, κ without a
    bias and with one; without one also the largest and the smallest curvature, and the steps that
    descent takes to 1 % from the slowest start.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("spectra-four-writings")
def four_writings() -> FourWritings:
    """Return raw, the second input negated, a random sign per example, and centered."""
    X = FOUR
    writings = {
        "as they are": X,
        "second input negated": X * [1, -1],
        "a random sign for each example": np.concatenate([X, -X]),
        "centered": X - 2,
    }
    rows = []
    for name, Z in writings.items():
        M, mean = Z.T @ Z / len(Z), Z.mean(axis=0)
        one_sign = (Z[:, 0] * Z[:, 1] > 0).mean()
        A = with_bias(M - np.outer(mean, mean), mean)
        means = listed(mean, "z.0f")
        kappas = condition_number(M), condition_number(A)
        flat, steep = np.linalg.eigvalsh(M)
        steps = steps_from_slowest(M)
        rows.append((name, f"({means})", one_sign, *kappas, steep, flat, steps))
    return FourWritings(tuple(rows))


@dataclass(frozen=True)
class TwoParts:
    """A linear unit that reads (5, 3), (3, 5), (5, 5), (3, 3) and should put out ½(x₂ − x₁) − 1.

    Weights and bias are 0 so far, so the errors of ½(error)² are less the targets.
    `errors`, `raw`, `centered`: δ, δx and δ(x − μ) of each example; `total`, `mean_part`, `rest`:
    the sum of δx, and the two parts that it has, N times the mean error times the mean input, and
    the sum of δ(x − μ); `bias`: the sum of δ.
    `arrived`: weights and bias after a step of ¼ on the summed loss of the centered inputs.
    """

    errors: np.ndarray
    raw: np.ndarray
    centered: np.ndarray
    total: np.ndarray
    mean_part: np.ndarray
    rest: np.ndarray
    bias: float
    arrived: np.ndarray


@example("spectra-two-parts")
def two_parts() -> TwoParts:
    """Return the gradients of four examples, their sum in two parts, and where a step leads."""
    X = POINTS
    mean = X.mean(axis=0)
    errors = -((X[:, 1] - X[:, 0]) / 2 - 1)
    raw, centered = errors[:, None] * X, errors[:, None] * (X - mean)
    rest = centered.sum(axis=0)
    return TwoParts(
        errors=errors,
        raw=raw,
        centered=centered,
        total=raw.sum(axis=0),
        mean_part=len(X) * errors.mean() * mean,
        rest=rest,
        bias=float(errors.sum()),
        arrived=-np.append(rest, errors.sum()) / 4,
    )


@dataclass(frozen=True)
class MoreInputs:
    """A linear unit that reads n independent inputs.

    `rows`: n inputs that are 1 or 3; 2 of the 2ⁿ orthants as a share, κ, the steps that descent
    takes to 1 % at the step size 2/(4n + 2), raw, and at 1 less the mean.
    `kinds`: ten inputs that are 10 in one of 100 cases, else 0.1, or −1 in one of 10, else 2; how
    many orthants the gradients of single examples are in, mean²/variance, κ, and κ of a thousand.
    `pair`: the sum of the gradients of (3, 1) with the target 4 and of (1, 3) with −4, at 0, and
    where a step of ¼ leads.
    `sigmoids`: κ of a thousand sigmoids of independent standard normal numbers.
    """

    rows: tuple[tuple[float, ...], ...]
    kinds: tuple[tuple[float, ...], ...]
    pair: np.ndarray
    sigmoids: float


def _of_two_values(usual: float, rare: float, chance: float) -> tuple[int, float, float, float]:
    """Return the orthants, mean²/variance and κ of ten inputs, each `rare` with a chance.

    And κ of a thousand, in closed form.
    """
    X = np.array(list(product((usual, rare), repeat=10)))
    weights = np.prod(np.where(rare == X, chance, 1 - chance), axis=1)
    # With errors of both signs each example has the orthant of its inputs, and the opposite one.
    orthants = {tuple(sign * row) for row in np.sign(X) for sign in (1, -1)}
    mean = (1 - chance) * usual + chance * rare
    variance = chance * (1 - chance) * (rare - usual) ** 2
    kappa = condition_number((X.T * weights) @ X)
    return len(orthants), mean**2 / variance, kappa, iid_condition_number(1000, mean, variance)


@example("spectra-more-inputs")
def more_inputs() -> MoreInputs:
    """Return what grows with n, and that the orthants do not decide it."""
    rows = []
    for n in (2, 10, 100, 1000):
        kappa = iid_condition_number(n, 2.0, 1.0)
        # Across the mean all curvatures are 1, so one of these directions stands for all.
        steps = (steps_from_slowest(np.diag([1.0, steep])) for steep in (kappa, 1.0))
        rows.append((n, 2 / 2**n, kappa, *steps))
    kinds = (_of_two_values(0.1, 10.0, 0.01), _of_two_values(2.0, -1.0, 0.1))
    gradient = -np.array([4.0, -4.0]) @ PAIR
    return MoreInputs(
        rows=tuple(rows),
        kinds=kinds,
        pair=np.array([gradient, -gradient / 4]),
        sigmoids=iid_condition_number(1000, 0.5, ACTIVATIONS["sigmoid"].variance),
    )


@dataclass(frozen=True)
class SignOrMean:
    """Twenty inputs read by a linear unit, of some signs and some mean.

    `rows`: the inputs; the share of negative numbers, mean²/mean square, κ without a bias.
    `with_bias`: κ of the twenty one-hot inputs and a bias, as they are and less their means;
    directions of curvature 0 are left out; `several`: of eight such variables of ten categories.
    `uniform`, `rare`: mean and standard deviation of an input that is uniform on [−1, 100], and of
    one that is 100 in 1% of cases and else −1.
    """

    rows: tuple[tuple[str | float, ...], ...]
    with_bias: tuple[float, float]
    several: tuple[float, float]
    uniform: tuple[float, float]
    rare: tuple[float, float]


def _of_one_hot(variables: int, categories: int) -> tuple[float, float]:
    """Return κ with a bias of independent variables of equal frequencies, raw and centered."""
    mean = np.full(variables * categories, 1 / categories)
    covariance = np.kron(np.eye(variables), np.eye(categories) / categories - categories**-2.0)

    def kappa(mean: np.ndarray) -> float:
        values = np.linalg.eigvalsh(with_bias(covariance, mean))
        return float(values[-1] / values[values > 1e-9][0])

    return kappa(mean), kappa(0 * mean)


@example("spectra-sign-or-mean")
def sign_or_mean() -> SignOrMean:
    """Return κ of inputs whose signs and whose mean vary apart."""
    n, one_hot = 20, np.eye(20)
    mirror = np.where(np.arange(n) % 2, -1.0, 1.0)
    rows: list[tuple[str | float, ...]] = []
    # Of values in a range: the share below 0, the mean, the variance.
    even = [
        (max(-low, 0) / (high - low), (low + high) / 2, (high - low) ** 2 / 12)
        for low, high in ((0, 1), (-1, 100), (-1, 1))
    ]
    chance, low, high = 0.01, -1.0, 100.0
    mean = (1 - chance) * low + chance * high
    seldom = (1 - chance, mean, chance * (1 - chance) * (high - low) ** 2)
    for name, (negative, mean, variance), signs in (
        ("[0, 1]", even[0], np.ones(n)),
        ("[0, 1], every second negated", (0.5, *even[0][1:]), mirror),
        ("[−1, 100]", even[1], np.ones(n)),
        ("−1, but 100 in 1% of cases", seldom, np.ones(n)),
        ("[−1, 1]", even[2], np.ones(n)),
    ):
        H = variance * np.eye(n) + mean**2 * np.outer(signs, signs)
        rows.append((name, negative, mean**2 / (mean**2 + variance), condition_number(H)))
    moment = one_hot.T @ one_hot / n
    rows.append(
        ("one-hot", 0.0, float((one_hot.mean(axis=0) ** 2).sum()), condition_number(moment))
    )
    return SignOrMean(
        rows=tuple(rows),
        with_bias=_of_one_hot(1, n),
        several=_of_one_hot(8, 10),
        uniform=(even[1][1], even[1][2] ** 0.5),
        rare=(seldom[1], seldom[2] ** 0.5),
    )


@dataclass(frozen=True)
class FourPoints:
    """A linear unit that reads (5, 3), (3, 5), (5, 5) and (3, 3).

    `raw`, `centered`: the mean squares of what its sum changes by, if both weights rise by 0.1, and
    if one rises and the other falls, as the points are and less their mean.
    `times`: by how much ½(error)² is more curved along (1, 1) than along (1, −1).
    """

    raw: tuple[float, float]
    centered: tuple[float, float]
    times: float


@example("spectra-four-points")
def four_points() -> FourPoints:
    """Return what the two moves do to the sums, and the ratio of the two curvatures."""
    X = POINTS
    moves = 0.1 * np.array([[1.0, 1.0], [1.0, -1.0]])
    raw, centered = (((Z @ moves.T) ** 2).mean(axis=0).tolist() for Z in (X, X - X.mean(axis=0)))
    steep, flat = np.diagonal(moves @ (X.T @ X / 4) @ moves.T)
    return FourPoints(tuple(raw), tuple(centered), float(steep / flat))


@dataclass(frozen=True)
class MeanAndRate:
    """The inputs (2, 3), (2, 5), (4, 3), (4, 5): mean (3, 4), variances 1, and their XᵀX.

    `matrix`: XᵀX; `products`: it times (3, 4) and times (4, −3).
    `rows`: which inputs; the eigenvalues of XᵀX/N; 2/λmax; the rate that is best in the long run;
    and the steps to 1 % at it from the slowest start.
    `factor`: by what a raw step at that rate multiplies both parts, but for the sign.
    `plane`: the largest eigenvalue of XᵀX/N with a column of ones, the smallest, and the ratio.
    `hundred`: λmax, the other eigenvalues and their ratio for 100 inputs of mean ½ on [0, 1].
    """

    matrix: np.ndarray
    products: np.ndarray
    rows: tuple[tuple[float | str, ...], ...]
    factor: float
    plane: tuple[float, float, float]
    hundred: tuple[float, float, float]


@example("spectra-mean-and-rate")
def mean_and_rate() -> MeanAndRate:
    """Return XᵀX raw and centered, with and without a column of ones."""
    X = FOUR + np.array([1.0, 2.0])
    rest, ones = X - X.mean(axis=0), np.ones((4, 1))
    kinds = {
        "raw": X,
        "raw, with ones": np.hstack([X, ones]),
        "centered": rest,
        "centered, with ones": np.hstack([rest, ones]),
    }
    rows, values = [], []
    for name, Z in kinds.items():
        H = Z.T @ Z / 4
        values.append(np.linalg.eigvalsh(H)[::-1].tolist())
        shown = listed(values[-1], "z.2g")
        rows.append((name, shown, 2 / values[-1][0], best_step(H), steps_from_slowest(H)))
    matrix = X.T @ X
    few, *_, many = iid_eigenvalues(100, 0.5, 1 / 12)
    return MeanAndRate(
        matrix=matrix,
        products=np.array([[3.0, 4.0], [4.0, -3.0]]) @ matrix,
        rows=tuple(rows),
        factor=1 - rows[0][3] * values[0][1],
        plane=(values[1][0], values[1][-1], values[1][0] / values[1][-1]),
        hundred=(float(many), float(few), iid_condition_number(100, 0.5, 1 / 12)),
    )
