"""The command `offcenter`: what it lists, checks and draws, and how it refuses."""

import io

import pytest

from offcenter import __main__, __version__
from offcenter.claims import CLAIMS, Check, Claim
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


def test_a_false_claim_gives_exit_code_1(capsys, monkeypatch):
    false = Claim("a.b", "Two is three.", "derived here", lambda: Check(3, 2, 0, "exact"))
    monkeypatch.setattr("offcenter.claims.CLAIMS", {"a.b": false})
    assert __main__.main(["check"]) == 1
    assert "claim a.b is false: theory says 3, observed 2" in capsys.readouterr().out


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
