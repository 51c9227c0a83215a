"""The command `offcenter`: list the claims, check them, draw the figures."""

from __future__ import annotations

import argparse
import io
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NoReturn, TextIO

from offcenter import __version__

# Where no terminal is, a line is written after so many claims; fewer are checked by one process.
_QUIET = 20


class _Parser(argparse.ArgumentParser):
    """A parser that answers bad input with one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _jobs(word: str) -> int:
    if not word.isdecimal() or int(word) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {word!r}")
    return int(word)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="offcenter", description=__doc__)
    parser.add_argument("--version", action="version", version=f"offcenter {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)

    listing = commands.add_parser("claims", help="list the claims with their sentences")
    listing.add_argument("chapter", nargs="?", help="only those of one chapter, such as signs")

    check = commands.add_parser("check", help="compute claims; exit code 1 if one fails")
    check.add_argument("id", nargs="*", help="claims or chapters; all if none is named")
    check.add_argument(
        "--jobs", type=_jobs, help="processes; as many as there are processors if not given"
    )
    check.add_argument("--json", action="store_true", help="print the results as JSON")

    commands.add_parser("figures", help="list the figures with their messages")

    draw = commands.add_parser("draw", help="draw a figure to a file")
    draw.add_argument("name", help="a name that `offcenter figures` lists")
    draw.add_argument("file", type=Path, help="its suffix gives the format: .svg, .pdf or .png")
    return parser


def _selected(words: Sequence[str]) -> list[str]:
    """Return the ids of the claims that `words`, ids or chapters, name; all for no words."""
    from offcenter.claims import CLAIMS

    for word in words:
        if word not in CLAIMS and not any(id.startswith(f"{word}.") for id in CLAIMS):
            raise ValueError(
                f"there is no claim or chapter {word!r}; `offcenter claims` lists them"
            )
    return [id for id in CLAIMS if not words or id in words or id.partition(".")[0] in words]


def _progress(stream: TextIO, done: int, total: int, name: str) -> None:
    if stream.isatty():
        width = 30
        bar = "█" * (width * done // total)
        stream.write(f"\r\x1b[K{bar:░<{width}} {done}/{total} {name}")
        stream.flush()
    elif total > _QUIET and done and done % _QUIET == 0:
        stream.write(f"{done} of {total} checked\n")
        stream.flush()


def _failure(id: str) -> str:
    """Return what is wrong with a claim; nothing if it holds."""
    from offcenter.claims import CLAIMS, ClaimError

    try:
        CLAIMS[id].check()
    except ClaimError as error:
        return str(error)
    except Exception as error:  # whatever it is, the other claims are still to be checked
        return f"claim {id} cannot be computed: {type(error).__name__}: {error}"
    return ""


def _failures(ids: Sequence[str], jobs: int) -> Iterator[tuple[str, str]]:
    """Return each claim with what is wrong with it, in the order in which they are done."""
    if jobs == 1:
        for id in ids:
            yield id, _failure(id)
        return
    # Ctrl-C ends the others without a word; this process says the sum.
    with ProcessPoolExecutor(
        jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_DFL)
    ) as pool:
        try:
            waiting = {pool.submit(_failure, id): id for id in ids}
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _check(words: Sequence[str], jobs: int | None, as_json: bool) -> int:
    ids, found, stopped = _selected(words), {}, False
    if jobs is None:
        jobs = (os.cpu_count() or 1) if len(ids) > _QUIET else 1
    _progress(sys.stderr, 0, len(ids), next(iter(ids), ""))
    try:
        for id, failure in _failures(ids, jobs):
            found[id] = failure
            _progress(sys.stderr, len(found), len(ids), id)
    except KeyboardInterrupt:
        stopped = True
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    failed = [found[id] for id in ids if found.get(id)]
    if as_json:
        claims = [
            {"id": id, "holds": not found[id], "failure": found[id]} for id in ids if id in found
        ]
        print(json.dumps({"claims": claims, "complete": not stopped}, indent=1))
    else:
        for message in failed:
            print(message)
        left = f"; stopped before {len(ids) - len(found)} others" if stopped else ""
        print(f"{len(found) - len(failed)} of {len(found)} claims hold{left}")
    return 130 if stopped else 1 if failed else 0


def _run(options: argparse.Namespace) -> int:
    if options.command == "claims":
        from offcenter.claims import CLAIMS

        for id in _selected([options.chapter] if options.chapter else []):
            print(f"{id}\n    {CLAIMS[id].sentence}")
    elif options.command == "check":
        return _check(options.id, options.jobs, options.json)
    elif options.command == "figures":
        from offcenter.figures import FIGURES

        for name, figure in FIGURES.items():
            print(f"{name}\n    {figure.title}")
    else:
        from offcenter.figures import draw

        print(draw(options.name).save(options.file))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    0; or 1 for a claim that is false or cannot be computed, or output that nobody reads to its end;
    or 2 for bad input.
    """
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a code page that cannot show ρ shows a mark in its place.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = _run(options)
        sys.stdout.flush()  # here, where a reader who is gone is noticed
    except KeyboardInterrupt:
        print("offcenter: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Python flushes once more at its end, and would say that it cannot.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError) as error:
        print(f"offcenter: {error}", file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
