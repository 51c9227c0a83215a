"""The claims, computed before any page is read; the store keeps what an earlier run computed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import Future

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

from offcenter._store import folder, prune
from offcenter.claims import CLAIMS, Check
from offcenter_site.build.processes import side_by_side

logger = logging.getLogger(__name__)

_ATTRIBUTE = "_offcenter_results"
# The longest by far: what starts first ends first.
_LONGEST = ("networks", "today")
_DAY = 86400.0


def _compute(ids: Iterable[str]) -> dict[str, Check | str]:
    """Return the result of each claim, or in words why there is none."""
    results: dict[str, Check | str] = {}
    for id in ids:
        try:
            results[id] = CLAIMS[id].check()
        except Exception as error:
            results[id] = f"{type(error).__name__}: {error}"
    return results


def _modules(ids: Iterable[str]) -> dict[str, list[str]]:
    """Return claims by module: those of one module share what it remembers while it runs."""
    modules: dict[str, list[str]] = {}
    for id in ids:
        modules.setdefault(CLAIMS[id].compute.__module__, []).append(id)
    return modules


def _compute_in_parallel(ids: list[str]) -> dict[str, Check | str]:
    modules = sorted(
        _modules(ids).items(), key=lambda item: item[0].rpartition(".")[2].startswith(_LONGEST)
    )[::-1]
    if len(modules) == 1:
        return _compute(modules[0][1])
    found: dict[str, Check | str] = {}

    def done(of_one: list[str], future: Future[dict[str, Check | str]]) -> None:
        found.update(future.result())
        chapter = CLAIMS[of_one[0]].compute.__module__.rpartition(".")[2]
        logger.info("claims: %d of %d computed, %s done", len(found), len(ids), chapter)

    side_by_side(_compute, [of_one for _, of_one in modules], done)
    return found


def compute_all() -> dict[str, Check]:
    """Compute every claim, modules in parallel, and return the results by id.

    Raises
    ------
    ExtensionError
        If a claim does not hold or cannot be computed; the message names each.
    """
    # Processes are started for what has to be computed, and for nothing else.
    known = [id for id, claim in CLAIMS.items() if claim.is_known()]
    found = _compute(known)
    if len(known) < len(CLAIMS):
        logger.info("claims: %d of %d from the store", len(known), len(CLAIMS))
        found |= _compute_in_parallel([id for id in CLAIMS if id not in found])
    false = [f"{id}: {found[id]}" for id in CLAIMS if isinstance(found[id], str)]
    if false:
        raise ExtensionError("claims that do not hold:\n  " + "\n  ".join(false))
    return {id: check for id in CLAIMS if isinstance(check := found[id], Check)}


def _prepare(app: Sphinx) -> None:
    setattr(app, _ATTRIBUTE, compute_all())


def _prune(app: Sphinx, exception: Exception | None) -> None:
    """Prune the store once a day: to look at all that is in it takes a part of a second."""
    place = folder()
    if exception is not None or place is None or not place.is_dir():
        return
    mark = place / "pruned"
    if not mark.exists() or time.time() - mark.stat().st_mtime > _DAY:
        mark.touch()
        prune()


def results_of(app: Sphinx) -> dict[str, Check]:
    """Return the results of this build by claim id."""
    return getattr(app, _ATTRIBUTE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Compute the claims before Sphinx asks which pages are out of date."""
    app.connect("builder-inited", _prepare, priority=400)
    app.connect("build-finished", _prune)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
