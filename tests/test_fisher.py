"""Fisher matrices against divergences and differences; natural steps against each other."""

import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from bounds import check_bounds
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression

from offcenter.errors import RangeError
from offcenter.fisher import (
    LogisticUnit,
    UnitStep,
    add_step,
    center_regress_intercept,
    damped_changes,
    kronecker_step,
    largest_eigenvalue,
    logistic_divergence,
    logistic_fisher,
    logistic_gradient,
    logistic_loss,
    logistic_path,
    logistic_sample,
    natural_step,
    network_fisher,
    normalized_gram,
    one_input_step,
    output_gram,
    output_jacobian,
    smallest_eigenvalue,
    squared_loss_step,
    unit_fisher,
    width_eigenvalues,
)
from offcenter.network import center_activation, forward, initialize


@pytest.fixture
def unit():
    rng = np.random.default_rng(0)
    X = 0.5 + rng.standard_normal((60, 3))
    y = (rng.random(60) < 0.5).astype(float)
    return X, y, np.array([0.4, -0.7, 0.1]), 0.3


@pytest.fixture
def network():
    return initialize([3, 4, 4, 2], activation="tanh", rng=np.random.default_rng(1))


def test_gradient_equals_differences_of_the_loss(unit):
    X, y, w, b = unit
    step = 1e-6
    g = logistic_gradient(X, y, w, b)
    for i, e in enumerate(np.eye(3) * step):
        up, down = logistic_loss(X, y, w + e, b), logistic_loss(X, y, w - e, b)
        assert g[i] == pytest.approx((up - down) / (2 * step), abs=1e-8)
    up, down = logistic_loss(X, y, w, b + step), logistic_loss(X, y, w, b - step)
    assert g[3] == pytest.approx((up - down) / (2 * step), abs=1e-8)


def test_fisher_is_the_mean_square_of_the_gradient_over_drawn_labels(unit):
    X, _, w, b = unit
    p = 1 / (1 + np.exp(-(X @ w + b)))
    extended = np.column_stack([X, np.ones(len(X))])
    # Both labels, each with its probability: no sampling error.
    expected = sum(
        np.einsum("n,ni,nj->ij", weight * (p - label) ** 2, extended, extended)
        for label, weight in ((1, p), (0, 1 - p))
    )
    np.testing.assert_allclose(logistic_fisher(X, w, b), expected / len(X), atol=1e-14)


@pytest.mark.parametrize("seed", range(3))
def test_divergence_is_half_of_the_fisher_form(unit, seed):
    X, _, w, b = unit
    step = 1e-4 * np.random.default_rng(seed).standard_normal(4)
    divergence = logistic_divergence(X, w, b, step[:-1], float(step[-1]))
    assert divergence == pytest.approx(0.5 * step @ logistic_fisher(X, w, b) @ step, rel=1e-3)


def test_training_labels_enter_only_the_empirical_matrix(unit):
    X, y, w, b = unit
    p = 1 / (1 + np.exp(-(X @ w + b)))
    extended = np.column_stack([X, np.ones(len(X))])
    expected = np.einsum("n,ni,nj->ij", (p - y) ** 2, extended, extended) / len(X)
    np.testing.assert_allclose(LogisticUnit(X, w, b).empirical_fisher(y), expected, atol=1e-14)


def test_a_damped_step_is_the_minimum_of_the_quadratic_model_and_a_penalty(unit):
    X, y, w, b = unit
    step = natural_step(X, y, w, b, damping=0.3).vector
    F, g = logistic_fisher(X, w, b), logistic_gradient(X, y, w, b)
    np.testing.assert_allclose(F @ step + 0.3 * step, -g, atol=1e-14)


def test_a_long_damped_path_is_plain_descent(unit):
    X, y, w, b = unit
    damped = logistic_path(X, y, w, b, method="natural", step_size=1e7, steps=5, damping=1e8)
    plain = logistic_path(X, y, w, b, method="gradient", step_size=0.1, steps=5)
    np.testing.assert_allclose(damped.logits, plain.logits, atol=1e-7)


