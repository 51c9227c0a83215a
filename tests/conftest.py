"""What all tests share."""

from hypothesis import settings

# The first example of a test may import or compute what the others find ready: time says nothing.
# The same examples each time: what was green stays green until somebody changes something.
settings.register_profile("offcenter", deadline=None, derandomize=True)
settings.load_profile("offcenter")
