"""Random features, finite samples and correlated inputs against simulation."""

import math

import numpy as np
import pytest
from bounds import check_bounds

from offcenter.activations import ACTIVATIONS
from offcenter.errors import RangeError
from offcenter.samples import (
    bulk_edges,
    correlated_inputs,
    learning_cost,
    outlier_eigenvalue,
    relu_feature_moments,
)
from offcenter.spectrum import second_moment


def test_arc_cosine_moments_agree_with_monte_carlo():
    rng = np.random.default_rng(0)
    W = rng.standard_normal((4, 3)) / math.sqrt(3)
    mean, C = relu_feature_moments(W)
    N = 400_000
    A = np.maximum(rng.standard_normal((N, 3)) @ W.T, 0.0)
    # Four standard errors; a product of features has a standard deviation of at most E[a⁴]^½.
    assert np.abs(A.mean(axis=0) - mean).max() <= 4 * A.std() / math.sqrt(N) * 2
    error = 4 * math.sqrt((A**4).mean(axis=0).max() / N)
    assert np.abs(second_moment(A) - C - np.outer(mean, mean)).max() <= error


def test_a_unit_row_has_the_moments_of_relu():
    mean, C = relu_feature_moments([[0.6, 0.8]])
    relu = ACTIVATIONS["relu"]
    assert mean[0] == pytest.approx(relu.mean, abs=1e-15)
    assert C[0, 0] == pytest.approx(relu.variance, abs=1e-15)


