"""Handles that are dragged by mouse and keys, and what they say."""

from __future__ import annotations

import pytest
from movable_pages import (
    enter,
    handle_boxes,
    query_of,
    sentence,
    settled,
    shared,
    state,
    with_handles,
)

from offcenter_site.movable.catalog import MOVABLES

HANDLES = "[...offCenter.stages[0].handles.entries.values()]"


@with_handles
def test_handles_are_dragged_with_the_mouse(visit, name):
    page = visit(name)
    enter(page)
    # From one of three goals of the roads to the next.
    pull = 17 if name == "stride" else 12
    for index, box in enumerate(handle_boxes(page)):
        before = state(page)
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        # A handle that moves upright only is pulled up.
        upright = not page.evaluate(f"{HANDLES}[{index}].handle.fields[0]")
        dx, dy = (3, -pull) if upright else (-pull, 3)
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 6):
            page.mouse.move(x + dx * step, y + dy * step)
        page.mouse.up()
        settled(page)
        assert state(page) != before
        now = handle_boxes(page)[index]
        # To the nearest step of the grid, which is coarse for batch sizes.
        way = "y" if upright else "x"
        assert abs(now[way] - box[way] + 5 * pull) < 30
        assert query_of(page)


@with_handles
def test_handles_move_by_keys_after_the_button_and_say_where_they_are(visit, name):
    page = visit(name)
    page.get_by_role("button", name="Drag by hand").press("Enter")
    for index in range(page.locator(".movable-handle").count()):
        handle = page.locator(".movable-handle").nth(index)
        if index == 0:
            assert handle.evaluate("node => node === document.activeElement")
        assert handle.get_attribute("role") == "slider"
        assert handle.get_attribute("aria-label")
        handle.focus()
        for key in ("ArrowLeft", "ArrowUp"):
            words, box = handle.get_attribute("aria-valuetext"), handle.bounding_box()
            handle.press(f"Shift+{key}")
            settled(page)
            assert handle.get_attribute("aria-valuetext") != words
            moved = handle.bounding_box()
            if key == "ArrowLeft":
                upright = not page.evaluate(f"{HANDLES}[{index}].handle.fields[0]")
                assert moved["y"] > box["y"] if upright else moved["x"] < box["x"]
            assert low_to_high(handle)


def value_of(handle, which):
    return float(handle.get_attribute(f"aria-value{which}"))


def announced(handle):
    """Return the numbers that a handle says."""
    words = handle.get_attribute("aria-valuetext").replace("−", "-")
    return [float(word.replace(",", "")) for word in words.split(", ")]


IS_AT_END = """([label, key]) => {
  const handles = [...document.querySelectorAll('.movable-handle')];
  const handle = handles.find(one => one.ariaLabel === label);
  return handle.ariaValueNow === handle[key === 'PageUp' ? 'ariaValueMax' : 'ariaValueMin']; }"""


# Where a figure turns an axis, its handles are tried both ways.
TURNED = [*((name, "") for name, m in MOVABLES.items() if m.grabs), ("signs", "?signs.flip=1")]


@pytest.mark.parametrize(("name", "query"), TURNED)
def test_what_a_handle_says_grows_to_the_right_and_upward(visit, name, query):
    page = visit(name, query)
    page.get_by_role("button", name="Drag by hand").press("Enter")
    for handle in page.locator(".movable-handle").all():
        for key, index in (("ArrowRight", 0), ("ArrowUp", -1), ("PageUp", -1)):
            handle.press("Home")
            settled(page)
            before, now = announced(handle), float(handle.get_attribute("aria-valuenow"))
            handle.press(key)
            settled(page)
            assert announced(handle)[index] > before[index], key
            if index == 0 or len(before) == 1:
                assert float(handle.get_attribute("aria-valuenow")) > now
            assert low_to_high(handle)


@pytest.mark.parametrize(("name", "query"), TURNED)
def test_keys_move_a_handle_to_its_ends_and_by_pages(visit, name, query):
    page = visit(name, query)
    page.get_by_role("button", name="Drag by hand").press("Enter")
    for handle in page.locator(".movable-handle").all():
        for key, end in (("Home", "min"), ("End", "max")):
            rest = announced(handle)[1:]
            handle.press(key)
            settled(page)
            assert handle.get_attribute("aria-valuenow") == handle.get_attribute(f"aria-value{end}")
            assert announced(handle)[1:] == rest
        for one, other in (("PageDown", "Shift+ArrowDown"), ("PageUp", "Shift+ArrowUp")):
            reached = []
            for key in (one, other):
                page.get_by_role("button", name="Reset").click()
                page.get_by_role("button", name="Drag by hand").press("Enter")
                ended = page.evaluate(IS_AT_END, [handle.get_attribute("aria-label"), one])
                handle.press(key)
                settled(page)
                reached.append(state(page))
            assert reached[0] == reached[1]
            assert (reached[0] == MOVABLES[name].defaults) == ended


@shared
def test_an_end_that_is_not_valid_is_approached_as_far_as_it_goes(visit, name):
    page = visit(name)
    page.evaluate("() => { offCenter.stages[0].figure.valid = ({ x }) => Math.abs(x) < 0.72 }")
    page.get_by_role("button", name="Drag by hand").press("Enter")
    handle = page.locator(".movable-handle")
    for key, x in (("Home", -0.7), ("End", 0.7)):
        handle.press(key)
        settled(page)
        assert state(page)["x"] == x


@pytest.mark.parametrize("button", ["", *(b.label for b in MOVABLES["activation"].buttons)])
def test_the_handle_of_the_activation_says_the_mean_that_it_is_named_for(visit, button):
    page = visit("activation", reduced_motion="reduce")
    page.get_by_role("button", name="Drag by hand").press("Enter")
    if button:
        page.get_by_role("button", name=button, exact=True).click()
    settled(page)
    handle = page.get_by_role("slider", name="mean of the activation")
    mean = page.evaluate("offCenter.stages[0].result.mean")
    assert announced(handle) == [pytest.approx(mean, abs=5e-4)]
    assert f"has mean {handle.get_attribute('aria-valuetext')}, " in sentence(page)
    # Whatever rounding leaves of a mean of zero is called zero.
    assert "10⁻" not in sentence(page) + page.locator("svg.movable-live").text_content()


@pytest.mark.parametrize("flip", [0, 1])
def test_the_handles_of_the_inputs_say_the_inputs_as_drawn(visit, flip):
    page = visit("signs", f"?signs.flip={flip}")
    page.get_by_role("button", name="Drag by hand").press("Enter")
    for k, point in enumerate(page.evaluate("offCenter.stages[0].result.inputs"), 1):
        assert announced(page.get_by_role("slider", name=f"input of example {k}")) == point


@pytest.mark.parametrize("activation", MOVABLES["batches"].fields[0].options)
def test_the_limit_for_large_batches_is_never_called_a_floor(visit, activation):
    page = visit("batches", f"?batches.name={activation}&batches.size=1")
    settled(page)
    limit = page.evaluate("offCenter.stages[0].result.limit")
    assert f"limit for large batches is {100 * limit:.1f}\u00a0%" in sentence(page)
    words = page.locator("svg.movable-live").text_content()
    assert f"limit {limit:.3f}" in words
    assert "floor" not in sentence(page) + words


def low_to_high(handle):
    low, now, high = (value_of(handle, end) for end in ("min", "now", "max"))
    return low <= now <= high
