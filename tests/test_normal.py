"""Expectations under N(0, 1): quadrature and closed forms against SciPy and SymPy."""

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
import sympy

from offcenter.normal import (
    exact_expectation,
    normal_cdf,
    normal_density,
    normal_expectation,
)

Z = sympy.Symbol("z", real=True)


def test_density_and_cdf_agree_with_scipy_to_relative_accuracy():
    z = np.array([-37.0, -10.0, -1.0, 0.0, 0.3, 9.0])
    np.testing.assert_allclose(normal_density(z), scipy.stats.norm.pdf(z), rtol=1e-13)
    # Rounding z by ε changes the tail by z²ε.
    np.testing.assert_allclose(normal_cdf(z), scipy.special.ndtr(z), rtol=1e-12)


def test_far_tails_are_0_and_1_without_a_warning():
    assert normal_density(1e300) == 0
    assert normal_cdf([-1e300, 1e300]).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("power", range(9))
def test_moments_are_double_factorials(power):
    expected = 0 if power % 2 else math.prod(range(1, power, 2))
    assert normal_expectation(lambda z: z**power) == pytest.approx(expected, abs=1e-11)


def test_kinks_at_whole_numbers_cost_no_accuracy():
    assert normal_expectation(np.abs) == pytest.approx(math.sqrt(2 / math.pi), abs=1e-14)
    above_one = normal_expectation(lambda z: np.where(z > 1, 1.0, 0.0))
    assert above_one == pytest.approx(scipy.stats.norm.sf(1), abs=1e-14)


def test_exponentials_have_their_known_mean():
    assert normal_expectation(lambda z: np.exp(2 * z)) == pytest.approx(math.exp(2), rel=1e-13)


@pytest.mark.parametrize(
    ("right", "left"),
    [
        (Z, sympy.Integer(0)),
        (Z**3 * sympy.exp(-Z), Z**2),
        (2 * sympy.exp(Z / 2) + 1, sympy.exp(Z + 1) - Z),
        (sympy.Integer(0), sympy.Integer(0)),
    ],
)
def test_closed_form_of_pieces_agrees_with_quadrature(right, left):
    exact = exact_expectation(sympy.Piecewise((right, Z > 0), (left, True)), Z)
    parts = [sympy.lambdify(Z, part, "numpy") for part in (right, left)]
    numeric = normal_expectation(lambda z: np.where(z > 0, parts[0](z), parts[1](z)))
    assert float(exact) == pytest.approx(numeric, abs=1e-13)


def test_symmetry_gives_the_mean_of_the_logistic_function():
    assert exact_expectation(1 / (1 + sympy.exp(-Z)), Z) == sympy.Rational(1, 2)
    assert exact_expectation(sympy.tanh(Z), Z) == 0
    assert exact_expectation(sympy.sinh(Z), Z) == 0


@pytest.mark.parametrize(
    "expression",
    [
        sympy.log(1 + sympy.exp(Z)),
        sympy.exp(Z**2 / 4),
        sympy.exp(Z) / (1 + Z**2),
        sympy.sin(Z) + Z**2,
        sympy.Piecewise((Z, Z < 0), (0, True)),
        sympy.Piecewise((Z, Z > 0), (1, Z > -1), (0, True)),
        sympy.Piecewise((Z, Z > 0), (0, Z > -1)),
    ],
)
def test_no_closed_form_is_invented(expression):
    assert exact_expectation(expression, Z) is None


@pytest.mark.parametrize("pole", [0, sympy.Rational(1, 2), 3])
@pytest.mark.parametrize("constant", [0, 2])
@pytest.mark.parametrize("odd", [1 / Z, sympy.coth(Z), Z**-3, 1 / sympy.sinh(Z), sympy.tan(Z)])
def test_an_odd_function_with_a_pole_has_no_mean(odd, constant, pole):
    # Both sides of a pole hold infinite mass, which symmetry must not cancel.
    function = odd.subs(Z, Z - pole) + odd.subs(Z, Z + pole) + constant
    assert exact_expectation(function, Z) is None


@pytest.mark.parametrize("growth", [1, 2])
def test_an_odd_function_that_outgrows_the_density_has_no_mean(growth):
    assert exact_expectation(Z * sympy.exp(growth * Z**2), Z) is None


