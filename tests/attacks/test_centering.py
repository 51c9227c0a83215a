"""Attempts to break the claims on centering inside their hypotheses, and what lies outside."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from offcenter.activations import ACTIVATIONS
from offcenter.claims import CLAIMS
from offcenter.descent import adam
from offcenter.descent._rules import adam as adam_rule
from offcenter.samples import (
    bulk_edges,
    correlated_inputs,
    outlier_eigenvalue,
    relu_feature_moments,
)
from offcenter.spectrum import (
    condition_number,
    iid_condition_number,
    mean_cosine,
    second_moment,
    with_bias,
)

ROOT = Path(__file__).resolve().parents[2]
SEEDS = st.integers(0, 2**20)


def kappa(X, *, bias=False):
    """Return κ from the singular values of the data, not from a second moment."""
    if bias:
        X = np.column_stack([X, np.ones(len(X))])
    singular = np.linalg.svd(X, compute_uv=False)
    return (singular[0] / singular[-1]) ** 2


def alike(n, mean, variance, kind, rng):
    """Return examples of n exactly uncorrelated inputs of one mean and one variance."""
    if kind == "orthogonal":
        Z = np.linalg.qr(rng.standard_normal((6 * n, n + 1)) + 1)[0]
        ones = np.ones((6 * n, 1))
        Q = np.linalg.qr(np.column_stack([ones, Z]))[0][:, 1 : n + 1]
        return mean + math.sqrt(variance * 6 * n) * Q
    bits = np.array(list(np.ndindex(*(2,) * n))) * 2.0 - 1
    return mean + math.sqrt(variance) * bits


# centering.outlier, centering.bias


@settings(max_examples=60)
@given(
    n=st.integers(1, 9),
    mean=st.floats(-30, 30),
    variance=st.floats(0.01, 100),
    kind=st.sampled_from(["orthogonal", "bits"]),
    seed=SEEDS,
)
def test_kappa_of_data_with_exact_moments_is_the_formula(n, mean, variance, kind, seed):
    X = alike(n, mean, variance, kind, np.random.default_rng(seed))
    if n > 1:
        assert kappa(X) == pytest.approx(1 + n * mean**2 / variance, rel=1e-6)
    total = 1 + variance + n * mean**2
    upper = (total + math.sqrt(total**2 - 4 * variance)) / 2
    assert kappa(X, bias=True) == pytest.approx(upper**2 / variance, rel=1e-5)


def test_without_a_mean_a_bias_lets_kappa_stay_at_every_number_of_inputs():
    # Why centering.bias says that m is not 0.
    few, many = (iid_condition_number(n, 0.0, 0.3, bias=True) for n in (2, 2000))
    assert few == pytest.approx(many, rel=1e-9)


def test_two_opposite_relu_units_beat_the_iid_formula_and_lose_by_centering():
    # Why the page speaks of random units: ReLU(z) and ReLU(−z) are never on together.
    mean, C = relu_feature_moments([[1.0], [-1.0]])
    raw, centered = condition_number(C + np.outer(mean, mean)), condition_number(C)
    assert raw == pytest.approx(1, abs=1e-9)
    assert centered > 2.5
    relu = ACTIVATIONS["relu"]
    assert raw < iid_condition_number(2, relu.mean, relu.variance)


def test_correlated_gaussian_inputs_gain_little_from_centered_relu_features():
    # Why centering.relu-features names independent inputs N(0, 1): "Gaussian inputs" was false.
    n = 200
    W = np.random.default_rng(19).standard_normal((n, n))
    gain = {}
    for r in (0.0, 0.9):
        mean, C = relu_feature_moments(
            W @ np.linalg.cholesky(r * np.ones((n, n)) + (1 - r) * np.eye(n))
        )
        gain[r] = condition_number(C + np.outer(mean, mean)) / condition_number(C)
    assert gain[0.9] < 2 < 20 < gain[0.0]
    assert "independent inputs N(0, 1)" in CLAIMS["centering.relu-features"].sentence


def test_biases_below_zero_leave_random_relu_features_little_to_gain():
    # Why centering.relu-features says where there are no biases.
    rng = np.random.default_rng(20)
    W, X = rng.standard_normal((100, 100)) / 10, rng.standard_normal((20_000, 100))
    gain = {}
    for bias in (0.0, -2.0):
        A = np.maximum(X @ W.T + bias, 0)
        gain[bias] = kappa(A) / kappa(A - A.mean(axis=0))
    assert gain[-2.0] < 2 < 10 < gain[0.0]
    words = "no biases, neither in the features nor in the unit that reads them"
    assert words in CLAIMS["centering.relu-features"].assumes


def test_one_input_has_no_condition_number_and_unlike_inputs_have_another():
    assert iid_condition_number(1, 5.0, 1.0) == 1  # why the sentence says n ≥ 2
    rng = np.random.default_rng(0)
    X = alike(4, 1.0, 1.0, "bits", rng)
    assert kappa(X * [1, 1, 1, 3.0]) != pytest.approx(5, rel=0.1)  # unequal variances
    X[:, 3] = X[:, 2] + 0.1 * X[:, 3]
    assert kappa(X) > 10  # correlated


def test_only_directions_at_right_angles_to_the_mean_keep_their_curvature():
    # Why a caption says "at right angles": one input alone gets steeper, too.
    M = np.eye(3) + 4 * np.ones((3, 3))
    assert M[0, 0] == 5
    across = np.array([1.0, 1, -2]) / math.sqrt(6)
    assert across @ M @ across == pytest.approx(1)


def test_without_equal_variances_a_mean_lifts_more_than_one_eigenvalue():
    # Why the summary speaks of uncorrelated inputs that are alike.
    before = np.array([1.0, 2.0])
    after = np.linalg.eigvalsh(np.diag(before) + np.ones((2, 2)))
    assert (after > before + 0.3).all()


def test_close_to_the_edge_the_steepest_direction_is_the_slowest():
    # Why the page says "up to the best step size".
    factors = np.abs(1 - 1.99 / 9 * np.array([1.0, 9.0]))
    assert factors[1] > factors[0]
    factors = np.abs(1 - 2 / 10 * np.array([1.0, 9.0]))
    assert factors[0] == pytest.approx(factors[1])


# centering.same-knob


def test_a_target_without_slow_parts_needs_a_start_and_a_step_size_to_be_learned_quickly():
    # Why "What is idealized" says from where, and in which steps.
    M, target = np.diag([100.0, 1.0]), np.array([1.0, 0.0])

    def steps(start, step_size):
        off, count = np.array(start) - target, 0
        while np.linalg.norm(off) > 0.01:
            off, count = off - step_size * M @ off, count + 1
        return count

    assert steps([0.0, 0.0], 1 / 100) == 1
    assert steps([0.0, 1.0], 1 / 100) > 400
    assert steps([0.0, 0.0], 2 / 101) > 200
    page = (ROOT / "book/centering.md").read_text(encoding="utf-8")
    assert "from weights 0 and with step size 1/λmax, one without" in page


def test_the_sum_of_inputs_of_infinite_variance_stays_apart_from_the_bias():
    # Why centering.same-knob says "finite variance": else the cosine is 0 at every n.
    rng = np.random.default_rng(20)
    cosine = {}
    for law in ("Pareto", "exponential"):
        X = (
            rng.pareto(1.1, (50_000, 100))
            if law == "Pareto"
            else rng.exponential(10, (50_000, 100))
        )
        total = X.sum(axis=1)
        cosine[law] = total.mean() / math.sqrt(np.mean(total**2))
    assert cosine["Pareto"] < 0.5
    assert cosine["exponential"] == pytest.approx(1 / math.sqrt(1.01), abs=1e-3)
    assert "finite variance" in CLAIMS["centering.same-knob"].assumes[0]


# centering.theorem


@settings(max_examples=20)
@given(n=st.integers(1, 6), seed=SEEDS, spread=st.floats(0, 3))
def test_an_optimizer_finds_no_better_shift_than_the_mean(n, seed, spread):
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((n, n + 2)) * 10 ** rng.uniform(-spread, spread, (n, 1))
    C = root @ root.T
    at_zero = condition_number(with_bias(C, np.zeros(n)))

    def objective(mean):
        return math.log(condition_number(with_bias(C, mean)))

    for start in (rng.standard_normal(n), 1e-3 * rng.standard_normal(n)):
        found = minimize(objective, start, method="Nelder-Mead", options={"maxfev": 250})
        assert found.fun >= math.log(at_zero) - 1e-6


@settings(max_examples=40)
@given(n=st.integers(1, 5), N=st.integers(7, 40), seed=SEEDS, size=st.floats(-2, 2))
def test_no_shift_of_data_beats_the_one_to_zero_mean(n, N, seed, size):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, n)) * 10 ** rng.uniform(-1, 1, n)
    shift = 10**size * rng.standard_normal(n)
    assert kappa(X - X.mean(axis=0) + shift, bias=True) >= kappa(X - X.mean(axis=0), bias=True) * (
        1 - 1e-9
    )


def test_without_a_bias_and_for_another_scale_of_the_bias_the_theorem_is_another():
    C, mean = np.diag([0.01, 1.0]), np.array([1.0, 0.0])
    assert condition_number(C + np.outer(mean, mean)) < condition_number(C)
    # A shift and a scaling together can do better than the shift to zero alone.
    assert condition_number(with_bias(np.diag([1.0, 1.0]), np.zeros(2))) < condition_number(
        with_bias(C, np.zeros(2))
    )


def test_where_an_input_is_dead_a_shift_can_beat_zero_mean_among_the_eigenvalues_above_zero():
    # Why the page says "if it has an inverse": κ of a layer leaves out eigenvalues 0.
    C, kappas = np.diag([4.0, 0.0]), []
    for mean in ([0.0, 0.0], [0.0, math.sqrt(3)]):
        values = np.linalg.eigvalsh(with_bias(C, np.array(mean)))
        kappas.append(values[-1] / values[values > 1e-9][0])
    assert kappas == pytest.approx([4, 1])
    assert "a positive definite covariance" in CLAIMS["centering.theorem"].assumes


def test_the_least_kappa_can_be_reached_at_other_shifts_too():
    # Not better, but as good: the sentence does not say that zero mean is the only best shift.
    C = np.diag([0.01, 4.0])
    assert condition_number(with_bias(C, np.zeros(2))) == pytest.approx(400)
    nearly = condition_number(with_bias(C, np.array([0.0, 1e-9])))
    assert nearly == pytest.approx(400)


# centering.cosine, centering.gradient-correlation, centering.fixed-part


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_the_cosine_is_the_offset_share_for_every_activation(name):
    phi, rng = ACTIVATIONS[name], np.random.default_rng(1)
    seen = [mean_cosine(phi.value(rng.standard_normal((2, 3000)))) for _ in range(40)]
    error = 4 * np.std(seen) / math.sqrt(40) + 2e-3
    assert np.mean(seen) == pytest.approx(max(phi.offset_share, 0), abs=error)


def test_correlated_inputs_and_few_inputs_have_another_cosine():
    rng = np.random.default_rng(2)
    # Mean 2 and variance 1, but one number for all inputs: the cosine is its sign, not 4/5.
    shared = np.sign(2 + rng.standard_normal(4000))
    assert np.mean(shared[::2] * shared[1::2]) > 0.85
    assert mean_cosine(np.array([[1.0, 0.1], [0.1, 1.0]])) != pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("law", ["gaussian", "signs", "skewed", "rare"])
@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_correlation_of_gradient_entries_does_not_depend_on_batch_or_law(law, size):
    rng = np.random.default_rng([3, size, len(law)])
    shape = (60_000, size)
    delta = {
        "gaussian": rng.standard_normal(shape),
        "signs": rng.choice([-1.0, 1.0], shape),
        "skewed": rng.exponential(size=shape) - 1,
        "rare": rng.standard_normal(shape) * (rng.random(shape) < 0.05),
    }[law]
    relu = ACTIVATIONS["relu"]
    G = np.einsum("tb,tbi->ti", delta, relu.value(rng.standard_normal((*shape, 2))))
    seen = np.mean(G[:, 0] * G[:, 1]) / np.mean(G**2)
    assert seen == pytest.approx(relu.offset_share, abs=0.06)


def test_errors_that_know_the_inputs_change_the_correlation():
    rng = np.random.default_rng(4)
    X = ACTIVATIONS["relu"].value(rng.standard_normal((50_000, 2)))
    delta = X[:, 0] - X[:, 1]
    G = delta[:, None] * X
    assert np.mean(G[:, 0] * G[:, 1]) < 0.2 * np.mean(G**2)  # ρ is 1/π
    one_hot = np.eye(10)[rng.integers(0, 10, 50_000)] * rng.standard_normal((50_000, 1))
    assert np.mean(one_hot[:, 0] * one_hot[:, 1]) == 0  # dependent inputs: not ρ = 0.1


def test_the_entries_of_the_bias_and_of_another_unit_have_another_correlation():
    # Why the claim speaks of two weights of one unit; "two coordinates" was false.
    rng = np.random.default_rng(21)
    relu = ACTIVATIONS["relu"]
    x = relu.value(rng.standard_normal((200_000, 2)))
    delta, other = rng.standard_normal((2, 200_000))
    weight, bias = delta * x[:, 0], delta
    assert np.corrcoef(weight, bias)[0, 1] == pytest.approx(math.sqrt(relu.offset_share), abs=0.02)
    assert np.corrcoef(weight, other * x[:, 1])[0, 1] == pytest.approx(0, abs=0.02)
    assert "for two weights of one unit" in CLAIMS["centering.gradient-correlation"].sentence


def test_a_weight_that_two_inputs_share_has_another_correlation():
    # Why centering.gradient-correlation says "each weight is used once".
    X = ACTIVATIONS["relu"].value(np.random.default_rng(28).standard_normal((200_000, 3)))
    shared, single = X[:, 0] + X[:, 1], X[:, 2]
    moments = [np.mean(a * b) for a, b in ((shared, single), (shared, shared), (single, single))]
    correlation = moments[0] / math.sqrt(moments[1] * moments[2])
    assert correlation > ACTIVATIONS["relu"].offset_share + 0.05
    assert "each weight is used once, as it is" in CLAIMS["centering.gradient-correlation"].assumes


def test_descent_with_momentum_needs_a_tenth_of_the_steps_of_unequal_ranges():
    # Why centering.unequal-ranges says "gradient descent": "descent" alone was too wide.
    curvature, memory = np.array([1.0, 1e4]), (99 / 101) ** 2
    step = 4 / (100 + 1) ** 2
    last, d, steps = np.ones(2), np.ones(2), 0
    while np.abs(d).max() > 0.01:
        last, d = d, d - step * curvature * d + memory * (d - last)
        steps += 1
    assert steps < 1000
    assert ": gradient descent at" in CLAIMS["centering.unequal-ranges"].sentence


def test_examples_that_share_one_error_give_their_batch_another_correlation():
    # Why the claim speaks of one example: errors of mean 0, independent of all inputs, and equal.
    rng = np.random.default_rng(11)
    relu = ACTIVATIONS["relu"]
    X = relu.value(rng.standard_normal((50_000, 2, 2))).sum(axis=1)
    G = rng.standard_normal((50_000, 1)) * X
    seen = np.mean(G[:, 0] * G[:, 1]) / np.mean(G**2)
    m, v = relu.mean, relu.variance
    assert seen == pytest.approx(2 * m**2 / (2 * m**2 + v), abs=0.03)
    assert seen > relu.offset_share + 0.1


def test_weights_with_a_mean_have_another_fixed_part():
    # Why the table speaks of weights of mean 0; for w = (1, −1) nothing at all is fixed.
    rng = np.random.default_rng(12)
    relu = ACTIVATIONS["relu"]
    m, v, n = relu.mean, relu.variance, 100
    W = 1 + rng.standard_normal((n, 4000))
    fixed = np.mean((m * W.sum(axis=0)) ** 2)
    assert fixed / (fixed + v * np.mean((W**2).sum(axis=0))) > 0.9
    assert m * np.array([1.0, -1.0]).sum() == 0


def test_where_the_outputs_have_no_mean_orthogonal_inputs_stay_orthogonal():
    rng = np.random.default_rng(14)
    outputs = ACTIVATIONS["tanh"].value(np.eye(2) @ rng.standard_normal((2, 20_000)))
    assert abs(mean_cosine(outputs)) < 0.03


def test_weights_of_unlike_variances_do_not_keep_orthogonal_inputs_apart():
    # Why the box says "all weights": each pre-activation is N(0, 1), and the two correlate.
    rng = np.random.default_rng(16)
    X = np.array([[1.0, 1], [1, -1]]) / math.sqrt(5)
    relu = ACTIVATIONS["relu"]
    S = X @ (np.array([[1.0], [2]]) * rng.standard_normal((2, 20_000)))
    np.testing.assert_allclose(S.std(axis=1), 1, atol=0.03)
    assert mean_cosine(relu.value(S)) < relu.offset_share / 2
    assert "all weights N(0, 1/|x|²)" in CLAIMS["centering.orthogonal-inputs"].assumes[1]


@settings(max_examples=20)
@given(coefficients=st.lists(st.floats(-1, 1), min_size=2, max_size=4), seed=SEEDS)
def test_the_cosine_behind_other_activations_is_their_share(coefficients, seed):
    # Neither odd nor even, rising or positive: sums of bounded functions of either kind.
    c = np.array([1.0, *coefficients, 0, 0])[:5]

    def phi(z):
        kinds = (np.sin(z), np.cos(2 * z), np.abs(np.tanh(z)), np.sign(z - 1), np.exp(-(z**2)))
        return sum(a * kind for a, kind in zip(c, kinds, strict=True))

    grid = np.linspace(-9, 9, 200_001)
    density = np.exp(-(grid**2) / 2)
    share = (phi(grid) @ density) ** 2 / (phi(grid) ** 2 @ density) / density.sum()
    outputs = phi(np.eye(2) @ np.random.default_rng(seed).standard_normal((2, 100_000)))
    assert mean_cosine(outputs) == pytest.approx(share, abs=0.03)


def test_a_width_that_is_wide_for_relu_is_narrow_for_a_steep_activation():
    # Why the sentence says "tends": "a wide layer … about ρ" was false of exp(0.24 z²).
    claim = CLAIMS["centering.orthogonal-inputs"]
    width, slope = claim.result().numbers["n"], 0.24
    rho = math.sqrt(1 - 4 * slope) / (1 - 2 * slope)
    rng = np.random.default_rng(30)
    Z = rng.standard_normal((100, 2, width))
    assert np.mean([mean_cosine(np.exp(slope * z**2)) for z in Z]) > rho + 0.2
    assert "gets wider" in claim.sentence
    assert "tends to ρ" in claim.sentence


def test_an_activation_without_a_mean_square_has_no_share_to_tend_to():
    # Outside: E[exp(0.3 z²)] is finite, the mean of its square is not.
    grid = np.linspace(0, 40, 400_001)
    mean, square = (np.exp((p * 0.3 - 0.5) * grid**2) for p in (1, 2))
    assert mean[-1] < 1e-100
    assert square[-1] > 1
    assert "E[φ(z)²] finite and not 0" in CLAIMS["centering.orthogonal-inputs"].assumes


def test_a_random_bias_adds_to_the_fixed_part():
    # Why the sentence speaks of w·x, and not of the pre-activation.
    rng = np.random.default_rng(17)
    relu, n = ACTIVATIONS["relu"], 100
    W, b = rng.standard_normal((n, 4000)), math.sqrt(n) * rng.standard_normal(4000)
    varies = relu.variance * np.mean((W**2).sum(axis=0))
    fixed, with_b = (np.mean((relu.mean * W.sum(axis=0) + c) ** 2) for c in (0.0, b))
    assert fixed / (fixed + varies) == pytest.approx(relu.offset_share, abs=0.03)
    assert with_b / (with_b + varies) > 2 * relu.offset_share


# centering.sample-outlier, centering.sample-bulk


def test_gaussian_inputs_that_are_only_uncorrelated_leave_the_bulk():
    # Why the page says "independent": one Gaussian number an example, with random signs.
    rng = np.random.default_rng(18)
    X = rng.choice([-1.0, 1.0], (1200, 300)) * rng.standard_normal((1200, 1))
    assert np.linalg.eigvalsh(second_moment(X))[-1] > 1.2 * bulk_edges(1.0, 4.0)[1]


@pytest.mark.parametrize("law", ["gaussian", "signs", "uniform"])
@pytest.mark.parametrize(("strength", "ratio"), [(3.0, 1.5), (1.5, 4.0), (20.0, 2.0)])
def test_the_outlier_stands_where_the_formula_says_for_other_laws_too(law, strength, ratio):
    n, v = 300, 0.5
    rng = np.random.default_rng([5, len(law)])
    mean = math.sqrt(strength * v / n)
    tops = []
    for _ in range(5):
        shape = (round(ratio * n), n)
        noise = {
            "gaussian": rng.standard_normal(shape),
            "signs": rng.choice([-1.0, 1.0], shape),
            "uniform": rng.uniform(-math.sqrt(3), math.sqrt(3), shape),
        }[law]
        tops.append(np.linalg.eigvalsh(second_moment(mean + math.sqrt(v) * noise))[-1])
    assert np.mean(tops) == pytest.approx(outlier_eigenvalue(n, mean, v, ratio), rel=0.05)


def test_below_the_threshold_and_for_heavy_tails_the_formulas_do_not_hold():
    n, ratio = 300, 4.0
    rng = np.random.default_rng(6)
    weak = math.sqrt(0.3 / n)  # ℓ = 0.3 < 1/√α
    values = np.linalg.eigvalsh(second_moment(weak + rng.standard_normal((1200, n))))
    assert values[-1] < 1.05 * bulk_edges(1.0, ratio)[1]
    heavy = rng.standard_t(2.5, (1200, n)) / math.sqrt(5)
    assert np.linalg.eigvalsh(second_moment(heavy))[-1] > 1.5 * bulk_edges(1.0, ratio)[1]


def test_with_fewer_samples_than_inputs_the_cost_has_no_least_value():
    # Why centering.sample-cost assumes more: of the eigenvalues above 0, κ tends to 1 as α does
    # to 0, and samples times κ to 0.
    cost = {}
    for count in (8, 1166):
        X = np.random.default_rng(9).standard_normal((count, 200))
        X -= X.mean(axis=0)
        values = np.linalg.eigvalsh(X @ X.T if count < 200 else X.T @ X)
        values = values[values > 1e-9 * values[-1]]
        cost[count] = count * values[-1] / values[0]
    assert cost[8] < cost[1166] / 50


def test_beside_a_bias_the_cost_is_least_at_other_sizes():
    # Why centering.sample-cost says "no bias": its curvature 1 stands beside the inputs' own.
    ratios = np.arange(1.5, 20.0, 0.01)

    def best(variance):
        low, high = np.transpose([bulk_edges(variance, ratio) for ratio in ratios])
        return ratios[np.argmin(ratios * np.maximum(high, 1) / np.minimum(low, 1))]

    assert best(1.0) == pytest.approx((1 + math.sqrt(2)) ** 2, abs=0.02)
    assert best(0.05) == pytest.approx(4, abs=0.02)
    assert best(100.0) < 2
    assert "no bias" in CLAIMS["centering.sample-cost"].assumes


def test_with_a_large_mean_the_cost_is_least_at_four_samples_per_input():
    # Why centering.sample-cost says "of mean 0": its hypotheses spoke of a mean m.
    n, ratios = 200, np.arange(1.5, 20.0, 0.01)
    for mean, best in ((0.0, (1 + math.sqrt(2)) ** 2), (1.0, 4.0)):
        top = [
            outlier_eigenvalue(n, mean, 1.0, a) if mean else bulk_edges(1.0, a)[1] for a in ratios
        ]
        low = [bulk_edges(1.0, a)[0] for a in ratios]
        costs = ratios * np.array(top) / low
        assert ratios[np.argmin(costs)] == pytest.approx(best, abs=0.05)
    assert "of mean 0 and" in CLAIMS["centering.sample-cost"].assumes[0]


def test_near_the_threshold_few_examples_lift_the_outlier_by_far():
    # Why the page gives the factor: "a little higher" was false.
    strength, ratio, n = 0.85, 1.5, 400
    high = outlier_eigenvalue(n, math.sqrt(strength / n), 1.0, ratio)
    assert high / (1 + strength) == pytest.approx(1 + 1 / (ratio * strength))
    assert high > 1.7 * (1 + strength)


# centering.correlation


def test_with_few_inputs_or_hardly_more_examples_a_shared_correlation_gains_less():
    # Why the sentence says of how many: fivefold is not so for 3 inputs, nor for 41 examples of 40.
    rng, gains = np.random.default_rng(10), {}
    for n, count in ((3, 85), (40, 41)):
        rows = []
        for _ in range(30):
            X = correlated_inputs(count, n, mean=2.0, correlation=0.3, rng=rng)
            once = X - X.mean(axis=0)
            twice = once - once.mean(axis=1, keepdims=True)
            values = [np.linalg.eigvalsh(second_moment(Y)) for Y in (X, once, twice)]
            least = values[0][0], values[1][0], values[2][1]
            rows.append([v[-1] / low for v, low in zip(values, least, strict=True)])
        raw, centered, double = np.median(rows, axis=0)
        gains[n] = raw / centered, centered / double
    assert gains[3][1] < 3
    assert gains[40][0] < 4


# centering.zero-mean-not-enough


@settings(max_examples=30)
@given(n=st.integers(1, 8), seed=SEEDS)
def test_random_signs_change_nothing_without_a_bias_and_never_hurt_with_one(n, seed):
    size = np.random.default_rng(seed).exponential(size=(50, n)) + 0.1
    signed = np.concatenate([size, -size])
    assert kappa(signed) == pytest.approx(kappa(np.concatenate([size, size])), rel=1e-6)
    # Pinching to the diagonal blocks cannot raise κ.
    assert kappa(signed, bias=True) <= kappa(size, bias=True) * (1 + 1e-9)


def test_both_signs_of_inputs_of_mean_zero_or_of_one_example_lower_no_kappa():
    # Why the sentence says "can": nothing to undo, and a κ that stays infinite.
    X = np.array([[1.0, 2], [-1, 3], [0, -5]])
    assert (X.sum(axis=0) == 0).all()
    both = np.concatenate([X, -X])
    assert kappa(both, bias=True) == pytest.approx(kappa(X, bias=True))
    # Of the eigenvalues above 0 even more is asked than before: 6, and then 5 and 1.
    one = np.array([[1.0, 2]])
    for data, above in ((one, [6]), (np.concatenate([one, -one]), [1, 5])):
        values = np.linalg.eigvalsh(second_moment(data, bias=True))
        assert values[0] < 1e-12
        np.testing.assert_allclose(values[values > 1e-12], above)


# centering.units, centering.min-max, centering.equilibration, centering.whitening


@settings(max_examples=30)
@given(n=st.integers(2, 6), factor=st.floats(1e-3, 1e3), seed=SEEDS)
def test_one_unit_for_all_inputs_matters_only_beside_a_bias(n, factor, seed):
    X = np.random.default_rng(seed).random((30, n))
    assert kappa(factor * X) == pytest.approx(kappa(X), rel=1e-6)


def test_dividing_by_255_lowers_kappa_but_another_unit_can_raise_it():
    X = 255 * np.random.default_rng(7).random((50, 3))
    assert kappa(X / 255, bias=True) < kappa(X, bias=True)
    assert kappa(X / 1e6, bias=True) > kappa(X, bias=True)


def test_beside_a_bias_a_factor_can_leave_kappa_as_it_is():
    # Why the sentence says "can": curvatures 4 and 1, and after the division ¼ and 1.
    X = np.array([[-2.0], [2.0]])
    assert kappa(X, bias=True) == pytest.approx(kappa(X / 4, bias=True))


@settings(max_examples=60)
@given(r=st.floats(0, 0.99), seed=SEEDS, spread=st.floats(0, 2), size=st.floats(-3, 1))
def test_beside_a_bias_no_shift_and_no_scaling_lowers_what_a_correlation_costs(
    r, seed, spread, size
):
    rng = np.random.default_rng(seed)
    scale, shift = 10 ** rng.uniform(-spread, spread, 2), 10**size * rng.standard_normal(2)
    C = np.array([[1, r], [r, 1]]) * np.outer(scale, scale)
    assert condition_number(with_bias(C, shift)) >= (1 + r) / (1 - r) * (1 - 1e-9)


def test_without_a_bias_a_shift_undoes_what_a_correlation_costs():
    # Why the claim on whitening assumes a bias: the mean lifts the weak direction.
    up, across, lift = math.sqrt(1.9), math.sqrt(0.1), math.sqrt(0.9)
    X = np.array([[up, up], [-up, -up], [across, -across], [-across, across]])
    assert kappa(X) == pytest.approx(19)
    assert kappa(X + np.array([lift, -lift])) == pytest.approx(1)


def test_a_bias_beside_rare_dummies_is_stiffer_than_both():
    # Why the claim on dummies assumes no bias: it has the curvature 1.
    C = np.diag([0.25, 0.0099])
    assert condition_number(C) == pytest.approx(25.25, abs=0.01)
    assert condition_number(with_bias(C, np.zeros(2))) == pytest.approx(1 / 0.0099)


def test_centered_dummies_have_the_fraction_and_not_its_rounding():
    # "κ = 25.25" was a rounded number behind an equals sign.
    assert condition_number(np.diag([0.25, 0.0099])) == pytest.approx(2500 / 99, rel=1e-12)
    assert "κ = 2500/99 " in CLAIMS["centering.dummies"].sentence


def test_min_max_to_minus_one_and_one_loses_where_the_middle_is_not_the_mean():
    rng = np.random.default_rng(8)
    X = rng.exponential(size=(4000, 20))
    low, high = X.min(axis=0), X.max(axis=0)
    unit = (X - low) / (high - low)
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    assert kappa(z, bias=True) < kappa(unit, bias=True)
    # The order of the sentence is one of symmetric inputs: here 0 to 1 has the smaller mean.
    assert kappa(2 * unit - 1, bias=True) > kappa(unit, bias=True)


@settings(max_examples=40)
@given(n=st.integers(1, 400))
def test_for_every_number_of_uniform_inputs_the_scalings_have_one_order(n):
    def kappa_of(mean, variance):
        return condition_number(with_bias(variance * np.eye(n), np.full(n, mean)))

    assert kappa_of(0, 1) < kappa_of(0, 1 / 3) < kappa_of(1 / 2, 1 / 12)


def test_for_fair_bits_and_for_six_examples_the_order_of_the_scalings_fails():
    # Outside: a bit's z-score is its min-max, and a sample has other moments than its law.
    bits = np.array(list(np.ndindex(2, 2, 2)), dtype=float)
    z = (bits - bits.mean(axis=0)) / bits.std(axis=0)
    assert kappa(z, bias=True) == pytest.approx(kappa(2 * bits - 1, bias=True))
    X = np.random.default_rng(150).random((6, 3))
    z = (X - X.mean(axis=0)) / X.std(axis=0)
    unit = (X - X.min(axis=0)) / np.ptp(X, axis=0)
    assert kappa(z, bias=True) > kappa(2 * unit - 1, bias=True)
    claim = CLAIMS["centering.min-max"]
    assert "each uniform on an interval" in claim.sentence
    assert "exact second moment" in claim.assumes[1]


@settings(max_examples=40)
@given(seed=SEEDS, spread=st.floats(0, 4))
def test_no_scaling_of_two_inputs_beats_equal_mean_squares(seed, spread):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((9, 2)) * 10 ** rng.uniform(-spread, spread, 2) + rng.standard_normal(2)
    X = X / np.sqrt(np.mean(X**2, axis=0))
    best = kappa(X)
    for other in 10 ** rng.uniform(-2, 2, (20, 2)):
        assert kappa(X * other) >= best * (1 - 1e-6)


def test_for_three_inputs_equal_mean_squares_need_not_be_the_best():
    rng = np.random.default_rng(9)
    better = 0.0
    for _ in range(20):
        X = rng.standard_normal((5, 3)) + rng.standard_normal(3)
        X = X / np.sqrt(np.mean(X**2, axis=0))

        def objective(logs, X=X):
            return math.log(kappa(X * np.exp(np.append(logs, 0))))

        found = minimize(objective, np.zeros(2), method="Nelder-Mead")
        better = max(better, math.log(kappa(X)) - found.fun)
    assert better > 0.05


def test_beside_a_bias_equal_mean_squares_of_two_inputs_can_be_far_from_best():
    # Why the page says "without a bias": two pixels, 0 or 255.
    X = np.array([[0.0, 0], [0, 255], [255, 0], [255, 255]])
    assert kappa(X, bias=True) > 1000 * kappa(X * [1 / 255, 1 / 200], bias=True)


def test_two_step_sizes_arrive_where_one_takes_thousands_of_steps():
    # Why centering.unequal-ranges says "one fixed step size".
    d = np.ones(2)
    for step in (1.0, 1e-4):
        d = d - step * np.array([1.0, 1e4]) * d
    assert np.abs(d).max() < 1e-12


def test_most_of_the_loss_is_gone_after_one_step():
    # Why centering.unequal-ranges says of which error a hundredth is left.
    curvature, start = np.array([1.0, 1e4]), np.ones(2)
    after = start - 2 / curvature.sum() * curvature * start
    one_step = start - 1 / curvature.max() * curvature * start
    assert curvature @ one_step**2 < 1e-3 * (curvature @ start**2)
    # At the step size of the claim both errors shrink at one rate, and the loss waits as well.
    assert np.abs(after) == pytest.approx(1 - 2 / 10001)
    # A start without an error in the flat weight needs no thousands of steps.
    assert np.abs((1 - 1e-4 * curvature) * [0.0, 1.0]).max() < 1e-12


# centering.coding, centering.plus-minus, centering.one-hot


@given(p=st.floats(0.001, 0.999), n=st.integers(2, 500))
def test_the_better_code_changes_at_a_quarter(p, n):
    variance = p * (1 - p)
    zero_one = iid_condition_number(n, p, variance)
    plus_minus = iid_condition_number(n, 2 * p - 1, 4 * variance)
    if abs(p - 0.25) > 1e-6:
        assert (plus_minus < zero_one) == (p > 0.25)


@given(p=st.floats(0.001, 0.1), n=st.integers(2, 500))
def test_exchanging_codes_changes_kappa_tenfold_up_to_one_tenth(p, n):
    often, seldom = (iid_condition_number(n, q, p * (1 - p)) for q in (1 - p, p))
    assert often > 10 * seldom


def test_exchanging_the_codes_of_two_bits_with_p_one_eighth_changes_less():
    # Why the sentence says how rare; "by orders of magnitude" was false for two bits at 1/10.
    often, seldom = (iid_condition_number(2, q, 7 / 64) for q in (7 / 8, 1 / 8))
    assert often / seldom < 12
    assert iid_condition_number(2, 0.9, 0.09) < 20 * iid_condition_number(2, 0.1, 0.09)


def test_exchanging_the_codes_of_one_of_two_bits_changes_less_than_tenfold():
    # Why centering.coding says "of all of them".
    C, kappas = 0.09 * np.eye(2), {}
    for mean in ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9)):
        kappas[mean] = condition_number(C + np.outer(mean, mean))
    assert kappas[0.9, 0.1] < 9 * kappas[0.1, 0.1]
    assert kappas[0.9, 0.9] > 15 * kappas[0.1, 0.1]
    assert "of all of them" in CLAIMS["centering.coding"].sentence


def test_one_hot_inputs_of_two_variables_are_singular_without_a_bias():
    # Why centering.one-hot says "of one variable": the two codes have the same sum.
    first, second = np.indices((2, 2)).reshape(2, -1)
    X = np.column_stack([np.eye(2)[first], np.eye(2)[second]])
    assert np.linalg.matrix_rank(second_moment(X)) == 3
    assert kappa(X[:, :2]) == pytest.approx(1)
    assert "one-hot inputs of one variable" in CLAIMS["centering.one-hot"].sentence


@given(p=st.floats(0.001, 0.999))
def test_with_a_bias_one_bit_alone_is_better_as_plus_minus_at_every_p(p):
    variance = p * (1 - p)
    plus_minus = iid_condition_number(1, 2 * p - 1, 4 * variance, bias=True)
    assert plus_minus < iid_condition_number(1, p, variance, bias=True)


@given(p=st.floats(0.05, 0.95), q=st.floats(0.05, 0.95), correlation=st.floats(-0.9, 0.9))
def test_without_a_bias_a_shift_of_each_bit_can_undo_their_correlation(p, q, correlation):
    # Outside: with a bias no code of single bits can, as both means must then be 0.
    C = np.diag([p * (1 - p), q * (1 - q)])
    C[0, 1] = C[1, 0] = correlation * math.sqrt(C[0, 0] * C[1, 1])
    mean = np.array([1.0, -C[0, 1]])
    M = C + np.outer(mean, mean)
    scale = np.diag(M) ** -0.5
    assert condition_number(M * np.outer(scale, scale)) == pytest.approx(1)


def test_with_a_bias_the_better_code_can_change_elsewhere():
    # Why the sentence says "without a bias".
    p, n = 0.24, 2
    variance = p * (1 - p)
    assert iid_condition_number(n, 2 * p - 1, 4 * variance, bias=True) < iid_condition_number(
        n, p, variance, bias=True
    )


def test_with_a_bias_two_bits_are_better_as_plus_minus_below_a_quarter_and_many_only_above():
    # Why the landing page says "without a bias".
    def better(n, p):
        variance = p * (1 - p)
        plus_minus = iid_condition_number(n, 2 * p - 1, 4 * variance, bias=True)
        return plus_minus < iid_condition_number(n, p, variance, bias=True)

    assert better(2, 0.19)
    assert not better(1000, 0.28)


def test_without_a_bias_one_bit_alone_has_no_better_code():
    assert iid_condition_number(1, 0.5, 0.25) == iid_condition_number(1, 0.0, 1.0) == 1


def test_other_constants_of_elu_can_give_it_mean_zero():
    # Why the page on ELU names the one it speaks of: the mean is linear in α, here α = 1.
    relu, elu = ACTIVATIONS["relu"].mean, ACTIVATIONS["elu"].mean
    alpha = relu / (relu - elu)
    z = np.random.default_rng(15).standard_normal(400_000)
    outputs = np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))
    assert 1.6 < alpha < 1.7
    assert abs(outputs.mean()) < 0.01


# centering.targets


@settings(max_examples=30)
@given(seed=SEEDS, shift=st.floats(-20, 20), start=st.floats(-5, 5))
def test_a_number_off_the_targets_is_a_number_on_the_first_bias(seed, shift, start):
    rng = np.random.default_rng(seed)
    X, y = np.column_stack([rng.standard_normal((9, 3)), np.ones(9)]), rng.standard_normal(9)
    first = rng.standard_normal(3)
    off, on = np.append(first, start), np.append(first, start + shift)
    same = off.copy()
    for _ in range(40):
        off = off - 0.1 * X.T @ (X @ off - (y - shift)) / 9
        on = on - 0.1 * X.T @ (X @ on - y) / 9
        same = same - 0.1 * X.T @ (X @ same - y) / 9
    np.testing.assert_allclose(on - off, [0, 0, 0, shift], atol=1e-9)
    # "Changes only where the bias starts" was not so: from one bias the weights differ.
    if abs(shift) > 1:
        assert np.abs(same - off).max() > 0.1


def steps_of_adam(gradients, beta1=0.9, beta2=0.999):
    """The steps that a sequence of gradients of one weight makes, in step sizes."""
    state, w, steps = (np.zeros(1), np.zeros(1), 0), np.zeros(1), []
    for g in gradients:
        new, state = adam_rule(
            lambda w, g=g: np.array([g]), w, state, eta=1.0, beta1=beta1, beta2=beta2, epsilon=1e-30
        )
        steps.append(abs(float((new - w)[0])))
    return np.array(steps)


def longest_step(count, beta1=0.9, beta2=0.999):
    """The bound on |m̂|/√v̂ after so many gradients, by the Cauchy-Schwarz inequality."""
    ages = np.arange(count)
    mean = beta1**ages / np.sum(beta1**ages)
    square = beta2**ages / np.sum(beta2**ages)
    return math.sqrt(np.sum(mean**2 / square))


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(2, 9),
    size=st.integers(1, 4),
    mean=st.floats(0.1, 50) | st.floats(-50, -0.1),
    steps=st.integers(3, 60),
    beta2=st.floats(0, 0.9999),
    share=st.floats(0, 1),
)
def test_adam_needs_at_least_the_mean_over_its_step_size(
    seed, count, size, mean, steps, beta2, share
):
    # Whatever the inputs, the other targets and the weights are: the bias does not see them.
    rng = np.random.default_rng(seed)
    X = rng.standard_t(2, (count, size)) * 10 ** rng.uniform(-2, 2, size)
    X = np.column_stack([X - X.mean(axis=0), np.ones(count)])
    start = np.append(rng.standard_t(2, size), mean)
    eta = abs(mean) / steps
    H = X.T @ X / count
    # What is rounded is no mean of inputs.
    H[-1, :-1] = H[:-1, -1] = 0
    path = adam(H, start, step_size=eta, steps=3 * steps, beta1=share * beta2, beta2=beta2)
    bias = path.points[:, -1] * np.sign(mean)
    arrived = int(np.argmax(bias <= 0)) if (bias <= 0).any() else len(bias)
    assert np.abs(np.diff(bias[: arrived + 1])).max() <= eta * (1 + 1e-9)
    for hundredths in (1, 10, 50):
        near = np.abs(bias) <= hundredths / 100 * abs(mean)
        if near.any():
            assert np.argmax(near) >= (1 - hundredths / 100) * steps - 1e-6


def test_a_hundredth_of_the_way_takes_adam_few_steps():
    # Why the page says "until a hundredth is left"; "to a hundredth of the way" was false.
    bias = adam(np.eye(1), np.array([5.0]), step_size=1e-3, steps=8000).points[:, 0]
    assert np.argmax(bias <= 0.99 * 5) <= 51
    assert np.argmax(bias <= 0.01 * 5) > 7000


def test_a_hundredth_of_the_mean_can_be_left_before_the_mean_over_the_step_size():
    # Why centering.targets says .99m/η: m/η, "to find it", is 1.005 steps here, and one is enough.
    bias = adam(np.eye(1), np.array([1.005]), step_size=1.0, steps=3).points[:, 0]
    assert bias[1] == pytest.approx(0.005, rel=1e-4)
    assert ".99m/η steps to reach .99m" in CLAIMS["centering.targets"].sentence


def test_outside_centered_inputs_the_weights_find_the_mean_as_well():
    # Inputs of mean 10: each step of the weight moves the predictions by ten step sizes.
    X = np.array([[9.0, 1], [11, 1]])
    path = adam(X.T @ X / 2, np.array([0.0, -5]), step_size=1e-3, steps=1000)
    errors = np.abs(path.points @ X.mean(axis=0))
    assert np.argmax(errors < 0.05) < 500 < 4950


def test_outside_a_first_mean_that_forgets_faster_shrinking_gradients_make_long_steps():
    shrinking = 0.5 ** np.arange(20)
    assert steps_of_adam(shrinking, 0.9, 0.999).max() <= 1 + 1e-9
    assert steps_of_adam(shrinking, 0.99, 0.5).max() > 5


@settings(max_examples=60)
@given(
    gradients=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=25),
    beta1=st.floats(0, 0.99),
    beta2=st.floats(0.1, 0.999),
)
def test_no_gradients_make_adam_step_further_than_its_two_memories_allow(gradients, beta1, beta2):
    gradients = [g for g in gradients if abs(g) > 1e-3] or [1.0]
    last = steps_of_adam(gradients, beta1, beta2)[-1]
    assert last <= longest_step(len(gradients), beta1, beta2) * (1 + 1e-9)


def test_the_longest_step_of_adam_is_seven_step_sizes_and_gradients_that_grow_take_it():
    # The page says "on centered inputs" for this: where a gradient grows, a step can be longer.
    growing = (0.999 / 0.9) ** np.arange(200)
    limit = 0.1 / math.sqrt(0.001 * (1 - 0.9**2 / 0.999))
    assert 7.2 < limit < 7.3
    assert steps_of_adam(growing)[-1] == pytest.approx(longest_step(200), rel=1e-9)
    assert longest_step(10**4) == pytest.approx(limit, rel=1e-3)


def test_one_gradient_after_a_long_silence_makes_three_step_sizes():
    sparse = [*np.full(10**4, 1e-12), 1.0]
    assert steps_of_adam(sparse)[-1] == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-3)
