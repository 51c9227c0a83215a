"""Nobody's settings change a figure, and drawing changes nobody's settings."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib

from offcenter import figures

CODE = Path(figures.__file__).parents[2]
HOSTILE = """
font.size: 30
axes.grid: True
savefig.facecolor: red
svg.fonttype: path
lines.linewidth: 9
text.usetex: True
"""
DRAW = "from offcenter.figures import draw; print(draw('zigzag-paths').svg)"


def _drawn(**environment):
    run = subprocess.run(
        [sys.executable, "-c", DRAW],
        env=os.environ | {"PYTHONPATH": str(CODE)} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return run.stdout


def test_a_matplotlibrc_changes_nothing(tmp_path):
    (tmp_path / "matplotlibrc").write_text(HOSTILE)
    assert _drawn(MATPLOTLIBRC=str(tmp_path)) == _drawn()


def test_threads_draw_the_same_and_leave_the_settings():
    before = dict(matplotlib.rcParams)
    one = figures.draw("zigzag-paths").svg
    with ThreadPoolExecutor(4) as pool:
        drawn = set(pool.map(lambda _: figures.draw("zigzag-paths").svg, range(8)))
    assert drawn == {one}
    assert dict(matplotlib.rcParams) == before
