"""Every figure draws, says in words what it shows, and fits the site that inlines it."""

import re
from xml.etree import ElementTree

import pytest

from offcenter.figures import FIGURES, PALETTE, Figure, draw
from offcenter.figures._style import ORANGE, WIDTH

ALLOWED = set(PALETTE.values()) | {"none"}


@pytest.fixture(scope="module", params=FIGURES)
def drawing(request):
    return draw(request.param)


@pytest.fixture(scope="module")
def svg(drawing):
    """Give the bytes of a drawing, which are made anew at every call."""
    return drawing.svg


def test_svg_is_well_formed_and_carries_its_text_alternative(drawing, svg):
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == drawing.alt


def test_alt_text_tells_the_message(drawing):
    assert 60 <= len(drawing.alt) <= 600
    assert drawing.alt.endswith(".")
    assert not re.search(r"\b(nan|inf)\b", drawing.alt)
    assert drawing.title.endswith(".")


def test_svg_is_the_same_twice(drawing, svg):
    assert draw(drawing.name).svg == svg == drawing.svg


def test_svg_needs_no_inline_style(svg):
    assert "style" not in re.sub(r'font-style="[^"]*"', "", svg)
    assert "<metadata" not in svg


def test_svg_uses_only_the_palette(svg):
    colors = set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg))
    assert {color for color in colors if not color.startswith("url(")} <= ALLOWED


def test_a_color_that_the_dark_theme_does_not_know_is_refused():
    blue = Figure(
        "signs-blue",
        "A blue line.",
        data=lambda: None,
        plot=lambda record, ax: ax.plot([0, 1], color="#0072b2"),
        alt=lambda record: "A blue line.",
        height=3.0,
        panels=(1, 1),
    )
    with pytest.raises(ValueError, match=r"signs-blue: colors must .*BLUE.*got #0072b2"):
        _ = blue.draw().svg


def test_svg_is_small(svg):
    assert len(svg) < 120_000


def test_no_text_makes_the_figure_wider(svg):
    # The box of the SVG grows with what stands outside; a little is left for labels at the rim.
    width = float(ElementTree.fromstring(svg).get("viewBox").split()[2])
    assert width <= 72 * WIDTH + 9


def test_open_marks_are_closed():
    # Markers that are not filled end where they began: a circle by its two arcs, others by a z.
    circle = re.compile(r"M[\d. ]+a2 2 0 1 0 4 0 2 2 0 1 0-4 0$")
    svg = draw("networks-pace").svg
    kinds = re.findall(
        rf'<path fill="none" stroke="{ORANGE}" stroke-width="0.8"[^>]* d="([^"]*)"', svg
    )
    marks = re.findall(r"M[^M]*", "".join(kinds))
    assert len(marks) == 40
    assert all(mark.endswith("z") or circle.match(mark) for mark in marks)


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_drawing_is_saved_in_each_format(suffix, tmp_path):
    path = draw(next(iter(FIGURES))).save(tmp_path / f"figure{suffix}")
    start = {".svg": b"<svg", ".pdf": b"%PDF", ".png": b"\x89PNG"}[suffix]
    assert path.read_bytes().startswith(start)


def test_unknown_names_and_formats_are_refused(tmp_path):
    with pytest.raises(ValueError, match="name must be one of"):
        draw("no-such-figure")
    with pytest.raises(ValueError, match=r"path must end in \.svg, \.pdf or \.png"):
        draw(next(iter(FIGURES))).save(tmp_path / "figure.gif")
