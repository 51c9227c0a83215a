"""Worked examples of `inputs`, images: every number has a second way to it."""

import math

import numpy as np
import pytest
from raced import RELU, TANH, fewest
from runs import kept_run
from second_ways import kappa_of

from offcenter.data import load_digits
from offcenter.examples import EXAMPLES
from offcenter.experiment import SIZES, split
from offcenter.network import initialize


def test_pixels_by_all_their_pairs():
    pairs = np.array([(a, b) for a in (100.0, 200.0) for b in (100.0, 200.0)])
    for _, mean, deviation, plain, biased, _ in EXAMPLES["inputs-pixels"]().rows:
        X = (pairs - 150) / 50 * deviation + mean
        assert kappa_of(X, bias=False) == pytest.approx(plain)
        assert kappa_of(X, bias=True) == pytest.approx(biased, rel=1e-6)
    record, M = EXAMPLES["inputs-pixels"](), pairs.T @ pairs / 4
    assert [record.square, record.product] == pytest.approx(M[0].tolist())
    for (*curvatures, bound), (_, mean, deviation, *_) in zip(
        record.curvatures, record.rows, strict=True
    ):
        X = (pairs - 150) / 50 * deviation + mean
        for curvature, way in zip(curvatures, ([1, 1], [1, -1]), strict=True):
            assert curvature == pytest.approx(np.mean((X @ way) ** 2) / 2)
        # At the bound the steep part only changes its sign.
        step = bound * X.T @ (X @ [1, 1]) / 4
        assert np.subtract([1, 1], step) == pytest.approx([-1, -1])
    for scale, says in zip((1, 255), record.jumps, strict=True):
        x, w = np.array([200.0, 100.0]) / scale, np.zeros(2)
        w = w - 0.1 * (w @ x - 1) * x
        assert w @ x == pytest.approx(says)
    many = np.full((784, 784), 150.0**2) + 50.0**2 * np.eye(784)
    assert np.linalg.cond(many) == pytest.approx(record.many)
    for matrix, limit in zip((many, 50.0**2 * np.eye(784)), record.limits, strict=True):
        assert limit * np.linalg.eigvalsh(matrix / 255**2)[-1] == pytest.approx(2)
    weights = np.random.default_rng(2).normal(0, math.sqrt(0.5), (100_000, 2))
    for (_, size, step, kappa), (_, mean, deviation, *_) in zip(
        EXAMPLES["inputs-pixels"]().jobs, EXAMPLES["inputs-pixels"]().rows, strict=True
    ):
        X = (pairs - 150) / 50 * deviation + mean
        assert math.sqrt(((X @ weights.T) ** 2).mean()) == pytest.approx(size, rel=0.02)
        factors = 1 - step * np.linalg.svd(X, compute_uv=False) ** 2 / 4
        # The best step leaves both ends the same factor.
        assert factors == pytest.approx(np.array([-1, 1]) * (kappa - 1) / (kappa + 1), abs=1e-9)


def test_numbers_of_another_data_set_by_the_images_themselves():
    record = EXAMPLES["inputs-foreign-mean"]()
    values = {"similar": (0.2, 0.6), "dark": (0.0, 0.2)}
    for images, numbers, c, ratio in record.rows:
        x = np.array(values[images])
        own = x.mean()
        assert c == pytest.approx({"nothing": 0, "ImageNet’s": 0.485, "their own": own}[numbers])
        # Whatever one divides by.
        for d in (1.0, 0.229):
            z = (x - c) / d
            assert ratio == pytest.approx(z.mean() ** 2 / z.var(), abs=1e-12)
    assert record.theirs == (0.485, 0.229)
    theirs = lambda x: (1000 * x - 485) / 229  # noqa: E731
    assert record.pixel == pytest.approx((theirs(0.3), 2))
    assert record.average == pytest.approx(theirs(0.1))
    assert record.white == pytest.approx((theirs(1), theirs(255)))
    pixels = load_digits().inputs
    squares = [np.sum(np.mean(pixels - c, axis=0) ** 2) for c in (0, pixels.mean())]
    sizes = [np.mean(np.sum((pixels - c) ** 2, axis=1)) for c in (0, pixels.mean())]
    assert record.digits[:2] == pytest.approx(np.divide(squares, sizes))
    assert record.digits[2] == pytest.approx(0)


def test_four_means_of_images_by_hand():
    rows = {name: rest for name, *rest in EXAMPLES["inputs-image-means"]().rows}
    assert rows["nothing"][:2] == ["(1, 3) (3, 5) (5, 7)", "3, 5"]
    assert rows["one number for all"][:2] == ["(−3, −1) (−1, 1) (1, 3)", "−1, 1"]
    assert rows["each pixel's own"] == ["(−2, −2) (0, 0) (2, 2)", "0, 0", pytest.approx(0)]
    assert rows["each image's own"][:2] == ["(−1, 1) (−1, 1) (−1, 1)", "−1, 1"]
    X = load_digits().inputs
    # The share is the mean inner product of two examples over that of an example with itself.
    for name, less in (
        ("nothing", X),
        ("one number for all", X - X.sum() / X.size),
        ("each image's own", X - X.mean(axis=1, keepdims=True)),
    ):
        share = np.mean(less @ less.T) / np.mean(np.sum(less * less, axis=1))
        assert rows[name][2] == pytest.approx(share)


