"""A build that is wrong fails: each warning, on the first and on every later run.

Sphinx's own `-W` fails the first build only: the page that warned is then taken from the
environment, and the next build is green.  Here a build with a warning drops its environment.
"""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError


def _be_strict(app: Sphinx, config: Config) -> None:
    config.nitpicky = True


def _stop_if_warned(app: Sphinx) -> None:
    # The counter is Sphinx's own; it has no public name.
    if app._warncount:
        raise ExtensionError(f"{app._warncount} warning(s), see above: the book is not built")


def _stop_before_writing(app: Sphinx, env: BuildEnvironment) -> None:
    _stop_if_warned(app)


def _stop_at_end(app: Sphinx, exception: Exception | None) -> None:
    # An exception in this event makes Sphinx drop the environment and ask again, with it.
    if exception is None:
        _stop_if_warned(app)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the checks: before anything is written, and at the end."""
    app.connect("config-inited", _be_strict)
    app.connect("env-check-consistency", _stop_before_writing, priority=900)
    app.connect("build-finished", _stop_at_end, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
