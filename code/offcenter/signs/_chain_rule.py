"""The chain rule of one unit as SymPy objects: the sign of a gradient is deduced, not asserted."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from offcenter import _checks
from offcenter._guard import guarded
from offcenter.errors import ArgumentError, ArgumentTypeError

__all__ = [
    "ASSUMPTIONS",
    "Gradient",
    "HiddenError",
    "batch_gradient",
    "deduced_sign",
    "hidden_error",
    "layer_gradient",
    "output_error",
    "provably_single_signed",
    "sign_witnesses",
    "unit_gradient",
]

ASSUMPTIONS = ("real", "positive", "nonnegative", "negative")
_LOSSES = ("logistic", "squared")

# SymPy takes a while for more symbols than these, and 2ⁿ choices of signs are tried.
_SYMBOLS, _SIGNED_SYMBOLS = 1000, 16


@dataclass(frozen=True)
class Gradient:
    """A gradient that SymPy derived: what was differentiated, and what came out.

    Parameters
    ----------
    pre_activations : tuple of sympy.Expr
        s = w·x + b, one for each unit (or each example of a batch).
    loss : sympy.Expr
        An unknown function of the pre-activations.
    weights : sympy.ImmutableMatrix
        What the loss was differentiated by.
    inputs : sympy.ImmutableMatrix
        The inputs x.
    errors : tuple of sympy.Symbol
        The names δ = ∂L/∂s of the factors that depend on the loss; real, otherwise unknown.
    entries : sympy.ImmutableMatrix
        ∂L/∂w, the shape of `weights`.
    """

    pre_activations: tuple[sp.Expr, ...]
    loss: sp.Expr
    weights: sp.ImmutableMatrix
    inputs: sp.ImmutableMatrix
    errors: tuple[sp.Symbol, ...]
    entries: sp.ImmutableMatrix


@dataclass(frozen=True)
class HiddenError:
    """The error of a hidden unit, δ = φ′(s) Σₖ Wₖ δₖ, derived by SymPy.

    Parameters
    ----------
    expression : sympy.Expr
        δ of the unit j.
    slope : sympy.Symbol
        φ′(s), assumed positive.
    weights, errors : tuple of sympy.Symbol
        Wₖ and δₖ of the units that read unit j.
    """

    expression: sp.Expr
    slope: sp.Symbol
    weights: tuple[sp.Symbol, ...]
    errors: tuple[sp.Symbol, ...]


def _symbols(names: Iterable[str], assumption: str) -> tuple[sp.Symbol, ...]:
    return tuple(sp.Symbol(name, **{"real": True, assumption: True}) for name in names)


def _with_named_errors(
    expression: sp.Expr, loss: sp.Expr, errors: tuple[sp.Symbol, ...]
) -> sp.Expr:
    # SymPy writes ∂L/∂s_k of an unknown L as Subs(Derivative(L(…, ξ, …), ξ), ξ, s_k): the place of
    # ξ among the arguments of L says which error it is.
    def is_error(node: Any) -> bool:
        kind: type = type(node)
        return issubclass(kind, sp.Subs) and node.expr.expr.func == loss.func

    def name(node: Any) -> sp.Symbol:
        return errors[node.expr.expr.args.index(node.variables[0])]

    # SymPy's types do not say that replacing a part of an Expr gives an Expr.
    replaced: Any = expression.replace(is_error, name)
    return replaced


def _derive(
    pre_activations: tuple[sp.Expr, ...],
    weights: sp.ImmutableMatrix,
    inputs: sp.ImmutableMatrix,
    errors: tuple[sp.Symbol, ...],
) -> Gradient:
    loss = sp.Function("L", real=True)(*pre_activations)
    entries = weights.applyfunc(lambda w: _with_named_errors(sp.diff(loss, w), loss, errors))
    return Gradient(pre_activations, loss, weights, inputs, errors, entries)


@guarded
def unit_gradient(n: int, *, inputs: str = "positive") -> Gradient:
    """Derive the gradient of one unit's weights for one example, ∂L/∂wᵢ = δ xᵢ.

    Parameters
    ----------
    n : int
        The number of inputs.
    inputs : {"real", "positive", "nonnegative", "negative"}
        What SymPy may assume of each input.

    Returns
    -------
    Gradient
        `weights`, `inputs` and `entries` have shape (n, 1).

    Raises
    ------
    ValueError
        If `n` is below 1 or the assumption is unknown.
    """
    n = _checks.count("n", n, maximum=_SYMBOLS)
    inputs = _checks.one_of("inputs", inputs, ASSUMPTIONS)
    x = sp.ImmutableMatrix(_symbols((f"x_{i + 1}" for i in range(n)), inputs))
    w = sp.ImmutableMatrix(_symbols((f"w_{i + 1}" for i in range(n)), "real"))
    s = (w.T * x)[0] + sp.Symbol("b", real=True)
    return _derive((s,), w, x, _symbols(["delta"], "real"))


@guarded
def layer_gradient(units: int, n: int, *, inputs: str = "positive") -> Gradient:
    """Derive the gradient of a layer's weights for one example, ∂L/∂Wⱼᵢ = δⱼ xᵢ.

    Parameters
    ----------
    units, n : int
        The numbers of units and of inputs.
    inputs : {"real", "positive", "nonnegative", "negative"}
        What SymPy may assume of each input.

    Returns
    -------
    Gradient
        `weights` and `entries` have shape (units, n), `inputs` has shape (n, 1).

    Raises
    ------
    ValueError
        If `units` or `n` is below 1 or the assumption is unknown.
    """
    units, n = _checks.count("units", units), _checks.count("n", n)
    _checks.room("the symbols in units × n", units * n, most=_SYMBOLS)
    inputs = _checks.one_of("inputs", inputs, ASSUMPTIONS)
    x = sp.ImmutableMatrix(_symbols((f"x_{i + 1}" for i in range(n)), inputs))
    names = (f"W_{{{j + 1},{i + 1}}}" for j in range(units) for i in range(n))
    w = sp.ImmutableMatrix(units, n, _symbols(names, "real"))
    biases = _symbols((f"b_{j + 1}" for j in range(units)), "real")
    s = tuple(sum_ + b for sum_, b in zip(w * x, biases, strict=True))
    return _derive(s, w, x, _symbols((f"delta_{j + 1}" for j in range(units)), "real"))


@guarded
def batch_gradient(n: int, batch_size: int, *, inputs: str = "positive") -> Gradient:
    """Derive the gradient of one unit's weights for a batch, ∂L/∂wᵢ = Σₜ δₜ xₜᵢ.

    Parameters
    ----------
    n, batch_size : int
        The numbers of inputs and of examples.
    inputs : {"real", "positive", "nonnegative", "negative"}
        What SymPy may assume of each input.

    Returns
    -------
    Gradient
        `weights` and `entries` have shape (n, 1), `inputs` has shape (batch_size, n).

    Raises
    ------
    ValueError
        If `n` or `batch_size` is below 1 or the assumption is unknown.
    """
    n, batch_size = _checks.count("n", n), _checks.count("batch_size", batch_size)
    _checks.room("the symbols in n × batch_size", n * batch_size, most=_SYMBOLS)
    inputs = _checks.one_of("inputs", inputs, ASSUMPTIONS)
    names = (f"x_{{{t + 1},{i + 1}}}" for t in range(batch_size) for i in range(n))
    x = sp.ImmutableMatrix(batch_size, n, _symbols(names, inputs))
    w = sp.ImmutableMatrix(_symbols((f"w_{i + 1}" for i in range(n)), "real"))
    b = sp.Symbol("b", real=True)
    s = tuple(sum_ + b for sum_ in x * w)
    return _derive(s, w, x, _symbols((f"delta_{t + 1}" for t in range(batch_size)), "real"))


@guarded
def hidden_error(readers: int, *, weights: str = "real", errors: str = "real") -> HiddenError:
    """Derive the error of a hidden unit, δⱼ = θ′(sⱼ) Σₖ W_{j,k} δₖ, in the question's notation.

    Parameters
    ----------
    readers : int
        How many units of the next layer read unit j.
    weights, errors : {"real", "positive", "nonnegative", "negative"}
        What SymPy may assume of each W_{j,k} and of each δₖ.  The slope θ′(sⱼ) is positive.

    Raises
    ------
    ValueError
        If `readers` is below 1 or an assumption is unknown.
    """
    readers = _checks.count("readers", readers, maximum=_SYMBOLS)
    weights = _checks.one_of("weights", weights, ASSUMPTIONS)
    errors = _checks.one_of("errors", errors, ASSUMPTIONS)
    s, theta = sp.Symbol("s^{(l)}_j", real=True), sp.Function("theta", real=True)
    w = _symbols((rf"W^{{(l+1)}}_{{j,{k + 1}}}" for k in range(readers)), weights)
    d = _symbols((rf"\delta^{{(l+1)}}_{k + 1}" for k in range(readers)), errors)
    # What the other units of layer l send to reader k does not depend on s_j.
    others = _symbols((f"r_{k + 1}" for k in range(readers)), "real")
    loss = sp.Function("V", real=True)(
        *(w_k * theta(s) + r for w_k, r in zip(w, others, strict=True))
    )
    slope = sp.Symbol(r"\theta'(s^{(l)}_j)", positive=True)
    derived = _with_named_errors(sp.diff(loss, s), loss, d).subs(sp.diff(theta(s), s), slope)
    return HiddenError(sp.factor_terms(derived), slope, w, d)


@guarded
def output_error(target: int, *, loss: str = "logistic") -> sp.Expr:
    """Derive the error δ = ∂L/∂s of a sigmoid output unit, simplified.

    Parameters
    ----------
    target : int
        The label y, 0 or 1.
    loss : {"logistic", "squared"}
        L = −y log a − (1 − y) log(1 − a), or L = (a − y)²/2, with a = σ(s).

    Raises
    ------
    ValueError
        If the label is not 0 or 1 or the loss is unknown.
    """
    if target not in (0, 1):
        raise ArgumentError(f"target must be 0 or 1, got {_checks.shown(target)}")
    loss = _checks.one_of("loss", loss, _LOSSES)
    y, s = sp.Integer(int(target)), sp.Symbol("s", real=True)
    a = 1 / (1 + sp.exp(-s))
    losses = {
        "logistic": -y * sp.log(a) - (1 - y) * sp.log(1 - a),
        "squared": (a - y) ** 2 / 2,
    }
    return sp.simplify(sp.diff(losses[loss], s))


@guarded
def deduced_sign(expression: sp.Expr) -> str:
    """Return the sign that SymPy can deduce from the assumptions on the symbols alone.

    Returns
    -------
    str
        "zero", "positive", "negative", "nonnegative", "nonpositive" or "undetermined".
    """
    expression = _checks.expression("expression", expression)
    for word in ("zero", "positive", "negative", "nonnegative", "nonpositive"):
        if getattr(expression, f"is_{word}"):
            return word
    return "undetermined"


@guarded
def provably_single_signed(entries: Iterable[sp.Expr] | sp.ImmutableMatrix) -> bool:
    """Return whether SymPy can deduce that no two entries have opposite signs: gᵢgⱼ ≥ 0."""
    try:
        listed: list[Any] = [_checks.expression("entries", entry) for entry in entries]
    except TypeError as error:
        raise ArgumentTypeError(
            f"entries must be SymPy expressions, got {_checks.shown(entries)}"
        ) from error
    pairs = itertools.combinations(listed, 2)
    return all((g * h).is_nonnegative is True for g, h in pairs)


@guarded
def sign_witnesses(expression: sp.Expr) -> dict[str, dict[sp.Symbol, sp.Integer]]:
    """Return, for each sign that `expression` can take, values ±1 of its symbols that give it.

    Returns
    -------
    dict
        Keys among "positive" and "negative"; a sign that no such values give is not in it.
    """
    expression = _checks.expression("expression", expression)
    free: Any = expression.free_symbols
    symbols: list[sp.Symbol] = sorted(free, key=lambda symbol: symbol.name)
    _checks.room("the symbols in expression", len(symbols), most=_SIGNED_SYMBOLS)
    choices = [
        [
            sp.Integer(v)
            for v in (1, -1)
            if not ((s.is_nonnegative and v < 0) or (s.is_negative and v > 0))
        ]
        for s in symbols
    ]
    found: dict[str, dict[sp.Symbol, sp.Integer]] = {}
    point: Any
    for values in itertools.product(*choices):
        point = dict(zip(symbols, values, strict=True))
        sign = deduced_sign(expression.subs(point))
        if sign in ("positive", "negative"):
            found.setdefault(sign, point)
        if len(found) == 2:
            break
    return found
