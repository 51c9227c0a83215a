"""What happens while a preset glides, and when a figure is settled."""

from __future__ import annotations

import pytest
from movable_pages import (
    SETTLED,
    addressed,
    enter,
    query_of,
    settled,
    shared,
    sliders,
    state,
    stop_time,
    wait,
)

from offcenter_site.movable.catalog import MOVABLES


def press_in(selector, key):
    return lambda page: page.locator(selector).press(key)


def drag_handle(page):
    box = page.locator(".movable-handle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y)
    page.mouse.up()


# What is done while a preset glides, and the fields that it sets itself.
SECOND = {
    "a button that keeps": (
        lambda page: page.get_by_role("button", name="center", exact=True).click(),
        {"mean": 0},
    ),
    "a switch": (press_in("[data-field=bias]", "Space"), {"bias": True}),
    "a slider": (press_in("[data-field=n]", "ArrowRight"), {"n": 200}),
    "a key on a handle": (press_in(".movable-handle", "ArrowRight"), {"mean": 0.41}),
    "a drag": (drag_handle, {"mean": None}),
    "reset": (
        lambda page: page.get_by_role("button", name="Reset").click(),
        MOVABLES["centering"].defaults,
    ),
}


@pytest.mark.parametrize("second", SECOND)
def test_what_is_done_during_a_glide_starts_from_where_it_leads(visit, second):
    page = visit("centering", reduced_motion="no-preference")
    relu = next(b for b in MOVABLES["centering"].buttons if b.label == "ReLU")
    stop_time(page)
    page.get_by_role("button", name="ReLU", exact=True).click()
    page.clock.run_for(200)
    between = state(page)
    assert between["variance"] != relu.state["variance"]
    act, changes = SECOND[second]
    act(page)
    # After a reset the figure comes again as soon as the browser says that it is seen.
    wait(page, "offCenter.stages[0].svg !== null")
    page.clock.run_for(2000)
    settled(page)
    there = state(page)
    assert there["mean"] != between["mean"]
    wanted = MOVABLES["centering"].defaults | dict(relu.state) | changes
    assert there == {key: there[key] if v is None else v for key, v in wanted.items()}
    assert addressed(page) == there


@shared
def test_a_glide_is_settled_only_at_its_end_however_late_the_frames_come(visit, name):
    page = visit(name, reduced_motion="no-preference")
    button = MOVABLES[name].buttons[-1]
    stop_time(page)
    # Its drawing starts the wait for what follows a change, which must not end within the glide.
    enter(page)
    page.evaluate("""() => {
      window.frames_kept = [];
      window.requestAnimationFrame = frame => frames_kept.push(frame);
    }""")
    run_frames = "() => frames_kept.splice(0).forEach(frame => frame(performance.now()))"
    page.get_by_role("button", name=button.label, exact=True).click()
    # No frame at all, then one, midway, and none after it for long.
    for _ in range(2):
        page.clock.run_for(200)
        assert not page.evaluate(SETTLED)
        page.evaluate(run_frames)
    page.clock.run_for(5000)
    assert not page.evaluate(SETTLED)
    assert query_of(page) == ""
    for _ in range(3):
        page.evaluate(run_frames)
    page.clock.run_for(1000)
    assert page.evaluate(SETTLED)
    assert state(page) == addressed(page) == MOVABLES[name].defaults | dict(button.state)


@shared
def test_what_is_not_drawn_yet_is_not_settled(visit, name):
    page = visit(name)
    enter(page)
    settled(page)
    stop_time(page)
    slider = page.locator(f"[data-field={sliders(name)[0].key}]")
    slider.press("ArrowLeft")
    page.clock.run_for(29)
    page.evaluate("window.requestAnimationFrame = () => 0")
    slider.press("ArrowLeft")
    page.clock.run_for(5000)
    assert not page.evaluate(SETTLED)
