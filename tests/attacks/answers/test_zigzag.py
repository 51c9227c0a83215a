"""Counterexamples to what answers on "Zig-zag" once said too broadly."""

import numpy as np
import pytest
from pages import before_fold, whole

from offcenter.examples import EXAMPLES


def test_another_direction_than_the_gradient_can_lower_the_loss_more_in_a_short_step():
    H, d = np.array([1.0, 9.0]), np.array([9.0, 1.0])
    turns = np.radians(np.arange(0, 360, 0.1))
    ways = np.column_stack([np.cos(turns), np.sin(turns)])
    for length in (0.1, 1.0):
        against = d - length * H * d / np.linalg.norm(H * d)
        assert ((d + length * ways) ** 2 @ H).min() < against**2 @ H
    assert "at the *start* of a step" in before_fold("steepest-direction")


def test_descent_in_the_bowl_can_turn_once_and_then_go_straight():
    H, places = np.array([1.0, 9.0]), [np.array([9.0, 1.0])]
    for _ in range(50):
        places.append(places[-1] - H * places[-1] / 9)
    steps = np.diff(places, axis=0)
    assert not steps[1:, 1].any()
    assert steps[0] @ steps[1] < 0.99 * np.linalg.norm(steps[0]) * np.linalg.norm(steps[1])
    assert "With steps to the lowest point of each line" in before_fold("steepest-direction")


def test_slopes_are_curvature_times_distance_along_the_axes_of_the_bowl_and_not_of_the_weights():
    H, d = np.array([[5.0, 4.0], [4.0, 5.0]]), np.array([1.0, 2.0])
    assert not np.allclose(H @ d, np.diag(H) * d)
    values, axes = np.linalg.eigh(H)
    assert np.allclose(axes.T @ H @ d, values * (axes.T @ d))
    assert "the slope along each of its axes is" in before_fold("steepest-direction")


def test_a_goal_above_in_every_weight_can_need_steps_down():
    up, down = np.linalg.solve(np.array([[2.0, 1.0], [1.0, 2.0]]).T, [3.0, 0.1])
    assert up > 0 > down


def test_inputs_of_both_signs_can_zigzag_as_positive_ones_do():
    def errors(sign):
        w, found = np.zeros(2), []
        for step in range(4):
            x = np.array([(2.0, 1.0), (1.0, 2.0)][step % 2]) * [1, sign]
            found.append(x @ (w - [1, -sign]))
            w = w - 0.2 * found[-1] * x
        return found

    assert errors(1) == errors(-1)
    assert list(np.sign(errors(-1))) == [-1, 1, -1, 1]


def test_the_way_along_two_examples_is_at_least_the_sizes_of_the_only_multiples():
    # Ups and downs along (2, 1) leave 1 of it, and along (1, 2) leave −1.
    X = np.array([[2.0, 1.0], [1.0, 2.0]])
    assert np.linalg.solve(X.T, [1.0, -1.0]) == pytest.approx([1, -1])
    assert np.linalg.norm(X, axis=1).sum() == pytest.approx(EXAMPLES["paths-zigzag"]().least)
    alike = np.array([[1.0, 0.9], [0.9, 1.0]])
    assert np.linalg.solve(alike.T, [1.0, -1.0]) == pytest.approx([10, -10])
    assert "ten times one minus ten times the other" in before_fold("why-zigzag")


def test_a_full_batch_can_go_up_and_down_in_turn_from_another_start():
    # Outside: why the page says "here, at the start" of a batch.
    X, d, signs = np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, -0.5]), []
    for _ in range(3):
        gradient = X.T @ X @ d
        signs.append(np.sign(gradient))
        d = d - gradient / 5
    np.testing.assert_array_equal(signs, [[1, 1], [-1, -1], [1, 1]])
    assert "Here, at the start, the gradients are" in before_fold("why-zigzag")


def test_examples_that_are_more_alike_need_not_lengthen_the_way_to_another_goal():
    for x in ([1.0, 2.0], [1.8, 1.2], [1.99, 1.01]):
        assert np.linalg.solve(np.array([[2.0, 1.0], x]).T, [2.0, 1.0]) == pytest.approx([1, 0])
    assert "The more alike" not in before_fold("why-zigzag")


def test_turns_at_one_step_size_can_cancel_by_luck():
    step = lambda x: np.eye(2) - np.outer(x, x) / 2  # noqa: E731
    a, b = np.array([1.0, 1.0]), np.array([3.0, 1.0])
    assert np.allclose(step(a) @ step(b) @ step(a), 0)
    assert "cancel by luck" in before_fold("bias-zigzag")


def _in_turn(X, eta, steps, targets=(2.0, -2.0)):
    w, places = np.zeros(2), []
    for k in range(steps):
        x = X[k % 2]
        w = w - eta * (x @ w - targets[k % 2]) * x
        places.append(w)
    return np.array(places)


def test_each_step_of_the_run_by_hand_raises_both_weights_or_lowers_both():
    X = np.array([[3.0, 1.0], [1.0, 3.0]])
    moves = np.diff(_in_turn(X, 0.1, 30), axis=0, prepend=0)
    assert (moves.prod(axis=1) > 0).all()
    assert (np.sign(moves[:, 0]) == [1, -1] * 15).all()
    straight = _in_turn(X - 2, 0.1, 100)
    assert np.allclose(straight.sum(axis=1), 0)
    # Straight, and not in one step unless the step size is raised.
    assert np.linalg.norm(straight[0] - [1, -1]) > 1
    assert "and raise the step size" in before_fold("zigzag-by-hand")


@pytest.mark.parametrize("eta", [0.05, 0.12, 0.19])
def test_another_step_size_does_not_fit_its_own_example_and_zigzags_all_the_same(eta):
    X = np.array([[3.0, 1.0], [1.0, 3.0]])
    first = _in_turn(X, eta, 1)[0]
    assert X[0] @ first != pytest.approx(2)
    assert "$1/(3^2 + 1^2)$, fits its own example exactly" in before_fold("zigzag-by-hand")
    assert "Steps on A alone diverge above 2/10" in whole("zigzag-by-hand")
    far = [np.abs(_in_turn(X, size, 400)[-1]).max() for size in (eta, 0.205)]
    assert far[0] < 2 < 100 < far[1]


def test_the_centered_run_of_ten_steps_is_not_there_yet_and_of_21_it_is():
    X = np.array([[1.0, -1.0], [-1.0, 1.0]])
    left = np.abs(_in_turn(X, 0.1, 21) - [1, -1])[:, 0]
    assert left[20] <= 0.01 < left[19] < 0.1 < left[9]
    assert "with `eta = 0.1` and `range(21)`" in before_fold("zigzag-by-hand")
