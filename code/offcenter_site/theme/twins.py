"""A twin of each page in Markdown, and `llms.txt`, which lists them: for who quotes by machine.

A twin is made from the page as it is written, so its numbers, names and references are the page's.
Formulas are TeX, figures are the words that stand for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx

# Elements without a closing tag.
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# What is for eyes and hands alone.
_LEFT_OUT = {"script", "style", "button", "textarea", "form", "nav"}
_LEFT_OUT_CLASSES = {"headerlink", "claim-mark", "movable", "place", "figure-code"}
_LINES = {"p", "li", "dt", "dd", "div", "section", "figure", "figcaption", "details", "summary"}


# What a page says of itself, among the facts that Sphinx keeps of it.
_DESCRIPTION = "offcenter-description"


@dataclass
class _Element:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [_Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if any(element.name == tag for element in self.open[1:]):
            while self.open.pop().name != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def _text(element: _Element) -> str:
    return "".join(c if isinstance(c, str) else _text(c) for c in element.children)


def _prefixed(text: str, first: str, rest: str) -> str:
    lines = text.strip().splitlines()
    return "\n".join(
        (first if i == 0 else rest if line else rest.rstrip()) + line
        for i, line in enumerate(lines)
    )


class _Writer:
    """Writes elements as Markdown; `here` is the address that links are told from."""

    def __init__(self, here: str) -> None:
        self.here = here

    def inline(self, element: _Element) -> str:
        parts = [
            re.sub(r"\s+", " ", c) if isinstance(c, str) else self.element(c)
            for c in element.children
        ]
        return "".join(parts)

    def blocks(self, element: _Element) -> str:
        """Return the children, with a blank line between blocks and none within words."""
        out, words = [], ""
        for child in element.children:
            if isinstance(child, _Element) and self.is_block(child):
                out += [words.strip(), self.element(child).strip("\n")]
                words = ""
            else:
                words += (
                    re.sub(r"\s+", " ", child) if isinstance(child, str) else self.element(child)
                )
        return "\n\n".join(part for part in [*out, words.strip()] if part.strip())

    @staticmethod
    def is_block(element: _Element) -> bool:
        return element.name in _LINES | {"ul", "ol", "dl", "table", "pre", "blockquote", "hr"} or (
            bool(re.fullmatch("h[1-6]", element.name))
        )

    def element(self, element: _Element) -> str:
        name = element.name
        if name in _LEFT_OUT or element.classes & _LEFT_OUT_CLASSES:
            return ""
        if name == "math":
            tex = element.attributes.get("alttext", "")
            return f"$${tex}$$" if element.attributes.get("display") == "block" else f"${tex}$"
        if name == "svg":
            label = element.attributes.get("aria-label", "")
            return f"[Figure: {label}]" if label else ""
        if name in ("strong", "b", "em", "i"):
            mark = "**" if name in ("strong", "b") else "*"
            words = self.inline(element).strip()
            return f"{mark}{words}{mark}" if words else ""
        if name == "code":
            return f"`{_text(element)}`"
        if name == "pre":
            return f"```\n{_text(element).rstrip()}\n```"
        if name == "a":
            words = self.inline(element).strip()
            return f"[{words}]({urljoin(self.here, element.attributes.get('href', ''))})"
        if name == "br":
            return " "
        if level := re.fullmatch("h([1-6])", name):
            return f"{'#' * int(level[1])} {self.inline(element).strip()}"
        return self._block(element)

    def _block(self, element: _Element) -> str:
        name = element.name
        if name in ("ul", "ol"):
            items = [c for c in element.children if isinstance(c, _Element) and c.name == "li"]
            marks = [f"{i}. " if name == "ol" else "- " for i in range(1, len(items) + 1)]
            return "\n".join(
                _prefixed(self.blocks(item), mark, " " * len(mark))
                for item, mark in zip(items, marks, strict=True)
            )
        if name == "table":
            return self._table(element)
        if name == "blockquote" or "claim" in element.classes:
            label = "**Claim.** " if "claim" in element.classes else ""
            return _prefixed(label + self.blocks(element), "> ", "> ")
        if name == "dt":
            return f"**{self.inline(element).strip()}**"
        if name == "summary":
            return f"*{self.inline(element).strip()}*"
        if name == "p" or (name == "figcaption" and not element.children):
            return self.inline(element).strip()
        if name == "hr":
            return "---"
        return self.blocks(element) if self.is_block(element) else self.inline(element)

    def _table(self, table: _Element) -> str:
        rows: list[list[str]] = []

        def collect(element: _Element) -> None:
            for child in element.children:
                if not isinstance(child, _Element):
                    continue
                if child.name == "tr":
                    cells = [c for c in child.children if isinstance(c, _Element)]
                    texts = (re.sub(r"\s+", " ", self.blocks(c)).strip() for c in cells)
                    rows.append([text.replace("|", r"\|") for text in texts])
                elif child.name != "caption":
                    collect(child)

        collect(table)
        if not rows:
            return ""
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def markdown_of(body: str, here: str = "") -> str:
    """Return the text of a page as Markdown, its links told from the address `here`."""
    tree = _Tree()
    tree.feed(body)
    return re.sub(r"\n{3,}", "\n\n", _Writer(here).blocks(tree.open[0])).strip() + "\n"


def twin_of(pagename: str) -> str:
    """Return the address of a page's twin."""
    return f"{pagename}.md"


