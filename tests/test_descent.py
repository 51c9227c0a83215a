"""Descent methods against closed forms, textbook recursions and finite differences."""

import itertools
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction

import numpy as np
import pytest
from bounds import check_bounds
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from offcenter.descent import (
    PRESETS,
    Path,
    Setting,
    adam,
    alternation,
    best_multiple,
    contraction,
    gradient_descent,
    line_search,
    momentum,
    nesterov,
    orthogonalized,
    plane_run,
    preconditioned,
    sgd,
    tuning,
)
from offcenter.descent._methods import momentum_until

QUADRATIC = (gradient_descent, momentum, nesterov, adam)


def curvature(seed=0, n=5, *, mean=0.7):
    rng = np.random.default_rng(seed)
    X = rng.normal(mean, 1.0, (40, n))
    return X.T @ X / 40, rng.normal(size=n)


def walk(*points):
    points = np.array(points, dtype=float)
    return Path(points, np.zeros(len(points)), np.zeros((len(points) - 1, 2)), np.zeros(2))


@pytest.mark.parametrize("method", QUADRATIC)
def test_a_path_has_one_point_and_one_loss_more_than_gradients(method):
    H, w0 = curvature()
    path = method(H, w0, step_size=0.01, steps=7)
    assert path.points.shape == (8, 5)
    assert path.losses.shape == (8,)
    assert path.gradients.shape == path.signs.shape == (7, 5)
    assert path.steps == 7
    assert np.array_equal(path.points[0], w0)
    assert np.array_equal(path.signs, np.sign(path.gradients))


@pytest.mark.parametrize("method", QUADRATIC)
def test_the_first_gradient_is_the_finite_difference_of_the_loss(method):
    H, w0 = curvature()

    def loss(w):
        return method(H, w, step_size=0.01, steps=1).losses[0]

    steps = 1e-5 * np.eye(5)
    differences = [(loss(w0 + e) - loss(w0 - e)) / 2e-5 for e in steps]
    gradient = method(H, w0, step_size=0.01, steps=1).gradients[0]
    assert np.allclose(gradient, differences, rtol=1e-7)


def test_gradient_descent_multiplies_each_eigen_coordinate_by_one_minus_eta_lambda():
    H, w0 = curvature()
    values, vectors = np.linalg.eigh(H)
    path = gradient_descent(H, w0, step_size=0.3, steps=25)
    for t in (1, 10, 25):
        closed = vectors @ ((1 - 0.3 * values) ** t * (vectors.T @ w0))
        assert np.allclose(path.points[t], closed, rtol=0, atol=1e-12)


def test_momentum_and_nesterov_without_beta_are_gradient_descent():
    H, w0 = curvature()
    plain = gradient_descent(H, w0, step_size=0.2, steps=30)
    for method in (momentum, nesterov):
        path = method(H, w0, step_size=0.2, steps=30, beta=0)
        assert np.array_equal(path.points, plain.points)


def test_momentum_is_the_three_term_recursion():
    H, w0 = curvature()
    path = momentum(H, w0, step_size=0.1, steps=30, beta=0.8)
    before, now = w0, w0
    for point in path.points[1:]:
        before, now = now, now - 0.1 * H @ now + 0.8 * (now - before)
        assert np.allclose(point, now, rtol=0, atol=1e-12)


def test_nesterov_is_a_gradient_step_from_the_extrapolated_point():
    H, w0 = curvature()
    path = nesterov(H, w0, step_size=0.1, steps=30, beta=0.8)
    before, now = w0, w0
    for point, gradient in zip(path.points[1:], path.gradients, strict=True):
        ahead = now + 0.8 * (now - before)
        before, now = now, ahead - 0.1 * H @ ahead
        assert np.allclose(point, now, rtol=0, atol=1e-12)
        assert np.allclose(gradient, H @ ahead, rtol=0, atol=1e-12)


def test_adam_agrees_with_weighted_sums_over_its_whole_history():
    H, w0 = curvature()
    path = adam(H, w0, step_size=0.02, steps=20, beta1=0.8, beta2=0.95)
    for t in range(1, 21):
        past = path.gradients[:t]
        ages = np.arange(t)[::-1]
        first = np.average(past, axis=0, weights=0.8**ages)
        second = np.average(past**2, axis=0, weights=0.95**ages)
        step = path.points[t] - path.points[t - 1]
        assert np.allclose(step, -0.02 * first / (np.sqrt(second) + 1e-8), rtol=1e-9)


def test_adam_starts_with_a_step_of_equal_size_in_each_coordinate():
    H, w0 = curvature()
    path = adam(H, w0, step_size=0.02, steps=1)
    assert np.allclose(path.points[1] - w0, -0.02 * np.sign(H @ w0), rtol=1e-6)


@pytest.mark.parametrize("method", QUADRATIC)
def test_the_outputs_of_a_layer_move_independently(method):
    H, _ = curvature()
    w0 = np.random.default_rng(2).normal(size=(5, 3))
    layer = method(H, w0, step_size=0.05, steps=20)
    single = [method(H, column, step_size=0.05, steps=20) for column in w0.T]
    points = np.stack([path.points for path in single], axis=-1)
    assert layer.points.shape == (21, 5, 3)
    assert np.allclose(layer.points, points, rtol=0, atol=1e-13)
    assert np.allclose(layer.losses, sum(path.losses for path in single))
    assert np.allclose(layer.distances**2, sum(path.distances**2 for path in single))


