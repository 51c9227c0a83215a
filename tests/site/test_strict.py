"""A wrong book does not build, not at the first run and not at the second; a right one does.

The books are tiny, with the real settings, the real extension, and one claim of their own.
"""

import os
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---
(page)=
# Page

```{claim} tiny.sum
```
A number {value}`tiny.sum observed`, a formula $x$, a reference {ref}`page`.
A link {claim}`tiny.sum`.

```{code-cell} ipython3
from offcenter.tiny import answer
print("answer", answer())
```
"""

CLAIM = """
from offcenter.claims._record import Check, claim, equal
from offcenter.tiny import answer

@claim("tiny.sum", "The answer is two.")
def _():
    return Check(equal("the answer", theory=2, observed=answer()))
"""


def write_book(folder):
    """Write a book of one page, with a copy of the code that has one claim."""
    code = folder / "code"
    shutil.copytree(ROOT / "code", code, ignore=shutil.ignore_patterns("__pycache__"))
    for module in (code / "offcenter" / "claims").glob("[a-z]*.py"):
        module.unlink()
    (code / "offcenter" / "tiny.py").write_text("def answer():\n    return 2\n")
    (code / "offcenter" / "claims" / "tiny.py").write_text(CLAIM)
    for settings in ("_config.yml", "CITATION.cff"):
        shutil.copy(ROOT / settings, folder)
    (folder / "book").mkdir()
    (folder / "book" / "references.bib").write_text("")
    (folder / "index.md").write_text(PAGE)
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    return folder


@pytest.fixture
def book(tmp_path):
    return write_book(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory, run_build):
    """A right book that was built; who edits it leaves it right."""
    book = write_book(tmp_path_factory.mktemp("right"))
    code, output = run_build(book)
    assert code == 0, output
    return book


EXERCISE = """
```{exercise}
:label: ex-one
:class: by-hand
Say two.
```
```{practice} ex-one
:level: easy
:ask: Half of a number
:answer: 17.25
Double it.
```
```{solution-start} ex-one
:label: sol-one
:class: dropdown
```
It is two.
```{code-cell} ipython3
print("the", "reply")
```
```{solution-end}
```
```{teachers}
A wrong answer.
```
```{exercises} by-hand
```
"""


def edit(path, old, new):
    """Replace `old`, which must be there, by `new` in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def page_of(book):
    return (book / "_build/html/index.html").read_text()


def test_a_right_book_builds_twice(built, run_build):
    code, output = run_build(built)
    assert code == 0, output
    assert "answer " in page_of(built)


# What is wrong in a page, and what is said.  The build ends at the first of the three stages that
# finds something, so each has a book of its own.
FAULTS = {
    "when it is executed": [('print("answer", answer())', "1 / 0", "ZeroDivisionError")],
    "when it is read": [
        (
            "{value}`tiny.sum observed`",
            "{value}`tiny.none observed` {value}`tiny.sum size`",
            "there is no claim 'tiny.none'",
            "has no number 'size'",
        ),
        ("$x$", r"$\value{tiny.sum length}$", "has no number 'length'"),
        ("```{claim} tiny.sum", "```{claim} tiny.gone", "there is no claim 'tiny.gone'"),
    ],
    "when it is written": [
        ("{ref}`page`", "{ref}`nowhere`", "nowhere"),
        ("$x$", r"$\frac{1}{$", "Unexpected end of input"),
        ("A link", r"A formula $\nosuchcommand$, a link", "Unsupported function name"),
        ("{claim}`tiny.sum`", "{claim}`tiny.none`", "tiny.none"),
        ("a formula", "{cite:p}`nobody1900` a formula", "nobody1900"),
    ],
}


