"""Open an archive of arrays that the package ships, or say which file is damaged."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from importlib.resources import files

import numpy as np

from offcenter.errors import DamagedFileError

__all__ = ["DamagedFileError", "read"]


def read(name: str, expected: Mapping[str, tuple[str, tuple[int, ...]]]) -> dict[str, np.ndarray]:
    """Return the arrays of the archive `name`.

    Parameters
    ----------
    name : str
        A file beside this module.
    expected : mapping of str to (str, tuple of int)
        The type and the shape of each array.

    Raises
    ------
    DamagedFileError
        If the file cannot be read, or holds other arrays.
    """
    try:
        with (
            files("offcenter.data").joinpath(name).open("rb") as file,
            np.load(file, allow_pickle=False) as archive,
        ):
            arrays = {key: archive[key] for key in archive}
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DamagedFileError(
            f"{name} cannot be read ({error}): install the package again"
        ) from error
    found = {key: (array.dtype.name, array.shape) for key, array in arrays.items()}
    if found != dict(expected):
        wrong = sorted({key for key, _ in found.items() ^ expected.items()})
        raise DamagedFileError(
            f"{name} is not the file that was shipped, see {', '.join(wrong)}: "
            "install the package again"
        )
    return arrays
