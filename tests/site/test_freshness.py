"""An unchanged book is not counted anew, and a changed one is."""

import os

import pytest
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import docutils_namespace
from sphinxcontrib.bibtex.domain import BibtexDomain

from offcenter import _store
from offcenter_site.build import freshness, numbering, results
from offcenter_site.movable import directive

CONF = """
from offcenter_site.build.freshness import _nothing_again
extensions = ["myst_parser"]
numfig = True
html_theme = "basic"

def setup(app):
    app.connect("env-before-read-docs", _nothing_again)
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


STOPPED = """
from offcenter_site.build.freshness import _forget
extensions = ["myst_parser"]
html_theme = "basic"

def setup(app):
    app.connect("env-before-read-docs", _forget)
"""


def test_what_a_stopped_build_has_read_is_not_taken_for_what_was_read_before(tmp_path):
    (tmp_path / "conf.py").write_text(STOPPED)
    first, last = tmp_path / "index.md", tmp_path / "last.md"
    good = "# One\n\nGood words.\n\n```{toctree}\nlast\n```\n"

    def build(first_words, last_words):
        for page, words in ((first, first_words), (last, last_words)):
            if not page.is_file() or page.read_text() != words:
                page.write_text(words)
                # Dates say nothing: an old one would count as no change.
                os.utime(page, (0, 0) if words in (good, "# Last\n") else None)
        with docutils_namespace():
            app = Sphinx(
                tmp_path, tmp_path, tmp_path / "out", tmp_path / "trees", "html", status=None
            )
            app.connect("source-read", stop)
            app.build(force_all=True)
        return (tmp_path / "out" / "index.html").read_text()

    def stop(app, name, source):
        if "stops here" in source[0]:
            raise KeyboardInterrupt

    assert "Good words" in build(good, "# Last\n")
    with pytest.raises(KeyboardInterrupt):
        build(good.replace("Good", "Other"), "# Last\n\nIt stops here.\n")
    assert "Good words" in build(good, "# Last\n")


CITING = """
from offcenter_site.build.freshness import _nothing_again
extensions = ["myst_parser", "sphinxcontrib.bibtex"]
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
html_theme = "basic"

def setup(app):
    app.connect("env-before-read-docs", _nothing_again)
"""
ENTRY = "@book{{one, author = {{Anna {0}}}, title = {{Words}}, year = 1998, publisher = {{P}}}}\n"


def test_the_bibliography_is_made_when_it_or_a_page_changes_and_not_otherwise(
    tmp_path, monkeypatch
):
    made = []
    make = BibtexDomain.get_formatted_entries
    monkeypatch.setattr(
        BibtexDomain,
        "get_formatted_entries",
        lambda *args, **settings: made.append(1) or make(*args, **settings),
    )
    (tmp_path / "conf.py").write_text(CITING)
    (tmp_path / "index.md").write_text(
        "# One\n\n```{toctree}\ntwo\n```\n\n```{bibliography}\n```\n"
    )
    bibliography, page = tmp_path / "references.bib", tmp_path / "two.md"
    bibliography.write_text(ENTRY.format("Miller"))
    page.write_text("# Two\n\n{cite:t}`one`\n")

    def build():
        made.clear()
        with docutils_namespace():
            app = Sphinx(
                tmp_path, tmp_path, tmp_path / "out", tmp_path / "trees", "html", status=None
            )
            app.build()
        return (tmp_path / "out" / "two.html").read_text()

    assert "Miller" in build()
    assert made
    assert "Miller" in build()
    assert not made
    page.write_text("# Two\n\nMore {cite:t}`one`\n")
    assert "Miller" in build()
    assert made
    bibliography.write_text(ENTRY.format("Baker"))
    page.write_text("# Two\n\nAnother {cite:t}`one`\n")
    assert "Baker" in build()


def test_what_nobody_asks_for_leaves_the_store_once_a_day(monkeypatch, tmp_path):
    monkeypatch.setenv(_store.VARIABLE, str(tmp_path))

    def left_by_a_build():
        old = tmp_path / "old.joblib"
        old.touch()
        os.utime(old, (0, 0))
        results._prune(None, None)
        return old.exists()

    assert not left_by_a_build()
    assert left_by_a_build()
    os.utime(tmp_path / "pruned", (0, 0))
    assert not left_by_a_build()


def test_movable_figures_are_made_anew_when_code_changes_that_their_catalog_imports():
    source = directive.CATALOG[0].read_bytes()
    _, imported = _store._parse(source, "offcenter_site.movable")
    known = freshness.modules_of(source.decode())
    assert imported
    assert [names for names in imported if not known.intersection(names)] == []


TABLE = "```{{table}} Words.\n:name: table\n| a | b |\n|---|---|\n| 1 | 2 |\n```\n\n"
CONTENTS = "```{{{{toctree}}}}\n{}\n```\n"
PAGES = {
    "index": "# One\n\n$$a$$ (front)\n\n{}\n" + CONTENTS.format(":numbered:\ntwo\nself"),
    "two": "# Two\n\n## Part\n\n{}\n\n## More\n\n$$b$$ (far)\n\n" + CONTENTS.format("three"),
    "three": "# Three\n\n" + TABLE + "{}",
}


def test_numbers_are_those_that_sphinx_counts_in_the_trees(tmp_path):
    conf = 'extensions = ["myst_parser"]\nmyst_enable_extensions = ["dollarmath"]\nnumfig = True\n'
    (tmp_path / "conf.py").write_text(conf)
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    plain = "```{figure} a.svg\nWithout a name.\n```\n\n```{figure} a.svg\n:name: no-words\n```\n\n"
    for name, text in PAGES.items():
        (tmp_path / f"{name}.md").write_text(text.format(plain + FIGURE.format(f"in-{name}")))
    with docutils_namespace():
        app = Sphinx(tmp_path, tmp_path, tmp_path / "out", tmp_path / "trees", "html", status=None)
        app.build()
    counted = app.env.toc_fignumbers
    assert {kind for kinds in counted.values() for kind in kinds} >= {"figure", "table"}
    for known in (counted, {}):
        app.env.toc_fignumbers = known
        assert numbering.count(app.env) == [name for name in counted if not known]
        assert app.env.toc_fignumbers == counted
