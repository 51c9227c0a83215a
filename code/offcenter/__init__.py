"""Off Center: what positive activations do to gradient descent, computed."""

__version__ = "2.0.0"