def test_negative_pixels_by_whole_numbers():
    record = EXAMPLES["inputs-negative-pixels"]()
    bright, dark = (200, 220), (40, 60)
    assert record.mean == sum(bright + dark) / 4
    for image, less, own in zip((bright, dark), record.less_mean, record.less_own, strict=True):
        assert tuple(less) == tuple(p - 130 for p in image)
        assert tuple(own) == tuple(p - sum(image) / 2 for p in image)
    assert record.less_image.tolist() == [[80, 80], [-80, -80]]
    for sums in (record.raw_sums, record.sums):
        assert tuple(sums) == tuple(2 * a - b + 5 for a, b in (bright, dark))
    assert record.bias == 5 + 2 * 120 - 140
    assert record.wrapped == (40 - 130) % 256


_WRITINGS = {
    "[0, 1]": lambda X: X,
    "[−1, 1]": lambda X: X * 2 - np.ones_like(X),
    "less ½": lambda X: (2 * X - 1) / 2,
    "less one mean for all": lambda X: X - X.sum() / X.size,
    "that, divided by std": lambda X: (X - X.sum() / X.size) / np.ravel(X).std(),
    "less each pixel's mean": lambda X: (X.T - X.T.mean(axis=1, keepdims=True)).T,
    "doubled": lambda X: 2 * X - 2 * X.mean(axis=0),
}


def test_three_ranges_of_independent_and_of_real_pixels():
    record = EXAMPLES["inputs-pixel-range"]()
    for (_, _, m, s, kappa), plain in zip(record.rows, record.plain, strict=True):
        # Of (x, 1): s² on n − 1 directions, and two on the plane of (1, …, 1) and the bias.
        plane = np.array([[s**2 + 100 * m**2, 10 * m], [10 * m, 1]])
        values = [s**2, *np.linalg.eigvalsh(plane)]
        assert kappa == pytest.approx(max(values) / min(values))
        assert plain == pytest.approx(np.linalg.cond(s**2 * np.eye(100) + m**2))
    # Each step leaves (κ − 1)/(κ + 1); centered pixels are there after one.
    for kappa, steps in zip(record.plain, record.slowest, strict=True):
        left = (kappa - 1) / (kappa + 1)
        assert steps == (math.ceil(math.log(0.01) / math.log(left)) if kappa > 1.001 else 1)
    written = {"[0, 1]": lambda x: x, "[−1, 1]": lambda x: 2 * x - 1}
    for pixels, name, m, s, *_ in record.rows:
        assert pixels in ("¼ or ¾", "0.05 or 0.15")
        assert name in (*written, "less the mean", "z-scores")
        x = np.array([0.05, 0.15] if pixels.startswith("0.05") else [0.25, 0.75])
        if name in written:
            assert [m, s] == pytest.approx([written[name](x).mean(), written[name](x).std()])
        else:
            assert (m, s) == (0, pytest.approx(x.std() if name == "less the mean" else 1))
    # (1 + 49.5 + 100(m/s)²)/½.
    usual = [(0.4914, 0.2470)] * 3 + [(0.1307, 0.3081)] * 3
    for (ratio, kappa), (m, s), shift in zip(
        record.correlated, [(0.5, 0.25), *usual], (0, 0, 0.5, None, 0, 0.5, None), strict=True
    ):
        assert ratio == pytest.approx(0 if shift is None else (m - shift) / s)
        assert kappa == pytest.approx(101 + 200 * ratio**2)
    assert record.correlated[0][1] == pytest.approx(901)
    X = load_digits().inputs
    varying = [k for k in range(64) if X[:, k].std() > 0.1]
    assert len(varying) == record.varying
    assert record.mean == pytest.approx(X.sum() / X.size)
    assert record.left == pytest.approx((2 * X - 1).sum() / X.size)
    for (name, share, *_), kappa in zip(record.digits, record.kappas, strict=True):
        Z = _WRITINGS[name](X)
        assert share == pytest.approx(np.sum(Z.mean(axis=0) ** 2) / np.mean(Z**2) / 64, abs=1e-12)
        assert kappa == pytest.approx(kappa_of(Z[:, varying], bias=True), rel=1e-6)
    assert record.gain == pytest.approx(record.kappas[0] / record.kappas[-1])
    assert record.gain_independent == pytest.approx(record.rows[0][4] / 16)


@kept_run
def fewest_of_one(name, writing, seed):
    """Return the fewest steps from one start to a training loss of 0.1."""
    network = initialize(SIZES, activation=name, rng=np.random.default_rng([seed, 1]))
    data, phi = split(seed), {"relu": RELU, "tanh": TANH}[name]
    X, sizes = _WRITINGS[writing](data.inputs), 2.0 ** np.arange(-4, 3)
    return fewest(network, X, data.labels, phi, sizes, limit=160).steps


@pytest.mark.slow
def test_steps_in_each_range_by_racing_each_start_alone():
    record = EXAMPLES["inputs-pixel-range"]()
    rows = [*record.digits, ("doubled", 0.0, record.doubled, None)]
    for column, name in ((2, "relu"), (3, "tanh")):
        for row in rows:
            if row[column] is not None:
                found = [fewest_of_one(name, row[0], seed) for seed in range(record.starts)]
                assert np.median(found) == row[column]
