"""Movable figures are accessible, fit, and work from a folder."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from movable_pages import enter, every, is_live, settled, shared, write_page

from offcenter_site.editions.browser import patient


@every
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_it_is_accessible_and_fits(visit, name, width, scheme):
    page = visit(name, viewport={"width": width, "height": 900}, color_scheme=scheme)
    enter(page)
    settled(page)
    found = Axe().run(page).response["violations"]
    assert not [(problem["id"], problem["nodes"]) for problem in found]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.querySelectorAll('[style], style').length") == 0
    targets = ".movable button, .movable a, .movable select, .movable input:not([type=hidden])"
    for target in page.locator(f"{targets}, .movable-handle").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24


@shared
def test_it_works_from_a_folder(chromium, tmp_path, name):
    complaints = []
    page = patient(chromium.new_page())
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(write_page(tmp_path, name).as_uri())
    page.locator("[data-field]:not([type=hidden])").first.press("ArrowLeft")
    settled(page)
    assert is_live(page)
    page.reload()
    assert is_live(page)
    page.close()
    assert not complaints