def test_the_inverse_curvature_as_preconditioner_arrives_in_one_step():
    H, w0 = curvature()
    path = preconditioned(H, w0, preconditioner=np.linalg.inv(H), step_size=1.0, steps=1)
    assert path.distances[1] < 1e-12


def test_a_preconditioner_is_plain_descent_in_other_coordinates():
    H, w0 = curvature()
    values, vectors = np.linalg.eigh(curvature(1)[0])
    root = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    path = preconditioned(H, w0, preconditioner=root @ root, step_size=0.05, steps=20)
    plain = gradient_descent(root @ H @ root, np.linalg.solve(root, w0), step_size=0.05, steps=20)
    assert np.allclose(path.points, plain.points @ root, rtol=0, atol=1e-11)
    assert np.allclose(path.losses, plain.losses)


def test_an_orthogonalized_step_is_the_orthogonal_matrix_nearest_to_the_gradient():
    H, _ = curvature()
    rng = np.random.default_rng(3)
    path = orthogonalized(H, rng.normal(size=(5, 5)), step_size=0.1, steps=3, decay=0.5)
    for step, gradient in enumerate(path.gradients):
        update = (path.points[step] - path.points[step + 1]) / (0.1 * 0.5**step)
        assert np.allclose(update.T @ update, np.eye(5))
        for _ in range(50):
            other, _ = np.linalg.qr(rng.normal(size=(5, 5)))
            assert np.linalg.norm(gradient - update) <= np.linalg.norm(gradient - other)


def test_an_orthogonalized_step_of_one_output_is_the_gradient_at_length_one():
    H, w0 = curvature()
    path = orthogonalized(H, w0[:, None], step_size=0.1, steps=1)
    gradient = H @ w0
    assert np.allclose(path.points[1][:, 0], w0 - 0.1 * gradient / np.linalg.norm(gradient))


def test_an_orthogonalized_step_leaves_directions_without_gradient_alone():
    path = orthogonalized(np.diag([1.0, 0.0]), np.eye(2), step_size=0.1, steps=4)
    assert np.array_equal(path.points[:, 1], np.tile([0.0, 1.0], (5, 1)))


def test_sgd_on_one_example_is_gradient_descent_on_its_rank_one_curvature():
    x, w0 = np.array([1.0, 2.0, 0.5]), np.array([1.0, -1.0, 2.0])
    path = sgd(x[None], [0.0], w0, step_size=0.1, steps=12, rng=np.random.default_rng(0))
    plain = gradient_descent(np.outer(x, x), w0, step_size=0.1, steps=12)
    assert np.allclose(path.points, plain.points, rtol=0, atol=1e-13)
    assert np.allclose(path.losses, plain.losses, rtol=0, atol=1e-13)
    assert np.allclose(path.minimum, w0 - x * (x @ w0) / (x @ x))


def test_sgd_gradients_average_to_the_full_gradient_within_four_standard_errors():
    rng = np.random.default_rng(3)
    X, y, w0 = rng.normal(1, 1, (30, 4)), rng.normal(size=30), rng.normal(size=4)
    # So small a step stays at the start: each gradient is another batch there.
    path = sgd(X, y, w0, step_size=1e-12, steps=4000, rng=rng, batch_size=3)
    full = X.T @ (X @ w0 - y) / 30
    error = path.gradients.std(axis=0) / np.sqrt(4000)
    assert (np.abs(path.gradients.mean(axis=0) - full) < 4 * error).all()


def test_sgd_batch_variance_falls_like_one_over_the_batch_size():
    rng = np.random.default_rng(4)
    X, y, w0 = rng.normal(1, 1, (30, 4)), rng.normal(size=30), rng.normal(size=4)
    spread = [
        sgd(X, y, w0, step_size=1e-12, steps=6000, rng=rng, batch_size=B).gradients.var(axis=0)
        for B in (1, 10)
    ]
    assert np.allclose(spread[0] / spread[1], 10, rtol=0.12)


def test_sgd_reaches_the_exact_solution_where_there_is_one():
    rng = np.random.default_rng(5)
    X, target = rng.normal(size=(50, 4)), rng.normal(size=4)
    path = sgd(X, X @ target, np.zeros(4), step_size=0.1, steps=800, rng=rng)
    assert np.allclose(path.minimum, target)
    assert path.distances[-1] < 1e-6 * path.distances[0]
    assert path.steps_to(1e-6) < 800


@pytest.mark.parametrize("method", QUADRATIC)
@settings(max_examples=20)
@given(
    flips=st.lists(st.sampled_from([-1.0, 1.0]), min_size=6, max_size=6), seed=st.integers(0, 99)
)
def test_flipping_the_signs_of_features_changes_no_bit_of_the_losses(method, flips, seed):
    H, w0 = curvature(seed, 6)
    D = np.array(flips)
    path = method(H, w0, step_size=0.1, steps=20)
    flipped = method(H * np.outer(D, D), w0 * D, step_size=0.1, steps=20)
    assert np.array_equal(path.losses, flipped.losses)
    assert np.array_equal(path.points * D, flipped.points)


