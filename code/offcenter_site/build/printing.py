"""What a build prints: what it does, how far it is, and on failure what is wrong and where.

All else that Sphinx and its extensions say goes to a log beside the result, which the last line
names: `html.log` beside the folder `html`.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from pathlib import Path
from types import TracebackType

from sphinx.application import Sphinx
from sphinx.util import logging as sphinx_logging

logger = sphinx_logging.getLogger(__name__)

_COLOR = re.compile(r"\x1b\[[\d;]*[mK]")
_PROGRESS = re.compile(r"(reading sources|writing output)\.\.\. *\[ *(\d+)%\]")
_WORDS = {"reading sources": "reading", "writing output": "writing"}
_PAUSE = 5.0  # seconds between two lines on how far the pages are
# What Jupyter Book raises when Sphinx has already said why.
_SAID = "There was an error in building your"


class _Plain(logging.Formatter):
    """A line without colors, with the time."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return _COLOR.sub("", super().format(record)).strip("\n\r")


class _OnlyOurs(logging.Filter):
    """Lets through what this extension says, and of Sphinx's progress a line now and then."""

    def __init__(self) -> None:
        super().__init__()
        self._last = time.monotonic()

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide about one message; one about progress is put in short words."""
        if record.name.startswith(f"{sphinx_logging.NAMESPACE}.offcenter_site"):
            return True
        found = _PROGRESS.match(_COLOR.sub("", record.getMessage()))
        if found is None:
            return False
        reached, now = int(found[2]), time.monotonic()
        if reached < 100 and now - self._last < _PAUSE:
            return False
        self._last = now
        record.msg, record.args = f"pages: {_WORDS[found[1]]}, {reached} %", ()
        vars(record)["nonl"] = False
        return True


def log_of(app: Sphinx) -> Path:
    """Return the place of the log of a build."""
    return vars(app)["offcenter_log"]


def _write_log(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("", encoding="utf-8")
    # Others write to its end too.
    stream = path.open("a", encoding="utf-8")
    told = logging.StreamHandler(stream)
    told.addFilter(lambda record: record.levelno < logging.WARNING)
    # Sphinx holds handlers of this class back while it reads, so that no warning comes twice.
    warned = sphinx_logging.WarningStreamHandler(stream)
    root = logging.getLogger(sphinx_logging.NAMESPACE)
    for handler in (told, warned):
        handler.setFormatter(_Plain())
        handler.setLevel(logging.INFO if handler is told else logging.WARNING)
        # What was said last is put in short words for the screen: the log gets it before.
        root.handlers.insert(0 if handler is told else len(root.handlers), handler)


def _end_shortly(path: Path) -> None:
    """End a failed build with one line: Jupyter Book lets Python print its own stack."""
    usual = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if kind is not RuntimeError or _SAID not in str(error) or error.__cause__ is None:
            usual(kind, error, trace)
            return
        with path.open("a", encoding="utf-8") as log:
            log.writelines(traceback.format_exception(error.__cause__))
        print(f"The book is not built; more is in {path}", file=sys.stderr)

    sys.excepthook = hook


def _say_end(app: Sphinx, exception: Exception | None) -> None:
    if exception is None:
        seconds = time.monotonic() - vars(app)["offcenter_started"]
        logger.info("%s: built in %.0f s; the log is %s", app.builder.name, seconds, log_of(app))


def setup(app: Sphinx) -> dict[str, bool]:
    """Put the log and the filter in their places; a build with -v prints everything as well."""
    vars(app)["offcenter_started"] = time.monotonic()
    place = Path(app.outdir)
    path = vars(app)["offcenter_log"] = place.with_name(f"{place.name}.log")
    _write_log(path)
    if not app.verbosity:
        for handler in logging.getLogger(sphinx_logging.NAMESPACE).handlers:
            if any(isinstance(kept, sphinx_logging.InfoFilter) for kept in handler.filters):
                handler.addFilter(_OnlyOurs())
        _end_shortly(path)
    app.connect("build-finished", _say_end, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
