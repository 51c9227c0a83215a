"""Notebooks: executed again when the code they run changes, and several at once.

The cache of executed notebooks knows only their cells.  A file beside it says on which state of
the code each was executed; what was executed on another state leaves the cache.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import multiprocessing.connection
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import ProjectNb
from jupyter_cache.cache.db import NbProjectRecord
from jupyter_cache.cache.main import JupyterCacheBase
from jupyter_cache.executors.basic import ExecutionWorkerLocalMProc, ProcessData
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from nbclient.exceptions import DeadKernelError
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from traitlets.config import Config as Settings

from offcenter._store import VARIABLE, folder
from offcenter_site.build.freshness import CODE, EXECUTED, state_of_cells
from offcenter_site.build.printing import log_of
from offcenter_site.build.processes import end_with_parent, ended_if_interrupted, started

logger = logging.getLogger(__name__)

_STATES = "states.json"
_STARTS = 5  # how often a kernel is started that ends before it has said a word
_LONGEST = 90  # bytes in the name of a kernel's file, from which those of its sockets are made
_PAUSE = 5.0  # seconds between two lines on how many notebooks are executed


def _extension_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted((CODE / "offcenter_site").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(CODE).as_posix()}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _configure(app: Sphinx, config: Config) -> None:
    config.nb_execution_cache_path = str(Path(app.doctreedir).parent / ".executed")
    # What the extension makes of a page is kept as well, until the extension changes.
    config.offcenter_site_code = _extension_hash()
    # The kernels import the package from the source tree, installed or not, and ask one store.
    paths = [str(CODE), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    os.environ[VARIABLE] = str(folder() or "")
    kernels = Path(app.doctreedir).parent / ".jupyter"
    _write_kernel(kernels / "kernels" / "python3")
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        [str(kernels), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    )


def _write_kernel(place: Path) -> None:
    """Write the kernel of this very Python, which says what fails and nothing else."""
    place.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {
        "argv": [*command, "--log-level=ERROR"],
        "display_name": "Python",
        "language": "python",
    }
    (place / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")


def _drop(cache: JupyterCacheBase, path: Path) -> None:
    record = cache.get_cached_project_nb(str(path))
    if record is not None:
        cache.remove_cache(record.pk)


def _why(cache: JupyterCacheBase, uri: str) -> str:
    """Return the page of a notebook that failed, the last line of its error, and its cell."""
    trace = re.sub(r"\x1b\[[\d;]*m", "", cache.get_project_record(uri).traceback or "")
    lines = [line for line in trace.splitlines() if line.strip()]
    cell = re.search(r"-{10,}\n(.*?)\n-{10,}", trace, re.DOTALL)
    words = cell[1].strip() if cell else ""
    # After the sentence on a limit of time comes the cell.
    late = [line for line in lines if "timed out" in line]
    said = (late or lines or ["its kernel died, or did not start"])[-1]
    return f"{uri}{_line_of(Path(uri), words)}: {said}\n  in the cell:\n{words}"


def _line_of(path: Path, words: str) -> str:
    """Return a colon and the line of a page where a cell begins, or nothing if it is not found."""
    text = path.read_text(encoding="utf-8")
    if not words or words not in text:
        return ""
    return f":{text[: text.index(words)].count(chr(10)) + 1}"


@contextmanager
def _sockets() -> Iterator[Settings]:
    """Give a kernel sockets of its own, where the system has sockets that are files.

    A port that is free when it is chosen may be taken when it is used: such a kernel can end and
    not be gone, and what sends to it waits for ever.
    """
    with tempfile.TemporaryDirectory(prefix="k") as place:
        file = os.path.join(place, "k.json")
        # The system keeps their names in 104 bytes or a few more.
        if os.name == "nt" or len(os.fsencode(file)) > _LONGEST:
            yield Settings()
        else:
            yield Settings({"KernelManager": {"transport": "ipc", "connection_file": file}})


class _Worker(ExecutionWorkerLocalMProc):
    """Executes a notebook in its folder, also on a machine that has much else to do."""

    @staticmethod
    def execute(project_nb: ProjectNb, data: ProcessData) -> ExecutionResult:
        """Execute it; what a cell prints is one output, at whatever moments it was sent."""
        for left in reversed(range(_STARTS)):
            try:
                with _sockets() as config:
                    return single_nb_execution(
                        project_nb.nb,
                        cwd=str(Path(project_nb.uri).parent),
                        timeout=data.timeout,
                        allow_errors=data.allow_errors,
                        startup_timeout=data.timeout,
                        coalesce_streams=True,
                        config=config,
                    )
            except DeadKernelError:
                raise
            except RuntimeError:
                # It did not start: others had taken a port that was free when it was chosen.
                if not left:
                    raise
        raise AssertionError("the last start returns or raises")


def _work(data: ProcessData) -> None:
    """Execute one notebook and end with 0, or with another code if that fails."""
    end_with_parent()
    code, _ = _Worker()(data)
    sys.exit(code)


def _execute_all(jobs: list[ProcessData]) -> list[str]:
    """Execute notebooks, on each core one at a time, and return those that failed.

    Each has a process of its own: a pool waits for ever for one that was killed, and, interrupted
    by its user, for those that no longer listen.
    """
    waiting, running = list(jobs), {}
    failed: list[str] = []
    said = time.monotonic()
    with ended_if_interrupted():
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                process = started(multiprocessing.Process(target=_work, args=(waiting[0],)))
                running[process.sentinel] = process, waiting.pop(0).uri
            for sentinel in multiprocessing.connection.wait(list(running)):
                process, uri = running.pop(sentinel)
                process.join()
                if process.exitcode:
                    failed.append(uri)
            if running and time.monotonic() - said > _PAUSE:
                said = time.monotonic()
                done = len(jobs) - len(waiting) - len(running)
                logger.info("notebooks: %d of %d executed", done, len(jobs))
    return failed


@contextmanager
def _stderr_to(log: Path) -> Iterator[None]:
    """Send to the log what kernels and their keepers say; what failed is told in a few lines."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 2)
            yield
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


