"""The book needs no Jupyter Book: Sphinx alone, the newest, makes the same pages of it.

Jupyter Book 1 is in maintenance and holds Sphinx below 8.  It also writes its settings as a
`conf.py`; with that, less its own extensions, and in an environment without it, the book is built
here and compared with the site, page by page.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from offcenter_site.pages import downloads

ROOT = Path(__file__).resolve().parents[2]
PYTHON = Path(sysconfig.get_path("scripts", "venv", {"base": str(ROOT / ".venv-next")}), "python")
# What an environment without Jupyter Book does not have; our theme needs none of it.
OF_JUPYTER_BOOK = {"jupyter_book", "sphinx_comments", "sphinx_jupyterbook_latex"}


class Text(HTMLParser):
    """The words and the formulas of the main part of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.formulas: list[str] = []
        self._within: list[str] = []
        self.feed(page[page.index("<main") : page.index("</main>")])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "math":
            self.formulas.append("")
        if tag in ("math", "style", "script"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if "math" in self._within:
            self.formulas[-1] += data
        elif not self._within:
            self.words += data.split()


def text_of(path: Path) -> Text:
    """Return the text of a page."""
    return Text(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def other(site: Path, once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """Give the site that Sphinx alone makes; what its cells print is in the cache of the site."""
    return once("next", lambda folder: build(site, folder)) / "site"


def build(site: Path, folder: Path) -> None:
    """Build the book as `folder`/site."""
    for name in ("_config.yml", "_toc.yml", "CITATION.cff"):
        shutil.copy(ROOT / name, folder)
    # Found from the settings, as the file of the bibliography is.
    (folder / "book").symlink_to(ROOT / "book")
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    subprocess.run(
        [jupyter_book, "config", "sphinx", "."], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    settings: dict[str, list[str]] = {}
    exec((folder / "conf.py").read_text(encoding="utf-8"), settings)
    extensions = [name for name in settings["extensions"] if name not in OF_JUPYTER_BOOK]
    have = (site / downloads.FOLDER).is_dir()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "code"),
        # The same files to take along, where the site has them.
        downloads.VARIABLE: str(site / downloads.FOLDER) if have else "",
    }
    options = ["-q", "-b", "html", "-D", f"extensions={','.join(extensions)}", "-c", folder]
    trees = ROOT / "_build" / ".doctrees-next"
    run = subprocess.run(
        [PYTHON, "-m", "sphinx", *options, "-d", trees, ROOT, folder / "site"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


def test_there_is_no_jupyter_book_and_a_newer_sphinx() -> None:
    words = (
        "import importlib.util as u, sphinx; print(u.find_spec('jupyter_book'), sphinx.__version__)"
    )
    run = subprocess.run([PYTHON, "-c", words], capture_output=True, text=True, check=True)
    found, version = run.stdout.split()
    assert found == "None"
    assert int(version.partition(".")[0]) >= 9


def test_page_has_the_same_words_and_formulas_without_jupyter_book(
    page_name: str, site: Path, other: Path
) -> None:
    ours, theirs = text_of(site / page_name), text_of(other / page_name)
    # Long signatures are broken at other places.
    assert "".join(theirs.words) == "".join(ours.words)
    assert theirs.formulas == ours.formulas