def test_a_diagonal_step_divides_each_derivative(unit):
    X, y, w, b = unit
    path = logistic_path(X, y, w, b, method="diagonal", step_size=1.0, steps=1)
    F, g = logistic_fisher(X, w, b), logistic_gradient(X, y, w, b)
    np.testing.assert_allclose(path.weights[1] - w, -g[:-1] / np.diag(F)[:-1], atol=1e-14)
    assert path.biases[1] - b == pytest.approx(-g[-1] / F[-1, -1])


@pytest.mark.parametrize("method", ["gradient", "natural", "diagonal"])
def test_without_a_bias_each_method_leaves_it(unit, method):
    X, y, w, b = unit
    path = logistic_path(X, y, w, b, method=method, step_size=0.2, steps=3, bias=False)
    assert (path.biases == b).all()
    assert (path.weights[1] != w).all()


def test_the_sample_is_moved_by_its_mean_and_its_labels_follow_the_inputs():
    X, y = logistic_sample()
    moved, same = logistic_sample(mean=3.0)
    np.testing.assert_allclose(moved - X, 3.0, atol=1e-12)
    assert (same == y).all()
    # What the labels were drawn with, within four standard errors of a fit to many.
    X, y = logistic_sample(examples=20000, seed=1)
    path = logistic_path(X, y, np.zeros(4), 0.0, method="natural", step_size=1.0, steps=8)
    np.testing.assert_allclose(path.weights[-1], [1.0, -0.5, 0.8, 0.0], atol=0.08)
    left = y - 1 / (1 + np.exp(-X @ [1.0, -0.5, 0.8, 0.0]))
    assert abs(left.mean()) < 4 * left.std() / math.sqrt(len(y))


def test_changes_by_a_shift_are_those_of_two_damped_runs_from_zero():
    X, y = logistic_sample()
    runs = [
        logistic_path(
            X + c, y, np.zeros(4), 0.0, method="natural", step_size=1.0, steps=5, damping=0.1
        ).logits
        for c in (0.0, 2.0)
    ]
    assert damped_changes(2.0, (0.1,), steps=5) == (pytest.approx(np.abs(runs[1] - runs[0]).max()),)
    F = logistic_fisher(X + 2.0, np.zeros(4), 0.0)
    assert smallest_eigenvalue(2.0) == pytest.approx(np.linalg.eigvalsh(F)[0])


def test_a_step_unpacks_into_weights_and_bias(unit):
    step = natural_step(*unit)
    dw, db = step
    assert (step[0] == dw).all()
    assert step[1] == db
    np.testing.assert_array_equal(step.vector, [*dw, db])


def test_three_stages_give_the_natural_step(unit):
    dw, db = natural_step(*unit)
    stages = center_regress_intercept(*unit)
    np.testing.assert_allclose(stages.dw, dw, atol=1e-12)
    assert stages.db == pytest.approx(db, abs=1e-12)


def test_step_is_the_weighted_regression_of_the_error(unit):
    X, y, w, b = unit
    p = 1 / (1 + np.exp(-(X @ w + b)))
    v = p * (1 - p)
    line = LinearRegression().fit(X, (y - p) / v, sample_weight=v)
    dw, db = natural_step(*unit)
    np.testing.assert_allclose(line.coef_, dw, atol=1e-10)
    assert line.intercept_ == pytest.approx(db, abs=1e-10)


def test_natural_step_without_a_bias_leaves_it(unit):
    X, y, w, b = unit
    dw, db = natural_step(X, y, w, b, bias=False)
    F, g = logistic_fisher(X, w, b), logistic_gradient(X, y, w, b)
    assert db == 0.0
    np.testing.assert_allclose(F[:3, :3] @ dw, -g[:3], atol=1e-14)


def test_divergence_and_fisher_matrix_stay_finite_where_the_unit_is_certain(unit):
    X, _, w, _ = unit
    assert (logistic_fisher(X, w, 2000.0) == 0).all()
    assert logistic_divergence(X, w, 2000.0, w, 1.0) == pytest.approx(0.0, abs=1e-12)


