"""What goes wrong is refused with its place, on the first build and on every later one.

`docs/faults.md` is the table of it for those who maintain the book; it names what is tried here.
"""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "faults.md"


class Fault(NamedTuple):
    """What is changed in which file, and what the build says of it."""

    name: str
    file: str
    old: str
    new: str
    says: str


def fault_in_page(name, page, new, says):
    """Return a fault that stands in a new paragraph at the end of a page."""
    return Fault(name, f"book/{page}.md", "", f"\n{new}\n", says)


CELL = "```{{code-cell}} ipython3\n{}\n```"
CLAIM = '\n\n@claim("small.{}", "{}.")\ndef _() -> Check:\n    {}\n'
CLAIMS = "code/offcenter/claims/small.py"
DRAWING = "code/offcenter/figures/small.py"
SCRIPT = "code/offcenter_site/movable/scripts/opening.js"
BLUE_LINE = """

@figure("small-blue", "A blue line.", data=line, alt=lambda _: "A blue line.", height=2.0)
def _(record: Line, ax: Axes) -> None:
    ax.plot([record.start, record.end], color="#0072b2")
"""

# Those of one stage are told together; a build ends with the stage that has some.
STAGES = {
    "claims": [
        Fault(
            "a false claim",
            CLAIMS,
            "theory=4",
            "theory=5",
            "claim small.product is false: the product: theory says 5, observed 4",
        ),
        Fault(
            "a claim that raises",
            CLAIMS,
            "",
            CLAIM.format("raises", "It raises", "return 1 / 0"),
            "small.raises: ZeroDivisionError",
        ),
    ],
    "cells": [
        Fault(
            "a cell that raises",
            "index.md",
            'draw("small-line")',
            'draw("small-line")\n1 / 0',
            r"index.md:\d+: ZeroDivisionError",
        ),
        # Its page sets a limit of its own: a good cell may take as long as it takes.
        Fault(
            "a cell without end",
            "book/first.md",
            "kernelspec:",
            "execution:\n  timeout: 3\nkernelspec:",
            "",
        ),
        fault_in_page(
            "a cell without end",
            "first",
            CELL.format("while True: pass"),
            "first.md.*: .*([Tt]imed? ?out|KeyboardInterrupt)",
        ),
        fault_in_page(
            "a kernel that dies",
            "second",
            CELL.format("import os; os.kill(os.getpid(), 9)"),
            "second.md.*: .*[Dd]ied",
        ),
        fault_in_page(
            "an unknown figure",
            "third",
            CELL.format('from offcenter.figures import draw; draw("small-none")'),
            r"third.md:\d+: ArgumentError: name must be one of .*small-line",
        ),
        Fault(
            "an unknown figure",
            "book/third.md",
            "(third)=",
            "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n(third)=",
            "",
        ),
        Fault("a color outside the palette", DRAWING, "", BLUE_LINE, ""),
        Fault(
            "a color outside the palette",
            "book/notation.md",
            "(notation)=",
            "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n(notation)=",
            "",
        ),
        fault_in_page(
            "a color outside the palette",
            "notation",
            CELL.format('from offcenter.figures import draw; draw("small-blue")'),
            r"notation.md:\d+: ArgumentError: figure small-blue: colors must be of .*, got #0072b2",
        ),
    ],
    "pages": [
        Fault(
            "a cell that complains",
            "index.md",
            'draw("small-line")',
            'import sys; print("oh", file=sys.stderr); draw("small-line")',
            r"index.md:\d+: .*stderr was found",
        ),
        fault_in_page("an unknown value", "third", "{value}`small.sum size`", "no number 'size'"),
        fault_in_page(
            "an unknown claim", "third", "```{claim} small.none\n```", "no claim 'small.none'"
        ),
        fault_in_page(
            "raw HTML", "third", "A word <b>bold</b>.", r"third.md:\d+: .*raw HTML .*: <b>"
        ),
        fault_in_page("a script", "third", "<script>alert(1)</script>", "raw HTML .*: <script>"),
        fault_in_page(
            "an event handler", "third", '<p onclick="go()">go</p>', "raw HTML .*onclick"
        ),
        fault_in_page(
            "a frame", "third", "```{raw} html\n<iframe src='x'></iframe>\n```", "HTML .*<iframe"
        ),
        fault_in_page(
            "an image without words", "notation", "![](dot.png)", r"notation.md:\d+: .*alternative"
        ),
        fault_in_page(
            "an image on another host",
            "notation",
            "![A dot](https://example.org/dot.png)",
            r"notation.md:\d+: .*another host",
        ),
        fault_in_page(
            "one label twice",
            "notation",
            "(third-a)=\n## A\n\n(third-a)=\n## B",
            "[Dd]uplicate.*third-a",
        ),
        Fault("a fault in the script of a movable figure", SCRIPT, "", "\nlet b = [1;\n", ""),
        fault_in_page(
            "a fault in the script of a movable figure",
            "third",
            "```{movable} opening\n:figure: fig-second-line\n```",
            r"third.md:\d+: .*scripts/opening.js does not parse: SyntaxError: line \d+: ",
        ),
        Fault(
            "an answer without its shape",
            "book/answers/one.md",
            "**Yes: one is the first.**",
            "Yes.",
            "first sentence is not bold",
        ),
    ],
    "links": [
        fault_in_page("a broken link", "third", "{ref}`nowhere`", r"third.md:\d+: .*nowhere"),
        fault_in_page("a broken citation", "third", "{cite:p}`nobody1900`", "nobody1900"),
        fault_in_page("a broken term", "third", "{term}`no such term`", "no such term"),
        fault_in_page("a broken preset", "third", "{preset}`zigzag: none`", "preset 'none'"),
        fault_in_page("a broken number", "third", "{numref}`fig-none`", "fig-none"),
        fault_in_page("a broken formula", "third", r"$\frac{1}{$", "end of input"),
        fault_in_page(
            "a movable figure without one",
            "third",
            "```{movable} opening\n:figure: fig-none\n```",
            "there is no figure fig-none",
        ),
        Fault(
            "a claim that no page argues",
            CLAIMS,
            "",
            CLAIM.format("unused", "It is so", 'return Check(equal("one", theory=1, observed=1))'),
            "no page argues claim small.unused",
        ),
    ],
    "site": [
        Fault(
            "a page renamed without a redirect",
            "book/published-ids.txt",
            "",
            "book/zeroth.html#zeroth\n",
            r"published-ids.txt:\d+: .*page book/zeroth.html is gone",
        ),
        Fault(
            "a name that is lost",
            "book/published-ids.txt",
            "",
            "book/third.html#third-lost\n",
            r"published-ids.txt:\d+: .*lost the name third-lost",
        ),
        Fault(
            "a style from another host",
            "code/offcenter_site/theme/offcenter/style.css",
            "",
            '\nbody { background: url("https://example.org/b.png") }\n',
            "a style loads https://example.org/b.png",
        ),
        Fault(
            "a script from another host",
            "code/offcenter_site/theme/offcenter/layout.html",
            "</head>",
            '<script src="https://example.org/a.js"></script>\n</head>',
            "<script> loads https://example.org/a.js",
        ),
        Fault(
            "a page that is fetched ahead",
            "code/offcenter_site/theme/offcenter/layout.html",
            "</head>",
            '<link rel="preconnect" href="//example.org">\n</head>',
            "<link> loads //example.org",
        ),
    ],
}
PAGES = [fault for stage in STAGES.values() for fault in stage]


