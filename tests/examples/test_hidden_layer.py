"""Networks with one hidden layer that are trained together, by differences and one at a time."""

import numpy as np
import pytest
from second_ways import numerical_gradient

from offcenter.examples._hidden_layer import UNITS, Runs


def _drawn(runs, alike):
    rng = np.random.default_rng(3)
    inputs = rng.standard_normal((1 if alike else runs, 6, 3))
    targets = (rng.random(inputs.shape[:2]) > 0.5).astype(float)
    shapes = ((runs, 3, 4), (runs, 4), (runs, 4), (runs,))
    return inputs, targets, [rng.standard_normal(shape) for shape in shapes]


def _loss(p, X, y, unit, logistic):
    W, b, v, c = p[:12].reshape(3, 4), p[12:16], p[16:20], p[20]
    a = np.tanh(X @ W + b) if unit == "tanh" else np.maximum(X @ W + b, 0)
    out = (a - a.mean(axis=0) if "less" in unit else a) @ v + c
    # Half the squared error, or that of a sigmoid's bits.
    each = np.log(1 + np.exp(out)) - y * out if logistic else (out - y) ** 2 / 2
    return each.mean()


@pytest.mark.parametrize("logistic", [False, True])
@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("unit", UNITS)
def test_losses_and_slopes_of_each_run_by_differences(unit, alike, logistic):
    inputs, targets, parts = _drawn(2, alike)
    runs = Runs(inputs, targets, *parts, unit=unit, logistic=logistic)
    losses, slopes = runs.losses(), runs.slopes()
    for run in range(2):
        X, y = (part[0 if alike else run] for part in (inputs, targets))
        p = np.concatenate([part[run].ravel() for part in parts])
        how = (X, y, unit, logistic)
        assert losses[run] == pytest.approx((1 if logistic else 2) * _loss(p, *how))
        found = np.concatenate([slope[run].ravel() for slope in slopes])
        expected = numerical_gradient(lambda p, how=how: _loss(p, *how), p)
        np.testing.assert_allclose(found, expected, atol=1e-8)


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("unit", UNITS)
def test_a_run_goes_on_as_if_it_were_alone_when_others_are_dropped(unit, alike):
    inputs, targets, parts = _drawn(3, alike)
    runs, sizes = Runs(inputs, targets, *parts, unit=unit), np.array([0.1, 0.2, 0.3])
    own = slice(0, 1) if alike else slice(1, 2)
    alone = Runs(inputs[own], targets[own], *(part[1:2] for part in parts), unit=unit)
    for step in range(6):
        losses = runs.losses()
        assert losses[0 if step > 2 else 1] == pytest.approx(alone.losses()[0], rel=1e-12)
        if step in (2, 3):
            # By a mask, then by a slice.
            on = np.array([False, True, True]) if step == 2 else slice(1)
            runs.keep(on)
            sizes = sizes[on]
        runs.move(sizes, runs.slopes())
        alone.move(np.array([0.2]), alone.slopes())


@pytest.mark.parametrize("unit", ["sigmoid", "tanh less its mean", "ReLU", None])
def test_a_unit_that_is_none_of_these_is_refused_and_all_are_named(unit):
    inputs, targets, parts = _drawn(2, alike=True)
    with pytest.raises(ValueError, match="unit must be one of relu, relu less its mean, tanh; got"):
        Runs(inputs, targets, *parts, unit=unit)
