"""What is left out of a drawing is not seen: marks stand where they stood, and look as they did."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from offcenter.figures._style import PALETTE
from offcenter.figures._svg import svg_of

POINTS = np.array([[0.13, 0.2], [0.5, 0.81], [0.77, 0.4]])


def paths(plot) -> list[ElementTree.Element]:
    """Return the paths of a drawing of one pane without ticks and frame."""
    figure = Figure(figsize=(4, 3))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
    plot(axes)
    # Words in two corners keep the box of the drawing that of the pane.
    axes.plot([0, 1], [0, 1], color=PALETTE["grey"])
    root = ElementTree.fromstring(svg_of(figure, "name", "A drawing of three points."))
    found = [e for e in root.iter() if e.tag.endswith("}path") and "stroke-width" in e.attrib]
    return [e for e in found if e.get("stroke") != PALETTE["grey"]]


def test_dots_of_one_look_are_one_path_of_circles_where_the_data_are():
    [dots] = paths(lambda ax: ax.plot(*POINTS.T, "o", color=PALETTE["blue"], ms=6, mew=0.5))
    circles = re.findall(r"M([\d.]+) ([\d.]+)a([\d.]+) ", dots.get("d"))
    found = np.array([[float(x) + float(r), float(y)] for x, y, r in circles])
    assert {r for *_, r in circles} == {"3"}
    steps = np.diff(found, axis=0)
    expected = np.diff(POINTS * [4 * 72, -3 * 72], axis=0)
    assert steps == pytest.approx(expected, abs=0.25)


def test_dots_with_an_edge_of_another_color_stay_apart():
    style = {"color": PALETTE["blue"], "mec": PALETTE["ink"], "ms": 6, "mew": 0.5}
    assert len(paths(lambda ax: ax.plot(*POINTS.T, "o", **style))) == 3


def test_dots_that_let_shine_through_stay_apart():
    style = {"color": PALETTE["blue"], "alpha": 0.5, "ms": 6, "mew": 0.5}
    assert len(paths(lambda ax: ax.plot(*POINTS.T, "o", **style))) == 3


def test_a_long_line_ends_where_it_ended():
    x = np.linspace(0, 1, 1001)
    y = 0.5 + 0.4 * np.sin(9 * x)
    # As Matplotlib writes it, so that no point is left out.
    [line] = paths(lambda ax: ax.plot(x, y, color=PALETTE["blue"])[0].get_path())
    steps = re.sub(r"([hvl])", r" \1 ", line.get("d"))
    start, *rest = re.findall(r"[hvl]|-?\d*\.?\d+", steps)
    place = [float(start), float(rest.pop(0))]
    first, command = list(place), "l"
    while rest:
        if rest[0] in "hvl":
            command = rest.pop(0)
        if command in "lh":
            place[0] += float(rest.pop(0))
        if command in "lv":
            place[1] += float(rest.pop(0))
    moved = np.subtract(place, first)
    assert moved == pytest.approx([4 * 72, -3 * 72 * (y[-1] - y[0])], abs=0.25)


def test_what_is_filled_has_no_more_points_than_its_edge_needs():
    x = np.linspace(0, 1, 1001)
    [straight] = paths(
        lambda ax: ax.fill_between(x, 0.2, 0.2 + 0.5 * x, color=PALETTE["blue"], lw=2)
    )
    assert len(re.findall(r"-?\d*\.?\d+", straight.get("d"))) < 10
    [round_] = paths(
        lambda ax: ax.fill(
            0.5 + 0.3 * np.cos(7 * x), 0.5 + 0.3 * np.sin(7 * x), color=PALETTE["blue"], lw=2
        )
    )
    numbers = [float(n) for n in re.findall(r"-?\d*\.?\d+", round_.get("d"))]
    # Steps of two numbers, but for those along an axis.
    assert 30 < len(numbers) < 400


def test_a_point_that_a_line_needs_stays():
    bends = np.array([[0.1, 0.2], [0.5, 0.2], [0.5, 0.21], [0.9, 0.21]])
    [line] = paths(lambda ax: ax.fill(*bends.T, color=PALETTE["blue"], lw=2))
    assert re.fullmatch(r"M[\d.]+ [\d.]+h[\d.]+v-[\d.]+h[\d.]+z", line.get("d"))


def test_only_what_reaches_the_edge_of_its_pane_is_clipped():
    style = {"color": PALETTE["blue"], "lw": 2}
    [inside] = paths(lambda ax: ax.plot([0.1, 0.9], [0.2, 0.3], **style))
    [out] = paths(lambda ax: ax.plot([0.1, 1.2], [0.2, 0.3], **style))
    assert "clip-path" not in inside.attrib
    assert out.get("clip-path") == "url(#name-0)"
