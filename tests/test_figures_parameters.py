"""A figure says which parameters it accepts, and draws all of these."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offcenter.figures import draw
from offcenter.figures.networks_depth import depth_data
from offcenter.figures.zigzag import step_sizes
from offcenter.figures.zigzag_picture import picture


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("zigzag-step-size", {"mean": 3.0}, r"mean must be at least -0\.75 and at most 0\.75"),
        ("zigzag-picture", {"pieces": 0}, "pieces must be at least 1, got 0"),
        ("zigzag-step-size", {"mean": -0.8}, r"mean must be at least -0\.75 and at most 0\.75"),
        ("networks-step-size", {"names": ("relu-raw",)}, "names must hold 2 setups, got 1"),
        ("networks-layers", {"names": ("relu-raw",)}, "names must hold 3 setups, got 1"),
        ("networks-layers", {"names": ("relu-raw",) * 4}, "names must hold 3 setups, got 4"),
        ("networks-layers", {"names": ("a", "b", "c")}, "names must be one of relu-centered"),
        ("networks-steps", {"method": "newton"}, "method must be one of"),
        ("networks-stride", {"activation": "gelu"}, "activation must be one of relu, sigmoid"),
        ("networks-stride", {"start": 10}, "start must be at most 9, got 10"),
        ("networks-stride", {"target": 0.3}, "target must be one of 0.5, 0.2, 0.1; got 0.3"),
        ("networks-depth", {"depth": 3}, "depth must be at least 5"),
        ("networks-depth", {"width": 3}, "width must be at least 20"),
        ("networks-depth", {"examples": 1}, "examples must be at least 2"),
        (
            "networks-depth",
            {"examples": 21, "width": 20},
            "examples must be at most width, 20, got 21",
        ),
        ("networks-depth", {"seed": -1}, "seed must be at least 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(name, parameters, words):
    with pytest.raises(ValueError, match=words):
        draw(name, **parameters)


@settings(max_examples=5)
@given(st.floats(-0.75, 0.75))
def test_all_step_sizes_arrive_for_every_mean_that_is_accepted(mean):
    record = step_sizes(mean=mean)
    assert record.steps.shape == record.multiples.shape
    assert (record.steps >= 1).all()


@settings(max_examples=5)
@given(st.integers(1, 20))
def test_the_steps_of_the_lectures_picture_are_allowed_and_as_long_in_any_pieces(pieces):
    record = picture(pieces=pieces)
    steps = np.diff(record.path, axis=0)
    assert (abs(np.sign(steps).sum(axis=1)) == 2).all()
    assert np.linalg.norm(steps, axis=1).sum() == pytest.approx(math.sqrt(10))
    assert record.detour == pytest.approx(math.sqrt(5))
    assert record.path[-1] == pytest.approx([1, -1])


@settings(max_examples=5)
@given(depth=st.integers(5, 8), width=st.integers(20, 40))
def test_all_depths_and_widths_that_are_accepted_give_a_record(depth, width):
    record = depth_data(depth=depth, width=width, examples=20)
    assert record.theory.shape == record.relu.shape == record.tanh.shape == (depth + 1,)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("zigzag-paths", {"step_size": 10.0}),
        ("zigzag-paths", {"step_size": 1e6, "momentum": 0.9}),
        ("zigzag-step-size", {"mean": 0.75}),
        ("zigzag-step-size", {"mean": 0.0}),
        ("networks-depth", {"depth": 5, "width": 20, "examples": 3}),
        ("networks-stride", {"activation": "relu", "start": 9}),
        ("networks-stride", {"activation": "tanh", "target": 0.5}),
        ("networks-steps", {"method": "adam"}),
    ],
)
def test_the_ends_of_what_is_accepted_are_drawn(name, parameters):
    drawing = draw(name, **parameters)
    assert drawing.svg.startswith("<svg")
    assert "nan" not in drawing.alt
