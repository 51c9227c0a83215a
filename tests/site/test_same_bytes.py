"""The bytes of a site are those of its source: not of the last build, the place, or the hour."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


def replace(path, old, new):
    """Replace `old`, which must be there, by `new` in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def toc(book, change):
    """Change the table of contents: `change` gets its parts."""
    path = book / "_toc.yml"
    contents = yaml.safe_load(path.read_text())
    change(contents["parts"])
    path.write_text(yaml.safe_dump(contents, sort_keys=False))


def add_page(book):
    (book / "book" / "added.md").write_text("(added)=\n# Added\n\nA page more.\n")
    toc(book, lambda parts: parts[1]["chapters"].insert(1, {"file": "book/added"}))


def remove_page(book):
    (book / "book" / "added.md").unlink()
    toc(book, lambda parts: parts[1]["chapters"].pop(1))


def rename_page(book):
    (book / "book" / "third.md").rename(book / "book" / "last.md")
    toc(book, lambda parts: parts[1]["chapters"][2].update(file="book/last"))
    replace(
        book / "_config.yml",
        "  config:\n",
        "  config:\n    offcenter_redirects: {book/third.html: book/last.html}\n",
    )


def rename_exercise(book):
    replace(book / "book/first.md", "ex-first-hand", "ex-first-one")
    replace(book / "book/second.md", "ex-first-hand", "ex-first-one")


def in_file(name, old, new):
    """Return an edit that replaces words in one file."""
    return lambda book: replace(book / name, old, new)


# In groups: after each the site is compared with a clean build.  Within a group the edits come one
# by one, each with a build of its own, and those that change what other pages show come last.
EDITS = {
    "words": {
        "in a chapter": in_file("book/third.md", "Only words", "Just words"),
        "in an answer": in_file("book/answers/two.md", "twice one", "two times one"),
        "in the glossary": in_file("book/glossary.md", "How far one goes", "How wide a step is"),
        "a comment in the code": in_file(
            "code/offcenter/small.py", "    return sum", "    # Count.\n    return sum"
        ),
    },
    "names": {
        "a new label": in_file("book/third.md", "Just words", "(third-new)=\n## New\n\nJust words"),
        "the label is used": in_file("index.md", "It leads to", "To {ref}`third-new`, to"),
        "a caption": in_file("book/first.md", "The line rises by", "This line rises by"),
        "a citation": in_file("book/second.md", "gauss1801,", "gauss1801,noether1921,"),
        "a level": in_file("book/first.md", ":level: easy", ":level: hard"),
        "an exercise": rename_exercise,
    },
    "what is computed": {
        "a figure": in_file("code/offcenter/figures/small.py", '"height"', '"heights"'),
        "a claim's sentence": in_file("code/offcenter/claims/small.py", "Two and two", "2 and 2"),
        "a docstring": in_file("code/offcenter/small.py", "Return the sum", "Give the sum"),
        "the literature": in_file("book/references.bib", "1748}, p", "1749}, p"),
    },
    "pages": {
        "a title": in_file("book/second.md", "# Second things", "# The second things"),
        "a page more": add_page,
        "a page less": remove_page,
        "a page renamed": rename_page,
    },
    "settings": {
        "the style sheet": in_file(
            "code/offcenter_site/theme/offcenter/style.css", "body {", "body { orphans: 3;"
        ),
        "the version": in_file("CITATION.cff", "version: 2", "version: 12"),
        "a setting": in_file(
            "_config.yml", 'math_eqref_format: "({number})"', 'math_eqref_format: "[{number}]"'
        ),
    },
}


def hashes(folder):
    """Return a hash of each file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def differences(first, second):
    """Name the files that are not the same in two folders."""
    one, two = hashes(first), hashes(second)
    return sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))


def clean_copy(book, folder):
    """Copy the source of a book, without what was built."""
    shutil.copytree(book, folder, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    return folder


@pytest.mark.slow
def test_an_incremental_build_gives_the_bytes_of_a_clean_one(small_book, run_build, tmp_path):
    book = small_book(tmp_path / "book")
    # One place for both, so that nothing but the state of the build can differ.
    store = {"OFFCENTER_STORE": str(tmp_path / "store")}
    code, output = run_build(book, **store)
    assert code == 0, output
    for group, edits in EDITS.items():
        for name, edit in edits.items():
            edit(book)
            code, output = run_build(book, **store)
            assert code == 0, f"{name}\n{output}"
        kept, clean = book / "_build", tmp_path / "kept"
        kept.rename(clean)
        # In another order of what is in sets, too.
        code, output = run_build(book, **store, PYTHONHASHSEED="7")
        assert code == 0, output
        assert differences(clean / "html", kept / "html") == [], group
        shutil.rmtree(kept)
        clean.rename(kept)


OTHER = {
    "PYTHONHASHSEED": "7",
    "TZ": "Pacific/Auckland",
    "LC_ALL": "C.UTF-8",
    "LANG": "tr_TR.UTF-8",
}


@pytest.mark.slow
def test_place_hash_seed_time_zone_language_and_dates_leave_no_trace(
    small_book, run_build, tmp_path
):
    here = small_book(tmp_path / "here")
    there = small_book(tmp_path / "another place" / "with spaces")
    for path in there.rglob("*"):
        os.utime(path, (10**9, 10**9))
    for book, settings in (
        (here, {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"}),
        (there, OTHER | {"HOME": str(tmp_path)}),
    ):
        # Nothing that the other has computed is taken.
        settings |= {"OFFCENTER_STORE": str(book / "store")}
        for builder in ("html", "notebooks", "epub"):
            code, output = run_build(book, builder, **settings)
            assert code == 0, output
    assert (here / "_build/epub/off-center.epub").stat().st_size > 10_000
    assert list((here / "_build/notebooks").glob("*.ipynb"))
    for made in ("html", "notebooks", "epub/off-center.epub"):
        first, second = here / "_build" / made, there / "_build" / made
        if first.is_file():
            assert first.read_bytes() == second.read_bytes(), made
        else:
            assert differences(first, second) == [], made


@pytest.mark.slow
def test_wheel_and_source_archive_bear_no_date_and_no_place(tmp_path):
    made = []
    for place, settings in (
        ("here", {"PYTHONHASHSEED": "1", "TZ": "UTC"}),
        ("a place with spaces", OTHER),
    ):
        source = tmp_path / place
        left_out = shutil.ignore_patterns("_build", ".*", "__pycache__", "*.egg-info")
        shutil.copytree(ROOT, source, ignore=left_out)
        if made:
            for path in source.rglob("*"):
                os.utime(path, (10**9, 10**9))
        environment = {key: value for key, value in os.environ.items() if "OFFCENTER" not in key}
        target = tmp_path / f"made {len(made)}"
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target)]
        run = subprocess.run(
            command,
            cwd=source,
            env=environment | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        made.append(target)
    assert {path.suffix for path in made[0].iterdir()} == {".whl", ".gz"}
    assert differences(*made) == []


def test_what_is_compared_is_seen(tmp_path: Path) -> None:
    for name, text in (("a", "one"), ("b", "two")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.html").write_text(text)
    (tmp_path / "b" / "left.html").write_text("left over")
    assert differences(tmp_path / "a", tmp_path / "b") == ["left.html", "page.html"]
