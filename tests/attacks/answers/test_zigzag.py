"""Counterexamples to what answers on "Zig-zag" once said too broadly."""

import itertools

import numpy as np
import pytest
from pages import before_fold, whole
from second_ways import in_turn, steps_of_descent

from offcenter.claims import CLAIMS
from offcenter.examples import EXAMPLES
from offcenter.signs import shortest_way

# Of (3, 1) and (1, 3), where (1, −1) is right.
_TARGETS = (2.0, -2.0)


def test_another_direction_than_the_gradient_can_lower_the_loss_more_in_a_short_step():
    H, d = np.array([1.0, 25.0]), np.array([5.0, 1.0])
    turns = np.radians(np.arange(0, 360, 0.1))
    ways = np.column_stack([np.cos(turns), np.sin(turns)])
    for length in (0.1, 1.0):
        against = d - length * H * d / np.linalg.norm(H * d)
        assert ((d + length * ways) ** 2 @ H).min() < against**2 @ H
    text = whole("steepest-direction")
    assert 'Because "steepest" describes only the point where you stand.' in text
    assert "the best is usually not along the gradient" in text
    assert "turned a little toward the minimum, the step lowers the loss more" in text


def test_descent_in_the_bowl_can_turn_once_and_then_go_straight():
    H, places = np.array([1.0, 25.0]), [np.array([5.0, 1.0])]
    for _ in range(50):
        places.append(places[-1] - H * places[-1] / 25)
    steps = np.diff(places, axis=0)
    assert not steps[1:, 1].any()
    assert steps[0] @ steps[1] < 0.99 * np.linalg.norm(steps[0]) * np.linalg.norm(steps[1])
    text = before_fold("steepest-direction")
    assert "At the rate 1/13, the best constant one in the long run, a step leads to" in text


@pytest.mark.parametrize("seed", range(5))
def test_slopes_are_curvature_times_distance_along_the_axes_of_the_bowl_and_not_of_the_weights(
    seed,
):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    root = rng.standard_normal((n, n))
    H, d = root @ root.T + 0.01 * np.eye(n), rng.standard_normal(n)
    values, axes = np.linalg.eigh(H)
    assert np.allclose(axes.T @ H @ d, values * (axes.T @ d))
    assert not np.allclose(H @ d, np.diag(H) * d)
    text = before_fold("steepest-direction")
    assert "*slope = curvature × distance from the minimum.*" in text
    # The steeper an axis, the more of the gradient lies along it, beside the way's part there.
    shares = ((axes.T @ H @ d) / np.linalg.norm(H @ d)) ** 2 / (axes.T @ d / np.linalg.norm(d)) ** 2
    assert (np.diff(shares) > 0).all()
    assert "**Why the gradient turns away.**" in text
    # Below 90°, a short step comes nearer, and only from an axis does it point there.
    assert d @ H @ d > 0
    eta = 0.1 / values[-1]
    assert np.linalg.norm(d - eta * H @ d) < np.linalg.norm(d)
    assert (
        "in a bowl the angle is below 90°, because $d\\cdot Hd>0$, so a small enough step" in text
    )
    # Divided by the curvatures, from everywhere.
    assert np.allclose(np.linalg.solve(H, H @ d), d)
    assert "Newton's step, $-H^{-1}g=-d$, points there from everywhere" in text
    for axis, value in zip(axes.T, values, strict=True):
        assert np.allclose(H @ axis, value * axis)
    assert "on an axis of the bowl, or anywhere if all curvatures are equal" in text


def test_the_gradient_leads_away_and_its_negative_along_the_way_on_an_axis_alone():
    H = np.array([1.0, 25.0])
    for d in ([5.0, 0.0], [0.0, 1.0], [-5.0, 0.0]):
        way, g = -np.array(d), H * d
        assert g @ way < 0
        assert -g @ way == pytest.approx(np.linalg.norm(g) * np.linalg.norm(way))
    # Divided by the curvatures the slopes are the distance, which points away from the minimum.
    d = np.array([5.0, 1.0])
    assert (H * d / H).tolist() == [5, 1]
    assert (H * d / H) @ -d < 0
    text = before_fold("steepest-direction")
    assert "On a bowl its negative points at the minimum only from a place on one" in text
    assert "(5/1, 25/25) = (5, 1), the distance; its negative is the way" in text
    # Two equal inputs: a curvature is 0, and no inverse is there.
    X = np.array([[1.0, 1.0], [3.0, 3.0]])
    assert np.linalg.matrix_rank(X.T @ X) == 1
    assert "If no curvature is 0, Newton's step" in text
    # Without a bias the centered inputs give other functions; with one all curvatures are 1.
    x = np.array(list(itertools.product((-1.0, 1.0), (1.0, 7.0))))
    Z = (x - [0, 4]) / [1, 3]
    assert np.linalg.lstsq(Z, x[:, 1], rcond=None)[1] > 1
    A = np.column_stack([Z, np.ones(4)])
    assert np.allclose(A @ np.linalg.lstsq(A, x[:, 1], rcond=None)[0], x[:, 1])
    assert np.allclose(A.T @ A / 4, np.eye(3))
    assert "Centering $x_2$ (with a bias to make up for it) leaves 9" in text


def test_the_gradient_wins_the_first_unit_and_no_step_of_its_line_ends_below():
    H, d = np.array([1.0, 25.0]), np.array([5.0, 1.0])
    along, straight = -H * d / np.linalg.norm(H * d), -d / np.linalg.norm(d)
    lengths = np.linspace(0, 1, 101)[1:, None]
    losses = [((d + lengths * way) ** 2 @ H) / 2 for way in (along, straight)]
    assert (losses[0] < losses[1]).all()
    line = ((d + np.linspace(0, 3, 3001)[:, None] * along) ** 2 @ H) / 2
    low = line.argmin()
    # The valley is the axis of the flat direction: past it the loss rises again.
    assert (np.diff(line[low:]) > 0).all()
    assert d[1] + low * 0.001 * along[1] < 0
    text = before_fold("steepest-direction")
    assert "then its line climbs the other side of the valley" in text


def test_the_bowl_is_that_of_its_inputs_and_round_when_they_are_standardized():
    X = np.array([[a, b] for a in (-1.0, 1.0) for b in (1.0, 7.0)])
    assert (X.T @ X / 4).tolist() == [[1, 0], [0, 25]]
    centered = X - X.mean(axis=0)
    assert (centered.T @ centered / 4).tolist() == [[1, 0], [0, 9]]
    standard = centered / centered.std(axis=0)
    assert np.allclose(standard.T @ standard / 4, np.eye(2))
    # The axes of correlated inputs are tilted: their scales alone do not make the bowl round.
    C = np.array([[1.0, 0.5], [0.5, 1.0]])
    assert np.linalg.cond(C) == pytest.approx(3)
    text = before_fold("steepest-direction")
    assert "The 25 is 9 of variance plus 4², the mean squared" in text
    assert "the negative gradient points at the minimum from everywhere" in text
    assert "Correlated inputs need more, because their axes are tilted" in text


@pytest.mark.parametrize("rate", [0.02, 1 / 14, 1 / 12.5])
def test_another_constant_rate_leaves_more_in_the_long_run(rate):
    best = max(abs(1 - H / 13) for H in (1, 25))
    assert max(abs(1 - rate * H) for H in (1, 25)) > best == pytest.approx(12 / 13)


def test_away_from_a_minimum_the_negative_gradient_can_lead_away_from_the_nearest():
    # ¼(w² − 1)² has minima at ±1; with a long valley beside, the nearest need not be the way down.
    loss = lambda w: (w**2 - 1) ** 2 / 4 + 0.3 * w  # noqa: E731
    grid = np.linspace(-2, 2, 40_001)
    values = loss(grid)
    minima = grid[1:-1][(values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])]
    low, high = minima
    top = grid[1:-1][(values[1:-1] > values[:-2]) & (values[1:-1] > values[2:])].item()
    w = top - 0.01
    assert abs(w - high) < abs(w - low)
    assert (loss(w + 1e-6) - loss(w - 1e-6)) > 0
    assert "can lead away from the nearest minimum" in before_fold("steepest-direction")


def test_a_goal_above_in_every_weight_can_need_steps_down():
    up, down = np.linalg.solve(np.array([[2.0, 1.0], [1.0, 2.0]]).T, [3.0, 0.1])
    assert up > 0 > down
    # Why: their directions, not their signs. In the mirror, too, one of the two is negative.
    mirrored = np.linalg.solve(np.array([[2.0, -1.0], [1.0, -2.0]]).T, [3.0, -0.1])
    assert list(mirrored) == pytest.approx([up, down])
    # What is a sum of up-steps needs none, at a rate that is small enough.
    assert np.linalg.solve(np.array([[3.0, 1.0], [1.0, 3.0]]).T, [4.0, 4.0]).min() > 0
    text = before_fold("why-zigzag")
    assert "if the needed change is a sum of up-steps" in text
    assert "A zig-zag is not always forced" in text


