"""`make TASK` and `python make.py TASK` are one: they cannot drift apart."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_makefile_has_the_tasks_and_only_calls_them(make):
    [listed] = re.findall(r"^TASKS := ((?:.*\\\n)*.*)", MAKEFILE, re.MULTILINE)
    assert listed.replace("\\", " ").split() == list(make.TASKS)
    *_, call = [line for line in MAKEFILE.splitlines() if line.startswith("\t@")]
    assert call == '\t@"$(PYTHON)" make.py $(@:help=)'
    assert MAKEFILE.count("\t@") == 2


def test_what_the_texts_name_is_a_task(make):
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        named = set(re.findall(r"`(?:make|python make\.py) ([a-z-]+)", text))
        named |= set(re.findall(r"^(?:make|python make\.py) ([a-z-]+)", text, re.MULTILINE))
        assert named, name
        assert named <= {*make.TASKS, "help"}, name


def test_without_a_task_all_are_listed(make):
    script = [sys.executable, ROOT / "make.py"]
    said = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    for name, function in make.TASKS.items():
        assert re.search(rf"^  {name} +{re.escape(function.__doc__)}$", said, re.MULTILINE)
    wrong = subprocess.run([*script, "nope"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "no task is called 'nope'" in wrong.stderr


def test_an_environment_is_made_anew_when_its_list_is_another_one(make, tmp_path, monkeypatch):
    installed = []
    monkeypatch.setattr(make.Environment, "_install", lambda self: installed.append(self.folder))
    place = make.Environment(str(tmp_path), str(tmp_path / "requirements.txt"))
    for text, times in (("one", 1), ("one", 1), ("two", 2), ("one", 3)):
        place.requirements.write_text(text)
        place.ready()
        assert len(installed) == times
    # What includes another list says for that one too that it is there.
    more = make.Environment(str(tmp_path), str(tmp_path / "more.txt"), place)
    more.requirements.write_text("three")
    place.requirements.write_text("four")
    more.ready()
    place.ready()
    assert len(installed) == 4


def test_a_new_folder_replaces_an_old_one_whole(make, tmp_path):
    old, new = tmp_path / "site", tmp_path / "new"
    for folder, name in ((old, "gone.html"), (new, "page.html")):
        folder.mkdir()
        (folder / name).write_text(name)
    make.replace(old, new)
    assert [path.name for path in old.iterdir()] == ["page.html"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "site"]


def test_a_release_says_what_changed_in_its_version(make):
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    [version] = re.findall(r"^version: (\S+)", citation, re.MULTILINE)
    heading, *lines = make.changes().splitlines()
    assert heading.startswith("## ")
    assert version in heading
    assert lines
    assert not any(line.startswith("## ") for line in lines)


def test_versions_that_nobody_knows_are_refused():
    script = [sys.executable, ROOT / "tools" / "versions.py", "3.12-new"]
    run = subprocess.run(script, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "3.12-new: must be among 3.11-oldest" in run.stderr


def test_a_step_that_fails_ends_the_task_with_its_code(make):
    with pytest.raises(SystemExit) as end:
        make.run(sys.executable, "-c", "raise SystemExit(3)")
    assert end.value.code == 3


def test_what_runs_beside_says_its_say_afterwards_and_its_failure_counts(make, capfd):
    with make.beside("Beside:", sys.executable, "-c", "print('done')"):
        print("meanwhile")
    assert capfd.readouterr().out.split() == ["meanwhile", "Beside:", "done"]
    with (
        pytest.raises(SystemExit) as end,
        make.beside("Beside:", sys.executable, "-c", "print('why'); raise SystemExit(3)"),
    ):
        pass
    assert end.value.code == 3
    assert "why" in capfd.readouterr().out


@pytest.mark.parametrize("error", [SystemExit(4), KeyboardInterrupt()])
def test_what_runs_beside_ends_when_the_rest_fails(make, error):
    # Endless: were it waited for, this test would be, too.
    endless = [sys.executable, "-c", "import time\nwhile True: time.sleep(1)"]
    with pytest.raises(type(error)), make.beside("Beside:", *endless):
        raise error