@pytest.mark.parametrize("flip", [lambda X, D: X * D, lambda X, D: X @ np.diag(D)])
def test_flipping_the_signs_of_inputs_changes_no_bit_of_sgd(flip):
    rng = np.random.default_rng(6)
    X, y, w0 = rng.random((200, 33)), rng.normal(size=200), rng.normal(size=33)
    D = rng.choice([-1.0, 1.0], 33)
    for size in (1, 16):
        path, flipped = (
            sgd(a, y, b, step_size=0.02, steps=50, rng=np.random.default_rng(7), batch_size=size)
            for a, b in ((X, w0), (flip(X, D), w0 * D))
        )
        assert np.array_equal(path.losses, flipped.losses)
        assert np.array_equal(path.points * D, flipped.points)


def test_a_turn_is_counted_only_beyond_90_degrees():
    assert walk([0, 0], [1, 0], [1, 1], [0, 1]).turns == 0
    assert walk([0, 0], [1, 0], [0.9, 1]).turns == 1
    assert walk([0, 0], [1, 0], [0, 0], [1, 0]).turns == 2


def test_a_step_of_no_length_is_no_turn_and_a_tiny_turn_is_one():
    assert walk([0, 0], [1, 0], [1, 0], [0, 0]).turns == 0
    assert walk([0, 0], [1e-200, 0], [0, 0]).turns == 1


def test_length_is_the_sum_of_the_steps():
    assert walk([0, 0], [3, 4], [3, 0]).length == pytest.approx(9)


def test_steps_to_is_the_first_step_within_the_goal():
    path = walk([8, 0], [4, 0], [2, 0], [3, 0], [1, 0])
    assert path.steps_to(0.5) == 1
    assert path.steps_to(0.3) == 2
    assert path.steps_to(0.1) is None
    assert path.until(0.3).steps == 2
    assert path.until(0.1) is path
    assert path.first(0).steps == 0


def test_the_loss_falls_as_the_square_of_the_distance_along_one_eigenvector():
    path = gradient_descent(np.eye(2), [1, 0], step_size=0.5, steps=20)
    assert path.steps_to(1e-2) == path.steps_to(1e-4, measure="loss") == 7


@pytest.mark.parametrize("kappa", [2.0, 100.0, 5000.0])
def test_the_tuned_rates_are_the_contractions_of_the_recursions(kappa):
    eigenvalues = np.linspace(1 / kappa, 1, 30)
    for method in ("gradient_descent", "momentum", "nesterov"):
        best = tuning(method, smallest=1 / kappa, largest=1.0)
        observed = contraction(method, eigenvalues, step_size=best.step_size, beta=best.beta)
        # A double root moves by the square root of a rounding error.
        assert observed == pytest.approx(best.rate, abs=1e-7)


def test_no_other_setting_beats_the_tuned_one():
    eigenvalues = np.linspace(0.01, 1, 30)
    best = tuning("gradient_descent", smallest=0.01, largest=1.0)
    for step_size in np.linspace(0.5, 2.2, 50):
        factor = contraction("gradient_descent", eigenvalues, step_size=step_size)
        assert factor >= best.rate - 1e-12

    def heavy(x):
        return contraction("momentum", eigenvalues, step_size=abs(x[0]), beta=min(abs(x[1]), 0.999))

    best = tuning("momentum", smallest=0.01, largest=1.0)
    found = minimize(heavy, [3.0, 0.6], method="Nelder-Mead", options={"xatol": 1e-9})
    assert found.fun >= best.rate - 1e-6


@pytest.mark.parametrize(
    ("name", "method"),
    [("gradient_descent", gradient_descent), ("momentum", momentum), ("nesterov", nesterov)],
)
def test_paths_shrink_by_the_contraction_in_the_long_run(name, method):
    eigenvalues = np.array([0.02, 0.3, 1.0])
    beta = {} if name == "gradient_descent" else {"beta": 0.6}
    path = method(np.diag(eigenvalues), np.ones(3), step_size=0.9, steps=800, **beta)
    factor = contraction(name, eigenvalues, step_size=0.9, **beta)
    assert (path.distances[800] / path.distances[600]) ** (1 / 200) == pytest.approx(factor)


def test_contraction_is_the_largest_root_of_the_companion_matrix():
    for method in ("momentum", "nesterov"):
        largest = 0.0
        for value in (0.1, 0.7, 1.3):
            kept = 1 - 0.9 * value
            top = kept + 0.4 if method == "momentum" else 1.4 * kept
            low = 0.4 if method == "momentum" else 0.4 * kept
            roots = np.linalg.eigvals([[top, -low], [1, 0]])
            largest = max(largest, np.abs(roots).max())
        factor = contraction(method, [0.1, 0.7, 1.3], step_size=0.9, beta=0.4)
        assert factor == pytest.approx(largest)


def test_the_curvature_of_a_plane_run_is_the_second_moment_of_uniform_inputs():
    run = plane_run(Setting(mean=0.5))
    X = np.random.default_rng(8).random((200_000, 2))
    # A product of two uniforms has a standard deviation below 0.3.
    assert np.allclose(run.second_moment, X.T @ X / len(X), atol=4 * 0.3 / np.sqrt(200_000))
    assert np.allclose(run.eigenvalues, np.linalg.eigvalsh(run.second_moment))
    assert run.kappa == pytest.approx(7)


