"""The claims of the book: sentences with a check, which breaks the build when it fails.

Each module of this package holds the claims of one chapter.  A module that is put here is found
by itself; nothing else has to be edited.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from offcenter.claims._record import (
    DERIVED_HERE,
    Check,
    Claim,
    ClaimError,
    Kind,
    Part,
    at_least,
    at_most,
    claim,
    equal,
    registered,
    yes,
)
from offcenter.claims._retired import RETIRED

for _module in pkgutil.iter_modules(__path__):
    if not _module.name.startswith("_"):
        importlib.import_module(f"{__name__}.{_module.name}")

CLAIMS: Mapping[str, Claim] = MappingProxyType(registered())

__all__ = [
    "CLAIMS",
    "DERIVED_HERE",
    "RETIRED",
    "Check",
    "Claim",
    "ClaimError",
    "Kind",
    "Part",
    "at_least",
    "at_most",
    "claim",
    "equal",
    "yes",
]
