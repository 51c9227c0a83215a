"""Movable figures under a finger."""

from __future__ import annotations

import pytest
from movable_pages import (
    by_finger,
    handle_boxes,
    is_live,
    settled,
    shared,
    state,
    swipe,
    wait,
    with_handles,
)

HANDLE = "offCenter.stages[0].handles.entries.values().next().value.handle"


@with_handles
@pytest.mark.parametrize("by", [(-40, 60), (-40, -60), (0, 60), (40, 0)])
def test_the_first_touch_of_a_handle_drags_it_and_the_page_stays(visit, name, by):
    # Where it can go either way.
    page = by_finger(visit, name, "?stride.goal=0.2" if name == "stride" else "")
    # The printed figure gives way to the live one before it is touched: not while it is.
    page.locator(".movable-handle").first.wait_for()
    page.locator("figure svg:visible").tap()
    assert is_live(page)
    # From one of three goals of the roads to the next.
    by = [(2 if name == "stride" else 1) * way for way in by]
    box, before = handle_boxes(page)[0], state(page)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    handle = page.evaluate(f"{HANDLE}.fields")
    # Where the figure's scale and grid let the handle be, asked of the figure itself.
    wanted = page.evaluate(
        """([dx, dy]) => {
          const stage = offCenter.stages[0];
          const { handle } = stage.handles.entries.values().next().value;
          const scale = stage.svg.getScreenCTM().a;
          const values = handle.to(handle.at[0] + dx / scale, handle.at[1] + dy / scale);
          return values.map((value, i) => {
            const field = handle.fields[i] && stage.fields[handle.fields[i]];
            return field ? offCenter.snap(field, value) : null;
          });
        }""",
        by,
    )
    swipe(page, middle, by)
    settled(page)
    assert page.evaluate("scrollY") == 0
    # The ring of the keyboard would cross what stands beside the dot.
    assert page.locator(".movable-handle:focus").count() == 1
    assert page.locator(".movable-handle:focus-visible").count() == 0
    after = state(page)
    changed = {key: value for key, value in zip(handle, wanted, strict=True) if key}
    assert after == before | changed
    if any(key and way for key, way in zip(handle, by, strict=True)):
        assert after != before


@with_handles
def test_drag_by_hand_shows_with_a_ring_which_dot_it_means(visit, name):
    page = by_finger(visit, name)
    page.get_by_role("button", name="Drag by hand").tap()
    page.locator(".movable-handle:focus-visible").wait_for()


@shared
def test_a_finger_beside_the_handles_scrolls_the_page(visit, name):
    page = by_finger(visit, name)
    page.locator("figure svg:visible").tap()
    box = page.locator("svg.movable-live").bounding_box()
    before = state(page)
    swipe(page, (box["x"] + 60, box["y"] + box["height"] - 60), (0, -120))
    wait(page, "scrollY > 40")
    assert state(page) == before
