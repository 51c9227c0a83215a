"""What lies beside the pages: headers, sitemap, not-found page, redirects, and the social card.

Without a public address there is no sitemap, and a page names the card by its place beside it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from offcenter_site.build.scripts import short
from offcenter_site.movable.directive import EMBEDDED
from offcenter_site.movable.embedded import names as embedded_names
from offcenter_site.pages.downloads import FOLDER as TAKE_ALONG
from offcenter_site.theme.card import HEIGHT, WIDTH, card_name, draw_card
from offcenter_site.theme.policy import headers
from offcenter_site.theme.styles import styles_in

logger = logging.getLogger(__name__)

# Of the files beside the pages, those that are this theme's.
OWN = Path(__file__).parent / "offcenter" / "static"


def base_path(address: str) -> str:
    """Return the path under which the site lives, with a slash at both ends."""
    return "/" + (urlsplit(address).path.strip("/") + "/").lstrip("/")


def sitemap(address: str, pages: list[str]) -> str:
    """Return the sitemap of `pages`, paths under `address`, as XML."""
    entries = "".join(f"<url><loc>{escape(address + page)}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    )


def redirect_page(target: str, root: str) -> str:
    """Return a page that leads to `target`, for hosts that do not read `_redirects`.

    The script, at `root`, keeps the place within the page, which a refresh would forget.
    """
    target = escape(target)
    lines = [
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Moved</title>',
        '<meta name="robots" content="noindex">',
        f'<script src="{root}_static/moved.js" data-to="{target}"></script>',
        f'<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript></head>',
        f'<body><p>This page is now <a href="{target}">here</a>.</p></body></html>',
    ]
    return "\n".join(lines) + "\n"


def social_tags(title: str, description: str, card: str, url: str) -> str:
    """Return the Open Graph tags of a page, with its address if it has one."""
    tags = {
        "og:type": "article",
        "og:title": title,
        "og:description": description,
        "og:image": card,
        "og:image:width": str(WIDTH),
        "og:image:height": str(HEIGHT),
        "og:image:alt": "The name of the book over a path that zig-zags down a long valley.",
    }
    tags |= {"og:url": url} if url else {}
    lines = [f'<meta property="{name}" content="{escape(text)}">' for name, text in tags.items()]
    return "\n".join([*lines, '<meta name="twitter:card" content="summary_large_image">'])


def _describe(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    context["social"] = ""
    if doctree is None:
        return
    descriptions = [
        node["content"] for node in doctree.findall(nodes.meta) if node.get("name") == "description"
    ]
    title, address = app.env.titles[pagename].astext(), app.config.html_baseurl
    # Networks want a whole address; without one, some still find the card beside the page.
    file = f"_static/{card_name(app.config.project)}"
    card = address + file if address else context["pathto"](file, 1)
    url = address and address + app.builder.get_target_uri(pagename)
    context["social"] = Markup(social_tags(title, (descriptions or [title])[0], card, url))


def _not_found(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    if app.builder.name == "html":
        base = base_path(app.config.html_baseurl)
        chapters = [
            (app.builder.get_target_uri(name), app.env.titles[name].astext())
            for name in app.env.collect_relations()
        ]
        yield "404", {"title": "Not found", "base": base, "pages": chapters}, "404.html"


def _root_addresses(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    # The host shows this page at any address, so its own links start at the root of the site.
    if pagename == "404":
        relative = context["pathto"]
        context["pathto"] = lambda *args, **options: context["base"] + relative(*args, **options)


def _sweep(app: Sphinx) -> None:
    """Remove what is not of this build: pages that left the book, redirects, pictures, scripts."""
    site = Path(app.outdir)
    names = {*app.env.found_docs, *embedded_names(app), "genindex", "search", "404"}
    # Only called where the builder is "html".
    builder = cast(StandaloneHTMLBuilder, app.builder)
    pages = {Path(builder.get_outfilename(name)) for name in names}
    for path in site.rglob("*.html"):
        if path.relative_to(site).parts[0] not in ("_static", TAKE_ALONG) and path not in pages:
            path.unlink()
    text = "\n".join(page.read_text("utf-8") for page in sorted(pages) if page.is_file())
    for folder in ("_images", "_downloads", "_static/figures"):
        for path in (site / folder).rglob("*"):
            if path.is_file() and path.name not in text:
                path.unlink()
    _remove_empty(site)


def _remove_empty(site: Path) -> None:
    for folder in sorted((path for path in site.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _start_afresh(app: Sphinx) -> None:
    """Let Sphinx copy its static files into a folder without those of an earlier build."""
    if app.builder.name != "html":
        return
    builder = cast(StandaloneHTMLBuilder, app.builder)
    static = Path(app.outdir) / "_static"
    kept = {"figures", card_name(app.config.project)}
    copy = builder.copy_static_files

    def copy_anew() -> None:
        for path in static.glob("*"):
            if path.is_dir() and path.name not in kept:
                shutil.rmtree(path)
            elif path.name not in kept:
                path.unlink()
        copy()
        for path in OWN.glob("*.js"):
            text = short(path.read_text(encoding="utf-8"))
            (static / path.name).write_text(text, encoding="utf-8")

    # Sphinx has no event between the reading of pages and the copying of files.
    vars(builder)["copy_static_files"] = copy_anew


def _alone(site: Path, base: str) -> list[str]:
    """Return the paths of all that no other site may frame: all but the bare figures."""
    paths = [base]
    for path in sorted(site.iterdir()):
        if path.is_dir() and path.name not in (EMBEDDED, "_static"):
            paths.append(f"{base}{path.name}/*")
        elif path.suffix == ".html":
            # Some hosts leave the ending out.
            paths += [f"{base}{path.name}", f"{base}{path.stem}"]
    return paths


def _write(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    site, address = Path(app.outdir), app.config.html_baseurl
    _sweep(app)
    card = site / "_static" / card_name(app.config.project)
    if not card.exists():
        draw_card(card, app.config.project)
    pages = [app.builder.get_target_uri(name) for name in app.env.collect_relations()]
    if address:
        (site / "sitemap.xml").write_text(sitemap(address, pages), encoding="utf-8")
        (site / "robots.txt").write_text(
            f"User-agent: *\nAllow: /\nSitemap: {address}sitemap.xml\n", encoding="utf-8"
        )
    lines = []
    for old, new in sorted(app.config.offcenter_redirects.items()):
        if not (site / new).is_file() or (site / old).exists():
            logger.warning("redirect from %s to %s: from a page that was to one that is", old, new)
            continue
        (site / old).parent.mkdir(parents=True, exist_ok=True)
        root = "../" * old.count("/")
        (site / old).write_text(redirect_page(root + new, root), encoding="utf-8")
        base = base_path(address)
        lines.append(f"{base}{old} {base}{new} 301")
    (site / "_redirects").unlink(missing_ok=True)
    if lines:
        (site / "_redirects").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_headers(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    # Of all pages, not only of those that this build wrote anew.
    styles = {s for page in site.rglob("*.html") for s in styles_in(page.read_text("utf-8"))}
    alone = _alone(site, base_path(app.config.html_baseurl))
    (site / "_headers").write_text(headers(styles, alone), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the files at the end of the build of the site."""
    app.add_config_value("offcenter_redirects", {}, "html", types=(dict,))
    app.connect("html-collect-pages", _not_found)
    app.connect("html-page-context", _describe)
    app.connect("html-page-context", _root_addresses, priority=100)
    app.connect("builder-inited", _start_afresh)
    app.connect("build-finished", _write)
    # When all folders of the site are there, those of the notebooks too.
    app.connect("build-finished", _write_headers, priority=750)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
