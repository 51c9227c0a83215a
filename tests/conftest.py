"""What all tests share."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import settings

# The first example of a test may import or compute what the others find ready: time says nothing.
# The same examples each time: what was green stays green until somebody changes something.
settings.register_profile("offcenter", deadline=None, derandomize=True)
settings.load_profile("offcenter")


@pytest.fixture
def make():
    """Load make.py anew, for each test its own."""
    path = Path(__file__).resolve().parents[1] / "make.py"
    spec = importlib.util.spec_from_file_location("make", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pytest_collection_modifyitems(items):
    """Let the files with slow tests come first: begun last, they would keep one core alone busy."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
