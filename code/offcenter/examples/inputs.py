"""Inputs: how one writes them, and what κ and descent make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter._written import listed
from offcenter.data import load_digits
from offcenter.examples._record import example
from offcenter.examples.paths import steps_from_slowest, steps_until
from offcenter.experiment import SIZES, split
from offcenter.network import Family, Problem, initialize, race, stack
from offcenter.remedies import batch_norm, layer_norm
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    offset_share,
    second_moment,
    with_bias,
)

__all__ = [
    "BatchMeans",
    "Bits",
    "Categories",
    "Components",
    "ForeignMean",
    "ImageMeans",
    "NegativePixels",
    "OriginalUnits",
    "PixelRange",
    "Pixels",
    "Prepared",
    "Ranges",
    "Scales",
    "SmallInputs",
    "Targets",
    "TestMean",
    "TwoWays",
    "Whitening",
    "batch_means",
    "bits",
    "categories",
    "components",
    "foreign_mean",
    "image_means",
    "negative_pixels",
    "original_units",
    "pixel_range",
    "pixels",
    "prepared",
    "ranges",
    "scales",
    "small_inputs",
    "targets",
    "test_mean",
    "two_ways",
    "whitening",
]


def _best_step(M: np.ndarray) -> float:
    values = np.linalg.eigvalsh(M)
    return float(2 / (values[0] + values[-1]))


def _iid(n: int, mean: float, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Return E[xxᵀ] of n independent inputs, and that of (x, 1)."""
    C, mu = variance * np.eye(n), np.full(n, mean)
    return C + np.outer(mu, mu), with_bias(C, mu)


@dataclass(frozen=True)
class Pixels:
    """Two pixels, each 100 or 200, written in five ways.

    `rows`: the writing, mean, standard deviation, κ, κ with a bias, the best step size.
    `jobs`: the writing, the root mean square of the sums of units whose weights have the mean 0
    and the variance 1/2, the best step size and κ, both without a bias.
    `square`, `product`: the mean of x₁² and of x₁x₂, for the pixels as they are.
    `curvatures`: along (1, 1) and (1, −1), the sum and the difference of these two, in each row,
    and the bound of the learning rate, 2 over the first, without a bias.
    """

    rows: tuple[tuple[float | str, ...], ...]
    jobs: tuple[tuple[float | str, ...], ...]
    square: float
    product: float
    curvatures: tuple[tuple[float, float, float], ...]


@example("inputs-pixels")
def pixels() -> Pixels:
    """Return κ for 0…255 as they are, divided, centered, both, and standardized."""
    writings = {
        "as they are, 0…255": (150.0, 50.0),
        "divided by 255": (150 / 255, 50 / 255),
        "mean subtracted": (0.0, 50.0),
        "mean subtracted, divided by 255": (0.0, 50 / 255),
        "mean subtracted, divided by std": (0.0, 1.0),
    }
    rows, jobs, curvatures = [], [], []
    for name, (mean, deviation) in writings.items():
        M, A = _iid(2, mean, deviation**2)
        steep, flat = (float(M[0, 0] + sign * M[0, 1]) for sign in (1, -1))
        curvatures.append((steep, flat, 2 / steep))
        kappas = condition_number(M), condition_number(A)
        rows.append((name, mean, deviation, *kappas, _best_step(A)))
        jobs.append((name, float(np.hypot(mean, deviation)), _best_step(M), kappas[0]))
    square, product = _iid(2, 150.0, 50.0**2)[0][0]
    return Pixels(tuple(rows), tuple(jobs), square, product, tuple(curvatures))


@dataclass(frozen=True)
class PixelRange:
    """Pixels from 0 to 1, from −1 to 1, and less their mean: independent ones, and the digits.

    `rows`: 100 independent pixels and how they are written, their mean and standard deviation, κ
    of a linear unit with a bias that reads them.
    `digits`: how all 64 pixels are written, the mean's share of their mean square, the steps of
    ReLU and of tanh networks; `kappas`: κ as above for those pixels that vary.
    `mean`, `left`: the mean of all pixels, and what 2x − 1 makes of it; `varying`: how many pixels
    have a standard deviation above 0.1; `gain`, `gain_independent`: by how much each pixel's own
    mean lowers κ, for these and for the 100.
    The steps are medians over `starts` starts, in full batches to a training loss of 0.1, from one
    set of weights for all writings, at the best of step sizes that are powers of two and at which
    the loss stays below three times the first; `doubled`: those of ReLU if the last row's pixels
    are multiplied by 2.
    """

    rows: tuple[tuple[float | str, ...], ...]
    digits: tuple[tuple[float | str, ...], ...]
    kappas: tuple[float, ...]
    mean: float
    left: float
    varying: int
    gain: float
    gain_independent: float
    starts: int
    doubled: float


_WRITINGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "[0, 1]": lambda X: X,
    "[−1, 1]": lambda X: 2 * X - 1,
    "less ½": lambda X: X - 0.5,
    "less one mean for all": lambda X: X - X.mean(),
    "that, divided by std": lambda X: (X - X.mean()) / X.std(),
    "less each pixel's mean": lambda X: X - X.mean(axis=0),
    "doubled": lambda X: 2 * (X - X.mean(axis=0)),
}


@stored
def _steps_of_writings(activation: str, starts: int = 5) -> np.ndarray:
    """Return the fewest steps for each writing and start."""
    draws = [np.random.default_rng([seed, 1]) for seed in range(starts)]
    theta = stack([initialize(SIZES, activation=activation, rng=rng) for rng in draws])
    data = [split(seed) for seed in range(starts)]
    targets = np.array([np.eye(SIZES[-1])[d.labels] for d in data])
    family, found = Family(SIZES, activation), []
    for written in _WRITINGS.values():
        problem = Problem(np.array([written(d.inputs) for d in data]), targets)
        how = {"step_sizes": 2.0 ** np.arange(-7, 5), "targets": (0.1,)}
        found.append(race(family, theta, problem, problem, **how).fewest[:, 0])
    return np.array(found)


@example("inputs-pixel-range")
def pixel_range() -> PixelRange:
    """Return both tables; independent pixels are 1/4 or 3/4, dark ones 0.05 or 0.15."""
    rows = []
    for pixels, writing, mean, deviation in (
        ("¼ or ¾", "[0, 1]", 0.5, 0.25),
        ("¼ or ¾", "less the mean", 0.0, 0.25),
        ("¼ or ¾", "[−1, 1]", 0.0, 0.5),
        ("¼ or ¾", "z-scores", 0.0, 1.0),
        ("0.05 or 0.15", "[0, 1]", 0.1, 0.05),
        ("0.05 or 0.15", "less the mean", 0.0, 0.05),
        ("0.05 or 0.15", "[−1, 1]", -0.8, 0.1),
    ):
        kappa = iid_condition_number(100, mean, deviation**2, bias=True)
        rows.append((pixels, writing, mean, deviation, kappa))
    pixels = load_digits().inputs
    varying = pixels.std(axis=0) > 0.1
    steps = [np.median(_steps_of_writings(name), axis=1).tolist() for name in ("relu", "tanh")]
    digits, kappas = [], []
    for (name, written), *medians in zip(_WRITINGS.items(), *steps, strict=True):
        X = written(pixels)
        digits.append((name, round(offset_share(X), 12), *medians))
        kappas.append(condition_number(second_moment(X[:, varying], bias=True)))
    *shown, doubled = digits
    return PixelRange(
        rows=tuple(rows),
        digits=tuple(shown),
        kappas=tuple(kappas[: len(shown)]),
        mean=float(pixels.mean()),
        left=float(2 * pixels.mean() - 1),
        varying=int(varying.sum()),
        gain=kappas[0] / kappas[len(shown) - 1],
        gain_independent=rows[0][-1] / rows[1][-1],
        starts=_steps_of_writings("relu").shape[1],
        doubled=doubled[2],
    )


@dataclass(frozen=True)
class ForeignMean:
    """Pixels with mean and standard deviation subtracted and divided that are another data set's.

    Pixels are on a scale from 0 to 1; the other data set has 0.5 and 0.25.
    `rows`: the images, each of two independent pixels; what is subtracted and divided; the mean
    and the standard deviation that are left; the mean's share of the mean square; steps of a
    linear unit with a bias to 1 % from the slowest start.
    `digits`: the share on the book's digits: as they are, less one mean of all pixels, less each
    pixel's own.
    """

    rows: tuple[tuple[float | str, ...], ...]
    digits: tuple[float, ...]


@example("inputs-foreign-mean")
def foreign_mean() -> ForeignMean:
    """Return the table for pixels that are 0.2 or 0.6, and for pixels that are 0.05 or 0.15."""
    rows = []
    for images, mean, deviation in (("similar", 0.4, 0.2), ("dark", 0.1, 0.05)):
        for numbers, c, d in (
            ("none", 0.0, 1.0),
            ("theirs", 0.5, 0.25),
            ("own", mean, deviation),
        ):
            m, v = (mean - c) / d, (deviation / d) ** 2
            steps = steps_from_slowest(_iid(2, m, v)[1])
            rows.append((images, numbers, m, v**0.5, m**2 / (m**2 + v), steps))
    pixels = load_digits().inputs
    shares = (offset_share(pixels - c) for c in (0.0, pixels.mean(), pixels.mean(axis=0)))
    return ForeignMean(tuple(rows), tuple(shares))


