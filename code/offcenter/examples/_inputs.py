"""The inputs that several examples read."""

import numpy as np

__all__ = ["FOUR"]

#: Two inputs that are 1 or 3, in all four ways, shape (4, 2).
FOUR = np.array([[a, b] for a in (1.0, 3.0) for b in (1.0, 3.0)])
FOUR.setflags(write=False)
