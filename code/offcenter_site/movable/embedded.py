"""A bare page for each movable figure, which other sites may frame: the figure, and a way back.

It is taken from the page of the figure, as that was written, so that both are always the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from sphinx.application import Sphinx

from offcenter_site.movable.directive import EMBEDDED, SOURCES, movables, pages_of, script, style

_FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)
_ELSEWHERE = re.compile(
    r'<script\b.*?</script>|<style>.*?</style>|<a class="headerlink".*?</a>'
    r'|<details class="movable-embed">.*?</details>|<a data-link .*?</a>',
    re.DOTALL,
)
_CAPTION = re.compile(r"<figcaption>.*?</figcaption>", re.DOTALL)
_LINK = re.compile(r"</?a\b[^>]*>")

_STYLE = SOURCES / "embedded.css"


def names(app: Sphinx) -> list[str]:
    """Return the names of the pages that may be framed, as the builder calls pages."""
    return [f"{EMBEDDED}/{name}" for found in pages_of(app.env).values() for name in found]


def _figure_of(page: str, name: str) -> str | None:
    return next((f for f in _FIGURE.findall(page) if f'data-movable="{name}"' in f), None)


def bare_figure(page: str, name: str, back: str, words: str) -> str:
    """Return the movable figure `name` of a written page, with a link to `back` for its own.

    The caption keeps the words of its links only: they lead from the page of the figure.
    """
    figure = _figure_of(page, name)
    assert figure is not None, "the page has the figure"
    figure = _ELSEWHERE.sub("", figure)
    figure = _CAPTION.sub(lambda caption: _LINK.sub("", caption[0]), figure)
    target = re.search(r'data-figure="([^"]*)"', figure)
    assert target is not None, "the controls name their figure"
    home = (
        f'<p class="movable-home"><a data-link data-home="{escape(back)}"'
        f' href="{escape(back)}#{target[1]}" target="_blank" rel="noopener">'
        f"{escape(words)}</a></p>\n"
    )
    # Beside the controls, not within: without a script there are none.
    return re.sub("(?=<figcaption>|</figure>)", lambda _: home, figure, count=1)


def _pages(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    if app.builder.name != "html":
        return
    for docname, found in pages_of(app.env).items():
        site, address = Path(app.outdir), app.builder.get_target_uri(docname)
        page = (site / address).read_text(encoding="utf-8")
        title = app.env.titles[docname].astext()
        words = app.config.project if docname == app.config.root_doc else title
        for name in found:
            if _figure_of(page, name) is None:
                continue  # its printed figure is missing, which is told where the page is written
            bare = site / EMBEDDED / f"{name}.html"
            if bare.exists() and bare.stat().st_mtime >= (site / address).stat().st_mtime:
                continue
            figure = bare_figure(page, name, f"../{address}", f"From {app.config.project}: {words}")
            styles = style() + _STYLE.read_text(encoding="utf-8")
            body = f"<style>{styles}</style>\n{figure}{script([name], '../', site)}"
            label = movables()[name].label
            heading = label[0].upper() + label[1:]
            yield f"{EMBEDDED}/{name}", {"title": heading, "body": body}, "figure.html"


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages when those of the book are written."""
    app.connect("html-collect-pages", _pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