@dataclass(frozen=True)
class Ranges:
    """The values 1, 2, 3, 4, 10 in three ranges, and 1 … 5.

    `rows`: the writing, its mean and variance, κ of ten such independent inputs with a bias.
    `even`: the same for 1 … 5.
    """

    mean: float
    variance: float
    rows: tuple[tuple[float | str, ...], ...]
    even: tuple[tuple[float | str, ...], ...]


@example("inputs-ranges")
def ranges() -> Ranges:
    """Return what min-max to [0, 1] and [−1, 1] and z-scores leave of the mean."""

    def table(x: np.ndarray) -> tuple[tuple[float | str, ...], ...]:
        unit = (x - x.min()) / (x.max() - x.min())
        writings = {"[0, 1]": unit, "[−1, 1]": 2 * unit - 1, "z-scores": (x - x.mean()) / x.std()}
        return tuple(
            (
                name,
                round(float(z.mean()), 12) + 0.0,
                float(z.var()),
                iid_condition_number(10, float(z.mean()), float(z.var()), bias=True),
            )
            for name, z in writings.items()
        )

    x = np.array([1.0, 2.0, 3.0, 4.0, 10.0])
    return Ranges(x.mean(), x.var(), table(x), table(np.arange(1.0, 6.0)))


@dataclass(frozen=True)
class Scales:
    """Two centered uncorrelated features, of spread 1 and more; and two correlated ones.

    `rows`: the larger spread, κ, the best fixed step size, the factor by which a step of that size
    multiplies the distance of either weight, and the steps to 1 %.
    """

    rows: tuple[tuple[float, float, float, float, float, int], ...]
    correlated_condition: float


@example("inputs-scales")
def scales() -> Scales:
    """Return the table for spreads of 1, 2, 10 and 100, and κ for a correlation of 0.9."""
    rows = []
    for spread in (1.0, 2.0, 10.0, 100.0):
        H = np.diag([1.0, spread**2])
        step = _best_step(H)
        factors = (1 - step * np.diag(H)).tolist()
        steps = steps_until(H, np.ones(2), step, 0.01)
        rows.append((spread, condition_number(H), step, *factors, steps))
    return Scales(tuple(rows), condition_number(np.array([[1, 0.9], [0.9, 1]])))


@dataclass(frozen=True)
class Bits:
    """κ of 100 independent bits that are 1 with probability p; and one fair bit with a bias.

    `rows`: p, κ coded 0/1, coded ±1, with the mean subtracted (no bias), then 0/1, ±1,
    standardized with a bias.
    `biased`: p and the last three.
    `one`: the code of the fair bit, κ, steps to 1 % from the slowest start.
    `border`, `border_of_two`: the p at which both codes have one κ with a bias, for 100 and 2 bits.
    """

    rows: tuple[tuple[float, ...], ...]
    biased: tuple[tuple[float, ...], ...]
    one: tuple[tuple[str, float, int], ...]
    border: float
    border_of_two: float


def _border(n: int) -> float:
    """Return the p below which 0/1 has the smaller κ with a bias, by halving."""
    low, high = 0.01, 0.5
    for _ in range(40):
        p = (low + high) / 2
        zero_one = iid_condition_number(n, p, p * (1 - p), bias=True)
        plus_minus = iid_condition_number(n, 2 * p - 1, 4 * p * (1 - p), bias=True)
        low, high = (p, high) if zero_one < plus_minus else (low, p)
    return high


@example("inputs-bits")
def bits() -> Bits:
    """Return the table for p = .05, .25, .5, .95."""
    rows, one = [], []
    for p in (0.05, 0.25, 0.5, 0.95):
        codes = ((p, p * (1 - p)), (2 * p - 1, 4 * p * (1 - p)), (0.0, 1.0))
        plain = (iid_condition_number(100, m, v) for m, v in codes)
        biased = (iid_condition_number(100, m, v, bias=True) for m, v in codes)
        rows.append((p, *plain, *biased))
    for code, values in (("0/1", (0.0, 1.0)), ("±1", (-1.0, 1.0))):
        _, H = _iid(1, float(np.mean(values)), float(np.var(values)))
        one.append((code, condition_number(H), steps_from_slowest(H)))
    return Bits(
        rows=tuple(rows),
        biased=tuple((row[0], *row[4:]) for row in rows),
        one=tuple(one),
        border=_border(100),
        border_of_two=_border(2),
    )


@dataclass(frozen=True)
class Categories:
    """One-hot inputs with frequencies .9, .09, .01: κ, steps, and what standardizing writes.

    `bias_condition`: κ of three equal frequencies with a bias, without the curvature 0.
    """

    condition: float
    steps: int
    even_condition: float
    rare_one: float
    rare_zero: float
    scaled_condition: float
    bias_condition: float


def _equal_with_bias() -> float:
    X = np.column_stack([np.eye(3), np.ones(3)])
    values = np.linalg.eigvalsh(X.T @ X / 3)
    return float(values[-1] / values[1])