@given(certainty=st.floats(30, 300), label=st.sampled_from([0, 1]))
def test_a_unit_that_is_right_and_certain_keeps_the_step_of_newton(certainty, label):
    X = np.random.default_rng(13).standard_normal((50, 2))
    y, w, b = np.full(50, label), np.zeros(2), certainty if label else -certainty
    # All errors are one number δ and all v are δ(1 − δ) with δ = exp(−certainty) to first order:
    # a shift of the bias by −δ/v does all, and there is nothing left for the weights.
    error = math.exp(-certainty) * (-1 if label else 1)
    assert logistic_gradient(X, y, w, b)[-1] == pytest.approx(error, rel=1e-12)
    stages = center_regress_intercept(X, y, w, b)
    for dw, db in (natural_step(X, y, w, b), (stages.dw, stages.db)):
        np.testing.assert_allclose(dw, 0, atol=1e-12)
        assert db == pytest.approx(1 if label else -1, rel=1e-12)


def test_natural_step_goes_downhill(unit):
    X, y, w, b = unit
    dw, db = natural_step(X, y, w, b)
    assert logistic_loss(X, y, w + 0.1 * dw, b + 0.1 * db) < logistic_loss(X, y, w, b)


@pytest.mark.parametrize(("method", "same"), [("natural", True), ("gradient", False)])
def test_only_the_natural_gradient_ignores_a_shift(unit, method, same):
    X, y, _, _ = unit
    options = {"method": method, "step_size": 0.5, "steps": 12}
    first = logistic_path(X, y, np.zeros(3), 0.0, **options).logits
    second = logistic_path(X - 2.0, y, np.zeros(3), 0.0, **options).logits
    assert np.allclose(first, second, atol=1e-9) is same


def test_sympy_finds_the_two_forms_equal():
    step = one_input_step()
    assert step.agrees
    values = dict(
        zip(sorted(step.step.free_symbols, key=str), (0.2, 1.5, 3.0, 0.4, -0.3), strict=True)
    )
    assert step.dw.subs(values) == pytest.approx(step.step[0].subs(values))


def test_unit_fisher_in_blocks_is_the_mean_of_outer_products():
    rng = np.random.default_rng(2)
    a, delta = rng.random((50, 3)), rng.standard_normal(50)
    unit = unit_fisher(a, delta)
    extended = np.column_stack([a, np.ones(50)]) * delta[:, np.newaxis]
    np.testing.assert_allclose(unit.matrix, extended.T @ extended / 50, atol=1e-14)
    dw, db = unit.natural_direction(np.array([1.0, 2.0, 3.0]), 4.0)
    np.testing.assert_allclose(unit.matrix @ [*dw, db], [1, 2, 3, 4], atol=1e-10)
    shift = unit.bias_shift(np.array([1.0, 2.0, 3.0]), 4.0)
    assert shift == pytest.approx(float(unit.mean @ dw + db), abs=1e-10)


def test_jacobian_equals_differences_of_the_outputs(network):
    X = np.random.default_rng(3).standard_normal((5, 3))
    J = output_jacobian(network, X)
    step = 1e-6
    for i in range(J.shape[2]):
        e = step * np.eye(J.shape[2])[i]
        up, down = (forward(add_step(network, s), X).logits for s in (e, -e))
        np.testing.assert_allclose(J[:, :, i], (up - down) / (2 * step), atol=1e-8)


def _log_softmax(logits):
    top = logits.max(axis=1, keepdims=True)
    return logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("likelihood", ["softmax", "gaussian"])
def test_divergence_of_the_network_is_half_of_its_fisher_form(network, likelihood):
    X = np.random.default_rng(4).standard_normal((20, 3))
    F = network_fisher(network, X, likelihood=likelihood)
    step = 1e-4 * np.random.default_rng(5).standard_normal(len(F))
    before, after = forward(network, X).logits, forward(add_step(network, step), X).logits
    if likelihood == "gaussian":
        divergence = np.mean(np.sum((before - after) ** 2, axis=1)) / 2
    else:
        p, q = _log_softmax(before), _log_softmax(after)
        divergence = np.mean(np.sum(np.exp(p) * (p - q), axis=1))
    assert divergence == pytest.approx(0.5 * step @ F @ step, rel=1e-2)
    assert np.linalg.eigvalsh(F)[0] > -1e-12


