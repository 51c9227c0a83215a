"""The inputs that several examples read."""

import numpy as np

__all__ = ["FLATS", "FOUR", "NARROW_PAIR", "PAIR"]

#: Two inputs that are 1 or 3, in all four ways, shape (4, 2).
FOUR = np.array([[a, b] for a in (1.0, 3.0) for b in (1.0, 3.0)])
#: Two examples of positive inputs, shape (2, 2).
PAIR = np.array([[3.0, 1.0], [1.0, 3.0]])
#: Two that differ less.
NARROW_PAIR = np.array([[2.0, 1.0], [1.0, 2.0]])
#: Training flats: rooms and m², shape (4, 2).
FLATS = np.array([[2.0, 50.0], [2.0, 70.0], [4.0, 70.0], [4.0, 90.0]])

for _inputs in (FOUR, PAIR, NARROW_PAIR, FLATS):
    _inputs.setflags(write=False)