def test_the_presets_do_what_their_names_say():
    runs = {name: plane_run(setting) for name, setting in PRESETS.items()}
    fast, slow = runs["zig-zag and fast"], runs["straight and slow"]
    assert fast.turns == fast.steps_to_goal - 1
    assert slow.turns == 0
    assert fast.steps_to_goal < slow.steps_to_goal
    assert runs["diverges"].diverges
    assert runs["diverges"].steps_to_goal is None
    assert runs["centered"].steps_to_goal == 1
    assert runs["with momentum"].steps_to_goal < fast.steps_to_goal
    assert not any(run.diverges for name, run in runs.items() if name != "diverges")
    hard = runs["the hard direction"].path.points
    assert np.allclose(hard[:, 0], -hard[:, 1], rtol=1e-9, atol=0)
    # The slow direction alone takes as long as the slow path, which has a part of it.
    assert abs(runs["the hard direction"].steps_to_goal - slow.steps_to_goal) <= 3


@given(
    mean=st.floats(0, 3),
    step_size=st.floats(4.1, 1e9),
    beta=st.floats(0, 0.99),
)
def test_a_run_that_diverges_is_cut_where_it_is_four_times_as_far(mean, step_size, beta):
    run = plane_run(Setting(mean=mean, step_size=step_size, momentum=beta))
    assert run.diverges
    assert run.path.distances[-1] >= 4 * run.path.distances[0]
    assert (run.path.distances[:-1] < 4 * run.path.distances[0]).all()
    assert len(run.path.points) == len(run.path.losses) == len(run.path.gradients) + 1


@given(mean=st.floats(0, 3), step_size=st.floats(0.1, 2.2), beta=st.floats(0, 0.99))
def test_a_run_is_the_beginning_of_the_path_of_momentum(mean, step_size, beta):
    run = plane_run(Setting(mean=mean, step_size=step_size, momentum=beta))
    eta = step_size / run.eigenvalues[1]
    path = momentum(run.second_moment, [1.0, 0.0], step_size=eta, steps=400, beta=beta)
    path = path.first(run.path.steps)
    for part in ("points", "losses", "gradients"):
        assert np.array_equal(getattr(run.path, part), getattr(path, part))
    assert run.steps_to_goal is not None or run.diverges or run.path.steps == 400


def test_a_negative_mean_gives_the_mirrored_curvature_and_the_same_run_length():
    run, mirrored = plane_run(Setting(mean=0.5)), plane_run(Setting(mean=-0.5))
    assert np.array_equal(run.second_moment, mirrored.second_moment)
    assert run.steps_to_goal == mirrored.steps_to_goal


@pytest.mark.parametrize("method", QUADRATIC)
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"H": [[1.0, 2.0], [0.0, 1.0]]}, "H must be symmetric"),
        ({"H": [[1.0, 2.0, 3.0]]}, "H must be square"),
        ({"H": [[1.0, 0.0], [0.0, -1.0]]}, "H must have no negative eigenvalue"),
        ({"H": [[1.0, np.nan], [np.nan, 1.0]]}, "H must be finite"),
        ({"w0": [1.0, 2.0, 3.0]}, r"w0 must have shape \(2,\)"),
        ({"w0": [np.inf, 0.0]}, "w0 must be finite"),
        ({"step_size": 0.0}, "step_size must be above 0"),
        ({"step_size": -0.1}, "step_size must be above 0"),
        ({"steps": 0}, "steps must be at least 1"),
    ],
)
def test_bad_arguments_are_named(method, change, message):
    arguments = {"H": np.eye(2), "w0": [1.0, 2.0], "step_size": 0.1, "steps": 3} | change
    with pytest.raises(ValueError, match=message):
        method(**arguments)


def test_bad_settings_of_a_method_are_named():
    common = {"H": np.eye(2), "w0": [1.0, 2.0], "step_size": 0.1, "steps": 3}
    for method in (momentum, nesterov):
        with pytest.raises(ValueError, match="beta must be at least 0 and below 1"):
            method(**common, beta=1.0)
    with pytest.raises(ValueError, match="beta1 must be at least 0 and below 1"):
        adam(**common, beta1=-0.1)
    with pytest.raises(ValueError, match="beta2 must be at least 0 and below 1"):
        adam(**common, beta2=1.0)
    with pytest.raises(ValueError, match="epsilon must be above 0"):
        adam(**common, epsilon=0.0)
    with pytest.raises(TypeError, match="steps must be a whole number"):
        gradient_descent(np.eye(2), [1, 2], step_size=0.1, steps=2.5)
    with pytest.raises(TypeError, match="step_size must be a real number"):
        gradient_descent(np.eye(2), [1, 2], step_size="0.1", steps=2)


