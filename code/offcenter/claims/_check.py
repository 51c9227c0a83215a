"""What a check is: named parts, each a comparison of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from offcenter import _checks
from offcenter.errors import ArgumentError, ArgumentTypeError

Relation = Literal["equal", "at most", "at least", "yes"]

# The smallest shift that matters, as a part of what theory says, where a part names none.
_MATTERS = 0.05


@dataclass(frozen=True)
class Part:
    """One comparison: what theory says, what was observed, and how far apart the two may be.

    Parameters
    ----------
    label : str
        What is compared, in words.
    relation : {"equal", "at most", "at least", "yes"}
        How `observed` must stand to `theory`, up to the tolerance.
    theory, observed : float
        The two sides, in the unit `unit`; 1 and 1 or 0 for "yes".
    tolerance : float
        The largest allowed difference, absolute.
    because : str
        Why the tolerance is what it is.
    unit : str
        In words, or empty.
    error : float
        Standard error of `observed`; 0 where it has none.
    matters : float
        The smallest shift of the theory that a reader would care about: shifted by it in the
        harmful direction, the part must fail.
    """

    label: str
    relation: Relation
    theory: float
    observed: float
    tolerance: float
    because: str
    unit: str
    error: float
    matters: float

    @property
    def holds(self) -> bool:
        """Whether the relation holds within the tolerance (never for NaN)."""
        return self.holds_at(self.theory)

    def holds_at(self, theory: float) -> bool:
        """Whether the relation would hold if theory said this."""
        difference = self.observed - theory
        if self.relation == "at most":
            return difference <= self.tolerance
        if self.relation == "at least":
            return -difference <= self.tolerance
        return abs(difference) <= self.tolerance

    @property
    def shifted(self) -> tuple[float, ...]:
        """What theory might as well say if the part could not see the smallest shift."""
        if self.relation == "yes":
            return (1.0 - self.theory,)
        if self.relation == "at most":
            return (self.theory - self.matters,)
        if self.relation == "at least":
            return (self.theory + self.matters,)
        return (self.theory - self.matters, self.theory + self.matters)


def _number(label: str, name: str, value: object) -> float:
    if isinstance(value, bool):
        raise ArgumentTypeError(
            f"part {label!r}: {name} must be a number, not a truth value; use yes(…)"
        )
    # What is no number, `float` refuses.
    result = float(value)  # pyright: ignore[reportArgumentType]
    if not math.isfinite(result) and name != "observed":
        raise ArgumentError(f"part {label!r}: {name} must be finite, got {result}")
    return result


def _part(
    label: str,
    relation: Relation,
    theory: float,
    observed: float,
    *,
    tolerance: float = 0.0,
    because: str = "",
    error: float = 0.0,
    errors: float = 4.0,
    unit: str = "",
    matters: float | None = None,
) -> Part:
    _checks.one_of("relation", relation, get_args(Relation))
    theory, observed = _number(label, "theory", theory), _number(label, "observed", observed)
    if tolerance and error:
        raise ArgumentError(f"part {label!r}: give a tolerance or a standard error, not both")
    if tolerance and not because:
        raise ArgumentError(f"part {label!r}: because must say why the tolerance is {tolerance:g}")
    if error:
        tolerance = errors * error
        because = f"{errors:g} standard errors"
    if matters is None:
        if relation != "equal" or theory == 0:
            raise ArgumentError(f"part {label!r}: matters must say which shift matters here")
        exact = tolerance == 0 and theory.is_integer()
        matters = 1.0 if exact else _MATTERS * abs(theory)
    if not matters > 0:
        raise ArgumentError(f"part {label!r}: matters must be above 0, got {matters:g}")
    return Part(
        label,
        relation,
        theory,
        observed,
        _number(label, "tolerance", tolerance),
        because or "exact",
        unit,
        _number(label, "error", error),
        float(matters),
    )


def equal(label: str, *, theory: float, observed: float, **how: Any) -> Part:
    """Return a part that holds where the two sides are equal up to the tolerance.

    Parameters
    ----------
    label : str
        What is compared, in words.
    theory, observed : float
        The two sides.
    tolerance, because : float, str
        How far apart they may be, and why; without both they must be equal.
    error, errors : float
        Instead: the standard error of `observed`, and how many of them are allowed (4).
    unit : str
        In words.
    matters : float
        The smallest shift that matters: 1 for whole numbers compared exactly, else a twentieth of
        the theory.

    Raises
    ------
    ValueError
        If a side of theory is not finite, the tolerance has no reason, or `matters` is not above 0.
    """
    return _part(label, "equal", theory, observed, **how)


def at_most(label: str, *, bound: float, observed: float, matters: float, **how: Any) -> Part:
    """Return a part that holds where `observed` is at most `bound`; the rest is as in `equal`."""
    return _part(label, "at most", bound, observed, matters=matters, **how)


def at_least(label: str, *, bound: float, observed: float, matters: float, **how: Any) -> Part:
    """Return a part that holds where `observed` is at least `bound`; the rest is as in `equal`."""
    return _part(label, "at least", bound, observed, matters=matters, **how)


def yes(label: str, observed: bool) -> Part:
    """Return a part that holds where `observed` is true."""
    return Part(label, "yes", 1.0, float(bool(observed)), 0.0, "exact", "", 0.0, 1.0)


@dataclass(frozen=True)
class Check:
    """What decides a claim: its parts, and further results that the pages quote.

    Parameters
    ----------
    parts : tuple of Part
        At least one, with labels that differ.
    numbers : mapping of str to int, float or str
        Further results.

    Raises
    ------
    ValueError
        If there is no part, or two have one label.
    """

    parts: tuple[Part, ...]
    numbers: Mapping[str, int | float | str] = field(default_factory=dict)

    def __init__(
        self,
        *parts: Part,
        numbers: Mapping[str, int | float | str] | None = None,
    ) -> None:
        labels = [part.label for part in parts]
        if not parts or len(set(labels)) < len(labels):
            raise ArgumentError(f"a check needs parts with different labels, got {labels}")
        object.__setattr__(self, "parts", tuple(parts))
        object.__setattr__(self, "numbers", dict(numbers or {}))

    @property
    def holds(self) -> bool:
        """Whether every part holds."""
        return all(part.holds for part in self.parts)
