"""What the search knows: words, not the numbers of tables and figures.

Sphinx's search drops numbers from what a reader asks, so the index need not hold them.
"""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish


class Words(SearchEnglish):
    """English without numbers, nor the words that stand unspaced behind one in a drawing."""

    def word_filter(self, word: str) -> bool:
        """Return whether the index holds `word`."""
        return bool(word) and super().word_filter(word) and not word[0].isdigit()


def setup(app: Sphinx) -> dict[str, bool]:
    """Put it in the place of Sphinx's English."""
    app.add_search_language(Words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
