"""Attempts to break the sentences on Fisher matrices inside their hypotheses, and just outside."""

import itertools
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from offcenter.claims import CLAIMS
from offcenter.claims.fisher_limits import centered_or_not
from offcenter.errors import ClaimError
from offcenter.figures import draw
from offcenter.fisher import (
    LogisticUnit,
    add_step,
    damped_changes,
    kronecker_step,
    largest_eigenvalue,
    logistic_path,
    network_fisher,
    squared_loss_step,
    unit_fisher,
    width_eigenvalues,
)
from offcenter.network import Network, center_activation, forward, initialize, shift_inputs
from offcenter.spectrum import condition_number

ROOT = Path(__file__).resolve().parents[2]

seeds = st.integers(0, 2**32 - 1)
slow = settings(max_examples=40, deadline=None)


def _softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def _kl(p, q):
    return float(np.sum(p * np.log(p / q)))


def _inputs(rng, n, count):
    """Hostile inputs: of any scale, heavy tails, few values, or correlated."""
    kind = rng.integers(4)
    if kind == 0:
        X = rng.standard_normal((count, n)) * 10.0 ** rng.uniform(-2, 2)
    elif kind == 1:
        X = rng.standard_t(1.5, (count, n))
    elif kind == 2:
        X = rng.integers(0, 2, (count, n)).astype(float)
    else:
        X = rng.standard_normal((count, 1)) + 0.1 * rng.standard_normal((count, n))
    return X + 10.0 ** rng.uniform(-2, 1.5) * rng.standard_normal(n)


def _unit(seed, *, most=5):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, most + 1))
    X = _inputs(rng, n, int(rng.integers(n + 3, 60)))
    extended = np.column_stack([X, np.ones(len(X))])
    assume(np.linalg.cond(extended) < 1e5)
    w = rng.choice([0.0, 1.0]) * rng.standard_normal(n) / (np.abs(X - X.mean(0)).max() + 1)
    unit = LogisticUnit(X, w, float(rng.uniform(-2, 2) - X.mean(axis=0) @ w))
    return rng, unit, (rng.random(len(X)) < rng.uniform(0.05, 0.95)).astype(float)


# fisher.expansion, fisher.two-labels, fisher.distance


@given(seed=seeds, labels=st.integers(2, 6), parameters=st.integers(1, 4))
@slow
def test_no_prediction_gives_the_divergence_a_linear_term(seed, labels, parameters):
    rng = np.random.default_rng(seed)
    J = rng.standard_normal((labels, parameters))
    start = rng.standard_normal(labels)
    p = _softmax(start)
    gradients = J - p @ J  # of the log-probabilities, a row a label
    F = (gradients.T * p) @ gradients
    step = rng.standard_normal(parameters)
    step /= np.linalg.norm(step)
    for length in (1e-2, 1e-3):
        changed = _softmax(start + J @ (length * step))
        exact = _kl(p, changed)
        assert abs(exact - length**2 * step @ F @ step / 2) <= 20 * (1 + np.abs(J).max() ** 3) * (
            length**3
        )


def test_under_a_law_without_a_third_moment_the_error_shrinks_like_a_root():
    # x = ±2ᵏ with chances like 2^(−5k/2): finite variance.  Of finitely many examples it cannot be.
    powers = np.arange(400)
    chance = 2.0 ** (-2.5 * powers)
    chance /= chance.sum()
    x = 2.0**powers
    information = np.sum(chance * x**2) / 4

    def error(step):
        z = step * x
        divergence = np.logaddexp(z / 2, -z / 2) - math.log(2)  # KL from ½ to σ(±z)
        return abs(np.sum(chance * divergence) / (step**2 * information / 2) - 1)

    assert error(1e-2) / error(1e-4) == pytest.approx(10, rel=0.1)
    assert "finitely many examples" in CLAIMS["fisher.distance"].assumes


def test_a_probability_of_zero_gives_a_linear_term():
    t = 1e-4
    divergence = 1.0 * np.log(1.0 / (1 - t))  # the label of probability 0 is never drawn
    assert divergence == pytest.approx(t, rel=1e-3)


@given(p=st.floats(1e-6, 1 - 1e-6))
@slow
def test_errors_have_mean_zero_and_mean_square_h_for_any_prediction(p):
    assert p * (p - 1) + (1 - p) * p == pytest.approx(0, abs=1e-15)
    unit = LogisticUnit([[0.0]], [0.0], float(np.log(p / (1 - p))))
    assert unit.curvatures[0] == pytest.approx(p * (p - 1) ** 2 + (1 - p) * p**2, rel=1e-9)


def test_a_probability_of_four_fifths_for_label_0_has_other_errors():
    # Why fisher.two-labels names the label.
    unit = LogisticUnit([[0.0]], [0.0], float(np.log(1 / 4)))
    assert unit.errors([1])[0] == pytest.approx(-4 / 5)
    assert unit.errors([0])[0] == pytest.approx(1 / 5)


# fisher.newton


@given(seed=seeds)
@slow
def test_curvature_of_the_loss_is_the_fisher_matrix_for_any_labels(seed):
    rng, unit, y = _unit(seed)
    direction = rng.standard_normal(unit.w.size + 1)
    extended = np.column_stack([unit.X, np.ones(len(unit.X))])
    direction /= np.abs(extended @ direction).max()

    def gradient(t):
        step = t * direction
        return LogisticUnit(unit.X, unit.w + step[:-1], unit.b + float(step[-1])).gradient(y)

    second = direction @ (gradient(1e-4) - gradient(-1e-4)) / 2e-4
    assert second == pytest.approx(direction @ unit.fisher @ direction, rel=1e-5)


def test_for_the_squared_loss_of_a_sigmoid_the_labels_stay_in_the_curvature():
    s, h = 1.0, 1e-4

    def slope(s, y):
        p = 1 / (1 + np.exp(-s))
        return (p - y) * p * (1 - p)

    curvature = [(slope(s + h, y) - slope(s - h, y)) / (2 * h) for y in (0.0, 1.0)]
    assert abs(curvature[0] - curvature[1]) > 0.05


