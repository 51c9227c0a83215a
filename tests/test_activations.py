"""Activations: the numbers follow the formulas, and the moments are right to 1e-10."""

import copy
import math
import pickle

import mpmath
import numpy as np
import pytest
import sympy
from scipy.integrate import quad

from offcenter.activations import ACTIVATIONS, Activation, activation

NAMES = list(ACTIVATIONS)
POINTS = np.array([-30.0, -4.0, -1.0, -0.2, 0.3, 1.0, 5.0, 30.0])


def _density(z):
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _integral(function):
    pieces = [(-12, -3), (-3, 0), (0, 3), (3, 12)]
    return sum(quad(function, a, b, epsabs=1e-13, epsrel=1e-13)[0] for a, b in pieces)


def test_the_promised_names_are_there():
    promised = "identity sigmoid tanh relu leaky_relu elu selu gelu silu softplus mish relu_squared"
    assert set(promised.split()) <= set(NAMES)
    assert all(ACTIVATIONS[name].name == name for name in NAMES)
    assert len(ACTIVATIONS) == len(NAMES)
    for name in NAMES:
        symbol = ACTIVATIONS[name].symbol
        assert symbol.is_real
        assert ACTIVATIONS[name].expression.free_symbols == {symbol}


@pytest.mark.parametrize("name", NAMES)
def test_value_follows_the_expression(name):
    a = ACTIVATIONS[name]
    with mpmath.workdps(250):
        exact = sympy.lambdify(a.symbol, a.expression, "mpmath")
        expected = [float(exact(mpmath.mpf(z))) for z in POINTS]
    np.testing.assert_allclose(a.value(POINTS), expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_follows_the_differentiated_expression(name):
    a = ACTIVATIONS[name]
    with mpmath.workdps(250):
        exact = sympy.lambdify(a.symbol, a.expression.diff(a.symbol), "mpmath")
        expected = [float(exact(mpmath.mpf(z))) for z in POINTS]
    np.testing.assert_allclose(a.derivative(POINTS), expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", NAMES)
def test_large_arguments_neither_overflow_nor_warn(name):
    z = np.array([-1e150, -1e3, 0.0, 1e3, 1e150])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(ACTIVATIONS[name].value(z)).all()
        assert np.isfinite(ACTIVATIONS[name].derivative(z)).all()


@pytest.mark.parametrize("name", NAMES)
def test_shape_is_kept_and_the_input_is_not_touched(name):
    z = np.linspace(-2, 2, 6).reshape(2, 3)
    before = z.copy()
    value = ACTIVATIONS[name].value(z)
    value += 1
    assert value.shape == ACTIVATIONS[name].derivative(z).shape == z.shape
    assert (z == before).all()
    assert np.shape(ACTIVATIONS[name].value(0.5)) == ()


@pytest.mark.parametrize("name", NAMES)
def test_mean_and_variance_agree_with_scipy_to_1e_10(name):
    a = ACTIVATIONS[name]
    mean = _integral(lambda z: float(a.value(z)) * _density(z))
    variance = _integral(lambda z: (float(a.value(z)) - mean) ** 2 * _density(z))
    assert a.mean == pytest.approx(mean, abs=1e-10)
    assert a.variance == pytest.approx(variance, abs=1e-10)
    assert a.offset_share == pytest.approx(mean**2 / (mean**2 + variance), abs=1e-10)
    assert 0 <= a.offset_share < 1


@pytest.mark.parametrize("name", NAMES)
def test_closed_forms_agree_with_thirty_digit_quadrature(name):
    a = ACTIVATIONS[name]
    with mpmath.workdps(30):
        exact = sympy.lambdify(a.symbol, a.expression, "mpmath")
        for power, closed in ((1, a.exact_mean), (2, a.exact_second_moment)):
            if closed is None:
                continue
            numeric = mpmath.quad(
                lambda z, power=power: exact(z) ** power * mpmath.npdf(z), [-15, -5, 0, 5, 15]
            )
            assert abs(numeric - closed.evalf(30)) < 1e-24


def test_monte_carlo_agrees_within_four_standard_errors():
    z = np.random.default_rng(0).standard_normal(200_000)
    for a in ACTIVATIONS.values():
        error = math.sqrt(a.variance / z.size)
        assert abs(a.value(z).mean() - a.mean) <= 4 * error


def test_where_closed_forms_are_known():
    assert ACTIVATIONS["relu"].exact_mean == 1 / sympy.sqrt(2 * sympy.pi)
    assert ACTIVATIONS["relu"].exact_second_moment == sympy.Rational(1, 2)
    assert ACTIVATIONS["sigmoid"].exact_mean == sympy.Rational(1, 2)
    assert ACTIVATIONS["sigmoid"].exact_second_moment is None
    assert ACTIVATIONS["softplus"].exact_mean is None
    assert ACTIVATIONS["relu_squared"].exact_second_moment == sympy.Rational(3, 2)


def test_selu_constants_are_the_published_ones():
    selu = ACTIVATIONS["selu"]
    assert float(selu.derivative(1.0)) == pytest.approx(1.0507009873554805, abs=1e-14)
    alpha = -float(selu.value(-1e3)) / float(selu.derivative(1.0))
    assert alpha == pytest.approx(1.6732632423543772, abs=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_centered_has_zero_mean_and_the_same_derivative_and_variance(name):
    a = ACTIVATIONS[name]
    c = a.centered()
    assert isinstance(c, Activation)
    assert c.mean == pytest.approx(0, abs=1e-14)
    assert c.variance == pytest.approx(a.variance, abs=1e-12)
    assert c.offset_share == pytest.approx(0, abs=1e-20)
    assert (c.derivative(POINTS) == a.derivative(POINTS)).all()
    np.testing.assert_allclose(c.value(POINTS), a.value(POINTS) - a.mean, rtol=0, atol=0)
    expression = sympy.lambdify(c.symbol, c.expression, "mpmath")
    assert float(expression(0.7)) == pytest.approx(float(c.value(0.7)), abs=1e-14)


def test_kinks_take_the_slope_on_the_left():
    slopes = {"relu": 0, "leaky_relu": 0.01, "elu": 1, "relu_squared": 0}
    assert {n: float(ACTIVATIONS[n].derivative(0.0)) for n in slopes} == slopes
    assert float(ACTIVATIONS["selu"].derivative(0.0)) == pytest.approx(1.7580993408473766)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a))])
