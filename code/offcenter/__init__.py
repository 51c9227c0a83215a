"""Off Center: what positive activations do to gradient descent, computed."""

__version__ = "1.0.0"
