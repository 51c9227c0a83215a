"""Counterexamples to what answers on "The question" once said too broadly."""

import numpy as np
import pytest
from pages import before_fold, whole
from second_ways import steps_of_descent

from offcenter.activations import ACTIVATIONS
from offcenter.examples import EXAMPLES
from offcenter.spectrum import (
    iid_condition_number,
)


def test_positive_outputs_of_a_large_spread_cost_next_to_nothing():
    # exp(3z) for a standard normal z.
    mean, square = np.exp(4.5), np.exp(18)
    assert 1 < iid_condition_number(10, mean, square - mean**2) < 1.01
    # And they do not at a variance that is not large beside n times the squared mean.
    assert iid_condition_number(1000, 1.0, 4.0) > 200
    assert "only if their variance $v$ is much larger than $nm^2$" in whole("positive-activations")
    assert "which can slow its training" in before_fold("positive-activations")
    assert "If $nm^2 \\gg v$, a learning rate" in before_fold("positive-activations")


def test_a_gradient_vanishes_in_linear_layers_of_small_weights():
    assert np.prod(np.full(5, 0.25)) < 0.001
    # And it need not vanish behind sigmoids, with weights of 4.
    slope = ACTIVATIONS["sigmoid"].derivative(np.array(0.0)).item()
    assert (4 * slope) ** 5 == 1
    assert "can make gradients vanish" in before_fold("positive-activations")


@pytest.mark.parametrize("seed", range(10))
def test_one_example_moves_all_weights_one_way_and_two_can_move_them_apart(seed):
    rng = np.random.default_rng(seed)
    X, w, y = rng.uniform(0.01, 3, (2, 6)), rng.standard_normal(6), rng.standard_normal(2)
    moved = [(y[k] - X[k] @ w) * X[k] for k in range(2)]
    for step in moved:
        assert abs(np.sign(step).sum()) == 6
    apart = np.array([1.0, 2.0]) - np.array([2.0, 1.0])
    assert apart.min() < 0 < apart.max()
    text = before_fold("positive-activations")
    assert "One example can raise all weights or lower all" in text
    assert "to raise one and lower another takes several" in text


@pytest.mark.parametrize("seed", range(10))
def test_mixing_the_signs_mirrors_the_run_and_removing_the_mean_does_not(seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.uniform(0, 2, (40, 6)), rng.standard_normal(40), rng.standard_normal(6)
    mirror = np.where(np.arange(6) % 2, -1.0, 1.0)

    def run(X, w):
        path = [w]
        for k in range(30):
            x, target = X[k % 40], y[k % 40]
            path.append(path[-1] - 0.1 * (x @ path[-1] - target) * x)
        return np.array(path)

    assert np.allclose(run(X * mirror, w * mirror) * mirror, run(X, w), rtol=0, atol=1e-12)
    assert not np.allclose(run(X - X.mean(axis=0), w), run(X, w))
    text = before_fold("positive-activations")
    assert "that alone is not what costs time" in text
    assert "Mixing the signs gains nothing; removing the mean gains everything" in text


@pytest.mark.parametrize("seed", range(10))
def test_steps_of_the_table_hold_from_any_start_and_rows_that_are_merged_agree(seed):
    rows = EXAMPLES["activations-next-layer"]().rows
    assert rows[2][1:] == rows[4][1:]
    rng, n = np.random.default_rng(seed), 100
    for label, _, mean, ratio, steps in rows:
        # The variance sets the unit: v = 1.
        sign = np.where(np.arange(n) % 2, -1.0, 1.0) if "negated" in label else np.ones(n)
        direction, off = sign / np.sqrt(n), rng.standard_normal(n)
        first, share = np.linalg.norm(off), (ratio - 1) / (ratio + 1)
        assert mean == 0 or ratio > 1
        for k in range(1, steps + 1):
            gradient = off + (ratio - 1) * (direction @ off) * direction
            off = off - 2 / (ratio + 1) * gradient
            left = np.linalg.norm(off) / first
            assert left == pytest.approx(share**k, abs=1e-9)
            assert (left <= 0.01) == (k == steps)
    assert "each step leaves the same share of the distance" in whole("positive-activations")


@pytest.mark.parametrize("seed", range(10))
def test_the_next_biases_make_up_for_a_mean_and_not_without_biases(seed):
    rng = np.random.default_rng(seed)
    W, V, b, c = (rng.standard_normal(s) for s in ((5, 3), (2, 5), 5, 2))
    x = rng.standard_normal((3, 30))
    a = ACTIVATIONS["sigmoid"].value(W @ x + b[:, None])
    assert np.allclose(V @ a + c[:, None], V @ (a - 0.5) + (c + V.sum(axis=1) / 2)[:, None])
    # Where s = 0, σ − ½ puts out 0, and σ does not.
    assert ACTIVATIONS["sigmoid"].value(np.zeros(5)).all()
    assert "the next layer's biases can make up for a mean" in whole("positive-activations")


@pytest.mark.parametrize("shift", [0.0, -3.0, 7.0])
def test_centered_inputs_give_the_error_itself_whatever_constant_the_targets_have(shift):
    X = np.array([(a, b) for a in (1.0, 3.0) for b in (1.0, 3.0)])
    best, w = np.array([0.5, -1.0]), np.array([1.5, -1.0])

    def gradient(inputs, targets):
        return inputs.T @ (inputs @ w - targets) / 4

    assert gradient(X, X @ best) == pytest.approx([5, 4])
    centered = X - X.mean(axis=0)
    assert gradient(centered, X @ best + shift) == pytest.approx([1, 0])
    text = before_fold("positive-activations")
    assert "the mean gradient is (5, 4), the means of $x_1^2$ and $x_1x_2$" in text
    assert "**mean subtracted:** the gradient is (1, 0)" in text


def test_another_learning_rate_can_take_fewer_steps_than_the_best_of_the_long_run():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])

    assert (
        steps_of_descent(H, (1.0, 0.0), 0.195)
        < steps_of_descent(H, (1.0, 0.0), 0.2)
        == EXAMPLES["spectra-one-or-three"]().steps
    )
    # In the long run it is slower: a larger factor is left at each step.
    values = np.array([1.0, 9.0])
    assert abs(1 - 0.195 * values).max() > abs(1 - 0.2 * values).max() == pytest.approx(0.8)
    text = whole("positive-activations")
    assert "2/(9+1), the best in the long run" in text
    assert "at the learning rate that is best in the long run" in text
    # By hand, the second step: against the gradient.
    assert np.allclose(-0.2 * H @ [0, -0.8], [0.64, 0.8])
    assert "the step is −0.2 · (−3.2, −4) = (0.64, 0.8)" in text