@example("inputs-categories")
def categories() -> Categories:
    """Return κ and steps from (1, 1, 1), the standardized rare column, and κ if each is scaled."""
    p = np.array([0.9, 0.09, 0.01])
    deviation = np.sqrt(p[-1] * (1 - p[-1]))
    M = np.diag(p)
    return Categories(
        condition=condition_number(M),
        steps=steps_until(M, np.ones(3), _best_step(M), 0.01),
        even_condition=condition_number(np.eye(3) / 3),
        rare_one=(1 - p[-1]) / deviation,
        rare_zero=-p[-1] / deviation,
        scaled_condition=condition_number(np.diag(p / p)),
        bias_condition=_equal_with_bias(),
    )


@dataclass(frozen=True)
class Targets:
    """A bias alone on its way from 0 to 100; two codes of one label; and a network's targets.

    `descent_steps`, `adam_steps`: steps to within 1 %, of size 1 and 1/100; `adam_least`: 99 over
    the latter.
    `label_loss`: of a positive example with the sum 2, in the codes 0/1 and ±1.
    `rows`: for gradient descent at its best rate, Adam at 0.001 and Adam at 0.01, the final mean
    squared error as a share of the targets' variance, the median over the draws, for targets of
    mean 0 and deviation 1, mean 0 and deviation 100, mean 300 and deviation 100; `rescued`: the
    last by Adam at 0.3.
    """

    descent_steps: int
    adam_steps: int
    adam_least: int
    label_loss: tuple[float, float]
    rows: tuple[tuple[float, ...], ...]
    rescued: float


def _adam_steps(goal: float, step_size: float) -> int:
    """Return the steps until the bias of ½(b − goal)² has left less than one percent of `goal`."""
    b = first = second = 0.0
    step = 0
    while abs(b - goal) > 0.01 * abs(goal):
        step += 1
        gradient = b - goal
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        mean, square = first / (1 - 0.9**step), second / (1 - 0.999**step)
        b -= step_size * mean / (square**0.5 + 1e-8)
    return step


_TARGETS = ((0.0, 1.0), (0.0, 100.0), (300.0, 100.0))
_DESCENT_RATES = (0.3, 0.1, 0.03, 0.01, 0.003, 0.001)


@stored
def _left_of_targets(method: str, mean: float, deviation: float, rates: tuple[float, ...]) -> float:
    """Return the median over five draws of the final share, at the rate where that is least.

    300 examples of 20 inputs, 16 ReLU units, 500 full-batch steps.
    """
    draws, examples, inputs, hidden = 5, 300, 20, 16
    X, t = np.empty((draws, examples, inputs)), np.empty((draws, examples, 1))
    first, last = np.empty((draws, inputs, hidden)), np.empty((draws, hidden, 1))
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((examples, inputs))
        y = np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + x[:, 3]
        X[seed], t[seed, :, 0] = x, (y - y.mean()) / y.std()
        first[seed] = rng.standard_normal((inputs, hidden)) * (2 / inputs) ** 0.5
        last[seed] = rng.standard_normal((hidden, 1)) / hidden**0.5
    targets, sizes = mean + deviation * t, np.array(rates)[:, None, None, None]
    # Weights and biases of both layers, shape (rates, draws, …).
    starts = (first, np.zeros((draws, 1, hidden)), last, np.zeros((draws, 1, 1)))
    p = [np.tile(part, (len(rates), 1, 1, 1)) for part in starts]
    m, v = ([np.zeros_like(part) for part in p] for _ in range(2))
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, 501):
            h = np.maximum(X @ p[0] + p[1], 0)
            errors = (h @ p[2] + p[3] - targets) / examples
            back = (errors @ p[2].swapaxes(2, 3)) * (h > 0)
            slopes = (
                X.swapaxes(1, 2) @ back,
                back.sum(axis=2, keepdims=True),
                h.swapaxes(2, 3) @ errors,
                errors.sum(axis=2, keepdims=True),
            )
            for i, g in enumerate(slopes):
                if method == "descent":
                    p[i] -= sizes * g
                    continue
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g**2
                root = np.sqrt(v[i] / (1 - 0.999**step)) + 1e-8
                p[i] -= sizes * m[i] / (1 - 0.9**step) / root
        out = np.maximum(X @ p[0] + p[1], 0) @ p[2] + p[3]
        left = ((out - targets) ** 2).mean(axis=(2, 3)) / deviation**2
    return float(np.median(np.nan_to_num(left, nan=np.inf), axis=1).min())


