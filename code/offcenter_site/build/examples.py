"""The examples of the pages, side by side before many pages are read; the store keeps them."""

from __future__ import annotations

import re
from concurrent.futures import Future
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from offcenter._store import folder, kept, known
from offcenter_site.build.freshness import CODE
from offcenter_site.build.processes import side_by_side

logger = logging.getLogger(__name__)

# Where fewer pages are read, each computes what it shows: processes take seconds to start.
_MANY = 10
_SAID_EVERY = 10  # modules
# {example}`name key`, \example{name key} and {example-table} name rows.
_SHOWN = re.compile(r"\bexample(?:-table)?[`{}\s]+([\w-]+)")
_HELD = re.compile(r"^@example\(\s*\"([\w-]+)\"", re.MULTILINE)


def _shown_by(env: BuildEnvironment, docnames: list[str]) -> set[str]:
    """Return the names of the examples in pages."""
    texts = [Path(env.doc2path(name)).read_text(encoding="utf-8") for name in docnames]
    return {name for text in texts for name in _SHOWN.findall(text)}


def _modules(shown: set[str]) -> list[str]:
    """Return the modules that hold some of these examples, without importing them."""
    files = sorted((CODE / "offcenter" / "examples").rglob("*.py"))
    return [
        ".".join(path.relative_to(CODE).with_suffix("").parts)
        for path in files
        if shown & set(_HELD.findall(path.read_text(encoding="utf-8")))
    ]


def _compute(module: str) -> None:
    """Compute the examples of a module: what takes long in them goes to the store."""
    from offcenter.examples import EXAMPLES

    def all_of_them() -> bool:
        for make in EXAMPLES.values():
            if make.__module__ == module:
                make()
        return True

    kept("examples", module, module, all_of_them)


def _prepare(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    if len(docnames) < _MANY or folder() is None:
        return
    modules = _modules(_shown_by(env, docnames))
    waiting = [module for module in modules if not known("examples", module, module)]
    if len(waiting) < 2:
        return
    ended = computed = 0

    def done(_: str, future: Future[None]) -> None:
        nonlocal ended, computed
        ended += 1
        # What fails is told by the page that shows it, with its place.
        computed += future.exception() is None
        if ended % _SAID_EVERY == 0 or ended == len(waiting):
            logger.info("examples: %d of %d modules computed", computed, len(waiting))

    side_by_side(_compute, waiting, done)


def setup(app: Sphinx) -> dict[str, bool]:
    """Compute the examples when it is known which pages are read."""
    app.connect("env-before-read-docs", _prepare, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
