"""The JavaScript engine of a build ends with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import offcenter_site

CODE = Path(offcenter_site.__file__).parents[1]

USES = """
from functools import cache
from offcenter_site.build.scripts import engine_with
kept = cache(lambda: engine_with("var answer = 41 + 1"))
print(kept().eval("answer"))
"""


@pytest.mark.parametrize("time", range(5))
def test_a_process_that_keeps_an_engine_ends(time):
    # Without an end, this waits for ever; with chance in it, it is tried some times.
    run = subprocess.run(
        [sys.executable, "-c", USES],
        env=os.environ | {"PYTHONPATH": str(CODE)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == ["42"]
