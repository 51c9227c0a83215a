"""Resolves the requirements anew, for every system: names, versions and hashes, no addresses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LISTS = {
    "": ("--extra", "book"),
    "-test": ("--extra", "book", "--extra", "test"),
    "-notebook": ("--extra", "notebook"),
    "-floor": ("--extra", "floor", "--resolution", "lowest-direct"),
    "-next": ("--extra", "next"),
    "-mutants": ("--extra", "mutants"),
}


def resolve(name: str, source: str, *options: str, text: str | None = None) -> None:
    """Write one lock file."""
    command = [Path(sys.executable).with_name("uv"), "pip", "compile", "--universal"]
    command += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url"]
    command += ["--no-header", "--quiet", "--output-file", name, source, *options]
    subprocess.run(command, cwd=ROOT, check=True, text=True, input=text)


def main() -> None:
    """Write all of them."""
    # What installs, and resolves here.
    resolve("requirements-uv.txt", "-", text="uv>=0.9\n")
    for name, options in LISTS.items():
        resolve(f"requirements{name}.txt", "pyproject.toml", *options)


if __name__ == "__main__":
    main()
