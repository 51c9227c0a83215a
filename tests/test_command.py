"""The command `offcenter`: what it lists, checks and draws, and how it refuses."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from offcenter import __main__, __version__
from offcenter.claims import CLAIMS, Check, Claim, equal
from offcenter.figures import FIGURES


def test_it_lists_every_claim_and_every_figure(capsys):
    assert __main__.main(["claims"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line for line in listed if not line.startswith(" ")] == list(CLAIMS)
    assert __main__.main(["figures"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line for line in listed if not line.startswith(" ")] == list(FIGURES)


def test_it_checks_a_chapter(capsys):
    assert __main__.main(["check", "signs"]) == 0
    number = sum(id.startswith("signs.") for id in CLAIMS)
    assert capsys.readouterr().out == f"{number} of {number} claims hold\n"


def _claim(id, sentence, compute):
    """Return a claim whose result goes to no store: each test has functions of its own."""
    return Claim(id, sentence, "derived here", "computed", (), "", compute)


@pytest.fixture(autouse=True)
def no_store(monkeypatch):
    """Keep what these claims compute out of every store."""
    monkeypatch.setattr(
        "offcenter.claims._record.kept", lambda name, module, arguments, compute: compute()
    )


def test_a_false_claim_gives_exit_code_1(capsys, monkeypatch):
    false = _claim("a.b", "Two is three.", lambda: Check(equal("two", theory=3, observed=2)))
    monkeypatch.setattr("offcenter.claims.CLAIMS", {"a.b": false})
    assert __main__.main(["check"]) == 1
    assert "claim a.b is false: two: theory says 3, observed 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    "error", [ValueError("too wide"), ZeroDivisionError("by 0"), RuntimeError(), KeyError("x")]
)
def test_a_claim_that_cannot_be_computed_is_named_beside_the_others(error, capsys, monkeypatch):
    def fail():
        raise error

    claims = {
        "a.b": _claim("a.b", "It fails.", fail),
        "a.c": _claim("a.c", "Two is three.", lambda: Check(equal("two", theory=3, observed=2))),
        "a.d": _claim("a.d", "Two is two.", lambda: Check(equal("two", theory=2, observed=2))),
    }
    monkeypatch.setattr("offcenter.claims.CLAIMS", claims)
    assert __main__.main(["check"]) == 1
    printed = capsys.readouterr()
    first, second, last = printed.out.splitlines()
    assert first.startswith(f"claim a.b cannot be computed: {type(error).__name__}")
    assert second.startswith("claim a.c is false")
    assert last == "1 of 3 claims hold"
    assert printed.err == ""


@pytest.mark.parametrize("command", ["claims", "figures"])
def test_a_reader_who_stops_reading_is_no_error(command):
    source = Path(__main__.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "offcenter", command],
        env=os.environ | {"PYTHONPATH": str(source)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdout.close()
    with process.stderr as errors:
        said = errors.read()
    assert process.wait() == 1
    assert said == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["check", "no-such-claim"],
        ["claims", "no-such-chapter"],
        ["draw", "no-such-figure", "x.svg"],
        ["draw", next(iter(FIGURES), "x"), "x.gif"],
        ["draw", next(iter(FIGURES), "x"), "no-such-folder/x.svg"],
    ],
)
def test_bad_input_gets_one_line_and_exit_code_2(arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        code = __main__.main(arguments)
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_it_draws_to_a_file(capsys, tmp_path):
    name = next(iter(FIGURES))
    assert __main__.main(["draw", name, str(tmp_path / "figure.svg")]) == 0
    assert (tmp_path / "figure.svg").read_text().startswith("<svg")


def test_progress_is_drawn_on_a_terminal_only():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        __main__._progress(stream, 1, 2, "signs.one")
    assert "1/2 signs.one" in terminal.getvalue()
    assert file.getvalue() == ""


def test_it_says_its_version(capsys):
    with pytest.raises(SystemExit):
        __main__.main(["--version"])
    assert capsys.readouterr().out == f"offcenter {__version__}\n"


def test_a_code_page_without_greek_gets_every_line():
    source = Path(__main__.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-m", "offcenter", "claims"],
        env=os.environ | {"PYTHONPATH": str(source), "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=True,
    )
    lines = run.stdout.decode("cp1252").splitlines()
    assert len(lines) == 2 * len(CLAIMS)
