"""Sliders, choices, switches and presets of movable figures."""

from __future__ import annotations

import re

import pytest
from movable_pages import every, is_live, query_of, sentence, settled, sliders, state, wait

from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.controls import Choice, Switch


@every
def test_each_slider_moves_by_keys_and_is_said_and_linked(visit, name):
    page = visit(name)
    for field in sliders(name):
        slider = page.get_by_label(field.label, exact=True)
        before = state(page)[field.key]
        slider.focus()
        slider.press("ArrowLeft" if before > (field.low + field.high) / 2 else "ArrowRight")
        wait(page, f"offCenter.stages[0].state.{field.key} !== {before}")
        settled(page)
        assert is_live(page)
        assert f"{name}.{field.key}=" in query_of(page)
        assert slider.get_attribute("aria-valuetext") == slider.locator("+ span").inner_text()
        assert re.search(r"\w.*\.$", sentence(page))
        assert "NaN" not in sentence(page)
        assert "undefined" not in sentence(page)


@every
def test_each_slider_moves_by_a_click_of_the_mouse_and_nothing_else_happens(visit, name):
    page = visit(name)
    for field in sliders(name):
        before = state(page)[field.key]
        slider = page.get_by_label(field.label, exact=True)
        box = slider.bounding_box()
        place = 0.25 if before > (field.low + field.high) / 2 else 0.75
        slider.click(position={"x": box["width"] * place, "y": box["height"] / 2})
        settled(page)
        assert state(page)[field.key] != before
        assert page.evaluate("offCenter.stages[0].player.time") in (None, float("inf"))


@every
def test_choices_and_switches_change_the_state_and_the_drawing(visit, name):
    page = visit(name)
    for field in MOVABLES[name].fields:
        before = page.evaluate("offCenter.stages[0].svg?.innerHTML")
        control = page.locator(f"[data-field={field.key}]")
        if isinstance(field, Switch):
            control.press("Space")
            wanted = not field.value
        elif isinstance(field, Choice):
            wanted = next(option for option in field.options if option != field.value)
            control.select_option(wanted)
        else:
            continue
        settled(page)
        assert state(page)[field.key] == wanted
        assert page.evaluate("offCenter.stages[0].svg.innerHTML") != before


@every
def test_each_preset_sets_its_state_at_once_where_less_motion_is_wanted(visit, name):
    page = visit(name, reduced_motion="reduce")
    for button in MOVABLES[name].buttons:
        before = state(page)
        page.get_by_role("button", name=button.label, exact=True).click()
        rest = before if button.keep else MOVABLES[name].defaults
        assert state(page) == rest | dict(button.state)


@pytest.mark.parametrize("name", ["centering", "spectrum"])
def test_a_preset_that_keeps_the_rest_is_marked_while_its_fields_have_its_values(visit, name):
    page = visit(name)
    kept = [button for button in MOVABLES[name].buttons if button.keep]
    assert kept
    for button in kept:
        there = page.get_by_role("button", name=button.label, exact=True)
        there.click()
        settled(page)
        assert there.get_attribute("aria-pressed") == "true"
        [(key, value)] = dict(button.state).items()
        field = page.locator(f"[data-field={key}]")
        if isinstance(value, str):
            field.select_option(MOVABLES[name].defaults[key])
        else:
            field.press("ArrowLeft" if value else "ArrowRight")
        settled(page)
        assert there.get_attribute("aria-pressed") == "false"


@every
def test_each_preset_glides_to_its_state(visit, name):
    page = visit(name, reduced_motion="no-preference")
    for button in MOVABLES[name].buttons:
        before = state(page)
        page.get_by_role("button", name=button.label, exact=True).click()
        settled(page)
        rest = before if button.keep else MOVABLES[name].defaults
        assert state(page) == rest | dict(button.state)


@every
@pytest.mark.parametrize("width", [360, 1280])
def test_no_sentence_of_a_preset_pushes_the_page(visit, name, width):
    page = visit(name, viewport={"width": width, "height": 800})
    says = page.locator(".movable-says")
    height = says.bounding_box()["height"]
    for button in MOVABLES[name].buttons:
        page.get_by_role("button", name=button.label, exact=True).click()
        settled(page)
        assert says.bounding_box()["height"] == height, says.inner_text()
