"""Test data: whose mean and deviation they are prepared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offcenter._inputs import append_one
from offcenter._written import listed
from offcenter.examples._record import example
from offcenter.remedies import batch_norm

__all__ = ["BatchMeans", "Prepared", "TestMean", "batch_means", "prepared", "test_mean"]


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
    Z = append_one(X - mean)
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
