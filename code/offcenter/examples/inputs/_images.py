"""Images: how one writes pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter._written import listed
from offcenter.data import load_digits
from offcenter.examples._digits import arrivals
from offcenter.examples._record import example
from offcenter.examples._steps import best_step, steps_from_slowest
from offcenter.experiment import SIZES, split
from offcenter.network import Family, Problem, initialize, race, stack
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    iid_eigenvalues,
    iid_second_moment,
    offset_share,
    second_moment,
)

__all__ = [
    "ForeignMean",
    "ImageMeans",
    "NegativePixels",
    "PixelRange",
    "Pixels",
    "foreign_mean",
    "image_means",
    "negative_pixels",
    "pixel_range",
    "pixels",
]


@dataclass(frozen=True)
class Pixels:
    """Two pixels, each 100 or 200, written in five ways.

    `rows`: the writing, mean, standard deviation, κ, κ with a bias, the best step size.
    `jobs`: the writing, the root mean square of the sums of units whose weights have the mean 0
    and the variance 1/2, the best step size and κ, both without a bias.
    `square`, `product`: the mean of x₁² and of x₁x₂, for the pixels as they are.
    `curvatures`: along (1, 1) and (1, −1), the sum and the difference of these two, in each row,
    and the bound of the learning rate, 2 over the first, without a bias.
    `jumps`: what a unit says of the image (200, 100), as it is and divided by 255, after a step
    from weights 0 at the rate 0.1 to the target 1; `many`: κ of 784 such pixels without a bias;
    `limits`: the bound of their learning rate divided by 255, and less their mean, too.
    """

    rows: tuple[tuple[float | str, ...], ...]
    jobs: tuple[tuple[float | str, ...], ...]
    square: float
    product: float
    curvatures: tuple[tuple[float, float, float], ...]
    jumps: tuple[float, float]
    many: float
    limits: tuple[float, float]


# Of a pixel that is 100 or 200.
_MEAN, _DEVIATION = 150.0, 50.0


@example("inputs-pixels")
def pixels() -> Pixels:
    """Return κ for 0…255 as they are, divided, centered, both, and standardized."""
    writings = {
        "as they are, 0…255": (_MEAN, _DEVIATION),
        "divided by 255": (_MEAN / 255, _DEVIATION / 255),
        "mean subtracted": (0.0, _DEVIATION),
        "mean subtracted, divided by 255": (0.0, _DEVIATION / 255),
        "mean subtracted, divided by std": (0.0, 1.0),
    }
    rows, jobs, curvatures = [], [], []
    for name, (mean, deviation) in writings.items():
        M, A = (iid_second_moment(2, mean, deviation**2, bias=bias) for bias in (False, True))
        steep, flat = (float(M[0, 0] + sign * M[0, 1]) for sign in (1, -1))
        curvatures.append((steep, flat, 2 / steep))
        kappas = condition_number(M), condition_number(A)
        rows.append((name, mean, deviation, *kappas, best_step(A)))
        jobs.append((name, float(np.hypot(mean, deviation)), best_step(M), kappas[0]))
    square, product = iid_second_moment(2, _MEAN, _DEVIATION**2)[0]
    jump = 0.1 * (200.0**2 + 100.0**2)
    few, *_, many = iid_eigenvalues(784, _MEAN, _DEVIATION**2).tolist()
    return Pixels(
        rows=tuple(rows),
        jobs=tuple(jobs),
        square=square,
        product=product,
        curvatures=tuple(curvatures),
        jumps=(jump, jump / 255**2),
        many=iid_condition_number(784, _MEAN, _DEVIATION**2),
        limits=(2 * 255**2 / many, 2 * 255**2 / few),
    )


@dataclass(frozen=True)
class PixelRange:
    """Pixels from 0 to 1, from −1 to 1, and less their mean: independent ones, and the digits.

    `rows`: 100 independent pixels and how they are written, their mean and standard deviation, κ
    of a linear unit with a bias that reads them; `plain`: κ without a bias, and `slowest` the steps
    to 1 % from the slowest start, at the best rate of the long run.
    `correlated`: mean over standard deviation, and κ without a bias, of 100 pixels that correlate
    at ½: the first row's, then three writings of the usual numbers of CIFAR-10's red and of MNIST.
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
    plain: tuple[float, ...]
    slowest: tuple[int, ...]
    correlated: tuple[tuple[float, float], ...]
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
    """Return the fewest steps for each writing and start.

    Raises
    ------
    ArrivalError
        If a start does not arrive at any rate.
    """
    draws = [np.random.default_rng([seed, 1]) for seed in range(starts)]
    theta = stack([initialize(SIZES, activation=activation, rng=rng) for rng in draws])
    data = [split(seed) for seed in range(starts)]
    targets = np.array([np.eye(SIZES[-1])[d.labels] for d in data])
    family, found = Family(SIZES, activation), []
    for written in _WRITINGS.values():
        problem = Problem(np.array([written(d.inputs) for d in data]), targets)
        how = {"step_sizes": 2.0 ** np.arange(-7, 5), "targets": (0.1,)}
        found.append(arrivals(race(family, theta, problem, problem, **how)))
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
    ratios = [2.0]
    for mean, deviation in ((0.4914, 0.2470), (0.1307, 0.3081)):
        ratios += [mean / deviation, (mean - 0.5) / deviation, 0.0]
    alike = np.full((100, 100), 0.5) + 0.5 * np.eye(100)
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
        plain=tuple(iid_condition_number(100, row[2], row[3] ** 2) for row in rows),
        slowest=tuple(
            steps_from_slowest(iid_second_moment(100, row[2], row[3] ** 2)) for row in rows
        ),
        correlated=tuple((ratio, condition_number(alike + ratio**2)) for ratio in ratios),
        digits=tuple(shown),
        kappas=tuple(kappas[: len(shown)]),
        mean=float(pixels.mean()),
        left=float(2 * pixels.mean() - 1),
        varying=int(varying.sum()),
        gain=kappas[0] / kappas[len(shown) - 1],
        gain_independent=rows[0][4] / rows[1][4],
        starts=_steps_of_writings("relu").shape[1],
        doubled=doubled[2],
    )


