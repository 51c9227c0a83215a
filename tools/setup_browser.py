"""Finds the browser that prints the PDF and that the tests drive: `python setup_browser.py`.

A system Chrome or Chromium, else Playwright's own, else on Debian the package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from offcenter_site.editions.browser import launched


def starts() -> bool:
    """Whether a browser starts."""
    try:
        with launched():
            return True
    except Exception:  # whatever Playwright says, there is none that can be used
        return False


def done(*command: str) -> bool:
    """Whether a command succeeds; what it prints helps nobody here."""
    return not subprocess.run(command, check=False, capture_output=True).returncode


def main() -> None:
    """Find one or install one, or say what to do."""
    if starts():
        return
    print("No Chrome or Chromium found; asking Playwright for one", flush=True)
    if done(sys.executable, "-m", "playwright", "install", "chromium") and starts():
        return
    if shutil.which("apt-get"):
        # Nothing runs as root unasked.
        if os.geteuid() != 0:
            sys.exit("missing: a browser. Run: sudo apt-get install chromium")
        print("Playwright has none for this machine; installing Debian's chromium", flush=True)
        if done("apt-get", "update", "-qq") and done("apt-get", "install", "-y", "-qq", "chromium"):
            return
    sys.exit("missing: a browser. Install Chrome or Chromium, then run this again.")


if __name__ == "__main__":
    main()
