"""The built site, served as a host would, and a browser to read it with."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urldefrag, urlsplit

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Error, Page

from offcenter_site.editions.browser import launched, patient

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(os.environ.get("OFFCENTER_SITE", ROOT / "_build" / "html"))


def _is_page(path: Path) -> bool:
    inside = path.relative_to(SITE)
    if inside.parts[0] in ("take-along", "_static"):
        return False
    return "<title>Moved</title>" not in path.read_text(encoding="utf-8")[:600]


@cache
def page_names() -> list[str]:
    """Return the pages of the built site, as paths under it."""
    return sorted(str(p.relative_to(SITE)) for p in SITE.rglob("*.html") if _is_page(p))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that takes `page_name` once for each page."""
    if "page_name" in metafunc.fixturenames:
        # Without a site there is one page, whose test says what to do.
        # By module: what a test opens, the next tests of the same page have open.
        metafunc.parametrize("page_name", page_names() or ["index.html"], scope="module")


@pytest.fixture(scope="session")
def site() -> Path:
    """Give the folder of the built site."""
    if not (SITE / "index.html").exists():
        pytest.fail(f"{SITE} holds no site: run make book before these tests")
    return SITE


def headers_of(site: Path, path: str) -> list[tuple[str, str]]:
    """Return the headers that the site's `_headers` file gives to a path, of every rule for it."""
    found = []
    text = (site / "_headers").read_text("utf-8")
    for rule, lines in re.findall(r"^(/\S*)\n((?: +.*\n)+)", text, re.MULTILINE):
        if path == rule or (rule.endswith("*") and path.startswith(rule[:-1])):
            pairs = (line.strip().partition(": ") for line in lines.splitlines())
            found += [(name, value) for name, _, value in pairs]
    return found


