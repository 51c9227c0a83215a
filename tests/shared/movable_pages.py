"""Movable figures on small pages of their own, and how a reader drives one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from offcenter.figures import draw
from offcenter_site.build.scripts import short
from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.controls import Range
from offcenter_site.movable.directive import SOURCES, bundle, markup

ROOT = Path(__file__).resolve().parents[2]


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


# What the figures share is tried on one of them.
shared = pytest.mark.parametrize("name", ["zigzag"])
every = pytest.mark.parametrize("name", MOVABLES)


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


drawn = pytest.mark.parametrize(
    "name", [n for n, m in MOVABLES.items() if m.question and not m.question.choices]
)


def stop_time(page):
    """Let time stand; `page.clock.run_for` then moves it."""
    page.clock.install(time=0)
    # Time runs until it is stopped, on a busy machine for long, and can be stopped ahead only.
    page.clock.pause_at(3600)


def addressed(page):
    """Return the state that the address of the page holds."""
    read = "offCenter.stages.map(s => offCenter.readAddress(location.href, s.name, s.fields))[0]"
    return page.evaluate(read)


def handle_boxes(page):
    return [handle.bounding_box() for handle in page.locator(".movable-handle").all()]


def words_of(page):
    """Return what the live drawing writes, by its texts."""
    texts = page.locator("svg.movable-live text[display=inline]").all()
    return [text.text_content() for text in texts]


def swipe(page, start, by, steps=6):
    """Drag one finger from `start` by so many pixels, as a hand does: in small steps."""
    session = page.context.new_cdp_session(page)
    path = [(start[0] + by[0] * k / steps, start[1] + by[1] * k / steps) for k in range(steps + 1)]
    for kind, at in [("touchStart", path[0]), *[("touchMove", at) for at in path[1:]]]:
        event = {"type": kind, "touchPoints": [{"x": at[0], "y": at[1]}]}
        session.send("Input.dispatchTouchEvent", event)
        page.wait_for_timeout(20)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def by_finger(visit, name, query=""):
    options = {"has_touch": True, "is_mobile": True, "viewport": {"width": 360, "height": 640}}
    return visit(name, query, **options)
