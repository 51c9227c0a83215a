"""The processes that a build starts end with it, however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def _hear_the_keyboard(does: bool) -> None:
    if hasattr(signal, "pthread_sigmask"):
        how = signal.SIG_UNBLOCK if does else signal.SIG_BLOCK
        signal.pthread_sigmask(how, {signal.SIGINT})


def started(process: multiprocessing.Process) -> multiprocessing.Process:
    """Start a process that calls `end_with_parent`: Ctrl-C waits until it has started.

    What Python does around a fork would swallow it, and the build would go on.
    """
    _hear_the_keyboard(False)
    try:
        process.start()
    finally:
        _hear_the_keyboard(True)
    return process


def end_with_parent() -> None:
    """End this process when the one that started it has ended, even if that was killed.

    What goes on without its build would keep a core busy, and could write a result that the next
    build, of other code, takes for its own.
    """
    _hear_the_keyboard(True)
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


def side_by_side(
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    done: Callable[[Job, Future[Result]], None],
) -> None:
    """Call a function for each job, in a process for each core, and `done` when it has ended."""
    # Not forked: the process that builds has threads of its own.
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(mp_context=context, initializer=end_with_parent) as pool,
        ended_if_interrupted(),
    ):
        waiting = {pool.submit(function, job): job for job in jobs}
        for future in as_completed(waiting):
            done(waiting[future], future)
