"""Attacks on answers to questions as students put them: losses, rates, means, starts, places."""

import itertools
import math

import numpy as np
import pytest
from pages import before_fold, whole
from second_ways import in_turn, numerical_gradient

from offcenter.examples import EXAMPLES

_PAIR = _A, _B = np.array([[3.0, 1.0], [1.0, 3.0]])
_H = (np.outer(_A, _A) + np.outer(_B, _B)) / 2
_GOAL = np.array([1.0, -1.0])


def test_steps_in_turn_fit_their_example_and_spoil_the_other():
    errors, places = in_turn(_PAIR, (2, -2), 0.1, 40)
    # Each step goes downhill for its own example.
    for step, w in enumerate(places[1:]):
        assert abs(_PAIR[step % 2] @ w - (2, -2)[step % 2]) < 1e-12
    assert errors[2:8] / errors[1:7] == pytest.approx(np.full(6, -0.6))
    assert errors[1] / errors[0] != pytest.approx(-0.6)
    # B's error grew from 2, and B takes back half of w₁.
    assert abs(errors[1]) > abs(_B @ np.zeros(2) + 2) == 2
    assert places[2][0] / places[1][0] == pytest.approx(0.28 / 0.6)
    losses = [((_A @ w - 2) ** 2 + (_B @ w + 2) ** 2) / 4 for w in places]
    assert losses[1] > losses[0] > losses[2]
    moves = np.diff(places, axis=0)
    assert (np.sign(moves[:, 0]) == np.sign(moves[:, 1])).all()
    # The whole way is 3.16 long; ten steps, to 1% of the distance, are 3.14.
    way = np.linalg.norm(moves, axis=1)
    assert way.sum() == pytest.approx(math.sqrt(10), abs=1e-4)
    left = np.linalg.norm(places - _GOAL, axis=1)
    assert left[10] <= 0.01 * math.sqrt(2) < left[9]
    assert f"{way.sum():.1f}" == "3.2"
    assert f"{way[:10].sum():.1f}" == "3.1"
    # Where a step fits an example exactly it goes straight: (1, 1) and (3, 3) to the goal (1, 1).
    alike = np.array([[1.0, 1.0], [3.0, 3.0]])
    way, places = in_turn(alike, alike @ [1.0, 1.0], 0.05, 40)
    assert np.ptp(places, axis=1).max() == 0
    assert (np.diff(places, axis=0) >= 0).all()
    # Nor do steps of one size arrive where no weight fits both examples, 0 and 2 of the input 1.
    _, places = in_turn(np.ones((2, 1)), np.array([0.0, 2.0]), 0.1, 400)
    assert 0.04 < np.abs(places[-2:] - 1).min() < 0.06
    text = before_fold("what-is-lost")
    assert "small steps arrive, or come near. Lost are the direct way and" in text
    assert "a step downhill for its own example can be uphill for all together" in text
    # With two targets for one example, of any signs, small steps of one size do not arrive.
    for x, eta in itertools.product((_A, np.array([3.0, -1.0])), (0.01, 0.1)):
        ends = (x @ in_turn((x, x), (2, 0), eta, 2000)[1][-2:].T).tolist()
        assert max(abs(end - 1) for end in ends) > 0.04
        assert abs(ends[0] - ends[1]) > 0.09
    # And if some weights fit all, they do, however small.
    for eta in (0.001, 0.01, 0.1, 0.19):
        assert in_turn(_PAIR, (2, -2), eta, round(100 / eta))[1][-1] == pytest.approx(_GOAL)
    assert "The path to 1% of the distance is" in text
    assert "The whole path" not in text
    assert "as it does in the first step here" in whole("what-is-lost")
    assert "From here each error is −0.6 times the one before." in text
    assert "Each step goes downhill, for its own example: it makes that error 0." in text
    assert "A step on one example can only raise all weights or lower all" in text
    # A step on A alone raises the sum of both losses at each rate from 0.1 on.
    start = (_PAIR @ -_GOAL) ** 2
    assert start.sum() / 2 == 4
    for eta in (0.05, 0.1, 0.15):
        ends = (_PAIR @ (eta * 2 * _A - _GOAL)) ** 2
        assert (ends.sum() > start.sum()) == (eta > 0.06)
    assert "the two losses together rise, from" in text
    assert "B's takes back part of $w_1$" in text
    # Inputs at right angles: a step on one leaves the other outputs.
    for w, X in ((np.array([2.0, 5.0]), np.eye(2)), (np.array([1.0, 3.0]), np.diag([3.0, 0.5]))):
        moved = w - 0.1 * (X[0] @ w - 7) * X[0]
        assert X[1] @ moved == X[1] @ w
    assert "a step on one changes no other's output" in text


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.2, 0.2499])
def test_a_rate_that_shrinks_the_steep_part_leaves_over_half_of_the_flat_one(rate):
    step = np.eye(2) - rate * _H
    assert step @ [1, 1] == pytest.approx((1 - 8 * rate) * np.ones(2))
    assert step @ [1, -1] == pytest.approx((1 - 2 * rate) * np.array([1, -1]))
    # Along the two axes, and of both at the best rate.
    steep, flat = np.abs(np.linalg.eigvalsh(step - np.eye(2)) + 1)
    record = EXAMPLES["batches-pair"]()
    assert rate < record.caps[0] == 1 / 4
    assert steep < 1
    assert flat > 0.5
    assert max(steep, flat) >= record.left - 1e-12
    text = before_fold("what-is-lost")
    assert (
        "From $\\eta=\\tfrac14$ on, the first no longer shrinks; below, each step leaves over"
        in text
    )


