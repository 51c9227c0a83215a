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
from datetime import UTC, datetime, time
from pathlib import Path

from pybtex.database import parse_file

from offcenter.figures import FIGURES
from offcenter_site.build.publication import read_publication
from offcenter_site.editions.archive import zip_folder
from offcenter_site.editions.pdf import printer
from offcenter_site.pages.citation import FOLDER as CITATIONS
from offcenter_site.pages.downloads import FOLDER, VARIABLE, WHOLE

ROOT = Path(__file__).resolve().parents[3]
WORK = ROOT / "_build" / "work"
TARGET = ROOT / "_build" / "take-along"

_FIGURE_NOTE = """{title}

{alt}

From: {book}, version {version}. License of the figure: CC BY 4.0
"""


def _build(builder: str, **settings: str) -> Path:
    """Run one builder of the book and return the folder of its result."""
    print(f"building {builder}", flush=True)
    jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
    command = [jupyter_book, "build", str(ROOT), "--path-output", str(WORK)]
    if builder != "html":
        command += ["--builder", "custom", "--custom-builder", builder]
        # Written whole each time: a page left from the last build may lack what others point to.
        shutil.rmtree(WORK / "_build" / builder, ignore_errors=True)
    log = WORK / f"{builder}.log"
    WORK.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        code = subprocess.run(
            command, env=os.environ | settings, stdout=output, stderr=output, check=False
        ).returncode
    if code:
        sys.stderr.write(log.read_text())
        raise SystemExit(f"the {builder} builder failed, see above")
    return WORK / "_build" / builder


def _figures(folder: Path) -> None:
    """Draw each figure in three formats, with its caption and license in a text file."""
    publication = read_publication(ROOT / "CITATION.cff")
    folder.mkdir(parents=True)
    for name, figure in FIGURES.items():
        drawing = figure.draw()
        for suffix in ("svg", "pdf", "png"):
            drawing.save(folder / f"{name}.{suffix}")
        note = _FIGURE_NOTE.format(
            title=drawing.title,
            alt=drawing.alt,
            book=publication.title,
            version=publication.version,
        )
        (folder / f"{name}.txt").write_text(note, encoding="utf-8")
    shutil.copy(ROOT / "LICENSE-text", folder / "LICENSE")


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
    released = read_publication(ROOT / "CITATION.cff").released
    epoch = str(int(datetime.combine(released, time(), UTC).timestamp()))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*command, "--wheel-dir", str(folder), str(ROOT)],
        env=os.environ | {"SOURCE_DATE_EPOCH": epoch},
        check=True,
    )


def _pdfs(site: Path, whole: Path, chapters: dict[str, str], folder: Path) -> None:
    publication = read_publication(ROOT / "CITATION.cff")
    with printer(publication) as press:
        print("printing the book", flush=True)
        press.print(whole / "index.html", folder / "off-center.pdf", publication.title)
        for name, title in chapters.items():
            print(f"printing {name}", flush=True)
            press.print(site / _page_of(name), folder / f"{name}.pdf", title)


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


def main() -> None:
    """Build everything into a new folder, which replaces the last one when all is there."""
    folder = TARGET.with_name("take-along.new")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    site = _build("html")
    chapters = _chapters(site)
    shutil.copy(_build("epub") / "off-center.epub", folder)
    notebooks = _build("notebooks")
    for notebook in notebooks.glob("*.ipynb"):
        shutil.copy(notebook, folder)
    shutil.copytree(_build("slides"), folder / "slides")
    _pdfs(site, _build("singlehtml"), chapters, folder)
    _wheel(folder)
    figures = folder / "off-center-figures"
    _figures(figures)
    zip_folder(folder / "off-center-figures.zip", figures)
    shutil.rmtree(figures)

    shutil.rmtree(TARGET, ignore_errors=True)
    folder.rename(TARGET)
    site = _build("html", **{VARIABLE: str(TARGET)})
    _archive(site)
    print(f"ready: {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
