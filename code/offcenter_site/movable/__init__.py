"""Figures that the reader moves: the directive, which there are, their controls and presets.

Their scripts stand in `scripts/`.
"""

from __future__ import annotations

from sphinx.application import Sphinx

_PARTS = ("directive", "embedded", "presets")


def setup(app: Sphinx) -> dict[str, bool]:
    """Set up every part."""
    for part in _PARTS:
        app.setup_extension(f"{__name__}.{part}")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
