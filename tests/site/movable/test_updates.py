"""What an update makes anew, and what it leaves."""

from __future__ import annotations

import re

import pytest
from movable_pages import enter, every, settled

from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.controls import Choice, Switch


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
