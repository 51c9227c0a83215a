"""Spectra: closed forms against eigenvalue solvers, bounds, and what bad input is told."""

import math

import numpy as np
import pytest
from bounds import check_bounds
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from offcenter.spectrum import (
    best_diagonal_condition_number,
    condition_number,
    critical_batch_size,
    iid_condition_number,
    iid_eigenvalues,
    iid_second_moment,
    mean_cosine,
    offset_share,
    perron_vector,
    second_moment,
    with_bias,
)

MEANS = st.floats(-3, 3)
VARIANCES = st.floats(1e-3, 10)


def _sample(seed=0, shape=(40, 5), shift=1.0):
    return shift + np.random.default_rng(seed).standard_normal(shape)


def test_second_moment_is_the_mean_of_outer_products():
    X = _sample()
    expected = np.mean([np.outer(x, x) for x in X], axis=0)
    np.testing.assert_allclose(second_moment(X), expected, atol=1e-14)


def test_second_moment_with_bias_holds_the_mean_in_its_last_row():
    X = _sample()
    A = second_moment(X, bias=True)
    np.testing.assert_allclose(A[:-1, :-1], second_moment(X), atol=1e-14)
    np.testing.assert_allclose(A[-1], [*X.mean(axis=0), 1.0], atol=1e-14)


def test_with_bias_is_the_second_moment_of_a_sample_with_those_moments():
    X = _sample()
    A = with_bias(np.cov(X, rowvar=False, bias=True), X.mean(axis=0))
    np.testing.assert_allclose(A, second_moment(X, bias=True), atol=1e-13)


@settings(max_examples=60)
@given(n=st.integers(1, 12), mean=MEANS, variance=VARIANCES, bias=st.booleans())
def test_closed_eigenvalues_agree_with_a_solver(n, mean, variance, bias):
    M = iid_second_moment(n, mean, variance, bias=bias)
    closed = iid_eigenvalues(n, mean, variance, bias=bias)
    np.testing.assert_allclose(
        np.sort(closed), np.linalg.eigvalsh(M), rtol=1e-9, atol=1e-13 * closed.max()
    )
    assert (np.diff(closed) >= -1e-15 * closed.max()).all()


@settings(max_examples=60)
@given(n=st.integers(1, 12), mean=MEANS, variance=VARIANCES, bias=st.booleans())
def test_closed_condition_number_agrees_with_a_solver(n, mean, variance, bias):
    M = iid_second_moment(n, mean, variance, bias=bias)
    closed = iid_condition_number(n, mean, variance, bias=bias)
    assert closed == pytest.approx(np.linalg.cond(M), rel=1e-7)
    assert condition_number(M) == pytest.approx(closed, rel=1e-7)


def test_iid_second_moment_is_the_limit_of_samples():
    n, N = 3, 200_000
    X = 0.7 + 0.5 * np.random.default_rng(1).standard_normal((N, n))
    for bias in (False, True):
        # Each entry is a mean of N products, none with a standard deviation above 1.
        error = 4 / math.sqrt(N)
        difference = second_moment(X, bias=bias) - iid_second_moment(n, 0.7, 0.25, bias=bias)
        assert np.abs(difference).max() <= error


def test_the_sign_of_the_mean_does_not_matter():
    for bias in (False, True):
        up, down = (iid_condition_number(9, m, 0.3, bias=bias) for m in (0.4, -0.4))
        assert up == down


def test_condition_number_of_a_singular_matrix_is_infinite():
    assert condition_number(np.ones((3, 3))) == math.inf
    assert condition_number(second_moment(_sample(shape=(3, 6)))) == math.inf


def test_condition_number_ignores_scale_and_rotation():
    M = second_moment(_sample())
    Q = np.linalg.qr(_sample(seed=3, shape=(5, 5)))[0]
    assert condition_number(7 * M) == pytest.approx(condition_number(M), rel=1e-12)
    assert condition_number(Q @ M @ Q.T) == pytest.approx(condition_number(M), rel=1e-9)