@example("inputs-targets")
def targets() -> Targets:
    """Return a bias's way to the mean 100, a loss in both codes, and the network's runs."""
    score = 2.0
    probability = 1 / (1 + np.exp(-score))
    methods = (("descent", _DESCENT_RATES), ("Adam", (0.001,)), ("Adam", (0.01,)))
    return Targets(
        descent_steps=steps_until(np.eye(1), np.ones(1), 1.0, 0.01),
        adam_steps=_adam_steps(100.0, 0.01),
        adam_least=round(99 / 0.01),
        label_loss=(float(-np.log(probability)), float(np.log1p(np.exp(-score)))),
        rows=tuple(
            tuple(_left_of_targets(method, *target, rates) for target in _TARGETS)
            for method, rates in methods
        ),
        rescued=_left_of_targets("Adam", *_TARGETS[-1], (0.3,)),
    )


@dataclass(frozen=True)
class Whitening:
    """Two inputs with means 2 and 20, standard deviations 1 and 10, correlation 0.9.

    `rows`: what is done, E[x₁²], E[x₁x₂], E[x₂²], κ, κ with a bias.
    `pair`: two pixels of mean 2, variance 1 and correlation 0.9: what is done, the curvature along
    (1, 1) and (1, −1), and κ, without a bias.
    `error_before`, `error_after`: the part of the total variance along (1, −1) of the scaled
    inputs; `common`, `amplification`: by what ZCA multiplies (1, 1) and (1, −1); `pixels`,
    `gigabytes`, `small_megabytes`: inputs of an image of 224 × 224 × 3, and the size of their
    matrix and of that for 32 × 32 × 3.
    """

    rows: tuple[tuple[float | str, ...], ...]
    pair: tuple[tuple[float | str, ...], ...]
    amplification: float
    error_before: float
    error_after: float
    common: float
    pixels: int
    gigabytes: float
    small_megabytes: float


@example("inputs-whitening")
def whitening() -> Whitening:
    """Return κ for each preparation, and by how much the flat direction is stretched."""
    C, deviations, mean = np.array([[1.0, 0.9], [0.9, 1.0]]), np.array([1.0, 10.0]), 2.0
    units = np.outer(deviations, deviations)
    steps = {
        "nothing": (C * units, mean * deviations),
        "scaled only": (C, np.full(2, mean)),
        "centered only": (C * units, np.zeros(2)),
        "both: standardized": (C, np.zeros(2)),
        "whitened": (np.eye(2), np.zeros(2)),
    }
    rows = []
    for name, (cov, mu) in steps.items():
        M = cov + np.outer(mu, mu)
        entries = M[0, 0], M[0, 1], M[1, 1]
        kappas = condition_number(M), condition_number(with_bias(cov, mu))
        rows.append((name, *(round(float(entry), 12) for entry in entries), *kappas))
    flat, steep = np.linalg.eigvalsh(C)
    centered = np.array([steep, flat])
    pair = [
        (name, *(float(c) for c in curvatures), float(curvatures[0] / curvatures[1]))
        for name, curvatures in {
            "nothing": centered + np.array([2 * mean**2, 0.0]),
            "mean subtracted": centered,
            "whitened": centered / centered,
        }.items()
    ]
    pixels = 224 * 224 * 3
    return Whitening(
        rows=tuple(rows),
        pair=tuple(pair),
        common=float(1 / np.sqrt(steep)),
        small_megabytes=4 * (32 * 32 * 3) ** 2 / 1e6,
        amplification=float(1 / np.sqrt(flat)),
        error_before=float(flat / (flat + steep)),
        error_after=1 / 2,
        pixels=pixels,
        gigabytes=4 * pixels**2 / 1e9,
    )


@dataclass(frozen=True)
class TestMean:
    """Images of two pixels, (1, 3) by night and (5, 7) by day; two test images, (4, 6) and (6, 8).

    A unit adds up the two pixels that are left; above 0 it says day, below 0 night.
    `training`: its sums for the training images, less their mean.
    `rows`: what is subtracted from the test images; for each, what is left; the unit's answers.
    `sums`: the sums of each row.
    `border`, `other_border`: the sum of the pixels above which the unit says day, with the training
    mean and with the test set's; `moved`: by how much the second moves the unit's outputs.
    """

    training: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[float, ...], ...]
    border: float
    other_border: float
    moved: float


@example("inputs-test-mean")
def test_mean() -> TestMean:
    """Return what the unit makes of two test images less three means."""
    train, test = np.array([[1.0, 3.0], [5.0, 7.0]]), np.array([[4.0, 6.0], [6.0, 8.0]])
    mean, other, own = train.mean(axis=0), test.mean(axis=0), test.mean(axis=1, keepdims=True)
    means = {
        f"training mean ({listed(mean)})": mean,
        f"test mean ({listed(other)})": other,
        f"each image's own, {own[0, 0]:.0f} and {own[1, 0]:.0f}": own,
    }
    words = {-1.0: "night", 0.0: "undecided", 1.0: "day"}
    rows, sums = [], []
    for name, subtracted in means.items():
        left = test - subtracted
        sums.append(tuple(left.sum(axis=1).tolist()))
        answers = [words[sign] for sign in np.sign(sums[-1])]
        shown = ", ".join(answers) if any(sums[-1]) else answers[0]
        # A pair stays on one line of a phone.
        pairs = (f"({listed(image)})".replace(" ", "\N{NO-BREAK SPACE}") for image in left)
        rows.append((name, *pairs, shown))
    return TestMean(
        training=tuple((train - mean).sum(axis=1)),
        rows=tuple(rows),
        sums=tuple(sums),
        border=mean.sum(),
        other_border=other.sum(),
        moved=(mean - other).sum(),
    )