def _execute(app: Sphinx, paths: list[Path]) -> None:
    place = Path(app.config.nb_execution_cache_path)
    cache = get_cache(str(place))
    file = place / _STATES
    known = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    for path in paths:
        cache.add_nb_to_project(str(path), read_data={"name": "myst_nb_md", "type": "plugin"})
        state = state_of_cells(path)
        if known.get(str(path)) != state:
            _drop(cache, path)
            known[str(path)] = state
    # Before they are executed: what an interrupted run leaves was made on this state.
    place.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(known), encoding="utf-8")
    timeout = app.config.nb_execution_timeout
    records = cache.list_unexecuted([str(path) for path in paths])
    # What a run before this one failed with is told no more.
    NbProjectRecord.remove_tracebacks([record.pk for record in records], cache.db)
    jobs = [ProcessData(record.pk, record.uri, cache, timeout, False) for record in records]
    logger.info("notebooks: %d to execute", len(jobs))
    with _stderr_to(log_of(app)):
        failed = _execute_all(jobs)
    if failed:
        # Here, and in a few lines: myst-nb would run each of them a second time.
        raise ExtensionError("\n".join(_why(cache, uri) for uri in sorted(failed)))
    logger.info("executed %d notebook(s), %d from the cache", len(jobs), len(paths) - len(jobs))


def _execute_in_parallel(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Fill the cache; myst-nb finds the notebooks there, and reports those that failed."""
    if app.config.nb_execution_mode != "cache":
        return
    paths = [Path(env.doc2path(docname)) for docname in docnames]
    paths = [path for path in paths if path.suffix == ".md" and EXECUTED in path.read_text("utf-8")]
    if not paths:
        return
    try:
        _execute(app, paths)
    except ExtensionError:
        raise
    except Exception as error:
        # Whatever damaged it, a cache can be made again.
        logger.info("the cache of executed notebooks cannot be used (%s): made again", error)
        shutil.rmtree(app.config.nb_execution_cache_path, ignore_errors=True)
        _execute(app, paths)


def setup(app: Sphinx) -> dict[str, bool]:
    """Name the cache when the settings are known; fill it before the pages are read."""
    app.add_config_value("offcenter_site_code", "", "env", types=(str,))
    app.connect("config-inited", _configure, priority=400)
    app.connect("env-before-read-docs", _execute_in_parallel)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
