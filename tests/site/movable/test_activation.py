"""The figure of one activation, as readers see it."""

from __future__ import annotations

import pytest
from movable_pages import settled, words_of

from offcenter.activations import ACTIVATIONS
from offcenter.spectrum import iid_condition_number
from offcenter_site.movable.catalog import MOVABLES


@pytest.mark.parametrize(
    ("shift", "words"), [(0, "sigmoid of"), (0.5, "sigmoid − 0.5 of"), (-0.5, "sigmoid + 0.5 of")]
)
def test_axis_of_the_activation_names_what_is_subtracted(visit, shift, words):
    page = visit("activation", f"?activation.name=sigmoid&activation.shift={shift}")
    assert f"{words} a standard normal" in page.locator("svg.movable-live").text_content()


CENTER_X = "node => { const { x, width } = node.getBoundingClientRect(); return x + width / 2; }"


def test_the_mean_of_an_activation_stands_above_its_condition_number(visit):
    page = visit("activation")
    page.get_by_role("button", name="Drag by hand").press("Enter")
    for key in ("Home", "Shift+ArrowRight", "End"):
        page.keyboard.press(key)
        settled(page)
        mean = page.locator(".movable-handle").evaluate(CENTER_X)
        dots = page.locator("svg.movable-live path[stroke-width='10'][display=inline]")
        assert dots.count() == 1
        assert abs(dots.evaluate(CENTER_X) - mean) < 1


def test_a_change_of_the_activation_is_told_beside_what_was_before(visit):
    page = visit("activation", "?activation.shift=0.1")
    before = page.evaluate("offCenter.stages[0].result.kappa")
    assert f"κ = {before:.3g}" in words_of(page)
    dashed = page.locator("svg.movable-live path[stroke-dasharray][display=inline]")
    assert dashed.count() == 0
    page.get_by_role("button", name="centered ReLU").click()
    settled(page)
    assert f"κ: {before:.3g} → 1" in words_of(page)
    assert dashed.count() == 1
    page.get_by_role("button", name="Reset").click()
    page.get_by_role("button", name="Drag by hand").press("Enter")
    assert dashed.count() == 0


def test_a_guess_on_two_activations_shows_both(visit):
    page = visit("activation")
    page.get_by_role("button", name="Sigmoid outputs").click()
    settled(page)
    relu, sigmoid = (
        iid_condition_number(100, ACTIVATIONS[name].mean, ACTIVATIONS[name].variance)
        for name in ("relu", "sigmoid")
    )
    assert sigmoid > relu
    assert f"κ: {sigmoid:.3g} → {relu:.3g}" in words_of(page)
    answer = MOVABLES["activation"].question.answer
    assert f"{sigmoid:.3g} against {relu:.3g}" in answer