def test_activations_are_records_that_can_be_copied_pickled_and_compared(name, way):
    for original in (ACTIVATIONS[name], ACTIVATIONS[name].centered()):
        other = way(original)
        assert other == original
        assert hash(other) == hash(original)
        assert (other.value(POINTS) == original.value(POINTS)).all()
    assert ACTIVATIONS[name].centered() == ACTIVATIONS[name].centered()
    assert ACTIVATIONS[name] != ACTIVATIONS[name].centered()


def test_an_argument_may_be_a_name_or_an_activation():
    centered = ACTIVATIONS["relu"].centered()
    assert activation("relu") is ACTIVATIONS["relu"]
    assert activation(centered) is centered


@pytest.mark.parametrize("bad", ["swish", "ReLU", "", 3])
def test_unknown_names_are_answered_with_the_known_ones(bad):
    with pytest.raises(ValueError, match=r"name must be one of elu, gelu, .*tanh; got"):
        activation(bad)
    with pytest.raises(ValueError, match="name must be one of"):
        ACTIVATIONS[bad]
    assert bad not in ACTIVATIONS
    assert ACTIVATIONS.get(bad) is None


@pytest.mark.parametrize("bad", [math.nan, [1.0, -math.inf]])
def test_nan_and_infinity_are_refused(bad):
    with pytest.raises(ValueError, match="z must be finite"):
        ACTIVATIONS["relu"].value(bad)
    with pytest.raises(ValueError, match="z must be finite"):
        ACTIVATIONS["gelu"].derivative(bad)


def test_words_are_refused():
    with pytest.raises(TypeError, match="z must be an array of real numbers"):
        ACTIVATIONS["tanh"].value("zero")


def test_the_list_of_activations_shows_its_names():
    assert repr(ACTIVATIONS) == f"<activations {', '.join(ACTIVATIONS)}>"


def test_centering_keeps_closed_forms_where_they_are_known():
    gelu = ACTIVATIONS["gelu"].centered()
    assert gelu.exact_mean == 0
    second = sympy.Rational(1, 3) + 1 / (2 * sympy.sqrt(3) * sympy.pi) - 1 / (4 * sympy.pi)
    assert sympy.simplify(gelu.exact_second_moment - second) == 0
    sigmoid, mish = ACTIVATIONS["sigmoid"].centered(), ACTIVATIONS["mish"].centered()
    assert sigmoid.exact_mean == 0
    assert sigmoid.exact_second_moment is mish.exact_second_moment is mish.exact_mean is None
    assert gelu.name == "centered gelu"
    assert ACTIVATIONS["relu"].centered().exact_second_moment == (
        sympy.Rational(1, 2) - 1 / (2 * sympy.pi)
    )


def test_moments_are_exact_to_the_last_digits_of_floats():
    relu, selu, elu = (ACTIVATIONS[name] for name in ("relu", "selu", "elu"))
    assert relu.mean == 1 / math.sqrt(2 * math.pi)
    assert relu.variance == pytest.approx(0.5 - 1 / (2 * math.pi), rel=1e-15)
    assert (selu.mean, selu.variance) == (0, 1)
    # E[eᶻ − 1; z < 0] = √e Φ(−1) − ½.
    tail = math.sqrt(math.e) * math.erfc(1 / math.sqrt(2)) / 2 - 0.5
    assert elu.mean == pytest.approx(relu.mean + tail, rel=1e-14)


def test_an_activation_without_closed_forms_takes_the_number_for_its_shift():
    softplus = ACTIVATIONS["softplus"]
    centered = softplus.centered()
    at_zero = float(centered.expression.subs(centered.symbol, 0))
    assert at_zero == pytest.approx(math.log(2) - softplus.mean, abs=1e-15)


def test_slopes_of_leaky_and_smooth_functions_are_those_of_differences():
    z = np.array([-3.0, -0.7, -1e-3, 1e-3, 0.2, 2.0])
    for name in NAMES:
        a = ACTIVATIONS[name]
        numeric = (a.value(z + 1e-6) - a.value(z - 1e-6)) / 2e-6
        np.testing.assert_allclose(a.derivative(z), numeric, atol=1e-8)


def test_the_list_of_activations_is_a_mapping_that_nobody_adds_to():
    assert list(ACTIVATIONS.keys()) == NAMES
    assert len(set(NAMES)) == 12
    with pytest.raises(TypeError):
        ACTIVATIONS["new"] = ACTIVATIONS["relu"]
    with pytest.raises(AttributeError):
        ACTIVATIONS["relu"].name = "other"


def test_an_activation_shows_its_name_and_its_formula_and_no_more():
    relu = ACTIVATIONS["relu"]
    shown = "Activation(name='relu', expression=Piecewise((z, z > 0), (0, True)))"
    assert repr(relu) == shown
    assert "closed" not in repr(ACTIVATIONS["gelu"])
    assert "function" not in repr(relu.centered())
