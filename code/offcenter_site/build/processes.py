"""The processes that a build starts end with it, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


def end_with_parent() -> None:
    """End this process when the one that started it has ended, even if that was killed.

    What goes on without its build would keep a core busy, and could write a result that the next
    build, of other code, takes for its own.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def ended_if_interrupted() -> Iterator[None]:
    """Kill what was started when the build is interrupted: to ask it to end may wait for ever."""
    try:
        yield
    except BaseException:
        for process in multiprocessing.active_children():
            process.kill()
        raise
