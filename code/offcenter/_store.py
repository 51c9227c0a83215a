"""What was computed once is kept: on disk, for one state of the code, for whoever asks next.

The build, the kernels of notebooks, the tests and the command ask the same store.  A result is
known by its function, its arguments, the versions of the numerical packages, and the code of the
function's module and of all that it imports from this package.  Comments and docstrings are not
code.  A result that cannot be read is computed again.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import inspect
import json
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, cached_property, wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import joblib
from filelock import FileLock

from offcenter._records import frozen
from offcenter.errors import ArgumentTypeError

P = ParamSpec("P")
R = TypeVar("R")

VARIABLE = "OFFCENTER_STORE"
_PACKAGE = Path(__file__).parent
_NAME = _PACKAGE.name
_VERSIONED = ("numpy", "scipy", "sympy", "matplotlib", "z3-solver")
_UNUSED_DAYS = 30.0

_here: dict[str, object] = {}


def folder() -> Path | None:
    """Return where results are kept, or None where they live only as long as the process.

    That is the folder that the environment variable OFFCENTER_STORE names (empty for none), else
    ``_build/store`` of the checkout that holds this package.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    root = _PACKAGE.parents[1]
    return root / "_build" / "store" if (root / "_toc.yml").is_file() else None


def _source_of(module: str) -> Path | None:
    path = _PACKAGE.joinpath(*module.split(".")[1:])
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (
            node.body
            and isinstance(node.body[0], ast.Expr)
            and isinstance(node.body[0].value, ast.Constant)
            and isinstance(node.body[0].value.value, str)
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _parse(source: bytes, package: str) -> tuple[str, list[list[str]]]:
    """Return a hash of the code of a module of `package`, and what it imports.

    Of ``from a import b`` that is `a` and, if there is such a module, rather `a.b`.
    """
    tree = ast.parse(source)
    imported: list[list[str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [[alias.name] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = importlib.util.resolve_name("." * node.level + base, package)
            imported += [[base, f"{base}.{alias.name}"] for alias in node.names]
    own = [names for names in imported if names[0].partition(".")[0] == _NAME]
    dump = ast.dump(_without_docstrings(tree))
    return hashlib.sha256(dump.encode()).hexdigest(), own


class _Parsed:
    """What the sources of modules say, by their content; kept too, since to parse takes long."""

    def __init__(self) -> None:
        self._new = False

    def _file(self) -> Path | None:
        place = folder()
        return place and place / f"parsed-{sys.version_info.major}.{sys.version_info.minor}.json"

    @cached_property
    def _known(self) -> dict[str, tuple[str, list[list[str]]]]:
        file = self._file()
        try:
            return json.loads(file.read_bytes()) if file else {}
        except (OSError, ValueError):  # missing or damaged: parsed again
            return {}

    def get(self, source: bytes, package: str) -> tuple[str, list[list[str]]]:
        key = hashlib.sha256(package.encode() + b"\0" + source).hexdigest()
        if key not in self._known:
            self._known[key] = _parse(source, package)
            self._new = True
        return self._known[key]

    def save(self) -> None:
        """Write what is new; of two who write at once, one writes in vain."""
        file = self._file()
        if self._new and file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            _write(file, lambda name: Path(name).write_text(json.dumps(self._known), "utf-8"))
        self._new = False


_parsed = _Parsed()


@cache
def _read(module: str) -> tuple[str, frozenset[str]]:
    """Return a hash of the code of one module, and the modules of this package that it imports."""
    source = _source_of(module)
    if source is None:
        return "", frozenset()
    package = module if source.name == "__init__.py" else module.rpartition(".")[0]
    code, imported = _parsed.get(source.read_bytes(), package)
    digest = hashlib.sha256(code.encode())
    if source.parent.name == "data":
        for path in sorted(source.parent.iterdir()):
            if path.is_file() and path.suffix != ".py":
                digest.update(path.name.encode() + path.read_bytes())
    own = {names[-1] if _source_of(names[-1]) else names[0] for names in imported}
    return digest.hexdigest(), frozenset(own - {_NAME})


@cache
def _environment() -> str:
    versions = " ".join(f"{name} {version(name)}" for name in _VERSIONED)
    return f"python {sys.version_info.major}.{sys.version_info.minor} {versions}"


@cache
def code_state(*modules: str) -> str:
    """Return a hash of the packages and of the code of `modules` and of what they import here."""
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(_read(name)[1])
    _parsed.save()
    lines = [_environment(), *(f"{name} {_read(name)[0]}" for name in sorted(seen))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _load(path: Path) -> tuple[bool, object]:
    try:
        value = joblib.load(path)
        os.utime(path)
    except Exception:  # missing, half-written, of another version: computed again
        return False, None
    return True, value


def _write(path: Path, write: Callable[[str], object]) -> None:
    """Let `write` write a file, which appears whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    try:
        write(name)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _save(path: Path, value: object) -> None:
    _write(path, lambda name: joblib.dump(value, name, compress=("gzip", 3)))


def _key(name: str, module: str, arguments: object) -> str:
    digest = hashlib.sha256(f"{name} {code_state(module)} {joblib.hash(arguments)}".encode())
    return f"{name.replace('/', '-')}-{digest.hexdigest()[:24]}"


def _known(key: str) -> tuple[bool, object]:
    place = folder()
    if key not in _here and place is not None:
        found, value = _load(place / f"{key}.joblib")
        if found:
            _here[key] = frozen(value)
    return key in _here, _here.get(key)


def known(name: str, module: str, arguments: object) -> bool:
    """Return whether `kept` would give this result without computing."""
    return _known(_key(name, module, arguments))[0]


def kept(name: str, module: str, arguments: object, compute: Callable[[], R]) -> R:
    """Return the result of `compute`, from the store where it is there.

    Parameters
    ----------
    name : str
        What is computed; with `arguments` it determines the result.
    module : str
        The module whose code, with all that it imports from this package, the result depends on.
    arguments : object
        Anything that joblib can hash.
    compute : callable
        Takes nothing; called at most once at a time, by whichever process comes first.
    """
    key = _key(name, module, arguments)
    found, value = _known(key)
    if found:
        # Under this key stands only what this `compute` has returned.
        return value  # pyright: ignore[reportReturnType]
    place = folder()
    if place is None:
        value = compute()
    else:
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{key}.joblib"
        with FileLock(place / f"{key}.lock"):
            found, value = _load(path)
            if not found:
                value = compute()
                _save(path, value)
    # All callers share it.
    _here[key] = frozen(value)
    # The store gives back what a `compute` of this code has returned.
    return value  # pyright: ignore[reportReturnType]


def stored(function: Callable[P, R]) -> Callable[P, R]:
    """Keep the results of a pure function: the decorated one computes each only once.

    Its arguments must determine the result (seeds, not generators); results are not to be changed.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments: dict[str, Any] = dict(bound.arguments)
        name = f"{function.__module__}.{function.__qualname__}"
        try:
            joblib.hash(arguments)
        except (TypeError, pickle.PicklingError, AttributeError) as error:
            raise ArgumentTypeError(
                f"{' and '.join(arguments)} must be values that can be stored ({error})"
            ) from error
        return kept(name, function.__module__, arguments, lambda: function(*args, **kwargs))

    return ask


def prune(days: float = _UNUSED_DAYS) -> int:
    """Remove what nobody has asked for in `days` days, and return how many results that were."""
    place = folder()
    if place is None or not place.is_dir():
        return 0
    oldest, removed = time.time() - 86400 * days, 0
    for path in place.glob("*.*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            removed += path.suffix == ".joblib"
    return removed