def test_behind_a_hidden_unit_the_curvature_of_the_logistic_loss_is_not_the_fisher_matrix():
    # Why the sentence speaks of a unit: s = w₂ tanh(w₁) for the input 1.
    def loss(w, y):
        s = w[1] * np.tanh(w[0])
        return np.logaddexp(0, s) - y * s

    w, step = np.array([0.5, 1.0]), 1e-4
    J = np.array([w[1] * (1 - np.tanh(w[0]) ** 2), np.tanh(w[0])])
    p = 1 / (1 + np.exp(-w[1] * np.tanh(w[0])))
    e = step * np.eye(2)
    for y in (0.0, 1.0):
        mixed = loss(w + e[0] + e[1], y) - loss(w + e[0] - e[1], y)
        mixed -= loss(w - e[0] + e[1], y) - loss(w - e[0] - e[1], y)
        curvature = mixed / (4 * step**2)
        assert abs(curvature - p * (1 - p) * J[0] * J[1]) > 0.2


# fisher.inherits-the-mean


@given(seed=seeds)
@settings(max_examples=150, deadline=None)
def test_no_weights_hide_the_mean_from_the_fisher_matrix(seed):
    _, unit, _ = _unit(seed)
    h = unit.curvatures
    mean = h @ unit.X / h.sum()
    centered = unit.X - mean
    C = (centered.T * h) @ centered / h.sum()
    assume(np.linalg.cond(C) < 1e6)
    bound = (1 + mean @ mean) * (1 + mean @ np.linalg.solve(C, mean))
    assert condition_number(unit.fisher) >= bound * (1 - 1e-4)


def test_without_a_bias_a_mean_can_make_the_matrix_better():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((20000, 2)) * [0.1, 1.0] + [1.0, 0.0]
    weights_only = LogisticUnit(X, [0.0, 0.0], 0.0).fisher[:-1, :-1]
    mean = X.mean(axis=0)
    assert condition_number(weights_only) < 1.1
    assert (1 + mean @ mean) * (1 + mean @ np.linalg.solve(np.cov(X.T), mean)) > 100


# fisher.center-regress-intercept, fisher.by-hand


@given(seed=seeds)
@slow
def test_three_stages_are_the_step_for_hostile_inputs(seed):
    _, unit, y = _unit(seed)
    assume(np.linalg.cond(unit.fisher) < 1e9)
    outputs = [unit.X @ step.dw + step.db for step in (unit.natural_step(y), unit.stages(y))]
    scale = np.abs(outputs[0]).max() + 1
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-5 * scale)
    root = np.sqrt(unit.curvatures)
    rows = np.column_stack([unit.X, np.ones(len(unit.X))])
    fitted = np.linalg.lstsq(rows * root[:, np.newaxis], -unit.errors(y) / root, rcond=None)[0]
    np.testing.assert_allclose(rows @ fitted, outputs[0], atol=1e-5 * scale)


def test_with_damping_the_three_stages_are_another_step():
    unit = LogisticUnit([[1.0], [3.0]], [0.0], 0.0)
    assert unit.natural_step([0, 1], damping=0.1).dw[0] < 0.7 * unit.stages([0, 1]).dw[0]


def test_with_the_plain_mean_the_three_stages_are_another_step():
    # Why fisher.center-regress-intercept names the weights: it said only "center the inputs".
    X, y = np.array([[0.0], [1.0], [4.0]]), np.array([1, 1, 0])
    unit = LogisticUnit(X, [0.8], 0.3)
    x, h, delta = X[:, 0], unit.curvatures, unit.errors(y)
    slopes = {}
    for name, mean in (("plain", x.mean()), ("weighted", h @ x / h.sum())):
        slopes[name] = -delta @ (x - mean) / (h @ (x - mean) ** 2)
    natural = unit.natural_step(y).dw[0]
    assert slopes["weighted"] == pytest.approx(natural)
    assert slopes["plain"] != pytest.approx(natural, rel=0.05)
    sentence = CLAIMS["fisher.center-regress-intercept"].sentence
    assert "each with the weights h = p(1 − p)" in sentence


@given(shift=st.floats(-50, 50), spread=st.floats(0.1, 10))
@slow
def test_two_examples_end_where_they_end_wherever_they_stand(shift, spread):
    X = np.array([[shift - spread], [shift + spread]])
    dw, db = LogisticUnit(X, [0.0], 0.0).natural_step([0, 1])
    np.testing.assert_allclose(X @ dw + db, [-2, 2], atol=1e-6 * (1 + (shift / spread) ** 2))


def test_errors_with_a_mean_make_the_stage_no_plain_covariance():
    # Why fisher.center-regress-intercept says to what is fitted, and with which weights.
    X, y = np.array([[0.0], [1.0], [4.0]]), np.array([1, 1, 0])
    unit = LogisticUnit(X, [0.8], 0.3)
    x, h, ratio = X[:, 0], unit.curvatures, -unit.errors(y) / unit.curvatures
    plain = -np.cov(unit.errors(y), x)[0, 1] / np.cov(x, x)[0, 1] / h.mean()
    weighted = np.cov(ratio, x, aweights=h)
    slope = unit.natural_step(y).dw[0]
    assert slope == pytest.approx(weighted[0, 1] / weighted[1, 1])
    assert slope != pytest.approx(plain, rel=0.05)


@given(mean=st.floats(-3, 3))
@slow
def test_the_bias_takes_more_than_what_makes_up_for_the_mean(mean):
    # Why fisher.center-regress-intercept says "intercept" of a fit to −δ/h: "makes up for the mean"
    # was less than half of it.
    x, y = np.array([-1.0, 0.0, 2.0]) + mean, np.array([1, 1, 0])
    unit = LogisticUnit(x[:, np.newaxis], [0.0], 0.0)
    dw, db = unit.natural_step(y)
    ratio = np.mean(-unit.errors(y) / unit.curvatures)
    assert abs(ratio) > 0.5
    assert db == pytest.approx(ratio - x.mean() * dw[0])
    sentence = CLAIMS["fisher.center-regress-intercept"].sentence
    assert "fit to −δ/h" in sentence
    assert "Δb its intercept" in sentence


def test_the_probability_of_a_logistic_unit_moves_by_less_than_one():
    # Why the boxes say "pre-activation": what a logistic unit gives out lies between 0 and 1.
    X, y = np.array([[1.0], [3.0]]), [0, 1]
    unit = LogisticUnit(X, [0.0], 0.0)
    dw, db = unit.natural_step(y)
    moved = LogisticUnit(X, dw, float(db)).probabilities
    assert np.abs(moved - unit.probabilities).max() < 0.5
    for name in ("by-hand", "plain-varies", "needs-bias", "damping", "empirical"):
        sentence = CLAIMS[f"fisher.{name}"].sentence
        assert "pre-activation" in sentence
        assert "output" not in sentence
    for name in ("by-hand", "plain-varies", "needs-bias", "diagonal"):
        wide = [p.label for p in CLAIMS[f"fisher.{name}"].result().parts if abs(p.observed) > 1]
        assert wide
        assert all("pre-activation" in label for label in wide)
    wrong = re.compile(r"Adam's outputs|outputs of Adam|output \$s|moves an output")
    for page in ("book/fisher.md", "book/corrected.md"):
        assert not wrong.search((ROOT / page).read_text(encoding="utf-8"))
    # Its largest change is above 3.
    assert "output" not in draw("fisher-two-paths").alt + draw("fisher-two-paths").svg


