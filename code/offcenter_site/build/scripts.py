"""Scripts as they are sent: short, by Terser in the JavaScript engine that sets the formulas."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from py_mini_racer import MiniRacer

TERSER = Path(__file__).parent / "vendor" / "terser.min.js"
# A second pass makes no script of the book shorter.
_SHORTEN = "text => Terser.minify_sync(text).code"


@cache
def _engine() -> MiniRacer:
    engine = MiniRacer()
    engine.eval(TERSER.read_text(encoding="utf-8"))
    return engine


@cache
def short(script: str) -> str:
    """Return a script that does the same, without comments, with short names inside functions.

    Raises
    ------
    py_mini_racer.JSEvalException
        If it does not parse.
    """
    return str(_engine().call(f"({_SHORTEN})", script))
