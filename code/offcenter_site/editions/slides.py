"""The builder `slides`: one screen a claim, with its result and the figure of its section."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder

from offcenter.claims import CLAIMS
from offcenter_site.build.publication import Publication
from offcenter_site.build.results import results_of
from offcenter_site.pages.claims import claim_box, in_short

STYLE = Path(__file__).with_name("slides.css")
_CLIP = re.compile(r"<clipPath.*?</clipPath>", re.DOTALL)

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: the claims as slides</title>
<meta name="description" content="{description}">
<link rel="stylesheet" href="{style}">
</head>
<body>
<section>
<h1>{title}</h1>
<div><p>{abstract}</p><p>{number} claims, each computed while the book was built.</p></div>
<footer><span>{authors}, version {version}, CC BY 4.0</span></footer>
</section>
{slides}
<svg class="clips" width="0" height="0" aria-hidden="true"><defs>{clips}</defs></svg>
</body>
</html>
"""

DESCRIPTION = "{} claims, one a screen, each with its result and a figure."

SLIDE = """<section id="{id}">
<h2>{sentence}</h2>
{figure}
<footer><p>{result}</p>
<span>{chapter} · {id}</span></footer>
</section>"""


def _nearest(box: claim_box, scope: nodes.Element) -> str | None:
    """Return the file of the figure nearest to a claim within `scope`, one before it first."""
    ordered = [
        node
        for node in scope.findall()
        if isinstance(node, (claim_box, nodes.image))
        and (node is box or str(node.get("uri", "")).endswith(".svg"))
    ]
    place = next(index for index, node in enumerate(ordered) if node is box)
    near = ordered[:place][-1:] or ordered[place + 1 :][:1]
    return near[0]["uri"] if near else None


def figure_of(box: claim_box) -> Path | None:
    """Return the SVG file that goes with a claim: of its section, or of its chapter."""
    section = box.parent
    while not isinstance(section, nodes.section):
        section = section.parent
    uri = _nearest(box, section)
    if uri is None and box.document is not None:
        uri = _nearest(box, box.document)
    return Path(uri) if uri else None


class SlidesBuilder(Builder):
    """Writes `index.html` and its style sheet."""

    name = "slides"
    format = "slides"
    epilog = "The slides are %(outdir)s/index.html."

    def get_outdated_docs(self) -> Iterator[str]:
        """Return every page: the slides are one file."""
        yield from self.env.found_docs

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return nothing: slides have no links to pages."""
        return ""

    def prepare_writing(self, docnames: set[str]) -> None:
        """Start without slides."""
        self._slides: dict[str, list[str]] = {}
        self._clips: dict[str, list[str]] = {}

    def _figure(self, path: Path | None) -> str:
        """Return a figure that shows a drawing; a second one refers to the first."""
        if path is None:
            return "<div></div>"
        frame, _, drawing = path.read_text(encoding="utf-8").partition(">")
        name = f"drawing-{path.stem}"
        if name in self._clips:
            return f'<figure>{frame}><use href="#{name}"/></svg></figure>'
        # Whoever refers to a clip finds none in a slide that is out of sight.
        self._clips[name] = _CLIP.findall(drawing)
        drawing = _CLIP.sub("", drawing).removesuffix("</svg>")
        return f'<figure>{frame}><g id="{name}">{drawing}</g></svg></figure>'

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Collect the claims of one page."""
        results = results_of(self.app)
        for box in doctree.findall(claim_box):
            id = box["claim_id"]
            slide = SLIDE.format(
                id=id,
                sentence=escape(CLAIMS[id].sentence),
                figure=self._figure(figure_of(box)),
                result=escape(in_short(CLAIMS[id], results[id])),
                chapter=escape(self.env.titles[docname].astext()),
            )
            self._slides.setdefault(docname, []).append(slide)

    def finish(self) -> None:
        """Write the slides in reading order."""
        publication: Publication = self.config.offcenter_publication
        order = [page for page in self.env.collect_relations() if page in self._slides]
        slides = [slide for page in order for slide in self._slides[page]]
        page = PAGE.format(
            title=escape(publication.title),
            abstract=escape(publication.abstract),
            authors=escape(", ".join(publication.authors)),
            version=publication.version,
            style=STYLE.name,
            number=len(slides),
            description=DESCRIPTION.format(len(slides)),
            slides="\n".join(slides),
            clips="".join(clip for clips in self._clips.values() for clip in clips),
        )
        (Path(self.outdir) / "index.html").write_text(page, encoding="utf-8")
        (Path(self.outdir) / STYLE.name).write_bytes(STYLE.read_bytes())


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the builder."""
    app.add_builder(SlidesBuilder)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
