"""What a claim is: a sentence, what it assumes, and a function that decides it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from offcenter import _checks
from offcenter._store import kept, known
from offcenter.claims._check import Check, Part, at_least, at_most, equal, yes
from offcenter.errors import ArgumentError, ArgumentTypeError, ClaimError

Kind = Literal["proved", "computed", "measured"]

DERIVED_HERE = "derived here"

_REGISTRY: dict[str, Claim] = {}


def _says(part: Part) -> str:
    return (
        f"{part.label}: theory says {part.theory:.6g}, observed {part.observed:.6g}, "
        f"relation {part.relation!r}, tolerance {part.tolerance:g} ({part.because})"
    )


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
    kind : {"proved", "computed", "measured"}
        A proof that a machine checks; an exact or numerical computation; a simulation.
    assumes : tuple of str
        The hypotheses that the sentence does not name itself.
    over : str
        What was tried or quantified over, in words; may be empty.
    compute : callable
        Returns the `Check`, the same at every call: takes the seed if the claim is measured, else
        nothing.
    """

    id: str
    sentence: str
    source: str
    kind: Kind
    assumes: tuple[str, ...]
    over: str
    compute: Callable[..., Check]

    def __reduce_ex__(self, protocol: Any) -> Any:
        # A function without a name of its own cannot be pickled, but a claim has one.
        if _REGISTRY.get(self.id) is self:
            return _known, (self.id,)
        return super().__reduce_ex__(protocol)

    def result(self, seed: int = 0) -> Check:
        """Compute the claim, or take its result from the store, and return its `Check`."""
        arguments = self._arguments(seed)
        return kept(*self._name(arguments), lambda: self.compute(*arguments))

    def is_known(self, seed: int = 0) -> bool:
        """Return whether the store has the result."""
        return known(*self._name(self._arguments(seed)))

    def _arguments(self, seed: int) -> tuple[int, ...]:
        return (_count_seed(seed),) if self.kind == "measured" else ()

    def _name(self, arguments: tuple[int, ...]) -> tuple[str, str, tuple[int, ...]]:
        return f"claim {self.id}", self.compute.__module__, arguments

    def check(self, seed: int = 0) -> Check:
        """Return the `Check` of a claim that holds.

        Parameters
        ----------
        seed : int
            Of the simulation, where the claim is measured; 0 is what the book shows.

        Raises
        ------
        ClaimError
            If it does not hold.
        """
        result = self.result(seed)
        if not result.holds:
            failing = "; ".join(_says(part) for part in result.parts if not part.holds)
            raise ClaimError(f"claim {self.id} is false: {failing}")
        return result


def _known(id: str) -> Claim:
    from offcenter.claims import CLAIMS

    return CLAIMS[id]


def _count_seed(seed: int) -> int:
    return _checks.count("seed", seed, minimum=0)


def claim(
    id: str,
    sentence: str,
    *,
    kind: Kind = "computed",
    assumes: tuple[str, ...] = (),
    over: str = "",
    source: str = DERIVED_HERE,
) -> Callable[[Callable[..., Check]], Claim]:
    """Register the decorated function as the computation of a claim.

    Raises
    ------
    ValueError
        If the id is malformed or taken, the sentence does not end with a full stop, or the kind is
        none.
    """
    if not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", id):
        raise ArgumentError(f"id must be chapter.slug in lower case, got {id!r}")
    if id in _REGISTRY:
        raise ArgumentError(f"id must be new, but {id!r} is taken")
    if not sentence.endswith("."):
        raise ArgumentError(f"sentence must end with a full stop, got {sentence!r}")
    _checks.one_of("kind", kind, get_args(Kind))
    if isinstance(assumes, str):
        raise ArgumentTypeError(f"assumes must be a tuple of words, got {assumes!r}")

    def register(compute: Callable[..., Check]) -> Claim:
        _REGISTRY[id] = Claim(id, sentence, source, kind, tuple(assumes), over, compute)
        return _REGISTRY[id]

    return register


def registered() -> dict[str, Claim]:
    """Return the claims registered so far, by id, in the order of their definition."""
    return dict(_REGISTRY)


__all__ = [
    "DERIVED_HERE",
    "Check",
    "Claim",
    "ClaimError",
    "Part",
    "at_least",
    "at_most",
    "claim",
    "equal",
    "registered",
    "yes",
]
