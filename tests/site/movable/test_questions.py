"""The questions that figures ask first, their answers, and what is said aloud."""

from __future__ import annotations

import pytest
from movable_pages import by_finger, drawn, every, query_of, settled, swipe

from offcenter.descent import PRESETS, plane_run
from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.controls import Choice, Range, Switch

asked = pytest.mark.parametrize("name", [n for n, m in MOVABLES.items() if m.question])


@asked
def test_a_question_has_its_answer_on_paper_and_without_a_script(visit, name):
    still = visit(name, java_script_enabled=False)
    page = visit(name)
    answer = page.locator(".movable-answer")
    assert not answer.is_visible()
    page.emulate_media(media="print")
    for reader in (page, still):
        assert reader.locator(".movable-answer").is_visible()
        assert not reader.locator(".movable-guess button").first.is_visible()


def test_a_choice_is_answered_and_both_runs_race(visit):
    page = visit("zigzag")
    right, wrong = page.locator("[data-choice]").all()
    for button in (wrong, right):
        button.press("Enter")
        settled(page)
        assert button.get_attribute("aria-pressed") == "true"
        assert page.locator(".movable-answer").is_visible()
    steps = "[offCenter.stages[0].result, offCenter.stages[0].player.ghost].map(r => r.steps)"
    fast, slow = page.evaluate(steps)
    assert fast == plane_run(PRESETS["zig-zag and fast"]).steps_to_goal
    assert slow == plane_run(PRESETS["straight and slow"]).steps_to_goal
    # What the answer says.
    assert fast < slow
    assert page.locator("[data-choice]").first.inner_text() == "The one that turns back"


GUESSED = "[...offCenter.stages[0].guess.handles.entries.values()].map(e => e.handle.at[1])"


@drawn
@pytest.mark.parametrize("way", ["keys", "finger"])
def test_a_guess_is_drawn_before_the_truth_and_stays_over_it(visit, name, way):
    page = by_finger(visit, name)
    page.get_by_role("button", name="Draw your guess").click()
    curve = "!!offCenter.stages[0].svg.querySelector('path[display=inline][stroke*=blue]')"
    assert not page.evaluate(curve)
    handles = page.locator(".movable-handle[aria-label^='guess']")
    before = page.evaluate(GUESSED)
    for k, handle in enumerate(handles.all()):
        if way == "keys":
            handle.press("Shift+ArrowUp")
        else:
            handle.evaluate("node => node.scrollIntoView({ block: 'center' })")
            place = page.evaluate("scrollY")
            box = handle.bounding_box()
            swipe(page, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), (0, -30))
            assert page.evaluate("scrollY") == place
        assert page.evaluate(GUESSED)[k] < before[k] - 5
    truth = page.get_by_role("button", name="Show the truth")
    truth.press("Enter")
    assert page.evaluate(curve)
    assert page.locator(".movable-answer").is_visible()
    assert "your guess" in page.locator("svg.movable-live").text_content()
    assert handles.count() == 0
    assert query_of(page) == ""


VOICES = ":is([role=status], [role=alert], [role=log], [aria-live], output)"
HEARD = """() => {
  const voice = document.querySelector('figure [role=status]');
  globalThis.heard = [];
  const hear = all => all.some(one => one.addedNodes.length) && heard.push(voice.textContent);
  new MutationObserver(hear).observe(voice, { childList: true, subtree: true });
}"""


@every
def test_a_change_is_said_once_and_by_one_voice(visit, name):
    page = visit(name)
    assert page.locator(f"figure {VOICES}").count() == 1
    page.evaluate("offCenter.stages[0].live()")
    settled(page)
    page.evaluate(HEARD)
    said = 0
    for field in MOVABLES[name].fields:
        control = page.locator(f"[data-field={field.key}]")
        if isinstance(field, Range):
            control.press(
                "ArrowLeft" if field.value > (field.low + field.high) / 2 else "ArrowRight"
            )
        elif isinstance(field, Switch):
            control.press("Space")
        elif isinstance(field, Choice):
            control.select_option(next(option for option in field.options if option != field.value))
        else:
            continue
        settled(page)
        # A sentence that a change leaves as it was is not said again.
        heard = page.evaluate("heard.splice(0)")
        assert len(heard) <= 1
        assert not heard or heard == [page.locator(".movable-says").text_content()]
        said += len(heard)
    assert said


@asked
def test_the_answer_to_a_guess_is_said_once_with_the_sentence(visit, name):
    page = visit(name)
    page.evaluate(HEARD)
    page.locator("[data-choice], [data-truth]").first.press("Enter")
    settled(page)
    [heard] = page.evaluate("heard")
    assert MOVABLES[name].question.answer in heard
    assert page.evaluate("offCenter.stages[0].said") in heard