def test_a_penalty_on_the_weights_makes_the_natural_step_no_regression():
    # Why the boxes on the three stages exclude a penalty: its gradient is not one of errors.
    X, y = np.array([[1.0], [3.0], [4.0]]), np.array([1, 0, 1])
    unit = LogisticUnit(X, [0.5], -1.0)
    gradient = unit.gradient(y) + 0.1 * np.array([0.5, 0])
    with_penalty = -np.linalg.solve(unit.fisher, gradient)
    assert np.abs(with_penalty - unit.natural_step(y).vector).max() > 0.05
    # Damping keeps a step of labels that all are 1 from being 1/p.
    sure = LogisticUnit(X, [0.0], float(np.log(4)))
    damped = -np.linalg.solve(sure.fisher + 0.1 * np.eye(2), sure.gradient([1, 1, 1]))
    assert np.abs(X @ damped[:1] + damped[1] - 1 / 0.8).max() > 0.1
    for name in ("center-regress-intercept", "empirical"):
        assert "no damping or penalty" in CLAIMS[f"fisher.{name}"].assumes


def test_a_damped_diagonal_sees_a_rescaling():
    # Why fisher.diagonal assumes no damping.
    X = np.array([[1.0], [3.0]])
    moves = []
    for Z in (X, 10 * X):
        unit = LogisticUnit(Z, [0.0], 0.0)
        step = -unit.gradient([0, 1]) / (np.diag(unit.fisher) + 0.1)
        moves.append(Z @ step[:-1] + step[-1])
    assert np.abs(moves[0] - moves[1]).max() > 0.02
    assert "no damping or penalty" in CLAIMS["fisher.diagonal"].assumes


# fisher.invariance, fisher.plain-varies, fisher.needs-bias


@given(seed=seeds, step_size=st.floats(0.05, 0.5))
@slow
def test_no_affine_map_of_the_inputs_changes_an_output(seed, step_size):
    rng, unit, y = _unit(seed, most=3)
    n = unit.w.size
    T = rng.standard_normal((n, n)) + 2 * np.eye(n)
    assume(np.linalg.cond(T) < 50)
    c = 3 * rng.standard_normal(n)
    options = {"method": "natural", "step_size": step_size, "steps": 3}
    try:
        first = logistic_path(unit.X, y, unit.w, unit.b, **options).logits
        w = np.linalg.solve(T.T, unit.w)
        second = logistic_path(unit.X @ T.T + c, y, w, unit.b - float(w @ c), **options).logits
    except ValueError:  # certain of all examples: no longer inside
        assume(False)
    scale = 1 + np.abs(first).max()
    np.testing.assert_allclose(first, second, atol=1e-4 * scale)


@pytest.mark.parametrize(
    "change", [{"bias": False}, {"damping": 0.01}, {"method": "gradient", "step_size": 0.2}]
)
def test_each_hypothesis_of_the_invariance_is_needed(change):
    rng = np.random.default_rng(1)
    X = rng.standard_normal((100, 3))
    y = (X[:, 0] + rng.logistic(size=100) > 0).astype(float)
    options = {"method": "natural", "step_size": 0.5, "steps": 5} | change
    outputs = [logistic_path(X + c, y, np.zeros(3), 0.0, **options).logits for c in (0.0, 3.0)]
    assert np.abs(outputs[0] - outputs[1]).max() > 0.1


def test_one_hot_inputs_make_up_for_a_shift_without_a_bias():
    # Why the page says "in general": they sum to 1, so a shift of them is a linear map.
    X = np.repeat(np.eye(3), [3, 4, 5], axis=0)
    y = np.array([0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0])
    shift = np.array([0.5, 2.0, -0.3])
    options = {"method": "natural", "step_size": 1.0, "steps": 5, "bias": False}
    outputs = [logistic_path(Z, y, np.zeros(3), 0.0, **options).logits for Z in (X, X + shift)]
    np.testing.assert_allclose(*outputs, atol=1e-9)


def test_on_separable_data_plain_descent_has_no_bound_though_its_loss_never_rises():
    X, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
    step = 1.9 / np.linalg.eigvalsh(LogisticUnit(X, [0.0], 0.0).fisher)[-1]
    path = logistic_path(X, y, np.zeros(1), 0.0, method="gradient", step_size=step, steps=3000)
    assert (np.diff(path.losses) <= 0).all()
    assert path.logits[-1, 1] > path.logits[300, 1] + 2


@pytest.mark.parametrize(
    ("weights", "bias", "same"), [(0, 0, True), (0.1, 0, False), (0, 0.1, False)]
)
def test_weight_decay_shows_how_inputs_are_written(weights, bias, same):
    # Why the invariances assume none: of the weights it shows a map, of the bias a shift.
    rng = np.random.default_rng(27)
    X = rng.standard_normal((80, 2))
    y = (X[:, 0] + rng.logistic(size=80) > 0).astype(float)
    outputs = []
    for Z in (X, X * [1.0, 5.0] if weights else X + 3):
        w, b = np.zeros(2), 0.0
        for _ in range(5):
            unit = LogisticUnit(Z, w, b)
            slope = unit.gradient(y) + np.append(weights * w, bias * b)
            step = -0.5 * np.linalg.solve(unit.fisher, slope)
            w, b = w + step[:-1], b + step[-1]
        outputs.append(Z @ w + b)
    assert (np.abs(outputs[0] - outputs[1]).max() < 1e-9) == same
    for name in ("invariance", "hidden-layers"):
        assert "no damping, no weight decay" in CLAIMS[f"fisher.{name}"].assumes


def test_one_weight_for_two_inputs_sees_an_invertible_map():
    # Why fisher.invariance names the unit: with a shared weight, started at 0, the map shows.
    X = np.random.default_rng(22).standard_normal((100, 2)) + 1
    y = (X[:, 0] > 1).astype(float)
    outputs = []
    for Z in (X, X * [1.0, 5.0]):
        dw, db = LogisticUnit(Z.sum(axis=1, keepdims=True), [0.0], 0.0).natural_step(y)
        outputs.append(Z.sum(axis=1) * dw + db)
    assert np.abs(outputs[0] - outputs[1]).max() > 0.1
    assert "of a logistic unit" in CLAIMS["fisher.invariance"].sentence