def test_opposite_and_orthogonal_rows_have_known_products():
    mean, C = relu_feature_moments([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    M = C + np.outer(mean, mean)
    assert M[0, 1] == pytest.approx(0, abs=1e-15)  # never positive together
    assert M[0, 2] == pytest.approx(1 / (2 * math.pi), abs=1e-15)  # independent


def test_correlated_inputs_have_the_mean_and_correlation_asked_for():
    N = 200_000
    rng = np.random.default_rng(1)
    X = correlated_inputs(N, 3, mean=2.0, correlation=0.3, rng=rng)
    error = 4 * math.sqrt(2 / N)
    assert np.abs(X.mean(axis=0) - 2).max() <= error
    expected = 0.7 * np.eye(3) + 0.3
    assert np.abs(np.cov(X, rowvar=False) - expected).max() <= error


def test_the_seed_decides_the_draw():
    draws = [
        correlated_inputs(4, 2, mean=0, correlation=1, rng=np.random.default_rng(5))
        for _ in range(2)
    ]
    assert (draws[0] == draws[1]).all()
    np.testing.assert_allclose(draws[0][:, 0], draws[0][:, 1])


@pytest.mark.parametrize("mean", [0.0, 0.5])
def test_sample_eigenvalues_stand_where_random_matrix_theory_says(mean):
    n, ratio, variance = 400, 3, 0.25
    X = mean + math.sqrt(variance) * np.random.default_rng(2).standard_normal((ratio * n, n))
    values = np.linalg.eigvalsh(second_moment(X))
    lower, upper = bulk_edges(variance, ratio)
    # Edges fluctuate on the scale n^(−2/3).
    assert values[0] == pytest.approx(lower, abs=2 * variance * n ** (-2 / 3))
    assert values[-2] == pytest.approx(upper, abs=4 * variance * n ** (-2 / 3))
    # An outlier is known to about its value times 2/√(αn), and is inside the bulk without a mean.
    top = outlier_eigenvalue(n, mean, variance, ratio)
    assert values[-1] == pytest.approx(top, rel=4 * 2 / math.sqrt(ratio * n))


def test_a_small_mean_hides_in_the_bulk_and_leaves_it_continuously():
    n, variance, ratio = 100, 1.0, 4.0
    threshold = math.sqrt(variance / math.sqrt(ratio) / n)
    upper = bulk_edges(variance, ratio)[1]
    assert outlier_eigenvalue(n, 0.5 * threshold, variance, ratio) == upper
    just_above = outlier_eigenvalue(n, threshold * (1 + 1e-6), variance, ratio)
    assert just_above == pytest.approx(upper, rel=1e-9)


def test_many_samples_give_the_population_spectrum():
    assert bulk_edges(0.3, 1e12) == pytest.approx((0.3, 0.3), rel=1e-5)
    assert outlier_eigenvalue(50, 0.4, 0.3, 1e12) == pytest.approx(0.3 + 50 * 0.16, rel=1e-10)


def test_learning_cost_is_least_at_one_plus_root_two_squared():
    best = (1 + math.sqrt(2)) ** 2
    assert learning_cost(best) < learning_cost(best * np.array([0.99, 1.01])).min()
    lower, upper = bulk_edges(1.0, 5.0)
    assert learning_cost(5.0) == pytest.approx(5.0 * upper / lower, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: relu_feature_moments([[0.0, 0.0]]), "W must have no row of zeros"),
        (lambda: relu_feature_moments([1.0]), "W must have 2 dimension"),
        (lambda: bulk_edges(-1.0, 2.0), "variance must be at least 0"),
        (lambda: bulk_edges(1.0, 0.0), "ratio must be above 0"),
        (lambda: outlier_eigenvalue(3, 1.0, 0.0, 2.0), "variance must be above 0"),
        (lambda: learning_cost([2.0, 1.0]), "ratio must be above 1"),
        (
            lambda: correlated_inputs(
                3, 3, mean=0.0, correlation=1.5, rng=np.random.default_rng(0)
            ),
            "correlation must be at least 0 and at most 1",
        ),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_seed_is_no_generator():
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        correlated_inputs(3, 3, mean=0.0, correlation=0.5, rng=0)


def test_edges_and_outlier_at_hand_made_numbers():
    assert bulk_edges(2.0, 4.0) == (0.5, 4.5)
    assert bulk_edges(0.0, 4.0) == (0.0, 0.0)
    assert bulk_edges(1.0, 0.25) == (1.0, 9.0)
    # ℓ = 4·1/2 = 2, v(1 + ℓ)(ℓ + 1/α)/ℓ = 2·3·2.25/2.
    assert outlier_eigenvalue(4, 1.0, 2.0, 4.0) == pytest.approx(6.75)
    assert outlier_eigenvalue(4, -1.0, 2.0, 4.0) == pytest.approx(6.75)
    # At ℓ = 1/√α both answers are the same.
    assert outlier_eigenvalue(2, 0.5, 1.0, 4.0) == pytest.approx(2.25)
    np.testing.assert_allclose(learning_cost([4.0, 9.0]), [36.0, 36.0])


@pytest.mark.parametrize(
    ("call", "taken", "refused"),
    [
        (lambda v: bulk_edges(v, 2.0), (0.0, 0.5), (-0.5,)),
        (lambda v: bulk_edges(1.0, v), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: outlier_eigenvalue(v, 1.0, 1.0, 2.0), (1, 2), (0, -1)),
        (lambda v: outlier_eigenvalue(3, 1.0, v, 2.0), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: outlier_eigenvalue(3, 1.0, 1.0, v), (1e-3, 0.5), (0.0, -0.5)),
        (learning_cost, (1.001, 1.5), (1.0, 0.5, 0.0)),
        (
            lambda v: correlated_inputs(
                3, 3, mean=0.0, correlation=v, rng=np.random.default_rng(0)
            ),
            (0.0, 0.5, 1.0),
            (-0.5, 1.5),
        ),
        (
            lambda v: correlated_inputs(
                v, 3, mean=0.0, correlation=0.5, rng=np.random.default_rng(0)
            ),
            (1, 2),
            (0, -1),
        ),
        (
            lambda v: correlated_inputs(
                3, v, mean=0.0, correlation=0.5, rng=np.random.default_rng(0)
            ),
            (1, 2),
            (0, -1),
        ),
    ],
)
def test_numbers_are_taken_up_to_the_bounds_that_the_pages_name(call, taken, refused):
    check_bounds(call, taken, refused)


def test_more_inputs_than_memory_holds_are_refused_before_they_are_drawn():
    words = "the numbers in examples × n must be at most 134,217,728, got 268435456"
    with pytest.raises(ValueError, match=words):
        correlated_inputs(2**14, 2**14, mean=0.0, correlation=0.5, rng=np.random.default_rng(0))


def test_features_of_long_rows_are_scaled_and_copies_are_one_feature():
    W = np.array([[0.6, 0.8], [6.0, 8.0], [1.0, 0.0]])
    mean, C = relu_feature_moments(W)
    np.testing.assert_allclose(mean, np.array([1, 10, 1]) / math.sqrt(2 * math.pi))
    # E[aᵢaⱼ] of copies is half of the product of lengths; C is symmetric.
    M = C + np.outer(mean, mean)
    np.testing.assert_allclose([M[0, 0], M[0, 1], M[1, 1]], [0.5, 5.0, 50.0])
    np.testing.assert_allclose(C, C.T)
    angle = math.acos(0.6)
    known = (math.sin(angle) + (math.pi - angle) * 0.6) / (2 * math.pi)
    assert M[0, 2] == pytest.approx(known)
    assert M[1, 2] == pytest.approx(10 * known)


def test_rows_in_one_direction_or_in_opposite_ones_have_their_moments():
    # Rounding takes some of these cosines a hair beyond 1 or −1.
    for row in np.random.default_rng(0).standard_normal((100, 3)):
        length = np.linalg.norm(row)
        mean, C = relu_feature_moments([row, 2 * row, -3 * row])
        M = C + np.outer(mean, mean)
        assert M[0, 1] == pytest.approx(length**2)
        assert M[0, 2] == pytest.approx(0, abs=1e-7 * length**2)


def test_a_mean_just_above_the_threshold_is_not_hidden():
    # ℓ = 3/2 of a threshold of 1: v(1 + ℓ)(ℓ + 1/α)/ℓ = 25/3, and the bulk ends at 8.
    assert outlier_eigenvalue(3, 1.0, 2.0, 1.0) == pytest.approx(25 / 3)
    assert outlier_eigenvalue(3, 0.5, 2.0, 1.0) == pytest.approx(8)


def test_a_ratio_whose_root_is_one_in_floats_is_refused():
    with pytest.raises(RangeError, match="ratio must be neither so large"):
        learning_cost([math.nextafter(1, 2)])
