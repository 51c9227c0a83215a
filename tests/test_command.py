"""The command `offcenter`: what it lists, checks and draws, and how it refuses."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from offcenter import __main__, __version__
from offcenter.claims import CLAIMS, Check, Claim, equal
from offcenter.errors import DamagedFileError
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


def test_processes_find_what_one_finds(capsys):
    assert __main__.main(["check", "signs", "--jobs", "1", "--json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert __main__.main(["check", "signs", "--jobs", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == alone
    assert [claim["id"] for claim in alone["claims"]] == list(__main__._selected(["signs"]))
    assert alone["complete"]
    assert all(claim == claim | {"holds": True, "failure": ""} for claim in alone["claims"])


def test_a_failure_stands_in_the_json(capsys, monkeypatch):
    false = _claim("a.b", "Two is three.", lambda: Check(equal("two", theory=3, observed=2)))
    monkeypatch.setattr("offcenter.claims.CLAIMS", {"a.b": false})
    assert __main__.main(["check", "--json"]) == 1
    (claim,) = json.loads(capsys.readouterr().out)["claims"]
    assert not claim["holds"]
    assert claim["failure"].startswith("claim a.b is false: two: theory says 3, observed 2")


@pytest.mark.parametrize("number", ["0", "-1", "2.5", "many"])
def test_a_number_of_processes_is_a_whole_number(number, capsys):
    with pytest.raises(SystemExit) as stop:
        __main__.main(["check", "--jobs", number])
    assert stop.value.code == 2
    assert "--jobs: must be a whole number of at least 1" in capsys.readouterr().err


def test_a_stopped_check_says_the_sum_so_far(capsys, monkeypatch):
    def stop():
        raise KeyboardInterrupt

    holds = _claim("a.b", "Two is two.", lambda: Check(equal("two", theory=2, observed=2)))
    claims = {"a.b": holds, "a.c": _claim("a.c", "It stops.", stop), "a.d": holds}
    monkeypatch.setattr("offcenter.claims.CLAIMS", claims)
    assert __main__.main(["check"]) == 130
    printed = capsys.readouterr()
    assert printed.out == "1 of 1 claims hold; stopped before 2 others\n"
    assert printed.err == ""


def test_a_file_that_is_no_terminal_gets_a_line_now_and_then():
    file = io.StringIO()
    for done in range(0, 51):
        __main__._progress(file, done, 50, "signs.one")
    assert file.getvalue() == "20 of 50 checked\n40 of 50 checked\n"


def test_a_damaged_data_file_is_named(capsys, monkeypatch):
    def damaged():
        raise DamagedFileError("digits.npz cannot be read: install the package again")

    monkeypatch.setattr("offcenter.claims.CLAIMS", {"a.b": _claim("a.b", "It reads.", damaged)})
    assert __main__.main(["check"]) == 1
    assert "DamagedFileError: digits.npz cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", [".SVG", ".Pdf", ".PNG"])
def test_suffixes_are_read_in_any_case(suffix, tmp_path, capsys):
    name = next(iter(FIGURES))
    assert __main__.main(["draw", name, str(tmp_path / f"a{suffix}")]) == 0
    assert __main__.main(["draw", name, str(tmp_path / f"b{suffix.lower()}")]) == 0
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix.lower()}").read_bytes()


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
