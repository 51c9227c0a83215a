"""What a claim is: a sentence, its source, and a function that compares theory with observation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from offcenter import _checks

Relation = Literal["equal", "at most", "at least"]

DERIVED_HERE = "derived here"

_REGISTRY: dict[str, Claim] = {}


class ClaimError(AssertionError):
    """A claim does not hold; the message has its id and both numbers."""


@dataclass(frozen=True)
class Check:
    """What theory says, what was observed, and how far apart the two may be.

    Parameters
    ----------
    expected, observed : float or array-like
        The two sides, of the same shape.
    tolerance : float
        The largest allowed difference, absolute, in the unit of the two sides.
    reason : str
        Why the tolerance is what it is.
    relation : {"equal", "at most", "at least"}
        How `observed` must stand to `expected`, up to the tolerance.
    numbers : mapping of str to int, float or str
        Further results that the pages quote.

    Raises
    ------
    ValueError
        If the relation is none of these.
    """

    expected: object
    observed: object
    tolerance: float
    reason: str
    relation: Relation = "equal"
    numbers: Mapping[str, int | float | str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _checks.one_of("relation", self.relation, get_args(Relation))

    @property
    def excess(self) -> float:
        """By how much the worst entry misses the relation; 0 or less where it holds exactly."""
        expected = np.asarray(self.expected, dtype=float)
        observed = np.asarray(self.observed, dtype=float)
        if expected.shape != observed.shape:
            raise ValueError(
                "expected and observed must have one shape, "
                f"got {expected.shape} and {observed.shape}"
            )
        difference = observed - expected
        if self.relation == "equal":
            difference = np.abs(difference)
        elif self.relation == "at least":
            difference = -difference
        return float(np.max(difference))

    @property
    def holds(self) -> bool:
        """Whether the relation holds within the tolerance (never for NaN)."""
        return self.excess <= self.tolerance


@dataclass(frozen=True)
class Claim:
    """One sentence of the book, and the computation that decides it.

    Parameters
    ----------
    id : str
        ``chapter.slug``, both in lower case with hyphens.
    sentence : str
        The statement, in plain text with Unicode symbols, ending with a full stop.
    source : str
        A key of the bibliography, or "derived here".
    compute : callable
        Returns the `Check`; takes nothing, and gives the same result at every call.
    """

    id: str
    sentence: str
    source: str
    compute: Callable[[], Check]

    def check(self) -> Check:
        """Compute the claim and return its `Check`.

        Raises
        ------
        ClaimError
            If it does not hold.
        """
        result = self.compute()
        if not result.holds:
            raise ClaimError(
                f"claim {self.id} is false: theory says {result.expected!r}, observed "
                f"{result.observed!r}, relation {result.relation!r}, "
                f"tolerance {result.tolerance:g} ({result.reason})"
            )
        return result


def claim(
    id: str, sentence: str, *, source: str = DERIVED_HERE
) -> Callable[[Callable[[], Check]], Claim]:
    """Register the decorated function as the computation of a claim.

    Raises
    ------
    ValueError
        If the id is malformed or taken, or the sentence does not end with a full stop.
    """
    if not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", id):
        raise ValueError(f"id must be chapter.slug in lower case, got {id!r}")
    if id in _REGISTRY:
        raise ValueError(f"id must be new, but {id!r} is taken")
    if not sentence.endswith("."):
        raise ValueError(f"sentence must end with a full stop, got {sentence!r}")

    def register(compute: Callable[[], Check]) -> Claim:
        _REGISTRY[id] = Claim(id, sentence, source, compute)
        return _REGISTRY[id]

    return register


def registered() -> dict[str, Claim]:
    """Return the claims registered so far, by id, in the order of their definition."""
    return dict(_REGISTRY)
