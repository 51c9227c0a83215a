"""Settings in the address: links that reproduce them, and bad ones."""

from __future__ import annotations

import itertools

import pytest
from movable_pages import (
    addressed,
    every,
    is_live,
    query_of,
    sentence,
    settled,
    shared,
    sliders,
    state,
    stop_time,
)

from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.controls import Choice, Coordinate, Switch


@every
def test_a_link_reproduces_its_setting_and_reset_ends_it(visit, name):
    page = visit(name)
    for field in sliders(name):
        key = "ArrowLeft" if field.value == field.high else "ArrowRight"
        page.locator(f"[data-field={field.key}]").press(key)
        page.locator(f"[data-field={field.key}]").press(key)
    for field in MOVABLES[name].fields:
        if isinstance(field, Switch):
            page.locator(f"[data-field={field.key}]").press("Space")
        if isinstance(field, Choice):
            page.locator(f"[data-field={field.key}]").select_option([*field.options][-1])
    settled(page)
    link = page.get_by_role("link", name="Link to this setting").get_attribute("href")
    there = visit(name, "?" + link.partition("?")[2].partition("#")[0] + "&kept=1#here")
    assert is_live(there)
    assert state(there) == state(page)
    assert sentence(there) == sentence(page)
    there.get_by_role("button", name="Reset").click()
    if MOVABLES[name].grabs:
        there.locator(".movable-handle").first.wait_for()
    settled(there)
    assert is_live(there) == MOVABLES[name].grabs
    assert state(there) == MOVABLES[name].defaults
    assert query_of(there) == "?kept=1"
    assert there.evaluate("location.hash") == "#here"
    assert sentence(there) == ""


@shared
def test_the_link_can_be_copied(visit, name):
    page = visit(name, permissions=["clipboard-read", "clipboard-write"])
    page.locator("[data-field]:not([type=hidden])").first.press("ArrowLeft")
    settled(page)
    link = page.get_by_role("link", name="Link to this setting")
    link.click()
    page.get_by_text("is copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.evaluate("document.querySelector('a[data-link]').href")


@shared
@pytest.mark.parametrize("glides", [True, False])
def test_the_link_is_copied_at_once_with_what_is_set_and_says_so(visit, name, glides):
    page = visit(
        name,
        permissions=["clipboard-read", "clipboard-write"],
        reduced_motion="no-preference" if glides else "reduce",
    )
    button = MOVABLES[name].buttons[-1]
    stop_time(page)
    page.get_by_role("button", name=button.label, exact=True).click()
    page.clock.run_for(100)
    page.get_by_role("link", name="Link to this setting").click()
    page.get_by_text("is copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    page.clock.run_for(2000)
    assert "is copied" in sentence(page)
    wanted = MOVABLES[name].defaults | dict(button.state)
    assert state(page) == addressed(page) == wanted
    assert state(visit(name, copied.partition(f"{name}.html")[2])) == wanted


@shared
def test_without_a_clipboard_the_link_is_followed_to_what_is_set(visit, name):
    page = visit(name)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    stop_time(page)
    slider = sliders(name)[0]
    page.locator(f"[data-field={slider.key}]").press("ArrowLeft")
    changed = state(page)
    assert changed != MOVABLES[name].defaults
    with page.expect_navigation():
        page.get_by_role("link", name="Link to this setting").click()
    assert state(page) == addressed(page) == changed


@shared
def test_the_link_is_right_before_another_button_opens_it(visit, name):
    page = visit(name)
    stop_time(page)
    page.locator(f"[data-field={sliders(name)[0].key}]").press("ArrowLeft")
    link = page.get_by_role("link", name="Link to this setting")
    link.click(button="right")
    read = "link => offCenter.readAddress(link.href, 'zigzag', offCenter.stages[0].fields)"
    assert link.evaluate(read) == state(page)


BAD = ("NaN", "Infinity", "-Infinity", "1e999", "-1e300", "1e300", "", "%20", "0x", "<b>", "null",
       "undefined", "1;2", "__proto__", "%E2%88%9E")  # fmt: skip


READ = """queries => {
  const { name, fields } = offCenter.stages[0];
  return queries.map(query => offCenter.readAddress(`http://x/?${query}`, name, fields));
}"""


@every
def test_a_bad_value_in_the_address_falls_back_to_the_default(visit, name):
    keys = [*(field.key for field in MOVABLES[name].fields), "unknown", "__proto__"]
    bad = itertools.cycle(BAD)
    page = visit(name, "?" + "&".join(f"{name}.{key}={next(bad)}" for key in keys))
    assert state(page) == MOVABLES[name].defaults
    assert page.locator(".movable-moved").count() == 0
    # It shows what is read from the address; and so each key with each value.
    for key in keys:
        read = page.evaluate(READ, [f"{name}.{key}={value}" for value in BAD])
        assert all(found == MOVABLES[name].defaults for found in read), key


@shared
def test_no_number_is_read_from_what_is_none(visit, name):
    page = visit(name)
    read = """(texts) => texts.map(text => offCenter.readAddress(
      `http://x/?zigzag.step=${text}`, 'zigzag', offCenter.stages[0].fields).step)"""
    assert set(page.evaluate(read, list(BAD))) == {MOVABLES[name].defaults["step"]}


@every
def test_values_just_out_of_bounds_fall_back_and_those_at_the_bounds_hold(visit, name):
    numbers = [f for f in MOVABLES[name].fields if isinstance(f, Coordinate)]
    for side, out in (("low", -1e-6), ("high", 1e-6)):
        inside = {f.key: getattr(f, side) for f in numbers}
        query = "&".join(f"{name}.{key}={value}" for key, value in inside.items())
        page = visit(name, f"?{query}")
        assert state(page) == MOVABLES[name].defaults | inside
        outside = [f"{name}.{key}={value + out}" for key, value in inside.items()]
        for read in page.evaluate(READ, ["&".join(outside), *outside]):
            assert read == MOVABLES[name].defaults
        page.evaluate("offCenter.stages[0].live()")  # one of the bounds may be the default
        settled(page)
        assert "NaN" not in page.evaluate("offCenter.stages[0].svg.outerHTML") + sentence(page)
        for field in numbers:
            assert getattr(field, side) == state(page)[field.key]