def test_large_condition_numbers_keep_their_digits():
    assert iid_condition_number(10**6, 1.0, 1e-6, bias=True) == pytest.approx(
        (1 + 1e-6 + 1e6) ** 2 / 1e-6, rel=1e-11
    )


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("n", "mean", "variance"), [(2, 0.5, 0.25), (4, 0.5, 0.04), (3, 0.2, 1.0)])
def test_no_diagonal_found_by_search_beats_the_best(n, mean, variance, bias):
    M = iid_second_moment(n, mean, variance, bias=bias)
    best = best_diagonal_condition_number(n, mean, variance, bias=bias)

    def scaled(logs):
        d = np.exp(np.clip(logs, -20, 20))
        return np.log(np.linalg.cond(M * np.outer(d, d)))

    rng = np.random.default_rng(2)
    found = min(
        minimize(scaled, rng.standard_normal(len(M)), method="Nelder-Mead",
                 options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20_000,
                          "maxfev": 20_000}).fun
        for _ in range(4)
    )  # fmt: skip
    assert math.exp(found) == pytest.approx(best, rel=1e-4)
    assert math.exp(found) >= best * (1 - 1e-9)


@settings(max_examples=40)
@given(n=st.integers(2, 200), mean=MEANS, variance=VARIANCES)
def test_rescaling_helps_only_the_bias(n, mean, variance):
    plain = iid_condition_number(n, mean, variance)
    assert best_diagonal_condition_number(n, mean, variance) == plain
    best = best_diagonal_condition_number(n, mean, variance, bias=True)
    assert best <= iid_condition_number(n, mean, variance, bias=True) * (1 + 1e-9)
    assert best >= plain * (1 - 1e-9)


def test_critical_batch_size_is_n_when_isotropic_and_one_over_rho_when_wide():
    assert critical_batch_size(np.eye(7)) == pytest.approx(7)
    rho = 0.5**2 / (0.5**2 + 0.3)
    assert critical_batch_size(iid_second_moment(300, 0.5, 0.3)) == pytest.approx(1 / rho, rel=0.02)


def test_offset_share_is_between_centered_and_constant():
    X = _sample()
    assert offset_share(X - X.mean(axis=0)) == pytest.approx(0, abs=1e-30)
    assert offset_share(np.full((5, 3), 0.1)) == 1
    mu = X.mean(axis=0)
    assert offset_share(X) == pytest.approx(mu @ mu / np.trace(second_moment(X)), rel=1e-13)


def test_offset_share_does_not_change_with_scale():
    X = _sample()
    assert offset_share(-5 * X) == pytest.approx(offset_share(X), rel=1e-13)


def test_mean_cosine_is_the_mean_over_all_pairs():
    X = _sample(shape=(6, 4))
    cosines = [
        a @ b / np.linalg.norm(a) / np.linalg.norm(b)
        for i, a in enumerate(X)
        for j, b in enumerate(X)
        if i != j
    ]
    assert mean_cosine(X) == pytest.approx(np.mean(cosines), rel=1e-12)


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 8), zeros=st.floats(0, 0.9))
def test_perron_vector_is_a_non_negative_top_eigenvector(seed, n, zeros):
    rng = np.random.default_rng(seed)
    X = rng.random((12, n)) * (rng.random((12, n)) > zeros) + 1e-3 * np.eye(12, n)
    M = second_moment(X)
    v = perron_vector(M)
    assert (v >= 0).all()
    assert np.linalg.norm(v) == pytest.approx(1)
    np.testing.assert_allclose(M @ v, np.linalg.eigvalsh(M)[-1] * v, atol=1e-8)


