"""What the package keeps for all: claims, figures, presets and caches; what it leaves alone."""

import copy
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import offcenter
from offcenter._store import stored
from offcenter.claims import CLAIMS
from offcenter.data import load_digits, load_language_model
from offcenter.descent import PRESETS, gradient_descent
from offcenter.descent import Path as Descent
from offcenter.experiment import SETUPS, split
from offcenter.figures import FIGURES, draw

WAYS = [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("records", [CLAIMS, FIGURES, PRESETS, SETUPS])
def test_what_has_a_name_can_be_copied_and_pickled(records, way):
    assert {name: way(record) for name, record in records.items()} == dict(records)


@pytest.mark.parametrize("way", WAYS)
def test_a_language_model_keeps_its_read_only_mappings(way):
    model = load_language_model()
    again = way(model)
    assert again == model
    with pytest.raises(TypeError):
        again.stream[5] = again.stream[15]


def test_records_with_other_entries_or_of_other_kinds_differ():
    path = gradient_descent(np.eye(2), [1.0, 2.0], step_size=0.1, steps=3)
    same = gradient_descent(np.eye(2), [1.0, 2.0], step_size=0.1, steps=3)
    other = gradient_descent(np.eye(2), [1.0, 2.1], step_size=0.1, steps=3)
    assert path == same
    assert path != other
    assert path != (path.points, path.losses, path.gradients, path.minimum)
    assert len({path, same, other}) == 2
    nothing = np.full(2, np.nan)
    assert Descent(nothing, nothing, nothing, nothing) == Descent(
        nothing, nothing, nothing, nothing
    )


@stored
def _one_array(size):
    return {"values": (np.arange(size),)}


def test_what_is_kept_for_all_cannot_be_written_to():
    kept = [_one_array(3)["values"][0], split(0).inputs, load_digits().inputs]
    for array in kept:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7


STATE = """
import json, locale, random, warnings
import matplotlib, numpy, scipy, sympy
before = lambda: json.dumps([
    {key: str(value) for key, value in matplotlib.rcParams.items()},
    [str(filter) for filter in warnings.filters],
    numpy.geterr(), numpy.get_printoptions().__repr__(),
    numpy.random.get_state()[1].tolist(), random.getstate()[1],
    locale.setlocale(locale.LC_ALL), str(dict.__getitem__(matplotlib.rcParams, "backend")),
], default=str)
import matplotlib.figure, matplotlib.backends.backend_agg, matplotlib.backends.backend_svg
import scipy.optimize, joblib, filelock, z3
first = before()
import importlib, pkgutil, offcenter
for module in pkgutil.walk_packages(offcenter.__path__, "offcenter."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(first == before())
"""


def test_importing_everything_changes_nothing_for_others():
    run = subprocess.run(
        [sys.executable, "-c", STATE],
        env=os.environ | {"PYTHONPATH": str(Path(offcenter.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "True\n", run.stderr


def test_four_threads_draw_the_bytes_of_one():
    names = list(FIGURES)[:4]
    before, alone = dict(mpl.rcParams), [draw(name).svg for name in names]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            assert list(pool.map(lambda name: draw(name).svg, names)) == alone
    assert dict(mpl.rcParams) == before


def test_four_threads_get_the_results_of_one():
    start = np.array([1.0, 2.0])

    def run(step_size):
        return gradient_descent(np.eye(2), start, step_size=step_size, steps=50)

    sizes = [0.1, 0.2, 0.3, 0.4] * 5
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run, sizes)) == [run(size) for size in sizes]
