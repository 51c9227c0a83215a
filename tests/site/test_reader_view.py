"""Names that make reader views drop an element go within it; what they keep of each page is read in
`test_reading.py`.
"""

from __future__ import annotations

import pytest

from offcenter_site.theme.reader_view import with_harmless_names


@pytest.mark.parametrize(
    "name", ["the-comments", "relu-share", "what-is-related", "a.offset_share"]
)
def test_a_name_that_would_drop_its_element_goes_within(name: str) -> None:
    kept = f'<section class="a"><span id="{name}"></span><p>'
    assert with_harmless_names(f'<section class="a" id="{name}"><p>') == kept


@pytest.mark.parametrize("name", ["the-shares", "the-answer", "claim-signs-flip"])
def test_other_names_stay(name: str) -> None:
    assert with_harmless_names(f'<div id="{name}">') == f'<div id="{name}">'
