"""Worked examples with numbers small enough to follow by hand, by name.

Each module of this package holds the examples of one topic: pure functions without arguments
that return frozen records.  A module that is put here is found by itself.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from types import MappingProxyType

from offcenter.examples._record import example, number_of, registered

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    importlib.import_module(_module.name)

EXAMPLES: Mapping[str, Callable[[], object]] = MappingProxyType(registered())

__all__ = ["EXAMPLES", "example", "number_of"]
