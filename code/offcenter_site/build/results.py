"""The claims, computed once for a build and kept as long as the code that they depend on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from offcenter.claims import CLAIMS, Check
from offcenter_site.build.execution import code_hash

logger = logging.getLogger(__name__)

_ATTRIBUTE = "_offcenter_results"


def _plain(value: object) -> object:
    """Return a side of a check as what JSON can hold."""
    array = np.asarray(value)
    return (array.astype(float) if array.dtype == object else array).tolist()


def _compute_chapter(ids: Iterable[str]) -> dict[str, dict[str, object]]:
    # The claims of one chapter share computations that their module remembers, so they go together.
    results = {}
    for id in ids:
        try:
            check = CLAIMS[id].check()
        except Exception as error:
            results[id] = {"error": f"{type(error).__name__}: {error}"}
            continue
        results[id] = {
            "expected": _plain(check.expected),
            "observed": _plain(check.observed),
            "tolerance": check.tolerance,
            "reason": check.reason,
            "relation": check.relation,
            "numbers": {key: _plain(value) for key, value in check.numbers.items()},
        }
    return results


def compute_all() -> dict[str, dict[str, object]]:
    """Compute every claim, chapters in parallel, and return the results as plain data by id."""
    chapters: dict[str, list[str]] = {}
    for id in CLAIMS:
        chapters.setdefault(id.partition(".")[0], []).append(id)
    with ProcessPoolExecutor() as pool:
        # The networks are the longest by far: what starts first ends first.
        order = sorted(chapters, key=lambda chapter: chapter != "networks")
        results = pool.map(_compute_chapter, [chapters[chapter] for chapter in order])
        found = {id: result for chapter in results for id, result in chapter.items()}
    return {id: found[id] for id in CLAIMS}


def _load_or_compute(path: Path) -> dict[str, dict[str, object]]:
    if path.exists():
        return json.loads(path.read_text(encoding="utf-8"))
    logger.info("computing %d claims", len(CLAIMS))
    results = compute_all()
    false = [f"{id}: {result['error']}" for id, result in results.items() if "error" in result]
    if false:
        raise ExtensionError("claims that do not hold:\n  " + "\n  ".join(false))
    path.parent.mkdir(parents=True, exist_ok=True)
    # A build that is stopped while it writes must leave nothing that the next one would read.
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results), encoding="utf-8")
    part.replace(path)
    return results


def _prepare(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    path = Path(app.doctreedir) / f"claims-{code_hash()}.json"
    results = {id: Check(**result) for id, result in _load_or_compute(path).items()}
    setattr(app, _ATTRIBUTE, results)


def results_of(app: Sphinx) -> dict[str, Check]:
    """Return the results of this build by claim id."""
    return getattr(app, _ATTRIBUTE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Compute the claims before any page is read."""
    app.connect("env-before-read-docs", _prepare, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
