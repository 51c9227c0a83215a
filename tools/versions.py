"""The science with the oldest and the newest versions, on each Python of this machine.

usage: versions.py [PYTHON-AGE ...], such as 3.13-newest; without one, all are tried.
A Python that is not here can be fetched by `uv python install 3.14`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from make import ON_ALL_CORES, SCIENCE, Environment  # noqa: E402

UV = Path(sys.executable).with_name("uv")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
AGES = {
    "oldest": ("--require-hashes", "-r", "requirements-floor.txt"),
    # What the package needs, and its tests.
    "newest": (
        *("--upgrade", "-r", "pyproject.toml"),
        *("pytest", "pytest-xdist", "hypothesis", "scikit-learn"),
    ),
}
# What each run says that it ran with.
SAY = """
import platform
from importlib.metadata import version
names = ("numpy", "scipy", "sympy", "matplotlib")
print("Python", platform.python_version(), *(f"{name} {version(name)}" for name in names))
"""
TESTS = ("-m", "pytest", "-q", *ON_ALL_CORES, *SCIENCE)


def interpreter(python: str) -> str | Path:
    """Return a Python that pyenv keeps, which uv does not look for, else what uv finds by name."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = sorted(kept.glob(f"{python}.*/bin/python"))
    return found[-1] if found else python


ABSENT = "not on this machine"


def works(*command: str | Path) -> bool:
    """Whether a command succeeds."""
    settings = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    return not subprocess.run(command, cwd=ROOT, env=settings, check=False).returncode


def verdict(python: str, age: str) -> str:
    """Run the tests of the science once, and say how that went."""
    # Never made ready: what it gets is no lock file.
    place = Environment(f".venv-versions/{python}-{age}", "pyproject.toml")
    own = place.command("python")
    if not own.exists() and not works(
        UV, "venv", "--quiet", "--python", interpreter(python), place.folder
    ):
        return ABSENT
    if not works(UV, "pip", "install", "--quiet", "--python", own, *AGES[age]):
        return "cannot be installed"
    return "passed" if works(own, "-c", SAY) and works(own, *TESTS) else "failed"


def main(chosen: list[str]) -> None:
    """Try all or the chosen ones, and list what passed."""
    known = [f"{python}-{age}" for python in PYTHONS for age in AGES]
    if unknown := set(chosen) - set(known):
        sys.exit(f"{', '.join(sorted(unknown))}: must be among {', '.join(known)}")
    verdicts = {name: verdict(*name.split("-")) for name in chosen or known}
    for name, said in verdicts.items():
        print(f"{name:12} {said}")
    # What was asked for by name has to be there, and something has to have run.
    bad = {"failed", "cannot be installed"} | ({ABSENT} if chosen else set())
    said = set(verdicts.values())
    sys.exit(bool(bad & said) or "passed" not in said)


if __name__ == "__main__":
    main(sys.argv[1:])