def test_gram_has_the_eigenvalues_of_the_fisher_matrix():
    network = initialize([3, 4, 1], activation="relu", rng=np.random.default_rng(6))
    X = np.random.default_rng(7).standard_normal((5, 3))
    J = output_jacobian(network, X)[:, 0]
    weights = np.r_[0:12, 16:20]  # without the biases
    expected = np.linalg.eigvalsh(J[:, weights] @ J[:, weights].T)
    np.testing.assert_allclose(np.linalg.eigvalsh(output_gram(network, X)), expected, atol=1e-12)


@pytest.mark.parametrize("subtract", [False, True])
def test_largest_eigenvalue_is_that_of_the_matrix_of_all_weights(subtract):
    network = initialize([3, 4, 1], activation="tanh", rng=np.random.default_rng(9))
    X = np.random.default_rng(10).standard_normal((6, 3))
    J = output_jacobian(network, X)[:, 0][:, np.r_[0:12, 16:20]]
    if subtract:
        J = J - J.mean(axis=0)
    expected = np.linalg.eigvalsh(J.T @ J / 6)[-1]
    found = largest_eigenvalue(network, X, subtract_mean=subtract)
    assert found == pytest.approx(expected, rel=1e-12)


def test_eigenvalues_by_width_are_the_means_over_networks_of_that_width():
    expected = []
    for seed in (3, 4):
        rng = np.random.default_rng(seed)
        network = initialize([5, 5, 5, 1], activation="relu", rng=rng, gain=np.sqrt(2))
        expected.append(largest_eigenvalue(network, rng.standard_normal((5, 5))))
    found = width_eigenvalues("relu", [5, 8], seeds=[3, 4])
    assert found.shape == (2,)
    assert found[0] == pytest.approx(np.mean(expected), rel=1e-12)
    with pytest.raises(ValueError, match="at least one seed"):
        width_eigenvalues("relu", [5], seeds=[])


def _normalized_output(weights, X, function):
    x = X
    for W in weights[:-1]:
        s = x @ W.T
        x = function((s - s.mean(axis=0)) / s.std(axis=0))
    return x @ weights[-1][0]


def test_gram_of_a_normalized_network_is_that_of_differences_through_the_batch():
    rng = np.random.default_rng(14)
    network = initialize([3, 4, 4, 1], activation="tanh", rng=rng)
    X, h = rng.standard_normal((6, 3)), 1e-6
    columns = []
    for layer, W in enumerate(network.weights):
        for index in np.ndindex(*W.shape):
            ends = []
            for sign in (h, -h):
                weights = [V.copy() for V in network.weights]
                weights[layer][index] += sign
                ends.append(_normalized_output(weights, X, np.tanh))
            columns.append((ends[0] - ends[1]) / (2 * h))
    J = np.array(columns).T
    np.testing.assert_allclose(normalized_gram(network, X), J @ J.T, atol=1e-7)
    expected = np.linalg.eigvalsh(J @ J.T)[-1] / 6
    found = largest_eigenvalue(network, X, batch_norm=True)
    assert found == pytest.approx(expected, rel=1e-6)


def test_a_batch_without_spread_cannot_be_normalized():
    network = initialize([3, 4, 1], activation="tanh", rng=np.random.default_rng(14))
    with pytest.raises(ValueError, match="vary over the batch"):
        normalized_gram(network, np.ones((5, 3)))


def test_the_number_of_examples_can_be_fixed():
    rng = np.random.default_rng(3)
    network = initialize([5, 5, 5, 1], activation="tanh", rng=rng)
    expected = largest_eigenvalue(network, rng.standard_normal((9, 5)))
    found = width_eigenvalues("tanh", [5], seeds=[3], examples=9)
    assert found[0] == pytest.approx(expected, rel=1e-12)


@pytest.fixture
def regression():
    rng = np.random.default_rng(11)
    return rng.standard_normal((60, 3)), rng.standard_normal((60, 2))


def _half_square(network, X, targets):
    return np.sum((forward(network, X).logits - targets) ** 2) / (2 * len(X))


def test_plain_step_of_a_network_is_minus_the_gradient(network, regression):
    step, h = squared_loss_step(network, *regression, method="gradient"), 1e-6
    for i, e in enumerate(h * np.eye(step.size)):
        up, down = (_half_square(add_step(network, s), *regression) for s in (e, -e))
        assert step[i] == pytest.approx(-(up - down) / (2 * h), abs=1e-8)