@dataclass(frozen=True)
class BatchMeans:
    """Logistic regression on two classes, tested less the training mean and less other means.

    Each class is normal with the standard deviation `deviation` in each of `inputs` inputs, and
    with `means`.  The weights are learned from `examples` examples less their mean, and tested on
    `tests`; half of both is of either class.
    Medians over `draws` draws of the share that is right: `training`: less the training mean;
    `own`: less the mean of all test examples; `mixed`, `one_class`: less that of each batch of
    `batch`, with classes as they come, or with one class.
    """

    inputs: int
    deviation: float
    means: tuple[float, float]
    examples: int
    tests: int
    batch: int
    draws: int
    training: float
    own: float
    mixed: float
    one_class: float


def _right_by_mean(rng: np.random.Generator, examples: int, tests: int) -> tuple[float, ...]:
    def drawn(count: int) -> tuple[np.ndarray, np.ndarray]:
        labels = np.tile([0.0, 1.0], count // 2)
        return 3 + 0.4 * (2 * labels[:, None] - 1) + rng.standard_normal((count, 20)), labels

    (X, y), (T, t) = drawn(examples), drawn(tests)
    mean = X.mean(axis=0)
    Z = np.column_stack([X - mean, np.ones(examples)])
    w = np.zeros(Z.shape[1])
    for _ in range(500):
        w -= 0.5 / examples * Z.T @ (1 / (1 + np.exp(-Z @ w)) - y)

    def right(order: np.ndarray, size: int | None = None) -> float:
        # Of each batch of that size, less its own mean; or less the training mean.
        batches = T[order].reshape(-1, size or 1, T.shape[1])
        left = batches - (mean if size is None else batches.mean(axis=1, keepdims=True))
        return float(((left @ w[:-1] + w[-1] > 0).ravel() == t[order]).mean())

    mixed = rng.permutation(tests)
    return (
        right(mixed),
        right(mixed, tests),
        right(mixed, 100),
        right(np.argsort(t, kind="stable"), 100),
    )


@example("inputs-batch-means")
def batch_means() -> BatchMeans:
    """Return the medians over 21 draws."""
    draws, examples, tests = 21, 1000, 10_000
    found = [_right_by_mean(np.random.default_rng(seed), examples, tests) for seed in range(draws)]
    shares = [float(share) for share in np.median(found, axis=0)]
    return BatchMeans(20, 1.0, (2.6, 3.4), examples, tests, 100, draws, *shares)


@dataclass(frozen=True)
class Prepared:
    """Training flats of 2 or 4 rooms and 50 or 90 m²; the test flats are (4, 90) and (6, 130).

    `mean`, `deviation`: of the training flats, and `variances`; `own_mean`: of the test flats.
    `smallest`, `flat`: the flats (2, 50) and (4, 90) with the training numbers; `own`: (4, 90) with
    the test set's own.
    """

    mean: np.ndarray
    deviation: np.ndarray
    variances: np.ndarray
    own_mean: np.ndarray
    smallest: np.ndarray
    flat: np.ndarray
    own: np.ndarray


@example("inputs-prepared")
def prepared() -> Prepared:
    """Return one flat standardized by two sets of numbers."""
    train = np.array([[a, b] for a in (2.0, 4.0) for b in (50.0, 90.0)])
    test = np.array([[4.0, 90.0], [6.0, 130.0]])
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    return Prepared(
        mean=mean,
        deviation=deviation,
        variances=train.var(axis=0),
        own_mean=test.mean(axis=0),
        smallest=(train[0] - mean) / deviation,
        flat=(test[0] - mean) / deviation,
        own=batch_norm(test)[0],
    )


@dataclass(frozen=True)
class ImageMeans:
    """Three images of two pixels, (1, 3), (3, 5), (5, 7), and the digits, less four means.

    `rows`: what is subtracted, the three images then, and what share of the mean square their mean
    over the images makes up, for these three and for the digits.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("inputs-image-means")
def image_means() -> ImageMeans:
    """Return the table for nothing, one number, a number for each pixel, and one for each image."""
    three, digits = np.array([[1.0, 3], [3, 5], [5, 7]]), load_digits().inputs
    means: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "nothing": np.zeros_like,
        "one number for all": lambda X: X.mean(keepdims=True),
        "each pixel's": lambda X: X.mean(axis=0),
        "each image's own": lambda X: X.mean(axis=1, keepdims=True),
    }
    rows = []
    for name, mean in means.items():
        small = three - mean(three)
        images = " ".join(f"({listed(image)})" for image in small)
        rows.append((name, images, offset_share(small), offset_share(digits - mean(digits))))
    return ImageMeans(tuple(rows))


@dataclass(frozen=True)
class OriginalUnits:
    """Prices of four houses by area and age, learned on standardized columns, and turned back.

    `rows`: area, age, and price.
    `learned`, `original`: weights of area and age, and bias, before and after; `scaled`: what is
    learned if prices are standardized, too; `before`, `after`: the price of a house of 110 m² and
    25 years by the first two; `monthly`: the weight of the age in months.
    `penalized`, `penalized_raw`: the weights in original units if half their squares are added to
    the mean of half the squared errors, for standardized and for raw columns.
    """

    rows: tuple[tuple[float, ...], ...]
    learned: tuple[float, ...]
    original: tuple[float, ...]
    scaled: tuple[float, ...]
    before: float
    after: float
    monthly: float
    penalized: tuple[float, ...]
    penalized_raw: tuple[float, ...]


def _ridge(X: np.ndarray, y: np.ndarray, strength: float) -> np.ndarray:
    """Return weights and a bias that is free, for the mean of half the squared errors."""
    centered = X - X.mean(axis=0)
    moment = centered.T @ centered / len(X) + strength * np.eye(X.shape[1])
    w = np.linalg.solve(moment, centered.T @ y / len(X))
    return np.append(w, y.mean() - w @ X.mean(axis=0))


@example("inputs-original-units")
def original_units() -> OriginalUnits:
    """Return the weights in both units, and those of a penalty that acts in either."""
    X = np.array([[80.0, 20.0], [80.0, 40.0], [120.0, 20.0], [120.0, 40.0]])
    y = np.array([285.0, 195.0, 405.0, 315.0])
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    Z = (X - mean) / deviation

    def back(w: np.ndarray) -> np.ndarray:
        weights = w[:-1] / deviation
        return np.append(weights, w[-1] - weights @ mean)

    learned = _ridge(Z, y, 0.0)
    original, house = back(learned), np.array([110.0, 25.0])
    return OriginalUnits(
        rows=tuple((*x, price) for x, price in zip(X, y, strict=True)),
        learned=tuple(learned),
        original=tuple(original),
        scaled=tuple(_ridge(Z, (y - y.mean()) / y.std(), 0.0)),
        before=float(learned @ np.append((house - mean) / deviation, 1.0)),
        after=float(original @ np.append(house, 1.0)),
        monthly=float(original[1] / 12),
        penalized=tuple(back(_ridge(Z, y, 1.0))[:-1]),
        penalized_raw=tuple(_ridge(X, y, 1.0)[:-1]),
    )


@dataclass(frozen=True)
class SmallInputs:
    """Eight examples of one input: 8, six times 10, and 12, with the targets −1, 3 and 7.

    `rows`: the input less its mean, how many have it, the target, δ of a linear unit with w = b =
    0, and what the example gives to the gradients in w and in b.
    `slopes`, `after`: both gradients, means over the eight, and w and b after a step of size 1.
    `square`: the mean square of the input less its mean; `raw_slopes`, `raw_limit`, `raw_steps`:
    for the input as it is both gradients, the step size above which descent explodes, and the
    steps to 1 % of the distance at the one that is best in the long run.
    """

    rows: tuple[tuple[float, ...], ...]
    slopes: np.ndarray
    after: np.ndarray
    square: float
    raw_slopes: np.ndarray
    raw_limit: float
    raw_steps: int


@example("inputs-small")
def small_inputs() -> SmallInputs:
    """Return the first step of w and b on ½δ², and how long the raw input takes."""
    x = np.array([8.0, *6 * [10.0], 12.0])
    z = x - x.mean()
    # The targets are 2z + 3, and the outputs at the start are 0.
    delta, goal = -(2 * z + 3), np.array([2.0, 3.0])
    centered, raw = (np.column_stack([inputs, np.ones(8)]) for inputs in (z, x))
    slopes, H = centered.T @ delta / 8, raw.T @ raw / 8
    start = np.array([0.0, 2 * x.mean()]) - goal
    return SmallInputs(
        rows=tuple(
            (float(v), int(sum(z == v)), -float(d), float(d), float(d * v) + 0.0, float(d))
            for v, d in zip(z[[0, 1, 7]], delta[[0, 1, 7]], strict=True)
        ),
        slopes=slopes,
        after=-slopes,
        square=float((z**2).mean()),
        raw_slopes=raw.T @ delta / 8,
        raw_limit=float(2 / np.linalg.eigvalsh(H)[-1]),
        raw_steps=steps_until(H, start, _best_step(H), 0.01),
    )


@dataclass(frozen=True)
class NegativePixels:
    """A bright image of two pixels, (200, 220), and a dark one, (40, 60), less two means.

    `mean`: of all four pixels; `less_mean`, `less_own`: the images less it, and less each its own.
    `raw_sums`, `sums`: of a unit with the weights (2, −1) on the images as they are, with the bias
    5, and less the mean, with the bias `bias`.
    `wrapped`: the dark image's first pixel less the mean in whole numbers of 8 bits.
    """

    mean: float
    less_mean: np.ndarray
    less_own: np.ndarray
    raw_sums: np.ndarray
    bias: float
    sums: np.ndarray
    wrapped: int


@example("inputs-negative-pixels")
def negative_pixels() -> NegativePixels:
    """Return both images less both means, and the sums of one function of them."""
    images, w, b = np.array([[200.0, 220.0], [40.0, 60.0]]), np.array([2.0, -1.0]), 5.0
    mean = images.mean()
    less_mean, bias = images - mean, b + w.sum() * mean
    eight_bits = images.astype(np.uint8)
    return NegativePixels(
        mean=float(mean),
        less_mean=less_mean,
        less_own=images - images.mean(axis=1, keepdims=True),
        raw_sums=images @ w + b,
        bias=float(bias),
        sums=less_mean @ w + bias,
        wrapped=int((eight_bits - np.uint8(mean))[1, 0]),
    )


@dataclass(frozen=True)
class TwoWays:
    """Three examples of two features, normalized by features, and by examples.

    `features`: each column standardized; `examples`: each row divided by its length; `layer`: each
    row standardized; `means`: of the columns as they are and of the first two, a row each;
    `kappas`: of their second moments; `biased`: with a bias, as they are.
    `then`: the column means if the rows are divided by their lengths and then the columns
    standardized, and in the other order.
    """

    features: np.ndarray
    examples: np.ndarray
    layer: np.ndarray
    means: np.ndarray
    kappas: np.ndarray
    biased: float
    then: np.ndarray


@example("inputs-two-ways")
def two_ways() -> TwoWays:
    """Return what is left of the columns' means, and κ, for (1, 2), (3, 6) and (5, 4)."""
    X = np.array([[1.0, 2.0], [3.0, 6.0], [5.0, 4.0]])

    def rows(X: np.ndarray) -> np.ndarray:
        return X / np.linalg.norm(X, axis=1, keepdims=True)

    three = X, batch_norm(X), rows(X)
    after = batch_norm(rows(X)), rows(batch_norm(X))
    return TwoWays(
        features=three[1],
        examples=three[2],
        layer=layer_norm(X),
        means=np.array([Z.mean(axis=0) for Z in three]).round(12) + 0.0,
        kappas=np.array([condition_number(Z.T @ Z / 3) for Z in three]),
        biased=condition_number(with_bias(np.cov(X.T, bias=True), X.mean(axis=0))),
        then=np.array([Z.mean(axis=0) for Z in after]).round(12) + 0.0,
    )


@dataclass(frozen=True)
class Components:
    """First principal components with and without the mean, of three points and of the digits.

    `points`: of (4, 6), (5, 5), (6, 4), the share of the mean square along the mean.
    `mean_square`: the squared length of the digits' mean, pixels from 0 to 16; `variance`: the sum
    of their variances.
    `rows`: not centered and centered: the first component's angle to the mean in degrees, and its
    shares of the mean square and of the variance; `second`: the angle between the second component
    of the digits as they are and the first of the centered ones.
    """

    points: float
    mean_square: float
    variance: float
    rows: tuple[tuple[float, ...], ...]
    second: float


def _angle(u: np.ndarray, v: np.ndarray) -> float:
    """Return the angle of two lines, in degrees."""
    cosine = abs(u @ v) / (np.linalg.norm(u) * np.linalg.norm(v))
    return float(np.degrees(np.arccos(min(cosine, 1.0))))


@example("inputs-components")
def components() -> Components:
    """Return angles and shares, by the eigenvectors of E[xxᵀ] and of the covariance."""
    points, X = np.array([[4.0, 6], [5, 5], [6, 4]]), 16 * load_digits().inputs
    mean = X.mean(axis=0)
    M, C = second_moment(X), second_moment(X - mean)
    vectors = [np.linalg.eigh(matrix)[1][:, ::-1] for matrix in (M, C)]
    firsts = [v[:, 0] for v in vectors]
    squares = np.linalg.eigvalsh(second_moment(points))
    return Components(
        points=float(squares[-1] / squares.sum()),
        mean_square=float(mean @ mean),
        variance=float(np.trace(C)),
        rows=tuple(
            (_angle(v, mean), float(v @ M @ v / np.trace(M)), float(v @ C @ v / np.trace(C)))
            for v in firsts
        ),
        second=_angle(vectors[0][:, 1], firsts[1]),
    )