def test_the_lucky_start_arrives_and_one_beside_it_explodes():
    lucky, beside = np.zeros(2), 0.01 * np.ones(2)
    assert lucky - 0.5 * _H @ (lucky - _GOAL) == pytest.approx(_GOAL)
    for _ in range(10):
        beside = beside - 0.5 * _H @ (beside - _GOAL)
    assert beside - _GOAL == pytest.approx(0.01 * 3**10 * np.ones(2))
    text = before_fold("what-is-lost")
    assert '"But the average points straight at the goal. Why not take $\\eta=\\tfrac12$' in text
    assert "a hundredth off along (1, 1) becomes" in text


def test_a_goal_that_is_all_up_costs_detours_too_and_one_along_the_steep_direction_one_step():
    for goal in ([1.0, 1.0], [10.0, 1.0]):
        goal = np.array(goal)
        _, places = in_turn(_PAIR, _PAIR @ goal, 0.1, 12)
        moves = np.diff(places, axis=0)
        # Some steps go down again, and the way is over 1.4 times the straight one.
        assert (moves < 0).all(axis=1).any()
        assert np.linalg.norm(moves, axis=1).sum() > 1.4 * np.linalg.norm(goal)
    # No sum of up-steps reaches (10, 1).
    assert np.linalg.solve(_PAIR.T, [10, 1]).min() < 0
    assert (_H @ np.ones(2) / 8).tolist() == [1, 1]
    text = before_fold("what-is-lost")
    assert "all up" not in text
    assert "for the goal (1, 1) $\\eta=\\tfrac18$ takes one step." in text


def test_the_curvature_of_a_logistic_neuron_is_not_covariance_plus_mean():
    # Of two alike errors, each example counts σ(1 − σ) times, so the page says which neuron.
    X, w = _PAIR, np.array([1.0, -1.0])
    slope = 1 / (2 + 2 * np.cosh(X @ w))
    H = X.T @ (slope[:, None] * X) / 2
    split = np.cov(X.T, bias=True) + np.outer(X.mean(axis=0), X.mean(axis=0))
    assert np.allclose(_H, split)
    assert not np.allclose(H, split)
    text = before_fold("what-is-lost")
    assert "**In general** a linear neuron's matrix of curvatures" in text
    # That of the page's two examples, and their functions less the mean, with a bias.
    assert _H.tolist() == [[5, 3], [3, 5]]
    assert "The curvature matrix, the mean of $xx^\\top$, is $\\begin{pmatrix}5&3" in text
    m = _PAIR.mean(axis=0)
    assert (_PAIR - m) @ w + w @ m == pytest.approx(_PAIR @ w)
    assert "and, with a bias, the functions that the neuron can compute." in text


def test_mirrored_inputs_take_as_many_steps():
    mirror = np.array([1.0, -1.0])
    for start in np.random.default_rng(0).standard_normal((20, 2)):
        distances = []
        for signs in (np.ones(2), mirror):
            X, d = _PAIR * signs, (start - _GOAL) * signs
            run = []
            for _ in range(30):
                d = d - 0.2 * X.T @ (X @ d) / 2
                run.append(np.linalg.norm(d))
            distances.append(run)
        assert distances[0] == pytest.approx(distances[1])
    text = whole("what-is-lost")
    assert "with the second input negated, descent takes the same steps" in text


