"""How each chapter and each answer is cited: tags for Google Scholar, JSON-LD, and a box.

The box holds BibTeX, RIS and APA.  While the book has no public address none of these holds one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath

from docutils import nodes
from pybtex.backends import plaintext
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.output import bibtex as output
from pybtex.plugin import register_plugin
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from offcenter_site.build.publication import Publication
from offcenter_site.pages.answers import is_answer

LICENSE = "https://creativecommons.org/licenses/by/4.0/"
FOLDER = "cite"


@dataclass(frozen=True)
class Work:
    """What is cited: the whole book (no page), one chapter of it, or one answer (no number)."""

    publication: Publication
    title: str
    number: str
    page: str

    @property
    def is_part(self) -> bool:
        """Whether this is a chapter or an answer rather than the whole."""
        return bool(self.page)

    @property
    def what(self) -> str:
        """The word for it."""
        return "chapter" if self.number else "answer" if self.is_part else "book"

    @property
    def url(self) -> str:
        """The public address of the page, or nothing."""
        return self.publication.url and self.publication.url + self.page

    @property
    def key(self) -> str:
        """The key of the BibTeX entry."""
        return f"offcenter-{PurePosixPath(self.page).stem}" if self.is_part else "offcenter"


def bibtex(work: Work) -> str:
    """Return a BibTeX entry: @incollection for a part, @book for the whole."""
    publication = work.publication
    fields = {"title": f"{{{work.title}}}", "year": str(publication.released.year)}
    if work.is_part:
        fields |= {"booktitle": f"{{{publication.title}}}"}
        fields |= {"chapter": work.number} if work.number else {}
    fields |= {"edition": f"Version {publication.version}"}
    if work.url:
        fields["url"] = work.url
    # A name that is no person's stays in one piece.
    people = [Person(last=f"{{{author}}}") for author in publication.authors]
    kind = "incollection" if work.is_part else "book"
    entry = Entry(kind, fields=fields, persons={"author": people})
    return BibliographyData({work.key: entry}).to_string("bibtex").strip()


def ris(work: Work) -> str:
    """Return a RIS record: CHAP for a part, BOOK for the whole."""
    publication = work.publication
    lines = [("TY", "CHAP" if work.is_part else "BOOK")]
    lines += [("AU", author) for author in publication.authors]
    lines += [("TI", work.title)]
    if work.is_part:
        lines += [("T2", publication.title)]
        lines += [("SE", work.number)] if work.number else []
    lines += [("PY", str(publication.released.year)), ("DA", f"{publication.released:%Y/%m/%d}")]
    lines += [("ET", publication.version)]
    lines += [("UR", work.url)] if work.url else []
    return "\r\n".join(f"{tag}  - {value}" for tag, value in [*lines, ("ER", "")]) + "\r\n"


def apa(work: Work) -> str:
    """Return the reference in the style of the APA, as HTML."""
    publication = work.publication
    authors = escape(" & ".join(publication.authors))
    whole = f"<em>{escape(publication.title)}</em> (Version {escape(publication.version)}"
    year = publication.released.year
    if work.is_part:
        # A question has its own mark at its end.
        title = escape(work.title) + ("" if work.title.endswith("?") else ".")
        chapter = f", chapter {work.number}" if work.number else ""
        text = f"{authors}. ({year}). {title} In {whole}{chapter})."
    else:
        text = f"{authors}. ({year}). {whole})."
    return f"{text} {escape(work.url)}".strip()


def meta_tags(work: Work) -> str:
    """Return the `citation_*` tags of the page, as Google Scholar reads them."""
    publication = work.publication
    pairs = [("citation_title", work.title)]
    pairs += [("citation_author", author) for author in publication.authors]
    pairs += [("citation_publication_date", f"{publication.released:%Y/%m/%d}")]
    pairs += [("citation_inbook_title", publication.title)] if work.is_part else []
    pairs += [("citation_language", "en")]
    pairs += [("citation_public_url", work.url)] if work.url else []
    return "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in pairs)


def json_ld(work: Work) -> str:
    """Return the schema.org description of the page in its `script` element."""
    publication = work.publication
    book = {
        "@type": "Book",
        "name": publication.title,
        "author": [{"@type": "Organization", "name": author} for author in publication.authors],
        "version": publication.version,
        "datePublished": publication.released.isoformat(),
        "inLanguage": "en",
        "license": LICENSE,
        "description": publication.abstract,
    }
    if work.is_part:
        whole = {key: book[key] for key in ("@type", "name", "version")}
        shared = {key: book[key] for key in ("author", "datePublished", "inLanguage", "license")}
        kind = "Chapter" if work.number else "Article"
        data = {"@type": [kind, "LearningResource"], "name": work.title, **shared}
        data |= {"isPartOf": whole}
        data |= {"position": work.number} if work.number else {}
    else:
        data = book
    if work.url:
        data["url"] = work.url
    # "</" would end the element early.
    text = json.dumps({"@context": "https://schema.org", **data}).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def work_of(app: Sphinx, pagename: str) -> Work | None:
    """Return what is cited on a page: the whole on the first, a chapter, an answer, or nothing."""
    publication: Publication = app.config.offcenter_publication
    if pagename == app.config.root_doc:
        return Work(publication, publication.title, "", "")
    # Only numbered pages are chapters.
    numbers = app.env.toc_secnumbers.get(pagename, {})
    if not numbers.get("") and not is_answer(pagename):
        return None
    number = ".".join(map(str, numbers.get("") or ()))
    page = app.builder.get_target_uri(pagename)
    return Work(publication, app.env.titles[pagename].astext(), number, page)


def _add_citation(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    context["publication"] = app.config.offcenter_publication
    work = work_of(app, pagename) if doctree is not None else None
    # Other builders than the site's have no use for it.
    if work is None or app.builder.name != "html":
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(exist_ok=True)
    for suffix, text in (("bib", bibtex(work)), ("ris", ris(work))):
        (folder / f"{work.key}.{suffix}").write_text(text, encoding="utf-8", newline="")
    context["metatags"] = "\n".join(
        [context.get("metatags", ""), meta_tags(work), json_ld(work)]
    ).strip()
    context["citation"] = {
        "what": work.what,
        "apa": apa(work),
        "bibtex": bibtex(work),
        "ris": ris(work),
        "file": f"{FOLDER}/{work.key}",
    }


def _remove_old(app: Sphinx, exception: Exception | None) -> None:
    # A chapter that left the book takes its files along.
    if exception is not None or app.builder.name != "html":
        return
    works = [work_of(app, name) for name in app.env.found_docs]
    keys = {work.key for work in works if work is not None}
    for path in (Path(app.outdir) / FOLDER).glob("*"):
        if path.stem not in keys:
            path.unlink()


def _register(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Name to pybtex what it would else look for in all installed packages, at each citation."""
    if docnames:
        register_plugin("pybtex.backends", "plaintext", plaintext.Backend, force=True)
        register_plugin("pybtex.database.output", "bibtex", output.Writer, force=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the citation to each page of the site."""
    app.connect("env-before-read-docs", _register)
    app.connect("html-page-context", _add_citation)
    app.connect("build-finished", _remove_old)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
