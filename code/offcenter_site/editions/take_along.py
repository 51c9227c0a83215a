"""Everything that leaves the site: `make take-along`.

PDF of the whole and of each chapter, EPUB, notebooks, slides, figures in three formats, the wheel
of the package, and the site as one archive.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from pybtex.database import parse_file

from offcenter.figures import FIGURES
from offcenter_site.build.publication import read_publication
from offcenter_site.editions.archive import zip_folder
from offcenter_site.editions.pdf import printer
from offcenter_site.pages.citation import FOLDER as CITATIONS
from offcenter_site.pages.downloads import FOLDER, NOTEBOOKS, VARIABLE, WHOLE

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "_build"
TARGET = BUILD / "take-along"

_FIGURE_NOTE = """{title}

{alt}

From: {book}, version {version}. License of the figure: CC BY 4.0
"""


def _build(builder: str, **settings: str) -> Path:
    """Run one builder of the book and return the folder of its result."""
    print(f"building {builder}", flush=True)
    jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
    command = [jupyter_book, "build", str(ROOT)]
    if builder != "html":
        command += ["--builder", "custom", "--custom-builder", builder]
        # Written whole each time: a page left from the last build may lack what others point to.
        shutil.rmtree(BUILD / builder, ignore_errors=True)
    # Beside the log that the build itself keeps.
    log = BUILD / f"{builder}.said"
    BUILD.mkdir(exist_ok=True)
    with log.open("w") as output:
        code = subprocess.run(
            command, env=os.environ | settings, stdout=output, stderr=output, check=False
        ).returncode
    if code:
        sys.stderr.write(log.read_text())
        raise SystemExit(f"the {builder} builder failed, see above")
    return BUILD / builder


def _epub(folder: Path) -> None:
    shutil.copy(_build("epub") / "off-center.epub", folder)


def _notebooks(site: Path, folder: Path) -> None:
    for notebook in (site / NOTEBOOKS).glob("*.ipynb"):
        shutil.copy(notebook, folder)


def _slides(folder: Path) -> None:
    shutil.copytree(_build("slides"), folder / "slides")


def _figures(folder: Path) -> None:
    """Draw each figure in three formats, with its caption and license in a text file."""
    print("drawing the figures", flush=True)
    publication = read_publication(ROOT / "CITATION.cff")
    figures = folder / f"{WHOLE}-figures"
    figures.mkdir(parents=True)
    for name, figure in FIGURES.items():
        drawing = figure.draw()
        for suffix in ("svg", "pdf", "png"):
            drawing.save(figures / f"{name}.{suffix}")
        note = _FIGURE_NOTE.format(
            title=drawing.title,
            alt=drawing.alt,
            book=publication.title,
            version=publication.version,
        )
        (figures / f"{name}.txt").write_text(note, encoding="utf-8")
    shutil.copy(ROOT / "LICENSE-text", figures / "LICENSE")
    zip_folder(folder / f"{WHOLE}-figures.zip", figures)
    shutil.rmtree(figures)


def _page_of(key: str) -> str:
    return f"book/{key.removeprefix('offcenter-')}.html"


def _chapters(site: Path) -> dict[str, str]:
    """Return the titles of the chapters by name, as the site cites them.

    Answers are cited as well; they are short, run nothing, and go with the whole book.
    """
    entries = {}
    cited = (site / CITATIONS).glob("offcenter-*.bib")
    for path in sorted(p for p in cited if (site / _page_of(p.stem)).is_file()):
        entry = parse_file(path, "bibtex").entries[path.stem]
        entries[path.stem.removeprefix("offcenter-")] = entry.fields["title"].strip("{}")
    return entries


def _wheel(folder: Path) -> None:
    print("building the wheel", flush=True)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, "--wheel-dir", str(folder), str(ROOT)],
        check=True,
    )


def _pdf_of_the_whole(folder: Path) -> None:
    publication = read_publication(ROOT / "CITATION.cff")
    page = _build("singlehtml") / "index.html"
    print("printing the book", flush=True)
    with printer(publication) as press:
        press.print(page, folder / f"{WHOLE}.pdf", publication.title)


def _pdfs_of_chapters(site: Path, folder: Path) -> None:
    print("printing the chapters", flush=True)
    with printer(read_publication(ROOT / "CITATION.cff")) as press:
        for name, title in _chapters(site).items():
            press.print(site / _page_of(name), folder / f"{name}.pdf", title)


def _do_all(tasks: Iterable[Callable[[], None]]) -> None:
    """Do what does not wait for each other on all cores; the longest comes first."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        for done in [pool.submit(task) for task in tasks]:
            done.result()


def _archive(site: Path) -> None:
    """Write the site into one file, which the site then offers, and which does not offer itself."""
    name = f"{WHOLE}-site.zip"
    copy = TARGET.parent / WHOLE
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns(name))
    page = copy / "book" / "citing.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(rf"<li>(?:(?!</li>).)*{name}.*?</li>", "", text, flags=re.S), "utf-8")
    zip_folder(TARGET / name, copy)
    shutil.rmtree(copy)
    shutil.copy(TARGET / name, site / FOLDER / name)


def _to_run(folder: Path) -> None:
    """Write what services that run notebooks want of a branch: notebooks, wheel, and its name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    [wheel] = TARGET.glob("*.whl")
    for path in (wheel, *TARGET.glob("*.ipynb")):
        shutil.copy(path, folder)
    (folder / "requirements.txt").write_text(f"./{wheel.name}\n", encoding="utf-8")
    # Binder's own Python may be older than the package accepts.
    (folder / "runtime.txt").write_text("python-3.11\n", encoding="utf-8")


def main() -> None:
    """Build everything into a new folder, which replaces the last one when all is there."""
    folder = TARGET.with_name("take-along.new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    # The first build reads the pages; the others, which only write them, share what it has read.
    site = _build("html")
    _do_all(
        [
            partial(_pdf_of_the_whole, folder),
            partial(_figures, folder),
            partial(_pdfs_of_chapters, site, folder),
            partial(_epub, folder),
            partial(_notebooks, site, folder),
            partial(_slides, folder),
            partial(_wheel, folder),
        ]
    )

    shutil.rmtree(TARGET, ignore_errors=True)
    folder.rename(TARGET)
    site = _build("html", **{VARIABLE: str(TARGET)})
    _archive(site)
    _to_run(TARGET.with_name("notebooks"))
    print(f"ready: {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
