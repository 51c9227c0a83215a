"""Scripts as they are sent: short, by Terser in the JavaScript engine that sets the formulas."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path

from py_mini_racer import MiniRacer

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
def short(script: str) -> str:
    """Return a script that does the same, without comments, with short names inside functions.

    Raises
    ------
    py_mini_racer.JSEvalException
        If it does not parse.
    """
    return str(_engine().call(f"({_SHORTEN})", script))
