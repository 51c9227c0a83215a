"""Test data: whose mean and deviation they are prepared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from offcenter._store import stored
from offcenter._written import listed
from offcenter.data import load_digits
from offcenter.examples._inputs import FLATS
from offcenter.examples._record import example
from offcenter.examples._steps import ends
from offcenter.network import Family, Problem
from offcenter.remedies import batch_norm

__all__ = ["MeanInUse", "Prepared", "TestMean", "mean_in_use", "prepared", "test_mean"]


@dataclass(frozen=True)
class TestMean:
    """Images of one number, 2 by night and 6 by day; test images 3, by night, 5 and 10, by day.

    A unit of the weight 1 and the bias 0 says day above 0, below it night.
    `rows`: what is subtracted from the test images, and for each its sum and the unit's answer.
    """

    rows: tuple[tuple[str, ...], ...]


@example("inputs-test-mean")
def test_mean() -> TestMean:
    """Return what the unit makes of three test images less four means."""
    train, test = np.array([2.0, 6.0]), np.array([3.0, 5.0, 10.0])
    mean, other = train.mean(), test.mean()
    means = {
        f"training mean, {mean:g}": mean,
        "nothing": 0.0,
        f"their own mean, {other:g}": other,
        "each image itself": test,
    }
    words = {-1.0: "night", 0.0: "?", 1.0: "day"}
    rows = [
        (name, *(f"{listed([s])}: {words[np.sign(s)]}" for s in test - subtracted))
        for name, subtracted in means.items()
    ]
    return TestMean(tuple(rows))


@dataclass(frozen=True)
class MeanInUse:
    """ReLU networks learned `examples` digits less a mean, and name `tests` others less some mean.

    Medians over `draws` draws of the digits and of the network of the share that is right.
    Networks that learned less the mean image are tested less it (`training`), with nothing
    subtracted (`nothing`, and its `ends`, the least and the most), less the mean of the whole test
    set (`own`), of groups of ten as they come (`tens`) and of each digit's images (`digit`).
    `one_number`: of those that learned less the mean of all pixels, and are tested less it;
    `together`: the same with the mean image of the examples and the tests together.
    """

    examples: int
    tests: int
    draws: int
    training: float
    nothing: float
    ends: tuple[float, float]
    own: float
    tens: float
    digit: float
    one_number: float
    together: float


_EXAMPLES, _DRAWS, _CLASSES, _BATCH, _EPOCHS, _RATE = 1200, 11, 10, 50, 60, 0.1
_FAMILY = Family((64, 64, _CLASSES), "relu")


def _learned(X: np.ndarray, labels: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Return what the networks, one for each draw of examples, name images (draws, N, pixels)."""
    draws, examples, _ = X.shape
    rngs = [np.random.default_rng(k) for k in range(draws)]
    theta = np.zeros((draws, _FAMILY.parameters))
    # Weights are drawn as (inputs, outputs), and biases are 0.
    for gain, (weights, _) in zip((2.0, 1.0), _FAMILY.layers(theta), strict=True):
        below = weights.shape[2]
        shape = (below, weights.shape[1])
        weights[:] = [rng.normal(0, (gain / below) ** 0.5, shape).T for rng in rngs]
    training, each = Problem(X, np.eye(_CLASSES)[labels]), np.arange(draws)
    for _ in range(_EPOCHS):
        order = np.array([rng.permutation(examples) for rng in rngs])
        for batch in np.split(order, examples // _BATCH, axis=1):
            theta -= _RATE * training.rows(each, batch).gradients(_FAMILY, theta)[1]
    return lambda images: _FAMILY.logits(theta, images).argmax(axis=2)


@stored
def _shares_by_mean() -> np.ndarray:
    """Return the share that is right, for each way to subtract a mean, and each draw."""
    digits = load_digits()
    order = np.array([np.random.default_rng([k, 1]).permutation(1797) for k in range(_DRAWS)])
    (X, T), (y, t) = (
        np.split(of[order], [_EXAMPLES], axis=1) for of in (digits.inputs, digits.labels)
    )
    mean = lambda images: images.mean(axis=1, keepdims=True)  # noqa: E731
    name = _learned(X - mean(X), y)
    tens, digit = np.empty_like(t), np.empty_like(t)
    for first in range(0, t.shape[1], 10):
        some = T[:, first : first + 10]
        tens[:, first : first + 10] = name(some - mean(some))
    for k in range(_CLASSES):
        # The mean of each draw's images of this digit.
        these = (t == k)[:, :, None]
        own = (T * these).sum(axis=1, keepdims=True) / these.sum(axis=1, keepdims=True)
        digit = np.where(t == k, name(T - own), digit)
    one, both = X.mean(axis=(1, 2), keepdims=True), mean(np.concatenate((X, T), axis=1))
    answers = [name(T - mean(X)), name(T), name(T - mean(T)), tens, digit]
    answers += [_learned(X - m, y)(T - m) for m in (one, both)]
    return np.array([(found == t).mean(axis=1) for found in answers])


@example("inputs-mean-in-use")
def mean_in_use() -> MeanInUse:
    """Return the medians over eleven draws."""
    shares = _shares_by_mean()
    training, nothing, own, tens, digit, one_number, together = np.median(shares, axis=1).tolist()
    return MeanInUse(
        examples=_EXAMPLES,
        tests=1797 - _EXAMPLES,
        draws=_DRAWS,
        training=training,
        nothing=nothing,
        ends=ends(shares[1]),
        own=own,
        tens=tens,
        digit=digit,
        one_number=one_number,
        together=together,
    )


@dataclass(frozen=True)
class Prepared:
    """Training flats of 2 or 4 rooms and 50 to 90 m²; the test flats are (4, 90) and (8, 170).

    `mean`, `deviation`: of the training flats; `own_mean`, `own_deviation`: of the test flats.
    `flat`: the flat (4, 90) with the training numbers; `own`: with the test set's own.
    """

    mean: np.ndarray
    deviation: np.ndarray
    own_mean: np.ndarray
    own_deviation: np.ndarray
    flat: np.ndarray
    own: np.ndarray


@example("inputs-prepared")
def prepared() -> Prepared:
    """Return one flat standardized by two sets of numbers."""
    test = np.array([[4.0, 90.0], [8.0, 170.0]])
    mean, deviation = FLATS.mean(axis=0), FLATS.std(axis=0)
    return Prepared(
        mean=mean,
        deviation=deviation,
        own_mean=test.mean(axis=0),
        own_deviation=test.std(axis=0),
        flat=(test[0] - mean) / deviation,
        own=batch_norm(test)[0],
    )
