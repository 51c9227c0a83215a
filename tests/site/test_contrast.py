"""Marks that carry data stand out from the page, printed and moved, in both themes, by pixels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from offcenter.figures import FIGURES, draw
from offcenter_site.movable.catalog import MOVABLES

CODE = Path(__file__).resolve().parents[2] / "code"
THEME = CODE / "offcenter_site" / "theme" / "offcenter" / "style.css"
LEAST = 3.0
SCALE = 3  # pixels of the screen for one of the page, so that a thin line has a middle
# For each mark the places along it.  What is light is the ground on which data lie: contours,
# rulings, the inside of a histogram, whose outline is not light.
PLACES = r"""svg => {
  const ground = ['--light', '--paper'].map(name =>
    getComputedStyle(document.documentElement).getPropertyValue(name));
  const probe = document.body.appendChild(document.createElement('i'));
  const grounds = ground.map(color => (probe.style.color = color, getComputedStyle(probe).color));
  probe.remove();
  const seen = color => color !== 'none' && !grounds.includes(color);
  return [...document.querySelector(svg).querySelectorAll('path')]
    .filter(e => !e.closest('defs, clipPath') && e.getAttribute('display') !== 'none')
    .filter(e => seen(getComputedStyle(e).stroke) || seen(getComputedStyle(e).fill))
    .map(e => {
      const [length, matrix] = [e.getTotalLength(), e.getScreenCTM()];
      const box = e.getBBox();
      // Dots are subpaths without a length: each is a place, the path knows only the first.
      const points = length
        ? Array.from({ length: 24 }, (_, k) => e.getPointAtLength((length * k) / 23))
        : [...e.getAttribute('d').matchAll(/M([-\d.]+) ([-\d.]+)/g)]
          .map(([, x, y]) => new DOMPoint(+x, +y));
      points.push(new DOMPoint(box.x + box.width / 2, box.y + box.height / 2));
      const id = e.closest('[clip-path]')?.getAttribute('clip-path').slice(5, -1);
      const pane = id && document.getElementById(id).firstElementChild.getBBox();
      const root = e.ownerSVGElement.getScreenCTM();
      const [from, to] = pane
        ? [[pane.x, pane.y], [pane.x + pane.width, pane.y + pane.height]].map(([x, y]) =>
            new DOMPoint(x, y).matrixTransform(root))
        : [{ x: -Infinity, y: -Infinity }, { x: Infinity, y: Infinity }];
      const shown = points.map(p => new DOMPoint(p.x, p.y).matrixTransform(matrix))
        .filter(p => p.x > from.x && p.x < to.x && p.y > from.y && p.y < to.y);
      return [shown.map(p => [p.x, p.y]),
        e.cloneNode().outerHTML.slice(0, 300)];
    });
}"""


def luminances(colors: np.ndarray) -> np.ndarray:
    """Return the relative luminance of sRGB colors, as WCAG defines it."""
    part = colors[..., :3] / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrasts(colors: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """Return the contrast ratios of colors with one color."""
    one, other = luminances(colors), luminances(ground)
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def faint(page, svg: str) -> list[tuple[float, str]]:
    """Return the marks of a drawing that are nowhere as plain as they must be."""
    # Down to the end of the drawing: what is below need not be painted.
    box = page.locator(svg).bounding_box()
    part = {
        "x": 0,
        "y": 0,
        "width": box["x"] + box["width"] + 1,
        "height": box["y"] + box["height"] + 1,
    }
    pixels = np.array(Image.open(io.BytesIO(page.screenshot(full_page=True, clip=part))))
    found = []
    for points, mark in page.evaluate(PLACES, svg):
        best = 0.0
        for x, y in points:
            column, row = round(SCALE * x), round(SCALE * y)
            if 1 <= row < pixels.shape[0] - 1 and 1 <= column < pixels.shape[1] - 1:
                near = pixels[row - 1 : row + 2, column - 1 : column + 2]
                best = max(best, float(contrasts(near, pixels[0, 0]).max()))
        # A mark that lies wholly outside its pane is seen by nobody.
        if 0 < best < LEAST:
            found.append((round(best, 2), mark))
    return found


@pytest.fixture
def page(desk):
    """Give a page of a phone's width with many pixels."""
    size = {"width": 345, "height": 900}
    with desk.lend(viewport=size, device_scale_factor=SCALE, reduced_motion="reduce") as page:
        yield page


def test_contrast_is_that_of_the_standard():
    white = np.full(3, 255)
    assert contrasts(np.zeros(3), white) == pytest.approx(21)
    assert contrasts(np.full(3, 0x77), white) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", FIGURES)
def test_each_mark_of_a_printed_figure_stands_out(page, name):
    body = f"<style>{THEME.read_text()}</style><figure>{draw(name).svg}</figure>"
    page.set_content(f'<body style="padding: 0 1rem">{body}')
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faint(page, "figure svg") == [], scheme


@pytest.mark.parametrize("name", MOVABLES)
def test_each_mark_of_a_moved_figure_stands_out(page, address, name):
    page.goto(f"{address}/figure/{name}.html")
    page.evaluate("offCenter.stages[0].live()")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # A picture can be taken before the figure is painted; a color that is too pale stays so.
        pictures = (faint(page, "svg.movable-live") for _ in range(5))
        assert [] in pictures, (scheme, faint(page, "svg.movable-live"))


def test_a_mark_that_keeps_the_light_themes_color_is_found(page):
    mark = '<path d="M10 10H80" stroke="#222223" stroke-width="3"/>'
    page.emulate_media(color_scheme="dark")
    page.set_content(
        f"<style>{THEME.read_text()}</style><figure><svg viewBox='0 0 90 20'>{mark}</svg></figure>"
    )
    [(ratio, _)] = faint(page, "figure svg")
    assert ratio < 1.5
