"""The record of a claim refuses what it would misread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcenter.claims import Check

RELATIONS = ("equal", "at most", "at least")


@given(st.text() | st.sampled_from(["at-least", "at-most", "Equal", "="]) | st.none())
def test_a_relation_that_is_none_is_refused(relation):
    if relation in RELATIONS:
        assert Check(1.0, 1.0, 0.0, "exact", relation).holds
        return
    with pytest.raises(ValueError, match="relation must be one of at least, at most, equal"):
        Check(1.0, 0.0, 0.0, "exact", relation)
