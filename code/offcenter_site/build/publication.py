"""What is published: title, authors, version, date and addresses, from CITATION.cff alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from sphinx.application import Sphinx
from sphinx.config import Config

URL, REPOSITORY = "OFFCENTER_URL", "OFFCENTER_REPOSITORY"


@dataclass(frozen=True)
class Publication:
    """The book as it is cited; `url` and `repository` are empty while there are none."""

    title: str
    abstract: str
    authors: tuple[str, ...]
    version: str
    released: date
    url: str
    repository: str


def _name(author: dict[str, str]) -> str:
    return author.get("name") or f"{author['given-names']} {author['family-names']}"


def read_publication(path: Path) -> Publication:
    """Return what the CITATION.cff at `path` says.

    The environment variables OFFCENTER_URL and OFFCENTER_REPOSITORY go before its two addresses.

    Raises
    ------
    KeyError
        If the file lacks a field.
    ValueError
        If the date is none, or an address does not start with https.
    """
    fields = yaml.safe_load(path.read_text(encoding="utf-8"))
    # A forge that publishes the book knows both addresses; the file need not.
    addresses = {
        key: os.environ.get(variable) or fields.get(key, "")
        for key, variable in (("url", URL), ("repository-code", REPOSITORY))
    }
    for key, address in addresses.items():
        if address and not address.startswith("https://"):
            raise ValueError(f"{path.name}: {key} must start with https://, got {address!r}")
    return Publication(
        title=fields["title"],
        abstract=fields["abstract"].strip(),
        authors=tuple(_name(author) for author in fields["authors"]),
        version=str(fields["version"]),
        released=date.fromisoformat(fields["date-released"]),
        url=addresses["url"].rstrip("/") + "/" if addresses["url"] else "",
        repository=addresses["repository-code"],
    )


def _configure(app: Sphinx, config: Config) -> None:
    publication = read_publication(Path(app.confdir) / "CITATION.cff")
    config.project = config.html_title = publication.title
    config.author = ", ".join(publication.authors)
    config.copyright = f"{publication.released.year}, {config.author}"
    config.version = config.release = publication.version
    config.html_last_updated_fmt = None
    config.html_baseurl = publication.url
    config.offcenter_publication = publication


def setup(app: Sphinx) -> dict[str, bool]:
    """Set Sphinx's own settings from the file, before anything uses them."""
    app.add_config_value("offcenter_publication", None, "env", types=(Publication,))
    app.connect("config-inited", _configure, priority=300)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
