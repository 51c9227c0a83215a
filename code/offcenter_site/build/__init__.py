"""What the book is, how a build computes, and how it fails."""

from __future__ import annotations

from sphinx.application import Sphinx

_PARTS = (
    "printing",
    "publication",
    "strict",
    "refusals",
    "promises",
    "execution",
    "results",
    "examples",
    "freshness",
    "numbering",
    "written",
    "last_good",
    "reference",
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Set up every part."""
    for part in _PARTS:
        app.setup_extension(f"{__name__}.{part}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