def test_a_map_that_is_not_affine_changes_outputs():
    rng = np.random.default_rng(2)
    X = rng.standard_normal((100, 2))
    y = (X[:, 0] + rng.logistic(size=100) > 0).astype(float)
    options = {"method": "natural", "step_size": 0.5, "steps": 3}
    outputs = [logistic_path(Z, y, np.zeros(2), 0.0, **options).logits for Z in (X, X**3)]
    assert np.abs(outputs[0] - outputs[1]).max() > 0.1


# fisher.damping-slope, fisher.damping


@given(c=st.floats(-20, 20), damping=st.floats(1e-6, 10), variance=st.floats(0.01, 10), seed=seeds)
@slow
def test_damping_divides_the_slope_by_the_formula(c, damping, variance, seed):
    x = np.random.default_rng(seed).standard_normal(40)
    x = (x - x.mean()) / x.std() * np.sqrt(variance)
    y = np.repeat([0, 1], 20)  # errors ½ and −½ have mean 0

    def slope(shift):
        unit = LogisticUnit((x + shift)[:, np.newaxis], [0.0], 0.0)
        return unit.natural_step(y, damping=damping).dw[0]

    h = 0.25
    factor = 1 + h * c**2 * damping / ((h + damping) * (h * variance + damping))
    assume(abs(slope(0.0)) > 1e-6)
    assert slope(0.0) / slope(c) == pytest.approx(factor, rel=1e-6)


def test_without_a_bias_damping_divides_the_slope_by_another_factor():
    # Why the claim names the bias: without one a shift divides the slope even at no damping.
    x, delta, h, c = np.array([-1.0, 1.0]), np.array([0.5, -0.5]), 0.25, 2.0
    for damping in (0.0, 0.1):
        slopes = [-np.mean(delta * z) / (h * np.mean(z**2) + damping) for z in (x, x + c)]
        factor = 1 + h * c**2 * damping / ((h + damping) * (h + damping))
        assert slopes[0] / slopes[1] > 1.5 * factor


def test_errors_with_a_mean_have_another_factor():
    x, y = np.array([[-1.0], [1.0], [0.0]]), [0, 1, 1]
    slopes = [
        LogisticUnit(x + c, [0.0], 0.0).natural_step(y, damping=0.1).dw[0] for c in (0.0, 2.0)
    ]
    v = 2 / 3
    factor = 1 + 0.25 * 4 * 0.1 / (0.35 * (0.25 * v + 0.1))
    assert slopes[0] / slopes[1] != pytest.approx(factor, rel=0.05)


@pytest.mark.parametrize("shift", [0.5, -3.0, 10.0])
def test_a_shift_comes_through_in_proportion_to_the_damping(shift):
    small = damped_changes(shift, (1e-7, 1e-6))
    assert small[1] / small[0] == pytest.approx(10, rel=0.02)
    assert damped_changes(shift, (0.0,))[0] < 1e-9


def test_where_no_step_goes_along_the_shift_damping_changes_nothing():
    # Why the claim says "can": labels that depend on x1 − x2 alone ask for no step along (1, …, 1).
    signs = np.array(np.meshgrid(*[[-1.0, 1.0]] * 4)).reshape(4, 16).T
    x, kinds = np.repeat(signs, 4, axis=0), np.sign(signs[:, 0] - signs[:, 1])
    y = np.concatenate([np.arange(4) < 2 + kind for kind in kinds]).astype(float)
    for damping in (1e-4, 1e-2):
        runs = []
        for shift in (0.0, 2.0):
            w, b = np.zeros(4), 0.0
            for _ in range(10):
                step = LogisticUnit(x + shift, w, b).natural_step(y, damping=damping)
                w, b = w + step.dw, b + step.db
            runs.append((x + shift) @ w + b)
        assert np.abs(runs[0]).max() > 0.5
        assert np.abs(runs[1] - runs[0]).max() < 1e-9
    assert " can grow " in CLAIMS["fisher.damping"].sentence


# fisher.labels, fisher.empirical


@given(p=st.floats(0.02, 0.98))
@slow
def test_steps_of_a_unit_whose_labels_agree(p):
    X = np.random.default_rng(3).standard_normal((30, 2)) + 2
    unit = LogisticUnit(X, np.zeros(2), float(np.log(p / (1 - p))))
    y = np.ones(30)
    for matrix, move in ((unit.fisher, 1 / p), (unit.empirical_fisher(y), 1 / (1 - p))):
        step = -np.linalg.solve(matrix, unit.gradient(y))
        np.testing.assert_allclose(X @ step[:-1] + step[-1], move, rtol=1e-7)


def test_at_one_half_the_empirical_matrix_is_the_fisher_matrix():
    X = np.random.default_rng(4).standard_normal((30, 2))
    unit = LogisticUnit(X, np.zeros(2), 0.0)
    y = (np.arange(30) % 3 == 0).astype(float)
    np.testing.assert_allclose(unit.empirical_fisher(y), unit.fisher, atol=1e-15)


def test_a_model_that_is_sure_and_as_often_right_as_it_says_has_no_other_empirical_matrix():
    # Why the page says "right more often still".
    unit = LogisticUnit(np.ones((100, 1)), [0.0], float(np.log(99)))
    right_as_often = np.append(np.ones(99), 0)
    np.testing.assert_allclose(unit.empirical_fisher(right_as_often), unit.fisher)
    assert unit.empirical_fisher(np.ones(100))[0, 0] < unit.fisher[0, 0] / 50


# fisher.hidden-layers, fisher.singular


@pytest.mark.parametrize("sizes", [(3, 4, 2), (2, 3, 1), (4, 3, 3), (2, 3, 3, 2)])
def test_no_network_with_an_invertible_matrix_sees_the_mean_of_its_hidden_units(sizes):
    inside = 0
    for seed in range(12):
        rng = np.random.default_rng([10, seed])
        raw = initialize(sizes, activation="sigmoid", rng=rng, gain=6.0)
        X = 2 * rng.standard_normal((150, sizes[0]))
        if np.linalg.cond(network_fisher(raw, X, likelihood="gaussian")) > 3e7:
            continue
        inside += 1
        # Targets that no such network fits, with heavy tails.
        targets = forward(raw, X).logits + 0.3 * rng.standard_t(3, (150, sizes[-1]))
        shifted = shift_inputs(raw, np.ones(sizes[0]))
        outputs = []
        for start, Z in ((raw, X), (center_activation(raw), X), (shifted, X - 1)):
            step = squared_loss_step(start, Z, targets)
            outputs.append(forward(add_step(start, 0.05 * step), Z).logits)
        size = 1 + np.abs(outputs[0]).max()
        for other in outputs[1:]:
            np.testing.assert_allclose(other, outputs[0], atol=1e-5 * size)
    assert inside >= 4


