"""How the tests of several rooms ask for the bounds of an argument."""

from collections.abc import Callable, Iterable

import pytest


def check_bounds(call: Callable, taken: Iterable, refused: Iterable, says: str = "must be") -> None:
    """Check that a call takes some values, and refuses others by a message that says the rule."""
    for value in taken:
        call(value)
    for value in refused:
        with pytest.raises(ValueError, match=says):
            call(value)
