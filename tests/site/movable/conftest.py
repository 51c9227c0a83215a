"""Pages of movable figures, served under the book's strict policy."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager

import pytest
from movable_pages import write_page

from offcenter_site.movable.catalog import MOVABLES

POLICY = "default-src 'self'; img-src 'self' data:"


def write_pages(folder):
    """Write a folder for each figure."""
    (folder / "_headers").write_text(f"/*\n  Content-Security-Policy: {POLICY}\n")
    for name in MOVABLES:
        (folder / name).mkdir()
        write_page(folder / name, name)


@pytest.fixture(scope="session")
def pages(once, hosted):
    """Give the address of a folder for each figure."""
    with hosted(once("movable", write_pages)) as address:
        yield address


STILL = {"viewport": {"width": 800, "height": 1000}, "reduced_motion": "reduce"}


@contextmanager
def visitor(desk, pages):
    """Open pages of figures; in the end nothing was complained of or asked from outside."""
    complaints = []
    listen = {
        "console": lambda message: complaints.append(message.text),
        "pageerror": lambda error: complaints.append(str(error)),
        "request": lambda request: (
            request.url.startswith((pages, "data:"))
            or complaints.append(f"outside request: {request.url}")
        ),
    }
    with ExitStack() as lent:

        def open_page(name, query="", **options):
            url = f"{pages}/{name}/{name}.html{query}"
            return lent.enter_context(desk.lend(url, **STILL | options, listen=listen))

        yield open_page
    assert not complaints


@pytest.fixture
def visit(desk, pages):
    """Give a function that opens the page of a figure."""
    with visitor(desk, pages) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def sized(desk, pages, name, width, height):
    """Give a live figure in a window of a size: for tests of where things are, one after another.

    Each sets all fields that it needs, or leaves them as they were.
    """
    with visitor(desk, pages) as open_page:
        page = open_page(name, viewport={"width": width, "height": height})
        page.evaluate("offCenter.stages[0].live()")
        yield page
