"""What all public functions have in common: what goes in is of its kind, what comes out a number.

`guarded` reads the annotations of a function.  It refuses flags, whole numbers, records, generators
and sequences of the wrong kind before the function runs, says so where the result leaves the range
of floats or memory runs out, and does nothing inside another guarded call.
"""

from __future__ import annotations

import inspect
import re
import threading
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints, overload

import numpy as np
import sympy

from offcenter import _checks
from offcenter.errors import ArgumentError, ArgumentTypeError, LimitError, RangeError

__all__ = ["guarded"]

P = ParamSpec("P")
R = TypeVar("R")
Rule = Callable[[str, object], object]

# Parameters that say how often something is done.
_LOOPS = frozenset({"steps", "trials", "rounds", "depth", "blocks", "products", "limit", "runs"})

_state = threading.local()


@contextmanager
def _outermost() -> Iterator[None]:
    _state.busy = True
    try:
        yield
    finally:
        _state.busy = False


def _whole(name: str, value: object) -> object:
    most = _checks.MOST_STEPS if name in _LOOPS else _checks.MOST
    # Its own lower bound each function knows itself.
    _checks.count(name, value, minimum=-most, maximum=most)
    return value


def _real(name: str, value: object) -> object:
    # Whether it is finite and within its bounds each function knows itself: some take infinity.
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ArgumentTypeError(f"{name} must be a real number, got {_checks.shown(value)}")
    return value


def _callable(name: str, value: object) -> object:
    if not callable(value):
        raise ArgumentTypeError(f"{name} must be a function, got {_checks.shown(value)}")
    return value


def _instance(kind: type) -> Rule:
    article = "an" if kind.__name__[0] in "AEIOU" else "a"

    def check(name: str, value: object) -> object:
        if not isinstance(value, kind):
            raise ArgumentTypeError(
                f"{name} must be {article} {kind.__name__}, got {_checks.shown(value)}"
            )
        return value

    return check


def _sequence(entry: Rule | None) -> Rule:
    def check(name: str, value: object) -> object:
        for one in _checks.several(name, value):
            if entry is not None:
                entry(name, one)
        return value

    return check


def _rule(hint: Any) -> Rule | None:
    """Return the check that belongs to an annotation, or None where the function has its own."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _either(parts)
    simple: dict[Any, Rule] = {
        bool: _checks.flag,
        int: _whole,
        np.random.Generator: _checks.generator,
        float: _real,
        sympy.Expr: _checks.expression,
    }
    if hint in simple:
        return simple[hint]
    if origin is Callable:
        return _callable
    if origin in (tuple, Sequence):
        return _sequence(_rule(parts[0]) if parts else None)
    if isinstance(hint, type) and (
        hint.__module__.startswith("offcenter.") or hint is sympy.Symbol
    ):
        return _instance(hint)
    return None


def _either(parts: tuple[Any, ...]) -> Rule | None:
    rest = [part for part in parts if part is not type(None)]
    if set(rest) == {int, Sequence[int]}:
        return _checks.seed
    if len(rest) != 1 or (rule := _rule(rest[0])) is None:
        return None
    return lambda name, value: value if value is None else rule(name, value)


def _listed(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


@cache
def _rules(function: Callable) -> tuple[inspect.Signature, dict[str, Rule], str]:
    signature, hints = inspect.signature(function), get_type_hints(function)
    rules = {
        name: _checks.seed if name == "seed" and hints[name] is int else rule
        for name in signature.parameters
        if name in hints and (rule := _rule(hints[name])) is not None
    }
    quiet = {bool, str, np.random.Generator}
    named = [name for name in signature.parameters if name not in ("self", "cls")]
    numeric = [
        name for name in named if hints.get(name) not in quiet and rules.get(name) is not _callable
    ]
    return signature, rules, _listed(numeric or named)


def _whole_result(value: object) -> bool:
    """Whether no number of a result is NaN or infinite."""
    if isinstance(value, float | np.floating):
        return bool(np.isfinite(value))
    if isinstance(value, np.ndarray):
        return value.dtype.kind != "f" or bool(np.isfinite(value).all())
    if isinstance(value, tuple | list):
        return all(map(_whole_result, value))
    if isinstance(value, Mapping):
        return all(map(_whole_result, value.values()))
    if is_dataclass(value):
        return all(_whole_result(getattr(value, field.name)) for field in fields(value))
    return True


@overload
def guarded(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def guarded(
    *, infinite: bool = False, checks: Callable[..., tuple] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def guarded(
    function: Callable | None = None,
    *,
    infinite: bool = False,
    checks: Callable[..., tuple] | None = None,
) -> Callable:
    """Check what the annotations of a function say, and that its result is finite.

    Parameters
    ----------
    function : callable
    infinite : bool
        Whether the function's documentation names results that are infinite or NaN.
    checks : callable, optional
        Gets the arguments of a call from outside and returns those that the function gets: what
        runs thousands of times within other guarded calls has its arguments from these.
    """
    if function is None:
        return lambda inner: _guard(inner, infinite, checks)
    return _guard(function, infinite, checks)


def _guard(function: Callable, infinite: bool, checks: Callable[..., tuple] | None) -> Callable:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if getattr(_state, "busy", False):
            return function(*args, **kwargs)
        signature, rules, names = _rules(function)
        given = signature.bind(*args, **kwargs).arguments
        for name, rule in rules.items():
            if name in given:
                rule(name, given[name])
        try:
            with _outermost(), _checks.in_range_of_floats(names):
                if checks is not None:
                    args, kwargs = checks(*args, **kwargs), {}
                result = function(*args, **kwargs)
        except ArgumentError as error:
            said = str(error)
            if any(re.search(rf"\b{name}\b", said) for name in signature.parameters):
                raise
            # Something inside was refused, by a name that the caller does not know.
            raise type(error)(f"{names} must allow what is made of them: {said}") from error
        except MemoryError as error:
            raise LimitError(
                f"{names} must be small enough for the memory of this machine ({error})"
            ) from error
        if not (infinite or _whole_result(result)):
            raise RangeError(
                f"{names} must be neither so large nor so small that the result leaves the range "
                "of floats"
            )
        return result

    return call