def test_plain_descent_of_another_network_parts_by_less():
    # Why the page says that its number is of three networks.
    least = CLAIMS["fisher.hidden-layers"].result().numbers["plain"]
    assert centered_or_not(18, 120, 4, "gradient") < 0.6 * least
    page = (ROOT / "book/fisher.md").read_text(encoding="utf-8")
    assert "steps on {value}`fisher.hidden-layers networks` networks of" in page


def test_the_condition_number_of_a_network_can_grow_on_the_way():
    # Why the page says of which moment its number is.
    rng = np.random.default_rng([58, 0])
    network = initialize([3, 4, 2], activation="sigmoid", rng=rng, gain=3.0)
    X = rng.standard_normal((120, 3))
    teacher = initialize([3, 4, 2], activation="sigmoid", rng=np.random.default_rng(59), gain=3.0)
    targets = forward(teacher, X).logits
    first = condition_number(network_fisher(network, X, likelihood="gaussian"))
    assert first == pytest.approx(CLAIMS["fisher.hidden-layers"].result().numbers["condition"])
    for _ in range(9):
        network = add_step(network, 0.2 * squared_loss_step(network, X, targets, method="natural"))
    assert condition_number(network_fisher(network, X, likelihood="gaussian")) > 3 * first
    page = (ROOT / "book/fisher.md").read_text(encoding="utf-8")
    assert "condition .0e` at the start" in page


def test_a_network_without_an_invertible_matrix_is_refused_or_sees_it():
    rng = np.random.default_rng(11)
    raw = initialize([3, 6, 2], activation="sigmoid", rng=rng, gain=3.0)
    X, targets = rng.standard_normal((12, 3)), rng.standard_normal((12, 2))
    with pytest.raises(ValueError, match="full rank"):
        squared_loss_step(raw, X, targets)
    outputs = [
        forward(add_step(n, squared_loss_step(n, X, targets, method="pseudo-inverse")), X).logits
        for n in (raw, center_activation(raw))
    ]
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-3


def test_where_two_inputs_are_equal_the_pseudo_inverse_sees_no_shift():
    # Why fisher.singular says "can": the matrix is singular, and no output changes.
    rng = np.random.default_rng(23)
    x = np.repeat(rng.standard_normal((60, 1)), 2, axis=1)
    y = (x[:, 0] + rng.logistic(size=60) > 0).astype(float)
    runs = []
    for c in (0.0, 10.0):
        w, b = np.zeros(2), 0.0
        for _ in range(4):
            unit = LogisticUnit(x + c, w, b)
            step = -np.linalg.pinv(unit.fisher, rcond=1e-9) @ unit.gradient(y)
            w, b = w + step[:-1], b + step[-1]
        runs.append((x + c) @ w + b)
    assert np.linalg.matrix_rank(unit.fisher) == 2
    assert np.abs(runs[0]).max() > 0.5
    np.testing.assert_allclose(*runs, atol=1e-7)
    assert " can change outputs" in CLAIMS["fisher.singular"].sentence


def test_a_step_that_is_not_the_shortest_moves_the_neighbor_as_far_as_it_likes():
    # Why fisher.singular says which of the steps: "the step that adds 1" was not one step.
    for dw in (-3.0, 0.0, 1.0, 7.0):
        step = np.array([dw, 1 - dw])
        assert step @ [1.0, 1.0] == 1
        assert step @ [3.0, 1.0] == pytest.approx(1 + 2 * dw)
    assert "the shortest step" in CLAIMS["fisher.singular"].sentence


@given(seed=seeds)
@settings(max_examples=15, deadline=None)
def test_one_example_moves_its_neighbors_by_how_it_is_written(seed):
    rng = np.random.default_rng(seed)
    x, other = rng.uniform(0.5, 3, 2)
    assume(abs(x - other) > 0.2)
    moved = []
    for c in (0.0, 10.0):
        g = np.array([x + c, 1.0])
        moved.append(np.linalg.pinv(np.outer(g, g)) @ g @ [other + c, 1.0])
    assert abs(moved[0] - moved[1]) > 1e-3
    # At the example itself nothing depends on it.
    g = np.array([x + 10, 1.0])
    assert np.linalg.pinv(np.outer(g, g)) @ g @ g == pytest.approx(1, rel=1e-9)


def test_pages_that_say_the_natural_gradient_centers_name_the_inverse():
    # Two examples and three weights: the pseudo-inverse moves other inputs by how all are written.
    X, y, new = np.array([[0.0, 1.0], [1.0, 0.0]]), [1, 1], np.array([3.0, 1.0])
    moves = []
    for shift in (0.0, 5.0):
        unit = LogisticUnit(X + shift, [0.0, 0.0], 0.0)
        step = -np.linalg.pinv(unit.fisher, hermitian=True) @ unit.gradient(y)
        moves.append((new + shift) @ step[:2] + step[2])
    assert abs(moves[0] - moves[1]) > 0.1
    for page in ("index.md", "book/questions.md"):
        words = (ROOT / page).read_text(encoding="utf-8")
        assert "if there is a bias and the Fisher matrix is inverted as it is" in words


# fisher.kronecker, fisher.kronecker-centers


@given(seed=seeds, units=st.integers(1, 4), n=st.integers(1, 4))
@slow
def test_errors_of_any_law_that_ignore_the_inputs_give_a_product(seed, units, n):
    rng = np.random.default_rng(seed)
    x = np.column_stack([_inputs(rng, n, 7), np.ones(7)])
    delta = rng.standard_t(2, (5, units)) + rng.standard_normal(units)
    F = np.mean(
        [np.outer(g, g) for d in delta for g in [np.outer(d, z).ravel() for z in x]], axis=0
    )
    product = np.kron(delta.T @ delta / 5, x.T @ x / 7)
    np.testing.assert_allclose(F, product, atol=1e-12 * np.abs(product).max())


