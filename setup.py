"""What pyproject.toml cannot say: a README for package indexes, and archives of the same bytes.

The README that an index shows has addresses that hold there, or no links.  The address of the
source is a setting, as for the site: OFFCENTER_REPOSITORY, else `repository-code` in CITATION.cff.
Archives bear the date of the release, whoever makes them and when.
"""

import gzip
import os
import re
import tarfile
from datetime import UTC, datetime
from pathlib import Path

from setuptools import setup
from setuptools.command.sdist import sdist

ROOT = Path(__file__).parent
_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:)([^)#]+)\)")
_FORGE, _RAW = "https://github.com/", "https://raw.githubusercontent.com/"


def citation() -> dict[str, str]:
    """Return the plain fields of CITATION.cff."""
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z-]+): *[\"']?([^\"'\s]+)", text, re.MULTILINE))


def addresses() -> dict[str, str]:
    """Return the public addresses that are set, by what they are."""
    fields = citation()
    found = {
        "Book": os.environ.get("OFFCENTER_URL") or fields.get("url", ""),
        "Source": os.environ.get("OFFCENTER_REPOSITORY") or fields.get("repository-code", ""),
    }
    return {name: address.rstrip("/") for name, address in found.items() if address}


def described(source: str) -> str:
    """Return the README for readers who do not have its files, with `source` or without one."""

    def absolute(link: re.Match[str]) -> str:
        mark, words, file = link.groups()
        if mark:
            raw = source.replace(_FORGE, _RAW)
            return f"![{words}]({raw}/HEAD/{file})" if source.startswith(_FORGE) else ""
        return f"[{words}]({source}/blob/HEAD/{file})" if source else words

    return _LINK.sub(absolute, (ROOT / "README.md").read_text(encoding="utf-8"))


def released() -> int:
    """Return the date of the release, in seconds since 1970."""
    day = datetime.fromisoformat(citation()["date-released"]).replace(tzinfo=UTC)
    return int(day.timestamp())


class SameBytes(sdist):
    """Writes the archive of the source without the dates, users and order of this machine."""

    def make_archive(self, base_name, format, root_dir=None, base_dir=None, owner=None, group=None):
        """Write the files of `base_dir`."""
        epoch = int(os.environ["SOURCE_DATE_EPOCH"])

        def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = epoch, 0, 0, "", ""
            entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
            return entry

        path = Path(f"{base_name}.tar.gz")
        with (
            path.open("wb") as file,
            gzip.GzipFile("", "wb", 9, file, epoch) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            for part in sorted(Path(base_dir).rglob("*")):
                archive.add(part, recursive=False, filter=plain)
        return str(path)


# Wheels take their dates from here.
os.environ.setdefault("SOURCE_DATE_EPOCH", str(released()))
urls = addresses()
setup(
    cmdclass={"sdist": SameBytes},
    long_description=described(urls.get("Source", "")),
    long_description_content_type="text/markdown",
    project_urls=urls,
)
