"""The theme of the site: a frame of our own around Sphinx's basic theme, for light, quick pages.

`pages` says what the frame of a page holds, with its `styles`, the font that `fonts` cuts for
it, and the `policy` that allows these; `publishing` writes what lies beside
the pages, `twins` each page in Markdown, `feed` the changelog.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

FOLDER = Path(__file__).parent / "offcenter"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the theme and what it needs from the build."""
    app.add_html_theme("offcenter", str(FOLDER))
    app.setup_extension(f"{__name__}.pages")
    app.setup_extension(f"{__name__}.publishing")
    app.setup_extension(f"{__name__}.twins")
    app.setup_extension(f"{__name__}.feed")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
