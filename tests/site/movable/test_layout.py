"""Where words, lines and handles of movable figures are, in windows of three sizes."""

from __future__ import annotations

import re

import pytest
from movable_pages import enter, every, settled, shared, state

from offcenter_site.movable.catalog import MOVABLES


def in_windows(names):
    """Run a test of the layout for each figure in windows of three sizes."""
    sizes = [(320, 640), (740, 360), (1280, 800)]
    cases = [(name, *size) for name in names for size in sizes]
    return pytest.mark.parametrize(("name", "width", "height"), cases, scope="module")


in_every_window = in_windows(MOVABLES)


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
