"""What was published stays: a page that is gone leads on, and no name within a page is lost.

`book/published-ids.txt` lists both, a line each: the page, a #, the name.  `tools/publish-ids` adds
to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

LIST = Path("book") / "published-ids.txt"
_ID = re.compile(r'\sid="([^"]+)"')


def broken(lines: list[str], site: Path, redirects: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Give the number of each line whose promise the built site breaks, and what is wrong.

    A page that is gone is named once.
    """
    found: dict[str, set[str]] = {}
    gone: set[str] = set()
    for number, line in enumerate(lines, 1):
        page, _, name = line.partition("#")
        if not page or page in gone:
            continue
        place = site / redirects.get(page, page)
        if not place.is_file():
            gone.add(page)
            yield number, f"the page {page} is gone: set offcenter_redirects in _config.yml"
            continue
        key = str(place)
        if key not in found:
            found[key] = set(_ID.findall(place.read_text(encoding="utf-8")))
        if name and name not in found[key]:
            yield number, f"{page} lost the name {name}: bring it back, as a label, say"


def _check(app: Sphinx, exception: Exception | None) -> None:
    # The students' edition lacks what it is to lack.
    if exception is not None or app.builder.name != "html" or app.config.offcenter_students:
        return
    path = Path(app.srcdir) / LIST
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, fault in broken(lines, Path(app.outdir), app.config.offcenter_redirects):
            logger.warning("%s", fault, location=f"{path}:{number}", type="refused")


def setup(app: Sphinx) -> dict[str, bool]:
    """Compare the list with the site when it is written."""
    app.connect("build-finished", _check, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
