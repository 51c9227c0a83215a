"""One file says what is published; citations parse, and no address is invented."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pybtex.database import parse_string

import offcenter
from offcenter_site.build.publication import read_publication
from offcenter_site.pages.citation import Work, apa, bibtex, json_ld, meta_tags, ris
from offcenter_site.pages.downloads import run_links

ROOT = Path(__file__).resolve().parents[2]
PUBLICATION = read_publication(ROOT / "CITATION.cff")
PUBLIC = replace(PUBLICATION, url="https://book.example/", authors=("Ada Lovelace", "Off & Center"))
CHAPTER = Work(PUBLIC, "Signs", "1", "book/signs.html")
ANSWER = Work(PUBLIC, "Why?", "", "book/answers/why.html")
WHOLE = Work(PUBLIC, PUBLIC.title, "", "")


class Tags(HTMLParser):
    """Collects the content of each meta tag by name."""

    def __init__(self, text):
        super().__init__()
        self.found = {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.found.setdefault(attributes["name"], []).append(attributes["content"])


def test_package_and_book_have_one_version():
    assert PUBLICATION.version == offcenter.__version__


@pytest.mark.parametrize("work", [CHAPTER, ANSWER, WHOLE])
def test_bibtex_entry_parses(work):
    entry = parse_string(bibtex(work), "bibtex").entries[work.key]
    assert entry.fields["title"].strip("{}") == work.title
    assert entry.fields["year"] == str(PUBLIC.released.year)
    assert entry.fields["url"] == work.url
    assert len(entry.persons["author"]) == 2


def test_ris_record_has_one_tag_a_line_and_an_end():
    lines = ris(CHAPTER).removesuffix("\r\n").split("\r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert lines[0] == "TY  - CHAP"
    assert lines[-1] == "ER  - "


def test_google_scholar_finds_what_it_needs():
    found = Tags(meta_tags(CHAPTER)).found
    assert found["citation_title"] == ["Signs"]
    assert found["citation_author"] == ["Ada Lovelace", "Off & Center"]
    assert date.fromisoformat(found["citation_publication_date"][0].replace("/", "-"))
    assert found["citation_public_url"] == ["https://book.example/book/signs.html"]


def test_json_ld_is_json():
    text = re.fullmatch(r"<script[^>]*>(.*)</script>", json_ld(CHAPTER), re.S)[1]
    data = json.loads(text.replace("<\\/", "</"))
    assert data["isPartOf"]["name"] == PUBLIC.title
    assert data["url"].endswith("book/signs.html")


def test_apa_names_the_chapter_the_book_and_the_version():
    text = apa(CHAPTER)
    assert "Signs. In <em>Off Center</em>" in text
    assert f"Version {PUBLIC.version}" in text
    assert "Off &amp; Center" in text


def test_no_address_is_invented():
    private = Work(replace(PUBLIC, url=""), "Signs", "1", "book/signs.html")
    for text in (bibtex(private), ris(private), apa(private), meta_tags(private)):
        assert "http" not in text
    assert '"url"' not in json_ld(private)


def test_a_forge_gives_the_addresses(monkeypatch):
    monkeypatch.setenv("OFFCENTER_URL", "https://example.org/book")
    monkeypatch.setenv("OFFCENTER_REPOSITORY", "https://example.org/source")
    publication = read_publication(ROOT / "CITATION.cff")
    assert publication.url == "https://example.org/book/"
    assert publication.repository == "https://example.org/source"
    monkeypatch.setenv("OFFCENTER_URL", "http://example.org")
    with pytest.raises(ValueError, match="url must start with https"):
        read_publication(ROOT / "CITATION.cff")


def metadata(tmp_path, **settings):
    """Return what a package index is told, as text."""
    backend = "from setuptools.build_meta import prepare_metadata_for_build_wheel as prepare"
    code = f"import sys; {backend}; prepare(sys.argv[1])"
    environment = {key: value for key, value in os.environ.items() if "OFFCENTER" not in key}
    source = tmp_path / "source"
    if not source.exists():
        parts = shutil.ignore_patterns("_build", ".*", "tests", "book", "*.egg-info")
        shutil.copytree(ROOT, source, ignore=parts)
    command = [sys.executable, "-c", code, str(tmp_path)]
    subprocess.run(command, cwd=source, env=environment | settings, check=True, capture_output=True)
    return next(tmp_path.glob("*.dist-info/METADATA")).read_text(encoding="utf-8")


def test_a_package_index_shows_the_picture_or_no_dead_link(tmp_path):
    address = "https://github.com/someone/book"
    text = metadata(tmp_path, OFFCENTER_REPOSITORY=address)
    assert "(https://raw.githubusercontent.com/someone/book/HEAD/docs/picture.png)" in text
    assert f"({address}/blob/HEAD/CONTRIBUTING.md)" in text
    assert f"Project-URL: Source, {address}" in text
    assert "Description-Content-Type: text/markdown" in text
    text = metadata(tmp_path)
    assert "picture.png" not in text
    assert "CONTRIBUTING.md shows the house" in text
    assert "](" not in text.replace("](http", "")


def test_a_bad_address_or_a_missing_field_is_refused(tmp_path):
    path = tmp_path / "CITATION.cff"
    text = (ROOT / "CITATION.cff").read_text()
    path.write_text(text + "url: ftp://book.example\n")
    with pytest.raises(ValueError, match="url must start with https"):
        read_publication(path)
    path.write_text(text.replace(f"version: {PUBLICATION.version}\n", ""))
    with pytest.raises(KeyError, match="version"):
        read_publication(path)


def test_a_notebook_can_be_run_where_its_source_is_public():
    public = replace(PUBLIC, repository="https://github.com/someone/book.git")
    assert dict(run_links(public, "book/signs")) == {
        "Colab": "https://colab.research.google.com/github/someone/book/blob/notebooks/signs.ipynb",
        "Binder": "https://mybinder.org/v2/gh/someone/book/notebooks?labpath=signs.ipynb",
    }
    assert run_links(replace(public, repository=""), "book/signs") == []
    assert run_links(replace(public, repository="https://forge.example/book"), "book/signs") == []


def test_an_answer_is_cited_without_a_number_and_with_its_own_mark():
    assert "chapter =" not in bibtex(ANSWER)
    assert "Why? In <em>" in apa(ANSWER)
    assert ANSWER.what == "answer"
    assert ris(ANSWER).startswith("TY  - CHAP")
