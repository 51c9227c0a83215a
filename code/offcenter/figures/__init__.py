"""The figures of the book, by name: ``draw("name")`` gives a drawing that a notebook shows.

Each module of this package holds the figures of one chapter.  A module that is put here is found
by itself; nothing else has to be edited.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from offcenter import _checks
from offcenter.figures._record import Drawing, Figure, figure, registered
from offcenter.figures._style import PALETTE

for _module in pkgutil.iter_modules(__path__):
    if not _module.name.startswith("_"):
        importlib.import_module(f"{__name__}.{_module.name}")

FIGURES: Mapping[str, Figure] = MappingProxyType(registered())


def draw(name: str, **parameters: object) -> Drawing:
    """Draw the figure `name` from its record, computed with `parameters`.

    Raises
    ------
    ValueError
        If there is no figure of that name.
    """
    return FIGURES[_checks.one_of("name", name, FIGURES)].draw(**parameters)


__all__ = ["FIGURES", "PALETTE", "Drawing", "Figure", "draw", "figure"]
