"""The book and each chapter as PDF: printed by a browser from the very pages of the site."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path

from playwright.sync_api import Browser
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject, NameObject

from offcenter_site.build.publication import Publication
from offcenter_site.editions.browser import launched, patient

_FOOTER = """<div style="font: 7pt sans-serif; color: #555; width: 100%; padding: 0 18mm;
display: flex; justify-content: space-between"><span>{words}</span>
<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>"""

# In a file of its own a link to another page of the site leads to the public address, or nowhere.
_LINKS = """base => {
  for (const link of document.querySelectorAll('a[href]')) {
    const target = new URL(link.href), here = new URL(location.href);
    if (target.protocol !== here.protocol) continue;
    if (target.pathname === here.pathname) {
      // A figure at one of its settings is, on paper, the figure.
      if (target.search) link.setAttribute('href', target.hash);
      continue;
    }
    const page = target.pathname.split('/html/').pop();
    if (base) link.href = base + page + target.hash; else link.removeAttribute('href');
  }
  for (const details of document.querySelectorAll('details')) details.open = true;
}"""


def _print(browser: Browser, page: Path, publication: Publication, title: str) -> bytes:
    tab = patient(browser.new_page(color_scheme="light", java_script_enabled=True))
    try:
        tab.goto(page.resolve().as_uri())
        tab.evaluate(_LINKS, publication.url)
        tab.evaluate("document.fonts.ready")
        words = f"{', '.join(publication.authors)} · {title} · version {publication.version}"
        return tab.pdf(
            format="A4",
            margin={"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=_FOOTER.format(words=escape(words)),
            print_background=True,
            tagged=True,
            outline=True,
        )
    finally:
        tab.close()


def _dated(content: bytes, publication: Publication, title: str) -> bytes:
    """Return the PDF with its title, its authors, and the date of the release for the build's."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    date = f"D:{publication.released:%Y%m%d}000000Z"
    writer.metadata = None
    writer.add_metadata(
        {
            "/Title": title,
            "/Author": ", ".join(publication.authors),
            "/CreationDate": date,
            "/ModDate": date,
        }
    )
    root = writer.root_object
    root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    identifier = ByteStringObject(f"{title} {publication.version}".encode()[:16].ljust(16))
    writer._ID = ArrayObject([identifier, identifier])
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()


class Printer:
    """Prints pages of the built site to PDF files."""

    def __init__(self, browser: Browser, publication: Publication) -> None:
        self._browser = browser
        self._publication = publication

    def print(self, page: Path, target: Path, title: str) -> None:
        """Print one page to `target`, which appears whole or not at all."""
        content = _print(self._browser, page, self._publication, title)
        unfinished = target.with_name(target.name + ".part")
        unfinished.write_bytes(_dated(content, self._publication, title))
        unfinished.replace(target)


@contextmanager
def printer(publication: Publication) -> Iterator[Printer]:
    """Give a printer with a browser of its own."""
    with launched() as browser:
        yield Printer(browser, publication)