@given(seed=seeds)
@slow
def test_no_shift_changes_what_a_kronecker_step_does(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((50, 3)) * 10.0 ** rng.uniform(-1, 1, 3)
    delta = rng.standard_t(3, (50, 2))
    drawn = rng.choice([-1.0, 1.0], (60, 2)) + 0.3 * rng.standard_normal((60, 2))
    c = 5 * rng.standard_normal(3)
    first, second = kronecker_step(X, delta, drawn=drawn), kronecker_step(X + c, delta, drawn=drawn)
    outputs = X @ first.dw.T + first.db, (X + c) @ second.dw.T + second.db
    np.testing.assert_allclose(*outputs, atol=1e-6 * (1 + np.abs(outputs[0]).max()))


def test_without_the_bias_input_a_kronecker_step_sees_the_shift():
    rng = np.random.default_rng(5)
    X, delta = rng.standard_normal((50, 3)), rng.standard_normal((50, 2))

    def outputs(Z):
        G, A = delta.T @ delta / 50, Z.T @ Z / 50
        return -Z @ (np.linalg.solve(G, delta.T @ Z / 50) @ np.linalg.inv(A)).T

    assert np.abs(outputs(X) - outputs(X + 5)).max() > 0.1


def test_labels_drawn_anew_change_what_a_kronecker_step_does():
    # Why fisher.kronecker-centers says "the same after a shift".
    rng = np.random.default_rng(29)
    X, delta = rng.standard_normal((50, 3)), rng.standard_normal((50, 2))
    drawn = rng.standard_normal((2, 60, 2))
    steps = [kronecker_step(X, delta, drawn=errors) for errors in drawn]
    outputs = [X @ step.dw.T + step.db for step in steps]
    assert np.abs(outputs[0] - outputs[1]).max() > 0.01
    assert any("the same after" in words for words in CLAIMS["fisher.kronecker-centers"].assumes)


# fisher.whole-network, fisher.width


@pytest.mark.parametrize("seed", range(10))
def test_hidden_means_make_the_stiff_direction_of_other_networks_of_the_size(seed):
    rng = np.random.default_rng([6, seed])
    network = initialize([6, 8, 8, 3], activation="sigmoid", rng=rng)
    X = 1.5 + rng.standard_normal((60, 6))
    top = np.linalg.eigvalsh(network_fisher(network, X))[-1]
    hidden = np.linalg.eigvalsh(network_fisher(center_activation(network), X))[-1]
    mean = X.mean(axis=0)
    inputs = np.linalg.eigvalsh(network_fisher(shift_inputs(network, mean), X - mean))[-1]
    assert hidden < 2 / 3 * top
    assert inputs > 0.9 * top


def test_a_rare_network_keeps_more_than_two_thirds_without_its_hidden_means():
    # Why fisher.whole-network says how many networks: three of forty thousand others are like this.
    rng = np.random.default_rng(5)
    for _ in range(3312):
        network = initialize([6, 8, 8, 3], activation="sigmoid", rng=rng)
    corners = 1.5 + np.array(list(itertools.product((-1.0, 1.0), repeat=6)))
    for X in (corners, 1.5 + np.random.default_rng(0).standard_normal((60, 6))):
        top = np.linalg.eigvalsh(network_fisher(network, X))[-1]
        hidden = np.linalg.eigvalsh(network_fisher(center_activation(network), X))[-1]
        assert hidden > 0.675 * top
    claim = CLAIMS["fisher.whole-network"]
    assert claim.sentence.startswith("In twenty random sigmoid networks drawn here")
    assert "60 examples for each, of independent inputs N(1.5, 1)" in claim.assumes


def test_one_of_twenty_other_networks_keeps_nine_tenths():
    # Why the claim says which twenty: of 1300 sets of twenty two fail, by one network each.
    for seed, kept in ((502, "0.731"), (773, "0.903")):
        with pytest.raises(ClaimError, match=f"observed {kept}"):
            CLAIMS["fisher.whole-network"].check(seed)


def test_a_step_of_half_the_size_is_half_of_the_fit():
    # Why two boxes name the size.
    unit, y = LogisticUnit([[1.0], [3.0]], [0.0], 0.0), np.array([0, 1])
    root = np.sqrt(unit.curvatures)
    rows = np.array([[1.0, 1.0], [3.0, 1.0]]) * root[:, np.newaxis]
    slope = np.linalg.lstsq(rows, -unit.errors(y) / root, rcond=None)[0][0]
    assert 0.5 * unit.natural_step(y).dw[0] == pytest.approx(0.5 * slope)
    assert abs(slope) > 1
    for name in ("center-regress-intercept", "kronecker-centers"):
        assert "steps of size 1" in CLAIMS[f"fisher.{name}"].assumes


def test_centering_inputs_without_keeping_the_function_can_take_away_a_tenth():
    # Why fisher.whole-network says that biases take up what is subtracted.
    kept, lost = [], []
    for seed in range(100):
        rng = np.random.default_rng([3, seed])
        network = initialize([6, 8, 8, 3], activation="sigmoid", rng=rng)
        X = 1.5 + rng.standard_normal((60, 6))
        mean = X.mean(axis=0)
        pairs = (network, X), (shift_inputs(network, mean), X - mean), (network, X - mean)
        top, same, other = (np.linalg.eigvalsh(network_fisher(*pair))[-1] for pair in pairs)
        kept.append(same / top)
        lost.append(other / top)
    assert min(lost) < 0.9 < 0.95 < min(kept)
    assert any("the function kept" in words for words in CLAIMS["fisher.whole-network"].assumes)


def test_with_many_inputs_and_few_hidden_units_it_is_the_mean_of_the_inputs():
    # Why the sentence names the sizes: of "small networks" it was false.
    left = []
    for seed in range(6):
        rng = np.random.default_rng([99, seed])
        network = initialize([30, 4, 2], activation="sigmoid", rng=rng)
        X = 1.5 + rng.standard_normal((60, 30))
        mean = X.mean(axis=0)
        tops = [
            np.linalg.eigvalsh(network_fisher(*one))[-1]
            for one in (
                (network, X),
                (center_activation(network), X),
                (shift_inputs(network, mean), X - mean),
            )
        ]
        left.append([tops[1] / tops[0], tops[2] / tops[0]])
    hidden, inputs = np.median(left, axis=0)
    assert hidden > 2 / 3
    assert inputs < 2 / 3


def test_where_hidden_units_have_no_mean_the_inputs_matter_more():
    left = []
    for seed in range(6):
        rng = np.random.default_rng([7, seed])
        network = initialize([6, 8, 8, 3], activation="tanh", rng=rng)
        X = 1.5 + rng.standard_normal((60, 6))
        mean = X.mean(axis=0)
        pair = (network, X), (shift_inputs(network, mean), X - mean)
        np.testing.assert_allclose(*(forward(*one).logits for one in pair), atol=1e-9)
        tops = [np.linalg.eigvalsh(network_fisher(*one))[-1] for one in pair]
        left.append(tops[1] / tops[0])
    assert np.median(left) < 0.9


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
def test_growth_with_the_width_needs_the_mean_of_the_output(activation):
    growth = {}
    for subtract in (False, True):
        values = width_eigenvalues(
            activation, (32, 128), seeds=range(20, 26), subtract_mean=subtract
        )
        growth[subtract] = values[1] / values[0]
    assert growth[False] > 2.8
    assert growth[True] < 1.6


def test_the_page_says_from_which_width_batch_norm_was_measured():
    numbers = CLAIMS["fisher.width-batch-norm"].result().numbers
    assert numbers["narrowest"] < CLAIMS["fisher.width"].result().numbers["narrowest"]
    page = (ROOT / "book/fisher.md").read_text(encoding="utf-8")
    assert "batch normalization from {value}`fisher.width-batch-norm narrowest`" in page


def test_one_example_alone_gives_an_eigenvalue_like_the_width():
    lengths = []
    for width in (32, 128):
        rng = np.random.default_rng(8)
        network = initialize([width, width, width, 1], activation="tanh", rng=rng)
        lengths.append(largest_eigenvalue(network, rng.standard_normal((1, width))))
    assert lengths[1] / lengths[0] == pytest.approx(4, rel=0.4)


@pytest.mark.parametrize(("spread", "mean", "grows"), [(0, 0, False), (1, 0, True), (0, 2, True)])
def test_biases_or_a_mean_of_the_inputs_make_tanh_grow_with_the_width(spread, mean, grows):
    # Why the assumptions say "biases 0" and N(0, 1): tanh of what has a mean has a mean.
    values = []
    for width in (32, 128):
        tops = []
        for seed in range(3):
            rng = np.random.default_rng([17, seed])
            start = initialize([width, width, width, 1], activation="tanh", rng=rng)
            biases = tuple(spread * rng.standard_normal(b.size) for b in start.biases)
            network = Network(start.weights, biases, start.activation)
            tops.append(largest_eigenvalue(network, mean + rng.standard_normal((width, width))))
        values.append(np.mean(tops))
    assert (values[1] / values[0] > 2.5) == grows
    assert (values[1] / values[0] < 1.6) != grows


def test_weights_with_a_mean_make_tanh_grow_with_the_width():
    # Why the assumptions say "of mean 0": "normal weights of variance 1/inputs" did not.
    tops = []
    for width in (32, 128):
        rng = np.random.default_rng(24)
        start = initialize([width, width, width, 1], activation="tanh", rng=rng)
        weights = tuple(w + 0.5 / np.sqrt(width) for w in start.weights)
        network = Network(weights, start.biases, start.activation)
        tops.append(largest_eigenvalue(network, rng.standard_normal((width, width))))
    assert tops[1] / tops[0] > 4
    assert "of mean 0" in CLAIMS["fisher.width"].assumes[0]


def test_one_example_less_its_mean_output_has_no_eigenvalue_at_any_width():
    # Why fisher.width-fixed says how many examples.
    for width in (16, 64):
        rng = np.random.default_rng(18)
        network = initialize([width, width, width, 1], activation="relu", rng=rng)
        one = rng.standard_normal((1, width))
        assert abs(largest_eigenvalue(network, one, subtract_mean=True)) < 1e-9


def test_labels_that_are_drawn_together_have_another_empirical_matrix():
    # Why fisher.labels assumes independent ones: each is 1 with the probability 4/5, all at once.
    unit = LogisticUnit(np.ones((100, 1)), [0.0], float(np.log(4)))
    for label, times in ((1, 1 / 4), (0, 4)):
        ratio = unit.empirical_fisher(np.full(100, label)) / unit.fisher
        np.testing.assert_allclose(ratio, times)


def test_one_example_far_out_decides_the_empirical_matrix_of_a_heavy_tail():
    # Why fisher.labels asks for a finite variance: the label of one example is then most of it.
    ratios = []
    for seed in range(6):
        rng = np.random.default_rng([25, seed])
        unit = LogisticUnit(rng.standard_cauchy((20_000, 1)), [0.0], float(np.log(4)))
        y = (rng.random(20_000) < unit.probabilities).astype(float)
        ratios.append(np.trace(unit.empirical_fisher(y)) / np.trace(unit.fisher))
    assert np.abs(np.log(ratios)).max() > np.log(1.5)
    assert any("finite variance" in words for words in CLAIMS["fisher.labels"].assumes)


# fisher.diagonal


@given(exponents=st.lists(st.floats(-3, 3), min_size=3, max_size=3))
@slow
def test_the_diagonal_ignores_any_rescaling(exponents):
    rng = np.random.default_rng(9)
    X = 1 + rng.standard_normal((50, 3))
    y = (X[:, 0] + rng.logistic(size=50) > 1).astype(float)
    scales = 10.0 ** np.array(exponents)
    options = {"method": "diagonal", "step_size": 0.3, "steps": 10}
    outputs = [logistic_path(Z, y, np.zeros(3), 0.0, **options).logits for Z in (X, X * scales)]
    np.testing.assert_allclose(*outputs, atol=1e-9)


# fisher.elu-step, fisher.elu-shift, fisher.elu-centered


@given(seed=seeds, n=st.integers(1, 6))
@slow
def test_closed_forms_of_the_elu_paper_hold_for_hostile_units(seed, n):
    rng = np.random.default_rng(seed)
    a = _inputs(rng, n, 80)
    delta = rng.choice([0.0, 1.0, -3.0], 80) * rng.standard_t(3, 80)
    assume(np.count_nonzero(delta) > n + 5)
    try:
        unit = unit_fisher(a, delta)
    except ValueError:
        assume(False)
    assume(np.linalg.cond(unit.matrix) < 1e8)
    g, g0 = rng.standard_normal(n), float(rng.standard_normal())
    solved = np.linalg.solve(unit.matrix, np.append(g, g0))
    scale = np.abs(solved).max()
    np.testing.assert_allclose(unit.natural_direction(g, g0).vector, solved, atol=1e-5 * scale)
    shift = unit.mean @ solved[:-1] + solved[-1]
    size = scale * (1 + np.abs(unit.mean).max())
    assert unit.bias_shift(g, g0) == pytest.approx(shift, abs=1e-4 * size)


@given(seed=seeds, n=st.integers(1, 5))
@slow
def test_the_formulas_of_two_boxes_hold_as_they_are_written(seed, n):
    rng = np.random.default_rng(seed)
    a, delta = rng.standard_normal((40, n)) + rng.standard_normal(n), rng.standard_normal(40)
    g, g0 = rng.standard_normal(n), float(rng.standard_normal())
    A, b, c = (a.T * delta**2) @ a / 40, delta**2 @ a / 40, float(delta @ delta / 40)
    F = np.block([[A, b[:, np.newaxis]], [b[np.newaxis], np.full((1, 1), c)]])
    assume(np.linalg.cond(F) < 1e6)
    dw, db = np.split(np.linalg.solve(F, np.append(g, g0)), [n])
    inverse = np.linalg.inv(A)
    s = (1 + b @ np.linalg.inv(c * A - np.outer(b, b)) @ b) / c
    scale = np.abs(np.append(dw, db)).max()
    assert s * (g0 - b @ inverse @ g) == pytest.approx(db[0], abs=1e-7 * scale)
    np.testing.assert_allclose(inverse @ (g - db * b), dw, atol=1e-7 * scale)
    p, q = a.mean(axis=0), np.average(a, axis=0, weights=delta**2)
    variance = np.cov(a.T, aweights=delta**2, ddof=0).reshape(n, n)
    k = 1 + (q - p) @ np.linalg.solve(variance, q)
    shift = (p - k * q) @ inverse @ g + k * g0 / c
    assert shift == pytest.approx(p @ dw + db[0], abs=1e-6 * scale * (1 + np.abs(p).max()))
    for name, formula in (
        ("step", "Δw = A⁻¹(g − Δw₀b)"),
        ("shift", "(E_p[a] − kE_q[a])ᵀA⁻¹g + kg₀/c"),
    ):
        assert formula in CLAIMS[f"fisher.elu-{name}"].sentence


def test_of_a_unit_that_reads_a_constant_no_natural_step_is_defined():
    # Outside: A is invertible, F is not, and the s of the box divides by 0.
    delta = np.array([1.0, 2.0, 3.0])
    unit = unit_fisher(np.ones((3, 1)), delta)
    assert unit.block[0, 0] > 0
    assert np.linalg.matrix_rank(unit.matrix) == 1
    assert unit.corner * unit.block[0, 0] - unit.border[0] ** 2 == 0
    for name in ("step", "shift"):
        assert "F has the blocks" in CLAIMS[f"fisher.elu-{name}"].assumes[0]
        assert CLAIMS[f"fisher.elu-{name}"].assumes[0].endswith("and is invertible")


def test_a_plain_mean_of_zero_does_not_uncouple_weights_and_bias():
    a, delta = np.array([[-1.0], [1.0]]), np.array([1.0, 2.0])
    unit = unit_fisher(a, delta)
    assert unit.mean[0] == 0
    _, db = unit.natural_direction([1.0], 1.0)
    assert db != pytest.approx(1 / unit.corner, rel=0.1)


def test_of_two_units_with_errors_that_go_together_the_natural_step_couples_one_to_the_other():
    # Why fisher.elu-centered says "of a unit": E[δ₁²a] = E[δ₂²a] = 0, but E[δ₁δ₂a] = 0.6.
    a, alike = np.array([1.0, 1.0, -1.0, -1.0]), np.array([True, False, True, False])
    weight = np.array([0.8, 0.2, 0.2, 0.8]) / 2
    errors = np.stack([np.ones(4), np.where(alike, 1.0, -1.0)])
    assert (weight @ (errors**2 * a).T == 0).all()
    # Of unit 1 the weight and the bias, then of unit 2.
    gradients = np.stack([errors[0] * a, errors[0], errors[1] * a, errors[1]])
    F = (gradients * weight) @ gradients.T
    assert np.linalg.eigvalsh(F)[0] == pytest.approx(0.4)
    g = np.array([1.0, 0.0, 0.0, 1.0])
    np.testing.assert_allclose(np.linalg.solve(F, g), 0.625 * g, atol=1e-12)
    np.testing.assert_allclose(g / np.diag(F), g, atol=1e-12)
    assert "the natural step of a unit" in CLAIMS["fisher.elu-centered"].sentence


def test_a_mean_near_zero_is_much_to_correct_where_the_activations_vary_less():
    # Why the page speaks of t, and not of a mean near zero.
    rng = np.random.default_rng(26)
    noise = rng.standard_normal((200, 1))
    noise = (noise - noise.mean()) / noise.std()
    corrections = []
    for mean, spread in ((0.01, 0.001), (0.01, 1.0)):
        unit = unit_fisher(mean + spread * noise, np.ones(200))
        _, db = unit.natural_direction([spread], 1.0)
        corrections.append(abs(db - 1 / unit.corner) * unit.corner)
    assert corrections[0] > 5
    assert corrections[1] < 0.05


def test_a_small_t_corrects_what_a_step_predicts_and_not_the_step():
    # Why the page says "what the step does to the predictions".
    noise = np.tile([-1.0, 1.0], 100)[:, np.newaxis]
    a = 1e-3 * (0.1 + noise)
    unit = unit_fisher(a, np.ones(200))
    dw, db = unit.natural_direction([0.0], 1.0)
    assert abs(dw[0]) > 50  # each alone: 0
    assert np.abs(a @ dw + db - 1).max() < 0.15


def test_with_weights_shared_over_a_padded_border_a_shift_changes_the_natural_step():
    # Why the page says "fully connected": a 0 in front of the first place is not shifted along.
    rng = np.random.default_rng(0)
    x, targets = rng.standard_normal((6, 3)), rng.standard_normal(18)

    def outputs(x):
        padded = np.column_stack([np.zeros(6), x])
        read = np.stack([padded[:, :-1], padded[:, 1:], np.ones((6, 3))], axis=2).reshape(18, 3)
        fisher = read.T @ read / 18
        assert np.linalg.cond(fisher) < 1e4
        return read @ np.linalg.solve(fisher, read.T @ targets / 18)

    assert np.abs(outputs(x) - outputs(x + 5)).max() > 0.1
    page = " ".join(Path("book/fisher.md").read_text("utf-8").split())
    assert "for a whole fully connected network too" in page