@pytest.mark.parametrize("stage", FAULTS)
def test_a_wrong_page_fails_each_time_and_each_fault_is_told(book, stage, run_build):
    faults = FAULTS[stage]
    for old, new, *_ in faults:
        edit(book / "index.md", old, new)
    told = [words for _, _, *every in faults for words in every]
    for _ in range(2):
        code, output = run_build(book)
        assert code != 0
        for words in told:
            assert words in output
        # Each alone would fail the build.
        if "see above" in output:
            assert f"{len(told)} warning(s), see above" in output


def test_a_false_claim_fails_each_time_with_its_id_and_both_numbers(book, run_build):
    edit(book / "code/offcenter/claims/tiny.py", "theory=2", "theory=3")
    for _ in range(2):
        code, output = run_build(book)
        assert code != 0
        assert "claim tiny.sum is false: the answer: theory says 3, observed 2" in output


def test_an_edit_of_the_code_executes_the_page_again(built, run_build):
    before = re.search(r"answer (\d+)", page_of(built))[1]
    after = str(int(before) + 1)
    edit(built / "code/offcenter/tiny.py", f"return {before}", f"return {after}")
    edit(built / "code/offcenter/claims/tiny.py", f"theory={before}", f"theory={after}")
    code, output = run_build(built)
    assert code == 0, output
    assert f"answer {after}" in page_of(built)


def test_content_decides_and_not_dates(built, run_build):
    edit(built / "index.md", "A link", "A new link")
    os.utime(built / "index.md", (0, 0))
    code, output = run_build(built)
    assert code == 0, output
    assert "A new link" in page_of(built)


def test_a_damaged_cache_of_notebooks_is_made_again(built, run_build):
    (built / "_build/.executed/global.db").write_bytes(b"no database")
    edit(built / "code/offcenter/tiny.py", "return ", "return 0 + ")
    code, output = run_build(built)
    edit(built / "code/offcenter/tiny.py", "return 0 + ", "return ")
    assert code == 0, output
    assert "answer " in page_of(built)


def test_a_comment_executes_nothing_again(built, run_build):
    assert run_build(built)[0] == 0
    edit(built / "code/offcenter/tiny.py", "def answer", "# A comment.\ndef answer")
    code, output = run_build(built)
    assert code == 0, output
    assert "Executing" not in output
    assert "notebook(s)" not in output


def test_an_edit_of_the_extension_reads_the_page_again(built, run_build):
    edit(built / "code/offcenter_site/pages/numbers.py", '.replace("-", "−")', '.replace("", ".")')
    code, output = run_build(built)
    edit(built / "code/offcenter_site/pages/numbers.py", '.replace("", ".")', '.replace("-", "−")')
    assert code == 0, output
    assert re.search(r"A number \.\d\.", page_of(built))


def test_a_page_that_is_repaired_builds(built, run_build):
    edit(built / "index.md", "{ref}`page`", "{ref}`nowhere`")
    assert run_build(built)[0] != 0
    edit(built / "index.md", "{ref}`nowhere`", "{ref}`page`")
    assert run_build(built)[0] == 0


@pytest.mark.parametrize(("settings", "shown"), [({}, True), ({"OFFCENTER_STUDENTS": "1"}, False)])
def test_the_students_edition_has_exercises_and_no_solutions(built, settings, shown, run_build):
    text = (built / "index.md").read_text()
    (built / "index.md").write_text(text + EXERCISE)
    code, output = run_build(built, **settings)
    (built / "index.md").write_text(text)
    assert code == 0, output
    page = page_of(built)
    assert "Say two." in page
    for words in ("It is two.", "the reply", "A wrong answer.", "expected answer"):
        assert (words in page) is shown, words
    # In no file that is sent, whatever it is for: page, twin, notebook, list of what can be found.
    sent = [path for path in (built / "_build" / "html").rglob("*") if path.is_file()]
    holding = {
        words: [path.name for path in sent if words.encode() in path.read_bytes()]
        for words in ("17.25", "It is two.", "A wrong answer.")
    }
    assert holding["17.25"] == []
    assert all(bool(holding[words]) is shown for words in ("It is two.", "A wrong answer.")), (
        holding
    )