def test_bad_settings_of_a_preconditioner_or_a_layer_are_named():
    common = {"H": np.eye(2), "w0": np.ones((2, 3)), "step_size": 0.1, "steps": 3}
    with pytest.raises(ValueError, match=r"preconditioner must have shape \(2, 2\)"):
        preconditioned(**common, preconditioner=np.eye(3))
    with pytest.raises(ValueError, match="preconditioner must be symmetric"):
        preconditioned(**common, preconditioner=[[1.0, 1.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match=r"w0 must have shape \(2, k\)"):
        orthogonalized(**common | {"w0": np.ones(2)})
    with pytest.raises(ValueError, match="decay must be above 0 and at most 1"):
        orthogonalized(**common, decay=1.1)
    with pytest.raises(ValueError, match=r"w0 must have shape \(2, 3\)"):
        momentum(**common | {"w0": np.ones((3, 3))})
    with pytest.raises(ValueError, match=r"w0 must have 1 dimension"):
        momentum(**common | {"w0": np.ones((2, 3, 1))})


def test_bad_arguments_of_sgd_are_named():
    good = {"X": np.ones((3, 2)), "y": np.ones(3), "w0": np.ones(2), "step_size": 0.1, "steps": 2}
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"y must have shape \(3,\)"):
        sgd(**good | {"y": np.ones(2)}, rng=rng)
    with pytest.raises(ValueError, match=r"w0 must have shape \(2,\)"):
        sgd(**good | {"w0": np.ones(3)}, rng=rng)
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        sgd(**good, rng=rng, batch_size=0)
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        sgd(**good, rng=3)


def test_a_path_that_leaves_the_range_of_floats_says_at_which_step():
    for method in (gradient_descent, momentum, nesterov):
        with pytest.raises(ValueError, match="leaves the range of floats at step"):
            method(np.eye(2), [1.0, 1.0], step_size=10.0, steps=2000)
    with pytest.raises(ValueError, match="step_size must be small enough for 2000 steps"):
        sgd(np.eye(2), [0, 0], [1, 1], step_size=10, steps=2000, rng=np.random.default_rng(0))


def test_bad_arguments_about_paths_and_rates_are_named():
    path = walk([1, 0], [0.5, 0])
    with pytest.raises(ValueError, match="goal must be above 0 and below 1"):
        path.steps_to(1.0)
    with pytest.raises(ValueError, match="measure must be one of distance, loss"):
        path.steps_to(0.5, measure="time")
    with pytest.raises(ValueError, match="steps must be at least 0"):
        path.first(-1)
    with pytest.raises(ValueError, match="method must be one of"):
        tuning("newton", smallest=1.0, largest=2.0)
    with pytest.raises(ValueError, match="largest must be at least 2"):
        tuning("momentum", smallest=2.0, largest=1.0)
    with pytest.raises(ValueError, match="smallest must be above 0"):
        tuning("momentum", smallest=0.0, largest=1.0)
    with pytest.raises(ValueError, match="beta must be 0 for gradient descent"):
        contraction("gradient_descent", [1.0], step_size=0.1, beta=0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"step_size": 0.0}, "step_size must be above 0"),
        ({"momentum": 1.0}, "momentum must be at least 0 and below 1"),
        ({"start": (0.0, 0.0)}, "start must not be the minimum"),
        ({"start": (1.0,)}, r"start must have shape \(2,\)"),
        ({"mean": np.nan}, "mean must be finite"),
    ],
)
def test_bad_settings_of_a_plane_run_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        plane_run(Setting(**change))


def test_what_an_alternation_counts_is_what_its_gradients_are():
    run = alternation(inside=0.4, units=6, seed=2)
    assert run.kappa == max(run.eigenvalues) / min(run.eigenvalues)
    rows = [list(map(float, row)) for row in run.gradients]
    alike = [all(x > 0 for x in row) or all(x < 0 for x in row) for row in rows]
    assert run.one_sign == sum(alike) / len(alike)
    against = [
        sum(Fraction(x) * Fraction(y) for x, y in zip(a, b, strict=True)) < 0
        for a, b in itertools.pairwise(rows)
    ]
    assert run.reversed == sum(against) / len(against)
    # A step size a little below 2/λmax turns each gradient around; a tenth of it none.
    assert alternation(multiple=1.99, units=6).reversed == 1
    assert alternation(multiple=0.2, units=6).reversed == 0


def test_the_window_of_an_alternation_begins_and_ends_where_its_page_says():
    for inside in (-0.5, 0.0, 0.25, 0.999):
        run = alternation(inside=inside, units=5)
        begin, end = 2 / (run.eigenvalues[-1] + run.eigenvalues[0]), 2 / run.eigenvalues[-1]
        step_size = run.multiple / run.eigenvalues[-1]
        assert step_size == pytest.approx(begin + inside * (end - begin), rel=1e-12)
        assert run.inside == inside
        again = alternation(multiple=run.multiple, units=5)
        assert again.inside == pytest.approx(inside, rel=1e-9, abs=1e-9)
        assert again == alternation(inside=again.inside, multiple=run.multiple, units=5)
    # At the begin of the window the fastest and the slowest coordinate shrink alike.
    first = alternation(inside=0.0, units=5)
    low, top = first.eigenvalues[0], first.eigenvalues[-1]
    assert 1 - first.multiple * low / top == pytest.approx(first.multiple - 1)
    assert (end - begin) / begin == pytest.approx(low / top)


