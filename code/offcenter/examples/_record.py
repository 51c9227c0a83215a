"""What an example is: a function without arguments, computed once, whose record has names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np

from offcenter import _checks
from offcenter._names import new_name
from offcenter.errors import ArgumentError, ArgumentTypeError

Record = TypeVar("Record")

_REGISTRY: dict[str, Callable[[], object]] = {}


def example(name: str) -> Callable[[Callable[[], Record]], Callable[[], Record]]:
    """Register the decorated function, which returns a frozen record, as the example `name`.

    Raises
    ------
    ValueError
        If the name is malformed or taken.
    """
    new_name(name, _REGISTRY)

    def register(function: Callable[[], Record]) -> Callable[[], Record]:
        _REGISTRY[name] = once = cache(function)
        return once

    return register


def registered() -> dict[str, Callable[[], object]]:
    """Return the examples registered so far, by name."""
    return dict(_REGISTRY)


def number_of(record: object, path: str) -> float | int | str:
    """Return the number, or the word, at `path` in a record: names and places, "path.2.0".

    Raises
    ------
    ValueError
        If the record has nothing there, or more than one number.
    """
    if not isinstance(path, str):
        raise ArgumentTypeError(f"path must be text such as 'path.2.0', got {_checks.shown(path)}")
    if not is_dataclass(record):
        raise ArgumentTypeError(f"record must be one of an example, got {_checks.shown(record)}")
    value: Any = record
    for part in path.split("."):
        try:
            value = value[int(part)] if part.isdigit() else getattr(value, part)
        except (AttributeError, IndexError, TypeError, KeyError) as error:
            fields = ", ".join(getattr(record, "__dataclass_fields__", ()))
            raise ArgumentError(
                f"path must name a part of the record, which has {fields}; got {path!r}"
            ) from error
    if isinstance(value, str):
        return value
    array = np.asarray(value)
    if array.ndim or array.dtype.kind not in "bif":
        raise ArgumentError(f"path must lead to a single number, got {path!r}")
    # A number that only rounding keeps from zero would be printed with a minus sign.
    number = array.item()
    return number + 0 if isinstance(number, float) else int(number)
