"""What a movable figure is before a touch, without a script and on paper: the printed one."""

from __future__ import annotations

from movable_pages import enter, every, is_live, query_of, sentence, settled, shared, state

from offcenter_site.movable.catalog import MOVABLES


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