def test_natural_step_of_a_network_fits_the_errors_by_the_jacobian(network, regression):
    X, targets = regression
    J = output_jacobian(network, X).reshape(120, -1)
    residual = (targets - forward(network, X).logits).ravel()
    expected = np.linalg.lstsq(J, residual, rcond=None)[0]
    np.testing.assert_allclose(squared_loss_step(network, X, targets), expected, atol=1e-8)


@pytest.mark.parametrize(("method", "same"), [("natural", True), ("gradient", False)])
def test_only_the_natural_gradient_ignores_the_mean_of_an_activation(regression, method, same):
    X, targets = regression
    first = initialize([3, 4, 2], activation="sigmoid", rng=np.random.default_rng(12), gain=3.0)
    after = [
        forward(add_step(n, squared_loss_step(n, X, targets, method=method)), X).logits
        for n in (first, center_activation(first))
    ]
    assert np.allclose(*after, atol=1e-7) is same


def test_a_pseudo_inverse_gives_the_shortest_of_the_steps_that_solve(network):
    rng = np.random.default_rng(15)
    X, targets = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    J = output_jacobian(network, X).reshape(8, -1)
    expected = np.linalg.lstsq(J, (targets - forward(network, X).logits).ravel(), rcond=None)[0]
    found = squared_loss_step(network, X, targets, method="pseudo-inverse")
    np.testing.assert_allclose(found, expected, atol=1e-8)


def test_kronecker_step_takes_drawn_errors_for_its_factor():
    rng = np.random.default_rng(16)
    X, delta, drawn = (rng.standard_normal(shape) for shape in ((40, 3), (40, 2), (70, 2)))
    step = kronecker_step(X, delta, drawn=drawn).vector
    extended = np.column_stack([X, np.ones(40)])
    A, G = extended.T @ extended / 40, drawn.T @ drawn / 70
    np.testing.assert_allclose(G @ step @ A, -delta.T @ extended / 40, atol=1e-12)
    with pytest.raises(ValueError, match="drawn must give a factor"):
        kronecker_step(X, delta, drawn=drawn * 0)


def test_kronecker_step_does_not_see_a_shift():
    rng = np.random.default_rng(8)
    X, delta = rng.standard_normal((40, 3)), rng.standard_normal((40, 2))
    first, second = kronecker_step(X, delta)[0], kronecker_step(X + 5.0, delta)[0]
    np.testing.assert_allclose(first, second, atol=1e-10)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda X, y, w, b: natural_step(X, y + 0.5, w, b), "y must hold only 0 and 1"),
        (lambda X, y, w, b: natural_step(X, y[:-1], w, b), "y must have shape"),
        (lambda X, y, w, b: natural_step(X, y, w[:-1], b), "w must have shape"),
        (lambda X, y, w, b: natural_step(X * 0, y, w, b), "X must give a Fisher matrix"),
        (lambda X, y, w, b: logistic_fisher(X * np.nan, w, b), "X must be finite"),
        (lambda X, y, w, b: unit_fisher(X, y * 0), "errors must not all be 0"),
        (lambda X, y, w, b: unit_fisher(X * 0, y + 1), "activations must give"),
        (lambda X, y, w, b: kronecker_step(X * 0, X), "X must give a factor"),
        (
            lambda X, y, w, b: logistic_path(X, y, w, b, method="x", step_size=1.0, steps=1),
            "method must be one of",
        ),
    ],
)
def test_bad_input_is_named(unit, call, words):
    with pytest.raises(ValueError, match=words):
        call(*unit)


def test_bad_networks_are_named(network):
    with pytest.raises(ValueError, match="X must have shape"):
        output_jacobian(network, np.ones((2, 5)))
    with pytest.raises(ValueError, match="likelihood must be one of"):
        network_fisher(network, np.ones((2, 3)), likelihood="poisson")
    with pytest.raises(ValueError, match="one output"):
        output_gram(network, np.ones((2, 3)))
    with pytest.raises(ValueError, match="targets must have shape"):
        squared_loss_step(network, np.ones((2, 3)), np.ones((2, 3)))
    with pytest.raises(ValueError, match="method must be one of"):
        squared_loss_step(network, np.ones((2, 3)), np.ones((2, 2)), method="adam")
    with pytest.raises(ValueError, match="X must give a Fisher matrix of full rank"):
        squared_loss_step(network, np.ones((2, 3)), np.ones((2, 2)))
    with pytest.raises(ValueError, match="step must have shape"):
        add_step(network, np.ones(3))


