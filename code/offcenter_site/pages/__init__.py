"""What a page says: claims, numbers, answers, exercises, drawings, formulas, citations, files."""

from __future__ import annotations

from sphinx.application import Sphinx

_PARTS = (
    "anchors",
    "mathml",
    "claims",
    "cells",
    "drawings",
    "exercises",
    "practice",
    "moved",
    "examples",
    "answers",
    "citation",
    "downloads",
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Set up every part."""
    for part in _PARTS:
        app.setup_extension(f"{__name__}.{part}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
