"""What the library raises: one family, so that a caller can catch all of it or one kind.

Each kind is also a built-in one: `ArgumentError` is a `ValueError` and `ArgumentTypeError` a
`TypeError`, so that code that knows only these works as well.
"""

from __future__ import annotations

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "ArrivalError",
    "ClaimError",
    "DamagedFileError",
    "LimitError",
    "NotFiniteError",
    "OffCenterError",
    "RangeError",
    "UnknownActivationError",
]


class OffCenterError(Exception):
    """The base of all errors that this library raises."""


class ArgumentError(OffCenterError, ValueError):
    """An argument has a value that is not accepted; the message names it and says what is."""


class ArgumentTypeError(OffCenterError, TypeError):
    """An argument is of a kind that is not accepted; the message names it and says what is."""


class NotFiniteError(ArgumentError):
    """An array holds NaN or infinity."""


class RangeError(ArgumentError):
    """The arguments are so large or so small that the result leaves the range of floats."""


class LimitError(ArgumentError):
    """The call would take more memory or more steps than the limit that the message names."""


class UnknownActivationError(ArgumentError, KeyError):
    """There is no activation of that name."""

    def __str__(self) -> str:
        # KeyError would print the message with quotation marks.
        return str(self.args[0])


class ArrivalError(OffCenterError, RuntimeError, ArithmeticError):
    """A run did not reach its goal within its steps."""


class ClaimError(OffCenterError, AssertionError):
    """A claim does not hold; the message has its id and the parts that fail."""


class DamagedFileError(OffCenterError, ValueError):
    """A data file of the package is missing, or is not what was shipped; the message names it."""
