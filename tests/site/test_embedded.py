"""Bare figures: framed by other sites, and only these; at their setting; with a way back."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.controls import Coordinate
from offcenter_site.movable.directive import EMBEDDED_HEIGHT

every = pytest.mark.parametrize("name", MOVABLES)
ICON = '<title>Class</title><link rel="icon" href="data:,">'
SENTENCE = ".movable-says:not(:empty)"
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def first_control(figure):
    """Return the first field that one sees."""
    return next(field for field in figure.fields if type(field) is not Coordinate)


def settle(page) -> None:
    """Wait until a figure has followed; Playwright's own way needs eval, which is forbidden."""
    page.wait_for_timeout(400)
    for _ in range(300):
        if page.evaluate("['still', 'live'].includes(offCenter.stages[0].phase)"):
            return
        page.wait_for_timeout(30)


@pytest.fixture
def elsewhere(tmp_path: Path, hosted):
    """Give a function that writes a page of another site and opens it there."""
    (tmp_path / "_headers").write_text("")
    (tmp_path / "404.html").write_text("")
    with hosted(tmp_path) as url:

        def write(body: str) -> str:
            (tmp_path / "page.html").write_text(f"<!doctype html>{ICON}{body}")
            return f"{url}/page.html"

        yield write


@every
def test_another_site_frames_the_figure_at_its_setting_and_is_led_back(
    reader, address, elsewhere, name
) -> None:
    figure = MOVABLES[name]
    field = first_control(figure)
    with reader.open(f"{address}/figure/{name}.html", width=800) as page:
        control = page.locator(f"[data-field={field.key}]")
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(index=1)
        else:
            control.press("Space" if control.get_attribute("type") == "checkbox" else "ArrowLeft")
        settle(page)
        state, query = page.evaluate("[offCenter.stages[0].state, location.search]")
        assert state != figure.defaults
    frame = f'<iframe width="560" height="640" src="{address}/figure/{name}.html{query}"></iframe>'
    with reader.open(elsewhere(frame), width=800) as page:
        inside = page.frames[1]
        inside.locator("svg.movable-live").wait_for()
        assert inside.evaluate("offCenter.stages[0].state") == state
        inside.locator(SENTENCE).wait_for()
        back = inside.get_by_role("link", name="From Off Center")
        with page.context.expect_page() as opened:
            back.click()
        book = opened.value
        book.locator("svg.movable-live").first.wait_for()
        there = "name => offCenter.stages.find(stage => stage.name === name).state"
        assert book.evaluate(there, name) == state
        assert book.evaluate("document.querySelector(location.hash).tagName") == "FIGURE"
        assert page.complaints == []


@pytest.mark.parametrize("path", ["", "index.html", "book/signs.html", "search.html", "404.html"])
def test_no_other_page_can_be_framed(reader, address, elsewhere, path) -> None:
    with reader.open(elsewhere(f'<iframe src="{address}/{path}"></iframe>')) as page:
        assert any("X-Frame-Options" in words for words in page.complaints), page.complaints
        assert not page.frames[1].url.startswith(address)


@every
def test_the_line_to_paste_frames_the_figure_as_it_is_set(
    reader, address, elsewhere, site, name
) -> None:
    holder = next(p for p in [site / "index.html", *(site / "book").glob("*.html")]
                  if f'data-movable="{name}"' in p.read_text("utf-8"))  # fmt: skip
    query = {f"{name}.{key}": str(value) for key, value in MOVABLES[name].defaults.items()}
    field = first_control(MOVABLES[name])
    if hasattr(field, "low"):
        query[f"{name}.{field.key}"] = f"{field.low:g}"
    address_of = (
        f"{address}/{holder.relative_to(site)}?{'&'.join('='.join(q) for q in query.items())}"
    )
    with reader.open(address_of) as page:
        root = page.locator(f"[data-movable={name}]")
        root.get_by_text("Embed", exact=True).click()
        line = root.get_by_label("The line that puts this figure").input_value()
        stage = f"offCenter.stages.find(stage => stage.name === '{name}')"
        state = page.evaluate(f"{stage}.state")
    source = re.search(r'src="([^"]*)"', line)[1].replace("&amp;", "&")
    assert urlsplit(source).path == f"/figure/{name}.html"
    assert {key.partition(".")[0] for key, _ in parse_qsl(urlsplit(source).query)} <= {name}
    assert MOVABLES[name].label in line
    with reader.open(elsewhere(line), width=800) as page:
        inside = page.frames[1]
        inside.wait_for_load_state()
        assert inside.evaluate("offCenter.stages[0].state") == state
        # All that one needs is in view; what is below can be scrolled to.
        height = inside.evaluate("innerHeight")
        assert height == EMBEDDED_HEIGHT
        reset = inside.get_by_role("button", name="Reset")
        assert reset.bounding_box()["y"] + reset.bounding_box()["height"] <= height + 8


@every
@pytest.mark.parametrize("script", [True, False])
def test_it_fits_and_says_whose_it_is_even_without_a_script(
    reader, address, site, name, script
) -> None:
    page_of = f"{address}/figure/{name}.html"
    with reader.open(page_of, width=320, java_script_enabled=script) as page:
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if script:
                # It draws anew after a change of size; without one no frame is told.
                page.evaluate(FRAMES)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("figure svg:visible").count() == 1
            assert script or page.locator("figure svg[role=img]").is_visible()
            assert page.locator("figcaption").is_visible()
            back = page.get_by_role("link", name="From Off Center")
            assert back.count() == 1
            assert back.is_visible()
            assert page.locator("script[src]").count() == 1
    source = (site / "figure" / f"{name}.html").read_text("utf-8")
    assert '<meta name="robots" content="noindex">' in source
    assert f"figure/{name}" not in (site / "_static" / "search-data.js").read_text("utf-8")


@every
def test_it_works_from_a_folder(reader, site, name) -> None:
    with reader.open((site / "figure" / f"{name}.html").as_uri(), width=360) as page:
        if MOVABLES[name].grabs:
            page.locator("svg.movable-live").wait_for()
        box = page.locator("figure svg:visible").bounding_box()
        page.mouse.move(box["x"] + 2, box["y"] + 2)
        page.locator("svg.movable-live").wait_for()
        assert page.complaints == []