SMALL = (np.random.default_rng(0).standard_normal((30, 2)), np.arange(30) % 2, np.zeros(2), 0.0)
DEEP = initialize([2, 2, 1], activation="tanh", rng=np.random.default_rng(0))
PATH = {"method": "natural", "step_size": 0.1, "steps": 2}


@pytest.mark.parametrize(
    ("call", "taken", "refused"),
    [
        (lambda v: logistic_sample(examples=v), (20, 21), (19, 0)),
        (lambda v: logistic_sample(seed=v), (0, 1), (-1,)),
        (lambda v: logistic_path(*SMALL, **PATH | {"step_size": v}), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: logistic_path(*SMALL, **PATH | {"steps": v}), (0, 1), (-1,)),
        (lambda v: logistic_path(*SMALL, **PATH, damping=v), (0.0, 0.5), (-0.5,)),
        (lambda v: natural_step(*SMALL, damping=v), (0.0, 0.5), (-0.5,)),
        (lambda v: width_eigenvalues("tanh", [v], seeds=[0]), (2, 3), (0, 1)),
        (lambda v: width_eigenvalues("tanh", [2], seeds=[0], examples=v), (2, 3), (0, 1)),
        (lambda v: width_eigenvalues("tanh", [2], seeds=[v]), (0, 1), (-1,)),
        (lambda v: damped_changes(0.5, (v,), steps=1), (0.0, 0.5), (-0.5,)),
    ],
)
def test_numbers_are_taken_up_to_the_bounds_that_the_pages_name(call, taken, refused):
    check_bounds(call, taken, refused)


def test_usual_settings_are_those_of_the_pages(unit):
    X, y, w, b = unit
    same = [
        (natural_step(X, y, w, b), natural_step(X, y, w, b, bias=True, damping=0.0)),
        (LogisticUnit(X, w, b).natural_step(y), natural_step(X, y, w, b)),
        (
            logistic_path(X, y, w, b, **PATH),
            logistic_path(X, y, w, b, **PATH, bias=True, damping=0.0),
        ),
        (damped_changes(0.5, (0.1,)), damped_changes(0.5, (0.1,), method="natural", steps=30)),
        (
            width_eigenvalues("tanh", [3], seeds=[0]),
            width_eigenvalues("tanh", [3], seeds=[0], subtract_mean=False, batch_norm=False),
        ),
    ]
    for first, second in same:
        assert np.array_equal(first, second) if isinstance(first, np.ndarray) else first == second
    with pytest.raises(ValueError, match="examples must be at most 10,000,000, got 10000001"):
        logistic_sample(examples=10**7 + 1)
    X, y = logistic_sample()
    assert X.shape == (200, 4)
    again = logistic_sample(mean=0.0, examples=200, seed=50)
    assert np.array_equal(X, again[0])
    assert np.array_equal(y, again[1])


def test_a_unit_and_a_step_are_records_that_nobody_writes_to(unit):
    X, y, w, b = unit
    one, step = LogisticUnit(X, w, b), natural_step(X, y, w, b)
    assert one == LogisticUnit(X.tolist(), w.tolist(), b)
    assert one != LogisticUnit(X, w, b + 1)
    assert repr(one).startswith("LogisticUnit(X=")
    assert step == UnitStep(step.dw.copy(), step.db)
    layer = kronecker_step(X, np.column_stack([y, y * X[:, 0]]))
    for record, name in ((one, "b"), (step, "db"), (layer, "db")):
        with pytest.raises(FrozenInstanceError):
            setattr(record, name, 1.0)