def llms_txt(title: str, about: str, groups: Mapping[str, Iterable[tuple[str, str, str]]]) -> str:
    """Return `llms.txt`: the book in a paragraph, and for each page its twin and what it says."""
    lines = [f"# {title}", "", f"> {' '.join(about.split())}"]
    for group, pages in groups.items():
        lines += ["", f"## {group}", ""]
        lines += [f"- [{name}]({address}): {words}" for name, address, words in pages]
    return "\n".join(lines) + "\n"


def _write(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    if doctree is None or app.builder.name != "html":
        return
    base, config = app.config.html_baseurl, app.config
    url = base and base + app.builder.get_target_uri(pagename)
    head = f"<!-- {config.project}, version {config.version}; CC BY 4.0{url and '; '}{url} -->\n\n"
    path = Path(app.outdir) / twin_of(pagename)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(head + markdown_of(context["body"], url), encoding="utf-8")
    context["twin"] = context["pathto"](twin_of(pagename), 1)


def _note_description(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what a page says of itself: a build that reads nothing then loads no tree for it."""
    found = [n["content"] for n in doctree.findall(nodes.meta) if n.get("name") == "description"]
    if found:
        app.env.metadata[app.env.docname][_DESCRIPTION] = found[0]


def _describe(app: Sphinx, name: str) -> str:
    return app.env.metadata[name].get(_DESCRIPTION) or app.env.titles[name].astext()


def _finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    site, base = Path(app.outdir), app.config.html_baseurl
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for name in app.env.collect_relations():
        room = name.removeprefix("book/").partition("/")[0]
        group = {"answers": "Answers", "library": "Library"}.get(room, "Chapters and lists")
        title = app.env.titles[name].astext()
        groups.setdefault(group, []).append((title, base + twin_of(name), _describe(app, name)))
    publication = getattr(app.config, "offcenter_publication", None)
    about = publication.abstract if publication else _describe(app, app.config.root_doc)
    text = llms_txt(app.config.project, about, groups)
    (site / "llms.txt").write_text(text, encoding="utf-8")
    # A page that left the book takes its twin along.
    kept = {site / twin_of(name) for name in app.env.found_docs}
    for path in {*site.glob("*.md"), *site.glob("book/**/*.md")} - kept:
        path.unlink()


def setup(app: Sphinx) -> dict[str, bool]:
    """Write each twin with its page, and the list when all are written."""
    app.connect("doctree-read", _note_description)
    app.connect("html-page-context", _write, priority=910)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
