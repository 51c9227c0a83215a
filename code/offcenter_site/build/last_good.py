"""The last good site stays: a build writes beside it, and only what is whole takes its place.

The builder of the site works in `.html` beside the folder `html`.  When all checks have passed, the
files that are new or changed are copied, each under its name only when it is complete, and what is
no longer there is removed.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from pathlib import Path

from sphinx.application import Sphinx


def put_in_place(new: Path, site: Path, kept: Path | None = None) -> None:
    """Give the folder `site` the files of the folder `new`; what is in `kept` is not the site's."""
    names = {path.relative_to(new) for path in new.rglob("*")}
    for name in sorted(names):
        path, target = new / name, site / name
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif not (target.is_file() and filecmp.cmp(path, target, shallow=False)):
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}.part")
            shutil.copyfile(path, part)
            os.replace(part, target)
    # The deepest first, so that a folder is empty when its turn comes.
    for path in sorted(site.rglob("*"), reverse=True):
        ours = kept is None or not path.is_relative_to(kept)
        if ours and path.relative_to(site) not in names:
            path.rmdir() if path.is_dir() else path.unlink()


def _write_beside(app: Sphinx) -> None:
    if app.builder.name != "html":
        return
    site = Path(app.outdir)
    vars(app)["offcenter_site"] = site
    # Sphinx's own kind of path, which takes the place of text too.
    work = type(app.outdir)(site.with_name(f".{site.name}"))
    work.mkdir(parents=True, exist_ok=True)
    app.outdir = app.builder.outdir = work
    # Newer builders know some folders of the site from their start on.
    known = vars(app.builder)
    for name in ("_static_dir", "_sources_dir", "_downloads_dir", "_images_dir"):
        if name in known:
            known[name] = work / known[name].name


def _put_in_place(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.name == "html":
        # Plain Sphinx keeps what it has read within the site.
        put_in_place(Path(app.outdir), vars(app)["offcenter_site"], Path(app.doctreedir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Choose the folder before anybody reads it; put the site in place when all have checked it."""
    app.connect("builder-inited", _write_beside, priority=0)
    app.connect("build-finished", _put_in_place, priority=945)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
