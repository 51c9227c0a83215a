"""The pages of answers, as they are written: no result is typed, and nothing starts a kernel."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "book" / "answers").glob("*.md"))
# What the library prints, code, and addresses are not typed results.
_COMPUTED = re.compile(r"\{[a-z-]+\}`[^`]*`|\\(?:value|example)\{[^}]*\}|`[^`]*`|```.*?```", re.S)
# A given number is short: ½, 0.9, −3, 100.  What has two places or more was computed, and is no
# shorter without its zero.
_RESULT = re.compile(r"\d[.,]\d{2,}|(?<![\w.])\.\d{2,}|\d{5,}")


def _split(path):
    _, header, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(header), body.partition("```{answer-fold}")[0]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_answer_starts_no_kernel_and_has_other_wordings(path):
    header, body = _split(path)
    assert "file_format" not in header
    assert "{code-cell}" not in body
    assert header["myst"]["html_meta"]["keywords"].count(",") >= 2


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_result_is_typed_before_the_fold(path):
    _, body = _split(path)
    title = re.search(r"^# .*$", body, flags=re.M)[0]
    # What the question names is given.
    assert set(_RESULT.findall(_COMPUTED.sub(" ", body))) <= set(_RESULT.findall(title))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_answer_has_an_example_by_hand_and_says_what_to_do(path):
    _, body = _split(path)
    assert "{example" in body or "\\example{" in body
    assert re.search(r"\*\*[^*]*(do|make of it)[^*]*\*\*", body)


def test_each_answer_is_in_the_table_of_contents_once():
    listed = re.findall(r"file: book/answers/(\S+)", (ROOT / "_toc.yml").read_text())
    assert sorted(listed) == sorted(path.stem for path in PAGES)


def test_no_answer_has_the_name_of_a_chapter():
    # Names are the keys of citations and of files to take along.
    chapters = {path.stem for path in (ROOT / "book").glob("*.md")}
    assert not chapters & {path.stem for path in PAGES}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_part_of_an_answer_stands_in_it_twice(path):
    _, body = _split(path)
    parts = re.findall(r"^\*\*([^*]+\.)\*\*", body, flags=re.M)
    assert len(parts) == len(set(parts))