def test_a_path_of_a_unit_begins_where_it_is_told_and_says_its_losses(unit):
    X, y, w, b = unit
    path = logistic_path(X, y, w, b, method="gradient", step_size=0.2, steps=3)
    assert path.weights.shape == (4, 3)
    assert path.logits.shape == (4, 60)
    for t in range(4):
        here = path.weights[t], float(path.biases[t])
        assert path.losses[t] == pytest.approx(logistic_loss(X, y, *here))
        np.testing.assert_allclose(path.logits[t], X @ here[0] + here[1])
        g = logistic_gradient(X, y, *here)
        if t < 3:
            np.testing.assert_allclose(path.weights[t + 1], here[0] - 0.2 * g[:-1])
            assert path.biases[t + 1] == pytest.approx(here[1] - 0.2 * g[-1])
    assert (path.weights[0] == w).all()
    assert path.biases[0] == b
    assert len(logistic_path(X, y, w, b, method="gradient", step_size=0.2, steps=0).losses) == 1


def test_a_diagonal_path_is_damped_too(unit):
    X, y, w, b = unit
    path = logistic_path(X, y, w, b, method="diagonal", step_size=0.5, steps=1, damping=0.3)
    F, g = logistic_fisher(X, w, b), logistic_gradient(X, y, w, b)
    moved = np.append(path.weights[1] - w, path.biases[1] - b)
    np.testing.assert_allclose(moved, -0.5 * g / (np.diag(F) + 0.3))


def test_loss_and_divergence_are_those_of_the_probabilities(unit):
    X, y, w, b = unit
    p, dw, db = 1 / (1 + np.exp(-(X @ w + b))), np.array([0.3, 0.1, -0.5]), 0.7
    q = 1 / (1 + np.exp(-(X @ (w + dw) + b + db)))
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    assert logistic_loss(X, y, w, b) == pytest.approx(loss)
    kl = np.mean(p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q)))
    assert logistic_divergence(X, w, b, dw, db) == pytest.approx(kl)
    unit = LogisticUnit(X, w, b)
    np.testing.assert_allclose(unit.probabilities, p)
    np.testing.assert_allclose(unit.curvatures, p * (1 - p))
    np.testing.assert_allclose(unit.errors(y), p - y)


def test_the_three_stages_are_weighted_moments(unit):
    X, y, w, b = unit
    stages, p = center_regress_intercept(X, y, w, b), LogisticUnit(X, w, b).probabilities
    h = p * (1 - p)
    mean = np.average(X, axis=0, weights=h)
    np.testing.assert_allclose(stages.mean, mean)
    np.testing.assert_allclose(stages.covariance, np.cov(X.T, aweights=h, ddof=0))
    np.testing.assert_allclose(stages.moment, np.mean((p - y)[:, None] * (X - mean), axis=0))
    with pytest.raises(ValueError, match="certain of all examples"):
        center_regress_intercept(X, y, w, 2000.0)


def test_symbols_of_the_one_input_step_are_real_moments():
    step = one_input_step()
    symbols = {str(s): s for s in step.step.free_symbols}
    assert set(symbols) == {"H_0", "H_1", "H_2", "g_x", "g_1"}
    assert all(s.is_real for s in symbols.values())
    assert symbols["H_0"].is_positive
    assert symbols["H_2"].is_positive
    assert symbols["H_1"].is_positive is symbols["g_x"].is_positive is None
    # F Δ = −g, with numbers: inputs 1 and 3 with h = ½ and ¼, and errors ¼ and −½.
    h, x, d = np.array([0.5, 0.25]), np.array([1.0, 3.0]), np.array([0.25, -0.5])
    values = {"H_0": h, "H_1": h * x, "H_2": h * x**2, "g_x": d * x, "g_1": d}
    numbers = {symbols[name]: float(np.mean(v)) for name, v in values.items()}
    F, g = (np.array(m.subs(numbers), dtype=float) for m in (step.fisher, step.gradient))
    np.testing.assert_allclose(F, [[1.375, 0.625], [0.625, 0.375]])
    np.testing.assert_allclose(g.ravel(), [-0.625, -0.125])
    answer = np.linalg.solve(F, -g.ravel())
    np.testing.assert_allclose([float(step.dw.subs(numbers)), float(step.db.subs(numbers))], answer)
    mean, variance = np.average(x, weights=h), np.average(x**2, weights=h)
    assert float(step.mean.subs(numbers)) == pytest.approx(mean)
    assert float(step.variance.subs(numbers)) == pytest.approx(variance - mean**2)
    assert float(step.moment.subs(numbers)) == pytest.approx(-0.625 + mean * 0.125)


