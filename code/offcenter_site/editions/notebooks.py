"""The builder `notebooks`: each executable page as a notebook that runs with the package alone.

The text is what the site shows, with numbers, citations and references resolved, as Markdown.
The first cell says what to install; the last one checks the claims that the page argues.
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

_BREAK = "@@code-cell@@"
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}

INSTALL = """\
> This notebook is the chapter *{title}* of *{book}*, version {version}.
> Text and figures are under CC BY 4.0, the code is under MIT.
> It needs one package, the wheel that comes with the book:
> `pip install offcenter-{version}-py3-none-any.whl`.
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
        runs = any("cell" in box["classes"] for box in doctree.findall(nodes.container))
        if not runs and not any(doctree.findall(claim_box)):
            return
        self.current_doc_name = docname
        self.sec_numbers = self.env.toc_secnumbers.get(docname, {})
        translator = self.create_translator(doctree, self)
        doctree.walkabout(translator)
        notebook = self._assemble(docname, translator)
        path = Path(self.outdir) / f"{docname.rpartition('/')[2]}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)

    def _assemble(self, docname: str, translator: NotebookTranslator) -> nbformat.NotebookNode:
        words = INSTALL.format(
            title=self.env.titles[docname].astext(),
            book=self.config.project,
            version=self.config.release,
        )
        cells = [new_markdown_cell(words)]
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


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the builder."""
    app.setup_extension("sphinx_markdown_builder")
    app.add_builder(NotebookBuilder)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
