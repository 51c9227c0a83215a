"""Sentences about all real numbers, decided by z3.

Its own types are unions that no operator is known of, so its objects pass here as `Any`.
"""

from __future__ import annotations

from typing import Any

import z3

__all__ = ["choose", "impossible", "reals"]


def reals(names: str) -> tuple[Any, ...]:
    """Return one unknown real number for each of the names, which spaces divide."""
    return tuple(z3.Real(name) for name in names.split())


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """Return `yes` where the condition holds, else `no`."""
    return z3.If(condition, yes, no)


def impossible(*conditions: Any) -> bool:
    """Return whether z3 proves that no real numbers meet all the conditions."""
    solver = z3.Solver()
    solver.add(*conditions)
    return solver.check() == z3.unsat
