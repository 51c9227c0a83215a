"""The command `offcenter`: list the claims, check them, draw the figures."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, TextIO

from offcenter import __version__

# Where no terminal is, a line is written after so many claims.
_QUIET = 20


class _Parser(argparse.ArgumentParser):
    """A parser that answers bad input with one line and exit code 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="offcenter", description=__doc__)
    parser.add_argument("--version", action="version", version=f"offcenter {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)

    listing = commands.add_parser("claims", help="list the claims with their sentences")
    listing.add_argument("chapter", nargs="?", help="only those of one chapter, such as signs")

    check = commands.add_parser("check", help="compute claims; exit code 1 if one fails")
    check.add_argument("id", nargs="*", help="claims or chapters; all if none is named")

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


def _check(words: Sequence[str]) -> int:
    from offcenter.claims import CLAIMS, ClaimError

    ids, failed = _selected(words), []
    for done, id in enumerate(ids):
        _progress(sys.stderr, done, len(ids), id)
        try:
            CLAIMS[id].check()
        except ClaimError as error:
            failed.append(str(error))
        except Exception as error:  # whatever it is, the other claims are still to be checked
            failed.append(f"claim {id} cannot be computed: {type(error).__name__}: {error}")
    _progress(sys.stderr, len(ids), len(ids), "\n")
    for message in failed:
        print(message)
    print(f"{len(ids) - len(failed)} of {len(ids)} claims hold")
    return 1 if failed else 0


def _run(options: argparse.Namespace) -> int:
    if options.command == "claims":
        from offcenter.claims import CLAIMS

        for id in _selected([options.chapter] if options.chapter else []):
            print(f"{id}\n    {CLAIMS[id].sentence}")
    elif options.command == "check":
        return _check(options.id)
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
