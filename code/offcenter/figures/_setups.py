"""Names of setups, where a figure has places for so many."""

from __future__ import annotations

from offcenter import _checks
from offcenter.errors import ArgumentError
from offcenter.experiment import SETUPS

__all__ = ["some_setups"]


def some_setups(names: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return `names` if they are `count` setups.

    Raises
    ------
    ValueError
        If there are more or fewer, or one is unknown.
    """
    if len(names) != count:
        raise ArgumentError(f"names must hold {count} setups, got {len(names)}")
    return tuple(_checks.one_of("names", name, SETUPS) for name in names)