def test_an_alternation_runs_long_enough_for_one_direction_to_be_left():
    for centered in (False, True):
        run = alternation(units=20, seed=1, centered=centered)
        rows = run.gradients / np.linalg.norm(run.gradients, axis=1, keepdims=True)
        assert run.gradients.shape == (50, 20)
        assert run.steps == int(20 * run.kappa) + 400
        # One direction, and each against the one before.
        assert np.abs(rows @ rows[0]).min() > 1 - 1e-9
        assert run.reversed == 1
    assert alternation(units=20, seed=1).one_sign == 1
    assert alternation(units=20, seed=1, centered=True).one_sign == 0
    with_mean, without = alternation(units=20).kappa, alternation(units=20, centered=True).kappa
    assert with_mean > 10 * without


def test_gradients_of_mixed_signs_or_with_a_zero_are_not_of_one_sign():
    run = alternation(units=2)
    rows = np.array([[1.0, 2.0], [-1.0, -2.0], [1.0, -2.0], [0.0, 1.0], [0.0, -1.0], [0.0, 0.0]])
    assert replace(run, gradients=rows).one_sign == pytest.approx(2 / 6)
    turned = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1e-9], [1.0, 1.0]])
    assert replace(run, gradients=turned).reversed == pytest.approx(2 / 3)
    assert replace(run, gradients=np.array([[2.0, 1.0], [-1.0, 1.0]])).reversed == 1
    # Products of tiny gradients would be 0, and those of huge ones infinite.
    for scale in (1e-200, 1e200):
        assert replace(run, gradients=scale * turned).reversed == pytest.approx(2 / 3)


QUADRATIC_OF_TWO = {"H": np.diag([1.0, 2.0]), "w0": [1.0, 2.0]}
STEP = QUADRATIC_OF_TWO | {"step_size": 0.1, "steps": 3}


@pytest.mark.parametrize(
    ("call", "taken", "refused"),
    [
        (lambda v: gradient_descent(**STEP | {"step_size": v}), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: gradient_descent(**STEP | {"steps": v}), (1, 2), (0, -1)),
        (lambda v: line_search(**QUADRATIC_OF_TWO, steps=v), (1, 2), (0, -1)),
        (lambda v: momentum(**STEP | {"step_size": v}), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: momentum(**STEP, beta=v), (0.0, 0.5, 0.999), (-0.5, 1.0, 1.5)),
        (lambda v: nesterov(**STEP | {"step_size": v}), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: nesterov(**STEP, beta=v), (0.0, 0.5, 0.999), (-0.5, 1.0, 1.5)),
        (lambda v: adam(**STEP | {"step_size": v}), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: adam(**STEP, beta1=v), (0.0, 0.5, 0.999), (-0.5, 1.0, 1.5)),
        (lambda v: adam(**STEP, beta2=v), (0.0, 0.5, 0.999), (-0.5, 1.0, 1.5)),
        (lambda v: adam(**STEP, epsilon=v), (1e-12, 0.5), (0.0, -0.5)),
        (
            lambda v: preconditioned(**STEP | {"step_size": v}, preconditioner=np.eye(2)),
            (1e-3, 0.5),
            (0.0, -0.5),
        ),
        (
            lambda v: orthogonalized(**STEP | {"w0": np.eye(2), "step_size": v}),
            (1e-3, 0.5),
            (0.0, -0.5),
        ),
        (
            lambda v: orthogonalized(**STEP | {"w0": np.eye(2), "decay": v}),
            (1e-3, 0.5, 1.0),
            (0.0, -0.5, 1.5),
        ),
        (
            lambda v: sgd(
                np.eye(2), [1, 1], [0, 0], step_size=v, steps=2, rng=np.random.default_rng(0)
            ),
            (1e-3, 0.5),
            (0.0, -0.5),
        ),
        (lambda v: alternation(inside=v, units=2), (-3.0, 0.0, 0.999), (1.0, 1.5)),
        (lambda v: alternation(multiple=v, units=2), (1e-3, 0.5, 1.999), (0.0, -0.5, 2.0, 2.5)),
        (lambda v: alternation(units=v), (2, 3), (0, 1)),
        (lambda v: alternation(units=2, seed=v), (0, 1), (-1,)),
        (lambda v: plane_run(Setting(step_size=v)), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: plane_run(Setting(momentum=v)), (0.0, 0.5, 0.999), (-0.5, 1.0, 1.5)),
        (lambda v: plane_run(Setting(), goal=v), (1e-3, 0.5, 0.999), (0.0, -0.5, 1.0, 1.5)),
        (lambda v: walk([1, 0], [0.5, 0]).steps_to(v), (1e-3, 0.999), (0.0, -0.5, 1.0, 1.5)),
        (lambda v: walk([1, 0], [0.5, 0]).first(v), (0, 1, 2), (-1,)),
        (lambda v: tuning("momentum", smallest=v, largest=2.0), (1e-3, 0.5, 2.0), (0.0, -0.5, 2.5)),
        (lambda v: contraction("nesterov", [1.0], step_size=v), (1e-3, 0.5), (0.0, -0.5)),
        (
            lambda v: contraction("nesterov", [1.0], step_size=0.1, beta=v),
            (0.0, 0.5, 0.999),
            (-0.5, 1.0, 1.5),
        ),
    ],
)
def test_settings_are_taken_up_to_the_bounds_that_the_pages_name(call, taken, refused):
    check_bounds(call, taken, refused)


