"""Names that figures and examples are registered under."""

from __future__ import annotations

import re
from collections.abc import Container

from offcenter.errors import ArgumentError

__all__ = ["new_name"]


def new_name(name: str, taken: Container[str]) -> str:
    """Return a name in lower case with hyphens that is not taken.

    Raises
    ------
    ValueError
        If it is malformed or taken.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ArgumentError(f"name must be lower case with hyphens, got {name!r}")
    if name in taken:
        raise ArgumentError(f"name must be new, but {name!r} is taken")
    return name
