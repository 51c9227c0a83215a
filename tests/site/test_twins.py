"""Each page has a twin in Markdown that says the same; a list names them; changes are a feed."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

from offcenter_site.build.publication import Publication
from offcenter_site.theme.feed import atom
from offcenter_site.theme.twins import markdown_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (
            "<h2>Two<a class='headerlink' href='#two'>#</a></h2><p>A <em>b</em>.</p>",
            "## Two\n\nA *b*.\n",
        ),
        ("<p>x <math alttext='x_1'><mi>x</mi></math>, <code>a</code></p>", "x $x_1$, `a`\n"),
        ("<ul><li><p>a</p><ul><li>b</li></ul></li></ul>", "- a\n\n  - b\n"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b\n"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><p>2</p></td></tr></table>",
            "| a | b |\n|---|---|\n| 1 | 2 |\n",
        ),
        ("<pre><span>a = 1\n</span>b</pre>", "```\na = 1\nb\n```\n"),
        ("<p><a href='two.html#x'>Two</a></p>", "[Two](https://a.org/b/two.html#x)\n"),
        (
            "<div class='claim'><span class='claim-mark'>✓</span><p>So.</p></div>",
            "> **Claim.** So.\n",
        ),
        ("<figure><svg aria-label='A line.'><path/></svg></figure>", "[Figure: A line.]\n"),
        ("<details><summary>Hint</summary><p>Try.</p></details>", "*Hint*\n\nTry.\n"),
        ("<p>a</p><form class='check'><button>Check</button></form><script>b</script>", "a\n"),
    ],
)
def test_markdown_says_what_the_page_says(html: str, markdown: str) -> None:
    assert markdown_of(html, "https://a.org/b/one.html") == markdown


def test_every_page_names_its_twin_and_the_list_names_all(site: Path) -> None:
    listed = re.findall(
        r"^- \[[^\n]+\]\(([^)]*)\): \S", (site / "llms.txt").read_text("utf-8"), re.M
    )
    twins = sorted(str(path.relative_to(site)) for path in site.rglob("*.md"))
    base = listed[0].removesuffix("index.md")
    assert sorted(address.removeprefix(base) for address in listed) == twins
    assert len(twins) > 50
    for twin in twins:
        page = (site / twin).with_suffix(".html").read_text(encoding="utf-8")
        name = Path(twin).name
        assert f'<link rel="alternate" type="text/markdown" href="{name}">' in page
        text = (site / twin).read_text(encoding="utf-8")
        title = re.search(r"<title>(.*?)(?: · |</title>)", page)[1]
        assert unescape(title)[:20] in text.replace("`", ""), twin


def test_a_twin_holds_the_numbers_and_the_formulas(site: Path) -> None:
    text = (site / "book" / "zigzag.md").read_text(encoding="utf-8")
    assert "{value}" not in text
    assert r"$\tfrac12 \lambda e^2$" in text
    assert re.search(r"turns back \d+ times reaches its goal in \d+ steps", text)
    assert not re.search(r"<(?:p|div|span|math)\b", text)


BOOK = Publication("B & C", "", ("A",), "2.0.0", date(2026, 11, 28), "https://a.org/b/", "")
NAMES = {"a": "http://www.w3.org/2005/Atom"}


def test_the_feed_has_an_entry_for_each_version() -> None:
    feed = ElementTree.fromstring(atom((ROOT / "CHANGELOG.md").read_text("utf-8"), BOOK))
    entries = feed.findall("a:entry", NAMES)
    assert [e.findtext("a:title", "", NAMES) for e in entries][-1] == "B & C 1.0.0"
    ids = [feed.findtext("a:id", "", NAMES), *(e.findtext("a:id", "", NAMES) for e in entries)]
    assert len(set(ids)) == len(entries) + 1
    for element in (feed, *entries):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", element.findtext("a:updated", "", NAMES))
    assert entries[0].findtext("a:content", "", NAMES).startswith("- ")


def test_a_changelog_without_versions_is_refused() -> None:
    with pytest.raises(ValueError, match="must have a line such as"):
        atom("# Changelog\n", BOOK)
