#!/usr/bin/env python3
"""usage: universal_sentences.py. Lists sentences of the pages that speak of all and were not read.

A sentence with "never" or "every" is false if one case is.  Those of the pages stand in
tests/site/universal-sentences.txt, each with the reason for which it holds; what is not there is
printed with its page and line, and so is what no page says any more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "site" / "universal-sentences.txt"
_UNIVERSAL = re.compile(r"\b(never|always|every|no|whatever|only|nothing)\b", re.IGNORECASE)
# What a fence holds is text where its directive's content is text.
_TEXT = re.compile(
    r"\{(answer-fold|teachers|exercise|exercise-start|solution|solution-start|note|dropdown)\}"
)
_FENCE = re.compile(r"(`{3,}|:{3,})(.*)")
# Titles, quotations, labels and options say nothing of their own.
_NO_SENTENCE = ("#", ">", "(", ":", "<")
_ROLES = re.compile(r"\{[a-z-]+\}`[^`]*`|`[^`]*`")


class Sentence(NamedTuple):
    """A line of a page that speaks of all: the pages hold one sentence a line."""

    page: str
    line: int
    text: str

    @property
    def key(self) -> str:
        """What the list knows it by."""
        return f"{self.page}: {self.text}"


def pages() -> list[Path]:
    """Return the pages with prose of ours."""
    return [ROOT / "index.md", *sorted((ROOT / "book").rglob("*.md"))]


def sentences(path: Path) -> Iterator[Sentence]:
    """Yield the sentences of a page that hold a universal word, outside code and quotations."""
    fences: list[tuple[str, bool]] = []
    head = path.read_text(encoding="utf-8").startswith("---\n")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if head:
            head = number == 1 or line != "---"
            continue
        if fence := _FENCE.fullmatch(line.strip()):
            marks, info = fence.groups()
            if fences and fences[-1][0] == marks and not info:
                fences.pop()
            elif info and not info.endswith("{exercise-end}"):
                fences.append((marks, bool(_TEXT.match(info))))
            continue
        if not all(text for _, text in fences) or line.startswith(_NO_SENTENCE):
            continue
        if _UNIVERSAL.search(_ROLES.sub(" ", line)):
            yield Sentence(path.relative_to(ROOT).as_posix(), number, line.strip())


def found() -> list[Sentence]:
    """Return the universal sentences of all pages."""
    return [sentence for path in pages() for sentence in sentences(path)]


def verdicts() -> dict[str, str]:
    """Return the listed sentences with the reason for which each holds."""
    listed: dict[str, str] = {}
    page = ""
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") or not line:
            continue
        if line.startswith("## "):
            page = line[3:]
            continue
        reason, _, text = line.partition(" | ")
        listed[f"{page}: {text}"] = reason
    return listed


def main() -> int:
    """Print what is to be read, and what is to be taken from the list."""
    listed = verdicts()
    known = {sentence.key for sentence in found()}
    unread = [sentence for sentence in found() if sentence.key not in listed]
    for sentence in unread:
        print(f"{sentence.page}:{sentence.line}: {sentence.text}")
    gone = [key for key in listed if key not in known]
    for key in gone:
        print(f"no page says any more: {key}")
    print(f"{len(known)} sentences, {len(unread)} to be read, {len(gone)} gone", file=sys.stderr)
    return bool(unread or gone)


if __name__ == "__main__":
    sys.exit(main())
