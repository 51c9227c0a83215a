"""What is left out of a drawing is not seen: marks stand where they stood, and look as they did."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

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


def places(path: ElementTree.Element) -> np.ndarray:
    """Return where the dots of a path stand."""
    steps = re.findall(r"m?(-?[\d.]+) ?(-?[\d.]+)h0", path.get("d"))
    return np.cumsum([[float(x), float(y)] for x, y in steps], axis=0)


def test_dots_of_one_look_are_one_path_where_the_data_are():
    [dots] = paths(lambda ax: ax.plot(*POINTS.T, "o", color=PALETTE["blue"], ms=6, mew=0.5))
    # A round pen as wide as a dot with its edge.
    assert (dots.get("stroke-linecap"), dots.get("stroke-width")) == ("round", "6.5")
    assert dots.get("fill") == "none"
    steps = np.diff(places(dots), axis=0)
    expected = np.diff(POINTS * [4 * 72, -3 * 72], axis=0)
    assert steps == pytest.approx(expected, abs=0.15)


def test_the_places_of_many_dots_do_not_drift():
    many = np.column_stack([np.linspace(0.1, 0.9, 200), np.full(200, 0.5)])
    [dots] = paths(lambda ax: ax.plot(*many.T, "o", color=PALETTE["blue"], ms=3, mew=0.5))
    found = places(dots) - places(dots)[0]
    assert found == pytest.approx((many - many[0]) * [4 * 72, 3 * 72], abs=0.06)


def test_dots_with_an_edge_of_another_color_stay_apart_and_round():
    style = {"color": PALETTE["blue"], "mec": PALETTE["ink"], "ms": 5.3, "mew": 0.5}
    found = paths(lambda ax: ax.plot(*POINTS.T, "o", **style))
    assert len(found) == 3
    for dot in found:
        _, radius, width = re.search(r"a([\d.]+) ([\d.]+) 0 1 0 ([\d.]+)", dot.get("d")).groups()
        assert float(width) == pytest.approx(2 * float(radius))


def test_open_marks_of_one_color_are_one_path_and_not_filled():
    style = {"color": PALETTE["blue"], "markerfacecolor": "none", "ms": 4, "mew": 0.8}
    for shape in "osD":
        [marks] = paths(lambda ax, shape=shape: ax.plot(*POINTS.T, shape, **style))
        assert marks.get("fill") == "none"
        assert "fill-opacity" not in marks.attrib
        assert marks.get("d").count("M") == len(POINTS)


@pytest.mark.parametrize("angle", [0, 28.9, 90, -61.3, 180])
@pytest.mark.parametrize("size", [(0.8, 0.1), (0.3, 0.7), (0.4, 0.4)])
def test_an_ellipse_is_two_arcs_of_its_axes(size, angle):
    shape = Ellipse((0.5, 0.4), *size, angle=angle, fill=False, lw=0.8)
    [path] = paths(lambda ax: ax.add_patch(shape))
    arc = r"a([\d.]+) ([\d.]+) ?(-?[\d.]+) 1 0 ?(-?[\d.]+) ?(-?[\d.]+)"
    found = re.fullmatch(rf"M[-\d. ]+{arc}{arc}z", path.get("d"))
    rx, ry, turn, dx, dy, *back = map(float, found.groups())
    assert back == [rx, ry, turn, -dx, -dy]
    assert np.hypot(dx, dy) == pytest.approx(2 * rx, abs=0.15)
    # The map from a circle to points of the pane, 4 × 3 inches, where upward is less.
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    maps = np.diag([288, -216]) @ [[cos, -sin], [sin, cos]] @ np.diag(size) / 2
    axes, lengths, _ = np.linalg.svd(maps)
    assert [rx, ry] == pytest.approx(lengths, abs=0.06)
    along = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))])
    assert abs(along @ axes[:, 0]) == pytest.approx(1, abs=1e-6)


def test_dots_that_let_shine_through_stay_apart_where_they_cover_each_other():
    style = {"color": PALETTE["blue"], "alpha": 0.5, "ms": 6, "mew": 0.5}
    assert len(paths(lambda ax: ax.plot(*POINTS.T, "o", **style))) == 1
    near = POINTS[0] + np.outer(np.arange(3), [0.02, 0])
    assert len(paths(lambda ax: ax.plot(*near.T, "o", **style))) == 3


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