@dataclass(frozen=True)
class ForeignMean:
    """Pixels of one channel, from 0 to 1, less ImageNet's mean of red, 0.485, over its std, 0.229.

    `theirs`: these two numbers.
    `rows`: images of mean 0.4 and standard deviation 0.2, and dark ones of 0.1 and 0.1; what is
    subtracted; the square of the mean that is left, over the variance.
    `pixel`: 0.3 in the dark images by ImageNet's numbers and by their own; `average`: their mean by
    ImageNet's; `white`: 1 by these, and 255.
    `digits`: the mean's share of the mean square on the book's digits: as they are, less one mean
    of all pixels, less each pixel's own.
    """

    theirs: tuple[float, float]
    rows: tuple[tuple[float | str, ...], ...]
    pixel: tuple[float, float]
    average: float
    white: tuple[float, float]
    digits: tuple[float, ...]


@example("inputs-foreign-mean")
def foreign_mean() -> ForeignMean:
    """Return what another data set's numbers leave of two kinds of images."""
    c, d, rows = 0.485, 0.229, []
    kinds = {"similar": (0.4, 0.2), "dark": (0.1, 0.1)}
    for images, (mean, deviation) in kinds.items():
        for name, subtracted in (("nothing", 0.0), ("ImageNet’s", c), ("their own", mean)):
            left = ((mean - subtracted) / deviation) ** 2
            rows.append((images, name, subtracted, left))
    mean, deviation = kinds["dark"]
    pixels = load_digits().inputs
    shares = (offset_share(pixels - m) for m in (0.0, pixels.mean(), pixels.mean(axis=0)))
    return ForeignMean(
        theirs=(c, d),
        rows=tuple(rows),
        pixel=((0.3 - c) / d, (0.3 - mean) / deviation),
        average=(mean - c) / d,
        white=((1 - c) / d, (255 - c) / d),
        digits=tuple(shares),
    )


@dataclass(frozen=True)
class ImageMeans:
    """Three images of two pixels, (1, 3), (3, 5), (5, 7), and the digits, less four means.

    `rows`: what is subtracted, the three images then, their mean image, and what share of the mean
    square the mean image of the digits makes up.
    """

    rows: tuple[tuple[float | str, ...], ...]


@example("inputs-image-means")
def image_means() -> ImageMeans:
    """Return the table for nothing, one number, a number for each pixel, and one for each image."""
    three, digits = np.array([[1.0, 3], [3, 5], [5, 7]]), load_digits().inputs
    means: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "nothing": np.zeros_like,
        "one number for all": lambda X: X.mean(keepdims=True),
        "each pixel's own": lambda X: X.mean(axis=0),
        "each image's own": lambda X: X.mean(axis=1, keepdims=True),
    }
    rows = []
    for name, mean in means.items():
        small = three - mean(three)
        images = " ".join(f"({listed(image)})" for image in small)
        share = offset_share(digits - mean(digits))
        rows.append((name, images, listed(small.mean(axis=0)), share))
    return ImageMeans(tuple(rows))


@dataclass(frozen=True)
class NegativePixels:
    """A bright image of two pixels, (200, 220), and a dark one, (40, 60), less three means.

    `mean`: of all four pixels; `less_image`, `less_mean`, `less_own`: the images less the mean
    image, less `mean`, and less each its own.
    `raw_sums`, `sums`: of a unit with the weights (2, −1) on the images as they are, with the bias
    5, and less the mean image, with the bias `bias`.
    `wrapped`: the dark image's first pixel less `mean` in whole numbers of 8 bits.
    """

    mean: float
    less_image: np.ndarray
    less_mean: np.ndarray
    less_own: np.ndarray
    raw_sums: np.ndarray
    bias: float
    sums: np.ndarray
    wrapped: int


@example("inputs-negative-pixels")
def negative_pixels() -> NegativePixels:
    """Return both images less each mean, and the sums of one function of them."""
    images, w, b = np.array([[200.0, 220.0], [40.0, 60.0]]), np.array([2.0, -1.0]), 5.0
    mean, image = images.mean(), images.mean(axis=0)
    less_image, bias = images - image, b + w @ image
    eight_bits = images.astype(np.uint8)
    return NegativePixels(
        mean=float(mean),
        less_image=less_image,
        less_mean=images - mean,
        less_own=images - images.mean(axis=1, keepdims=True),
        raw_sums=images @ w + b,
        bias=float(bias),
        sums=less_image @ w + bias,
        wrapped=int((eight_bits - np.uint8(mean))[1, 0]),
    )