def test_the_scale_of_a_bias_is_the_factor_between_two_forms_of_its_step():
    rng = np.random.default_rng(2)
    unit = unit_fisher(rng.random((50, 3)), rng.standard_normal(50))
    # 1 + (E_q[a] − E_p[a])ᵀ Var_q⁻¹ E_q[a], from the samples' own weights.
    weights = np.linalg.inv(unit.block / unit.corner - np.outer(*[unit.border / unit.corner] * 2))
    mean = unit.border / unit.corner
    np.testing.assert_allclose(unit.weighted_mean, mean)
    assert unit.bias_scale == pytest.approx(1 + (mean - unit.mean) @ weights @ mean)


def test_one_output_is_asked_for_with_the_number_that_came():
    for sizes, said in (((2, 3, 4), 4), ((2, 3, 1, 2), 2)):
        network = initialize(sizes, activation="tanh", rng=np.random.default_rng(0))
        with pytest.raises(ValueError, match=f"network must have one output, got {said}"):
            output_gram(network, np.ones((2, 2)))


def test_relu_networks_start_root_two_times_as_large_and_no_others():
    for activation, gain in (("relu", np.sqrt(2)), ("tanh", 1.0), ("leaky_relu", 1.0)):
        rng = np.random.default_rng(5)
        network = initialize([4, 4, 4, 1], activation=activation, rng=rng, gain=gain)
        X = rng.standard_normal((4, 4))
        for options in ({"subtract_mean": True}, {"batch_norm": True}, {}):
            found = width_eigenvalues(activation, [4], seeds=[5], **options)
            assert found[0] == pytest.approx(largest_eigenvalue(network, X, **options))


def test_an_added_step_moves_each_parameter_in_the_order_of_the_jacobian(network):
    step = np.arange(1.0, 47.0)
    moved = add_step(network, step)
    flat = []
    for W, b, V, c in zip(
        moved.weights, moved.biases, network.weights, network.biases, strict=True
    ):
        flat += [*(W - V).ravel(), *(b - c)]
    np.testing.assert_allclose(flat, step)


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda X, y, w: logistic_gradient(X, y, w, 0.0), "X, y, w and b"),
        (lambda X, y, w: logistic_fisher(X, w, 0.0), "X, w and b"),
        (lambda X, y, w: logistic_divergence(X, w, 0.0, [1.0], 0.0), "X, w, b, dw and db"),
        (lambda X, y, w: natural_step(X, y, w, 0.0), "X, y, w, b and damping"),
        (lambda X, y, w: center_regress_intercept(X, y, w, 0.0), "X, y, w and b"),
    ],
)
def test_logits_beyond_the_range_of_floats_are_refused_by_all_that_makes_them(call, names):
    X, y = np.array([[1e200], [-1e200], [1.0], [2.0]]), np.array([0.0, 1, 0, 1])
    with pytest.raises(RangeError, match=f"^{names} must be neither so large"):
        call(X, y, [1e200])


def test_steps_of_equal_content_are_equal(unit):
    X, y, w, b = unit
    errors = np.random.default_rng(0).standard_normal((60, 2))
    for make, other in (
        (lambda: kronecker_step(X, errors), kronecker_step(X, errors + 1)),
        (lambda: center_regress_intercept(X, y, w, b), center_regress_intercept(X, y, w, b + 1)),
    ):
        assert make() == make() != other
        assert hash(make()) == hash(make())


def test_the_one_input_step_agrees_with_its_own_parts_and_no_others():
    step = one_input_step()
    assert step.agrees is True
    for change in (1, -1):
        assert replace(step, dw=step.dw + change).agrees is False
        assert replace(step, db=step.db + change).agrees is False


@pytest.mark.parametrize("method", ["gradient", "diagonal", "natural"])
def test_no_path_takes_a_negative_damping(unit, method):
    with pytest.raises(ValueError, match="damping must be at least 0"):
        logistic_path(*unit, method=method, step_size=0.1, steps=1, damping=-0.5)
