"""Matplotlib's settings while a figure is drawn or saved: ours over its defaults, nobody else's."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import matplotlib

# The settings are one for the whole process: threads draw one after another.
_LOCK = threading.RLock()


@contextmanager
def settings(ours: Mapping[str, Any]) -> Iterator[None]:
    """Set Matplotlib's defaults and `ours`, and afterwards what was set before.

    A reader's own style sheet or matplotlibrc must not change or break a figure.
    """
    with _LOCK, matplotlib.rc_context():
        # The backend stays: to set it would close the reader's windows.
        matplotlib.rcdefaults()
        # Its types list every name of a setting; names that it does not know it refuses itself.
        matplotlib.rcParams.update(ours)  # pyright: ignore[reportCallIssue, reportArgumentType]
        yield
