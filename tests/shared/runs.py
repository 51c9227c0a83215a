"""Runs that tests make on their own, of networks in other sizes, are kept as claims are."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from offcenter import _store

P = ParamSpec("P")
R = TypeVar("R")

_HERE = Path(__file__).parent


@cache
def _state(file: str) -> str:
    """Return a hash of the code of a test module, and of all that it imports from here."""
    source = Path(file).read_bytes()
    code, imported = _store._parse(source, "")
    modules = {
        next(name for name in reversed(names) if _store._source_of(name)) for names in imported
    }
    tree = ast.walk(ast.parse(source))
    beside = {node.module for node in tree if isinstance(node, ast.ImportFrom)} - {"runs"}
    shared = [_state(str(path)) for path in sorted(_HERE.glob("*.py")) if path.stem in beside]
    return " ".join([code, *shared, _store.code_state(*sorted(modules))])


def kept_run(function: Callable[P, R]) -> Callable[P, R]:
    """Keep the results of a function of a test module, in the store of the library.

    A result is known by the arguments, which must determine it, by the code of the test module, by
    the code that this imports from the library and from what tests share, and by the versions of
    the packages.
    """
    file = inspect.getfile(function)
    name = f"run {Path(file).stem}.{function.__qualname__}"

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        given = (_state(file), args, sorted(kwargs.items()))
        # All that the result depends on stands in what is given.
        return _store.kept(name, _store.__name__, given, lambda: function(*args, **kwargs))

    return ask
