"""What a page may not hold is seen in whatever form it comes; what it may hold is let through."""

import logging
from types import SimpleNamespace

import pytest
from docutils import nodes

from offcenter_site.build import refusals
from offcenter_site.build.printing import _OnlyOurs
from offcenter_site.build.promises import broken
from offcenter_site.build.refusals import faults_of_page, faults_of_source, faults_of_style
from offcenter_site.theme.policy import HEAD_SCRIPT


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://example.org/a.png">',
        '<img src="//example.org/a.png">',
        "<img src=https://example.org/a.png>",
        '<img src="a.png" srcset="a.png 1x, https://example.org/b.png 2x">',
        '<IMG SRC="HTTP://example.org/a.png">',
        '<script src="https://example.org/a.js"></script>',
        "<script>alert(1)</script>",
        '<script type="module">import "./a.js"</script>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<link rel="prefetch" href="//example.org">',
        '<link rel="dns-prefetch preconnect" href="https://example.org">',
        '<a href="javascript:go()">go</a>',
        '<p title="a > b" onclick="go()">go</p>',
        "<body onload=go()>",
        '<svg onload="go()"></svg>',
        '<svg><image href="https://example.org/a.png"/></svg>',
        '<svg><use xlink:href="//example.org/a.svg#b"/></svg>',
        '<iframe src="a.html"></iframe>',
        '<object data="a.pdf"></object>',
        '<embed src="a.pdf">',
        '<video poster="https://example.org/a.png"></video>',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>body{background:url(//example.org/a.png)}</style>",
    ],
)
def test_what_a_page_may_not_hold_is_seen(html):
    assert list(faults_of_page(f"<!DOCTYPE html><html><body><p>Text</p>{html}</body></html>"))


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.org">a link</a>',
        '<img src="a.png" alt="A picture">',
        '<img src="data:image/png;base64,AA//AA==" alt="A picture">',
        f"<script>{HEAD_SCRIPT}</script>",
        '<script type="application/ld+json">{"url": "https://example.org"}</script>',
        '<script defer src="../_static/offcenter.js?v=1"></script>',
        '<link rel="canonical" href="https://example.org/a.html">',
        '<link rel="next" href="b.html">',
        '<svg role="img" aria-label="Steps once = twice"><use href="#a"/></svg>',
        '<p title="onclick=&quot;go()&quot;">&lt;iframe src="x"&gt;, onclick="go()"</p>',
        "<style>a{background:url(data:image/svg+xml,x)}</style>",
    ],
)
def test_what_a_page_may_hold_is_let_through(html):
    assert list(faults_of_page(html)) == []


def test_a_style_sheet_loads_nothing_from_elsewhere():
    assert list(faults_of_style('@import url("https://example.org/a.css");'))
    assert list(faults_of_style("a { background: url(//example.org/a.png) }"))
    assert not list(faults_of_style('a { background: url("a.png") } /* see https://example.org */'))


def test_raw_html_and_pictures_are_seen_where_they_stand():
    page = nodes.document(None, None)
    page += nodes.raw("", "<b>", format="html")
    page += nodes.raw("", "<br />\n", format="html")
    page += nodes.raw("", "\\newpage", format="latex")
    page += nodes.image(uri="a.png")
    page += nodes.image(uri="b.png", alt=" ")
    page += nodes.image(uri="c.png", alt="A dot")
    page += nodes.image(uri="https://example.org/d.svg", alt="A dot")
    assert [page.index(node) for node, _ in faults_of_source(page)] == [0, 3, 4, 6]


def test_a_promise_is_kept_by_a_page_or_by_where_it_leads(tmp_path):
    (tmp_path / "new.html").write_text('<h1 id="here">')
    lines = ["old.html#here", "new.html#here", "new.html#gone", "", "lost.html#a", "lost.html#b"]
    found = dict(broken(lines, tmp_path, {"old.html": "new.html"}))
    assert list(found) == [3, 5]
    assert "lost the name gone" in found[3]
    assert "offcenter_redirects" in found[5]


def told(name, message):
    """Return what is printed of a message, or nothing."""
    record = logging.LogRecord(f"sphinx.{name}", logging.INFO, "", 0, message, (), None)
    return record.getMessage() if _OnlyOurs().filter(record) else None


def test_a_page_with_a_fault_is_named_in_every_build_and_a_good_one_looked_through_once(
    tmp_path, monkeypatch
):
    looked, named = [], []
    monkeypatch.setattr(
        refusals, "faults_of_page", lambda text: looked.append(text) or faults_of_page(text)
    )
    monkeypatch.setattr(
        refusals.logger, "warning", lambda *said, location, **_: named.append(location)
    )
    (tmp_path / "good").write_text("<p>good</p>")
    (tmp_path / "bad").write_text("<script>bad()</script>")

    def build(code):
        app = SimpleNamespace(
            outdir=tmp_path,
            doctreedir=tmp_path,
            config=SimpleNamespace(offcenter_site_code=code),
            env=SimpleNamespace(found_docs={"good", "bad"}),
            builder=SimpleNamespace(name="html", get_outfilename=lambda name: tmp_path / name),
        )
        refusals._look_through(app, None)

    for _ in range(2):
        build("one")
    assert named == ["bad", "bad"]
    assert len(looked) == 3
    build("another")
    assert len(looked) == 5
    (tmp_path / "good").write_text("<script>worse()</script>")
    build("another")
    assert named[-2:] == ["bad", "good"]


def test_only_what_readers_of_a_build_need_is_printed():
    assert told("offcenter_site.build.results", "claims: 2 of 3") == "claims: 2 of 3"
    assert told("myst_parser", "myst v3: MdParserConfig(…)") is None
    assert told("sphinx.util.display", "\x1b[01mreading sources... \x1b[39;49;00m[  3%] ") is None
    assert (
        told("sphinx.util.display", "\x1b[01mwriting output... \x1b[39;49;00m[100%] ")
        == "pages: writing, 100 %"
    )
