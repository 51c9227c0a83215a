"""The Sphinx extension of this book: a folder a room, each with a `setup` of its own."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

from sphinx.application import Sphinx

# Claims and notebooks run in several processes at once; threads in each would fight for the cores.
# NumPy reads this when it is first imported, so it stands before the parts.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The book shows the library beside it, whatever of that name is installed too.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

_PARTS = ("build", "pages", "movable", "editions", "theme", "search")


def _collect_again(app: Sphinx, exception: Exception | None) -> None:
    # What this build made is left to the end of the process, or to its next build: to look through
    # it now would take seconds.
    gc.freeze()
    gc.enable()


def setup(app: Sphinx) -> dict[str, bool]:
    """Set up every part."""
    # Sphinx loads every page's tree even when nothing changed; the collector of cycles then looks
    # through millions of live objects again and again, for more than half of the time.
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.disable()
    app.connect("build-finished", _collect_again, priority=999)
    for part in _PARTS:
        app.setup_extension(f"{__name__}.{part}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
