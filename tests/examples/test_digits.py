"""What several examples on the digits share: their starts, and when all of them have arrived."""

import numpy as np
import pytest

from offcenter.data import load_digits
from offcenter.errors import ArrivalError
from offcenter.examples._digits import arrivals, centered, median_rate, of_one_scale, together
from offcenter.examples.inputs import _images, _preprocessing
from offcenter.experiment import split
from offcenter.network import Race, initialize


def _race(*steps):
    """Return a race to one goal: for each start its steps at three rates."""
    steps = np.array(steps)[:, :, None]
    none = np.zeros((len(steps), 1))
    return Race(np.array([0.1, 0.3, 1.0]), np.array([0.1]), steps, none, none, none[..., None], 20)


def test_steps_and_rate_of_each_start_are_those_of_its_shortest_run():
    run = _race([4, 2, 3], [7, 0, 5], [1, 1, 0])
    assert arrivals(run).tolist() == [2, 5, 1]
    # Of 0.3, 1 and, the smaller of two that are equally good, 0.1.
    assert median_rate(run) == 0.3


@pytest.mark.parametrize(
    ("module", "steps"),
    [
        (_preprocessing, lambda: _preprocessing._learned.__wrapped__("raw", 50)),
        (_images, lambda: _images._steps_of_writings.__wrapped__("relu", 2)),
    ],
)
def test_no_median_is_taken_over_starts_that_did_not_arrive(monkeypatch, module, steps):
    lost = _race([4, 2, 3], [0, 0, 0])
    monkeypatch.setattr(module, "race", lambda *_, **__: lost)
    with pytest.raises(ArrivalError, match="in each start"):
        steps()


def test_all_starts_begin_as_each_does_alone():
    how = {"activation": "relu", "gain": 2**0.5}
    starts = [
        (initialize((64, 5, 10), rng=np.random.default_rng(seed), **how), split(seed, examples=40))
        for seed in (3, 8)
    ]
    theta, training, test = together(starts)
    for place, (network, data) in enumerate(starts):
        for problem, X, labels in (
            (training, data.inputs, data.labels),
            (test, data.test_inputs, data.test_labels),
        ):
            np.testing.assert_array_equal(problem.inputs[place], X)
            assert problem.targets[place].sum() == len(labels)
            assert (problem.targets[place][range(len(labels)), labels] == 1).all()
        W, b = network.weights, network.biases
        flat = [W[0].ravel(), b[0], W[1].ravel(), b[1]]
        np.testing.assert_array_equal(theta[place], np.concatenate(flat))


def test_centered_digits_lose_the_means_of_those_for_training():
    raw = split(3, examples=40)
    less = centered(raw)
    np.testing.assert_allclose(less.inputs.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(
        raw.test_inputs - less.test_inputs, [raw.inputs.mean(axis=0)] * 1757, atol=1e-12
    )
    assert less.labels.tolist() == raw.labels.tolist()
    assert less.test_labels.tolist() == raw.test_labels.tolist()


def test_digits_of_one_scale_have_no_means_and_the_mean_square_1():
    X, targets = of_one_scale(30)
    assert X.shape == (30, 64)
    np.testing.assert_allclose(X.sum(axis=0), 0, atol=1e-12)
    assert np.sum(X * X) == pytest.approx(X.size)
    # Up to the scale each is one of the digits less what all have in common.
    digits = load_digits()
    chosen = np.random.default_rng(0).permutation(1797)[:30]
    pixels = digits.inputs[chosen]
    ratio = (pixels[0] - pixels[1]).std() / (X[0] - X[1]).std()
    np.testing.assert_allclose(X[2] - X[7], (pixels[2] - pixels[7]) / ratio, atol=1e-12)
    assert targets.argmax(axis=1).tolist() == digits.labels[chosen].tolist()
    assert (targets.sum(axis=1) == 1).all()
