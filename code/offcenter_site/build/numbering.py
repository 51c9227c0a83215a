"""The numbers of figures, tables and formulas, counted without the trees of all pages.

Sphinx loads every tree to count what is numbered, and takes a third of a build for it when one word
has changed.  So what is numbered on a page is noted when its tree is new; counted it is as Sphinx
does, in the order of the contents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector

_ADDRESS = re.compile(r".+://")

# In the order of the page: ("section", its id, what is in it), ("pages", their names), or
# (the kind of what is numbered, its id).
Notes = list[tuple]


def _kind(env: BuildEnvironment, node: nodes.Element) -> str | None:
    """Return what a node is counted as."""
    for domain in env.domains.values():
        kind = domain.get_enumerable_node_type(node)
        # Without a caption it has no number.
        if kind and not (isinstance(domain, StandardDomain) and not domain.get_numfig_title(node)):
            return kind
    return None


def _noted(env: BuildEnvironment, tree: nodes.Element) -> Iterator[tuple]:
    for node in tree.children:
        if isinstance(node, nodes.section):
            yield "section", node["ids"][0], [*_noted(env, node)]
        elif isinstance(node, addnodes.toctree):
            names = [name for _, name in node["entries"]]
            yield "pages", [n for n in names if n != "self" and not _ADDRESS.match(n)]
        elif isinstance(node, nodes.Element):
            kind = _kind(env, node)
            if kind and node["ids"]:
                yield "number", kind, node["ids"][0]
            yield from _noted(env, node)


def _notes_of(env: BuildEnvironment) -> dict[str, Notes]:
    return vars(env).setdefault("offcenter_numbered", {})


def _notes(env: BuildEnvironment, docname: str) -> Notes:
    """Return what is numbered on a page."""
    known = _notes_of(env)
    if docname not in known:
        known[docname] = [*_noted(env, env.get_doctree(docname))]
    return known[docname]


def count(env: BuildEnvironment) -> list[str]:
    """Number what has a caption or a label, and return the pages whose numbers are others now."""
    before, env.toc_fignumbers = env.toc_fignumbers, {}
    if not env.config.numfig:
        return []
    virtual = frozenset(StandardDomain._virtual_doc_names)
    counted: Counter[tuple[str, tuple[int, ...]]] = Counter()
    seen: set[str] = set()

    def page(docname: str, section: tuple[int, ...]) -> None:
        if docname not in seen:
            seen.add(docname)
            part(docname, _notes(env, docname), section)

    def part(docname: str, notes: Notes, section: tuple[int, ...]) -> None:
        numbers = env.toc_secnumbers.get(docname, {})
        for what, *more in notes:
            if what == "section":
                anchor, inner = more
                own = numbers.get(f"#{anchor}", numbers.get(""))
                part(docname, inner, own or section)
            elif what == "pages":
                for name in more[0]:
                    if name not in virtual:
                        page(name, section)
            else:
                kind, id = more
                place = section[: env.config.numfig_secnum_depth]
                counted[kind, place] += 1
                kinds = env.toc_fignumbers.setdefault(docname, {})
                kinds.setdefault(kind, {})[id] = (*place, counted[kind, place])

    page(env.config.root_doc, ())
    return [name for name, numbers in env.toc_fignumbers.items() if numbers != before.get(name)]


def _take_over(app: Sphinx) -> None:
    for listener in app.events.listeners.get("env-get-updated", ()):
        collector = getattr(listener.handler, "__self__", None)
        if isinstance(collector, TocTreeCollector):
            vars(collector)["assign_figure_numbers"] = count


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _notes_of(env).pop(docname, None)


def setup(app: Sphinx) -> dict[str, bool]:
    """Count in Sphinx's place."""
    app.connect("builder-inited", _take_over)
    app.connect("env-purge-doc", _purge)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
