"""Scripts as they are sent: short, by Terser in the JavaScript engine that sets the formulas."""

from __future__ import annotations

import atexit
import hashlib
from functools import cache
from pathlib import Path

from py_mini_racer import MiniRacer

from offcenter import _store

TERSER = Path(__file__).parent / "vendor" / "terser.min.js"
# A second pass makes no script of the book shorter.
_SHORTEN = """text => {
  try {
    return Terser.minify_sync(text).code;
  } catch (error) {
    throw new SyntaxError(`line ${error.line}: ${error.message}`);
  }
}"""


def engine_with(script: str) -> MiniRacer:
    """Return a JavaScript engine that has run a script, and ends before Python does.

    One that Python finds as it ends is closed too late: its thread runs no more, and Python waits
    for it for ever.
    """
    engine = MiniRacer()
    atexit.register(engine.close)
    engine.eval(script)
    return engine


@cache
def _engine() -> MiniRacer:
    return engine_with(TERSER.read_text(encoding="utf-8"))


@cache
def _shortener() -> tuple[str, str]:
    """Return what makes scripts short, in a few characters."""
    return hashlib.sha256(TERSER.read_bytes()).hexdigest(), _SHORTEN


@cache
def short(script: str) -> str:
    """Return a script that does the same, without comments, with short names inside functions.

    It is kept: to start the engine and shorten the scripts of a chapter takes above a second.

    Raises
    ------
    py_mini_racer.JSEvalException
        If it does not parse.
    """
    return _store.kept(
        "short script",
        _store.__name__,
        (*_shortener(), script),
        lambda: str(_engine().call(f"({_SHORTEN})", script)),
    )
