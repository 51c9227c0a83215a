"""What all records have in common: equal content makes them equal, and pickle takes them whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

__all__ = ["Record", "frozen", "same"]


def same(a: object, b: object) -> bool:
    """Return whether two values have equal content: arrays entry by entry, NaN equal to NaN."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        a, b = np.asarray(a), np.asarray(b)
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b) or (a != a and b != b)


class Record:
    """The base of records of arrays; derive with ``@dataclass(frozen=True, eq=False)``."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        names = [field.name for field in fields(self)]  # pyright: ignore[reportArgumentType]
        return all(same(getattr(self, name), getattr(other, name)) for name in names)

    def __hash__(self) -> int:
        # Equal records have arrays of equal shapes; contents would be slow, and 0.0 equals -0.0.
        values = (getattr(self, field.name) for field in fields(self))  # pyright: ignore[reportArgumentType]
        return hash((type(self).__name__, *(np.shape(v) for v in values if _is_array(v))))

    def __getstate__(self) -> dict[str, Any]:
        # A mapping that cannot be written to cannot be pickled either.
        return {
            key: dict(value) if isinstance(value, MappingProxyType) else value
            for key, value in self.__dict__.items()
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        for key, value in state.items():
            object.__setattr__(
                self, key, MappingProxyType(value) if isinstance(value, dict) else value
            )


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)


def frozen(value: object) -> object:
    """Make all arrays of a result read-only, in place, and return it."""
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    elif isinstance(value, Mapping):
        for part in value.values():
            frozen(part)
    elif isinstance(value, list | tuple):
        for part in value:
            frozen(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            frozen(getattr(value, field.name))
    return value
