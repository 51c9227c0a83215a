"""Cells of apparatus are told from cells of argument."""

import pytest

from offcenter_site.pages.cells import is_drawing, is_import_only


@pytest.mark.parametrize(
    ("source", "imports", "draws"),
    [
        ("import numpy as np\nfrom offcenter.figures import draw", True, False),
        ("from offcenter.figures import draw\n\ndraw('zigzag-paths')", False, True),
        ('draw("zigzag-paths", mean=0.3)', False, True),
        ("names = (1, 2)\ndraw('zigzag-paths')", False, False),
        ("draw('zigzag-paths').alt", False, False),
        ("import numpy as np\nnp.eye(2)", False, False),
        ("1 + 1", False, False),
        ("", False, False),
        ("%time 1", False, False),
    ],
)
def test_what_a_cell_does(source, imports, draws):
    assert is_import_only(source) is imports
    assert is_drawing(source) is draws