class _Host(SimpleHTTPRequestHandler):
    """A static host: sends the headers that the site ships, and its page for what is not there."""

    def end_headers(self) -> None:
        for name, value in headers_of(Path(self.directory), urlsplit(self.path).path):
            self.send_header(name, value)
        super().end_headers()

    def send_error(self, code: int, *args: object) -> None:
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def _hosted(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Host, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def hosted() -> Callable[[Path], AbstractContextManager[str]]:
    """Give a function that serves a folder as a static host would."""
    return _hosted


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Give the address of the site on this machine."""
    with _hosted(site) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Give one browser for all tests."""
    with launched() as browser:
        yield browser


# Empties what a page stores (an empty page has no storage, and says so by an exception), and
# tells whether its timers are still the browser's own.
_EMPTY = """() => {
  try { localStorage.clear(); sessionStorage.clear(); } catch {}
  history.replaceState(null, '');
  return /native code/.test(setTimeout);
}"""


class Desk:
    """Lends pages of a browser, and lends them again: to make one costs more than most tests.

    A page is as new when it is lent: nothing of the reader before is stored, in the address, under
    the mouse or listened to.  One whose clock was taken over is not lent again.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = {}

    @contextmanager
    def lend(
        self,
        url: str = "about:blank",
        *,
        viewport: dict[str, int],
        color_scheme: str = "light",
        reduced_motion: str = "no-preference",
        listen: Mapping[str, Callable[[Any], object]] = MappingProxyType({}),
        **fixed: Any,
    ) -> Iterator[Page]:
        """Give a page at `url`; `fixed` is what a browser wants to know before it makes one."""
        free = self._free.setdefault(repr(sorted(fixed.items())), [])
        page = free.pop() if free else patient(self._browser.new_context(**fixed).new_page())
        page.set_viewport_size(viewport)
        page.emulate_media(media="null", color_scheme=color_scheme, reduced_motion=reduced_motion)
        for event, listener in listen.items():
            page.on(event, listener)
        try:
            # To a place of the page that is there it would only move, and not load; by way of an
            # empty page, which takes a new process of the browser, it loads.
            there, place = urldefrag(url)
            if place and urldefrag(page.url)[0] == there:
                page.goto("about:blank")
            page.goto(url)
            yield page
        finally:
            for event, listener in listen.items():
                page.remove_listener(event, listener)
            if self._is_as_new(page):
                free.append(page)
            else:
                page.context.close()

    def _is_as_new(self, page: Page) -> bool:
        if page.is_closed():
            return False
        for other in page.context.pages:
            if other is not page:
                other.close()
        try:
            page.mouse.move(-1, -1)
            return page.evaluate(_EMPTY)
        except Error:  # it left for another address just now
            return False


class Reader:
    """Opens pages and writes down what they ask for and complain about."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @contextmanager
    def open(
        self, url: str, *, width: int = 1280, dark: bool = False, **options: object
    ) -> Iterator[Page]:
        """Give the page at `url`; its `requests` and `complaints` are lists of words."""
        requests, complaints = [], []
        listen = {
            "request": lambda request: requests.append(request.url),
            "pageerror": lambda error: complaints.append(str(error)),
            "console": lambda message: (
                complaints.append(message.text) if message.type == "error" else None
            ),
            "response": lambda answer: (
                complaints.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
            ),
        }
        with self._desk.lend(
            url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            listen=listen,
            **options,
        ) as page:
            page.requests, page.complaints = requests, complaints
            yield page


@pytest.fixture(scope="session")
def desk(chromium: Browser) -> Desk:
    """Give who lends pages."""
    return Desk(chromium)


@pytest.fixture(scope="session")
def reader(desk: Desk) -> Reader:
    """Give who opens pages."""
    return Reader(desk)


@pytest.fixture(scope="module")
def opened(reader: Reader, address: str, page_name: str) -> Iterator[Page]:
    """Give a page of the site as it is opened at a desk; tests leave it as it was."""
    with reader.open(f"{address}/{page_name}") as page:
        yield page


@pytest.fixture
def visit(reader: Reader, address: str) -> Callable[..., Iterator[Page]]:
    """Give a function that opens a page of the site by its path."""

    def open_page(name: str, **options: object) -> Iterator[Page]:
        return reader.open(f"{address}/{name}", **options)

    return open_page


SMALL = Path(__file__).parent / "small-book"


def _write_small_book(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns("code"), dirs_exist_ok=True)
    for name in ("_config.yml", "CITATION.cff"):
        shutil.copy(ROOT / name, folder)
    code = folder / "code"
    shutil.copytree(ROOT / "code", code, ignore=shutil.ignore_patterns("__pycache__"))
    # Claims take time; the figures stay, since the movable ones take their settings from them.
    for module in (code / "offcenter" / "claims").glob("[a-z]*.py"):
        module.unlink()
    for part in ("claims", "figures"):
        shutil.copy(SMALL / "code" / f"{part}.py", code / "offcenter" / part / "small.py")
    shutil.copy(SMALL / "code" / "small.py", code / "offcenter")
    return folder


@pytest.fixture(scope="session")
def small_book() -> Callable[[Path], Path]:
    """Give a function that writes a book of a dozen pages, with all features, into a folder."""
    return _write_small_book


# A process that has imported what every build imports and nothing of a book, and forks for each
# build: half of the work of a small build would be these imports.  What is set for Python, for the
# system or for other packages is there as it starts; only what our code reads is set for a build.
_BUILDER = """
import json, os, signal, sys
import jupyter_book.cli.main, jupyter_book.sphinx, matplotlib.figure, myst_nb.sphinx_ext
import scipy.optimize, sphinx_exercise, sphinxcontrib.bibtex, sympy, z3
for line in sys.stdin:
    job = json.loads(line)
    child = os.fork()
    if not child:
        signal.alarm(7200)  # of a build that does not end
        os.environ.clear()
        os.environ.update(job["environment"])
        os.chdir(job["book"])
        nothing, log = os.open(os.devnull, os.O_RDONLY), os.open(job["log"], os.O_WRONLY)
        for number, source in enumerate((nothing, log, log)):
            os.dup2(source, number)
        sys.argv = job["command"]
        sys.exit(jupyter_book.cli.main.main())
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Builds:
    """Builds books as the command does, each in a process of its own."""

    def __init__(self) -> None:
        self._builders: dict[tuple[tuple[str, str], ...], subprocess.Popen[str]] = {}

    def run(self, book: Path, builder: str = "html", **settings: str) -> tuple[int, str]:
        """Build a book; return the exit code, and all that was printed."""
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        environment |= settings
        command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "."]
        if builder != "html":
            command += ["--builder", "custom", "--custom-builder", builder]
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as log:
            # Windows has no fork.
            if not hasattr(os, "fork"):
                with open(log.name, "wb") as output:
                    code = subprocess.run(
                        command,
                        cwd=book,
                        env=environment,
                        stdout=output,
                        stderr=output,
                        check=False,
                    ).returncode
            else:
                job = {"book": str(book), "command": command, "log": log.name}
                starts = {k: v for k, v in settings.items() if not k.startswith("OFFCENTER_")}
                code = self._ask(job | {"environment": environment}, starts)
            return code, re.sub(r"\x1b\[[\d;]*[mK]", "", log.read())

    def _ask(self, job: dict[str, Any], starts: dict[str, str]) -> int:
        key = tuple(sorted(starts.items()))
        if key not in self._builders:
            environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
            self._builders[key] = subprocess.Popen(
                # Alone with the packages: not the folder where the tests run.
                [sys.executable, "-P", "-c", _BUILDER],
                env=environment | {"OMP_NUM_THREADS": "1"} | starts,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        builder = self._builders[key]
        assert builder.stdin
        assert builder.stdout
        builder.stdin.write(json.dumps(job) + "\n")
        builder.stdin.flush()
        said = builder.stdout.readline()
        assert said, "the process that builds books has ended"
        return int(said)

    def close(self) -> None:
        """End the processes that wait."""
        for builder in self._builders.values():
            builder.communicate("")


@pytest.fixture(scope="session")
def run_build() -> Iterator[Callable[..., tuple[int, str]]]:
    """Give a function that builds a book as its users do; exit code, and all that was printed."""
    builds = Builds()
    yield builds.run
    builds.close()


@pytest.fixture(scope="session")
def once(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Callable[[str, Callable[[Path], None]], Path]:
    """Give a function that fills a folder once in a run, whichever process of it asks first."""
    base = tmp_path_factory.getbasetemp()
    base = base if worker_id == "master" else base.parent

    def made(name: str, fill: Callable[[Path], None]) -> Path:
        folder, done = base / name, base / f"{name}.done"
        with FileLock(base / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return made
