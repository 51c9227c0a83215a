"""Which pages are written again: an incremental build has the bytes of a clean one.

Sphinx writes the pages that it read.  But a page also shows what others are: their titles and
numbers in the contents, the places of labels, the years of cited works.  So what pages know of each
other is kept with what was written; when a thing that was known is another one now, every page is
written.  What is new and has no bearing on others, such as a label that nothing named so far,
costs nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from offcenter_site.build.freshness import states_of
from offcenter_site.movable.directive import pages_of
from offcenter_site.pages.downloads import notebooks_of
from offcenter_site.pages.practice import levels_of

# Of what a domain knows: what pages find by name.
_NAMED = {
    "std": ("labels", "anonlabels", "objects", "terms", "progoptions"),
    "math": ("objects",),
    "py": ("objects", "modules"),
}
_FACTS = ("topic", "related")


def _plain(value: object) -> object:
    """Return a value in words that are the same from run to run."""
    if isinstance(value, nodes.Node):
        return str(value)
    if isinstance(value, Mapping):
        return sorted((repr(_plain(key)), _plain(inner)) for key, inner in value.items())
    if isinstance(value, Set):
        return sorted(repr(_plain(inner)) for inner in value)
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return repr(value)


def _hash(value: object) -> str:
    return hashlib.sha256(repr(_plain(value)).encode()).hexdigest()[:16]


def _by_name(env: BuildEnvironment) -> Iterator[tuple[str, object]]:
    """Give what a page may name, with what it then shows: an addition changes no other page."""
    for domain, kinds in _NAMED.items():
        data = env.get_domain(domain).data
        for kind in kinds:
            for name, value in data.get(kind, {}).items():
                yield f"{domain} {kind} {name}", value
    for page, numbers in env.toc_secnumbers.items():
        for anchor, number in numbers.items():
            yield f"section {page} {anchor}", number
    for page, kinds in env.toc_fignumbers.items():
        for kind, numbers in kinds.items():
            for name, number in numbers.items():
                yield f"number {page} {kind} {name}", number
    cited: Any = env.get_domain("cite")
    for work in cited.citations:
        entry = work.formatted_entry
        yield (
            f"cited {work.key}",
            (work.citation_id, work.bibliography_key, entry.label, entry.text),
        )


def _in_common(env: BuildEnvironment) -> object:
    """Return what stands on many pages, or in the list that a page holds."""
    exercises = getattr(env, "sphinx_exercise_registry", {})
    return (
        dict(env.titles),
        dict(env.toctree_includes),
        {page: numbers.get("") for page, numbers in env.toc_secnumbers.items()},
        {page: [known.get(fact) for fact in _FACTS] for page, known in env.metadata.items()},
        pages_of(env),
        notebooks_of(env),
        levels_of(env),
        {
            label: (entry["docname"], entry["type"], entry["node"].get("classes"))
            for label, entry in exercises.items()
        },
    )


def _shared(env: BuildEnvironment) -> dict[str, str]:
    known = {name: _hash(value) for name, value in _by_name(env)}
    return known | {"all": _hash(_in_common(env))}


def _record(app: Sphinx) -> Path:
    return Path(app.doctreedir) / "written.json"


def _again(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Name the pages whose written form is not the one that a clean build gives."""
    if app.builder.name != "html":
        return []
    now = {"shared": _shared(env), "pages": dict(states_of(env))}
    vars(app)["offcenter_written"] = now
    try:
        before = json.loads(_record(app).read_text(encoding="utf-8"))
        shared, pages = before["shared"], before["pages"]
    except (OSError, ValueError, KeyError):
        return env.found_docs
    finally:
        # Who is interrupted from here on may leave half a page, and then nothing is known.
        _record(app).unlink(missing_ok=True)
    if any(now["shared"].get(name) != value for name, value in shared.items()):
        return env.found_docs
    # A list of the literature shows what other pages cite.
    lists = {key.docname for key in env.get_domain("cite").data["bibliographies"]}
    lists = lists if len(now["shared"]) > len(shared) else set()
    changed = {name for name, state in now["pages"].items() if pages.get(name) != state}
    return changed | (lists & env.found_docs)


def _note(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.name == "html":
        _record(app).write_text(json.dumps(vars(app)["offcenter_written"]), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Compare when all pages are read and numbered; note what was written when it is."""
    app.connect("env-get-updated", _again, priority=900)
    app.connect("build-finished", _note, priority=940)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
