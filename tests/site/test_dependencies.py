"""What the extension imports is what pyproject.toml names."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "code" / "offcenter_site").rglob("*.py"))
# These make the files to take along, which needs what the tests need.
OF_THE_TESTS = {"playwright", "pypdf"}


# Not when tests are collected: it takes two seconds, and each process of a run collects all.
homes = cache(packages_distributions)


def imported(path: Path) -> set[str]:
    """Return the packages that a module imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    tops = {name.partition(".")[0] for name in names}
    return tops - set(sys.stdlib_module_names) - {"offcenter", "offcenter_site"}


def named(*extras: str) -> set[str]:
    """Return the distributions that the project asks for, with these extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"]]
    lines += [line for extra in extras for line in project["optional-dependencies"][extra]]
    return {re.match(r"[\w-]+", line)[0].lower() for line in lines}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_module_imports_only_what_is_named(path: Path) -> None:
    asked = named("book")
    for package in imported(path):
        known = asked | named("test") if package in OF_THE_TESTS else asked
        assert {home.lower() for home in homes()[package]} & known, package