@pytest.mark.parametrize("mean", [0.0, -0.5, 0.5, 3.0])
def test_the_best_multiple_is_two_over_the_sum_of_the_eigenvalues(mean):
    low, top = plane_run(Setting(mean=mean)).eigenvalues
    assert best_multiple(mean) == pytest.approx(2 * top / (top + low), rel=1e-14)


def test_usual_settings_are_those_of_the_pages():
    for method, settings_ in (
        (momentum, {"beta": 0.9}),
        (nesterov, {"beta": 0.9}),
        (adam, {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}),
    ):
        assert method(**STEP) == method(**STEP, **settings_)
    usual = {"inside": 0.5, "activation": "sigmoid", "units": 20, "centered": False, "seed": 0}
    assert alternation() == alternation(**usual)
    assert plane_run(Setting()) == plane_run(Setting(), goal=1e-3)
    path = walk([8, 0], [4, 0], [2, 0])
    assert path.steps_to(0.5) == path.steps_to(0.5, measure="distance")
    assert path.until(0.5) == path.until(0.5, measure="distance")
    layer = STEP | {"w0": np.eye(2)}
    assert orthogonalized(**layer) == orthogonalized(**layer, decay=1.0)
    assert Setting() == Setting(mean=0.5, step_size=1.75, momentum=0.0, start=(1.0, 0.0))
    assert contraction("momentum", [1.0], step_size=0.5) == pytest.approx(0.5)


def test_a_line_search_stays_where_it_has_arrived_and_stops_at_the_lowest_point():
    path = line_search(**QUADRATIC_OF_TWO, steps=6)
    H = QUADRATIC_OF_TWO["H"]
    for point, after, gradient in zip(
        path.points[:-1], path.points[1:], path.gradients, strict=True
    ):
        assert np.allclose(gradient, H @ point)
        assert abs(gradient @ H @ after) < 1e-12
        for other in np.linspace(-0.5, 1.5, 9):
            w = point - other * gradient
            assert after @ H @ after <= w @ H @ w + 1e-15
    still = line_search(np.diag([1.0, 0.0]), [0.0, 2.0], steps=2)
    assert np.array_equal(still.points, np.tile([0.0, 2.0], (3, 1)))


def test_contours_double_from_the_first_to_the_widest():
    contours = plane_run(Setting()).contours
    assert np.allclose(contours[1:] / contours[:-1], 2)
    # The first is inside of the start in every bowl; the last, and none before, leaves a circle
    # of radius 1.25 in every direction where the mean is 1.
    assert 0 < contours[0] < 0.5 * plane_run(Setting(mean=0.0)).eigenvalues[0]
    top = plane_run(Setting(mean=1.0)).eigenvalues[1]
    assert contours[-2] < 0.5 * top * 1.25**2 < contours[-1]


def test_more_inputs_than_memory_holds_are_refused_before_they_are_drawn():
    words = "the numbers in units × examples must be at most 134,217,728, got 134328100"
    with pytest.raises(ValueError, match=words):
        alternation(units=2318)
    words = "the numbers in steps × weights must be at most 134,217,728, got 135000000"
    with pytest.raises(ValueError, match=words):
        gradient_descent(np.eye(135), np.ones(135), step_size=0.1, steps=10**6)


def test_a_large_epsilon_holds_adam_back():
    H, w0 = curvature()
    path = adam(H, w0, step_size=0.02, steps=20, beta1=0.8, beta2=0.95, epsilon=0.5)
    for t in range(1, 21):
        past, ages = path.gradients[:t], np.arange(t)[::-1]
        first = np.average(past, axis=0, weights=0.8**ages)
        second = np.average(past**2, axis=0, weights=0.95**ages)
        step = path.points[t] - path.points[t - 1]
        assert np.allclose(step, -0.02 * first / (np.sqrt(second) + 0.5), rtol=1e-9)


def test_what_rounding_leaves_of_a_gradient_is_no_direction():
    rng = np.random.default_rng(4)
    u, W = rng.normal(size=4), rng.normal(size=(4, 4))
    path = orthogonalized(np.outer(u, u), W, step_size=0.1, steps=1)
    # The gradient u(Wᵀu)ᵀ has rank one, and so has its orthogonal factor.
    right = W.T @ u
    factor = np.outer(u, right) / np.linalg.norm(u) / np.linalg.norm(right)
    assert np.allclose(path.points[1], W - 0.1 * factor, rtol=0, atol=1e-12)


def test_a_walk_that_is_stopped_ends_at_the_point_that_stopped_it():
    H, w0 = curvature()
    whole = momentum(H, w0, step_size=0.1, steps=9, beta=0.5)
    path = momentum_until(
        lambda w: np.array_equal(w, whole.points[4]), H, w0, step_size=0.1, steps=9, beta=0.5
    )
    assert path == whole.first(4)
    assert (len(path.points), len(path.losses), len(path.gradients)) == (5, 5, 4)


