"""What single figures show, by name."""

from __future__ import annotations

import pytest
from movable_pages import enter, sentence, settled, sliders, state, wait, words_of

from offcenter.experiment import LOSSES
from offcenter.figures.networks_pace import GOALS, stride_data
from offcenter_site.movable.catalog import MOVABLES


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
