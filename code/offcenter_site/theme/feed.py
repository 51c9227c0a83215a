"""The changelog as an Atom feed, an entry a version, for those who cite; needs a public address."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from sphinx.application import Sphinx

from offcenter_site.build.publication import Publication

FEED, SOURCE = "changelog.xml", "CHANGELOG.md"
_VERSION = re.compile(
    r"^## (\S+) \((\d{4}-\d\d-\d\d)\)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL
)


def atom(changelog: str, publication: Publication) -> str:
    """Return the feed of the versions that `changelog` dates.

    Raises
    ------
    ValueError
        If it has no line such as "## 2.0.0 (2026-11-28)".
    """
    versions = _VERSION.findall(changelog)
    if not versions:
        raise ValueError(f"{SOURCE} must have a line such as '## 2.0.0 (2026-11-28)'")
    url = publication.url
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(publication.title)}: changes</title>",
        f"<id>{escape(url)}</id>",
        f'<link href="{escape(url)}"/>',
        f'<link rel="self" type="application/atom+xml" href="{escape(url)}{FEED}"/>',
        f"<updated>{versions[0][1]}T00:00:00Z</updated>",
        *(f"<author><name>{escape(name)}</name></author>" for name in publication.authors),
    ]
    for version, day, words in versions:
        lines += [
            "<entry>",
            f"<title>{escape(publication.title)} {escape(version)}</title>",
            f"<id>{escape(url)}#{escape(version)}</id>",
            f'<link href="{escape(url)}"/>',
            f"<updated>{day}T00:00:00Z</updated>",
            f"<content>{escape(words.strip())}</content>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>"]) + "\n"


def _has_feed(app: Sphinx) -> bool:
    # The publication has the address; a book without one has neither.
    known = getattr(app.config, "offcenter_publication", None)
    return bool(known and known.url) and (Path(app.confdir) / SOURCE).is_file()


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    path = Path(app.outdir) / FEED
    path.unlink(missing_ok=True)
    if _has_feed(app):
        changes = (Path(app.confdir) / SOURCE).read_text(encoding="utf-8")
        path.write_text(atom(changes, app.config.offcenter_publication), encoding="utf-8")


def _link(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: object | None
) -> None:
    if _has_feed(app):
        context["feed"] = app.config.offcenter_publication.url + FEED


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the feed when all is built, and name it on each page."""
    app.connect("html-page-context", _link)
    app.connect("build-finished", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
