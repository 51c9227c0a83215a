"""What the search knows, and its scripts as one.

It knows words, not the numbers of tables and figures: Sphinx's search drops numbers from what a
reader asks, so the index need not hold them.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish


class Words(SearchEnglish):
    """English without numbers, nor the words that stand unspaced behind one in a drawing."""

    def word_filter(self, word: str) -> bool:
        """Return whether the index holds `word`."""
        return bool(word) and super().word_filter(word) and not word[0].isdigit()


# Sphinx's, with ours between its settings and its search, and after it.
PARTS = (
    "documentation_options",
    "search-before",
    "doctools",
    "language_data",
    "searchtools",
    "search-after",
)
SCRIPT = "search.js"


def _join_scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    if templatename == "search.html":
        folder = Path(app.outdir) / "_static"
        texts = [(folder / f"{name}.js").read_text("utf-8") for name in PARTS]
        (folder / SCRIPT).write_text("\n".join(texts), encoding="utf-8")
        context["search_script"] = SCRIPT


def setup(app: Sphinx) -> dict[str, bool]:
    """Put the words in the place of Sphinx's English, and one script in that of its six."""
    app.add_search_language(Words)
    app.connect("html-page-context", _join_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
