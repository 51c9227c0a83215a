"""An unchanged book is not counted anew, and a changed one is."""

import pytest
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import docutils_namespace

CONF = """
from offcenter_site.build.freshness import _number_once
extensions = ["myst_parser"]
numfig = True
html_theme = "basic"

def setup(app):
    app.connect("env-before-read-docs", _number_once)
"""
FIGURE = "```{{figure}} a.svg\n:name: {}\nWords.\n```\n\n"


@pytest.fixture
def build(tmp_path):
    """Build a book of two pages with figures; give the second page as it is written."""
    (tmp_path / "conf.py").write_text(CONF)
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    (tmp_path / "two.md").write_text("# Two\n\n" + FIGURE.format("second") + "{numref}`second`\n")

    written = []

    def run(figures):
        page = "# One\n\n" + "".join(map(FIGURE.format, figures)) + "```{toctree}\ntwo\n```\n"
        if page not in written:
            (tmp_path / "index.md").write_text(page)
            written.append(page)
        out = tmp_path / "out"
        with docutils_namespace():
            app = Sphinx(tmp_path, tmp_path, out, tmp_path / "trees", "html", status=None)
            app.build()
        return (out / "two.html").read_text()

    return run


def test_figures_are_numbered_when_a_page_is_read_and_not_otherwise(build, monkeypatch):
    loaded = []
    load = BuildEnvironment.get_doctree
    monkeypatch.setattr(
        BuildEnvironment, "get_doctree", lambda env, name: loaded.append(name) or load(env, name)
    )
    assert ">Fig. 2<" in build(["first"])
    loaded.clear()
    assert ">Fig. 2<" in build(["first"])
    assert loaded == []
    assert ">Fig. 3<" in build(["first", "another"])
    assert ">Fig. 3<" in build(["first", "another"])
