"""Descent methods against closed forms, textbook recursions and finite differences."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from offcenter.descent import (
    PRESETS,
    Path,
    Setting,
    adam,
    alternation,
    contraction,
    gradient_descent,
    momentum,
    nesterov,
    orthogonalized,
    plane_run,
    preconditioned,
    sgd,
    tuning,
)

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
