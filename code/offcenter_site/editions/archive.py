"""Zip archives that are the same bytes from build to build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

# The oldest date that the format knows: a file's own date differs from build to build.
_DATE = (1980, 1, 1, 0, 0, 0)


def write_zip(
    archive: Path, folder: Path, names: Iterable[str], *, stored: Iterable[str] = ()
) -> None:
    """Write the files `names` of `folder` in the order given; those in `stored` uncompressed.

    The archive appears whole or not at all.
    """
    unfinished = archive.with_name(archive.name + ".part")
    with ZipFile(unfinished, "w") as target:
        for name in names:
            entry = ZipInfo(name, _DATE)
            entry.external_attr = 0o644 << 16
            entry.compress_type = ZIP_STORED if name in stored else ZIP_DEFLATED
            target.writestr(entry, (folder / name).read_bytes())
    unfinished.replace(archive)


def zip_folder(archive: Path, folder: Path) -> None:
    """Write every file below `folder`, sorted, under the folder's own name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    write_zip(
        archive, folder.parent, [path.relative_to(folder.parent).as_posix() for path in files]
    )
