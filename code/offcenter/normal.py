"""Expectations under the standard normal distribution, by quadrature and in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import sympy
from sympy.calculus.util import continuous_domain

from offcenter import _checks
from offcenter._guard import guarded

__all__ = ["exact_expectation", "normal_cdf", "normal_density", "normal_expectation"]

# Beyond 14 standard deviations the mass, 8e-45, is far below the accuracy that is promised, also
# for integrands that grow like a power or like exp(2|z|).
_REACH = 14
_NODES = 24
_ROOT_2 = math.sqrt(2.0)
_ROOT_2PI = math.sqrt(2.0 * math.pi)
# exp(-40²/2) is 0 in double precision; clipping there keeps z² from overflowing.
_ZERO_BEYOND = 40.0

_erfc = np.frompyfunc(math.erfc, 1, 1)
_t = sympy.Symbol("t", real=True)


@guarded
def normal_density(z: object) -> np.ndarray:
    """Return the density of N(0, 1).

    φ(z) = exp(−z²/2)/√(2π), with the shape of `z`.

    Raises
    ------
    ValueError
        If `z` holds NaN or infinity.
    """
    clipped = np.minimum(np.abs(_checks.finite_array("z", z)), _ZERO_BEYOND)
    return np.exp(-0.5 * clipped**2) / _ROOT_2PI


@guarded
def normal_cdf(z: object) -> np.ndarray:
    """Return the distribution function of N(0, 1), to full relative accuracy in the left tail.

    Φ(z) = erfc(−z/√2)/2, with the shape of `z`.

    Raises
    ------
    ValueError
        If `z` holds NaN or infinity.
    """
    return 0.5 * np.asarray(_erfc(-_checks.finite_array("z", z) / _ROOT_2), dtype=float)


@lru_cache
def _rule() -> tuple[np.ndarray, np.ndarray]:
    """Return nodes and weights: Gauss–Legendre on unit panels, so that 0 is a panel's end."""
    x, weight = np.polynomial.legendre.leggauss(_NODES)
    left = np.arange(-_REACH, _REACH)[:, None]
    z = (left + (x + 1) / 2).ravel()
    weights = np.tile(weight / 2, 2 * _REACH) * normal_density(z)
    return z, weights


@guarded
def normal_expectation(function: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return E[f(z)] for z ~ N(0, 1), to about 13 digits.

    The function may have kinks and jumps at whole numbers; elsewhere it is smooth on the scale 1,
    and it grows at most like exp(2|z|).

    Parameters
    ----------
    function : callable
        Maps an array of z, shape (N,), to values of the same shape.

    Raises
    ------
    ValueError
        If the values have another shape or are not finite.
    """
    z, weights = _rule()
    return float(weights @ _checks.vector("values of function", function(z), size=z.size))


@lru_cache
def _half_moment(power: int, rate: sympy.Expr) -> sympy.Expr:
    # The k-th derivative in t of E[exp(tz); z > 0] brings down z^k.
    generating = sympy.exp(_t**2 / 2) * sympy.erfc(-_t / sympy.sqrt(2)) / 2
    return generating.diff(_t, power).subs(_t, rate)


def _half_expectation(expression: sympy.Expr, z: sympy.Symbol) -> sympy.Expr | None:
    total = sympy.Integer(0)
    for term in sympy.Add.make_args(sympy.expand(sympy.expand_power_exp(expression))):
        coefficient, rest = term.as_independent(z, as_Add=False)
        power, rate = 0, sympy.Integer(0)
        for factor in sympy.Mul.make_args(rest):
            base, exponent = factor.as_base_exp()
            if base == z and exponent.is_Integer and exponent >= 0:
                power += int(exponent)
            elif factor.func is sympy.exp and (slope := factor.args[0].coeff(z)).is_number:
                if sympy.expand(factor.args[0] - slope * z) != 0:
                    return None
                rate += slope
            elif factor.has(z):
                return None
        total += coefficient * _half_moment(power, rate)
    return total


def _has_expectation(expression: sympy.Expr, z: sympy.Symbol) -> bool:
    # Enough: no pole, and a growth that half of the density's exponent brings down.
    try:
        if continuous_domain(expression, z, sympy.S.Reals) != sympy.S.Reals:
            return False
        tails = [
            sympy.limit(expression * sympy.exp(-(z**2) / 4), z, end)
            for end in (-sympy.oo, sympy.oo)
        ]
    except NotImplementedError:
        # SymPy says so of functions whose domain or limit it cannot find.
        return False
    return all(tail.is_finite for tail in tails)


@guarded
def exact_expectation(expression: sympy.Expr, z: sympy.Symbol) -> sympy.Expr | None:
    """Return E[f(z)] for z ~ N(0, 1) in closed form, or None where this function knows none.

    On either side of 0 the expression must be a sum of terms c·zᵏ·exp(tz), for which

    E[zᵏ exp(tz); z > 0] = dᵏ/dtᵏ [exp(t²/2) Φ(t)];

    or f(z) + f(−z) must be a constant, whose half is the answer if the expectation exists: f must
    be continuous, and f(z)·exp(−z²/4) must have finite limits.

    Parameters
    ----------
    expression : sympy.Expr
        In the one symbol `z`; a `Piecewise` has two branches, the one for z > 0 before the other.
    z : sympy.Symbol
    """
    expression = _checks.expression("expression", expression)
    if isinstance(expression, sympy.Piecewise):
        if [condition for _, condition in expression.args] != [z > 0, sympy.true]:
            return None
        (right, _), (left, _) = expression.args
    else:
        twice = expression + expression.subs(z, -z)
        # Two numbers tell most functions apart from a constant much faster than `simplify` does.
        look = sympy.N(twice.subs(z, 1) - twice.subs(z, 2))
        # At a pole it is no number that compares.
        if look.is_finite and abs(look) < 1e-9:
            # Enough for most, and what `simplify` has to import alone takes longer.
            twice = sympy.cancel(twice)
            twice = twice if twice.is_number else sympy.simplify(twice)
            if twice.is_number and _has_expectation(expression, z):
                return twice / 2
        left = right = expression
    above, below = _half_expectation(right, z), _half_expectation(left.subs(z, -z), z)
    return None if above is None or below is None else sympy.expand(above + below)