def test_perron_vector_is_non_negative_also_where_the_eigenspace_is_large():
    np.testing.assert_allclose(perron_vector(np.eye(4)), np.full(4, 0.5))
    M = np.array([[1.0, 0, 0], [0, 2, 1], [0, 1, 2]])
    np.testing.assert_allclose(perron_vector(M), [0, math.sqrt(0.5), math.sqrt(0.5)], atol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: second_moment([1.0, 2.0]), r"X must have 2 dimension\(s\)"),
        (lambda: second_moment([[math.nan]]), "X must be finite"),
        (lambda: condition_number([[1.0, 2.0, 3.0]]), "M must be square"),
        (lambda: condition_number([[1.0, 2.0], [0.0, 1.0]]), "M must be symmetric"),
        (lambda: condition_number(np.diag([1.0, -1.0])), "M must be positive semidefinite"),
        (lambda: condition_number(np.zeros((2, 2))), "M must not be zero"),
        (lambda: offset_share(np.zeros((2, 2))), "X must not be zero"),
        (lambda: mean_cosine([[1.0, 2.0]]), "X must have at least two rows"),
        (lambda: mean_cosine([[1.0, 2.0], [0.0, 0.0]]), "none of them zero"),
        (lambda: iid_second_moment(0, 1.0, 1.0), "n must be at least 1"),
        (lambda: iid_second_moment(2, 1.0, -1.0), "variance must be at least 0"),
        (lambda: iid_condition_number(2, 1.0, 0.0), "variance must be above 0"),
        (lambda: iid_condition_number(2, math.inf, 1.0), "mean must be finite"),
        (lambda: best_diagonal_condition_number(2, 1.0, -1.0), "variance must be above 0"),
        (lambda: perron_vector([[1.0, -0.5], [-0.5, 1.0]]), "M must have no negative entry"),
        (lambda: with_bias(np.eye(2), [1.0, 2.0, 3.0]), r"mean must have shape \(2,\)"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@given(
    function=st.sampled_from(
        [
            iid_second_moment,
            iid_eigenvalues,
            iid_condition_number,
            best_diagonal_condition_number,
        ]
    ),
    n=st.integers(1, 100),
    power=st.floats(-300, 308),
    other=st.floats(-300, 308),
    bias=st.booleans(),
)
def test_moments_beyond_the_range_of_floats_are_named(function, n, power, other, bias):
    def result():
        return function(n, 10.0**power, 10.0**other, bias=bias)

    if max(power, other) < 70 and 4 * power - other < 290:
        assert np.isfinite(result()).all()
    elif power > 160:
        with pytest.raises(ValueError, match="n, mean and variance must be neither so large"):
            result()


def test_fractions_of_a_feature_are_refused():
    with pytest.raises(TypeError, match="n must be a whole number"):
        iid_condition_number(2.5, 1.0, 1.0)


@pytest.mark.parametrize(
    ("call", "taken", "refused"),
    [
        (lambda v: iid_second_moment(v, 0.5, 1.0), (1, 2), (0, -1)),
        (lambda v: iid_second_moment(2, 0.5, v), (0.0, 0.5), (-0.5,)),
        (lambda v: iid_eigenvalues(v, 0.5, 1.0), (1, 2), (0, -1)),
        (lambda v: iid_eigenvalues(2, 0.5, v), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: iid_condition_number(2, 0.5, v), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: best_diagonal_condition_number(2, 0.5, v), (1e-3, 0.5), (0.0, -0.5)),
        (lambda v: mean_cosine(np.ones((v, 2))), (2, 3), (1,)),
    ],
)
def test_numbers_are_taken_up_to_the_bounds_that_the_pages_name(call, taken, refused):
    check_bounds(call, taken, refused, says="must")


def test_moments_at_hand_made_numbers():
    assert iid_second_moment(2, 3.0, 0.0).tolist() == [[9, 9], [9, 9]]
    assert iid_second_moment(2, 3.0, 2.0).tolist() == [[11, 9], [9, 11]]
    assert iid_second_moment(1, 3.0, 2.0, bias=True).tolist() == [[11, 3], [3, 1]]
    assert iid_eigenvalues(3, 2.0, 0.5).tolist() == [0.5, 0.5, 12.5]
    assert iid_condition_number(3, 2.0, 0.5) == 25
    assert iid_condition_number(1, 2.0, 0.5) == 1
    # (√(v + nm²) + √(nm²))²/v with v = 9 and nm² = 16.
    assert best_diagonal_condition_number(4, 2.0, 9.0, bias=True) == pytest.approx(9.0)
    assert second_moment([[1.0, 2.0], [3.0, 4.0]]).tolist() == [[5, 7], [7, 10]]
    assert condition_number(np.diag([2.0, 8.0, 4.0])) == 4
    assert critical_batch_size(np.diag([2.0, 8.0, 4.0])) == 1.75
    assert offset_share([[1.0, 0.0], [3.0, 0.0]]) == pytest.approx(0.8)
    assert mean_cosine([[1.0, 0.0], [5.0, 0.0], [0.0, 2.0]]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_rounding_is_no_negative_eigenvalue_and_a_millionth_is_one(scale):
    Q = np.linalg.qr(_sample(seed=3, shape=(6, 6)))[0]

    def turned(values):
        M = Q @ np.diag(values) @ Q.T
        return scale * (M + M.T) / 2

    assert condition_number(turned([1, 1, 1, 1, 1, 1e-6])) == pytest.approx(1e6, rel=1e-6)
    for rounding in (0.0, 1e-17, -1e-17):
        assert condition_number(turned([1, 1, 1, 1, 1, rounding])) == math.inf
        assert critical_batch_size(turned([1, 1, 1, 1, 1, rounding])) == pytest.approx(5)
    with pytest.raises(ValueError, match="M must be positive semidefinite, got an eigenvalue -"):
        condition_number(turned([1, 1, 1, 1, 1, -1e-6]))


@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_perron_vector_takes_rounding_for_zero_and_no_negative_entry(scale):
    v = perron_vector(scale * np.array([[1.0, -1e-16], [-1e-16, 1.0]]))
    np.testing.assert_allclose(v, [math.sqrt(0.5)] * 2)
    with pytest.raises(ValueError, match="M must have no negative entry, got -1e"):
        perron_vector(scale * np.array([[1.0, -1e-6], [-1e-6, 1.0]]))
    # Two eigenvalues that differ by a millionth are two.
    np.testing.assert_allclose(perron_vector(np.diag([1.0, 1 + 1e-6])), [0, 1], atol=1e-12)


def test_sizes_beyond_memory_are_refused_before_they_are_made():
    with pytest.raises(ValueError, match=r"n × n must be at most 134,217,728, got 134235396"):
        iid_second_moment(11586, 1.0, 1.0)
    with pytest.raises(ValueError, match="the numbers in n must be at most 134,217,728"):
        iid_eigenvalues(2**27 + 1, 1.0, 1.0)


@pytest.mark.parametrize("seed", range(20))
def test_rounding_leaves_no_negative_entry_where_a_matrix_falls_apart(seed):
    rng = np.random.default_rng(seed)
    n = rng.integers(2, 6)
    A, B, M = rng.random((n, n)), rng.random((2, 2)), np.zeros((n + 2, n + 2))
    M[:n, :n], M[n:, n:] = A @ A.T, 0.5 * B @ B.T
    order = rng.permutation(n + 2)
    v = perron_vector(M[np.ix_(order, order)])
    assert v.min() >= 0
    np.testing.assert_allclose(v[order >= n], 0, atol=1e-12)


def test_the_offset_share_of_a_constant_is_at_most_one():
    for value in np.arange(1, 30) / 10:
        for count, width in ((3, 1), (5, 3), (7, 2)):
            assert 1 - 1e-12 < offset_share(np.full((count, width), value)) <= 1


@pytest.mark.parametrize("size", [1e308, 1e-290, 1.0])
def test_matrices_at_the_ends_of_the_floats_have_the_ratios_and_the_vector_of_their_size(size):
    M = np.array([[1.7, 1.0], [1.0, 1.0]])
    assert condition_number(size * M) == pytest.approx(condition_number(M), rel=1e-12)
    assert critical_batch_size(size * M) == pytest.approx(critical_batch_size(M), rel=1e-12)
    # (λmax − 1, 1) is stretched by λmax.
    top = 1.35 + math.hypot(0.35, 1.0)
    expected = np.array([top - 1, 1]) / math.hypot(top - 1, 1)
    assert perron_vector(size * M) == pytest.approx(expected, abs=1e-12)