def test_half_of_the_density_s_exponent_is_the_growth_up_to_which_a_mean_is_known():
    for growth, known in ((sympy.Rational(24, 100), 0), (sympy.Rational(26, 100), None)):
        assert exact_expectation(Z * sympy.exp(growth * Z**2), Z) == known


@pytest.mark.parametrize("function", [normal_density, normal_cdf])
@pytest.mark.parametrize("bad", [math.nan, [0.0, math.inf]])
def test_nan_and_infinity_are_refused(function, bad):
    with pytest.raises(ValueError, match="z must be finite"):
        function(bad)


def test_a_function_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="values of function must have"):
        normal_expectation(lambda z: z[:3])


def test_what_sums_to_a_constant_only_when_simplified_has_its_half_as_mean():
    assert exact_expectation(Z + sympy.cos(Z) ** 2 + sympy.sin(Z) ** 2, Z) == 1
    assert exact_expectation(sympy.Integer(3), Z) == 3
    assert exact_expectation(Z + sympy.Rational(1, 3), Z) == sympy.Rational(1, 3)


@pytest.mark.parametrize("power", range(5))
@pytest.mark.parametrize("rate", [-2, 0, sympy.Rational(1, 2), 1])
def test_powers_times_exponentials_have_the_moments_of_a_shifted_normal(power, rate):
    # E[zᵏ exp(tz)] = exp(t²/2) E[(z + t)ᵏ].
    exact = exact_expectation(3 * Z**power * sympy.exp(rate * Z + 2), Z)
    shifted = sympy.expand((Z + rate) ** power)
    moment = sum(
        coefficient * (0 if k % 2 else math.prod(range(1, k, 2)))
        for (k,), coefficient in sympy.Poly(shifted, Z).terms()
    )
    expected = 3 * math.exp(2 + float(rate) ** 2 / 2) * float(moment)
    assert float(exact) == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    "expression",
    [sympy.sqrt(sympy.Abs(Z)), 1 / (1 + Z**2), sympy.exp(sympy.sin(Z)), Z * sympy.exp(-(Z**2))],
)
def test_other_functions_of_z_have_no_term_in_the_table(expression):
    known = exact_expectation(sympy.Piecewise((expression, Z > 0), (0, True)), Z)
    assert known is None
    assert exact_expectation(sympy.Piecewise((0, Z > 0), (expression, True)), Z) is None


@pytest.mark.parametrize("edge", range(-9, 10))
def test_a_jump_at_any_whole_number_costs_no_accuracy(edge):
    for function, expected in (
        (lambda z: np.where(z > edge, 1.0, 0.0), scipy.stats.norm.sf(edge)),
        (lambda z: np.where(z > edge, 0.0, 1.0), scipy.stats.norm.cdf(edge)),
    ):
        assert normal_expectation(function) == pytest.approx(expected, rel=1e-12, abs=1e-16)


def test_density_and_cdf_keep_the_shape_and_reach_into_the_tail():
    z = np.linspace(-38, 38, 12).reshape(3, 4)
    assert normal_density(z).shape == normal_cdf(z).shape == (3, 4)
    for value in (37.0, 37.5, 38.0):
        assert normal_density(value) == pytest.approx(scipy.stats.norm.pdf(value), rel=1e-12)
        assert normal_density(-value) == normal_density(value)
    assert normal_cdf(0.0) == 0.5


@pytest.mark.parametrize(
    "odd", [sympy.gamma(Z) - sympy.gamma(-Z), sympy.digamma(Z) - sympy.digamma(-Z)]
)
def test_an_odd_function_of_which_sympy_cannot_find_the_poles_has_no_known_mean(odd):
    assert exact_expectation(odd, Z) is None


def test_a_function_that_has_no_number_at_zero_is_looked_at_elsewhere():
    assert exact_expectation(sympy.sin(Z) / Z, Z) is None


@pytest.mark.parametrize("poles", ["1/(z - 1) + 1/(z + 1)", "1/((z - 1)*(z - 2))", "gamma(z - 1)"])
def test_a_pole_where_the_search_looks_is_no_error(poles):
    assert exact_expectation(sympy.sympify(poles, {"z": Z}), Z) is None
