"""Other books can link here: names resolve through objects.inv, and no published name goes."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from offcenter.claims import CLAIMS
from offcenter_site.theme.publishing import redirect_page

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "book" / "published-ids.txt"

PAGE = """# A course

{external+offcenter:std:ref}`signs`, {external+offcenter:std:ref}`zigzag`,
{external+offcenter:std:ref}`CLAIM`,
{external+offcenter:std:numref}`ex-signs-flip`,
{external+offcenter:std:term}`offset share`,
{external+offcenter:py:func}`offcenter.spectrum.condition_number`.
"""


class Ids(HTMLParser):
    """Collects every id of a page."""

    def __init__(self, text):
        super().__init__()
        self.found = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.update(value for key, value in attributes if key == "id")


def ids_of(page):
    """Return the ids of a page, or of the page that it leads on to."""
    text = page.read_text(encoding="utf-8")
    moved = re.search(r'data-to="([^"]+)"></script>\n<noscript>', text)
    return ids_of(page.parent / moved[1]) if moved else Ids(text).found


def test_a_course_book_links_to_chapters_claims_terms_and_functions(site, tmp_path):
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_parser', 'sphinx.ext.intersphinx']\n"
        "nitpicky = True\n"
        "intersphinx_mapping = {'offcenter': ('https://book.example', "
        f"{str(site / 'objects.inv')!r})}}\n"
    )
    page = PAGE.replace("CLAIM", f"claim-{next(iter(CLAIMS)).replace('.', '-')}")
    label = next(line for line in PUBLISHED.read_text().splitlines() if "#ex-" in line)
    page = page.replace("ex-signs-flip", label.partition("#")[2]).replace("std:numref", "std:ref")
    (tmp_path / "index.md").write_text(page)
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", ".", "out"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    links = re.findall(
        r'href="(https://book\.example/[^"]+)"', (tmp_path / "out/index.html").read_text()
    )
    assert len(links) == 6
    for link in links:
        page, _, anchor = link.removeprefix("https://book.example/").partition("#")
        assert anchor in ids_of(site / page)


def published():
    """Return the published names by page."""
    pages = {}
    for line in PUBLISHED.read_text().splitlines():
        if line and not line.startswith("#"):
            page, _, anchor = line.partition("#")
            pages.setdefault(page, set()).add(anchor)
    return pages


@pytest.mark.parametrize("page", published())
def test_no_published_name_is_gone(site, page):
    gone = published()[page] - ids_of(site / page)
    assert not gone, f"{page} lost {sorted(gone)}: bring them back, or add a redirect"


def test_names_of_a_page_that_moved_are_those_of_its_new_place(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a.html").write_text(redirect_page("../b.html", "../"))
    (tmp_path / "b.html").write_text('<h1 id="here">B</h1>')
    assert ids_of(tmp_path / "old" / "a.html") == {"here"}


def test_every_claim_is_published():
    names = {anchor for anchors in published().values() for anchor in anchors}
    assert {f"claim-{id.replace('.', '-')}" for id in CLAIMS} <= names
