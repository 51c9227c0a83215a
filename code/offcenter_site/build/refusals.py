"""What no page may hold: raw HTML, a picture without words, anything loaded from another host.

A source that has it is named with its line when it is read.  The written pages are looked through
as well, whatever put it there: a setting, a theme, another extension, the output of a cell.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from offcenter_site.pages.examples import drawing_box
from offcenter_site.theme.policy import HEAD_SCRIPT
from offcenter_site.theme.styles import styles_in

logger = logging.getLogger(__name__)

_SHOWN = 40
_LOOKED = "looked-through.txt"
_ELSEWHERE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)

_ATTRIBUTE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TAG = re.compile(r"""<([a-z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""", re.IGNORECASE)
_FRAMES = {"iframe", "frame", "object", "embed", "portal", "base"}
_LOADING = {"src", "srcset", "poster", "data", "background", "xlink:href"}
# `link` also names what is not loaded: the page before, the page's own address.
_NOT_LOADED = {"prev", "next", "canonical", "license", "author", "search", "index", "up"}
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_URL = re.compile(
    r"""(?:url\(\s*|@import\s+)["']?((?:[a-z][a-z0-9+.-]*:)?//[^"')\s;]*)""", re.IGNORECASE
)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def faults_of_source(doctree: nodes.document) -> Iterator[tuple[nodes.Node, str]]:
    """Give each place of a page that has just been read where something may not stand, and why."""
    for raw in doctree.findall(nodes.raw):
        words = raw.astext().strip()
        # The drawings of examples are the library's own, and a hard break is Markdown.
        own = isinstance(raw.parent, drawing_box) or words == "<br />"
        if "html" in raw.get("format", "").split() and not own:
            yield raw, f"raw HTML is not taken, write it in Markdown: {_short(words)}"
    for image in doctree.findall(nodes.image):
        uri = image["uri"]
        if _ELSEWHERE.match(uri):
            yield image, f"image on another host, keep it beside the page: {uri}"
        # An SVG brings its own words, which are looked at when it is put into the page.
        elif not uri.endswith((".svg", ".*")) and not image.get("alt", "").strip():
            yield image, f"image without a text alternative: {uri}"


def _tag_faults(html: str) -> Iterator[str]:
    for match in _TAG.finditer(html):
        tag, inside = match[1].lower(), match[2]
        if tag in _FRAMES:
            yield f"<{tag}>"
        if "=" not in inside:
            continue
        found = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(inside)}
        for name, value in found.items():
            if re.fullmatch(r"on[a-z]+", name):
                yield f"{name}= in <{tag}>"
            elif value.lstrip().lower().startswith("javascript:"):
                yield f"a script as an address in <{tag}>"
            elif name in _LOADING and any(map(_ELSEWHERE.match, value.split(","))):
                yield f"<{tag}> loads {value}"
        loads = tag == "link" and not set(found.get("rel", "").lower().split()) <= _NOT_LOADED
        if (loads or tag in ("image", "use")) and _ELSEWHERE.match(found.get("href", "")):
            yield f"<{tag}> loads {found['href']}"


def faults_of_page(html: str) -> Iterator[str]:
    """Say what stands in a written page and may not, or would be loaded from another host."""
    for attributes, text in _SCRIPT.findall(html):
        kind = re.search(r'type="([^"]*)"', attributes)
        if text.strip() and text != HEAD_SCRIPT and not (kind and kind[1].endswith("json")):
            yield f"a script within the page: {_short(text)}"
    # Neither scripts nor styles have tags.
    body = re.sub(r"(<(script|style)\b[^>]*>).*?</\2>", r"\1", html, flags=re.DOTALL)
    yield from _tag_faults(body)
    for style in styles_in(html):
        yield from faults_of_style(style)


def faults_of_style(css: str) -> Iterator[str]:
    """Say what a style sheet would load from another host."""
    for address in _URL.findall(css):
        yield f"a style loads {address}"


def _read(app: Sphinx, doctree: nodes.document) -> None:
    for node, fault in faults_of_source(doctree):
        # A picture in a line knows its file alone, the line around it where it stands.
        while not node.line and node.parent is not None:
            node = node.parent
        logger.warning("%s", fault, location=node, type="refused")


def _look_through(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    # Only called where the builder is "html".
    builder = cast(StandaloneHTMLBuilder, app.builder)
    looked = Path(app.doctreedir) / _LOOKED
    # A page in which this code has found nothing holds nothing: it is known by its bytes.
    state = str(app.config.offcenter_site_code)
    known = set(looked.read_text("utf-8").split()) if looked.is_file() else set()
    good: set[str] = set()
    for name in sorted(app.env.found_docs):
        text = Path(builder.get_outfilename(name)).read_bytes()
        mark = hashlib.sha256(state.encode() + text).hexdigest()
        faults = [] if mark in known else list(faults_of_page(text.decode("utf-8")))
        for fault in faults:
            logger.warning("%s", fault, location=name, type="refused")
        if not faults:
            good.add(mark)
    if good != known:
        looked.write_text("\n".join(sorted(good)), "utf-8")
    for sheet in sorted(site.rglob("_static/**/*.css")):
        for fault in faults_of_style(sheet.read_text(encoding="utf-8")):
            logger.warning("%s", fault, location=str(sheet), type="refused")


def setup(app: Sphinx) -> dict[str, bool]:
    """Look at each page when it is read, and at all of them when they are written."""
    # After the numbers of claims stand in the tree, before Sphinx collects its pictures.
    app.connect("doctree-read", _read, priority=300)
    app.connect("build-finished", _look_through, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
