"""The EPUB: formulas as MathML, figures as SVG, valid, and the same bytes from build to build."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.epub3 import Epub3Builder
from sphinx.config import Config

from offcenter_site.build.publication import Publication
from offcenter_site.editions.archive import write_zip

STYLE = Path(__file__).with_name("epub.css")
_ITEM = re.compile(r'<item [^>]*href="(?P<href>[^"]+\.xhtml)" media-type="[^"]+" />')


class EpubBuilder(Epub3Builder):
    """Sphinx's EPUB builder, less its random and missing parts."""

    def _metadata_date(self) -> str:
        publication: Publication = self.config.offcenter_publication
        return f"{publication.released.isoformat()}T00:00:00Z"

    def content_metadata(self) -> dict[str, Any]:
        """Date the book by its release, not by its build."""
        return super().content_metadata() | {"date": self._metadata_date()}

    def build_content(self) -> None:
        """Declare which pages hold MathML or SVG, as the format demands."""
        super().build_content()
        manifest = Path(self.outdir) / "content.opf"

        def declare(match: re.Match[str]) -> str:
            text = (Path(self.outdir) / match["href"]).read_text(encoding="utf-8")
            held = [name for tag, name in (("<math", "mathml"), ("<svg", "svg")) if tag in text]
            return (
                match[0].replace(" />", f' properties="{" ".join(held)}" />') if held else match[0]
            )

        manifest.write_text(
            _ITEM.sub(declare, manifest.read_text(encoding="utf-8")), encoding="utf-8"
        )

    def build_epub(self) -> None:
        """Write the archive without the dates of its files."""
        fixed = ["mimetype", "META-INF/container.xml", "content.opf", "toc.ncx", "nav.xhtml"]
        names = [*fixed, *sorted(set(self.files) - set(fixed))]
        archive = Path(self.outdir) / f"{self.config.epub_basename}.epub"
        write_zip(archive, Path(self.outdir), names, stored={"mimetype"})


def _configure(app: Sphinx, config: Config) -> None:
    publication: Publication = config.offcenter_publication
    config.epub_basename = "off-center"
    config.epub_description = publication.abstract
    config.epub_publisher = config.epub_author = config.author
    config.epub_copyright = config.copyright
    # Sphinx writes the identifier to one file and its id to another, where they must agree.
    config.epub_identifier = config.epub_uid = f"off-center-{publication.version}"
    config.epub_scheme = "URN"
    config.epub_show_urls = "no"
    config.epub_use_index = False
    config.epub_exclude_files = [*config.epub_exclude_files, "search.xhtml", "404.xhtml"]


def _use_own_style(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    if app.builder.name == "epub":
        # Other extensions add the style sheets of the site, and copy them too late for the EPUB.
        context["css_files"] = ["_static/pygments.css", f"_static/{STYLE.name}"]
        context["script_files"] = []


def _copy_style(app: Sphinx) -> None:
    if app.builder.name == "epub":
        # Neither the site's own static files nor its theme's are of use to an EPUB reader.
        app.config.html_static_path = [str(STYLE)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Put the builder in the place of Sphinx's."""
    app.setup_extension("sphinx.builders.epub3")
    app.add_builder(EpubBuilder, override=True)
    app.connect("config-inited", _configure, priority=600)
    app.connect("builder-inited", _copy_style)
    app.connect("html-page-context", _use_own_style, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
