"""Drawings stand in the page itself, wherever their file is."""

from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace

from offcenter.figures import PALETTE, draw
from offcenter_site.editions.browser import patient

CODE = Path(__file__).resolve().parents[2] / "code"
SVG = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" aria-label="a"></svg>'


def build(source, site):
    """Build a book; each warning is an error."""
    with docutils_namespace():
        app = Sphinx(source, source, site, site / "trees", "html", status=None, warningiserror=True)
        app.build()
    assert app.statuscode == 0


@pytest.mark.parametrize(
    "svg",
    [
        "<svg></svg>",
        '<svg aria-label=""></svg>',
        '<svg role="img"><g aria-label="inside"/></svg>',
    ],
)
def test_drawing_without_words_fails_the_build(tmp_path, svg):
    (tmp_path / "conf.py").write_text('extensions = ["offcenter_site.pages.drawings"]\n')
    (tmp_path / "mute.svg").write_text(svg)
    (tmp_path / "index.rst").write_text("T\n=\n\n.. image:: mute.svg\n")
    with pytest.raises(SphinxError, match=r"figure without a text alternative: mute\.svg"):
        build(tmp_path, tmp_path / "site")


def test_local_drawings_stand_in_the_page_and_others_stay_addresses(tmp_path):
    source, site = tmp_path / "source", tmp_path / "site"
    (source / "below").mkdir(parents=True)
    (source / "conf.py").write_text('extensions = ["offcenter_site.pages.drawings"]\n')
    (source / "top.svg").write_text(SVG)
    (source / "below" / "beside.svg").write_text(SVG)
    (source / "index.rst").write_text(
        "T\n=\n\n.. toctree::\n\n   below/page\n\n.. image:: https://book.example/far.svg\n"
    )
    (source / "below" / "page.rst").write_text(
        "P\n=\n\n.. image:: beside.svg\n\n.. image:: /top.svg\n"
    )
    build(source, site)
    page = (site / "below" / "page.html").read_text()
    assert page.count("<svg") == 2
    assert "<?xml" not in page
    assert 'src="https://book.example/far.svg"' in (site / "index.html").read_text()


THEME = CODE / "offcenter_site" / "theme" / "offcenter" / "style.css"


@pytest.mark.parametrize("name", ["zigzag-paths", "signs-neuron", "centering-spectrum"])
def test_in_the_dark_every_mark_has_the_color_of_the_theme(chromium, name):
    context = chromium.new_context(viewport={"width": 700, "height": 700}, color_scheme="dark")
    page = patient(context.new_page())
    svg = draw(name).svg

    def seen(svg):
        page.set_content(f"<style>{THEME.read_text()}</style><figure>{svg}</figure>")
        return page.screenshot()

    followed = seen(svg)
    colors = page.evaluate(
        """names => { const style = getComputedStyle(document.documentElement);
          return names.map(name => style.getPropertyValue(`--${name}`)); }""",
        list(PALETTE),
    )
    # The same drawing, written in the dark theme's colors, which no rule then changes.
    for light, dark in zip(PALETTE.values(), colors, strict=True):
        svg = svg.replace(f'"{light}"', f'"{dark.upper()}"')
    assert followed == seen(svg)
    assert PALETTE["ink"] not in svg
    context.close()