@pytest.mark.parametrize("seed", range(20))
def test_the_mean_adds_its_square_to_the_sum_of_eigenvalues_and_makes_at_most_one_huge(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    X = rng.standard_normal((50, n)) @ rng.standard_normal((n, n)) + 3 * rng.standard_normal(n)
    mu = X.mean(axis=0)
    C = np.cov(X.T, bias=True).reshape(n, n)
    assert np.allclose(X.T @ X, 50 * (C + np.outer(mu, mu)))
    raw, centered = np.linalg.eigvalsh(X.T @ X / 50)[::-1], np.linalg.eigvalsh(C)[::-1]
    assert raw.sum() - centered.sum() == pytest.approx(mu @ mu)
    assert max(mu @ mu, centered[0]) <= raw[0] + 1e-9
    assert raw[0] <= centered[0] + mu @ mu + 1e-9
    assert (raw[1:] <= centered[:-1] + 1e-9).all()
    if n > 1:
        # μ is no eigenvector here: more than one eigenvalue grows.
        assert ((raw - centered) > 1e-9).sum() > 1
        # And so each by less than the whole.
        assert (raw - centered).max() < mu @ mu - 1e-9
    text = whole("mean-and-rate")
    assert "$|\\mu|^2$ is spread over several eigenvalues of $H$: only their sum" in text
    assert "The second is at most λmax(C), since each plane holds a direction across μ" in text
    assert "there is at most one that the mean makes huge" in text
    assert "$$|\\mu|^2\\le\\lambda_{\\max}(H)\\le\\lambda_{\\max}(C)+|\\mu|^2.$$" in text
    assert "nothing across the mean μ, and N·|μ|² along it" in text
    assert "So the largest eigenvalue of XᵀX is at least N·|μ|²" in text
    assert "so it can be at most 2/|μ|²" in text
    # The three trial directions of the proof, with a bias.
    H = np.block([[C + np.outer(mu, mu), mu[:, None]], [mu[None], np.ones((1, 1))]])
    few, vectors = np.linalg.eigh(C)
    steep, flat = np.append(vectors[:, -1], 0), np.append(vectors[:, 0], -mu @ vectors[:, 0])
    curved = lambda v: v @ H @ v / (v @ v)  # noqa: E731
    assert curved(steep) >= few[-1] - 1e-9
    assert curved(flat) <= few[0] + 1e-9
    assert curved(np.eye(n + 1)[-1]) == pytest.approx(1)
    ends = np.linalg.eigvalsh(H)[[0, -1]]
    assert ends[1] / ends[0] >= max(few[-1], 1) / min(few[0], 1) - 1e-6
    assert "with $w$ flattest in $C$ and $b=-\\mu\\cdot w$ at most $\\lambda_{\\min}(C)$" in text
    assert "But the mean never raises the largest rate" in text


@pytest.mark.parametrize(("scale", "limit"), [(1 / 8, 2 / 26), (1 / 2, 2 / 104), (1 / 4, 1 / 26)])
def test_the_largest_rate_belongs_to_the_writing_of_the_loss(scale, limit):
    X = np.array([[2.0, 3.0], [2.0, 5.0], [4.0, 3.0], [4.0, 5.0]])

    def left(rate):
        w = np.array([0.3, 0.4])
        for _ in range(200):
            # The gradient of scale · Σ(x·w)².
            w = w - rate * 2 * scale * X.T @ (X @ w)
        return np.linalg.norm(w)

    assert left(0.99 * limit) < 0.5 < left(1.01 * limit)
    text = whole("mean-and-rate")
    assert "for ½ the *sum* of squares it is 2/104, for their mean without ½, 1/26" in text
    assert "For the mean of ½(error)² the learning rate must stay below 2/λmax of XᵀX/N" in text


def test_a_column_of_ones_hardly_moves_the_limit_and_makes_a_flat_direction():
    X = np.array([[2.0, 3.0, 1.0], [2.0, 5.0, 1.0], [4.0, 3.0, 1.0], [4.0, 5.0, 1.0]])
    values, vectors = np.linalg.eigh(X.T @ X / 4)
    assert 2 / values[-1] > 0.96 * 2 / 26
    assert values[0] == pytest.approx(1 / 27, rel=0.002)
    flat = vectors[:, 0] / vectors[0, 0]
    # w rises along (3, 4), and b falls by as much as that raises the mean output, nearly.
    assert flat[1] / flat[0] == pytest.approx(4 / 3)
    assert -flat[2] == pytest.approx(25 / 3, rel=0.05)
    text = before_fold("mean-and-rate")
    assert "if $w$ rises along μ and $b$ falls to match, outputs hardly change" in text
    assert "of trace 27 and determinant 1" in whole("mean-and-rate")
    # Centered and without a bias y = x₁ is missed by 3, its mean; with one it is not.
    rest, y = X[:, :2] - X[:, :2].mean(axis=0), X[:, 0]
    assert np.abs(rest @ np.linalg.lstsq(rest, y, rcond=None)[0] - y).mean() == pytest.approx(3)
    kept = np.hstack([rest, X[:, 2:]])
    assert kept @ np.linalg.lstsq(kept, y, rcond=None)[0] == pytest.approx(y)
    assert "Subtract the column means of $X$ and keep a bias (or center the targets, too)" in text
    # Without a bias a mean can lift a flat direction.
    thin = np.array([[1.0, 0.1], [-1.0, -0.1], [1.0, -0.1], [-1.0, 0.1]])
    assert np.linalg.cond(thin) > 9 > np.linalg.cond(thin + np.array([0, 1]))
    assert "it can lift a flat direction of $C$" in whole("mean-and-rate")
    assert "$H$ is diag(10, 2), of ratio 5 in place of 10" in text
    C = np.diag([10.0, 1.0])
    assert np.linalg.cond(C + np.outer([0, 1], [0, 1])) == pytest.approx(np.linalg.cond(C) / 2)


@pytest.mark.parametrize("seed", range(10))
def test_the_matrix_is_hessian_and_fisher_and_weighted_in_a_network(seed):
    rng = np.random.default_rng(seed)
    X, y, w = rng.exponential(size=(30, 3)), rng.standard_normal(30), rng.standard_normal(3)

    def slope(w):
        return numerical_gradient(lambda v: np.mean((X @ v - y) ** 2) / 2, w)

    hessian = np.array([slope(w + d) - slope(w - d) for d in np.eye(3)]) / 2
    assert hessian == pytest.approx(X.T @ X / 30, abs=1e-5)
    # Fisher: labels are drawn from the model, so the errors are its noise.
    errors = rng.standard_normal((40_000, 30))
    fisher = np.einsum("dk,ki,kj->ij", errors**2, X, X) / (30 * 40_000)
    assert fisher == pytest.approx(X.T @ X / 30, rel=0.03)
    # In a network δ depends on the example: the same split with weights.
    q = rng.exponential(size=30)
    block = (q[:, None] * X).T @ X / 30
    mean = q @ X / q.sum()
    spread = (q[:, None] * (X - mean)).T @ (X - mean) / q.sum()
    assert np.allclose(block, q.mean() * (spread + np.outer(mean, mean)))
    # With a bias no shift leaves a smaller ratio of the eigenvalues than centering.
    Z, ones = X - X.mean(axis=0), np.ones((30, 1))
    least = np.linalg.cond(np.hstack([Z, ones])) ** 2
    for shift in rng.standard_normal((100, 3)) * 10 ** rng.uniform(-2, 1, (100, 1)):
        assert np.linalg.cond(np.hstack([Z + shift, ones])) ** 2 >= least - 1e-9
    # The best rate's factor, and so the steps from the slowest start, depend on the ratio alone.
    for low, high in ((1, 26), (3, 78), (0.1, 2.6)):
        rate = 2 / (low + high)
        assert max(abs(1 - rate * low), abs(1 - rate * high)) == pytest.approx(25 / 27)
    text = before_fold("mean-and-rate")
    assert "$H=X^\\top X/N$ is the Hessian of half the mean squared error" in text
    assert "no shift makes $\\lambda_{\\max}/\\lambda_{\\min}$ smaller" in text
    text = whole("mean-and-rate")
    assert (
        "For normal noise of variance 1 $H$ is the Fisher matrix of one example, on average" in text
    )
    assert "the same split, examples weighted by δ²" in text


def _asked(table, targets=(1.0, -1.0)):
    return [y * np.array(x) for x, y in zip(table, targets, strict=True)]


def test_row_means_mix_the_signs_and_leave_the_quarrel_and_column_means_do_the_opposite():
    X = np.array([[10.0, 4.0], [6.0, 2.0]])
    rows, columns = X - X.mean(axis=1, keepdims=True), X - X.mean(axis=0)
    a, b = _asked(rows)
    assert (rows.min(axis=1) < 0).all()
    assert (rows.max(axis=1) > 0).all()
    assert b == pytest.approx(-2 / 3 * a)
    a, b = _asked(columns)
    assert a.tolist() == b.tolist()
    assert (np.sign(columns[:, 0]) == np.sign(columns[:, 1])).all()
    raw = _asked(X)
    assert raw[0] @ raw[1] < 0
    text = before_fold("which-mean")
    for table in (X, rows, columns):
        # One step on A alone, of the loss ½(w·x − y)² at w = 0.
        w = 0.01 * table[0]
        assert (table @ w / 0.01).tolist() == pytest.approx((table @ table[0]).tolist())
    assert rows[0] @ rows[1] == pytest.approx(2 / 3 * rows[0] @ rows[0])
    assert columns[0] @ columns[1] == -(columns[0] @ columns[0])
    assert "Yet A's step lifts B, which should fall, by 12/18 of what A gains." in text
    assert "gradient has one sign again! But A's step lowers B as much as it lifts A" in text
    # One step of 1/5 on the mean loss.
    gradient = columns.T @ (columns @ np.zeros(2) - np.array([1.0, -1.0])) / 2
    assert gradient.tolist() == [-2, -1]
    assert (columns @ (-gradient / 5)).tolist() == pytest.approx([1, -1])
    assert "But the table's last row has one sign in each example and needs one step." in text
    # The mean of the products over all pairs.
    rng = np.random.default_rng(0)
    for Z in (X, rows, columns, rng.standard_normal((7, 3)) + rng.standard_normal(3)):
        assert np.mean(Z @ Z.T) == pytest.approx(np.sum(Z.mean(axis=0) ** 2))
    assert "over all pairs of examples, each with itself, too, is $|\\mu|^2$" in text
    # What a move of the weights does to the sums, on the average of the squares.
    mu, v = X.mean(axis=0), np.array([0.6, 0.8])
    rest = ((X - mu) @ v) ** 2
    assert np.mean((X @ v) ** 2) == pytest.approx((v @ mu) ** 2 + rest.mean())
    assert "Along μ it is at least |μ|², so the rate must stay below 2/|μ|²" in text
    # They help some: with a bias and at the best constant rate over half of the steps are left.
    steps = []
    for table in (X, rows):
        A = np.column_stack([table, np.ones(2)])
        curvatures = np.linalg.eigvalsh(A @ A.T / 2)
        steps.append(np.log(100) / 2 * curvatures[-1] / curvatures[0])
    assert 0.5 < steps[1] / steps[0] < 0.6
    record = EXAMPLES["norms-which-mean"]()
    assert 0.5 < record.steps[1] / record.steps[0] < 0.6
    assert "less row means {example}`norms-which-mean steps.1 d`, more than half" in (
        whole("which-mean")
    )
    # Errors of one sign turn it around: alike inputs agree, and a bias lowers both errors.
    alike = (1.0, 1.0)
    for table, sign in ((X, 1), (rows, 1), (columns, -1)):
        a, b = _asked(table, alike)
        assert np.sign(a @ b) == sign
    assert "If the errors have one sign, a bias can lower them." in whole("which-mean")
    # The mean makes 73 of the curvature.
    mean = X.mean(axis=0)
    assert mean @ mean == 73
    assert np.linalg.eigvalsh(X.T @ X / 2)[-1] > 73
    assert "raw 73, so η must stay below 2/73" in whole("which-mean")


@pytest.mark.parametrize("seed", range(20))
def test_a_row_less_its_mean_has_both_signs_and_its_columns_can_keep_their_means(seed):
    rng = np.random.default_rng(seed)
    X = rng.random((8, 5)) + rng.random(5) * 5
    rest = X - X.mean(axis=1, keepdims=True)
    assert (rest.min(axis=1) < 0).all()
    assert (rest.max(axis=1) > 0).all()
    mu, left = X.mean(axis=0), rest.mean(axis=0)
    cosine = mu.sum() / np.linalg.norm(mu) / 5**0.5
    assert left @ left / (mu @ mu) == pytest.approx(1 - cosine**2)
    assert np.linalg.norm((X - mu).mean(axis=0)) < 1e-12
    # Where all features have one mean, the row means take it.
    alike = rng.random((2000, 200))
    rest = alike - alike.mean(axis=1, keepdims=True)
    assert np.sum(rest.mean(axis=0) ** 2) < 0.01 * np.sum(alike.mean(axis=0) ** 2)
    # Alike features do not make the row means alike: these are 10.05 and 0.05, and yet it is gone.
    far = np.array([[10.0, 10.1], [0.0, 0.1]])
    levels = far.mean(axis=1)
    assert np.abs(levels - far.mean()).min() == pytest.approx(5)
    assert levels.mean() == pytest.approx(far.mean(axis=0), abs=0.051)
    assert np.abs((far - levels[:, None]).mean(axis=0)).max() < 0.051
    # Of equal features nothing is left, of either sign.
    equal = np.array([5.0, 5.0])
    assert (equal - equal.mean()).tolist() == [0, 0]
    text = before_fold("which-mean")
    assert "If an example's features are all equal, less their mean they are 0" in whole(
        "which-mean"
    )
    assert "because the row means then average to nearly that mean" in text


@pytest.mark.parametrize("mean", [0.0, 0.5, 2.0])
def test_the_size_of_sums_counts_the_mean_of_what_they_read(mean):
    rng = np.random.default_rng(0)
    x = rng.standard_normal(200) + mean
    sums = rng.standard_normal((20000, 200)) @ x / 200**0.5
    assert np.mean(sums**2) == pytest.approx(np.mean(x**2), rel=0.05)
    if mean:
        assert np.mean(sums**2) > 1.1 * x.var()
    text = before_fold("init-assumes-centering")
    assert "the terms $w_iw_jx_ix_j$ with $i\\ne j$ give 0" in text


def test_no_scale_keeps_both_the_size_and_the_differences_behind_sigmoids():
    rng = np.random.default_rng(1)
    log3 = math.log(3)
    x = np.array([[0.75, 0.25], [0.25, 0.75]])

    def drawn(factor):
        sums = rng.standard_normal((200_000, 2)) * (factor / 2) ** 0.5 @ x.T
        common = sums.mean(axis=1)
        differences = (sums - common[:, None]) ** 2
        return np.mean(sums**2), differences.mean(), np.mean(common**2)

    size, apart, common = drawn(1.0)
    assert (size, apart, common) == pytest.approx((0.3125, 0.0625, 0.25), rel=0.02)
    size, apart, _ = drawn(log3**2 / 0.3125)
    assert size == pytest.approx(log3**2, rel=0.02)
    assert apart < 0.21 * log3**2
    size, apart, common = drawn(log3**2 / 0.0625)
    assert (apart, common) == pytest.approx((log3**2, 4 * log3**2), rel=0.02)
    assert size > 4.9 * log3**2
    # Behind the sigmoid the two are 53° apart, so they are not alike.
    assert x[0] @ x[1] / np.linalg.norm(x, axis=1).prod() == pytest.approx(0.6)
    assert "and behind the sigmoid {example}`weights-assumed rows.2.6 .1f`" in (
        whole("init-assumes-centering")
    )
    # Less ½ one factor keeps both.
    less = x - 0.5
    assert np.mean(less**2) == less.var() == 1 / 16
    # Behind the ReLU the factor 2 keeps the size, and half is common.
    x = np.array([[log3, 0.0], [0.0, log3]])
    size, apart, common = drawn(2.0)
    assert (size, apart, common) == pytest.approx((log3**2, log3**2 / 2, log3**2 / 2), rel=0.02)
    text = before_fold("init-assumes-centering")
    assert "Then one scale of the weights need not keep both the size of the sums and the" in text
    assert "half of it is common" in text
    # The deviations of B are those of A, negated.
    for outputs in (np.array([[0.8, -0.8], [-0.8, 0.8]]), x, less + 0.5):
        deviations = outputs - outputs.mean()
        assert deviations[0] == pytest.approx(-deviations[1])
    for w in rng.standard_normal((5, 2)):
        common, apart = (w[0] + w[1]) / 2, (w[0] - w[1]) / 4
        assert np.array([[0.75, 0.25], [0.25, 0.75]]) @ w == pytest.approx(
            [common + apart, common - apart]
        )
    assert "The first part comes from the mean ½ and is common; only the second tells A" in text
    assert "From a sigmoid subtract ½: then one factor" in text


def test_the_cosines_behind_sigmoids_depend_on_the_size_and_most_is_mean_if_sums_are_symmetric():
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    weights = weights / weights.sum()

    def cosine(square):
        sigmoid = 1 / (1 + np.exp(-nodes * square**0.5))
        return (weights @ sigmoid) ** 2 / (weights @ sigmoid**2)

    assert f"{cosine(1.0):.2f}" == "0.85"
    assert f"{cosine(math.log(3) ** 2):.2f}" == "0.83"
    # Sums around −4 have a squared mean that is a small part.
    off = 1 / (1 + np.exp(4 - 1.5 * nodes))
    assert (weights @ off) ** 2 / (weights @ off**2) < 0.3
    text = before_fold("init-assumes-centering")
    assert "In wide layers that keep sums of mean square 1 the cosines of two examples" in (
        whole("init-assumes-centering")
    )
    assert "behind a sigmoid of symmetric sums most of E[x²] is the squared mean" in text
    assert "two that were at right angles have the cosine" in text
    # Of symmetric sums, even saturated ones, more than half; and the slope is ¼ at most.
    for size in (0.1, 1.0, 10.0):
        z = np.r_[nodes, -nodes] * size
        sigmoid = 0.5 * (1 + np.tanh(z / 2))
        even = np.r_[weights, weights] / 2
        assert (even @ sigmoid) ** 2 / (even @ sigmoid**2) > 0.5
        assert (sigmoid * (1 - sigmoid)).max() <= 0.25


def test_relu_halves_the_mean_square_of_symmetric_sums_and_not_of_others():
    rng = np.random.default_rng(2)
    for sums in (rng.standard_normal(10**6), rng.uniform(-1, 1, 10**6), rng.laplace(size=10**6)):
        square = np.mean(np.maximum(sums, 0) ** 2)
        assert square == pytest.approx(np.mean(sums**2) / 2, rel=0.02)
        assert np.maximum(sums, 0).var() < 0.95 * square
    off = rng.standard_normal(10**6) + 1
    assert np.mean(np.maximum(off, 0) ** 2) > 0.9 * np.mean(off**2)
    text = before_fold("init-assumes-centering")
    assert "Assumes a ReLU and *sums* symmetric around 0: the ReLU removes half of" in text
    # On the way back: the mean square of errors, by drawn weights of variance 1/n and slopes.
    n = 400
    errors, W = rng.standard_normal((500, n)), rng.standard_normal((n, n)) / n**0.5
    for slopes in (0.25 * np.ones((500, n)), (rng.standard_normal((500, n)) > 0) * 2**0.5):
        back = errors @ W * slopes
        assert np.mean(back**2) == pytest.approx(np.mean(slopes**2), rel=0.05)
    peak = 1 / (1 + np.exp(-sums)) * (1 - 1 / (1 + np.exp(-sums)))
    assert np.mean(peak**2) <= 1 / 16
    assert "at most 1/16 for the sigmoid; ReLU's is ½, which He's 2 makes up for" in text


@pytest.mark.parametrize("seed", range(20))
def test_scores_get_derivatives_of_sum_zero_and_gates_those_of_the_memory_s_sign(seed):
    rng = np.random.default_rng(seed)
    scores, values = rng.standard_normal(5), rng.standard_normal(5)

    def read(s):
        a = np.exp(s) / np.exp(s).sum()
        return np.sin(a @ values)

    gradient = numerical_gradient(read, scores)
    assert abs(gradient.sum()) < 1e-8
    assert gradient.min() < 0 < gradient.max()
    c, s = rng.standard_normal(2)
    slope = numerical_gradient(lambda s: c / (1 + np.exp(-s[0])), np.array([s]))[0]
    f = 1 / (1 + math.exp(-s))
    assert slope == pytest.approx(c * f * (1 - f), abs=1e-8)
    text = before_fold("gates-and-attention")
    assert "They add up to 0: as the $a_j$ sum to 1, raising one lowers others." in text
    # The weights of the query still get gradients of one sign in each row from a positive token.
    token, keys = rng.random(3) + 0.1, rng.standard_normal((5, 2))
    start = rng.standard_normal(6)
    pushed = numerical_gradient(lambda W: read(keys @ W.reshape(2, 3) @ token), start)
    assert (np.abs(np.sign(pushed.reshape(2, 3)).sum(axis=1)) == 3).all()
    assert 'are these not pushed one way?"** Not because gates or $a_j$ are positive.' in text
    assert "for the queries' weights the tokens' signs and mean count" in whole(
        "gates-and-attention"
    )


def test_in_the_keys_weights_neither_the_sign_nor_a_shared_mean_of_the_tokens_counts():
    # Once the page said that both count in all weights behind the scores.
    values, tokens = np.array([-2.0, 2.0]), np.array([[1.0, 3.0], [3.0, 1.0]])

    def gradient(tokens, turned=lambda place: np.eye(1)):
        def read(w):
            keys = [turned(j) @ w.reshape(-1, 2) @ x for j, x in enumerate(tokens)]
            # The base point of the scores is (ln 3, 0), where the weights are ¾ and ¼.
            scores = np.array([k.sum() for k in keys]) + np.array([math.log(3), 0.0])
            return np.exp(scores) @ values / np.exp(scores).sum()

        return numerical_gradient(read, np.zeros(2 * len(turned(0))))

    assert gradient(tokens) == pytest.approx([1.5, -1.5], abs=1e-6)
    assert gradient(tokens + 10) == pytest.approx([1.5, -1.5], abs=1e-6)
    # Turned by their places, keys let the shared part through.
    turn = lambda j: np.array([[np.cos(j), -np.sin(j)], [np.sin(j), np.cos(j)]])  # noqa: E731
    moved = gradient(tokens + 10, turn) - gradient(tokens, turn)
    assert np.abs(moved).max() > 1
    text = before_fold("gates-and-attention")
    assert (
        "For the keys' weights the sum 0 cancels what all tokens share (without rotary codes)"
        in whole("gates-and-attention")
    )
    assert "in the keys' weights what tokens share need not cancel" in whole("gates-and-attention")
    # What multiplies keeps the signs of what a weight reads, and what is read gives its own.
    x, a, w = np.array([-2.0, 1.0, 3.0]), np.array([0.2, 0.7, 0.1]), np.array([0.3, -0.4, 0.5])
    for delta in (-2.0, 3.0):
        for factor in a:
            times = numerical_gradient(lambda w, f=factor, d=delta: d * f * (w @ x), w)
            assert times == pytest.approx(delta * factor * x, abs=1e-6)
        read = numerical_gradient(lambda w, d=delta: d * (w @ a), w)
        assert read == pytest.approx(delta * a, abs=1e-6)
    assert "$\\partial L/\\partial w_i=\\delta a_i$, all with the sign of δ." in text
    assert "$\\partial L/\\partial w_i=\\delta\\,a\\,x_i$. One factor changes no sign." in text
    assert "all $\\delta\\,a\\,x_i$ have one sign again." in text


def test_positive_gates_give_outputs_of_both_signs_and_a_positive_candidate_only_climbs():
    outputs = set()
    for c, g, f, i, o in itertools.product((-4, 4), (-0.5, 0.5), *[(0.1, 0.9)] * 3):
        h = o * math.tanh(f * c + i * g)
        outputs.add(math.copysign(1, h))
        if c > 0:
            # At f = 1 a sigmoid's output raises the memory.
            assert c + i * 0.5 > c
    assert outputs == {-1, 1}
    # What all values share passes whole, whatever the weights are.
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, values = rng.dirichlet(np.ones(4)), rng.standard_normal(4)
        assert a @ (values + 10) == pytest.approx(a @ values + 10)
    # A weight that reads them directly gets the positive numbers as its gradient.
    a, other = rng.dirichlet(np.ones(4)), rng.standard_normal(4)
    gradient = numerical_gradient(lambda w: np.sin(w @ a), other)
    assert len(set(np.sign(gradient))) == 1
    text = before_fold("gates-and-attention")
    assert "Values raised by 10, to 8 and 12" in text
    assert "$ig>0$, so at $f=1$ the memory can only climb" in whole("gates-and-attention")
    assert "A learned weight reads positive numbers,* as behind a ReLU" in text
    # Where gates learn slowly, and what ten halves leave.
    gates = 1 / (1 + np.exp(-np.linspace(0, 9, 10)))
    assert (np.diff(gates * (1 - gates)) < 0).all()
    assert gates[-1] * (1 - gates[-1]) < 0.001
    assert 0.5**10 == 1 / 1024
    assert f"{1 / (1 + math.exp(-1)):.2f}" == "0.73"
    assert "is ¼ at $f=\\tfrac12$ and nears 0 as the gate opens or closes" in text
    assert "ten steps at ½ leave 1/1024" in text
    q, k = rng.standard_normal((2, 100_000, 16))
    assert (q * k).sum(axis=1).var() == pytest.approx(16, rel=0.05)


def test_from_a_lucky_start_raw_descent_can_be_faster_than_centered():
    x = 1 + np.sqrt(1.5) * np.array([-1, 1])
    goal = np.array([2.0, 1.0])
    steps = []
    for inputs, aim in ((x, goal), (x - 1, goal + np.array([0, 2]))):
        A = np.column_stack([inputs, np.ones(2)])
        H, found = A.T @ A / 2, []
        for eta in [*np.linspace(0.01, 2 / np.linalg.eigvalsh(H)[-1], 400).tolist(), 1 / 3]:
            left, k = -aim, 0
            while np.linalg.norm(left) > 0.01 * np.linalg.norm(aim) and k < 99:
                left, k = left - eta * H @ left, k + 1
            found.append(k)
        steps.append(min(found))
    assert steps == [1, 3]
    assert "(from a lucky start raw descent can still be faster)" in before_fold("mean-and-rate")
