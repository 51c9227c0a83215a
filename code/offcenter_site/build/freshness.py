"""Which pages are out of date: content decides, not dates.

A page is read again when its text changes, or a file that it includes, the code that its cells
run, a figure that they draw, or the sentence or result of a claim that it uses.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import joblib
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector

from offcenter._store import code_state
from offcenter.claims import CLAIMS
from offcenter_site.build.results import results_of

CODE = Path(__file__).resolve().parents[2]
EXECUTED = "file_format: mystnb"
_IMPORT = re.compile(r"^\s*(?:from|import)\s+(offcenter[\w.]*)(?:\s+import\s+(.+))?", re.MULTILINE)
_DRAWN = re.compile(r"\bdraw\(\s*[\"']([\w-]+)[\"']")


@cache
def _figure_modules() -> dict[str, str]:
    """Return the module of each figure by the figure's name, without importing what draws."""
    modules = {}
    for path in (CODE / "offcenter" / "figures").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "figure"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                modules[str(node.args[0].value)] = f"offcenter.figures.{path.stem}"
    return modules


def modules_of(text: str) -> set[str]:
    """Return the modules of the library that the cells of a page run."""
    modules: set[str] = set()
    for base, names in _IMPORT.findall(text):
        modules.add(base)
        inner = (f"{base}.{name.strip()}" for name in names.split(",") if name.strip())
        modules |= {
            name for name in inner if (CODE / name.replace(".", "/")).with_suffix(".py").exists()
        }
    known = _figure_modules()
    return modules | {known[name] for name in _DRAWN.findall(text) if name in known}


def state_of_cells(path: Path) -> str:
    """Return a hash of the code that the cells of a page run; empty for a page without."""
    text = path.read_text(encoding="utf-8")
    return code_state(*sorted(modules_of(text))) if EXECUTED in text else ""


def note_use(
    env: BuildEnvironment,
    *,
    claims: Iterable[str] = (),
    figures: Iterable[str] = (),
    every_claim: bool = False,
) -> None:
    """Note that the page that is being read uses these claims and figures, or lists all claims."""
    used = _uses(env).setdefault(env.docname, set())
    used |= {("list", "")} if every_claim else set()
    used |= {("claim", id) for id in claims} | {("figure", name) for name in figures}


def _uses(env: BuildEnvironment) -> dict[str, set[tuple[str, str]]]:
    return vars(env).setdefault("offcenter_uses", {})


def states_of(env: BuildEnvironment) -> dict[str, str]:
    """Return a hash for each page of all that it was made of when it was read."""
    return vars(env).setdefault("offcenter_states", {})


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _said(app: Sphinx, name: str) -> str:
    """Return a hash of what a claim says and of its result, made once in a build."""
    known = vars(app).setdefault("offcenter_said", {})
    if name not in known:
        claim = CLAIMS[name]
        said = (claim.sentence, claim.kind, claim.assumes, claim.over, claim.source)
        known[name] = joblib.hash((said, results_of(app).get(name)))
    return known[name]


def _state(app: Sphinx, env: BuildEnvironment, docname: str) -> str:
    path = Path(env.doc2path(docname))
    lines = [_hash_of(path), state_of_cells(path)]
    lines += sorted(
        f"{name} {_hash_of(Path(app.srcdir) / name)}" for name in env.dependencies.get(docname, ())
    )
    for kind, name in sorted(_uses(env).get(docname, ())):
        if kind == "figure":
            lines.append(f"{name} {code_state(_figure_modules().get(name, ''))}")
        elif kind == "list":
            lines.append(" ".join(CLAIMS))
        elif name in CLAIMS:
            lines.append(f"{name} {_said(app, name)}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    known = states_of(env)
    candidates = env.found_docs - added - changed
    return [name for name in sorted(candidates) if known.get(name) != _state(app, env, name)]


def _nothing_again(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Where no page is read, keep what was made of all pages: it stands in the environment.

    Sphinx would load every tree to number the figures anew, sphinxcontrib-bibtex format each entry.
    Where a page is gone, the one that listed it is read; where the bibliography is another, so are
    the pages with a list of it.
    """
    if docnames:
        return
    for event in ("env-get-updated", "env-updated"):
        for listener in list(app.events.listeners.get(event, ())):
            handler = listener.handler
            if (
                isinstance(getattr(handler, "__self__", None), TocTreeCollector)
                or getattr(handler, "__module__", "") == "sphinxcontrib.bibtex"
            ):
                app.disconnect(listener.id)


def _forget(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Drop the environment that was kept, until all is read.

    To a build after one that was stopped it would say that trees are those of the last good build,
    which the stopped one has replaced, or written by half.
    """
    if docnames:
        (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def _note_states(app: Sphinx, env: BuildEnvironment) -> None:
    # A page that is read loses its state first.
    for name in env.found_docs - states_of(env).keys():
        states_of(env)[name] = _state(app, env, name)


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _uses(env).pop(docname, None)
    states_of(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    _uses(env).update({name: used for name, used in _uses(other).items() if name in docnames})


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask for stale pages before they are read, and note the states when all is read."""
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("env-before-read-docs", _nothing_again)
    # When the cells were run: where one fails, nothing was read.
    app.connect("env-before-read-docs", _forget, priority=900)
    app.connect("env-updated", _note_states)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
