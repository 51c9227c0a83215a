"""A wrong book does not build: not at the first run, and not at the second.

Each test builds a tiny book with the real settings, the real extension, and one claim of its own.
"""

import os
import re
import shutil
import subprocess
import sys
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


@pytest.fixture
def book(tmp_path):
    """A book of one page, with a copy of the code that has one claim."""
    code = tmp_path / "code"
    shutil.copytree(ROOT / "code", code, ignore=shutil.ignore_patterns("__pycache__"))
    for module in (code / "offcenter" / "claims").glob("[a-z]*.py"):
        module.unlink()
    (code / "offcenter" / "tiny.py").write_text("def answer():\n    return 2\n")
    (code / "offcenter" / "claims" / "tiny.py").write_text(CLAIM)
    for settings in ("_config.yml", "CITATION.cff"):
        shutil.copy(ROOT / settings, tmp_path)
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "references.bib").write_text("")
    (tmp_path / "index.md").write_text(PAGE)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    return tmp_path


EXERCISE = """
```{exercise}
:label: ex-one
:class: by-hand
Say two.
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


def build(book, **settings):
    """Build the book as its users do; return the exit code and all that was printed."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environment |= settings
    run = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", "."],
        cwd=book,
        env=environment,
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    # Without the colors, and with the lines that a terminal would have wrapped.
    return run.returncode, re.sub(r"\x1b\[[\d;]*m", "", run.stdout + run.stderr)


def edit(path, old, new):
    """Replace `old`, which must be there, by `new` in a file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_right_book_builds_twice(book):
    for _ in range(2):
        code, output = build(book)
        assert code == 0, output
    assert "answer 2" in (book / "_build/html/index.html").read_text()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('print("answer", answer())', "1 / 0", "ZeroDivisionError"),
        ("{ref}`page`", "{ref}`nowhere`", "nowhere"),
        ("$x$", r"$\frac{1}{$", "does not parse"),
        ("$x$", r"$\nosuchcommand$", "does not parse"),
        (
            "{value}`tiny.sum observed`",
            "{value}`tiny.none observed`",
            "there is no claim 'tiny.none'",
        ),
        ("{value}`tiny.sum observed`", "{value}`tiny.sum size`", "has no number 'size'"),
        ("{value}`tiny.sum observed`", r"$\value{tiny.sum size}$", "has no number 'size'"),
        ("{claim}`tiny.sum`", "{claim}`tiny.none`", "tiny.none"),
        ("```{claim} tiny.sum", "```{claim} tiny.none", "there is no claim 'tiny.none'"),
        ("a formula", "{cite:p}`nobody1900` a formula", "nobody1900"),
    ],
)
def test_a_wrong_page_fails_each_time(book, old, new, words):
    edit(book / "index.md", old, new)
    for _ in range(2):
        code, output = build(book)
        assert code != 0
        assert words in output


def test_a_false_claim_fails_each_time_with_its_id_and_both_numbers(book):
    edit(book / "code/offcenter/claims/tiny.py", "theory=2", "theory=3")
    for _ in range(2):
        code, output = build(book)
        assert code != 0
        assert "claim tiny.sum is false: the answer: theory says 3, observed 2" in output


def test_an_edit_of_the_code_executes_the_page_again(book):
    assert build(book)[0] == 0
    edit(book / "code/offcenter/tiny.py", "return 2", "return 1 + 2")
    edit(book / "code/offcenter/claims/tiny.py", "theory=2", "theory=3")
    code, output = build(book)
    assert code == 0, output
    assert "answer 3" in (book / "_build/html/index.html").read_text()


def test_content_decides_and_not_dates(book):
    assert build(book)[0] == 0
    edit(book / "index.md", "A link", "A new link")
    os.utime(book / "index.md", (0, 0))
    code, output = build(book)
    assert code == 0, output
    assert "A new link" in (book / "_build/html/index.html").read_text()


def test_a_damaged_cache_of_notebooks_is_made_again(book):
    assert build(book)[0] == 0
    (book / "_build/.executed/global.db").write_bytes(b"no database")
    edit(book / "code/offcenter/tiny.py", "return 2", "return 4 - 2")
    code, output = build(book)
    assert code == 0, output
    assert "answer 2" in (book / "_build/html/index.html").read_text()


def test_a_comment_executes_nothing_again(book):
    assert build(book)[0] == 0
    edit(book / "code/offcenter/tiny.py", "def answer", "# A comment.\ndef answer")
    code, output = build(book)
    assert code == 0, output
    assert "Executing" not in output
    assert "notebook(s)" not in output


def test_an_edit_of_the_extension_reads_the_page_again(book):
    assert build(book)[0] == 0
    edit(
        book / "code/offcenter_site/pages/numbers.py", '.replace("-", "−")', '.replace("2", "two")'
    )
    code, output = build(book)
    assert code == 0, output
    assert (
        'A number <span class="value">two</span>' in (book / "_build/html/index.html").read_text()
    )


def test_a_page_that_is_repaired_builds(book):
    edit(book / "index.md", "{ref}`page`", "{ref}`nowhere`")
    assert build(book)[0] != 0
    edit(book / "index.md", "{ref}`nowhere`", "{ref}`page`")
    assert build(book)[0] == 0


@pytest.mark.parametrize(("settings", "shown"), [({}, True), ({"OFFCENTER_STUDENTS": "1"}, False)])
def test_the_students_edition_has_exercises_and_no_solutions(book, settings, shown):
    (book / "index.md").write_text((book / "index.md").read_text() + EXERCISE)
    code, output = build(book, **settings)
    assert code == 0, output
    page = (book / "_build/html/index.html").read_text()
    assert "Say two." in page
    for words in ("It is two.", "the reply", "A wrong answer.", "expected answer"):
        assert (words in page) is shown, words
