"""The builder `notebooks`: each executable page as a notebook that runs with the package alone.

The text is what the site shows, with numbers, citations and references resolved, as Markdown.
The first cell says what to install; if the page argues claims, the last one checks them.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbformat
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.application import Sphinx
from sphinx_markdown_builder.builder import MarkdownBuilder
from sphinx_markdown_builder.translator import MarkdownTranslator

from offcenter_site.pages.claims import claim_box
from offcenter_site.pages.downloads import FOLDER as TAKE_ALONG
from offcenter_site.pages.downloads import NOTEBOOKS, notebook_name, notebooks_of

_BREAK = "@@code-cell@@"
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

ABOUT = """\
> This notebook is the chapter *{title}* of *{book}*, version {version}.
> Text and figures are under CC BY 4.0, the code is under MIT.
> It needs one package, the wheel that comes with the book:
> `pip install {wheel}`.
"""

INSTALL = """\
# Installs the package of the book where it is missing: the wheel beside this notebook.
from importlib.util import find_spec

if find_spec("offcenter") is None:
    %pip install --quiet {wheel}
"""

# A wheel beside the notebook goes first: it needs no network.
INSTALL_FROM_SITE = """\
# Installs the package of the book where it is missing: a wheel beside this notebook, or the site's.
from importlib.util import find_spec
from pathlib import Path

if find_spec("offcenter") is None:
    wheel = "{wheel}"
    wheel = wheel if Path(wheel).exists() else "{address}" + wheel
    %pip install --quiet {{wheel}}
"""

CHECK = """\
# The claims of this chapter, computed again: a false one raises an error.
from offcenter.claims import CLAIMS

for id in {ids}:
    CLAIMS[id].check()
    print("holds:", id)
"""


class NotebookTranslator(MarkdownTranslator):
    """Markdown of the text, with a mark for each code cell; `cells` holds their sources."""

    def __init__(self, document: nodes.document, builder: NotebookBuilder) -> None:
        super().__init__(document, builder)
        self.cells: list[str] = []
        self.claims: list[str] = []

    def visit_container(self, node: nodes.container) -> None:
        """Keep the source of a code cell and leave its outputs out: running it gives them."""
        if "cell" in node.get("classes", []):
            for block in node.findall(nodes.literal_block):
                if "cell_input" in block.parent.get("classes", []):
                    self.cells.append(block.astext())
                    self.add(_BREAK, prefix_eol=2, suffix_eol=2)
            raise nodes.SkipNode

    def visit_claim_box(self, node: claim_box) -> None:
        """Write a claim as its sentence; the last cell computes it."""
        self.claims.append(node["claim_id"])
        sentence = next(node.findall(nodes.paragraph)).astext()
        self.add(f"> **Claim** `{node['claim_id']}`: {sentence}", prefix_eol=2, suffix_eol=2)
        raise nodes.SkipNode

    def _visit_boxed(self, node: nodes.Element) -> None:
        title = next(node.findall(nodes.title))
        numbers = self.builder.env.toc_fignumbers.get(self.builder.current_doc_name, {})
        number = numbers.get("exercise", {}).get(node["ids"][0])
        words = f"Exercise {'.'.join(map(str, number))} " if number else ""
        self.add(f"#### {words}{title.astext().strip()}", prefix_eol=2, suffix_eol=2)
        node.remove(title)

    visit_exercise_node = visit_exercise_enumerable_node = visit_solution_node = _visit_boxed

    def visit_raw(self, node: nodes.raw) -> None:
        """Leave out what is for one builder only."""
        raise nodes.SkipNode

    visit_substitution_definition = visit_toctree = visit_meta = visit_raw


class NotebookBuilder(MarkdownBuilder):
    """Writes each executable page as a notebook, named after the page."""

    name = "notebooks"
    format = "notebooks"
    epilog = "The notebooks are in %(outdir)s."
    default_translator_class = NotebookTranslator

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return the public address of a page, or nothing: a notebook is read far from the site."""
        base = self.config.html_baseurl
        return f"{base}{docname}.html" if base else ""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Write one page."""
        if docname not in notebooks_of(self.env):
            return
        self.current_doc_name = docname
        self.sec_numbers = self.env.toc_secnumbers.get(docname, {})
        translator = self.create_translator(doctree, self)
        doctree.walkabout(translator)
        notebook = self._assemble(docname, translator)
        path = Path(self.outdir) / notebook_name(docname)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)

    def _assemble(self, docname: str, translator: NotebookTranslator) -> nbformat.NotebookNode:
        wheel = f"offcenter-{self.config.release}-py3-none-any.whl"
        words = ABOUT.format(
            title=self.env.titles[docname].astext(),
            book=self.config.project,
            version=self.config.release,
            wheel=wheel,
        )
        base = self.config.html_baseurl
        install = (INSTALL_FROM_SITE if base else INSTALL).format(
            wheel=wheel, address=f"{base}{TAKE_ALONG}/"
        )
        cells = [new_markdown_cell(words), new_code_cell(install)]
        texts = translator.astext().split(_BREAK)
        for text, source in zip(texts, [*translator.cells, None], strict=True):
            # Without an address a link leads nowhere: its text stays.
            text = re.sub(r"\[([^\]]*)\]\((?:#[^)]*)?\)", r"\1", text).strip()
            cells += [new_markdown_cell(text)] if text else []
            cells += [new_code_cell(source)] if source else []
        if translator.claims:
            ids = ", ".join(f'"{id}"' for id in translator.claims)
            cells.append(new_code_cell(CHECK.format(ids=f"({ids},)")))
        # Ids are random by default; the book is the same from build to build.
        for place, cell in enumerate(cells):
            cell["id"] = hashlib.sha256(f"{docname} {place}".encode()).hexdigest()[:8]
        return new_notebook(cells=cells, metadata={"kernelspec": _KERNEL})


def _note(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Note which pages with a notebook this build of the site has written."""
    if app.builder.name == "html" and pagename in notebooks_of(app.env):
        vars(app).setdefault("offcenter_to_notebooks", []).append(pagename)


def _write_beside_site(app: Sphinx, exception: Exception | None) -> None:
    """Write the notebook of each page that was written, and remove those of pages without."""
    # What leads nowhere has been told; the notebooks would tell it once more.
    if exception is not None or app._warncount or app.builder.name != "html":
        return
    site, folder = app.builder, app.outdir / NOTEBOOKS
    known = {notebook_name(name) for name in notebooks_of(app.env)}
    for path in folder.glob("*.ipynb"):
        if path.name not in known:
            path.unlink()
    written = vars(app).get("offcenter_to_notebooks", [])
    if not written:
        return
    notebooks = NotebookBuilder(app, app.env)
    notebooks.outdir = folder
    notebooks.init()
    # What resolves links asks the builder of the application.
    app.builder = notebooks
    try:
        notebooks.prepare_writing(set(written))
        for name in written:
            doctree = app.env.get_doctree(name)
            app.env.apply_post_transforms(doctree, name)
            notebooks.write_doc(name, doctree)
    finally:
        app.builder = site


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the builder; the site has its notebooks beside it."""
    app.setup_extension("sphinx_markdown_builder")
    app.add_builder(NotebookBuilder)
    app.connect("html-page-context", _note)
    app.connect("build-finished", _write_beside_site, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