@pytest.mark.parametrize("seed", range(10))
def test_a_way_to_a_goal_of_mixed_signs_has_steps_up_and_steps_down(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    X = 10 ** rng.uniform(-1, 1, (n + 1, n))
    goal = np.abs(rng.standard_t(2, n)) * np.r_[1, -1, rng.choice([-1, 1], n - 2)]
    w, patterns = np.zeros(n), set()
    for step in range(3000):
        x = X[step % len(X)]
        change = -rng.uniform(0.1, 1.5) / (x @ x) * (x @ (w - goal)) * x
        patterns |= {tuple(np.sign(change).astype(int))} if np.abs(change).max() > 1e-9 else set()
        w = w + change
    assert patterns == {(1,) * n, (-1,) * n}
    text = before_fold("why-zigzag")
    assert "raises all of a neuron's weights or lowers them all" in text
    assert "So both signs occur, and each weight goes both ways." in text
    assert "the path has to combine up-steps and down-steps" in text
    assert "only 2 of the $2^n$ sign patterns are possible" in whole("why-zigzag")


def test_inputs_of_both_signs_can_zigzag_as_positive_ones_do():
    def errors(sign):
        w, found = np.zeros(2), []
        for step in range(4):
            x = np.array([(3.0, 1.0), (1.0, 3.0)][step % 2]) * [1, sign]
            found.append(x @ (w - [1, -sign]))
            w = w - 0.1 * found[-1] * x
        return found

    assert errors(1) == errors(-1)
    assert list(np.sign(errors(-1))) == [-1, 1, -1, 1]
    assert "the mirror image takes as many steps" in before_fold("why-zigzag")


@pytest.mark.parametrize("eta", [0.001, 0.01, 0.05, 0.1])
def test_the_way_along_two_examples_is_as_long_at_each_rate_without_steps_too_far(eta):
    # Ups along (3, 1) leave half of it, and downs along (1, 3) half of that.
    X, goal = np.array([[3.0, 1.0], [1.0, 3.0]]), np.array([1.0, -1.0])
    assert np.linalg.solve(X.T, goal) == pytest.approx([0.5, -0.5])
    moves = np.diff(in_turn(X, _TARGETS, eta, round(2 / eta) * 20)[1], axis=0)
    assert np.hypot(*moves.T).sum() == pytest.approx(np.sqrt(10))
    assert (moves[::2] >= 0).all()
    assert (moves[1::2] <= 0).all()
    # Outside: at a larger rate the steps overshoot, and their way is longer.
    far = np.diff(in_turn(X, _TARGETS, 0.15, 400)[1], axis=0)
    assert np.hypot(*far.T).sum() > 1.1 * np.sqrt(10)
    assert "To the very goal the path is √10 long, whatever η is" in whole("why-zigzag")
    assert np.hypot(*far.T).sum() > np.sqrt(10)
    assert "Smaller steps make shorter turns, but no path below this bound." in (
        before_fold("why-zigzag")
    )
    alike = np.array([[1.0, 0.9], [0.9, 1.0]])
    assert np.linalg.solve(alike.T, [1.0, -1.0]) == pytest.approx([10, -10])
    assert "ten times one minus ten times the other" in whole("why-zigzag")


def test_a_full_batch_can_go_up_and_down_in_turn_from_another_start():
    # Outside: why the page says "at the start" of a batch.
    X, d, signs = np.array([[3.0, 1.0], [1.0, 3.0]]), np.array([1.0, 0.5]), []
    for _ in range(3):
        gradient = X.T @ X @ d / 2
        signs.append(np.sign(gradient))
        d = d - 0.24 * gradient
    np.testing.assert_array_equal(signs, [[1, 1], [-1, -1], [1, 1]])
    # The mean limits the rate: above 2/8 the part along (1, 1) grows.
    assert np.linalg.eigvalsh(X.T @ X / 2) == pytest.approx([2, 8])
    text = before_fold("why-zigzag")
    assert "here the average gradient at the start is" in text
    # And it does not from (0, 0), which is not off along (1, 1): there η = ½ arrives at once.
    H, goal = X.T @ X / 2, np.array([1.0, -1.0])
    assert np.allclose((np.eye(2) - 0.5 * H) @ goal, 0)
    off = np.array([1.0, 0.5])
    # With two rates in turn a larger one can be used, too: hence "constant".
    assert np.allclose((np.eye(2) - H / 2) @ (np.eye(2) - H / 8) @ off, 0)
    for eta, falls in ((0.25, False), (0.24, True)):
        left = np.linalg.matrix_power(np.eye(2) - eta * H, 300) @ off
        assert (np.linalg.norm(left) < 1e-3) == falls
    assert "But from most other starts the mean keeps a constant η below ¼." in text
    assert "with an error along it, a constant η must stay below 2/8" in whole("why-zigzag")


def test_each_error_is_minus_three_fifths_of_the_one_before_from_the_third_step_on():
    X, w, errors = np.array([[3.0, 1.0], [1.0, 3.0]]), np.zeros(2), []
    for k in range(20):
        errors.append(X[k % 2] @ (w - [1, -1]))
        w = w - 0.1 * errors[-1] * X[k % 2]
    ratios = np.divide(errors[1:], errors[:-1])
    assert ratios[0] == pytest.approx(-1.6)
    assert ratios[1:] == pytest.approx(-0.6)
    assert "From the third step on, each δ is −0.6 times the one before" in whole("why-zigzag")


@pytest.mark.parametrize("seed", range(10))
def test_the_error_in_the_steepest_direction_outlasts_the_others_above_the_best_rate_alone(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    X = rng.uniform(0.1, 3, (3 * n, n))
    H = X.T @ X / len(X)
    curvatures, axes = np.linalg.eigh(H)
    bound = 2 / (curvatures[0] + curvatures[-1])
    # It is the best in the long run: the largest factor is larger on both sides.
    factor = lambda eta: np.abs(1 - eta * curvatures).max()  # noqa: E731
    assert factor(bound) < min(factor(0.99 * bound), factor(1.01 * bound))
    above = (bound + 2 / curvatures[-1]) / 2
    for eta, steep in ((0.98 * bound, False), (above, True)):
        w = axes @ np.ones(n)
        for _ in range(20_000):
            w = w - eta * H @ w
            w = w / np.linalg.norm(w)
        assert (abs(w @ axes[:, -1]) > 0.999) == steep
        gradient = H @ w
        assert (gradient.min() > 0 or gradient.max() < 0) == steep
    # From a start without another part it outlasts at each rate.
    assert "the error in the steepest direction outlasts the others only if η is above" in whole(
        "why-zigzag"
    )
    assert "For positive inputs the steepest direction is also" in whole("why-zigzag")


def test_examples_that_are_more_alike_need_not_lengthen_the_way_to_another_goal():
    for x in ([1.0, 2.0], [1.8, 1.2], [1.99, 1.01]):
        assert np.linalg.solve(np.array([[2.0, 1.0], x]).T, [2.0, 1.0]) == pytest.approx([1, 0])
    text = whole("why-zigzag")
    assert "The more alike" not in text
    assert "A and B are still similar inputs with different targets" in text


@pytest.mark.parametrize("eta", [0.01, 0.05, 0.1, 0.2, 0.3])
def test_two_examples_take_longer_the_smaller_their_angle_at_each_step_size(eta):
    goal, counts = np.array([1.0, -1.0]), []
    for turn in (0, 15, 30, 40):
        a, b = np.radians([turn, 90 - turn])
        X = np.sqrt(5) * np.array([[np.cos(a), np.sin(a)], [np.cos(b), np.sin(b)]])
        w, steps = np.zeros(2), 0
        while np.linalg.norm(w - goal) > 0.01 * np.sqrt(2):
            x = X[steps % 2]
            w, steps = w - eta * (x @ (w - goal)) * x, steps + 1
        counts.append(steps)
    assert counts == sorted(counts)
    assert counts[-1] > 5 * counts[0]


@pytest.mark.parametrize("seed", range(10))
def test_the_distance_along_a_direction_is_multiplied_by_its_factor(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    A = rng.standard_t(3, (n, n))
    H, d = A @ A.T, rng.standard_t(1, n)
    values, axes = np.linalg.eigh(H)
    eta = rng.uniform(0.01, 3) / values[-1]
    parts = axes.T @ d
    moved = axes.T @ (d - eta * H @ d)
    assert np.allclose(moved, (1 - eta * values) * parts)
    # Above 2/λmax the steepest part grows.
    assert (abs(moved[-1]) > abs(parts[-1])) == (eta > 2 / values[-1])
    # Nearer to 2/λmax than the best step size the steep factor is the larger in size.
    best = 2 / (values[0] + values[-1])
    for share in (0.02, 0.5, 0.98):
        late = best + share * (2 / values[-1] - best)
        assert abs(1 - late * values[-1]) > abs(1 - late * values[0])
        early = share * best
        assert abs(1 - early * values[-1]) < abs(1 - early * values[0])
    page = whole("zigzag-slow")
    assert "multiplies the distance left along a direction of curvature λ" in page
    assert "and the start is off in the steep direction, too, the zig-zag is what costs" in page
    assert "and η < 2/λmax keeps the steepest from growing" in page


def test_close_to_the_limit_a_very_flat_direction_can_still_be_the_slower_one():
    # Outside: why the page compares the two factors, and does not say "close to 2/λmax" alone.
    eta, flat = 1.99, 1e-3
    assert abs(1 - eta) < abs(1 - eta * flat)


def test_of_three_runs_the_one_that_turns_back_and_is_not_near_the_edge_is_the_fastest():
    rows = EXAMPLES["paths-smaller-steps"]().rows
    assert [row[0] for row in rows[:3]] == [0.22, 0.2, 0.1]
    assert [row[1] < 0 for row in rows[:3]] == [True, True, False]
    assert min(rows, key=lambda row: row[3]) == rows[1]
    # At 0.22 the steep factor is the larger in size, and the steps are more than without a turn.
    assert [abs(row[1]) > abs(row[2]) for row in rows[:3]] == [True, False, False]
    assert rows[0][3] > rows[2][3]
    text = before_fold("zigzag-slow")
    # Close to the limit, to be rid of the zig-zag is worth it: 0.22 to 0.1.
    assert rows[0][0] > 0.98 * 2 / 9
    assert rows[0][3] > 5 * rows[2][3]
    assert "only to be rid of the zig-zag, unless η is near its limit." in text
    # The rule by which 9 and 1 come: for d of length 1 the mean of (x·d)², here 5 ± 4.
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    for sign, curvature in ((1, 9), (-1, 1)):
        assert ((X @ [1, sign]) ** 2).mean() / 2 == pytest.approx(curvature)
        assert (X[:, 0] ** 2).mean() + sign * X.prod(axis=1).mean() == curvature
    assert "5 is the mean of $x_1^2$, 4 that of $x_1x_2$" in text
    assert "The fastest of the four runs zig-zags." in text
    assert "Compared with it, both smaller rates remove the zig-zag and are slower" in text
    assert "The last run pays for its zig-zag itself: so close to the limit, 2/9, the jumps" in text


def _straight(eta, steps, off=0.0):
    """Places of descent with all four examples, from 0 or from `off` beside it along (1, 1)."""
    X, goal = np.array([[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 3.0]]), np.array([1.0, -1.0])
    places = [np.full(2, off)]
    for _ in range(steps):
        places.append(places[-1] - eta * X.T @ (X @ (places[-1] - goal)) / 4)
    return np.array(places)


@pytest.mark.parametrize("eta", [0.01, 0.1, 0.2, 2 / 9])
def test_the_straight_path_goes_straight_at_each_rate_and_is_slow(eta):
    places = _straight(eta, 600)
    assert places[:, 0] == pytest.approx(-places[:, 1], abs=1e-12)
    assert (np.diff(places[:60, 0]) > 0).all()
    # Not above 2/9: the least steps to 1 % at any rate that does not let rounding errors grow.
    assert next(k for k, w in enumerate(places) if 1 - w[0] <= 0.01) >= 19
    text = before_fold("zigzag-slow")
    assert "and the path is a straight line to (1, −1)" in text
    assert "A straight path can be slow, and a zig-zag faster than a smooth path" in text


def test_above_two_ninths_a_rounding_error_grows_and_below_it_shrinks():
    for eta, grows in ((0.23, True), (0.2223, True), (0.2222, False), (0.2, False)):
        along = _straight(eta, 400, off=1e-9).sum(axis=1)
        assert (abs(along[-1]) > abs(along[0])) == grows
    # And in the end ruins the path.
    assert np.abs(_straight(0.25, 300, off=1e-15)[-1]).max() > 1e6
    text = before_fold("zigzag-slow")
    assert "a larger rate than 2/9 would blow up the slightest error along (1, 1)" in text


def test_half_the_rate_takes_the_straight_path_longer_and_near_the_edge_a_turning_one_less_long():
    few, many = EXAMPLES["paths-straight"]().steps
    assert many > 2 * few
    # Outside: from 0.22, nearly 2/9, a smaller rate helps a path that turns.
    H = np.array([[5.0, 4.0], [4.0, 5.0]])
    assert steps_of_descent(H, (1.0, 0.0), 0.2) < steps_of_descent(H, (1.0, 0.0), 0.22) / 3
    assert "From (0, 0) η = 0.1 takes" in whole("zigzag-slow")


def test_single_examples_cancel_with_the_mean_and_agree_without_it():
    X, goal = np.array([[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 3.0]]), np.array([1.0, -1.0])
    for shift in (0.0, 2.0):
        Z = X - shift
        gradients = -(Z @ goal)[:, None] * Z
        lost = np.abs(gradients).sum(axis=0) / np.abs(gradients.sum(axis=0))
        assert lost == pytest.approx([1, 1] if shift else [2, 2])
    assert "(3, 1) moves both weights up and (1, 3) both down, and much of it cancels" in (
        before_fold("zigzag-slow")
    )


@pytest.mark.parametrize("seed", range(10))
def test_without_weights_that_fit_all_single_examples_never_come_to_rest(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.uniform(0.1, 1, (6, 2)), rng.standard_normal(6)
    best = np.linalg.lstsq(X, y)[0]

    def last_round(sizes):
        w, places = np.zeros(2), []
        for step in range(6 * 4000):
            x = X[step % 6]
            w = w - sizes(step // 6) * (x @ w - y[step % 6]) * x
            places.append(w)
        return np.array(places[-6:])

    fixed, shrinking = last_round(lambda _: 0.5), last_round(lambda k: 0.5 / (1 + k / 100))
    assert np.abs(np.diff(fixed, axis=0)).max() > 1e-2
    assert np.linalg.norm(shrinking - best, axis=1).max() < np.abs(fixed - best).max() / 2
    # A lower rate alone is not rest, as the page once said, but a smaller bounce.
    lower = last_round(lambda _: 0.05)
    assert 1e-4 < np.abs(np.diff(lower, axis=0)).max() < np.abs(np.diff(fixed, axis=0)).max() / 2
    text = before_fold("zigzag-slow")
    assert "keep bouncing around the best ones, and settle only if η goes to 0" in text
    assert "cannot come to rest" in whole("zigzag-slow")


@pytest.mark.parametrize("seed", range(10))
def test_negating_an_input_and_its_weight_mirrors_each_step(seed):
    rng = np.random.default_rng(seed)
    X, flip = rng.uniform(0.1, 3, (8, 3)), np.array([1.0, -1.0, 1.0])
    goal, w = rng.standard_normal(3), rng.standard_normal(3)
    other = w * flip
    for k in range(40):
        x, eta = X[k % 8], rng.uniform(0, 0.1)
        w = w - eta * (x @ (w - goal)) * x
        z = x * flip
        other = other - eta * (z @ (other - goal * flip)) * z
        assert np.array_equal(other, w * flip)
    text = whole("zigzag-slow")
    assert "Negating every second input only mirrors the path in those weights" in text


def test_each_digit_network_at_its_fastest_rate_has_a_negative_factor_late():
    numbers = CLAIMS["networks.edge"].check(0).numbers
    late = [v for k, v in numbers.items() if k.startswith("late_")]
    # The medians, and the least and the most of the starts.
    assert len(late) == 3 * 8
    assert all(1 - product < 0 for product in late)
    page = whole("zigzag-slow")
    assert "the median of 1 − ηλmax over ten starts was negative in the second half" in page


def test_without_the_mean_of_the_inputs_alone_single_examples_need_not_arrive():
    X, best = np.array([[1.0, 1.0], [1.0, 3.0], [3.0, 1.0], [3.0, 3.0]]), np.array([2.0, 1.0])
    centered, y = X - X.mean(axis=0), X @ best

    def ends(targets, eta):
        w, places = best + np.array([1.0, 0.0]), []
        for k in range(400):
            x = centered[k % 4]
            w = w - eta * (x @ w - targets[k % 4]) * x
            places.append(np.linalg.norm(w - best))
        return max(places[-4:])

    for eta in (0.1, 0.3, 0.5):
        assert ends(y - y.mean(), eta) < 0.01 < 0.1 < ends(y, eta)
    page = whole("zigzag-slow")
    assert "with the means of inputs and targets subtracted" in page
    assert "a constant can be left in the targets" in page


def test_the_average_gradient_points_away_from_the_solution_and_the_step_towards_it():
    X, y, goal = np.array([[3.0, 1.0], [1.0, 3.0]]), np.array([2.0, -2.0]), np.array([1.0, -1.0])
    gradient = X.T @ (X @ np.zeros(2) - y) / 2
    assert gradient.tolist() == list(EXAMPLES["paths-by-hand"]().batch) == (-2 * goal).tolist()
    assert "the step against it points straight at the goal" in before_fold("why-zigzag")


@pytest.mark.parametrize("seed", range(10))
def test_a_step_up_raises_the_output_of_each_example_of_positive_inputs_and_not_of_others(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    step, other = 10 ** rng.uniform(-3, 1, n), 10 ** rng.uniform(-3, 1, n)
    assert step @ other > 0
    # Outside: with one input negated the same step can lower it.
    assert step @ (other * np.r_[-1e5, np.ones(n - 1)]) < 0
    assert "because B's inputs are also positive" in before_fold("why-zigzag")


def test_without_their_mean_the_two_examples_ask_for_one_move_and_with_it_do_not():
    X, y, goal = np.array([[3.0, 1.0], [1.0, 3.0]]), np.array([2.0, -2.0]), np.array([1.0, -1.0])
    A, B = X - X.mean(axis=0)
    assert (y[0] * A).tolist() == (y[1] * B).tolist() == (2 * goal).tolist()
    assert (0.5 * y[0] * A).tolist() == goal.tolist()
    assert (y[0] * X[0]).tolist() != (y[1] * X[1]).tolist()
    # The parts along the mean and along the goal, of both directions.
    for direction, sign in ((X[0], 1), (-X[1], -1)):
        assert (direction - goal).tolist() == [2 * sign, 2 * sign]
    text = before_fold("why-zigzag")
    assert "and both ask for the same move" in text
    assert "One step with $\\eta=0.5$, a rate at which the raw path explodes" in text
    # At other rates than the tried ones none needs fewer steps than stated.
    for first, eta in itertools.product((0, 1), np.random.default_rng(0).uniform(0, 0.5, 500)):
        w = np.zeros(2)
        for k in range(EXAMPLES["paths-by-hand"]().fewest - 1):
            x = X[(first + k) % 2]
            w = w - eta * (x @ (w - goal)) * x
            assert np.linalg.norm(w - goal) > 0.01 * np.linalg.norm(goal)


def test_turns_at_one_step_size_can_cancel_by_luck():
    step = lambda x: np.eye(2) - np.outer(x, x) / 2  # noqa: E731
    a, b = np.array([1.0, 1.0]), np.array([3.0, 1.0])
    assert np.allclose(step(a) @ step(b) @ step(a), 0)
    assert "cancel by luck" in whole("bias-zigzag")


def test_each_step_of_the_run_by_hand_raises_both_weights_or_lowers_both():
    X = np.array([[3.0, 1.0], [1.0, 3.0]])
    moves = np.diff(in_turn(X, _TARGETS, 0.1, 30)[1], axis=0)
    assert (moves.prod(axis=1) > 0).all()
    assert (np.sign(moves[:, 0]) == [1, -1] * 15).all()
    straight = in_turn(X - 2, _TARGETS, 0.1, 100)[1][1:]
    assert np.allclose(straight.sum(axis=1), 0)
    # Straight, and not in one step unless the step size is raised.
    assert np.linalg.norm(straight[0] - [1, -1]) > 1
    text = before_fold("zigzag-by-hand")
    assert "each step raises both weights or lowers both, although one should rise" in text
    assert "with 0.1 the centered run is straight, but takes" in text
    # Targets of the mean 0: without a bias the same weights fit.
    assert np.array_equal((X - 2) @ [1.0, -1.0], X @ [1.0, -1.0])
    assert in_turn(X - 2, _TARGETS, 0.5, 1)[1][1].tolist() == [1, -1]
    # A step multiplies its example's error.
    for Z, squared in ((X, 10), (X - 2, 2)):
        for eta in (0.05, 0.19, 0.21, 0.5):
            before, after = in_turn(Z, _TARGETS, eta, 1)[1] @ Z[0] - 2
            assert after / before == pytest.approx(1 - eta * squared)
    assert "raw 1 − 10η: above η = 0.2 it makes the error larger" in text
    # Both to rise: small steps only go up, larger ones do not.
    for eta, falls in ((0.001, False), (0.01, False), (0.1, True)):
        upward = np.diff(in_turn(X, [4.0, 4.0], eta, 30)[1], axis=0)
        assert (upward.min() < 0) == falls
    assert "If the targets are 4 and 4, both weights must rise to 1, and small steps only" in text


def _averaged(X, eta, steps, start=(2.0, -1.0)):
    """Return the weights of averaged steps, where (1, −1) is right."""
    w, places = np.array(start), [np.array(start)]
    for _ in range(steps):
        w = w - eta * X.T @ (X @ (w - [1.0, -1.0])) / len(X)
        places.append(w)
    return np.array(places)


def test_the_averaged_run_by_hand_goes_straight_from_one_start_and_zigzags_from_another():
    X = np.array([[3.0, 1.0], [1.0, 3.0]])
    straight = _averaged(X, 0.1, 30, (0.0, 0.0))
    assert straight.sum(axis=1) == pytest.approx(np.zeros(31))
    assert (np.diff(straight[:, 0]) > 0).all()
    places = _averaged(X, 0.2, 21)
    moves = np.diff(places, axis=0)
    assert (moves.prod(axis=1) > 0).all()
    assert (np.sign(moves[:, 0]) == [-1, 1] * 10 + [-1]).all()
    left = np.linalg.norm(places - [1.0, -1.0], axis=1)
    assert left == pytest.approx(0.6 ** np.arange(22))
    # Below 1/8 no step turns round.
    for eta in (0.02, 0.1, 0.124):
        smooth = np.diff(_averaged(X, eta, 30), axis=0)
        assert (smooth[1:] * smooth[:-1]).sum(axis=1).min() > 0
    across = _averaged(X, 0.13, 30).sum(axis=1)
    assert (across[1:6] * across[:5] < 0).all()
    text = before_fold("zigzag-by-hand")
    assert "that of the full batch ends below 1/8." in text
    assert np.linalg.eigvalsh(X.T @ X / 2) == pytest.approx([2, 8])
    # One example at a time there is one at smaller rates, too: both weights up, both down.
    for eta in (0.001, 0.01, 0.05, 0.1, 0.11):
        moves = np.diff(in_turn(X, _TARGETS, eta, 30)[1], axis=0)
        assert (np.sign(moves) == np.array([[1, 1], [-1, -1]] * 15)).all()
    assert "A smaller rate keeps the zig-zag of single examples here" in text


@pytest.mark.parametrize("eta", [0.05, 0.12, 0.19])
def test_another_step_size_does_not_fit_its_own_example_and_zigzags_all_the_same(eta):
    X = np.array([[3.0, 1.0], [1.0, 3.0]])
    first = in_turn(X, _TARGETS, eta, 1)[1][1]
    assert X[0] @ first != pytest.approx(2)
    assert "A step of size 0.1 fits its own example exactly" in whole("zigzag-by-hand")
    far = [np.abs(in_turn(X, _TARGETS, size, 400)[1][-1]).max() for size in (eta, 0.205)]
    assert far[0] < 2 < 100 < far[1]


def test_the_centered_run_of_ten_steps_is_not_there_yet_and_of_21_it_is():
    X = np.array([[1.0, -1.0], [-1.0, 1.0]])
    left = np.abs(in_turn(X, _TARGETS, 0.1, 21)[1][1:] - [1, -1])[:, 0]
    assert left[20] <= 0.01 < left[19] < 0.1 < left[9]
    assert EXAMPLES["paths-by-hand"]().centered_steps == 21


def test_only_the_move_matters_and_a_goal_of_positive_weights_can_be_the_hard_one():
    move = np.array([1.0, 1.0]) - np.array([0.0, 2.0])
    assert move[0] > 0 > move[1]
    # As far as (1, −1) from (0, 0), along the same examples.
    assert move.tolist() == [1, -1]
    assert "so an all-positive optimum can be hard, too: from (0, 2) to (1, 1)" in (
        whole("lecture-picture")
    )
    text = before_fold("lecture-picture")
    assert "so the path is ½√10 + ½√10 = √10 long, and the arrow √2" in text
    # The run itself, on both in turn: all of it, and its errors.
    run = in_turn(np.array([[3.0, 1.0], [1.0, 3.0]]), (2, -2), 0.1, 80)
    moves = np.diff(run[1], axis=0)
    assert np.linalg.norm(moves, axis=1).sum() == pytest.approx(np.sqrt(10))
    assert moves[::2].min() >= 0 >= moves[1::2].max()
    assert moves[::2].sum(axis=0) == pytest.approx([1.5, 0.5])
    assert run[0][2:12] / run[0][1:11] == pytest.approx(np.full(10, -0.6))
    assert (
        "so from the second on each error is −0.6 times the one before, and each step leaves"
        in (whole("lecture-picture"))
    )
    left = np.linalg.norm(run[1] - [1, -1], axis=1)
    assert left[2:12] / left[1:11] == pytest.approx(np.full(10, 0.6))
    assert "the wanted change, $w^*-w$, to the best weights $w^*$" in text
    # The other goal needs steps of one direction alone, and is not reached straight either.
    assert np.allclose(np.array([3.0, 1.0]) / 4 + np.array([1.0, 3.0]) / 4, [1, 1])
    detour = 2 * np.hypot(3, 1) / 4 / np.sqrt(2)
    assert round(detour, 2) == 1.12
    assert shortest_way([[3.0, 1.0], [1.0, 3.0]], [1.0, 1.0]).detour == pytest.approx(detour)
    assert detour == pytest.approx(np.sqrt(10) / 2 / np.sqrt(2))
    assert detour == pytest.approx(np.sqrt(5) / 2)
    assert "The way to (1, 1), ¼·(3, 1) + ¼·(1, 3), is only ½√5 times as long as the" in text
    # An example of error 0 moves neither weight.
    assert not (0.0 * np.array([3.0, 1.0])).any()
    assert "gradient step on one example raises both, lowers both or leaves both" in text
    legs = np.linalg.norm([1.5, 0.5]) + np.linalg.norm([0.5, 1.5])
    assert legs == pytest.approx(np.sqrt(10))


@pytest.mark.parametrize("seed", range(10))
def test_one_example_of_positive_inputs_has_one_sign_and_a_batch_need_not(seed):
    rng = np.random.default_rng(seed)
    X = rng.uniform(0.1, 3, (40, 2))
    # A neuron f(w·x + b) with f = tanh and the squared error.
    s = X @ rng.standard_normal(2) + rng.standard_normal()
    delta = (np.tanh(s) - rng.standard_normal(40)) * (1 - np.tanh(s) ** 2)
    gradients = delta[:, None] * X
    assert (np.sign(gradients) == np.sign(delta)[:, None]).all()
    pair = np.array([[2.0, 1.0], [1.0, 2.0]])
    mean = (np.array([[1.0], [-1.0]]) * pair).mean(axis=0)
    assert mean[0] > 0 > mean[1]
    text = before_fold("lecture-picture")
    assert "all components have the sign of δ" in text
    # The steps by hand, of the errors at weights of 0 and after the first step.
    X, y, w = np.array([[3.0, 1.0], [1.0, 3.0]]), np.array([2.0, -2.0]), np.zeros(2)
    assert y.tolist() == (X @ [1, -1]).tolist()
    gradients = (X @ w - y)[:, None] * X
    assert gradients.tolist() == [[-6, -2], [2, 6]]
    assert gradients.mean(axis=0).tolist() == [-2, 2]
    for x, goal, place in zip(X, y, ([0.6, 0.2], [0.28, -0.76]), strict=True):
        w = w - 0.1 * (x @ w - goal) * x
        assert w == pytest.approx(np.array(place))
    H = X.T @ X / 2
    assert (H @ [1, 1]).tolist() == [8, 8]
    assert (H @ [1, -1]).tolist() == [2, -2]
    eta = 2 / 8
    assert 1 - eta * 8 == -1
    assert eta * 2 == 0.5
    assert "the two gradients are (−6, −2) and (2, 6)" in text
    assert "A rate stable along both is below 2/8, so a step covers less than half" in text
    # With independent examples the multiples are unique, so a way along them is as long at least.
    Z, a = rng.uniform(0.1, 3, (3, 3)), rng.standard_normal(3)
    assert shortest_way(Z, a @ Z).detour * np.linalg.norm(a @ Z) == pytest.approx(
        np.abs(a) @ np.linalg.norm(Z, axis=1)
    )


def test_in_the_picture_with_data_another_column_makes_another_goal_hard():
    rows = {row[0]: row[1:] for row in EXAMPLES["directions-picture"]().rows}
    assert rows["(1, 1)"] == pytest.approx((1, np.sqrt(5), 1))
    assert rows["(1, −1)"] == pytest.approx((np.sqrt(5), 1, 1))
    page = whole("lecture-picture")
    assert "of all four negated the way to (1, −1) is straight, that to (1, 1)" in page
    # Of the first two alone neither way is straight: the other two shorten the one to (1, 1).
    two = np.array([[3.0, 1.0], [1.0, 3.0]])
    ways = [
        shortest_way(X, goal).detour for X in (two, two * [1, -1]) for goal in ([1, -1], [1, 1])
    ]
    assert ways == pytest.approx(np.sqrt([5, 1.25, 1.25, 5]))
    assert "way to (1, −1) is as long as before, and that to (1, 1) is straight" in page
    # (3, 1) and (1, 3) less (2, 2) lie along the arrow.
    assert "the inputs are (1, −1) and (−1, 1): every step lies on the arrow, and at the" in (
        before_fold("lecture-picture")
    )
    path = in_turn(np.array([[1.0, -1.0], [-1.0, 1.0]]), (2, -2), 0.5, 1)[1]
    assert path[1].tolist() == [1, -1]


@pytest.mark.parametrize("seed", range(20))
def test_exact_lines_turn_at_right_angles_and_leave_at_most_the_bound(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(2, 7)
    H, d, steps = np.diag(10 ** rng.uniform(-1, 1, n)), rng.standard_normal(n), []
    kappa = np.linalg.cond(H)
    for _ in range(4):
        g = H @ d
        after = d - g @ g / (g @ H @ g) * g
        assert after @ H @ after <= ((kappa - 1) / (kappa + 1)) ** 2 * (d @ H @ d) * (1 + 1e-9)
        steps.append(g / np.linalg.norm(g))
        d = after
    assert np.allclose([a @ b for a, b in itertools.pairwise(steps)], 0, atol=1e-6)
    if n == 2:
        assert abs(steps[0] @ steps[2]) == pytest.approx(1)
    elif n > 3:
        assert abs(steps[0] @ steps[2]) < 1 - 1e-6
    page = before_fold("line-search")
    assert "leaves at most ((κ − 1)/(κ + 1))² of the loss per step" in page
    assert "in two dimensions the third is parallel to the first" in page


def test_fixed_rates_in_the_round_and_in_the_stretched_bowl():
    for eta in (0.3, 0.49, 0.51, 0.75, 0.99):
        places = np.array([3.0, -2.0]) * (1 - 2 * eta) ** np.arange(5)[:, None]
        assert np.allclose(places[:, 0] * -2, places[:, 1] * 3)
        assert (places[0] @ places[1] < 0) == (0.5 < eta < 1)
    for eta in (0.05, 0.11, 0.112, 0.15, 0.22):
        d, flips = np.ones(2), []
        for _ in range(5):
            after = d * (1 - eta * np.array([1.0, 9.0]))
            flips.append(after[1] * d[1] < 0)
            d = after
        assert all(flips) if 1 / 9 < eta < 2 / 9 else not any(flips)
    page = before_fold("line-search")
    assert "jumps back and forth on it for η between ½ and 1" in page
    assert "flips $y$ at each step for η between 1/9 and 2/9; below, no zig-zag" in page


@pytest.mark.parametrize("seed", range(10))
def test_the_bias_goes_with_the_weights_of_positive_inputs_and_alone_does_not_turn_back(seed):
    rng = np.random.default_rng(seed)
    x, delta = rng.standard_normal(5), rng.standard_normal()
    assert (np.sign(delta * x[x > 0]) == np.sign(delta)).all()
    # Centered inputs: the bias's way is its own, whatever the weights do.
    X, y = rng.random((30, 3)), rng.standard_normal(30)
    X -= X.mean(axis=0)
    w, b = rng.standard_normal(3), rng.normal(0, 5)
    for eta in (0.1, 0.6, 0.99):
        errors = X @ w + b - y
        after = b - eta * errors.mean()
        assert after - y.mean() == pytest.approx((1 - eta) * (b - y.mean()))
        w, b = w - eta * X.T @ errors / 30, after
    # Over a batch the signs of the weights' gradients can differ, and the tie remains.
    Z = np.array([[1.0, 2.0], [2.0, 1.0]])
    assert np.array_equal(np.array([1.0, -1.0]) @ Z, [-1, 1])
    assert (Z.mean(axis=0) > 0).all()
    page = before_fold("bias-zigzag")
    assert "the bias moves in the same direction as each weight with a positive input" in page
    assert "each step leaves $1-\\eta$ of its distance" in page
    assert "the weights' gradients can differ in sign; the tie remains" in whole("bias-zigzag")


def test_single_examples_raise_a_bias_that_must_fall_at_every_second_step():
    w = b = 0.0
    for step in range(42):
        x, y = ((1.0, -1.0), (3.0, 1.0))[step % 2]
        delta = w * x + b - y
        after = w - delta * x / (x * x + 1), b - delta / (x * x + 1)
        assert after[0] * x + after[1] == pytest.approx(y)
        moves = np.subtract(after, (w, b))
        assert (moves < 0).all() if step % 2 == 0 else (moves > 0).all()
        w, b = after
    text = before_fold("bias-zigzag")
    assert "every second step raises it" in text
    assert "step 2 did not spoil the first example" in text
    assert EXAMPLES["shifts-bias-turns"]().centered[1][2:] == (1 * 1, 0)


@pytest.mark.parametrize("seed", range(10))
def test_behind_a_sigmoid_the_tie_is_weighted_and_centering_leaves_some(seed):
    rng = np.random.default_rng(seed)
    x, labels = 3 + rng.uniform(-1, 1, 30), rng.integers(0, 2, 30)
    w, b, e = 2.0, -4.0, 1e-3

    def tie(inputs, weight, bias):
        def loss(u, v):
            s = u * inputs + v
            return np.mean(np.logaddexp(0, s) - labels * s)

        corners = [[i * j * loss(weight + i * e, bias + j * e) for i in (1, -1)] for j in (1, -1)]
        return np.sum(corners) / (4 * e * e)

    # The same function on raw and on centered inputs.
    s = w * x + b
    slopes = np.exp(-s) / (1 + np.exp(-s)) ** 2
    assert tie(x, w, b) == pytest.approx(np.mean(slopes * x), abs=1e-5)
    left = tie(x - x.mean(), w, b + w * x.mean())
    assert 1e-4 < abs(left) < tie(x, w, b) / 2
    # From zero weights all slopes are ¼, so centered inputs start without it.
    assert tie(x - x.mean(), 0.0, 0.0) == pytest.approx(0, abs=1e-6)
    text = before_fold("bias-zigzag")
    assert "centering shrinks a large tie, but usually leaves some" in text


def _line_search(share=1.0, steps=60):
    H, d = np.array([1.0, 9.0]), np.array([9.0, 1.0])
    places = [d]
    for _ in range(steps):
        g = H * d
        d = d - share * (g @ g / (g @ (H * g))) * g
        places.append(d)
    return H * np.array(places), np.linalg.norm(places, axis=1)


def test_in_two_dimensions_steps_three_apart_are_orthogonal_too():
    gradients, _ = _line_search()
    assert gradients[3] == pytest.approx([4.608, -4.608])
    assert gradients[0] @ gradients[3] == pytest.approx(0)
    assert abs(gradients[0] @ gradients[2]) == pytest.approx(
        np.linalg.norm(gradients[0]) * np.linalg.norm(gradients[2])
    )
    page = before_fold("line-search")
    assert "Only neighbors" not in page
    assert "Steps further apart need not be orthogonal: in two dimensions" in page.replace("**", "")


def test_a_more_exact_line_search_can_help():
    def steps(share):
        left = _line_search(share)[1]
        return int(np.argmax(left <= 0.01 * left[0]))

    assert [steps(share) for share in (0.1, 0.2, 0.5, 0.9, 1)] == [48, 23, 16, 14, 21]
    assert "An exact line search is not the cure: nine tenths" in before_fold("line-search")


@pytest.mark.parametrize("seed", range(6))
def test_an_average_is_the_mean_errors_part_of_one_sign_and_a_part_that_can_be_mixed(seed):
    rng = np.random.default_rng(seed)
    count, n = int(rng.integers(2, 60)), int(rng.integers(2, 12))
    X, errors = rng.random((count, n)) * (rng.random((count, n)) > 0.3), rng.standard_normal(count)
    for x, error in zip(X, errors, strict=True):
        signs = np.sign(error * x)
        assert len(set(signs[signs != 0])) <= 1
    mean = X.mean(axis=0)
    first, rest = errors.mean() * mean, (errors[:, None] * (X - mean)).mean(axis=0)
    assert np.allclose((errors[:, None] * X).mean(axis=0), first + rest)
    assert np.allclose(rest, [np.cov(errors, column, bias=True)[0, 1] for column in X.T])
    assert len(set(np.sign(first[first != 0]))) <= 1
    text, page = before_fold("where-is-zigzag"), whole("where-is-zigzag")
    assert "Its nonzero entries all have one sign." in text
    assert "The first part, mean error times mean image, pushes all weights one way." in page
    assert "The second can have mixed signs" in page
    # A batch's mean image is not quite that of all: there it is nearly the covariance, not quite.
    batch = rng.integers(0, count, 32)
    part = (errors[batch, None] * (X[batch] - mean)).mean(axis=0)
    own = [np.cov(errors[batch], column, bias=True)[0, 1] for column in X[batch].T]
    assert np.allclose(part - own, errors[batch].mean() * (X[batch].mean(axis=0) - mean))
    assert not np.allclose(part, own)
    assert "over a batch only nearly, since a batch's mean image is not quite μ" in (
        whole("where-is-zigzag")
    )
    # The same W, and b + Wμ, on what is left of the pixels: the same sums.
    W, b = rng.standard_normal((4, n)), rng.standard_normal(4)
    assert np.allclose(W @ X.T + b[:, None], W @ (X - mean).T + (b + W @ mean)[:, None])
    assert r"same $W$, and $b+W\mu$ in the centered one" in text


def test_mixed_pixels_save_nothing_and_the_second_layers_mean_stays_in_all_three():
    record = EXAMPLES["paths-digits"]()
    (_, raw_share, raw, slow_rate, late), (_, mixed_share, mixed, *_), last = record.rows
    centered_share, centered, fast_rate, centered_late = last[1:]
    assert mixed == raw > 2.5 * centered
    assert mixed_share < centered_share < raw_share
    assert fast_rate == pytest.approx(4 * slow_rate)
    assert abs(late - centered_late) < 0.005
    assert record.slow[1] >= record.slow[0]
    flips = record.flips
    assert flips[0] > 0.5 > 0.05 > max(flips[1], flips[2])
    assert min(flips[3:]) > 0.4
    text, page = before_fold("where-is-zigzag"), whole("where-is-zigzag")
    assert "Mixing the signs saved nothing; subtracting the mean did." in page
    assert "mixes the signs, but did not help, because the mean stays as large" in text
    assert "little flips; centering gained nothing at the rate 1/20" in page
    assert "In small batches noise hides the difference in flips, because" in text
    # The flips in full batches are those at the rate best for raw pixels, not at each one's best.
    assert slow_rate == 0.8 < fast_rate
    assert "Ours, in full batches at the rate" in text
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X, W, b = rng.random((30, 8)), rng.standard_normal((6, 8)), rng.standard_normal(6)
        mean, signs = X.mean(axis=0), (-1.0) ** np.arange(8)
        ways = ((X, W, b), (X * signs, W * signs, b), (X - mean, W, b + W @ mean))
        hidden = [np.maximum(x @ v.T + c, 0) for x, v, c in ways]
        for one in hidden[1:]:
            assert np.allclose(one, hidden[0])
        assert hidden[0].mean() > 0
    assert "Layer 2 reads ReLU outputs, whose mean stays in all three networks." in page
    # Adam: another gap in the common regression.
    plain, adam = zip(*[EXAMPLES["regression-adam"]().rows[k] for k in (2, 0)], strict=True)
    assert plain[0] / plain[1] > 5 > 2 > adam[0] / adam[1]
    assert "Adam can change the gap." in page


@pytest.mark.parametrize("eta", [0.2, 0.7, 1.1, 4 / 3, 1.77])
def test_the_sum_of_the_distances_flips_between_one_and_two_over_its_curvature(eta):
    # The images (1, ½) and (½, 1), both in each step; g·μ for μ = (¾, ¾).
    X, d = np.array([[1.0, 0.5], [0.5, 1.0]]), np.array([2.0, -1.0])
    signs, sums, losses = [], [], []
    for _ in range(8):
        g = X.T @ (X @ d) / 2
        signs.append(np.sign(g @ [0.75, 0.75]))
        sums.append(d.sum())
        losses.append(np.mean((X @ d) ** 2) / 2)
        d = d - eta * g
    assert (np.sign(sums) == signs).all()
    assert (np.diff(losses) < 0).all()
    flips = np.diff(signs) != 0
    assert flips.all() if eta > 1 / 1.125 else not flips.any()
    # Along the mean image nearly all outputs move the same way: here all.
    assert (X @ [0.75, 0.75] > 0).all()
    text = before_fold("where-is-zigzag")
    assert (X[:, 0] ** 2).mean() == 5 / 8
    assert X.prod(axis=1).mean() == 0.5
    assert np.linalg.eigvalsh(X.T @ X / 2) == pytest.approx([5 / 8 - 1 / 2, 5 / 8 + 1 / 2])
    assert "the mean of $x_1^2$ plus that of $x_1x_2$" in text
    assert "The difference (λ = 5/8 − ½) keeps 5/6: slow, without flips." in text
    assert "$g\\cdot\\mu$ has the sign of the sum of the two distances" in text
    assert "The sum flips each time, yet the loss falls." in text
    assert "the sum does not flip; above twice that it grows" in text
    # A single weight's gradient can change its sign below that rate.
    d, second = np.array([2.0, -1.0]), []
    for _ in range(8):
        g = X.T @ (X @ d) / 2
        second.append(g[1])
        d = d - 0.2 * g
    assert second[4] > 0 > second[5]


def test_two_zigzags_signs_alone_a_valley_alone_and_both():
    # Signs alone, in a bowl that is nearly round: single steps go up and down however small.
    X = np.array([[20.0, 1.0], [1.0, 20.0]])
    targets = [19.0, -19.0]
    assert pytest.approx(targets) == X @ [1.0, -1.0]
    for eta in (0.00001, 0.0003, 0.001, 1 / 400):
        moves = np.diff(in_turn(X, targets, eta, 3)[1], axis=0)
        assert (np.sign(moves) == np.array([[1, 1], [-1, -1], [1, 1]])).all()
    # The turns are those of these goals; others need no step down.
    for eta in (0.00001, 0.0003):
        assert (np.diff(in_turn(X, [21.0, 21.0], eta, 30)[1], axis=0) > 0).all()
    assert np.linalg.cond(X.T @ X) < 1.25
    # A valley alone: the inputs (±3, ±1), of mean 0, with single gradients that can be mixed.
    X = np.array(list(itertools.product((-3.0, 3.0), (-1.0, 1.0))))
    H = X.T @ X / 4
    assert np.array_equal(H, np.diag([9.0, 1.0]))
    assert not X.mean(axis=0).any()
    assert (X.prod(axis=1) < 0).any()
    d = np.array([1.0, 1.0])
    for place in ((-0.8, 0.8), (0.64, 0.64)):
        d = d - 0.2 * H @ d
        assert d == pytest.approx(place)
    # Both: the valley of the mean.
    X = np.array(list(itertools.product((1.0, 3.0), repeat=2)))
    H = X.T @ X / 4
    assert ((X[:, 0] ** 2).mean(), X.prod(axis=1).mean()) == (5, 4)
    assert np.linalg.eigvalsh(H) == pytest.approx([1, 9])
    assert np.cov(X.T, bias=True).tolist() == [[1, 0], [0, 1]]
    # The flat side keeps 1 − η of its distance, at least 7/9 up to the limit 2/9.
    assert min(1 - eta for eta in np.linspace(0, 2 / 9, 50)) == pytest.approx(7 / 9)
    text, page = before_fold("two-zigzags"), whole("two-zigzags")
    assert "and the next one may move them all back" in text
    assert "so the average's steps leave at least 7/9 on the flat side" in page
    # Averaged gradients of one sign that turn; below 1/9 none turns.
    assert (H @ [1.0, 0.0]).tolist() == [5, 4]
    assert pytest.approx([-3.2, -4]) == H @ [0.0, -0.8]
    assert "where it is (−3.2, −4): of one sign, and across the valley" in text
    assert "a zig-zag that stays is the valley's" in text
    assert "A large mean of positive inputs can make both" in text
    assert "no valley, so the signs cost little: three steps" in text
    # Not along any direction: both weights have the curvature 5, 1 − 0.2·5 = 0, and yet d₂ is left.
    assert np.diag(H).tolist() == [5, 5]
    assert ((np.eye(2) - 0.2 * H) @ [1.0, 0.0]).round(9).tolist() == [0, -0.8]
    values, axes = np.linalg.eigh(H)
    moved = axes.T @ (np.eye(2) - 0.2 * H) @ [1.0, 0.0]
    assert np.allclose(moved, (1 - 0.2 * values) * (axes.T @ [1.0, 0.0]))
    assert "the distance along an axis of the valley, of curvature λ, by 1 − ηλ" in text
    # Smaller steps, without turns, can be the faster ones: near the cap 211 steps, below 1/9 37.
    steps = [steps_of_descent(np.diag([9.0, 1.0]), [1.0, 1.0], eta) for eta in (0.22, 0.2, 0.11)]
    assert steps == [211, 21, 37]
    assert min(1 - eta for eta in np.linspace(0, 1 / 9, 50)) == pytest.approx(8 / 9)
    assert "averaged steps do not turn, and leave more than 8/9 on the flat side" in page
    assert "| smaller steps | stay | jumps end, slowness does not |" in text
    # The pair of the fold has a valley, too, and from another start it turns.
    A, B = np.array([3.0, 1.0]), np.array([1.0, 3.0])
    assert [((x @ [-1.0, 1.0]) * x).tolist() for x in (A, B)] == [[-6, -2], [2, 6]]
    H = (np.outer(A, A) + np.outer(B, B)) / 2
    assert np.linalg.eigvalsh(H) == pytest.approx([2, 8])
    assert pytest.approx([-2, 2]) == H @ [-1.0, 1.0]
    assert ((np.eye(2) - 0.2 * H) @ [1.0, 1.0]).max() < 0
    assert "the start lies on the floor of the valley (curvatures 5 ± 3)" in page
    # On its floor the averaged path turns at no rate below the limit.
    for eta in (0.05, 0.2, 0.3, 0.49):
        d = np.array([-1.0, 1.0])
        after = d - eta * H @ d
        assert after @ d > 0
        assert (H @ after) @ (H @ d) > 0
    assert "It jumps if ηλ is above 1" in text


@pytest.mark.parametrize("seed", range(10))
def test_positive_inputs_add_up_most_where_all_entries_have_one_sign(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    X = 10 ** rng.uniform(-2, 1, (30, n))
    for d in rng.standard_normal((50, n)):
        assert (abs(X @ d) <= X @ abs(d) + 1e-12).all()
        if len(set(np.sign(d))) == 2:
            assert np.mean((X @ d) ** 2) < np.mean((X @ abs(d)) ** 2)
        # The covariance's part, and the mean's.
        C, mean = np.cov(X.T, bias=True), X.mean(axis=0)
        assert np.mean((X @ d) ** 2) == pytest.approx(d @ C @ d + (mean @ d) ** 2)
    top = np.linalg.eigh(X.T @ X)[1][:, -1]
    assert len(set(np.sign(top))) == 1
    text = whole("two-zigzags")
    assert 'so the steepest direction is "all up" or "all down"' in text
    assert "The mean μ adds $(\\mu\\cdot d)^2$ to the covariance's part" in text


@pytest.mark.parametrize("seed", range(8))
def test_a_step_multiplies_the_way_along_each_axis_and_a_mean_helps_along_itself_alone(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    X = rng.uniform(0, 2, (80, n)) * rng.uniform(0.3, 2, n)
    goal, w = rng.standard_normal(n), rng.standard_normal(n)
    mean = X.mean(axis=0)
    H = np.cov(X.T, bias=True) + np.outer(mean, mean)
    assert np.allclose(H, X.T @ X / 80)
    values, axes = np.linalg.eigh(H)
    eta = 1.7 / values[-1]
    moved = w - eta * X.T @ (X @ w - X @ goal) / 80
    assert np.allclose(axes.T @ (goal - moved), (1 - eta * values) * (axes.T @ (goal - w)))
    u = mean / np.linalg.norm(mean)
    assert u @ H @ u >= mean @ mean
    text = before_fold("best-quadrant")
    assert "multiplies the part of $d$ along an axis of the bowl with curvature λ by" in text
    assert "The mean μ makes its own direction steep." in text
    # Independent inputs of variance 1, with a mean: one step along it, many for a goal beside it.
    mean = rng.uniform(0.5, 3, n)
    H, eta = np.eye(n) + np.outer(mean, mean), 1 / (1 + mean @ mean)
    assert steps_of_descent(H, 3 * mean, eta) == 1
    beside = mean + 0.3 * rng.uniform(0.2, 1, n) * np.linalg.norm(mean)
    assert (beside > 0).all()
    assert steps_of_descent(H, beside, eta) > 1 == steps_of_descent(np.eye(n), beside, 1.0)
    assert "an all-positive optimum is not enough" in text


def test_a_goal_in_the_good_quadrant_is_slow_from_a_place_beside_it_and_centered_ties():
    H = np.array([[5.0, 4.0], [4.0, 5.0]])
    # The best weights are (1, 1), the place is (0, 2): the way is (1, −1).
    assert steps_of_descent(H, np.array([1.0, 1.0]) - [0.0, 2.0], 1 / 9) == 40
    text = before_fold("best-quadrant")
    assert "from where you are to the best weights $w^*$, not the quadrant of $w^*$" in text
    record = EXAMPLES["directions-quadrant"]()
    assert all(row[1] <= row[2] and row[3] == 1 for row in record.rows)
    # Each at its best rate: no goal is nearer with the mean.
    assert min(record.best) == 1
    assert "At the common rate 1/9 your guess is right." in text
    # Not at each: near 2/9 the positive inputs are the slow ones.
    near = [steps_of_descent(h, np.array([1.0, 1.0]), 0.22) for h in (H, np.eye(2))]
    assert near == [228, 19]
    # At the rate 1 descent takes one step from exactly 0 to (1, −1), and is not stable.
    assert steps_of_descent(H, np.array([1.0, -1.0]), 1.0) == 1 < record.best[2]
    off = np.array([1.0, -1.0]) + 1e-9
    for _ in range(20):
        off = off - H @ off
    assert np.linalg.norm(off) > 1e6
    assert (np.eye(2) - H) @ [1.0, 1.0] == pytest.approx([-8, -8])
    page = whole("best-quadrant")
    assert "the best of 400 rates below 2/9, at which descent is stable, take" in page
    assert "at this rate each step multiplies any error along (1, 1) by −8" in page
    # (2, 1) has one sign and is slow: the claim of detours is not one of these inputs.
    assert record.rows[1][1] == 30
    assert "with the inputs above (2, 1) is slow, too" in page
    assert "hard for given inputs" not in page
    # Of 20 signs nearly all choices are mixed ones: it is the agreeing ones that are rare.
    assert 1 - 2 / 2**20 > 0.99999
    assert "to make the point; with many weights mixed signs are the usual case" in text
    assert "which ties even at (1, 1)" in text
    rows = EXAMPLES["regression-quadrants"]().rows
    assert [raw < centered for *_, raw, centered in rows] == [False, False, False, True]
    assert "positive inputs won below only where the way lay along the inputs' mean" in text
    # Twice the mean of (x, 1), as the page says, and its like for other weights.
    mean = np.append(np.full(20, 0.5), 1.0)
    assert np.allclose(np.append(np.ones(20), 2.0), 2 * mean)
    assert "(1, …, 1, 2), twice that: it points along μ" in text
    # The quadrants bind single examples: the batch of (1, 3) and (3, 1) goes along (1, −1).
    X = np.array([[1.0, 3.0], [3.0, 1.0]])
    assert list(np.sign(X.T @ (X @ [1.0, -1.0]))) == [1, -1]
    assert "The two quadrants bind steps on single examples; a batch can mix signs." in text


_CURVED = np.array([[1.0, 2.0], [1.0, 4.0], [3.0, 2.0], [3.0, 4.0]])


def test_the_average_of_the_smooth_run_is_mixed_from_its_second_step_on():
    goal, w = np.array([1.0, -1.0]), np.zeros(2)
    for step in range(200):
        gradient = _CURVED.T @ (_CURVED @ (w - goal)) / 4
        # At the start the average has one sign, as the page shows.
        assert (gradient[0] * gradient[1] < 0) == (step > 0)
        if step:
            assert gradient[0] < 0 < gradient[1]
        w = w - 0.05 * gradient
    record = EXAMPLES["paths-curve"]()
    off = [np.linalg.norm(np.subtract(row[1:3], goal)) / 2**0.5 for row in record.rows]
    # The table ends at step 10; that of 1% is told in the fold.
    assert off[3] > 0.5 > 0.01 > off[4]
    assert record.rows[4][0] == record.steps
    assert "paths-curve rows.4" not in whole("smooth-curve")
    assert "With η = 0.05 step {example}`paths-curve steps d` is the first with at most" in whole(
        "smooth-curve"
    )
    assert "last row of the table" not in whole("smooth-curve")
    text = before_fold("smooth-curve")
    assert "here the average gradients had mixed signs after one step, and the run was slow" in text
    assert "first weight up, second down" in text
    assert "every full-batch step with η = 0.05 raises $w_1$ and lowers" in whole("smooth-curve")
    assert "an average is not bound to one sign" in text


@pytest.mark.parametrize("seed", range(20))
def test_one_example_at_a_time_moves_both_weights_one_way_unless_its_error_is_zero(seed):
    rng = np.random.default_rng(seed)
    goal, w = np.array([1.0, -1.0]), np.zeros(2)
    turns, last = 0, None
    for _ in range(100):
        x = _CURVED[rng.integers(4)]
        move = -0.05 * (x @ (w - goal)) * x
        assert move[0] * move[1] >= 0
        if move.any():
            assert move[0] * move[1] > 0
            turns += last is not None and last @ move < 0
            last = move
        w = w + move
    assert turns > 10
    # An example that is fitted moves nothing.
    assert not ((_CURVED[0] @ (goal - goal)) * _CURVED[0]).any()
    text = before_fold("smooth-curve")
    assert "Each step raises both weights or lowers both, unless its error is 0." in text
    assert "One at a time, such steps zig-zag." in text


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.1, 0.14, 1 / 7 - 1e-9])
def test_below_the_limit_a_step_leaves_more_than_six_sevenths_of_the_flat_part(rate):
    M, flat, steep = _CURVED.T @ _CURVED / 4, np.array([3.0, -2.0]), np.array([2.0, 3.0])
    after = flat - rate * M @ flat
    assert after == pytest.approx((1 - rate) * flat)
    assert (after @ flat) / (flat @ flat) > 6 / 7
    assert np.linalg.norm(steep - 2 / 14 * M @ steep) == pytest.approx(np.linalg.norm(steep))
    assert np.linalg.norm(steep - 0.15 * M @ steep) > np.linalg.norm(steep)
    text = before_fold("smooth-curve")
    assert "From 2/14 on the steep part does not shrink, and below it each step leaves" in text


@pytest.mark.parametrize("seed", range(10))
def test_from_zero_the_path_is_straight_if_the_mean_squares_are_alike_and_else_a_curve(seed):
    rng = np.random.default_rng(seed)
    goal = np.array([1.0, -1.0])

    def off_the_line(M):
        w, off = np.zeros(2), 0.0
        for _ in range(50):
            w = w - 0.5 / np.linalg.eigvalsh(M)[-1] * M @ (w - goal)
            off = max(off, abs(w.sum()))
        return off

    mean, spread, part = rng.uniform(0.5, 3), rng.uniform(0.1, 0.5), rng.uniform(-0.9, 0.9)
    M = mean**2 + spread**2 * np.array([[1, part], [part, 1]])
    assert off_the_line(M) < 1e-9
    assert np.linalg.eigvalsh(M)[0] == pytest.approx(goal @ M @ goal / 2)
    # The same mean square will do; another mean bends the path.
    assert off_the_line(M + np.diag([0.5, 0])) > 0.01
    # A random sample has it nearly, but one of inputs of different distributions has not.
    X = rng.random((2000, 2))
    assert off_the_line(X.T @ X / 2000) < 0.02
    unlike = _CURVED[rng.integers(4, size=2000)]
    assert off_the_line(unlike.T @ unlike / 2000) > 0.1
    fold = whole("smooth-curve").partition("```{answer-fold}")[2]
    assert (
        "if both inputs have the same mean square; in a random sample of inputs alike in "
        "distribution they have it nearly"
    ) in fold


def test_inputs_alike_in_mean_and_spread_can_be_fast_and_the_four_are_straight_and_slow():
    way = np.array([1.0, -1.0])
    for rows, slow in (([(1, 1), (1, 3), (3, 1), (3, 3)], True), ([(1, 0.1), (0.1, 1)], False)):
        X = np.array(rows)
        assert X.mean(axis=0).std() == X.std(axis=0).std() == 0
        M = X.T @ X / len(X)
        # The way is along an eigenvector in both; what a step at 1/λmax leaves of it:
        left = way - M @ way / np.linalg.eigvalsh(M)[-1]
        assert left[0] == pytest.approx(-left[1])
        assert (left[0] > 0.8) == slow
    text = whole("smooth-curve")
    assert (
        "The way from (0, 0) to (1, −1) is flat, and the path straight, if both inputs have" in text
    )


def test_a_slow_end_with_positive_inputs_need_not_come_from_their_mean():
    for X, gains in (
        (_CURVED, True),
        (np.array([(1.0, 2.0), (1.2, 2.0), (1.0, 4.0), (1.2, 4.0)]), False),
    ):
        raw, rest = (np.linalg.eigvalsh(Z.T @ Z / 4) for Z in (X, X - X.mean(axis=0)))
        assert raw[1] / raw[0] > 10
        assert (rest[1] / rest[0] < 1.01) == gains
        assert gains or rest[1] / rest[0] > 99
    text = before_fold("smooth-curve")
    assert (
        "The slow end is the lasting trouble: in the run below it comes from the inputs' mean"
        in (text)
    )


@pytest.mark.parametrize("rate", [0.075, 0.1, 0.14, 1 / 7 - 1e-6])
def test_the_loss_of_full_batches_falls_while_the_weights_jump_across(rate):
    goal, w = np.array([1.0, -1.0]), np.zeros(2)
    M, losses, sides = _CURVED.T @ _CURVED / 4, [], []
    for _ in range(9):
        losses.append((w - goal) @ M @ (w - goal) / 2)
        sides.append(np.sign((w - goal) @ [2, 3]))
        w = w - rate * M @ (w - goal)
    assert (np.diff(losses) < 0).all()
    assert (np.diff(sides) != 0).all()
    # Smoothly: what a step takes off the loss gets less.
    assert (np.diff(losses, 2) > 0).all()
    # Below 1/14 no step jumps across.
    d = -goal - 0.07 * M @ -goal
    assert np.sign(d @ [2, 3]) == np.sign(-goal @ [2, 3])
    text = before_fold("smooth-curve")
    assert "with η between 1/14 and 2/14:* $1-14\\eta$ is negative, and each step jumps" in text
    assert "because it depends on the *squares* of both parts" in text
    assert "it can fall smoothly while the weights zig-zag" in text


def test_with_inputs_alike_overshooting_shows_from_another_start():
    M = np.array([[5.0, 4.0], [4.0, 5.0]])
    for start, seen in ((np.zeros(2), False), (np.ones(2), True)):
        d, signs = start - [1.0, -1.0], []
        for _ in range(10):
            signs.append(np.sign(round(d.sum(), 9)))
            d = d - 0.22 * M @ d
        assert (signs == [(-1) ** k for k in range(10)]) == seen
    fold = whole("smooth-curve").partition("```{answer-fold}")[2]
    assert "To see overshooting there, start off the line, say at (1, 1)." in fold


def test_centered_the_full_batch_arrives_in_one_step_and_single_examples_need_a_bias():
    goal, X = np.array([1.0, -1.0]), _CURVED - [2, 3]
    targets = _CURVED @ goal
    for start in np.random.default_rng(0).standard_normal((20, 2)):
        assert start - X.T @ (X @ start - targets) / 4 == pytest.approx(goal)
    assert (X @ goal - targets) == pytest.approx(np.ones(4))
    text = whole("smooth-curve")
    assert "one full-batch step with η = 1 arrives." in text
    assert "Centered, the targets have the mean −1 left, which the weights cannot fit" in text
    assert "Single examples need a bias, or targets less their mean." in text


@pytest.mark.parametrize("seed", range(20))
def test_the_way_across_a_direction_is_as_long_as_the_page_says_at_least(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    u = rng.random(n) + 0.2
    X = u + 0.15 * rng.standard_normal((2 * n, n))
    cosines = X @ u / np.linalg.norm(X, axis=1) / np.linalg.norm(u)
    theta = np.arccos(cosines.min())
    assert theta < np.pi / 2
    across = rng.standard_normal(n)
    across -= across @ u / (u @ u) * u
    # Any steps along examples, up or down, that lead there: of all the shortest, and random ones.
    way = shortest_way(X, across).detour * np.linalg.norm(across)
    assert way >= np.linalg.norm(across) / np.sin(theta) * (1 - 1e-9)
    # To a goal along the direction there need be no detour at all.
    assert shortest_way(X, X[0]).detour == pytest.approx(1)
    A, B = np.array([3.0, 1.0]), np.array([1.0, 3.0])
    assert shortest_way(np.array([A, B]), np.array([1.0, -1.0])).detour == pytest.approx(5**0.5)
    sine = np.sqrt(2) / np.sqrt(10)
    for x in (A, B):
        assert x @ [1, 1] / np.linalg.norm(x) / np.sqrt(2) == pytest.approx(np.sqrt(1 - sine**2))
    text = before_fold("why-zigzag")
    assert r"\text{length of the path}\ \ge\ \frac{D}{\sin\theta}" in text
    assert r"at least $\sqrt{10}\approx3.2$ long, not 1.4" in text
