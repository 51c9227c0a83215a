"""Movable figures, driven as readers do: mouse, keys, touch, links, no script, print.

The page is a small one with the printed figure, the controls and the script that the book has,
served under the book's strict policy.
"""

from __future__ import annotations

import gzip
import io
import itertools
import pickle
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
from axe_playwright_python.sync_playwright import Axe
from docutils.parsers.rst import DirectiveError
from py_mini_racer import MiniRacer
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from offcenter.activations import ACTIVATIONS
from offcenter.descent import PRESETS, plane_run
from offcenter.experiment import LOSSES
from offcenter.figures import draw
from offcenter.figures.networks_pace import GOALS, stride_data
from offcenter.spectrum import iid_condition_number
from offcenter_site.build.scripts import short
from offcenter_site.movable import directive
from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.controls import Choice, Coordinate, Range, Switch
from offcenter_site.movable.directive import SOURCES, bundle, markup, style

ROOT = Path(__file__).resolve().parents[2]
POLICY = "default-src 'self'; img-src 'self' data:"


def _printed():
    """Return the figure that is printed where a page has a movable one, by its name."""
    found = {}
    for page in (ROOT / "index.md", *(ROOT / "book").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        for name, target in re.findall(r"^```\{movable\} (\S+)\n:figure: (\S+)", text, re.M):
            cell = re.search(rf"name: {target}\n.*?\bdraw\(\"([\w-]+)\"", text, re.DOTALL)
            found[name] = cell[1]
    return found


PRINTED = _printed()
STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #222222; --blue: #005a9c;
  --orange: #b8450b; --grey: #6b6b6b; --light: #c8c8c8; --green: #00704f; --purple: #8a3b7a }
@media (prefers-color-scheme: dark) { :root { --paper: #16181c; --ink: #e6e6e6; --grey: #a0a0a0;
  --light: #4a4a4a; --blue: #6cb2f0; --orange: #f09a6a; --green: #5cc9a0; --purple: #d99aca } }
body { max-width: 42rem; margin: auto; padding: 0 .25rem; color: var(--ink);
  background: var(--paper) }
figure { margin: 1rem 0 } figure svg { width: 100%; height: auto }
"""


# The pages of these tests are quiet after a tenth of the time: they wait for it some 500 times.
QUIET = ("QUIET = 300;", "QUIET = 30;")


def guess_of(name):
    question = MOVABLES[name].question
    return "" if question is None else question.markup


def write_page(folder: Path, name: str) -> Path:
    """Write the page of one figure to `folder`, as static files, and return it."""
    target = f"fig-{PRINTED[name]}"
    (folder / "movable.css").write_bytes((SOURCES / "movable.css").read_bytes())
    (folder / "style.css").write_text(STYLE)
    stage = (SOURCES / "stage/stage.js").read_text(encoding="utf-8")
    assert QUIET[0] in stage
    script, sent = bundle([name]), short(stage)
    assert sent in script
    (folder / "page.js").write_text(script.replace(sent, short(stage.replace(*QUIET))))
    page = folder / f"{name}.html"
    page.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figure</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="style.css">'
        '<link rel="stylesheet" href="movable.css"></head>'
        "<body><main><h1>Figure</h1>"
        f'<figure class="movable-figure" id="{target}">{guess_of(name)}{draw(PRINTED[name]).svg}'
        f"{markup(MOVABLES[name], target)}<figcaption>A figure.</figcaption></figure>"
        '<script defer src="page.js"></script></main></body></html>'
    )
    return page


@pytest.fixture(scope="module")
def pages(tmp_path_factory, hosted):
    """Give the address of a folder for each figure."""
    folder = tmp_path_factory.mktemp("movable")
    (folder / "_headers").write_text(f"/*\n  Content-Security-Policy: {POLICY}\n")
    for name in MOVABLES:
        (folder / name).mkdir()
        write_page(folder / name, name)
    with hosted(folder) as address:
        yield address


STILL = {"viewport": {"width": 800, "height": 1000}, "reduced_motion": "reduce"}


@contextmanager
def visitor(desk, pages):
    """Open pages of figures; in the end nothing was complained of or asked from outside."""
    complaints = []
    listen = {
        "console": lambda message: complaints.append(message.text),
        "pageerror": lambda error: complaints.append(str(error)),
        "request": lambda request: (
            request.url.startswith((pages, "data:"))
            or complaints.append(f"outside request: {request.url}")
        ),
    }
    with ExitStack() as lent:

        def open_page(name, query="", **options):
            url = f"{pages}/{name}/{name}.html{query}"
            return lent.enter_context(desk.lend(url, **STILL | options, listen=listen))

        yield open_page
    assert not complaints


@pytest.fixture
def visit(desk, pages):
    """Give a function that opens the page of a figure."""
    with visitor(desk, pages) as open_page:
        yield open_page


@pytest.fixture(scope="module")
def sized(desk, pages, name, width, height):
    """Give a live figure in a window of a size: for tests of where things are, one after another.

    Each sets all fields that it needs, or leaves them as they were.
    """
    with visitor(desk, pages) as open_page:
        page = open_page(name, viewport={"width": width, "height": height})
        page.evaluate("offCenter.stages[0].live()")
        yield page


# What the figures share is tried on one of them.
shared = pytest.mark.parametrize("name", ["zigzag"])
every = pytest.mark.parametrize("name", MOVABLES)


def in_windows(names):
    """Run a test of the layout for each figure in windows of three sizes."""
    sizes = [(320, 640), (740, 360), (1280, 800)]
    cases = [(name, *size) for name in names for size in sizes]
    return pytest.mark.parametrize(("name", "width", "height"), cases, scope="module")


in_every_window = in_windows(MOVABLES)
with_handles = pytest.mark.parametrize("name", [n for n, m in MOVABLES.items() if m.grabs])


def state(page):
    return page.evaluate("offCenter.stages[0].state")


def wait(page, condition):
    """Wait until `condition` holds; Playwright's own way needs eval, which the policy forbids."""
    for _ in range(1500):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(10)
    pytest.fail(f"never: {condition}")


SETTLED = "['still', 'live'].includes(offCenter.stages[0].phase)"


def settled(page):
    """Wait until the drawing, the address and the sentence have followed."""
    wait(page, SETTLED)


def sentence(page):
    return page.locator(".movable-says").inner_text()


def query_of(page):
    return page.evaluate("location.search")


def is_live(page):
    live, still = page.locator("svg.movable-live"), page.locator("figure svg[role=img]")
    assert live.count() <= 1
    assert still.is_visible() == (live.count() == 0)
    return live.count() == 1


def enter(page):
    """Move the mouse over the figure; a printed one is then live, if it was not before."""
    if page.locator("[data-grab]").count():
        page.locator("svg.movable-live").wait_for()
    box = page.locator("figure svg:visible").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.locator("svg.movable-live").wait_for()


def sliders(name):
    return [field for field in MOVABLES[name].fields if isinstance(field, Range)]


@every
def test_before_a_touch_one_sees_what_can_be_dragged_and_else_the_printed_figure(visit, name):
    page = visit(name)
    if MOVABLES[name].grabs:
        page.locator(".movable-handle").first.wait_for()
        settled(page)
    assert is_live(page) == MOVABLES[name].grabs
    assert page.locator(".movable").is_visible()
    assert sentence(page) == ""
    assert query_of(page) == ""
    assert state(page) == MOVABLES[name].defaults
    # The words for who does not see it are those of the printed figure, until it is moved.
    alone = page.locator("figure svg:visible").get_attribute("aria-label")
    assert alone == page.locator("figure svg[role=img]").get_attribute("aria-label")


@every
def test_each_figure_invites_in_its_own_words(visit, name):
    page = visit(name)
    shown = "getComputedStyle(document.querySelector('.movable-says'), '::before').content"
    assert page.evaluate(shown) == f'"{MOVABLES[name].invitation}"'
    alike = [n for n, m in MOVABLES.items() if m.invitation == MOVABLES[name].invitation]
    assert alike == [name]


@shared
def test_without_a_script_there_are_no_controls(visit, name):
    page = visit(name, java_script_enabled=False)
    assert page.locator("figure svg[role=img]").is_visible()
    assert not page.locator(".movable").is_visible()


@shared
def test_print_shows_the_printed_figure_even_after_a_touch(visit, name):
    page = visit(name)
    enter(page)
    assert is_live(page)
    page.emulate_media(media="print")
    assert page.locator("figure svg[role=img]").is_visible()
    assert not page.locator("svg.movable-live").is_visible()
    assert not page.locator(".movable").is_visible()


@every
def test_nothing_shifts_when_the_script_comes_and_when_the_figure_goes_live(visit, name):
    page = visit(name)
    place = "JSON.stringify([...document.querySelectorAll('figcaption, .movable, .movable *')].map("
    place += "e => { const r = e.getBoundingClientRect(); return [r.x, r.y].map(Math.round) }))"
    before = page.evaluate(place)
    enter(page)
    assert is_live(page)
    assert page.evaluate(place) == before
    shifts = """new Promise(done => new PerformanceObserver(list => done(list.getEntries().length))
      .observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => done(0), 300))"""
    assert page.evaluate(shifts) == 0


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


def walker_time(page):
    return page.evaluate("offCenter.stages[0].player.time")


def test_the_opening_plays_once_by_itself_unless_less_motion_is_wanted(visit):
    page = visit("opening")
    assert not is_live(page)
    page = visit("opening", reduced_motion="no-preference")
    assert is_live(page)
    wait(page, "offCenter.stages[0].player.time > 3")
    # Nobody asked it to speak, or to write to the address.
    assert sentence(page) == ""
    assert query_of(page) == ""
    wait(page, "!offCenter.stages[0].player.playing")
    last = page.evaluate("offCenter.stages[0].result.points.length - 1")
    assert f"{last}steps, mean of the inputs 1" in page.locator("svg.movable-live").text_content()


def test_a_run_is_played_paused_stepped_and_scrubbed(visit):
    page = visit("zigzag")
    page.get_by_role("button", name="Play", exact=True).click()
    wait(page, "offCenter.stages[0].player.time > 1")
    page.get_by_role("button", name="Pause", exact=True).click()
    paused = walker_time(page)
    page.wait_for_timeout(150)
    assert walker_time(page) == paused
    page.get_by_role("button", name="Step", exact=True).click()
    assert walker_time(page) == int(paused) + 1
    scrub = page.get_by_role("slider", name="Step of the run")
    scrub.press("Home")
    assert walker_time(page) == 0
    scrub.press("ArrowRight")
    assert scrub.get_attribute("aria-valuetext") == "step 1 of 25"
    assert "step 1" in page.locator("svg.movable-live").text_content()
    scrub.press("End")
    assert walker_time(page) is None or walker_time(page) == float("inf")
    assert query_of(page) == ""


def test_two_runs_race_and_a_pinned_one_stays(visit):
    page = visit("zigzag")
    ghost = "offCenter.stages[0].player.ghost?.eigenvalues"
    raw = page.evaluate("offCenter.stages[0].figure.compute(offCenter.stages[0].state).eigenvalues")
    page.get_by_role("button", name="Pin", exact=True).click()
    for name in ("diverges", "centered"):
        page.get_by_role("button", name=name, exact=True).click()
        settled(page)
        assert page.evaluate(ghost) == raw
    # From one start, by one clock, each to its own end.
    page.get_by_role("slider", name="Step of the run").press("Home")
    page.get_by_role("slider", name="Step of the run").press("End")
    assert page.evaluate("offCenter.stages[0].player.length") == 25
    page.get_by_role("button", name="Pin", exact=True).click()
    assert page.evaluate(ghost) is None


asked = pytest.mark.parametrize("name", [n for n, m in MOVABLES.items() if m.question])
drawn = pytest.mark.parametrize(
    "name", [n for n, m in MOVABLES.items() if m.question and not m.question.choices]
)


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


@in_every_window
def test_no_word_of_a_preset_is_cut_or_a_name_of_the_code(sized, name):
    page, code = sized, re.compile(r"\b(relu|gelu|selu|elu|silu|\w+_\w+)\b")
    if state(page) != MOVABLES[name].defaults:
        page.evaluate("offCenter.stages[0].set(offCenter.stages[0].defaults)")
        settled(page)
    for button in [None, *MOVABLES[name].buttons]:
        if button is not None:
            page.get_by_role("button", name=button.label, exact=True).click()
            settled(page)
        cut = page.evaluate(CUT)
        assert not cut
        assert not code.search(page.locator("figure").inner_text())


# Words whose box leaves the drawing; its letters may by a pixel, which the box of others has.
CUT = """(() => {
  const svg = document.querySelector('svg.movable-live'), frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text[display=inline]')].filter(text => {
    const { left, right, top, bottom } = text.getBoundingClientRect();
    return left < frame.left - 1 || right > frame.right + 1
      || top < frame.top - 3 || bottom > frame.bottom + 3;
  }).map(text => text.textContent);
})()"""


@shared
def test_the_preset_in_use_is_marked(visit, name):
    page = visit(name)
    pressed = page.locator(".movable button[data-set][aria-pressed=true]")
    for button in MOVABLES[name].buttons:
        page.get_by_role("button", name=button.label, exact=True).click()
        settled(page)
        assert pressed.all_inner_texts() == [button.label]
    page.get_by_label("momentum β").press("ArrowRight")
    settled(page)
    assert pressed.count() == 0


@every
@pytest.mark.parametrize(("width", "height"), [(1366, 650), (360, 740), (740, 360)])
def test_figure_main_control_and_sentence_are_in_view_together(visit, name, width, height):
    page = visit(name, viewport={"width": width, "height": height})
    page.evaluate("offCenter.stages[0].live()")
    figure = page.locator("svg.movable-live")
    # Below the bar at the top of every page.
    figure.evaluate("node => scrollTo(0, node.getBoundingClientRect().top + scrollY - 52)")
    assert figure.bounding_box()["height"] <= 0.6 * height
    control = page.locator(".movable-fields :is(input:not([type=hidden]), select)").first
    player = page.locator(".movable-player").all()
    for part in (figure, control, page.locator(".movable-says"), *player):
        box = part.bounding_box()
        assert box["y"] >= 51, part
        assert box["y"] + box["height"] <= height, part


@every
def test_words_are_large_enough_on_a_phone(visit, name):
    page = visit(name, viewport={"width": 360, "height": 740})
    sizes = """svg => [...svg.querySelectorAll('text')].map(text =>
      parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a)"""
    printed = page.locator("figure svg[role=img]").evaluate(sizes)
    page.evaluate("offCenter.stages[0].live()")
    live = page.locator("svg.movable-live").evaluate(sizes)
    assert min(live) >= 10.99
    assert min(printed) >= 10.5


def stop_time(page):
    """Let time stand; `page.clock.run_for` then moves it."""
    page.clock.install(time=0)
    # Time runs until it is stopped, on a busy machine for long, and can be stopped ahead only.
    page.clock.pause_at(3600)


def addressed(page):
    """Return the state that the address of the page holds."""
    read = "offCenter.stages.map(s => offCenter.readAddress(location.href, s.name, s.fields))[0]"
    return page.evaluate(read)


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


def handle_boxes(page):
    return [handle.bounding_box() for handle in page.locator(".movable-handle").all()]


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


def test_what_the_batches_figure_writes_stays_inside_and_apart(visit):
    page = visit("batches")
    enter(page)
    # The words of every setting that lie over other words or reach over the rim.
    found = page.evaluate("""() => {
      const stage = offCenter.stages[0];
      const { width } = stage.svg.viewBox.baseVal;
      const found = [];
      for (const name of stage.fields.name.options) for (const size of stage.fields.size.list) {
        Object.assign(stage.state, { name, size });
        stage.update();
        const texts = [...stage.svg.querySelectorAll('text:not([display=none], [transform])')];
        const boxes = texts.map(text => [text.textContent, text.getBBox()]);
        boxes.forEach(([words, a], i) => {
          const over = boxes.slice(0, i).find(([, b]) => a.x < b.x + b.width
            && b.x < a.x + a.width && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height);
          if (over) found.push([name, size, words, over[0]]);
          if (a.x + a.width > width) found.push([name, size, words]);
        });
      }
      return found;
    }""")
    assert found == []


# Words over words, at every preset, option, and at seven places of every slider, by the box of
# their letters; the numbers of the axes are among them.
OVER = """() => {
  const stage = offCenter.stages[0], found = new Set(), { defaults } = stage;
  stage.player.forget();
  const look = (state) => {
    stage.state = { ...defaults, ...state };
    stage.update();
    const boxes = [...stage.svg.querySelectorAll('text:not([display=none], [transform])')]
      .map(text => [text.textContent, text.getBBox()]).filter(([words]) => words);
    boxes.forEach(([words, a], i) => {
      const over = boxes.slice(0, i).find(([, b]) => a.x + 1 < b.x + b.width
        && b.x + 1 < a.x + a.width && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height);
      if (over) found.add(JSON.stringify(state) + ': ' + words + ' | ' + over[0]);
    });
  };
  const presets = stage.presets.map(({ state }) => state);
  for (const preset of [defaults, ...presets]) {
    look(preset);
    for (const [key, field] of Object.entries(stage.fields)) {
      const { list, min, max } = field;
      const values = field.kind === 'switch' ? [false, true] : field.options
        ?? list ?? [0, 1, 2, 3, 4, 5, 6].map(k => offCenter.snap(field, min + (max - min) * k / 6));
      for (const value of values) look({ ...preset, [key]: value });
    }
  }
  return [...found];
}"""


# Words under the ring of a handle, at rest and at every preset.
HELD = """() => {
  const stage = offCenter.stages[0], found = [];
  for (const { state } of [{ state: stage.defaults }, ...stage.presets]) {
    stage.state = { ...stage.defaults, ...state };
    stage.update();
    const rings = [...stage.svg.querySelectorAll('.movable-handle circle:nth-child(2)')]
      .map(ring => ring.getBoundingClientRect());
    // The numbers of an axis are where its ends are.
    for (const text of stage.svg.querySelectorAll('text:not([display=none], [transform])')) {
      if (/^[\\d.−]*$/.test(text.textContent)) continue;
      const { left, right, top, bottom } = text.getBoundingClientRect();
      for (const { x, y, width, height } of rings) {
        const [u, v] = [x + width / 2, y + height / 2];
        const across = Math.max(left - u, 0, u - right);
        const along = Math.max(top + 3 - v, 0, v - bottom + 3);
        if (Math.hypot(across, along) < width / 2) found.push([state, text.textContent]);
      }
    }
  }
  stage.state = { ...stage.defaults };
  stage.update();
  return found;
}"""


@in_every_window
def test_no_handle_lies_over_words(sized):
    assert sized.evaluate(HELD) == []


@in_every_window
def test_no_words_of_a_figure_lie_over_others(sized):
    assert sized.evaluate(OVER) == []


# Words that a line goes through, by the middle of their box; of grey lines those of examples count.
CROSSED = """([words, states]) => {
  const stage = offCenter.stages[0], found = [];
  stage.player.forget();
  for (const state of states) {
    stage.state = { ...stage.defaults, ...state };
    stage.update();
    const boxes = [...stage.svg.querySelectorAll('text[display=inline]')]
      .filter(text => words.some(word => text.textContent.includes(word)))
      .map(text => [text.textContent, text.getBBox()]);
    const drawn = 'path[display=inline]:is([fill=none], :not([fill]))';
    const lines = [...stage.svg.querySelectorAll(drawn)]
      .filter(line => line.getAttribute('d') && (line.getAttribute('stroke-dasharray') === '1.2 1.8'
        || !/grey|light/.test(line.getAttribute('stroke'))));
    for (const line of lines) for (let at = 0; at <= line.getTotalLength(); at++) {
      const { x, y } = line.getPointAtLength(at);
      for (const [text, box] of boxes) {
        const [right, low] = [box.x + box.width, box.y + box.height];
        if (x > box.x + 1 && x < right - 1 && y > box.y + 4 && y < low - 4)
          found.push(JSON.stringify(state) + ': ' + text);
      }
    }
  }
  return [...new Set(found)];
}"""
_NOISY = MOVABLES["regimes"].fields[1].values
ON_NO_LINE = {
    "regimes": (
        ["crossover", "Gaussian", "±1", "rare"],
        [{"name": n, "noise": nu} for n in ("sigmoid", "relu") for nu in _NOISY],
    ),
    "zigzag": (
        ["start"],
        [{"x": x, "y": y} for x, y in ((1, 0), (-0.8, -0.9), (-0.4, 1.2), (-0.4, -0.6), (0.3, 1))],
    ),
    "signs": (["x₁", "x₂", "x₃"], [{}, {"x1": -1}, {"x1": 1, "y1": 0}, {"x2": 0, "y2": -1}]),
    "activation": (
        ["tanh", "sigmoid", "with a bias", "κ"],
        [{"name": n, "shift": c} for n in ("relu", "gelu", "tanh") for c in (-0.5, 0, 0.3, 1)],
    ),
    "stride": (["steps", "raw", "centered"], [{"name": n} for n in ("sigmoid", "tanh", "relu")]),
}


@in_windows(ON_NO_LINE)
def test_no_line_goes_through_the_words_beside_it(sized, name):
    assert sized.evaluate(CROSSED, list(ON_NO_LINE[name])) == []


@pytest.mark.parametrize(
    ("shift", "words"), [(0, "sigmoid of"), (0.5, "sigmoid − 0.5 of"), (-0.5, "sigmoid + 0.5 of")]
)
def test_axis_of_the_activation_names_what_is_subtracted(visit, shift, words):
    page = visit("activation", f"?activation.name=sigmoid&activation.shift={shift}")
    assert f"{words} a standard normal" in page.locator("svg.movable-live").text_content()


def words_of(page):
    """Return what the live drawing writes, by its texts."""
    texts = page.locator("svg.movable-live text[display=inline]").all()
    return [text.text_content() for text in texts]


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


def low_to_high(handle):
    low, now, high = (value_of(handle, end) for end in ("min", "now", "max"))
    return low <= now <= high


def swipe(page, start, by, steps=6):
    """Drag one finger from `start` by so many pixels, as a hand does: in small steps."""
    session = page.context.new_cdp_session(page)
    path = [(start[0] + by[0] * k / steps, start[1] + by[1] * k / steps) for k in range(steps + 1)]
    for kind, at in [("touchStart", path[0]), *[("touchMove", at) for at in path[1:]]]:
        event = {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]}
        session.send("Input.dispatchTouchEvent", event)
        page.wait_for_timeout(20)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


HANDLE = "offCenter.stages[0].handles.entries.values().next().value.handle"


def by_finger(visit, name, query=""):
    options = {"has_touch": True, "is_mobile": True, "viewport": {"width": 360, "height": 640}}
    return visit(name, query, **options)


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
    after = state(page)
    changed = {key: value for key, value in zip(handle, wanted, strict=True) if key}
    assert after == before | changed
    if any(key and way for key, way in zip(handle, by, strict=True)):
        assert after != before


@shared
def test_a_finger_beside_the_handles_scrolls_the_page(visit, name):
    page = by_finger(visit, name)
    page.locator("figure svg:visible").tap()
    box = page.locator("svg.movable-live").bounding_box()
    before = state(page)
    swipe(page, (box["x"] + 60, box["y"] + box["height"] - 60), (0, -120))
    wait(page, "scrollY > 40")
    assert state(page) == before


@every
def test_many_updates_make_no_more_nodes(visit, name):
    page = visit(name)
    enter(page)
    size = "offCenter.stages[0].svg.querySelectorAll('*').length"
    move = """() => { const stage = offCenter.stages[0];
      const entries = Object.entries(stage.fields).filter(([, f]) => f.kind === 'number');
      for (let i = 0; i <= 40; i++) {
        for (const [key, f] of entries) {
          const part = ((i * 7) % 41) / 40;
          const value = f.list ? f.list[Math.floor(part * (f.list.length - 1))]
            : f.min + (f.max - f.min) * part;
          stage.state[key] = f.whole ? Math.round(value) : value;
        }
        stage.update();
      } }"""
    page.evaluate(move)
    count = page.evaluate(size)
    page.evaluate(move)
    assert page.evaluate(size) == count
    assert count < 250


@every
def test_an_update_touches_nothing_that_stays(visit, name):
    page = visit(name)
    page.evaluate("offCenter.stages[0].live()")
    settled(page)
    touched = page.evaluate(
        """() => {
          const stage = offCenter.stages[0];
          const watch = new MutationObserver(() => {});
          watch.observe(stage.frame,
            { subtree: true, childList: true, attributes: true, characterData: true });
          stage.update();
          return watch.takeRecords().map(({ target, attributeName }) =>
            `${target.nodeName} ${attributeName}`);
        }"""
    )
    assert touched == []


@every
def test_until_the_next_frame_the_drawing_is_that_of_the_state_before(visit, name):
    page = visit(name)
    page.evaluate("offCenter.stages[0].live()")
    settled(page)
    differ = []
    for field in MOVABLES[name].fields:
        if isinstance(field, Switch):
            other = not field.value
        elif isinstance(field, Choice):
            other = next(option for option in field.options if option != field.value)
        else:
            other = field.low if field.value != field.low else field.high
        drawings = page.evaluate(
            """([key, other]) => {
              const stage = offCenter.stages[0];
              const drawing = () => stage.svg.querySelector('g').innerHTML;
              const drawn = [drawing()];
              const set = (value) => { stage.set({ [key]: value }); stage.player.ghost = null; };
              set(other); stage.redraw(); drawn.push(drawing());
              stage.update(); drawn.push(drawing());
              set(stage.defaults[key]); stage.redraw(); drawn.push(drawing());
              stage.update(); return [...drawn, drawing()];
            }""",
            [field.key, other],
        )
        shown = [re.findall(r"<[^>]*inline[^>]*>[^<]*", drawing) for drawing in drawings]
        assert shown[0] == shown[1] == shown[4]
        assert shown[2] == shown[3]
        differ.append(shown[2] != shown[0])
    assert any(differ)


@pytest.mark.parametrize(("width", "height"), [(320, 640), (740, 360), (1280, 800)])
def test_the_words_in_the_empty_quadrant_stay_in_it(visit, width, height):
    page = visit("signs", viewport={"width": width, "height": height})
    page.evaluate("offCenter.stages[0].live()")
    words, quadrants = page.evaluate(
        """() => {
          const svg = document.querySelector('svg.movable-live');
          const box = (node) => {
            const { left, right, top, bottom } = node.getBoundingClientRect();
            return [left, right, top, bottom];
          };
          const grey = [...svg.querySelectorAll('text[fill="var(--grey)"][display=inline]')];
          return [grey.map(box), [...svg.querySelectorAll('path[opacity="0.35"]')].map(box)];
        }"""
    )
    upper, lower = sorted(quadrants, key=lambda quadrant: quadrant[2])
    assert len(words) in (2, 3)
    for left, right, top, bottom in words:
        assert lower[0] + 2 <= left
        assert right <= upper[0] - 2
        assert upper[2] <= top
        assert bottom <= upper[3]


# Where the line of one method ends, from the end of its band, in units of the drawing.
GAP = """method => {
  const svg = document.querySelector('svg.movable-live');
  const stroke = { gradient: 'orange', natural: 'green' }[method];
  const pane = `url(#movable-fisher-${method})`;
  const [band, line] = ['grey', stroke].map(color => {
    const shown = `path[clip-path="${pane}"][stroke="var(--${color})"]`;
    const path = [...svg.querySelectorAll(shown)].find(p => !p.getAttribute('d').includes('h0'));
    return path.getPointAtLength(path.getTotalLength());
  });
  return Math.hypot(band.x - line.x, band.y - line.y);
}"""


@pytest.mark.parametrize("start", ["", "&fisher.w=2.8&fisher.y=-1", "&fisher.w=0&fisher.y=2.4"])
def test_a_shift_parts_the_two_paths_of_the_plain_gradient_alone(visit, start):
    for shift in (-3.2, 0, 1, 3.2):
        page = visit("fisher", f"?fisher.x={shift}{start}")
        page.locator(".movable-handle").wait_for()
        settled(page)
        assert page.evaluate(GAP, "natural") < 0.05
        assert (page.evaluate(GAP, "gradient") > 2) == (shift != 0)
        words = page.locator("svg.movable-live").text_content()
        assert words.count("by nothing") == (2 if shift == 0 else 1)


def test_both_walkers_walk_and_the_sentence_says_what_the_titles_do(visit):
    page = visit("fisher")
    page.get_by_role("button", name="Step", exact=True).click()
    settled(page)
    early = page.evaluate(GAP, "gradient")
    page.get_by_role("slider", name="Step of the run").press("End")
    assert page.evaluate(GAP, "gradient") != early
    page.get_by_role("button", name="shifted, no bias", exact=True).click()
    settled(page)
    assert page.evaluate(GAP, "natural") > 10
    assert "no bias" in sentence(page)
    assert "nothing" not in sentence(page) + page.locator("svg.movable-live").text_content()


def test_the_first_bar_of_the_spectrum_is_pulled_by_its_top(visit):
    page = visit("spectrum")
    enter(page)
    handle = page.locator(".movable-handle")
    # It has the name of the slider, and says where it is.
    [slider] = sliders("spectrum")
    assert handle.get_attribute("aria-label") == f"{slider.label}, by the first bar"
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    # The top stays under the hand, as near as a step of the slider is.
    for up in (20, 60, 100):
        page.mouse.move(x, y - up)
        settled(page)
        now = handle.bounding_box()
        assert abs(now["y"] - box["y"] + up) < 4
    page.mouse.move(x, y + 200)
    page.mouse.up()
    settled(page)
    assert state(page)["mean"] == 0
    assert "mean subtracted: 72.7\u00a0% of the trace is taken away" in sentence(page)
    drawn = page.locator("svg.movable-live").text_content()
    assert "0.0\u00a0%" in drawn
    assert "72.7\u00a0%" in drawn


def test_the_three_numbers_of_the_spectrum_are_the_whole_trace(visit):
    page = visit("spectrum")
    page.evaluate("offCenter.stages[0].live()")
    for place in MOVABLES["spectrum"].fields[1].options:
        for mean in (0, 0.5, 1):
            page.evaluate("state => offCenter.stages[0].set(state)", {"place": place, "mean": mean})
            settled(page)
            numbers = page.locator("svg.movable-live text[text-anchor=end][font-weight='700']")
            shares = [float(words.split()[0]) for words in numbers.all_text_contents()]
            assert len(shares) == 3
            assert sum(shares) == pytest.approx(100, abs=0.11)


def test_each_way_walks_its_road_by_marks_and_arrives_after_its_steps(visit):
    page = visit("stride")
    page.evaluate("offCenter.stages[0].live()")
    steps = list(stride_data().steps)
    marks = """() => { const { pen, result } = offCenter.stages[0];
      return ['gone', 'rest'].map(which => result.ways.map((_, i) =>
        pen.put(`${which}${i}`, 'path', {}).getAttribute('d').split('M').length - 1)); }"""
    for time in (0, 20, 70, max(steps)):
        page.evaluate(f"offCenter.stages[0].player.seek({time})")
        gone, rest = page.evaluate(marks)
        assert gone == [min(time, count) for count in steps]
        assert [sum(pair) for pair in zip(gone, rest, strict=True)] == steps
        counts = [word for word in words_of(page) if word.endswith((" step", " steps"))]
        assert [int(word.split()[0]) for word in counts] == gone


@pytest.mark.parametrize("viewport", [(360, 740), (740, 360), (1280, 800)])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
def test_marks_of_steps_stay_apart_and_say_what_one_is(visit, activation, viewport):
    size = dict(zip(("width", "height"), viewport, strict=True))
    page = visit("stride", f"?stride.name={activation}", viewport=size)
    page.evaluate("offCenter.stages[0].live()")
    unit = page.evaluate("offCenter.stages[0].svg.getScreenCTM().a")
    told = set()
    for goal in GOALS:
        page.evaluate(f"offCenter.stages[0].set({{ goal: {goal} }})")
        settled(page)
        marks = page.evaluate("""() => { const { pen, result } = offCenter.stages[0];
          return result.ways.map((_, i) => ['gone', 'rest'].flatMap(which =>
            pen.put(`${which}${i}`, 'path', {}).getAttribute('d').match(/(?<=M)\\S+/g) ?? [])
            .map(Number)); }""")
        [words] = [word for word in words_of(page) if word.endswith(" a mark")]
        told.add(words)
        each = int(words.split()[0])
        steps = stride_data(activation=activation, target=goal).steps
        assert [len(places) for places in marks] == [count // each for count in steps]
        for places in marks:
            assert unit * (places[-1] - places[0]) / (len(places) - 1) >= 1.4
    assert len(told) == 1


def test_the_goal_of_the_roads_follows_the_hand_to_each_loss(visit):
    page = visit("stride")
    handle = page.get_by_role("slider", name="length of the road")
    place = handle.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("globalThis.ends = offCenter.stages[0].result.ways.at(-1).ends")
    unit = page.evaluate(
        "offCenter.stages[0].svg.getScreenCTM().a * (offCenter.stages[0].pen.width - 144)"
    )
    far = page.evaluate("1.02 * Math.max(...offCenter.stages[0].result.ways.flatMap(w => w.times))")
    last = page.evaluate("ends.at(-1)")
    # Also away from the line, as a finger does.
    for goal, end in zip(LOSSES, page.evaluate("ends"), strict=True):
        page.mouse.move(x + (end - last) / far * unit, y + 60)
        settled(page)
        assert state(page)["goal"] == goal
        assert float(handle.get_attribute("aria-valuenow")) == end
        assert f"to a loss of {goal:g}" in sentence(page)
    page.mouse.up()


def test_a_nearer_goal_is_told_beside_the_goal_before_and_ends_the_run(visit):
    page = visit("stride")
    # At once: between two keys the figure may come to rest, and what is before is then the first.
    page.get_by_label("loss at the goal").fill(str(LOSSES[::-1].index(0.2)))
    settled(page)
    far, near = stride_data().steps, stride_data(target=0.2).steps
    for one, other in zip(far, near, strict=True):
        assert f"{one} → {other}" in words_of(page)
    # The run before is told, not walked again.
    assert page.evaluate("offCenter.stages[0].player.length") == max(near) < max(far)
    assert f"σ, raw in {near[0]} steps" in sentence(page)
    page.get_by_label("activation").select_option("tanh")
    settled(page)
    tanh = stride_data(activation="tanh", target=0.2).steps
    assert f"{near[0]} → {tanh[0]}" in words_of(page)
    assert f"{near[-1]} → {tanh[-1]}" in words_of(page)


def test_a_change_right_after_waking_keeps_what_was_before_as_a_ghost(visit):
    # On a slow machine the first key comes while the figure is waking.
    woken = """() => {
      const stage = offCenter.stages[0];
      stage.live(true);
      stage.set({ goal: 0.2 });
      return stage.player.ghost !== null;
    }"""
    assert visit("stride").evaluate(woken)


def test_after_the_guess_on_road_and_stride_all_walk(visit):
    page = visit("stride", reduced_motion="no-preference")
    page.get_by_role("button", name="The stride is longer").click()
    wait(page, "offCenter.stages[0].player.playing")
    wait(page, "offCenter.stages[0].player.time > 3")


def test_roads_of_different_lengths_are_not_called_one(visit):
    page = visit("stride", "?stride.name=relu")
    settled(page)
    assert sentence(page).startswith("Roads from 15 to 17.8 long")
    page = visit("stride", "?stride.name=tanh")
    settled(page)
    assert sentence(page).startswith("One road")


def test_thousands_are_set_apart_without_asking_the_browser_for_a_language(visit):
    page = visit("zigzag")
    # What a browser must read for its first number in a language takes a phone 45 ms.
    page.evaluate("void (Number.prototype.toLocaleString = () => { throw new Error('asked'); })")
    shown = page.evaluate("[1000, -1234.4, 123456, 999999.7].map(v => offCenter.show(v))")
    assert shown == ["1,000", "\u22121,234", "123,456", "1,000,000"]


@pytest.mark.parametrize("name", ["activation", "batches"])
def test_a_new_activation_is_evaluated_some_hundred_times_and_then_never(visit, name):
    page = visit(name)
    enter(page)
    settled(page)
    counted = """(name) => { const of = offCenter.math.ACTIVATIONS, f = of[name];
      let count = 0; of[name] = (z) => (count++, f(z));
      const stage = offCenter.stages[0]; stage.set({ name }); stage.update();
      of[name] = f; return count; }"""
    for other in MOVABLES[name].fields[0].options:
        assert page.evaluate(counted, other) <= 1500
    for other in MOVABLES[name].fields[0].options:
        assert page.evaluate(counted, other) == 0


def test_a_frame_of_the_roads_makes_only_what_moves(visit):
    page = visit("stride")
    page.evaluate("offCenter.stages[0].live()")
    # Each point of a curve of strides takes one logarithm.
    taken = """(part) => { const { player } = offCenter.stages[0], { log10 } = Math;
      let count = 0; Math.log10 = (v) => (count++, log10(v));
      player.time = part * player.length; player.draw(); Math.log10 = log10; return count; }"""
    page.evaluate(taken, 0.3)
    assert page.evaluate(taken, 0.5) <= 30


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
    page = chromium.new_page()
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


def test_a_short_script_does_the_same():
    source = (
        "// x\nglobalThis.told = (function (first, { second = 3, ...rest }) {\n"
        "  const a = `x  // ${first ? `  /* y */\n\n  ${second}` : '// z'} `; /* n */\n"
        "  return [a, / \\/\\/ /.source, rest.third?.[1] ?? 'none', 0.1 + 0.2];\n"
        "})(1, { third: null });\n"
    )
    told = [MiniRacer().eval(f"{text};JSON.stringify(told)") for text in (source, short(source))]
    assert told[0] == told[1]
    assert len(short(source)) < 0.8 * len(source)
    # Others call these by name.
    assert "offCenter" in short("globalThis.offCenter = {};")


def test_scripts_pass_the_linter():
    # Each rule of these groups is an error; the files share one name, `offCenter`.
    groups = ["correctness", "suspicious", "perf"]
    flags = [flag for group in groups for flag in ("-D", group)]
    # All functions of a file stand in its one outer function.
    flags += ["-A", "unicorn/consistent-function-scoping"]
    result = subprocess.run(
        [
            Path(sys.executable).with_name("oxlint"),
            *flags,
            "--report-unused-disable-directives",
            "code/offcenter_site/movable",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_the_script_of_any_two_figures_costs_at_most_15_kilobytes():
    sizes = {
        (one, two): len(gzip.compress(bundle([one, two]).encode()))
        for one in MOVABLES
        for two in MOVABLES
        if one < two
    }
    assert all(size <= 15 * 1024 for size in sizes.values()), sizes
    assert len(gzip.compress(style().encode())) <= 2 * 1024


CONF = "extensions = ['myst_parser', 'offcenter_site.movable.directive']\nhtml_theme = 'basic'\n"
FIGURE = "```{figure} a.svg\n:name: fig-a\nWords.\n```\n"


def movable(name, target="fig-a"):
    return f"```{{movable}} {name}\n:figure: {target}\n```\n"


@pytest.fixture
def build(tmp_path):
    """Build a book of the given pages; give the folder of what was built, and the warnings."""
    (tmp_path / "conf.py").write_text(CONF)
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')

    def run(builder, **pages):
        for page, text in pages.items():
            (tmp_path / f"{page}.md").write_text(f"# Title\n\n{text}")
        warnings = io.StringIO()
        target = tmp_path / builder
        with docutils_namespace():
            trees = target / ".doctrees"
            app = Sphinx(tmp_path, tmp_path, target, trees, builder, status=None, warning=warnings)
            app.build()
        return target, warnings.getvalue()

    return run


def test_only_a_page_with_a_movable_figure_loads_a_script_and_only_its_own(build):
    toc = "```{toctree}\none\ntwo\n```\n"
    pages = {"index": toc, "one": FIGURE + movable("zigzag"), "two": "Nothing."}
    folder, warnings = build("html", **pages)
    assert not warnings
    assert "figures/" not in (folder / "two.html").read_text()
    page = (folder / "one.html").read_text()
    [script] = re.findall(r'<script defer src="_static/figures/([^"?]+)\?v=\w{8}"', page)
    assert (folder / "_static" / "figures" / script).read_text() == bundle(["zigzag"])
    assert page.index("movable-says") < page.index(script)


def test_page_is_read_again_when_its_script_or_style_changes(build):
    folder, _ = build("html", index=FIGURE + movable("zigzag"))
    env = pickle.loads((folder / ".doctrees" / "environment.pickle").read_bytes())
    files = {Path(file).name for file in env.dependencies["index"]}
    assert {"movable.css", "pen.js", "stage.js", "zigzag.js"} <= files


def test_two_figures_of_a_page_share_one_script(build):
    folder, _ = build("html", index=FIGURE + movable("zigzag") + "\n\n" + movable("signs"))
    page = (folder / "index.html").read_text()
    assert page.count("<script defer") == 1
    assert page.count("<style>") == 1
    assert (folder / "_static" / "figures" / "page-zigzag-signs.js").exists()


@pytest.mark.parametrize("builder", ["epub", "text", "singlehtml"])
def test_what_nobody_can_move_has_no_controls(build, builder):
    folder, _ = build(builder, index=FIGURE + movable("zigzag"))
    files = [*folder.glob("index.*")]
    assert files
    assert not any("movable" in file.read_text() for file in files)
    question = MOVABLES["zigzag"].question
    assert question.text[:40] in " ".join(files[0].read_text().split())
    assert question.answer[-40:] in " ".join(files[0].read_text().split())


def test_wrong_names_are_told(build):
    unknown = movable("zag") + movable("zigzag", "fig-b") + "```{movable} zigzag\n```\n"
    _, warnings = build("html", index=FIGURE + unknown)
    assert "movable must be one of" in warnings
    assert "got 'zag'" in warnings
    assert "there is no figure fig-b here" in warnings
    assert "movable must have the option figure" in warnings


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "needs a script: write code/offcenter_site/movable/scripts/toy.js"),
        ("const a = 1;\nlet b = [1;", "scripts/toy.js does not parse: SyntaxError: line 2: Unexp"),
        ('offCenter.figure("dice", {});', 'scripts/toy.js must call offCenter.figure("toy", {'),
    ],
)
def test_what_a_script_lacks_is_told_with_its_place(script, says, monkeypatch, tmp_path):
    folder = tmp_path / "code" / "offcenter_site" / "movable" / "scripts"
    folder.mkdir(parents=True)
    if script:
        (folder / "toy.js").write_text(script)
    monkeypatch.setattr(directive, "SOURCES", folder)
    toy = replace(MOVABLES["zigzag"], name="toy")
    monkeypatch.setattr(directive, "movables", lambda: {"toy": toy})
    given = (["toy"], {"figure": "fig-a"}, [], 1, 0, "", Mock(), Mock())
    block = directive.MovableDirective("movable", *given)
    with pytest.raises(DirectiveError) as told:
        block.run()
    assert says in told.value.msg