def apply(book, fault):
    """Change the source of a book."""
    path = book / fault.file
    text = path.read_text(encoding="utf-8")
    assert fault.old in text, fault.name
    text = text.replace(fault.old, fault.new) if fault.old else text + fault.new
    path.write_text(text, encoding="utf-8")


def contents(site):
    """Return what each file of a site holds."""
    return {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def book(small_book, run_build, tmp_path_factory):
    """Give a small book that was built once, and is right."""
    book = small_book(tmp_path_factory.mktemp("faults") / "book")
    shutil.copy(ROOT / "docs" / "picture.png", book / "book" / "dot.png")
    code, output = run_build(book)
    assert code == 0, output
    return book


@pytest.fixture
def source(book, tmp_path):
    """Keep the source of the book, and bring it back with its dates."""
    parts = ["index.md", "book", "code", "_config.yml"]
    for part in parts:
        copy = shutil.copytree if (book / part).is_dir() else shutil.copy2
        copy(book / part, tmp_path / part)
    yield
    for part in parts:
        if (book / part).is_dir():
            shutil.rmtree(book / part)
            shutil.copytree(tmp_path / part, book / part)
        else:
            shutil.copy2(tmp_path / part, book / part)


@pytest.mark.slow
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.usefixtures("source")
def test_each_fault_is_told_with_its_place_on_a_later_and_on_a_first_build(
    book, run_build, stage, tmp_path
):
    good = contents(book / "_build/html")
    # Each stage begins with what the right book has left, whichever came before it.
    kept, failed = tmp_path / "kept", tmp_path / "failed"
    shutil.copytree(book / "_build", kept, symlinks=True)
    for fault in STAGES[stage]:
        apply(book, fault)
    # That it is told a second time too is held by `test_strict.py`.
    for build in ("later", "first"):
        if build == "first":
            # What a stage before has said is known: only this folder makes a build a first one.
            shutil.move(book / "_build", failed)
            if stage not in ("claims", "cells"):
                # What comes before these stages is not tried again: cells run each on their own.
                shutil.copytree(failed / ".executed", book / "_build/.executed")
        code, output = run_build(book)
        assert code != 0
        missing = [f.name for f in STAGES[stage] if not re.search(f.says, output)]
        assert not missing, f"{build}: {missing}\n{output}"
        # One message, not the stack of whoever raised it.
        assert "Traceback" not in output
        assert "Exception occurred" not in output
        assert "The book is not built; more is in" in output
        if build == "later":
            assert contents(book / "_build/html") == good
    shutil.rmtree(book / "_build")
    shutil.move(kept, book / "_build")


@pytest.mark.slow
@pytest.mark.usefixtures("source")
def test_a_missing_package_and_damaged_data_are_named(book, run_build, tmp_path):
    (tmp_path / "brotli.py").write_text("raise ModuleNotFoundError(\"No module named 'brotli'\")")
    # Only a page that is written anew needs it.
    apply(book, fault_in_page("", "second", "$7 = 7$", ""))
    code, output = run_build(book, PYTHONPATH=str(tmp_path))
    assert code != 0
    assert re.search("No module named '?brotli", output)
    data = book / "code/offcenter/data/digits.npz"
    data.write_bytes(data.read_bytes()[:1000])
    body = "from offcenter.data import load_digits; load_digits()"
    apply(book, Fault("", CLAIMS, "", CLAIM.format("data", "It is so", body), ""))
    code, output = run_build(book)
    assert code != 0
    assert "small.data: " in output
    assert "digits.npz" in output


def no_room():
    """Let no file grow beyond 30 kB, as on a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))


COMMAND = [Path(sys.executable).with_name("jupyter-book"), "build", "."]


@pytest.mark.slow
@pytest.mark.usefixtures("source")
def test_after_a_full_disk_the_next_build_is_whole(book, run_build):
    code, output = run_build(book)
    assert code == 0, output
    site = book / "_build/html"
    good = contents(site)
    apply(book, Fault("", "CITATION.cff", "version: 2", "version: 3", ""))
    run = subprocess.run(
        COMMAND, cwd=book, preexec_fn=no_room, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "File too large" in run.stdout + run.stderr
    assert contents(site) == good
    apply(book, Fault("", "CITATION.cff", "version: 3", "version: 2", ""))
    code, output = run_build(book)
    assert code == 0, output
    assert contents(site) == good


# What the log of a build says when it is at this, and which process it has started then.
MOMENTS = {
    "executing": ("notebooks: 3 to execute", "ipykernel_launcher"),
    "reading": (r"reading sources\.\.\. \[ *[3-9]\d%\]", ""),
    "writing": (r"writing output\.\.\. \[ *[3-9]\d%\]", ""),
}


def living():
    """Return the parent and the command of each process of this machine that has not ended."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid=,stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    rows = [(*line.split(maxsplit=3), "")[:4] for line in listed.splitlines()]
    return {pid: (parent, command) for pid, parent, state, command in rows if state[0] != "Z"}


def started_by(process):
    """Return the commands of the processes that a process and those below it have started."""
    everything, found = living(), {str(process): ""}
    while more := {
        pid: command
        for pid, (parent, command) in everything.items()
        if parent in found and pid not in found
    }:
        found |= more
    return found


def stopped(book, moment, kind):
    """Start a build, stop it at a moment, and return its code when none of its processes lives."""
    log = book / "_build/html.log"
    log.unlink()
    nothing = subprocess.DEVNULL
    build = subprocess.Popen(
        COMMAND,
        cwd=book,
        stdout=nothing,
        stderr=nothing,
        start_new_session=True,
        # Who runs tests in the background lets them ignore the keyboard, and what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    says, command = MOMENTS[moment]
    family = {}
    while not (
        log.is_file()
        and re.search(says, log.read_text("utf-8"))
        and command in "".join((family := started_by(build.pid)).values())
    ):
        assert build.poll() is None, f"the build ended before {moment}"
        time.sleep(0.01)
    # A key on the keyboard reaches all processes, `kill` one.
    (os.killpg if kind is signal.SIGINT else os.kill)(build.pid, kind)
    build.wait()
    while family.keys() & living().keys():
        time.sleep(0.1)
    return build.returncode


@pytest.mark.slow
@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("moment", MOMENTS)
def test_after_builds_that_were_stopped_the_site_is_as_it_was_and_the_next_build_whole(
    book, run_build, moment
):
    code, output = run_build(book)
    assert code == 0, output
    site = book / "_build/html"
    good = contents(site)
    # Every cell is run again, and every page is written again.
    apply(book, Fault("", "code/offcenter/small.py", "return sum(", "return 0 + sum(", ""))
    apply(book, Fault("", "CITATION.cff", "version: 2", "version: 3", ""))
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        assert stopped(book, moment, kind) != 0
        assert contents(site) == good
    apply(book, Fault("", "code/offcenter/small.py", "return 0 + sum(", "return sum(", ""))
    apply(book, Fault("", "CITATION.cff", "version: 3", "version: 2", ""))
    code, output = run_build(book)
    assert code == 0, output
    assert contents(site) == good


def test_the_table_names_each_fault():
    rows = re.findall(r"^\| ([^|]+?) \|", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {fault.name for fault in PAGES} <= set(rows)


def test_the_library_beside_the_book_is_shown_and_not_an_installed_one(book, run_build, tmp_path):
    (tmp_path / "offcenter").mkdir()
    (tmp_path / "offcenter" / "__init__.py").write_text("raise ImportError('another one')")
    code, output = run_build(book, PYTHONPATH=str(tmp_path))
    assert code == 0, output


def test_a_build_says_what_it_does_in_a_dozen_lines(book, run_build):
    code, output = run_build(book)
    assert code == 0, output
    before = output.partition("=====")[0].strip().splitlines()
    assert len(before) <= 12, output
    assert "html.log" in before[-1]
    assert "Config(" not in output
    assert "MdParserConfig(" in (book / "_build/html.log").read_text(encoding="utf-8")
