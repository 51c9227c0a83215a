"""Notebooks: executed again when the code they run changes, and several at once.

The cache of executed notebooks knows only their cells.  Here its folder is named after all that a
result depends on, so an edit under `code/` starts a new one.
"""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)

CODE = Path(__file__).resolve().parents[2]
_HEADER = "file_format: mystnb"
_NUMERICAL_PACKAGES = ("numpy", "sympy", "matplotlib")


def code_hash(package: str = "offcenter") -> str:
    """Return a short hash of one package and of the versions of what the science computes with."""
    digest = hashlib.sha256()
    for name in _NUMERICAL_PACKAGES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted((CODE / package).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(CODE).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _name_cache(app: Sphinx, config: Config) -> None:
    # The path is an "env" setting of myst-nb: when it changes, Sphinx reads every page again.
    config.nb_execution_cache_path = str(Path(app.doctreedir).parent / f".executed-{code_hash()}")
    # What the extension makes of a page is kept as well, until the extension changes.
    config.offcenter_site_code = code_hash("offcenter_site")
    # The kernels import the package from the source tree, installed or not.
    paths = [str(CODE), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)


def _execute_in_parallel(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Fill the cache; myst-nb finds the notebooks there, and reports those that failed."""
    if app.config.nb_execution_mode != "cache":
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    uris = []
    for docname in docnames:
        path = Path(env.doc2path(docname))
        if path.suffix == ".md" and _HEADER in path.read_text(encoding="utf-8"):
            cache.add_nb_to_project(str(path), read_data={"name": "myst_nb_md", "type": "plugin"})
            uris.append(str(path))
    if not uris:
        return
    executor = load_executor("local-parallel", cache, logger=logger.logger)
    result = executor.run_and_cache(filter_uris=uris, timeout=app.config.nb_execution_timeout)
    logger.info(
        "executed %d notebook(s), %d from the cache",
        len(result.all()),
        len(uris) - len(result.all()),
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Name the cache when the settings are known; fill it before the pages are read."""
    app.add_config_value("offcenter_site_code", "", "env", types=(str,))
    app.connect("config-inited", _name_cache, priority=400)
    app.connect("env-before-read-docs", _execute_in_parallel)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
