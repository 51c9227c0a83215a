"""Each sentence of the pages that speaks of all has been read, and its reason stands in a list."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import universal_sentences

REASONS = {
    "definition",
    "shown beside it",
    "of the example or the run",
    "claim or theorem",
    "said by somebody, judged there",
    "of the book",
    "advice",
    "limit named",
    "exercise",
    "literature, cited",
}


def test_each_universal_sentence_has_been_read():
    listed = universal_sentences.verdicts()
    unread = [s for s in universal_sentences.found() if s.key not in listed]
    assert not unread, "read each with 'and if not?', then list it with its reason: " + "\n".join(
        f"{s.page}:{s.line}: {s.text}" for s in unread
    )


def test_the_list_holds_what_pages_say_and_a_reason_for_each():
    known = {sentence.key for sentence in universal_sentences.found()}
    listed = universal_sentences.verdicts()
    assert listed.keys() == known
    assert set(listed.values()) <= REASONS


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It never fails.\nIt may fail.\n", 1),
        ("---\ntitle: never\n---\nEvery case.\n", 1),
        ("```python\n# never\n```\n", 0),
        ("```{exercise} One\n:label: never\nShow that every x is 0.\n```\n", 1),
        ("# Is it always so?\n> always\n", 0),
        ("`never` and {claim}`no.thing`\n", 0),
    ],
)
def test_only_sentences_are_looked_at(tmp_path, monkeypatch, text, count):
    monkeypatch.setattr(universal_sentences, "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    assert len(list(universal_sentences.sentences(page))) == count
