"""Links to the files that `make take-along` makes, on the pages that they are made from.

A plain build has none of the files and so no links.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

VARIABLE = "OFFCENTER_TAKE_ALONG"
FOLDER = "take-along"
WHOLE = "off-center"

_CHAPTER = {"PDF": "{name}.pdf", "notebook": "{name}.ipynb"}
_BOOK = {
    "PDF of the whole book": f"{WHOLE}.pdf",
    "EPUB": f"{WHOLE}.epub",
    "slides, one a claim": "slides/index.html",
    "figures as SVG, PDF and PNG": f"{WHOLE}-figures.zip",
    "the site, for reading offline": f"{WHOLE}-site.zip",
}


def _folder(config: Config) -> Path | None:
    value = config.offcenter_take_along
    return Path(value) if value else None


def _note_folder(app: Sphinx, config: Config) -> None:
    config.offcenter_take_along = os.environ.get(VARIABLE, "")


def _add_links(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    folder, name = _folder(app.config), pagename.rpartition("/")[2]
    if folder is not None and doctree is not None:
        files = {label: pattern.format(name=name) for label, pattern in _CHAPTER.items()}
        context["downloads"] = [
            (label, f"{FOLDER}/{file}") for label, file in files.items() if (folder / file).exists()
        ]


class downloads(nodes.General, nodes.Element):
    """The place of the list; filled when the page is written, so that no page is read for it."""


class DownloadsDirective(SphinxDirective):
    """The list of what can be taken along, or the command that makes it."""

    def run(self) -> list[nodes.Node]:
        """Return the place of the list."""
        return [downloads()]


def _list(folder: Path | None, docname: str) -> nodes.Node:
    if folder is None:
        text = "This build has no files to take along; the command make take-along makes them."
        return nodes.paragraph("", text)
    up = "../" * docname.count("/")
    wheels = {f"the package: {path.name}": path.name for path in folder.glob("*.whl")}
    items = []
    for label, file in {**_BOOK, **wheels}.items():
        link = nodes.reference("", label, refuri=f"{up}{FOLDER}/{file}", internal=False)
        items.append(nodes.list_item("", nodes.paragraph("", "", link)))
    return nodes.bullet_list("", *items)


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(downloads)):
        node.replace_self(_list(_folder(app.config), docname))


def _copy_files(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    folder, copy = _folder(app.config), Path(app.outdir) / FOLDER
    # Files of an earlier build are not of these pages.
    if copy.exists():
        shutil.rmtree(copy)
    if folder is not None:
        shutil.copytree(folder, copy)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the links and copy the files."""
    # An "html" setting: pages are written again when it changes.
    app.add_config_value("offcenter_take_along", "", "html", types=(str,))
    app.connect("config-inited", _note_folder)
    app.add_node(downloads)
    app.add_directive("downloads", DownloadsDirective)
    app.connect("doctree-resolved", _fill)
    app.connect("html-page-context", _add_links)
    app.connect("build-finished", _copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
