"""Activation functions and their exact moments under N(0, 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import sympy

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import UnknownActivationError
from offcenter.normal import exact_expectation, normal_cdf, normal_density, normal_expectation

__all__ = ["ACTIVATIONS", "Activation", "UnknownActivationError", "activation"]

_z = sympy.Symbol("z", real=True)
_LEAK = 0.01


@dataclass(frozen=True)
class Activation:
    """An activation function φ, as a formula and as stable numerical code.

    Moments are under z ~ N(0, 1), the pre-activation of a wide layer at the start of training.

    Parameters
    ----------
    name : str
    expression : sympy.Expr
        φ(z) in one real symbol.
    function, slope : callable
        φ and φ′ on float arrays; at a kink φ′ is the slope on the left.
    closed_mean, closed_second_moment : sympy.Expr, optional
        Closed forms that need more than a table of half-line moments.
    """

    name: str
    expression: sympy.Expr
    function: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    slope: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    closed_mean: sympy.Expr | None = field(default=None, repr=False)
    closed_second_moment: sympy.Expr | None = field(default=None, repr=False)

    @property
    def symbol(self) -> sympy.Symbol:
        """The real symbol z of the expression."""
        return _z

    def value(self, z: object) -> np.ndarray:
        """Return φ(z), with the shape of `z`.

        Raises
        ------
        ValueError
            If `z` holds NaN or infinity.
        """
        return self.function(_checks.finite_array("z", z))

    def derivative(self, z: object) -> np.ndarray:
        """Return φ′(z), with the shape of `z`; at a kink the slope on the left.

        Raises
        ------
        ValueError
            If `z` holds NaN or infinity.
        """
        return self.slope(_checks.finite_array("z", z))

    @cached_property
    def exact_mean(self) -> sympy.Expr | None:
        """E[φ(z)] in closed form, or None where none is known."""
        if self.closed_mean is not None:
            return self.closed_mean
        return exact_expectation(self.expression, _z)

    @cached_property
    def exact_second_moment(self) -> sympy.Expr | None:
        """E[φ(z)²] in closed form, or None where none is known."""
        if self.closed_second_moment is not None:
            return self.closed_second_moment
        square = self.expression**2
        if isinstance(self.expression, sympy.Piecewise):
            square = sympy.Piecewise(*((part**2, when) for part, when in self.expression.args))
        return exact_expectation(square, _z)

    @cached_property
    def mean(self) -> float:
        """E[φ(z)]."""
        if self.exact_mean is not None:
            return float(sympy.N(self.exact_mean, 20))
        return normal_expectation(self.function)

    @cached_property
    def variance(self) -> float:
        """E[φ(z)²] − E[φ(z)]²."""
        if self.exact_mean is not None and self.exact_second_moment is not None:
            return float(sympy.N(self.exact_second_moment - self.exact_mean**2, 20))
        return normal_expectation(lambda z: (self.function(z) - self.mean) ** 2)

    @property
    def offset_share(self) -> float:
        """The share of the mean square that is the mean, ρ = E[φ]²/E[φ²]."""
        return self.mean**2 / (self.mean**2 + self.variance)

    def centered(self) -> Activation:
        """Return φ − E[φ(z)], which has the same derivative and variance and zero mean."""
        exact = self.exact_mean is not None and self.exact_second_moment is not None
        shift = sympy.Float(self.mean, 17) if self.exact_mean is None else self.exact_mean
        if isinstance(self.expression, sympy.Piecewise):
            parts = ((part - shift, when) for part, when in self.expression.args)
            expression = sympy.Piecewise(*parts)
        else:
            expression = self.expression - shift
        return Activation(
            name=f"centered {self.name}",
            expression=expression,
            function=_Shifted(self.function, self.mean),
            slope=self.slope,
            closed_mean=None if self.exact_mean is None else sympy.Integer(0),
            closed_second_moment=self.exact_second_moment - shift**2 if exact else None,
        )


class _Activations(Mapping[str, Activation]):
    """Activations by name; an unknown name is answered with those that exist."""

    def __init__(self, members: list[Activation]) -> None:
        self._members = {member.name: member for member in members}

    def __getitem__(self, name: str) -> Activation:
        if not isinstance(name, str) or name not in self._members:
            known = ", ".join(sorted(self._members))
            raise UnknownActivationError(f"name must be one of {known}; got {name!r:.80}")
        return self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return f"<activations {', '.join(self._members)}>"


def _sigmoid(z: np.ndarray) -> np.ndarray:
    # exp of a negative number cannot overflow, and keeps the left tail's relative accuracy.
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def _sigmoid_slope(z: np.ndarray) -> np.ndarray:
    return _sigmoid(z) * _sigmoid(-z)


def _tanh_slope(z: np.ndarray) -> np.ndarray:
    # 1 − tanh² would cancel for large |z|.
    return 4.0 * _sigmoid_slope(2.0 * z)


def _softplus(z: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, z)


def _copy(z: np.ndarray) -> np.ndarray:
    return z.copy()


def _relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0.0)


def _relu_slope(z: np.ndarray) -> np.ndarray:
    return np.where(z > 0, 1.0, 0.0)


def _relu_squared(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0.0) ** 2


def _relu_squared_slope(z: np.ndarray) -> np.ndarray:
    return 2.0 * np.maximum(z, 0.0)


def _leaky_relu(z: np.ndarray) -> np.ndarray:
    return np.where(z > 0, z, _LEAK * z)


def _leaky_relu_slope(z: np.ndarray) -> np.ndarray:
    return np.where(z > 0, 1.0, _LEAK)


def _gelu(z: np.ndarray) -> np.ndarray:
    return z * normal_cdf(z)


def _gelu_slope(z: np.ndarray) -> np.ndarray:
    return normal_cdf(z) + z * normal_density(z)


def _silu(z: np.ndarray) -> np.ndarray:
    return z * _sigmoid(z)


def _silu_slope(z: np.ndarray) -> np.ndarray:
    return _sigmoid(z) + z * _sigmoid_slope(z)


def _mish(z: np.ndarray) -> np.ndarray:
    return z * np.tanh(_softplus(z))


def _mish_slope(z: np.ndarray) -> np.ndarray:
    inner = _softplus(z)
    return np.tanh(inner) + z * _tanh_slope(inner) * _sigmoid(z)


# Functions with constants are records, not closures: these can be pickled, copied and compared.


@dataclass(frozen=True)
class _Elu:
    scale: float
    alpha: float

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return self.scale * np.where(z > 0, z, self.alpha * np.expm1(np.minimum(z, 0.0)))


@dataclass(frozen=True)
class _EluSlope:
    scale: float
    alpha: float

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return self.scale * np.where(z > 0, 1.0, self.alpha * np.exp(np.minimum(z, 0.0)))


@dataclass(frozen=True)
class _Shifted:
    function: Callable[[np.ndarray], np.ndarray]
    shift: float

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return self.function(z) - self.shift


def _kinked(right: object, left: object) -> sympy.Piecewise:
    return sympy.Piecewise((right, _z > 0), (left, True))


def _elu(name: str, scale: sympy.Expr, alpha: sympy.Expr) -> Activation:
    constants = float(sympy.N(scale, 20)), float(sympy.N(alpha, 20))
    return Activation(
        name,
        _kinked(scale * _z, scale * alpha * (sympy.exp(_z) - 1)),
        _Elu(*constants),
        _EluSlope(*constants),
    )


def _selu() -> Activation:
    """Return SELU, whose two constants are solved from mean 0 and mean square 1.

    Source: {cite}`klambauer2017`.
    """
    half = sympy.Rational(1, 2)
    tail = sympy.exp(half) * sympy.erfc(1 / sympy.sqrt(2)) / 2  # E[exp(z); z < 0]
    tail_2 = sympy.exp(2) * sympy.erfc(sympy.sqrt(2)) / 2  # E[exp(2z); z < 0]
    alpha = 1 / (sympy.sqrt(2 * sympy.pi) * (half - tail))
    scale = 1 / sympy.sqrt(half + alpha**2 * (tail_2 - 2 * tail + half))
    selu = _elu("selu", scale, alpha)
    # The tests integrate these two again; here they are what the constants were solved for.
    return replace(selu, closed_mean=sympy.Integer(0), closed_second_moment=sympy.Integer(1))


_Phi = (1 + sympy.erf(_z / sympy.sqrt(2))) / 2
_root_pi = sympy.sqrt(sympy.pi)

ACTIVATIONS: Mapping[str, Activation] = _Activations(
    [
        Activation("identity", _z, _copy, np.ones_like),
        Activation("sigmoid", 1 / (1 + sympy.exp(-_z)), _sigmoid, _sigmoid_slope),
        Activation("tanh", sympy.tanh(_z), np.tanh, _tanh_slope),
        Activation("relu", _kinked(_z, 0), _relu, _relu_slope),
        Activation(
            "leaky_relu",
            _kinked(_z, _z * sympy.Rational(str(_LEAK))),
            _leaky_relu,
            _leaky_relu_slope,
        ),
        _elu("elu", sympy.Integer(1), sympy.Integer(1)),
        _selu(),
        Activation(
            "gelu",
            _z * _Phi,
            _gelu,
            _gelu_slope,
            # Stein's lemma, E[z g(z)] = E[g′(z)]: E[zΦ] = E[density], and
            # E[z²Φ²] = E[Φ²] + 2 E[zΦ density], where E[Φ²] = 1/3 as Φ(z) is uniform on (0, 1),
            # and the last integral is by parts the one of the density's cube.
            closed_mean=1 / (2 * _root_pi),
            closed_second_moment=sympy.Rational(1, 3) + 1 / (2 * sympy.sqrt(3) * sympy.pi),
        ),
        Activation("silu", _z / (1 + sympy.exp(-_z)), _silu, _silu_slope),
        Activation("softplus", sympy.log(1 + sympy.exp(_z)), _softplus, _sigmoid),
        Activation(
            "mish",
            _z * sympy.tanh(sympy.log(1 + sympy.exp(_z))),
            _mish,
            _mish_slope,
        ),
        Activation("relu_squared", _kinked(_z**2, 0), _relu_squared, _relu_squared_slope),
    ]
)


@guarded
def activation(name: str | Activation) -> Activation:
    """Return the activation `name`, or the activation itself where one is given.

    The way in for arguments: a function that takes an activation takes either.  `ACTIVATIONS` is
    the list of those that have a name.

    Parameters
    ----------
    name : str or Activation
        A key of `ACTIVATIONS`, or any activation, such as a centered one.

    Raises
    ------
    ValueError
        If there is no activation of that name.
    """
    return name if isinstance(name, Activation) else ACTIVATIONS[name]
