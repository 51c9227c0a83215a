"""The search: what pages say, read when they are read, found by MiniSearch in the reader's browser.

`records` says what a page offers to find; `words.js` makes words comparable, at build and in the
browser alike; `find.js` weighs; `page.js` shows.  Data and scripts stand in one file each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from offcenter_site.build.scripts import engine_with, short
from offcenter_site.search.records import Entry, entries_of

FOLDER = Path(__file__).parent
LIBRARY = FOLDER / "vendor" / "minisearch.js"
SCRIPT, DATA = "search.js", "search-data.js"
# A word that stands on more pages than this part of them tells none from another.
_COMMON = 0.4
# A number that stands in the text is a result, and with letters behind it a part of a formula,
# which nobody types; one with a name is in a title.
_RESULT = re.compile(r"\d").match
_FIRST = 48  # where the characters that stand for numbers begin


def kind_of(docname: str) -> str:
    """Return what a page is to one who searches."""
    name = docname.removeprefix("book/")
    if name.startswith("answers/"):
        return "answer"
    if name.startswith("library"):
        return "library"
    if name == "notation":
        return name
    return "page" if name in ("index", "glossary") else "chapter"


@cache
def _engine() -> MiniRacer:
    source = (FOLDER / "words.js").read_text(encoding="utf-8")
    return engine_with(source.replace("const Words", "var Words"))


def terms_of(texts: Sequence[str]) -> list[list[str]]:
    """Return the distinct words of each text, as the search compares them."""
    call = f"JSON.stringify({json.dumps(list(texts))}.map(t => [...new Set(Words.terms(t))]))"
    return json.loads(str(_engine().eval(call)))


def _short(entries: Sequence[tuple[str, Entry]]) -> Iterator[list[str]]:
    """Give the entries without what those before them, or their titles, say."""
    before = ""
    for page, e in entries:
        anchor = e.anchor.removesuffix(e.title) if e.kind == "library" else e.anchor
        address = (page if page != before or not anchor else "") + (f"#{anchor}" if anchor else "")
        # Other wordings of a question are compared by their words alone.
        keys = e.keys.replace(",", "")
        row = [e.kind, address, e.title, e.excerpt, keys]
        before = page
        while not row[-1]:
            row.pop()
        yield row


def _steps(places: Iterable[int]) -> str:
    """Return rising numbers as characters: how many are left out before each, which repeat more."""
    before, found = -1, ""
    for place in places:
        found += chr(_FIRST + place - before - 1)
        before = place
    return found


def data_of(entries: Sequence[tuple[str, Entry]]) -> dict[str, object]:
    """Return what the browser gets: entries with their addresses, and the words of each."""
    places: dict[str, list[int]] = {}
    with_words = [index for index, (_, entry) in enumerate(entries) if entry.text]
    for index, terms in enumerate(terms_of([entries[i][1].text for i in with_words])):
        for term in terms:
            places.setdefault(term, []).append(index)
    longest = max(3, int(_COMMON * len(with_words)))
    kept = sorted(t for t, found in places.items() if len(found) <= longest and not _RESULT(t))
    return {
        "entries": list(_short(entries)),
        # The pages, as entries, and for each word those that have it.
        "pages": with_words,
        "terms": " ".join(kept),
        "places": " ".join(_steps(places[term]) for term in kept),
    }


def script() -> str:
    """Return the scripts of the search page as one."""
    parts = (LIBRARY, *(FOLDER / f"{name}.js" for name in ("words", "find", "page")))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


def _found(env: BuildEnvironment) -> dict[str, list[Entry]]:
    return vars(env).setdefault("offcenter_found", {})


def _read(app: Sphinx, doctree: nodes.document) -> None:
    name = app.env.docname
    keys = " ".join(
        node.get("content", "")
        for node in doctree.findall(nodes.meta)
        if node.get("name") == "keywords"
    )
    _found(app.env)[name] = list(entries_of(doctree, kind_of(name), keys))


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _found(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    _found(env).update({name: e for name, e in _found(other).items() if name in docnames})


def _configure(app: Sphinx) -> None:
    # Sphinx's own index has the wrong words, and an incremental build leaves a poorer one.
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def _pages(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    if app.builder.name == "html":
        yield "search", {}, "search.html"


def collected(app: Sphinx) -> Iterable[tuple[str, Entry]]:
    """Give what can be found in the book, page by page in reading order."""
    found, order = _found(app.env), list(app.env.collect_relations())
    places = {name: place for place, name in enumerate(order)}
    for name in sorted(found, key=lambda name: (places.get(name, len(order)), name)):
        for entry in found[name]:
            yield app.builder.get_target_uri(name), entry


def _write(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Write both files with the search page, which comes after all others."""
    if templatename != "search.html":
        return
    folder = Path(app.outdir) / "_static"
    data = json.dumps(data_of(list(collected(app))), ensure_ascii=False, separators=(",", ":"))
    (folder / DATA).write_text(f"const SEARCH = {data};\n", encoding="utf-8")
    (folder / SCRIPT).write_text(short(script()), encoding="utf-8")
    context |= {"search_script": SCRIPT, "search_data": DATA}


def setup(app: Sphinx) -> dict[str, bool]:
    """Read what can be found with each page, and write the search in the place of Sphinx's."""
    # When numbers, citations and claims stand in the tree.
    app.connect("doctree-read", _read, priority=700)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("builder-inited", _configure)
    app.connect("html-collect-pages", _pages)
    app.connect("html-page-context", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
