"""The whole book, made twice: other folder, hash seed, time zone, language and dates, same bytes.

Each copy computes all of it itself, and writes all that `make take-along` writes and the archive of
the source.  What differs is named; the copies stay in _build/same-bytes to be looked at.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "_build" / "same-bytes"
# Names of days, the comma in 1,5 and the order of letters are others there.
LANGUAGE = "tr_TR.UTF-8"
# A place, and the settings of the machine there.
COPIES = {
    "one": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"},
    "another place/with spaces": {
        "PYTHONHASHSEED": "7",
        "TZ": "Pacific/Auckland",
        "LC_ALL": LANGUAGE,
        "LANG": LANGUAGE,
        "LANGUAGE": "tr",
        "LOCPATH": str(WORK / "languages"),
    },
}
# Seconds since 1970 that every file of the second copy bears.
LONG_AGO = 10**9
# What is compared: the site, what leaves it, and what services run.
MADE = ("html", "take-along", "notebooks", "source")


def make_language() -> None:
    """Make the other language, which few machines have: a name that none has would say nothing."""
    name, _, encoding = LANGUAGE.partition(".")
    folder = WORK / "languages" / LANGUAGE
    folder.parent.mkdir(parents=True)
    try:
        subprocess.run(["localedef", "-i", name, "-f", encoding, folder], check=True)
    except (OSError, subprocess.CalledProcessError):
        sys.exit("missing: localedef and its languages (on Debian: apt-get install locales)")


def copy(folder: Path, date: int | None) -> None:
    """Copy the source to a folder."""
    left_out = shutil.ignore_patterns("_build", ".*", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, folder, ignore=left_out)
    if date is not None:
        for path in folder.rglob("*"):
            os.utime(path, (date, date))


def make(folder: Path, settings: dict[str, str]) -> None:
    """Make everything in a folder."""
    environment = {key: value for key, value in os.environ.items() if "OFFCENTER" not in key}
    environment |= {"PYTHONPATH": str(folder / "code"), "OFFCENTER_STORE": str(folder / "store")}
    built = folder / "_build"
    for command in (
        ("offcenter_site.editions.take_along",),
        ("build", "--sdist", "--no-isolation", "--quiet", "--outdir", str(built / "source")),
    ):
        subprocess.run(
            [sys.executable, "-m", *command], cwd=folder, env=environment | settings, check=True
        )


def hashes(built: Path) -> dict[str, str]:
    """Return a hash of each file that was made."""
    return {
        path.relative_to(built).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for part in MADE
        for path in sorted((built / part).rglob("*"))
        if path.is_file()
    }


def main() -> None:
    """Make both, and name what is not the same."""
    shutil.rmtree(WORK, ignore_errors=True)
    make_language()
    # All before the first is built: whoever edits meanwhile changes none.
    for name, date in zip(COPIES, (None, LONG_AGO), strict=True):
        copy(WORK / name, date)
    for name, settings in COPIES.items():
        print(f"making everything in {name!r}", flush=True)
        make(WORK / name, settings)
    one, two = (hashes(WORK / name / "_build") for name in COPIES)
    for part in MADE:
        if not any(name.startswith(f"{part}/") for name in one):
            sys.exit(f"nothing was made in {part}")
    different = sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))
    for name in different:
        print(f"not the same: {name}")
    print(f"{len(one.keys() | two.keys())} files, {len(different)} of them not the same")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
