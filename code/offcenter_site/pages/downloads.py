"""Links to what can be taken along, on the pages that it is made from.

Every build has the notebooks; the other files come with `make take-along`, and their links too.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from offcenter_site.build.publication import Publication
from offcenter_site.pages.claims import claim_box

VARIABLE = "OFFCENTER_TAKE_ALONG"
FOLDER = "take-along"
NOTEBOOKS = "notebooks"
WHOLE = "off-center"

_BOOK = {
    "PDF of the whole book": f"{WHOLE}.pdf",
    "EPUB": f"{WHOLE}.epub",
    "slides, one a claim": "slides/index.html",
    "figures as SVG, PDF and PNG": f"{WHOLE}-figures.zip",
    "the site, for reading offline": f"{WHOLE}-site.zip",
}


# A branch with the notebooks and the wheel (`.github/workflows/site.yml`), where both find them.
_RUN = {
    "Colab": "https://colab.research.google.com/github/{place}/blob/notebooks/{file}",
    "Binder": "https://mybinder.org/v2/gh/{place}/notebooks?labpath={file}",
}
_FORGE = "https://github.com/"


def notebook_name(docname: str) -> str:
    """Return the name of the notebook of a page."""
    return f"{docname.rpartition('/')[2]}.ipynb"


def notebooks_of(env: BuildEnvironment) -> dict[str, bool]:
    """Return the pages that have a notebook, as keys: those that run something or argue a claim."""
    return vars(env).setdefault("offcenter_notebooks", {})


def _read(app: Sphinx, doctree: nodes.document) -> None:
    runs = any("cell" in box["classes"] for box in doctree.findall(nodes.container))
    if runs or any(doctree.findall(claim_box)):
        notebooks_of(app.env)[app.env.docname] = True


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    notebooks_of(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    notebooks_of(env).update({name: True for name in notebooks_of(other) if name in docnames})


def _folder(app: Sphinx) -> Path | None:
    value = os.environ.get(VARIABLE)
    return Path(value) if value else None


def _note_files(app: Sphinx, config: Config) -> None:
    # The names, not the folder: what is made of the same files is the same anywhere.
    folder = _folder(app)
    names = sorted(path.name for path in folder.iterdir()) if folder is not None else []
    config.offcenter_take_along = " ".join(names)


def run_links(publication: Publication, docname: str) -> list[tuple[str, str]]:
    """Return where the notebook of a page can be run, if the source has a public address."""
    if not publication.repository.startswith(_FORGE):
        return []
    place = publication.repository.removeprefix(_FORGE).strip("/").removesuffix(".git")
    file = notebook_name(docname)
    return [(name, address.format(place=place, file=file)) for name, address in _RUN.items()]


def _add_links(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    if doctree is None or app.builder.name != "html":
        return
    folder, links = _folder(app), []
    pdf = f"{pagename.rpartition('/')[2]}.pdf"
    if folder is not None and (folder / pdf).exists():
        links.append(("PDF", f"{FOLDER}/{pdf}"))
    if pagename in notebooks_of(app.env):
        links.append(("notebook", f"{NOTEBOOKS}/{notebook_name(pagename)}"))
        context["run_links"] = run_links(app.config.offcenter_publication, pagename)
    context["downloads"] = links


class downloads(nodes.General, nodes.Element):
    """The place of the list; filled when the page is written, so that no page is read for it."""


class DownloadsDirective(SphinxDirective):
    """The list of what can be taken along."""

    def run(self) -> list[nodes.Node]:
        """Return the place of the list."""
        return [downloads()]


def _item(label: str, address: str) -> nodes.list_item:
    link = nodes.reference("", label, refuri=address, internal=False)
    return nodes.list_item("", nodes.paragraph("", "", link))


def _list(app: Sphinx, docname: str) -> list[nodes.Node]:
    up, folder = "../" * docname.count("/"), _folder(app)
    items = nodes.bullet_list()
    if folder is not None:
        wheels = {f"the package: {path.name}": path.name for path in folder.glob("*.whl")}
        for label, file in {**_BOOK, **wheels}.items():
            items += _item(label, f"{up}{FOLDER}/{file}")
    notebooks = nodes.bullet_list()
    for name in app.env.collect_relations():
        if name in notebooks_of(app.env):
            address = f"{up}{NOTEBOOKS}/{notebook_name(name)}"
            notebooks += _item(app.env.titles[name].astext(), address)
    if notebooks.children:
        items += nodes.list_item("", nodes.paragraph("", "notebooks:"), notebooks)
    return [items] if items.children else []


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for node in list(doctree.findall(downloads)):
        # Only the site has the files beside it.
        node.replace_self(_list(app, docname) if app.builder.name == "html" else [])


def _copy_files(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    folder, copy = _folder(app), Path(app.outdir) / FOLDER
    # Files of an earlier build are not of these pages.
    if copy.exists():
        shutil.rmtree(copy)
    if folder is not None:
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.ipynb"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the links and copy the files."""
    # An "html" setting: pages are written again when it changes.
    app.add_config_value("offcenter_take_along", "", "html", types=(str,))
    app.connect("config-inited", _note_files)
    app.connect("doctree-read", _read)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.add_node(downloads)
    app.add_directive("downloads", DownloadsDirective)
    app.connect("doctree-resolved", _fill)
    app.connect("html-page-context", _add_links)
    app.connect("build-finished", _copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
