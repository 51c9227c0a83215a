"""What builds cost, as ratios within one run: `make bench`.

Seconds are those of the processor, of all processes together: beside other work those of the clock
say little.
Three books are built side by side, each in a copy of its own: this edition, edition 1 from the
history with the versions that it locks, and this edition's pages by default Jupyter Book 1 with
its own theme, where `stand_in.py` takes the place of our extension.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
# The last commit of edition 1.
EDITION_1 = "538bb755eae820e068a214e9c5154a19c38af39b"
_TOP = ("index.md", "_config.yml", "_toc.yml", "CITATION.cff", "CHANGELOG.md")
SOURCES = (*_TOP, "book", "code", "examples")
# A page with cells, claims and figures, and a word in it.
PAGE, WORD = "book/signs.md", ("The number", "This number")
WARM = "clean, from what is stored"
PHASES = ("clean, from nothing", WARM, "unchanged", "one word")


def _spent() -> float:
    """Return the seconds that the processes started so far have taken of the processors."""
    times = os.times()
    return times.children_user + times.children_system


@dataclass(frozen=True)
class Book:
    """A copy of a book, the command that builds it, and where it keeps results."""

    name: str
    folder: Path
    jupyter_book: Path
    store: Path

    def build(self) -> float:
        """Build once, and return the seconds of the processor."""
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        environment |= {"OFFCENTER_STORE": str(self.store), "PYTHONPATH": str(self.folder / "code")}
        start = _spent()
        run = subprocess.run(
            [self.jupyter_book, "build", "."],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = _spent() - start
        if run.returncode:
            sys.exit(f"{self.name} does not build:\n{run.stdout[-3000:]}{run.stderr[-3000:]}")
        return seconds

    def phases(self) -> dict[str, float]:
        """Return the seconds of each phase, and print them as they come."""
        built = self.folder / "_build"
        page = self.folder / PAGE
        seconds: dict[str, float] = {}
        for phase in PHASES:
            if phase == WARM:
                if not self.store.is_dir():
                    continue
                shutil.rmtree(built)
            elif phase == "one word":
                page.write_text(page.read_text("utf-8").replace(*WORD, 1), "utf-8")
            seconds[phase] = self.build()
            print(f"  {phase}: {seconds[phase]:.1f} s", flush=True)
        return seconds


def _copy(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in SOURCES:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder)


def this_edition(work: Path) -> Book:
    """Copy this edition."""
    _copy(work / "edition-2")
    command = Path(sys.executable).with_name("jupyter-book")
    return Book("edition 2", work / "edition-2", command, work / "store-2")


def default(work: Path) -> Book:
    """Copy this edition's pages with the settings of default Jupyter Book."""
    folder = work / "default"
    _copy(folder)
    shutil.copy(ROOT / "tools" / "stand_in.py", folder)
    ours = yaml.safe_load((folder / "_config.yml").read_text("utf-8"))
    settings = {key: ours[key] for key in ("title", "execute", "parse", "bibtex_bibfiles")}
    settings |= {"only_build_toc_files": True, "exclude_patterns": ours["exclude_patterns"]}
    settings["sphinx"] = {
        "extra_extensions": ["sphinx_exercise", "sphinx.ext.autodoc", "sphinx.ext.napoleon"],
        "local_extensions": {"stand_in": "."},
        "config": {"numfig": True, "default_role": "literal", "autodoc_typehints": "none"},
    }
    (folder / "_config.yml").write_text(yaml.safe_dump(settings), "utf-8")
    command = Path(sys.executable).with_name("jupyter-book")
    return Book("default", folder, command, work / "store-default")


def edition_1(work: Path) -> Book | None:
    """Take edition 1 from the history, with the environment that it locks."""
    folder = work / "edition-1"
    archive = subprocess.run(
        ["git", "archive", EDITION_1], cwd=ROOT, capture_output=True, check=False
    )
    if archive.returncode:
        print("edition 1 is not in this history: left out")
        return None
    folder.mkdir(parents=True)
    subprocess.run(["tar", "-x"], cwd=folder, input=archive.stdout, check=True)
    # A busy machine would meet its limit for one cell.
    config = folder / "_config.yml"
    config.write_text(config.read_text("utf-8").replace("timeout: 120", "timeout: 7200"), "utf-8")
    place = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    uv = Path(sys.executable).with_name("uv")
    install = [uv, "pip", "install", "--quiet", "--python", place / "bin" / "python"]
    subprocess.run([*install, "--require-hashes", "-r", folder / "requirements.txt"], check=True)
    return Book("edition 1", folder, place / "bin" / "jupyter-book", work / "no-store")


def main() -> None:
    """Measure, and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="of: edition-2, edition-1, default")
    chosen = parser.parse_args().only
    work = ROOT / "_build" / "bench"
    shutil.rmtree(work, ignore_errors=True)
    # The copies of this tree first, and both of one state of it.
    makers = {"edition-2": this_edition, "default": default, "edition-1": edition_1}
    books = [make(work) for name, make in makers.items() if not chosen or name in chosen]
    measured = {}
    for book in filter(None, books):
        print(f"building {book.name}", flush=True)
        measured[book.name] = book.phases()
    ours = measured.get("edition 2", {})
    print(f"{'':28}" + "".join(f"{name:>14}" for name in measured))
    for phase in PHASES:
        cells = []
        for seconds in measured.values():
            time_taken = seconds.get(phase, seconds[PHASES[0]])
            ratio = f"({ours[phase] / time_taken:.2f})" if phase in ours else ""
            cells.append(f"{time_taken:7.1f} s{ratio:>7}")
        print(f"{phase:28}" + "".join(f"{cell:>16}" for cell in cells))
    print("in brackets: edition 2 over it; edition 1 keeps nothing between clean builds")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
