"""The browser that prints the PDF and runs the tests: the system's, else Playwright's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# No sandbox: containers and CI run as root.  The rest keeps the browser off the network.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
# In milliseconds, and far more than a slow machine needs: only what hangs is to be stopped.
PATIENCE = 600_000


@contextmanager
def launched() -> Iterator[Browser]:
    """Give a headless browser, and close it."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=list(ARGUMENTS), timeout=PATIENCE
        )
        try:
            yield browser
        finally:
            browser.close()


def patient(page: Page) -> Page:
    """Return the page, in which waiting fails only when `PATIENCE` is over."""
    page.context.set_default_timeout(PATIENCE)
    return page
