"""Whether a test fails when a number of an example is another one: `make example-mutants`.

What pages print of an example is changed in its record, one place at a time: a number by 3 % and
away from zero, a whole number and the last digit of a text by one, a word by a mark.  The tests of
examples and of answers that ask for the record are then run with it, the quick ones first, until
one fails.  A place for which none does is named, and is worth a test: its number has no second way
to it.
"""

from __future__ import annotations

import argparse
import copy
import functools
import inspect
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import is_dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parents[1]
TESTS = ("tests/examples", "tests/attacks/answers")
# This one compares a record with itself.
NO_ORACLE = "test_records.py"
# Rounding, which differs between processors, grows on the way of these runs: their tests allow it
# some steps, or images, and so a change of this size.
ROUNDED = {
    *(("activations-fair", field) for field in ("low_loss", "ranges", "spread")),
    *(("norms-added-constant", field) for field in ("ranges", "rows")),
    *(("norms-sigmoids", field) for field in ("far", "nearly_exact")),
    ("inputs-targets", "rescued"),
}
_PLACE = re.compile(r"\bexample(?:\}`|\{)([a-z0-9-]+)\s+([\w.]+)")
_TABLE = re.compile(r"\{example-table\}\s*([a-z0-9-]+)\s+(\w+)")


def altered(value: Any, path: str) -> Any:
    """Return a value, or a record with the value at `path` such as "rows.2.0", as another one."""
    if path:
        part, _, rest = path.partition(".")
        place = int(part) if part.isdigit() else part
        if is_dataclass(value):
            new = copy.copy(value)
            object.__setattr__(new, part, altered(getattr(value, part), rest))
        elif isinstance(value, np.ndarray):
            new = value.copy()
            new[place] = altered(value[place], rest)
        else:
            new = [altered(old, rest) if i == place else old for i, old in enumerate(value)]
            new = type(value)(new)
        return new
    if isinstance(value, str):
        if digits := re.fullmatch(r"(.*)(\d)(\D*)", value, re.DOTALL):
            return f"{digits[1]}{(int(digits[2]) + 1) % 10}{digits[3]}"
        return f"{value}*"
    if isinstance(value, bool | np.bool_):
        return not value
    if isinstance(value, int | np.integer):
        return value + (1 if value >= 0 else -1)
    # What only rounding keeps from 0 is 0.
    return value * 1.03 if 1e-9 < abs(value) < np.inf else 0.03


def printed(text: str, examples: dict[str, Callable[[], object]]) -> set[tuple[str, str]]:
    """Return the names and paths of what a text prints of some examples, all places of a table."""
    places = {(name, path) for name, path in _PLACE.findall(text) if name in examples}
    for name, key in _TABLE.findall(text):
        for i, row in enumerate(getattr(examples[name](), key) if name in examples else ()):
            places |= {(name, f"{key}.{i}.{j}") for j in range(len(row))}
    return places


class Examples(dict[str, Callable[[], object]]):
    """The examples: they note which were asked for, and one of them is altered."""

    def __init__(self, examples: dict[str, Callable[[], object]]) -> None:
        super().__init__({name: self._noted(name, make) for name, make in examples.items()})
        self.asked: set[str] = set()
        self.mutant: tuple[str, str] = ("", "")

    def _noted(self, name: str, make: Callable[[], object]) -> Callable[[], object]:
        @functools.wraps(make)
        def once() -> object:
            self.asked.add(name)
            return altered(make(), self.mutant[1]) if self.mutant[0] == name else make()

        return once


def names_in(function: Callable, seen: set[CodeType] | None = None) -> set[str]:
    """Return the names that a function uses, and those that functions of its module use for it."""
    seen, function = set() if seen is None else seen, inspect.unwrap(function)
    waiting, names = [function.__code__], set()
    while waiting:
        code = waiting.pop()
        if code not in seen:
            seen.add(code)
            names.update(code.co_names)
            waiting += [part for part in code.co_consts if isinstance(part, CodeType)]
    for helper in [function.__globals__.get(name) for name in names]:
        if inspect.isfunction(helper) and helper.__module__ == function.__module__:
            names |= names_in(helper, seen)
    return names


class Mutants:
    """A plugin of pytest that runs the tests once as they are, then with each mutant."""

    def __init__(self, examples: Examples, places: list[tuple[str, str]]) -> None:
        self.examples, self.places = examples, places
        self.survivors: list[tuple[str, str]] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what asks for no example, and what reads in a page which number it takes."""
        items[:] = [
            item
            for item in items
            if isinstance(item, pytest.Function)
            if "EXAMPLES" in (names := names_in(item.function)) and "number_of" not in names
        ]

    def _run(self, item: pytest.Item) -> tuple[bool, float]:
        reports = runtestprotocol(item, log=False, nextitem=None)
        return any(r.failed for r in reports), sum(r.duration for r in reports)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try each mutant by the tests that ask for its example, the quick ones first."""
        from offcenter import _store

        asking: dict[str, list[tuple[float, pytest.Item]]] = defaultdict(list)
        for item in session.items:
            self.examples.asked.clear()
            failed, seconds = self._run(item)
            if failed:
                pytest.exit(f"fails without a change: {item.nodeid}", 1)
            for name in self.examples.asked:
                asking[name].append((seconds, item))
        # What is computed from an altered record is of no use to anybody else.
        _store.folder = lambda: None
        for count, mutant in enumerate(self.places, start=1):
            self.examples.mutant = mutant
            tests = [item for _, item in sorted(asking[mutant[0]], key=lambda pair: pair[0])]
            if not any(self._run(item)[0] for item in tests):
                self.survivors.append(mutant)
                print(f"{' '.join(mutant)}: survives {len(tests)} tests", flush=True)
            if count % 200 == 0:
                print(f"{count} of {len(self.places)}", file=sys.stderr, flush=True)
        return True


def survivors(
    examples: Examples, places: list[tuple[str, str]], files: list[Path]
) -> list[tuple[str, str]]:
    """Return the places for which no test of these files fails."""
    import offcenter.examples

    # The tests are imported from here on, and get these.
    offcenter.examples.EXAMPLES = examples
    mutants = Mutants(examples, places)
    code = pytest.main(["-qq", "-s", "--no-summary", *map(str, files)], [mutants])
    if code:
        sys.exit(f"the tests end with {code!r}")
    return mutants.survivors


def main(*options: str) -> int:
    """Try the places of all examples, or of those whose names begin as is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("beginnings", nargs="*", help="such as norms or norms-place; none for all")
    chosen = tuple(parser.parse_args(options).beginnings) or ("",)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "code"))
    from offcenter.examples import EXAMPLES

    examples = Examples({n: make for n, make in EXAMPLES.items() if n.startswith(chosen)})
    pages = [ROOT / "index.md", *sorted((ROOT / "book").rglob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    places = sorted(printed(text, examples))
    named = re.compile("|".join(f'"{name}"' for name in examples))
    files = [path for folder in TESTS for path in sorted((ROOT / folder).glob("test_*.py"))]
    files = [path for path in files if path.name != NO_ORACLE]
    files = [path for path in files if named.search(path.read_text(encoding="utf-8"))]
    # Tests may ask for others too.
    lived = survivors(Examples(dict(EXAMPLES)), places, files)
    fields, left = ({(n, path.partition(".")[0]) for n, path in ps} for ps in (places, lived))
    print(f"{len(places)} places, {len(lived)} survive; {len(fields)} fields, {len(left)} survive")
    print(f"{len(left - ROUNDED)} of these without a reason")
    return int(bool(left - ROUNDED))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
