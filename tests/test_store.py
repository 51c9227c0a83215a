"""The store gives what was computed, and computes again when the code or the file changed."""

import importlib.util
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import runs

from offcenter import _store

MODULE = """
from offcenter._store import stored

{comment}
@stored
def twice(x):
    {doc}
    print("computed")
    return {result}
"""


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Give a function that runs a small module in the package of a copy, and returns its output."""
    package = tmp_path / "offcenter"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name in ("_store.py", "_records.py", "errors.py"):
        (package / name).write_text(Path(_store.__file__).with_name(name).read_text())

    def run(x=3, comment="", doc='"""Twice."""', result="2 * x", times=1):
        text = MODULE.format(comment=comment, doc=doc, result=result)
        (package / "small.py").write_text(text)
        call = f"from offcenter.small import twice\nfor _ in range({times}): print(twice({x}))"
        out = subprocess.run(
            [sys.executable, "-c", call],
            cwd=tmp_path,
            env={"OFFCENTER_STORE": str(tmp_path / "store"), "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        )
        return out.stdout.split()

    return run


def test_a_result_is_computed_once(module):
    assert module(times=2) == ["computed", "6", "6"]
    assert module() == ["6"]
    assert module(x=4) == ["computed", "8"]


def test_comments_and_docstrings_are_not_code(module):
    module()
    assert module(comment="# why") == ["6"]
    assert module(doc='"""Another word."""') == ["6"]
    assert module(result="x + x") == ["computed", "6"]


def test_a_damaged_result_is_computed_again(module, tmp_path):
    module()
    for path in (tmp_path / "store").glob("*.joblib"):
        path.write_bytes(path.read_bytes()[:8])
    assert module() == ["computed", "6"]
    assert module() == ["6"]


def test_what_sources_say_is_kept_and_when_damaged_read_again(module, tmp_path):
    module()
    [file] = (tmp_path / "store").glob("parsed-*.json")
    file.write_text("{")
    assert module() == ["6"]
    assert file.read_text() != "{"
    assert module(result="x + x") == ["computed", "6"]


def test_code_state_follows_imports():
    alone = _store.code_state("offcenter.normal")
    assert alone != _store.code_state("offcenter.activations")
    assert "offcenter.normal" in _store._read("offcenter.activations")[1]
    assert _store.code_state("offcenter.normal") == alone


def test_what_nobody_asks_for_is_removed(tmp_path, monkeypatch):
    monkeypatch.setenv(_store.VARIABLE, str(tmp_path))
    _store.kept("test prune", "offcenter.normal", 1, lambda: 1)
    assert _store.prune() == 0
    assert _store.prune(days=-1) == 1
    assert not list(tmp_path.glob("*.joblib"))


RUN = """
from runs import kept_run

@kept_run
def size(n, *, times=1):
    calls.append(n)
    return FACTOR * n * times
"""


def test_a_run_of_a_test_is_kept_until_its_module_changes(monkeypatch, tmp_path):
    monkeypatch.setenv(_store.VARIABLE, str(tmp_path / "store"))
    calls = []
    for factor, new in ((2, 1), (2, 0), (3, 1)):
        path = tmp_path / f"run{factor}" / "module.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"FACTOR = {factor}\n{RUN}")
        spec = importlib.util.spec_from_file_location("module", path)
        module = importlib.util.module_from_spec(spec)
        module.calls = calls
        spec.loader.exec_module(module)
        calls.clear()
        monkeypatch.setattr(_store, "_here", {})  # As in another process.
        assert module.size(5, times=2) == factor * 10
        assert len(calls) == new
        assert module.size(4) == factor * 4


def test_a_run_of_a_test_depends_on_the_code_that_its_module_imports(monkeypatch):
    asked = []
    monkeypatch.setattr(_store, "code_state", lambda *modules: asked.append(modules) or "state")
    assert inspect.unwrap(runs._state)(__file__).endswith(" state")
    assert asked == [("offcenter._store",)]