@pytest.mark.parametrize("length", [1e-3, 1.0, 50.0])
def test_a_run_diverges_by_the_ratio_to_its_start_wherever_that_is(length):
    runs = [
        plane_run(Setting(step_size=step_size, start=(length, 0.0))) for step_size in (1.75, 2.1)
    ]
    assert [run.diverges for run in runs] == [False, True]
    assert [run.steps_to_goal is None for run in runs] == [False, True]
    same = [plane_run(Setting(step_size=step_size)) for step_size in (1.75, 2.1)]
    for run, other in zip(runs, same, strict=True):
        assert run.path.steps == other.path.steps
        assert np.allclose(run.path.points, length * other.path.points)


def test_a_refused_step_size_is_said_in_the_unit_of_the_setting():
    with pytest.raises(ValueError, match=r"step_size must be above 0, got -0\.5$"):
        plane_run(Setting(step_size=-0.5))


def test_losses_of_sgd_are_half_of_the_mean_square_over_all_examples():
    rng = np.random.default_rng(9)
    X, y, w0 = rng.normal(size=(7, 3)), rng.normal(size=7), rng.normal(size=3)
    path = sgd(X, y, w0, step_size=0.1, steps=5, rng=rng, batch_size=2)
    assert np.allclose(path.losses, [np.mean((X @ w - y) ** 2) / 2 for w in path.points])
    assert np.allclose(path.minimum, np.linalg.lstsq(X, y, rcond=None)[0])


def test_a_multiple_is_refused_by_that_name():
    for multiple in (0.0, -0.5):
        with pytest.raises(ValueError, match=f"^multiple must be above 0 .*got {multiple:g}$"):
            alternation(multiple=multiple)


def test_a_setting_is_not_written_to():
    for setting in (Setting(), *PRESETS.values()):
        with pytest.raises(FrozenInstanceError):
            setting.mean = 1.0
    assert hash(Setting()) == hash(Setting())


@pytest.mark.parametrize(
    "method",
    [
        *(lambda method=method, **steps: method(**STEP | steps) for method in QUADRATIC),
        lambda **steps: line_search(**QUADRATIC_OF_TWO | steps),
        lambda **steps: preconditioned(**STEP | steps, preconditioner=np.eye(2)),
        lambda **steps: orthogonalized(**STEP | {"w0": np.eye(2)} | steps),
        lambda **steps: sgd(
            np.eye(2), [1, 1], [0, 0], step_size=0.1, rng=np.random.default_rng(0), **steps
        ),
    ],
)
def test_no_method_takes_more_than_a_million_steps(method):
    with pytest.raises(ValueError, match=r"^steps must be at most 1,000,000, got 1000001$"):
        method(steps=10**6 + 1)


def test_a_saddle_is_refused_with_its_negative_eigenvalue():
    with pytest.raises(ValueError, match=r"H must have no negative eigenvalue, .* got -1$"):
        gradient_descent(np.diag([2.0, -1.0, 3.0]), np.ones(3), step_size=0.1, steps=2)


def test_a_step_size_beyond_the_range_of_floats_is_refused():
    for method in ("gradient_descent", "momentum", "nesterov"):
        with pytest.raises(ValueError, match="smallest and largest must be neither so large nor"):
            tuning(method, smallest=1e-320, largest=1e-320)


def test_a_start_beyond_the_range_of_floats_is_left_at_step_0():
    with pytest.raises(ValueError, match=r"leaves the range of floats at step 0$"):
        gradient_descent([[1e200]], [1e200], step_size=1e-300, steps=2)


def test_a_line_search_stays_where_rounding_bends_the_loss_downwards():
    path = line_search([[1.0, 0.0], [0.0, -1e-11]], [0.0, 1.0], steps=2)
    assert path.points.tolist() == [[0.0, 1.0]] * 3


def test_a_run_that_is_four_times_as_far_to_the_last_bit_has_escaped():
    # At m = 0 each step multiplies by 1 − 5.
    run = plane_run(Setting(mean=0.0, step_size=5.0))
    assert run.path.distances.tolist() == [1.0, 4.0]
    assert run.diverges


def test_a_small_saddle_is_refused_like_a_large_one():
    for scale in (1e-6, 1.0, 1e6):
        with pytest.raises(ValueError, match="H must have no negative eigenvalue"):
            gradient_descent(scale * np.diag([1.0, -1e-4]), [1.0, 1.0], step_size=0.1, steps=1)


@pytest.mark.parametrize("n", [2, 4])
def test_a_preconditioner_of_another_size_is_refused_by_its_shape(n):
    with pytest.raises(ValueError, match=r"preconditioner must have shape \(3, 3\), got"):
        preconditioned(np.eye(3), np.ones(3), preconditioner=np.eye(n), step_size=0.1, steps=1)


@pytest.mark.parametrize("method", ["gradient_descent", "momentum", "nesterov"])
def test_the_tuned_rate_depends_only_on_the_ratio_of_the_eigenvalues(method):
    rate = tuning(method, smallest=1.0, largest=9.0).rate
    for scale in (0.01, 7.0):
        other = tuning(method, smallest=scale, largest=9 * scale)
        assert other.rate == pytest.approx(rate)


def test_the_eigenvalues_of_an_alternation_are_those_of_a_mean():
    # E[z²] = 1; 75 examples of 3 inputs have it up to a standard error of √(2/225) = 0.094.
    run = alternation(activation="identity", units=3)
    assert run.eigenvalues.mean() == pytest.approx(1, abs=0.4)
